//! Files that FFmpeg 5.1 does not demux: stills in HEIF and animated WebP. They are read here, and
//! [`crate::input`] hands their pictures on as packets of uncompressed video, so that everything
//! behind a demuxer is the same for them as for all other files.
use crate::{
    error::MediaError,
    heif_picture,
    packet::AvPacket,
    tags::AvColor,
    webp_animation::{self, Animation},
};
use cutroom_types::Size;
use ffmpeg_next::ffi::{self, AVFormatContext, AVPixelFormat, AVRational};
use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
    ptr::{self, addr_of_mut},
};

/// Length for which FFmpeg shows a still, ms.
const STILL_MS: i64 = 40;

/// A file as uncompressed frames.
pub(crate) struct RawFilm {
    /// Name of the container format.
    pub container: &'static str,
    /// Name of the codec that its pictures have in the file.
    pub codec: &'static str,
    /// Format of a frame, whose planes lie one behind the other without gaps.
    pub pixels: AVPixelFormat,
    /// Pixels of a frame.
    pub size: Size,
    /// Colours that the file states.
    pub color: AvColor,
    /// What is not read.
    pub warnings: Vec<String>,
    /// Start of each frame and the end of the last one, milliseconds; at least two.
    pub starts_ms: Vec<i64>,
    /// The frames.
    pub frames: Frames,
    /// The frame that is read next.
    pub next: usize,
}

/// Where frames come from.
pub(crate) enum Frames {
    /// One frame.
    Still(Vec<u8>),
    /// Composed when they are read.
    Animation(Animation<BufReader<File>>),
}

impl RawFilm {
    /// The film of a file, `None` for one that FFmpeg reads.
    pub fn of(path: &Path, mut file: File) -> Result<Option<Self>, MediaError> {
        let unreadable = |e: std::io::Error| MediaError::Unreadable { path: path.into(), reason: e.to_string() };
        let mut head = Vec::new();
        Read::take(&mut file, webp_animation::HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
        if webp_animation::is_animated(&head) {
            return animation(path, file).map(Some);
        }
        if head.get(4..8) != Some(b"ftyp") {
            return Ok(None);
        }
        file.rewind().map_err(unreadable)?;
        Ok(heif_picture::decode(path, file)?.map(|still| Self {
            container: "heif",
            codec: still.codec,
            pixels: still.pixels,
            size: still.size,
            color: still.color,
            warnings: still.warnings,
            starts_ms: vec![0, STILL_MS],
            frames: Frames::Still(still.bytes),
            next: 0,
        }))
    }

    /// An FFmpeg context of one stream that describes the film. The caller closes it.
    pub fn context(&self) -> Result<*mut AVFormatContext, MediaError> {
        let no_memory = || MediaError::Internal { operation: "opening", reason: "out of memory".into() };
        // SAFETY: plain FFmpeg calls; the stream and its parameters belong to the new context. The
        // colour codes are C enums of four bytes.
        unsafe {
            let mut context = ffi::avformat_alloc_context();
            if context.is_null() {
                return Err(no_memory());
            }
            let stream = ffi::avformat_new_stream(context, ptr::null());
            if stream.is_null() {
                ffi::avformat_close_input(&mut context);
                return Err(no_memory());
            }
            (*stream).time_base = AVRational { num: 1, den: 1000 };
            if let Some(ms) = self.usual_ms() {
                (*stream).avg_frame_rate = AVRational { num: 1000, den: ms };
                (*stream).r_frame_rate = (*stream).avg_frame_rate;
            }
            let par = (*stream).codecpar;
            (*par).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_VIDEO;
            (*par).codec_id = ffi::AVCodecID::AV_CODEC_ID_RAWVIDEO;
            (*par).format = self.pixels as i32;
            (*par).width = self.size.width as i32;
            (*par).height = self.size.height as i32;
            let AvColor { primaries, transfer, matrix, range, chroma } = self.color;
            addr_of_mut!((*par).color_primaries).cast::<i32>().write(primaries);
            addr_of_mut!((*par).color_trc).cast::<i32>().write(transfer);
            addr_of_mut!((*par).color_space).cast::<i32>().write(matrix);
            addr_of_mut!((*par).color_range).cast::<i32>().write(range);
            addr_of_mut!((*par).chroma_location).cast::<i32>().write(chroma);
            Ok(context)
        }
    }

    /// Length of the frames where all are equally long, ms.
    fn usual_ms(&self) -> Option<i32> {
        let mut lengths = self.starts_ms.windows(2).map(|w| w[1] - w[0]);
        let first = lengths.next()?;
        i32::try_from(first).ok().filter(|_| first > 0 && self.starts_ms.len() > 2 && lengths.all(|l| l == first))
    }

    /// Goes to the frame at `ms`.
    pub fn seek(&mut self, ms: i64) {
        let frames = self.starts_ms.len() - 1;
        self.next = self.starts_ms[..frames].partition_point(|s| *s <= ms).saturating_sub(1);
    }

    /// Reads the next frame; returns `false` at the end, and with `problem` set at one that is
    /// damaged.
    pub fn read(&mut self, path: &Path, packet: &mut AvPacket, problem: &mut Option<String>) -> Result<bool, MediaError> {
        let n = self.next;
        let [start, end] = match self.starts_ms.get(n..n + 2) {
            Some(&[start, end]) => [start, end],
            _ => return Ok(false),
        };
        let bytes = match &mut self.frames {
            Frames::Still(bytes) => bytes.as_slice(),
            Frames::Animation(animation) => match animation.frame(n) {
                Ok(bytes) => bytes,
                Err(reason) if n == 0 => {
                    return Err(MediaError::NothingDecoded { path: path.into(), kind: "video", index: 0, reason });
                }
                Err(reason) => {
                    *problem = Some(format!("reading stopped early, at frame {n}: {reason}"));
                    self.next = self.starts_ms.len();
                    return Ok(false);
                }
            },
        };
        packet.fill(bytes)?;
        self.next += 1;
        // SAFETY: the packet is valid and the fields are ours to set.
        unsafe {
            let p = &mut *packet.0;
            (p.pts, p.dts, p.duration, p.pos) = (start, start, end - start, n as i64);
            p.stream_index = 0;
            p.flags |= ffi::AV_PKT_FLAG_KEY;
        }
        Ok(true)
    }
}

fn animation(path: &Path, file: File) -> Result<RawFilm, MediaError> {
    let animation = Animation::open(BufReader::new(file));
    let animation = animation.map_err(|reason| MediaError::NotMedia { path: path.into(), reason })?;
    Ok(RawFilm {
        container: "webp",
        codec: "webp",
        pixels: AVPixelFormat::AV_PIX_FMT_RGBA,
        size: animation.size(),
        color: AvColor { primaries: 2, transfer: 2, matrix: 2, range: 0, chroma: 0 },
        warnings: animation.warnings().to_vec(),
        starts_ms: animation.starts_ms(),
        frames: Frames::Animation(animation),
        next: 0,
    })
}

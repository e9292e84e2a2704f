//! What a file has beside its streams: text tracks, chapters, a cover, a time code.
use crate::{
    MediaError,
    write::{
        container::{Container, containers},
        encoder::AvPacket,
        mux::Muxer,
        refuse::refuse,
        text::TextTrack,
    },
};
use cutroom_types::Time;
use ffmpeg_next::ffi;
use std::{ffi::CString, mem::size_of, path::Path};

/// Largest cover in bytes.
pub const MAX_COVER_BYTES: usize = 16 << 20;
/// Units of times of chapters.
const TICKS_PER_SECOND: i32 = 1_000_000;

/// What a file has beside pictures and sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileExtras {
    /// Text tracks.
    pub texts: Vec<TextTrack>,
    /// Chapters in order.
    pub chapters: Vec<Chapter>,
    /// A picture that stands for the file.
    pub cover: Option<Cover>,
    /// Time code of the first frame, `hh:mm:ss:ff`, with `;` before the frames for drop frame.
    pub timecode: Option<String>,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Start in the file.
    pub start: Time,
    /// End, not before the start.
    pub end: Time,
    /// Title.
    pub title: String,
}

/// A cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The form of its bytes.
    pub form: CoverForm,
    /// A whole file of that form.
    pub bytes: Vec<u8>,
}

/// Form of a cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverForm {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl Cover {
    /// A cover from the bytes of a file.
    ///
    /// # Errors
    /// [`MediaError::Settings`] if it is neither JPEG nor PNG, or has more than [`MAX_COVER_BYTES`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, MediaError> {
        if bytes.len() > MAX_COVER_BYTES {
            return Err(refuse(format!("a cover of {} bytes is larger than {MAX_COVER_BYTES}", bytes.len())));
        }
        let form = match bytes.as_slice() {
            [0xff, 0xd8, 0xff, ..] => CoverForm::Jpeg,
            [0x89, b'P', b'N', b'G', ..] => CoverForm::Png,
            _ => return Err(refuse("the cover is neither a JPEG nor a PNG file".into())),
        };
        Ok(Self { form, bytes })
    }
}

/// How a container stores a cover.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// As a stream of one picture.
    Stream,
    /// As an attached file.
    Attachment,
}

fn cover_place(container: &Container) -> Option<Place> {
    match container.id {
        "mp4" | "m4a" | "mp3" | "flac" => Some(Place::Stream),
        "mkv" | "mka" => Some(Place::Attachment),
        _ => None,
    }
}

/// Whether FFmpeg's muxer writes chapters.
fn holds_chapters(container: &Container) -> bool {
    matches!(container.id, "mp4" | "mov" | "m4a" | "mkv" | "mka" | "webm" | "mp3")
}

/// Whether it keeps a time code.
fn holds_timecode(container: &Container) -> bool {
    matches!(container.id, "mp4" | "mov" | "mkv")
}

/// Refuses what the container does not hold; texts are checked elsewhere.
pub(crate) fn check(container: &Container, extras: &FileExtras) -> Result<(), MediaError> {
    let others =
        |holds: &dyn Fn(&Container) -> bool| containers().iter().filter(|c| holds(c)).map(|c| c.id).collect::<Vec<_>>().join(", ");
    let refused = |what: &str, holds: &dyn Fn(&Container) -> bool| {
        Err(refuse(format!("{} files hold no {what}; {} do", container.id, others(holds))))
    };
    if !extras.chapters.is_empty() && !holds_chapters(container) {
        return refused("chapters", &holds_chapters);
    }
    if extras.cover.is_some() && cover_place(container).is_none() {
        return refused("cover", &|c| cover_place(c).is_some());
    }
    if extras.timecode.is_some() && !holds_timecode(container) {
        return refused("time code", &holds_timecode);
    }
    Ok(())
}

impl Muxer {
    /// Adds chapters; the header is not yet written.
    pub fn add_chapters(&mut self, chapters: &[Chapter]) -> Result<(), MediaError> {
        if chapters.is_empty() {
            return Ok(());
        }
        let failed = || MediaError::Internal { operation: "adding chapters", reason: "out of memory".into() };
        // SAFETY: the list and each chapter are allocated and cleared as FFmpeg does it, which frees them with
        // the context; they are added one by one after the list has its place.
        unsafe {
            let context = self.context();
            let list = ffi::av_mallocz(chapters.len() * size_of::<*mut ffi::AVChapter>()).cast::<*mut ffi::AVChapter>();
            if list.is_null() {
                return Err(failed());
            }
            (*context).chapters = list;
            for (n, chapter) in chapters.iter().enumerate() {
                let made = ffi::av_mallocz(size_of::<ffi::AVChapter>()).cast::<ffi::AVChapter>();
                if made.is_null() {
                    return Err(failed());
                }
                (*made).id = n as i64 + 1;
                (*made).time_base = ffi::AVRational { num: 1, den: TICKS_PER_SECOND };
                (*made).start = ticks(chapter.start);
                (*made).end = ticks(chapter.end).max((*made).start);
                list.add(n).write(made);
                (*context).nb_chapters = n as u32 + 1;
                let title = CString::new(chapter.title.replace('\0', "")).unwrap_or_default();
                if ffi::av_dict_set(&mut (*made).metadata, c"title".as_ptr(), title.as_ptr(), 0) < 0 {
                    return Err(failed());
                }
            }
        }
        Ok(())
    }

    /// Sets the time code of a stream's first picture; the header is not yet written.
    pub fn set_timecode(&mut self, stream: usize, timecode: &str) -> Result<(), MediaError> {
        let value = CString::new(timecode).map_err(|_| refuse("the time code holds a zero byte".into()))?;
        // SAFETY: the stream exists; FFmpeg copies the strings.
        let result = unsafe {
            let stream = *(*self.context()).streams.add(stream);
            ffi::av_dict_set(&mut (*stream).metadata, c"timecode".as_ptr(), value.as_ptr(), 0)
        };
        if result < 0 { Err(refuse("the time code is not accepted".into())) } else { Ok(()) }
    }

    /// Adds the stream, or the attachment, of a cover; the header is not yet written. Returns the stream
    /// that the cover's packet belongs to, if it has one.
    pub fn add_cover(&mut self, cover: &Cover, container: &Container) -> Result<Option<usize>, MediaError> {
        let failed = || MediaError::Internal { operation: "adding a cover", reason: "out of memory".into() };
        let Some(place) = cover_place(container) else { return Ok(None) };
        let (width, height) = size_of_picture(cover).unwrap_or((1, 1));
        let (codec, name, mime) = match cover.form {
            CoverForm::Jpeg => (ffi::AVCodecID::AV_CODEC_ID_MJPEG, c"cover.jpg", c"image/jpeg"),
            CoverForm::Png => (ffi::AVCodecID::AV_CODEC_ID_PNG, c"cover.png", c"image/png"),
        };
        // SAFETY: the context is valid and its header not yet written; the stream is new, and FFmpeg frees the
        // bytes that are allocated for it, with the padding that it asks for.
        unsafe {
            let stream = ffi::avformat_new_stream(self.context(), std::ptr::null());
            if stream.is_null() {
                return Err(failed());
            }
            let par = (*stream).codecpar;
            (*par).codec_id = codec;
            (*par).width = width;
            (*par).height = height;
            if place == Place::Attachment {
                (*par).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_ATTACHMENT;
                let bytes = ffi::av_mallocz(cover.bytes.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize).cast::<u8>();
                if bytes.is_null() {
                    return Err(failed());
                }
                bytes.copy_from_nonoverlapping(cover.bytes.as_ptr(), cover.bytes.len());
                (*par).extradata = bytes;
                (*par).extradata_size = cover.bytes.len() as i32;
                for (key, value) in [(c"filename", name), (c"mimetype", mime)] {
                    if ffi::av_dict_set(&mut (*stream).metadata, key.as_ptr(), value.as_ptr(), 0) < 0 {
                        return Err(failed());
                    }
                }
            } else {
                (*par).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_VIDEO;
                (*stream).disposition = ffi::AV_DISPOSITION_ATTACHED_PIC;
                (*stream).time_base = ffi::AVRational { num: 1, den: 90_000 };
            }
        }
        let stream = self.add_ended_track();
        Ok((place == Place::Stream).then_some(stream))
    }

    /// Writes the picture of a cover, once the header is written.
    pub fn write_cover(&mut self, stream: usize, cover: &Cover, path: &Path) -> Result<(), MediaError> {
        let mut packet = AvPacket::of_size(cover.bytes.len())?;
        packet.bytes_mut().copy_from_slice(&cover.bytes);
        packet.set_all_times(0, 0, 0);
        packet.set_flags(ffi::AV_PKT_FLAG_KEY as u32);
        self.write_now(stream, &packet, path)
    }
}

fn ticks(time: Time) -> i64 {
    (time.as_secs_f64() * f64::from(TICKS_PER_SECOND)).round() as i64
}

/// Width and height of a cover, from its header; `None` where that is damaged.
fn size_of_picture(cover: &Cover) -> Option<(i32, i32)> {
    let b = &cover.bytes;
    let be16 = |at: usize| Some(i32::from(u16::from_be_bytes([*b.get(at)?, *b.get(at + 1)?])));
    match cover.form {
        CoverForm::Png => Some((be16(16)? << 16 | be16(18)?, be16(20)? << 16 | be16(22)?)),
        CoverForm::Jpeg => {
            let mut at = 2;
            loop {
                let kind = *b.get(at + 1)?;
                // Start of frame: all of 0xc0 to 0xcf but tables and arithmetic conditioning.
                if (0xc0..=0xcf).contains(&kind) && ![0xc4, 0xc8, 0xcc].contains(&kind) {
                    return Some((be16(at + 7)?, be16(at + 5)?));
                }
                at += 2 + usize::try_from(be16(at + 2)?).ok()?;
            }
        }
    }
}

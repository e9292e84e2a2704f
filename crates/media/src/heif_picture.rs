//! Decodes the primary picture of a HEIF file, tile by tile, into one buffer of planes.
use crate::{
    av_frame::AvFrame,
    decoder::{Decoder, Output},
    error::MediaError,
    heif_items::{Coded, Color, Still, Tiled, still_in},
    packet::AvPacket,
    pixel::{self, check_size},
    tags::AvColor,
};
use cutroom_types::{ColorModel, PictureFormat, Size};
use ffmpeg_next::ffi::{AVCodecID, AVPixelFormat};
use std::{
    fs::File,
    io::BufReader,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Largest decoded picture, bytes.
const MAX_BYTES: usize = 1 << 29;
/// What a coded picture may be wider or taller than its file states: a coding tree unit of HEVC.
const MAX_PADDING: i64 = 64;
/// Tiles that are decoded at the same time at most.
const MAX_THREADS: usize = 16;

/// The primary picture of a file.
pub(crate) struct Decoded {
    /// Name of the codec of its tiles.
    pub codec: &'static str,
    pub pixels: AVPixelFormat,
    /// The planes in FFmpeg's order, one behind the other without gaps.
    pub bytes: Vec<u8>,
    pub size: Size,
    pub color: AvColor,
    /// What is not read.
    pub warnings: Vec<String>,
}

/// The primary picture of a HEIF file that FFmpeg does not demux; `None` for other files.
pub(crate) fn decode(path: &Path, file: File) -> Result<Option<Decoded>, MediaError> {
    let damaged = |reason| MediaError::NotMedia { path: path.into(), reason };
    let mut file = BufReader::new(file);
    let Some(still) = still_in(&mut file).map_err(damaged)? else { return Ok(None) };
    let mut reader = Reader { path, file, still: &still, warnings: still.warnings.clone() };
    let Planes { mut format, mut pixels, planes, mut color, .. } = reader.decode(&still.picture)?;
    let mut bytes = planes.concat();
    drop(planes);
    if let Some(alpha) = &still.alpha {
        match reader.decode(alpha) {
            Ok(alpha) => match pixel::av_format(format.with_alpha()).filter(|_| !format.alpha) {
                Some(found) if alpha.format.bits == format.bits && alpha.format.model != ColorModel::Rgb => {
                    (pixels, format) = (found, format.with_alpha());
                    bytes.extend_from_slice(&alpha.planes[0]);
                }
                _ => reader.warnings.push("its alpha does not fit its picture and is not read: it is shown opaque".into()),
            },
            Err(reason) => reader.warnings.push(format!("its alpha cannot be read: it is shown opaque ({reason})")),
        }
    }
    let codec = if still.picture.tiles[0].is_av1 { "av1" } else { "hevc" };
    for stated in &still.color {
        color = reader.colored(stated, color);
    }
    debug_assert_eq!(pixel::picture_format(pixels), Some(format), "planes in the order of the format");
    Ok(Some(Decoded { codec, pixels, bytes, size: still.picture.size, color, warnings: reader.warnings }))
}

struct Reader<'a> {
    path: &'a Path,
    file: BufReader<File>,
    still: &'a Still,
    warnings: Vec<String>,
}

/// A decoded picture.
struct Planes {
    format: PictureFormat,
    pixels: AVPixelFormat,
    /// In FFmpeg's order, without gaps between rows.
    planes: Vec<Vec<u8>>,
    size: Size,
    color: AvColor,
}

impl Reader<'_> {
    /// Decodes all tiles of a picture.
    fn decode(&mut self, picture: &Tiled) -> Result<Planes, MediaError> {
        let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        check_size(self.path, side(picture.size.width), side(picture.size.height))?;
        // The first one says what the planes are.
        let (frame, message) = self.tile(&picture.tiles[0], 0)?;
        self.warnings.extend(message);
        let whole = Mutex::new(Planes::like(self.path, &frame, picture.size)?);
        let lock = || whole.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.put(&mut lock(), picture, 0, &frame)?;
        drop(frame);
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MAX_THREADS);
        let next = AtomicUsize::new(1);
        let (path, still) = (self.path, self.still);
        let work = || -> Result<Vec<String>, MediaError> {
            let mut said = Vec::new();
            let unreadable = |e: std::io::Error| MediaError::Unreadable { path: path.into(), reason: e.to_string() };
            let file = BufReader::new(File::open(path).map_err(unreadable)?);
            let mut own = Reader { path, file, still, warnings: Vec::new() };
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(tile) = picture.tiles.get(n) else { return Ok(said) };
                let (frame, message) = own.tile(tile, 1)?;
                said.extend(message);
                own.put(&mut lock(), picture, n, &frame)?;
            }
        };
        if picture.tiles.len() > 1 {
            let done = thread::scope(|scope| {
                let all: Vec<_> = (0..cores.min(picture.tiles.len() - 1)).map(|_| scope.spawn(work)).collect();
                let stopped = || MediaError::Internal { operation: "decoding tiles", reason: "a thread stopped".into() };
                all.into_iter().map(|t| t.join().map_err(|_| stopped())?).collect::<Result<Vec<_>, _>>()
            });
            self.warnings.extend(done?.into_iter().flatten());
        }
        Ok(whole.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Decodes a tile. Also returns what its decoder says of damage.
    fn tile(&mut self, coded: &Coded, threads: usize) -> Result<(AvFrame, Option<String>), MediaError> {
        let bytes = self.still.bytes(&mut self.file, coded);
        let bytes = bytes.map_err(|reason| MediaError::NotMedia { path: self.path.into(), reason })?;
        let codec = if coded.is_av1 { AVCodecID::AV_CODEC_ID_AV1 } else { AVCodecID::AV_CODEC_ID_HEVC };
        let side = |n: u32| i64::from(n) + MAX_PADDING;
        let max_pixels = side(coded.size.width) * side(coded.size.height);
        let mut decoder = Decoder::of_codec(self.path, codec, self.still.setup(coded), max_pixels, threads)?;
        let mut packet = AvPacket::new();
        packet.fill(&bytes)?;
        decoder.send(Some((&mut packet, 0)));
        drop(bytes);
        decoder.send(None);
        let mut found = None;
        while let Output::AvFrame(frame) = decoder.receive() {
            found = found.or(Some(frame));
        }
        let message = decoder.report().messages.first().cloned();
        match found {
            Some(frame) => Ok((frame, message.map(|m| format!("its picture {} is damaged: {m}", coded.item)))),
            None => Err(MediaError::NothingDecoded {
                path: self.path.into(),
                kind: "video",
                index: 0,
                reason: format!("picture {}: {}", coded.item, message.as_deref().unwrap_or("the decoder gave none")),
            }),
        }
    }

    /// Copies tile `n` to its place.
    fn put(&self, whole: &mut Planes, picture: &Tiled, n: usize, frame: &AvFrame) -> Result<(), MediaError> {
        let coded = &picture.tiles[n];
        let damaged = |reason| Err(MediaError::NotMedia { path: self.path.into(), reason });
        let f = frame.get();
        let (width, height) = (f.width.max(0) as u32, f.height.max(0) as u32);
        // One with an odd size in 4:2:0 is coded with a further column or row.
        if width < coded.size.width || height < coded.size.height {
            let stated = coded.size;
            let is = format!("{width}×{height}");
            return damaged(format!(
                "its picture {} is to have {}×{} pixels, but has {is}",
                coded.item, stated.width, stated.height
            ));
        }
        let format = pixel::picture_format(pixel::from_raw(f.format));
        if format != Some(whole.format) {
            let is = pixel::name(pixel::from_raw(f.format));
            return damaged(format!("its picture {} has the format {is}, unlike the first one", coded.item));
        }
        let (x, y) = ((n % picture.columns) as u32 * coded.size.width, (n / picture.columns) as u32 * coded.size.height);
        let (sx, sy) = (whole.format.chroma_shift_x, whole.format.chroma_shift_y);
        if x % (1 << sx) != 0 || y % (1 << sy) != 0 {
            return damaged("the size of its tiles is odd, so that their chroma does not fit together".into());
        }
        whole.put(frame, coded.size, x, y);
        Ok(())
    }

    /// `color` with what the file states of it.
    fn colored(&mut self, stated: &Color, color: AvColor) -> AvColor {
        match stated {
            Color::Codes([primaries, transfer, matrix], is_full) => AvColor {
                primaries: i32::from(*primaries),
                transfer: i32::from(*transfer),
                matrix: i32::from(*matrix),
                range: if *is_full { 2 } else { 1 },
                chroma: 0,
            }
            .or(color),
            Color::Profile(name) => {
                // Codes of H.273: SMPTE EG 432-1 and BT.709, both with the curve of sRGB.
                let primaries = match name.to_ascii_lowercase() {
                    n if n.contains("display p3") => 12,
                    n if n.contains("srgb") => 1,
                    _ => {
                        self.warnings.push(format!("its colour profile \"{name}\" is not read; its colours are taken as tagged"));
                        return color;
                    }
                };
                AvColor { primaries, transfer: 13, ..color }
            }
        }
    }
}

impl Planes {
    /// Empty planes of a size in the format of a frame.
    fn like(path: &Path, frame: &AvFrame, size: Size) -> Result<Self, MediaError> {
        let av = pixel::from_raw(frame.get().format);
        let unsupported = |what| MediaError::Unsupported { path: path.into(), what };
        let format = pixel::picture_format(av);
        // FFmpeg's `yuvj…` say the range a second time.
        let found = format.and_then(|f| Some((f, pixel::av_format(f)?)));
        let (format, pixels) = found.ok_or_else(|| unsupported(format!("the pixel format {}", pixel::name(av))))?;
        // SAFETY: the frame is valid.
        let mut color = unsafe { AvColor::of_frame(frame.0) };
        if pixel::is_full_range_alias(av) {
            color.range = 2;
        }
        let mut planes = vec![Vec::new(); format.plane_count()];
        let lengths: Vec<usize> = (0..planes.len())
            .map(|k| {
                let s = format.plane_size(k, size);
                s.width as usize * s.height as usize * format.bytes_per_sample()
            })
            .collect();
        let all: usize = lengths.iter().sum();
        // With alpha.
        if all + lengths[0] > MAX_BYTES {
            return Err(unsupported(format!("a decoded picture of {all} bytes (at most {MAX_BYTES})")));
        }
        for (k, length) in lengths.into_iter().enumerate() {
            planes[pixel::av_plane(format, k)] = vec![0; length];
        }
        Ok(Self { format, pixels, planes, size, color })
    }

    /// Copies the part `size` of a frame to (`x`, `y`), as far as it fits.
    fn put(&mut self, frame: &AvFrame, size: Size, x: u32, y: u32) {
        let (format, f) = (self.format, frame.get());
        let sample = format.bytes_per_sample();
        for k in 0..format.plane_count() {
            let at = pixel::av_plane(format, k);
            let (shift_x, shift_y) = if format.is_chroma(k) { (format.chroma_shift_x, format.chroma_shift_y) } else { (0, 0) };
            let (part, whole) = (format.plane_size(k, size), format.plane_size(k, self.size));
            let (x, y) = ((x >> shift_x) as usize, (y >> shift_y) as usize);
            let stride = whole.width as usize * sample;
            let width = (part.width as usize).min((whole.width as usize).saturating_sub(x)) * sample;
            let rows = (part.height as usize).min((whole.height as usize).saturating_sub(y));
            for row in 0..rows {
                // SAFETY: FFmpeg keeps the samples of the whole frame, which is not smaller than
                // `size`, at each row of its planes.
                let from = unsafe {
                    let start = f.data[at].cast_const().offset(f.linesize[at] as isize * row as isize);
                    std::slice::from_raw_parts(start, width)
                };
                let to = (y + row) * stride + x * sample;
                self.planes[at][to..to + width].copy_from_slice(from);
            }
        }
    }
}

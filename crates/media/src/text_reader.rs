//! Reads text tracks: subtitles inside of media files, as FFmpeg's decoders turn all of them into lines
//! of ASS. Pictures of texts (PGS, DVD, DVB) are not read.
use crate::{
    error::{MediaError, ffmpeg_text},
    info::TextInfo,
    input::{AvPacket, Input, NO_TIMESTAMP, ticks_to_time},
    stream_decoder::codec_name,
};
use cutroom_types::{FLICKS_PER_SECOND, Time};
use ffmpeg_next::ffi::{self, AVMediaType};
use std::{ffi::CStr, path::Path, ptr};

/// Largest number of texts of a track.
const MAX_TEXTS: usize = 1_000_000;

/// A text track that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextStream {
    /// What the file says about it.
    pub info: TextInfo,
    /// What stands before the lines of an ASS file.
    pub header: String,
    /// Its texts, in the order of the file.
    pub texts: Vec<StreamText>,
    /// Damage in the file.
    pub warnings: Vec<String>,
}

/// A text of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamText {
    /// Start, from the start of the file.
    pub start: Time,
    /// End.
    pub end: Time,
    /// Columns of an ASS event from the layer on, without its times.
    pub columns: String,
}

fn is_text(input: &Input, i: usize) -> bool {
    input.kind(i) == AVMediaType::AVMEDIA_TYPE_SUBTITLE
}

/// The subtitle streams of an opened file.
pub(crate) fn describe(input: &Input) -> Vec<TextInfo> {
    (0..input.stream_count()).filter(|&i| is_text(input, i)).map(|i| info(input, i)).collect()
}

fn info(input: &Input, i: usize) -> TextInfo {
    let entry = |name: &CStr| {
        // SAFETY: the stream and its dictionary are valid; values are C strings.
        unsafe {
            let found = ffi::av_dict_get((*input.stream(i)).metadata, name.as_ptr(), ptr::null(), 0);
            (!found.is_null()).then(|| CStr::from_ptr((*found).value).to_string_lossy().into_owned())
        }
    };
    // SAFETY: the stream is valid; FFmpeg returns null or a static description.
    let (is_picture, disposition) = unsafe {
        let descriptor = ffi::avcodec_descriptor_get((*(*input.stream(i)).codecpar).codec_id);
        let is_picture = !descriptor.is_null() && (*descriptor).props & ffi::AV_CODEC_PROP_BITMAP_SUB != 0;
        (is_picture, (*input.stream(i)).disposition)
    };
    TextInfo {
        stream_index: i,
        codec: codec_name(input, i),
        is_picture,
        language: entry(c"language").filter(|l| l != "und"),
        title: entry(c"title"),
        is_default: disposition & ffi::AV_DISPOSITION_DEFAULT != 0,
        is_forced: disposition & ffi::AV_DISPOSITION_FORCED != 0,
    }
}

/// An opened decoder of texts.
struct Decoder(*mut ffi::AVCodecContext);

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: owned, freed once.
        unsafe { ffi::avcodec_free_context(&mut self.0) };
    }
}

impl Decoder {
    fn open(input: &Input, i: usize) -> Result<Self, MediaError> {
        let failed = |reason: String| MediaError::Internal { operation: "opening a decoder of subtitles", reason };
        // SAFETY: the stream and its parameters are valid; FFmpeg returns null or static codecs; the
        // context is freed by `Decoder`.
        unsafe {
            let codec = ffi::avcodec_find_decoder((*(*input.stream(i)).codecpar).codec_id);
            if codec.is_null() {
                return Err(MediaError::NoDecoder { path: input.path().into(), codec: codec_name(input, i) });
            }
            let context = ffi::avcodec_alloc_context3(codec);
            if context.is_null() {
                return Err(failed("out of memory".into()));
            }
            let decoder = Self(context);
            let mut result = ffi::avcodec_parameters_to_context(context, (*input.stream(i)).codecpar);
            (*context).pkt_timebase = input.time_base(i);
            if result >= 0 {
                result = ffi::avcodec_open2(context, codec, ptr::null_mut());
            }
            if result < 0 { Err(failed(ffmpeg_text(result))) } else { Ok(decoder) }
        }
    }

    /// The beginning of an ASS file.
    fn header(&self) -> String {
        // SAFETY: an opened decoder of texts has a header of `subtitle_header_size` bytes, or none.
        let bytes = unsafe {
            let (data, size) = ((*self.0).subtitle_header, (*self.0).subtitle_header_size);
            if data.is_null() || size <= 0 { &[][..] } else { std::slice::from_raw_parts(data, size as usize) }
        };
        String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
    }

    /// Events of a packet: after how many milliseconds it ends, if the decoder says so, and the texts.
    fn decode(&mut self, packet: &AvPacket) -> Result<(u32, Vec<String>), String> {
        let mut texts = Vec::new();
        // SAFETY: context and packet are valid; a subtitle is plain data that FFmpeg fills and frees;
        // of its rectangles those of texts have a C string.
        unsafe {
            let mut subtitle: ffi::AVSubtitle = std::mem::zeroed();
            let mut got = 0;
            let result = ffi::avcodec_decode_subtitle2(self.0, &mut subtitle, &mut got, packet.0);
            if result < 0 {
                return Err(ffmpeg_text(result));
            }
            let ends = subtitle.end_display_time;
            if got != 0 {
                for n in 0..subtitle.num_rects as usize {
                    let rect = *subtitle.rects.add(n);
                    if !rect.is_null() && !(*rect).ass.is_null() {
                        texts.push(CStr::from_ptr((*rect).ass).to_string_lossy().into_owned());
                    }
                }
                ffi::avsubtitle_free(&mut subtitle);
            }
            Ok((ends, texts))
        }
    }
}

/// Reads subtitle stream `n` of a file, counted from 0 among its subtitle streams.
///
/// # Errors
/// The file cannot be read, has no such stream, or the stream holds pictures.
pub fn read_text(path: &Path, n: usize) -> Result<TextStream, MediaError> {
    let mut input = Input::open(path)?;
    let all = describe(&input);
    let Some(info) = all.get(n).cloned() else {
        return Err(MediaError::NoStream { path: path.into(), kind: "subtitle", index: n, count: all.len() });
    };
    if info.is_picture {
        let what = format!("reading subtitle stream {n}, which holds pictures of texts ({}), not texts,", info.codec);
        return Err(MediaError::Unsupported { path: path.into(), what });
    }
    let i = info.stream_index;
    let mut decoder = Decoder::open(&input, i)?;
    // SAFETY: the context is valid.
    let start_micros = unsafe { (*input.context()).start_time };
    let zero = if start_micros == NO_TIMESTAMP {
        Time::ZERO
    } else {
        ticks_to_time(start_micros, ffi::AVRational { num: 1, den: 1_000_000 })
    };
    input.only(i);
    let (mut packet, mut problem) = (AvPacket::new(), None);
    let mut stream = TextStream { info, header: decoder.header(), texts: Vec::new(), warnings: Vec::new() };
    let mut damaged = 0;
    while input.read(&mut packet, &mut problem)? {
        let p = packet.get();
        if p.stream_index != i as i32 || p.pts == NO_TIMESTAMP {
            continue;
        }
        let tb = input.time_base(i);
        let start = Time(ticks_to_time(p.pts, tb).0.saturating_sub(zero.0));
        let stated = (p.duration > 0).then(|| ticks_to_time(p.duration, tb).0);
        match decoder.decode(&packet) {
            Ok((ends_ms, texts)) => {
                let length = stated.unwrap_or(i64::from(ends_ms) * (FLICKS_PER_SECOND / 1000));
                let end = Time(start.0.saturating_add(length));
                // The first column is the event's place in the file.
                let columns = texts.iter().filter_map(|t| t.split_once(',')).map(|(_, columns)| columns.to_owned());
                stream.texts.extend(columns.map(|columns| StreamText { start, end, columns }));
            }
            Err(reason) if damaged == 0 => {
                damaged += 1;
                let secs = start.as_secs_f64();
                stream.warnings.push(format!("a text at {secs:.3} s cannot be decoded and is left out: {reason}"));
            }
            Err(_) => damaged += 1,
        }
        if stream.texts.len() > MAX_TEXTS {
            return Err(MediaError::Unsupported { path: path.into(), what: format!("a track of more than {MAX_TEXTS} texts") });
        }
    }
    if damaged > 1 {
        stream.warnings.push(format!("{} more texts cannot be decoded", damaged - 1));
    }
    stream.warnings.extend(problem);
    Ok(stream)
}

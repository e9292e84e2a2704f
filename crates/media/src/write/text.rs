//! Text tracks: subtitles as packets beside pictures and sound.
use crate::MediaError;
use cutroom_types::{FLICKS_PER_SECOND, Time};
use ffmpeg_next::ffi::{self, AVCodecID};

/// How a text track stores its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextCodec {
    /// 3GPP timed text: MP4, MOV.
    MovText,
    /// SubRip: Matroska.
    SubRip,
    /// Advanced SubStation Alpha: Matroska.
    Ass,
    /// WebVTT: WebM.
    WebVtt,
}

impl TextCodec {
    /// FFmpeg's name.
    pub fn id(self) -> &'static str {
        match self {
            Self::MovText => "mov_text",
            Self::SubRip => "subrip",
            Self::Ass => "ass",
            Self::WebVtt => "webvtt",
        }
    }

    pub(crate) fn av(self) -> AVCodecID {
        match self {
            Self::MovText => AVCodecID::AV_CODEC_ID_MOV_TEXT,
            Self::SubRip => AVCodecID::AV_CODEC_ID_SUBRIP,
            Self::Ass => AVCodecID::AV_CODEC_ID_ASS,
            Self::WebVtt => AVCodecID::AV_CODEC_ID_WEBVTT,
        }
    }
}

/// A text track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTrack {
    /// How it is stored.
    pub codec: TextCodec,
    /// Three letters of ISO 639-2/T, `und` if unknown.
    pub language: String,
    /// Title; may be empty.
    pub title: String,
    /// Whether players show it unless another one is chosen.
    pub is_default: bool,
    /// Whether players show it even if subtitles are off.
    pub is_forced: bool,
    /// What stands before all packets: styles.
    pub header: Vec<u8>,
    /// In order of their starts.
    pub packets: Vec<TextPacket>,
}

/// A text that is shown for a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextPacket {
    /// Start in the file.
    pub start: Time,
    /// End, after the start.
    pub end: Time,
    /// The text in the track's form.
    pub payload: Vec<u8>,
    /// Settings of a WebVTT cue; may be empty.
    pub settings: String,
}

/// Ticks per second of text tracks. In MP4 more than those of pictures and sound: FFmpeg's muxer
/// compares the times of tracks without regard to their units to find where a text ends.
pub(crate) const TICKS_PER_SECOND: i32 = 1_000_000;

pub(crate) fn ticks(time: Time) -> i64 {
    let n = 2 * i128::from(time.0) * i128::from(TICKS_PER_SECOND) + i128::from(FLICKS_PER_SECOND);
    n.div_euclid(2 * i128::from(FLICKS_PER_SECOND)) as i64
}

/// Describes a text track to a muxer whose header is not written yet.
///
/// # Safety
/// `stream` is a new stream of an output context.
pub(crate) unsafe fn describe(stream: *mut ffi::AVStream, track: &TextTrack) -> Result<(), MediaError> {
    let failed = || MediaError::Internal { operation: "describing subtitles", reason: "out of memory".into() };
    // SAFETY: the stream and its parameters are valid; the header is copied into memory that FFmpeg
    // frees, with the padding that it asks for.
    unsafe {
        (*stream).time_base = ffi::AVRational { num: 1, den: TICKS_PER_SECOND };
        let flag = |on: bool, bit: i32| if on { bit } else { 0 };
        (*stream).disposition =
            flag(track.is_default, ffi::AV_DISPOSITION_DEFAULT) | flag(track.is_forced, ffi::AV_DISPOSITION_FORCED);
        let par = (*stream).codecpar;
        (*par).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_SUBTITLE;
        (*par).codec_id = track.codec.av();
        if !track.header.is_empty() {
            let bytes = ffi::av_mallocz(track.header.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize).cast::<u8>();
            if bytes.is_null() {
                return Err(failed());
            }
            bytes.copy_from_nonoverlapping(track.header.as_ptr(), track.header.len());
            (*par).extradata = bytes;
            (*par).extradata_size = track.header.len() as i32;
        }
        for (key, value) in [(c"language", &track.language), (c"title", &track.title)] {
            let Ok(value) = std::ffi::CString::new(value.replace('\0', "")) else { continue };
            if !value.is_empty() && ffi::av_dict_set(&mut (*stream).metadata, key.as_ptr(), value.as_ptr(), 0) < 0 {
                return Err(failed());
            }
        }
    }
    Ok(())
}

//! What `probe` tells about a file. Plain data.
use crate::tags::GuessedTags;
use cutroom_types::{ColorTags, FrameRate, Orientation, PictureFormat, Size, Span, Time, TimeDelta};
use std::path::PathBuf;

/// A file.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaInfo {
    /// As given.
    pub path: PathBuf,
    /// FFmpeg's container names, comma separated: `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// From source time zero to the end of the longest video or audio stream; zero for a still
    /// image.
    pub duration: TimeDelta,
    /// Source time zero in the file's own time: the earliest presented frame or sample.
    pub start_in_file: Time,
    /// A single picture that is valid at every time.
    pub is_still: bool,
    /// Moving and still pictures, without attached ones. Plans and readers count these from 0.
    pub video: Vec<VideoInfo>,
    /// Sound. Plans and readers count these from 0.
    pub audio: Vec<AudioInfo>,
    /// Cover art and thumbnails. Readable as video streams after the last of `video`.
    pub attached_pictures: Vec<VideoInfo>,
    /// Subtitles, timecode, telemetry: listed, not read.
    pub other: Vec<OtherInfo>,
    /// Whatever was odd while opening and indexing, in words.
    pub warnings: Vec<String>,
}

/// How the lines of a frame were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanOrder {
    /// Not signalled.
    #[default]
    Unknown,
    /// Whole frames.
    Progressive,
    /// Interlaced, top field shown first.
    TopFirst,
    /// Interlaced, bottom field shown first.
    BottomFirst,
}

/// A stream of pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// FFmpeg's codec name.
    pub codec: String,
    /// Whether the linked FFmpeg can decode it.
    pub has_decoder: bool,
    /// Profile, where the codec has them.
    pub profile: Option<String>,
    /// Stored size, before orientation and sample aspect.
    pub size: Size,
    /// FFmpeg's name of the stored pixel format; empty when it could not be found out.
    pub pixel_format: String,
    /// The layout that pictures are delivered in; `None` when unknown or unsupported.
    pub format: Option<PictureFormat>,
    /// Tags, all decided.
    pub color: ColorTags,
    /// Which of them were not in the file.
    pub guessed: GuessedTags,
    /// Width : height of a sample.
    pub sample_aspect: (u32, u32),
    /// How to turn it upright.
    pub orientation: Orientation,
    /// Line order.
    pub scan_order: ScanOrder,
    /// Frames over duration.
    pub average_rate: Option<FrameRate>,
    /// The rate that the container or codec states.
    pub nominal_rate: Option<FrameRate>,
    /// Whether every frame is shown equally long (to within the container's tick).
    pub is_constant_rate: bool,
    /// Presented frames, counted.
    pub frames: usize,
    /// From the first frame's start to the last one's end, in source time.
    pub span: Span,
    /// Bits of a sample.
    pub bits: u8,
    /// Whether pictures have an alpha plane.
    pub alpha: bool,
}

/// A stream of sound.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// FFmpeg's codec name.
    pub codec: String,
    /// Whether the linked FFmpeg can decode it.
    pub has_decoder: bool,
    /// Profile, where the codec has them.
    pub profile: Option<String>,
    /// Samples per second.
    pub rate_hz: u32,
    /// Channels.
    pub channels: usize,
    /// FFmpeg's name of the channel layout, such as `5.1`.
    pub layout: String,
    /// The speakers of the channels, which are in this order: FFmpeg's channel mask
    /// (`AV_CH_FRONT_LEFT` is bit 0). `None` where the file does not say, or says it in a way that
    /// has no mask.
    pub channel_mask: Option<u64>,
    /// The layout was not signalled; the usual one for the count is assumed.
    pub is_layout_guessed: bool,
    /// Bits of a stored sample; 0 for codecs without any.
    pub bits: u8,
    /// Audible run in source time.
    pub span: Span,
    /// Samples in it.
    pub samples: i64,
}

/// A stream that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// "subtitle", "data", "attachment" …
    pub kind: String,
    /// FFmpeg's codec name.
    pub codec: String,
}

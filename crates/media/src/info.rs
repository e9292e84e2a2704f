//! The description of a file that `probe` returns: plain data.
use crate::{error::MediaError, tags::GuessedTags};
use cutroom_types::{ColorTags, FrameRate, HdrMetadata, Orientation, PictureFormat, Size, Span, Time, TimeDelta};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Description of a media file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaInfo {
    /// Path as given.
    pub path: PathBuf,
    /// FFmpeg's container names, comma separated: `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// From source time zero to the end of the longest video or audio stream; zero for a still
    /// image.
    pub duration: TimeDelta,
    /// Source time zero in the file's own time: the earliest presented frame or sample.
    pub start_in_file: Time,
    /// Whether the file is a single picture, which is shown at every time.
    pub is_still: bool,
    /// Video streams and still images, without attached pictures. Plans and readers count these
    /// from 0.
    pub video: Vec<VideoInfo>,
    /// Audio streams. Plans and readers count these from 0.
    pub audio: Vec<AudioInfo>,
    /// Cover art and thumbnails. Readers count them after the last stream of `video`.
    pub attached_pictures: Vec<VideoInfo>,
    /// Subtitles. [`crate::read_text`] counts these from 0.
    pub texts: Vec<TextInfo>,
    /// Timecode and telemetry streams: listed, not read.
    pub other: Vec<OtherInfo>,
    /// Irregularities found while opening and indexing, in words.
    pub warnings: Vec<String>,
}

/// How the lines of a frame were captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScanOrder {
    /// Not stated in the file.
    #[default]
    Unknown,
    /// Captured as whole frames.
    Progressive,
    /// Interlaced, top field shown first.
    TopFirst,
    /// Interlaced, bottom field shown first.
    BottomFirst,
}

/// Description of a video stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// FFmpeg's codec name.
    pub codec: String,
    /// Whether the linked FFmpeg can decode it.
    pub has_decoder: bool,
    /// Codec profile, if any.
    pub profile: Option<String>,
    /// Stored size in pixels, before orientation and sample aspect are applied.
    pub size: Size,
    /// FFmpeg's name of the stored pixel format; empty when it could not be determined.
    pub pixel_format: String,
    /// The format of the pictures that a reader returns; `None` when unknown or unsupported.
    pub format: Option<PictureFormat>,
    /// Colour tags; those that the file lacks are guessed.
    pub color: ColorTags,
    /// Which colour tags were guessed.
    pub guessed: GuessedTags,
    /// Mastering display and light level of PQ and HLG, as far as the file states them.
    pub hdr: HdrMetadata,
    /// Sample aspect ratio, width : height.
    pub sample_aspect: (u32, u32),
    /// The rotation and mirroring that turn the picture upright.
    pub orientation: Orientation,
    /// Progressive or interlaced, with the order of fields.
    pub scan_order: ScanOrder,
    /// Number of frames divided by duration.
    pub average_rate: Option<FrameRate>,
    /// The rate that the container or codec states.
    pub nominal_rate: Option<FrameRate>,
    /// Whether all frames are shown equally long (to within the container's tick).
    pub is_constant_rate: bool,
    /// Usual length of a frame: the mean of the lengths near their median. `None` for stills.
    pub frame_duration: Option<TimeDelta>,
    /// Number of frames that are presented, counted.
    pub frames: usize,
    /// From the start of the first frame to the end of the last one, in source time.
    pub span: Span,
    /// Bits per sample; 0 when the format is unknown.
    pub bits: u8,
    /// Whether pictures have an alpha plane.
    pub alpha: bool,
    /// Why it cannot be used, found by decoding one frame; `None` if it can, and until
    /// [`crate::probe`] has tried.
    #[serde(skip)]
    pub defect: Option<MediaError>,
}

/// Description of an audio stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// FFmpeg's codec name.
    pub codec: String,
    /// Whether the linked FFmpeg can decode it.
    pub has_decoder: bool,
    /// Codec profile, if any.
    pub profile: Option<String>,
    /// Sample rate in Hz.
    pub rate_hz: u32,
    /// Number of channels.
    pub channels: usize,
    /// FFmpeg's name of the channel layout, such as `5.1`.
    pub layout: String,
    /// The speakers of the channels, in this order: FFmpeg's channel mask (`AV_CH_FRONT_LEFT` is
    /// bit 0). `None` when the file does not state them, or in a way that no mask expresses.
    pub channel_mask: Option<u64>,
    /// Whether the file does not state the layout; the usual one for the number of channels is
    /// assumed.
    pub is_layout_guessed: bool,
    /// Bits per stored sample; 0 for codecs without a fixed sample size.
    pub bits: u8,
    /// Audible span in source time.
    pub span: Span,
    /// Number of audible samples per channel.
    pub samples: i64,
    /// As [`VideoInfo::defect`].
    #[serde(skip)]
    pub defect: Option<MediaError>,
}

/// Description of a subtitle stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// FFmpeg's codec name.
    pub codec: String,
    /// Whether it holds pictures of texts, which are not read.
    pub is_picture: bool,
    /// Language as the file says it, usually three letters.
    pub language: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Whether players show it unless another one is chosen.
    pub is_default: bool,
    /// Whether players show it even if subtitles are off.
    pub is_forced: bool,
}

/// Description of a stream that is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherInfo {
    /// Index among all streams of the file.
    pub stream_index: usize,
    /// FFmpeg's media type: "data", "attachment" …
    pub kind: String,
    /// FFmpeg's codec name.
    pub codec: String,
}

//! Describes the contents of media files.
use crate::{ApiError, cache};
use cutroom_media::{AudioInfo, MediaInfo, MediaLocation, Numbered, ScanOrder, TextInfo, VideoInfo, numbered::pattern_of};
use cutroom_types::{ColorTags, ContentLight, FrameRate, Gaps, MasteringDisplay};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The file to describe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeRequest {
    /// The media file, or numbered pictures (`IMG_%04d.png`).
    pub file: PathBuf,
    /// Pictures per second of numbered pictures; absent: 25.
    #[serde(default)]
    pub frame_rate: Option<String>,
}

/// Contents of a media file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MediaReport {
    /// Path, as in the request.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// FFmpeg's names of the container.
    pub container: String,
    /// Length of the longest stream in seconds; 0 for a still image.
    pub duration_secs: f64,
    /// Whether it is a single picture, valid at every time.
    pub is_still: bool,
    /// Video streams and still pictures.
    pub video: Vec<VideoReport>,
    /// Audio streams.
    pub audio: Vec<AudioReport>,
    /// Cover art and thumbnails.
    pub attached_pictures: Vec<VideoReport>,
    /// Subtitle streams; `show_subtitles` reads those that hold texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtitles: Vec<TextReport>,
    /// Streams that are not read, as kind and codec: "data tmcd".
    pub other: Vec<String>,
    /// Irregularities of the file.
    pub warnings: Vec<String>,
}

/// A subtitle stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextReport {
    /// Codec: `mov_text`, `subrip`, `ass`, `webvtt`, or one of pictures such as `hdmv_pgs_subtitle`.
    pub codec: String,
    /// Whether it holds pictures of texts, which are not read.
    pub is_picture: bool,
    /// Language as the file says it, usually three letters.
    pub language: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Whether players show it unless another one is chosen.
    pub default: bool,
    /// Whether players show it even if subtitles are off.
    pub forced: bool,
}

/// A video stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VideoReport {
    /// Codec with its profile.
    pub codec: String,
    /// Stored width in pixels.
    pub width: u32,
    /// Stored height in pixels.
    pub height: u32,
    /// FFmpeg's name of the stored pixel format.
    pub pixel_format: String,
    /// Bits per sample.
    pub bits: u8,
    /// Whether there is an alpha plane.
    pub alpha: bool,
    /// Colour tags, as interpreted.
    pub color: ColorTags,
    /// Names of tags that the file does not contain and that were guessed.
    pub guessed: Vec<String>,
    /// The display on which PQ or HLG was graded, if the file states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mastering_display: Option<MasteringDisplay>,
    /// How bright PQ or HLG gets, if the file states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_light: Option<ContentLight>,
    /// Sample aspect ratio, width : height.
    pub sample_aspect: (u32, u32),
    /// Clockwise rotation to upright, in degrees.
    pub rotation_degrees: u32,
    /// Whether it is mirrored before rotation.
    pub mirrored: bool,
    /// "progressive", "top field first", "bottom field first" or "unknown".
    pub field_order: String,
    /// Nominal frame rate, or the average one if the file has none; frames, not interlaced fields.
    pub frame_rate: Option<String>,
    /// Whether all frames are shown equally long.
    pub is_constant_rate: bool,
    /// Number of frames, counted.
    pub frames: usize,
    /// Start of the first frame, in seconds from the start of the file.
    pub start_secs: f64,
    /// End of the last frame, in seconds from the start of the file.
    pub end_secs: f64,
}

/// An audio stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AudioReport {
    /// Codec with its profile.
    pub codec: String,
    /// Samples per second.
    pub rate_hz: u32,
    /// Number of channels.
    pub channels: usize,
    /// FFmpeg's name of the channel layout.
    pub layout: String,
    /// Number of samples per channel.
    pub samples: i64,
    /// Time of the first sample, in seconds from the start of the file.
    pub start_secs: f64,
    /// End of the last sample, in seconds from the start of the file.
    pub end_secs: f64,
}

/// Describes a media file: exact durations, counted frames, all colour tags.
///
/// # Errors
/// The file is missing, unreadable or not media; the rate is none.
pub fn probe(request: &ProbeRequest) -> Result<MediaReport, ApiError> {
    let rate = request.frame_rate.as_deref().unwrap_or("25").parse::<FrameRate>();
    let frame_rate = rate.map_err(|e| ApiError::of("usage.fps", &e).field("frame_rate"))?;
    let is_row = pattern_of(&request.file).is_some() && !request.file.exists();
    // Gaps are described, not refused.
    let numbered = is_row.then_some(Numbered { frame_rate, start_number: None, gaps: Gaps::Hold });
    let location = MediaLocation { path: request.file.clone(), numbered };
    Ok(report(&request.file, &cache::probe(&location)?))
}

fn report(file: &Path, info: &MediaInfo) -> MediaReport {
    MediaReport {
        file: file.to_owned(),
        container: info.container.clone(),
        duration_secs: info.duration.as_secs_f64(),
        is_still: info.is_still,
        video: info.video.iter().map(video).collect(),
        audio: info.audio.iter().map(audio).collect(),
        attached_pictures: info.attached_pictures.iter().map(video).collect(),
        subtitles: info.texts.iter().map(text).collect(),
        other: info.other.iter().map(|o| format!("{} {}", o.kind, o.codec)).collect(),
        warnings: info.warnings.clone(),
    }
}

fn text(t: &TextInfo) -> TextReport {
    let TextInfo { codec, is_picture, language, title, is_default, is_forced, .. } = t.clone();
    TextReport { codec, is_picture, language, title, default: is_default, forced: is_forced }
}

fn codec(name: &str, profile: Option<&String>) -> String {
    profile.map_or_else(|| name.to_owned(), |p| format!("{name} {p}"))
}

fn video(v: &VideoInfo) -> VideoReport {
    let g = v.guessed;
    let tags = [
        ("primaries", g.primaries),
        ("transfer", g.transfer),
        ("matrix", g.matrix),
        ("range", g.range),
        ("chroma location", g.chroma),
    ];
    VideoReport {
        codec: codec(&v.codec, v.profile.as_ref()),
        width: v.size.width,
        height: v.size.height,
        pixel_format: v.pixel_format.clone(),
        bits: v.bits,
        alpha: v.alpha,
        color: v.color,
        guessed: tags.iter().filter(|t| t.1).map(|t| t.0.to_owned()).collect(),
        mastering_display: v.hdr.mastering_display,
        content_light: v.hdr.content_light,
        sample_aspect: v.sample_aspect,
        rotation_degrees: u32::from(v.orientation.quarter_turns) * 90,
        mirrored: v.orientation.mirrored,
        field_order: match v.scan_order {
            ScanOrder::Unknown => "unknown",
            ScanOrder::Progressive => "progressive",
            ScanOrder::TopFirst => "top field first",
            ScanOrder::BottomFirst => "bottom field first",
        }
        .to_owned(),
        frame_rate: frame_rate(v).map(|r| r.to_string()),
        is_constant_rate: v.is_constant_rate,
        frames: v.frames,
        start_secs: v.span.start.as_secs_f64(),
        end_secs: v.span.end().as_secs_f64(),
    }
}

/// The nominal rate, or else the average one. Of interlaced video some containers state the rate of
/// interlaced fields, which is twice that of the frames.
pub(crate) fn frame_rate(v: &VideoInfo) -> Option<FrameRate> {
    let interlaced = matches!(v.scan_order, ScanOrder::TopFirst | ScanOrder::BottomFirst);
    let of_fields = |n: &FrameRate| v.average_rate.is_some_and(|a| (n.as_f64() / a.as_f64() - 2.0).abs() < 0.05);
    match v.nominal_rate {
        Some(n) if interlaced && of_fields(&n) => FrameRate::from_f64(n.as_f64() / 2.0),
        nominal => nominal.or(v.average_rate),
    }
}

fn audio(a: &AudioInfo) -> AudioReport {
    AudioReport {
        codec: codec(&a.codec, a.profile.as_ref()),
        rate_hz: a.rate_hz,
        channels: a.channels,
        layout: a.layout.clone(),
        samples: a.samples,
        start_secs: a.span.start.as_secs_f64(),
        end_secs: a.span.end().as_secs_f64(),
    }
}

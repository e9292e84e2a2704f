//! Project, media, compositions and tracks.
use crate::{Animated, Clip, Extra, Transition, default_true, is_default, is_true};
use cutroom_types::{
    BlendSpace, ClipId, CompositionId, Deinterlace, FieldOrder, FrameRate, MediaId, Primaries, Size, Time, TimeDelta, TrackId,
    Transfer,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// Version of the file's form; see [`crate::SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Stable name of this project among others.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: String,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// What new things start from.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Settings,
    /// Source files.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Timelines; they may contain each other, without cycles.
    pub compositions: Vec<Composition>,
    /// The composition that is the film.
    pub main: CompositionId,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Project-wide settings. None is needed yet; what other programs store here is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// Free text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: String,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A source file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Media {
    /// Unique in the project.
    pub id: MediaId,
    /// Absolute, or relative to the folder of the project file; `/` separates folders.
    pub path: String,
    /// What is taken from the file.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: MediaKind,
    /// Whether interlaced frames are made whole.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deinterlace: Deinterlace,
    /// Which field of an interlaced frame is shown first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub field_order: FieldOrder,
    /// What was found when the file was last opened. Planning uses it to leave out sound or picture
    /// that is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<MediaFacts>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is taken from a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Moving pictures, with or without sound.
    #[default]
    Video,
    /// Sound only; pictures in the file (cover art) are not used.
    Audio,
    /// One picture that lasts as long as wanted.
    Image,
}

/// Facts of a file, from probing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MediaFacts {
    /// Length of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<TimeDelta>,
    /// Upright size in square pixels of the first video stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Nominal rate of the first video stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<FrameRate>,
    /// Number of video streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_streams: Option<usize>,
    /// Number of audio streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_streams: Option<usize>,
    /// Content fingerprint, to notice a changed file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Composition {
    /// Unique in the project.
    pub id: CompositionId,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Square pixels, 1..=16384 each way.
    pub size: Size,
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// Samples per second, 8000..=192000.
    #[serde(default = "default_sample_rate_hz")]
    pub sample_rate_hz: u32,
    /// Channels of sound, 1..=8.
    #[serde(default = "default_channels")]
    pub channels: u32,
    /// Length; absent means up to the end of the last clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<TimeDelta>,
    /// Under all layers: straight RGBA, display-encoded, 0..=1. Not drawn when the composition is
    /// nested.
    #[serde(default = "black", skip_serializing_if = "is_black")]
    pub background: [f64; 4],
    /// Where layers are blended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blend_space: BlendSpace,
    /// Colour of the working space and of the result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub color: CompositionColor,
    /// How clips with `motion_blur` are blurred.
    #[serde(default, skip_serializing_if = "is_default")]
    pub motion_blur: MotionBlur,
    /// Bottom to top.
    #[serde(default)]
    pub tracks: Vec<Track>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Primaries and transfer characteristics of a composition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompositionColor {
    /// ITU-T H.273 primaries by FFmpeg's name.
    pub primaries: Primaries,
    /// ITU-T H.273 transfer characteristics by FFmpeg's name.
    pub transfer: Transfer,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for CompositionColor {
    fn default() -> Self {
        Self { primaries: Primaries::Bt709, transfer: Transfer::Bt709, extra: Extra::default() }
    }
}

/// The shutter of a composition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MotionBlur {
    /// How long the shutter is open: 360 is a whole frame. 0..=720.
    #[serde(default = "shutter_angle")]
    pub shutter_angle_degrees: f64,
    /// When it opens, against the frame's start; -90 with an angle of 180 lies centred on
    /// it. -360..=360.
    #[serde(default = "shutter_phase")]
    pub shutter_phase_degrees: f64,
    /// Places that are averaged, 2..=64.
    #[serde(default = "shutter_samples")]
    pub samples: u32,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for MotionBlur {
    fn default() -> Self {
        Self {
            shutter_angle_degrees: shutter_angle(),
            shutter_phase_degrees: shutter_phase(),
            samples: shutter_samples(),
            extra: Extra::default(),
        }
    }
}

fn shutter_angle() -> f64 {
    180.0
}

fn shutter_phase() -> f64 {
    -90.0
}

fn shutter_samples() -> u32 {
    16
}

/// A row of clips that do not overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Track {
    /// Unique in the project.
    pub id: TrackId,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// What its clips give.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: TrackKind,
    /// `false`: neither seen nor heard.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Not heard.
    #[serde(default, skip_serializing_if = "is_default")]
    pub muted: bool,
    /// When any track is soloed only soloed tracks are heard; when any video track is, only soloed
    /// video tracks are seen.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solo: bool,
    /// Not seen: its picture only serves clips that name it as their matte or in an effect.
    #[serde(default, skip_serializing_if = "is_default")]
    pub matte_only: bool,
    /// Editors refuse changes; planning does not care.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locked: bool,
    /// Volume in decibels, -144 and below is silence, up to 60; keyframe times are composition
    /// times.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// -1 left … 0 centre … 1 right; added to the clip's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pan: Animated<f64>,
    /// 0..=1, multiplies the opacity of every clip.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// In any order in memory; saved in the order they stand here. Copies of a document share clips
    /// until one of them changes (`Arc::make_mut`), so that copying a document of many clips is
    /// cheap.
    #[serde(default)]
    pub clips: Vec<Arc<Clip>>,
    /// On the cuts of this track.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the clips of a track give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Picture, and the sound that belongs to it unless a clip's sound is off.
    #[default]
    Video,
    /// Sound only.
    Audio,
}

pub(crate) fn default_sample_rate_hz() -> u32 {
    48_000
}

pub(crate) fn default_channels() -> u32 {
    2
}

pub(crate) fn black() -> [f64; 4] {
    [0.0, 0.0, 0.0, 1.0]
}

pub(crate) fn is_black(c: &[f64; 4]) -> bool {
    *c == black()
}

impl Project {
    /// An empty project in the current version whose main composition is the one given.
    pub fn new(name: &str, main: Composition) -> Self {
        Self {
            schema_version: crate::SCHEMA_VERSION,
            id: String::new(),
            name: name.into(),
            settings: Settings::default(),
            media: Vec::new(),
            main: main.id.clone(),
            compositions: vec![main],
            extra: Extra::default(),
        }
    }

    /// By id.
    pub fn composition(&self, id: &CompositionId) -> Option<&Composition> {
        self.compositions.iter().find(|c| c.id == *id)
    }

    /// By id.
    pub fn media(&self, id: &MediaId) -> Option<&Media> {
        self.media.iter().find(|m| m.id == *id)
    }

    /// The film.
    pub fn main_composition(&self) -> Option<&Composition> {
        self.composition(&self.main)
    }

    /// The tracks of all compositions, in document order.
    pub fn tracks(&self) -> impl Iterator<Item = &Track> + Clone {
        self.compositions.iter().flat_map(|c| &c.tracks)
    }

    /// The clips of all compositions, in document order.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> + Clone {
        self.compositions.iter().flat_map(Composition::clips)
    }
}

impl Media {
    /// A file with nothing known about it.
    pub fn new(id: &str, path: &str, kind: MediaKind) -> Self {
        Self {
            id: id.into(),
            path: path.into(),
            kind,
            deinterlace: Deinterlace::default(),
            field_order: FieldOrder::default(),
            facts: None,
            extra: Extra::default(),
        }
    }
}

impl Composition {
    /// No tracks, 48 kHz stereo, linear blending, BT.709, black.
    pub fn new(id: &str, size: Size, frame_rate: FrameRate) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            size,
            frame_rate,
            sample_rate_hz: default_sample_rate_hz(),
            channels: default_channels(),
            duration: None,
            background: black(),
            blend_space: BlendSpace::default(),
            color: CompositionColor::default(),
            motion_blur: MotionBlur::default(),
            tracks: Vec::new(),
            extra: Extra::default(),
        }
    }

    /// The clips of all its tracks, in document order.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> + Clone {
        self.tracks.iter().flat_map(|t| &t.clips).map(Arc::as_ref)
    }

    /// The length set, or up to the end of the last clip; zero without clips.
    pub fn length(&self) -> TimeDelta {
        self.duration.unwrap_or_else(|| {
            let end = self.clips().map(|c| c.span().end()).max().unwrap_or(Time::ZERO);
            end.max(Time::ZERO).since_zero()
        })
    }
}

impl Track {
    /// An empty track.
    pub fn new(id: &str, kind: TrackKind) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            kind,
            enabled: true,
            muted: false,
            solo: false,
            matte_only: false,
            locked: false,
            gain_db: Animated::default(),
            pan: Animated::default(),
            opacity: Animated::one(),
            clips: Vec::new(),
            transitions: Vec::new(),
            extra: Extra::default(),
        }
    }

    /// The clip at an index, to be changed; copies of the document keep theirs.
    ///
    /// # Panics
    /// There is none, as in indexing.
    pub fn clip_mut(&mut self, index: usize) -> &mut Clip {
        Arc::make_mut(&mut self.clips[index])
    }

    /// By id.
    pub fn clip(&self, id: &ClipId) -> Option<&Clip> {
        self.clips.iter().map(Arc::as_ref).find(|c| c.id == *id)
    }
}

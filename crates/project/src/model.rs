//! Project, media, compositions and tracks.
use crate::{
    Animated, Clip, CompositionAudio, EffectInstance, Extra, SharedList, TrackAudio, Transition, default_true, is_default, is_true,
    split_style::SplitStyle,
};
use cutroom_types::{
    BlendSpace, ClipId, CompositionId, ContentLight, Deinterlace, FieldOrder, FrameRate, Gaps, HdrMetadata, MasteringDisplay,
    MediaId, Primaries, Size, Time, TimeDelta, TrackId, Transfer,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The whole document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// Version of the file format; see [`crate::SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Stable id that distinguishes this project from others.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: String,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Project-wide settings.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Settings,
    /// Texts that `{name}` stands for in titles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Font files, absolute or relative to the folder of the project file. Their families come
    /// before shipped ones and those of the machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fonts: Vec<String>,
    /// Source files.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Timelines; they may contain each other, without cycles.
    pub compositions: Vec<Composition>,
    /// Id of the main composition.
    pub main: CompositionId,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Project-wide settings. Fields that other programs store here are kept.
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
    /// Path of the file: absolute, or relative to the folder of the project file; `/` separates
    /// folders.
    pub path: String,
    /// What is used of the file.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: MediaKind,
    /// Makes the path a pattern of numbered pictures, such as `shots/IMG_%04d.png`, that are shown
    /// one after the other at this rate. Absent: the path is one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<FrameRate>,
    /// Number of the first of numbered pictures. Absent: the lowest that there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_number: Option<u64>,
    /// What numbered pictures show where a number is missing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gaps: Gaps,
    /// Which frames are deinterlaced.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deinterlace: Deinterlace,
    /// Which interlaced field of a frame is shown first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub field_order: FieldOrder,
    /// The file's sound is played this much later than its picture, or earlier if negative.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio_offset: TimeDelta,
    /// Facts found when the file was last opened. Planning uses them to leave out sound or picture
    /// that the file does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<MediaFacts>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is used of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Moving pictures, with or without sound.
    #[default]
    Video,
    /// Sound only; pictures in the file (cover art) are not used.
    Audio,
    /// A still image, shown for any length of time.
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
    /// End of the first video stream's last frame, since the start of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_end: Option<TimeDelta>,
    /// Usual length of a frame, for each video stream.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frame_durations: Vec<TimeDelta>,
    /// Number of video streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_streams: Option<usize>,
    /// Number of audio streams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_streams: Option<usize>,
    /// Size in bytes of the file, or of all numbered pictures together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Fingerprint of the content, 64 hexadecimal digits, to notice a changed file and to find a moved
    /// one.
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
    /// Size in square pixels: 1..=16384 in each direction, at most 134217728 pixels in total.
    pub size: Size,
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// Samples per second, 8000..=192000.
    #[serde(default = "default_sample_rate_hz")]
    pub sample_rate_hz: u32,
    /// Number of audio channels, 1..=8.
    #[serde(default = "default_channels")]
    pub channels: u32,
    /// Length; absent: up to the end of the last clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<TimeDelta>,
    /// Colour below all layers: straight RGBA, display-encoded, 0..=1; also read as `"#rrggbb"` or
    /// `"#rrggbbaa"`. Not drawn when the composition is nested.
    #[serde(default = "black", skip_serializing_if = "is_black", deserialize_with = "crate::color::deserialize")]
    #[schemars(schema_with = "crate::color::schema")]
    pub background: [f64; 4],
    /// Encoding in which layers are blended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blend_space: BlendSpace,
    /// Primaries and transfer characteristics of the working space and of the result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub color: CompositionColor,
    /// How clips with `motion_blur` are blurred.
    #[serde(default, skip_serializing_if = "is_default")]
    pub motion_blur: MotionBlur,
    /// Buses, and effects and gain of the output.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio: CompositionAudio,
    /// Notes at times, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<Marker>,
    /// What `cutroom split` made the composition from; `cutroom split change` goes on from it. It is
    /// not drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Box<SplitStyle>>,
    /// Tracks from bottom to top.
    #[serde(default)]
    pub tracks: Vec<Track>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A note at a time of a composition. Rendering ignores it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Marker {
    /// Unique in the composition.
    pub id: String,
    /// Composition time.
    pub time: Time,
    /// Length of the span that it marks; 0 for an instant.
    #[serde(default, skip_serializing_if = "is_default")]
    pub duration: TimeDelta,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub note: String,
    /// Colour for editors, `"#rrggbb"`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub color: String,
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
    /// The display on which a film in PQ or HLG is graded, for the files that it is exported to;
    /// SMPTE ST 2086.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mastering_display: Option<MasteringDisplay>,
    /// How bright a film in PQ or HLG gets, for the files that it is exported to; CTA-861.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_light: Option<ContentLight>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for CompositionColor {
    fn default() -> Self {
        Self {
            primaries: Primaries::Bt709,
            transfer: Transfer::Bt709,
            mastering_display: None,
            content_light: None,
            extra: Extra::default(),
        }
    }
}

impl CompositionColor {
    /// Mastering display and light level of PQ and HLG; nothing for other transfers.
    pub fn hdr(&self) -> HdrMetadata {
        let (mastering_display, content_light) = (self.mastering_display, self.content_light);
        if self.transfer.is_hdr() { HdrMetadata { mastering_display, content_light } } else { HdrMetadata::default() }
    }
}

/// Shutter of a composition, for motion blur.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MotionBlur {
    /// How long the shutter is open, 0..=720 degrees; 360 is a whole frame.
    #[serde(default = "shutter_angle")]
    pub shutter_angle_degrees: f64,
    /// When the shutter opens, relative to the start of the frame, -360..=360 degrees. With an
    /// angle of 180, -90 centres the exposure on the start of the frame.
    #[serde(default = "shutter_phase")]
    pub shutter_phase_degrees: f64,
    /// Number of placements that are averaged, 2..=64.
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
    /// Whether its clips have picture and sound, or sound only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: TrackKind,
    /// `false`: neither visible nor audible.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Whether the track is silent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub muted: bool,
    /// If any track is soloed, only soloed tracks are audible; if any video track is, only soloed
    /// video tracks are visible.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solo: bool,
    /// Whether the track is not drawn itself, so that its picture is only used by clips that name
    /// it as their matte or in an effect.
    #[serde(default, skip_serializing_if = "is_default")]
    pub matte_only: bool,
    /// Editors refuse changes to the track; rendering is not affected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locked: bool,
    /// Gain in decibels, up to 60; -144 and below is silence. Keyframe times are composition times.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// Pan: -1 left … 0 centre … 1 right; added to the clip's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pan: Animated<f64>,
    /// Sound effects and routing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio: TrackAudio,
    /// Opacity, 0..=1; multiplies the opacity of every clip.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Clips in any order, which is kept in the file. Copies of a project share clips until one of
    /// them is changed (`Arc::make_mut`), so that copying a project with many clips is cheap.
    #[serde(default)]
    pub clips: SharedList<Arc<Clip>>,
    /// Transitions at the cuts of this track.
    #[serde(default, skip_serializing_if = "SharedList::is_empty")]
    pub transitions: SharedList<Transition>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the clips of a track have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Picture, and its sound unless the sound of a clip is off.
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
            variables: BTreeMap::new(),
            fonts: Vec::new(),
            media: Vec::new(),
            main: main.id.clone(),
            compositions: vec![main],
            extra: Extra::default(),
        }
    }

    /// The composition with this id.
    pub fn composition(&self, id: &CompositionId) -> Option<&Composition> {
        self.compositions.iter().find(|c| c.id == *id)
    }

    /// The media with this id.
    pub fn media(&self, id: &MediaId) -> Option<&Media> {
        self.media.iter().find(|m| m.id == *id)
    }

    /// The main composition, if it exists.
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
    /// The length after which the file repeats: that of its picture, or of its sound without one;
    /// `None` if unknown.
    pub fn period(&self) -> Option<TimeDelta> {
        let facts = self.facts.as_ref()?;
        facts.picture_end.filter(|_| self.kind != MediaKind::Audio).or(facts.duration).filter(|d| *d > TimeDelta::ZERO)
    }

    /// Usual length of a frame of a video stream; `None` if unknown, and for stills.
    pub fn frame_duration(&self, stream: usize) -> Option<TimeDelta> {
        let known = self.facts.as_ref().and_then(|facts| facts.frame_durations.get(stream)).copied();
        known.filter(|d| *d > TimeDelta::ZERO)
    }

    /// A file without known facts.
    pub fn new(id: &str, path: &str, kind: MediaKind) -> Self {
        Self {
            id: id.into(),
            path: path.into(),
            kind,
            frame_rate: None,
            start_number: None,
            gaps: Gaps::default(),
            deinterlace: Deinterlace::default(),
            field_order: FieldOrder::default(),
            audio_offset: TimeDelta::ZERO,
            facts: None,
            extra: Extra::default(),
        }
    }
}

impl Composition {
    /// An empty composition: 48 kHz stereo, linear blending, BT.709, black background.
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
            audio: CompositionAudio::default(),
            markers: Vec::new(),
            split: None,
            tracks: Vec::new(),
            extra: Extra::default(),
        }
    }

    /// The clips of all its tracks, in document order.
    pub fn clips(&self) -> impl Iterator<Item = &Clip> + Clone {
        self.tracks.iter().flat_map(|t| &t.clips).map(Arc::as_ref)
    }

    /// The set length, or else the end of the last clip; zero without clips.
    pub fn length(&self) -> TimeDelta {
        self.duration.unwrap_or_else(|| {
            let end = self.tracks.iter().map(|t| t.clips.facts().end()).max().unwrap_or(Time::ZERO);
            end.since_zero()
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
            audio: TrackAudio::default(),
            opacity: Animated::one(),
            clips: SharedList::new(),
            transitions: SharedList::new(),
            extra: Extra::default(),
        }
    }

    /// The clip at an index, for changing it. Copies of the project keep the old one.
    ///
    /// # Panics
    /// If the index is out of range.
    pub fn clip_mut(&mut self, index: usize) -> &mut Clip {
        Arc::make_mut(&mut self.clips[index])
    }

    /// The clip with this id.
    pub fn clip(&self, id: &ClipId) -> Option<&Clip> {
        self.clips.with_id(id.as_str()).map(Arc::as_ref)
    }
}

impl Composition {
    /// The sound effects of the output, of buses and of tracks, in this order; not those of clips.
    pub fn mixer_effects(&self) -> impl Iterator<Item = &EffectInstance> {
        let buses = self.audio.buses.iter().flat_map(|b| &b.effects);
        self.audio.effects.iter().chain(buses).chain(self.tracks.iter().flat_map(|t| &t.audio.effects))
    }
}

impl Project {
    /// All effects, of pictures and of sound.
    pub fn effects(&self) -> impl Iterator<Item = &EffectInstance> {
        let clips = self.clips().flat_map(|c| c.video.effects.iter().chain(&c.audio.effects));
        clips.chain(self.compositions.iter().flat_map(Composition::mixer_effects))
    }
}

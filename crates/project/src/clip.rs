//! Clips, their sources, pictures, sound and effects, and the transitions between them.
use crate::{
    Animated, ClipTimes, Extra, FrameInterpolation, Margins, Mask, MaskOrder, Matte, ShapeSource, StreamChoice, SubtitlesSource,
    TextSource, TimeMap, default_true, is_default, is_true,
};
use cutroom_types::{Align, ClipId, CompositionId, EffectId, FadeCurve, Fit, MediaId, ParamValue, Span, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, collections::BTreeMap};

/// Parameter values by parameter id of the catalogue.
pub type Params = BTreeMap<String, Animated<ParamValue>>;

/// A piece of a source on a track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Clip {
    /// Unique in the project.
    pub id: ClipId,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Where picture and sound come from.
    pub source: ClipSource,
    /// Composition time at which the clip starts.
    pub start: Time,
    /// Length on the timeline, more than zero.
    pub duration: TimeDelta,
    /// Source time at `start`. Played backwards this is the end of the range: `source_in` 5 s,
    /// speed -1 and 3 s of duration show 5 s down to 2 s, and the first frame shown is the last one
    /// that starts before 5 s.
    #[serde(default)]
    pub source_in: Time,
    /// Source seconds per timeline second, 0.01..=100; negative plays backwards.
    #[serde(default = "unit", skip_serializing_if = "is_unit")]
    pub speed: f64,
    /// A speed that changes, or the source time at each time; instead of `speed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_map: Option<TimeMap>,
    /// `false`: neither visible nor audible.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// The clip that editors move together with this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<ClipId>,
    /// Name of the group of clips that editors move together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How the picture is placed; ignored on an audio track.
    #[serde(default, skip_serializing_if = "is_default")]
    pub video: ClipVideo,
    /// How the sound is played.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio: ClipAudio,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Where a clip's picture and sound come from. In the file an object whose `type` is `media`,
/// `composition`, `solid`, `text`, `shape`, `subtitles`, `adjustment` or `null`.
#[derive(Clone, Debug, PartialEq)]
pub enum ClipSource {
    /// Streams of a file.
    Media(MediaSource),
    /// A nested composition: its picture and its sound.
    Composition(CompositionSource),
    /// One colour.
    Solid(SolidSource),
    /// Text.
    Text(Box<TextSource>),
    /// Shapes.
    Shape(Box<ShapeSource>),
    /// Subtitles.
    Subtitles(Box<SubtitlesSource>),
    /// An adjustment layer: the composited picture of all tracks below, background included, which
    /// the clip's effects change.
    Adjustment(AdjustmentSource),
    /// An invisible object that other clips name as their `parent`, to move with it.
    Null(NullSource),
}

/// Streams of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MediaSource {
    /// Id of the media.
    pub media: MediaId,
    /// Video stream. Absent: the first, if there is one. A stream given by number must exist.
    /// `"none"`: no picture.
    #[serde(default, skip_serializing_if = "is_default")]
    pub video_stream: StreamChoice,
    /// Audio stream. Absent: the first, if there is one. A stream given by number must exist.
    /// `"none"`: no sound.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio_stream: StreamChoice,
    /// Whether the file repeats where the clip uses more than it holds: its picture's length, or that
    /// of its sound if it has no picture.
    #[serde(default, skip_serializing_if = "is_default")]
    pub repeat: bool,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A nested composition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompositionSource {
    /// Id of the composition.
    pub composition: CompositionId,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One colour over the whole canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SolidSource {
    /// Straight RGBA, display-encoded, 0..=1; also read as `"#rrggbb"` or `"#rrggbbaa"`.
    #[serde(deserialize_with = "crate::color::deserialize")]
    #[schemars(schema_with = "crate::color::schema")]
    pub color: [f64; 4],
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An adjustment layer: the composited picture of the tracks below.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AdjustmentSource {
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An invisible object as large as the canvas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NullSource {
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How a clip's picture is placed and changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClipVideo {
    /// Placement on the canvas.
    #[serde(default, skip_serializing_if = "is_default")]
    pub transform: Transform,
    /// A null object of the same composition whose position, scale, rotation and anchor also move
    /// this clip. It may have a parent itself. Its keyframes also count outside its own span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ClipId>,
    /// Whether movement by position, scale, rotation and parents is blurred, with the settings of
    /// the composition's `motion_blur`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub motion_blur: bool,
    /// Source time of the frame that is shown during the whole clip. Its sound plays on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Time>,
    /// What is shown between the frames of the source, where they do not fall on those of the
    /// composition.
    #[serde(default, skip_serializing_if = "is_default")]
    pub frames: FrameInterpolation,
    /// Masks that limit what is visible of the picture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masks: Vec<Mask>,
    /// Whether masks are applied before or after effects.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mask_order: MaskOrder,
    /// Another track whose picture limits what is visible of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matte: Option<Matte>,
    /// Opacity, 0..=1.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Catalogue id of the blend mode.
    #[serde(default = "normal", skip_serializing_if = "is_normal")]
    pub blend: String,
    /// Effects in order of application; they are applied before placement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectInstance>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Placement on the canvas, applied in this order: crop, fit, flip, scale and rotation about the
/// anchor, translation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transform {
    /// How the source is fitted to the canvas.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fit: Fit,
    /// The point of the canvas at which the picture lies: what is left of it by `crop`, scaled and
    /// rotated, touches the margins there at every time. Masks and what effects draw around it do
    /// not count. Absent: the anchor lies at the centre of the canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
    /// Distance from the sides of the canvas that `align` names: canvas pixels, or a text such as
    /// `"5%"` in hundredths of the canvas's shorter side; one for both directions or an array of
    /// two.
    #[serde(default, skip_serializing_if = "is_default")]
    pub margin: Margins,
    /// Position of the anchor in canvas pixels from the centre of the canvas, +x right, +y down; with
    /// `align`, an offset from the place that it gives.
    #[serde(default, skip_serializing_if = "is_default")]
    pub position_px: Animated<[f64; 2]>,
    /// Horizontal and vertical scale factors; 1 is the fitted size.
    #[serde(default = "ones", skip_serializing_if = "is_ones")]
    pub scale: Animated<[f64; 2]>,
    /// Rotation in degrees clockwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rotation_degrees: Animated<f64>,
    /// Fixed point of scale and rotation, as fractions of the fitted picture; (0.5, 0.5) is its
    /// centre.
    #[serde(default = "center", skip_serializing_if = "is_center")]
    pub anchor: Animated<[f64; 2]>,
    /// Cut from the left edge, 0..=1 of the source's width.
    #[serde(default, skip_serializing_if = "is_default")]
    pub crop_left: Animated<f64>,
    /// Cut from the top edge, 0..=1 of the source's height.
    #[serde(default, skip_serializing_if = "is_default")]
    pub crop_top: Animated<f64>,
    /// Cut from the right edge, 0..=1 of the source's width.
    #[serde(default, skip_serializing_if = "is_default")]
    pub crop_right: Animated<f64>,
    /// Cut from the bottom edge, 0..=1 of the source's height.
    #[serde(default, skip_serializing_if = "is_default")]
    pub crop_bottom: Animated<f64>,
    /// Mirror left–right.
    #[serde(default, skip_serializing_if = "is_default")]
    pub flip_horizontal: bool,
    /// Mirror top–bottom.
    #[serde(default, skip_serializing_if = "is_default")]
    pub flip_vertical: bool,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How a clip's sound is played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClipAudio {
    /// `false`: the clip is silent.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Gain in decibels, up to 60; -144 and below is silence.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// Pan: -1 left … 0 centre … 1 right.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pan: Animated<f64>,
    /// Length of the fade from silence at the start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fade_in: TimeDelta,
    /// Length of the fade to silence at the end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fade_out: TimeDelta,
    /// Shape of both fades.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fade_shape: FadeCurve,
    /// The sound starts this much before the clip (J cut), or after its start if negative. An end
    /// where a transition cross-fades the sound is not moved.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lead: TimeDelta,
    /// The sound ends this much after the clip (L cut), or before its end if negative.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tail: TimeDelta,
    /// Whether the pitch stays that of the source at any speed. Otherwise it follows the speed, as
    /// that of a tape does.
    #[serde(default, skip_serializing_if = "is_default")]
    pub preserve_pitch: bool,
    /// Sound effects in order of application, before gain, fades and pan. Keyframe times count from
    /// the clip's start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectInstance>,
    /// Channels of the source that are used, counted from 0, in the order of their speakers; empty:
    /// all. `[0]` plays the left channel as mono, `[1, 0]` swaps left and right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<u32>,
    /// Level of the source's centre in left and right where the composition has no centre,
    /// -144..=12 decibels; -144 leaves it out. Absent: 1/√2 (about -3.01), by ITU-R BS.775.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub center_mix_db: Option<f64>,
    /// Level of the source's low-frequency channel (LFE) in left and right, or in the centre of a
    /// mono composition, where the composition has no such channel, -144..=12 decibels. Absent: it
    /// is left out, by ITU-R BS.775.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lfe_mix_db: Option<f64>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An effect on a clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectInstance {
    /// Unique in the project.
    pub id: EffectId,
    /// Catalogue id of the effect.
    pub effect: String,
    /// `false`: the effect is not applied.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Values by parameter id; parameters that are not named have the catalogue's default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: Params,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Clip {
    /// A clip with default placement and sound.
    pub fn new(id: &str, source: ClipSource, start: Time, duration: TimeDelta) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            source,
            start,
            duration,
            source_in: Time::ZERO,
            speed: 1.0,
            time_map: None,
            enabled: true,
            linked: None,
            group: None,
            video: ClipVideo::default(),
            audio: ClipAudio::default(),
            extra: Extra::default(),
        }
    }

    /// The span on the timeline.
    pub fn span(&self) -> Span {
        Span { start: self.start, duration: self.duration }
    }

    /// Its source times. Prepares the time map, if there is one.
    pub fn times(&self) -> ClipTimes {
        ClipTimes::new(self.source_in, self.speed, self.time_map.as_ref())
    }

    /// The span of source time that the clip shows, in either direction of playing.
    pub fn source_span(&self) -> Span {
        let (start, end) = self.times().range(TimeDelta::ZERO, self.duration);
        Span { start, duration: end - start }
    }
}

impl ClipSource {
    /// A file, with its first streams.
    pub fn media(id: &str) -> Self {
        Self::Media(MediaSource {
            media: id.into(),
            video_stream: StreamChoice::First,
            audio_stream: StreamChoice::First,
            repeat: false,
            extra: Extra::default(),
        })
    }

    /// A nested composition.
    pub fn composition(id: &str) -> Self {
        Self::Composition(CompositionSource { composition: id.into(), extra: Extra::default() })
    }

    /// The composition that it shows, if it does.
    pub fn nested(&self) -> Option<&CompositionId> {
        match self {
            Self::Composition(source) => Some(&source.composition),
            _ => None,
        }
    }

    /// One colour: straight RGBA, display-encoded.
    pub fn solid(color: [f64; 4]) -> Self {
        Self::Solid(SolidSource { color, extra: Extra::default() })
    }
}

impl Default for ClipVideo {
    fn default() -> Self {
        Self {
            transform: Transform::default(),
            parent: None,
            motion_blur: false,
            freeze: None,
            frames: FrameInterpolation::default(),
            masks: Vec::new(),
            mask_order: MaskOrder::default(),
            matte: None,
            opacity: Animated::one(),
            blend: normal(),
            effects: Vec::new(),
            extra: Extra::default(),
        }
    }
}

impl Default for ClipAudio {
    fn default() -> Self {
        Self {
            enabled: true,
            gain_db: Animated::default(),
            pan: Animated::default(),
            fade_in: TimeDelta::ZERO,
            fade_out: TimeDelta::ZERO,
            fade_shape: FadeCurve::Linear,
            effects: Vec::new(),
            lead: TimeDelta::ZERO,
            tail: TimeDelta::ZERO,
            preserve_pitch: false,
            channels: Vec::new(),
            center_mix_db: None,
            lfe_mix_db: None,
            extra: Extra::default(),
        }
    }
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            fit: Fit::Contain,
            align: None,
            margin: Margins::default(),
            position_px: Animated::default(),
            scale: ones(),
            rotation_degrees: Animated::default(),
            anchor: center(),
            crop_left: Animated::default(),
            crop_top: Animated::default(),
            crop_right: Animated::default(),
            crop_bottom: Animated::default(),
            flip_horizontal: false,
            flip_vertical: false,
            extra: Extra::default(),
        }
    }
}

fn unit() -> f64 {
    1.0
}

fn is_unit(v: &f64) -> bool {
    *v == 1.0
}

fn ones() -> Animated<[f64; 2]> {
    Animated::Constant([1.0; 2])
}

fn is_ones(v: &Animated<[f64; 2]>) -> bool {
    *v == ones()
}

fn center() -> Animated<[f64; 2]> {
    Animated::Constant([0.5; 2])
}

fn is_center(v: &Animated<[f64; 2]>) -> bool {
    *v == center()
}

fn normal() -> String {
    "normal".into()
}

fn is_normal(v: &str) -> bool {
    v == "normal"
}

/// Where a clip's picture and sound come from, as it is written in the file.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum SourceForm<'a> {
    Media(Cow<'a, MediaSource>),
    Composition(Cow<'a, CompositionSource>),
    Solid(Cow<'a, SolidSource>),
    Text(Cow<'a, Box<TextSource>>),
    Shape(Cow<'a, Box<ShapeSource>>),
    Subtitles(Cow<'a, Box<SubtitlesSource>>),
    Adjustment(Cow<'a, AdjustmentSource>),
    Null(Cow<'a, NullSource>),
}

impl Serialize for ClipSource {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Media(m) => SourceForm::Media(Cow::Borrowed(m)),
            Self::Composition(c) => SourceForm::Composition(Cow::Borrowed(c)),
            Self::Solid(c) => SourceForm::Solid(Cow::Borrowed(c)),
            Self::Text(t) => SourceForm::Text(Cow::Borrowed(t)),
            Self::Shape(x) => SourceForm::Shape(Cow::Borrowed(x)),
            Self::Subtitles(x) => SourceForm::Subtitles(Cow::Borrowed(x)),
            Self::Adjustment(a) => SourceForm::Adjustment(Cow::Borrowed(a)),
            Self::Null(n) => SourceForm::Null(Cow::Borrowed(n)),
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for ClipSource {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut fields = Extra::deserialize(d)?;
        type Read<E> = fn(serde_json::Value) -> Result<ClipSource, E>;
        let sources: [(&str, Read<D::Error>); 8] = [
            ("media", |fields| crate::deserialize_part(fields).map(Self::Media)),
            ("composition", |fields| crate::deserialize_part(fields).map(Self::Composition)),
            ("solid", |fields| crate::deserialize_part(fields).map(Self::Solid)),
            ("text", |fields| crate::deserialize_part(fields).map(|text| Self::Text(Box::new(text)))),
            ("shape", |fields| crate::deserialize_part(fields).map(|shape| Self::Shape(Box::new(shape)))),
            ("subtitles", |fields| crate::deserialize_part(fields).map(|cues| Self::Subtitles(Box::new(cues)))),
            ("adjustment", |fields| crate::deserialize_part(fields).map(Self::Adjustment)),
            ("null", |fields| crate::deserialize_part(fields).map(Self::Null)),
        ];
        let known = || sources.map(|(name, _)| name).join(", ");
        let kind =
            fields.shift_remove("type").ok_or_else(|| de::Error::custom(format!("missing field `type`, one of {}", known())))?;
        match sources.iter().find(|(name, _)| kind.as_str() == Some(name)) {
            Some((_, read)) => read(fields.into()),
            None => Err(de::Error::custom(format!("`type`: {kind} is not a clip source of this version; those are {}", known()))),
        }
    }
}

impl JsonSchema for ClipSource {
    fn schema_name() -> Cow<'static, str> {
        "ClipSource".into()
    }

    fn json_schema(g: &mut schemars::SchemaGenerator) -> schemars::Schema {
        SourceForm::json_schema(g)
    }
}

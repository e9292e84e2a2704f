//! What a catalogue entry says of itself.
pub use crate::params::{Params, Uniforms, frame_seed};
pub use crate::transition::spec::{
    MAX_TRANSITION_STEPS, TRANSITION_SECS, TransitionFamily, TransitionShape, TransitionSpec, TransitionStep,
};
use crate::{catalog::Entry, look::Look, runtime::RuntimeEffect};
use cutroom_kernel::{BlendOp, Edge, MixOp, PointOp, ReadOp};
use cutroom_types::{ParamValue, Primaries};
use std::sync::Arc;

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// Stable id, as in project files.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Kind, default and range.
    pub kind: ParamKind,
    /// Unit of a number: `"px"`, `"stops"`, `"turns"`, `"radians"`, `""` for a plain factor.
    pub unit: &'static str,
}

impl ParamSpec {
    /// An animatable number.
    pub const fn number(id: &'static str, name: &'static str, default: f64, min: f64, max: f64, unit: &'static str) -> Self {
        Self { id, name, kind: ParamKind::number(default, min, max), unit }
    }
    /// A number that cannot be keyframed.
    pub const fn quality(id: &'static str, name: &'static str, default: f64, min: f64, max: f64) -> Self {
        Self { id, name, kind: ParamKind::Number { default, min, max, animatable: false }, unit: "" }
    }
    /// A switch.
    pub const fn switch(id: &'static str, name: &'static str, default: bool) -> Self {
        Self { id, name, kind: ParamKind::Bool { default }, unit: "" }
    }
    /// A colour.
    pub const fn color(id: &'static str, name: &'static str, default: [f64; 4]) -> Self {
        Self { id, name, kind: ParamKind::Color { default }, unit: "" }
    }
    /// One of a closed set.
    pub const fn choice(id: &'static str, name: &'static str, default: &'static str, options: &'static [&'static str]) -> Self {
        Self { id, name, kind: ParamKind::Choice { default, options }, unit: "" }
    }
    /// A picture among the project's media.
    pub const fn media(id: &'static str, name: &'static str) -> Self {
        Self { id, name, kind: ParamKind::Media, unit: "" }
    }
    /// Another video track.
    pub const fn track(id: &'static str, name: &'static str) -> Self {
        Self { id, name, kind: ParamKind::Track, unit: "" }
    }
}

/// Kind, default and range of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// A number within `min..=max`; values outside are an error.
    Number {
        /// Value when none is given.
        default: f64,
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Whether it may be keyframed (quality settings may not).
        animatable: bool,
    },
    /// On or off.
    Bool {
        /// Value when none is given.
        default: bool,
    },
    /// Straight RGBA, display-encoded, 0..=1.
    Color {
        /// Value when none is given.
        default: [f64; 4],
    },
    /// Two numbers as fractions of the raster.
    Point {
        /// Value when none is given.
        default: [f64; 2],
    },
    /// A file, beside the project unless the path is absolute; none by default.
    File {
        /// Endings without the dot, in lower case.
        extensions: &'static [&'static str],
    },
    /// The id of a media of the project with a picture; must be given, cannot be keyframed.
    Media,
    /// The id of another video track of the composition; must be given, cannot be keyframed.
    Track,
    /// A curve as text, points `x,y` within 0..=1 from left to right; cannot be keyframed.
    Curve {
        /// Value when none is given.
        default: &'static str,
    },
    /// One of a closed set.
    Choice {
        /// Value when none is given.
        default: &'static str,
        /// Every allowed value.
        options: &'static [&'static str],
    },
}

impl ParamKind {
    /// An animatable number.
    pub const fn number(default: f64, min: f64, max: f64) -> Self {
        Self::Number { default, min, max, animatable: true }
    }
    /// The default as a value.
    pub fn default_value(&self) -> ParamValue {
        match *self {
            Self::Number { default, .. } => ParamValue::Number(default),
            Self::Bool { default } => ParamValue::Bool(default),
            Self::Color { default } => ParamValue::Color(default),
            Self::Point { default } => ParamValue::Point(default),
            Self::Choice { default, .. } | Self::Curve { default } => ParamValue::Text(default.into()),
            Self::File { .. } | Self::Media | Self::Track => ParamValue::Text("".into()),
        }
    }
    /// Whether its value names something of the project, which is looked up when planning.
    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Media | Self::Track)
    }
    /// Why `value` is not allowed, or nothing. Whether what it names exists is the project's matter.
    pub fn problem(&self, value: &ParamValue) -> Option<String> {
        let finite = |v: &[f64]| v.iter().all(|x| x.is_finite() && x.abs() <= 1e6);
        match (self, value) {
            (Self::Number { min, max, .. }, ParamValue::Number(v)) => {
                (!(v >= min && v <= max)).then(|| format!("{v} is outside {min}..={max}"))
            }
            (Self::Bool { .. }, ParamValue::Bool(_)) => None,
            (Self::Color { .. }, ParamValue::Color(v)) => {
                (!v.iter().all(|x| (0.0..=1.0).contains(x))).then(|| "colour components must lie within 0..=1".into())
            }
            (Self::Point { .. }, ParamValue::Point(v)) => (!finite(v)).then(|| "the point is not finite".into()),
            (Self::Choice { options, .. }, ParamValue::Text(v)) => {
                (!options.contains(&&**v)).then(|| format!("\"{v}\" is not one of {}", options.join(", ")))
            }
            (Self::File { extensions }, ParamValue::Text(v)) => {
                let ending = v.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
                let known = v.is_empty() || extensions.contains(&ending.as_str());
                (!known).then(|| format!("\"{v}\" is not a .{} file", extensions.join(" or .")))
            }
            (Self::Curve { .. }, ParamValue::Text(v)) => crate::effect::curves::parse(v).err(),
            (Self::Media | Self::Track, ParamValue::Text(_)) => None,
            (Self::Media, _) => Some("the id of a media is needed".into()),
            (Self::Track, _) => Some("the id of a track is needed".into()),
            (Self::File { .. }, _) => Some("a path is needed".into()),
            (Self::Curve { .. }, _) => Some("a curve is needed, written as \"0,0 1,1\"".into()),
            (Self::Number { .. }, _) => Some("a number is needed".into()),
            (Self::Bool { .. }, _) => Some("true or false is needed".into()),
            (Self::Color { .. }, _) => Some("a colour [r, g, b, a] is needed".into()),
            (Self::Point { .. }, _) => Some("a point [x, y] is needed".into()),
            (Self::Choice { options, .. }, _) => Some(format!("one of {} is needed", options.join(", "))),
        }
    }
}

/// Where an effect's arithmetic takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// The composition's blending space: linear light or gamma.
    Working,
    /// Display-encoded values, whatever the blending space.
    Display,
    /// Linear light, whatever the blending space.
    Linear,
}

/// Group in menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Colour.
    Color,
    /// Blur.
    Blur,
    /// Distortion.
    Distort,
    /// Stylise.
    Stylize,
    /// Keying.
    Keying,
    /// Generators.
    Generate,
    /// Time.
    Time,
}

/// The frame that an effect goes by: the layer's content, whatever effects before it drew beyond its edges.
#[derive(Clone, Copy, Debug)]
pub struct Raster {
    /// Pixels per row.
    pub width_px: f32,
    /// Rows.
    pub height_px: f32,
    /// Whether the numbers are linear light.
    pub linear: bool,
    /// The composition's primaries.
    pub primaries: Primaries,
    /// Time since the start of the clip; 0 for entries that do not say they are `animated`.
    pub time_secs: f32,
    /// What the picture has beyond the frame on each side, horizontally and vertically: positions go from `-margin_px` to the frame's size and
    /// `margin_px`. Point kernels are not always told.
    pub margin_px: [f32; 2],
}

/// A symmetric separable filter: `weights[0]` is the centre, `weights[k]` both neighbours `k` away; the sum over all taps is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SeparableWeights {
    /// Along rows.
    pub horizontal: Vec<f32>,
    /// Along columns.
    pub vertical: Vec<f32>,
    /// They are a Gaussian of this standard deviation in pixels; a large one may be drawn on a reduced picture instead.
    pub sigma_px: Option<f32>,
}

/// What kind of kernel an effect has.
#[derive(Clone, Copy)]
pub enum Shape {
    /// Colour in, colour out.
    Point {
        /// Both machines' code. It may depend on which parameters are neutral, so that a part that changes nothing costs nothing.
        kernel: fn(Params<'_>) -> &'static dyn PointOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &Raster) -> Uniforms,
    },
    /// Colour in, colour out, with a table.
    Table {
        /// Both machines' code.
        kernel: fn(Params<'_>) -> &'static dyn ReadOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &Raster) -> Uniforms,
        /// Parameters to the table.
        table: fn(Params<'_>) -> Arc<[f32]>,
    },
    /// Colour in, colour out, by the look in the file that parameter 0 names.
    Look {
        /// Both machines' code.
        kernel: fn(&Look) -> &'static dyn ReadOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &Look) -> Uniforms,
    },
    /// A symmetric separable filter over premultiplied colour; the outermost pixels go on beyond the edges.
    Separable {
        /// Parameters to weights.
        weights: fn(Params<'_>, &Raster) -> SeparableWeights,
    },
    /// Premultiplied colour out of other pixels of the layer (input 0, premultiplied).
    Field {
        /// Both machines' code.
        kernel: fn(Params<'_>) -> &'static dyn ReadOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &Raster) -> Uniforms,
        /// What lies beyond the layer's edges.
        edge: Edge,
    },
    /// Several steps over premultiplied colour.
    Steps(fn(Params<'_>, &Raster) -> Vec<Step>),
    /// Steps over the picture and itself at other times.
    Temporal {
        /// Parameters and the length of a frame in seconds to the other times: seconds after (negative: before) the one drawn. At most
        /// [`MAX_TIMES`]; times outside the clip show its first or last frame (or the one drawn, in a transition's handles).
        times: fn(Params<'_>, f64) -> Vec<f64>,
        /// The steps; the pictures at `times` are the inputs that [`Step::Join`] and [`Step::Fields`] count. All of them are there, or none when the
        /// source has nothing to show.
        steps: fn(Params<'_>, &Raster, usize) -> Vec<Step>,
    },
    /// Steps over the picture and others of the composition.
    Layered {
        /// The steps; the pictures of the parameters of kind [`ParamKind::Track`] are the inputs that [`Step::Join`] and [`Step::Fields`] count:
        /// what the track shows at the same time as it lies on the canvas, stretched over the layer's raster, premultiplied, display-encoded.
        /// Where one of the tracks shows nothing the effect is left out.
        steps: fn(Params<'_>, &Raster) -> Vec<Step>,
    },
    /// Decides when everything before it is seen: parameters and seconds since the clip's start to other seconds.
    Time(fn(Params<'_>, f64) -> f64),
    /// Whatever a value made at run time says; its `neutral`, `outset_px` and other times are asked of the value, too.
    Runtime(&'static dyn RuntimeEffect),
}

/// Most other times that an effect may ask for.
pub const MAX_TIMES: usize = 64;

/// One step of [`Shape::Steps`], from what the steps before made. All colour is premultiplied.
pub enum Step {
    /// A point kernel.
    Point(&'static dyn PointOp, Uniforms),
    /// A symmetric separable filter.
    Separable(SeparableWeights),
    /// Input 0 is the result so far, input 1 what the first step got.
    Field(&'static dyn ReadOp, Uniforms, Edge),
    /// Joins what the first step got (`from`) with the result so far (`to`).
    Mix(&'static dyn MixOp, Uniforms),
    /// Joins the result so far (`from`) with the picture at another time, or another layer's (`to`).
    Join(&'static dyn MixOp, Uniforms, usize),
    /// Goes on with the picture at another time.
    Start(usize),
    /// Input 0 is the result so far, input 1 what the first step got, then these pictures at other times or of other layers.
    Fields(&'static dyn ReadOp, Uniforms, Edge, Vec<usize>),
}

/// An effect.
#[derive(Clone, Copy)]
pub struct EffectSpec {
    /// Stable id, as in project files.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Group.
    pub family: Family,
    /// What it does, one sentence.
    pub summary: &'static str,
    /// Parameters in order.
    pub params: &'static [ParamSpec],
    /// Where its arithmetic takes place.
    pub domain: Domain,
    /// Its kernel.
    pub shape: Shape,
    /// A point kernel whose result is linear light in the composition's primaries, whatever `domain` says.
    pub gives_light: bool,
    /// Whether these values change nothing, so that the effect is left out.
    pub neutral: fn(Params<'_>) -> bool,
    /// A point kernel that leaves alpha alone, so that what lies below an opaque layer need not be drawn.
    pub keeps_alpha: bool,
    /// How far beyond the layer's edges it draws with these values, in pixels of the layer to the sides and up and down. Where that can be seen the
    /// layer's raster grows by it before the effect, transparent there; the picture stays where it is.
    pub outset_px: fn(Params<'_>) -> [f32; 2],
    /// It may raise alpha, so that it must be drawn before the layer is placed.
    pub fills: bool,
    /// Its result changes with time, parameters being equal.
    pub animated: bool,
    /// Counts up when equal parameters give other pixels than before; part of the key of a plan.
    pub version: u32,
}
impl EffectSpec {
    /// What most entries have in common: no parameters, the working space, never neutral, alpha left alone, not animated.
    pub const fn new(id: &'static str, name: &'static str, family: Family, summary: &'static str, shape: Shape) -> Self {
        Self {
            id,
            name,
            family,
            summary,
            params: &[],
            domain: Domain::Working,
            shape,
            gives_light: false,
            neutral: |_| false,
            keeps_alpha: true,
            outset_px: |_| [0.0; 2],
            fills: false,
            animated: false,
            version: 1,
        }
    }

    /// Every parameter's default, in the table's order.
    pub fn defaults(&self) -> Vec<ParamValue> {
        defaults(self.params)
    }

    /// Whether these values change nothing, so that the effect is left out.
    pub fn is_neutral(&self, params: Params<'_>) -> bool {
        match self.shape {
            Shape::Runtime(effect) => effect.is_neutral(params),
            _ => (self.neutral)(params),
        }
    }

    /// How far it draws beyond the layer's edges with these values: pixels to the sides, and up and down.
    pub fn outset(&self, params: Params<'_>) -> [f32; 2] {
        match self.shape {
            Shape::Runtime(effect) => effect.outset_px(params),
            _ => (self.outset_px)(params),
        }
    }

    /// The other times at which it needs the picture, in seconds after (negative: before) the one drawn.
    pub fn other_times(&self, params: Params<'_>, frame_secs: f64) -> Vec<f64> {
        match self.shape {
            Shape::Temporal { times, .. } => times(params, frame_secs),
            Shape::Runtime(effect) => effect.other_times(params, frame_secs),
            _ => Vec::new(),
        }
    }

    /// Whether it may see its picture at other times.
    pub fn is_temporal(&self) -> bool {
        matches!(self.shape, Shape::Time(_) | Shape::Temporal { .. } | Shape::Runtime(_))
    }

    /// How many of its parameters name another track.
    pub fn track_count(&self) -> usize {
        self.params.iter().filter(|p| p.kind == ParamKind::Track).count()
    }

    /// Whether it needs the layer drawn on its own before.
    pub fn is_wide(&self) -> bool {
        self.fills || !matches!(self.shape, Shape::Point { .. } | Shape::Table { .. } | Shape::Look { .. })
    }
}

/// A blend mode.
pub struct BlendSpec {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Both machines' code.
    pub kernel: &'static dyn BlendOp,
    /// The code when blending in linear light, where that is another.
    pub in_light: Option<&'static dyn BlendOp>,
    /// Its kernel gets the source display-encoded, whatever the blending space: it goes by its luma and leaves its colour alone.
    pub display: bool,
    /// It may lower the alpha of what lies below.
    pub cuts: bool,
    /// It changes what lies below where the layer is transparent, too.
    pub everywhere: bool,
    /// Its result depends on the seed.
    pub noise: bool,
    /// Its noise changes from frame to frame; else the seed is the same in all frames of a clip.
    pub animated: bool,
    /// Counts up when it gives other pixels than before; part of the key of a plan.
    pub version: u32,
}
impl BlendSpec {
    /// A mode that leaves what lies below alone where the layer is transparent.
    pub const fn new(id: &'static str, name: &'static str, kernel: &'static dyn BlendOp) -> Self {
        Self {
            id,
            name,
            kernel,
            in_light: None,
            display: false,
            cuts: false,
            everywhere: false,
            noise: false,
            animated: false,
            version: 1,
        }
    }

    /// Whether this is the mode of layers that name none: the source over the backdrop.
    pub fn is_normal(&self) -> bool {
        self.id == crate::blend::NORMAL.id
    }
}

impl Entry for BlendSpec {
    fn id(&self) -> &'static str {
        self.id
    }

    fn version(&self) -> u32 {
        self.version
    }
}

impl EffectSpec {
    /// The parameter with this id.
    pub fn param(&self, id: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.id == id)
    }
}

impl Entry for EffectSpec {
    fn id(&self) -> &'static str {
        self.id
    }

    fn version(&self) -> u32 {
        self.version
    }
}

/// The default of every parameter of a table, in its order.
pub fn defaults(table: &[ParamSpec]) -> Vec<ParamValue> {
    table.iter().map(|p| p.kind.default_value()).collect()
}

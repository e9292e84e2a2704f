//! What a catalogue entry says of itself: effects and blend modes here, the rest below.
mod entry;
mod param;
mod params;
mod runtime;
mod transition;

pub use entry::Entry;
pub use param::{ParamKind, ParamSpec, Unit, defaults};
pub use params::{Params, Uniforms, frame_seed};
pub use runtime::RuntimeEffect;
pub use transition::{MAX_TRANSITION_STEPS, TRANSITION_SECS, TransitionFamily, TransitionKind, TransitionSpec, TransitionStep};

use crate::lut::Lut;
use cutroom_kernel::{BlendOp, Edge, MixOp, PointOp, ReadOp};
use cutroom_types::{ParamValue, Primaries};
use std::sync::Arc;

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
pub enum EffectFamily {
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

/// The frame that an effect goes by: the layer's content, whatever effects before it drew beyond
/// its edges.
#[derive(Clone, Copy, Debug)]
pub struct EffectFrame {
    /// Pixels per row.
    pub width_px: f32,
    /// Rows.
    pub height_px: f32,
    /// Whether the numbers are linear light.
    pub linear: bool,
    /// The composition's primaries.
    pub primaries: Primaries,
    /// Time since the start of the clip; 0 for entries that do not say they are `time_dependent`.
    pub time_secs: f32,
    /// What the picture has beyond the frame on each side, horizontally and vertically: positions
    /// go from `-margin_px` to the frame's size and `margin_px`. Point kernels are not always told.
    pub margin_px: [f32; 2],
}

/// A symmetric separable filter: `weights[0]` is the centre, `weights[k]` both neighbours `k` away;
/// the sum over all taps is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SeparableWeights {
    /// Along rows.
    pub horizontal: Vec<f32>,
    /// Along columns.
    pub vertical: Vec<f32>,
    /// They are a Gaussian of this standard deviation in pixels; a large one may be drawn on a
    /// reduced picture instead.
    pub sigma_px: Option<f32>,
}

/// What kind of kernel an effect has.
#[derive(Clone, Copy)]
pub enum EffectKind {
    /// Colour in, colour out.
    Point {
        /// Both machines' code. It may depend on which parameters are neutral, so that a part that
        /// changes nothing costs nothing.
        kernel: fn(Params<'_>) -> &'static dyn PointOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &EffectFrame) -> Uniforms,
    },
    /// Colour in, colour out, with a table.
    Table {
        /// Both machines' code.
        kernel: fn(Params<'_>) -> &'static dyn ReadOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &EffectFrame) -> Uniforms,
        /// Parameters to the table.
        table: fn(Params<'_>) -> Arc<[f32]>,
    },
    /// Colour in, colour out, by the look in the file that parameter 0 names.
    Lut {
        /// Both machines' code.
        kernel: fn(&Lut) -> &'static dyn ReadOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &Lut) -> Uniforms,
    },
    /// A symmetric separable filter over premultiplied colour; the outermost pixels go on beyond
    /// the edges.
    Separable {
        /// Parameters to weights.
        weights: fn(Params<'_>, &EffectFrame) -> SeparableWeights,
    },
    /// Premultiplied colour out of other pixels of the layer (input 0, premultiplied).
    Sampled {
        /// Both machines' code.
        kernel: fn(Params<'_>) -> &'static dyn ReadOp,
        /// Parameters to uniforms.
        prepare: fn(Params<'_>, &EffectFrame) -> Uniforms,
        /// What lies beyond the layer's edges.
        edge: Edge,
    },
    /// Several steps over premultiplied colour.
    Steps(fn(Params<'_>, &EffectFrame) -> Vec<Step>),
    /// Steps over the picture and itself at other times.
    Temporal {
        /// Parameters and the length of a frame in seconds to the other times: seconds after
        /// (negative: before) the one drawn. At most [`MAX_TIMES`]; times outside the clip show its
        /// first or last frame (or the one drawn, in a transition's handles).
        times: fn(Params<'_>, f64) -> Vec<f64>,
        /// The steps; the pictures at `times` are the inputs that [`Step::MixInput`] and
        /// [`Step::SampleInputs`] count. All of them are there, or none when the source has nothing
        /// to show.
        steps: fn(Params<'_>, &EffectFrame, usize) -> Vec<Step>,
    },
    /// Steps over the picture and others of the composition.
    Layered {
        /// The steps; the pictures of the parameters of kind [`ParamKind::Track`] are the inputs
        /// that [`Step::MixInput`] and [`Step::SampleInputs`] count: what the track shows at the
        /// same time as it lies on the canvas, stretched over the layer's raster, premultiplied,
        /// display-encoded. Where one of the tracks shows nothing the effect is left out.
        steps: fn(Params<'_>, &EffectFrame) -> Vec<Step>,
    },
    /// Decides when everything before it is seen: parameters and seconds since the clip's start to
    /// other seconds.
    Time(fn(Params<'_>, f64) -> f64),
    /// Whatever a value made at run time says; its `neutral`, `outset_px` and other times are asked
    /// of the value, too.
    Runtime(&'static dyn RuntimeEffect),
}

/// Most other times that an effect may ask for.
pub const MAX_TIMES: usize = 64;

/// One step of [`EffectKind::Steps`], from what the steps before made. All colour is premultiplied.
pub enum Step {
    /// A point kernel.
    Point(&'static dyn PointOp, Uniforms),
    /// A symmetric separable filter.
    Separable(SeparableWeights),
    /// Input 0 is the result so far, input 1 what the first step got.
    Sample(&'static dyn ReadOp, Uniforms, Edge),
    /// Joins what the first step got (`from`) with the result so far (`to`).
    Mix(&'static dyn MixOp, Uniforms),
    /// Joins the result so far (`from`) with the picture at another time, or another layer's
    /// (`to`).
    MixInput(&'static dyn MixOp, Uniforms, usize),
    /// Goes on with the picture at another time.
    UseInput(usize),
    /// Input 0 is the result so far, input 1 what the first step got, then these pictures at other
    /// times or of other layers.
    SampleInputs(&'static dyn ReadOp, Uniforms, Edge, Vec<usize>),
}

/// An effect.
#[derive(Clone, Copy)]
pub struct EffectSpec {
    /// Stable id, as in project files.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Group.
    pub family: EffectFamily,
    /// What it does, one sentence.
    pub summary: &'static str,
    /// Parameters in order.
    pub params: &'static [ParamSpec],
    /// Where its arithmetic takes place.
    pub domain: Domain,
    /// Its kernel.
    pub kind: EffectKind,
    /// A point kernel whose result is linear light in the composition's primaries, whatever
    /// `domain` says.
    pub outputs_linear: bool,
    /// Whether these values change nothing, so that the effect is left out.
    pub neutral: fn(Params<'_>) -> bool,
    /// A point kernel that leaves alpha alone, so that what lies below an opaque layer need not be
    /// drawn.
    pub keeps_alpha: bool,
    /// How far beyond the layer's edges it draws with these values, in pixels of the layer to the
    /// sides and up and down. Where that can be seen the layer's raster grows by it before the
    /// effect, transparent there; the picture stays where it is.
    pub outset_px: fn(Params<'_>) -> [f32; 2],
    /// It may raise alpha, so that it must be drawn before the layer is placed.
    pub may_add_alpha: bool,
    /// Its result changes with time, parameters being equal.
    pub time_dependent: bool,
    /// Counts up when equal parameters give other pixels than before; part of the key of a plan.
    pub version: u32,
}

impl EffectSpec {
    /// What most entries have in common: no parameters, the working space, never neutral, alpha
    /// left alone, not animated.
    pub const fn new(id: &'static str, name: &'static str, family: EffectFamily, summary: &'static str, kind: EffectKind) -> Self {
        Self {
            id,
            name,
            family,
            summary,
            params: &[],
            domain: Domain::Working,
            kind,
            outputs_linear: false,
            neutral: |_| false,
            keeps_alpha: true,
            outset_px: |_| [0.0; 2],
            may_add_alpha: false,
            time_dependent: false,
            version: 1,
        }
    }

    /// Every parameter's default, in the table's order.
    pub fn defaults(&self) -> Vec<ParamValue> {
        defaults(self.params)
    }

    /// Whether these values change nothing, so that the effect is left out.
    pub fn is_neutral(&self, params: Params<'_>) -> bool {
        match self.kind {
            EffectKind::Runtime(effect) => effect.is_neutral(params),
            _ => (self.neutral)(params),
        }
    }

    /// How far it draws beyond the layer's edges with these values: pixels to the sides, and up and
    /// down.
    pub fn outset(&self, params: Params<'_>) -> [f32; 2] {
        match self.kind {
            EffectKind::Runtime(effect) => effect.outset_px(params),
            _ => (self.outset_px)(params),
        }
    }

    /// The other times at which it needs the picture, in seconds after (negative: before) the one
    /// drawn.
    pub fn other_times(&self, params: Params<'_>, frame_secs: f64) -> Vec<f64> {
        match self.kind {
            EffectKind::Temporal { times, .. } => times(params, frame_secs),
            EffectKind::Runtime(effect) => effect.other_times(params, frame_secs),
            _ => Vec::new(),
        }
    }

    /// Whether it may see its picture at other times.
    pub fn is_temporal(&self) -> bool {
        matches!(self.kind, EffectKind::Time(_) | EffectKind::Temporal { .. } | EffectKind::Runtime(_))
    }

    /// The parameter with this id.
    pub fn param(&self, id: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.id == id)
    }

    /// How many of its parameters name another track.
    pub fn track_count(&self) -> usize {
        self.params.iter().filter(|p| p.kind == ParamKind::Track).count()
    }

    /// Whether it needs the layer drawn on its own before.
    pub fn needs_intermediate(&self) -> bool {
        self.may_add_alpha || !matches!(self.kind, EffectKind::Point { .. } | EffectKind::Table { .. } | EffectKind::Lut { .. })
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

/// Id of the mode of layers that name none.
pub const NORMAL_ID: &str = "normal";

/// A blend mode.
pub struct BlendSpec {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Both machines' code.
    pub kernel: &'static dyn BlendOp,
    /// The code when blending in linear light, where that is another.
    pub linear_kernel: Option<&'static dyn BlendOp>,
    /// Its kernel gets the source display-encoded, whatever the blending space: it goes by its luma
    /// and leaves its colour alone.
    pub display: bool,
    /// It may lower the alpha of what lies below.
    pub lowers_backdrop_alpha: bool,
    /// It changes what lies below where the layer is transparent, too.
    pub affects_transparent: bool,
    /// Its result depends on the seed.
    pub noise: bool,
    /// Its noise changes from frame to frame; else the seed is the same in all frames of a clip.
    pub time_dependent: bool,
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
            linear_kernel: None,
            display: false,
            lowers_backdrop_alpha: false,
            affects_transparent: false,
            noise: false,
            time_dependent: false,
            version: 1,
        }
    }

    /// Whether this is the mode of layers that name none: the source over the backdrop.
    pub fn is_normal(&self) -> bool {
        self.id == NORMAL_ID
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

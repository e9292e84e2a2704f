//! The types that describe catalogue entries: effects and blend modes here; parameters, transitions
//! and run-time effects in the submodules.
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

/// The encoding in which an effect's arithmetic works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// The composition's working space: linear light or display-encoded.
    Working,
    /// Display-encoded values, whatever the working space.
    Display,
    /// Linear light, whatever the working space.
    Linear,
}

/// Group of effects in menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectFamily {
    /// Colour correction.
    Color,
    /// Blurs and noise reduction.
    Blur,
    /// Distortion.
    Distort,
    /// Stylisation.
    Stylize,
    /// Keying.
    Keying,
    /// Generators.
    Generate,
    /// Effects over time.
    Time,
}

/// Size and colour context passed to an effect. Width and height are those of the layer's content,
/// without margins added by earlier effects.
#[derive(Clone, Copy, Debug)]
pub struct EffectFrame {
    /// Width in pixels.
    pub width_px: f32,
    /// Height in pixels.
    pub height_px: f32,
    /// Whether the composition's working space is linear light.
    pub linear: bool,
    /// The composition's primaries.
    pub primaries: Primaries,
    /// Seconds since the start of the clip; 0 for entries that are not `time_dependent`.
    pub time_secs: f32,
    /// Width of the margin outside the frame in pixels, `[left and right, top and bottom]`:
    /// positions range from `-margin_px` to the frame's size plus `margin_px`. May be 0 for point
    /// kernels although there is a margin.
    pub margin_px: [f32; 2],
}

/// Weights of a symmetric separable filter: entry 0 is the weight of the centre, entry `k` that of
/// both neighbours at distance `k`. The weights of all taps of one direction sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct SeparableWeights {
    /// Along rows.
    pub horizontal: Vec<f32>,
    /// Along columns.
    pub vertical: Vec<f32>,
    /// Standard deviation in pixels if the weights are a Gaussian; a wide Gaussian may be computed
    /// on a reduced raster instead.
    pub sigma_px: Option<f32>,
}

/// The kind of an effect's kernel, with the functions that turn parameters into its inputs.
#[derive(Clone, Copy)]
pub enum EffectKind {
    /// A point kernel: the pixel's own straight colour to a new one.
    Point {
        /// The kernel for these values; parts whose parameters are neutral may be left out of it.
        kernel: fn(Params<'_>) -> &'static dyn PointOp,
        /// Converts parameters to uniforms.
        prepare: fn(Params<'_>, &EffectFrame) -> Uniforms,
    },
    /// A point kernel with a table of numbers.
    Table {
        /// The kernel, for both back ends.
        kernel: fn(Params<'_>) -> &'static dyn ReadOp,
        /// Converts parameters to uniforms.
        prepare: fn(Params<'_>, &EffectFrame) -> Uniforms,
        /// Converts parameters to the table.
        table: fn(Params<'_>) -> Arc<[f32]>,
    },
    /// A point kernel that applies the LUT from the file that parameter 0 names.
    Lut {
        /// The kernel, for both back ends.
        kernel: fn(&Lut) -> &'static dyn ReadOp,
        /// Converts parameters to uniforms.
        prepare: fn(Params<'_>, &Lut) -> Uniforms,
    },
    /// A symmetric separable filter over premultiplied colour; edges are clamped.
    Separable {
        /// Converts parameters to weights.
        weights: fn(Params<'_>, &EffectFrame) -> SeparableWeights,
    },
    /// A sampled kernel: computes premultiplied colour from the pixels of the layer (input 0,
    /// premultiplied).
    Sampled {
        /// The kernel, for both back ends.
        kernel: fn(Params<'_>) -> &'static dyn ReadOp,
        /// Converts parameters to uniforms.
        prepare: fn(Params<'_>, &EffectFrame) -> Uniforms,
        /// What is read outside the layer's edges.
        edge: Edge,
    },
    /// Several steps, on premultiplied colour.
    Steps(fn(Params<'_>, &EffectFrame) -> Vec<Step>),
    /// Steps that combine the picture with the same picture at other times.
    Temporal {
        /// Returns the other times for these parameters and the length of a frame in seconds:
        /// seconds after (negative: before) the frame drawn, at most [`MAX_TIMES`] of them. Times
        /// outside the clip show its first or last frame (or the frame drawn, in a transition's
        /// handles).
        times: fn(Params<'_>, f64) -> Vec<f64>,
        /// Returns the steps. The pictures at `times` are the inputs that the indices in
        /// [`Step::MixInput`], [`Step::UseInput`] and [`Step::SampleInputs`] refer to. The last
        /// argument is their number: that of `times`, or 0 if the source has no picture.
        steps: fn(Params<'_>, &EffectFrame, usize) -> Vec<Step>,
    },
    /// Steps that combine the picture with those of other tracks of the composition.
    Layered {
        /// Returns the steps. The pictures of the parameters of kind [`ParamKind::Track`] are the
        /// inputs that the indices in [`Step::MixInput`], [`Step::UseInput`] and
        /// [`Step::SampleInputs`] refer to: what the track shows on the canvas at the same time,
        /// stretched over the layer's raster, premultiplied, display-encoded. If one of the tracks
        /// shows nothing, the effect is left out.
        steps: fn(Params<'_>, &EffectFrame) -> Vec<Step>,
    },
    /// Changes the time at which the source and the effects before this one are evaluated. Maps
    /// parameters and seconds since the clip's start to the seconds to use instead.
    Time(fn(Params<'_>, f64) -> f64),
    /// An effect defined at run time; its neutrality, outset, other times and steps come from this
    /// value.
    Runtime(&'static dyn RuntimeEffect),
}

/// Maximum number of other times that an effect may request.
pub const MAX_TIMES: usize = 64;

/// The steps of a point effect with values for which it needs other pixels than its own.
#[derive(Clone, Copy)]
pub struct WideSteps {
    /// Returns whether these values need the steps; otherwise the kernel is used.
    pub needed: fn(Params<'_>) -> bool,
    /// Returns the steps.
    pub steps: fn(Params<'_>, &EffectFrame) -> Vec<Step>,
}

/// One step of an effect. It works on the result of the steps before it; all colour is
/// premultiplied.
pub enum Step {
    /// A point kernel.
    Point(&'static dyn PointOp, Uniforms),
    /// A symmetric separable filter.
    Separable(SeparableWeights),
    /// A sampled kernel. Input 0 is the result so far, input 1 the picture that the first step
    /// received.
    Sample(&'static dyn ReadOp, Uniforms, Edge),
    /// Mixes the picture that the first step received (`from`) with the result so far (`to`).
    Mix(&'static dyn MixOp, Uniforms),
    /// Mixes the result so far (`from`) with the input of this index (`to`): the picture at another
    /// time or of another layer.
    MixInput(&'static dyn MixOp, Uniforms, usize),
    /// Replaces the result so far by the input of this index.
    UseInput(usize),
    /// A sampled kernel. Input 0 is the result so far, input 1 the picture that the first step
    /// received; then follow the inputs with these indices.
    SampleInputs(&'static dyn ReadOp, Uniforms, Edge, Vec<usize>),
}

/// An effect of the catalogue.
#[derive(Clone, Copy)]
pub struct EffectSpec {
    /// Stable id, as in project files.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Group in menus.
    pub family: EffectFamily,
    /// What the effect does, in one sentence.
    pub summary: &'static str,
    /// Parameters in order.
    pub params: &'static [ParamSpec],
    /// The encoding in which its arithmetic works.
    pub domain: Domain,
    /// The kernel and the functions that prepare its inputs.
    pub kind: EffectKind,
    /// Steps that replace the point kernel with some values.
    pub wide: Option<WideSteps>,
    /// The point kernel returns linear light in the composition's primaries, whatever `domain` is.
    pub outputs_linear: bool,
    /// Returns whether the effect changes nothing with these values, so that it is left out.
    pub neutral: fn(Params<'_>) -> bool,
    /// The effect leaves alpha unchanged, so that layers below an opaque layer need not be drawn.
    pub keeps_alpha: bool,
    /// Returns how far the effect draws beyond the layer's edges with these values, in pixels of
    /// the layer: `[left and right, top and bottom]`. If the margin is visible, the layer's raster
    /// grows by it before the effect, with transparent pixels; the picture does not move.
    pub outset_px: fn(Params<'_>) -> [f32; 2],
    /// Of a kind [`EffectKind::Steps`] that draws something below the layer: the steps depend on the
    /// layer's alpha alone, except for a last [`Step::Mix`] with the layer. What they draw need not
    /// be drawn again while the alpha is the same.
    pub outlines: bool,
    /// The effect may raise alpha, so that it must be drawn before the layer is placed.
    pub may_add_alpha: bool,
    /// The result depends on time even if the parameters do not change.
    pub time_dependent: bool,
    /// Incremented when equal parameters yield different pixels than before; part of a plan's key.
    pub version: u32,
}

impl EffectSpec {
    /// Creates an entry with the usual defaults: no parameters, the working space, never neutral,
    /// alpha unchanged, independent of time, version 1.
    pub const fn new(id: &'static str, name: &'static str, family: EffectFamily, summary: &'static str, kind: EffectKind) -> Self {
        Self {
            id,
            name,
            family,
            summary,
            params: &[],
            domain: Domain::Working,
            kind,
            wide: None,
            outputs_linear: false,
            neutral: |_| false,
            keeps_alpha: true,
            outset_px: |_| [0.0; 2],
            outlines: false,
            may_add_alpha: false,
            time_dependent: false,
            version: 1,
        }
    }

    /// Returns the default of every parameter, in the table's order.
    pub fn defaults(&self) -> Vec<ParamValue> {
        defaults(self.params)
    }

    /// Returns whether the effect changes nothing with these values, so that it is left out.
    pub fn is_neutral(&self, params: Params<'_>) -> bool {
        match self.kind {
            EffectKind::Runtime(effect) => effect.is_neutral(params),
            _ => (self.neutral)(params),
        }
    }

    /// Returns how far the effect draws beyond the layer's edges with these values, in pixels of
    /// the layer: `[left and right, top and bottom]`.
    pub fn outset(&self, params: Params<'_>) -> [f32; 2] {
        match self.kind {
            EffectKind::Runtime(effect) => effect.outset_px(params),
            _ => (self.outset_px)(params),
        }
    }

    /// Returns the other times at which the effect needs its picture, in seconds after (negative:
    /// before) the frame drawn.
    pub fn other_times(&self, params: Params<'_>, frame_secs: f64) -> Vec<f64> {
        match self.kind {
            EffectKind::Temporal { times, .. } => times(params, frame_secs),
            EffectKind::Runtime(effect) => effect.other_times(params, frame_secs),
            _ => Vec::new(),
        }
    }

    /// Whether the effect may read its picture at other times.
    pub fn is_temporal(&self) -> bool {
        matches!(self.kind, EffectKind::Time(_) | EffectKind::Temporal { .. } | EffectKind::Runtime(_))
    }

    /// Returns the parameter with this id.
    pub fn param(&self, id: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.id == id)
    }

    /// Number of parameters that name another track.
    pub fn track_count(&self) -> usize {
        self.params.iter().filter(|p| p.kind == ParamKind::Track).count()
    }

    /// Returns the steps that replace the point kernel with these values; `None`: the kernel is used.
    pub fn wide_steps(&self, params: Params<'_>, frame: &EffectFrame) -> Option<Vec<Step>> {
        self.wide.filter(|wide| (wide.needed)(params)).map(|wide| (wide.steps)(params, frame))
    }

    /// Whether the layer must be drawn to an intermediate before this effect with these values.
    pub fn needs_intermediate_for(&self, params: Params<'_>) -> bool {
        self.needs_intermediate() || self.wide.is_some_and(|wide| (wide.needed)(params))
    }

    /// Whether the layer must be drawn to an intermediate before this effect, whatever its values.
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

/// Id of the blend mode of layers that do not name one.
pub const NORMAL_ID: &str = "normal";

/// A blend mode of the catalogue.
pub struct BlendSpec {
    /// Stable id.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// The kernel, for both back ends.
    pub kernel: &'static dyn BlendOp,
    /// The kernel for blending in linear light, if it differs.
    pub linear_kernel: Option<&'static dyn BlendOp>,
    /// The kernel receives the source display-encoded, whatever the working space: it uses the
    /// source's luma and alpha, never its colour.
    pub display: bool,
    /// The mode may lower the backdrop's alpha.
    pub lowers_backdrop_alpha: bool,
    /// The mode changes the backdrop also where the layer is transparent.
    pub affects_transparent: bool,
    /// The result depends on the seed.
    pub noise: bool,
    /// The noise changes from frame to frame; otherwise all frames of a clip have the same seed.
    pub time_dependent: bool,
    /// Incremented when the mode yields different pixels than before; part of a plan's key.
    pub version: u32,
}

impl BlendSpec {
    /// Creates a mode with the usual defaults: the backdrop is unchanged where the layer is
    /// transparent, no noise, version 1.
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

    /// Whether this is the default mode: the source over the backdrop.
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

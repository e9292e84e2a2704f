//! The description of transitions.
use super::{EffectFrame, Entry, ParamSpec, Params, SeparableWeights, Uniforms, defaults};
use cutroom_kernel::{Edge, MixOp, ReadOp};
use cutroom_types::ParamValue;

/// A transition of the catalogue.
pub struct TransitionSpec {
    /// Stable id.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Parameters in order.
    pub params: &'static [ParamSpec],
    /// Group in menus.
    pub family: TransitionFamily,
    /// The kernel and the functions that prepare its inputs.
    pub kind: TransitionKind,
    /// Converts parameters and progress (0..=1) to uniforms. Colours among the parameters are
    /// already in the working space.
    pub prepare: fn(Params<'_>, f32, &EffectFrame) -> Uniforms,
    /// The transition is `from·(1 − u) + to·u`, u being the first uniform, so that planes in code
    /// values may be mixed directly.
    pub is_dissolve: bool,
    /// Incremented when equal parameters yield different pixels than before; part of a plan's key.
    pub version: u32,
}

/// Group of transitions in menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitionFamily {
    /// Dissolves and dips.
    Dissolve,
    /// Wipes and irises.
    Wipe,
    /// Pushes and slides.
    Slide,
    /// Light effects.
    Light,
    /// Glitches.
    Glitch,
    /// Blocks and pieces.
    Pattern,
    /// Stylised changes.
    Stylize,
    /// Rotations.
    Rotate,
    /// Zooms and pans.
    Zoom,
    /// Rotations in space.
    Space,
}

impl TransitionFamily {
    /// Returns the default duration in seconds of transitions of this group: short for movement,
    /// longer for what the viewer has to follow.
    pub fn default_duration_secs(self) -> f64 {
        match self {
            Self::Slide | Self::Glitch | Self::Rotate | Self::Zoom => 0.8,
            Self::Dissolve | Self::Wipe => 1.0,
            Self::Space | Self::Pattern => 1.2,
            Self::Light | Self::Stylize => 1.5,
        }
    }
}

/// Recommended range of durations, in seconds. Transitions of other durations are drawn as well.
pub const TRANSITION_SECS: std::ops::RangeInclusive<f64> = 0.1..=5.0;

/// The kind of a transition's kernel. Pictures are premultiplied and as large as the canvas.
#[derive(Clone, Copy)]
pub enum TransitionKind {
    /// A point kernel: mixes the two pictures at the pixel's position.
    Mix(&'static dyn MixOp),
    /// A sampled kernel: input 0 is the outgoing picture, input 1 the incoming one. The edge says
    /// what is read outside them.
    Sampled(&'static dyn ReadOp, Edge),
    /// Each picture is multiplied by its weight at the pixel, and the two are added. The weights
    /// come from the picture of the parameter of kind
    /// [`ParamKind::Media`](super::ParamKind::Media), or from the outgoing picture if there is no
    /// such parameter: each kernel receives its side and that picture, over the canvas, straight
    /// and display-encoded.
    Driven {
        /// Returns the weighted outgoing picture.
        outgoing: &'static dyn MixOp,
        /// Returns the weighted incoming picture.
        incoming: &'static dyn MixOp,
    },
    /// Both pictures are blurred with the same weights, then mixed.
    Blurred(fn(Params<'_>, f32, &EffectFrame) -> SeparableWeights, &'static dyn MixOp),
    /// Kernels one after another, at most [`MAX_TRANSITION_STEPS`]. Maps parameters, progress and
    /// the canvas to the steps.
    Steps(fn(Params<'_>, f32, &EffectFrame) -> Vec<TransitionStep>),
}

/// Maximum number of steps of a transition.
pub const MAX_TRANSITION_STEPS: usize = 5;

/// One step of [`TransitionKind::Steps`]. Input 0 is the outgoing picture, input 1 the incoming
/// one; then follow the results of the steps before, in order.
pub struct TransitionStep {
    /// The kernel, for both back ends. Its positions are pixels of this step's own raster; the
    /// positions at which it samples an input are pixels of that input.
    pub kernel: &'static dyn ReadOp,
    /// Uniforms of the kernel.
    pub uniforms: Uniforms,
    /// What is read outside the inputs' edges.
    pub edge: Edge,
    /// Side of one pixel of the result in pixels of the canvas; 1 for the last step, whose result
    /// is the transition.
    pub reduction: u32,
}

impl TransitionSpec {
    /// Creates an entry with the usual defaults: not a dissolve, version 1.
    pub const fn new(
        id: &'static str,
        name: &'static str,
        params: &'static [ParamSpec],
        family: TransitionFamily,
        kind: TransitionKind,
        prepare: fn(Params<'_>, f32, &EffectFrame) -> Uniforms,
    ) -> Self {
        Self { id, name, params, family, kind, prepare, is_dissolve: false, version: 1 }
    }

    /// Returns the default of every parameter, in the table's order.
    pub fn defaults(&self) -> Vec<ParamValue> {
        defaults(self.params)
    }

    /// Returns the default duration in seconds.
    pub fn default_duration_secs(&self) -> f64 {
        self.family.default_duration_secs()
    }

    /// Returns the parameter with this id.
    pub fn param(&self, id: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.id == id)
    }
}

impl Entry for TransitionSpec {
    fn id(&self) -> &'static str {
        self.id
    }

    fn version(&self) -> u32 {
        self.version
    }
}

//! Transitions.
use super::{EffectFrame, Entry, ParamSpec, Params, SeparableWeights, Uniforms, defaults};
use cutroom_kernel::{Edge, MixOp, ReadOp};
use cutroom_types::ParamValue;

/// A transition.
pub struct TransitionSpec {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Parameters in order.
    pub params: &'static [ParamSpec],
    /// Group.
    pub family: TransitionFamily,
    /// Its kernel.
    pub kind: TransitionKind,
    /// Parameters and progress 0..=1 to uniforms. Colours in the parameters are already in working
    /// space.
    pub prepare: fn(Params<'_>, f32, &EffectFrame) -> Uniforms,
    /// It is `from·(1 − u) + to·u` with the first uniform as `u`, so that planes in code values may
    /// be mixed as they stand.
    pub is_dissolve: bool,
    /// Counts up when equal parameters give other pixels than before; part of the key of a plan.
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
    /// Light.
    Light,
    /// Faults of pictures.
    Glitch,
    /// Blocks and pieces.
    Pattern,
    /// Stylised.
    Stylize,
    /// Turns.
    Rotate,
    /// Zooms and pans.
    Zoom,
    /// Turns in space.
    Space,
}

impl TransitionFamily {
    /// What a transition of this group takes when nothing else is asked for, in seconds: movement
    /// is quick, what has to be watched takes longer.
    pub fn default_duration_secs(self) -> f64 {
        match self {
            Self::Slide | Self::Glitch | Self::Rotate | Self::Zoom => 0.8,
            Self::Dissolve | Self::Wipe => 1.0,
            Self::Space | Self::Pattern => 1.2,
            Self::Light | Self::Stylize => 1.5,
        }
    }
}

/// The range that durations of transitions should keep to, in seconds. Others are drawn all the
/// same.
pub const TRANSITION_SECS: std::ops::RangeInclusive<f64> = 0.1..=5.0;

/// What kind of kernel a transition has. Pictures are premultiplied and as large as the canvas.
#[derive(Clone, Copy)]
pub enum TransitionKind {
    /// Each pixel out of the two at its place.
    Mix(&'static dyn MixOp),
    /// Out of other pixels of both: input 0 is the outgoing picture, 1 the incoming.
    Sampled(&'static dyn ReadOp, Edge),
    /// Each side times its share at its place, then both added. The picture of the parameter of
    /// kind [`ParamKind::Media`] decides the shares, or the outgoing one where there is no such
    /// parameter: the kernels get a side and that picture, over the canvas, straight and
    /// display-encoded.
    Driven {
        /// The outgoing picture's part.
        outgoing: &'static dyn MixOp,
        /// The incoming picture's part.
        incoming: &'static dyn MixOp,
    },
    /// Both blurred by the same weights, then mixed.
    Blurred(fn(Params<'_>, f32, &EffectFrame) -> SeparableWeights, &'static dyn MixOp),
    /// Kernels one after another, at most [`MAX_TRANSITION_STEPS`]: parameters, progress and the
    /// canvas to steps.
    Steps(fn(Params<'_>, f32, &EffectFrame) -> Vec<TransitionStep>),
}

/// Most steps of a transition.
pub const MAX_TRANSITION_STEPS: usize = 5;

/// One step of [`TransitionKind::Steps`]: input 0 is the outgoing picture, 1 the incoming, then
/// come the results of the steps before, in order.
pub struct TransitionStep {
    /// Both machines' code; its positions are pixels of this step's own raster, those it samples at
    /// pixels of the input's.
    pub kernel: &'static dyn ReadOp,
    /// Its numbers.
    pub uniforms: Uniforms,
    /// What lies beyond the inputs' edges.
    pub edge: Edge,
    /// Pixels of the canvas along one side of a pixel of the result; 1 for the last step, whose
    /// result is the transition.
    pub reduction: u32,
}

impl TransitionSpec {
    /// What most entries have in common: no dissolve, the first version.
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

    /// Every parameter's default, in the table's order.
    pub fn defaults(&self) -> Vec<ParamValue> {
        defaults(self.params)
    }

    /// What it takes when nothing else is asked for, in seconds.
    pub fn default_duration_secs(&self) -> f64 {
        self.family.default_duration_secs()
    }

    /// The parameter with this id.
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

//! Estimates the cost of entries, as a help to choose between them: passes over the picture, and
//! operations per pixel.
use crate::spec::{BlendSpec, EffectFrame, EffectKind, EffectSpec, Params, SeparableWeights, Step, TransitionKind, TransitionSpec};
use cutroom_kernel::{
    At, BlendOp, Edge, MAX_UNIFORMS, MixOp, PointOp, ReadOp, Rgba, TraceReads, rgb,
    trace::{Symbol, trace},
};
use cutroom_types::Primaries;

/// Cost with default values on a picture of 1920×1080 pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Number of times that the whole picture is written to memory and read back; 0 for what is
    /// fused into a neighbouring pass.
    pub passes: usize,
    /// Arithmetic operations per pixel; those of a loop's body count once per iteration. A pixel
    /// read elsewhere counts as [`SAMPLE`] operations, a table's entry as [`TABLE_READ`].
    /// Transitions are counted at progress 0.5.
    pub operations: usize,
}

/// Time for reading an interpolated pixel at any place, in operations. Measured on the CPU, as are
/// the others: `costs_beside_times` in the tests of `cutroom-render`.
pub const SAMPLE: usize = 150;
/// Time for reading an entry of a table, in operations.
pub const TABLE_READ: usize = 20;
/// Time for a pass, in operations per pixel.
pub const PASS: usize = 300;

impl Cost {
    /// What the time on the CPU is about proportional to: operations per pixel, passes included.
    pub fn total(self) -> usize {
        self.operations + PASS * self.passes
    }
}

/// The frame that costs are given for.
const FRAME: EffectFrame = EffectFrame {
    width_px: 1920.0,
    height_px: 1080.0,
    linear: true,
    primaries: Primaries::Bt709,
    time_secs: 0.0,
    margin_px: [0.0; 2],
};

/// Returns the cost of an effect.
pub fn of_effect(spec: &EffectSpec) -> Cost {
    of_effect_with(spec, Params::new(&spec.defaults()))
}

/// Returns the cost of an effect with these parameters.
pub fn of_effect_with(spec: &EffectSpec, p: Params<'_>) -> Cost {
    let r = FRAME;
    match spec.kind {
        EffectKind::Point { kernel, .. } => Cost { passes: usize::from(spec.may_add_alpha), operations: point(kernel(p)) },
        EffectKind::Table { kernel, prepare, .. } => Cost { passes: 0, operations: read(kernel(p), &prepare(p, &r).values) },
        // Twelve table reads with their weights.
        EffectKind::Lut { .. } => Cost { passes: 0, operations: 48 + 12 * TABLE_READ },
        EffectKind::Separable { weights } => {
            let w = weights(p, &r);
            Cost { passes: 2, operations: separable(&w) }
        }
        EffectKind::Sampled { kernel, prepare, .. } => Cost { passes: 1, operations: read(kernel(p), &prepare(p, &r).values) },
        EffectKind::Steps(make) => steps(&make(p, &r)),
        EffectKind::Temporal { times, steps: make } => {
            // At 25 frames per second. The picture at each other time is drawn as well.
            let others = times(p, 0.04).len();
            let own = steps(&make(p, &r, others));
            Cost { passes: own.passes + others, operations: own.operations }
        }
        EffectKind::Layered { steps: make } => {
            // The other layer is drawn as well, and scaled to the size of this one.
            let own = steps(&make(p, &r));
            Cost { passes: own.passes + 2, operations: own.operations }
        }
        EffectKind::Time(_) => Cost { passes: 0, operations: 0 },
        EffectKind::Runtime(effect) => {
            let times = effect.other_times(p, 0.04).len();
            let tracks = spec.track_count();
            let own = steps(&effect.steps(p, &r, times + tracks));
            Cost { passes: own.passes + times + 2 * tracks, operations: own.operations }
        }
    }
}

fn steps(steps: &[Step]) -> Cost {
    steps.iter().fold(Cost { passes: 1, operations: 0 }, |all, s| {
        let (passes, operations) = match s {
            Step::Point(kernel, _) => (0, point(*kernel)),
            Step::Separable(w) => (2, separable(w)),
            Step::Sample(kernel, u, _) | Step::SampleInputs(kernel, u, ..) => (1, read(*kernel, &u.values)),
            Step::Mix(kernel, _) | Step::MixInput(kernel, ..) => (1, mix(*kernel)),
            Step::UseInput(_) => (0, 0),
        };
        Cost { passes: all.passes + passes, operations: all.operations + operations }
    })
}

/// Returns the cost of a transition.
pub fn of_transition(spec: &TransitionSpec) -> Cost {
    let values = spec.defaults();
    let (p, r) = (Params::new(&values), FRAME);
    match spec.kind {
        TransitionKind::Mix(kernel) => Cost { passes: 0, operations: mix(kernel) },
        // The third stage adds four components.
        TransitionKind::Driven { outgoing, incoming } => Cost { passes: 0, operations: mix(outgoing) + mix(incoming) + 4 },
        TransitionKind::Sampled(kernel, _) => Cost { passes: 2, operations: read(kernel, &(spec.prepare)(p, 0.5, &r).values) },
        // Both pictures are filtered.
        TransitionKind::Blurred(weights, kernel) => {
            Cost { passes: 6, operations: mix(kernel) + 2 * separable(&weights(p, 0.5, &r)) }
        }
        TransitionKind::Steps(make) => {
            let steps = make(p, 0.5, &r);
            // A step on a reduced raster computes fewer pixels.
            let each = steps.iter().map(|s| read(s.kernel, &s.uniforms.values) as f64 / f64::from(s.reduction * s.reduction));
            Cost { passes: 1 + steps.len(), operations: each.sum::<f64>().ceil() as usize }
        }
    }
}

/// Each weight applies to both sides, for four components.
fn separable(w: &SeparableWeights) -> usize {
    4 * (w.horizontal.len() + w.vertical.len()) * 2
}

fn symbols(first: u32) -> Rgba<Symbol> {
    let c = |k: u32| Symbol::input(first + k);
    Rgba { c: rgb(c(0), c(1), c(2)), a: c(3) }
}

fn at() -> At<Symbol> {
    At { x: Symbol::input(8), y: Symbol::input(9) }
}

fn outputs(c: Rgba<Symbol>) -> Vec<Symbol> {
    vec![c.c.r, c.c.g, c.c.b, c.a]
}

/// Returns the number of operations of a kernel per pixel.
pub fn point(kernel: &dyn PointOp) -> usize {
    trace(|| outputs(kernel.trace(&Symbol::params(0), symbols(0), at()))).operation_count()
}

/// Returns the number of operations of a kernel per pixel.
pub fn mix(kernel: &dyn MixOp) -> usize {
    trace(|| outputs(kernel.trace(&Symbol::params(0), symbols(0), symbols(4), at()))).operation_count()
}

/// Returns the cost of a blend mode. It has no passes, since it works on registers.
pub fn of_blend(spec: &BlendSpec) -> Cost {
    Cost { passes: 0, operations: blend(spec.kernel) }
}

/// Returns the number of operations of a blend mode per pixel.
pub fn blend(kernel: &dyn BlendOp) -> usize {
    trace(|| outputs(kernel.trace(symbols(0), symbols(4), at(), Symbol::param(0)))).operation_count()
}

/// Returns the number of operations of a kernel per pixel with these uniforms.
pub fn read(kernel: &dyn ReadOp, uniforms: &[f32]) -> usize {
    let counts = trace(|| {
        let symbolic: [Symbol; MAX_UNIFORMS] = Symbol::params(0);
        let reads = TraceReads {
            textures: &[0, 1, 2, 3, 4, 5],
            origin: Symbol::params(MAX_UNIFORMS as u32 + 2),
            edge: Edge::Clamp,
            table: Symbol::params(MAX_UNIFORMS as u32),
            uniforms: &symbolic,
        };
        outputs(kernel.trace(&symbolic, symbols(0), at(), reads))
    })
    .counts_with(uniforms);
    counts.arithmetic + SAMPLE * counts.samples + TABLE_READ * counts.tables
}

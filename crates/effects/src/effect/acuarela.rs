//! Acuarela: trails that run like watercolour. Also what it shares with `rom1`, the other effect of
//! trails.
//!
//! Trails are feedback: the previous result, slightly displaced and faded, is mixed below the new
//! picture. The effects of these names in other programs feed back whatever was drawn last, at the
//! speed of the wall clock, so that no frame looks the same twice. Here the result is a function of
//! the source alone and approximates their appearance: the [`WINDOW_FRAMES`] frames before the one
//! drawn are folded, oldest first. With frames `F(k)`, k = 0 the oldest and k = n the one drawn,
//!
//! ```text
//! R(0) = F(0)
//! R(k) = combine(F(k), p · R(k − 1) displaced by d)
//! p = strength^(1/4), so that `strength` remains after four frames
//! result = F(n) + opacity · (R(n) − F(n))
//! ```
//!
//! d is a displacement field that depends on position and on the time of the frame drawn; each
//! effect defines d and how it combines. All steps towards a frame use the same d. At a clip's
//! start its first frame is used for those before it. The window is counted in frames of the
//! composition: at another frame rate trails have the same length in frames, not in seconds.
use crate::{noise::value_noise, spec::*};
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, ReadOp, Reads, Real, Rgba, rgb};

/// Number of frames before the one drawn that leave a trail.
pub const WINDOW_FRAMES: usize = 12;

/// Parameters of both effects of trails:
///
/// - `opacity`: opacity of the trails over the picture.
/// - `gain`: displacement per frame as a fraction of the picture's height.
/// - `speed`: movement through the noise, in tenths of a cell per second.
/// - `detail`: octaves of noise, each with half the cell size and strength of the one before; a
///   fraction fades in the last one.
/// - `strength`: what remains of a picture after four frames.
/// - `density`: cells of the first octave per picture height.
/// - `gainX`, `gainY`: direction of the drift as factors of `gain`.
/// - `reset`: ignores earlier frames, so that there are no trails.
pub const PARAMS: &[ParamSpec] = &[
    ParamSpec::number("opacity", "Opacity", 1.0, 0.0, 1.0, Unit::None),
    ParamSpec::number("gain", "Gain", 0.01, 0.0, 0.2, Unit::None),
    ParamSpec::number("speed", "Speed", 4.0, 0.0, 40.0, Unit::None),
    ParamSpec::number("detail", "Detail", 4.0, 0.0, 8.0, Unit::None),
    ParamSpec::number("strength", "Strength", 0.32, 0.0, 1.0, Unit::None),
    ParamSpec::number("density", "Density", 4.0, 0.0, 100.0, Unit::None),
    ParamSpec::number("gainX", "Gain x", 0.3, -1.0, 1.0, Unit::None),
    ParamSpec::number("gainY", "Gain y", 0.3, -1.0, 1.0, Unit::None),
    ParamSpec::switch("reset", "Reset", false),
];

/// The displacement is `d = height · gain · (u + gainX, v + gainY)`, u and v independent noise of
/// −1..=1. Frames are combined by mixing: `R(k) = F(k) + p · (R(k − 1) at (x − d) − F(k))`. The
/// picture is mirrored at its edges.
pub static SPEC: EffectSpec = EffectSpec {
    params: PARAMS,
    neutral: trails_are_neutral,
    keeps_alpha: false,
    time_dependent: true,
    ..EffectSpec::new(
        "acuarela",
        "Acuarela",
        EffectFamily::Stylize,
        "Lets the picture run like watercolour, in trails of the frames before.",
        EffectKind::Temporal {
            times: trail_times,
            steps: |p, r, inputs| trail_steps(p, r, inputs, &Read(Watercolor::<2>), &Read(Watercolor::<1>)),
        },
    )
};

/// Without opacity or strength, or with reset, the frames before have no effect.
pub(super) fn trails_are_neutral(p: Params<'_>) -> bool {
    p.number(0) == 0.0 || p.number(4) == 0.0 || p.bool(8)
}

/// Returns the times of the frames of the window, oldest first.
pub(super) fn trail_times(_: Params<'_>, frame_secs: f64) -> Vec<f64> {
    (1..=WINDOW_FRAMES).rev().map(|k| -(k as f64) * frame_secs).collect()
}

/// Returns the steps of the fold. `inner` reads the next frame from input 2, `last` reads the frame
/// drawn from input 1.
///
/// Uniforms: `[octaves, rounded up; detail; cells per pixel; gain in px; drift x in px; drift y in
/// px; offset of the noise in cells; p; opacity]`.
pub(super) fn trail_steps(
    p: Params<'_>,
    r: &EffectFrame,
    inputs: usize,
    inner: &'static dyn ReadOp,
    last: &'static dyn ReadOp,
) -> Vec<Step> {
    if inputs == 0 {
        return Vec::new();
    }
    let (gain_px, detail) = (p.number(1) * r.height_px, p.number(3));
    // Wraps around in long clips, so that the noise keeps its precision.
    let passed = (0.1 * p.number(2) * r.time_secs).rem_euclid(4096.0);
    let uniforms = |opacity: f32| {
        Uniforms::new(&[
            detail.ceil(),
            detail,
            p.number(5) / r.height_px,
            gain_px,
            gain_px * p.number(6),
            gain_px * p.number(7),
            passed,
            p.number(4).sqrt().sqrt(),
            opacity,
        ])
    };
    let steps = (1..inputs).map(|n| Step::SampleInputs(inner, uniforms(1.0), Edge::Mirror, vec![n]));
    let opacity = if p.bool(8) { 0.0 } else { p.number(0) };
    let end = Step::Sample(last, uniforms(opacity), Edge::Mirror);
    std::iter::once(Step::UseInput(0)).chain(steps).chain([end]).collect()
}

/// Returns two independent sums of octaves of noise, −1..=1 each.
#[inline(always)]
pub(super) fn flow<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], at: At<R>, s: S) -> (R, R) {
    let sum = s.sum(
        0,
        #[inline(always)]
        |i| {
            let k = i.exp2();
            let (x, y) = (at.x * p[2] * k, at.y * p[2] * k);
            let (u, v) = (value_noise(x + p[6], y, i + 1.0), value_noise(x, y + p[6], i + 101.0));
            let w = (p[1] - i).saturate() / k;
            Rgba { c: rgb((u - 0.5) * w, (v - 0.5) * w, w), a: w }
        },
    );
    (sum.c.r, sum.c.g)
}

/// `NEXT` is the index of the input with the next frame.
struct Watercolor<const NEXT: usize>;

impl<const NEXT: usize> ReadKernel for Watercolor<NEXT> {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (u, v) = flow(p, at, s);
        let old = s.sample(0, at.x - u.mad(p[3], p[4]), at.y - v.mad(p[3], p[5]));
        let new = s.sample(NEXT, at.x, at.y);
        let k = p[7] * p[8];
        Rgba { c: rgb(new.c.r.mix(old.c.r, k), new.c.g.mix(old.c.g, k), new.c.b.mix(old.c.b, k)), a: new.a.mix(old.a, k) }
    }
}

//! Film grain, seeded: a frame always has the same grain.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// Display-encoded colour plus `amount · n · √(Y·(1 − Y))`, n being noise of variance 1/4 in grains
/// of `size` pixels that change 24 · speed times per second. `speed` cannot be keyframed, since it
/// multiplies all of the time since the clip's start.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.1, 0.0, 0.5, Unit::None),
        ParamSpec::number("size", "Size", 1.0, 0.5, 20.0, Unit::CanvasPx),
        ParamSpec::quality("speed", "Speed", 1.0, 0.0, 5.0),
        ParamSpec::quality("seed", "Seed", 0.0, 0.0, 65535.0),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    time_dependent: true,
    ..EffectSpec::new(
        "grain",
        "Film Grain",
        EffectFamily::Stylize,
        "Adds noise, strongest in the middle tones.",
        EffectKind::Point {
            kernel: |_| &Point(Grain),
            prepare: |p, r| {
                let step = (r.time_secs * 24.0 * p.number(2) + 1e-3).floor();
                Uniforms::new(&[p.number(0), 1.0 / p.number(1).max(0.5), frame_seed(step, p.number(3))])
            },
        },
    )
};

struct Grain;

impl PointKernel for Grain {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let (x, y) = ((at.x * p[1]).floor(), (at.y * p[1]).floor());
        // The sum of three uniform random numbers is close to normal: mean 0, within −1.5..=1.5.
        let n = x.hash(y, p[2]) + (x.hash(y + 100_000.0, p[2]) + x.hash(y + 200_000.0, p[2])) - 1.5;
        let l = px.c.luma().saturate();
        let k = n * p[0] * (l * (K(1.0) - l)).sqrt();
        Rgba { c: px.c.offset(k), ..px }
    }
}

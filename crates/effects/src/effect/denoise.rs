//! Spatial noise reduction by a bilateral filter.
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// The bilateral filter (Tomasi and Manduchi, ICCV 1998) on display-encoded colour: weights are a
/// Gaussian of the distance (standard deviation half the radius) times a Gaussian of the difference
/// in colour (standard deviation `strength`). Alpha is unchanged.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("strength", "Strength", 0.05, 0.0, 0.5, Unit::None),
        ParamSpec::quality("radius", "Radius", 3.0, 1.0, 8.0),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "denoise",
        "Denoise",
        EffectFamily::Blur,
        "Averages pixels that are near and alike.",
        EffectKind::Sampled {
            kernel: |_| &Read(Bilateral),
            prepare: |p, _| {
                let reach = p.number(1).round();
                let side = 2.0 * reach + 1.0;
                let fall = |deviation: f32| -core::f32::consts::LOG2_E / (2.0 * deviation * deviation);
                Uniforms::new(&[side * side, side, 1.0 / side, reach, fall(0.5 * reach), fall(p.number(0).max(1e-3))])
            },
            edge: Edge::Clamp,
        },
    )
};

struct Bilateral;

impl ReadKernel for Bilateral {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let here = s.sample(0, at.x, at.y);
        // The alpha component holds the sum of the weights.
        let sum = s.sum(
            0,
            #[inline(always)]
            |i| {
                let row = ((i + 0.5) * p[2]).floor();
                let (dx, dy) = (i - row * p[1] - p[3], row - p[3]);
                let v = s.sample(0, at.x + dx, at.y + dy);
                let (r, g, b) = (v.c.r - here.c.r, v.c.g - here.c.g, v.c.b - here.c.b);
                let w = ((dx * dx + dy * dy) * p[4] + (r * r + g * g + b * b) * p[5]).exp2();
                Rgba { c: v.c.scale(w), a: w }
            },
        );
        let k = K(1.0) / sum.a;
        Rgba { c: rgb(sum.c.r * k, sum.c.g * k, sum.c.b * k), a: here.a }
    }
}

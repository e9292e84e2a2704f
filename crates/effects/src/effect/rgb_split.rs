//! RGB split: displaces red and blue in opposite directions.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// Reads red from `amount` (a fraction of the raster) further along `angle`, blue from as far in
/// the opposite direction, green from the pixel itself; alpha is the largest of the three.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.01, 0.0, 0.1, Unit::None),
        ParamSpec::number("angle", "Angle", 0.0, 0.0, core::f64::consts::TAU, Unit::Radians),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "rgb-split",
        "RGB Split",
        EffectFamily::Distort,
        "Moves red and blue apart.",
        EffectKind::Sampled {
            kernel: |_| &Read(RgbSplit),
            prepare: |p, r| {
                let a = p.number(1);
                Uniforms::new(&[Real::cos(a) * p.number(0) * r.width_px, Real::sin(a) * p.number(0) * r.height_px])
            },
            edge: Edge::Clamp,
        },
    )
};

struct RgbSplit;

impl ReadKernel for RgbSplit {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (red, green) = (s.sample(0, at.x + p[0], at.y + p[1]), s.sample(0, at.x, at.y));
        let blue = s.sample(0, at.x - p[0], at.y - p[1]);
        Rgba { c: rgb(red.c.r, green.c.g, blue.c.b), a: red.a.max(green.a).max(blue.a) }
    }
}

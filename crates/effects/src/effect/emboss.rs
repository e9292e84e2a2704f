//! Emboss: differences of luma along a direction, like light from one side.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// 0.5 plus `strength` times the luma difference of the two points at a distance of `radius` in both
/// directions along `angle`, as grey, clamped to 0..=1; display-encoded.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("strength", "Strength", 1.0, 0.0, 5.0, Unit::None),
        ParamSpec::number("angle", "Angle", 135.0, -360.0, 360.0, Unit::Degrees),
        ParamSpec::number("radius", "Radius", 1.0, 0.1, 20.0, Unit::CanvasPx),
    ],
    domain: Domain::Display,
    keeps_alpha: false,
    ..EffectSpec::new(
        "emboss",
        "Emboss",
        EffectFamily::Stylize,
        "Looks lit from one side.",
        EffectKind::Sampled {
            kernel: |_| &Read(Emboss),
            prepare: |p, _| {
                let a = p.number(1).to_radians();
                Uniforms::new(&[p.number(0), Real::cos(a) * p.number(2), Real::sin(a) * p.number(2)])
            },
            edge: Edge::Clamp,
        },
    )
};

struct Emboss;

impl ReadKernel for Emboss {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (before, after) = (s.sample(0, at.x - p[1], at.y - p[2]), s.sample(0, at.x + p[1], at.y + p[2]));
        let here = s.sample(0, at.x, at.y);
        let v = ((after.c.luma() - before.c.luma()) * p[0] + 0.5).saturate() * here.a;
        Rgba { c: rgb(v, v, v), a: here.a }
    }
}

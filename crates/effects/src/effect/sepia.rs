//! Sepia toning.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// The sepia matrix of Filter Effects Module Level 1 §8.3 on display-encoded colour, mixed with the
/// original by `amount`.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("amount", "Amount", 1.0, 0.0, 1.0, Unit::None)],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    ..EffectSpec::new(
        "sepia",
        "Sepia",
        EffectFamily::Color,
        "Looks like a photograph toned brown.",
        EffectKind::Point { kernel: |_| &Point(Sepia), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct Sepia;

impl PointKernel for Sepia {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let c = px.c;
        let r = c.r * 0.393 + (c.g * 0.769 + c.b * 0.189);
        let g = c.r * 0.349 + (c.g * 0.686 + c.b * 0.168);
        let b = c.r * 0.272 + (c.g * 0.534 + c.b * 0.131);
        Rgba { c: rgb(c.r.mix(r, p[0]), c.g.mix(g, p[0]), c.b.mix(b, p[0])), ..px }
    }
}

//! Contrast about middle grey of display-encoded colour.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// `(c − 0.5) · amount + 0.5`, on display-encoded values.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec { id: "amount", name: "Amount", kind: ParamKind::number(1.0, 0.0, 3.0), unit: Unit::None }],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 1.0,
    ..EffectSpec::new(
        "contrast",
        "Contrast",
        EffectFamily::Color,
        "Scales display-encoded colour about 0.5.",
        EffectKind::Point { kernel: |_| &Point(Contrast), prepare: |p, _| Uniforms::new(&[p.number(0), 0.5 - 0.5 * p.number(0)]) },
    )
};

struct Contrast;

impl PointKernel for Contrast {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c.scale(p[0]).offset(p[1]), ..px }
    }
}

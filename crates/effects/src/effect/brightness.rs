//! Brightness: adds to display-encoded colour.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// `c + amount`, on display-encoded values.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec { id: "amount", name: "Amount", kind: ParamKind::number(0.0, -1.0, 1.0), unit: Unit::None }],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    ..EffectSpec::new(
        "brightness",
        "Brightness",
        EffectFamily::Color,
        "Adds the amount to every component of the display-encoded colour.",
        EffectKind::Point { kernel: |_| &Point(Brightness), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct Brightness;

impl PointKernel for Brightness {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c.offset(p[0]), ..px }
    }
}

//! Vibrance: saturation that affects saturated colours less.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `Y + (c − Y) · (1 + amount · (1 − s))` on display-encoded values, s being the spread max − min,
/// clamped to 0..=1.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("amount", "Amount", 0.0, -1.0, 1.0, Unit::None)],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    ..EffectSpec::new(
        "vibrance",
        "Vibrance",
        EffectFamily::Color,
        "Saturates dull colours more than vivid ones.",
        EffectKind::Point { kernel: |_| &Point(Vibrance), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct Vibrance;

impl PointKernel for Vibrance {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let y = px.c.luma();
        let k = (K(1.0) - (px.c.max_component() - px.c.min_component()).saturate()).mad(p[0], 1.0);
        Rgba { c: rgb(y.mix(px.c.r, k), y.mix(px.c.g, k), y.mix(px.c.b, k)), ..px }
    }
}

//! Solarise: inverts bright components.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Components of display-encoded colour above the threshold become `1 − c`.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("threshold", "Threshold", 0.5, 0.0, 1.0, Unit::None)],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 1.0,
    ..EffectSpec::new(
        "solarize",
        "Solarize",
        EffectFamily::Stylize,
        "Turns bright components round.",
        EffectKind::Point { kernel: |_| &Point(Solarize), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct Solarize;

impl PointKernel for Solarize {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, level: R) -> R {
            R::select(c.gt(level), K(1.0) - c, c)
        }
        Rgba { c: rgb(one(px.c.r, p[0]), one(px.c.g, p[0]), one(px.c.b, p[0])), ..px }
    }
}

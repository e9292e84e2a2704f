//! Threshold: black and white by luma.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// 1 where the BT.709 luma of display-encoded colour is at least `level`, else 0.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("level", "Level", 0.5, 0.0, 1.0, Unit::None)],
    domain: Domain::Display,
    ..EffectSpec::new(
        "threshold",
        "Threshold",
        EffectFamily::Stylize,
        "White where the luma reaches the level, else black.",
        EffectKind::Point { kernel: |_| &Point(Threshold), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct Threshold;

impl PointKernel for Threshold {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let v = R::select(px.c.luma().ge(p[0]), 1.0, 0.0);
        Rgba { c: rgb(v, v, v), ..px }
    }
}

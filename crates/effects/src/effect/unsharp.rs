//! Unsharp mask: sharpens by the difference from a blurred copy. Also the step that `sharpen`
//! shares.
use super::gaussian_blur::gaussian;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};

/// `c + amount · (c − blurred)`, with the luma of the difference reduced by the threshold;
/// display-encoded.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.5, 0.0, 5.0, Unit::None),
        ParamSpec::number("radius", "Radius", 2.0, 0.1, 400.0, Unit::CanvasPx),
        ParamSpec::number("threshold", "Threshold", 0.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "unsharp",
        "Unsharp Mask",
        EffectFamily::Stylize,
        "Sharpens edges above a threshold.",
        EffectKind::Steps(|p, _| vec![Step::Separable(gaussian(p.number(1))), sharpened(p.number(0), p.number(2))]),
    )
};

/// Returns a step that adds the difference between the first picture and its blurred copy. Both are
/// compared as straight colours, the blurred one being a mean weighted by alpha, so that outlines
/// get no rim and transparent parts stay transparent.
pub(super) fn sharpened(amount: f32, threshold: f32) -> Step {
    Step::Mix(&Mix(Sharpened), Uniforms::new(&[amount, threshold]))
}

struct Sharpened;

impl MixKernel for Sharpened {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        let share = f.a / t.a.max(1e-5);
        let d = rgb(f.c.r - t.c.r * share, f.c.g - t.c.g * share, f.c.b - t.c.b * share);
        let l = d.luma().abs();
        let k = R::select(p[1].gt(0.0), (l - p[1] * f.a).max(0.0) / l.max(1e-6), 1.0) * p[0];
        Rgba { c: rgb(d.r.mad(k, f.c.r), d.g.mad(k, f.c.g), d.b.mad(k, f.c.b)), a: f.a }
    }
}

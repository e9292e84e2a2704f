//! Invert: the negative of display-encoded colour.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `1 − c` on display-encoded values.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[],
    domain: Domain::Display,
    ..EffectSpec::new(
        "invert",
        "Invert",
        EffectFamily::Color,
        "Turns every component of the display-encoded colour round.",
        EffectKind::Point { kernel: |_| &Point(Invert), prepare: |_, _| Uniforms::new(&[]) },
    )
};

struct Invert;

impl PointKernel for Invert {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(K(1.0) - px.c.r, K(1.0) - px.c.g, K(1.0) - px.c.b), ..px }
    }
}

//! Saturation: scales the distance from the BT.709-weighted grey of the same pixel.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `Y + (c − Y) · amount` with BT.709 weights, in the working space.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec { id: "amount", name: "Amount", kind: ParamKind::number(1.0, 0.0, 3.0), unit: Unit::None }],
    neutral: |p| p.number(0) == 1.0,
    ..EffectSpec::new(
        "saturation",
        "Saturation",
        EffectFamily::Color,
        "Moves colour away from or towards grey of the same luma (BT.709 weights).",
        EffectKind::Point { kernel: |_| &Point(Saturation), prepare: |p, _| Uniforms::new(&[p.number(0)]) },
    )
};

struct Saturation;

impl PointKernel for Saturation {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let y = px.c.luma();
        Rgba { c: rgb(y.mix(px.c.r, p[0]), y.mix(px.c.g, p[0]), y.mix(px.c.b, p[0])), ..px }
    }
}

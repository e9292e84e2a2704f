//! Tint: maps dark and light to two colours.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Interpolates between two colours by the BT.709 luma of display-encoded colour, mixed with the
/// original by `amount`.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("dark", "Dark", [0.0, 0.0, 0.0, 1.0]),
        ParamSpec::color("light", "Light", [1.0, 1.0, 1.0, 1.0]),
        ParamSpec::number("amount", "Amount", 1.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(2) == 0.0,
    ..EffectSpec::new(
        "tint",
        "Tint",
        EffectFamily::Color,
        "Maps dark and light to two colours.",
        EffectKind::Point {
            kernel: |_| &Point(Tint),
            prepare: |p, _| {
                let (d, l) = (p.color(0), p.color(1));
                Uniforms::new(&[d[0], d[1], d[2], l[0], l[1], l[2], p.number(2)])
            },
        },
    )
};

struct Tint;

impl PointKernel for Tint {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let y = px.c.luma();
        let c = rgb(p[0].mix(p[3], y), p[1].mix(p[4], y), p[2].mix(p[5], y));
        Rgba { c: rgb(px.c.r.mix(c.r, p[6]), px.c.g.mix(c.g, p[6]), px.c.b.mix(c.b, p[6])), ..px }
    }
}

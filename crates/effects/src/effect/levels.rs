//! Levels: maps an input range to an output range, with a gamma.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `outputBlack + (outputWhite − outputBlack) · clamp((c − inputBlack) / (inputWhite −
/// inputBlack))^(1/gamma)` on display-encoded values.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("inputBlack", "Input black", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("inputWhite", "Input white", 1.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("gamma", "Gamma", 1.0, 0.1, 3.0, Unit::None),
        ParamSpec::number("outputBlack", "Output black", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("outputWhite", "Output white", 1.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| (p.number(0), p.number(1), p.number(2), p.number(3), p.number(4)) == (0.0, 1.0, 1.0, 0.0, 1.0),
    ..EffectSpec::new(
        "levels",
        "Levels",
        EffectFamily::Color,
        "Maps an input range to an output range, with a gamma between.",
        EffectKind::Point {
            kernel: |p| if p.number(2) == 1.0 { &Point(Line) } else { &Point(Levels) },
            prepare: |p, _| {
                let span = (p.number(1) - p.number(0)).max(1e-4);
                Uniforms::new(&[p.number(0), 1.0 / span, 1.0 / p.number(2), p.number(3), p.number(4) - p.number(3)])
            },
        },
    )
};

/// Levels without a gamma.
struct Line;

impl PointKernel for Line {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, p: &[R; MAX_UNIFORMS]) -> R {
            ((c - p[0]) * p[1]).saturate().mad(p[4], p[3])
        }
        Rgba { c: rgb(one(px.c.r, p), one(px.c.g, p), one(px.c.b, p)), ..px }
    }
}

struct Levels;

impl PointKernel for Levels {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, p: &[R; MAX_UNIFORMS]) -> R {
            let t = ((c - p[0]) * p[1]).saturate();
            // `pow` of 0 is not exactly 0.
            R::select(t.gt(0.0), t.pow(p[2]), 0.0).mad(p[4], p[3])
        }
        Rgba { c: rgb(one(px.c.r, p), one(px.c.g, p), one(px.c.b, p)), ..px }
    }
}

//! Exposure in stops, with offset and gamma.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `(max(c · 2^exposure + offset, 0))^(1/gamma)` in the working space; with gamma 1 negative values
/// are kept.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec { id: "exposure", name: "Exposure", kind: ParamKind::number(0.0, -3.0, 3.0), unit: Unit::Stops },
        ParamSpec { id: "offset", name: "Offset", kind: ParamKind::number(0.0, -0.5, 0.5), unit: Unit::None },
        ParamSpec { id: "gamma", name: "Gamma", kind: ParamKind::number(1.0, 0.2, 3.0), unit: Unit::None },
    ],
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 0.0 && p.number(2) == 1.0,
    ..EffectSpec::new(
        "exposure",
        "Exposure",
        EffectFamily::Color,
        "Multiplies by a power of two, adds an offset, then applies a gamma.",
        EffectKind::Point {
            kernel: |p| if p.number(2) == 1.0 { &Point(Gain) } else { &Point(Exposure) },
            prepare: |p, _| Uniforms::new(&[Real::exp2(p.number(0)), p.number(1), 1.0 / p.number(2)]),
        },
    )
};

/// Without the power.
struct Gain;

impl PointKernel for Gain {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(px.c.r.mad(p[0], p[1]), px.c.g.mad(p[0], p[1]), px.c.b.mad(p[0], p[1])), ..px }
    }
}

struct Exposure;

impl PointKernel for Exposure {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, p: &[R; MAX_UNIFORMS]) -> R {
            c.mad(p[0], p[1]).max(0.0).pow(p[2])
        }
        Rgba { c: rgb(one(px.c.r, p), one(px.c.g, p), one(px.c.b, p)), ..px }
    }
}

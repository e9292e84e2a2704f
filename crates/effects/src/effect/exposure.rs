//! Exposure in stops, with offset and gamma.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `(max(c · 2^exposure + offset, 0))^(1/gamma)` in the working space; gamma 1 skips the power and keeps negative values.
pub static SPEC: EffectSpec = EffectSpec {
    id: "exposure",
    name: "Exposure",
    family: Family::Color,
    summary: "Multiplies by a power of two, adds an offset, then applies a gamma.",
    params: &[
        ParamSpec { id: "exposure", name: "Exposure", kind: ParamKind::number(0.0, -3.0, 3.0), unit: "stops" },
        ParamSpec { id: "offset", name: "Offset", kind: ParamKind::number(0.0, -0.5, 0.5), unit: "" },
        ParamSpec { id: "gamma", name: "Gamma", kind: ParamKind::number(1.0, 0.2, 3.0), unit: "" },
    ],
    domain: Domain::Working,
    shape: Shape::Point {
        kernel: &Point(Exposure),
        prepare: |p, _| Uniforms::new(&[Real::exp2(p.number(0)), p.number(1), 1.0 / p.number(2)]),
    },
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 0.0 && p.number(2) == 1.0,
};

struct Exposure;
impl PointKernel for Exposure {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(c: R, p: &[R; MAX_UNIFORMS]) -> R {
            let lit = c.mad(p[0], p[1]);
            R::select(p[2].lt(1.0) | p[2].gt(1.0), lit.max(0.0).pow(p[2]), lit)
        }
        Rgba { c: rgb(one(px.c.r, p), one(px.c.g, p), one(px.c.b, p)), ..px }
    }
}

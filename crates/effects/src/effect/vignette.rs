//! Vignette: darkens towards the corners.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, real::smoothstep};

/// Colour times `1 − amount · smoothstep(size, size + softness, d)`, d being the distance from the
/// centre in half widths horizontally and half heights vertically, the latter scaled by
/// `roundness`.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec { id: "amount", name: "Amount", kind: ParamKind::number(0.5, 0.0, 1.0), unit: Unit::None },
        ParamSpec { id: "size", name: "Size", kind: ParamKind::number(0.5, 0.0, 1.5), unit: Unit::None },
        ParamSpec { id: "softness", name: "Softness", kind: ParamKind::number(0.5, 0.0, 1.0), unit: Unit::None },
        ParamSpec { id: "roundness", name: "Roundness", kind: ParamKind::number(1.0, 0.5, 2.0), unit: Unit::None },
    ],
    neutral: |p| p.number(0) == 0.0,
    ..EffectSpec::new(
        "vignette",
        "Vignette",
        EffectFamily::Stylize,
        "Darkens the picture towards its corners.",
        EffectKind::Point {
            kernel: |_| &Point(Vignette),
            prepare: |p, r| {
                let (cx, cy) = (r.width_px * 0.5, r.height_px * 0.5);
                Uniforms::new(&[p.number(0), p.number(1), p.number(1) + p.number(2).max(1e-4), cx, cy, 1.0 / cx, p.number(3) / cy])
            },
        },
    )
};

struct Vignette;

impl PointKernel for Vignette {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let (dx, dy) = ((at.x - p[3]) * p[5], (at.y - p[4]) * p[6]);
        let d = (dx * dx + dy * dy).sqrt();
        let k = R::from(1.0) - p[0] * smoothstep(p[1], p[2], d);
        Rgba { c: px.c.scale(k), ..px }
    }
}

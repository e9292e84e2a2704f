//! Letterbox bars.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Fills the outside of the largest centred rectangle of the given aspect ratio with the colour;
/// the edge is one pixel wide.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("aspect", "Aspect", 2.39, 0.2, 5.0, Unit::None),
        ParamSpec::color("color", "Colour", [0.0, 0.0, 0.0, 1.0]),
        ParamSpec::number("opacity", "Opacity", 1.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(2) == 0.0,
    may_add_alpha: true,
    ..EffectSpec::new(
        "letterbox",
        "Letterbox",
        EffectFamily::Stylize,
        "Bars that leave a picture of the chosen aspect.",
        EffectKind::Point {
            kernel: |_| &Point(Letterbox),
            prepare: |p, r| {
                let c = p.color(1);
                let (w, h) = ((r.height_px * p.number(0)).min(r.width_px), (r.width_px / p.number(0)).min(r.height_px));
                let o = p.number(2) * c[3];
                Uniforms::new(&[0.5 * r.width_px, 0.5 * r.height_px, 0.5 * w, 0.5 * h, c[0], c[1], c[2], o])
            },
        },
    )
};

struct Letterbox;

impl PointKernel for Letterbox {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let outside = ((at.x - p[0]).abs() - p[2]).max((at.y - p[1]).abs() - p[3]);
        let k = (outside + 0.5).saturate() * p[7];
        let a = px.a.mix(R::from(1.0), k);
        // The bar's share of the straight colour; transparent pixels contribute none.
        let share = k / a.max(1e-6);
        Rgba { c: rgb(px.c.r.mix(p[4], share), px.c.g.mix(p[5], share), px.c.b.mix(p[6], share)), a }
    }
}

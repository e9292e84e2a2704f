//! Checkerboard generator.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Two display-encoded colours in rectangles of `width` by `height` pixels over the picture; the
/// rectangle at the top left has the first colour.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("first", "First colour", [1.0, 1.0, 1.0, 1.0]),
        ParamSpec::color("second", "Second colour", [0.0, 0.0, 0.0, 1.0]),
        ParamSpec::number("width", "Width", 64.0, 1.0, 16_000.0, Unit::CanvasPx),
        ParamSpec::number("height", "Height", 64.0, 1.0, 16_000.0, Unit::CanvasPx),
        ParamSpec::number("opacity", "Opacity", 1.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(4) == 0.0,
    may_add_alpha: true,
    ..EffectSpec::new(
        "checkerboard",
        "Checkerboard",
        EffectFamily::Generate,
        "Lays a checkerboard over the picture.",
        EffectKind::Point {
            kernel: |_| &Point(Checkerboard),
            prepare: |p, _| {
                let (a, b) = (p.color(0), p.color(1));
                Uniforms::new(&[0.5 / p.number(2), 0.5 / p.number(3), p.number(4), a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]])
            },
        },
    )
};

struct Checkerboard;

impl PointKernel for Checkerboard {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let (x, y) = ((at.x * p[0]).fract().lt(0.5), (at.y * p[1]).fract().lt(0.5));
        let first = (x & y) | (!x & !y);
        let c = rgb(R::select(first, p[3], p[7]), R::select(first, p[4], p[8]), R::select(first, p[5], p[9]));
        let k = R::select(first, p[6], p[10]) * p[2];
        let a = px.a * (K(1.0) - k) + k;
        let share = R::select(a.gt(0.0), k / a.max(1e-6), 0.0);
        Rgba { c: rgb(px.c.r.mix(c.r, share), px.c.g.mix(c.g, share), px.c.b.mix(c.b, share)), a }
    }
}

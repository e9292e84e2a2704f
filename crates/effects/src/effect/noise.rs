//! Noise generator, in colour or grey.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Display-encoded colour mixed by `amount` with uniform noise in squares of `size` pixels; seeded,
/// so that a frame always looks the same.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("size", "Size", 1.0, 1.0, 800.0, Unit::CanvasPx),
        ParamSpec::switch("colored", "Coloured", true),
        ParamSpec::switch("animated", "Animated", true),
        ParamSpec::quality("seed", "Seed", 0.0, 0.0, 65535.0),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    time_dependent: true,
    ..EffectSpec::new(
        "noise",
        "Noise",
        EffectFamily::Generate,
        "Mixes in noise, in colour or grey.",
        EffectKind::Point {
            kernel: |_| &Point(Noise),
            prepare: |p, r| {
                let step = if p.bool(3) { (r.time_secs * 1000.0).round() } else { 0.0 };
                let gray = if p.bool(2) { 0.0 } else { 1.0 };
                Uniforms::new(&[p.number(0), 1.0 / p.number(1), frame_seed(step, p.number(4)), gray])
            },
        },
    )
};

struct Noise;

impl PointKernel for Noise {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let (x, y) = ((at.x * p[1]).floor(), (at.y * p[1]).floor());
        let r = x.hash(y, p[2]);
        let gray = p[3].gt(0.5);
        let (g, b) = (R::select(gray, r, x.hash(y + 300_000.0, p[2])), R::select(gray, r, x.hash(y + 600_000.0, p[2])));
        Rgba { c: rgb(px.c.r.mix(r, p[0]), px.c.g.mix(g, p[0]), px.c.b.mix(b, p[0])), ..px }
    }
}

//! Stroke around a layer's outline.
use super::drop_shadow::Over;
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Mix, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// The layer's alpha grown by `width` pixels, in the stroke's colour, below the layer: the largest alpha on 32 points of three circles around each pixel.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("color", "Colour", [1.0, 1.0, 1.0, 1.0]),
        ParamSpec::number("width", "Width", 4.0, 0.0, 50.0, "px"),
        ParamSpec::number("opacity", "Opacity", 1.0, 0.0, 1.0, ""),
    ],
    neutral: |p| p.number(1) == 0.0 || p.number(2) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "stroke",
        "Stroke",
        Family::Stylize,
        "Draws a line around the layer's outline.",
        Shape::Steps(|p, _| {
            let c = p.color(0);
            let u = Uniforms::new(&[96.0, p.number(1), c[0], c[1], c[2], c[3] * p.number(2)]);
            vec![Step::Field(&Read(Grown), u, Edge::Transparent), Step::Mix(&Mix(Over), Uniforms::new(&[]))]
        }),
    )
};

struct Grown;
impl ReadKernel for Grown {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let near = s.most(
            0,
            #[inline(always)]
            |i| {
                // Points 0 to 31 lie on the innermost circle.
                let ring = (i * (1.0 / 32.0)).floor();
                let (a, r) = ((i + ring * 0.333) * (core::f32::consts::TAU / 32.0), (ring + 1.0) * p[1] * (1.0 / 3.0));
                s.sample(0, at.x + a.cos() * r, at.y + a.sin() * r)
            },
        );
        let a = near.a.max(s.sample(0, at.x, at.y).a) * p[5];
        Rgba { c: rgb(p[2] * a, p[3] * a, p[4] * a), a }
    }
}

//! Drop shadow: the layer's alpha, displaced and blurred, below the layer.
use super::gaussian_blur::gaussian;
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Mix, MixKernel, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// The layer's alpha in the shadow's colour, displaced by `distance` along `angle`, blurred
/// (standard deviation half the softness), composited below the layer.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("color", "Colour", [0.0, 0.0, 0.0, 1.0]),
        ParamSpec::number("opacity", "Opacity", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("angle", "Angle", 45.0, -360.0, 360.0, Unit::Degrees),
        ParamSpec::number("distance", "Distance", 10.0, 0.0, 4000.0, Unit::CanvasPx),
        ParamSpec::number("softness", "Softness", 10.0, 0.0, 800.0, Unit::CanvasPx),
        ParamSpec::switch("shadowOnly", "Shadow only", false),
    ],
    neutral: |p| p.number(1) == 0.0 && !p.bool(5),
    keeps_alpha: false,
    outlines: true,
    outset_px: |p| {
        let (a, blur) = (p.number(2).to_radians(), (1.5 * p.number(4)).ceil() + 1.0);
        [Real::cos(a), Real::sin(a)].map(|v| (v * p.number(3)).abs() + blur)
    },
    ..EffectSpec::new(
        "drop-shadow",
        "Drop Shadow",
        EffectFamily::Stylize,
        "Lays a shadow below the layer.",
        EffectKind::Steps(|p, _| {
            let (a, c) = (p.number(2).to_radians(), p.color(0));
            let (dx, dy) = (Real::cos(a) * p.number(3), Real::sin(a) * p.number(3));
            let mut steps = vec![Step::Sample(
                &Read(Shadow),
                Uniforms::new(&[dx, dy, c[0], c[1], c[2], c[3] * p.number(1)]),
                Edge::Transparent,
            )];
            if p.number(4) > 0.0 {
                steps.push(Step::Separable(gaussian(0.5 * p.number(4))));
            }
            if !p.bool(5) {
                steps.push(Step::Mix(&Mix(Over), Uniforms::new(&[])));
            }
            steps
        }),
    )
};

struct Shadow;

impl ReadKernel for Shadow {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let a = s.sample(0, at.x - p[0], at.y - p[1]).a * p[5];
        Rgba { c: rgb(p[2] * a, p[3] * a, p[4] * a), a }
    }
}

/// Composites the first picture over the second.
pub(super) struct Over;

impl MixKernel for Over {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        let k = K(1.0) - f.a;
        Rgba { c: rgb(t.c.r.mad(k, f.c.r), t.c.g.mad(k, f.c.g), t.c.b.mad(k, f.c.b)), a: t.a.mad(k, f.a) }
    }
}

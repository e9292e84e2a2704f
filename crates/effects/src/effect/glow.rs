//! Glow: adds a blur of the bright parts.
use super::gaussian_blur::gaussian;
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Mix, MixKernel, Point, PointKernel, Real, Rgba, real::smoothstep, rgb};

/// Parts brighter than the threshold, blurred by a Gaussian (standard deviation half the radius),
/// are added to the picture; their alpha, times `amount`, is composited too. Threshold and softness
/// refer to display-encoded luma; `rings` and `samplesPerRing` exist for compatibility with files
/// of other systems and have no effect.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 1.0, 0.0, 5.0, Unit::None),
        ParamSpec::number("threshold", "Threshold", 0.6, 0.0, 1.0, Unit::None),
        ParamSpec::number("radius", "Radius", 20.0, 1.0, 400.0, Unit::CanvasPx),
        ParamSpec::number("softness", "Softness", 0.5, 0.1, 1.0, Unit::None),
        ParamSpec::quality("rings", "Rings", 4.0, 1.0, 32.0),
        ParamSpec::quality("samplesPerRing", "Samples per ring", 16.0, 4.0, 64.0),
    ],
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    outset_px: |p| [(1.5 * p.number(2)).ceil() + 1.0; 2],
    ..EffectSpec::new(
        "glow",
        "Glow",
        EffectFamily::Stylize,
        "Lets bright parts shine over their surroundings.",
        EffectKind::Steps(|p, r| {
            // The BT.709 transfer is close to a power of 1 / 0.45.
            let light = |v: f32| if r.linear && v > 0.0 { Real::pow(v.min(1.0), 1.0 / 0.45) } else { v.min(1.0) };
            let (from, to) = (p.number(1) - 0.5 * p.number(3) * p.number(1), p.number(1) + 0.5 * p.number(3) * (1.0 - p.number(1)));
            vec![
                Step::Point(&Point(Bright), Uniforms::new(&[light(from), light(to).max(light(from) + 1e-4)])),
                Step::Separable(gaussian(0.5 * p.number(2))),
                Step::Mix(&Mix(Added), Uniforms::new(&[p.number(0)])),
            ]
        }),
    )
};

struct Bright;

impl PointKernel for Bright {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let k = smoothstep(p[0], p[1], px.c.luma());
        Rgba { c: px.c.scale(k), a: px.a * k }
    }
}

struct Added;

impl MixKernel for Added {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba {
            c: rgb(t.c.r.mad(p[0], f.c.r), t.c.g.mad(p[0], f.c.g), t.c.b.mad(p[0], f.c.b)),
            a: (t.a * p[0]).saturate().mad(K(1.0) - f.a, f.a),
        }
    }
}

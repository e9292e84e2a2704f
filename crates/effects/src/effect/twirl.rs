//! Twirl: rotates the middle of a circle more than its rim.
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Pixels at distance d from the centre are rotated by `amount · (1 − d / radius)²` radians, those
/// outside the radius not at all; the radius is a fraction of the shorter side.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 1.0, -10.0, 10.0, Unit::Radians),
        ParamSpec::number("radius", "Radius", 0.5, 0.1, 1.0, Unit::None),
        ParamSpec::number("centerX", "Centre x", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("centerY", "Centre y", 0.5, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "twirl",
        "Twirl",
        EffectFamily::Distort,
        "Turns the middle of a circle more than its rim.",
        EffectKind::Sampled {
            kernel: |_| &Read(Twirl),
            prepare: |p, r| {
                let radius = p.number(1) * r.width_px.min(r.height_px);
                Uniforms::new(&[p.number(2) * r.width_px, p.number(3) * r.height_px, 1.0 / radius, p.number(0)])
            },
            edge: Edge::Clamp,
        },
    )
};

struct Twirl;

impl ReadKernel for Twirl {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = (at.x - p[0], at.y - p[1]);
        let k = K(1.0) - ((x * x + y * y).sqrt() * p[2]).saturate();
        let a = k * k * p[3];
        let (c, d) = (a.cos(), a.sin());
        s.sample(0, p[0] + x * c - y * d, p[1] + x * d + y * c)
    }
}

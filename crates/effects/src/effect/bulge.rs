//! Bulge and pinch: enlarges or shrinks the middle of a circle.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Within the radius, which is a fraction of the shorter side, a pixel at distance d (1 at the rim)
/// is read at distance d^amount: an amount above 1 bulges, below 1 pinches.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.5, 0.1, 3.0, Unit::None),
        ParamSpec::number("radius", "Radius", 0.5, 0.1, 1.0, Unit::None),
        ParamSpec::number("centerX", "Centre x", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("centerY", "Centre y", 0.5, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 1.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "bulge",
        "Bulge / Pinch",
        EffectFamily::Distort,
        "Enlarges or shrinks the middle of a circle.",
        EffectKind::Sampled {
            kernel: |_| &Read(Bulge),
            prepare: |p, r| {
                let radius = p.number(1) * r.width_px.min(r.height_px);
                Uniforms::new(&[p.number(2) * r.width_px, p.number(3) * r.height_px, 1.0 / radius, p.number(0) - 1.0])
            },
            edge: Edge::Clamp,
        },
    )
};

struct Bulge;

impl ReadKernel for Bulge {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = (at.x - p[0], at.y - p[1]);
        let d = (x * x + y * y).sqrt() * p[2];
        let k = R::select(d.lt(1.0), d.max(1e-4).pow(p[3]), 1.0);
        s.sample(0, p[0] + x * k, p[1] + y * k)
    }
}

//! Lens distortion and its correction.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Brown's radial model (Brown 1966): after dividing by `scale`, reads at
/// `r · (1 + k1·r² + k2·r⁴)`, r in half diagonals. Positive k1 yields barrel distortion and
/// corrects pincushion distortion; negative k1 is the opposite.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("k1", "k1", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("k2", "k2", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::number("scale", "Scale", 1.0, 0.5, 2.0, Unit::None),
        ParamSpec::number("centerX", "Centre x", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("centerY", "Centre y", 0.5, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 0.0 && p.number(2) == 1.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "lens-distortion",
        "Lens Distortion",
        EffectFamily::Distort,
        "Bends straight lines outward or inward.",
        EffectKind::Sampled {
            kernel: |_| &Read(LensDistortion),
            prepare: |p, r| {
                let half = 0.5 * Real::sqrt(r.width_px * r.width_px + r.height_px * r.height_px);
                Uniforms::new(&[
                    p.number(3) * r.width_px,
                    p.number(4) * r.height_px,
                    1.0 / (half * half),
                    p.number(0),
                    p.number(1),
                    1.0 / p.number(2),
                ])
            },
            edge: Edge::Transparent,
        },
    )
};

struct LensDistortion;

impl ReadKernel for LensDistortion {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = ((at.x - p[0]) * p[5], (at.y - p[1]) * p[5]);
        let r2 = (x * x + y * y) * p[2];
        let k = r2 * (r2 * p[4] + p[3]) + 1.0;
        s.sample(0, p[0] + x * k, p[1] + y * k)
    }
}

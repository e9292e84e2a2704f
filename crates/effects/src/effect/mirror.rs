//! Mirror: mirrors the left half onto the right, the upper onto the lower.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Reads at min(x, width − x) if `horizontal`, likewise for y if `vertical`.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::switch("horizontal", "Horizontal", true), ParamSpec::switch("vertical", "Vertical", false)],
    domain: Domain::Working,
    neutral: |p| !p.bool(0) && !p.bool(1),
    keeps_alpha: false,
    ..EffectSpec::new(
        "mirror",
        "Mirror",
        EffectFamily::Distort,
        "Mirrors the left half onto the right, the upper onto the lower.",
        EffectKind::Sampled {
            kernel: |_| &Read(Mirror),
            prepare: |p, r| Uniforms::new(&[if p.bool(0) { r.width_px } else { 0.0 }, if p.bool(1) { r.height_px } else { 0.0 }]),
            edge: Edge::Clamp,
        },
    )
};

struct Mirror;

impl ReadKernel for Mirror {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        // A width or height of 0 means that the axis is not mirrored.
        let x = R::select(p[0].gt(0.0), at.x.min(p[0] - at.x), at.x);
        let y = R::select(p[1].gt(0.0), at.y.min(p[1] - at.y), at.y);
        s.sample(0, x, y)
    }
}

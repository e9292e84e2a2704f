//! Flip: mirrors the whole picture.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The picture mirrored left to right (`horizontal`), top to bottom (`vertical`), or both.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::switch("horizontal", "Horizontal", true), ParamSpec::switch("vertical", "Vertical", false)],
    neutral: |p| !p.bool(0) && !p.bool(1),
    keeps_alpha: false,
    ..EffectSpec::new(
        "flip",
        "Flip",
        EffectFamily::Distort,
        "Turns the picture round.",
        EffectKind::Sampled {
            kernel: |_| &Read(Flip),
            prepare: |p, r| Uniforms::new(&[if p.bool(0) { r.width_px } else { 0.0 }, if p.bool(1) { r.height_px } else { 0.0 }]),
            edge: Edge::Clamp,
        },
    )
};

struct Flip;

impl ReadKernel for Flip {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        s.sample(0, R::select(p[0].gt(0.0), p[0] - at.x, at.x), R::select(p[1].gt(0.0), p[1] - at.y, at.y))
    }
}

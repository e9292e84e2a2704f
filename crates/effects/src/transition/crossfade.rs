//! Cross dissolve.
use super::INCLUDE_AUDIO;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};

/// `from·(1 − p) + to·p`.
pub static SPEC: TransitionSpec = TransitionSpec {
    is_dissolve: true,
    ..TransitionSpec::new(
        "crossfade",
        "Cross Dissolve",
        &[INCLUDE_AUDIO],
        TransitionFamily::Dissolve,
        TransitionKind::Mix(&Mix(CrossDissolve)),
        |_, progress, _| Uniforms::new(&[progress]),
    )
};

pub(super) struct CrossDissolve;

impl MixKernel for CrossDissolve {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(f.c.r.mix(t.c.r, p[0]), f.c.g.mix(t.c.g, p[0]), f.c.b.mix(t.c.b, p[0])), a: f.a.mix(t.a, p[0]) }
    }
}

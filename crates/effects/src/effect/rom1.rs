//! Rom1: trails of light that drift. The fold over the frames before, and the approximations it
//! makes, are described in [`super::acuarela`].
use super::acuarela::{PARAMS, flow, trail_steps, trail_times, trails_are_neutral};
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The displacement is `d = height · gain · 2m · (gainX, gainY)`, m noise of 0..=1 (½ with `detail`
/// 0), so that the drift's speed varies with position. Frames are combined by the maximum:
/// `R(k) = max(F(k), p · R(k − 1) at (x − d))`, for colour and alpha equally. The picture is
/// mirrored at its edges.
pub static SPEC: EffectSpec = EffectSpec {
    params: PARAMS,
    neutral: trails_are_neutral,
    keeps_alpha: false,
    time_dependent: true,
    ..EffectSpec::new(
        "rom1",
        "Rom1",
        EffectFamily::Stylize,
        "Lets bright parts drift away in trails of the frames before.",
        EffectKind::Temporal {
            times: trail_times,
            steps: |p, r, inputs| trail_steps(p, r, inputs, &Read(Drift::<2>), &Read(Drift::<1>)),
        },
    )
};

/// `NEXT` is the index of the input with the next frame.
struct Drift<const NEXT: usize>;

impl<const NEXT: usize> ReadKernel for Drift<NEXT> {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (u, _) = flow(p, at, s);
        let k = (u + 0.5).saturate() * 2.0;
        let old = s.sample(0, at.x - k * p[4], at.y - k * p[5]);
        let new = s.sample(NEXT, at.x, at.y);
        let (keep, opacity) = (p[7], p[8]);
        let c = new.c.zip(
            old.c,
            #[inline(always)]
            |n, o| n.mix(n.max(o * keep), opacity),
        );
        Rgba { c, a: new.a.mix(new.a.max(old.a * keep), opacity) }
    }
}

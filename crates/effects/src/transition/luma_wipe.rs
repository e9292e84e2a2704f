//! Wipes in the order of a picture's brightness.
use super::INCLUDE_AUDIO;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba};

/// Dark parts of `image` change first, bright ones last: with luma l (BT.709 weights,
/// display-encoded, times alpha), progress p and softness s the incoming picture's share is 1 −
/// smoothstep(p·(1 + s) − s, p·(1 + s), l), as in MLT's transition "luma".
pub static SPEC: TransitionSpec = TransitionSpec::new(
    "luma-wipe",
    "Luma Wipe",
    &[
        ParamSpec::media("image", "Image"),
        ParamSpec::number("softness", "Softness", 0.1, 0.0, 1.0, Unit::None),
        ParamSpec::switch("invert", "Bright first", false),
        INCLUDE_AUDIO,
    ],
    TransitionFamily::Wipe,
    TransitionKind::Driven { outgoing: &Mix(Share::<false>), incoming: &Mix(Share::<true>) },
    |v, progress, _| uniforms(v.number(1), v.bool(2), progress),
);

/// Like [`SPEC`] with the outgoing picture's own luma: its dark parts are replaced first, its
/// bright ones last.
pub static FADE: TransitionSpec = TransitionSpec::new(
    "luma-fade",
    "Luma Fade",
    &[
        ParamSpec::number("softness", "Softness", 0.3, 0.0, 1.0, Unit::None),
        ParamSpec::switch("invert", "Bright first", false),
        INCLUDE_AUDIO,
    ],
    TransitionFamily::Dissolve,
    TransitionKind::Driven { outgoing: &Mix(Share::<false>), incoming: &Mix(Share::<true>) },
    |v, progress, _| uniforms(v.number(0), v.bool(1), progress),
);

/// Returns `[offset and factor of luma, bright end of the edge, 1 / softness]`.
fn uniforms(softness: f32, bright_first: bool, progress: f32) -> Uniforms {
    // Even a hard edge must be wider than rounding errors.
    let soft = softness.max(1.0 / 1024.0);
    let (offset, factor) = if bright_first { (1.0, -1.0) } else { (0.0, 1.0) };
    Uniforms::new(&[offset, factor, progress * (1.0 + soft), 1.0 / soft])
}

struct Share<const INCOMING: bool>;

impl<const INCOMING: bool> MixKernel for Share<INCOMING> {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], side: Rgba<R>, map: Rgba<R>, _: At<R>) -> Rgba<R> {
        let luma = map.c.luma().saturate() * map.a * p[1] + p[0];
        let t = ((p[2] - luma) * p[3]).saturate();
        let incoming = t * t * (R::from(3.0) - t * 2.0);
        let share = if INCOMING { incoming } else { R::from(1.0) - incoming };
        Rgba { c: side.c.scale(share), a: side.a * share }
    }
}

//! Straight wipes with a soft edge. The name says in which direction the edge moves.
use super::INCLUDE_AUDIO;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};

const PARAMS: &[ParamSpec] =
    &[ParamSpec { id: "softness", name: "Softness", kind: ParamKind::number(0.0, 0.0, 1.0), unit: Unit::None }, INCLUDE_AUDIO];

const fn wipe(id: &'static str, name: &'static str, prepare: fn(Params<'_>, f32, &EffectFrame) -> Uniforms) -> TransitionSpec {
    TransitionSpec::new(id, name, PARAMS, TransitionFamily::Wipe, TransitionKind::Mix(&Mix(Wipe)), prepare)
}

/// The edge moves from right to left.
pub static LEFT: TransitionSpec = wipe("wipe-left", "Wipe Left", |v, p, r| uniforms(v, p, r.width_px, [-1.0, 0.0], r.width_px));
/// The edge moves from left to right.
pub static RIGHT: TransitionSpec = wipe("wipe-right", "Wipe Right", |v, p, r| uniforms(v, p, r.width_px, [1.0, 0.0], 0.0));
/// The edge moves from bottom to top.
pub static UP: TransitionSpec = wipe("wipe-up", "Wipe Up", |v, p, r| uniforms(v, p, r.height_px, [0.0, -1.0], r.height_px));
/// The edge moves from top to bottom.
pub static DOWN: TransitionSpec = wipe("wipe-down", "Wipe Down", |v, p, r| uniforms(v, p, r.height_px, [0.0, 1.0], 0.0));

/// Returns `[direction x, direction y, offset, edge position px, 1 / edge width px]`; the distance
/// along the direction is `x·dx + y·dy + offset`.
fn uniforms(v: Params<'_>, progress: f32, length_px: f32, direction: [f32; 2], offset_px: f32) -> Uniforms {
    let soft_px = (v.number(0) * length_px).max(1.0);
    // The edge starts and ends outside the canvas, so that progress 0 and 1 are pure pictures.
    Uniforms::new(&[direction[0], direction[1], offset_px, progress * (length_px + soft_px), 1.0 / soft_px])
}

struct Wipe;

impl MixKernel for Wipe {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, at: At<R>) -> Rgba<R> {
        let d = at.x * p[0] + at.y * p[1] + p[2];
        let k = ((p[3] - d) * p[4]).saturate();
        Rgba { c: rgb(f.c.r.mix(t.c.r, k), f.c.g.mix(t.c.g, k), f.c.b.mix(t.c.b, k)), a: f.a.mix(t.a, k) }
    }
}

//! Dips: the outgoing picture fades to a colour in the first half, the incoming one fades in from
//! it in the second.
use super::INCLUDE_AUDIO;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};

const fn dip(
    id: &'static str,
    name: &'static str,
    params: &'static [ParamSpec],
    prepare: fn(Params<'_>, f32, &crate::EffectFrame) -> Uniforms,
) -> TransitionSpec {
    TransitionSpec::new(id, name, params, TransitionFamily::Dissolve, TransitionKind::Mix(&Mix(Dip)), prepare)
}

/// Dip to black.
pub static TO_BLACK: TransitionSpec = dip("dip-to-black", "Dip to Black", &[INCLUDE_AUDIO], |_, p, _| uniforms(p, [0.0, 0.0, 0.0]));
/// Dip to white.
pub static TO_WHITE: TransitionSpec = dip("dip-to-white", "Dip to White", &[INCLUDE_AUDIO], |_, p, _| uniforms(p, [1.0, 1.0, 1.0]));
/// Dip to a colour.
pub static TO_COLOR: TransitionSpec = dip(
    "dip-to-color",
    "Dip to Colour",
    &[
        ParamSpec { id: "color", name: "Colour", kind: ParamKind::Color { default: [0.0, 0.0, 0.0, 1.0] }, unit: Unit::None },
        INCLUDE_AUDIO,
    ],
    |v, p, _| {
        let c = v.color(0);
        uniforms(p, [c[0], c[1], c[2]])
    },
);

/// Returns `[second half?, share of the colour, r, g, b]`.
fn uniforms(progress: f32, c: [f32; 3]) -> Uniforms {
    Uniforms::new(&[if progress < 0.5 { 0.0 } else { 1.0 }, 1.0 - (2.0 * progress - 1.0).abs(), c[0], c[1], c[2]])
}

struct Dip;

impl MixKernel for Dip {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        let second = p[0].gt(0.5);
        let (r, g) = (R::select(second, t.c.r, f.c.r), R::select(second, t.c.g, f.c.g));
        let (b, a) = (R::select(second, t.c.b, f.c.b), R::select(second, t.a, f.a));
        Rgba { c: rgb(r.mix(p[2], p[1]), g.mix(p[3], p[1]), b.mix(p[4], p[1])), a: a.mix(R::from(1.0), p[1]) }
    }
}

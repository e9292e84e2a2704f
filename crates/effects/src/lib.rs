//! The catalogue: effects, blend modes, transitions and colour conversions, each a parameter table and a kernel, as data in a
//! list. Knows no devices and no projects.
//!
//! Adding an effect is one file in `effect/` and one line in [`EFFECTS`]; see `docs/adding-an-effect.md`.
#![forbid(unsafe_code)]

pub mod blend;
pub mod color;
pub mod effect;
pub mod spec;
pub mod transition;

pub use spec::{
    BlendSpec, Domain, EffectSpec, Family, ParamKind, ParamSpec, Params, Raster, SeparableWeights, Shape, TransitionSpec, Uniforms,
};

/// Every effect.
pub static EFFECTS: &[&EffectSpec] = &[
    &effect::brightness::SPEC,
    &effect::contrast::SPEC,
    &effect::saturation::SPEC,
    &effect::exposure::SPEC,
    &effect::gaussian_blur::SPEC,
    &effect::vignette::SPEC,
    &effect::chroma_key::SPEC,
];

/// Every blend mode.
pub static BLEND_MODES: &[&BlendSpec] = &[&blend::normal::SPEC];

/// Every transition.
pub static TRANSITIONS: &[&TransitionSpec] = &[
    &transition::crossfade::SPEC,
    &transition::dip::TO_BLACK,
    &transition::dip::TO_WHITE,
    &transition::dip::TO_COLOR,
    &transition::wipe::LEFT,
    &transition::wipe::RIGHT,
    &transition::wipe::UP,
    &transition::wipe::DOWN,
];

/// The effect with this id.
pub fn effect(id: &str) -> Option<&'static EffectSpec> {
    EFFECTS.iter().find(|e| e.id == id).copied()
}
/// The blend mode with this id.
pub fn blend_mode(id: &str) -> Option<&'static BlendSpec> {
    BLEND_MODES.iter().find(|e| e.id == id).copied()
}
/// The transition with this id.
pub fn transition(id: &str) -> Option<&'static TransitionSpec> {
    TRANSITIONS.iter().find(|e| e.id == id).copied()
}

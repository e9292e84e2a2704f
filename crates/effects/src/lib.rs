//! The catalogue: effects, blend modes, transitions and colour conversions, each a parameter table and a kernel, as data in a
//! list. Knows no devices and no projects.
//!
//! Adding an effect is one file in `effect/` and one line in `effect/mod.rs`; see `docs/adding-an-effect.md`.
#![forbid(unsafe_code)]

pub mod aliases;
pub mod blend;
pub mod color;
pub mod cost;
pub mod effect;
mod hue;
pub mod look;
mod noise;
pub mod spec;
pub mod transition;

pub use blend::BLEND_MODES;
pub use effect::{EFFECTS, gaussian_blur::gaussian};
pub use spec::{
    BlendSpec, Domain, EffectSpec, Family, ParamKind, ParamSpec, Params, Raster, SeparableWeights, Shape, Step, TransitionFamily,
    TransitionShape, TransitionSpec, TransitionStep, Uniforms, frame_seed,
};

pub use transition::TRANSITIONS;

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

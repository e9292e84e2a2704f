//! The catalogue of effects, sound effects, blend modes, transitions and colour conversions. Each entry is data: a
//! parameter table and a kernel that both back ends run.
//!
//! This crate does not depend on devices or projects: callers look entries up by id, pass parameter
//! values, and receive kernels with their uniforms.
//!
//! Adding an effect takes one file in `effect/` and one line in `effect/mod.rs`; see
//! `docs/adding-an-effect.md`.
#![forbid(unsafe_code)]

pub mod blend;
pub mod catalog;
pub mod color;
pub mod cost;
pub mod curve;
pub mod effect;
mod hue;
pub mod lut;
mod noise;
mod probe;
pub mod sound;
pub mod spec;
pub mod transition;

pub use blend::{BLEND_MODES, NORMAL};
pub use catalog::{BlendRef, Catalog, CatalogError, EffectRef, EntryRef, TransitionRef};
pub use effect::{EFFECTS, gaussian_blur::gaussian};
pub use sound::{SOUND_EFFECTS, SoundSpec};
pub use spec::{
    BlendSpec, Domain, EffectFamily, EffectFrame, EffectKind, EffectSpec, Entry, ParamKind, ParamSpec, Params, RuntimeEffect,
    SeparableWeights, Step, TransitionFamily, TransitionKind, TransitionSpec, TransitionStep, Uniforms, Unit, WideSteps,
    frame_seed,
};
pub use transition::TRANSITIONS;

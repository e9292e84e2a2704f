//! Sound effects. Each is a parameter table and a processor that works on blocks of samples, in a
//! file of its own; the list is [`SOUND_EFFECTS`].
//!
//! A processor has state, and gets consecutive blocks of [`BLOCK_SAMPLES`] samples. What calls it
//! keeps the blocks on a grid that begins at sample 0 of the composition, starts it early enough
//! that what came before is forgotten ([`SoundSpec::settling_secs`]), and moves the result to where
//! it belongs ([`SoundSpec::latency_samples`]), so that a programme is the same however it is cut.
//! Results are the same on every machine: transcendental functions are those of the crate `libm`,
//! and nothing uses fused multiply-add.
mod ar;
pub mod chorus;
pub mod convolution_reverb;
mod convolver;
mod cuts;
pub mod de_click;
pub mod de_clip;
pub mod delay;
pub mod flanger;
mod frames;
mod lfo;
mod line;
mod noise_floor;
pub mod noise_reduction;
mod onset;
mod peaks;
pub mod phaser;
pub mod pitch_shift;
mod ramp;
pub mod reverb;
mod spade;
mod spec;
mod spectral_envelope;
pub mod spectral_gate;
mod stft;

pub mod tremolo;
#[cfg(test)]
mod trial;
pub mod volume;

pub use spec::{
    BLOCK_SAMPLES, Channel, Measured, SoundBlock, SoundFamily, SoundFormat, SoundParams, SoundProcessor, SoundSetup, SoundSpec,
};

/// All built-in sound effects, by id.
pub static SOUND_EFFECTS: &[&SoundSpec] = &[
    &chorus::SPEC,
    &convolution_reverb::SPEC,
    &de_click::SPEC,
    &de_clip::SPEC,
    &delay::SPEC,
    &flanger::SPEC,
    &noise_reduction::SPEC,
    &phaser::SPEC,
    &pitch_shift::SPEC,
    &reverb::SPEC,
    &spectral_gate::SPEC,
    &tremolo::SPEC,
    &volume::SPEC,
];

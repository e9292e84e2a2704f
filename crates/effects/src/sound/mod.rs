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
pub mod band_pass;
pub mod channel_swap;
pub mod chorus;
pub mod compressor;
pub mod convolution_reverb;
mod convolver;
mod crossover;
mod cuts;
pub mod de_click;
pub mod de_clip;
pub mod de_esser;
pub mod delay;
pub mod duck;
mod dynamics;
pub mod eq;
pub mod expander;
mod exponent;
pub mod flanger;
mod frames;
pub mod high_pass;
pub mod high_shelf;
pub mod hum_notch;
mod level;
mod lfo;
pub mod limiter;
mod line;
pub mod low_pass;
pub mod low_shelf;
pub mod mid_side;
pub mod mono_sum;
pub mod multiband_compressor;
mod noise_floor;
pub mod noise_gate;
pub mod noise_reduction;
pub mod normalize;
pub mod notch;
mod onset;
mod oversample;
pub mod pan;
pub mod parametric_eq;
mod peaks;
pub mod phaser;
pub mod pitch_shift;
pub mod polarity_invert;
mod ramp;
pub mod reverb;
pub mod saturation;
mod spade;
mod spec;
mod spectral_envelope;
pub mod spectral_gate;
pub mod stereo_split;
pub mod stereo_width;
mod stft;
mod svf;
#[cfg(test)]
mod tests;
pub mod transient_shaper;
pub mod tremolo;
#[cfg(test)]
mod trial;
mod true_peak;
pub mod volume;

pub use spec::{
    BLOCK_SAMPLES, Channel, Measured, SoundBlock, SoundFamily, SoundFormat, SoundParams, SoundProcessor, SoundSetup, SoundSpec,
};

/// All built-in sound effects, by id.
pub static SOUND_EFFECTS: &[&SoundSpec] = &[
    &band_pass::SPEC,
    &channel_swap::SPEC,
    &chorus::SPEC,
    &compressor::SPEC,
    &convolution_reverb::SPEC,
    &de_click::SPEC,
    &de_clip::SPEC,
    &de_esser::SPEC,
    &delay::SPEC,
    &duck::SPEC,
    &eq::SPEC,
    &expander::SPEC,
    &flanger::SPEC,
    &high_pass::SPEC,
    &high_shelf::SPEC,
    &hum_notch::SPEC,
    &limiter::SPEC,
    &low_pass::SPEC,
    &low_shelf::SPEC,
    &mid_side::SPEC,
    &mono_sum::SPEC,
    &multiband_compressor::SPEC,
    &noise_gate::SPEC,
    &noise_reduction::SPEC,
    &normalize::SPEC,
    &notch::SPEC,
    &pan::SPEC,
    &parametric_eq::SPEC,
    &phaser::SPEC,
    &pitch_shift::SPEC,
    &polarity_invert::SPEC,
    &reverb::SPEC,
    &saturation::SPEC,
    &spectral_gate::SPEC,
    &stereo_split::SPEC,
    &stereo_width::SPEC,
    &transient_shaper::SPEC,
    &tremolo::SPEC,
    &volume::SPEC,
];

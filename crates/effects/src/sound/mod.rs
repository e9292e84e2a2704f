//! Sound effects. Each is a parameter table and a processor that works on blocks of samples, in a
//! file of its own; the list is [`SOUND_EFFECTS`].
//!
//! A processor has state, and gets consecutive blocks of [`BLOCK_SAMPLES`] samples. What calls it
//! keeps the blocks on a grid that begins at sample 0 of the composition, starts it early enough
//! that what came before is forgotten ([`SoundSpec::settling_secs`]), and moves the result to where
//! it belongs ([`SoundSpec::latency_samples`]), so that a programme is the same however it is cut.
//! Results are the same on every machine: transcendental functions are those of the crate `libm`,
//! and nothing uses fused multiply-add.
pub mod band_pass;
pub mod channel_swap;
pub mod compressor;
mod crossover;
pub mod de_esser;
pub mod duck;
mod dynamics;
pub mod eq;
pub mod expander;
pub mod high_pass;
pub mod high_shelf;
pub mod hum_notch;
mod level;
pub mod limiter;
pub mod low_pass;
pub mod low_shelf;
pub mod mid_side;
pub mod mono_sum;
pub mod multiband_compressor;
pub mod noise_gate;
pub mod normalize;
pub mod notch;
mod oversample;
pub mod pan;
pub mod parametric_eq;
pub mod polarity_invert;
pub mod saturation;
mod spec;
pub mod stereo_split;
pub mod stereo_width;
mod svf;
#[cfg(test)]
mod tests;
pub mod transient_shaper;
mod true_peak;
pub mod volume;

pub use spec::{
    BLOCK_SAMPLES, Channel, Measured, SoundBlock, SoundFamily, SoundFormat, SoundParams, SoundProcessor, SoundSetup, SoundSpec,
};

/// All built-in sound effects, by id.
pub static SOUND_EFFECTS: &[&SoundSpec] = &[
    &band_pass::SPEC,
    &channel_swap::SPEC,
    &compressor::SPEC,
    &de_esser::SPEC,
    &duck::SPEC,
    &eq::SPEC,
    &expander::SPEC,
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
    &normalize::SPEC,
    &notch::SPEC,
    &pan::SPEC,
    &parametric_eq::SPEC,
    &polarity_invert::SPEC,
    &saturation::SPEC,
    &stereo_split::SPEC,
    &stereo_width::SPEC,
    &transient_shaper::SPEC,
    &volume::SPEC,
];

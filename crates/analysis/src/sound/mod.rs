//! Analyses sound: where it is silent, where beats are, what is speech and what music, how one
//! recording lies to another one of the same event, its spectrum, and its levels for display.
//!
//! Samples are `f32` with full scale ±1.0, one slice per channel. What may be hours long is added
//! block by block, and only features are kept of it: a few bytes for some milliseconds. Results are
//! the same for any sizes of blocks.
pub mod align;
pub mod arrange;
pub mod beats;
mod frames;
pub mod meters;
mod refine;
mod resample;
pub mod segments;
pub mod silence;
pub mod spectrogram;
pub mod spectrum;
mod transform;
mod window;

/// The mean of all channels, up to the shortest one's length.
pub(crate) fn mix_down(planes: &[impl AsRef<[f32]>], mono: &mut Vec<f32>) {
    mono.clear();
    let Some(length) = planes.iter().map(|p| p.as_ref().len()).min() else { return };
    mono.resize(length, 0.0);
    let gain = 1.0 / planes.len() as f32;
    for plane in planes {
        for (m, x) in mono.iter_mut().zip(plane.as_ref()) {
            *m += x * gain;
        }
    }
}

/// 20·log₁₀ of an amplitude; −∞ for 0.
pub(crate) fn decibels(amplitude: f64) -> f64 {
    20.0 * libm::log10(amplitude)
}

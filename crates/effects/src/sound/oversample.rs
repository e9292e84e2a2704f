//! Four-fold oversampling for effects that bend the wave: what they create above half the sampling
//! rate is removed instead of folding back.
//!
//! Both filters are the same linear-phase low-pass, a sinc with a Kaiser window (Oppenheim and
//! Schafer, "Discrete-Time Signal Processing", §7.5.3; β = 8: −80 dB) that is flat to 0.42 and
//! closed from 0.53 times the sampling rate.
use super::BLOCK_SAMPLES;
use std::f64::consts::PI;

/// Samples for each one of the block.
pub(super) const FACTOR: usize = 4;
/// By how many samples the result is later: both filters delay by half of their length.
pub(super) const LATENCY_SAMPLES: usize = TAPS;
/// Samples of the block that a filter spans.
const TAPS: usize = 48;
/// Shape of the window.
const BETA: f64 = 8.0;
/// Middle of the transition, over the sampling rate.
const CUTOFF: f64 = 0.475;
/// An oversampled block by phase: `[p][i]` is the fine sample `p` after sample `i`.
pub(super) type Fine = [[f32; BLOCK_SAMPLES]; FACTOR];

/// The filters' taps by phase, for the sample `TAPS − t` before the newest one.
pub(super) struct Taps {
    up: [[f32; TAPS + 1]; FACTOR],
    down: [[f32; TAPS + 1]; FACTOR],
}

/// Modified Bessel function of the first kind of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..60 {
        term *= (0.5 * x / f64::from(k)) * (0.5 * x / f64::from(k));
        sum += term;
    }
    sum
}

impl Taps {
    /// Designs the filters.
    pub fn new() -> Self {
        let length = TAPS * FACTOR;
        // Around tap `length / 2`, so that the delay is a whole number of samples; tap 0 is 0.
        let mut fine: Vec<f64> = (0..length)
            .map(|i| {
                let x = i as f64 - (length / 2) as f64;
                let inside = 1.0 - (2.0 * x / length as f64) * (2.0 * x / length as f64);
                let window = if i == 0 { 0.0 } else { bessel(BETA * inside.max(0.0).sqrt()) / bessel(BETA) };
                let at = 2.0 * CUTOFF * x / FACTOR as f64;
                let sinc = if x == 0.0 { 1.0 } else { libm::sin(PI * at) / (PI * at) };
                window * sinc
            })
            .collect();
        let sum: f64 = fine.iter().sum();
        fine.iter_mut().for_each(|x| *x /= sum);
        let at = |i: Option<usize>| i.and_then(|i| fine.get(i)).copied().unwrap_or(0.0);
        // Up: fine sample 4·i + p is the sum over k of tap 4·k + p times sample i − k. Down: sample
        // i is the sum of tap 4·k − p times fine sample 4·(i − k) + p.
        let up = |p: usize, k: usize| at(Some(FACTOR * k + p)) * FACTOR as f64;
        let down = |p: usize, k: usize| at((FACTOR * k).checked_sub(p));
        Self {
            up: std::array::from_fn(|p| std::array::from_fn(|t| up(p, TAPS - t) as f32)),
            down: std::array::from_fn(|p| std::array::from_fn(|t| down(p, TAPS - t) as f32)),
        }
    }
}

/// A block with the samples before it.
type Long = [f32; TAPS + BLOCK_SAMPLES];

/// Adds a filtered block.
fn add(sums: &mut [f32; BLOCK_SAMPLES], taps: &[f32; TAPS + 1], long: &Long) {
    for (tap, window) in taps.iter().zip(long.windows(BLOCK_SAMPLES)) {
        sums.iter_mut().zip(window).for_each(|(sum, x)| *sum += tap * x);
    }
}

/// The past of one channel.
pub(super) struct Oversampler {
    coarse: [f32; TAPS],
    fine: [[f32; TAPS]; FACTOR],
}

impl Oversampler {
    pub fn new() -> Self {
        Self { coarse: [0.0; TAPS], fine: [[0.0; TAPS]; FACTOR] }
    }

    /// Applies a function to the oversampled block.
    pub fn process(&mut self, taps: &Taps, samples: &mut [f32; BLOCK_SAMPLES], bend: impl FnOnce(&mut Fine)) {
        let coarse = continued(&mut self.coarse, samples);
        let mut fine: Fine = [[0.0; BLOCK_SAMPLES]; FACTOR];
        fine.iter_mut().zip(&taps.up).for_each(|(fine, taps)| add(fine, taps, &coarse));
        bend(&mut fine);
        *samples = [0.0; BLOCK_SAMPLES];
        for ((past, fine), taps) in self.fine.iter_mut().zip(&fine).zip(&taps.down) {
            add(samples, taps, &continued(past, fine));
        }
    }
}

/// Puts the past before a block, and makes the end of that the new past.
fn continued(past: &mut [f32; TAPS], block: &[f32; BLOCK_SAMPLES]) -> Long {
    let mut long = [0.0; TAPS + BLOCK_SAMPLES];
    long[..TAPS].copy_from_slice(past);
    long[TAPS..].copy_from_slice(block);
    past.copy_from_slice(&long[BLOCK_SAMPLES..]);
    long
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oversampled(sound: &[f32]) -> Vec<f32> {
        let (taps, mut over, mut out) = (Taps::new(), Oversampler::new(), Vec::new());
        for block in sound.chunks_exact(BLOCK_SAMPLES) {
            let mut samples: [f32; BLOCK_SAMPLES] = block.try_into().unwrap();
            over.process(&taps, &mut samples, |_| {});
            out.extend(samples);
        }
        out
    }

    /// Up and down again is a pure delay for what is below 20 kHz at 48 kHz.
    #[test]
    fn transparent() {
        for hz in [100.0, 5000.0, 15_000.0, 19_500.0] {
            let tone = crate::sound::tests::sine(hz, 0.5, 6400);
            let out = oversampled(&tone);
            let error = tone[1000..6000].iter().zip(&out[1000 + LATENCY_SAMPLES..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(error < 5e-4, "{hz}: {error}");
        }
    }
}

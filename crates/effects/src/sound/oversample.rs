//! Four-fold oversampling for effects that bend the wave: what they create above half the sampling
//! rate is removed instead of folding back.
//!
//! Both filters are the same linear-phase low-pass, a sinc with a Kaiser window (Oppenheim and Schafer,
//! "Discrete-Time Signal Processing", §7.5.3; β = 8: −80 dB) that is flat to 0.42 and closed from
//! 0.53 times the sampling rate.
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
/// Samples that are summed side by side.
const LANES: usize = 8;

/// An oversampled block.
pub(super) type Fine = [f32; BLOCK_SAMPLES * FACTOR];

/// The filters' taps by phase: `taps[p][t]` weighs the sample `t` before the newest one for the fine
/// sample `p` after it.
pub(super) struct Taps([[f32; TAPS]; FACTOR], [f32; TAPS * FACTOR]);

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
        let up = std::array::from_fn(|p| std::array::from_fn(|t| (fine[t * FACTOR + p] * FACTOR as f64) as f32));
        // Reversed: the oldest sample first.
        Self(up, std::array::from_fn(|i| fine[length - 1 - i] as f32))
    }
}

/// A sum of products in a fixed order that several can be computed of at once.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    lanes.iter().sum()
}

/// The past of one channel.
pub(super) struct Oversampler {
    /// Newest sample last.
    coarse: [f32; TAPS - 1],
    fine: [f32; TAPS * FACTOR],
}

impl Oversampler {
    pub fn new() -> Self {
        Self { coarse: [0.0; TAPS - 1], fine: [0.0; TAPS * FACTOR] }
    }

    /// Applies a function to the oversampled block.
    pub fn process(&mut self, taps: &Taps, samples: &mut [f32; BLOCK_SAMPLES], bend: impl FnOnce(&mut Fine)) {
        let mut coarse = [0.0f32; TAPS - 1 + BLOCK_SAMPLES];
        coarse[..TAPS - 1].copy_from_slice(&self.coarse);
        coarse[TAPS - 1..].copy_from_slice(samples);
        self.coarse.copy_from_slice(&coarse[BLOCK_SAMPLES..]);
        let mut fine: Fine = [0.0; BLOCK_SAMPLES * FACTOR];
        let reversed: [[f32; TAPS]; FACTOR] = std::array::from_fn(|p| std::array::from_fn(|t| taps.0[p][TAPS - 1 - t]));
        for (window, out) in coarse.windows(TAPS).zip(fine.chunks_exact_mut(FACTOR)) {
            out.iter_mut().zip(&reversed).for_each(|(out, taps)| *out = dot(window, taps));
        }
        bend(&mut fine);
        let mut all = [0.0f32; (TAPS + BLOCK_SAMPLES) * FACTOR];
        all[..TAPS * FACTOR].copy_from_slice(&self.fine);
        all[TAPS * FACTOR..].copy_from_slice(&fine);
        self.fine.copy_from_slice(&all[BLOCK_SAMPLES * FACTOR..]);
        // The newest fine sample of output `i` is the one at its own time: `TAPS·FACTOR + i·FACTOR`.
        for (i, x) in samples.iter_mut().enumerate() {
            let end = (TAPS + i) * FACTOR + 1;
            *x = dot(&all[end - TAPS * FACTOR..end], &taps.1);
        }
    }
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

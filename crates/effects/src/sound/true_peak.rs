//! A true-peak limiter with look-ahead: no output exceeds a ceiling, also between samples.
//!
//! For every sample the true peak over all channels is estimated by four-fold oversampling (as in
//! ITU-R BS.1770-4 annex 2). The gain that keeps it below the ceiling is held over the look-ahead,
//! released exponentially and smoothed by a moving average as long as the look-ahead, which makes
//! it fall smoothly and reach its lowest value no later than the peak does. All channels get the
//! same gain, so that the stereo image stays. Nothing is allocated once it is made.
use super::level::sample;
use super::{BLOCK_SAMPLES, Channel};
use std::f64::consts::PI;

/// Taps of the oversampling filter: more than the 12 of the standard, so that peaks of high
/// frequencies are found as well.
const TAPS: usize = 32;
/// No position between samples yields more than this times the largest sample: above the sums of
/// the magnitudes of the taps.
const MOST_OVERSHOOT: f64 = 2.6;
/// Positions between two samples at which the peak is estimated.
const PHASES: usize = 3;

/// The taps of all phases: a sinc under a Hann window, the positions 1/4, 2/4 and 3/4 after the
/// sample TAPS / 2 − 1.
fn taps() -> [[f32; TAPS]; PHASES] {
    std::array::from_fn(|phase| {
        std::array::from_fn(|tap| {
            let x = tap as f64 - (TAPS / 2 - 1) as f64 - (phase + 1) as f64 / (PHASES + 1) as f64;
            let window = libm::cos(PI * x / (TAPS + 1) as f64);
            (libm::sin(PI * x) / (PI * x) * window * window) as f32
        })
    })
}

/// Samples by which gains are held longer than the look-ahead, so that all gains that are averaged
/// for a sample include those needed on both sides of it.
const HOLD: usize = 2;

/// Limits blocks of sound in place; the output is later by [`TruePeakLimiter::latency_samples`].
pub(super) struct TruePeakLimiter {
    taps: [[f32; TAPS]; PHASES],
    /// Length of the look-ahead and of the moving average, samples.
    window: usize,
    /// Samples that are not output yet, by channel.
    delayed: Vec<Vec<f32>>,
    delayed_at: usize,
    /// The newest samples of each channel before the block, for the oversampling filter.
    history: Vec<[f32; TAPS - 1]>,
    /// Gains within the look-ahead whose successors are all larger, a ring: (sample, gain).
    lowest: Vec<(u64, f64)>,
    lowest_start: usize,
    lowest_len: usize,
    /// Gain after release.
    released: f64,
    /// The gains of the moving average, a ring, and their sum.
    average: Vec<f64>,
    average_at: usize,
    sum: f64,
    /// How many gains of the moving average are below 1.
    reducing: usize,
    /// Samples taken so far.
    taken: u64,
}

impl TruePeakLimiter {
    /// By how many samples the output of a limiter with this look-ahead is later than its input.
    pub fn latency_samples(look_ahead_secs: f64, rate_hz: u32) -> usize {
        // The moving average ends at the sample that is output, the look-ahead begins there; the
        // filter's peak is that of the sample TAPS / 2 before the newest one.
        window(look_ahead_secs, rate_hz) + TAPS / 2
    }

    /// A limiter without a past.
    pub fn new(look_ahead_secs: f64, rate_hz: u32, channels: usize) -> Self {
        let window = window(look_ahead_secs, rate_hz);
        Self {
            taps: taps(),
            window,
            delayed: vec![vec![0.0; window + TAPS / 2]; channels],
            delayed_at: 0,
            history: vec![[0.0; TAPS - 1]; channels],
            lowest: vec![(0, 1.0); window + HOLD + 1],
            lowest_start: 0,
            lowest_len: 0,
            released: 1.0,
            average: vec![1.0; window],
            average_at: 0,
            sum: window as f64,
            reducing: 0,
            taken: 0,
        }
    }

    /// Limits a block. The ceiling changes linearly from `from` to `to`; it is a factor. `release`
    /// is what is left of a reduction after a sample.
    pub fn process(&mut self, channels: &mut [Channel], from: f64, to: f64, release: f64) {
        let peaks = self.peaks(channels, from.min(to));
        let mut gains = [1.0; BLOCK_SAMPLES];
        for (i, (gain, peak)) in gains.iter_mut().zip(peaks).enumerate() {
            let ceiling = super::level::between(from, to, i);
            *gain = self.smoothed(if peak > ceiling { ceiling / peak } else { 1.0 }, release);
        }
        let mut at = self.delayed_at;
        for (channel, delayed) in channels.iter_mut().zip(&mut self.delayed) {
            at = self.delayed_at;
            for (i, (x, gain)) in channel.iter_mut().zip(gains).enumerate() {
                std::mem::swap(x, &mut delayed[at]);
                at = if at + 1 == delayed.len() { 0 } else { at + 1 };
                if gain < 1.0 {
                    let ceiling = super::level::between(from, to, i);
                    *x = sample((f64::from(*x) * gain).clamp(-ceiling, ceiling));
                }
            }
        }
        self.delayed_at = at;
    }

    /// The true peak around the sample TAPS / 2 before each sample; 0 if all are below the ceiling.
    fn peaks(&mut self, channels: &[Channel], ceiling: f64) -> [f64; BLOCK_SAMPLES] {
        let mut peaks = [0.0f32; BLOCK_SAMPLES];
        for (channel, history) in channels.iter().zip(&mut self.history) {
            let mut samples = [0.0f32; BLOCK_SAMPLES + TAPS - 1];
            samples[..TAPS - 1].copy_from_slice(history);
            samples[TAPS - 1..].copy_from_slice(channel);
            history.copy_from_slice(&samples[BLOCK_SAMPLES..]);
            let largest = samples.iter().fold(0.0f32, |a, x| a.max(x.abs()));
            if f64::from(largest) * MOST_OVERSHOOT < ceiling {
                continue;
            }
            // The samples on both sides, and the positions between them.
            for middle in [TAPS / 2 - 1, TAPS / 2] {
                peaks.iter_mut().zip(&samples[middle..]).for_each(|(peak, x)| *peak = peak.max(x.abs()));
            }
            for taps in &self.taps {
                let mut sums = [0.0f32; BLOCK_SAMPLES];
                for (tap, window) in taps.iter().zip(samples.windows(BLOCK_SAMPLES)) {
                    sums.iter_mut().zip(window).for_each(|(sum, x)| *sum += tap * x);
                }
                peaks.iter_mut().zip(sums).for_each(|(peak, sum)| *peak = peak.max(sum.abs()));
            }
        }
        peaks.map(f64::from)
    }

    /// The gain for the sample that is output when `gain` is needed for the newest one.
    fn smoothed(&mut self, gain: f64, release: f64) -> f64 {
        let size = self.lowest.len();
        // The lowest gain of the look-ahead.
        while self.lowest_len > 0 && self.lowest[(self.lowest_start + self.lowest_len - 1) % size].1 >= gain {
            self.lowest_len -= 1;
        }
        self.lowest[(self.lowest_start + self.lowest_len) % size] = (self.taken, gain);
        self.lowest_len += 1;
        while self.lowest[self.lowest_start].0 + (self.window + HOLD) as u64 <= self.taken {
            self.lowest_start = (self.lowest_start + 1) % size;
            self.lowest_len -= 1;
        }
        let held = self.lowest[self.lowest_start].1;
        let left = (1.0 - self.released) * release;
        self.released = held.min(if left < 1e-9 { 1.0 } else { 1.0 - left });
        // The mean of as many gains: it has reached the lowest one when its sample is output.
        let oldest = std::mem::replace(&mut self.average[self.average_at], self.released);
        self.average_at = if self.average_at + 1 == self.window { 0 } else { self.average_at + 1 };
        self.reducing += usize::from(self.released < 1.0);
        self.reducing -= usize::from(oldest < 1.0);
        // Sums of rounded numbers drift; a new start whenever nothing is reduced.
        self.sum = if self.reducing == 0 { self.window as f64 } else { self.sum + (self.released - oldest) };
        self.taken += 1;
        (self.sum / self.window as f64).min(1.0)
    }
}

fn window(look_ahead_secs: f64, rate_hz: u32) -> usize {
    ((f64::from(rate_hz) * look_ahead_secs) as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_overshoot() {
        for phase in 0..PHASES {
            let sum: f64 = taps()[phase].iter().map(|t| f64::from(t.abs())).sum();
            assert!(sum < MOST_OVERSHOOT, "{sum}");
            let unity: f64 = taps()[phase].iter().map(|t| f64::from(*t)).sum();
            assert!((unity - 1.0).abs() < 0.001, "{unity}");
        }
    }
}

//! Meters for live display: sample peaks, quasi-peaks, RMS, correlation and balance of a stereo
//! pair. True peak and loudness are measured elsewhere.
//!
//! Each meter takes blocks of any sizes and shows its value at the end of what it was given.
mod ballistics;
mod stereo;

pub use ballistics::{PeakHold, PeakHoldSettings, PpmType, QuasiPeak};
pub use stereo::{StereoField, goniometer};

use crate::sound::decibels;
use std::collections::VecDeque;

/// Parts of a window of time over which a mean is taken.
const PARTS: usize = 100;

/// Sums of `N` values over the last window, to a hundredth of its length.
struct Recent<const N: usize> {
    rate_hz: u64,
    /// Duration of the window in nanoseconds, so that parts are counted without rounding.
    window_ns: u64,
    samples: u64,
    parts: u64,
    current: [f64; N],
    ring: VecDeque<[f64; N]>,
}

impl<const N: usize> Recent<N> {
    fn new(rate_hz: u32, window_secs: f64) -> Self {
        let rate_hz = u64::from(rate_hz.max(1));
        // A part has at least one sample.
        let shortest = PARTS as f64 / rate_hz as f64;
        let window_ns = (window_secs.clamp(shortest, 3_600.0) * 1e9).round() as u64;
        Self { rate_hz, window_ns, samples: 0, parts: 0, current: [0.0; N], ring: VecDeque::with_capacity(PARTS) }
    }

    /// Number of the sample that ends the current part.
    fn end(&self) -> u64 {
        let ends = u128::from(self.parts + 1) * u128::from(self.window_ns) * u128::from(self.rate_hz);
        (ends / (PARTS as u128 * 1_000_000_000)) as u64
    }

    /// Adds the values of `length` samples, of which `values` makes the sums of a part.
    fn add(&mut self, length: usize, mut values: impl FnMut(std::ops::Range<usize>) -> [f64; N]) {
        let mut from = 0;
        while from < length {
            let end = self.end();
            let to = length.min(from + end.saturating_sub(self.samples) as usize);
            if to > from {
                let sums = values(from..to);
                for (sum, value) in self.current.iter_mut().zip(sums) {
                    *sum += value;
                }
            }
            self.samples += (to - from) as u64;
            from = to;
            if self.samples >= end {
                if self.ring.len() == PARTS {
                    self.ring.pop_front();
                }
                self.ring.push_back(std::mem::replace(&mut self.current, [0.0; N]));
                self.parts += 1;
            }
        }
    }

    /// Sums over the last complete parts, of which there are fewer at the start.
    fn sums(&self) -> [f64; N] {
        let mut total = [0.0; N];
        for part in &self.ring {
            for (sum, value) in total.iter_mut().zip(part) {
                *sum += value;
            }
        }
        total
    }

    /// Samples in a full window.
    fn samples_of_window(&self) -> f64 {
        self.window_ns as f64 * self.rate_hz as f64 / 1e9
    }
}

/// Root mean square of one channel over a window; what was before the first sample is silence.
pub struct Rms {
    recent: Recent<1>,
}

impl Rms {
    /// Usual are 300 ms, as of VU meters (IEC 60268-17).
    pub fn new(rate_hz: u32, window_secs: f64) -> Self {
        Self { recent: Recent::new(rate_hz, window_secs) }
    }

    /// Adds the next samples.
    pub fn add(&mut self, samples: &[f32]) {
        self.recent
            .add(samples.len(), |part| [samples.get(part).unwrap_or_default().iter().map(|&x| f64::from(x) * f64::from(x)).sum()]);
    }

    /// RMS in dBFS: −3.01 for a full-scale sine; −∞ for silence.
    pub fn dbfs(&self) -> f64 {
        let [sum] = self.recent.sums();
        decibels((sum / self.recent.samples_of_window()).sqrt())
    }
}

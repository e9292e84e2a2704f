//! The envelope of a spectrum: what is left of a voice without its pitch.
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// Periods of the pitch shorter than this are taken for the envelope, in seconds: 600 Hz.
const SHORTEST_PERIOD_SECS: f64 = 0.001_6;

/// How often the envelope is raised to the peaks.
const ROUNDS: usize = 4;

/// Gains are at most this, in natural logarithms: 40 dB.
const LARGEST: f64 = 4.6;

/// The cepstrally smoothed spectrum, raised to its peaks by a few rounds: the "true envelope" of A.
/// Röbel and X. Rodet, "Efficient spectral envelope estimation and its application to pitch
/// shifting and envelope preservation" (DAFx 2005).
pub(super) struct SpectralEnvelope {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    /// The natural logarithm of the amplitude of each bin.
    log: Vec<f64>,
    smooth: Vec<f64>,
    bins: Vec<Complex<f64>>,
    time: Vec<f64>,
    scratch: Vec<Complex<f64>>,
    /// The weight of each quefrency, from 0 on.
    lifter: Vec<f64>,
}

impl SpectralEnvelope {
    /// For spectra of transforms of `size` samples.
    pub fn new(size: usize, rate_hz: u32) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let order = ((SHORTEST_PERIOD_SECS * f64::from(rate_hz)) as usize).clamp(4, size / 4);
        // A Hamming slope to the order; the inverse transform multiplies by the size.
        let weight = |i: usize| 0.54 + 0.46 * libm::cos(std::f64::consts::PI * i as f64 / order as f64);
        Self {
            log: vec![0.0; size / 2 + 1],
            smooth: vec![0.0; size / 2 + 1],
            bins: vec![Complex::default(); size / 2 + 1],
            time: vec![0.0; size],
            scratch: vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())],
            lifter: (0..order).map(|i| weight(i) / size as f64).collect(),
            forward,
            inverse,
        }
    }

    /// Estimates the envelope of a power spectrum.
    pub fn estimate(&mut self, power: &[f64]) {
        let floor = 1e-12 * power.iter().fold(1e-20, |a: f64, b| a.max(*b));
        self.log.iter_mut().zip(power).for_each(|(l, p)| *l = 0.5 * libm::log(p.max(floor)));
        for round in 0..ROUNDS {
            for ((bin, log), smooth) in self.bins.iter_mut().zip(&self.log).zip(&self.smooth) {
                *bin = Complex::new(if round == 0 { *log } else { log.max(*smooth) }, 0.0);
            }
            // Lengths are those of the plans.
            let _ = self.inverse.process_with_scratch(&mut self.bins, &mut self.time, &mut self.scratch);
            let (order, len) = (self.lifter.len(), self.time.len());
            self.time[order..=len - order].fill(0.0);
            for (i, w) in self.lifter.iter().enumerate() {
                self.time[i] *= w;
                if i > 0 {
                    self.time[len - i] *= w;
                }
            }
            let _ = self.forward.process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch);
            self.smooth.iter_mut().zip(&self.bins).for_each(|(s, b)| *s = b.re);
        }
    }

    /// The gain of what is moved from bin `from` to bin `to`, so that it fits the envelope
    /// stretched by `stretch`.
    pub fn gain(&self, from: f64, to: f64, stretch: f64) -> f64 {
        let last = self.smooth.len() - 1;
        let at = |bin: f64| self.smooth[(libm::round(bin.max(0.0)) as usize).min(last)];
        libm::exp((at(to / stretch) - at(from)).clamp(-LARGEST, LARGEST))
    }
}

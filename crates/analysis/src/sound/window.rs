//! Windows for spectra.
use std::f64::consts::TAU;

/// A window for spectra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Hann: narrow peaks, side lobes from −31 dB on, falling.
    Hann,
    /// Blackman–Harris with 4 terms: side lobes below −92 dB (F. J. Harris, "On the Use of Windows
    /// for Harmonic Analysis with the Discrete Fourier Transform", Proc. IEEE 66(1), 1978, table
    /// I).
    BlackmanHarris,
}

impl Window {
    /// All windows.
    pub const ALL: [Self; 2] = [Self::Hann, Self::BlackmanHarris];

    /// The terms of the sum of cosines, with alternating signs.
    fn terms(self) -> &'static [f64] {
        match self {
            Self::Hann => &[0.5, 0.5],
            Self::BlackmanHarris => &[0.35875, 0.48829, 0.14128, 0.01168],
        }
    }

    /// The window's samples: periodic, so that it is 0 or smallest at sample 0 and largest at
    /// `length / 2`.
    pub fn samples(self, length: usize) -> Vec<f32> {
        let value = |n: usize| -> f64 {
            let angle = TAU * n as f64 / length as f64;
            let term = |(k, a): (usize, &f64)| a * libm::cos(k as f64 * angle) * if k % 2 == 0 { 1.0 } else { -1.0 };
            self.terms().iter().enumerate().map(term).sum()
        };
        (0..length).map(|n| value(n) as f32).collect()
    }

    /// Equivalent noise bandwidth in bins (Harris 1978): Σ w² · N / (Σ w)².
    pub fn noise_bandwidth_bins(self) -> f64 {
        let terms = self.terms();
        let cosines: f64 = terms.iter().skip(1).map(|a| a * a).sum();
        let mean = terms.first().copied().unwrap_or(1.0);
        (mean * mean + cosines / 2.0) / (mean * mean)
    }
}

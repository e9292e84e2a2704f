//! Spectra: windows, magnitudes in dBFS, and the average over a stream.
pub use crate::sound::window::Window;
use crate::sound::{decibels, mix_down, transform::Transform};

/// Magnitude spectra of frames of mono sound; a sine with amplitude 1 at a bin's frequency reads
/// 0 dBFS.
pub struct Spectrum {
    rate_hz: u32,
    transform: Transform,
    /// Squared magnitude of a full-scale sine.
    full_scale: f64,
}

impl Spectrum {
    /// For frames of `length` samples (at least 2).
    pub fn new(rate_hz: u32, length: usize, window: Window) -> Self {
        let transform = Transform::new(length, window);
        let peak = f64::from(transform.gain()) / 2.0;
        Self { rate_hz, transform, full_scale: peak * peak }
    }

    /// Number of bins: from 0 Hz to half the rate.
    pub fn bins(&self) -> usize {
        self.transform.length() / 2 + 1
    }

    /// Frequency of a bin in Hz.
    pub fn frequency_hz(&self, bin: usize) -> f64 {
        bin as f64 * f64::from(self.rate_hz) / self.transform.length() as f64
    }

    /// Power of each bin of one frame relative to a full-scale sine. 0 Hz and half the rate, which
    /// have no mirrored half, read as a sine of the same peak does.
    pub fn powers(&mut self, frame: &[f32], out: &mut Vec<f32>) {
        let scale = (1.0 / self.full_scale) as f32;
        let even = self.transform.length().is_multiple_of(2);
        let bins = self.transform.run(frame);
        out.clear();
        out.extend(bins.iter().map(|b| b.norm_sqr() * scale));
        let last = out.len() - 1;
        for (k, power) in out.iter_mut().enumerate() {
            if k == 0 || (k == last && even) {
                *power *= 0.25;
            }
        }
    }

    /// The same in dBFS; −∞ for nothing.
    pub fn decibels(&mut self, frame: &[f32], out: &mut Vec<f32>) {
        self.powers(frame, out);
        for x in out {
            *x = 10.0 * libm::log10f(*x);
        }
    }
}

/// The average and the largest spectrum of a stream (P. D. Welch, "The Use of Fast Fourier
/// Transform for the Estimation of Power Spectra", IEEE Trans. AU-15, 1967), from frames that
/// overlap by half (Hann) or three quarters (Blackman–Harris).
pub struct AverageSpectrum {
    spectrum: Spectrum,
    hop: usize,
    buffer: Vec<f32>,
    mono: Vec<f32>,
    powers: Vec<f32>,
    sums: Vec<f64>,
    largest: Vec<f32>,
    frames: u64,
}

impl AverageSpectrum {
    /// For frames of `length` samples (at least 2).
    pub fn new(rate_hz: u32, length: usize, window: Window) -> Self {
        let spectrum = Spectrum::new(rate_hz, length, window);
        let (bins, length) = (spectrum.bins(), length.max(2));
        let hop = match window {
            Window::Hann => length / 2,
            Window::BlackmanHarris => length / 4,
        };
        Self {
            spectrum,
            hop: hop.max(1),
            buffer: Vec::new(),
            mono: Vec::new(),
            powers: Vec::new(),
            sums: vec![0.0; bins],
            largest: vec![0.0; bins],
            frames: 0,
        }
    }

    /// Adds the next samples, one slice per channel; their mean is measured.
    pub fn add(&mut self, planes: &[impl AsRef<[f32]>]) {
        mix_down(planes, &mut self.mono);
        self.buffer.extend_from_slice(&self.mono);
        let length = self.spectrum.transform.length();
        let mut start = 0;
        while let Some(frame) = self.buffer.get(start..start + length) {
            self.spectrum.powers(frame, &mut self.powers);
            for ((sum, largest), power) in self.sums.iter_mut().zip(&mut self.largest).zip(&self.powers) {
                *sum += f64::from(*power);
                *largest = largest.max(*power);
            }
            self.frames += 1;
            start += self.hop;
        }
        self.buffer.drain(..start.min(self.buffer.len()));
    }

    /// Frequency of a bin in Hz.
    pub fn frequency_hz(&self, bin: usize) -> f64 {
        self.spectrum.frequency_hz(bin)
    }

    /// Mean power of each bin in dBFS; −∞ before the first complete frame.
    pub fn mean_dbfs(&self) -> Vec<f64> {
        let frames = self.frames.max(1) as f64;
        self.sums.iter().map(|sum| decibels((sum / frames).sqrt())).collect()
    }

    /// Largest power of each bin in dBFS; −∞ before the first complete frame.
    pub fn largest_dbfs(&self) -> Vec<f64> {
        self.largest.iter().map(|p| decibels(f64::from(*p).sqrt())).collect()
    }
}

//! Samples between samples, for comparing recordings of different clocks.
use std::f64::consts::PI;

/// Zero crossings of the sinc on each side.
const CROSSINGS: usize = 16;
/// Tabulated values between two crossings; between them is a straight line (error below −90 dB).
const STEPS: usize = 512;

/// A windowed sinc as a table.
pub(crate) struct Sinc {
    table: Vec<f32>,
    /// Cutoff relative to half the input's rate.
    cutoff: f64,
}

impl Sinc {
    /// For `step` input samples per output sample.
    pub fn new(step: f64) -> Self {
        let value = |i: usize| {
            let x = i as f64 / STEPS as f64;
            let window = 0.5 + 0.5 * libm::cos(PI * x / CROSSINGS as f64);
            let sinc = if i == 0 { 1.0 } else { libm::sin(PI * x) / (PI * x) };
            (sinc * window) as f32
        };
        Self { table: (0..=CROSSINGS * STEPS + 1).map(value).collect(), cutoff: (1.0 / step).min(1.0) }
    }

    /// Input samples needed before and after a position.
    pub fn reach(&self) -> usize {
        (CROSSINGS as f64 / self.cutoff).ceil() as usize + 1
    }

    /// The value at a position in samples; outside there is silence.
    pub fn at(&self, samples: &[f32], position: f64) -> f32 {
        let reach = CROSSINGS as f64 / self.cutoff;
        let first = (position - reach).ceil().max(0.0) as usize;
        let end = ((position + reach).floor() + 1.0).clamp(0.0, samples.len() as f64) as usize;
        let mut sum = 0.0;
        for (i, x) in samples.get(first..end).unwrap_or_default().iter().enumerate() {
            let distance = (position - (first + i) as f64).abs() * self.cutoff * STEPS as f64;
            let (k, part) = (distance as usize, distance.fract() as f32);
            if let Some([a, b]) = self.table.get(k..k + 2) {
                sum += x * (a + (b - a) * part);
            }
        }
        sum * self.cutoff as f32
    }
}

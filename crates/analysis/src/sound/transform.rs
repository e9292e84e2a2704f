//! The Fourier transform of windowed frames.
use crate::sound::window::Window;
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex32;
use std::sync::Arc;

/// Transforms real frames of one length.
pub(crate) struct Transform {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    frame: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Transform {
    /// For frames of `length` samples, at least 2, which are multiplied by the window.
    pub fn new(length: usize, window: Window) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(length.max(2));
        let (frame, bins, scratch) = (plan.make_input_vec(), plan.make_output_vec(), plan.make_scratch_vec());
        Self { window: window.samples(frame.len()), plan, frame, bins, scratch }
    }

    /// Number of samples of a frame.
    pub fn length(&self) -> usize {
        self.frame.len()
    }

    /// Sum of the window's samples: the magnitude of a constant 1 in bin 0.
    pub fn gain(&self) -> f32 {
        self.window.iter().sum()
    }

    /// The bins from 0 Hz to half the rate. A shorter frame ends in silence.
    pub fn run(&mut self, frame: &[f32]) -> &[Complex32] {
        self.frame.fill(0.0);
        for ((out, x), w) in self.frame.iter_mut().zip(frame).zip(&self.window) {
            *out = x * w;
        }
        let done = self.plan.process_with_scratch(&mut self.frame, &mut self.bins, &mut self.scratch);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        &self.bins
    }
}

/// The power of two of samples closest to a duration, at least 64.
pub(crate) fn frame_length(rate_hz: u32, secs: f64) -> usize {
    let samples = f64::from(rate_hz) * secs;
    (6..20).map(|e| 1_usize << e).min_by(|a, b| (*a as f64 - samples).abs().total_cmp(&(*b as f64 - samples).abs())).unwrap_or(64)
}

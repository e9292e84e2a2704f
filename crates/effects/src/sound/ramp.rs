//! Small things that many processors need: numbers that move over a block, and the limits of
//! states.
use super::{BLOCK_SAMPLES, SoundParams};

/// A number that changes linearly over a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ramp {
    from: f64,
    step: f64,
}

impl Ramp {
    /// From `from` at the first sample to `to` at the first sample after the block.
    pub fn new(from: f64, to: f64) -> Self {
        Self { from, step: (to - from) / BLOCK_SAMPLES as f64 }
    }

    /// Parameter `i` times `scale`.
    pub fn of(params: &SoundParams<'_>, i: usize, scale: f64) -> Self {
        Self::new(params.number(i) * scale, params.end(i) * scale)
    }

    /// The value at sample `i` of the block.
    #[inline(always)]
    pub fn at(self, i: usize) -> f64 {
        self.from + self.step * i as f64
    }
}

/// What a state keeps: nothing below −400 dB, so that no processor slows down with denormal
/// numbers, and at most ±10¹², so that no loop overflows.
#[inline(always)]
pub(super) fn kept(x: f64) -> f64 {
    if x.abs() < 1e-20 { 0.0 } else { x.clamp(-1e12, 1e12) }
}

/// The linear factor of a level in decibels.
pub(super) fn from_db(db: f64) -> f64 {
    libm::exp10(db / 20.0)
}

/// Seconds until a loop of `loop_secs` with this gain has decayed by 120 dB; infinite from 1 on.
pub(super) fn loop_secs_to_silence(loop_secs: f64, gain: f64) -> f64 {
    match gain.abs() {
        g if g >= 1.0 => f64::INFINITY,
        g if g < 1e-6 => loop_secs,
        g => loop_secs * (1.0 + (-6.0 / libm::log10(g)).ceil()),
    }
}

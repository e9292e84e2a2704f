//! How far an export is.
use std::{collections::VecDeque, time::Instant};

/// Told after every frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Frames done.
    pub frame: u64,
    /// Frames in all.
    pub total: u64,
    /// Frames a second over the last few seconds.
    pub fps: f64,
    /// Seconds left at that speed; `None` until it is known.
    pub eta_secs: Option<f64>,
}

/// Seconds of history that the speed is measured over.
const WINDOW_SECS: f64 = 4.0;

/// Measures speed over a sliding window.
#[derive(Debug)]
pub(crate) struct Meter {
    total: u64,
    start: Instant,
    /// (seconds since the start, frames done), oldest first, at most one every 50 ms.
    history: VecDeque<(f64, u64)>,
}

impl Meter {
    pub(crate) fn new(total: u64) -> Self {
        Self { total, start: Instant::now(), history: VecDeque::from([(0.0, 0)]) }
    }
    pub(crate) fn elapsed_secs(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }
    pub(crate) fn at(&mut self, frame: u64) -> Progress {
        let now = self.elapsed_secs();
        while self.history.len() > 1 && now - self.history[1].0 > WINDOW_SECS {
            self.history.pop_front();
        }
        let (then, done) = self.history[0];
        let fps = if now > then { (frame - done) as f64 / (now - then) } else { 0.0 };
        if self.history.back().is_none_or(|(t, _)| now - t >= 0.05) {
            self.history.push_back((now, frame));
        }
        let eta_secs = (fps > 0.0).then(|| (self.total - frame) as f64 / fps);
        Progress { frame, total: self.total, fps, eta_secs }
    }
}

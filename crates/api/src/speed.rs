//! Speed of an operation, for front ends that show its progress.
use crate::Progress;
use std::{collections::VecDeque, time::Instant};

/// Span of history over which the speed is measured, in seconds.
const WINDOW_SECS: f64 = 4.0;
/// Minimum time between two entries of the history, in seconds.
const STEP_SECS: f64 = 0.05;

/// Measures speed over the last few seconds, starting at the first reported progress.
#[derive(Debug, Default)]
pub struct SpeedMeter {
    start: Option<Instant>,
    /// (seconds since the start, units done), oldest first.
    history: VecDeque<(f64, u64)>,
}

/// Speed measured by [`SpeedMeter`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speed {
    /// Units per second; 0 until known.
    pub per_sec: f64,
    /// Remaining time at that speed in seconds, once known.
    pub eta_secs: Option<f64>,
}

impl SpeedMeter {
    /// Returns the speed at this progress. Must be called at every step.
    pub fn at(&mut self, progress: &Progress) -> Speed {
        let now = self.start.get_or_insert_with(Instant::now).elapsed().as_secs_f64();
        self.at_secs(now, progress)
    }

    fn at_secs(&mut self, now: f64, progress: &Progress) -> Speed {
        while self.history.len() > 1 && now - self.history[1].0 > WINDOW_SECS {
            self.history.pop_front();
        }
        let (then, before) = self.history.front().copied().unwrap_or((now, progress.done));
        let done = progress.done.saturating_sub(before);
        let per_sec = if now > then { done as f64 / (now - then) } else { 0.0 };
        if self.history.back().is_none_or(|(t, _)| now - t >= STEP_SECS) {
            self.history.push_back((now, progress.done));
        }
        let left = progress.total.saturating_sub(progress.done);
        Speed { per_sec, eta_secs: (per_sec > 0.0).then(|| left as f64 / per_sec) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 25 frames per second for 10 s, then 50: after the window only the new speed counts.
    #[test]
    fn old_speed_is_forgotten() {
        let mut meter = SpeedMeter::default();
        let mut at = |secs: f64, done| meter.at_secs(secs, &Progress::frames(done, 1000));
        assert_eq!(at(0.0, 1), Speed::default());
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        for n in 1..=250 {
            assert!(near(at(f64::from(n) / 25.0, n as u64 + 1).per_sec, 25.0), "{n}");
        }
        let mut last = Speed::default();
        for n in 1..=300 {
            last = at(10.0 + f64::from(n) / 50.0, 251 + n as u64);
        }
        assert!(near(last.per_sec, 50.0) && near(last.eta_secs.unwrap(), 449.0 / 50.0), "{last:?}");
    }
}

//! Which size pictures have while it plays: smaller ones if they come too late, larger ones again after a
//! while.
use std::time::{Duration, Instant};

/// Greatest heights in pixels, below that of the view.
const HEIGHTS: [f64; 4] = [1080.0, 720.0, 540.0, 360.0];
/// Time in which it is counted how many pictures come.
const COUNTED: Duration = Duration::from_secs(1);
/// Part of the pictures that must come in time.
const ENOUGH: f64 = 0.95;
/// Time without trouble until larger pictures are tried, at first and at most.
const FIRST_CALM: Duration = Duration::from_secs(5);
const LONGEST_CALM: Duration = Duration::from_secs(60);

/// The height of pictures while it plays.
#[derive(Debug)]
pub struct Ladder {
    /// Index into [`HEIGHTS`], or none: as high as the view.
    step: Option<usize>,
    counting: Option<Count>,
    /// Since when there is no trouble, and how long that has to last.
    calm: Option<Instant>,
    patience: Duration,
    raised: Option<Instant>,
}

#[derive(Debug)]
struct Count {
    since: Instant,
    sent: u64,
}

impl Ladder {
    /// Pictures as high as the view.
    pub fn new() -> Self {
        Self { step: None, counting: None, calm: None, patience: FIRST_CALM, raised: None }
    }

    /// Greatest height in pixels; `None`: that of the view.
    pub fn greatest_height_px(&self) -> Option<f64> {
        self.step.map(|step| HEIGHTS[step])
    }

    /// Nothing plays.
    pub fn rest(&mut self) {
        self.counting = None;
        self.calm = None;
    }

    /// Notes that it plays, with the number of pictures that were sent so far and of those due in a second.
    /// Returns whether the size changes. `view_height_px`: the height of pictures that fill the view.
    pub fn note(&mut self, now: Instant, sent: u64, due_per_sec: f64, view_height_px: f64) -> bool {
        let calm = *self.calm.get_or_insert(now);
        let count = self.counting.get_or_insert(Count { since: now, sent });
        let passed = now - count.since;
        if passed < COUNTED {
            return false;
        }
        let came = (sent - count.sent) as f64;
        *count = Count { since: now, sent };
        // One more or less is no trouble: seconds do not begin with a picture.
        if came + 1.0 >= ENOUGH * due_per_sec * passed.as_secs_f64() {
            if now - calm < self.patience || self.step.is_none() {
                return false;
            }
            self.step = self.step.and_then(|step| step.checked_sub(1)).filter(|step| HEIGHTS[*step] < view_height_px);
            self.calm = Some(now);
            self.raised = Some(now);
            return true;
        }
        self.calm = Some(now);
        let height = self.greatest_height_px().unwrap_or(f64::INFINITY).min(view_height_px);
        let Some(lower) = HEIGHTS.iter().position(|h| *h < height - 0.5) else { return false };
        // What was too large a moment ago is not tried again soon.
        if self.raised.is_some_and(|raised| now - raised < 2 * FIRST_CALM) {
            self.patience = (self.patience * 2).min(LONGEST_CALM);
        }
        self.step = Some(lower);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The height after each second, when `rate` pictures come in the second at a height.
    fn heights(secs: u64, view: f64, rate: impl Fn(u64, f64) -> u64) -> Vec<f64> {
        let start = Instant::now();
        let (mut ladder, mut sent) = (Ladder::new(), 0);
        ladder.note(start, 0, 25.0, view);
        let mut heights = Vec::new();
        for second in 1..=secs {
            sent += rate(second, ladder.greatest_height_px().unwrap_or(view).min(view));
            ladder.note(start + Duration::from_secs(second), sent, 25.0, view);
            heights.push(ladder.greatest_height_px().unwrap_or(view).min(view));
        }
        heights
    }

    #[test]
    fn late_pictures_become_smaller_until_they_are_in_time() {
        assert_eq!(heights(5, 1440.0, |_, h| if h > 600.0 { 20 } else { 25 }), [1080.0, 720.0, 540.0, 540.0, 540.0]);
        assert_eq!(heights(3, 400.0, |_, _| 3), [360.0, 360.0, 360.0]);
        assert_eq!(heights(3, 200.0, |_, _| 3), [200.0, 200.0, 200.0]);
        // A picture less in a second is no trouble.
        assert_eq!(heights(2, 1080.0, |n, _| 25 - n % 2), [1080.0, 1080.0]);
    }

    #[test]
    fn they_become_larger_again_and_do_not_flap() {
        let heights = heights(60, 720.0, |n, h| if n < 3 || h > 600.0 { 10 } else { 25 });
        assert_eq!(heights[..8], [540.0, 360.0, 360.0, 360.0, 360.0, 360.0, 540.0, 540.0]);
        let tries = heights.iter().filter(|h| **h == 720.0).count();
        assert!((1..=3).contains(&tries), "{heights:?}");
    }
}

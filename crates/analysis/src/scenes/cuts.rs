//! Hard cuts: one frame is unlike the one before it, much more so than its neighbours are, and not for a
//! moment only.
use super::{
    difference::{same_detail, unlike},
    look::Look,
};
use cutroom_types::{Time, TimeDelta};
use std::collections::VecDeque;

/// Neighbours on each side with which a frame is compared.
const NEIGHBOURS: usize = 6;
/// Part of the neighbours that may be cuts themselves.
const QUARTER: usize = 4;
/// A picture that is back after so long was hidden by a flash.
const FLASH: TimeDelta = TimeDelta(cutroom_types::FLICKS_PER_SECOND / 4);
/// Most frames of a flash, whatever the rate.
const FLASH_FRAMES: usize = 32;
/// Part of the jump that may be left once a flash is over.
const BACK: f32 = 0.5;
/// Correlation of the detail from which on a jump is one of the light.
const SAME_DETAIL: f32 = 0.8;

/// A frame that begins a shot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The first frame of the shot.
    pub frame: usize,
    /// By how much it is more unlike the frame before than its neighbours are.
    pub score: f32,
}

/// Finds cuts while frames come in.
pub(super) struct CutFinder {
    threshold: f32,
    /// How unlike each frame is to the one before.
    changes: Vec<f32>,
    /// The frames seen last, with their numbers.
    looks: VecDeque<(usize, Time, Look)>,
    /// The next frame to judge.
    next: usize,
    cuts: Vec<Cut>,
}

impl CutFinder {
    pub fn new(threshold: f32) -> Self {
        Self { threshold, changes: Vec::new(), looks: VecDeque::new(), next: 1, cuts: Vec::new() }
    }

    pub fn see(&mut self, look: Look, time: Time) {
        let change = self.looks.back().map_or(0.0, |(_, _, last)| unlike(last, &look));
        self.looks.push_back((self.changes.len(), time, look));
        self.changes.push(change);
        while self.next + FLASH_FRAMES.max(NEIGHBOURS) < self.changes.len() {
            self.judge();
        }
    }

    pub fn finish(mut self) -> Vec<Cut> {
        while self.next < self.changes.len() {
            self.judge();
        }
        self.cuts
    }

    /// Judges the next frame.
    fn judge(&mut self) {
        let n = self.next;
        self.next += 1;
        let score = self.changes[n] - self.around(n);
        if score >= self.threshold && !self.is_momentary(n) {
            self.cuts.push(Cut { frame: n, score: score.min(1.0) });
        }
        while self.looks.front().is_some_and(|(k, _, _)| k + FLASH_FRAMES < self.next) {
            self.looks.pop_front();
        }
    }

    /// The change that is usual around a frame: three quarters of its neighbours change less. So neither
    /// frames that are repeated nor other cuts near it count.
    fn around(&self, n: usize) -> f32 {
        let range = n.saturating_sub(NEIGHBOURS).max(1)..(n + NEIGHBOURS + 1).min(self.changes.len());
        let mut others: Vec<f32> = range.filter(|k| *k != n).map(|k| self.changes[k]).collect();
        others.sort_unstable_by(f32::total_cmp);
        others.len().checked_sub(1 + others.len() / QUARTER).map_or(0.0, |k| others[k])
    }

    /// Whether what was before frame `n` is back soon, or what begins with it was there shortly before; or
    /// only the light has changed.
    fn is_momentary(&self, n: usize) -> bool {
        let Some(first) = self.looks.front().map(|l| l.0) else { return false };
        let at = |k: usize| k.checked_sub(first).and_then(|k| self.looks.get(k));
        let (Some(before), Some(after)) = (at(n - 1), at(n)) else { return false };
        let enough = BACK * self.changes[n];
        let later = (n + 1..).map_while(at).take_while(|l| l.1 - after.1 <= FLASH);
        let earlier = (0..n - 1).rev().map_while(at).take_while(|l| before.1 - l.1 <= FLASH);
        same_detail(&before.2, &after.2) > SAME_DETAIL
            || later.take(FLASH_FRAMES).any(|l| unlike(&before.2, &l.2) < enough)
            || earlier.take(FLASH_FRAMES).any(|l| unlike(&l.2, &after.2) < enough)
    }
}

//! Dissolves: for a while every picture is a mixture of two pictures that have nothing in common.
//!
//! For spans of several lengths the pictures in between are taken apart into the first and the last one by
//! least squares. In a dissolve the part of the last one rises from 0 to 1 without jumps and stays there,
//! little is left over, and detail is weakest in the middle, since that of two pictures that have nothing to do
//! with each other adds in squares: (1 − a)² + a² of it is left. What a camera or an object does passes the
//! one test or the other, but not all.
use super::{
    difference::{matched, unlike},
    look::Look,
    transition::{Transition, TransitionKind},
};
use cutroom_types::{FLICKS_PER_SECOND, Time, TimeDelta};
use std::collections::VecDeque;

/// Frames are looked at at least so far apart.
const STEP: TimeDelta = TimeDelta(FLICKS_PER_SECOND / 31);
/// Lengths of the spans, in frames that are looked at.
const LENGTHS: [usize; 7] = [7, 10, 14, 20, 29, 42, 60];
/// Frames beside a span during which the mixture must not change.
const MARGIN: usize = 3;
/// Least difference of the ends, in codes.
const LEAST_DIFFERENCE: f32 = 8.0;
/// Least difference of the ends that movement does not explain.
const LEAST_UNLIKE: f32 = 0.25;
/// Most that the part of the last picture may grow from one frame to the next.
const LARGEST_STEP: f32 = 0.34;
/// Most that it may fall, altogether.
const LARGEST_FALL: f32 = 0.12;
/// Most that it may change beside the span.
const LARGEST_MARGIN: f32 = 0.12;
/// Most that may be left over, relative to the difference of the ends.
const LARGEST_REST: f32 = 0.2;
/// Least part of the detail that is lost in the middle; of unrelated pictures it is a half.
const LEAST_LOSS: f32 = 0.2;
/// Most that may be lost: where more is, there is little to see in between.
const LARGEST_LOSS: f32 = 0.65;

/// Least detail of the two pictures, in squared codes: what there is of less can vanish by movement.
const LEAST_DETAIL: f32 = 6.0;
/// Least part of the change from frame to frame that movement must not explain.
const LEAST_UNMOVED: f32 = 0.45;

/// What the longest span adds to its score.
const LONG_SPAN: f32 = 0.4;

struct Seen {
    frame: usize,
    time: Time,
    look: Look,
}

/// Finds dissolves while frames come in.
#[derive(Default)]
pub(super) struct DissolveFinder {
    seen: VecDeque<Seen>,
    /// Each with what a long span adds to its score against others at the same place.
    found: Vec<(Transition, f32)>,
}

impl DissolveFinder {
    /// Whether a frame at `time` is to be shown to it.
    pub fn wants(&self, time: Time) -> bool {
        self.seen.back().is_none_or(|last| time - last.time >= STEP)
    }

    pub fn see(&mut self, frame: usize, time: Time, look: Look) {
        self.seen.push_back(Seen { frame, time, look });
        while self.seen.len() > LENGTHS[LENGTHS.len() - 1] + 2 * MARGIN + 1 {
            self.seen.pop_front();
        }
        for length in LENGTHS {
            if let Some(from) = self.seen.len().checked_sub(length + 2 * MARGIN + 1)
                && let Some(found) = self.judge(from + MARGIN, length)
            {
                let longest = LENGTHS[LENGTHS.len() - 1];
                self.found.push((found, LONG_SPAN * (length as f32 / longest as f32)));
            }
        }
    }

    /// The dissolves, of those that overlap the best one.
    pub fn finish(mut self) -> Vec<Transition> {
        self.found.sort_by(|(a, x), (b, y)| (b.score + y).total_cmp(&(a.score + x)).then(a.first.cmp(&b.first)));
        let mut kept: Vec<Transition> = Vec::new();
        for (one, _) in self.found {
            if kept.iter().all(|k| one.next < k.first || k.next < one.first) {
                kept.push(one);
            }
        }
        kept.sort_by_key(|k| k.first);
        // No shot is so short: what is between them belongs to a long one.
        let mut all: Vec<Transition> = Vec::new();
        for one in kept {
            match all.last_mut() {
                Some(last) if one.first <= last.next + MARGIN => {
                    last.next = one.next;
                    last.frame = usize::midpoint(last.first, last.next);
                    last.score = last.score.max(one.score);
                }
                _ => all.push(one),
            }
        }
        all
    }

    /// Part of the changes within a span that movement does not explain.
    fn unmoved(&self, from: usize, length: usize) -> f32 {
        let quarter = length / 4;
        let pairs = (from + quarter..from + length - quarter).step_by(quarter.max(2)).map(|k| (k, k + 2));
        let (mut changed, mut left) = (0.0, 0.0);
        for (a, b) in pairs {
            let found = matched(&self.seen[a].look, &self.seen[b].look);
            (changed, left) = (changed + found.in_place, left + found.best);
        }
        if changed > 0.0 { left / changed } else { 0.0 }
    }

    /// Whether a span is a dissolve.
    fn judge(&self, from: usize, length: usize) -> Option<Transition> {
        let at = |k: usize| &self.seen[k].look;
        let (a, b) = (at(from), at(from + length));
        if a.coarse.len() != b.coarse.len() {
            return None;
        }
        let step: Vec<f32> = a.coarse.iter().zip(&b.coarse).map(|(a, b)| b - a).collect();
        let luma = &step[..a.coarse_cells()];
        if luma.iter().map(|d| d.abs()).sum::<f32>() / (luma.len() as f32) < LEAST_DIFFERENCE {
            return None;
        }
        let ends = 0.5 * (a.sharpness + b.sharpness);
        let middle = (from + length / 3..=from + length - length / 3).map(|k| at(k).sharpness).fold(f32::INFINITY, f32::min);
        let loss = 1.0 - middle / ends.max(1.0);
        if ends < LEAST_DETAIL || !(LEAST_LOSS..=LARGEST_LOSS).contains(&loss) || a.is_black() || b.is_black() {
            return None;
        }
        let power: f32 = step.iter().map(|d| d * d).sum();
        let part = |k: usize| {
            let x = at(k);
            (x.coarse.len() == step.len()).then(|| {
                let along: f32 = x.coarse.iter().zip(&a.coarse).zip(&step).map(|((x, a), d)| (x - a) * d).sum();
                let part = along / power;
                let rest: f32 = x
                    .coarse
                    .iter()
                    .zip(&a.coarse)
                    .zip(&step)
                    .map(|((x, a), d)| {
                        let r = x - a - part * d;
                        r * r
                    })
                    .sum();
                (part, rest / power)
            })
        };
        let parts: Vec<(f32, f32)> = (from - MARGIN..=from + length + MARGIN).map(part).collect::<Option<_>>()?;
        let steps = || parts[MARGIN..=MARGIN + length].windows(2).map(|p| p[1].0 - p[0].0);
        let fall: f32 = -steps().filter(|d| *d < 0.0).sum::<f32>();
        let beside = parts[0].0.abs().max((parts[parts.len() - 1].0 - 1.0).abs());
        let rest = parts[MARGIN..=MARGIN + length].iter().map(|p| p.1).fold(0.0, f32::max);
        if steps().fold(0.0, f32::max) > LARGEST_STEP
            || fall > LARGEST_FALL
            || beside > LARGEST_MARGIN
            || rest > LARGEST_REST
            || unlike(a, b) < LEAST_UNLIKE
            || self.unmoved(from, length) < LEAST_UNMOVED
        {
            return None;
        }
        // The line through the middle part reaches 0 and 1 where the dissolve begins and ends.
        let inner: Vec<(f32, f32)> =
            (0..=length).map(|k| (k as f32, parts[MARGIN + k].0)).filter(|(_, part)| (0.1..=0.9).contains(part)).collect();
        let count = inner.len() as f32;
        let (mx, my) = (inner.iter().map(|p| p.0).sum::<f32>() / count, inner.iter().map(|p| p.1).sum::<f32>() / count);
        let covariance: f32 = inner.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
        let slope = covariance / inner.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum::<f32>();
        if inner.len() < 2 || slope.is_nan() || slope <= 0.0 {
            return None;
        }
        let frame_at = |part: f32| {
            let place = (mx + (part - my) / slope).clamp(0.0, length as f32);
            let (k, rest) = (place.floor() as usize, place.fract());
            let frame = |k: usize| self.seen[from + k.min(length)].frame as f32;
            frame(k) + rest * (frame(k + 1) - frame(k))
        };
        let first = frame_at(0.0).floor() as usize + 1;
        let next = (frame_at(1.0).ceil() as usize).max(first + 1);
        let score = (1.0 - rest / LARGEST_REST) * 0.5 + 0.5 * (loss / 0.5).min(1.0);
        Some(Transition { kind: TransitionKind::Dissolve, first, next, frame: usize::midpoint(first, next), score })
    }
}

//! Fades to and from black: the contrast of the picture falls to nothing, and rises again.
use super::transition::{Transition, TransitionKind};
use cutroom_types::{FLICKS_PER_SECOND, Time, TimeDelta};

/// Longest half of a fade.
const LONGEST: TimeDelta = TimeDelta(5 * FLICKS_PER_SECOND);
/// Fewest frames of one that is not a cut.
const FEWEST: usize = 3;
/// Part of the full contrast at which a fade has begun.
const BEGUN: f32 = 0.93;
/// Contrast of a picture that is not dark, in codes.
const LEAST_CONTRAST: f32 = 6.0;
/// Part of the contrast that may be lost in one frame of a fade.
const LARGEST_STEP: f32 = 0.6;

/// Contrast and darkness of the frames.
#[derive(Default)]
pub(super) struct Contrast {
    pub times: Vec<Time>,
    pub deviations: Vec<f32>,
    pub black: Vec<bool>,
}

/// One half of a fade, seen from the black frame beside it.
struct Half {
    /// Number of frames between full contrast and black, neither counted.
    frames: usize,
    /// Part of its steps in the right direction.
    steady: f32,
}

impl Contrast {
    /// All fades. Those at the start and at the end of the film divide no shots.
    pub fn fades(&self) -> Vec<Transition> {
        let count = self.black.len();
        let mut found = Vec::new();
        let mut at = 0;
        while at < count {
            if !self.black[at] {
                at += 1;
                continue;
            }
            let end = (at..count).find(|k| !self.black[*k]).unwrap_or(count);
            let out = (at > 0).then(|| self.half((0..at).rev())).flatten();
            let into = (end < count).then(|| self.half(end..count)).flatten();
            let (first, next) = (at - out.as_ref().map_or(0, |h| h.frames), end + into.as_ref().map_or(0, |h| h.frames));
            let steady = [&out, &into].into_iter().flatten().map(|h| h.steady).reduce(f32::min);
            let kind = match (at > 0, end < count) {
                (true, true) => TransitionKind::Fade,
                (false, true) => TransitionKind::FadeIn,
                _ => TransitionKind::FadeOut,
            };
            // Where the picture comes or goes in one frame, there is a cut.
            let frame = match (&out, &into) {
                (None, Some(_)) => at,
                (Some(_), None) => end,
                _ => usize::midpoint(at, end),
            };
            if let Some(score) = steady {
                found.push(Transition { kind, first, next, frame: frame.min(count - 1), score });
            }
            at = end;
        }
        found
    }

    /// The half of a fade along frames that lead away from black.
    fn half(&self, frames: impl Iterator<Item = usize> + Clone) -> Option<Half> {
        let start = self.times[frames.clone().next()?];
        let near = frames.take_while(|k| (self.times[*k] - start).0.abs() <= LONGEST.0 && !self.black[*k]);
        let levels: Vec<f32> = near.map(|k| self.deviations[k]).collect();
        // Up to where the contrast has not grown for some frames.
        let (mut most, mut top) = (0_f32, 0);
        for (k, level) in levels.iter().enumerate() {
            if *level > most * 1.01 {
                (most, top) = (*level, k);
            } else if k > top + 3 {
                break;
            }
        }
        let frames = levels[..=top.min(levels.len().checked_sub(1)?)].iter().position(|l| *l >= BEGUN * most)?;
        let steps = || levels[..=frames].windows(2).map(|p| p[1] - p[0]);
        let largest = steps().fold(levels[0], f32::max);
        let steady = steps().filter(|d| *d > 0.0).count() as f32 / frames.max(1) as f32;
        (frames >= FEWEST && most >= LEAST_CONTRAST && largest <= LARGEST_STEP * most && steady > 0.7)
            .then_some(Half { frames, steady })
    }
}

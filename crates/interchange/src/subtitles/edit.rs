//! Moves all cues in time.
use super::document::{SubtitleDocument, Sung};
use cutroom_types::{FrameRate, Time, TimeDelta};

/// All cues later by `by`, or earlier if it is negative. What would begin before zero begins at
/// zero; what would end before it is removed. Returns how many cues were cut or removed.
pub fn shift(document: &mut SubtitleDocument, by: TimeDelta) -> usize {
    map(document, |t| i128::from(t) + i128::from(by.0), i128::from)
}

/// Only what is shown from `from` to `to`, which becomes the time from zero on. Returns how many
/// cues were cut or removed.
pub fn cut(document: &mut SubtitleDocument, from: Time, to: Time) -> usize {
    let before = document.cues.len();
    document.cues.retain(|c| c.start < to && c.end > from);
    let ends = document.cues.iter_mut().filter(|c| c.end > to).map(|c| c.end = to).count();
    before - document.cues.len() + ends + shift(document, TimeDelta(from.0.saturating_neg()))
}

/// A linear map of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Factor of lengths, numerator and denominator, above zero.
    factor: (i128, i128),
    /// A time and what it becomes.
    fixed: (i64, i64),
}

impl Stretch {
    /// From two times and what they become. `None` unless both pairs are different times in the
    /// same order.
    pub fn by_points(first: (Time, Time), second: (Time, Time)) -> Option<Self> {
        let (from, to) = (i128::from(second.0.0) - i128::from(first.0.0), i128::from(second.1.0) - i128::from(first.1.0));
        (from != 0 && to != 0 && (from > 0) == (to > 0))
            .then_some(Self { factor: (to.abs(), from.abs()), fixed: (first.0.0, first.1.0) })
    }

    /// Subtitles made for a film at the rate `from`, for the same pictures at the rate `to`.
    pub fn by_rates(from: FrameRate, to: FrameRate) -> Self {
        let product = |a: u32, b: u32| i128::from(a) * i128::from(b);
        Self { factor: (product(from.num(), to.den()), product(from.den(), to.num())), fixed: (0, 0) }
    }

    fn length(self, flicks: i64) -> i128 {
        let (n, d) = self.factor;
        (2 * i128::from(flicks) * n + d).div_euclid(2 * d)
    }
}

/// Applies a linear map to all times. Returns how many cues were cut at zero or removed before it.
pub fn stretch(document: &mut SubtitleDocument, by: Stretch) -> usize {
    let (from, to) = by.fixed;
    map(document, |t| by.length(t.saturating_sub(from)) + i128::from(to), |length| by.length(length))
}

/// Largest time, 1000 hours.
const MAX_FLICKS: i128 = 1000 * 3600 * cutroom_types::FLICKS_PER_SECOND as i128;

fn map(document: &mut SubtitleDocument, time: impl Fn(i64) -> i128, length: impl Fn(i64) -> i128) -> usize {
    let bounded = |t: i128| Time(t.clamp(0, MAX_FLICKS) as i64);
    let mut changed = 0;
    document.cues.retain_mut(|cue| {
        let (start, end) = (time(cue.start.0), time(cue.end.0));
        if end <= 0 && cue.end > cue.start {
            changed += 1;
            return false;
        }
        changed += usize::from(start < 0 || end > MAX_FLICKS);
        let before = start.min(0) as i64;
        (cue.start, cue.end) = (bounded(start), bounded(end));
        for sung in cue.runs.iter_mut().filter_map(|r| r.sung.as_mut()) {
            let at = |t: TimeDelta| TimeDelta((length(t.0).clamp(0, MAX_FLICKS) as i64 + before).max(0));
            *sung = Sung { from: at(sung.from), to: at(sung.to) };
        }
        true
    });
    document.sort();
    changed
}

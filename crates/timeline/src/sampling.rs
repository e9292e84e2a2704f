//! The rule by which output frames correspond to clips and source frames. It stands here and
//! nowhere else.
//!
//! Output frame `n` of a composition covers the span of one frame length `f` from
//! `t = rate.time_of_frame(n)` on.
//!
//! * A clip, or a transition, is visible in frame `n` when the middle of that span, `t + f/2`, is in
//!   its half-open span. A composition has the frames whose middle is before its end.
//! * A clip shows the source frame whose presentation interval contains `source_in + (t − start)·speed
//!   + h` playing forwards, `… − h` playing backwards ([`source_time`]), where `h` is half of the
//!   shorter of the output frame, `f·|speed|` in source time, and the source's usual frame `d`.
//!
//! What follows from it:
//!
//! * At equal rates (`f·|speed| = d`) each source frame is shown exactly once, wherever the source's
//!   frames begin between the output's, and by at most half a frame too early or too late: the sampling
//!   points are `d` apart, as the presentation intervals are.
//! * A source with more frames than the output (`d < f·|speed|`) shows the frame that begins nearest to
//!   the output frame's start; the start of a frame that begins exactly there is `h` away from both
//!   ends of its interval.
//! * A source with fewer frames shows the one that is presented in the middle of the output frame.
//! * Times that are rounded, by containers to 1 ms, by imported projects to float seconds, may be wrong
//!   by almost `h` before a frame is shown twice and its neighbour lost, if the frames of source and
//!   output begin together. Elsewhere the source's times must be exact: the media index frees
//!   those of constant rates of their container's rounding.
//! * Backwards, the interval covered by an output frame is before the sampling point, hence the sign: a
//!   reversed clip begins with the last source frame of its range.
//!
//! A clip with a time map runs at a speed that changes. The source time that output frame `n` covers
//! then goes from the map's value at `t` to that at `t + f`; `f·|speed|` is its length, and `h` is at
//! least 2 ms or a quarter of a source frame, so that a source that stands still at the start of a
//! frame shows that frame.
//!
//! Where frames are to be made between those of the source, the output frame stands for the earliest
//! source time that it covers ([`covered`]): at equal rates, for the start of the frame that it would
//! show.
use cutroom_project::ClipTimes;
use cutroom_types::{FrameRate, Time, TimeDelta};

/// Half a frame of `rate`: from the start of an output frame to the instant that decides which clips
/// it shows.
pub fn half_frame(rate: FrameRate) -> TimeDelta {
    TimeDelta(rate.frame_duration().0 / 2)
}

/// By how much an instant in a clip may be after the start of a frame that counts as starting at it:
/// 2 ms, or half a frame of `rate` if that is less. Used for the instants of effects that change
/// time.
pub fn tolerance(rate: FrameRate) -> TimeDelta {
    TimeDelta(cutroom_types::FLICKS_PER_SECOND / 500).min(half_frame(rate))
}

/// Number of frames of a composition of this length: those whose middle is before its end. A length
/// between two whole numbers of frames counts as the nearer one.
pub fn frame_count(rate: FrameRate, length: TimeDelta) -> i64 {
    let half = half_frame(rate).0;
    let mut n = rate.frames_in(TimeDelta(length.0.saturating_sub(half)));
    // `frames_in` counts frames with t < length − half; the loop corrects the rounding of t and runs
    // at most once.
    while n > 0 && rate.time_of_frame(n - 1).0.saturating_add(half) >= length.0 {
        n -= 1;
    }
    n
}

/// The frames that meet at a sampling point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLengths {
    /// Length of a frame of the composition.
    pub output: TimeDelta,
    /// Usual length of a frame of the source; `None` if unknown, which counts as `output`.
    pub source: Option<TimeDelta>,
}

impl FrameLengths {
    /// Half of the shorter of the two, at a speed.
    fn half_of_shorter(self, speed: f64) -> TimeDelta {
        let source = self.source.unwrap_or(self.output);
        TimeDelta(stretch(self.output, speed.abs()).min(source).0 / 2)
    }
}

/// Source time that the frame starting at `t` shows of a clip that starts at `start` and has these
/// source times; see the module. Never negative: before the start of a source its first frame is
/// held.
pub fn source_time(t: Time, start: Time, times: &ClipTimes, lengths: FrameLengths) -> Time {
    unclamped_source_time(t, start, times, lengths).max(Time::ZERO)
}

/// Like [`source_time`], but negative before the start of the source.
pub(crate) fn unclamped_source_time(t: Time, start: Time, times: &ClipTimes, lengths: FrameLengths) -> Time {
    let offset = since(t, start, lengths);
    if let Some(speed) = times.constant_speed() {
        let half = lengths.half_of_shorter(speed);
        let half = if speed < 0.0 { -half } else { half };
        return times.source_at(offset).saturating_add(half);
    }
    let (from, to) = from_to(offset, times, lengths);
    let frame = lengths.source.unwrap_or(lengths.output);
    let least = TimeDelta(cutroom_types::FLICKS_PER_SECOND / 500).min(TimeDelta(frame.0 / 4));
    let half = TimeDelta((to - from).0.saturating_abs().min(frame.0) / 2).max(least);
    from.saturating_add(if to < from { -half } else { half })
}

/// The source time that the frame starting at `t` covers, from the earliest to the latest; see the
/// module. It may be before the start of the source.
pub(crate) fn covered(t: Time, start: Time, times: &ClipTimes, lengths: FrameLengths) -> (Time, Time) {
    let offset = since(t, start, lengths);
    let (from, to) = from_to(offset, times, lengths);
    (from.min(to), from.max(to))
}

/// Source times at the start and at the end of the frame that starts `offset` after the clip. A source
/// that stands still covers one instant, even if it jumps before the next frame.
fn from_to(offset: TimeDelta, times: &ClipTimes, lengths: FrameLengths) -> (Time, Time) {
    let from = times.source_at(offset);
    let stands = times.speed_at(offset) == 0.0;
    (from, if stands { from } else { times.source_at(offset + lengths.output) })
}

/// Time since the clip's start; a frame that starts at most half a frame before the clip counts as
/// starting with it.
fn since(t: Time, start: Time, lengths: FrameLengths) -> TimeDelta {
    let offset = t - start;
    if offset.0 < 0 && offset.0 >= -lengths.output.0 / 2 { TimeDelta::ZERO } else { offset }
}

/// `d·speed` to the nearest flick; exact for whole speeds.
pub(crate) fn stretch(d: TimeDelta, speed: f64) -> TimeDelta {
    if speed == 1.0 { d } else { TimeDelta((d.0 as f64 * speed).round() as i64) }
}

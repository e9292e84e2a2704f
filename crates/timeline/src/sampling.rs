//! The rule by which output frames correspond to clips and source frames. It stands here and
//! nowhere else.
//!
//! Output frame `n` of a composition starts at `t = rate.time_of_frame(n)`. With a small [`bias`]
//! `b`:
//!
//! * a clip, or a transition, is visible in frame `n` when `t + b` is in its half-open span;
//! * a clip shows the source frame whose presentation interval contains
//!   `source_in + (t − start)·speed + b` playing forwards, `… − b` playing backwards
//!   ([`source_time`]).
//!
//! The bias is needed because both grids are rounded: containers such as Matroska store whole
//! milliseconds, so that after subtracting the (equally rounded) first timestamp a frame's interval
//! may begin up to 1 ms before or after its ideal time; float seconds in imported projects are off
//! by some flicks. Sampling exactly at the start of a frame would then fall on either side of a
//! boundary, showing one frame twice and dropping the next. 2 ms after the ideal start is inside
//! the intended frame for every source up to 240 fps, and mixed rates keep the convention "the
//! frame visible when the output frame starts". Backwards, the interval covered by an output frame
//! is before the sampling point, hence the sign: a reversed clip begins with the last source frame
//! of its range.
//!
//! The bias is added in source time, after speed, because timestamps are rounded in source time.
use cutroom_types::{FrameRate, Time, TimeDelta};

/// Upper limit of the bias: 2 ms.
pub const MAX_BIAS: TimeDelta = TimeDelta(cutroom_types::FLICKS_PER_SECOND / 500);

/// 2 ms, or half a frame of `rate` if that is less.
pub fn bias(rate: FrameRate) -> TimeDelta {
    MAX_BIAS.min(TimeDelta(rate.frame_duration().0 / 2))
}

/// Number of frames of a composition of this length: those whose sampling instant is before its
/// end, so that a length a few flicks over or under a whole number of frames counts as that number.
pub fn frame_count(rate: FrameRate, length: TimeDelta) -> i64 {
    let b = bias(rate).0;
    let mut n = rate.frames_in(TimeDelta(length.0.saturating_sub(b)));
    // `frames_in` counts frames with t < length − b; the loop corrects the rounding of t and runs
    // at most once.
    while n > 0 && rate.time_of_frame(n - 1).0.saturating_add(b) >= length.0 {
        n -= 1;
    }
    n
}

/// Source time that the frame starting at `t` shows of a clip starting at `start`; see the module.
/// Never negative: before the start of a source its first frame is held.
pub fn source_time(t: Time, start: Time, source_in: Time, speed: f64, bias: TimeDelta) -> Time {
    unclamped_source_time(t, start, source_in, speed, bias).max(Time::ZERO)
}

/// Like [`source_time`], but negative before the start of the source.
pub(crate) fn unclamped_source_time(t: Time, start: Time, source_in: Time, speed: f64, bias: TimeDelta) -> Time {
    let mut offset = t - start;
    // A frame that starts within the bias before the clip counts as starting with it.
    if offset.0 < 0 && offset.0 >= -bias.0 {
        offset = TimeDelta::ZERO;
    }
    let bias = if speed < 0.0 { -bias } else { bias };
    source_in.saturating_add(stretch(offset, speed)).saturating_add(bias)
}

/// `d·speed` to the nearest flick; exact for whole speeds.
pub(crate) fn stretch(d: TimeDelta, speed: f64) -> TimeDelta {
    if speed == 1.0 { d } else { TimeDelta((d.0 as f64 * speed).round() as i64) }
}

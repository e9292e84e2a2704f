//! Playing, pausing, seeking: what was asked for, and where the playhead is.
use cutroom_types::{FrameRate, Time};
use std::ops::Range;

/// The fastest speed, forward and backward.
pub const MAX_SPEED: f64 = 8.0;

/// A command for the transport. Positions are frames of the composition and are brought into its
/// range.
#[derive(Clone, Debug, PartialEq)]
pub enum TransportCommand {
    /// Plays from the playhead at the speed that was set last.
    Play,
    /// Stops at the playhead.
    Pause,
    /// Moves the playhead; playback continues there.
    Seek(i64),
    /// Pauses and moves the playhead by a number of frames.
    Step(i64),
    /// Plays at a speed from −8 to 8; 0 pauses. Speeds beyond that count as the fastest.
    Shuttle(f64),
    /// Plays a range again and again, a number of times or without end (0); `None` to play to the end
    /// of the composition once.
    Loop(Option<(Range<i64>, u32)>),
    /// Moves the playhead while somebody drags it: the nearest picture that is ready is shown first.
    Scrub(i64),
}

/// What the transport does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activity {
    /// The playhead rests.
    #[default]
    Paused,
    /// The first pictures and samples of playback are being made.
    Prerolling,
    /// The playhead runs.
    Playing,
    /// Somebody drags the playhead.
    Scrubbing,
}

/// The way of the playhead from a start, in ticks: one tick is the duration of one frame, whatever the
/// speed. At double speed every second frame has a tick, at half speed each has two.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The frame of tick 0.
    pub anchor: i64,
    /// Frames per tick, not 0, from −8 to 8.
    pub speed: f64,
    /// The frames that are played.
    pub range: Range<i64>,
    /// How often: 0 for endless.
    pub times: u32,
    /// Frames and ticks per second.
    pub rate: FrameRate,
}

impl Course {
    /// The frame that a tick shows; `None` after the end.
    pub fn frame(&self, tick: u64) -> Option<i64> {
        let length = self.range.end - self.range.start;
        if length <= 0 || self.ticks().is_some_and(|ticks| tick >= ticks) {
            return None;
        }
        let moved = (tick as f64 * self.speed + ROUNDING).floor() as i64;
        Some(self.range.start + (self.anchor - self.range.start + moved).rem_euclid(length))
    }

    /// Number of ticks to the end; `None` if it is endless.
    pub fn ticks(&self) -> Option<u64> {
        let length = self.range.end - self.range.start;
        let first = match self.speed > 0.0 {
            true => self.range.end - self.anchor,
            false => self.anchor + 1 - self.range.start,
        };
        let more = i64::from(self.times.checked_sub(1)?);
        let frames = first.saturating_add(more.saturating_mul(length)).max(0);
        Some((frames as f64 / self.speed.abs() - ROUNDING).ceil().max(0.0) as u64)
    }

    /// When a tick is due, in time since the start.
    pub fn due(&self, tick: u64) -> Time {
        self.rate.time_of_frame(i64::try_from(tick).unwrap_or(i64::MAX))
    }

    /// The tick at a time since the start.
    pub fn tick_at(&self, since_start: Time) -> u64 {
        u64::try_from(self.rate.frame_at(since_start)).unwrap_or(0)
    }
}

/// Multiples of a speed may miss a whole number by less than this.
const ROUNDING: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;

    fn course(anchor: i64, speed: f64, range: Range<i64>, times: u32) -> Course {
        Course { anchor, speed, range, times, rate: FrameRate::new(25, 1).unwrap() }
    }

    fn frames(course: &Course) -> Vec<i64> {
        (0..course.ticks().unwrap()).map(|tick| course.frame(tick).unwrap()).collect()
    }

    #[test]
    fn ticks_go_through_the_frames_at_every_speed() {
        assert_eq!(frames(&course(2, 1.0, 0..6, 1)), [2, 3, 4, 5]);
        assert_eq!(frames(&course(2, -1.0, 0..6, 1)), [2, 1, 0]);
        assert_eq!(frames(&course(0, 2.0, 0..7, 1)), [0, 2, 4, 6]);
        assert_eq!(frames(&course(0, 0.5, 0..3, 1)), [0, 0, 1, 1, 2, 2]);
        assert_eq!(frames(&course(5, -2.0, 0..6, 1)), [5, 3, 1]);
        assert_eq!(frames(&course(4, 1.0, 3..6, 2)), [4, 5, 3, 4, 5]);
        assert_eq!(frames(&course(3, 0.1, 3..5, 1)), [[3; 10], [4; 10]].concat());
        assert_eq!(course(0, 1.0, 0..5, 0).ticks(), None);
        assert_eq!(course(0, 1.0, 0..5, 0).frame(12), Some(2));
        assert_eq!((course(0, 1.0, 0..0, 1).frame(0), course(3, 1.0, 0..5, 1).frame(2)), (None, None));
    }
}

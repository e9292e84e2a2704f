//! Which composition sample is heard when. The device's clock is the master: a time finds the frame
//! of the stream that is heard then ([`Anchors`](crate::anchors)), and the feeder's [`Mark`]s tell
//! which composition sample that frame is. Pictures follow this clock; recordings are placed by it.
use crate::{now_secs, output::OutputShared};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Marks kept; more than the anchors can need unless the transport is moved hundreds of times a
/// second.
const MARKS: usize = 1024;

/// From a frame of the stream on, which composition sample it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Position in the stream; fractional behind a resampler.
    pub frame: f64,
    /// Composition sample at that frame.
    pub composition: f64,
    /// Composition samples per frame of the stream; 0 holds the position.
    pub step: f64,
    /// Whether frames before it are thrown away: a seek, which is shown at once.
    pub hard: bool,
}

/// What is heard at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Composition sample, with its fraction.
    pub sample: f64,
    /// Composition samples that pass in a second; 0 while nothing plays.
    pub samples_per_sec: f64,
    /// Changes with each seek, turn of a loop, change of speed and of device. While it stays the
    /// same and the speed is positive, [`sample`](Self::sample) never decreases.
    pub epoch: u64,
}

struct State {
    stream: Option<Arc<OutputShared>>,
    /// With the number of each one.
    marks: VecDeque<(u64, Mark)>,
    next_epoch: u64,
    /// A seek that the feeder has not carried out yet: its number and target.
    pending: Option<(u64, i64)>,
    last: Heard,
}

/// A view of a player's clock; clones show the same clock.
#[derive(Clone)]
pub struct Clock {
    composition_hz: u32,
    state: Arc<Mutex<State>>,
}

impl Clock {
    pub(crate) fn new(composition_hz: u32, sample: i64) -> Self {
        let last = Heard { sample: sample as f64, samples_per_sec: 0.0, epoch: 0 };
        let state = State { stream: None, marks: VecDeque::new(), next_epoch: 1, pending: None, last };
        Self { composition_hz, state: Arc::new(Mutex::new(state)) }
    }

    /// Sample rate of the composition.
    pub fn composition_hz(&self) -> u32 {
        self.composition_hz
    }

    /// Neither the callback nor anything that must not wait takes this lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, frames are those of this stream.
    pub(crate) fn set_stream(&self, stream: Arc<OutputShared>) {
        let mut state = self.state();
        state.stream = Some(stream);
        state.marks.clear();
    }

    pub(crate) fn mark(&self, mark: Mark) {
        let mut state = self.state();
        let epoch = state.next_epoch;
        state.next_epoch += 1;
        state.marks.push_back((epoch, mark));
        if state.marks.len() > MARKS {
            state.marks.pop_front();
        }
    }

    /// Shows a seek's target until the feeder has carried it out.
    pub(crate) fn set_pending(&self, number: u64, sample: i64) {
        self.state().pending = Some((number, sample));
    }

    /// The feeder has carried out that seek, and marked it.
    pub(crate) fn seek_done(&self, number: u64) {
        let mut state = self.state();
        state.pending = state.pending.filter(|(pending, _)| *pending > number);
    }

    /// What is heard now. A seek is shown at once, also while the sound before it still fades.
    pub fn now(&self) -> Heard {
        let mut state = self.state();
        let mut heard = state.at(now_secs());
        if let Some((_, sample)) = state.pending {
            heard = Heard { sample: sample as f64, samples_per_sec: 0.0, epoch: state.next_epoch };
        } else if let Some((epoch, mark)) = state.marks.iter().rev().find(|(_, mark)| mark.hard).filter(|(e, _)| *e > heard.epoch) {
            heard = Heard { sample: mark.composition, samples_per_sec: 0.0, epoch: *epoch };
        }
        // The smoothed time of a block may be corrected a little backwards.
        let mark = state.marks.iter().find(|(epoch, _)| *epoch == heard.epoch);
        if state.last.epoch == heard.epoch {
            let forward = mark.is_none_or(|(_, mark)| mark.step >= 0.0);
            let last = state.last.sample;
            heard.sample = if forward { heard.sample.max(last) } else { heard.sample.min(last) };
        }
        state.last = heard;
        heard
    }

    /// What was heard at a time of the last seconds (see [`now_secs`]), or will be within the
    /// device's latency.
    pub fn heard_at(&self, secs: f64) -> Heard {
        self.state().at(secs)
    }

    /// Up to when it is known what is heard (see [`now_secs`]); `None` before the first block.
    pub(crate) fn known_until(&self) -> Option<f64> {
        let state = self.state();
        let newest = state.stream.as_ref()?.anchors.at(f64::INFINITY)?;
        Some(newest.secs + newest.frames as f64 * newest.secs_per_frame)
    }

    /// When the next sound of a composition sample is heard, if it is already in the device.
    pub fn time_of(&self, sample: f64) -> Option<f64> {
        let state = self.state();
        let stream = state.stream.as_ref()?;
        let (_, mark) = state.marks.iter().rev().find(|(_, m)| m.step != 0.0 && (sample - m.composition) / m.step >= 0.0)?;
        let frame = mark.frame + (sample - mark.composition) / mark.step;
        let anchor = stream.anchors.of_frame(frame as u64).filter(|a| a.frames > 0 && frame <= (a.frame + a.frames) as f64)?;
        Some(anchor.time_of(frame))
    }
}

impl State {
    fn at(&self, secs: f64) -> Heard {
        let held = Heard { samples_per_sec: 0.0, ..self.last };
        let Some((stream, anchor)) = self.stream.as_ref().and_then(|s| Some((s, s.anchors.at(secs)?))) else { return held };
        let frame = anchor.frame_at(secs);
        let Some((epoch, mark)) = self.marks.iter().rev().find(|(_, mark)| mark.frame <= frame).or(self.marks.front()) else {
            return held;
        };
        // The next block may be a little late to tell of itself.
        let until = anchor.secs + 2.0 * anchor.frames as f64 * anchor.secs_per_frame;
        let moves = (anchor.secs..until).contains(&secs);
        Heard {
            sample: mark.composition + (frame - mark.frame).max(0.0) * mark.step,
            samples_per_sec: if moves { mark.step * f64::from(stream.rate_hz) } else { 0.0 },
            epoch: *epoch,
        }
    }
}

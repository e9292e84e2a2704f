//! Clocks of nested compositions and of clips: which local time is heard at a sample of the root
//! composition.
use crate::sampling::stretch;
use cutroom_project::{Clip, ClipTimes, Run};
use cutroom_types::{Time, TimeDelta};
use std::{ops::Range, sync::Arc};

/// Maps root time to a composition's local time: `local = local_anchor + (base − base_anchor)·speed`,
/// where `base` is root time, or the source time of the innermost enclosing clip with a time map.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pub map: Option<Arc<MapClock>>,
    pub base_anchor: Time,
    pub local_anchor: Time,
    pub speed: f64,
    pub rate_hz: u32,
}

/// Maps root time to the source time of a clip with a time map, during one of its runs.
#[derive(Debug)]
pub(crate) struct MapClock {
    /// Clock of the clip's composition.
    outer: Clock,
    /// Start of the clip in its composition.
    start: Time,
    times: ClipTimes,
    run: Run,
}

impl MapClock {
    /// Time since the clip's start, inside the run.
    fn offset(&self, root: Time) -> TimeDelta {
        (self.outer.local(root) - self.start).clamp(self.run.start, TimeDelta(self.run.end.0 - 1))
    }

    /// Root time at which the run reaches a source time; its ends for those that it does not reach.
    fn root(&self, source: Time) -> Time {
        let (mut low, mut high) = (self.run.start.0, self.run.end.0);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = self.times.source_at(TimeDelta(middle));
            let is_before = if self.run.direction < 0 { at > source } else { at < source };
            if is_before { low = middle + 1 } else { high = middle }
        }
        self.outer.root(self.start.saturating_add(TimeDelta(low)))
    }
}

impl Clock {
    fn local(&self, root: Time) -> Time {
        let base = match &self.map {
            Some(map) => map.times.source_at(map.offset(root)),
            None => root,
        };
        self.local_anchor.saturating_add(stretch(base - self.base_anchor, self.speed))
    }

    pub fn local_of_sample(&self, sample: i64) -> Time {
        self.local(Time::of_sample(sample, self.rate_hz))
    }

    /// Local seconds per root second at a sample; negative backwards.
    pub fn speed_at_sample(&self, sample: i64) -> f64 {
        let Some(map) = &self.map else { return self.speed };
        let at = map.times.speed_at(map.offset(Time::of_sample(sample, self.rate_hz)));
        self.speed * at * map.outer.speed_at_sample(sample)
    }

    /// Whether local time runs forwards.
    pub fn is_forward(&self) -> bool {
        let map = self.map.as_ref().is_none_or(|map| (map.run.direction > 0) == map.outer.is_forward());
        (self.speed > 0.0) == map
    }

    fn root(&self, local: Time) -> Time {
        let offset = local - self.local_anchor;
        let offset = if self.speed == 1.0 { offset } else { TimeDelta((offset.0 as f64 / self.speed).round() as i64) };
        let base = self.base_anchor.saturating_add(offset);
        match &self.map {
            Some(map) => map.root(base),
            None => base,
        }
    }

    pub fn sample(&self, local: Time) -> i64 {
        self.root(local).to_sample(self.rate_hz)
    }

    /// The root samples of a span of local time, in either direction of playing.
    pub fn samples(&self, start: Time, end: Time) -> Range<i64> {
        let (a, b) = (self.sample(start), self.sample(end));
        a.min(b)..a.max(b)
    }

    /// The clock of the source of a clip of a composition with this clock, during one run.
    pub fn nested(&self, clip: &Clip, times: &ClipTimes, run: Run) -> Self {
        match times.constant_speed() {
            Some(speed) => Self {
                local_anchor: clip.source_in.saturating_add(stretch(self.local_anchor - clip.start, speed)),
                speed: self.speed * speed,
                ..self.clone()
            },
            None => Self {
                map: Some(Arc::new(MapClock { outer: self.clone(), start: clip.start, times: times.clone(), run })),
                base_anchor: Time::ZERO,
                local_anchor: Time::ZERO,
                speed: 1.0,
                rate_hz: self.rate_hz,
            },
        }
    }
}

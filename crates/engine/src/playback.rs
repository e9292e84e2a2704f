//! Which frames playback wants when, which one is shown, and how well it kept time. Plain state: the
//! time comes from the caller, as the number of samples that the sound's sink has consumed.
use crate::transport::Course;
use cutroom_pipeline::FrameKey;
use cutroom_types::{FLICKS_PER_SECOND, Picture, Time, TimeDelta};
use std::collections::{BTreeMap, BTreeSet};

/// Ticks that are requested and drawn ahead of the playhead.
const AHEAD: u64 = 6;
/// Pictures that are drawn before playback starts.
const PREROLL: usize = 3;
/// If nothing was shown for this long, a picture is shown however late it is; flicks.
const LONGEST_FREEZE: i64 = FLICKS_PER_SECOND / 2;

/// No sample is longer.
const LONGEST_SAMPLE: TimeDelta = TimeDelta(FLICKS_PER_SECOND / 4000);

/// What happens when pictures are late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LatePolicy {
    /// Sound goes on, and pictures that cannot be ready in time are left out.
    #[default]
    Drop,
    /// Every picture is shown, and the sound stops until it is ready.
    SlowDown,
}

/// How well playback kept time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlayReport {
    /// Ticks whose picture was shown.
    pub shown: u64,
    /// Ticks whose picture was not shown.
    pub dropped: u64,
    /// Ticks whose picture was shown after its own time.
    pub late: u64,
    /// Largest distance of the sound from the time of the picture shown, at the moment of showing it,
    /// in seconds; 0 while the sound is within the picture's time.
    pub max_drift_secs: f64,
    /// Mean of these distances, in seconds.
    pub mean_drift_secs: f64,
    /// Pictures shown per second of sound.
    pub fps: f64,
    /// Samples per channel that were due and not there.
    pub missed_samples: u64,
    /// Sound that was consumed, in seconds.
    pub secs: f64,
}

/// A picture to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its tick.
    pub tick: u64,
    /// Its frame.
    pub frame: i64,
    /// The time of the sound, since the start.
    pub at: Time,
    /// The revision of the document that it shows.
    pub revision: u64,
    /// What decides its pixels; `None` if a file cannot be read any more.
    pub key: Option<FrameKey>,
    /// The picture.
    pub picture: Picture,
}

/// A picture that was drawn for playback.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The revision of the document that it shows.
    pub revision: u64,
    /// What decides its pixels.
    pub key: Option<FrameKey>,
    /// The picture.
    pub picture: Picture,
}

/// Playback of one course.
pub struct Playback {
    course: Course,
    policy: LatePolicy,
    /// The next tick to be requested.
    next: u64,
    requested: BTreeSet<u64>,
    ready: BTreeMap<u64, Ready>,
    /// The last tick that was shown, and when.
    last: Option<(u64, Time)>,
    /// When the last picture came while others were on their way, and the mean time between them in
    /// flicks.
    arrived: Option<Time>,
    interval: f64,
    drift_sum_secs: f64,
    report: PlayReport,
}

impl Playback {
    /// Playback that has not begun.
    pub fn new(course: Course, policy: LatePolicy) -> Self {
        Self {
            course,
            policy,
            next: 0,
            requested: BTreeSet::new(),
            ready: BTreeMap::new(),
            last: None,
            arrived: None,
            interval: 0.0,
            drift_sum_secs: 0.0,
            report: PlayReport::default(),
        }
    }

    /// Its course.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Changes what happens when pictures are late.
    pub fn set_policy(&mut self, policy: LatePolicy) {
        self.policy = policy;
    }

    /// What happens when pictures are late.
    pub fn policy(&self) -> LatePolicy {
        self.policy
    }

    /// Ticks with their frames to be requested now: so many that [`AHEAD`] are requested or ready.
    /// Those that would come too late are left out.
    pub fn wanted(&mut self, now: Time) -> Vec<(u64, i64)> {
        let mut wanted = Vec::new();
        while self.requested.len() + self.ready.len() < AHEAD as usize {
            if self.policy == LatePolicy::Drop && self.interval > 0.0 {
                let on_way = (self.requested.len() + 1) as f64;
                let comes = now.saturating_add(TimeDelta((on_way * self.interval).min(i64::MAX as f64 / 4.0) as i64));
                // It may still be shown while its own time lasts. The last tick is tried always.
                let tick = self.course.tick_at(comes);
                let last = self.course.ticks().map_or(u64::MAX, |ticks| ticks.saturating_sub(1));
                self.next = self.next.max(tick.min(last));
            }
            let Some(frame) = self.course.frame(self.next) else { break };
            wanted.push((self.next, frame));
            self.requested.insert(self.next);
            self.next += 1;
        }
        wanted
    }

    /// A requested picture has been drawn.
    pub fn drawn(&mut self, tick: u64, ready: Ready, now: Time) {
        if !self.requested.remove(&tick) {
            return;
        }
        if let Some(before) = self.arrived {
            let passed = (now - before).0 as f64;
            self.interval = if self.interval == 0.0 { passed } else { self.interval * 0.75 + passed * 0.25 };
        }
        self.arrived = (!self.requested.is_empty()).then_some(now);
        self.ready.insert(tick, ready);
    }

    /// A requested picture will not come.
    pub fn failed(&mut self, tick: u64) {
        self.requested.remove(&tick);
    }

    /// Whether enough is ready to start.
    pub fn is_prerolled(&self) -> bool {
        let ticks = self.course.ticks().unwrap_or(u64::MAX);
        self.ready.len() >= PREROLL.min(usize::try_from(ticks).unwrap_or(PREROLL))
    }

    /// Whether the sound must wait for the next picture.
    pub fn must_wait(&self, now: Time) -> bool {
        let due = self.course.tick_at(now);
        let next = self.last.map_or(0, |(tick, _)| tick + 1);
        self.policy == LatePolicy::SlowDown && next <= due && self.course.frame(next).is_some() && !self.ready.contains_key(&next)
    }

    /// The picture to show now, if it is another one than the last.
    pub fn show(&mut self, now: Time) -> Option<Shown> {
        let due = self.course.tick_at(now);
        let next = self.last.map_or(0, |(tick, _)| tick + 1);
        let tick = match self.policy {
            LatePolicy::Drop => *self.ready.range(..=due).next_back()?.0,
            LatePolicy::SlowDown => *self.ready.range(next..=due.max(next)).next().filter(|(tick, _)| **tick <= due)?.0,
        };
        let frozen = self.last.map_or(now.0, |(_, at)| now.0 - at.0) > LONGEST_FREEZE;
        if self.policy == LatePolicy::Drop && tick + 1 < due && !frozen && self.course.frame(due).is_some() {
            // Too late: a picture nearer to the sound is on its way.
            self.ready.retain(|ready, _| *ready > tick);
            return None;
        }
        let Ready { revision, key, picture } = self.ready.remove(&tick)?;
        self.ready.retain(|ready, _| *ready > tick);
        self.report.dropped += tick.saturating_sub(next);
        self.report.shown += 1;
        self.report.late += u64::from(tick < due && self.course.frame(due).is_some());
        let end = self.course.due(tick + 1);
        let drift_secs = (now - end).as_secs_f64().max(0.0);
        self.report.max_drift_secs = self.report.max_drift_secs.max(drift_secs);
        self.drift_sum_secs += drift_secs;
        self.last = Some((tick, now));
        Some(Shown { tick, frame: self.course.frame(tick)?, at: now, revision, key, picture })
    }

    /// The frame at which the playhead is.
    pub fn frame(&self, now: Time) -> i64 {
        let last = self.course.ticks().map_or(u64::MAX, |ticks| ticks.saturating_sub(1));
        self.course.frame(self.course.tick_at(now).min(last)).unwrap_or(self.course.anchor)
    }

    /// Whether the end was reached.
    pub fn is_over(&self, now: Time) -> bool {
        // The last frame may end between two samples.
        let now = now.saturating_add(LONGEST_SAMPLE);
        self.course.ticks().is_some_and(|ticks| self.course.tick_at(now) >= ticks)
    }

    /// How well it kept time so far. `missed_samples` is the sink's.
    pub fn report(&self, now: Time, missed_samples: u64) -> PlayReport {
        let mut report = self.report;
        // What was due by now and never came.
        let due = self.course.tick_at(now).min(self.course.ticks().unwrap_or(u64::MAX));
        report.dropped += due.saturating_sub(self.last.map_or(0, |(tick, _)| tick + 1));
        report.secs = now.as_secs_f64();
        report.missed_samples = missed_samples;
        if report.shown > 0 {
            report.mean_drift_secs = self.drift_sum_secs / report.shown as f64;
        }
        if report.secs > 0.0 {
            report.fps = report.shown as f64 / report.secs;
        }
        report
    }

    /// Forgets what was requested and drawn, because the document has changed; the ticks that are
    /// still to come are wanted again.
    pub fn restart_requests(&mut self, now: Time) {
        let from = self.last.map_or(0, |(tick, _)| tick + 1).max(self.course.tick_at(now));
        self.next = from;
        self.requested.clear();
        self.ready.clear();
        self.arrived = None;
    }
}

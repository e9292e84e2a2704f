//! Which source time a clip shows at each of its times: a constant speed, or a time map of
//! keyframes, given as speeds or as source times.
//!
//! [`TimeMap`] is the document's form. [`ClipTimes`] evaluates it: with speeds, the source time is
//! `source_in` plus the integral of the speed since the clip's start, in closed form for `hold`,
//! `linear` and `bezier` segments and by quadrature for the other easings.
use crate::{
    AngleInterpolation, Animated, Curve, Ease, Extra, Keyframe,
    animated::{bezier_controls, bezier_parameter},
};
use cutroom_types::{FLICKS_PER_SECOND, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Maximum magnitude of an instant or a length: 1000 hours. In flicks it fits a JSON number
/// exactly.
pub const MAX_TIME_FLICKS: i64 = 1000 * 3600 * FLICKS_PER_SECOND;

/// A time map: the speed over the clip's time, or the source time over the clip's time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeMap {
    /// Source seconds per timeline second, −100..=100: 0 holds a frame, negative plays backwards. The
    /// source time is the clip's `source_in` plus the integral since its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<Animated<f64>>,
    /// Source time, counted from the clip's `source_in`; instead of `speed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Animated<TimeDelta>>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a clip shows at an instant between two frames of its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameInterpolation {
    /// The frame that is presented then.
    #[default]
    Nearest,
    /// The mixture of the frames that are presented while the shutter is open: in slow motion the two
    /// neighbours, in fast motion all frames during the composition's shutter angle.
    Blend,
    /// A new picture, in which everything is moved along the optical flow between the two neighbours.
    Flow,
    /// `flow` where source frames last longer than those of the composition (slow motion, a higher
    /// frame rate), `nearest` elsewhere.
    Auto,
}

/// The source times of a clip.
#[derive(Clone, Debug)]
pub struct ClipTimes {
    source_in: Time,
    pace: Pace,
}

#[derive(Clone, Debug)]
enum Pace {
    Constant(f64),
    Map(Arc<Map>),
}

/// A part of a clip's time in which its source runs in one direction without a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Start, since the clip's start.
    pub start: TimeDelta,
    /// End, since the clip's start.
    pub end: TimeDelta,
    /// 1 forwards, −1 backwards, 0 for a source that stands still.
    pub direction: i32,
    /// Whether the source jumps at the start.
    pub jumps: bool,
}

#[derive(Debug)]
enum Map {
    /// Keyframes of the speed, and at each of them the source time in flicks since `source_in`.
    Speed { keys: Vec<Keyframe<f64>>, sources: Vec<f64> },
    /// Keyframes of the source time in flicks since `source_in`.
    Source(Curve<f64>),
}

/// Panels of the quadrature over a whole segment, with three points each.
const PANELS: f64 = 64.0;
/// Parts of a segment in each of which the direction is looked at, to find where it changes.
const PARTS: i64 = 64;
/// A shorter stop is one that only turns.
const SHORTEST_STOP: TimeDelta = TimeDelta(FLICKS_PER_SECOND / 1000);
/// Slower than this, a source stands still.
const STILL: f64 = 1e-9;

impl ClipTimes {
    /// Those of a clip with this source time at its start, at a speed or by a time map.
    pub fn new(source_in: Time, speed: f64, map: Option<&TimeMap>) -> Self {
        let pace = match map.and_then(Map::new) {
            Some(map) => Pace::Map(Arc::new(map)),
            None => Pace::Constant(speed),
        };
        Self { source_in, pace }
    }

    /// Those of a clip without a time map.
    pub fn constant(source_in: Time, speed: f64) -> Self {
        Self { source_in, pace: Pace::Constant(speed) }
    }

    /// The speed, if it is constant.
    pub fn constant_speed(&self) -> Option<f64> {
        match &self.pace {
            Pace::Constant(speed) => Some(*speed),
            Pace::Map(_) => None,
        }
    }

    /// Source time `t` after the clip's start, to the nearest flick; exact for whole constant
    /// speeds. Not clamped to the source.
    pub fn source_at(&self, t: TimeDelta) -> Time {
        match &self.pace {
            Pace::Constant(1.0) => self.source_in.saturating_add(t),
            Pace::Constant(speed) => self.source_in.saturating_add(TimeDelta((t.0 as f64 * speed).round() as i64)),
            Pace::Map(map) => self.source_in.saturating_add(TimeDelta(map.source_at(t).round() as i64)),
        }
    }

    /// Speed `t` after the clip's start.
    pub fn speed_at(&self, t: TimeDelta) -> f64 {
        match &self.pace {
            Pace::Constant(speed) => *speed,
            Pace::Map(map) => map.speed_at(t),
        }
    }

    /// The parts of `from..to`, times since the clip's start, in which the source runs in one
    /// direction: in order, without gaps.
    pub fn runs(&self, from: TimeDelta, to: TimeDelta) -> Vec<Run> {
        if from >= to {
            return Vec::new();
        }
        match &self.pace {
            Pace::Constant(speed) => vec![Run { start: from, end: to, direction: direction(*speed), jumps: false }],
            Pace::Map(map) => map.runs(from, to),
        }
    }

    /// The lowest and highest source time from `from` to `to` after the clip's start.
    pub fn range(&self, from: TimeDelta, to: TimeDelta) -> (Time, Time) {
        let ends = [from, to].map(|t| self.source_at(t));
        let mut range = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        for run in self.runs(from, to) {
            // At a jump the time before it counts, too.
            for at in [run.start, TimeDelta(run.end.0 - 1)] {
                let source = self.source_at(at);
                range = (range.0.min(source), range.1.max(source));
            }
        }
        range
    }
}

impl Run {
    /// Whether the sound of the run before it breaks off at its start.
    pub fn breaks(&self) -> bool {
        self.jumps || self.direction == 0
    }
}

fn direction(speed: f64) -> i32 {
    if speed.abs() < STILL { 0 } else { speed.signum() as i32 }
}

impl Map {
    /// `None` for a map that validation rejects: without a curve, or with times out of order.
    fn new(map: &TimeMap) -> Option<Self> {
        let map = Self::prepared(map)?;
        let times = map.times();
        let in_range = times.iter().all(|t| t.0.unsigned_abs() <= MAX_TIME_FLICKS as u64);
        (in_range && times.windows(2).all(|pair| pair[0] < pair[1])).then_some(map)
    }

    fn prepared(map: &TimeMap) -> Option<Self> {
        if let Some(source) = &map.source {
            let number = |key: &Keyframe<TimeDelta>| Keyframe {
                time: key.time,
                value: key.value.0 as f64,
                ease: key.ease,
                turn: AngleInterpolation::Continuous,
                handle_out: key.handle_out.as_ref().map(number_handle),
                handle_in: key.handle_in.as_ref().map(number_handle),
                extra: Extra::default(),
            };
            let keys = match source {
                Animated::Constant(v) => vec![Keyframe::new(TimeDelta::ZERO, v.0 as f64)],
                Animated::Curve(c) => c.keyframes().iter().map(number).collect(),
            };
            return Curve::new(keys).map(Self::Source);
        }
        let keys: Vec<Keyframe<f64>> = match map.speed.as_ref()? {
            Animated::Constant(v) => vec![Keyframe::new(TimeDelta::ZERO, *v)],
            Animated::Curve(c) => c.keyframes().to_vec(),
        };
        let numeric = |k: Keyframe<f64>| Keyframe { turn: AngleInterpolation::Continuous, ..k };
        let keys: Vec<_> = keys.into_iter().map(numeric).collect();
        let mut sources = vec![0.0];
        for pair in keys.windows(2) {
            sources.push(sources.last().copied().unwrap_or(0.0) + integral(&pair[0], &pair[1], pair[1].time));
        }
        let mut map = Self::Speed { keys, sources };
        let at_start = map.source_at(TimeDelta::ZERO);
        if let Self::Speed { sources, .. } = &mut map {
            sources.iter_mut().for_each(|s| *s -= at_start);
        }
        Some(map)
    }

    /// Flicks since `source_in`.
    fn source_at(&self, t: TimeDelta) -> f64 {
        match self {
            Self::Source(curve) => curve.value_at(t, f64::INFINITY),
            Self::Speed { keys, sources } => {
                let after = keys.partition_point(|k| k.time <= t);
                let since = |k: &Keyframe<f64>| t.0.saturating_sub(k.time.0) as f64;
                match (after.checked_sub(1), keys.get(after)) {
                    (None, Some(first)) => sources[0] + first.value * since(first),
                    (Some(i), None) => sources[i] + keys[i].value * since(&keys[i]),
                    (Some(i), Some(next)) => sources[i] + integral(&keys[i], next, t),
                    (None, None) => 0.0,
                }
            }
        }
    }

    fn speed_at(&self, t: TimeDelta) -> f64 {
        match self {
            Self::Speed { keys, .. } => {
                let after = keys.partition_point(|k| k.time <= t);
                match (after.checked_sub(1), keys.get(after)) {
                    (None, Some(key)) => key.value,
                    (Some(i), None) => keys[i].value,
                    (Some(i), Some(next)) => crate::animated::segment(&keys[i], next, t, f64::INFINITY),
                    (None, None) => 0.0,
                }
            }
            Self::Source(curve) => {
                let keys = curve.keyframes();
                let after = keys.partition_point(|k| k.time <= t);
                let (Some(i), Some(next)) = (after.checked_sub(1), keys.get(after)) else { return 0.0 };
                let length = (next.time.0 - keys[i].time.0) as f64;
                match keys[i].ease {
                    Ease::Hold => 0.0,
                    Ease::Linear => (next.value - keys[i].value) / length,
                    // The difference quotient over a thousandth of the segment, inside of it.
                    _ => {
                        let step = ((length / 2000.0) as i64).max(1);
                        let low = (t.0 - step).max(keys[i].time.0);
                        let high = (t.0 + step).min(next.time.0 - 1).max(low + 1);
                        (self.source_at(TimeDelta(high)) - self.source_at(TimeDelta(low))) / (high - low) as f64
                    }
                }
            }
        }
    }

    fn times(&self) -> Vec<TimeDelta> {
        match self {
            Self::Speed { keys, .. } => keys.iter().map(|k| k.time).collect(),
            Self::Source(curve) => curve.keyframes().iter().map(|k| k.time).collect(),
        }
    }

    fn runs(&self, from: TimeDelta, to: TimeDelta) -> Vec<Run> {
        let keys: Vec<i64> = self.times().iter().map(|t| t.0).filter(|t| (from.0 + 1..to.0).contains(t)).collect();
        let mut bounds = vec![from.0];
        bounds.extend(&keys);
        bounds.push(to.0);
        let direction_at = |t: i64| direction(self.speed_at(TimeDelta(t)));
        // Flicks at which a run may begin: keyframes, and changes of direction between them.
        let mut starts = Vec::new();
        for pair in bounds.windows(2) {
            let (start, end) = (pair[0], pair[1]);
            starts.push(start);
            let parts = PARTS.min(end - start);
            let at = |k: i64| (start + (i128::from(end - 1 - start) * i128::from(k) / i128::from(parts)) as i64).max(start);
            for k in 0..parts {
                let (mut low, mut high) = (at(k), at(k + 1));
                let before = direction_at(low);
                if direction_at(high) == before {
                    continue;
                }
                while high - low > 1 {
                    let middle = low + (high - low) / 2;
                    if direction_at(middle) == before { low = middle } else { high = middle }
                }
                starts.push(high);
            }
        }
        let mut runs: Vec<Run> = Vec::new();
        for (i, &start) in starts.iter().enumerate() {
            let end = TimeDelta(starts.get(i + 1).copied().unwrap_or(to.0));
            let step = self.source_at(TimeDelta(start)) - self.source_at(TimeDelta(start - 1));
            // Faster than any speed: the source time of a held keyframe gives way to the next one's.
            let jumps = i > 0 && step.abs() > 1000.0;
            let run = Run { start: TimeDelta(start), end, direction: direction_at(start), jumps };
            let turns = run.direction == 0 && (end - run.start).0 < SHORTEST_STOP.0;
            match runs.last_mut() {
                Some(last) if !jumps && (turns || last.direction == run.direction) => last.end = end,
                _ => runs.push(run),
            }
        }
        runs
    }
}

fn number_handle(handle: &crate::BezierHandle<TimeDelta>) -> crate::BezierHandle<f64> {
    crate::BezierHandle { time: handle.time, value: handle.value.0 as f64, extra: Extra::default() }
}

/// Integral of the value over the time from keyframe `a` to `t`, which is between `a` and `b`.
fn integral(a: &Keyframe<f64>, b: &Keyframe<f64>, t: TimeDelta) -> f64 {
    let length = b.time.0.saturating_sub(a.time.0) as f64;
    let since = t.0.saturating_sub(a.time.0) as f64;
    if length <= 0.0 || since <= 0.0 {
        return 0.0;
    }
    let (from, change, x) = (a.value, b.value - a.value, since / length);
    match a.ease {
        Ease::Hold => from * since,
        Ease::Linear => from * since + change * since * x / 2.0,
        Ease::Bezier => {
            let ([x1, x2], [y1, y2]) = bezier_controls(a, b);
            let u = bezier_parameter(x1, x2, x);
            // y·dx is a polynomial of degree 5 in the curve's parameter.
            let rate = |u: f64| {
                let v = 1.0 - u;
                let y = v * v * v * from + 3.0 * v * v * u * y1 + 3.0 * v * u * u * y2 + u * u * u * b.value;
                y * (3.0 * v * v * x1 + 6.0 * v * u * (x2 - x1) + 3.0 * u * u * (1.0 - x2))
            };
            gauss(rate, 0.0, u) * length
        }
        ease => {
            let panels = (PANELS * x).ceil().max(1.0);
            let width = x / panels;
            let sum: f64 =
                (0..panels as u32).map(|k| gauss(|x| ease.progress(x), f64::from(k) * width, (f64::from(k) + 1.0) * width)).sum();
            from * since + change * length * sum
        }
    }
}

/// Gauss–Legendre quadrature with three points, exact up to degree 5.
fn gauss(f: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
    let offset = half * 0.6f64.sqrt();
    half * (5.0 * f(middle - offset) + 8.0 * f(middle) + 5.0 * f(middle + offset)) / 9.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clip;

    fn clip(map: serde_json::Value) -> Clip {
        serde_json::from_value(serde_json::json!({
            "id": "c", "source": {"type": "media", "media": "m"}, "start": 0, "duration": "10s", "source_in": "2s", "time_map": map
        }))
        .unwrap()
    }

    fn secs(s: f64) -> TimeDelta {
        TimeDelta((s * FLICKS_PER_SECOND as f64).round() as i64)
    }

    fn source(times: &ClipTimes, t: f64) -> f64 {
        times.source_at(secs(t)).as_secs_f64()
    }

    #[test]
    fn a_linear_ramp_is_its_parabola() {
        let times =
            clip(serde_json::json!({"speed": {"keyframes": [{"time": "1s", "value": 1}, {"time": "3s", "value": 3}]}})).times();
        for (t, expected) in [(-1.0, 1.0), (0.0, 2.0), (1.0, 3.0), (2.0, 4.5), (2.5, 5.625), (3.0, 7.0), (4.0, 10.0)] {
            assert!((source(&times, t) - expected).abs() < 1e-8, "{t}: {} for {expected}", source(&times, t));
        }
        assert!((times.speed_at(secs(2.5)) - 2.5).abs() < 1e-12);
        assert_eq!(times.runs(TimeDelta::ZERO, secs(10.0)).len(), 1);
    }

    #[test]
    fn eased_and_bezier_speeds_are_integrated() {
        // ∫ of x² from 0 to x is x³/3; of 1 − cos(x·π/2) it is x − sin(x·π/2)·2/π.
        for (ease, integral) in [
            ("in_quad", (|x: f64| x * x * x / 3.0) as fn(f64) -> f64),
            ("in_sine", |x: f64| x - (x * std::f64::consts::FRAC_PI_2).sin() * std::f64::consts::FRAC_2_PI),
        ] {
            let map =
                serde_json::json!({"speed": {"keyframes": [{"time": 0, "value": 0, "ease": ease}, {"time": "4s", "value": 2}]}});
            let times = clip(map).times();
            for t in [0.1, 1.0, 2.3, 4.0] {
                let expected = 2.0 + 2.0 * 4.0 * integral(t / 4.0);
                assert!((source(&times, t) - expected).abs() < 1e-8, "{ease} {t}");
            }
        }
        // A Bezier segment with default handles is a straight line.
        let line =
            serde_json::json!({"speed": {"keyframes": [{"time": 0, "value": 0, "ease": "bezier"}, {"time": "4s", "value": 2}]}});
        assert!((source(&clip(line).times(), 3.0) - (2.0 + 0.25 * 9.0)).abs() < 1e-8);
        // With handles the sum of many small steps.
        let bent = serde_json::json!({"speed": {"keyframes": [
            {"time": 0, "value": 0.5, "ease": "bezier", "handle_out": {"time": "2s", "value": 0}},
            {"time": "4s", "value": 2, "handle_in": {"time": "-1s", "value": -3}}]}});
        let times = clip(bent).times();
        let steps = 40_000;
        let sum: f64 = (0..steps).map(|k| times.speed_at(secs((f64::from(k) + 0.5) * 3.0 / f64::from(steps)))).sum::<f64>();
        assert!((source(&times, 3.0) - 2.0 - sum * 3.0 / f64::from(steps)).abs() < 1e-6);
    }

    #[test]
    fn runs_end_where_the_direction_changes_and_where_the_source_jumps() {
        let times =
            clip(serde_json::json!({"speed": {"keyframes": [{"time": 0, "value": 1}, {"time": "4s", "value": -1}]}})).times();
        let runs = times.runs(TimeDelta::ZERO, secs(10.0));
        assert_eq!(runs.iter().map(|r| r.direction).collect::<Vec<_>>(), [1, -1]);
        assert!((runs[1].start.as_secs_f64() - 2.0).abs() < 1e-6, "{runs:?}");
        assert_eq!(times.range(TimeDelta::ZERO, secs(4.0)), (Time::from_ratio_secs(2, 1), Time::from_ratio_secs(3, 1)));
        let times = clip(serde_json::json!({"source": {"keyframes": [
            {"time": 0, "value": 0}, {"time": "2s", "value": "4s", "ease": "hold"}, {"time": "3s", "value": "1s"}, {"time": "5s", "value": 0}
        ]}}))
        .times();
        let runs = times.runs(TimeDelta::ZERO, secs(6.0));
        let found: Vec<_> = runs.iter().map(|r| (r.start.as_secs_f64(), r.direction, r.jumps)).collect();
        assert_eq!(found, [(0.0, 1, false), (2.0, 0, false), (3.0, -1, true), (5.0, 0, false)]);
        assert_eq!(source(&times, 1.0), 4.0);
        assert_eq!(source(&times, 2.5), 6.0);
        assert_eq!(source(&times, 4.0), 2.5);
        assert_eq!(times.speed_at(secs(1.0)), 2.0);
    }
}

//! How sound gets from a clip or a bus to where it is mixed: gains and pans as curves over root
//! samples, evaluated on a fixed grid.
use crate::{Fade, FoldLevels, NestedAudio, audio_clock::Clock};
use cutroom_project::Animated;
use cutroom_types::Time;
use std::{ops::Range, sync::Arc};

/// Gains at or below this are silence.
const SILENCE_DB: f64 = -144.0;
/// Maximum gain of one curve.
const MAX_DB: f64 = 60.0;
/// Maximum gain of all curves together, far below the limit of single precision.
const MAX_SUM_DB: f64 = 400.0;

/// A curve of a clip or track that can be evaluated at root samples.
#[derive(Clone)]
pub(crate) struct ClockedCurve<'a> {
    pub curve: &'a Animated<f64>,
    pub clock: Clock,
    /// Local time of the curve's zero.
    pub origin: Time,
}

impl ClockedCurve<'_> {
    pub fn at_sample(&self, sample: i64) -> f64 {
        self.curve.value_at(self.clock.local_of_sample(sample) - self.origin)
    }
}

/// What the enclosing compositions and tracks contribute to a clip's sound.
#[derive(Clone)]
pub(crate) struct Surroundings<'a> {
    pub clock: Clock,
    /// Root samples outside which the clip is silent.
    pub bounds: Range<i64>,
    /// Gains, pans and fades on the way to where it is mixed.
    pub gains: Vec<ClockedCurve<'a>>,
    /// Outermost composition first, the clip's own last.
    pub pans: Vec<Pan<'a>>,
    pub fades: Vec<Fade>,
    /// The bus of the plan that it is mixed into; `None`: the output.
    pub into: Option<usize>,
    /// Before the keys of buses: the clips whose compositions these are in.
    pub path: Arc<str>,
    /// Whether the clip, or one that it is nested in, keeps its pitch.
    pub preserves_pitch: bool,
}

/// Pan in one composition.
#[derive(Clone)]
pub(crate) struct Pan<'a> {
    pub channels: usize,
    /// Levels at which the clip's source is folded into these channels.
    pub fold: FoldLevels,
    /// Curves of the clip and of its track; their values are added.
    pub curves: [ClockedCurve<'a>; 2],
}

/// How a sound gets to where it is mixed.
pub(crate) struct Route {
    pub gain: Vec<(i64, f32)>,
    pub nested: Vec<NestedAudio>,
    pub fold: FoldLevels,
    pub pan: Vec<(i64, f32)>,
}

/// The way of what is audible during `samples`.
pub(crate) fn route(around: &Surroundings<'_>, samples: &Range<i64>, requested: &Range<i64>) -> Route {
    let rate_hz = around.clock.rate_hz;
    let points = |p: &Pan<'_>| curve_points(&p.curves, samples, requested, rate_hz, pan);
    let mut nested: Vec<NestedAudio> = Vec::new();
    for level in around.pans.iter().rev() {
        let pan = points(level);
        // A composition that has the same channels and does not pan changes nothing and is left out.
        let same = nested.last().is_some_and(|inner| inner.channels == level.channels) && matches!(pan[..], [(_, 0.0)]);
        if !same {
            nested.push(NestedAudio { channels: level.channels, fold: level.fold, pan });
        }
    }
    // The source of a clip with effects is not placed.
    let unplaced = || (FoldLevels::default(), vec![(samples.start, 0.0)]);
    let (fold, pan) = nested.pop().map_or_else(unplaced, |root| (root.fold, root.pan));
    Route { gain: curve_points(&around.gains, samples, requested, rate_hz, gain), nested, fold, pan }
}

/// What two ranges have in common.
pub(crate) fn intersection(a: &Range<i64>, b: &Range<i64>) -> Range<i64> {
    a.start.max(b.start)..a.end.min(b.end)
}

/// The linear gain of all curves together, which are in decibels. If one is silent, the result is;
/// values that overshoot between keyframes are limited to the maximum of keyframes.
pub(crate) fn gain(curves: &mut dyn Iterator<Item = f64>) -> f32 {
    let mut sum = 0.0;
    for db in curves {
        if db <= SILENCE_DB {
            return 0.0;
        }
        sum += db.min(MAX_DB);
    }
    if sum == 0.0 { 1.0 } else { libm::exp10(sum.min(MAX_SUM_DB) / 20.0) as f32 }
}

/// The linear level of decibels.
pub(crate) fn level(db: f64) -> f64 {
    if db <= SILENCE_DB { 0.0 } else { libm::exp10(db / 20.0) }
}

fn pan(curves: &mut dyn Iterator<Item = f64>) -> f32 {
    curves.sum::<f64>().clamp(-1.0, 1.0) as f32 + 0.0
}

/// The combined value of the curves as points over root samples; a single point if all are
/// constant.
fn curve_points(
    curves: &[ClockedCurve<'_>],
    audible: &Range<i64>,
    requested: &Range<i64>,
    rate_hz: u32,
    together: fn(&mut dyn Iterator<Item = f64>) -> f32,
) -> Vec<(i64, f32)> {
    let value = |sample| together(&mut curves.iter().map(|c| c.at_sample(sample)));
    if curves.iter().all(|c| matches!(c.curve, Animated::Constant(_))) {
        return vec![(audible.start, value(audible.start))];
    }
    let mut samples = grid(audible, requested, rate_hz);
    let (from, to) = (samples[0], samples[samples.len() - 1]);
    for c in curves {
        for k in c.curve.keyframes() {
            let at = c.clock.sample(c.origin.saturating_add(k.time));
            samples.extend([at.saturating_sub(1), at, at.saturating_add(1)]);
        }
    }
    samples.retain(|s| (from..=to).contains(s));
    samples.sort_unstable();
    samples.dedup();
    samples.into_iter().map(|s| (s, value(s))).collect()
}

/// The samples of the fixed grid that are audible, in whole steps around the requested ones, so that
/// those next to them do not depend on the request; with the ends of what is audible. Never empty.
pub(crate) fn grid(audible: &Range<i64>, requested: &Range<i64>, rate_hz: u32) -> Vec<i64> {
    let step = i64::from(rate_hz / 100).max(1);
    let wanted = intersection(audible, requested);
    let from = (wanted.start.div_euclid(step) * step).max(audible.start);
    let to = ((wanted.end.div_euclid(step) + 1) * step).min(audible.end).max(from);
    let mut samples: Vec<i64> = (from.div_euclid(step)..=to.div_euclid(step)).map(|k| k * step).collect();
    samples.extend([from, to]);
    samples.retain(|s| (from..=to).contains(s));
    samples.sort_unstable();
    samples.dedup();
    samples
}

//! Plans audio: which clips are audible, with nested compositions flattened and every boundary an
//! absolute sample of the root composition.
//!
//! A boundary is rounded to the nearest sample once, so neighbouring clips share it. Nothing
//! depends on the requested range of samples: voices carry their whole extent, and curves are
//! sampled on a fixed grid of root samples (100 per second, and both sides of each keyframe), of
//! which a plan has the part around its range.
use crate::{
    AudioPlan, Fade, FoldLevels, NestedAudio, PlanError, Timeline, Voice,
    index::{AudioFade, AudioSegment},
    sampling::stretch,
};
use cutroom_project::{Animated, Clip, ClipSource, MediaKind, Project, StreamChoice, Track};
use cutroom_types::{MediaId, Time, TimeDelta};
use std::ops::{ControlFlow, Deref, Range};

/// Gains at or below this are silence.
const SILENCE_DB: f64 = -144.0;
/// Maximum gain of one curve.
const MAX_DB: f64 = 60.0;
/// Maximum gain of all curves together, far below the limit of single precision.
const MAX_SUM_DB: f64 = 400.0;

/// Maps root time to a composition's local time:
/// `local = local_anchor + (root − root_anchor)·speed`.
#[derive(Clone, Copy, Debug)]
struct Clock {
    root_anchor: Time,
    local_anchor: Time,
    speed: f64,
    rate_hz: u32,
}

impl Clock {
    fn local(&self, root: Time) -> Time {
        self.local_anchor.saturating_add(stretch(root - self.root_anchor, self.speed))
    }

    fn local_of_sample(&self, sample: i64) -> Time {
        self.local(Time::of_sample(sample, self.rate_hz))
    }

    fn sample(&self, local: Time) -> i64 {
        let offset = local - self.local_anchor;
        let offset = if self.speed == 1.0 { offset } else { TimeDelta((offset.0 as f64 / self.speed).round() as i64) };
        self.root_anchor.saturating_add(offset).to_sample(self.rate_hz)
    }

    /// The root samples of a span of local time, in either direction of playing.
    fn samples(&self, start: Time, end: Time) -> Range<i64> {
        let (a, b) = (self.sample(start), self.sample(end));
        a.min(b)..a.max(b)
    }

    /// The clock inside a nested clip of a composition with this clock.
    fn nested(&self, clip: &Clip) -> Self {
        Self {
            local_anchor: clip.source_in.saturating_add(stretch(self.local_anchor - clip.start, clip.speed)),
            speed: self.speed * clip.speed,
            ..*self
        }
    }
}

/// A curve of a clip or track that can be evaluated at root samples.
#[derive(Clone, Copy)]
struct ClockedCurve<'a> {
    curve: &'a Animated<f64>,
    clock: Clock,
    /// Local time of the curve's zero.
    origin: Time,
}

impl ClockedCurve<'_> {
    fn at_sample(&self, sample: i64) -> f64 {
        self.curve.value_at(self.clock.local_of_sample(sample) - self.origin)
    }
}

/// What the enclosing compositions and tracks contribute to a clip's sound.
#[derive(Clone)]
struct Surroundings<'a> {
    clock: Clock,
    /// Root samples outside which the clip is silent.
    bounds: Range<i64>,
    gains: Vec<ClockedCurve<'a>>,
    /// Outermost composition first, the clip's own last.
    pans: Vec<Pan<'a>>,
    fades: Vec<Fade>,
}

/// Pan in one composition.
#[derive(Clone, Copy)]
struct Pan<'a> {
    channels: usize,
    /// Levels at which the clip's source is folded into these channels.
    fold: FoldLevels,
    /// Curves of the clip and of its track; their values are added.
    curves: [ClockedCurve<'a>; 2],
}

impl<P: Deref<Target = Project>> Timeline<P> {
    pub(crate) fn plan_audio(&self, first_sample: i64, samples: usize) -> Result<AudioPlan, PlanError> {
        let c = self.composition();
        let mut plan =
            AudioPlan { rate_hz: c.sample_rate_hz, channels: c.channels as usize, first_sample, samples, voices: Vec::new() };
        let around = self.nothing_around();
        let requested = first_sample..first_sample.saturating_add(i64::try_from(samples).unwrap_or(i64::MAX));
        let mut end = |audible: AudibleClip<'_, '_>| {
            plan.voices.push(audible.voice(&requested));
            ControlFlow::Continue(())
        };
        let _ = self.collect(self.root, &around, &requested, &mut end)?;
        Ok(plan)
    }

    /// Whether a range of samples has a voice. Stops at the first one and samples no curve.
    pub(crate) fn has_voice(&self, requested: &Range<i64>) -> Result<bool, PlanError> {
        Ok(self.collect(self.root, &self.nothing_around(), requested, &mut |_| ControlFlow::Break(()))?.is_break())
    }

    fn nothing_around(&self) -> Surroundings<'_> {
        let rate_hz = self.composition().sample_rate_hz;
        Surroundings {
            clock: Clock { root_anchor: Time::ZERO, local_anchor: Time::ZERO, speed: 1.0, rate_hz },
            bounds: 0..self.sample_count(),
            gains: Vec::new(),
            pans: Vec::new(),
            fades: Vec::new(),
        }
    }

    fn collect(
        &self,
        composition: usize,
        around: &Surroundings<'_>,
        requested: &Range<i64>,
        visit: &mut VisitClip<'_>,
    ) -> Result<ControlFlow<()>, PlanError> {
        let Some(index) = self.index(composition) else { return Ok(ControlFlow::Continue(())) };
        let wanted = intersection(&around.bounds, requested);
        if wanted.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        // Local time of the requested samples, one sample wider on both sides because boundaries
        // are rounded.
        let ends = [wanted.start - 1, wanted.end + 1].map(|s| around.clock.local_of_sample(s));
        let (from, to) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        for &at in &index.audible {
            let c = &self.project.compositions[composition];
            let (track, segments) = (&c.tracks[at], &index.tracks[at].sound);
            for segment in &segments[segments.partition_point(|r| r.latest_end < from)..] {
                if segment.start > to {
                    break;
                }
                if self.voice(track, c.channels as usize, segment, around, requested, visit)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn voice(
        &self,
        track: &Track,
        channels: usize,
        segment: &AudioSegment,
        around: &Surroundings<'_>,
        requested: &Range<i64>,
        visit: &mut VisitClip<'_>,
    ) -> Result<ControlFlow<()>, PlanError> {
        let (clip, clock) = (&track.clips[segment.clip], around.clock);
        let audible = intersection(&clock.samples(segment.start, segment.end), &around.bounds);
        if intersection(&audible, requested).is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let mut here = around.clone();
        here.bounds = audible.clone();
        here.gains.push(ClockedCurve { curve: &clip.audio.gain_db, clock, origin: clip.start });
        here.gains.push(ClockedCurve { curve: &track.gain_db, clock, origin: Time::ZERO });
        let pan = ClockedCurve { curve: &clip.audio.pan, clock, origin: clip.start };
        let fold = FoldLevels { center: clip.audio.center_mix_db.map(level), lfe: clip.audio.lfe_mix_db.map(level) };
        here.pans.push(Pan { channels, fold, curves: [pan, ClockedCurve { curve: &track.pan, clock, origin: Time::ZERO }] });
        here.fades.extend(segment.fades.iter().filter_map(|f| place_fade(f, &clock)));
        match &clip.source {
            ClipSource::Solid(_)
            | ClipSource::Text(_)
            | ClipSource::Shape(_)
            | ClipSource::Subtitles(_)
            | ClipSource::Adjustment(_)
            | ClipSource::Null(_) => Ok(ControlFlow::Continue(())),
            ClipSource::Composition(s) => {
                let inner =
                    *self.compositions.get(&s.composition).ok_or_else(|| PlanError::UnknownComposition(s.composition.clone()))?;
                here.clock = clock.nested(clip);
                let length = self.index(inner).map_or(TimeDelta::ZERO, |i| i.length);
                here.bounds = intersection(&here.bounds, &here.clock.samples(Time::ZERO, Time(length.0)));
                self.collect(inner, &here, requested, visit)
            }
            ClipSource::Media(s) => {
                let unknown = || PlanError::UnknownMedia { clip: clip.id.clone(), media: s.media.clone() };
                let media = &self.project.media[*self.media.get(&s.media).ok_or_else(unknown)?];
                let absent =
                    s.audio_stream == StreamChoice::First && media.facts.as_ref().is_some_and(|f| f.audio_streams == Some(0));
                let Some(stream) = s.audio_stream.index().filter(|_| !absent && media.kind != MediaKind::Image) else {
                    return Ok(ControlFlow::Continue(()));
                };
                let is_still = here.gains.iter().all(|g| matches!(g.curve, Animated::Constant(_)));
                if is_still && gain(&mut here.gains.iter().map(|g| g.at_sample(audible.start))) == 0.0 {
                    return Ok(ControlFlow::Continue(()));
                }
                let media_id = &s.media;
                let Some(period) = media.period().filter(|_| s.repeat) else {
                    let shift = -media.audio_offset;
                    return Ok(visit(AudibleClip { clip, media: media_id, stream, around: here, samples: audible, clock, shift }));
                };
                // One voice for each repetition that the request meets; in each the source starts anew.
                let nested = clock.nested(clip);
                let wanted = intersection(&audible, requested);
                let times = [wanted.start, wanted.end - 1].map(|s| nested.local_of_sample(s).0.div_euclid(period.0));
                for repetition in times[0].min(times[1])..=times[0].max(times[1]) {
                    let start = Time(repetition.saturating_mul(period.0));
                    let samples = intersection(&nested.samples(start, start.saturating_add(period)), &audible);
                    let shift = -start.since_zero() - media.audio_offset;
                    let around = Surroundings { bounds: samples.clone(), ..here.clone() };
                    let visited = AudibleClip { clip, media: media_id, stream, around, samples: samples.clone(), clock, shift };
                    if !samples.is_empty() && visit(visited).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
        }
    }
}

/// Called for every voice; `Break` ends the search.
type VisitClip<'a> = dyn FnMut(AudibleClip<'_, '_>) -> ControlFlow<()> + 'a;

/// An audible clip with its surroundings.
struct AudibleClip<'c, 'a> {
    clip: &'c Clip,
    media: &'c MediaId,
    stream: usize,
    around: Surroundings<'a>,
    /// Root samples during which it is audible.
    samples: Range<i64>,
    /// Clock of the clip's composition.
    clock: Clock,
    /// Added to its source times.
    shift: TimeDelta,
}

impl AudibleClip<'_, '_> {
    fn voice(self, requested: &Range<i64>) -> Voice {
        let Self { clip, media, stream, around, samples, clock, shift } = self;
        let speed = clock.speed * clip.speed;
        // Played backwards, the last sample before the end comes first.
        let first_audible = if speed < 0.0 { samples.start + 1 } else { samples.start };
        let points = |p: &Pan<'_>| curve_points(&p.curves, &samples, requested, &clock, pan);
        let mut nested: Vec<NestedAudio> = Vec::new();
        for level in around.pans.iter().rev() {
            let pan = points(level);
            // A composition that has the same channels and does not pan changes nothing and is left
            // out.
            let same = nested.last().is_some_and(|inner| inner.channels == level.channels) && matches!(pan[..], [(_, 0.0)]);
            if !same {
                nested.push(NestedAudio { channels: level.channels, fold: level.fold, pan });
            }
        }
        let (fold, pan) = nested.pop().map(|root| (root.fold, root.pan)).unwrap_or_default();
        Voice {
            clip: clip.id.clone(),
            media: media.clone(),
            stream,
            channels: clip.audio.channels.iter().map(|n| *n as usize).collect(),
            first_sample: samples.start,
            end_sample: samples.end,
            source_start: clock.nested(clip).local_of_sample(first_audible).saturating_add(shift),
            speed,
            nested,
            fold,
            pan,
            gain: curve_points(&around.gains, &samples, requested, &clock, gain),
            fades: around.fades,
        }
    }
}

fn intersection(a: &Range<i64>, b: &Range<i64>) -> Range<i64> {
    a.start.max(b.start)..a.end.min(b.end)
}

fn place_fade(f: &AudioFade, clock: &Clock) -> Option<Fade> {
    let segment = clock.samples(f.start, f.end);
    // Played backwards, a rising fade falls.
    let rising = f.rising == (clock.speed > 0.0);
    (!segment.is_empty()).then_some(Fade { first_sample: segment.start, end_sample: segment.end, rising, curve: f.curve })
}

/// The linear gain of all curves together, which are in decibels. If one is silent, the result is;
/// values that overshoot between keyframes are limited to the maximum of keyframes.
fn gain(curves: &mut dyn Iterator<Item = f64>) -> f32 {
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
fn level(db: f64) -> f64 {
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
    clock: &Clock,
    together: fn(&mut dyn Iterator<Item = f64>) -> f32,
) -> Vec<(i64, f32)> {
    let value = |sample| together(&mut curves.iter().map(|c| c.at_sample(sample)));
    if curves.iter().all(|c| matches!(c.curve, Animated::Constant(_))) {
        return vec![(audible.start, value(audible.start))];
    }
    let step = i64::from(clock.rate_hz / 100).max(1);
    let wanted = intersection(audible, requested);
    // Whole steps around the requested range, so that the points next to it do not depend on the
    // range.
    let from = (wanted.start.div_euclid(step) * step).max(audible.start);
    let to = ((wanted.end.div_euclid(step) + 1) * step).min(audible.end);
    let mut samples: Vec<i64> = (0..=(to - from) / step + 1).map(|i| (from.div_euclid(step) + i) * step).collect();
    samples.extend([from, to]);
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

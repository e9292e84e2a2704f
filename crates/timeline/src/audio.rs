//! Plans audio: which clips are audible, with nested compositions flattened and every boundary an
//! absolute sample of the root composition.
//!
//! A boundary is rounded to the nearest sample once, so neighbouring clips share it. Nothing
//! depends on the requested range of samples: voices carry their whole extent, and curves are
//! sampled on a fixed grid of root samples (100 per second, and both sides of each keyframe), of
//! which a plan has the part around its range.
use crate::{
    AudioPlan, Fade, FoldLevels, NestedAudio, PlanError, STRETCH_BLOCK_SECS, STRETCH_MARGIN_SECS, SourcePoint, Timeline, Voice,
    index::{AudioFade, AudioSegment},
    sampling::stretch,
};
use cutroom_project::{Animated, Clip, ClipSource, ClipTimes, MediaKind, Project, Run, StreamChoice, Track};
use cutroom_types::{FLICKS_PER_SECOND, FadeCurve, MediaId, Time, TimeDelta};
use std::{
    ops::{ControlFlow, Deref, Range},
    sync::Arc,
};

/// Gains at or below this are silence.
const SILENCE_DB: f64 = -144.0;
/// Maximum gain of one curve.
const MAX_DB: f64 = 60.0;
/// Maximum gain of all curves together, far below the limit of single precision.
const MAX_SUM_DB: f64 = 400.0;

/// Length of the fades where a time map stops, starts or jumps.
const EDGE_FADE: TimeDelta = TimeDelta(FLICKS_PER_SECOND / 200);

/// Maps root time to a composition's local time: `local = local_anchor + (base − base_anchor)·speed`,
/// where `base` is root time, or the source time of the innermost enclosing clip with a time map.
#[derive(Clone, Debug)]
struct Clock {
    map: Option<Arc<MapClock>>,
    base_anchor: Time,
    local_anchor: Time,
    speed: f64,
    rate_hz: u32,
}

/// Maps root time to the source time of a clip with a time map, during one of its runs.
#[derive(Debug)]
struct MapClock {
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

    fn local_of_sample(&self, sample: i64) -> Time {
        self.local(Time::of_sample(sample, self.rate_hz))
    }

    /// Local seconds per root second at a sample; negative backwards.
    fn speed_at_sample(&self, sample: i64) -> f64 {
        let Some(map) = &self.map else { return self.speed };
        let at = map.times.speed_at(map.offset(Time::of_sample(sample, self.rate_hz)));
        self.speed * at * map.outer.speed_at_sample(sample)
    }

    /// Whether local time runs forwards.
    fn is_forward(&self) -> bool {
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

    fn sample(&self, local: Time) -> i64 {
        self.root(local).to_sample(self.rate_hz)
    }

    /// The root samples of a span of local time, in either direction of playing.
    fn samples(&self, start: Time, end: Time) -> Range<i64> {
        let (a, b) = (self.sample(start), self.sample(end));
        a.min(b)..a.max(b)
    }

    /// The clock of the source of a clip of a composition with this clock, during one run.
    fn nested(&self, clip: &Clip, times: &ClipTimes, run: Run) -> Self {
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

/// A curve of a clip or track that can be evaluated at root samples.
#[derive(Clone)]
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
    /// Whether the clip, or one that it is nested in, keeps its pitch.
    preserves_pitch: bool,
}

/// Pan in one composition.
#[derive(Clone)]
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
            clock: Clock { map: None, base_anchor: Time::ZERO, local_anchor: Time::ZERO, speed: 1.0, rate_hz },
            bounds: 0..self.sample_count(),
            gains: Vec::new(),
            pans: Vec::new(),
            fades: Vec::new(),
            preserves_pitch: false,
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
                let clip = &track.clips[segment.clip];
                let times = &index.tracks[at].entries.clips[segment.clip].times;
                let runs = times.runs(segment.start - clip.start, segment.end - clip.start);
                for (i, run) in runs.iter().enumerate().filter(|(_, run)| run.direction != 0) {
                    // A source that stops, starts or jumps inside the clip does so without a click.
                    let broken = [i > 0 && (run.jumps || runs[i - 1].direction == 0), runs.get(i + 1).is_some_and(Run::breaks)];
                    let sounding = Sounding { track, clip, segment, times, run: *run, broken };
                    if self.voice(&sounding, c.channels as usize, around, requested, visit)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn voice(
        &self,
        sounding: &Sounding<'_>,
        channels: usize,
        around: &Surroundings<'_>,
        requested: &Range<i64>,
        visit: &mut VisitClip<'_>,
    ) -> Result<ControlFlow<()>, PlanError> {
        let Sounding { track, clip, segment, times, run, broken } = *sounding;
        let clock = &around.clock;
        let (start, end) = (clip.start.saturating_add(run.start), clip.start.saturating_add(run.end));
        let audible = intersection(&clock.samples(start, end), &around.bounds);
        if intersection(&audible, requested).is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let mut here = around.clone();
        here.bounds = audible.clone();
        let curve = |curve, origin| ClockedCurve { curve, clock: clock.clone(), origin };
        here.gains.push(curve(&clip.audio.gain_db, clip.start));
        here.gains.push(curve(&track.gain_db, Time::ZERO));
        let pan = curve(&clip.audio.pan, clip.start);
        let fold = FoldLevels { center: clip.audio.center_mix_db.map(level), lfe: clip.audio.lfe_mix_db.map(level) };
        here.pans.push(Pan { channels, fold, curves: [pan, curve(&track.pan, Time::ZERO)] });
        here.fades.extend(segment.fades.iter().filter_map(|f| place_fade(f, clock)));
        let fade = TimeDelta(EDGE_FADE.0.min((end - start).0 / 2));
        let edges = [(start, start.saturating_add(fade)), (end.saturating_add(-fade), end)];
        for ((start, end), rising) in edges.into_iter().zip([true, false]).zip(broken).filter(|(_, b)| *b).map(|(e, _)| e) {
            here.fades.extend(place_fade(&AudioFade { start, end, rising, curve: FadeCurve::Linear }, clock));
        }
        here.preserves_pitch |= clip.audio.preserve_pitch;
        let source = clock.nested(clip, times, run);
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
                here.clock = source;
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
                    return Ok(visit(AudibleClip { clip, media: media_id, stream, around: here, samples: audible, source, shift }));
                };
                // One voice for each repetition that the request meets; in each the source starts anew.
                let wanted = intersection(&audible, requested);
                let times = [wanted.start, wanted.end - 1].map(|s| source.local_of_sample(s).0.div_euclid(period.0));
                for repetition in times[0].min(times[1])..=times[0].max(times[1]) {
                    let start = Time(repetition.saturating_mul(period.0));
                    let samples = intersection(&source.samples(start, start.saturating_add(period)), &audible);
                    let shift = -start.since_zero() - media.audio_offset;
                    let around = Surroundings { bounds: samples.clone(), ..here.clone() };
                    let source = source.clone();
                    let visited = AudibleClip { clip, media: media_id, stream, around, samples: samples.clone(), source, shift };
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

/// A clip during one run of its source.
#[derive(Clone, Copy)]
struct Sounding<'a> {
    track: &'a Track,
    clip: &'a Clip,
    segment: &'a AudioSegment,
    times: &'a ClipTimes,
    run: Run,
    /// Whether its sound begins, and ends, where it would click.
    broken: [bool; 2],
}

/// An audible clip with its surroundings.
struct AudibleClip<'c, 'a> {
    clip: &'c Clip,
    media: &'c MediaId,
    stream: usize,
    around: Surroundings<'a>,
    /// Root samples during which it is audible.
    samples: Range<i64>,
    /// Clock of its source.
    source: Clock,
    /// Added to its source times.
    shift: TimeDelta,
}

impl AudibleClip<'_, '_> {
    fn voice(self, requested: &Range<i64>) -> Voice {
        let Self { clip, media, stream, around, samples, source, shift } = self;
        let rate_hz = source.rate_hz;
        // Played backwards, the last sample before the end comes first.
        let later = i64::from(!source.is_forward());
        let source_at = |sample: i64| source.local_of_sample(sample + later).saturating_add(shift);
        let (speed, positions) = match source.map {
            None => (source.speed, Vec::new()),
            Some(_) => {
                let speed = if source.is_forward() { 1.0 } else { -1.0 };
                let point = |sample| SourcePoint { sample, source: source_at(sample), speed: source.speed_at_sample(sample) };
                let wanted = if around.preserves_pitch { stretched(samples.start, requested, rate_hz) } else { requested.clone() };
                (speed, grid(&samples, &wanted, rate_hz).into_iter().map(point).collect())
            }
        };
        let points = |p: &Pan<'_>| curve_points(&p.curves, &samples, requested, rate_hz, pan);
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
            source_start: source_at(samples.start),
            speed,
            positions,
            preserves_pitch: around.preserves_pitch,
            nested,
            fold,
            pan,
            gain: curve_points(&around.gains, &samples, requested, rate_hz, gain),
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
    let rising = f.rising == clock.is_forward();
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
fn grid(audible: &Range<i64>, requested: &Range<i64>, rate_hz: u32) -> Vec<i64> {
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

/// The samples that are needed to stretch the requested ones of a voice that starts at `start`.
fn stretched(start: i64, requested: &Range<i64>, rate_hz: u32) -> Range<i64> {
    let (block, margin) = (STRETCH_BLOCK_SECS * i64::from(rate_hz), STRETCH_MARGIN_SECS * i64::from(rate_hz));
    let first = requested.start.saturating_sub(start).div_euclid(block);
    let last = requested.end.saturating_sub(start).div_euclid(block);
    let at = |n: i64| n.saturating_mul(block).saturating_add(start);
    at(first).saturating_sub(margin)..at(last + 1).saturating_add(margin)
}

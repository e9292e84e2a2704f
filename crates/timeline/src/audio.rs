//! Plans audio: which clips are audible, with nested compositions flattened and every boundary an
//! absolute sample of the root composition.
//!
//! A boundary is rounded to the nearest sample once, so neighbouring clips share it. Nothing
//! depends on the requested range of samples: voices carry their whole extent, and curves are
//! sampled on a fixed grid of root samples (100 per second, and both sides of each keyframe), of
//! which a plan has the part around its range.
use crate::{
    AudioPlan, BusChannels, Fade, FoldLevels, NEVER_SETTLES, PlanError, STRETCH_BLOCK_SECS, STRETCH_MARGIN_SECS, SourcePoint,
    Timeline, Voice,
    audio_clock::Clock,
    audio_route::{ClockedCurve, Pan, Route, Surroundings, gain, grid, intersection, level, route},
    entries::SoundUses,
    index::{AudioFade, AudioSegment},
    mixer::{self, Planning, Strips},
    sound_demand::{SoundDemand, ZERO},
};
use cutroom_project::{Animated, Clip, ClipSource, ClipTimes, MediaKind, Project, Run, StreamChoice, Track};
use cutroom_types::{FLICKS_PER_SECOND, FadeCurve, MediaId, Time, TimeDelta};
use std::ops::{ControlFlow, Deref, Range};

/// What buses one behind the other may read ahead, in whole blocks.
const AHEAD_SAMPLES: i64 = 1 << 14;

/// Samples in which effects forget what came before, see [`AudioPlan::settling_samples`].
fn settling_samples(demand: SoundDemand, rate_hz: f64) -> u64 {
    let samples = demand.settling_secs * rate_hz;
    if samples < 1e15 { samples.ceil() as u64 } else { NEVER_SETTLES }
}

/// Length of the fades where a time map stops, starts or jumps.
const EDGE_FADE: TimeDelta = TimeDelta(FLICKS_PER_SECOND / 200);

impl<P: Deref<Target = Project>> Timeline<P> {
    pub(crate) fn plan_audio(&self, first_sample: i64, samples: usize) -> Result<AudioPlan, PlanError> {
        let c = self.composition();
        let rate = f64::from(c.sample_rate_hz);
        let demand = self.index(self.root).map(|index| index.sound).unwrap_or_default();
        // Rates and channels change latencies little; each bus reads up to a block ahead.
        let latency = if demand.any { (demand.latency_secs * rate * 1.1) as i64 + AHEAD_SAMPLES } else { 0 };
        let mut plan = AudioPlan {
            rate_hz: c.sample_rate_hz,
            channels: c.channels as usize,
            first_sample,
            samples,
            voices: Vec::new(),
            feeds: Vec::new(),
            buses: Vec::new(),
            settling_samples: settling_samples(demand, rate),
        };
        let end = first_sample.saturating_add(i64::try_from(samples).unwrap_or(i64::MAX));
        let wanted = first_sample..end.saturating_add(latency);
        let mut target = Some(Planning { plan: &mut plan, wanted: wanted.clone() });
        let _ = self.collect(self.root, &self.nothing_around(), &wanted, &mut target)?;
        match mixer::cycle(&plan) {
            Some(bus) => Err(PlanError::SoundCycle { of: plan.buses[bus].key.to_string() }),
            None => Ok(plan),
        }
    }

    /// Whether a range of samples has a voice. Stops at the first one and samples no curve. What
    /// effects leave of a sound counts, too.
    pub(crate) fn has_voice(&self, requested: &Range<i64>) -> Result<bool, PlanError> {
        let demand = self.index(self.root).map(|index| index.sound).unwrap_or_default();
        let settling = settling_samples(demand, f64::from(self.composition().sample_rate_hz));
        let from = requested.start.saturating_sub_unsigned(settling);
        Ok(self.collect(self.root, &self.nothing_around(), &(from..requested.end), &mut None)?.is_break())
    }

    fn nothing_around(&self) -> Surroundings<'_> {
        let rate_hz = self.composition().sample_rate_hz;
        Surroundings {
            clock: Clock { map: None, base_anchor: Time::ZERO, local_anchor: Time::ZERO, speed: 1.0, rate_hz },
            bounds: 0..self.sample_count(),
            gains: Vec::new(),
            pans: Vec::new(),
            fades: Vec::new(),
            into: None,
            path: "".into(),
            preserves_pitch: false,
        }
    }

    /// Adds what is audible of a composition to a plan. Without a plan, `Break` says that there is
    /// something.
    fn collect<'a>(
        &'a self,
        composition: usize,
        around: &Surroundings<'a>,
        requested: &Range<i64>,
        target: &mut Option<Planning<'_>>,
    ) -> Result<ControlFlow<()>, PlanError> {
        let Some(index) = self.index(composition) else { return Ok(ControlFlow::Continue(())) };
        let wanted = intersection(&around.bounds, requested);
        // A bus is there, and goes on sounding, also where none of its clips is.
        if wanted.is_empty() && !(index.sound.any && target.is_some()) {
            return Ok(ControlFlow::Continue(()));
        }
        let c = &self.project.compositions[composition];
        let strips = match target {
            Some(planning) if index.has_mixer => Some(self.strips(c, index, around, planning)?),
            _ => None,
        };
        // Local time of the requested samples, one sample wider on both sides because boundaries
        // are rounded.
        let ends = [wanted.start - 1, wanted.end + 1].map(|s| around.clock.local_of_sample(s));
        let (from, to) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        for &at in &index.audible {
            let (track, segments) = (&c.tracks[at], &index.tracks[at].sound);
            let strip = strips.as_ref().and_then(|s| s.tracks[at].as_ref());
            let (around, has_bus) = strip.map_or((around, false), |s| (&s.around, s.has_bus));
            for segment in &segments[segments.partition_point(|r| r.latest_end < from)..] {
                if segment.start > to {
                    break;
                }
                let (clip, entries) = (&*track.clips[segment.clip], &index.tracks[at].entries.clips[segment.clip]);
                let way = way(c.channels as usize, (!has_bus).then_some(track), (track, clip), segment, around);
                let mut here = way.clone();
                if let (Some(planning), Some(strips)) = (target.as_mut(), &strips)
                    && clip.audio.effects.iter().any(|e| e.enabled)
                {
                    here = self.clip_bus(clip, &entries.sound, &way, segment, strips, planning)?;
                }
                let runs = entries.times.runs(segment.start - clip.start, segment.end - clip.start);
                for (i, run) in runs.iter().enumerate().filter(|(_, run)| run.direction != 0) {
                    // A source that stops, starts or jumps inside the clip does so without a click.
                    let broken = [i > 0 && (run.jumps || runs[i - 1].direction == 0), runs.get(i + 1).is_some_and(Run::breaks)];
                    let sounding = Sounding { clip, times: &entries.times, run: *run, broken };
                    if self.voice(&sounding, &here, requested, target)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Makes a bus for a clip with effects, which is mixed along `way`; returns what surrounds its
    /// source. The bus ends where the clip does.
    fn clip_bus<'a>(
        &'a self,
        clip: &'a Clip,
        uses: &SoundUses,
        way: &Surroundings<'a>,
        segment: &AudioSegment,
        strips: &Strips<'a>,
        planning: &mut Planning<'_>,
    ) -> Result<Surroundings<'a>, PlanError> {
        let mut way = way.clone();
        way.bounds = intersection(&way.clock.samples(segment.start, segment.end), &way.bounds);
        let effects = mixer::sounds(&clip.audio.effects, uses, &way, clip.start, strips, &planning.wanted)?;
        if effects.is_empty() || intersection(&way.bounds, &planning.wanted).is_empty() {
            return Ok(way);
        }
        let channels = match &clip.source {
            ClipSource::Composition(source) => {
                let inner = self.compositions.get(&source.composition);
                BusChannels::Count(inner.map_or(2, |at| self.project.compositions[*at].channels as usize))
            }
            ClipSource::Media(source) => BusChannels::Source {
                clip: clip.id.clone(),
                media: source.media.clone(),
                stream: source.audio_stream.index().unwrap_or(0),
                channels: used_channels(clip),
            },
            // Without sound.
            _ => return Ok(way),
        };
        let bus = planning.add_bus(format!("{}clip:{}", way.path, clip.id), channels);
        planning.plan.buses[bus].effects = effects;
        planning.add_feed(way.into, mixer::feed(bus, &way, &planning.wanted));
        Ok(Surroundings { gains: Vec::new(), pans: Vec::new(), fades: Vec::new(), into: Some(bus), ..way })
    }

    fn voice<'a>(
        &'a self,
        sounding: &Sounding<'a>,
        around: &Surroundings<'a>,
        requested: &Range<i64>,
        target: &mut Option<Planning<'_>>,
    ) -> Result<ControlFlow<()>, PlanError> {
        let Sounding { clip, times, run, broken } = *sounding;
        let clock = &around.clock;
        let (start, end) = (clip.start.saturating_add(run.start), clip.start.saturating_add(run.end));
        let audible = intersection(&clock.samples(start, end), &around.bounds);
        if intersection(&audible, requested).is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let mut here = around.clone();
        here.bounds = audible.clone();
        let fade = TimeDelta(EDGE_FADE.0.min((end - start).0 / 2));
        let edges = [(start, start.saturating_add(fade)), (end.saturating_add(-fade), end)];
        for ((start, end), rising) in edges.into_iter().zip([true, false]).zip(broken).filter(|(_, b)| *b).map(|(e, _)| e) {
            here.fades.extend(place_fade(&AudioFade { start, end, rising, curve: FadeCurve::Linear }, clock));
        }
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
                // Each run has buses of its own.
                here.path = format!("{}{}#{}/", here.path, clip.id, run.start.0).into();
                let length = self.index(inner).map_or(TimeDelta::ZERO, |i| i.length);
                here.bounds = intersection(&here.bounds, &here.clock.samples(Time::ZERO, Time(length.0)));
                self.collect(inner, &here, requested, target)
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
                    let found = AudibleClip { clip, media: media_id, stream, around: here, samples: audible, source, shift };
                    return Ok(found.add_to(requested, target));
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
                    let found = AudibleClip { clip, media: media_id, stream, around, samples: samples.clone(), source, shift };
                    if !samples.is_empty() && found.add_to(requested, target).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
        }
    }
}

/// A clip during one run of its source.
#[derive(Clone, Copy)]
struct Sounding<'a> {
    clip: &'a Clip,
    times: &'a ClipTimes,
    run: Run,
    /// Whether its sound begins, and ends, where it would click.
    broken: [bool; 2],
}

/// What surrounds a clip of a composition with so many channels. `fader`: the track, unless it has a
/// bus, which then has its gain and pan.
fn way<'a>(
    channels: usize,
    fader: Option<&'a Track>,
    (track, clip): (&'a Track, &'a Clip),
    segment: &AudioSegment,
    around: &Surroundings<'a>,
) -> Surroundings<'a> {
    let mut way = around.clone();
    let curve = |curve, origin| ClockedCurve { curve, clock: around.clock.clone(), origin };
    way.gains.push(curve(&clip.audio.gain_db, clip.start));
    way.gains.extend(fader.map(|track| curve(&track.gain_db, Time::ZERO)));
    let pan = curve(&clip.audio.pan, clip.start);
    let of_track = if fader.is_some() { &track.pan } else { &ZERO };
    let fold = FoldLevels { center: clip.audio.center_mix_db.map(level), lfe: clip.audio.lfe_mix_db.map(level) };
    way.pans.push(Pan { channels, fold, curves: [pan, curve(of_track, Time::ZERO)] });
    way.fades.extend(segment.fades.iter().filter_map(|f| place_fade(f, &around.clock)));
    way.preserves_pitch |= clip.audio.preserve_pitch;
    way
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
    /// Adds it to a plan; without one, says that it is there.
    fn add_to(self, requested: &Range<i64>, target: &mut Option<Planning<'_>>) -> ControlFlow<()> {
        let Some(planning) = target else { return ControlFlow::Break(()) };
        let into = self.around.into;
        planning.add_voice(into, self.voice(requested));
        ControlFlow::Continue(())
    }

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
        let Route { gain, nested, fold, pan } = route(&around, &samples, requested);
        Voice {
            clip: clip.id.clone(),
            media: media.clone(),
            stream,
            channels: used_channels(clip),
            first_sample: samples.start,
            end_sample: samples.end,
            source_start: source_at(samples.start),
            speed,
            positions,
            preserves_pitch: around.preserves_pitch,
            nested,
            fold,
            pan,
            gain,
            fades: around.fades,
        }
    }
}

/// The channels of its source that a clip uses; empty: all.
fn used_channels(clip: &Clip) -> Vec<usize> {
    clip.audio.channels.iter().map(|n| *n as usize).collect()
}

fn place_fade(f: &AudioFade, clock: &Clock) -> Option<Fade> {
    let segment = clock.samples(f.start, f.end);
    // Played backwards, a rising fade falls.
    let rising = f.rising == clock.is_forward();
    (!segment.is_empty()).then_some(Fade { first_sample: segment.start, end_sample: segment.end, rising, curve: f.curve })
}

/// The samples that are needed to stretch the requested ones of a voice that starts at `start`.
fn stretched(start: i64, requested: &Range<i64>, rate_hz: u32) -> Range<i64> {
    let (block, margin) = (STRETCH_BLOCK_SECS * i64::from(rate_hz), STRETCH_MARGIN_SECS * i64::from(rate_hz));
    let first = requested.start.saturating_sub(start).div_euclid(block);
    let last = requested.end.saturating_sub(start).div_euclid(block);
    let at = |n: i64| n.saturating_mul(block).saturating_add(start);
    at(first).saturating_sub(margin)..at(last + 1).saturating_add(margin)
}

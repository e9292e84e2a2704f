//! Handles of clips: what transitions use of their clips before the clips' starts or after their
//! ends. Whether the sources have it is checked by code that can open files.
use crate::{
    PlanError, Timeline,
    cuts::placed_transitions,
    params,
    sampling::{self, FrameLengths},
};
use cutroom_effects::Catalog;
use cutroom_project::{Clip, ClipSource, ClipTimes, Project, Track, TrackPlace, Transition, TransitionPlace};
use cutroom_types::{CompositionId, FrameRate, Span, Time, TimeDelta};
use std::ops::Range;

/// The part of a transition during which it shows one of its clips before the clip's start or after
/// its end.
#[derive(Clone, Debug)]
pub struct ClipHandle<'a> {
    /// Position of the transition in the project.
    pub place: TransitionPlace,
    /// The transition.
    pub transition: &'a Transition,
    /// Its track.
    pub track: &'a Track,
    /// The clip.
    pub clip: &'a Clip,
    /// Whether it is after the clip's end; otherwise it is before its start.
    pub after_end: bool,
    /// Its span in composition time.
    pub span: Span,
    /// Frame rate of the composition.
    pub rate: FrameRate,
    /// Whether the clip's sound, if it has one, is audible in it.
    pub is_audible: bool,
    /// Frames of the composition that are in it.
    frames: Range<i64>,
    /// Those of the composition and of the clip's source.
    lengths: FrameLengths,
    /// Source times of the clip.
    times: ClipTimes,
}

impl ClipHandle<'_> {
    /// Number of its frames whose source time is before the start of the source, or at or after
    /// `end`, so that an edge frame is held.
    pub fn held_frames(&self, end: Time) -> i64 {
        if self.clip.video.freeze.is_some() || repeats(self.clip) {
            return 0;
        }
        let wanted =
            |n: i64| sampling::unclamped_source_time(self.rate.time_of_frame(n), self.clip.start, &self.times, self.lengths);
        let Range { start, end: after } = self.frames.clone();
        let Some(speed) = self.times.constant_speed() else {
            return (start..after).filter(|n| !(Time::ZERO..end).contains(&wanted(*n))).count() as i64;
        };
        // At a constant speed source times are monotonic.
        let rises = speed > 0.0;
        let there = match rises {
            true => first(start..after, |n| wanted(n) >= end) - first(start..after, |n| wanted(n) >= Time::ZERO),
            false => first(start..after, |n| wanted(n) < Time::ZERO) - first(start..after, |n| wanted(n) < end),
        };
        after - start - there.max(0)
    }

    /// Length on the timeline of the part of it that is outside a source's sound.
    pub fn silence(&self, sound: Span) -> TimeDelta {
        let c = self.clip;
        if repeats(c) {
            return TimeDelta::ZERO;
        }
        let source = |t: Time| self.times.source_at(t - c.start).0;
        let Some(speed) = self.times.constant_speed() else {
            // To the nearest hundredth of a second.
            let step = cutroom_types::FLICKS_PER_SECOND / 100;
            let steps = self.span.duration.0 / step;
            let is_silent = |k: &i64| {
                let at = source(self.span.start.saturating_add(TimeDelta(k * step)));
                !(sound.start.0..sound.end().0).contains(&at)
            };
            return TimeDelta((0..steps).filter(is_silent).count() as i64 * step);
        };
        let (a, b) = (source(self.span.start), source(self.span.end()));
        let (from, to) = (a.min(b), a.max(b));
        let there = to.min(sound.end().0).saturating_sub(from.max(sound.start.0)).max(0);
        TimeDelta(((to - from - there) as f64 / speed.abs()).round() as i64)
    }
}

fn repeats(clip: &Clip) -> bool {
    matches!(&clip.source, ClipSource::Media(source) if source.repeat)
}

/// The first number of a range for which `reached` holds, by binary search: it must then hold for
/// all later ones. The end of the range if it holds for none.
fn first(run: Range<i64>, reached: impl Fn(i64) -> bool) -> i64 {
    let (mut from, mut to) = (run.start, run.end.max(run.start));
    while from < to {
        let middle = from + (to - from) / 2;
        if reached(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// Every handle of `composition` and of the compositions nested in it, in document order; disabled
/// tracks and clips are left out.
///
/// # Errors
/// The composition does not exist or cannot be planned.
pub fn handles<'a>(project: &'a Project, composition: &CompositionId, catalog: &Catalog) -> Result<Vec<ClipHandle<'a>>, PlanError> {
    let timeline = Timeline::new(project, composition, catalog)?;
    let mut found = Vec::new();
    for (i, c) in project.compositions.iter().enumerate() {
        let Some(index) = timeline.index(i) else { continue };
        for (j, track) in c.tracks.iter().enumerate().filter(|(_, t)| t.enabled) {
            let is_audible = index.audible.contains(&j);
            for (k, span, from, to) in placed_transitions(track) {
                let transition = &track.transitions[k];
                for (clip, after_end) in from.map(|c| (c, true)).into_iter().chain(to.map(|c| (c, false))) {
                    let clip = &track.clips[clip];
                    let own = clip.span();
                    let (start, end) =
                        if after_end { (own.end().max(span.start), span.end()) } else { (span.start, own.start.min(span.end())) };
                    if start >= end {
                        continue;
                    }
                    let frame = |t: Time| sampling::frame_count(index.rate, t.since_zero()).min(index.frame_count);
                    let source_frame = match &clip.source {
                        ClipSource::Composition(s) => {
                            let inner = timeline.compositions.get(&s.composition).and_then(|at| timeline.index(*at));
                            inner.map(|inner| inner.rate.frame_duration())
                        }
                        ClipSource::Media(s) => project.media(&s.media).and_then(|m| m.frame_duration(s.video_stream.index()?)),
                        _ => None,
                    };
                    found.push(ClipHandle {
                        place: TrackPlace { composition: i, track: j }.transition(k),
                        transition,
                        track,
                        clip,
                        after_end,
                        span: Span::new(start, end),
                        rate: index.rate,
                        is_audible: is_audible && clip.audio.enabled && params::cross_fades_audio(transition),
                        frames: frame(start)..frame(end),
                        lengths: index.lengths(source_frame),
                        times: clip.times(),
                    });
                }
            }
        }
    }
    Ok(found)
}

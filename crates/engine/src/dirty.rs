//! Which frames of a composition an edit may have changed, without planning them.
//!
//! Two states of a document are compared track by track and clip by clip; unchanged tracks and clips
//! are shared between the states and cost one comparison of addresses. What refers to something changed (a child
//! of a null object, a clip with a matte or an effect that uses another track, a nested composition)
//! changes with it, over its whole span. The answer may contain frames that did not change, never too
//! few.
use cutroom_project::{Clip, ClipSource, Composition, IdKey, Project, Track};
use cutroom_timeline::TrackDifference;
use cutroom_types::{ClipId, CompositionId, FrameRate, ParamValue, Span, Time, TrackId};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
};

/// What changed in a composition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dirty {
    /// Anything may have changed.
    Everything,
    /// Frames in these ranges, which are sorted and do not touch.
    Frames(Vec<Range<i64>>),
}

impl Dirty {
    /// Whether nothing changed.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Frames(ranges) if ranges.is_empty())
    }

    /// Whether a frame may have changed.
    pub fn contains(&self, n: i64) -> bool {
        match self {
            Self::Everything => true,
            Self::Frames(ranges) => ranges.iter().any(|range| range.contains(&n)),
        }
    }
}

/// The frames of `composition` that may differ between two states of a document.
pub fn dirty(before: &Project, after: &Project, composition: &CompositionId) -> Dirty {
    let mut comparing = Comparing { before, after, known: HashMap::new() };
    let Some(changes) = comparing.composition(composition) else { return Dirty::Everything };
    let Some(c) = after.composition(composition) else { return Dirty::Everything };
    Dirty::Frames(frames(changes, c.frame_rate))
}

/// Sorted, joined ranges of the frames that show any instant of `spans`. A frame is sampled half a
/// frame after its start, so that one more on each side is enough.
fn frames(spans: Vec<Span>, rate: FrameRate) -> Vec<Range<i64>> {
    let mut ranges: Vec<Range<i64>> =
        spans.into_iter().map(|s| rate.frame_at(s.start) - 1..rate.frame_at(s.end()).saturating_add(2)).collect();
    ranges.sort_by_key(|r| (r.start, r.end));
    let mut joined: Vec<Range<i64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

struct Comparing<'a> {
    before: &'a Project,
    after: &'a Project,
    /// Compositions that were compared: whether anything changed. One that is being compared counts
    /// as changed, so that a cycle ends.
    known: HashMap<CompositionId, bool>,
}

/// What changed in a track or a composition, by what others refer to.
#[derive(Default)]
struct Changes {
    spans: Vec<Span>,
    clips: HashSet<ClipId>,
    tracks: BTreeSet<TrackId>,
}

impl<'a> Comparing<'a> {
    /// Spans of a composition that changed; `None` for everything.
    fn composition(&mut self, id: &CompositionId) -> Option<Vec<Span>> {
        self.known.insert(id.clone(), true);
        let (before, after): (&'a Composition, &'a Composition) = (self.before.composition(id)?, self.after.composition(id)?);
        if !self.same_frame(before, after) {
            return None;
        }
        let mut changes = Changes::default();
        let (lengths, end) = ((before.length(), after.length()), Time(i64::MAX / 4));
        if lengths.0 != lengths.1 {
            changes.spans.push(Span::new(Time(lengths.0.min(lengths.1).0), end));
        }
        let media: HashSet<&str> = self.changed_media();
        let old: HashMap<&TrackId, &Track> = before.tracks.iter().map(|t| (&t.id, t)).collect();
        for track in &after.tracks {
            match old.get(&track.id) {
                Some(old) => self.track(old, track, &media, &mut changes),
                None => changes.whole(track),
            }
        }
        let new: HashSet<&TrackId> = after.tracks.iter().map(|t| &t.id).collect();
        before.tracks.iter().filter(|t| !new.contains(&t.id)).for_each(|t| changes.whole(t));
        referring(before, &mut changes);
        referring(after, &mut changes);
        self.known.insert(id.clone(), !changes.spans.is_empty());
        Some(changes.spans)
    }

    /// Whether what all frames depend on is the same.
    fn same_frame(&self, before: &Composition, after: &Composition) -> bool {
        let plain = |c: &Composition| {
            let order: Vec<_> = c.tracks.iter().map(|t| t.id.clone()).collect();
            let solo: Vec<_> = c.tracks.iter().filter(|t| t.solo && t.enabled).map(|t| t.id.clone()).collect();
            (c.size, c.frame_rate, c.background, c.blend_space, order, solo)
        };
        // The order of tracks that both have; an added or removed one is compared by itself.
        let ((size, rate, background, blend, order, solo), new) = (plain(before), plain(after));
        let common = |a: &[TrackId], b: &[TrackId]| a.iter().filter(|id| b.contains(id)).cloned().collect::<Vec<_>>();
        size == new.0
            && rate == new.1
            && background == new.2
            && blend == new.3
            && common(&order, &new.4) == common(&new.4, &order)
            && solo == new.5
            && before.color == after.color
            && before.motion_blur == after.motion_blur
            && before.sample_rate_hz == after.sample_rate_hz
            && before.channels == after.channels
            && self.before.variables == self.after.variables
            && self.before.fonts == self.after.fonts
    }

    fn changed_media(&self) -> HashSet<&'a str> {
        let (before, after): (&'a Project, &'a Project) = (self.before, self.after);
        let old: HashMap<_, _> = before.media.iter().map(|m| (&m.id, m)).collect();
        let new: HashSet<_> = after.media.iter().map(|m| &m.id).collect();
        let changed = after.media.iter().filter(|m| old.get(&m.id) != Some(m));
        let gone = before.media.iter().filter(|m| !new.contains(&m.id));
        changed.chain(gone).map(|m| m.id.as_str()).collect()
    }

    fn track(&mut self, before: &Track, after: &Track, media: &HashSet<&str>, changes: &mut Changes) {
        let settings = |t: &Track| (t.kind, t.enabled, t.matte_only);
        if settings(before) != settings(after) || before.opacity != after.opacity {
            changes.whole(before);
            changes.whole(after);
            return;
        }
        let difference = TrackDifference::of(before, after);
        for clip in &difference.new {
            let old = before.clip(&clip.id);
            if old != Some(&***clip) {
                old.into_iter().for_each(|old| changes.clip(before, old));
                changes.clip(after, clip);
            }
        }
        let has = |track: &Track, clip: &Clip| track.clips.place_of(IdKey::new(clip.id.as_str())).is_some();
        difference.gone.iter().filter(|c| !has(after, c)).for_each(|c| changes.clip(before, c));
        if !media.is_empty() || after.clips.facts().any_nesting() {
            for clip in after.clips.iter().filter(|clip| self.uses_changed(clip, media)) {
                changes.clip(after, clip);
            }
        }
        for (track, transitions) in [(before, &difference.gone_transitions), (after, &difference.new_transitions)] {
            for x in transitions {
                [&x.from, &x.to].into_iter().flatten().filter_map(|id| track.clip(id)).for_each(|c| changes.clip(track, c));
            }
        }
        for x in
            after.transitions.iter().filter(|x| !media.is_empty() && x.params.values().any(|v| v.values().any(|v| names(v, media))))
        {
            [&x.from, &x.to].into_iter().flatten().filter_map(|id| after.clip(id)).for_each(|c| changes.clip(after, c));
        }
    }

    /// Whether a clip that is the same shows something that is not.
    fn uses_changed(&mut self, clip: &Clip, media: &HashSet<&str>) -> bool {
        match &clip.source {
            ClipSource::Media(source) => media.contains(source.media.as_str()),
            ClipSource::Composition(source) => match self.known.get(&source.composition) {
                Some(changed) => *changed,
                None => self.composition(&source.composition).is_none_or(|spans| !spans.is_empty()),
            },
            // Subtitles and texts may name the file of the track below, at the same time.
            _ => false,
        }
    }
}

impl Changes {
    /// All clips of a track.
    fn whole(&mut self, track: &Track) {
        track.clips.iter().for_each(|clip| self.clip(track, clip));
        self.tracks.insert(track.id.clone());
    }

    /// A clip, with the transitions at its ends.
    fn clip(&mut self, track: &Track, clip: &Clip) {
        let mut span = clip.span();
        for x in track.transitions.iter().filter(|x| x.from.as_ref() == Some(&clip.id) || x.to.as_ref() == Some(&clip.id)) {
            let side = |id: &Option<ClipId>| id.as_ref().and_then(|id| track.clip(id)).map(Clip::span);
            if let Some(over) = x.span_between(side(&x.from), side(&x.to)) {
                span = Span::new(span.start.min(over.start), span.end().max(over.end()));
            }
        }
        self.spans.push(span);
        self.clips.insert(clip.id.clone());
        self.tracks.insert(track.id.clone());
    }
}

/// Adds the clips that refer to changed clips and tracks, until there are no more.
fn referring(c: &Composition, changes: &mut Changes) {
    loop {
        let before = (changes.clips.len(), changes.tracks.len());
        for track in &c.tracks {
            let facts = track.clips.facts();
            if facts.any_naming() || facts.any_text() {
                for clip in &track.clips {
                    if !changes.clips.contains(&clip.id) && refers(clip, changes) {
                        changes.clip(track, clip);
                    }
                }
            }
            // A matte is used at the same time as the clip, so that the matte's own span covers it; but
            // an effect may use this track at another time.
            if facts.mattes().any(|matte| changes.tracks.contains(matte)) {
                changes.tracks.insert(track.id.clone());
            }
        }
        if (changes.clips.len(), changes.tracks.len()) == before {
            return;
        }
    }
}

fn refers(clip: &Clip, changes: &Changes) -> bool {
    let names_track = |value: &ParamValue| match value {
        ParamValue::Text(text) => changes.tracks.iter().any(|track| track.as_str() == &**text),
        _ => false,
    };
    clip.video.parent.as_ref().is_some_and(|parent| changes.clips.contains(parent))
        || clip.video.effects.iter().flat_map(|e| e.params.values()).any(|v| v.values().any(names_track))
}

fn names(value: &ParamValue, media: &HashSet<&str>) -> bool {
    matches!(value, ParamValue::Text(text) if media.contains(&**text))
}

//! Clips whose pictures would be made of themselves.
use crate::{Clip, ClipSource, Composition, Track};
use cutroom_types::{Span, Time, TimeDelta, TrackId};
use std::collections::{HashMap, HashSet};

/// Which clips of a composition use the pictures of which, by mattes, by what else `used` tells of a clip, and as adjustment layers of the
/// tracks below them.
pub struct Circles<'a> {
    composition: &'a Composition,
    tracks: HashMap<&'a TrackId, usize>,
    /// By track: when its clips are seen, in order of their starts, what is switched off left out.
    seen: Vec<Vec<(Span, usize)>>,
    used: Box<dyn Fn(&Clip) -> Vec<TrackId> + 'a>,
}

impl<'a> Circles<'a> {
    /// Of a composition; `used` are the tracks that a clip names, its matte's among them.
    pub fn new(composition: &'a Composition, used: impl Fn(&Clip) -> Vec<TrackId> + 'a) -> Self {
        let tracks = composition.tracks.iter().zip(0..).map(|(t, i)| (&t.id, i)).collect();
        Self { composition, tracks, seen: composition.tracks.iter().map(seen).collect(), used: Box::new(used) }
    }

    /// Whether the picture of a clip that names `first` is made of its own, at any time.
    pub fn closes(&self, track: usize, clip: usize, first: &TrackId) -> bool {
        let (mut open, mut met) = (Vec::new(), HashSet::new());
        let Some(span) = self.span(track, clip) else { return false };
        self.follow(first, span, &mut open);
        while let Some((t, c)) = open.pop() {
            if (t, c) == (track, clip) {
                return true;
            }
            if !met.insert((t, c)) {
                continue;
            }
            let (Some(span), found) = (self.span(t, c), &self.composition.tracks[t].clips[c]) else { continue };
            for used in (self.used)(found) {
                self.follow(&used, span, &mut open);
            }
            if matches!(found.source, ClipSource::Adjustment(_)) {
                for below in self.composition.tracks[..t].iter().filter(|t| !t.matte_only) {
                    self.follow(&below.id, span, &mut open);
                }
            }
        }
        false
    }

    fn span(&self, track: usize, clip: usize) -> Option<Span> {
        self.seen[track].iter().find(|s| s.1 == clip).map(|s| s.0)
    }

    /// The clips of a track that are seen during a span.
    fn follow(&self, track: &TrackId, span: Span, open: &mut Vec<(usize, usize)>) {
        let Some(&t) = self.tracks.get(track) else { return };
        let before_end = self.seen[t].partition_point(|s| s.0.start < span.end());
        open.extend(self.seen[t][..before_end].iter().filter(|s| s.0.end() > span.start).map(|s| (t, s.1)));
    }
}

/// When the clips of a track are seen: transitions carry them beyond their ends.
fn seen(track: &Track) -> Vec<(Span, usize)> {
    if !track.enabled {
        return Vec::new();
    }
    let mut beyond = HashMap::new();
    for x in &track.transitions {
        for side in x.from.iter().chain(&x.to) {
            let most = beyond.entry(side).or_insert(TimeDelta::ZERO);
            *most = x.duration.max(*most);
        }
    }
    let span = |clip: &Clip| {
        let more = beyond.get(&clip.id).copied().unwrap_or_default();
        let start = Time(clip.start.0.saturating_sub(more.0));
        Span { start, duration: TimeDelta(clip.span().end().saturating_add(more).0.saturating_sub(start.0)) }
    };
    let mut all: Vec<_> = track.clips.iter().zip(0..).filter(|(c, _)| c.enabled).map(|(c, i)| (span(c), i)).collect();
    all.sort_by_key(|s| s.0.start);
    all
}

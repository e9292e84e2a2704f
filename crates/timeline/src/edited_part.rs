//! The part of a document that an edit may have made invalid, so that an edit of a project of many
//! clips costs little to check.
//!
//! The part is a document itself, to which the same rules are applied. It holds the clips that changed
//! and those whose validity may depend on them: neighbours, what they name, what names them, and clips
//! whose pictures they use. If the part has no new problems, the document has none; if it
//! has, the whole document is validated, which names all of them with their places.
use crate::{TrackDifference, uses};
use cutroom_effects::Catalog;
use cutroom_project::{Clip, ClipSource, Composition, IdKey, Media, Project, SharedList, Track, Transition};
use cutroom_types::{ClipId, Span, TimeDelta};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The part of `after` that its difference from `before` may have made invalid; `None` if that may be
/// all of it. Unchanged clips must be shared by both (see [`cutroom_project::Track::clips`]).
pub fn edited_part(before: &Project, after: &Project, catalog: &Catalog) -> Option<Project> {
    let same_lists = before.compositions.len() == after.compositions.len()
        && before.main == after.main
        && before.fonts == after.fonts
        && after.media.len() >= before.media.len()
        && before.media == after.media[..before.media.len()];
    if !same_lists {
        return None;
    }
    let nests = after.tracks().any(|t| t.clips.facts().any_nesting());
    let mut changes = Vec::new();
    for (old, new) in before.compositions.iter().zip(&after.compositions) {
        let same = old.id == new.id
            && old.tracks.len() == new.tracks.len()
            && old.frame_rate == new.frame_rate
            // A clip that shows a composition must not outlast it.
            && (!nests || old.length() == new.length());
        if !same {
            return None;
        }
        for (old, new) in old.tracks.iter().zip(&new.tracks) {
            changes.push(change_of(old, new, nests, catalog)?);
        }
    }
    let removed: HashSet<&ClipId> = changes.iter().flat_map(|c| &c.gone).map(|c| &c.id).collect();
    let present: HashSet<&ClipId> = changes.iter().flat_map(|c| &c.new).map(|c| &c.id).collect();
    let removed: HashSet<&ClipId> = removed.difference(&present).copied().collect();
    let mut kept = Kept::default();
    let mut at = 0;
    for composition in &after.compositions {
        let changes = &changes[at..at + composition.tracks.len()];
        at += composition.tracks.len();
        if changes.iter().all(is_none) {
            continue;
        }
        for (track, change) in composition.tracks.iter().zip(changes) {
            kept.neighbours(track, change);
        }
        kept.users(composition, changes, catalog);
    }
    kept.naming(after, &removed, &changes);
    kept.duplicates(after, &changes);
    kept.named(after);
    Some(kept.part(after))
}

/// How a track differs; `None` if more than the part may depend on it.
fn change_of<'a>(old: &'a Track, new: &'a Track, nests: bool, catalog: &Catalog) -> Option<TrackDifference<'a>> {
    if (&old.id, old.kind, old.enabled, old.matte_only) != (&new.id, new.kind, new.enabled, new.matte_only) {
        return None;
    }
    let change = TrackDifference::of(old, new);
    if old.transitions.is_empty() && !new.transitions.is_empty() {
        return None;
    }
    // How many layers and pictures a frame needs is limited, and depends on what each track has.
    let same_id: HashMap<&ClipId, &Arc<Clip>> = change.gone.iter().map(|c| (&c.id, *c)).collect();
    let had = |clip: &Clip| {
        (is_plain(clip) && !old.clips.is_empty())
            || same_id.get(&clip.id).is_some_and(|c| demands_the_same(c, clip, catalog))
            || old.clips.iter().any(|c| demands_the_same(c, clip, catalog))
    };
    if change.new.iter().any(|clip| !had(clip)) {
        return None;
    }
    // The product of speeds through nested compositions is limited.
    let speed = |clip: &Clip| {
        let same = |c: &&Arc<Clip>| c.speed.abs() == clip.speed.abs() && c.time_map == clip.time_map;
        is_of_speed_one(clip) || same_id.get(&clip.id).is_some_and(same)
    };
    (!nests || change.new.iter().all(|clip| speed(clip))).then_some(change)
}

/// Whether nothing changed that a part must hold; transitions that are gone leave nothing to check.
fn is_none(change: &TrackDifference<'_>) -> bool {
    change.new.is_empty() && change.gone.is_empty() && change.new_transitions.is_empty()
}

fn is_of_speed_one(clip: &Clip) -> bool {
    clip.speed.abs() == 1.0 && clip.time_map.is_none()
}

/// Whether a clip is one layer that needs one picture and nothing of other tracks.
fn is_plain(clip: &Clip) -> bool {
    clip.video.effects.is_empty()
        && clip.video.matte.is_none()
        && !matches!(clip.source, ClipSource::Composition(_) | ClipSource::Adjustment(_))
}

/// Whether frames need the same number of layers and pictures for both.
fn demands_the_same(a: &Clip, b: &Clip, catalog: &Catalog) -> bool {
    let effects = |clip: &Clip| clip.video.effects.len();
    let source = match (&a.source, &b.source) {
        (ClipSource::Composition(a), ClipSource::Composition(b)) => a.composition == b.composition,
        (ClipSource::Composition(_), _) | (_, ClipSource::Composition(_)) => false,
        (a, b) => matches!(a, ClipSource::Adjustment(_)) == matches!(b, ClipSource::Adjustment(_)),
    };
    // Other effects need their own picture only, whatever their parameters are.
    let is_plain = |effect: &str| {
        let spec = catalog.effect(effect);
        spec.is_some_and(|spec| !spec.is_temporal() && !spec.params.iter().any(|p| p.kind.is_reference()))
    };
    source
        && a.enabled == b.enabled
        && effects(a) == effects(b)
        && a.video.matte.as_ref().map(|m| &m.track) == b.video.matte.as_ref().map(|m| &m.track)
        && a.video
            .effects
            .iter()
            .zip(&b.video.effects)
            .all(|(a, b)| a.effect == b.effect && a.enabled == b.enabled && (a.params == b.params || is_plain(&a.effect)))
}

/// Up to this many ids are looked for in each track; for more, the clips are gone through.
const FEW: usize = 16;

/// What the part holds.
#[derive(Default)]
struct Kept {
    /// Tracks of which it holds more than their fields.
    tracks: HashSet<*const Track>,
    clips: HashSet<*const Clip>,
    transitions: HashSet<*const Transition>,
}

impl Kept {
    fn keep(&mut self, track: &Track, clip: &Arc<Clip>) {
        self.tracks.insert(track);
        self.clips.insert(Arc::as_ptr(clip));
    }

    fn keep_transition(&mut self, track: &Track, transition: &Transition) {
        self.tracks.insert(track);
        self.transitions.insert(transition);
    }

    fn has(&self, clip: &Arc<Clip>) -> bool {
        self.clips.contains(&Arc::as_ptr(clip))
    }

    fn has_of(&self, track: &Track) -> bool {
        self.tracks.contains(&std::ptr::from_ref(track))
    }

    /// Keeps what changed on a track, what overlaps it or meets it at a transition.
    fn neighbours(&mut self, track: &Track, change: &TrackDifference<'_>) {
        if is_none(change) {
            return;
        }
        let mut touched: HashSet<&ClipId> = change.new.iter().chain(&change.gone).map(|c| &c.id).collect();
        touched.extend(change.new_transitions.iter().flat_map(|x| x.from.iter().chain(&x.to)));
        let met = |x: &&Transition, ids: &HashSet<&ClipId>| x.from.iter().chain(&x.to).any(|id| ids.contains(id));
        // The transitions of the clips at the other ends count, too: they share the clip's length.
        let ends: Vec<&ClipId> =
            track.transitions.iter().filter(|x| met(x, &touched)).flat_map(|x| x.from.iter().chain(&x.to)).collect();
        touched.extend(ends);
        let mut wanted = touched.clone();
        for x in track.transitions.iter().filter(|x| met(x, &touched)) {
            self.keep_transition(track, x);
            wanted.extend(x.from.iter().chain(&x.to));
        }
        change.new_transitions.iter().for_each(|x| self.keep_transition(track, x));
        let mut windows: Vec<Span> = change.new.iter().map(|c| c.span()).collect();
        windows.sort_by_key(|s| s.start);
        let windows = merged(&windows);
        for clip in &track.clips {
            if wanted.contains(&clip.id) || during(&windows, clip.span()) {
                self.keep(track, clip);
            }
        }
    }

    /// Keeps the clips whose pictures the changed ones use, directly or through others: a new ring of
    /// clips that use each other has a changed one in it.
    fn users(&mut self, composition: &Composition, changes: &[TrackDifference<'_>], catalog: &Catalog) {
        // Visible beyond their ends during transitions, at most as long as the longest of them.
        let longest = composition.tracks.iter().map(|t| t.transitions.facts().longest()).max().unwrap_or_default();
        let seen = |clip: &Clip| (clip.start.0.saturating_sub(longest.0), clip.span().end().0.saturating_add(longest.0));
        let used = |clip: &Clip, track: usize| -> Vec<usize> {
            let below = if matches!(clip.source, ClipSource::Adjustment(_)) { 0..track } else { 0..0 };
            if clip.video.matte.is_none() && clip.video.effects.is_empty() {
                return below.collect();
            }
            let named: Vec<_> = clip.video.matte.iter().map(|m| m.track.clone()).chain(uses::tracks_of(clip, catalog)).collect();
            below.chain(named.iter().filter_map(|id| composition.tracks.iter().position(|t| t.id == *id))).collect()
        };
        let mut open: Vec<(usize, &Arc<Clip>)> = Vec::new();
        for (at, (track, change)) in composition.tracks.iter().zip(changes).enumerate() {
            if change.new.is_empty() && change.new_transitions.is_empty() {
                continue;
            }
            let ends: HashSet<&ClipId> = change.new_transitions.iter().flat_map(|x| x.from.iter().chain(&x.to)).collect();
            let changed = |c: &&Arc<Clip>| ends.contains(&c.id) || change.new.iter().any(|new| Arc::ptr_eq(new, c));
            open.extend(track.clips.iter().filter(changed).map(|c| (at, c)));
        }
        let mut met: HashSet<*const Clip> = HashSet::new();
        while let Some((at, clip)) = open.pop() {
            if !met.insert(Arc::as_ptr(clip)) {
                continue;
            }
            let tracks = used(clip, at);
            if tracks.is_empty() {
                continue;
            }
            let own = &composition.tracks[at];
            self.keep(own, clip);
            // Transitions say how long it is visible.
            for x in own.transitions.iter().filter(|x| x.from.iter().chain(&x.to).any(|id| *id == clip.id)) {
                self.keep_transition(own, x);
                for end in x.from.iter().chain(&x.to) {
                    own.clips.places_of(IdKey::new(end.as_str())).for_each(|at| self.keep(own, &own.clips[at]));
                }
            }
            let (from, to) = seen(clip);
            for track in tracks {
                let meets = |c: &&Arc<Clip>| seen(c).0 < to && from < seen(c).1;
                open.extend(composition.tracks[track].clips.iter().filter(meets).map(|c| (track, c)));
            }
        }
    }

    /// Keeps clips that name removed or changed ones.
    fn naming(&mut self, project: &Project, removed: &HashSet<&ClipId>, changes: &[TrackDifference<'_>]) {
        let mut named: HashSet<&ClipId> = removed.clone();
        let is_null = |clip: &Clip| matches!(clip.source, ClipSource::Null(_));
        let sides = changes.iter().flat_map(|c| c.new.iter().chain(&c.gone));
        named.extend(sides.filter(|c| is_null(c) || c.video.parent.is_some()).map(|c| &c.id));
        if named.is_empty() {
            return;
        }
        for track in project.tracks().filter(|t| t.clips.facts().any_naming()) {
            for clip in &track.clips {
                if clip.linked.iter().chain(&clip.video.parent).any(|id| named.contains(id)) {
                    self.keep(track, clip);
                }
            }
        }
    }

    /// Keeps clips and transitions that have an id that is new elsewhere.
    fn duplicates(&mut self, project: &Project, changes: &[TrackDifference<'_>]) {
        let mut new: HashSet<&str> = changes.iter().flat_map(|c| &c.new).flat_map(|c| ids(c)).collect();
        for id in changes.iter().flat_map(|c| &c.gone).flat_map(|c| ids(c)) {
            new.remove(id);
        }
        new.extend(changes.iter().flat_map(|c| &c.new_transitions).map(|x| x.id.as_str()));
        if new.is_empty() {
            return;
        }
        let few: Vec<IdKey<'_>> = new.iter().take(FEW + 1).map(|id| IdKey::new(id)).collect();
        for track in project.tracks() {
            if few.len() > FEW {
                track.clips.iter().filter(|clip| ids(clip).any(|id| new.contains(id))).for_each(|clip| self.keep(track, clip));
                let twice = track.transitions.iter().filter(|x| new.contains(x.id.as_str()));
                twice.for_each(|x| self.keep_transition(track, x));
                continue;
            }
            for id in &few {
                track.clips.places_naming(*id).for_each(|at| self.keep(track, &track.clips[at]));
                track.transitions.places_of(*id).for_each(|at| self.keep_transition(track, &track.transitions[at]));
            }
        }
    }

    /// Keeps the clips that kept ones name, as linked or as their parents.
    fn named(&mut self, project: &Project) {
        let mut wanted: HashSet<&ClipId> = HashSet::new();
        loop {
            let naming = project.tracks().filter(|t| self.has_of(t) && t.clips.facts().any_naming()).flat_map(|t| &t.clips);
            let named = naming.filter(|c| self.has(c)).flat_map(|c| c.linked.iter().chain(&c.video.parent));
            let new: Vec<&ClipId> = named.filter(|id| wanted.insert(id)).collect();
            if new.is_empty() {
                return;
            }
            for track in project.tracks() {
                if new.len() > FEW {
                    track.clips.iter().filter(|c| wanted.contains(&c.id)).for_each(|c| self.keep(track, c));
                    continue;
                }
                for id in &new {
                    track.clips.places_of(IdKey::new(id.as_str())).for_each(|at| self.keep(track, &track.clips[at]));
                }
            }
        }
    }

    /// The part as a document.
    fn part(&self, project: &Project) -> Project {
        let (no_clips, no_transitions) = (SharedList::new(), SharedList::new());
        // Clips whose effects may follow another track say what would follow itself.
        let follows = |clip: &Clip| clip.audio.effects.iter().any(|e| e.params.contains_key("key"));
        let has_followers = |track: &Track| track.clips.facts().any_text() && track.clips.iter().any(|c| follows(c));
        let track = |whole: &Track| match self.has_of(whole) || has_followers(whole) {
            true => Track {
                clips: whole.clips.iter().filter(|clip| self.has(clip) || follows(clip)).cloned().collect(),
                transitions: whole
                    .transitions
                    .iter()
                    .filter(|x| self.transitions.contains(&std::ptr::from_ref(*x)))
                    .cloned()
                    .collect(),
                ..whole.clone()
            },
            false => Track { clips: no_clips.clone(), transitions: no_transitions.clone(), ..whole.clone() },
        };
        let composition = |whole: &Composition| {
            let length = || Some(whole.length()).filter(|length| *length > TimeDelta::ZERO);
            Composition {
                duration: whole.duration.or_else(length),
                tracks: whole.tracks.iter().map(track).collect(),
                ..whole.without_tracks()
            }
        };
        Project {
            schema_version: project.schema_version,
            id: project.id.clone(),
            name: project.name.clone(),
            settings: project.settings.clone(),
            variables: project.variables.clone(),
            fonts: project.fonts.clone(),
            media: project.media.iter().map(|m| Media { facts: None, ..m.clone() }).collect(),
            compositions: project.compositions.iter().map(composition).collect(),
            main: project.main.clone(),
            extra: project.extra.clone(),
        }
    }
}

/// Ids of a clip and of what belongs to it.
fn ids(clip: &Clip) -> impl Iterator<Item = &str> {
    let effects = clip.video.effects.iter().chain(&clip.audio.effects).map(|e| e.id.as_str());
    let masks = clip.video.masks.iter().map(|m| m.id.as_str());
    std::iter::once(clip.id.as_str()).chain(effects).chain(masks)
}

/// Spans in order of their starts, joined where they meet.
fn merged(spans: &[Span]) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end() => last.duration = last.end().max(span.end()) - last.start,
            _ => merged.push(*span),
        }
    }
    merged
}

/// Whether a span overlaps or meets one of these, which are in order and apart.
fn during(windows: &[Span], span: Span) -> bool {
    let at = windows.partition_point(|w| w.end() < span.start);
    windows.get(at).is_some_and(|w| w.start <= span.end())
}

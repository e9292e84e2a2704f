//! The state that an operation works on: a copy of the project, with the edits made so far.
use super::{OperationError, Plan};
use crate::{Clip, ClipPlace, ClipSource, Composition, Edit, EffectInstance, EntityKind, IdKey, Project, Track, TrackPlace};
use cutroom_types::{ClipId, CompositionId, Span, Time, TimeDelta, TrackId, TransitionId};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

/// Up to this many ids are looked for in each track; for more, the clips are gone through.
const FEW: usize = 16;
/// Up to this many ids are tried one by one.
const HUNDREDS: usize = 256;

/// A project that is being changed.
pub(super) struct Draft {
    pub project: Project,
    edits: Vec<Edit>,
    inverses: Vec<Edit>,
    /// Tracks whose clips have changed.
    touched: BTreeSet<TrackId>,
}

impl Draft {
    pub fn new(project: &Project) -> Self {
        Self { project: project.clone(), edits: Vec::new(), inverses: Vec::new(), touched: BTreeSet::new() }
    }

    pub fn finish(mut self) -> Plan {
        self.inverses.reverse();
        Plan { edits: self.edits, inverse: self.inverses, project: self.project }
    }

    /// Applies an edit.
    pub fn apply(&mut self, edit: Edit) -> Result<(), OperationError> {
        let inverse = edit.clone().apply(&mut self.project)?;
        self.edits.push(edit);
        self.inverses.push(inverse);
        Ok(())
    }

    pub fn place(&self, id: &ClipId) -> Result<ClipPlace, OperationError> {
        let key = IdKey::new(id.as_str());
        let found = self.project.placed_tracks().find_map(|(place, track)| Some(place.clip(track.clips.place_of(key)?)));
        found.ok_or_else(|| OperationError::no_such(EntityKind::Clip, id))
    }

    pub fn clip(&self, id: &ClipId) -> Result<Arc<Clip>, OperationError> {
        let key = IdKey::new(id.as_str());
        let found = self.project.tracks().find_map(|t| Some(&t.clips[t.clips.place_of(key)?]));
        found.cloned().ok_or_else(|| OperationError::no_such(EntityKind::Clip, id))
    }

    /// The track of a clip, which must not be locked.
    pub fn track_of(&self, clip: &ClipId) -> Result<&Track, OperationError> {
        let key = IdKey::new(clip.as_str());
        let found = self.project.tracks().find(|t| t.clips.place_of(key).is_some());
        unlocked(found.ok_or_else(|| OperationError::no_such(EntityKind::Clip, clip))?)
    }

    pub fn track_place(&self, id: &TrackId) -> Result<TrackPlace, OperationError> {
        let found = self.project.placed_tracks().find(|(_, track)| track.id == *id);
        found.map(|(place, _)| place).ok_or_else(|| OperationError::no_such(EntityKind::Track, id))
    }

    /// A track, which must not be locked.
    pub fn track(&self, id: &TrackId) -> Result<&Track, OperationError> {
        let found = self.project.tracks().find(|t| t.id == *id);
        unlocked(found.ok_or_else(|| OperationError::no_such(EntityKind::Track, id))?)
    }

    pub fn composition(&self, id: &CompositionId) -> Result<&Composition, OperationError> {
        self.project.composition(id).ok_or_else(|| OperationError::no_such(EntityKind::Composition, id))
    }

    /// The composition of a track.
    pub fn around(&self, track: &TrackId) -> Result<&Composition, OperationError> {
        let place = self.track_place(track)?;
        Ok(&self.project.compositions[place.composition])
    }

    /// Ids of the unlocked tracks of a composition, bottom to top.
    pub fn unlocked_tracks(&self, composition: &CompositionId) -> Result<Vec<TrackId>, OperationError> {
        Ok(self.composition(composition)?.tracks.iter().filter(|t| !t.locked).map(|t| t.id.clone()).collect())
    }

    /// Replaces a clip by its changed copy.
    pub fn put(&mut self, clip: Clip) -> Result<(), OperationError> {
        let track = self.track_of(&clip.id)?.id.clone();
        self.touched.insert(track);
        self.apply(Edit::ReplaceClip { clip: Arc::new(clip) })
    }

    /// Changes a clip.
    pub fn change(&mut self, id: &ClipId, change: impl FnOnce(&mut Clip)) -> Result<(), OperationError> {
        let mut clip = (*self.clip(id)?).clone();
        change(&mut clip);
        self.put(clip)
    }

    /// Adds a clip behind the last one of a track that starts before it. There must be room.
    pub fn add(&mut self, track: &TrackId, clip: Clip) -> Result<(), OperationError> {
        let on = self.track(track)?;
        room(on, clip.span(), |_| false)?;
        let after = on.clips.iter().filter(|c| c.start <= clip.start).max_by_key(|c| c.start).map(|c| c.id.clone());
        self.touched.insert(track.clone());
        self.apply(Edit::InsertClip { track: track.clone(), clip: Arc::new(clip), after })
    }

    /// Removes a clip, and what names it as linked or as its parent.
    pub fn remove(&mut self, id: &ClipId) -> Result<(), OperationError> {
        let track = self.track_of(id)?.id.clone();
        self.touched.insert(track);
        self.apply(Edit::RemoveClip { id: id.clone() })?;
        self.rename(&BTreeSet::from([id.clone()]), &BTreeMap::new())
    }

    /// Lets what names clips that are gone, as linked or as its parent, name their copies instead, or
    /// nothing. Locked tracks are no exception.
    pub fn rename(&mut self, gone: &BTreeSet<ClipId>, copies: &BTreeMap<ClipId, ClipId>) -> Result<(), OperationError> {
        let names = |named: &Option<ClipId>| named.as_ref().is_some_and(|id| gone.contains(id));
        let tracks = self.project.tracks().filter(|t| t.clips.facts().any_naming());
        let naming: Vec<Clip> =
            tracks.flat_map(|t| &t.clips).filter(|c| names(&c.linked) || names(&c.video.parent)).map(|c| (**c).clone()).collect();
        for mut clip in naming {
            for named in [&mut clip.linked, &mut clip.video.parent] {
                if names(named) {
                    *named = named.as_ref().and_then(|id| copies.get(id).cloned());
                }
            }
            self.apply(Edit::ReplaceClip { clip: Arc::new(clip) })?;
        }
        Ok(())
    }

    pub fn remove_transition(&mut self, id: &TransitionId) -> Result<(), OperationError> {
        let key = IdKey::new(id.as_str());
        let found = self.project.tracks().find(|t| t.transitions.place_of(key).is_some());
        unlocked(found.ok_or_else(|| OperationError::no_such(EntityKind::Transition, id))?)?;
        self.apply(Edit::RemoveTransition { id: id.clone() })
    }

    /// Removes the transitions of changed tracks whose clips are gone or no longer meet.
    pub fn mend_transitions(&mut self) -> Result<(), OperationError> {
        let mut broken = Vec::new();
        for track in std::mem::take(&mut self.touched).iter().filter_map(|id| self.project.tracks().find(|t| t.id == *id)) {
            for x in &track.transitions {
                let span = |id: &Option<ClipId>| id.as_ref().map(|id| track.clip(id).map(Clip::span));
                let holds = match (span(&x.from), span(&x.to)) {
                    (Some(from), Some(to)) => from.zip(to).is_some_and(|(from, to)| from.end() == to.start),
                    (Some(one), None) | (None, Some(one)) => one.is_some(),
                    (None, None) => false,
                };
                if !holds {
                    broken.push(x.id.clone());
                }
            }
        }
        broken.iter().try_for_each(|id| self.apply(Edit::RemoveTransition { id: id.clone() }))
    }

    /// Clips that move together with these: themselves, those that they are linked with, and those
    /// of their groups, in document order.
    pub fn together(&self, ids: &[ClipId], alone: bool) -> Result<Vec<ClipId>, OperationError> {
        ids.iter().try_for_each(|id| self.place(id).map(|_| ()))?;
        let mut found: BTreeSet<ClipId> = ids.iter().cloned().collect();
        let has = |id: &ClipId| self.place(id).is_ok();
        // Clips without a link or a group bring nothing else along.
        let tied = self.project.tracks().filter(|t| t.clips.facts().any_naming() || t.clips.facts().any_grouped());
        let clips: Vec<&Arc<Clip>> = tied.flat_map(|t| &t.clips).collect();
        loop {
            let before = found.len();
            let groups: BTreeSet<&str> =
                clips.iter().filter(|c| found.contains(&c.id)).filter_map(|c| c.group.as_deref()).collect();
            for clip in clips.iter().filter(|_| !alone) {
                let linked = clip.linked.as_ref().is_some_and(|l| found.contains(l) || found.contains(&clip.id));
                if linked {
                    found.extend(clip.linked.iter().filter(|l| has(l)).cloned());
                    found.insert(clip.id.clone());
                }
                if clip.group.as_deref().is_some_and(|g| groups.contains(g)) {
                    found.insert(clip.id.clone());
                }
            }
            if found.len() == before {
                break;
            }
        }
        Ok(self.in_order(&found))
    }

    /// The clips with these ids, in document order.
    fn in_order(&self, ids: &BTreeSet<ClipId>) -> Vec<ClipId> {
        if ids.len() > FEW {
            return self.project.clips().map(|c| c.id.clone()).filter(|id| ids.contains(id)).collect();
        }
        let keys: Vec<IdKey<'_>> = ids.iter().map(|id| IdKey::new(id.as_str())).collect();
        let mut found = Vec::new();
        for track in self.project.tracks() {
            let mut places: Vec<usize> = keys.iter().flat_map(|key| track.clips.places_of(*key)).collect();
            places.sort_unstable();
            found.extend(places.iter().map(|at| track.clips[*at].id.clone()));
        }
        found
    }

    /// Whether ids are in use. Those that are like each other are mostly on one track.
    fn in_use<'a>(&'a self, on: impl Fn(&Track, IdKey<'_>) -> bool + 'a) -> impl FnMut(&str) -> bool + 'a {
        let tracks: Vec<&Track> = self.project.tracks().collect();
        let mut last = 0;
        move |id| {
            let id = IdKey::new(id);
            if tracks.get(last).is_some_and(|track| on(track, id)) {
                return true;
            }
            let found = tracks.iter().position(|track| on(track, id));
            last = found.unwrap_or(last);
            found.is_some()
        }
    }

    /// An id that no clip has, made from `like`.
    pub fn free_clip_id(&self, like: &str) -> ClipId {
        let is_used = self.in_use(|track, id| track.clips.place_of(id).is_some());
        free_where(like, is_used, || self.project.clips().map(|c| c.id.as_str())).as_str().into()
    }

    fn effect_ids(&self) -> impl Iterator<Item = &str> {
        self.project.effects().map(|e| e.id.as_str())
    }

    fn effect_in_use(&self) -> impl FnMut(&str) -> bool {
        fn has(clip: &Clip, id: IdKey<'_>) -> bool {
            clip.video.effects.iter().chain(&clip.audio.effects).any(|e| e.id.as_str() == id.text())
        }
        let mut on_clips = self.in_use(move |track, id| track.clips.places_naming(id).any(|at| has(&track.clips[at], id)));
        let mixers: HashSet<&str> =
            self.project.compositions.iter().flat_map(Composition::mixer_effects).map(|e| e.id.as_str()).collect();
        move |id| mixers.contains(id) || on_clips(id)
    }

    /// An id that no effect has, made from `like`.
    pub fn free_effect_id(&self, like: &str) -> String {
        free_where(like, self.effect_in_use(), || self.effect_ids())
    }

    /// An id that no transition has, made from `like`.
    pub fn free_transition_id(&self, like: &str) -> String {
        let is_used = self.in_use(|track, id| track.transitions.place_of(id).is_some());
        free_where(like, is_used, || self.project.tracks().flat_map(|t| &t.transitions).map(|x| x.id.as_str()))
    }

    /// Gives effects ids that neither the project nor a composition to be inserted has.
    pub fn renew(&self, effects: &mut [EffectInstance], other: &Composition) {
        let mut taken: HashSet<String> =
            self.effect_ids().chain(other.mixer_effects().map(|e| e.id.as_str())).map(str::to_owned).collect();
        for effect in effects {
            let id = free(effect.id.as_str(), taken.iter().map(String::as_str));
            effect.id = id.as_str().into();
            taken.insert(id);
        }
    }

    /// Gives the effects of a clip ids of their own.
    pub fn with_own_ids(&self, clip: &mut Clip) {
        let mut given: Vec<String> = Vec::new();
        let mut in_use = self.effect_in_use();
        for effect in clip.video.effects.iter_mut().chain(&mut clip.audio.effects) {
            let is_used = |id: &str| given.iter().any(|g| g == id) || in_use(id);
            let id = free_where(effect.id.as_str(), is_used, || self.effect_ids().chain(given.iter().map(String::as_str)));
            effect.id = id.as_str().into();
            given.push(id);
        }
    }
}

/// `like`, or `like-2`, `like-3` …, whichever is not in use. A number at the end is counted on.
pub(super) fn free<'a>(like: &str, used: impl Iterator<Item = &'a str>) -> String {
    let stem = stem(like);
    // Those that are `like` itself, or its stem and a number.
    let is_near = |id: &&str| *id == like || id.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_number);
    let taken: HashSet<&str> = used.filter(is_near).collect();
    candidates(like).find(|id| !taken.contains(id.as_str())).unwrap_or_default()
}

/// As [`free`], where it costs little to find out whether one id is in use. Where hundreds are, all
/// ids in use are gone through instead.
fn free_where<'a, I: Iterator<Item = &'a str>>(
    like: &str,
    mut is_used: impl FnMut(&str) -> bool,
    used: impl FnOnce() -> I,
) -> String {
    let first = candidates(like).take(HUNDREDS).find(|id| !is_used(id));
    first.unwrap_or_else(|| free(like, used()))
}

/// `like`, and its stem with the numbers from 2 on.
fn candidates(like: &str) -> impl Iterator<Item = String> {
    let counted = (2u64..).map(|n| format!("{}-{n}", stem(like)));
    std::iter::once(like.to_owned()).chain(counted).filter(|id| !id.is_empty())
}

/// An id without the number at its end.
fn stem(like: &str) -> &str {
    match like.rsplit_once('-') {
        Some((stem, number)) if !stem.is_empty() && is_number(number) => stem,
        _ => like,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn unlocked(track: &Track) -> Result<&Track, OperationError> {
    if track.locked { Err(OperationError::Locked { track: track.id.to_string() }) } else { Ok(track) }
}

/// Whether a span is free on a track, apart from clips that do not count.
pub(super) fn room(track: &Track, span: Span, ignored: impl Fn(&Clip) -> bool) -> Result<(), OperationError> {
    not_before_zero(span.start)?;
    let other = track.clips.iter().find(|c| !ignored(c) && c.start < span.end() && span.start < c.span().end());
    match other {
        Some(other) => Err(OperationError::NoRoom {
            track: track.id.to_string(),
            other: other.id.to_string(),
            at: other.start.max(span.start),
        }),
        None => Ok(()),
    }
}

pub(super) fn not_before_zero(start: Time) -> Result<(), OperationError> {
    if start >= Time::ZERO {
        return Ok(());
    }
    Err(OperationError::time(format!("a clip would start at {:.3} s, before the film does", start.as_secs_f64())))
}

/// Whether the start of a clip decides what its source shows.
pub(super) fn has_source_time(clip: &Clip) -> bool {
    matches!(clip.source, ClipSource::Media(_) | ClipSource::Composition(_) | ClipSource::Subtitles(_))
}

/// The clip from `start` on, which may be before its own: keyframes stay where they are in time, and
/// so does the source.
pub(super) fn started_at(clip: &Clip, start: Time) -> Result<Clip, OperationError> {
    let by = start - clip.start;
    let mut clip = shifted_keyframes(clip, -by)?;
    if has_source_time(&clip) && clip.time_map.as_ref().is_none_or(|map| map.source.is_none()) {
        clip.source_in = original_source(&clip, by);
    }
    clip.start = start;
    clip.duration = clip.duration - by;
    fit_fades(&mut clip);
    Ok(clip)
}

/// Source time `by` after the start of a clip whose keyframes have been shifted by −`by` already.
fn original_source(shifted: &Clip, by: TimeDelta) -> Time {
    // The integral of the shifted speed from −by to 0 is that of the original from 0 to by.
    let times = shifted.times();
    let change = times.source_at(TimeDelta::ZERO) - times.source_at(-by);
    shifted.source_in.saturating_add(change)
}

/// The clip with this length.
pub(super) fn ended_at(clip: &Clip, end: Time) -> Clip {
    let mut clip = clip.clone();
    clip.duration = end - clip.start;
    fit_fades(&mut clip);
    clip
}

/// Fades are no longer than their clip.
fn fit_fades(clip: &mut Clip) {
    clip.audio.fade_in = clip.audio.fade_in.min(clip.duration);
    clip.audio.fade_out = clip.audio.fade_out.min(clip.duration - clip.audio.fade_in).max(TimeDelta::ZERO);
}

/// The clip with all its keyframes moved in its own time.
pub(super) fn shifted_keyframes(clip: &Clip, by: TimeDelta) -> Result<Clip, OperationError> {
    if by == TimeDelta::ZERO {
        return Ok(clip.clone());
    }
    retimed(clip, &|time| time.saturating_add(by.0), &|offset| offset)
}

/// The clip with its keyframes spread by a factor from its start.
pub(super) fn scaled_keyframes(clip: &Clip, factor: f64) -> Result<Clip, OperationError> {
    let scaled = |time: i64| (time as f64 * factor).round() as i64;
    retimed(clip, &scaled, &scaled)
}

fn retimed(clip: &Clip, time: &dyn Fn(i64) -> i64, offset: &dyn Fn(i64) -> i64) -> Result<Clip, OperationError> {
    let failed = |e: serde_json::Error| OperationError::unfit(format!("clip \"{}\" cannot be copied: {e}", clip.id));
    let mut json = serde_json::to_value(clip).map_err(failed)?;
    if !retime(&mut json, time, offset) {
        return Ok(clip.clone());
    }
    serde_json::from_value(json).map_err(failed)
}

/// The clip with fades that are no longer than it is.
pub(super) fn with_fitting_fades(mut clip: Clip) -> Clip {
    fit_fades(&mut clip);
    clip
}

/// Changes the times of keyframes, and of their handles, which are offsets. Returns whether there was
/// one.
fn retime(value: &mut serde_json::Value, time: &dyn Fn(i64) -> i64, offset: &dyn Fn(i64) -> i64) -> bool {
    let mut any = false;
    match value {
        serde_json::Value::Object(fields) => {
            for key in fields.get_mut("keyframes").and_then(|keys| keys.as_array_mut()).into_iter().flatten() {
                if let Some(at) = key.get("time").and_then(serde_json::Value::as_i64) {
                    key["time"] = time(at).into();
                    any = true;
                }
                for handle in ["handle_out", "handle_in"] {
                    if let Some(by) = key.get(handle).and_then(|h| h.get("time")).and_then(serde_json::Value::as_i64) {
                        key[handle]["time"] = offset(by).into();
                    }
                }
            }
            for (_, value) in fields.iter_mut().filter(|(name, _)| !name.starts_with("x-")) {
                any |= retime(value, time, offset);
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| any |= retime(item, time, offset)),
        _ => {}
    }
    any
}

/// Checks that a clip's source reaches as far as the clip shows it, as far as that is known.
pub(super) fn check_material(project: &Project, clip: &Clip) -> Result<(), OperationError> {
    let length = match &clip.source {
        ClipSource::Media(s) if s.repeat => return Ok(()),
        ClipSource::Media(s) => project.media(&s.media).and_then(|m| m.facts.as_ref()?.duration),
        ClipSource::Composition(s) => project.composition(&s.composition).map(Composition::length),
        _ => return Ok(()),
    };
    let used = clip.source_span();
    let missing =
        |side, time: TimeDelta| OperationError::NoMaterial { clip: clip.id.to_string(), side, missing_secs: time.as_secs_f64() };
    if used.start < Time::ZERO {
        return Err(missing("before", Time::ZERO - used.start));
    }
    // Lengths of files are rounded by their containers.
    let slack = TimeDelta(cutroom_types::FLICKS_PER_SECOND / 20);
    match length {
        Some(length) if used.end() > Time::ZERO + length + slack => Err(missing("after", used.end() - (Time::ZERO + length))),
        _ => Ok(()),
    }
}

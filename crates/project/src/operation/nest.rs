//! Nesting clips in a composition of their own, and back.
use super::{OperationError, draft::Draft};
use crate::{Clip, ClipSource, ClipVideo, Composition, CompositionAudio, Edit, SharedList, Track, TrackAudio, TrackKind};
use cutroom_types::{ClipId, CompositionId, Time, TransitionId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Moves clips to a new composition of the same size and rate, on tracks like theirs, with the
/// transitions between them. A clip on the lowest of their video tracks shows it.
pub(super) fn nest(draft: &mut Draft, ids: &[ClipId], id: &CompositionId) -> Result<(), OperationError> {
    let set: BTreeSet<ClipId> = draft.together(ids, false)?.into_iter().collect();
    let mut places = BTreeSet::new();
    for clip in &set {
        places.insert(draft.place(clip)?.track.composition);
        draft.track_of(clip)?;
    }
    let (Some(&at), 1) = (places.first(), places.len()) else {
        return Err(OperationError::unfit("the clips to be nested are on tracks of one composition, and at least one"));
    };
    let outer = draft.project.compositions[at].clone();
    let chosen = || outer.tracks.iter().flat_map(|t| &t.clips).filter(|c| set.contains(&c.id));
    let start = chosen().map(|c| c.start).min().unwrap_or(Time::ZERO);
    let end = chosen().map(|c| c.span().end()).max().unwrap_or(start);
    let mut inner =
        Composition { id: id.clone(), name: String::new(), tracks: Vec::new(), duration: Some(end - start), ..outer.clone() };
    inner.markers.clear();
    inner.split = None;
    // Buses, and effects of the output, stay where the nested sound is mixed.
    inner.audio = CompositionAudio::default();
    // The lowest video track of theirs, or else the lowest track, shows the new composition.
    let theirs = || outer.tracks.iter().filter(|t| t.clips.iter().any(|c| set.contains(&c.id)));
    let host = theirs().find(|t| t.kind == TrackKind::Video).or_else(|| theirs().next()).map(|t| t.id.clone());
    let Some(host) = host else { return Err(OperationError::unfit("there is nothing to nest")) };
    let mut transitions: Vec<TransitionId> = Vec::new();
    for track in theirs() {
        let clips: Vec<Arc<Clip>> = track.clips.iter().filter(|c| set.contains(&c.id)).cloned().collect();
        let own = |c: &Option<ClipId>| c.as_ref().is_none_or(|c| set.contains(c));
        let moved: Vec<_> = track.transitions.iter().filter(|x| own(&x.from) && own(&x.to)).cloned().collect();
        transitions.extend(moved.iter().map(|x| x.id.clone()));
        let taken = draft.project.tracks().chain(&inner.tracks).map(|t| t.id.as_str());
        let track_id = super::draft::free(track.id.as_str(), taken);
        let mut copy = Track { id: track_id.as_str().into(), clips: clips.into(), transitions: moved.into(), ..track.clone() };
        // Effects of the host go on working on what it shows; those of other tracks come along.
        copy.audio = TrackAudio::default();
        if track.id != host {
            copy.audio.effects.clone_from(&track.audio.effects);
            draft.renew(&mut copy.audio.effects, &inner);
        }
        for clip in &mut copy.clips {
            let clip = Arc::make_mut(clip);
            clip.start = clip.start.saturating_add(-start.since_zero());
        }
        inner.tracks.push(copy);
    }
    let mut outside = outer.clips().filter(|c| !set.contains(&c.id));
    if let Some(clip) = outside.find(|c| c.video.parent.as_ref().is_some_and(|parent| set.contains(parent))) {
        let reason = format!("clip \"{}\" has a parent among the clips to be nested; nest it, too", clip.id);
        return Err(OperationError::unfit(reason));
    }
    for x in &transitions {
        draft.apply(Edit::RemoveTransition { id: x.clone() })?;
    }
    for clip in &set {
        draft.remove(clip)?;
    }
    draft.mend_transitions()?;
    draft.apply(Edit::InsertComposition { composition: Box::new(inner), after: Some(outer.id.clone()) })?;
    let name = draft.free_clip_id(id.as_str());
    let clip = Clip::new(name.as_str(), ClipSource::composition(id.as_str()), start, end - start);
    draft.add(&host, clip)
}

/// Puts what a clip of a nested composition shows in its place: on new tracks above its own.
pub(super) fn unnest(draft: &mut Draft, id: &ClipId) -> Result<(), OperationError> {
    let clip = draft.clip(id)?;
    let ClipSource::Composition(source) = &clip.source else {
        return Err(OperationError::unfit(format!("clip \"{id}\" does not show a composition")));
    };
    let plain = clip.speed == 1.0
        && clip.time_map.is_none()
        && clip.video == ClipVideo::default()
        && clip.audio.gain_db == crate::Animated::default()
        && clip.audio.pan == crate::Animated::default()
        && clip.audio.effects.is_empty()
        && clip.audio.enabled;
    if !plain {
        let reason = format!("clip \"{id}\" changes what it shows (speed, placement, effects or sound); reset that first");
        return Err(OperationError::unfit(reason));
    }
    let inner = draft.composition(&source.composition)?.clone();
    let host = draft.track_of(id)?.id.clone();
    let outer = draft.around(&host)?.clone();
    if inner.audio != CompositionAudio::default() {
        let reason = "its composition has buses, or effects or a gain on its output; remove them first";
        return Err(OperationError::unfit(reason));
    }
    if (inner.size, inner.frame_rate) != (outer.size, outer.frame_rate) {
        return Err(OperationError::unfit("its composition has another size or frame rate"));
    }
    draft.remove(id)?;
    let (from, to) = (clip.source_in, clip.source_in.saturating_add(clip.duration));
    let by = clip.start - clip.source_in;
    let mut above = host;
    let others = draft
        .project
        .tracks()
        .flat_map(|t| &t.clips)
        .filter(|c| matches!(&c.source, ClipSource::Composition(s) if s.composition == inner.id))
        .count();
    // Its clips keep their ids if nothing else shows the composition, which is then removed.
    if others == 0 && draft.project.main != inner.id {
        draft.apply(Edit::RemoveComposition { id: inner.id.clone() })?;
    }
    let mut new_ids: BTreeMap<ClipId, ClipId> = BTreeMap::new();
    let mut locked = Vec::new();
    for track in &inner.tracks {
        let track_id = super::draft::free(track.id.as_str(), draft.project.tracks().map(|t| t.id.as_str()));
        let empty =
            Track { id: track_id.as_str().into(), clips: SharedList::new(), transitions: SharedList::new(), ..track.clone() };
        let new = empty.id.clone();
        if empty.locked {
            locked.push(new.clone());
        }
        let mut empty = Track { locked: false, ..empty };
        draft.renew(&mut empty.audio.effects, &outer);
        draft.apply(Edit::InsertTrack { composition: outer.id.clone(), track: Box::new(empty), after: Some(above.clone()) })?;
        above = new.clone();
        for old in &track.clips {
            if old.span().end() <= from || old.start >= to {
                continue;
            }
            let mut copy = (**old).clone();
            if copy.span().end() > to {
                copy = super::draft::ended_at(&copy, to);
            }
            if copy.start < from {
                copy = super::draft::started_at(&copy, from)?;
            }
            copy.start = copy.start.saturating_add(by);
            copy.id = draft.free_clip_id(old.id.as_str());
            draft.with_own_ids(&mut copy);
            new_ids.insert(old.id.clone(), copy.id.clone());
            draft.add(&new, copy)?;
        }
        for x in &track.transitions {
            let renamed = |c: &Option<ClipId>| c.as_ref().and_then(|c| new_ids.get(c).cloned());
            // One whose clips were not all copied is left out.
            if [&x.from, &x.to].into_iter().flatten().any(|c| !new_ids.contains_key(c)) {
                continue;
            }
            let x = crate::Transition {
                id: draft.free_transition_id(x.id.as_str()).as_str().into(),
                from: renamed(&x.from),
                to: renamed(&x.to),
                ..x.clone()
            };
            let after = draft.track(&new)?.transitions.last().map(|x| x.id.clone());
            draft.apply(Edit::InsertTransition { track: new.clone(), transition: Box::new(x), after })?;
        }
    }
    // Links and parents are those of the copies; a clip that was cut away has none.
    for id in new_ids.values() {
        let old = draft.clip(id)?;
        let renamed = |c: &Option<ClipId>| c.as_ref().and_then(|c| new_ids.get(c).cloned());
        let (linked, parent) = (renamed(&old.linked), renamed(&old.video.parent));
        if (&linked, &parent) != (&old.linked, &old.video.parent) {
            draft.change(id, |clip| (clip.linked, clip.video.parent) = (linked, parent))?;
        }
    }
    let there: BTreeSet<ClipId> = draft.project.clips().map(|c| c.id.clone()).collect();
    let gone = inner.clips().map(|c| c.id.clone()).filter(|id| !there.contains(id)).collect();
    draft.rename(&gone, &new_ids)?;
    draft.mend_transitions()?;
    for track in locked {
        let mut fields = crate::TrackFields::of(draft.track(&track)?);
        fields.locked = true;
        draft.apply(Edit::SetTrackFields { id: track, fields: Box::new(fields) })?;
    }
    Ok(())
}

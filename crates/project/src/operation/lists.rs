//! Media, compositions, tracks, transitions, effects, masks and markers: adding, moving, removing.
use super::{
    OperationError,
    draft::{Draft, unlocked},
    effects::{forget_key, position},
};
use crate::{
    ClipSource, Composition, CompositionFields, Edit, EffectInstance, EntityKind, Extra, IdKey, Marker, Mask, Media, Params, Track,
    Transition,
};
use cutroom_types::{ClipId, CompositionId, EffectId, MediaId, TimeDelta, TrackId, TransitionId};
use std::collections::BTreeMap;

pub(super) fn add_media(draft: &mut Draft, media: &Media) -> Result<(), OperationError> {
    let after = draft.project.media.last().map(|m| m.id.clone());
    draft.apply(Edit::InsertMedia { media: Box::new(media.clone()), after })
}

pub(super) fn remove_media(draft: &mut Draft, id: &MediaId, with_clips: bool) -> Result<(), OperationError> {
    let uses: Vec<ClipId> = draft
        .project
        .tracks()
        .flat_map(|t| &t.clips)
        .filter(|c| matches!(&c.source, ClipSource::Media(s) if s.media == *id))
        .map(|c| c.id.clone())
        .collect();
    match uses.first() {
        Some(clip) if !with_clips => {
            let reason = format!("clip \"{clip}\" uses media \"{id}\"; delete the clips first, or with `with_clips`");
            return Err(OperationError::unfit(reason));
        }
        _ => uses.iter().try_for_each(|clip| draft.remove(clip))?,
    }
    draft.apply(Edit::RemoveMedia { id: id.clone() })
}

pub(super) fn add_composition(draft: &mut Draft, composition: &Composition) -> Result<(), OperationError> {
    let after = draft.project.compositions.last().map(|c| c.id.clone());
    draft.apply(Edit::InsertComposition { composition: Box::new(composition.clone()), after })
}

pub(super) fn remove_composition(draft: &mut Draft, id: &CompositionId) -> Result<(), OperationError> {
    if draft.project.main == *id {
        return Err(OperationError::unfit(format!("\"{id}\" is the main composition; set another one as `main` first")));
    }
    if let Some(clip) = draft.project.clips().find(|c| matches!(&c.source, ClipSource::Composition(s) if s.composition == *id)) {
        return Err(OperationError::unfit(format!("clip \"{}\" shows composition \"{id}\"; delete it first", clip.id)));
    }
    let gone = draft.composition(id)?.clips().map(|c| c.id.clone()).collect();
    draft.apply(Edit::RemoveComposition { id: id.clone() })?;
    draft.rename(&gone, &BTreeMap::new())
}

pub(super) fn add_track(
    draft: &mut Draft,
    composition: &CompositionId,
    track: &Track,
    above: Option<&TrackId>,
) -> Result<(), OperationError> {
    let top = draft.composition(composition)?.tracks.last().map(|t| t.id.clone());
    let after = above.cloned().or(top);
    draft.apply(Edit::InsertTrack { composition: composition.clone(), track: Box::new(track.clone()), after })
}

pub(super) fn remove_track(draft: &mut Draft, id: &TrackId) -> Result<(), OperationError> {
    let clips: Vec<ClipId> = draft.track(id)?.clips.iter().map(|c| c.id.clone()).collect();
    clips.iter().try_for_each(|clip| draft.remove(clip))?;
    draft.mend_transitions()?;
    draft.apply(Edit::RemoveTrack { id: id.clone() })?;
    forget_key(draft, id.as_str())
}

pub(super) fn move_track(draft: &mut Draft, id: &TrackId, above: Option<&TrackId>) -> Result<(), OperationError> {
    let composition = draft.around(id)?.id.clone();
    draft.apply(Edit::MoveTrack { id: id.clone(), composition, after: above.cloned() })
}

pub(super) fn add_transition(
    draft: &mut Draft,
    id: Option<&TransitionId>,
    kind: &str,
    (from, to): (Option<&ClipId>, Option<&ClipId>),
    duration: TimeDelta,
    params: &Params,
) -> Result<(), OperationError> {
    let Some(named) = from.or(to) else {
        return Err(OperationError::unfit("a transition has an outgoing clip, an incoming one, or both"));
    };
    let track = draft.track_of(named)?;
    if let (Some(from), Some(to)) = (from, to) {
        let (a, b) = (track.clip(from), track.clip(to));
        if a.zip(b).is_none_or(|(a, b)| a.span().end() != b.start) {
            return Err(OperationError::unfit(format!("clip \"{from}\" does not end where \"{to}\" starts, on one track")));
        }
    }
    let track_id = track.id.clone();
    let after = track.transitions.last().map(|x| x.id.clone());
    let name = |clip: Option<&ClipId>| clip.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let id = id.cloned().unwrap_or_else(|| {
        let like = format!("{}-{}", name(from), name(to));
        draft.free_transition_id(&like).as_str().into()
    });
    let transition = Transition {
        id,
        kind: kind.to_owned(),
        from: from.cloned(),
        to: to.cloned(),
        duration,
        alignment: Default::default(),
        params: params.clone(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Extra::default(),
    };
    draft.apply(Edit::InsertTransition { track: track_id, transition: Box::new(transition), after })
}

pub(super) fn add_effect(
    draft: &mut Draft,
    clips: &[ClipId],
    effect: &str,
    params: &Params,
    after: Option<&EffectId>,
) -> Result<(), OperationError> {
    for clip in clips {
        let id: EffectId = draft.free_effect_id(effect).as_str().into();
        let at = match after {
            Some(after) => position(&draft.clip(clip)?.video.effects, after)? + 1,
            None => draft.clip(clip)?.video.effects.len(),
        };
        let new = EffectInstance { id, effect: effect.to_owned(), enabled: true, params: params.clone(), extra: Extra::default() };
        draft.change(clip, |clip| clip.video.effects.insert(at, new))?;
    }
    Ok(())
}

pub(super) fn add_mask(draft: &mut Draft, clip: &ClipId, mask: &Mask) -> Result<(), OperationError> {
    draft.change(clip, |clip| clip.video.masks.push(mask.clone()))
}

pub(super) fn remove_mask(draft: &mut Draft, clip: &ClipId, mask: &str) -> Result<(), OperationError> {
    if !draft.clip(clip)?.video.masks.iter().any(|m| m.id.as_str() == mask) {
        return Err(OperationError::unfit(format!("clip \"{clip}\" has no mask \"{mask}\"")));
    }
    draft.change(clip, |clip| clip.video.masks.retain(|m| m.id.as_str() != mask))
}

/// Changes the markers of a composition.
fn markers(
    draft: &mut Draft,
    composition: Option<&CompositionId>,
    change: impl FnOnce(&mut Vec<Marker>) -> Result<(), OperationError>,
) -> Result<(), OperationError> {
    let id = composition.cloned().unwrap_or_else(|| draft.project.main.clone());
    let mut fields = CompositionFields::of(draft.composition(&id)?);
    change(&mut fields.markers)?;
    draft.apply(Edit::SetCompositionFields { id, fields: Box::new(fields) })
}

pub(super) fn set_marker(draft: &mut Draft, composition: Option<&CompositionId>, marker: &Marker) -> Result<(), OperationError> {
    markers(draft, composition, |markers| {
        match markers.iter_mut().find(|m| m.id == marker.id) {
            Some(known) => *known = marker.clone(),
            None => markers.push(marker.clone()),
        }
        markers.sort_by_key(|m| m.time);
        Ok(())
    })
}

pub(super) fn remove_marker(draft: &mut Draft, composition: Option<&CompositionId>, id: &str) -> Result<(), OperationError> {
    markers(draft, composition, |markers| {
        let before = markers.len();
        markers.retain(|m| m.id != id);
        if markers.len() == before { Err(OperationError::unfit(format!("there is no marker \"{id}\""))) } else { Ok(()) }
    })
}

/// A transition, whose track must not be locked.
pub(super) fn transition<'a>(draft: &'a Draft, id: &TransitionId) -> Result<&'a Transition, OperationError> {
    let key = IdKey::new(id.as_str());
    for track in draft.project.tracks() {
        if let Some(at) = track.transitions.place_of(key) {
            unlocked(track)?;
            return Ok(&track.transitions[at]);
        }
    }
    Err(OperationError::no_such(EntityKind::Transition, id))
}

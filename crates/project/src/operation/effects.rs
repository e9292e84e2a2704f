//! Effects wherever they are, and the buses of the mixer.
use super::{OperationError, SoundTarget, draft::Draft};
use crate::{AudioBus, AudioSend, CompositionFields, Edit, EffectInstance, EntityKind, Extra, IdKey, Params, TrackFields};
use cutroom_types::{BusId, ClipId, CompositionId, EffectId, ParamValue, TrackId};

/// The parameter by which sound effects name what they follow.
const KEY_PARAM: &str = "key";

/// A list of effects.
#[derive(Clone, Debug)]
enum Chain {
    Picture(ClipId),
    Clip(ClipId),
    Track(TrackId),
    Bus(CompositionId, BusId),
    Output(CompositionId),
}

impl Chain {
    /// The list of sound effects of a target.
    fn of(draft: &Draft, target: &SoundTarget) -> Result<Self, OperationError> {
        Ok(match target {
            SoundTarget::Clip(id) => Self::Clip(id.clone()),
            SoundTarget::Track(id) => Self::Track(id.clone()),
            SoundTarget::Bus(id) => Self::Bus(with_bus(draft, id)?, id.clone()),
            SoundTarget::Output(id) => Self::Output(id.clone()),
        })
    }

    /// The list that an effect is in.
    fn with(draft: &Draft, id: &EffectId) -> Result<Self, OperationError> {
        let key = IdKey::new(id.as_str());
        let has = |effects: &[EffectInstance]| effects.iter().any(|e| e.id == *id);
        for c in &draft.project.compositions {
            if has(&c.audio.effects) {
                return Ok(Self::Output(c.id.clone()));
            }
            if let Some(bus) = c.audio.buses.iter().find(|b| has(&b.effects)) {
                return Ok(Self::Bus(c.id.clone(), bus.id.clone()));
            }
            for track in &c.tracks {
                if has(&track.audio.effects) {
                    return Ok(Self::Track(track.id.clone()));
                }
                for clip in track.clips.places_naming(key).map(|at| &track.clips[at]) {
                    if has(&clip.video.effects) {
                        return Ok(Self::Picture(clip.id.clone()));
                    }
                    if has(&clip.audio.effects) {
                        return Ok(Self::Clip(clip.id.clone()));
                    }
                }
            }
        }
        Err(OperationError::unfit(format!("there is no effect \"{id}\"")))
    }

    fn change(
        &self,
        draft: &mut Draft,
        change: impl FnOnce(&mut Vec<EffectInstance>) -> Result<(), OperationError>,
    ) -> Result<(), OperationError> {
        match self {
            Self::Picture(id) => {
                let mut effects = draft.clip(id)?.video.effects.clone();
                change(&mut effects)?;
                draft.change(id, |clip| clip.video.effects = effects)
            }
            Self::Clip(id) => {
                let mut effects = draft.clip(id)?.audio.effects.clone();
                change(&mut effects)?;
                draft.change(id, |clip| clip.audio.effects = effects)
            }
            Self::Track(id) => {
                let mut fields = TrackFields::of(draft.track(id)?);
                change(&mut fields.audio.effects)?;
                draft.apply(Edit::SetTrackFields { id: id.clone(), fields: Box::new(fields) })
            }
            Self::Bus(composition, id) => {
                mixer(draft, composition, |fields| match fields.audio.buses.iter_mut().find(|b| b.id == *id) {
                    Some(bus) => change(&mut bus.effects),
                    None => Err(OperationError::no_such(EntityKind::Bus, id)),
                })
            }
            Self::Output(composition) => mixer(draft, composition, |fields| change(&mut fields.audio.effects)),
        }
    }
}

/// Changes the fields of a composition.
fn mixer(
    draft: &mut Draft,
    composition: &CompositionId,
    change: impl FnOnce(&mut CompositionFields) -> Result<(), OperationError>,
) -> Result<(), OperationError> {
    let mut fields = CompositionFields::of(draft.composition(composition)?);
    change(&mut fields)?;
    draft.apply(Edit::SetCompositionFields { id: composition.clone(), fields: Box::new(fields) })
}

/// The composition that has a bus.
fn with_bus(draft: &Draft, id: &BusId) -> Result<CompositionId, OperationError> {
    let found = draft.project.compositions.iter().find(|c| c.audio.bus(id).is_some());
    found.map(|c| c.id.clone()).ok_or_else(|| OperationError::no_such(EntityKind::Bus, id))
}

pub(super) fn add_sound(
    draft: &mut Draft,
    of: &[SoundTarget],
    effect: &str,
    params: &Params,
    after: Option<&EffectId>,
) -> Result<(), OperationError> {
    for target in of {
        let id: EffectId = draft.free_effect_id(effect).as_str().into();
        let new = EffectInstance { id, effect: effect.to_owned(), enabled: true, params: params.clone(), extra: Extra::default() };
        Chain::of(draft, target)?.change(draft, |effects| {
            let at = match after {
                Some(after) => position(effects, after)? + 1,
                None => effects.len(),
            };
            effects.insert(at, new);
            Ok(())
        })?;
    }
    Ok(())
}

pub(super) fn remove(draft: &mut Draft, id: &EffectId) -> Result<(), OperationError> {
    Chain::with(draft, id)?.change(draft, |effects| {
        effects.retain(|e| e.id != *id);
        Ok(())
    })
}

pub(super) fn shift(draft: &mut Draft, id: &EffectId, after: Option<&EffectId>) -> Result<(), OperationError> {
    Chain::with(draft, id)?.change(draft, |effects| {
        let moved = effects.remove(position(effects, id)?);
        let at = match after {
            Some(after) => position(effects, after)? + 1,
            None => 0,
        };
        effects.insert(at, moved);
        Ok(())
    })
}

pub(super) fn add_bus(draft: &mut Draft, composition: Option<&CompositionId>, bus: &AudioBus) -> Result<(), OperationError> {
    let composition = composition.cloned().unwrap_or_else(|| draft.project.main.clone());
    mixer(draft, &composition, |fields| {
        fields.audio.buses.push(bus.clone());
        Ok(())
    })
}

/// Clears the parameters `key` of sound effects that follow a track or bus which is gone: they follow
/// what they receive.
pub(super) fn forget_key(draft: &mut Draft, gone: &str) -> Result<(), OperationError> {
    let follows = |e: &&EffectInstance| {
        let key = e.params.get(KEY_PARAM);
        matches!(key, Some(crate::Animated::Constant(ParamValue::Text(name))) if **name == *gone)
    };
    let clips = draft.project.clips().flat_map(|c| &c.audio.effects);
    let mixers = draft.project.compositions.iter().flat_map(crate::Composition::mixer_effects);
    let ids: Vec<EffectId> = clips.chain(mixers).filter(follows).map(|e| e.id.clone()).collect();
    for id in ids {
        Chain::with(draft, &id)?.change(draft, |effects| {
            effects.iter_mut().filter(|e| e.id == id).for_each(|e| drop(e.params.remove(KEY_PARAM)));
            Ok(())
        })?;
    }
    Ok(())
}

/// Removes a bus. What was mixed into it goes where it went; sends to it are removed.
pub(super) fn remove_bus(draft: &mut Draft, id: &BusId) -> Result<(), OperationError> {
    let composition = with_bus(draft, id)?;
    let output = draft.composition(&composition)?.audio.bus(id).and_then(|b| b.output.clone());
    let mend = |to: &mut Option<BusId>, sends: &mut Vec<AudioSend>| {
        if to.as_ref() == Some(id) {
            to.clone_from(&output);
        }
        sends.retain(|s| s.bus != *id);
    };
    let tracks: Vec<TrackId> = draft.composition(&composition)?.tracks.iter().map(|t| t.id.clone()).collect();
    for track in tracks {
        let mut fields = TrackFields::of(
            draft
                .around(&track)?
                .tracks
                .iter()
                .find(|t| t.id == track)
                .ok_or_else(|| OperationError::no_such(EntityKind::Track, &track))?,
        );
        let before = fields.audio.clone();
        mend(&mut fields.audio.output, &mut fields.audio.sends);
        if fields.audio != before {
            draft.track(&track)?;
            draft.apply(Edit::SetTrackFields { id: track, fields: Box::new(fields) })?;
        }
    }
    mixer(draft, &composition, |fields| {
        fields.audio.buses.retain(|b| b.id != *id);
        fields.audio.buses.iter_mut().for_each(|b| mend(&mut b.output, &mut b.sends));
        Ok(())
    })?;
    forget_key(draft, id.as_str())
}

/// The place of an effect in a list.
pub(super) fn position(effects: &[EffectInstance], id: &EffectId) -> Result<usize, OperationError> {
    let found = effects.iter().position(|e| e.id == *id);
    found.ok_or_else(|| OperationError::unfit(format!("there is no effect \"{id}\" in that place")))
}

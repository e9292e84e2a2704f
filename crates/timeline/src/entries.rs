//! Catalogue entries that clips and transitions name, looked up once when a timeline is created, so
//! that planning a frame looks nothing up and copies no text.
use crate::{
    PlanError,
    params::{self, BadParam, Slot},
};
use cutroom_effects::{BlendRef, Catalog, EffectRef, ParamSpec, TransitionRef, catalog::SoundRef};
use cutroom_project::{Animated, Clip, ClipTimes, EffectInstance, Params, Track};
use cutroom_types::{ClipId, EffectId, ParamValue, TimeDelta};

/// Entries of one track, parallel to its clips and transitions.
#[derive(Clone, Debug)]
pub(crate) struct TrackEntries {
    /// Parallel to the track's sound effects.
    pub(crate) sound: SoundUses,
    pub(crate) clips: Vec<ClipEntries>,
    pub(crate) transitions: Vec<Result<Use<TransitionRef>, Fault>>,
}

/// Entries of one clip.
#[derive(Clone, Debug)]
pub(crate) struct ClipEntries {
    /// `None` when the catalogue has no such mode.
    pub(crate) blend: Option<BlendRef>,
    /// Its source times.
    pub(crate) times: ClipTimes,
    /// Parallel to the clip's effects.
    pub(crate) effects: Vec<Result<Use<EffectRef>, Fault>>,
    /// Parallel to its sound effects.
    pub(crate) sound: SoundUses,
}

/// Sound effects with the parameters of their uses.
pub(crate) type SoundUses = Vec<Result<Use<SoundRef>, Fault>>;

/// The entries of sound effects.
pub(crate) fn sound_uses(effects: &[EffectInstance], catalog: &Catalog) -> SoundUses {
    effects.iter().map(|e| Use::new(catalog.sound_effect(&e.effect), |e| e.spec().params, &e.params)).collect()
}

/// An entry of the catalogue with the parameters of one use.
#[derive(Clone, Debug)]
pub(crate) struct Use<E> {
    pub(crate) entry: E,
    slots: Vec<Slot>,
}

/// Why there is no entry. This is an error only of frames that use it, so that a missing plug-in
/// does not make a whole project unusable.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The catalogue does not have it.
    Unknown,
    /// Its parameters do not match the parameter table.
    Param(BadParam),
}

impl Fault {
    /// The planning error for a sound effect.
    pub(crate) fn of_sound(&self, effect: &EffectId, id: &str) -> PlanError {
        let reason = match self {
            Self::Unknown => format!("there is no sound effect \"{id}\""),
            Self::Param(bad) => bad.to_string(),
        };
        PlanError::SoundEffect { effect: effect.clone(), reason }
    }

    /// The planning error for a clip. `what` is "effect" or "transition", `id` the id that the clip
    /// or transition names.
    pub(crate) fn of(&self, clip: &ClipId, what: &'static str, id: &str) -> PlanError {
        match self {
            Self::Unknown => PlanError::Unknown { clip: clip.clone(), what, id: id.to_owned() },
            Self::Param(bad) => bad.clone().of(clip, id),
        }
    }
}

impl<E: Copy> Use<E> {
    fn new(entry: Option<E>, table: impl Fn(E) -> &'static [ParamSpec], given: &Params) -> Result<Self, Fault> {
        let entry = entry.ok_or(Fault::Unknown)?;
        let slots = params::prepare(table(entry), given).map_err(Fault::Param)?;
        Ok(Self { entry, slots })
    }

    /// Every parameter, in the table's order; the default of those that are animated.
    pub(crate) fn constants(&self, table: &'static [ParamSpec], given: &Params) -> Vec<ParamValue> {
        params::constants(table, &self.slots, given)
    }

    /// The sound that its parameter `key` names, if it names one.
    pub(crate) fn key<'a>(&self, key: Option<&'static ParamSpec>, given: &'a Params) -> Option<&'a str> {
        match given.get(key?.id) {
            Some(Animated::Constant(ParamValue::Text(name))) if !name.is_empty() => Some(name),
            _ => None,
        }
    }

    /// Every parameter at `t`, in the table's order.
    pub(crate) fn values(&self, table: &'static [ParamSpec], given: &Params, t: TimeDelta) -> Result<Vec<ParamValue>, BadParam> {
        params::values(table, &self.slots, given, t)
    }
}

impl TrackEntries {
    pub(crate) fn new(track: &Track, catalog: &Catalog) -> Self {
        let transition = |kind: &str, given| Use::new(catalog.transition(kind), |t| t.spec().params, given);
        Self {
            sound: sound_uses(&track.audio.effects, catalog),
            clips: track.clips.iter().map(|c| ClipEntries::new(c, catalog)).collect(),
            transitions: track.transitions.iter().map(|x| transition(&x.kind, &x.params)).collect(),
        }
    }
}

impl ClipEntries {
    fn new(clip: &Clip, catalog: &Catalog) -> Self {
        let effect = |id: &str, given| Use::new(catalog.effect(id), |e| e.spec().params, given);
        Self {
            blend: catalog.blend_mode(&clip.video.blend),
            times: clip.times(),
            effects: clip.video.effects.iter().map(|e| effect(&e.effect, &e.params)).collect(),
            sound: sound_uses(&clip.audio.effects, catalog),
        }
    }
}

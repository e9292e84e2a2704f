//! The editor's verbs as values: add, trim, ripple, roll, slip, slide, split, nest and so on.
//!
//! An [`Operation`] names what it works on by id and holds no state. [`Operation::plan`] turns it
//! into [`Edit`]s for one state of a project, which are applied all together or not at all, and have
//! an exact inverse. Operations work on copies that share clips with the project, so that planning
//! costs little in a project of many clips.
//!
//! What they have in common:
//! - Times are those of the composition. Keyframes stay where they are in time when the start of
//!   their clip moves under them (trims, splits).
//! - Clips that name each other in `linked`, and clips of one `group`, move, split and are deleted
//!   together unless an operation says otherwise.
//! - Locked tracks refuse every change and are left out of ripples.
//! - A transition whose clips no longer meet is removed.
//! - New ids are made from the old ones (`c1`, `c1-2`, …), so that the same operation on the same
//!   document gives the same document everywhere.
mod clips;
mod draft;
mod effects;
mod error;
mod fields;
mod insert;
mod lists;
mod nest;
mod paste;
mod ranges;
mod times;
mod trim;
mod words;

use crate::{AudioBus, Clip, ClipSource, Composition, Ease, Edit, Mask, Media, Params, Project, Track};
use cutroom_types::{BusId, ClipId, CompositionId, EffectId, MediaId, Time, TimeDelta, TrackId, TransitionId};
use draft::Draft;
pub use error::OperationError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use words::{Copied, Edge, Plan, SoundTarget, Target, TrimMode};

/// One step of editing. In JSON an object of one field, the name of the step:
/// `{"split": {"clips": ["c1"], "at": "2s"}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Adds a source file.
    AddMedia {
        /// The media; its id must not be in use.
        media: Box<Media>,
    },
    /// Removes a source file.
    RemoveMedia {
        /// Its id.
        id: MediaId,
        /// Whether the clips that use it are deleted, too; otherwise there must be none.
        #[serde(default)]
        with_clips: bool,
    },
    /// Adds a composition.
    AddComposition {
        /// The composition with everything in it; no id in it may be in use.
        composition: Box<Composition>,
    },
    /// Removes a composition. It must not be nested anywhere, nor be the main one.
    RemoveComposition {
        /// Its id.
        id: CompositionId,
    },
    /// Adds a track on top, or above another one.
    AddTrack {
        /// The composition.
        composition: CompositionId,
        /// The track; its id must not be in use.
        track: Box<Track>,
        /// The track below it. Absent: it becomes the top one.
        #[serde(default)]
        above: Option<TrackId>,
    },
    /// Removes a track with everything on it.
    RemoveTrack {
        /// Its id.
        id: TrackId,
    },
    /// Moves a track in its composition.
    MoveTrack {
        /// Its id.
        id: TrackId,
        /// The track below it afterwards. Absent: it becomes the lowest.
        #[serde(default)]
        above: Option<TrackId>,
    },
    /// Adds a clip where there is room.
    AddClip {
        /// The track.
        track: TrackId,
        /// The clip; its id must not be in use.
        clip: Box<Clip>,
    },
    /// Adds a clip and moves everything from its start on by its length; clips that reach over that
    /// time are split.
    Insert {
        /// The track.
        track: TrackId,
        /// The clip; its id must not be in use.
        clip: Box<Clip>,
        /// Tracks that are moved. Absent: all of the composition that are not locked.
        #[serde(default)]
        ripple: Option<Vec<TrackId>>,
    },
    /// Adds a clip in place of what the track has there.
    Overwrite {
        /// The track.
        track: TrackId,
        /// The clip; its id must not be in use.
        clip: Box<Clip>,
    },
    /// Adds a clip after the last one of the track.
    Append {
        /// The track.
        track: TrackId,
        /// The clip; its start is set.
        clip: Box<Clip>,
    },
    /// Shows another source in the place of a clip; placement, effects and sound settings stay.
    Replace {
        /// The clip.
        clip: ClipId,
        /// The new source.
        source: ClipSource,
        /// Source time at its start.
        #[serde(default)]
        source_in: Time,
    },
    /// Adds a clip that fills a span, at the speed at which a part of its source does.
    FitToFill {
        /// The track.
        track: TrackId,
        /// The clip; its start, duration, source_in and speed are set.
        clip: Box<Clip>,
        /// Start of the span.
        from: Time,
        /// End of the span.
        to: Time,
        /// Start of the part of the source.
        source_in: Time,
        /// End of the part of the source.
        source_out: Time,
    },
    /// A three-point edit: of the four points, exactly three are given, and the fourth follows.
    ThreePoint {
        /// The track.
        track: TrackId,
        /// The clip; its start, duration and source_in are set.
        clip: Box<Clip>,
        /// Start on the timeline.
        #[serde(default)]
        from: Option<Time>,
        /// End on the timeline.
        #[serde(default)]
        to: Option<Time>,
        /// Start in the source.
        #[serde(default)]
        source_in: Option<Time>,
        /// End in the source.
        #[serde(default)]
        source_out: Option<Time>,
        /// Whether it is inserted; otherwise it overwrites.
        #[serde(default)]
        insert: bool,
    },
    /// Moves clips in time, and to another track if there is one clip.
    Move {
        /// The clips.
        clips: Vec<ClipId>,
        /// How far; negative is earlier.
        #[serde(default)]
        by: TimeDelta,
        /// The track that a single clip moves to.
        #[serde(default)]
        track: Option<TrackId>,
        /// Whether it replaces what it meets; otherwise there must be room.
        #[serde(default)]
        overwrite: bool,
        /// Whether linked and grouped clips stay where they are.
        #[serde(default)]
        alone: bool,
    },
    /// Moves an edge of a clip.
    Trim {
        /// The clip.
        clip: ClipId,
        /// Which edge.
        edge: Edge,
        /// Where to, in composition time.
        to: Time,
        /// What happens to what is beside it.
        #[serde(default)]
        mode: TrimMode,
        /// Whether linked and grouped clips are left as they are.
        #[serde(default)]
        alone: bool,
    },
    /// Shows another part of the source in the same place.
    Slip {
        /// The clips.
        clips: Vec<ClipId>,
        /// By how much source time later; negative is earlier.
        by: TimeDelta,
    },
    /// Moves a clip between its neighbours, which become longer and shorter.
    Slide {
        /// The clip.
        clip: ClipId,
        /// How far; negative is earlier.
        by: TimeDelta,
    },
    /// Moves an edge of a clip and changes the speed so that it shows the same part of its source.
    RateStretch {
        /// The clip.
        clip: ClipId,
        /// Which edge.
        edge: Edge,
        /// Where to, in composition time.
        to: Time,
    },
    /// Sets the speed of clips.
    Speed {
        /// The clips.
        clips: Vec<ClipId>,
        /// Source seconds per timeline second; negative plays backwards.
        speed: f64,
        /// Whether their length changes with it and what follows on their tracks moves; otherwise the
        /// length stays.
        #[serde(default)]
        ripple: bool,
    },
    /// Divides clips.
    Split {
        /// The clips. Empty: all clips of `tracks` at that time.
        #[serde(default)]
        clips: Vec<ClipId>,
        /// The tracks, if no clips are named. Empty as well: all tracks of the main composition.
        #[serde(default)]
        tracks: Vec<TrackId>,
        /// Where, in composition time.
        at: Time,
        /// Whether linked and grouped clips are left whole.
        #[serde(default)]
        alone: bool,
    },
    /// Deletes clips.
    Delete {
        /// The clips.
        clips: Vec<ClipId>,
        /// Whether the gaps are closed on their tracks.
        #[serde(default)]
        ripple: bool,
        /// Whether linked and grouped clips stay.
        #[serde(default)]
        alone: bool,
    },
    /// Removes a span of time and leaves a gap.
    Lift {
        /// Start.
        from: Time,
        /// End.
        to: Time,
        /// The tracks. Empty: all of the main composition that are not locked.
        #[serde(default)]
        tracks: Vec<TrackId>,
    },
    /// Removes a span of time and closes the gap.
    Extract {
        /// Start.
        from: Time,
        /// End.
        to: Time,
        /// The tracks. Empty: all of the main composition that are not locked.
        #[serde(default)]
        tracks: Vec<TrackId>,
    },
    /// Closes the gap at a time.
    CloseGap {
        /// The track.
        track: TrackId,
        /// A time inside the gap.
        at: Time,
    },
    /// Links two clips, so that they move together.
    Link {
        /// First clip.
        a: ClipId,
        /// Second clip.
        b: ClipId,
    },
    /// Ends the links of clips.
    Unlink {
        /// The clips.
        clips: Vec<ClipId>,
    },
    /// Makes clips a group, which moves together.
    Group {
        /// The clips.
        clips: Vec<ClipId>,
        /// Its name, which must not be in use.
        name: String,
    },
    /// Ends groups.
    Ungroup {
        /// Clips of the groups.
        clips: Vec<ClipId>,
    },
    /// Sets a field, or a part of one: `video.opacity`, `audio.gain_db`, `name`, `locked`.
    Set {
        /// What it belongs to.
        of: Target,
        /// The field: names, and positions in lists or ids of list elements, separated by dots.
        field: String,
        /// The new value; `null` restores the default.
        value: serde_json::Value,
    },
    /// Adds a transition at a cut, or at one end of a clip.
    AddTransition {
        /// Id; absent: made from its clips.
        #[serde(default)]
        id: Option<TransitionId>,
        /// Catalogue id.
        kind: String,
        /// Outgoing clip.
        #[serde(default)]
        from: Option<ClipId>,
        /// Incoming clip.
        #[serde(default)]
        to: Option<ClipId>,
        /// Length.
        duration: TimeDelta,
        /// Values by parameter id.
        #[serde(default)]
        params: Params,
    },
    /// Removes transitions.
    RemoveTransition {
        /// Their ids.
        ids: Vec<TransitionId>,
    },
    /// Adds an effect to clips.
    AddEffect {
        /// The clips.
        clips: Vec<ClipId>,
        /// Catalogue id.
        effect: String,
        /// Values by parameter id.
        #[serde(default)]
        params: Params,
        /// The effect before it, if there is one clip. Absent: it becomes the last.
        #[serde(default)]
        after: Option<EffectId>,
    },
    /// Removes an effect.
    RemoveEffect {
        /// Its id.
        id: EffectId,
    },
    /// Adds a sound effect to clips, tracks, buses or the output.
    AddSoundEffect {
        /// What gets it.
        of: Vec<SoundTarget>,
        /// Catalogue id of the effect.
        effect: String,
        /// Values by parameter id.
        #[serde(default)]
        params: Params,
        /// The effect before it. Absent: it becomes the last.
        #[serde(default)]
        after: Option<EffectId>,
    },
    /// Adds a bus to the mixer of a composition.
    AddBus {
        /// The composition. Absent: the main one.
        #[serde(default)]
        composition: Option<CompositionId>,
        /// The bus; its id must not be in use.
        bus: Box<AudioBus>,
    },
    /// Removes a bus. What was mixed into it goes where it went; sends to it are removed.
    RemoveBus {
        /// Its id.
        id: BusId,
    },
    /// Moves an effect in the order of its clip, track or bus.
    MoveEffect {
        /// Its id.
        id: EffectId,
        /// The effect before it afterwards. Absent: it becomes the first.
        #[serde(default)]
        after: Option<EffectId>,
    },
    /// Adds a mask to a clip.
    AddMask {
        /// The clip.
        clip: ClipId,
        /// The mask.
        mask: Box<Mask>,
    },
    /// Removes a mask from a clip.
    RemoveMask {
        /// The clip.
        clip: ClipId,
        /// Id of the mask.
        mask: String,
    },
    /// Sets a keyframe of a field; a constant becomes a curve.
    SetKeyframe {
        /// What the field belongs to.
        of: Target,
        /// The field, as for `set`.
        field: String,
        /// Time since the start of the clip or transition; of a track in composition time.
        time: TimeDelta,
        /// The value.
        value: serde_json::Value,
        /// Easing of the segment after it. Absent: that of the keyframe there, or linear.
        #[serde(default)]
        ease: Option<Ease>,
    },
    /// Removes a keyframe; the last one leaves its value.
    RemoveKeyframe {
        /// What the field belongs to.
        of: Target,
        /// The field, as for `set`.
        field: String,
        /// Its time.
        time: TimeDelta,
    },
    /// Moves keyframes in time.
    MoveKeyframes {
        /// What the field belongs to.
        of: Target,
        /// The field, as for `set`.
        field: String,
        /// Their times.
        times: Vec<TimeDelta>,
        /// How far.
        by: TimeDelta,
    },
    /// Sets a marker, new or known by its id.
    SetMarker {
        /// The composition. Absent: the main one.
        #[serde(default)]
        composition: Option<CompositionId>,
        /// The marker.
        marker: Box<crate::Marker>,
    },
    /// Removes a marker.
    RemoveMarker {
        /// The composition. Absent: the main one.
        #[serde(default)]
        composition: Option<CompositionId>,
        /// Id of the marker.
        id: String,
    },
    /// Pastes copies of clips, the first of them at a time, each on its track or all on one.
    Paste {
        /// The clips as they were copied, with the tracks that they were on.
        clips: Vec<Copied>,
        /// Start of the earliest.
        at: Time,
        /// A track for all of them. Absent: their own tracks.
        #[serde(default)]
        track: Option<TrackId>,
        /// Whether they replace what they meet; otherwise there must be room.
        #[serde(default)]
        overwrite: bool,
    },
    /// Gives clips what another clip has.
    PasteAttributes {
        /// The clip that has it.
        from: ClipId,
        /// The clips that get it.
        to: Vec<ClipId>,
        /// Which fields: `video.transform`, `video.effects`, `audio.gain_db` …
        fields: Vec<String>,
    },
    /// Moves clips into a new composition, which one clip shows in their place.
    Nest {
        /// The clips, of one composition.
        clips: Vec<ClipId>,
        /// Id of the new composition.
        composition: CompositionId,
    },
    /// Puts the clips of a nested composition in the place of the clip that shows it.
    Unnest {
        /// The clip.
        clip: ClipId,
    },
    /// Several steps as one.
    All {
        /// The steps, in order.
        steps: Vec<Operation>,
    },
    /// Changes as they are.
    Edits {
        /// The changes, in order.
        edits: Vec<Edit>,
    },
}

impl Operation {
    /// What the operation changes in this state of a project. Nothing is applied.
    ///
    /// # Errors
    /// See [`OperationError`]. Whether the result makes sense is checked by [`crate::validate`].
    pub fn plan(&self, project: &Project) -> Result<Plan, OperationError> {
        times::check(self)?;
        let mut draft = Draft::new(project);
        self.run(&mut draft)?;
        draft.mend_transitions()?;
        Ok(draft.finish())
    }

    /// Reads an operation. Times that count frames (`"50f"`, `"00:00:02:00"`) are those of the
    /// composition of the first track or clip that it names, or of the main one.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn from_json(project: &Project, mut json: serde_json::Value) -> Result<Self, serde_json::Error> {
        if let Some(rate) = times::rate(project, &json) {
            times::resolve(&mut json, rate);
        }
        crate::deserialize_part(json)
    }

    fn run(&self, draft: &mut Draft) -> Result<(), OperationError> {
        match self {
            Self::AddMedia { media } => lists::add_media(draft, media),
            Self::RemoveMedia { id, with_clips } => lists::remove_media(draft, id, *with_clips),
            Self::AddComposition { composition } => lists::add_composition(draft, composition),
            Self::RemoveComposition { id } => lists::remove_composition(draft, id),
            Self::AddTrack { composition, track, above } => lists::add_track(draft, composition, track, above.as_ref()),
            Self::RemoveTrack { id } => lists::remove_track(draft, id),
            Self::MoveTrack { id, above } => lists::move_track(draft, id, above.as_ref()),
            Self::AddClip { track, clip } => insert::add(draft, track, clip),
            Self::Insert { track, clip, ripple } => insert::insert(draft, track, clip, ripple.as_deref()),
            Self::Overwrite { track, clip } => insert::overwrite(draft, track, clip),
            Self::Append { track, clip } => insert::append(draft, track, clip),
            Self::Replace { clip, source, source_in } => insert::replace(draft, clip, source, *source_in),
            Self::FitToFill { track, clip, from, to, source_in, source_out } => {
                insert::fit_to_fill(draft, track, clip, (*from, *to), (*source_in, *source_out))
            }
            Self::ThreePoint { track, clip, from, to, source_in, source_out, insert } => {
                insert::three_point(draft, track, clip, (*from, *to), (*source_in, *source_out), *insert)
            }
            Self::Move { clips, by, track, overwrite, alone } => {
                clips::shift(draft, clips, *by, track.as_ref(), *overwrite, *alone)
            }
            Self::Trim { clip, edge, to, mode, alone } => trim::trim(draft, clip, *edge, *to, *mode, *alone),
            Self::Slip { clips, by } => trim::slip(draft, clips, *by),
            Self::Slide { clip, by } => trim::slide(draft, clip, *by),
            Self::RateStretch { clip, edge, to } => trim::rate_stretch(draft, clip, *edge, *to),
            Self::Speed { clips, speed, ripple } => trim::speed(draft, clips, *speed, *ripple),
            Self::Split { clips, tracks, at, alone } => clips::split(draft, clips, tracks, *at, *alone),
            Self::Delete { clips, ripple, alone } => clips::delete(draft, clips, *ripple, *alone),
            Self::Lift { from, to, tracks } => ranges::remove(draft, tracks, (*from, *to), false),
            Self::Extract { from, to, tracks } => ranges::remove(draft, tracks, (*from, *to), true),
            Self::CloseGap { track, at } => ranges::close_gap(draft, track, *at),
            Self::Link { a, b } => clips::link(draft, a, b),
            Self::Unlink { clips } => clips::unlink(draft, clips),
            Self::Group { clips, name } => clips::group(draft, clips, name),
            Self::Ungroup { clips } => clips::ungroup(draft, clips),
            Self::Set { of, field, value } => fields::set(draft, of, field, value),
            Self::AddTransition { id, kind, from, to, duration, params } => {
                lists::add_transition(draft, id.as_ref(), kind, (from.as_ref(), to.as_ref()), *duration, params)
            }
            Self::RemoveTransition { ids } => ids.iter().try_for_each(|id| draft.remove_transition(id)),
            Self::AddEffect { clips, effect, params, after } => lists::add_effect(draft, clips, effect, params, after.as_ref()),
            Self::RemoveEffect { id } => effects::remove(draft, id),
            Self::MoveEffect { id, after } => effects::shift(draft, id, after.as_ref()),
            Self::AddSoundEffect { of, effect, params, after } => effects::add_sound(draft, of, effect, params, after.as_ref()),
            Self::AddBus { composition, bus } => effects::add_bus(draft, composition.as_ref(), bus),
            Self::RemoveBus { id } => effects::remove_bus(draft, id),
            Self::AddMask { clip, mask } => lists::add_mask(draft, clip, mask),
            Self::RemoveMask { clip, mask } => lists::remove_mask(draft, clip, mask),
            Self::SetKeyframe { of, field, time, value, ease } => fields::set_keyframe(draft, of, field, *time, value, *ease),
            Self::RemoveKeyframe { of, field, time } => fields::remove_keyframe(draft, of, field, *time),
            Self::MoveKeyframes { of, field, times, by } => fields::move_keyframes(draft, of, field, times, *by),
            Self::SetMarker { composition, marker } => lists::set_marker(draft, composition.as_ref(), marker),
            Self::RemoveMarker { composition, id } => lists::remove_marker(draft, composition.as_ref(), id),
            Self::Paste { clips, at, track, overwrite } => paste::paste(draft, clips, *at, track.as_ref(), *overwrite),
            Self::PasteAttributes { from, to, fields } => paste::attributes(draft, from, to, fields),
            Self::Nest { clips, composition } => nest::nest(draft, clips, composition),
            Self::Unnest { clip } => nest::unnest(draft, clip),
            Self::All { steps } => steps.iter().try_for_each(|step| {
                step.run(draft)?;
                draft.mend_transitions()
            }),
            Self::Edits { edits } => edits.iter().cloned().try_for_each(|edit| draft.apply(edit)),
        }
    }
}

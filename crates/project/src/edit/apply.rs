//! Applies edits to a project.
use super::{
    Edit, EditError,
    list::{absent, absent_on_tracks, carry, distinct, distinct_on_tracks, find, insert, only, only_on_tracks, take},
};
use crate::{Clip, Composition, Media, Project, SharedList, Track, TrackPlace, Transition};
use cutroom_types::{CompositionId, TrackId};
use std::{mem, slice, sync::Arc};

impl Edit {
    /// Applies the edit to a project and returns the inverse edit.
    ///
    /// # Errors
    /// The edit names something that does not exist or is ambiguous, would create a duplicate id,
    /// or sets a field that cannot be set. The project is then unchanged.
    pub fn apply(self, project: &mut Project) -> Result<Self, EditError> {
        Ok(match self {
            Self::InsertMedia { media, after } => {
                let id = media.id.clone();
                absent(project.media.iter(), &id)?;
                insert(&mut project.media, *media, after.as_ref())?;
                Self::RemoveMedia { id }
            }
            Self::ReplaceMedia { mut media } => {
                let at = find(&project.media, &media.id)?;
                mem::swap(&mut project.media[at], &mut media);
                Self::ReplaceMedia { media }
            }
            Self::RemoveMedia { id } => {
                let at = find(&project.media, &id)?;
                let (media, after) = take(&mut project.media, at)?;
                Self::InsertMedia { media: Box::new(media), after }
            }
            Self::MoveMedia { id, after } => {
                let at = find(&project.media, &id)?;
                let after = carry(project, media, ((), at), (), after.as_ref())?;
                Self::MoveMedia { id, after }
            }
            Self::InsertComposition { composition, after } => {
                let id = composition.id.clone();
                absent(project.compositions.iter(), &id)?;
                all_new(project, &composition.tracks)?;
                insert(&mut project.compositions, *composition, after.as_ref())?;
                Self::RemoveComposition { id }
            }
            Self::RemoveComposition { id } => {
                let at = find(&project.compositions, &id)?;
                let (composition, after) = take(&mut project.compositions, at)?;
                if let Err(error) = all_new(project, &composition.tracks) {
                    project.compositions.insert(at, composition);
                    return Err(error);
                }
                Self::InsertComposition { composition: Box::new(composition), after }
            }
            Self::MoveComposition { id, after } => {
                let at = find(&project.compositions, &id)?;
                let after = carry(project, compositions, ((), at), (), after.as_ref())?;
                Self::MoveComposition { id, after }
            }
            Self::InsertTrack { composition, track, after } => {
                let (id, to) = (track.id.clone(), find(&project.compositions, &composition)?);
                all_new(project, slice::from_ref(&track))?;
                insert(tracks(project, to), *track, after.as_ref())?;
                Self::RemoveTrack { id }
            }
            Self::RemoveTrack { id } => {
                let TrackPlace { composition: from, track: at } = find_track(project, &id)?;
                let composition = composition_id(project, from)?;
                let (track, after) = take(tracks(project, from), at)?;
                if let Err(error) = all_new(project, slice::from_ref(&track)) {
                    tracks(project, from).insert(at, track);
                    return Err(error);
                }
                Self::InsertTrack { composition, track: Box::new(track), after }
            }
            Self::MoveTrack { id, composition, after } => {
                let TrackPlace { composition: from, track: at } = find_track(project, &id)?;
                let (stood_in, to) = (composition_id(project, from)?, find(&project.compositions, &composition)?);
                let after = carry(project, tracks, (from, at), to, after.as_ref())?;
                Self::MoveTrack { id, composition: stood_in, after }
            }
            Self::InsertClip { track, clip, after } => {
                let (id, to) = (clip.id.clone(), find_track(project, &track)?);
                absent_on_tracks(project.tracks().map(|t| &t.clips), &id)?;
                insert(clips(project, to), clip, after.as_ref())?;
                Self::RemoveClip { id }
            }
            Self::ReplaceClip { clip } => {
                let (on, at) = only_on_tracks(project, |t| &t.clips, &clip.id)?;
                Self::ReplaceClip { clip: clips(project, on).replace(at, clip) }
            }
            Self::RemoveClip { id } => {
                let (from, at) = only_on_tracks(project, |t| &t.clips, &id)?;
                let track = track_id(project, from)?;
                let (clip, after) = take(clips(project, from), at)?;
                Self::InsertClip { track, clip, after }
            }
            Self::MoveClip { id, track, after } => {
                let (from, at) = only_on_tracks(project, |t| &t.clips, &id)?;
                let (stood_on, to) = (track_id(project, from)?, find_track(project, &track)?);
                let after = carry(project, clips, (from, at), to, after.as_ref())?;
                Self::MoveClip { id, track: stood_on, after }
            }
            Self::InsertTransition { track, transition, after } => {
                let (id, to) = (transition.id.clone(), find_track(project, &track)?);
                absent_on_tracks(project.tracks().map(|t| &t.transitions), &id)?;
                insert(transitions(project, to), *transition, after.as_ref())?;
                Self::RemoveTransition { id }
            }
            Self::ReplaceTransition { transition } => {
                let (on, at) = only_on_tracks(project, |t| &t.transitions, &transition.id)?;
                let old = transitions(project, on).replace(at, *transition);
                Self::ReplaceTransition { transition: Box::new(old) }
            }
            Self::RemoveTransition { id } => {
                let (from, at) = only_on_tracks(project, |t| &t.transitions, &id)?;
                let track = track_id(project, from)?;
                let (transition, after) = take(transitions(project, from), at)?;
                Self::InsertTransition { track, transition: Box::new(transition), after }
            }
            Self::MoveTransition { id, track, after } => {
                let (from, at) = only_on_tracks(project, |t| &t.transitions, &id)?;
                let (stood_on, to) = (track_id(project, from)?, find_track(project, &track)?);
                let after = carry(project, transitions, (from, at), to, after.as_ref())?;
                Self::MoveTransition { id, track: stood_on, after }
            }
            Self::SetProjectFields { mut fields } => {
                fields.swap(project)?;
                Self::SetProjectFields { fields }
            }
            Self::SetCompositionFields { id, mut fields } => {
                let at = find(&project.compositions, &id)?;
                fields.swap(&mut project.compositions[at])?;
                Self::SetCompositionFields { id, fields }
            }
            Self::SetTrackFields { id, mut fields } => {
                let place = find_track(project, &id)?;
                fields.swap(&mut tracks(project, place.composition)[place.track])?;
                Self::SetTrackFields { id, fields }
            }
        })
    }
}

fn media(project: &mut Project, (): ()) -> &mut Vec<Media> {
    &mut project.media
}

fn compositions(project: &mut Project, (): ()) -> &mut Vec<Composition> {
    &mut project.compositions
}

fn tracks(project: &mut Project, composition: usize) -> &mut Vec<Track> {
    &mut project.compositions[composition].tracks
}

fn clips(project: &mut Project, track: TrackPlace) -> &mut SharedList<Arc<Clip>> {
    &mut tracks(project, track.composition)[track.track].clips
}

fn transitions(project: &mut Project, track: TrackPlace) -> &mut SharedList<Transition> {
    &mut tracks(project, track.composition)[track.track].transitions
}

fn find_track(project: &Project, id: &TrackId) -> Result<TrackPlace, EditError> {
    only(project.placed_tracks(), id)
}

/// The id of a composition; an error if another one has it too.
fn composition_id(project: &Project, composition: usize) -> Result<CompositionId, EditError> {
    let id = &project.compositions[composition].id;
    find(&project.compositions, id)?;
    Ok(id.clone())
}

/// The id of a track; an error if another one has it too.
fn track_id(project: &Project, place: TrackPlace) -> Result<TrackId, EditError> {
    let id = &project.compositions[place.composition].tracks[place.track].id;
    find_track(project, id)?;
    Ok(id.clone())
}

/// Checks that the ids of new tracks and of everything on them are not in the project and do not
/// occur twice.
fn all_new(project: &Project, new: &[Track]) -> Result<(), EditError> {
    distinct(new.iter(), project.tracks())?;
    distinct_on_tracks(new.iter().flat_map(|t| &t.clips), project.tracks().map(|t| &t.clips))?;
    distinct_on_tracks(new.iter().flat_map(|t| &t.transitions), project.tracks().map(|t| &t.transitions))
}

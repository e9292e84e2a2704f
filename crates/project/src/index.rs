//! Positions of elements by id, without a search.
//!
//! A valid project uses each id once among elements of the same kind (see [`crate::validate`]). In
//! an invalid one the first element in document order counts, as for [`Project::media`] and
//! [`Project::composition`].
use crate::{ClipPlace, Project, TrackPlace, TransitionPlace};
use cutroom_types::{ClipId, CompositionId, MediaId, TrackId, TransitionId};
use std::{collections::HashMap, hash::Hash};

/// Positions by id. It describes the project that it was made from; after a change that adds,
/// removes or moves anything, it must be made again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectIndex {
    media: HashMap<MediaId, usize>,
    compositions: HashMap<CompositionId, usize>,
    tracks: HashMap<TrackId, TrackPlace>,
    clips: HashMap<ClipId, ClipPlace>,
    transitions: HashMap<TransitionId, TransitionPlace>,
}

impl ProjectIndex {
    /// Indexes everything in a project.
    pub fn new(project: &Project) -> Self {
        let mut index = Self { clips: HashMap::with_capacity(project.clips().count()), ..Self::default() };
        for (at, media) in project.media.iter().enumerate() {
            note(&mut index.media, &media.id, at);
        }
        for (at, composition) in project.compositions.iter().enumerate() {
            note(&mut index.compositions, &composition.id, at);
        }
        for (place, track) in project.placed_tracks() {
            note(&mut index.tracks, &track.id, place);
            for (at, clip) in track.clips.iter().enumerate() {
                note(&mut index.clips, &clip.id, place.clip(at));
            }
            for (at, transition) in track.transitions.iter().enumerate() {
                note(&mut index.transitions, &transition.id, place.transition(at));
            }
        }
        index
    }

    /// Index among the project's media.
    pub fn media(&self, id: &MediaId) -> Option<usize> {
        self.media.get(id).copied()
    }

    /// Index among the project's compositions.
    pub fn composition(&self, id: &CompositionId) -> Option<usize> {
        self.compositions.get(id).copied()
    }

    /// Position of a track.
    pub fn track(&self, id: &TrackId) -> Option<TrackPlace> {
        self.tracks.get(id).copied()
    }

    /// Position of a clip.
    pub fn clip(&self, id: &ClipId) -> Option<ClipPlace> {
        self.clips.get(id).copied()
    }

    /// Position of a transition.
    pub fn transition(&self, id: &TransitionId) -> Option<TransitionPlace> {
        self.transitions.get(id).copied()
    }
}

/// Stores a position, unless the id already has one.
fn note<Id: Clone + Eq + Hash, P>(places: &mut HashMap<Id, P>, id: &Id, place: P) {
    places.entry(id.clone()).or_insert(place);
}

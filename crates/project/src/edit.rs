//! Changes to a project as values. Editors change projects only by these.
//!
//! An [`Edit`] names what it changes by id and contains it completely, unknown fields included, so
//! that a log of edits can be read on its own. [`Edit::apply`] returns the inverse edit; applying
//! that restores the project to the byte of its file. An edit changes only what it names:
//! [`crate::validate`] checks whether the result makes sense (a clip may name media that a later
//! edit of the same list inserts).
//!
//! Ids must be unique among elements of the same kind, as validation demands. In a project where
//! they are not, ambiguous edits are refused, as are edits that would create duplicate ids.
mod apply;
mod error;
mod fields;
mod list;

use crate::{Clip, Composition, Media, Project, Track, Transition};
use cutroom_types::{ClipId, CompositionId, MediaId, TrackId, TransitionId};
pub use error::{EditError, EntityKind};
pub use fields::{CompositionFields, ProjectFields, TrackFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One change. In JSON an object of one field, the name of the change:
/// `{"remove_clip": {"id": "c1"}}`. The position in a list is given by the element before it,
/// `after`; absent, the element is the first of its list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Inserts a new media.
    InsertMedia {
        /// The new media; its id must not be in use.
        media: Box<Media>,
        /// The media before it; absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MediaId>,
    },
    /// Replaces the media of the same id, which keeps its position.
    ReplaceMedia {
        /// The new content.
        media: Box<Media>,
    },
    /// Removes a media.
    RemoveMedia {
        /// Id of the media.
        id: MediaId,
    },
    /// Moves a media to another position in the list.
    MoveMedia {
        /// Id of the media.
        id: MediaId,
        /// The media before it at the new position; absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MediaId>,
    },
    /// Inserts a new composition with everything in it.
    InsertComposition {
        /// The new composition; no id in it may be in use.
        composition: Box<Composition>,
        /// The composition before it; absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<CompositionId>,
    },
    /// Removes a composition with everything in it.
    RemoveComposition {
        /// Id of the composition.
        id: CompositionId,
    },
    /// Moves a composition to another position in the list.
    MoveComposition {
        /// Id of the composition.
        id: CompositionId,
        /// The composition before it at the new position; absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<CompositionId>,
    },
    /// Inserts a new track with everything in it.
    InsertTrack {
        /// Id of the composition.
        composition: CompositionId,
        /// The new track; no id in it may be in use.
        track: Box<Track>,
        /// The track below it; absent: it becomes the lowest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TrackId>,
    },
    /// Removes a track with everything in it.
    RemoveTrack {
        /// Id of the track.
        id: TrackId,
    },
    /// Moves a track with everything in it to another position or composition.
    MoveTrack {
        /// Id of the track.
        id: TrackId,
        /// Id of the composition that it moves to.
        composition: CompositionId,
        /// The track below it at the new position; absent: it becomes the lowest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TrackId>,
    },
    /// Inserts a new clip.
    InsertClip {
        /// Id of the track.
        track: TrackId,
        /// The new clip; its id must not be in use.
        clip: Arc<Clip>,
        /// The clip before it in the track's list, whose order is independent of time; absent: it
        /// becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ClipId>,
    },
    /// Replaces the clip of the same id, which keeps its position in the list.
    ReplaceClip {
        /// The new content.
        clip: Arc<Clip>,
    },
    /// Removes a clip.
    RemoveClip {
        /// Id of the clip.
        id: ClipId,
    },
    /// Moves a clip to another position in the list or to another track.
    MoveClip {
        /// Id of the clip.
        id: ClipId,
        /// Id of the track that it moves to.
        track: TrackId,
        /// The clip before it at the new position; absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ClipId>,
    },
    /// Inserts a new transition.
    InsertTransition {
        /// Id of the track.
        track: TrackId,
        /// The new transition; its id must not be in use.
        transition: Box<Transition>,
        /// The transition before it in the track's list, whose order is independent of time;
        /// absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TransitionId>,
    },
    /// Replaces the transition of the same id, which keeps its position in the list.
    ReplaceTransition {
        /// The new content.
        transition: Box<Transition>,
    },
    /// Removes a transition.
    RemoveTransition {
        /// Id of the transition.
        id: TransitionId,
    },
    /// Moves a transition to another position in the list or to another track.
    MoveTransition {
        /// Id of the transition.
        id: TransitionId,
        /// Id of the track that it moves to.
        track: TrackId,
        /// The transition before it at the new position; absent: it becomes the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TransitionId>,
    },
    /// Sets all fields of the project except its version and its lists.
    SetProjectFields {
        /// The new values.
        fields: Box<ProjectFields>,
    },
    /// Sets all fields of a composition except its id and its tracks.
    SetCompositionFields {
        /// Id of the composition.
        id: CompositionId,
        /// The new values.
        fields: Box<CompositionFields>,
    },
    /// Sets all fields of a track except its id, its clips and its transitions.
    SetTrackFields {
        /// Id of the track.
        id: TrackId,
        /// The new values.
        fields: Box<TrackFields>,
    },
}

/// The JSON Schema (draft 2020-12) of an edit.
pub fn edit_schema() -> serde_json::Value {
    schemars::schema_for!(Edit).to_value()
}

/// Applies all edits in order, or none. Returns the inverse edits, in the order in which they must
/// be applied.
///
/// # Errors
/// The error of the first edit that cannot be applied. The project is then unchanged.
pub fn apply_all(project: &mut Project, edits: Vec<Edit>) -> Result<Vec<Edit>, EditError> {
    let mut inverses = Vec::with_capacity(edits.len());
    for edit in edits {
        match edit.apply(project) {
            Ok(inverse) => inverses.push(inverse),
            Err(error) => {
                for inverse in inverses.into_iter().rev() {
                    inverse.apply(project).expect("what was just applied can be taken back");
                }
                return Err(error);
            }
        }
    }
    inverses.reverse();
    Ok(inverses)
}

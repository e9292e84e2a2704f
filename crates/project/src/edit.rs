//! Changes to a document, as values: the only way in for whoever edits one.
//!
//! An [`Edit`] names what it changes by id and carries it whole, unknown fields included, so that a
//! log of edits can be read on its own. [`Edit::apply`] gives back the edit that takes it back;
//! applied in turn, that one leaves the document as it was, to the byte of its file. What an edit
//! does not name it does not touch: whether the outcome makes sense is for [`crate::validate`] to
//! say (a clip may name media that a later edit of the same list brings).
//!
//! Ids must be unique among things of their kind, as validation demands. Where a document's are
//! not, edits that would depend on which of two is meant are refused, as are those that would make
//! it so.
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

/// One change. In JSON an object of one field, the name of the change: `{"remove_clip": {"id":
/// "c1"}}`. Where a thing stands is told by the one before it, `after`; absent, it is the first of
/// its list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// A source file that the document does not have.
    InsertMedia {
        /// With an id that is not taken.
        media: Box<Media>,
        /// The one before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MediaId>,
    },
    /// Another content for the source file of that id, at its place.
    ReplaceMedia {
        /// What it becomes.
        media: Box<Media>,
    },
    /// Out of the document.
    RemoveMedia {
        /// Which one.
        id: MediaId,
    },
    /// To another place of the list.
    MoveMedia {
        /// Which one.
        id: MediaId,
        /// The one before it, there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<MediaId>,
    },
    /// A composition with all that it holds.
    InsertComposition {
        /// No id in it is taken.
        composition: Box<Composition>,
        /// The one before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<CompositionId>,
    },
    /// Out of the document, with all that it holds.
    RemoveComposition {
        /// Which one.
        id: CompositionId,
    },
    /// To another place of the list.
    MoveComposition {
        /// Which one.
        id: CompositionId,
        /// The one before it, there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<CompositionId>,
    },
    /// A track with all that it holds.
    InsertTrack {
        /// Where.
        composition: CompositionId,
        /// No id in it is taken.
        track: Box<Track>,
        /// The one below it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TrackId>,
    },
    /// Out of its composition, with all that it holds.
    RemoveTrack {
        /// Which one.
        id: TrackId,
    },
    /// To another place, with all that it holds.
    MoveTrack {
        /// Which one.
        id: TrackId,
        /// The composition that it stands in then.
        composition: CompositionId,
        /// The one below it, there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TrackId>,
    },
    /// A clip that the document does not have.
    InsertClip {
        /// Where.
        track: TrackId,
        /// With an id that is not taken.
        clip: Arc<Clip>,
        /// The one before it on the track (in the file: time does not matter).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ClipId>,
    },
    /// Another content for the clip of that id, at its place.
    ReplaceClip {
        /// What it becomes.
        clip: Arc<Clip>,
    },
    /// Off its track.
    RemoveClip {
        /// Which one.
        id: ClipId,
    },
    /// To another place.
    MoveClip {
        /// Which one.
        id: ClipId,
        /// The track that it stands on then.
        track: TrackId,
        /// The one before it, there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ClipId>,
    },
    /// A transition that the document does not have.
    InsertTransition {
        /// Where.
        track: TrackId,
        /// With an id that is not taken.
        transition: Box<Transition>,
        /// The one before it on the track (in the file: time does not matter).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TransitionId>,
    },
    /// Another content for the transition of that id, at its place.
    ReplaceTransition {
        /// What it becomes.
        transition: Box<Transition>,
    },
    /// Off its track.
    RemoveTransition {
        /// Which one.
        id: TransitionId,
    },
    /// To another place.
    MoveTransition {
        /// Which one.
        id: TransitionId,
        /// The track that it stands on then.
        track: TrackId,
        /// The one before it, there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TransitionId>,
    },
    /// What the document says of itself, all of it.
    SetProjectFields {
        /// What it says then.
        fields: Box<ProjectFields>,
    },
    /// What a composition says of itself, all of it.
    SetCompositionFields {
        /// Which one.
        id: CompositionId,
        /// What it says then.
        fields: Box<CompositionFields>,
    },
    /// What a track says of itself, all of it.
    SetTrackFields {
        /// Which one.
        id: TrackId,
        /// What it says then.
        fields: Box<TrackFields>,
    },
}

/// The JSON Schema (draft 2020-12) of an edit.
pub fn edit_schema() -> serde_json::Value {
    schemars::schema_for!(Edit).to_value()
}

/// Applies all edits in order or none. Gives the edits that take them back, in the order to apply
/// them in.
///
/// # Errors
/// Of the first edit that cannot be applied; the document is as it was then.
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

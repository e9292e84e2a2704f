//! Small values that operations name things by.
use crate::{Clip, Edit, Project};
use cutroom_types::{BusId, ClipId, CompositionId, MediaId, TrackId, TransitionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An edge of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Its start.
    Start,
    /// Its end.
    End,
}

/// What a trim does to what is beside the edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrimMode {
    /// Nothing: a gap is left, or there must be room.
    #[default]
    Plain,
    /// What follows moves, on all tracks that are not locked.
    Ripple,
    /// The edge of the neighbour that meets it moves with it.
    Roll,
}

/// What a field belongs to. In JSON an object of one field: `{"clip": "c1"}`; or `"project"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The project.
    Project,
    /// A source file.
    Media(MediaId),
    /// A composition.
    Composition(CompositionId),
    /// A track.
    Track(TrackId),
    /// A clip.
    Clip(ClipId),
    /// A transition.
    Transition(TransitionId),
}

/// What has sound effects. In JSON an object of one field: `{"track": "a1"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoundTarget {
    /// A clip.
    Clip(ClipId),
    /// A track.
    Track(TrackId),
    /// A bus.
    Bus(BusId),
    /// The output of a composition.
    Output(CompositionId),
}

/// A copy of a clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Copied {
    /// The track that it was on.
    pub track: TrackId,
    /// The clip.
    pub clip: Arc<Clip>,
}

/// What an operation is for one state of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Edits, in order.
    pub edits: Vec<Edit>,
    /// The inverse edits, in the order in which they must be applied.
    pub inverse: Vec<Edit>,
    /// The project afterwards.
    pub project: Project,
}

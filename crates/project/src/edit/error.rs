//! Why an edit cannot be applied.
use std::fmt::{self, Display, Formatter};

/// Kinds of elements that edits name by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A source file.
    Media,
    /// A composition.
    Composition,
    /// A track.
    Track,
    /// A bus of the mixer.
    Bus,
    /// A clip.
    Clip,
    /// A transition.
    Transition,
}

impl Display for EntityKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Media => "media",
            Self::Composition => "composition",
            Self::Track => "track",
            Self::Bus => "bus",
            Self::Clip => "clip",
            Self::Transition => "transition",
        })
    }
}

/// Why an edit was not applied. The project is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The edit names something that the project does not have.
    #[error("there is no {kind} \"{id}\"")]
    NoSuch {
        /// Its kind.
        kind: EntityKind,
        /// Its id.
        id: String,
    },
    /// More than one element would have the id, or already has it, so that the id is ambiguous.
    #[error("an id names one {kind}, and \"{id}\" would name more")]
    DuplicateId {
        /// Its kind.
        kind: EntityKind,
        /// The id.
        id: String,
    },
    /// An element would be placed after itself, or after one that is not in the destination list.
    #[error("{kind} \"{id}\" cannot stand after \"{after}\": that is not another {kind} of the same list")]
    NoSuchPosition {
        /// Its kind.
        kind: EntityKind,
        /// Id of the element to place.
        id: String,
        /// Id of the element that it should follow.
        after: String,
    },
    /// The field cannot be set with others: it is an id, or a list that has edits of its own.
    #[error("`{field}` is not set with other fields: ids stay, and what is in a list has edits of its own")]
    NotSettable {
        /// Its name.
        field: String,
    },
}

impl EditError {
    /// Stable error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuch { kind: EntityKind::Media, .. } => "project.edit.no_such_media",
            Self::NoSuch { kind: EntityKind::Composition, .. } => "project.edit.no_such_composition",
            Self::NoSuch { kind: EntityKind::Track, .. } => "project.edit.no_such_track",
            Self::NoSuch { kind: EntityKind::Bus, .. } => "project.edit.no_such_bus",
            Self::NoSuch { kind: EntityKind::Clip, .. } => "project.edit.no_such_clip",
            Self::NoSuch { kind: EntityKind::Transition, .. } => "project.edit.no_such_transition",
            Self::DuplicateId { .. } => "project.edit.duplicate_id",
            Self::NoSuchPosition { .. } => "project.edit.no_such_position",
            Self::NotSettable { .. } => "project.edit.not_settable",
        }
    }
}

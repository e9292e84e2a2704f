//! Why an edit cannot be applied.
use std::fmt::{self, Display, Formatter};

/// What edits change as a whole, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A source file.
    Media,
    /// A composition.
    Composition,
    /// A track.
    Track,
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
            Self::Clip => "clip",
            Self::Transition => "transition",
        })
    }
}

/// Why an edit was not applied. The document is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The edit names something that the document does not have.
    #[error("there is no {kind} \"{id}\"")]
    NoSuch {
        /// Of which kind.
        kind: EntityKind,
        /// Its id.
        id: String,
    },
    /// More than one thing would have the id, or has it already, so that it does not say which is
    /// meant.
    #[error("an id names one {kind}, and \"{id}\" would name more")]
    DuplicateId {
        /// Of which kind.
        kind: EntityKind,
        /// The id.
        id: String,
    },
    /// A thing is to stand after itself, or after one that is not in the list that it goes to.
    #[error("{kind} \"{id}\" cannot stand after \"{after}\": that is not another {kind} of the same list")]
    NoSuchPosition {
        /// Of which kind.
        kind: EntityKind,
        /// What was to be placed.
        id: String,
        /// The one that it was to stand after.
        after: String,
    },
    /// A field that is no field to be set: an id, or a list that has edits of its own.
    #[error("`{field}` is not set with other fields: ids stay, and what is in a list has edits of its own")]
    NotSettable {
        /// Its name.
        field: String,
    },
}

impl EditError {
    /// Stable name of the kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuch { kind: EntityKind::Media, .. } => "project.edit.no_such_media",
            Self::NoSuch { kind: EntityKind::Composition, .. } => "project.edit.no_such_composition",
            Self::NoSuch { kind: EntityKind::Track, .. } => "project.edit.no_such_track",
            Self::NoSuch { kind: EntityKind::Clip, .. } => "project.edit.no_such_clip",
            Self::NoSuch { kind: EntityKind::Transition, .. } => "project.edit.no_such_transition",
            Self::DuplicateId { .. } => "project.edit.duplicate_id",
            Self::NoSuchPosition { .. } => "project.edit.no_such_position",
            Self::NotSettable { .. } => "project.edit.not_settable",
        }
    }
}

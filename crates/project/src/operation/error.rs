//! Why an operation cannot be carried out.
use crate::{EditError, EntityKind};
use cutroom_types::Time;

/// Why an operation was not carried out. The project is unchanged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OperationError {
    /// One of its edits cannot be applied; it may name something that does not exist.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The track is locked.
    #[error("track \"{track}\" is locked; unlock it first")]
    Locked {
        /// Its id.
        track: String,
    },
    /// Another clip is in the way.
    #[error("clip \"{other}\" is in the way at {:.3} s on track \"{track}\"", .at.as_secs_f64())]
    NoRoom {
        /// The track.
        track: String,
        /// The clip that is there.
        other: String,
        /// Where.
        at: Time,
    },
    /// The source has nothing there.
    #[error("the source of clip \"{clip}\" has nothing {side} there; {:.3} s are missing", .missing_secs)]
    NoMaterial {
        /// The clip.
        clip: String,
        /// "before" or "after".
        side: &'static str,
        /// How much is missing.
        missing_secs: f64,
    },
    /// A time that the operation cannot use.
    #[error("{reason}")]
    Time {
        /// Why, and what is possible.
        reason: String,
    },
    /// A field that cannot be set so.
    #[error("{field}: {reason}")]
    Field {
        /// The field.
        field: String,
        /// Why.
        reason: String,
    },
    /// The operation does not fit what it names.
    #[error("{reason}")]
    Unfit {
        /// Why, and what is possible.
        reason: String,
    },
}

impl OperationError {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Edit(edit) => edit.code(),
            Self::Locked { .. } => "operation.locked",
            Self::NoRoom { .. } => "operation.no_room",
            Self::NoMaterial { .. } => "operation.no_material",
            Self::Time { .. } => "operation.time",
            Self::Field { .. } => "operation.field",
            Self::Unfit { .. } => "operation.unfit",
        }
    }

    pub(super) fn no_such(kind: EntityKind, id: &impl ToString) -> Self {
        Self::Edit(EditError::NoSuch { kind, id: id.to_string() })
    }

    pub(super) fn time(reason: impl Into<String>) -> Self {
        Self::Time { reason: reason.into() }
    }

    pub(super) fn unfit(reason: impl Into<String>) -> Self {
        Self::Unfit { reason: reason.into() }
    }
}

//! Why planning failed.
use cutroom_types::{ClipId, CompositionId, EffectId, MediaId};

/// Why a plan could not be made. A project without problems in `cutroom_project::validate` and
/// [`crate::validate_against_catalog`] causes none of these errors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No such composition.
    #[error("there is no composition \"{0}\"")]
    UnknownComposition(CompositionId),
    /// No such media.
    #[error("clip \"{clip}\" uses media \"{media}\", which does not exist")]
    UnknownMedia {
        /// The clip whose source it is.
        clip: ClipId,
        /// The id that the clip names.
        media: MediaId,
    },
    /// A composition contains itself, or nesting is too deep or too wide.
    #[error("composition \"{composition}\" cannot be planned: {reason}")]
    Nesting {
        /// The composition in which it was found.
        composition: CompositionId,
        /// What is wrong.
        reason: &'static str,
    },
    /// The catalogue does not have what a clip or transition names.
    #[error("clip \"{clip}\": unknown {what} \"{id}\"")]
    Unknown {
        /// The clip concerned.
        clip: ClipId,
        /// "effect", "blend mode", "transition".
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A parameter value is of the wrong kind or out of range.
    #[error("clip \"{clip}\": parameter \"{param}\" of \"{id}\": {reason}")]
    Param {
        /// The clip concerned.
        clip: ClipId,
        /// Catalogue id of the effect or transition.
        id: String,
        /// Parameter id.
        param: String,
        /// What is wrong.
        reason: String,
    },
    /// A sound effect is not in the catalogue, or has a parameter that its table does not allow.
    #[error("sound effect \"{effect}\": {reason}")]
    SoundEffect {
        /// Its id in the project.
        effect: EffectId,
        /// What is wrong.
        reason: String,
    },
    /// A track or bus is mixed into itself, or follows itself.
    #[error("the sound of \"{of}\" comes back to it: by outputs, sends, or effects that follow other tracks")]
    SoundCycle {
        /// What the plan calls it.
        of: String,
    },
}

impl PlanError {
    /// Stable error code, for user interfaces and translation. It is in the area `project`, because
    /// the project is at fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownComposition(_) => "project.unknown_composition",
            Self::UnknownMedia { .. } => "project.unknown_media",
            Self::Nesting { .. } => "project.nesting",
            Self::Unknown { what: "effect", .. } => "project.unknown_effect",
            Self::Unknown { what: "transition", .. } => "project.unknown_transition",
            Self::Unknown { .. } => "project.unknown_blend_mode",
            Self::Param { .. } => "project.param",
            Self::SoundEffect { .. } => "project.sound_effect",
            Self::SoundCycle { .. } => "project.cycle",
        }
    }
}

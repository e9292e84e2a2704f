//! Errors of making a frame or an audio block of a project.
use cutroom_audio::AudioError;
use cutroom_media::MediaError;
use cutroom_render::RenderError;
use cutroom_timeline::PlanError;
use cutroom_types::MediaId;

/// An error of opening, planning, decoding, drawing or mixing.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The project has no such media.
    #[error("the project has no media \"{id}\"")]
    NoMedia {
        /// The requested id.
        id: MediaId,
    },
    /// A media file could not be opened or decoded.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The document could not be planned.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Drawing failed.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Mixing failed.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// A decode thread ended without an answer: a defect of the decoder.
    #[error("the decoder of {media} stopped without an answer")]
    Stopped {
        /// The media that was decoded.
        media: MediaId,
    },
    /// The slate of a missing file could not be drawn: a defect.
    #[error("{}: its slate cannot be drawn: {reason}", .path.display())]
    Slate {
        /// The missing file.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// A thread could not be started.
    #[error("cannot start a decoding thread")]
    Thread {
        /// The system's reason.
        source: std::io::Error,
    },
}

impl PipelineError {
    /// Stable code: that of the cause, if any.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoMedia { .. } => "project.unknown_media",
            Self::Media(e) => e.code(),
            Self::Plan(e) => e.code(),
            Self::Render(e) => e.code(),
            Self::Audio(e) => e.code(),
            Self::Stopped { .. } => "media.decode.stopped",
            Self::Slate { .. } => "pipeline.slate",
            Self::Thread { .. } => "pipeline.thread",
        }
    }
}

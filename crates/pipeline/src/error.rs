//! Why a frame or block of a project could not be made.
use cutroom_audio::AudioError;
use cutroom_media::MediaError;
use cutroom_render::RenderError;
use cutroom_timeline::PlanError;
use cutroom_types::MediaId;

/// What went wrong between project and picture.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The project has no such media.
    #[error("the project has no media \"{id}\"")]
    NoMedia {
        /// Asked for.
        id: MediaId,
    },
    /// A media file could not be opened or decoded.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Planning refused the document.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Drawing failed.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Mixing failed.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// A decoding thread ended without an answer: a defect of the decoder.
    #[error("the decoder of {media} stopped without an answer")]
    Stopped {
        /// Which file.
        media: MediaId,
    },
    /// The system starts no more threads.
    #[error("cannot start a decoding thread")]
    Thread {
        /// The system's reason.
        source: std::io::Error,
    },
}

impl PipelineError {
    /// Stable code: that of the cause where there is one.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoMedia { .. } => "project.unknown_media",
            Self::Media(e) => e.code(),
            Self::Plan(e) => e.code(),
            Self::Render(e) => e.code(),
            Self::Audio(e) => e.code(),
            Self::Stopped { .. } => "media.decode.stopped",
            Self::Thread { .. } => "pipeline.thread",
        }
    }
}

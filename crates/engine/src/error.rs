//! Errors of the engine.
use crate::jobs::{JobError, NoThread, Refused};
use cutroom_pipeline::PipelineError;
use cutroom_project::Problem;

/// An error of the running editor.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A thread could not be started.
    #[error(transparent)]
    Thread(#[from] NoThread),
    /// A job was not accepted.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A job has no result.
    #[error(transparent)]
    Job(#[from] JobError),
    /// Planning, decoding, drawing or mixing failed.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// A state of the document cannot be opened.
    #[error("the document cannot be opened: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Document(Vec<Problem>),
    /// A frame was requested, or playback started, before a document was there.
    #[error("no document is open")]
    NoDocument,
    /// A request was dropped because a newer one replaced it.
    #[error("frame {frame} was not drawn: a later request replaced this one")]
    Overtaken {
        /// The frame.
        frame: i64,
    },
    /// The render thread has ended: a defect.
    #[error("the thread that draws frames has ended")]
    RenderThread,
    /// A plug-in needs what the session does not allow.
    #[error("the plug-in \"{plugin}\" needs {capability}, which this session does not allow")]
    Denied {
        /// Its name.
        plugin: String,
        /// What it needs: "the GPU", "the disk" or "the network".
        capability: &'static str,
    },
    /// Systems conflict and have no order: a defect of a plug-in.
    #[error("systems of the engine conflict with each other: {reason}")]
    Schedule {
        /// Which, and about what.
        reason: String,
    },
    /// Two plug-ins have the same name.
    #[error("there are two plug-ins with the name \"{plugin}\"")]
    PluginTwice {
        /// The name.
        plugin: String,
    },
}

impl EngineError {
    /// Stable code: that of the cause, if any.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Thread(e) => e.code(),
            Self::Refused(e) => e.code(),
            Self::Job(e) => e.code(),
            Self::Pipeline(e) => e.code(),
            Self::Document(problems) => problems.first().map_or("engine.no_document", |p| p.code),
            Self::NoDocument => "engine.no_document",
            Self::Overtaken { .. } => "engine.overtaken",
            Self::RenderThread => "engine.render_thread",
            Self::Denied { .. } => "engine.plugin.denied",
            Self::Schedule { .. } => "engine.schedule",
            Self::PluginTwice { .. } => "engine.plugin.twice",
        }
    }
}

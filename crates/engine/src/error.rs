//! Errors of the engine.
use crate::jobs::{JobError, NoThread, Refused};

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
}

impl EngineError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Thread(e) => e.code(),
            Self::Refused(e) => e.code(),
            Self::Job(e) => e.code(),
        }
    }
}

//! Errors of farms.
use std::path::PathBuf;

/// Why a farm does not take work, or does not tell of it.
#[derive(Debug, thiserror::Error)]
pub enum FarmError {
    /// A program of the scheduler cannot be run.
    #[error("`{program}` cannot be run here")]
    Program {
        /// Its name.
        program: &'static str,
        /// The cause.
        source: std::io::Error,
    },
    /// A program of the scheduler has failed.
    #[error("`{program}` refuses: {said}")]
    Refused {
        /// Its name.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// What a program of the scheduler printed is not what it should.
    #[error("`{program}` answers \"{said}\", which is not understood")]
    Answer {
        /// Its name.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// A setting that the scheduler does not have, or lacks.
    #[error("{why}")]
    Setting {
        /// Field of the request.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// The folder of the export, or what is kept in it, cannot be written.
    #[error("{}: cannot be written", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

impl FarmError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Program { .. } => "farm.program",
            Self::Refused { .. } => "farm.refused",
            Self::Answer { .. } => "farm.answer",
            Self::Setting { .. } => "usage.farm",
            Self::Folder { .. } => "export.folder",
        }
    }
}

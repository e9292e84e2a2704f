//! Why an export ended without a file.
use cutroom_media::MediaError;
use cutroom_pipeline::PipelineError;
use cutroom_types::Time;
use std::path::PathBuf;

/// What went wrong. But for [`ExportError::HashesLast`], nothing stands under the target's name.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Somebody asked to stop.
    #[error("stopped after {frame} of {total} frames; nothing was written under the output's name")]
    Cancelled {
        /// Frames done.
        frame: u64,
        /// Frames wanted.
        total: u64,
    },
    /// The output cannot be started.
    #[error("the export cannot be started")]
    Open {
        /// Why.
        source: MediaError,
    },
    /// A frame could not be made.
    #[error("frame {frame} (at {secs:.3} s) could not be made", secs = .time.as_secs_f64())]
    Frame {
        /// Frame number of the composition.
        frame: i64,
        /// Its time.
        time: Time,
        /// Why.
        source: PipelineError,
    },
    /// A run of sound could not be made.
    #[error("the sound at {secs:.3} s could not be made", secs = .time.as_secs_f64())]
    Sound {
        /// Composition time.
        time: Time,
        /// Why.
        source: PipelineError,
    },
    /// Encoding or writing failed.
    #[error("the picture or sound at {secs:.3} s could not be written", secs = .time.as_secs_f64())]
    Write {
        /// Composition time.
        time: Time,
        /// Why.
        source: MediaError,
    },
    /// The file could not be completed.
    #[error("the file could not be completed")]
    Finish {
        /// Why.
        source: MediaError,
    },
    /// The list of hashes could not be written.
    #[error("{}: the frame hashes could not be written", path.display())]
    Hashes {
        /// The list.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The film is whole under its name, but the list of its hashes could not be given its own.
    #[error("{}: the frame hashes could not be written{}", path.display(), film.as_ref().map_or_else(String::new, |f| format!("; {} is complete", f.display())))]
    HashesLast {
        /// The list.
        path: PathBuf,
        /// The film, unless nothing was to be written.
        film: Option<PathBuf>,
        /// Why.
        source: std::io::Error,
    },
    /// No renderer, or another failure before the first frame.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// The system starts no more threads.
    #[error("cannot start the {name} thread")]
    Thread {
        /// Which.
        name: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A defect: a thread ended without a result.
    #[error("the {thread} thread ended without a result; this is a defect of cutroom")]
    Panicked {
        /// Which.
        thread: &'static str,
    },
}

impl ExportError {
    /// Stable code: that of the cause where there is one.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled { .. } => "export.cancelled",
            Self::Open { source } | Self::Write { source, .. } | Self::Finish { source } => source.code(),
            Self::Frame { source, .. } | Self::Sound { source, .. } | Self::Pipeline(source) => source.code(),
            Self::Hashes { .. } | Self::HashesLast { .. } => "export.hashes",
            Self::Thread { .. } => "export.thread",
            Self::Panicked { .. } => "export.defect",
        }
    }

    /// Composition time at which it happened, where it has one.
    pub fn time(&self) -> Option<Time> {
        match self {
            Self::Frame { time, .. } | Self::Sound { time, .. } | Self::Write { time, .. } => Some(*time),
            _ => None,
        }
    }
}

//! Errors of running an export.
use cutroom_media::MediaError;
use cutroom_pipeline::PipelineError;
use cutroom_types::Time;
use std::path::PathBuf;

/// An error of an export. Except after [`ExportError::HashesLast`], no file was created under the
/// target's name.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The export was cancelled.
    #[error("stopped after {frame} of {total} frames; nothing was written under the output's name")]
    Cancelled {
        /// Number of frames written.
        frame: u64,
        /// Number of frames of the export.
        total: u64,
    },
    /// The output could not be created.
    #[error("the export cannot be started")]
    Open {
        /// The cause.
        source: MediaError,
    },
    /// A frame could not be planned, decoded or drawn.
    #[error("frame {frame} (at {secs:.3} s) could not be made", secs = .time.as_secs_f64())]
    Frame {
        /// Frame number of the composition.
        frame: i64,
        /// Its composition time.
        time: Time,
        /// The cause.
        source: PipelineError,
    },
    /// A block of audio could not be mixed.
    #[error("the sound at {secs:.3} s could not be made", secs = .time.as_secs_f64())]
    Sound {
        /// Its composition time.
        time: Time,
        /// The cause.
        source: PipelineError,
    },
    /// Encoding or writing failed.
    #[error("the picture or sound at {secs:.3} s could not be written", secs = .time.as_secs_f64())]
    Write {
        /// Its composition time.
        time: Time,
        /// The cause.
        source: MediaError,
    },
    /// The file could not be completed.
    #[error("the file could not be completed")]
    Finish {
        /// The cause.
        source: MediaError,
    },
    /// The list of hashes could not be written.
    #[error("{}: the frame hashes could not be written", path.display())]
    Hashes {
        /// The path of the list.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The output is complete under its name, but its list of hashes could not be renamed.
    #[error("{}: the frame hashes could not be written{}", path.display(), film.as_ref().map_or_else(String::new, |f| format!("; {} is complete", f.display())))]
    HashesLast {
        /// The path of the list.
        path: PathBuf,
        /// The output; `None` for a null output.
        film: Option<PathBuf>,
        /// The cause.
        source: std::io::Error,
    },
    /// The renderer could not be created, or another failure occurred before the first frame.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// Another process exports to the same output.
    #[error("{}: another export to the same file is running", folder.display())]
    Busy {
        /// The folder of that export.
        folder: PathBuf,
    },
    /// The folder of the export's parts could not be read or written.
    #[error("{}: the finished parts of the export cannot be kept or read", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The folder of the export that a process was to work on is not there, or is another's by now.
    #[error("{}: the export is finished, was removed, or was begun anew", folder.display())]
    Gone {
        /// The folder.
        folder: PathBuf,
    },
    /// A thread could not be started.
    #[error("cannot start the {name} thread")]
    Thread {
        /// Name of the thread.
        name: &'static str,
        /// The cause.
        source: std::io::Error,
    },
    /// A thread ended without a result: a defect.
    #[error("the {thread} thread ended without a result; this is a defect of cutroom")]
    Panicked {
        /// Name of the thread.
        thread: &'static str,
    },
}

impl ExportError {
    /// Stable code: that of the cause, if it has one.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled { .. } => "export.cancelled",
            Self::Open { source } | Self::Write { source, .. } | Self::Finish { source } => source.code(),
            Self::Frame { source, .. } | Self::Sound { source, .. } | Self::Pipeline(source) => source.code(),
            Self::Hashes { .. } | Self::HashesLast { .. } => "export.hashes",
            Self::Busy { .. } => "export.busy",
            Self::Folder { .. } => "export.folder",
            Self::Gone { .. } => "export.none",
            Self::Thread { .. } => "export.thread",
            Self::Panicked { .. } => "export.defect",
        }
    }

    /// Composition time at which it happened, if known.
    pub fn time(&self) -> Option<Time> {
        match self {
            Self::Frame { time, .. } | Self::Sound { time, .. } | Self::Write { time, .. } => Some(*time),
            _ => None,
        }
    }
}

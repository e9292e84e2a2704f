//! Work beside the editor's updates: decoding, drawing, scanning, writing.
//!
//! A job is a closure with a name, a pool, a priority, and perhaps a deadline and a time limit. It
//! goes into the bounded queue of its pool, or is refused; [`Scheduler`], a plain state machine
//! without threads or clocks, decides which job a free thread takes; [`Jobs`] has the threads, and a
//! watchdog that looks after deadlines and limits. The submitter has a [`JobHandle`], from which the
//! result comes exactly once: the value, or the reason why there is none.
mod handle;
mod metrics;
mod scheduler;
mod settings;
mod shared;
mod slot;
mod threads;
mod watchdog;

pub use handle::JobHandle;
pub use metrics::{Durations, PoolMetrics};
pub use scheduler::{Cancelled, Finished, JobId, PoolSettings, Refused, Scheduler, Taken};
pub use settings::{JobReport, JobsSettings, Shutdown, ShutdownReport};
pub use threads::Jobs;

use std::time::{Duration, Instant};

/// A group of threads with a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pool {
    /// Decoding and drawing of frames that somebody waits for.
    Frame,
    /// Everything that computes and is no frame.
    Default,
    /// What mostly waits for disks and networks.
    Io,
    /// Long work that nobody waits for: proxies, waveforms, analyses.
    Background,
}

impl Pool {
    /// All pools.
    pub const ALL: [Self; 4] = [Self::Frame, Self::Default, Self::Io, Self::Background];

    /// Its name in messages and names of threads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Default => "default",
            Self::Io => "io",
            Self::Background => "background",
        }
    }
}

/// How urgent a job is, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody is waiting right now.
    Immediate,
    /// A frame of running playback.
    VideoFrame,
    /// What an operation needs.
    Normal,
    /// What will be needed soon.
    Deferred,
    /// What may be needed at some time.
    Background,
}

impl Priority {
    /// All priorities, the most urgent first.
    pub const ALL: [Self; 5] = [Self::Immediate, Self::VideoFrame, Self::Normal, Self::Deferred, Self::Background];

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::VideoFrame => "video frame",
            Self::Normal => "normal",
            Self::Deferred => "deferred",
            Self::Background => "background",
        }
    }
}

/// What is known of a job besides its closure.
#[derive(Clone, Debug)]
pub struct JobSpec {
    /// What it does, for messages: "draw frame 12".
    pub name: String,
    /// The pool whose threads run it.
    pub pool: Pool,
    /// How urgent it is.
    pub priority: Priority,
    /// When its result is no longer of use: if it is still waiting then, it is not run, and if it is
    /// running, it is cancelled.
    pub deadline: Option<Instant>,
    /// How long it may run. Beyond that it is reported and cancelled, and its thread is replaced if
    /// it does not react.
    pub limit: Option<Duration>,
}

impl JobSpec {
    /// A job without deadline and limit.
    pub fn new(name: impl Into<String>, pool: Pool, priority: Priority) -> Self {
        Self { name: name.into(), pool, priority, deadline: None, limit: None }
    }
}

/// Why a job has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It was cancelled before it began.
    #[error("the job \"{name}\" was cancelled before it began")]
    Cancelled {
        /// What it was to do.
        name: String,
    },
    /// It was still waiting at its deadline.
    #[error("the job \"{name}\" was still waiting at its deadline and was not begun")]
    Deadline {
        /// What it was to do.
        name: String,
    },
    /// It ran longer than its limit and was cancelled.
    #[error("the job \"{name}\" of the pool \"{}\" ran for more than {:.1} s and was stopped", .pool.name(), .limit.as_secs_f64())]
    TimedOut {
        /// What it was to do.
        name: String,
        /// Its pool.
        pool: Pool,
        /// Its limit.
        limit: Duration,
    },
    /// It panicked: a defect of what it runs.
    #[error("the job \"{name}\" broke off: {message}")]
    Panicked {
        /// What it was to do.
        name: String,
        /// The panic's message.
        message: String,
    },
    /// The jobs were shut down before it ended.
    #[error("the job \"{name}\" was dropped because the engine was shut down")]
    Closed {
        /// What it was to do.
        name: String,
    },
}

impl JobError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cancelled { .. } => "engine.job.cancelled",
            Self::Deadline { .. } => "engine.job.deadline",
            Self::TimedOut { .. } => "engine.job.timed_out",
            Self::Panicked { .. } => "engine.job.panicked",
            Self::Closed { .. } => "engine.job.closed",
        }
    }
}

/// A thread could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the thread \"{name}\"")]
pub struct NoThread {
    /// Its name.
    pub name: String,
    /// The system's reason.
    pub source: std::io::Error,
}

impl NoThread {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        "engine.thread"
    }
}

//! Settings of the pools, and what is reported about them.
use super::{Pool, PoolSettings};
use std::time::Duration;

/// Settings of the pools.
#[derive(Clone, Copy, Debug)]
pub struct JobsSettings {
    /// Of the pool for frames.
    pub frame: PoolSettings,
    /// Of the default pool.
    pub default: PoolSettings,
    /// Of the pool for files.
    pub io: PoolSettings,
    /// Of the pool for long work.
    pub background: PoolSettings,
    /// How long a job that was asked to stop may go on before its thread is replaced.
    pub grace: Duration,
}

impl Default for JobsSettings {
    /// For the cores of this machine.
    fn default() -> Self {
        Self::for_cores(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
    }
}

impl JobsSettings {
    /// Settings for a number of cores: as many threads for frames and by default, four for files,
    /// half of the cores for long work.
    pub fn for_cores(cores: usize) -> Self {
        let pool = |threads: usize, queue| PoolSettings { threads: threads.max(1), queue, ageing: Duration::from_millis(500) };
        Self {
            frame: pool(cores, 256),
            default: pool(cores, 1024),
            io: pool(4, 1024),
            background: pool(cores / 2, 4096),
            grace: Duration::from_secs(2),
        }
    }

    pub(super) fn of(&self, pool: Pool) -> PoolSettings {
        match pool {
            Pool::Frame => self.frame,
            Pool::Default => self.default,
            Pool::Io => self.io,
            Pool::Background => self.background,
        }
    }
}

/// What the watchdog noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobReport {
    /// A job runs longer than its limit and was asked to stop.
    Overdue {
        /// What it does.
        name: String,
        /// Its pool.
        pool: Pool,
        /// Its limit.
        limit: Duration,
    },
    /// A job did not stop when asked; its thread was replaced.
    GivenUp {
        /// What it does.
        name: String,
        /// Its pool.
        pool: Pool,
    },
    /// A thread could not be started, so that a pool has fewer than it should.
    NoThread {
        /// The pool.
        pool: Pool,
        /// The system's reason.
        reason: String,
    },
}

/// How jobs are shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// What waits and runs is finished first.
    Drain,
    /// What waits is dropped, and what runs is asked to stop.
    Cancel,
}

/// What a shutdown did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShutdownReport {
    /// Waiting jobs that were dropped; their handles say so.
    pub dropped: usize,
    /// Jobs that did not react; their threads go on and their results are discarded.
    pub given_up: usize,
}

//! Progress of work.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Progress as it is reported during work; `done` never decreases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Total number of units.
    pub total: u64,
    /// Unit of `done` and `total`.
    pub unit: ProgressUnit,
}

/// Unit of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgressUnit {
    /// Frames of a composition or clip.
    Frames,
    /// Bytes of files.
    Bytes,
}

impl Progress {
    /// `done` of `total` frames.
    pub const fn frames(done: u64, total: u64) -> Self {
        Self { done, total, unit: ProgressUnit::Frames }
    }

    /// `done` of `total` bytes.
    pub const fn bytes(done: u64, total: u64) -> Self {
        Self { done, total, unit: ProgressUnit::Bytes }
    }
}

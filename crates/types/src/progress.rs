//! How far work is.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reported while work goes on, `done` never falling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units in all.
    pub total: u64,
    /// What is counted.
    pub unit: ProgressUnit,
}

/// What progress is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgressUnit {
    /// Frames of a composition or clip.
    Frames,
}

impl Progress {
    /// Frames done, of a number of frames.
    pub const fn frames(done: u64, total: u64) -> Self {
        Self { done, total, unit: ProgressUnit::Frames }
    }
}

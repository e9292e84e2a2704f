//! What faces are told of a project's journal.
use cutroom_project::{Journal, journal::Entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::Path, time::SystemTime};

/// A step of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryEntry {
    /// Its number; 0 is the state in which the history began.
    pub step: i64,
    /// The step before it.
    pub parent: i64,
    /// When it was made, UTC (RFC 3339).
    pub time: String,
    /// What was done.
    pub label: String,
    /// Whether the present state has it; otherwise it was undone.
    pub done: bool,
    /// Whether it is the last step that the project file has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub saved: bool,
    /// Names of this state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
}

impl HistoryEntry {
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            step: entry.step,
            parent: entry.parent,
            time: written(entry.time),
            label: entry.label.clone(),
            done: entry.is_done,
            saved: entry.is_saved,
            versions: entry.versions.clone(),
        }
    }
}

/// What a command that reads the project file should say: that its journal has more.
pub(crate) fn unsaved_note(path: &Path) -> Option<String> {
    let journal = Journal::read(path).ok().flatten()?;
    let steps = journal.unsaved_steps().ok().filter(|steps| *steps > 0)?;
    let edits = if steps == 1 { "1 edit is".to_owned() } else { format!("{steps} edits are") };
    Some(format!("{edits} in the project's journal and not in its file; only what was saved is used"))
}

/// A time in UTC, RFC 3339.
pub(crate) fn written(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

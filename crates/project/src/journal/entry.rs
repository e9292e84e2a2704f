//! What a journal answers: notes on opening it, states that were reached, entries of its history.
use crate::{Edit, Project};
use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf, time::SystemTime};

/// Who holds a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Number of the process.
    pub process: u32,
    /// Name of the machine.
    pub machine: String,
    /// Since when, RFC 3339.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.process == 0 {
            return f.write_str("its process is not known");
        }
        write!(f, "process {} on {} since {}", self.process, self.machine, self.since)
    }
}

/// What was found when a journal was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The last session ended without closing its journal.
    Killed(Holder),
    /// Steps that the project file lacks were restored.
    Restored {
        /// Their number.
        steps: usize,
    },
    /// The project file was changed by another program; the change was made a step.
    ChangedOutside,
    /// The journal was damaged and was set aside.
    Damaged {
        /// Where it was set aside.
        path: PathBuf,
        /// What was wrong.
        reason: String,
        /// Steps that could not be restored; `None` if that is not known.
        lost: Option<i64>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed(holder) => write!(f, "the last session ({holder}) did not end in order"),
            Self::Restored { steps: 1 } => f.write_str("1 edit that was not saved was restored"),
            Self::Restored { steps } => write!(f, "{steps} edits that were not saved were restored"),
            Self::ChangedOutside => {
                f.write_str("the project file was changed by another program; `undo` returns to the state before")
            }
            Self::Damaged { path, reason, lost } => {
                write!(f, "the journal was damaged ({reason}) and was set aside as {}; ", path.display())?;
                match lost {
                    Some(0) => f.write_str("all edits were restored from it"),
                    Some(lost) => write!(f, "all but the last {lost} edits were restored from it"),
                    None => f.write_str("the project file was opened instead"),
                }
            }
        }
    }
}

/// A state of the document that undo, redo or a restoration reached.
#[derive(Debug)]
pub struct Moved {
    /// The document.
    pub project: Project,
    /// Names of the steps that were undone or done again, in that order.
    pub labels: Vec<String>,
    /// The edits that led there.
    pub edits: Vec<Edit>,
}

/// One step of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub step: i64,
    /// The step before it; 0 is the state in which the journal began.
    pub parent: i64,
    /// When it was made.
    pub time: SystemTime,
    /// What was done.
    pub label: String,
    /// Whether the present document has it.
    pub is_done: bool,
    /// Whether it is the last step of what the project file has.
    pub is_saved: bool,
    /// Names of versions at this step.
    pub versions: Vec<String>,
}

//! Why a journal cannot be opened or written.
use super::entry::Holder;
use crate::{EditError, SaveError};
use std::path::PathBuf;

/// Why a journal cannot be opened or written. What was acknowledged before is in it.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The folder beside the project, which holds its journal, cannot be written.
    #[error("{}: the folder of the project's journal cannot be written", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Another session edits the project.
    #[error("{} is being edited by another session: {holder}", path.display())]
    Locked {
        /// The project.
        path: PathBuf,
        /// Who holds the lock, as far as is known.
        holder: Box<Holder>,
        /// Whether the holder is on another machine, where it cannot be checked whether it still runs.
        elsewhere: bool,
    },
    /// A newer version of the program wrote the journal.
    #[error("{}: the journal has version {version}, which is newer than this program", path.display())]
    Version {
        /// The journal.
        path: PathBuf,
        /// Its version.
        version: i64,
    },
    /// The project file was changed by another program, and the journal has edits that were not saved.
    #[error("the project file was changed outside, and its journal has {unsaved} edits that were not saved")]
    Conflict {
        /// Number of steps since the last save.
        unsaved: usize,
    },
    /// The project file was changed by another program since it was opened or saved.
    #[error("{} was changed by another program since this session read it", path.display())]
    ChangedOutside {
        /// The project.
        path: PathBuf,
    },
    /// The journal could not be written: what was to be recorded is not.
    #[error("the edit was not recorded and is not made: {source}")]
    Write {
        /// The cause.
        #[source]
        source: rusqlite::Error,
    },
    /// The journal could not be read.
    #[error("the journal could not be read: {source}")]
    Read {
        /// The cause.
        #[source]
        source: rusqlite::Error,
    },
    /// A record of the journal is not what was written.
    #[error("record {step} of the journal is damaged: {reason}")]
    Damaged {
        /// Number of the step.
        step: i64,
        /// What is wrong.
        reason: String,
    },
    /// Nothing is known by this name or number.
    #[error("the journal has no {what}")]
    NoSuch {
        /// What was asked for, such as `version "first cut"`.
        what: String,
    },
    /// An edit of the journal does not fit the document.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The project file could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
}

impl JournalError {
    /// Stable error code, for user interfaces and translation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "journal.folder",
            Self::Locked { .. } => "journal.locked",
            Self::Version { .. } => "journal.version",
            Self::Conflict { .. } => "journal.conflict",
            Self::ChangedOutside { .. } => "journal.changed_outside",
            Self::Write { .. } => "journal.write",
            Self::Read { .. } => "journal.read",
            Self::Damaged { .. } => "journal.damaged",
            Self::NoSuch { .. } => "journal.no_such",
            Self::Edit(e) => e.code(),
            Self::Save(e) => e.code(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Folder { .. } => "copy the project into a folder that can be written; reading and exporting work where it is",
            Self::Locked { elsewhere: true, .. } => {
                "close it there; if that machine no longer edits it, `recover` can break the lock"
            }
            Self::Locked { .. } => "close the other session; its edits are safe",
            Self::Version { .. } => "update cutroom",
            Self::Conflict { .. } => "`recover` decides which one counts, and keeps the other one as well",
            Self::ChangedOutside { .. } => "save with `overwrite`, which keeps it as a backup, or under another path",
            Self::Write { .. } => "free space on the disk, or check that it works; nothing that was acknowledged is lost",
            Self::Read { .. } | Self::Damaged { .. } => "`recover` restores what can be read",
            Self::NoSuch { .. } => "`history` lists steps and versions",
            Self::Edit(_) | Self::Save(_) => return None,
        })
    }
}

//! The history of a project: listing it, naming a state, returning to one, and recovering what a
//! session left that did not end in order.
use crate::{
    ApiError, Editor, Session,
    journal::{HistoryEntry, written},
};
use cutroom_project::{Journal, JournalError, JournalOptions, Project, journal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What to list of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryRequest {
    /// Maximum number of steps; absent: 50.
    #[serde(default)]
    pub limit: Option<usize>,
    /// A name for the present state, by which it can be restored; a name that is in use moves here.
    #[serde(default)]
    pub name: Option<String>,
}

/// The history of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryReport {
    /// The steps, the newest first.
    pub entries: Vec<HistoryEntry>,
    /// Number of steps between what the project file has and the present state.
    pub unsaved: usize,
    /// The session that edits the project at the moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_by: Option<String>,
    /// Backups of the project file, the oldest first.
    pub backups: Vec<BackupEntry>,
}

/// A backup of the project file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupEntry {
    /// Its name, for restoring it.
    pub name: String,
    /// When the file was replaced, UTC (RFC 3339).
    pub time: String,
}

/// The state that is restored: exactly one of version, step, time and backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// A named version.
    #[serde(default)]
    pub version: Option<String>,
    /// Number of a step, as `history` lists them.
    #[serde(default)]
    pub step: Option<i64>,
    /// The last state until a time, UTC (RFC 3339).
    #[serde(default)]
    pub time: Option<String>,
    /// A backup of the project file, as `history` lists them.
    #[serde(default)]
    pub backup: Option<String>,
    /// The project file to write, in the same folder; absent: the project itself is changed.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Whether an output that exists is replaced.
    #[serde(default)]
    pub overwrite: bool,
}

/// What counts if another program changed the project file while the journal has unsaved edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The edits of the journal.
    Journal,
    /// The project file.
    File,
}

/// How a project is recovered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoverRequest {
    /// The project file to write, in the same folder; absent: nothing is written, but the next session
    /// has what was recovered.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Whether the project file itself is written; it is kept as a backup.
    #[serde(default)]
    pub in_place: bool,
    /// Whether an output that exists is replaced.
    #[serde(default)]
    pub overwrite: bool,
    /// What counts if file and journal differ. The other one is kept: the file as a backup, the edits
    /// as steps that `restore` finds.
    #[serde(default)]
    pub keep: Option<Keep>,
    /// Whether the lock of a session on another machine is broken.
    #[serde(default)]
    pub break_lock: bool,
}

/// What was recovered or restored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestoreReport {
    /// What was found, in words.
    pub notes: Vec<String>,
    /// Number of steps of the present state that the project file lacks.
    pub unsaved: usize,
    /// The file that was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
}

/// Lists the history of a project and its backups, also while a session edits it; names the present
/// state if asked to, for which no other session may edit it.
///
/// # Errors
/// `journal.read`, `journal.version`; with a name also those of [`Editor::open`].
pub fn history(session: Session, request: &HistoryRequest) -> Result<HistoryReport, ApiError> {
    let path = session.path().to_owned();
    let failed = |e: JournalError| ApiError::from_journal(&e, &path);
    if let Some(name) = &request.name {
        let (mut editor, _) = Editor::open(session, JournalOptions::default())?;
        editor.name_version(name)?;
    }
    let backups = journal::list_backups(&path).map_err(|e| ApiError::of("journal.folder", &e).file(&path))?;
    let backups = backups.iter().map(|b| BackupEntry { name: backup_name(&b.path), time: written(b.time) }).collect();
    let edited_by = journal::edited_by(&path).map(|holder| holder.to_string());
    let Some(journal) = Journal::read(&path).map_err(failed)? else {
        return Ok(HistoryReport { backups, edited_by, ..HistoryReport::default() });
    };
    let entries = journal.history(request.limit.unwrap_or(50)).map_err(failed)?;
    let unsaved = journal.unsaved_steps().map_err(failed)?;
    Ok(HistoryReport { entries: entries.iter().map(HistoryEntry::of).collect(), unsaved, edited_by, backups })
}

/// Writes a former state of the project to a file, or returns the project to it.
///
/// # Errors
/// `usage.restore`: not exactly one state is named, or it cannot be read; `journal.no_such`;
/// `usage.path`, `usage.exists` for the output; those of [`Editor::open`] if the project is changed.
pub fn restore(session: Session, request: &RestoreRequest) -> Result<RestoreReport, ApiError> {
    let path = session.path().to_owned();
    let failed = |e: JournalError| ApiError::from_journal(&e, &path);
    let named = [request.version.is_some(), request.step.is_some(), request.time.is_some(), request.backup.is_some()];
    if named.iter().filter(|n| **n).count() != 1 {
        let error = ApiError::new("usage.restore", "one of `version`, `step`, `time` and `backup` says what is restored");
        return Err(["version", "step", "time", "backup"].iter().fold(error, |e, field| e.field(field)));
    }
    if let Some(output) = &request.output {
        session.check_beside("output", output)?;
        session.check_output("output", output, request.overwrite)?;
    }
    let journal = Journal::read(&path).map_err(failed)?;
    let step = match (&journal, request) {
        (_, RestoreRequest { backup: Some(_), .. }) => None,
        (None, _) => return Err(failed(JournalError::NoSuch { what: "steps: the project has no journal".into() })),
        (Some(journal), RestoreRequest { version: Some(version), .. }) => Some(journal.version(version).map_err(failed)?),
        (Some(journal), RestoreRequest { time: Some(time), .. }) => Some(journal.step_at(read_time(time)?).map_err(failed)?),
        (Some(_), RestoreRequest { step, .. }) => *step,
    };
    let document = match (&journal, step, &request.backup) {
        (Some(journal), Some(step), _) => journal.document(step).map_err(failed)?,
        (_, _, Some(backup)) => read_backup(&path, backup)?,
        _ => return Err(failed(JournalError::NoSuch { what: "such state".into() })),
    };
    drop(journal);
    if let Some(output) = &request.output {
        cutroom_project::save(&document, output).map_err(|e| ApiError::of("project.save", &e).file(output))?;
        return Ok(RestoreReport { path: Some(output.clone()), ..RestoreReport::default() });
    }
    let (mut editor, notes) = Editor::open(session, JournalOptions::default())?;
    match step {
        Some(step) => drop(editor.restore(step)?),
        None => editor.replace("restore a backup", document)?,
    }
    editor.save(None, false)?;
    Ok(RestoreReport { notes, unsaved: 0, path: Some(path) })
}

/// Opens the journal of a project as a session would, says what was found, and writes the project if
/// asked to.
///
/// # Errors
/// Those of [`Editor::open`]; `usage.path`, `usage.exists` for the output.
pub fn recover(session: Session, request: &RecoverRequest) -> Result<RestoreReport, ApiError> {
    let path = session.path().to_owned();
    if let Some(output) = &request.output {
        session.check_beside("output", output)?;
        session.check_output("output", output, request.overwrite)?;
    }
    let keep = request.keep.map(|keep| match keep {
        Keep::Journal => cutroom_project::Keep::Journal,
        Keep::File => cutroom_project::Keep::File,
    });
    let (mut editor, notes) = Editor::open(session, JournalOptions { break_lock: request.break_lock, keep })?;
    let written = match (&request.output, request.in_place) {
        (Some(output), _) => Some(output.clone()),
        (None, true) => Some(path.clone()),
        (None, false) => None,
    };
    if let Some(written) = &written {
        editor.save(Some(written), request.output.is_some() && request.overwrite)?;
    }
    let unsaved = editor.journal().unsaved_steps().map_err(|e| ApiError::from_journal(&e, &path))?;
    Ok(RestoreReport { notes, unsaved, path: written })
}

fn backup_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_time(text: &str) -> Result<SystemTime, ApiError> {
    humantime::parse_rfc3339_weak(text).map_err(|_| {
        let error = ApiError::new("usage.restore", format!("`time` \"{text}\" is no time")).field("time");
        error.hint("write a time in UTC as 2026-01-31T12:00:00Z")
    })
}

fn read_backup(project: &Path, name: &str) -> Result<Project, ApiError> {
    let backups = journal::list_backups(project).map_err(|e| ApiError::of("journal.folder", &e).file(project))?;
    let found = backups.into_iter().find(|b| backup_name(&b.path) == name);
    let found =
        found.ok_or_else(|| ApiError::from_journal(&JournalError::NoSuch { what: format!("backup \"{name}\"") }, project))?;
    cutroom_project::load(&found.path).map_err(|e| ApiError::from_load(&e, &found.path))
}

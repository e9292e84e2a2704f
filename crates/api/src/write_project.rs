//! Writing a changed document: to a file of its own, or to the project, whose journal then has the
//! change.
use crate::{ApiError, Session};
use cutroom_project::{Journal, JournalError, JournalOptions, Project};
use std::path::Path;

/// Writes a changed document to a file beside the project, or to the project itself. If that has a
/// journal, the change becomes a step of it, which can be undone, and the file before is kept as a
/// backup.
///
/// # Errors
/// `project.save`; `journal.unsaved` if the journal has edits that the file lacks, `journal.locked` if a
/// session edits the project, and the other errors of opening a journal.
pub(crate) fn write(session: &Session, label: &str, project: &Project, output: &Path) -> Result<(), ApiError> {
    let path = session.path();
    let failed = |e: JournalError| ApiError::from_journal(&e, path);
    let is_project = path == output || path.canonicalize().is_ok_and(|a| output.canonicalize().is_ok_and(|b| a == b));
    if !is_project || Journal::read(path).map_err(failed)?.is_none() {
        return cutroom_project::save(project, output).map_err(|e| ApiError::of("project.save", &e).file(output));
    }
    let mut opened = Journal::open(path, session.text(), &session.project, JournalOptions::default()).map_err(failed)?;
    if opened.journal.is_unsaved() {
        let steps = opened.journal.unsaved_steps().map_err(failed)?;
        let error = ApiError::new("journal.unsaved", format!("the project's journal has {steps} edits that its file lacks"));
        return Err(error.hint_at("recover", "`recover` writes them to the file first").file(path));
    }
    opened.journal.replace(label, &opened.project, project).map_err(failed)?;
    opened.journal.save(project, path, false).map_err(failed)?;
    opened.journal.close(project);
    Ok(())
}

//! Editing a project by commands: the editor's operations, undo and redo, macros, hashes, saving.
//!
//! A command is a JSON object of one field. Its name is that of an operation of the document
//! ([`cutroom_project::Operation`]) or of a [`SessionCommand`]. Each is carried out completely or
//! not at all, and answered by an [`SessionEvent`].
mod commands;
mod events;
mod macros;

use crate::{ApiError, Session, TitleAddRequest, import_media, journal::HistoryEntry, relink, title};
use cutroom_pipeline::{Backend, PipelineError, RenderOptions, Renderer, output_spec};
use cutroom_project::{
    Edit, Journal, JournalError, JournalOptions, Operation, OperationError, Problem, Project, Step, journal::Moved,
};
use cutroom_timeline::edited_part;
use cutroom_types::{CancelToken, PictureFormat};
use macros::Macros;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub(crate) use commands::NAMES;
pub use commands::{LiveCommand, SessionCommand, command_schema};
pub use events::{Changed, SessionEvent};

/// A session that is being edited.
pub struct Editor {
    session: Session,
    journal: Journal,
    macros: Macros,
    /// Where `save` writes.
    output: PathBuf,
    /// Whether nothing is written.
    dry_run: bool,
    /// Problems that the document has already; operations must not add others.
    problems: BTreeSet<(String, String)>,
    /// What the last command changed.
    last: Option<DocumentChange>,
    /// How many steps were written into the journal, and how long that took in all.
    written: (u64, Duration),
}

/// A change of the document: the edits that lead to the new state, whether by a command, by undoing or
/// by restoring.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentChange {
    /// What it is called in a menu.
    pub label: String,
    /// The edits, in order.
    pub edits: Vec<Edit>,
}

impl Editor {
    /// Edits a session in memory: nothing is left behind but what `save` writes. `output` is where
    /// that is: the project's own file, or one beside it.
    ///
    /// # Errors
    /// `usage.path`: the output is in another folder.
    pub fn new(session: Session, output: Option<&Path>, dry_run: bool) -> Result<Self, ApiError> {
        let output = output.unwrap_or(session.path()).to_owned();
        session.check_beside("output", &output)?;
        let journal = Journal::in_memory(&session.project).map_err(|e| ApiError::from_journal(&e, session.path()))?;
        Ok(Self::with(session, journal, output, dry_run))
    }

    /// Edits a project with its journal: a command that is answered is on the disk, and the next
    /// session has it, saved or not. Returns also what was found when the journal was opened, in
    /// words.
    ///
    /// # Errors
    /// `journal.locked`: another session edits the project; `journal.conflict`, `journal.folder`,
    /// `journal.version`, `journal.write`, `journal.read`.
    pub fn open(session: Session, options: JournalOptions) -> Result<(Self, Vec<String>), ApiError> {
        let opened = Journal::open(session.path(), session.text(), &session.project, options)
            .map_err(|e| ApiError::from_journal(&e, session.path()))?;
        let notes = opened.notes.iter().map(ToString::to_string).collect();
        let output = session.path().to_owned();
        Ok((Self::with(session.changed(opened.project), opened.journal, output, false), notes))
    }

    fn with(session: Session, journal: Journal, output: PathBuf, dry_run: bool) -> Self {
        let problems = session.problems().iter().map(key_of).collect();
        Self { session, journal, macros: Macros::default(), output, dry_run, problems, last: None, written: Default::default() }
    }

    /// The session in its present state.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The journal of the session.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// How many steps were written into the journal and synced, and how long that took in all.
    pub fn journal_writes(&self) -> (u64, Duration) {
        self.written
    }

    /// Whether the document differs from what was saved last.
    pub fn is_unsaved(&self) -> bool {
        self.journal.is_unsaved()
    }

    /// Returns to a step, see [`SessionCommand::Restore`].
    ///
    /// # Errors
    /// `journal.no_such`, or the journal cannot be read or written.
    pub fn restore(&mut self, step: i64) -> Result<SessionEvent, ApiError> {
        let moved = self.journal.go_to(&self.session.project, step).map_err(|e| ApiError::from_journal(&e, self.session.path()))?;
        let changed = self.moved(moved).1;
        Ok(SessionEvent::Restored { step, changed })
    }

    /// Names the present state, see [`SessionCommand::NameVersion`].
    ///
    /// # Errors
    /// `journal.write`.
    pub(crate) fn name_version(&mut self, name: &str) -> Result<SessionEvent, ApiError> {
        let named = self.journal.name_version(name, &self.session.project);
        named.map_err(|e| ApiError::from_journal(&e, self.session.path()))?;
        Ok(SessionEvent::VersionNamed { name: name.to_owned(), step: self.journal.head() })
    }

    /// Makes a document the present one as a step.
    pub(crate) fn replace(&mut self, label: &str, project: Project) -> Result<(), ApiError> {
        let replaced = self.journal.replace(label, &self.session.project, &project);
        replaced.map_err(|e| ApiError::from_journal(&e, self.session.path()))?;
        self.session = self.session.changed(project);
        Ok(())
    }

    fn moved(&mut self, moved: Moved) -> (Vec<String>, Changed) {
        self.session = self.session.changed(moved.project);
        let changed = Changed::of(&moved.edits);
        self.last = Some(DocumentChange { label: moved.labels.join(", "), edits: moved.edits });
        (moved.labels, changed)
    }

    /// What the last command changed, once; `None` if it changed nothing.
    pub fn take_change(&mut self) -> Option<DocumentChange> {
        self.last.take()
    }

    /// Carries out one command. A field `key` beside the command's name joins it with the step before,
    /// if that has the same key.
    ///
    /// # Errors
    /// The command is not known, cannot be carried out, or would make the document invalid. Nothing is
    /// changed then.
    pub fn execute(&mut self, command: &Value, cancel: &CancelToken) -> Result<SessionEvent, Vec<ApiError>> {
        let unknown =
            |reason: String| vec![ApiError::new("usage.command", reason).hint("a command is an object such as {\"undo\": {}}")];
        let Value::Object(fields) = command else { return Err(unknown("a command is a JSON object".into())) };
        let mut fields = fields.clone();
        let key = fields.remove("key").and_then(|key| key.as_str().map(str::to_owned));
        let [name] = &fields.keys().cloned().collect::<Vec<_>>()[..] else {
            return Err(unknown("a command has one name, and beside it only `key`".into()));
        };
        let name = name.clone();
        let command = Value::Object(fields);
        let _span = tracing::info_span!("command", name).entered();
        if NAMES[0].contains(&name) {
            let command = serde_json::from_value(command).map_err(|e| unknown(format!("`{name}`: {e}")))?;
            return self.session_command(command, key, cancel);
        }
        let operation = self.read(&name, command)?;
        self.apply(&name, key, &operation)
    }

    fn read(&self, name: &str, command: Value) -> Result<Operation, Vec<ApiError>> {
        Operation::from_json(&self.session.project, command).map_err(|e| {
            if NAMES[1].iter().any(|known| known == name) {
                return vec![ApiError::new("usage.command", format!("`{name}`: {e}"))];
            }
            let error = ApiError::new("usage.command", format!("there is no command `{name}`"));
            let near = cutroom_project::nearest::nearest(name, NAMES.iter().flatten().map(String::as_str));
            vec![match near {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            }]
        })
    }

    /// Whether nothing is written.
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// Applies an operation and records it.
    pub(crate) fn apply(&mut self, label: &str, key: Option<String>, operation: &Operation) -> Result<SessionEvent, Vec<ApiError>> {
        let plan = operation.plan(&self.session.project).map_err(|e| vec![refusal(&e)])?;
        let changed = self.session.changed(plan.project);
        let is_new = |p: &Problem| !self.problems.contains(&key_of(p));
        let catalog = &self.session.catalog;
        let part = edited_part(&self.session.project, &changed.project, catalog);
        if part.is_none_or(|part| cutroom_timeline::validate(&part, catalog).iter().any(is_new)) {
            let new: Vec<Problem> = changed.problems().into_iter().filter(is_new).collect();
            if !new.is_empty() {
                return Err(changed.errors(&new));
            }
        }
        let step = Step { label: label.to_owned(), key, edits: plan.edits, inverse: plan.inverse };
        let since = Instant::now();
        self.journal.record(&step, &changed.project).map_err(|e| self.failed(&e))?;
        self.written = (self.written.0 + 1, self.written.1 + since.elapsed());
        self.session = changed;
        let changed = Changed::of(&step.edits);
        self.last = Some(DocumentChange { label: step.label.clone(), edits: step.edits });
        Ok(SessionEvent::Applied { step: step.label, changed })
    }

    fn failed(&self, error: &JournalError) -> Vec<ApiError> {
        vec![ApiError::from_journal(error, self.session.path())]
    }

    fn session_command(
        &mut self,
        command: SessionCommand,
        key: Option<String>,
        cancel: &CancelToken,
    ) -> Result<SessionEvent, Vec<ApiError>> {
        match command {
            SessionCommand::Undo { steps } => self.go(steps, true),
            SessionCommand::Redo { steps } => self.go(steps, false),
            SessionCommand::Save { path, overwrite } => self.save(path.as_deref(), overwrite).map_err(|e| vec![e]),
            SessionCommand::NameVersion { name } => self.name_version(&name).map_err(|e| vec![e]),
            SessionCommand::Restore { version, step } => {
                let step = match (version, step) {
                    (Some(version), None) => self.journal.version(&version).map_err(|e| self.failed(&e))?,
                    (None, Some(step)) => step,
                    _ => return Err(vec![ApiError::new("usage.command", "`restore` needs a `version` or a `step`")]),
                };
                self.restore(step).map_err(|e| vec![e])
            }
            SessionCommand::History { limit } => {
                let entries = self.journal.history(limit).map_err(|e| self.failed(&e))?;
                Ok(SessionEvent::History { entries: entries.iter().map(HistoryEntry::of).collect() })
            }
            SessionCommand::Define { name, params, steps } => {
                self.macros.define(&name, params, steps);
                Ok(SessionEvent::Defined { name })
            }
            SessionCommand::Call { name, with } => {
                let steps = self.macros.expanded(&name, &with, 0).map_err(|e| vec![e])?;
                let steps = steps.into_iter().map(|step| {
                    let name = step.as_object().and_then(|o| o.keys().next().cloned()).unwrap_or_default();
                    self.read(&name, step)
                });
                let all = Operation::All { steps: steps.collect::<Result<_, _>>()? };
                self.apply(&name, key, &all)
            }
            SessionCommand::Relink { search, accept_different } => {
                let found = relink::find(&self.session, &search, accept_different, cancel)
                    .and_then(|f| f.operation())
                    .map_err(|e| vec![e])?;
                self.apply("relink", key, &found)
            }
            SessionCommand::ImportMedia { files } => {
                let found = import_media::find(&self.session, &files, None, false, cancel)?;
                self.apply("import_media", key, &found.operation().map_err(|e| vec![e])?)
            }
            SessionCommand::AddTitle { title, values, at, duration, track, composition } => {
                let request = TitleAddRequest { title, values, at, duration, track, composition, ..TitleAddRequest::default() };
                let operation = title::operation(&self.session, &request)?;
                self.apply("add_title", key, &operation)
            }
            SessionCommand::Hash { at } => self.hash(at.as_deref(), cancel),
        }
    }

    fn go(&mut self, steps: usize, back: bool) -> Result<SessionEvent, Vec<ApiError>> {
        let project = &self.session.project;
        let moved = if back { self.journal.undo(project, steps) } else { self.journal.redo(project, steps) };
        let Some(moved) = moved.map_err(|e| self.failed(&e))? else {
            let what = if back { "undo" } else { "redo" };
            return Err(vec![ApiError::new("operation.history", format!("there is nothing to {what}"))]);
        };
        let (steps, changed) = self.moved(moved);
        Ok(if back { SessionEvent::Undone { steps, changed } } else { SessionEvent::Redone { steps, changed } })
    }

    /// Writes the project; with a dry run only says where.
    ///
    /// # Errors
    /// `usage.path`, `journal.changed_outside`, or an error of writing.
    pub fn save(&mut self, path: Option<&Path>, overwrite: bool) -> Result<SessionEvent, ApiError> {
        let path = path.unwrap_or(&self.output).to_owned();
        self.session.check_beside("path", &path)?;
        let own = [self.output.as_path(), self.session.path()];
        let real = |path: &Path| path.canonicalize().ok();
        if !own.iter().any(|own| *own == path || real(own).is_some_and(|own| real(&path) == Some(own))) {
            // Beside the project are the files that it reads, and other projects.
            self.session.check_output("path", &path, overwrite)?;
        }
        if !self.dry_run {
            self.journal.save(&self.session.project, &path, overwrite).map_err(|e| ApiError::from_journal(&e, &path))?;
        }
        Ok(SessionEvent::Saved { path })
    }

    fn hash(&self, at: Option<&str>, cancel: &CancelToken) -> Result<SessionEvent, Vec<ApiError>> {
        let one = |e: ApiError| vec![e];
        let document = blake3::hash(cutroom_project::to_json(&self.session.project).as_bytes()).to_hex().to_string();
        let Some(at) = at else { return Ok(SessionEvent::Hashed { document, frame: None, pixels: None }) };
        let id = self.session.composition(None).map_err(one)?;
        let (rate, total) = self.session.frames(&id).map_err(one)?;
        let frame = crate::session::frame_inside(at, rate, total).map_err(one)?;
        let opened = self.session.open_composition(&id, 0, cancel)?;
        let options = RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() };
        let mut renderer = Renderer::new(options).map_err(|e| one(PipelineError::from(e).into()))?;
        let spec = output_spec(opened.composition(), PictureFormat::yuv(16, 0, 0));
        let picture = opened.frame(frame, &mut renderer, &spec).map_err(|e| one(e.into()))?;
        let mut hash = blake3::Hasher::new();
        for plane in &picture.planes {
            (0..plane.rows()).for_each(|y| {
                hash.update(plane.row(y));
            });
        }
        Ok(SessionEvent::Hashed { document, frame: Some(frame), pixels: Some(hash.finalize().to_hex().to_string()) })
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.journal.close(&self.session.project);
    }
}

fn refusal(error: &OperationError) -> ApiError {
    ApiError::of(error.code(), error)
}

/// What identifies a problem whatever the positions in lists.
fn key_of(problem: &Problem) -> (String, String) {
    (problem.code.to_owned(), problem.message.clone())
}

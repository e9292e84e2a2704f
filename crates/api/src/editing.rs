//! Editing a project by commands: the editor's operations, undo and redo, macros, hashes, saving.
//!
//! A command is a JSON object of one field. Its name is that of an operation of the document
//! ([`cutroom_project::Operation`]) or of a [`SessionCommand`]. Each is carried out completely or
//! not at all, and answered by an [`EditEvent`].
use crate::{ApiError, Session, import_media, journal::HistoryEntry, relink};
use cutroom_pipeline::{Backend, PipelineError, RenderOptions, Renderer, output_spec};
use cutroom_project::{
    Edit, Journal, JournalError, JournalOptions, Operation, OperationError, Problem, Project, Step, journal::Moved,
};
use cutroom_timeline::edited_part;
use cutroom_types::{CancelToken, PictureFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Maximum depth of macros that call each other.
const MAX_CALLS: usize = 16;

/// Commands beside the operations of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SessionCommand {
    /// Undoes steps.
    Undo {
        /// How many; absent: one.
        #[serde(default = "one")]
        steps: usize,
    },
    /// Does steps again that were undone.
    Redo {
        /// How many; absent: one.
        #[serde(default = "one")]
        steps: usize,
    },
    /// Writes the project file.
    Save {
        /// Another file in the same folder; absent: the one that was opened, or the output.
        #[serde(default)]
        path: Option<PathBuf>,
        /// Whether a file that another program changed meanwhile is replaced; it is kept as a backup.
        #[serde(default)]
        overwrite: bool,
    },
    /// Names the present state, to restore it by.
    NameVersion {
        /// The name. A name that is in use moves here.
        name: String,
    },
    /// Returns to a named version or a step, whatever was done since; that stays in the history.
    Restore {
        /// A named version.
        #[serde(default)]
        version: Option<String>,
        /// Number of a step; 0 is the state in which the history began.
        #[serde(default)]
        step: Option<i64>,
    },
    /// Lists the last steps.
    History {
        /// How many; absent: 20.
        #[serde(default = "twenty")]
        limit: usize,
    },
    /// Defines a macro: operations in which `"$name"` stands for a parameter.
    Define {
        /// Its name.
        name: String,
        /// Names of its parameters.
        #[serde(default)]
        params: Vec<String>,
        /// Operations, and calls of other macros.
        steps: Vec<Value>,
    },
    /// Carries out a macro as one step.
    Call {
        /// Its name.
        name: String,
        /// Values of its parameters.
        #[serde(default)]
        with: BTreeMap<String, Value>,
    },
    /// Finds media whose files were moved or renamed, as one step.
    Relink {
        /// Folders that are searched; empty: the project's own.
        #[serde(default)]
        search: Vec<PathBuf>,
        /// Whether files of the same name with other content are linked, too.
        #[serde(default)]
        accept_different: bool,
    },
    /// Adds files and folders to the media, as one step.
    ImportMedia {
        /// Files, numbered pictures and folders.
        files: Vec<PathBuf>,
    },
    /// Hashes the document, and the pixels of a frame.
    Hash {
        /// The frame, see [`crate::parse_frame`]; absent: only the document.
        #[serde(default)]
        at: Option<String>,
    },
}

fn one() -> usize {
    1
}

fn twenty() -> usize {
    20
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EditEvent {
    /// An operation was carried out.
    Applied {
        /// Its name.
        step: String,
        /// What it changed.
        changed: Changed,
    },
    /// Steps were undone.
    Undone {
        /// Their names, the last one first.
        steps: Vec<String>,
        /// What changed.
        changed: Changed,
    },
    /// Steps were done again.
    Redone {
        /// Their names.
        steps: Vec<String>,
        /// What changed.
        changed: Changed,
    },
    /// Another state of the history was restored.
    Restored {
        /// Number of its last step.
        step: i64,
        /// What changed.
        changed: Changed,
    },
    /// The present state was named.
    VersionNamed {
        /// Its name.
        name: String,
        /// Number of its last step.
        step: i64,
    },
    /// The last steps, the newest first.
    History {
        /// The steps.
        entries: Vec<HistoryEntry>,
    },
    /// The project file was written.
    Saved {
        /// The file.
        path: PathBuf,
    },
    /// A macro was defined.
    Defined {
        /// Its name.
        name: String,
    },
    /// Hashes, BLAKE3 in hexadecimal.
    Hashed {
        /// Of the document as it is saved.
        document: String,
        /// Number of the frame.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frame: Option<i64>,
        /// Of its planes, drawn on the CPU.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pixels: Option<String>,
    },
}

/// Ids of what changed, was added or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Whether fields of the project itself changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub project: bool,
    /// Media.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub media: BTreeSet<String>,
    /// Compositions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub compositions: BTreeSet<String>,
    /// Tracks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tracks: BTreeSet<String>,
    /// Clips.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clips: BTreeSet<String>,
    /// Transitions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub transitions: BTreeSet<String>,
}

impl Changed {
    fn of<'a>(edits: impl IntoIterator<Item = &'a Edit>) -> Self {
        let mut changed = Self::default();
        for edit in edits {
            match edit {
                Edit::InsertMedia { media, .. } | Edit::ReplaceMedia { media } => changed.media.insert(media.id.to_string()),
                Edit::RemoveMedia { id } | Edit::MoveMedia { id, .. } => changed.media.insert(id.to_string()),
                Edit::InsertComposition { composition, .. } => changed.compositions.insert(composition.id.to_string()),
                Edit::RemoveComposition { id } | Edit::MoveComposition { id, .. } | Edit::SetCompositionFields { id, .. } => {
                    changed.compositions.insert(id.to_string())
                }
                Edit::InsertTrack { track, .. } => changed.tracks.insert(track.id.to_string()),
                Edit::RemoveTrack { id } | Edit::MoveTrack { id, .. } | Edit::SetTrackFields { id, .. } => {
                    changed.tracks.insert(id.to_string())
                }
                Edit::InsertClip { clip, .. } | Edit::ReplaceClip { clip } => changed.clips.insert(clip.id.to_string()),
                Edit::RemoveClip { id } | Edit::MoveClip { id, .. } => changed.clips.insert(id.to_string()),
                Edit::InsertTransition { transition, .. } | Edit::ReplaceTransition { transition } => {
                    changed.transitions.insert(transition.id.to_string())
                }
                Edit::RemoveTransition { id } | Edit::MoveTransition { id, .. } => changed.transitions.insert(id.to_string()),
                Edit::SetProjectFields { .. } => std::mem::replace(&mut changed.project, true),
            };
        }
        changed
    }
}

/// A macro.
#[derive(Clone, Debug)]
struct Macro {
    params: Vec<String>,
    steps: Vec<Value>,
}

/// A session that is being edited.
pub struct Editor {
    session: Session,
    journal: Journal,
    macros: BTreeMap<String, Macro>,
    /// Where `save` writes.
    output: PathBuf,
    /// Whether nothing is written.
    dry_run: bool,
    /// Problems that the document has already; operations must not add others.
    problems: BTreeSet<(String, String)>,
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
        Self { session, journal, macros: BTreeMap::new(), output, dry_run, problems }
    }

    /// The session in its present state.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The journal of the session.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Whether the document differs from what was saved last.
    pub fn is_unsaved(&self) -> bool {
        self.journal.is_unsaved()
    }

    /// Returns to a step, see [`SessionCommand::Restore`].
    ///
    /// # Errors
    /// `journal.no_such`, or the journal cannot be read or written.
    pub fn restore(&mut self, step: i64) -> Result<EditEvent, ApiError> {
        let moved = self.journal.go_to(&self.session.project, step).map_err(|e| ApiError::from_journal(&e, self.session.path()))?;
        let changed = self.moved(moved).1;
        Ok(EditEvent::Restored { step, changed })
    }

    /// Names the present state, see [`SessionCommand::NameVersion`].
    ///
    /// # Errors
    /// `journal.write`.
    pub(crate) fn name_version(&mut self, name: &str) -> Result<EditEvent, ApiError> {
        let named = self.journal.name_version(name, &self.session.project);
        named.map_err(|e| ApiError::from_journal(&e, self.session.path()))?;
        Ok(EditEvent::VersionNamed { name: name.to_owned(), step: self.journal.head() })
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
        (moved.labels, Changed::of(&moved.edits))
    }

    /// Carries out one command. A field `key` beside the command's name joins it with the step before,
    /// if that has the same key.
    ///
    /// # Errors
    /// The command is not known, cannot be carried out, or would make the document invalid. Nothing is
    /// changed then.
    pub fn execute(&mut self, command: &Value, cancel: &CancelToken) -> Result<EditEvent, Vec<ApiError>> {
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

    /// Applies an operation and records it.
    fn apply(&mut self, label: &str, key: Option<String>, operation: &Operation) -> Result<EditEvent, Vec<ApiError>> {
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
        self.journal.record(&step, &changed.project).map_err(|e| self.failed(&e))?;
        self.session = changed;
        Ok(EditEvent::Applied { step: step.label, changed: Changed::of(&step.edits) })
    }

    fn failed(&self, error: &JournalError) -> Vec<ApiError> {
        vec![ApiError::from_journal(error, self.session.path())]
    }

    fn session_command(
        &mut self,
        command: SessionCommand,
        key: Option<String>,
        cancel: &CancelToken,
    ) -> Result<EditEvent, Vec<ApiError>> {
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
                Ok(EditEvent::History { entries: entries.iter().map(HistoryEntry::of).collect() })
            }
            SessionCommand::Define { name, params, steps } => {
                self.macros.insert(name.clone(), Macro { params, steps });
                Ok(EditEvent::Defined { name })
            }
            SessionCommand::Call { name, with } => {
                let steps = self.expanded(&name, &with, 0).map_err(|e| vec![e])?;
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
            SessionCommand::Hash { at } => self.hash(at.as_deref(), cancel),
        }
    }

    /// The steps of a macro with its parameters put in.
    fn expanded(&self, name: &str, with: &BTreeMap<String, Value>, depth: usize) -> Result<Vec<Value>, ApiError> {
        let wrong = |message: String| ApiError::new("usage.command", message);
        let known = self
            .macros
            .get(name)
            .ok_or_else(|| wrong(format!("there is no macro \"{name}\"")).hint("a `define` before it says what it does"))?;
        if depth > MAX_CALLS {
            return Err(wrong(format!("macro \"{name}\" calls itself")));
        }
        if let Some(missing) = known.params.iter().find(|p| !with.contains_key(*p)) {
            return Err(wrong(format!("macro \"{name}\" needs a value for `{missing}`")));
        }
        if let Some(other) = with.keys().find(|p| !known.params.contains(p)) {
            return Err(wrong(format!("macro \"{name}\" has no parameter `{other}`; it has {}", known.params.join(", "))));
        }
        let mut steps = Vec::new();
        for step in &known.steps {
            let step = filled(step, with);
            if step.get("call").is_none() {
                steps.push(step);
                continue;
            }
            match serde_json::from_value(step) {
                Ok(SessionCommand::Call { name, with }) => steps.extend(self.expanded(&name, &with, depth + 1)?),
                Ok(_) => {}
                Err(e) => return Err(wrong(format!("macro \"{name}\": `call`: {e}"))),
            }
        }
        Ok(steps)
    }

    fn go(&mut self, steps: usize, back: bool) -> Result<EditEvent, Vec<ApiError>> {
        let project = &self.session.project;
        let moved = if back { self.journal.undo(project, steps) } else { self.journal.redo(project, steps) };
        let Some(moved) = moved.map_err(|e| self.failed(&e))? else {
            let what = if back { "undo" } else { "redo" };
            return Err(vec![ApiError::new("operation.history", format!("there is nothing to {what}"))]);
        };
        let (steps, changed) = self.moved(moved);
        Ok(if back { EditEvent::Undone { steps, changed } } else { EditEvent::Redone { steps, changed } })
    }

    /// Writes the project; with a dry run only says where.
    ///
    /// # Errors
    /// `usage.path`, `journal.changed_outside`, or an error of writing.
    pub fn save(&mut self, path: Option<&Path>, overwrite: bool) -> Result<EditEvent, ApiError> {
        let path = path.unwrap_or(&self.output).to_owned();
        self.session.check_beside("path", &path)?;
        if !self.dry_run {
            self.journal.save(&self.session.project, &path, overwrite).map_err(|e| ApiError::from_journal(&e, &path))?;
        }
        Ok(EditEvent::Saved { path })
    }

    fn hash(&self, at: Option<&str>, cancel: &CancelToken) -> Result<EditEvent, Vec<ApiError>> {
        let one = |e: ApiError| vec![e];
        let document = blake3::hash(cutroom_project::to_json(&self.session.project).as_bytes()).to_hex().to_string();
        let Some(at) = at else { return Ok(EditEvent::Hashed { document, frame: None, pixels: None }) };
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
        Ok(EditEvent::Hashed { document, frame: Some(frame), pixels: Some(hash.finalize().to_hex().to_string()) })
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.journal.close(&self.session.project);
    }
}

/// A value in which `"$name"` is replaced, as a whole or as a part of a text.
fn filled(value: &Value, with: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            if let Some(value) = text.strip_prefix('$').and_then(|name| with.get(name)) {
                return value.clone();
            }
            let mut text = text.clone();
            for (name, value) in with {
                let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                text = text.replace(&format!("${{{name}}}"), &plain);
            }
            text.into()
        }
        Value::Array(items) => items.iter().map(|item| filled(item, with)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), filled(value, with))).collect(),
        other => other.clone(),
    }
}

fn refusal(error: &OperationError) -> ApiError {
    ApiError::of(error.code(), error)
}

/// What identifies a problem whatever the positions in lists.
fn key_of(problem: &Problem) -> (String, String) {
    (problem.code.to_owned(), problem.message.clone())
}

/// Names of the commands of the session, and of the operations, from their schemas.
static NAMES: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
    [schemars::schema_for!(SessionCommand), schemars::schema_for!(Operation)].map(|schema| {
        let schema = schema.to_value();
        let branches = schema["oneOf"].as_array().into_iter().flatten();
        branches.flat_map(|b| b["properties"].as_object().into_iter().flat_map(|p| p.keys().cloned())).collect()
    })
});

/// The JSON Schemas of commands and events.
pub fn command_schema() -> Value {
    json!({
        "operations": schemars::schema_for!(Operation).to_value(),
        "session": schemars::schema_for!(SessionCommand).to_value(),
        "events": schemars::schema_for!(EditEvent).to_value(),
    })
}

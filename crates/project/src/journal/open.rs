//! Opening a journal: locking, reading what is there, setting aside what is damaged, and comparing with
//! the project file.
use super::{
    Files, Journal, JournalError, JournalOptions, Keep, Note, Opened, SNAPSHOT_STEPS, Step, diff, journal_folder, lock::Lock, store,
};
use crate::Project;
use rusqlite::{Connection, OpenFlags};
use std::{
    path::Path,
    time::{Duration, SystemTime},
};

impl Journal {
    /// Opens the journal of a project file, or begins one, and locks the project. `text` is what was
    /// read from the file, and `document` the project in it.
    ///
    /// A journal that is damaged is set aside and begun again with what can be read of it, so that it
    /// never keeps a project from being opened.
    ///
    /// # Errors
    /// The folder cannot be written; another session edits the project; a newer program wrote the
    /// journal; file and journal differ and `options` does not say which one counts.
    pub fn open(path: &Path, text: &str, document: &Project, options: JournalOptions) -> Result<Opened, JournalError> {
        let folder = journal_folder(path);
        let failed = |source| JournalError::Folder { path: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let (lock, killed) = Lock::take(&folder.join("lock"), path, options.break_lock)?;
        let files = Files { project: path.into(), backups: folder.join("backups"), _lock: lock };
        let database = folder.join("journal.sqlite");
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        let mut notes: Vec<Note> = killed.map(Note::Killed).into_iter().collect();
        let (db, project) = match Self::connect(&database) {
            Ok((db, project)) => (db, project),
            Err(e @ (JournalError::Version { .. } | JournalError::Write { .. })) => return Err(e),
            Err(e) => {
                let (restored, note) = set_aside(&database, &e).map_err(failed)?;
                notes.push(note);
                let db = Self::begin(&database, restored.as_ref().unwrap_or(document))?;
                if restored.is_some() {
                    // What is restored is not what the file has, unless they are equal.
                    store::set_meta(&db, "saved_hash", &hash).map_err(|source| JournalError::Write { source })?;
                }
                (db, restored)
            }
        };
        let fresh = project.is_none();
        let project = match project {
            Some(project) => project,
            None => {
                if store::last_step(&db).is_ok_and(|last| last == 0) {
                    store::add_snapshot(&db, 0, document).map_err(|source| JournalError::Write { source })?;
                }
                document.clone()
            }
        };
        let mut journal = Self::of(db, Some(files)).map_err(store::read_error)?;
        if store::meta::<String>(&journal.db, "saving_hash").map_err(store::read_error)?.as_ref() == Some(&hash) {
            // The session ended between writing the file and noting so.
            journal.saved = store::meta(&journal.db, "saving").map_err(store::read_error)?;
            journal.saved_hash = Some(hash.clone());
        }
        journal.compared(fresh, hash, project, document, options, notes)
    }

    fn of(db: Connection, files: Option<Files>) -> rusqlite::Result<Self> {
        let head = store::meta(&db, "head")?.unwrap_or(0);
        let (saved, saved_hash) = (store::meta(&db, "saved")?, store::meta(&db, "saved_hash")?);
        let since = (SNAPSHOT_STEPS, 0);
        Ok(Self { db, files, head, saved, saved_hash, last: None, recorded: None, since, snapshot_bytes: 0 })
    }

    /// The journal of a project file for reading, whether or not a session has it open; `None` if it
    /// has none.
    ///
    /// # Errors
    /// It cannot be read, or a newer program wrote it.
    pub fn read(path: &Path) -> Result<Option<Self>, JournalError> {
        let database = journal_folder(path).join("journal.sqlite");
        if !database.exists() {
            return Ok(None);
        }
        let open = || -> rusqlite::Result<(Connection, i64)> {
            let db = Connection::open_with_flags(&database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            db.busy_timeout(Duration::from_secs(5))?;
            let version = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
            Ok((db, version))
        };
        let (db, version) = open().map_err(store::read_error)?;
        if version > store::FORMAT {
            return Err(JournalError::Version { path: database, version });
        }
        // A session that was killed while it made the tables.
        if version == 0 {
            return Ok(None);
        }
        Ok(Some(Self::of(db, None).map_err(store::read_error)?))
    }

    /// The document at a step.
    ///
    /// # Errors
    /// There is no such step, or the journal cannot be read.
    pub fn document(&self, step: i64) -> Result<Project, JournalError> {
        store::document(&self.db, step)
    }

    /// Compares the journal's document with that of the file.
    fn compared(
        mut self,
        fresh: bool,
        hash: String,
        mut project: Project,
        document: &Project,
        options: JournalOptions,
        mut notes: Vec<Note>,
    ) -> Result<Opened, JournalError> {
        let known = self.saved_hash.as_ref() == Some(&hash);
        if fresh || project == *document {
            self.note_saved(self.head, &hash)?;
        } else if !known {
            let unsaved = self.unsaved_steps()?;
            match options.keep {
                Some(Keep::Journal) => {
                    self.keep_backup()?;
                    self.set_saved(None, Some(hash))?;
                    notes.push(Note::Restored { steps: unsaved });
                }
                None if unsaved > 0 => return Err(JournalError::Conflict { unsaved }),
                Some(Keep::File) | None => {
                    let (edits, inverse) = diff::diff(&project, document)?;
                    let step = Step { label: "changed outside".into(), key: None, edits, inverse };
                    project = document.clone();
                    self.record(&step, &project)?;
                    self.note_saved(self.head, &hash)?;
                    notes.push(Note::ChangedOutside);
                }
            }
        } else {
            let steps = self.unsaved_steps()?;
            notes.extend((steps > 0).then_some(Note::Restored { steps }));
        }
        Ok(Opened { journal: self, project, notes })
    }

    /// Opens the database and reads the document of its head; no document if it is new.
    fn connect(path: &Path) -> Result<(Connection, Option<Project>), JournalError> {
        let damaged = |e: rusqlite::Error| match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => store::read_error(e),
            _ => JournalError::Write { source: e },
        };
        let db = Connection::open(path).map_err(damaged)?;
        db.busy_timeout(Duration::from_secs(5)).map_err(damaged)?;
        if let Some(version) = store::prepare(&db, true).map_err(damaged)? {
            return Err(JournalError::Version { path: path.into(), version });
        }
        let found: String = db.query_row("PRAGMA quick_check(1)", [], |r| r.get(0)).map_err(damaged)?;
        if found != "ok" {
            return Err(JournalError::Damaged { step: 0, reason: found });
        }
        let any: bool = db.query_row("SELECT count(*) > 0 FROM snapshots", [], |r| r.get(0)).map_err(damaged)?;
        let head = store::meta(&db, "head").map_err(damaged)?.unwrap_or(0);
        let project = if any { Some(store::document(&db, head)?) } else { None };
        if project.is_none() && (head > 0 || store::last_step(&db).map_err(damaged)? > 0) {
            return Err(JournalError::Damaged { step: head, reason: "it has no snapshot".into() });
        }
        Ok((db, project))
    }

    /// A new database whose first state is `project`.
    fn begin(path: &Path, project: &Project) -> Result<Connection, JournalError> {
        let write = |source| JournalError::Write { source };
        let db = Connection::open(path).map_err(write)?;
        store::prepare(&db, true).map_err(write)?;
        store::add_snapshot(&db, 0, project).map_err(write)?;
        Ok(db)
    }
}

/// Renames a damaged database and what belongs to it, and reads what can be read of it.
fn set_aside(database: &Path, error: &JournalError) -> std::io::Result<(Option<Project>, Note)> {
    let restored = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).ok().and_then(|db| store::salvage(&db));
    let time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string().replace(':', "-");
    let named = |n: usize, part: &str| {
        let number = if n == 0 { String::new() } else { format!("-{n}") };
        database.with_file_name(format!("damaged-{time}{number}.sqlite{part}"))
    };
    let free = (0..).find(|n| !named(*n, "").exists()).unwrap_or_default();
    for part in ["", "-wal", "-shm"] {
        let mut old = database.as_os_str().to_owned();
        old.push(part);
        match std::fs::rename(&old, named(free, part)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    let lost = restored.as_ref().map(|(_, at, head)| head - at);
    let note = Note::Damaged { path: named(free, ""), reason: error.to_string(), lost };
    Ok((restored.map(|(project, ..)| project), note))
}

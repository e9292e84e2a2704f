//! The journal of a project: what makes an edit durable, undoes it and brings it back.
//!
//! Each step of editing is written to an SQLite database beside the project and synced before it
//! counts as made. The database holds the whole history as a tree (see `store`), snapshots of the
//! document, named versions, and which state the project file has. It lies in
//! `.cutroom/journal/<file name>/` in the project's folder, with the lock and the backups of the file.
//!
//! A journal in memory does the same for a session that leaves nothing behind.
mod backups;
mod diff;
mod entry;
mod error;
mod lock;
mod open;
mod store;

use crate::{Edit, Project, apply_all, file};
pub use backups::Backup;
pub use entry::{Entry, Holder, Moved, Note};
pub use error::JournalError;
use lock::Lock;
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A snapshot is taken after this many steps at the earliest.
const SNAPSHOT_STEPS: usize = 64;

/// What one operation did.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is called in a menu.
    pub label: String,
    /// Steps with equal keys, one after the other, are undone together. `None`: a step of its own.
    pub key: Option<String>,
    /// Its edits, in order.
    pub edits: Vec<Edit>,
    /// The inverse edits, in the order in which they must be applied.
    pub inverse: Vec<Edit>,
}

/// How a journal is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalOptions {
    /// Takes the lock from a session on another machine.
    pub break_lock: bool,
    /// Which one counts if another program changed the file while the journal has unsaved edits. The
    /// other one stays: the file as a backup, the edits as steps that can be undone to.
    pub keep: Option<Keep>,
}

/// What counts if the project file and the journal differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The edits of the journal.
    Journal,
    /// The project file.
    File,
}

/// An opened journal with the state of its project.
#[derive(Debug)]
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// The document with all edits that were acknowledged.
    pub project: Project,
    /// What was found.
    pub notes: Vec<Note>,
}

/// The journal of one session.
#[derive(Debug)]
pub struct Journal {
    db: Connection,
    files: Option<Files>,
    head: i64,
    /// The step that the project file has; `None` if it has none of them.
    saved: Option<i64>,
    /// BLAKE3 of the project file as it was last read or written.
    saved_hash: Option<String>,
    /// Number of the last step of all, whether or not it was undone; `None` if it must be read.
    last: Option<i64>,
    /// The step that this session recorded last: its number, its key, and the first step that is
    /// undone together with it.
    recorded: Option<(i64, Option<String>, i64)>,
    /// Steps and bytes since the last snapshot, and its size in bytes.
    since: (usize, usize),
    snapshot_bytes: usize,
}

#[derive(Debug)]
struct Files {
    project: PathBuf,
    backups: PathBuf,
    _lock: Lock,
}

/// Where a project's journal, lock and backups are: `.cutroom/journal/<file name>/` beside it.
pub fn journal_folder(project: &Path) -> PathBuf {
    let file = std::fs::canonicalize(project).unwrap_or_else(|_| project.into());
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.join(".cutroom/journal").join(file.file_name().unwrap_or_default())
}

/// The session that edits a project at the moment, if there is one.
pub fn edited_by(project: &Path) -> Option<Holder> {
    lock::holder(&journal_folder(project).join("lock"))
}

/// The backups of a project file, the oldest first.
///
/// # Errors
/// The folder cannot be listed.
pub fn list_backups(project: &Path) -> std::io::Result<Vec<Backup>> {
    backups::list(&journal_folder(project).join("backups"))
}

impl Journal {
    /// A journal that is gone with the session, which begins with this document.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn in_memory(project: &Project) -> Result<Self, JournalError> {
        let write = |source| JournalError::Write { source };
        let db = Connection::open_in_memory().map_err(write)?;
        store::prepare(&db, false).map_err(write)?;
        let snapshot_bytes = store::add_snapshot(&db, 0, project).map_err(write)?;
        Ok(Self {
            db,
            files: None,
            head: 0,
            saved: Some(0),
            saved_hash: None,
            last: None,
            recorded: None,
            since: (0, 0),
            snapshot_bytes,
        })
    }

    /// Records a step that leads to the document `after`. When this returns, the step is on the disk.
    ///
    /// # Errors
    /// It could not be written; then it is not recorded.
    pub fn record(&mut self, step: &Step, after: &Project) -> Result<(), JournalError> {
        let _span = tracing::info_span!("journal", step = step.label).entered();
        let write = |source| JournalError::Write { source };
        let first = self.joined(step.key.as_deref())?;
        // If anything fails, what the database has is read again next time.
        let last = self.last.take();
        let id = last.map_or_else(|| store::last_step(&self.db), Ok).map_err(write)? + 1;
        let row = store::Row::new(id, self.head, first.unwrap_or(id), step);
        let transaction = self.db.transaction().map_err(write)?;
        store::insert(&transaction, &row).map_err(write)?;
        store::set_meta(&transaction, "head", id).map_err(write)?;
        transaction.commit().map_err(write)?;
        (self.head, self.last) = (id, Some(id));
        self.recorded = Some((id, step.key.clone(), row.first));
        self.since = (self.since.0 + 1, self.since.1 + row.bytes());
        if self.since.0 >= SNAPSHOT_STEPS && self.since.1 >= self.snapshot_bytes / 2 {
            self.snapshot(after);
        }
        Ok(())
    }

    /// The first of the steps that one with this key joins: those at the head, if they have the same.
    fn joined(&self, key: Option<&str>) -> Result<Option<i64>, JournalError> {
        let Some(key) = key.filter(|_| self.head != 0) else { return Ok(None) };
        if let Some((step, known, first)) = &self.recorded
            && *step == self.head
        {
            return Ok(known.as_deref().is_some_and(|known| known == key).then_some(*first));
        }
        let row = store::row(&self.db, self.head)?;
        Ok(row.key.is_some_and(|known| known == key).then_some(row.first))
    }

    /// Stores the present document, so that the next session need not apply many steps. The steps are
    /// on the disk already: if this fails, the next step tries again.
    fn snapshot(&mut self, project: &Project) {
        let taken = store::add_snapshot(&self.db, self.head, project);
        if let Ok(bytes) = taken {
            // Snapshots that stay cost space only.
            let _ = store::prune_snapshots(&self.db);
            (self.since, self.snapshot_bytes) = ((0, 0), bytes);
        }
    }

    /// The state before the last `steps` steps, or as many as there are; `None` if there is none.
    ///
    /// # Errors
    /// The journal cannot be read or written, or the project is not the one that it is about.
    pub fn undo(&mut self, project: &Project, steps: usize) -> Result<Option<Moved>, JournalError> {
        let mut target = self.head;
        let mut labels = Vec::new();
        for _ in 0..steps {
            if target == 0 {
                break;
            }
            let row = store::row(&self.db, target)?;
            target = if row.first == row.id { row.parent } else { store::row(&self.db, row.first)?.parent };
            labels.push(row.label);
        }
        self.moved(project, target, labels)
    }

    /// The state after the next `steps` steps that were undone, or as many as there are; `None` if
    /// there is none.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, project: &Project, steps: usize) -> Result<Option<Moved>, JournalError> {
        let mut target = self.head;
        let mut labels = Vec::new();
        for _ in 0..steps {
            let Some(next) = store::child(&self.db, target)? else { break };
            let first = store::row(&self.db, next)?;
            target = next;
            while let Some(more) = store::child(&self.db, target)? {
                if store::row(&self.db, more)?.first != first.first {
                    break;
                }
                target = more;
            }
            labels.push(first.label);
        }
        self.moved(project, target, labels)
    }

    /// The state at a step, whichever has been done since; 0 is the state in which the journal began.
    ///
    /// # Errors
    /// As [`Self::undo`]; there is no such step.
    pub fn go_to(&mut self, project: &Project, step: i64) -> Result<Moved, JournalError> {
        if step != 0 {
            store::row(&self.db, step)?;
        }
        let stay = || Moved { project: project.clone(), labels: Vec::new(), edits: Vec::new() };
        Ok(self.moved(project, step, Vec::new())?.unwrap_or_else(stay))
    }

    fn moved(&mut self, project: &Project, target: i64, labels: Vec<String>) -> Result<Option<Moved>, JournalError> {
        if target == self.head {
            return Ok(None);
        }
        let edits = self.edits_to(target)?;
        let mut changed = project.clone();
        apply_all(&mut changed, edits.clone())?;
        store::set_meta(&self.db, "head", target).map_err(|source| JournalError::Write { source })?;
        self.head = target;
        self.since.0 += labels.len();
        Ok(Some(Moved { project: changed, labels, edits }))
    }

    /// The edits that lead from the head to a step. A step's number is greater than its parent's, so
    /// that the greater of two is never an ancestor of the other.
    fn edits_to(&self, target: i64) -> Result<Vec<Edit>, JournalError> {
        let (mut from, mut to) = (self.head, target);
        let mut edits = Vec::new();
        let mut forward = Vec::new();
        while from != to {
            if from > to {
                let row = store::row(&self.db, from)?;
                edits.extend(row.edits(true)?);
                from = row.parent;
            } else {
                let row = store::row(&self.db, to)?;
                to = row.parent;
                forward.push(row);
            }
        }
        for row in forward.iter().rev() {
            edits.extend(row.edits(false)?);
        }
        Ok(edits)
    }

    /// Number of the last step of the present document; 0 is the state in which the journal began.
    pub fn head(&self) -> i64 {
        self.head
    }

    /// Whether the document has steps that the project file lacks, or the other way round.
    pub fn is_unsaved(&self) -> bool {
        self.saved != Some(self.head)
    }

    /// The step that the project file has.
    pub fn saved(&self) -> Option<i64> {
        self.saved
    }

    /// Number of steps between what the project file has and the present document.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn unsaved_steps(&self) -> Result<usize, JournalError> {
        let Some(mut to) = self.saved else { return Ok(self.ancestors()?.len()) };
        let (mut from, mut steps) = (self.head, 0);
        while from != to {
            let higher = if from > to { &mut from } else { &mut to };
            *higher = store::row(&self.db, *higher)?.parent;
            steps += 1;
        }
        Ok(steps)
    }

    fn ancestors(&self) -> Result<HashSet<i64>, JournalError> {
        let mut found = HashSet::new();
        let mut at = self.head;
        while at != 0 {
            found.insert(at);
            at = store::row(&self.db, at)?.parent;
        }
        Ok(found)
    }

    /// Writes the project file, the previous one of which is kept as a backup. Writing another file
    /// than the one that was opened does not count as saving.
    ///
    /// # Errors
    /// The file cannot be written; it was changed by another program and `overwrite` is not set.
    pub fn save(&mut self, project: &Project, path: &Path, overwrite: bool) -> Result<(), JournalError> {
        let same =
            |a: &Path, b: &Path| a == b || std::fs::canonicalize(a).is_ok_and(|a| std::fs::canonicalize(b).is_ok_and(|b| a == b));
        let Some(files) = self.files.as_ref().filter(|f| same(&f.project, path)) else {
            file::save(project, path)?;
            if self.files.is_none() {
                self.saved = Some(self.head);
            }
            return Ok(());
        };
        let path = files.project.clone();
        if let Ok(now) = std::fs::read(&path)
            && Some(blake3::hash(&now).to_hex().as_str()) != self.saved_hash.as_deref()
            && !overwrite
        {
            return Err(JournalError::ChangedOutside { path });
        }
        let hash = blake3::hash(file::to_json(project).as_bytes()).to_hex().to_string();
        let write = |source| JournalError::Write { source };
        let transaction = self.db.transaction().map_err(write)?;
        // What is in the file is noted before and after it is written: one of both is true whenever the
        // session ends.
        store::set_meta(&transaction, "saved", self.saved).map_err(write)?;
        store::set_meta(&transaction, "saved_hash", &self.saved_hash).map_err(write)?;
        store::set_meta(&transaction, "saving", self.head).map_err(write)?;
        store::set_meta(&transaction, "saving_hash", &hash).map_err(write)?;
        transaction.commit().map_err(write)?;
        self.keep_backup()?;
        let written = file::save(project, &path);
        // If only syncing failed, the new content is there.
        if written.is_err() && std::fs::read(&path).is_ok_and(|now| blake3::hash(&now).to_hex().as_str() != hash) {
            return Ok(written?);
        }
        // If this cannot be noted, the next session finds it out from what was noted before.
        let _ = self.note_saved(self.head, &hash);
        (self.saved, self.saved_hash) = (Some(self.head), Some(hash));
        Ok(written?)
    }

    fn keep_backup(&self) -> Result<(), JournalError> {
        let Some(files) = &self.files else { return Ok(()) };
        let failed = |source| JournalError::Folder { path: files.backups.clone(), source };
        backups::keep(&files.project, &files.backups, SystemTime::now()).map_err(failed)
    }

    fn note_saved(&mut self, step: i64, hash: &str) -> Result<(), JournalError> {
        self.set_saved(Some(step), Some(hash.to_owned()))
    }

    fn set_saved(&mut self, step: Option<i64>, hash: Option<String>) -> Result<(), JournalError> {
        if (self.saved, &self.saved_hash) == (step, &hash) {
            return Ok(());
        }
        let write = |source| JournalError::Write { source };
        let transaction = self.db.transaction().map_err(write)?;
        store::set_meta(&transaction, "saved", step).map_err(write)?;
        store::set_meta(&transaction, "saved_hash", &hash).map_err(write)?;
        transaction.commit().map_err(write)?;
        (self.saved, self.saved_hash) = (step, hash);
        Ok(())
    }

    /// Names the present state; a name that exists moves here.
    ///
    /// # Errors
    /// It could not be written.
    pub fn name_version(&mut self, name: &str, project: &Project) -> Result<(), JournalError> {
        let write = |source| JournalError::Write { source };
        self.db
            .execute("INSERT OR REPLACE INTO versions(name, step, at) VALUES (?1, ?2, ?3)", (name, self.head, store::now_ms()))
            .map_err(write)?;
        self.snapshot(project);
        Ok(())
    }

    /// The step of a named version.
    ///
    /// # Errors
    /// There is none, or the journal cannot be read.
    pub fn version(&self, name: &str) -> Result<i64, JournalError> {
        let found = self.versions()?.into_iter().find(|(_, names)| names.iter().any(|n| n == name));
        found.map(|(step, _)| step).ok_or_else(|| JournalError::NoSuch { what: format!("version \"{name}\"") })
    }

    /// The last step that was made until a time; 0 if there is none.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn step_at(&self, time: SystemTime) -> Result<i64, JournalError> {
        let ms = i64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
        let found = self.db.query_row("SELECT max(id) FROM steps WHERE at <= ?1", [ms], |r| r.get::<_, Option<i64>>(0));
        Ok(found.map_err(store::read_error)?.unwrap_or(0))
    }

    fn versions(&self) -> Result<BTreeMap<i64, Vec<String>>, JournalError> {
        let read = || -> rusqlite::Result<BTreeMap<i64, Vec<String>>> {
            let mut found: BTreeMap<i64, Vec<String>> = BTreeMap::new();
            let mut statement = self.db.prepare("SELECT step, name FROM versions ORDER BY at, name")?;
            let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
            for row in rows {
                let (step, name) = row?;
                found.entry(step).or_default().push(name);
            }
            Ok(found)
        };
        read().map_err(store::read_error)
    }

    /// The last steps, the newest first, and the state in which the journal began as step 0 if there
    /// is room.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn history(&self, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let (done, mut versions) = (self.ancestors()?, self.versions()?);
        let read = || -> rusqlite::Result<Vec<(i64, i64, i64, String)>> {
            let mut statement = self.db.prepare("SELECT id, parent, at, label FROM steps ORDER BY id DESC LIMIT ?1")?;
            let rows = statement.query_map([limit as i64], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
            rows.collect()
        };
        let mut steps = read().map_err(store::read_error)?;
        if steps.len() < limit {
            let at = self.db.query_row("SELECT at FROM snapshots WHERE step = 0", [], |r| r.get(0)).map_err(store::read_error)?;
            steps.push((0, 0, at, "begun".into()));
        }
        let entry = |(step, parent, at, label): (i64, i64, i64, String)| Entry {
            step,
            parent,
            time: UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0)),
            label,
            is_done: step == 0 || done.contains(&step),
            is_saved: self.saved == Some(step),
            versions: versions.remove(&step).unwrap_or_default(),
        };
        Ok(steps.into_iter().map(entry).collect())
    }

    /// Replaces the document by another one as a step, such as a backup.
    ///
    /// # Errors
    /// It could not be written, or cannot be expressed by edits.
    pub fn replace(&mut self, label: &str, from: &Project, to: &Project) -> Result<Vec<Edit>, JournalError> {
        let (edits, inverse) = diff::diff(from, to)?;
        let step = Step { label: label.into(), key: None, edits, inverse };
        self.record(&step, to)?;
        Ok(step.edits)
    }

    /// Ends a session in order: the next one opens without applying many steps. Nothing depends on it.
    pub fn close(&mut self, project: &Project) {
        if self.files.is_some() && self.since.0 > 0 {
            self.snapshot(project);
        }
    }
}

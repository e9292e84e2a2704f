//! The tables of a journal.
//!
//! `steps` is a tree: each step names the one before it, and the document is at the `head`. Undo moves
//! the head to the parent, redo to the youngest child, so that a step is never deleted and the whole
//! history of the document stays. Rows carry a check sum, since SQLite has none for its pages.
use super::{JournalError, Step};
use crate::{Edit, Project, apply_all};
use rusqlite::{Connection, OptionalExtension, params};
use std::time::{SystemTime, UNIX_EPOCH};

/// Version of the tables.
pub(super) const FORMAT: i64 = 1;

/// A step as it is stored.
pub(super) struct Row {
    pub id: i64,
    pub parent: i64,
    /// The first of the steps that are undone together.
    pub first: i64,
    pub label: String,
    pub key: Option<String>,
    edits: String,
    inverse: String,
}

impl Row {
    pub fn new(id: i64, parent: i64, first: i64, step: &Step) -> Self {
        // Edits are written as the document is, which cannot fail: see `to_json`.
        let text = |edits: &[Edit]| serde_json::to_string(edits).unwrap_or_default();
        let (edits, inverse) = (text(&step.edits), text(&step.inverse));
        Self { id, parent, first, label: step.label.clone(), key: step.key.clone(), edits, inverse }
    }

    /// Bytes of its edits.
    pub fn bytes(&self) -> usize {
        self.edits.len() + self.inverse.len()
    }

    fn sum(&self) -> [u8; 16] {
        let mut hash = blake3::Hasher::new();
        for number in [self.id, self.parent, self.first] {
            hash.update(&number.to_le_bytes());
        }
        for text in [&self.label, self.key.as_ref().unwrap_or(&String::new()), &self.edits, &self.inverse] {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        half(hash.finalize())
    }

    /// The edits, or their inverses.
    pub fn edits(&self, back: bool) -> Result<Vec<Edit>, JournalError> {
        let text = if back { &self.inverse } else { &self.edits };
        serde_json::from_str(text).map_err(|e| JournalError::Damaged { step: self.id, reason: e.to_string() })
    }
}

fn half(hash: blake3::Hash) -> [u8; 16] {
    let mut sum = [0; 16];
    sum.copy_from_slice(&hash.as_bytes()[..16]);
    sum
}

pub(super) fn read_error(source: rusqlite::Error) -> JournalError {
    JournalError::Read { source }
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// Makes the tables where they are missing. Returns the version of tables that are newer than this
/// program.
pub(super) fn prepare(db: &Connection, durable: bool) -> rusqlite::Result<Option<i64>> {
    if durable {
        // A commit returns once the log is on the disk.
        db.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "fullfsync", true)?;
    }
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > FORMAT {
        return Ok(Some(version));
    }
    db.execute_batch(&format!(
        "BEGIN;
        CREATE TABLE IF NOT EXISTS steps(id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, first INTEGER NOT NULL,
            at INTEGER NOT NULL, label TEXT NOT NULL, key TEXT, edits TEXT NOT NULL, inverse TEXT NOT NULL, sum BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS steps_parent ON steps(parent);
        CREATE TABLE IF NOT EXISTS snapshots(step INTEGER PRIMARY KEY, at INTEGER NOT NULL, document TEXT NOT NULL, sum BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS versions(name TEXT PRIMARY KEY, step INTEGER NOT NULL, at INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        PRAGMA user_version = {FORMAT};
        COMMIT;"
    ))?;
    Ok(None)
}

pub(super) fn meta<T: rusqlite::types::FromSql>(db: &Connection, name: &str) -> rusqlite::Result<Option<T>> {
    let found = db.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get::<_, Option<T>>(0)).optional()?;
    Ok(found.flatten())
}

pub(super) fn set_meta(db: &Connection, name: &str, value: impl rusqlite::ToSql) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached("INSERT OR REPLACE INTO meta(name, value) VALUES (?1, ?2)")?;
    statement.execute(params![name, value]).map(drop)
}

pub(super) fn insert(db: &Connection, row: &Row) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT INTO steps(id, parent, first, at, label, key, edits, inverse, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let sum = row.sum();
    statement
        .execute(params![row.id, row.parent, row.first, now_ms(), row.label, row.key, row.edits, row.inverse, &sum[..]])
        .map(drop)
}

/// A step; `NoSuch` if it does not exist.
pub(super) fn row(db: &Connection, id: i64) -> Result<Row, JournalError> {
    let mut statement =
        db.prepare_cached("SELECT parent, first, label, key, edits, inverse, sum FROM steps WHERE id = ?1").map_err(read_error)?;
    let found = statement
        .query_row([id], |r| {
            let row = Row {
                id,
                parent: r.get(0)?,
                first: r.get(1)?,
                label: r.get(2)?,
                key: r.get(3)?,
                edits: r.get(4)?,
                inverse: r.get(5)?,
            };
            Ok((row, r.get::<_, Vec<u8>>(6)?))
        })
        .optional()
        .map_err(read_error)?;
    let (row, sum) = found.ok_or_else(|| JournalError::NoSuch { what: format!("step {id}") })?;
    if sum != row.sum() || row.parent >= id || row.parent < 0 || row.first > id {
        return Err(JournalError::Damaged { step: id, reason: "its check sum is wrong".into() });
    }
    Ok(row)
}

/// The youngest step after this one.
pub(super) fn child(db: &Connection, id: i64) -> Result<Option<i64>, JournalError> {
    let mut statement = db.prepare_cached("SELECT max(id) FROM steps WHERE parent = ?1").map_err(read_error)?;
    statement.query_row([id], |r| r.get(0)).map_err(read_error)
}

pub(super) fn last_step(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT max(id) FROM steps", [], |r| r.get::<_, Option<i64>>(0)).map(Option::unwrap_or_default)
}

/// Stores a document; returns its length in bytes.
pub(super) fn add_snapshot(db: &Connection, step: i64, project: &Project) -> rusqlite::Result<usize> {
    let document = serde_json::to_string(project).unwrap_or_default();
    let sum = half(blake3::hash(document.as_bytes()));
    db.execute(
        "INSERT OR REPLACE INTO snapshots(step, at, document, sum) VALUES (?1, ?2, ?3, ?4)",
        params![step, now_ms(), document, &sum[..]],
    )?;
    Ok(document.len())
}

/// Removes snapshots but the first, the youngest four and those of versions.
pub(super) fn prune_snapshots(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM snapshots WHERE step > 0 AND step NOT IN (SELECT step FROM snapshots ORDER BY step DESC LIMIT 4)
            AND step NOT IN (SELECT step FROM versions)",
        [],
    )
    .map(drop)
}

/// The document at a snapshot; `None` if there is none or it is damaged.
fn snapshot(db: &Connection, step: i64) -> Result<Option<Project>, JournalError> {
    let found: Option<(String, Vec<u8>)> = db
        .query_row("SELECT document, sum FROM snapshots WHERE step = ?1", [step], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()
        .map_err(read_error)?;
    let good = found.filter(|(document, sum)| *sum == half(blake3::hash(document.as_bytes())));
    Ok(good.and_then(|(document, _)| crate::from_json(&document).ok()))
}

/// The document at a step.
pub(super) fn document(db: &Connection, step: i64) -> Result<Project, JournalError> {
    let mut path = Vec::new();
    let mut at = step;
    let mut project = loop {
        if let Some(project) = snapshot(db, at)? {
            break project;
        }
        if at == 0 {
            return Err(JournalError::Damaged { step: 0, reason: "there is no snapshot before it".into() });
        }
        let row = row(db, at)?;
        at = row.parent;
        path.push(row);
    };
    for row in path.iter().rev() {
        apply_all(&mut project, row.edits(false)?)?;
    }
    Ok(project)
}

/// What can be read of a damaged journal: the last document that can be restored, the step that it is
/// at, and the step that should have been.
pub(super) fn salvage(db: &Connection) -> Option<(Project, i64, i64)> {
    let head = meta(db, "head").ok().flatten().or_else(|| last_step(db).ok())?;
    if let Ok(project) = document(db, head) {
        return Some((project, head, head));
    }
    let steps = || -> rusqlite::Result<Vec<i64>> {
        db.prepare("SELECT step FROM snapshots ORDER BY step DESC")?.query_map([], |r| r.get(0))?.collect()
    };
    // Without an index of snapshots the first one is left.
    for start in steps().unwrap_or_else(|_| vec![0]) {
        let Ok(Some(mut project)) = snapshot(db, start) else { continue };
        let mut at = start;
        while let Ok(Some(next)) = child(db, at) {
            let mut apply = || Ok::<_, JournalError>(apply_all(&mut project, row(db, next)?.edits(false)?)?);
            if next > head || apply().is_err() {
                break;
            }
            at = next;
        }
        return Some((project, at, head));
    }
    None
}

//! Entries on disk: `FOLDER/KIND/xx/…`, named by their keys. Several processes may use a folder at the
//! same time: a file appears complete or not at all, under a name that says what is in it.
//!
//! Nothing is synced to the disk. After a crash a file may be truncated or hold anything; it is found
//! by its checksum, removed, and made again. When an entry was used last is its file's time of
//! modification, because many file systems do not keep the time of access.
use crate::{
    Key,
    entry::{HEADER_BYTES, HIDDEN, header, payload},
    folder::{self, BUDGET_VARIABLE, DEFAULT_BUDGET_BYTES, MAX_AGE, parse_bytes},
    usage::{self, Usage},
};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

/// A file that is being written for longer was left by a process that was killed.
const LEFT_AFTER: Duration = Duration::from_secs(3600);
/// The store prunes itself when it has not been pruned for so long, or is over its budget.
const PRUNE_AFTER: Duration = Duration::from_secs(3600);

/// How much a store may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files.
    pub budget_bytes: u64,
    /// Entries that were not used for longer are removed.
    pub max_age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { budget_bytes: DEFAULT_BUDGET_BYTES, max_age: MAX_AGE }
    }
}

/// A store of entries on disk.
pub struct Store {
    /// The folder; an error says why there is none.
    folder: Result<PathBuf, String>,
    limits: Limits,
    /// What is odd about the settings, in words.
    remarks: Vec<String>,
    /// Why the last entry could not be written, and how many bytes the store holds.
    writing: Mutex<Writing>,
}

#[derive(Default)]
struct Writing {
    failed: Option<String>,
    /// `None` until the first entry is written.
    bytes: Option<u64>,
}

/// Which entries to remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only those that were not used for longer; zero: all.
    pub older_than: Option<Duration>,
}

/// What pruning removed and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Entries removed.
    pub removed: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// Entries left.
    pub left: u64,
    /// Their bytes.
    pub left_bytes: u64,
}

/// Result of checking all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries that are whole.
    pub good: u64,
    /// Entries that were damaged and have been removed.
    pub removed: u64,
    /// Files in the folder that are not the store's; they are left alone.
    pub foreign: u64,
}

/// The entries of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindState {
    /// The kind.
    pub kind: String,
    /// Number of entries.
    pub entries: u64,
    /// Bytes of their files.
    pub bytes: u64,
}

/// What a store holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreState {
    /// By kind, sorted.
    pub kinds: Vec<KindState>,
    /// When the entry was used that was not used for longest.
    pub oldest: Option<SystemTime>,
}

struct Entry {
    path: PathBuf,
    kind: String,
    key: Key,
    bytes: u64,
    used: SystemTime,
}

/// Everything in the folder.
#[derive(Default)]
struct Listed {
    entries: Vec<Entry>,
    /// Files being written, with their times.
    hidden: Vec<(PathBuf, SystemTime)>,
    foreign: u64,
}

impl Store {
    /// A store in a folder, which is created when the first entry is written.
    pub fn new(folder: &Path, limits: Limits) -> Self {
        Self { folder: Ok(folder.to_owned()), limits, remarks: Vec::new(), writing: Mutex::default() }
    }

    /// A store that holds nothing. `why`: the reason, in words.
    pub fn none(why: &str) -> Self {
        Self { folder: Err(why.to_owned()), limits: Limits::default(), remarks: Vec::new(), writing: Mutex::default() }
    }

    /// The store that the environment names.
    pub fn from_environment() -> Self {
        let (mut limits, mut remarks) = (Limits::default(), Vec::new());
        if let Some(text) = std::env::var_os(BUDGET_VARIABLE).filter(|v| !v.is_empty()) {
            match text.to_str().and_then(parse_bytes) {
                Some(bytes) => limits.budget_bytes = bytes,
                None => remarks.push(format!(
                    "{BUDGET_VARIABLE} is \"{}\", which is no number of bytes such as 500M or 20G; the budget is 20 GiB",
                    text.to_string_lossy()
                )),
            }
        }
        Self { folder: folder::folder(|name| std::env::var_os(name)), limits, remarks, writing: Mutex::default() }
    }

    /// The folder.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn folder(&self) -> Result<&Path, &str> {
        self.folder.as_deref().map_err(String::as_str)
    }

    /// How much it may hold.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What does not work, in words: there is no folder, it cannot be written, settings are odd.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.remarks.clone();
        match &self.folder {
            Err(why) => remarks.push(format!("there is no cache on disk: {why}")),
            Ok(folder) => {
                let tried = self.writing().failed.clone().map_or_else(|| can_write(folder), Err);
                remarks.extend(tried.err().map(|why| format!("{}: the cache cannot be written: {why}", folder.display())));
            }
        }
        remarks
    }

    /// The payload of an entry, which is used by this. A damaged file is removed.
    pub fn get(&self, kind: &str, key: Key) -> Option<Vec<u8>> {
        let path = self.path(kind, key)?;
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::new();
        // More than this does not fit the budget, and is none of ours.
        let limit = self.limits.budget_bytes.saturating_add(HEADER_BYTES as u64);
        (&mut file).take(limit).read_to_end(&mut bytes).ok()?;
        let Some(payload) = payload(kind, key, bytes) else {
            // If it cannot be removed, it is replaced when it is made again.
            let _ = fs::remove_file(&path);
            return None;
        };
        // A folder that cannot be written keeps the old order.
        let _ = file.set_modified(SystemTime::now());
        Some(payload)
    }

    /// Adds or replaces an entry, if it fits. Nothing fails: an entry that cannot be written is made
    /// again the next time, and [`Self::remarks`] says why.
    pub fn put(&self, kind: &str, key: Key, payload: &[u8]) {
        let (Ok(folder), Some(path)) = (&self.folder, self.path(kind, key)) else { return };
        let size = (HEADER_BYTES + payload.len()) as u64;
        if size > self.limits.budget_bytes {
            return;
        }
        let mut writing = self.writing();
        let written = self.make_room(folder, &mut writing, size).and_then(|()| write(&path, kind, key, payload));
        match written.and_then(|()| Usage::of(folder).add(size)) {
            Ok(()) => {
                writing.failed = None;
                writing.bytes = writing.bytes.map(|b| b + size);
            }
            Err(e) => writing.failed = Some(e.to_string()),
        }
    }

    /// Prunes if the store has not been pruned for long, or has no room for `size` bytes.
    fn make_room(&self, folder: &Path, writing: &mut Writing, size: u64) -> io::Result<()> {
        let usage = Usage::of(folder);
        let counted = usage.read().filter(|c| c.pruned.elapsed().is_ok_and(|e| e < PRUNE_AFTER));
        let held = counted.map(|c| c.bytes).max(writing.bytes.filter(|_| counted.is_some()));
        if held.is_some_and(|held| held + size <= self.limits.budget_bytes) {
            writing.bytes = held;
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        // A tenth more, so that not every new entry prunes again.
        let slack = if held.is_some() { self.limits.budget_bytes / 10 } else { 0 };
        let left = self.prune_to(self.limits.budget_bytes.saturating_sub(size.saturating_add(slack)), &Selection::default());
        writing.bytes = Some(left.left_bytes);
        Ok(())
    }

    /// Removes entries that are too old, and then those that were not used for longest until the rest is
    /// within the budget.
    pub fn prune(&self) -> Pruned {
        self.prune_to(self.limits.budget_bytes, &Selection::default())
    }

    /// Removes the selected entries.
    pub fn remove(&self, selection: &Selection) -> Pruned {
        self.prune_to(u64::MAX, &Selection { older_than: Some(selection.older_than.unwrap_or_default()), ..selection.clone() })
    }

    fn prune_to(&self, budget: u64, selection: &Selection) -> Pruned {
        let Ok(folder) = &self.folder else { return Pruned::default() };
        let mut listed = list(folder);
        let now = SystemTime::now();
        let age = |time: SystemTime| now.duration_since(time).unwrap_or_default();
        for (path, _) in listed.hidden.iter().filter(|(_, time)| age(*time) > LEFT_AFTER) {
            let _ = fs::remove_file(path);
        }
        listed.entries.sort_by(|a, b| (b.used, &b.path).cmp(&(a.used, &a.path)));
        let (mut pruned, mut full) = (Pruned::default(), false);
        for entry in listed.entries {
            let selected = match selection.older_than {
                Some(limit) => selection.kind.as_ref().is_none_or(|k| *k == entry.kind) && age(entry.used) >= limit,
                None => age(entry.used) > self.limits.max_age,
            };
            full |= !selected && pruned.left_bytes + entry.bytes > budget;
            // One that another process removed first is gone as well.
            if (selected || full) && fs::remove_file(&entry.path).map_or_else(|e| e.kind() == io::ErrorKind::NotFound, |()| true) {
                pruned.removed += 1;
                pruned.removed_bytes += entry.bytes;
            } else {
                pruned.left += 1;
                pruned.left_bytes += entry.bytes;
            }
        }
        if folder.is_dir() {
            // Without it the store is listed again before the next entry.
            let _ = Usage::of(folder).reset(pruned.left_bytes);
        }
        pruned
    }

    /// Reads every file, and removes those that are damaged.
    pub fn verify(&self) -> Verified {
        let Ok(folder) = &self.folder else { return Verified::default() };
        let listed = list(folder);
        let mut verified = Verified { foreign: listed.foreign, ..Verified::default() };
        for entry in listed.entries {
            let bytes = match fs::read(&entry.path) {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(_) => Vec::new(),
            };
            if payload(&entry.kind, entry.key, bytes).is_some() {
                verified.good += 1;
            } else if fs::remove_file(&entry.path).is_ok() {
                verified.removed += 1;
            }
        }
        verified
    }

    /// What it holds.
    pub fn state(&self) -> StoreState {
        let Ok(folder) = &self.folder else { return StoreState::default() };
        let listed = list(folder);
        let oldest = listed.entries.iter().map(|e| e.used).min();
        let mut kinds = BTreeMap::<String, (u64, u64)>::new();
        for entry in listed.entries {
            let (entries, bytes) = kinds.entry(entry.kind).or_default();
            *entries += 1;
            *bytes += entry.bytes;
        }
        let kinds = kinds.into_iter().map(|(kind, (entries, bytes))| KindState { kind, entries, bytes }).collect();
        StoreState { kinds, oldest }
    }

    fn path(&self, kind: &str, key: Key) -> Option<PathBuf> {
        debug_assert!(is_kind(kind), "{kind}");
        let name = key.to_string();
        Some(self.folder.as_ref().ok()?.join(kind).join(&name[..2]).join(&name[2..]))
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a file completely or not at all.
fn write(path: &Path, kind: &str, key: Key, payload: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new().prefix(HIDDEN).tempfile_in(folder)?;
    new.write_all(&header(kind, key, payload))?;
    new.write_all(payload)?;
    new.as_file().set_modified(SystemTime::now())?;
    new.persist(path).map_err(|e| e.error).map(|_| ())
}

/// Tries whether files can be created in a folder, or in the nearest one above it that exists.
fn can_write(folder: &Path) -> Result<(), String> {
    let existing = folder.ancestors().find(|f| f.exists() && !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(HIDDEN).tempfile_in(existing).map(drop).map_err(|e| e.kind().to_string())
}

/// Whether a folder of this name holds entries.
fn is_kind(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// The folders and files in a folder, with their names; nothing if it cannot be listed.
fn children(folder: &Path) -> impl Iterator<Item = (String, PathBuf, fs::Metadata)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|e| Some((e.file_name().to_string_lossy().into_owned(), e.path(), e.metadata().ok()?)))
}

fn list(folder: &Path) -> Listed {
    let mut listed = Listed::default();
    let file = |listed: &mut Listed, name: &str, path: PathBuf, meta: &fs::Metadata| match meta.modified() {
        Ok(time) if name.starts_with(HIDDEN) && meta.is_file() => listed.hidden.push((path, time)),
        _ => listed.foreign += 1,
    };
    for (kind, path, meta) in children(folder) {
        if kind == usage::NAME {
            continue;
        }
        if !meta.is_dir() || !is_kind(&kind) {
            file(&mut listed, &kind, path, &meta);
            continue;
        }
        for (first, path, meta) in children(&path) {
            if !meta.is_dir() || first.len() != 2 {
                file(&mut listed, &first, path, &meta);
                continue;
            }
            for (rest, path, meta) in children(&path) {
                let hash = blake3::Hash::from_hex(format!("{first}{rest}")).ok();
                match (hash, meta.modified()) {
                    (Some(hash), Ok(used)) if meta.is_file() && hash.to_hex()[2..] == rest => {
                        listed.entries.push(Entry { path, kind: kind.clone(), key: Key(hash.into()), bytes: meta.len(), used })
                    }
                    _ => file(&mut listed, &rest, path, &meta),
                }
            }
        }
    }
    listed
}

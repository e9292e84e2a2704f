//! The folder of an export in progress, beside its output: finished parts with their manifests, so that an
//! export that was stopped goes on where it was.
//!
//! ```text
//! .film.mp4.cutroom-export/
//!   plan.json              what is exported: request, document, hash of the plan, segments
//!   lock                   held by the process that exports
//!   segment-00003.packets  a finished segment, and
//!   segment-00003.json     its manifest, which is written last
//!   farm.json, logs/       what a farm was given, and what its tasks print
//! ```
//!
//! Every file is written under a temporary name, synced and renamed. A part counts as finished when its
//! manifest names this plan and its file has the size in it; its hash is checked when it is read.
use crate::ExportError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const PLAN: &str = "plan.json";
const LOCK: &str = "lock";
const FARM: &str = "farm.json";
/// The folder of what tasks of farms print, inside of an export's folder.
pub const LOGS: &str = "logs";
/// Marks the names of files in progress; machine and number of their process are before it.
const IN_PROGRESS: &str = ".tmp";
/// Files in progress of a farm that are older than this are left over.
const TASKS_LAST: Duration = Duration::from_secs(6 * 3600);
/// Endings of files that a part may have beside its packets and its manifest: hashes of pictures, and what
/// encoders write in their first pass.
const BESIDE: &[&str] = &["hashes", "stats", "stats.mbtree", "stats.cutree"];

/// A part of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartId {
    /// First pass over a segment, which only measures it.
    Measure(usize),
    /// The pictures of a segment.
    Segment(usize),
    /// The sound of the film.
    Sound,
}

impl PartId {
    /// The name of its files, without an ending.
    pub fn name(self) -> String {
        match self {
            Self::Measure(n) => format!("measured-{n:05}"),
            Self::Segment(n) => format!("segment-{n:05}"),
            Self::Sound => "sound".into(),
        }
    }
}

/// The folder of an export, for a process that works on it.
#[derive(Debug)]
pub struct ExportFolder {
    path: PathBuf,
    plan: String,
    // Unlocks when it is closed. Without one, others work on the same export.
    lock: Option<File>,
}

/// What is stored of a part. `F`: facts about it that the report of the export needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest<F> {
    /// The part.
    pub part: PartId,
    /// Hash of the plan that it belongs to.
    pub plan: String,
    /// Size of its file in bytes.
    pub bytes: u64,
    /// What was reported when it was made.
    pub facts: F,
}

/// The folder of the export to `output`: beside the file itself, if that is a link.
pub fn folder_of(output: &Path) -> PathBuf {
    let output = output.canonicalize().unwrap_or_else(|_| output.to_owned());
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    // File names are limited to 255 bytes.
    let name: String = name.chars().take(60).collect();
    output.with_file_name(format!(".{name}.cutroom-export"))
}

impl ExportFolder {
    /// Opens or makes the folder for a plan of hash `plan`, whose description is `stored`. Parts of other
    /// plans, and what processes left unfinished, are removed.
    ///
    /// # Errors
    /// [`ExportError::Busy`] while another process exports to the same output; [`ExportError::Folder`].
    pub fn open(path: &Path, plan: &str, stored: &impl Serialize) -> Result<Self, ExportError> {
        LockedFolder::lock(path)?.open(plan, stored)
    }

    /// As [`Self::open`], once it is locked.
    fn opened(path: &Path, lock: File, plan: &str, stored: &impl Serialize) -> Result<Self, ExportError> {
        let failed = failed(path);
        let folder = Self { path: path.to_owned(), plan: plan.to_owned(), lock: Some(lock) };
        let of_farm = folder.is_plan_of(FARM);
        for entry in fs::read_dir(path).map_err(&failed)? {
            let entry = entry.map_err(&failed)?.path();
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let stays = match &*name {
                LOCK | PLAN => true,
                FARM | LOGS => of_farm,
                // What other file systems keep of open files.
                other if other.starts_with(".nfs") => true,
                other => folder.is_of_plan(other) || of_farm && is_recent(&entry),
            };
            if !stays {
                let removed = if entry.is_dir() { fs::remove_dir_all(&entry) } else { fs::remove_file(&entry) };
                match removed {
                    // Another process has just given it its name.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    other => other.map_err(&failed)?,
                }
            }
        }
        folder.write(PLAN, &serde_json::to_vec_pretty(stored).map_err(|e| failed(e.into()))?)?;
        Ok(folder)
    }

    /// The folder for a process that makes some of its parts while others make others: it is not locked, and
    /// nothing is removed.
    ///
    /// # Errors
    /// [`ExportError::Gone`] if it is not there, or has another plan by now.
    pub fn beside_others(path: &Path, plan: &str) -> Result<Self, ExportError> {
        let folder = Self { path: path.to_owned(), plan: plan.to_owned(), lock: None };
        if folder.is_plan_of(PLAN) { Ok(folder) } else { Err(ExportError::Gone { folder: path.to_owned() }) }
    }

    /// Whether a file of the folder says that it is about this plan.
    fn is_plan_of(&self, name: &str) -> bool {
        let text = fs::read(self.path.join(name)).unwrap_or_default();
        serde_json::from_slice::<serde_json::Value>(&text).is_ok_and(|stored| stored["plan"] == *self.plan)
    }

    /// Stores what a farm was given; it has the hash of the plan as `plan`.
    ///
    /// # Errors
    /// [`ExportError::Folder`].
    pub fn store_farm(&self, farm: &impl Serialize) -> Result<(), ExportError> {
        self.write(FARM, &serde_json::to_vec_pretty(farm).map_err(|e| failed(&self.path)(e.into()))?)
    }

    /// Whether a file is one of a part of this plan that is finished.
    fn is_of_plan(&self, name: &str) -> bool {
        let Some((stem, ending)) = name.split_once('.') else { return false };
        let manifest = fs::read(self.path.join(format!("{stem}.json"))).ok();
        let manifest = manifest.and_then(|text| serde_json::from_slice::<Manifest<serde_json::Value>>(&text).ok());
        let Some(manifest) = manifest.filter(|m| m.plan == self.plan && m.part.name() == stem) else { return false };
        match ending {
            "json" => fs::metadata(self.path.join(format!("{stem}.packets"))).is_ok_and(|file| file.len() == manifest.bytes),
            "packets" => fs::metadata(self.path.join(name)).is_ok_and(|file| file.len() == manifest.bytes),
            ending => BESIDE.contains(&ending),
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is known of a part if it is finished.
    pub fn finished<F: DeserializeOwned>(&self, part: PartId) -> Option<F> {
        finished(&self.path, &self.plan, part)
    }

    /// Removes a part, so that it is made again.
    pub fn discard(&self, part: PartId) {
        // The manifest first: without it the part does not count.
        for ending in ["json", "packets"].iter().chain(BESIDE) {
            let _ = fs::remove_file(self.path.join(format!("{}.{ending}", part.name())));
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        write_whole(&self.path.join(name), bytes).map_err(failed(&self.path))
    }

    /// Forgets what a farm was given.
    pub fn forget_farm(&self) {
        let _ = fs::remove_file(self.path.join(FARM));
    }

    /// Removes what one process of this machine left unfinished.
    pub fn sweep_of(&self, process: u32) {
        self.remove_marked(&format!(".{}-", of_process(process)));
    }

    /// Removes files whose names have a mark in them.
    fn remove_marked(&self, mark: &str) {
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().contains(mark) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Removes the folder with all parts.
    ///
    /// # Errors
    /// [`ExportError::Folder`].
    pub fn remove(self) -> Result<(), ExportError> {
        remove(&self.path, self.lock)
    }

    /// Ends the export: keeps finished parts for the next one, and removes the folder if there are none.
    /// Returns the number of segments that are kept. Where others work too, nothing is removed.
    pub fn close(self) -> usize {
        let kept = segments_finished(&self.path, &self.plan);
        if self.lock.is_none() || self.path.join(FARM).exists() {
            return kept;
        }
        self.remove_marked(IN_PROGRESS);
        if kept == 0 {
            let _ = remove(&self.path, self.lock);
        }
        kept
    }
}

/// Removes the folder of an export that nobody works on.
///
/// # Errors
/// [`ExportError::Busy`], [`ExportError::Folder`].
pub fn clean(path: &Path) -> Result<(), ExportError> {
    let lock = lock(path)?;
    remove(path, Some(lock))
}

fn remove(path: &Path, lock: Option<File>) -> Result<(), ExportError> {
    // These first: what is left of a removal that was interrupted belongs to no plan and to no farm.
    let _ = fs::remove_file(path.join(FARM));
    let _ = fs::remove_file(path.join(PLAN));
    // Some file systems keep what is open.
    drop(lock);
    fs::remove_dir_all(path).map_err(failed(path))
}

/// A folder that is locked and otherwise as it was found.
#[derive(Debug)]
pub struct LockedFolder {
    path: PathBuf,
    lock: File,
}

impl LockedFolder {
    /// Makes the folder if it is not there, and locks it.
    ///
    /// # Errors
    /// As [`ExportFolder::open`].
    pub fn lock(path: &Path) -> Result<Self, ExportError> {
        fs::create_dir_all(path).map_err(failed(path))?;
        Ok(Self { path: path.to_owned(), lock: lock(path)? })
    }

    /// As [`ExportFolder::store_farm`].
    ///
    /// # Errors
    /// [`ExportError::Folder`].
    pub fn store_farm(&self, farm: &impl Serialize) -> Result<(), ExportError> {
        let text = serde_json::to_vec_pretty(farm).map_err(|e| failed(&self.path)(e.into()))?;
        write_whole(&self.path.join(FARM), &text).map_err(failed(&self.path))
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// [`ExportError::Folder`].
    pub fn remove(self) -> Result<(), ExportError> {
        remove(&self.path, Some(self.lock))
    }

    /// As [`ExportFolder::open`].
    ///
    /// # Errors
    /// [`ExportError::Folder`].
    pub fn open(self, plan: &str, stored: &impl Serialize) -> Result<ExportFolder, ExportError> {
        ExportFolder::opened(&self.path, self.lock, plan, stored)
    }
}

/// Whether a file was written in the last hours: tasks of a farm may be at it.
fn is_recent(file: &Path) -> bool {
    let changed = fs::metadata(file).and_then(|m| m.modified()).ok();
    changed.is_some_and(|at| at.elapsed().is_ok_and(|age| age < TASKS_LAST))
}

/// What is stored of an export that was stopped, and whether a process works on it now; `None` if there is
/// nothing.
///
/// # Errors
/// [`ExportError::Folder`] if it cannot be read.
pub fn stored<S: DeserializeOwned>(path: &Path) -> Result<Option<(S, bool)>, ExportError> {
    let Some(stored) = read(path, PLAN)? else { return Ok(None) };
    let busy = matches!(lock(path), Err(ExportError::Busy { .. }));
    Ok(Some((stored, busy)))
}

/// What [`ExportFolder::store_farm`] has stored; `None` if there is nothing.
///
/// # Errors
/// [`ExportError::Folder`] if it cannot be read.
pub fn stored_farm<S: DeserializeOwned>(path: &Path) -> Result<Option<S>, ExportError> {
    read(path, FARM)
}

fn read<S: DeserializeOwned>(path: &Path, name: &str) -> Result<Option<S>, ExportError> {
    match fs::read(path.join(name)) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|e| failed(path)(e.into())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed(path)(e)),
    }
}

/// What is known of a part if it is finished.
pub fn finished<F: DeserializeOwned>(folder: &Path, plan: &str, part: PartId) -> Option<F> {
    let text = fs::read(folder.join(format!("{}.json", part.name()))).ok()?;
    let manifest: Manifest<F> = serde_json::from_slice(&text).ok()?;
    let file = fs::metadata(folder.join(format!("{}.packets", part.name()))).ok()?;
    (manifest.part == part && manifest.plan == plan && manifest.bytes == file.len()).then_some(manifest.facts)
}

/// Number of finished segments of a plan.
pub fn segments_finished(folder: &Path, plan: &str) -> usize {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let numbers = names.filter_map(|name| name.strip_prefix("segment-")?.strip_suffix(".json")?.parse().ok());
    numbers.filter(|n| finished::<serde_json::Value>(folder, plan, PartId::Segment(*n)).is_some()).count()
}

/// The files of a part that is being made by this process; dropped before [`PartFiles::publish`], they are
/// removed.
#[derive(Debug)]
pub struct PartFiles {
    folder: PathBuf,
    part: PartId,
}

impl PartFiles {
    /// The files of a part in a folder.
    pub fn new(folder: &Path, part: PartId) -> Self {
        Self { folder: folder.to_owned(), part }
    }

    fn name(&self, ending: &str, finished: bool) -> PathBuf {
        let temporary = if finished { String::new() } else { format!("{}{IN_PROGRESS}.", of_this_process()) };
        self.folder.join(format!("{}.{temporary}{ending}", self.part.name()))
    }

    /// The path that names of statistics begin like.
    pub fn statistics(&self) -> PathBuf {
        self.name("stats", false)
    }

    /// The folder of the export.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path to write packets to.
    pub fn packets(&self) -> PathBuf {
        self.name("packets", false)
    }

    /// The path to write hashes of pictures to.
    pub fn hashes(&self) -> PathBuf {
        self.name("hashes", false)
    }

    /// Gives the files, which are synced, their names, and then writes the manifest.
    ///
    /// # Errors
    /// [`ExportError::Folder`].
    pub fn publish(self, plan: &str, facts: &impl Serialize) -> Result<(), ExportError> {
        let failed = failed(&self.folder);
        let packets = self.packets();
        let bytes = fs::metadata(&packets).map_err(&failed)?.len();
        fs::rename(&packets, self.name("packets", true)).map_err(&failed)?;
        for ending in BESIDE {
            let file = self.name(ending, false);
            if file.exists() {
                File::open(&file).and_then(|f| f.sync_all()).map_err(&failed)?;
                fs::rename(file, self.name(ending, true)).map_err(&failed)?;
            }
        }
        let manifest = Manifest { part: self.part, plan: plan.to_owned(), bytes, facts };
        let text = serde_json::to_vec_pretty(&manifest).map_err(|e| failed(e.into()))?;
        write_whole(&self.name("json", true), &text).map_err(&failed)
    }
}

impl Drop for PartFiles {
    fn drop(&mut self) {
        let ours = self.name("", false);
        let ours = ours.file_name().unwrap_or_default().to_string_lossy();
        // Encoders have temporary files of their own.
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&*ours) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Path of a finished part's packets.
pub fn packets_of(folder: &Path, part: PartId) -> PathBuf {
    folder.join(format!("{}.packets", part.name()))
}

/// The path that names of a finished part's statistics begin like.
pub fn statistics_of(folder: &Path, part: PartId) -> PathBuf {
    folder.join(format!("{}.stats", part.name()))
}

/// Path of the hashes of a finished segment's pictures.
pub fn hashes_of(folder: &Path, part: PartId) -> PathBuf {
    folder.join(format!("{}.hashes", part.name()))
}

/// What names of files in progress have of a process: machines that share a folder may have processes of the
/// same number.
fn of_process(number: u32) -> String {
    format!("{}-{number}", machine())
}

/// The name of this machine: letters, digits and `-`.
pub fn machine() -> &'static str {
    static MACHINE: OnceLock<String> = OnceLock::new();
    MACHINE.get_or_init(|| {
        #[cfg(unix)]
        let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
        #[cfg(not(unix))]
        let name = std::env::var("COMPUTERNAME").unwrap_or_default();
        name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect()
    })
}

/// As [`of_process`], with the time of its beginning: containers begin with the same numbers, and a later one
/// may have the name of the one before.
fn of_this_process() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("{}-{:x}", of_process(std::process::id()), since.as_nanos() as u64)
    })
}

fn lock(path: &Path) -> Result<File, ExportError> {
    let file = File::options().create(true).append(true).open(path.join(LOCK)).map_err(failed(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ExportError::Busy { folder: path.to_owned() }),
        // File systems without locks: two exports to one output are then the user's to avoid.
        Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(e)) => Err(failed(path)(e)),
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
    let temporary = path.with_file_name(format!("{stem}.{}{IN_PROGRESS}.{ending}", of_this_process()));
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    // Where folders can be synced, the name survives a power cut.
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|f| f.sync_all()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ExportError + '_ {
    |source| ExportError::Folder { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(folder: &ExportFolder, part: PartId, bytes: &[u8]) {
        let files = PartFiles::new(folder.path(), part);
        fs::write(files.packets(), bytes).unwrap();
        files.publish(&folder.plan, &bytes.len()).unwrap();
    }

    #[test]
    fn finished_parts_stay_and_all_else_goes() {
        let dir = tempfile::tempdir().unwrap();
        let path = folder_of(&dir.path().join("film.mp4"));
        let folder = ExportFolder::open(&path, "a", &"plan").unwrap();
        make(&folder, PartId::Segment(0), b"abc");
        make(&folder, PartId::Segment(1), b"de");
        make(&folder, PartId::Sound, b"f");
        fs::write(path.join("segment-00002.77.tmp.packets"), "half").unwrap();
        fs::write(path.join("segment-00003.packets"), "no manifest").unwrap();
        fs::write(packets_of(&path, PartId::Segment(1)), "cut off or grown").unwrap();
        assert!(matches!(ExportFolder::open(&path, "a", &"plan"), Err(ExportError::Busy { .. })));
        assert!(matches!(clean(&path), Err(ExportError::Busy { .. })));
        drop(folder);
        let folder = ExportFolder::open(&path, "a", &"plan").unwrap();
        let known = |part| folder.finished::<usize>(part);
        assert_eq!([known(PartId::Segment(0)), known(PartId::Segment(1)), known(PartId::Sound)], [Some(3), None, Some(1)]);
        let mut names: Vec<_> = fs::read_dir(&path).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["lock", "plan.json", "segment-00000.json", "segment-00000.packets", "sound.json", "sound.packets"]);
        assert_eq!(folder.close(), 1);
        assert_eq!(stored::<String>(&path).unwrap(), Some(("plan".into(), false)));
        // Another plan keeps nothing of it.
        let folder = ExportFolder::open(&path, "b", &"other").unwrap();
        assert_eq!(folder.finished::<usize>(PartId::Segment(0)), None);
        assert_eq!(folder.close(), 0);
        assert!(!path.exists());
        assert_eq!(stored::<String>(&path).unwrap(), None);
    }
}

//! Files that get their final name only when they are complete: written under a hidden name in the
//! same folder, synced, then renamed. Dropping an unfinished one removes it.
use crate::MediaError;
use std::fs::{self, File};
use std::io::{
    self,
    ErrorKind::{InvalidInput, PermissionDenied, Unsupported},
};
use std::path::{Path, PathBuf};
use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

/// A file that is being written under a hidden name.
pub(crate) struct PartialFile {
    path: PathBuf,
    target: PathBuf,
    /// The target with symbolic links resolved.
    place: PathBuf,
    overwrite: bool,
}

pub(crate) fn write_error(path: &Path, error: &io::Error) -> MediaError {
    MediaError::Write { path: path.to_owned(), reason: error.to_string() }
}

/// The folder that holds a file.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}

/// A hidden name in the folder of `target` that no other writer of this or another process uses. It
/// contains `what`, its purpose, and keeps the extension.
pub(crate) fn hidden_name(target: &Path, what: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let extension = target.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    folder_of(target).join(format!("{}{number}{extension}", hidden_prefix(target, what)))
}

/// What hidden names of `target` begin with that this process writes: they say who made them.
pub fn hidden_prefix(target: &Path, what: &str) -> String {
    format!("{}{:08x}-{}-", hidden_start(target, what), machine(), std::process::id())
}

fn hidden_start(target: &Path, what: &str) -> String {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    // File names are limited to 255 bytes; what is added is less than half of that.
    let stem: String = stem.chars().take(30).collect();
    format!(".{stem}.{what}-")
}

/// Removes hidden files and folders of `target` that processes of this machine have left which do not run
/// any more, because they were killed. What cannot be removed, or may still be written, stays.
pub fn sweep_hidden(target: &Path, what: &str) {
    let processes = Path::new("/proc/self");
    if !processes.exists() {
        return;
    }
    let start = hidden_start(target, what);
    for entry in fs::read_dir(folder_of(target)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some((owner, rest)) = name.to_str().and_then(|name| name.strip_prefix(&start)?.split_once('-')) else { continue };
        let is_ours = u32::from_str_radix(owner, 16) == Ok(machine());
        let Some(process) = rest.split_once('-').and_then(|(pid, _)| pid.parse::<u32>().ok()).filter(|_| is_ours) else { continue };
        if !processes.with_file_name(process.to_string()).exists() {
            let path = entry.path();
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
}

/// A number of this machine, so that processes of two machines with one folder are told apart.
fn machine() -> u32 {
    static NUMBER: OnceLock<u32> = OnceLock::new();
    *NUMBER.get_or_init(|| {
        let read = |path: &str| fs::read(path).unwrap_or_default();
        let text = [read("/etc/machine-id"), read("/proc/sys/kernel/hostname")].concat();
        let hash = blake3::hash(&text);
        u32::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1], hash.as_bytes()[2], hash.as_bytes()[3]])
    })
}

/// Makes a rename or removal in `folder` survive a power cut, where the system supports that: not
/// in folders that are writable but not readable, and not on every file system.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|f| f.sync_all()) {
        Err(e) if matches!(e.kind(), PermissionDenied | InvalidInput | Unsupported) => Ok(()),
        result => result,
    }
}

/// Renames `from` to `to`. Without `overwrite`, an existing `to` is an error, even if it was
/// created a moment ago.
pub(crate) fn rename(from: &Path, to: &Path, overwrite: bool) -> Result<(), MediaError> {
    if overwrite {
        return fs::rename(from, to).map_err(|e| write_error(to, &e));
    }
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from).map_err(|e| write_error(from, &e)),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(MediaError::Exists { path: to.to_owned() }),
        // File systems without hard links: the check and the rename are two separate steps.
        Err(_) if to.symlink_metadata().is_ok() => Err(MediaError::Exists { path: to.to_owned() }),
        Err(_) => fs::rename(from, to).map_err(|e| write_error(to, &e)),
    }
}

impl PartialFile {
    /// Creates the empty file under its hidden name. With `overwrite` a symbolic link is followed:
    /// the file that it points to is replaced, as when a project is saved.
    ///
    /// # Errors
    /// [`MediaError::Exists`] when the target exists and `overwrite` is not set;
    /// [`MediaError::Write`] when the folder is missing or not writable, or the target is a folder
    /// or device.
    pub fn create(target: &Path, overwrite: bool) -> Result<Self, MediaError> {
        let mut place = target.to_owned();
        match fs::symlink_metadata(target) {
            Ok(_) if !overwrite => return Err(MediaError::Exists { path: target.to_owned() }),
            Ok(m) if m.is_symlink() => place = fs::canonicalize(target).unwrap_or(place),
            _ => {}
        }
        if fs::metadata(&place).is_ok_and(|m| !m.is_file()) {
            return Err(MediaError::Write { path: target.to_owned(), reason: "it is a folder or device, not a file".into() });
        }
        if target.file_name().is_none() {
            return Err(MediaError::Write { path: target.to_owned(), reason: "it is not a file name".into() });
        }
        sweep_hidden(&place, "partial");
        let path = hidden_name(&place, "partial");
        File::create_new(&path).map_err(|e| write_error(target, &e))?;
        Ok(Self { path, target: target.to_owned(), place, overwrite })
    }

    /// The hidden path to write to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The final path.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Syncs and renames the file and syncs the folder; returns the size in bytes.
    pub fn commit(self) -> Result<u64, MediaError> {
        let synced = File::options().write(true).open(&self.path).and_then(|f| {
            f.sync_all()?;
            f.metadata()
        });
        let bytes = synced.map_err(|e| write_error(&self.target, &e))?.len();
        rename(&self.path, &self.place, self.overwrite)?;
        sync_folder(folder_of(&self.place)).map_err(|e| write_error(&self.target, &e))?;
        Ok(bytes)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // After a commit there is nothing to remove; a failure cannot be handled here.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_killed_processes_left_goes_and_all_else_stays() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("film.mp4");
        let owner = |process: u32| format!(".film.partial-{:08x}-{process}-0.mp4", machine());
        // Numbers of processes end at 2^22.
        let (gone, running) = (owner(u32::MAX), owner(std::process::id()));
        let others = [".film.partial-00000000-4294967295-0.mp4", ".film.partial-x", ".other.partial-0-1-0.mp4", "film.mp4"];
        for name in [gone.as_str(), &running].into_iter().chain(others) {
            fs::write(dir.path().join(name), "").unwrap();
        }
        fs::create_dir(dir.path().join(format!("{gone}.d"))).unwrap();
        sweep_hidden(&target, "partial");
        let mut left: Vec<String> =
            fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let mut want: Vec<String> = others.iter().map(|n| (*n).to_owned()).chain([running]).collect();
        want.sort();
        assert_eq!(left, want);
        assert!(
            hidden_name(&target, "partial").file_name().unwrap().to_str().unwrap().starts_with(&hidden_prefix(&target, "partial"))
        );
    }

    /// The folders of /proc refuse to be synced as some network file systems do; a missing folder
    /// is an error.
    #[cfg(target_os = "linux")]
    #[test]
    fn folders_that_cannot_be_synced_fail_nothing() {
        assert!(File::open("/proc").unwrap().sync_all().is_err(), "nothing is tested");
        sync_folder(Path::new("/proc")).unwrap();
        assert!(sync_folder(Path::new("/proc/none")).is_err());
    }
}

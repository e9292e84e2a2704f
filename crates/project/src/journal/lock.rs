//! The lock of a project: one session edits it at a time.
//!
//! The lock is the operating system's on a file, so that it is free as soon as its holder has ended,
//! however that happened. The file says who holds it; a session that ends in order empties it, so that
//! a file that names a holder and is not locked shows that the last session was killed.
use super::{JournalError, entry::Holder};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
    time::SystemTime,
};

fn this() -> Holder {
    let since = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    Holder { process: std::process::id(), machine: machine(), since }
}

/// A lock that is held.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, and returns the holder that ended without releasing it. `force` takes it from a
    /// holder on another machine whose lock this machine does not see.
    pub fn take(path: &Path, project: &Path, force: bool) -> Result<(Self, Option<Holder>), JournalError> {
        let failed = |source| JournalError::Folder { path: path.into(), source };
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        let held = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => true,
            // A file system without locks: the holder's name must do.
            Err(TryLockError::Error(e)) if e.kind() == std::io::ErrorKind::Unsupported => false,
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        };
        let mut text = String::new();
        // A text that cannot be read names nobody.
        let holder: Option<Holder> = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str(&text).ok());
        let elsewhere = holder.as_ref().is_some_and(|h| h.machine != machine());
        if held || elsewhere && !force {
            let holder = Box::new(holder.unwrap_or_default());
            return Err(JournalError::Locked { path: project.into(), holder, elsewhere: elsewhere && !held });
        }
        let this = serde_json::to_string(&this()).unwrap_or_default();
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(this.as_bytes())?;
            file.sync_all()
        };
        write(&mut file).map_err(failed)?;
        Ok((Self { file }, holder))
    }
}

/// Who holds the lock of this file, if it is held.
pub(super) fn holder(path: &Path) -> Option<Holder> {
    let mut file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text).ok()?;
            Some(serde_json::from_str(&text).unwrap_or_default())
        }
        _ => None,
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // If this fails, the next session says that this one did not end in order, and goes on.
        let _ = self.file.set_len(0);
    }
}

fn machine() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    // Without a name all holders seem to be on this machine.
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    name
}

//! How many bytes the store holds, without listing it: a file to which every process appends what it
//! added. It is rewritten when the store is pruned, which lists it. What was replaced or removed
//! meanwhile is still counted, so that the number is never too small.
use crate::entry::HIDDEN;
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Name of the file.
pub(crate) const NAME: &str = "usage";

pub(crate) struct Usage {
    path: PathBuf,
}

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// When the store was pruned.
    pub pruned: SystemTime,
    /// Bytes that it holds at most.
    pub bytes: u64,
}

impl Usage {
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(NAME) }
    }

    /// What the file says; `None` if it is missing or damaged.
    pub fn read(&self) -> Option<Counted> {
        let bytes = std::fs::read(&self.path).ok()?;
        let (numbers, rest) = bytes.as_chunks::<8>();
        let (first, added) = numbers.split_first()?;
        if !rest.is_empty() {
            return None;
        }
        let pruned = UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_le_bytes(*first)))?;
        let bytes = added.iter().try_fold(0_u64, |sum, n| sum.checked_add(u64::from_le_bytes(*n)))?;
        Some(Counted { pruned, bytes })
    }

    /// Adds bytes; several processes may do so at the same time.
    pub fn add(&self, bytes: u64) -> io::Result<()> {
        OpenOptions::new().append(true).open(&self.path)?.write_all(&bytes.to_le_bytes())
    }

    /// Replaces the file: the store was pruned just now and holds so many bytes.
    pub fn reset(&self, bytes: u64) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::Builder::new().prefix(HIDDEN).tempfile_in(folder)?;
        let file: &mut File = new.as_file_mut();
        file.write_all(&[now.to_le_bytes(), bytes.to_le_bytes()].concat())?;
        new.persist(&self.path).map_err(|e| e.error).map(|_| ())
    }
}

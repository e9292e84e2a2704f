//! The hidden files of exports in progress.
use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// Hidden files and folders of exports in progress, for a program that must exit without waiting
/// for them. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct UnfinishedFiles(Arc<Mutex<Vec<PathBuf>>>);

impl UnfinishedFiles {
    /// Adds a path that the export removes or renames itself before the note is dropped.
    pub(crate) fn note(&self, path: PathBuf) -> Note {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        Note { list: self.clone(), path }
    }

    /// Removes all of them from the disk.
    pub fn remove(&self) {
        for path in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A picture may be added to a folder while it is emptied. Missing files were finished
            // or removed by the export itself.
            for _ in 0..3 {
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                if removed.is_ok() || fs::symlink_metadata(&path).is_err() {
                    break;
                }
            }
        }
    }
}

/// An entry of the list, removed from it when dropped.
#[derive(Debug)]
pub(crate) struct Note {
    list: UnfinishedFiles,
    path: PathBuf,
}

impl Drop for Note {
    fn drop(&mut self) {
        let mut list = self.list.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = list.iter().position(|path| *path == self.path) {
            list.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unfinished_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (file, folder) = (dir.path().join(".a"), dir.path().join(".b"));
        fs::write(&file, "x").unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("1.png"), "x").unwrap();
        let unfinished = UnfinishedFiles::default();
        let _notes = [&file, &folder, &dir.path().join("finished")].map(|p| unfinished.note(p.clone()));
        unfinished.clone().remove();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_has_its_name_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (done, open) = (dir.path().join("done"), dir.path().join(".open"));
        fs::write(&done, "x").unwrap();
        fs::write(&open, "x").unwrap();
        let unfinished = UnfinishedFiles::default();
        drop(unfinished.note(done.clone()));
        let _note = unfinished.note(open.clone());
        unfinished.remove();
        assert!(done.exists() && !open.exists());
    }
}

//! The hidden files of exports in progress.
use std::{
    fmt, fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Hidden files and folders of exports in progress, for a program that must exit without waiting
/// for them. Clones share one list.
#[derive(Clone, Default)]
pub struct UnfinishedFiles(Arc<Mutex<Vec<Unfinished>>>);

/// Ends a process and waits until it has removed its own files.
type End = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone)]
enum Unfinished {
    Path(PathBuf),
    /// A process that writes such files, by a number of its own.
    Process(u32, End),
}

impl fmt::Debug for UnfinishedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedFiles").field("entries", &self.lock().len()).finish()
    }
}

impl UnfinishedFiles {
    /// Adds a path that the export removes or renames itself before the note is dropped.
    pub(crate) fn note(&self, path: PathBuf) -> Note {
        self.lock().push(Unfinished::Path(path.clone()));
        Note { list: self.clone(), entry: Unfinished::Path(path) }
    }

    /// Adds a process that writes unfinished files until the note is dropped. `end` ends it and waits, not
    /// for long, until it has removed its files.
    pub fn note_process(&self, process: u32, end: impl Fn() + Send + Sync + 'static) -> Note {
        let entry = Unfinished::Process(process, Arc::new(end));
        self.lock().push(entry.clone());
        Note { list: self.clone(), entry }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Unfinished>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all processes, and removes all files from the disk.
    pub fn remove(&self) {
        let entries: Vec<Unfinished> = self.lock().drain(..).collect();
        for entry in entries {
            let path = match entry {
                Unfinished::Path(path) => path,
                Unfinished::Process(_, end) => {
                    end();
                    continue;
                }
            };
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
pub struct Note {
    list: UnfinishedFiles,
    entry: Unfinished,
}

impl Drop for Note {
    fn drop(&mut self) {
        let mut list = self.list.lock();
        let ours = |entry: &Unfinished| match (entry, &self.entry) {
            (Unfinished::Path(a), Unfinished::Path(b)) => a == b,
            (Unfinished::Process(a, _), Unfinished::Process(b, _)) => a == b,
            _ => false,
        };
        if let Some(at) = list.iter().position(ours) {
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

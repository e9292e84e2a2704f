//! Asking work to stop.
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// A flag shared between whoever may stop the work and the work, which looks at it while files are scanned and once a frame.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<State>);

#[derive(Debug, Default)]
struct State {
    raised: AtomicBool,
    /// Hidden files and folders of the work in progress.
    unfinished: Mutex<Vec<PathBuf>>,
}

impl Cancellation {
    /// Asks to stop; there is no way back.
    pub fn raise(&self) {
        self.0.raised.store(true, Ordering::Relaxed);
    }
    /// Whether to stop.
    pub fn is_raised(&self) -> bool {
        self.0.raised.load(Ordering::Relaxed)
    }
    /// Notes what the work removes when it ends in time, and [`Self::remove_unfinished`] when it may not.
    pub(crate) fn note_unfinished(&self, path: PathBuf) {
        self.0.unfinished.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }
    /// Removes what the work has under hidden names, for a program that ends without waiting for it.
    pub fn remove_unfinished(&self) {
        for path in self.0.unfinished.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A folder may get one more picture while it is emptied. What is gone already was finished or removed by the work itself.
            for _ in 0..3 {
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                if removed.is_ok() || fs::symlink_metadata(&path).is_err() {
                    break;
                }
            }
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
        let cancel = Cancellation::default();
        [&file, &folder, &dir.path().join("finished")].into_iter().for_each(|p| cancel.note_unfinished(p.clone()));
        cancel.remove_unfinished();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}

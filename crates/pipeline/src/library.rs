//! The files of a session: scanned and read once, kept as long as the session lives, shared by
//! every composition that is opened on them.
use crate::decode::DecodeLog;
use cutroom_effects::lut::Lut;
use cutroom_media::{MediaError, MediaIndex};
use cutroom_types::CancelToken;
use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::SystemTime,
};

/// Files scanned at once.
const SCANNING_THREADS: usize = 4;

/// Files that are known, by path. A file that was changed on the disk since is scanned anew the
/// next time it is asked for.
pub struct Library {
    folder: PathBuf,
    files: Mutex<Files>,
    log: Arc<DecodeLog>,
}

#[derive(Default)]
struct Files {
    media: HashMap<PathBuf, (Stamp, Arc<MediaIndex>)>,
    luts: HashMap<PathBuf, (Stamp, Arc<Lut>)>,
    /// Scans so far, for tests and for people who wonder.
    scans: usize,
}

/// What tells whether a file is still the one that was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// `None` for what is no file of its own, such as the pattern of a sequence: it is scanned each
    /// time.
    fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self { bytes: found.len(), modified: found.modified().ok() })
    }
}

impl Library {
    /// Knows no file yet. Relative paths of projects start at `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: Mutex::default(), log: Arc::default() }
    }

    /// Where relative paths start.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file of a media or of a parameter is.
    pub fn path(&self, path: &str) -> PathBuf {
        media_path(&self.folder, path)
    }

    /// How many files have been scanned so far, those scanned again counted again.
    pub fn scans(&self) -> usize {
        self.files().scans
    }

    /// The indexes of these files, in their order; those not known are scanned, several at once,
    /// until `cancel` is cancelled.
    pub(crate) fn scan(&self, paths: &[PathBuf], cancel: &CancelToken) -> Vec<Result<Arc<MediaIndex>, MediaError>> {
        let stamps: Vec<Option<Stamp>> = paths.iter().map(|p| Stamp::of(p)).collect();
        let mut results: Vec<Option<Result<Arc<MediaIndex>, MediaError>>> = {
            let files = self.files();
            let known = |(path, stamp): (&PathBuf, &Option<Stamp>)| {
                let (of, index) = files.media.get(path)?;
                (Some(*of) == *stamp).then(|| Ok(Arc::clone(index)))
            };
            paths.iter().zip(&stamps).map(known).collect()
        };
        let requested: Vec<usize> = (0..paths.len()).filter(|i| results[*i].is_none()).collect();
        for some in requested.chunks(SCANNING_THREADS) {
            let scanned = thread::scope(|scope| {
                let scan = |i: usize| scope.spawn(move || MediaIndex::scan_until(&paths[i], cancel));
                let running: Vec<_> = some.iter().map(|i| scan(*i)).collect();
                let defect = |i: usize| MediaError::NotMedia { path: paths[i].clone(), reason: "scanning it panicked".into() };
                running.into_iter().zip(some).map(|(t, i)| t.join().unwrap_or_else(|_| Err(defect(*i)))).collect::<Vec<_>>()
            });
            let mut files = self.files();
            files.scans += some.len();
            for (result, &i) in scanned.into_iter().zip(some) {
                // A file that changed while it was scanned is scanned again the next time: its
                // stamp is the one of before.
                if let (Ok(index), Some(stamp)) = (&result, stamps[i]) {
                    files.media.insert(paths[i].clone(), (stamp, Arc::clone(index)));
                }
                results[i] = Some(result);
            }
        }
        results.into_iter().flatten().collect()
    }

    /// A LUT, read by `read` unless it is known.
    pub(crate) fn lut<E>(&self, path: &Path, read: impl FnOnce(&Path) -> Result<Lut, E>) -> Result<Arc<Lut>, E> {
        let stamp = Stamp::of(path);
        if let Some((of, lut)) = self.files().luts.get(path)
            && Some(*of) == stamp
        {
            return Ok(Arc::clone(lut));
        }
        let lut = Arc::new(read(path)?);
        if let Some(stamp) = stamp {
            self.files().luts.insert(path.to_owned(), (stamp, Arc::clone(&lut)));
        }
        Ok(lut)
    }

    /// Forgets files that are not in `used`, which frees their indexes once no composition has them
    /// open.
    pub fn retain(&self, used: &BTreeSet<PathBuf>) {
        let mut files = self.files();
        files.media.retain(|path, _| used.contains(path));
        files.luts.retain(|path, _| used.contains(path));
    }

    /// What readers met that have ended.
    pub(crate) fn log(&self) -> &Arc<DecodeLog> {
        &self.log
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a media's file is.
pub fn media_path(folder: &Path, path: &str) -> PathBuf {
    // Shorter in messages than "./film.mp4".
    if folder == Path::new(".") { path.into() } else { folder.join(path) }
}

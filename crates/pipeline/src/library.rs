//! The files of a session: each is scanned and read once, kept while the session lasts, and shared
//! by all compositions that are opened with it.
use crate::{
    decode::DecodeLog,
    file_store,
    proxy::{OpenProxy, Proxies, ProxyScale},
    roots::FileRoots,
};
use cutroom_audio::SourceError;
use cutroom_cache::{Key, KeyHasher, Store};
use cutroom_effects::{lut::Lut, sound::Measured};
use cutroom_media::{MediaError, MediaIndex, MediaLocation, Numbered};
use cutroom_project::Media;
use cutroom_types::{AudioBlock, CancelToken};
use std::{
    collections::{BTreeSet, HashMap},
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::SystemTime,
};

/// Maximum number of files that are scanned at the same time.
const SCANNING_THREADS: usize = 4;

/// Scanned files and LUTs, by path. A file that has changed on the disk is scanned again the next
/// time it is requested.
pub struct Library {
    folder: PathBuf,
    /// What is known about files from earlier sessions.
    store: Arc<Store>,
    files: Mutex<Files>,
    log: Arc<DecodeLog>,
    proxies: Proxies,
    /// Where files must be; absent: anywhere.
    roots: OnceLock<FileRoots>,
}

#[derive(Default)]
struct Files {
    media: HashMap<MediaLocation, (Stamp, Arc<MediaIndex>)>,
    luts: HashMap<PathBuf, (Stamp, Arc<Lut>, Key)>,
    /// Sounds of effects, by path and rate.
    effect_sounds: HashMap<(PathBuf, u32), (Stamp, Arc<AudioBlock>)>,
    /// Measurements of what effects receive.
    measured: HashMap<Key, Measured>,
    /// What identifies the content of media.
    contents: HashMap<MediaLocation, (Stamp, Key)>,
    /// Number of scans so far, for tests and diagnostics.
    scans: usize,
}

/// Identifies the version of a file: size in bytes, time of modification and identity on the disk; of
/// numbered pictures a number that stands for those of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    identity: u64,
}

impl Stamp {
    /// `None` for paths that are not a file, and for numbered pictures whose folder cannot be
    /// listed: they are scanned each time.
    fn of_media(location: &MediaLocation) -> Option<Self> {
        match location.numbered {
            Some(_) => Some(Self { bytes: location.stamp()?, modified: None, identity: 0 }),
            None => Self::of(&location.path),
        }
    }

    /// `None` for paths that are not a file.
    fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        #[cfg(unix)]
        let identity = std::os::unix::fs::MetadataExt::ino(&found);
        #[cfg(not(unix))]
        let identity = 0;
        Some(Self { bytes: found.len(), modified: found.modified().ok(), identity })
    }
}

impl Library {
    /// A library without files, which forgets when it is dropped. Relative paths of projects are resolved
    /// against `folder`.
    pub fn new(folder: &Path) -> Self {
        Self::with_store(folder, Arc::new(Store::none("none was given")))
    }

    /// A library that keeps what it finds in a store.
    pub fn with_store(folder: &Path, store: Arc<Store>) -> Self {
        Self {
            folder: folder.to_owned(),
            store,
            files: Mutex::default(),
            log: Arc::default(),
            proxies: Proxies::default(),
            roots: OnceLock::new(),
        }
    }

    /// Reads files in these folders only from now on; only the first call counts.
    pub fn limit(&self, roots: FileRoots) {
        // A second limit could only be wider.
        let _ = self.roots.set(roots);
    }

    /// The folders that files must be in; `None`: any.
    pub fn roots(&self) -> Option<Vec<PathBuf>> {
        self.roots.get().map(FileRoots::all)
    }

    /// Refuses a file that may not be read.
    ///
    /// # Errors
    /// [`MediaError::Outside`].
    pub fn check(&self, location: &MediaLocation) -> Result<(), MediaError> {
        self.roots.get().map_or(Ok(()), |roots| roots.check(location))
    }

    /// Where it keeps what it finds.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The folder against which relative paths are resolved.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of a media's or a parameter's file, as written in the document, resolved.
    pub fn path(&self, path: &str) -> PathBuf {
        media_path(&self.folder, path)
    }

    /// Number of scans so far; a file that was scanned twice counts twice, one from the store not at all.
    pub fn scans(&self) -> usize {
        self.files().scans
    }

    /// Where a media's file, or its numbered pictures, are.
    pub fn location(&self, media: &Media) -> MediaLocation {
        media_location(&self.folder, media)
    }

    /// The indexes of these files, in the same order. Files that are not in the library, or have
    /// changed, are scanned, several at the same time, until `cancel` is cancelled.
    pub fn scan(&self, paths: &[MediaLocation], cancel: &CancelToken) -> Vec<Result<Arc<MediaIndex>, MediaError>> {
        let stamps: Vec<Option<Stamp>> = paths.iter().map(Stamp::of_media).collect();
        let mut results: Vec<Option<Result<Arc<MediaIndex>, MediaError>>> = {
            let files = self.files();
            let known = |(path, stamp): (&MediaLocation, &Option<Stamp>)| {
                let (of, index) = files.media.get(path)?;
                (Some(*of) == *stamp).then(|| Ok(Arc::clone(index)))
            };
            paths.iter().zip(&stamps).map(known).collect()
        };
        let requested: Vec<usize> = (0..paths.len()).filter(|i| results[*i].is_none()).collect();
        for some in requested.chunks(SCANNING_THREADS) {
            let scanned = thread::scope(|scope| {
                let scan = |i: usize| scope.spawn(move || self.open_media(&paths[i], cancel));
                let running: Vec<_> = some.iter().map(|i| scan(*i)).collect();
                let defect = |i: usize| MediaError::NotMedia { path: paths[i].path.clone(), reason: "scanning it panicked".into() };
                let join = |(t, i): (thread::ScopedJoinHandle<'_, _>, &usize)| t.join().unwrap_or_else(|_| (Err(defect(*i)), true));
                running.into_iter().zip(some).map(join).collect::<Vec<_>>()
            });
            let mut files = self.files();
            for ((result, scanned), &i) in scanned.into_iter().zip(some) {
                files.scans += usize::from(scanned);
                // The stamp was taken before the scan: a file that changed meanwhile is scanned
                // again the next time.
                if let (Ok(index), Some(stamp)) = (&result, stamps[i]) {
                    files.media.insert(paths[i].clone(), (stamp, Arc::clone(index)));
                }
                results[i] = Some(result);
            }
        }
        results.into_iter().flatten().collect()
    }

    /// The index of a file or of numbered pictures, and whether it, or the first picture, was scanned.
    fn open_media(&self, location: &MediaLocation, cancel: &CancelToken) -> (Result<Arc<MediaIndex>, MediaError>, bool) {
        let _span = tracing::info_span!("open media", file = %location.path.display()).entered();
        if let Err(outside) = self.check(location) {
            return (Err(outside), false);
        }
        let mut scanned = false;
        let scan = |file: &Path| {
            let (index, was_scanned) = file_store::index(&self.store, file, cancel);
            scanned = was_scanned;
            index
        };
        (MediaIndex::open_with(location, scan), scanned)
    }

    /// What identifies the content of a file: its fingerprint and its extension, by which it is opened; of
    /// numbered pictures their names, sizes and times, since hashing them all would take longer than reading
    /// one. `None` if it cannot be read, or has changed since it was scanned.
    pub(crate) fn content(&self, location: &MediaLocation) -> Option<Key> {
        let stamp = Stamp::of_media(location)?;
        if self.files().media.get(location).is_some_and(|(scanned, _)| *scanned != stamp) {
            return None;
        }
        if let Some((of, key)) = self.files().contents.get(location)
            && *of == stamp
        {
            return Some(*key);
        }
        let key = match location.numbered {
            None => {
                let fingerprint = file_store::file_fingerprint(&self.store, &location.path).ok()?;
                let extension = location.path.extension().map(OsStr::to_ascii_lowercase).unwrap_or_default();
                KeyHasher::new("content").with(fingerprint.0).with(extension.as_encoded_bytes())
            }
            Some(_) => {
                let path = std::path::absolute(&location.path).ok()?;
                KeyHasher::new("row").with(path.as_os_str().as_encoded_bytes()).with(stamp.bytes.to_le_bytes())
            }
        };
        let key = key.key();
        self.files().contents.insert(location.clone(), (stamp, key));
        Some(key)
    }

    /// Whether a file is the one that was scanned.
    pub(crate) fn is_as_scanned(&self, location: &MediaLocation) -> bool {
        let now = Stamp::of_media(location);
        now.is_some() && self.files().media.get(location).map(|(scanned, _)| *scanned) == now
    }

    /// A LUT from the library, and a hash of its file; it is read by `read` if it is missing or has changed.
    pub(crate) fn lut<E>(&self, path: &Path, read: impl FnOnce(&Path) -> Result<(Lut, Key), E>) -> Result<(Arc<Lut>, Key), E> {
        let stamp = Stamp::of(path);
        if let Some((of, lut, content)) = self.files().luts.get(path)
            && Some(*of) == stamp
        {
            return Ok((Arc::clone(lut), *content));
        }
        let (lut, content) = read(path)?;
        let lut = Arc::new(lut);
        if let Some(stamp) = stamp {
            self.files().luts.insert(path.to_owned(), (stamp, Arc::clone(&lut), content));
        }
        Ok((lut, content))
    }

    /// The sound of a file that an effect names, at a rate; it is read by `read` if it is missing or has
    /// changed.
    pub(crate) fn effect_sound(
        &self,
        path: &Path,
        rate_hz: u32,
        read: impl FnOnce(&Path, u32) -> Result<AudioBlock, SourceError>,
    ) -> Result<Arc<AudioBlock>, SourceError> {
        let (stamp, key) = (Stamp::of(path), (path.to_owned(), rate_hz));
        if let Some((of, sound)) = self.files().effect_sounds.get(&key)
            && Some(*of) == stamp
        {
            return Ok(Arc::clone(sound));
        }
        let sound = Arc::new(read(path, rate_hz)?);
        if let Some(stamp) = stamp {
            self.files().effect_sounds.insert(key, (stamp, Arc::clone(&sound)));
        }
        Ok(sound)
    }

    /// A measurement of what an effect receives, if it was made before.
    pub(crate) fn measured(&self, key: Key) -> Option<Measured> {
        self.files().measured.get(&key).copied()
    }

    pub(crate) fn set_measured(&self, key: Key, measured: Measured) {
        self.files().measured.insert(key, measured);
    }

    /// Removes files that are not in `used`; their indexes are freed when no open composition uses
    /// them.
    pub fn retain(&self, used: &BTreeSet<PathBuf>) {
        let mut files = self.files();
        files.media.retain(|location, _| used.contains(&location.path));
        files.luts.retain(|path, _| used.contains(path));
        files.effect_sounds.retain(|(path, _), _| used.contains(path));
        files.contents.retain(|location, _| used.contains(&location.path));
    }

    /// The folder of proxies: that of the project unless another one was set.
    pub fn proxy_folder(&self) -> PathBuf {
        self.proxies.folder(&self.folder)
    }

    /// Sets another folder of proxies than that of the project; only the first call counts.
    pub fn set_proxy_folder(&self, folder: &Path) {
        self.proxies.set_folder(folder);
    }

    /// The proxies of a stream, the largest first; why others cannot be used is added to `notes`.
    pub(crate) fn proxies_of(
        &self,
        media: &Media,
        index: &Arc<MediaIndex>,
        stream: usize,
        notes: &mut Vec<String>,
        cancel: &CancelToken,
    ) -> Vec<OpenProxy> {
        self.proxies.of(&self.proxy_folder(), media, &self.location(media), index, stream, notes, cancel)
    }

    /// The scales of which there are proxies of a stream that fit; why others do not is added to
    /// `notes`.
    pub fn proxy_scales(
        &self,
        media: &Media,
        index: &Arc<MediaIndex>,
        stream: usize,
        notes: &mut Vec<String>,
        cancel: &CancelToken,
    ) -> Vec<ProxyScale> {
        self.proxies_of(media, index, stream, notes, cancel).iter().map(|proxy| proxy.scale).collect()
    }

    /// The decode reports of closed readers.
    pub(crate) fn log(&self) -> &Arc<DecodeLog> {
        &self.log
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a media's file, or its numbered pictures, are; paths are relative to `folder`.
pub fn media_location(folder: &Path, media: &Media) -> MediaLocation {
    let numbered = media.frame_rate.map(|frame_rate| Numbered { frame_rate, start_number: media.start_number, gaps: media.gaps });
    MediaLocation { path: media_path(folder, &media.path), numbered }
}

/// The path of a media's file: `path`, relative to `folder`.
pub fn media_path(folder: &Path, path: &str) -> PathBuf {
    // Messages then show "film.mp4" instead of "./film.mp4".
    if folder == Path::new(".") { path.into() } else { folder.join(path) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{FrameRate, Gaps};

    /// A row whose files change is opened again; one that does not is not.
    #[test]
    fn rows_are_opened_again_when_a_file_changes() {
        let dir = tempfile::tempdir().unwrap();
        let add = |n: u32, size: &str| {
            let file = dir.path().join(format!("a{n}.png"));
            let picture = format!("color=red:size={size},format=rgb24");
            let args = ["-v", "error", "-y", "-f", "lavfi", "-i", &picture, "-frames:v", "1", "-update", "1"];
            assert!(std::process::Command::new("ffmpeg").args(args).arg(file).status().unwrap().success());
        };
        add(1, "4x4");
        add(2, "4x4");
        let library = Library::new(dir.path());
        let mut media = Media::new("m", "a%d.png", cutroom_project::MediaKind::Video);
        media.frame_rate = FrameRate::new(25, 1);
        let frames = |media: &Media| {
            let scanned = library.scan(&[library.location(media)], &CancelToken::new()).remove(0);
            scanned.map(|index| (index.info().video[0].frames, library.scans()))
        };
        assert_eq!(frames(&media).unwrap(), (2, 1));
        assert_eq!(frames(&media).unwrap(), (2, 1));
        add(3, "4x4");
        assert_eq!(frames(&media).unwrap(), (3, 2));
        add(2, "8x4");
        assert_eq!(frames(&media).unwrap(), (3, 3));
        std::fs::remove_file(dir.path().join("a1.png")).unwrap();
        assert_eq!(frames(&media).unwrap(), (2, 4));
        media.gaps = Gaps::Hold;
        assert_eq!(frames(&media).unwrap(), (2, 5));
        media.start_number = Some(3);
        assert_eq!(frames(&media).unwrap(), (1, 6));
    }
}

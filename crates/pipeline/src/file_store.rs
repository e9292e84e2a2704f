//! What is known about media files, kept on disk: fingerprints by path, and by fingerprint what a scan
//! and a probe found. A file that is unchanged since then is not opened.
//!
//! A fingerprint is remembered for a path together with the file's size, time of modification and inode.
//! If these are new, the fingerprint is taken again, and what is known about that content is used,
//! wherever the file was before. A file that was changed in place and kept its size and its fingerprint
//! (see [`Fingerprint`] for what that misses) is scanned again.
use cutroom_cache::{Key, KeyHasher, Store};
use cutroom_media::{Fingerprint, MediaError, MediaIndex, MediaInfo, MediaLocation, ffmpeg_identity, probe_location};
use cutroom_types::CancelToken;
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    io,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Version of the code that scans: a hash of its sources.
const SCAN_CODE: &str = env!("CUTROOM_SCAN_CODE");
/// Version of the code that decodes and draws: a hash of its sources.
pub(crate) const DRAWING_CODE: &str = env!("CUTROOM_DRAWING_CODE");
/// Kind of the entries with a path's fingerprint.
const FINGERPRINTS: &str = "fingerprint";
/// Kind of the entries with a file's description and the sizes of its tables.
const INDEXES: &str = "index";
/// Kind of the entries with a file's packets and frames.
const TABLES: &str = "tables";
/// Kind of the entries with what probing found.
const PROBES: &str = "probe";
/// Tables of more bytes than this leave the memory after the scan, until they are needed.
const LARGE_TABLES: usize = 256 << 10;
/// A file that was modified less than this ago may be modified again without another time.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// Identifies the version of a file at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileVersion {
    bytes: u64,
    modified: SystemTime,
    inode: u64,
}

impl FileVersion {
    /// Fails for what is no file.
    fn of(path: &Path) -> io::Result<Self> {
        let meta = std::fs::metadata(path)?;
        if !meta.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&meta);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self { bytes: meta.len(), modified: meta.modified().unwrap_or(UNIX_EPOCH), inode })
    }

    fn is_settled(&self) -> bool {
        self.modified.elapsed().is_ok_and(|age| age >= SETTLED_AFTER)
    }
}

/// A file's content.
struct Content {
    fingerprint: Fingerprint,
    version: FileVersion,
    /// Whether the file changed in place although size and fingerprint are those that were remembered.
    is_doubtful: bool,
}

fn content(store: &Store, path: &Path) -> io::Result<Content> {
    let version = FileVersion::of(path)?;
    let key = KeyHasher::new("path").with(std::path::absolute(path)?.as_os_str().as_encoded_bytes()).key();
    let remembered = store.get(FINGERPRINTS, key).and_then(|bytes| postcard::from_bytes::<(FileVersion, [u8; 32])>(&bytes).ok());
    if let Some((_, fingerprint)) = remembered.filter(|(of, _)| *of == version) {
        return Ok(Content { fingerprint: Fingerprint(fingerprint), version, is_doubtful: false });
    }
    let fingerprint = Fingerprint::of_file(path)?;
    if version.is_settled()
        && let Ok(bytes) = postcard::to_stdvec(&(version, fingerprint.0))
    {
        store.put(FINGERPRINTS, key, &bytes);
    }
    let in_place = |of: FileVersion| (of.bytes, of.inode) == (version.bytes, version.inode);
    let is_doubtful = remembered.is_some_and(|(of, before)| in_place(of) && before == fingerprint.0);
    Ok(Content { fingerprint, version, is_doubtful })
}

/// The fingerprint of a file, which is read if it is not remembered.
///
/// # Errors
/// The file cannot be read.
pub fn file_fingerprint(store: &Store, path: &Path) -> io::Result<Fingerprint> {
    Ok(content(store, path)?.fingerprint)
}

/// The key of what was found in a file by code of this version. FFmpeg knows some formats by their
/// extension.
fn scan_key(name: &str, path: &Path, fingerprint: Fingerprint) -> Key {
    let extension = path.extension().map(OsStr::to_ascii_lowercase).unwrap_or_default();
    let key = KeyHasher::new(name).with(SCAN_CODE).with(ffmpeg_identity()).with(fingerprint.0);
    key.with(extension.as_encoded_bytes()).key()
}

/// A key of what is made of a file's content by code of this version; more is added to it. `None` if there
/// is no store, or the file cannot be read.
pub fn content_key(store: &Store, name: &str, path: &Path) -> Option<KeyHasher> {
    let content = store.folder().ok().and_then(|_| content(store, path).ok())?;
    Some(KeyHasher::new(name).with(DRAWING_CODE).with(scan_key(name, path, content.fingerprint).0))
}

/// The index of a file, and whether it was scanned.
pub(crate) fn index(store: &Arc<Store>, path: &Path, cancel: &CancelToken) -> (Result<Arc<MediaIndex>, MediaError>, bool) {
    if cancel.is_cancelled() {
        return (Err(MediaError::Stopped { path: path.to_owned() }), false);
    }
    // A file that cannot be read is reported by the scan.
    let content = store.folder().is_ok().then(|| content(store, path).ok()).flatten();
    let key = content.as_ref().map(|c| scan_key(INDEXES, path, c.fingerprint));
    if let (Some(key), Some(Content { is_doubtful: false, .. })) = (key, &content)
        && let Some(head) = store.get(INDEXES, key)
    {
        let tables = Arc::clone(store);
        if let Some(index) = MediaIndex::restored(path, &head, move || tables.get(TABLES, key)) {
            return (Ok(index), false);
        }
    }
    let scanned = MediaIndex::scan_until(path, cancel);
    if let (Some(key), Some(content), Ok(index)) = (key, content, &scanned)
        // It may have changed while it was scanned.
        && FileVersion::of(path).is_ok_and(|version| version == content.version)
        && let Some(stored) = index.stored()
    {
        store.put(TABLES, key, &stored.tables);
        store.put(INDEXES, key, &stored.head);
        // A hundred long files would otherwise fill the memory with tables that are not needed yet.
        if stored.tables.len() > LARGE_TABLES && store.get(INDEXES, key).is_some() {
            let tables = Arc::clone(store);
            if let Some(index) = MediaIndex::restored(path, &stored.head, move || tables.get(TABLES, key)) {
                return (Ok(index), true);
            }
        }
    }
    (scanned, true)
}

/// As [`cutroom_media::probe_location`]; what was found in a file without defects is kept.
///
/// # Errors
/// As [`cutroom_media::probe_location`].
pub fn probe(store: &Store, location: &MediaLocation) -> Result<MediaInfo, MediaError> {
    let path = &location.path;
    let is_kept = location.numbered.is_none() && store.folder().is_ok();
    let content = is_kept.then(|| content(store, path).ok()).flatten();
    let key = content.as_ref().map(|c| scan_key(PROBES, path, c.fingerprint));
    let known = key.filter(|_| content.as_ref().is_some_and(|c| !c.is_doubtful)).and_then(|key| store.get(PROBES, key));
    if let Some(info) = known.and_then(|bytes| MediaInfo::restored(path, &bytes)) {
        return Ok(info);
    }
    let info = probe_location(location)?;
    if let (Some(key), Some(content), Some(bytes)) = (key, content, info.stored())
        && FileVersion::of(path).is_ok_and(|version| version == content.version)
    {
        store.put(PROBES, key, &bytes);
    }
    Ok(info)
}

//! Files that are uploaded in pieces into the `media` folder of a project. What has come is in a hidden
//! file with a small description beside it, so that an upload goes on where it was after the connection
//! or the server was gone.
use crate::{
    answer::{Answer, Refusal},
    beside::beside,
    options::UploadLimits,
    token::new_token,
};
use axum::{body::Body, http::StatusCode};
use cutroom_api::{ApiError, FileRoots, free_bytes};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::io::AsyncWriteExt;

/// Greatest piece of an upload in bytes.
pub const MAX_PIECE_BYTES: u64 = 8 << 20;
/// What stays free on the disk.
const SPARE_BYTES: u64 = 64 << 20;
/// Longest name in bytes: room for `-99` is left.
const MAX_NAME_BYTES: usize = 240;
/// An upload that nothing was added to for so long is dropped.
const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);
const PREFIX: &str = ".cutroom-upload-";

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UploadState {
    /// The name that was asked for.
    pub name: String,
    /// All its bytes.
    pub bytes: u64,
    /// How many are there.
    pub offset: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Described {
    name: String,
    bytes: u64,
}

/// What came of a piece.
#[derive(Debug)]
pub enum Added {
    /// It was added.
    Part(u64),
    /// It was the last one: the file's path, relative to the project's folder.
    Whole(u64, String),
}

/// Unfinished uploads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub open: usize,
    /// All their bytes, and those of them that are still to come.
    pub bytes: u64,
    pub to_come: u64,
}

/// The uploads of a server. Only one piece of each is written at a time.
#[derive(Default)]
pub struct Uploads(Mutex<BTreeMap<PathBuf, Weak<tokio::sync::Mutex<()>>>>);

fn media(folder: &Path) -> PathBuf {
    folder.join("media")
}

fn part(folder: &Path, id: &str) -> PathBuf {
    media(folder).join(format!("{PREFIX}{id}.part"))
}

fn description(folder: &Path, id: &str) -> PathBuf {
    media(folder).join(format!("{PREFIX}{id}.json"))
}

fn failed(path: &Path, e: &io::Error) -> Refusal {
    let refusal = ApiError::new("server.upload", format!("{}: {e}", path.display()));
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Refusal::with(StatusCode::INSUFFICIENT_STORAGE, ApiError::new("server.space", refusal.message))
        }
        _ => Refusal::with(StatusCode::INTERNAL_SERVER_ERROR, refusal),
    }
}

/// Ids of the unfinished uploads of a folder.
fn ids(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(media(folder)) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Some(name.strip_prefix(PREFIX)?.strip_suffix(".json")?.to_owned())).filter(|id| is_id(id)).collect()
}

fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The unfinished uploads of projects.
pub fn count(folders: &[PathBuf]) -> Counted {
    let mut folders = folders.to_vec();
    folders.sort();
    folders.dedup();
    let mut counted = Counted::default();
    for folder in &folders {
        for id in ids(folder) {
            let Ok(state) = state(folder, &id) else { continue };
            counted.open += 1;
            counted.bytes = counted.bytes.saturating_add(state.bytes);
            counted.to_come = counted.to_come.saturating_add(state.bytes.saturating_sub(state.offset));
        }
    }
    counted
}

/// Begins an upload; returns its id.
///
/// # Errors
/// A name or size that is not possible, no room on the disk or in the limits.
pub fn begin(folder: &Path, roots: &FileRoots, others: &[PathBuf], limits: UploadLimits, name: &str, bytes: u64) -> Answer<String> {
    check_name(name)?;
    if bytes == 0 {
        return Err(ApiError::new("usage.upload", "an upload has at least one byte").field("bytes").into());
    }
    let media = media(folder);
    match fs::create_dir(&media) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(failed(&media, &e)),
        _ => {}
    }
    if !roots.hold(&media.join(name)) {
        let message = format!("{} is in none of the folders that this server may use", media.display());
        return Err(Refusal::new(StatusCode::FORBIDDEN, "server.outside", message));
    }
    for id in ids(folder) {
        let changed = part(folder, &id).metadata().and_then(|meta| meta.modified());
        if changed.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > FORGOTTEN)) {
            drop_it(folder, &id)?;
        }
    }
    let all = count(others);
    if all.open >= limits.open || all.bytes.saturating_add(bytes) > limits.bytes {
        let message = format!("{} uploads of {} MiB in all are not finished", all.open, all.bytes >> 20);
        let error = ApiError::new("server.uploads", message).hint("finish or delete one of them first");
        return Err(Refusal::with(StatusCode::SERVICE_UNAVAILABLE, error));
    }
    let needed = all.to_come.saturating_add(bytes).saturating_add(SPARE_BYTES);
    if let Some(free) = free_bytes(&media).filter(|free| *free < needed) {
        let message = format!("{}: {} MiB are needed, and {} MiB are free", media.display(), needed.div_ceil(1 << 20), free >> 20);
        return Err(Refusal::with(StatusCode::INSUFFICIENT_STORAGE, ApiError::new("server.space", message)));
    }
    let id = new_token()?;
    let described = serde_json::to_vec(&Described { name: name.into(), bytes }).unwrap_or_default();
    let (data, about) = (part(folder, &id), description(folder, &id));
    File::create_new(&data).map_err(|e| failed(&data, &e))?;
    // With the description the upload is there.
    let written = File::create_new(&about).and_then(|mut file| file.write_all(&described).and_then(|()| file.sync_all()));
    written.map_err(|e| failed(&about, &e))?;
    Ok(id)
}

/// How far an upload is.
///
/// # Errors
/// 404.
pub fn state(folder: &Path, id: &str) -> Answer<UploadState> {
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "server.no_upload", "there is no such upload");
    if !is_id(id) {
        return Err(unknown());
    }
    let described: Option<Described> = fs::read(description(folder, id)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let described = described.filter(|d| check_name(&d.name).is_ok()).ok_or_else(unknown)?;
    let offset = fs::symlink_metadata(part(folder, id)).ok().filter(fs::Metadata::is_file).ok_or_else(unknown)?.len();
    Ok(UploadState { name: described.name, bytes: described.bytes, offset })
}

/// Drops an upload.
///
/// # Errors
/// 404, or the files cannot be removed.
pub fn drop_it(folder: &Path, id: &str) -> Answer<()> {
    state(folder, id)?;
    for path in [description(folder, id), part(folder, id)] {
        fs::remove_file(&path).map_err(|e| failed(&path, &e))?;
    }
    Ok(())
}

impl Uploads {
    /// Waits until no piece of an upload is being written.
    async fn alone(&self, path: &Path) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        let lock = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|_, lock| lock.strong_count() > 0);
            let lock = all.get(path).and_then(Weak::upgrade).unwrap_or_default();
            all.insert(path.to_owned(), Arc::downgrade(&lock));
            lock
        };
        tokio::time::timeout(Duration::from_secs(10), lock.lock_owned()).await.ok()
    }

    /// Adds a piece. It goes on when the one who sends is gone, so that what has come is kept.
    ///
    /// # Errors
    /// 404, 409 if the piece does not begin where the last one ended, 413 if it is too large, and those of
    /// writing.
    pub async fn add(&self, folder: PathBuf, id: String, offset: u64, body: Body) -> Answer<Added> {
        state(&folder, &id)?;
        let Some(alone) = self.alone(&part(&folder, &id)).await else {
            return Err(Refusal::new(StatusCode::CONFLICT, "server.upload_busy", "another piece of this upload is being written"));
        };
        let writing = tokio::spawn(async move {
            let done = write(&folder, &id, offset, body).await;
            drop(alone);
            done
        });
        let broke = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server.defect", "a defect of the server; see its log");
        writing.await.map_err(broke)?
    }
}

async fn write(folder: &Path, id: &str, offset: u64, body: Body) -> Answer<Added> {
    let now = state(folder, id)?;
    if now.offset != offset {
        let message = format!("{} bytes are there; the next piece begins at {0}", now.offset);
        return Err(Refusal::new(StatusCode::CONFLICT, "server.upload_offset", message).beside("offset", now.offset.into()));
    }
    let path = part(folder, id);
    let wrong = |e: io::Error| failed(&path, &e);
    let opened = tokio::fs::OpenOptions::new().append(true).open(&path).await;
    let mut file = opened.map_err(wrong)?;
    let room = (now.bytes - now.offset.min(now.bytes)).min(MAX_PIECE_BYTES);
    let (mut coming, mut got, mut broken) = (body.into_data_stream(), 0_u64, None);
    while let Some(piece) = coming.next().await {
        let Ok(piece) = piece else {
            let message = "the connection broke, or the piece came too slowly";
            broken = Some(Refusal::new(StatusCode::REQUEST_TIMEOUT, "server.slow", message));
            break;
        };
        if got + piece.len() as u64 > room {
            // Not one byte of it counts.
            file.flush().await.map_err(wrong)?;
            file.set_len(offset).await.map_err(wrong)?;
            let message = format!("a piece has at most {MAX_PIECE_BYTES} bytes, and {room} may come now");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "server.too_large", message));
        }
        got += piece.len() as u64;
        file.write_all(&piece).await.map_err(wrong)?;
    }
    file.flush().await.map_err(wrong)?;
    file.sync_data().await.map_err(wrong)?;
    if let Some(refusal) = broken {
        return Err(refusal);
    }
    if offset + got < now.bytes {
        return Ok(Added::Part(offset + got));
    }
    drop(file);
    let (folder, id, name, bytes) = (folder.to_owned(), id.to_owned(), now.name, now.bytes);
    let finishing = move || finish(&folder, &id, &name).map(|path| Added::Whole(bytes, path));
    beside(finishing).await?
}

/// Gives a whole file its name, or one with a number if that is taken.
fn finish(folder: &Path, id: &str, name: &str) -> Answer<String> {
    let (from, media) = (part(folder, id), media(folder));
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    for n in 1..100 {
        let name = if n == 1 { name.to_owned() } else { format!("{stem}-{n}{extension}") };
        match rename_to_free(&from, &media.join(&name)) {
            Ok(()) => {
                let about = description(folder, id);
                fs::remove_file(&about).map_err(|e| failed(&about, &e))?;
                // Where folders cannot be synced the system does it later.
                let _ = File::open(&media).and_then(|folder| folder.sync_all());
                return Ok(format!("media/{name}"));
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(failed(&from, &e)),
        }
    }
    let message = format!("there are 99 files with the name {name}");
    Err(Refusal::with(
        StatusCode::CONFLICT,
        ApiError::new("server.upload", message).hint("delete the upload, and choose another name"),
    ))
}

/// Renames a file; never over another one.
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // File systems that cannot do it.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {}
            done => return Ok(done?),
        }
    }
    OpenOptions::new().write(true).create_new(true).open(to)?;
    fs::rename(from, to)
}

/// Refuses names that are more than a name, or that are none on some systems.
///
/// # Errors
/// `usage.upload`.
pub fn check_name(name: &str) -> Answer<()> {
    let wrong = |reason: &str| {
        let error = ApiError::new("usage.upload", format!("{name:?} is no name for a file: {reason}"));
        Err(error.hint("send the name alone, such as clip.mp4").field("name").into())
    };
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return wrong("it has from 1 to 240 bytes");
    }
    if name.starts_with('.') || name.ends_with(['.', ' ']) || name.starts_with(' ') {
        return wrong("it begins with a point or a space, or ends with one");
    }
    // Marks of direction make names look like others.
    let hides =
        |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if name.contains(|c| hides(c) || "/\\<>:\"|?*".contains(c)) {
        return wrong("it has signs that names have not");
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let device = stem.strip_prefix("COM").or(stem.strip_prefix("LPT"));
    let is_port = device.is_some_and(|n| n.chars().count() == 1 && n.contains(|c: char| c.is_ascii_digit() || "¹²³".contains(c)));
    if is_port || ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) {
        return wrong("it is the name of a device on Windows");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_everywhere() {
        for name in ["clip.mp4", "Ä 1 (2).mov", "日本.mp4", "com.mp4", "a..b", "CONTENT.mp4", &"x".repeat(240)] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            "C:\\a",
            "C:a",
            "a:stream",
            ".hidden",
            "a.",
            "a ",
            " a",
            "a\0b",
            "a\nb",
            "CON",
            "con.mp4",
            "nul.tar.gz",
            "COM1",
            "lpt9.txt",
            "COM¹.mp4",
            "NUL .mp4",
            "a\u{202e}4pm.exe",
            "a?b",
            &"x".repeat(241),
        ] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_file_never_replaces_another() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&a, "new").unwrap();
        fs::write(&b, "old").unwrap();
        assert_eq!(rename_to_free(&a, &b).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&b).unwrap(), "old");
        rename_to_free(&a, &dir.path().join("c")).unwrap();
        assert!(!a.exists());
    }
}

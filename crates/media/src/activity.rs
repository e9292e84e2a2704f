//! What this process does in foreign code, kept in a small file, so that another process can name the
//! culprit when this one crashes in a decoder or an encoder.
//!
//! Each thread has a place of its own in the file and overwrites it, with one system call, before it
//! decodes a frame or encodes one. Decoders have threads of their own: what ended is kept as well, as
//! the last thing that was asked for. Without [`record_in`] nothing is written.
use cutroom_types::Time;
use std::{
    cell::{Cell, RefCell},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

/// Bytes of a thread's place; a longer path loses its beginning.
const PLACE_BYTES: usize = 1024;
/// Number of places; more threads share them.
const PLACES: usize = 128;

static RECORD: OnceLock<File> = OnceLock::new();
static ORDER: AtomicU64 = AtomicU64::new(1);
static NEXT_PLACE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static PLACE: Cell<Option<usize>> = const { Cell::new(None) };
    /// What this thread does now; one activity may be inside of another.
    static OPEN: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Something that a process did, or was doing when it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Whether it had not ended.
    pub is_open: bool,
    /// Larger for what began later.
    pub order: u64,
    /// What was done, such as `decoding` or `encoding with libx264`.
    pub what: String,
    /// The file concerned.
    pub file: Option<PathBuf>,
    /// Time in that file, seconds.
    pub secs: Option<f64>,
}

/// Keeps the activities of this process in a file from now on; only the first call counts.
///
/// # Errors
/// The file cannot be opened for writing.
pub fn record_in(path: &Path) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    let _ = RECORD.set(file);
    Ok(())
}

/// The activities in a file, the latest first; what cannot be read is left out.
///
/// # Errors
/// The file cannot be read.
pub fn read(file: &mut File) -> io::Result<Vec<Activity>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take((PLACE_BYTES * PLACES) as u64).read_to_end(&mut bytes)?;
    let mut found: Vec<Activity> = bytes.chunks(PLACE_BYTES).filter_map(parsed).collect();
    found.sort_by_key(|a| (!a.is_open, std::cmp::Reverse(a.order)));
    Ok(found)
}

fn parsed(place: &[u8]) -> Option<Activity> {
    let line = place.split(|b| *b == b'\n').next()?;
    let text = std::str::from_utf8(line).ok()?;
    let mut fields = text.splitn(5, '\t');
    let is_open = match fields.next()? {
        "+" => true,
        "-" => false,
        _ => return None,
    };
    let order = fields.next()?.parse().ok()?;
    let secs = fields.next()?.parse().ok();
    let what = fields.next()?.to_owned();
    let file = fields.next().filter(|path| !path.is_empty()).map(PathBuf::from);
    Some(Activity { is_open, order, what, file, secs })
}

/// An activity that has begun; it ends when this is dropped.
#[must_use]
pub(crate) struct Doing(Option<usize>);

/// Notes that this thread begins to decode a file at a time.
pub(crate) fn decoding(path: &Path, time: Time) -> Doing {
    begin("decoding", Some(path), Some(time))
}

/// Notes that this thread begins to scan a file.
pub(crate) fn scanning(path: &Path) -> Doing {
    begin("scanning", Some(path), None)
}

/// Notes that this thread calls an encoder.
pub(crate) fn encoding(encoder: &str) -> Doing {
    if RECORD.get().is_none() {
        return Doing(None);
    }
    begin(&format!("encoding with {encoder}"), None, None)
}

fn begin(what: &str, path: Option<&Path>, time: Option<Time>) -> Doing {
    let Some(record) = RECORD.get() else { return Doing(None) };
    let place = PLACE.with(|place| {
        place.get().unwrap_or_else(|| {
            let n = NEXT_PLACE.fetch_add(1, Ordering::Relaxed) % PLACES;
            place.set(Some(n));
            n
        })
    });
    let order = ORDER.fetch_add(1, Ordering::Relaxed);
    let secs = time.map(|t| format!("{:.6}", t.as_secs_f64())).unwrap_or_default();
    let mut path = path.map(|p| p.to_string_lossy().replace(['\n', '\t'], "?")).unwrap_or_default();
    let room = PLACE_BYTES.saturating_sub(what.len() + 64);
    while path.len() > room {
        path.remove(0);
    }
    let mut line = format!("+\t{order}\t{secs}\t{what}\t{path}\n").into_bytes();
    line.resize(PLACE_BYTES, 0);
    write_at(record, &line, place * PLACE_BYTES);
    OPEN.with(|open| open.borrow_mut().push(line));
    Doing(Some(place))
}

impl Drop for Doing {
    fn drop(&mut self) {
        if let (Some(place), Some(record)) = (self.0, RECORD.get()) {
            let outer = OPEN.with(|open| {
                let mut open = open.borrow_mut();
                open.pop();
                open.last().cloned()
            });
            match outer {
                Some(line) => write_at(record, &line, place * PLACE_BYTES),
                None => write_at(record, b"-", place * PLACE_BYTES),
            }
        }
    }
}

/// A record that cannot be written only makes a message less exact.
fn write_at(record: &File, bytes: &[u8], at: usize) {
    #[cfg(unix)]
    let _ = std::os::unix::fs::FileExt::write_at(record, bytes, at as u64);
    #[cfg(not(unix))]
    let _ = (record, bytes, at);
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_comes_first_then_what_was_last() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let nothing = decoding(Path::new("/before.mp4"), Time::ZERO);
        drop(nothing);
        record_in(file.path()).unwrap();
        let long = format!("/{}/end.mov", "x".repeat(2000));
        let of_thread = Path::new(&long).to_owned();
        std::thread::spawn(move || drop(scanning(&of_thread))).join().unwrap();
        std::thread::spawn(|| drop(encoding("libx264"))).join().unwrap();
        let _open = decoding(Path::new("/a b.mp4"), Time::from_secs_f64(1.5));
        // What is inside of it ends, and it goes on.
        drop(scanning(Path::new("/inner.mp4")));
        let found = read(&mut file.reopen().unwrap()).unwrap();
        let open = Activity { is_open: true, order: 3, what: "decoding".into(), file: Some("/a b.mp4".into()), secs: Some(1.5) };
        assert_eq!(found[0], open);
        assert_eq!((found[1].what.as_str(), found[1].is_open, &found[1].file), ("encoding with libx264", false, &None));
        assert!(found[2].file.as_ref().unwrap().ends_with("end.mov"));
        assert_eq!(found.len(), 3);
    }
}

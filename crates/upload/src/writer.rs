//! The two ends of an upload: what the film is written to, and what finishes it or breaks it off.
use super::{
    Destination, UploadError, UploadSettings, Uploaded,
    chunks::{Chunk, Chunks},
    http::{Client, Stop},
    put, s3,
};
use std::{
    fmt,
    io::{self, Write},
    mem,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

/// Takes the film, from its first byte to its last. It may be dropped before [`Upload::finish`] or
/// after.
pub struct UploadWriter {
    shared: Arc<Shared>,
}

/// An upload in progress. Dropped, it is broken off, so that nothing appears under the address;
/// that waits until the server has been told.
#[must_use = "an upload that is dropped is broken off"]
pub struct Upload {
    shared: Arc<Shared>,
    stop: Stop,
    // `None` when it is finished.
    thread: Option<JoinHandle<Result<Uploaded, UploadError>>>,
}

struct Shared {
    filling: Mutex<Filling>,
    sender: SyncSender<Option<Chunk>>,
    /// What went wrong in the thread.
    failed: OnceLock<String>,
    url: String,
}

/// The chunk that is being filled.
struct Filling {
    bytes: Vec<u8>,
    /// Its number, from 1.
    number: u32,
    /// Size of the first chunk in bytes.
    first_bytes: usize,
    /// Whether later chunks are larger.
    grows: bool,
    over: bool,
}

/// Begins an upload: looks whether the address can be uploaded to, and starts the thread that
/// sends.
///
/// # Errors
/// [`UploadError::Exists`] if there is a file that must not be replaced;
/// [`UploadError::Connection`], [`UploadError::Refused`], [`UploadError::Redirected`],
/// [`UploadError::Certificates`] and [`UploadError::Thread`]. Servers may refuse later too, when
/// they are sent something.
pub fn begin(destination: Destination, settings: UploadSettings) -> Result<(UploadWriter, Upload), UploadError> {
    let client = Client::new(&destination.url(), &settings)?;
    let (first_bytes, grows) = match &destination {
        Destination::Put(url) => {
            put::look(&client, url, &settings)?;
            (settings.chunk_bytes.clamp(1, put::MOST_BYTES), false)
        }
        Destination::S3 { bucket, key, credentials } => {
            s3::Object { client: &client, bucket, key, credentials, settings: &settings }.look()?;
            (settings.chunk_bytes.max(s3::LEAST_BYTES), true)
        }
    };
    let (url, stop) = (destination.shown(), client.stop());
    // Without room in it: the sender waits until its chunk is taken.
    let (sender, receiver) = sync_channel(0);
    let filling = Mutex::new(Filling { bytes: Vec::new(), number: 1, first_bytes, grows, over: false });
    let shared = Arc::new(Shared { filling, sender, failed: OnceLock::new(), url: url.clone() });
    let chunks = Chunks::new(receiver, stop.clone(), url.clone());
    let of_thread = shared.clone();
    let run = move || {
        let result = match &destination {
            Destination::Put(url) => put::send(&client, url, &settings, &chunks),
            Destination::S3 { bucket, key, credentials } => {
                s3::Object { client: &client, bucket, key, credentials, settings: &settings }.send(&chunks)
            }
        };
        if let Err(e) = &result {
            // Before the writer learns that no chunk is taken any more.
            let _ = of_thread.failed.set(e.text());
        }
        drop(chunks);
        result
    };
    let thread = thread::Builder::new().name("upload".into()).spawn(run).map_err(|source| UploadError::Thread { url, source })?;
    Ok((UploadWriter { shared: shared.clone() }, Upload { shared, stop, thread: Some(thread) }))
}

impl Shared {
    fn filling(&self) -> MutexGuard<'_, Filling> {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a chunk to the thread; waits until that has sent the one before.
    fn hand_over(&self, bytes: Vec<u8>, last: bool) -> io::Result<()> {
        self.sender.send(Some(Chunk { bytes, last })).map_err(|_| self.failure())
    }

    fn failure(&self) -> io::Error {
        let aborted = || UploadError::Aborted { url: self.url.clone() }.text();
        io::Error::other(self.failed.get().cloned().unwrap_or_else(aborted))
    }
}

impl Filling {
    fn limit(&self) -> usize {
        if self.grows { s3::part_bytes(self.first_bytes, self.number) } else { self.first_bytes }
    }
}

impl Write for UploadWriter {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let mut filling = self.shared.filling();
        if self.shared.failed.get().is_some() {
            return Err(self.shared.failure());
        }
        if filling.over {
            return Err(io::Error::other(format!("{}: the upload is over", self.shared.url)));
        }
        if buf.is_empty() {
            return Ok(0);
        }
        if filling.bytes.len() >= filling.limit() {
            let full = mem::take(&mut filling.bytes);
            self.shared.hand_over(full, false)?;
            filling.number += 1;
        }
        if filling.bytes.is_empty() {
            filling.bytes = Vec::with_capacity(filling.limit());
        }
        let taken = buf.len().min(filling.limit() - filling.bytes.len());
        filling.bytes.extend_from_slice(&buf[..taken]);
        Ok(taken)
    }

    /// Sends nothing: a chunk is sent when it is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Upload {
    /// Sends what is left and waits until the server has the whole film.
    ///
    /// # Errors
    /// The first error of the upload.
    pub fn finish(mut self) -> Result<Uploaded, UploadError> {
        let last = {
            let mut filling = self.shared.filling();
            filling.over = true;
            mem::take(&mut filling.bytes)
        };
        // A thread that takes none any more has failed; it says why.
        let _ = self.shared.hand_over(last, true);
        let result = self.thread.take().map(JoinHandle::join);
        result.and_then(Result::ok).unwrap_or_else(|| Err(UploadError::Aborted { url: self.shared.url.clone() }))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.stop.now();
        // Wakes the thread if it waits for a chunk; if it has ended, it takes nothing.
        let _ = self.shared.sender.send(None);
        let _ = thread.join();
    }
}

impl fmt::Debug for UploadWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UploadWriter({})", self.shared.url)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({})", self.shared.url)
    }
}

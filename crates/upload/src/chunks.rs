//! The film in pieces, on its way to the thread that sends it.
use super::{UploadError, http::Stop};
use std::sync::mpsc::Receiver;

/// A part of the film.
pub(super) struct Chunk {
    pub bytes: Vec<u8>,
    /// Whether the film ends with it.
    pub last: bool,
}

/// The chunks of a film, as they come.
pub(super) struct Chunks {
    // `None`: the upload is broken off.
    receiver: Receiver<Option<Chunk>>,
    stop: Stop,
    url: String,
}

impl Chunks {
    /// The chunks that come from a writer.
    pub fn new(receiver: Receiver<Option<Chunk>>, stop: Stop, url: String) -> Self {
        Self { receiver, stop, url }
    }

    /// Waits for the next chunk; none comes after the last one.
    ///
    /// # Errors
    /// [`UploadError::Aborted`].
    pub fn next(&self) -> Result<Chunk, UploadError> {
        let chunk = self.receiver.recv().ok().flatten().filter(|_| !self.stop.asked());
        chunk.ok_or_else(|| UploadError::Aborted { url: self.url.clone() })
    }
}

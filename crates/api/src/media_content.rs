//! What a media's content is recognised by: fingerprint and size, which the document remembers so
//! that files can be found again after they were moved or renamed.
use cutroom_media::{Fingerprint, MediaLocation};
use cutroom_project::{Media, MediaFacts};
use std::io;

/// Size in bytes and fingerprint of a file, or of all files of numbered pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub bytes: u64,
    pub fingerprint: Fingerprint,
}

impl Content {
    /// Reads it; at most 4 MiB of each file.
    ///
    /// # Errors
    /// A file cannot be read, or there is none.
    pub fn of(location: &MediaLocation) -> io::Result<Self> {
        let fingerprint = Fingerprint::of(location)?;
        Ok(Self { bytes: bytes_of(location)?, fingerprint })
    }

    /// What the document remembers, as far as it is readable.
    pub fn remembered(media: &Media) -> (Option<u64>, Option<Fingerprint>) {
        let facts = media.facts.as_ref();
        (facts.and_then(|f| f.bytes), facts.and_then(|f| f.fingerprint.as_ref()?.parse().ok()))
    }

    /// Writes it into the facts of a media.
    pub fn into_facts(self, facts: MediaFacts) -> MediaFacts {
        MediaFacts { bytes: Some(self.bytes), fingerprint: Some(self.fingerprint.to_string()), ..facts }
    }
}

/// Size in bytes of a file, or of all files of numbered pictures.
pub(crate) fn bytes_of(location: &MediaLocation) -> io::Result<u64> {
    location.files().iter().map(|file| std::fs::metadata(file).map(|m| m.len())).sum()
}

/// Whether the file of a media, or a file of its numbered pictures, is there.
pub(crate) fn is_there(location: &MediaLocation) -> bool {
    let files = location.files();
    !files.is_empty() && files.iter().all(|file| file.is_file())
}

//! The file of an entry: magic, format version, length, checksum, payload. The checksum covers the
//! kind and the key, so that a file under another entry's name is no entry.
use crate::Key;

/// Begins every file; the last byte is the version of this format.
const MAGIC: [u8; 8] = *b"cutrsto\x01";
/// Begins the names of files that are being written.
pub(crate) const HIDDEN: &str = ".new-";
/// Bytes before the payload: magic, length (u64, little-endian), checksum.
pub(crate) const HEADER_BYTES: usize = 8 + 8 + 32;

fn checksum(kind: &str, key: Key, payload: &[u8]) -> [u8; 32] {
    let mut hash = blake3::Hasher::new();
    hash.update(&(kind.len() as u64).to_le_bytes()).update(kind.as_bytes()).update(&key.0);
    hash.update(payload).finalize().into()
}

/// What precedes a payload.
pub(crate) fn header(kind: &str, key: Key, payload: &[u8]) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MAGIC);
    header[8..16].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    header[16..].copy_from_slice(&checksum(kind, key, payload));
    header
}

/// The payload of a file's bytes; `None` if they are not this entry, whole and unchanged.
pub(crate) fn payload(kind: &str, key: Key, mut file: Vec<u8>) -> Option<Vec<u8>> {
    let payload = file.get(HEADER_BYTES..)?;
    if file[..HEADER_BYTES] != header(kind, key, payload) {
        return None;
    }
    file.drain(..HEADER_BYTES);
    Some(file)
}

//! Fingerprints of files: what identifies their content wherever they lie and whatever they are called.
//!
//! A file of at most 4 MiB is hashed completely. Of a larger one its size, its first and last MiB and
//! 16 pieces of 64 KiB at even distances between them are hashed (BLAKE3), 3 MiB in all: a change in
//! place that keeps the size and lies between those pieces is not seen. Headers, indexes and the
//! time of writing are at the beginning or the end of all media files, so that another encoding of
//! the same length is always seen.
use crate::numbered::MediaLocation;
use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    str::FromStr,
};

/// Largest size in bytes of a file that is hashed completely.
const WHOLE: u64 = 4 << 20;
/// Bytes hashed at the beginning and at the end of a larger file.
const ENDS: u64 = 1 << 20;
/// Number of pieces between them, and their length in bytes.
const PIECES: (u64, u64) = (16, 64 << 10);

/// The fingerprint of a file or of the files of numbered pictures; written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of a file. It reads at most 4 MiB.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut hash = blake3::Hasher::new();
        hash.update(&bytes.to_le_bytes());
        if bytes <= WHOLE {
            hash.update_reader(file.take(bytes))?;
            return Ok(Self(hash.finalize().into()));
        }
        let step = (bytes - 2 * ENDS) / PIECES.0;
        let between = (0..PIECES.0).map(|i| (ENDS + i * step, PIECES.1.min(step)));
        for (start, length) in std::iter::once((0, ENDS)).chain(between).chain([(bytes - ENDS, ENDS)]) {
            file.seek(SeekFrom::Start(start))?;
            hash.update_reader((&mut file).take(length))?;
        }
        Ok(Self(hash.finalize().into()))
    }

    /// Of what a medium reads: a file, or the files of numbered pictures in their order.
    ///
    /// # Errors
    /// A file cannot be read, or there is none.
    pub fn of(location: &MediaLocation) -> io::Result<Self> {
        if location.numbered.is_none() {
            return Self::of_file(&location.path);
        }
        let files = location.files();
        if files.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut hash = blake3::Hasher::new();
        for file in files {
            hash.update(&Self::of_file(&file)?.0);
        }
        Ok(Self(hash.finalize().into()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from(self.0).to_hex())
    }
}

impl FromStr for Fingerprint {
    type Err = blake3::HexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(*blake3::Hash::from_hex(text)?.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_size_decide() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let mut bytes: Vec<u8> = (0..6_000_000_u32).map(|i| (i % 251) as u8).collect();
        let of = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Fingerprint::of_file(&path).unwrap()
        };
        let first = of(&bytes);
        std::fs::rename(&path, dir.path().join("b")).unwrap();
        assert_eq!(of(&bytes), first);
        assert_eq!(first.to_string().parse::<Fingerprint>().unwrap(), first);
        for at in [0, 1_000_000, ENDS as usize + 10, 5_000_000, 5_999_999] {
            bytes[at] ^= 1;
            assert_ne!(of(&bytes), first, "a change at byte {at}");
            bytes[at] ^= 1;
        }
        assert_ne!(of(&bytes[..5_999_999]), first);
        // Small files are read completely: the hash is that of their size and content.
        let expected = blake3::hash(&[&3_u64.to_le_bytes()[..], b"abc"].concat());
        assert_eq!(of(b"abc").0, *expected.as_bytes());
    }
}

//! Keys: hashes of what decides a value.
use std::fmt;

/// The key of an entry, a BLAKE3 hash; printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub [u8; 32]);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from(self.0).to_hex())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes a [`Key`] of several parts; each is preceded by its length, so that different lists of parts
/// have different keys.
#[derive(Clone, Default)]
pub struct KeyHasher(blake3::Hasher);

impl KeyHasher {
    /// A hasher for one purpose: hashers of other names give other keys.
    pub fn new(name: &str) -> Self {
        Self::default().with(name.as_bytes())
    }

    /// Adds a part.
    #[must_use]
    pub fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
        self
    }

    /// The key of all parts.
    pub fn key(&self) -> Key {
        Key(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let key = |parts: &[&str]| parts.iter().fold(KeyHasher::new("t"), |h, p| h.with(p)).key();
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
        for other in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &[]] {
            assert_ne!(key(&["ab", "c"]), key(other), "{other:?}");
        }
        // The definition, by blake3 alone.
        let bytes = [&1_u64.to_le_bytes()[..], b"t", &2_u64.to_le_bytes(), b"ab"].concat();
        assert_eq!(key(&["ab"]).0, *blake3::hash(&bytes).as_bytes());
    }
}

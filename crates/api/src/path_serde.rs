//! Serialises paths as text. Bytes that are not Unicode become U+FFFD, so that a file name never
//! makes the whole answer fail.
use serde::Serializer;
use std::path::{Path, PathBuf};

/// Serialises one path.
pub(crate) fn path<S: Serializer>(path: &Path, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&path.to_string_lossy())
}

/// Serialises a path or nothing.
pub(crate) fn option<S: Serializer>(path: &Option<PathBuf>, s: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => s.serialize_some(&path.to_string_lossy()),
        None => s.serialize_none(),
    }
}

/// Serialises a list of paths.
pub(crate) fn list<S: Serializer>(paths: &[PathBuf], s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(paths.iter().map(|p| p.to_string_lossy()))
}

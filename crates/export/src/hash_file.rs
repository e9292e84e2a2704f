//! Writes the list of frame hashes to a file.
use crate::ExportError;
use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A list of frame numbers and hashes, one per line, in a hidden file; it gets its name only when
/// complete.
pub(crate) struct HashFile {
    target: PathBuf,
    overwrite: bool,
    file: BufWriter<NamedTempFile>,
}

/// A complete list on the disk that is not renamed yet.
pub(crate) struct HashesReady {
    target: PathBuf,
    /// The target with symbolic links resolved.
    place: PathBuf,
    overwrite: bool,
    file: NamedTempFile,
}

/// The path that is written for a target: with `overwrite`, that behind a symbolic link; otherwise
/// the target itself.
fn place(target: &Path, overwrite: bool) -> PathBuf {
    let link = overwrite && fs::symlink_metadata(target).is_ok_and(|m| m.is_symlink());
    fs::canonicalize(target).ok().filter(|_| link).unwrap_or_else(|| target.into())
}

impl HashFile {
    /// Creates the hidden file in the folder of the target.
    pub fn create(target: &Path, overwrite: bool) -> Result<Self, ExportError> {
        let fail = |source| ExportError::Hashes { path: target.into(), source };
        if !overwrite && fs::symlink_metadata(target).is_ok() {
            return Err(fail(io::ErrorKind::AlreadyExists.into()));
        }
        let place = place(target, overwrite);
        if fs::metadata(&place).is_ok_and(|m| !m.is_file()) {
            return Err(fail(io::Error::other("it is a folder or device, not a file")));
        }
        let folder = place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut options = tempfile::Builder::new();
        options.prefix(".cutroom-").suffix(".tmp");
        // The mode of any new file, which the user's umask reduces.
        #[cfg(unix)]
        options.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = options.tempfile_in(folder).map_err(fail)?;
        Ok(Self { target: target.into(), overwrite, file: BufWriter::new(file) })
    }

    /// Path of the hidden file.
    pub fn hidden_path(&self) -> &Path {
        self.file.get_ref().path()
    }

    /// Writes the hash of output picture `n`.
    pub fn line(&mut self, n: usize, hash: blake3::Hash) -> Result<(), ExportError> {
        writeln!(self.file, "{n} {hash}").map_err(|source| ExportError::Hashes { path: self.target.clone(), source })
    }

    /// Adds lines that were written before.
    pub fn lines(&mut self, text: &[u8]) -> Result<(), ExportError> {
        self.file.write_all(text).map_err(|source| ExportError::Hashes { path: self.target.clone(), source })
    }

    /// Flushes and synchronises the file to the disk.
    pub fn ready(self) -> Result<HashesReady, ExportError> {
        let fail = |source| ExportError::Hashes { path: self.target.clone(), source };
        let file = self.file.into_inner().map_err(|e| fail(e.into_error()))?;
        file.as_file().sync_all().map_err(fail)?;
        let place = place(&self.target, self.overwrite);
        Ok(HashesReady { target: self.target, place, overwrite: self.overwrite, file })
    }
}

impl HashesReady {
    /// Renames the list to its target; `film` is the output that is already complete, for the
    /// error.
    pub fn name(self, film: Option<&Path>) -> Result<(), ExportError> {
        let named = if self.overwrite { self.file.persist(&self.place) } else { self.file.persist_noclobber(&self.place) };
        named.map(drop).map_err(|e| ExportError::HashesLast { path: self.target, film: film.map(Into::into), source: e.error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_appears_whole_and_replaces_nothing_unasked() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("h.txt");
        let mut list = HashFile::create(&target, false).unwrap();
        list.line(0, blake3::hash(b"")).unwrap();
        assert!(!target.exists());
        // BLAKE3 of the empty input, from the specification's test vectors.
        let want = "0 af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262\n";
        let ready = list.ready().unwrap();
        fs::write(&target, "appeared meanwhile").unwrap();
        let film = dir.path().join("film.mp4");
        let error = ready.name(Some(&film)).unwrap_err();
        assert!(error.to_string().contains("film.mp4 is complete"), "{error}");
        assert_eq!(fs::read_to_string(&target).unwrap(), "appeared meanwhile");
        assert!(matches!(HashFile::create(&target, false), Err(ExportError::Hashes { .. })));
        assert!(matches!(HashFile::create(dir.path(), true), Err(ExportError::Hashes { .. })));
        let mut list = HashFile::create(&target, true).unwrap();
        list.line(0, blake3::hash(b"")).unwrap();
        list.ready().unwrap().name(None).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), want);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_modes_are_usual() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (real, link, plain) = (dir.path().join("real"), dir.path().join("link"), dir.path().join("plain"));
        fs::write(&real, "old").unwrap();
        fs::write(&plain, "").unwrap();
        symlink(&real, &link).unwrap();
        HashFile::create(&link, true).unwrap().ready().unwrap().name(None).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "");
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode();
        assert_eq!(mode(&real), mode(&plain), "as a file that anything else makes");
    }
}

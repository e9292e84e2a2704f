//! A playlist or manifest with its segments: many files, which are written to a hidden folder and
//! moved to their final names when the last one is complete, the playlist last.
use crate::MediaError;
use crate::write::partial::{folder_of, hidden_name, rename, sync_folder, write_error};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A package that is being written.
pub(crate) struct Package {
    target: PathBuf,
    folder: PathBuf,
    hidden: PathBuf,
    /// The playlist in the hidden folder.
    playlist: PathBuf,
    /// Whether the folder was made for it.
    is_new: bool,
    overwrite: bool,
}

impl Package {
    /// Creates the hidden folder, and the target's folder if only that is missing.
    ///
    /// # Errors
    /// [`MediaError::Exists`] when the playlist exists and `overwrite` is not set;
    /// [`MediaError::Write`].
    pub fn create(target: &Path, overwrite: bool) -> Result<Self, MediaError> {
        let failed = |e: std::io::Error| write_error(target, &e);
        if fs::symlink_metadata(target).is_ok() && !overwrite {
            return Err(MediaError::Exists { path: target.to_owned() });
        }
        if fs::metadata(target).is_ok_and(|m| !m.is_file()) {
            return Err(MediaError::Write { path: target.to_owned(), reason: "it is a folder or device, not a file".into() });
        }
        let name = target.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidFilename.into()))?;
        let folder = folder_of(target).to_owned();
        let is_new = !folder.exists();
        if is_new {
            fs::create_dir(&folder).map_err(failed)?;
        }
        let hidden = hidden_name(target, "partial").with_extension("");
        let package = Self { target: target.to_owned(), playlist: hidden.join(name), folder, hidden, is_new, overwrite };
        fs::create_dir(&package.hidden).map_err(failed)?;
        Ok(package)
    }

    /// The playlist as given.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The hidden folder.
    pub fn hidden(&self) -> &Path {
        &self.hidden
    }

    /// The playlist in the hidden folder.
    pub fn playlist(&self) -> &Path {
        &self.playlist
    }

    /// What the names of all files begin with, free of characters that FFmpeg's templates read.
    pub fn stem(target: &Path) -> String {
        let stem = target.file_stem().unwrap_or_default().to_string_lossy();
        stem.chars().map(|c| if matches!(c, '%' | '$' | '/' | '\\' | ':') { '_' } else { c }).collect()
    }

    /// Syncs the files and gives them their final names; returns their size in bytes. Segments of a
    /// package that is replaced and are not replaced themselves are removed.
    pub fn commit(self) -> Result<u64, MediaError> {
        let failed = |e: std::io::Error| write_error(&self.target, &e);
        let mut files: Vec<PathBuf> = fs::read_dir(&self.hidden)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(failed)?
            .iter()
            .map(fs::DirEntry::path)
            .collect();
        files.sort();
        // The playlist is last: what it names is there then.
        files.sort_by_key(|path| *path == self.playlist);
        let mut bytes = 0;
        for path in &files {
            let file = File::options().write(true).open(path).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            bytes += file.metadata().map_err(failed)?.len();
        }
        let named = |path: &Path| self.folder.join(path.file_name().unwrap_or_default());
        if let (Some(path), false) = (files.iter().map(|path| named(path)).find(|path| path.exists()), self.overwrite) {
            return Err(MediaError::Exists { path });
        }
        for (n, path) in files.iter().enumerate() {
            if let Err(error) = rename(path, &named(path), self.overwrite) {
                if !self.overwrite {
                    // Best effort on a file system that just failed; the first error is returned.
                    files[..n].iter().for_each(|path| drop(fs::remove_file(named(path))));
                }
                return Err(error);
            }
        }
        if self.overwrite {
            self.remove_old(&files);
        }
        sync_folder(&self.folder).map_err(failed)?;
        Ok(bytes)
    }

    /// Removes segments that an older, longer package left: `stem-….m4s`.
    fn remove_old(&self, new: &[PathBuf]) {
        let start = format!("{}-", Self::stem(&self.target));
        let is_segment = |name: &str| {
            let rest = name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".m4s"));
            rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
        };
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if is_segment(&name.to_string_lossy()) && new.iter().all(|path| path.file_name() != Some(&name)) {
                // What stays is named by no playlist.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        // After a commit the folder is empty; a failure cannot be handled here.
        let _ = fs::remove_dir_all(&self.hidden);
        if self.is_new {
            // Only if nothing is in it.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

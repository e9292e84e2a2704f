//! Sequences of one file per picture. All are written to a hidden folder in the target's folder and
//! moved to their final names when the last one is complete.
//!
//! A target is a pattern, `shot_%05d.png` (numbers start at 0), or a folder without an extension,
//! in which the files are named `00000.png` and so on, with the usual extension of their container.
use crate::MediaError;
use crate::write::container::Container;
use crate::write::partial::{folder_of, hidden_name, rename, sync_folder, write_error};
use cutroom_types::ColorTags;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A sequence that is being written.
pub(crate) struct Sequence {
    target: PathBuf,
    pattern: SequencePattern,
    /// Colour of the pictures.
    pub color: ColorTags,
    /// Whether they are PNG files.
    pub are_png: bool,
    hidden: PathBuf,
    overwrite: bool,
    count: u64,
    bytes: u64,
}

/// Folder and names of the files of a sequence.
#[derive(Debug)]
pub struct SequencePattern {
    folder: PathBuf,
    /// Whether the folder itself is the target and is created if missing.
    own_folder: bool,
    before: String,
    after: String,
    digits: usize,
}

impl SequencePattern {
    /// Parses a pattern such as `shots/shot_%05d.png`, or the name of a folder, for files with one
    /// of these extensions, the usual one first.
    ///
    /// # Errors
    /// [`MediaError::Settings`], which states the required form.
    pub fn parse(target: &Path, extensions: &[&str]) -> Result<Self, MediaError> {
        let usual = extensions.first().copied().unwrap_or_default();
        let bad = |reason: &str| MediaError::Settings { reason: format!("{}: {reason}", target.display()) };
        let name = target.file_name().and_then(|n| n.to_str()).ok_or_else(|| bad("is not a readable file name"))?;
        if !name.contains('%') {
            if target.extension().is_some() {
                return Err(bad(&format!(
                    "a picture sequence needs a place for the number, such as name_%05d.{usual}, or a folder name"
                )));
            }
            return Ok(Self {
                folder: target.into(),
                own_folder: true,
                before: String::new(),
                after: format!(".{usual}"),
                digits: 5,
            });
        }
        let (before, rest) = name.split_once('%').unwrap_or((name, ""));
        let (digits, after) = rest.split_once('d').ok_or_else(|| bad("the number must be written as %05d"))?;
        let digits: usize = if digits.is_empty() {
            1
        } else {
            digits.strip_prefix('0').and_then(|d| d.parse().ok()).ok_or_else(|| bad("the number must be written as %05d"))?
        };
        if digits == 0 || digits > 12 || after.contains('%') {
            return Err(bad("one number of 1 to 12 digits is allowed"));
        }
        let extension = after.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if !extension.is_some_and(|e| extensions.contains(&e.as_str())) {
            return Err(bad(&format!("the names must end in .{}", extensions.join(" or ."))));
        }
        Ok(Self { folder: folder_of(target).into(), own_folder: false, before: before.into(), after: after.into(), digits })
    }

    fn name(&self, n: u64) -> String {
        format!("{}{n:0width$}{}", self.before, self.after, width = self.digits)
    }

    /// Whether a file has, or would have, a name that the sequence may use.
    pub fn covers(&self, path: &Path) -> bool {
        let same = |a: &Path, b: &Path| a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b);
        self.has_name(path) && same(folder_of(path), &self.folder)
    }

    fn has_name(&self, path: &Path) -> bool {
        let number =
            path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_prefix(&self.before)?.strip_suffix(&self.after));
        number.is_some_and(|d| d.len() >= self.digits && d.bytes().all(|b| b.is_ascii_digit()))
    }

    /// Files of the folder that the pattern covers, sorted by name.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn existing(&self) -> std::io::Result<Vec<PathBuf>> {
        if !self.folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if self.has_name(&path) {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }
}

impl Sequence {
    /// Creates the hidden folder.
    pub fn create(target: &Path, container: &Container, color: ColorTags, overwrite: bool) -> Result<Self, MediaError> {
        let pattern = SequencePattern::parse(target, container.extensions)?;
        let are_png = container.video.contains(&"png");
        let failed = |e: std::io::Error| write_error(target, &e);
        if let (Some(path), false) = (pattern.existing().map_err(failed)?.into_iter().next(), overwrite) {
            return Err(MediaError::Exists { path });
        }
        if pattern.own_folder && fs::symlink_metadata(target).is_ok() && !target.is_dir() {
            return Err(MediaError::Write { path: target.into(), reason: "it is a file, not a folder".into() });
        }
        let hidden = hidden_name(target, "partial");
        fs::create_dir(&hidden).map_err(failed)?;
        Ok(Self { target: target.into(), pattern, color, are_png, hidden, overwrite, count: 0, bytes: 0 })
    }

    /// The target as given.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The folder that holds the files until they are complete.
    pub fn hidden(&self) -> &Path {
        &self.hidden
    }

    /// Writes the next file.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        let path = self.hidden.join(self.pattern.name(self.count));
        File::create_new(&path).and_then(|mut f| f.write_all(bytes)).map_err(|e| write_error(&self.target, &e))?;
        self.count += 1;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Syncs all files and moves them to their final names; returns their size in bytes. Existing
    /// files that match the pattern are replaced, and removed where the new sequence is shorter.
    /// When a move fails, everything is moved back.
    pub fn commit(self) -> Result<u64, MediaError> {
        let failed = |e: std::io::Error| write_error(&self.target, &e);
        for n in 0..self.count {
            File::open(self.hidden.join(self.pattern.name(n))).and_then(|f| f.sync_all()).map_err(failed)?;
        }
        sync_folder(&self.hidden).map_err(failed)?;
        if self.pattern.own_folder && !self.pattern.folder.exists() {
            // The whole folder gets its name at once.
            fs::rename(&self.hidden, &self.pattern.folder).map_err(failed)?;
            sync_folder(folder_of(&self.pattern.folder)).map_err(failed)?;
            return Ok(self.bytes);
        }
        let old = self.pattern.existing().map_err(failed)?;
        if let (Some(path), false) = (old.first(), self.overwrite) {
            return Err(MediaError::Exists { path: path.clone() });
        }
        let aside = self.aside(&old)?;
        let mut moved: Vec<(PathBuf, PathBuf)> = Vec::new();
        let away = old.iter().filter_map(|p| Some((p.clone(), aside.as_ref()?.join(p.file_name()?))));
        let into = (0..self.count).map(|n| self.pattern.name(n)).map(|n| (self.hidden.join(&n), self.pattern.folder.join(&n)));
        for (from, to) in away.chain(into) {
            if let Err(error) = rename(&from, &to, false) {
                // Best effort on a file system that just failed; the first error is returned.
                for (from, to) in moved.iter().rev() {
                    let _ = fs::rename(to, from);
                }
                // The folder remains when files are left in it.
                aside.into_iter().for_each(|folder| drop(fs::remove_dir(folder)));
                return Err(error);
            }
            moved.push((from, to));
        }
        sync_folder(&self.pattern.folder).map_err(failed)?;
        if let Some(aside) = aside {
            fs::remove_dir_all(aside).map_err(failed)?;
        }
        Ok(self.bytes)
    }

    /// A folder for the replaced files. It is not inside the hidden folder: a program that is
    /// terminated during the exchange removes that one, which may lose the new pictures, but not
    /// the old ones.
    fn aside(&self, old: &[PathBuf]) -> Result<Option<PathBuf>, MediaError> {
        if old.is_empty() {
            return Ok(None);
        }
        let aside = hidden_name(&self.target, "replaced");
        fs::create_dir(&aside).map_err(|e| write_error(&self.target, &e))?;
        Ok(Some(aside))
    }
}

impl Drop for Sequence {
    fn drop(&mut self) {
        // After a commit the folder is gone or empty; a failure cannot be handled here.
        let _ = fs::remove_dir_all(&self.hidden);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::container::container;

    #[test]
    fn patterns_are_read() {
        for (target, n, want) in [
            ("a/x_%05d.png", 7, "x_00007.png"),
            ("x%d.png", 12, "x12.png"),
            ("x.%03d.PNG", 1234, "x.1234.PNG"),
            ("frames", 3, "00003.png"),
        ] {
            assert_eq!(SequencePattern::parse(Path::new(target), &["png"]).unwrap().name(n), want);
        }
        let jpeg = |target: &str| SequencePattern::parse(Path::new(target), &["jpg", "jpeg"]);
        assert_eq!(jpeg("x%02d.jpeg").unwrap().name(3), "x03.jpeg");
        assert_eq!(jpeg("frames").unwrap().name(3), "00003.jpg");
        assert!(jpeg("x%02d.png").unwrap_err().to_string().contains("must end in .jpg or .jpeg"));
        for bad in ["x.png", "x_%5d.png", "x_%0d.png", "x_%05d_%05d.png", "x_%05d.jpg", "x_%05x.png", "x_%099d.png"] {
            assert!(matches!(SequencePattern::parse(Path::new(bad), &["png"]), Err(MediaError::Settings { .. })), "{bad}");
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A program that is terminated during the exchange removes the hidden folder, so replaced
    /// files must not be in it. After the exchange nothing else is left.
    #[test]
    fn what_is_replaced_is_never_lost() {
        let dir = tempfile::tempdir().unwrap();
        let (target, old) = (dir.path().join("x_%03d.png"), ["x_000.png", "x_001.png", "x_007.png"]);
        old.iter().for_each(|n| fs::write(dir.path().join(n), "old").unwrap());
        let begin = || {
            let mut sequence = Sequence::create(&target, container("png-sequence").unwrap(), ColorTags::SRGB, true).unwrap();
            (0..3).for_each(|_| sequence.push(b"new").unwrap());
            sequence
        };
        let sequence = begin();
        let aside = sequence.aside(&sequence.pattern.existing().unwrap()).unwrap().unwrap();
        assert!(aside.is_dir() && !aside.starts_with(sequence.hidden()));
        fs::remove_dir(aside).unwrap();
        drop(sequence);
        assert_eq!(names(dir.path()), old);
        begin().commit().unwrap();
        assert_eq!(names(dir.path()), ["x_000.png", "x_001.png", "x_002.png"]);
        assert_eq!(fs::read(dir.path().join("x_001.png")).unwrap(), b"new");
    }
}

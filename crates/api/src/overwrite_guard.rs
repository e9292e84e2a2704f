//! Compares the files that an operation writes with those that it reads: no input is ever replaced,
//! no two outputs share a name, and an existing file is replaced only on request.
use crate::{ApiError, SubtitleInput};
use cutroom_media::write::SequencePattern;
use cutroom_pipeline::{media_location, media_path};
use cutroom_project::Project;
use cutroom_types::ParamValue;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

/// An output: the field of the request that names it, and its path.
pub(crate) struct WrittenFile<'a> {
    field: &'static str,
    /// Whether messages show only its path, without the field.
    is_only: bool,
    path: &'a Path,
    /// Pattern of an image sequence, which is one file per picture.
    pattern: Option<&'a SequencePattern>,
}

/// Files that are read: for each its description in messages, and its path.
pub(crate) struct Inputs(Vec<(String, PathBuf)>);

impl Inputs {
    /// The project file, its media, and the files named by parameters of effects and transitions.
    pub fn of_project(project: &Project, file: &Path, folder: &Path) -> Self {
        let mut all = vec![("the project".to_owned(), file.to_owned())];
        for m in &project.media {
            let files = media_location(folder, m).files();
            all.extend(files.into_iter().map(|file| (format!("media \"{}\" of the project", m.id), file)));
        }
        let effects = project.effects().map(|e| &e.params);
        let mut named = HashSet::new();
        for params in effects.chain(project.tracks().flat_map(|t| &t.transitions).map(|x| &x.params)) {
            for value in params.values().flat_map(|v| v.values()) {
                // Any text may be a file name; a text that is not one matches no output.
                if let ParamValue::Text(path) = value
                    && named.insert(path)
                {
                    all.push((format!("\"{path}\", which an effect of the project reads"), media_path(folder, path)));
                }
            }
        }
        Self(all)
    }

    /// The files, and what could be one by its form.
    pub fn paths(self) -> impl Iterator<Item = PathBuf> {
        self.0.into_iter().map(|(_, path)| path)
    }

    /// These and subtitle files.
    pub fn and_subtitles(mut self, files: &[SubtitleInput]) -> Self {
        self.0.extend(files.iter().map(|s| (format!("the subtitles {}", s.file.display()), s.file.clone())));
        self
    }

    /// The clips that a project is created from.
    pub fn of_clips(clips: &[PathBuf]) -> Self {
        Self(clips.iter().map(|c| (format!("the clip {}", c.display()), c.clone())).collect())
    }
}

impl<'a> WrittenFile<'a> {
    /// One file.
    pub fn file(field: &'static str, path: &'a Path) -> Self {
        Self { field, is_only: false, path, pattern: None }
    }

    /// The only file that an operation writes.
    pub fn only(field: &'static str, path: &'a Path) -> Self {
        Self { is_only: true, ..Self::file(field, path) }
    }

    /// An image sequence: one file per picture.
    pub fn sequence(field: &'static str, path: &'a Path, pattern: &'a SequencePattern) -> Self {
        Self { pattern: Some(pattern), ..Self::file(field, path) }
    }

    /// Name in messages.
    fn name(&self) -> String {
        let shown = self.path.display();
        if self.is_only { shown.to_string() } else { format!("`{}` {shown}", self.field) }
    }

    /// Existing files under its names.
    fn existing(&self) -> io::Result<Vec<PathBuf>> {
        match &self.pattern {
            Some(pattern) => pattern.existing(),
            None => Ok(fs::symlink_metadata(self.path).map(|_| self.path.to_owned()).into_iter().collect()),
        }
    }

    /// Whether writing it would overwrite `path`.
    fn is(&self, path: &Path, nodes: &HashSet<Node>) -> bool {
        let known = canonical(path);
        let by_name = match &self.pattern {
            Some(pattern) => pattern.covers(path) || pattern.covers(&known),
            None => canonical(self.path) == known,
        };
        by_name || node(path).is_some_and(|n| nodes.contains(&n))
    }
}

/// Identity of a file, independent of its name: device and inode number.
type Node = (u64, u64);

#[cfg(unix)]
fn node(path: &Path) -> Option<Node> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|m| (m.dev(), m.ino()))
}

#[cfg(not(unix))]
fn node(_: &Path) -> Option<Node> {
    None
}

/// Canonical path of a file that exists, or of one that would be created in an existing folder.
fn canonical(path: &Path) -> PathBuf {
    let made = || {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(made).unwrap_or_else(|| path.to_owned())
}

/// Rejects targets that are inputs or name the same file, and, without `overwrite`, those that
/// exist.
///
/// # Errors
/// `usage.replaces_input`, `usage.same_output`, `usage.exists`.
pub(crate) fn check(targets: &[WrittenFile<'_>], inputs: &Inputs, overwrite: bool) -> Result<(), ApiError> {
    let mut before: Vec<&WrittenFile<'_>> = Vec::new();
    for target in targets {
        let name = target.name();
        let unreadable = |e: io::Error| ApiError::new("usage.path", format!("{name}: {e}")).field(target.field).file(target.path);
        let existing = target.existing().map_err(unreadable)?;
        let nodes: HashSet<Node> = existing.iter().filter_map(|p| node(p)).collect();
        if let Some((what, _)) = inputs.0.iter().find(|(_, path)| target.is(path, &nodes)) {
            return Err(ApiError::new("usage.replaces_input", format!("{name} would replace {what}"))
                .hint("choose another name; what is read is never replaced, with `overwrite` neither")
                .field(target.field)
                .field("overwrite")
                .file(target.path));
        }
        for other in &before {
            let of_other: HashSet<Node> = other.existing().map_err(unreadable)?.iter().filter_map(|p| node(p)).collect();
            if target.is(other.path, &nodes) || other.is(target.path, &of_other) {
                let message = format!("{name} and {} are the same file", other.name());
                return Err(ApiError::new("usage.same_output", message)
                    .hint("give each its own name")
                    .field(target.field)
                    .field(other.field)
                    .file(target.path));
            }
        }
        if let Some(file) = existing.first().filter(|_| !overwrite) {
            return Err(ApiError::new("usage.exists", format!("{} exists already", file.display()))
                .hint("choose another name, or add `overwrite`")
                .field(target.field)
                .field("overwrite")
                .file(file));
        }
        before.push(target);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(targets: &[WrittenFile<'_>], inputs: &[PathBuf], overwrite: bool) -> String {
        check(targets, &Inputs::of_clips(inputs), overwrite).map_or_else(|e| e.code, |()| "fine".to_owned())
    }

    #[test]
    fn files_are_known_under_every_name() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("sub")).unwrap();
        for name in ["a.mp4", "old.mp4", "f-003.png"] {
            std::fs::write(at(name), name).unwrap();
        }
        let inputs = [at("a.mp4"), at("f-003.png"), at("gone.mov")];
        let file = |name: &str, overwrite| code(&[WrittenFile::file("output", &at(name))], &inputs, overwrite);
        for overwrite in [false, true] {
            assert_eq!(file("a.mp4", overwrite), "usage.replaces_input");
            assert_eq!(file("sub/../a.mp4", overwrite), "usage.replaces_input");
            assert_eq!(file("sub/../gone.mov", overwrite), "usage.replaces_input");
            assert_eq!(file("new.mp4", overwrite), "fine");
            let pattern = at("f-%03d.png");
            let parsed = SequencePattern::parse(&pattern, &["png"]).unwrap();
            let sequence = || vec![WrittenFile::sequence("output", &pattern, &parsed)];
            assert_eq!(code(&sequence(), &inputs, overwrite), "usage.replaces_input");
            assert_eq!(code(&sequence(), &[at("f-900.png")], overwrite), "usage.replaces_input");
            let (inside, beside) = (at("f-004.png"), at("f.txt"));
            let mut both = sequence();
            both.push(WrittenFile::file("frame_hashes", &inside));
            assert_eq!(code(&both, &[], true), "usage.same_output");
            let mut apart = sequence();
            apart.push(WrittenFile::file("frame_hashes", &beside));
            assert_eq!(code(&apart, &[], true), "fine");
            assert_eq!(code(&apart, &[], false), "usage.exists");
        }
        assert_eq!(file("old.mp4", false), "usage.exists");
        assert_eq!(file("old.mp4", true), "fine");
        let (one, again) = (at("x.mp4"), at("sub/../x.mp4"));
        assert_eq!(
            code(&[WrittenFile::file("output", &one), WrittenFile::file("frame_hashes", &again)], &[], true),
            "usage.same_output"
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_the_files_they_lead_to() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("a.mp4"), "a").unwrap();
        std::fs::hard_link(at("a.mp4"), at("hard.mp4")).unwrap();
        std::os::unix::fs::symlink(at("a.mp4"), at("soft.mp4")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("dangling.mp4")).unwrap();
        std::fs::hard_link(at("a.mp4"), at("f-1.png")).unwrap();
        for name in ["hard.mp4", "soft.mp4"] {
            assert_eq!(code(&[WrittenFile::file("output", &at(name))], &[at("a.mp4")], true), "usage.replaces_input", "{name}");
            assert_eq!(code(&[WrittenFile::file("output", &at("a.mp4"))], &[at(name)], true), "usage.replaces_input", "{name}");
        }
        assert_eq!(code(&[WrittenFile::file("output", &at("dangling.mp4"))], &[], false), "usage.exists");
        let pattern = at("f-%d.png");
        let parsed = SequencePattern::parse(&pattern, &["png"]).unwrap();
        let sequence = WrittenFile::sequence("output", &pattern, &parsed);
        assert_eq!(code(&[sequence], &[at("a.mp4")], true), "usage.replaces_input");
    }
}

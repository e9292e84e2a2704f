//! Folders that the files of a session must be in, if it works for others than the one who named the files.
use cutroom_media::{MediaError, MediaLocation};
use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

/// How much of a file is looked at to tell a list of other files.
const LOOKED_AT_BYTES: u64 = 4096;
/// What lists of other files begin with or have in their first bytes: HLS, FFmpeg's concat, DASH, IMF.
const LISTS: &[(&[u8], bool)] = &[(b"#EXTM3U", true), (b"ffconcat", true), (b"<MPD", false), (b"<CompositionPlaylist", false)];

/// Folders and files that may be read. Copies share them: what is added is added for all.
#[derive(Clone, Debug, Default)]
pub struct FileRoots(Arc<RwLock<Vec<PathBuf>>>);

impl FileRoots {
    /// Folders, or single files, with links followed. Those that do not exist are left out.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let roots = Self::default();
        paths.into_iter().for_each(|path| _ = roots.add(&path));
        roots
    }

    /// Adds a folder with all that is in it, or a file; `false` if it does not exist.
    pub fn add(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else { return false };
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&real) {
            all.push(real);
        }
        true
    }

    /// The folders and files.
    pub fn all(&self) -> Vec<PathBuf> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a file, or the folder that a new one would be in, is in one of the folders, links
    /// followed.
    pub fn hold(&self, path: &Path) -> bool {
        // No file has such a name.
        if path.as_os_str().as_encoded_bytes().contains(&0) {
            return false;
        }
        let parent = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        let real = path.canonicalize().ok().or_else(parent);
        real.is_some_and(|real| self.0.read().unwrap_or_else(PoisonError::into_inner).iter().any(|root| real.starts_with(root)))
    }

    /// Refuses a medium of which a file is elsewhere, or that is a list of other files, which could be
    /// anywhere.
    ///
    /// # Errors
    /// [`MediaError::Outside`].
    pub(crate) fn check(&self, location: &MediaLocation) -> Result<(), MediaError> {
        let outside = |path: &Path, reason: &'static str| Err(MediaError::Outside { path: path.to_owned(), reason });
        let files = if location.numbered.is_some() { location.files() } else { Vec::new() };
        for path in std::iter::once(&location.path).chain(&files) {
            if !self.hold(path) {
                return outside(path, "it is in none of the folders that may be used here");
            }
        }
        if location.numbered.is_none() && is_list(&location.path) {
            return outside(&location.path, "it is a list of other files, which could be anywhere");
        }
        Ok(())
    }
}

/// Whether a file names other files, which FFmpeg would open.
fn is_list(path: &Path) -> bool {
    // What is no file is not opened: a pipe would wait.
    if !path.metadata().is_ok_and(|meta| meta.is_file()) {
        return false;
    }
    let mut head = Vec::new();
    if std::fs::File::open(path).and_then(|file| file.take(LOOKED_AT_BYTES).read_to_end(&mut head)).is_err() {
        return false;
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
    LISTS.iter().any(|(mark, begins)| if *begins { text.starts_with(mark) } else { text.windows(mark.len()).any(|w| w == *mark) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_elsewhere_and_lists_of_files_are_refused() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (a, b) = (inside.path().join("a.mp4"), outside.path().join("b.mp4"));
        std::fs::write(&a, "x").unwrap();
        std::fs::write(&b, "x").unwrap();
        let roots = FileRoots::new([inside.path().to_owned(), "/does/not/exist".into()]);
        let code = |path: &Path| roots.check(&MediaLocation::file(path)).err().map(|e| e.code());
        assert_eq!((code(&a), code(&b)), (None, Some("media.open.outside")));
        assert_eq!(code(&inside.path().join("missing.mp4")), None, "what is missing is reported as missing");
        assert_eq!(code(&inside.path().join("../x.mp4")), Some("media.open.outside"));
        for text in ["#EXTM3U\n/etc/passwd", "\u{feff}ffconcat version 1.0\nfile /etc/passwd", "<?xml?><MPD>"] {
            let list = inside.path().join("list.mp4");
            std::fs::write(&list, text).unwrap();
            assert_eq!(code(&list), Some("media.open.outside"), "{text}");
        }
        assert!(!roots.hold(&inside.path().join("a\0")));
        // A copy sees what is added.
        assert!(roots.clone().add(&b));
        assert_eq!(code(&b), None);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/passwd", inside.path().join("link.mp4")).unwrap();
            assert_eq!(code(&inside.path().join("link.mp4")), Some("media.open.outside"));
            std::os::unix::fs::symlink("/etc/passwd", inside.path().join("p1.png")).unwrap();
            let numbered = cutroom_media::Numbered {
                frame_rate: cutroom_types::FrameRate::new(25, 1).unwrap(),
                start_number: None,
                gaps: cutroom_types::Gaps::Error,
            };
            let row = MediaLocation { path: inside.path().join("p%d.png"), numbered: Some(numbered) };
            assert!(roots.check(&row).is_err());
        }
    }
}

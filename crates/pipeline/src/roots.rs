//! Folders that the files of a session must be in, if it works for others than the one who named the files.
use cutroom_media::{MediaError, MediaLocation};
use std::{
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

/// How much of a file is looked at at a time, and at most, to tell a list of other files: FFmpeg looks at as much.
const PIECE_BYTES: usize = 4096;
const MAX_BYTES: usize = 1 << 20;
/// What lists of other files begin with, HLS and FFmpeg's concat, and what they have in their text, DASH and IMF.
const BEGINNINGS: &[&[u8]] = &[b"#extm3u", b"ffconcat"];
const MARKS: &[&[u8]] = &[b"<mpd", b"<compositionplaylist"];

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
    std::fs::File::open(path).and_then(names_others).unwrap_or(false)
}

/// Whether a file begins as FFmpeg's demuxers of lists want it. They see it as a text, up to the first zero,
/// behind tags of ID3 (ID3v2.4, section 3.1).
fn names_others(mut file: impl Read + Seek) -> io::Result<bool> {
    let (mut start, mut head) = (0_u64, Vec::new());
    loop {
        head.clear();
        file.seek(SeekFrom::Start(start))?;
        file.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut head)?;
        let [b'I', b'D', b'3', _, _, flags, size @ ..] = &head[..] else { break };
        let Some(size) = size.first_chunk::<4>() else { break };
        let size = size.iter().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7F));
        start += 10 + size + if flags & 0x10 != 0 { 10 } else { 0 };
    }
    while head.len() < MAX_BYTES && !head.contains(&0) {
        if file.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut head)? == 0 {
            break;
        }
    }
    let text = head.split(|byte| *byte == 0).next().unwrap_or_default().to_ascii_lowercase();
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    Ok(BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || MARKS.iter().any(|mark| text.windows(mark.len()).any(|w| w == *mark)))
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
        let late = " ".repeat(100_000) + "<Mpd>";
        let tagged = "ID3\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{5}12345#EXTM3U\n/etc/passwd";
        for text in ["#EXTM3U\n/etc/passwd", "\u{feff}ffconcat version 1.0\nfile /etc/passwd", "<?xml?><MPD>", &late, tagged] {
            let list = inside.path().join("list.mp4");
            std::fs::write(&list, text).unwrap();
            assert_eq!(code(&list), Some("media.open.outside"), "{text}");
        }
        assert!(!roots.hold(&inside.path().join("a\0")));
        for text in ["ID3", "ID3\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "", "a\u{0}<MPD>", "a #EXTM3U"] {
            let other = inside.path().join("other.mp4");
            std::fs::write(&other, text).unwrap();
            assert_eq!(code(&other), None, "{text:?}");
        }
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

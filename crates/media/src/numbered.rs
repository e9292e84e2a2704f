//! Numbered pictures (`shots/IMG_%04d.png`): files whose names differ in a number, read as the
//! frames of one film.
//!
//! They are our own list of files, each decoded by itself, and not FFmpeg's `image2` demuxer with a
//! pattern: that one ends at the first gap, reads every file to make an index, knows neither which
//! file a frame came from nor a name with two numbers, and takes the first file's format for all.
//! Here a row opens by listing its folder, frame n is the file with number first + n, and any still
//! that can be opened by itself can stand in a row.
use crate::error::MediaError;
use cutroom_types::{FrameRate, Gaps, NumberPattern, missing_numbers};
use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

/// Maximum number of frames of a row, missing numbers included.
const MAX_FRAMES: u64 = 1_000_000;

/// What is opened: a file, or numbered pictures.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaLocation {
    /// The file; for numbered pictures a path whose last part is a [`NumberPattern`].
    pub path: PathBuf,
    /// How numbered pictures are read; `None` for a file.
    pub numbered: Option<Numbered>,
}

/// How numbered pictures are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Numbered {
    /// Pictures per second.
    pub frame_rate: FrameRate,
    /// Number of the first picture; `None`: the lowest that there is.
    pub start_number: Option<u64>,
    /// What is shown where a number is missing.
    pub gaps: Gaps,
}

impl PartialOrd for Numbered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Numbered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |n: &Self| (n.frame_rate.num(), n.frame_rate.den(), n.start_number, n.gaps);
        key(self).cmp(&key(other))
    }
}

impl MediaLocation {
    /// A file.
    pub fn file(path: &Path) -> Self {
        Self { path: path.to_owned(), numbered: None }
    }

    /// A number that changes when a file of the row is changed, added or deleted; `None` for a
    /// file, and for a row whose folder cannot be listed.
    pub fn stamp(&self) -> Option<u64> {
        let numbered = self.numbered?;
        let row = Row::find(&self.path, Numbered { gaps: Gaps::Hold, ..numbered }).ok()?;
        let mut hasher = DefaultHasher::new();
        for &number in &row.numbers {
            let meta = std::fs::metadata(row.file(number)).ok();
            let modified = meta.as_ref().and_then(|m| m.modified().ok());
            (number, meta.map(|m| m.len()), modified).hash(&mut hasher);
        }
        Some(hasher.finish())
    }

    /// The files that it consists of; none that cannot be found.
    pub fn files(&self) -> Vec<PathBuf> {
        match self.numbered {
            None => vec![self.path.clone()],
            Some(numbered) => {
                let row = Row::find(&self.path, Numbered { gaps: Gaps::Hold, ..numbered });
                row.map_or(Vec::new(), |row| row.numbers.iter().map(|n| row.file(*n)).collect())
            }
        }
    }
}

/// The pattern that is the last part of a path.
pub fn pattern_of(path: &Path) -> Option<NumberPattern> {
    NumberPattern::parse(path.file_name()?.to_str()?)
}

/// The numbers of the files next to `path` whose names fit a pattern, sorted.
///
/// # Errors
/// The folder cannot be listed.
pub fn numbers_beside(path: &Path, pattern: &NumberPattern) -> std::io::Result<Vec<u64>> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        numbers.extend(entry?.file_name().to_str().and_then(|name| pattern.number_of(name)));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The files of numbered pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The pattern as given.
    path: PathBuf,
    pattern: NumberPattern,
    /// Numbers of the files, sorted, at least one.
    numbers: Vec<u64>,
    gaps: Gaps,
}

/// Where a frame of a row comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowFrame {
    File(PathBuf),
    Black,
}

impl Row {
    /// Lists the files.
    pub fn find(path: &Path, Numbered { start_number, gaps, .. }: Numbered) -> Result<Self, MediaError> {
        let pattern = pattern_of(path).ok_or_else(|| MediaError::NoPattern { path: path.into() })?;
        let listed = numbers_beside(path, &pattern);
        let mut numbers = listed.map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => MediaError::NoPictures { path: path.into(), from: start_number },
            _ => MediaError::Unreadable { path: path.into(), reason: format!("its folder cannot be listed: {e}") },
        })?;
        numbers.retain(|n| start_number.is_none_or(|start| *n >= start));
        let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else {
            return Err(MediaError::NoPictures { path: path.into(), from: start_number });
        };
        // A missing first picture is a gap, too.
        let starts_late = start_number.filter(|start| *start < first);
        let row = Self { path: path.into(), pattern, numbers, gaps };
        if let Some(start) = starts_late {
            return Err(MediaError::MissingPictures {
                path: path.into(),
                missing: row.pattern.name(start),
                numbers: start.to_string(),
            });
        }
        if let Some(missing) = missing_numbers(&row.numbers).filter(|_| gaps == Gaps::Error) {
            let before = row.numbers.windows(2).find(|w| w[1] > w[0] + 1).map_or(first, |w| w[0]);
            return Err(MediaError::MissingPictures { path: path.into(), missing: row.pattern.name(before + 1), numbers: missing });
        }
        if last - first >= MAX_FRAMES {
            let what = format!("a row from number {first} to {last} (at most {MAX_FRAMES} frames)");
            return Err(MediaError::Unsupported { path: path.into(), what });
        }
        Ok(row)
    }

    fn file(&self, number: u64) -> PathBuf {
        self.path.with_file_name(self.pattern.name(number))
    }

    /// The file of the first picture, with which all others agree in size and format.
    pub fn first(&self) -> PathBuf {
        self.file(self.numbers[0])
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        (self.numbers[self.numbers.len() - 1] - self.numbers[0]) as usize + 1
    }

    /// The pattern as given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A warning about missing numbers, if there are any.
    pub fn gaps_in_words(&self) -> Option<String> {
        let shown = if self.gaps == Gaps::Black { "black is shown" } else { "the picture before is shown" };
        Some(format!("missing numbers: {}; {shown}", missing_numbers(&self.numbers)?))
    }

    /// Where frame `n` comes from.
    pub fn frame(&self, n: usize) -> RowFrame {
        let number = self.numbers[0] + n as u64;
        match self.numbers.binary_search(&number) {
            Err(_) if self.gaps == Gaps::Black => RowFrame::Black,
            Ok(at) => RowFrame::File(self.file(self.numbers[at])),
            Err(after) => RowFrame::File(self.file(self.numbers[after.saturating_sub(1)])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_files_by_number() {
        let dir = tempfile::tempdir().unwrap();
        for n in [4, 5, 8] {
            std::fs::write(dir.path().join(format!("a{n:03}.png")), "x").unwrap();
        }
        let path = dir.path().join("a%03d.png");
        let find =
            |start_number, gaps| Row::find(&path, Numbered { frame_rate: FrameRate::new(25, 1).unwrap(), start_number, gaps });
        let error = find(None, Gaps::Error).unwrap_err();
        assert_eq!(error.code(), "media.numbered.missing");
        assert!(error.to_string().contains("a006.png") && error.to_string().contains("6 to 7"), "{error}");
        let file = |n: u64| RowFrame::File(dir.path().join(format!("a{n:03}.png")));
        let frames = |row: &Row| (0..row.frames()).map(|n| row.frame(n)).collect::<Vec<_>>();
        assert_eq!(frames(&find(None, Gaps::Hold).unwrap()), [file(4), file(5), file(5), file(5), file(8)]);
        assert_eq!(frames(&find(None, Gaps::Black).unwrap()), [file(4), file(5), RowFrame::Black, RowFrame::Black, file(8)]);
        assert_eq!(frames(&find(Some(8), Gaps::Error).unwrap()), [file(8)]);
        for (start, code) in [(3, "media.numbered.missing"), (9, "media.open.not_found")] {
            assert_eq!(find(Some(start), Gaps::Hold).unwrap_err().code(), code, "{start}");
        }
        std::fs::write(dir.path().join("a9000000.png"), "x").unwrap();
        assert_eq!(find(None, Gaps::Hold).unwrap_err().code(), "media.open.unsupported");
    }
}

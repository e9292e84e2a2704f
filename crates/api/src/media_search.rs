//! Looks for media in folders: lists the files, and says which of them a missing file may be.
use crate::media_content::{Content, bytes_of};
use cutroom_media::{Fingerprint, MediaLocation, Numbered, probe_location};
use cutroom_pipeline::facts_of;
use cutroom_project::{Media, MediaFacts};
use cutroom_types::{CancelToken, NumberPattern, TimeDelta};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Maximum number of files that are listed.
const MAX_FILES: usize = 1_000_000;
/// Maximum depth of folders in a folder.
const MAX_DEPTH: usize = 64;
/// Lengths that differ by less are equal: programs write them in milliseconds or in frames.
const LENGTH_SLACK: TimeDelta = TimeDelta(cutroom_types::FLICKS_PER_SECOND / 10);

/// A file that was found in a folder.
#[derive(Clone, Debug)]
pub(crate) struct FoundFile {
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
}

impl FoundFile {
    fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// All files of folders and of the folders in them, in order of their paths. Hidden files and folders
/// are left out, and links to folders are not followed, except for the folders named. What cannot be
/// listed is noted.
pub(crate) fn list(folders: &[PathBuf], notes: &mut Vec<String>, cancel: &CancelToken) -> Vec<FoundFile> {
    let mut found = Vec::new();
    let mut pending: Vec<(PathBuf, usize)> = folders.iter().rev().map(|f| (f.clone(), 0)).collect();
    let mut seen = BTreeSet::new();
    while let Some((folder, depth)) = pending.pop() {
        if cancel.is_cancelled() || found.len() >= MAX_FILES {
            notes.push(format!("{}: not searched any more, after {} files", folder.display(), found.len()));
            break;
        }
        if !seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())) {
            continue;
        }
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) => {
                notes.push(format!("{}: cannot be listed: {e}", folder.display()));
                continue;
            }
        };
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        let mut inner = Vec::new();
        for entry in entries.into_iter().filter(|e| !e.file_name().to_string_lossy().starts_with('.')) {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < MAX_DEPTH {
                inner.push((entry.path(), depth + 1));
            } else if let Ok(meta) = std::fs::metadata(entry.path())
                && meta.is_file()
            {
                found.push(FoundFile { path: entry.path(), bytes: meta.len() });
            }
        }
        pending.extend(inner.into_iter().rev());
    }
    found
}

/// What a candidate has in common with the missing file, the best first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// The fingerprint.
    Content,
    /// The name, and whatever is known of length, size and rate.
    Facts,
    /// The name; nothing else is known.
    Name,
    /// The name; the content is another one, for the reason given.
    Different(String),
}

/// A file that the missing one may be.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub location: MediaLocation,
    pub evidence: Evidence,
    /// Number of folders that its path and the missing one have in common, counted from the file.
    pub alike: usize,
}

/// The names in a path as another program or system wrote it: `C:\clips\a.mp4`, `file:///clips/a%20b.mp4`.
pub(crate) fn names_of(path: &str) -> Vec<String> {
    let (path, is_url) = match path.strip_prefix("file://") {
        Some(rest) => (rest, true),
        None => (path, false),
    };
    let path = if is_url { decoded(path) } else { path.to_owned() };
    path.split(['/', '\\']).filter(|name| !name.is_empty() && *name != ".").map(str::to_owned).collect()
}

/// A text in which `%20` and the like stand for bytes, as in URLs; unchanged if that makes no text.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Whether names are the same for systems that ignore case.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Searches listed files; remembers the fingerprints that it has computed.
pub(crate) struct Search {
    files: Vec<FoundFile>,
    fingerprints: BTreeMap<MediaLocation, Option<Fingerprint>>,
}

impl Search {
    pub fn new(files: Vec<FoundFile>) -> Self {
        Self { files, fingerprints: BTreeMap::new() }
    }

    fn fingerprint(&mut self, location: &MediaLocation) -> Option<Fingerprint> {
        *self.fingerprints.entry(location.clone()).or_insert_with(|| Fingerprint::of(location).ok())
    }

    /// The files that a missing medium may be, those of the best evidence only.
    pub fn candidates(&mut self, media: &Media, numbered: Option<Numbered>) -> Vec<Candidate> {
        let names = names_of(&media.path);
        let Some(name) = names.last() else { return Vec::new() };
        let mut forms = vec![name.clone()];
        // A name may contain a backslash, and one that was written as a part of a URL is escaped.
        forms.extend(media.path.rsplit('/').next().map(str::to_owned));
        forms.push(decoded(name));
        let (bytes, wanted) = Content::remembered(media);
        let named: Vec<MediaLocation> = match numbered {
            Some(numbered) => self.rows(name, numbered),
            None => {
                let has_name = |file: &&FoundFile| forms.iter().any(|form| same_name(form, file.name()));
                self.files.iter().filter(has_name).map(|file| MediaLocation::file(&file.path)).collect()
            }
        };
        let candidate = |location: MediaLocation, evidence| Candidate { alike: alike(&names, &location.path), location, evidence };
        if let Some(wanted) = wanted {
            let mut same: Vec<MediaLocation> = Vec::new();
            let mut possible = named.clone();
            if numbered.is_none() {
                let fits = |file: &&FoundFile| bytes.is_none_or(|bytes| bytes == file.bytes);
                possible = self.files.iter().filter(fits).map(|file| MediaLocation::file(&file.path)).collect();
            }
            for location in possible {
                if self.fingerprint(&location) == Some(wanted) {
                    same.push(location);
                }
            }
            if !same.is_empty() {
                return same.into_iter().map(|location| candidate(location, Evidence::Content)).collect();
            }
        }
        let all: Vec<Candidate> = named
            .into_iter()
            .map(|location| {
                let evidence = if wanted.is_some() {
                    Evidence::Different(other_size(bytes, &location))
                } else {
                    compared(media.facts.as_ref(), &location)
                };
                candidate(location, evidence)
            })
            .collect();
        let rank = |c: &Candidate| match c.evidence {
            Evidence::Content => 0,
            Evidence::Facts => 1,
            Evidence::Name => 2,
            Evidence::Different(_) => 3,
        };
        let best = all.iter().map(rank).min();
        all.into_iter().filter(|c| Some(rank(c)) == best).collect()
    }

    /// Rows of numbered pictures whose names fit a pattern, one for each folder.
    fn rows(&self, pattern: &str, numbered: Numbered) -> Vec<MediaLocation> {
        let Some(parsed) = NumberPattern::parse(pattern) else { return Vec::new() };
        let fitting = self.files.iter().filter(|file| parsed.number_of(file.name()).is_some());
        let folders: BTreeSet<&Path> = fitting.filter_map(|file| file.path.parent()).collect();
        folders.into_iter().map(|folder| MediaLocation { path: folder.join(pattern), numbered: Some(numbered) }).collect()
    }
}

/// Number of folders that the names of a path and another path have in common, from the file on.
fn alike(names: &[String], path: &Path) -> usize {
    let other: Vec<String> = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    names.iter().rev().skip(1).zip(other.iter().rev().skip(1)).take_while(|(a, b)| same_name(a, b)).count()
}

fn other_size(bytes: Option<u64>, location: &MediaLocation) -> String {
    match (bytes, bytes_of(location)) {
        (Some(was), Ok(is)) if was != is => format!("it has {is} bytes instead of {was}"),
        _ => "its bytes differ".into(),
    }
}

/// Compares what is known of a missing file, of which there is no fingerprint, with another file.
fn compared(known: Option<&MediaFacts>, location: &MediaLocation) -> Evidence {
    let info = match probe_location(location) {
        Ok(info) => info,
        Err(e) => return Evidence::Different(e.to_string()),
    };
    let (known, is) = (known.cloned().unwrap_or_default(), facts_of(&info));
    let mut agreeing = 0;
    if let (Some(a), Some(b)) = (known.duration, is.duration) {
        if (a - b).0.abs() > LENGTH_SLACK.0 {
            return Evidence::Different(format!("it is {:.3} s long instead of {:.3} s", b.as_secs_f64(), a.as_secs_f64()));
        }
        agreeing += 1;
    }
    if let (Some(a), Some(b)) = (known.size, is.size) {
        if a != b {
            return Evidence::Different(format!("it has {}x{} pixels instead of {}x{}", b.width, b.height, a.width, a.height));
        }
        agreeing += 1;
    }
    if let (Some(a), Some(b)) = (known.frame_rate, is.frame_rate) {
        if (a.as_f64() / b.as_f64() - 1.0).abs() > 1e-3 {
            return Evidence::Different(format!("it has {b} frames per second instead of {a}"));
        }
        agreeing += 1;
    }
    if agreeing > 0 { Evidence::Facts } else { Evidence::Name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_systems_are_read() {
        assert_eq!(names_of(r"C:\clips\day 1\a.mp4"), ["C:", "clips", "day 1", "a.mp4"]);
        assert_eq!(names_of("file:///clips/a%20b%C3%A4.mp4"), ["clips", "a bä.mp4"]);
        assert_eq!(names_of("../clips/./a.mp4"), ["..", "clips", "a.mp4"]);
        assert_eq!(decoded("100%.mp4"), "100%.mp4");
        assert_eq!(decoded("%ff.mp4"), "%ff.mp4");
        assert!(same_name("IMG_Ä.MOV", "img_ä.mov"));
    }
}

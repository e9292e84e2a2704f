//! Adds files and folders to the media of a project.
//!
//! Files of a size that no other one has cannot be duplicates and are opened at once; of the others
//! the fingerprint is compared first, so that a duplicate is never scanned.
use crate::{
    ApiError, Session,
    media_content::{Content, bytes_of, is_there},
    media_search::list,
    new_project, write_project,
};
use cutroom_media::{Fingerprint, MediaLocation, Numbered, numbered::pattern_of, probe_location};
use cutroom_project::{Media, Operation, Project};
use cutroom_types::{CancelToken, FrameRate, Gaps, NumberPattern, missing_numbers};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    thread,
};

/// Least number of pictures in a folder that are taken as a film.
const ROW: usize = 3;
/// Extensions of pictures that may be the frames of a film.
const PICTURES: &[&str] = &["png", "jpg", "jpeg", "tif", "tiff", "exr", "dpx", "bmp", "tga", "webp", "jxl"];
/// Maximum number of files that are opened at the same time.
const THREADS: usize = 4;

/// The files to add.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportMediaRequest {
    /// Files, patterns of numbered pictures (`IMG_%04d.png`), and folders, of which all media in them
    /// and in the folders in them are added.
    pub files: Vec<PathBuf>,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Rate of numbered pictures; absent: that of the main composition.
    #[serde(default)]
    pub frame_rate: Option<String>,
    /// Add numbered pictures of folders as stills, not as films.
    #[serde(default)]
    pub stills: bool,
    /// Say what would be added, and write nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of adding files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportMediaReport {
    /// The project file written; absent if there was nothing to add.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "crate::path_serde::option")]
    pub project: Option<PathBuf>,
    /// Media that were added, in order of their paths in each folder.
    pub added: Vec<ImportedMedia>,
    /// Files whose content is in the project already, or that were named twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<DuplicateMedia>,
    /// Files of folders that are no media, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkippedFile>,
    /// What is odd about files, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A medium that was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedMedia {
    /// Its id.
    pub media: String,
    /// Its path in the project.
    pub path: String,
    /// What it is: `video`, `audio` or `image`.
    pub kind: String,
    /// Its length in seconds; absent for stills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_secs: Option<f64>,
}

/// A file that was not added, because its content is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DuplicateMedia {
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// Id of the media of the same content.
    pub media: String,
}

/// A file that was not added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedFile {
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// Why.
    pub reason: String,
}

/// Media that are to be added.
pub(crate) struct Importing {
    pub media: Vec<Media>,
    pub report: ImportMediaReport,
}

impl Importing {
    /// The change as one operation of the document.
    ///
    /// # Errors
    /// `operation.unfit`: there is nothing to add.
    pub fn operation(&self) -> Result<Operation, ApiError> {
        if self.media.is_empty() {
            return Err(ApiError::new("operation.unfit", "there is no file to add that is not in the project already"));
        }
        Ok(Operation::All { steps: self.media.iter().map(|m| Operation::AddMedia { media: Box::new(m.clone()) }).collect() })
    }

    /// Leaves out what has come into the document since it was found.
    pub fn leave_out_present(&mut self, project: &Project) {
        let same = |a: &Media, b: &Media| {
            let (of_a, of_b) = (Content::remembered(a), Content::remembered(b));
            let is_same_kind = a.frame_rate.is_some() == b.frame_rate.is_some();
            is_same_kind && (a.path == b.path || (of_a == of_b && of_a.1.is_some()))
        };
        let report = &mut self.report;
        self.media.retain(|media| {
            let Some(present) = project.media.iter().find(|present| same(media, present)) else { return true };
            report.added.retain(|added| added.media != media.id.as_str());
            let (file, media) = (PathBuf::from(&media.path), present.id.to_string());
            report.duplicates.push(DuplicateMedia { file, media });
            false
        });
    }

    /// Gives media other ids if a document, which may have changed since they were found, has theirs.
    pub fn renumber(&mut self, project: &Project) {
        let taken: BTreeSet<&str> = project.media.iter().map(|m| m.id.as_str()).collect();
        if !self.media.iter().any(|m| taken.contains(m.id.as_str())) {
            return;
        }
        let mut renamed = BTreeMap::new();
        for (media, id) in self.media.iter_mut().zip(free_ids(project)) {
            renamed.insert(media.id.to_string(), id.clone());
            media.id = id.as_str().into();
        }
        let added = self.report.added.iter_mut().map(|added| &mut added.media);
        for id in added.chain(self.report.duplicates.iter_mut().map(|d| &mut d.media)) {
            if let Some(new) = renamed.get(id) {
                id.clone_from(new);
            }
        }
    }
}

/// Adds files to the media of a project.
///
/// # Errors
/// A file that was named and is no media, an output that must not be written, a failure of writing.
/// Nothing is written then.
pub fn import_media(
    session: &Session,
    request: &ImportMediaRequest,
    cancel: &CancelToken,
) -> Result<ImportMediaReport, Vec<ApiError>> {
    let one = |e| vec![e];
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    let importing = find(session, &request.files, request.frame_rate.as_deref(), request.stills, cancel)?;
    let mut report = importing.report.clone();
    if request.dry_run || (importing.media.is_empty() && request.output.is_none()) {
        return Ok(report);
    }
    let mut project = session.project.clone();
    project.media.extend(importing.media);
    let path = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    write_project::write(session, "import_media", &project, &path).map_err(|e| match e.hint {
        Some(_) => one(e),
        None => {
            one(e.hint("nothing was added; choose another `output` in the same folder, or allow writing there").field("output"))
        }
    })?;
    report.project = Some(path);
    Ok(report)
}

/// A file, or a row, that may be added.
struct Wanted {
    location: MediaLocation,
    /// Whether it was named by itself, so that it must be media.
    is_named: bool,
}

/// Finds out what would be added.
pub(crate) fn find(
    session: &Session,
    files: &[PathBuf],
    frame_rate: Option<&str>,
    stills: bool,
    cancel: &CancelToken,
) -> Result<Importing, Vec<ApiError>> {
    let one = |e| vec![e];
    let rate: Option<FrameRate> =
        frame_rate.map(str::parse).transpose().map_err(|e| one(ApiError::of("usage.fps", &e).field("frame_rate")))?;
    let rate = rate.or(session.project.main_composition().map(|c| c.frame_rate));
    let rate = rate.ok_or_else(|| one(ApiError::new("usage.fps", "the project has no main composition").field("frame_rate")))?;
    let mut made = Importing { media: Vec::new(), report: ImportMediaReport::default() };
    let mut wanted = Vec::new();
    for file in files {
        if file.is_dir() {
            let found = list(std::slice::from_ref(file), &mut made.report.warnings, cancel);
            if cancel.is_cancelled() {
                return Err(one(ApiError::new("import.cancelled", "stopped while folders were listed; nothing was added")));
            }
            // Links in folders may lead elsewhere.
            let allowed = |path: &PathBuf| session.may_read(&MediaLocation::file(path));
            let found = found.into_iter().map(|f| f.path).filter(allowed).collect();
            // Numbered pictures of different sizes make no film.
            for item in rows(found, rate, stills, &mut made.report.warnings) {
                if item.location.numbered.is_none() || probe_location(&item.location).is_ok() {
                    wanted.push(item);
                    continue;
                }
                let files = item.location.files();
                wanted.extend(files.iter().map(|file| Wanted { location: MediaLocation::file(file), is_named: false }));
            }
            continue;
        }
        let is_row = !file.exists() && pattern_of(file).is_some();
        let numbered = is_row.then_some(Numbered { frame_rate: rate, start_number: None, gaps: Gaps::Error });
        wanted.push(Wanted { location: MediaLocation { path: file.clone(), numbered }, is_named: true });
    }
    let lost: Vec<ApiError> =
        wanted.iter().filter(|w| w.is_named && !is_there(&w.location)).map(|w| not_there(&w.location.path)).collect();
    if !lost.is_empty() {
        return Err(lost);
    }
    let outside = wanted.iter().filter_map(|item| session.library().check(&item.location).err());
    let outside: Vec<ApiError> = outside.map(|e| ApiError::from(e).hint("nothing was added").field("files")).collect();
    if !outside.is_empty() {
        return Err(outside);
    }
    let wanted = made.without_duplicates(session, wanted);
    made.open(session, wanted, cancel)?;
    Ok(made)
}

fn not_there(path: &Path) -> ApiError {
    let message = format!("{}: no such file", path.display());
    ApiError::new("media.open.not_found", message).hint("nothing was added").field("files").file(path)
}

/// The files of a folder, with numbered pictures as rows.
fn rows(files: Vec<PathBuf>, rate: FrameRate, stills: bool, warnings: &mut Vec<String>) -> Vec<Wanted> {
    let mut numbers: BTreeMap<PathBuf, Vec<u64>> = BTreeMap::new();
    let pattern = |file: &Path| if stills { None } else { row_of(file) };
    for file in &files {
        if let Some((pattern, number)) = pattern(file) {
            numbers.entry(pattern).or_default().push(number);
        }
    }
    let mut wanted = Vec::new();
    let mut done = BTreeSet::new();
    for file in files {
        let row = pattern(&file).map(|(pattern, _)| pattern).filter(|p| numbers.get(p).is_some_and(|n| n.len() >= ROW));
        let Some(row) = row else {
            wanted.push(Wanted { location: MediaLocation::file(&file), is_named: false });
            continue;
        };
        if !done.insert(row.clone()) {
            continue;
        }
        let mut found = numbers.get(&row).cloned().unwrap_or_default();
        found.sort_unstable();
        let missing = missing_numbers(&found);
        let gaps = if missing.is_some() { Gaps::Hold } else { Gaps::Error };
        warnings.extend(missing.map(|m| format!("{}: numbers are missing ({m}); the picture before is held there", row.display())));
        let numbered = Some(Numbered { frame_rate: rate, start_number: None, gaps });
        wanted.push(Wanted { location: MediaLocation { path: row, numbered }, is_named: false });
    }
    wanted
}

/// The pattern of a picture whose name ends in a number, and the number.
fn row_of(file: &Path) -> Option<(PathBuf, u64)> {
    let extension = file.extension()?.to_str()?;
    if !PICTURES.contains(&extension.to_ascii_lowercase().as_str()) {
        return None;
    }
    let stem = file.file_stem()?.to_str()?;
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let before = &stem[..stem.len() - digits];
    if digits == 0 || before.contains('%') {
        return None;
    }
    let is_padded = digits > 1 && stem[before.len()..].starts_with('0');
    // Numbers without zeros in front, such as 998 to 1002, have no fixed number of digits.
    let name = if is_padded { format!("{before}%0{digits}d.{extension}") } else { format!("{before}%d.{extension}") };
    let number = NumberPattern::parse(&name)?.number_of(file.file_name()?.to_str()?)?;
    Some((file.with_file_name(name), number))
}

impl Importing {
    /// Leaves out what is in the project already, or twice among the files. Sizes are compared first.
    fn without_duplicates(&mut self, session: &Session, wanted: Vec<Wanted>) -> Vec<Wanted> {
        let mut by_size: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        let mut fingerprints: BTreeMap<String, Option<Fingerprint>> = BTreeMap::new();
        for media in &session.project.media {
            let (bytes, fingerprint) = Content::remembered(media);
            let location = session.location(media);
            if !session.may_read(&location) {
                continue;
            }
            let bytes = bytes.or_else(|| bytes_of(&location).ok());
            if let Some(bytes) = bytes {
                by_size.entry(bytes).or_default().push(media.id.to_string());
            }
            if fingerprint.is_some() {
                fingerprints.insert(media.id.to_string(), fingerprint);
            }
        }
        // Files that will be added have no id yet; they are known by their number.
        let mut kept: Vec<(Wanted, Option<Fingerprint>)> = Vec::new();
        let mut kept_by_size: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for item in wanted {
            let bytes = bytes_of(&item.location).unwrap_or(0);
            let known = by_size.get(&bytes).cloned().unwrap_or_default();
            let twins = kept_by_size.get(&bytes).cloned().unwrap_or_default();
            let mut own = None;
            if !known.is_empty() || !twins.is_empty() {
                own = Fingerprint::of(&item.location).ok();
            }
            let of_project = known.into_iter().find(|id| {
                let of = fingerprints.entry(id.clone()).or_insert_with(|| {
                    let media = session.project.media.iter().find(|m| m.id.as_str() == id)?;
                    Fingerprint::of(&session.location(media)).ok()
                });
                own.is_some() && *of == own
            });
            let of_list = twins.into_iter().find(|n| {
                let (twin, of) = &mut kept[*n];
                if of.is_none() {
                    *of = Fingerprint::of(&twin.location).ok();
                }
                own.is_some() && *of == own
            });
            match of_project.or(of_list.map(|n| format!("#{n}"))) {
                Some(media) => self.report.duplicates.push(DuplicateMedia { file: item.location.path, media }),
                None => {
                    kept_by_size.entry(bytes).or_default().push(kept.len());
                    kept.push((item, own));
                }
            }
        }
        kept.into_iter().map(|(item, _)| item).collect()
    }

    /// Opens what is left, several files at the same time, and makes media of it.
    fn open(&mut self, session: &Session, wanted: Vec<Wanted>, cancel: &CancelToken) -> Result<(), Vec<ApiError>> {
        let mut errors = Vec::new();
        let mut ids = free_ids(&session.project);
        let mut id_of = BTreeMap::new();
        let folder = session.folder();
        let mut number = 0;
        for some in wanted.chunks(THREADS) {
            if cancel.is_cancelled() {
                return Err(vec![ApiError::new("import.cancelled", "stopped while files were opened; nothing was added")]);
            }
            let opened: Vec<Result<Media, ApiError>> = thread::scope(|scope| {
                let running: Vec<_> = some.iter().map(|item| scope.spawn(move || media_of(item, folder))).collect();
                let defect = || ApiError::new("media.open.not_media", "opening it panicked");
                running.into_iter().map(|t| t.join().unwrap_or_else(|_| Err(defect()))).collect()
            });
            for (item, opened) in some.iter().zip(opened) {
                match opened {
                    Ok(mut media) => {
                        let Some(id) = ids.next() else { continue };
                        media.id = id.as_str().into();
                        id_of.insert(number, id.clone());
                        let kind = serde_json::to_value(media.kind).unwrap_or_default();
                        self.report.added.push(ImportedMedia {
                            media: id,
                            path: media.path.clone(),
                            kind: kind.as_str().unwrap_or_default().to_owned(),
                            duration_secs: media.facts.as_ref().and_then(|f| f.duration).map(|d| d.as_secs_f64()),
                        });
                        self.media.push(media);
                    }
                    Err(e) if item.is_named => errors.push(e.hint("nothing was added").field("files")),
                    Err(e) => {
                        let shown = format!("{}: ", item.location.path.display());
                        let reason = e.message.strip_prefix(&shown).unwrap_or(&e.message).to_owned();
                        self.report.skipped.push(SkippedFile { file: item.location.path.clone(), reason });
                    }
                }
                number += 1;
            }
        }
        for duplicate in &mut self.report.duplicates {
            if let Some(id) = duplicate.media.strip_prefix('#').and_then(|n| id_of.get(&n.parse::<usize>().ok()?)) {
                duplicate.media.clone_from(id);
            }
        }
        // The twin of a file that is no media is none either.
        self.report.duplicates.retain(|d| !d.media.starts_with('#'));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// The medium of a file or row.
fn media_of(Wanted { location, .. }: &Wanted, folder: &Path) -> Result<Media, ApiError> {
    let info = probe_location(location)?;
    let source = new_project::source(&location.path, folder, &info, location.numbered)?;
    let mut media = Media::new("", &source.path, source.kind);
    media.facts = Some(source.facts);
    if let Some((rate, gaps)) = source.numbered {
        (media.frame_rate, media.gaps) = (Some(rate), gaps);
    }
    Ok(media)
}

/// Ids that the project does not use.
fn free_ids(project: &Project) -> impl Iterator<Item = String> + use<> {
    let taken: BTreeSet<String> = project.media.iter().map(|m| m.id.to_string()).collect();
    (1_usize..).map(|n| format!("m{n}")).filter(move |id| !taken.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_end_in_numbers_have_a_pattern() {
        let of = |name: &str| row_of(Path::new(name)).map(|(p, n)| (p.display().to_string(), n));
        assert_eq!(of("s/IMG_0042.JPG"), Some(("s/IMG_%04d.JPG".into(), 42)));
        assert_eq!(of("frame998.png"), Some(("frame%d.png".into(), 998)));
        assert_eq!(of("100.exr"), Some(("%d.exr".into(), 100)));
        assert_eq!(of("a1.mp4"), None);
        assert_eq!(of("photo.png"), None);
    }
}

//! Finds media whose files were moved or renamed, and writes where they are.
//!
//! Files are recognised by their content first (the fingerprint and size that the document
//! remembers), else by name, length, size and rate. What stays ambiguous after that is decided by
//! folders: when one file has moved from one folder to another, the others of that folder are taken
//! from there. Nothing is guessed: what remains ambiguous is listed.
use crate::{
    ApiError, Session,
    media_content::{Content, is_there},
    media_search::{Candidate, Evidence, Search, list, names_of, same_name},
    new_project, write_project,
};
use cutroom_media::{MediaLocation, probe_location};
use cutroom_pipeline::facts_of;
use cutroom_project::{Edit, Media, Operation, Target, apply_all};
use cutroom_types::CancelToken;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where missing files are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelinkRequest {
    /// Folders that are searched with all folders in them; empty: the project's own folder.
    #[serde(default)]
    pub search: Vec<PathBuf>,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Say what would be written, and write nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Link files of the same name whose content is another one, too, and accept files that have
    /// changed in their place.
    #[serde(default)]
    pub accept_different: bool,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of looking for missing files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RelinkReport {
    /// The project file written; absent if nothing had to be.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "crate::path_serde::option")]
    pub project: Option<PathBuf>,
    /// Media whose files were found, in the order of the document.
    pub found: Vec<RelinkedMedia>,
    /// Media for which several files are equally good; none was taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ambiguous: Vec<MissingMedia>,
    /// Media of which there is only a file of the same name with other content; it was not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub different: Vec<MissingMedia>,
    /// Media of which nothing was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingMedia>,
    /// Ids of media whose files are there, and whose fingerprint is remembered from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remembered: Vec<String>,
    /// What is odd about files, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Fields of the request that warnings name in backticks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

impl RelinkReport {
    /// The media whose files are still missing.
    pub fn unfound(&self) -> impl Iterator<Item = &MissingMedia> {
        self.ambiguous.iter().chain(&self.different).chain(&self.missing)
    }
}

/// A medium whose file was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RelinkedMedia {
    /// Id of the media.
    pub media: String,
    /// Its path before.
    pub was: String,
    /// Its path now.
    pub path: String,
    /// What the file was recognised by.
    pub by: RelinkedBy,
}

/// What a file was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelinkedBy {
    /// Its content.
    Content,
    /// Its name, and its length, size or rate.
    NameAndLength,
    /// Its name alone: nothing else was known.
    Name,
    /// Its name, although its content is another one.
    DifferentContent,
}

/// A medium whose file was not found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MissingMedia {
    /// Id of the media.
    pub media: String,
    /// Its path.
    pub path: String,
    /// The files that it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
}

/// What looking for missing files has shown.
pub(crate) struct Relinking {
    /// The media that change, as they are afterwards.
    pub media: Vec<Media>,
    pub report: RelinkReport,
}

impl Relinking {
    /// The change as one operation of the document.
    ///
    /// # Errors
    /// `media.open.not_found`, `operation.unfit`: there is nothing to change.
    pub fn operation(&self) -> Result<Operation, ApiError> {
        let unfound: Vec<&str> = self.report.unfound().map(|m| m.media.as_str()).collect();
        if self.media.is_empty() && unfound.is_empty() {
            return Err(ApiError::new("operation.unfit", "no file of the project is missing"));
        }
        if self.media.is_empty() {
            let message = format!("none of the missing files was found: media {}", unfound.join(", "));
            return Err(ApiError::new("media.open.not_found", message).hint("name other folders in `search`").field("search"));
        }
        let set =
            |media: &Media, field: &str, value| Operation::Set { of: Target::Media(media.id.clone()), field: field.into(), value };
        let steps = self.media.iter().flat_map(|media| {
            let facts = serde_json::to_value(&media.facts).unwrap_or_default();
            [set(media, "path", media.path.clone().into()), set(media, "facts", facts)]
        });
        Ok(Operation::All { steps: steps.collect() })
    }
}

/// Looks for the files of media that are missing, and writes the project with their new paths.
///
/// # Errors
/// A folder that is none, an output that must not be written, or a failure of writing. Media that
/// were not found are no error of this function.
pub fn relink(session: &Session, request: &RelinkRequest, cancel: &CancelToken) -> Result<RelinkReport, ApiError> {
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite)?;
        session.check_beside("output", output)?;
    }
    let Relinking { media, mut report } = find(session, &request.search, request.accept_different, cancel)?;
    if request.dry_run || (media.is_empty() && request.output.is_none()) {
        return Ok(report);
    }
    let mut project = session.project.clone();
    let edits = media.into_iter().map(|media| Edit::ReplaceMedia { media: Box::new(media) }).collect();
    apply_all(&mut project, edits).map_err(|e| ApiError::of(e.code(), &e))?;
    let path = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    write_project::write(session, "relink", &project, &path).map_err(|e| match e.hint {
        Some(_) => e,
        None => e.hint("nothing was changed; choose another `output` in the same folder, or allow writing there").field("output"),
    })?;
    report.project = Some(path);
    Ok(report)
}

/// Looks for the files of media that are missing.
pub(crate) fn find(
    session: &Session,
    folders: &[PathBuf],
    accept_different: bool,
    cancel: &CancelToken,
) -> Result<Relinking, ApiError> {
    if let Some(folder) = folders.iter().find(|folder| !folder.is_dir()) {
        let message = format!("{}: there is no such folder to search", folder.display());
        return Err(ApiError::new("usage.path", message).field("search").file(folder));
    }
    let own = [session.folder().to_owned()];
    let folders = if folders.is_empty() { &own[..] } else { folders };
    let mut made = Relinking { media: Vec::new(), report: RelinkReport::default() };
    let mut lost = Vec::new();
    for media in &session.project.media {
        let location = session.location(media);
        if session.may_read(&location) && is_there(&location) {
            made.check_present(media, &location, accept_different);
        } else {
            lost.push(media);
        }
    }
    if lost.is_empty() {
        return Ok(made);
    }
    let mut files = list(folders, &mut made.report.warnings, cancel);
    files.retain(|found| session.may_read(&MediaLocation::file(&found.path)));
    if cancel.is_cancelled() {
        return Err(ApiError::new("export.cancelled", "stopped while searching; nothing was written"));
    }
    let mut search = Search::new(files);
    let candidates = lost.iter().map(|media| search.candidates(media, session.location(media).numbered)).collect();
    let chosen = choose(&lost, candidates);
    for (media, chosen) in lost.into_iter().zip(chosen) {
        made.take(session, media, chosen, accept_different)?;
    }
    if !made.report.different.is_empty() {
        made.report.fields.push("accept_different".into());
    }
    Ok(made)
}

/// What was decided about a missing file.
enum Choice {
    One(Candidate),
    Several(Vec<Candidate>),
    None,
}

/// Where a folder has moved: its names before, and the folder now.
struct Move {
    from: Vec<String>,
    to: PathBuf,
}

impl Move {
    /// The move that explains that a file is elsewhere: what both paths have in common at their ends
    /// is left out.
    fn of(names: &[String], now: &std::path::Path) -> Self {
        let mut from = names.to_vec();
        let mut to = now.to_owned();
        from.pop();
        to.pop();
        while let (Some(last), Some(name)) = (from.last(), to.file_name().and_then(|n| n.to_str()))
            && same_name(last, name)
        {
            from.pop();
            to.pop();
        }
        Self { from, to }
    }

    /// Where a file would be if it had moved with the folder.
    fn applied(&self, names: &[String]) -> Option<PathBuf> {
        let is_inside = names.len() > self.from.len() && self.from.iter().zip(names).all(|(a, b)| same_name(a, b));
        is_inside.then(|| names[self.from.len()..].iter().fold(self.to.clone(), |path, name| path.join(name)))
    }
}

/// Decides for each missing file: first those with one candidate, then by the folders that have
/// moved, then by the number of folders that stayed the same.
fn choose(lost: &[&Media], mut candidates: Vec<Vec<Candidate>>) -> Vec<Choice> {
    let names: Vec<Vec<String>> = lost.iter().map(|media| names_of(&media.path)).collect();
    let mut chosen: Vec<Option<Candidate>> = vec![None; lost.len()];
    let mut moves: Vec<Move> = Vec::new();
    for step in 0..3 {
        for n in 0..lost.len() {
            if chosen[n].is_some() {
                continue;
            }
            let of = &candidates[n];
            let only = |some: Vec<&Candidate>| if let [one] = some[..] { Some(one.clone()) } else { None };
            let picked = match step {
                0 => only(of.iter().collect()),
                1 => {
                    let moved: Vec<PathBuf> = moves.iter().filter_map(|m| m.applied(&names[n])).collect();
                    only(of.iter().filter(|c| moved.contains(&c.location.path)).collect())
                }
                _ => {
                    let most = of.iter().map(|c| c.alike).max();
                    only(of.iter().filter(|c| Some(c.alike) == most).collect())
                }
            };
            if let Some(one) = picked {
                moves.push(Move::of(&names[n], &one.location.path));
                chosen[n] = Some(one);
            }
        }
    }
    let of = |(chosen, candidates): (Option<Candidate>, &mut Vec<Candidate>)| match chosen {
        Some(one) => Choice::One(one),
        None if candidates.is_empty() => Choice::None,
        None => Choice::Several(std::mem::take(candidates)),
    };
    chosen.into_iter().zip(&mut candidates).map(of).collect()
}

impl Relinking {
    /// A file that is there: its fingerprint is remembered, or compared with the one that is.
    fn check_present(&mut self, media: &Media, location: &MediaLocation, accept_different: bool) {
        let (_, known) = Content::remembered(media);
        let content = match Content::of(location) {
            Ok(content) => content,
            Err(e) => return self.report.warnings.push(format!("media \"{}\": {} cannot be read: {e}", media.id, media.path)),
        };
        match known {
            Some(known) if known == content.fingerprint => return,
            Some(_) => {
                let also = if accept_different { "" } else { "; `accept_different` takes it as it is" };
                self.report
                    .warnings
                    .push(format!("media \"{}\": {} is no longer the file that was linked{also}", media.id, media.path));
                if !accept_different {
                    self.report.fields.push("accept_different".into());
                    return;
                }
            }
            None => {}
        }
        self.report.remembered.push(media.id.to_string());
        let facts = match known {
            Some(_) => probe_location(location).map(|info| facts_of(&info)).unwrap_or_default(),
            None => media.facts.clone().unwrap_or_default(),
        };
        self.media.push(Media { facts: Some(content.into_facts(facts)), ..media.clone() });
    }

    /// Takes what was decided about a missing file.
    fn take(&mut self, session: &Session, media: &Media, choice: Choice, accept_different: bool) -> Result<(), ApiError> {
        let missing = |candidates: &[Candidate]| MissingMedia {
            media: media.id.to_string(),
            path: media.path.clone(),
            candidates: candidates.iter().map(|c| c.location.path.display().to_string()).collect(),
        };
        let one = match choice {
            Choice::None => {
                self.report.missing.push(missing(&[]));
                return Ok(());
            }
            Choice::Several(some) => {
                let are_different = some.iter().all(|c| matches!(c.evidence, Evidence::Different(_)));
                let list = if are_different { &mut self.report.different } else { &mut self.report.ambiguous };
                list.push(missing(&some));
                return Ok(());
            }
            Choice::One(one) => one,
        };
        let shown = one.location.path.display().to_string();
        let by = match &one.evidence {
            Evidence::Content => RelinkedBy::Content,
            Evidence::Facts => RelinkedBy::NameAndLength,
            Evidence::Name => RelinkedBy::Name,
            Evidence::Different(why) => {
                let also = if accept_different { "" } else { "; `accept_different` links it all the same" };
                self.report.warnings.push(format!("media \"{}\": {shown} has its name but is another file: {why}{also}", media.id));
                if !accept_different {
                    self.report.different.push(missing(&[one]));
                    return Ok(());
                }
                RelinkedBy::DifferentContent
            }
        };
        let mut linked = media.clone();
        linked.path = new_project::relative(session.folder(), &one.location.path, one.location.numbered.is_some())?;
        let content = Content::of(&one.location).map_err(|e| ApiError::of("media.open.unreadable", &e).file(&one.location.path))?;
        let facts = match by {
            RelinkedBy::Content | RelinkedBy::NameAndLength => media.facts.clone().unwrap_or_default(),
            RelinkedBy::Name | RelinkedBy::DifferentContent => {
                probe_location(&one.location).map(|info| facts_of(&info)).unwrap_or_default()
            }
        };
        linked.facts = Some(content.into_facts(facts));
        let (was, path) = (media.path.clone(), linked.path.clone());
        self.report.found.push(RelinkedMedia { media: media.id.to_string(), was, path, by });
        self.media.push(linked);
        Ok(())
    }
}

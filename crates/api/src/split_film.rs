//! Split screens of clips: as a new film, in a film, and animated changes between layouts.
use crate::{
    ApiError, Session, SplitLook,
    clip_list::named_clips,
    new_project::{part, source},
    overwrite_guard::{self, Inputs, WrittenFile},
    parse_frame, parse_length_frames, session,
    split::error_of,
    write_project,
};
use cutroom_media::{MediaInfo, probe};
use cutroom_project::{
    Clip, ClipSource, Composition, Ease, Edit, Media, MediaKind, Project, Track, TrackKind, apply_all,
    build::{self, Sequence, SourceFacts},
    nearest::nearest,
    split::{CellClip, CellFit, Change, Layout, SplitScreen, change, nearest_split},
};
use cutroom_types::{Fit, FrameRate, Size, Span, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Length of a split screen of still images only, in seconds.
const STILL_SECS: f64 = 5.0;

/// The clips of a split screen and how they lie in their cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitClips {
    /// `contain` shows the whole picture, `cover` fills the cell; absent: `cover`.
    #[serde(default)]
    pub fit: Option<Fit>,
    /// Points of pictures that come into the middle of their cells: `X,Y` for all cells or
    /// `CELL=X,Y` for one, as fractions of the picture from its top left corner; cells count from 1.
    #[serde(default)]
    pub focus: Vec<String>,
    /// Whose sound is heard: the number of a cell, `all` or `none`. Absent: that of the first clip
    /// that has sound.
    #[serde(default)]
    pub sound: Option<String>,
}

/// A split screen as a new film.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitNewRequest {
    /// The project file to write.
    pub project: PathBuf,
    /// The layout.
    pub layout: String,
    /// A film or an image for each cell, in their order: a path, or a part of a file
    /// (`a.mp4@2s..5s`).
    pub clips: Vec<PathBuf>,
    /// Size in pixels; absent: that of the first clip, made even.
    #[serde(default)]
    pub size: Option<Size>,
    /// Frames per second; absent: those of the first film.
    #[serde(default)]
    pub fps: Option<String>,
    /// Length, see [`crate::parse_length_frames`]; absent: that of the shortest film.
    #[serde(default)]
    pub duration: Option<String>,
    /// Gaps, corners, borders and background.
    #[serde(default)]
    pub look: SplitLook,
    /// How the clips lie in their cells, and what is heard.
    #[serde(default)]
    pub content: SplitClips,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// A split screen to be added to a film.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitAddRequest {
    /// The layout.
    pub layout: String,
    /// A film or an image for each cell, in their order.
    pub clips: Vec<PathBuf>,
    /// Where it starts, see [`crate::parse_frame`].
    pub at: String,
    /// Length, see [`crate::parse_length_frames`]; absent: that of the shortest film.
    #[serde(default)]
    pub duration: Option<String>,
    /// Id of the composition that it is placed in; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Gaps, corners, borders and background.
    #[serde(default)]
    pub look: SplitLook,
    /// How the clips lie in their cells, and what is heard.
    #[serde(default)]
    pub content: SplitClips,
    /// The project file to write, in the folder of the one that was read; absent: that one.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// An animated change to another layout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitChangeRequest {
    /// Id of the split screen's composition; absent: the only one.
    #[serde(default)]
    pub composition: Option<String>,
    /// The new layout.
    pub to: String,
    /// Clips for cells that it has more than there have been; they begin with the change, without
    /// sound.
    #[serde(default)]
    pub clips: Vec<PathBuf>,
    /// Time in that composition at which the cells begin to move, see [`crate::parse_frame`].
    pub at: String,
    /// How long they move, see [`crate::parse_length_frames`]; absent: half a second.
    #[serde(default)]
    pub duration: Option<String>,
    /// How they move; absent: `in_out_cubic`.
    #[serde(default)]
    pub ease: Option<String>,
    /// The project file to write, in the folder of the one that was read; absent: that one.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of making, adding or changing a split screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// Id of the composition with the cells.
    pub composition: String,
    /// Number of cells that are shown.
    pub cells: usize,
    /// Size in pixels.
    pub size: Size,
    /// Start of the split screen in the film, or of the change in the composition, in seconds.
    pub start_secs: f64,
    /// Length of the split screen, or of the change, in seconds.
    pub duration_secs: f64,
    /// Decisions that were made for the user, and what is to be known of the clips.
    pub notes: Vec<String>,
}

/// Makes a project of a split screen.
///
/// # Errors
/// A clip that cannot be read or has no picture, a layout that does not exist or has another number of
/// cells, values that make no sense, an output that exists or is one of the clips.
pub fn split_new(request: &SplitNewRequest) -> Result<SplitReport, ApiError> {
    let layout = Layout::parse(&request.layout).map_err(|e| error_of(&e, "layout"))?;
    let rate = request.fps.as_deref().map(str::parse).transpose().map_err(|e| ApiError::of("usage.fps", &e).field("fps"))?;
    let folder = session::folder(&request.project);
    if !folder.is_dir() {
        let message = format!("{}: there is no such folder for the project", folder.display());
        return Err(ApiError::new("usage.path", message).hint("make it first").field("project").file(folder));
    }
    let found = Found::of(&request.clips, folder)?;
    overwrite_guard::check(&[WrittenFile::only("project", &request.project)], &Inputs::of_clips(&found.files), request.overwrite)?;
    let mut film = build::composition_for(found.sources.iter(), request.size, rate);
    film.background = request.look.ground(Some([0.0, 0.0, 0.0, 1.0]))?.unwrap_or([0.0; 4]);
    let name = request.project.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let (ids, mut edits) = found.known(&Project::new(&name, film.clone()));
    let duration = request.duration.as_deref();
    let (made, mut notes) = found.screen(&layout, &film, &request.look, &request.content, duration, &ids, "split-1")?;
    notes.splice(0..0, found.notes.iter().cloned());
    let (length, cells, size) = (made.length(), layout.cell_count(), made.size);
    let mut track = Track::new("split-1-track", TrackKind::Video);
    let mut clip = Clip::new("split-1-clip", ClipSource::composition("split-1"), Time::ZERO, length);
    clip.name.clone_from(&made.name);
    track.clips.push(clip.into());
    film.tracks.push(track);
    let mut project = Project::new(&name, film);
    edits.push(Edit::InsertComposition { composition: Box::new(made), after: Some(project.main.clone()) });
    apply_all(&mut project, edits).map_err(|e| ApiError::of(e.code(), &e))?;
    // The project is checked as it will be read.
    let session = Session::from_json(&cutroom_project::to_json(&project), &request.project)?;
    session.check().map_err(|mut errors| errors.remove(0))?;
    cutroom_project::save(&project, &request.project).map_err(|e| ApiError::of("project.save", &e).file(&request.project))?;
    Ok(SplitReport {
        project: request.project.clone(),
        composition: "split-1".into(),
        cells,
        size,
        start_secs: 0.0,
        duration_secs: length.as_secs_f64(),
        notes,
    })
}

/// Adds a split screen to a film: a composition with the cells, and a clip that shows it on a new
/// track above all others; a colour behind it is a clip on a track of its own.
///
/// # Errors
/// As [`split_new`]; problems of the project. Nothing is written then.
pub fn split_add(session: &Session, request: &SplitAddRequest) -> Result<SplitReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let layout = Layout::parse(&request.layout).map_err(|e| one(error_of(&e, "layout")))?;
    let output = output(session, request.output.as_ref(), request.overwrite).map_err(one)?;
    let film = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    // The check found the composition.
    let Some(film) = session.project.composition(&film) else { return Err(vec![]) };
    let rate = film.frame_rate;
    let at = rate.time_of_frame(parse_frame(&request.at, rate).map_err(|e| one(e.field("at")))?);
    let found = Found::of(&request.clips, session.folder()).map_err(one)?;
    let id = free_id(&session.project);
    let (ids, mut edits) = found.known(&session.project);
    let duration = request.duration.as_deref();
    let ground = request.look.ground(None).map_err(one)?;
    let (made, mut notes) = found.screen(&layout, film, &request.look, &request.content, duration, &ids, &id).map_err(one)?;
    notes.splice(0..0, found.notes.iter().cloned());
    let span = Span { start: at, duration: made.length() };
    let (cells, size, name) = (layout.cell_count(), made.size, made.name.clone());
    let after = session.project.compositions.last().map(|c| c.id.clone());
    edits.push(Edit::InsertComposition { composition: Box::new(made), after });
    let mut below = film.tracks.last().map(|t| t.id.clone());
    let mut add = |part: &str, source: ClipSource| {
        let mut clip = Clip::new(&format!("{id}-{part}"), source, span.start, span.duration);
        clip.name.clone_from(&name);
        let mut track = Track::new(&format!("{id}-{part}-track"), TrackKind::Video);
        track.name.clone_from(&name);
        track.clips.push(clip.into());
        let after = below.replace(track.id.clone());
        edits.push(Edit::InsertTrack { composition: film.id.clone(), track: Box::new(track), after });
    };
    if let Some(color) = ground {
        add("background", ClipSource::solid(color));
    }
    add("clip", ClipSource::composition(&id));
    let before = film.length();
    let film = film.id.clone();
    write(session, edits, &output)?;
    if span.end().since_zero() > before {
        let [before, after] = [before, span.end().since_zero()].map(TimeDelta::as_secs_f64);
        notes.push(format!(
            "the split screen ends after the other clips: the composition \"{film}\" now lasts {after:.3} s instead of {before:.3} s"
        ));
    }
    Ok(SplitReport {
        project: output,
        composition: id,
        cells,
        size,
        start_secs: span.start.as_secs_f64(),
        duration_secs: span.duration.as_secs_f64(),
        notes,
    })
}

/// Lets the cells of a split screen move to those of another layout.
///
/// # Errors
/// There is no such split screen, it changes later already, a clip is missing, values that make no
/// sense. Nothing is written then.
pub fn split_change(session: &Session, request: &SplitChangeRequest) -> Result<SplitReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let layout = Layout::parse(&request.to).map_err(|e| one(error_of(&e, "to")))?;
    let output = output(session, request.output.as_ref(), request.overwrite).map_err(one)?;
    session.check()?;
    let screen = split_screen(session, request.composition.as_deref()).map_err(one)?;
    let rate = screen.frame_rate;
    let at = parse_frame(&request.at, rate).map_err(|e| one(e.field("at")))?;
    let total = rate.frames_in(screen.length());
    if at >= total {
        let message = format!("the change begins at frame {at}, and \"{}\" ends at {total}", screen.id);
        return Err(one(ApiError::new("usage.position", message).field("at")));
    }
    let frames = match request.duration.as_deref() {
        Some(text) => parse_length_frames(text, rate).map_err(|e| one(e.field("duration")))?,
        None => rate.nearest_frame(TimeDelta::from_secs_f64(0.5)),
    };
    let (start, end) = (rate.time_of_frame(at), rate.time_of_frame(at.saturating_add(frames.max(1))));
    let ease = ease(request.ease.as_deref()).map_err(one)?;
    let found = Found::of_more(&request.clips, session.folder()).map_err(one)?;
    let (ids, mut edits) = found.known(&session.project);
    let fit = screen.split.as_ref().and_then(|s| s.cells.first()).map_or(Fit::Cover, |c| c.fit);
    let mut notes = found.notes.clone();
    let clips: Vec<CellClip> = found
        .parts(rate)
        .map_err(one)?
        .into_iter()
        .enumerate()
        .map(|(n, (from, frames))| {
            let fit = CellFit { fit, focus: [0.5; 2], size: found.sources[n].picture.map(|p| p.size) };
            let duration = if found.is_still(n) { screen.length() } else { rate.time_of_frame(frames).since_zero() };
            found.clip(n, &ids[n], (from, duration), false, fit)
        })
        .collect();
    let mut changed = screen.clone();
    let asked = Change { to: &layout, at: start, duration: end - start, ease };
    change(&mut changed, &asked, &clips).map_err(|e| one(error_of(&e, "to")))?;
    if end.since_zero() > screen.length() {
        notes.push(format!("the split screen ends at {:.3} s, before the change does", screen.length().as_secs_f64()));
    }
    let after = session.project.compositions.iter().take_while(|c| c.id != screen.id).last().map(|c| c.id.clone());
    let id = screen.id.as_str().to_owned();
    edits.push(Edit::RemoveComposition { id: screen.id.clone() });
    edits.push(Edit::InsertComposition { composition: Box::new(changed), after });
    let size = screen.size;
    write(session, edits, &output)?;
    Ok(SplitReport {
        project: output,
        composition: id,
        cells: layout.cell_count(),
        size,
        start_secs: start.as_secs_f64(),
        duration_secs: (end - start).as_secs_f64(),
        notes,
    })
}

fn output(session: &Session, asked: Option<&PathBuf>, overwrite: bool) -> Result<PathBuf, ApiError> {
    if let Some(output) = asked {
        session.check_output("output", output, overwrite)?;
        session.check_beside("output", output)?;
    }
    Ok(asked.cloned().unwrap_or_else(|| session.path().to_owned()))
}

fn write(session: &Session, edits: Vec<Edit>, output: &Path) -> Result<(), Vec<ApiError>> {
    let one = |e| vec![e];
    let mut project = session.project.clone();
    apply_all(&mut project, edits).map_err(|e| one(ApiError::of(e.code(), &e)))?;
    let changed = session.changed(project);
    changed.check()?;
    write_project::write(session, "split", &changed.project, output).map_err(one)
}

/// The split screen that is meant.
fn split_screen<'a>(session: &'a Session, asked: Option<&str>) -> Result<&'a Composition, ApiError> {
    let all: Vec<&Composition> = session.project.compositions.iter().filter(|c| c.split.is_some()).collect();
    let known = all.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ");
    let error = |message: String, hint: String| ApiError::new("usage.split_change", message).hint(hint).field("composition");
    match (asked, all.as_slice()) {
        (None, [only]) => Ok(only),
        (None, []) => {
            let error = ApiError::new("usage.split_change", "the project has no split screen").field("composition");
            Err(error.hint_at("split_add", "`split_add` adds one"))
        }
        (None, _) => Err(error("the project has several split screens".into(), format!("name one with `composition`: {known}"))),
        (Some(id), _) => all.iter().copied().find(|c| c.id.as_str() == id).ok_or_else(|| {
            let near =
                nearest_split(id, &session.project.compositions).map_or_else(String::new, |n| format!("the nearest is {n}; "));
            error(
                format!("the project has no split screen \"{id}\""),
                format!("{near}it has {}", if known.is_empty() { "none" } else { &known }),
            )
        }),
    }
}

fn ease(text: Option<&str>) -> Result<Ease, ApiError> {
    let Some(text) = text else { return Ok(Ease::InOutCubic) };
    let plain = serde_json::Value::from(text.replace('-', "_"));
    serde_json::from_value(plain).map_err(|_| {
        let known: Vec<String> =
            Ease::ALL.iter().filter_map(|e| serde_json::to_value(e).ok()?.as_str().map(str::to_owned)).collect();
        let near = nearest(text, known.iter().map(String::as_str)).map_or_else(String::new, |n| format!("the nearest is {n}; "));
        let error = ApiError::new("usage.split_value", format!("there is no easing \"{text}\""));
        error.hint(format!("{near}known are {}", known.join(", "))).field("ease")
    })
}

/// An id for a composition such that neither it nor what begins with it and a hyphen is in use.
fn free_id(project: &Project) -> String {
    let (tracks, clips) = (project.tracks().map(|t| t.id.as_str()), project.clips().map(|c| c.id.as_str()));
    let used: Vec<&str> = project.compositions.iter().map(|c| c.id.as_str()).chain(tracks).chain(clips).collect();
    let is_free = |id: &String| {
        !used.iter().any(|u| u.strip_prefix(id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    };
    (1..).map(|n| format!("split-{n}")).find(is_free).unwrap_or_default()
}

/// The clips that a request names, and their files; a file that is named twice stands there twice.
struct Found {
    clips: Vec<crate::clip_list::NamedClip>,
    files: Vec<PathBuf>,
    sources: Vec<SourceFacts>,
    infos: Vec<MediaInfo>,
    notes: Vec<String>,
}

impl Found {
    fn of(clips: &[PathBuf], folder: &Path) -> Result<Self, ApiError> {
        if clips.is_empty() {
            return Err(ApiError::new("usage.split_clips", "there are no clips").hint("name a clip for each cell").field("clips"));
        }
        Self::of_more(clips, folder)
    }

    fn of_more(clips: &[PathBuf], folder: &Path) -> Result<Self, ApiError> {
        let (clips, mut notes) = named_clips(clips, false)?;
        let (mut files, mut sources, mut infos) = (Vec::new(), Vec::new(), Vec::new());
        let mut known: BTreeMap<PathBuf, MediaInfo> = BTreeMap::new();
        for clip in &clips {
            if !known.contains_key(&clip.path) {
                let info = probe(&clip.path)?;
                notes.extend(info.warnings.iter().map(|w| format!("{}: {w}", clip.path.display())));
                known.insert(clip.path.clone(), info);
            }
            let info = known[&clip.path].clone();
            let facts = source(&clip.path, folder, &info, None)?;
            if facts.picture.is_none() {
                let message = format!("{}: there is no picture in it", clip.path.display());
                return Err(ApiError::new("usage.streams", message)
                    .hint("name a film or an image")
                    .field("clips")
                    .file(&clip.path));
            }
            files.push(clip.path.clone());
            sources.push(facts);
            infos.push(info);
        }
        Ok(Self { clips, files, sources, infos, notes })
    }

    fn is_still(&self, n: usize) -> bool {
        self.sources[n].kind == MediaKind::Image
    }

    /// The index of the first clip of the same file.
    fn first_of(&self, n: usize) -> usize {
        self.files.iter().position(|f| *f == self.files[n]).unwrap_or(n)
    }

    /// The files as media of these ids, each once.
    fn media(&self, ids: &[String]) -> Vec<Media> {
        let own = (0..self.files.len()).filter(|n| self.first_of(*n) == *n);
        own.map(|n| {
            let mut media = Media::new(&ids[n], &self.sources[n].path, self.sources[n].kind);
            media.facts = Some(cutroom_pipeline::facts_of(&self.infos[n]));
            media
        })
        .collect()
    }

    /// Ids of the files in a project, and the edits that insert those that it does not have.
    fn known(&self, project: &Project) -> (Vec<String>, Vec<Edit>) {
        let mut free = (1..).map(|n| format!("m{n}")).filter(|id| project.media.iter().all(|m| m.id.as_str() != id.as_str()));
        let mut ids: Vec<String> = Vec::new();
        let mut new = Vec::new();
        for n in 0..self.files.len() {
            let facts = &self.sources[n];
            let same = project.media.iter().find(|m| m.path == facts.path && m.kind == facts.kind && m.frame_rate.is_none());
            let first = self.first_of(n);
            ids.push(match same {
                Some(media) => media.id.as_str().to_owned(),
                None if first < n => ids[first].clone(),
                None => {
                    new.push(n);
                    free.next().unwrap_or_default()
                }
            });
        }
        let media = self.media(&ids);
        let mut after = project.media.last().map(|m| m.id.clone());
        let mut edits = Vec::new();
        for media in media.into_iter().filter(|m| new.iter().any(|n| ids[*n] == m.id.as_str())) {
            let before = after.replace(media.id.clone());
            edits.push(Edit::InsertMedia { media: Box::new(media), after: before });
        }
        (ids, edits)
    }

    /// For each clip where it starts in its source, and its length in frames of the film.
    fn parts(&self, rate: FrameRate) -> Result<Vec<(Time, i64)>, ApiError> {
        let parts = self.clips.iter().enumerate().map(|(n, clip)| part(clip, n, &self.sources[n], rate));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let still_frames = rate.nearest_frame(TimeDelta::from_secs_f64(STILL_SECS)).max(1);
        let sequence =
            Sequence { sources: &self.sources, clips: &parts, still_frames, dissolve_frames: 0, fit: Fit::Cover, align: None };
        Ok(parts.iter().filter_map(|clip| sequence.frames(clip, rate)).collect())
    }

    fn clip(&self, n: usize, media: &str, (from, duration): (Time, TimeDelta), is_heard: bool, fit: CellFit) -> CellClip {
        let name = self.files[n].file_name().map(|f| f.to_string_lossy().into_owned()).unwrap_or_default();
        CellClip { name, source: ClipSource::media(media), source_in: from, duration, is_heard, fit }
    }

    /// The composition with the cells, and notes.
    #[allow(clippy::too_many_arguments)]
    fn screen(
        &self,
        layout: &Layout,
        film: &Composition,
        look: &SplitLook,
        content: &SplitClips,
        duration: Option<&str>,
        ids: &[String],
        id: &str,
    ) -> Result<(Composition, Vec<String>), ApiError> {
        let (rate, style) = (film.frame_rate, look.style()?);
        let (count, cells) = (self.files.len(), layout.cell_count());
        if count != cells {
            let layout = layout.text().to_owned();
            return Err(error_of(&cutroom_project::split::SplitError::Clips { layout, cells, clips: count }, "layout"));
        }
        let parts = self.parts(rate)?;
        let mut notes = Vec::new();
        let moving = || (0..count).filter(|n| !self.is_still(*n));
        let shortest = moving().min_by_key(|n| parts[*n].1);
        let frames = match duration {
            Some(text) => parse_length_frames(text, rate).map_err(|e| e.field("duration"))?.max(1),
            None => shortest.map_or(parts[0].1, |n| parts[n].1),
        };
        let secs = |frames: i64| rate.time_of_frame(frames).as_secs_f64();
        if let (None, Some(n)) = (duration, shortest)
            && moving().any(|other| parts[other].1 > frames)
        {
            let file = self.files[n].display();
            notes.push(format!("{file} is the shortest clip: the split screen lasts {:.3} s as it does", secs(frames)));
        }
        for n in moving().filter(|n| parts[*n].1 < frames) {
            let file = self.files[n].display();
            notes.push(format!("{file} ends after {:.3} s; its cell is empty then", secs(parts[n].1)));
        }
        let focus = focus(&content.focus, count)?;
        let heard = self.heard(content.sound.as_deref())?;
        let fit = content.fit.unwrap_or(Fit::Cover);
        let length = rate.time_of_frame(frames).since_zero();
        let clips: Vec<CellClip> = (0..count)
            .map(|n| {
                let fit = CellFit { fit, focus: focus[n], size: self.sources[n].picture.map(|p| p.size) };
                let duration = if self.is_still(n) { length } else { rate.time_of_frame(parts[n].1.min(frames)).since_zero() };
                self.clip(n, &ids[n], (parts[n].0, duration), heard.contains(&n), fit)
            })
            .collect();
        let screen = SplitScreen { layout, style: &style, size: film.size, frame_rate: rate, duration: length };
        let mut made = screen.composition(id, &clips).map_err(|e| error_of(&e, "layout"))?;
        (made.color, made.blend_space) = (film.color.clone(), film.blend_space);
        (made.sample_rate_hz, made.channels) = (film.sample_rate_hz, film.channels);
        Ok((made, notes))
    }

    /// The clips whose sound is heard.
    fn heard(&self, asked: Option<&str>) -> Result<Vec<usize>, ApiError> {
        let count = self.files.len();
        match asked.map(str::trim) {
            None => Ok((0..count).find(|n| self.sources[*n].sound_end.is_some()).into_iter().collect()),
            Some("all") => Ok((0..count).collect()),
            Some("none") => Ok(Vec::new()),
            Some(text) => match text.parse::<usize>() {
                Ok(n) if (1..=count).contains(&n) => Ok(vec![n - 1]),
                _ => {
                    let error = ApiError::new("usage.split_value", format!("\"{text}\" is no cell whose sound could be heard"));
                    Err(error.hint(format!("write a number from 1 to {count}, all or none")).field("content.sound"))
                }
            },
        }
    }
}

/// The focus of each cell: `X,Y` for all, `CELL=X,Y` for one.
fn focus(list: &[String], count: usize) -> Result<Vec<[f64; 2]>, ApiError> {
    let mut all = vec![[0.5; 2]; count];
    for text in list {
        let error = || {
            let error = ApiError::new("usage.split_value", format!("\"{text}\" is no focus of a picture"));
            let hint = format!("write X,Y or CELL=X,Y, with fractions from 0 to 1 and a cell from 1 to {count}");
            error.hint(hint).field("content.focus")
        };
        let (cell, point) = match text.split_once('=') {
            Some((cell, point)) => {
                let cell = cell.trim().parse::<usize>().ok().filter(|c| (1..=count).contains(c)).ok_or_else(error)?;
                (Some(cell - 1), point)
            }
            None => (None, text.as_str()),
        };
        let number = |v: &str| v.trim().parse::<f64>().ok().filter(|v| (0.0..=1.0).contains(v)).ok_or_else(error);
        let (x, y) = point.split_once(',').ok_or_else(error)?;
        let point = [number(x)?, number(y)?];
        match cell {
            Some(cell) => all[cell] = point,
            None => all.fill(point),
        }
    }
    Ok(all)
}

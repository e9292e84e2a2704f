//! Titles: lists them, shows one as a picture or a film, and adds one to a project.
use crate::{
    ApiError, BackendChoice, DecodeChoice, ExportReport, ExportRequest, FrameReport, FrameRequest, ProxyChoice, Session,
    UnfinishedFiles, cache, export, new_project,
    overwrite_guard::{self, WrittenFile},
    parse_frame, parse_length_frames, render_frame, session, write_project,
};
use cutroom_media::MediaLocation;
use cutroom_pipeline::facts_of;
use cutroom_project::{
    Clip, ClipSource, Composition, Edit, Media, MediaKind, MediaSource, Operation, Project, StreamChoice, Track, TrackKind,
    apply_all, build,
    nearest::nearest,
    title::{self, TITLES, Title, TitleCanvas, TitleError, TitleParamKind, TitleValues},
};
use cutroom_types::{CancelToken, Fit, FrameRate, Progress, Size, Span, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// Size of a preview without a clip below, in pixels.
const PREVIEW_SIZE: Size = Size { width: 1920, height: 1080 };
/// Ground of a preview without a clip below: dark enough for light letters, light enough for dark
/// panels. Straight RGBA, display-encoded.
const PREVIEW_GROUND: [f64; 4] = [0.27, 0.31, 0.36, 1.0];

/// All titles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TitleList {
    /// Titles, in menu order.
    pub titles: Vec<TitleEntry>,
}

/// A title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TitleEntry {
    /// Id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// What it is for, in one sentence.
    pub about: String,
    /// Usual length in seconds.
    pub usual_secs: f64,
    /// Parameters, in order.
    pub params: Vec<TitleParamEntry>,
}

/// A parameter of a title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TitleParamEntry {
    /// Id.
    pub id: String,
    /// What it is, in a few words.
    pub about: String,
    /// `text`, `color` (`#rrggbb` or `#rrggbbaa`) or `number`.
    pub kind: String,
    /// Default, as it is written.
    pub default: String,
    /// Least value of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Greatest value of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// Lists all titles with their parameters.
pub fn titles() -> TitleList {
    let entry = |t: &&Title| TitleEntry {
        id: t.id.to_owned(),
        name: t.name.to_owned(),
        about: t.about.to_owned(),
        usual_secs: t.usual_secs,
        params: t
            .params
            .iter()
            .map(|p| {
                let range = match p.kind {
                    TitleParamKind::Number { range, .. } => Some(range),
                    TitleParamKind::Text(_) | TitleParamKind::Color(_) => None,
                };
                TitleParamEntry {
                    id: p.id.to_owned(),
                    about: p.about.to_owned(),
                    kind: p.kind.name().to_owned(),
                    default: p.kind.default_text(),
                    min: range.map(|r| r.0),
                    max: range.map(|r| r.1),
                }
            })
            .collect(),
    };
    TitleList { titles: TITLES.iter().map(entry).collect() }
}

/// A title to be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TitlePreviewRequest {
    /// Id of the title.
    pub title: String,
    /// Values of parameters by id, as texts; absent ones have their defaults.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The file to write: a picture if its name ends in `.png`, otherwise a film.
    pub output: PathBuf,
    /// Size in pixels; absent: that of the clip below, or 1920×1080.
    #[serde(default)]
    pub size: Option<Size>,
    /// Frames per second; absent: those of the clip below, or 25.
    #[serde(default)]
    pub fps: Option<String>,
    /// Length, see [`crate::parse_length_frames`]; absent: the title's usual one.
    #[serde(default)]
    pub duration: Option<String>,
    /// Place of the picture, see [`crate::parse_frame`]; absent: the middle. Not for films.
    #[serde(default)]
    pub at: Option<String>,
    /// A film or an image to be shown below.
    #[serde(default)]
    pub over: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What a preview of a title is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TitlePreviewReport {
    /// A picture.
    Frame(FrameReport),
    /// A film.
    Film(Box<ExportReport>),
}

/// Draws a title into a file. `progress` is called after every frame of a film.
///
/// # Errors
/// A title or a value that does not exist, an output that exists, a clip that cannot be read, and
/// failures of drawing or writing. Nothing is written then.
pub fn title_preview(
    request: &TitlePreviewRequest,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(Progress),
) -> Result<TitlePreviewReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let (title, values) = chosen(&request.title, &request.values).map_err(one)?;
    let is_picture = request.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("png"));
    if let (Some(at), false) = (&request.at, is_picture) {
        let message = format!("`at` {at} chooses a picture, and {} is a film", request.output.display());
        let error = ApiError::new("usage.position", message).hint("name a file that ends in .png, or leave `at` out");
        return Err(one(error.field("at").field("output").file(&request.output)));
    }
    let session = preview_session(title, &values, request).map_err(one)?;
    let target = [WrittenFile::file("output", &request.output)];
    overwrite_guard::check(&target, &session.inputs(), request.overwrite).map_err(one)?;
    if is_picture {
        let (_, total) = session.frames(&session.project.main).map_err(one)?;
        let at = request.at.clone().unwrap_or_else(|| (total / 2).to_string());
        let frame = FrameRequest {
            proxies: ProxyChoice::Off,
            proxy_folder: None,
            offline: false,
            at,
            composition: None,
            display: crate::DisplayChoice::default(),
            backend: BackendChoice::Cpu,
            decode: DecodeChoice::Software,
            gpu: None,
            scale: None,
            threads: 0,
        };
        let frame = render_frame(&session, &frame, cancel)?;
        frame.write_png(&request.output).map_err(one)?;
        return Ok(TitlePreviewReport::Frame(frame.report));
    }
    let film = ExportRequest {
        output: Some(request.output.clone()),
        backend: BackendChoice::Cpu,
        overwrite: request.overwrite,
        ..ExportRequest::default()
    };
    export(&session, &film, cancel, unfinished, &mut |p| progress(p.frames()))
        .map(|report| TitlePreviewReport::Film(Box::new(report)))
}

/// A film that consists of a title, and of what is below it.
fn preview_session(title: &Title, values: &TitleValues, request: &TitlePreviewRequest) -> Result<Session, ApiError> {
    let rate = request.fps.as_deref().map(str::parse::<FrameRate>).transpose();
    let rate = rate.map_err(|e| ApiError::of("usage.fps", &e).field("fps"))?;
    let mut below = None;
    let mut film = Composition::new(
        "preview",
        request.size.unwrap_or(PREVIEW_SIZE),
        rate.unwrap_or(FrameRate::new(25, 1).unwrap_or_else(|| unreachable!("25 is a rate"))),
    );
    film.background = PREVIEW_GROUND;
    if let Some(path) = &request.over {
        let info = cache::probe(&MediaLocation::file(path))?;
        let source = new_project::source(path, session::folder(path), &info, None)
            .map_err(|e| ApiError { fields: vec!["over".into()], ..e })?;
        if source.picture.is_none() {
            let message = format!("{}: there is no picture in it", path.display());
            return Err(ApiError::new("usage.streams", message).hint("name a film or an image").field("over").file(path));
        }
        let kind = source.kind;
        film = Composition {
            id: film.id,
            background: film.background,
            ..build::composition_for([&source].into_iter(), request.size, rate)
        };
        let absolute =
            path.canonicalize().map_err(|e| ApiError::new("usage.path", format!("{}: {e}", path.display())).field("over"))?;
        let Some(absolute) = absolute.to_str() else {
            return Err(ApiError::new("usage.path", format!("{}: the name is not Unicode", path.display()))
                .field("over")
                .file(path));
        };
        let mut media = Media::new("below", &absolute.replace('\\', "/"), kind);
        media.facts = Some(facts_of(&info));
        below = Some(media);
    }
    let rate = film.frame_rate;
    let frames = match &request.duration {
        Some(text) => parse_length_frames(text, rate).map_err(|e| e.field("duration"))?,
        None => rate.nearest_frame(TimeDelta::from_secs_f64(title.usual_secs)),
    };
    let duration = rate.time_of_frame(frames.max(1)).since_zero();
    if let Some(media) = &below {
        let source = MediaSource {
            media: media.id.clone(),
            video_stream: StreamChoice::First,
            audio_stream: StreamChoice::None,
            repeat: media.kind == MediaKind::Video,
            extra: Default::default(),
        };
        let mut clip = Clip::new("below", ClipSource::Media(source), Time::ZERO, duration);
        clip.video.transform.fit = Fit::Cover;
        let mut track = Track::new("below-track", TrackKind::Video);
        track.clips.push(clip.into());
        film.tracks.push(track);
    }
    let canvas = TitleCanvas { size: film.size, frame_rate: rate, duration };
    let mut made = title.composition(values, &canvas, "title");
    (made.color, made.blend_space) = (film.color.clone(), film.blend_space);
    let mut track = Track::new("title-track", TrackKind::Video);
    track.clips.push(Clip::new("title-clip", ClipSource::composition("title"), Time::ZERO, duration).into());
    film.tracks.push(track);
    let mut project = Project::new(title.name, film);
    project.media.extend(below);
    project.compositions.push(made);
    // No file has this name; it stands for the folder of the output.
    Session::from_json(&cutroom_project::to_json(&project), &request.output.with_extension("title-preview"))
}

/// A title to be added.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TitleAddRequest {
    /// Id of the title.
    pub title: String,
    /// Values of parameters by id, as texts; absent ones have their defaults.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Where it starts, see [`crate::parse_frame`].
    pub at: String,
    /// Length, see [`crate::parse_length_frames`]; absent: the title's usual one.
    #[serde(default)]
    pub duration: Option<String>,
    /// Id of the video track that it is placed on; absent: a new one above all others.
    #[serde(default)]
    pub track: Option<String>,
    /// Id of the composition that it is placed in; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// The project file to write, in the folder of the one that was read; absent: that one.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of adding a title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TitleAddReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// Id of the composition that shows the title.
    pub composition: String,
    /// Id of the clip that shows this composition.
    pub clip: String,
    /// Id of the clip's track.
    pub track: String,
    /// Start in seconds.
    pub start_secs: f64,
    /// Length in seconds.
    pub duration_secs: f64,
    /// What else has changed.
    pub notes: Vec<String>,
}

/// Adds a title to a project: a composition, and a clip that shows it.
///
/// # Errors
/// A title or a value that does not exist, a track that does not exist or is not free, a place that
/// is none, problems of the project. Nothing is written then.
pub fn title_add(session: &Session, request: &TitleAddRequest) -> Result<TitleAddReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let (title, values) = chosen(&request.title, &request.values).map_err(one)?;
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    session.check()?;
    let MadeTitle { film, composition: made, clip, span } = made(session, title, &values, request)?;
    let id = made.id.as_str().to_owned();
    let (edit, track) = placed(film, request.track.as_deref(), clip, span, &id).map_err(one)?;
    let insert =
        Edit::InsertComposition { composition: Box::new(made), after: session.project.compositions.last().map(|c| c.id.clone()) };
    let mut project = session.project.clone();
    let before = film.length();
    let film = film.id.clone();
    apply_all(&mut project, vec![insert, edit]).map_err(|e| one(ApiError::of(e.code(), &e)))?;
    let after = project.composition(&film).map_or(before, Composition::length);
    let changed = session.changed(project);
    changed.check()?;
    let output = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    write_project::write(session, "title", &changed.project, &output).map_err(one)?;
    let longer = (after > before).then(|| {
        let [before, after] = [before, after].map(TimeDelta::as_secs_f64);
        format!("the title ends after the other clips: the composition \"{film}\" now lasts {after:.3} s instead of {before:.3} s")
    });
    Ok(TitleAddReport {
        project: output,
        clip: format!("{id}-clip"),
        composition: id,
        track,
        start_secs: span.start.as_secs_f64(),
        duration_secs: span.duration.as_secs_f64(),
        notes: longer.into_iter().collect(),
    })
}

/// A title as it will be in a project.
struct MadeTitle<'a> {
    /// The composition that it is placed in.
    film: &'a Composition,
    composition: Composition,
    clip: Clip,
    span: Span,
}

fn made<'a>(
    session: &'a Session,
    title: &Title,
    values: &TitleValues,
    request: &TitleAddRequest,
) -> Result<MadeTitle<'a>, Vec<ApiError>> {
    let one = |e| vec![e];
    let film = session.composition(request.composition.as_deref()).map_err(one)?;
    // It was found.
    let Some(film) = session.project.composition(&film) else { return Err(vec![]) };
    let rate = film.frame_rate;
    let at = parse_frame(&request.at, rate).map_err(|e| one(e.field("at")))?;
    let frames = match &request.duration {
        Some(text) => parse_length_frames(text, rate).map_err(|e| one(e.field("duration")))?.max(1),
        None => rate.nearest_frame(TimeDelta::from_secs_f64(title.usual_secs)).max(1),
    };
    let start = rate.time_of_frame(at);
    let span = Span::new(start, rate.time_of_frame(at.saturating_add(frames)));
    let id = free_id(&session.project, title.id);
    let (length, source_in) = if title.shows_film_time { (span.end().since_zero(), start) } else { (span.duration, Time::ZERO) };
    let canvas = TitleCanvas { size: film.size, frame_rate: rate, duration: length };
    let mut composition = title.composition(values, &canvas, &id);
    (composition.color, composition.blend_space) = (film.color.clone(), film.blend_space);
    let mut clip = Clip::new(&format!("{id}-clip"), ClipSource::composition(&id), start, span.duration);
    clip.name = title.name.to_owned();
    clip.source_in = source_in;
    Ok(MadeTitle { film, composition, clip, span })
}

/// The operation that adds a title to the session's document. Without a track it takes the topmost one for
/// pictures if that is free there and not the only one, else a new one above all others.
///
/// # Errors
/// As [`title_add`].
pub(crate) fn operation(session: &Session, request: &TitleAddRequest) -> Result<Operation, Vec<ApiError>> {
    let one = |e| vec![e];
    let (title, values) = chosen(&request.title, &request.values).map_err(one)?;
    let MadeTitle { film, composition, clip, span } = made(session, title, &values, request)?;
    let id = composition.id.as_str().to_owned();
    let mut video = film.tracks.iter().filter(|t| t.kind == TrackKind::Video && !t.locked).rev();
    let is_free = |track: &Track| track.clips.iter().all(|c| c.span().intersection(&span).is_none());
    let top = video.next().filter(|top| is_free(top)).filter(|_| video.next().is_some()).map(|top| top.id.as_str().to_owned());
    let track = request.track.clone().or(top);
    let (edit, _) = placed(film, track.as_deref(), clip, span, &id).map_err(one)?;
    let film = film.id.clone();
    let place = match edit {
        Edit::InsertTrack { track, .. } => Operation::AddTrack { composition: film, track, above: None },
        Edit::InsertClip { track, clip, .. } => Operation::Overwrite { track, clip: Box::new(Arc::unwrap_or_clone(clip)) },
        _ => return Err(vec![]),
    };
    Ok(Operation::All { steps: vec![Operation::AddComposition { composition: Box::new(composition) }, place] })
}

/// The title of this id, and the values of its parameters.
fn chosen(id: &str, given: &BTreeMap<String, String>) -> Result<(&'static Title, TitleValues), ApiError> {
    let Some(found) = title::title(id) else {
        let hint = match title::nearest_title(id) {
            Some(near) => format!("the nearest is \"{}\"; `titles` lists all", near.id),
            None => "`titles` lists all".to_owned(),
        };
        return Err(ApiError::new("usage.title", format!("there is no title \"{id}\"")).hint_at("titles", hint).field("title"));
    };
    let values = found.values(given).map_err(|e| {
        let hint = match &e {
            TitleError::UnknownParam { nearest, .. } => {
                let known: Vec<&str> = found.params.iter().map(|p| p.id).collect();
                let near = nearest.map_or_else(String::new, |near| format!("the nearest is \"{near}\"; "));
                Some(format!("{near}it has {}", known.join(", ")))
            }
            TitleError::WrongValue { .. } => None,
        };
        let error = ApiError::of("usage.title_value", &e).field("values");
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })?;
    Ok((found, values))
}

/// An id for a composition such that neither it nor what begins with it and a hyphen is in use.
fn free_id(project: &Project, title: &str) -> String {
    let (tracks, clips) = (project.tracks().map(|t| t.id.as_str()), project.clips().map(|c| c.id.as_str()));
    let used: Vec<&str> = project.compositions.iter().map(|c| c.id.as_str()).chain(tracks).chain(clips).collect();
    let free = |id: &String| {
        !used.iter().any(|u| u.strip_prefix(id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    };
    (1..).map(|n| format!("{title}-{n}")).find(free).unwrap_or_default()
}

/// The edit that places the clip, and the id of its track.
fn placed(film: &Composition, track: Option<&str>, clip: Clip, span: Span, id: &str) -> Result<(Edit, String), ApiError> {
    let Some(name) = track else {
        let mut own = Track::new(&format!("{id}-track"), TrackKind::Video);
        own.name = clip.name.clone();
        own.clips.push(clip.into());
        let after = film.tracks.last().map(|t| t.id.clone());
        let track = own.id.as_str().to_owned();
        return Ok((Edit::InsertTrack { composition: film.id.clone(), track: Box::new(own), after }, track));
    };
    let error = |message: String| ApiError::new("usage.title_track", message).field("track");
    let video = || film.tracks.iter().filter(|t| t.kind == TrackKind::Video);
    let Some(found) = film.tracks.iter().find(|t| t.id.as_str() == name) else {
        let known: Vec<&str> = video().map(|t| t.id.as_str()).collect();
        let near = nearest(name, known.iter().copied()).map_or_else(String::new, |near| format!("the nearest is \"{near}\"; "));
        let message = format!("the composition \"{}\" has no track \"{name}\"", film.id);
        return Err(error(message).hint(format!("{near}its video tracks are {}", known.join(", "))));
    };
    if found.kind != TrackKind::Video {
        return Err(error(format!("the track \"{name}\" is for sound only")).hint("name a video track, or leave `track` out"));
    }
    let taken = found.clips.iter().find(|c| c.span().intersection(&span).is_some());
    if let Some(other) = taken {
        let [from, to] = [other.start, other.span().end()].map(Time::as_secs_f64);
        let message = format!(
            "the track \"{name}\" is not free from {:.3} s to {:.3} s: clip \"{}\" is there from {from:.3} s to {to:.3} s",
            span.start.as_secs_f64(),
            span.end().as_secs_f64(),
            other.id
        );
        let mut error = error(message).hint("leave `track` out for a new track above all others, or choose another `at`");
        error = error.field("at");
        error.clip = Some(other.id.as_str().to_owned());
        return Err(error);
    }
    let after = found.clips.last().map(|c| c.id.clone());
    Ok((Edit::InsertClip { track: found.id.clone(), clip: clip.into(), after }, name.to_owned()))
}

//! Puts a subtitle file into a project, as a clip of cues that are drawn into the picture.
use crate::{
    ApiError, IssueReport, Session,
    subtitles::{issues, read},
    subtitles_ass,
    subtitles_place::place,
    write_project,
};
use cutroom_interchange::subtitles::{Alignment, RunStyle, SubtitleDocument, SubtitleFile, SubtitleFormat, language_of_name};
use cutroom_project::{
    Clip, ClipSource, Color, Composition, Edit, Paint, Project, SubtitlesSource, Track, TrackKind, apply_all,
    nearest::nearest,
    subtitles::{Cue, CuePlace, CueRun, Highlight, HighlightMode},
    text::{Families, TextStyle},
    title::subtitle::{SUBTITLE_STYLES, subtitle_style},
};
use cutroom_types::{Size, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Style as FFmpeg and players draw files that state none: see [`subtitles_ass`].
const LIBASS: &str = "libass";
/// Style without a choice.
const DEFAULT_STYLE: &str = "classic";
/// Colour of karaoke syllables that have been sung, straight RGBA.
const SUNG: [f64; 4] = [1.0, 0.85, 0.0, 1.0];

/// Subtitles to be added to a film.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSubtitlesRequest {
    /// The subtitle file.
    pub file: PathBuf,
    /// Id of the look, see docs/titles.md; or `libass`, as FFmpeg and players draw it;
    /// absent: `classic`, with what the file itself says, and `libass` for ASS.
    #[serde(default)]
    pub style: Option<String>,
    /// Id of the composition; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// The project file to write, in the folder of the one that was read; absent: that one.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of adding subtitles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AddSubtitlesReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// Id of the clip.
    pub clip: String,
    /// Id of its track.
    pub track: String,
    /// Number of cues.
    pub cues: usize,
    /// What could not be read in the file, and what has changed.
    pub issues: Vec<IssueReport>,
}

/// Adds a subtitle file to a project: a clip with its cues on a new video track above all others, as
/// long as the film.
///
/// # Errors
/// The file cannot be read or has no cue; the style does not exist; the project is not valid or cannot
/// be written.
pub fn add_subtitles(session: &Session, request: &AddSubtitlesRequest) -> Result<AddSubtitlesReport, Vec<ApiError>> {
    let one = |e| vec![e];
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    let file = read(&request.file).map_err(one)?;
    let film = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    // The check found the composition.
    let Some(film) = session.project.composition(&film) else { return Err(vec![]) };
    let wish = TrackWish { path: &request.file, style: request.style.as_deref(), language: None, place: CuePlace::Bottom };
    let SubtitleTrack { track, clip: clip_id, cues, issues: found } = track(&file, &wish, &session.project, film).map_err(one)?;
    let track_id = track.id.to_string();
    let after = film.tracks.last().map(|t| t.id.clone());
    let edit = Edit::InsertTrack { composition: film.id.clone(), track: Box::new(track), after };
    let mut project = session.project.clone();
    apply_all(&mut project, vec![edit]).map_err(|e| one(ApiError::of(e.code(), &e)))?;
    let changed = session.changed(project);
    changed.check()?;
    let output = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    write_project::write(session, "subtitles", &changed.project, &output).map_err(one)?;
    Ok(AddSubtitlesReport { project: output, clip: clip_id, track: track_id, cues, issues: found })
}

/// How a subtitle file is shown.
pub(crate) struct TrackWish<'a> {
    /// The file.
    pub path: &'a Path,
    /// Id of the look; `None`: the usual one, with what the file itself says.
    pub style: Option<&'a str>,
    /// BCP 47 tag; `None`: what the file or its name says.
    pub language: Option<&'a str>,
    /// Place of cues that do not say otherwise.
    pub place: CuePlace,
}

/// A track that shows a subtitle file.
pub(crate) struct SubtitleTrack {
    /// The track, with one clip.
    pub track: Track,
    /// Id of the clip.
    pub clip: String,
    /// Number of cues.
    pub cues: usize,
    /// What could not be read in the file, and what has changed.
    pub issues: Vec<IssueReport>,
}

/// A track for `film` that shows a subtitle file, as long as the film. Its ids are free in `project`.
pub(crate) fn track(
    file: &SubtitleFile,
    wish: &TrackWish<'_>,
    project: &Project,
    film: &Composition,
) -> Result<SubtitleTrack, ApiError> {
    let mut found = issues(file);
    let is_ass = file.format == SubtitleFormat::Ass && wish.style.is_none();
    let (mut source, dropped) = if is_ass || wish.style == Some(LIBASS) {
        let usual = (!is_ass && file.format != SubtitleFormat::Ass).then(|| subtitles_ass::with_usual_style(&file.document));
        let (source, dropped, notes) = subtitles_ass::source(usual.as_ref().unwrap_or(&file.document), usual.is_some(), film.size);
        found.extend(notes);
        (source, dropped)
    } else {
        let style = wish.style.unwrap_or(DEFAULT_STYLE);
        let Some(mut look) = subtitle_style(style, film.size) else {
            let known: Vec<&str> = SUBTITLE_STYLES.iter().map(|s| s.id).chain([LIBASS]).collect();
            let near =
                nearest(style, known.iter().copied()).map_or_else(String::new, |near| format!("the nearest is \"{near}\"; "));
            let error = ApiError::new("usage.subtitles", format!("there is no style of subtitles \"{style}\""));
            return Err(error.hint(format!("{near}styles are {}", known.join(", "))).field("style"));
        };
        (look.width_px, look.height_px) = (None, None);
        source(&file.document, film.size, look, wish.style.is_none())
    };
    if source.cues.is_empty() {
        let error = ApiError::new("usage.subtitles", format!("{}: there is no cue in it", wish.path.display()));
        return Err(error.field("file").file(wish.path));
    }
    if wish.place != CuePlace::Bottom {
        source.place = wish.place;
    }
    if let Some(language) = wish.language.map(str::to_owned).or_else(|| language_of_name(wish.path)) {
        source.language = language;
    }
    if dropped > 0 {
        found.push(IssueReport { line: 0, message: format!("{dropped} cues without a length were left out") });
    }
    let used = |id: &str| project.clips().any(|c| c.id.as_str() == id) || project.tracks().any(|t| t.id.as_str() == id);
    let free = |base: &str| (1..).map(|n| format!("{base}-{n}")).find(|id| !used(id)).unwrap_or_default();
    let (clip_id, track_id) = (free("subtitles"), free("subtitles-track"));
    let cues = source.cues.len();
    let end = source.cues.iter().map(|c| c.end).max().unwrap_or(Time::ZERO);
    // Cues after the film's end are kept, and shown if it becomes longer.
    let length = if film.length() > TimeDelta::ZERO { film.length() } else { end.since_zero() };
    let rate = film.frame_rate;
    let length = rate.time_of_frame(rate.nearest_frame(length).max(1)).since_zero();
    let mut clip = Clip::new(&clip_id, ClipSource::Subtitles(Box::new(source)), Time::ZERO, length);
    clip.name = wish.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut track = Track::new(&track_id, TrackKind::Video);
    track.name.clone_from(&clip.name);
    track.clips.push(clip.into());
    Ok(SubtitleTrack { track, clip: clip_id, cues, issues: found })
}

/// The document as the source of a clip, and the number of cues that have no length. With `own_styles`
/// the file's named styles count below those of its pieces.
fn source(
    document: &SubtitleDocument,
    canvas: Size,
    look: cutroom_project::TextSource,
    own_styles: bool,
) -> (SubtitlesSource, usize) {
    let scale = document.canvas.map_or(1.0, |(_, height)| f64::from(canvas.height) / f64::from(height.max(1)));
    let mut is_sung = false;
    let mut cues = Vec::new();
    for cue in document.cues.iter().filter(|c| c.end > c.start) {
        let named = cue.style.as_deref().and_then(|id| document.style(id)).filter(|_| own_styles);
        let place = cue.alignment.or_else(|| named.and_then(|n| n.alignment)).filter(|a| *a != Alignment::BOTTOM).map(place);
        let runs: Vec<CueRun> = cue
            .runs
            .iter()
            .filter(|r| !r.text.is_empty())
            .map(|r| {
                is_sung |= r.sung.is_some();
                let own = named.map_or_else(|| r.style.clone(), |n| r.style.over(&n.text));
                let start = r.sung.map(|s| cue.start.saturating_add(s.from));
                CueRun { text: r.text.clone(), style: style(&own, scale, document.canvas.is_some()), start }
            })
            .collect();
        let is_plain = runs.iter().all(|r| r.style == TextStyle::default() && r.start.is_none());
        let (text, runs) = if is_plain { (runs.into_iter().map(|r| r.text).collect(), Vec::new()) } else { (String::new(), runs) };
        cues.push(Cue { start: cue.start, end: cue.end, text, runs, place, layout: None });
    }
    cues.sort_by_key(|c| c.start);
    let dropped = document.cues.len() - cues.len();
    let highlight = is_sung.then(|| Highlight {
        mode: HighlightMode::Spoken,
        style: TextStyle { fill: Some(Paint::Color(Color(SUNG).into())), ..TextStyle::default() },
    });
    let language = document.language.clone().unwrap_or_default();
    (SubtitlesSource { cues, look, highlight, language, margin: [0.05, 0.05], ..SubtitlesSource::default() }, dropped)
}

fn style(own: &RunStyle, scale: f64, has_canvas: bool) -> TextStyle {
    TextStyle {
        font: own.font.as_deref().map(|name| Families::One(name.to_owned())),
        size_px: own.size.filter(|_| has_canvas).map(|s| (f64::from(s) * scale).clamp(1.0, 5000.0)),
        weight: own.bold.map(|bold| if bold { 700.0 } else { 400.0 }),
        italic: own.italic,
        underline: own.underline,
        strikethrough: own.strike,
        fill: own.color.map(|c| Paint::Color(Color(c.map(|v| f64::from(v) / 255.0)).into())),
        ..TextStyle::default()
    }
}

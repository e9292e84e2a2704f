//! The shots of films: as numbers, as clips, or as markers of a composition.
use crate::{ApiError, analysis_markers::marked, cache, session::Session, write_project};
use cutroom_analysis::scenes::{SceneFinder, SceneSettings, Scenes, Shot, Transition, TransitionKind};
use cutroom_media::{ReadOptions, VideoInfo};
use cutroom_pipeline::PictureFile;
use cutroom_project::{Clip, ClipSource, Composition, Operation, Project};
use cutroom_timeline::sampling::{FrameLengths, half_frame, source_time};
use cutroom_types::{CancelToken, ClipId, FrameRate, Progress, Span, Time, TimeDelta, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{ops::Range, path::PathBuf};

/// Id of the markers' first one; others are counted.
const MARKER: &str = "scene";

/// The video stream to analyse.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenesRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the video stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
    /// Least score of a cut, 0.05..=1; absent: 0.25.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// Shortest shot: `500ms`, `1.5s`, `12f`; absent: a fifth of a second.
    #[serde(default)]
    pub min_length: Option<String>,
}

/// The shots of a film. Frames are counted from 0 in the order in which they are shown; times are seconds
/// since the start of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenesReport {
    /// Number of frames.
    pub frames: usize,
    /// The shots, in order and without gaps.
    pub shots: Vec<ShotReport>,
    /// What is between them, and fades at the ends of the film.
    pub transitions: Vec<SceneTransitionReport>,
}

/// A shot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShotReport {
    /// Its first frame; within a dissolve or a fade the one in the middle.
    pub first_frame: usize,
    /// Its last frame.
    pub last_frame: usize,
    /// When it starts.
    pub start_secs: f64,
    /// When it ends.
    pub end_secs: f64,
    /// How sure the transition that it begins with is, 0..=1; absent for the first shot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The transition that it begins with; absent for the first shot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_with: Option<SceneTransition>,
}

/// How one shot gives way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SceneTransition {
    /// From one frame to the next.
    Cut,
    /// One picture through the other.
    Dissolve,
    /// Through black.
    Fade,
    /// From black, at the start.
    FadeIn,
    /// To black, at the end.
    FadeOut,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SceneTransitionReport {
    /// How.
    pub kind: SceneTransition,
    /// The first frame that does not wholly show what was before.
    pub first_frame: usize,
    /// The first frame that wholly shows what is after; `first_frame` for cuts.
    pub next_frame: usize,
    /// Start of `first_frame`.
    pub start_secs: f64,
    /// Start of `next_frame`.
    pub end_secs: f64,
    /// How sure it is, 0..=1.
    pub score: f64,
}

/// The clip that is divided into its shots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitScenesRequest {
    /// Id of a clip that plays a film.
    pub clip: String,
    /// Set markers instead of dividing the clip.
    #[serde(default)]
    pub markers: bool,
    /// Least score of a cut, 0.05..=1; absent: 0.25.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// Shortest shot: `500ms`, `1.5s`, `12f`; absent: a fifth of a second.
    #[serde(default)]
    pub min_length: Option<String>,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of dividing a clip into its shots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitScenesReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// The clips, in order: the one named and those made of it; with markers only that one.
    pub clips: Vec<String>,
    /// Number of markers set; those of an earlier run are replaced.
    pub markers: usize,
    /// Where shots begin in the composition, in seconds.
    pub cuts_secs: Vec<f64>,
}

/// Finds the shots of a film.
///
/// # Errors
/// The file cannot be read, or has no such stream; a threshold or a length that is not possible.
pub fn scenes(request: &ScenesRequest, cancel: &CancelToken, progress: &mut dyn FnMut(Progress)) -> Result<ScenesReport, ApiError> {
    let threshold = threshold(request.threshold)?;
    let opened = PictureFile::open(&cache::store(), &request.file, request.stream, cancel);
    let mut file = opened.map_err(|e| ApiError::from(e).field("stream"))?;
    let settings = SceneSettings { threshold, min_length: min_length(request.min_length.as_deref(), file.info())? };
    let all = 0..file.frame_count();
    let (found, times) = find(&mut file, all, settings, progress)?;
    let at = |frame: usize| times.get(frame).or(times.last()).map_or(0.0, |t| t.as_secs_f64());
    let transition = |t: &Transition| SceneTransitionReport {
        kind: t.kind.into(),
        first_frame: t.first,
        next_frame: t.next,
        start_secs: at(t.first),
        end_secs: at(t.next),
        score: f64::from(t.score),
    };
    let shot = |s: &Shot| ShotReport {
        first_frame: s.first,
        last_frame: s.last,
        start_secs: s.start.as_secs_f64(),
        end_secs: s.end.as_secs_f64(),
        score: s.begins.map(|t| f64::from(t.score)),
        begins_with: s.begins.map(|t| t.kind.into()),
    };
    Ok(ScenesReport {
        frames: file.frame_count(),
        shots: found.shots.iter().map(shot).collect(),
        transitions: found.transitions.iter().map(transition).collect(),
    })
}

impl From<TransitionKind> for SceneTransition {
    fn from(kind: TransitionKind) -> Self {
        match kind {
            TransitionKind::Cut => Self::Cut,
            TransitionKind::Dissolve => Self::Dissolve,
            TransitionKind::Fade => Self::Fade,
            TransitionKind::FadeIn => Self::FadeIn,
            TransitionKind::FadeOut => Self::FadeOut,
        }
    }
}

fn threshold(asked: Option<f64>) -> Result<f64, ApiError> {
    match asked.filter(|t| !(0.05..=1.0).contains(t)) {
        None => Ok(asked.unwrap_or(SceneSettings::default().threshold)),
        Some(wrong) => {
            let error = ApiError::new("usage.threshold", format!("a threshold of {wrong} is not possible"));
            Err(error.hint("0.05 to 1").field("threshold"))
        }
    }
}

fn min_length(asked: Option<&str>, info: &VideoInfo) -> Result<TimeDelta, ApiError> {
    let Some(text) = asked else { return Ok(SceneSettings::default().min_length) };
    let error = || {
        let error = ApiError::new("usage.length", format!("\"{text}\" is not a length of a shot"));
        error.hint("write seconds (0.5s, 500ms) or frames (12f), up to an hour").field("min_length")
    };
    let flicks = match TimeText::parse(text).map_err(|_| error())? {
        TimeText::Flicks(flicks) => flicks,
        TimeText::Frames(frames) => {
            let usual = FrameRate::new(25, 1).map_or(TimeDelta::ZERO, FrameRate::frame_duration);
            frames.saturating_mul(info.frame_duration.unwrap_or(usual).0)
        }
        TimeText::Number(_) | TimeText::Timecode(_) => return Err(error()),
    };
    let hour = TimeDelta::from_secs_f64(3600.0);
    if (0..=hour.0).contains(&flicks) { Ok(TimeDelta(flicks)) } else { Err(error()) }
}

/// The shots among some frames, which are counted from the first of these, and the times of all of them and
/// of the end.
fn find(
    file: &mut PictureFile,
    frames: Range<usize>,
    settings: SceneSettings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Scenes, Vec<Time>), ApiError> {
    let mut finder = SceneFinder::new(settings);
    let mut times = Vec::with_capacity(frames.len() + 1);
    let mut end = Time::ZERO;
    let mut shown = Progress::frames(0, frames.len() as u64);
    file.each_frame(frames, |frame| {
        finder.see(&frame.picture, frame.span.start);
        times.push(frame.span.start);
        end = frame.span.end();
        shown.done += 1;
        progress(shown);
    })?;
    times.push(end);
    Ok((finder.finish(end), times))
}

/// Divides a clip, and what is linked to it, into its shots, or sets a marker at the start of each shot but
/// the first. Markers of an earlier run for the same clip are replaced.
///
/// # Errors
/// Problems of the project or the file; a clip that does not play a film. Nothing is written then.
pub fn split_scenes(
    session: &Session,
    request: &SplitScenesRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<SplitScenesReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let threshold = threshold(request.threshold).map_err(one)?;
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    session.check()?;
    let (composition, _, clip) = session.clip(&request.clip).map_err(one)?;
    let mut file = footage(session, clip, cancel).map_err(one)?;
    let min_length = min_length(request.min_length.as_deref(), file.info()).map_err(one)?;
    let shown = clip.source_span();
    let shown = Span::new(shown.start.max(Time::ZERO), shown.end());
    let frames = file.frames_in(shown).map_err(|e| one(e.into()))?;
    let (found, _) = find(&mut file, frames, SceneSettings { threshold, min_length }, progress).map_err(one)?;
    let cuts = in_composition(composition, clip, file.info(), &found.shots);
    let output = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    let cuts_secs = cuts.iter().map(|t| t.as_secs_f64()).collect();
    let (project, clips, markers) = if request.markers {
        // The first shot has no marker.
        let project = marked(&session.project, composition, clip, (MARKER, "shot"), 2, &cuts).map_err(one)?;
        (project, vec![clip.id.as_str().to_owned()], cuts.len())
    } else {
        let (project, clips) = divided(&session.project, &clip.id, &cuts).map_err(one)?;
        (project, clips, 0)
    };
    write_project::write(session, "scenes", &project, &output).map_err(one)?;
    Ok(SplitScenesReport { project: output, clips, markers, cuts_secs })
}

/// The video stream that a clip shows.
fn footage(session: &Session, clip: &Clip, cancel: &CancelToken) -> Result<PictureFile, ApiError> {
    let none = || {
        let error = ApiError::new("usage.clip", format!("clip \"{}\" does not play a film", clip.id));
        error.hint("name a clip of a video").field("clip")
    };
    let ClipSource::Media(source) = &clip.source else { return Err(none()) };
    let media = session.project.media(&source.media).ok_or_else(none)?;
    let stream = source.video_stream.index().ok_or_else(none)?;
    let options = ReadOptions { deinterlace: media.deinterlace, field_order: media.field_order, ..ReadOptions::default() };
    let file = PictureFile::of_library(session.library(), &session.location(media), stream, options, cancel)?;
    // A still image is one frame for all times.
    if file.frame_count() > 1 { Ok(file) } else { Err(none()) }
}

/// Where shots begin in a composition: the frames whose picture is of another shot than the one before.
fn in_composition(composition: &Composition, clip: &Clip, info: &VideoInfo, shots: &[Shot]) -> Vec<Time> {
    let rate = composition.frame_rate;
    let (times, half) = (clip.times(), half_frame(rate));
    let lengths = FrameLengths { output: rate.frame_duration(), source: info.frame_duration };
    let span = clip.span();
    let mut frame = rate.frame_at(span.start).max(0);
    let mut cuts = Vec::new();
    let mut before = None;
    loop {
        let at = rate.time_of_frame(frame);
        if at.saturating_add(half) >= span.end() {
            return cuts;
        }
        if at.saturating_add(half) >= span.start {
            let source = source_time(at, clip.start, &times, lengths);
            let shot = shots.partition_point(|s| s.start <= source);
            if before.is_some_and(|b| b != shot) && at > span.start {
                cuts.push(at);
            }
            before = Some(shot);
        }
        frame += 1;
    }
}

/// The project with a clip divided, and the ids of its parts.
fn divided(project: &Project, clip: &ClipId, cuts: &[Time]) -> Result<(Project, Vec<String>), ApiError> {
    let mut project = project.clone();
    let mut parts = vec![clip.clone()];
    for at in cuts {
        let Some(last) = parts.last().cloned() else { break };
        let split = Operation::Split { clips: vec![last.clone()], tracks: Vec::new(), at: *at, alone: false };
        project = split.plan(&project).map_err(|e| ApiError::of(e.code(), &e).field("clip"))?.project;
        let tracks = project.compositions.iter().flat_map(|c| &c.tracks);
        let track = tracks.filter(|t| t.clip(&last).is_some()).flat_map(|t| &t.clips);
        parts.extend(track.filter(|c| c.start == *at).map(|c| c.id.clone()).next());
    }
    Ok((project, parts.iter().map(|id| id.as_str().to_owned()).collect()))
}

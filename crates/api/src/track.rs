//! Follows a point or a flat surface in a clip, and lets other things follow it.
use crate::{
    ApiError,
    overwrite_guard::{self, WrittenFile},
    session::{self, Session, frame_inside},
    stabilize::{picture, reduced},
    track_apply::{Target, TargetFrame},
    write_project,
};
use cutroom_analysis::{Gray, PlaneTracker, PointTracker, Pyramid, Track as Sureness};
use cutroom_pipeline::{OpenComposition, PipelineError, RenderOptions, Renderer, output_spec};
use cutroom_project::{Clip, Composition, build::Measured};
use cutroom_render::place::place;
use cutroom_timeline::{Content, FramePlan, Placement, Timeline, sampling::half_frame};
use cutroom_types::{Affine, CancelToken, ClipId, PictureFormat, Progress, Size, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Longer side of the pictures in which things are followed, in pixels, at most.
const TRACKED_PX: u32 = 1920;

/// What is followed, and what follows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackRequest {
    /// Id of the clip whose picture is searched.
    pub clip: String,
    /// A point in pixels of the composition's picture at the start of the range, from its top left
    /// corner, right and down; instead of `plane`.
    #[serde(default)]
    pub point: Option<[f64; 2]>,
    /// The corners of a flat surface, likewise: top left, top right, bottom right, bottom left as
    /// seen on the surface; instead of `point`.
    #[serde(default)]
    pub plane: Option<[[f64; 2]; 4]>,
    /// First frame, as a time of the composition; absent: the clip's first frame.
    #[serde(default)]
    pub from: Option<String>,
    /// The end of the range, which is not part of it; absent: the clip's end.
    #[serde(default)]
    pub to: Option<String>,
    /// What follows: `position:CLIP` (the clip moves along), `mask:MASK` (the mask's offset),
    /// `effect:EFFECT:PARAM`. PARAM is `center` for the parameters `centerX` and `centerY`, likewise
    /// for other pairs; `region` for `left`, `top`, `right` and `bottom`; `corners` for the corners
    /// of a corner pin, from a plane.
    #[serde(default)]
    pub apply: Vec<String>,
    /// The project file to write if anything follows; absent: the one that was read.
    #[serde(default)]
    pub project_output: Option<PathBuf>,
    /// A JSON file for the report, with the positions of all frames.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// Replace existing files.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of following.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackReport {
    /// Clip id.
    pub clip: String,
    /// One entry per frame of the range, in order.
    pub frames: Vec<TrackedFrame>,
    /// Number of frames in which it was not found.
    pub lost: usize,
    /// Number of frames in which it looked different from the first frame, so that errors may have
    /// added up.
    pub drifting: usize,
    /// What follows, with its number of keyframes.
    pub applied: Vec<AppliedTrack>,
    /// The project file written, if any.
    #[serde(serialize_with = "crate::path_serde::option")]
    pub project: Option<PathBuf>,
    /// Warnings about the files.
    pub warnings: Vec<String>,
}

/// Where it is in one frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackedFrame {
    /// Frame number in the composition.
    pub frame: i64,
    /// Time in the composition, in seconds.
    pub time_secs: f64,
    /// How sure the positions are.
    pub state: TrackState,
    /// The point, or the four corners, in pixels of the composition's picture from its top left
    /// corner; empty where the clip is not shown.
    pub canvas_px: Vec<[f64; 2]>,
    /// The same as fractions of the width and height of the clip's upright picture.
    pub fractions: Vec<[f64; 2]>,
}

/// How sure a position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackState {
    /// It looks as in the first frame, or this is the first frame.
    Followed,
    /// It was followed from the frame before but looks different from the first one.
    Drifting,
    /// It had been lost and was found again.
    Found,
    /// It was not found; the position is the last known one, and there is no keyframe.
    Lost,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppliedTrack {
    /// As in the request.
    pub apply: String,
    /// Number of keyframes.
    pub keyframes: usize,
}

impl From<Sureness> for TrackState {
    fn from(sureness: Sureness) -> Self {
        match sureness {
            Sureness::Followed => Self::Followed,
            Sureness::Drifting => Self::Drifting,
            Sureness::Found => Self::Found,
            Sureness::Lost => Self::Lost,
        }
    }
}

/// Follows a point or a flat surface through a range of a clip, writes what was asked for, and
/// reports the positions.
///
/// # Errors
/// Problems of the project or its files, clips without a moving picture, points outside the picture
/// or on nothing that could be recognised, targets that do not exist, and failures of decoding or
/// writing. Nothing is written then.
pub fn track(
    session: &Session,
    request: &TrackRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<TrackReport, Vec<ApiError>> {
    let one = |e| vec![e];
    check_outputs(session, request).map_err(one)?;
    session.check()?;
    let scene = Scene::new(session, request).map_err(one)?;
    let targets: Vec<Target<'_>> = request
        .apply
        .iter()
        .map(|text| Target::new(session, scene.composition, &scene.clip.id, text, request.plane.is_some()))
        .collect::<Result<_, _>>()
        .map_err(one)?;
    let mut report = scene.followed(session, request, cancel, progress)?;
    let mut project = session.project.clone();
    for (target, text) in targets.iter().zip(&request.apply) {
        let frames = scene.frames_for(session, target, &report.frames).map_err(one)?;
        let (edit, keyframes) = target.edit(&project, &frames).map_err(one)?;
        edit.apply(&mut project).map_err(|e| one(ApiError::of(e.code(), &e)))?;
        report.applied.push(AppliedTrack { apply: text.clone(), keyframes });
    }
    if !targets.is_empty() {
        let path = request.project_output.clone().unwrap_or_else(|| session.path().to_owned());
        write_project::write(session, "track", &project, &path).map_err(one)?;
        report.project = Some(path);
    }
    if let Some(output) = &request.output {
        let text = serde_json::to_string_pretty(&report).map_err(|e| one(ApiError::of("track.save", &e).file(output)))?;
        save(output, &text).map_err(|e| one(ApiError::of("track.save", &e).file(output).field("output")))?;
    }
    Ok(report)
}

/// Writes a file completely or not at all.
fn save(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new_in(session::folder(path))?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

fn check_outputs(session: &Session, request: &TrackRequest) -> Result<(), ApiError> {
    let mut files = Vec::new();
    files.extend(request.output.iter().map(|path| WrittenFile::file("output", path)));
    files.extend(request.project_output.iter().map(|path| WrittenFile::file("project_output", path)));
    overwrite_guard::check(&files, &session.inputs(), request.overwrite)?;
    request.project_output.iter().try_for_each(|output| session.check_beside("project_output", output))
}

/// The clip in its composition, and the range of frames.
struct Scene<'a> {
    composition: &'a Composition,
    clip: &'a Clip,
    timeline: Timeline<&'a cutroom_project::Project>,
    measured: Measured,
    /// Upright size of the clip's picture, and of the pictures that are searched.
    full: Size,
    small: Size,
    first: i64,
    end: i64,
}

impl<'a> Scene<'a> {
    fn new(session: &'a Session, request: &TrackRequest) -> Result<Self, ApiError> {
        let (composition, track, clip) = session.clip(&request.clip)?;
        let (full, length) = picture(session, track, clip)?;
        let timeline = Timeline::new(&session.project, &composition.id, &session.catalog).map_err(PipelineError::from)?;
        let (rate, total) = (composition.frame_rate, timeline.frame_count());
        let half = half_frame(rate);
        let frame_of = |t: cutroom_types::Time| rate.frames_in(TimeDelta((t.0 - half.0).max(0)));
        let (begin, stop) = (frame_of(clip.start), frame_of(clip.span().end()).min(total));
        let asked = |text: &Option<String>, name: &str, otherwise: i64| match text {
            None => Ok(otherwise),
            Some(text) => frame_inside(text, rate, total + 1).map_err(|e| e.field(name)),
        };
        let (first, end) = (asked(&request.from, "from", begin)?, asked(&request.to, "to", stop)?);
        if first < begin || end > stop || first >= end {
            let message = format!("frames {first} to {end} are not a range of clip \"{}\"", clip.id);
            let hint = format!("the clip is shown from frame {begin} up to, but not including, frame {stop}");
            return Err(ApiError::new("usage.range", message).hint(hint).field("from").field("to"));
        }
        let measured = Measured::new(track, clip, length, rate, half);
        Ok(Self { composition, clip, timeline, measured, full, small: reduced(full, TRACKED_PX), first, end })
    }

    /// Frame of the pictures that are searched, by frame of the composition.
    fn measured_frame(&self, frame: i64) -> i64 {
        let start = self.clip.start.saturating_add(self.measured.time_of_frame(0));
        frame - self.composition.frame_rate.frame_at(start)
    }

    fn plan(&self, frame: i64) -> Result<FramePlan, ApiError> {
        self.timeline.frame(frame).map_err(|e| PipelineError::from(e).into())
    }

    fn followed(
        &self,
        session: &Session,
        request: &TrackRequest,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<TrackReport, Vec<ApiError>> {
        let one = |e| vec![e];
        let points: Vec<[f64; 2]> = match (request.point, request.plane) {
            (Some(point), None) => vec![point],
            (None, Some(plane)) => plane.to_vec(),
            _ => {
                let error = ApiError::new("usage.point", "either a point or the four corners of a plane are followed");
                return Err(one(error.hint("give `point` or `plane`").field("point").field("plane")));
            }
        };
        let shown = shown_at(&self.plan(self.first).map_err(one)?, &self.clip.id, self.full, self.composition.size);
        let Some(shown) = shown else {
            let message = format!("clip \"{}\" is not visible in frame {}, where following begins", self.clip.id, self.first);
            return Err(one(ApiError::new("usage.range", message).hint("begin where it is seen: `from`").field("from")));
        };
        let starts: Vec<[f64; 2]> = points.iter().map(|p| self.searched_px(shown.content(*p))).collect();
        let (project, id) = self.measured.alone(&session.project, self.small);
        let footage: Arc<OpenComposition> = session.changed(project).open_composition(&id, request.threads, cancel)?;
        let options =
            RenderOptions { backend: cutroom_pipeline::Backend::Cpu, threads: request.threads, ..RenderOptions::default() };
        let mut renderer = Renderer::new(options).map_err(|e| one(PipelineError::from(e).into()))?;
        let spec = output_spec(footage.composition(), PictureFormat::yuv(8, 0, 0));
        let range = self.measured_frame(self.first)..self.measured_frame(self.end);
        let mut pictures = footage.frames(range);
        let mut next = || -> Result<Pyramid, ApiError> {
            if cancel.is_cancelled() {
                return Err(ApiError::new("track.cancelled", "stopped while following; nothing was written"));
            }
            let picture = pictures.next_picture(&mut renderer, &spec)?;
            let gray = Gray::of_first_plane(&picture).ok_or_else(|| ApiError::new("track.empty", "the clip's picture is empty"))?;
            Ok(Pyramid::new(gray))
        };
        let mut tracker = Tracker::new(next().map_err(one)?, &starts).ok_or_else(|| one(self.not_recognised(&points)))?;
        let mut shown = Progress::frames(1, (self.end - self.first).unsigned_abs());
        progress(shown);
        let mut report = TrackReport {
            clip: request.clip.clone(),
            frames: vec![self.tracked(self.first, TrackState::Followed, &starts).map_err(one)?],
            lost: 0,
            drifting: 0,
            applied: vec![],
            project: None,
            warnings: vec![],
        };
        for frame in self.first + 1..self.end {
            let (places, sureness) = tracker.see(next().map_err(one)?);
            report.frames.push(self.tracked(frame, sureness.into(), &places).map_err(one)?);
            shown.done += 1;
            progress(shown);
        }
        let count = |state| report.frames.iter().filter(|f| f.state == state).count();
        (report.lost, report.drifting) = (count(TrackState::Lost), count(TrackState::Drifting));
        report.warnings = footage.warnings();
        if report.lost + 1 == report.frames.len() && report.lost > 0 {
            let message =
                format!("clip \"{}\": what frame {} shows there is in no later frame of the range", self.clip.id, self.first);
            return Err(one(ApiError::new("track.lost", message)
                .hint("choose a place with more detail, such as a corner, or begin at another frame")
                .field("point")
                .field("plane")));
        }
        Ok(report)
    }

    fn not_recognised(&self, points: &[[f64; 2]]) -> ApiError {
        let place = |p: &[f64; 2]| format!("({}, {})", p[0], p[1]);
        let list: Vec<String> = points.iter().map(place).collect();
        let message = format!(
            "clip \"{}\", frame {}: at {} is nothing that could be recognised in other frames",
            self.clip.id,
            self.first,
            list.join(", ")
        );
        ApiError::new("usage.point", message)
            .hint("choose a place inside the clip's picture with detail, such as a corner; a plane needs several of them")
            .field("point")
            .field("plane")
    }

    /// From pixels of the clip's picture to those of the searched pictures, whose first sample has
    /// its centre at (0, 0).
    fn searched_px(&self, content: [f64; 2]) -> [f64; 2] {
        let ratio = |small: u32, full: u32| f64::from(small) / f64::from(full.max(1));
        [content[0] * ratio(self.small.width, self.full.width) - 0.5, content[1] * ratio(self.small.height, self.full.height) - 0.5]
    }

    fn tracked(&self, frame: i64, state: TrackState, places: &[[f64; 2]]) -> Result<TrackedFrame, ApiError> {
        let small = [f64::from(self.small.width), f64::from(self.small.height)];
        let fractions: Vec<[f64; 2]> = places.iter().map(|p| [(p[0] + 0.5) / small[0], (p[1] + 0.5) / small[1]]).collect();
        let shown = shown_at(&self.plan(frame)?, &self.clip.id, self.full, self.composition.size);
        let canvas_px = shown.map_or_else(Vec::new, |shown| fractions.iter().map(|f| shown.canvas(*f)).collect());
        let time_secs = self.composition.frame_rate.time_of_frame(frame).since_zero().as_secs_f64();
        Ok(TrackedFrame { frame, time_secs, state, canvas_px, fractions })
    }

    /// What a target needs to know of the frames: the positions in its own coordinates.
    fn frames_for(&self, session: &Session, target: &Target<'_>, tracked: &[TrackedFrame]) -> Result<Vec<TargetFrame>, ApiError> {
        let size = if target.needs_picture() { target.picture_size(session, self.composition)? } else { self.composition.size };
        let mut frames = Vec::new();
        for t in tracked.iter().filter(|t| t.state != TrackState::Lost) {
            let time = self.composition.frame_rate.time_of_frame(t.frame) - target.clip.start;
            let own = target.clip.id == self.clip.id;
            let plan = self.plan(t.frame)?;
            let layer = layer_of(&plan, &target.clip.id);
            let parent = layer.map_or(Affine::IDENTITY, |l| l.parent);
            let fractions = if own {
                Some(t.fractions.clone())
            } else {
                shown_at(&plan, &target.clip.id, size, self.composition.size)
                    .map(|shown| t.canvas_px.iter().map(|p| shown.fraction(*p)).collect())
            };
            let half = half_frame(self.composition.frame_rate);
            let sampled = time.0 + half.0;
            if sampled >= 0 && sampled < target.clip.duration.0 && !t.canvas_px.is_empty() {
                frames.push(TargetFrame { time, canvas_px: t.canvas_px.clone(), fractions: fractions.unwrap_or_default(), parent });
            }
        }
        Ok(frames)
    }
}

/// A point's or a plane's tracker.
enum Tracker {
    Point(Box<PointTracker>),
    Plane(Box<PlaneTracker>),
}

impl Tracker {
    fn new(first: Pyramid, starts: &[[f64; 2]]) -> Option<Self> {
        match *starts {
            [a, b, c, d] => PlaneTracker::new(first, [a, b, c, d]).map(|t| Self::Plane(Box::new(t))),
            [point] => PointTracker::new(first, point).map(|t| Self::Point(Box::new(t))),
            _ => None,
        }
    }

    fn see(&mut self, picture: Pyramid) -> (Vec<[f64; 2]>, Sureness) {
        match self {
            Self::Point(tracker) => {
                let (place, sureness) = tracker.see(picture);
                (vec![place], sureness)
            }
            Self::Plane(tracker) => {
                let (corners, sureness) = tracker.see(picture);
                (corners.to_vec(), sureness)
            }
        }
    }
}

/// The layer of a clip in a frame, also inside a transition.
fn layer_of<'a>(plan: &'a FramePlan, clip: &ClipId) -> Option<&'a cutroom_timeline::Layer> {
    plan.layers.iter().find_map(|layer| match &layer.content {
        Content::Transition { from, to, .. } => [from, to].into_iter().flatten().map(|l| &**l).find(|l| l.clip == *clip),
        _ => (layer.clip == *clip).then_some(layer),
    })
}

/// Where a clip's picture is on the canvas.
struct Shown {
    content_from_canvas: Affine,
    canvas_from_content: Affine,
    /// Upright size of the clip's picture.
    size: [f64; 2],
}

/// `None` where no part of the clip is on the canvas.
fn shown_at(plan: &FramePlan, clip: &ClipId, size: Size, canvas: Size) -> Option<Shown> {
    let layer = layer_of(plan, clip)?;
    let content_from_canvas =
        place(&Placement { transform: layer.transform, parent: layer.parent }, size, canvas)?.content_from_output;
    let canvas_from_content = content_from_canvas.inverse()?;
    Some(Shown { content_from_canvas, canvas_from_content, size: [f64::from(size.width), f64::from(size.height)] })
}

impl Shown {
    /// Pixels of the clip's picture.
    fn content(&self, canvas: [f64; 2]) -> [f64; 2] {
        let (x, y) = self.content_from_canvas.apply(canvas[0], canvas[1]);
        [x, y]
    }

    fn fraction(&self, canvas: [f64; 2]) -> [f64; 2] {
        let [x, y] = self.content(canvas);
        [x / self.size[0], y / self.size[1]]
    }

    fn canvas(&self, fraction: [f64; 2]) -> [f64; 2] {
        let (x, y) = self.canvas_from_content.apply(fraction[0] * self.size[0], fraction[1] * self.size[1]);
        [x, y]
    }
}

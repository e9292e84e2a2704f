//! Measures the camera movement of clips and writes keyframes that remove the shake.
use crate::{ApiError, cache, session::Session, write_project};
use cutroom_analysis::{Camera, Similarity, Smoothing, Steadied};
use cutroom_pipeline::{OpenComposition, PipelineError, RenderOptions, Renderer, media_location, output_spec, upright_size};
use cutroom_project::{
    Clip, ClipSource, Edit, MediaKind, Project, Track, TrackKind,
    build::{self, Measured, StabilizeFrame},
};
use cutroom_timeline::sampling::{frame_count, half_frame};
use cutroom_types::{CancelToken, ClipId, PictureFormat, Progress, Size, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, path::PathBuf, sync::Arc};

/// Longer side of the measured pictures, in pixels.
const MEASURED_PX: u32 = 640;

/// The clips, and how they are smoothed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StabilizeRequest {
    /// Clip ids.
    pub clips: Vec<String>,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Standard deviation of the Gaussian that smooths movements, in seconds, 0.02..=30.
    pub smoothness_secs: f64,
    /// Remove all movement, as if the camera were not moving; `smoothness_secs` is ignored.
    #[serde(default)]
    pub still: bool,
    /// Maximum enlargement of the picture to hide its edges, 1..=2.
    pub max_zoom: f64,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of stabilising clips.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StabilizeReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// One entry per clip, in the order of the request.
    pub clips: Vec<StabilizedClip>,
    /// Warnings about the files.
    pub warnings: Vec<String>,
}

/// Measurements of one clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StabilizedClip {
    /// Clip id.
    pub clip: String,
    /// Number of frames, including those of the handles that transitions use.
    pub frames: usize,
    /// Number of frames whose movement since the previous frame could not be measured; each begins
    /// a new shot.
    pub cuts: usize,
    /// Largest shift of a frame, in picture widths.
    pub largest_shift: f64,
    /// Largest rotation of a frame, in degrees.
    pub largest_rotation_degrees: f64,
    /// Enlargement of the picture.
    pub zoom: f64,
    /// Number of frames that show a transparent edge in spite of the enlargement.
    pub frames_with_edges: usize,
}

/// Measures the camera's movement in clips and writes the project with an effect `stabilize` in
/// front of their other effects. An effect from an earlier run is replaced.
///
/// # Errors
/// Problems of the project or its files, clips without a moving picture, numbers out of range, and
/// failures of decoding or writing. Nothing is written then.
pub fn stabilize(
    session: &Session,
    request: &StabilizeRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<StabilizeReport, Vec<ApiError>> {
    let one = |e| vec![e];
    check_numbers(request).map_err(one)?;
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    session.check()?;
    let mut jobs = Vec::new();
    for id in &request.clips {
        jobs.push(Job::new(session, id).map_err(one)?);
    }
    let mut project = session.project.clone();
    let mut report = StabilizeReport {
        project: request.output.clone().unwrap_or_else(|| session.path().to_owned()),
        clips: vec![],
        warnings: vec![],
    };
    let mut renderer = Renderer::new(RenderOptions {
        backend: cutroom_pipeline::Backend::Cpu,
        threads: request.threads,
        ..RenderOptions::default()
    })
    .map_err(|e| one(PipelineError::from(e).into()))?;
    let mut shown = Progress::frames(0, jobs.iter().map(Job::frames).sum());
    for job in &jobs {
        let footage = job.footage(session, request.threads, cancel)?;
        let camera = job
            .camera(&footage, &mut renderer, cancel, &mut || {
                shown.done += 1;
                progress(shown);
            })
            .map_err(one)?;
        let warnings = footage.warnings();
        report.warnings.extend(warnings.into_iter().filter(|w| !report.warnings.contains(w)).collect::<Vec<_>>());
        let steadied = job.steadied(request, &camera);
        if let Some(edit) = job.edit(&project, &steadied) {
            edit.apply(&mut project).map_err(|e| one(ApiError::of(e.code(), &e)))?;
        }
        report.clips.push(job.report(&steadied));
    }
    write_project::write(session, "stabilize", &project, &report.project).map_err(one)?;
    Ok(report)
}

fn check_numbers(request: &StabilizeRequest) -> Result<(), ApiError> {
    if !(0.02..=30.0).contains(&request.smoothness_secs) {
        let message = format!("a smoothness of {} s is not possible", request.smoothness_secs);
        return Err(ApiError::new("usage.smoothness", message).hint("0.02 to 30 s").field("smoothness_secs"));
    }
    if !(1.0..=2.0).contains(&request.max_zoom) {
        return Err(ApiError::new("usage.zoom", format!("a zoom of {} is not possible", request.max_zoom))
            .hint("1 to 2")
            .field("max_zoom"));
    }
    if request.clips.is_empty() {
        return Err(ApiError::new("usage.clip", "no clip is named").hint("`clips` names one by its id").field("clips"));
    }
    let mut seen = HashSet::new();
    match request.clips.iter().find(|c| !seen.insert(*c)) {
        Some(twice) => Err(ApiError::new("usage.clip", format!("clip \"{twice}\" is named twice")).field("clips")),
        None => Ok(()),
    }
}

/// One clip to be measured.
struct Job {
    clip: ClipId,
    measured: Measured,
    /// Size of the measured pictures, in pixels.
    size: Size,
    /// Width of the full picture, in pixels.
    width_px: f64,
}

impl Job {
    fn new(session: &Session, id: &str) -> Result<Self, ApiError> {
        let mut tracks = session.project.compositions.iter().flat_map(|c| c.tracks.iter().map(move |t| (c, t)));
        let found = tracks.find_map(|(c, t)| Some((c, t, t.clip(&ClipId::from(id))?)));
        let Some((composition, track, clip)) = found else {
            let error = ApiError::new("usage.clip", format!("the project has no clip \"{id}\""));
            return Err(error.hint("clips are named by their `id` in the project file").field("clips"));
        };
        if clip.time_map.is_some() {
            let message = format!("clip \"{id}\" has a time map; a camera is measured at one speed");
            let hint = "stabilize the clip without its `time_map`, or nest it in a composition that has the map";
            return Err(ApiError::new("stabilize.time_map", message).hint(hint).field("clips"));
        }
        let (size, length) = picture(session, track, clip)?;
        let rate = composition.frame_rate;
        let measured = Measured::new(track, clip, length, rate, half_frame(rate));
        Ok(Self { clip: clip.id.clone(), measured, size: reduced(size, MEASURED_PX), width_px: f64::from(size.width.max(1)) })
    }

    fn frames(&self) -> u64 {
        frame_count(self.measured.rate(), self.measured.length()).unsigned_abs()
    }

    /// Opens a composition that shows only this clip.
    fn footage(&self, session: &Session, threads: usize, cancel: &CancelToken) -> Result<Arc<OpenComposition>, Vec<ApiError>> {
        let (project, id) = self.measured.alone(&session.project, self.size);
        session.changed(project).open_composition(&id, threads, cancel)
    }

    /// Measures the camera's movement; `measured` is called after every frame.
    fn camera(
        &self,
        footage: &Arc<OpenComposition>,
        renderer: &mut Renderer,
        cancel: &CancelToken,
        measured: &mut dyn FnMut(),
    ) -> Result<Camera, ApiError> {
        let spec = output_spec(footage.composition(), PictureFormat::yuv(8, 0, 0));
        let count = footage.frame_count();
        let mut frames = footage.frames(0..count);
        let mut camera = Camera::default();
        for _ in 0..count {
            if cancel.is_cancelled() {
                return Err(ApiError::new("stabilize.cancelled", "stopped while measuring; nothing was written"));
            }
            camera.see(&frames.next_picture(renderer, &spec)?);
            measured();
        }
        Ok(camera)
    }

    /// Corrections that keep the camera steady.
    fn steadied(&self, request: &StabilizeRequest, camera: &Camera) -> Steadied {
        let deviation = request.smoothness_secs * self.measured.rate().as_f64();
        let smoothing = if request.still { Smoothing::Still } else { Smoothing::Gaussian(deviation) };
        Steadied::new(camera.movements(), smoothing, self.height(), 0.5 / self.width_px, request.max_zoom)
    }

    /// Height of the picture, in widths.
    fn height(&self) -> f64 {
        f64::from(self.size.height) / f64::from(self.size.width)
    }

    /// The edit that writes the effect.
    fn edit(&self, project: &Project, steadied: &Steadied) -> Option<Edit> {
        let height = self.height();
        let frame = |(n, c): (i64, &Similarity)| StabilizeFrame {
            time: self.measured.time_of_frame(n),
            shift_x: c.b[0],
            shift_y: c.b[1] / height,
            rotation_degrees: c.angle().to_degrees(),
            scale: c.scale(),
        };
        let frames: Vec<_> = (0..).zip(&steadied.corrections).map(frame).collect();
        build::stabilize(project, &self.clip, &frames, steadied.zoom)
    }

    fn report(&self, steadied: &Steadied) -> StabilizedClip {
        StabilizedClip {
            clip: self.clip.as_str().to_owned(),
            frames: steadied.corrections.len(),
            cuts: steadied.cuts,
            largest_shift: steadied.largest_shift(),
            largest_rotation_degrees: steadied.largest_rotation_degrees(),
            zoom: steadied.zoom,
            frames_with_edges: steadied.pictures_with_edges,
        }
    }
}

/// Upright size of a clip's picture, and the length of its source.
pub(crate) fn picture(session: &Session, track: &Track, clip: &Clip) -> Result<(Size, TimeDelta), ApiError> {
    let still = || {
        let message = format!("clip \"{}\" has no moving picture of its own that could be measured", clip.id);
        ApiError::new("usage.clip", message)
            .hint("clips of films and of compositions on video tracks can be measured")
            .field("clips")
    };
    match &clip.source {
        _ if track.kind != TrackKind::Video => Err(still()),
        ClipSource::Media(source) => {
            let media = session.project.media(&source.media).filter(|m| m.kind == MediaKind::Video).ok_or_else(still)?;
            let info = cache::probe(&media_location(session.folder(), media))?;
            let stream =
                source.video_stream.index().and_then(|i| info.video.get(i)).filter(|_| !info.is_still).ok_or_else(still)?;
            Ok((upright_size(stream), stream.span.end().since_zero()))
        }
        ClipSource::Composition(source) => {
            let inner = session.project.composition(&source.composition).ok_or_else(still)?;
            Ok((inner.size, inner.length()))
        }
        ClipSource::Solid(_)
        | ClipSource::Text(_)
        | ClipSource::Shape(_)
        | ClipSource::Subtitles(_)
        | ClipSource::Adjustment(_)
        | ClipSource::Null(_) => Err(still()),
    }
}

/// Size at which a picture of this size is measured if its longer side may have `longest` pixels.
pub(crate) fn reduced(size: Size, longest: u32) -> Size {
    let longer = size.width.max(size.height).max(1);
    let measured = longer.min(longest);
    let side = |n: u32| ((u64::from(n) * u64::from(measured) + u64::from(longer) / 2) / u64::from(longer)).max(1) as u32;
    Size { width: side(size.width), height: side(size.height) }
}

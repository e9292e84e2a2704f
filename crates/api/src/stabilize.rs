//! Measures how the camera of a clip moved and writes what takes the shake out.
use crate::{
    ApiError,
    session::{self, Session},
    targets::{self, Target},
};
use cutroom_analysis::{Grey, Path, Pyramid, Similarity, Smoothing, movement, path::covering_zoom};
use cutroom_pipeline::{OpenComposition, PipelineError, RenderOptions, Renderer, media_path, output_spec, upright_size};
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Curve, EffectInstance, Extra, Keyframe, MediaKind, Params, Project, Track, TrackKind,
};
use cutroom_timeline::sampling::{bias, frame_count};
use cutroom_types::{
    BlendSpace, CancelToken, ClipId, Fit, FrameRate, ParamValue, PictureFormat, Progress, Size, Span, Time, TimeDelta,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, path::PathBuf, sync::Arc};

/// The longer side of what is measured, in pixels.
const MEASURED_PX: u32 = 640;
/// Catalogue id of what is written.
const EFFECT: &str = "stabilize";

/// Which clips, and how smooth they become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StabilizeRequest {
    /// Clips, by id.
    pub clips: Vec<String>,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Seconds over which movements are evened out, the standard deviation of a Gaussian, 0.02..=30.
    pub smoothness_secs: f64,
    /// The camera stands still: all movement is taken out, whatever `smoothness_secs` says.
    #[serde(default)]
    pub still: bool,
    /// Most that the picture may be enlarged to hide its edges, 1..=2.
    pub max_zoom: f64,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StabilizeReport {
    /// The project file written.
    #[serde(serialize_with = "crate::lossy::path")]
    pub project: PathBuf,
    /// By clip, in the order asked for.
    pub clips: Vec<StabilizedClip>,
    /// What is odd about the files.
    pub warnings: Vec<String>,
}

/// What was measured of one clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StabilizedClip {
    /// Its id.
    pub clip: String,
    /// Frames, those that transitions show beyond its ends included.
    pub frames: usize,
    /// Frames whose movement from the one before could not be told; each begins a shot of its own.
    pub cuts: usize,
    /// The farthest that a frame is shifted, in widths of the picture.
    pub largest_shift: f64,
    /// The farthest that a frame is turned, in degrees.
    pub largest_rotation_degrees: f64,
    /// How much the picture is enlarged.
    pub zoom: f64,
    /// Frames that show a transparent edge all the same.
    pub frames_with_edges: usize,
}

/// Measures the camera's movement in clips and writes the project with an effect `stabilize` before their others, in place of one that a former run wrote.
///
/// # Errors
/// Problems of the project or its files, clips that have no moving picture, numbers out of range, and what decoding or writing met. Nothing is written then.
pub fn stabilize(
    session: &Session,
    request: &StabilizeRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<StabilizeReport, Vec<ApiError>> {
    let one = |e| vec![e];
    check_numbers(request).map_err(one)?;
    if let Some(output) = &request.output {
        let inputs = session.inputs();
        targets::check(&[Target::file("output", output)], &inputs, request.overwrite).map_err(one)?;
        if session::folder(output).canonicalize().ok() != session.folder().canonicalize().ok() {
            let message = format!("{}: media paths start at the project's folder", output.display());
            return Err(one(ApiError::new("usage.path", message)
                .hint("write beside the project that is read")
                .field("output")
                .file(output)));
        }
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
    let mut renderer = Renderer::new(RenderOptions { backend: cutroom_pipeline::Backend::Cpu, threads: request.threads })
        .map_err(|e| one(PipelineError::from(e).into()))?;
    let mut shown = Progress::frames(0, jobs.iter().map(Job::frames).sum());
    for job in &jobs {
        let footage = job.footage(session, request.threads, cancel)?;
        let movements = job
            .movements(&footage, &mut renderer, cancel, &mut || {
                shown.done += 1;
                progress(shown);
            })
            .map_err(one)?;
        let warnings = footage.warnings();
        report.warnings.extend(warnings.into_iter().filter(|w| !report.warnings.contains(w)).collect::<Vec<_>>());
        report.clips.push(job.write(&mut project, request, &movements));
    }
    cutroom_project::save(&project, &report.project).map_err(|e| one(ApiError::of("project.save", &e).file(&report.project)))?;
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

/// One clip, as it is measured: alone, unchanged, with what transitions show of it beyond its ends.
struct Job {
    clip: Clip,
    rate: FrameRate,
    /// What is measured, in pixels.
    size: Size,
    /// Of the whole picture.
    width_px: f64,
    /// Composition frame of the first one measured.
    first: i64,
    /// Measured from here on, from the start of frame `first`, and how much of it.
    span: Span,
}

impl Job {
    fn new(session: &Session, id: &str) -> Result<Self, ApiError> {
        let mut tracks = session.project.compositions.iter().flat_map(|c| c.tracks.iter().map(move |t| (c, t)));
        let found = tracks.find_map(|(c, t)| Some((c, t, t.clip(&ClipId::from(id))?)));
        let Some((composition, track, clip)) = found else {
            let error = ApiError::new("usage.clip", format!("the project has no clip \"{id}\""));
            return Err(error.hint("clips are named by their `id` in the project file").field("clips"));
        };
        let (size, length) = picture(session, track, clip)?;
        let rate = composition.frame_rate;
        let shown = shown(track, clip, length);
        // Frames sample a little after their start.
        let first = rate.frames_in(TimeDelta((shown.start.0 - bias(rate).0).max(0)));
        let origin = rate.time_of_frame(first);
        let start = Time((shown.start.0 - origin.0).max(0));
        let span = Span { start, duration: TimeDelta(shown.end().0 - origin.0 - start.0) };
        Ok(Self { clip: clip.clone(), rate, size: reduced(size), width_px: f64::from(size.width.max(1)), first, span })
    }

    fn frames(&self) -> u64 {
        frame_count(self.rate, self.span.end().since_zero()).unsigned_abs()
    }

    /// The clip alone in a composition of its own.
    fn footage(&self, session: &Session, threads: usize, cancel: &CancelToken) -> Result<Arc<OpenComposition>, Vec<ApiError>> {
        let mut project = session.project.clone();
        // No name of the project begins so.
        let names = || {
            let (tracks, clips) = (project.tracks().map(|t| t.id.as_str()), project.clips().map(|c| c.id.as_str()));
            project.compositions.iter().map(|c| c.id.as_str()).chain(tracks).chain(clips)
        };
        let mut own = String::from("measured");
        while names().any(|n| n.starts_with(&own)) {
            own.push('\'');
        }
        let (id, track_id, clip_id) = (own.clone(), format!("{own} track"), format!("{own} clip"));
        let before = self.rate.time_of_frame(self.first) + self.span.start.since_zero() - self.clip.start;
        let mut clip = Clip::new(&clip_id, self.clip.source.clone(), self.span.start, self.span.duration);
        clip.speed = self.clip.speed;
        let source_in = self.clip.source_in.saturating_add(TimeDelta((before.0 as f64 * clip.speed).round() as i64));
        clip.source_in = source_in.max(Time::ZERO);
        // Two times that were rounded may end a flick before the source begins.
        clip.source_in = Time(clip.source_in.0 - clip.source_span().start.0.min(0));
        clip.audio.enabled = false;
        clip.video.transform.fit = Fit::Stretch;
        let mut track = Track::new(&track_id, TrackKind::Video);
        track.clips.push(clip.into());
        let mut composition = Composition::new(&id, self.size, self.rate);
        composition.blend_space = BlendSpace::Gamma;
        composition.tracks.push(track);
        project.compositions.push(composition);
        session.changed(project).open_composition(&id.as_str().into(), threads, cancel)
    }

    /// The camera's movement from each frame to the next.
    fn movements(
        &self,
        footage: &Arc<OpenComposition>,
        renderer: &mut Renderer,
        cancel: &CancelToken,
        measured: &mut dyn FnMut(),
    ) -> Result<Vec<Option<Similarity>>, ApiError> {
        let spec = output_spec(footage.composition(), PictureFormat::yuv(8, 0, 0));
        let count = footage.frame_count();
        let mut frames = footage.frames(0..count);
        let mut before: Option<Pyramid> = None;
        let mut found = Vec::new();
        for _ in 0..count {
            if cancel.is_cancelled() {
                return Err(ApiError::new("stabilize.cancelled", "stopped while measuring; nothing was written"));
            }
            let picture = frames.next_picture(renderer, &spec)?;
            let now = Grey::of_first_plane(&picture).map(Pyramid::new);
            if let (Some(before), Some(now)) = (&before, &now) {
                found.push(movement(before, now).map(|m| m.similarity));
            }
            before = now;
            measured();
        }
        Ok(found)
    }

    /// Puts the effect into the project.
    fn write(&self, project: &mut Project, request: &StabilizeRequest, movements: &[Option<Similarity>]) -> StabilizedClip {
        let deviation = request.smoothness_secs * self.rate.as_f64();
        let path = Path::new(movements);
        let corrections = path.corrections(if request.still { Smoothing::Still } else { Smoothing::Gaussian(deviation) });
        let height = f64::from(self.size.height) / f64::from(self.size.width);
        let needed: Vec<f64> = corrections.iter().map(|c| covering_zoom(c, height, 0.5 / self.width_px)).collect();
        // A hair more, so that rounded numbers do not bring the edge back.
        let zoom = (needed.iter().fold(1.0f64, |most, z| most.max(*z)) * 1.0001).min(request.max_zoom);
        let zoom = if corrections.iter().all(|c| *c == Similarity::IDENTITY) { 1.0 } else { zoom };
        let curve = |value: &dyn Fn(&Similarity) -> f64| {
            let key = |(n, c): (i64, &Similarity)| {
                let time = self.rate.time_of_frame(self.first + n) - self.clip.start;
                Keyframe::new(time, ParamValue::Number((value(c) * 1e6).round() / 1e6))
            };
            let keys: Vec<_> = (0..).zip(&corrections).map(key).collect();
            match keys.split_first() {
                Some((first, rest)) if rest.iter().all(|k| k.value == first.value) => Animated::Constant(first.value.clone()),
                _ => Curve::new(keys).map_or_else(|| Animated::Constant(ParamValue::Number(0.0)), Animated::Curve),
            }
        };
        let params = [
            ("shiftX", curve(&|c| c.b[0].clamp(-1.0, 1.0))),
            ("shiftY", curve(&|c| (c.b[1] / height).clamp(-1.0, 1.0))),
            ("rotation", curve(&|c| c.angle().to_degrees())),
            ("scale", curve(&|c| c.scale().clamp(0.25, 4.0))),
            ("zoom", Animated::Constant(ParamValue::Number((zoom * 1e6).round() / 1e6))),
        ];
        let params = params.into_iter().map(|(id, v)| (id.to_owned(), v)).collect();
        let taken: HashSet<String> = project.clips().flat_map(|c| &c.video.effects).map(|e| e.id.as_str().to_owned()).collect();
        let id = (1..).map(|n| format!("stabilize-{n}")).find(|name| !taken.contains(name)).unwrap_or_default();
        let mut clips = project.compositions.iter_mut().flat_map(|c| &mut c.tracks).flat_map(|t| &mut t.clips);
        if let Some(clip) = clips.find(|c| c.id == self.clip.id) {
            let effects = &mut Arc::make_mut(clip).video.effects;
            // What is measured is the source without effects, so it comes first.
            let former = effects.iter().position(|e| e.effect == EFFECT).map(|at| effects.remove(at));
            let new = EffectInstance {
                id: id.as_str().into(),
                effect: EFFECT.into(),
                enabled: true,
                params: Params::new(),
                extra: Extra::default(),
            };
            effects.insert(0, EffectInstance { enabled: true, params, ..former.unwrap_or(new) });
        }
        let most = |value: &dyn Fn(&Similarity) -> f64| corrections.iter().map(value).fold(0.0, f64::max);
        StabilizedClip {
            clip: self.clip.id.as_str().to_owned(),
            frames: corrections.len(),
            cuts: path.cuts().len() - 1,
            largest_shift: most(&|c| c.b[0].hypot(c.b[1])),
            largest_rotation_degrees: most(&|c| c.angle().to_degrees().abs()),
            zoom,
            frames_with_edges: needed.iter().filter(|z| **z > zoom).count(),
        }
    }
}

/// The upright size of a clip's picture, and how much of it there is.
fn picture(session: &Session, track: &Track, clip: &Clip) -> Result<(Size, TimeDelta), ApiError> {
    let still = || {
        let message = format!("clip \"{}\" has no moving picture of its own that could be measured", clip.id);
        ApiError::new("usage.clip", message).hint("clips of films and of compositions on video tracks can be stabilised")
    };
    match &clip.source {
        _ if track.kind != TrackKind::Video => Err(still()),
        ClipSource::Media(source) => {
            let media = session.project.media(&source.media).filter(|m| m.kind == MediaKind::Video).ok_or_else(still)?;
            let info = cutroom_media::probe(&media_path(session.folder(), &media.path))?;
            let stream =
                source.video_stream.index().and_then(|i| info.video.get(i)).filter(|_| !info.is_still).ok_or_else(still)?;
            Ok((upright_size(stream), stream.span.end().since_zero()))
        }
        ClipSource::Composition(source) => {
            let inner = session.project.composition(&source.composition).ok_or_else(still)?;
            Ok((inner.size, inner.length()))
        }
        ClipSource::Solid(_) | ClipSource::Adjustment(_) | ClipSource::Null(_) => Err(still()),
    }
}

/// The run of a clip with what its transitions show beyond its ends, as far as a source of this length goes.
fn shown(track: &Track, clip: &Clip, length: TimeDelta) -> Span {
    let (mut start, mut end) = (clip.start, clip.span().end());
    let span_of = |id: &Option<ClipId>| id.as_ref().and_then(|id| track.clip(id)).map(Clip::span);
    for t in track.transitions.iter().filter(|t| [&t.from, &t.to].contains(&&Some(clip.id.clone()))) {
        if let Some(span) = t.span_between(span_of(&t.from), span_of(&t.to)) {
            (start, end) = (start.min(span.start), end.max(span.end()));
        }
    }
    let source = clip.source_span();
    let room = |flicks: i64| TimeDelta((flicks.max(0) as f64 / clip.speed.abs()) as i64);
    let (before, after) = (room(source.start.0), room(length.0.saturating_sub(source.end().0)));
    let (before, after) = if clip.speed > 0.0 { (before, after) } else { (after, before) };
    let start = start.max(Time(clip.start.0.saturating_sub(before.0))).max(Time::ZERO);
    let end = end.min(clip.span().end().saturating_add(after));
    Span { start, duration: end - start }
}

/// As much as is measured of a picture of this size.
fn reduced(size: Size) -> Size {
    let longer = size.width.max(size.height).max(1);
    let measured = longer.min(MEASURED_PX);
    let side = |n: u32| ((u64::from(n) * u64::from(measured) + u64::from(longer) / 2) / u64::from(longer)).max(1) as u32;
    Size { width: side(size.width), height: side(size.height) }
}

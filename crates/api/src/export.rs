//! Rendering a project into a file.
use crate::{ApiError, BackendChoice, open, parse_range, settings::parse_pixel_format};
use cutroom_export::{Cancellation, ExportPlan, Progress, SoundRange, Target};
use cutroom_media::write::{
    Rate, SoundSettings, VideoSettings, WriteSettings, container_for_path, containers, validate, video_codec,
};
use cutroom_pipeline::{Footage, RenderOptions};
use cutroom_project::Composition;
use cutroom_types::PictureFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What to export, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportRequest {
    /// The project file.
    pub project: PathBuf,
    /// The file to write, whose extension chooses the container; absent: render everything and write nothing.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// `A..B`, see [`crate::parse_range`]; absent: all.
    #[serde(default)]
    pub range: Option<String>,
    /// Video codec id; absent: the container's usual one.
    #[serde(default)]
    pub video_codec: Option<String>,
    /// Audio codec id; absent: the container's usual one.
    #[serde(default)]
    pub audio_codec: Option<String>,
    /// Constant quality on the encoder's scale.
    #[serde(default)]
    pub crf: Option<f64>,
    /// Video bits per second.
    #[serde(default)]
    pub bitrate_bps: Option<u64>,
    /// Encode so that every sample comes back.
    #[serde(default)]
    pub lossless: bool,
    /// Sound bits per second.
    #[serde(default)]
    pub audio_bitrate_bps: Option<u64>,
    /// Encoder preset.
    #[serde(default)]
    pub preset: Option<String>,
    /// Encoder profile.
    #[serde(default)]
    pub profile: Option<String>,
    /// Pixel format by FFmpeg's name; absent: the codec's usual one.
    #[serde(default)]
    pub pixel_format: Option<String>,
    /// Threads for decoding, drawing and encoding; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// What draws.
    #[serde(default)]
    pub backend: BackendChoice,
    /// Where to write one line "frame hash" for each picture.
    #[serde(default)]
    pub frame_hashes: Option<PathBuf>,
    /// Replace an existing output.
    #[serde(default)]
    pub overwrite: bool,
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportProgress {
    /// Frames done.
    pub frame: u64,
    /// Frames in all.
    pub total: u64,
    /// Frames a second over the last few seconds.
    pub fps: f64,
    /// Seconds left at that speed, once it is known.
    pub eta_secs: Option<f64>,
}

/// What an export did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportReport {
    /// The file, unless nothing was written.
    pub output: Option<PathBuf>,
    /// Pictures.
    pub frames: u64,
    /// Samples per channel; 0 without sound.
    pub samples: u64,
    /// Length of the film.
    pub duration_secs: f64,
    /// Codecs, size and rate in words.
    pub format: String,
    /// Back end, SIMD level and threads.
    pub drawn_by: String,
    /// Seconds it took.
    pub elapsed_secs: f64,
    /// Frames a second.
    pub fps: f64,
    /// Film seconds per second of work.
    pub speed: f64,
    /// What is not as it should be, though the film is whole.
    pub warnings: Vec<String>,
}

/// Renders a project into a file. `progress` is called after every frame. Unless the result is `Ok`, nothing stands
/// under the output's name.
///
/// # Errors
/// All problems of the project and its media (before any work), or what stopped the export.
pub fn export(
    request: &ExportRequest,
    cancel: &Cancellation,
    progress: &mut dyn FnMut(&ExportProgress),
) -> Result<ExportReport, Vec<ApiError>> {
    let mut footage = open::footage(&request.project, request.composition.as_deref(), request.threads)?;
    let plan = plan(request, &footage).map_err(|e| vec![e])?;
    if request.threads == 0 && encodes_heavily(&plan) {
        footage.share_cores(1);
    }
    let report = cutroom_export::run(&footage, &plan, cancel, &mut |p: &Progress| {
        progress(&ExportProgress { frame: p.frame, total: p.total, fps: p.fps, eta_secs: p.eta_secs });
    })
    .map_err(|e| vec![ApiError::from(e)])?;
    let duration_secs = (plan.rate.time_of_frame(plan.frames.end) - plan.rate.time_of_frame(plan.frames.start)).as_secs_f64();
    let elapsed = report.elapsed_secs.max(1e-9);
    let mut warnings = open::warnings(&footage);
    if report.clipped_samples > 0 {
        warnings.push(format!("{} sound samples were beyond full scale and were clipped", report.clipped_samples));
    }
    Ok(ExportReport {
        output: request.output.clone(),
        frames: report.frames,
        samples: report.samples,
        duration_secs,
        format: describe(&plan),
        drawn_by: report.drawn_by,
        elapsed_secs: report.elapsed_secs,
        fps: report.frames as f64 / elapsed,
        speed: duration_secs / elapsed,
        warnings,
    })
}

fn plan(request: &ExportRequest, footage: &Footage) -> Result<ExportPlan, ApiError> {
    let composition = footage.composition();
    let rate = composition.frame_rate;
    let total = footage.frame_count();
    if total == 0 {
        return Err(ApiError::new(
            "project.empty",
            format!("composition \"{}\" is empty: there is nothing to export", composition.id),
        )
        .file(&request.project));
    }
    let frames = match &request.range {
        Some(text) => parse_range(text, rate, total)?,
        None => 0..total,
    };
    let range = SoundRange::of_frames(&frames, rate, composition.sample_rate_hz);
    let sound = footage.has_sound(&range.samples)?.then_some(range);
    let asked = request.pixel_format.as_deref().map(parse_pixel_format).transpose()?;
    let (target, format, sound) = match &request.output {
        None => (Target::Null, asked.unwrap_or(PictureFormat::YUV420P8), sound),
        Some(path) => {
            let (settings, sound) = write_settings(request, path, composition, asked, sound)?;
            let format = settings.video.as_ref().map_or(PictureFormat::YUV420P8, |v| v.format);
            (Target::File { path: path.clone(), settings: Box::new(settings), overwrite: request.overwrite }, format, sound)
        }
    };
    Ok(ExportPlan {
        rate,
        frames,
        output: cutroom_pipeline::output_spec(composition, format),
        render: RenderOptions { backend: request.backend.into(), threads: request.threads },
        sound,
        target,
        frame_hashes: request.frame_hashes.clone(),
    })
}

/// Whether the encoder alone would keep all cores busy.
fn encodes_heavily(plan: &ExportPlan) -> bool {
    let Target::File { settings, .. } = &plan.target else { return false };
    settings.video.as_ref().is_some_and(|v| matches!(v.codec.as_str(), "h264" | "h265" | "vp9" | "av1"))
}

/// Codecs that a container usually holds.
fn usual_codecs(container: &str, video: Option<&str>, rate_hz: u32) -> (&'static str, &'static str) {
    let mezzanine = matches!(video, Some("prores" | "dnxhr" | "ffv1" | "png"));
    match container {
        "png-sequence" => ("png", ""),
        "webm" => ("vp9", "opus"),
        "mkv" if mezzanine || rate_hz != 48_000 => ("h264", "flac"),
        "mkv" => ("h264", "opus"),
        "mov" if mezzanine => ("h264", "pcm"),
        _ => ("h264", "aac"),
    }
}

fn write_settings(
    request: &ExportRequest,
    path: &Path,
    composition: &Composition,
    asked: Option<PictureFormat>,
    sound: Option<SoundRange>,
) -> Result<(WriteSettings, Option<SoundRange>), ApiError> {
    let container = container_for_path(path).ok_or_else(|| {
        let known: Vec<&str> = containers().iter().flat_map(|c| c.extensions).copied().collect();
        ApiError::new("usage.container", format!("{}: the file name's extension names no container", path.display()))
            .hint(format!("use one of .{}", known.join(", .")))
    })?;
    if !request.overwrite && path.exists() {
        return Err(ApiError::new("usage.exists", format!("{} exists already", path.display()))
            .hint("choose another name, or add --overwrite")
            .file(path));
    }
    let usual = usual_codecs(container.id, request.video_codec.as_deref(), composition.sample_rate_hz);
    let wrong = |e: cutroom_media::MediaError| ApiError::from(e).recode("usage.settings");
    let codec = request.video_codec.as_deref().unwrap_or(usual.0);
    let mut video = VideoSettings::new(codec, composition.size, composition.frame_rate).map_err(wrong)?;
    video.format = asked.unwrap_or(video_codec(codec).map_err(wrong)?.default_format(request.profile.as_deref()));
    video.color = cutroom_pipeline::output_spec(composition, video.format).color;
    video.rate = match (request.crf, request.bitrate_bps) {
        (Some(crf), _) => Rate::Crf(crf as f32),
        (None, Some(bps)) => Rate::BitrateKbps(u32::try_from(bps / 1000).unwrap_or(u32::MAX)),
        (None, None) if request.lossless => Rate::Lossless,
        (None, None) => Rate::CodecDefault,
    };
    video.preset.clone_from(&request.preset);
    video.profile.clone_from(&request.profile);
    video.threads = u32::try_from(request.threads).unwrap_or(u32::MAX);
    // A sequence of pictures has no sound.
    let sound = sound.filter(|_| container.muxer.is_some());
    let sound_settings = sound.as_ref().map(|s| {
        let codec = request.audio_codec.as_deref().unwrap_or(usual.1);
        let mut settings = SoundSettings::new(codec, s.rate_hz, composition.channels);
        settings.bitrate_kbps = request.audio_bitrate_bps.map(|b| u32::try_from(b / 1000).unwrap_or(u32::MAX));
        settings
    });
    let settings =
        WriteSettings { container: container.id.to_owned(), video: Some(video), sound: sound_settings, metadata: Vec::new() };
    validate(&settings).map_err(wrong)?;
    Ok((settings, sound))
}

fn describe(plan: &ExportPlan) -> String {
    match &plan.target {
        Target::Null => plan.output.format.to_string(),
        Target::File { settings, .. } => {
            let video = settings
                .video
                .as_ref()
                .map(|v| format!("{}x{} at {} fps, {} {}", v.size.width, v.size.height, v.frame_rate, v.codec, v.format));
            let sound = settings.sound.as_ref().map(|s| format!("{} {} Hz, {} channels", s.codec, s.rate_hz, s.channels));
            video.into_iter().chain(sound).collect::<Vec<_>>().join("; ")
        }
    }
}

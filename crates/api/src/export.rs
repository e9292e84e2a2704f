//! Renders a project into a file.
use crate::{
    ApiError, BackendChoice, ProxyChoice,
    loudness::LevelReport,
    overwrite_guard::{self, WrittenFile},
    parse_range,
    session::{self, Session},
    settings::parse_pixel_format,
    subtitle_input::SubtitleInput,
    subtitles_export::{self, Drafts},
};
use cutroom_export::{AudioChoices, Draft, ExportSettings, SettingsError, UnfinishedFiles, VideoChoices};
use cutroom_pipeline::{OpenOptions, PipelineError, RenderOptions};
use cutroom_timeline::{RenderScale, Timeline};
use cutroom_types::{CancelToken, CompositionId, FrameRate, Progress, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};

/// What to export, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The file to write. Its extension chooses the container, and with it whether there are
    /// pictures, sound or both; absent: render everything and write nothing.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Range `A..B`, see [`crate::parse_range`]; absent: all.
    #[serde(default)]
    pub range: Option<String>,
    /// How pictures are stored.
    #[serde(default)]
    pub video: VideoOptions,
    /// How sound is stored.
    #[serde(default)]
    pub audio: AudioOptions,
    /// Encode without loss. This includes sound, unless its codec is given or the container has no
    /// lossless one.
    #[serde(default)]
    pub lossless: bool,
    /// Threads for decoding, drawing and encoding; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// Which proxies are drawn instead of their sources: for drafts, the picture gets softer.
    #[serde(default)]
    pub proxies: ProxyChoice,
    /// The folder of proxies; absent: `.cutroom/proxies` beside the project.
    #[serde(default)]
    pub proxy_folder: Option<PathBuf>,
    /// Draw a slate, and play silence, for files that are missing; otherwise they are errors.
    #[serde(default)]
    pub offline: bool,
    /// What draws.
    #[serde(default)]
    pub backend: BackendChoice,
    /// Subtitle files that become text tracks of the output: mov_text in MP4 and MOV, SubRip and ASS in
    /// Matroska, WebVTT in WebM.
    #[serde(default)]
    pub subtitles: Vec<SubtitleInput>,
    /// Ids of tracks whose subtitles become text tracks, instead of being drawn into the picture.
    #[serde(default)]
    pub subtitles_from: Vec<String>,
    /// File that receives one line "frame hash" per picture.
    #[serde(default)]
    pub frame_hashes: Option<PathBuf>,
    /// Replace an existing output and an existing list of hashes; files that the project reads are
    /// never replaced.
    #[serde(default)]
    pub overwrite: bool,
}

/// How an export stores pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VideoOptions {
    /// Leave out the pictures: nothing is drawn.
    #[serde(default)]
    pub off: bool,
    /// Codec id; absent: the container's default.
    #[serde(default)]
    pub codec: Option<String>,
    /// Constant quality on the encoder's scale; takes precedence over a bit rate.
    #[serde(default)]
    pub crf: Option<f64>,
    /// Bits per second.
    #[serde(default)]
    pub bitrate_bps: Option<u64>,
    /// Encoder preset.
    #[serde(default)]
    pub preset: Option<String>,
    /// Encoder profile.
    #[serde(default)]
    pub profile: Option<String>,
    /// FFmpeg's name of the pixel format; absent: the codec's default.
    #[serde(default)]
    pub pixel_format: Option<String>,
    /// Pixels written for each pixel of the film, 1/64..=4; absent: 1.
    #[serde(default)]
    pub scale: Option<f64>,
}

/// How an export stores sound.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudioOptions {
    /// Leave out the sound.
    #[serde(default)]
    pub off: bool,
    /// Codec id; absent: the container's default.
    #[serde(default)]
    pub codec: Option<String>,
    /// Bits per second.
    #[serde(default)]
    pub bitrate_bps: Option<u64>,
    /// Bits per stored sample: 16, 24, or 32 for float; absent: 24 with `lossless`, otherwise 16.
    /// Only for FLAC and PCM.
    #[serde(default)]
    pub bits: Option<u32>,
    /// Add triangular noise of ±1 step before samples are rounded to 16 bits; the noise is the same
    /// in every run.
    #[serde(default)]
    pub dither: bool,
    /// Integrated loudness to bring the sound to, in LUFS, -70 to -5: it is measured first, then a
    /// gain and a limiter are applied.
    #[serde(default)]
    pub loudness_lufs: Option<f64>,
    /// Largest true peak in dBTP, -20 to 0, kept by a limiter; absent: -1 with `loudness_lufs`,
    /// otherwise there is no limiter.
    #[serde(default)]
    pub true_peak_dbtp: Option<f64>,
}

/// Result of an export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportReport {
    /// The file; absent if nothing was written.
    #[serde(serialize_with = "crate::path_serde::option")]
    pub output: Option<PathBuf>,
    /// Number of pictures; 0 for sound alone.
    pub frames: u64,
    /// Number of samples per channel; 0 without sound.
    pub samples: u64,
    /// Length of the film in seconds.
    pub duration_secs: f64,
    /// Codecs, size and rate, human-readable.
    pub format: String,
    /// Back end, SIMD level and threads; empty for sound alone.
    pub drawn_by: String,
    /// Elapsed time in seconds.
    pub elapsed_secs: f64,
    /// Frames per second of work; 0 for sound alone.
    pub fps: f64,
    /// Seconds of film per second of work.
    pub speed: f64,
    /// How the sound was brought to a loudness, if that was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelReport>,
    /// Problems that did not prevent the export.
    pub warnings: Vec<String>,
    /// Fields of the request that warnings name in backticks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

impl ExportRequest {
    /// The settings for the export plan of a composition of `total` frames.
    fn settings(&self, rate: FrameRate, total: i64, scale: RenderScale) -> Result<ExportSettings, ApiError> {
        Ok(ExportSettings {
            output: self.output.clone(),
            frames: self.range.as_deref().map(|text| parse_range(text, rate, total)).transpose().map_err(|e| e.field("range"))?,
            video: VideoChoices { scale, ..self.video.choices()? },
            audio: self.audio.choices(),
            lossless: self.lossless,
            render: RenderOptions { backend: self.backend.into(), threads: self.threads, ..RenderOptions::default() },
            frame_hashes: self.frame_hashes.clone(),
            overwrite: self.overwrite,
        })
    }
}

impl VideoOptions {
    fn choices(&self) -> Result<VideoChoices, ApiError> {
        let Self { off, codec, crf, bitrate_bps, preset, profile, pixel_format, scale: _ } = self.clone();
        let pixel_format = pixel_format.as_deref().map(parse_pixel_format).transpose();
        let pixel_format = pixel_format.map_err(|e| e.field("video.pixel_format"))?;
        Ok(VideoChoices { off, codec, crf, bitrate_bps, preset, profile, pixel_format, scale: RenderScale::FULL })
    }
}

impl AudioOptions {
    fn choices(&self) -> AudioChoices {
        let Self { off, codec, bitrate_bps, bits, dither, loudness_lufs, true_peak_dbtp } = self.clone();
        AudioChoices { off, codec, bitrate_bps, bits, dither, loudness_lufs, true_peak_dbtp }
    }
}

/// Renders a project into a file. `progress` is called after every frame; `unfinished` lists the
/// hidden files while they are written, for a program that must end at once. Unless the result is
/// `Ok`, no file of the output's name was written. The only exception is a finished film whose list
/// of hashes could not be written; the error states it.
///
/// # Errors
/// Problems of the document, then of the request, then of the media files. Each group is checked
/// only if the one before has no problems, and all before any work. Otherwise, what stopped the
/// export.
pub fn export(
    session: &Session,
    request: &ExportRequest,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(Progress),
) -> Result<ExportReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    let Drafts { tracks, film, warnings: text_warnings } =
        subtitles_export::drafts(session, &id, &request.subtitles, &request.subtitles_from).map_err(one)?;
    let changed = film.map(|project| session.changed(project));
    let session = changed.as_ref().unwrap_or(session);
    let draft = draft(request, session, &id).map_err(one)?;
    let frames = [draft.frames().start, draft.frames().end];
    let film = session.project.composition(&id);
    let [from, to] = film.map_or([Time::ZERO; 2], |film| frames.map(|n| film.frame_rate.time_of_frame(n)));
    let (texts, losses) =
        subtitles_export::text_tracks(tracks, draft.container(), request.output.as_deref(), from, to).map_err(one)?;
    if let Some(folder) = &request.proxy_folder {
        session.library().set_proxy_folder(folder);
    }
    let options =
        OpenOptions { decode_threads: request.threads, others: 0, proxies: request.proxies.into(), offline: request.offline };
    let mut composition = session.open_with(&id, options, cancel)?;
    let audible = draft.audio_in_question().map(|samples| composition.has_audio(samples)).transpose();
    let audible = audible.map_err(|e| one(e.into()))?.unwrap_or(false);
    let (mut plan, notes) = draft.complete(audible).map_err(|e| one(e.into()))?;
    plan.set_texts(texts);
    if request.threads == 0 && plan.encodes_heavily() {
        composition = Arc::new(composition.beside(1));
    }
    let report = cutroom_export::run(&composition, &plan, cancel, unfinished, progress).map_err(|e| vec![ApiError::from(e)])?;
    let duration_secs = (plan.rate.time_of_frame(plan.frames.end) - plan.rate.time_of_frame(plan.frames.start)).as_secs_f64();
    let elapsed = report.elapsed_secs.max(1e-9);
    let mut warnings = session::warnings(session, &composition);
    let mut fields: Vec<String> = notes.iter().filter_map(|note| note.field).map(str::to_owned).collect();
    if request.proxies != ProxyChoice::Off {
        warnings.push("pictures of proxies are in the film, which are softer than those of the files: `proxies` was given".into());
        fields.push("proxies".into());
    }
    warnings.extend(notes.into_iter().map(|note| note.message));
    warnings.extend(text_warnings.into_iter().chain(losses));
    if let (Some(level), Some(target)) = (&report.level, request.audio.loudness_lufs) {
        let reached = level.after.integrated_lufs;
        if !reached.is_finite() {
            warnings.push("the sound is too quiet to have a loudness; its level was left as it is".into());
        } else if (reached - target).abs() > 0.5 {
            warnings.push(format!(
                "the sound is at {reached:.1} LUFS instead of {target}: more is not reached with this largest true peak and gain"
            ));
        }
    }
    if report.clipped_samples > 0 {
        warnings.push(format!("{} sound samples were beyond full scale and were clipped", report.clipped_samples));
    }
    Ok(ExportReport {
        output: request.output.clone(),
        frames: report.frames,
        samples: report.samples,
        duration_secs,
        format: plan.describe(),
        drawn_by: report.drawn_by,
        elapsed_secs: report.elapsed_secs,
        fps: report.frames as f64 / elapsed,
        speed: duration_secs / elapsed,
        level: report.level.map(LevelReport::from),
        warnings,
        fields,
    })
}

/// Checks a request, as far as that needs no media file.
///
/// # Errors
/// As [`export`].
pub(crate) fn check(session: &Session, request: &ExportRequest) -> Result<(), Vec<ApiError>> {
    let one = |e| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    draft(request, session, &id).map(drop).map_err(one)
}

/// Decides everything that depends on document and request only, and checks that no input or
/// existing file would be replaced.
fn draft(request: &ExportRequest, session: &Session, id: &CompositionId) -> Result<Draft, ApiError> {
    let timeline = Timeline::new(&session.project, id, &session.catalog).map_err(PipelineError::from)?;
    let (composition, total) = (timeline.composition(), timeline.frame_count());
    let scale = session.scale(id, request.video.scale, "video.scale")?;
    let settings = request.settings(composition.frame_rate, total, scale)?;
    let draft = Draft::new(settings, composition, total).map_err(|e| match e {
        SettingsError::Empty { .. } => ApiError::from(e).file(session.path()),
        other => other.into(),
    })?;
    let output = request.output.as_deref().map(|path| match draft.sequence() {
        Some(pattern) => WrittenFile::sequence("output", path, pattern),
        None => WrittenFile::file("output", path),
    });
    let list = request.frame_hashes.as_deref().map(|path| WrittenFile::file("frame_hashes", path));
    let inputs = session.inputs().and_subtitles(&request.subtitles);
    overwrite_guard::check(&output.into_iter().chain(list).collect::<Vec<_>>(), &inputs, request.overwrite)?;
    Ok(draft)
}

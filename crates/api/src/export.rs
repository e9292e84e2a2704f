//! Rendering a project into a file.
mod plan;

use crate::{
    ApiError, BackendChoice,
    session::{self, Session},
};
use cutroom_export::{ExportPlan, Target, UnfinishedFiles};
use cutroom_media::write::video_codec;
use cutroom_types::{CancelToken, Progress};
use plan::Draft;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};

/// What to export, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The file to write, whose extension chooses the container, and with it whether there are pictures, sound or both; absent: render
    /// everything and write nothing.
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
    /// Encode so that every sample comes back; sound, too, unless a codec is named for it or the container has none that can.
    #[serde(default)]
    pub lossless: bool,
    /// Sound bits per second.
    #[serde(default)]
    pub audio_bitrate_bps: Option<u64>,
    /// Bits of a stored sample, 16, 24, or 32 for float; absent: 24 with `lossless`, otherwise 16. Only for FLAC and PCM.
    #[serde(default)]
    pub audio_bits: Option<u32>,
    /// Add triangular noise of ±1 step before samples are rounded to 16 bits; the same in every run.
    #[serde(default)]
    pub dither: bool,
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
    /// Leave out the sound.
    #[serde(default)]
    pub no_audio: bool,
    /// Leave out the pictures: nothing is drawn.
    #[serde(default)]
    pub no_video: bool,
    /// Replace an existing output and an existing list of hashes; never what the project reads.
    #[serde(default)]
    pub overwrite: bool,
}

/// What an export did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportReport {
    /// The file, unless nothing was written.
    #[serde(serialize_with = "crate::lossy::option")]
    pub output: Option<PathBuf>,
    /// Pictures; 0 for sound alone.
    pub frames: u64,
    /// Samples per channel; 0 without sound.
    pub samples: u64,
    /// Length of the film.
    pub duration_secs: f64,
    /// Codecs, size and rate in words.
    pub format: String,
    /// Back end, SIMD level and threads; empty for sound alone.
    pub drawn_by: String,
    /// Seconds it took.
    pub elapsed_secs: f64,
    /// Frames a second; 0 for sound alone.
    pub fps: f64,
    /// Film seconds per second of work.
    pub speed: f64,
    /// What is not as it should be, though the film is whole.
    pub warnings: Vec<String>,
}

/// Renders a project into a file. `progress` is called after every frame; `unfinished` names the
/// hidden files while they are written, for a program that must end at once. Unless the result is
/// `Ok`, nothing stands under the output's name; the one exception, a finished film whose list of
/// hashes could not be written, is said in the error.
///
/// # Errors
/// What is wrong with the document, then with the request, then with the media files, each found before the next is looked at and all
/// before any work; or what stopped the export.
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
    let draft = Draft::new(request, session, &id).map_err(one)?;
    let mut composition = session.open_composition(&id, request.threads, cancel)?;
    let (plan, notes) = draft.complete(request, &composition).map_err(one)?;
    if request.threads == 0 && encodes_heavily(&plan) {
        composition = Arc::new(composition.beside(1));
    }
    let report = cutroom_export::run(&composition, &plan, cancel, unfinished, progress).map_err(|e| vec![ApiError::from(e)])?;
    let duration_secs = (plan.rate.time_of_frame(plan.frames.end) - plan.rate.time_of_frame(plan.frames.start)).as_secs_f64();
    let elapsed = report.elapsed_secs.max(1e-9);
    let mut warnings = session::warnings(&composition);
    warnings.extend(notes);
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

/// Whether the encoder alone would keep all cores busy.
fn encodes_heavily(plan: &ExportPlan) -> bool {
    let Target::File { settings, .. } = &plan.target else { return false };
    settings.video.as_ref().is_some_and(|v| video_codec(&v.codec).is_ok_and(|codec| codec.fills_cores))
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

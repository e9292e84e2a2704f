//! Renders a project into a file: what is asked for and what is reported.
use crate::{
    ApiError, BackendChoice, DecodeChoice, DeviceLost, ProxyChoice, loudness::LevelReport, session::Session,
    subtitle_input::SubtitleInput,
};
use asked::Asked;
use cutroom_export::UnfinishedFiles;
use cutroom_types::{CancelToken, Progress};
use prepared::{Prepared, draft};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

mod asked;
mod extras;
mod farm;
mod hardware;
mod hardware_report;
mod in_workers;
mod messages;
mod prepared;
mod presets;
mod process;
mod program;
mod space;
mod stored;
mod supervisor;
mod template;
mod upload;
mod verify;
mod worker;

pub use farm::{
    FarmBackendChoice, FarmFailure, FarmReport, FarmStatus, FarmSubmitRequest, FarmTask, farm_assemble, farm_cancel, farm_mend,
    farm_status, farm_submit, farm_wait, farm_work,
};
pub use hardware::{hardware_codec_ids, probe_encoder};
pub use hardware_report::{HardwareReport, hardware_report};
pub use in_workers::{clean_export, export_in_workers, resume_export};
pub use presets::{NamedPreset, Preset, PresetLimits, PresetsRequest, presets};
pub use process::WorkerProgram;
pub use stored::{ExportStatus, export_status};
pub use supervisor::Watch;
pub use upload::{UploadOptions, export_to_address, is_address, name_in_address};
pub use worker::serve_worker;

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
    /// Further files that are made from the same frames at the same time; the film is then made as a whole.
    #[serde(default)]
    pub also: Vec<AlsoOutput>,
    /// Name of a preset, such as `youtube`; absent: none. What the request gives itself takes precedence.
    #[serde(default)]
    pub preset: Option<String>,
    /// File of the user's presets; absent: `presets.json` in the user's settings, if there is one.
    #[serde(default)]
    pub presets_file: Option<PathBuf>,
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
    /// What decodes video streams.
    #[serde(default)]
    pub decode: DecodeChoice,
    /// Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best
    /// one, and segments are spread over all cards of its model.
    #[serde(default)]
    pub gpu: Option<usize>,
    /// Subtitle files that become text tracks of the output: mov_text in MP4 and MOV, SubRip and ASS in
    /// Matroska, WebVTT in WebM.
    #[serde(default)]
    pub subtitles: Vec<SubtitleInput>,
    /// Ids of tracks whose subtitles become text tracks, instead of being drawn into the picture.
    #[serde(default)]
    pub subtitles_from: Vec<String>,
    /// Entries about the film, such as `title`, `artist`, `date` and `comment`.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Write the markers of the composition as chapters: each lasts until the next.
    #[serde(default)]
    pub chapters: bool,
    /// A JPEG or PNG file that stands for the film in lists.
    #[serde(default)]
    pub cover: Option<PathBuf>,
    /// Time code of the first frame, `01:00:00:00`, with `;` before the frames for drop frame.
    #[serde(default)]
    pub timecode: Option<String>,
    /// Decode the finished file and compare its frames and length with the film, and its pictures if they
    /// are stored without loss.
    #[serde(default)]
    pub verify: bool,
    /// File that receives one line "frame hash" per picture.
    #[serde(default)]
    pub frame_hashes: Option<PathBuf>,
    /// Replace an existing output and an existing list of hashes; files that the project reads are
    /// never replaced.
    #[serde(default)]
    pub overwrite: bool,
    /// Whether pictures of files that the film shows as they are are copied instead of encoded again;
    /// absent: off.
    #[serde(default)]
    pub smart: SmartChoice,
    /// Processes that make segments at the same time; 0 for one per two cores, absent: 1, or one for each
    /// card that segments are spread over.
    #[serde(default)]
    pub jobs: Option<usize>,
    /// Usual length of a segment in seconds, 0.1 to 3600; absent: 10. Segments are made and kept one by
    /// one, so that an export that was stopped goes on where it was. 0: the film is made as a whole.
    #[serde(default)]
    pub segment_secs: Option<f64>,
    /// A process from which no picture comes for this many seconds is stuck and is ended; absent: 300.
    #[serde(default)]
    pub stuck_secs: Option<f64>,
}

/// A further file that is made from the frames of an export.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlsoOutput {
    /// The file to write.
    pub output: PathBuf,
    /// Name of a preset.
    #[serde(default)]
    pub preset: Option<String>,
    /// How pictures are stored.
    #[serde(default)]
    pub video: VideoOptions,
    /// How sound is stored.
    #[serde(default)]
    pub audio: AudioOptions,
    /// Encode without loss.
    #[serde(default)]
    pub lossless: bool,
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
    /// Bits per second that a second of the film may have at most; for H.264, H.265 and VP9 beside a
    /// constant quality.
    #[serde(default)]
    pub max_bitrate_bps: Option<u64>,
    /// Reach the bit rate in two passes: all is drawn twice, and each part of the film gets of the bits
    /// what it needs. For H.264 and H.265.
    #[serde(default)]
    pub two_passes: bool,
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
    /// Let software stand in for an encoder of a graphics card that does not work; the report warns
    /// of it.
    #[serde(default)]
    pub hardware_fallback: bool,
    /// Write pictures of twice the height, colour above and alpha as grey below, for codecs without
    /// alpha.
    #[serde(default)]
    pub stacked_alpha: bool,
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
    /// Frames of the film that are not in the file: 0 unless something went wrong.
    #[serde(default)]
    pub dropped_frames: u64,
    /// Size of the file in bytes; absent for image sequences and if nothing was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// BLAKE3 of the file, hexadecimal; absent as above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Number of segments that the pictures were made in.
    #[serde(default)]
    pub segments: usize,
    /// Frames that were copied from files without being encoded again.
    #[serde(default)]
    pub copied_frames: u64,
    /// Those segments that an export before had made already.
    #[serde(default)]
    pub segments_reused: usize,
    /// How long its phases took.
    #[serde(default)]
    pub phases: PhaseTimes,
    /// What decoding the file again has shown, if that was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// How the sound was brought to a loudness, if that was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelReport>,
    /// The failure of a graphics card, if there was one; what was drawn is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_lost: Option<DeviceLost>,
    /// Further files that were made at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Self>,
    /// Problems that did not prevent the export.
    pub warnings: Vec<String>,
    /// Fields of the request that warnings name in backticks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// Whether pictures are copied instead of encoded again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmartChoice {
    /// All pictures are encoded.
    #[default]
    Off,
    /// What can be copied is.
    Auto,
    /// All must be copied, but the rests of groups of pictures beside cuts.
    Require,
}

/// What a finished file was found to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// Pictures that were decoded; as many as the film has frames.
    pub frames: u64,
    /// Length of the file in seconds.
    pub duration_secs: f64,
    /// Pictures that were compared with the ones drawn, bit for bit; 0 if they are stored with loss.
    pub compared: u64,
}

/// How long the phases of an export took, seconds. They overlap, and those of several processes are added
/// up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseTimes {
    /// Waiting for decoded pictures.
    pub decode_secs: f64,
    /// Drawing and mixing.
    pub compose_secs: f64,
    /// Encoding.
    pub encode_secs: f64,
    /// Joining and completing the file.
    pub finalize_secs: f64,
}

/// What an export is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportPhase {
    /// Opening and scanning media files.
    #[default]
    Decode,
    /// Drawing frames and mixing sound, beside encoding them.
    Compose,
    /// Encoding what is left of a segment.
    Encode,
    /// Joining and completing the file.
    Finalize,
    /// Decoding the finished file.
    Verify,
}

/// How far an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportProgress {
    /// What it is doing.
    pub phase: ExportPhase,
    /// Frames that are encoded; for sound alone, frames of its length.
    pub frame: u64,
    /// Frames of the film.
    pub total: u64,
}

impl ExportProgress {
    /// As plain progress in frames.
    pub fn frames(&self) -> Progress {
        Progress::frames(self.frame, self.total)
    }

    /// Per cent done, 0 to 100: the last two are for completing the file.
    pub fn percent(&self) -> f64 {
        let share = self.frame as f64 / self.total.max(1) as f64;
        if matches!(self.phase, ExportPhase::Finalize | ExportPhase::Verify) { 98.0 + 2.0 * share } else { 98.0 * share }
    }
}

/// Renders a project into a file, in this process and without segments. `progress` is called after every
/// frame; `unfinished` lists the hidden files while they are written, for a program that must end at once.
/// Unless the result is `Ok`, no file of the output's name was written. The only exception is a finished
/// film whose list of hashes could not be written; the error states it.
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
    progress: &mut dyn FnMut(ExportProgress),
) -> Result<ExportReport, Vec<ApiError>> {
    let asked = Asked::new(session, request).map_err(|e| vec![e])?;
    let prepared = Prepared::new(session, &asked.request, cancel)?;
    let mut made = prepared.make_whole(cancel, unfinished, progress).map_err(|e| vec![e])?;
    if asked.request.verify {
        prepared.verify_all(&mut made, cancel, progress).map_err(|e| vec![e])?;
    }
    Ok(prepared.outline.report_all(&asked, &made))
}

/// As [`export`], to a stream that takes the film while it is made; the output's name says the
/// container and is what messages call the stream.
///
/// # Errors
/// As [`export`]; containers that cannot be streamed are refused. What the stream got before an
/// error is not whole.
pub fn export_to(
    session: &Session,
    request: &ExportRequest,
    stream: Box<dyn std::io::Write + Send>,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(ExportProgress),
) -> Result<ExportReport, Vec<ApiError>> {
    let asked = Asked::new(session, request).map_err(|e| vec![e])?;
    if asked.request.verify {
        let error = ApiError::new("usage.settings", "`verify` reads the finished film, which a stream does not keep");
        return Err(vec![error.field("verify")]);
    }
    let prepared = Prepared::new(session, &asked.request, cancel)?;
    let made = prepared.make(Some(stream), cancel, unfinished, progress).map_err(|e| vec![e])?;
    Ok(prepared.outline.report_all(&asked, &made))
}

/// Checks a request, as far as that needs no media file.
///
/// # Errors
/// As [`export`].
pub(crate) fn check(session: &Session, request: &ExportRequest) -> Result<(), Vec<ApiError>> {
    let one = |e| vec![e];
    let asked = Asked::new(session, request).map_err(one)?;
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    asked.check_outputs().map_err(one)?;
    asked.also.iter().try_for_each(|also| check(session, &also.request))?;
    let request = &asked.request;
    let software = request.video.hardware_fallback.then(|| hardware::in_software(request)).flatten();
    draft(software.as_ref().unwrap_or(request), session, &id).map(drop).map_err(one)
}

//! Draws a range of a film and says where the time goes.
use crate::{ApiError, BackendChoice, DecodeChoice, Session, StageReport, StageTimes, parse_range, settings};
use cutroom_pipeline::{OpenOptions, PipelineError, RenderOptions, Renderer, output_spec};
use cutroom_types::{CancelToken, PictureFormat, Progress, ProgressUnit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Samples of sound that are mixed at once.
const BLOCK: usize = 1024;

/// What to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatsRequest {
    /// Range `A..B`, see [`crate::parse_range`]; absent: the first 100 frames.
    #[serde(default)]
    pub range: Option<String>,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Pixels drawn for each pixel of the film, 1/64..=4; absent: 1.
    #[serde(default)]
    pub scale: Option<f64>,
    /// What draws.
    #[serde(default)]
    pub backend: BackendChoice,
    /// What decodes video streams.
    #[serde(default)]
    pub decode: DecodeChoice,
    /// Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best one.
    #[serde(default)]
    pub gpu: Option<usize>,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
}

/// Where the time went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatsReport {
    /// What drew.
    pub drawn_by: String,
    /// Number of frames that were drawn.
    pub frames: i64,
    /// Seconds that opening the film took.
    pub opening_secs: f64,
    /// Seconds that drawing took.
    pub drawing_secs: f64,
    /// Seconds that mixing the sound of the range took, after drawing.
    pub mixing_secs: f64,
    /// Times of the stages, by name.
    pub stages: Vec<StageReport>,
    /// Largest size of the process in MiB; absent where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_mib: Option<f64>,
    /// Bytes of the cache on disk.
    pub cache_bytes: u64,
    /// Number of files that were scanned because the cache did not have them.
    pub scans: usize,
}

/// Draws a range of a film without writing it, mixes its sound, and reports the times. `times` must be a
/// layer of the program's `tracing` subscriber, or there are no stages.
///
/// # Errors
/// `usage.range`, `usage.scale`, `usage.composition`, `usage.threads`; any error of opening, decoding or
/// drawing.
pub fn stats(
    session: &Session,
    request: &StatsRequest,
    times: &StageTimes,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<StatsReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    let scale = session.scale(&id, request.scale, "scale").map_err(one)?;
    let (rate, total) = session.frames(&id).map_err(one)?;
    let range = match &request.range {
        Some(range) => parse_range(range, rate, total).map_err(one)?,
        None => 0..total.min(100),
    };
    let start = Instant::now();
    let card = settings::card(request.gpu).map_err(one)?;
    let options = OpenOptions { decode_threads: request.threads, decode: request.decode.into(), card, ..OpenOptions::default() };
    let opened = session.open_with(&id, options, cancel)?;
    let opening_secs = start.elapsed().as_secs_f64();
    let options =
        RenderOptions { backend: request.backend.into(), threads: request.threads, card: request.gpu, ..RenderOptions::default() };
    let failed = |e: PipelineError| vec![ApiError::from(e)];
    let mut renderer = Renderer::new(options).map_err(|e| failed(e.into()))?;
    let spec = output_spec(opened.composition(), PictureFormat::yuv(8, 1, 1));
    let start = Instant::now();
    let mut frames = opened.frames(range.clone());
    frames.set_scale(scale);
    let count = range.end - range.start;
    for n in 0..count {
        if cancel.is_cancelled() {
            return Err(one(ApiError::new("export.cancelled", "stopped before all frames were drawn")));
        }
        frames.next_picture(&mut renderer, &spec).map_err(failed)?;
        progress(Progress { done: (n + 1) as u64, total: count as u64, unit: ProgressUnit::Frames });
    }
    let drawing_secs = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut sound = opened.sound().map_err(failed)?;
    let sample = |frame: i64| rate.time_of_frame(frame).to_sample(opened.composition().sample_rate_hz);
    let (first, end) = (sample(range.start), sample(range.end));
    for at in (first..end).step_by(BLOCK) {
        sound.block(at, BLOCK.min(usize::try_from(end - at).unwrap_or(BLOCK))).map_err(failed)?;
    }
    let mixing_secs = start.elapsed().as_secs_f64();
    Ok(StatsReport {
        drawn_by: opened.drawn_by(&renderer),
        frames: count,
        opening_secs,
        drawing_secs,
        mixing_secs,
        stages: times.report(),
        peak_mib: peak_mib(),
        cache_bytes: opened.library().store().state().kinds.iter().map(|kind| kind.bytes).sum(),
        scans: opened.library().scans(),
    })
}

fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

//! Pauses: where a file is silent, and films without theirs.
use super::{open, secs};
use crate::{ApiError, session::Session, write_project};
use cutroom_analysis::sound::silence::{Level, SilenceDetector, SilenceSettings, Threshold};
use cutroom_pipeline::AudioMix;
use cutroom_project::{Operation, Track};
use cutroom_types::{CancelToken, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};

/// Samples mixed at once.
const BLOCK: i64 = 1 << 15;

/// What counts as a pause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SilencesRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the audio stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
    /// Level below which it is silent, in dBFS; absent: 12 dB above the noise of the recording.
    #[serde(default)]
    pub threshold_db: Option<f64>,
    /// Shortest pause in seconds; absent: 0.5.
    #[serde(default)]
    pub min_silence_secs: Option<f64>,
    /// Seconds kept before each sound; absent: 0.1.
    #[serde(default)]
    pub before_secs: Option<f64>,
    /// Seconds kept after each sound; absent: 0.2.
    #[serde(default)]
    pub after_secs: Option<f64>,
}

/// Where a file is silent. Times are seconds since the start of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SilencesReport {
    /// The pauses.
    pub silences: Vec<SpanReport>,
    /// Level below which it was silent, in dBFS.
    pub threshold_db: f64,
    /// Level of the noise, in dBFS; absent for digital silence.
    pub noise_db: Option<f64>,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpanReport {
    /// Where it starts.
    pub start_secs: f64,
    /// Where it ends.
    pub end_secs: f64,
}

/// The film whose pauses are cut out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutSilenceRequest {
    /// Tracks whose sound decides; empty: all that are audible.
    #[serde(default)]
    pub tracks: Vec<String>,
    /// Level below which it is silent, in dBFS; absent: 12 dB above the noise of the mix.
    #[serde(default)]
    pub threshold_db: Option<f64>,
    /// Shortest pause in seconds; absent: 0.5.
    #[serde(default)]
    pub min_silence_secs: Option<f64>,
    /// Seconds kept before each sound; absent: 0.1.
    #[serde(default)]
    pub before_secs: Option<f64>,
    /// Seconds kept after each sound; absent: 0.2.
    #[serde(default)]
    pub after_secs: Option<f64>,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Only report what would be cut.
    #[serde(default)]
    pub dry_run: bool,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was cut out. Times are those of the film before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CutSilenceReport {
    /// The project file written; absent if nothing was to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<PathBuf>,
    /// The pauses, whole frames.
    pub cuts: Vec<SpanReport>,
    /// Level below which it was silent, in dBFS.
    pub threshold_db: f64,
    /// Length of the film before, in seconds.
    pub before_secs: f64,
    /// Its length afterwards.
    pub after_secs: f64,
}

fn settings(
    threshold_db: Option<f64>,
    min: Option<f64>,
    before: Option<f64>,
    after: Option<f64>,
) -> Result<SilenceSettings, ApiError> {
    let usual = SilenceSettings::default();
    if let Some(db) = threshold_db.filter(|db| !(-120.0..=0.0).contains(db)) {
        let error = ApiError::new("usage.level", format!("a threshold of {db} dBFS is not possible"));
        return Err(error.hint("-120 to 0").field("threshold_db"));
    }
    for (secs, field) in [(min, "min_silence_secs"), (before, "before_secs"), (after, "after_secs")] {
        if let Some(secs) = secs.filter(|secs| !(0.0..=3600.0).contains(secs)) {
            let error = ApiError::new("usage.length", format!("a length of {secs} s is not possible here"));
            return Err(error.hint("0 to 3600 s").field(field));
        }
    }
    Ok(SilenceSettings {
        threshold: threshold_db.map_or(usual.threshold, Threshold::Dbfs),
        level: Level::Rms,
        min_silence_secs: min.unwrap_or(usual.min_silence_secs),
        pad_before_secs: before.unwrap_or(usual.pad_before_secs),
        pad_after_secs: after.unwrap_or(usual.pad_after_secs),
        ..usual
    })
}

/// Finds the pauses of a file.
///
/// # Errors
/// The file cannot be read or has no such stream; numbers out of range.
pub fn silences(request: &SilencesRequest, cancel: &CancelToken) -> Result<SilencesReport, ApiError> {
    let (min, before, after) = (request.min_silence_secs, request.before_secs, request.after_secs);
    let settings = settings(request.threshold_db, min, before, after)?;
    let mut file = open(&request.file, request.stream, cancel)?;
    let mut detector = SilenceDetector::new(file.rate_hz(), settings);
    file.each_block(|block| {
        detector.add(&block.channels);
        Ok(())
    })?;
    let found = detector.finish();
    let span = |r: &std::ops::Range<u64>| SpanReport { start_secs: secs(&file, r.start), end_secs: secs(&file, r.end) };
    Ok(SilencesReport {
        silences: found.silence.iter().map(span).collect(),
        threshold_db: found.threshold_dbfs,
        noise_db: Some(found.noise_floor_dbfs).filter(|db| db.is_finite()),
    })
}

/// Cuts the pauses out of the main composition of a project, on all tracks that are not locked.
///
/// # Errors
/// Problems of the project or its files, numbers out of range, a film without sound. Nothing is
/// written then.
pub fn cut_silence(
    session: &Session,
    request: &CutSilenceRequest,
    cancel: &CancelToken,
) -> Result<CutSilenceReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let (min, before, after) = (request.min_silence_secs, request.before_secs, request.after_secs);
    let settings = settings(request.threshold_db, min, before, after).map_err(one)?;
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    session.check()?;
    let heard = session.with_project(heard(session, &request.tracks).map_err(one)?);
    let opened = heard.open_composition(&session.project.main, 0, cancel)?;
    let (rate_hz, rate) = (opened.composition().sample_rate_hz, opened.composition().frame_rate);
    let total = Time(opened.composition().length().0).to_sample(rate_hz);
    if !opened.has_audio(&(0..total)).map_err(|e| one(e.into()))? {
        return Err(one(ApiError::new("usage.silent", "the film has no sound whose pauses could be cut out")));
    }
    let mut mix = AudioMix::unclipped(Arc::clone(&opened)).map_err(|e| one(e.into()))?;
    let mut detector = SilenceDetector::new(rate_hz, settings);
    let mut at = 0;
    while at < total {
        if cancel.is_cancelled() {
            return Err(one(ApiError::new("export.cancelled", "stopped before anything was cut")));
        }
        let count = BLOCK.min(total - at);
        detector.add(&mix.block(at, count as usize).map_err(|e| one(e.into()))?.channels);
        at += count;
    }
    let found = detector.finish();
    // Whole frames inside the pauses.
    let frames = found.silence.iter().filter_map(|r| {
        let secs = |sample: u64| Time::of_sample(sample as i64, rate_hz);
        let first = rate.frame_at(Time(secs(r.start).0.saturating_add(rate.frame_duration().0 - 1)));
        let end = rate.frame_at(secs(r.end));
        (first < end).then(|| (rate.time_of_frame(first), rate.time_of_frame(end)))
    });
    let cuts: Vec<(Time, Time)> = frames.collect();
    let steps = cuts.iter().rev().map(|&(from, to)| Operation::Extract { from, to, tracks: Vec::new() }).collect();
    let plan = Operation::All { steps }.plan(&session.project);
    let plan = plan.map_err(|e| one(ApiError::of(e.code(), &e)))?;
    let length = |project: &cutroom_project::Project| project.main_composition().map_or(0.0, |c| c.length().as_secs_f64());
    let mut report = CutSilenceReport {
        project: None,
        cuts: cuts.iter().map(|(a, b)| SpanReport { start_secs: a.as_secs_f64(), end_secs: b.as_secs_f64() }).collect(),
        threshold_db: found.threshold_dbfs,
        before_secs: length(&session.project),
        after_secs: length(&plan.project),
    };
    if !request.dry_run {
        let output = request.output.clone().unwrap_or_else(|| session.path().to_owned());
        write_project::write(session, "cut silence", &plan.project, &output).map_err(one)?;
        report.project = Some(output);
    }
    Ok(report)
}

/// The project with the tracks that decide as the only audible ones.
fn heard(session: &Session, tracks: &[String]) -> Result<cutroom_project::Project, ApiError> {
    let mut project = session.project.clone();
    let main = project.main.clone();
    let Some(composition) = project.compositions.iter_mut().find(|c| c.id == main) else { return Ok(project) };
    for name in tracks {
        if !composition.tracks.iter().any(|t| t.id.as_str() == name) {
            let known: Vec<&str> = composition.tracks.iter().map(|t| t.id.as_str()).collect();
            let error = ApiError::new("usage.track", format!("the main composition has no track \"{name}\""));
            return Err(error.hint(format!("it has {}", known.join(", "))).field("tracks"));
        }
    }
    if !tracks.is_empty() {
        let decides = |t: &Track| tracks.iter().any(|name| t.id.as_str() == name);
        composition.tracks.iter_mut().for_each(|t| {
            t.muted = !decides(t);
            t.solo = false;
        });
    }
    Ok(project)
}

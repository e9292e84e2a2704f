//! Measures loudness: of a media file, and of a composition as it would be exported.
use crate::{ApiError, cache, parse_range, session::Session};
use cutroom_export::AudioRange;
use cutroom_types::CancelToken;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The audio stream to measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileLoudnessRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the audio stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
}

/// The mix to measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoudnessRequest {
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Range `A..B`, see [`crate::parse_range`]; absent: all.
    #[serde(default)]
    pub range: Option<String>,
}

/// Loudness and peaks. A value is absent where nothing is loud enough to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoudnessReport {
    /// Integrated loudness in LUFS (ITU-R BS.1770-4, EBU R 128).
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU (EBU Tech 3342).
    pub range_lu: f64,
    /// Highest momentary loudness (400 ms) in LUFS.
    pub max_momentary_lufs: Option<f64>,
    /// Highest short-term loudness (3 s) in LUFS; absent for less than 3 s, too.
    pub max_short_term_lufs: Option<f64>,
    /// True peak in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Largest sample in dBFS.
    pub sample_peak_dbfs: Option<f64>,
}

/// How an export changed the level of its sound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelReport {
    /// Gain in dB.
    pub gain_db: f64,
    /// The strongest reduction by the limiter, in dB, 0 or less.
    pub limited_by_db: f64,
    /// The mix before.
    pub before: LoudnessReport,
    /// The sound as it was encoded.
    pub after: LoudnessReport,
}

impl From<cutroom_pipeline::LoudnessReport> for LoudnessReport {
    fn from(r: cutroom_pipeline::LoudnessReport) -> Self {
        let finite = |value: f64| Some(value).filter(|v| v.is_finite());
        Self {
            integrated_lufs: finite(r.integrated_lufs),
            range_lu: r.range_lu,
            max_momentary_lufs: finite(r.max_momentary_lufs),
            max_short_term_lufs: finite(r.max_short_term_lufs),
            true_peak_dbtp: finite(r.true_peak_dbtp),
            sample_peak_dbfs: finite(r.sample_peak_dbfs),
        }
    }
}

impl From<cutroom_export::LevelReport> for LevelReport {
    fn from(r: cutroom_export::LevelReport) -> Self {
        let (before, after) = (r.before.into(), r.after.into());
        Self { gain_db: r.gain_db, limited_by_db: r.limited_by_db, before, after }
    }
}

/// Measures an audio stream of a media file.
///
/// # Errors
/// The file cannot be read, or has no such stream.
pub fn file_loudness(request: &FileLoudnessRequest, cancel: &CancelToken) -> Result<LoudnessReport, ApiError> {
    let report = cutroom_pipeline::file_loudness(&cache::store(), &request.file, request.stream, cancel);
    Ok(report.map_err(|e| ApiError::from(e).field("stream"))?.into())
}

/// Measures the mix of a composition, before it is clipped to full scale.
///
/// # Errors
/// Problems of the document, the request and the media files, as for an export; silence is an error,
/// too: `usage.silent`.
pub fn loudness(session: &Session, request: &LoudnessRequest, cancel: &CancelToken) -> Result<LoudnessReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    let opened = session.open_composition(&id, 0, cancel)?;
    let (rate, total) = (opened.composition().frame_rate, opened.frame_count());
    let range = request.range.as_deref().map(|text| parse_range(text, rate, total)).transpose();
    let frames = range.map_err(|e| one(e.field("range")))?.unwrap_or(0..total);
    let sound = AudioRange::of_frames(&frames, rate, opened.composition().sample_rate_hz);
    if !opened.has_audio(&sound.samples).map_err(|e| one(e.into()))? {
        return Err(one(ApiError::new("usage.silent", "the film has no sound there to measure").field("range")));
    }
    let report = cutroom_export::measure(&opened, &sound, cancel).map_err(|e| one(ApiError::from(e)))?;
    Ok(report.into())
}

//! Waveforms of media files: peaks for drawing them, or a picture.
use crate::{ApiError, cache, thumbnail::check_output};
use cutroom_pipeline::{WaveDetail, Waveform, WaveformBuilds};
use cutroom_types::{CancelToken, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// Columns and rows unless others are asked for.
const USUAL_SIZE: Size = Size { width: 1200, height: 200 };
/// Most columns or rows.
const MAX_SIDE_PX: u32 = 16_384;
/// Buckets in a column, where there are so many: a column's ends are exact to an eighth of it.
const BUCKETS_PER_COLUMN: usize = 8;
/// Colour of the range of the samples.
const COLOR: [u8; 3] = [0x2f, 0x80, 0xc8];

/// The sound of a file to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaveformRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the audio stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
    /// Number of columns, 1..=16384; absent: 1200.
    #[serde(default)]
    pub width: Option<u32>,
    /// Height of the picture in pixels; absent: 200.
    #[serde(default)]
    pub height: Option<u32>,
    /// The buckets of this level instead of columns: 0 for those of 256 samples, each further level has a
    /// quarter as many.
    #[serde(default)]
    pub level: Option<usize>,
    /// The PNG file to write, on a transparent ground; absent: none.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Peaks of the sound of a file. 1 is full scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaveformReport {
    /// Samples per second.
    pub rate_hz: u32,
    /// Number of samples of each channel.
    pub samples: u64,
    /// Samples that a bucket of each level stands for.
    pub levels: Vec<u64>,
    /// Samples that each of the peaks stands for, the last of a level for fewer.
    pub samples_per_peak: f64,
    /// Whether all of it is measured. If not, ask again: the peaks are the first ones of the whole waveform.
    #[serde(default = "whole")]
    pub complete: bool,
    /// Number of samples of each channel that the peaks stand for.
    #[serde(default)]
    pub measured_samples: u64,
    /// The peaks of each channel.
    pub channels: Vec<ChannelPeaks>,
}

fn whole() -> bool {
    true
}

/// The peaks of a channel, in order of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelPeaks {
    /// Least samples.
    pub min: Vec<f32>,
    /// Largest samples.
    pub max: Vec<f32>,
    /// Roots of the means of the squares.
    pub rms: Vec<f32>,
}

/// Measures the peaks of an audio stream of a file, and draws them if a picture is to be written.
///
/// # Errors
/// The file cannot be read or has no such stream; a size or an output that is not possible.
pub fn waveform(request: &WaveformRequest, cancel: &CancelToken) -> Result<WaveformReport, ApiError> {
    let size = checked_size(request)?;
    check_output(&request.file, request.output.as_deref(), &["png"], request.overwrite)?;
    let detail = detail(request, size);
    let failed = |e| ApiError::from(e).field("stream");
    let wave = cutroom_pipeline::waveform(&cache::store(), &request.file, request.stream, detail, cancel).map_err(failed)?;
    check_level(request, &wave)?;
    if let (Some(output), Some(picture)) = (&request.output, wave.picture(size, COLOR)) {
        cutroom_media::write::write_png(output, &picture)?;
    }
    Ok(report(&wave, request.level.is_none().then_some(size.width as usize)))
}

/// Waveforms that are handed out while they are measured. Dropping it stops what is being measured.
pub struct Waveforms(WaveformBuilds);

impl Default for Waveforms {
    fn default() -> Self {
        Self(WaveformBuilds::new(cache::store()))
    }
}

impl Waveforms {
    /// As [`waveform`], but at the latest after `wait`, with what is measured so far; the rest is measured
    /// beside the caller, whether or not it asks again. No picture is written.
    ///
    /// # Errors
    /// As [`waveform`].
    pub fn so_far(&self, request: &WaveformRequest, wait: Duration, cancel: &CancelToken) -> Result<WaveformReport, ApiError> {
        let size = checked_size(request)?;
        let found = self.0.so_far(&request.file, request.stream, detail(request, size), wait, cancel);
        let wave = found.map_err(|e| ApiError::from(e).field("stream"))?;
        check_level(request, &wave)?;
        Ok(report(&wave, request.level.is_none().then_some(size.width as usize)))
    }
}

fn checked_size(request: &WaveformRequest) -> Result<Size, ApiError> {
    let size = Size { width: request.width.unwrap_or(USUAL_SIZE.width), height: request.height.unwrap_or(USUAL_SIZE.height) };
    if ![size.width, size.height].iter().all(|side| (1..=MAX_SIDE_PX).contains(side)) {
        let error = ApiError::new("usage.picture_size", format!("a waveform of {}x{} pixels", size.width, size.height));
        return Err(error.hint(format!("`width` and `height` are from 1 to {MAX_SIDE_PX}")).field("width").field("height"));
    }
    Ok(size)
}

fn detail(request: &WaveformRequest, size: Size) -> WaveDetail {
    request.level.map_or(WaveDetail::Buckets(BUCKETS_PER_COLUMN * size.width as usize), WaveDetail::Level)
}

fn check_level(request: &WaveformRequest, wave: &Waveform) -> Result<(), ApiError> {
    if let Some(level) = request.level.filter(|level| *level != wave.level) {
        let error = ApiError::new("usage.picture_size", format!("its waveform has no level {level}"));
        return Err(error.hint(format!("levels are from 0 to {}", wave.levels.len() - 1)).field("level"));
    }
    Ok(())
}

fn report(wave: &Waveform, columns: Option<usize>) -> WaveformReport {
    let channels = columns.map_or_else(|| wave.channels.clone(), |count| wave.columns(count));
    let per_peak = columns.map_or(wave.levels[wave.level] as f64, |count| wave.samples as f64 / count as f64);
    let peaks = channels.into_iter().map(|c| ChannelPeaks {
        min: c.iter().map(|p| p.min).collect(),
        max: c.iter().map(|p| p.max).collect(),
        rms: c.iter().map(|p| p.rms).collect(),
    });
    WaveformReport {
        rate_hz: wave.rate_hz,
        samples: wave.samples,
        levels: wave.levels.clone(),
        samples_per_peak: per_peak,
        complete: wave.is_complete(),
        measured_samples: wave.measured,
        channels: peaks.collect(),
    }
}

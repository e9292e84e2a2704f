//! Spectrograms of media files.
use super::open;
use crate::{ApiError, thumbnail::check_output};
use cutroom_analysis::sound::{
    spectrogram::{FrequencyAxis, Spectrogram, SpectrogramSettings, brightness, draw},
    spectrum::Window,
};
use cutroom_types::{CancelToken, ColorTags, Picture, PictureFormat, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Columns and rows unless others are asked for.
const USUAL_SIZE: Size = Size { width: 1200, height: 400 };
/// Most columns or rows.
const MAX_SIDE_PX: u32 = 16_384;

/// The sound of a file to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpectrogramRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the audio stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
    /// Number of columns, 1..=16384; absent: 1200.
    #[serde(default)]
    pub width: Option<u32>,
    /// Number of rows, 1..=16384; absent: 400.
    #[serde(default)]
    pub height: Option<u32>,
    /// How rows divide the frequencies: `linear`, `log` or `mel`; absent: `log`.
    #[serde(default)]
    pub axis: Option<String>,
    /// Level of black in dBFS; absent: -120. White is 0 dBFS.
    #[serde(default)]
    pub floor_db: Option<f64>,
    /// The PNG file to write.
    pub output: PathBuf,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What a spectrogram shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpectrogramReport {
    /// Samples per second.
    pub rate_hz: u32,
    /// Length of the sound in seconds.
    pub secs: f64,
    /// Frequency at the lower edge of the picture.
    pub lowest_hz: f64,
    /// Frequency at its upper edge.
    pub highest_hz: f64,
}

/// Draws the spectrogram of a file: time to the right, frequency upwards, brighter is louder.
///
/// # Errors
/// The file cannot be read or has no such stream; a size, an axis or an output that is not possible.
pub fn spectrogram(request: &SpectrogramRequest, cancel: &CancelToken) -> Result<SpectrogramReport, ApiError> {
    let size = Size { width: request.width.unwrap_or(USUAL_SIZE.width), height: request.height.unwrap_or(USUAL_SIZE.height) };
    if ![size.width, size.height].iter().all(|side| (1..=MAX_SIDE_PX).contains(side)) {
        let error = ApiError::new("usage.picture_size", format!("a spectrogram of {}x{} pixels", size.width, size.height));
        return Err(error.hint(format!("`width` and `height` are from 1 to {MAX_SIDE_PX}")).field("width").field("height"));
    }
    let axis = match request.axis.as_deref() {
        None | Some("log") => FrequencyAxis::Logarithmic,
        Some("linear") => FrequencyAxis::Linear,
        Some("mel") => FrequencyAxis::Mel,
        Some(other) => {
            let error = ApiError::new("usage.axis", format!("there is no axis \"{other}\""));
            return Err(error.hint("linear, log or mel").field("axis"));
        }
    };
    let floor_db = request.floor_db.unwrap_or(-120.0);
    if !(-200.0..=-10.0).contains(&floor_db) {
        let error = ApiError::new("usage.level", format!("a floor of {floor_db} dBFS is not possible"));
        return Err(error.hint("-200 to -10").field("floor_db"));
    }
    check_output(&request.file, Some(&request.output), &["png"], request.overwrite)?;
    let mut file = open(&request.file, request.stream, cancel)?;
    let (rate_hz, samples) = (file.rate_hz(), file.samples());
    let length_secs = samples as f64 / f64::from(rate_hz);
    // As many columns as the picture has, or a few times as many of which the loudest counts.
    let per_sec = (f64::from(size.width) / length_secs.max(1e-3)).ceil().clamp(1.0, 1000.0) as u32;
    let lowest_hz = if axis == FrequencyAxis::Logarithmic { 20.0 } else { 0.0 };
    let settings = SpectrogramSettings {
        length: 4096,
        window: Window::Hann,
        columns_per_sec: per_sec,
        rows: size.height as usize,
        axis,
        range_hz: (lowest_hz, f64::from(rate_hz) / 2.0),
        range_db: (floor_db, 0.0),
    };
    let mut spectrogram = Spectrogram::new(rate_hz, settings);
    let range_db = settings.range_db;
    let width = size.width as usize;
    let total = (length_secs * f64::from(per_sec)).ceil().max(1.0) as usize;
    let mut columns: Vec<Vec<u8>> = vec![vec![0; size.height as usize]; width];
    let mut taken = 0;
    let mut each = |levels: &[f32]| {
        let bright = brightness(levels, range_db);
        let from = (taken * width / total).min(width - 1);
        let to = ((taken + 1) * width).div_ceil(total).clamp(from + 1, width);
        for column in &mut columns[from..to] {
            column.iter_mut().zip(&bright).for_each(|(c, b)| *c = (*c).max(*b));
        }
        taken += 1;
    };
    file.each_block(|block| {
        spectrogram.add(&block.channels, &mut each);
        Ok(())
    })?;
    spectrogram.finish(&mut each);
    let drawn = draw(&columns);
    let planes = (0..3).map(|k| drawn.rgb.iter().skip(k).step_by(3).copied().collect()).collect();
    if let Some(picture) = Picture::from_planes(PictureFormat::RGB8, size, ColorTags::SRGB, planes) {
        cutroom_media::write::write_png(&request.output, &picture)?;
    }
    Ok(SpectrogramReport { rate_hz, secs: length_secs, lowest_hz, highest_hz: f64::from(rate_hz) / 2.0 })
}

//! Waveforms of files: a pyramid of peaks, made in one pass over the sound and kept in the store, one
//! entry for each level, so that a short picture of a long file reads little.
use crate::{
    PipelineError,
    file_store::{self, content_key},
};
use cutroom_audio::waveform::{BUCKET_SAMPLES, LEVEL_FACTOR, Peak, PeakMeter, coarser};
use cutroom_cache::{Key, Store};
use cutroom_media::{AudioReader, MediaError, MediaIndex};
use cutroom_types::{CancelToken, ColorTags, Picture, PictureFormat, Size};
use std::{path::Path, sync::Arc};

/// Kind of the entries with a level of a stream's pyramid.
pub(crate) const WAVEFORMS: &str = "waveform";
/// Maximum number of levels: the coarsest has buckets of 256·4¹¹ samples, which are hours.
const MAX_LEVELS: usize = 12;

/// One level of a stream's waveform.
#[derive(Clone, Debug, PartialEq)]
pub struct Waveform {
    /// Samples per second.
    pub rate_hz: u32,
    /// Number of samples of each channel.
    pub samples: u64,
    /// Samples that a bucket of each level stands for.
    pub levels: Vec<u64>,
    /// The level that `channels` holds.
    pub level: usize,
    /// The buckets of each channel; the last one may stand for fewer samples.
    pub channels: Vec<Vec<Peak>>,
}

/// Which level is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveDetail {
    /// This one, from 0, the finest.
    Level(usize),
    /// The coarsest that has at least so many buckets.
    Buckets(usize),
}

/// A level of the waveform of an audio stream of a file, counted as `probe` does. A level that there is not
/// is the coarsest one.
///
/// # Errors
/// The file cannot be read, or has no such stream; [`MediaError::Stopped`] once `cancel` is cancelled.
pub fn waveform(
    store: &Arc<Store>,
    path: &Path,
    stream: usize,
    detail: WaveDetail,
    cancel: &CancelToken,
) -> Result<Waveform, PipelineError> {
    let (index, _) = file_store::index(store, path, cancel);
    let index = index?;
    index.check_audio(stream)?;
    let info = index.info().audio[stream].clone();
    let samples = u64::try_from(info.samples).unwrap_or(0);
    let sizes = std::iter::successors(Some(u64::from(BUCKET_SAMPLES)), |size| Some(size * u64::from(LEVEL_FACTOR)));
    let levels: Vec<u64> =
        sizes.take(MAX_LEVELS).enumerate().take_while(|(n, size)| *n == 0 || size / 4 < samples).map(|l| l.1).collect();
    let level = match detail {
        WaveDetail::Level(level) => level.min(levels.len() - 1),
        WaveDetail::Buckets(count) => levels.iter().rposition(|size| samples.div_ceil(*size) >= count as u64).unwrap_or(0),
    };
    let keys: Option<Vec<Key>> = content_key(store, WAVEFORMS, path)
        .map(|key| (0..levels.len()).map(|n| key.clone().with(stream.to_le_bytes()).with(n.to_le_bytes()).key()).collect());
    let known = keys.as_ref().and_then(|keys| store.get(WAVEFORMS, keys[level]));
    if let Some(channels) = known.and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
        return Ok(Waveform { rate_hz: info.rate_hz, samples, levels, level, channels });
    }
    let mut channels = measured(index, stream, cancel)?;
    let mut wanted = Vec::new();
    for (n, size) in levels.iter().enumerate() {
        if n > 0 {
            channels = channels.iter().map(|c| coarser(c, size / u64::from(LEVEL_FACTOR), samples)).collect();
        }
        if let (Some(keys), Ok(bytes)) = (&keys, postcard::to_stdvec(&channels)) {
            store.put(WAVEFORMS, keys[n], &bytes);
        }
        if n == level {
            wanted.clone_from(&channels);
        }
    }
    Ok(Waveform { rate_hz: info.rate_hz, samples, levels, level, channels: wanted })
}

/// The finest level.
fn measured(index: Arc<MediaIndex>, stream: usize, cancel: &CancelToken) -> Result<Vec<Vec<Peak>>, PipelineError> {
    let info = index.info().audio[stream].clone();
    let path = index.info().path.clone();
    let mut meter = PeakMeter::new(info.channels);
    let mut reader = AudioReader::open_indexed(index, stream)?;
    let mut at = info.span.start.to_sample(info.rate_hz);
    let end = at + info.samples;
    while at < end {
        if cancel.is_cancelled() {
            return Err(MediaError::Stopped { path }.into());
        }
        let samples = (end - at).min(i64::from(info.rate_hz.max(1)));
        meter.add(&reader.read(at, samples as usize)?.channels);
        at += samples;
    }
    Ok(meter.finish())
}

impl Waveform {
    /// The peaks of each channel in `count` columns of equal length: each bucket counts for the column that it
    /// starts in; where buckets are longer than columns,
    /// several columns show the same bucket.
    pub fn columns(&self, count: usize) -> Vec<Vec<Peak>> {
        let size = self.levels[self.level];
        let column = |channel: &[Peak], i: usize| {
            let n = channel.len();
            let (from, to) = (i * n / count, (i + 1) * n / count);
            let weight = |k: usize| size.min(self.samples.saturating_sub(k as u64 * size));
            Peak::over((from..to.max(from + 1).min(n)).map(|k| (channel[k], weight(k)))).unwrap_or_default()
        };
        self.channels.iter().map(|c| (0..count).map(|i| column(c, i)).collect()).collect()
    }

    /// A picture of the waveform on a transparent ground: one row for each channel, the range of the samples
    /// in `color` and the range of ±rms lighter. Full scale is the row's height.
    pub fn picture(&self, size: Size, color: [u8; 3]) -> Option<Picture> {
        let (width, height) = (size.width as usize, size.height as usize);
        let mut planes = vec![vec![0_u8; width * height]; 4];
        let light = color.map(|c| c + (255 - c) / 2);
        let rows = self.channels.len().max(1);
        for (row, columns) in self.columns(width).iter().enumerate() {
            let (top, bottom) = (row * height / rows, (row + 1) * height / rows);
            let line = |v: f32| {
                let y = (1.0 - v.clamp(-1.0, 1.0)) / 2.0 * (bottom - top) as f32;
                top + (y as usize).min((bottom - top).saturating_sub(1))
            };
            for (x, peak) in columns.iter().enumerate() {
                for (from, to, shade) in [(peak.max, peak.min, color), (peak.rms.min(peak.max), (-peak.rms).max(peak.min), light)] {
                    for y in line(from)..=line(to).max(line(from)).min(height.saturating_sub(1)) {
                        for (plane, value) in planes.iter_mut().zip([shade[0], shade[1], shade[2], 255]) {
                            plane[y * width + x] = value;
                        }
                    }
                }
            }
        }
        Picture::from_planes(PictureFormat::RGB8.with_alpha(), size, ColorTags::SRGB, planes)
    }
}

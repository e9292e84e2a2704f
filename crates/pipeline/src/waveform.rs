//! Waveforms of files: a pyramid of peaks, made in one pass over the sound and kept in the store, one
//! entry for each level, so that a short picture of a long file reads little.
use crate::{
    PipelineError,
    file_store::{self, content_key},
};
use cutroom_audio::waveform::{BUCKET_SAMPLES, LEVEL_FACTOR, Peak, PeakMeter, coarser};
use cutroom_cache::{Key, Store};
use cutroom_media::{AudioInfo, AudioReader, MediaError, MediaIndex};
use cutroom_types::{CancelToken, ColorTags, Picture, PictureFormat, Size};
use std::{path::Path, sync::Arc};

/// Kind of the entries with a level of a stream's pyramid.
pub(crate) const WAVEFORMS: &str = "waveform";
/// Maximum number of levels: the coarsest has buckets of 256·4¹¹ samples, which are hours.
const MAX_LEVELS: usize = 12;

/// One level of a stream's waveform, or as much of it as is measured.
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
    /// The buckets of each channel; the last one of all may stand for fewer samples. Of a waveform that is being
    /// measured, the buckets that are full: the first ones of the whole waveform.
    pub channels: Vec<Vec<Peak>>,
    /// Number of samples of each channel that `channels` stands for: `samples` once all is measured.
    pub measured: u64,
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
    let measuring = Measuring::open(store, path, stream, cancel)?;
    if let Some(known) = measuring.known(detail) {
        return Ok(known);
    }
    let finest = measuring.measured(cancel, &mut |_| {})?;
    Ok(measuring.level(&finest, measuring.level_of(detail)))
}

/// The waveform of a stream, before it is measured.
pub(crate) struct Measuring {
    store: Arc<Store>,
    index: Arc<MediaIndex>,
    stream: usize,
    info: AudioInfo,
    samples: u64,
    levels: Vec<u64>,
    /// Of the entries of the levels in the store.
    keys: Option<Vec<Key>>,
}

impl Measuring {
    /// Opens a stream.
    pub fn open(store: &Arc<Store>, path: &Path, stream: usize, cancel: &CancelToken) -> Result<Self, PipelineError> {
        let (index, _) = file_store::index(store, path, cancel);
        let index = index?;
        index.check_audio(stream)?;
        let info = index.info().audio[stream].clone();
        let samples = u64::try_from(info.samples).unwrap_or(0);
        let sizes = std::iter::successors(Some(u64::from(BUCKET_SAMPLES)), |size| Some(size * u64::from(LEVEL_FACTOR)));
        let levels: Vec<u64> =
            sizes.take(MAX_LEVELS).enumerate().take_while(|(n, size)| *n == 0 || size / 4 < samples).map(|l| l.1).collect();
        let keys = content_key(store, WAVEFORMS, path)
            .map(|key| (0..levels.len()).map(|n| key.clone().with(stream.to_le_bytes()).with(n.to_le_bytes()).key()).collect());
        Ok(Self { store: Arc::clone(store), index, stream, info, samples, levels, keys })
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.info.channels
    }

    /// Number of the level that is meant.
    pub fn level_of(&self, detail: WaveDetail) -> usize {
        match detail {
            WaveDetail::Level(level) => level.min(self.levels.len() - 1),
            WaveDetail::Buckets(count) => {
                self.levels.iter().rposition(|size| self.samples.div_ceil(*size) >= count as u64).unwrap_or(0)
            }
        }
    }

    /// A level from the store.
    pub fn known(&self, detail: WaveDetail) -> Option<Waveform> {
        let level = self.level_of(detail);
        let bytes = self.store.get(WAVEFORMS, self.keys.as_ref()?[level])?;
        Some(self.waveform(level, postcard::from_bytes(&bytes).ok()?, self.samples))
    }

    /// Measures the finest level and keeps all levels in the store. `so_far` gets the full buckets each second
    /// of sound.
    pub fn measured(&self, cancel: &CancelToken, so_far: &mut dyn FnMut(&[Vec<Peak>])) -> Result<Vec<Vec<Peak>>, PipelineError> {
        let mut meter = PeakMeter::new(self.info.channels);
        let mut reader = AudioReader::open_indexed(Arc::clone(&self.index), self.stream)?;
        let mut at = self.info.span.start.to_sample(self.info.rate_hz);
        let end = at + self.info.samples;
        while at < end {
            if cancel.is_cancelled() {
                return Err(MediaError::Stopped { path: self.index.info().path.clone() }.into());
            }
            let samples = (end - at).min(i64::from(self.info.rate_hz.max(1)));
            meter.add(&reader.read(at, samples as usize)?.channels);
            so_far(meter.full());
            at += samples;
        }
        let finest = meter.finish();
        let mut channels = finest.clone();
        for (n, size) in self.levels.iter().enumerate() {
            if n > 0 {
                channels = coarser_of_all(&channels, *size, self.samples);
            }
            if let (Some(keys), Ok(bytes)) = (&self.keys, postcard::to_stdvec(&channels)) {
                self.store.put(WAVEFORMS, keys[n], &bytes);
            }
        }
        Ok(finest)
    }

    /// A level of what is measured, of which `finest` are the first buckets of the finest level: those buckets
    /// that are full, or all at the end.
    pub fn level(&self, finest: &[Vec<Peak>], level: usize) -> Waveform {
        let size = self.levels[level];
        let buckets = finest.iter().map(Vec::len).min().unwrap_or(0) as u64;
        let measured = (buckets * u64::from(BUCKET_SAMPLES)).min(self.samples);
        let mut channels = finest.to_vec();
        for size in &self.levels[1..=level] {
            channels = coarser_of_all(&channels, *size, self.samples);
        }
        if measured < self.samples {
            channels.iter_mut().for_each(|c| c.truncate((measured / size) as usize));
        }
        self.waveform(level, channels, if measured < self.samples { measured / size * size } else { measured })
    }

    fn waveform(&self, level: usize, channels: Vec<Vec<Peak>>, measured: u64) -> Waveform {
        Waveform { rate_hz: self.info.rate_hz, samples: self.samples, levels: self.levels.clone(), level, channels, measured }
    }
}

/// The next coarser level, whose buckets have `size` samples.
fn coarser_of_all(channels: &[Vec<Peak>], size: u64, samples: u64) -> Vec<Vec<Peak>> {
    channels.iter().map(|c| coarser(c, size / u64::from(LEVEL_FACTOR), samples)).collect()
}

impl Waveform {
    /// Whether all of it is measured.
    pub fn is_complete(&self) -> bool {
        self.measured >= self.samples
    }

    /// The peaks of each channel in `count` columns of equal length: each bucket counts for the column that it
    /// starts in; where buckets are longer than columns, several columns show the same bucket. Of a waveform that
    /// is being measured, the first columns, as they will be.
    pub fn columns(&self, count: usize) -> Vec<Vec<Peak>> {
        let size = self.levels[self.level];
        let n = self.samples.div_ceil(size) as usize;
        let span = |i: usize| {
            let (from, to) = (i * n / count, (i + 1) * n / count);
            from..to.max(from + 1).min(n)
        };
        let column = |channel: &[Peak], i: usize| {
            let weight = |k: usize| size.min(self.samples.saturating_sub(k as u64 * size));
            Peak::over(span(i).map(|k| (channel[k], weight(k)))).unwrap_or_default()
        };
        let there = |c: &[Peak]| (0..count).take_while(|i| span(*i).end <= c.len()).count();
        self.channels.iter().map(|c| (0..there(c)).map(|i| column(c, i)).collect()).collect()
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

//! Finds where a recording is silent.
//!
//! The level of every 5 ms is kept (two bytes). At the end stretches above a lower threshold that
//! reach a higher one somewhere are sound (hysteresis with two thresholds, as in Canny's edge
//! detector); short pauses and then short sounds are dropped, and sounds are padded.
use std::ops::Range;

/// Windows of levels in each second.
const WINDOWS_PER_SEC: u32 = 200;
/// Windows over which powers are averaged: 20 ms, one period of the lowest sounds of interest.
const RMS_WINDOWS: usize = 4;
/// Levels below it are digital silence and say nothing about noise.
const DIGITAL_SILENCE_DB: f64 = -100.0;
/// Part of the windows with sound that are assumed to be only noise.
const NOISE_QUANTILE: f64 = 0.1;
/// A threshold above the noise stays this far below the loud parts, so that a steady sound is not
/// taken for noise.
const BELOW_LOUD_DB: f64 = 10.0;
const LOUD_QUANTILE: f64 = 0.95;

/// From which level on there is sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// A level in dBFS.
    Dbfs(f64),
    /// Above the noise floor, in dB. The noise floor is the level that the quietest tenth of the
    /// recording does not exceed, without digital silence.
    AboveNoiseDb(f64),
}

/// How the level of a window is measured. Of several channels the loudest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The largest magnitude in 5 ms, as FFmpeg's `silencedetect` compares it.
    Peak,
    /// Root mean square of 20 ms.
    Rms,
}

/// What counts as silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SilenceSettings {
    /// From which level on there is sound.
    pub threshold: Threshold,
    /// How levels are measured.
    pub level: Level,
    /// Once there was sound it lasts until the level is this far below the threshold, in dB.
    pub hysteresis_db: f64,
    /// Shorter pauses belong to the sound around them.
    pub min_silence_secs: f64,
    /// Shorter sounds are ignored, such as clicks.
    pub min_sound_secs: f64,
    /// Kept before each sound.
    pub pad_before_secs: f64,
    /// Kept after each sound.
    pub pad_after_secs: f64,
}

impl Default for SilenceSettings {
    /// For cutting pauses out of speech.
    fn default() -> Self {
        Self {
            threshold: Threshold::AboveNoiseDb(12.0),
            level: Level::Rms,
            hysteresis_db: 4.0,
            min_silence_secs: 0.5,
            min_sound_secs: 0.1,
            pad_before_secs: 0.1,
            pad_after_secs: 0.2,
        }
    }
}

/// Where a recording is silent and where it is not, in samples; together they cover it.
#[derive(Clone, Debug, PartialEq)]
pub struct Silences {
    /// In ascending order, as `silence`.
    pub sound: Vec<Range<u64>>,
    /// All the rest.
    pub silence: Vec<Range<u64>>,
    /// The level from which on there was sound, in dBFS.
    pub threshold_dbfs: f64,
    /// The noise floor, in dBFS; −∞ for digital silence.
    pub noise_floor_dbfs: f64,
}

/// Finds silence block by block.
pub struct SilenceDetector {
    rate_hz: u32,
    settings: SilenceSettings,
    samples: u64,
    /// Squares of each channel in the window: sum, or largest.
    current: Vec<f64>,
    /// Sums of the windows before, per channel, for the average over `RMS_WINDOWS`.
    recent: Vec<[f64; RMS_WINDOWS]>,
    /// Levels of the windows in hundredths of dB.
    levels: Vec<i16>,
}

impl SilenceDetector {
    /// For a recording with that many samples per second.
    pub fn new(rate_hz: u32, settings: SilenceSettings) -> Self {
        Self { rate_hz: rate_hz.max(1), settings, samples: 0, current: Vec::new(), recent: Vec::new(), levels: Vec::new() }
    }

    /// First sample of window `k`.
    fn start_of(&self, k: usize) -> u64 {
        k as u64 * u64::from(self.rate_hz) / u64::from(WINDOWS_PER_SEC)
    }

    /// Adds the next samples, one slice per channel.
    pub fn add(&mut self, planes: &[impl AsRef<[f32]>]) {
        let Some(length) = planes.iter().map(|p| p.as_ref().len()).min() else { return };
        self.current.resize(planes.len().max(self.current.len()), 0.0);
        self.recent.resize(self.current.len(), [0.0; RMS_WINDOWS]);
        let mut from = 0;
        while from < length {
            let end = self.start_of(self.levels.len() + 1);
            let to = length.min(from + (end - self.samples) as usize);
            for (current, plane) in self.current.iter_mut().zip(planes) {
                let part = plane.as_ref().get(from..to).unwrap_or_default();
                *current = match self.settings.level {
                    Level::Peak => part.iter().fold(*current as f32, |max, x| max.max(x * x)).into(),
                    Level::Rms => *current + part.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>(),
                };
            }
            self.samples += (to - from) as u64;
            from = to;
            if self.samples == end {
                self.close();
            }
        }
    }

    /// Ends the current window.
    fn close(&mut self) {
        let start = self.start_of(self.levels.len().saturating_sub(RMS_WINDOWS - 1));
        let slot = self.levels.len() % RMS_WINDOWS;
        let mut square = 0.0f64;
        for (current, recent) in self.current.iter_mut().zip(&mut self.recent) {
            let value = match self.settings.level {
                Level::Peak => *current,
                Level::Rms => {
                    recent[slot] = *current;
                    recent.iter().sum::<f64>() / (self.samples - start).max(1) as f64
                }
            };
            square = square.max(value);
            *current = 0.0;
        }
        // A cast of −∞ saturates.
        self.levels.push((1_000.0 * libm::log10(square)) as i16);
    }

    /// The result for everything that was added.
    pub fn finish(mut self) -> Silences {
        if self.samples > self.start_of(self.levels.len()) {
            self.close();
        }
        let (noise_floor_dbfs, threshold_dbfs) = self.thresholds();
        let mut sound = self.loud(threshold_dbfs);
        let samples = |secs: f64| (secs.max(0.0) * f64::from(self.rate_hz)).round() as u64;
        join(&mut sound, samples(self.settings.min_silence_secs));
        // Short silence at the start and the end is none either.
        if let Some(first) = sound.first_mut().filter(|s| s.start < samples(self.settings.min_silence_secs)) {
            first.start = 0;
        }
        if let Some(last) = sound.last_mut().filter(|s| self.samples - s.end < samples(self.settings.min_silence_secs)) {
            last.end = self.samples;
        }
        sound.retain(|s| s.end - s.start >= samples(self.settings.min_sound_secs));
        let (before, after) = (samples(self.settings.pad_before_secs), samples(self.settings.pad_after_secs));
        for s in &mut sound {
            *s = s.start.saturating_sub(before)..(s.end.saturating_add(after)).min(self.samples);
        }
        join(&mut sound, 1);
        Silences { silence: gaps(&sound, self.samples), sound, threshold_dbfs, noise_floor_dbfs }
    }

    /// The noise floor and the threshold in dBFS.
    fn thresholds(&self) -> (f64, f64) {
        let mut levels: Vec<i16> = self.levels.iter().copied().filter(|l| f64::from(*l) > 100.0 * DIGITAL_SILENCE_DB).collect();
        levels.sort_unstable();
        let quantile = |q: f64| {
            let at = (q * levels.len().saturating_sub(1) as f64) as usize;
            levels.get(at).map_or(f64::NEG_INFINITY, |l| f64::from(*l) / 100.0)
        };
        let noise = quantile(NOISE_QUANTILE);
        let threshold = match self.settings.threshold {
            Threshold::Dbfs(level) => level,
            // What is quieter than noise of 24 bits cannot be heard.
            Threshold::AboveNoiseDb(above) => (noise + above).min(quantile(LOUD_QUANTILE) - BELOW_LOUD_DB).max(DIGITAL_SILENCE_DB),
        };
        (noise, threshold)
    }

    /// Stretches above the lower threshold that reach the higher one.
    fn loud(&self, threshold_dbfs: f64) -> Vec<Range<u64>> {
        let high = 100.0 * threshold_dbfs;
        let low = high - 100.0 * self.settings.hysteresis_db.max(0.0);
        // An average of 20 ms rises late and falls late: its windows are centred.
        let lead = if self.settings.level == Level::Rms { RMS_WINDOWS / 2 } else { 0 };
        let edge = |k: usize| self.start_of(k.saturating_sub(lead));
        let mut sound = Vec::new();
        let mut stretch: Option<(usize, bool)> = None;
        for (k, level) in self.levels.iter().map(|l| f64::from(*l)).chain([f64::NEG_INFINITY]).enumerate() {
            if level >= low {
                let (start, reached) = stretch.unwrap_or((k, false));
                stretch = Some((start, reached || level >= high));
            } else if let Some((start, true)) = stretch.take() {
                let end = if k == self.levels.len() { self.samples } else { edge(k).min(self.samples) };
                sound.push(edge(start)..end.max(edge(start)));
            }
        }
        sound
    }
}

/// Joins stretches with fewer than `gap` samples between them.
fn join(stretches: &mut Vec<Range<u64>>, gap: u64) {
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(stretches.len());
    for next in stretches.drain(..) {
        match joined.last_mut() {
            Some(last) if next.start < last.end.saturating_add(gap) => last.end = last.end.max(next.end),
            _ => joined.push(next),
        }
    }
    *stretches = joined;
}

/// What ascending stretches leave of `0..end`.
fn gaps(stretches: &[Range<u64>], end: u64) -> Vec<Range<u64>> {
    let starts = [0].into_iter().chain(stretches.iter().map(|s| s.end));
    let ends = stretches.iter().map(|s| s.start).chain([end]);
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}

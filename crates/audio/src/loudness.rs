//! Measures audio: peak, RMS and loudness.
use crate::{AudioError, Speaker, speakers};
use cutroom_types::AudioBlock;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Levels of a block over all channels. Silence is −∞ dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Largest magnitude of a sample, in dB relative to full scale (±1.0).
    pub peak_dbfs: f64,
    /// Root mean square of all samples, in dB relative to full scale; −3.01 for a full-scale sine.
    pub rms_dbfs: f64,
}

/// Sample peak and RMS of a block.
pub fn loudness(block: &AudioBlock) -> Loudness {
    let all = || block.channels.iter().flatten().map(|&x| f64::from(x));
    let peak = all().fold(0.0, |a: f64, x| a.max(x.abs()));
    let mean_square = all().map(|x| x * x).sum::<f64>() / all().count().max(1) as f64;
    Loudness { peak_dbfs: 20.0 * peak.log10(), rms_dbfs: 10.0 * mean_square.log10() }
}

/// Gated integrated loudness (ITU-R BS.1770-4, EBU R 128) of a block in LUFS; −∞ when nothing
/// passes the gate.
///
/// # Errors
/// As [`Meter::new`] and [`Meter::add`].
pub fn integrated_loudness_lufs(block: &AudioBlock) -> Result<f64, AudioError> {
    let mut meter = Meter::new(block.rate_hz, speakers(block.channels.len())?)?;
    meter.add(block)?;
    Ok(meter.report()?.integrated_lufs)
}

/// Loudness and peaks of a stretch of audio. What nothing passes the gate for is −∞.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoudnessReport {
    /// Integrated loudness in LUFS (ITU-R BS.1770-4).
    pub integrated_lufs: f64,
    /// Loudness range in LU (EBU Tech 3342).
    pub range_lu: f64,
    /// Highest momentary loudness (400 ms, read every 10 ms) in LUFS.
    pub max_momentary_lufs: f64,
    /// Highest short-term loudness (3 s, read every 10 ms) in LUFS; −∞ for less than 3 s.
    pub max_short_term_lufs: f64,
    /// True peak of all channels in dBTP.
    pub true_peak_dbtp: f64,
    /// Largest sample of all channels in dBFS.
    pub sample_peak_dbfs: f64,
}

/// Momentary and short-term loudness are read every 10 ms, and so are these numbers of readings
/// long. EBU Tech 3341 asks meters of files to find the maximum of tones that start at any multiple
/// of 20 ms (table 1, case 13); readings every 100 ms would miss 0.6 dB of it.
const READINGS_PER_SECOND: u32 = 100;
const MOMENTARY_READINGS: usize = 40;
const SHORT_TERM_READINGS: usize = 300;
/// What BS.1770-4 adds to the level of the K-weighted sum of powers, in dB.
const BS1770_OFFSET_DB: f64 = -0.691;

/// Measures loudness block by block (ITU-R BS.1770-4, EBU R 128, Tech 3341 and 3342).
pub struct Meter {
    meter: ebur128::EbuR128,
    channels: usize,
    /// Samples between readings, and those since the last one.
    step: usize,
    since: usize,
    /// K-weighted powers of the last readings, the newest last.
    powers: VecDeque<f64>,
    max_momentary: f64,
    max_short_term: f64,
}

impl Meter {
    /// A meter for channels with these speakers.
    ///
    /// # Errors
    /// [`AudioError::Loudness`] when rate or channels cannot be measured.
    pub fn new(rate_hz: u32, layout: &[Speaker]) -> Result<Self, AudioError> {
        use ebur128::Mode;
        let mode = Mode::I | Mode::LRA | Mode::M | Mode::S | Mode::TRUE_PEAK | Mode::SAMPLE_PEAK;
        let mut meter = ebur128::EbuR128::new(layout.len() as u32, rate_hz, mode).map_err(failed)?;
        let map: Vec<_> = layout
            .iter()
            .map(|s| match s {
                // BS.1770 weights mono as one front channel.
                Speaker::Center => ebur128::Channel::Center,
                Speaker::Left => ebur128::Channel::Left,
                Speaker::Right => ebur128::Channel::Right,
                Speaker::Lfe => ebur128::Channel::Unused,
                Speaker::BackLeft | Speaker::SideLeft => ebur128::Channel::LeftSurround,
                Speaker::BackRight | Speaker::SideRight => ebur128::Channel::RightSurround,
                Speaker::BackCenter => ebur128::Channel::Mp180,
            })
            .collect();
        meter.set_channel_map(&map).map_err(failed)?;
        Ok(Self {
            meter,
            channels: layout.len(),
            step: (rate_hz / READINGS_PER_SECOND).max(1) as usize,
            since: 0,
            powers: VecDeque::with_capacity(SHORT_TERM_READINGS),
            max_momentary: f64::NEG_INFINITY,
            max_short_term: f64::NEG_INFINITY,
        })
    }

    /// Adds the next samples.
    ///
    /// # Errors
    /// [`AudioError::Loudness`] when the block has other channels, or is rejected.
    pub fn add(&mut self, block: &AudioBlock) -> Result<(), AudioError> {
        if block.channels.len() != self.channels {
            return Err(AudioError::Loudness(format!("{} channels instead of {}", block.channels.len(), self.channels)));
        }
        let mut from = 0;
        while from < block.len() {
            let to = (from + self.step - self.since).min(block.len());
            let planes: Vec<&[f32]> = block.channels.iter().map(|c| &c[from..to]).collect();
            self.meter.add_frames_planar_f32(&planes).map_err(failed)?;
            self.since += to - from;
            from = to;
            if self.since == self.step {
                self.since = 0;
                self.read()?;
            }
        }
        Ok(())
    }

    /// Takes the power of the last 10 ms.
    fn read(&mut self) -> Result<(), AudioError> {
        let level = self.meter.loudness_window(1000 / READINGS_PER_SECOND).map_err(failed)?;
        if self.powers.len() == SHORT_TERM_READINGS {
            self.powers.pop_front();
        }
        self.powers.push_back(10f64.powf((level - BS1770_OFFSET_DB) / 10.0));
        self.max_momentary = self.max_momentary.max(self.momentary_lufs());
        self.max_short_term = self.max_short_term.max(self.short_term_lufs());
        Ok(())
    }

    /// Loudness of the last 400 ms in LUFS, to the last full 10 ms; −∞ for silence. What was before
    /// the first sample counts as silence.
    pub fn momentary_lufs(&self) -> f64 {
        self.latest_lufs(MOMENTARY_READINGS)
    }

    /// Loudness of the last 3 s in LUFS, to the last full 10 ms; −∞ for silence and before 3 s.
    pub fn short_term_lufs(&self) -> f64 {
        if self.powers.len() < SHORT_TERM_READINGS { f64::NEG_INFINITY } else { self.latest_lufs(SHORT_TERM_READINGS) }
    }

    fn latest_lufs(&self, readings: usize) -> f64 {
        let sum: f64 = self.powers.iter().rev().take(readings).sum();
        10.0 * (sum / readings as f64).log10() + BS1770_OFFSET_DB
    }

    /// The measurement of everything that was added.
    ///
    /// # Errors
    /// [`AudioError::Loudness`] when the meter fails.
    pub fn report(&self) -> Result<LoudnessReport, AudioError> {
        let channels = 0..self.channels as u32;
        let largest = |peak: &dyn Fn(u32) -> Result<f64, ebur128::Error>| -> Result<f64, AudioError> {
            let mut max = 0.0f64;
            for c in channels.clone() {
                max = max.max(peak(c).map_err(failed)?);
            }
            Ok(20.0 * max.log10())
        };
        Ok(LoudnessReport {
            integrated_lufs: self.meter.loudness_global().map_err(failed)?,
            range_lu: self.meter.loudness_range().map_err(failed)?,
            max_momentary_lufs: self.max_momentary,
            max_short_term_lufs: self.max_short_term,
            true_peak_dbtp: largest(&|c| self.meter.true_peak(c))?,
            sample_peak_dbfs: largest(&|c| self.meter.sample_peak(c))?,
        })
    }
}

fn failed(e: ebur128::Error) -> AudioError {
    AudioError::Loudness(e.to_string())
}

//! Finds onsets, the tempo and beats.
//!
//! While samples are added, the strength of onsets is kept 100 times a second, and where in that
//! hundredth the sound rose most. At the end the tempo is estimated in windows, which gives a path
//! of tempos, and the beats are found that follow it and fall on onsets.
mod onset;
mod tempo;
mod track;

use crate::sound::mix_down;
use onset::OnsetStrength;

/// Frames in each second in which onsets are measured.
pub(crate) const FRAMES_PER_SEC: u32 = 100;
/// Tempos that are looked for, in beats per minute.
pub const MIN_BPM: f64 = 30.0;
/// See [`MIN_BPM`].
pub const MAX_BPM: f64 = 300.0;

/// A beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// Number of the sample.
    pub sample: u64,
    /// How strong the onset there is, relative to the mean of all beats.
    pub strength: f64,
}

/// What was found in a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    /// Beats per minute over the whole recording; 0 without beats.
    pub bpm: f64,
    /// How clear the beats are: 0 for sounds without a beat, 1 if all onsets are on beats.
    pub confidence: f64,
    /// In ascending order.
    pub beats: Vec<Beat>,
    /// Samples where sounds start, in ascending order.
    pub onsets: Vec<u64>,
    /// Tempos at equally distant times, one for each [`TEMPO_EVERY_SECS`] seconds, from 0 on.
    pub tempos_bpm: Vec<f64>,
}

/// Distance between the tempos of a [`Rhythm`], in seconds.
pub const TEMPO_EVERY_SECS: f64 = tempo::HOP as f64 / FRAMES_PER_SEC as f64;

/// Finds beats block by block.
pub struct BeatFinder {
    rate_hz: u32,
    onsets: OnsetStrength,
    mono: Vec<f32>,
}

impl BeatFinder {
    /// For a recording with that many samples per second.
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz: rate_hz.max(1), onsets: OnsetStrength::new(rate_hz.max(1)), mono: Vec::new() }
    }

    /// Adds the next samples, one slice per channel; their mean counts.
    pub fn add(&mut self, planes: &[impl AsRef<[f32]>]) {
        mix_down(planes, &mut self.mono);
        self.onsets.add(&self.mono);
    }

    /// The result for everything that was added.
    pub fn finish(self) -> Rhythm {
        let rate_hz = self.rate_hz;
        let measured = self.onsets.finish();
        let onsets = onset::pick(&measured.strength);
        let onsets: Vec<u64> = onsets.iter().map(|k| measured.rise_near(*k, rate_hz)).collect();
        let strength = onset::accents(&measured);
        let tempos = tempo::path(&strength);
        let frames = track::beats(&strength, &tempos);
        let mut beats = track::refined(&frames, &measured, rate_hz);
        beats.dedup_by(|b, a| b.sample <= a.sample);
        Rhythm {
            bpm: track::bpm(&beats, rate_hz),
            confidence: track::confidence(&strength, &frames),
            beats,
            onsets,
            tempos_bpm: tempos,
        }
    }
}

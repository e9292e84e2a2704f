//! What tells speech from music in a few seconds (after E. Scheirer and M. Slaney, "Construction
//! and Evaluation of a Robust Multifeature Speech/Music Discriminator", ICASSP 1997).
use crate::sound::{
    frames::Frames,
    spectrum::Window,
    transform::{Transform, frame_length},
};
use std::ops::Range;

/// Frames in each second.
pub(super) const FRAMES_PER_SEC: u32 = 50;
/// Bands in which the envelope is kept: their edges in Hz.
const EDGES_HZ: [f64; 6] = [100.0, 400.0, 900.0, 1_700.0, 3_200.0, 6_500.0];
const BANDS: usize = EDGES_HZ.len() - 1;
/// Fundamental frequencies of voices, in Hz.
const PITCH_HZ: (f64, f64) = (70.0, 400.0);
/// Frequencies of partials whose steadiness is measured, in Hz.
const PARTIALS_HZ: (f64, f64) = (120.0, 4_000.0);
/// Frames between which partials are compared: 100 ms, in which those of speech glide and those of
/// music stay.
const APART: usize = 5;
/// Bins on each side over which the spectrum is averaged, to see partials above it.
const AROUND_BINS: usize = 6;

/// What is kept of a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    /// Root mean square.
    pub level: f32,
    /// Part of neighbouring samples with opposite signs.
    pub crossings: f32,
    /// Compressed powers (exponent 0.3, like loudness) of the bands.
    pub bands: [f32; BANDS],
    /// Largest autocorrelation at periods of voices, 0 to 1.
    pub voicing: f32,
    /// Correlation of the partials with those 100 ms before, −1 to 1.
    pub steadiness: f32,
    /// Geometric over arithmetic mean of the powers: 0 for tones, about 0.56 for noise.
    pub flatness: f32,
}

/// Number of features of a stretch.
pub(super) const FEATURES: usize = 7;

pub(super) struct FrameMeter {
    transform: Transform,
    inverse: std::sync::Arc<dyn realfft::ComplexToReal<f32>>,
    frames: Frames,
    hz: f64,
    rate_hz: u32,
    /// Whitened logarithms of powers of the last frames, the newest last.
    partials: std::collections::VecDeque<Vec<f32>>,
    pub measured: Vec<Frame>,
}

impl FrameMeter {
    /// For samples at that rate, best about 16 kHz.
    pub fn new(rate_hz: u32) -> Self {
        let transform = Transform::new(frame_length(rate_hz, 0.064), Window::Hann);
        let length = transform.length();
        Self {
            frames: Frames::new(length, rate_hz, FRAMES_PER_SEC),
            inverse: realfft::RealFftPlanner::new().plan_fft_inverse(length),
            transform,
            hz: f64::from(rate_hz.max(1)) / length as f64,
            rate_hz,
            partials: std::collections::VecDeque::new(),
            measured: Vec::new(),
        }
    }

    pub fn add(&mut self, samples: &[f32]) {
        let mut frames = std::mem::replace(&mut self.frames, Frames::new(2, 1, 1));
        frames.add(samples, |_, frame| self.measure(frame));
        self.frames = frames;
    }

    pub fn finish(mut self) -> Vec<Frame> {
        let mut frames = std::mem::replace(&mut self.frames, Frames::new(2, 1, 1));
        frames.finish(|_, frame| self.measure(frame));
        self.measured
    }

    fn bin(&self, hz: f64) -> usize {
        (hz / self.hz).round() as usize
    }

    fn range(&self, hz: (f64, f64), bins: usize) -> Range<usize> {
        self.bin(hz.0).clamp(1, bins)..self.bin(hz.1).clamp(1, bins)
    }

    fn measure(&mut self, frame: &[f32]) {
        // The middle third, about the time between frames.
        let middle = frame.get(frame.len() / 3..2 * frame.len() / 3).unwrap_or_default();
        let square: f32 = middle.iter().map(|x| x * x).sum::<f32>() / middle.len().max(1) as f32;
        let crossings = middle.iter().zip(middle.iter().skip(1)).filter(|(a, b)| (**a < 0.0) != (**b < 0.0)).count();
        let mut bins = self.transform.run(frame).to_vec();
        let powers: Vec<f32> = bins.iter().map(|b| b.norm_sqr()).collect();
        let sum = |range: Range<usize>| powers.get(range).unwrap_or_default().iter().sum::<f32>();
        let mut bands = [0.0; BANDS];
        for (band, edges) in bands.iter_mut().zip(EDGES_HZ.windows(2)) {
            *band = libm::powf(sum(self.range((edges[0], edges[1]), powers.len())), 0.3);
        }
        let (logs, flatness) = self.logarithms(&powers);
        let steadiness = self.partials.front().filter(|_| self.partials.len() == APART).map_or(0.0, |old| correlation(old, &logs));
        self.partials.push_back(logs);
        if self.partials.len() > APART {
            self.partials.pop_front();
        }
        for (bin, power) in bins.iter_mut().zip(&powers) {
            *bin = (*power).into();
        }
        self.measured.push(Frame {
            level: square.sqrt(),
            crossings: crossings as f32 / middle.len().max(1) as f32,
            bands,
            voicing: self.voicing(&mut bins),
            steadiness,
            flatness,
        });
    }

    /// Logarithms of powers at partials over those around them, and the flatness.
    fn logarithms(&self, powers: &[f32]) -> (Vec<f32>, f32) {
        let range = self.range(PARTIALS_HZ, powers.len());
        let part = powers.get(range).unwrap_or_default();
        let mean = part.iter().sum::<f32>() / part.len().max(1) as f32;
        // 60 dB below the mean there is only rounding.
        let logs: Vec<f32> = part.iter().map(|p| libm::logf(p + 1e-6 * mean + 1e-12)).collect();
        let mean_log = logs.iter().sum::<f32>() / logs.len().max(1) as f32;
        let flatness = if mean > 1e-12 { libm::expf(mean_log) / mean } else { 1.0 };
        let around = |k: usize| {
            let near = &logs[k.saturating_sub(AROUND_BINS)..(k + AROUND_BINS + 1).min(logs.len())];
            near.iter().sum::<f32>() / near.len() as f32
        };
        ((0..logs.len()).map(|k| (logs[k] - around(k)).max(0.0)).collect(), flatness.min(1.0))
    }

    /// The largest autocorrelation at a period of a voice over that at 0, corrected for the
    /// window's own (P. Boersma, "Accurate Short-Term Analysis of the Fundamental Frequency …",
    /// 1993).
    fn voicing(&self, powers: &mut [rustfft::num_complex::Complex32]) -> f32 {
        let mut r = self.inverse.make_output_vec();
        let done = self.inverse.process(powers, &mut r);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        let energy = r.first().copied().unwrap_or(0.0);
        if energy <= 1e-9 {
            return 0.0;
        }
        let rate = f64::from(self.rate_hz);
        let lags = ((rate / PITCH_HZ.1) as usize).max(1)..((rate / PITCH_HZ.0) as usize + 1).min(r.len() / 2);
        let fall = |lag: usize| {
            let t = lag as f32 / r.len() as f32;
            let angle = std::f32::consts::TAU * t;
            ((1.0 - t) * (2.0 + libm::cosf(angle)) + 1.5 / std::f32::consts::PI * libm::sinf(angle)) / 3.0
        };
        let mut best = 0.0f32;
        for lag in lags {
            // Only peaks: low tones have a slope here.
            let Some([before, at, after]) = r.get(lag - 1..lag + 2) else { continue };
            if at >= before && at >= after {
                best = best.max(at / energy / fall(lag));
            }
        }
        best.clamp(0.0, 1.0)
    }
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    if aa * bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// The features of a stretch of frames.
pub(super) fn features(frames: &[Frame], syllables: &mut Syllables) -> [f64; FEATURES] {
    let count = frames.len().max(1) as f64;
    let mean = |value: &dyn Fn(&Frame) -> f32| frames.iter().map(|f| f64::from(value(f))).sum::<f64>() / count;
    let level = mean(&|f| f.level * f.level).sqrt();
    let mean_level = mean(&|f| f.level);
    // Frames with sound in them: pauses say nothing about tones.
    let loud: Vec<&Frame> = frames.iter().filter(|f| f64::from(f.level) > 0.3 * level).collect();
    let of_loud = |value: &dyn Fn(&Frame) -> f32| loud.iter().map(|f| f64::from(value(f))).sum::<f64>() / loud.len().max(1) as f64;
    let crossings = of_loud(&|f| f.crossings);
    let spread = of_loud(&|f| (f.crossings - crossings as f32) * (f.crossings - crossings as f32)).sqrt();
    let voiced = of_loud(&|f| f.voicing);
    let low = frames.iter().filter(|f| f64::from(f.level) < 0.5 * mean_level).count() as f64 / count;
    [
        syllables.strength(frames),
        low,
        libm::log(spread + 1e-3),
        of_loud(&|f| f.steadiness),
        voiced,
        of_loud(&|f| (f.voicing - voiced as f32) * (f.voicing - voiced as f32)).sqrt(),
        libm::log(of_loud(&|f| f.flatness) + 1e-4),
    ]
}

/// Measures modulations at the rate of syllables: a table of sines and cosines, windowed, for
/// stretches of one length.
#[derive(Default)]
pub(super) struct Syllables {
    frames: usize,
    /// One after another, `frames` values of each.
    waves: Vec<f64>,
}

impl Syllables {
    fn prepare(&mut self, frames: usize) {
        if self.frames == frames {
            return;
        }
        self.frames = frames;
        self.waves.clear();
        let secs = frames as f64 / f64::from(FRAMES_PER_SEC);
        let (first, last) = ((2.5 * secs).ceil() as usize, (6.5 * secs).floor() as usize);
        for k in first..=last.max(first) {
            for quarter in [0.0, 0.25] {
                self.waves.extend((0..frames).map(|n| {
                    let turn = |x: f64| libm::cos(std::f64::consts::TAU * x);
                    let hann = 0.5 - 0.5 * turn((n as f64 + 0.5) / frames as f64);
                    hann * turn(((k * n) % frames) as f64 / frames as f64 - quarter)
                }));
            }
        }
    }

    /// Strength of modulations of the bands' envelopes between 2.5 and 6.5 Hz relative to their
    /// means; averaged over bands, weighted by the means.
    fn strength(&mut self, frames: &[Frame]) -> f64 {
        if frames.is_empty() {
            return 0.0;
        }
        self.prepare(frames.len());
        let count = frames.len() as f64;
        let (mut strength, mut weight) = (0.0, 0.0);
        for b in 0..BANDS {
            let envelope: Vec<f64> = frames.iter().map(|f| f64::from(f.bands.get(b).copied().unwrap_or(0.0))).collect();
            let mean = envelope.iter().sum::<f64>() / count;
            let power: f64 = self
                .waves
                .chunks_exact(frames.len())
                .map(|wave| {
                    let sum: f64 = envelope.iter().zip(wave).map(|(x, w)| (x - mean) * w).sum();
                    sum * sum
                })
                .sum();
            strength += power.sqrt() / count;
            weight += mean;
        }
        if weight > 0.0 { strength / weight } else { 0.0 }
    }
}

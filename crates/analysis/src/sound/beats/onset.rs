//! How much new sound there is at each moment: spectral flux with vibrato suppression (S. Böck and
//! G. Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", DAFx-13, 2013), and onsets.
use super::FRAMES_PER_SEC;
use crate::sound::{
    frames::Frames,
    spectrum::Window,
    transform::{Transform, frame_length},
};
use std::ops::Range;

/// Bands for each octave, and the range of frequencies in Hz; as in the paper.
const BANDS_PER_OCTAVE: f64 = 24.0;
const RANGE_HZ: (f64, f64) = (30.0, 17_000.0);
/// Bands up to this frequency count more for beats, up to this weight: bass drums and snares are on
/// beats, hi-hats also between them.
const LOW_HZ: f64 = 400.0;
const LOW_WEIGHT: f32 = 2.0;
/// Parts of all rises that low bands have: below the first they are only noise and do not count
/// more, and above the second they have their full weight.
const LOW_SHARE: (f64, f64) = (0.04, 0.12);
/// Parts of a frame's time in which the rise of the level is measured.
const PARTS: usize = 10;
/// Parts before a rise with which it is compared.
const BEFORE: usize = 8;

/// What is kept of a recording.
pub(super) struct Measured {
    /// Spectral flux of each frame.
    pub strength: Vec<f32>,
    /// How much the square roots of magnitudes of low bands rise.
    pub low: Vec<f32>,
    /// Part of all bands' rises that low bands have.
    pub low_share: f64,
    /// Where the level rose most in the hundredth of a second that starts at the middle of each
    /// frame: samples after that, and by how much (natural logarithm of the ratio).
    pub rises: Vec<(u16, f32)>,
}

pub(super) struct OnsetStrength {
    transform: Transform,
    frames: Frames,
    bands: Vec<Range<usize>>,
    scale: f32,
    /// Levels of the bands in the frame before.
    last: Vec<f32>,
    levels: Vec<f32>,
    rises: Rises,
    /// Number of bands up to `LOW_HZ`.
    low_bands: usize,
    /// Square roots of magnitudes in the frame before, and in this one.
    last_roots: Vec<f32>,
    roots: Vec<f32>,
    strength: Vec<f32>,
    low: Vec<f32>,
    total_rise: f64,
}

impl OnsetStrength {
    pub fn new(rate_hz: u32) -> Self {
        let transform = Transform::new(frame_length(rate_hz, 0.046), Window::Hann);
        let hz = f64::from(rate_hz) / transform.length() as f64;
        let top = RANGE_HZ.1.min(0.45 * f64::from(rate_hz));
        let bands = ((libm::log2(top / RANGE_HZ.0) * BANDS_PER_OCTAVE).max(1.0)) as usize;
        let edge = |k: usize| ((RANGE_HZ.0 * libm::exp2(k as f64 / BANDS_PER_OCTAVE) / hz).round() as usize).max(1);
        // Low bands narrower than a bin would repeat it.
        let mut edges: Vec<usize> = (0..=bands).map(edge).collect();
        edges.dedup();
        let bands: Vec<Range<usize>> = edges.windows(2).map(|e| e[0]..e[1]).collect();
        Self {
            frames: Frames::new(transform.length(), rate_hz, FRAMES_PER_SEC),
            // As for frames of 2048 samples.
            scale: 2_048.0 / transform.length() as f32,
            transform,
            low_bands: bands.iter().filter(|b| b.end as f64 * hz <= LOW_HZ).count().max(1),
            last: vec![0.0; bands.len()],
            last_roots: vec![0.0; bands.len()],
            roots: vec![0.0; bands.len()],
            levels: vec![0.0; bands.len()],
            bands,
            rises: Rises::new(rate_hz),
            strength: Vec::new(),
            low: Vec::new(),
            total_rise: 0.0,
        }
    }

    pub fn add(&mut self, mono: &[f32]) {
        self.rises.add(mono);
        self.run(|frames, each| frames.add(mono, each));
    }

    pub fn finish(mut self) -> Measured {
        self.run(|frames, each| frames.finish(each));
        let mut rises = self.rises.found;
        rises.resize(self.strength.len(), (0, 0.0));
        let low: f64 = self.low.iter().map(|x| f64::from(*x)).sum();
        let low_share = low / self.total_rise.max(f64::MIN_POSITIVE);
        Measured { strength: self.strength, low: self.low, low_share, rises }
    }

    fn run(&mut self, frames: impl FnOnce(&mut Frames, &mut dyn FnMut(u64, &[f32]))) {
        let Self {
            transform,
            frames: all,
            bands,
            scale,
            last,
            levels,
            low_bands,
            last_roots,
            roots,
            strength,
            low,
            total_rise,
            ..
        } = self;
        frames(all, &mut |k, frame| {
            let bins = transform.run(frame);
            for ((level, root), band) in levels.iter_mut().zip(roots.iter_mut()).zip(bands.iter()) {
                let power: f32 = bins.get(band.clone()).unwrap_or_default().iter().map(|b| b.norm_sqr()).sum();
                *level = libm::log10f(1.0 + power.sqrt() * *scale);
                *root = power.sqrt().sqrt();
            }
            // The largest of three bands before: a tone that moves to the next band is no onset.
            let before = |b: usize| last[b.saturating_sub(1)..(b + 2).min(last.len())].iter().fold(0.0f32, |a, x| a.max(*x));
            let flux: f32 = levels.iter().enumerate().map(|(b, level)| (level - before(b)).max(0.0)).sum();
            strength.push(if k == 0 { 0.0 } else { flux / bands.len().max(1) as f32 });
            let rises = || roots.iter().zip(last_roots.iter()).map(|(root, before)| (root - before).max(0.0));
            let low_rise: f32 = rises().take(*low_bands).sum();
            low.push(if k == 0 { 0.0 } else { low_rise });
            *total_rise += f64::from(rises().sum::<f32>());
            std::mem::swap(last_roots, roots);
            std::mem::swap(last, levels);
        });
    }
}

/// Finds where the level of the samples' differences rises most in each hundredth of a second.
/// Differences have less of low tones, whose periods are longer than the parts.
struct Rises {
    rate_hz: u32,
    samples: u64,
    /// Parts that ended, and the current one's sum of squares.
    parts: u64,
    current: f32,
    before: [f32; BEFORE],
    last: f32,
    best: (u16, f32),
    found: Vec<(u16, f32)>,
}

impl Rises {
    fn new(rate_hz: u32) -> Self {
        Self { rate_hz, samples: 0, parts: 0, current: 0.0, before: [0.0; BEFORE], last: 0.0, best: (0, 0.0), found: Vec::new() }
    }

    fn start_of(&self, part: u64) -> u64 {
        part * u64::from(self.rate_hz) / (u64::from(FRAMES_PER_SEC) * PARTS as u64)
    }

    fn add(&mut self, mono: &[f32]) {
        let mut end = self.start_of(self.parts + 1);
        for x in mono {
            let d = x - self.last;
            self.last = *x;
            self.current += d * d;
            self.samples += 1;
            if self.samples >= end {
                self.close();
                end = self.start_of(self.parts + 1);
            }
        }
    }

    fn close(&mut self) {
        let mean = self.before.iter().sum::<f32>() / BEFORE as f32;
        // −100 dB, so that noise of digital silence does not rise.
        let rise = libm::logf((self.current + 1e-9) / (mean + 1e-9));
        let index = (self.parts % PARTS as u64) as usize;
        if rise > self.best.1 {
            let start = self.start_of(self.parts - index as u64);
            self.best = ((self.start_of(self.parts) - start) as u16, rise);
        }
        self.before[(self.parts % BEFORE as u64) as usize] = self.current;
        self.current = 0.0;
        self.parts += 1;
        if index + 1 == PARTS {
            self.found.push(std::mem::replace(&mut self.best, (0, 0.0)));
        }
    }
}

/// Frames in which the rise of an onset is looked for around the frame of its greatest flux. Flux
/// grows before the onset, as soon as the frame reaches it.
const RISE_FRAMES: Range<i64> = -2..5;
/// Least rise that counts: by 3 dB.
const LEAST_RISE: f32 = 0.7;

impl Measured {
    /// The largest rise around a frame, if there is a clear one.
    pub fn rise(&self, frame: usize, rate_hz: u32) -> Option<u64> {
        let frames = RISE_FRAMES.filter_map(|d| usize::try_from(frame as i64 + d).ok());
        let rises = frames.filter_map(|k| self.rises.get(k).map(|r| (k, r)));
        let (k, (samples, rise)) = rises.max_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
        (*rise >= LEAST_RISE).then(|| start_of(k, rate_hz) + u64::from(*samples))
    }

    /// The largest rise around a frame, or else the sample after the frame's middle at which rises
    /// mostly are.
    pub fn rise_near(&self, frame: usize, rate_hz: u32) -> u64 {
        self.rise(frame, rate_hz).unwrap_or_else(|| start_of(frame + 1, rate_hz))
    }
}

/// The middle of a frame.
pub(super) fn start_of(frame: usize, rate_hz: u32) -> u64 {
    frame as u64 * u64::from(rate_hz) / u64::from(FRAMES_PER_SEC)
}

/// Frames of onsets: the largest of their neighbourhood, and clearly above the mean around them (S.
/// Böck et al., "Evaluating the Online Capabilities of Onset Detection Methods", ISMIR 2012).
pub(super) fn pick(strength: &[f32]) -> Vec<usize> {
    const LARGEST: usize = 3;
    const BEFORE_MEAN: usize = 10;
    const AFTER_MEAN: usize = 7;
    const APART: usize = 3;
    let typical = {
        let mut peaks: Vec<f32> = strength.iter().copied().filter(|x| *x > 1e-4).collect();
        peaks.sort_by(f32::total_cmp);
        peaks.get(peaks.len() * 95 / 100).copied().unwrap_or(f32::INFINITY)
    };
    let mut found: Vec<usize> = Vec::new();
    for (k, x) in strength.iter().enumerate() {
        let part = |before: usize, after: usize| &strength[k.saturating_sub(before)..(k + after + 1).min(strength.len())];
        let around = part(BEFORE_MEAN, AFTER_MEAN);
        let mean = around.iter().sum::<f32>() / around.len() as f32;
        let largest = part(LARGEST, LARGEST).iter().all(|y| y <= x);
        if largest && *x >= mean + 0.2 * typical && found.last().is_none_or(|last| k - last > APART) {
            found.push(k);
        }
    }
    found
}

/// The strength of onsets for beats: normalised, with more weight for low bands.
pub(super) fn accents(measured: &Measured) -> Vec<f32> {
    let share = (measured.low_share - LOW_SHARE.0) / (LOW_SHARE.1 - LOW_SHARE.0);
    let weight = LOW_WEIGHT * share.clamp(0.0, 1.0) as f32;
    let low = normalised(&measured.low);
    normalised(&measured.strength).iter().zip(low).map(|(all, low)| (all + weight * low) / (1.0 + weight)).collect()
}

/// The strength above its mean over a second, and relative to the root mean square over some
/// seconds, so that quiet passages count too.
fn normalised(strength: &[f32]) -> Vec<f32> {
    const MEAN: usize = FRAMES_PER_SEC as usize / 2;
    const LEVEL: usize = 6 * FRAMES_PER_SEC as usize;
    let local = |x: &[f32], reach: usize| -> Vec<f32> {
        let mut sums = vec![0.0f64];
        for (i, v) in x.iter().enumerate() {
            sums.push(sums[i] + f64::from(*v));
        }
        let mean = |k: usize| {
            let (from, to) = (k.saturating_sub(reach), (k + reach + 1).min(x.len()));
            ((sums[to] - sums[from]) / (to - from) as f64) as f32
        };
        (0..x.len()).map(mean).collect()
    };
    let above: Vec<f32> = strength.iter().zip(local(strength, MEAN)).map(|(x, mean)| (x - mean).max(0.0)).collect();
    let squares: Vec<f32> = above.iter().map(|x| x * x).collect();
    let all = squares.iter().sum::<f32>() / squares.len().max(1) as f32;
    let level = local(&squares, LEVEL);
    above.iter().zip(level).map(|(x, l)| x / (l + 0.01 * all + 1e-9).sqrt()).collect()
}

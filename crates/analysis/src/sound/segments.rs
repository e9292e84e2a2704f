//! Divides a recording into speech, music, silence and other sounds.
//!
//! Samples are decimated to about 16 kHz, and some numbers of each 20 ms are kept. At the end
//! features of two seconds around every half second give the likelihood of each kind, and the most
//! likely sequence of kinds is found (A. J. Viterbi, 1967). Speech over softer music is speech.
mod features;
mod kinds;

use crate::sound::mix_down;
use features::{FRAMES_PER_SEC, FrameMeter, Syllables};
use std::ops::Range;

/// What a segment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentKind {
    /// Voices that speak.
    Speech,
    /// Music, and singing.
    Music,
    /// Almost nothing.
    Silence,
    /// Anything else, such as noise of traffic and applause.
    Other,
}

impl SegmentKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Speech, Self::Music, Self::Silence, Self::Other];
}

/// A part of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// What it has.
    pub kind: SegmentKind,
    /// Where it is.
    pub samples: Range<u64>,
    /// Mean probability of the kind in the segment, as far as the model can tell: 0.25 to 1.
    pub confidence: f64,
}

/// Frames of a step, and on each side of its middle that its features are of.
const STEP: usize = FRAMES_PER_SEC as usize / 2;
const AROUND: usize = FRAMES_PER_SEC as usize;
/// Logarithm of how much less likely a change of kind is than none.
const CHANGE: f64 = 6.0;
/// Rate to which samples are decimated, if theirs is at least twice that.
const RATE_HZ: u32 = 16_000;

/// Divides a recording block by block.
pub struct SegmentFinder {
    rate_hz: u32,
    samples: u64,
    mono: Vec<f32>,
    decimator: Decimator,
    meter: FrameMeter,
}

impl SegmentFinder {
    /// For a recording with that many samples per second.
    pub fn new(rate_hz: u32) -> Self {
        let rate_hz = rate_hz.max(1);
        let factor = (rate_hz / RATE_HZ).max(1);
        let meter = FrameMeter::new((f64::from(rate_hz) / f64::from(factor)).round() as u32);
        Self { rate_hz, samples: 0, mono: Vec::new(), decimator: Decimator::new(factor as usize), meter }
    }

    /// Adds the next samples, one slice per channel; their mean counts.
    pub fn add(&mut self, planes: &[impl AsRef<[f32]>]) {
        mix_down(planes, &mut self.mono);
        self.samples += self.mono.len() as u64;
        let Self { mono, decimator, meter, .. } = self;
        decimator.add(mono, |x| meter.add(x));
    }

    /// The segments of everything that was added, in order and without gaps.
    pub fn finish(mut self) -> Vec<Segment> {
        let Self { decimator, meter, .. } = &mut self;
        decimator.add(&vec![0.0; decimator.taps.len() / 2], |x| meter.add(x));
        let frames = self.meter.finish();
        let mut syllables = Syllables::default();
        let scores: Vec<[f64; 4]> = (0..frames.len().div_ceil(STEP))
            .map(|step| {
                let middle = step * STEP + STEP / 2;
                let around = middle.saturating_sub(AROUND)..(middle + AROUND).min(frames.len());
                let here = step * STEP..((step + 1) * STEP).min(frames.len());
                kinds::scores(frames.get(around).unwrap_or_default(), frames.get(here).unwrap_or_default(), &mut syllables)
            })
            .collect();
        let mut segments: Vec<Segment> = Vec::new();
        let mut steps = 0.0;
        for (step, (kind, scores)) in path(&scores).into_iter().zip(&scores).enumerate() {
            let start_of = |step: usize| (step * STEP) as u64 * u64::from(self.rate_hz) / u64::from(FRAMES_PER_SEC);
            let end = start_of(step + 1).min(self.samples);
            let confidence = probability(scores, kind);
            match segments.last_mut() {
                Some(last) if last.kind == SegmentKind::ALL[kind] => {
                    steps += 1.0;
                    last.samples.end = end;
                    last.confidence += (confidence - last.confidence) / steps;
                }
                _ => {
                    steps = 1.0;
                    segments.push(Segment { kind: SegmentKind::ALL[kind], samples: start_of(step)..end, confidence });
                }
            }
        }
        if let Some(last) = segments.last_mut() {
            last.samples.end = self.samples;
        }
        segments
    }
}

/// The most likely kind of each step, as places in [`SegmentKind::ALL`].
fn path(scores: &[[f64; 4]]) -> Vec<usize> {
    let best_of = |values: &[f64; 4]| (0..4).fold(0, |a, i| if values[i] > values[a] { i } else { a });
    let mut best = [0.0; 4];
    let mut from: Vec<[usize; 4]> = Vec::with_capacity(scores.len());
    for step in scores {
        let top = best_of(&best);
        let sources: [usize; 4] = std::array::from_fn(|k| if best[k] >= best[top] - CHANGE { k } else { top });
        best = std::array::from_fn(|k| step[k] + if sources[k] == k { best[k] } else { best[top] - CHANGE });
        from.push(sources);
    }
    let mut at = best_of(&best);
    let mut path = Vec::with_capacity(scores.len());
    for sources in from.iter().rev() {
        path.push(at);
        at = sources[at];
    }
    path.reverse();
    path
}

/// The probability of a kind from logarithms of likelihoods.
fn probability(scores: &[f64; 4], kind: usize) -> f64 {
    let top = scores.iter().fold(f64::MIN, |a, x| a.max(*x));
    let sum: f64 = scores.iter().map(|x| libm::exp(x - top)).sum();
    libm::exp(scores[kind] - top) / sum
}

/// Takes every n-th sample after a low-pass filter.
struct Decimator {
    factor: usize,
    taps: Vec<f32>,
    buffer: Vec<f32>,
    out: Vec<f32>,
}

impl Decimator {
    fn new(factor: usize) -> Self {
        let half = 8 * factor as i64;
        let tap = |k: i64| {
            let x = std::f64::consts::PI * k as f64 / factor as f64 * 0.9;
            let sinc = if k == 0 { 1.0 } else { libm::sin(x) / x };
            let window = 0.5 + 0.5 * libm::cos(std::f64::consts::PI * k as f64 / (half + 1) as f64);
            (sinc * window * 0.9 / factor as f64) as f32
        };
        let taps: Vec<f32> = if factor == 1 { vec![1.0] } else { (-half..=half).map(tap).collect() };
        Self { factor, buffer: vec![0.0; taps.len() / 2], taps, out: Vec::new() }
    }

    fn add(&mut self, samples: &[f32], each: impl FnOnce(&[f32])) {
        self.buffer.extend_from_slice(samples);
        self.out.clear();
        let mut start = 0;
        while let Some(part) = self.buffer.get(start..start + self.taps.len()) {
            self.out.push(part.iter().zip(&self.taps).map(|(x, t)| x * t).sum());
            start += self.factor;
        }
        self.buffer.drain(..start.min(self.buffer.len()));
        each(&self.out);
    }
}

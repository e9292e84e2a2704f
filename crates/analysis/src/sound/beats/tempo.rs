//! The tempo over time.
//!
//! In windows of about ten seconds the autocorrelation of the onset strength is multiplied with its
//! spectrum (after G. Peeters, "Template-Based Estimation of Time-Varying Tempo", EURASIP J. Adv.
//! Signal Process. 2007): the first is also high at multiples of the period and the second at
//! multiples of the tempo, so that only the tempo itself is high in both. The correlation is
//! squared: it is what tells beats from the weaker sounds halfway between them. A log-Gaussian
//! weight prefers tempos around 120 (D. P. W. Ellis, "Beat Tracking by Dynamic Programming", J. New
//! Music Research 36(1), 2007), and the most likely path through the windows keeps the tempo
//! from jumping.
use super::{FRAMES_PER_SEC, MAX_BPM, MIN_BPM};
use realfft::RealFftPlanner;

/// Frames of a window, and between windows.
const LENGTH: usize = 1_024;
pub(super) const HOP: usize = 256;
/// Length of the transforms: windows followed by silence.
const SIZE: usize = 4 * LENGTH;
/// Tempos for each octave; 0.6 % apart.
const PER_OCTAVE: f64 = 120.0;
/// The preferred tempo, and the standard deviation in octaves.
const PREFERRED_BPM: f64 = 120.0;
const OCTAVES: f64 = 0.7;
/// Standard deviation in frames of a Gaussian by which onsets are widened: players are no machines.
const WIDEN: f32 = 1.0;
/// How much a change of the tempo by an octave costs, squared, in the logarithm of the score.
const CHANGE: f64 = 4_000.0;
/// Farthest change between windows, in steps of tempos; farther is a jump at a fixed cost.
const NEAR: i64 = 12;
const JUMP: f64 = 12.0;

fn tempos() -> Vec<f64> {
    let count = (libm::log2(MAX_BPM / MIN_BPM) * PER_OCTAVE) as usize;
    (0..=count).map(|i| MIN_BPM * libm::exp2(i as f64 / PER_OCTAVE)).collect()
}

/// The tempo around frame `k · HOP`, in beats per minute.
pub(super) fn path(strength: &[f32]) -> Vec<f64> {
    let tempos = tempos();
    let weights: Vec<f64> = tempos
        .iter()
        .map(|bpm| {
            let octaves = libm::log2(bpm / PREFERRED_BPM) / OCTAVES;
            -0.5 * octaves * octaves
        })
        .collect();
    let windows = strength.len().div_ceil(HOP).max(1);
    let strength = &widened(strength);
    let mut scorer = Scorer::new();
    // Viterbi's algorithm: the best logarithm of scores of a path to each tempo.
    let mut best = vec![0.0; tempos.len()];
    let mut from: Vec<Vec<u16>> = Vec::with_capacity(windows);
    for w in 0..windows {
        let scores = scorer.scores(strength, w * HOP, &tempos);
        let (top, top_value) = best.iter().enumerate().fold((0, f64::MIN), |a, (i, v)| if *v > a.1 { (i, *v) } else { a });
        let mut next = Vec::with_capacity(tempos.len());
        let mut sources = Vec::with_capacity(tempos.len());
        for (i, score) in scores.iter().enumerate() {
            let mut chosen = (top, top_value - if w == 0 { 0.0 } else { JUMP });
            for d in -NEAR..=NEAR {
                let Some(value) = usize::try_from(i as i64 + d).ok().and_then(|j| best.get(j)) else { continue };
                let octaves = d as f64 / PER_OCTAVE;
                let value = value - if w == 0 { 0.0 } else { CHANGE * octaves * octaves };
                if value > chosen.1 {
                    chosen = ((i as i64 + d) as usize, value);
                }
            }
            next.push(chosen.1 + libm::log(score + 1e-3) + weights.get(i).copied().unwrap_or(0.0));
            sources.push(chosen.0 as u16);
        }
        best = next;
        from.push(sources);
    }
    let mut at = best.iter().enumerate().fold((0, f64::MIN), |a, (i, v)| if *v > a.1 { (i, *v) } else { a }).0;
    let mut path = Vec::with_capacity(windows);
    for sources in from.iter().rev() {
        path.push(tempos.get(at).copied().unwrap_or(PREFERRED_BPM));
        at = sources.get(at).map_or(at, |s| usize::from(*s));
    }
    path.reverse();
    path
}

fn widened(strength: &[f32]) -> Vec<f32> {
    let reach = (3.0 * WIDEN).ceil() as i64;
    let weights: Vec<f32> = (-reach..=reach).map(|d| libm::expf(-0.5 * (d * d) as f32 / (WIDEN * WIDEN))).collect();
    let at = |k: i64| usize::try_from(k).ok().and_then(|k| strength.get(k)).copied().unwrap_or(0.0);
    (0..strength.len() as i64).map(|k| (-reach..=reach).zip(&weights).map(|(d, w)| w * at(k + d)).sum()).collect()
}

struct Scorer {
    forward: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
    inverse: std::sync::Arc<dyn realfft::ComplexToReal<f32>>,
}

impl Scorer {
    fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        Self { forward: planner.plan_fft_forward(SIZE), inverse: planner.plan_fft_inverse(SIZE) }
    }

    /// How well each tempo fits the window around a frame, 0 to 1.
    fn scores(&mut self, strength: &[f32], middle: usize, tempos: &[f64]) -> Vec<f64> {
        let mut frame = self.forward.make_input_vec();
        let from = middle as i64 - LENGTH as i64 / 2;
        let value = |i: usize| usize::try_from(from + i as i64).ok().and_then(|k| strength.get(k)).copied().unwrap_or(0.0);
        let mut mean = 0.0;
        for (i, x) in frame.iter_mut().take(LENGTH).enumerate() {
            // Hann's window.
            let w = libm::sinf(std::f32::consts::PI * (i as f32 + 0.5) / LENGTH as f32);
            *x = value(i) * w * w;
            mean += *x / LENGTH as f32;
        }
        for (i, x) in frame.iter_mut().take(LENGTH).enumerate() {
            let w = libm::sinf(std::f32::consts::PI * (i as f32 + 0.5) / LENGTH as f32);
            *x -= 2.0 * mean * w * w;
        }
        let mut bins = self.forward.make_output_vec();
        let done = self.forward.process(&mut frame, &mut bins);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        let magnitudes: Vec<f64> = bins.iter().map(|b| f64::from(b.norm_sqr()).sqrt()).collect();
        for bin in &mut bins {
            *bin = bin.norm_sqr().into();
        }
        let done = self.inverse.process(&mut bins, &mut frame);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        let power = f64::from(frame.first().copied().unwrap_or(0.0));
        if power <= 0.0 {
            return vec![0.0; tempos.len()];
        }
        let largest = magnitudes.iter().fold(f64::MIN_POSITIVE, |a, x| a.max(*x));
        let correlation: Vec<f64> = frame.iter().map(|x| f64::from(*x) / power).collect();
        let score = |bpm: &f64| {
            let hz = bpm / 60.0;
            let lag = f64::from(FRAMES_PER_SEC) / hz;
            // The window alone lets the correlation fall with the lag.
            let fall = hann_correlation(lag / LENGTH as f64);
            let r = (between(&correlation, lag) / fall.max(0.2)).clamp(0.0, 1.0);
            let s = between(&magnitudes, hz * SIZE as f64 / f64::from(FRAMES_PER_SEC)) / largest;
            r * r * s
        };
        tempos.iter().map(score).collect()
    }
}

/// Autocorrelation of Hann's window at a part of its length, relative to the one at 0.
fn hann_correlation(part: f64) -> f64 {
    let t = part.clamp(0.0, 1.0);
    let angle = std::f64::consts::TAU * t;
    ((1.0 - t) * (2.0 + libm::cos(angle)) + 1.5 / std::f64::consts::PI * libm::sin(angle)) / 3.0
}

fn between(x: &[f64], position: f64) -> f64 {
    let (k, part) = (position as usize, position.fract());
    x.get(k..k + 2).map_or(0.0, |pair| pair[0] * (1.0 - part) + pair[1] * part)
}

//! The test signals of EBU Tech 3341 (2016, table 1) and Tech 3342 (2016, table 1), made from their
//! descriptions.
use cutroom_types::AudioBlock;
use std::f64::consts::{PI, TAU};

/// A tone of 1 kHz: level of its peaks in dBFS (−∞ is silence), and duration.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    pub dbfs: f64,
    pub secs: f64,
}

pub fn tone(dbfs: f64, secs: f64) -> Tone {
    Tone { dbfs, secs }
}

pub fn silence(secs: f64) -> Tone {
    tone(f64::NEG_INFINITY, secs)
}

/// Tones one after another, without a jump of phase; channel `c` is `channels_db[c]` louder.
pub fn tones(rate_hz: u32, channels_db: &[f64], tones: &[Tone]) -> AudioBlock {
    let rate = f64::from(rate_hz);
    let mut mono = Vec::new();
    let mut end_secs = 0.0;
    for tone in tones {
        end_secs += tone.secs;
        let amplitude = 10f64.powf(tone.dbfs / 20.0);
        let end = (end_secs * rate).round() as usize;
        mono.extend((mono.len()..end).map(|n| amplitude * (TAU * (1_000.0 * n as f64 / rate).fract()).sin()));
    }
    let channel = |db: &f64| {
        let gain = 10f64.powf(db / 20.0);
        mono.iter().map(|x| (x * gain) as f32).collect()
    };
    AudioBlock { rate_hz, channels: channels_db.iter().map(channel).collect() }
}

/// Fades of 10 ms at both ends.
fn tapered(rate_hz: u32, samples: &mut [f64]) {
    let fade = rate_hz as usize / 100;
    let n = samples.len();
    for i in 0..fade.min(n / 2) {
        let gain = 0.5 - 0.5 * (PI * i as f64 / fade as f64).cos();
        samples[i] *= gain;
        samples[n - 1 - i] *= gain;
    }
}

fn stereo(rate_hz: u32, samples: &[f64]) -> AudioBlock {
    let plane: Vec<f32> = samples.iter().map(|&x| x as f32).collect();
    AudioBlock { rate_hz, channels: vec![plane.clone(), plane] }
}

/// Cases 15 to 19: a second of a sine of a period of `samples_per_period`.
pub fn inter_sample_sine(rate_hz: u32, samples_per_period: f64, amplitude: f64, degrees: f64) -> AudioBlock {
    let mut samples: Vec<f64> = (0..rate_hz)
        .map(|n| amplitude * (TAU * (f64::from(n) / samples_per_period).fract() + degrees.to_radians()).sin())
        .collect();
    tapered(rate_hz, &mut samples);
    stereo(rate_hz, &samples)
}

/// Cases 20 to 23: a sine of fs/6 and amplitude 0.5 that contains one period of fs/4 and amplitude
/// 1, continuous in phase, made at 4·fs, low-pass filtered and decimated from sample `offset` on.
pub fn inter_sample_period(rate_hz: u32, offset: usize) -> AudioBlock {
    const PERIODS: usize = 2_000;
    let slow = |n: usize| 0.5 * (TAU * n as f64 / 24.0).sin();
    let mut fine: Vec<f64> = (0..24 * PERIODS).map(slow).collect();
    fine.extend((0..16).map(|n| (TAU * n as f64 / 16.0).sin()));
    fine.extend((0..24 * PERIODS).map(slow));
    tapered(4 * rate_hz, &mut fine);
    let taps = low_pass();
    let half = taps.len() / 2;
    let at = |n: usize, k: usize| (n + k).checked_sub(half).and_then(|i| fine.get(i)).copied().unwrap_or(0.0);
    let samples: Vec<f64> =
        (offset..fine.len()).step_by(4).map(|n| taps.iter().enumerate().map(|(k, tap)| tap * at(n, k)).sum()).collect();
    stereo(rate_hz, &samples)
}

/// Sinc with Blackman's window: −6 dB at 0.47 fs for the rate 4·fs, and gain 1 at 0 Hz.
fn low_pass() -> Vec<f64> {
    const HALF: i32 = 256;
    let cycles = 0.47 / 4.0;
    let tap = |k: i32| {
        let (x, angle) = (TAU * cycles * f64::from(k), PI * f64::from(k) / f64::from(HALF));
        let sinc = if k == 0 { 1.0 } else { x.sin() / x };
        sinc * (0.42 + 0.5 * angle.cos() + 0.08 * (2.0 * angle).cos())
    };
    let taps: Vec<f64> = (-HALF..=HALF).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|t| t / sum).collect()
}

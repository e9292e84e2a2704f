//! Synthetic speech and music, and measurements of pitch.
use super::noise;
use std::f64::consts::TAU;

/// A voice of constant pitch: glottal pulses through the formants of "a", "i" and "o" in turn, four
/// syllables a second, each with a burst of noise before it.
pub fn speech(rate_hz: u32, secs: usize, pitch_hz: f64) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    let vowels = [[730.0, 1090.0, 2440.0], [270.0, 2290.0, 3010.0], [570.0, 840.0, 2410.0]];
    let hiss = noise(7, secs * rate_hz as usize, 1.0);
    let mut formants = [[0.0f64; 2]; 3];
    let mut pulse = 0.0f64;
    let sound = |(n, hiss): (usize, &f32)| {
        let t = n as f64 / rate;
        let syllable = t * 4.0;
        let phase = (pitch_hz * t).fract();
        // The derivative of Rosenberg's glottal pulse: open for 60 % of a period.
        let flow = if phase < 0.4 {
            (TAU * phase / 0.8).sin()
        } else if phase < 0.6 {
            -(TAU * (phase - 0.4) / 0.8).cos() * 1.5
        } else {
            0.0
        };
        pulse += 0.5 * (flow - pulse);
        let voiced = (TAU * syllable.fract() / 2.0).sin().max(0.0).sqrt();
        let burst = if syllable.fract() < 0.12 { 0.15 * f64::from(*hiss) } else { 0.0 };
        let vowel = vowels[syllable as usize % 3];
        let mut sum = 0.0;
        for (hz, state) in vowel.into_iter().zip(&mut formants) {
            // A resonator with a bandwidth of 90 Hz.
            let decay = (-TAU / 2.0 * 90.0 / rate).exp();
            let out = 2.0 * decay * (TAU * hz / rate).cos() * state[0] - decay * decay * state[1] + (1.0 - decay) * pulse * voiced;
            *state = [out, state[0]];
            sum += out;
        }
        (0.3 * sum + burst) as f32
    };
    hiss.iter().enumerate().map(sound).collect()
}

/// Partials of the chord that [`music`] holds, Hz.
pub const CHORD_HZ: [f64; 4] = [220.0, 277.183, 329.628, 880.0];

/// A chord that is held, with a beat of noise every half second that dies away within 30 ms.
pub fn music(rate_hz: u32, secs: usize) -> Vec<f32> {
    let drum = noise(5, secs * rate_hz as usize, 0.5);
    let sound = |(n, drum): (usize, &f32)| {
        let t = n as f64 / f64::from(rate_hz);
        let chord: f64 = CHORD_HZ.iter().map(|hz| 0.08 * (TAU * (hz * t).fract()).sin()).sum();
        (chord + f64::from(*drum) * (-(t % 0.5) * 150.0).exp()) as f32
    };
    drum.iter().enumerate().map(sound).collect()
}

/// A tone with `partials` partials, the k-th at 1/k of the amplitude.
pub fn harmonic(rate_hz: u32, samples: usize, hz: f64, partials: usize, amplitude: f64) -> Vec<f32> {
    let at = |t: f64| (1..=partials).map(|k| (TAU * (hz * k as f64 * t).fract()).sin() / k as f64).sum::<f64>();
    (0..samples).map(|n| (amplitude * at(n as f64 / f64::from(rate_hz))) as f32).collect()
}

/// The frequency of the strongest tone within 2.5 % of `hz`, by the maximum of a Hann-windowed spectrum.
pub fn frequency(x: &[f32], rate_hz: f64, hz: f64) -> f64 {
    let power = |f: f64| {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, v) in x.iter().enumerate() {
            let window = 0.5 - 0.5 * (TAU * n as f64 / x.len() as f64).cos();
            let (s, c) = (TAU * f * n as f64 / rate_hz).sin_cos();
            re += window * f64::from(*v) * c;
            im += window * f64::from(*v) * s;
        }
        re * re + im * im
    };
    let around = |centre: f64, step: f64| {
        (-20..=20).map(|k| centre + f64::from(k) * step).max_by(|a, b| power(*a).total_cmp(&power(*b))).unwrap()
    };
    [hz * 0.001_25, hz * 0.000_1].into_iter().fold(hz, around)
}

/// The pitch near `hz`, by the largest normalised autocorrelation at about four periods.
pub fn pitch(x: &[f32], rate_hz: f64, hz: f64) -> f64 {
    let periods = 4.0;
    let middle = (periods * rate_hz / hz).round() as usize;
    let correlation = |lag: usize| {
        let (a, b) = (&x[..x.len() - lag], &x[lag..]);
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    let reach = middle / 20;
    let best = (middle - reach..=middle + reach).max_by(|a, b| correlation(*a).total_cmp(&correlation(*b))).unwrap();
    // The top of the parabola through three values.
    let [a, b, c] = [best - 1, best, best + 1].map(correlation);
    let lag = best as f64 + 0.5 * (a - c) / (a - 2.0 * b + c);
    periods * rate_hz / lag
}

/// The interval from `b` to `a`.
pub fn cents(a: f64, b: f64) -> f64 {
    1200.0 * (a / b).log2()
}

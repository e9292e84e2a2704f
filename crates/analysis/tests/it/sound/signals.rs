//! Signals for the tests; the same on every run.
use std::f64::consts::TAU;

/// Random numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From −1 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// From `low` to `high`.
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (self.next() + 1.0) / 2.0 * (high - low)
    }
}

pub fn noise(seed: u64, samples: usize, peak: f64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..samples).map(|_| (random.next() * peak) as f32).collect()
}

pub fn sine(hz: f64, rate_hz: u32, samples: usize, amplitude: f64) -> Vec<f32> {
    (0..samples).map(|n| (amplitude * (TAU * (hz * n as f64 / f64::from(rate_hz)).fract()).sin()) as f32).collect()
}

pub fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

/// `a` plus `b`, which is made so loud that the ratio of powers is `snr_db`.
pub fn with_noise(a: &[f32], b: &[f32], snr_db: f64) -> Vec<f32> {
    let gain = rms(a) / rms(b) * 10f64.powf(-snr_db / 20.0);
    a.iter().zip(b).map(|(a, b)| a + b * gain as f32).collect()
}

/// A resonance (a filter with two poles) of gain about 1.
fn resonator(x: &mut [f64], hz: f64, width_hz: f64, rate_hz: u32) {
    let r = (-std::f64::consts::PI * width_hz / f64::from(rate_hz)).exp();
    let (a, b) = (2.0 * r * (TAU * hz / f64::from(rate_hz)).cos(), -r * r);
    let (mut y1, mut y2) = (0.0, 0.0);
    for x in x {
        let y = *x * (1.0 - r) + a * y1 + b * y2;
        (y2, y1) = (y1, y);
        *x = y;
    }
}

/// Something like speech: about four syllables a second of voiced sounds with formants, with
/// hisses and pauses between them.
pub fn speech(seed: u64, rate_hz: u32, secs: f64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let rate = f64::from(rate_hz);
    let total = (secs * rate) as usize;
    let mut out: Vec<f32> = Vec::with_capacity(total);
    let mut phase = 0.0;
    while out.len() < total {
        if random.within(0.0, 1.0) < 0.15 {
            out.extend(std::iter::repeat_n(0.0f32, (random.within(0.2, 0.5) * rate) as usize));
        }
        if random.within(0.0, 1.0) < 0.6 {
            let samples = (random.within(0.05, 0.12) * rate) as usize;
            let gain = random.within(0.05, 0.15);
            let mut last = 0.0;
            out.extend((0..samples).map(|n| {
                let (white, shape) = (random.next(), (std::f64::consts::PI * n as f64 / samples as f64).sin());
                let high = white - last;
                last = white;
                (gain * high * shape) as f32
            }));
        }
        let samples = (random.within(0.1, 0.22) * rate) as usize;
        let (pitch, glide) = (random.within(90.0, 180.0), random.within(-30.0, 30.0));
        let mut voiced: Vec<f64> = (0..samples)
            .map(|n| {
                phase += (pitch + glide * n as f64 / samples as f64) / rate;
                let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
                phase = phase.fract();
                pulse + 0.02 * random.next()
            })
            .collect();
        let mut sum = vec![0.0; samples];
        for (hz, width) in [(random.within(300.0, 800.0), 80.0), (random.within(900.0, 2_200.0), 110.0), (2_600.0, 160.0)] {
            let mut part = voiced.clone();
            resonator(&mut part, hz, width, rate_hz);
            sum.iter_mut().zip(part).for_each(|(s, p)| *s += p);
        }
        voiced = sum;
        let loudest = voiced.iter().fold(1e-9f64, |m, x| m.max(x.abs()));
        let gain = random.within(0.2, 0.5) / loudest;
        let shape = |n: usize| (std::f64::consts::PI * n as f64 / samples as f64).sin().sqrt();
        out.extend(voiced.iter().enumerate().map(|(n, x)| (x * gain * shape(n)) as f32));
        out.extend(std::iter::repeat_n(0.0f32, (random.within(0.02, 0.08) * rate) as usize));
    }
    out.truncate(total);
    out
}

/// Something like music: chords of tones with harmonics that change every `chord_secs`, softly
/// struck, and a bass.
pub fn music(seed: u64, rate_hz: u32, secs: f64, chord_secs: f64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let rate = f64::from(rate_hz);
    let total = (secs * rate) as usize;
    let mut out = vec![0.0f64; total];
    let chord = (chord_secs * rate) as usize;
    for start in (0..total).step_by(chord.max(1)) {
        for voice in 0..4 {
            let note = (random.within(0.0, 12.0)).floor() + if voice == 0 { -24.0 } else { 12.0 * f64::from(voice - 1) };
            let hz = 220.0 * (note / 12.0).exp2();
            let phase = random.within(0.0, 1.0);
            for h in 1..=6 {
                let f = hz * f64::from(h);
                if f > rate * 0.45 {
                    break;
                }
                let amplitude = 0.1 / f64::from(h);
                for (n, out) in out.iter_mut().enumerate().skip(start).take(chord + chord / 4) {
                    let t = (n - start) as f64 / rate;
                    let attack = (t / 0.02).min(1.0);
                    let release = ((chord_secs * 1.25 - t) / (chord_secs * 0.25)).clamp(0.0, 1.0);
                    let level = attack * release * (-0.7 * t / chord_secs).exp();
                    *out += amplitude * level * (TAU * (f * n as f64 / rate + phase).fract()).sin();
                }
            }
        }
    }
    out.iter().map(|x| *x as f32).collect()
}

/// Echoes of a room: a direct sound and `echoes` reflections that decay by 60 dB in `secs`.
pub fn reverb(seed: u64, x: &[f32], rate_hz: u32, secs: f64, echoes: usize) -> Vec<f32> {
    let mut random = Random::new(seed);
    let mut out = x.to_vec();
    for _ in 0..echoes {
        let t = random.within(0.003, secs);
        let gain = (random.next() * 0.7 * 10f64.powf(-3.0 * t / secs)) as f32;
        let delay = (t * f64::from(rate_hz)) as usize;
        for n in delay..x.len() {
            out[n] += gain * x[n - delay];
        }
    }
    out
}

/// The sound on another clock: sample `n` of the result is at position `start + n · step` of `x`.
pub fn on_clock(x: &[f32], start: f64, step: f64, samples: usize) -> Vec<f32> {
    // sin(π (position − k)) only changes its sign from one k to the next.
    let at = |position: f64| {
        let middle = position.floor() as i64;
        let sine = (std::f64::consts::PI * (position - middle as f64)).sin();
        let mut sum = 0.0;
        for k in middle - 31..=middle + 32 {
            let d = position - k as f64;
            let sign = if (k - middle) % 2 == 0 { 1.0 } else { -1.0 };
            let sinc = if d.abs() < 1e-9 { 1.0 } else { sign * sine / (std::f64::consts::PI * d) };
            let fade = 1.0 - (d / 33.0) * (d / 33.0);
            sum += usize::try_from(k).ok().and_then(|k| x.get(k)).map_or(0.0, |v| f64::from(*v)) * sinc * fade * fade;
        }
        sum as f32
    };
    (0..samples).map(|n| at(start + n as f64 * step)).collect()
}

/// Feeds blocks of changing sizes to `each`.
pub fn in_blocks(x: &[f32], mut each: impl FnMut(&[f32])) {
    let (mut from, mut size) = (0, 1);
    while from < x.len() {
        let to = (from + size).min(x.len());
        each(&x[from..to]);
        from = to;
        size = size * 7 % 9_973 + 1;
    }
}

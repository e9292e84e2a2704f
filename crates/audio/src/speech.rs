//! Where somebody speaks: energy in the band of voices, every 10 ms, above the noise of the recording.
use cutroom_types::AudioBlock;

/// Steps per second.
pub const STEPS_PER_SECOND: u32 = 100;
/// Band of telephones, in which voices are understood, Hz.
const BAND_HZ: [f64; 2] = [300.0, 3400.0];
/// Levels below this count as this, dB of full scale: digital silence is no measure of noise.
const QUIET_DB: f32 = -70.0;
/// What is above the noise by this part of the distance to the loud parts is speech.
const PART: f32 = 0.4;
/// Least distance of speech from noise, dB.
const LEAST_DB: f32 = 6.0;
/// Pauses shorter than this belong to the speech around them, steps.
const SHORT_PAUSE: usize = 15;
/// Sounds shorter than this are no speech, steps.
const SHORT_SOUND: usize = 6;

/// Measures the energy of voices in blocks of sound that follow each other.
pub struct VoiceEnergy {
    rate_hz: u32,
    filters: [Biquad; 4],
    /// Samples so far.
    samples: u64,
    sum: f64,
    count: u32,
    levels_db: Vec<f32>,
}

impl VoiceEnergy {
    /// For sound of this rate.
    pub fn new(rate_hz: u32) -> Self {
        let rate = f64::from(rate_hz.max(1));
        let [low, high] = BAND_HZ.map(|hz| hz.min(rate * 0.45));
        let filters = [
            Biquad::high_pass(low, rate),
            Biquad::high_pass(low, rate),
            Biquad::low_pass(high, rate),
            Biquad::low_pass(high, rate),
        ];
        Self { rate_hz: rate_hz.max(1), filters, samples: 0, sum: 0.0, count: 0, levels_db: Vec::new() }
    }

    /// Adds samples; channels are mixed.
    pub fn push(&mut self, block: &AudioBlock) {
        let gain = 1.0 / block.channels.len().max(1) as f64;
        for n in 0..block.len() {
            let mixed: f64 = block.channels.iter().map(|c| f64::from(c[n])).sum();
            let mut v = mixed * gain;
            for filter in &mut self.filters {
                v = filter.next(v);
            }
            self.sum += v * v;
            self.count += 1;
            self.samples += 1;
            // Step k ends at round(k · rate / steps).
            let steps = self.levels_db.len() as u64 + 1;
            if self.samples * u64::from(STEPS_PER_SECOND) >= steps * u64::from(self.rate_hz) {
                let level = 10.0 * (self.sum / f64::from(self.count)).max(1e-12).log10();
                self.levels_db.push((level as f32).max(QUIET_DB));
                (self.sum, self.count) = (0.0, 0);
            }
        }
    }

    /// Whether somebody speaks, for every step.
    pub fn speech(&self) -> Vec<bool> {
        let mut sorted = self.levels_db.clone();
        sorted.sort_by(f32::total_cmp);
        let at = |part: f32| sorted.get((sorted.len() as f32 * part) as usize).copied().unwrap_or(QUIET_DB);
        let (noise, loud) = (at(0.1), at(0.95));
        let least = noise + ((loud - noise) * PART).max(LEAST_DB);
        let mut on: Vec<bool> = self.levels_db.iter().map(|level| *level > least).collect();
        fill(&mut on, false, SHORT_PAUSE);
        fill(&mut on, true, SHORT_SOUND);
        on
    }
}

/// Inverts runs of a value that are shorter than `least`, except at the ends.
fn fill(on: &mut [bool], value: bool, least: usize) {
    let mut start = 0;
    while start < on.len() {
        let end = on[start..].iter().position(|v| *v != on[start]).map_or(on.len(), |n| start + n);
        if on[start] == value && end - start < least && start > 0 && end < on.len() {
            on[start..end].fill(!value);
        }
        start = end;
    }
}

/// A filter of second order (R. Bristow-Johnson, Audio EQ Cookbook), with Q = 1/√2.
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    x: [f64; 2],
    y: [f64; 2],
}

impl Biquad {
    fn new(b: [f64; 3], hz: f64, rate: f64) -> Self {
        let (sin, cos) = (std::f64::consts::TAU * hz / rate).sin_cos();
        let alpha = sin * std::f64::consts::FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        Self { b: b.map(|b| b / a0), a: [-2.0 * cos / a0, (1.0 - alpha) / a0], x: [0.0; 2], y: [0.0; 2] }
    }

    fn low_pass(hz: f64, rate: f64) -> Self {
        let cos = (std::f64::consts::TAU * hz / rate).cos();
        Self::new([(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0], hz, rate)
    }

    fn high_pass(hz: f64, rate: f64) -> Self {
        let cos = (std::f64::consts::TAU * hz / rate).cos();
        Self::new([(1.0 + cos) / 2.0, -(1.0 + cos), (1.0 + cos) / 2.0], hz, rate)
    }

    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.b[1] * self.x[0] + self.b[2] * self.x[1] - self.a[0] * self.y[0] - self.a[1] * self.y[1];
        self.x = [x, self.x[0]];
        self.y = [y, self.y[0]];
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of 1 kHz from 0.5 to 1 s is speech there; one of 60 Hz, louder, is not.
    #[test]
    fn voices_are_found_above_hum() {
        let rate = 16_000;
        let sample = |n: usize| {
            let t = n as f64 / f64::from(rate);
            let hum = 0.1 * (std::f64::consts::TAU * 60.0 * t).sin();
            let voice = if (0.5..1.0).contains(&t) { 0.05 * (std::f64::consts::TAU * 1000.0 * t).sin() } else { 0.0 };
            (hum + voice) as f32
        };
        let samples: Vec<f32> = (0..32_000).map(sample).collect();
        let mut energy = VoiceEnergy::new(rate);
        for part in samples.chunks(777) {
            energy.push(&AudioBlock { rate_hz: rate, channels: vec![part.to_vec(), part.to_vec()] });
        }
        let speech = energy.speech();
        assert_eq!(speech.len(), 200);
        let on: Vec<usize> = (0..200).filter(|n| speech[*n]).collect();
        assert!(on[0].abs_diff(50) <= 1 && on[on.len() - 1].abs_diff(99) <= 2, "{on:?}");
    }
}

//! Finds onsets: sudden beginnings of sounds.
use super::{BLOCK_SAMPLES, Channel, SoundFormat};

/// Seconds before an onset with which it is compared.
const BEFORE_SECS: f64 = 0.025;

/// Power in a block below which nothing begins: −100 dB.
const FLOOR: f64 = 1e-10 * BLOCK_SAMPLES as f64;

/// Onsets of the last frame, found block by block: the power of the difference of neighbouring
/// samples (which weighs high frequencies more, as onsets have them) is several times the largest
/// of the last 25 ms, a period of the lowest voices: the pulses of a voice are no onsets.
pub(super) struct Onsets {
    /// The power of the last blocks, a ring by position.
    powers: Vec<f64>,
    before: usize,
    /// By position modulo the frame.
    found: Vec<bool>,
    last: [f32; 8],
    ratio: f64,
}

impl Onsets {
    /// Remembers onsets for `size` samples. `sensitivity` is 0..1; 0 finds none.
    pub fn new(size: usize, format: SoundFormat, sensitivity: f64) -> Self {
        let before = ((BEFORE_SECS * f64::from(format.rate_hz)) as usize).div_ceil(BLOCK_SAMPLES).max(2);
        let ratio = if sensitivity <= 0.0 { f64::INFINITY } else { libm::exp10(2.0 - 2.8 * sensitivity) + 1.0 };
        let blocks = 2 * size / BLOCK_SAMPLES;
        Self { powers: vec![0.0; before + 1], before, found: vec![false; blocks], last: [0.0; 8], ratio }
    }

    /// Adds a block.
    pub fn add(&mut self, position: i64, channels: &[Channel]) {
        let mut power = 0.0;
        for (channel, last) in channels.iter().zip(&mut self.last) {
            for &x in channel {
                power += f64::from(x - *last) * f64::from(x - *last);
                *last = x;
            }
        }
        let block = position.div_euclid(BLOCK_SAMPLES as i64);
        let largest = self.powers.iter().fold(0.0, |a: f64, b| a.max(*b));
        let place = block.rem_euclid(self.found.len() as i64) as usize;
        self.found[place] = power > FLOOR + self.ratio * largest;
        self.powers[block.rem_euclid(self.before as i64 + 1) as usize] = power;
    }

    /// Whether a sound begins in these samples, which are in the last frames and whole blocks.
    pub fn any(&self, from: i64, to: i64) -> bool {
        let block = |at: i64| at.div_euclid(BLOCK_SAMPLES as i64);
        (block(from)..block(to).max(block(from) + 1)).any(|b| self.found[b.rem_euclid(self.found.len() as i64) as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{tone, voice};

    fn count(input: &[f32]) -> Vec<i64> {
        let format = SoundFormat { rate_hz: 48_000, channels: 1 };
        let mut onsets = Onsets::new(2048, format, 0.5);
        let mut found = Vec::new();
        for (n, part) in input.chunks_exact(BLOCK_SAMPLES).enumerate() {
            let at = (n * BLOCK_SAMPLES) as i64;
            onsets.add(at, &[Channel::try_from(part).expect("a block")]);
            if onsets.any(at, at + 64) {
                found.push(at);
            }
        }
        found
    }

    #[test]
    fn beats_are_found_and_voices_are_not() {
        let mut beats: Vec<f32> = tone(200.0, 48_000.0, 0.1, 96_000);
        for beat in [12_800usize, 38_400, 64_000] {
            for i in 0..4800 {
                beats[beat + i] += 0.5 * (-(i as f32) / 600.0).exp() * ((i * i) as f32).sin();
            }
        }
        let found = count(&beats[640..]);
        assert_eq!(found.iter().filter(|at| **at > 0).copied().collect::<Vec<_>>(), [12_160, 37_760, 63_360]);
        let hum: Vec<f32> = tone(80.0, 48_000.0, 0.5, 48_000).iter().map(|x| x.powi(15)).collect();
        assert!(count(&hum).iter().all(|at| *at < 1200));
        // Syllables begin every 2/3 s.
        assert!(count(&voice(48_000.0, 96_000)).iter().all(|at| at % 32_000 < 2400));
    }
}

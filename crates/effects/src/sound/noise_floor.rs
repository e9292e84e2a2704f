//! Estimates steady noise below something else.

/// How much of the time a band has nothing but noise, at least.
const QUANTILE: f64 = 0.2;

/// Frames of a group. At an overlap of three quarters the groups of a second are as many as whole
/// frames.
pub(super) const GROUP_FRAMES: usize = 4;

const FRAMES: i64 = GROUP_FRAMES as i64;

/// Groups with less power in each bin are silence: nothing was recorded, not even noise. The power
/// of white noise at −130 dB in a frame of 2048 samples.
const SILENCE: f64 = 1e-10;

/// The noise of each band, estimated from the quantile of its power over the last seconds: V.
/// Stahl, A. Fischer and R. Bippus, "Quantile based noise estimation for spectral subtraction and
/// Wiener filtering" (ICASSP 2000). Powers are averaged over groups of four frames and five bins
/// before, so that their distribution is narrow; that of noise is a gamma distribution, whose
/// quantile is divided by its mean to correct the estimate.
pub(super) struct NoiseFloor {
    /// Averages of groups, a ring for each bin.
    history: Vec<f32>,
    groups: usize,
    /// Whether the groups of the ring have sound.
    heard: Vec<bool>,
    sum: Vec<f64>,
    noise: Vec<f64>,
    sorted: Vec<f32>,
    /// The mean of a group's power over its quantile, for noise.
    correction: f64,
}

impl NoiseFloor {
    /// For powers that are sums over `channels` channels; looks back over `groups` groups.
    pub fn new(bins: usize, groups: usize, channels: usize) -> Self {
        // Power of one frame has shape 1. Four frames at three quarters of overlap are as good as
        // 2.4 independent ones (P. Welch 1967, with the correlations 0.68, 0.17 and 0.01 of the
        // squared root-Hann windows), five bins as good as 3.4 (correlation 0.18 of neighbours).
        let shape = 2.0 * 3.4 * channels as f64;
        Self {
            history: vec![0.0; bins * groups],
            groups,
            heard: vec![false; groups],
            sum: vec![0.0; bins],
            noise: vec![0.0; bins],
            sorted: vec![0.0; groups],
            correction: shape / gamma_quantile(shape, QUANTILE),
        }
    }

    /// The noise power of each bin; 0 as long as nothing is known.
    pub fn noise(&self) -> &[f64] {
        &self.noise
    }

    /// Adds the power of a frame. Groups end at multiples of four of `frame`.
    pub fn add(&mut self, frame: i64, power: &[f64]) {
        self.sum.iter_mut().zip(power).for_each(|(s, p)| *s += p);
        if frame.rem_euclid(FRAMES) != 0 {
            return;
        }
        let place = frame.div_euclid(FRAMES).rem_euclid(self.groups as i64) as usize;
        let last = self.sum.len() - 1;
        self.heard[place] = self.sum.iter().sum::<f64>() > SILENCE * FRAMES as f64 * self.sum.len() as f64;
        for k in 0..=last {
            let (low, high) = (k.saturating_sub(2), (k + 2).min(last));
            let mean = self.sum[low..=high].iter().sum::<f64>() / ((high - low + 1) as f64 * FRAMES as f64);
            self.history[k * self.groups + place] = mean as f32;
        }
        self.sum.fill(0.0);
        self.estimate();
    }

    fn estimate(&mut self) {
        let count = self.heard.iter().filter(|h| **h).count();
        if count == 0 {
            self.noise.fill(0.0);
            return;
        }
        let rank = (QUANTILE * (count - 1) as f64) as usize;
        for (noise, ring) in self.noise.iter_mut().zip(self.history.chunks_exact(self.groups)) {
            let heard = ring.iter().zip(&self.heard).filter(|(_, h)| **h).map(|(p, _)| *p);
            self.sorted.iter_mut().zip(heard).for_each(|(s, p)| *s = p);
            let (_, value, _) = self.sorted[..count].select_nth_unstable_by(rank, f32::total_cmp);
            *noise = f64::from(*value) * self.correction;
        }
    }
}

/// The `q`-quantile of the gamma distribution of this shape and scale 1, by the cube of a normal
/// variable: E. Wilson and M. Hilferty, "The distribution of chi-square" (PNAS 17, 1931).
fn gamma_quantile(shape: f64, q: f64) -> f64 {
    // The quantile of the normal distribution by Abramowitz and Stegun 26.2.23, |error| < 4.5·10⁻⁴.
    let t = (-2.0 * libm::log(q.min(1.0 - q))).sqrt();
    let z = t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    let z = if q < 0.5 { -z } else { z };
    let root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
    shape * root * root * root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::BLOCK_SAMPLES;
    use crate::sound::stft::{Stft, Window};
    use crate::sound::trial::white;

    #[test]
    fn quantiles_are_those_of_tables() {
        // Half the chi-square quantiles of 10 and 30 degrees of freedom at 0.3 and 0.95.
        assert!((gamma_quantile(5.0, 0.3) - 0.5 * 7.267).abs() < 0.02);
        assert!((gamma_quantile(15.0, 0.95) - 0.5 * 43.773).abs() < 0.05);
    }

    #[test]
    fn the_estimate_of_white_noise_has_no_bias() {
        for channels in [1, 2] {
            let mut stft = Stft::new(channels, 2048, 512, 2048, Window::RootHann);
            let mut floor = NoiseFloor::new(1025, 70, channels);
            let hiss: Vec<_> = (0..channels as u64).map(|c| white(c + 1, 48_000 * 6)).collect();
            let expected = stft.bin_powers()[0] / 3.0 * channels as f64;
            for n in 0..hiss[0].len() / BLOCK_SAMPLES {
                let mut block: Vec<_> = hiss.iter().map(|c| std::array::from_fn(|i| c[n * BLOCK_SAMPLES + i])).collect();
                stft.process((n * BLOCK_SAMPLES) as i64, &mut block, |end, bins| {
                    let power: Vec<f64> = (0..1025).map(|k| bins.iter().map(|b| b[k].norm_sqr()).sum()).collect();
                    floor.add(end / 512, &power);
                });
            }
            let mean = floor.noise()[8..1017].iter().sum::<f64>() / 1009.0;
            let bias_db = 10.0 * (mean / expected).log10();
            println!("bias {bias_db:.2} dB");
            assert!(bias_db.abs() < 0.5, "{bias_db}");
        }
    }
}

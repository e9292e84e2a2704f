//! Crossovers after Linkwitz and Riley: a band is split into two with slopes of 24 dB per octave
//! whose sum is an all-pass (S. Linkwitz, "Active Crossover Networks for Noncoincident Drivers",
//! Journal of the AES 24/1, 1976).
use super::svf::{Coefficients, State};
use super::{BLOCK_SAMPLES, SoundParams};

/// Splits one channel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crossover {
    first: State,
    second: State,
}

/// The coefficients of a crossover at the start and the end of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    low: [Coefficients; 2],
    all: [Coefficients; 2],
    at_hz: f64,
}

impl Split {
    /// A crossover that stays.
    pub fn new(hz: f64, rate_hz: u32) -> Self {
        let (low, all) = (Coefficients::crossover(hz, rate_hz), Coefficients::all_pass(hz, rate_hz));
        Self { low: [low; 2], all: [all; 2], at_hz: hz }
    }

    /// Moves to the frequency at the end of the block.
    pub fn advance(&mut self, params: &SoundParams<'_>, hz: f64, rate_hz: u32) {
        let end = if params.changed && hz != self.at_hz { Self::new(hz, rate_hz) } else { *self };
        self.low = [self.low[1], end.low[1]];
        self.all = [self.all[1], end.all[1]];
        self.at_hz = hz;
    }

    /// The all-pass that a band needs which another crossover has already split off.
    pub fn all_pass(&self, state: &mut State, samples: &mut [f64; BLOCK_SAMPLES]) {
        state.moving(&self.all[0], &self.all[1], samples);
    }
}

impl Crossover {
    /// Returns what is below and what is above the frequency.
    pub fn split(&mut self, split: &Split, samples: &[f64; BLOCK_SAMPLES]) -> [[f64; BLOCK_SAMPLES]; 2] {
        let mut all = *samples;
        let mut low = self.first.crossing(&split.low[0], &split.low[1], &mut all);
        self.second.moving(&split.low[0], &split.low[1], &mut low);
        // The sum of both is the all-pass, so the high band is what is left of it.
        all.iter_mut().zip(&low).for_each(|(all, low)| *all -= low);
        [low, all]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both bands are those of a Linkwitz-Riley crossover: `1 / (1 + x⁴)` and `x⁴ / (1 + x⁴)`.
    #[test]
    fn bands() {
        let split = Split::new(1000.0, 48_000);
        for hz in [100.0, 500.0, 1000.0, 2000.0, 4000.0] {
            let mut crossover = Crossover::default();
            let (mut sums, mut count) = ([0.0; 2], 0.0);
            for block in 0..1500 {
                let samples = std::array::from_fn(|i| (std::f64::consts::TAU * hz * (block * 64 + i) as f64 / 48_000.0).sin());
                let bands = crossover.split(&split, &samples);
                if block >= 750 {
                    sums.iter_mut().zip(&bands).for_each(|(s, band)| *s += band.iter().map(|x| x * x).sum::<f64>());
                    count += 32.0;
                }
            }
            let tan = |f: f64| (std::f64::consts::PI * f / 48_000.0).tan();
            let x4 = (tan(hz) / tan(1000.0)).powi(4);
            for (sum, expected) in sums.into_iter().zip([1.0 / (1.0 + x4), x4 / (1.0 + x4)]) {
                let is: f64 = (sum / count).sqrt();
                assert!((is - expected).abs() < 1e-3, "{hz}: {is} {expected}");
            }
        }
    }
}

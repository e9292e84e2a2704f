//! De-esser.
use super::crossover::{Crossover, Split};
use super::dynamics::{Curve, Follower, TIME_CONSTANTS, Values, left, reduced};
use super::level::{between, sample};
use super::svf::{self, BUTTERWORTH};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Unit};

const FREQUENCY: usize = 0;
const THRESHOLD: usize = 1;
const RATIO: usize = 2;
const RANGE: usize = 3;
const ATTACK: usize = 4;
const RELEASE: usize = 5;
const MODE: usize = 6;
const LISTEN: usize = 7;

/// Width of the bend of the curve in dB.
const KNEE_DB: f64 = 6.0;

/// Compresses what is above a frequency (**split**, a crossover with 24 dB per octave after
/// Linkwitz and Riley), or everything while there is too much above it (**wide**), by at most the
/// range. The threshold is the level of the high band. Listening plays the high band alone.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("frequency", "Frequency", 6500.0, 1000.0, 16_000.0, Unit::Hertz),
        ParamSpec::number("threshold", "Threshold", -30.0, -80.0, 0.0, Unit::Decibels),
        ParamSpec::number("ratio", "Ratio", 4.0, 1.0, 100.0, Unit::None),
        ParamSpec::number("range", "Largest reduction", 12.0, 0.0, 40.0, Unit::Decibels),
        ParamSpec::number("attack", "Attack", 1.0, 0.01, 100.0, Unit::Millis),
        ParamSpec::number("release", "Release", 50.0, 1.0, 1000.0, Unit::Millis),
        ParamSpec::choice("mode", "Mode", "split", &["split", "wide"]),
        ParamSpec::switch("listen", "Listen to the high band", false),
    ],
    neutral: |p| (p.number(RANGE) == 0.0 || p.number(RATIO) == 1.0) && !p.bool(LISTEN),
    settling_secs: |p, _| {
        let number = |i: usize| f64::from(p.number(i));
        2.0 * svf::settling_secs(number(FREQUENCY), BUTTERWORTH) + 0.001 * TIME_CONSTANTS * number(ATTACK).max(number(RELEASE))
    },
    ..SoundSpec::new("audio-de-esser", "De-esser", SoundFamily::Dynamics, "Softens sharp s sounds.", |s| {
        Box::new(DeEsser {
            format: s.format,
            is_wide: s.params.text(MODE) == "wide",
            split: None,
            crossovers: vec![Crossover::default(); s.format.channels],
            bands: vec![[[0.0; BLOCK_SAMPLES]; 2]; s.format.channels],
            reduction: Follower::default(),
        })
    })
};

struct DeEsser {
    format: SoundFormat,
    is_wide: bool,
    split: Option<Split>,
    crossovers: Vec<Crossover>,
    /// Low and high band of each channel.
    bands: Vec<[Values; 2]>,
    /// In dB.
    reduction: Follower,
}

impl SoundProcessor for DeEsser {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let split = self.split.get_or_insert_with(|| Split::new(p.number(FREQUENCY), rate_hz));
        split.advance(&p, p.end(FREQUENCY), rate_hz);
        let mut levels = [0.0f64; BLOCK_SAMPLES];
        for (c, channel) in block.channels.iter().enumerate() {
            self.bands[c] = self.crossovers[c].split(split, &channel.map(f64::from));
            if Some(c) != self.format.lfe() {
                levels.iter_mut().zip(&self.bands[c][1]).for_each(|(level, x)| *level = level.max(x.abs()));
            }
        }
        let curve = Curve::new(p.middle(THRESHOLD), p.middle(RATIO), KNEE_DB);
        let (attack, release) = (left(p.middle(ATTACK), rate_hz), left(p.middle(RELEASE), rate_hz));
        let range = p.middle(RANGE);
        let gains: Values =
            std::array::from_fn(|i| reduced(self.reduction.step(curve.reduction_db(levels[i]).min(range), attack, release)));
        let listen = (f64::from(u8::from(p.bool(LISTEN))), p.end(LISTEN));
        for (channel, [low, high]) in block.channels.iter_mut().zip(&self.bands) {
            for (i, x) in channel.iter_mut().enumerate() {
                let high = gains[i] * high[i];
                let sum = if self.is_wide { gains[i] * f64::from(*x) } else { low[i] + high };
                *x = sample(sum + between(listen.0, listen.1, i) * (high - sum));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, amplitude, response_db, sine};

    fn level_db(case: &Case, hz: f64, amplitude_in: f64) -> f64 {
        let tone = sine(hz, amplitude_in, 96_000);
        20.0 * amplitude(&case.run(&[tone.clone(), tone])[0][48_000..], hz).log10()
    }

    /// High tones above the threshold follow the curve down to the range; low tones and quiet ones
    /// keep their level; the sum of the bands is flat.
    #[test]
    fn only_loud_highs_are_reduced() {
        let case = Case::new(&super::SPEC).set("frequency", 3000.0).set("release", 1000.0).set("attack", 0.01);
        assert!((level_db(&case, 500.0, 0.5) + 6.02).abs() < 0.05);
        assert!((level_db(&case, 13_000.0, 0.01) + 40.0).abs() < 0.05);
        // 10 dB over: 7.5 dB less. 24 dB over: 12 dB less, the range.
        assert!((level_db(&case, 13_000.0, 0.1) + 27.5).abs() < 0.2, "{}", level_db(&case, 13_000.0, 0.1));
        assert!((level_db(&case, 13_000.0, 0.5) + 18.02).abs() < 0.2);
        let idle = Case::new(&super::SPEC).set("ratio", 1.0);
        assert!([50.0, 3000.0, 6500.0, 12_000.0].into_iter().all(|hz| response_db(&idle, hz).abs() < 0.01));
    }

    /// In wide mode a loud high tone lowers a low one as well.
    #[test]
    fn wide_mode_lowers_everything() {
        let both: Vec<f32> = sine(400.0, 0.1, 96_000).iter().zip(sine(12_000.0, 0.5, 96_000)).map(|(a, b)| a + b).collect();
        for (mode, expected) in [("split", -20.0), ("wide", -32.0)] {
            let case = Case::new(&super::SPEC).choose("mode", mode).set("release", 1000.0).set("attack", 0.01);
            let is = 20.0 * amplitude(&case.run(&[both.clone(), both.clone()])[0][48_000..], 400.0).log10();
            assert!((is - expected).abs() < 0.2, "{mode}: {is}");
        }
    }
}

//! Expander.
use super::dynamics::{Detector, Follower, OFF_HZ, PEAK_SETTLING_SECS, PeakLevel, TIME_CONSTANTS, Values, bent, left, reduced};
use super::level::{apply, between, decibels, fader, linear};
use super::svf::{self, BUTTERWORTH};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const THRESHOLD: usize = 0;
const RATIO: usize = 1;
const KNEE: usize = 2;
const RANGE: usize = 3;
const ATTACK: usize = 4;
const RELEASE: usize = 5;
const OUTPUT: usize = 6;
const KEY_HIGH_PASS: usize = 7;

/// Below the threshold the level falls by `ratio` dB for every dB, at most by the range; the knee
/// bends the curve. Attack is the time constant with which the gain rises, release that with which
/// it falls, both in decibels. Peaks are held for 12 ms, so that low tones are not distorted.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", -45.0, -90.0, 0.0, Unit::Decibels),
        ParamSpec::number("ratio", "Ratio", 2.0, 1.0, 20.0, Unit::None),
        ParamSpec::number("knee", "Knee", 6.0, 0.0, 40.0, Unit::Decibels),
        ParamSpec::number("range", "Range", 40.0, 0.0, 100.0, Unit::Decibels),
        ParamSpec::number("attack", "Attack", 5.0, 0.01, 500.0, Unit::Millis),
        ParamSpec::number("release", "Release", 150.0, 1.0, 4000.0, Unit::Millis),
        ParamSpec::number("output", "Output gain", 0.0, -24.0, 24.0, Unit::Decibels),
        ParamSpec::number("keyHighPass", "Detector high-pass (20: off)", OFF_HZ, OFF_HZ, 5000.0, Unit::Hertz),
        ParamSpec::key("key", "Side chain"),
    ],
    neutral: |p| (p.number(RATIO) == 1.0 || p.number(RANGE) == 0.0) && p.number(OUTPUT) == 0.0,
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new("audio-expander", "Expander", SoundFamily::Dynamics, "Makes quiet parts quieter.", |s| {
        Box::new(Expander {
            format: s.format,
            detector: Detector::new(s.format),
            peak: PeakLevel::new(s.format.rate_hz),
            reduction: Follower::default(),
        })
    })
};

fn settling_secs(p: Params<'_>) -> f64 {
    let number = |i: usize| f64::from(p.number(i));
    let high_pass = if number(KEY_HIGH_PASS) > OFF_HZ { svf::settling_secs(number(KEY_HIGH_PASS), BUTTERWORTH) } else { 0.0 };
    0.001 * TIME_CONSTANTS * number(ATTACK).max(number(RELEASE)) + PEAK_SETTLING_SECS + high_pass
}

struct Expander {
    format: SoundFormat,
    detector: Detector,
    peak: PeakLevel,
    /// In dB.
    reduction: Follower,
}

impl SoundProcessor for Expander {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let mut levels = self.detector.magnitudes(&block, KEY_HIGH_PASS);
        self.peak.process(&mut levels);
        let (attack, release) = (left(p.middle(ATTACK), rate_hz), left(p.middle(RELEASE), rate_hz));
        let (threshold, knee, range) = (p.middle(THRESHOLD), p.middle(KNEE), p.middle(RANGE));
        let slope = p.middle(RATIO) - 1.0;
        let free = linear(threshold + 0.5 * knee);
        let output = (fader(p.number(OUTPUT)), fader(p.end(OUTPUT)));
        // Held levels are often equal.
        let mut last = (f64::NAN, 0.0);
        let gains: Values = std::array::from_fn(|i| {
            let level = levels[i];
            if level != last.0 {
                let target = if level >= free { 0.0 } else { slope * bent(-decibels(level), -threshold, knee) };
                last = (level, target.min(range));
            }
            // A reduction that rises is a release.
            reduced(self.reduction.step(last.1, release, attack)) * between(output.0, output.1, i)
        });
        if gains != [1.0; BLOCK_SAMPLES] {
            apply(block.channels, &gains);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, steps};

    #[test]
    fn static_curve() {
        let case = Case::new(&super::SPEC).set("threshold", -30.0).set("ratio", 3.0).set("knee", 0.0).set("release", 20.0);
        for (case, level, expected) in [
            (case.clone(), -20.0, -20.0),
            (case.clone(), -40.0, -60.0),
            (case.clone().set("range", 12.0), -40.0, -52.0),
            (case.clone().set("knee", 12.0), -30.0, -30.0 - 2.0 * 1.5),
            (case.clone().set("output", 3.0), -20.0, -17.0),
        ] {
            let out = case.run(&vec![steps(&[(level, 48_000)]); 2]);
            let is = 20.0 * f64::from(out[0][47_000].abs()).log10();
            assert!((is - expected).abs() < 0.05, "{level} dB: {is:.3}, {expected:.3}");
        }
    }

    /// The attack is the time constant of the gain's rise in decibels.
    #[test]
    fn attack_is_a_time_constant() {
        let case = Case::new(&super::SPEC).set("threshold", -30.0).set("knee", 0.0).set("attack", 20.0).set("range", 20.0);
        let sound = steps(&[(-60.0, 96_000), (-10.0, 48_000)]);
        let out = case.run(&[sound.clone(), sound.clone()]);
        let gain_db = |i: usize| 20.0 * f64::from(out[0][i] / sound[i]).log10();
        let time = (96_000..).position(|i| gain_db(i) >= -20.0 * (-1.0f64).exp()).unwrap() as f64 / 48.0;
        assert!((time / 20.0 - 1.0).abs() < 0.05, "{time}");
    }
}

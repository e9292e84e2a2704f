//! Ducking.
use super::dynamics::{
    Detector, Follower, HYSTERESIS_SECS, LookAhead, OFF_HZ, Opening, PEAK_SETTLING_SECS, PeakLevel, TIME_CONSTANTS, Values, left,
    reduced, samples,
};
use super::level::{apply, linear};
use super::svf::{self, BUTTERWORTH};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const THRESHOLD: usize = 0;
const DEPTH: usize = 1;
const ATTACK: usize = 2;
const HOLD: usize = 3;
const RELEASE: usize = 4;
const LOOK_AHEAD: usize = 5;
const KEY_HIGH_PASS: usize = 6;

/// How much quieter than the threshold speech has to be to count as paused, dB.
const HYSTERESIS_DB: f64 = 4.0;

/// Lowers the sound (music) by a depth while another one (speech) is above the threshold and for
/// the hold time after it. The gain moves exponentially in decibels; attack and release are its
/// time constants. With look-ahead it is down before the speech begins.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", -40.0, -80.0, 0.0, Unit::Decibels),
        ParamSpec::number("depth", "Depth", 12.0, 0.0, 60.0, Unit::Decibels),
        ParamSpec::number("attack", "Attack", 50.0, 0.1, 2000.0, Unit::Millis),
        ParamSpec::number("hold", "Hold", 300.0, 0.0, 5000.0, Unit::Millis),
        ParamSpec::number("release", "Release", 400.0, 1.0, 5000.0, Unit::Millis),
        ParamSpec::fixed("lookahead", "Look-ahead", 0.0, 0.0, 500.0, Unit::Millis),
        ParamSpec::number("keyHighPass", "Detector high-pass (20: off)", 100.0, OFF_HZ, 5000.0, Unit::Hertz),
        ParamSpec::key("key", "Speech"),
    ],
    neutral: |p| p.number(DEPTH) == 0.0,
    latency_samples: |p, format| samples(f64::from(p.number(LOOK_AHEAD)), format.rate_hz),
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new("audio-duck", "Ducking", SoundFamily::Dynamics, "Makes the sound quieter while another one is heard.", |s| {
        Box::new(Duck {
            format: s.format,
            detector: Detector::new(s.format),
            peak: PeakLevel::new(s.format.rate_hz),
            look_ahead: LookAhead::new(s.format.channels, samples(f64::from(s.params.number(LOOK_AHEAD)), s.format.rate_hz)),
            speech: Opening::default(),
            reduction: Follower::default(),
        })
    })
};

fn settling_secs(p: Params<'_>) -> f64 {
    let number = |i: usize| f64::from(p.number(i));
    let high_pass = if number(KEY_HIGH_PASS) > OFF_HZ { svf::settling_secs(number(KEY_HIGH_PASS), BUTTERWORTH) } else { 0.0 };
    let millis = TIME_CONSTANTS * number(ATTACK).max(number(RELEASE)) + number(HOLD) + number(LOOK_AHEAD);
    0.001 * millis + PEAK_SETTLING_SECS + HYSTERESIS_SECS + high_pass
}

struct Duck {
    format: SoundFormat,
    detector: Detector,
    peak: PeakLevel,
    look_ahead: LookAhead,
    speech: Opening,
    /// In dB.
    reduction: Follower,
}

impl SoundProcessor for Duck {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let mut levels = self.detector.magnitudes(&block, KEY_HIGH_PASS);
        self.peak.process(&mut levels);
        let (opening, closing) = (linear(p.middle(THRESHOLD)), linear(p.middle(THRESHOLD) - HYSTERESIS_DB));
        let (attack, release) = (left(p.middle(ATTACK), rate_hz), left(p.middle(RELEASE), rate_hz));
        let (hold, most) = (samples(p.middle(HOLD), rate_hz), samples(1000.0 * HYSTERESIS_SECS, rate_hz));
        let depth = p.middle(DEPTH);
        let gains: Values = std::array::from_fn(|i| {
            let speaks = self.speech.step(levels[i], opening, closing, hold, most);
            reduced(self.reduction.step(if speaks { depth } else { 0.0 }, attack, release))
        });
        self.look_ahead.process(block.channels);
        if gains != [1.0; BLOCK_SAMPLES] {
            apply(block.channels, &gains);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, sine};

    /// Music is lowered by the depth while speech lasts, with the time constants of attack and
    /// release, after the hold; before and long after it, it is untouched.
    #[test]
    fn music_makes_way() {
        let music = vec![vec![0.5f32; 240_000]; 2];
        let mut speech = vec![0.0f32; 240_000];
        speech[48_000..96_000].copy_from_slice(&sine(440.0, 0.1, 48_000));
        let case = Case::new(&super::SPEC).set("hold", 200.0).set("release", 250.0).set("depth", 15.0);
        let out = case.clone().key(vec![speech.clone(); 2]).run(&music);
        let gain_db = |i: usize| 20.0 * f64::from(out[0][i] / 0.5).log10();
        assert_eq!(out[0][47_900], 0.5);
        assert!((gain_db(95_000) + 15.0).abs() < 0.01);
        let down = (48_000..).position(|i| gain_db(i) <= -15.0 * (1.0 - (-1.0f64).exp())).unwrap() as f64 / 48.0;
        assert!((down / 50.0 - 1.0).abs() < 0.05, "{down}");
        let start = (96_000..).position(|i| gain_db(i) > -14.99).unwrap() as f64 / 48.0;
        let up = (96_000..).position(|i| gain_db(i) > -15.0 * (-1.0f64).exp()).unwrap() as f64 / 48.0;
        assert!(((up - start) / 250.0 - 1.0).abs() < 0.05, "{}", up - start);
        // The hold, the detector's 12 ms, and the time in which it falls by 24 dB.
        assert!((start - (200.0 + 12.0 + 0.005 * 24.0 / 20.0 * 10f64.ln() * 1000.0)).abs() < 5.0, "{start}");
        let ahead = case.set("lookahead", 400.0).key(vec![speech; 2]).aligned(&music);
        assert!((20.0 * f64::from(ahead[0][48_000] / 0.5).log10() + 15.0).abs() < 0.02);
    }
}

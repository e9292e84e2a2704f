//! Compressor.
use super::dynamics::{Curve, Detector, Follower, LookAhead, MeanSquare, OFF_HZ, RMS_SECS, TIME_CONSTANTS, left, reduced, samples};
use super::level::{apply, between, decay, fader};
use super::svf::{self, BUTTERWORTH};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundParams, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const THRESHOLD: usize = 0;
const RATIO: usize = 1;
const KNEE: usize = 2;
const ATTACK: usize = 3;
const RELEASE: usize = 4;
const MAKEUP: usize = 5;
const MIX: usize = 6;
const DETECTOR: usize = 7;
const LOOK_AHEAD: usize = 8;
const KEY_HIGH_PASS: usize = 9;
const RANGE: usize = 10;

/// Above the threshold the level rises by 1 dB for every `ratio` dB; the knee bends the curve over
/// a width in dB. The gain is smoothed in decibels, with attack and release as time constants. The
/// detector hears the peaks of the loudest channel, or its RMS over 10 ms (3 dB less for a sine).
/// With look-ahead the gain falls before the sound that causes it. The mix is parallel compression.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", -20.0, -80.0, 0.0, Unit::Decibels),
        ParamSpec::number("ratio", "Ratio", 4.0, 1.0, 100.0, Unit::None),
        ParamSpec::number("knee", "Knee", 6.0, 0.0, 40.0, Unit::Decibels),
        ParamSpec::number("attack", "Attack", 10.0, 0.01, 1000.0, Unit::Millis),
        ParamSpec::number("release", "Release", 120.0, 1.0, 5000.0, Unit::Millis),
        ParamSpec::number("makeup", "Make-up gain", 0.0, -24.0, 48.0, Unit::Decibels),
        ParamSpec::number("mix", "Mix", 100.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::choice("detector", "Detector", "peak", &["peak", "rms"]),
        ParamSpec::fixed("lookahead", "Look-ahead", 0.0, 0.0, 50.0, Unit::Millis),
        ParamSpec::number("keyHighPass", "Detector high-pass (20: off)", OFF_HZ, OFF_HZ, 5000.0, Unit::Hertz),
        ParamSpec::number("range", "Largest reduction", 60.0, 0.0, 60.0, Unit::Decibels),
        ParamSpec::key("key", "Side chain"),
    ],
    neutral: |p| {
        let idle = p.number(RATIO) == 1.0 || p.number(RANGE) == 0.0;
        p.number(MIX) == 0.0 || (idle && p.number(MAKEUP) == 0.0)
    },
    latency_samples: |p, format| samples(f64::from(p.number(LOOK_AHEAD)), format.rate_hz),
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new("audio-compressor", "Compressor", SoundFamily::Dynamics, "Makes loud parts quieter.", |s| {
        Box::new(Compressor {
            format: s.format,
            detector: Detector::new(s.format),
            mean_square: (s.params.text(DETECTOR) == "rms").then(MeanSquare::default),
            look_ahead: LookAhead::new(s.format.channels, samples(f64::from(s.params.number(LOOK_AHEAD)), s.format.rate_hz)),
            reduction: Follower::default(),
            law: None,
        })
    })
};

fn settling_secs(p: Params<'_>) -> f64 {
    let number = |i: usize| f64::from(p.number(i));
    // The mean square has to fall from any level, in squares.
    let detector = if p.text(DETECTOR) == "rms" { 40.0 * RMS_SECS } else { 0.0 };
    let high_pass = if number(KEY_HIGH_PASS) > OFF_HZ { svf::settling_secs(number(KEY_HIGH_PASS), BUTTERWORTH) } else { 0.0 };
    0.001 * (TIME_CONSTANTS * number(ATTACK).max(number(RELEASE)) + number(LOOK_AHEAD)) + detector + high_pass
}

struct Compressor {
    format: SoundFormat,
    detector: Detector,
    mean_square: Option<MeanSquare>,
    look_ahead: LookAhead,
    /// In dB.
    reduction: Follower,
    /// That of the last block.
    law: Option<Law>,
}

/// What the parameters of a block amount to.
#[derive(Clone, Copy)]
struct Law {
    /// What is left of a distance after a sample.
    attack: f64,
    release: f64,
    curve: Curve,
    /// In dB.
    range: f64,
    /// Factors at the first sample, and after the last.
    makeup: (f64, f64),
    mix: (f64, f64),
}

impl Law {
    fn new(p: &SoundParams<'_>, rate_hz: u32) -> Self {
        Self {
            attack: left(p.middle(ATTACK), rate_hz),
            release: left(p.middle(RELEASE), rate_hz),
            curve: Curve::new(p.middle(THRESHOLD), p.middle(RATIO), p.middle(KNEE)),
            range: p.middle(RANGE),
            makeup: (fader(p.number(MAKEUP)), fader(p.end(MAKEUP))),
            mix: (0.01 * p.number(MIX), 0.01 * p.end(MIX)),
        }
    }
}

impl SoundProcessor for Compressor {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let mut levels = self.detector.magnitudes(&block, KEY_HIGH_PASS);
        if let Some(mean_square) = &mut self.mean_square {
            mean_square.process(&mut levels, decay(RMS_SECS, rate_hz));
        }
        let law = match self.law {
            Some(law) if !p.changed => law,
            _ => Law::new(&p, rate_hz),
        };
        self.law = Some(law);
        let Law { attack, release, curve, range, makeup, mix } = law;
        let (mut gains, mut reduction) = (levels, self.reduction);
        if reduction.0 == 0.0 && curve.leaves(&levels) {
            gains = [1.0; BLOCK_SAMPLES];
        } else {
            for gain in &mut gains {
                let target = curve.any_reduction_db(*gain);
                *gain = reduced(reduction.approach(if target < range { target } else { range }, attack, release));
            }
            reduction.settle();
            self.reduction = reduction;
        }
        if (makeup, mix) != ((1.0, 1.0), (1.0, 1.0)) {
            for (i, gain) in gains.iter_mut().enumerate() {
                let wet = *gain * between(makeup.0, makeup.1, i);
                *gain = 1.0 + between(mix.0, mix.1, i) * (wet - 1.0);
            }
        }
        self.look_ahead.process(block.channels);
        if gains != [1.0; BLOCK_SAMPLES] {
            apply(block.channels, &gains);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, sine, steps};

    /// Settled levels follow the curve: hard knee, soft knee at three places, range, make-up and
    /// mix.
    #[test]
    fn static_curve() {
        let case = Case::new(&super::SPEC).set("threshold", -30.0).set("ratio", 4.0).set("attack", 1.0).set("release", 20.0);
        for (case, level, expected) in [
            (case.clone().set("knee", 0.0), -40.0, -40.0),
            (case.clone().set("knee", 0.0), -30.0, -30.0),
            (case.clone().set("knee", 0.0), -10.0, -25.0),
            (case.clone().set("knee", 0.0).set("ratio", 100.0), 0.0, -29.7),
            (case.clone().set("knee", 12.0), -36.0, -36.0),
            (case.clone().set("knee", 12.0), -30.0, -30.0 - 0.75 * 1.5),
            (case.clone().set("knee", 12.0), -24.0, -24.0 - 0.75 * 6.0),
            (case.clone().set("knee", 0.0).set("makeup", 6.0), -10.0, -19.0),
            (case.clone().set("knee", 0.0).set("range", 5.0), -10.0, -15.0),
            (case.clone().set("knee", 0.0).set("mix", 0.0), -10.0, -10.0),
        ] {
            let out = case.run(&vec![steps(&[(level, 48_000)]); 2]);
            let is = 20.0 * f64::from(out[0][47_000].abs()).log10();
            assert!((is - expected).abs() < 0.05, "{level} dB: {is:.3}, {expected:.3}");
        }
    }

    /// A jump of the level moves the gain in decibels exponentially, with the given time constants.
    #[test]
    fn attack_and_release_are_time_constants() {
        let case = Case::new(&super::SPEC).set("threshold", -30.0).set("knee", 0.0);
        for (attack, release) in [(10.0, 120.0), (1.0, 40.0), (50.0, 500.0)] {
            let case = case.clone().set("attack", attack).set("release", release);
            let sound = steps(&[(-50.0, 9600), (-10.0, 96_000), (-40.0, 96_000)]);
            let out = case.run(&[sound.clone(), sound.clone()]);
            let gain_db = |i: usize| 20.0 * f64::from(out[0][i] / sound[i]).log10();
            // The whole reduction is 15 dB; 1 − 1/e of it is reached after the attack.
            let time = |start: usize, reached: &dyn Fn(f64) -> bool| {
                (start..start + 96_000).position(|i| reached(gain_db(i))).unwrap() as f64 / 48.0
            };
            let rose = time(9600, &|g| g <= -15.0 * (1.0 - (-1.0f64).exp()));
            let fell = time(105_600, &|g| g >= -15.0 * (-1.0f64).exp());
            assert!((rose / attack - 1.0).abs() < 0.05, "attack {attack}: {rose:.2} ms");
            assert!((fell / release - 1.0).abs() < 0.05, "release {release}: {fell:.2} ms");
        }
    }

    /// With RMS detection a sine counts 3.01 dB less than its peak.
    #[test]
    fn rms_detection() {
        let case = Case::new(&super::SPEC).choose("detector", "rms").set("threshold", -30.0).set("knee", 0.0).set("attack", 100.0);
        let tone = sine(1000.0, 0.5, 96_000);
        let out = case.run(&[tone.clone(), tone]);
        let peak = out[0][90_000..].iter().fold(0.0f32, |a, x| a.max(x.abs()));
        let expected = -6.02 - 0.75 * (-9.03 + 30.0);
        assert!((20.0 * f64::from(peak).log10() - expected).abs() < 0.1, "{peak}");
    }

    /// The side chain decides alone; its high-pass makes it deaf to bass; look-ahead is latency,
    /// and the gain has fallen when the loud part comes.
    #[test]
    fn side_chain_and_look_ahead() {
        let quiet = vec![vec![0.01f32; 9600]; 2];
        let case = Case::new(&super::SPEC).set("threshold", -40.0).set("attack", 1.0).set("knee", 0.0);
        let bass = vec![sine(50.0, 1.0, 9600); 2];
        assert!(case.clone().key(bass.clone()).run(&quiet)[0][9000] < 0.001);
        assert!(case.clone().set("keyHighPass", 2000.0).key(bass).run(&quiet)[0][9000] > 0.0095);
        assert_eq!(case.clone().key(vec![vec![0.0; 9600]; 2]).run(&quiet), quiet);
        let ahead = case.set("lookahead", 5.0);
        assert_eq!(ahead.latency(), 240);
        let jump = steps(&[(-60.0, 4800), (0.0, 4800)]);
        let out = ahead.aligned(&[jump.clone(), jump]);
        // 5 time constants of the attack before it, 30 dB are lost.
        assert!((20.0 * f64::from(out[0][4801].abs()).log10() + 30.0).abs() < 0.5, "{}", out[0][4801]);
    }
}

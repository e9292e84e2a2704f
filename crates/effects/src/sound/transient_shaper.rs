//! Transient shaper.
use super::dynamics::{Detector, OFF_HZ, PEAK_SETTLING_SECS, PeakLevel, TIME_CONSTANTS, Values, left};
use super::level::{apply, between, decibels, fader, linear};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const ATTACK: usize = 0;
const SUSTAIN: usize = 1;
const ATTACK_TIME: usize = 2;
const SUSTAIN_TIME: usize = 3;
const OUTPUT: usize = 4;
const KEY_HIGH_PASS: usize = 5;

/// Largest gain in either direction, dB.
const MOST_DB: f64 = 24.0;
/// Level below which there is nothing to shape, dB.
const FLOOR_DB: f64 = -80.0;
/// Time constant of the fast level, milliseconds.
const FAST_MILLIS: f64 = 1.0;
/// Time constant with which the levels for the attack fall, and the fast one for the sustain.
const FALL_MILLIS: f64 = 30.0;

/// Raises or lowers the beginnings of sounds and what follows them, independent of their level. Two
/// levels in dB follow the peaks: one rises fast, the other with the attack time; their difference
/// is large at a beginning. Two more fall fast and with the sustain time; their difference is large
/// while a sound fades away. The gain is the sum of both differences, weighted by the two
/// parameters (differential envelopes, as in the SPL Transient Designer of 1998).
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("attack", "Attack", 0.0, -100.0, 100.0, Unit::Percent),
        ParamSpec::number("sustain", "Sustain", 0.0, -100.0, 100.0, Unit::Percent),
        ParamSpec::number("attackTime", "Attack time", 20.0, 2.0, 200.0, Unit::Millis),
        ParamSpec::number("sustainTime", "Sustain time", 300.0, 50.0, 2000.0, Unit::Millis),
        ParamSpec::number("output", "Output gain", 0.0, -24.0, 24.0, Unit::Decibels),
        ParamSpec::number("keyHighPass", "Detector high-pass (20: off)", OFF_HZ, OFF_HZ, 5000.0, Unit::Hertz),
    ],
    neutral: |p| p.number(ATTACK) == 0.0 && p.number(SUSTAIN) == 0.0 && p.number(OUTPUT) == 0.0,
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new(
        "audio-transient-shaper",
        "Transient shaper",
        SoundFamily::Dynamics,
        "Makes beginnings sharper or softer, and what follows longer or shorter.",
        |s| {
            Box::new(Shaper {
                format: s.format,
                detector: Detector::new(s.format),
                peak: PeakLevel::new(s.format.rate_hz),
                levels_db: [FLOOR_DB; 4],
            })
        },
    )
};

fn settling_secs(p: Params<'_>) -> f64 {
    let slowest = [ATTACK_TIME, SUSTAIN_TIME].into_iter().map(|i| f64::from(p.number(i))).fold(FALL_MILLIS, f64::max);
    0.001 * TIME_CONSTANTS * slowest + PEAK_SETTLING_SECS + super::svf::settling_secs(OFF_HZ, super::svf::BUTTERWORTH)
}

struct Shaper {
    format: SoundFormat,
    detector: Detector,
    peak: PeakLevel,
    /// Rises fast, rises slowly (both fall alike); falls fast, falls slowly (both rise alike).
    levels_db: [f64; 4],
}

/// Moves a level exponentially.
fn follow(level: &mut f64, target: f64, rise: f64, fall: f64) -> f64 {
    *level = target + (*level - target) * if target > *level { rise } else { fall };
    *level
}

impl SoundProcessor for Shaper {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let mut levels = self.detector.magnitudes(&block, KEY_HIGH_PASS);
        self.peak.process(&mut levels);
        let (fast, fall) = (left(FAST_MILLIS, rate_hz), left(FALL_MILLIS, rate_hz));
        let (attack, sustain) = (left(p.middle(ATTACK_TIME), rate_hz), left(p.middle(SUSTAIN_TIME), rate_hz));
        let output = (fader(p.number(OUTPUT)), fader(p.end(OUTPUT)));
        let mut last = (f64::NAN, FLOOR_DB);
        let gains: Values = std::array::from_fn(|i| {
            if levels[i] != last.0 {
                last = (levels[i], decibels(levels[i]).max(FLOOR_DB));
            }
            let [a, b, c, d] = &mut self.levels_db;
            let begins = follow(a, last.1, fast, fall) - follow(b, last.1, attack, fall);
            let lasts = follow(d, last.1, fast, sustain) - follow(c, last.1, fast, fall);
            let weighted = 0.01
                * (between(p.number(ATTACK), p.end(ATTACK), i) * begins + between(p.number(SUSTAIN), p.end(SUSTAIN), i) * lasts);
            let gain = if weighted == 0.0 { 1.0 } else { linear(weighted.clamp(-MOST_DB, MOST_DB)) };
            gain * between(output.0, output.1, i)
        });
        if gains != [1.0; BLOCK_SAMPLES] {
            apply(block.channels, &gains);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, steps};

    /// After a jump of 40 dB the two levels differ by 40·(e^(−t/20 ms) − e^(−t/1 ms)) dB; the gain
    /// is half of that at 50 %, and nothing once the sound is steady. At another level it is the
    /// same.
    #[test]
    fn beginnings() {
        for level in [0.0, -20.0] {
            let sound = steps(&[(level - 40.0, 48_000), (level, 48_000)]);
            let out = Case::new(&super::SPEC).set("attack", 50.0).run(&[sound.clone(), sound.clone()]);
            let gain_db = |i: usize| 20.0 * f64::from(out[0][i] / sound[i]).log10();
            for millis in [2.0, 5.0, 20.0, 60.0] {
                let t = (millis * 48.0 + 1.0) / 48.0;
                let difference: f64 = 40.0 * ((-t / 20.0f64).exp() - (-t).exp());
                let expected = (0.5 * difference).min(24.0);
                let is = gain_db(48_000 + (millis * 48.0) as usize);
                assert!((is - expected).abs() < 0.1, "{level} {millis} ms: {is:.3} {expected:.3}");
            }
            assert!(gain_db(95_000).abs() < 0.01 && gain_db(47_000).abs() < 0.01);
        }
    }

    /// After a sound falls by 40 dB, a positive sustain lifts, a negative one lowers; not for ever.
    #[test]
    fn endings() {
        let sound = steps(&[(0.0, 48_000), (-40.0, 192_000)]);
        for sustain in [-50.0, 50.0] {
            let out = Case::new(&super::SPEC).set("sustain", sustain).run(&[sound.clone(), sound.clone()]);
            let gain_db = |i: usize| 20.0 * f64::from(out[0][i] / sound[i]).log10();
            let largest = (48_000..96_000).map(|i| gain_db(i) * sustain.signum()).fold(0.0, f64::max);
            assert!((8.0..20.0).contains(&largest), "{sustain}: {largest}");
            assert!(gain_db(239_000).abs() < 0.1 && gain_db(40_000).abs() < 0.01);
        }
    }
}

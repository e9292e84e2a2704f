//! Noise gate.
use super::dynamics::{
    Detector, HYSTERESIS_SECS, LookAhead, OFF_HZ, Opening, PEAK_SETTLING_SECS, PeakLevel, TIME_CONSTANTS, Values, left, samples,
};
use super::level::{apply, linear};
use super::svf::{self, BUTTERWORTH};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const THRESHOLD: usize = 0;
const HYSTERESIS: usize = 1;
const ATTACK: usize = 2;
const HOLD: usize = 3;
const RELEASE: usize = 4;
const RANGE: usize = 5;
const LOOK_AHEAD: usize = 6;
const KEY_HIGH_PASS: usize = 7;

/// Range from which on a closed gate lets nothing through, dB.
const SILENT_DB: f64 = 100.0;

/// Opens when peaks reach the threshold, and closes when they have been below threshold −
/// hysteresis for the hold time (or below the threshold for a second more than that). The gain
/// moves exponentially between 1 and −range; attack and release are its time constants. Peaks are
/// held for 12 ms, so that low tones do not make it chatter.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", -45.0, -90.0, 0.0, Unit::Decibels),
        ParamSpec::number("hysteresis", "Hysteresis", 4.0, 0.0, 24.0, Unit::Decibels),
        ParamSpec::number("attack", "Attack", 1.0, 0.01, 500.0, Unit::Millis),
        ParamSpec::number("hold", "Hold", 50.0, 0.0, 2000.0, Unit::Millis),
        ParamSpec::number("release", "Release", 100.0, 1.0, 4000.0, Unit::Millis),
        ParamSpec::number("range", "Range (100: silence)", 80.0, 0.0, SILENT_DB, Unit::Decibels),
        ParamSpec::fixed("lookahead", "Look-ahead", 0.0, 0.0, 50.0, Unit::Millis),
        ParamSpec::number("keyHighPass", "Detector high-pass (20: off)", OFF_HZ, OFF_HZ, 5000.0, Unit::Hertz),
        ParamSpec::key("key", "Side chain"),
    ],
    neutral: |p| p.number(RANGE) == 0.0,
    latency_samples: |p, format| samples(f64::from(p.number(LOOK_AHEAD)), format.rate_hz),
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new("audio-noise-gate", "Noise gate", SoundFamily::Dynamics, "Silences what is below a level.", |s| {
        Box::new(Gate {
            format: s.format,
            detector: Detector::new(s.format),
            peak: PeakLevel::new(s.format.rate_hz),
            look_ahead: LookAhead::new(s.format.channels, samples(f64::from(s.params.number(LOOK_AHEAD)), s.format.rate_hz)),
            opening: Opening::default(),
            openness: 0.0,
        })
    })
};

fn settling_secs(p: Params<'_>) -> f64 {
    let number = |i: usize| f64::from(p.number(i));
    let high_pass = if number(KEY_HIGH_PASS) > OFF_HZ { svf::settling_secs(number(KEY_HIGH_PASS), BUTTERWORTH) } else { 0.0 };
    // A closed gate amplifies its past relative to what it lets through now.
    let constants = TIME_CONSTANTS + 0.12 * number(RANGE);
    let millis = constants * number(ATTACK).max(number(RELEASE)) + number(HOLD) + number(LOOK_AHEAD);
    0.001 * millis + PEAK_SETTLING_SECS + HYSTERESIS_SECS + high_pass
}

struct Gate {
    format: SoundFormat,
    detector: Detector,
    peak: PeakLevel,
    look_ahead: LookAhead,
    opening: Opening,
    /// 0: closed, 1: open.
    openness: f64,
}

impl SoundProcessor for Gate {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let mut levels = self.detector.magnitudes(&block, KEY_HIGH_PASS);
        self.peak.process(&mut levels);
        let opening = linear(p.middle(THRESHOLD));
        let closing = linear(p.middle(THRESHOLD) - p.middle(HYSTERESIS));
        let (attack, release) = (left(p.middle(ATTACK), rate_hz), left(p.middle(RELEASE), rate_hz));
        let (hold, most) = (samples(p.middle(HOLD), rate_hz), samples(1000.0 * HYSTERESIS_SECS, rate_hz));
        let floor = |range: f64| if range >= SILENT_DB { 0.0 } else { linear(-range) };
        let (from, to) = (floor(p.number(RANGE)), floor(p.end(RANGE)));
        let gains: Values = std::array::from_fn(|i| {
            let open = self.opening.step(levels[i], opening, closing, hold, most);
            self.openness = if open { 1.0 - (1.0 - self.openness) * attack } else { self.openness * release };
            // Nothing is left to be done.
            if self.openness > 1.0 - 1e-9 {
                self.openness = 1.0;
            } else if self.openness < 1e-9 {
                self.openness = 0.0;
            }
            let floor = super::level::between(from, to, i);
            floor + (1.0 - floor) * self.openness
        });
        self.look_ahead.process(block.channels);
        if gains != [1.0; BLOCK_SAMPLES] {
            apply(block.channels, &gains);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, steps};

    fn gains_db(case: &Case, sound: &[f32]) -> Vec<f64> {
        let out = case.run(&[sound.to_vec(), sound.to_vec()]);
        out[0].iter().zip(sound).map(|(y, x)| 20.0 * f64::from(y / x).abs().log10()).collect()
    }

    /// Above the threshold nothing changes, below it the range is lost; within the hysteresis an
    /// open gate stays open and a closed one closed.
    #[test]
    fn levels() {
        let case = Case::new(&super::SPEC).set("threshold", -40.0).set("hysteresis", 6.0).set("range", 30.0).set("release", 20.0);
        let sound = steps(&[(-43.0, 24_000), (-39.0, 24_000), (-43.0, 24_000), (-50.0, 24_000)]);
        let gains = gains_db(&case, &sound);
        for (i, expected) in [(23_000, -30.0), (47_000, 0.0), (71_000, 0.0), (95_000, -30.0)] {
            assert!((gains[i] - expected).abs() < 0.01, "{i}: {}", gains[i]);
        }
    }

    /// The gain opens and closes with its time constants, after the hold (and the 12 ms of the
    /// detector, whose level then falls by 11 dB within 6.3 ms).
    #[test]
    fn times() {
        let case = Case::new(&super::SPEC)
            .set("threshold", -40.0)
            .set("hysteresis", 0.0)
            .set("attack", 10.0)
            .set("hold", 100.0)
            .set("release", 50.0)
            .set("range", 100.0);
        let sound = steps(&[(-60.0, 9600), (-29.0, 48_000), (-60.0, 48_000)]);
        let gains = gains_db(&case, &sound);
        let opened = gains[9600..].iter().position(|g| 10f64.powf(g / 20.0) >= 1.0 - (-1.0f64).exp()).unwrap() as f64 / 48.0;
        assert!((opened / 10.0 - 1.0).abs() < 0.05, "{opened}");
        let start = gains[57_600..].iter().position(|g| *g < -0.01).unwrap() as f64 / 48.0;
        let closed = gains[57_600..].iter().position(|g| *g <= -20.0 / 10f64.ln()).unwrap() as f64 / 48.0;
        assert!((start - (100.0 + 12.0 + 5.0 * 11.0 / 20.0 * 10f64.ln())).abs() < 1.0, "{start}");
        assert!(((closed - start) / 50.0 - 1.0).abs() < 0.05, "{}", closed - start);
    }
}

//! Maps composition samples to source positions in exact rational arithmetic, without drift at any
//! length.
//!
//! Position at composition sample n is `start + (n − voice.first_sample)·step`, in source samples,
//! with `step = source rate · speed / composition rate = M/L` in lowest terms (an `f64` speed is an
//! exact fraction). `start` is rounded to a multiple of 1/L source sample, that is by at most half
//! a composition sample. So at equal rates and speed 1 positions are whole samples, which are
//! copied; and a cut within a clip is seamless when the second half's `source_start` is the source
//! time of its first composition sample.
use crate::{
    AudioError,
    limits::{MAX_RATE_HZ, MAX_SPEED, MIN_RATE_HZ, MIN_SPEED},
};
use cutroom_timeline::Voice;
use cutroom_types::{FLICKS_PER_SECOND, Time};

/// Largest composition position (over two years at 192 kHz); larger ones are rejected, so that
/// products fit into 128 bits.
const MAX_POSITION_SAMPLES: i64 = 1 << 44;

/// A position in a source: `whole + part / denominator` samples, `0 ≤ part < denominator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourcePosition {
    pub whole: i64,
    pub part: i128,
}

/// The linear map from composition samples to source positions.
#[derive(Clone, Debug)]
pub(crate) struct SourceClock {
    first_sample: i64,
    start: SourcePosition,
    /// Increment per composition sample.
    step: SourcePosition,
    /// L: the denominator of all positions.
    pub denominator: i128,
}

impl SourceClock {
    pub fn new(voice: &Voice, source_rate_hz: u32, rate_hz: u32) -> Result<Self, AudioError> {
        let invalid = |reason: String| AudioError::InvalidVoice { clip: voice.clip.clone(), reason };
        for rate in [source_rate_hz, rate_hz] {
            if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate) {
                return Err(AudioError::Rate(rate));
            }
        }
        // The tolerance allows for rounding: speeds of nested compositions are multiplied.
        if !(MIN_SPEED * (1.0 - 1e-9)..=MAX_SPEED * (1.0 + 1e-9)).contains(&voice.speed.abs()) {
            return Err(invalid(format!("speed {} (must be {MIN_SPEED} to {MAX_SPEED}, or negative)", voice.speed)));
        }
        if [voice.first_sample, voice.end_sample].iter().any(|s| s.unsigned_abs() > MAX_POSITION_SAMPLES as u64)
            || voice.source_start.0.unsigned_abs() > (i64::MAX / 4) as u64
        {
            return Err(invalid("it is more than two years from the start".into()));
        }
        Ok(Self::linear(voice.first_sample, voice.source_start, voice.speed, (source_rate_hz, rate_hz)))
    }

    /// The clock of samples at `rate_hz` of a source at `source_rate_hz`, forwards or backwards at its
    /// own speed: sample 0 is source time zero.
    pub fn unstretched((source_rate_hz, rate_hz): (u32, u32), forwards: bool) -> Self {
        Self::linear(0, Time::ZERO, if forwards { 1.0 } else { -1.0 }, (source_rate_hz, rate_hz))
    }

    fn linear(first_sample: i64, source_start: Time, speed: f64, (source_rate_hz, rate_hz): (u32, u32)) -> Self {
        let (speed_num, speed_den) = exact_fraction(speed);
        let (num, den) = (speed_num * i128::from(source_rate_hz), speed_den * i128::from(rate_hz));
        let common = greatest_common_divisor(num.unsigned_abs(), den.unsigned_abs()) as i128;
        let (num, den) = (num / common, den / common);
        let step = SourcePosition { whole: num.div_euclid(den) as i64, part: num.rem_euclid(den) };
        // source_start in units of 1/den source sample, rounded half up.
        let flicks = i128::from(FLICKS_PER_SECOND);
        let scaled = i128::from(source_start.0) * i128::from(source_rate_hz);
        let (whole, rest) = (scaled.div_euclid(flicks) as i64, scaled.rem_euclid(flicks));
        let part = (2 * rest * den + flicks).div_euclid(2 * flicks);
        let start = SourcePosition { whole: whole + part.div_euclid(den) as i64, part: part.rem_euclid(den) };
        Self { first_sample, start, step, denominator: den }
    }

    /// Position at composition sample `n`.
    pub fn at(&self, n: i64) -> SourcePosition {
        let k = i128::from(n) - i128::from(self.first_sample);
        let part = self.start.part + k * self.step.part;
        let whole = i128::from(self.start.whole) + k * i128::from(self.step.whole) + part.div_euclid(self.denominator);
        SourcePosition { whole: whole as i64, part: part.rem_euclid(self.denominator) }
    }

    /// Position at the composition sample after that of `p`.
    pub fn advance(&self, p: SourcePosition) -> SourcePosition {
        let part = p.part + self.step.part;
        let carry = part >= self.denominator;
        SourcePosition {
            whole: p.whole + self.step.whole + i64::from(carry),
            part: if carry { part - self.denominator } else { part },
        }
    }

    /// The direction in which source samples are copied, if each composition sample is exactly one
    /// source sample; otherwise `None`.
    pub fn copies(&self) -> Option<Direction> {
        match (self.denominator, self.step.whole) {
            (1, 1) => Some(Direction::Forward),
            (1, -1) => Some(Direction::Backward),
            _ => None,
        }
    }

    /// Absolute number of source samples per composition sample.
    pub fn stretch(&self) -> f64 {
        (self.step.whole as f64 + self.step.part as f64 / self.denominator as f64).abs()
    }
}

/// Direction in which a source is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// A finite f64 in `MIN_SPEED..=MAX_SPEED` (or its negative) as a fraction in lowest terms; the
/// denominator is a power of two ≤ 2^59.
fn exact_fraction(x: f64) -> (i128, i128) {
    let bits = x.abs().to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075;
    let mantissa = i128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let reduced = mantissa >> mantissa.trailing_zeros();
    let exponent = exponent + mantissa.trailing_zeros() as i32;
    let (n, d) = if exponent >= 0 { (reduced << exponent, 1) } else { (reduced, 1i128 << -exponent) };
    (if x < 0.0 { -n } else { n }, d)
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_timeline::FoldLevels;
    use proptest::prelude::*;

    fn voice(speed: f64, source_start: Time) -> Voice {
        Voice {
            clip: "c".into(),
            media: "m".into(),
            stream: 0,
            channels: Vec::new(),
            first_sample: 1000,
            end_sample: 1 << 40,
            source_start,
            speed,
            positions: vec![],
            preserves_pitch: false,
            gain: vec![(0, 1.0)],
            nested: vec![],
            fold: FoldLevels::default(),
            pan: vec![(0, 0.0)],
            fades: vec![],
        }
    }

    #[test]
    fn ratios_are_exact_after_a_year() {
        let p = SourceClock::new(&voice(1.0, Time(0)), 44_100, 48_000).unwrap();
        assert_eq!(p.denominator, 160);
        let year = 48_000i64 * 86_400 * 365;
        assert_eq!(p.at(1000 + year), SourcePosition { whole: 44_100 * 86_400 * 365, part: 0 });
        let p = SourceClock::new(&voice(-1.1, Time::of_sample(7, 48_000)), 48_000, 48_000).unwrap();
        let exact = 7.0 - 1.1 * 1e6;
        let got = p.at(1000 + 1_000_000);
        assert!((got.whole as f64 + got.part as f64 / p.denominator as f64 - exact).abs() < 1e-6);
    }

    #[test]
    fn nonsense_is_refused() {
        for speed in [0.0, f64::NAN, f64::INFINITY, 1e9, 1e-300] {
            assert_eq!(SourceClock::new(&voice(speed, Time(0)), 48_000, 48_000).unwrap_err().code(), "audio.plan.invalid_voice");
        }
        assert_eq!(SourceClock::new(&voice(1.0, Time(0)), 0, 48_000).unwrap_err().code(), "audio.rate.unsupported");
        assert!(SourceClock::new(&voice(1.0, Time(i64::MIN)), 48_000, 48_000).is_err());
    }

    proptest! {
        #[test]
        fn stepping_agrees_with_jumping(speed in prop_oneof![Just(1.0), Just(-2.0), 0.01f64..100.0, -100.0f64..-0.01],
            source in prop_oneof![Just(8000u32), Just(44_100), Just(48_000), Just(192_000)],
            start in -(1i64 << 40)..(1i64 << 40), from in -10_000_000_000i64..10_000_000_000, steps in 1usize..200) {
            let p = SourceClock::new(&voice(speed, Time(start)), source, 48_000).unwrap();
            let mut at = p.at(from);
            for _ in 0..steps { at = p.advance(at); }
            prop_assert_eq!(at, p.at(from + steps as i64));
        }
    }
}

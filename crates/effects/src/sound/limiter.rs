//! Limiter.
use super::dynamics::{TIME_CONSTANTS, left};
use super::level::{fader, linear, scale};
use super::true_peak::TruePeakLimiter;
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

/// Keeps true peaks (ITU-R BS.1770-4) below a ceiling. The gain falls within the look-ahead before
/// a peak, and recovers exponentially; what does not reach the ceiling is changed in no bit.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("ceiling", "Ceiling in dBTP", -1.0, -40.0, 0.0, Unit::Decibels),
        ParamSpec::number("release", "Release", 80.0, 1.0, 2000.0, Unit::Millis),
        ParamSpec::number("gain", "Input gain", 0.0, -24.0, 48.0, Unit::Decibels),
        ParamSpec::fixed("lookahead", "Look-ahead", 5.0, 0.5, 20.0, Unit::Millis),
    ],
    latency_samples: |p, format| TruePeakLimiter::latency_samples(look_ahead_secs(p), format.rate_hz),
    settling_secs: |p, _| 2.0 * look_ahead_secs(p) + 0.001 * (1.0 + TIME_CONSTANTS * f64::from(p.number(1))),
    ..SoundSpec::new("audio-limiter", "Limiter", SoundFamily::Dynamics, "Keeps peaks below a ceiling.", |s| {
        let limiter = TruePeakLimiter::new(look_ahead_secs(s.params), s.format.rate_hz, s.format.channels);
        Box::new(Limiter { format: s.format, limiter })
    })
};

fn look_ahead_secs(p: Params<'_>) -> f64 {
    0.001 * f64::from(p.number(3))
}

struct Limiter {
    format: SoundFormat,
    limiter: TruePeakLimiter,
}

impl SoundProcessor for Limiter {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let (from, to) = (fader(p.number(2)), fader(p.end(2)));
        block.channels.iter_mut().for_each(|c| scale(c, from, to));
        self.limiter.process(block.channels, linear(p.number(0)), linear(p.end(0)), left(p.middle(1), self.format.rate_hz));
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, audible_noise, sine, true_peak_db};

    #[test]
    fn what_is_below_the_ceiling_is_not_touched() {
        let quiet = vec![sine(500.0, 0.4, 20_000), sine(700.0, 0.4, 20_000)];
        let case = Case::new(&super::SPEC);
        assert_eq!(case.latency(), 256);
        assert_eq!(case.aligned(&quiet), quiet);
    }

    /// Bursts, clicks, noise, and a sine whose peaks lie between the samples: the true peak,
    /// measured with 16-fold interpolation by long windowed sinc, stays at the ceiling.
    #[test]
    fn true_peaks_stay_below_the_ceiling() {
        let between: Vec<f32> =
            (0..9600).map(|n| 1.2 * (std::f32::consts::FRAC_PI_2 * n as f32 + std::f32::consts::FRAC_PI_4).sin()).collect();
        assert!((true_peak_db(&between[1000..8000]) - 1.58).abs() < 0.02, "{}", true_peak_db(&between[1000..8000]));
        let mut clicks = vec![0.0f32; 9600];
        (100..9500).step_by(977).for_each(|n| clicks[n] = 3.0);
        for (name, sound) in [("between", between), ("clicks", clicks), ("noise", audible_noise(9600, 3.0))] {
            for ceiling in [-1.0, -6.0] {
                let case = Case::new(&super::SPEC).channels(1).set("ceiling", ceiling).set("gain", 3.0);
                let peak = true_peak_db(&case.aligned(std::slice::from_ref(&sound))[0]);
                assert!(peak <= ceiling + 0.2, "{name}: {peak:.2} dBTP for {ceiling}");
            }
        }
    }

    /// After a burst the gain recovers with the time constant of the release.
    #[test]
    fn release() {
        let case = Case::new(&super::SPEC).channels(1).set("ceiling", -6.0).set("release", 100.0);
        let mut sound = sine(1000.0, 0.25, 48_000);
        sound[..9600].iter_mut().for_each(|x| *x *= 4.0);
        let out = case.aligned(std::slice::from_ref(&sound)).remove(0);
        // Both peaks of the sine at a quarter of a period: sample 12 of every 48.
        let lost = |i: usize| 1.0 - f64::from(out[i] / sound[i]);
        let (first, later) = (lost(9600 + 48 * 20 + 12), lost(9600 + 48 * 120 + 12));
        assert!((first / later / 1f64.exp() - 1.0).abs() < 0.02, "{first} {later}");
    }
}

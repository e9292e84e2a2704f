//! Normalization to a level.
use super::dynamics::{TIME_CONSTANTS, left};
use super::level::{fader, linear, scale};
use super::true_peak::TruePeakLimiter;
use super::{Measured, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

/// Look-ahead of the limiter, in seconds, and its release in milliseconds.
const LOOK_AHEAD_SECS: f64 = 0.005;
const RELEASE_MILLIS: f64 = 80.0;

/// Applies the one gain that brings all of the sound to a level: its largest sample, its true peak
/// (ITU-R BS.1770-4), its RMS or its integrated loudness. With RMS and loudness a limiter keeps
/// true peaks below the ceiling, which can make the result a little quieter than the target.
/// Silence stays.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::choice("mode", "Level of", "lufs", &["peak", "truePeak", "rms", "lufs"]),
        ParamSpec::fixed("target", "Target in LUFS, dBFS or dBTP", -23.0, -70.0, 0.0, Unit::Decibels),
        ParamSpec::fixed("ceiling", "Ceiling in dBTP", -1.0, -20.0, 0.0, Unit::Decibels),
    ],
    latency_samples: |p, format| {
        if limits(p) { TruePeakLimiter::latency_samples(LOOK_AHEAD_SECS, format.rate_hz) } else { 0 }
    },
    settling_secs: |p, _| if limits(p) { 2.0 * LOOK_AHEAD_SECS + 0.001 * (1.0 + TIME_CONSTANTS * RELEASE_MILLIS) } else { 0.0 },
    measures: true,
    ..SoundSpec::new("audio-normalize", "Normalize", SoundFamily::Level, "Brings the sound to a level.", |s| {
        let gain = fader(s.measured.map_or(0.0, |measured| gain_db(s.params, measured)));
        let limiter = limits(s.params).then(|| TruePeakLimiter::new(LOOK_AHEAD_SECS, s.format.rate_hz, s.format.channels));
        Box::new(Normalize { format: s.format, gain, ceiling: linear(f64::from(s.params.number(2))), limiter })
    })
};

fn limits(p: Params<'_>) -> bool {
    matches!(p.text(0), "rms" | "lufs")
}

/// What is missing to the target; 0 for silence.
fn gain_db(p: Params<'_>, measured: Measured) -> f64 {
    let is = match p.text(0) {
        "peak" => measured.sample_peak_dbfs,
        "truePeak" => measured.true_peak_dbtp,
        "rms" => measured.rms_dbfs,
        _ => measured.integrated_lufs,
    };
    // Below −200 dB there is nothing but rounding.
    if is.is_finite() && is > -200.0 { f64::from(p.number(1)) - is } else { 0.0 }
}

struct Normalize {
    format: SoundFormat,
    gain: f64,
    ceiling: f64,
    limiter: Option<TruePeakLimiter>,
}

impl SoundProcessor for Normalize {
    fn process(&mut self, block: SoundBlock<'_>) {
        block.channels.iter_mut().for_each(|c| scale(c, self.gain, self.gain));
        if let Some(limiter) = &mut self.limiter {
            limiter.process(block.channels, self.ceiling, self.ceiling, left(RELEASE_MILLIS, self.format.rate_hz));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::Measured;
    use crate::sound::tests::{Case, audible_noise, sine, true_peak_db};

    const SILENCE: Measured = Measured {
        integrated_lufs: f64::NEG_INFINITY,
        true_peak_dbtp: f64::NEG_INFINITY,
        sample_peak_dbfs: f64::NEG_INFINITY,
        rms_dbfs: f64::NEG_INFINITY,
    };

    #[test]
    fn the_gain_is_target_minus_level() {
        let measured = Measured { integrated_lufs: -33.0, true_peak_dbtp: -13.0, sample_peak_dbfs: -14.0, rms_dbfs: -30.0 };
        let quiet = vec![sine(1000.0, 0.01, 9600); 2];
        for (mode, target, gain_db) in [("lufs", -23.0, 10.0), ("rms", -20.0, 10.0), ("peak", -1.0, 13.0), ("truePeak", -1.0, 12.0)]
        {
            let case = Case { measured, ..Case::new(&super::SPEC).choose("mode", mode).set("target", target) };
            let out = case.aligned(&quiet);
            let factor = 10f32.powf(gain_db / 20.0);
            assert!(quiet[0].iter().zip(&out[0]).all(|(a, b)| (a * factor - b).abs() < 1e-6), "{mode}");
            let silent = Case { measured: SILENCE, ..case };
            assert_eq!(silent.aligned(&quiet), quiet);
        }
    }

    #[test]
    fn the_ceiling_is_kept() {
        let measured = Measured { rms_dbfs: -40.0, ..SILENCE };
        let case = Case { measured, ..Case::new(&super::SPEC).choose("mode", "rms").set("target", -10.0) };
        let out = case.aligned(&vec![audible_noise(9600, 0.3); 2]);
        assert!(true_peak_db(&out[0]) < -0.8, "{}", true_peak_db(&out[0]));
    }
}

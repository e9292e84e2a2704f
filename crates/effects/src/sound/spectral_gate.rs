//! Spectral gate.
use super::ramp::from_db;
use super::stft::{Bins, Stft, Window, frame_size, groups};
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

/// A frame: the best compromise of resolution in time and frequency for voices.
const FRAME_SECS: f64 = 0.043;

/// A noise gate for each of about a thousand bands: where the level of a band is below `threshold`,
/// it falls by `reduction`. The level of a band is that of a sine in it: a sine of amplitude 1 has
/// 0 dB. `smoothing` averages the power over that many octaves before it is compared, so that no
/// bands stand alone. Gains open with the time constant `attack` and close with `release`; frames
/// of 43 ms overlap by three quarters. With `link` all channels but the LFE share one gain, that of
/// the loudest.
///
/// Between threshold and 6 dB above it the gate opens gradually (in decibels), so that bands near
/// the threshold do not flutter.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("threshold", "Threshold", -60.0, -140.0, 0.0, Unit::Decibels),
        ParamSpec::number("reduction", "Reduction", 12.0, 0.0, 100.0, Unit::Decibels),
        ParamSpec::number("attack", "Attack", 10.0, 0.0, 500.0, Unit::Millis),
        ParamSpec::number("release", "Release", 100.0, 0.0, 5000.0, Unit::Millis),
        // In octaves.
        ParamSpec::number("smoothing", "Frequency Smoothing", 0.1, 0.0, 2.0, Unit::None),
        ParamSpec::switch("link", "Link Channels", true),
    ],
    neutral: |p| p.number(1) == 0.0,
    latency_samples: |_, format| Stft::latency(size(format)),
    settling_secs: |p: Params<'_>, format| {
        // A gain that still moves is wrong by at most 100 dB, so that 16 time constants are below
        // −120 dB.
        16.0 * f64::from(p.number(2).max(p.number(3))) / 1000.0 + 2.0 * size(format) as f64 / f64::from(format.rate_hz)
    },
    ..SoundSpec::new(
        "audio-spectral-gate",
        "Spectral Gate",
        SoundFamily::Repair,
        "Removes what is quiet, in each band of frequencies.",
        |s| Box::new(SpectralGate::new(s)),
    )
};

fn size(format: SoundFormat) -> usize {
    frame_size(FRAME_SECS, format.rate_hz)
}

struct SpectralGate {
    stft: Stft,
    /// Seconds from frame to frame.
    hop_secs: f64,
    /// The power of a sine of amplitude 1.
    full: f64,
    groups: Vec<Group>,
    /// Sums of the power up to each bin.
    sums: Vec<f64>,
}

struct Group {
    channels: Vec<usize>,
    /// In decibels, 0 or less.
    gains_db: Vec<f64>,
}

impl SpectralGate {
    fn new(setup: SoundSetup<'_>) -> Self {
        let (format, size) = (setup.format, size(setup.format));
        let stft = Stft::new(format.channels, size, size / 4, size, Window::RootHann);
        let bins = size / 2 + 1;
        let groups = groups(format.channels, format.lfe(), setup.params.bool(5));
        Self {
            hop_secs: (size / 4) as f64 / f64::from(format.rate_hz),
            full: stft.bin_powers()[1],
            stft,
            groups: groups.into_iter().map(|channels| Group { channels, gains_db: vec![0.0; bins] }).collect(),
            sums: vec![0.0; bins + 1],
        }
    }
}

/// What applies to a frame.
struct Gate {
    threshold_db: f64,
    reduction_db: f64,
    /// How much of the way a gain moves in a frame, up and down.
    attack: f64,
    release: f64,
    /// The ratio of the ends of a band to its middle.
    spread: f64,
}

impl Gate {
    fn apply(&self, group: &mut Group, full: f64, sums: &mut [f64], bins: &mut [Bins]) {
        let count = group.gains_db.len();
        for k in 0..count {
            let power = group.channels.iter().map(|&c| bins[c][k].norm_sqr()).fold(0.0, f64::max);
            sums[k + 1] = sums[k] + power;
        }
        for (k, gain_db) in group.gains_db.iter_mut().enumerate() {
            let low = libm::round(k as f64 / self.spread) as usize;
            let high = (libm::round(k as f64 * self.spread) as usize).min(count - 1);
            let power = (sums[high + 1] - sums[low]).max(0.0) / (high - low + 1) as f64;
            let over_db = 10.0 * libm::log10((power / full).max(1e-30)) - self.threshold_db;
            let target = -self.reduction_db * (1.0 - over_db / 6.0).clamp(0.0, 1.0);
            let speed = if target > *gain_db { self.attack } else { self.release };
            *gain_db += speed * (target - *gain_db);
            if *gain_db > -1e-9 {
                *gain_db = 0.0;
            }
            let gain = from_db(*gain_db);
            group.channels.iter().for_each(|&c| bins[c][k] *= gain);
        }
    }
}

impl SoundProcessor for SpectralGate {
    fn process(&mut self, block: SoundBlock<'_>) {
        let Self { stft, hop_secs, full, groups, sums } = self;
        let p = block.params;
        stft.process(block.position, block.channels, |_, bins| {
            let speed = |ms: f64| if ms > 0.0 { -libm::expm1(-*hop_secs * 1000.0 / ms) } else { 1.0 };
            let gate = Gate {
                threshold_db: p.end(0),
                reduction_db: p.end(1),
                attack: speed(p.end(2)),
                release: speed(p.end(3)),
                spread: libm::exp2(0.5 * p.end(4)),
            };
            groups.iter_mut().for_each(|group| gate.apply(group, *full, sums, bins));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, difference, magnitude, rms, tone, white, wide};

    #[test]
    fn without_reduction_the_input_returns() {
        let input = white(1, 9600);
        let out = Trial::new(&SPEC).number("reduction", 0.0).mono(&input);
        assert!(difference(&input, &out) < 1e-6);
    }

    #[test]
    fn quiet_bands_fall_and_loud_bands_stay() {
        let trial = Trial::new(&SPEC).number("threshold", -40.0).number("reduction", 20.0).number("smoothing", 0.0);
        // The middles of two bins, so that the levels are those of sines.
        let bin = 48_000.0 / 2048.0;
        let (loud, quiet) = (tone(40.0 * bin, 48_000.0, 0.1, 96_000), tone(200.0 * bin, 48_000.0, 0.001, 96_000));
        let input: Vec<f32> = loud.iter().zip(&quiet).map(|(a, b)| a + b).collect();
        let out = trial.mono(&input);
        let level = |x: &[f32]| magnitude(&wide(&x[48_000..88_960]), 200.0 / 2048.0);
        let fall = 20.0 * (level(&out) / level(&quiet)).log10();
        assert!((fall + 20.0).abs() < 0.2, "{fall}");
    }

    #[test]
    fn a_gate_closes_with_its_time_constant() {
        let trial = Trial::new(&SPEC).number("threshold", -30.0).number("reduction", 40.0).number("release", 300.0);
        let level = |i: usize| if i < 48_000 { 0.5 } else { 0.005 };
        let input: Vec<f32> = tone(1500.0, 48_000.0, 1.0, 144_000).iter().enumerate().map(|(i, x)| x * level(i)).collect();
        let out = trial.mono(&input);
        let fall = |at: usize| 20.0 * (rms(&out[at - 480..at + 480]) / rms(&input[at - 480..at + 480])).log10();
        // −40 dB (1 − e^(−t / 0.3 s)): the ratio of two distances to the end gives the time
        // constant.
        let tau = 0.2 / ((40.0 + fall(60_000)) / (40.0 + fall(69_600))).ln();
        assert!((tau / 0.3 - 1.0).abs() < 0.05, "{tau}");
    }

    #[test]
    fn a_gate_is_the_same_wherever_it_begins() {
        let input: Vec<f32> = white(5, 144_000).iter().enumerate().map(|(i, x)| x * 0.02 * (i as f32 / 9000.0).sin()).collect();
        let trial = Trial::new(&SPEC).number("threshold", -45.0).number("reduction", 30.0);
        assert!(trial.difference_by_start_db(&[input], 6400) < -119.0);
    }
}

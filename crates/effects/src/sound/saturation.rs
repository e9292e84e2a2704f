//! Saturation.
use super::dynamics::LookAhead;
use super::level::{between, fader, sample};
use super::oversample::{LATENCY_SAMPLES, Oversampler, Taps};
use super::svf::{self, BUTTERWORTH, Coefficients, State};
use super::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFamily, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Unit};
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

const DRIVE: usize = 0;
const KIND: usize = 1;
const MIX: usize = 2;
const OUTPUT: usize = 3;

/// Emphasis of high frequencies before the curve of tape, undone after it.
const EMPHASIS_HZ: f64 = 3000.0;
const EMPHASIS_DB: f64 = 6.0;
/// Operating point of the tube, over its limit: what makes its halves differ.
const BIAS: f64 = 0.35;
/// What the tube's curve adds to the mean is removed by a high-pass.
const BLOCKING_HZ: f64 = 8.0;

/// Bends the wave, four-fold oversampled; quiet sound passes with gain 1 + drive. **tanh**: the
/// hyperbolic tangent, odd harmonics. **tape**: an arctangent between emphasis and de-emphasis of 6
/// dB above 3 kHz, so that highs saturate first. **tube**: a hyperbolic tangent off its middle,
/// even and odd harmonics. **hardClip**: cut off at full scale. The mix adds the dry sound, at the
/// same time.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("drive", "Drive", 6.0, -12.0, 48.0, Unit::Decibels),
        ParamSpec::choice("kind", "Kind", "tanh", &["tanh", "tape", "tube", "hardClip"]),
        ParamSpec::number("mix", "Mix", 100.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::number("output", "Output gain", 0.0, -48.0, 24.0, Unit::Decibels),
    ],
    neutral: |p| p.number(MIX) == 0.0 && p.number(OUTPUT) == 0.0,
    latency_samples: |_, _| LATENCY_SAMPLES,
    settling_secs: |p, format| {
        let filters = match p.text(KIND) {
            "tube" => svf::settling_secs(BLOCKING_HZ, BUTTERWORTH),
            "tape" => svf::settling_secs(0.5 * EMPHASIS_HZ, BUTTERWORTH),
            _ => 0.0,
        };
        filters + 4.0 * LATENCY_SAMPLES as f64 / f64::from(format.rate_hz)
    },
    ..SoundSpec::new("audio-saturation", "Saturation", SoundFamily::Color, "Adds the warmth of overdriven circuits.", |s| {
        let kind = Kind::named(s.params.text(KIND));
        Box::new(Saturation {
            kind,
            filters: kind.filters(s.format.rate_hz),
            taps: Taps::new(),
            dry: LookAhead::new(s.format.channels, LATENCY_SAMPLES),
            delayed: vec![[0.0; BLOCK_SAMPLES]; s.format.channels],
            channels: (0..s.format.channels).map(|_| (Oversampler::new(), [State::default(); 2])).collect(),
        })
    })
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Tanh,
    Tape,
    Tube,
    HardClip,
}

impl Kind {
    fn named(name: &str) -> Self {
        match name {
            "tape" => Self::Tape,
            "tube" => Self::Tube,
            "hardClip" => Self::HardClip,
            _ => Self::Tanh,
        }
    }

    /// The curve; its slope at 0 is 1.
    fn bend(self, x: f64) -> f64 {
        match self {
            Self::Tanh => tanh(x),
            Self::Tape => FRAC_2_PI * libm::atan(FRAC_PI_2 * x),
            Self::Tube => {
                let rest = tanh(BIAS);
                (tanh(x + BIAS) - rest) / (1.0 - rest * rest)
            }
            Self::HardClip => x.clamp(-1.0, 1.0),
        }
    }

    /// The filters before and after the curve.
    fn filters(self, rate_hz: u32) -> [Option<Coefficients>; 2] {
        let shelf = |db| Some(Coefficients::high_shelf(EMPHASIS_HZ, BUTTERWORTH, db, rate_hz));
        match self {
            Self::Tape => [shelf(EMPHASIS_DB), shelf(-EMPHASIS_DB)],
            Self::Tube => [None, Some(Coefficients::high_pass(BLOCKING_HZ, BUTTERWORTH, rate_hz))],
            _ => [None, None],
        }
    }
}

/// The hyperbolic tangent, to about 1e-16 of full scale.
fn tanh(x: f64) -> f64 {
    1.0 - 2.0 / (libm::exp(2.0 * x.clamp(-20.0, 20.0)) + 1.0)
}

struct Saturation {
    kind: Kind,
    filters: [Option<Coefficients>; 2],
    taps: Taps,
    dry: LookAhead,
    delayed: Vec<Channel>,
    channels: Vec<(Oversampler, [State; 2])>,
}

impl SoundProcessor for Saturation {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let drive = (fader(p.number(DRIVE)), fader(p.end(DRIVE)));
        let output = (fader(p.number(OUTPUT)), fader(p.end(OUTPUT)));
        let mix = (0.01 * p.number(MIX), 0.01 * p.end(MIX));
        self.delayed.copy_from_slice(block.channels);
        self.dry.process(&mut self.delayed);
        for ((channel, (oversampler, states)), dry) in block.channels.iter_mut().zip(&mut self.channels).zip(&self.delayed) {
            let mut samples: [f64; BLOCK_SAMPLES] = std::array::from_fn(|i| f64::from(channel[i]) * between(drive.0, drive.1, i));
            if let Some(filter) = &self.filters[0] {
                states[0].steady(filter, &mut samples);
            }
            *channel = samples.map(sample);
            let kind = self.kind;
            oversampler
                .process(&self.taps, channel, |fine| fine.iter_mut().flatten().for_each(|x| *x = kind.bend(f64::from(*x)) as f32));
            let mut wet = channel.map(f64::from);
            if let Some(filter) = &self.filters[1] {
                states[1].steady(filter, &mut wet);
            }
            for (i, ((x, wet), dry)) in channel.iter_mut().zip(wet).zip(dry).enumerate() {
                let dry = f64::from(*dry);
                *x = sample((dry + between(mix.0, mix.1, i) * (wet - dry)) * between(output.0, output.1, i));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, amplitude, sine};

    /// Amplitude of a harmonic of a curve driven by a sine, by numerical integration.
    fn harmonic(bend: impl Fn(f64) -> f64, amplitude: f64, n: i32) -> f64 {
        let steps = 4096;
        let angle = |i: i32| std::f64::consts::TAU * f64::from(i) / f64::from(steps);
        let part = |f: fn(f64) -> f64| -> f64 {
            (0..steps).map(|i| bend(amplitude * angle(i).sin()) * f(f64::from(n) * angle(i))).sum::<f64>() * 2.0 / f64::from(steps)
        };
        part(f64::sin).hypot(part(f64::cos))
    }

    /// The harmonics are those of the curves.
    #[test]
    fn harmonics() {
        let tube = |x: f64| ((x + 0.35).tanh() - 0.35f64.tanh()) / (1.0 - 0.35f64.tanh().powi(2));
        let curves: [(&str, &dyn Fn(f64) -> f64); 3] =
            [("tanh", &f64::tanh), ("hardClip", &|x: f64| x.clamp(-1.0, 1.0)), ("tube", &tube)];
        for (kind, curve) in curves {
            let case = Case::new(&super::SPEC).choose("kind", kind).set("drive", 20.0 * 2f64.log10());
            let tone = sine(500.0, 0.9, 96_000);
            let out = case.run(&[tone.clone(), tone]).remove(0);
            for n in 1..=7 {
                let is = amplitude(&out[48_000..], 500.0 * f64::from(n));
                let expected = harmonic(curve, 1.8, n);
                assert!((is - expected).abs() < 1e-3, "{kind} {n}: {is:.5} {expected:.5}");
            }
        }
    }

    /// What folds back: of a tone at 7 kHz the 5th harmonic, 35 kHz, would be at 13 kHz (without
    /// oversampling at −28 dB).
    #[test]
    fn little_folds_back() {
        let case = Case::new(&super::SPEC).set("drive", 12.0);
        let tone = sine(7000.0, 0.5, 96_000);
        let out = case.run(&[tone.clone(), tone]).remove(0);
        let alias = 20.0 * (amplitude(&out[48_000..], 13_000.0) / amplitude(&out[48_000..], 7000.0)).log10();
        assert!(alias < -75.0, "{alias}");
    }

    /// Quiet sound, and the dry part at its time.
    #[test]
    fn quiet_sound_passes() {
        for kind in ["tanh", "tape", "hardClip"] {
            let case = Case::new(&super::SPEC).choose("kind", kind).set("drive", 0.0);
            let tone = sine(1000.0, 0.001, 9600);
            for mix in [0.0, 50.0, 100.0] {
                let out = case.clone().set("mix", mix).aligned(&[tone.clone(), tone.clone()]).remove(0);
                let error = tone[4000..9000].iter().zip(&out[4000..9000]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(error < 1e-6, "{kind} {mix}: {error}");
            }
        }
    }
}

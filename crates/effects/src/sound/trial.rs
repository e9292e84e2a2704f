//! Runs processors in tests, and measures signals.
use super::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFormat, SoundParams, SoundSetup, SoundSpec};
use crate::spec::Params;
use cutroom_types::{AudioBlock, ParamValue};
use std::f64::consts::TAU;
use std::sync::Arc;

/// One use of an effect.
pub struct Trial<'a> {
    pub spec: &'a SoundSpec,
    pub values: Vec<ParamValue>,
    pub rate_hz: u32,
    pub file: Option<Arc<AudioBlock>>,
}

impl<'a> Trial<'a> {
    /// An effect with default values at 48 kHz.
    pub fn new(spec: &'a SoundSpec) -> Self {
        Self { spec, values: spec.defaults(), rate_hz: 48_000, file: None }
    }

    fn with_value(mut self, id: &str, value: ParamValue) -> Self {
        let i = self.spec.params.iter().position(|p| p.id == id).expect("a parameter of this id");
        assert_eq!(self.spec.params[i].kind.problem(&value), None);
        self.values[i] = value;
        self
    }

    /// Sets a number.
    pub fn number(self, id: &str, value: f64) -> Self {
        self.with_value(id, ParamValue::Number(value))
    }

    /// Sets a switch.
    pub fn switch(self, id: &str, value: bool) -> Self {
        self.with_value(id, ParamValue::Bool(value))
    }

    /// Sets a choice.
    pub fn choice(self, id: &str, value: &str) -> Self {
        self.with_value(id, ParamValue::Text(value.into()))
    }

    fn format(&self, channels: usize) -> SoundFormat {
        SoundFormat { rate_hz: self.rate_hz, channels }
    }

    /// By how many samples the output is late.
    pub fn latency(&self, channels: usize) -> usize {
        (self.spec.latency_samples)(Params::new(&self.values), self.format(channels))
    }

    /// When the effect has forgotten what came before.
    pub fn settling_samples(&self, channels: usize) -> usize {
        let secs = (self.spec.settling_secs)(Params::new(&self.values), self.format(channels));
        (secs * f64::from(self.rate_hz)).ceil() as usize
    }

    /// The output, as late as it comes, for an input that begins at `position`.
    pub fn raw(&self, input: &[Vec<f32>], position: i64) -> Vec<Vec<f32>> {
        let (from, len) = (numbers(&self.values), input[0].len());
        let params = Params::new(&self.values);
        let setup = SoundSetup { format: self.format(input.len()), params, file: self.file.as_ref(), measured: None };
        let mut processor = (self.spec.make)(setup);
        let mut output = vec![Vec::with_capacity(len + BLOCK_SAMPLES); input.len()];
        for at in (0..len).step_by(BLOCK_SAMPLES) {
            let part = |c: &Vec<f32>| -> Channel { std::array::from_fn(|i| c.get(at + i).copied().unwrap_or(0.0)) };
            let mut channels: Vec<Channel> = input.iter().map(part).collect();
            let params = SoundParams { from: &from, to: &from, changed: at == 0 };
            processor.process(SoundBlock { position: position + at as i64, channels: &mut channels, key: &[], params });
            output.iter_mut().zip(&channels).for_each(|(o, c)| o.extend(c));
        }
        output.iter_mut().for_each(|o| o.truncate(len));
        output
    }

    /// The output without the latency, as long as the input.
    pub fn run(&self, input: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let late = self.latency(input.len());
        let longer: Vec<_> = input.iter().map(|c| c.iter().copied().chain(std::iter::repeat_n(0.0, late)).collect()).collect();
        self.raw(&longer, 0).into_iter().map(|c| c[late..].to_vec()).collect()
    }

    /// The output of a mono signal without the latency.
    pub fn mono(&self, input: &[f32]) -> Vec<f32> {
        self.run(&[input.to_vec()]).remove(0)
    }

    /// The largest difference, in decibels below the peak of the output, between processing from
    /// the start and processing from `begin` after the settling time.
    pub fn difference_by_start_db(&self, input: &[Vec<f32>], begin: usize) -> f64 {
        assert_eq!(begin % BLOCK_SAMPLES, 0);
        let whole = self.raw(input, 0);
        let late: Vec<_> = input.iter().map(|c| c[begin..].to_vec()).collect();
        let part = self.raw(&late, begin as i64);
        let skip = self.settling_samples(input.len()) + self.latency(input.len());
        assert!(begin + skip + 4096 < input[0].len(), "nothing left to compare");
        let (mut peak, mut difference) = (1e-9f64, 0.0f64);
        for (a, b) in whole.iter().zip(&part) {
            for (x, y) in a[begin + skip..].iter().zip(&b[skip..]) {
                peak = peak.max(f64::from(x.abs()));
                difference = difference.max(f64::from((x - y).abs()));
            }
        }
        20.0 * (difference / peak).max(1e-20).log10()
    }
}

fn numbers(values: &[ParamValue]) -> Vec<f64> {
    let number = |v: &ParamValue| match v {
        ParamValue::Number(x) => *x,
        ParamValue::Bool(b) => f64::from(u8::from(*b)),
        _ => 0.0,
    };
    values.iter().map(number).collect()
}

/// A sine of amplitude `amplitude`.
pub fn tone(hz: f64, rate_hz: f64, amplitude: f64, len: usize) -> Vec<f32> {
    (0..len).map(|i| (amplitude * (TAU * hz * i as f64 / rate_hz).sin()) as f32).collect()
}

/// White noise of a uniform distribution in −1..1, from a linear congruential generator (Knuth's
/// MMIX).
pub fn white(seed: u64, len: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32) / 8_388_608.0 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// A 1 and zeros.
pub fn impulse(len: usize) -> Vec<f32> {
    (0..len).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect()
}

/// Real and imaginary part of the spectrum at `turns` turns per sample.
pub fn spectrum_at(h: &[f64], turns: f64) -> [f64; 2] {
    let term = |(i, x): (usize, &f64)| [x * (TAU * turns * i as f64).cos(), -x * (TAU * turns * i as f64).sin()];
    h.iter().enumerate().map(term).fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
}

/// The magnitude of the spectrum at `turns` turns per sample.
pub fn magnitude(h: &[f64], turns: f64) -> f64 {
    let [re, im] = spectrum_at(h, turns);
    re.hypot(im)
}

/// The samples in double precision.
pub fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

/// The root mean square.
pub fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

/// The ratio of a signal to what was added to it, in decibels.
pub fn snr_db(clean: &[f32], other: &[f32]) -> f64 {
    let error: Vec<f32> = clean.iter().zip(other).map(|(a, b)| a - b).collect();
    20.0 * (rms(clean) / rms(&error).max(1e-12)).log10()
}

/// The largest difference of two signals.
pub fn difference(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
}

/// Something like a voice: harmonics of a gliding pitch with formants, in syllables with pauses.
pub fn voice(rate_hz: f64, len: usize) -> Vec<f32> {
    let mut phase = 0.0;
    let formants = [(600.0, 1.0), (1400.0, 0.5), (2600.0, 0.25)];
    (0..len)
        .map(|i| {
            let t = i as f64 / rate_hz;
            let pitch = 120.0 + 25.0 * (TAU * 0.7 * t).sin();
            phase += pitch / rate_hz;
            let syllable = (TAU * 1.5 * t).sin().max(0.0).powf(0.5);
            let harmonic = |n: u32| {
                let f = pitch * f64::from(n);
                let level: f64 = formants.iter().map(|(c, a)| a / (1.0 + ((f - c) / 150.0).powi(2))).sum();
                level * (TAU * phase * f64::from(n)).sin()
            };
            (0.15 * syllable * (1..30).map(harmonic).sum::<f64>()) as f32
        })
        .collect()
}

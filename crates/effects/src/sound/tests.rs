//! What the tests of sound effects share, and the tests of all effects of the list.
use super::{BLOCK_SAMPLES, Channel, Measured, SOUND_EFFECTS, SoundBlock, SoundFormat, SoundParams, SoundSetup, SoundSpec};
use crate::spec::{ParamKind, Params};
use cutroom_types::ParamValue;
use std::collections::BTreeSet;

/// A use of an effect in a test: stereo at 48 kHz with default values, unless told otherwise.
#[derive(Clone)]
pub(in crate::sound) struct Case {
    pub spec: &'static SoundSpec,
    pub from: Vec<ParamValue>,
    /// Values that the parameters reach when `moving_samples` have passed.
    pub to: Vec<ParamValue>,
    pub moving_samples: usize,
    pub format: SoundFormat,
    pub measured: Measured,
    pub key: Vec<Vec<f32>>,
    /// Position of the first sample.
    pub position: i64,
}

impl Case {
    pub fn new(spec: &'static SoundSpec) -> Self {
        Self {
            spec,
            from: spec.defaults(),
            to: spec.defaults(),
            moving_samples: 0,
            format: SoundFormat { rate_hz: 48_000, channels: 2 },
            measured: Measured { integrated_lufs: -20.0, true_peak_dbtp: -2.0, sample_peak_dbfs: -3.0, rms_dbfs: -18.0 },
            key: Vec::new(),
            position: 0,
        }
    }

    fn index(&self, id: &str) -> usize {
        self.spec.params.iter().position(|p| p.id == id).unwrap_or_else(|| panic!("{} has no {id}", self.spec.id))
    }

    fn with(mut self, id: &str, value: ParamValue) -> Self {
        let i = self.index(id);
        assert_eq!(self.spec.params[i].kind.problem(&value), None, "{id}");
        self.from[i] = value.clone();
        self.to[i] = value;
        self
    }

    pub fn set(self, id: &str, value: f64) -> Self {
        self.with(id, ParamValue::Number(value))
    }

    pub fn choose(self, id: &str, value: &str) -> Self {
        self.with(id, ParamValue::Text(value.into()))
    }

    pub fn toggle(self, id: &str, value: bool) -> Self {
        self.with(id, ParamValue::Bool(value))
    }

    /// Moves a number within a number of samples.
    pub fn moving(mut self, id: &str, to: f64, samples: usize) -> Self {
        let i = self.index(id);
        self.to[i] = ParamValue::Number(to);
        self.moving_samples = samples;
        self
    }

    pub fn channels(mut self, channels: usize) -> Self {
        self.format.channels = channels;
        self
    }

    pub fn rate(mut self, rate_hz: u32) -> Self {
        self.format.rate_hz = rate_hz;
        self
    }

    pub fn key(mut self, key: Vec<Vec<f32>>) -> Self {
        self.key = key;
        self
    }

    pub fn latency(&self) -> usize {
        (self.spec.latency_samples)(Params::new(&self.from), self.format)
    }

    pub fn settling_secs(&self) -> f64 {
        (self.spec.settling_secs)(Params::new(&self.from), self.format)
            .max((self.spec.settling_secs)(Params::new(&self.to), self.format))
    }

    fn values(&self, sample: i64) -> Vec<f64> {
        let number = |v: &ParamValue| match v {
            ParamValue::Number(x) => *x,
            ParamValue::Bool(b) => f64::from(u8::from(*b)),
            _ => 0.0,
        };
        let t = if self.moving_samples == 0 { 1.0 } else { (sample as f64 / self.moving_samples as f64).clamp(0.0, 1.0) };
        self.from.iter().zip(&self.to).map(|(a, b)| number(a) + (number(b) - number(a)) * t).collect()
    }

    /// Processes sound, by channel, and returns as many samples.
    pub fn run(&self, input: &[Vec<f32>]) -> Vec<Vec<f32>> {
        assert_eq!(input.len(), self.format.channels);
        let measured = self.spec.measures.then_some(self.measured);
        let setup = SoundSetup { format: self.format, params: Params::new(&self.from), file: None, measured };
        let mut processor = (self.spec.make)(setup);
        let len = input.first().map_or(0, Vec::len);
        let mut output: Vec<Vec<f32>> = vec![Vec::with_capacity(len + BLOCK_SAMPLES); input.len()];
        let cut = |sound: &[Vec<f32>], start: usize| -> Vec<Channel> {
            let at = |c: &Vec<f32>, i: usize| c.get(start + i).copied().unwrap_or(0.0);
            sound.iter().map(|c| std::array::from_fn(|i| at(c, i))).collect()
        };
        let mut last: Option<Vec<f64>> = None;
        for start in (0..len).step_by(BLOCK_SAMPLES) {
            let mut channels = cut(input, start);
            let key = cut(&self.key, start);
            let position = self.position + start as i64;
            let (from, to) = (self.values(position), self.values(position + BLOCK_SAMPLES as i64));
            let changed = from != to || last.as_ref() != Some(&from);
            let params = SoundParams { from: &from, to: &to, changed };
            processor.process(SoundBlock { position, channels: &mut channels, key: &key, params });
            last = Some(to);
            output.iter_mut().zip(&channels).for_each(|(o, c)| o.extend(c));
        }
        output.iter_mut().for_each(|o| o.truncate(len));
        output
    }

    /// Like [`Self::run`], moved to where it belongs.
    pub fn aligned(&self, input: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let latency = self.latency();
        let mut longer = input.to_vec();
        longer.iter_mut().for_each(|c| c.extend(std::iter::repeat_n(0.0, latency)));
        self.run(&longer).into_iter().map(|mut c| c.split_off(latency)).collect()
    }
}

/// Noise within ±`peak`, different in each channel.
pub(in crate::sound) fn noise(channels: usize, samples: usize, peak: f32) -> Vec<Vec<f32>> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        peak * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
    };
    (0..channels).map(|_| (0..samples).map(|_| next()).collect()).collect()
}

/// Noise at 48 kHz without what is above 16 kHz.
pub(in crate::sound) fn audible_noise(samples: usize, peak: f32) -> Vec<f32> {
    let low_pass = Case::new(&super::low_pass::SPEC).channels(1).set("frequency", 16_000.0).choose("slope", "48");
    low_pass.run(&noise(1, samples, peak)).remove(0)
}

/// A sine at 48 kHz.
pub(in crate::sound) fn sine(hz: f64, amplitude: f64, samples: usize) -> Vec<f32> {
    (0..samples).map(|i| (amplitude * (std::f64::consts::TAU * hz * i as f64 / 48_000.0).sin()) as f32).collect()
}

/// Amplitude of a frequency in sound at 48 kHz; its length should be many periods.
pub(in crate::sound) fn amplitude(sound: &[f32], hz: f64) -> f64 {
    let [re, im] = transform(sound, hz);
    2.0 * re.hypot(im) / sound.len() as f64
}

/// Square waves at 48 kHz (half period 10 samples) of given levels in dB and lengths: their
/// magnitude is constant.
pub(in crate::sound) fn steps(parts: &[(f64, usize)]) -> Vec<f32> {
    let values = parts.iter().flat_map(|(db, samples)| std::iter::repeat_n(10f64.powf(db / 20.0) as f32, *samples));
    values.enumerate().map(|(i, x)| if i / 10 % 2 == 0 { x } else { -x }).collect()
}

/// True peak in dB: 16-fold interpolation by a sinc of 64 samples under a Hann window.
pub(in crate::sound) fn true_peak_db(sound: &[f32]) -> f64 {
    use std::f64::consts::PI;
    let mut peak = 0.0f64;
    for phase in 0..16 {
        let taps: Vec<f64> = (-31..=32)
            .map(|k| {
                let x = f64::from(k) - f64::from(phase) / 16.0;
                let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
                sinc * (0.5 * PI * x / 33.0).cos().powi(2)
            })
            .collect();
        for window in sound.windows(64) {
            peak = peak.max(window.iter().zip(&taps).map(|(x, t)| f64::from(*x) * t).sum::<f64>().abs());
        }
    }
    20.0 * peak.log10()
}

fn transform(sound: &[f32], hz: f64) -> [f64; 2] {
    let step = std::f64::consts::TAU * hz / 48_000.0;
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in sound.iter().enumerate() {
        let (sin, cos) = (step * i as f64).sin_cos();
        re += f64::from(*x) * cos;
        im -= f64::from(*x) * sin;
    }
    [re, im]
}

/// Magnitude of the response of the first channel to an impulse in all channels, in dB, at 48 kHz.
pub(in crate::sound) fn response_db(case: &Case, hz: f64) -> f64 {
    let mut impulse = vec![0.0f32; 96_000];
    impulse[0] = 1.0;
    let output = case.run(&vec![impulse; case.format.channels]);
    let [re, im] = transform(&output[0], hz);
    20.0 * re.hypot(im).log10()
}

/// Sets of values: the defaults, all minima, all maxima, and the defaults with each switch or
/// choice changed.
fn cases(spec: &'static SoundSpec) -> Vec<Case> {
    let base = Case::new(spec);
    let extreme = |pick: fn(f64, f64) -> f64| {
        let mut case = base.clone();
        for (value, param) in case.from.iter_mut().zip(spec.params) {
            if let ParamKind::Number { min, max, .. } = param.kind {
                *value = ParamValue::Number(pick(min, max));
            }
        }
        case.to = case.from.clone();
        case
    };
    let mut all = vec![base.clone(), extreme(f64::min), extreme(f64::max)];
    for param in spec.params {
        match param.kind {
            ParamKind::Bool { default } => all.push(base.clone().toggle(param.id, !default)),
            ParamKind::Choice { options, default } => {
                all.extend(options.iter().filter(|o| **o != default).map(|o| base.clone().choose(param.id, o)));
            }
            _ => {}
        }
    }
    // From the smallest to the largest values within a tenth of a second.
    let (mut moving, high) = (extreme(f64::min), extreme(f64::max));
    for ((to, end), param) in moving.to.iter_mut().zip(high.to).zip(spec.params) {
        if matches!(param.kind, ParamKind::Number { animatable: true, .. }) {
            *to = end;
        }
    }
    moving.moving_samples = 4800;
    all.push(moving);
    all
}

#[test]
fn ids_are_unique_and_sorted() {
    assert!(SOUND_EFFECTS.is_sorted_by(|a, b| a.id < b.id), "{:?}", SOUND_EFFECTS.iter().map(|s| s.id).collect::<Vec<_>>());
    for spec in SOUND_EFFECTS {
        assert!(spec.id.starts_with("audio-") && !spec.name.is_empty() && spec.summary.ends_with('.'), "{}", spec.id);
        let ids: BTreeSet<&str> = spec.params.iter().map(|p| p.id).collect();
        assert_eq!(ids.len(), spec.params.len(), "{}", spec.id);
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_alphanumeric())), "{}", spec.id);
    }
}

#[test]
fn defaults_are_allowed() {
    for spec in SOUND_EFFECTS {
        for (param, value) in spec.params.iter().zip(spec.defaults()) {
            assert_eq!(param.kind.problem(&value), None, "{} {}", spec.id, param.id);
        }
    }
}

/// Latency depends only on what cannot be animated; settling times are not negative, and finite
/// with the defaults.
#[test]
fn latency_and_settling_are_sane() {
    for spec in SOUND_EFFECTS {
        for case in cases(spec) {
            let secs = case.settling_secs();
            assert!(secs >= 0.0, "{}: {secs}", spec.id);
            assert!(case.latency() <= case.format.rate_hz as usize * 2, "{}: {}", spec.id, case.latency());
            (spec.neutral)(Params::new(&case.from));
        }
        assert!(Case::new(spec).settling_secs() < 60.0, "{}", spec.id);
        let mut moving = cases(spec).pop().unwrap();
        let before = moving.latency();
        std::mem::swap(&mut moving.from, &mut moving.to);
        assert_eq!(before, moving.latency(), "{}: latency of numbers that can be animated", spec.id);
    }
}

/// Whatever comes in and whatever the parameters are, samples stay finite.
#[test]
fn output_is_finite() {
    for spec in SOUND_EFFECTS {
        for case in cases(spec) {
            for (rate_hz, channels) in [(44_100, 2), (48_000, 1), (48_000, 6), (192_000, 8), (48_000, 2)] {
                let case = case.clone().rate(rate_hz).channels(channels);
                let mut impulse = vec![0.0f32; 3000];
                impulse[0] = 1.0;
                let square: Vec<f32> = (0..6000).map(|i| if i / 100 % 2 == 0 { 1.0 } else { -1.0 }).collect();
                let inputs = [
                    noise(channels, 6000, 1.0),
                    noise(channels, 3000, 1e6),
                    vec![vec![0.0; 3000]; channels],
                    vec![square; channels],
                    vec![impulse; channels],
                ];
                for (i, input) in inputs.into_iter().enumerate() {
                    let case = if i == 0 { case.clone().key(noise(channels, 6000, 0.5)) } else { case.clone() };
                    let output = case.run(&input);
                    assert!(output.iter().flatten().all(|x| x.is_finite()), "{} at {rate_hz} Hz, input {i}", spec.id);
                }
            }
        }
    }
}

/// A processor that starts as early as the effect asks for yields the same as one that starts from
/// the beginning: what differs is below −100 dB.
#[test]
fn the_past_is_forgotten() {
    for spec in SOUND_EFFECTS {
        for case in cases(spec) {
            let secs = case.settling_secs();
            if case.moving_samples > 0 || secs > 20.0 {
                continue;
            }
            let needed = ((secs * 48_000.0) as usize + case.latency()).div_ceil(BLOCK_SAMPLES) * BLOCK_SAMPLES;
            let skipped = 300 * BLOCK_SAMPLES;
            // The level changes, so that dynamics have something to remember.
            let mut input = noise(2, skipped + needed + 4800, 1.0);
            for channel in &mut input {
                for (i, x) in channel.iter_mut().enumerate() {
                    *x *= if i < skipped { 1.0 } else { [0.02, 0.3, 0.001][i / 7000 % 3] };
                }
            }
            let whole = case.run(&input);
            let late: Vec<Vec<f32>> = input.iter().map(|c| c[skipped..].to_vec()).collect();
            let later = Case { position: skipped as i64, ..case.clone() }.run(&late);
            let (mut error, mut level) = (0.0f64, 1e-6f64);
            for (a, b) in whole.iter().zip(&later) {
                for (x, y) in a[skipped + needed..].iter().zip(&b[needed..]) {
                    error = error.max(f64::from((x - y).abs()));
                    level = level.max(f64::from(x.abs()));
                }
            }
            assert!(error <= 1e-5 * level, "{}: {:?}, {error:e} of {level} after {secs} s", spec.id, case.from);
        }
    }
}

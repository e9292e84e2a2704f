//! Noise reduction.
use super::noise_floor::{GROUP_FRAMES, NoiseFloor};
use super::ramp::from_db;
use super::stft::{Bins, Stft, Window, frame_size, groups};
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};
use realfft::num_complex::Complex;

/// A frame: the best compromise of resolution in time and frequency for voices.
const FRAME_SECS: f64 = 0.043;

/// How much of the a-priori SNR comes from the frame before: Y. Ephraim and D. Malah 1984.
const DECISION: f64 = 0.98;

/// The smallest a-priori SNR, −25 dB: keeps residual noise even (O. Cappé, IEEE Trans. SAP 2,
/// 1994). Amounts above 24 dB need less.
const LEAST_PRIOR: f64 = 0.003_162;

/// Gains are not smoothed in frames of which this part of the power is left.
const LOUD: f64 = 0.4;

/// Removes steady noise: hiss, hum, fans. The gain of each of about a thousand bands is the MMSE
/// log-spectral amplitude estimator of Y. Ephraim and D. Malah (IEEE Trans. ASSP 33, 1985) with
/// their decision-directed a-priori SNR (ASSP 32, 1984), no less than −`amount`. The noise is what
/// the quietest fifth of the last seconds and of `lookAhead` has ([`NoiseFloor`]); `sensitivity`
/// raises or lowers it. `smoothing` averages gains over neighbouring bands, by up to a quarter
/// octave at 100 %, in frames of which little is left: single bands that come and go are what is
/// called musical noise (T. Esch and P. Vary, "Efficient musical noise suppression for speech
/// enhancement systems", ICASSP 2009).
///
/// `noiseOnly` outputs what is removed. With `link` all channels but the LFE have the same gains.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 12.0, 0.0, 48.0, Unit::Decibels),
        ParamSpec::number("sensitivity", "Sensitivity", 0.0, -12.0, 12.0, Unit::Decibels),
        ParamSpec::number("smoothing", "Smoothing", 50.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::fixed("lookAhead", "Look-Ahead", 1.0, 0.0, 1.5, Unit::Secs),
        ParamSpec::switch("noiseOnly", "Noise Only", false),
        ParamSpec::switch("link", "Link Channels", true),
    ],
    neutral: |p| p.number(0) == 0.0 && !p.bool(4),
    latency_samples: |p, format| Stft::latency(size(format)) + ahead_frames(p.number(3), format) * size(format) / 4,
    settling_secs: |p, _| PAST_SECS + f64::from(p.number(3)) + FORGET_SECS,
    ..SoundSpec::new(
        "audio-noise-reduction",
        "Noise Reduction",
        SoundFamily::Repair,
        "Removes steady noise such as hiss and hum.",
        |s| Box::new(NoiseReduction::new(s)),
    )
};

/// How far back the noise floor looks.
const PAST_SECS: f64 = 3.0;

/// How long the decision-directed estimate remembers at most: it depends on the frame before only
/// as far as gains are low, and the test finds no difference.
const FORGET_SECS: f64 = 3.0;

fn size(format: SoundFormat) -> usize {
    frame_size(FRAME_SECS, format.rate_hz)
}

/// Whole groups of frames.
fn ahead_frames(secs: f32, format: SoundFormat) -> usize {
    let group = size(format) as f64 / f64::from(format.rate_hz);
    libm::round(f64::from(secs) / group) as usize * GROUP_FRAMES
}

struct NoiseReduction {
    stft: Stft,
    /// Spectra that wait, a ring for each channel.
    waiting: Vec<Vec<Bins>>,
    groups: Vec<Group>,
    /// Sums of the gains up to each bin.
    sums: Vec<f64>,
    hop: usize,
}

struct Group {
    channels: Vec<usize>,
    floor: NoiseFloor,
    power: Vec<f64>,
    /// `G² γ` of the frame before.
    last: Vec<f64>,
    gains: Vec<f64>,
}

impl NoiseReduction {
    fn new(setup: SoundSetup<'_>) -> Self {
        let (format, size) = (setup.format, size(setup.format));
        let bins = size / 2 + 1;
        let ahead = ahead_frames(setup.params.number(3), format);
        let spectrum = vec![Complex::default(); bins];
        let past = (PAST_SECS * f64::from(format.rate_hz) / size as f64) as usize;
        let group = |channels: Vec<usize>| Group {
            floor: NoiseFloor::new(bins, past + ahead / GROUP_FRAMES, channels.len()),
            channels,
            power: vec![0.0; bins],
            last: vec![0.0; bins],
            gains: vec![1.0; bins],
        };
        Self {
            stft: Stft::new(format.channels, size, size / 4, size, Window::RootHann),
            waiting: vec![vec![spectrum; ahead]; format.channels],
            groups: groups(format.channels, format.lfe(), setup.params.bool(5)).into_iter().map(group).collect(),
            sums: vec![0.0; bins + 1],
            hop: size / 4,
        }
    }
}

/// What applies to a frame.
struct Settings {
    least_prior: f64,
    least_gain: f64,
    noise_factor: f64,
    smoothing: f64,
    noise_only: bool,
}

impl Group {
    fn add_power(&mut self, bins: &[Bins]) {
        self.power.fill(0.0);
        for &c in &self.channels {
            self.power.iter_mut().zip(&bins[c]).for_each(|(p, x)| *p += x.norm_sqr());
        }
    }

    fn reduce(&mut self, settings: &Settings, sums: &mut [f64], bins: &mut [Bins]) {
        self.add_power(bins);
        let (mut left, mut all) = (0.0, 0.0);
        for (k, (&power, &noise)) in self.power.iter().zip(self.floor.noise()).enumerate() {
            let noise = noise * settings.noise_factor;
            if noise <= 0.0 {
                (self.gains[k], self.last[k]) = (1.0, 0.0);
                continue;
            }
            let posterior = (power / noise).min(1e6);
            let prior = DECISION * self.last[k] + (1.0 - DECISION) * (posterior - 1.0).max(0.0);
            let gain = log_spectral_gain(prior.max(settings.least_prior), posterior);
            self.last[k] = gain * gain * posterior;
            self.gains[k] = gain;
            left += gain * gain * power;
            all += power;
        }
        let quiet = (1.0 - left / f64::max(LOUD * all, 1e-30)).max(0.0);
        self.smooth(settings.smoothing * quiet, sums);
        for &c in &self.channels {
            for (x, gain) in bins[c].iter_mut().zip(&self.gains) {
                let gain = gain.clamp(settings.least_gain, 1.0);
                *x *= if settings.noise_only { 1.0 - gain } else { gain };
            }
        }
    }

    /// Averages over a quarter octave and two bins, times `amount`.
    fn smooth(&mut self, amount: f64, sums: &mut [f64]) {
        let last = self.gains.len() - 1;
        for (k, gain) in self.gains.iter().enumerate() {
            sums[k + 1] = sums[k] + gain;
        }
        for (k, gain) in self.gains.iter_mut().enumerate() {
            // Whole bins, and a fraction of the outermost two.
            let reach = amount * (2.0 + 0.09 * k as f64);
            let inner = reach.floor() as usize;
            let part = reach - reach.floor();
            let sum = |r: usize| sums[(k + r).min(last) + 1] - sums[k.saturating_sub(r)];
            let count = |r: usize| ((k + r).min(last) + 1 - k.saturating_sub(r)) as f64;
            let (a, b) = (sum(inner) / count(inner), sum(inner + 1) / count(inner + 1));
            *gain = a + part * (b - a);
        }
    }
}

/// The gain `ξ / (1 + ξ) · exp(E₁(v) / 2)` with `v = γ ξ / (1 + ξ)`: Ephraim and Malah 1985, eq.
/// 20.
fn log_spectral_gain(prior: f64, posterior: f64) -> f64 {
    let wiener = prior / (1.0 + prior);
    (wiener * libm::exp(0.5 * exponential_integral(wiener * posterior))).min(1.0)
}

/// The exponential integral E₁ by the rational approximations 5.1.53 (|error| < 2·10⁻⁷) and 5.1.56
/// (relative error < 5·10⁻⁵) of M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions".
fn exponential_integral(x: f64) -> f64 {
    let x = x.max(1e-10);
    if x <= 1.0 {
        let c = [-0.577_215_66, 0.999_991_93, -0.249_910_55, 0.055_199_68, -0.009_760_04, 0.001_078_57];
        return c.iter().rev().fold(0.0, |sum, c| sum * x + c) - libm::log(x);
    }
    if x > 60.0 {
        return 0.0;
    }
    libm::exp(-x) * (x * x + 2.334_733 * x + 0.250_621) / (x * (x * x + 3.330_657 * x + 1.681_534))
}

impl SoundProcessor for NoiseReduction {
    fn process(&mut self, block: SoundBlock<'_>) {
        let Self { stft, waiting, groups, sums, hop } = self;
        let p = block.params;
        stft.process(block.position, block.channels, |end, bins| {
            let frame = end.div_euclid(*hop as i64);
            for group in groups.iter_mut() {
                group.add_power(bins);
                group.floor.add(frame, &group.power);
            }
            for (ring, bins) in waiting.iter_mut().zip(&mut *bins).filter(|(ring, _)| !ring.is_empty()) {
                let place = frame.rem_euclid(ring.len() as i64) as usize;
                std::mem::swap(&mut ring[place], bins);
            }
            let settings = Settings {
                least_prior: LEAST_PRIOR * from_db(-2.0 * (p.end(0) - 24.0).max(0.0)),
                least_gain: from_db(-p.end(0)),
                noise_factor: from_db(2.0 * p.end(1)),
                smoothing: p.end(2) / 100.0,
                noise_only: p.bool(4),
            };
            groups.iter_mut().for_each(|group| group.reduce(&settings, sums, bins));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, difference, rms, snr_db, voice, white};

    #[test]
    fn the_exponential_integral_has_its_known_values() {
        // Abramowitz and Stegun, table 5.1.
        for (x, e1) in [(0.01, 4.037_929_6), (0.5, 0.559_773_6), (1.0, 0.219_383_9), (2.0, 0.048_900_5), (10.0, 4.156_969e-6)] {
            assert!((exponential_integral(x) / e1 - 1.0).abs() < 1e-4, "{x}");
        }
    }

    #[test]
    fn a_sound_without_noise_and_an_amount_of_zero_return() {
        let input = white(1, 96_000);
        assert!(difference(&input, &Trial::new(&SPEC).number("amount", 0.0).mono(&input)) < 1e-6);
        let both: Vec<f32> = {
            let rest = Trial::new(&SPEC).mono(&input);
            let noise = Trial::new(&SPEC).switch("noiseOnly", true).mono(&input);
            rest.iter().zip(&noise).map(|(a, b)| a + b).collect()
        };
        assert!(difference(&input, &both) < 1e-6);
    }

    /// The kurtosis of the power of bins, which rises with musical noise: Y. Uemura et al.,
    /// "Automatic optimization scheme of spectral subtraction based on musical noise assessment"
    /// (IWAENC 2008). White noise has 2 here, where the second moment is not centred.
    fn kurtosis(x: &[f32]) -> f64 {
        let mut stft = Stft::new(1, 1024, 512, 1024, Window::RootHann);
        let (mut first, mut second, mut count) = (0.0, 0.0, 0.0);
        for (n, part) in x.chunks_exact(64).enumerate() {
            let mut block = [std::array::from_fn(|i| part[i])];
            stft.process(64 * n as i64, &mut block, |end, bins| {
                for x in bins[0][8..505].iter().filter(|_| end > 2048) {
                    let power = x.norm_sqr();
                    (first, second, count) = (first + power, second + power * power, count + 1.0);
                }
            });
        }
        second * count / (first * first)
    }

    #[test]
    fn noise_alone_falls_by_the_amount_and_stays_smooth() {
        let noise: Vec<f32> = white(1, 480_000).iter().map(|x| x * 0.02).collect();
        for (amount, tolerance, most) in [(6.0, 0.2, 1.1), (12.0, 0.5, 1.2), (20.0, 2.5, 3.0)] {
            let out = Trial::new(&SPEC).number("amount", amount).mono(&noise);
            let fall = 20.0 * (rms(&out[200_000..]) / rms(&noise)).log10();
            let ratio = kurtosis(&out[200_000..]) / kurtosis(&noise[200_000..]);
            println!("amount {amount}: {fall:.2} dB, kurtosis ratio {ratio:.2}");
            assert!((fall + amount).abs() < tolerance, "{amount}: {fall}");
            assert!(ratio < most, "{amount}: {ratio}");
        }
    }

    #[test]
    fn a_voice_in_noise_gets_clearer() {
        let clean = voice(48_000.0, 480_000);
        for (level, least) in [(0.01, 5.0), (0.03, 5.0), (0.1, 5.0)] {
            let noise: Vec<f32> = white(7, clean.len()).iter().map(|x| x * level).collect();
            let input: Vec<f32> = clean.iter().zip(&noise).map(|(a, b)| a + b).collect();
            let out = Trial::new(&SPEC).number("amount", 24.0).mono(&input);
            let part = 96_000..470_000;
            let (before, after) = (snr_db(&clean[part.clone()], &input[part.clone()]), snr_db(&clean[part.clone()], &out[part]));
            println!("SNR {before:.1} dB -> {after:.1} dB");
            assert!(after - before > least, "{before} {after}");
        }
    }

    #[test]
    fn noise_reduction_is_the_same_wherever_it_begins() {
        let clean = voice(48_000.0, 600_000);
        let input: Vec<f32> = clean.iter().zip(&white(7, clean.len())).map(|(a, b)| a + 0.03 * b).collect();
        let db = Trial::new(&SPEC).difference_by_start_db(&[input], 64_000);
        println!("difference {db:.1} dB");
        assert!(db < -119.0, "{db}");
    }
}

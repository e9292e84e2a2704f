//! Convolution reverb.
use super::convolver::{Convolver, Path};
use super::line::Line;
use super::ramp::Ramp;
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamKind, ParamSpec, Unit};
use cutroom_types::AudioBlock;

const MAX_PRE_DELAY_SECS: f64 = 0.5;
const MAX_CHANNELS: usize = 8;

/// Part of the longest impulse over which it is faded out if the file is longer.
const FADE: f64 = 0.1;

/// Convolves the sound with the impulse response of a room, a device or anything else from a sound
/// file, exactly and without latency. Up to `length` seconds of the file are used, the last tenth
/// faded out if the file is longer. A file of
/// - one channel applies to every channel;
/// - two channels applies to left and right channels, its mean to those in the middle;
/// - as many channels as the sound has: one to each;
/// - four channels is "true stereo", in the order left to left, left to right, right to left, right
///   to right, and applies to the first two channels (to mono with the mean of all); the others
///   pass;
/// - any other number: channel `n` applies to channel `n`, in turn.
///
/// The LFE channel passes, unless the file has as many channels as the sound. `normalize` is
/// `energy` (the impulse of the loudest output has the power 1, so that noise keeps its level),
/// `peak` (its largest sample is 1) or `off`.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec { id: "file", name: "Impulse Response", kind: FILE, unit: Unit::None },
        ParamSpec::fixed("length", "Longest Impulse", 10.0, 0.01, 60.0, Unit::Secs),
        ParamSpec::choice("normalize", "Normalize", "energy", &["energy", "peak", "off"]),
        ParamSpec::number("preDelay", "Pre-Delay", 0.0, 0.0, 1000.0 * MAX_PRE_DELAY_SECS, Unit::Millis),
        ParamSpec::number("gain", "Wet Gain", 0.0, -60.0, 24.0, Unit::Decibels),
        ParamSpec::number("mix", "Mix", 30.0, 0.0, 100.0, Unit::Percent),
    ],
    neutral: |p| p.text(0).is_empty() || p.number(5) == 0.0,
    settling_secs: |p, _| f64::from(p.number(1)) + f64::from(p.number(3)) / 1000.0 + 0.001,
    ..SoundSpec::new(
        "audio-convolution-reverb",
        "Convolution Reverb",
        SoundFamily::Space,
        "Places the sound in a recorded room.",
        |s| Box::new(ConvolutionReverb::new(s)),
    )
};

const FILE: ParamKind = ParamKind::File { extensions: &["wav", "aif", "aiff", "flac", "ogg", "mp3", "m4a", "caf", "w64"] };

struct ConvolutionReverb {
    rate_hz: f64,
    lines: Vec<Line>,
    /// Channels that are convolved; others pass.
    wet: Vec<bool>,
    convolver: Option<Convolver>,
}

impl ConvolutionReverb {
    fn new(setup: SoundSetup<'_>) -> Self {
        let (format, rate_hz) = (setup.format, f64::from(setup.format.rate_hz));
        let (mut wet, mut convolver) = (vec![false; format.channels], None);
        if let Some(file) = setup.file.filter(|f| !f.is_empty()) {
            let longest = (f64::from(setup.params.number(1)) * rate_hz).ceil() as usize;
            let impulses = shortened(file, longest);
            let routes = routes(format, impulses.len());
            let gain = normalization(setup.params.text(2), &impulses, &routes);
            let paths: Vec<Path<'_>> = routes
                .iter()
                .flat_map(|r| r.impulses.iter().map(move |&i| (r, i)))
                .map(|(r, i)| Path { input: r.input, output: r.output, response: &impulses[i], gain: gain * r.gain() })
                .collect();
            routes.iter().for_each(|r| wet[r.output] = true);
            convolver = Some(Convolver::new(format.channels, format.channels, &paths));
        }
        let line = Line::new(MAX_PRE_DELAY_SECS * rate_hz + 4.0);
        Self { rate_hz, lines: vec![line; format.channels], wet, convolver }
    }
}

/// The channels of a file, up to `longest` samples.
fn shortened(file: &AudioBlock, longest: usize) -> Vec<Vec<f32>> {
    let mut channels: Vec<Vec<f32>> = file.channels.iter().map(|c| c.iter().take(longest).copied().collect()).collect();
    if file.len() > longest {
        let fade = ((longest as f64 * FADE) as usize).max(1);
        for channel in &mut channels {
            channel.iter_mut().rev().take(fade).enumerate().for_each(|(i, x)| *x *= i as f32 / fade as f32);
        }
    }
    channels
}

/// Which impulses lead from an input to an output: their mean.
struct Route {
    input: usize,
    output: usize,
    impulses: Vec<usize>,
}

impl Route {
    fn new(input: usize, output: usize, impulses: &[usize]) -> Self {
        Self { input, output, impulses: impulses.to_vec() }
    }

    fn gain(&self) -> f64 {
        1.0 / self.impulses.len() as f64
    }
}

/// On which side a channel is: 0 left, 1 right, `None` in the middle; see
/// [`SoundFormat::channels`].
fn side(format: SoundFormat, c: usize) -> Option<usize> {
    let middle: &[usize] = match format.channels {
        1 => &[0],
        3 => &[2],
        4 => &[2, 3],
        5 | 6 | 8 => &[2],
        7 => &[2, 4],
        _ => &[],
    };
    let pairs_begin_odd = (format.channels == 5 || format.channels == 7) && c > 2;
    let right = (c % 2 == 1) != pairs_begin_odd;
    (!middle.contains(&c)).then_some(usize::from(right))
}

fn routes(format: SoundFormat, impulses: usize) -> Vec<Route> {
    let own = |c: usize| Route::new(c, c, &[c % impulses]);
    let channels = (0..format.channels).filter(|c| Some(*c) != format.lfe());
    match (impulses, format.channels) {
        (n, m) if n == m => (0..m).map(own).collect(),
        (2, _) => channels.map(|c| side(format, c).map_or_else(|| Route::new(c, c, &[0, 1]), |s| Route::new(c, c, &[s]))).collect(),
        (4, 1) => vec![Route::new(0, 0, &[0, 1, 2, 3])],
        (4, _) => [0, 1, 2, 3].map(|i| Route::new(i / 2, i % 2, &[i])).into(),
        _ => channels.map(own).collect(),
    }
}

/// The factor that `normalize` means.
fn normalization(kind: &str, impulses: &[Vec<f32>], routes: &[Route]) -> f64 {
    let mut largest = 0.0f64;
    for output in 0..MAX_CHANNELS {
        let (mut energy, mut peak) = (0.0, 0.0f64);
        for route in routes.iter().filter(|r| r.output == output) {
            let count = impulses.first().map_or(0, Vec::len);
            let sample = |i: usize| route.gain() * route.impulses.iter().map(|&k| f64::from(impulses[k][i])).sum::<f64>();
            for x in (0..count).map(sample) {
                energy += x * x;
                peak = peak.max(x.abs());
            }
        }
        largest = largest.max(if kind == "peak" { peak } else { energy.sqrt() });
    }
    if kind == "off" || largest < 1e-9 { 1.0 } else { 1.0 / largest }
}

impl SoundProcessor for ConvolutionReverb {
    fn process(&mut self, block: SoundBlock<'_>) {
        let Some(convolver) = &mut self.convolver else { return };
        let p = block.params;
        let (pre_delay, mix) = (Ramp::of(&p, 3, self.rate_hz / 1000.0), Ramp::of(&p, 5, 0.01));
        let gain = Ramp::new(super::ramp::from_db(p.number(4)), super::ramp::from_db(p.end(4)));
        let mut inputs = [[0.0; BLOCK_SAMPLES]; MAX_CHANNELS];
        let mut outputs = [[0.0; BLOCK_SAMPLES]; MAX_CHANNELS];
        for ((input, channel), line) in inputs.iter_mut().zip(&*block.channels).zip(&mut self.lines) {
            for (i, (y, &x)) in input.iter_mut().zip(channel).enumerate() {
                line.push(x);
                // The shortest distance that can be interpolated is 2; without pre-delay it is 1.
                let distance = 1.0 + pre_delay.at(i);
                *y =
                    if distance < 2.0 { f64::from(x) + (distance - 1.0) * f64::from(line.tap(2) - x) } else { line.read(distance) };
            }
        }
        convolver.process(block.position, &inputs, &mut outputs);
        for ((channel, output), _) in block.channels.iter_mut().zip(&outputs).zip(&self.wet).filter(|(_, wet)| **wet) {
            for (i, (x, wet)) in channel.iter_mut().zip(output).enumerate() {
                let dry = f64::from(*x);
                *x = (dry + mix.at(i) * (gain.at(i) * wet - dry)) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, impulse, rms, white};
    use cutroom_types::ParamValue;
    use std::sync::Arc;

    fn trial(channels: Vec<Vec<f32>>) -> Trial<'static> {
        let mut trial = Trial::new(&SPEC).choice("normalize", "off").number("mix", 100.0);
        trial.values[0] = ParamValue::Text("room.wav".into());
        trial.file = Some(Arc::new(AudioBlock { rate_hz: 48_000, channels }));
        trial
    }

    /// Direct convolution, in double precision.
    fn convolved(x: &[f32], h: &[f32]) -> Vec<f64> {
        let term = |n: usize| h.iter().take(n + 1).enumerate().map(|(k, h)| f64::from(*h) * f64::from(x[n - k])).sum();
        (0..x.len()).map(term).collect()
    }

    fn decaying(seed: u64, len: usize) -> Vec<f32> {
        white(seed, len).iter().enumerate().map(|(i, x)| 0.05 * x * (-6.9 * i as f32 / len as f32).exp()).collect()
    }

    fn check(out: &[f32], expected: &[f64]) {
        for (i, (a, b)) in out.iter().zip(expected).enumerate() {
            assert!((f64::from(*a) - b).abs() < 1e-5, "{i}: {a} instead of {b}");
        }
    }

    #[test]
    fn mono_and_stereo_equal_direct_convolution() {
        let (x, y) = (white(1, 12_000), white(2, 12_000));
        let (h, g) = (decaying(3, 7000), decaying(4, 7000));
        let out = trial(vec![h.clone()]).run(&[x.clone(), y.clone()]);
        check(&out[0], &convolved(&x, &h));
        check(&out[1], &convolved(&y, &h));
        let out = trial(vec![h.clone(), g.clone()]).run(&[x.clone(), y.clone()]);
        check(&out[0], &convolved(&x, &h));
        check(&out[1], &convolved(&y, &g));
    }

    #[test]
    fn true_stereo_has_four_ways() {
        let (x, y) = (white(1, 6000), white(2, 6000));
        let h: Vec<_> = (0..4).map(|i| decaying(10 + i, 1500)).collect();
        let out = trial(h.clone()).run(&[x.clone(), y.clone()]);
        let sum = |a: Vec<f64>, b: Vec<f64>| -> Vec<f64> { a.iter().zip(&b).map(|(a, b)| a + b).collect() };
        check(&out[0], &sum(convolved(&x, &h[0]), convolved(&y, &h[2])));
        check(&out[1], &sum(convolved(&x, &h[1]), convolved(&y, &h[3])));
    }

    #[test]
    fn surround_takes_sides_and_leaves_the_lfe() {
        let (l, r) = (decaying(1, 500), decaying(2, 500));
        let input: Vec<_> = (0..6).map(|_| impulse(640)).collect();
        let out = trial(vec![l.clone(), r.clone()]).run(&input);
        assert_eq!(out[3], input[3]);
        for i in 0..500 {
            for (c, h) in [(0, l[i]), (1, r[i]), (2, 0.5 * (l[i] + r[i])), (4, l[i]), (5, r[i])] {
                assert!((out[c][i] - h).abs() < 1e-6, "{c} {i}");
            }
        }
    }

    #[test]
    fn normalized_impulses_keep_the_level_of_noise() {
        let noise = white(9, 96_000);
        let out = trial(vec![decaying(1, 4000)]).choice("normalize", "energy").mono(&noise);
        assert!((20.0 * (rms(&out[9600..]) / rms(&noise)).log10()).abs() < 0.5);
        let out = trial(vec![decaying(1, 4000)]).choice("normalize", "peak").mono(&impulse(6400));
        assert!((out.iter().fold(0f32, |m, x| m.max(x.abs())) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn pre_delay_moves_and_length_limits() {
        let out = trial(vec![vec![1.0, 0.5]]).number("preDelay", 10.0).mono(&impulse(960));
        assert!((out[480] - 1.0).abs() < 1e-6 && (out[481] - 0.5).abs() < 1e-6 && out[479].abs() < 1e-6);
        let short = trial(vec![vec![0.1; 48_000]]).number("length", 0.5);
        let out = short.mono(&impulse(48_000));
        assert!((out[100] - 0.1).abs() < 1e-6 && (out[22_800] - 0.05).abs() < 1e-3);
        assert!(out[24_000..].iter().all(|x| x.abs() < 1e-6));
        assert!(short.difference_by_start_db(&[white(1, 96_000)], 6400) < -120.0);
    }
}

//! Reverb.
use super::cuts::{CutState, Cuts, HIGH_CUT_OFF_HZ, LOW_CUT_OFF_HZ};
use super::line::Line;
use super::ramp::{Ramp, from_db, kept};
use super::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

const LINES: usize = 16;
const MAX_PRE_DELAY_SECS: f64 = 0.5;
const MAX_CHANNELS: usize = 8;

/// Milliseconds of the lines at size 100 %: spread evenly in the logarithm over 1 : 3.3, off the
/// even steps by up to 3 % so that no two share their echoes.
const LINE_MS: [f64; LINES] = [29.7, 32.4, 34.6, 37.9, 40.6, 44.5, 47.6, 51.7, 56.3, 60.4, 66.1, 70.9, 77.3, 83.0, 90.7, 98.2];

/// Milliseconds of the diffusers at size 100 %.
const DIFFUSER_MS: [f64; 4] = [2.31, 3.73, 5.87, 8.41];

/// Early reflections, left and right: milliseconds at size 100 % and gain. Distances of a room of
/// about 6 m × 9 m × 3 m with the ear off its centre, gains falling with distance.
const EARLY: [[(f64, f64); 6]; 2] = [
    [(4.7, 0.62), (9.1, -0.49), (13.9, 0.41), (19.3, 0.36), (26.7, -0.29), (33.1, 0.24)],
    [(5.9, 0.58), (8.3, 0.51), (15.1, -0.39), (18.1, 0.34), (24.1, 0.31), (35.9, -0.22)],
];

/// A room made of a feedback delay network: sixteen delay lines that feed each other through a
/// Hadamard matrix, which loses nothing, so that the decay is that of the lines' filters alone:
/// J.-M. Jot and A. Chaigne, "Digital delay networks for designing artificial reverberators" (AES
/// 90th Convention, 1991). A line of `d` seconds has the gain `10^(−3 d / decay)`, and that of a
/// decay time of `decay · highDecay` above `damping`, by a first-order shelf.
///
/// `decay` is the time in which the level falls by 60 dB (ISO 3382-1). The tail has the mean power
/// of the channels, whatever the decay. Before the network come `preDelay`, low and high cut (12 dB
/// per octave) and four allpass diffusers; early reflections are taps of the same line. `width`
/// fades the reverb of each channel to that of all. The LFE channel passes.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("decay", "Decay Time", 1.8, 0.1, 20.0, Unit::Secs),
        ParamSpec::fixed("size", "Size", 100.0, 20.0, 300.0, Unit::Percent),
        ParamSpec::number("preDelay", "Pre-Delay", 10.0, 0.0, 1000.0 * MAX_PRE_DELAY_SECS, Unit::Millis),
        ParamSpec::number("damping", "Damping Frequency", 5000.0, 200.0, 20_000.0, Unit::Hertz),
        ParamSpec::number("highDecay", "High Decay", 50.0, 5.0, 100.0, Unit::Percent),
        ParamSpec::number("lowCut", "Low Cut", 80.0, LOW_CUT_OFF_HZ, 2000.0, Unit::Hertz),
        ParamSpec::number("highCut", "High Cut", 12_000.0, 500.0, HIGH_CUT_OFF_HZ, Unit::Hertz),
        ParamSpec::number("early", "Early Reflections", -6.0, -60.0, 12.0, Unit::Decibels),
        ParamSpec::number("late", "Tail", 0.0, -60.0, 12.0, Unit::Decibels),
        ParamSpec::number("width", "Width", 100.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::number("mix", "Mix", 25.0, 0.0, 100.0, Unit::Percent),
    ],
    neutral: |p| p.number(10) == 0.0,
    settling_secs: |p, _| {
        let longest = LINE_MS[LINES - 1] / 1000.0 * f64::from(p.number(1)) / 100.0;
        let before = f64::from(p.number(2)) / 1000.0 + Cuts::settling_secs(f64::from(p.number(5)));
        2.2 * f64::from(p.number(0)) + 2.0 * longest + before
    },
    ..SoundSpec::new("audio-reverb", "Reverb", SoundFamily::Space, "Places the sound in a room.", |setup| {
        Box::new(Reverb::new(setup))
    })
};

struct Reverb {
    format: SoundFormat,
    rate_hz: f64,
    size: f64,
    inputs: Vec<Input>,
    lines: Vec<Line>,
    lengths: [usize; LINES],
    shelves: [Shelf; LINES],
    shelf_states: [f64; LINES],
    cuts: Cuts,
    diffusion: [f64; 4],
    /// Makes the tail as loud as the sound.
    level: f64,
}

/// What each channel passes before the network.
#[derive(Clone)]
struct Input {
    line: Line,
    cuts: CutState,
    diffusers: [Diffuser; 4],
}

#[derive(Clone)]
struct Diffuser {
    line: Line,
    length: usize,
}

/// A first-order shelf `(b0 + b1 z⁻¹) / (1 + a1 z⁻¹)`, in transposed direct form II.
#[derive(Clone, Copy, Default)]
struct Shelf {
    b0: f64,
    b1: f64,
    a1: f64,
}

impl Shelf {
    /// From `low` at 0 Hz to `high` at the highest frequency, in between their geometric mean at
    /// `hz`: the bilinear transform of `low (s √r + ω) / (s / √r + ω)` with `r = high / low`.
    fn new(low: f64, high: f64, hz: f64, rate_hz: f64) -> Self {
        let w = libm::tan(std::f64::consts::PI * (hz / rate_hz).min(0.49));
        let root = (high / low).sqrt();
        let a0 = 1.0 / root + w;
        Self { b0: low * (root + w) / a0, b1: low * (w - root) / a0, a1: (w - 1.0 / root) / a0 }
    }

    #[inline(always)]
    fn apply(&self, state: &mut f64, x: f64) -> f64 {
        let y = self.b0 * x + *state;
        *state = self.b1 * x - self.a1 * y;
        y
    }
}

impl Reverb {
    fn new(setup: SoundSetup<'_>) -> Self {
        let rate_hz = f64::from(setup.format.rate_hz);
        let size = f64::from(setup.params.number(1)) / 100.0;
        let samples = |ms: f64| ((ms * size * rate_hz / 1000.0) as usize).max(4);
        let lengths = LINE_MS.map(samples);
        let diffuser = |ms: f64| Diffuser { line: Line::new(samples(ms) as f64), length: samples(ms) };
        let longest = MAX_PRE_DELAY_SECS * rate_hz + samples(40.0) as f64;
        let input = Input { line: Line::new(longest), cuts: CutState::default(), diffusers: DIFFUSER_MS.map(diffuser) };
        Self {
            format: setup.format,
            rate_hz,
            size,
            inputs: vec![input; setup.format.channels],
            lines: lengths.iter().map(|&n| Line::new(n as f64)).collect(),
            lengths,
            shelves: [Shelf::default(); LINES],
            shelf_states: [0.0; LINES],
            cuts: Cuts::default(),
            diffusion: [0.0; 4],
            level: 1.0,
        }
    }

    fn prepare(&mut self, decay_secs: f64, damping_hz: f64, high_decay: f64, low_cut_hz: f64, high_cut_hz: f64) {
        let gain = |samples: usize, secs: f64| libm::exp10(-3.0 * samples as f64 / (self.rate_hz * secs));
        self.shelves = self.lengths.map(|n| {
            let (low, high) = (gain(n, decay_secs), gain(n, decay_secs * high_decay));
            Shelf::new(low, high, damping_hz, self.rate_hz)
        });
        self.cuts = Cuts::new(low_cut_hz, high_cut_hz, self.rate_hz);
        // No diffuser rings for longer than a third of the decay.
        for (c, ms) in self.diffusion.iter_mut().zip(DIFFUSER_MS) {
            *c = libm::exp10(-9.0 * ms * self.size / (1000.0 * decay_secs)).min(0.62);
        }
        // A lossless matrix spreads the power evenly, so that the lines' outputs have mean g² / (1
        // − mean g²) of the power that enters. Below 0.1 there is no tail to speak of, and echoes
        // stay what they are.
        let kept = self.lengths.iter().map(|&n| gain(n, decay_secs) * gain(n, decay_secs)).sum::<f64>() / LINES as f64;
        let channels = self.format.channels - usize::from(self.format.lfe().is_some());
        self.level = ((1.0 - kept) / (kept.max(0.1) * channels as f64)).sqrt();
    }
}

/// The sign of element `row`, `column` of the Hadamard matrix of Sylvester's construction.
fn sign(row: usize, column: usize) -> f64 {
    if (row & column).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Sound enters by other rows than it leaves by, so that the first echoes of a channel have both signs.
const ENTERING: usize = 6;

/// The row of the matrix that joins channel `c` to the lines. Rows are orthogonal, so that the
/// channels' tails are not correlated.
fn row(c: usize) -> usize {
    [5, 10, 15, 3, 6, 9, 12, 1][c % MAX_CHANNELS]
}

/// Multiplies by the Hadamard matrix over √16, in place.
#[inline(always)]
fn hadamard(x: &mut [f64; LINES]) {
    let mut half = 1;
    while half < LINES {
        for i in (0..LINES).filter(|i| i & half == 0) {
            (x[i], x[i + half]) = (x[i] + x[i + half], x[i] - x[i + half]);
        }
        half *= 2;
    }
    x.iter_mut().for_each(|v| *v *= 0.25);
}

impl SoundProcessor for Reverb {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        if p.changed {
            self.prepare(p.middle(0), p.middle(3), p.middle(4) / 100.0, p.middle(5), p.middle(6));
        }
        let pre_delay = Ramp::of(&p, 2, self.rate_hz / 1000.0);
        let level = |i: usize| Ramp::new(from_db(p.number(i)), from_db(p.end(i)));
        let (early, late, width, mix) = (level(7), level(8), Ramp::of(&p, 9, 0.01), Ramp::of(&p, 10, 0.01));
        let lfe = self.format.lfe();
        let count = (self.format.channels - usize::from(lfe.is_some())) as f64;

        // Before the network: what enters it, and the early reflections.
        let mut entering = [[0.0f64; MAX_CHANNELS]; BLOCK_SAMPLES];
        let mut reflections: [Channel; MAX_CHANNELS] = [[0.0; BLOCK_SAMPLES]; MAX_CHANNELS];
        let per_ms = self.size * self.rate_hz / 1000.0;
        for (c, (channel, input)) in block.channels.iter().zip(&mut self.inputs).enumerate().filter(|(c, _)| Some(*c) != lfe) {
            let taps = EARLY[c % 2].map(|(ms, gain)| (ms * per_ms, gain));
            for (i, &x) in channel.iter().enumerate() {
                let x = self.cuts.apply(&mut input.cuts, f64::from(x));
                input.line.push(kept(x) as f32);
                let start = (1.0 + pre_delay.at(i)).max(2.0);
                let echoes: f64 = taps.iter().map(|(d, gain)| gain * f64::from(input.line.tap((start + d) as usize))).sum();
                let mut y = input.line.read(start);
                for (diffuser, &c) in input.diffusers.iter_mut().zip(&self.diffusion) {
                    let delayed = f64::from(diffuser.line.tap(diffuser.length));
                    let v = y - c * delayed;
                    diffuser.line.push(kept(v) as f32);
                    y = delayed + c * v;
                }
                (entering[i][c], reflections[c][i]) = (y, echoes as f32);
            }
            input.cuts.settle();
        }

        // Input gains have a power of 1 over all lines; output gains as well.
        let gain = 1.0 / (LINES as f64).sqrt();
        let channels = block.channels.len().min(MAX_CHANNELS);
        for i in 0..BLOCK_SAMPLES {
            let mut x: [f64; LINES] = std::array::from_fn(|k| f64::from(self.lines[k].tap(self.lengths[k])));
            for ((x, shelf), state) in x.iter_mut().zip(&self.shelves).zip(&mut self.shelf_states) {
                *x = shelf.apply(state, *x);
            }
            let mut wet = [0.0; MAX_CHANNELS];
            for c in (0..channels).filter(|c| Some(*c) != lfe) {
                let tail: f64 = x.iter().enumerate().map(|(k, x)| sign(row(c), k) * x).sum();
                wet[c] = late.at(i) * self.level * tail + early.at(i) * f64::from(reflections[c][i]);
            }
            hadamard(&mut x);
            for (k, line) in self.lines.iter_mut().enumerate() {
                let new: f64 = (0..channels).map(|c| sign(row(c) ^ ENTERING, k) * entering[i][c]).sum();
                line.push(kept(x[k] + gain * new) as f32);
            }
            let mean = wet.iter().sum::<f64>() / count;
            for (c, channel) in block.channels.iter_mut().enumerate().filter(|(c, _)| Some(*c) != lfe) {
                let own = wet.get(c).copied().unwrap_or(mean);
                let own = mean + width.at(i) * (own - mean);
                let dry = f64::from(channel[i]);
                channel[i] = (dry + mix.at(i) * (own - dry)) as f32;
            }
        }
        self.shelf_states.iter_mut().for_each(|s| *s = kept(*s));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::cuts::{Svf, SvfShape};
    use crate::sound::trial::{Trial, impulse, rms, tone, white, wide};

    /// The decay time by backward integration (M. R. Schroeder 1965) over −5 dB to −35 dB.
    fn rt60(h: &[f64], rate: f64) -> f64 {
        let mut sum = 0.0;
        let mut curve: Vec<f64> = h
            .iter()
            .rev()
            .map(|x| {
                sum += x * x;
                sum
            })
            .collect();
        curve.reverse();
        let when = |db: f64| curve.iter().position(|e| 10.0 * (e / curve[0]).log10() < db).expect("decays") as f64 / rate;
        2.0 * (when(-35.0) - when(-5.0))
    }

    fn tail(secs: f64) -> Trial<'static> {
        let trial = Trial::new(&SPEC).number("decay", secs).number("mix", 100.0).number("early", -60.0).number("preDelay", 0.0);
        trial.number("lowCut", LOW_CUT_OFF_HZ).number("highCut", HIGH_CUT_OFF_HZ)
    }

    #[test]
    fn the_tail_falls_by_60_db_in_the_decay_time() {
        for (secs, size) in [(0.3, 30.0), (0.5, 100.0), (1.8, 100.0), (1.8, 300.0), (6.0, 200.0), (20.0, 100.0)] {
            let trial = tail(secs).number("highDecay", 100.0).number("size", size);
            let got = rt60(&wide(&trial.mono(&impulse((secs * 72_000.0) as usize))), 48_000.0);
            println!("decay {secs} size {size}: {got:.3}");
            assert!((got / secs - 1.0).abs() < 0.1, "{secs} s at {size} %: {got}");
        }
    }

    #[test]
    fn high_frequencies_decay_faster() {
        let h = wide(&tail(2.0).number("damping", 2000.0).number("highDecay", 40.0).mono(&impulse(144_000)));
        let band = |hz: f64, low: bool| -> Vec<f64> {
            let shape = SvfShape::new(hz, 48_000.0);
            let mut filters = [Svf::default(); 4];
            let pass = |f: &mut Svf, x| if low { f.low(&shape, x) } else { f.high(&shape, x) };
            h.iter().map(|&x| filters.iter_mut().fold(x, |x, f| pass(f, x))).collect()
        };
        let (low, high) = (rt60(&band(250.0, true), 48_000.0), rt60(&band(15_000.0, false), 48_000.0));
        println!("low {low:.3} high {high:.3}");
        assert!((low / 2.0 - 1.0).abs() < 0.1, "{low}");
        assert!((high / 0.8 - 1.0).abs() < 0.1, "{high}");
    }

    #[test]
    fn the_tail_is_as_loud_as_the_sound_and_differs_between_channels() {
        let noise = white(3, 192_000);
        for secs in [0.5, 4.0] {
            let out = tail(secs).number("highDecay", 100.0).run(&[noise.clone(), white(4, 192_000)]);
            let (l, r) = (&out[0][144_000..], &out[1][144_000..]);
            let level = 20.0 * (rms(l) / rms(&noise)).log10();
            let product: f64 = l.iter().zip(r).map(|(a, b)| f64::from(a * b)).sum();
            let correlation = product / (rms(l) * rms(r) * l.len() as f64);
            println!("decay {secs}: {level:.2} dB, correlation {correlation:.3}");
            assert!(level.abs() < 1.0 && correlation.abs() < 0.2);
        }
    }

    #[test]
    fn width_0_is_mono_and_the_lfe_passes() {
        let out = tail(1.0).number("width", 0.0).run(&[white(1, 9600), white(2, 9600)]);
        assert_eq!(out[0], out[1]);
        let input: Vec<_> = (0..6).map(|c| white(c, 9600)).collect();
        let out = tail(1.0).run(&input);
        assert!(out[3] == input[3] && out[2] != input[2]);
    }

    #[test]
    fn a_reverb_forgets_when_it_says() {
        assert!(tail(0.4).difference_by_start_db(&[white(1, 96_000), tone(500.0, 48_000.0, 0.5, 96_000)], 6400) < -119.0);
    }
}

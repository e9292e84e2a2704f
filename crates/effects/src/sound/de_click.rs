//! De-click.
use super::ar::Model;
use super::frames::Frames;
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

/// A frame in seconds, and the part of it on each side that is only looked at.
const HOP_SECS: f64 = 0.021;
const MARGIN_SECS: f64 = 0.021;

/// Order of the model per kilohertz of the sample rate.
const ORDER_PER_KHZ: f64 = 0.7;

/// Samples near a click belong to it if their error is this part of what makes a click.
const EDGE: f64 = 0.4;

/// How far apart such samples may be.
const GAP: usize = 5;

/// How often a frame is searched: large clicks hide small ones.
const ROUNDS: usize = 3;

/// Removes clicks, crackle and pops, such as those of records, digital errors and mouths. Clicks
/// are samples that an autoregressive model predicts badly both from those before and from those
/// after them: S. Godsill and P. Rayner, "Digital Audio Restoration" (1998), chapter 5. Requiring
/// both spares the beginnings of sounds and the pulses of voices. They are replaced by what the
/// model makes of their surroundings; all other samples stay as they are.
///
/// `sensitivity` sets how many times larger than usual an error must be: 58 times at 1 %, 13 times
/// at 50 %, 3 times at 100 %. Clicks longer than `longest` are left alone. `widen` adds samples on
/// both sides of a click. `clicksOnly` outputs what is removed.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("sensitivity", "Sensitivity", 50.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::fixed("longest", "Longest Click", 2.0, 0.05, 10.0, Unit::Millis),
        ParamSpec::number("widen", "Widen", 0.06, 0.0, 1.0, Unit::Millis),
        ParamSpec::switch("clicksOnly", "Clicks Only", false),
    ],
    neutral: |p| p.number(0) == 0.0 && !p.bool(3),
    latency_samples: |p, format| Frames::latency(hop(format), margin(p, format)),
    settling_secs: |p, format| (hop(format) + 2 * margin(p, format)) as f64 / f64::from(format.rate_hz),
    ..SoundSpec::new("audio-de-click", "De-Click", SoundFamily::Repair, "Removes clicks, crackle and pops.", |s| {
        Box::new(DeClick::new(s))
    })
};

fn blocks(secs: f64, format: SoundFormat) -> usize {
    ((secs * f64::from(format.rate_hz)) as usize).div_ceil(BLOCK_SAMPLES) * BLOCK_SAMPLES
}

fn hop(format: SoundFormat) -> usize {
    blocks(HOP_SECS, format)
}

/// Long clicks need a longer look at what is around them.
fn margin(p: Params<'_>, format: SoundFormat) -> usize {
    blocks(MARGIN_SECS + 2.0 * f64::from(p.number(1)) / 1000.0, format)
}

struct DeClick {
    rate_hz: f64,
    margin: usize,
    frames: Vec<Frames>,
    longest: usize,
    mender: Mender,
}

/// What one channel after the other uses.
struct Mender {
    model: Model,
    order: usize,
    samples: Vec<f64>,
    forward: Vec<f64>,
    backward: Vec<f64>,
    sorted: Vec<f64>,
    bad: Vec<bool>,
    missing: Vec<usize>,
}

impl DeClick {
    fn new(setup: SoundSetup<'_>) -> Self {
        let format = setup.format;
        let rate_hz = f64::from(format.rate_hz);
        let (hop, margin) = (hop(format), margin(setup.params, format));
        let len = hop + 2 * margin;
        let order = ((ORDER_PER_KHZ * rate_hz / 1000.0) as usize).clamp(24, 80);
        let zeros = vec![0.0; len];
        let mender = Mender {
            model: Model::new(order, len),
            order,
            samples: zeros.clone(),
            forward: zeros.clone(),
            backward: zeros.clone(),
            sorted: zeros,
            bad: vec![false; len],
            missing: Vec::with_capacity(len),
        };
        Self {
            rate_hz,
            margin,
            frames: (0..format.channels).map(|_| Frames::new(hop, margin)).collect(),
            longest: (f64::from(setup.params.number(1)) * rate_hz / 1000.0).ceil() as usize,
            mender,
        }
    }
}

/// What applies to a frame.
struct Search {
    /// How many times the usual error.
    threshold: f64,
    longest: usize,
    widen: usize,
}

impl Mender {
    /// Finds and mends the clicks of a frame in `self.samples`.
    fn mend(&mut self, input: &[f64], search: &Search) {
        self.samples.copy_from_slice(input);
        self.bad.fill(false);
        for _ in 0..ROUNDS {
            if !self.model.estimate(&self.samples) || !self.find(search) {
                return;
            }
            self.samples.copy_from_slice(input);
            self.model.interpolate(&mut self.samples, &self.missing);
        }
    }

    /// Adds to the bad samples; returns whether there were more.
    fn find(&mut self, search: &Search) -> bool {
        self.model.errors(&self.samples, &mut self.forward, &mut self.backward);
        for ((e, f), b) in self.sorted.iter_mut().zip(&self.forward).zip(&self.backward) {
            *e = f.abs().min(b.abs());
        }
        let len = self.samples.len();
        let inner = self.order..len - self.order;
        // The median of the magnitude of normal errors is 0.6745 σ; that of the lesser of two is
        // 0.42 σ.
        let errors = &mut self.sorted[inner.clone()];
        let middle = errors.len() / 2;
        let limit = search.threshold * (*errors.select_nth_unstable_by(middle, f64::total_cmp).1 / 0.42).max(1e-7);
        let mut found = false;
        let mut at = inner.start;
        while at < inner.end {
            if self.error(at) <= limit {
                at += 1;
                continue;
            }
            // A click lasts as long as anything in it is much larger than usual, in either
            // direction.
            let (mut first, mut last) = (at, at);
            while first > inner.start && last - first < search.longest {
                let Some(n) = (inner.start.max(first.saturating_sub(GAP))..first).find(|&n| self.error(n) > limit * EDGE) else {
                    break;
                };
                first = n;
            }
            while last + 1 < inner.end && last - first < search.longest {
                let Some(n) = (last + 1..(last + 1 + GAP).min(inner.end)).rev().find(|&n| self.error(n) > limit * EDGE) else {
                    break;
                };
                last = n;
            }
            if last - first < search.longest {
                let from = first.saturating_sub(search.widen).max(inner.start);
                let to = (last + search.widen + 1).min(inner.end);
                found |= self.bad[from..to].iter().any(|b| !b);
                self.bad[from..to].fill(true);
            }
            at = last + 1;
        }
        self.missing.clear();
        self.missing.extend((0..len).filter(|i| self.bad[*i]));
        found
    }

    /// The lesser error of the prediction from both sides.
    fn error(&self, n: usize) -> f64 {
        self.forward[n].abs().min(self.backward[n].abs())
    }
}

impl SoundProcessor for DeClick {
    fn process(&mut self, block: SoundBlock<'_>) {
        let Self { rate_hz, margin, frames, longest, mender } = self;
        let p = block.params;
        let sensitivity = p.end(0) / 100.0;
        let search = Search {
            threshold: 60.0 * libm::pow(0.05, sensitivity),
            longest: *longest,
            widen: libm::round(p.end(2) * *rate_hz / 1000.0) as usize,
        };
        let clicks_only = p.bool(3);
        for (channel, frames) in block.channels.iter_mut().zip(frames) {
            frames.process(block.position, channel, |input, output| {
                if sensitivity > 0.0 {
                    mender.mend(input, &search);
                } else {
                    mender.samples.copy_from_slice(input);
                    mender.bad.fill(false);
                }
                for (i, y) in output.iter_mut().enumerate() {
                    let bad = mender.bad[*margin + i];
                    let mended = if bad { mender.samples[*margin + i] as f32 } else { *y };
                    *y = if clicks_only { *y - mended } else { mended };
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, snr_db, tone, voice, white};

    /// Clicks of 1 to 40 samples, `per_sec` of them, with decaying noise of amplitude `level`.
    fn clicks(len: usize, per_sec: usize, level: f32) -> Vec<f32> {
        let mut out = vec![0.0; len];
        let places = white(11, 4 * len);
        for (n, p) in places.chunks_exact(3).take(len * per_sec / 48_000).enumerate() {
            let at = ((p[0] + 1.0) * 0.5 * (len - 100) as f32) as usize;
            let long = 1 + ((p[1] + 1.0) * 20.0) as usize;
            for (i, x) in white(n as u64 + 100, long).iter().enumerate() {
                out[at + i] += level * (0.3 + 0.7 * p[2].abs()) * x.signum() * (1.0 - i as f32 / long as f32);
            }
        }
        out
    }

    fn speech(len: usize) -> Vec<f32> {
        voice(48_000.0, len).iter().zip(&white(6, len)).map(|(a, b)| a + 0.001 * b).collect()
    }

    fn music(len: usize) -> Vec<f32> {
        let chord: Vec<Vec<f32>> = [220.0, 277.18, 329.63, 440.0, 1318.5].map(|f| tone(f, 48_000.0, 0.12, len)).into();
        let hiss = white(5, len);
        (0..len).map(|i| chord.iter().map(|c| c[i]).sum::<f32>() + 0.002 * hiss[i]).collect()
    }

    #[test]
    fn clicks_on_voice_and_music_are_mended() {
        let len = 240_000;
        for (name, clean, least) in [("voice", speech(len), 9.0), ("music", music(len), 15.0)] {
            let clicks = clicks(len, 20, 0.5);
            let input: Vec<f32> = clean.iter().zip(&clicks).map(|(a, b)| a + b).collect();
            let out = Trial::new(&SPEC).mono(&input);
            let (before, after) = (snr_db(&clean, &input), snr_db(&clean, &out));
            println!("{name}: SNR {before:.1} dB -> {after:.1} dB");
            assert!(after - before > least, "{name}: {before} {after}");
        }
    }

    #[test]
    fn sound_without_clicks_stays() {
        let len = 96_000;
        for (name, clean) in [("voice", speech(len)), ("music", music(len)), ("noise", white(1, len))] {
            let out = Trial::new(&SPEC).mono(&clean);
            let snr = snr_db(&clean, &out);
            println!("{name} without clicks: {snr:.1} dB");
            assert!(snr > 50.0, "{name}: {snr}");
        }
    }

    #[test]
    fn the_rest_is_the_clicks() {
        let input: Vec<f32> = music(48_000).iter().zip(&clicks(48_000, 20, 0.5)).map(|(a, b)| a + b).collect();
        let (out, rest) = (Trial::new(&SPEC).mono(&input), Trial::new(&SPEC).switch("clicksOnly", true).mono(&input));
        assert!(input.iter().zip(out.iter().zip(&rest)).all(|(x, (a, b))| (x - a - b).abs() < 1e-6));
        assert_eq!(Trial::new(&SPEC).number("sensitivity", 0.0).mono(&input), input);
        assert!(Trial::new(&SPEC).difference_by_start_db(&[input], 6400) < -300.0);
    }
}

//! De-clip.
use super::ar::Model;
use super::frames::Frames;
use super::ramp::from_db;
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// A frame in seconds, and the part of it on each side that is only looked at.
const HOP_SECS: f64 = 0.021;
const MARGIN_SECS: f64 = 0.032;

/// Order of the model per kilohertz of the sample rate.
const ORDER_PER_KHZ: f64 = 0.9;

/// How often the model is estimated again from what it made.
const ROUNDS: usize = 5;

/// Peaks are at most this many times as high as where they were cut: 12 dB.
const HIGHEST: f64 = 4.0;

/// Gives clipped peaks their shape back. With `auto`, clipped are runs of samples within `tolerance` of
/// the largest on their side of zero in the frame, if they end in a kink: round peaks, as low tones
/// have them, are not clipped. Otherwise all samples are that reach `level` less the tolerance. Clipped samples are interpolated by an autoregressive model that is estimated again and
/// again from the result: A. Janssen, R. Veldhuis and L. Vries (IEEE Trans. ASSP 34, 1986), with the
/// condition that the result must reach the clipping level: P. Záviška et al., "A survey and an
/// extensive evaluation of popular audio declipping methods" (IEEE J. STSP 15, 2021). Other samples stay
/// as they are, so that the result is louder than full scale; `gain` makes room.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::switch("auto", "Find Level", true),
        ParamSpec::number("level", "Clipping Level", -0.1, -60.0, 12.0, Unit::Decibels),
        ParamSpec::number("tolerance", "Tolerance", 0.5, 0.0, 10.0, Unit::Percent),
        ParamSpec::number("gain", "Gain", 0.0, -24.0, 12.0, Unit::Decibels),
    ],
    latency_samples: |_, format| Frames::latency(blocks(HOP_SECS, format), blocks(MARGIN_SECS, format)),
    settling_secs: |_, _| HOP_SECS + 2.0 * MARGIN_SECS + 0.01,
    ..SoundSpec::new("audio-de-clip", "De-Clip", SoundFamily::Repair, "Restores clipped peaks.", |s| Box::new(DeClip::new(s)))
};

fn blocks(secs: f64, format: SoundFormat) -> usize {
    ((secs * f64::from(format.rate_hz)) as usize).div_ceil(BLOCK_SAMPLES) * BLOCK_SAMPLES
}

struct DeClip {
    margin: usize,
    frames: Vec<Frames>,
    mender: Mender,
}

/// What one channel after the other uses.
struct Mender {
    model: Model,
    order: usize,
    samples: Vec<f64>,
    bad: Vec<bool>,
    missing: Vec<usize>,
}

impl DeClip {
    fn new(setup: SoundSetup<'_>) -> Self {
        let format = setup.format;
        let (hop, margin) = (blocks(HOP_SECS, format), blocks(MARGIN_SECS, format));
        let len = hop + 2 * margin;
        let order = ((ORDER_PER_KHZ * f64::from(format.rate_hz) / 1000.0) as usize).clamp(16, 80);
        Self {
            margin,
            frames: (0..format.channels).map(|_| Frames::new(hop, margin)).collect(),
            mender: Mender {
                model: Model::new(order, len),
                order,
                samples: vec![0.0; len],
                bad: vec![false; len],
                missing: Vec::with_capacity(len),
            },
        }
    }
}

impl Mender {
    /// Finds the clipped samples: `level` is that of both sides, or `None` for the largest of each.
    fn find(&mut self, x: &[f64], level: Option<f64>, tolerance: f64) {
        self.bad.fill(false);
        for side in [1.0, -1.0] {
            let largest = x.iter().fold(0.0, |m: f64, v| m.max(side * v));
            let limit = level.unwrap_or(largest).max(1e-4);
            let floor = limit * (1.0 - tolerance);
            let inner = self.order.max(2)..x.len() - self.order.max(2);
            let mut at = inner.start;
            while at < inner.end {
                if side * x[at] < floor {
                    at += 1;
                    continue;
                }
                let to = (at..inner.end).find(|&i| side * x[i] < floor).unwrap_or(inner.end);
                if level.is_some() || kinked(x, at, to, side) {
                    self.bad[at..to].fill(true);
                }
                at = to;
            }
        }
        self.missing.clear();
        self.missing.extend((0..x.len()).filter(|i| self.bad[*i]));
    }

    fn mend(&mut self, x: &[f64]) {
        self.samples.copy_from_slice(x);
        for &n in &self.missing {
            // Until there is a model: a little above, so that the first model has no flat peaks.
            self.samples[n] *= 1.05;
        }
        for _ in 0..ROUNDS {
            if !self.model.estimate(&self.samples) {
                return;
            }
            self.model.interpolate(&mut self.samples, &self.missing);
            for &n in &self.missing {
                let (cut, side) = (x[n].abs(), x[n].signum());
                self.samples[n] = side * (side * self.samples[n]).clamp(cut, HIGHEST * cut);
            }
        }
    }
}

/// Whether the run `from..to` is cut: the step to the neighbours is several times what a parabola
/// through the run has there. Single samples are not cut.
fn kinked(x: &[f64], from: usize, to: usize, side: f64) -> bool {
    let count = (to - from) as f64;
    if to - from < 2 {
        return false;
    }
    let run = x[from..to].iter().map(|v| side * v);
    let (least, most) = run.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    // A parabola falls by r at the ends of the run, h samples from its top, and by r (1 + 1 / h)² one
    // sample further.
    let half = 0.5 * (count - 1.0).max(1.0);
    let natural = (most - least) * ((1.0 + 1.0 / half) * (1.0 + 1.0 / half) - 1.0) + 1e-6 * most.abs();
    let steps = [least - side * x[from - 1], least - side * x[to]];
    steps.iter().all(|s| *s > 0.0) && steps[0].max(steps[1]) > 3.0 * natural
}

impl SoundProcessor for DeClip {
    fn process(&mut self, block: SoundBlock<'_>) {
        let Self { margin, frames, mender } = self;
        let p = block.params;
        let level = (!p.bool(0)).then(|| from_db(p.end(1)));
        let tolerance = p.end(2) / 100.0;
        let gain = super::ramp::Ramp::new(from_db(p.number(3)), from_db(p.end(3)));
        for (channel, frames) in block.channels.iter_mut().zip(frames) {
            frames.process(block.position, channel, |input, output| {
                mender.find(input, level, tolerance);
                if mender.missing.is_empty() {
                    return;
                }
                mender.mend(input);
                for (i, y) in output.iter_mut().enumerate().filter(|(i, _)| mender.bad[*margin + i]) {
                    *y = mender.samples[*margin + i] as f32;
                }
            });
            channel.iter_mut().enumerate().for_each(|(i, x)| *x = (f64::from(*x) * gain.at(i)) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, snr_db, tone, voice};

    fn clipped(x: &[f32], level: f32) -> Vec<f32> {
        x.iter().map(|x| x.clamp(-level, level)).collect()
    }

    fn gain_db(name: &str, clean: &[f32], level: f32) -> f64 {
        let input = clipped(clean, level);
        let out = Trial::new(&SPEC).mono(&input);
        let (before, after) = (snr_db(clean, &input), snr_db(clean, &out));
        println!("{name} clipped at {level}: SDR {before:.1} dB -> {after:.1} dB");
        after - before
    }

    #[test]
    fn clipped_sines_and_chords_are_restored() {
        for hz in [110.0, 440.0, 1000.0, 3000.0] {
            let clean = tone(hz, 48_000.0, 1.0, 96_000);
            assert!(gain_db("sine", &clean, 0.7) > 10.0, "{hz}");
        }
        let chord: Vec<Vec<f32>> = [220.0, 277.18, 329.63, 1318.5].map(|f| tone(f, 48_000.0, 0.25, 96_000)).into();
        let chord: Vec<f32> = (0..96_000).map(|i| chord.iter().map(|c| c[i]).sum()).collect();
        assert!(gain_db("chord", &chord, 0.6) > 10.0);
        let speech = voice(48_000.0, 96_000);
        let peak = speech.iter().fold(0f32, |m, x| m.max(x.abs()));
        assert!(gain_db("voice", &speech, 0.5 * peak) > 6.0);
    }

    #[test]
    fn sound_without_clipping_stays() {
        let square: Vec<f32> = tone(60.0, 48_000.0, 0.9, 48_000);
        assert_eq!(Trial::new(&SPEC).mono(&square), square);
        let speech = voice(48_000.0, 96_000);
        assert_eq!(Trial::new(&SPEC).mono(&speech), speech);
    }

    #[test]
    fn de_clip_is_the_same_wherever_it_begins() {
        assert!(Trial::new(&SPEC).difference_by_start_db(&[clipped(&voice(48_000.0, 60_000), 0.05)], 6400) < -300.0);
    }
}

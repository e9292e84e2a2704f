//! De-clip.
use super::frames::Frames;
use super::ramp::from_db;
use super::spade::Spade;
use super::stft::frame_size;
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// A frame in seconds; its middle quarter is mended.
const FRAME_SECS: f64 = 0.085;

/// Peaks are at most this many times as high as where they were cut: 12 dB.
const HIGHEST: f64 = 4.0;

/// Gives clipped peaks their shape back. With `auto`, clipped are runs of samples within
/// `tolerance` of the largest on their side of zero in the frame, if they end in a kink: round
/// peaks, as low tones have them, are not clipped. Otherwise all samples are that reach `level`
/// less the tolerance.
///
/// Of all sounds that agree with the other samples and are at least as large where it was clipped,
/// one is sought whose spectrum has few components ([`Spade`]): P. Záviška et al., "A survey and an
/// extensive evaluation of popular audio declipping methods" (IEEE J. STSP 15, 2021). Other samples
/// stay as they are, so that the result may be larger than full scale; `gain` makes room.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::switch("auto", "Find Level", true),
        ParamSpec::number("level", "Clipping Level", -0.1, -60.0, 12.0, Unit::Decibels),
        ParamSpec::number("tolerance", "Tolerance", 0.5, 0.0, 10.0, Unit::Percent),
        ParamSpec::number("gain", "Gain", 0.0, -24.0, 12.0, Unit::Decibels),
    ],
    latency_samples: |_, format| Frames::latency(size(format) / 4, size(format) / 8 * 3),
    settling_secs: |_, format| size(format) as f64 / f64::from(format.rate_hz),
    ..SoundSpec::new("audio-de-clip", "De-Clip", SoundFamily::Repair, "Restores clipped peaks.", |s| Box::new(DeClip::new(s)))
};

fn size(format: SoundFormat) -> usize {
    frame_size(FRAME_SECS, format.rate_hz).max(512)
}

struct DeClip {
    margin: usize,
    frames: Vec<Frames>,
    mender: Mender,
}

/// What one channel after the other uses.
struct Mender {
    spade: Spade,
    samples: Vec<f64>,
    bad: Vec<bool>,
    missing: Vec<usize>,
}

impl DeClip {
    fn new(setup: SoundSetup<'_>) -> Self {
        let format = setup.format;
        let len = size(format);
        let (hop, margin) = (len / 4, len / 8 * 3);
        Self {
            margin,
            frames: (0..format.channels).map(|_| Frames::new(hop, margin)).collect(),
            mender: Mender {
                spade: Spade::new(len),
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
            // Clipped sound piles up at the limit: there are more samples in the topmost band of levels than
            // in the one below.
            let count = |from: f64| x.iter().filter(|v| side * **v >= from).count();
            let top = count(floor);
            let below = count(limit * (1.0 - 2.0 * tolerance)) - top;
            if level.is_none() && top < 2 * below + 2 {
                continue;
            }
            let inner = 2..x.len() - 2;
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

    /// Bridges each clipped run by the cubic that continues the slopes at its ends (Hermite), at
    /// least as high as the run: until there is a model, because flat peaks would be a model as
    /// well.
    fn bridge(&mut self, x: &[f64]) {
        let mut rest = &self.missing[..];
        while let Some(&first) = rest.first() {
            let count = rest.iter().enumerate().take_while(|(i, n)| **n == first + i).count();
            let (a, b) = (first - 1, first + count);
            let length = (b - a) as f64;
            let (up, down) = (length * (x[a] - x[a - 1]), length * (x[b + 1] - x[b]));
            for n in first..b {
                let t = (n - a) as f64 / length;
                let (s, tt, ss) = (1.0 - t, t * t, (1.0 - t) * (1.0 - t));
                let y = (1.0 + 2.0 * t) * ss * x[a] + t * ss * up + tt * (3.0 - 2.0 * t) * x[b] - tt * s * down;
                self.samples[n] = raised(x[n], y);
            }
            rest = &rest[count..];
        }
    }

    fn mend(&mut self, x: &[f64]) {
        self.samples.copy_from_slice(x);
        self.bridge(x);
        self.spade.restore(&mut self.samples, x, &self.missing, HIGHEST);
    }
}

/// What a sample that was cut to `cut` may be.
fn raised(cut: f64, y: f64) -> f64 {
    let (level, side) = (cut.abs(), cut.signum());
    side * (side * y).clamp(level, HIGHEST * level)
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
    // A parabola falls by r at the ends of the run, h samples from its top, and by r (1 + 1 / h)²
    // one sample further.
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
    use crate::sound::trial::{Trial, snr_db, tone, voice, white};

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
        for hz in [110.3, 441.7, 997.0, 3011.0] {
            let clean = tone(hz, 48_000.0, 1.0, 96_000);
            assert!(gain_db("sine", &clean, 0.7) > 10.0, "{hz}");
        }
        let chord: Vec<Vec<f32>> = [220.0, 277.18, 329.63, 1318.5].map(|f| tone(f, 48_000.0, 0.25, 96_000)).into();
        let chord: Vec<f32> = (0..96_000).map(|i| chord.iter().map(|c| c[i]).sum()).collect();
        assert!(gain_db("chord", &chord, 0.6) > 10.0);
        let speech = voice(48_000.0, 96_000);
        let peak = speech.iter().fold(0f32, |m, x| m.max(x.abs()));
        // Pulses: the hardest case, since nothing about them is sparse. Real speech gains 10 dB.
        assert!(gain_db("voice", &speech, 0.5 * peak) > 3.0);
    }

    #[test]
    fn sound_without_clipping_stays() {
        let square: Vec<f32> = tone(60.0, 48_000.0, 0.9, 48_000);
        assert_eq!(Trial::new(&SPEC).mono(&square), square);
        let speech = voice(48_000.0, 96_000);
        assert_eq!(Trial::new(&SPEC).mono(&speech), speech);
        let noisy: Vec<f32> = square.iter().zip(&white(1, 48_000)).map(|(a, b)| 0.3 * a + 0.02 * b).collect();
        let out = Trial::new(&SPEC).mono(&noisy);
        assert!(snr_db(&noisy, &out) > 40.0, "{}", snr_db(&noisy, &out));
    }

    #[test]
    fn de_clip_is_the_same_wherever_it_begins() {
        assert!(Trial::new(&SPEC).difference_by_start_db(&[clipped(&voice(48_000.0, 60_000), 0.05)], 6400) < -300.0);
    }
}

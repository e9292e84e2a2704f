//! Chorus.
use super::lfo::{Phase, channel_offset, sine};
use super::line::Line;
use super::ramp::Ramp;
use super::{SoundBlock, SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

const MAX_DELAY_MS: f64 = 60.0;
const MAX_DEPTH_MS: f64 = 20.0;
const MAX_VOICES: usize = 8;

/// Adds `voices` copies, each delayed by `delay + depth · sin φ` (not below two samples) with
/// phases spread evenly over a turn: P. Dutilleux and U. Zölzer in "DAFX", 2nd ed., section 2.6.
/// The copies are summed with 1/√voices, which keeps the power of the sum near that of one copy. A
/// right-hand channel is `stereoPhase` later in the wave. `mix` fades from the sound alone to the
/// copies alone.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::fixed("rate", "Rate", 0.6, 0.01, 20.0, Unit::Hertz),
        ParamSpec::number("depth", "Depth", 2.5, 0.0, MAX_DEPTH_MS, Unit::Millis),
        ParamSpec::number("delay", "Delay", 15.0, 1.0, MAX_DELAY_MS, Unit::Millis),
        ParamSpec::quality("voices", "Voices", 3.0, 1.0, MAX_VOICES as f64),
        ParamSpec::number("stereoPhase", "Stereo Phase", 90.0, 0.0, 180.0, Unit::Degrees),
        ParamSpec::number("mix", "Mix", 50.0, 0.0, 100.0, Unit::Percent),
    ],
    neutral: |p| p.number(5) == 0.0,
    settling_secs: |p, _| f64::from(p.number(1) + p.number(2)) / 1000.0 + 0.001,
    ..SoundSpec::new("audio-chorus", "Chorus", SoundFamily::Modulation, "Makes one voice sound like several.", |setup| {
        Box::new(Chorus::new(setup))
    })
};

struct Chorus {
    rate_hz: f64,
    lfo_hz: f64,
    voices: usize,
    lines: Vec<Line>,
}

impl Chorus {
    fn new(setup: SoundSetup<'_>) -> Self {
        let rate_hz = f64::from(setup.format.rate_hz);
        let voices = (setup.params.number(3).round() as usize).clamp(1, MAX_VOICES);
        let line = Line::new((MAX_DELAY_MS + MAX_DEPTH_MS) * rate_hz / 1000.0 + 4.0);
        Self { rate_hz, lfo_hz: f64::from(setup.params.number(0)), voices, lines: vec![line; setup.format.channels] }
    }
}

impl SoundProcessor for Chorus {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let samples = self.rate_hz / 1000.0;
        let (depth, delay, mix) = (Ramp::of(&p, 1, samples), Ramp::of(&p, 2, samples), Ramp::of(&p, 5, 0.01));
        let spread = p.middle(4) / 360.0;
        let level = 1.0 / (self.voices as f64).sqrt();
        for (c, (channel, line)) in block.channels.iter_mut().zip(&mut self.lines).enumerate() {
            // A wave of at most 20 Hz is a straight line over a block, within 10⁻³ of its range.
            let waves: [Ramp; MAX_VOICES] = std::array::from_fn(|v| {
                let offset = v as f64 / self.voices as f64 + channel_offset(c, spread);
                let phase = Phase::new(self.lfo_hz, block.position, self.rate_hz, offset);
                Ramp::new(sine(phase.at(0)), sine(phase.at(channel.len())))
            });
            for (i, x) in channel.iter_mut().enumerate() {
                let dry = f64::from(*x);
                line.push(*x);
                // The sample just added is at distance 1.
                let wet: f64 = waves[..self.voices].iter().map(|w| line.read(1.0 + delay.at(i) + depth.at(i) * w.at(i))).sum();
                *x = (dry + mix.at(i) * (level * wet - dry)) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, tone, white};

    #[test]
    fn a_copy_is_shifted_as_doppler_says() {
        let (rate, f, lfo, depth, delay) = (48_000.0, 1000.0, 2.0, 0.002, 0.010);
        let trial = Trial::new(&SPEC).number("rate", lfo).number("depth", 2.0).number("delay", 10.0);
        let trial = trial.number("voices", 1.0).number("mix", 100.0).number("stereoPhase", 0.0);
        let out = trial.mono(&tone(f, rate, 0.5, 48_000));
        for (i, &x) in out.iter().enumerate().skip(2000) {
            let t = i as f64 / rate;
            let d = delay + depth * (std::f64::consts::TAU * lfo * t).sin();
            let expected = 0.5 * (std::f64::consts::TAU * f * (t - d)).sin();
            assert!((f64::from(x) - expected).abs() < 2e-3, "{i}: {x} instead of {expected}");
        }
    }

    #[test]
    fn a_chorus_is_the_same_wherever_it_begins() {
        assert!(Trial::new(&SPEC).difference_by_start_db(&[white(1, 30_000), white(2, 30_000)], 6400) < -120.0);
    }
}

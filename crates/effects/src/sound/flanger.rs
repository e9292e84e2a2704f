//! Flanger.
use super::lfo::{Phase, channel_offset, sine};
use super::line::Line;
use super::ramp::{Ramp, kept, loop_secs_to_silence};
use super::{SoundBlock, SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

const MAX_DELAY_MS: f64 = 20.0;
const MAX_DEPTH_MS: f64 = 15.0;

/// A comb filter that sweeps: the sound is mixed with itself after a delay that swings from `delay`
/// to `delay + depth` and back, with feedback around the delay, `H(z) = 1 − m + m z⁻ᴰ / (1 − g
/// z⁻ᴰ)`: "DAFX", 2nd ed., section 2.6; a negative `g` moves the peaks between the usual ones.
/// Delays are at least two samples. The wave starts at the shortest delay.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::fixed("rate", "Rate", 0.25, 0.01, 20.0, Unit::Hertz),
        ParamSpec::number("delay", "Delay", 0.5, 0.05, MAX_DELAY_MS, Unit::Millis),
        ParamSpec::number("depth", "Depth", 4.0, 0.0, MAX_DEPTH_MS, Unit::Millis),
        ParamSpec::number("feedback", "Feedback", 40.0, -99.0, 99.0, Unit::Percent),
        ParamSpec::number("stereoPhase", "Stereo Phase", 90.0, 0.0, 180.0, Unit::Degrees),
        ParamSpec::number("mix", "Mix", 50.0, 0.0, 100.0, Unit::Percent),
    ],
    neutral: |p| p.number(5) == 0.0,
    settling_secs: |p, _| {
        loop_secs_to_silence(f64::from(p.number(1) + p.number(2)) / 1000.0 + 0.001, f64::from(p.number(3)) / 100.0)
    },
    ..SoundSpec::new("audio-flanger", "Flanger", SoundFamily::Modulation, "Sweeps a comb of notches through the sound.", |setup| {
        Box::new(Flanger::new(setup))
    })
};

struct Flanger {
    rate_hz: f64,
    lfo_hz: f64,
    lines: Vec<Line>,
}

impl Flanger {
    fn new(setup: SoundSetup<'_>) -> Self {
        let rate_hz = f64::from(setup.format.rate_hz);
        let line = Line::new((MAX_DELAY_MS + MAX_DEPTH_MS) * rate_hz / 1000.0 + 4.0);
        Self { rate_hz, lfo_hz: f64::from(setup.params.number(0)), lines: vec![line; setup.format.channels] }
    }
}

impl SoundProcessor for Flanger {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let samples = self.rate_hz / 1000.0;
        let (delay, depth) = (Ramp::of(&p, 1, samples), Ramp::of(&p, 2, samples));
        let (feedback, mix) = (Ramp::of(&p, 3, 0.01), Ramp::of(&p, 5, 0.01));
        for (c, (channel, line)) in block.channels.iter_mut().zip(&mut self.lines).enumerate() {
            let offset = channel_offset(c, p.middle(4) / 360.0) - 0.25;
            let phase = Phase::new(self.lfo_hz, block.position, self.rate_hz, offset);
            // A wave of at most 20 Hz is a straight line over a block, within 10⁻³ of its range.
            let wave = Ramp::new(0.5 + 0.5 * sine(phase.at(0)), 0.5 + 0.5 * sine(phase.at(channel.len())));
            for (i, x) in channel.iter_mut().enumerate() {
                let dry = f64::from(*x);
                let wet = line.read(delay.at(i) + depth.at(i) * wave.at(i));
                line.push(kept(dry + feedback.at(i) * wet) as f32);
                *x = (dry + mix.at(i) * (wet - dry)) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, impulse, spectrum_at, white, wide};
    use std::f64::consts::TAU;

    #[test]
    fn at_rest_it_is_the_comb_of_the_formula() {
        for g in [-0.8, 0.0, 0.6] {
            let trial = Trial::new(&SPEC).number("delay", 1.0).number("depth", 0.0).number("feedback", 100.0 * g);
            let h = wide(&trial.number("mix", 40.0).mono(&impulse(8192)));
            for f in [100.0, 250.0, 500.0, 1000.0, 7777.0] {
                // z⁻ᴰ with D = 48 samples.
                let (c, s) = ((TAU * f * 0.001).cos(), -(TAU * f * 0.001).sin());
                let (dr, di) = (1.0 - g * c, -g * s);
                let norm = dr * dr + di * di;
                let expected = [0.6 + 0.4 * (c * dr + s * di) / norm, 0.4 * (s * dr - c * di) / norm];
                let got = spectrum_at(&h, f / 48_000.0);
                assert!((got[0] - expected[0]).hypot(got[1] - expected[1]) < 1e-4, "{g} {f}");
            }
        }
    }

    #[test]
    fn a_flanger_forgets_when_it_says() {
        let trial = Trial::new(&SPEC).number("feedback", -80.0);
        assert!(trial.difference_by_start_db(&[white(1, 60_000), white(2, 60_000)], 6400) < -119.0);
    }
}

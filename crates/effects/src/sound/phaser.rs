//! Phaser.
use super::lfo::{Phase, channel_offset, sine};
use super::ramp::{Ramp, kept, loop_secs_to_silence};
use super::{SoundBlock, SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};
use std::f64::consts::{PI, TAU};

const MAX_STAGES: usize = 24;

/// A chain of first-order allpasses mixed with the sound; where the phases are opposite, notches
/// appear, and `center` and `depth` sweep them: the corner frequency of all stages is
/// `center · 2^(depth · sin φ)`, `depth` in octaves. J. O. Smith, "An Allpass Approach to Digital
/// Phasing and Flanging" (1984). Two stages make one notch.
///
/// With the chain `A(z)ⁿ` and feedback `g` over one sample, `H = 1 − m + m Aⁿ / (1 − g z⁻¹ Aⁿ)`;
/// `A` is the bilinear transform of `(ω − s) / (ω + s)`, exact at the corner.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::fixed("rate", "Rate", 0.4, 0.01, 20.0, Unit::Hertz),
        ParamSpec::number("center", "Center Frequency", 800.0, 50.0, 10_000.0, Unit::Hertz),
        // In octaves up and down.
        ParamSpec::number("depth", "Depth", 1.5, 0.0, 4.0, Unit::None),
        ParamSpec::quality("stages", "Stages", 6.0, 2.0, MAX_STAGES as f64),
        ParamSpec::number("feedback", "Feedback", 30.0, -95.0, 95.0, Unit::Percent),
        ParamSpec::number("stereoPhase", "Stereo Phase", 90.0, 0.0, 180.0, Unit::Degrees),
        ParamSpec::number("mix", "Mix", 50.0, 0.0, 100.0, Unit::Percent),
    ],
    neutral: |p| p.number(6) == 0.0,
    settling_secs: |p, _| {
        // A stage delays low frequencies by 2 / ω, and forgets with the time constant 1 / ω.
        let lowest = TAU * f64::from(p.number(1)) * libm::exp2(-f64::from(p.number(2)));
        let stages = f64::from(p.number(3));
        loop_secs_to_silence(2.0 * stages / lowest + 0.001, f64::from(p.number(4)) / 100.0) + (14.0 + 3.0 * stages) / lowest
    },
    ..SoundSpec::new("audio-phaser", "Phaser", SoundFamily::Modulation, "Sweeps a few notches through the sound.", |setup| {
        Box::new(Phaser::new(setup))
    })
};

struct Phaser {
    rate_hz: f64,
    lfo_hz: f64,
    stages: usize,
    states: Vec<State>,
}

#[derive(Clone, Copy, Default)]
struct State {
    stages: [f64; MAX_STAGES],
    last: f64,
}

impl Phaser {
    fn new(setup: SoundSetup<'_>) -> Self {
        let stages = (setup.params.number(3).round() as usize).clamp(1, MAX_STAGES);
        let states = vec![State::default(); setup.format.channels];
        Self { rate_hz: f64::from(setup.format.rate_hz), lfo_hz: f64::from(setup.params.number(0)), stages, states }
    }

    /// The gain `G = g / (1 + g)` of the integrators' one-pole for a corner frequency.
    fn pole(&self, hz: f64) -> f64 {
        let g = libm::tan(PI * (hz / self.rate_hz).clamp(1e-5, 0.49));
        g / (1.0 + g)
    }
}

impl SoundProcessor for Phaser {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let (feedback, mix) = (Ramp::of(&p, 4, 0.01), Ramp::of(&p, 6, 0.01));
        for (c, channel) in block.channels.iter_mut().enumerate() {
            let phase = Phase::new(self.lfo_hz, block.position, self.rate_hz, channel_offset(c, p.middle(5) / 360.0));
            let corner = |center: f64, depth: f64, i: usize| center * libm::exp2(depth * sine(phase.at(i)));
            let (from, to) = (corner(p.number(1), p.number(2), 0), corner(p.end(1), p.end(2), channel.len()));
            let pole = Ramp::new(self.pole(from), self.pole(to));
            let state = &mut self.states[c];
            for (i, x) in channel.iter_mut().enumerate() {
                let (dry, pole) = (f64::from(*x), pole.at(i));
                let mut y = kept(dry + feedback.at(i) * state.last);
                for s in &mut state.stages[..self.stages] {
                    // One-pole low pass by trapezoidal integration; twice that less the input is
                    // the allpass.
                    let v = (y - *s) * pole;
                    let low = v + *s;
                    *s = low + v;
                    y = 2.0 * low - y;
                }
                state.last = y;
                *x = (dry + mix.at(i) * (y - dry)) as f32;
            }
            state.stages.iter_mut().for_each(|s| *s = kept(*s));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, impulse, spectrum_at, white, wide};

    /// The product of two complex numbers.
    fn times(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
        [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
    }

    fn expected(f: f64, corner: f64, stages: i32, g: f64, m: f64) -> [f64; 2] {
        let omega = (PI * f / 48_000.0).tan() / (PI * corner / 48_000.0).tan();
        let phase = -2.0 * f64::from(stages) * omega.atan();
        let chain = [phase.cos(), phase.sin()];
        let back = times(chain, [g * (TAU * f / 48_000.0).cos(), -g * (TAU * f / 48_000.0).sin()]);
        let (re, im) = (1.0 - back[0], -back[1]);
        let wet = times(chain, [re / (re * re + im * im), -im / (re * re + im * im)]);
        [1.0 - m + m * wet[0], m * wet[1]]
    }

    #[test]
    fn at_rest_it_is_the_chain_of_the_formula() {
        for (stages, g) in [(2, 0.0), (6, 0.5), (12, -0.5)] {
            let trial = Trial::new(&SPEC).number("depth", 0.0).number("stages", f64::from(stages)).number("feedback", 100.0 * g);
            let h = wide(&trial.mono(&impulse(16_384)));
            for f in [60.0, 300.0, 800.0, 2000.0, 9000.0] {
                let (got, expected) = (spectrum_at(&h, f / 48_000.0), expected(f, 800.0, stages, g, 0.5));
                assert!((got[0] - expected[0]).hypot(got[1] - expected[1]) < 1e-3, "{stages} {g} {f}: {got:?} {expected:?}");
            }
        }
    }

    #[test]
    fn a_phaser_forgets_when_it_says() {
        let trial = Trial::new(&SPEC).number("feedback", 60.0).number("rate", 2.0);
        assert!(trial.difference_by_start_db(&[white(1, 96_000), white(2, 96_000)], 6400) < -119.0);
    }
}

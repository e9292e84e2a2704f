//! Tremolo.
use super::lfo::{Phase, channel_offset, fraction, sine, triangle};
use super::ramp::Ramp;
use super::{SoundBlock, SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

const SHAPES: &[&str] = &["sine", "triangle", "square", "sawUp", "sawDown"];

/// Seconds that the steps of the shapes `square`, `sawUp` and `sawDown` take.
const EDGE_SECS: f64 = 0.002;

/// Multiplies by `1 − depth · (1 − w) / 2`, where `w` is a wave of −1..1: the level swings between
/// full and `1 − depth`. The wave starts at 0, rising, at the start of the composition plus
/// `phase`. `stereoPhase` is how much later in its wave a right-hand channel is: 180° pans the
/// sound.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::fixed("rate", "Rate", 5.0, 0.01, 50.0, Unit::Hertz),
        ParamSpec::number("depth", "Depth", 50.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::choice("shape", "Shape", "sine", SHAPES),
        ParamSpec::number("phase", "Phase", 0.0, -360.0, 360.0, Unit::Degrees),
        ParamSpec::number("stereoPhase", "Stereo Phase", 0.0, 0.0, 180.0, Unit::Degrees),
    ],
    neutral: |p| p.number(1) == 0.0,
    ..SoundSpec::new("audio-tremolo", "Tremolo", SoundFamily::Modulation, "Lets the level swing up and down.", |setup| {
        Box::new(Tremolo::new(setup))
    })
};

struct Tremolo {
    rate_hz: f64,
    lfo_hz: f64,
    wave: Wave,
}

#[derive(Clone, Copy)]
enum Wave {
    Sine,
    Triangle,
    Square,
    SawUp,
    SawDown,
}

impl Tremolo {
    fn new(setup: SoundSetup<'_>) -> Self {
        let wave = match setup.params.text(2) {
            "triangle" => Wave::Triangle,
            "square" => Wave::Square,
            "sawUp" => Wave::SawUp,
            "sawDown" => Wave::SawDown,
            _ => Wave::Sine,
        };
        Self { rate_hz: f64::from(setup.format.rate_hz), lfo_hz: f64::from(setup.params.number(0)), wave }
    }
}

impl Wave {
    /// The wave at a phase in turns; steps are ramps of `edge` turns.
    fn at(self, turns: f64, edge: f64) -> f64 {
        // Rises from −1 to 1 in a straight line, and falls back within `edge` around whole turns.
        let saw = |t: f64| {
            let t = fraction(t + 0.5 * edge);
            if t < edge { 1.0 - 2.0 * t / edge } else { -1.0 + 2.0 * (t - edge) / (1.0 - edge) }
        };
        match self {
            Self::Sine => sine(turns),
            Self::Triangle => triangle(turns),
            Self::Square => (triangle(turns) / (2.0 * edge)).clamp(-1.0, 1.0),
            Self::SawUp => saw(turns),
            Self::SawDown => -saw(turns),
        }
    }
}

impl SoundProcessor for Tremolo {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let (depth, phase, spread) = (Ramp::of(&p, 1, 0.01), Ramp::of(&p, 3, 1.0 / 360.0), Ramp::of(&p, 4, 1.0 / 360.0));
        let lfo = Phase::new(self.lfo_hz, block.position, self.rate_hz, 0.0);
        let edge = (EDGE_SECS * self.lfo_hz).min(0.25);
        for (c, channel) in block.channels.iter_mut().enumerate() {
            for (i, x) in channel.iter_mut().enumerate() {
                let turns = lfo.at(i) + phase.at(i) + channel_offset(c, spread.at(i));
                let gain = 1.0 - 0.5 * depth.at(i) * (1.0 - self.wave.at(turns, edge));
                *x = (f64::from(*x) * gain) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::Trial;
    use std::f64::consts::TAU;

    #[test]
    fn the_sine_is_where_the_position_says() {
        let trial = Trial::new(&SPEC).number("rate", 3.0).number("depth", 80.0).number("stereoPhase", 180.0);
        let out = trial.raw(&[vec![1.0; 6400], vec![1.0; 6400]], 640_000);
        for (i, (l, r)) in out[0].iter().zip(&out[1]).enumerate() {
            let w = (TAU * 3.0 * (640_000 + i) as f64 / 48_000.0).sin();
            assert!((f64::from(*l) - (1.0 - 0.4 * (1.0 - w))).abs() < 1e-6);
            assert!((f64::from(*r) - (1.0 - 0.4 * (1.0 + w))).abs() < 1e-6);
        }
    }

    #[test]
    fn every_shape_has_its_range_and_no_steps() {
        for shape in SHAPES {
            let out = Trial::new(&SPEC).choice("shape", shape).number("depth", 100.0).mono(&vec![1.0; 48_000]);
            let (min, max) = out.iter().fold((9f32, -9f32), |(a, b), &x| (a.min(x), b.max(x)));
            assert!(min.abs() < 0.03 && (max - 1.0).abs() < 0.03, "{shape}: {min}..{max}");
            let step = out.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
            assert!(step < 1.1 / (EDGE_SECS * 48_000.0) as f32, "{shape}: {step}");
        }
    }
}

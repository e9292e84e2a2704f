//! Delay.
use super::cuts::{CutState, Cuts, HIGH_CUT_OFF_HZ, LOW_CUT_OFF_HZ};
use super::line::Line;
use super::ramp::{Ramp, kept, loop_secs_to_silence};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

const MAX_SECS: f64 = 5.0;

/// Repeats the sound after `time`, and the repetition again, each time `feedback` times as loud and
/// through a low and a high cut (12 dB per octave; off at the ends of their ranges), so that
/// repeats become thinner and duller. The first repeat is filtered once and at full level.
///
/// With `pingPong` both front channels enter the left line, whose output enters the right one, and
/// so on: repeat `n` has the level `feedback^(n − 1)` and is left for odd `n`, right for even `n`.
///
/// `mix` fades from the sound alone to the repeats alone, linearly.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("time", "Time", 250.0, 1.0, 1000.0 * MAX_SECS, Unit::Millis),
        ParamSpec::number("feedback", "Feedback", 35.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::number("mix", "Mix", 30.0, 0.0, 100.0, Unit::Percent),
        ParamSpec::switch("pingPong", "Ping-Pong", false),
        ParamSpec::number("lowCut", "Low Cut", LOW_CUT_OFF_HZ, LOW_CUT_OFF_HZ, 5000.0, Unit::Hertz),
        ParamSpec::number("highCut", "High Cut", HIGH_CUT_OFF_HZ, 100.0, HIGH_CUT_OFF_HZ, Unit::Hertz),
    ],
    neutral: |p| p.number(2) == 0.0,
    settling_secs: |p, _| {
        let time = f64::from(p.number(0)) / 1000.0;
        loop_secs_to_silence(time, f64::from(p.number(1)) / 100.0) + 2.0 * Cuts::settling_secs(f64::from(p.number(4)))
    },
    ..SoundSpec::new("audio-delay", "Delay", SoundFamily::Space, "Repeats the sound like an echo.", |setup| {
        Box::new(Delay::new(setup))
    })
};

struct Delay {
    rate_hz: f64,
    lines: Vec<Line>,
    states: Vec<CutState>,
    cuts: Cuts,
}

impl Delay {
    fn new(setup: SoundSetup<'_>) -> Self {
        let rate_hz = f64::from(setup.format.rate_hz);
        let n = setup.format.channels;
        let line = Line::new(MAX_SECS * rate_hz + 4.0);
        Self { rate_hz, lines: vec![line; n], states: vec![CutState::default(); n], cuts: Cuts::default() }
    }
}

impl SoundProcessor for Delay {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        if p.changed {
            self.cuts = Cuts::new(p.middle(4), p.middle(5), self.rate_hz);
        }
        let (time, feedback, mix) = (Ramp::of(&p, 0, self.rate_hz / 1000.0), Ramp::of(&p, 1, 0.01), Ramp::of(&p, 2, 0.01));
        let paired = if p.bool(3) && block.channels.len() >= 2 { 2 } else { 0 };
        if let ([left, right, ..], true) = (&mut *block.channels, paired == 2) {
            for i in 0..BLOCK_SAMPLES {
                let (dry, wet) = ([left[i], right[i]].map(f64::from), mix.at(i));
                let distance = time.at(i).max(2.0);
                let out = [0, 1].map(|c| self.cuts.apply(&mut self.states[c], self.lines[c].read(distance)));
                self.lines[0].push(kept(0.5 * (dry[0] + dry[1]) + feedback.at(i) * out[1]) as f32);
                self.lines[1].push(kept(feedback.at(i) * out[0]) as f32);
                left[i] = (dry[0] + wet * (out[0] - dry[0])) as f32;
                right[i] = (dry[1] + wet * (out[1] - dry[1])) as f32;
            }
        }
        for ((channel, line), state) in block.channels.iter_mut().zip(&mut self.lines).zip(&mut self.states).skip(paired) {
            for (i, x) in channel.iter_mut().enumerate() {
                let dry = f64::from(*x);
                let out = self.cuts.apply(state, line.read(time.at(i).max(2.0)));
                line.push(kept(dry + feedback.at(i) * out) as f32);
                *x = (dry + mix.at(i) * (out - dry)) as f32;
            }
        }
        self.states.iter_mut().for_each(CutState::settle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::{Trial, impulse, magnitude, white, wide};

    #[test]
    fn repeats_come_in_time_and_fall_by_the_feedback() {
        let out = Trial::new(&SPEC).number("time", 10.0).number("feedback", 50.0).number("mix", 100.0).mono(&impulse(4800));
        for (i, &x) in out.iter().enumerate() {
            let expected = if i > 0 && i % 480 == 0 { 0.5f32.powi(i as i32 / 480 - 1) } else { 0.0 };
            assert!((x - expected).abs() < 1e-6, "{i}: {x} instead of {expected}");
        }
    }

    #[test]
    fn ping_pong_alternates() {
        let trial = Trial::new(&SPEC).number("time", 10.0).number("feedback", 50.0).number("mix", 100.0).switch("pingPong", true);
        let out = trial.run(&[impulse(2400), impulse(2400)]);
        assert_eq!((out[0][480], out[1][480]), (1.0, 0.0));
        assert_eq!((out[0][960], out[1][960]), (0.0, 0.5));
        assert_eq!((out[0][1440], out[1][1440]), (0.25, 0.0));
    }

    #[test]
    fn the_loop_is_filtered() {
        let trial = Trial::new(&SPEC).number("time", 40.0).number("feedback", 100.0).number("mix", 100.0);
        let out = wide(&trial.number("lowCut", 200.0).number("highCut", 4000.0).mono(&impulse(5760)));
        let (first, second) = (&out[1920..3840], &out[3840..5760]);
        for f in [100.0, 200.0, 1000.0, 4000.0, 8000.0] {
            let warped = |f: f64| (std::f64::consts::PI * f / 48_000.0).tan();
            let gain = |r: f64| 1.0 / (1.0 + r.powi(4)).sqrt();
            let h = gain(warped(200.0) / warped(f)) * gain(warped(f) / warped(4000.0));
            assert!((magnitude(first, f / 48_000.0) - h).abs() < 2e-3, "{f}");
            assert!((magnitude(second, f / 48_000.0) - h * h).abs() < 4e-3, "{f}");
        }
    }

    #[test]
    fn a_delay_forgets_when_it_says() {
        let trial = Trial::new(&SPEC).number("time", 20.0).number("feedback", 60.0).number("lowCut", 80.0);
        assert!(trial.difference_by_start_db(&[white(1, 96_000)], 6400) < -119.0);
    }
}

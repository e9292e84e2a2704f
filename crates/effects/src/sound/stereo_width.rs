//! Width of the stereo image.
use super::level::{between, pair_mut, pairs, sample};
use super::svf::{self, BUTTERWORTH, Coefficients, State};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Frequency below which mono bass is off, Hz, and from which on it is fully on.
const OFF_HZ: f64 = 20.0;
const ON_HZ: f64 = 25.0;

/// Scales the side signal (left − right)/2 and leaves the middle (left + right)/2: 0 % is mono, 100
/// % unchanged. Below a frequency (20 Hz: off) the side signal is removed with 12 dB per octave, as
/// vinyl and subwoofers need it. Front, back and side pairs are treated alike.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("width", "Width", 100.0, 0.0, 200.0, Unit::Percent),
        ParamSpec::number("monoBelow", "Mono below", OFF_HZ, OFF_HZ, 1000.0, Unit::Hertz),
    ],
    neutral: |p| p.number(0) == 100.0 && f64::from(p.number(1)) <= OFF_HZ,
    settling_secs: |p, _| {
        if f64::from(p.number(1)) > OFF_HZ { svf::settling_secs(f64::from(p.number(1)), BUTTERWORTH) } else { 0.0 }
    },
    ..SoundSpec::new("audio-stereo-width", "Stereo width", SoundFamily::Channels, "Makes stereo wider or narrower.", |s| {
        Box::new(Width { format: s.format, filters: [State::default(); 3], last: None })
    })
};

struct Width {
    format: SoundFormat,
    /// High-pass filters of the side signals.
    filters: [State; 3],
    last: Option<(Coefficients, f64)>,
}

/// The filter, and how much of it is used.
fn filter(hz: f64, rate_hz: u32) -> (Coefficients, f64) {
    (Coefficients::high_pass(hz, BUTTERWORTH, rate_hz), ((hz - OFF_HZ) / (ON_HZ - OFF_HZ)).clamp(0.0, 1.0))
}

impl SoundProcessor for Width {
    fn process(&mut self, block: SoundBlock<'_>) {
        let rate_hz = self.format.rate_hz;
        let (from_width, to_width) = (0.01 * block.params.number(0), 0.01 * block.params.end(0));
        let from = self.last.unwrap_or_else(|| filter(block.params.number(1), rate_hz));
        let to = if block.params.changed { filter(block.params.end(1), rate_hz) } else { from };
        self.last = Some(to);
        if from.1 == 0.0 && to.1 == 0.0 {
            self.filters = [State::default(); 3];
            if from_width == 1.0 && to_width == 1.0 {
                return;
            }
        }
        for (pair, state) in pairs(self.format).iter().zip(&mut self.filters) {
            let Some((left, right)) = pair_mut(block.channels, *pair) else { continue };
            let mut side: [f64; BLOCK_SAMPLES] = std::array::from_fn(|i| 0.5 * (f64::from(left[i]) - f64::from(right[i])));
            if from.1 > 0.0 || to.1 > 0.0 {
                let mut high = side;
                state.moving(&from.0, &to.0, &mut high);
                side.iter_mut().zip(high).enumerate().for_each(|(i, (s, h))| *s += between(from.1, to.1, i) * (h - *s));
            }
            for (i, side) in side.iter().enumerate() {
                let middle = 0.5 * (f64::from(left[i]) + f64::from(right[i]));
                let side = between(from_width, to_width, i) * side;
                left[i] = sample(middle + side);
                right[i] = sample(middle - side);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, amplitude, noise, sine};

    #[test]
    fn the_side_is_scaled() {
        let input = noise(2, 640, 0.5);
        for width in [0.0f32, 50.0, 200.0] {
            let output = Case::new(&super::SPEC).set("width", f64::from(width)).run(&input);
            for i in 0..640 {
                let (middle, side) = (0.5 * (input[0][i] + input[1][i]), 0.005 * width * (input[0][i] - input[1][i]));
                assert!((output[0][i] - middle - side).abs() < 1e-6 && (output[1][i] - middle + side).abs() < 1e-6);
            }
        }
    }

    /// The side signal is filtered by a Butterworth high-pass, the middle is not.
    #[test]
    fn bass_becomes_mono() {
        let case = Case::new(&super::SPEC).set("monoBelow", 200.0);
        for hz in [50.0, 200.0, 1000.0] {
            let tone = sine(hz, 0.5, 48_000);
            let negative: Vec<f32> = tone.iter().map(|x| -x).collect();
            let side = amplitude(&case.run(&[tone.clone(), negative])[0][24_000..], hz);
            let expected = 0.5 / (1.0 + (200.0f64 / hz).powi(4)).sqrt();
            assert!((side / expected - 1.0).abs() < 0.01, "{hz}: {side} {expected}");
            let middle = amplitude(&case.run(&[tone.clone(), tone])[0][24_000..], hz);
            assert!((middle - 0.5).abs() < 1e-4);
        }
    }
}

//! Pan of sounds with two and more channels.
use super::level::{between, pair_mut, pairs, sample};
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Unit};
use std::f64::consts::FRAC_PI_4;

/// Moves a sound between left and right; front, back and side channels alike. **Balance** lowers
/// the channels of the other side linearly and leaves the rest. **Constant power** rotates the pair
/// (left, right) by pan·45°: what is equal in both moves to one of them at the ends, nothing gets
/// lost, and the sum of both powers stays. A sound in one channel has no sides and is not changed.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("pan", "Pan", 0.0, -1.0, 1.0, Unit::None),
        ParamSpec::choice("law", "Law", "balance", &["balance", "constantPower"]),
    ],
    neutral: |p| p.number(0) == 0.0,
    ..SoundSpec::new("audio-pan", "Pan", SoundFamily::Channels, "Moves the sound to the left or right.", |s| {
        Box::new(Pan { format: s.format, rotates: s.params.text(1) == "constantPower" })
    })
};

struct Pan {
    format: SoundFormat,
    rotates: bool,
}

/// Rows: new left, new right; columns: left, right.
fn matrix(pan: f64, rotates: bool) -> [f64; 4] {
    if !rotates {
        return [(1.0 - pan).min(1.0), 0.0, 0.0, (1.0 + pan).min(1.0)];
    }
    let (sin, cos) = (libm::sin(pan * FRAC_PI_4), libm::cos(pan * FRAC_PI_4));
    [cos, -sin, sin, cos]
}

impl SoundProcessor for Pan {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (from, to) = (matrix(block.params.number(0), self.rotates), matrix(block.params.end(0), self.rotates));
        for pair in pairs(self.format) {
            let Some((left, right)) = pair_mut(block.channels, *pair) else { continue };
            mix(left, right, &from, &to);
        }
    }
}

/// Multiplies a pair of channels by a matrix that changes linearly.
pub(super) fn mix(left: &mut super::Channel, right: &mut super::Channel, from: &[f64; 4], to: &[f64; 4]) {
    for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
        let m: [f64; 4] = std::array::from_fn(|n| between(from[n], to[n], i));
        let (l, r) = (f64::from(*left), f64::from(*right));
        *left = sample(m[0] * l + m[1] * r);
        *right = sample(m[2] * l + m[3] * r);
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, noise};

    fn power(sound: &[Vec<f32>]) -> f64 {
        sound.iter().flatten().map(|x| f64::from(*x).powi(2)).sum()
    }

    #[test]
    fn balance_lowers_one_side() {
        let input = noise(6, 640, 0.5);
        let output = Case::new(&super::SPEC).channels(6).set("pan", 0.25).run(&input);
        for (c, factor) in [0.75f32, 1.0, 1.0, 1.0, 0.75, 1.0].into_iter().enumerate() {
            assert!(input[c].iter().zip(&output[c]).all(|(a, b)| (a * factor - b).abs() < 1e-7), "{c}");
        }
    }

    #[test]
    fn rotation_keeps_power() {
        let input = noise(2, 6400, 0.5);
        for pan in [-1.0, -0.3, 0.7] {
            let output = Case::new(&super::SPEC).choose("law", "constantPower").set("pan", pan).run(&input);
            assert!((power(&output) / power(&input) - 1.0).abs() < 1e-6);
        }
        let mono = vec![input[0].clone(); 2];
        let output = Case::new(&super::SPEC).choose("law", "constantPower").set("pan", 1.0).run(&mono);
        assert!(output[0].iter().all(|x| x.abs() < 1e-7));
        assert!((power(&output) / power(&mono) - 1.0).abs() < 1e-6);
    }
}

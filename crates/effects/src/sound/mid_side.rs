//! Middle and side of stereo.
use super::level::{fader, pair_mut, pairs};
use super::pan::mix;
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Changes the levels of the middle (left + right)/2 and the side (left − right)/2 of front, back
/// and side pairs. **Encode** leaves them in the left and right channel, for effects that follow;
/// **decode** takes them from there. −60 dB is silence.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("mid", "Middle", 0.0, -60.0, 24.0, Unit::Decibels),
        ParamSpec::number("side", "Side", 0.0, -60.0, 24.0, Unit::Decibels),
        ParamSpec::choice("mode", "Mode", "levels", &["levels", "encode", "decode"]),
    ],
    neutral: |p| p.text(2) == "levels" && p.number(0) == 0.0 && p.number(1) == 0.0,
    ..SoundSpec::new("audio-mid-side", "Mid/side", SoundFamily::Channels, "Sets the levels of middle and sides.", |s| {
        let mode = s.params.text(2);
        Box::new(MidSide { format: s.format, encodes: mode != "decode", decodes: mode != "encode" })
    })
};

struct MidSide {
    format: SoundFormat,
    /// Whether the input is left and right.
    encodes: bool,
    /// Whether the output is left and right.
    decodes: bool,
}

impl MidSide {
    /// Rows: new left, new right; columns: left, right.
    fn matrix(&self, mid_db: f64, side_db: f64) -> [f64; 4] {
        let factor = |db: f64| if db <= -60.0 { 0.0 } else { fader(db) };
        let (mid, side) = (factor(mid_db), factor(side_db));
        match (self.encodes, self.decodes) {
            (true, false) => [0.5 * mid, 0.5 * mid, 0.5 * side, -0.5 * side],
            (false, true) => [mid, side, mid, -side],
            _ => [0.5 * (mid + side), 0.5 * (mid - side), 0.5 * (mid - side), 0.5 * (mid + side)],
        }
    }
}

impl SoundProcessor for MidSide {
    fn process(&mut self, block: SoundBlock<'_>) {
        let p = block.params;
        let (from, to) = (self.matrix(p.number(0), p.number(1)), self.matrix(p.end(0), p.end(1)));
        for pair in pairs(self.format) {
            let Some((left, right)) = pair_mut(block.channels, *pair) else { continue };
            mix(left, right, &from, &to);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, noise};

    #[test]
    fn levels_of_middle_and_side() {
        let input = noise(2, 640, 0.5);
        let out = Case::new(&super::SPEC).set("mid", -60.0).set("side", 20.0 * 2f64.log10()).run(&input);
        for i in 0..640 {
            let side = input[0][i] - input[1][i];
            assert!((out[0][i] - side).abs() < 1e-6 && (out[1][i] + side).abs() < 1e-6);
        }
    }

    #[test]
    fn decoding_undoes_encoding() {
        let input = noise(2, 640, 0.5);
        let encoded = Case::new(&super::SPEC).choose("mode", "encode").run(&input);
        assert!((encoded[0][7] - 0.5 * (input[0][7] + input[1][7])).abs() < 1e-7);
        let decoded = Case::new(&super::SPEC).choose("mode", "decode").run(&encoded);
        assert!(input.iter().flatten().zip(decoded.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

//! Sum to mono.
use super::level::{center, pairs, sample};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::ParamSpec;
use std::f64::consts::FRAC_1_SQRT_2;

/// Puts the same sum into left and right. **Average** keeps the level of what is equal in left and
/// right (−6 dB each), **power** that of what is unrelated (−3 dB each). Centre, back and side
/// channels are added as ITU-R BS.775-4 (table 2) folds them, the centre 3 dB above left and right,
/// the others 3 dB below, and are silent afterwards; the low-frequency channel stays.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[ParamSpec::choice("law", "Law", "average", &["average", "power"])],
    ..SoundSpec::new("audio-mono-sum", "Sum to mono", SoundFamily::Channels, "Plays the same in both speakers.", |s| {
        Box::new(Sum { format: s.format, factor: if s.params.text(0) == "power" { FRAC_1_SQRT_2 } else { 0.5 } })
    })
};

struct Sum {
    format: SoundFormat,
    factor: f64,
}

impl SoundProcessor for Sum {
    fn process(&mut self, block: SoundBlock<'_>) {
        if pairs(self.format).is_empty() {
            return;
        }
        let lfe = self.format.lfe();
        let mut sum = [0.0f64; BLOCK_SAMPLES];
        for (c, channel) in block.channels.iter_mut().enumerate().filter(|(c, _)| Some(*c) != lfe) {
            let weight = self.factor
                * if c < 2 {
                    1.0
                } else if Some(c) == center(self.format) {
                    2.0 * FRAC_1_SQRT_2
                } else {
                    FRAC_1_SQRT_2
                };
            sum.iter_mut().zip(channel.iter()).for_each(|(s, x)| *s += weight * f64::from(*x));
            channel.fill(0.0);
        }
        block.channels.iter_mut().take(2).for_each(|c| *c = sum.map(sample));
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, noise};

    #[test]
    fn both_sides_are_the_mean() {
        let input = noise(2, 128, 0.5);
        let output = Case::new(&super::SPEC).run(&input);
        for i in 0..128 {
            let mean = 0.5 * (input[0][i] + input[1][i]);
            assert!((output[0][i] - mean).abs() < 1e-7 && output[0][i] == output[1][i]);
        }
        // The centre alone is as loud in both as 3 dB below itself, the LFE stays.
        let mut surround = vec![vec![0.0f32; 64]; 6];
        (surround[2][5], surround[3][6]) = (1.0, 0.25);
        let output = Case::new(&super::SPEC).channels(6).run(&surround);
        assert!((output[1][5] - std::f32::consts::FRAC_1_SQRT_2).abs() < 1e-6 && output[2][5] == 0.0 && output[3][6] == 0.25);
    }
}

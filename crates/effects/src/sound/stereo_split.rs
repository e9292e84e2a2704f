//! One part of a stereo sound in all front speakers.
use super::level::{center, pairs, sample};
use super::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::ParamSpec;

/// Puts the left or right channel, the middle (left + right)/2 or the side (left − right)/2 into
/// left, right and, if there is one, centre. Other channels stay.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[ParamSpec::choice("part", "Part", "left", &["left", "right", "mid", "side"])],
    ..SoundSpec::new(
        "audio-stereo-split",
        "Take one channel",
        SoundFamily::Channels,
        "Plays one channel in all front speakers.",
        |s| {
            let weights = match s.params.text(0) {
                "right" => [0.0, 1.0],
                "mid" => [0.5, 0.5],
                "side" => [0.5, -0.5],
                _ => [1.0, 0.0],
            };
            Box::new(Split { format: s.format, weights })
        },
    )
};

struct Split {
    format: SoundFormat,
    weights: [f64; 2],
}

impl SoundProcessor for Split {
    fn process(&mut self, block: SoundBlock<'_>) {
        if pairs(self.format).is_empty() {
            return;
        }
        let [left, right, ..] = block.channels else { return };
        let [a, b] = self.weights;
        let mut part: Channel = [0.0; BLOCK_SAMPLES];
        for ((part, left), right) in part.iter_mut().zip(left.iter()).zip(right.iter()) {
            *part = sample(a * f64::from(*left) + b * f64::from(*right));
        }
        for c in [Some(0), Some(1), center(self.format)].into_iter().flatten() {
            block.channels[c] = part;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::Case;

    #[test]
    fn parts_of_stereo() {
        let input = [vec![0.75f32; 64], vec![0.25; 64], vec![0.1; 64], vec![0.2; 64], vec![0.3; 64], vec![0.4; 64]];
        for (part, expected) in [("left", 0.75), ("right", 0.25), ("mid", 0.5), ("side", 0.25)] {
            let output = Case::new(&super::SPEC).channels(6).choose("part", part).run(&input);
            let is: Vec<f32> = output.iter().map(|c| c[0]).collect();
            assert_eq!(is, [expected, expected, expected, 0.2, 0.3, 0.4]);
        }
    }
}

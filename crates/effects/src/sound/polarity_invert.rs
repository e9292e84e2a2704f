//! Inversion of polarity.
use super::level::pairs;
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::ParamSpec;

/// Negates all channels, or those of one side (front, back and side).
pub static SPEC: SoundSpec = SoundSpec {
    params: &[ParamSpec::choice("channels", "Channels", "all", &["all", "left", "right"])],
    ..SoundSpec::new("audio-polarity-invert", "Invert polarity", SoundFamily::Channels, "Turns the wave upside down.", |s| {
        let which = s.params.text(0);
        Box::new(Invert { inverted: std::array::from_fn(|c| is_inverted(which, c, s.format)) })
    })
};

struct Invert {
    inverted: [bool; 8],
}

fn is_inverted(which: &str, channel: usize, format: SoundFormat) -> bool {
    match which {
        // A single channel is both sides.
        "left" => format.channels == 1 || pairs(format).iter().any(|p| p.0 == channel),
        "right" => format.channels == 1 || pairs(format).iter().any(|p| p.1 == channel),
        _ => true,
    }
}

impl SoundProcessor for Invert {
    fn process(&mut self, block: SoundBlock<'_>) {
        for (channel, _) in block.channels.iter_mut().zip(self.inverted).filter(|(_, inverted)| *inverted) {
            channel.iter_mut().for_each(|x| *x = -*x);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, noise};

    #[test]
    fn chosen_channels_are_negated() {
        let input = noise(6, 128, 0.5);
        for (which, inverted) in [("all", [true; 6]), ("left", [true, false, false, false, true, false])] {
            let output = Case::new(&super::SPEC).channels(6).choose("channels", which).run(&input);
            for c in 0..6 {
                let sign = if inverted[c] { -1.0 } else { 1.0 };
                assert!(input[c].iter().zip(&output[c]).all(|(a, b)| sign * a == *b), "{which} {c}");
            }
        }
    }
}

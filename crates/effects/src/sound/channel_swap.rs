//! Exchange of channels.
use super::level::{center, pairs};
use super::{SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::ParamSpec;

/// Exchanges channels: left and right of the front, of the back, of the sides or of all; the front
/// pair with the back pair; the centre with the low-frequency channel (the order of film and of
/// SMPTE files is easily mixed up). Layouts without these channels stay as they are.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[ParamSpec::choice(
        "swap",
        "Swap",
        "leftRight",
        &["leftRight", "backLeftRight", "sideLeftRight", "allLeftRight", "frontBack", "centerLfe"],
    )],
    ..SoundSpec::new("audio-channel-swap", "Swap channels", SoundFamily::Channels, "Exchanges channels.", |s| {
        Box::new(Swap { pairs: swapped(s.params.text(0), s.format) })
    })
};

struct Swap {
    pairs: [Option<(usize, usize)>; 3],
}

fn swapped(which: &str, format: SoundFormat) -> [Option<(usize, usize)>; 3] {
    let all = pairs(format);
    let at = |i: usize| all.get(i).copied();
    match which {
        "backLeftRight" => [at(1), None, None],
        "sideLeftRight" => [at(2), None, None],
        "allLeftRight" => [at(0), at(1), at(2)],
        "frontBack" => match (at(0), at(1)) {
            (Some(front), Some(back)) => [Some((front.0, back.0)), Some((front.1, back.1)), None],
            _ => [None; 3],
        },
        "centerLfe" => [center(format).zip(format.lfe()), None, None],
        _ => [at(0), None, None],
    }
}

impl SoundProcessor for Swap {
    fn process(&mut self, block: SoundBlock<'_>) {
        for (a, b) in self.pairs.iter().flatten() {
            if a.max(b) < &block.channels.len() {
                block.channels.swap(*a, *b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::Case;

    #[test]
    fn channels_are_exchanged() {
        for (which, channels, expected) in [
            ("leftRight", 2, &[1, 0][..]),
            ("leftRight", 1, &[0]),
            ("backLeftRight", 2, &[0, 1]),
            ("backLeftRight", 6, &[0, 1, 2, 3, 5, 4]),
            ("sideLeftRight", 8, &[0, 1, 2, 3, 4, 5, 7, 6]),
            ("allLeftRight", 8, &[1, 0, 2, 3, 5, 4, 7, 6]),
            ("frontBack", 6, &[4, 5, 2, 3, 0, 1]),
            ("centerLfe", 6, &[0, 1, 3, 2, 4, 5]),
        ] {
            let input: Vec<Vec<f32>> = (0..channels).map(|c| vec![c as f32; 64]).collect();
            let output = Case::new(&super::SPEC).channels(channels).choose("swap", which).run(&input);
            let is: Vec<usize> = output.iter().map(|c| c[0] as usize).collect();
            assert_eq!(is, expected, "{which}");
        }
    }
}

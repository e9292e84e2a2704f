//! Compares every pair of channel layouts with ffmpeg's aresample.
use crate::support::ffmpeg;
use cutroom_audio::{ChannelLayout, ChannelMatrix, speakers};
use cutroom_types::AudioBlock;

const LAYOUTS: [&str; 8] = ["mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1"];

#[test]
fn folding_is_ffmpegs() {
    for (i, from) in LAYOUTS.iter().enumerate() {
        for (o, to) in LAYOUTS.iter().enumerate() {
            let (inputs, outputs) = (i + 1, o + 1);
            if i == o || (inputs == 1 && !to.contains('.')) || (inputs == 1 && outputs == 3) {
                continue; // Mono to a layout without a centre differs on purpose: 1, not −3 dB.
            }
            // Sample k is 0.5 in channel k and 0 in the others.
            let channels = (0..inputs).map(|c| (0..inputs).map(|k| if k == c { 0.5 } else { 0.0 }).collect()).collect();
            let filter = format!("aresample=out_chlayout={to}:rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts={to}");
            let Some(theirs) = ffmpeg(&AudioBlock { rate_hz: 48_000, channels }, from, &filter, outputs) else { return };
            let matrix = ChannelMatrix::new(inputs, outputs).unwrap();
            for input in 0..inputs {
                for output in 0..outputs {
                    let (ours, ffmpeg) = (matrix.factor(output, input), theirs.channels[output][input] * 2.0);
                    assert!((ours - ffmpeg).abs() < 1e-6, "{from} to {to}, {input} to {output}: {ours}, ffmpeg {ffmpeg}");
                }
            }
        }
    }
}

/// FFmpeg's masks (libavutil/channel_layout.h) of layouts that are not the default ones for their
/// channel counts.
#[test]
fn named_layouts_fold_as_ffmpegs() {
    for (from, mask) in
        [("3.0", 0x7), ("quad", 0x33), ("quad(side)", 0x603), ("5.0(side)", 0x607), ("5.1(side)", 0x60F), ("hexagonal", 0x137)]
    {
        for to in ["stereo", "5.1"] {
            let layout = ChannelLayout::from_mask(mask).unwrap();
            let (inputs, outputs) = (layout.channels(), if to == "stereo" { 2 } else { 6 });
            let channels = (0..inputs).map(|c| (0..inputs).map(|k| if k == c { 0.5 } else { 0.0 }).collect()).collect();
            let filter = format!("aresample=out_chlayout={to}:rematrix_maxval=1,aformat=sample_fmts=flt:channel_layouts={to}");
            let Some(theirs) = ffmpeg(&AudioBlock { rate_hz: 48_000, channels }, from, &filter, outputs) else { return };
            let matrix = ChannelMatrix::between(&layout.speakers(), speakers(outputs).unwrap());
            for input in 0..inputs {
                for output in 0..outputs {
                    let (ours, ffmpeg) = (matrix.factor(output, input), theirs.channels[output][input] * 2.0);
                    assert!((ours - ffmpeg).abs() < 1e-6, "{from} to {to}, {input} to {output}: {ours}, ffmpeg {ffmpeg}");
                }
            }
        }
    }
    for n in 1..=8 {
        assert_eq!(ChannelLayout::usual(n).unwrap().speakers(), speakers(n).unwrap());
    }
    // 7.1(wide), a bit without a speaker, no bit.
    assert!([0xFF, 1 << 63, 0].iter().all(|&mask| ChannelLayout::from_mask(mask).is_none()));
}

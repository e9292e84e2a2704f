//! VP9 with libvpx.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, pair, rgb, whole_crf_text, yuv420, yuv422, yuv444};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::PictureFormat;

const YUV440_8: PictureFormat = PictureFormat::yuv(8, 0, 1);
const YUV440_10: PictureFormat = PictureFormat::yuv(10, 0, 1);
const YUV440_12: PictureFormat = PictureFormat::yuv(12, 0, 1);

pub static CODEC: VideoCodec = VideoCodec {
    id: "vp9",
    title: "VP9",
    encoder: "libvpx-vp9",
    // The format determines the profile; the encoder refuses any other.
    profiles: &[
        VideoProfile { id: "0", formats: &[yuv420(8), yuv420(8).with_alpha()] },
        VideoProfile { id: "1", formats: &[yuv422(8), yuv444(8), YUV440_8, rgb(8)] },
        VideoProfile { id: "2", formats: &[yuv420(10), yuv420(12)] },
        VideoProfile {
            id: "3",
            formats: &[yuv422(10), yuv444(10), YUV440_10, yuv422(12), yuv444(12), YUV440_12, rgb(10), rgb(12)],
        },
    ],
    presets: &["0", "1", "2", "3", "4", "5", "6", "7", "8"],
    lossless_profile: None,
    default_preset: Some("2"),
    preset_option: "cpu-used",
    options,
    fills_cores: true,
    passes: None,
    mezzanine: false,
    odd_sizes: true,
    min_size: (1, 1),
    max_size: 16384,
    max_fps: 300,
    can_be_joined: true,
    carries_range: true,
    alpha_beside: true,
    only_range: None,
    fixed: FixedTags::NONE,
    input: Input::Planes,
    fourcc: &[],
    hardware: None,
    install_hint: "install an FFmpeg built with --enable-libvpx (Debian and Ubuntu: apt install libavcodec-extra)",
};

fn options(s: &VideoSettings, profile: &VideoProfile) -> Result<Options, String> {
    let mut o = match s.rate {
        Rate::Crf(crf) => vec![pair("crf", whole_crf_text(crf, 63.0)?), pair("b", 0)],
        Rate::BitrateKbps(kbps) => vec![pair("b", u64::from(kbps) * 1000)],
        Rate::Lossless => vec![pair("lossless", 1), pair("b", 0)],
        Rate::CodecDefault => vec![pair("crf", 32), pair("b", 0)],
    };
    // Row threading uses more than one core below 4K, and the stream does not depend on timing.
    if s.format.alpha {
        // Hidden frames of pictures and alpha would be at different places.
        o.push(pair("auto-alt-ref", 0));
    }
    o.extend([pair("profile", profile.id), pair("deadline", "good"), pair("row-mt", 1)]);
    Ok(o)
}

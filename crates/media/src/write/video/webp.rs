//! Animated WebP: lossy 4:2:0 of 8 bits with alpha, or lossless RGB with alpha. Each picture is
//! coded by itself, so that memory does not grow with the film.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, crf_text, pair, rgb, yuv420};
use crate::write::settings::{Rate, VideoSettings};

pub static CODEC: VideoCodec = VideoCodec {
    id: "webp",
    title: "WebP",
    encoder: "libwebp",
    profiles: &[
        VideoProfile { id: "lossy", formats: &[yuv420(8), yuv420(8).with_alpha()] },
        VideoProfile { id: "lossless", formats: &[rgb(8), rgb(8).with_alpha()] },
    ],
    presets: &[],
    lossless_profile: Some("lossless"),
    default_preset: None,
    preset_option: "",
    options,
    fills_cores: false,
    passes: None,
    mezzanine: false,
    odd_sizes: true,
    min_size: (1, 1),
    max_size: 16383,
    max_fps: 1000,
    can_be_joined: true,
    carries_range: false,
    alpha_beside: false,
    only_range: None,
    fixed: FixedTags::JFIF,
    input: Input::BgraOrPlanes,
    fourcc: &[],
    hardware: None,
    install_hint: "install an FFmpeg built with --enable-libwebp (Debian and Ubuntu: apt install libavcodec-extra)",
};

/// The largest CRF; WebP counts quality the other way round, from 0 to 100.
const WORST: f32 = 100.0;

fn options(s: &VideoSettings, profile: &VideoProfile) -> Result<Options, String> {
    let lossless = profile.id == "lossless";
    match s.rate {
        Rate::Crf(_) if lossless => Err("lossless WebP has no CRF".into()),
        Rate::Crf(crf) => {
            crf_text(crf, WORST)?;
            Ok(vec![pair("quality", WORST - crf)])
        }
        Rate::BitrateKbps(_) => Err("WebP has no bit rate; it has CRF 0 (best) to 100".into()),
        Rate::Lossless if !lossless => Err(format!("WebP is lossless only with rgb24 or rgba, not with {}", s.format)),
        Rate::Lossless | Rate::CodecDefault if lossless => Ok(vec![pair("lossless", 1)]),
        Rate::Lossless | Rate::CodecDefault => Ok(vec![pair("quality", 80)]),
    }
}

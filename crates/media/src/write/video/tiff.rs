//! TIFF 6.0: 8 or 16 bits, RGB with optional straight alpha, or gray; lossless.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, gray, rgb};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "tiff",
    title: "TIFF",
    encoder: "tiff",
    profiles: &[VideoProfile {
        id: "auto",
        formats: &[rgb(8), rgb(8).with_alpha(), rgb(16), rgb(16).with_alpha(), gray(8), gray(16)],
    }],
    presets: &["raw", "packbits", "lzw", "deflate"],
    lossless_profile: None,
    default_preset: Some("lzw"),
    preset_option: "compression_algo",
    options,
    fills_cores: false,
    passes: None,
    mezzanine: true,
    odd_sizes: true,
    min_size: (1, 1),
    max_size: 32768,
    max_fps: 1000,
    can_be_joined: true,
    carries_range: true,
    alpha_beside: false,
    only_range: Some(Range::Full),
    fixed: FixedTags::NONE,
    input: Input::PackedRgbLittle,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    if !matches!(s.rate, Rate::Lossless | Rate::CodecDefault) {
        return Err("TIFF is always lossless; it has no CRF or bit rate".into());
    }
    Ok(vec![])
}

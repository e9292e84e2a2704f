//! PNG: 8 or 16 bits, RGB with optional straight alpha, or gray.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, gray, pair, rgb};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "png",
    title: "PNG",
    encoder: "png",
    profiles: &[VideoProfile {
        id: "auto",
        formats: &[rgb(8), rgb(8).with_alpha(), rgb(16), rgb(16).with_alpha(), gray(8), gray(16)],
    }],
    presets: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    lossless_profile: None,
    default_preset: Some("6"),
    preset_option: "compression_level",
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
    // In PNG, black is always 0 and white the largest code.
    only_range: Some(Range::Full),
    fixed: FixedTags::NONE,
    input: Input::PackedRgb,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    if !matches!(s.rate, Rate::Lossless | Rate::CodecDefault) {
        return Err("PNG is always lossless; it has no CRF or bit rate".into());
    }
    // Rows are predicted from the row above: half the size of no prediction at little cost.
    Ok(vec![pair("pred", "up")])
}

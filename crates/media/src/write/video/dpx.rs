//! DPX (SMPTE ST 268-1): 8, 10, 12 or 16 bits, RGB; lossless, uncompressed.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, rgb};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "dpx",
    title: "DPX",
    encoder: "dpx",
    profiles: &[VideoProfile {
        id: "auto",
        formats: &[rgb(10), rgb(8), rgb(8).with_alpha(), rgb(12), rgb(16), rgb(16).with_alpha()],
    }],
    presets: &[],
    lossless_profile: None,
    default_preset: None,
    preset_option: "",
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
    input: Input::PackedRgb,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    if !matches!(s.rate, Rate::Lossless | Rate::CodecDefault) {
        return Err("DPX is always lossless; it has no CRF or bit rate".into());
    }
    Ok(vec![])
}

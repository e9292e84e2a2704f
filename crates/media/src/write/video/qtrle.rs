//! QuickTime Animation: lossless run lengths of 8-bit RGB with optional straight alpha.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, rgb};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "qtrle",
    title: "QuickTime Animation, lossless",
    encoder: "qtrle",
    profiles: &[VideoProfile { id: "auto", formats: &[rgb(8), rgb(8).with_alpha()] }],
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
    carries_range: false,
    alpha_beside: false,
    only_range: Some(Range::Full),
    fixed: FixedTags::NONE,
    input: Input::PackedArgb,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    if !matches!(s.rate, Rate::Lossless | Rate::CodecDefault) {
        return Err("QuickTime Animation is always lossless; it has no CRF or bit rate".into());
    }
    Ok(vec![])
}

//! Animated GIF: up to 256 colours a picture, chosen for each one, with ordered dithering, which
//! does not move while the picture does not; alpha is on or off. Delays are whole hundredths of a
//! second whose sums are rounded, not they themselves.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, rgb};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "gif",
    title: "GIF",
    encoder: "gif",
    profiles: &[VideoProfile { id: "auto", formats: &[rgb(8), rgb(8).with_alpha()] }],
    presets: &[],
    lossless_profile: None,
    default_preset: None,
    preset_option: "",
    options,
    fills_cores: false,
    passes: None,
    mezzanine: false,
    odd_sizes: true,
    min_size: (1, 1),
    max_size: 65535,
    max_fps: 50,
    can_be_joined: false,
    carries_range: true,
    alpha_beside: false,
    only_range: Some(Range::Full),
    fixed: FixedTags::NONE,
    input: Input::Palette,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    if s.rate != Rate::CodecDefault {
        return Err("GIF has neither a quality nor a bit rate, and is not lossless".into());
    }
    Ok(vec![])
}

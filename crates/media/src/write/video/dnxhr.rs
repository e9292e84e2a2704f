//! Avid DNxHR (SMPTE ST 2019-1, VC-3) with FFmpeg's dnxhd.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, pair, rgb, yuv422, yuv444};
use crate::write::settings::{Rate, VideoSettings};

pub static CODEC: VideoCodec = VideoCodec {
    id: "dnxhr",
    title: "Avid DNxHR",
    encoder: "dnxhd",
    profiles: &[
        VideoProfile { id: "hq", formats: &[yuv422(8)] },
        VideoProfile { id: "sq", formats: &[yuv422(8)] },
        VideoProfile { id: "lb", formats: &[yuv422(8)] },
        VideoProfile { id: "hqx", formats: &[yuv422(10)] },
        VideoProfile { id: "444", formats: &[yuv444(10), rgb(10)] },
    ],
    presets: &[],
    lossless_profile: None,
    default_preset: None,
    preset_option: "",
    options,
    fills_cores: false,
    passes: None,
    mezzanine: true,
    odd_sizes: false,
    min_size: (256, 120),
    max_size: 16384,
    max_fps: 1000,
    can_be_joined: true,
    carries_range: false,
    alpha_beside: false,
    only_range: None,
    fixed: FixedTags::NONE,
    input: Input::PaddedPlanes,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, profile: &VideoProfile) -> Result<Options, String> {
    if s.rate != Rate::CodecDefault {
        return Err("the rate of DNxHR is set by its profile (lb, sq, hq, hqx, 444)".into());
    }
    Ok(vec![pair("profile", format!("dnxhr_{}", profile.id))])
}

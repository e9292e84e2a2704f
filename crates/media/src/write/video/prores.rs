//! Apple ProRes (SMPTE RDD 36) with FFmpeg's prores_ks.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, pair, yuv422, yuv444};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::PictureFormat;

const FOUR_FOUR: &[PictureFormat] = &[yuv444(10), yuv444(10).with_alpha()];

pub static CODEC: VideoCodec = VideoCodec {
    id: "prores",
    title: "Apple ProRes",
    encoder: "prores_ks",
    profiles: &[
        VideoProfile { id: "hq", formats: &[yuv422(10)] },
        VideoProfile { id: "standard", formats: &[yuv422(10)] },
        VideoProfile { id: "lt", formats: &[yuv422(10)] },
        VideoProfile { id: "proxy", formats: &[yuv422(10)] },
        VideoProfile { id: "4444", formats: FOUR_FOUR },
        VideoProfile { id: "4444xq", formats: FOUR_FOUR },
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
    min_size: (16, 16),
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
        return Err("the rate of ProRes is set by its profile (proxy, lt, standard, hq, 4444, 4444xq)".into());
    }
    // "apl0" is what Apple's own encoder writes; some programs refuse other vendors.
    Ok(vec![pair("profile", profile.id), pair("vendor", "apl0"), pair("alpha_bits", if s.format.alpha { 16 } else { 0 })])
}

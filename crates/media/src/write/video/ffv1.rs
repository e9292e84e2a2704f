//! FFV1 version 3 (RFC 9043): lossless, every format, with a checksum per slice.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, gray, pair, rgb, yuv420, yuv422, yuv444};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::PictureFormat;

pub static CODEC: VideoCodec = VideoCodec {
    id: "ffv1",
    title: "FFV1, lossless",
    encoder: "ffv1",
    profiles: &[VideoProfile {
        id: "3",
        formats: &[
            yuv420(8),
            yuv422(8),
            yuv444(8),
            yuv420(9),
            yuv422(9),
            yuv444(9),
            yuv420(10),
            yuv422(10),
            yuv444(10),
            yuv420(12),
            yuv422(12),
            yuv444(12),
            yuv420(14),
            yuv422(14),
            yuv444(14),
            yuv420(16),
            yuv422(16),
            yuv444(16),
            PictureFormat::yuv(8, 0, 1),
            PictureFormat::yuv(10, 0, 1),
            PictureFormat::yuv(12, 0, 1),
            yuv420(8).with_alpha(),
            yuv422(8).with_alpha(),
            yuv444(8).with_alpha(),
            yuv420(9).with_alpha(),
            yuv422(9).with_alpha(),
            yuv444(9).with_alpha(),
            yuv420(10).with_alpha(),
            yuv422(10).with_alpha(),
            yuv444(10).with_alpha(),
            yuv420(16).with_alpha(),
            yuv422(16).with_alpha(),
            yuv444(16).with_alpha(),
            rgb(8),
            rgb(9),
            rgb(10),
            rgb(12),
            rgb(14),
            rgb(16),
            rgb(8).with_alpha(),
            rgb(10).with_alpha(),
            rgb(12).with_alpha(),
            rgb(16).with_alpha(),
            gray(8),
            gray(9),
            gray(10),
            gray(12),
            gray(16),
        ],
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
    carries_range: false,
    alpha_beside: false,
    only_range: None,
    fixed: FixedTags::NONE,
    input: Input::PlanesOrBgr,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    if !matches!(s.rate, Rate::Lossless | Rate::CodecDefault) {
        return Err("FFV1 is always lossless; it has no CRF or bit rate".into());
    }
    // The number of slices affects the bytes, so it depends on the size alone. All are counts that
    // the encoder can arrange.
    let pixels = u64::from(s.size.width) * u64::from(s.size.height);
    let slices = match pixels {
        0..=20_000 => 1,
        20_001..=1_000_000 => 4,
        1_000_001..=3_000_000 => 16,
        _ => 24,
    };
    let mut o = vec![pair("level", 3), pair("coder", 1), pair("slices", slices), pair("slicecrc", 1)];
    if s.gop_frames.is_none() {
        // Every frame is a keyframe, as archives require.
        o.push(pair("g", 1));
    }
    Ok(o)
}

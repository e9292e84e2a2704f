//! JPEG: 8-bit full-range YUV as JFIF has it, with the matrix of BT.601; for single pictures,
//! numbered files and films of which each picture is coded by itself.
use super::{BUILT_IN, FixedTags, Input, Options, VideoCodec, VideoProfile, crf_text, pair, yuv420, yuv422, yuv444};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "mjpeg",
    title: "JPEG",
    encoder: "mjpeg",
    profiles: &[VideoProfile { id: "auto", formats: &[yuv420(8), yuv422(8), yuv444(8)] }],
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
    max_size: 65_500,
    max_fps: 1000,
    can_be_joined: true,
    carries_range: true,
    alpha_beside: false,
    only_range: Some(Range::Full),
    fixed: FixedTags::JFIF,
    input: Input::PaddedPlanes,
    fourcc: &[],
    hardware: None,
    install_hint: BUILT_IN,
};

fn options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    let quantiser = match s.rate {
        Rate::Crf(q) if q < 1.0 => return Err("JPEG accepts CRF 1 to 31".into()),
        Rate::Crf(q) => crf_text(q, 31.0)?,
        // Visually lossless.
        Rate::CodecDefault => "3".into(),
        Rate::BitrateKbps(kbps) => return Ok(vec![pair("b", u64::from(kbps) * 1000)]),
        Rate::Lossless => return Err("JPEG has no lossless mode; use png, ffv1, qtrle or tiff".into()),
    };
    Ok(vec![pair("qmin", &quantiser), pair("qmax", quantiser)])
}

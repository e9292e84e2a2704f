//! OpenEXR: linear light in floats, 1.0 is reference white; alpha is associated, as the format
//! demands. `float` keeps every sample that is drawn, `half` keeps 11 significant bits.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, pair};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::{PictureFormat, Range};

pub static CODEC: VideoCodec = VideoCodec {
    id: "exr",
    title: "OpenEXR",
    encoder: "exr",
    profiles: &[VideoProfile { id: "half", formats: FORMATS }, VideoProfile { id: "float", formats: FORMATS }],
    presets: &["none", "rle", "zip1", "zip16"],
    lossless_profile: Some("float"),
    default_preset: Some("zip16"),
    preset_option: "compression",
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
    fixed: FixedTags::LINEAR,
    input: Input::Premultiplied,
    fourcc: &[],
    hardware: None,
    install_hint: super::BUILT_IN,
};

const FORMATS: &[PictureFormat] = &[PictureFormat::RGB_FLOAT, PictureFormat::RGB_FLOAT.with_alpha()];

fn options(s: &VideoSettings, profile: &VideoProfile) -> Result<Options, String> {
    match s.rate {
        Rate::CodecDefault => {}
        Rate::Lossless if profile.id == "float" => {}
        Rate::Lossless => return Err("EXR keeps every sample in profile float, not in half".into()),
        _ => return Err("EXR has no CRF or bit rate".into()),
    }
    Ok(vec![pair("format", profile.id)])
}

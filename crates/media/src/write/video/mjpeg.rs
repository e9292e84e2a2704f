//! JPEG, for single pictures: 8-bit full-range YUV as JFIF has it, with the matrix of BT.601. It is not among
//! the codecs of films.
use super::{BUILT_IN, Input, Options, VideoCodec, VideoProfile, pair, yuv420, yuv444};
use crate::write::settings::VideoSettings;
use cutroom_types::Range;

pub static CODEC: VideoCodec = VideoCodec {
    id: "jpeg",
    title: "JPEG",
    encoder: "mjpeg",
    profiles: &[VideoProfile { id: "auto", formats: &[yuv420(8), yuv444(8)] }],
    presets: &[],
    default_preset: None,
    preset_option: "",
    options,
    fills_cores: false,
    passes: None,
    mezzanine: false,
    odd_sizes: true,
    min_size: (1, 1),
    max_size: 65_500,
    carries_range: true,
    alpha_beside: false,
    only_range: Some(Range::Full),
    input: Input::PaddedPlanes,
    fourcc: &[],
    install_hint: BUILT_IN,
};

/// A fixed quantiser, on a scale from 2, the best, to 31.
fn options(_: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    Ok(vec![pair("qmin", 3), pair("qmax", 3)])
}

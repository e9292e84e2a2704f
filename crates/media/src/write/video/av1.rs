//! AV1: with SVT-AV1 (fast, 4:2:0 only) and with libaom (slower, every format). They are two rows
//! because silently replacing one by the other would change the speed tenfold.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, gray, pair, rgb, whole_crf_text, yuv420, yuv422, yuv444};
use crate::hdr;
use crate::write::settings::{Rate, VideoSettings};

pub static SVT: VideoCodec = VideoCodec {
    id: "av1",
    title: "AV1 (SVT-AV1)",
    encoder: "libsvtav1",
    profiles: &[VideoProfile { id: "main", formats: &[yuv420(8), yuv420(10)] }],
    presets: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"],
    lossless_profile: None,
    default_preset: Some("8"),
    preset_option: "preset",
    options: svt_options,
    fills_cores: true,
    passes: None,
    mezzanine: false,
    odd_sizes: false,
    min_size: (64, 64),
    max_size: 8192,
    max_fps: 300,
    can_be_joined: true,
    carries_range: true,
    alpha_beside: false,
    only_range: None,
    fixed: FixedTags::NONE,
    input: Input::Planes,
    fourcc: &[],
    hardware: None,
    install_hint: "install an FFmpeg built with --enable-libsvtav1, or use av1-aom",
};

pub static AOM: VideoCodec = VideoCodec {
    id: "av1-aom",
    title: "AV1 (libaom)",
    encoder: "libaom-av1",
    profiles: &[
        VideoProfile { id: "main", formats: &[yuv420(8), yuv420(10), gray(8), gray(10)] },
        VideoProfile { id: "high", formats: &[yuv444(8), yuv444(10), rgb(8), rgb(10)] },
        VideoProfile {
            id: "professional",
            formats: &[yuv422(8), yuv422(10), yuv420(12), yuv422(12), yuv444(12), rgb(12), gray(12)],
        },
    ],
    presets: &["0", "1", "2", "3", "4", "5", "6", "7", "8"],
    lossless_profile: None,
    default_preset: Some("6"),
    preset_option: "cpu-used",
    options: aom_options,
    fills_cores: true,
    passes: None,
    mezzanine: false,
    odd_sizes: true,
    min_size: (1, 1),
    max_size: 16384,
    max_fps: 300,
    can_be_joined: true,
    carries_range: true,
    alpha_beside: false,
    only_range: None,
    fixed: FixedTags::NONE,
    input: Input::Planes,
    fourcc: &[],
    hardware: None,
    install_hint: "install an FFmpeg built with --enable-libaom (Debian and Ubuntu: apt install libavcodec-extra)",
};

fn svt_options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    let mut o = match s.rate {
        // FFmpeg's wrapper reads 0 as "not set".
        Rate::Crf(crf) if crf < 1.0 => return Err("SVT-AV1 accepts CRF 1 to 63".into()),
        Rate::Crf(crf) => vec![pair("crf", whole_crf_text(crf, 63.0)?)],
        Rate::BitrateKbps(kbps) => vec![pair("b", u64::from(kbps) * 1000)],
        Rate::Lossless => return Err("SVT-AV1 has no lossless mode; use av1-aom, ffv1, h264 or h265".into()),
        Rate::CodecDefault => vec![pair("crf", 35)],
    };
    let mut params = hdr::svt_params(&s.hdr);
    if s.threads > 0 {
        params.push(format!("lp={}", s.threads));
    }
    if !params.is_empty() {
        o.push(pair("svtav1-params", params.join(":")));
    }
    Ok(o)
}

fn aom_options(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    let mut o = match s.rate {
        Rate::Crf(crf) => vec![pair("crf", whole_crf_text(crf, 63.0)?), pair("b", 0)],
        Rate::BitrateKbps(kbps) => vec![pair("b", u64::from(kbps) * 1000)],
        Rate::Lossless => vec![pair("aom-params", "lossless=1"), pair("b", 0)],
        Rate::CodecDefault => vec![pair("crf", 32), pair("b", 0)],
    };
    o.push(pair("row-mt", 1));
    Ok(o)
}

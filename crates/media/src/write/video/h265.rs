//! H.265 with x265.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, crf_text, gray, pair, rgb, yuv420, yuv422, yuv444};
use crate::hdr;
use crate::write::settings::{Rate, VideoSettings};

pub static CODEC: VideoCodec = VideoCodec {
    id: "h265",
    title: "H.265 / HEVC",
    encoder: "libx265",
    profiles: &[
        VideoProfile {
            id: "auto",
            formats: &[
                yuv420(8),
                yuv422(8),
                yuv444(8),
                yuv420(10),
                yuv422(10),
                yuv444(10),
                yuv420(12),
                yuv422(12),
                yuv444(12),
                rgb(8),
                rgb(10),
                rgb(12),
                gray(8),
                gray(10),
                gray(12),
            ],
        },
        VideoProfile { id: "main", formats: &[yuv420(8)] },
        VideoProfile { id: "main10", formats: &[yuv420(10)] },
        VideoProfile { id: "main12", formats: &[yuv420(12)] },
        VideoProfile { id: "main422-10", formats: &[yuv422(10)] },
        VideoProfile { id: "main422-12", formats: &[yuv422(12)] },
        VideoProfile { id: "main444-8", formats: &[yuv444(8)] },
        VideoProfile { id: "main444-10", formats: &[yuv444(10)] },
        VideoProfile { id: "main444-12", formats: &[yuv444(12)] },
    ],
    presets: &["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"],
    lossless_profile: None,
    default_preset: Some("medium"),
    preset_option: "preset",
    options,
    fills_cores: true,
    passes: Some(passes),
    mezzanine: false,
    odd_sizes: false,
    min_size: (32, 32),
    max_size: 8192,
    max_fps: 300,
    can_be_joined: true,
    carries_range: true,
    alpha_beside: false,
    only_range: None,
    fixed: FixedTags::NONE,
    input: Input::Planes,
    fourcc: super::HVC1,
    hardware: None,
    install_hint: "install an FFmpeg built with --enable-libx265 (Debian and Ubuntu: apt install libavcodec-extra)",
};

fn options(s: &VideoSettings, profile: &VideoProfile) -> Result<Options, String> {
    // By default x265 prints its progress to standard error.
    let mut params = vec!["log-level=none".to_owned()];
    let mut o = match s.rate {
        Rate::Crf(crf) => vec![pair("crf", crf_text(crf, 51.0)?)],
        Rate::BitrateKbps(kbps) => vec![pair("b", u64::from(kbps) * 1000)],
        Rate::Lossless => {
            params.push("lossless=1".into());
            vec![]
        }
        Rate::CodecDefault => vec![pair("crf", 28)],
    };
    params.extend(hdr::x265_params(&s.hdr));
    if profile.id != "auto" {
        o.push(pair("profile", profile.id));
    }
    if s.threads > 0 {
        params.push(format!("pools={}", s.threads));
    }
    o.push(pair("x265-params", params.join(":")));
    Ok(o)
}

fn passes(pass: u8, statistics: &str) -> Options {
    // A colon separates parameters.
    let statistics = statistics.replace('\\', "\\\\").replace(':', "\\:");
    vec![pair("x265-params", format!("pass={pass}:stats={statistics}"))]
}

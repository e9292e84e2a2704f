//! H.264 with x264.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, crf_text, pair, yuv420, yuv422, yuv444};
use crate::write::settings::{Rate, VideoSettings};
use cutroom_types::PictureFormat;

const ALL: &[PictureFormat] = &[yuv420(8), yuv422(8), yuv444(8), yuv420(10), yuv422(10), yuv444(10)];

pub static CODEC: VideoCodec = VideoCodec {
    id: "h264",
    title: "H.264 / AVC",
    encoder: "libx264",
    profiles: &[
        VideoProfile { id: "auto", formats: ALL },
        VideoProfile { id: "baseline", formats: &[yuv420(8)] },
        VideoProfile { id: "main", formats: &[yuv420(8)] },
        VideoProfile { id: "high", formats: &[yuv420(8)] },
        VideoProfile { id: "high10", formats: &[yuv420(8), yuv420(10)] },
        VideoProfile { id: "high422", formats: &[yuv420(8), yuv422(8), yuv420(10), yuv422(10)] },
        VideoProfile { id: "high444", formats: ALL },
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
    min_size: (2, 2),
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
    install_hint: "install an FFmpeg built with --enable-libx264 (Debian and Ubuntu: apt install libavcodec-extra)",
};

fn options(s: &VideoSettings, profile: &VideoProfile) -> Result<Options, String> {
    let mut o = match s.rate {
        // The scale starts at 0 for 8 bits and 6 lower for each further bit; CRF below 0 is not
        // offered.
        Rate::Crf(crf) => vec![pair("crf", crf_text(crf, 51.0)?)],
        Rate::BitrateKbps(kbps) => vec![pair("b", u64::from(kbps) * 1000)],
        Rate::Lossless => vec![pair("qp", 0)],
        Rate::CodecDefault => vec![pair("crf", 23)],
    };
    if profile.id != "auto" {
        if s.rate == Rate::Lossless && profile.id != "high444" {
            return Err(format!("H.264 is lossless only in profile high444, not in {}", profile.id));
        }
        o.push(pair("profile", profile.id));
    }
    Ok(o)
}

fn passes(pass: u8, statistics: &str) -> Options {
    vec![pair("flags", format!("+pass{pass}")), pair("stats", statistics)]
}

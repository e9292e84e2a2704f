//! Encoders of graphics cards: NVENC (NVIDIA), VA-API (Linux), Quick Sync (Intel), AMF (AMD) and
//! VideoToolbox (Apple), each for H.264, H.265 and AV1. Their streams are of the kind of the
//! software's row, so they go into the same containers. Whether one works is known only by trying
//! it: `probe`.
use super::{FixedTags, Input, Options, VideoCodec, VideoProfile, crf_text, pair, whole_crf_text, yuv420};
use crate::write::settings::{Rate, VideoSettings};

/// An interface to encoders of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardwareApi {
    /// NVIDIA's encoder.
    Nvenc,
    /// Video Acceleration API of Linux; frames are copied to the card first.
    Vaapi,
    /// Intel Quick Sync Video.
    Qsv,
    /// AMD Advanced Media Framework.
    Amf,
    /// Apple's.
    VideoToolbox,
}

/// What distinguishes a hardware encoder's row.
#[derive(Debug)]
pub struct Hardware {
    /// The interface.
    pub api: HardwareApi,
    /// Id of the software's row that makes the same kind of stream, which stands in where that is
    /// allowed.
    pub software: &'static str,
}

const EIGHT: &[VideoProfile] = &[VideoProfile { id: "auto", formats: &[yuv420(8)] }];
const TEN: &[VideoProfile] = &[VideoProfile { id: "auto", formats: &[yuv420(8), yuv420(10)] }];

const NVENC_PRESETS: &[&str] = &["p1", "p2", "p3", "p4", "p5", "p6", "p7"];
const QSV_PRESETS: &[&str] = &["veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];
const AMF_PRESETS: &[&str] = &["speed", "balanced", "quality"];

const fn row(
    id: &'static str,
    title: &'static str,
    encoder: &'static str,
    hardware: &'static Hardware,
    profiles: &'static [VideoProfile],
) -> VideoCodec {
    let (presets, preset, option): (&[&str], _, _) = match hardware.api {
        HardwareApi::Nvenc => (NVENC_PRESETS, Some("p4"), "preset"),
        HardwareApi::Qsv => (QSV_PRESETS, Some("medium"), "preset"),
        HardwareApi::Amf => (AMF_PRESETS, Some("balanced"), "quality"),
        HardwareApi::Vaapi | HardwareApi::VideoToolbox => (&[], None, ""),
    };
    VideoCodec {
        id,
        title,
        encoder,
        profiles,
        lossless_profile: None,
        presets,
        default_preset: preset,
        preset_option: option,
        options: match hardware.api {
            HardwareApi::Nvenc => nvenc,
            HardwareApi::Vaapi => vaapi,
            HardwareApi::Qsv => qsv,
            HardwareApi::Amf => amf,
            HardwareApi::VideoToolbox => video_toolbox,
        },
        fills_cores: false,
        passes: None,
        mezzanine: false,
        odd_sizes: false,
        min_size: (128, 128),
        max_size: 8192,
        // Cards differ in what they code the same way twice, and drivers in the headers that they
        // write.
        can_be_joined: false,
        max_fps: 300,
        carries_range: true,
        alpha_beside: false,
        only_range: None,
        fixed: FixedTags::NONE,
        input: Input::SemiPlanar,
        fourcc: super::HVC1,
        hardware: Some(hardware),
        install_hint: match hardware.api {
            HardwareApi::Nvenc => "install an FFmpeg built with --enable-nvenc, and NVIDIA's driver",
            HardwareApi::Vaapi => "install an FFmpeg built with --enable-vaapi, and the card's VA-API driver",
            HardwareApi::Qsv => "install an FFmpeg built with --enable-libmfx or --enable-libvpl, and Intel's media driver",
            HardwareApi::Amf => "install an FFmpeg built with --enable-amf, and AMD's driver",
            HardwareApi::VideoToolbox => "it is a part of macOS: use a Mac",
        },
    }
}

/// A row, whose four-character code is that of H.265 only if it is.
const fn row_without_code(
    id: &'static str,
    title: &'static str,
    encoder: &'static str,
    hardware: &'static Hardware,
    profiles: &'static [VideoProfile],
) -> VideoCodec {
    VideoCodec { fourcc: &[], ..row(id, title, encoder, hardware, profiles) }
}

macro_rules! family {
    ($api:ident, $suffix:literal, $name:literal, $av:literal) => {
        [
            &row_without_code(
                concat!("h264-", $suffix),
                concat!("H.264 / AVC with ", $name),
                concat!("h264_", $av),
                &Hardware { api: HardwareApi::$api, software: "h264" },
                EIGHT,
            ),
            &row(
                concat!("h265-", $suffix),
                concat!("H.265 / HEVC with ", $name),
                concat!("hevc_", $av),
                &Hardware { api: HardwareApi::$api, software: "h265" },
                TEN,
            ),
            &row_without_code(
                concat!("av1-", $suffix),
                concat!("AV1 with ", $name),
                concat!("av1_", $av),
                &Hardware { api: HardwareApi::$api, software: "av1" },
                TEN,
            ),
        ]
    };
}

static NVENC: [&VideoCodec; 3] = family!(Nvenc, "nvenc", "NVENC", "nvenc");
static VAAPI: [&VideoCodec; 3] = family!(Vaapi, "vaapi", "VA-API", "vaapi");
static QSV: [&VideoCodec; 3] = family!(Qsv, "qsv", "Quick Sync", "qsv");
static AMF: [&VideoCodec; 3] = family!(Amf, "amf", "AMF", "amf");
static VIDEO_TOOLBOX: [&VideoCodec; 3] = family!(VideoToolbox, "videotoolbox", "VideoToolbox", "videotoolbox");

/// Every row.
pub fn rows() -> impl Iterator<Item = &'static VideoCodec> {
    [&NVENC, &VAAPI, &QSV, &AMF, &VIDEO_TOOLBOX].into_iter().flatten().copied()
}

/// Quality used when none is named, on the scale of quantisers: 0..=51, AV1 0..=255.
fn usual_quality(s: &VideoSettings) -> u32 {
    match s.codec.split('-').next() {
        Some("h264") => 23,
        Some("h265") => 28,
        _ => 120,
    }
}

/// The quantiser of a CRF: its own number of H.264 and H.265; of AV1, whose CRF counts to 63 and
/// whose quantisers count to `most`, the one at the same share.
fn quantiser(crf: f32, s: &VideoSettings, most: f32) -> Result<String, String> {
    if s.codec.starts_with("av1") {
        crf_text(crf, 63.0)?;
        return Ok((crf / 63.0 * most).round().to_string());
    }
    whole_crf_text(crf, 51.0)
}

fn bits(kbps: u32) -> (String, String) {
    pair("b", u64::from(kbps) * 1000)
}

fn no_lossless(s: &VideoSettings) -> String {
    format!("{} has no lossless mode here; use h264, h265 or ffv1", s.codec)
}

fn nvenc(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    // `cq` counts to 51 for AV1, too.
    Ok(match s.rate {
        Rate::Crf(crf) => vec![pair("rc", "vbr"), pair("cq", quantiser(crf, s, 51.0)?), pair("b", 0)],
        Rate::CodecDefault => vec![pair("rc", "vbr"), pair("cq", usual_quality(s).min(32)), pair("b", 0)],
        Rate::BitrateKbps(kbps) => vec![pair("rc", "vbr"), bits(kbps)],
        Rate::Lossless => vec![pair("tune", "lossless")],
    })
}

fn vaapi(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    // Constant quantisers are the only constant quality that every driver has.
    Ok(match s.rate {
        Rate::Crf(crf) => vec![pair("rc_mode", "CQP"), pair("global_quality", quantiser(crf, s, 255.0)?)],
        Rate::CodecDefault => vec![pair("rc_mode", "CQP"), pair("global_quality", usual_quality(s))],
        Rate::BitrateKbps(kbps) => vec![pair("rc_mode", "VBR"), bits(kbps)],
        Rate::Lossless => return Err(no_lossless(s)),
    })
}

fn qsv(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    // ICQ counts to 51 for AV1, too; 0 would mean "not set", and becomes 1.
    Ok(match s.rate {
        Rate::Crf(crf) => vec![pair("global_quality", quantiser(crf, s, 51.0)?.parse::<u32>().unwrap_or(1).max(1))],
        Rate::CodecDefault => vec![pair("global_quality", usual_quality(s).min(30))],
        Rate::BitrateKbps(kbps) => vec![bits(kbps)],
        Rate::Lossless => return Err(no_lossless(s)),
    })
}

fn amf(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    let constant = |q: String| vec![pair("rc", "cqp"), pair("qp_i", &q), pair("qp_p", q)];
    Ok(match s.rate {
        Rate::Crf(crf) => constant(quantiser(crf, s, 255.0)?),
        Rate::CodecDefault => constant(usual_quality(s).to_string()),
        Rate::BitrateKbps(kbps) => vec![pair("rc", "vbr_peak"), bits(kbps)],
        Rate::Lossless => return Err(no_lossless(s)),
    })
}

/// VideoToolbox counts quality from 1 to 100, the best, in units of FFmpeg's lambda
/// (`FF_QP2LAMBDA`, 118).
fn video_toolbox(s: &VideoSettings, _: &VideoProfile) -> Result<Options, String> {
    const LAMBDA: u32 = 118;
    let quality = |crf: f32| {
        let better = (100.0 - crf * 100.0 / 51.0).round().clamp(1.0, 100.0) as u32;
        vec![pair("flags", "+qscale"), pair("global_quality", better * LAMBDA), pair("allow_sw", 0)]
    };
    Ok(match s.rate {
        Rate::Crf(crf) => {
            crf_text(crf, 51.0)?;
            quality(crf)
        }
        Rate::CodecDefault => quality(usual_quality(s).min(28) as f32),
        Rate::BitrateKbps(kbps) => vec![bits(kbps), pair("allow_sw", 0)],
        Rate::Lossless => return Err(no_lossless(s)),
    })
}

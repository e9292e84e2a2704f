//! Availability of decoders for common formats in the linked FFmpeg.
use ffmpeg_next::ffi::{self, AVCodecID};
use std::ffi::{CStr, CString};

/// Whether one format can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecoderAvailability {
    /// "video" or "audio".
    pub kind: &'static str,
    /// FFmpeg's name of the format.
    pub codec: &'static str,
    /// Display name.
    pub title: &'static str,
    /// FFmpeg's name of the decoder that is used; `None` when there is none.
    pub decoder: Option<String>,
    /// What to install when there is no decoder.
    pub install_hint: &'static str,
}

const BUILT_IN: &str = "it is part of every FFmpeg unless left out on purpose: install the distribution's full libavcodec";
const VPX: &str = "install an FFmpeg built with --enable-libvpx (Debian and Ubuntu: apt install libavcodec59)";
const DAV1D: &str = "install an FFmpeg built with --enable-libdav1d (Debian and Ubuntu: apt install libavcodec59)";

/// Kind, FFmpeg's name, title, id, and the name of the only suitable decoder where not every
/// decoder of the codec is.
type Row = (&'static str, &'static str, &'static str, AVCodecID, Option<&'static str>);

const ROWS: &[Row] = &[
    ("video", "h264", "H.264 / AVC", AVCodecID::AV_CODEC_ID_H264, None),
    ("video", "hevc", "H.265 / HEVC", AVCodecID::AV_CODEC_ID_HEVC, None),
    ("video", "av1", "AV1", AVCodecID::AV_CODEC_ID_AV1, None),
    ("video", "vp9", "VP9", AVCodecID::AV_CODEC_ID_VP9, None),
    ("video", "vp9", "VP9 with alpha", AVCodecID::AV_CODEC_ID_VP9, Some("libvpx-vp9")),
    ("video", "vp8", "VP8", AVCodecID::AV_CODEC_ID_VP8, None),
    ("video", "vp8", "VP8 with alpha", AVCodecID::AV_CODEC_ID_VP8, Some("libvpx")),
    ("video", "prores", "Apple ProRes", AVCodecID::AV_CODEC_ID_PRORES, None),
    ("video", "dnxhd", "Avid DNxHD and DNxHR", AVCodecID::AV_CODEC_ID_DNXHD, None),
    ("video", "mpeg2video", "MPEG-2", AVCodecID::AV_CODEC_ID_MPEG2VIDEO, None),
    ("video", "mpeg4", "MPEG-4 part 2", AVCodecID::AV_CODEC_ID_MPEG4, None),
    ("video", "ffv1", "FFV1", AVCodecID::AV_CODEC_ID_FFV1, None),
    ("video", "qtrle", "QuickTime animation", AVCodecID::AV_CODEC_ID_QTRLE, None),
    ("video", "mjpeg", "JPEG", AVCodecID::AV_CODEC_ID_MJPEG, None),
    ("video", "png", "PNG", AVCodecID::AV_CODEC_ID_PNG, None),
    ("video", "webp", "WebP", AVCodecID::AV_CODEC_ID_WEBP, None),
    ("video", "tiff", "TIFF", AVCodecID::AV_CODEC_ID_TIFF, None),
    ("video", "exr", "OpenEXR", AVCodecID::AV_CODEC_ID_EXR, None),
    ("video", "dpx", "DPX", AVCodecID::AV_CODEC_ID_DPX, None),
    ("video", "gif", "GIF", AVCodecID::AV_CODEC_ID_GIF, None),
    ("video", "apng", "APNG", AVCodecID::AV_CODEC_ID_APNG, None),
    ("video", "jpegxl", "JPEG XL", AVCodecID::AV_CODEC_ID_JPEGXL, None),
    ("audio", "aac", "AAC", AVCodecID::AV_CODEC_ID_AAC, None),
    ("audio", "mp3", "MP3", AVCodecID::AV_CODEC_ID_MP3, None),
    ("audio", "opus", "Opus", AVCodecID::AV_CODEC_ID_OPUS, None),
    ("audio", "vorbis", "Vorbis", AVCodecID::AV_CODEC_ID_VORBIS, None),
    ("audio", "flac", "FLAC", AVCodecID::AV_CODEC_ID_FLAC, None),
    ("audio", "alac", "Apple Lossless", AVCodecID::AV_CODEC_ID_ALAC, None),
    ("audio", "ac3", "Dolby Digital", AVCodecID::AV_CODEC_ID_AC3, None),
    ("audio", "eac3", "Dolby Digital Plus", AVCodecID::AV_CODEC_ID_EAC3, None),
    ("audio", "pcm_s16le", "PCM", AVCodecID::AV_CODEC_ID_PCM_S16LE, None),
];

/// Decoders for the usual formats of cameras, phones, editors and the web; other formats may be
/// readable as well.
pub fn decoders() -> Vec<DecoderAvailability> {
    crate::init();
    let row = |&(kind, codec, title, id, only): &Row| {
        // FFmpeg's own AV1 decoder needs a graphics device: without one it decodes nothing.
        let decoder = found(id, only).filter(|name| name != "av1");
        let install_hint = match (only, codec) {
            (Some(_), _) => VPX,
            (None, "av1") => DAV1D,
            _ => BUILT_IN,
        };
        DecoderAvailability { kind, codec, title, decoder, install_hint }
    };
    ROWS.iter().map(row).collect()
}

/// Name of the decoder that reading would use, if any.
fn found(id: AVCodecID, only: Option<&str>) -> Option<String> {
    let only = only.map(CString::new).transpose().ok()?;
    // SAFETY: the name is a valid string; FFmpeg returns null or a pointer to a static whose name
    // is one, too.
    unsafe {
        let codec = match &only {
            Some(name) => ffi::avcodec_find_decoder_by_name(name.as_ptr()),
            None => ffi::avcodec_find_decoder(id),
        };
        (!codec.is_null()).then(|| CStr::from_ptr((*codec).name).to_string_lossy().into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with `ffmpeg -decoders` of the same libraries.
    #[test]
    fn decoders_are_those_that_ffmpeg_lists() {
        let out = std::process::Command::new("ffmpeg").args(["-v", "error", "-decoders"]).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let listed: Vec<&str> = text.lines().filter_map(|l| l.split_whitespace().nth(1)).collect();
        for d in decoders() {
            match &d.decoder {
                Some(name) => assert!(listed.contains(&name.as_str()), "{name}"),
                None => assert!(!listed.contains(&d.codec) || d.codec == "av1" || d.title.contains("alpha"), "{}", d.title),
            }
        }
    }
}

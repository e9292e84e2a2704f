//! Availability of the listed encoders in the linked FFmpeg.
use crate::write::audio::audio_codecs;
use crate::write::video::video_codecs;
use ffmpeg_next::ffi;
use std::ffi::CString;

/// Whether one encoder is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderAvailability {
    /// "video" or "audio".
    pub kind: &'static str,
    /// Codec id as in settings.
    pub codec: &'static str,
    /// Display name.
    pub title: &'static str,
    /// FFmpeg's name of the encoder.
    pub encoder: &'static str,
    /// Whether the linked FFmpeg has it.
    pub available: bool,
    /// What to install when it is missing.
    pub install_hint: &'static str,
}

/// All encoders of the lists, video first, in the order of the lists; an encoder that several rows
/// name is returned once.
pub fn encoders() -> Vec<EncoderAvailability> {
    crate::init();
    let video = video_codecs().map(|c| ("video", c.id, c.title, c.encoder, c.install_hint));
    let audio =
        audio_codecs().iter().flat_map(|c| c.forms.iter().map(move |f| ("audio", c.id, c.title, f.encoder, c.install_hint)));
    let mut all: Vec<EncoderAvailability> = Vec::new();
    for (kind, codec, title, encoder, install_hint) in video.chain(audio) {
        if all.iter().all(|e| e.encoder != encoder) {
            let available = !encoder_pointer(encoder).is_null();
            all.push(EncoderAvailability { kind, codec, title, encoder, available, install_hint });
        }
    }
    all
}

/// FFmpeg's encoder by name; null when it is missing.
pub(crate) fn encoder_pointer(name: &str) -> *const ffi::AVCodec {
    let Ok(name) = CString::new(name) else { return std::ptr::null() };
    // SAFETY: the name is a valid C string; the result is null or a pointer to a static.
    unsafe { ffi::avcodec_find_encoder_by_name(name.as_ptr()) }
}

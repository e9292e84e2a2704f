//! Agreement between a stream and a device: FFmpeg asks which of several formats frames shall have
//! once it knows the stream, and again without the device's format if the device refuses.
use super::{EXACT, Kind};
use crate::pixel;
use ffmpeg_next::ffi::{self, AVCodec, AVCodecID, AVPixelFormat};
use std::{
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Formats that frames have in software, of streams that are left to a device.
const SUPPORTED: &[AVPixelFormat] =
    &[AVPixelFormat::AV_PIX_FMT_YUV420P, AVPixelFormat::AV_PIX_FMT_YUVJ420P, AVPixelFormat::AV_PIX_FMT_YUV420P10LE];

/// Maximum number of the decoder's messages that are kept as the reason of a refusal.
const MAX_MESSAGES: usize = 2;

/// What a decoder and a device have agreed on so far.
#[derive(Debug)]
pub(crate) struct Negotiation {
    /// The device's kind.
    kind: &'static Kind,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The device was chosen, and no frame has come from it yet.
    is_trying: bool,
    /// What the decoder said meanwhile.
    messages: Vec<String>,
    /// Why the device does not decode the stream.
    refused: Option<String>,
}

impl Negotiation {
    /// Before anything is known of the stream.
    pub fn with(kind: &'static Kind) -> Self {
        Self { kind, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a message of the decoder belongs to the negotiation; it is no problem of the stream
    /// then.
    pub fn takes(&self, message: &str) -> bool {
        let mut state = self.state();
        if state.is_trying && state.messages.len() < MAX_MESSAGES && !state.messages.iter().any(|m| m == message) {
            state.messages.push(message.to_owned());
        }
        state.is_trying || state.refused.is_some()
    }

    /// A frame has come: returns what the decoder said meanwhile, which concerns the stream after
    /// all.
    pub fn has_frame(&self) -> Vec<String> {
        let mut state = self.state();
        state.is_trying = false;
        std::mem::take(&mut state.messages)
    }

    /// Why the stream is not decoded by the device; `None` as long as it is or may be.
    pub fn refused(&self) -> Option<String> {
        self.state().refused.clone()
    }

    /// Gives the device up.
    pub fn refuse(&self, reason: String) {
        let mut state = self.state();
        state.is_trying = false;
        state.refused.get_or_insert(reason);
    }

    /// Chooses among the formats that FFmpeg offers, the last of which is that of software.
    pub fn choose(&self, offered: &[AVPixelFormat]) -> AVPixelFormat {
        let is_offered = offered.contains(&self.kind.pixel_format);
        let software = offered.last().copied().unwrap_or(AVPixelFormat::AV_PIX_FMT_NONE);
        let mut state = self.state();
        if is_offered && SUPPORTED.contains(&software) && state.refused.is_none() {
            state.is_trying = true;
            return self.kind.pixel_format;
        }
        let reason = match (state.is_trying, is_offered) {
            (true, _) if !state.messages.is_empty() => state.messages.join("; "),
            (true, _) => "the device refuses the stream".to_owned(),
            (false, true) => format!("{} is left to the processor", pixel::name(software)),
            (false, false) => format!("FFmpeg has no {} decoder for {} of this profile", self.kind.id, pixel::name(software)),
        };
        state.is_trying = false;
        state.refused.get_or_insert(reason);
        // Nothing is decoded with this context any more: its reader opens the stream again.
        AVPixelFormat::AV_PIX_FMT_NONE
    }
}

/// The decoder of a codec that a device can take part in.
///
/// # Errors
/// Why there is none.
pub(crate) fn decoder(kind: &Kind, id: AVCodecID) -> Result<*const AVCodec, String> {
    if !EXACT.iter().any(|(exact, _)| *exact == id) {
        return Err("a card does not decode this codec to the same bits as the processor".into());
    }
    let mut state = ptr::null_mut();
    // SAFETY: FFmpeg returns null at the end, or a static codec; so are its configurations.
    unsafe {
        loop {
            let codec = ffi::av_codec_iterate(&mut state);
            if codec.is_null() {
                return Err(format!("the linked FFmpeg has no {} decoder for this codec", kind.id));
            }
            if (*codec).id != id || ffi::av_codec_is_decoder(codec) == 0 {
                continue;
            }
            for n in 0.. {
                let config = ffi::avcodec_get_hw_config(codec, n);
                if config.is_null() {
                    break;
                }
                let by_device = (*config).methods & ffi::AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX as i32 != 0;
                if by_device && (*config).device_type == kind.device_type {
                    return Ok(codec);
                }
            }
        }
    }
}

/// The codecs that a device can decode with the linked FFmpeg.
pub(super) fn codecs(kind: &Kind) -> Vec<&'static str> {
    EXACT.iter().filter(|(id, _)| decoder(kind, *id).is_ok()).map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hardware::KINDS;

    const CUDA: AVPixelFormat = AVPixelFormat::AV_PIX_FMT_CUDA;
    const VAAPI: AVPixelFormat = AVPixelFormat::AV_PIX_FMT_VAAPI;
    const SOFTWARE: AVPixelFormat = AVPixelFormat::AV_PIX_FMT_YUV420P;
    const NONE: AVPixelFormat = AVPixelFormat::AV_PIX_FMT_NONE;

    #[test]
    fn a_stream_that_fits_is_left_to_the_device_and_may_change() {
        let n = Negotiation::with(&KINDS[0]);
        assert_eq!(n.choose(&[VAAPI, CUDA, SOFTWARE]), CUDA);
        assert!(n.takes("a reference is missing"));
        assert_eq!(n.has_frame(), ["a reference is missing"]);
        assert!(!n.takes("a slice is damaged"));
        // Another size in the middle of the stream.
        assert_eq!(n.choose(&[VAAPI, CUDA, AVPixelFormat::AV_PIX_FMT_YUV420P10LE]), CUDA);
        assert_eq!(n.refused(), None);
    }

    #[test]
    fn what_the_device_says_is_the_reason_of_its_refusal() {
        let n = Negotiation::with(&KINDS[0]);
        assert_eq!(n.choose(&[CUDA, SOFTWARE]), CUDA);
        assert!(n.takes("Video width 9000 not within range") && n.takes("Failed setup") && n.takes("more"));
        assert_eq!(n.choose(&[SOFTWARE]), NONE);
        assert_eq!(n.refused().unwrap(), "Video width 9000 not within range; Failed setup");
        assert!(n.takes("no frame!"), "what follows from the refusal is no problem of the stream");
        n.refuse("another reason".into());
        assert!(n.refused().unwrap().starts_with("Video width"));
    }

    #[test]
    fn layouts_that_a_card_does_not_hold_exactly_are_refused() {
        for (offered, reason) in [
            (vec![CUDA, AVPixelFormat::AV_PIX_FMT_YUV444P], "yuv444p is left to the processor"),
            (vec![CUDA, AVPixelFormat::AV_PIX_FMT_YUV420P12LE], "yuv420p12le is left to the processor"),
            (vec![VAAPI, SOFTWARE], "FFmpeg has no cuda decoder for yuv420p of this profile"),
        ] {
            let n = Negotiation::with(&KINDS[0]);
            assert_eq!(n.choose(&offered), NONE);
            assert_eq!(n.refused().unwrap(), reason);
        }
    }

    #[test]
    fn codecs_that_differ_by_decoder_are_refused_with_the_reason() {
        crate::init();
        for id in [AVCodecID::AV_CODEC_ID_MPEG2VIDEO, AVCodecID::AV_CODEC_ID_MJPEG, AVCodecID::AV_CODEC_ID_PRORES] {
            assert!(decoder(&KINDS[0], id).unwrap_err().contains("same bits"));
        }
        for kind in KINDS {
            assert!(codecs(kind).len() <= EXACT.len());
        }
    }
}

//! Problems that decoders and encoders report, collected per codec context.
use crate::hardware::Negotiation;
use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

/// Maximum number of messages kept per stream; further ones are only counted.
const KEPT_MESSAGES: usize = 8;

/// Problems met while decoding a stream. None of them stopped it: pictures were concealed or
/// packets dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecodeReport {
    /// Error lines logged by the decoder, failed decoder calls and problems found by the reader.
    pub errors: u64,
    /// Frames that the decoder marked as damaged and concealed.
    pub concealed_frames: u64,
    /// Frames of the index that the decoder did not output; a neighbouring frame was shown instead.
    pub missing_frames: u64,
    /// The first few distinct messages.
    pub messages: Vec<String>,
    /// The first few distinct notes on how a stream that changes was adapted, such as channels that
    /// were mixed.
    pub remarks: Vec<String>,
    /// Id of the kind of graphics device that decodes; `None` for the processor.
    pub decoded_by: Option<&'static str>,
    /// Why a stream that was to be decoded by a graphics device is not.
    pub fell_back: Option<String>,
}

impl DecodeReport {
    /// Whether no problems were met; remarks do not count.
    pub fn is_clean(&self) -> bool {
        self.errors == 0 && self.concealed_frames == 0 && self.missing_frames == 0
    }

    /// Adds the report of another reader of the same stream.
    pub fn add(&mut self, other: &Self) {
        self.errors += other.errors;
        self.concealed_frames += other.concealed_frames;
        self.missing_frames += other.missing_frames;
        other.messages.iter().for_each(|m| note(&mut self.messages, m));
        other.remarks.iter().for_each(|m| note(&mut self.remarks, m));
        self.decoded_by = self.decoded_by.or(other.decoded_by);
        if self.fell_back.is_none() {
            self.fell_back.clone_from(&other.fell_back);
        }
    }
}

/// Keeps a message if it is new and fewer than [`KEPT_MESSAGES`] are kept.
fn note(kept: &mut Vec<String>, message: &str) {
    if kept.len() < KEPT_MESSAGES && !kept.iter().any(|m| m == message) {
        kept.push(message.to_owned());
    }
}

/// Collects the problems of one codec context, from any of its threads.
#[derive(Default)]
pub(crate) struct ProblemSink {
    report: Mutex<DecodeReport>,
    /// Set while frames are decoded that are expected to be damaged and are not shown.
    is_muted: AtomicBool,
    /// With the graphics device that is to decode, if there is one.
    negotiation: Option<Negotiation>,
}

impl ProblemSink {
    /// The sink of a decoder that a graphics device takes part in.
    pub fn with_device(negotiation: Negotiation) -> Self {
        Self { negotiation: Some(negotiation), ..Self::default() }
    }

    /// With the graphics device that is to decode, if there is one.
    pub fn negotiation(&self) -> Option<&Negotiation> {
        self.negotiation.as_ref()
    }

    fn with(&self, f: impl FnOnce(&mut DecodeReport)) {
        if !self.is_muted.load(Ordering::Relaxed) {
            f(&mut self.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        }
    }

    /// Stops or resumes counting.
    pub fn mute(&self, on: bool) {
        self.is_muted.store(on, Ordering::Relaxed);
    }

    /// Counts an error and keeps its message.
    pub fn failure(&self, message: &str) {
        if self.negotiation.as_ref().is_some_and(|n| n.takes(message)) {
            return;
        }
        self.with(|r| {
            r.errors += 1;
            note(&mut r.messages, message);
        });
    }

    /// Notes an adaptation that is not an error.
    pub fn report_change(&self, message: &str) {
        self.with(|r| note(&mut r.remarks, message));
    }

    /// Counts a frame marked as damaged.
    pub fn concealed(&self) {
        self.with(|r| r.concealed_frames += 1);
    }

    /// Whether a problem was counted.
    pub fn has_problems(&self) -> bool {
        !self.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_clean()
    }

    /// A copy of everything so far.
    pub fn report(&self) -> DecodeReport {
        self.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

/// Sends FFmpeg's log lines of decoders (errors and worse) and of encoders (warnings and worse) to
/// the sink of the codec context that wrote them, and drops all others.
pub(crate) fn install_log() {
    use ffmpeg_next::ffi;
    #[cfg(target_arch = "x86_64")]
    {
        use std::ffi::{CStr, c_char, c_int, c_void};
        unsafe extern "C" fn collect(object: *mut c_void, level: c_int, format: *const c_char, arguments: *mut ffi::__va_list_tag) {
            if level > ffi::AV_LOG_WARNING || object.is_null() {
                return;
            }
            // SAFETY: FFmpeg passes objects whose first member points to their AVClass. Only codec
            // contexts are read further; every codec context with a non-null `opaque` in this
            // process is created by `decoder` or `write::encoder`, where it points to a sink that
            // outlives it. Encoders report an ignored parameter as a warning, so their warnings are
            // kept.
            unsafe {
                let name_of = |object: *mut c_void| {
                    let class = *object.cast::<*const ffi::AVClass>();
                    (!class.is_null() && !(*class).class_name.is_null()).then(|| CStr::from_ptr((*class).class_name))
                };
                // Checks of a picture's size log on behalf of another object.
                let class = *object.cast::<*const ffi::AVClass>();
                let by = match name_of(object) {
                    Some(name) if name == c"IMGUTILS" && (*class).parent_log_context_offset > 0 => {
                        *object.byte_offset((*class).parent_log_context_offset as isize).cast::<*mut c_void>()
                    }
                    _ => object,
                };
                if by.is_null() || name_of(by) != Some(c"AVCodecContext") {
                    return;
                }
                let context = by.cast::<ffi::AVCodecContext>();
                let sink = (*context).opaque.cast::<ProblemSink>();
                if sink.is_null() || (level > ffi::AV_LOG_ERROR && ffi::av_codec_is_encoder((*context).codec) == 0) {
                    return;
                }
                let mut line: [c_char; 256] = [0; 256];
                let mut prefix: c_int = 0;
                ffi::av_log_format_line2(object, level, format, arguments, line.as_mut_ptr(), line.len() as c_int, &mut prefix);
                let line = CStr::from_ptr(line.as_ptr()).to_string_lossy();
                // Unreferencing a missing reference picture changes no output; it happens after
                // every seek into an open group of pictures.
                if !line.starts_with("mmco: unref short failure") {
                    (*sink).failure(line.trim());
                }
            }
        }
        // SAFETY: sets a global function pointer; the callback is thread-safe.
        unsafe {
            ffi::av_log_set_level(ffi::AV_LOG_ERROR);
            ffi::av_log_set_callback(Some(collect));
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    // SAFETY: sets one global integer. The variable argument list has another type on this
    // architecture, so no callback is installed: only return codes and frame flags are counted.
    unsafe {
        ffi::av_log_set_level(ffi::AV_LOG_QUIET);
    }
}

//! FFmpeg both ways: probe, index, decode, encode, mux. The only FFmpeg `unsafe`. Knows no projects or plans.

pub mod error;
pub mod pixel;
pub mod tags;

pub use error::MediaError;

/// Quiets FFmpeg's own log. Every entry point of this crate calls it; cheap after the first time.
pub fn init() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // SAFETY: sets one global integer.
        unsafe { ffmpeg_next::ffi::av_log_set_level(ffmpeg_next::ffi::AV_LOG_QUIET) };
    });
}

//! Reads and writes media files through FFmpeg: probing, indexing, decoding, encoding and muxing.
//!
//! [`MediaIndex`] scans a file, or numbered pictures, once; [`VideoReader`] and [`AudioReader`] use
//! it to return frames and samples by time. [`write::Writer`] encodes pictures and samples into a
//! file; [`copy::CopySource`] hands out packets as they are. This crate contains all `unsafe` FFmpeg calls. It does not depend on projects or plans.

pub mod activity;
mod audio;
mod audio_index;
mod av_frame;
mod avi_slots;
mod bitstream;
mod chapters;
mod clock;
mod coded;
mod convert;
pub mod copy;
mod decoder;
mod decoders;
mod deinterlace;
mod edit_list;
pub mod error;
pub mod fingerprint;
mod hardware;
mod hdr;
pub mod heif;
pub mod heif_items;
mod heif_picture;
mod index;
pub mod info;
mod input;
pub mod mp4_boxes;
pub mod mp4_tables;
pub mod numbered;
pub mod ogg_end;
mod orientation;
mod packet;
mod packet_length;
pub mod pixel;
mod playable;
mod png;
mod probe;
mod raw_film;
mod report;
mod row_index;
mod row_reader;
mod samples;
mod stored_index;
mod stream;
mod stream_decoder;
mod svg;
pub mod tags;
mod text_reader;
mod video;
mod video_index;
mod video_packet;
mod video_reader;
pub mod webp_animation;
pub mod write;

pub use audio::AudioReader;
pub use decoders::{DecoderAvailability, decoders};
pub use error::MediaError;
pub use fingerprint::Fingerprint;
pub use hardware::{DecodeChoice, HardwareAvailability, card, check_decode_choice, hardware_decoders};
pub use index::{MediaIndex, probe, probe_location};
pub use info::{AudioInfo, MediaInfo, OtherInfo, ScanOrder, TextInfo, VideoInfo};
pub use input::STUCK_AFTER_SECS;
pub use numbered::{MediaLocation, Numbered};
pub use report::DecodeReport;
pub use stored_index::{StoredIndex, ffmpeg_identity};
pub use tags::{AvColor, GuessedTags};
pub use text_reader::{StreamText, TextStream, read_text};
pub use video::{DecodedFrame, ReadOptions};
pub use video_reader::VideoReader;

/// Silences FFmpeg's own log and collects the messages of codecs for their reports. Every entry
/// point of this crate calls it; only the first call does anything.
pub fn init() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(report::install_log);
}

/// Version and licence of the linked FFmpeg, as FFmpeg reports them:
/// `("5.1.9-0+deb12u1", "GPL version 2 or later")`.
pub fn ffmpeg_version() -> (String, String) {
    let text = |p: *const std::ffi::c_char| {
        // SAFETY: FFmpeg returns static strings.
        if p.is_null() { String::new() } else { unsafe { std::ffi::CStr::from_ptr(p) }.to_string_lossy().into_owned() }
    };
    // SAFETY: no preconditions.
    unsafe { (text(ffmpeg_next::ffi::av_version_info()), text(ffmpeg_next::ffi::avcodec_license())) }
}

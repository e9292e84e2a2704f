//! Packets of up to two streams → one interleaved file.
//!
//! Packets wait until the other stream has reached their time, so the file is in order of decoding
//! time. What waits is bounded: when one stream runs more than [`WAITING_BYTES`] or
//! [`WAITING_SECS`] ahead, its packets are written out of order between the streams (legal
//! everywhere, only less convenient for a player that streams).
use crate::MediaError;
use crate::error::ffmpeg_text;
use crate::write::container::Container;
use crate::write::encoder::{AvPacket, Encoder};
use ffmpeg_next::ffi::{self, AVRational};
use std::collections::VecDeque;
use std::ffi::CString;
use std::path::Path;
use std::ptr;

const WAITING_BYTES: usize = 64 << 20;
const WAITING_SECS: i64 = 10;

/// One stream of the file.
struct Track {
    encoder_time_base: AVRational,
    /// Added to every time, in the encoder's time base.
    shift: i64,
    /// Duration of a packet that has none of its own, in the encoder's time base.
    packet_duration: i64,
    waiting: VecDeque<AvPacket>,
    waiting_bytes: usize,
    ended: bool,
}

/// An open container file.
pub(crate) struct Muxer {
    context: *mut ffi::AVFormatContext,
    tracks: Vec<Track>,
    /// Of the last muxer error, which FFmpeg may report late.
    name: &'static str,
}

// SAFETY: an `AVFormatContext` may be used from any thread, one at a time; `&mut self` and
// ownership give that.
unsafe impl Send for Muxer {}

/// What the container wants to know about a stream beside the encoder.
pub(crate) struct StreamFacts {
    /// Frames a second, for pictures.
    pub frame_rate: Option<AVRational>,
    /// Four-character code, where it is not the muxer's choice.
    pub fourcc: Option<[u8; 4]>,
    /// What happens to the encoder's first samples.
    pub priming: Priming,
}

/// Where an encoder's priming samples go. The first packet's time is before 0 by their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priming {
    /// The muxer sees to it (edit lists), or there are none.
    Muxer,
    /// The container declares their number, and wants the times of the stream counted from the
    /// first of them (Matroska's CodecDelay, RFC 9559 §5.1.4.1.28). FFmpeg 5.1 declares, but does
    /// not shift the stream.
    Declared,
    /// The container has no word for them: every stream starts later by their length, so that no
    /// time is negative and sound and picture stay together.
    ShiftAll,
}

impl Muxer {
    /// Prepares a muxer that will write to `path`; creates nothing yet.
    pub fn new(container: &Container, muxer: &'static str, path: &Path) -> Result<Self, MediaError> {
        let url = file_url(path)?;
        let name = CString::new(muxer).map_err(|_| MediaError::Missing { kind: "muxer", name: muxer.into() })?;
        let mut context = ptr::null_mut();
        // SAFETY: valid strings; the result goes to a local pointer.
        let result = unsafe { ffi::avformat_alloc_output_context2(&mut context, ptr::null(), name.as_ptr(), url.as_ptr()) };
        if result < 0 || context.is_null() {
            return Err(MediaError::Missing { kind: "muxer", name: format!("{muxer} (for {})", container.id) });
        }
        // No random identifiers and library versions in the file: the same packets give the same
        // bytes.
        // SAFETY: the context was just allocated.
        unsafe {
            (*context).flags |= ffi::AVFMT_FLAG_BITEXACT;
            if container.millisecond_times {
                // See `Priming`: FFmpeg would delay the picture by Opus's priming although Matroska
                // declares that priming.
                (*context).avoid_negative_ts = ffi::AVFMT_AVOID_NEG_TS_DISABLED;
            }
        }
        Ok(Self { context, tracks: Vec::new(), name: muxer })
    }

    /// Whether encoders shall leave their parameter sets to the container.
    pub fn wants_global_header(&self) -> bool {
        // SAFETY: `oformat` of an output context is never null.
        unsafe { (*(*self.context).oformat).flags & ffi::AVFMT_GLOBALHEADER != 0 }
    }

    /// Adds a stream for an opened encoder; gives its index.
    pub fn add_stream(&mut self, encoder: &Encoder, facts: &StreamFacts) -> Result<usize, MediaError> {
        // SAFETY: the context is valid and its header not yet written.
        let stream = unsafe { ffi::avformat_new_stream(self.context, ptr::null()) };
        if stream.is_null() {
            return Err(self.internal("adding a stream", ffi::AVERROR(ffi::ENOMEM)));
        }
        // SAFETY: stream and encoder context are valid; parameters are copied.
        let result = unsafe {
            (*stream).time_base = encoder.time_base();
            if let Some(rate) = facts.frame_rate {
                (*stream).avg_frame_rate = rate;
                (*stream).r_frame_rate = rate;
            }
            (*stream).sample_aspect_ratio = (*encoder.context()).sample_aspect_ratio;
            let result = ffi::avcodec_parameters_from_context((*stream).codecpar, encoder.context());
            (*(*stream).codecpar).codec_tag = facts.fourcc.map_or(0, u32::from_le_bytes);
            result
        };
        if result < 0 {
            return Err(self.internal("describing a stream", result));
        }
        // SAFETY: the encoder's context is valid.
        let (padding, rate) = unsafe { (i64::from((*encoder.context()).initial_padding), (*encoder.context()).sample_rate) };
        let shift = match facts.priming {
            Priming::Muxer => 0,
            Priming::Declared => padding,
            Priming::ShiftAll => {
                // SAFETY: the context is valid and its header not yet written.
                unsafe { (*self.context).output_ts_offset = padding * 1_000_000 / i64::from(rate.max(1)) };
                0
            }
        };
        self.tracks.push(Track {
            encoder_time_base: encoder.time_base(),
            shift,
            packet_duration: i64::from(facts.frame_rate.is_some()),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            ended: false,
        });
        Ok(self.tracks.len() - 1)
    }

    /// Sets a tag of the file.
    pub fn set_metadata(&mut self, key: &str, value: &str) -> Result<(), MediaError> {
        let (Ok(key), Ok(value)) = (CString::new(key), CString::new(value)) else {
            return Err(MediaError::Settings { reason: "metadata holds a zero byte".into() });
        };
        // SAFETY: valid strings, which FFmpeg copies.
        let result = unsafe { ffi::av_dict_set(&mut (*self.context).metadata, key.as_ptr(), value.as_ptr(), 0) };
        if result < 0 { Err(self.internal("setting metadata", result)) } else { Ok(()) }
    }

    /// Opens the file and writes the header.
    pub fn open(&mut self, path: &Path, options: &[(&str, String)]) -> Result<(), MediaError> {
        let url = file_url(path)?;
        // SAFETY: valid url; `pb` of the context is where the muxer expects the opened file.
        let result =
            unsafe { ffi::avio_open2(&mut (*self.context).pb, url.as_ptr(), ffi::AVIO_FLAG_WRITE, ptr::null(), ptr::null_mut()) };
        if result < 0 {
            return Err(self.write_failed(path, result));
        }
        let mut dictionary: *mut ffi::AVDictionary = ptr::null_mut();
        for (key, value) in options {
            let (Ok(key), Ok(value)) = (CString::new(*key), CString::new(value.as_str())) else { continue };
            // SAFETY: valid strings, which FFmpeg copies.
            unsafe { ffi::av_dict_set(&mut dictionary, key.as_ptr(), value.as_ptr(), 0) };
        }
        // SAFETY: streams are complete and the file is open; the dictionary gets back what the
        // muxer did not know.
        let (result, unknown) = unsafe {
            let result = ffi::avformat_write_header(self.context, &mut dictionary);
            let unknown = ffi::av_dict_count(dictionary);
            ffi::av_dict_free(&mut dictionary);
            (result, unknown)
        };
        if result < 0 {
            return Err(self.write_failed(path, result));
        }
        if unknown > 0 {
            return Err(MediaError::Missing { kind: "muxer option", name: format!("{:?} of {}", options, self.name) });
        }
        Ok(())
    }

    /// Queues a packet of a stream and writes what is due.
    pub fn push(&mut self, track: usize, packet: AvPacket, path: &Path) -> Result<(), MediaError> {
        let t = &mut self.tracks[track];
        // SAFETY: the packet is ours; the stream index is one that `add_stream` gave.
        unsafe {
            let p = packet.as_ptr();
            if (*p).duration <= 0 {
                (*p).duration = t.packet_duration;
            }
            (*p).pts += t.shift;
            (*p).dts += t.shift;
            (*p).stream_index = track as i32;
            let stream = *(*self.context).streams.add(track);
            ffi::av_packet_rescale_ts(p, t.encoder_time_base, (*stream).time_base);
        }
        t.waiting_bytes += packet.bytes().len();
        t.waiting.push_back(packet);
        self.drain(path)
    }

    /// Says that a stream has no more packets.
    pub fn end(&mut self, track: usize, path: &Path) -> Result<(), MediaError> {
        self.tracks[track].ended = true;
        self.drain(path)
    }

    fn drain(&mut self, path: &Path) -> Result<(), MediaError> {
        while let Some(track) = self.due() {
            let t = &mut self.tracks[track];
            let Some(packet) = t.waiting.pop_front() else { break };
            t.waiting_bytes -= packet.bytes().len();
            // SAFETY: the header is written; the packet is valid and freed by us afterwards.
            let result = unsafe { ffi::av_write_frame(self.context, packet.as_ptr()) };
            if result < 0 {
                return Err(self.write_failed(path, result));
            }
        }
        Ok(())
    }

    /// The stream whose first packet is to be written now.
    fn due(&self) -> Option<usize> {
        let seconds = |track: usize, p: &AvPacket| {
            // SAFETY: the stream exists while the context does.
            let tb = unsafe { (**(*self.context).streams.add(track)).time_base };
            // Compared as exact fractions over a common clock fine enough for any track (10⁻⁹ s).
            i128::from(p.dts()) * i128::from(tb.num) * 1_000_000_000 / i128::from(tb.den.max(1))
        };
        let heads = self.tracks.iter().enumerate().filter_map(|(i, t)| Some((seconds(i, t.waiting.front()?), i)));
        let (first, track) = heads.min()?;
        if self.tracks.iter().all(|t| t.ended || !t.waiting.is_empty()) {
            return Some(track);
        }
        let t = &self.tracks[track];
        let ahead = t.waiting.back().map_or(0, |p| seconds(track, p) - first);
        (t.waiting_bytes > WAITING_BYTES || ahead > i128::from(WAITING_SECS) * 1_000_000_000).then_some(track)
    }

    /// Writes the index and closes the file.
    pub fn finish(&mut self, path: &Path) -> Result<(), MediaError> {
        // SAFETY: the header is written, the file open; `avio_closep` clears `pb`.
        unsafe {
            let written = ffi::av_write_trailer(self.context);
            ffi::avio_flush((*self.context).pb);
            let flushed = (*(*self.context).pb).error;
            let closed = ffi::avio_closep(&mut (*self.context).pb);
            for result in [written, flushed, closed] {
                if result < 0 {
                    return Err(self.write_failed(path, result));
                }
            }
        }
        Ok(())
    }

    fn write_failed(&self, path: &Path, result: i32) -> MediaError {
        MediaError::Write { path: path.to_owned(), reason: ffmpeg_text(result) }
    }

    fn internal(&self, operation: &'static str, result: i32) -> MediaError {
        MediaError::Internal { operation, reason: ffmpeg_text(result) }
    }
}

impl Drop for Muxer {
    fn drop(&mut self) {
        // SAFETY: closes the file if it is still open and frees the context; a context whose header
        // was written but not its trailer may be freed.
        unsafe {
            if !(*self.context).pb.is_null() {
                ffi::avio_closep(&mut (*self.context).pb);
            }
            ffi::avformat_free_context(self.context);
        }
    }
}

/// `file:` and the path, so that no name is taken for another protocol.
fn file_url(path: &Path) -> Result<CString, MediaError> {
    let mut url = b"file:".to_vec();
    url.extend_from_slice(path.as_os_str().as_encoded_bytes());
    CString::new(url).map_err(|_| MediaError::Write { path: path.to_owned(), reason: "the name holds a zero byte".into() })
}

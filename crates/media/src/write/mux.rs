//! Packets of up to two streams, and of text tracks → one interleaved file.
//!
//! Packets wait until the other stream has reached their time, so that the file is in order of
//! decoding time. The queue is limited: when one stream is more than [`WAITING_BYTES`] or
//! [`WAITING_SECS`] ahead, its packets are written out of order between the streams, which is valid
//! in every container but less convenient for streaming players. Packets of text tracks are all known
//! before; they wait for pictures and sound of their time.
use crate::MediaError;
use crate::error::ffmpeg_text;
use crate::hdr;
use crate::write::container::Container;
use crate::write::encoder::{AvPacket, Encoder};
use crate::write::partial::write_error;
use crate::write::text::{self, TextTrack};
use crate::write::webp_frames;
use cutroom_types::HdrMetadata;
use ffmpeg_next::ffi::{self, AVRational};
use ffmpeg_next::format::context::StreamIo;
use std::collections::VecDeque;
use std::ffi::CString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::ptr;

const WAITING_BYTES: usize = 64 << 20;
const WAITING_SECS: i64 = 10;

/// One stream of the file.
struct Track {
    encoder_time_base: AVRational,
    /// Ticks added to all timestamps, in the encoder's time base.
    shift: i64,
    /// Duration of a packet without one, in the encoder's time base.
    packet_duration: i64,
    waiting: VecDeque<AvPacket>,
    waiting_bytes: usize,
    ended: bool,
    /// Whether all its packets wait from the beginning.
    is_text: bool,
}

/// An open container file.
pub(crate) struct Muxer {
    context: *mut ffi::AVFormatContext,
    tracks: Vec<Track>,
    /// FFmpeg's name of the muxer.
    name: &'static str,
    /// The file that it writes.
    path: PathBuf,
    /// What it writes to instead of a file.
    stream: Option<StreamIo>,
}

// SAFETY: an `AVFormatContext` may be used from any thread, one at a time; `&mut self` and
// ownership ensure that.
unsafe impl Send for Muxer {}

/// Properties of a stream that the container needs in addition to the encoder's.
pub(crate) struct StreamFacts {
    /// Frames per second, for video.
    pub frame_rate: Option<AVRational>,
    /// Four-character code, where it differs from the encoder's and the muxer's choice.
    pub fourcc: Option<[u8; 4]>,
    /// Mastering display and light level.
    pub hdr: HdrMetadata,
    /// How the encoder's priming samples are stored.
    pub priming: Priming,
}

/// How an encoder's priming samples are stored. The first packet's time is negative by their
/// length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priming {
    /// The muxer handles them (edit lists), or there are none.
    Muxer,
    /// The container declares their number and requires the times of the stream to count from the
    /// first of them (Matroska's CodecDelay, RFC 9559 §5.1.4.1.28). FFmpeg 5.1 declares them but
    /// does not shift the stream.
    Declared,
    /// The container cannot declare them: all streams are shifted by their length, so that no time
    /// is negative and audio and video stay in sync.
    ShiftAll,
}

impl Muxer {
    /// Prepares a muxer that will write to `path`; does not create the file.
    pub fn new(container: &Container, muxer: &'static str, path: &Path) -> Result<Self, MediaError> {
        let url = file_url(path)?;
        let name = CString::new(muxer).map_err(|_| MediaError::Missing { kind: "muxer", name: muxer.into() })?;
        let mut context = ptr::null_mut();
        // SAFETY: valid strings; the result goes to a local pointer.
        let result = unsafe { ffi::avformat_alloc_output_context2(&mut context, ptr::null(), name.as_ptr(), url.as_ptr()) };
        if result < 0 || context.is_null() {
            return Err(MediaError::Missing { kind: "muxer", name: format!("{muxer} (for {})", container.id) });
        }
        // No random identifiers and library versions in the file: the same packets always produce
        // the same bytes.
        // SAFETY: the context was just allocated.
        unsafe {
            (*context).flags |= ffi::AVFMT_FLAG_BITEXACT;
            if container.millisecond_times {
                // See `Priming`: FFmpeg would delay the video by Opus's priming although Matroska
                // declares that priming.
                (*context).avoid_negative_ts = ffi::AVFMT_AVOID_NEG_TS_DISABLED;
            }
        }
        Ok(Self { context, tracks: Vec::new(), name: muxer, path: path.to_owned(), stream: None })
    }

    /// Whether encoders must leave their parameter sets to the container.
    pub fn wants_global_header(&self) -> bool {
        // SAFETY: `oformat` of an output context is never null.
        unsafe { (*(*self.context).oformat).flags & ffi::AVFMT_GLOBALHEADER != 0 }
    }

    /// Adds a stream for an opened encoder and returns its index.
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
            hdr::write_to_stream(&facts.hdr, stream);
            (*stream).sample_aspect_ratio = (*encoder.context()).sample_aspect_ratio;
            let result = ffi::avcodec_parameters_from_context((*stream).codecpar, encoder.context());
            // Without a code of the row, that of the encoder stays: it names the profile of ProRes.
            if let Some(fourcc) = facts.fourcc {
                (*(*stream).codecpar).codec_tag = u32::from_le_bytes(fourcc);
            }
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
            is_text: false,
        });
        Ok(self.tracks.len() - 1)
    }

    /// Counts the times of a track, which come with its packets, in ticks of 1/`per_second` s.
    pub fn set_ticks(&mut self, track: usize, per_second: i32) {
        let time_base = AVRational { num: 1, den: per_second };
        self.tracks[track].encoder_time_base = time_base;
        // SAFETY: the stream was returned by `add_stream`, and the header is not yet written.
        unsafe { (**(*self.context).streams.add(track)).time_base = time_base };
    }

    /// Replaces the parameter sets of a stream; the header is not yet written.
    pub fn set_parameters(&mut self, stream: usize, parameters: &[u8]) -> Result<(), MediaError> {
        // SAFETY: the stream exists; what it had is freed, and FFmpeg frees the copy, which has the padding that
        // it asks for.
        unsafe {
            let par = (**(*self.context).streams.add(stream)).codecpar;
            let bytes = ffi::av_mallocz(parameters.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize).cast::<u8>();
            if bytes.is_null() {
                return Err(self.internal("describing a stream", ffi::AVERROR(ffi::ENOMEM)));
            }
            bytes.copy_from_nonoverlapping(parameters.as_ptr(), parameters.len());
            ffi::av_freep((&raw mut (*par).extradata).cast());
            (*par).extradata = bytes;
            (*par).extradata_size = parameters.len() as i32;
        }
        Ok(())
    }

    /// Adds a text track.
    pub fn add_text(&mut self, track: &TextTrack) -> Result<(), MediaError> {
        // SAFETY: the context is valid and its header not yet written.
        let stream = unsafe { ffi::avformat_new_stream(self.context, ptr::null()) };
        if stream.is_null() {
            return Err(self.internal("adding a stream", ffi::AVERROR(ffi::ENOMEM)));
        }
        // SAFETY: the stream is new.
        unsafe { text::describe(stream, track)? };
        self.tracks.push(Track {
            encoder_time_base: AVRational { num: 1, den: text::TICKS_PER_SECOND },
            shift: 0,
            packet_duration: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            ended: false,
            is_text: true,
        });
        Ok(())
    }

    /// The context, for what is added elsewhere.
    pub(crate) fn context(&mut self) -> *mut ffi::AVFormatContext {
        self.context
    }

    /// Notes a stream, just added to the context, whose packets do not wait for others.
    pub(crate) fn add_ended_track(&mut self) -> usize {
        self.tracks.push(Track {
            encoder_time_base: AVRational { num: 1, den: 90_000 },
            shift: 0,
            packet_duration: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            ended: true,
            is_text: true,
        });
        self.tracks.len() - 1
    }

    /// Writes a packet of a stream at once.
    pub(crate) fn write_now(&mut self, track: usize, packet: &AvPacket, path: &Path) -> Result<(), MediaError> {
        // SAFETY: the header is written; the packet is valid and its data are copied where they are kept.
        let result = unsafe {
            (*packet.as_ptr()).stream_index = track as i32;
            ffi::av_write_frame(self.context, packet.as_ptr())
        };
        if result < 0 { Err(self.write_failed(path, result)) } else { Ok(()) }
    }

    /// Queues all packets of the text tracks, in the order in which they were added, once the header is
    /// written.
    pub fn push_texts(&mut self, texts: &[TextTrack], path: &Path) -> Result<(), MediaError> {
        let tracks: Vec<usize> = (0..self.tracks.len()).filter(|&n| self.tracks[n].is_text && !self.tracks[n].ended).collect();
        for (&n, track) in tracks.iter().zip(texts) {
            for packet in &track.packets {
                self.push(n, AvPacket::of_text(packet)?, path)?;
            }
            self.end(n, path)?;
        }
        Ok(())
    }

    /// Sets a metadata entry of the file.
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
        // Muxers of several files open them themselves.
        // SAFETY: `oformat` of an output context is never null.
        if unsafe { (*(*self.context).oformat).flags } & ffi::AVFMT_NOFILE == 0 {
            let url = file_url(path)?;
            // SAFETY: valid url; the muxer expects the opened file in `pb` of the context.
            let result = unsafe {
                ffi::avio_open2(&mut (*self.context).pb, url.as_ptr(), ffi::AVIO_FLAG_WRITE, ptr::null(), ptr::null_mut())
            };
            if result < 0 {
                return Err(self.write_failed(path, result));
            }
        }
        self.write_header(path, options)
    }

    /// Writes the header to a stream that cannot be rewound; `name` is what messages call it.
    pub fn open_stream(&mut self, to: Box<dyn Write + Send>, name: &Path, options: &[(&str, String)]) -> Result<(), MediaError> {
        let failed = |e: ffmpeg_next::Error| MediaError::Internal { operation: "opening a stream", reason: e.to_string() };
        let mut stream = StreamIo::from_write(to).map_err(failed)?;
        // SAFETY: the stream is kept as long as the context, which does not close what the flag
        // says is not its own.
        unsafe {
            (*self.context).pb = stream.as_mut_ptr();
            (*self.context).flags |= ffi::AVFMT_FLAG_CUSTOM_IO;
        }
        self.stream = Some(stream);
        self.write_header(name, options)
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        const FROM_HERE: i32 = 1;
        // SAFETY: `pb` is null or open; no step from here is how FFmpeg tells the position.
        unsafe {
            let pb = (*self.context).pb;
            if pb.is_null() { 0 } else { ffi::avio_seek(pb, 0, FROM_HERE).max(0) as u64 }
        }
    }

    fn write_header(&mut self, path: &Path, options: &[(&str, String)]) -> Result<(), MediaError> {
        let mut dictionary: *mut ffi::AVDictionary = ptr::null_mut();
        for (key, value) in options {
            let (Ok(key), Ok(value)) = (CString::new(*key), CString::new(value.as_str())) else { continue };
            // SAFETY: valid strings, which FFmpeg copies.
            unsafe { ffi::av_dict_set(&mut dictionary, key.as_ptr(), value.as_ptr(), 0) };
        }
        // SAFETY: streams are complete and the file is open; the dictionary keeps the options that
        // the muxer does not have.
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

    /// Queues a packet of a stream and writes the packets that are due.
    pub fn push(&mut self, track: usize, packet: AvPacket, path: &Path) -> Result<(), MediaError> {
        let t = &mut self.tracks[track];
        // SAFETY: the packet is ours; the stream index was returned by `add_stream`.
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

    /// Marks a stream as having no more packets and writes the packets that are due.
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

    /// The stream whose first queued packet must be written now, if any.
    fn due(&self) -> Option<usize> {
        let seconds = |track: usize, p: &AvPacket| {
            // SAFETY: the stream exists while the context does.
            let tb = unsafe { (**(*self.context).streams.add(track)).time_base };
            // Times are compared as integers in nanoseconds, fine enough for every track.
            i128::from(p.dts()) * i128::from(tb.num) * 1_000_000_000 / i128::from(tb.den.max(1))
        };
        let heads = || self.tracks.iter().enumerate().filter_map(|(i, t)| Some((seconds(i, t.waiting.front()?), i)));
        let (_, track) = heads().min()?;
        if self.tracks.iter().all(|t| t.ended || !t.waiting.is_empty()) {
            return Some(track);
        }
        // A text is due before the others, whose first packets would be.
        let others = heads().filter(|(_, i)| !self.tracks[*i].is_text).min();
        let (first, of) = others?;
        let t = &self.tracks[of];
        let ahead = t.waiting.back().map_or(0, |p| seconds(of, p) - first);
        (t.waiting_bytes > WAITING_BYTES || ahead > i128::from(WAITING_SECS) * 1_000_000_000).then_some(track)
    }

    /// Writes the index and closes the file.
    pub fn finish(&mut self, path: &Path) -> Result<(), MediaError> {
        // SAFETY: the header is written, the file or stream open, if the muxer has one;
        // `avio_closep` clears `pb`.
        unsafe {
            let written = ffi::av_write_trailer(self.context);
            let (mut flushed, mut closed) = (0, 0);
            if !(*self.context).pb.is_null() {
                ffi::avio_flush((*self.context).pb);
                flushed = (*(*self.context).pb).error;
                if self.stream.is_none() {
                    closed = ffi::avio_closep(&mut (*self.context).pb);
                }
            }
            for result in [written, flushed, closed] {
                if result < 0 {
                    return Err(self.write_failed(path, result));
                }
            }
        }
        if self.name == "webp" {
            webp_frames::replace_each_other(&self.path).map_err(|e| write_error(path, &e))?;
        }
        Ok(())
    }

    fn write_failed(&self, path: &Path, result: i32) -> MediaError {
        let mut reason = ffmpeg_text(result);
        if self.stream.is_some() && result == ffi::AVERROR(ffi::EPIPE) {
            reason.push_str(": the program that reads it has ended or closed it");
        }
        MediaError::Write { path: path.to_owned(), reason }
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
            if self.stream.is_some() {
                (*self.context).pb = ptr::null_mut();
            }
            if !(*self.context).pb.is_null() {
                ffi::avio_closep(&mut (*self.context).pb);
            }
            ffi::avformat_free_context(self.context);
        }
    }
}

/// The path with the prefix `file:`, so that no name is read as another protocol.
fn file_url(path: &Path) -> Result<CString, MediaError> {
    let mut url = b"file:".to_vec();
    url.extend_from_slice(path.as_os_str().as_encoded_bytes());
    CString::new(url).map_err(|_| MediaError::Write { path: path.to_owned(), reason: "the name holds a zero byte".into() })
}

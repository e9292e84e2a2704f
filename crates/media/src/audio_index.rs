//! The index of an audio stream: the position of every packet, counted in samples.
//!
//! Container timestamps may be coarser than a sample, so positions are added up from the packets'
//! lengths and only set by a timestamp where the timestamps show a gap. Positions are in the file's
//! own time; `zero` is the position of source time zero.
use crate::{
    decoder::{Decoder, Output},
    input::{AvPacket, Input, NO_TIMESTAMP},
    samples::native_mask,
};
use cutroom_types::{Span, Time};
use ffmpeg_next::ffi::{self, AVCodecID, AVPacketSideDataType};

/// Packets at the start of a stream that are kept for a trial run of the decoder.
const TRIED_PACKETS: usize = 8;
/// A timestamp that differs by more than this from the counted position is a gap, seconds.
const GAP_SECS: f64 = 0.010;
/// The same for Vorbis, whose timestamps FFmpeg derives from page ends without knowing every
/// block's length.
const VORBIS_GAP_SECS: f64 = 0.1;

/// A packet of an audio stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AudioPacket {
    /// Position of its first sample.
    pub start: i64,
    /// Presentation timestamp, ticks.
    pub pts: i64,
    /// Byte position in the file, or -1.
    pub pos: i64,
}

/// The index of an audio stream.
#[derive(Clone, Debug)]
pub(crate) struct AudioIndex {
    /// Index among all streams of the file.
    pub stream: usize,
    /// Sample rate of the decoder's output.
    pub rate_hz: u32,
    /// Number of channels of the decoder's output.
    pub channels: usize,
    /// Speakers of the channels, as FFmpeg's channel mask; `None` when no mask describes them.
    pub channel_mask: Option<u64>,
    /// The same according to the decoder's first frame.
    pub decoded_mask: Option<u64>,
    /// Packets in file order.
    pub packets: Vec<AudioPacket>,
    /// Position of the first audible sample.
    pub audible_start: i64,
    /// Position after the last audible sample.
    pub audible_end: i64,
    /// Position of source time zero.
    pub zero: i64,
    /// Whether packets are found by byte position and timestamp after a seek; in raw streams both
    /// are unreliable.
    pub can_seek: bool,
    /// As [`crate::video_index::VideoIndex::is_joined`].
    pub is_joined: bool,
    /// PCM: the timestamp of every packet is its position.
    pub is_pcm: bool,
    /// Number of packets to decode before one for it to be decoded correctly.
    pub preroll: usize,
    /// Whether the decoder's output for a packet depends on more than these: see
    /// [`crate::chapters`].
    pub in_chapters: bool,
}

impl AudioIndex {
    /// When the stream begins, in the file's own time; `None` when it is empty.
    pub fn start(&self) -> Option<Time> {
        (self.audible_end > self.audible_start && self.rate_hz > 0).then(|| Time::of_sample(self.audible_start, self.rate_hz))
    }

    /// Sets source time zero, given in the file's own time.
    pub fn set_zero(&mut self, zero: Time) {
        self.zero = if self.rate_hz > 0 { zero.to_sample(self.rate_hz) } else { 0 };
    }

    /// The audible span in source time.
    pub fn span(&self) -> Span {
        if self.rate_hz == 0 {
            return Span::default();
        }
        Span::new(
            Time::of_sample(self.audible_start - self.zero, self.rate_hz),
            Time::of_sample(self.audible_end.max(self.audible_start) - self.zero, self.rate_hz),
        )
    }
}

/// A packet as it was read, before its position is known.
struct ReadPacket {
    /// Part of the file: see [`crate::clock`].
    part: usize,
    /// Samples that the decoder outputs for it, and how many of those are presented.
    samples: i64,
    presented: i64,
    /// Presentation timestamp, or else decoding timestamp, ticks.
    stamp: i64,
    pts: i64,
    pos: i64,
    skip: i64,
    discard: i64,
    is_discarded: bool,
}

/// Data gathered while the file is read.
pub(crate) struct AudioScan {
    stream: usize,
    par: *const ffi::AVCodecParameters,
    tb: ffi::AVRational,
    parser: Option<(*mut ffi::AVCodecParserContext, *mut ffi::AVCodecContext)>,
    read: Vec<ReadPacket>,
    packets: Vec<AudioPacket>,
    first: Vec<AvPacket>,
    next: Option<i64>,
    base_is_coarse: bool,
    /// Matroska's CodecDelay, samples, which FFmpeg does not always report as a skip.
    codec_delay: i64,
    skipped_to: i64,
    presented_end: i64,
    trailing_discard: i64,
    audible_from: Option<i64>,
}

impl AudioScan {
    pub fn new(input: &Input, i: usize) -> Self {
        // SAFETY: the stream is valid and lives as long as the input, which outlives the scan. What
        // is allocated is freed on drop.
        unsafe {
            let par: *const ffi::AVCodecParameters = (*input.stream(i)).codecpar;
            let tb = input.time_base(i);
            // Vorbis packets have two lengths, identified by their first bits.
            let parser = ((*par).codec_id == AVCodecID::AV_CODEC_ID_VORBIS)
                .then(|| {
                    let parser = ffi::av_parser_init((*par).codec_id as i32);
                    let context = ffi::avcodec_alloc_context3(std::ptr::null());
                    if !parser.is_null() && !context.is_null() && ffi::avcodec_parameters_to_context(context, par) >= 0 {
                        (*parser).flags |= ffi::PARSER_FLAG_COMPLETE_FRAMES;
                        return Some((parser, context));
                    }
                    ffi::av_parser_close(parser);
                    let mut context = context;
                    ffi::avcodec_free_context(&mut context);
                    None
                })
                .flatten();
            let rate = i64::from((*par).sample_rate.max(1));
            Self {
                stream: i,
                par,
                tb,
                parser,
                read: Vec::new(),
                packets: Vec::new(),
                first: Vec::new(),
                next: None,
                base_is_coarse: rate * i64::from(tb.num) > i64::from(tb.den),
                codec_delay: if input.format_name().starts_with("matroska") { i64::from((*par).initial_padding.max(0)) } else { 0 },
                skipped_to: i64::MIN,
                presented_end: 0,
                trailing_discard: 0,
                audible_from: None,
            }
        }
    }

    fn rate(&self) -> i64 {
        // SAFETY: see `new`.
        i64::from(unsafe { (*self.par).sample_rate.max(0) })
    }

    /// Converts ticks to samples, rounding to nearest.
    fn to_samples(&self, ticks: i64) -> i64 {
        let n = i128::from(ticks) * i128::from(self.tb.num) * i128::from(self.rate());
        let d = i128::from(self.tb.den);
        (2 * n + d).div_euclid(2 * d) as i64
    }

    /// Number of samples that the decoder outputs for a packet, and how many of them the container
    /// presents (fewer in the last packet of MP4).
    fn samples_in(&mut self, packet: &AvPacket) -> (i64, i64) {
        let p = packet.get();
        // Ticks that divide a sample evenly cannot have rounded the duration.
        let exact_ticks = i64::from(self.tb.den) % (self.rate() * i64::from(self.tb.num)).max(1) == 0;
        let stated = self.to_samples(p.duration.max(0));
        // SAFETY: parameters, parser and packet are valid; packets are padded as parsers require.
        let coded = unsafe {
            if let Some((parser, context)) = self.parser {
                let (mut out, mut size) = (std::ptr::null_mut(), 0);
                let none = ffi::AV_NOPTS_VALUE;
                let data = packet.data();
                ffi::av_parser_parse2(parser, context, &mut out, &mut size, data.as_ptr(), data.len() as i32, none, none, -1);
                i64::from((*parser).duration.max(0))
            } else if (*self.par).codec_id == AVCodecID::AV_CODEC_ID_OPUS {
                opus_samples(packet.data())
            } else {
                i64::from(ffi::av_get_audio_frame_duration2(self.par.cast_mut(), p.size).max(0))
            }
        };
        match (coded, stated) {
            (0, s) => (s, s),
            (c, s) if exact_ticks && s > 0 && s < c => (c, s),
            (c, _) => (c, c),
        }
    }

    /// Adds a packet of part `part` of the file.
    pub fn add(&mut self, packet: &AvPacket, part: usize) {
        let p = packet.get();
        let (samples, presented) = self.samples_in(packet);
        let stamp = if p.pts == NO_TIMESTAMP { p.dts } else { p.pts };
        let (mut skip, mut discard) = (0, 0);
        if let Some(s) = packet.side_data(AVPacketSideDataType::AV_PKT_DATA_SKIP_SAMPLES).filter(|s| s.len() >= 8) {
            skip = i64::from(u32::from_le_bytes([s[0], s[1], s[2], s[3]]));
            discard = i64::from(u32::from_le_bytes([s[4], s[5], s[6], s[7]]));
        }
        if self.first.len() < TRIED_PACKETS {
            self.first.push(packet.share());
        }
        let is_discarded = p.flags & ffi::AV_PKT_FLAG_DISCARD != 0;
        self.read.push(ReadPacket { part, samples, presented, stamp, pts: p.pts, pos: p.pos, skip, discard, is_discarded });
    }

    /// Determines the position of a packet after those before it. `shift`: ticks to add to the
    /// timestamps of its part of the file.
    fn place(&mut self, p: &ReadPacket, shift: i64) {
        let &ReadPacket { samples, presented, mut stamp, mut skip, discard, .. } = p;
        if stamp != NO_TIMESTAMP {
            stamp += shift;
        }
        if self.packets.is_empty() && skip == 0 && stamp < 0 && stamp != NO_TIMESTAMP {
            skip = self.codec_delay;
        }
        let counted = self.next;
        let start = match counted {
            None => {
                let base = if stamp == NO_TIMESTAMP { 0 } else { self.to_samples(stamp) };
                // A start rounded to a coarse tick: the audible part begins at exactly zero.
                let tick = self.to_samples(1);
                if self.base_is_coarse && (base + skip).abs() <= tick { -skip } else { base }
            }
            Some(next) if stamp == NO_TIMESTAMP => next,
            Some(next) => {
                let stated = self.to_samples(stamp);
                let gap_secs = if self.parser.is_some() { VORBIS_GAP_SECS } else { GAP_SECS };
                let gap = (gap_secs * self.rate() as f64) as i64;
                if (stated - next).abs() > gap.max(2 * self.to_samples(1)) { stated } else { next }
            }
        };
        self.next = Some(start + samples);
        self.presented_end = start + presented;
        if !p.is_discarded {
            if self.audible_from.is_none() {
                self.audible_from = Some(start);
            }
            self.trailing_discard = discard;
        }
        // A skip may extend over several packets, the first of which are then marked as discarded.
        if skip > 0 && self.packets.len() < TRIED_PACKETS {
            self.skipped_to = self.skipped_to.max(start + skip);
        }
        self.packets.push(AudioPacket { start, pts: p.pts, pos: p.pos });
    }

    /// Completes the index.
    pub fn finish(mut self, input: &Input, shifts: &[i64], warnings: &mut Vec<String>) -> AudioIndex {
        for p in std::mem::take(&mut self.read) {
            self.place(&p, shifts[p.part]);
        }
        // SAFETY: see `new`.
        let (codec, rate, channels) = unsafe { ((*self.par).codec_id, (*self.par).sample_rate, (*self.par).ch_layout.nb_channels) };
        let first_audible = self.audible_from.unwrap_or(0).max(self.skipped_to);
        let mut index = AudioIndex {
            stream: self.stream,
            rate_hz: u32::try_from(rate).unwrap_or(0),
            channels: usize::try_from(channels).unwrap_or(0),
            // SAFETY: see `new`.
            channel_mask: native_mask(unsafe { &(*self.par).ch_layout }),
            decoded_mask: None,
            audible_start: first_audible,
            audible_end: self.presented_end.min(self.next.unwrap_or(0) - self.trailing_discard),
            zero: 0,
            can_seek: !["mp3", "aac", "ac3", "eac3", "dts", "amr", "loas"].contains(&input.format_name().as_str()),
            is_joined: shifts.len() > 1,
            is_pcm: is_pcm(codec),
            preroll: preroll_packets(codec),
            in_chapters: remembers(codec),
            packets: std::mem::take(&mut self.packets),
        };
        // Some decoders output nothing for the first packets; what is not output is not audible.
        if index.packets.is_empty() {
            return index;
        }
        let Ok(mut decoder) = Decoder::open(input, self.stream, 1) else {
            warnings.push(format!("stream {}: its sound cannot be decoded", self.stream));
            return index;
        };
        let mut is_first = true;
        for (n, packet) in self.first.iter_mut().enumerate() {
            decoder.send(Some((packet, n as i64)));
            let Output::AvFrame(f) = decoder.receive() else { continue };
            // Some decoders label their first frame with the container's rate and learn the true
            // one from that frame.
            index.rate_hz = u32::try_from(f.get().sample_rate).ok().filter(|r| *r > 0).unwrap_or(index.rate_hz);
            if !is_first {
                continue;
            }
            is_first = false;
            let from =
                usize::try_from(f.get().pts).ok().and_then(|n| index.packets.get(n)).map_or(index.audible_start, |p| p.start);
            index.audible_start = index.audible_start.max(from);
            let channels = index.channels;
            index.channels = usize::try_from(f.get().ch_layout.nb_channels).ok().filter(|c| *c > 0).unwrap_or(channels);
            index.decoded_mask = native_mask(&f.get().ch_layout);
            // The container's layout takes precedence over the decoder's default, unless its number
            // of channels differs.
            if index.channels != channels || index.channel_mask.is_none() {
                index.channel_mask = index.decoded_mask;
            }
        }
        if i64::from(index.rate_hz) != i64::from(rate) {
            warnings.push(format!("stream {}: the container says {rate} Hz, the decoder gives {} Hz", self.stream, index.rate_hz));
            // Positions were counted at the container's rate.
            let scale = |v: i64| (i128::from(v) * i128::from(index.rate_hz) / i128::from(rate.max(1))) as i64;
            index.audible_start = scale(index.audible_start);
            index.audible_end = scale(index.audible_end);
            for p in &mut index.packets {
                p.start = scale(p.start);
            }
        }
        index
    }
}

impl Drop for AudioScan {
    fn drop(&mut self) {
        if let Some((parser, mut context)) = self.parser.take() {
            // SAFETY: owned, freed once.
            unsafe {
                ffi::av_parser_close(parser);
                ffi::avcodec_free_context(&mut context);
            }
        }
    }
}

/// Samples at 48 kHz in an Opus packet (RFC 6716 §3.1 and §3.2); 0 for an empty one.
fn opus_samples(data: &[u8]) -> i64 {
    let Some(&toc) = data.first() else { return 0 };
    let config = usize::from(toc >> 3);
    let frame = match config {
        0..12 => [480, 960, 1920, 2880][config & 3],
        12..16 => [480, 960][config & 1],
        _ => [120, 240, 480, 960][config & 3],
    };
    frame
        * match toc & 3 {
            0 => 1,
            1 | 2 => 2,
            _ => data.get(1).map_or(0, |b| i64::from(b & 63)),
        }
}

fn is_pcm(codec: AVCodecID) -> bool {
    // FFmpeg numbers its PCM codecs in one block.
    let id = codec as u32;
    (AVCodecID::AV_CODEC_ID_PCM_S16LE as u32..AVCodecID::AV_CODEC_ID_ADPCM_IMA_QT as u32).contains(&id)
}

/// Whether a decoder keeps more state than the packets before determine: AAC, AC-3 and WMA fill in
/// noise from a generator that is never reset, and Opus only converges. Other decoders return the
/// same samples after [`preroll_packets`], as was measured for MPEG audio and Vorbis, or must not
/// be cut at arbitrary packets.
fn remembers(codec: AVCodecID) -> bool {
    use AVCodecID::*;
    matches!(
        codec,
        AV_CODEC_ID_AAC
            | AV_CODEC_ID_AAC_LATM
            | AV_CODEC_ID_AC3
            | AV_CODEC_ID_EAC3
            | AV_CODEC_ID_OPUS
            | AV_CODEC_ID_WMAV1
            | AV_CODEC_ID_WMAV2
    )
}

/// Number of packets that must be decoded before one for it to be decoded as in sequential
/// decoding.
fn preroll_packets(codec: AVCodecID) -> usize {
    match codec {
        _ if is_pcm(codec) => 0,
        AVCodecID::AV_CODEC_ID_FLAC | AVCodecID::AV_CODEC_ID_ALAC => 0,
        // The bit reservoir reaches back up to 511 bytes, nine frames at the lowest rate (ISO
        // 11172-3 §2.4.3.4).
        AVCodecID::AV_CODEC_ID_MP3 | AVCodecID::AV_CODEC_ID_MP2 | AVCodecID::AV_CODEC_ID_MP1 => 12,
        // RFC 7845 §4.6 recommends 80 ms; this is four times that in packets of 20 ms.
        AVCodecID::AV_CODEC_ID_OPUS => 16,
        // Spectral band replication begins with a header, which encoders write about every half
        // second (ISO 14496-3 §4.6.18.3).
        AVCodecID::AV_CODEC_ID_AAC | AVCodecID::AV_CODEC_ID_AAC_LATM => 64,
        _ => 8,
    }
}

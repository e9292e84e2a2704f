//! The index of an audio stream: the position of every packet, counted in samples.
//!
//! Container timestamps may be coarser than a sample, so positions are added up from the packets'
//! lengths and only set by a timestamp where the timestamps show a gap. Positions are in the file's
//! own time; `zero` is the position of source time zero.
use crate::{
    chapters::CHAPTER_PACKETS,
    decoder::{Decoder, Output},
    error::MediaError,
    input::{AvPacket, Input, NO_TIMESTAMP},
    packet_length::{PacketLengths, count_by_decoding},
    samples::native_mask,
};
use cutroom_types::{CancelToken, Span, Time};
use ffmpeg_next::ffi::{self, AVCodecID, AVPacketSideDataType};
use serde::{Deserialize, Serialize};

/// Packets at the start of a stream that are kept for a trial run of the decoder.
const TRIED_PACKETS: usize = 8;
/// A timestamp that differs by more than this from the counted position is a gap, seconds.
const GAP_SECS: f64 = 0.010;
/// The same for Vorbis, whose timestamps FFmpeg derives from page ends without knowing every
/// block's length.
const VORBIS_GAP_SECS: f64 = 0.1;

/// Formats without timestamps of their own, by FFmpeg's names.
const CONTINUOUS: &[&str] = &["avi", "caf", "wav", "w64", "aiff", "au", "flac", "tta", "wv"];

/// A packet of an audio stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AudioPacket {
    /// Position of its first sample.
    pub start: i64,
    /// Presentation timestamp, ticks.
    pub pts: i64,
    /// Byte position in the file, or -1.
    pub pos: i64,
}

/// The start of a stream that follows another one in the same file (chained Ogg, RFC 3533 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    /// Ordinal of its first packet.
    pub first: usize,
    /// Position of its first audible sample, where the stream before it ends.
    pub start: i64,
}

/// The index of an audio stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Streams that follow the first one.
    pub links: Vec<Link>,
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
    pub remembers: bool,
}

impl AudioIndex {
    /// Whether the stream is decoded in chapters.
    pub fn in_chapters(&self) -> bool {
        self.remembers || !self.links.is_empty()
    }

    /// If packet `ordinal` begins a chapter, for which a fresh decoder is needed (see
    /// [`crate::chapters`]): the position from which on that decoder's output is used.
    pub fn chapter_start(&self, ordinal: usize) -> Option<i64> {
        let link = self.links.iter().find(|link| link.first == ordinal).map(|link| link.start);
        link.or_else(|| {
            (self.remembers && ordinal.is_multiple_of(CHAPTER_PACKETS))
                .then(|| self.packets.get(ordinal).map(|p| p.start))
                .flatten()
        })
    }

    /// Where the stream that contains packet `ordinal` ends, if another one follows it.
    pub fn end_of_link(&self, ordinal: usize) -> Option<i64> {
        self.links.iter().find(|link| link.first > ordinal).map(|link| link.start)
    }

    /// The first packet of the stream, among those that follow each other, that contains packet
    /// `ordinal`.
    pub fn link_of(&self, ordinal: usize) -> usize {
        self.links.iter().rev().find(|link| link.first <= ordinal).map_or(0, |link| link.first)
    }

    /// The packet that contains a position; before the first packet the first.
    pub fn packet_at(&self, position: i64) -> usize {
        let link = self.links.partition_point(|link| link.start <= position);
        let from = link.checked_sub(1).map_or(0, |n| self.links[n].first);
        let to = self.links.get(link).map_or(self.packets.len(), |next| next.first);
        from + self.packets[from..to].partition_point(|p| p.start <= position).saturating_sub(1)
    }

    /// The packet at which decoding must begin to count, so that packet `ordinal` comes out as in
    /// sequential decoding: the first of its chapter, or itself if the decoder keeps no state.
    pub fn counted_from(&self, ordinal: usize) -> usize {
        let own = if self.remembers { ordinal - ordinal % CHAPTER_PACKETS } else { ordinal };
        own.max(self.link_of(ordinal))
    }

    /// Position from which on a decoder's output is used that counts from packet `counted` on.
    pub fn used_from(&self, counted: usize) -> i64 {
        let link = self.links.iter().find(|link| link.first == counted).map(|link| link.start);
        if counted == 0 { i64::MIN } else { link.unwrap_or(self.packets[counted].start) }
    }

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
    /// A header of a chained stream, which is no audio.
    is_header: bool,
    /// The first packet of audio of a stream that follows another one.
    is_link: bool,
    /// Part of the file: see [`crate::clock`].
    part: usize,
    /// Samples that the decoder outputs for it; `None` when only decoding can tell.
    samples: Option<i64>,
    /// The container presents no more of them (less than all in the last packet of MP4).
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
    lengths: PacketLengths,
    /// The format has no timestamps of its own: packets follow each other without gaps.
    is_continuous: bool,
    /// Timestamps begin anew with each stream that was appended to the file.
    is_chained: bool,
    /// Of the packet read last.
    last_stamp: i64,
    links: Vec<Link>,
    /// Headers of the next link that were placed last.
    headers: usize,
    /// From the timestamps of the current link to positions, samples.
    link_shift: i64,
    /// The container's length of a packet says how much of it is presented.
    states_presented: bool,
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
    /// Checked where the stream must be decoded.
    cancel: CancelToken,
}

impl AudioScan {
    pub fn new(input: &Input, i: usize, cancel: &CancelToken) -> Self {
        // SAFETY: the stream is valid and lives as long as the input, which outlives the scan. What
        // is allocated is freed on drop.
        unsafe {
            let par: *const ffi::AVCodecParameters = (*input.stream(i)).codecpar;
            let tb = input.time_base(i);
            let rate = i64::from((*par).sample_rate.max(1));
            Self {
                stream: i,
                par,
                tb,
                lengths: PacketLengths::new(input, i),
                is_chained: input.format_name() == "ogg",
                last_stamp: i64::MIN,
                links: Vec::new(),
                headers: 0,
                link_shift: 0,
                is_continuous: CONTINUOUS.contains(&input.format_name().as_str()),
                states_presented: input.format_name().starts_with("mov"),
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
                cancel: cancel.clone(),
            }
        }
    }

    fn codec(&self) -> AVCodecID {
        // SAFETY: see `new`.
        unsafe { (*self.par).codec_id }
    }

    fn is_vorbis(&self) -> bool {
        self.codec() == AVCodecID::AV_CODEC_ID_VORBIS
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

    /// Adds a packet of part `part` of the file.
    pub fn add(&mut self, input: &Input, packet: &AvPacket, part: usize) {
        let p = packet.get();
        let is_header = self.is_chained && is_ogg_header(self.codec(), packet.data());
        let stamp = if is_header {
            NO_TIMESTAMP
        } else if p.pts == NO_TIMESTAMP {
            p.dts
        } else {
            p.pts
        };
        let is_link = self.is_chained && stamp != NO_TIMESTAMP && stamp < self.last_stamp;
        if is_link {
            // FFmpeg has read its headers by now.
            self.lengths = PacketLengths::new(input, self.stream);
        }
        if stamp != NO_TIMESTAMP {
            self.last_stamp = stamp;
        }
        let stated = self.to_samples(p.duration.max(0));
        let samples = if is_header { Some(0) } else { self.lengths.of(packet, stated) };
        let is_cut = self.states_presented && self.lengths.has_exact_ticks() && stated > 0;
        let presented = if is_cut { stated } else { i64::MAX };
        let (mut skip, mut discard) = (0, 0);
        if let Some(s) = packet.side_data(AVPacketSideDataType::AV_PKT_DATA_SKIP_SAMPLES).filter(|s| s.len() >= 8) {
            skip = i64::from(u32::from_le_bytes([s[0], s[1], s[2], s[3]]));
            discard = i64::from(u32::from_le_bytes([s[4], s[5], s[6], s[7]]));
        }
        if self.first.len() < TRIED_PACKETS {
            self.first.push(packet.share());
        }
        let is_discarded = p.flags & ffi::AV_PKT_FLAG_DISCARD != 0;
        self.read.push(ReadPacket {
            is_header,
            is_link,
            part,
            samples,
            presented,
            stamp,
            pts: p.pts,
            pos: p.pos,
            skip,
            discard,
            is_discarded,
        });
    }

    /// Determines the position of a packet after those before it. `shift`: ticks to add to the
    /// timestamps of its part of the file.
    fn place(&mut self, p: &ReadPacket, shift: i64) {
        let &ReadPacket { is_link, presented, mut stamp, mut skip, discard, .. } = p;
        // The first packet of a Vorbis stream has no output (Vorbis I §4.3.8).
        let samples = if is_link && self.is_vorbis() { 0 } else { p.samples.unwrap_or(0) };
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
            Some(next) if stamp == NO_TIMESTAMP || self.is_continuous => next,
            Some(next) if is_link => {
                let end = self.presented_end.min(next - self.trailing_discard);
                let first = self.packets.len() - self.headers;
                self.links.push(Link { first, start: end });
                self.packets[first..].iter_mut().for_each(|header| header.start = end - skip);
                self.link_shift = end - skip - self.to_samples(stamp);
                end - skip
            }
            Some(next) => {
                let stated = self.to_samples(stamp) + self.link_shift;
                let gap_secs = if self.is_vorbis() { VORBIS_GAP_SECS } else { GAP_SECS };
                let gap = (gap_secs * self.rate() as f64) as i64;
                if (stated - next).abs() > gap.max(2 * self.to_samples(1)) { stated } else { next }
            }
        };
        self.next = Some(start + samples);
        if !p.is_header {
            self.presented_end = start + presented.min(samples);
        }
        if !p.is_discarded && !p.is_header {
            if self.audible_from.is_none() {
                self.audible_from = Some(start);
            }
            self.trailing_discard = discard;
        }
        // A skip may extend over several packets, the first of which are then marked as discarded.
        if skip > 0 && self.packets.len() < TRIED_PACKETS {
            self.skipped_to = self.skipped_to.max(start + skip);
        }
        self.headers = if p.is_header { self.headers + 1 } else { 0 };
        self.packets.push(AudioPacket { start, pts: p.pts, pos: p.pos });
    }

    /// Completes the index.
    ///
    /// # Errors
    /// [`MediaError::Stopped`] once it is cancelled.
    pub fn finish(mut self, input: &Input, shifts: &[i64], warnings: &mut Vec<String>) -> Result<AudioIndex, MediaError> {
        let mut read = std::mem::take(&mut self.read);
        if read.iter().any(|p| p.samples.is_none()) {
            match count_by_decoding(input.path(), self.stream, self.rate(), &self.cancel) {
                // Packets beyond those counted: the file grew.
                Ok(counts) => read.iter_mut().enumerate().for_each(|(n, p)| p.samples = counts.get(n).copied()),
                Err(stopped @ MediaError::Stopped { .. }) => return Err(stopped),
                Err(e) => {
                    let prefix = format!("{}: ", input.path().display());
                    let reason = e.to_string().replacen(&prefix, "", 1);
                    warnings.push(format!("stream {}: its sound cannot be counted: {reason}", self.stream));
                }
            }
        }
        for p in read {
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
            links: std::mem::take(&mut self.links),
            audible_start: first_audible,
            audible_end: self.presented_end.min(self.next.unwrap_or(0) - self.trailing_discard),
            zero: 0,
            can_seek: !["mp3", "aac", "ac3", "eac3", "dts", "amr", "loas"].contains(&input.format_name().as_str()),
            is_joined: shifts.len() > 1,
            is_pcm: is_pcm(codec),
            preroll: preroll_packets(codec),
            remembers: remembers(codec),
            packets: std::mem::take(&mut self.packets),
        };
        if !index.links.is_empty() {
            warnings.push(format!(
                "stream {}: {} streams follow each other in the file; they are played one after the other",
                self.stream,
                index.links.len() + 1
            ));
            // A jump would miss the headers that set up the decoder of each.
            index.can_seek = false;
        }
        // Some decoders output nothing for the first packets; what is not output is not audible.
        if index.packets.is_empty() {
            return Ok(index);
        }
        let Ok(mut decoder) = Decoder::open(input, self.stream, 1) else {
            warnings.push(format!("stream {}: its sound cannot be decoded", self.stream));
            return Ok(index);
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
            // What the decoder itself would drop, unless the container has said how much that is.
            let own = f.skipped_samples();
            if own > 0 && self.skipped_to == i64::MIN {
                index.audible_start = index.audible_start.max(index.packets[0].start + own);
            }
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
            for link in &mut index.links {
                link.start = scale(link.start);
            }
        }
        Ok(index)
    }
}

/// Whether a packet of an Ogg stream is one of its headers, which FFmpeg passes on for all streams but
/// the first: Vorbis I §4.2.1, the FLAC-to-Ogg mapping, RFC 7845 §5.
fn is_ogg_header(codec: AVCodecID, data: &[u8]) -> bool {
    match codec {
        AVCodecID::AV_CODEC_ID_VORBIS => data.first().is_some_and(|b| b & 1 == 1),
        AVCodecID::AV_CODEC_ID_FLAC => data.first().is_some_and(|b| *b != 0xff),
        AVCodecID::AV_CODEC_ID_OPUS => data.starts_with(b"OpusHead") || data.starts_with(b"OpusTags"),
        _ => false,
    }
}

fn is_pcm(codec: AVCodecID) -> bool {
    // FFmpeg numbers its PCM codecs in one block.
    let id = codec as u32;
    let has_header = [AVCodecID::AV_CODEC_ID_PCM_DVD, AVCodecID::AV_CODEC_ID_PCM_BLURAY, AVCodecID::AV_CODEC_ID_S302M];
    (AVCodecID::AV_CODEC_ID_PCM_S16LE as u32..AVCodecID::AV_CODEC_ID_ADPCM_IMA_QT as u32).contains(&id)
        && !has_header.contains(&codec)
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

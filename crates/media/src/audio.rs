//! Sample-exact reading of an audio stream, at the stream's own rate and channels.
//!
//! Position 0 is source time zero. Priming and padding are cut as the container declares, and times
//! that the stream does not cover are silent. Reading on is cheap; a jump seeks back far enough for
//! the decoder's state to settle ([`crate::chapters`]). A small step back counts as backward
//! playback: some seconds before it are decoded at once.
use crate::{
    activity,
    audio_index::{AudioIndex, AudioPacket},
    av_frame::AvFrame,
    chapters::Chapters,
    decoder::{Decoder, Output},
    error::MediaError,
    index::{MediaIndex, Tables},
    input::{AvPacket, Input, NO_TIMESTAMP},
    report::DecodeReport,
    samples::{Mixer, Speakers, append_channel},
};
use cutroom_types::{AudioBlock, Time};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Decoded samples kept before the newest ones during forward playback, seconds.
const KEPT_SECS: i64 = 2;
/// How far before a step back decoding starts, seconds.
const BACKWARD_SECS: i64 = 2;
/// The same for streams that can only be read from their beginning.
const UNSEEKABLE_BACKWARD_SECS: i64 = 20;
/// A jump ahead by at most this much decodes on instead of seeking, seconds.
const FORWARD_SECS: i64 = 2;
/// Longest silence appended to the buffer for a gap in the stream, seconds; a longer gap restarts
/// the buffer.
const GAP_SECS: i64 = 10;
/// Maximum difference between a packet's position and the end of the one before it that does not
/// count as a gap, samples.
const SLACK_SAMPLES: i64 = 32;
/// A decoder that ends this much before the index does has lost samples, seconds.
const EARLY_SECS: f64 = 0.1;
/// Consecutive frames labelled with another sample rate that are accepted: damage, or a decoder
/// that learns the rate from its first frame. More of them are a stream whose rate changes.
const ODD_FRAMES: u32 = 3;
/// Maximum number of samples of one read.
const MAX_READ_SAMPLES: usize = 1 << 26;

/// Reads one audio stream.
pub struct AudioReader {
    index: Arc<MediaIndex>,
    tables: Arc<Tables>,
    number: usize,
    path: PathBuf,
    input: Input,
    decoder: Decoder,
    packet: AvPacket,
    chapters: Chapters,
    has_pending: bool,
    /// Ordinal of the next packet that the demuxer delivers (or that is in `packet`, when pending).
    next_packet: usize,
    /// Packets before this one are not sent to the decoder.
    feed_from: usize,
    /// Packets before this one only settle the decoder; their problems are not counted.
    count_from: usize,
    /// Decoded samples before this position only settle the decoder.
    good_from: i64,
    /// Position after the decoder's last frame, used or not; `None` after a jump.
    next_position: Option<i64>,
    sent_all: bool,
    ended: bool,
    decoded_any: bool,
    has_ended_early: bool,
    /// Consecutive frames at a rate other than the stream's.
    odd_frames: u32,
    /// Mixer for frames whose channels differ from the stream's; `None` while they are the same.
    mixer: Option<Mixer>,
    /// Decoded samples kept before the newest ones, seconds.
    kept_secs: i64,
    packets_read: u64,
    channels: Vec<Vec<f32>>,
    /// Position of the first buffered sample; undefined while the buffer is empty.
    buffer_start: i64,
    past_report: DecodeReport,
}

impl AudioReader {
    /// Opens a file; `audio_stream` counts as in [`crate::MediaInfo::audio`].
    ///
    /// # Errors
    /// The file cannot be opened, or has no such stream, or no decoder for it.
    pub fn open(path: &Path, audio_stream: usize) -> Result<Self, MediaError> {
        Self::open_indexed(MediaIndex::scan(path)?, audio_stream)
    }

    /// As [`Self::open`], with an existing index.
    ///
    /// # Errors
    /// As [`Self::open`]; also when the stream has no packets, its rate is not 1 to 768000 Hz or it
    /// does not have 1 to 64 channels.
    pub fn open_indexed(index: Arc<MediaIndex>, audio_stream: usize) -> Result<Self, MediaError> {
        let path = index.info.path.clone();
        let tables = index.tables()?;
        let count = tables.audio.len();
        let sound = tables.audio.get(audio_stream).ok_or_else(|| MediaError::NoStream {
            path: path.clone(),
            kind: "audio",
            index: audio_stream,
            count,
        })?;
        if sound.packets.is_empty() {
            let reason = "it holds no samples".into();
            return Err(MediaError::NothingDecoded { path, kind: "audio", index: audio_stream, reason });
        }
        if !(1..=768_000).contains(&sound.rate_hz) || !(1..=64).contains(&sound.channels) {
            let what = format!("sound of {} channels at {} Hz", sound.channels, sound.rate_hz);
            return Err(MediaError::Unsupported { path, what });
        }
        let (input, decoder) = open_stream(&path, sound.stream)?;
        let channels = vec![Vec::new(); sound.channels];
        Ok(Self {
            number: audio_stream,
            path,
            input,
            decoder,
            packet: AvPacket::new(),
            chapters: Chapters::default(),
            has_pending: false,
            next_packet: 0,
            feed_from: 0,
            count_from: 0,
            good_from: i64::MIN,
            next_position: None,
            sent_all: false,
            ended: false,
            decoded_any: false,
            has_ended_early: false,
            odd_frames: 0,
            mixer: None,
            kept_secs: KEPT_SECS,
            packets_read: 0,
            channels,
            buffer_start: 0,
            past_report: DecodeReport::default(),
            index,
            tables,
        })
    }

    /// Samples per second.
    pub fn rate_hz(&self) -> u32 {
        self.sound().rate_hz
    }

    /// Number of channels, which are in FFmpeg's native order.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// The index that the reader uses.
    pub fn index(&self) -> &Arc<MediaIndex> {
        &self.index
    }

    /// Number of packets of the stream read so far, including skipped ones: the cost of the
    /// requests.
    pub fn packets_read(&self) -> u64 {
        self.packets_read
    }

    /// Problems met so far.
    pub fn report(&self) -> DecodeReport {
        let mut r = self.decoder.report();
        r.add(&self.past_report);
        r
    }

    /// Returns `samples` samples from `first_sample` on, counted from source time zero at the
    /// stream's rate. Outside the stream they are silent.
    ///
    /// # Errors
    /// The stream yields no samples at all, its sample rate changes, its channels change to some
    /// that cannot be mixed, the source is stuck or cannot be read, or `samples` is larger than
    /// 2²⁶.
    pub fn read(&mut self, first_sample: i64, samples: usize) -> Result<AudioBlock, MediaError> {
        if samples > MAX_READ_SAMPLES {
            return Err(MediaError::Unsupported { path: self.path.clone(), what: format!("a read of {samples} samples at once") });
        }
        let _doing = activity::decoding(&self.path, Time::of_sample(first_sample, self.rate_hz()));
        let mut block = AudioBlock::silent(self.rate_hz(), self.channels.len(), samples);
        let (zero, audible_start, audible_end) = {
            let s = self.sound();
            (s.zero, s.audible_start, s.audible_end)
        };
        let first = first_sample.saturating_add(zero);
        let (from, to) = (first.max(audible_start), first.saturating_add(samples as i64).min(audible_end));
        if from >= to {
            return Ok(block);
        }
        // After a gap in the stream the buffer may begin after `at`, so samples are copied piece by
        // piece.
        let mut at = from;
        while at < to {
            self.reach(at)?;
            let (start, end) = (self.buffer_start.max(at), self.buffer_end().min(to));
            if start < end {
                for (out, buffered) in block.channels.iter_mut().zip(&self.channels) {
                    let source = &buffered[(start - self.buffer_start) as usize..(end - self.buffer_start) as usize];
                    out[(start - first) as usize..(end - first) as usize].copy_from_slice(source);
                }
            }
            if self.ended && end <= at {
                if !self.decoded_any {
                    return Err(self.nothing_decoded());
                }
                self.end_early(at.max(end));
                break;
            }
            at = end.max(start.min(to)).max(at + 1);
        }
        Ok(block)
    }

    fn sound(&self) -> &AudioIndex {
        &self.tables.audio[self.number]
    }

    fn buffer_end(&self) -> i64 {
        self.buffer_start + self.channels[0].len() as i64
    }

    fn nothing_decoded(&self) -> MediaError {
        let reason = self.report().messages.first().cloned().unwrap_or_else(|| "the decoder gave no samples".into());
        MediaError::NothingDecoded { path: self.path.clone(), kind: "audio", index: self.number, reason }
    }

    /// Counts once that no samples come from position `at` on although the index lists some.
    fn end_early(&mut self, at: i64) {
        let (rate, lacking) = (i64::from(self.rate_hz()), self.sound().audible_end - at);
        if !self.has_ended_early && lacking as f64 > EARLY_SECS * rate as f64 {
            self.has_ended_early = true;
            let secs = |samples: i64| samples as f64 / rate as f64;
            let (from, lacking) = (secs(at - self.sound().zero), secs(lacking));
            self.decoder.report_error(&format!("no samples come from {from:.3} s on, {lacking:.3} s before the end"));
        }
    }

    /// Decodes until the buffer contains position `at` or begins after it, or the stream has ended.
    fn reach(&mut self, at: i64) -> Result<(), MediaError> {
        let empty = self.channels[0].is_empty();
        let fresh = empty && self.next_packet == 0 && !self.sent_all && self.feed_from == 0;
        let near_start = at <= self.sound().packets[0].start + FORWARD_SECS * i64::from(self.rate_hz());
        let goes_on = !empty && at >= self.buffer_start && at <= self.buffer_end() + FORWARD_SECS * i64::from(self.rate_hz());
        if !(goes_on || fresh && near_start) {
            let rate = i64::from(self.rate_hz());
            let is_backward = !empty && at < self.buffer_start && self.buffer_start - at <= KEPT_SECS * rate;
            let before = if self.sound().can_seek { BACKWARD_SECS } else { UNSEEKABLE_BACKWARD_SECS };
            self.kept_secs = if is_backward { before.max(KEPT_SECS) } else { KEPT_SECS };
            self.seek(if is_backward { at.saturating_sub(before * rate) } else { at })?;
        }
        while !self.ended && (self.channels[0].is_empty() || self.buffer_end() <= at) {
            self.decode_some()?;
        }
        Ok(())
    }

    fn decode_some(&mut self) -> Result<(), MediaError> {
        match self.decoder.receive() {
            Output::AvFrame(f) => self.take(f)?,
            Output::End => match self.chapters.begin() {
                Some((start, is_link)) => {
                    // Headers set the decoder up for another stream.
                    if is_link {
                        self.decoder.flush();
                        self.next_position = None;
                    } else {
                        self.renew_decoder()?;
                    }
                    self.good_from = start;
                }
                None => self.ended = true,
            },
            Output::WantsPacket if let Some((packet, position)) = self.chapters.again() => {
                self.decoder.mute(true);
                self.send(packet, position);
            }
            Output::WantsPacket if self.sent_all => self.ended = true,
            Output::WantsPacket => loop {
                if !self.has_pending && !self.read_own()? {
                    self.decoder.send(None);
                    self.sent_all = true;
                    break;
                }
                let ordinal = self.next_packet;
                if ordinal < self.feed_from {
                    self.next_packet = ordinal + 1;
                    self.has_pending = false;
                    continue;
                }
                let sound = &self.tables.audio[self.number];
                // More packets than were indexed: the file has grown; what is not in the index is
                // not played.
                let Some(position) =
                    (if sound.is_pcm { self.pcm_position() } else { None }).or(sound.packets.get(ordinal).map(|p| p.start))
                else {
                    self.next_packet = ordinal + 1;
                    self.has_pending = false;
                    continue;
                };
                let (start, is_link) = (sound.chapter_start(ordinal), sound.link_of(ordinal) == ordinal);
                if sound.in_chapters() && self.chapters.ends_before(ordinal, start, is_link) {
                    self.has_pending = true;
                    self.decoder.send(None);
                    break;
                }
                self.next_packet = ordinal + 1;
                self.has_pending = false;
                self.decoder.mute(ordinal < self.count_from);
                let packet = std::mem::replace(&mut self.packet, AvPacket::new());
                self.send(packet, position);
                break;
            },
        }
        Ok(())
    }

    /// Sends a packet to the decoder.
    fn send(&mut self, mut packet: AvPacket, position: i64) {
        self.decoder.send(Some((&mut packet, position)));
        let sound = &self.tables.audio[self.number];
        let spare = if sound.in_chapters() { self.chapters.given(packet, position, sound.preroll) } else { packet };
        if !self.has_pending {
            self.packet = spare;
        }
    }

    /// Replaces the decoder by a fresh one without state.
    fn renew_decoder(&mut self) -> Result<(), MediaError> {
        self.past_report = self.report();
        self.decoder = Decoder::open(&self.input, self.sound().stream, 1)?;
        self.next_position = None;
        Ok(())
    }

    /// Whether timestamps identify each sample: one sample lasts a whole number of ticks.
    /// Matroska's milliseconds are whole samples at 48 kHz, but rounded.
    fn timestamps_are_exact(&self) -> bool {
        let sound = self.sound();
        let tb = self.input.time_base(sound.stream);
        i64::from(tb.den) % (i64::from(sound.rate_hz) * i64::from(tb.num)).max(1) == 0
    }

    /// Position of the PCM packet in `packet` by its timestamp; `None` when the timestamp does not
    /// determine it.
    fn pcm_position(&self) -> Option<i64> {
        let sound = self.sound();
        let tb = self.input.time_base(sound.stream);
        let pts = self.packet.get().pts;
        let samples = || pts * i64::from(sound.rate_hz) * i64::from(tb.num) / i64::from(tb.den);
        (self.timestamps_are_exact() && pts != NO_TIMESTAMP).then(samples)
    }

    /// Appends a decoded frame to the buffer at its position.
    fn take(&mut self, frame: AvFrame) -> Result<(), MediaError> {
        let mut samples = i64::from(frame.get().nb_samples).max(0);
        let stated = frame.get().pts;
        if samples == 0 {
            return Ok(());
        }
        self.decoded_any = true;
        let rate = i64::from(self.rate_hz());
        let end = self.buffer_end();
        let empty = self.channels[0].is_empty();
        // Frames follow each other. Labels are those of packets, of which a decoder may output
        // several frames, or hold samples back: the frames that it outputs at the end have no label
        // or a stale one.
        let chapter_end = self.chapters.end();
        let follows = |next: i64| stated == NO_TIMESTAMP || chapter_end.is_some() || (stated - next).abs() <= SLACK_SAMPLES;
        let start = match self.next_position {
            Some(next) if follows(next) => next,
            _ if stated == NO_TIMESTAMP => end,
            _ => stated,
        };
        self.next_position = Some(start + samples);
        let link_end = self.sound().end_of_link(self.chapters.current());
        for end in chapter_end.into_iter().chain(link_end) {
            samples = samples.min(end - start);
        }
        // Samples that only settle the decoder are never returned.
        let mut first = start.max(self.good_from);
        if first >= start + samples {
            return Ok(());
        }
        let frame = self.as_in_stream(frame, start)?;
        if empty {
            self.buffer_start = first;
        } else if first > end + GAP_SECS * rate {
            self.channels.iter_mut().for_each(Vec::clear);
            self.buffer_start = first;
        } else if first > end {
            let gap = (first - end) as usize;
            self.channels.iter_mut().for_each(|c| c.resize(c.len() + gap, 0.0));
        } else {
            first = end.min(start + samples);
        }
        let (skip, samples) = ((first - start) as usize, samples as usize);
        debug_assert!(skip == samples || first == self.buffer_end());
        for (c, out) in self.channels.iter_mut().enumerate() {
            append_channel(&frame, c, skip, samples, out);
        }
        let len = self.channels[0].len();
        if len as i64 > (self.kept_secs + KEPT_SECS) * rate + samples as i64 {
            let drop = len - (self.kept_secs * rate) as usize;
            self.channels.iter_mut().for_each(|c| drop_front(c, drop));
            self.buffer_start += drop as i64;
        }
        Ok(())
    }

    /// The frame at position `at`, mixed to the stream's channels if its own differ.
    fn as_in_stream(&mut self, frame: AvFrame, at: i64) -> Result<AvFrame, MediaError> {
        let sound = &self.tables.audio[self.number];
        let (rate, usual) = (sound.rate_hz, Speakers { channels: sound.channels, mask: sound.decoded_mask });
        let time = Time::of_sample(at - sound.zero, rate);
        let failed = |reason: String| MediaError::Decode { path: self.path.clone(), time, reason };
        let given_rate = u32::try_from(frame.get().sample_rate).unwrap_or(rate);
        self.odd_frames = if given_rate == rate { 0 } else { self.odd_frames + 1 };
        if self.odd_frames > ODD_FRAMES {
            return Err(failed(format!(
                "the sample rate changes from {rate} to {given_rate} Hz; convert the file to one rate first"
            )));
        }
        let given = Speakers::of(&frame);
        if given.is_like(usual) {
            self.mixer = None;
            return Ok(frame);
        }
        if self.mixer.as_ref().is_none_or(|m| m.from() != given) {
            let at = time.as_secs_f64();
            self.decoder
                .report_change(&format!("at {at:.3} s the channels change from {usual} to {given}; they are mixed to {usual}"));
            self.mixer = None;
        }
        let mixed = self.mixer.get_or_insert_with(|| Mixer::new(given, usual)).mix(&frame);
        mixed.map_err(|reason| failed(format!("the channels change from {usual} to {given}, which cannot be mixed: {reason}")))
    }

    fn read_own(&mut self) -> Result<bool, MediaError> {
        let own = self.sound().stream;
        let mut problem = None;
        while self.input.read(&mut self.packet, &mut problem)? {
            if self.packet.get().stream_index as usize == own {
                self.packets_read += 1;
                return Ok(true);
            }
        }
        problem.into_iter().for_each(|p| self.decoder.report_error(&p));
        Ok(false)
    }

    /// Seeks so that decoding on yields position `at`.
    fn seek(&mut self, at: i64) -> Result<(), MediaError> {
        self.channels.iter_mut().for_each(Vec::clear);
        self.ended = false;
        self.next_position = None;
        let sound = &self.tables.audio[self.number];
        let target = sound.packet_at(at);
        let counted = sound.counted_from(target);
        let settled_from = match sound.link_of(counted) {
            0 => counted.saturating_sub(sound.preroll),
            link => link,
        };
        let mut first = settled_from;
        if sound.is_joined {
            // Only packets that begin a unit of the container have a byte position.
            first = sound.packets[..=first].iter().rposition(|p| p.pos >= 0).unwrap_or(0);
        }
        self.good_from = if first == 0 && !sound.in_chapters() { i64::MIN } else { sound.used_from(counted) };
        // With chapters the decoder gets only the packets that settle it.
        self.feed_from = if sound.in_chapters() { settled_from } else { first };
        self.count_from = counted;
        let (stream, is_pcm, can_seek, in_chapters) = (sound.stream, sound.is_pcm, sound.can_seek, sound.in_chapters());
        self.chapters.jump(counted);
        if first > 0 && can_seek && sound.packets[first].pts != NO_TIMESTAMP {
            let AudioPacket { pts, pos, .. } = sound.packets[first];
            if if sound.is_joined { self.input.seek_byte(pos) } else { self.input.seek(stream, pts) } {
                if is_pcm && self.timestamps_are_exact() {
                    // Packets are cut differently after a seek, but each timestamp gives the
                    // position.
                    if self.read_own()? && self.pcm_position().is_some_and(|p| p <= at) {
                        self.next_packet = first;
                        self.has_pending = true;
                        self.decoder.flush();
                        self.sent_all = false;
                        self.good_from = i64::MIN;
                        return Ok(());
                    }
                } else if let Some(found) = self.locate(first)? {
                    self.next_packet = found;
                    self.has_pending = true;
                    if in_chapters {
                        self.renew_decoder()?;
                    } else {
                        self.decoder.flush();
                    }
                    self.sent_all = false;
                    return Ok(());
                }
            }
        }
        // From the beginning; skipped packets are not decoded.
        self.past_report = self.report();
        (self.input, self.decoder) = open_stream(&self.path, stream)?;
        self.next_packet = 0;
        self.has_pending = false;
        self.sent_all = false;
        Ok(())
    }

    /// After a seek of the demuxer: the ordinal of the packet that it delivers, if that is at or
    /// before `wanted`.
    fn locate(&mut self, wanted: usize) -> Result<Option<usize>, MediaError> {
        for _ in 0..16 {
            if !self.read_own()? {
                return Ok(None);
            }
            let (pts, pos) = (self.packet.get().pts, self.packet.get().pos);
            let (packets, by_place) = (&self.sound().packets, self.sound().is_joined);
            let same_place = |q: &AudioPacket| q.pos == pos || !by_place && (pos < 0 || q.pos < 0);
            if let Some(n) = packets[..=wanted].iter().rposition(|q| q.pts == pts && pts != NO_TIMESTAMP && same_place(q)) {
                return Ok(Some(n));
            }
        }
        Ok(None)
    }
}

fn drop_front(c: &mut Vec<f32>, n: usize) {
    c.copy_within(n.., 0);
    c.truncate(c.len() - n);
}

fn open_stream(path: &Path, stream: usize) -> Result<(Input, Decoder), MediaError> {
    let mut input = Input::open(path)?;
    if stream >= input.stream_count() {
        return Err(MediaError::NotMedia { path: path.into(), reason: format!("stream {stream} was not found again") });
    }
    input.only(stream);
    let decoder = Decoder::open(&input, stream, 1)?;
    Ok((input, decoder))
}

//! Frame-exact reading of a video stream by presentation time, forward and backward.
//!
//! A request names a time, which the index converts to a frame number. A frame shortly after the
//! decoder's position is reached by decoding on, any other by seeking to the keyframe before it.
//! The last few decoded frames are cached; during backward playback as many as fit into
//! [`ReadOptions::window_bytes`], so that each group of pictures is decoded once.
use crate::{
    activity,
    av_frame::AvFrame,
    convert::{self, StreamTags},
    decoder::{Decoder, Output},
    deinterlace::Deinterlacer,
    error::MediaError,
    hardware::{self, DecodeChoice, Kept},
    index::{MediaIndex, Tables},
    input::{AvPacket, Input, NO_TIMESTAMP},
    pixel,
    report::DecodeReport,
    stream::{note_fallback, open_stream, open_with},
    video_index::VideoIndex,
};
use cutroom_types::{Deinterlace, DeviceId, FieldOrder, Picture, Span, Time, TimeDelta};
use ffmpeg_next::ffi;
use std::{
    collections::{BTreeSet, VecDeque},
    path::PathBuf,
    sync::Arc,
};

/// Decoded frames cached during forward playback.
const FORWARD_WINDOW: usize = 4;
/// Cost of a seek, which empties the decoder's pipeline, as a number of decoded packets.
const SEEK_COST_PACKETS: usize = 12;
/// Frames before the requested one that are decoded in full, for the deinterlacer and for small
/// steps back. Of those before them, only frames that others refer to are decoded: 12 % off random
/// seeks in a long group of x264, more with more B-frames.
const WHOLE_BEFORE: usize = 4;
/// A request at most this many frames before the last one counts as backward playback.
const BACKWARD_STEP: usize = 4;
/// The second consecutive request at most this many frames before its predecessor also counts as
/// backward playback: high speeds, and a low frame rate of the composition with material of a high
/// one.
const WIDE_BACKWARD_STEP: usize = 120;

/// Options for reading a video stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Decoder threads; 0 for one per core, as the ffmpeg program does.
    pub threads: usize,
    /// Which frames are deinterlaced.
    pub deinterlace: Deinterlace,
    /// Field order for deinterlacing. `Auto` uses each frame's flag, and top field first for frames
    /// without one.
    pub field_order: FieldOrder,
    /// Memory for decoded frames during backward playback, bytes.
    pub window_bytes: usize,
    /// What decodes.
    pub decode: DecodeChoice,
    /// The device that draws. Frames that are decoded there stay there, where that is possible; all
    /// others come to host memory.
    pub keep_on: Option<DeviceId>,
    /// The card that decodes; `None`: that of `keep_on`, or else the first.
    pub card: Option<DeviceId>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            deinterlace: Deinterlace::Auto,
            field_order: FieldOrder::Auto,
            window_bytes: 256 << 20,
            decode: DecodeChoice::Software,
            keep_on: None,
            card: None,
        }
    }
}

/// A frame and its presentation interval.
#[derive(Clone, Debug)]
pub struct DecodedFrame {
    /// The picture; canonical formats share the decoder's memory.
    pub picture: Picture,
    /// Presentation interval in source time. That of a still image covers all times.
    pub span: Span,
    /// Number of the frame in presentation order.
    pub index: usize,
}

enum Reached {
    AvFrame(Arc<AvFrame>),
    /// The decoder output a later frame, or ended, without this one.
    Passed,
    /// The stream was opened again in software: nothing that was known of the position holds.
    Reopened,
}

/// Reads one video stream.
pub(crate) struct StreamReader {
    index: Arc<MediaIndex>,
    tables: Arc<Tables>,
    number: usize,
    path: PathBuf,
    options: ReadOptions,
    tags: StreamTags,
    input: Input,
    decoder: Decoder,
    packet: AvPacket,
    /// Whether `packet` holds a packet that was read by a seek and not yet sent.
    has_pending: bool,
    /// Ordinal of the next packet that the demuxer delivers (or that is in `packet`, when pending).
    next_packet: usize,
    /// Ordinal of the keyframe packet at which the current run of decoding began.
    run_key: usize,
    /// Newest frame that the run has output, in presentation order.
    newest: Option<usize>,
    sent_all: bool,
    /// Ordinal of the packet from which problems are counted again after a run that began in an
    /// open group of pictures; 0 when there is none.
    muted_until: usize,
    /// Whether the run has output a frame without damage.
    is_run_clean: bool,
    decoded_any: bool,
    raw: VecDeque<(usize, Arc<AvFrame>)>,
    ready: VecDeque<DecodedFrame>,
    /// Frames that the decoder does not output.
    absent: BTreeSet<usize>,
    /// The frame that decoding is heading for.
    aim: usize,
    last_request: usize,
    /// Whether the last request was at most [`WIDE_BACKWARD_STEP`] frames before the one preceding
    /// it.
    went_back: bool,
    is_backward: bool,
    decoded_frames: u64,
    deinterlacer: Option<Deinterlacer>,
    /// The way of frames out of a graphics device; `None` when the processor decodes.
    kept: Option<Kept>,
    past_report: DecodeReport,
}

impl StreamReader {
    /// A reader of a stream of an index; `video_stream` counts as in [`crate::MediaInfo::video`],
    /// with attached pictures after the others.
    ///
    /// # Errors
    /// The file cannot be opened, or has no such stream, or no decoder for it; also when the stream
    /// has no frames.
    pub fn open_indexed(index: Arc<MediaIndex>, video_stream: usize, options: ReadOptions) -> Result<Self, MediaError> {
        let path = index.info.path.clone();
        let tables = index.tables()?;
        let video = tables.video.get(video_stream).ok_or_else(|| MediaError::NoStream {
            path: path.clone(),
            kind: "video",
            index: video_stream,
            count: tables.video.len(),
        })?;
        if video.frames.is_empty() {
            let reason = "it holds no frames".into();
            return Err(MediaError::NothingDecoded { path, kind: "video", index: video_stream, reason });
        }
        // A device takes longer to set up than a still image to decode.
        let device = if video.is_still { None } else { hardware::device_for(options.decode, options.card.or(options.keep_on))? };
        let mut past_report = DecodeReport::default();
        let (input, decoder, kept) =
            open_with(&path, video.stream, options.threads, (options.decode, options.keep_on), device, &mut past_report)?;
        let (run_key, muted_until) = (video.first_key, video.muted_until(video.first_key));
        decoder.mute(run_key > 0 || muted_until > 0);
        let tags = crate::probe::stream_tags(&input, video.stream, &index.info, video_stream);
        Ok(Self {
            number: video_stream,
            path,
            options,
            tags,
            input,
            decoder,
            packet: AvPacket::new(),
            has_pending: false,
            next_packet: 0,
            run_key,
            newest: None,
            sent_all: false,
            muted_until,
            is_run_clean: false,
            decoded_any: false,
            raw: VecDeque::new(),
            ready: VecDeque::new(),
            absent: BTreeSet::new(),
            aim: 0,
            last_request: 0,
            went_back: false,
            is_backward: false,
            decoded_frames: 0,
            deinterlacer: None,
            kept,
            past_report,
            index,
            tables,
        })
    }

    /// The index that the reader uses.
    pub fn index(&self) -> &Arc<MediaIndex> {
        &self.index
    }

    /// Number of frames in the stream.
    pub fn frame_count(&self) -> usize {
        self.video().frames.len()
    }

    /// Number of frames that the decoder has output so far: the cost of the requests.
    pub fn decoded_frames(&self) -> u64 {
        self.decoded_frames
    }

    /// Problems met so far.
    pub fn report(&self) -> DecodeReport {
        let mut r = self.decoder.report();
        r.add(&self.past_report);
        r.missing_frames = self.absent.len() as u64;
        r.decoded_by = self.kept.as_ref().map(Kept::id);
        r
    }

    /// The frame shown at `t`; the first frame before the start, the last one after the end.
    ///
    /// # Errors
    /// The stream yields no frames at all, the source is stuck, or its frames have a layout that is
    /// not supported.
    pub fn frame_at(&mut self, t: Time) -> Result<DecodedFrame, MediaError> {
        let i = self.video().frame_at(t).unwrap_or(0);
        self.frame(i)
    }

    /// Frame number `i` in presentation order; numbers past the end return the last frame.
    ///
    /// # Errors
    /// As [`Self::frame_at`].
    pub fn frame(&mut self, i: usize) -> Result<DecodedFrame, MediaError> {
        let i = i.min(self.frame_count() - 1);
        if let Some(f) = self.ready.iter().find(|f| f.index == i) {
            self.last_request = i;
            return Ok(f.clone());
        }
        let _doing = activity::decoding(&self.index.info.path, self.video().frames[i].start);
        if i != self.last_request {
            let back = self.last_request.checked_sub(i);
            let goes_back = back.is_some_and(|n| n <= WIDE_BACKWARD_STEP);
            self.is_backward = goes_back && (self.went_back || back.is_some_and(|n| n <= BACKWARD_STEP));
            self.went_back = goes_back;
            self.last_request = i;
        }
        let raw = self.raw(i)?;
        let is_woven = match self.options.deinterlace {
            Deinterlace::Auto => raw.get().interlaced_frame != 0,
            Deinterlace::Off => false,
            Deinterlace::On => true,
        };
        let raw = if is_woven { self.deinterlaced(i, raw)? } else { raw };
        let video = self.video();
        let span =
            if video.is_still { Span { start: Time(i64::MIN / 4), duration: TimeDelta(i64::MAX / 2) } } else { video.span(i) };
        let frame = DecodedFrame { picture: convert::picture(&self.path, &raw, &self.tags)?, span, index: i };
        while self.ready.len() >= FORWARD_WINDOW {
            self.ready.pop_front();
        }
        self.ready.push_back(frame.clone());
        Ok(frame)
    }

    fn video(&self) -> &VideoIndex {
        &self.tables.video[self.number]
    }

    /// The frame as decoded. One that the decoder does not output is replaced by the nearest
    /// earlier frame that exists, else by the next later one.
    fn raw(&mut self, i: usize) -> Result<Arc<AvFrame>, MediaError> {
        let mut wanted = i;
        let mut attempts = 0;
        loop {
            while self.absent.contains(&wanted) {
                if wanted > 0 && wanted <= i && (0..wanted).any(|k| !self.absent.contains(&k)) {
                    wanted -= 1;
                } else {
                    wanted = wanted.max(i) + 1;
                    if wanted >= self.frame_count() {
                        return Err(self.nothing_decoded());
                    }
                }
            }
            if let Some((_, f)) = self.raw.iter().find(|f| f.0 == wanted) {
                return Ok(f.clone());
            }
            if self.forward_effort(wanted).is_none() {
                self.seek(self.video().keyframe_for(wanted))?;
            }
            match self.decode_to(wanted)? {
                Reached::AvFrame(f) => return Ok(f),
                Reached::Reopened => continue,
                Reached::Passed => {}
            }
            // The run may have begun too late for this frame (a keyframe that is not one, gradual
            // refresh): begin earlier.
            if self.run_key > 0 && attempts < 3 {
                let mut key = self.run_key;
                for _ in 0..[1, 4, usize::MAX][attempts].min(self.run_key) {
                    key = self.video().keyframe_at_or_before(key.saturating_sub(1)).unwrap_or(0);
                    if key == 0 {
                        break;
                    }
                }
                attempts += 1;
                self.seek(key)?;
                match self.decode_to(wanted)? {
                    Reached::AvFrame(f) => return Ok(f),
                    Reached::Reopened => continue,
                    Reached::Passed => {}
                }
                if self.run_key > 0 {
                    continue;
                }
            }
            if !self.decoded_any {
                return Err(self.nothing_decoded());
            }
            let given = self.newest.filter(|&n| n > wanted).unwrap_or(if self.sent_all { self.frame_count() } else { wanted + 1 });
            self.absent.extend(wanted..given);
        }
    }

    fn nothing_decoded(&self) -> MediaError {
        let reason = self.report().messages.first().cloned().unwrap_or_else(|| "the decoder gave no frame".into());
        MediaError::NothingDecoded { path: self.path.clone(), kind: "video", index: self.number, reason }
    }

    /// Number of packets to decode from the current position to reach frame `i`; `None` when that
    /// is impossible, or a seek is cheaper.
    fn forward_effort(&self, i: usize) -> Option<usize> {
        let video = self.video();
        let key = video.keyframe_for(i);
        if self.newest.is_some_and(|n| i <= n) || key < self.run_key {
            return None;
        }
        let target = video.frames[i].packet as usize;
        let forward = (target + 1).saturating_sub(self.next_packet);
        (key < self.next_packet || forward <= target - key.min(target) + SEEK_COST_PACKETS).then_some(forward)
    }

    fn decode_to(&mut self, i: usize) -> Result<Reached, MediaError> {
        self.aim = i;
        loop {
            let output = self.decoder.receive();
            if let Some(why) = self.decoder.refused() {
                self.leave_device(&why)?;
                return Ok(Reached::Reopened);
            }
            match output {
                Output::AvFrame(f) => {
                    self.decoded_frames += 1;
                    let video = &self.tables.video[self.number];
                    let from = usize::try_from(f.get().pts).ok().and_then(|n| video.packets.get(n));
                    // Leading pictures of the run's keyframe refer to pictures that were not
                    // decoded.
                    let key = &video.packets[self.run_key];
                    let Some(n) =
                        from.filter(|p| p.frame != u32::MAX && (self.run_key == 0 || p.pts >= key.pts)).map(|p| p.frame as usize)
                    else {
                        continue;
                    };
                    // After a seek into gradual refresh, frames are flagged as corrupt until the
                    // whole picture has been refreshed.
                    if self.run_key > 0 && !self.is_run_clean {
                        if f.get().flags & ffi::AV_FRAME_FLAG_CORRUPT != 0 {
                            if n >= i {
                                return Ok(Reached::Passed);
                            }
                            continue;
                        }
                        self.is_run_clean = true;
                        self.decoder.mute(self.muted_until > 0);
                    }
                    self.decoded_any = true;
                    let f = match self.taken(f) {
                        Ok(f) => f,
                        Err(why) => {
                            self.leave_device(&why)?;
                            return Ok(Reached::Reopened);
                        }
                    };
                    self.newest = Some(self.newest.map_or(n, |m| m.max(n)));
                    let frame = Arc::new(f);
                    self.keep(n, frame.clone());
                    if n == i {
                        return Ok(Reached::AvFrame(frame));
                    }
                    if n > i {
                        return Ok(Reached::Passed);
                    }
                }
                Output::WantsPacket if self.sent_all => return Ok(Reached::Passed),
                Output::WantsPacket => self.feed()?,
                Output::End => return Ok(Reached::Passed),
            }
        }
    }

    fn keep(&mut self, n: usize, frame: Arc<AvFrame>) {
        let bytes = pixel::frame_bytes(frame.get()).max(1);
        let max = if self.is_backward { (self.options.window_bytes / bytes).clamp(FORWARD_WINDOW, 600) } else { FORWARD_WINDOW };
        self.raw.retain(|(k, _)| *k != n);
        while self.raw.len() >= max {
            self.raw.pop_front();
        }
        self.raw.push_back((n, frame));
    }

    /// Sends the next packet of the stream to the decoder, or the end of the stream.
    fn feed(&mut self) -> Result<(), MediaError> {
        loop {
            if !self.has_pending && !self.read_own()? {
                self.decoder.send(None);
                self.sent_all = true;
                return Ok(());
            }
            self.has_pending = false;
            let ordinal = self.next_packet;
            self.next_packet += 1;
            if ordinal >= self.run_key {
                if self.muted_until > 0 && ordinal >= self.muted_until {
                    self.decoder.mute(false);
                    self.muted_until = 0;
                }
                // A hidden packet has no frame number and keeps the setting of the packet before
                // it; the second field of a frame has the number of the first.
                if let Some(p) = self.video().packets.get(ordinal).filter(|p| p.frame != u32::MAX) {
                    let skip = !self.is_backward && p.frame as usize + WHOLE_BEFORE < self.aim;
                    self.decoder.skip_unreferenced(skip);
                    // FFmpeg discards some packets that an edit list shows.
                    self.packet.keep();
                }
                self.decoder.send(Some((&mut self.packet, ordinal as i64)));
                return Ok(());
            }
        }
    }

    /// Reads up to the next packet of this stream; returns `false` at the end.
    fn read_own(&mut self) -> Result<bool, MediaError> {
        let own = self.video().stream;
        let mut problem = None;
        while self.input.read(&mut self.packet, &mut problem)? {
            if self.packet.get().stream_index as usize == own {
                return Ok(true);
            }
        }
        problem.into_iter().for_each(|p| self.decoder.report_error(&p));
        Ok(false)
    }

    /// Starts a new run at keyframe packet `key`.
    fn seek(&mut self, key: usize) -> Result<(), MediaError> {
        self.run_key = key;
        self.newest = None;
        self.is_run_clean = false;
        self.muted_until = self.video().muted_until(key);
        if key > 0 {
            let mut at = key;
            for _ in 0..3 {
                let video = self.video();
                let (p, stream) = (video.packets[at], video.stream);
                let stamp = if video.seek_by_pts || p.dts == NO_TIMESTAMP { p.pts } else { p.dts };
                if !(if video.is_joined { self.input.seek_byte(p.pos) } else { self.input.seek(stream, stamp) }) {
                    break;
                }
                if let Some(found) = self.locate(key)? {
                    self.decoder.flush();
                    self.decoder.mute(true);
                    self.sent_all = false;
                    self.next_packet = found;
                    self.has_pending = true;
                    return Ok(());
                }
                // The seek landed too late: try an earlier keyframe.
                match self.video().keyframe_at_or_before(at.saturating_sub(1)) {
                    Some(earlier) if earlier > 0 => at = earlier,
                    _ => break,
                }
            }
        }
        self.restart()
    }

    /// After a seek of the demuxer: the ordinal of the packet that it delivers, if that is at or
    /// before `key`.
    fn locate(&mut self, key: usize) -> Result<Option<usize>, MediaError> {
        for _ in 0..64 {
            if !self.read_own()? {
                return Ok(None);
            }
            let p = self.packet.get();
            let (pts, dts, pos, size) = (p.pts, p.dts, p.pos, p.size);
            let same = |q: &crate::video_packet::VideoPacket| {
                let same_place = if pos >= 0 && q.pos >= 0 { q.pos == pos && q.has_stamp(pts, dts) } else { q.has_pts(pts) };
                // After a seek, stream formats begin with the remainder of a packet that was cut.
                same_place && q.size == size
            };
            let packets = &self.video().packets;
            // The match nearest to `key`: an edit list may show the same packet twice.
            if let Some(n) = packets[..=key].iter().rposition(same) {
                return Ok(Some(n));
            }
            if packets[key..].iter().any(same) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Goes back to the first packet, by a seek if that works, else by opening the file again;
    /// packets before the run's keyframe are skipped.
    fn restart(&mut self) -> Result<(), MediaError> {
        let is_muted = self.run_key > 0 || self.muted_until > 0;
        if self.next_packet == 0 && !self.sent_all && !self.has_pending {
            self.decoder.mute(is_muted);
            return Ok(());
        }
        let stream = self.video().stream;
        // A seek to the start, where it works.
        let first = self.video().packets[0];
        let stamp = if first.dts == NO_TIMESTAMP { first.pts } else { first.dts.min(first.pts) };
        let is_joined = self.video().is_joined;
        let is_back = if is_joined { self.input.seek_byte(first.pos) } else { self.input.seek(stream, stamp) };
        if is_back && self.locate(0)? == Some(0) {
            self.decoder.flush();
            self.decoder.mute(is_muted);
            self.has_pending = true;
        } else {
            self.past_report = self.report();
            let device = self.kept.take().map(Kept::into_device);
            let mut again = DecodeReport::default();
            let ReadOptions { threads, decode, keep_on, .. } = self.options;
            (self.input, self.decoder, self.kept) = open_with(&self.path, stream, threads, (decode, keep_on), device, &mut again)?;
            self.past_report.add(&again);
            self.decoder.mute(is_muted);
            self.has_pending = false;
        }
        self.sent_all = false;
        self.next_packet = 0;
        Ok(())
    }

    /// A decoded frame, without its surface if a graphics device has made it.
    ///
    /// # Errors
    /// The device's reason.
    fn taken(&mut self, frame: AvFrame) -> Result<AvFrame, String> {
        // Fields are separated in host memory.
        let to_host = match self.options.deinterlace {
            Deinterlace::Auto => frame.get().interlaced_frame != 0,
            Deinterlace::Off => false,
            Deinterlace::On => true,
        };
        match &mut self.kept {
            Some(kept) => kept.take(frame, to_host),
            None => Ok(frame),
        }
    }

    /// Continues in software, from the beginning of the current run. What the device had trouble with
    /// is no problem of the stream.
    fn leave_device(&mut self, why: &str) -> Result<(), MediaError> {
        if let Some(kept) = self.kept.take() {
            note_fallback(&mut self.past_report, self.options.decode, kept.id(), why);
        }
        let stream = self.video().stream;
        (self.input, self.decoder) = open_stream(&self.path, stream, self.options.threads)?;
        (self.next_packet, self.has_pending, self.sent_all) = (0, false, false);
        self.seek(self.run_key)
    }

    fn deinterlaced(&mut self, i: usize, raw: Arc<AvFrame>) -> Result<Arc<AvFrame>, MediaError> {
        let before = if i > 0 { Some(self.raw(i - 1)?) } else { None };
        // `before` is decoded first: decoding the frame after `i` moves the decoder forward.
        let after = if i + 1 < self.frame_count() { Some(self.raw(i + 1)?) } else { None };
        let mut deinterlacer =
            self.deinterlacer.take().unwrap_or_else(|| Deinterlacer::new(self.options.deinterlace, self.options.field_order));
        let result = deinterlacer.frame(i, before.as_deref(), &raw, after.as_deref());
        self.deinterlacer = Some(deinterlacer);
        result.map(Arc::new)
    }
}

// The index stores FFmpeg's value for a missing timestamp unchanged.
const _: () = assert!(NO_TIMESTAMP == ffi::AV_NOPTS_VALUE);

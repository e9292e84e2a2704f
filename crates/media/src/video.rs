//! Frames of a video stream by presentation time: exact, forward and backward.
//!
//! A request names a time; the index turns it into a frame number. Frames near the decoder's
//! position are reached by decoding on, others by seeking to the keyframe before. The last few
//! decoded frames are kept; while playing backwards, as many as fit into
//! [`ReadOptions::window_bytes`], so that each group of pictures is decoded once.
use crate::{
    convert::{self, StreamTags},
    decoder::{AvFrame, Decoder, Output},
    deinterlace::Deinterlacer,
    error::MediaError,
    index::MediaIndex,
    input::{AvPacket, Input, NO_TIMESTAMP},
    report::DecodeReport,
    stream::open_stream,
    video_index::VideoIndex,
};
use cutroom_types::{Deinterlace, FieldOrder, Picture, Span, Time, TimeDelta};
use ffmpeg_next::ffi;
use std::{
    collections::{BTreeSet, VecDeque},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Frames kept while playing forward.
const FORWARD_WINDOW: usize = 4;
/// Packets that are rather decoded than skipped by a seek, which empties the decoder's pipeline.
const SEEK_COST_PACKETS: usize = 12;
/// Frames before the wanted one that are decoded in full, for the deinterlacer and small steps
/// back; those before them are decoded only if others refer to them: 12 % off random seeks in a
/// long group of x264, more where more B-frames are.
const WHOLE_BEFORE: usize = 4;
/// A request at most this many frames before the last one counts as playing backwards.
const BACKWARD_STEP: usize = 4;
/// So does the second in a row of at most this many frames: high speeds, and slow films of fast
/// material.
const WIDE_BACKWARD_STEP: usize = 120;

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Decoder threads; 0 for one per core, as the ffmpeg program does.
    pub threads: usize,
    /// Which frames are made whole.
    pub deinterlace: Deinterlace,
    /// Which field comes first when they are; unknown or progressive: as each frame says, the top
    /// one of frames that say nothing.
    pub field_order: FieldOrder,
    /// Memory for decoded frames while playing backwards, bytes.
    pub window_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { threads: 0, deinterlace: Deinterlace::Auto, field_order: FieldOrder::Auto, window_bytes: 256 << 20 }
    }
}

/// A frame and when it is shown.
#[derive(Clone, Debug)]
pub struct DecodedFrame {
    /// The picture; canonical formats share the decoder's memory.
    pub picture: Picture,
    /// Presentation interval in source time. A still image's covers everything.
    pub span: Span,
    /// Number of the frame in presentation order.
    pub index: usize,
}

enum Reached {
    AvFrame(Arc<AvFrame>),
    /// The decoder gave a later frame, or ended, without giving this one.
    Passed,
}

/// Reads one video stream.
pub struct VideoReader {
    index: Arc<MediaIndex>,
    number: usize,
    path: PathBuf,
    options: ReadOptions,
    tags: StreamTags,
    input: Input,
    decoder: Decoder,
    packet: AvPacket,
    /// The packet read last by a seek and not yet sent.
    has_pending: bool,
    /// Ordinal of the next packet that the demuxer (or `packet`, when pending) gives.
    next_packet: usize,
    /// Where the current run of decoding began.
    run_key: usize,
    /// Newest frame of the run.
    newest: Option<usize>,
    sent_all: bool,
    /// The packet at which problems count again after a run's open beginning.
    muted_until: usize,
    /// A frame of the run came out whole.
    is_run_clean: bool,
    decoded_any: bool,
    raw: VecDeque<(usize, Arc<AvFrame>)>,
    ready: VecDeque<DecodedFrame>,
    /// Frames that the decoder does not give.
    absent: BTreeSet<usize>,
    /// The frame that is being decoded to.
    aim: usize,
    last_request: usize,
    /// The request before the last one lay behind it by at most [`WIDE_BACKWARD_STEP`].
    went_back: bool,
    is_backward: bool,
    decoded_frames: u64,
    deinterlacer: Option<Deinterlacer>,
    past_report: DecodeReport,
}

impl VideoReader {
    /// Opens a file; `video_stream` counts as in [`crate::MediaInfo::video`], attached pictures
    /// after the others.
    ///
    /// # Errors
    /// The file cannot be opened, or has no such stream, or no decoder for it.
    pub fn open(path: &Path, video_stream: usize, options: ReadOptions) -> Result<Self, MediaError> {
        Self::open_indexed(MediaIndex::scan(path)?, video_stream, options)
    }

    /// The same with an index at hand.
    ///
    /// # Errors
    /// As [`Self::open`]; also when the stream has not one frame.
    pub fn open_indexed(index: Arc<MediaIndex>, video_stream: usize, options: ReadOptions) -> Result<Self, MediaError> {
        let path = index.info.path.clone();
        let video = index.video.get(video_stream).ok_or_else(|| MediaError::NoStream {
            path: path.clone(),
            kind: "video",
            index: video_stream,
            count: index.video.len(),
        })?;
        if video.frames.is_empty() {
            let reason = "it holds no frames".into();
            return Err(MediaError::NothingDecoded { path, kind: "video", index: video_stream, reason });
        }
        let (input, decoder) = open_stream(&path, video.stream, options.threads)?;
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
            run_key: 0,
            newest: None,
            sent_all: false,
            muted_until: 0,
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
            past_report: DecodeReport::default(),
            index,
        })
    }

    /// The index it reads by.
    pub fn index(&self) -> &Arc<MediaIndex> {
        &self.index
    }

    /// Frames in the stream.
    pub fn frame_count(&self) -> usize {
        self.video().frames.len()
    }

    /// Frames that the decoder has given so far: what the requests have cost.
    pub fn decoded_frames(&self) -> u64 {
        self.decoded_frames
    }

    /// What went wrong so far.
    pub fn report(&self) -> DecodeReport {
        let mut r = self.decoder.report();
        r.add(&self.past_report);
        r.missing_frames = self.absent.len() as u64;
        r
    }

    /// The frame shown at `t`; before the first frame the first, after the last the last.
    ///
    /// # Errors
    /// The stream gives no frames at all, the source is stuck, or its frames have a layout that is
    /// not supported.
    pub fn frame_at(&mut self, t: Time) -> Result<DecodedFrame, MediaError> {
        let i = self.video().frame_at(t).unwrap_or(0);
        self.frame(i)
    }

    /// Frame number `i`, in presentation order; numbers past the end give the last frame.
    ///
    /// # Errors
    /// As [`Self::frame_at`].
    pub fn frame(&mut self, i: usize) -> Result<DecodedFrame, MediaError> {
        let i = i.min(self.frame_count() - 1);
        if let Some(f) = self.ready.iter().find(|f| f.index == i) {
            self.last_request = i;
            return Ok(f.clone());
        }
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
        &self.index.video[self.number]
    }

    /// The frame as decoded. One that the decoder does not give is replaced by the one before it,
    /// or the first that exists.
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
            if let Reached::AvFrame(f) = self.decode_to(wanted)? {
                return Ok(f);
            }
            // Perhaps the run began too late for this frame (a keyframe that is none, gradual
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
                if let Reached::AvFrame(f) = self.decode_to(wanted)? {
                    return Ok(f);
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

    /// Packets to decode when going on from here; `None` when that does not lead to frame `i`, or a
    /// seek is cheaper.
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
            match self.decoder.receive() {
                Output::AvFrame(f) => {
                    self.decoded_frames += 1;
                    let video = &self.index.video[self.number];
                    let from = usize::try_from(f.get().pts).ok().and_then(|n| video.packets.get(n));
                    // Leading pictures of the run's keyframe lean on what was not decoded.
                    let key = &video.packets[self.run_key];
                    let Some(n) =
                        from.filter(|p| p.frame != u32::MAX && (self.run_key == 0 || p.pts >= key.pts)).map(|p| p.frame as usize)
                    else {
                        continue;
                    };
                    // After a jump into gradual refresh, frames are marked until the whole picture
                    // has been refreshed.
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
        let f = frame.get();
        // Three bytes a pixel stand for the usual formats; the limit need not be exact.
        let bytes = (f.width.max(1) as usize) * (f.height.max(1) as usize) * 3;
        let max = if self.is_backward { (self.options.window_bytes / bytes).clamp(FORWARD_WINDOW, 600) } else { FORWARD_WINDOW };
        self.raw.retain(|(k, _)| *k != n);
        while self.raw.len() >= max {
            self.raw.pop_front();
        }
        self.raw.push_back((n, frame));
    }

    /// Sends the next packet of the stream, or the end.
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
                // The second field of a frame has no number of its own and shares the lot of the
                // first.
                if let Some(p) = self.video().packets.get(ordinal).filter(|p| p.frame != u32::MAX) {
                    let skip = !self.is_backward && p.frame as usize + WHOLE_BEFORE < self.aim;
                    self.decoder.skip_unreferenced(skip);
                }
                self.decoder.send(Some((&mut self.packet, ordinal as i64)));
                return Ok(());
            }
        }
    }

    /// Reads up to the next packet of this stream; `false` at the end.
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
        let packets = &self.video().packets;
        let leads = key > 0 && packets.get(key + 1).is_some_and(|p| p.pts < packets[key].pts);
        // Reference marking of the skipped group is missed up to the second keyframe.
        let next_key = (key + 1..packets.len()).filter(|&n| packets[n].key).nth(1).unwrap_or(usize::MAX);
        self.muted_until = if leads { next_key } else { 0 };
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
                // Landed too late: aim earlier.
                match self.video().keyframe_at_or_before(at.saturating_sub(1)) {
                    Some(earlier) if earlier > 0 => at = earlier,
                    _ => break,
                }
            }
        }
        self.restart()
    }

    /// After a jump of the demuxer: the ordinal of the packet it gives, if that is at or before
    /// `key`.
    fn locate(&mut self, key: usize) -> Result<Option<usize>, MediaError> {
        for _ in 0..64 {
            if !self.read_own()? {
                return Ok(None);
            }
            let p = self.packet.get();
            let (pts, dts, pos, size) = (p.pts, p.dts, p.pos, p.size);
            let same = |q: &crate::video_index::VideoPacket| {
                let same_place = if pos >= 0 && q.pos >= 0 { q.pos == pos && q.has_stamp(pts, dts) } else { q.has_pts(pts) };
                // Stream formats begin after a seek with whatever is left of a cut packet.
                same_place && q.size == size
            };
            let packets = &self.video().packets;
            // Nearest to where we want to be: an edit list may show the same packet twice.
            if let Some(n) = packets[..=key].iter().rposition(same) {
                return Ok(Some(n));
            }
            if packets[key..].iter().any(same) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Opens the file again and starts at its first packet; packets before the run's key are
    /// skipped.
    fn restart(&mut self) -> Result<(), MediaError> {
        let key_is_late = self.run_key > 0;
        if self.next_packet == 0 && !self.sent_all && !self.has_pending {
            self.decoder.mute(key_is_late);
            return Ok(());
        }
        let stream = self.video().stream;
        // The plain way back to the start, where it works.
        let first = self.video().packets[0];
        let stamp = if first.dts == NO_TIMESTAMP { first.pts } else { first.dts.min(first.pts) };
        let is_joined = self.video().is_joined;
        let is_back = if is_joined { self.input.seek_byte(first.pos) } else { self.input.seek(stream, stamp) };
        if is_back && self.locate(0)? == Some(0) {
            self.decoder.flush();
            self.decoder.mute(key_is_late);
            self.has_pending = true;
        } else {
            self.past_report = self.report();
            (self.input, self.decoder) = open_stream(&self.path, stream, self.options.threads)?;
            self.decoder.mute(key_is_late);
            self.has_pending = false;
        }
        self.sent_all = false;
        self.next_packet = 0;
        Ok(())
    }

    fn deinterlaced(&mut self, i: usize, raw: Arc<AvFrame>) -> Result<Arc<AvFrame>, MediaError> {
        let before = if i > 0 { Some(self.raw(i - 1)?) } else { None };
        // Asked before the one after it, which moves the decoder on.
        let after = if i + 1 < self.frame_count() { Some(self.raw(i + 1)?) } else { None };
        let mut deinterlacer =
            self.deinterlacer.take().unwrap_or_else(|| Deinterlacer::new(self.options.deinterlace, self.options.field_order));
        let result = deinterlacer.frame(i, before.as_deref(), &raw, after.as_deref());
        self.deinterlacer = Some(deinterlacer);
        result.map(Arc::new)
    }
}

// The index entry of ffmpeg's "no timestamp" must stay what the demuxer uses.
const _: () = assert!(NO_TIMESTAMP == ffi::AV_NOPTS_VALUE);

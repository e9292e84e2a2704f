//! The index of a video stream: its packets in decoding order (to find keyframes and the packet
//! that a frame comes from) and its frames in presentation order with their intervals. Readers pass
//! packets to the decoder with their ordinal in this index as the label, so that timestamps are
//! only interpreted in this module.
//!
//! Timestamps of coarse containers (1 ms in Matroska, 1/90000 s in MPEG-TS) are rounded. If all
//! timestamps of a stream match a constant rate to within one tick, the exact times of that rate
//! are used, so that frame n of a 23.976 fps file begins at n·1001/24000 s and not at the nearest
//! millisecond.
use crate::{
    avi_slots,
    bitstream::{FieldParser, has_further_layer, is_hidden_reference, is_skipped_leading, nal_length_bytes},
    coded::{SetsFrom, Watch},
    edit_list,
    error::MediaError,
    input::{AvPacket, Input, NO_TIMESTAMP, ticks_to_time},
    mp4_tables::Track,
    ogg_end,
    video_packet::VideoPacket,
};
use cutroom_types::{CancelToken, FLICKS_PER_SECOND, FrameRate, Span, Time, TimeDelta};
use ffmpeg_next::ffi::{self, AVRational};
use serde::{Deserialize, Serialize};

/// Packets behind the first group of pictures that are decoded to judge it: more than decoders hold
/// back.
const PACKETS_AFTER_GROUP: usize = 20;

/// A frame that is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FrameEntry {
    /// Start of its presentation interval in source time.
    pub start: Time,
    /// Ordinal of the packet that it is coded in.
    pub packet: u32,
}

/// The index of a video stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VideoIndex {
    /// Index among all streams of the file.
    pub stream: usize,
    /// Packets in decoding order.
    pub packets: Vec<VideoPacket>,
    /// Frames in presentation order.
    pub frames: Vec<FrameEntry>,
    /// End of the last frame in source time.
    pub end: Time,
    /// Whether all frames are equally long.
    pub is_constant_rate: bool,
    /// The first keyframe packet, where decoding of the stream begins.
    pub first_key: usize,
    /// Whether pictures at the beginning are hidden, because they refer to missing ones.
    pub begins_late: bool,
    /// Whether to seek by presentation instead of decoding timestamps (Matroska).
    pub seek_by_pts: bool,
    /// Whether the clock restarts, so that a timestamp may occur several times. Packets are then
    /// found by byte position.
    pub is_joined: bool,
    /// Whether the stream is a still image, which is shown at every time.
    pub is_still: bool,
    /// Parameter sets of H.264 and H.265 and where they change; for other codecs one without sets.
    pub sets: Vec<SetsFrom>,
    /// Whether pictures of further layers (alpha, the view of another eye) are among its packets.
    pub has_layers: bool,
    /// Length of a tick of its timestamps.
    pub tick: TimeDelta,
}

impl VideoIndex {
    /// The frame whose interval contains `t`; the first frame before the start, the last one after
    /// the end. `None` without frames.
    pub fn frame_at(&self, t: Time) -> Option<usize> {
        let after = self.frames.partition_point(|f| f.start <= t);
        (!self.frames.is_empty()).then(|| after.saturating_sub(1))
    }

    /// Usual length of a frame: the mean of those that differ from the median by at most a
    /// millisecond, which averages out a container's rounding and leaves out skipped frames. `None`
    /// without frames, or when most are empty.
    pub fn usual_frame(&self) -> Option<TimeDelta> {
        let mut lengths: Vec<TimeDelta> = (0..self.frames.len()).map(|i| self.span(i).duration).collect();
        let middle = lengths.len() / 2;
        let median = *(!lengths.is_empty()).then(|| lengths.select_nth_unstable(middle).1)?;
        let near = lengths.iter().filter(|l| (**l - median).0.abs() <= FLICKS_PER_SECOND / 1000);
        let (sum, count) = near.fold((0, 0), |(sum, count), l| (sum + i128::from(l.0), count + 1));
        let usual = TimeDelta(i64::try_from((2 * sum + count) / (2 * count)).ok()?);
        (median > TimeDelta::ZERO).then_some(usual)
    }

    /// Presentation interval of frame `i`.
    pub fn span(&self, i: usize) -> Span {
        let end = self.frames.get(i + 1).map_or(self.end, |f| f.start);
        Span::new(self.frames[i].start, end.max(self.frames[i].start))
    }

    /// The keyframe packet from which frame `i` is decoded correctly: the last one at or before its
    /// packet. A frame shown before that keyframe (open GOP) refers to the group before, so the
    /// keyframe before that one is returned.
    pub fn keyframe_for(&self, i: usize) -> usize {
        let packet = self.frames[i].packet as usize;
        let Some(key) = self.keyframe_at_or_before(packet) else { return 0 };
        let shown_before_key = key != packet && self.packets[packet].pts < self.packets[key].pts;
        if shown_before_key && key > 0 { self.keyframe_at_or_before(key - 1).unwrap_or(0) } else { key }
    }

    /// The packet from which problems are counted again when decoding begins at keyframe packet
    /// `key`: 0 for at once. In an open group, or one whose beginning is missing, reference marking
    /// is missed, so problems are not counted up to the second keyframe after it.
    pub fn muted_until(&self, key: usize) -> usize {
        let packets = &self.packets;
        let is_open = key > 0 && packets.get(key + 1).is_some_and(|p| p.pts < packets[key].pts);
        let lacks_start = self.begins_late && key <= self.first_key;
        if is_open || lacks_start { (key + 1..packets.len()).filter(|&n| packets[n].key).nth(1).unwrap_or(usize::MAX) } else { 0 }
    }

    /// The last keyframe packet at or before `packet`.
    pub fn keyframe_at_or_before(&self, packet: usize) -> Option<usize> {
        self.packets[..=packet].iter().rposition(|p| p.key)
    }
}

/// Data gathered while the file is read.
pub(crate) struct VideoScan {
    stream: usize,
    attached: bool,
    codec: ffi::AVCodecID,
    fields: Option<FieldParser>,
    /// HEVC: number of bytes of the length before each NAL unit; 0 where start codes separate them.
    nal_length_bytes: usize,
    /// HEVC: whether there are further layers than the base layer.
    has_layers: bool,
    watch: Watch,
    packets: Vec<VideoPacket>,
    /// Where parts of the file begin: (packet, part).
    parts: Vec<(usize, usize)>,
    /// Checked where the stream must be decoded.
    cancel: CancelToken,
}

impl VideoScan {
    /// Starts the scan of stream `i`.
    pub fn new(input: &Input, i: usize, cancel: &CancelToken) -> Self {
        // SAFETY: the stream is valid.
        let (attached, codec) = unsafe {
            let s = input.stream(i);
            ((*s).disposition & ffi::AV_DISPOSITION_ATTACHED_PIC != 0, (*(*s).codecpar).codec_id)
        };
        // Only stream formats store the fields of a frame in separate packets.
        let separate_fields = codec == ffi::AVCodecID::AV_CODEC_ID_H264 && !input.format_name().starts_with("mov");
        Self {
            stream: i,
            attached,
            codec,
            fields: separate_fields.then(|| FieldParser::new(input, i)).flatten(),
            nal_length_bytes: nal_length_bytes(input, i),
            has_layers: false,
            watch: Watch::new(input, i),
            packets: Vec::new(),
            parts: Vec::new(),
            cancel: cancel.clone(),
        }
    }

    /// Whether the stream is an attached picture, such as a cover.
    pub fn is_attached(&self) -> bool {
        self.attached
    }

    /// Adds a packet of part `part` of the file.
    pub fn add(&mut self, packet: &AvPacket, part: usize) {
        let p = packet.get();
        if self.parts.last().map_or(0, |p| p.1) != part {
            self.parts.push((self.packets.len(), part));
        }
        let second_field = self.fields.as_mut().is_some_and(|f| f.is_second_field(packet));
        let is_hevc = self.codec == ffi::AVCodecID::AV_CODEC_ID_HEVC;
        if is_hevc && self.packets.is_empty() {
            self.has_layers = has_further_layer(packet.data(), self.nal_length_bytes);
        }
        let discarded = p.flags & ffi::AV_PKT_FLAG_DISCARD != 0;
        let entry = self.watch.see(packet, self.packets.len());
        self.packets.push(VideoPacket {
            pts: p.pts,
            dts: p.dts,
            shift: 0,
            mend: 0,
            duration: p.duration.max(0),
            pos: p.pos,
            size: p.size,
            key: p.flags & ffi::AV_PKT_FLAG_KEY != 0 && !second_field,
            hidden: discarded || is_hidden_reference(self.codec, packet.data()),
            discarded,
            second_field,
            leans_back: is_hevc && is_skipped_leading(packet.data(), self.nal_length_bytes),
            entry,
            frame: u32::MAX,
        });
    }

    /// Completes the index. `shifts`: ticks to add to the timestamps of each part of the file.
    /// `tracks`: the tables of an MP4 or MOV.
    pub fn finish(
        mut self,
        input: &Input,
        shifts: &[i64],
        tracks: &[Track],
        warnings: &mut Vec<String>,
    ) -> Result<VideoIndex, MediaError> {
        for (n, &(first, part)) in self.parts.iter().enumerate() {
            let end = self.parts.get(n + 1).map_or(self.packets.len(), |p| p.0);
            for p in &mut self.packets[first..end] {
                p.shift = shifts[part];
                for t in [&mut p.pts, &mut p.dts] {
                    *t = if *t == NO_TIMESTAMP { *t } else { *t + shifts[part] };
                }
            }
        }
        if self.has_layers {
            let what = "it has a further layer (alpha, or the view of another eye), which is not read";
            warnings.push(format!("stream {}: {what}", self.stream));
        }
        let tb = input.time_base(self.stream);
        let rates = rates_of(input, self.stream);
        self.complete_timestamps(input, tb, &rates, warnings)?;
        let shown_until = self.follow_edits(input, tracks, warnings).or_else(|| self.repeats_until(input));
        let begins_late = self.hide_damaged_start(input, tb, warnings)?;
        let mut order: Vec<u32> = (0..self.packets.len() as u32)
            .filter(|&n| !self.packets[n as usize].hidden && !self.packets[n as usize].second_field)
            .collect();
        order.sort_by_key(|&n| (self.packets[n as usize].pts, n));
        let pts: Vec<i64> = order.iter().map(|&n| self.packets[n as usize].pts).collect();
        let last_duration = match (shown_until, pts.last()) {
            (Some(end), Some(&last)) if end > last => ticks_to_time(end, tb) - ticks_to_time(last, tb),
            _ => self.last_duration(&order, tb, &rates),
        };
        let (starts, end, is_constant_rate) = exact_times(&pts, last_duration, tb, &rates);
        let frames: Vec<FrameEntry> = order.iter().zip(starts).map(|(&packet, start)| FrameEntry { start, packet }).collect();
        for (i, f) in frames.iter().enumerate() {
            self.packets[f.packet as usize].frame = i as u32;
        }
        for n in 1..self.packets.len() {
            if self.packets[n].second_field {
                self.packets[n].frame = self.packets[n - 1].frame;
            }
        }
        // A stream without any keyframe flag starts at its first packet.
        let first_key = self.packets.iter().position(|p| p.key).unwrap_or(0);
        if let Some(first) = self.packets.get_mut(first_key) {
            first.key = true;
        }
        let seek_by_pts = input.format_name().starts_with("matroska");
        Ok(VideoIndex {
            stream: self.stream,
            packets: self.packets,
            frames,
            end,
            is_constant_rate,
            first_key,
            begins_late,
            seek_by_pts,
            is_joined: shifts.len() > 1,
            is_still: false,
            has_layers: self.has_layers || self.watch.has_layers,
            sets: self.watch.finish(),
            tick: ticks_to_time(1, tb).since_zero(),
        })
    }

    /// Mends times by the file's own tables. Returns the time up to which the last frame is shown,
    /// ticks, where that is later than the container says elsewhere.
    fn follow_edits(&mut self, input: &Input, tracks: &[Track], warnings: &mut Vec<String>) -> Option<i64> {
        let tb = input.time_base(self.stream);
        // SAFETY: the stream is valid.
        let id = unsafe { (*input.stream(self.stream)).id };
        let is_own = |t: &&Track| i64::from(t.id) == i64::from(id) && tb.num == 1 && i64::from(tb.den) == i64::from(t.timescale);
        let mut own = tracks.iter().filter(is_own);
        let track = own.next().filter(|_| own.next().is_none() && !self.attached)?;
        let mended = edit_list::mend(&mut self.packets, track);
        warnings.extend(mended.warning.map(|w| format!("stream {}: {w}", self.stream)));
        mended.end
    }

    /// The end of a Theora stream that repeats its last frame, ticks.
    fn repeats_until(&self, input: &Input) -> Option<i64> {
        let is_theora = |i: usize| {
            // SAFETY: the stream and its parameters are valid.
            unsafe { (*(*input.stream(i)).codecpar).codec_id == ffi::AVCodecID::AV_CODEC_ID_THEORA }
        };
        if self.codec != ffi::AVCodecID::AV_CODEC_ID_THEORA || input.format_name() != "ogg" {
            return None;
        }
        let end = ogg_end::theora_frames(input.path(), (0..self.stream).filter(|&i| is_theora(i)).count())?;
        let last = self.packets.iter().filter(|p| !p.hidden).max_by_key(|p| p.pts)?;
        (end > last.pts + last.duration).then_some(end)
    }

    /// Hides what decoders do not output at the beginning of an HEVC stream: everything before the
    /// first keyframe, and its leading pictures that may refer to pictures before it (RASL, H.265
    /// §8.1.3).
    fn hide_undecodable(&mut self) {
        if self.codec != ffi::AVCodecID::AV_CODEC_ID_HEVC {
            return;
        }
        let Some(first_key) = self.packets.iter().position(|p| p.key) else { return };
        let of_first =
            self.packets.iter().skip(first_key + 1).position(|p| p.key).map_or(self.packets.len(), |n| n + first_key + 1);
        for (n, p) in self.packets[..of_first].iter_mut().enumerate() {
            p.hidden |= n < first_key || p.leans_back;
        }
    }

    /// Hides the pictures at the beginning of a stream that begins inside a group of pictures (a
    /// recording that joined a broadcast, a cut transport stream) and cannot be decoded whole:
    /// those before the first one that decodes without damage. Returns whether there are any.
    fn hide_damaged_start(&mut self, input: &Input, tb: AVRational, warnings: &mut Vec<String>) -> Result<bool, MediaError> {
        let is_shown = |p: &&VideoPacket| !p.hidden && !p.second_field;
        let shown = |packets: &[VideoPacket]| {
            packets.iter().filter(is_shown).map(|p| p.pts).min().zip(Some(packets.iter().filter(is_shown).count()))
        };
        let before = shown(&self.packets);
        self.hide_undecodable();
        let Some(first_key) = self.packets.iter().position(|p| p.key).filter(|_| !self.attached) else { return Ok(false) };
        let pts = self.packets[first_key].pts;
        let next_key = self.packets[first_key + 1..].iter().position(|p| p.key);
        let group = next_key.map_or(self.packets.len(), |n| n + first_key + 1);
        if self.packets[..group].iter().enumerate().any(|(n, p)| is_shown(&p) && (n < first_key || p.pts < pts)) {
            let count = self.packets.len().min(group + PACKETS_AFTER_GROUP);
            let whole = crate::stream::whole_from_start(input.path(), self.stream, count, &self.cancel)?;
            let from = whole.iter().filter_map(|&n| self.packets.get(n as usize)).filter(is_shown).map(|p| p.pts).min();
            for p in &mut self.packets[..group] {
                p.hidden |= p.pts < from.unwrap_or(pts);
            }
        }
        let (Some((first, count)), Some((from, rest))) = (before, shown(&self.packets)) else { return Ok(false) };
        if count > rest {
            let secs = (ticks_to_time(from, tb) - ticks_to_time(first, tb)).as_secs_f64();
            let what = if count - rest == 1 { "picture".to_owned() } else { format!("{} pictures", count - rest) };
            warnings.push(format!(
                "stream {}: it begins inside a group of pictures; the first {what} ({secs:.3} s) cannot be decoded whole and will not be \
                 shown",
                self.stream
            ));
        }
        Ok(count > rest)
    }

    /// Gives every packet a presentation timestamp.
    fn complete_timestamps(
        &mut self,
        input: &Input,
        tb: AVRational,
        rates: &[FrameRate],
        warnings: &mut Vec<String>,
    ) -> Result<(), MediaError> {
        // SAFETY: the stream is valid.
        let delay = unsafe { (*(*input.stream(self.stream)).codecpar).video_delay }.max(0) as usize;
        if delay > 0 && input.format_name() == "avi" {
            let order = crate::stream::order_by_decoding(input.path(), self.stream, &self.cancel)?;
            self.place_in_slots(&order, delay);
        }
        let missing = self.packets.iter().filter(|p| p.pts == NO_TIMESTAMP && !p.hidden && !p.second_field).count();
        if missing == 0 {
            return Ok(());
        }
        let tick = |n: i64| {
            let rate = rates.first().copied().unwrap_or(FrameRate::new(25, 1).expect("25 fps is a rate"));
            let t = i128::from(n) * i128::from(rate.den()) * i128::from(tb.den);
            let d = i128::from(rate.num()) * i128::from(tb.num);
            ((2 * t + d).div_euclid(2 * d)) as i64
        };
        if delay > 0 {
            // Only the decoder knows the order.
            warnings.push(format!(
                "stream {}: {missing} timestamps are missing; they are placed between the others, in the order found by decoding",
                self.stream
            ));
            let order = crate::stream::order_by_decoding(input.path(), self.stream, &self.cancel)?;
            self.fill_in(&order, tick);
        } else {
            warnings.push(format!("stream {}: {missing} timestamps are missing; they continue at the nominal rate", self.stream));
            let mut next = 0;
            for p in &mut self.packets {
                if p.pts == NO_TIMESTAMP {
                    p.pts = if p.dts == NO_TIMESTAMP { next } else { p.dts };
                }
                next = p.pts + if p.duration > 0 { p.duration } else { tick(1).max(1) };
            }
        }
        Ok(())
    }

    /// Gives every packet of an AVI the time of its frame, see [`avi_slots`]. Packets that the
    /// decoder does not output are hidden: placeholders after two frames in one packet, and what
    /// precedes the first keyframe.
    fn place_in_slots(&mut self, order: &[u32], delay: usize) {
        let slots: Vec<i64> = self.packets.iter().map(|p| p.dts).collect();
        if slots.windows(2).any(|w| w[1] <= w[0]) || slots.first() == Some(&NO_TIMESTAMP) {
            return;
        }
        let mut shown: Vec<u32> = order.iter().copied().filter(|&n| (n as usize) < slots.len()).collect();
        shown.dedup();
        for p in &mut self.packets {
            p.hidden = true;
        }
        shown.iter().for_each(|&n| self.packets[n as usize].hidden = false);
        // A packet without a frame has a slot, too.
        for n in (0..slots.len() as u32).filter(|&n| self.packets[n as usize].hidden) {
            let at = shown.iter().position(|&later| later > n).unwrap_or(shown.len());
            shown.insert(at, n);
        }
        for (&packet, pts) in shown.iter().zip(avi_slots::presentation(&slots, &shown, delay)) {
            self.packets[packet as usize].pts = pts;
        }
    }

    /// Gives each packet without a presentation timestamp one that is evenly spaced between those
    /// of its neighbours in `order`, or that continues at the nominal rate before the first or
    /// after the last known one; `tick` returns the ticks of a number of frames at that rate.
    /// Packets that the decoder does not output and that have no timestamp are hidden.
    fn fill_in(&mut self, order: &[u32], tick: impl Fn(i64) -> i64) {
        let second_field = |n: usize| self.packets[n].second_field;
        let mut shown: Vec<usize> = order.iter().map(|&n| n as usize).filter(|&n| n < self.packets.len()).collect();
        shown.iter_mut().for_each(|n| *n -= usize::from(*n > 0 && second_field(*n)));
        shown.dedup();
        let known: Vec<usize> = (0..shown.len()).filter(|&k| self.packets[shown[k]].pts != NO_TIMESTAMP).collect();
        let first = self.packets.iter().map(|p| p.dts).find(|&d| d != NO_TIMESTAMP).unwrap_or(0);
        let pts = |k: usize| self.packets[shown[k]].pts;
        let filled = |k: usize| {
            let after = known.partition_point(|&n| n < k);
            match (after.checked_sub(1).map(|n| known[n]), known.get(after).copied()) {
                (Some(a), Some(b)) => {
                    let (way, steps) = (i128::from(pts(b)) - i128::from(pts(a)), (b - a) as i128);
                    pts(a) + ((2 * way * (k - a) as i128 + steps).div_euclid(2 * steps)) as i64
                }
                (Some(a), None) => pts(a) + tick((k - a) as i64),
                (None, Some(b)) => pts(b) - tick((b - k) as i64),
                (None, None) => first + tick(k as i64),
            }
        };
        let missing: Vec<(usize, i64)> =
            (0..shown.len()).filter(|&k| pts(k) == NO_TIMESTAMP).map(|k| (shown[k], filled(k))).collect();
        missing.into_iter().for_each(|(n, pts)| self.packets[n].pts = pts);
        for p in self.packets.iter_mut().filter(|p| p.pts == NO_TIMESTAMP) {
            p.hidden = true;
            p.pts = if p.dts == NO_TIMESTAMP { 0 } else { p.dts };
        }
    }

    /// Duration of the last frame: its packet's duration, else that of the nominal rate, else the
    /// interval before it, else 1/25 s.
    fn last_duration(&self, order: &[u32], tb: AVRational, rates: &[FrameRate]) -> TimeDelta {
        let Some(&last) = order.last() else { return TimeDelta::ZERO };
        let p = &self.packets[last as usize];
        let field_pair = self.packets.get(last as usize + 1).is_some_and(|n| n.second_field);
        let ticks = p.duration * if field_pair { 2 } else { 1 };
        if ticks > 0 {
            return ticks_to_time(ticks, tb).since_zero();
        }
        if let Some(r) = rates.first() {
            return r.frame_duration();
        }
        match order {
            [.., before, _] => ticks_to_time(p.pts - self.packets[*before as usize].pts, tb).since_zero(),
            _ => FrameRate::new(25, 1).map_or(TimeDelta::ZERO, FrameRate::frame_duration),
        }
    }
}

/// Rates that the container or codec states, the more reliable one first.
pub(crate) fn rates_of(input: &Input, i: usize) -> Vec<FrameRate> {
    // SAFETY: the stream is valid.
    let (r, avg) = unsafe { ((*input.stream(i)).r_frame_rate, (*input.stream(i)).avg_frame_rate) };
    [r, avg]
        .into_iter()
        .filter(|q| q.num > 0 && q.den > 0)
        .filter_map(|q| FrameRate::new(q.num as u32, q.den as u32))
        // Time bases such as 90000 fps are not frame rates.
        .filter(|r| r.as_f64() <= 1000.0)
        .collect()
}

/// Starts of all frames, end of the last, and whether the rate is constant.
fn exact_times(pts: &[i64], last: TimeDelta, tb: AVRational, rates: &[FrameRate]) -> (Vec<Time>, Time, bool) {
    let plain: Vec<Time> = pts.iter().map(|&p| ticks_to_time(p, tb)).collect();
    let end_of = |t: &[Time], d: TimeDelta| t.last().map_or(Time::ZERO, |&s| s.saturating_add(d));
    if pts.len() < 2 {
        let end = end_of(&plain, last);
        return (plain, end, true);
    }
    let mean = (plain[plain.len() - 1] - plain[0]).as_secs_f64() / (pts.len() - 1) as f64;
    let usual = [24u32, 25, 30, 48, 50, 60, 120];
    let usual = usual.iter().flat_map(|&n| [FrameRate::new(n * 1000, 1001), FrameRate::new(n, 1)]).flatten();
    // Containers that round timestamps also state rounded rates (19001/317 for 60000/1001): a usual
    // rate that is equally close goes first.
    let stated_as_usual = |u: &FrameRate| rates.iter().any(|r| (u.as_f64() / r.as_f64() - 1.0).abs() < 1e-4);
    let mut candidates: Vec<FrameRate> = usual.clone().filter(stated_as_usual).collect();
    candidates.extend(rates);
    if mean > 0.0 {
        candidates.extend(FrameRate::from_f64(1.0 / mean));
        candidates.extend(usual);
    }
    let tick = ticks_to_time(1, tb).0.max(1);
    for rate in candidates {
        let step = rate.frame_duration().0;
        // The rate must be that of the stream, and coarse ticks must still distinguish frames.
        if ((mean * FLICKS_PER_SECOND as f64) / step as f64 - 1.0).abs() > 0.02 || step < 4 * tick {
            continue;
        }
        let exact = |n: usize| plain[0].saturating_add(rate.time_of_frame(n as i64).since_zero());
        if plain.iter().enumerate().all(|(n, t)| (t.0 - exact(n).0).abs() <= tick + tick / 8) {
            let starts: Vec<Time> = (0..pts.len()).map(exact).collect();
            // The stated duration of the last frame is used unless it is the constant one, rounded.
            let d = if (last.0 - step).abs() <= tick + tick / 8 { exact(pts.len()) - exact(pts.len() - 1) } else { last };
            let end = end_of(&starts, d);
            return (starts, end, true);
        }
    }
    let first_step = plain[1] - plain[0];
    let constant = plain.windows(2).all(|w| ((w[1] - w[0]).0 - first_step.0).abs() <= tick);
    let end = end_of(&plain, last);
    (plain, end, constant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarse_ticks_become_exact_times() {
        let rate = FrameRate::new(24000, 1001).unwrap();
        let pts: Vec<i64> = (0..500).map(|n: i64| (n * 1001 * 1000 + 12000) / 24000).collect();
        let (starts, end, constant) =
            exact_times(&pts, TimeDelta::from_secs_f64(0.042), AVRational { num: 1, den: 1000 }, &[FrameRate::new(24, 1).unwrap()]);
        assert!(constant);
        assert!((0..500).all(|n| starts[n as usize] == rate.time_of_frame(n)));
        assert_eq!(end, rate.time_of_frame(500));
    }

    #[test]
    fn variable_rates_keep_their_times() {
        let pts = [0, 33, 67, 133, 167, 200];
        let tb = AVRational { num: 1, den: 1000 };
        let (starts, _, constant) = exact_times(&pts, TimeDelta::ZERO, tb, &[FrameRate::new(30, 1).unwrap()]);
        assert!(!constant);
        assert_eq!(starts[3], Time::from_ratio_secs(133, 1000));
    }
}

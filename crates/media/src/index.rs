//! The index of a file: every packet once, the frames in presentation order with their intervals, and source time zero.
//!
//! One pass over the file's packets gives for each video stream its packets in decoding order (to find keyframes and to know which packet
//! a frame comes from) and its frames in presentation order. Readers name packets to the decoder by their ordinal here,
//! so timestamps are only ever interpreted in this module.
//!
//! Timestamps of coarse containers (1 ms in Matroska, 1/90000 s in MPEG-TS) are rounded. Where all of a stream's timestamps are a
//! constant rate's to within one tick, the exact times of the rate are used, so that frame n of a 23.976 fps file begins
//! at n·1001/24000 s and not at the nearest millisecond.
use crate::{
    boxes,
    clock::Clock,
    error::MediaError,
    info::MediaInfo,
    input::{Input, NO_TIMESTAMP, Packet, ticks_to_time},
    sound_index::{SoundIndex, SoundScan},
};
use cutroom_types::{FLICKS_PER_SECOND, FrameRate, Span, Time, TimeDelta};
use ffmpeg_next::ffi::{self, AVMediaType, AVRational};
use std::{path::Path, sync::Arc};

/// A packet of a video stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VideoPacket {
    /// Ticks; [`NO_TIMESTAMP`] where the container has none.
    pub pts: i64,
    /// Ticks; as above.
    pub dts: i64,
    /// What was added to both, ticks: see [`crate::clock`].
    pub shift: i64,
    /// Ticks.
    pub duration: i64,
    /// Byte position, or -1.
    pub pos: i64,
    /// Bytes; a packet met after a seek is only taken for this one if it is as large.
    pub size: i32,
    /// Decoding can start here.
    pub key: bool,
    /// Decoded but not presented: an edit list cuts it, or it is a hidden reference.
    pub hidden: bool,
    /// The second field of the frame begun by the packet before.
    pub second_field: bool,
    /// Presentation index of its frame; `u32::MAX` when it has none of its own.
    pub frame: u32,
}

/// A presented frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameEntry {
    /// Source time.
    pub start: Time,
    /// The packet that it is coded in.
    pub packet: u32,
}

/// A video stream.
#[derive(Clone, Debug)]
pub(crate) struct VideoIndex {
    /// Among all streams of the file.
    pub stream: usize,
    /// Decoding order.
    pub packets: Vec<VideoPacket>,
    /// Presentation order.
    pub frames: Vec<FrameEntry>,
    /// End of the last frame.
    pub end: Time,
    /// All frames equally long.
    pub is_constant_rate: bool,
    /// Seek by presentation instead of decoding timestamps (Matroska).
    pub seek_by_pts: bool,
    /// Timestamps name several places: the clock restarts. Packets are found by their bytes.
    pub is_joined: bool,
    /// Valid at every time.
    pub is_still: bool,
}

impl VideoPacket {
    /// Whether the file's own timestamps of the packet are these.
    pub fn has_stamp(&self, pts: i64, dts: i64) -> bool {
        let own = |t: i64| if t == NO_TIMESTAMP { t } else { t - self.shift };
        own(self.pts) == pts || own(self.dts) == dts
    }
    /// Whether the file's own presentation timestamp is this one.
    pub fn has_pts(&self, pts: i64) -> bool {
        pts != NO_TIMESTAMP && self.pts != NO_TIMESTAMP && self.pts - self.shift == pts
    }
}

impl VideoIndex {
    /// The frame whose interval holds `t`; before the first the first, after the last the last. `None` without frames.
    pub fn frame_at(&self, t: Time) -> Option<usize> {
        let after = self.frames.partition_point(|f| f.start <= t);
        (!self.frames.is_empty()).then(|| after.saturating_sub(1))
    }
    /// Presentation interval of frame `i`.
    pub fn span(&self, i: usize) -> Span {
        let end = self.frames.get(i + 1).map_or(self.end, |f| f.start);
        Span::new(self.frames[i].start, end.max(self.frames[i].start))
    }
    /// The keyframe packet from which frame `i` decodes correctly: the last one at or before its packet, but for frames shown before that
    /// keyframe (open GOP), which lean on the group before.
    pub fn keyframe_for(&self, i: usize) -> usize {
        let packet = self.frames[i].packet as usize;
        let Some(key) = self.keyframe_at_or_before(packet) else { return 0 };
        let shown_before_key = key != packet && self.packets[packet].pts < self.packets[key].pts;
        if shown_before_key && key > 0 { self.keyframe_at_or_before(key - 1).unwrap_or(0) } else { key }
    }
    /// The last keyframe packet at or before `packet`.
    pub fn keyframe_at_or_before(&self, packet: usize) -> Option<usize> {
        self.packets[..=packet].iter().rposition(|p| p.key)
    }
}

/// Everything known about a file after one pass.
#[derive(Clone, Debug)]
pub struct MediaIndex {
    pub(crate) info: MediaInfo,
    pub(crate) video: Vec<VideoIndex>,
    pub(crate) audio: Vec<SoundIndex>,
}

impl MediaIndex {
    /// Reads every packet of the file once. Decodes nothing but the first packets of each sound stream.
    ///
    /// # Errors
    /// The file is missing, unreadable, not media, or stuck.
    pub fn scan(path: &Path) -> Result<Arc<Self>, MediaError> {
        Self::scan_until(path, &|| false)
    }

    /// As [`Self::scan`]; `stop` is asked first and at every packet.
    ///
    /// # Errors
    /// [`MediaError::Stopped`] once `stop` says so.
    pub fn scan_until(path: &Path, stop: &dyn Fn() -> bool) -> Result<Arc<Self>, MediaError> {
        if stop() {
            return Err(MediaError::Stopped { path: path.to_owned() });
        }
        let mut input = Input::open(path)?;
        let mut warnings = Vec::new();
        let mut scans: Vec<StreamScan> = (0..input.stream_count()).map(|i| StreamScan::new(&input, i)).collect();
        let mut clock = Clock::new(&input);
        let mut packet = Packet::new();
        let mut problem = None;
        while input.read(&mut packet, &mut problem)? {
            if stop() {
                return Err(MediaError::Stopped { path: path.to_owned() });
            }
            // Streams may appear while reading (MPEG-PS).
            while scans.len() < input.stream_count() {
                scans.push(StreamScan::new(&input, scans.len()));
            }
            let Ok(stream) = usize::try_from(packet.get().stream_index) else { continue };
            match scans.get_mut(stream) {
                Some(StreamScan::Video(v)) => v.add(&packet, clock.part(stream, &packet)),
                Some(StreamScan::Audio(a)) => a.add(&packet, clock.part(stream, &packet)),
                _ => {}
            }
        }
        warnings.extend(problem);
        warnings.extend(clock.warning());
        if input.format_name().starts_with("mov") {
            warnings.extend(boxes::defect(path));
        }
        let shifts = clock.shifts();
        let (mut video, mut audio, mut attached) = (Vec::new(), Vec::new(), Vec::new());
        for scan in scans {
            match scan {
                StreamScan::Video(v) if v.attached => attached.push(v.finish(&input, &shifts, &mut warnings)?),
                StreamScan::Video(v) => video.push(v.finish(&input, &shifts, &mut warnings)?),
                StreamScan::Audio(a) => audio.push(a.finish(&input, &shifts, &mut warnings)),
                StreamScan::Other => {}
            }
        }
        // Source time zero is the earliest thing that is presented; all streams shift together.
        let starts = video.iter().filter_map(|v| v.frames.first().map(|f| f.start));
        let zero = starts.chain(audio.iter().filter_map(SoundIndex::start)).min().unwrap_or_default();
        for v in &mut video {
            for f in &mut v.frames {
                f.start = f.start - zero.since_zero();
            }
            v.end = v.end - zero.since_zero();
        }
        for a in &mut audio {
            a.set_zero(zero);
        }
        let videos = video.len();
        video.append(&mut attached);
        let info = crate::probe::describe(&input, zero, &mut video, videos, &audio, warnings)?;
        Ok(Arc::new(Self { info, video, audio }))
    }
    /// What `probe` tells.
    pub fn info(&self) -> &MediaInfo {
        &self.info
    }
    /// Presentation intervals of a video stream's frames (attached pictures after the others), in order.
    pub fn frame_spans(&self, video_stream: usize) -> impl Iterator<Item = Span> + '_ {
        self.video.get(video_stream).into_iter().flat_map(|v| (0..v.frames.len()).map(|i| v.span(i)))
    }
}

/// Describes a file: streams, sizes, tags, exact durations and frame counts.
///
/// # Errors
/// As [`MediaIndex::scan`].
pub fn probe(path: &Path) -> Result<MediaInfo, MediaError> {
    Ok(MediaIndex::scan(path)?.info.clone())
}

enum StreamScan {
    Video(VideoScan),
    Audio(SoundScan),
    Other,
}

impl StreamScan {
    fn new(input: &Input, i: usize) -> Self {
        match input.kind(i) {
            AVMediaType::AVMEDIA_TYPE_VIDEO => Self::Video(VideoScan::new(input, i)),
            AVMediaType::AVMEDIA_TYPE_AUDIO => Self::Audio(SoundScan::new(input, i)),
            _ => Self::Other,
        }
    }
}

struct VideoScan {
    stream: usize,
    attached: bool,
    codec: ffi::AVCodecID,
    fields: Option<FieldParser>,
    packets: Vec<VideoPacket>,
    /// Where parts of the file begin: packet, part.
    parts: Vec<(usize, usize)>,
}

impl VideoScan {
    fn new(input: &Input, i: usize) -> Self {
        // SAFETY: the stream is valid.
        let (attached, codec) = unsafe {
            let s = input.stream(i);
            ((*s).disposition & ffi::AV_DISPOSITION_ATTACHED_PIC != 0, (*(*s).codecpar).codec_id)
        };
        // Only stream formats carry the fields of a frame in packets of their own.
        let separate_fields = codec == ffi::AVCodecID::AV_CODEC_ID_H264 && !input.format_name().starts_with("mov");
        Self {
            stream: i,
            attached,
            codec,
            fields: separate_fields.then(|| FieldParser::new(input, i)).flatten(),
            packets: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn add(&mut self, packet: &Packet, part: usize) {
        let p = packet.get();
        if self.parts.last().map_or(0, |p| p.1) != part {
            self.parts.push((self.packets.len(), part));
        }
        let second_field = self.fields.as_mut().is_some_and(|f| f.is_second_field(packet));
        let hidden = p.flags & ffi::AV_PKT_FLAG_DISCARD != 0 || is_hidden_reference(self.codec, packet.data());
        self.packets.push(VideoPacket {
            pts: p.pts,
            dts: p.dts,
            shift: 0,
            duration: p.duration.max(0),
            pos: p.pos,
            size: p.size,
            key: p.flags & ffi::AV_PKT_FLAG_KEY != 0 && !second_field,
            hidden,
            second_field,
            frame: u32::MAX,
        });
    }

    fn finish(mut self, input: &Input, shifts: &[i64], warnings: &mut Vec<String>) -> Result<VideoIndex, MediaError> {
        for (n, &(first, part)) in self.parts.iter().enumerate() {
            let end = self.parts.get(n + 1).map_or(self.packets.len(), |p| p.0);
            for p in &mut self.packets[first..end] {
                p.shift = shifts[part];
                for t in [&mut p.pts, &mut p.dts] {
                    *t = if *t == NO_TIMESTAMP { *t } else { *t + shifts[part] };
                }
            }
        }
        let tb = input.time_base(self.stream);
        let rates = rates_of(input, self.stream);
        self.complete_timestamps(input, tb, &rates, warnings)?;
        // Leading pictures of a stream that begins with an HEVC open GOP are never output (H.265 §8.1.3, RASL).
        if self.codec == ffi::AVCodecID::AV_CODEC_ID_HEVC
            && let Some(first_key) = self.packets.iter().position(|p| p.key)
        {
            let key_pts = self.packets[first_key].pts;
            let next_key =
                self.packets.iter().skip(first_key + 1).position(|p| p.key).map_or(self.packets.len(), |n| n + first_key + 1);
            for (n, p) in self.packets[..next_key].iter_mut().enumerate() {
                p.hidden |= n < first_key || p.pts < key_pts;
            }
        }
        let mut order: Vec<u32> = (0..self.packets.len() as u32)
            .filter(|&n| !self.packets[n as usize].hidden && !self.packets[n as usize].second_field)
            .collect();
        order.sort_by_key(|&n| (self.packets[n as usize].pts, n));
        let pts: Vec<i64> = order.iter().map(|&n| self.packets[n as usize].pts).collect();
        let last_duration = self.last_duration(&order, tb, &rates);
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
        // A stream that claims no keyframe at all starts at its first packet.
        if let Some(first) = self.packets.first_mut() {
            first.key = true;
        }
        let seek_by_pts = input.format_name().starts_with("matroska");
        Ok(VideoIndex {
            stream: self.stream,
            packets: self.packets,
            frames,
            end,
            is_constant_rate,
            seek_by_pts,
            is_joined: shifts.len() > 1,
            is_still: false,
        })
    }

    /// Gives every packet a presentation timestamp.
    fn complete_timestamps(
        &mut self,
        input: &Input,
        tb: AVRational,
        rates: &[FrameRate],
        warnings: &mut Vec<String>,
    ) -> Result<(), MediaError> {
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
        // SAFETY: the stream is valid.
        let reorders = unsafe { (*(*input.stream(self.stream)).codecpar).video_delay } > 0;
        if reorders {
            // Only the decoder knows the order.
            warnings.push(format!(
                "stream {}: {missing} timestamps are missing; the order of frames was found by decoding",
                self.stream
            ));
            let order = crate::video::order_by_decoding(input.path(), self.stream)?;
            for p in &mut self.packets {
                p.hidden = true;
            }
            let first = self.packets.iter().map(|p| p.dts).find(|&d| d != NO_TIMESTAMP).unwrap_or(0);
            for (n, packet) in order.into_iter().enumerate() {
                if let Some(p) = self.packets.get_mut(packet as usize) {
                    (p.pts, p.hidden) = (first + tick(n as i64), false);
                }
            }
            for p in &mut self.packets {
                if p.pts == NO_TIMESTAMP {
                    p.pts = if p.dts == NO_TIMESTAMP { 0 } else { p.dts };
                }
            }
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

    /// Length of the last frame: its packet's duration, else the nominal rate's, else the step before it. Ticks, as a fraction of flicks
    /// where the rate is known.
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

/// Rates that the container or codec states, most trusted first.
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
    // Containers that round also state rounded rates (19001/317 for 60000/1001): a usual rate that is as good goes first.
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
        // The rate must be that of the stream, and coarse ticks must still tell frames apart.
        if ((mean * FLICKS_PER_SECOND as f64) / step as f64 - 1.0).abs() > 0.02 || step < 4 * tick {
            continue;
        }
        let exact = |n: usize| plain[0].saturating_add(rate.time_of_frame(n as i64).since_zero());
        if plain.iter().enumerate().all(|(n, t)| (t.0 - exact(n).0).abs() <= tick + tick / 8) {
            let starts: Vec<Time> = (0..pts.len()).map(exact).collect();
            // The stated last duration stands unless it is the constant one, rounded.
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

/// VP8 and VP9 packets that are decoded for reference only (RFC 6386 §9.1; VP9 bitstream specification §6.2).
fn is_hidden_reference(codec: ffi::AVCodecID, data: &[u8]) -> bool {
    let Some(&b) = data.first() else { return false };
    match codec {
        ffi::AVCodecID::AV_CODEC_ID_VP8 => b & 0x10 == 0,
        ffi::AVCodecID::AV_CODEC_ID_VP9 => {
            // A superframe ends with its index marker and holds a shown frame.
            if data.last().is_some_and(|l| l & 0xE0 == 0xC0) {
                return false;
            }
            let bit = |n: u32| b >> (7 - n) & 1;
            let at = if (bit(2), bit(3)) == (1, 1) { 5 } else { 4 };
            let (show_existing, show_frame) = (bit(at), bit(at + 2));
            show_existing == 0 && show_frame == 0
        }
        _ => false,
    }
}

/// Tells second fields from first ones by FFmpeg's parser.
struct FieldParser {
    parser: *mut ffi::AVCodecParserContext,
    context: *mut ffi::AVCodecContext,
    /// Structure of the last first field: 1 top, 2 bottom; 0 for none open.
    open: u32,
}

impl FieldParser {
    fn new(input: &Input, i: usize) -> Option<Self> {
        // SAFETY: the parameters are valid; what is allocated is freed on drop.
        unsafe {
            let par = (*input.stream(i)).codecpar;
            let parser = ffi::av_parser_init((*par).codec_id as i32);
            let context = ffi::avcodec_alloc_context3(ptr_null());
            let this = Self { parser, context, open: 0 };
            if parser.is_null() || context.is_null() || ffi::avcodec_parameters_to_context(context, par) < 0 {
                return None;
            }
            (*parser).flags |= ffi::PARSER_FLAG_COMPLETE_FRAMES;
            Some(this)
        }
    }
    fn is_second_field(&mut self, packet: &Packet) -> bool {
        let data = packet.data();
        if data.is_empty() {
            return false;
        }
        // SAFETY: parser and context are valid; packets are padded as parsers require.
        let structure = unsafe {
            let (mut out, mut size) = (std::ptr::null_mut(), 0);
            ffi::av_parser_parse2(
                self.parser,
                self.context,
                &mut out,
                &mut size,
                data.as_ptr(),
                data.len() as i32,
                ffi::AV_NOPTS_VALUE,
                ffi::AV_NOPTS_VALUE,
                -1,
            );
            std::ptr::addr_of!((*self.parser).picture_structure).cast::<u32>().read()
        };
        let second = self.open != 0 && structure == 3 - self.open;
        self.open = if !second && (structure == 1 || structure == 2) { structure } else { 0 };
        second
    }
}

fn ptr_null() -> *const ffi::AVCodec {
    std::ptr::null()
}

impl Drop for FieldParser {
    fn drop(&mut self) {
        // SAFETY: owned; both calls accept null.
        unsafe {
            ffi::av_parser_close(self.parser);
            ffi::avcodec_free_context(&mut self.context);
        }
    }
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

    #[test]
    fn hidden_references() {
        use ffi::AVCodecID::{AV_CODEC_ID_VP8, AV_CODEC_ID_VP9};
        assert!(is_hidden_reference(AV_CODEC_ID_VP8, &[0x01, 0, 0]) && !is_hidden_reference(AV_CODEC_ID_VP8, &[0x10, 0, 0]));
        // 10 00 0 1 0 0: profile 0, inter frame, not shown.
        assert!(is_hidden_reference(AV_CODEC_ID_VP9, &[0b1000_0100, 0]));
        assert!(!is_hidden_reference(AV_CODEC_ID_VP9, &[0b1000_0110, 0]));
        assert!(!is_hidden_reference(AV_CODEC_ID_VP9, &[0b1000_1000]), "shows an existing frame");
    }
}

//! A stream whose packets may be copied, and what of a span of its frames can be.
use super::Reason;
use crate::coded::{
    Entry, h264,
    sets::{self, Coding},
    units::Framing,
};
use crate::{
    index::{MediaIndex, Tables},
    info::{ScanOrder, VideoInfo},
    input::Input,
    video_index::VideoIndex,
};
use cutroom_types::FrameRate;
use std::{fmt, ops::Range, sync::Arc};

/// Frames of codecs that refer to other frames below which copying is not worth a seam, at which all
/// references end.
const FEWEST_FRAMES: usize = 8;

/// A video stream whose packets may be copied into a film of some rate.
pub struct CopySource {
    pub(super) index: Arc<MediaIndex>,
    pub(super) tables: Arc<Tables>,
    pub(super) number: usize,
    pub(super) coding: Coding,
    pub(super) framing: Framing,
    pub(super) rate: FrameRate,
    /// Packets between which the parameter sets are `sets`.
    pub(super) described: Range<usize>,
    /// Parameter sets of H.264 and H.265.
    pub(super) sets: Vec<Vec<u8>>,
    /// Messages (SEI) of H.265 that the container has for the whole stream.
    pub(super) messages: Vec<Vec<u8>>,
    /// FFmpeg's number of the profile.
    pub(super) profile: i32,
    /// Frames by which decoders delay, as FFmpeg found it.
    pub(super) delay: usize,
}

impl fmt::Debug for CopySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopySource").field("path", &self.index.info().path).field("coding", &self.coding).finish_non_exhaustive()
    }
}

/// How a span of frames is put into the film: `encode_before`, `copy` and `encode_after` are all
/// frames of the span, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySpan {
    /// Frames before the first picture at which a decoder can begin.
    pub encode_before: Range<usize>,
    /// Frames whose packets are copied.
    pub copy: Range<usize>,
    /// Frames behind them. A long rest may hold another stretch to copy, where packets that must not
    /// be copied are in between.
    pub encode_after: Range<usize>,
    /// The packets, in decoding order; those that lean on what is before the first one are left out.
    pub(super) packets: Range<usize>,
}

impl CopySource {
    /// A stream of a file, counted as in [`crate::MediaInfo::video`], for a film of a constant rate.
    ///
    /// # Errors
    /// Why nothing of the stream can be copied, whatever the film is like.
    pub fn open(index: &Arc<MediaIndex>, video_stream: usize, rate: FrameRate) -> Result<Self, Reason> {
        let (info, tables) = (index.info(), index.tables()?);
        let video = tables.video.get(video_stream).filter(|v| !v.is_still && !v.packets.is_empty() && index.row.is_none());
        let (Some(video), Some(described)) = (video, info.video.get(video_stream)) else { return Err(Reason::NoStream) };
        let input = Input::open(&info.path)?;
        if video.stream >= input.stream_count() || input.film().is_some() {
            return Err(Reason::Codec { codec: described.codec.clone() });
        }
        // SAFETY: the stream and its parameters are valid.
        let (id, profile, delay) = unsafe {
            let par = &*(*input.stream(video.stream)).codecpar;
            (par.codec_id, par.profile, par.video_delay.max(0) as usize)
        };
        let coding = Coding::of(id).ok_or_else(|| Reason::Codec { codec: described.codec.clone() })?;
        let is_woven = matches!(described.scan_order, ScanOrder::TopFirst | ScanOrder::BottomFirst);
        if is_woven || video.packets.iter().any(|p| p.second_field) {
            return Err(Reason::Interlaced);
        }
        if video.has_layers || described.alpha && coding == Coding::H265 {
            return Err(Reason::Layers);
        }
        let extra = sets::extradata(&input, video.stream);
        let messages = match sets::framing(coding, extra) {
            Framing::Lengths(_) if coding == Coding::H265 => {
                sets::of_hevc_record(extra).into_iter().filter(|u| !coding.is_set(u) && !coding.is_picture(u)).collect()
            }
            _ => Vec::new(),
        };
        let (packets, sets) = main_sets(video);
        if coding.has_units() && sets::record(coding, &sets, &messages).is_none() {
            return Err(Reason::Undescribed);
        }
        let may_be_woven = match coding {
            Coding::H264 => sets.iter().filter_map(|u| h264::sps(u)).any(|s| !s.has_frames_only),
            // general_interlaced_source_flag.
            Coding::H265 => sets.iter().filter_map(|u| crate::coded::h265::sps(u)).any(|s| s.profile_tier_level[5] & 0x40 != 0),
            _ => false,
        };
        if may_be_woven {
            return Err(Reason::Interlaced);
        }
        let framing = sets::framing(coding, extra);
        Ok(Self {
            index: Arc::clone(index),
            number: video_stream,
            coding,
            framing,
            rate,
            described: packets,
            sets,
            messages,
            profile,
            delay,
            tables,
        })
    }

    /// Id of the codec, as a row of [`crate::write::video_codecs`].
    pub fn codec(&self) -> &'static str {
        self.coding.written_as()
    }

    pub(super) fn video(&self) -> &VideoIndex {
        &self.tables.video[self.number]
    }

    pub(super) fn info(&self) -> &VideoInfo {
        &self.index.info().video[self.number]
    }

    /// How frames that the film shows one after the other, one in each of its frames, are put into
    /// it. The longest stretch of packets that shows nothing else is copied.
    ///
    /// # Errors
    /// Why none of them, or too few, can be copied.
    pub fn copy_span(&self, frames: Range<usize>) -> Result<CopySpan, Reason> {
        let video = self.video();
        let frames = frames.start..frames.end.min(video.frames.len());
        if frames.is_empty() {
            return Err(Reason::TooShort { frames: 0 });
        }
        self.check_steps(&frames)?;
        let (mut best, mut at) = (None::<CopySpan>, 0);
        let length = |s: &Option<CopySpan>| s.as_ref().map_or(0, |s| s.copy.len());
        let mut obstacle = None;
        let (first, last) = self.packets_of(&frames);
        while let Some(start) = (at.max(first)..=last).find(|&n| self.is_start(n)) {
            let run = self.run_from(start, &frames, &mut obstacle);
            at = run.as_ref().map_or(start, |r| r.packets.end.max(start + 1) - 1) + 1;
            if length(&run) > length(&best) {
                best = run;
            }
        }
        let fewest = if self.is_intra() { 1 } else { FEWEST_FRAMES };
        match best {
            Some(best) if best.copy.len() >= fewest => Ok(best),
            Some(best) => Err(obstacle.unwrap_or(Reason::TooShort { frames: best.copy.len() })),
            None => Err(self.why_none(&frames, first..last + 1).or(obstacle).unwrap_or({
                let (first, last) = (frames.start, frames.end - 1);
                Reason::NoEntry { first, last }
            })),
        }
    }

    /// Whether every picture is coded by itself.
    pub(super) fn is_intra(&self) -> bool {
        !self.coding.has_units() || self.video().packets.iter().all(|p| p.entry == Entry::Clean)
    }

    fn is_start(&self, packet: usize) -> bool {
        let p = &self.video().packets[packet];
        self.described.contains(&packet) && !p.hidden && matches!(p.entry, Entry::Clean | Entry::Open)
    }

    /// First and last packet of the frames.
    fn packets_of(&self, frames: &Range<usize>) -> (usize, usize) {
        let of = self.video().frames[frames.clone()].iter().map(|f| f.packet as usize);
        (of.clone().min().unwrap_or(0), of.max().unwrap_or(0))
    }

    /// Frames must be as far apart as those of the film, to within the container's rounding.
    fn check_steps(&self, frames: &Range<usize>) -> Result<(), Reason> {
        let video = self.video();
        let slack = video.tick.0 + video.tick.0 / 8;
        let first = video.frames[frames.start].start;
        let late = |n: usize| (video.frames[n].start - first).0 - self.rate.time_of_frame((n - frames.start) as i64).0;
        match frames.clone().find(|&n| late(n).abs() > slack) {
            Some(frame) => {
                let late_ms = cutroom_types::TimeDelta(late(frame)).as_secs_f64() * 1000.0;
                Err(Reason::VariableRate { frame, late_ms, rate: self.rate })
            }
            None => Ok(()),
        }
    }

    /// The longest run of packets from `start` on that shows frames of `frames` only and none of
    /// theirs is missing in between.
    fn run_from(&self, start: usize, frames: &Range<usize>, obstacle: &mut Option<Reason>) -> Option<CopySpan> {
        let packets = &self.video().packets;
        let own = packets[start].frame as usize;
        let (mut low, mut high, mut count, mut best) = (usize::MAX, 0, 0, None);
        let mut leads = packets[start].entry == Entry::Open;
        for (n, p) in packets.iter().enumerate().take(self.described.end).skip(start) {
            leads &= n == start || p.entry == Entry::No;
            if leads && p.leans_back {
                continue;
            }
            let frame = p.frame as usize;
            if p.hidden || p.entry == Entry::Barrier {
                let frame = own.max(high);
                let why = if p.hidden { Reason::Hidden { frame } } else { Reason::Damaged { frame } };
                obstacle.get_or_insert(why);
                break;
            }
            if !frames.contains(&frame) {
                break;
            }
            (low, high, count) = (low.min(frame), high.max(frame), count + 1);
            if high - low + 1 == count {
                best = Some((low..high + 1, n + 1));
            }
        }
        let (copy, end) = best?;
        Some(CopySpan { encode_before: frames.start..copy.start, encode_after: copy.end..frames.end, copy, packets: start..end })
    }

    fn why_none(&self, frames: &Range<usize>, packets: Range<usize>) -> Option<Reason> {
        if !packets.clone().any(|n| self.described.contains(&n)) {
            return Some(Reason::ChangedSets { frame: frames.start });
        }
        let bad = self.video().packets[packets].iter().find(|p| p.hidden || p.entry == Entry::Barrier)?;
        let frame = frames.start;
        Some(if bad.hidden { Reason::Hidden { frame } } else { Reason::Damaged { frame } })
    }
}

/// The parameter sets that are in force for most frames, and the packets for which they are.
fn main_sets(video: &VideoIndex) -> (Range<usize>, Vec<Vec<u8>>) {
    let end = |n: usize| video.sets.get(n + 1).map_or(video.packets.len(), |s| s.packet as usize);
    let ranges = video.sets.iter().enumerate().map(|(n, s)| (s.packet as usize..end(n), &s.sets));
    // Of equally long ones the first.
    let longest = ranges.rev().max_by_key(|(r, _)| video.packets[r.clone()].iter().filter(|p| !p.hidden).count());
    longest.map_or((0..0, Vec::new()), |(range, sets)| (range, sets.clone()))
}

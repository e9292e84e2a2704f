//! Gives the packets of a span as they are in the file.
use super::{CodedPacket, CopySource, CopySpan};
use crate::coded::{
    Entry,
    sets::Coding,
    units::{Framing, LENGTH_BYTES, push_unit, units},
};
use crate::coded::{h264, h265};
use crate::{
    error::MediaError,
    input::{AvPacket, Input, NO_TIMESTAMP},
    video_index::VideoIndex,
};

/// Packets that are looked at after a seek to find out where it led.
const LOOKED_AT: usize = 64;
/// Seeks to ever earlier key frames, before the file is read from its beginning.
const SEEKS: usize = 3;

impl CopySource {
    /// Reads the packets of a span from [`Self::copy_span`] in decoding order and hands each to
    /// `sink`: its picture's number counted from the first copied frame, and its bytes as they are in
    /// the file, but for two things: units of H.264 and H.265 that are not stored after lengths of four
    /// bytes are put in that form, without parameter sets and delimiters, which the container holds or
    /// implies; and if the first picture is of type CRA, the type in the headers of its units says
    /// that it is cut from what is before it (BLA).
    ///
    /// # Errors
    /// The file cannot be read, or is not the one that was indexed; what `sink` returns.
    pub fn packets(
        &self,
        span: &CopySpan,
        sink: &mut dyn FnMut(CodedPacket<'_>) -> Result<(), MediaError>,
    ) -> Result<(), MediaError> {
        let video = self.video();
        let path = &self.index.info().path;
        let mut packet = AvPacket::new();
        let (mut input, mut at) = position(path, video, span.packets.start, &mut packet)?;
        let (mut problem, mut stored) = (None, Vec::new());
        let mut leads = video.packets[span.packets.start].entry == Entry::Open;
        loop {
            let known = &video.packets[at];
            if packet.get().size != known.size {
                let reason = "its packets are not those that were found when it was opened; open it again".into();
                return Err(MediaError::Unreadable { path: path.clone(), reason });
            }
            if at >= span.packets.start {
                leads &= at == span.packets.start || known.entry == Entry::No;
                if !(leads && known.leans_back) {
                    let pts = i64::from(known.frame) - span.copy.start as i64;
                    let data = self.framed(packet.data(), &mut stored);
                    if at == span.packets.start && leads {
                        let mut cut = data.to_vec();
                        h265::mark_as_cut(&mut cut, pts > 0);
                        sink(CodedPacket { pts, key: known.key, data: &cut })?;
                    } else {
                        sink(CodedPacket { pts, key: known.key, data })?;
                    }
                }
            }
            at += 1;
            if at >= span.packets.end {
                return Ok(());
            }
            if !next_of(&mut input, video.stream, &mut packet, &mut problem)? {
                let reason = problem.unwrap_or_else(|| "it ends earlier than when it was opened".into());
                return Err(MediaError::Unreadable { path: path.clone(), reason });
            }
        }
    }

    fn framed<'a>(&self, data: &'a [u8], stored: &'a mut Vec<u8>) -> &'a [u8] {
        if !self.coding.has_units() || self.framing == Framing::Lengths(LENGTH_BYTES) {
            return data;
        }
        stored.clear();
        units(data, self.framing).filter(|u| !is_implied(self.coding, u)).for_each(|u| push_unit(u, stored));
        stored
    }
}

/// Whether the container holds or implies a unit: parameter sets, delimiters of pictures.
pub(super) fn is_implied(coding: Coding, unit: &[u8]) -> bool {
    let delimiter = if coding == Coding::H264 { h264::DELIMITER } else { h265::DELIMITER };
    unit.is_empty() || coding.is_set(unit) || coding.kind(unit) == delimiter
}

/// An input whose last read packet, in `packet`, is that with the returned ordinal, at most `wanted`.
fn position(
    path: &std::path::Path,
    video: &VideoIndex,
    wanted: usize,
    packet: &mut AvPacket,
) -> Result<(Input, usize), MediaError> {
    let mut input = Input::open(path)?;
    input.only(video.stream);
    let mut at = wanted;
    for _ in 0..SEEKS {
        let Some(key) = video.keyframe_at_or_before(at).filter(|key| *key > 0) else { break };
        let p = &video.packets[key];
        let stamp = if video.seek_by_pts || p.dts == NO_TIMESTAMP { p.pts } else { p.dts };
        if !(if video.is_joined { input.seek_byte(p.pos) } else { input.seek(video.stream, stamp) }) {
            break;
        }
        if let Some(found) = locate(&mut input, video, wanted, packet)? {
            return Ok((input, found));
        }
        at = key - 1;
    }
    let mut input = Input::open(path)?;
    input.only(video.stream);
    let mut problem = None;
    if !next_of(&mut input, video.stream, packet, &mut problem)? {
        let reason = problem.unwrap_or_else(|| "it holds no packets any more".into());
        return Err(MediaError::Unreadable { path: path.into(), reason });
    }
    Ok((input, 0))
}

/// Reads on after a seek until a packet is known; `None` if that is not at or before `wanted`.
fn locate(input: &mut Input, video: &VideoIndex, wanted: usize, packet: &mut AvPacket) -> Result<Option<usize>, MediaError> {
    let mut problem = None;
    for _ in 0..LOOKED_AT {
        if !next_of(input, video.stream, packet, &mut problem)? {
            return Ok(None);
        }
        let (pts, dts, pos, size) = (packet.get().pts, packet.get().dts, packet.get().pos, packet.get().size);
        let is_same = |q: &crate::video_packet::VideoPacket| {
            let same_place = if pos >= 0 && q.pos >= 0 { q.pos == pos && q.has_stamp(pts, dts) } else { q.has_pts(pts) };
            same_place && q.size == size
        };
        // The match nearest to the wanted one: an edit list may show a packet twice.
        if let Some(n) = video.packets[..=wanted].iter().rposition(is_same) {
            return Ok(Some(n));
        }
        if video.packets[wanted..].iter().any(is_same) {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Reads the next packet of a stream; `false` at the end.
fn next_of(input: &mut Input, stream: usize, packet: &mut AvPacket, problem: &mut Option<String>) -> Result<bool, MediaError> {
    while input.read(packet, problem)? {
        if packet.get().stream_index as usize == stream {
            return Ok(true);
        }
    }
    Ok(false)
}

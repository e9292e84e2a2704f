//! Decoders of sound that remember: a stream is cut into chapters of packets, and each is decoded
//! by a fresh decoder that was given the packets before it. So a sample is the same whether it was
//! reached by reading on or by a jump, although FFmpeg's decoders of AAC and AC-3 fill what is not
//! coded with noise from a generator that never stops.
use crate::input::AvPacket;
use std::collections::VecDeque;

/// Packets of a chapter: 5.5 s of AAC at 48 kHz. A jump decodes half of them on average, a
/// chapter's start some packets twice.
const CHAPTER_PACKETS: usize = 256;

/// The first packet of the chapter that holds packet `ordinal`.
pub(crate) fn chapter_of(ordinal: usize) -> usize {
    ordinal - ordinal % CHAPTER_PACKETS
}

/// Where the reader is in the chapters of its stream.
#[derive(Default)]
pub(crate) struct Chapters {
    /// First packet of the chapter that the decoder is for.
    current: usize,
    /// The packets given last, with their positions; as many as settle a decoder.
    recent: VecDeque<(AvPacket, i64)>,
    /// Those of them that a fresh decoder has to get yet.
    again: VecDeque<(AvPacket, i64)>,
    /// Position where the next chapter begins, while the decoder gives what it still holds.
    ending: Option<i64>,
}

impl Chapters {
    /// After a jump, with a fresh decoder: as at the beginning of `chapter`.
    pub fn jump(&mut self, chapter: usize) {
        *self = Self { current: chapter, ..Self::default() };
    }

    /// Whether packet `ordinal`, at `position`, is for another decoder; the present one is then to
    /// be emptied.
    pub fn ends_before(&mut self, ordinal: usize, position: i64) -> bool {
        // Packets that only settle the decoder of a chapter come before it.
        let ends = ordinal > self.current && chapter_of(ordinal) == ordinal;
        if ends {
            self.current = ordinal;
            self.ending = Some(position);
        }
        ends
    }

    /// Notes a packet that was given to the decoder; gives one to be used for the next.
    pub fn given(&mut self, packet: AvPacket, position: i64, preroll: usize) -> AvPacket {
        self.recent.push_back((packet, position));
        if self.recent.len() <= preroll { None } else { self.recent.pop_front() }.map_or_else(AvPacket::new, |(packet, _)| packet)
    }

    /// Position from which on nothing of the present decoder counts.
    pub fn end(&self) -> Option<i64> {
        self.ending
    }

    /// The decoder is empty: where the chapter for which a fresh one is needed begins, if it was
    /// emptied for that.
    pub fn begin(&mut self) -> Option<i64> {
        let start = self.ending.take()?;
        self.again = std::mem::take(&mut self.recent);
        Some(start)
    }

    /// The next packet with which a fresh decoder is to be settled.
    pub fn again(&mut self) -> Option<(AvPacket, i64)> {
        self.again.pop_front()
    }
}

//! Reproducible decoding of audio codecs whose decoders keep state: a stream is divided into
//! chapters of packets, and each chapter is decoded by a fresh decoder that first gets the packets
//! before it. A sample is therefore the same whether it was reached by reading on or by a jump,
//! although FFmpeg's decoders of AAC and AC-3 fill uncoded bands with noise from a generator that
//! is never reset.
use crate::input::AvPacket;
use std::collections::VecDeque;

/// Packets of a chapter: 5.5 s of AAC at 48 kHz. A jump decodes half of them on average; at each
/// start of a chapter some packets are decoded twice.
pub(crate) const CHAPTER_PACKETS: usize = 256;

/// Position of a reader in the chapters of its stream.
#[derive(Default)]
pub(crate) struct Chapters {
    /// First packet of the chapter that the current decoder decodes.
    current: usize,
    /// The packets sent last, with their positions; as many as settle a decoder.
    recent: VecDeque<(AvPacket, i64)>,
    /// Those of them that still have to be sent to a fresh decoder.
    again: VecDeque<(AvPacket, i64)>,
    /// Position at which the next chapter begins, while the decoder is being drained.
    ending: Option<i64>,
    /// The next chapter is another stream, whose decoder the packets before it do not settle.
    is_link: bool,
}

impl Chapters {
    /// Resets the state after a jump, with a fresh decoder, to the beginning of `chapter`.
    pub fn jump(&mut self, chapter: usize) {
        *self = Self { current: chapter, ..Self::default() };
    }

    /// Whether packet `ordinal` begins a chapter of another decoder; the current one must then be
    /// drained. `start`: the position at which the chapter begins, if it is the first of one.
    /// `is_link`: the chapter is another stream.
    pub fn ends_before(&mut self, ordinal: usize, start: Option<i64>, is_link: bool) -> bool {
        // Packets that only settle the decoder of a chapter are before its first packet.
        let ends = ordinal > self.current && start.is_some();
        if ends {
            (self.current, self.ending, self.is_link) = (ordinal, start, is_link);
        }
        ends
    }

    /// Records a packet that was sent to the decoder; returns a packet whose memory can be used for
    /// the next one.
    pub fn given(&mut self, packet: AvPacket, position: i64, preroll: usize) -> AvPacket {
        self.recent.push_back((packet, position));
        if self.recent.len() <= preroll { None } else { self.recent.pop_front() }.map_or_else(AvPacket::new, |(packet, _)| packet)
    }

    /// First packet of the chapter that the current decoder decodes, or of the next one while it is
    /// drained.
    pub fn current(&self) -> usize {
        self.current
    }

    /// Position from which on the output of the current decoder is not used.
    pub fn end(&self) -> Option<i64> {
        self.ending
    }

    /// Called when the decoder is drained. If that was done for a new chapter, returns the position
    /// at which it begins and whether it is another stream. A fresh decoder is needed, or, for
    /// another stream, a flushed one.
    pub fn begin(&mut self) -> Option<(i64, bool)> {
        let start = self.ending.take()?;
        self.again = std::mem::take(&mut self.recent);
        let is_link = std::mem::take(&mut self.is_link);
        if is_link {
            self.again.clear();
        }
        Some((start, is_link))
    }

    /// The next packet to settle a fresh decoder with.
    pub fn again(&mut self) -> Option<(AvPacket, i64)> {
        self.again.pop_front()
    }
}

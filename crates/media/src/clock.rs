//! Clocks that restart within a file: MPEG streams concatenated by appending one file to another,
//! as recorders and `cat` do.
//!
//! Each packet is assigned to a part while the file is read. A stream enters the next part when its
//! decoding time steps back (or ahead by hours, which is the result of FFmpeg's correction of the
//! 33-bit wrap on a step back), or when its byte position is after the one at which another stream
//! entered that part. Afterwards each part is shifted, by the same amount in all streams, to begin
//! where the part before ends.
use crate::input::{AvPacket, Input, NO_TIMESTAMP};

/// Ticks per second of MPEG systems (ISO/IEC 13818-1 §2.4.2).
const TICKS: i64 = 90_000;
/// A step back in decoding time by more than this is a restart; by less it is a disorder of one
/// stream. Ticks.
const BACK: i64 = TICKS / 2;
/// A step ahead by more than this, half the range of the 33-bit counter, is a restart, too. Ticks.
const AHEAD: i64 = 1 << 32;

/// The parts of a file.
pub(crate) struct Clock {
    /// Whether the container is an MPEG stream; in others a header determines how parts follow.
    is_watched: bool,
    streams: Vec<StreamClock>,
    /// Byte positions at which parts 1, 2 … first occur.
    joins: Vec<i64>,
}

#[derive(Default)]
struct StreamClock {
    part: usize,
    last_dts: Option<i64>,
    /// Presented range of each part, ticks: (part, from, to).
    runs: Vec<(usize, i64, i64)>,
}

impl Clock {
    pub fn new(input: &Input) -> Self {
        Self { is_watched: ["mpegts", "mpeg"].contains(&input.format_name().as_str()), streams: Vec::new(), joins: Vec::new() }
    }

    /// The part that a packet of a video or audio stream belongs to.
    pub fn part(&mut self, stream: usize, packet: &AvPacket) -> usize {
        if !self.is_watched {
            return 0;
        }
        if self.streams.len() <= stream {
            self.streams.resize_with(stream + 1, StreamClock::default);
        }
        let (s, p) = (&mut self.streams[stream], packet.get());
        let stamp = if p.dts == NO_TIMESTAMP { p.pts } else { p.dts };
        if stamp != NO_TIMESTAMP {
            let steps = s.last_dts.is_some_and(|last| stamp < last - BACK || stamp > last + AHEAD);
            let behind = self.joins.iter().rposition(|&join| join >= 0 && p.pos >= join).map_or(0, |n| n + 1);
            s.part = s.part.max(behind).max(if steps { s.part + 1 } else { 0 });
            if s.part > self.joins.len() {
                self.joins.push(p.pos);
            }
            s.last_dts = Some(stamp);
            let from = if p.pts == NO_TIMESTAMP { stamp } else { p.pts };
            let to = from + p.duration.max(0);
            match s.runs.last_mut() {
                Some((part, start, end)) if *part == s.part => {
                    *start = (*start).min(from);
                    *end = (*end).max(to);
                }
                _ => s.runs.push((s.part, from, to)),
            }
        }
        s.part
    }

    /// Ticks to add to the timestamps of each part, such that none overlaps the part before in any
    /// stream.
    pub fn shifts(&self) -> Vec<i64> {
        let mut shifts = vec![0];
        let mut reached: Vec<Option<i64>> = vec![None; self.streams.len()];
        for part in 0..=self.joins.len() {
            let runs: Vec<(usize, i64, i64)> = (0..self.streams.len())
                .flat_map(|n| self.streams[n].runs.iter().filter(|r| r.0 == part).map(move |r| (n, r.1, r.2)))
                .collect();
            if part > 0 {
                let all = reached.iter().flatten().max().copied().unwrap_or(0);
                let own = runs.iter().filter_map(|&(n, from, _)| Some(reached[n]? - from)).max();
                let first = runs.iter().map(|r| r.1).min().unwrap_or(all);
                shifts.push(own.unwrap_or(all - first));
            }
            for (n, _, to) in runs {
                reached[n] = reached[n].max(Some(to + shifts[part]));
            }
        }
        shifts
    }

    /// The warning for a file with more than one part.
    pub fn warning(&self) -> Option<String> {
        let joins = self.joins.len();
        (joins > 0).then(|| {
            let times = if joins == 1 { "once".to_owned() } else { format!("{joins} times") };
            format!("its clock restarts {times}, as in concatenated recordings; the parts are played one after the other")
        })
    }
}

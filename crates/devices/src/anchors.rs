//! Which frames of a stream are heard or were captured when: written by the callback without
//! waiting, read by everybody else.
//!
//! A ring of slots, each with a sequence number that is odd while the slot is written (a seqlock:
//! H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012; its
//! data are atomics, so a torn read is noticed and never undefined).
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

/// Slots; at the smallest blocks, of 1 ms, about four seconds.
const SLOTS: usize = 4096;

/// A run of frames that follow one another without a break.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Anchor {
    /// Index of the run's first frame in the stream.
    pub frame: u64,
    /// Time at which that frame is heard or was captured.
    pub secs: f64,
    /// Number of frames; 0 while the stream gives silence of its own.
    pub frames: u64,
    /// Length of a frame in seconds.
    pub secs_per_frame: f64,
}

impl Anchor {
    /// Time of a position of the run, or beside it.
    pub fn time_of(&self, frame: f64) -> f64 {
        self.secs + (frame - self.frame as f64) * self.secs_per_frame
    }

    /// Position in the stream at a time, held at the run's ends.
    pub fn frame_at(&self, secs: f64) -> f64 {
        self.frame as f64 + ((secs - self.secs) / self.secs_per_frame).clamp(0.0, self.frames as f64)
    }
}

#[derive(Default)]
struct Slot {
    sequence: AtomicU64,
    values: [AtomicU64; 4],
}

/// The newest runs of a stream.
pub(crate) struct Anchors {
    slots: Vec<Slot>,
    written: AtomicU64,
}

impl Anchors {
    /// No runs yet.
    pub fn new() -> Self {
        Self { slots: (0..SLOTS).map(|_| Slot::default()).collect(), written: AtomicU64::new(0) }
    }

    /// Adds a run. Only one thread may do so.
    pub fn publish(&self, anchor: Anchor) {
        let number = self.written.load(Relaxed);
        let Some(slot) = self.slots.get((number % SLOTS as u64) as usize) else { return };
        slot.sequence.store(2 * number + 1, Relaxed);
        fence(Release);
        let values = [anchor.frame, anchor.secs.to_bits(), anchor.frames, anchor.secs_per_frame.to_bits()];
        for (place, value) in slot.values.iter().zip(values) {
            place.store(value, Relaxed);
        }
        slot.sequence.store(2 * number + 2, Release);
        self.written.store(number + 1, Release);
    }

    /// The run of that number, unless it is overwritten.
    fn get(&self, number: u64) -> Option<Anchor> {
        let slot = self.slots.get((number % SLOTS as u64) as usize)?;
        if slot.sequence.load(Acquire) != 2 * number + 2 {
            return None;
        }
        let [frame, secs, frames, secs_per_frame] = [0, 1, 2, 3].map(|i: usize| slot.values[i].load(Relaxed));
        fence(Acquire);
        (slot.sequence.load(Relaxed) == 2 * number + 2).then(|| Anchor {
            frame,
            secs: f64::from_bits(secs),
            frames,
            secs_per_frame: f64::from_bits(secs_per_frame),
        })
    }

    /// The newest run for which `is_before` holds, or the oldest that is kept; runs are in order.
    fn newest(&self, is_before: impl Fn(&Anchor) -> bool) -> Option<Anchor> {
        let written = self.written.load(Acquire);
        let (mut low, mut high) = (written.saturating_sub(SLOTS as u64), written);
        while low < high {
            let middle = u64::midpoint(low, high);
            // One that is overwritten meanwhile was before.
            if self.get(middle).is_none_or(|anchor| is_before(&anchor)) { low = middle + 1 } else { high = middle }
        }
        let found = low.checked_sub(1).and_then(|number| self.get(number));
        found.or_else(|| (low..(low + 16).min(written)).find_map(|number| self.get(number)))
    }

    /// The run that is heard at a time: the newest that begins by then, or the oldest kept.
    pub fn at(&self, secs: f64) -> Option<Anchor> {
        self.newest(|anchor| anchor.secs <= secs)
    }

    /// The run that contains a frame: the newest that begins at or before it.
    pub fn of_frame(&self, frame: u64) -> Option<Anchor> {
        self.newest(|anchor| anchor.frame <= frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn nth(n: u64) -> Anchor {
        Anchor { frame: n * 100, secs: n as f64, frames: 100, secs_per_frame: 0.01 }
    }

    #[test]
    fn a_time_and_a_frame_find_their_run() {
        let anchors = Anchors::new();
        assert_eq!(anchors.at(1.0), None);
        for n in 0..10_000 {
            anchors.publish(nth(n));
        }
        assert_eq!(anchors.at(9_000.5), Some(nth(9_000)));
        assert_eq!(anchors.of_frame(900_050), Some(nth(9_000)));
        assert_eq!(anchors.at(1e9), Some(nth(9_999)));
        assert_eq!(anchors.at(0.0), Some(nth(10_000 - SLOTS as u64)), "the oldest that is kept");
        assert_eq!(nth(3).frame_at(3.25), 325.0);
        assert_eq!(nth(3).frame_at(9.0), 400.0);
        assert_eq!(nth(3).time_of(350.0), 3.5);
    }

    #[test]
    fn readers_never_see_half_a_run() {
        let anchors = Arc::new(Anchors::new());
        let writer = std::thread::spawn({
            let anchors = anchors.clone();
            move || (0..400_000).for_each(|n| anchors.publish(nth(n)))
        });
        while !writer.is_finished() {
            for anchor in [anchors.at(f64::INFINITY), anchors.at(0.0)].into_iter().flatten() {
                assert_eq!(anchor, nth(anchor.frame / 100));
            }
        }
        writer.join().expect("the writer");
    }
}

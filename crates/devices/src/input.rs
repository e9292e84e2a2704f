//! The callback of an input: puts frames into the ring, counts, and publishes what was captured
//! when. It never allocates, locks, blocks or logs.
use crate::{
    anchors::{Anchor, Anchors},
    timing::{Drift, Loop},
};
use std::sync::{
    Arc,
    atomic::{
        AtomicU64,
        Ordering::{Relaxed, Release},
    },
};

/// Frames that found no room in the ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loss {
    /// Frames that the ring took before them.
    pub after: u64,
    /// How many are missing there.
    pub frames: u64,
}

/// What the callback shares with the recorder's thread.
pub(crate) struct InputShared {
    /// Frames are numbered with those that were lost.
    pub anchors: Anchors,
    pub captured: AtomicU64,
    pub over_runs: AtomicU64,
    pub lost_frames: AtomicU64,
    drift_ppm: AtomicU64,
}

impl InputShared {
    pub fn new() -> Self {
        Self {
            anchors: Anchors::new(),
            captured: AtomicU64::new(0),
            over_runs: AtomicU64::new(0),
            lost_frames: AtomicU64::new(0),
            drift_ppm: AtomicU64::new(f64::NAN.to_bits()),
        }
    }

    pub fn drift_ppm(&self) -> Option<f64> {
        Some(f64::from_bits(self.drift_ppm.load(Relaxed))).filter(|ppm| ppm.is_finite())
    }
}

/// The callback of an input stream. Whatever drives it calls [`take`](Self::take) once per block.
pub struct InputCallback {
    ring: rtrb::Producer<f32>,
    losses: rtrb::Producer<Loss>,
    shared: Arc<InputShared>,
    channels: usize,
    stored: u64,
    captured: u64,
    /// Lost frames that are not yet told.
    lost: u64,
    smooth: Loop,
    drift: Drift,
}

impl InputCallback {
    pub(crate) fn new(
        ring: rtrb::Producer<f32>,
        losses: rtrb::Producer<Loss>,
        shared: Arc<InputShared>,
        channels: usize,
        rate_hz: u32,
    ) -> Self {
        let (smooth, drift) = (Loop::new(rate_hz), Drift::new(rate_hz));
        Self { ring, losses, shared, channels, stored: 0, captured: 0, lost: 0, smooth, drift }
    }

    /// Number of interleaved channels that [`take`](Self::take) expects.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Takes a block of interleaved samples whose first frame was captured at `captured_secs` (see
    /// [`now_secs`](crate::now_secs)).
    pub fn take(&mut self, samples: &[f32], captured_secs: f64) {
        let frames = samples.len() / self.channels;
        let (secs, gap) = self.smooth.block(captured_secs, frames);
        let drift = self.drift.block(captured_secs, frames, gap);
        self.shared.drift_ppm.store(drift.unwrap_or(f64::NAN).to_bits(), Relaxed);
        let secs_per_frame = self.smooth.secs_per_frame();
        self.shared.anchors.publish(Anchor { frame: self.captured, secs, frames: frames as u64, secs_per_frame });
        self.captured += frames as u64;
        if self.lost > 0 && self.losses.push(Loss { after: self.stored, frames: self.lost }).is_ok() {
            self.lost = 0;
        }
        // While a loss is untold, nothing may follow it.
        let room = if self.lost > 0 { 0 } else { frames.min(self.ring.slots() / self.channels) };
        let (kept, over) = samples.split_at(room * self.channels);
        if self.ring.push_entire_slice(kept).is_ok() {
            self.stored += room as u64;
        }
        if !over.is_empty() {
            let over = (frames - room) as u64;
            self.lost += over;
            self.shared.over_runs.fetch_add(1, Relaxed);
            self.shared.lost_frames.fetch_add(over, Relaxed);
        }
        self.shared.captured.store(self.captured, Release);
    }
}

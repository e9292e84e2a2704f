//! The callback of an output: takes frames from the ring, ramps the gain, counts, and publishes
//! what is heard when. It never allocates, locks, blocks or logs, whatever the other side does.
//!
//! Frames of the ring are numbered from the opening of the stream. The feeder tells the callback by
//! atomics of [`OutputShared`] whether to run, up to which frame to throw away what it holds (a
//! seek), and at which frame the sound ends; each becomes a ramp of [`RAMP_SECS`] instead of a
//! click.
use crate::{
    anchors::{Anchor, Anchors},
    timing::{Drift, Loop},
};
use std::sync::{
    Arc,
    atomic::{
        AtomicBool, AtomicU32, AtomicU64,
        Ordering::{Acquire, Relaxed, Release},
    },
};

/// Length of the ramps at start, stop, seek, under-run and changes of volume.
pub const RAMP_SECS: f64 = 0.005;
/// No end is known.
pub(crate) const NO_END: u64 = u64::MAX;

/// What the callback shares with the feeder and with readers of the clock.
pub(crate) struct OutputShared {
    pub rate_hz: u32,
    pub anchors: Anchors,
    /// Whether the transport runs.
    pub run: AtomicBool,
    /// Frames before this one are not to be played any more.
    pub discard_before: AtomicU64,
    /// The frame after the last one, or [`NO_END`].
    pub end_at: AtomicU64,
    /// Linear gain, bits of an `f32`.
    pub volume: AtomicU32,
    /// Frames taken from the ring, with those thrown away.
    pub consumed: AtomicU64,
    /// Frames given to the device, with silence.
    pub device_frames: AtomicU64,
    pub under_runs: AtomicU64,
    /// Frames of silence given because of them.
    missed_frames: AtomicU64,
    /// Highest absolute sample since the last look, bits of an `f32`.
    pub peak: AtomicU32,
    /// Parts per million, bits of an `f64`; NaN while unknown.
    drift_ppm: AtomicU64,
    /// Between the callback and hearing its first frame, bits of an `f64`.
    latency_secs: AtomicU64,
}

impl OutputShared {
    pub fn new(rate_hz: u32, volume: f32) -> Self {
        Self {
            rate_hz,
            anchors: Anchors::new(),
            run: AtomicBool::new(false),
            discard_before: AtomicU64::new(0),
            end_at: AtomicU64::new(NO_END),
            volume: AtomicU32::new(volume.to_bits()),
            consumed: AtomicU64::new(0),
            device_frames: AtomicU64::new(0),
            under_runs: AtomicU64::new(0),
            missed_frames: AtomicU64::new(0),
            peak: AtomicU32::new(0),
            drift_ppm: AtomicU64::new(f64::NAN.to_bits()),
            latency_secs: AtomicU64::new(0),
        }
    }

    pub fn drift_ppm(&self) -> Option<f64> {
        Some(f64::from_bits(self.drift_ppm.load(Relaxed))).filter(|ppm| ppm.is_finite())
    }

    pub fn missed_secs(&self) -> f64 {
        self.missed_frames.load(Relaxed) as f64 / f64::from(self.rate_hz)
    }

    pub fn latency_secs(&self) -> f64 {
        f64::from_bits(self.latency_secs.load(Relaxed))
    }
}

/// The callback of an output stream. Whatever drives it calls [`fill`](Self::fill) once per block.
pub struct OutputCallback {
    ring: rtrb::Consumer<f32>,
    shared: Arc<OutputShared>,
    channels: usize,
    /// Frames in the ring from which it starts to play after silence.
    prefill: u64,
    read: u64,
    /// Silent until the ring holds [`prefill`](Self::prefill).
    waiting: bool,
    /// Silent since an under-run.
    dry: bool,
    /// Position in the ramp, 0 (silent) to 1.
    level: f32,
    step: f32,
    volume: f32,
    smooth: Loop,
    drift: Drift,
}

impl OutputCallback {
    pub(crate) fn new(ring: rtrb::Consumer<f32>, shared: Arc<OutputShared>, channels: usize, prefill: usize) -> Self {
        let rate_hz = shared.rate_hz;
        let volume = f32::from_bits(shared.volume.load(Relaxed));
        let step = (1.0 / (RAMP_SECS * f64::from(rate_hz))).min(1.0) as f32;
        let (smooth, drift) = (Loop::new(rate_hz), Drift::new(rate_hz));
        Self {
            ring,
            shared,
            channels,
            prefill: prefill as u64,
            read: 0,
            waiting: true,
            dry: false,
            level: 0.0,
            step,
            volume,
            smooth,
            drift,
        }
    }

    /// Number of interleaved channels that [`fill`](Self::fill) expects.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Fills a block of interleaved samples, called at `now_secs`, whose first frame is heard at
    /// `heard_secs` (see [`now_secs`](crate::now_secs)).
    pub fn fill(&mut self, out: &mut [f32], now_secs: f64, heard_secs: f64) {
        let frames = out.len() / self.channels;
        let (start, gap) = self.smooth.block(heard_secs, frames);
        let drift = self.drift.block(heard_secs, frames, gap);
        self.shared.drift_ppm.store(drift.unwrap_or(f64::NAN).to_bits(), Relaxed);
        self.shared.latency_secs.store((heard_secs - now_secs).to_bits(), Relaxed);
        let mut done = 0;
        // Each turn plays, or changes a state for good; four changes can follow one another.
        for _ in 0..8 {
            let Some(rest) = out.get_mut(done * self.channels..frames * self.channels).filter(|r| !r.is_empty()) else { break };
            let at = start + done as f64 * self.smooth.secs_per_frame();
            match self.piece(rest, at) {
                Piece::Played(count) => done += count,
                Piece::Changed => {}
                Piece::Silent => break,
            }
        }
        if let Some(rest) = out.get_mut(done * self.channels..).filter(|r| !r.is_empty()) {
            rest.fill(0.0);
            if self.dry {
                self.shared.missed_frames.fetch_add((frames - done) as u64, Relaxed);
            }
            self.publish(start + done as f64 * self.smooth.secs_per_frame(), 0);
        }
        let peak = out.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        // Positive floats are ordered as their bits are.
        self.shared.peak.fetch_max(peak.to_bits(), Relaxed);
        self.shared.device_frames.fetch_add(frames as u64, Relaxed);
    }

    fn piece(&mut self, rest: &mut [f32], at: f64) -> Piece {
        let wanted = rest.len() / self.channels;
        let discard = self.shared.discard_before.load(Acquire);
        let running = self.shared.run.load(Acquire);
        let held = self.ring.slots() / self.channels;
        let ramp = (self.level / self.step).ceil() as usize;
        if self.read < discard {
            let old = held.min((discard - self.read) as usize);
            if self.waiting || ramp == 0 || old == 0 {
                self.fall_silent();
                return if old > 0 { self.skip(old) } else { Piece::Silent };
            }
            return self.play(rest, at, wanted.min(ramp).min(old), -self.step);
        }
        let end = self.shared.end_at.load(Acquire);
        let left = usize::try_from(end.saturating_sub(self.read)).unwrap_or(usize::MAX);
        if !running {
            let playable = held.min(left);
            if ramp == 0 || self.waiting || playable == 0 {
                self.fall_silent();
                return Piece::Silent;
            }
            return self.play(rest, at, wanted.min(ramp).min(playable), -self.step);
        }
        if self.waiting {
            if (held as u64) < self.prefill && left > held || left == 0 {
                return Piece::Silent;
            }
            self.waiting = false;
            self.dry = false;
            return Piece::Changed;
        }
        let fade = (1.0 / self.step) as usize;
        if left <= held {
            if left == 0 {
                self.fall_silent();
                return Piece::Silent;
            }
            if left > fade {
                return self.play(rest, at, wanted.min(left - fade), self.step);
            }
            return self.play(rest, at, wanted.min(left), -self.level / left as f32);
        }
        if held >= wanted {
            return self.play(rest, at, wanted, self.step);
        }
        // The feeder is late: fade out over what there is.
        if held == 0 {
            self.fall_silent();
            self.dry = true;
            self.shared.under_runs.fetch_add(1, Relaxed);
            return Piece::Silent;
        }
        if held > fade {
            return self.play(rest, at, held - fade, self.step);
        }
        self.play(rest, at, held, -self.level / held as f32)
    }

    fn fall_silent(&mut self) {
        self.level = 0.0;
        self.waiting = true;
        self.dry = false;
    }

    fn skip(&mut self, frames: usize) -> Piece {
        let Ok(chunk) = self.ring.read_chunk(frames * self.channels) else { return Piece::Silent };
        chunk.commit_all();
        self.advance(frames);
        Piece::Changed
    }

    fn play(&mut self, rest: &mut [f32], at: f64, frames: usize, step: f32) -> Piece {
        let Ok(chunk) = self.ring.read_chunk(frames * self.channels) else { return Piece::Silent };
        let (first, second) = chunk.as_slices();
        let target = f32::from_bits(self.shared.volume.load(Relaxed));
        let sources = first.chunks_exact(self.channels).chain(second.chunks_exact(self.channels));
        for (out, source) in rest.chunks_exact_mut(self.channels).zip(sources) {
            self.volume += (target - self.volume).clamp(-self.step, self.step);
            // Smoothstep: no corner at either end of a ramp.
            let gain = self.volume * self.level * self.level * (3.0 - 2.0 * self.level);
            for (sample, value) in out.iter_mut().zip(source) {
                *sample = value * gain;
            }
            self.level = (self.level + step).clamp(0.0, 1.0);
        }
        chunk.commit_all();
        self.publish(at, frames);
        self.advance(frames);
        Piece::Played(frames)
    }

    fn advance(&mut self, frames: usize) {
        self.read += frames as u64;
        self.shared.consumed.store(self.read, Release);
    }

    fn publish(&self, secs: f64, frames: usize) {
        let secs_per_frame = self.smooth.secs_per_frame();
        self.shared.anchors.publish(Anchor { frame: self.read, secs, frames: frames as u64, secs_per_frame });
    }
}

enum Piece {
    /// That many frames are in the block.
    Played(usize),
    /// Nothing yet; ask again.
    Changed,
    /// The rest of the block is silent.
    Silent,
}

#[cfg(test)]
#[path = "output/tests.rs"]
mod tests;

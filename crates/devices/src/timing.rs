//! When the first sample of each block is heard or was captured, from time stamps that jitter, and
//! how far the device's clock is from nominal.
//!
//! [`Loop`] smooths the stamps: a delay-locked loop of second order (F. Adriaensen, "Using a DLL to
//! filter time", Linux Audio Conference 2005, section 4), so that a device whose clock is off by a
//! constant amount is followed without a constant error. [`Drift`] is the least-squares slope of
//! time over frames.

/// Bandwidth of the loop in Hz in its first seconds, and then.
const BANDWIDTH_HZ: [f64; 2] = [1.0, 0.2];
/// Seconds after which the bandwidth is the lower one.
const SETTLED_SECS: f64 = 3.0;
/// Upper limit of the loop's angular frequency times block length, for stability with long blocks.
const MAX_OMEGA: f64 = 0.5;
/// A stamp that is further than this from the prediction is a gap, not jitter, in seconds.
const GAP_SECS: f64 = 0.02;
/// Blocks after which [`Drift`] forgets exponentially.
const MEMORY_BLOCKS: f64 = 12_000.0;

/// [`Drift`] leaves out so much of a stream's start, while drivers fill their buffers, in seconds.
const START_SECS: f64 = 0.3;
/// A gap within so many seconds starts the measurement anew.
const EARLY_SECS: f64 = 3.0;

/// A delay-locked loop over the blocks of one stream.
pub(crate) struct Loop {
    secs_per_frame: f64,
    block_secs: f64,
    block_frames: f64,
    run_secs: f64,
    started: bool,
}

impl Loop {
    /// A loop for a stream of nominally `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        Self { secs_per_frame: 1.0 / f64::from(rate_hz), block_secs: 0.0, block_frames: 0.0, run_secs: 0.0, started: false }
    }

    /// The smoothed time of a block's first frame and whether the stream had a gap before it, from
    /// its stamp. `frames` is the block's length.
    pub fn block(&mut self, stamp_secs: f64, frames: usize) -> (f64, bool) {
        let expected = self.block_secs + self.block_frames * self.secs_per_frame;
        let error = stamp_secs - expected;
        let previous = self.block_frames;
        self.block_frames = frames as f64;
        let length = previous * self.secs_per_frame;
        if !self.started || error.abs() > GAP_SECS.max(2.0 * length) {
            let gap = self.started;
            self.started = true;
            self.block_secs = stamp_secs;
            return (stamp_secs, gap);
        }
        let bandwidth = BANDWIDTH_HZ[usize::from(self.run_secs > SETTLED_SECS)];
        let omega = (std::f64::consts::TAU * bandwidth * length).min(MAX_OMEGA);
        self.block_secs = expected + std::f64::consts::SQRT_2 * omega * error;
        if previous > 0.0 {
            self.secs_per_frame += omega * omega * error / previous;
        }
        self.run_secs += length;
        (self.block_secs, false)
    }

    /// The smoothed length of a frame.
    pub fn secs_per_frame(&self) -> f64 {
        self.secs_per_frame
    }
}

/// Online least squares of time over frames (B. P. Welford, Technometrics 4, 1962, for the
/// moments).
pub(crate) struct Drift {
    nominal_secs: f64,
    blocks: f64,
    frames: f64,
    offset: f64,
    mean_frames: f64,
    mean_secs: f64,
    variance: f64,
    covariance: f64,
    first_secs: f64,
    /// Seconds of the stream since its start or its last early gap.
    run_secs: f64,
}

impl Drift {
    /// For a stream of nominally `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            nominal_secs: 1.0 / f64::from(rate_hz),
            blocks: 0.0,
            frames: 0.0,
            offset: 0.0,
            mean_frames: 0.0,
            mean_secs: 0.0,
            variance: 0.0,
            covariance: 0.0,
            first_secs: 0.0,
            run_secs: 0.0,
        }
    }

    /// Takes the stamp of a block of `frames` and gives the device's clock against the monotonic
    /// one in parts per million, positive if the device is fast; `None` before there is enough.
    /// After a gap the measurement goes on as if the gap had not been.
    pub fn block(&mut self, stamp_secs: f64, frames: usize, gap: bool) -> Option<f64> {
        if gap && self.run_secs < EARLY_SECS {
            *self = Self { nominal_secs: self.nominal_secs, ..Self::new(1) };
        }
        self.run_secs += frames as f64 * self.nominal_secs;
        if self.run_secs < START_SECS {
            return None;
        }
        if self.blocks == 0.0 {
            self.first_secs = stamp_secs;
        }
        // The rest of the stamp beyond the nominal time, so that sums stay small.
        let mut rest = stamp_secs - self.first_secs - self.frames * self.nominal_secs - self.offset;
        if gap {
            self.offset += rest - self.expected_rest();
            rest = self.expected_rest();
        }
        self.blocks = (self.blocks + 1.0).min(MEMORY_BLOCKS);
        let weight = 1.0 / self.blocks;
        let (frames_off, rest_off) = (self.frames - self.mean_frames, rest - self.mean_secs);
        self.mean_frames += weight * frames_off;
        self.mean_secs += weight * rest_off;
        self.variance += weight * (frames_off * (self.frames - self.mean_frames) - self.variance);
        self.covariance += weight * (frames_off * (rest - self.mean_secs) - self.covariance);
        self.frames += frames as f64;
        (self.blocks > 8.0 && self.variance > 0.0).then(|| {
            let slope = self.covariance / self.variance;
            (self.nominal_secs / (self.nominal_secs + slope) - 1.0) * 1e6
        })
    }

    fn expected_rest(&self) -> f64 {
        let slope = if self.variance > 0.0 { self.covariance / self.variance } else { 0.0 };
        self.mean_secs + slope * (self.frames - self.mean_frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform in ±1, from a linear congruential generator (Knuth, TAOCP 2, 3.3.4).
    fn noise(seed: &mut u64) -> f64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    #[test]
    fn a_loop_follows_a_constant_drift_without_constant_error() {
        for ppm in [-200.0, 0.0, 200.0] {
            for jitter_secs in [0.0, 0.000_5] {
                let (mut smooth, mut seed) = (Loop::new(48_000), 7);
                let frame = 1.0 / (48_000.0 * (1.0 + ppm * 1e-6));
                let (mut worst, mut worst_raw) = (0.0_f64, 0.0_f64);
                for block in 0..6_000 {
                    let exact = 5.0 + f64::from(block) * 240.0 * frame;
                    let stamp = exact + jitter_secs * noise(&mut seed);
                    let (time, gap) = smooth.block(stamp, 240);
                    assert!(!gap);
                    if block > 3_000 {
                        worst = worst.max((time - exact).abs());
                        worst_raw = worst_raw.max((stamp - exact).abs());
                    }
                }
                // The loop's noise bandwidth is a few B, of a spectrum of width 1/(2T): the
                // jitter's deviation falls by about sqrt(2 * 3 B T) = 1/13, the extreme of 3000 to
                // 4 deviations.
                let limit = if jitter_secs == 0.0 { 1e-6 } else { worst_raw / 4.0 };
                assert!(worst < limit, "{ppm} ppm, jitter {jitter_secs}: {worst} of {worst_raw}");
            }
        }
    }

    #[test]
    fn drift_is_measured_through_jitter_and_gaps() {
        for ppm in [-200.0, 0.0, 35.0, 200.0] {
            let (mut drift, mut seed, mut shown) = (Drift::new(48_000), 3, None);
            let frame = 1.0 / (48_000.0 * (1.0 + ppm * 1e-6));
            for block in 0..4_000 {
                let gap = block == 1_500;
                let stalled = if block >= 1_500 { 0.3 } else { 0.0 };
                let stamp = 1.0 + stalled + f64::from(block) * 240.0 * frame + 0.000_5 * noise(&mut seed);
                shown = drift.block(stamp, 240, gap);
            }
            // Slope's deviation: jitter's (0.29 ms) * sqrt(12 / 4000) / 20 s = 0.8 ppm; the gap
            // adds one unknown of the size of the extrapolation's error.
            let error = shown.expect("enough blocks") - ppm;
            assert!(error.abs() < 6.0, "{ppm} ppm: off by {error}");
        }
    }
}

//! What compressors, gates and their relatives share: detectors of the level, gain curves, and how
//! a gain follows its target. All channels get the same gain, that of the loudest one, so that the
//! image stays; the low-frequency channel is not listened to.
//!
//! Curves and ballistics follow Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor
//! Design – A Tutorial and Analysis", Journal of the AES 60/6 (2012): the gain is computed and
//! smoothed in decibels, with times that are those of 1 − 1/e of a change.
use super::exponent::{decibels, linear};
use super::level::{TINY, decay};
use super::svf::{BUTTERWORTH, Coefficients, State};
use super::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFormat};

/// One value for each sample of a block.
pub(super) type Values = [f64; BLOCK_SAMPLES];

/// Number of time constants after which a gain has forgotten its past, with some for differences of
/// many decibels.
pub(super) const TIME_CONSTANTS: f64 = 18.0;

/// Frequency up to which the high-pass filter of a detector is off, and from which on it is on.
pub(super) const OFF_HZ: f64 = 20.0;
const ON_HZ: f64 = 25.0;

/// Time constant of the mean square of RMS detectors, in seconds.
pub(super) const RMS_SECS: f64 = 0.01;
/// How long a peak is held, so that the level of low tones does not ripple: half a period of 42 Hz.
const PEAK_HOLD_SECS: f64 = 0.012;
/// Time constant of the fall after that.
const PEAK_FALL_SECS: f64 = 0.005;
/// When a peak of any level is forgotten.
pub(super) const PEAK_SETTLING_SECS: f64 = PEAK_HOLD_SECS + 40.0 * PEAK_FALL_SECS;

/// The largest magnitude of the channels that are listened to: those of the key, or the sound
/// itself.
pub(super) struct Detector {
    format: SoundFormat,
    filters: [State; 8],
    last: Option<(Coefficients, f64)>,
}

fn high_pass(hz: f64, rate_hz: u32) -> (Coefficients, f64) {
    (Coefficients::high_pass(hz, BUTTERWORTH, rate_hz), ((hz - OFF_HZ) / (ON_HZ - OFF_HZ)).clamp(0.0, 1.0))
}

impl Detector {
    pub fn new(format: SoundFormat) -> Self {
        Self { format, filters: [State::default(); 8], last: None }
    }

    /// Returns the magnitudes, after the high-pass filter whose frequency is number `high_pass_hz`.
    pub fn magnitudes(&mut self, block: &SoundBlock<'_>, high_pass_hz: usize) -> Values {
        let rate_hz = self.format.rate_hz;
        let from = self.last.unwrap_or_else(|| high_pass(block.params.number(high_pass_hz), rate_hz));
        let to = if block.params.changed { high_pass(block.params.end(high_pass_hz), rate_hz) } else { from };
        self.last = Some(to);
        let heard = if block.key.is_empty() { &*block.channels } else { block.key };
        if from.1 == 0.0 && to.1 == 0.0 {
            self.filters = [State::default(); 8];
            return magnitudes(heard, self.format);
        }
        let mut largest = [0.0f64; BLOCK_SAMPLES];
        for (channel, filter) in listened(heard, self.format).zip(&mut self.filters) {
            let dry = channel.map(f64::from);
            let mut high = dry;
            filter.moving(&from.0, &to.0, &mut high);
            for (i, (largest, (high, dry))) in largest.iter_mut().zip(high.iter().zip(&dry)).enumerate() {
                let used = super::level::between(from.1, to.1, i);
                *largest = largest.max((dry + used * (high - dry)).abs());
            }
        }
        largest
    }
}

/// The channels that are listened to.
fn listened(channels: &[Channel], format: SoundFormat) -> impl Iterator<Item = &Channel> {
    channels.iter().enumerate().filter(move |(c, _)| Some(*c) != format.lfe()).map(|(_, channel)| channel)
}

/// Returns the largest magnitude of all channels but the low-frequency one.
pub(super) fn magnitudes(channels: &[Channel], format: SoundFormat) -> Values {
    let mut largest = [0.0f32; BLOCK_SAMPLES];
    for channel in listened(channels, format) {
        for (largest, x) in largest.iter_mut().zip(channel) {
            let magnitude = x.abs();
            *largest = if magnitude > *largest { magnitude } else { *largest };
        }
    }
    let mut levels = [0.0; BLOCK_SAMPLES];
    levels.iter_mut().zip(largest).for_each(|(level, largest)| *level = f64::from(largest));
    levels
}

/// A mean square that forgets exponentially.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MeanSquare(f64);

impl MeanSquare {
    /// Replaces magnitudes by their root mean square.
    pub fn process(&mut self, levels: &mut Values, decay: f64) {
        for level in levels {
            let square = *level * *level;
            self.0 = square + (self.0 - square) * decay;
            *level = self.0.max(0.0).sqrt();
        }
        if self.0 < TINY {
            self.0 = 0.0;
        }
    }
}

/// The height of peaks: rises at once, is held, then falls.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeakLevel {
    level: f64,
    held_samples: usize,
    hold_samples: usize,
    fall: f64,
}

impl PeakLevel {
    pub fn new(rate_hz: u32) -> Self {
        let hold_samples = (PEAK_HOLD_SECS * f64::from(rate_hz)) as usize;
        Self { level: 0.0, held_samples: 0, hold_samples, fall: decay(PEAK_FALL_SECS, rate_hz) }
    }

    /// Replaces magnitudes by the height of peaks.
    pub fn process(&mut self, levels: &mut Values) {
        for level in levels {
            if *level >= self.level {
                (self.level, self.held_samples) = (*level, 0);
            } else if self.held_samples < self.hold_samples {
                self.held_samples += 1;
            } else {
                self.level = if self.level < TINY { 0.0 } else { self.level * self.fall };
            }
            *level = self.level;
        }
    }
}

/// Returns how many dB `level_db` is above the threshold, bent within the knee: 0 below the knee,
/// `level − threshold` above it, a parabola in between (Giannoulis et al., equation 4).
#[inline]
pub(super) fn bent(level_db: f64, threshold_db: f64, knee_db: f64) -> f64 {
    let over = level_db - threshold_db;
    if 2.0 * over <= -knee_db {
        0.0
    } else if 2.0 * over < knee_db {
        let inside = over + 0.5 * knee_db;
        inside * inside / (2.0 * knee_db)
    } else {
        over
    }
}

/// A value in dB ≥ 0 that follows a target exponentially.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Follower(pub f64);

impl Follower {
    /// Moves towards `target`; `rise` and `fall` are what is left of the distance after a sample.
    #[inline]
    pub fn step(&mut self, target: f64, rise: f64, fall: f64) -> f64 {
        self.approach(target, rise, fall);
        self.settle();
        self.0
    }

    /// As [`Self::step`], without the limit below which it becomes 0; [`Self::settle`] applies it after
    /// a block.
    #[inline]
    pub fn approach(&mut self, target: f64, rise: f64, fall: f64) -> f64 {
        let left = if target > self.0 { rise } else { fall };
        self.0 = target + (self.0 - target) * left;
        self.0
    }

    /// Values below 10⁻⁹ become 0.
    pub fn settle(&mut self) {
        if self.0 < 1e-9 {
            self.0 = 0.0;
        }
    }
}

/// The factor of a reduction in dB; exactly 1 for 0.
#[inline]
pub(super) fn reduced(reduction_db: f64) -> f64 {
    linear(-(if reduction_db < 6000.0 { reduction_db } else { 6000.0 }))
}

/// Computes what a compressor takes away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve {
    threshold_db: f64,
    knee_db: f64,
    /// 1 / (2·knee); 0 without a knee.
    bend: f64,
    /// Share of what is above the threshold that is taken away.
    slope: f64,
    /// Levels up to this factor are left alone.
    free: f64,
}

impl Curve {
    pub fn new(threshold_db: f64, ratio: f64, knee_db: f64) -> Self {
        let bend = if knee_db > 0.0 { 0.5 / knee_db } else { 0.0 };
        Self { threshold_db, knee_db, bend, slope: 1.0 - 1.0 / ratio, free: linear(threshold_db - 0.5 * knee_db) }
    }

    /// Whether all these levels are left alone.
    pub fn leaves(&self, levels: &Values) -> bool {
        levels.iter().filter(|level| **level > self.free).count() == 0
    }

    /// Reduction in dB for a level as a factor.
    #[inline]
    pub fn reduction_db(&self, level: f64) -> f64 {
        if level <= self.free { 0.0 } else { self.any_reduction_db(level) }
    }

    /// As [`Self::reduction_db`], in the same time for every level: [`bent`] without its cases.
    #[inline]
    pub fn any_reduction_db(&self, level: f64) -> f64 {
        let over = decibels(level) - self.threshold_db;
        let inside = (over + 0.5 * self.knee_db).clamp(0.0, self.knee_db);
        let above = over - 0.5 * self.knee_db;
        let above = if above > 0.0 { above } else { 0.0 };
        (inside * inside * self.bend + above) * self.slope
    }
}

/// An open gate closes when the level has been below the opening threshold for this long, even if
/// it is not below the closing one: otherwise what a gate does would depend on the distant past.
pub(super) const HYSTERESIS_SECS: f64 = 1.0;

/// Opens at one level, and closes when a lower one was not reached for a while.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    open: bool,
    below_opening_samples: usize,
    below_closing_samples: usize,
}

impl Opening {
    /// Whether it is open at this level.
    pub fn step(&mut self, level: f64, opening: f64, closing: f64, hold_samples: usize, most_samples: usize) -> bool {
        if level >= opening {
            *self = Self { open: true, ..Self::default() };
            return true;
        }
        self.below_opening_samples = self.below_opening_samples.saturating_add(1);
        self.below_closing_samples = if level < closing { self.below_closing_samples.saturating_add(1) } else { 0 };
        if self.below_closing_samples > hold_samples || self.below_opening_samples > most_samples + hold_samples {
            self.open = false;
        }
        self.open
    }
}

/// Delays all channels by a whole number of samples.
#[derive(Debug)]
pub(super) struct LookAhead {
    rings: Vec<Vec<f32>>,
    at: usize,
}

impl LookAhead {
    pub fn new(channels: usize, samples: usize) -> Self {
        Self { rings: vec![vec![0.0; samples]; channels], at: 0 }
    }

    /// Exchanges the samples for those of some time ago.
    pub fn process(&mut self, channels: &mut [Channel]) {
        let mut end = self.at;
        for (channel, ring) in channels.iter_mut().zip(&mut self.rings) {
            end = self.at;
            for x in channel {
                let Some(delayed) = ring.get_mut(end) else { return };
                std::mem::swap(x, delayed);
                end = if end + 1 == ring.len() { 0 } else { end + 1 };
            }
        }
        self.at = end;
    }
}

/// The number of samples of a time in milliseconds.
pub(super) fn samples(millis: f64, rate_hz: u32) -> usize {
    (0.001 * millis * f64::from(rate_hz)).round().max(0.0) as usize
}

/// What is left per sample, for a time constant in milliseconds.
pub(super) fn left(millis: f64, rate_hz: u32) -> f64 {
    decay(0.001 * millis, rate_hz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_knee_is_smooth() {
        assert_eq!(bent(-30.0, -20.0, 10.0), 0.0);
        assert_eq!(bent(-10.0, -20.0, 10.0), 10.0);
        // At the threshold an eighth of the knee; continuous at its ends.
        assert!((bent(-20.0, -20.0, 10.0) - 1.25).abs() < 1e-12);
        assert!((bent(-15.0, -20.0, 10.0) - 5.0).abs() < 1e-12);
        assert_eq!(bent(-19.0, -20.0, 0.0), 1.0);
        for knee in [0.0, 10.0] {
            let curve = Curve::new(-20.0, 4.0, knee);
            for n in -400..0 {
                let (level, expected) = (0.1 * f64::from(n), 0.75 * bent(0.1 * f64::from(n), -20.0, knee));
                assert!((curve.reduction_db(linear(level)) - expected).abs() < 1e-9, "{level} dB, knee {knee}");
            }
        }
        assert_eq!(reduced(0.0), 1.0);
    }

    #[test]
    fn look_ahead_delays() {
        let mut delay = LookAhead::new(1, 100);
        let mut sound = Vec::new();
        for block in 0..4 {
            let mut channels = [std::array::from_fn(|i| (block * BLOCK_SAMPLES + i + 1) as f32)];
            delay.process(&mut channels);
            sound.extend(channels[0]);
        }
        assert!(sound[..100].iter().all(|x| *x == 0.0) && sound[100..].iter().enumerate().all(|(i, x)| *x == (i + 1) as f32));
    }
}

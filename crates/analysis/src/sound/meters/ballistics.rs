//! Peak meters: how fast they rise and fall.
use crate::sound::decibels;

/// How a peak meter falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakHoldSettings {
    /// How fast the bar falls, in dB per second.
    pub fall_db_per_sec: f64,
    /// How long the line over the bar stays before it falls, in seconds; ∞ to keep it.
    pub hold_secs: f64,
    /// As many samples in a row at full scale or above count as an overload.
    pub overload_samples: u32,
}

impl Default for PeakHoldSettings {
    /// Falls by 20 dB in 1.7 s, as IEC 60268-18 asks of digital peak meters, and holds for 1.5 s.
    fn default() -> Self {
        Self { fall_db_per_sec: 20.0 / 1.7, hold_secs: 1.5, overload_samples: 3 }
    }
}

/// Sample peak of one channel: a bar that rises at once and falls evenly in dB, a held peak, the
/// maximum, and overloads.
pub struct PeakHold {
    rate_hz: f64,
    settings: PeakHoldSettings,
    bar_db: f64,
    held_db: f64,
    /// Samples since the held peak.
    held_for: f64,
    max: f32,
    in_a_row: u32,
    overloads: u64,
}

impl PeakHold {
    /// For sound with that many samples per second.
    pub fn new(rate_hz: u32, settings: PeakHoldSettings) -> Self {
        let silent = f64::NEG_INFINITY;
        let rate_hz = f64::from(rate_hz.max(1));
        Self { rate_hz, settings, bar_db: silent, held_db: silent, held_for: 0.0, max: 0.0, in_a_row: 0, overloads: 0 }
    }

    /// Adds the next samples.
    pub fn add(&mut self, samples: &[f32]) {
        let mut peak = (0, 0.0f32);
        for (i, x) in samples.iter().map(|x| x.abs()).enumerate() {
            if x >= peak.1 {
                peak = (i, x);
            }
            self.in_a_row = if x >= 1.0 { self.in_a_row.saturating_add(1) } else { 0 };
            self.overloads += u64::from(self.in_a_row == self.settings.overload_samples.max(1));
        }
        self.max = self.max.max(peak.1);
        let level = decibels(f64::from(peak.1));
        // Within a block the bar can only be decided by its peak or by what was before.
        let after = samples.len().saturating_sub(peak.0 + 1) as f64;
        let fall = self.settings.fall_db_per_sec / self.rate_hz;
        self.bar_db = (self.bar_db - fall * samples.len() as f64).max(level - fall * after);
        self.held_for += samples.len() as f64;
        let held_until = self.settings.hold_secs * self.rate_hz;
        let fallen = self.held_db - fall * (self.held_for - held_until).max(0.0);
        if level >= fallen {
            (self.held_db, self.held_for) = (level, after);
        }
    }

    /// The bar, in dBFS; −∞ before any sound.
    pub fn dbfs(&self) -> f64 {
        self.bar_db
    }

    /// The held peak, in dBFS, which falls as the bar does after its time.
    pub fn held_dbfs(&self) -> f64 {
        let late = (self.held_for - self.settings.hold_secs * self.rate_hz).max(0.0);
        (self.held_db - late * self.settings.fall_db_per_sec / self.rate_hz).max(self.bar_db)
    }

    /// The largest peak since the start, in dBFS.
    pub fn max_dbfs(&self) -> f64 {
        decibels(f64::from(self.max))
    }

    /// How often as many samples as set were at full scale in a row.
    pub fn overloads(&self) -> u64 {
        self.overloads
    }
}

/// A kind of peak programme meter of IEC 60268-10 (1991).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PpmType {
    /// Type I (DIN, Nordic): 5 ms of a tone read −2 dB; falls by 20 dB in 1.7 s.
    I,
    /// Type II (BBC, EBU): 10 ms of a tone read −2.5 dB; falls by 24 dB in 2.8 s.
    II,
}

impl PpmType {
    /// All types.
    pub const ALL: [Self; 2] = [Self::I, Self::II];

    /// Rates in 1/s of the two integrators of which the sum is shown. Found by a search for the
    /// readings of bursts in IEC 60268-10: −1, −2, −4 and −15 dB for 10, 5, 3 and
    /// 0.4 ms (type I), −2.5, −4, −9 and −17 dB for 10, 5, 1.5 and 0.5 ms (type II).
    fn rise_per_sec(self) -> [f64; 2] {
        match self {
            Self::I => [400.0, 1_300.0],
            Self::II => [150.0, 950.0],
        }
    }

    fn fall_db_per_sec(self) -> f64 {
        match self {
            Self::I => 20.0 / 1.7,
            Self::II => 24.0 / 2.8,
        }
    }
}

/// A quasi-peak meter of one channel, for display beside meters of studios. It reads 0 dBFS for a
/// steady full-scale sine.
pub struct QuasiPeak {
    rise: [f64; 2],
    fall: f64,
    state: [f64; 2],
    shown: f64,
    /// What a full-scale sine reads without calibration.
    full_scale: f64,
}

impl QuasiPeak {
    /// For sound with that many samples per second.
    pub fn new(rate_hz: u32, kind: PpmType) -> Self {
        let rate = f64::from(rate_hz.max(1));
        let rise = kind.rise_per_sec().map(|r| (r / rate).min(1.0));
        let fall = libm::pow(10.0, -kind.fall_db_per_sec() / 20.0 / rate);
        let mut made = Self { rise, fall, state: [0.0; 2], shown: 0.0, full_scale: 1.0 };
        // It has settled after 0.1 s of the standard's tone of 5 kHz, or of a lower one where the
        // rate asks for it.
        let mut full_scale = f64::MIN_POSITIVE;
        let tone = (5_000.0 / rate).min(0.2);
        for n in 0..(rate / 10.0) as u32 {
            made.step(libm::sin(std::f64::consts::TAU * tone * f64::from(n)).abs());
            full_scale = full_scale.max(made.shown);
        }
        made.full_scale = full_scale;
        (made.state, made.shown) = ([0.0; 2], 0.0);
        made
    }

    fn step(&mut self, x: f64) {
        for (state, rise) in self.state.iter_mut().zip(self.rise) {
            *state *= self.fall;
            if x > *state {
                *state += rise * (x - *state);
            }
        }
        self.shown = self.state.iter().sum();
    }

    /// Adds the next samples; returns the largest reading among them in dBFS.
    pub fn add(&mut self, samples: &[f32]) -> f64 {
        let mut largest = 0.0f64;
        for x in samples {
            self.step(f64::from(x.abs()));
            largest = largest.max(self.shown);
        }
        decibels(largest / self.full_scale)
    }

    /// The reading after the last sample, in dBFS; −∞ before any sound.
    pub fn dbfs(&self) -> f64 {
        decibels(self.shown / self.full_scale)
    }
}

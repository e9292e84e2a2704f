//! Levels of what is recorded, for a meter.

/// Level of one channel over some time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Highest absolute sample; 1 is full scale.
    pub peak: f32,
    /// Root of the mean square; a sine of full scale has √½.
    pub rms: f32,
    /// Samples at or beyond full scale.
    pub overs: u64,
}

/// Sums of one channel since the last look.
#[derive(Clone, Copy, Default)]
pub(crate) struct Meter {
    peak: f32,
    squares: f64,
    samples: u64,
    overs: u64,
}

impl Meter {
    pub fn add(&mut self, samples: &[f32]) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.squares += f64::from(*sample).powi(2);
            self.overs += u64::from(sample.abs() >= 1.0);
        }
        self.samples += samples.len() as u64;
    }

    /// The level since the last call.
    pub fn take(&mut self) -> Level {
        let now = std::mem::take(self);
        let rms = if now.samples == 0 { 0.0 } else { (now.squares / now.samples as f64).sqrt() as f32 };
        Level { peak: now.peak, rms, overs: now.overs }
    }
}

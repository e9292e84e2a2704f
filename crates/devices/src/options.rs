//! Settings of a player.
use crate::DeviceError;

/// Composition samples are taken to be within this of the start: exact as `f64`, and 5950 years at
/// 48 kHz.
pub(crate) const FURTHEST: i64 = 1 << 53;

/// How a player runs.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayerOptions {
    /// Sample rate of the composition in Hz.
    pub rate_hz: u32,
    /// Channels of the composition; the device with as many is preferred.
    pub channels: usize,
    /// Frames per block of the device that are wished for.
    pub block_frames: usize,
    /// Sound that is made ahead of the device, in seconds, 0.01 to 5. A change of speed, of loop or
    /// of the programme is heard so much later; a seek is not.
    pub lead_secs: f64,
    /// How often a lost device is looked for, in seconds; infinite for only when asked.
    pub retry_secs: f64,
    /// Length of a scrub's window in seconds, 0.01 to 1; 0.03 to 0.06 is usual.
    pub scrub_secs: f64,
    /// Composition sample at which it stands at first.
    pub first_sample: i64,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            rate_hz: 48_000,
            channels: 2,
            block_frames: 480,
            lead_secs: 0.1,
            retry_secs: 1.0,
            scrub_secs: 0.045,
            first_sample: 0,
        }
    }
}

impl PlayerOptions {
    /// Whether each setting is in its range.
    pub(crate) fn check(&self) -> Result<(), DeviceError> {
        let setting = |setting, value: String, range| Err(DeviceError::Setting { setting, value, range });
        match self {
            o if !(1_000..=1_536_000).contains(&o.rate_hz) => setting("rate_hz", o.rate_hz.to_string(), "1000 to 1536000 Hz"),
            o if !(1..=64).contains(&o.channels) => setting("channels", o.channels.to_string(), "1 to 64"),
            o if !(8..=65_536).contains(&o.block_frames) => setting("block_frames", o.block_frames.to_string(), "8 to 65536"),
            o if !(0.01..=5.0).contains(&o.lead_secs) => setting("lead_secs", o.lead_secs.to_string(), "0.01 to 5"),
            o if o.retry_secs.is_finite() && !(0.1..=86_400.0).contains(&o.retry_secs) || o.retry_secs.is_nan() => {
                setting("retry_secs", o.retry_secs.to_string(), "0.1 to 86400, or infinite")
            }
            o if o.first_sample.unsigned_abs() > FURTHEST.unsigned_abs() => {
                setting("first_sample", o.first_sample.to_string(), "within 2^53")
            }
            o if !(0.01..=1.0).contains(&o.scrub_secs) => setting("scrub_secs", o.scrub_secs.to_string(), "0.01 to 1"),
            _ => Ok(()),
        }
    }
}

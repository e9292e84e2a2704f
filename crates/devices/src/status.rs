//! What a player tells: events, and figures when asked.
use crate::{Faults, Format, output::OutputShared};
use std::sync::Arc;

/// What a player tells without being asked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The device has gone; playback goes on by a timer, unheard.
    DeviceLost {
        /// Its name.
        device: String,
        /// The driver's words.
        message: String,
    },
    /// The device runs, for the first time, again, or in another format.
    DeviceOpened {
        /// Its name.
        device: String,
        /// How it runs.
        format: Format,
    },
    /// The programme failed; there is silence instead. Told once until it succeeds again.
    ProgrammeFailed {
        /// First composition sample that is silent.
        first_sample: i64,
        /// The programme's words.
        message: String,
    },
    /// The sound has come to its end, and playback has stopped.
    Ended,
}

/// Figures of a player at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Name of the chosen device.
    pub device: String,
    /// Whether a timer plays in the device's place.
    pub on_fallback: bool,
    /// How the device, or the timer, runs.
    pub format: Format,
    /// Times that the feeder was late and there was silence, since the start.
    pub under_runs: u64,
    /// Silence heard for that reason, in seconds.
    pub missed_secs: f64,
    /// Under-runs that the driver tells of, of this device since it was opened.
    pub device_xruns: u64,
    /// Blocks that a timer delivered more than a block late.
    pub late_blocks: u64,
    /// Between the callback and hearing its first frame, in seconds.
    pub latency_secs: f64,
    /// The device's clock against the monotonic one in parts per million, positive if it is fast;
    /// `None` before it is measured.
    pub drift_ppm: Option<f64>,
    /// Highest absolute sample given to the device since the last status.
    pub peak: f32,
    /// Events that found no room.
    pub dropped_events: u64,
}

/// What of an opened device the handle looks at.
pub(crate) struct Live {
    pub device: String,
    pub on_fallback: bool,
    pub format: Format,
    pub shared: Arc<OutputShared>,
    pub faults: Arc<Faults>,
    /// Under-runs of streams before this one.
    pub earlier_under_runs: u64,
    /// Silence of those, in seconds.
    pub earlier_missed_secs: f64,
}

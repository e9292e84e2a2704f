//! What drives an output's or an input's callback: a device of the system
//! ([`hardware`](crate::hardware)) or a timer ([`timer`](crate::timer)).
use crate::{DeviceError, InputCallback, OutputCallback, now_secs};
use std::sync::{
    Arc, OnceLock,
    atomic::{
        AtomicU8, AtomicU64,
        Ordering::{AcqRel, Acquire, Relaxed, Release},
    },
};

/// How a device runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Frames per second.
    pub rate_hz: u32,
    /// Interleaved channels.
    pub channels: usize,
    /// Frames between callbacks; a wish, devices may differ.
    pub block_frames: usize,
}

impl Format {
    /// Itself, if sound can be played or captured in it.
    pub(crate) fn usable(self, device: &str) -> Result<Self, DeviceError> {
        if self.rate_hz > 0 && (1..=1024).contains(&self.channels) && self.block_frames > 0 {
            return Ok(self);
        }
        let reason = format!("it offers {} channels at {} Hz in blocks of {}", self.channels, self.rate_hz, self.block_frames);
        Err(DeviceError::Unusable { device: device.into(), reason })
    }
}

/// Why a running stream needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The device has gone or its driver fails.
    Gone,
    /// The device is there but runs in another way now (its sample rate changed): open it again.
    Changed,
}

/// Where a stream's own thread leaves what happened, without waiting.
#[derive(Default)]
pub struct Faults {
    fault: AtomicU8,
    message: OnceLock<String>,
    /// Errors after which a stream may go on or not.
    doubts: AtomicU64,
    /// Under-runs and over-runs that the device's driver tells of.
    device_xruns: AtomicU64,
    /// Blocks that a timer delivered more than a block late.
    late_blocks: AtomicU64,
}

impl Faults {
    /// Tells that the stream has stopped or will.
    pub fn raise(&self, fault: Fault, message: String) {
        let _ = self.message.set(message);
        self.fault.store(if fault == Fault::Gone { 1 } else { 2 }, Release);
    }

    /// Tells of an error after which the stream may go on or not. It counts as gone if such errors
    /// go on while no block comes.
    pub fn doubt(&self, message: &str) {
        if self.doubts.fetch_add(1, AcqRel) == 0 {
            let _ = self.message.set(message.to_owned());
        }
    }

    /// What was raised since the last call.
    pub fn take(&self) -> Option<(Fault, String)> {
        let fault = match self.fault.swap(0, AcqRel) {
            0 => return None,
            1 => Fault::Gone,
            _ => Fault::Changed,
        };
        Some((fault, self.message.get().cloned().unwrap_or_default()))
    }

    /// Counts an under-run or over-run of the device.
    pub fn count_xrun(&self) {
        self.device_xruns.fetch_add(1, Relaxed);
    }

    /// Counts a block that came more than a block late.
    pub fn count_late(&self) {
        self.late_blocks.fetch_add(1, Relaxed);
    }

    /// Under-runs and over-runs of the device, and late blocks.
    pub fn counts(&self) -> (u64, u64) {
        (self.device_xruns.load(Relaxed), self.late_blocks.load(Relaxed))
    }
}

/// No blocks for so long mean that a device has failed, in seconds: sound servers can need two at
/// the start.
const DEAD_SECS: f64 = 3.0;
/// With errors all the while, so long is enough.
const FAILING_SECS: f64 = 0.5;

/// Watches whether blocks come.
pub(crate) struct Watch {
    /// Frames at the last look that saw more of them, and when that was.
    progress: (u64, f64),
    /// The same for errors.
    doubts: (u64, f64),
}

impl Watch {
    pub fn new() -> Self {
        Self { progress: (0, now_secs()), doubts: (0, f64::NEG_INFINITY) }
    }

    /// Why the stream counts as failed after `frames`, if it does.
    pub fn failure(&mut self, frames: u64, faults: &Faults) -> Option<String> {
        let (now, doubts) = (now_secs(), faults.doubts.load(Acquire));
        if frames > self.progress.0 {
            self.progress = (frames, now);
        }
        if doubts > self.doubts.0 {
            self.doubts = (doubts, now);
        }
        let still_secs = now - self.progress.1;
        if still_secs > FAILING_SECS && now - self.doubts.1 < FAILING_SECS / 2.0 {
            return Some(faults.message.get().cloned().unwrap_or_default());
        }
        (still_secs > DEAD_SECS).then(|| "the device stands still".into())
    }
}

/// A running stream; dropping it stops the stream and drops its callback.
pub type OpenStream = Box<dyn Send>;

/// A device's presence, looked up on another thread because systems take their time.
pub type Presence = Box<dyn FnOnce() -> bool + Send>;

/// Something that plays sound.
pub trait OutputBackend: Send {
    /// Name for people.
    fn name(&self) -> String;

    /// The nearest to `wanted` that the device can do now.
    ///
    /// # Errors
    /// If it is not there or can do nothing of use.
    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError>;

    /// Starts to call the callback once per block.
    ///
    /// # Errors
    /// If the device refuses.
    fn open(&mut self, format: Format, callback: OutputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError>;

    /// A look-up of whether the device is there.
    fn presence(&self) -> Presence;
}

/// Something that captures sound.
pub trait InputBackend: Send {
    /// Name for people.
    fn name(&self) -> String;

    /// The nearest to `wanted` that the device can do now.
    ///
    /// # Errors
    /// If it is not there or can do nothing of use.
    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError>;

    /// Starts to call the callback once per block.
    ///
    /// # Errors
    /// If the device refuses.
    fn open(&mut self, format: Format, callback: InputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError>;
}

//! What drives an output's or an input's callback: a device of the system
//! ([`hardware`](crate::hardware)) or a timer ([`timer`](crate::timer)).
use crate::{DeviceError, InputCallback, OutputCallback};
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

    /// What was raised since the last call.
    pub fn take(&self) -> Option<(Fault, String)> {
        let fault = match self.fault.swap(0, AcqRel) {
            0 => return None,
            1 => Fault::Gone,
            _ => Fault::Changed,
        };
        Some((fault, self.message.get().cloned().unwrap_or_default()))
    }

    /// Whether something was raised that nobody has taken.
    pub fn is_raised(&self) -> bool {
        self.fault.load(Acquire) != 0
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

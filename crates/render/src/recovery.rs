//! What becomes of a renderer whose GPU fails while it draws: a new device of the same card is opened, if
//! it drew with one of its own, and otherwise, or if that one fails at once, the CPU continues.
use crate::RenderError;

/// How often a device is opened again: a card that fails so often is no help.
const MAX_REOPENED: u32 = 8;

/// Environment variable with a [`GpuFault`], for tests of whole programs: `lost@N` or `memory@N`.
pub const FAULT_VARIABLE: &str = "CUTROOM_GPU_FAULT";

/// A failure of the GPU that is brought about, for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuFault {
    /// What fails.
    pub kind: GpuFaultKind,
    /// Number of the frame of the renderer, from 0, before which it happens; it happens once.
    pub frame: u64,
}

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuFaultKind {
    /// The device is gone, as after a reset of its driver.
    Lost,
    /// An allocation fails.
    OutOfMemory,
}

impl GpuFault {
    /// What [`FAULT_VARIABLE`] says.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] for another text than `lost@N` or `memory@N`.
    pub fn from_environment() -> Result<Option<Self>, RenderError> {
        std::env::var(FAULT_VARIABLE).ok().map(|text| Self::parse(&text)).transpose()
    }

    fn parse(text: &str) -> Result<Self, RenderError> {
        let parts = text.split_once('@').and_then(|(kind, frame)| Some((kind, frame.parse().ok()?)));
        let kind = |name| match name {
            "lost" => Some(GpuFaultKind::Lost),
            "memory" => Some(GpuFaultKind::OutOfMemory),
            _ => None,
        };
        let fault = parts.and_then(|(name, frame)| Some(Self { kind: kind(name)?, frame }));
        fault.ok_or_else(|| RenderError::Unsupported(format!("as {FAULT_VARIABLE} asks: {text}")))
    }
}

/// What a renderer knows of the failures of its GPU.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    /// Whether the device is the renderer's own, so that another may take its place.
    pub owns_device: bool,
    /// Number of the device: frames of a former one are drawn again.
    pub device: u32,
    /// Why the last device failed.
    pub reason: Option<String>,
    /// The same, until a frame has reported it.
    unreported: Option<String>,
    /// Frames that the present device has finished.
    finished: u64,
    /// Frames that were begun on a GPU.
    begun: u64,
    fault: Option<GpuFault>,
}

impl Recovery {
    pub fn new(owns_device: bool, fault: Option<GpuFault>) -> Self {
        Self { owns_device, fault, ..Self::default() }
    }

    /// A frame is begun: the failure that shall happen now.
    pub fn begin(&mut self) -> Option<GpuFaultKind> {
        self.begun += 1;
        self.fault.take_if(|fault| fault.frame < self.begun).map(|fault| fault.kind)
    }

    /// The device has finished a frame.
    pub fn finished(&mut self) {
        self.finished += 1;
    }

    /// The device has failed; says whether another may be opened: not if it failed at its first frame, as
    /// the next would, too.
    pub fn failed(&mut self, reason: &str) -> bool {
        let may_reopen = self.owns_device && self.device < MAX_REOPENED && (self.device == 0 || self.finished > 0);
        self.device += 1;
        self.finished = 0;
        self.reason = Some(reason.to_owned());
        self.unreported.clone_from(&self.reason);
        may_reopen
    }

    /// Why the device failed, for the first frame that comes after that.
    pub fn report(&mut self) -> Option<String> {
        self.unreported.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_happen_once() {
        let lost = GpuFault { kind: GpuFaultKind::Lost, frame: 2 };
        assert_eq!(GpuFault::parse("lost@2").unwrap(), lost);
        assert_eq!(GpuFault::parse("memory@0").unwrap(), GpuFault { kind: GpuFaultKind::OutOfMemory, frame: 0 });
        for bad in ["", "lost", "lost@", "lost@-1", "gone@3"] {
            assert!(GpuFault::parse(bad).is_err(), "{bad}");
        }
        let mut recovery = Recovery::new(true, Some(lost));
        let faults: Vec<_> = (0..5).map(|_| recovery.begin()).collect();
        assert_eq!(faults, [None, None, Some(GpuFaultKind::Lost), None, None]);
    }

    #[test]
    fn a_device_is_opened_again_unless_the_new_one_fails_at_once() {
        let mut recovery = Recovery::new(true, None);
        assert!(recovery.failed("lost"), "even before the first frame");
        assert_eq!((recovery.report().as_deref(), recovery.report()), (Some("lost"), None));
        assert!(!recovery.failed("lost"));
        let mut recovery = Recovery::new(true, None);
        let reopened = (0..20).map(|_| {
            recovery.finished();
            recovery.failed("lost")
        });
        assert_eq!(reopened.filter(|again| *again).count(), MAX_REOPENED as usize);
        assert!(!Recovery::new(false, None).failed("lost"), "a window's device");
    }
}

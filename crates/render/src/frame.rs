//! A drawn frame, and how it was drawn.
use cutroom_types::Picture;

/// A drawn frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The picture: in host memory, or on the device of a window.
    pub picture: Picture,
    /// How it was drawn.
    pub report: FrameReport,
}

/// How a frame was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameReport {
    /// "cpu", "gpu", or "none" when a source picture is the frame.
    pub backend: &'static str,
    /// Number of source pictures that were on a graphics device.
    pub device_pictures: usize,
    /// Number of those that were drawn without a copy through host memory.
    pub zero_copy_pictures: usize,
    /// Why the GPU did not draw although it might have, or why pictures were copied through host
    /// memory.
    pub fell_back: Option<String>,
    /// Why a graphics device failed, if this is the first frame after that: it was drawn again by what the
    /// renderer describes now.
    pub device_lost: Option<String>,
}

impl FrameReport {
    /// A report of a frame whose source pictures were all in host memory.
    pub fn of(backend: &'static str) -> Self {
        Self { backend, device_pictures: 0, zero_copy_pictures: 0, fell_back: None, device_lost: None }
    }

    /// Whether there were source pictures on a device, and all of them were drawn without a copy
    /// through host memory.
    pub fn was_zero_copy(&self) -> bool {
        self.device_pictures > 0 && self.zero_copy_pictures == self.device_pictures
    }
}

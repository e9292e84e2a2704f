//! An open GPU device, whose failures become errors.
use crate::{RenderError, recovery::GpuFaultKind};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What a device needs in order to share memory with what decodes on it.
pub const SHARES_MEMORY: wgpu::Features = wgpu::Features::VULKAN_EXTERNAL_MEMORY_FD;

/// What is asked of an adapter: all that it can do, and to share memory if it can.
pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    wgpu::DeviceDescriptor {
        label: Some("cutroom"),
        required_features: adapter.features() & SHARES_MEMORY,
        required_limits: adapter.limits(),
        ..Default::default()
    }
}

/// How long the last work of a device that has failed is waited for.
const LAST_WORK: Duration = Duration::from_secs(2);

/// A device and its queue. Clones are the same device.
#[derive(Clone)]
pub struct Gpu {
    /// The wgpu device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// Name and driver of the adapter.
    pub description: String,
    /// Limits of the device.
    pub limits: wgpu::Limits,
    /// Errors that the device has reported and [`Gpu::check`] has not yet returned.
    failures: Failures,
}

/// Collects errors that the device reports asynchronously.
#[derive(Clone, Default)]
struct Failures {
    messages: Arc<Mutex<Vec<String>>>,
    is_lost: Arc<AtomicBool>,
    /// An allocation has failed, so that what draws with it is incomplete.
    is_out_of_memory: Arc<AtomicBool>,
}

impl Failures {
    fn push(&self, message: String) {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }

    fn take(&self) -> Option<String> {
        let mut list = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        (!list.is_empty()).then(|| std::mem::take(&mut *list).join("; "))
    }
}

impl Gpu {
    /// Takes a device that something else uses as well, such as a window; `description` is what reports
    /// call it. The device's callbacks for errors and for its loss are taken over.
    pub fn from_parts(device: wgpu::Device, queue: wgpu::Queue, description: String) -> Self {
        Self::listened_to(device, queue, description, |_| {})
    }

    /// As [`Self::from_parts`]; `listener` is told what the device reports as well, at once and on any
    /// thread.
    pub fn listened_to(
        device: wgpu::Device,
        queue: wgpu::Queue,
        description: String,
        listener: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let failures = Failures::default();
        let listener = Arc::new(listener);
        let (uncaptured, lost) = ((failures.clone(), Arc::clone(&listener)), (failures.clone(), listener));
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| {
            if matches!(e, wgpu::Error::OutOfMemory { .. }) {
                uncaptured.0.is_out_of_memory.store(true, Ordering::Relaxed);
            }
            let message = e.to_string();
            uncaptured.1(&message);
            uncaptured.0.push(message);
        }));
        device.set_device_lost_callback(move |reason, message| {
            lost.0.is_lost.store(true, Ordering::Relaxed);
            // Dropping the device is reported as a loss as well.
            if reason != wgpu::DeviceLostReason::Destroyed {
                let message = format!("the device was lost: {message}");
                lost.1(&message);
                lost.0.push(message);
            }
        });
        let limits = device.limits();
        Self { device, queue, description, limits, failures }
    }

    /// Whether the device is lost: nothing can be drawn with it any more.
    pub fn is_lost(&self) -> bool {
        // Its callbacks run when it is asked for news; what that fails with is the loss itself.
        let _ = self.device.poll(wgpu::PollType::Poll);
        self.failures.is_lost.load(Ordering::Relaxed)
    }

    /// Whether nothing more can be drawn with the device: it is lost, or its memory is exhausted. To be asked
    /// after an error: a loss is told when what was submitted before has ended, which is waited for.
    pub fn has_failed(&self) -> bool {
        let _ = self.device.poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(LAST_WORK) });
        self.is_lost() || self.failures.is_out_of_memory.load(Ordering::Relaxed)
    }

    /// Makes it fail, for tests.
    pub fn fail(&self, kind: GpuFaultKind) {
        match kind {
            GpuFaultKind::Lost => self.device.destroy(),
            GpuFaultKind::OutOfMemory => {
                self.failures.is_out_of_memory.store(true, Ordering::Relaxed);
                self.failures.push("out of memory, as a test asks".into());
            }
        }
    }

    /// Fails if the device has reported an error since the last call.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] with the device's messages.
    pub fn check(&self) -> Result<(), RenderError> {
        match self.failures.take() {
            Some(message) => Err(RenderError::Gpu(message)),
            None => Ok(()),
        }
    }

    /// Waits until the submission is finished and its callbacks have run.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device is lost.
    pub fn wait(&self, submission: wgpu::SubmissionIndex) -> Result<(), RenderError> {
        self.device
            .poll(wgpu::PollType::Wait { submission_index: Some(submission), timeout: None })
            .map_err(|e| RenderError::Gpu(e.to_string()))?;
        self.check()
    }
}

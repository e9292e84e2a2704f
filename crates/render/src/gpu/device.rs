//! Opens a GPU device, or takes one from outside, and converts its failures to errors.
use crate::RenderError;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// What a device needs in order to share memory with what decodes on it.
pub const SHARES_MEMORY: wgpu::Features = wgpu::Features::VULKAN_EXTERNAL_MEMORY_FD;

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

/// Preference of an adapter, lowest first; `None` if it must not be used.
fn rank(kind: wgpu::DeviceType, allow_software: bool) -> Option<u8> {
    match kind {
        wgpu::DeviceType::DiscreteGpu => Some(0),
        wgpu::DeviceType::IntegratedGpu => Some(1),
        wgpu::DeviceType::VirtualGpu => Some(2),
        wgpu::DeviceType::Other => Some(3),
        wgpu::DeviceType::Cpu => allow_software.then_some(4),
    }
}

/// Whether the operating system lists a graphics device. Checked first so that machines without
/// one, such as most servers, do not load every Vulkan driver (tens of milliseconds, and messages
/// on standard error) only to find software devices.
fn hardware_present() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let named = |dir: &str, prefix: &str| {
        std::fs::read_dir(dir).is_ok_and(|entries| entries.flatten().any(|e| e.file_name().to_string_lossy().starts_with(prefix)))
    };
    named("/dev/dri", "renderD") || named("/dev", "nvidia") || named("/dev", "dxg")
}

impl Gpu {
    /// Opens the best Vulkan adapter; software adapters only if allowed.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when there is none or it cannot be opened.
    pub fn open(allow_software: bool) -> Result<Self, RenderError> {
        if !allow_software && !hardware_present() {
            return Err(RenderError::Gpu("this machine has no graphics device".into()));
        }
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends: wgpu::Backends::VULKAN,
            flags: wgpu::InstanceFlags::empty(),
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let mut adapters: Vec<(u8, wgpu::Adapter)> = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::VULKAN))
            .into_iter()
            .filter_map(|a| Some((rank(a.get_info().device_type, allow_software)?, a)))
            .collect();
        adapters.sort_by_key(|(rank, _)| *rank);
        let mut problem = "no Vulkan adapter was found".to_string();
        for (_, adapter) in adapters {
            let info = adapter.get_info();
            let limits = adapter.limits();
            let request = adapter.request_device(&wgpu::DeviceDescriptor {
                label: Some("cutroom"),
                required_features: adapter.features() & SHARES_MEMORY,
                required_limits: limits.clone(),
                ..Default::default()
            });
            match pollster::block_on(request) {
                Ok((device, queue)) => {
                    let driver =
                        if info.driver_info.is_empty() { info.driver } else { format!("{} {}", info.driver, info.driver_info) };
                    return Ok(Self::from_parts(device, queue, format!("{} ({driver})", info.name)));
                }
                Err(e) => problem = format!("{} cannot be opened: {e}", info.name),
            }
        }
        Err(RenderError::Gpu(problem))
    }

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

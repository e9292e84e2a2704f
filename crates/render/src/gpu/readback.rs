//! Frames in flight. Planes are read back through a ring of buffers, so that the host reads one frame
//! while the device draws the next.
use super::{device::Gpu, output::PlaneLayout, screen::ScreenFrame, sources::DevicePictures};
use crate::{OutputSpec, RenderError, buffer_pool::BufferPool};
use cutroom_types::{Picture, PictureFormat, Plane, Size};
use rayon::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that one task copies out of mapped memory.
const COPY_BYTES: usize = 1 << 20;

/// Maximum number of frames in flight.
pub const FRAMES_IN_FLIGHT: usize = 3;

/// Buffers of one frame in flight.
pub struct Slot {
    /// Packed planes, written by the last pass.
    pub planes: wgpu::Buffer,
    /// A copy of the planes that the host can read; `None` if frames stay on the device.
    pub readback: Option<wgpu::Buffer>,
}

/// At most [`FRAMES_IN_FLIGHT`] slots; a slot without other references is free.
#[derive(Default)]
pub struct Ring {
    slots: Vec<Arc<Slot>>,
    /// Host memory for planes that are read back.
    pub memory: BufferPool,
}

impl Ring {
    /// Returns a free slot for `bytes` bytes, which can be read back or not.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when all slots are in flight, [`RenderError::Unsupported`] when the
    /// device has no buffers of this size.
    pub fn take(&mut self, gpu: &Gpu, bytes: u64, reads_back: bool) -> Result<Arc<Slot>, RenderError> {
        let is_free = |s: &Arc<Slot>| Arc::strong_count(s) == 1;
        let fits = |s: &Arc<Slot>| s.planes.size() == bytes && s.readback.is_some() == reads_back;
        if let Some(slot) = self.slots.iter().find(|s| is_free(s) && fits(s)) {
            return Ok(slot.clone());
        }
        self.slots.retain(|s| !is_free(s) || fits(s));
        if self.slots.len() >= FRAMES_IN_FLIGHT {
            return Err(RenderError::Gpu(format!("{FRAMES_IN_FLIGHT} frames are in flight already")));
        }
        if bytes == 0 || bytes > gpu.limits.max_buffer_size || bytes > gpu.limits.max_storage_buffer_binding_size {
            return Err(RenderError::Unsupported(format!("a frame of {bytes} bytes on this GPU")));
        }
        let buffer = |label, usage| {
            gpu.device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size: bytes, usage, mapped_at_creation: false })
        };
        let slot = Arc::new(Slot {
            planes: buffer("planes", wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC),
            readback: reads_back.then(|| buffer("readback", wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)),
        });
        self.slots.push(slot.clone());
        Ok(slot)
    }
}

/// A frame in flight.
pub struct PendingFrame {
    /// Its buffers.
    pub slot: Arc<Slot>,
    /// The commands that draw it.
    pub submission: wgpu::SubmissionIndex,
    /// Where it goes.
    pub target: FrameTarget,
    /// Its size.
    pub size: Size,
    /// Its format and colours.
    pub output: OutputSpec,
    /// How its source pictures came to the device.
    pub sources: DevicePictures,
}

/// Where a frame in flight goes.
pub enum FrameTarget {
    /// It is copied to host memory.
    Host(HostTarget),
    /// It stays on the device.
    Screen(Box<ScreenFrame>),
}

/// What copies a frame to host memory.
pub struct HostTarget {
    slot: Arc<Slot>,
    layout: PlaneLayout,
    mapped: Arc<Mutex<Option<Result<(), wgpu::BufferAsyncError>>>>,
    memory: BufferPool,
}

/// Returns the buffer to the device, whether the frame was finished, failed or was dropped.
impl Drop for HostTarget {
    fn drop(&mut self) {
        self.slot.readback.iter().for_each(wgpu::Buffer::unmap);
    }
}

impl FrameTarget {
    /// Requests the mapping of a submitted frame.
    pub fn host(slot: &Arc<Slot>, layout: PlaneLayout, memory: BufferPool) -> Self {
        let mapped = Arc::new(Mutex::new(None));
        if let Some(readback) = &slot.readback {
            let report = mapped.clone();
            readback.map_async(wgpu::MapMode::Read, .., move |r| {
                *report.lock().unwrap_or_else(PoisonError::into_inner) = Some(r);
            });
        }
        Self::Host(HostTarget { slot: slot.clone(), layout, mapped, memory })
    }
}

impl PendingFrame {
    /// Waits for the frame, and copies its planes to host memory unless it stays on the device.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device failed.
    pub fn finish(self, gpu: &Gpu) -> Result<Picture, RenderError> {
        gpu.wait(self.submission)?;
        let host = match self.target {
            FrameTarget::Screen(frame) => return Ok((*frame).into_picture(self.output)),
            FrameTarget::Host(host) => host,
        };
        let planes = host.planes(self.output.format)?;
        gpu.check()?;
        Ok(Picture::upright(self.output.format, self.size, self.output.color, planes))
    }
}

impl HostTarget {
    /// Copies the planes of a frame that is drawn.
    fn planes(&self, format: PictureFormat) -> Result<Vec<Plane>, RenderError> {
        let missing = || RenderError::Gpu("the frame did not come back".into());
        match self.mapped.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(Ok(())) => {}
            Some(Err(e)) => return Err(RenderError::Gpu(e.to_string())),
            None => return Err(missing()),
        }
        let readback = self.slot.readback.as_ref().ok_or_else(missing)?;
        let bytes = {
            let view = readback.get_mapped_range(..).map_err(|e| RenderError::Gpu(e.to_string()))?;
            let mut bytes = self.memory.take(view.len());
            // One thread does not saturate the memory channels: 2160p takes 1.4 ms with one and 0.5
            // ms with sixteen.
            bytes.par_chunks_mut(COPY_BYTES).zip(view.par_chunks(COPY_BYTES)).for_each(|(to, from)| to.copy_from_slice(from));
            bytes
        };
        let memory = self.memory.lend(bytes);
        let planes = self.layout.planes.iter().map(|[offset, row_words, width, height]| {
            let width_bytes = *width as usize * format.bytes_per_sample();
            Plane::new(memory.clone(), *offset as usize * 4, *row_words as usize * 4, width_bytes, *height as usize)
        });
        let planes: Option<Vec<Plane>> = planes.collect();
        planes.ok_or_else(|| RenderError::Gpu("the frame came back shorter than its planes".into()))
    }
}

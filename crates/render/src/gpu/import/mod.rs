//! Brings pictures that were decoded on the device that draws into its textures, without a way
//! through host memory: what decodes and what draws share a buffer, one interface's copy fills it,
//! and the frame's commands copy it on to textures. Copies within the device cost microseconds.
//!
//! Buffers come from a pool with a budget ([`Slots`]); a buffer is filled again only when the
//! commands that read it are done. Whatever cannot be imported is copied through host memory by
//! [`super::upload`], with the reason in the frame's report.
#[cfg(target_os = "linux")]
mod cuda;
#[cfg(target_os = "linux")]
mod shared_buffer;
mod slots;

use super::{
    device::{Gpu, SHARES_MEMORY},
    vulkan,
};
use cutroom_types::{DeviceFrame, DeviceId, SurfaceMemory};

/// Memory of shared buffers, bytes: five 2160p pictures of ten bits in each of four frames are 480
/// MiB.
const BUDGET_BYTES: u64 = 512 << 20;

/// A plane of a surface in a shared buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferPlane {
    /// Offset of its first row, bytes.
    pub offset: u64,
    /// Bytes from one row to the next: a multiple of 256, as copies to textures require.
    pub stride_bytes: u32,
}

/// A surface in a shared buffer, for the present frame.
pub struct Imported {
    /// The buffer.
    pub buffer: wgpu::Buffer,
    /// Where the planes are in it.
    pub planes: Vec<BufferPlane>,
    surface: usize,
}

/// An interface whose surfaces can be copied to buffers that the drawing device reads.
pub trait Import: Send {
    /// A new shared buffer.
    ///
    /// # Errors
    /// The interface's or the driver's reason.
    fn buffer(&mut self, gpu: &Gpu, bytes: u64) -> Result<Box<dyn SharedBuffer>, String>;

    /// Begins copying the planes of a surface into a buffer of [`Import::buffer`].
    ///
    /// # Errors
    /// The interface's reason; also for memory that is not its own.
    fn copy(&mut self, from: &SurfaceMemory, to: &dyn SharedBuffer, planes: &[BufferPlane]) -> Result<(), String>;

    /// Waits for all copies that were begun.
    ///
    /// # Errors
    /// The interface's reason.
    fn wait(&mut self) -> Result<(), String>;
}

/// Memory that both interfaces address.
pub trait SharedBuffer: Send {
    /// The buffer for commands.
    fn buffer(&self) -> &wgpu::Buffer;

    /// Its address for the interface that fills it.
    fn address(&self) -> u64;
}

/// What imports surfaces on one device.
pub struct Importer {
    device: DeviceId,
    /// Opened when a surface comes; an error is final.
    import: Option<Result<Box<dyn Import>, String>>,
    slots: slots::Slots,
    /// Surfaces of the present frame.
    present: Vec<Imported>,
    is_waiting: bool,
}

impl Importer {
    /// The importer for a device; `None` where memory cannot be shared.
    pub fn of(gpu: &Gpu) -> Option<Self> {
        let shares = gpu.device.features().contains(SHARES_MEMORY);
        let device = shares.then(|| vulkan::device_id(&gpu.device)).flatten()?;
        let slots = slots::Slots::new(BUDGET_BYTES);
        Some(Self { device, import: None, slots, present: Vec::new(), is_waiting: false })
    }

    /// The device whose surfaces it imports.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Begins a frame.
    pub fn next_frame(&mut self) {
        self.present.clear();
        self.slots.next_frame();
    }

    /// The surface of a picture in a shared buffer.
    ///
    /// # Errors
    /// Why it must be copied through host memory.
    pub fn import(&mut self, gpu: &Gpu, frame: &DeviceFrame) -> Result<&Imported, String> {
        if let Some(at) = self.present.iter().position(|i| i.surface == frame.address()) {
            return Ok(&self.present[at]);
        }
        if frame.device != self.device {
            return Err(format!("it was decoded on another device ({}) than the one that draws ({})", frame.device, self.device));
        }
        let memory = frame.surface.memory();
        let layout = layout(&memory)?;
        let import = self.import.get_or_insert_with(|| open(self.device)).as_mut().map_err(|why| why.clone())?;
        let shared = self.slots.take(gpu, &mut **import, layout.bytes)?;
        import.copy(&memory, shared, &layout.planes)?;
        self.is_waiting = true;
        self.present.push(Imported { buffer: shared.buffer().clone(), planes: layout.planes, surface: frame.address() });
        self.present.last().ok_or_else(|| "no surface".into())
    }

    /// Waits until the buffers of the present frame are filled; to be called before the commands that
    /// read them are submitted.
    ///
    /// # Errors
    /// The interface's reason: nothing is imported any more then.
    pub fn wait(&mut self) -> Result<(), String> {
        if !std::mem::take(&mut self.is_waiting) {
            return Ok(());
        }
        let Some(Ok(import)) = &mut self.import else { return Ok(()) };
        let waited = import.wait();
        if let Err(why) = &waited {
            self.import = Some(Err(why.clone()));
        }
        waited
    }

    /// The commands that read the buffers of the present frame were submitted.
    pub fn submitted(&mut self, submission: &wgpu::SubmissionIndex) {
        self.slots.submitted(submission);
    }
}

/// Where the planes of a surface go in a buffer.
struct Layout {
    planes: Vec<BufferPlane>,
    bytes: u64,
}

fn layout(memory: &SurfaceMemory) -> Result<Layout, String> {
    let SurfaceMemory::Cuda(surface) = memory else { return Err("its memory cannot be shared".into()) };
    let (mut planes, mut bytes) = (Vec::with_capacity(surface.len()), 0u64);
    for plane in surface {
        let row = plane.width_bytes.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT as usize);
        let stride_bytes = u32::try_from(row).map_err(|_| "its rows are too long".to_owned())?;
        planes.push(BufferPlane { offset: bytes, stride_bytes });
        bytes += row as u64 * plane.rows as u64;
    }
    Ok(Layout { planes, bytes })
}

#[cfg(target_os = "linux")]
fn open(device: DeviceId) -> Result<Box<dyn Import>, String> {
    cuda::Cuda::open(device).map(|cuda| Box::new(cuda) as Box<dyn Import>)
}

#[cfg(not(target_os = "linux"))]
fn open(_: DeviceId) -> Result<Box<dyn Import>, String> {
    Err("surfaces are imported on Linux only".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::DevicePlane;

    /// Rows of textures' copies begin at multiples of 256 bytes (WebGPU, §11.2.1).
    #[test]
    fn planes_lie_behind_each_other_in_aligned_rows() {
        let plane = |width_bytes, rows| DevicePlane { address: 1 << 20, stride_bytes: 2048, width_bytes, rows };
        let got = layout(&SurfaceMemory::Cuda(vec![plane(1920, 1080), plane(1920, 540)])).unwrap();
        let second = BufferPlane { offset: 2048 * 1080, stride_bytes: 2048 };
        assert_eq!(got.planes, [BufferPlane { offset: 0, stride_bytes: 2048 }, second]);
        assert_eq!(got.bytes, 2048 * 1620);
        assert_eq!(layout(&SurfaceMemory::Cuda(vec![plane(256, 1)])).unwrap().bytes, 256);
        assert!(layout(&SurfaceMemory::Unshared).is_err());
    }
}

//! Frames on a device as pictures, and their way to host memory.
use super::{KINDS, device, download::download};
use crate::{av_frame::AvFrame, pixel};
use cutroom_types::{DeviceFrame, DeviceId, DevicePlane, DownloadError, Packing, Plane, PlaneMemory, Size, Surface, SurfaceMemory};
use ffmpeg_next::ffi::{AVHWFramesContext, AVPixelFormat};
use std::sync::Arc;

/// A frame in memory of its own on an NVIDIA card.
struct CudaSurface {
    frame: Arc<AvFrame>,
    planes: Vec<DevicePlane>,
}

impl Surface for CudaSurface {
    fn memory(&self) -> SurfaceMemory {
        SurfaceMemory::Cuda(self.planes.clone())
    }

    fn download(&self) -> Result<Vec<Plane>, DownloadError> {
        let host = Arc::new(download(&self.frame).map_err(DownloadError)?);
        let plane = |k: usize, like: &DevicePlane| {
            let start = host.get().data[k].cast_const();
            let stride = usize::try_from(host.get().linesize[k]).ok()?;
            if start.is_null() || stride < like.width_bytes {
                return None;
            }
            let len = stride * (like.rows - 1) + like.width_bytes;
            let memory = Arc::new(HostPlane { _frame: Arc::clone(&host), start, len });
            Plane::new(memory, 0, stride, like.width_bytes, like.rows)
        };
        let planes: Option<Vec<Plane>> = self.planes.iter().enumerate().map(|(k, like)| plane(k, like)).collect();
        planes.ok_or_else(|| DownloadError("FFmpeg gave other planes than the picture has".into()))
    }
}

/// A plane of a frame in host memory, which keeps the frame alive.
struct HostPlane {
    _frame: Arc<AvFrame>,
    start: *const u8,
    len: usize,
}

// SAFETY: the memory belongs to the reference-counted frame and is not written any more.
unsafe impl Send for HostPlane {}

// SAFETY: as above.
unsafe impl Sync for HostPlane {}

impl PlaneMemory for HostPlane {
    fn bytes(&self) -> &[u8] {
        // SAFETY: the range was computed from the frame's own strides and lives as long as the
        // frame.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

/// The format that a frame has in host memory; `None` for frames that are there.
pub(crate) fn stored_format(frame: &AvFrame) -> Option<AVPixelFormat> {
    let context = frame.get().hw_frames_ctx;
    // SAFETY: a context that is not null is a frames context, which the frame keeps alive.
    (!context.is_null()).then(|| unsafe { (*(*context).data.cast::<AVHWFramesContext>()).sw_format })
}

/// The surface of a frame that stays on a device; `None` for frames in host memory and for layouts
/// without a packing.
pub(crate) fn surface_frame(frame: &Arc<AvFrame>, size: Size) -> Option<DeviceFrame> {
    let format = pixel::canonical(stored_format(frame)?)?;
    let device = device_of(frame)?;
    let packing = Packing::semi_planar(format)?;
    let f = frame.get();
    let plane = |k: usize| {
        let place = packing.place(k);
        let s = format.plane_size(k, size);
        let width_bytes = s.width as usize * place.components * format.bytes_per_sample();
        let stride_bytes = usize::try_from(f.linesize[place.plane]).ok()?;
        let address = f.data[place.plane].expose_provenance() as u64;
        (address != 0 && stride_bytes >= width_bytes).then_some(DevicePlane {
            address,
            stride_bytes,
            width_bytes,
            rows: s.height as usize,
        })
    };
    let planes = [0, 1].into_iter().map(plane).collect::<Option<Vec<_>>>()?;
    let surface = Arc::new(CudaSurface { frame: Arc::clone(frame), planes });
    Some(DeviceFrame { device, packing, surface, only: None })
}

/// The first device that frames can stay on.
pub(super) fn kept_on() -> Option<DeviceId> {
    let cuda = KINDS.iter().find(|kind| kind.pixel_format == AVPixelFormat::AV_PIX_FMT_CUDA)?;
    device::opened(cuda, None).ok()?.id
}

/// The device that a frame is on.
fn device_of(frame: &AvFrame) -> Option<DeviceId> {
    let context = frame.get().hw_frames_ctx;
    // SAFETY: a context that is not null is a frames context, which the frame keeps alive.
    (!context.is_null()).then(|| unsafe { device::id_of((*context).data.cast::<AVHWFramesContext>()) }).flatten()
}

//! Drawn frames that stay on the device, for a window that is drawn by the same one: a last pass
//! brings the output's planes into a texture, and nothing is read back.
//!
//! Textures come from a pool. A texture is used again when nobody holds its frame any more; whoever
//! samples it holds the frame until the commands that do are submitted, and the queue keeps their
//! order.
use super::{
    device::{Gpu, device_descriptor},
    output::PlaneLayout,
    vulkan,
};
use cutroom_types::{DeviceFrame, DeviceId, DownloadError, Packing, Picture, PictureFormat, Plane, Size, Surface, SurfaceMemory};
use std::{
    any::Any,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Format of the textures: codes of the screen, alpha 1.
pub const SCREEN_TEXTURE: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
/// Layout of the pictures that stay on the device; others are read back.
pub const SCREEN_FORMAT: PictureFormat = PictureFormat::RGB8;
/// Maximum number of unused textures that are kept.
const SPARE_TEXTURES: usize = 8;
/// WGSL of the pass that writes the texture from packed planes.
pub const SCREEN_SHADER: &str = include_str!("screen.wgsl");

/// The device of a window. Frames of [`SCREEN_FORMAT`] that renderers of
/// [`crate::Renderer::on_screen`] draw stay on it as textures ([`screen_texture`]). Clones share the
/// device.
#[derive(Clone)]
pub struct Screen {
    gpu: Gpu,
    id: DeviceId,
    shared: Arc<Shared>,
}

/// Numbers of frames since the window was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenCounters {
    /// Frames that were drawn and stayed on the device.
    pub drawn: u64,
    /// Frames that were copied to host memory.
    pub read_back: u64,
    /// Memory of the textures that live, bytes.
    pub texture_bytes: u64,
}

#[derive(Default)]
struct Shared {
    spare: Mutex<Vec<(Size, wgpu::Texture)>>,
    drawn: AtomicU64,
    read_back: AtomicU64,
    texture_bytes: AtomicU64,
}

impl Screen {
    /// Takes a window's device; `description` is what reports call it. The device's callbacks for
    /// errors and for its loss are taken over; `listener` is told what they say.
    pub fn new(
        device: wgpu::Device,
        queue: wgpu::Queue,
        description: String,
        listener: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let gpu = Gpu::listened_to(device, queue, description, listener);
        let id = vulkan::device_id(&gpu.device).unwrap_or(DeviceId([0; 16]));
        Self { gpu, id, shared: Arc::default() }
    }

    /// What a window should ask of an adapter, so that decoded frames are drawn without a copy
    /// through host memory and large pictures fit.
    pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
        device_descriptor(adapter)
    }

    /// The device.
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Numbers of frames so far.
    pub fn counters(&self) -> ScreenCounters {
        let of = |n: &AtomicU64| n.load(Ordering::Relaxed);
        let Shared { drawn, read_back, texture_bytes, .. } = &*self.shared;
        ScreenCounters { drawn: of(drawn), read_back: of(read_back), texture_bytes: of(texture_bytes) }
    }

    /// A renderer of the screen has copied a frame to host memory.
    pub(super) fn note_read_back(&self) {
        self.shared.read_back.fetch_add(1, Ordering::Relaxed);
    }

    /// A texture for a frame.
    pub(super) fn frame(&self, size: Size) -> ScreenFrame {
        let texture = {
            let mut spare = self.shared.spare.lock().unwrap_or_else(PoisonError::into_inner);
            spare.iter().position(|(s, _)| *s == size).map(|at| spare.remove(at).1)
        };
        let texture = texture.unwrap_or_else(|| {
            self.shared.texture_bytes.fetch_add(bytes_of(size), Ordering::Relaxed);
            self.gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("screen"),
                size: wgpu::Extent3d { width: size.width, height: size.height, depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: SCREEN_TEXTURE,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::STORAGE_BINDING | wgpu::TextureUsages::COPY_SRC,
                view_formats: &[],
            })
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        ScreenFrame { screen: self.clone(), size, texture, view }
    }
}

fn bytes_of(size: Size) -> u64 {
    4 * u64::from(size.width) * u64::from(size.height)
}

/// A frame on the device. When it is dropped, its texture is used for another one.
pub struct ScreenFrame {
    screen: Screen,
    size: Size,
    texture: wgpu::Texture,
    /// The whole texture.
    pub view: wgpu::TextureView,
}

impl ScreenFrame {
    /// The drawn frame as a picture.
    pub fn into_picture(self, output: crate::OutputSpec) -> Picture {
        self.screen.shared.drawn.fetch_add(1, Ordering::Relaxed);
        let (device, size) = (self.screen.id, self.size);
        let frame = DeviceFrame { device, packing: Packing::Planar, surface: Arc::new(self), only: None };
        Picture::on_device(output.format, size, output.color, frame)
    }
}

impl Drop for ScreenFrame {
    fn drop(&mut self) {
        let shared = &self.screen.shared;
        let mut spare = shared.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.push((self.size, self.texture.clone()));
        if spare.len() > SPARE_TEXTURES {
            // The oldest are those of a size that is not drawn any more.
            let (size, _) = spare.remove(0);
            shared.texture_bytes.fetch_sub(bytes_of(size), Ordering::Relaxed);
        }
    }
}

impl Surface for ScreenFrame {
    fn memory(&self) -> SurfaceMemory {
        SurfaceMemory::Unshared
    }

    fn download(&self) -> Result<Vec<Plane>, DownloadError> {
        self.screen.note_read_back();
        let gpu = &self.screen.gpu;
        let failed = |e: &dyn std::fmt::Display| DownloadError(e.to_string());
        let [width, height] = [self.size.width, self.size.height];
        let stride = (4 * width).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("screen to host"),
            size: u64::from(stride) * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(stride), rows_per_image: None };
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo { buffer: &buffer, layout },
            self.texture.size(),
        );
        let submission = gpu.queue.submit([encoder.finish()]);
        let (tell, told) = std::sync::mpsc::channel();
        buffer.map_async(wgpu::MapMode::Read, .., move |mapped| {
            // The receiver lives until it has an answer.
            let _ = tell.send(mapped);
        });
        gpu.wait(submission).map_err(|e| failed(&e))?;
        told.try_recv().map_err(|e| failed(&e))?.map_err(|e| failed(&e))?;
        let texels = buffer.get_mapped_range(..).map_err(|e| failed(&e))?;
        let plane = |k: usize| {
            let rows = texels.chunks_exact(stride as usize).map(|row| &row[..4 * width as usize]);
            let codes: Vec<u8> = rows.flat_map(|row| row.as_chunks::<4>().0.iter().map(|texel| texel[k])).collect();
            Plane::new(Arc::new(codes), 0, width as usize, width as usize, height as usize)
        };
        (0..SCREEN_FORMAT.plane_count()).map(plane).collect::<Option<_>>().ok_or_else(|| DownloadError("it is too short".into()))
    }
}

/// The texture of a picture that stayed on a screen's device: [`SCREEN_TEXTURE`] of the picture's size;
/// `None` for pictures in host memory. The picture must be kept until the commands that sample the
/// texture are submitted.
pub fn screen_texture(picture: &Picture) -> Option<&wgpu::TextureView> {
    let surface: &dyn Any = &*picture.device.as_ref()?.surface;
    surface.downcast_ref::<ScreenFrame>().map(|frame| &frame.view)
}

/// Whole numbers that the pass reads: the size, then the place of each plane.
pub fn screen_rasters(size: Size, layout: &PlaneLayout) -> [[u32; 4]; super::numbers::RASTER_ROWS] {
    let mut rasters = [[0; 4]; super::numbers::RASTER_ROWS];
    rasters[0] = [size.width, size.height, 0, 0];
    rasters[1..].iter_mut().zip(&layout.planes).for_each(|(to, from)| *to = *from);
    rasters
}

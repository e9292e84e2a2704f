//! Brings source planes into textures. Those in host memory are uploaded; those of a picture that is
//! on a device are imported, or else copied through host memory, packed as they are. A plane that was
//! drawn in the last frames is not brought again.
use super::{device::Gpu, import::Importer, sampling::place_of, sources::DevicePictures};
use crate::RenderError;
use cutroom_types::{DeviceFrame, DeviceId, Picture, Plane};
use std::collections::HashMap;

/// Number of frames for which an unused plane is kept; small, since it keeps the decoder's memory
/// in use.
const KEEP_FRAMES: u64 = 2;
/// Maximum number of unused textures kept for later uploads of the same shape.
const SPARE_TEXTURES: usize = 32;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct TextureShape {
    format: wgpu::TextureFormat,
    width: u32,
    height: u32,
}

/// Identity of a plane; unique as long as the entry holds the plane or its surface.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct PlaneAddress {
    address: usize,
    /// Bytes from one row to the next; of a surface the number of the plane.
    stride: usize,
    is_on_device: bool,
    shape: TextureShape,
}

/// What keeps the memory of an uploaded plane alive, so that no other plane gets its address.
enum Origin {
    Host(#[expect(dead_code, reason = "held, not read")] Plane),
    Device(#[expect(dead_code, reason = "held, not read")] DeviceFrame),
}

struct Uploaded {
    _origin: Origin,
    /// Why it was copied through host memory, if it was on a device.
    through_host: Option<String>,
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    last_used: u64,
}

/// A plane in a shared buffer that the frame's commands copy to its texture.
struct PlaneCopy {
    buffer: wgpu::Buffer,
    layout: wgpu::TexelCopyBufferLayout,
    texture: wgpu::Texture,
    shape: TextureShape,
}

/// Cache of source planes' textures.
#[derive(Default)]
pub struct Uploads {
    /// `None` where memory cannot be shared.
    importer: Option<Importer>,
    /// Copies of the present frame.
    copies: Vec<PlaneCopy>,
    planes: HashMap<PlaneAddress, Uploaded>,
    spare: Vec<(TextureShape, wgpu::Texture)>,
    /// Planes of surfaces that were copied to host memory for the present frame.
    downloaded: Vec<(DeviceFrame, Vec<Plane>)>,
    /// Surfaces of the present frame, and why they were copied through host memory.
    drawn: HashMap<usize, Option<String>>,
    frame: u64,
    /// Number of planes uploaded so far.
    pub upload_count: u64,
}

impl Uploads {
    /// An empty cache; `importer` for a device whose memory can be shared.
    pub fn new(importer: Option<Importer>) -> Self {
        Self { importer, ..Self::default() }
    }

    /// The device whose surfaces are imported.
    pub fn imports_from(&self) -> Option<DeviceId> {
        self.importer.as_ref().map(Importer::device)
    }

    /// Waits for the imports of the present frame. If that fails, nothing is imported any more, and
    /// the frame must be prepared again.
    pub fn wait_for_imports(&mut self) -> bool {
        let waited = self.importer.as_mut().map_or(Ok(()), Importer::wait);
        if waited.is_err() {
            self.planes.retain(|address, _| !address.is_on_device);
        }
        waited.is_ok()
    }

    /// Encodes the copies of imported planes to their textures, before they are drawn.
    pub fn encode_copies(&self, encoder: &mut wgpu::CommandEncoder) {
        for copy in &self.copies {
            let from = wgpu::TexelCopyBufferInfo { buffer: &copy.buffer, layout: copy.layout };
            encoder.copy_buffer_to_texture(from, copy.texture.as_image_copy(), extent(copy.shape));
        }
    }

    /// The commands of the present frame were submitted.
    pub fn submitted(&mut self, submission: &wgpu::SubmissionIndex) {
        self.copies.clear();
        if let Some(importer) = &mut self.importer {
            importer.submitted(submission);
        }
    }

    /// Begins a frame: drops planes that have not been used in the last frames.
    pub fn next_frame(&mut self) {
        self.frame += 1;
        self.downloaded.clear();
        if !self.copies.is_empty() {
            // The frame before failed, and its copies were not made.
            self.copies.clear();
            self.planes.retain(|address, _| !address.is_on_device);
        }
        if let Some(importer) = &mut self.importer {
            importer.next_frame();
        }
        self.drawn.clear();
        let frame = self.frame;
        let old: Vec<PlaneAddress> =
            self.planes.iter().filter(|(_, u)| u.last_used + KEEP_FRAMES < frame).map(|(p, _)| *p).collect();
        for address in old {
            if let Some(u) = self.planes.remove(&address)
                && self.spare.len() < SPARE_TEXTURES
            {
                self.spare.push((address.shape, u.texture));
            }
        }
    }

    /// How the pictures of the present frame that are on a device came to be drawn.
    pub fn report(&self) -> DevicePictures {
        let reasons = || self.drawn.values().flatten();
        // The least, so that the same frame gives the same report.
        DevicePictures { count: self.drawn.len(), through_host: reasons().count(), reason: reasons().min().cloned() }
    }

    /// Returns the texture of plane `k` of a picture, or of its surface, and fills it if necessary.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] when the plane is empty or larger than the device can hold;
    /// [`RenderError::Gpu`] when a surface cannot be read.
    pub fn view(&mut self, gpu: &Gpu, picture: &Picture, k: usize) -> Result<wgpu::TextureView, RenderError> {
        let shape = shape(picture, k)?;
        let max = gpu.limits.max_texture_dimension_2d;
        if shape.width == 0 || shape.height == 0 || shape.width > max || shape.height > max {
            return Err(RenderError::Unsupported(format!(
                "a plane of {}×{} on this GPU (at most {max})",
                shape.width, shape.height
            )));
        }
        let address = match &picture.device {
            Some(frame) => PlaneAddress { address: frame.address(), stride: k, is_on_device: true, shape },
            None => {
                let plane = &picture.planes[k];
                let address = plane.data().as_ptr().addr();
                PlaneAddress { address, stride: plane.stride_bytes(), is_on_device: false, shape }
            }
        };
        if let Some(u) = self.planes.get_mut(&address) {
            u.last_used = self.frame;
            if picture.device.is_some() {
                self.drawn.entry(address.address).or_insert_with(|| u.through_host.clone());
            }
            return Ok(u.view.clone());
        }
        let texture = match self.spare.iter().position(|(s, _)| *s == shape) {
            Some(i) => self.spare.swap_remove(i).1,
            None => gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("plane"),
                size: extent(shape),
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: shape.format,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            }),
        };
        let sample_bytes = picture.format.bytes_per_sample();
        let (origin, through_host) = match &picture.device {
            None => {
                let plane = &picture.planes[k];
                write(gpu, &texture, plane, shape, sample_bytes)?;
                (Origin::Host(plane.clone()), None)
            }
            Some(frame) => {
                let through_host = match self.import(gpu, frame, k, &texture, shape) {
                    Ok(()) => None,
                    Err(why) => {
                        write(gpu, &texture, &self.downloaded(frame, k)?, shape, sample_bytes)?;
                        Some(why)
                    }
                };
                self.drawn.insert(address.address, through_host.clone());
                (Origin::Device(frame.clone()), through_host)
            }
        };
        self.upload_count += 1;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let uploaded = Uploaded { _origin: origin, through_host, texture, view: view.clone(), last_used: self.frame };
        self.planes.insert(address, uploaded);
        Ok(view)
    }

    /// Arranges that plane `k` of a surface is copied to a texture on the device.
    fn import(
        &mut self,
        gpu: &Gpu,
        frame: &DeviceFrame,
        k: usize,
        texture: &wgpu::Texture,
        shape: TextureShape,
    ) -> Result<(), String> {
        let importer = self.importer.as_mut().ok_or("the device that draws cannot share memory")?;
        let imported = importer.import(gpu, frame)?;
        let plane = imported.planes.get(k).ok_or("its surface has too few planes")?;
        let layout =
            wgpu::TexelCopyBufferLayout { offset: plane.offset, bytes_per_row: Some(plane.stride_bytes), rows_per_image: None };
        self.copies.push(PlaneCopy { buffer: imported.buffer.clone(), layout, texture: texture.clone(), shape });
        Ok(())
    }

    /// Plane `k` of a surface in host memory, packed as it is.
    fn downloaded(&mut self, frame: &DeviceFrame, k: usize) -> Result<Plane, RenderError> {
        let known = self.downloaded.iter().position(|(of, _)| of.address() == frame.address());
        let at = match known {
            Some(at) => at,
            None => {
                let planes = frame.surface.download().map_err(|e| RenderError::Gpu(e.to_string()))?;
                self.downloaded.push((frame.clone(), planes));
                self.downloaded.len() - 1
            }
        };
        let missing = || RenderError::Unsupported("a surface with fewer planes than its packing has".into());
        self.downloaded[at].1.get(k).cloned().ok_or_else(missing)
    }
}

/// Shape of the texture of plane `k` of a picture, or of its surface.
fn shape(picture: &Picture, k: usize) -> Result<TextureShape, RenderError> {
    // A plane of the picture that lies there.
    let missing = || RenderError::Unsupported("a plane that the picture's layout does not have".into());
    let plane = (0..picture.format.plane_count()).find(|&n| place_of(picture, n).plane == k).ok_or_else(missing)?;
    let pair = place_of(picture, plane).components == 2;
    let format = match (picture.format.bytes_per_sample(), pair) {
        (1, false) => wgpu::TextureFormat::R8Uint,
        (1, true) => wgpu::TextureFormat::Rg8Uint,
        (2, false) => wgpu::TextureFormat::R16Uint,
        (2, true) => wgpu::TextureFormat::Rg16Uint,
        _ => wgpu::TextureFormat::R32Float,
    };
    let size = picture.format.plane_size(plane, picture.size);
    Ok(TextureShape { format, width: size.width, height: size.height })
}

fn extent(s: TextureShape) -> wgpu::Extent3d {
    wgpu::Extent3d { width: s.width, height: s.height, depth_or_array_layers: 1 }
}

fn write(gpu: &Gpu, texture: &wgpu::Texture, plane: &Plane, shape: TextureShape, sample_bytes: usize) -> Result<(), RenderError> {
    let sample_bytes = match shape.format {
        wgpu::TextureFormat::Rg8Uint | wgpu::TextureFormat::Rg16Uint => 2 * sample_bytes,
        _ => sample_bytes,
    };
    let (row_bytes, rows) = (shape.width as usize * sample_bytes, shape.height as usize);
    if plane.rows() < rows || plane.width_bytes() < row_bytes {
        return Err(RenderError::Unsupported("a picture whose planes are smaller than its size".into()));
    }
    // Strides that are not a multiple of the sample size must be packed for the device.
    let packed: Vec<u8>;
    let stride = plane.stride_bytes();
    let (data, stride) = if stride.is_multiple_of(sample_bytes) {
        (plane.data(), stride)
    } else {
        packed = (0..rows).flat_map(|y| plane.row(y)[..row_bytes].iter().copied()).collect();
        (&packed[..], row_bytes)
    };
    let stride = u32::try_from(stride).map_err(|_| RenderError::Unsupported("rows of more than 4 GiB".into()))?;
    gpu.queue.write_texture(
        texture.as_image_copy(),
        data,
        wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(stride), rows_per_image: None },
        extent(shape),
    );
    Ok(())
}

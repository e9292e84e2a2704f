//! Uploads source planes to textures. A plane that was drawn in the last frames is not uploaded
//! again.
use super::device::Gpu;
use crate::RenderError;
use cutroom_types::{Picture, Plane};
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

/// Identity of a plane; unique as long as the entry holds the plane.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct PlaneAddress {
    address: usize,
    stride: usize,
    shape: TextureShape,
}

struct Uploaded {
    /// Keeps the memory alive, so that no other plane gets its address.
    _plane: Plane,
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    last_used: u64,
}

/// Cache of source planes' textures.
#[derive(Default)]
pub struct Uploads {
    planes: HashMap<PlaneAddress, Uploaded>,
    spare: Vec<(TextureShape, wgpu::Texture)>,
    frame: u64,
    /// Number of planes uploaded so far.
    pub upload_count: u64,
}

impl Uploads {
    /// Begins a frame: drops planes that have not been used in the last frames.
    pub fn next_frame(&mut self) {
        self.frame += 1;
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

    /// Returns the texture of plane `k` of a picture and uploads the plane if necessary.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] when the plane is empty or larger than the device can hold.
    pub fn view(&mut self, gpu: &Gpu, picture: &Picture, k: usize) -> Result<wgpu::TextureView, RenderError> {
        let format = match picture.format.bytes_per_sample() {
            1 => wgpu::TextureFormat::R8Uint,
            2 => wgpu::TextureFormat::R16Uint,
            _ => wgpu::TextureFormat::R32Float,
        };
        let size = picture.format.plane_size(k, picture.size);
        let max = gpu.limits.max_texture_dimension_2d;
        if size.width == 0 || size.height == 0 || size.width > max || size.height > max {
            return Err(RenderError::Unsupported(format!("a plane of {}×{} on this GPU (at most {max})", size.width, size.height)));
        }
        let plane = &picture.planes[k];
        let shape = TextureShape { format, width: size.width, height: size.height };
        let address = PlaneAddress { address: plane.data().as_ptr() as usize, stride: plane.stride_bytes(), shape };
        if let Some(u) = self.planes.get_mut(&address) {
            u.last_used = self.frame;
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
                format,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
                view_formats: &[],
            }),
        };
        write(gpu, &texture, plane, shape, picture.format.bytes_per_sample())?;
        self.upload_count += 1;
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        self.planes.insert(address, Uploaded { _plane: plane.clone(), texture, view: view.clone(), last_used: self.frame });
        Ok(view)
    }
}

fn extent(s: TextureShape) -> wgpu::Extent3d {
    wgpu::Extent3d { width: s.width, height: s.height, depth_or_array_layers: 1 }
}

fn write(gpu: &Gpu, texture: &wgpu::Texture, plane: &Plane, shape: TextureShape, sample_bytes: usize) -> Result<(), RenderError> {
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

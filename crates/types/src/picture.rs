//! Pictures: planar, immutable, shared; in host memory, or on a graphics device.
use crate::{ColorTags, DeviceFrame, DownloadError, Orientation, Size};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// Memory that planes are stored in. Decoders implement it for their own frames, so that nothing is
/// copied.
pub trait PlaneMemory: Send + Sync {
    /// The whole memory as bytes.
    fn bytes(&self) -> &[u8];
}

impl PlaneMemory for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// Meaning of the colour planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColorModel {
    /// Planes Y, Cb, Cr.
    Yuv,
    /// Planes R, G, B.
    Rgb,
    /// One plane of grey values.
    Gray,
}

/// Whether colour is multiplied by alpha.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AlphaMode {
    /// Colour is not multiplied by alpha, as in files.
    #[default]
    Straight,
    /// Colour is already multiplied by alpha.
    Premultiplied,
}

/// Layout of planes. Samples are `u8` when `bits == 8`, little-endian `u16` holding the value in
/// the low `bits` for 9..=16, and little-endian `f32` for 32 (nominal 0..=1). An alpha plane comes
/// last, has full size and is always full range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PictureFormat {
    /// Meaning of the colour planes.
    pub model: ColorModel,
    /// 8..=16, or 32 for float.
    pub bits: u8,
    /// log2 of horizontal chroma subsampling, 0..=2 (1 for 4:2:0 and 4:2:2).
    pub chroma_shift_x: u8,
    /// log2 of vertical chroma subsampling, 0..=2 (1 for 4:2:0).
    pub chroma_shift_y: u8,
    /// Whether an alpha plane follows.
    pub alpha: bool,
}

impl PictureFormat {
    /// 8-bit 4:2:0.
    pub const YUV420P8: Self = Self::yuv(8, 1, 1);
    /// 8-bit RGB planes.
    pub const RGB8: Self = Self { model: ColorModel::Rgb, bits: 8, chroma_shift_x: 0, chroma_shift_y: 0, alpha: false };
    /// RGB planes of 32-bit float.
    pub const RGB_FLOAT: Self = Self { bits: 32, ..Self::RGB8 };
    /// YUV without alpha.
    pub const fn yuv(bits: u8, chroma_shift_x: u8, chroma_shift_y: u8) -> Self {
        Self { model: ColorModel::Yuv, bits, chroma_shift_x, chroma_shift_y, alpha: false }
    }

    /// The same format with an alpha plane.
    pub const fn with_alpha(self) -> Self {
        Self { alpha: true, ..self }
    }

    /// Number of planes in a picture of this format, including alpha.
    pub const fn plane_count(&self) -> usize {
        (match self.model {
            ColorModel::Gray => 1,
            _ => 3,
        }) + self.alpha as usize
    }

    /// Bytes per sample.
    pub const fn bytes_per_sample(&self) -> usize {
        match self.bits {
            0..=8 => 1,
            9..=16 => 2,
            _ => 4,
        }
    }

    /// Whether plane `k` is a (possibly subsampled) chroma plane.
    pub const fn is_chroma(&self, k: usize) -> bool {
        matches!(self.model, ColorModel::Yuv) && (k == 1 || k == 2)
    }

    /// Size of plane `k` for a picture of `size`; subsampled sizes round up.
    pub const fn plane_size(&self, k: usize, size: Size) -> Size {
        if self.is_chroma(k) {
            let (sx, sy) = (self.chroma_shift_x as u32, self.chroma_shift_y as u32);
            Size { width: (size.width + (1 << sx) - 1) >> sx, height: (size.height + (1 << sy) - 1) >> sy }
        } else {
            size
        }
    }
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match (self.model, self.chroma_shift_x, self.chroma_shift_y) {
            (ColorModel::Gray, ..) => "gray",
            (ColorModel::Rgb, ..) => "rgb",
            (ColorModel::Yuv, 0, 0) => "yuv444",
            (ColorModel::Yuv, 0, 1) => "yuv440",
            (ColorModel::Yuv, 1, 0) => "yuv422",
            (ColorModel::Yuv, 1, 1) => "yuv420",
            (ColorModel::Yuv, 2, 0) => "yuv411",
            (ColorModel::Yuv, ..) => "yuv410",
        };
        write!(f, "{name}{} {}-bit", if self.alpha { "+alpha" } else { "" }, self.bits)
    }
}

/// One plane: a window into shared memory, top row first.
#[derive(Clone)]
pub struct Plane {
    memory: Arc<dyn PlaneMemory>,
    offset: usize,
    stride_bytes: usize,
    width_bytes: usize,
    rows: usize,
}

impl Plane {
    /// A window of `rows` rows of `width_bytes` bytes each, `stride_bytes` apart, starting at
    /// `offset`. `None` if rows overlap or the window is not inside the memory.
    pub fn new(memory: Arc<dyn PlaneMemory>, offset: usize, stride_bytes: usize, width_bytes: usize, rows: usize) -> Option<Self> {
        let end = offset.checked_add(stride_bytes.checked_mul(rows.saturating_sub(1))?)?.checked_add(width_bytes)?;
        (width_bytes <= stride_bytes && (rows == 0 || end <= memory.bytes().len())).then_some(Self {
            memory,
            offset,
            stride_bytes,
            width_bytes,
            rows,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes used per row.
    pub fn width_bytes(&self) -> usize {
        self.width_bytes
    }

    /// Bytes from one row to the next.
    pub fn stride_bytes(&self) -> usize {
        self.stride_bytes
    }

    /// The used bytes of row `y`, `y < rows()`.
    pub fn row(&self, y: usize) -> &[u8] {
        let start = self.offset + y * self.stride_bytes;
        &self.memory.bytes()[start..start + self.width_bytes]
    }

    /// The bytes from the first sample to the end of the last row, with rows `stride_bytes()`
    /// apart.
    pub fn data(&self) -> &[u8] {
        if self.rows == 0 {
            return &[];
        }
        &self.memory.bytes()[self.offset..self.offset + self.stride_bytes * (self.rows - 1) + self.width_bytes]
    }
}

impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plane({}×{} bytes, stride {})", self.width_bytes, self.rows, self.stride_bytes)
    }
}

/// A decoded or rendered picture. Cloning shares the planes.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Plane layout.
    pub format: PictureFormat,
    /// Stored size, before orientation and sample aspect ratio.
    pub size: Size,
    /// Colour tags.
    pub color: ColorTags,
    /// Whether the primaries in `color` are a guess: the file states none.
    pub are_primaries_guessed: bool,
    /// Whether colour is multiplied by alpha.
    pub alpha: AlphaMode,
    /// Width : height of one sample; (1, 1) is square. Never zero.
    pub sample_aspect: (u32, u32),
    /// How to bring the stored pixels upright.
    pub orientation: Orientation,
    /// The stored size of the picture that this is a smaller copy of (a proxy): it is placed, cropped
    /// and masked as if it had that size. `None`: it stands for itself.
    pub stands_for: Option<Size>,
    /// `format.plane_count()` planes in the order of the model, alpha last; none if the picture is on
    /// a device.
    pub planes: Vec<Plane>,
    /// The planes of a picture that is on a device; `None` if they are in host memory.
    pub device: Option<DeviceFrame>,
}

impl Picture {
    /// An upright picture from one tightly packed buffer per plane. `None` if the number or size of
    /// the buffers does not match the format.
    pub fn from_planes(format: PictureFormat, size: Size, color: ColorTags, buffers: Vec<Vec<u8>>) -> Option<Self> {
        if buffers.len() != format.plane_count() {
            return None;
        }
        let mut planes = Vec::with_capacity(buffers.len());
        for (k, buffer) in buffers.into_iter().enumerate() {
            let s = format.plane_size(k, size);
            let width_bytes = s.width as usize * format.bytes_per_sample();
            if buffer.len() != width_bytes * s.height as usize {
                return None;
            }
            planes.push(Plane::new(Arc::new(buffer), 0, width_bytes, width_bytes, s.height as usize)?);
        }
        Some(Self::upright(format, size, color, planes))
    }

    /// An upright picture with square pixels and straight alpha. `planes` must be
    /// `format.plane_count()` planes of the sizes that the format specifies.
    pub fn upright(format: PictureFormat, size: Size, color: ColorTags, planes: Vec<Plane>) -> Self {
        Self {
            format,
            size,
            color,
            are_primaries_guessed: false,
            alpha: AlphaMode::Straight,
            sample_aspect: (1, 1),
            orientation: Orientation::UPRIGHT,
            stands_for: None,
            planes,
            device: None,
        }
    }

    /// An upright picture whose planes are on a device.
    pub fn on_device(format: PictureFormat, size: Size, color: ColorTags, frame: DeviceFrame) -> Self {
        Self { device: Some(frame), ..Self::upright(format, size, color, Vec::new()) }
    }

    /// The picture in host memory: itself, or a copy of what is on a device. For the CPU back end,
    /// software encoders and hashes; everything else passes pictures on as they are.
    ///
    /// # Errors
    /// [`DownloadError`].
    pub fn on_host(&self) -> Result<Self, DownloadError> {
        Ok(match &self.device {
            None => self.clone(),
            Some(frame) => Self { planes: frame.planes(self.format)?, device: None, ..self.clone() },
        })
    }

    /// Plane `k`, below `format.plane_count()`, as a grey picture of its own.
    #[must_use]
    pub fn single_plane(&self, k: usize) -> Self {
        let format = PictureFormat { model: ColorModel::Gray, chroma_shift_x: 0, chroma_shift_y: 0, ..self.format };
        let device = self.device.clone().map(|frame| DeviceFrame { only: Some(frame.only.unwrap_or(0) + k), ..frame });
        let planes = self.planes.get(k).cloned().into_iter().collect();
        Self { format, size: self.format.plane_size(k, self.size), planes, device, ..self.clone() }
    }

    /// Size of the upright picture in square pixels: the stored width, or that of the picture that
    /// it stands for, is multiplied by the sample aspect, rounded, at least 1; then the orientation is
    /// applied.
    pub fn display_size(&self) -> Size {
        let (n, d) = self.sample_aspect;
        let stored = self.stands_for.unwrap_or(self.size);
        let width = (u64::from(stored.width) * u64::from(n) + u64::from(d) / 2) / u64::from(d);
        self.orientation.apply(Size { width: u32::try_from(width.max(1)).unwrap_or(u32::MAX), height: stored.height })
    }

    /// Sample `(x, y)` of plane `k` as an integer code, a float as its bits. Slow; for tests and
    /// small jobs.
    pub fn sample(&self, k: usize, x: usize, y: usize) -> u32 {
        let row = self.planes[k].row(y);
        match self.format.bytes_per_sample() {
            1 => u32::from(row[x]),
            2 => u32::from(u16::from_le_bytes([row[2 * x], row[2 * x + 1]])),
            _ => u32::from_le_bytes([row[4 * x], row[4 * x + 1], row[4 * x + 2], row[4 * x + 3]]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_round_chroma_up() {
        let f = PictureFormat::YUV420P8;
        assert_eq!(f.plane_size(1, Size { width: 1599, height: 833 }), Size { width: 800, height: 417 });
    }

    #[test]
    fn planes_outside_memory_are_refused() {
        assert!(Plane::new(Arc::new(vec![0; 10]), 0, 4, 4, 3).is_none());
        assert!(Plane::new(Arc::new(vec![0; 12]), 0, 4, 4, 3).is_some());
    }
}

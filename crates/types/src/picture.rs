//! Pictures: planar, immutable, shared; in host memory, or on a graphics device.
use crate::{ColorModel, ColorTags, DeviceFrame, DownloadError, Orientation, PictureFormat, Plane, Size};
use std::sync::Arc;

/// Whether colour is multiplied by alpha.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AlphaMode {
    /// Colour is not multiplied by alpha, as in files.
    #[default]
    Straight,
    /// Colour is already multiplied by alpha.
    Premultiplied,
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

//! Pictures in the memory of a graphics device. Who decodes there makes them, who draws there imports
//! them, and neither knows the other: between them are plain values. What was drawn may stay there, too.
use crate::{PictureFormat, Plane};
use std::{any::Any, fmt, sync::Arc};

/// Identifies a graphics device: Vulkan's `deviceUUID`, which equals CUDA's UUID of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceId(pub [u8; 16]);

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How the samples of a picture's planes lie in the planes of a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// Each plane is a plane of the surface, as in host memory.
    Planar,
    /// 8 bits: a plane of Y, and one of alternating Cb and Cr.
    Nv12,
    /// As [`Packing::Nv12`], with 10 bits in the high bits of 16-bit words.
    P010,
}

/// The place of a picture's plane in a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SamplePlace {
    /// Plane of the surface.
    pub plane: usize,
    /// Number of the sample among those that lie together, 0 or 1.
    pub component: usize,
    /// Number of samples that lie together, 1 or 2.
    pub components: usize,
    /// Bits by which a stored word is shifted to the left.
    pub shift: u8,
}

impl Packing {
    /// Where plane `k` of a picture lies.
    pub const fn place(self, k: usize) -> SamplePlace {
        let shift = if matches!(self, Self::P010) { 6 } else { 0 };
        match (self, k) {
            (Self::Planar, _) => SamplePlace { plane: k, component: 0, components: 1, shift },
            (_, 0) => SamplePlace { plane: 0, component: 0, components: 1, shift },
            (_, k) => SamplePlace { plane: 1, component: k - 1, components: 2, shift },
        }
    }

    /// The packing of decoded frames of this layout on a device: [`Packing::Nv12`] or
    /// [`Packing::P010`], or `None` for layouts that they cannot hold.
    pub fn semi_planar(format: PictureFormat) -> Option<Self> {
        match format {
            PictureFormat::YUV420P8 => Some(Self::Nv12),
            f if f == PictureFormat::yuv(10, 1, 1) => Some(Self::P010),
            _ => None,
        }
    }
}

/// A plane in the memory of a device, as an address of the interface that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DevicePlane {
    /// Address on the device.
    pub address: u64,
    /// Bytes from one row to the next.
    pub stride_bytes: usize,
    /// Bytes used per row.
    pub width_bytes: usize,
    /// Number of rows.
    pub rows: usize,
}

/// Where the planes of a surface are, as values that another interface can import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SurfaceMemory {
    /// Linear memory of the device's primary CUDA context, written in order on its default stream.
    Cuda(Vec<DevicePlane>),
    /// Memory that nothing can import: it is copied through host memory.
    Unshared,
}

/// A frame on a device. It is not written any more and keeps its memory while it lives.
pub trait Surface: Any + Send + Sync {
    /// Where its planes are.
    fn memory(&self) -> SurfaceMemory;

    /// Copies its planes to host memory, packed as they are.
    ///
    /// # Errors
    /// The device's reason.
    fn download(&self) -> Result<Vec<Plane>, DownloadError>;
}

/// A picture could not be copied from a device to host memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture cannot be copied from the graphics device: {0}")]
pub struct DownloadError(pub String);

/// The planes of a picture, or one of them, on a device. Cloning shares the surface.
#[derive(Clone)]
pub struct DeviceFrame {
    /// The device.
    pub device: DeviceId,
    /// How the planes lie in the surface.
    pub packing: Packing,
    /// The surface.
    pub surface: Arc<dyn Surface>,
    /// The only one of its planes that the picture has; `None`: all.
    pub only: Option<usize>,
}

impl DeviceFrame {
    /// Where plane `k` of the picture lies in the surface.
    pub fn place(&self, k: usize) -> SamplePlace {
        self.packing.place(self.only.unwrap_or(0) + k)
    }

    /// Identifies the surface among those that live.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.surface).cast::<()>().addr()
    }

    /// Copies the planes of a picture of layout `format` to host memory, each by itself.
    ///
    /// # Errors
    /// [`DownloadError`].
    pub(crate) fn planes(&self, format: PictureFormat) -> Result<Vec<Plane>, DownloadError> {
        let stored = self.surface.download()?;
        let plane = |k: usize| {
            let place = self.place(k);
            let from = stored.get(place.plane)?;
            let is_stored_alike = place.components == 1 && place.shift == 0;
            if is_stored_alike { Some(from.clone()) } else { unpacked(from, place, format.bytes_per_sample()) }
        };
        let planes: Option<Vec<Plane>> = (0..format.plane_count()).map(plane).collect();
        planes.ok_or_else(|| DownloadError(format!("its surface is not one of {format}")))
    }
}

impl fmt::Debug for DeviceFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceFrame({:?} on {})", self.packing, self.device)
    }
}

/// The samples of one place as a plane of their own.
fn unpacked(from: &Plane, place: SamplePlace, sample_bytes: usize) -> Option<Plane> {
    let width = from.width_bytes() / (sample_bytes * place.components);
    let mut out = Vec::with_capacity(width * sample_bytes * from.rows());
    for y in 0..from.rows() {
        let row = from.row(y);
        match (sample_bytes, place.components) {
            (1, 1) => out.extend(row.iter().map(|v| v >> place.shift)),
            (1, 2) => out.extend(row.as_chunks::<2>().0.iter().map(|v| v[place.component] >> place.shift)),
            (2, 1) => extend_words(&mut out, row.as_chunks::<2>().0.iter().copied(), place.shift),
            (2, 2) => {
                let at = 2 * place.component;
                extend_words(&mut out, row.as_chunks::<4>().0.iter().map(|v| [v[at], v[at + 1]]), place.shift);
            }
            _ => return None,
        }
    }
    let width_bytes = width * sample_bytes;
    Plane::new(Arc::new(out), 0, width_bytes, width_bytes, from.rows())
}

fn extend_words(out: &mut Vec<u8>, words: impl Iterator<Item = [u8; 2]>, shift: u8) {
    out.extend(words.flat_map(|word| (u16::from_le_bytes(word) >> shift).to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColorTags, Picture, Size};

    /// A surface in host memory.
    struct Held(Vec<(usize, Vec<u8>)>);

    impl Surface for Held {
        fn memory(&self) -> SurfaceMemory {
            SurfaceMemory::Unshared
        }

        fn download(&self) -> Result<Vec<Plane>, DownloadError> {
            let plane = |(stride, bytes): &(usize, Vec<u8>)| {
                let rows = bytes.len() / stride;
                Plane::new(Arc::new(bytes.clone()), 0, *stride, *stride, rows).ok_or_else(|| DownloadError("too short".into()))
            };
            self.0.iter().map(plane).collect()
        }
    }

    fn held(packing: Packing, planes: Vec<(usize, Vec<u8>)>) -> DeviceFrame {
        DeviceFrame { device: DeviceId([7; 16]), packing, surface: Arc::new(Held(planes)), only: None }
    }

    const SIZE: Size = Size { width: 3, height: 2 };

    /// Expected values by the definition of NV12: Cb and Cr alternate in rows of half the height.
    #[test]
    fn nv12_is_taken_apart() {
        let frame = held(Packing::Nv12, vec![(3, vec![1, 2, 3, 4, 5, 6]), (4, vec![10, 20, 11, 21])]);
        let picture = Picture::on_device(PictureFormat::YUV420P8, SIZE, ColorTags::SRGB, frame);
        assert!(picture.planes.is_empty());
        let host = picture.on_host().unwrap();
        assert!(host.device.is_none());
        let rows: Vec<Vec<u8>> = host.planes.iter().map(|p| (0..p.rows()).flat_map(|y| p.row(y).to_vec()).collect()).collect();
        assert_eq!(rows, [vec![1, 2, 3, 4, 5, 6], vec![10, 11], vec![20, 21]]);
    }

    /// Expected values by the definition of P010: ten bits in the high bits of little-endian words.
    #[test]
    fn p010_is_taken_apart_and_shifted() {
        let words = |values: &[u16]| -> Vec<u8> { values.iter().flat_map(|v| (v << 6).to_le_bytes()).collect() };
        let frame = held(Packing::P010, vec![(6, words(&[0, 1, 1023, 512, 64, 940])), (8, words(&[100, 200, 300, 400]))]);
        let format = PictureFormat::yuv(10, 1, 1);
        let host = Picture::on_device(format, SIZE, ColorTags::SRGB, frame).on_host().unwrap();
        let row = |k: usize, n: usize, y: usize| -> Vec<u32> { (0..n).map(|x| host.sample(k, x, y)).collect() };
        assert_eq!((row(0, 3, 0), row(0, 3, 1)), (vec![0, 1, 1023], vec![512, 64, 940]));
        assert_eq!((row(1, 2, 0), row(2, 2, 0)), (vec![100, 300], vec![200, 400]));
    }

    #[test]
    fn one_plane_of_a_surface_is_a_picture_too() {
        let frame = held(Packing::Nv12, vec![(2, vec![1, 2, 3, 4]), (2, vec![10, 20])]);
        let picture = Picture::on_device(PictureFormat::YUV420P8, Size { width: 2, height: 2 }, ColorTags::SRGB, frame);
        let of = |k: usize| picture.single_plane(k).on_host().unwrap().sample(0, 0, 0);
        assert_eq!([of(0), of(1), of(2)], [1, 10, 20]);
        assert_eq!(picture.single_plane(2).device.unwrap().place(0), Packing::Nv12.place(2));
    }

    #[test]
    fn a_surface_with_too_few_planes_is_refused() {
        let frame = held(Packing::Nv12, vec![(3, vec![1, 2, 3, 4, 5, 6])]);
        assert!(Picture::on_device(PictureFormat::YUV420P8, SIZE, ColorTags::SRGB, frame).on_host().is_err());
    }

    #[test]
    fn only_420_of_eight_and_ten_bits_is_semi_planar() {
        assert_eq!(Packing::semi_planar(PictureFormat::YUV420P8), Some(Packing::Nv12));
        assert_eq!(Packing::semi_planar(PictureFormat::yuv(10, 1, 1)), Some(Packing::P010));
        for other in [PictureFormat::yuv(12, 1, 1), PictureFormat::yuv(8, 1, 0), PictureFormat::RGB8] {
            assert_eq!(Packing::semi_planar(other), None, "{other}");
        }
    }
}

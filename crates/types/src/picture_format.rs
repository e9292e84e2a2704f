//! Layouts of pictures: what their planes mean, and how they are stored.
use crate::Size;
use serde::{Deserialize, Serialize};
use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_round_chroma_up() {
        let f = PictureFormat::YUV420P8;
        assert_eq!(f.plane_size(1, Size { width: 1599, height: 833 }), Size { width: 800, height: 417 });
    }
}

//! Writing code values into the output's planes, two rows at a time, left to right.
use crate::filter;
use cutroom_kernel::{
    SimdLevel, TILE_PITCH, Tile,
    rows::{self, SampleKind},
};
use cutroom_types::{ColorModel, ColorTags, PictureFormat};

/// The planes of a band of rows: `(bytes, stride)` each.
pub struct Band<'a> {
    /// Output row of the first line.
    pub y: usize,
    /// Luma rows in the band.
    pub rows: usize,
    /// Bytes of each plane's part, tightly packed rows.
    pub planes: Vec<&'a mut [u8]>,
}

/// Values of Cb and Cr in the column left of a tile, for both rows.
pub type Carry = [[f32; 2]; 2];

/// Packs tiles into a format.
pub struct Packer {
    level: SimdLevel,
    format: PictureFormat,
    width: usize,
    kind: SampleKind,
    max_code: f32,
    chroma_weights: [f32; 3],
}

impl Packer {
    /// For pictures `width` pixels wide.
    pub fn new(level: SimdLevel, format: PictureFormat, color: ColorTags, width: usize) -> Self {
        let kind = match format.bytes_per_sample() {
            1 => SampleKind::U8,
            2 => SampleKind::U16,
            _ => SampleKind::F32,
        };
        let (left, _) = filter::cosited(color.chroma);
        // Over the sum of two rows, hence half of [1 2 1]/4 or [0 1 1]/2.
        let chroma_weights = if left { [0.125, 0.25, 0.125] } else { [0.0, 0.25, 0.25] };
        Self {
            level,
            format,
            width,
            kind,
            max_code: if format.bits == 32 { f32::MAX } else { ((1u32 << format.bits) - 1) as f32 },
            chroma_weights,
        }
    }

    /// Bytes from row to row of plane `k`.
    pub fn stride(&self, k: usize) -> usize {
        let w = if self.format.is_chroma(k) { self.width.div_ceil(1 << self.format.chroma_shift_x) } else { self.width };
        w * self.kind.bytes()
    }

    /// Stores `width` columns from even column `x` of `rows` rows; `y` counts from the top of the band and is even. `carry` holds the
    /// chroma of the column left of `x` for both rows and is updated; `None` stands for the first column repeated.
    pub fn store(
        &self,
        band: &mut Band,
        tile: &mut Tile,
        carry: &mut Option<Carry>,
        line: &mut Vec<f32>,
        x: usize,
        y: usize,
        width: usize,
        rows: usize,
    ) {
        let b = self.kind.bytes();
        let colors = if self.format.model == ColorModel::Gray { 1 } else { 3 };
        for k in 0..colors {
            if self.format.is_chroma(k) && (self.format.chroma_shift_x > 0 || self.format.chroma_shift_y > 0) {
                self.store_chroma(band, tile, *carry, line, k, x, y, width, rows);
                continue;
            }
            for r in 0..rows {
                let at = (y + r) * self.stride(k) + x * b;
                let source = &tile.planes[k][r * TILE_PITCH..r * TILE_PITCH + width];
                rows::pack_row(self.level, source, self.kind, self.max_code, &mut band.planes[k][at..at + width * b]);
            }
        }
        *carry = Some([1, 2].map(|k| [0, 1].map(|r| tile.planes[k][r * TILE_PITCH + width - 1])));
        if self.format.alpha {
            let gain = if self.kind == SampleKind::F32 { 1.0 } else { self.max_code };
            for r in 0..rows {
                let at = (y + r) * self.stride(colors) + x * b;
                let source = &mut tile.planes[3][r * TILE_PITCH..r * TILE_PITCH + width];
                for a in source.iter_mut() {
                    *a *= gain;
                }
                rows::pack_row(self.level, source, self.kind, self.max_code, &mut band.planes[colors][at..at + width * b]);
            }
        }
    }

    fn store_chroma(
        &self,
        band: &mut Band,
        tile: &mut Tile,
        carry: Option<Carry>,
        line: &mut Vec<f32>,
        k: usize,
        x: usize,
        y: usize,
        width: usize,
        rows: usize,
    ) {
        let b = self.kind.bytes();
        let stride = self.stride(k);
        let (sx, sy) = (self.format.chroma_shift_x, self.format.chroma_shift_y);
        let plane = &mut tile.planes[k];
        if width % 2 == 1 && width < TILE_PITCH {
            for r in 0..rows {
                plane[r * TILE_PITCH + width] = plane[r * TILE_PITCH + width - 1];
            }
        }
        // Without vertical subsampling each row stands for both rows of the sum.
        let groups: &[(usize, usize)] = if sy == 0 {
            &[(0, 0), (1, 1)][..rows]
        } else if rows == 2 {
            &[(0, 1)]
        } else {
            &[(0, 0)]
        };
        for (g, &(top, bottom)) in groups.iter().enumerate() {
            let (ra, rb) = (&plane[top * TILE_PITCH..][..TILE_PITCH], &plane[bottom * TILE_PITCH..][..TILE_PITCH]);
            let out_y = if sy == 0 { y + g } else { y / 2 };
            let n = width.div_ceil(1 << sx);
            line.resize(n, 0.0);
            if sx == 0 {
                for (d, (a, c)) in line.iter_mut().zip(ra.iter().zip(rb)) {
                    *d = (a + c) * 0.5;
                }
            } else {
                let left = carry.map_or(ra[0] + rb[0], |c| c[k - 1][top] + c[k - 1][bottom]);
                rows::halve_columns(self.level, [ra, rb], left, self.chroma_weights, line);
            }
            let at = out_y * stride + (x >> sx) * b;
            rows::pack_row(self.level, line, self.kind, self.max_code, &mut band.planes[k][at..at + n * b]);
        }
    }
}

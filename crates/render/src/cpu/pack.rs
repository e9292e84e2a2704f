//! Writes code values to the output's planes, two rows at a time, from left to right.
use crate::{OutputSpec, RenderError, filter};
use cutroom_kernel::{
    SimdLevel, TILE_PITCH, Tile,
    rows::{self, SampleKind},
};
use cutroom_types::{ColorModel, PictureFormat};

/// A band of output rows with its part of every plane.
pub struct Band<'a> {
    /// Output row of the band's first row.
    pub y: usize,
    /// Number of luma rows in the band.
    pub rows: usize,
    /// Each plane's part as bytes, in tightly packed rows.
    pub planes: Vec<&'a mut [u8]>,
}

/// Column sums left of a tile, which co-sited chroma reads: for Cb and Cr, for each chroma row of
/// the tile, the sum of its two luma rows (the same row twice without vertical subsampling).
pub type Carry = [[f32; 2]; 2];

/// Cb and Cr of the row above a pair of rows; chroma on the first row of its block depends on it.
#[derive(Default)]
pub struct Above {
    rows: [Vec<f32>; 2],
    /// Whether each block of [`ABOVE_COLUMNS`] columns is known.
    known: Vec<bool>,
}

/// Number of columns per block of [`Above::known`].
const ABOVE_COLUMNS: usize = 16;

impl Above {
    /// Marks all columns of rows `width` wide as unknown.
    pub fn forget(&mut self, width: usize) {
        // One more column, for the neighbour of an odd last one.
        self.rows.iter_mut().for_each(|r| r.resize(width + 1, 0.0));
        self.known.clear();
        self.known.resize(width.div_ceil(ABOVE_COLUMNS), false);
    }

    fn blocks(x: usize, width: usize) -> std::ops::Range<usize> {
        x / ABOVE_COLUMNS..(x + width).div_ceil(ABOVE_COLUMNS)
    }

    /// Whether these columns are known.
    pub fn knows(&self, x: usize, width: usize) -> bool {
        self.known[Self::blocks(x, width)].iter().all(|k| *k)
    }

    /// Stores row `row` of a tile whose first column is `x`.
    pub fn take(&mut self, tile: &Tile, row: usize, x: usize, width: usize) {
        for (to, plane) in self.rows.iter_mut().zip(&tile.planes[1..3]) {
            to[x..x + width].copy_from_slice(&plane[row * TILE_PITCH..row * TILE_PITCH + width]);
        }
        self.known[Self::blocks(x, width)].fill(true);
    }

    /// Marks these columns as unknown.
    pub fn lose(&mut self, x: usize, width: usize) {
        self.known[Self::blocks(x, width)].fill(false);
    }
}

/// Converts tiles to samples of a format.
pub struct Packer {
    level: SimdLevel,
    format: PictureFormat,
    width: usize,
    kind: SampleKind,
    max_code: f32,
    chroma_weights: [f32; 3],
    /// Chroma is on the first row of its block.
    on_first_row: bool,
}

impl Packer {
    /// A packer for pictures `width` pixels wide.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] for chroma on the last row of its block.
    pub fn new(level: SimdLevel, output: &OutputSpec, width: usize) -> Result<Self, RenderError> {
        let format = output.format;
        let kind = match format.bytes_per_sample() {
            1 => SampleKind::U8,
            2 => SampleKind::U16,
            _ => SampleKind::F32,
        };
        let [left, top] = filter::written_sites(output)?;
        // For the sum of two rows, hence half of [1 2 1]/4 or [0 1 1]/2.
        let chroma_weights = if left { [0.125, 0.25, 0.125] } else { [0.0, 0.25, 0.25] };
        Ok(Self {
            level,
            format,
            width,
            kind,
            max_code: if format.bits == 32 { f32::MAX } else { ((1u32 << format.bits) - 1) as f32 },
            chroma_weights,
            on_first_row: top && format.chroma_shift_y > 0 && format.model == ColorModel::Yuv,
        })
    }

    /// Whether [`Self::store`] needs the row above.
    pub fn wants_above(&self) -> bool {
        self.on_first_row
    }

    /// Bytes from row to row of plane `k`.
    pub fn stride(&self, k: usize) -> usize {
        let w = if self.format.is_chroma(k) { self.width.div_ceil(1 << self.format.chroma_shift_x) } else { self.width };
        w * self.kind.bytes()
    }

    /// Stores `width` columns from even column `x` of `rows` rows; `y` counts from the top of the
    /// band and is even. `carry` belongs to the column left of `x` and is updated; with `None` the
    /// first column is repeated. `above` is the row above, if it is needed and exists.
    pub fn store(
        &self,
        band: &mut Band,
        tile: &mut Tile,
        carry: &mut Option<Carry>,
        above: Option<&Above>,
        lines: &mut Lines,
        x: usize,
        y: usize,
        width: usize,
        rows: usize,
    ) {
        let b = self.kind.bytes();
        let colors = if self.format.model == ColorModel::Gray { 1 } else { 3 };
        let mut next = Carry::default();
        for k in 0..colors {
            if self.format.is_chroma(k) && (self.format.chroma_shift_x > 0 || self.format.chroma_shift_y > 0) {
                let above = above.map(|a| &a.rows[k - 1][x..]);
                let left = carry.map(|c| c[k - 1]);
                next[k - 1] = self.store_chroma(band, tile, left, above, lines, k, x, y, width, rows);
                continue;
            }
            for r in 0..rows {
                let at = (y + r) * self.stride(k) + x * b;
                let source = &tile.planes[k][r * TILE_PITCH..r * TILE_PITCH + width];
                rows::pack_row(self.level, source, self.kind, self.max_code, &mut band.planes[k][at..at + width * b]);
            }
        }
        *carry = Some(next);
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

    /// Stores one chroma plane; returns the sums of the last column.
    fn store_chroma(
        &self,
        band: &mut Band,
        tile: &mut Tile,
        carry: Option<[f32; 2]>,
        above: Option<&[f32]>,
        lines: &mut Lines,
        k: usize,
        x: usize,
        y: usize,
        width: usize,
        rows: usize,
    ) -> [f32; 2] {
        let b = self.kind.bytes();
        let stride = self.stride(k);
        let (sx, sy) = (self.format.chroma_shift_x, self.format.chroma_shift_y);
        let plane = &mut tile.planes[k];
        let even = width.next_multiple_of(2);
        if width % 2 == 1 && width < TILE_PITCH {
            for r in 0..rows {
                plane[r * TILE_PITCH + width] = plane[r * TILE_PITCH + width - 1];
            }
        }
        // Without vertical subsampling each row counts as both rows of the sum.
        let groups: &[(usize, usize)] = if sy == 0 {
            &[(0, 0), (1, 1)][..rows]
        } else if rows == 2 {
            &[(0, 1)]
        } else {
            &[(0, 0)]
        };
        let mut sums = [0.0; 2];
        for (g, &(top, bottom)) in groups.iter().enumerate() {
            let (ra, mut rb) = (&plane[top * TILE_PITCH..][..TILE_PITCH], &plane[bottom * TILE_PITCH..][..TILE_PITCH]);
            if self.on_first_row {
                // [1 2 1]/4 is half of the first row and half of the mean of its neighbours.
                lines.beside.resize(TILE_PITCH, 0.0);
                let over = above.unwrap_or(ra);
                for (d, (a, c)) in lines.beside.iter_mut().zip(over.iter().zip(rb)).take(width) {
                    *d = (a + c) * 0.5;
                }
                if even > width && even <= TILE_PITCH {
                    lines.beside[width] = lines.beside[width - 1];
                }
                rb = &lines.beside;
            }
            let out_y = if sy == 0 { y + g } else { y / 2 };
            let n = width.div_ceil(1 << sx);
            let line = &mut lines.line;
            line.resize(n, 0.0);
            if sx == 0 {
                for (d, (a, c)) in line.iter_mut().zip(ra.iter().zip(rb)) {
                    *d = (a + c) * 0.5;
                }
            } else {
                let left = carry.map_or(ra[0] + rb[0], |c| c[g]);
                rows::halve_columns(self.level, [ra, rb], left, self.chroma_weights, line);
            }
            sums[g] = ra[width - 1] + rb[width - 1];
            let at = out_y * stride + (x >> sx) * b;
            rows::pack_row(self.level, line, self.kind, self.max_code, &mut band.planes[k][at..at + n * b]);
        }
        sums
    }
}

/// Row buffers that a job reuses.
#[derive(Default)]
pub struct Lines {
    line: Vec<f32>,
    beside: Vec<f32>,
}

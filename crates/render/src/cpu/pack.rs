//! Writing code values into the output's planes, two rows at a time, left to right.
use crate::{OutputSpec, RenderError, filter};
use cutroom_kernel::{
    SimdLevel, TILE_PITCH, Tile,
    rows::{self, SampleKind},
};
use cutroom_types::{ColorModel, PictureFormat};

/// The planes of a band of rows: `(bytes, stride)` each.
pub struct Band<'a> {
    /// Output row of the first line.
    pub y: usize,
    /// Luma rows in the band.
    pub rows: usize,
    /// Bytes of each plane's part, tightly packed rows.
    pub planes: Vec<&'a mut [u8]>,
}

/// What chroma rows take from the column left of a tile: for Cb and Cr, of each group of rows that
/// makes a chroma row, the sum of both.
pub type Carry = [[f32; 2]; 2];

/// Cb and Cr of the row above a pair of rows, which chroma on the first row of its block takes part
/// of.
#[derive(Default)]
pub struct Above {
    rows: [Vec<f32>; 2],
    /// Blocks of [`ABOVE_COLUMNS`] columns that are known.
    known: Vec<bool>,
}

/// Columns are known by blocks of this many.
const ABOVE_COLUMNS: usize = 16;

impl Above {
    /// Nothing is known, of rows `width` wide.
    pub fn forget(&mut self, width: usize) {
        // One more column stands for the neighbour of an odd last one.
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

    /// Takes row `row` of a tile at column `x`.
    pub fn take(&mut self, tile: &Tile, row: usize, x: usize, width: usize) {
        for (to, plane) in self.rows.iter_mut().zip(&tile.planes[1..3]) {
            to[x..x + width].copy_from_slice(&plane[row * TILE_PITCH..row * TILE_PITCH + width]);
        }
        self.known[Self::blocks(x, width)].fill(true);
    }

    /// These columns are not known any more.
    pub fn lose(&mut self, x: usize, width: usize) {
        self.known[Self::blocks(x, width)].fill(false);
    }
}

/// Packs tiles into a format.
pub struct Packer {
    level: SimdLevel,
    format: PictureFormat,
    width: usize,
    kind: SampleKind,
    max_code: f32,
    chroma_weights: [f32; 3],
    /// Chroma lies on the first row of its block.
    on_first_row: bool,
}

impl Packer {
    /// For pictures `width` pixels wide.
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
        // Over the sum of two rows, hence half of [1 2 1]/4 or [0 1 1]/2.
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

    /// Whether [`Self::store`] wants the row above.
    pub fn wants_above(&self) -> bool {
        self.on_first_row
    }

    /// Bytes from row to row of plane `k`.
    pub fn stride(&self, k: usize) -> usize {
        let w = if self.format.is_chroma(k) { self.width.div_ceil(1 << self.format.chroma_shift_x) } else { self.width };
        w * self.kind.bytes()
    }

    /// Stores `width` columns from even column `x` of `rows` rows; `y` counts from the top of the
    /// band and is even. `carry` is of the column left of `x` and is updated; `None` stands for the
    /// first column repeated. `above` is the row above, when it is wanted and there is one.
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

    /// One chroma plane; gives the sums of the last column.
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
        // Without vertical subsampling each row stands for both rows of the sum.
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
                // [1 2 1]/4 is half of the first row and half of its neighbours' mean.
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

/// Rows that a job reuses.
#[derive(Default)]
pub struct Lines {
    line: Vec<f32>,
    beside: Vec<f32>,
}

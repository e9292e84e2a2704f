//! What is kept of a picture to compare it with others: means of the cells of a grid, in the codes of 8-bit
//! full range, so that depth, size, range and colour model of the film do not matter, and noise is averaged
//! away.
use cutroom_types::{ColorModel, Picture, Range};

/// Cells along the longer side.
const LONGER_SIDE: usize = 96;
/// Cells of the fine grid along a side of one of the coarse grid.
const COARSE: usize = 4;
/// Rows of the picture that are read for each row of cells.
const ROWS_PER_CELL: usize = 4;
/// Brightness.
pub(super) const BINS: usize = 256;

/// A picture, reduced.
#[derive(Clone)]
pub(super) struct Look {
    pub width: usize,
    pub height: usize,
    /// Luma of the cells, row by row.
    pub luma: Vec<u8>,
    pub coarse_width: usize,
    pub coarse_height: usize,
    /// Y, Cb and Cr of the coarse cells, one plane after the other.
    pub coarse: Vec<f32>,
    /// Cells that are at most so bright, for each code.
    pub up_to: Vec<u16>,
    /// The coarse cells' Cb and Cr, each sorted.
    pub sorted_chroma: [Vec<f32>; 2],
    /// Mean luma.
    pub mean: f32,
    /// Standard deviation of the luma.
    pub deviation: f32,
    /// Mean square of the differences between neighbouring cells.
    pub sharpness: f32,
}

impl Look {
    pub fn new(picture: &Picture) -> Self {
        let (w, h) = (picture.size.width.max(1) as usize, picture.size.height.max(1) as usize);
        let side = |n: usize| (n * LONGER_SIDE).div_ceil(w.max(h)).clamp(1, n);
        let (width, height) = (side(w), side(h));
        let (coarse_width, coarse_height) = (width.div_ceil(COARSE), height.div_ceil(COARSE));
        let plane = |k: usize, to: (usize, usize)| cells(picture, k, to);
        let is_limited = picture.format.model != ColorModel::Rgb && picture.color.range == Range::Limited;
        let (fine, chroma) = match picture.format.model {
            ColorModel::Gray => (plane(0, (width, height)), [vec![], vec![]]),
            ColorModel::Yuv => {
                let gain = if is_limited { 255.0 / 224.0 } else { 1.0 };
                let chroma = |k| plane(k, (coarse_width, coarse_height)).into_iter().map(|c| (c - 128.0) * gain).collect();
                (plane(0, (width, height)), [chroma(1), chroma(2)])
            }
            ColorModel::Rgb => {
                let [r, g, b] = [0, 1, 2].map(|k| plane(k, (width, height)));
                // ITU-R BT.601: exact enough to compare pictures of one film.
                let luma: Vec<f32> = (0..r.len()).map(|i| 0.299 * r[i] + 0.587 * g[i] + 0.114 * b[i]).collect();
                let less = |c: &[f32], gain: f32| -> Vec<f32> {
                    let fine: Vec<f32> = c.iter().zip(&luma).map(|(c, y)| (c - y) * gain).collect();
                    means(&fine, (width, height), (coarse_width, coarse_height))
                };
                let chroma = [less(&b, 0.564), less(&r, 0.713)];
                (luma, chroma)
            }
        };
        let stretch = |y: f32| if is_limited { (y - 16.0) * (255.0 / 219.0) } else { y };
        let fine: Vec<f32> = fine.into_iter().map(|y| stretch(y).clamp(0.0, 255.0)).collect();
        let mut coarse = means(&fine, (width, height), (coarse_width, coarse_height));
        let cells = coarse.len();
        let sorted_chroma = chroma.map(|mut c| {
            c.resize(cells, 0.0);
            coarse.extend_from_slice(&c);
            c.sort_unstable_by(f32::total_cmp);
            c
        });
        let count = fine.len() as f32;
        let mean = fine.iter().sum::<f32>() / count;
        let variance = fine.iter().map(|y| (y - mean) * (y - mean)).sum::<f32>() / count;
        let luma: Vec<u8> = fine.iter().map(|y| (y + 0.5) as u8).collect();
        let mut up_to = vec![0_u16; BINS];
        luma.iter().for_each(|y| up_to[usize::from(*y)] += 1);
        (1..BINS).for_each(|i| up_to[i] += up_to[i - 1]);
        let sharpness = sharpness(&fine, width);
        let deviation = variance.sqrt();
        Self { width, height, luma, coarse_width, coarse_height, coarse, up_to, sorted_chroma, mean, deviation, sharpness }
    }

    /// Number of coarse cells.
    pub fn coarse_cells(&self) -> usize {
        self.coarse_width * self.coarse_height
    }

    /// Whether nothing is shown but black.
    pub fn is_black(&self) -> bool {
        self.mean < 10.0 && self.deviation < 4.0
    }
}

/// The mean square of the differences of neighbours.
fn sharpness(cells: &[f32], width: usize) -> f32 {
    let mut sum = 0.0;
    for (y, row) in cells.chunks(width).enumerate() {
        sum += row.windows(2).map(|p| (p[1] - p[0]) * (p[1] - p[0])).sum::<f32>();
        let below = cells.get((y + 1) * width..(y + 2) * width).unwrap_or_default();
        sum += row.iter().zip(below).map(|(a, b)| (b - a) * (b - a)).sum::<f32>();
    }
    sum / cells.len() as f32
}

/// Means of the cells of a plane, in 8-bit codes.
fn cells(picture: &Picture, k: usize, (width, height): (usize, usize)) -> Vec<f32> {
    let size = picture.format.plane_size(k, picture.size);
    let (w, h) = (size.width.max(1) as usize, size.height.max(1) as usize);
    let plane = &picture.planes[k];
    let bits = picture.format.bits;
    let scale = if bits > 16 { 255.0 } else { 255.0 / ((1_u32 << bits) - 1) as f32 };
    let mut out = Vec::with_capacity(width * height);
    let mut sums = vec![0_f32; w];
    for y in 0..height {
        let (from, to) = (y * h / height, ((y + 1) * h / height).max(y * h / height + 1).min(h));
        let step = (to - from).div_ceil(ROWS_PER_CELL);
        sums.fill(0.0);
        let mut rows = 0;
        for row in (from..to).step_by(step).map(|y| plane.row(y)) {
            rows += 1;
            match picture.format.bytes_per_sample() {
                1 => sums.iter_mut().zip(row).for_each(|(s, v)| *s += f32::from(*v)),
                2 => {
                    let samples = row.as_chunks::<2>().0;
                    sums.iter_mut().zip(samples).for_each(|(s, v)| *s += f32::from(u16::from_le_bytes(*v)));
                }
                _ => {
                    let samples = row.as_chunks::<4>().0;
                    let of = |v: [u8; 4]| f32::from_le_bytes(v);
                    sums.iter_mut().zip(samples).for_each(|(s, v)| *s += if of(*v).is_finite() { of(*v) } else { 0.0 });
                }
            }
        }
        for x in 0..width {
            let (from, to) = (x * w / width, ((x + 1) * w / width).max(x * w / width + 1).min(w));
            out.push(sums[from..to].iter().sum::<f32>() * scale / (rows * (to - from)) as f32);
        }
    }
    out
}

/// Means of a grid over a smaller one.
fn means(grid: &[f32], (w, h): (usize, usize), (width, height): (usize, usize)) -> Vec<f32> {
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows = y * h / height..((y + 1) * h / height).max(y * h / height + 1);
        for x in 0..width {
            let columns = x * w / width..((x + 1) * w / width).max(x * w / width + 1);
            let sum: f32 = rows.clone().map(|y| grid[y * w..][columns.clone()].iter().sum::<f32>()).sum();
            out.push(sum / (rows.len() * columns.len()) as f32);
        }
    }
    out
}

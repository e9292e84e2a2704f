//! A grey plane with a border of repeated edge samples, so that inner loops need no clamping.
use crate::Gray;

/// Width of the border on each side, in samples.
pub(crate) const BORDER: usize = 16;

/// Rows of `stride` samples: the border, `width` samples, the border.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub width: usize,
    pub height: usize,
    pub stride: usize,
    pub data: Vec<f32>,
}

impl Plane {
    pub fn of(gray: &Gray) -> Self {
        Self::from_rows(gray.width(), gray.height(), gray.samples())
    }

    /// From rows of `width` samples without a border.
    pub fn from_rows(width: usize, height: usize, samples: &[f32]) -> Self {
        let stride = width + 2 * BORDER;
        let mut data = Vec::with_capacity(stride * (height + 2 * BORDER));
        for y in 0..height + 2 * BORDER {
            let row = &samples[y.saturating_sub(BORDER).min(height - 1) * width..][..width];
            data.extend(std::iter::repeat_n(row[0], BORDER));
            data.extend_from_slice(row);
            data.extend(std::iter::repeat_n(row[width - 1], BORDER));
        }
        Self { width, height, stride, data }
    }

    /// `count` samples of row `y` from `x` on; both may lie in the border.
    #[inline]
    pub fn run(&self, x: isize, y: isize, count: usize) -> &[f32] {
        let start = (y + BORDER as isize) as usize * self.stride + (x + BORDER as isize) as usize;
        &self.data[start..start + count]
    }

    /// Bilinear interpolation; (0, 0) is the centre of the first sample. Positions beyond the
    /// border return samples of the edge.
    #[inline]
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let margin = BORDER as f32;
        let x = (x + margin).max(0.0).min((self.width + 2 * BORDER - 2) as f32);
        let y = (y + margin).max(0.0).min((self.height + 2 * BORDER - 2) as f32);
        let (i, j) = (x as i32, y as i32);
        let (u, v) = (x - i as f32, y - j as f32);
        let at = j as usize * self.stride + i as usize;
        let (upper, lower) = (&self.data[at..at + 2], &self.data[at + self.stride..at + self.stride + 2]);
        let above = upper[0] + (upper[1] - upper[0]) * u;
        let below = lower[0] + (lower[1] - lower[0]) * u;
        above + (below - above) * v
    }
}

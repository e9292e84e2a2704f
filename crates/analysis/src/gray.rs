//! Grey pictures and their reductions.
use cutroom_types::Picture;

/// Brightness, one number a pixel, in 8-bit codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Gray {
    width: usize,
    height: usize,
    samples: Vec<f32>,
}

impl Gray {
    /// From rows of `width` samples; `None` unless there are `width · height` of them, at least
    /// one.
    pub fn new(width: usize, height: usize, samples: Vec<f32>) -> Option<Self> {
        (width > 0 && height > 0 && samples.len() == width * height).then_some(Self { width, height, samples })
    }

    /// The first plane of a picture: luma, of YUV.
    pub fn of_first_plane(picture: &Picture) -> Option<Self> {
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let scale = 255.0 / ((1u32 << picture.format.bits.min(16)) - 1) as f32;
        let samples = (0..height).flat_map(|y| (0..width).map(move |x| picture.sample(0, x, y) as f32 * scale));
        Self::new(width, height, samples.collect())
    }

    /// Pixels along a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// A sample; beyond the edges the outermost ones go on.
    pub(crate) fn at(&self, x: i64, y: i64) -> f32 {
        let (x, y) = (x.clamp(0, self.width as i64 - 1) as usize, y.clamp(0, self.height as i64 - 1) as usize);
        self.samples[y * self.width + x]
    }

    /// Between samples, bilinear; (0, 0) is the first sample's centre.
    pub(crate) fn between(&self, x: f64, y: f64) -> f32 {
        // Places far outside show the edge.
        let (x, y) = (x.clamp(-1.0, self.width as f64), y.clamp(-1.0, self.height as f64));
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = ((x - left) as f32, (y - top) as f32);
        let (i, j) = (left as i64, top as i64);
        let upper = self.at(i, j) * (1.0 - u) + self.at(i + 1, j) * u;
        let lower = self.at(i, j + 1) * (1.0 - u) + self.at(i + 1, j + 1) * u;
        upper * (1.0 - v) + lower * v
    }

    /// Half as large: the binomial filter 1 3 3 1 each way, so that sample (x, y) lies at (2x + ½,
    /// 2y + ½).
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        const TAPS: [f32; 4] = [0.125, 0.375, 0.375, 0.125];
        let mut across = Vec::with_capacity(width * self.height);
        for y in 0..self.height as i64 {
            across.extend((0..width as i64).map(|x| (0..4).map(|k| TAPS[k] * self.at(2 * x - 1 + k as i64, y)).sum::<f32>()));
        }
        let wide = Self { width, height: self.height, samples: across };
        let mut samples = Vec::with_capacity(width * height);
        for y in 0..height as i64 {
            samples.extend((0..width as i64).map(|x| (0..4).map(|k| TAPS[k] * wide.at(x, 2 * y - 1 + k as i64)).sum::<f32>()));
        }
        Self { width, height, samples }
    }
}

/// A picture and its halves, as long as the shorter side has 24 pixels, five levels at most.
#[derive(Clone, Debug)]
pub struct Pyramid {
    pub(crate) levels: Vec<Gray>,
}

impl Pyramid {
    /// Reduces a picture again and again.
    pub fn new(picture: Gray) -> Self {
        let mut levels = vec![picture];
        while levels.len() < 5
            && let Some(last) = levels.last()
            && last.width.min(last.height) >= 48
        {
            let half = last.halved();
            levels.push(half);
        }
        Self { levels }
    }

    /// The picture itself.
    pub fn picture(&self) -> &Gray {
        &self.levels[0]
    }
}

//! Grey pictures and their pyramids of reductions.
use cutroom_types::Picture;

/// A grey picture: one brightness per pixel, in 8-bit codes (0..=255).
#[derive(Clone, Debug, PartialEq)]
pub struct Gray {
    width: usize,
    height: usize,
    samples: Vec<f32>,
}

impl Gray {
    /// From rows of `width` samples; `None` unless there are `width · height` samples and at least
    /// one.
    pub fn new(width: usize, height: usize, samples: Vec<f32>) -> Option<Self> {
        (width > 0 && height > 0 && samples.len() == width * height).then_some(Self { width, height, samples })
    }

    /// The first plane of a picture, which is luma for YUV; `None` for an empty picture.
    pub fn of_first_plane(picture: &Picture) -> Option<Self> {
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let scale = 255.0 / ((1u32 << picture.format.bits.min(16)) - 1) as f32;
        let samples = (0..height).flat_map(|y| (0..width).map(move |x| picture.sample(0, x, y) as f32 * scale));
        Self::new(width, height, samples.collect())
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Rows of samples without gaps.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// The sample at (x, y), clamped to the edges.
    pub(crate) fn at(&self, x: i64, y: i64) -> f32 {
        let (x, y) = (x.clamp(0, self.width as i64 - 1) as usize, y.clamp(0, self.height as i64 - 1) as usize);
        self.samples[y * self.width + x]
    }

    /// Bilinear interpolation; (0, 0) is the centre of the first sample.
    pub(crate) fn between(&self, x: f64, y: f64) -> f32 {
        // Positions far outside return samples of the edge.
        let (x, y) = (x.clamp(-1.0, self.width as f64), y.clamp(-1.0, self.height as f64));
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = ((x - left) as f32, (y - top) as f32);
        let (i, j) = (left as i64, top as i64);
        let upper = self.at(i, j) * (1.0 - u) + self.at(i + 1, j) * u;
        let lower = self.at(i, j + 1) * (1.0 - u) + self.at(i + 1, j + 1) * u;
        upper * (1.0 - v) + lower * v
    }

    /// The picture at half size: the binomial filter 1 3 3 1 in both dimensions, so that sample (x,
    /// y) is at (2x + ½, 2y + ½).
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

/// A picture and its repeated halvings: at most five levels; the shorter side of each halved one
/// has at least 24 pixels.
#[derive(Clone, Debug)]
pub struct Pyramid {
    pub(crate) levels: Vec<Gray>,
}

impl Pyramid {
    /// Builds the levels of a picture.
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

    /// The picture at its full size.
    pub fn picture(&self) -> &Gray {
        &self.levels[0]
    }
}

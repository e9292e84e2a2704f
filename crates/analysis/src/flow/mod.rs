//! Dense optical flow: for each pixel of a picture, where it is in another one.
//!
//! From the coarsest level of the pyramids to the finest that is wanted, [`search`] finds the
//! displacements of overlapping patches and [`refine`] makes them a smooth field of sub-pixel
//! accuracy. [`BothWays`] measures both directions and compares them: a pixel whose way there and
//! back does not end where it began is covered in the other picture.
use crate::Pyramid;
use rayon::prelude::*;

pub(crate) mod plane;
pub(crate) mod refine;
mod search;

use plane::Plane;
use refine::Refinement;

/// A field of displacements, in pixels of its own size.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) u: Vec<f32>,
    pub(crate) v: Vec<f32>,
}

/// Refinement on each level of the pyramid.
const ON_LEVELS: Refinement =
    Refinement { smoothness: 10.0, brightness: 5.0, gradients: 10.0, warps: 1, rounds: 3, relaxations: 4 };

impl Flow {
    /// A field without any movement.
    pub fn still(width: usize, height: usize) -> Self {
        Self { width, height, u: vec![0.0; width * height], v: vec![0.0; width * height] }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The displacement of a pixel: right and down, in pixels of the field. Coordinates beyond the
    /// edges mean the pixel at the edge.
    pub fn at(&self, x: usize, y: usize) -> [f32; 2] {
        let n = y.min(self.height - 1) * self.width + x.min(self.width - 1);
        [self.u[n], self.v[n]]
    }

    /// Bilinear interpolation between pixels, clamped to the edges.
    pub(crate) fn between(&self, x: f32, y: f32) -> [f32; 2] {
        mixed([&self.u, &self.v], self.width, self.height, x, y)
    }

    /// The displacement at a place of a picture of another size, in that picture's pixels.
    pub(crate) fn stretched(&self, x: f32, y: f32, width: usize, height: usize) -> [f32; 2] {
        // Levels are halved exactly, with a partial pixel at the end of odd sizes.
        let ratio = |mine: usize, other: usize| {
            if mine == other.div_ceil(2) { 2.0 } else { other as f32 / mine as f32 }
        };
        let (rx, ry) = (ratio(self.width, width), ratio(self.height, height));
        let [u, v] = self.between((x + 0.5) / rx - 0.5, (y + 0.5) / ry - 0.5);
        [u * rx, v * ry]
    }
}

/// Bilinear interpolation of several planes of one size, clamped to the edges.
#[inline]
pub(crate) fn mixed<const N: usize>(planes: [&[f32]; N], width: usize, height: usize, x: f32, y: f32) -> [f32; N] {
    let (x, y) = (x.max(0.0).min((width - 1) as f32), y.max(0.0).min((height - 1) as f32));
    let (i, j) = (x as i32 as usize, y as i32 as usize);
    let (fx, fy) = (x - i as f32, y - j as f32);
    let (i1, j1) = ((i + 1).min(width - 1), (j + 1).min(height - 1));
    let (upper, lower) = (j * width, j1 * width);
    planes.map(|f| {
        let above = f[upper + i] + (f[upper + i1] - f[upper + i]) * fx;
        let below = f[lower + i] + (f[lower + i1] - f[lower + i]) * fx;
        above + (below - above) * fy
    })
}

/// The planes of the levels that a measurement uses, coarsest last.
pub(crate) fn planes(pyramid: &Pyramid) -> Vec<Plane> {
    pyramid.levels.iter().map(Plane::of).collect()
}

/// The flow from the pictures of `a` to those of `b` on the level `finest`.
pub(crate) fn measured(a: &[Plane], b: &[Plane], finest: usize) -> Flow {
    let last = a.len().min(b.len()) - 1;
    let finest = finest.min(last);
    let mut flow: Option<Flow> = None;
    for level in (finest..=last).rev() {
        let (from, to) = (&a[level], &b[level]);
        let found = search::searched(from, to, flow.as_ref());
        flow = Some(refine::refined(from, to, 0.0, found, None, &ON_LEVELS));
    }
    flow.unwrap_or_else(|| Flow::still(a[0].width, a[0].height))
}

/// The flow between two pictures in both directions, and how well the two agree.
#[derive(Clone, Debug)]
pub struct BothWays {
    /// From the first picture to the second.
    pub forward: Flow,
    /// From the second picture to the first.
    pub backward: Flow,
    /// By pixel of the first picture: whether the second shows it, too.
    pub seen_forward: Vec<bool>,
    /// By pixel of the second picture: whether the first shows it, too.
    pub seen_backward: Vec<bool>,
}

impl BothWays {
    /// Measures the flow between two pictures of one size on a level of their pyramids; 0 is the
    /// full size. `None` when their sizes differ.
    pub fn new(a: &Pyramid, b: &Pyramid, level: usize) -> Option<Self> {
        let size = |p: &Pyramid| (p.picture().width(), p.picture().height());
        (size(a) == size(b)).then(|| Self::of_planes(&planes(a), &planes(b), level))
    }

    pub(crate) fn of_planes(a: &[Plane], b: &[Plane], level: usize) -> Self {
        let (forward, backward) = rayon::join(|| measured(a, b, level), || measured(b, a, level));
        let (seen_forward, seen_backward) = (agreeing(&forward, &backward), agreeing(&backward, &forward));
        Self { forward, backward, seen_forward, seen_backward }
    }
}

/// Whether a pixel's way there and back ends where it began: within a tenth of the way, plus 0.7
/// pixels (Sundaram, Brox, Keutzer 2010).
fn agreeing(there: &Flow, back: &Flow) -> Vec<bool> {
    let (width, height) = (there.width, there.height);
    let rows = (0..height).into_par_iter().flat_map_iter(|y| {
        (0..width).map(move |x| {
            let [u, v] = there.at(x, y);
            let (tx, ty) = (x as f32 + u, y as f32 + v);
            if tx < -0.5 || ty < -0.5 || tx > width as f32 - 0.5 || ty > height as f32 - 0.5 {
                return false;
            }
            let [p, q] = back.between(tx, ty);
            let (du, dv) = (u + p, v + q);
            du * du + dv * dv < 0.01 * (u * u + v * v + p * p + q * q) + 0.5
        })
    });
    rows.collect()
}

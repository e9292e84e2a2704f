//! All pixels of a flat surface of the first picture, fitted to a later one by a projective map.
use crate::{
    Gray,
    homography::{Homography, product},
    solve::solved,
};

/// At most about this many pixels are compared.
const MAX_PIXELS: usize = 6000;
const STEPS: usize = 20;

/// The pixels with their gradients and the equations that they give (inverse compositional, as in
/// Baker and Matthews 2004).
#[derive(Clone, Debug)]
pub(crate) struct Surface {
    places: Vec<[f64; 2]>,
    /// Mean-free, of deviation 1.
    samples: Vec<f64>,
    descent: Vec<[f64; 8]>,
    hessian: [[f64; 8]; 8],
    center: [f64; 2],
    scale: f64,
}

impl Surface {
    /// The pixels of a picture for which `inside` holds, between two corners of a box.
    pub fn new(picture: &Gray, low: [f64; 2], high: [f64; 2], inside: impl Fn([f64; 2]) -> bool) -> Self {
        let area = (high[0] - low[0]).max(1.0) * (high[1] - low[1]).max(1.0);
        let apart = libm::ceil(libm::sqrt(area / MAX_PIXELS as f64)).max(1.0);
        let count = |k: usize| ((high[k] - low[k]) / apart).max(0.0) as usize + 1;
        let grid = (0..count(1)).flat_map(|j| (0..count(0)).map(move |i| (i, j)));
        let places: Vec<[f64; 2]> =
            grid.map(|(i, j)| [low[0] + apart * i as f64, low[1] + apart * j as f64]).filter(|p| inside(*p)).collect();
        let center = [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])];
        let scale = 0.5 * (high[0] - low[0]).max(high[1] - low[1]).max(1.0);
        let at = |x: f64, y: f64| f64::from(picture.between(x, y));
        let (samples, factor) = normalised(places.iter().map(|p| at(p[0], p[1])).collect());
        let descent: Vec<[f64; 8]> = places
            .iter()
            .map(|p| {
                let gx = 0.5 * factor * scale * (at(p[0] + 1.0, p[1]) - at(p[0] - 1.0, p[1]));
                let gy = 0.5 * factor * scale * (at(p[0], p[1] + 1.0) - at(p[0], p[1] - 1.0));
                let (x, y) = ((p[0] - center[0]) / scale, (p[1] - center[1]) / scale);
                let along = gx * x + gy * y;
                [gx * x, gx * y, gx, gy * x, gy * y, gy, -along * x, -along * y]
            })
            .collect();
        let mut hessian = [[0.0; 8]; 8];
        for d in &descent {
            for i in 0..8 {
                for j in 0..8 {
                    hessian[i][j] += d[i] * d[j];
                }
            }
        }
        Self { places, samples, descent, hessian, center, scale }
    }

    fn seen(&self, picture: &Gray, map: &Homography) -> Vec<f64> {
        let at = |p: &[f64; 2]| {
            let [x, y] = map.of(*p);
            f64::from(picture.between(x, y))
        };
        normalised(self.places.iter().map(at).collect()).0
    }

    /// Normalised cross-correlation with a picture under a map, −1..=1.
    pub fn likeness(&self, picture: &Gray, map: &Homography) -> f64 {
        let seen = self.seen(picture, map);
        self.samples.iter().zip(&seen).map(|(a, b)| a * b).sum::<f64>() / self.samples.len().max(1) as f64
    }

    /// Refines a map; it is returned unchanged if that does not make the pictures more alike.
    pub fn settled(&self, picture: &Gray, start: &Homography) -> Homography {
        let to = [
            [1.0 / self.scale, 0.0, -self.center[0] / self.scale],
            [0.0, 1.0 / self.scale, -self.center[1] / self.scale],
            [0.0, 0.0, 1.0],
        ];
        let from = [[self.scale, 0.0, self.center[0]], [0.0, self.scale, self.center[1]], [0.0, 0.0, 1.0]];
        let mut map = *start;
        for _ in 0..STEPS {
            let seen = self.seen(picture, &map);
            let mut right = [0.0; 8];
            for ((s, t), d) in seen.iter().zip(&self.samples).zip(&self.descent) {
                // Beyond two deviations it is something in front of the surface.
                let error = (s - t).clamp(-2.0, 2.0);
                for i in 0..8 {
                    right[i] += error * d[i];
                }
            }
            let Some(h) = solved(self.hessian, right) else { break };
            let step = [[1.0 + h[0], h[1], h[2]], [h[3], 1.0 + h[4], h[5]], [h[6], h[7], 1.0]];
            let Some(next) = Homography::of_matrix(product(map.matrix(), product(from, product(adjugate(step), to)))) else {
                break;
            };
            map = next;
            if h.iter().all(|v| v.abs() * self.scale < 1e-3) {
                break;
            }
        }
        if self.likeness(picture, &map) > self.likeness(picture, start) { map } else { *start }
    }
}

/// The inverse up to a factor.
fn adjugate(m: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let a = |i: usize, j: usize| m[i % 3][j % 3];
    std::array::from_fn(|i| std::array::from_fn(|j| a(j + 1, i + 1) * a(j + 2, i + 2) - a(j + 1, i + 2) * a(j + 2, i + 1)))
}

/// Mean-free values of deviation 1, and the factor that made them so.
fn normalised(mut of: Vec<f64>) -> (Vec<f64>, f64) {
    let n = of.len().max(1) as f64;
    let mean = of.iter().sum::<f64>() / n;
    let deviation = (of.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n).sqrt();
    let factor = 1.0 / deviation.max(1e-3);
    of.iter_mut().for_each(|s| *s = (*s - mean) * factor);
    (of, factor)
}

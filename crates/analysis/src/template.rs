//! A patch of the first picture, found again in later ones: turned, scaled and sheared, brighter or
//! darker.
use crate::{Gray, Pyramid, solve::solved};

/// Radius of the patch in pixels: its side is twice this plus 1.
const REACH: i64 = 11;
const SIDE: usize = (2 * REACH + 1) as usize;
/// Maximum number of steps.
const STEPS: usize = 30;

/// Where a patch is: `place + matrix · offset` for an offset from the patch's centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pose {
    pub place: [f64; 2],
    /// Row by row.
    pub matrix: [[f64; 2]; 2],
}

/// The patch with its gradients and the equations that they give (Baker and Matthews, Lucas–Kanade
/// 20 Years On, 2004: inverse compositional).
#[derive(Clone, Debug)]
pub(crate) struct Template {
    center: [f64; 2],
    /// Mean-free, of deviation 1.
    samples: Vec<f64>,
    descent: Vec<[f64; 6]>,
    hessian: [[f64; 6]; 6],
    textured: bool,
}

impl Template {
    /// The patch of a picture around a point.
    pub fn new(picture: &Gray, center: [f64; 2]) -> Self {
        let at = |x: f64, y: f64| f64::from(picture.between(center[0] + x, center[1] + y));
        let offsets = || (-REACH..=REACH).flat_map(|y| (-REACH..=REACH).map(move |x| (x as f64, y as f64)));
        let raw: Vec<f64> = offsets().map(|(x, y)| at(x, y)).collect();
        let (mean, deviation) = statistics(&raw);
        let scale = 1.0 / deviation.max(1e-3);
        let descent: Vec<[f64; 6]> = offsets()
            .map(|(x, y)| {
                let gx = 0.5 * scale * (at(x + 1.0, y) - at(x - 1.0, y));
                let gy = 0.5 * scale * (at(x, y + 1.0) - at(x, y - 1.0));
                [gx, gy, gx * x, gx * y, gy * x, gy * y]
            })
            .collect();
        let mut hessian = [[0.0; 6]; 6];
        for d in &descent {
            for i in 0..6 {
                for j in 0..6 {
                    hessian[i][j] += d[i] * d[j];
                }
            }
        }
        // A little damping, stronger for the shape than for the place.
        let mean_slope = (hessian[0][0] + hessian[1][1]) * 0.5;
        for (i, row) in hessian.iter_mut().enumerate() {
            row[i] += if i < 2 { 1e-4 * mean_slope } else { 0.05 * mean_slope };
        }
        let samples = raw.iter().map(|s| (s - mean) * scale).collect();
        Self { center, samples, descent, hessian, textured: deviation > 2.0 }
    }

    /// Where the patch was.
    pub fn start(&self) -> Pose {
        Pose { place: self.center, matrix: [[1.0, 0.0], [0.0, 1.0]] }
    }

    /// Whether the patch has anything that could be recognised.
    pub fn is_textured(&self) -> bool {
        self.textured
    }

    fn seen(&self, picture: &Gray, pose: &Pose) -> Vec<f64> {
        let m = pose.matrix;
        let mut out = Vec::with_capacity(SIDE * SIDE);
        for y in -REACH..=REACH {
            for x in -REACH..=REACH {
                let (x, y) = (x as f64, y as f64);
                let p = pose.place[0] + m[0][0] * x + m[0][1] * y;
                let q = pose.place[1] + m[1][0] * x + m[1][1] * y;
                out.push(f64::from(picture.between(p, q)));
            }
        }
        let (mean, deviation) = statistics(&out);
        let scale = 1.0 / deviation.max(1e-3);
        out.iter_mut().for_each(|s| *s = (*s - mean) * scale);
        out
    }

    /// Normalised cross-correlation of the patch with a picture, −1..=1.
    pub fn likeness(&self, picture: &Gray, pose: &Pose) -> f64 {
        let seen = self.seen(picture, pose);
        self.samples.iter().zip(&seen).map(|(a, b)| a * b).sum::<f64>() / (SIDE * SIDE) as f64
    }

    /// Refines a pose; `None` when it does not settle near the start or becomes implausible.
    pub fn settled(&self, picture: &Gray, start: &Pose) -> Option<Pose> {
        let mut pose = *start;
        for _ in 0..STEPS {
            let seen = self.seen(picture, &pose);
            let mut right = [0.0; 6];
            for ((s, t), d) in seen.iter().zip(&self.samples).zip(&self.descent) {
                for i in 0..6 {
                    right[i] += (s - t) * d[i];
                }
            }
            let step = solved(self.hessian, right)?;
            // W ← W ∘ step⁻¹
            let forward = [[1.0 + step[2], step[3]], [step[4], 1.0 + step[5]]];
            let determinant = forward[0][0] * forward[1][1] - forward[0][1] * forward[1][0];
            if determinant.abs() < 0.1 {
                return None;
            }
            let inverse = [
                [forward[1][1] / determinant, -forward[0][1] / determinant],
                [-forward[1][0] / determinant, forward[0][0] / determinant],
            ];
            let back = [-(inverse[0][0] * step[0] + inverse[0][1] * step[1]), -(inverse[1][0] * step[0] + inverse[1][1] * step[1])];
            let m = pose.matrix;
            pose.place[0] += m[0][0] * back[0] + m[0][1] * back[1];
            pose.place[1] += m[1][0] * back[0] + m[1][1] * back[1];
            pose.matrix = std::array::from_fn(|i| std::array::from_fn(|j| m[i][0] * inverse[0][j] + m[i][1] * inverse[1][j]));
            let moved = [pose.place[0] - start.place[0], pose.place[1] - start.place[1]];
            let area = pose.matrix[0][0] * pose.matrix[1][1] - pose.matrix[0][1] * pose.matrix[1][0];
            if !(moved[0].abs() < 6.0 && moved[1].abs() < 6.0 && (0.1..10.0).contains(&area)) {
                return None;
            }
            if step[0] * step[0] + step[1] * step[1] < 1e-6 {
                break;
            }
        }
        Some(pose)
    }

    /// The place in the whole picture where the patch, in its last shape, is most alike: on every
    /// second pixel of a reduced level, then around the best places on the finer ones.
    pub fn found(&self, first: &Pyramid, picture: &Pyramid, shape: [[f64; 2]; 2]) -> Option<Pose> {
        let level = (picture.levels.len() - 1).min(2).min(first.levels.len() - 1);
        let shrink = f64::from(1u32 << level);
        let coarse = Self::new(&first.levels[level], self.center.map(|c| (c + 0.5) / shrink - 0.5));
        let small = &picture.levels[level];
        let pose = |x: f64, y: f64| Pose { place: [x, y], matrix: shape };
        let mut best: Vec<(f64, [f64; 2])> = Vec::new();
        for y in (0..small.height()).step_by(2) {
            for x in (0..small.width()).step_by(2) {
                let like = coarse.likeness(small, &pose(x as f64, y as f64));
                best.push((like, [x as f64, y as f64]));
            }
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        best.truncate(8);
        let mut winner: Option<(f64, Pose)> = None;
        for (_, place) in best {
            let near = coarse.settled(small, &pose(place[0], place[1])).map_or(place, |p| p.place);
            let full = near.map(|p| (p + 0.5) * shrink - 0.5);
            let Some(settled) = self.settled(picture.picture(), &pose(full[0], full[1])) else { continue };
            let like = self.likeness(picture.picture(), &settled);
            if winner.is_none_or(|(most, _)| like > most) {
                winner = Some((like, settled));
            }
        }
        winner.map(|(_, pose)| pose)
    }
}

/// Mean and standard deviation.
fn statistics(of: &[f64]) -> (f64, f64) {
    let n = of.len() as f64;
    let mean = of.iter().sum::<f64>() / n;
    (mean, (of.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n).sqrt())
}

//! Projective maps of the plane, as a flat surface moves before a camera.
use crate::solve::solved;

/// A projective map, row by row; the last element is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homography {
    /// (x, y) ↦ ((m₀x + m₁y + m₂) / w, (m₃x + m₄y + m₅) / w) with w = m₆x + m₇y + 1.
    pub m: [f64; 8],
}

/// A point and its image.
pub(crate) type Pair = [[f64; 2]; 2];

/// Number of sets of four pairs that are tried.
const TRIALS: usize = 300;

impl Homography {
    /// The identity.
    pub const IDENTITY: Self = Self { m: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0] };

    /// The image of a point; not finite on the line that has none.
    pub fn of(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let m = &self.m;
        let w = m[6] * x + m[7] * y + 1.0;
        [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w]
    }

    pub(crate) fn matrix(&self) -> [[f64; 3]; 3] {
        let m = &self.m;
        [[m[0], m[1], m[2]], [m[3], m[4], m[5]], [m[6], m[7], 1.0]]
    }

    /// `None` when the last element is 0 or anything is not finite.
    pub(crate) fn of_matrix(m: [[f64; 3]; 3]) -> Option<Self> {
        let w = m[2][2];
        let found = [m[0][0], m[0][1], m[0][2], m[1][0], m[1][1], m[1][2], m[2][0], m[2][1]].map(|v| v / w);
        found.iter().all(|v| v.is_finite()).then_some(Self { m: found })
    }

    /// The least-squares map of at least four pairs, in coordinates that are normalised for the
    /// precision (Hartley 1997). `None` when they do not determine one.
    pub(crate) fn fitted(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 4 {
            return None;
        }
        let n = pairs.len() as f64;
        let frame = |k: usize| {
            let mean = pairs.iter().fold([0.0; 2], |s, p| [s[0] + p[k][0] / n, s[1] + p[k][1] / n]);
            let apart = pairs.iter().map(|p| libm::hypot(p[k][0] - mean[0], p[k][1] - mean[1])).sum::<f64>() / n;
            (mean, if apart > 1e-9 { std::f64::consts::SQRT_2 / apart } else { 1.0 })
        };
        let ((from, a), (to, b)) = (frame(0), frame(1));
        let (mut matrix, mut right) = ([[0.0; 8]; 8], [0.0; 8]);
        for [p, q] in pairs {
            let (x, y) = ((p[0] - from[0]) * a, (p[1] - from[1]) * a);
            let (u, v) = ((q[0] - to[0]) * b, (q[1] - to[1]) * b);
            let rows = [([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y], u), ([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y], v)];
            for (row, value) in rows {
                for i in 0..8 {
                    for j in 0..8 {
                        matrix[i][j] += row[i] * row[j];
                    }
                    right[i] += row[i] * value;
                }
            }
        }
        let h = solved(matrix, right)?;
        // Back: to⁻¹ · h · from.
        let h = [[h[0], h[1], h[2]], [h[3], h[4], h[5]], [h[6], h[7], 1.0]];
        let first = [[a, 0.0, -a * from[0]], [0.0, a, -a * from[1]], [0.0, 0.0, 1.0]];
        let last = [[1.0 / b, 0.0, to[0]], [0.0, 1.0 / b, to[1]], [0.0, 0.0, 1.0]];
        Self::of_matrix(product(last, product(h, first)))
    }

    /// The map on which most pairs agree to `reach` (in their unit), refined with those, and which
    /// they are. Sets of four are chosen by a fixed pseudo-random sequence (MSAC: Torr and Zisserman
    /// 2000).
    pub(crate) fn agreed(pairs: &[Pair], reach: f64) -> Option<(Self, Vec<bool>)> {
        let mut state = 0x9E37_79B9_7F4A_7C15u64;
        let mut next = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as usize) % n
        };
        if pairs.len() < 4 {
            return None;
        }
        let cost = |h: &Self| pairs.iter().map(|p| h.squared_error(p).min(reach * reach)).sum::<f64>();
        let mut best = Self::fitted(pairs).map(|h| (cost(&h), h));
        for _ in 0..TRIALS {
            let four = [0; 4].map(|_| pairs[next(pairs.len())]);
            let Some(h) = Self::fitted(&four) else { continue };
            let cost = cost(&h);
            if cost.is_finite() && best.is_none_or(|(lowest, _)| cost < lowest) {
                best = Some((cost, h));
            }
        }
        let (_, mut found) = best?;
        let near = |h: &Self| pairs.iter().map(|p| h.squared_error(p) < reach * reach).collect::<Vec<_>>();
        for _ in 0..3 {
            let agreeing: Vec<Pair> = pairs.iter().zip(near(&found)).filter(|(_, near)| *near).map(|(p, _)| *p).collect();
            found = Self::fitted(&agreeing)?;
        }
        let near = near(&found);
        Some((found, near))
    }

    fn squared_error(&self, [from, to]: &Pair) -> f64 {
        let [x, y] = self.of(*from);
        let error = (x - to[0]) * (x - to[0]) + (y - to[1]) * (y - to[1]);
        if error.is_nan() { f64::INFINITY } else { error }
    }
}

pub(crate) fn product(a: [[f64; 3]; 3], b: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

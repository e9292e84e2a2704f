//! Autoregressive models of sound: every sample is predicted from those before. S. Godsill and
//! P. Rayner, "Digital Audio Restoration" (Springer 1998), chapters 4 and 5.

/// A model `x[n] = −Σ a[k] x[n − k] + e[n]`, k = 1..=order, with `a[0]` = 1, and the memory to
/// estimate it and to interpolate with it.
pub(super) struct Model {
    /// `order + 1` coefficients.
    a: Vec<f64>,
    correlation: Vec<f64>,
    /// The correlation of the coefficients, `Σ a[i] a[i + l]`.
    normal: Vec<f64>,
    window: Vec<f64>,
    windowed: Vec<f64>,
    spare: Vec<f64>,
    /// The rows of the banded matrix of [`Self::interpolate`], and its right side.
    band: Vec<f64>,
    right: Vec<f64>,
}

/// A white background this far below the sound keeps models of pure tones stable: −100 dB.
const WHITENING: f64 = 1e-10;

impl Model {
    /// For an order and frames of `len` samples.
    pub fn new(order: usize, len: usize) -> Self {
        let hann = |i: usize| 0.5 - 0.5 * libm::cos(std::f64::consts::TAU * (i as f64 + 0.5) / len as f64);
        Self {
            a: vec![0.0; order + 1],
            correlation: vec![0.0; order + 1],
            normal: vec![0.0; order + 1],
            window: (0..len).map(hann).collect(),
            windowed: vec![0.0; len],
            spare: vec![0.0; order + 1],
            band: vec![0.0; len * (order + 1)],
            right: vec![0.0; len],
        }
    }

    fn order(&self) -> usize {
        self.a.len() - 1
    }

    /// Estimates the model of a frame by the autocorrelation method (Levinson–Durbin recursion on a
    /// Hann-windowed frame), which is stable for every input. Returns false for silence.
    pub fn estimate(&mut self, x: &[f64]) -> bool {
        let order = self.order();
        self.windowed.iter_mut().zip(&self.window).zip(x).for_each(|((y, w), x)| *y = w * x);
        for (lag, r) in self.correlation.iter_mut().enumerate() {
            *r = self.windowed.iter().zip(&self.windowed[lag..]).map(|(a, b)| a * b).sum();
        }
        self.correlation[0] *= 1.0 + WHITENING;
        let mut error = self.correlation[0];
        if error < 1e-18 {
            return false;
        }
        self.a.fill(0.0);
        self.a[0] = 1.0;
        for i in 1..=order {
            let sum: f64 = (0..i).map(|k| self.a[k] * self.correlation[i - k]).sum();
            let reflection = -sum / error;
            self.spare.copy_from_slice(&self.a);
            for k in 1..=i {
                self.a[k] = self.spare[k] + reflection * self.spare[i - k];
            }
            error *= 1.0 - reflection * reflection;
            if error <= self.correlation[0] * 1e-15 {
                break;
            }
        }
        for lag in 0..=order {
            self.normal[lag] = self.a.iter().zip(&self.a[lag..]).map(|(a, b)| a * b).sum();
        }
        true
    }

    /// The errors of predicting each sample from those before it (`forward`) and from those after
    /// it. Samples too near to the ends get 0.
    pub fn errors(&self, x: &[f64], forward: &mut [f64], backward: &mut [f64]) {
        let order = self.order();
        let len = x.len();
        forward.fill(0.0);
        backward.fill(0.0);
        for (n, e) in forward.iter_mut().enumerate().skip(order) {
            *e = self.a.iter().zip(x[n - order..=n].iter().rev()).map(|(a, x)| a * x).sum();
        }
        for (n, e) in backward.iter_mut().enumerate().take(len.saturating_sub(order)) {
            *e = self.a.iter().zip(&x[n..=n + order]).map(|(a, x)| a * x).sum();
        }
    }

    /// Replaces the samples at `missing` (rising, none of the first or last `order` ones) by those
    /// that make the energy of the prediction errors least: the least-squares AR interpolator of A.
    /// Janssen, R. Veldhuis and L. Vries (IEEE Trans. ASSP 34, 1986). The equations form a band
    /// matrix, solved by Cholesky's method.
    pub fn interpolate(&mut self, x: &mut [f64], missing: &[usize]) {
        let order = self.order();
        let width = order + 1;
        for &n in missing {
            x[n] = 0.0;
        }
        // band[i][d] is the element of row i and column i − d.
        for (i, &n) in missing.iter().enumerate() {
            let row = &mut self.band[i * width..(i + 1) * width];
            for (d, element) in row.iter_mut().enumerate() {
                let distance = if d <= i { n - missing[i - d] } else { usize::MAX };
                *element = if distance <= order { self.normal[distance] } else { 0.0 };
            }
            row[0] *= 1.0 + 1e-12;
            let around = |l: usize| self.normal[l] * (x[n - l] + x[n + l]);
            self.right[i] = -(1..=order).map(around).sum::<f64>();
        }
        self.solve(missing.len());
        for (&n, y) in missing.iter().zip(&self.right) {
            x[n] = if y.is_finite() { *y } else { 0.0 };
        }
    }

    /// Solves the first `count` rows in place.
    fn solve(&mut self, count: usize) {
        let width = self.order() + 1;
        for i in 0..count {
            let reach = i.min(width - 1);
            for d in (0..=reach).rev() {
                let j = i - d;
                // Products of both rows left of column j.
                let common = (width - 1 - d).min(j);
                let sum: f64 = (1..=common).map(|e| self.band[i * width + d + e] * self.band[j * width + e]).sum();
                let rest = self.band[i * width + d] - sum;
                self.band[i * width + d] = if d == 0 { rest.max(1e-30).sqrt() } else { rest / self.band[j * width] };
            }
            let sum: f64 = (1..=reach).map(|d| self.band[i * width + d] * self.right[i - d]).sum();
            self.right[i] = (self.right[i] - sum) / self.band[i * width];
        }
        for i in (0..count).rev() {
            let reach = (count - 1 - i).min(width - 1);
            let sum: f64 = (1..=reach).map(|d| self.band[(i + d) * width + d] * self.right[i + d]).sum();
            self.right[i] = (self.right[i] - sum) / self.band[i * width];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::white;

    /// A known process: poles at 0.97 e^(±i 0.3) and 0.9 e^(±i 1.2).
    fn process(len: usize) -> (Vec<f64>, Vec<f64>) {
        let pole = |r: f64, w: f64| [1.0, -2.0 * r * libm::cos(w), r * r];
        let (p, q) = (pole(0.97, 0.3), pole(0.9, 1.2));
        let a: Vec<f64> = (0..5).map(|n| (0..3).filter(|k| n >= *k && n - k < 3).map(|k| p[k] * q[n - k]).sum()).collect();
        let mut x: Vec<f64> = Vec::new();
        for (n, e) in white(1, len).iter().enumerate() {
            let past: f64 = (1..5).filter(|k| n >= *k).map(|k| a[k] * x[n - k]).sum();
            x.push(f64::from(*e) - past);
        }
        (a, x)
    }

    #[test]
    fn a_known_process_is_recognised() {
        let (a, x) = process(32_768);
        let mut model = Model::new(4, x.len());
        assert!(model.estimate(&x));
        for (got, expected) in model.a.iter().zip(&a) {
            assert!((got - expected).abs() < 0.03, "{:?} {a:?}", model.a);
        }
        let (mut forward, mut backward) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        model.errors(&x, &mut forward, &mut backward);
        let e = white(1, x.len());
        assert!((100..30_000).all(|n| (forward[n] - f64::from(e[n])).abs() < 0.3));
    }

    #[test]
    fn tones_are_interpolated() {
        let tone = |i: usize| libm::sin(0.05 * i as f64) + 0.5 * libm::sin(0.31 * i as f64 + 1.0);
        let clean: Vec<f64> = (0..2048).map(tone).collect();
        let mut model = Model::new(32, 2048);
        assert!(model.estimate(&clean));
        let missing: Vec<usize> = (1000..1030).chain(1200..1203).chain([1210]).collect();
        let mut x = clean.clone();
        model.interpolate(&mut x, &missing);
        let worst = x.iter().zip(&clean).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 0.02, "{worst}");
    }

    #[test]
    fn the_interpolator_solves_its_equations() {
        let (_, x) = process(1024);
        let mut model = Model::new(8, 1024);
        assert!(model.estimate(&x));
        let missing: Vec<usize> = (300..340).filter(|i| i % 5 != 0).collect();
        let mut y = x.clone();
        model.interpolate(&mut y, &missing);
        // The derivative of the error's energy by each missing sample is 0.
        for &n in &missing {
            let slope: f64 = model.normal[0] * y[n] + (1..=8).map(|l| model.normal[l] * (y[n - l] + y[n + l])).sum::<f64>();
            assert!(slope.abs() < 1e-6, "{slope}");
        }
    }
}

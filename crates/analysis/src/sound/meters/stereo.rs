//! Correlation, balance and the points of a goniometer of a stereo pair.
use super::Recent;

/// Correlation and balance of a stereo pair over a window.
pub struct StereoField {
    recent: Recent<3>,
}

impl StereoField {
    /// Usual windows have 0.05 to 0.3 seconds.
    pub fn new(rate_hz: u32, window_secs: f64) -> Self {
        Self { recent: Recent::new(rate_hz, window_secs) }
    }

    /// Adds the next samples, up to the shorter channel's length.
    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        self.recent.add(left.len().min(right.len()), |part| {
            let pairs = left.get(part.clone()).unwrap_or_default().iter().zip(right.get(part).unwrap_or_default());
            pairs.fold([0.0; 3], |[ll, rr, lr], (&l, &r)| {
                let (l, r) = (f64::from(l), f64::from(r));
                [ll + l * l, rr + r * r, lr + l * r]
            })
        });
    }

    /// Correlation Σ l·r / √(Σ l² · Σ r²), from −1 (opposite phase) through 0 (unrelated, or one
    /// side silent) to 1 (mono).
    pub fn correlation(&self) -> f64 {
        let [ll, rr, lr] = self.recent.sums();
        let product = ll * rr;
        if product > 0.0 { (lr / product.sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
    }

    /// Balance of powers (Σ r² − Σ l²) / (Σ r² + Σ l²), from −1 (only left) to 1 (only right); 0
    /// for silence.
    pub fn balance(&self) -> f64 {
        let [ll, rr, _] = self.recent.sums();
        let sum = ll + rr;
        if sum > 0.0 { (rr - ll) / sum } else { 0.0 }
    }
}

/// The points of a goniometer, at most `points` evenly chosen ones: x is (right − left) / √2, to
/// the right, and y is (left + right) / √2, upwards. A mono sound is a vertical line, and one that
/// is only on the left goes to the upper left.
pub fn goniometer(left: &[f32], right: &[f32], points: usize) -> Vec<[f32; 2]> {
    let step = left.len().min(right.len()).div_ceil(points.max(1)).max(1);
    let scale = std::f32::consts::FRAC_1_SQRT_2;
    left.iter().zip(right).step_by(step).map(|(l, r)| [(r - l) * scale, (l + r) * scale]).collect()
}

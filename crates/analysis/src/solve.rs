//! Small systems of linear equations.

/// Solves `matrix · x = right` by elimination with pivots. `None` when the matrix is singular to
/// working precision.
pub(crate) fn solved<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    let largest = matrix.iter().flatten().fold(0.0f64, |m, v| m.max(v.abs()));
    for k in 0..N {
        let pivot = (k..N).max_by(|&i, &j| matrix[i][k].abs().total_cmp(&matrix[j][k].abs()))?;
        let size = matrix[pivot][k].abs();
        if size.is_nan() || size <= 1e-12 * largest {
            return None;
        }
        matrix.swap(k, pivot);
        right.swap(k, pivot);
        for i in k + 1..N {
            let factor = matrix[i][k] / matrix[k][k];
            let row = matrix[k];
            for (value, above) in matrix[i].iter_mut().zip(row).skip(k) {
                *value -= factor * above;
            }
            right[i] -= factor * right[k];
        }
    }
    let mut x = [0.0; N];
    for k in (0..N).rev() {
        let known: f64 = (k + 1..N).map(|j| matrix[k][j] * x[j]).sum();
        x[k] = (right[k] - known) / matrix[k][k];
    }
    x.iter().all(|v| v.is_finite()).then_some(x)
}

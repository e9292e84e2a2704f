//! Affine maps of colour, and those between sets of primaries. They are computed in double
//! precision and rounded once.
use cutroom_kernel::{At, MAX_UNIFORMS, PointKernel, Real, Rgba, rgb};
use cutroom_types::Primaries;

/// Rows of a 3×3 matrix, with an offset in the fourth column.
pub type Matrix34 = [[f64; 4]; 3];

/// A kernel that applies a 3×3 matrix (uniforms 0..9, row by row) and adds an offset (9..12).
pub struct Affine;

impl PointKernel for Affine {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let c = px.c;
        Rgba {
            c: rgb(c.dot([p[0], p[1], p[2]]) + p[9], c.dot([p[3], p[4], p[5]]) + p[10], c.dot([p[6], p[7], p[8]]) + p[11]),
            a: px.a,
        }
    }
}

/// Returns the inverse map.
pub fn invert(m: Matrix34) -> Matrix34 {
    let a = |i: usize, j: usize| m[i % 3][j % 3];
    let cofactor = |i: usize, j: usize| a(i + 1, j + 1) * a(i + 2, j + 2) - a(i + 1, j + 2) * a(i + 2, j + 1);
    let det = (0..3).map(|j| a(0, j) * cofactor(0, j)).sum::<f64>();
    std::array::from_fn(|i| {
        let mut row: [f64; 4] = std::array::from_fn(|j| if j < 3 { cofactor(j, i) / det } else { 0.0 });
        row[3] = -(row[0] * m[0][3] + row[1] * m[1][3] + row[2] * m[2][3]);
        row
    })
}

/// Returns the map that applies `b`, then `a`.
fn multiply(a: Matrix34, b: Matrix34) -> Matrix34 {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum::<f64>() + if j == 3 { a[i][3] } else { 0.0 })
    })
}

fn of_columns(c: [[f64; 3]; 3]) -> Matrix34 {
    std::array::from_fn(|i| [c[0][i], c[1][i], c[2][i], 0.0])
}

fn apply(m: Matrix34, v: [f64; 3]) -> [f64; 3] {
    m.map(|r| r[0] * v[0] + r[1] * v[1] + r[2] * v[2])
}

fn xyz([x, y]: [f64; 2]) -> [f64; 3] {
    [x / y, 1.0, (1.0 - x - y) / y]
}

/// Returns the map from linear RGB to CIE XYZ with Y = 1 at white (SMPTE RP 177).
pub fn xyz_from_rgb(primaries: Primaries) -> Matrix34 {
    xyz_from_light(primaries.chromaticities())
}

/// Like [`xyz_from_rgb`], for the chromaticities of red, green, blue and white.
fn xyz_from_light([r, g, b, white]: [[f64; 2]; 4]) -> Matrix34 {
    let columns = [xyz(r), xyz(g), xyz(b)];
    let scale = apply(invert(of_columns(columns)), xyz(white));
    of_columns(std::array::from_fn(|k| columns[k].map(|v| v * scale[k])))
}

/// Returns the map that adapts CIE XYZ from one white point to another (chromaticities) by the
/// Bradford transform (ICC.1:2010 annex E).
fn bradford(from: [f64; 2], to: [f64; 2]) -> Matrix34 {
    const CONES: Matrix34 = [[0.8951, 0.2664, -0.1614, 0.0], [-0.7502, 1.7135, 0.0367, 0.0], [0.0389, -0.0685, 1.0296, 0.0]];
    let (source, target) = (apply(CONES, xyz(from)), apply(CONES, xyz(to)));
    let gain: Matrix34 = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { target[i] / source[i] } else { 0.0 }));
    multiply(invert(CONES), multiply(gain, CONES))
}

/// Returns the map from linear RGB of one set of primaries to another, with white adapted.
pub fn primaries(from: Primaries, to: Primaries) -> Matrix34 {
    let adapt = bradford(from.chromaticities()[3], to.chromaticities()[3]);
    multiply(invert(xyz_from_rgb(to)), multiply(adapt, xyz_from_rgb(from)))
}

/// Returns the map from linear RGB, given by the chromaticities of its red, green, blue and white,
/// to a set of primaries, with white adapted.
pub fn of_light(from: [[f64; 2]; 4], to: Primaries) -> [[f64; 3]; 3] {
    let adapt = bradford(from[3], to.chromaticities()[3]);
    multiply(invert(xyz_from_rgb(to)), multiply(adapt, xyz_from_light(from))).map(|r| [r[0], r[1], r[2]])
}

/// Returns the map that adapts linear RGB from one white point to another.
pub fn adapted(space: Primaries, from: [f64; 2], to: [f64; 2]) -> [[f64; 3]; 3] {
    let m = multiply(invert(xyz_from_rgb(space)), multiply(bradford(from, to), xyz_from_rgb(space)));
    m.map(|r| [r[0], r[1], r[2]])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with published matrices: BT.709 to BT.2020 (ITU-R BT.2087-0 annex 2) and sRGB to
    /// XYZ (IEC 61966-2-1).
    #[test]
    fn published_matrices() {
        let near = |m: Matrix34, want: [[f64; 3]; 3], max: f64| {
            for (r, w) in m.iter().zip(want) {
                for (a, b) in r.iter().zip(w) {
                    assert!((a - b).abs() < max, "{a}, expected {b}");
                }
            }
        };
        near(
            primaries(Primaries::Bt709, Primaries::Bt2020),
            [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]],
            1e-4,
        );
        near(xyz_from_rgb(Primaries::Bt709), [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], 1e-4);
    }
}

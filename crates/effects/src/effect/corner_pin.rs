//! Corner pin: a perspective warp by the four corners.
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The projective map from the picture's corners to the given ones (fractions of the raster),
/// applied backward with bilinear sampling.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("topLeftX", "Top left x", 0.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("topLeftY", "Top left y", 0.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("topRightX", "Top right x", 1.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("topRightY", "Top right y", 0.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("bottomRightX", "Bottom right x", 1.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("bottomRightY", "Bottom right y", 1.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("bottomLeftX", "Bottom left x", 0.0, -2.0, 3.0, Unit::None),
        ParamSpec::number("bottomLeftY", "Bottom left y", 1.0, -2.0, 3.0, Unit::None),
    ],
    domain: Domain::Working,
    neutral: |p| (0..8).all(|i| p.number(i) == [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0][i]),
    keeps_alpha: false,
    ..EffectSpec::new(
        "corner-pin",
        "Corner Pin",
        EffectFamily::Distort,
        "Moves the corners of the picture, in perspective.",
        EffectKind::Sampled { kernel: |_| &Read(CornerPin), prepare, edge: Edge::Transparent },
    )
};

/// Returns the inverse of the projective map from the raster's corners to the given ones (Heckbert,
/// "Fundamentals of Texture Mapping and Image Warping", 1989, §2.2.3), row by row, then the sign of
/// the denominator at the middle.
fn prepare(p: Params<'_>, r: &EffectFrame) -> Uniforms {
    let (w, h) = (f64::from(r.width_px), f64::from(r.height_px));
    let c: [[f64; 2]; 4] = std::array::from_fn(|i| [f64::from(p.number(2 * i)) * w, f64::from(p.number(2 * i + 1)) * h]);
    // From the unit square.
    let sum = |k: usize| c[0][k] - c[1][k] + c[2][k] - c[3][k];
    let d = |i: usize, k: usize| c[i][k] - c[2][k];
    let det = d(1, 0) * d(3, 1) - d(3, 0) * d(1, 1);
    let (g, hh) = if det.abs() < 1e-12 {
        (0.0, 0.0)
    } else {
        ((sum(0) * d(3, 1) - d(3, 0) * sum(1)) / det, (d(1, 0) * sum(1) - sum(0) * d(1, 1)) / det)
    };
    let m = [
        [c[1][0] - c[0][0] + g * c[1][0], c[3][0] - c[0][0] + hh * c[3][0], c[0][0]],
        [c[1][1] - c[0][1] + g * c[1][1], c[3][1] - c[0][1] + hh * c[3][1], c[0][1]],
        [g, hh, 1.0],
    ];
    // The adjugate is the inverse up to a factor, which cancels.
    let a = |i: usize, j: usize| m[i % 3][j % 3];
    let adjugate: [[f64; 3]; 3] =
        std::array::from_fn(|i| std::array::from_fn(|j| a(j + 1, i + 1) * a(j + 2, i + 2) - a(j + 1, i + 2) * a(j + 2, i + 1)));
    let size = [w, h, 1.0];
    let scaled: Vec<f64> = (0..9).map(|k| adjugate[k / 3][k % 3] * size[k / 3]).collect();
    let middle = [(c[0][0] + c[2][0]) / 2.0, (c[0][1] + c[2][1]) / 2.0];
    let sign = (scaled[6] * middle[0] + scaled[7] * middle[1] + scaled[8]).signum();
    let max = scaled.iter().fold(1e-30f64, |m, v| m.max(v.abs()));
    let mut u: Vec<f32> = scaled.iter().map(|v| (v / max) as f32).collect();
    u.push(sign as f32);
    Uniforms::new(&u)
}

struct CornerPin;

impl ReadKernel for CornerPin {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let w = at.x * p[6] + at.y * p[7] + p[8];
        let k = K(1.0) / R::select(w.abs().gt(1e-9), w, 1e-9);
        let (u, v) = ((at.x * p[0] + at.y * p[1] + p[2]) * k, (at.x * p[3] + at.y * p[4] + p[5]) * k);
        // What is behind the eye is transparent.
        let c = s.sample(0, u, v);
        let seen = R::select((w * p[9]).gt(0.0), 1.0, 0.0);
        Rgba { c: c.c.scale(seen), a: c.a * seen }
    }
}

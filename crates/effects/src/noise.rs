//! Smooth noise for kernels.
use cutroom_kernel::Real;

/// Value noise, 0..1: random values at whole coordinates (below 2^24), interpolated with 3t² − 2t³.
#[inline(always)]
pub fn value_noise<R: Real>(x: R, y: R, seed: R) -> R {
    let (i, j) = (x.floor(), y.floor());
    let (u, v) = (x - i, y - j);
    let (u, v) = (u * u * (R::from(3.0) - u * 2.0), v * v * (R::from(3.0) - v * 2.0));
    let (a, b) = (i.hash(j, seed), (i + 1.0).hash(j, seed));
    let (c, d) = (i.hash(j + 1.0, seed), (i + 1.0).hash(j + 1.0, seed));
    a.mix(b, u).mix(c.mix(d, u), v)
}

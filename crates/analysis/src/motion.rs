//! Estimates how a camera moved from one picture to the next.
use crate::{
    Pyramid, Similarity, features,
    similarity::{minus, over, plus, times},
};

/// Minimum number of tracked points.
const MIN_PLACES: usize = 8;
/// Minimum fraction of the points that must agree with the movement.
const MIN_SHARE: f64 = 0.4;
/// Number of pairs of points that are tried.
const TRIALS: usize = 300;

/// The common movement of two pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Movement {
    /// Maps points of the first picture to points of the second; the origin is the picture's
    /// centre, the unit its width.
    pub similarity: Similarity,
    /// Fraction of the first picture's feature points that moved so, 0..=1; points that could not
    /// be tracked do not agree.
    pub agreement: f64,
}

/// The movement that most of the picture has in common; objects that move independently are ignored
/// as long as they are the smaller part. `None` when it cannot be determined: too few feature
/// points, a cut, pictures of different sizes.
pub fn movement(from: &Pyramid, to: &Pyramid) -> Option<Movement> {
    let (a, b) = (from.picture(), to.picture());
    if (a.width(), a.height()) != (b.width(), b.height()) {
        return None;
    }
    let center = [0.5 * (a.width() - 1) as f64, 0.5 * (a.height() - 1) as f64];
    let width = a.width() as f64;
    let places = features::corners(a);
    let guess = features::shift(from, to);
    let followed = places.iter().filter_map(|&p| Some([p, features::followed(from, to, p, guess)?]));
    let pairs: Vec<[[f64; 2]; 2]> = followed.map(|pair| pair.map(|p| minus(p, center))).collect();
    if pairs.len() < MIN_PLACES {
        return None;
    }
    // Refined with the points within a radius, in pixels of the compared pictures, that shrinks
    // from 1.5 to 0.7.
    let mut found = tried(&pairs, 0.1 * width)?;
    for reach in [1.5, 1.0, 0.7, 0.7] {
        let near: Vec<_> = pairs.iter().filter(|p| squared_error(&found, p) < reach * reach).copied().collect();
        if near.len() < MIN_PLACES {
            return None;
        }
        found = least_squares(&near)?;
    }
    let agreeing = pairs.iter().filter(|p| squared_error(&found, p) < 1.0).count();
    // Points that were lost in tracking count as disagreeing.
    let agreement = agreeing as f64 / places.len() as f64;
    let similarity = Similarity { b: found.b.map(|v| v / width), ..found };
    (agreement >= MIN_SHARE && agreeing >= MIN_PLACES).then_some(Movement { similarity, agreement })
}

fn squared_error(s: &Similarity, [from, to]: &[[f64; 2]; 2]) -> f64 {
    let d = minus(s.of(*from), *to);
    d[0] * d[0] + d[1] * d[1]
}

/// The best of many similarities that are each determined by two pairs of points (MSAC: Torr and
/// Zisserman 2000), with a cost of at most 2.25 px² per pair. Pairs are chosen by a fixed
/// pseudo-random sequence; their points are at least `min_spacing` pixels apart. Scales outside
/// 0.7..1.4 are rejected.
fn tried(pairs: &[[[f64; 2]; 2]], min_spacing: f64) -> Option<Similarity> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % n
    };
    let mut best: Option<(f64, Similarity)> = None;
    for _ in 0..TRIALS {
        let ([p, q], [r, s]) = (pairs[next(pairs.len())], pairs[next(pairs.len())]);
        let apart = minus(r, p);
        if apart[0] * apart[0] + apart[1] * apart[1] < min_spacing * min_spacing {
            continue;
        }
        let a = over(minus(s, q), apart);
        let found = Similarity { a, b: minus(q, times(a, p)) };
        if !(0.7..1.4).contains(&found.scale()) {
            continue;
        }
        let cost: f64 = pairs.iter().map(|p| squared_error(&found, p).min(2.25)).sum();
        if best.is_none_or(|(lowest, _)| cost < lowest) {
            best = Some((cost, found));
        }
    }
    best.map(|(_, s)| s)
}

/// The least-squares similarity, in complex arithmetic. `None` when all points coincide.
fn least_squares(pairs: &[[[f64; 2]; 2]]) -> Option<Similarity> {
    let n = pairs.len() as f64;
    let mean = |k: usize| pairs.iter().fold([0.0; 2], |sum, p| plus(sum, p[k])).map(|v| v / n);
    let (from, to) = (mean(0), mean(1));
    let (mut product, mut size) = ([0.0; 2], 0.0);
    for pair in pairs {
        let (p, q) = (minus(pair[0], from), minus(pair[1], to));
        product = plus(product, times([p[0], -p[1]], q));
        size += p[0] * p[0] + p[1] * p[1];
    }
    if size <= 0.0 {
        return None;
    }
    let a = product.map(|v| v / size);
    Some(Similarity { a, b: minus(to, times(a, from)) })
}

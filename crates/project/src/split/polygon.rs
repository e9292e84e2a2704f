//! Polygons of cells. Coordinates are pixels, +y down; corners are in clockwise order on screen.

/// Area by the shoelace formula; negative for corners in counter-clockwise order.
pub(super) fn area(corners: &[[f64; 2]]) -> f64 {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

/// The part of a convex polygon where `normal · point <= limit`.
pub(super) fn cut(corners: &[[f64; 2]], normal: [f64; 2], limit: f64) -> Vec<[f64; 2]> {
    let beyond = |p: &[f64; 2]| normal[0] * p[0] + normal[1] * p[1] - limit;
    let mut kept = Vec::with_capacity(corners.len() + 1);
    for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        let (before, after) = (beyond(a), beyond(b));
        if before <= 0.0 {
            kept.push(*a);
        }
        if (before < 0.0 && after > 0.0) || (before > 0.0 && after < 0.0) {
            let t = before / (before - after);
            kept.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
        }
    }
    kept
}

/// The polygon with each side moved inwards by its own distance; `distances` are those of the sides
/// that begin at each corner. `None` if nothing remains.
pub(super) fn inset(corners: &[[f64; 2]], distances: &[f64]) -> Option<Vec<[f64; 2]>> {
    let n = corners.len();
    // Inward unit normal of the side from corner `i`: its direction turned clockwise.
    let normal = |i: usize| {
        let (a, b) = (corners[i], corners[(i + 1) % n]);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy).max(1e-12);
        [-dy / length, dx / length]
    };
    let moved = (0..n).map(|i| {
        let before = (i + n - 1) % n;
        let (p, q) = (normal(before), normal(i));
        let point = corners[i];
        let dot = |m: [f64; 2]| m[0] * point[0] + m[1] * point[1];
        let (c, d) = (dot(p) + distances[before], dot(q) + distances[i]);
        let cross = p[0] * q[1] - p[1] * q[0];
        if cross.abs() < 1e-9 {
            return [point[0] + q[0] * distances[i], point[1] + q[1] * distances[i]];
        }
        [(c * q[1] - d * p[1]) / cross, (p[0] * d - q[0] * c) / cross]
    });
    let moved: Vec<[f64; 2]> = moved.collect();
    // A side that has turned round is longer gone than its neighbours met.
    let along = |of: &[[f64; 2]], i: usize| {
        let (a, b) = (of[i], of[(i + 1) % n]);
        [b[0] - a[0], b[1] - a[1]]
    };
    let turned = (0..n).any(|i| {
        let (a, b) = (along(corners, i), along(&moved, i));
        a[0] * b[0] + a[1] * b[1] <= 0.0
    });
    (!turned && area(&moved) >= 1.0).then_some(moved)
}

/// Left, top, right and bottom of a polygon that is a rectangle along the axes.
pub(super) fn as_rectangle(corners: &[[f64; 2]]) -> Option<[f64; 4]> {
    let [a, b, c, d] = corners else { return None };
    let upright = a[1] == b[1] && b[0] == c[0] && c[1] == d[1] && d[0] == a[0];
    let lying = a[0] == b[0] && b[1] == c[1] && c[0] == d[0] && d[1] == a[1];
    let [xs, ys] = [0, 1].map(|k| [a[k].min(c[k]), a[k].max(c[k])]);
    (upright || lying).then_some([xs[0], ys[0], xs[1], ys[1]])
}

/// A rectangle by left, top, right and bottom.
pub(super) fn rectangle([l, t, r, b]: [f64; 4]) -> Vec<[f64; 2]> {
    vec![[l, t], [r, t], [r, b], [l, b]]
}

//! Feature points of a picture, and tracking them in another picture.
use crate::gray::{Gray, Pyramid};

/// Side of the square cells, each of which yields its best corner.
const CELL_PX: usize = 24;
/// Radius of the window of a corner: its side is twice this plus 1.
const CORNER_REACH: i64 = 3;
/// Radius of the window that is tracked: its side is twice this plus 1.
const WINDOW_REACH: i64 = 7;
/// Minimum squared gradient along a corner's weaker direction, averaged over its window, in squared
/// 8-bit codes per pixel.
const MIN_GRADIENT: f32 = 4.0;
/// Maximum number of iterations per level.
const STEPS: usize = 16;

/// The best corner of each cell, if any exceeds the minimum (Shi and Tomasi, CVPR 1994: the smaller
/// eigenvalue of the summed gradient products is largest), in pixels.
pub fn corners(picture: &Gray) -> Vec<[f64; 2]> {
    let border = WINDOW_REACH as usize;
    let (right, bottom) = (picture.width().saturating_sub(border), picture.height().saturating_sub(border));
    let mut found = Vec::new();
    for top in (border..bottom).step_by(CELL_PX) {
        for left in (border..right).step_by(CELL_PX) {
            let mut best = (MIN_GRADIENT, None);
            for y in (top..bottom.min(top + CELL_PX)).step_by(3) {
                for x in (left..right.min(left + CELL_PX)).step_by(3) {
                    let strength = strength(picture, x as i64, y as i64);
                    if strength > best.0 {
                        best = (strength, Some([x as f64, y as f64]));
                    }
                }
            }
            found.extend(best.1);
        }
    }
    found
}

fn gradient(picture: &Gray, x: i64, y: i64) -> [f32; 2] {
    [0.5 * (picture.at(x + 1, y) - picture.at(x - 1, y)), 0.5 * (picture.at(x, y + 1) - picture.at(x, y - 1))]
}

fn strength(picture: &Gray, x: i64, y: i64) -> f32 {
    let (mut xx, mut xy, mut yy) = (0.0f32, 0.0f32, 0.0f32);
    for v in -CORNER_REACH..=CORNER_REACH {
        for u in -CORNER_REACH..=CORNER_REACH {
            let [gx, gy] = gradient(picture, x + u, y + v);
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
        }
    }
    let side = (2 * CORNER_REACH + 1) as f32;
    let (mean, half) = (0.5 * (xx + yy), 0.5 * (xx - yy));
    (mean - (half * half + xy * xy).sqrt()) / (side * side)
}

/// The displacement of the whole picture from `from` to `to` in pixels of the largest level, to a
/// whole pixel of the smallest one: the displacement of at most a quarter of the picture with the
/// smallest mean absolute difference, apart from the difference of mean brightness. It is the first
/// guess for tracking, so that corners can move farther than their window.
pub fn shift(from: &Pyramid, to: &Pyramid) -> [f64; 2] {
    let (Some(a), Some(b)) = (from.levels.last(), to.levels.last()) else { return [0.0; 2] };
    let (width, height) = (a.width() as i64, a.height() as i64);
    let mean = |g: &Gray| {
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| g.at(x, y)).sum::<f32>() / (width * height) as f32
    };
    let brighter = mean(b) - mean(a);
    let apart = |dx: i64, dy: i64| {
        let (mut sum, mut count) = (0.0f32, 0.0f32);
        for y in 0.max(-dy)..height.min(height - dy) {
            for x in 0.max(-dx)..width.min(width - dx) {
                sum += (b.at(x + dx, y + dy) - a.at(x, y) - brighter).abs();
                count += 1.0;
            }
        }
        sum / count
    };
    let mut best = (apart(0, 0), [0, 0]);
    for dy in -height / 4..=height / 4 {
        for dx in -width / 4..=width / 4 {
            let value = apart(dx, dy);
            if value < best.0 {
                best = (value, [dx, dy]);
            }
        }
    }
    best.1.map(|d| d as f64 * f64::from(1u32 << (from.levels.len() - 1)))
}

/// The position in `to` of a point of `from`, to a fraction of a pixel, starting at the
/// displacement `guess`: the least squares of Lucas and Kanade on the levels from coarse to fine
/// (Bouguet 2000), with the mean subtracted from the gradients, so that changes of exposure do not
/// matter. `None` when the point leaves the picture or the iteration diverges.
pub fn followed(from: &Pyramid, to: &Pyramid, place: [f64; 2], guess: [f64; 2]) -> Option<[f64; 2]> {
    let mut way = guess.map(|g| g / f64::from(1u32 << (from.levels.len() - 1)));
    for level in (0..from.levels.len().min(to.levels.len())).rev() {
        // (x, y) of a level is at (2x + ½, 2y + ½) of the next finer one.
        let shrink = 1.0 / (1u32 << level) as f64;
        let here = place.map(|p| (p + 0.5) * shrink - 0.5);
        way = settled(&from.levels[level], &to.levels[level], here, way)?;
        if level > 0 {
            way = way.map(|w| 2.0 * w);
        }
    }
    let there = [place[0] + way[0], place[1] + way[1]];
    let (width, height) = (to.picture().width() as f64, to.picture().height() as f64);
    let reach = 3.0;
    let inside = there[0] >= reach && there[1] >= reach && there[0] < width - reach && there[1] < height - reach;
    inside.then_some(there)
}

/// One level: refines the displacement from a first guess.
fn settled(from: &Gray, to: &Gray, place: [f64; 2], mut way: [f64; 2]) -> Option<[f64; 2]> {
    const SIDE: usize = (2 * WINDOW_REACH + 1) as usize;
    const COUNT: f32 = (SIDE * SIDE) as f32;
    // With a border of one sample for the gradients.
    let mut patch = [[0.0f32; SIDE + 2]; SIDE + 2];
    let start = [place[0] - (WINDOW_REACH + 1) as f64, place[1] - (WINDOW_REACH + 1) as f64];
    for (j, row) in patch.iter_mut().enumerate() {
        for (i, sample) in row.iter_mut().enumerate() {
            *sample = from.between(start[0] + i as f64, start[1] + j as f64);
        }
    }
    let mut slopes = [[[0.0f32; 2]; SIDE]; SIDE];
    let mut mean = [0.0f32; 2];
    for j in 0..SIDE {
        for i in 0..SIDE {
            let slope = [0.5 * (patch[j + 1][i + 2] - patch[j + 1][i]), 0.5 * (patch[j + 2][i + 1] - patch[j][i + 1])];
            slopes[j][i] = slope;
            mean = [mean[0] + slope[0], mean[1] + slope[1]];
        }
    }
    mean = mean.map(|m| m / COUNT);
    let (mut xx, mut xy, mut yy) = (0.0f32, 0.0f32, 0.0f32);
    for slope in slopes.iter_mut().flatten() {
        *slope = [slope[0] - mean[0], slope[1] - mean[1]];
        xx += slope[0] * slope[0];
        xy += slope[0] * slope[1];
        yy += slope[1] * slope[1];
    }
    let determinant = f64::from(xx) * f64::from(yy) - f64::from(xy) * f64::from(xy);
    // Flat, or only an edge: this level does not determine the displacement.
    if determinant < 1e-3 * f64::from(xx + yy) * f64::from(xx + yy) || xx + yy < COUNT {
        return Some(way);
    }
    for _ in 0..STEPS {
        let (mut bx, mut by) = (0.0f32, 0.0f32);
        for j in 0..SIDE {
            let y = place[1] + way[1] + j as f64 - WINDOW_REACH as f64;
            for i in 0..SIDE {
                let x = place[0] + way[0] + i as f64 - WINDOW_REACH as f64;
                let apart = patch[j + 1][i + 1] - to.between(x, y);
                bx += slopes[j][i][0] * apart;
                by += slopes[j][i][1] * apart;
            }
        }
        let (bx, by) = (f64::from(bx), f64::from(by));
        let step =
            [(f64::from(yy) * bx - f64::from(xy) * by) / determinant, (f64::from(xx) * by - f64::from(xy) * bx) / determinant];
        if !(step[0].abs() < 20.0 && step[1].abs() < 20.0) {
            return None;
        }
        way = [way[0] + step[0], way[1] + step[1]];
        if step[0] * step[0] + step[1] * step[1] < 1e-4 {
            return Some(way);
        }
    }
    Some(way)
}

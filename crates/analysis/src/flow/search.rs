//! Finds the displacement of small overlapping patches by inverse search, and makes a dense field
//! of them (Kroeger, Timofte, Dai, Van Gool: Fast Optical Flow using Dense Inverse Search, 2016).
//!
//! Patches of 8×8 pixels lie 4 pixels apart and hang over the edges by 4, so that each pixel is
//! covered by exactly four of them. Their displacements start with what the coarser level found,
//! are refined by Gauss–Newton steps, and are then offered to their neighbours. Each patch is
//! computed from the results of the previous round only, so the order does not matter.
use super::{Flow, plane::Plane};
use rayon::prelude::*;

const SIDE: usize = 8;
const APART: usize = 4;
const COUNT: f32 = (SIDE * SIDE) as f32;
/// Gauss–Newton steps of the first round, and of each later one.
const STEPS: [usize; 2] = [8, 4];
/// Rounds in which neighbours exchange their displacements.
const ROUNDS: usize = 2;

/// A patch of the first picture with its gradients.
struct Patch {
    samples: [[f32; SIDE]; SIDE],
    slope_x: [[f32; SIDE]; SIDE],
    slope_y: [[f32; SIDE]; SIDE],
    mean_slope: [f32; 2],
    /// The inverse of the 2×2 matrix of gradient products: xx, xy, yy; zeros where the patch does
    /// not determine a displacement.
    inverse: [f32; 3],
}

/// The mean-free squared error of a displacement, and the products of the errors with the gradients.
struct Apart {
    error: f32,
    along: [f32; 2],
}

/// A patch's displacement in pixels of the level, and its squared error.
#[derive(Clone, Copy)]
struct Found {
    way: [f32; 2],
    error: f32,
}

impl Patch {
    fn new(a: &Plane, left: isize, top: isize) -> Self {
        let mut patch = Self {
            samples: [[0.0; SIDE]; SIDE],
            slope_x: [[0.0; SIDE]; SIDE],
            slope_y: [[0.0; SIDE]; SIDE],
            mean_slope: [0.0; 2],
            inverse: [0.0; 3],
        };
        let (mut xx, mut xy, mut yy) = (0.0f32, 0.0f32, 0.0f32);
        let (mut sum_x, mut sum_y) = (0.0f32, 0.0f32);
        for j in 0..SIDE {
            let y = top + j as isize;
            let (above, row, below) = (a.run(left, y - 1, SIDE), a.run(left - 1, y, SIDE + 2), a.run(left, y + 1, SIDE));
            for i in 0..SIDE {
                let (gx, gy) = (0.5 * (row[i + 2] - row[i]), 0.5 * (below[i] - above[i]));
                patch.samples[j][i] = row[i + 1];
                patch.slope_x[j][i] = gx;
                patch.slope_y[j][i] = gy;
                sum_x += gx;
                sum_y += gy;
                xx += gx * gx;
                xy += gx * gy;
                yy += gy * gy;
            }
        }
        xx -= sum_x * sum_x / COUNT;
        xy -= sum_x * sum_y / COUNT;
        yy -= sum_y * sum_y / COUNT;
        patch.mean_slope = [sum_x / COUNT, sum_y / COUNT];
        // A little damping holds patches still along an edge.
        let damp = 0.01 * (xx + yy) + 4.0;
        let (xx, yy) = (xx + damp, yy + damp);
        let determinant = xx * yy - xy * xy;
        patch.inverse = [yy / determinant, -xy / determinant, xx / determinant];
        patch
    }

    fn apart(&self, b: &Plane, x: f32, y: f32) -> Apart {
        let margin = super::plane::BORDER as f32;
        let x = (x + margin).max(0.0).min((b.stride - SIDE - 1) as f32 - 0.01);
        let y = (y + margin).max(0.0).min((b.height + 2 * super::plane::BORDER - SIDE - 1) as f32 - 0.01);
        let (i0, j0) = (x as i32 as usize, y as i32 as usize);
        let (u, v) = (x - i0 as f32, y - j0 as f32);
        let weights = [(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v];
        let (mut sum, mut square) = ([0.0f32; SIDE], [0.0f32; SIDE]);
        let (mut by_x, mut by_y) = ([0.0f32; SIDE], [0.0f32; SIDE]);
        for j in 0..SIDE {
            let start = (j0 + j) * b.stride + i0;
            let upper: &[f32; SIDE + 1] = b.data[start..start + SIDE + 1].try_into().unwrap_or(&[0.0; SIDE + 1]);
            let start = start + b.stride;
            let lower: &[f32; SIDE + 1] = b.data[start..start + SIDE + 1].try_into().unwrap_or(&[0.0; SIDE + 1]);
            for i in 0..SIDE {
                let there = weights[0] * upper[i] + weights[1] * upper[i + 1] + weights[2] * lower[i] + weights[3] * lower[i + 1];
                let apart = there - self.samples[j][i];
                sum[i] += apart;
                square[i] += apart * apart;
                by_x[i] += apart * self.slope_x[j][i];
                by_y[i] += apart * self.slope_y[j][i];
            }
        }
        let total = |s: [f32; SIDE]| ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
        let sum = total(sum);
        Apart {
            error: total(square) - sum * sum / COUNT,
            along: [total(by_x) - sum * self.mean_slope[0], total(by_y) - sum * self.mean_slope[1]],
        }
    }

    /// Refines a displacement; the result is never worse than the start.
    fn refined(&self, b: &Plane, place: [f32; 2], start: [f32; 2], steps: usize) -> Found {
        let mut now = self.apart(b, place[0] + start[0], place[1] + start[1]);
        let mut best = Found { way: start, error: now.error };
        let mut way = start;
        for _ in 0..steps {
            let step = [
                self.inverse[0] * now.along[0] + self.inverse[1] * now.along[1],
                self.inverse[1] * now.along[0] + self.inverse[2] * now.along[1],
            ];
            way = [way[0] - step[0], way[1] - step[1]];
            let far = [way[0] - start[0], way[1] - start[1]];
            if !(far[0].abs() < SIDE as f32 && far[1].abs() < SIDE as f32) {
                break;
            }
            now = self.apart(b, place[0] + way[0], place[1] + way[1]);
            if now.error < best.error {
                best = Found { way, error: now.error };
            } else if now.error > 1.2 * best.error {
                break;
            }
            if step[0].abs() + step[1].abs() < 0.02 {
                break;
            }
        }
        best
    }
}

/// The field of displacements from `a` to `b` with `start` as first guess (in pixels of this
/// level, at any size).
pub(super) fn searched(a: &Plane, b: &Plane, start: Option<&Flow>) -> Flow {
    let (across, down) = (a.width.div_ceil(APART) + 1, a.height.div_ceil(APART) + 1);
    let corner = |n: usize| (n * APART) as isize - APART as isize;
    let guess = |x: f32, y: f32| start.map_or([0.0; 2], |f| f.stretched(x, y, a.width, a.height));
    let patches: Vec<(Patch, Found)> = (0..across * down)
        .into_par_iter()
        .map(|n| {
            let (left, top) = (corner(n % across), corner(n / across));
            let patch = Patch::new(a, left, top);
            let place = [left as f32, top as f32];
            let (x, y) = (place[0] + 3.5, place[1] + 3.5);
            let mut best = guess(x, y);
            let mut error = patch.apart(b, place[0] + best[0], place[1] + best[1]).error;
            if start.is_some() {
                let near = APART as f32 * 2.0;
                let mut others = [[0.0; 2]; 5];
                for (other, (dx, dy)) in others.iter_mut().zip([(near, 0.0), (-near, 0.0), (0.0, near), (0.0, -near)]) {
                    *other = guess(x + dx, y + dy);
                }
                for other in others {
                    if (other[0] - best[0]).abs() + (other[1] - best[1]).abs() < 0.5 {
                        continue;
                    }
                    let apart = patch.apart(b, place[0] + other[0], place[1] + other[1]).error;
                    if apart < 0.9 * error - COUNT {
                        (best, error) = (other, apart);
                    }
                }
            }
            let found = patch.refined(b, place, best, STEPS[0]);
            (patch, found)
        })
        .collect();
    let mut found: Vec<Found> = patches.iter().map(|p| p.1).collect();
    for _ in 0..ROUNDS {
        let before = found.clone();
        found = (0..across * down)
            .into_par_iter()
            .map(|n| {
                let (i, j) = (n % across, n / across);
                let (patch, mine) = (&patches[n].0, before[n]);
                let place = [corner(i) as f32, corner(j) as f32];
                let mut best = mine;
                let mut offer = |m: usize| {
                    let other = before[m].way;
                    if (other[0] - best.way[0]).abs() + (other[1] - best.way[1]).abs() > 0.5 {
                        let error = patch.apart(b, place[0] + other[0], place[1] + other[1]).error;
                        if error < 0.9 * best.error - 0.25 * COUNT {
                            best = Found { way: other, error };
                        }
                    }
                };
                if i > 0 {
                    offer(n - 1);
                }
                if i + 1 < across {
                    offer(n + 1);
                }
                if j > 0 {
                    offer(n - across);
                }
                if j + 1 < down {
                    offer(n + across);
                }
                if best.way == mine.way { mine } else { patch.refined(b, place, best.way, STEPS[1]) }
            })
            .collect();
    }
    dense(a, b, &found, across)
}

/// The mean of the four patches that cover a pixel, weighted by how well each explains the pixel.
fn dense(a: &Plane, b: &Plane, found: &[Found], across: usize) -> Flow {
    let (width, height) = (a.width, a.height);
    let mut flow = Flow::still(width, height);
    let bands = flow.u.par_chunks_mut(APART * width).zip(flow.v.par_chunks_mut(APART * width)).enumerate();
    bands.for_each(|(band, (us, vs))| {
        let wide = across * APART + APART;
        let mut sums = [vec![0.0f32; wide], vec![0.0f32; wide], vec![0.0f32; wide]];
        for row in 0..us.len() / width {
            let y = (band * APART + row) as isize;
            for sum in &mut sums {
                sum.fill(0.0);
            }
            for j in [band, band + 1] {
                for i in 0..across {
                    let way = found[j * across + i].way;
                    let left = (i * APART) as isize - APART as isize;
                    let weights = explained(a, b, left, y, way);
                    for (at, weight) in (i * APART..).zip(weights) {
                        sums[0][at] += weight * way[0];
                        sums[1][at] += weight * way[1];
                        sums[2][at] += weight;
                    }
                }
            }
            let [su, sv, sw] = &sums;
            for x in 0..width {
                us[row * width + x] = su[x + APART] / sw[x + APART];
                vs[row * width + x] = sv[x + APART] / sw[x + APART];
            }
        }
    });
    flow
}

/// Weights of a run of pixels under a displacement: the inverse of the difference, at most 1.
fn explained(a: &Plane, b: &Plane, left: isize, y: isize, way: [f32; 2]) -> [f32; SIDE] {
    let margin = super::plane::BORDER as f32;
    let bx = (left as f32 + way[0] + margin).max(0.0).min((b.stride - SIDE - 1) as f32 - 0.01);
    let by = (y as f32 + way[1] + margin).max(0.0).min((b.height + 2 * super::plane::BORDER - 2) as f32 - 0.01);
    let (i, j) = (bx as i32 as usize, by as i32 as usize);
    let (u, v) = (bx - i as f32, by - j as f32);
    let start = j * b.stride + i;
    let (upper, lower) = (&b.data[start..start + SIDE + 1], &b.data[start + b.stride..start + b.stride + SIDE + 1]);
    let here = a.run(left, y, SIDE);
    let mut weights = [0.0; SIDE];
    for k in 0..SIDE {
        let above = upper[k] + (upper[k + 1] - upper[k]) * u;
        let below = lower[k] + (lower[k + 1] - lower[k]) * u;
        let apart = above + (below - above) * v - here[k];
        weights[k] = 1.0 / (apart * apart + 1.0);
    }
    weights
}

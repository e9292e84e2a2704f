//! Variational refinement of a field (Brox, Bruhn, Papenberg, Weickert: High Accuracy Optical Flow
//! Estimation Based on a Theory for Warping, 2004): brightness and gradients stay the same along
//! the field, and neighbours move alike, all with robust penalties.
//!
//! The field may belong to any instant between the two pictures: phase 0 is the first picture's
//! grid, ½ the grid of the instant in the middle. Equations are solved by relaxation: even and odd
//! rows in turns, all samples of a row from the previous values of their neighbours.
use super::{Flow, plane::Plane};
use rayon::prelude::*;

/// Weights and effort of the refinement, for 8-bit brightness.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refinement {
    /// Weight of the smoothness.
    pub smoothness: f32,
    /// Weight of constant brightness.
    pub brightness: f32,
    /// Weight of constant gradients.
    pub gradients: f32,
    /// Number of times that pictures are warped.
    pub warps: usize,
    /// Number of times that robust weights are computed per warp.
    pub rounds: usize,
    /// Number of relaxations per round.
    pub relaxations: usize,
}

/// Width of the linear part of the robust penalties.
const SOFT: f32 = 1e-3;
/// The same for the smoothness, in pixels per pixel.
const FLAT: f32 = 1e-2;
/// Added to squared gradients in their normalisation.
const NORMAL: f32 = 0.1;

/// Refines a field of the instant `phase` (0..=1) between `a` and `b`; `trust` (0..=1 per pixel)
/// multiplies the weight of the pictures, so that where it is 0 the field is only smooth.
pub(crate) fn refined(a: &Plane, b: &Plane, phase: f32, mut flow: Flow, trust: Option<&[f32]>, how: &Refinement) -> Flow {
    for _ in 0..how.warps {
        flow = warped_once(a, b, phase, flow, trust, how);
    }
    flow
}

fn warp(of: &Plane, flow: &Flow, factor: f32) -> Vec<f32> {
    let width = flow.width;
    let mut out = vec![0.0f32; width * flow.height];
    out.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        let (us, vs) = (&flow.u[y * width..][..width], &flow.v[y * width..][..width]);
        for (x, sample) in row.iter_mut().enumerate() {
            *sample = of.between(x as f32 + factor * us[x], y as f32 + factor * vs[x]);
        }
    });
    out
}

/// The linear equations of each pixel: the matrix, whose diagonal is later inverted, and the right-hand
/// side.
struct Equations {
    xx: Vec<f32>,
    xy: Vec<f32>,
    yy: Vec<f32>,
    bx: Vec<f32>,
    by: Vec<f32>,
}

/// Horizontal and vertical derivatives of a plane, without borders.
fn slopes(of: &Plane) -> [Vec<f32>; 2] {
    let width = of.width;
    let mut gx = vec![0.0f32; width * of.height];
    let mut gy = vec![0.0f32; width * of.height];
    gx.par_chunks_mut(width).zip(gy.par_chunks_mut(width)).enumerate().for_each(|(y, (gx, gy))| {
        let y = y as isize;
        let row = of.run(-2, y, width + 4);
        let (above2, above, below, below2) =
            (of.run(0, y - 2, width), of.run(0, y - 1, width), of.run(0, y + 1, width), of.run(0, y + 2, width));
        for x in 0..width {
            // The five-point derivative.
            gx[x] = (8.0 / 12.0) * (row[x + 3] - row[x + 1]) - (1.0 / 12.0) * (row[x + 4] - row[x]);
            gy[x] = (8.0 / 12.0) * (below[x] - above[x]) - (1.0 / 12.0) * (below2[x] - above2[x]);
        }
    });
    [gx, gy]
}

fn warped_once(a: &Plane, b: &Plane, phase: f32, flow: Flow, trust: Option<&[f32]>, how: &Refinement) -> Flow {
    let (width, height) = (flow.width, flow.height);
    let there = warp(b, &flow, 1.0 - phase);
    let here = if phase == 0.0 {
        (0..height).flat_map(|y| a.run(0, y as isize, width).iter().copied()).collect()
    } else {
        warp(a, &flow, -phase)
    };
    let mean: Vec<f32> = here.iter().zip(&there).map(|(p, q)| 0.5 * (p + q)).collect();
    let change: Vec<f32> = here.iter().zip(&there).map(|(p, q)| q - p).collect();
    let plane = |s: &[f32]| Plane::from_rows(width, height, s);
    let [ix, iy] = slopes(&plane(&mean));
    let [ixx, ixy] = slopes(&plane(&ix));
    let [_, iyy] = slopes(&plane(&iy));
    let [ixt, iyt] = slopes(&plane(&change));
    // By parity of rows, so that one half can be read while the other is written.
    let rows = |parity: usize| (height + 1 - parity) / 2;
    let mut du: [Vec<f32>; 2] = [0, 1].map(|p| vec![0.0; rows(p) * width]);
    let mut dv = du.clone();
    let mut smooth = vec![0.0f32; width * height];
    let mut equations = Equations {
        xx: vec![0.0; width * height],
        xy: vec![0.0; width * height],
        yy: vec![0.0; width * height],
        bx: vec![0.0; width * height],
        by: vec![0.0; width * height],
    };
    for _ in 0..how.rounds {
        // The robust weight of the smoothness.
        let (now_u, now_v) = (whole(&flow.u, &du, width), whole(&flow.v, &dv, width));
        smooth.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
            let (here, next) = (y * width, (y + 1).min(height - 1) * width);
            let (u, v) = (&now_u[here..here + width], &now_v[here..here + width]);
            let (u1, v1) = (&now_u[next..next + width], &now_v[next..next + width]);
            for x in 0..width - 1 {
                let (ux, vx, uy, vy) = (u[x + 1] - u[x], v[x + 1] - v[x], u1[x] - u[x], v1[x] - v[x]);
                out[x] = how.smoothness / (ux * ux + vx * vx + uy * uy + vy * vy + FLAT * FLAT).sqrt();
            }
            let x = width - 1;
            let (uy, vy) = (u1[x] - u[x], v1[x] - v[x]);
            out[x] = how.smoothness / (uy * uy + vy * vy + FLAT * FLAT).sqrt();
        });
        let all = equations
            .xx
            .par_chunks_mut(width)
            .zip(equations.xy.par_chunks_mut(width))
            .zip(equations.yy.par_chunks_mut(width))
            .zip(equations.bx.par_chunks_mut(width))
            .zip(equations.by.par_chunks_mut(width))
            .enumerate();
        all.for_each(|(y, ((((xx, xy), yy), bx), by))| {
            let s = y * width..(y + 1) * width;
            let (ix, iy, it) = (&ix[s.clone()], &iy[s.clone()], &change[s.clone()]);
            let (ixx, ixy, iyy) = (&ixx[s.clone()], &ixy[s.clone()], &iyy[s.clone()]);
            let (ixt, iyt) = (&ixt[s.clone()], &iyt[s.clone()]);
            let half = (y / 2) * width..(y / 2 + 1) * width;
            let (du, dv) = (&du[y % 2][half.clone()], &dv[y % 2][half]);
            let trust = trust.map(|t| &t[s]);
            for x in 0..width {
                let n = 1.0 / (ix[x] * ix[x] + iy[x] * iy[x] + NORMAL * NORMAL);
                let nx = 1.0 / (ixx[x] * ixx[x] + ixy[x] * ixy[x] + NORMAL * NORMAL);
                let ny = 1.0 / (ixy[x] * ixy[x] + iyy[x] * iyy[x] + NORMAL * NORMAL);
                let e = it[x] + ix[x] * du[x] + iy[x] * dv[x];
                let ex = ixt[x] + ixx[x] * du[x] + ixy[x] * dv[x];
                let ey = iyt[x] + ixy[x] * du[x] + iyy[x] * dv[x];
                let w = n * how.brightness / (e * e * n + SOFT * SOFT).sqrt();
                let g = how.gradients / (ex * ex * nx + ey * ey * ny + SOFT * SOFT).sqrt();
                let (gx, gy) = (g * nx, g * ny);
                xx[x] = w * ix[x] * ix[x] + gx * ixx[x] * ixx[x] + gy * ixy[x] * ixy[x];
                xy[x] = w * ix[x] * iy[x] + gx * ixx[x] * ixy[x] + gy * ixy[x] * iyy[x];
                yy[x] = w * iy[x] * iy[x] + gx * ixy[x] * ixy[x] + gy * iyy[x] * iyy[x];
                bx[x] = -(w * ix[x] * it[x] + gx * ixx[x] * ixt[x] + gy * ixy[x] * iyt[x]);
                by[x] = -(w * iy[x] * it[x] + gx * ixy[x] * ixt[x] + gy * iyy[x] * iyt[x]);
            }
            if let Some(trust) = trust {
                for x in 0..width {
                    xx[x] *= trust[x];
                    xy[x] *= trust[x];
                    yy[x] *= trust[x];
                    bx[x] *= trust[x];
                    by[x] *= trust[x];
                }
            }
        });
        // The smoothness of the field so far goes to the right-hand side; then the diagonal is
        // completed and inverted.
        let (u, v) = (&flow.u, &flow.v);
        let mut links = Links { right: vec![0.0; width * height], down: vec![0.0; width * height] };
        links.right.par_chunks_mut(width).zip(links.down.par_chunks_mut(width)).enumerate().for_each(|(y, (right, down))| {
            let here = &smooth[y * width..][..width];
            for x in 0..width - 1 {
                right[x] = 0.5 * (here[x] + here[x + 1]);
            }
            if y + 1 < height {
                let below = &smooth[(y + 1) * width..][..width];
                for x in 0..width {
                    down[x] = 0.5 * (here[x] + below[x]);
                }
            }
        });
        let nothing = vec![0.0f32; width];
        let all = equations
            .xx
            .par_chunks_mut(width)
            .zip(equations.yy.par_chunks_mut(width))
            .zip(equations.bx.par_chunks_mut(width))
            .zip(equations.by.par_chunks_mut(width))
            .enumerate();
        all.for_each(|(y, (((xx, yy), bx), by))| {
            let here = y * width;
            let (right, down) = (&links.right[here..here + width], &links.down[here..here + width]);
            let up = if y > 0 { &links.down[here - width..here] } else { &nothing[..] };
            let (above, below) = (y.saturating_sub(1) * width, (y + 1).min(height - 1) * width);
            for x in 0..width {
                let left = if x > 0 { right[x - 1] } else { 0.0 };
                let (l, r) = (x.saturating_sub(1), (x + 1).min(width - 1));
                let mean = |f: &[f32]| {
                    let c = f[here + x];
                    left * (f[here + l] - c)
                        + right[x] * (f[here + r] - c)
                        + up[x] * (f[above + x] - c)
                        + down[x] * (f[below + x] - c)
                };
                bx[x] += mean(u);
                by[x] += mean(v);
                let total = left + right[x] + up[x] + down[x] + 1e-6;
                xx[x] = 1.0 / (xx[x] + total);
                yy[x] = 1.0 / (yy[x] + total);
            }
        });
        for step in 0..2 * how.relaxations {
            relaxed(&mut du, &mut dv, step % 2, width, height, &equations, &links);
        }
    }
    Flow { width, height, u: whole(&flow.u, &du, width), v: whole(&flow.v, &dv, width) }
}

/// Weights of the smoothness between a pixel and its right and lower neighbours.
struct Links {
    right: Vec<f32>,
    down: Vec<f32>,
}

fn whole(start: &[f32], change: &[Vec<f32>; 2], width: usize) -> Vec<f32> {
    let mut out = start.to_vec();
    out.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (sample, d) in row.iter_mut().zip(&change[y % 2][(y / 2) * width..]) {
            *sample += d;
        }
    });
    out
}

/// Relaxes the rows of one parity.
fn relaxed(
    du: &mut [Vec<f32>; 2],
    dv: &mut [Vec<f32>; 2],
    parity: usize,
    width: usize,
    height: usize,
    equations: &Equations,
    links: &Links,
) {
    let [even_u, odd_u] = du;
    let [even_v, odd_v] = dv;
    let ((mine_u, other_u), (mine_v, other_v)) =
        if parity == 0 { ((even_u, odd_u), (even_v, odd_v)) } else { ((odd_u, even_u), (odd_v, even_v)) };
    let nothing = vec![0.0f32; width];
    mine_u.par_chunks_mut(width).zip(mine_v.par_chunks_mut(width)).enumerate().for_each(|(half, (us, vs))| {
        let y = 2 * half + parity;
        let here = y * width;
        let (right, down) = (&links.right[here..here + width], &links.down[here..here + width]);
        let up = if y > 0 { &links.down[here - width..here] } else { &nothing[..] };
        let row = |y: usize| (&other_u[(y / 2) * width..][..width], &other_v[(y / 2) * width..][..width]);
        let (ua, va) = if y > 0 { row(y - 1) } else { (&nothing[..], &nothing[..]) };
        let (ub, vb) = if y + 1 < height { row(y + 1) } else { (&nothing[..], &nothing[..]) };
        let e = here..here + width;
        let (ixx, xy, iyy) = (&equations.xx[e.clone()], &equations.xy[e.clone()], &equations.yy[e.clone()]);
        let (bx, by) = (&equations.bx[e.clone()], &equations.by[e]);
        // Previous values with a border of one, so that the loop has no special ends.
        let mut old_u = vec![0.0f32; width + 2];
        let mut old_v = vec![0.0f32; width + 2];
        let mut left = vec![0.0f32; width];
        old_u[1..=width].copy_from_slice(us);
        old_v[1..=width].copy_from_slice(vs);
        left[1..].copy_from_slice(&right[..width - 1]);
        let (old_u, old_v, left) = (&old_u[..width + 2], &old_v[..width + 2], &left[..width]);
        for x in 0..width {
            let around_u = left[x] * old_u[x] + right[x] * old_u[x + 2] + up[x] * ua[x] + down[x] * ub[x];
            let around_v = left[x] * old_v[x] + right[x] * old_v[x + 2] + up[x] * va[x] + down[x] * vb[x];
            let u = (bx[x] - xy[x] * old_v[x + 1] + around_u) * ixx[x];
            us[x] = u;
            vs[x] = (by[x] - xy[x] * u + around_v) * iyy[x];
        }
    });
}

//! Pictures between two pictures, along the optical flow.
//!
//! [`Interpolator`] measures the flow between two pictures both ways. For an instant between them,
//! [`Interpolator::at`] projects both fields to that instant: of the displacements that meet at a
//! pixel, the one counts under which the two pictures look most alike; where only one picture shows
//! what is there, only that one is used; where neither flow leads, the field is continued from
//! around. The result, [`Between`], draws any plane of the pictures. Where the two directions
//! contradict each other and no displacement explains both pictures better than none, this is
//! blending. A cut has no pictures in between: the nearer one is shown.
use crate::{
    BothWays, Flow, Gray, Pyramid,
    flow::{
        self, mixed,
        plane::Plane,
        refine::{self, Refinement},
    },
};
use rayon::prelude::*;

/// Pictures of more pixels than this are measured at half their size.
const FULL_SIZE_PX: usize = 150_000;
/// Refinement of the projected field.
const IN_BETWEEN: Refinement =
    Refinement { smoothness: 20.0, brightness: 5.0, gradients: 10.0, warps: 1, rounds: 3, relaxations: 4 };
/// How far a pixel that only one picture shows is taken from that picture alone, 0..=1.
const ONE_SIDED: f32 = 0.4;
/// How much the pictures count in refining the field where no displacement is sure.
const LITTLE_TRUST: f32 = 0.2;
/// The parameter of cubic convolution: −½ is Catmull–Rom; less sharpness averages noise.
const SHARPNESS: f32 = -0.4;
/// A change of the mean luma by more than this, in 8-bit codes, is a fade, a flash or a change of
/// exposure: both pictures then count everywhere by the phase, so that brightness follows it.
const FADE_CODES: f64 = 1.5;
/// Beyond this share of pixels that the other picture does not show, pictures that also look unlike
/// are taken for a cut.
const CUT_SHARE: f32 = 0.5;

/// Two pictures and the flow between them.
#[derive(Clone, Debug)]
pub struct Interpolator {
    size: [usize; 2],
    /// On the measured level.
    pictures: [Plane; 2],
    flows: BothWays,
    cut: bool,
    /// Brightness changes from one picture to the other.
    fades: bool,
}

/// A picture between two others: where its pixels are in them, and how much each counts.
#[derive(Clone, Debug)]
pub struct Between {
    size: [usize; 2],
    phase: f32,
    /// From the first picture to the second, on the grid of this instant; `None` at a cut.
    flow: Option<Flow>,
    /// By pixel of the flow: weight of the first picture, 0..=1; the second has the rest.
    first: Vec<f32>,
}

impl Interpolator {
    /// Measures the flow between two pictures, given by their luma in 8-bit codes (display-encoded;
    /// in linear light dark parts would hardly count). `None` when their sizes differ.
    pub fn new(a: Gray, b: Gray) -> Option<Self> {
        let size = [a.width(), a.height()];
        if size != [b.width(), b.height()] {
            return None;
        }
        let (a, mut b) = rayon::join(|| flow::planes(&Pyramid::new(a)), || flow::planes(&Pyramid::new(b)));
        let fades = equalized(&a, &mut b);
        let level = usize::from(size[0] * size[1] > FULL_SIZE_PX && a.len() > 1);
        let flows = BothWays::of_planes(&a, &b, level);
        let cut = is_cut(&a[a.len().min(3) - 1], &b[a.len().min(3) - 1], &flows);
        let one = |planes: Vec<Plane>| planes.into_iter().nth(level);
        let pictures = [one(a)?, one(b)?];
        Some(Self { size, pictures, flows, cut, fades })
    }

    /// Whether the two pictures belong to different shots.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The measured flow, at the size at which it was measured.
    pub fn flows(&self) -> &BothWays {
        &self.flows
    }

    /// The picture at `phase`: 0 is the first picture, 1 the second.
    pub fn at(&self, phase: f32) -> Between {
        let phase = if phase.is_nan() { 0.0 } else { phase.clamp(0.0, 1.0) };
        if self.cut || phase == 0.0 || phase == 1.0 {
            return Between { size: self.size, phase, flow: None, first: vec![] };
        }
        let [a, b] = &self.pictures;
        let (width, height) = (a.width, a.height);
        let (from_a, from_b) = rayon::join(
            || Projected::new(&self.flows.forward, &self.flows.backward, &self.flows.seen_forward, phase, 1.0),
            || Projected::new(&self.flows.backward, &self.flows.forward, &self.flows.seen_backward, 1.0 - phase, -1.0),
        );
        let costs = [&from_a.flow, &from_b.flow].map(|f| unlike(a, b, f, phase));
        let mut flow = Flow::still(width, height);
        let mut first = vec![1.0 - phase; width * height];
        let mut trust = vec![1.0f32; width * height];
        let mut missing = vec![false; width * height];
        for n in 0..width * height {
            let (ka, kb) = (from_a.kind[n], from_b.kind[n]);
            let take = |p: &Projected| (p.flow.u[n], p.flow.v[n]);
            let closer = if costs[0][n] <= costs[1][n] { &from_a } else { &from_b };
            let way = match (ka, kb) {
                (Kind::Seen, Kind::Seen) => take(closer),
                (Kind::Seen, _) => take(&from_a),
                (_, Kind::Seen) => take(&from_b),
                (Kind::Covered, Kind::Nothing) => {
                    (first[n], trust[n]) = (1.0, 0.0);
                    take(&from_a)
                }
                (Kind::Nothing, Kind::Covered) => {
                    (first[n], trust[n]) = (0.0, 0.0);
                    take(&from_b)
                }
                (Kind::Covered, Kind::Covered) => {
                    trust[n] = LITTLE_TRUST;
                    let still = unlike_without(a, b, n % width, n / width);
                    if still < costs[0][n].min(costs[1][n]) { (0.0, 0.0) } else { take(closer) }
                }
                (Kind::Nothing, Kind::Nothing) => {
                    missing[n] = true;
                    trust[n] = LITTLE_TRUST;
                    (0.0, 0.0)
                }
            };
            (flow.u[n], flow.v[n]) = way;
        }
        fill(&mut flow, &missing);
        let flow = refine::refined(a, b, phase, flow, Some(&trust), &IN_BETWEEN);
        // One-sidedness is softened at its edges, and in strength, since it is itself a guess.
        let strength = if self.fades { 0.0 } else { ONE_SIDED };
        let mut first = blurred(&first, width, height, 1);
        first.iter_mut().for_each(|f| *f = strength * *f + (1.0 - strength) * (1.0 - phase));
        Between { size: self.size, phase, flow: Some(flow), first }
    }
}

impl Between {
    /// Draws one plane of the picture from the same plane of the two pictures; planes may be
    /// smaller than the picture, as chroma is.
    ///
    /// # Panics
    /// When the planes do not have `width · height` samples.
    pub fn plane(&self, a: &[f32], b: &[f32], width: usize, height: usize) -> Vec<f32> {
        assert!(a.len() == width * height && b.len() == width * height, "planes have {width}×{height} samples");
        let Some(flow) = &self.flow else { return if self.phase <= 0.5 { a.to_vec() } else { b.to_vec() } };
        // From pixels of the plane to pixels of the field, and back.
        let [fx, fy] = [flow.width as f32 / width as f32, flow.height as f32 / height as f32];
        let mut out = vec![0.0f32; width * height];
        out.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
            let fieldy = (y as f32 + 0.5) * fy - 0.5;
            for (x, sample) in row.iter_mut().enumerate() {
                let fieldx = (x as f32 + 0.5) * fx - 0.5;
                let [u, v, first] = mixed([&flow.u, &flow.v, &self.first], flow.width, flow.height, fieldx, fieldy);
                let (u, v) = (u / fx, v / fy);
                let (x, y) = (x as f32, y as f32);
                let p = cubic(a, width, height, x - self.phase * u, y - self.phase * v);
                let q = cubic(b, width, height, x + (1.0 - self.phase) * u, y + (1.0 - self.phase) * v);
                *sample = first * p + (1.0 - first) * q;
            }
        });
        out
    }

    /// Width and height of the picture.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }
}

/// Cubic convolution (Keys 1981), clamped to the edges.
#[inline]
fn cubic(of: &[f32], width: usize, height: usize, x: f32, y: f32) -> f32 {
    let x = x.max(-2.0).min((width + 1) as f32);
    let y = y.max(-2.0).min((height + 1) as f32);
    let (i, j) = ((x + 4.0) as i32 - 4, (y + 4.0) as i32 - 4);
    let taps = |t: f32| {
        let (t2, t3) = (t * t, t * t * t);
        let a = SHARPNESS;
        [
            a * t3 - 2.0 * a * t2 + a * t,
            (a + 2.0) * t3 - (a + 3.0) * t2 + 1.0,
            -(a + 2.0) * t3 + (2.0 * a + 3.0) * t2 - a * t,
            -a * t3 + a * t2,
        ]
    };
    let (tx, ty) = (taps(x - i as f32), taps(y - j as f32));
    let mut sum = 0.0;
    if i >= 1 && j >= 1 && i + 2 < width as i32 && j + 2 < height as i32 {
        let start = (j - 1) as usize * width + (i - 1) as usize;
        for (k, weight) in ty.iter().enumerate() {
            let row = &of[start + k * width..start + k * width + 4];
            sum += weight * (tx[0] * row[0] + tx[1] * row[1] + tx[2] * row[2] + tx[3] * row[3]);
        }
    } else {
        for (k, weight) in ty.iter().enumerate() {
            let row = &of[(j - 1 + k as i32).clamp(0, height as i32 - 1) as usize * width..][..width];
            let at = |n: i32| row[(i - 1 + n).clamp(0, width as i32 - 1) as usize];
            sum += weight * (tx[0] * at(0) + tx[1] * at(1) + tx[2] * at(2) + tx[3] * at(3));
        }
    }
    sum
}

/// What a projected displacement is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Both pictures show the pixel.
    Seen,
    /// Only the picture that it was projected from shows the pixel.
    Covered,
    /// No pixel was projected here.
    Nothing,
}

/// A flow projected to an instant.
struct Projected {
    /// From the first picture to the second, whatever was projected.
    flow: Flow,
    kind: Vec<Kind>,
}

impl Projected {
    /// Moves each pixel by `part` of its displacement; of those that meet, the most consistent one
    /// counts. `sign` makes the displacement one from the first picture to the second.
    fn new(there: &Flow, back: &Flow, seen: &[bool], part: f32, sign: f32) -> Self {
        let (width, height) = (there.width, there.height);
        let mut flow = Flow::still(width, height);
        let mut kind = vec![Kind::Nothing; width * height];
        let mut costs = vec![f32::MAX; width * height];
        for y in 0..height {
            for x in 0..width {
                let n = y * width + x;
                let (u, v) = (there.u[n], there.v[n]);
                let [p, q] = back.between(x as f32 + u, y as f32 + v);
                let mut cost = ((u + p) * (u + p) + (v + q) * (v + q)).min(1e6);
                if !seen[n] {
                    cost += 1e7;
                }
                let (tx, ty) = (x as f32 + part * u, y as f32 + part * v);
                let (left, top) = (tx.floor(), ty.floor());
                for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
                    let (px, py) = (left + dx, top + dy);
                    if px < 0.0 || py < 0.0 || px >= width as f32 || py >= height as f32 {
                        continue;
                    }
                    let (ex, ey) = (tx - px, ty - py);
                    let cost = cost + 0.2 * (ex * ex + ey * ey);
                    let m = py as usize * width + px as usize;
                    if cost < costs[m] {
                        costs[m] = cost;
                        (flow.u[m], flow.v[m]) = (sign * u, sign * v);
                        kind[m] = if seen[n] { Kind::Seen } else { Kind::Covered };
                    }
                }
            }
        }
        Self { flow, kind }
    }
}

/// How unlike the two pictures are along a field, averaged over 5×5 pixels.
fn unlike(a: &Plane, b: &Plane, flow: &Flow, phase: f32) -> Vec<f32> {
    let width = flow.width;
    let mut out = vec![0.0f32; width * flow.height];
    out.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, sample) in row.iter_mut().enumerate() {
            let (u, v) = (flow.u[y * width + x], flow.v[y * width + x]);
            let p = a.between(x as f32 - phase * u, y as f32 - phase * v);
            let q = b.between(x as f32 + (1.0 - phase) * u, y as f32 + (1.0 - phase) * v);
            *sample = (p - q).abs();
        }
    });
    blurred(&out, width, flow.height, 2)
}

/// The same at one pixel for no displacement.
fn unlike_without(a: &Plane, b: &Plane, x: usize, y: usize) -> f32 {
    let row = |k: isize| a.run(x as isize - 2, y as isize + k, 5).iter().zip(b.run(x as isize - 2, y as isize + k, 5));
    (-2..=2).flat_map(row).map(|(p, q)| (p - q).abs()).sum::<f32>() / 25.0
}

/// The mean over squares of side 2 · `reach` + 1, clamped to the edges.
fn blurred(of: &[f32], width: usize, height: usize, reach: usize) -> Vec<f32> {
    let scale = 1.0 / (2 * reach + 1) as f32;
    let mut across = vec![0.0f32; width * height];
    across.par_chunks_mut(width).zip(of.par_chunks(width)).for_each(|(out, row)| {
        for (x, sample) in out.iter_mut().enumerate() {
            let mut sum = 0.0;
            if x >= reach && x + reach < width {
                for other in &row[x - reach..=x + reach] {
                    sum += other;
                }
            } else {
                for k in 0..=2 * reach {
                    sum += row[(x + k).saturating_sub(reach).min(width - 1)];
                }
            }
            *sample = sum * scale;
        }
    });
    let mut out = vec![0.0f32; width * height];
    out.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        for k in 0..=2 * reach {
            let row = &across[(y + k).saturating_sub(reach).min(height - 1) * width..][..width];
            for (sample, other) in out.iter_mut().zip(row) {
                *sample += other * scale;
            }
        }
    });
    out
}

/// Continues a field into the places that are missing, from coarse to fine.
fn fill(flow: &mut Flow, missing: &[bool]) {
    if !missing.contains(&true) || !missing.contains(&false) {
        return;
    }
    let (width, height) = (flow.width, flow.height);
    let (w2, h2) = (width.div_ceil(2), height.div_ceil(2));
    let mut half = Flow::still(w2, h2);
    let mut none = vec![false; w2 * h2];
    for y in 0..h2 {
        for x in 0..w2 {
            let (mut u, mut v, mut count) = (0.0, 0.0, 0.0f32);
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let (px, py) = (2 * x + dx, 2 * y + dy);
                if px < width && py < height && !missing[py * width + px] {
                    u += flow.u[py * width + px];
                    v += flow.v[py * width + px];
                    count += 1.0;
                }
            }
            none[y * w2 + x] = count == 0.0;
            let count = count.max(1.0);
            (half.u[y * w2 + x], half.v[y * w2 + x]) = (u / count, v / count);
        }
    }
    fill(&mut half, &none);
    for (n, _) in missing.iter().enumerate().filter(|(_, m)| **m) {
        let (x, y) = (n % width, n / width);
        let [u, v] = half.between((x as f32 - 0.5) * 0.5, (y as f32 - 0.5) * 0.5);
        (flow.u[n], flow.v[n]) = (u, v);
    }
}

/// Mean and mean absolute deviation of a plane.
fn brightness(of: &Plane) -> [f64; 2] {
    let rows = || (0..of.height).map(|y| of.run(0, y as isize, of.width));
    let count = (of.width * of.height) as f64;
    let mean = rows().map(|r| r.iter().map(|s| f64::from(*s)).sum::<f64>()).sum::<f64>() / count;
    let apart = rows().map(|r| r.iter().map(|s| (f64::from(*s) - mean).abs()).sum::<f64>()).sum::<f64>() / count;
    [mean, apart]
}

/// Makes the second picture as bright as the first and, where that is a large change as in a fade,
/// as contrasty; returns whether it is.
fn equalized(a: &[Plane], b: &mut [Plane]) -> bool {
    let (Some(from), Some(to)) = (a.last(), b.last()) else { return false };
    let ([mean_a, apart_a], [mean_b, apart_b]) = (brightness(from), brightness(to));
    let fades = (mean_a - mean_b).abs() > FADE_CODES;
    let gain = if fades && apart_b > 0.5 { (apart_a / apart_b).clamp(0.5, 2.0) as f32 } else { 1.0 };
    let (mean_a, mean_b) = (mean_a as f32, mean_b as f32);
    for plane in b {
        plane.data.par_iter_mut().for_each(|s| *s = (*s - mean_b) * gain + mean_a);
    }
    fades
}

/// Pictures of different shots: most pixels have no counterpart, and the flow explains little of
/// the difference.
fn is_cut(a: &Plane, b: &Plane, flows: &BothWays) -> bool {
    let share = |seen: &[bool]| seen.iter().filter(|s| !**s).count() as f32 / seen.len() as f32;
    if share(&flows.seen_forward).min(share(&flows.seen_backward)) < CUT_SHARE {
        return false;
    }
    let mut along = 0.0f64;
    let mut contrast = 0.0f64;
    let mean = |p: &Plane| {
        let rows = (0..p.height).map(|y| p.run(0, y as isize, p.width).iter().map(|s| f64::from(*s)).sum::<f64>());
        rows.sum::<f64>() / (p.width * p.height) as f64
    };
    let (mean_a, mean_b) = (mean(a), mean(b));
    for y in 0..a.height {
        for x in 0..a.width {
            let [u, v] = flows.forward.stretched(x as f32, y as f32, a.width, a.height);
            let here = a.run(x as isize, y as isize, 1)[0];
            let there = b.between(x as f32 + u, y as f32 + v);
            along += f64::from((here - there).abs());
            contrast += (f64::from(here) - mean_a).abs() + (mean_a - mean_b).abs();
        }
    }
    along > 0.35 * contrast
}

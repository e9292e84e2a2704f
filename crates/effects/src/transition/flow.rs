//! A morph by optical flow: matching parts of the two pictures move from their old position to
//! their new one while the pictures dissolve.
//!
//! Blocks are matched from coarse to fine on rasters that are smaller than the canvas. For each
//! pixel x of the frame in between, movements d are compared: the better the outgoing picture
//! around x − p·d and the incoming one around x + (1 − p)·d agree, the more weight d has. The
//! movement used is the weighted mean of all candidates, so that it changes smoothly and stays at 0
//! where the pictures do not determine it. The last step reads both pictures at the moved positions
//! and mixes them.
use super::{PLAIN, mixed};
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// Optical flow by block matching, for movements of up to about a tenth of the longer side.
pub static SPEC: TransitionSpec = TransitionSpec::new(
    "optical-flow",
    "Optical Flow",
    PLAIN,
    TransitionFamily::Dissolve,
    TransitionKind::Steps(steps),
    |_, _, _| Uniforms::new(&[]),
);

fn steps(_: Params<'_>, p: f32, r: &EffectFrame) -> Vec<TransitionStep> {
    // Pictures are compared at a length of about 240 pixels.
    let reduction = (r.width_px.max(r.height_px) / 240.0).round().max(1.0);
    let step = |kernel, uniforms: &[f32], reduction: f32| TransitionStep {
        kernel,
        uniforms: Uniforms::new(uniforms),
        edge: Edge::Clamp,
        reduction: reduction as u32,
    };
    // Number of candidates along a side; pixels between them; size of a pixel of this raster and of
    // the one before, in pixels of the compared raster; reach of a block; and the power of two by
    // which a difference of 1 lowers the weight.
    let search = |side: f32, pixels: f32, [own, before]: [f32; 2], reach: f32, strict: f32| {
        [side * side, side, 1.0 / side, pixels, 0.5 * (side - 1.0) * pixels, p, own, own / before, reach, -strict]
    };
    vec![
        step(&Read(Reduce), &[16.0, reduction, 0.25 * reduction], reduction),
        // 24 pixels in each direction in steps of 3; then 3 pixels in steps of 1; then 1 in thirds.
        step(&Read(Search::<3>), &search(17.0, 3.0, [2.0, 2.0], 7.0, 96.0), 2.0 * reduction),
        step(&Read(Search::<3>), &search(7.0, 1.0, [1.0, 2.0], 5.0, 192.0), reduction),
        step(&Read(Search::<4>), &search(7.0, 1.0 / 3.0, [1.0, 1.0], 4.0, 384.0), reduction),
        step(&Read(Warp), &[p, 1.0 / reduction, reduction], 1.0),
    ]
}

/// Computes what is compared, averaged over a square of the canvas: brightness of the outgoing and
/// of the incoming picture, then red minus blue of both. Square roots are used, so that dark parts
/// count about as much as they do to the eye.
struct Reduce;

impl ReadKernel for Reduce {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(q: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = ((at.x - 0.5) * q[1], (at.y - 0.5) * q[1]);
        let sum = s.sum(
            0,
            #[inline(always)]
            |i| {
                let row = (i * 0.25).floor();
                let (u, v) = (x + (i - row * 4.0 + 0.5) * q[2], y + (row + 0.5) * q[2]);
                let (f, t) = (s.sample(0, u, v).c, s.sample(1, u, v).c);
                Rgba { c: rgb(root(f.luma()), root(t.luma()), root(f.r) - root(f.b)), a: root(t.r) - root(t.b) }
            },
        );
        Rgba { c: sum.c.scale(R::from(1.0 / 16.0)), a: sum.a * (1.0 / 16.0) }
    }
}

#[inline(always)]
fn root<R: Real>(v: R) -> R {
    v.max(0.0).sqrt()
}

/// Computes movements in pixels of [`Reduce`]'s raster, around those of input `BEFORE` (0 in the
/// first search, where that input is missing). Uniforms: `[candidates, candidates along a side, its
/// inverse, pixels between them, largest offset, progress, pixels of Reduce per pixel of this
/// raster, pixels of the raster before per pixel of this one, reach of a block, −power of two for a
/// difference of 1]`.
struct Search<const BEFORE: usize>;

impl<const BEFORE: usize> ReadKernel for Search<BEFORE> {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(q: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (x, y) = (at.x * q[6], at.y * q[6]);
        let before = s.sample(BEFORE, at.x * q[7], at.y * q[7]).c;
        let sum = s.sum(
            0,
            #[inline(always)]
            |i| {
                let row = ((i + 0.5) * q[2]).floor();
                let (u, v) = ((i - row * q[1]) * q[3] - q[4], row * q[3] - q[4]);
                let (dx, dy) = (before.r + u, before.g + v);
                let from = [x - dx * q[5], y - dy * q[5]];
                let to = [from[0] + dx, from[1] + dy];
                let (zero, b) = (R::from(0.0), q[8]);
                let apart = difference(s, from, to, zero, zero)
                    + difference(s, from, to, -b, -b)
                    + difference(s, from, to, b, -b)
                    + difference(s, from, to, -b, b)
                    + difference(s, from, to, b, b);
                // Of two candidates that agree equally the nearer one has more weight.
                let weight = (apart * q[9] - (u * u + v * v) * (1.0 / 512.0)).exp2();
                Rgba { c: rgb(dx * weight, dy * weight, weight), a: R::from(0.0) }
            },
        );
        let share = R::from(1.0) / sum.c.b;
        Rgba { c: rgb(sum.c.r * share, sum.c.g * share, R::from(0.0)), a: R::from(1.0) }
    }
}

/// Returns the difference of the outgoing picture at `from` and the incoming one at `to`, both
/// offset by (x, y).
#[inline(always)]
fn difference<R: Real, S: Reads<R>>(s: S, from: [R; 2], to: [R; 2], x: R, y: R) -> R {
    let (f, t) = (s.sample(2, from[0] + x, from[1] + y), s.sample(2, to[0] + x, to[1] + y));
    (f.c.r - t.c.g).abs() + (f.c.b - t.a).abs() * 0.5
}

/// Reads both pictures at the positions that the movement gives, and mixes them. Uniforms:
/// `[progress, 1 / reduction, reduction]`.
struct Warp;

impl ReadKernel for Warp {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(q: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let d = s.sample(5, at.x * q[1], at.y * q[1]).c;
        let (dx, dy) = (d.r * q[2], d.g * q[2]);
        let (x, y) = (at.x - dx * q[0], at.y - dy * q[0]);
        mixed(s.sample(0, x, y), s.sample(1, x + dx, y + dy), q[0])
    }
}

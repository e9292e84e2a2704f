//! Deinterlacing: computes whole pictures from one interlaced field's rows.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, ReadOp, Reads, Real, Rgba};

/// Keeps the rows of one interlaced field, `top` being rows 0, 2, 4 …, and computes the others:
///
/// - `linear`: the mean of the rows above and below.
/// - `edge`: the mean along the direction in which the rows above and below differ least in luma,
///   among vertical and one or two pixels to either side (edge-based line averaging; Doyle,
///   "Interlaced to sequential conversion for EDTV applications", 1988).
/// - `bob`: a copy of the adjacent row of the kept field.
/// - `blend`: every row of either field becomes a quarter of that above, half of itself and a
///   quarter of that below.
/// - `weave`: no change, the rows of both fields are kept.
///
/// At the top and the bottom edge the only adjacent row is used for both, even if an earlier effect
/// has drawn outside the frame. Rows are those of the layer's own raster, so that the effect must
/// come before any that moves rows.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::choice("mode", "Mode", "edge", &["linear", "edge", "bob", "blend", "weave"]),
        ParamSpec::choice("field", "Field", "top", &["top", "bottom"]),
    ],
    domain: Domain::Display,
    neutral: |p| p.text(0) == "weave",
    keeps_alpha: false,
    ..EffectSpec::new(
        "deinterlace",
        "Deinterlace",
        EffectFamily::Time,
        "Makes whole pictures of one field's rows.",
        EffectKind::Sampled {
            kernel,
            prepare: |p, r| Uniforms::new(&[if p.text(1) == "bottom" { 1.0 } else { 0.0 }, r.height_px - 1.0]),
            edge: Edge::Clamp,
        },
    )
};

fn kernel(p: Params<'_>) -> &'static dyn ReadOp {
    match p.text(0) {
        "linear" => &Read(Linear),
        "bob" => &Read(Bob),
        "blend" => &Read(Blend),
        _ => &Read(Along),
    }
}

/// Returns 1 in rows of the other field, 0 in those of the kept one.
#[inline(always)]
fn is_missing<R: Real>(p: &[R; MAX_UNIFORMS], y: R) -> R {
    let row = y.floor();
    let odd = row - (row * 0.5).floor() * 2.0;
    (odd - p[0]).abs()
}

/// Returns the vertical offsets of the rows above and below that are on the same side of the
/// frame's edges: −1 and 1, or at an edge twice the one that exists.
#[inline(always)]
fn ways<R: Real>(p: &[R; MAX_UNIFORMS], y: R) -> (R, R) {
    let row = y.floor();
    let first = row.abs().lt(0.5) | (row - p[1] - 1.0).abs().lt(0.5);
    let last = (row - p[1]).abs().lt(0.5) | (row + 1.0).abs().lt(0.5);
    (R::select(first, 1.0, -1.0), R::select(last, -1.0, 1.0))
}

#[inline(always)]
fn mixed<R: Real>(a: Rgba<R>, b: Rgba<R>, k: R) -> Rgba<R> {
    Rgba {
        c: a.c.zip(
            b.c,
            #[inline(always)]
            |a, b| a.mix(b, k),
        ),
        a: a.a.mix(b.a, k),
    }
}

#[inline(always)]
fn mean<R: Real>(a: Rgba<R>, b: Rgba<R>) -> Rgba<R> {
    mixed(a, b, R::from(0.5))
}

struct Linear;

impl ReadKernel for Linear {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (up, down) = ways(p, at.y);
        let between = mean(s.sample(0, at.x, at.y + up), s.sample(0, at.x, at.y + down));
        mixed(s.sample(0, at.x, at.y), between, is_missing(p, at.y))
    }
}

struct Bob;

impl ReadKernel for Bob {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        // Top rows are copied downward, bottom rows upward; a row without that neighbour uses the
        // other one.
        let (up, down) = ways(p, at.y);
        let way = up.mix(down, p[0]);
        s.sample(0, at.x, at.y + way * is_missing(p, at.y))
    }
}

struct Blend;

impl ReadKernel for Blend {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (up, down) = ways(p, at.y);
        let others = mean(s.sample(0, at.x, at.y + up), s.sample(0, at.x, at.y + down));
        mean(s.sample(0, at.x, at.y), others)
    }
}

struct Along;

impl ReadKernel for Along {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (up, down) = ways(p, at.y);
        let mut best = mean(s.sample(0, at.x, at.y + up), s.sample(0, at.x, at.y + down));
        let mut min = (s.sample(0, at.x, at.y + up).c.luma() - s.sample(0, at.x, at.y + down).c.luma()).abs();
        for dx in [-1.0f32, 1.0, -2.0, 2.0] {
            let (a, b) = (s.sample(0, at.x + dx, at.y + up), s.sample(0, at.x - dx, at.y + down));
            let apart = (a.c.luma() - b.c.luma()).abs();
            // A new direction must be better by half an 8-bit code, so that noise does not change
            // the direction.
            let nearer = (apart + 0.002).lt(min);
            let k = R::select(nearer, 1.0, 0.0);
            best = mixed(best, mean(a, b), k);
            min = R::select(nearer, apart, min);
        }
        mixed(s.sample(0, at.x, at.y), best, is_missing(p, at.y))
    }
}

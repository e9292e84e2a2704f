//! Row primitives of the CPU back end: weighted sums of rows of stored samples, gathers and filters
//! along rows of floats, and conversion back to stored samples.
//!
//! All return the same bits at every [`SimdLevel`]: the tail of a row is computed by the same
//! sequence of operations as its whole lane groups.
use crate::{
    SimdLevel, dispatch,
    lanes::{Isa, MAX_LANES, V},
    real::Real,
};

/// Storage format of the samples in a row of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// Unsigned 8-bit integer.
    U8,
    /// Unsigned 16-bit integer, little endian.
    U16,
    /// `f32`, little endian. NaN and denormals are read as 0.
    F32,
}

impl SampleKind {
    /// Size of one sample in bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 => 4,
        }
    }

    /// Sample `i` of a row.
    #[inline(always)]
    pub fn get(self, row: &[u8], i: usize) -> f32 {
        match self {
            Self::U8 => f32::from(row[i]),
            Self::U16 => f32::from(u16::from_le_bytes([row[2 * i], row[2 * i + 1]])),
            Self::F32 => {
                let v = f32::from_le_bytes([row[4 * i], row[4 * i + 1], row[4 * i + 2], row[4 * i + 3]]);
                if v.abs() >= f32::MIN_POSITIVE { v } else { 0.0 }
            }
        }
    }
}

/// A [`SampleKind`] as a type.
trait Samples {
    const BYTES: usize;

    fn load<I: Isa>(row: &[u8]) -> V<I>;
    fn get(row: &[u8], i: usize) -> f32;
}

struct Bytes;

struct Words;

struct Floats;

impl Samples for Bytes {
    const BYTES: usize = 1;

    #[inline(always)]
    fn load<I: Isa>(row: &[u8]) -> V<I> {
        V(I::load_u8(row))
    }

    #[inline(always)]
    fn get(row: &[u8], i: usize) -> f32 {
        SampleKind::U8.get(row, i)
    }
}

impl Samples for Words {
    const BYTES: usize = 2;

    #[inline(always)]
    fn load<I: Isa>(row: &[u8]) -> V<I> {
        V(I::load_u16(row))
    }

    #[inline(always)]
    fn get(row: &[u8], i: usize) -> f32 {
        SampleKind::U16.get(row, i)
    }
}

impl Samples for Floats {
    const BYTES: usize = 4;

    #[inline(always)]
    fn load<I: Isa>(row: &[u8]) -> V<I> {
        let v = V::<I>(I::load_f32(row));
        Real::select(v.abs().ge(f32::MIN_POSITIVE), v, 0.0)
    }

    #[inline(always)]
    fn get(row: &[u8], i: usize) -> f32 {
        SampleKind::F32.get(row, i)
    }
}

/// Weighted sum of exactly `K` rows. The last lane group ends at the end of the row, so some
/// samples may be computed twice.
#[inline(never)]
fn weigh_few<I: Isa, S: Samples, const K: usize>(rows: &[&[u8]], weights: &[f32], out: &mut [f32]) {
    let n = out.len();
    let rows: [&[u8]; K] = core::array::from_fn(|k| &rows[k][..n * S::BYTES]);
    let weights: [f32; K] = core::array::from_fn(|k| weights[k]);
    // SAFETY: `dispatch!` selects an instruction set that `SimdLevel` found on this machine.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let mut x = 0;
                while x + I::N <= n || (x < n && n >= I::N) {
                    let at = if x + I::N <= n { x } else { n - I::N };
                    let mut acc = S::load::<I>(&rows[0][at * S::BYTES..]) * weights[0];
                    let mut k = 1;
                    while k < K {
                        acc = S::load::<I>(&rows[k][at * S::BYTES..]).mad(weights[k], acc);
                        k += 1;
                    }
                    acc.store(&mut out[at..]);
                    x = at + I::N;
                }
                while x < n {
                    let mut acc = S::get(rows[0], x) * weights[0];
                    let mut k = 1;
                    while k < K {
                        acc += S::get(rows[k], x) * weights[k];
                        k += 1;
                    }
                    out[x] = acc;
                    x += 1;
                }
            },
        );
    }
}

/// Weighted sum of any number of rows, one lane group of columns at a time.
#[inline(never)]
fn weigh_many<I: Isa, S: Samples>(rows: &[&[u8]], weights: &[f32], out: &mut [f32]) {
    // SAFETY: `dispatch!` selects an instruction set that `SimdLevel` found on this machine.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len();
                let mut x = 0;
                while x + I::N <= n || (x < n && n >= I::N) {
                    let at = if x + I::N <= n { x } else { n - I::N };
                    let mut acc = S::load::<I>(&rows[0][at * S::BYTES..]) * weights[0];
                    let mut k = 1;
                    while k < rows.len() {
                        acc = S::load::<I>(&rows[k][at * S::BYTES..]).mad(weights[k], acc);
                        k += 1;
                    }
                    acc.store(&mut out[at..]);
                    x = at + I::N;
                }
                while x < n {
                    let mut acc = S::get(rows[0], x) * weights[0];
                    let mut k = 1;
                    while k < rows.len() {
                        acc += S::get(rows[k], x) * weights[k];
                        k += 1;
                    }
                    out[x] = acc;
                    x += 1;
                }
            },
        );
    }
}

fn weigh_with<I: Isa, S: Samples>(rows: &[&[u8]], weights: &[f32], out: &mut [f32]) {
    match rows.len() {
        1 => weigh_few::<I, S, 1>(rows, weights, out),
        2 => weigh_few::<I, S, 2>(rows, weights, out),
        3 => weigh_few::<I, S, 3>(rows, weights, out),
        4 => weigh_few::<I, S, 4>(rows, weights, out),
        _ => weigh_many::<I, S>(rows, weights, out),
    }
}

/// `out[x] = Σ weights[k] · rows[k][x]`; every row must hold at least `out.len()` samples. A single
/// row with weight 1 is only converted.
pub fn weigh_rows(level: SimdLevel, rows: &[&[u8]], kind: SampleKind, weights: &[f32], out: &mut [f32]) {
    assert!(!rows.is_empty() && rows.len() == weights.len());
    assert!(rows.iter().all(|r| r.len() >= out.len() * kind.bytes()));
    match kind {
        SampleKind::U8 => dispatch!(level, weigh_with::<Bytes>(rows, weights, out)),
        SampleKind::U16 => dispatch!(level, weigh_with::<Words>(rows, weights, out)),
        SampleKind::F32 => dispatch!(level, weigh_with::<Floats>(rows, weights, out)),
    }
}

/// For every output column, the index of its first tap in the source row, and the weights of its
/// taps.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnTaps {
    index: Vec<u32>,
    /// By tap, then by column: `weights[k · pitch + x]`.
    weights: Vec<f32>,
    taps: usize,
    pitch: usize,
    source_len: usize,
    /// Whether the first taps are in ascending or in descending order.
    monotone: bool,
    /// Bit set of the lane counts N (powers of two) for which the first taps of any N consecutive
    /// columns are within 2·N consecutive samples.
    near: usize,
}

impl ColumnTaps {
    /// Number of samples that a source buffer must have after the end of the row; their values do
    /// not matter.
    pub const PADDING: usize = 2 * MAX_LANES;

    /// From the first tap `start[x]` and the weights `weights[x]` (all of the same length) of each
    /// column. `None` when the lengths differ, a column has no tap, or a tap is outside
    /// `0..source_len`.
    pub fn new(start: &[u32], weights: &[Vec<f32>], source_len: usize) -> Option<Self> {
        let taps = weights.first()?.len();
        let fits = |&s: &u32| s as usize + taps <= source_len;
        if start.len() != weights.len() || taps == 0 || !start.iter().all(fits) || weights.iter().any(|w| w.len() != taps) {
            return None;
        }
        let pitch = start.len() + MAX_LANES;
        let mut index = start.to_vec();
        index.resize(pitch, start[start.len() - 1]);
        let mut flat = vec![0.0; pitch * taps];
        for (x, w) in weights.iter().enumerate() {
            for (k, w) in w.iter().enumerate() {
                flat[k * pitch + x] = *w;
            }
        }
        let monotone = index.is_sorted() || index.is_sorted_by(|a, b| a >= b);
        let is_near = |lanes: &usize| monotone && index.windows(*lanes).all(|w| w[0].abs_diff(w[lanes - 1]) < 2 * *lanes as u32);
        let near = [MAX_LANES / 4, MAX_LANES / 2, MAX_LANES].into_iter().filter(is_near).sum();
        Some(Self { index, weights: flat, taps, pitch, source_len, monotone, near })
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.pitch - MAX_LANES
    }

    /// Number of taps per column.
    pub fn taps(&self) -> usize {
        self.taps
    }

    /// Range `[first, end)` of the source samples that columns `[from, to)` read.
    pub fn touched(&self, from: usize, to: usize) -> (usize, usize) {
        let s = &self.index[from..to];
        let (min, max) = if self.monotone && !s.is_empty() {
            (s[0].min(s[s.len() - 1]), s[0].max(s[s.len() - 1]))
        } else {
            s.iter().fold((u32::MAX, 0), |(a, b), &i| (a.min(i), b.max(i)))
        };
        (min as usize, max as usize + self.taps)
    }
}

#[inline(never)]
fn gather_columns_with<I: Isa>(source: &[f32], taps: &ColumnTaps, first: usize, out: &mut [f32], columns: usize) {
    // SAFETY: `dispatch!` selects an available instruction set; indices were checked against
    // `source_len` by `ColumnTaps::new`, whose fields are private, and `source` is longer than that
    // by `PADDING`. `near` contains the lane counts for which the first taps of a lane group are
    // within such a window.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let mut x = 0;
                if taps.near & I::N != 0 {
                    while x < columns {
                        let at = first + x;
                        let index = &taps.index[at..at + I::N];
                        let base = index[0].min(index[I::N - 1]);
                        let mut acc = V::<I>(I::window(source, base, index)) * V::<I>::load(&taps.weights[at..]);
                        let mut k = 1;
                        while k < taps.taps {
                            let s = V::<I>(I::window(&source[k..], base, index));
                            acc = s.mad(V::<I>::load(&taps.weights[k * taps.pitch + at..]), acc);
                            k += 1;
                        }
                        acc.store(&mut out[x..]);
                        x += I::N;
                    }
                    return;
                }
                while x < columns {
                    let at = first + x;
                    let mut acc = V::<I>(I::gather(source, &taps.index[at..])) * V::<I>::load(&taps.weights[at..]);
                    let mut k = 1;
                    while k < taps.taps {
                        let s = V::<I>(I::gather(&source[k..], &taps.index[at..]));
                        acc = s.mad(V::<I>::load(&taps.weights[k * taps.pitch + at..]), acc);
                        k += 1;
                    }
                    acc.store(&mut out[x..]);
                    x += I::N;
                }
            },
        );
    }
}

/// `out[x] = Σ weights · source[start(first + x) + k]` for `columns` columns. `out` must hold whole
/// lane groups; `source` must have [`ColumnTaps::PADDING`] samples after the source row.
pub fn gather_columns(level: SimdLevel, source: &[f32], taps: &ColumnTaps, first: usize, out: &mut [f32], columns: usize) {
    assert!(source.len() >= taps.source_len + ColumnTaps::PADDING && first + columns <= taps.columns());
    assert!(out.len() >= columns.next_multiple_of(MAX_LANES));
    dispatch!(level, gather_columns_with(source, taps, first, out, columns));
}

#[inline(never)]
fn mix_row_with<I: Isa>(below: &mut [f32], above: &[f32], weight: f32) {
    // SAFETY: `dispatch!` selects an available instruction set; all accesses are checked.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = below.len().min(above.len());
                let (below, above) = (&mut below[..n], &above[..n]);
                let w = V::<I>::from(weight);
                let mut x = 0;
                while x + I::N <= n {
                    V::<I>::load(&below[x..]).mix(V::load(&above[x..]), w).store(&mut below[x..]);
                    x += I::N;
                }
                while x < n {
                    below[x] = Real::mix(below[x], above[x], weight);
                    x += 1;
                }
            },
        );
    }
}

/// `below += (above − below) · weight`; both must have the same length.
pub fn mix_row(level: SimdLevel, below: &mut [f32], above: &[f32], weight: f32) {
    assert_eq!(below.len(), above.len());
    dispatch!(level, mix_row_with(below, above, weight));
}

#[inline(never)]
fn double_columns_with<I: Isa>(source: &[f32], even: [f32; 3], odd: [f32; 3], out: &mut [f32]) {
    // SAFETY: `dispatch!` selects an available instruction set; all accesses are checked.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len() / 2;
                let (s, d) = (&source[..n + 2], &mut out[..2 * n]);
                for (i, d) in d.chunks_exact_mut(2).enumerate() {
                    let (a, b, c) = (s[i], s[i + 1], s[i + 2]);
                    d[0] = a * even[0] + (b * even[1] + c * even[2]);
                    d[1] = a * odd[0] + (b * odd[1] + c * odd[2]);
                }
            },
        );
    }
}

/// Doubles the columns of a row: output columns `2i` and `2i + 1` are weighted sums of
/// `source[i..i + 3]`, where `source[i + 1]` is the sample itself. `out.len()` must be even;
/// `source` must hold `out.len() / 2 + 2` samples.
pub fn double_columns(level: SimdLevel, source: &[f32], even: [f32; 3], odd: [f32; 3], out: &mut [f32]) {
    assert!(source.len() >= out.len() / 2 + 2 && out.len().is_multiple_of(2));
    dispatch!(level, double_columns_with(source, even, odd, out));
}

#[inline(never)]
fn halve_columns_with<I: Isa>(rows: [&[f32]; 2], left: f32, weights: [f32; 3], out: &mut [f32]) {
    // SAFETY: `dispatch!` selects an available instruction set; all accesses are checked.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len();
                let (a, b) = (&rows[0][..2 * n], &rows[1][..2 * n]);
                let [wl, wc, wr] = weights;
                if n > 0 {
                    out[0] = left * wl + ((a[0] + b[0]) * wc + (a[1] + b[1]) * wr);
                }
                for i in 1..n {
                    let (l, c, r) = (a[2 * i - 1] + b[2 * i - 1], a[2 * i] + b[2 * i], a[2 * i + 1] + b[2 * i + 1]);
                    out[i] = l * wl + (c * wc + r * wr);
                }
            },
        );
    }
}

/// Averages two rows and halves their columns: `out[i]` is a weighted sum of the sums of both rows
/// at columns `2i − 1`, `2i` and `2i + 1`; `left` is the sum of both at column −1. Rows must hold
/// twice the samples of `out`.
pub fn halve_columns(level: SimdLevel, rows: [&[f32]; 2], left: f32, weights: [f32; 3], out: &mut [f32]) {
    assert!(rows.iter().all(|r| r.len() >= 2 * out.len()));
    dispatch!(level, halve_columns_with(rows, left, weights, out));
}

#[inline(never)]
fn pack_row_with<I: Isa>(source: &[f32], kind: SampleKind, max_code: f32, out: &mut [u8]) {
    // SAFETY: `dispatch!` selects an available instruction set; all accesses are checked.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len() / kind.bytes();
                let mut x = 0;
                if kind == SampleKind::F32 {
                    for (d, s) in out.chunks_exact_mut(4).zip(source) {
                        d.copy_from_slice(&s.to_le_bytes());
                    }
                    return;
                }
                while x + I::N <= n {
                    let v = (V::<I>::load(&source[x..]).max(0.0).min(max_code)) + 0.5;
                    if kind == SampleKind::U8 {
                        I::store_u8(v.0, &mut out[x..])
                    } else {
                        I::store_u16(v.0, &mut out[2 * x..])
                    }
                    x += I::N;
                }
                while x < n {
                    let v = Real::min(Real::max(source[x], 0.0), max_code) + 0.5;
                    if kind == SampleKind::U8 {
                        out[x] = v as u8;
                    } else {
                        out[2 * x..2 * x + 2].copy_from_slice(&(v as u16).to_le_bytes());
                    }
                    x += 1;
                }
            },
        );
    }
}

/// Clamps to `0..=max_code`, rounds half up and stores; with [`SampleKind::F32`] values are stored
/// unchanged. `source` must hold at least as many samples as `out`.
pub fn pack_row(level: SimdLevel, source: &[f32], kind: SampleKind, max_code: f32, out: &mut [u8]) {
    assert!(source.len() * kind.bytes() >= out.len());
    dispatch!(level, pack_row_with(source, kind, max_code, out));
}

#[inline(never)]
fn convolve_with<I: Isa>(taps: &[&[f32]], weights: &[f32], out: &mut [f32]) {
    // SAFETY: `dispatch!` selects an available instruction set; all accesses are checked.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len();
                let reach = weights.len() - 1;
                let whole = n / I::N * I::N;
                let mut x = 0;
                // Four lane groups per tap, since looking up the tap's row costs as much as one
                // group.
                while x + 4 * I::N <= whole {
                    let center = &taps[reach][x..x + 4 * I::N];
                    let w = weights[0];
                    let mut acc = [
                        group::<I>(center, 0) * w,
                        group::<I>(center, 1) * w,
                        group::<I>(center, 2) * w,
                        group::<I>(center, 3) * w,
                    ];
                    let mut k = 1;
                    while k <= reach {
                        let (a, b) = (&taps[reach - k][x..x + 4 * I::N], &taps[reach + k][x..x + 4 * I::N]);
                        let w = weights[k];
                        let mut g = 0;
                        while g < 4 {
                            acc[g] = (group::<I>(a, g) + group::<I>(b, g)).mad(w, acc[g]);
                            g += 1;
                        }
                        k += 1;
                    }
                    let mut g = 0;
                    while g < 4 {
                        acc[g].store(&mut out[x + g * I::N..]);
                        g += 1;
                    }
                    x += 4 * I::N;
                }
                while x < whole {
                    let mut acc = V::<I>::load(&taps[reach][x..]) * weights[0];
                    let mut k = 1;
                    while k <= reach {
                        let pair = V::<I>::load(&taps[reach - k][x..]) + V::<I>::load(&taps[reach + k][x..]);
                        acc = pair.mad(weights[k], acc);
                        k += 1;
                    }
                    acc.store(&mut out[x..]);
                    x += I::N;
                }
                while x < n {
                    let mut acc = taps[reach][x] * weights[0];
                    for k in 1..=reach {
                        acc += (taps[reach - k][x] + taps[reach + k][x]) * weights[k];
                    }
                    out[x] = acc;
                    x += 1;
                }
            },
        );
    }
}

/// Lane group `g` of a row.
#[inline(always)]
fn group<I: Isa>(row: &[f32], g: usize) -> V<I> {
    V::<I>::load(&row[g * I::N..])
}

/// Symmetric filter over `2·reach + 1` rows (or shifted views of one row): `out = w[0] ·
/// taps[reach] + Σ w[k] · (taps[reach − k] + taps[reach + k])`, k = 1..=reach.
pub fn convolve(level: SimdLevel, taps: &[&[f32]], weights: &[f32], out: &mut [f32]) {
    assert!(!weights.is_empty() && taps.len() == 2 * weights.len() - 1);
    assert!(taps.iter().all(|t| t.len() >= out.len()));
    dispatch!(level, convolve_with(taps, weights, out));
}

#[cfg(test)]
mod tests;

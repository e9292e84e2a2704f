//! Row primitives of the CPU back end: integer samples to floats, weighted sums of rows, gathers along a row, and back.
//!
//! All are exact in the sense of the crate: the same bits at every [`SimdLevel`], the tail of a row computed by the same
//! sequence of operations as its whole groups.
use crate::{
    SimdLevel, dispatch,
    lanes::{Isa, MAX_LANES, V},
    real::Real,
};

/// How samples are stored in a row of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// One byte.
    U8,
    /// Two bytes, little endian.
    U16,
    /// `f32`, little endian. Not-a-number reads as 0, denormals as 0.
    F32,
}
impl SampleKind {
    /// Bytes of one sample.
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

#[inline(always)]
fn load_group<I: Isa>(row: &[u8], kind: SampleKind, i: usize) -> V<I> {
    match kind {
        SampleKind::U8 => V(I::load_u8(&row[i..])),
        SampleKind::U16 => V(I::load_u16(&row[2 * i..])),
        SampleKind::F32 => {
            let mut lanes = [0.0; MAX_LANES];
            for (k, d) in lanes[..I::N].iter_mut().enumerate() {
                *d = kind.get(row, i + k);
            }
            V::load(&lanes)
        }
    }
}

#[inline(never)]
fn weigh_rows_with<I: Isa>(rows: &[&[u8]], kind: SampleKind, weights: &[f32], out: &mut [f32]) {
    // SAFETY: `dispatch!` picks an instruction set that `SimdLevel` found on this machine.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len();
                let whole = n / I::N * I::N;
                let mut x = 0;
                if let ([row], [1.0]) = (rows, weights) {
                    while x < whole {
                        load_group::<I>(row, kind, x).store(&mut out[x..]);
                        x += I::N;
                    }
                    while x < n {
                        out[x] = kind.get(row, x);
                        x += 1;
                    }
                    return;
                }
                while x < whole {
                    let mut acc = load_group::<I>(rows[0], kind, x) * weights[0];
                    let mut k = 1;
                    while k < rows.len() {
                        acc = load_group::<I>(rows[k], kind, x).mad(weights[k], acc);
                        k += 1;
                    }
                    acc.store(&mut out[x..]);
                    x += I::N;
                }
                while x < n {
                    let mut acc = kind.get(rows[0], x) * weights[0];
                    for (row, w) in rows[1..].iter().zip(&weights[1..]) {
                        acc += kind.get(row, x) * w;
                    }
                    out[x] = acc;
                    x += 1;
                }
            },
        );
    }
}

/// `out[x] = Σ weights[k] · rows[k][x]`; every row must hold `out.len()` samples. One row of weight 1 is a plain conversion.
pub fn weigh_rows(level: SimdLevel, rows: &[&[u8]], kind: SampleKind, weights: &[f32], out: &mut [f32]) {
    assert!(!rows.is_empty() && rows.len() == weights.len());
    assert!(rows.iter().all(|r| r.len() >= out.len() * kind.bytes()));
    dispatch!(level, weigh_rows_with(rows, kind, weights, out));
}

/// For every output column: where its taps start in the source row, and their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnTaps {
    index: Vec<u32>,
    /// Tap-major: `weights[k · pitch + x]`.
    weights: Vec<f32>,
    taps: usize,
    pitch: usize,
    source_len: usize,
}
impl ColumnTaps {
    /// `start[x]` and `weights[x]` (all of one length) for each column. `None` when a tap lies outside `0..source_len`.
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
        Some(Self { index, weights: flat, taps, pitch, source_len })
    }
    /// Columns described.
    pub fn columns(&self) -> usize {
        self.pitch - MAX_LANES
    }
    /// Taps of each column.
    pub fn taps(&self) -> usize {
        self.taps
    }
    /// Source samples `[first, end)` that columns `[from, to)` touch.
    pub fn touched(&self, from: usize, to: usize) -> (usize, usize) {
        let s = &self.index[from..to];
        let (min, max) = s.iter().fold((u32::MAX, 0), |(a, b), &i| (a.min(i), b.max(i)));
        (min as usize, max as usize + self.taps)
    }
}

#[inline(never)]
fn gather_columns_with<I: Isa>(source: &[f32], taps: &ColumnTaps, first: usize, out: &mut [f32], columns: usize) {
    // SAFETY: `dispatch!` picks an available instruction set; indices were checked against `source_len` by `ColumnTaps::new`, whose
    // fields are private, and `source` is at least that long.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let mut x = 0;
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

/// `out[x] = Σ weights · source[start(first + x) + k]` for `columns` columns. `out` needs room for a whole last lane group.
pub fn gather_columns(level: SimdLevel, source: &[f32], taps: &ColumnTaps, first: usize, out: &mut [f32], columns: usize) {
    assert!(source.len() >= taps.source_len && first + columns <= taps.columns());
    assert!(out.len() >= columns.next_multiple_of(MAX_LANES));
    dispatch!(level, gather_columns_with(source, taps, first, out, columns));
}

#[inline(never)]
fn double_columns_with<I: Isa>(source: &[f32], even: [f32; 3], odd: [f32; 3], out: &mut [f32]) {
    // SAFETY: `dispatch!` picks an available instruction set; all accesses are checked.
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

/// Doubles a row: output columns `2i` and `2i + 1` are weighted sums of `source[i..i + 3]` (the sample itself is `source[i + 1]`).
/// `source` holds two samples more than `out.len() / 2`, which must be even.
pub fn double_columns(level: SimdLevel, source: &[f32], even: [f32; 3], odd: [f32; 3], out: &mut [f32]) {
    assert!(source.len() >= out.len() / 2 + 2 && out.len().is_multiple_of(2));
    dispatch!(level, double_columns_with(source, even, odd, out));
}

#[inline(never)]
fn halve_columns_with<I: Isa>(rows: [&[f32]; 2], left: f32, weights: [f32; 3], out: &mut [f32]) {
    // SAFETY: `dispatch!` picks an available instruction set; all accesses are checked.
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

/// Averages two rows and halves the columns: `out[i]` weighs the sums of both rows at columns `2i − 1`, `2i`, `2i + 1`; `left` is that sum at
/// column −1. Rows hold twice the samples of `out`.
pub fn halve_columns(level: SimdLevel, rows: [&[f32]; 2], left: f32, weights: [f32; 3], out: &mut [f32]) {
    assert!(rows.iter().all(|r| r.len() >= 2 * out.len()));
    dispatch!(level, halve_columns_with(rows, left, weights, out));
}

#[inline(never)]
fn pack_row_with<I: Isa>(source: &[f32], kind: SampleKind, max_code: f32, out: &mut [u8]) {
    // SAFETY: `dispatch!` picks an available instruction set; all accesses are checked.
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

/// Clamps to `0..=max_code`, rounds half up and stores; floats are stored as they are. `source` holds the samples of `out`.
pub fn pack_row(level: SimdLevel, source: &[f32], kind: SampleKind, max_code: f32, out: &mut [u8]) {
    assert!(source.len() * kind.bytes() >= out.len());
    dispatch!(level, pack_row_with(source, kind, max_code, out));
}

#[inline(never)]
fn convolve_with<I: Isa>(taps: &[&[f32]], weights: &[f32], out: &mut [f32]) {
    // SAFETY: `dispatch!` picks an available instruction set; all accesses are checked.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let n = out.len();
                let reach = weights.len() - 1;
                let whole = n / I::N * I::N;
                let mut x = 0;
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

/// Symmetric filter over `2·reach + 1` rows (or shifted views of one row): `out = w[0]·taps[reach] + Σ w[k]·(taps[reach − k] + taps[reach + k])`.
pub fn convolve(level: SimdLevel, taps: &[&[f32]], weights: &[f32], out: &mut [f32]) {
    assert!(!weights.is_empty() && taps.len() == 2 * weights.len() - 1);
    assert!(taps.iter().all(|t| t.len() >= out.len()));
    dispatch!(level, convolve_with(taps, weights, out));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> impl Iterator<Item = SimdLevel> {
        SimdLevel::ALL.into_iter().filter(|l| l.available())
    }

    #[test]
    fn conversion_and_packing_round_trip_at_every_level_and_length() {
        for level in levels() {
            for n in [1usize, 3, 7, 16, 17, 33, 100] {
                let bytes: Vec<u8> = (0..n).map(|i| (i * 37 % 256) as u8).collect();
                let mut f = vec![0.0; n];
                weigh_rows(level, &[&bytes], SampleKind::U8, &[1.0], &mut f);
                let mut back = vec![0; n];
                pack_row(level, &f, SampleKind::U8, 255.0, &mut back);
                assert_eq!(back, bytes, "{level:?} {n}");
                let words: Vec<u8> = (0..n).flat_map(|i| ((i * 977 % 65536) as u16).to_le_bytes()).collect();
                weigh_rows(level, &[&words], SampleKind::U16, &[1.0], &mut f);
                let mut back = vec![0; 2 * n];
                pack_row(level, &f, SampleKind::U16, 65535.0, &mut back);
                assert_eq!(back, words, "{level:?} {n}");
            }
        }
    }

    #[test]
    fn packing_clamps_and_rounds_half_up() {
        for level in levels() {
            let s = [-5.0, 0.49, 0.5, 254.5, 300.0, f32::NAN, 1.5, 2.4999, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
            let mut d = [0u8; 17];
            pack_row(level, &s, SampleKind::U8, 255.0, &mut d);
            assert_eq!(d[..8], [0, 0, 1, 255, 255, 0, 2, 2], "{level:?}");
        }
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let rows: Vec<Vec<u8>> = (0..4).map(|k| (0..131).map(|i| (i * 53 + k * 91) as u8).collect()).collect();
        let refs: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let start: Vec<u32> = (0..77).map(|x| (x * 127 / 77) as u32).collect();
        let weights: Vec<Vec<f32>> = (0..77).map(|x| vec![0.3, 0.2 + x as f32 * 1e-3, 0.4]).collect();
        let taps = ColumnTaps::new(&start, &weights, 131).unwrap();
        let mut seen: Option<(Vec<f32>, Vec<f32>)> = None;
        for level in levels() {
            let mut f = vec![0.0; 131];
            weigh_rows(level, &refs, SampleKind::U8, &[0.1, 0.35, 0.35, 0.2], &mut f);
            let mut g = vec![0.0; 80];
            gather_columns(level, &f, &taps, 0, &mut g, 77);
            g.truncate(77);
            for (x, v) in g.iter().enumerate() {
                let s = start[x] as usize;
                let want = f[s] * weights[x][0] + f[s + 1] * weights[x][1] + f[s + 2] * weights[x][2];
                assert!((v - want).abs() < 1e-3, "{level:?} column {x}");
            }
            match &seen {
                None => seen = Some((f, g)),
                Some(first) => assert_eq!(*first, (f, g), "{level:?}"),
            }
        }
    }
}

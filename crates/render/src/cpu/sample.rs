//! Reads pictures and intermediates into tiles: rows without resampling, axis-aligned resampling
//! with tables of taps, and rotated maps point by point.
use crate::{
    filter::{self, GridAxis, Taps},
    program::{Sampling, SamplingSource},
};
use cutroom_kernel::{
    Real, SimdLevel, TILE_PITCH, Tile,
    lanes::MAX_LANES,
    rows::{self, ColumnTaps, SampleKind},
};
use cutroom_types::{ColorModel, Picture, Size};
use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// An intermediate: planar `f32`, premultiplied working colour.
pub struct PlaneBuffer {
    /// Size in pixels.
    pub size: Size,
    /// Grey; R, G, B; or R, G, B, A. Rows are `size.width` long.
    pub planes: Vec<Vec<f32>>,
}

/// One plane as bytes.
#[derive(Clone, Copy)]
struct PlaneView<'a> {
    data: &'a [u8],
    stride: usize,
    width: usize,
    height: usize,
    kind: SampleKind,
}

impl<'a> PlaneView<'a> {
    /// Samples from `x` to the end of row `y`.
    fn row(&self, y: usize, x: usize) -> &'a [u8] {
        let start = y * self.stride;
        &self.data[start + x * self.kind.bytes()..start + self.width * self.kind.bytes()]
    }
}

/// How one plane's columns are resampled.
enum Columns {
    /// Output column `x` is source column `x + offset`.
    Copy { offset: i64 },
    /// Two output columns per source sample: `[even, odd]` weights over the sample and its
    /// neighbours, for an even output column `x` around source sample `x / 2 + offset`.
    Double { offset: i64, weights: [[f32; 3]; 2] },
    /// By a table; entry 0 is output column `bounds[0]`.
    Table(ColumnTaps),
}

/// One plane with its column and row taps.
struct PlaneSampler<'a> {
    view: PlaneView<'a>,
    /// Tile planes to which the result is written.
    to: &'static [usize],
    /// Factor of the weights; converts alpha codes to 0..=1.
    gain: f32,
    columns: Arc<Columns>,
    /// Row taps; entry 0 is output row `bounds[1]`.
    row_taps: Arc<Vec<Taps>>,
}

/// A rotated or sheared map, evaluated point by point.
struct PointSampler<'a> {
    view: PlaneView<'a>,
    to: &'static [usize],
    gain: f32,
    grid: [GridAxis; 2],
}

enum Maps<'a> {
    Aligned(Vec<PlaneSampler<'a>>),
    Points(Vec<PointSampler<'a>>),
}

/// Everything that decides the taps along one axis; floats as bits, so that equal keys mean equal
/// taps.
#[derive(Clone, PartialEq, Eq, Hash)]
struct AxisKey {
    grid: [u64; 2],
    map: [u64; 2],
    from: u32,
    to: u32,
    len: usize,
}

impl AxisKey {
    fn new(g: GridAxis, a: f64, b: f64, from: u32, to: u32, len: usize) -> Self {
        Self { grid: [g.scale, g.offset].map(f64::to_bits), map: [a, b].map(f64::to_bits), from, to, len }
    }

    fn compute(&self) -> Vec<Taps> {
        let ([scale, offset], [a, b]) = (self.grid.map(f64::from_bits), self.map.map(f64::from_bits));
        let position = |i: u32| (a * (f64::from(i) + 0.5) + b) * scale + offset;
        (self.from..self.to).map(|i| filter::taps(position(i), a * scale, self.len)).collect()
    }
}

/// Tables of recent maps: most frames use those of the previous frame, and computing the tables
/// takes longer than drawing.
#[derive(Default)]
pub struct TableCache {
    columns: Mutex<HashMap<AxisKey, Arc<Columns>>>,
    rows: Mutex<HashMap<AxisKey, Arc<Vec<Taps>>>>,
}

impl TableCache {
    /// Maximum number of tables of each kind; when it is reached, all are dropped.
    const CAPACITY: usize = 256;

    fn columns(&self, key: &AxisKey) -> Arc<Columns> {
        Self::get(&self.columns, key, |k| plan_columns(&k.compute(), k.from, k.len))
    }

    fn taps(&self, key: &AxisKey) -> Arc<Vec<Taps>> {
        Self::get(&self.rows, key, AxisKey::compute)
    }

    fn get<T>(kept: &Mutex<HashMap<AxisKey, Arc<T>>>, key: &AxisKey, make: impl FnOnce(&AxisKey) -> T) -> Arc<T> {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(key) {
            return found.clone();
        }
        if kept.len() >= Self::CAPACITY {
            kept.clear();
        }
        let made = Arc::new(make(key));
        kept.insert(key.clone(), made.clone());
        made
    }
}

/// Coverage of the window in output pixels.
enum Coverage {
    /// 1 everywhere inside the bounds.
    Full,
    /// Product of a column and a row factor; entry 0 is at `bounds`. Columns within `whole` have
    /// the factor 1.
    Product { columns: Vec<f32>, rows: Vec<f32>, whole: Range<usize> },
    /// By the distance to each edge: `a·x + b·y + c` output pixels inside it, as `[a, b, c]`.
    Edges([[f64; 3]; 4]),
}

/// A prepared [`Sampling`].
pub struct Sampler<'a> {
    sampling: Sampling,
    maps: Maps<'a>,
    coverage: Coverage,
    has_alpha: bool,
}

/// Input of a sampler.
pub enum SamplerInput<'a> {
    /// A source picture.
    Picture(&'a Picture),
    /// An intermediate.
    Intermediate(&'a PlaneBuffer),
}

const ALPHA: &[usize] = &[3];
const GRAY: &[usize] = &[0, 1, 2];
const SINGLE: [&[usize]; 3] = [&[0], &[1], &[2]];

impl<'a> Sampler<'a> {
    /// Prepares the taps and the coverage for every column and row of the bounds.
    pub fn new(sampling: Sampling, input: &SamplerInput<'a>, tables: &TableCache) -> Self {
        let (planes, has_alpha) = views(input);
        let m = &sampling.source_from_output;
        let maps = if m.is_axis_aligned() {
            Maps::Aligned(
                planes
                    .into_iter()
                    .map(|(view, to, gain, grid)| {
                        let [x0, y0, x1, y1] = sampling.bounds;
                        let columns = tables.columns(&AxisKey::new(grid[0], m.xx, m.x0, x0, x1, view.width));
                        let row_taps = tables.taps(&AxisKey::new(grid[1], m.yy, m.y0, y0, y1, view.height));
                        PlaneSampler { view, to, gain, columns, row_taps }
                    })
                    .collect(),
            )
        } else {
            Maps::Points(planes.into_iter().map(|(view, to, gain, grid)| PointSampler { view, to, gain, grid }).collect())
        };
        Self { sampling, maps, coverage: coverage(&sampling), has_alpha }
    }

    /// With an axis-aligned map, reads the first component only: grey is not copied to the others,
    /// and alpha is not set.
    pub fn first_only(mut self) -> Self {
        if let Maps::Aligned(planes) = &mut self.maps {
            planes.truncate(1);
            planes.iter_mut().for_each(|p| p.to = SINGLE[0]);
            self.has_alpha = true;
        }
        self
    }

    /// Reads rows `y..y + rows` and columns `x..x + width` of the output into `tile`. Outside the
    /// bounds all components are 0.
    pub fn read(&self, level: SimdLevel, tile: &mut Tile, scratch: &mut Vec<f32>, x: usize, y: usize, width: usize, rows: usize) {
        let [bx0, by0, bx1, by1] = self.sampling.bounds.map(|v| v as usize);
        let (cx0, cx1) = (x.max(bx0), (x + width).min(bx1));
        for r in 0..rows {
            let at = r * TILE_PITCH;
            let row_y = y + r;
            if cx0 >= cx1 || row_y < by0 || row_y >= by1 {
                for p in &mut tile.planes {
                    p[at..at + width].fill(0.0);
                }
                continue;
            }
            let (lead, n) = (cx0 - x, cx1 - cx0);
            match &self.maps {
                Maps::Aligned(planes) => {
                    for p in planes {
                        let (dest, at) = (p.to[0], at + lead);
                        p.read_row(level, &mut tile.planes[dest][at..at + n], scratch, cx0, bx0, row_y - by0);
                        for other in &p.to[1..] {
                            let (a, b) = tile.planes.split_at_mut(*other);
                            b[0][at..at + n].copy_from_slice(&a[dest][at..at + n]);
                        }
                    }
                }
                Maps::Points(planes) => {
                    for p in planes {
                        p.read_row(&self.sampling, tile, at + lead, cx0, row_y, n);
                    }
                }
            }
            self.cover(tile, at + lead, cx0, row_y, n);
            for p in &mut tile.planes {
                p[at..at + lead].fill(0.0);
                p[at + lead + n..at + width].fill(0.0);
            }
        }
    }

    /// Reads the only plane of a single-plane source under an axis-aligned map into `out`, from
    /// column `x` of row `y`, inside the bounds.
    pub fn read_plane(&self, level: SimdLevel, out: &mut [f32], scratch: &mut Vec<f32>, x: usize, y: usize) {
        let [bx0, by0, ..] = self.sampling.bounds.map(|v| v as usize);
        if let Maps::Aligned(planes) = &self.maps
            && let [plane] = &planes[..]
        {
            plane.read_row(level, out, scratch, x, bx0, y - by0);
        }
    }

    /// `below += (above − below) · coverage · opacity` from column `x` of row `y`, inside the
    /// bounds; for axis-aligned maps.
    pub fn blend_over(&self, level: SimdLevel, below: &mut [f32], above: &[f32], opacity: f32, x: usize, y: usize) {
        let Coverage::Product { columns, rows, whole } = &self.coverage else {
            return rows::mix_row(level, below, above, opacity);
        };
        let [bx0, by0, ..] = self.sampling.bounds.map(|v| v as usize);
        let k = rows[y - by0];
        let (from, to) = (x - bx0, x - bx0 + below.len());
        let inner = whole.start.clamp(from, to)..whole.end.clamp(from, to);
        for range in [from..inner.start, inner.end..to] {
            let part = range.start - from..range.end - from;
            for ((b, a), c) in below[part.clone()].iter_mut().zip(&above[part]).zip(&columns[range]) {
                *b = Real::mix(*b, *a, c * k * opacity);
            }
        }
        let part = inner.start - from..inner.end - from;
        rows::mix_row(level, &mut below[part.clone()], &above[part], k * opacity);
    }

    /// The source plane's bytes for columns `x..x + n` of row `y`, if they are the result without
    /// any computation.
    pub fn plane_bytes(&self, x: usize, y: usize, n: usize) -> Option<&[u8]> {
        let Maps::Aligned(planes) = &self.maps else { return None };
        let ([plane], Coverage::Full) = (&planes[..], &self.coverage) else { return None };
        let Columns::Copy { offset } = &*plane.columns else { return None };
        let row = &plane.row_taps[y - self.sampling.bounds[1] as usize];
        let from = usize::try_from(x as i64 + offset).ok()?;
        let bytes = plane.view.kind.bytes();
        (row.weights[..] == [1.0]).then(|| plane.view.row(row.start as usize, from)).and_then(|r| r.get(..n * bytes))
    }

    fn cover(&self, tile: &mut Tile, at: usize, x: usize, y: usize, n: usize) {
        if !self.has_alpha {
            tile.planes[3][at..at + n].fill(1.0);
        }
        // Intermediates are premultiplied, so their colour is multiplied by the coverage as well.
        let first = if matches!(self.sampling.source, SamplingSource::Intermediate(_)) { 0 } else { 3 };
        let planes = &mut tile.planes[first..];
        match &self.coverage {
            Coverage::Full => {}
            Coverage::Product { columns, rows, whole } => {
                let [bx0, by0, ..] = self.sampling.bounds.map(|v| v as usize);
                let k = rows[y - by0];
                let (from, to) = (x - bx0, x - bx0 + n);
                let inner = if k == 1.0 { whole.start.clamp(from, to)..whole.end.clamp(from, to) } else { from..from };
                for plane in planes {
                    for range in [from..inner.start, inner.end..to] {
                        for (v, c) in plane[at + range.start - from..at + range.end - from].iter_mut().zip(&columns[range]) {
                            *v *= c * k;
                        }
                    }
                }
            }
            Coverage::Edges(edges) => {
                for i in 0..n {
                    let (px, py) = ((x + i) as f64 + 0.5, y as f64 + 0.5);
                    let inside =
                        edges.iter().map(|e| (e[0] * px + e[1] * py + e[2] + 0.5).clamp(0.0, 1.0)).fold(1.0, f64::min) as f32;
                    for plane in &mut *planes {
                        plane[at + i] *= inside;
                    }
                }
            }
        }
    }
}

type PlaneEntry<'a> = (PlaneView<'a>, &'static [usize], f32, [GridAxis; 2]);

fn views<'a>(input: &SamplerInput<'a>) -> (Vec<PlaneEntry<'a>>, bool) {
    match input {
        SamplerInput::Intermediate(r) => {
            let view = |k: usize| PlaneView {
                data: bytemuck::cast_slice(&r.planes[k]),
                stride: r.size.width as usize * 4,
                width: r.size.width as usize,
                height: r.size.height as usize,
                kind: SampleKind::F32,
            };
            let full = [GridAxis::FULL; 2];
            let to: &[&'static [usize]] = if r.planes.len() == 1 { &[GRAY] } else { &[SINGLE[0], SINGLE[1], SINGLE[2], ALPHA] };
            ((0..r.planes.len()).map(|k| (view(k), to[k], 1.0, full)).collect(), r.planes.len() == 4)
        }
        SamplerInput::Picture(p) => {
            let kind = match p.format.bytes_per_sample() {
                1 => SampleKind::U8,
                2 => SampleKind::U16,
                _ => SampleKind::F32,
            };
            let last = p.format.plane_count() - 1;
            let entries = (0..=last).map(|k| {
                let s = p.format.plane_size(k, p.size);
                let plane = &p.planes[k];
                let view = PlaneView {
                    data: plane.data(),
                    stride: plane.stride_bytes(),
                    width: s.width as usize,
                    height: s.height as usize,
                    kind,
                };
                let is_alpha = p.format.alpha && k == last;
                let to: &'static [usize] = match (is_alpha, p.format.model) {
                    (true, _) => ALPHA,
                    (false, ColorModel::Gray) => GRAY,
                    (false, _) => SINGLE[k],
                };
                let gain = if is_alpha && kind != SampleKind::F32 { 1.0 / ((1u32 << p.format.bits) - 1) as f32 } else { 1.0 };
                (view, to, gain, filter::plane_grid(p, k))
            });
            (entries.collect(), p.format.alpha)
        }
    }
}

/// Finds the cheapest form of a column map whose first entry is output column `x0`.
fn plan_columns(taps: &[Taps], x0: u32, len: usize) -> Columns {
    let unit = |t: &Taps| t.weights.len() == 1;
    if let Some(first) = taps.first()
        && taps.iter().enumerate().all(|(i, t)| unit(t) && t.start as usize == first.start as usize + i)
    {
        return Columns::Copy { offset: i64::from(first.start) - i64::from(x0) };
    }
    if let Some(double) = plan_double(taps, x0, len) {
        return double;
    }
    let max = taps.iter().map(|t| t.weights.len()).max().unwrap_or(1);
    let (start, weights): (Vec<u32>, Vec<Vec<f32>>) = taps
        .iter()
        .map(|t| {
            // Shorter lists of taps are padded; on the left where padding on the right would exceed
            // the row.
            let start = (t.start as usize).min(len - max.min(len));
            let mut w = vec![0.0; max.min(len)];
            for (k, v) in t.weights.iter().enumerate() {
                w[t.start as usize - start + k] = *v;
            }
            (start as u32, w)
        })
        .unzip();
    match ColumnTaps::new(&start, &weights, len) {
        Some(t) => Columns::Table(t),
        // Unreachable by construction of the taps.
        None => Columns::Copy { offset: 0 },
    }
}

/// Recognises the two alternating weight sets of 2:1 chroma at scale 1.
fn plan_double(taps: &[Taps], x0: u32, len: usize) -> Option<Columns> {
    if !x0.is_multiple_of(2) || taps.len() < 8 || len < taps.len() / 2 {
        return None;
    }
    // Weights of output column i as three numbers around source sample i / 2 + offset, taken from
    // the middle of the row.
    let around = |i: usize, offset: i64| -> Option<[f32; 3]> {
        let mut w = [0.0; 3];
        for (k, v) in taps[i].weights.iter().enumerate() {
            let at = i64::from(taps[i].start) + k as i64 - ((i as i64 + i64::from(x0)) / 2 + offset) + 1;
            *w.get_mut(usize::try_from(at).ok()?)? = *v;
        }
        Some(w)
    };
    let middle = taps.len() / 4 * 2;
    let offset = i64::from(taps[middle].start) + (taps[middle].weights.len() as i64 - 1) - (middle as i64 + i64::from(x0)) / 2;
    let weights = [around(middle, offset)?, around(middle + 1, offset)?];
    // Every column must agree, after weights outside the row have been added to its edge samples.
    for (i, t) in taps.iter().enumerate() {
        let center = (i as i64 + i64::from(x0)) / 2 + offset;
        let mut folded = std::collections::BTreeMap::new();
        for (k, w) in weights[i % 2].iter().enumerate() {
            if *w != 0.0 {
                *folded.entry((center + k as i64 - 1).clamp(0, len as i64 - 1)).or_insert(0.0) += *w;
            }
        }
        let own: Vec<(i64, f32)> =
            t.weights.iter().enumerate().filter(|(_, w)| **w != 0.0).map(|(k, w)| (i64::from(t.start) + k as i64, *w)).collect();
        if own != folded.into_iter().collect::<Vec<_>>() {
            return None;
        }
    }
    Some(Columns::Double { offset, weights })
}

impl PlaneSampler<'_> {
    /// Fills `out` from output column `x` on; `row` counts from the top of the bounds.
    fn read_row(&self, level: SimdLevel, out: &mut [f32], scratch: &mut Vec<f32>, x: usize, bounds_x: usize, row: usize) {
        let n = out.len();
        let taps = &self.row_taps[row];
        let weights: Vec<f32>;
        let weights: &[f32] = if self.gain == 1.0 {
            &taps.weights
        } else {
            weights = taps.weights.iter().map(|w| w * self.gain).collect();
            &weights
        };
        // Weighs the rows into `out`, from source column `from` on.
        let weigh = |from: usize, out: &mut [f32]| {
            let top = taps.start as usize;
            if let [w] = weights {
                rows::weigh_rows(level, &[self.view.row(top, from)], self.view.kind, &[*w], out);
            } else if let [a, b] = weights {
                rows::weigh_rows(level, &[self.view.row(top, from), self.view.row(top + 1, from)], self.view.kind, &[*a, *b], out);
            } else {
                let list: Vec<&[u8]> = (0..weights.len()).map(|k| self.view.row(top + k, from)).collect();
                rows::weigh_rows(level, &list, self.view.kind, weights, out);
            }
        };
        match &*self.columns {
            Columns::Copy { offset } => weigh((x as i64 + offset) as usize, out),
            Columns::Double { offset, weights } => {
                // The span starts and ends on whole pairs; a leading odd column is computed and
                // dropped.
                let lead = x % 2;
                let pairs = (n + lead).div_ceil(2);
                let first = (x / 2) as i64 + offset - 1;
                let want = pairs + 2;
                scratch.resize(want + 2 * pairs, 0.0);
                let (src, doubled) = scratch.split_at_mut(want);
                let (lo, hi) = (first.max(0), (first + want as i64).min(self.view.width as i64));
                let (a, b) = ((lo - first) as usize, (hi - first) as usize);
                weigh(lo as usize, &mut src[a..b]);
                let (left, right) = (src[a], src[b - 1]);
                src[..a].fill(left);
                src[b..].fill(right);
                if lead == 0 && n.is_multiple_of(2) {
                    rows::double_columns(level, src, weights[0], weights[1], out);
                } else {
                    rows::double_columns(level, src, weights[0], weights[1], doubled);
                    out.copy_from_slice(&doubled[lead..lead + n]);
                }
            }
            Columns::Table(table) => {
                let first = x - bounds_x;
                let (from, to) = table.touched(first, first + n);
                let source = self.view.width + ColumnTaps::PADDING;
                scratch.resize(source + n + MAX_LANES, 0.0);
                let (src, gathered) = scratch.split_at_mut(source);
                weigh(from, &mut src[from..to]);
                rows::gather_columns(level, src, table, first, gathered, n);
                out.copy_from_slice(&gathered[..n]);
            }
        }
    }
}

impl PointSampler<'_> {
    /// Bilinear; strong reductions have been made axis-aligned before.
    fn read_row(&self, s: &Sampling, tile: &mut Tile, at: usize, x: usize, y: usize, n: usize) {
        let m = &s.source_from_output;
        let (gx, gy) = (self.grid[0], self.grid[1]);
        let (w, h) = (self.view.width as i64 - 1, self.view.height as i64 - 1);
        for i in 0..n {
            let (sx, sy) = m.apply((x + i) as f64 + 0.5, y as f64 + 0.5);
            let (cx, cy) = (sx * gx.scale + gx.offset - 0.5, sy * gy.scale + gy.offset - 0.5);
            let (fx, fy) = (cx.floor(), cy.floor());
            let (wx, wy) = ((cx - fx) as f32, (cy - fy) as f32);
            let (ix, iy) = (fx as i64, fy as i64);
            let (xa, xb) = (ix.clamp(0, w) as usize, (ix + 1).clamp(0, w) as usize);
            let (top, bottom) = (self.view.row(iy.clamp(0, h) as usize, 0), self.view.row((iy + 1).clamp(0, h) as usize, 0));
            let k = self.view.kind;
            let (a, b) = (k.get(top, xa), k.get(top, xb));
            let (c, d) = (k.get(bottom, xa), k.get(bottom, xb));
            let (p, q) = ((b - a) * wx + a, (d - c) * wx + c);
            let v = ((q - p) * wy + p) * self.gain;
            for to in self.to {
                tile.planes[*to][at + i] = v;
            }
        }
    }
}

fn coverage(s: &Sampling) -> Coverage {
    let m = &s.source_from_output;
    let [l, t, r, b] = s.window.map(f64::from);
    let Some(inv) = m.inverse() else { return Coverage::Full };
    let [x0, y0, x1, y1] = s.bounds;
    if m.is_axis_aligned() {
        let span = |a: f64, o: f64, from: f64, to: f64| {
            let (p, q) = (a * from + o, a * to + o);
            (p.min(q), p.max(q))
        };
        let area = |(lo, hi): (f64, f64), from: u32, to: u32| -> Vec<f32> {
            (from..to)
                .map(|i| {
                    let i = f64::from(i);
                    let c = ((i + 1.0).min(hi) - i.max(lo)).clamp(0.0, 1.0);
                    // Rounding noise of the map must not make an edge pixel translucent.
                    if c > 1.0 - 1e-6 { 1.0 } else { c as f32 }
                })
                .collect()
        };
        let columns = area(span(inv.xx, inv.x0, l, r), x0, x1);
        let rows = area(span(inv.yy, inv.y0, t, b), y0, y1);
        if columns.iter().chain(&rows).all(|c| *c == 1.0) {
            return Coverage::Full;
        }
        let start = columns.iter().position(|c| *c == 1.0).unwrap_or(0);
        let whole = start..start + columns[start..].iter().take_while(|c| **c == 1.0).count();
        Coverage::Product { columns, rows, whole }
    } else {
        // Distance of output pixel p to the image of a source edge, positive inside: the distance
        // in the source divided by the length of its gradient.
        let edge = |g: [f64; 3]| {
            let len = g[0].hypot(g[1]).max(1e-12);
            [g[0] / len, g[1] / len, g[2] / len]
        };
        Coverage::Edges([
            edge([m.xx, m.xy, m.x0 - l]),
            edge([-m.xx, -m.xy, r - m.x0]),
            edge([m.yx, m.yy, m.y0 - t]),
            edge([-m.yx, -m.yy, b - m.y0]),
        ])
    }
}

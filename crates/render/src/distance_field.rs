//! For the centre of each pixel, the distance to a polygon, the soft edge's width there, and
//! whether it is inside.
//!
//! The raster is divided into tiles. For each tile [`Nearest`] finds the sides that can be nearest
//! to one of its pixels, and only those are evaluated at each pixel; a tile with too many of them
//! is split. The result equals that of evaluating all sides at every pixel; of equally near sides
//! the first counts.
use crate::nearest::{Line, Nearest};
use cutroom_types::Size;

/// A side of the polygon, in pixels.
#[derive(Clone, Copy)]
pub struct Side {
    /// Start, in pixels.
    pub from: [f64; 2],
    /// End, in pixels.
    pub to: [f64; 2],
    /// Widths of the soft edge at start and end.
    pub feather_px: [f32; 2],
}

/// Side of the largest tile in pixels; a power of two.
const TILE_PX: usize = 16;
/// Maximum number of sides evaluated at each pixel of a tile that can be split.
const MAX_TRIED: usize = 48;

/// Signed-distance data per pixel centre, row by row.
pub struct DistanceField {
    /// Squared distance to the nearest side in pixels². Where it exceeds the squared reach it is
    /// only known to do so.
    pub squared: Vec<f32>,
    /// Width of the soft edge at the nearest point, in pixels.
    pub feather_px: Vec<f32>,
    /// Whether the centre is inside, by the even-odd rule.
    pub inside: Vec<bool>,
}

impl DistanceField {
    /// Computes the field; distances are exact up to `reach_px`.
    pub fn new(sides: &[Side], size: Size, reach_px: f32) -> Self {
        let (w, h) = (size.width as usize, size.height as usize);
        let first = sides.first().map_or(0.0, |s| s.feather_px[0]);
        let mut distances = Self { squared: vec![1e12; w * h], feather_px: vec![first; w * h], inside: vec![false; w * h] };
        let even = sides.iter().all(|s| s.feather_px == [first; 2]);
        let lines: Vec<Line> = sides.iter().map(|s| [s.from, s.to]).collect();
        let reach = f64::from(reach_px);
        // An upper bound of the single-precision error within the reach.
        let longest = lines.iter().map(|[a, b]| (b[0] - a[0]).abs() + (b[1] - a[1]).abs()).fold(0.0, f64::max);
        let room = (2e-6 * (longest + (w + h) as f64 + 2.0 * reach)).min(16.0);
        let beyond = reach + room + TILE_PX as f64;
        let window = [-beyond, -beyond, w as f64 + beyond, h as f64 + beyond];
        let mut tiles = Tiles {
            rays: sides.iter().map(Ray::new).collect(),
            nearest: Nearest::new(&lines, window),
            reach,
            room,
            even,
            last: None,
            found: Vec::new(),
        };
        for y in (0..h).step_by(TILE_PX) {
            for x in (0..w).step_by(TILE_PX) {
                tiles.fill(&mut distances, w, [x, y, w.min(x + TILE_PX), h.min(y + TILE_PX)]);
            }
        }
        scan(sides, w, h, &mut distances.inside);
        distances
    }
}

struct Tiles<'a> {
    rays: Vec<Ray>,
    nearest: Nearest<'a>,
    reach: f64,
    /// Upper bound of the error of distances, in pixels.
    room: f64,
    /// All sides have the same feather.
    even: bool,
    /// The side nearest to the previous tile, as a first guess.
    last: Option<usize>,
    found: Vec<usize>,
}

impl Tiles<'_> {
    /// Computes a tile: left, top, right, bottom in pixels.
    fn fill(&mut self, distances: &mut DistanceField, width: usize, [x0, y0, x1, y1]: [usize; 4]) {
        let (w, h) = ((x1 - x0) as f64, (y1 - y0) as f64);
        let middle = [x0 as f64 + 0.5 * w, y0 as f64 + 0.5 * h];
        // Distance from the middle to the centres of the corner pixels.
        let corner = 0.5 * ((w - 1.0) * (w - 1.0) + (h - 1.0) * (h - 1.0)).sqrt();
        let Some((side, away)) = self.nearest.line(middle, self.reach + corner + self.room, self.last) else { return };
        self.last = Some(side);
        let within = (away + 2.0 * corner + self.room).min(self.reach + corner + self.room);
        let max = if corner > 0.0 { MAX_TRIED } else { usize::MAX };
        if self.nearest.lines_within(middle, within, max, &mut self.found) {
            for side in &self.found {
                for y in y0..y1 {
                    self.rays[*side].visit(distances, self.even, x0, y, y * width + x0..y * width + x1);
                }
            }
            return;
        }
        let (x, y) = (x0 + (x1 - x0).div_ceil(2), y0 + (y1 - y0).div_ceil(2));
        for part in [[x0, y0, x, y], [x, y0, x1, y], [x0, y, x, y1], [x, y, x1, y1]] {
            if part[0] < part[2] && part[1] < part[3] {
                self.fill(distances, width, part);
            }
        }
    }
}

/// A side in single precision, relative to the pixel in which it begins, so that no digits are lost
/// near it.
struct Ray {
    /// The pixel in which it begins.
    begin: [i32; 2],
    /// Vector from the start to that pixel's centre.
    center: [f32; 2],
    way: [f32; 2],
    /// One over the squared length; 0 for a side without length.
    per: f32,
    feather_px: [f32; 2],
}

impl Ray {
    fn new(s: &Side) -> Self {
        let begin = s.from.map(|v| v.floor().clamp(-1e9, 1e9) as i32);
        let center = std::array::from_fn(|k| (f64::from(begin[k]) + 0.5 - s.from[k]) as f32);
        let way: [f32; 2] = std::array::from_fn(|k| (s.to[k] - s.from[k]) as f32);
        let length = way[0] * way[0] + way[1] * way[1];
        Self { begin, center, way, per: if length > 0.0 { 1.0 / length } else { 0.0 }, feather_px: s.feather_px }
    }

    /// Updates the pixels `run` of row `y`, which begin at column `x0`, where this side is nearer
    /// than those before it.
    #[inline]
    fn visit(&self, distances: &mut DistanceField, even: bool, x0: usize, y: usize, run: std::ops::Range<usize>) {
        let [dx, dy] = self.way;
        let along = |pixel: usize, k: usize| (pixel as i32 - self.begin[k]) as f32 + self.center[k];
        let py = along(y, 1);
        let squared = &mut distances.squared[run.clone()];
        if even {
            for (i, d2) in squared.iter_mut().enumerate() {
                let x = along(x0 + i, 0);
                let t = ((x * dx + py * dy) * self.per).clamp(0.0, 1.0);
                let (ex, ey) = (x - t * dx, py - t * dy);
                *d2 = d2.min(ex * ex + ey * ey);
            }
            return;
        }
        for (i, (d2, feather)) in squared.iter_mut().zip(&mut distances.feather_px[run]).enumerate() {
            let x = along(x0 + i, 0);
            let t = ((x * dx + py * dy) * self.per).clamp(0.0, 1.0);
            let (ex, ey) = (x - t * dx, py - t * dy);
            let new = ex * ex + ey * ey;
            if new < *d2 {
                *d2 = new;
                *feather = self.feather_px[0] + (self.feather_px[1] - self.feather_px[0]) * t;
            }
        }
    }
}

/// Finds which pixel centres are inside, by the even-odd rule.
fn scan(sides: &[Side], w: usize, h: usize, inside: &mut [bool]) {
    let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); h];
    for s in sides {
        let (a, b) = if s.from[1] <= s.to[1] { (s.from, s.to) } else { (s.to, s.from) };
        // Rows whose centres are in [a.y, b.y).
        let row = |y: f64| (y - 0.5).ceil().clamp(0.0, h as f64) as usize;
        for (y, found) in crossings.iter_mut().enumerate().take(row(b[1])).skip(row(a[1])) {
            let t = (y as f64 + 0.5 - a[1]) / (b[1] - a[1]);
            found.push(a[0] + (b[0] - a[0]) * t);
        }
    }
    for (y, found) in crossings.iter_mut().enumerate() {
        found.sort_by(f64::total_cmp);
        for pair in found.chunks_exact(2) {
            let column = |x: f64| (x - 0.5).ceil().clamp(0.0, w as f64) as usize;
            inside[y * w + column(pair[0])..y * w + column(pair[1])].iter_mut().for_each(|i| *i = !*i);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reproducible pseudo-random numbers from −0.5 to 0.5.
    fn chance() -> impl FnMut() -> f64 {
        let mut s = 1u64;
        move || {
            s = s.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (s >> 40) as f64 / f64::from(1u32 << 24) - 0.5
        }
    }

    fn polygon(points: &[[f64; 2]], feather: impl Fn(usize) -> f32) -> Vec<Side> {
        let n = points.len();
        let side = |i: usize| Side { from: points[i], to: points[(i + 1) % n], feather_px: [feather(i), feather((i + 1) % n)] };
        (0..n).map(side).collect()
    }

    fn about(n: usize, center: [f64; 2], spread: [f64; 2]) -> Vec<[f64; 2]> {
        let mut next = chance();
        (0..n).map(|_| [center[0] + spread[0] * next(), center[1] + spread[1] * next()]).collect()
    }

    /// Oracle: every side evaluated at every pixel, bit for bit.
    #[test]
    fn tiles_change_nothing() {
        let size = Size { width: 150, height: 83 };
        let ring: Vec<[f64; 2]> =
            (0..700).map(|i| f64::from(i) * 0.009).map(|a| [75.0 + 38.0 * a.cos(), 41.5 + 38.0 * a.sin()]).collect();
        let cases = [
            ("ring", ring),
            ("triangle", vec![[20.3, 10.1], [140.0, 30.0], [30.0, 80.9]]),
            ("chords", about(400, [75.0, 41.0], [160.0, 90.0])),
            ("a spot", about(900, [140.0, 4.0], [3.0, 3.0])),
            ("one place", vec![[60.0, 30.5]; 300]),
            ("far about", about(60, [0.0; 2], [40_000.0, 30_000.0])),
            ("elsewhere", about(50, [-300.0, 500.0], [100.0, 100.0])),
        ];
        for (name, points) in cases {
            for (kind, feather) in [("even", (|_| 30.0) as fn(usize) -> f32), ("uneven", |i| 4.0 + (i % 7) as f32)] {
                for reach in [1.5f32, 40.0, 3000.0] {
                    let sides = polygon(&points, feather);
                    let got = DistanceField::new(&sides, size, reach);
                    let n = got.squared.len();
                    let mut all = DistanceField { squared: vec![1e12; n], feather_px: vec![feather(0); n], inside: vec![] };
                    for y in 0..83 {
                        sides.iter().for_each(|s| Ray::new(s).visit(&mut all, kind == "even", 0, y, y * 150..(y + 1) * 150));
                    }
                    for i in 0..n {
                        let (g, w) = ((got.squared[i], got.feather_px[i]), (all.squared[i], all.feather_px[i]));
                        let both_beyond = g.0 > reach * reach && w.0 > reach * reach;
                        assert!(g == w || both_beyond, "{name}, {kind}, reach {reach}, pixel {i}: {g:?}, not {w:?}");
                    }
                }
            }
        }
    }

    /// Evaluating each side at each pixel would be 2·10^10 evaluations and take minutes.
    #[test]
    fn many_sides_and_a_wide_edge_are_bounded() {
        let size = Size { width: 1920, height: 1080 };
        let jagged = (0..10_000).map(|i| (f64::from(i) * core::f64::consts::TAU / 1e4, f64::from(300 + i % 2 * 50)));
        for points in
            [jagged.map(|(a, r)| [960.0 + r * a.cos(), 540.0 + r * a.sin()]).collect(), about(10_000, [100.0, 90.0], [20.0, 20.0])]
        {
            let begun = std::time::Instant::now();
            DistanceField::new(&polygon(&points, |_| 5000.0), size, 2501.0);
            assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
        }
    }
}

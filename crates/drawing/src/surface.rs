//! Pictures that are drawn on: premultiplied working colour, one float per channel.
use crate::coverage::{Coverage, PixelRect};
use cutroom_effects::color::{WorkingSpace, working_color};
use cutroom_timeline::drawing::{GradientKind, Paint};
use cutroom_types::{ColorTags, Picture, PictureFormat, Size};
use kurbo::{Affine, Point};

/// Number of entries of a gradient's colour table.
const RAMP: usize = 1024;

/// A rectangle of pixels, premultiplied RGBA in the working space.
#[derive(Clone, Debug)]
pub struct Surface {
    /// Where it lies.
    pub pixels: PixelRect,
    /// Values, row by row.
    pub values: Vec<[f32; 4]>,
}

/// Which parts of a surface are not transparent: blocks of [`InkMap::BLOCK`] pixels of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InkMap {
    /// A bit for each block, row by row, from the lowest of a word.
    bits: Vec<u64>,
    words_per_row: usize,
}

impl InkMap {
    /// Number of pixels of a block.
    pub const BLOCK: usize = 16;

    /// That of a surface.
    pub fn new(surface: &Surface) -> Self {
        let width = surface.pixels.width();
        let words_per_row = width.div_ceil(Self::BLOCK * 64);
        let mut bits = vec![0; words_per_row * surface.pixels.height()];
        if width > 0 {
            for (row, words) in surface.values.chunks_exact(width).zip(bits.chunks_exact_mut(words_per_row)) {
                for (i, block) in row.chunks(Self::BLOCK).enumerate() {
                    let is_inked = block.iter().any(|v| v[3] != 0.0);
                    words[i / 64] |= u64::from(is_inked) << (i % 64);
                }
            }
        }
        Self { bits, words_per_row }
    }

    /// Whether nothing is visible.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|w| *w == 0)
    }

    /// Whether a block of a row that has any of these columns is visible; columns and rows outside of the
    /// surface are not.
    pub fn has(&self, row: i64, columns: std::ops::Range<i64>) -> bool {
        let Some(words) = usize::try_from(row).ok().and_then(|y| self.bits.chunks_exact(self.words_per_row.max(1)).nth(y)) else {
            return false;
        };
        let block = |x: i64| (x.max(0) as usize) / Self::BLOCK;
        let (from, to) = (block(columns.start), block(columns.end - 1).min(words.len() * 64 - 1));
        columns.end > 0 && (from..=to).any(|b| words[b / 64] >> (b % 64) & 1 == 1)
    }
}

/// Colour at each point of an area: straight working colour.
pub enum Ink {
    /// The same everywhere.
    Solid([f32; 4]),
    /// A gradient.
    Gradient(GradientInk),
}

/// A gradient over pixels.
pub struct GradientInk {
    /// Maps pixels to the gradient's own coordinates.
    own_from_pixels: Affine,
    kind: InkKind,
    ramp: Vec<[f32; 4]>,
    repeat: Repeat,
}

/// Geometry in the gradient's own coordinates.
#[derive(Clone, Copy, Debug)]
pub enum InkKind {
    /// From a point to another.
    Linear(Point, Point),
    /// Between two circles, given by centre and radius.
    Radial(Point, f64, Point, f64),
    /// Around a centre, from an angle to another, in radians clockwise.
    Conic(Point, f64, f64),
}

/// Colours outside of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Those of its ends.
    Clamp,
    /// It is repeated.
    Repeat,
    /// It is repeated, every other time in reverse.
    Reflect,
}

impl Ink {
    /// The ink of a paint over a box; `pixels_from_box` maps the unit square to pixels.
    pub fn new(paint: &Paint, pixels_from_box: Affine, working: WorkingSpace) -> Self {
        let gradient = match paint {
            Paint::Solid(color) => return Self::Solid(working_color(*color, working)),
            Paint::Gradient(gradient) => gradient,
        };
        let point = |p: [f32; 2]| Point::new(f64::from(p[0]), f64::from(p[1]));
        let kind = match gradient.kind {
            GradientKind::Linear { from, to } => InkKind::Linear(point(from), point(to)),
            GradientKind::Radial { center, radius } => InkKind::Radial(point(center), 0.0, point(center), f64::from(radius)),
            GradientKind::Conic { center, angle_degrees } => {
                let start = f64::from(angle_degrees).to_radians();
                InkKind::Conic(point(center), start, start + std::f64::consts::TAU)
            }
        };
        Self::gradient(kind, &gradient.stops, Repeat::Clamp, pixels_from_box, working)
    }

    /// A gradient whose coordinates `pixels_from_own` maps to pixels. Stops are straight,
    /// display-encoded; colours between them are mixed display-encoded and premultiplied, as in
    /// CSS.
    pub fn gradient(
        kind: InkKind,
        stops: &[(f32, [f32; 4])],
        repeat: Repeat,
        pixels_from_own: Affine,
        working: WorkingSpace,
    ) -> Self {
        if pixels_from_own.determinant() == 0.0 || stops.len() < 2 {
            let color = stops.last().map_or([0.0; 4], |s| s.1);
            return Self::Solid(working_color(color, working));
        }
        let ramp = (0..RAMP).map(|i| working_color(color_at(stops, i as f32 / (RAMP - 1) as f32), working)).collect();
        Self::Gradient(GradientInk { own_from_pixels: pixels_from_own.inverse(), kind, ramp, repeat })
    }

    /// The colour at the middle of a pixel.
    fn at(&self, x: i32, y: i32) -> [f32; 4] {
        match self {
            Self::Solid(color) => *color,
            Self::Gradient(g) => g.at(Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5)),
        }
    }
}

impl GradientInk {
    fn at(&self, pixel: Point) -> [f32; 4] {
        let p = self.own_from_pixels * pixel;
        let Some(t) = self.position(p) else { return [0.0; 4] };
        let t = match self.repeat {
            Repeat::Clamp => t.clamp(0.0, 1.0),
            Repeat::Repeat => t - t.floor(),
            Repeat::Reflect => {
                let m = t.rem_euclid(2.0);
                if m > 1.0 { 2.0 - m } else { m }
            }
        };
        let at = t * (RAMP - 1) as f64;
        let i = (at as usize).min(RAMP - 2);
        let f = (at - i as f64) as f32;
        std::array::from_fn(|c| self.ramp[i][c] + (self.ramp[i + 1][c] - self.ramp[i][c]) * f)
    }

    fn position(&self, p: Point) -> Option<f64> {
        match self.kind {
            InkKind::Linear(from, to) => {
                let d = to - from;
                let length = d.hypot2();
                (length > 0.0).then(|| (p - from).dot(d) / length)
            }
            InkKind::Radial(c0, r0, c1, r1) => two_circles(p, c0, r0, c1, r1),
            InkKind::Conic(center, start, end) => {
                let d = p - center;
                let turn = libm::atan2(d.y, d.x) - start;
                Some(turn.rem_euclid(std::f64::consts::TAU) / (end - start))
            }
        }
    }
}

/// The largest t for which the circle between two circles passes through `p` and has a radius that
/// is not negative: the formula of the HTML canvas' radial gradient.
fn two_circles(p: Point, c0: Point, r0: f64, c1: Point, r1: f64) -> Option<f64> {
    let (dc, dr, dp) = (c1 - c0, r1 - r0, p - c0);
    let (a, b, c) = (dc.hypot2() - dr * dr, dp.dot(dc) + r0 * dr, dp.hypot2() - r0 * r0);
    let is_valid = |t: &f64| r0 + t * dr >= 0.0;
    if a.abs() < 1e-12 {
        return (b.abs() > 1e-12).then(|| c / (2.0 * b)).filter(is_valid);
    }
    let root = b * b - a * c;
    if root < 0.0 {
        return None;
    }
    let root = root.sqrt();
    let (t0, t1) = ((b + root) / a, (b - root) / a);
    let (low, high) = if t0 < t1 { (t0, t1) } else { (t1, t0) };
    Some(high).filter(is_valid).or(Some(low).filter(is_valid))
}

/// The colour at a position along stops: straight, mixed premultiplied.
fn color_at(stops: &[(f32, [f32; 4])], t: f32) -> [f32; 4] {
    let after = stops.partition_point(|s| s.0 <= t);
    let (Some(a), Some(b)) = (after.checked_sub(1).and_then(|i| stops.get(i)), stops.get(after)) else {
        return if after == 0 { stops[0].1 } else { stops[stops.len() - 1].1 };
    };
    let f = if b.0 > a.0 { (t - a.0) / (b.0 - a.0) } else { 1.0 };
    let alpha = a.1[3] + (b.1[3] - a.1[3]) * f;
    if alpha <= 0.0 {
        return [0.0; 4];
    }
    let mixed = |c: usize| {
        let (from, to) = (a.1[c] * a.1[3], b.1[c] * b.1[3]);
        (from + (to - from) * f) / alpha
    };
    [mixed(0), mixed(1), mixed(2), alpha]
}

impl Surface {
    /// A transparent surface.
    pub fn new(pixels: PixelRect) -> Self {
        Self::in_memory(pixels, Vec::new())
    }

    /// A transparent surface in memory that is used again.
    pub fn in_memory(pixels: PixelRect, mut memory: Vec<[f32; 4]>) -> Self {
        memory.clear();
        memory.resize(pixels.width() * pixels.height(), [0.0; 4]);
        Self { pixels, values: memory }
    }

    /// The same in planes; `None` if it has no pixels.
    pub fn picture(&self) -> Option<Picture> {
        let size = Size { width: self.pixels.width() as u32, height: self.pixels.height() as u32 };
        let plane = |c: usize| {
            let mut bytes = vec![0; self.values.len() * 4];
            bytes.chunks_exact_mut(4).zip(&self.values).for_each(|(b, v)| b.copy_from_slice(&v[c].to_le_bytes()));
            bytes
        };
        Picture::from_planes(PictureFormat::RGB_FLOAT.with_alpha(), size, ColorTags::SRGB, (0..4).map(plane).collect())
    }

    /// Draws ink where there is coverage, over what is there.
    pub fn draw(&mut self, coverage: &Coverage, ink: &Ink, opacity: f32) {
        let both = self.pixels.intersect(coverage.pixels());
        for y in both.y0..both.y1 {
            let from = (y - coverage.y) as usize * coverage.width + (both.x0 - coverage.x) as usize;
            let to = (y - self.pixels.y0) as usize * self.pixels.width() + (both.x0 - self.pixels.x0) as usize;
            let from = &coverage.values[from..from + both.width()];
            for (i, (px, covered)) in self.values[to..to + both.width()].iter_mut().zip(from).enumerate() {
                if *covered > 0.0 {
                    over(px, ink.at(both.x0 + i as i32, y), covered * opacity);
                }
            }
        }
    }

    /// Draws several inks within one coverage: each over those before it, where it has coverage of its
    /// own (everywhere, if it has none). At the edge the sum is covered once, not once for each ink.
    pub fn draw_inside(&mut self, coverage: &Coverage, inks: &[(Option<&Coverage>, &Ink)], opacity: f32) {
        let both = self.pixels.intersect(coverage.pixels());
        for y in both.y0..both.y1 {
            for x in both.x0..both.x1 {
                let covered = coverage.at(x, y);
                if covered <= 0.0 {
                    continue;
                }
                let mut mixed = [0.0; 4];
                for (part, ink) in inks {
                    over(&mut mixed, ink.at(x, y), part.map_or(1.0, |p| p.at(x, y)));
                }
                if mixed[3] > 0.0 {
                    let straight = [mixed[0] / mixed[3], mixed[1] / mixed[3], mixed[2] / mixed[3], mixed[3]];
                    let at = (y - self.pixels.y0) as usize * self.pixels.width() + (x - self.pixels.x0) as usize;
                    over(&mut self.values[at], straight, covered * opacity);
                }
            }
        }
    }

    /// Draws another surface over this one.
    pub fn draw_surface(&mut self, other: &Self, opacity: f32) {
        self.merge(other, |below, above| {
            let keep = 1.0 - above[3] * opacity;
            std::array::from_fn(|c| above[c] * opacity + below[c] * keep)
        });
    }

    /// Replaces each pixel by a function of it and that of another surface; outside of the other
    /// that one is transparent.
    pub fn merge(&mut self, other: &Self, f: impl Fn([f32; 4], [f32; 4]) -> [f32; 4]) {
        let width = self.pixels.width();
        for y in self.pixels.y0..self.pixels.y1 {
            for x in self.pixels.x0..self.pixels.x1 {
                let px = &mut self.values[(y - self.pixels.y0) as usize * width + (x - self.pixels.x0) as usize];
                *px = f(*px, other.at(x, y));
            }
        }
    }

    /// A pixel; transparent outside.
    pub fn at(&self, x: i32, y: i32) -> [f32; 4] {
        let p = self.pixels;
        if x < p.x0 || y < p.y0 || x >= p.x1 || y >= p.y1 {
            return [0.0; 4];
        }
        self.values[(y - p.y0) as usize * p.width() + (x - p.x0) as usize]
    }

    /// Its alpha.
    pub fn alpha(&self) -> Coverage {
        Coverage { values: self.values.iter().map(|v| v[3]).collect(), ..Coverage::empty(self.pixels) }
    }
}

/// Draws straight colour over a premultiplied pixel.
fn over(px: &mut [f32; 4], color: [f32; 4], covered: f32) {
    let alpha = color[3] * covered;
    let keep = 1.0 - alpha;
    for c in 0..3 {
        px[c] = color[c] * alpha + px[c] * keep;
    }
    px[3] = alpha + px[3] * keep;
}

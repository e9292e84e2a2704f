//! Coverage of pixels by outlines, computed exactly from areas, in a fixed order: the same on every
//! machine.
//!
//! Each edge adds the area to its right to the pixels that it crosses; sums along rows are winding
//! numbers times coverage. The method is that of R. Levien, "font-rs" (2016), and of stb_truetype's
//! second rasteriser.
use crate::error::DrawingError;
use kurbo::{BezPath, PathEl, Point, Rect, Shape};

/// Largest deviation of flattened curves, in pixels.
const TOLERANCE_PX: f64 = 0.005;
/// Maximum number of line segments of one outline.
const MAX_SEGMENTS: usize = 4_000_000;

/// A rectangle of pixels with a value 0..=1 each.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// Position of the first column.
    pub x: i32,
    /// Position of the first row.
    pub y: i32,
    /// Number of columns.
    pub width: usize,
    /// Number of rows.
    pub height: usize,
    /// Values, row by row.
    pub values: Vec<f32>,
}

/// Which points are inside of an outline that crosses itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillRule {
    /// Those with a winding number other than 0.
    NonZero,
    /// Those with an odd winding number.
    EvenOdd,
}

/// The pixels that a rectangle touches, inside `limits`; empty if there are none.
pub fn pixels_of(bounds: Rect, limits: PixelRect) -> PixelRect {
    let low = |v: f64| v.floor().clamp(-1e6, 1e6) as i32;
    let high = |v: f64| v.ceil().clamp(-1e6, 1e6) as i32;
    if !bounds.is_finite() {
        return PixelRect::EMPTY;
    }
    PixelRect { x0: low(bounds.x0), y0: low(bounds.y0), x1: high(bounds.x1), y1: high(bounds.y1) }.intersect(limits)
}

/// A half-open rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelRect {
    /// First column.
    pub x0: i32,
    /// First row.
    pub y0: i32,
    /// Column after the last.
    pub x1: i32,
    /// Row after the last.
    pub y1: i32,
}

impl PixelRect {
    /// No pixels.
    pub const EMPTY: Self = Self { x0: 0, y0: 0, x1: 0, y1: 0 };

    /// Number of columns.
    pub fn width(self) -> usize {
        (self.x1 - self.x0).max(0) as usize
    }

    /// Number of rows.
    pub fn height(self) -> usize {
        (self.y1 - self.y0).max(0) as usize
    }

    /// Whether it has no pixels.
    pub fn is_empty(self) -> bool {
        self.x1 <= self.x0 || self.y1 <= self.y0
    }

    /// The pixels of both.
    pub fn intersect(self, other: Self) -> Self {
        let r = Self { x0: self.x0.max(other.x0), y0: self.y0.max(other.y0), x1: self.x1.min(other.x1), y1: self.y1.min(other.y1) };
        if r.is_empty() { Self::EMPTY } else { r }
    }

    /// The smallest rectangle with the pixels of both.
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Self { x0: self.x0.min(other.x0), y0: self.y0.min(other.y0), x1: self.x1.max(other.x1), y1: self.y1.max(other.y1) }
    }

    /// Grown by `px` on each side.
    pub fn grown(self, px: i32) -> Self {
        if self.is_empty() {
            return self;
        }
        Self { x0: self.x0 - px, y0: self.y0 - px, x1: self.x1 + px, y1: self.y1 + px }
    }
}

impl Coverage {
    /// Nothing, over these pixels.
    pub fn empty(pixels: PixelRect) -> Self {
        let (width, height) = (pixels.width(), pixels.height());
        Self { x: pixels.x0, y: pixels.y0, width, height, values: vec![0.0; width * height] }
    }

    /// The inside of an outline, in pixels, within `limits`. Open parts are closed.
    ///
    /// # Errors
    /// The outline has too many segments.
    pub fn of_path(path: &BezPath, rule: FillRule, limits: PixelRect) -> Result<Self, DrawingError> {
        let pixels = pixels_of(path.bounding_box(), limits);
        if pixels.is_empty() {
            return Ok(Self::empty(PixelRect::EMPTY));
        }
        let mut areas = Areas::new(pixels);
        areas.add(path)?;
        Ok(areas.finish(rule))
    }

    /// The pixels of this coverage.
    pub fn pixels(&self) -> PixelRect {
        PixelRect { x0: self.x, y0: self.y, x1: self.x + self.width as i32, y1: self.y + self.height as i32 }
    }

    /// The value of a pixel; 0 outside.
    pub fn at(&self, x: i32, y: i32) -> f32 {
        let (column, row) = (x - self.x, y - self.y);
        if column < 0 || row < 0 || column >= self.width as i32 || row >= self.height as i32 {
            return 0.0;
        }
        self.values[row as usize * self.width + column as usize]
    }

    /// The same values over other pixels: 0 where there were none.
    #[must_use]
    pub fn over(&self, pixels: PixelRect) -> Self {
        let mut out = Self::empty(pixels);
        let both = pixels.intersect(self.pixels());
        for y in both.y0..both.y1 {
            let from = (y - self.y) as usize * self.width + (both.x0 - self.x) as usize;
            let to = (y - out.y) as usize * out.width + (both.x0 - out.x) as usize;
            out.values[to..to + both.width()].copy_from_slice(&self.values[from..from + both.width()]);
        }
        out
    }

    /// Changes each value by the value of another coverage at its pixel.
    pub fn combine(&mut self, other: &Self, f: impl Fn(f32, f32) -> f32) {
        for row in 0..self.height {
            let y = self.y + row as i32;
            for column in 0..self.width {
                let v = &mut self.values[row * self.width + column];
                *v = f(*v, other.at(self.x + column as i32, y));
            }
        }
    }

    /// Adds what another coverage has, within the pixels of this one: `1 − (1 − a)(1 − b)`.
    pub fn join(&mut self, other: &Self) {
        let both = self.pixels().intersect(other.pixels());
        for y in both.y0..both.y1 {
            let from = (y - other.y) as usize * other.width + (both.x0 - other.x) as usize;
            let to = (y - self.y) as usize * self.width + (both.x0 - self.x) as usize;
            let from = &other.values[from..from + both.width()];
            for (a, b) in self.values[to..to + both.width()].iter_mut().zip(from) {
                *a = *a + *b - *a * *b;
            }
        }
    }

    /// Gaussian blur of standard deviation `sigma_px`, over as many more pixels as it reaches
    /// (three standard deviations), within `limits`.
    #[must_use]
    pub fn blurred(&self, sigma_px: f32, limits: PixelRect) -> Self {
        if sigma_px <= 0.05 || self.values.is_empty() {
            return self.clone();
        }
        let taps = gaussian(sigma_px);
        let radius = taps.len() as i32 - 1;
        let wide = self.pixels().grown(radius);
        let needed = wide.intersect(limits);
        if needed.is_empty() {
            return Self::empty(PixelRect::EMPTY);
        }
        // Along rows, then along columns; whole rows are added at once.
        let source = self.over(PixelRect { y0: self.y, y1: self.y + self.height as i32, ..wide });
        let columns = PixelRect { x0: needed.x0, x1: needed.x1, y0: source.y, y1: source.y + source.height as i32 };
        let mut across = Self::empty(columns);
        let padded_width = columns.width() + 2 * radius as usize;
        let mut line = vec![0.0f32; padded_width];
        for row in 0..source.height {
            for (i, v) in line.iter_mut().enumerate() {
                *v = source.at(columns.x0 - radius + i as i32, source.y + row as i32);
            }
            let out = &mut across.values[row * columns.width()..][..columns.width()];
            let center = &line[radius as usize..];
            out.iter_mut().zip(center).for_each(|(o, v)| *o = v * taps[0]);
            for (k, tap) in taps.iter().enumerate().skip(1) {
                let (left, right) = (&line[radius as usize - k..], &line[radius as usize + k..]);
                out.iter_mut().zip(left.iter().zip(right)).for_each(|(o, (l, r))| *o += (l + r) * tap);
            }
        }
        let mut out = Self::empty(needed);
        for row in 0..out.height {
            let y = needed.y0 + row as i32;
            for k in -radius..=radius {
                let from = y + k - across.y;
                if from < 0 || from >= across.height as i32 {
                    continue;
                }
                let tap = taps[k.unsigned_abs() as usize];
                let line = &across.values[from as usize * across.width..][..across.width];
                let to = &mut out.values[row * needed.width()..][..needed.width()];
                to.iter_mut().zip(line).for_each(|(o, v)| *o += v * tap);
            }
        }
        out
    }
}

/// Half of a normalised Gaussian: the tap at 0, then those at increasing distance, up to three
/// standard deviations.
fn gaussian(sigma_px: f32) -> Vec<f32> {
    let sigma = f64::from(sigma_px);
    let radius = (3.0 * sigma).ceil().max(1.0) as usize;
    let raw: Vec<f64> = (0..=radius).map(|i| libm::exp(-((i * i) as f64) / (2.0 * sigma * sigma))).collect();
    let sum = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
    raw.iter().map(|v| (v / sum) as f32).collect()
}

/// Areas to the right of edges, before rows are summed.
struct Areas {
    pixels: PixelRect,
    width: usize,
    /// One more column than pixels: what is right of all of them.
    sums: Vec<f32>,
    segments: usize,
}

impl Areas {
    fn new(pixels: PixelRect) -> Self {
        let width = pixels.width() + 2;
        Self { pixels, width, sums: vec![0.0; width * pixels.height()], segments: 0 }
    }

    fn add(&mut self, path: &BezPath) -> Result<(), DrawingError> {
        let (mut start, mut at) = (Point::ZERO, Point::ZERO);
        let mut lines = Vec::new();
        kurbo::flatten(path, TOLERANCE_PX, |el| match el {
            PathEl::MoveTo(p) => {
                if at != start {
                    lines.push((at, start));
                }
                (start, at) = (p, p);
            }
            PathEl::LineTo(p) => {
                lines.push((at, p));
                at = p;
            }
            PathEl::ClosePath => {
                if at != start {
                    lines.push((at, start));
                }
                at = start;
            }
            // Flattening leaves no curves.
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => {}
        });
        if at != start {
            lines.push((at, start));
        }
        self.segments += lines.len();
        if self.segments > MAX_SEGMENTS {
            return Err(DrawingError::TooComplex { what: "an outline", limit: format!("{MAX_SEGMENTS} line segments") });
        }
        for (a, b) in lines {
            self.line(a, b);
        }
        Ok(())
    }

    /// Adds a line; what is outside on the left counts at the first column.
    fn line(&mut self, a: Point, b: Point) {
        let (x0, y0) = (f64::from(self.pixels.x0), f64::from(self.pixels.y0));
        let (w, h) = (self.pixels.width() as f64, self.pixels.height() as f64);
        let (mut a, mut b) = (Point::new(a.x - x0, a.y - y0), Point::new(b.x - x0, b.y - y0));
        if a.y == b.y || !a.is_finite() || !b.is_finite() {
            return;
        }
        let sign = if a.y < b.y { 1.0 } else { -1.0 };
        if a.y > b.y {
            std::mem::swap(&mut a, &mut b);
        }
        let slope = (b.x - a.x) / (b.y - a.y);
        if a.y < 0.0 {
            a = Point::new(a.x - a.y * slope, 0.0);
        }
        if b.y > h {
            b = Point::new(b.x - (b.y - h) * slope, h);
        }
        if a.y >= b.y {
            return;
        }
        // Parts outside on the left or right are vertical lines at the edge.
        let mut cuts = [a.y, b.y, b.y, b.y];
        let mut count = 1;
        if slope != 0.0 {
            let mut at = [(0.0 - a.x) / slope + a.y, (w - a.x) / slope + a.y];
            at.sort_by(f64::total_cmp);
            for y in at {
                if y > a.y && y < b.y {
                    cuts[count] = y;
                    count += 1;
                }
            }
        }
        cuts[count] = b.y;
        for i in 0..count {
            let (top, bottom) = (cuts[i], cuts[i + 1]);
            if top >= bottom {
                continue;
            }
            let x_at = |y: f64| (a.x + (y - a.y) * slope).clamp(0.0, w);
            let middle = a.x + ((top + bottom) / 2.0 - a.y) * slope;
            let (from, to) = match middle {
                m if m < 0.0 => (0.0, 0.0),
                m if m > w => (w, w),
                _ => (x_at(top), x_at(bottom)),
            };
            self.inside_line(from, top, to, bottom, sign);
        }
    }

    /// Adds a line that is inside, from top to bottom.
    fn inside_line(&mut self, x0: f64, y0: f64, x1: f64, y1: f64, sign: f64) {
        let slope = (x1 - x0) / (y1 - y0);
        let last = self.pixels.height() as f64;
        let mut x = x0;
        let mut row = y0.floor();
        let mut y = y0;
        while y < y1 && row < last {
            let bottom = (row + 1.0).min(y1);
            let dy = bottom - y;
            let next = if bottom == y1 { x1 } else { x + slope * dy };
            let d = dy * sign;
            let base = row as usize * self.width;
            let (left, right) = if x < next { (x, next) } else { (next, x) };
            let first = left.floor();
            let i = first as usize;
            let end = right.ceil() as usize;
            if end <= i + 1 {
                // Within one pixel: the mean of its horizontal positions.
                let mean = (left + right) / 2.0 - first;
                self.sums[base + i] += (d * (1.0 - mean)) as f32;
                self.sums[base + i + 1] += (d * mean) as f32;
            } else {
                let s = 1.0 / (right - left);
                let f0 = left - first;
                let a0 = 0.5 * s * (1.0 - f0) * (1.0 - f0);
                let f1 = right - (end as f64) + 1.0;
                let am = 0.5 * s * f1 * f1;
                self.sums[base + i] += (d * a0) as f32;
                if end == i + 2 {
                    self.sums[base + i + 1] += (d * (1.0 - a0 - am)) as f32;
                } else {
                    let a1 = s * (1.5 - f0);
                    self.sums[base + i + 1] += (d * (a1 - a0)) as f32;
                    for k in i + 2..end - 1 {
                        self.sums[base + k] += (d * s) as f32;
                    }
                    let a2 = a1 + (end - i - 3) as f64 * s;
                    self.sums[base + end - 1] += (d * (1.0 - a2 - am)) as f32;
                }
                self.sums[base + end] += (d * am) as f32;
            }
            x = next;
            y = bottom;
            row += 1.0;
        }
    }

    fn finish(self, rule: FillRule) -> Coverage {
        let mut out = Coverage::empty(self.pixels);
        for row in 0..out.height {
            let mut sum = 0.0f32;
            let sums = &self.sums[row * self.width..][..out.width];
            for (v, area) in out.values[row * out.width..][..out.width].iter_mut().zip(sums) {
                sum += area;
                *v = match rule {
                    FillRule::NonZero => sum.abs().min(1.0),
                    FillRule::EvenOdd => {
                        let m = sum.abs() % 2.0;
                        if m > 1.0 { 2.0 - m } else { m }
                    }
                };
                // Rounding of sums leaves traces of about 1e-6.
                if *v < 1e-5 {
                    *v = 0.0;
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kurbo::Affine;

    const ALL: PixelRect = PixelRect { x0: -100, y0: -100, x1: 200, y1: 200 };

    fn sum(c: &Coverage) -> f64 {
        c.values.iter().map(|v| f64::from(*v)).sum()
    }

    #[test]
    fn the_sum_of_coverage_is_the_area() {
        for (path, area) in [
            (Rect::new(1.25, 2.5, 7.75, 4.0).to_path(0.1), 6.5 * 1.5),
            (kurbo::Circle::new((10.3, 11.7), 7.4).to_path(1e-4), std::f64::consts::PI * 7.4 * 7.4),
            (Affine::rotate(0.3) * Rect::new(3.0, 3.0, 33.0, 14.0).to_path(0.1), 330.0),
        ] {
            let c = Coverage::of_path(&path, FillRule::NonZero, ALL).unwrap();
            assert!((sum(&c) - area).abs() < area * 2e-3 + 1e-3, "{} for {area}", sum(&c));
        }
    }

    /// A pixel's value is the area of the outline inside of it: exact for a rectangle.
    #[test]
    fn pixels_at_the_edge_are_covered_in_part() {
        let c = Coverage::of_path(&Rect::new(0.25, 0.5, 2.5, 2.0).to_path(0.1), FillRule::NonZero, ALL).unwrap();
        assert_eq!((c.width, c.height), (3, 2));
        let expected = [0.75 * 0.5, 0.5, 0.25, 0.75, 1.0, 0.5];
        assert!(c.values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{:?}", c.values);
    }

    #[test]
    fn what_is_outside_the_limits_changes_nothing_inside() {
        let path = Affine::rotate(0.4) * kurbo::Ellipse::new((20.0, 10.0), (45.0, 13.0), 0.2).to_path(1e-3);
        let whole = Coverage::of_path(&path, FillRule::NonZero, ALL).unwrap();
        let limits = PixelRect { x0: 5, y0: 7, x1: 23, y1: 19 };
        let part = Coverage::of_path(&path, FillRule::NonZero, limits).unwrap();
        for y in limits.y0..limits.y1 {
            for x in limits.x0..limits.x1 {
                assert!((whole.at(x, y) - part.at(x, y)).abs() < 2e-5, "{x} {y}: {} {}", whole.at(x, y), part.at(x, y));
            }
        }
    }

    #[test]
    fn rules_differ_where_an_outline_overlaps_itself() {
        let mut path = Rect::new(0.0, 0.0, 8.0, 8.0).to_path(0.1);
        path.extend(Rect::new(2.0, 2.0, 4.0, 4.0).to_path(0.1));
        let odd = Coverage::of_path(&path, FillRule::EvenOdd, ALL).unwrap();
        let non_zero = Coverage::of_path(&path, FillRule::NonZero, ALL).unwrap();
        assert_eq!((odd.at(3, 3), non_zero.at(3, 3), odd.at(6, 6)), (0.0, 1.0, 1.0));
    }

    /// The blur of a wide edge is the Gaussian's integral.
    #[test]
    fn a_blurred_edge_is_the_error_function() {
        let edge = Coverage::of_path(&Rect::new(0.0, -60.0, 90.0, 60.0).to_path(0.1), FillRule::NonZero, ALL).unwrap();
        let sigma = 4.0;
        let soft = edge.blurred(sigma, ALL);
        for x in -10..10 {
            let expected = 0.5 * (1.0 + libm::erf((f64::from(x) + 0.5) / (f64::from(sigma) * std::f64::consts::SQRT_2)));
            assert!((f64::from(soft.at(x, 0)) - expected).abs() < 0.005, "{x}: {} {expected}", soft.at(x, 0));
        }
    }
}

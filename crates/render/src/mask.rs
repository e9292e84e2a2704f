//! Rasterises masks to grey pictures: the distance of each pixel to the outline is mapped through
//! the profile of the soft edge.
//!
//! An outline is flattened to a polygon, of which a [`DistanceField`] is computed. All of it is
//! plain IEEE arithmetic, so masks are the same on every machine.
use crate::{
    RenderError,
    distance_field::{DistanceField, Side},
};
use cutroom_timeline::{Box2, MaskMode, MaskUse, Outline};
use cutroom_types::{BezierPath, ColorModel, ColorTags, Picture, PictureFormat, Size};

/// Maximum distance of a polygon from the curve that it approximates, in pixels.
const FLATNESS_PX: f64 = 0.02;
/// Maximum number of sides per curve.
const MAX_SIDES: usize = 512;
/// Grey, 32-bit float.
const FORMAT: PictureFormat = PictureFormat { model: ColorModel::Gray, ..PictureFormat::RGB_FLOAT };

/// LRU cache of rasterised masks; most masks are static.
#[derive(Default)]
pub struct MaskCache {
    /// Least recently used first.
    kept: Vec<Kept>,
}

struct Kept {
    masks: Vec<MaskUse>,
    size: Size,
    margin: [u32; 2],
    picture: Picture,
}

impl MaskCache {
    /// Maximum number of pictures; the least recently used is dropped first.
    const CAPACITY: usize = 8;

    /// Returns the coverage of all masks combined, 0..=1, as a grey picture of `size` plus a margin
    /// on each side (left and right, top and bottom, in pixels).
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] when the picture cannot be created.
    pub fn picture(&mut self, masks: &[MaskUse], size: Size, margin: [u32; 2]) -> Result<Picture, RenderError> {
        let found = self.kept.iter().position(|k| k.size == size && k.margin == margin && k.masks == masks);
        let used = match found {
            Some(i) => self.kept.remove(i),
            None => Kept { masks: masks.to_vec(), size, margin, picture: drawn(masks, size, margin)? },
        };
        let picture = used.picture.clone();
        if self.kept.len() >= Self::CAPACITY {
            self.kept.remove(0);
        }
        self.kept.push(used);
        Ok(picture)
    }
}

fn drawn(masks: &[MaskUse], size: Size, margin: [u32; 2]) -> Result<Picture, RenderError> {
    let bytes = coverage_around(masks, size, margin).iter().flat_map(|v| v.to_le_bytes()).collect();
    let whole = with_margin(size, margin);
    Picture::from_planes(FORMAT, whole, ColorTags::SRGB, vec![bytes])
        .ok_or_else(|| RenderError::Unsupported(format!("a mask of {}×{} pixels", whole.width, whole.height)))
}

/// Coverage of all masks combined: `size.width · size.height` values in 0..=1, top row first. The
/// modes are defined at [`MaskMode`].
pub fn coverage(masks: &[MaskUse], size: Size) -> Vec<f32> {
    coverage_around(masks, size, [0; 2])
}

/// Size of a raster with a margin on all sides.
pub(crate) fn with_margin(size: Size, [x, y]: [u32; 2]) -> Size {
    Size { width: size.width + 2 * x, height: size.height + 2 * y }
}

fn coverage_around(masks: &[MaskUse], size: Size, margin: [u32; 2]) -> Vec<f32> {
    let whole = masks.first().is_some_and(|m| matches!(m.mode, MaskMode::Subtract | MaskMode::Intersect));
    let raster = with_margin(size, margin);
    let n = raster.width as usize * raster.height as usize;
    let mut all = vec![if whole { 1.0f32 } else { 0.0 }; n];
    for mask in masks {
        let own = mask_coverage(mask, size, margin);
        let join = |f: fn(f32, f32) -> f32, all: &mut [f32]| all.iter_mut().zip(&own).for_each(|(c, m)| *c = f(*c, *m));
        match mask.mode {
            MaskMode::Add => join(|c, m| c + m - c * m, &mut all),
            MaskMode::Subtract => join(|c, m| c * (1.0 - m), &mut all),
            MaskMode::Intersect => join(|c, m| c * m, &mut all),
            MaskMode::Difference => join(|c, m| c + m - 2.0 * c * m, &mut all),
        }
    }
    all
}

/// Coverage of one mask, with its inversion and opacity.
fn mask_coverage(mask: &MaskUse, size: Size, margin: [u32; 2]) -> Vec<f32> {
    let [dx, dy] = margin.map(f64::from);
    let moved = |[x, y]: [f64; 2]| [x + dx, y + dy];
    let mut sides = polygon(mask, size);
    sides.iter_mut().for_each(|s| (s.from, s.to) = (moved(s.from), moved(s.to)));
    let size = with_margin(size, margin);
    let widest = sides.iter().map(|s| s.feather_px[0].max(s.feather_px[1])).fold(1.0f32, f32::max);
    let distances = DistanceField::new(&sides, size, widest / 2.0 + mask.expansion_px.abs() + 1.0);
    let (k, b) = if mask.inverted { (-mask.opacity, mask.opacity) } else { (mask.opacity, 0.0) };
    let each = distances.squared.iter().zip(&distances.inside).zip(&distances.feather_px);
    each.map(|((d2, inside), feather)| {
        let d = if *inside { d2.sqrt() } else { -d2.sqrt() };
        profile(d + mask.expansion_px, *feather) * k + b
    })
    .collect()
}

/// Coverage at `d` pixels inside an outline whose soft edge is `feather_px` wide. Up to one pixel
/// it is the area that a straight edge covers; from two on the smooth step 3t² − 2t³; between them
/// a mixture.
fn profile(d: f32, feather_px: f32) -> f32 {
    let width = feather_px.max(1.0);
    let t = (d / width + 0.5).clamp(0.0, 1.0);
    let smooth = t * t * (3.0 - 2.0 * t);
    t + (smooth - t) * (feather_px - 1.0).clamp(0.0, 1.0)
}

/// The outline as sides; empty for outlines without area.
fn polygon(mask: &MaskUse, size: Size) -> Vec<Side> {
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let points: Vec<([f64; 2], f32)> = match &mask.outline {
        Outline::Rectangle(b) => {
            let side = |i: usize| own_width(mask, i % 4);
            let path = rectangle(b, w, h);
            match path.0.len() {
                // A round corner leads from the feather of one side to that of the next.
                8 => edges(&path, &|i| if i % 2 == 0 { side(i / 2) } else { (side(i / 2) + side(i / 2 + 1)) / 2.0 }),
                _ => edges(&path, &side),
            }
        }
        Outline::Ellipse(b) => ellipse(b, w, h).into_iter().map(|p| (p, mask.feather_px)).collect(),
        Outline::Path(path) => {
            let mut path = path.clone();
            for v in &mut path.0 {
                for p in [&mut v.point, &mut v.tangent_in, &mut v.tangent_out] {
                    *p = [p[0] * w, p[1] * h];
                }
            }
            edges(&path, &|i| own_width(mask, i))
        }
    };
    let n = points.len();
    let sides: Vec<Side> = (0..n)
        .map(|i| {
            let (a, b) = (points[i], points[(i + 1) % n]);
            Side { from: a.0, to: b.0, feather_px: [a.1, b.1] }
        })
        .collect();
    let area: f64 = sides.iter().map(|s| s.from[0] * s.to[1] - s.to[0] * s.from[1]).sum();
    // Loops of a path may cancel out, so only straight lines count as empty.
    let box_area = sides.iter().any(|s| s.from[0] != sides[0].from[0]) && sides.iter().any(|s| s.from[1] != sides[0].from[1]);
    if !box_area || !area.is_finite() { Vec::new() } else { sides }
}

/// The width of the soft edge along a curve, in pixels.
fn own_width(mask: &MaskUse, curve: usize) -> f32 {
    mask.edge_feather_px.binary_search_by_key(&curve, |e| e.0).map_or(mask.feather_px, |i| mask.edge_feather_px[i].1)
}

/// Flattens a path to points with the soft edge's width at each. Along a curve with a width of its
/// own that width holds over the middle half; towards the ends it is interpolated to the mean with
/// the neighbouring curve's width.
fn edges(path: &BezierPath, width: &dyn Fn(usize) -> f32) -> Vec<([f64; 2], f32)> {
    let n = path.0.len();
    let mut points = Vec::new();
    for i in 0..n {
        let (own, before, after) = (width(i), width((i + n - 1) % n), width((i + 1) % n));
        let (start, end) = ((own + before) / 2.0, (own + after) / 2.0);
        let c = path.curve(i);
        let mut count = sides_of(&c);
        if own != start || own != end {
            count = count.max(16);
        }
        for k in 0..count {
            let t = k as f64 / count as f64;
            let ramp = |t: f64| (1.0 - 4.0 * t).max(0.0) as f32;
            let feather = own + (start - own) * ramp(t) + (end - own) * ramp(1.0 - t);
            points.push((at(&c, t), feather));
        }
    }
    points
}

/// Number of sides that stay within [`FLATNESS_PX`] of a cubic curve: its second derivative is at
/// most `6·m`, and a chord over `1/n` of the parameter deviates by at most `6·m/(8·n²)`.
fn sides_of(c: &[[f64; 2]; 4]) -> usize {
    let bend = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
        let (x, y) = (a[0] - 2.0 * b[0] + c[0], a[1] - 2.0 * b[1] + c[1]);
        (x * x + y * y).sqrt()
    };
    let m = bend(c[0], c[1], c[2]).max(bend(c[1], c[2], c[3]));
    ((0.75 * m / FLATNESS_PX).sqrt().ceil() as usize).clamp(1, MAX_SIDES)
}

fn at(c: &[[f64; 2]; 4], t: f64) -> [f64; 2] {
    let u = 1.0 - t;
    std::array::from_fn(|k| u * u * u * c[0][k] + 3.0 * u * u * t * c[1][k] + 3.0 * u * t * t * c[2][k] + t * t * t * c[3][k])
}

/// A point rotated about the box's centre.
fn rotated(b: &Box2, w: f64, h: f64, x: f64, y: f64) -> [f64; 2] {
    let rotation = cutroom_types::Affine::rotate_degrees(b.rotation_degrees);
    let (x, y) = rotation.apply(x, y);
    [b.center[0] * w + x, b.center[1] * h + y]
}

/// A rectangle as a path with the first vertex at the top left, clockwise. Round corners are
/// quarter circles as cubic curves, with an error of at most 0.03 % of their radius.
fn rectangle(b: &Box2, w: f64, h: f64) -> BezierPath {
    use cutroom_types::Vertex;
    let (x, y) = (b.size[0] * w / 2.0, b.size[1] * h / 2.0);
    let r = b.corner_radius_px.min(x).min(y);
    if r <= 0.0 {
        return BezierPath::polygon(&[[-x, -y], [x, -y], [x, y], [-x, y]].map(|[x, y]| rotated(b, w, h, x, y)));
    }
    // 4/3·(√2 − 1), for a quarter circle.
    let k = r * 0.552_284_749_830_793_4;
    let rotation = cutroom_types::Affine::rotate_degrees(b.rotation_degrees);
    let vertex = |px: f64, py: f64, tin: [f64; 2], tout: [f64; 2]| {
        let rotation = |v: [f64; 2]| <[f64; 2]>::from(rotation.apply(v[0], v[1]));
        Vertex { point: rotated(b, w, h, px, py), tangent_in: rotation(tin), tangent_out: rotation(tout) }
    };
    let o = [0.0; 2];
    BezierPath(vec![
        vertex(-x + r, -y, [-k, 0.0], o),
        vertex(x - r, -y, o, [k, 0.0]),
        vertex(x, -y + r, [0.0, -k], o),
        vertex(x, y - r, o, [0.0, k]),
        vertex(x - r, y, [k, 0.0], o),
        vertex(-x + r, y, o, [-k, 0.0]),
        vertex(-x, y - r, [0.0, k], o),
        vertex(-x, -y + r, o, [0.0, -k]),
    ])
}

/// Points on an ellipse, close enough that chords stay within [`FLATNESS_PX`].
fn ellipse(b: &Box2, w: f64, h: f64) -> Vec<[f64; 2]> {
    let (x, y) = (b.size[0] * w / 2.0, b.size[1] * h / 2.0);
    let r = x.max(y).max(1.0);
    // The height of a chord's arc is r·(1 − cos(π/n)) ≈ r·π²/(2n²).
    let n = ((r * std::f64::consts::PI.powi(2) / (2.0 * FLATNESS_PX)).sqrt().ceil() as usize).clamp(16, 4 * MAX_SIDES);
    (0..n)
        .map(|i| {
            let a = i as f64 / n as f64 * std::f64::consts::TAU;
            rotated(b, w, h, x * libm::cos(a), y * libm::sin(a))
        })
        .collect()
}

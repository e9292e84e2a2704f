//! Draws shapes: outlines, their combinations and copies, filled and stroked.
use crate::{
    DrawingError, Target,
    coverage::{Coverage, FillRule, PixelRect, pixels_of},
    outline,
    surface::{Ink, Surface},
};
use cutroom_timeline::drawing::{Arrangement, Copies, Paint, Shape, ShapeGroup, ShapeOutline, Stroke, StrokePosition, Trim};
use cutroom_types::MaskMode;
use i_overlay::{
    core::{fill_rule::FillRule as OverlayRule, overlay_rule::OverlayRule as Operation},
    float::single::SingleFloatOverlay,
};
use kurbo::{Affine, BezPath, ParamCurve, ParamCurveArclen, PathEl, Point, Rect, Shape as _, Vec2};
use rayon::prelude::*;

/// Maximum number of copies of all shapes of a group.
pub const MAX_COPIES: u64 = 10_000;
/// Largest deviation of curves that are cut or combined, in canvas pixels.
const TOLERANCE_PX: f64 = 0.02;
/// Distance of a circle's control points from its quarter points, as a fraction of the radius, for
/// the least error: A. Riškus, "Approximation of a cubic Bezier curve by circular arcs" (2006).
const KAPPA: f64 = 0.551_915_024_493_510_6;

/// A copy of a shape: outline in pixels, box for gradients, opacity.
struct Copy {
    path: BezPath,
    stroked: BezPath,
    ink_box: Affine,
    opacity: f32,
    scale: f64,
}

/// Draws a group of shapes, in memory that is used again.
///
/// # Errors
/// There are too many copies, or an outline is too complex.
pub(crate) fn draw(group: &ShapeGroup, target: &Target, memory: Vec<[f32; 4]>) -> Result<Surface, DrawingError> {
    let count: u64 = group.shapes.iter().map(|s| s.copies.count()).sum();
    if count > MAX_COPIES {
        return Err(DrawingError::TooComplex {
            what: "a group of shapes",
            limit: format!("{MAX_COPIES} copies, and it has {count}"),
        });
    }
    let middle = Vec2::new(f64::from(group.size_px[0]), f64::from(group.size_px[1])) / 2.0;
    let pixels_from_group = target.pixels_from_box() * Affine::translate(middle);
    let shapes: Vec<Vec<Copy>> = group.shapes.iter().map(|s| copies(s, pixels_from_group, target)).collect();
    let own = group.shapes.iter().zip(&shapes).flat_map(|(s, copies)| copies.iter().map(move |c| reach(s, c)));
    let ink = own.map(|r| pixels_of(r, target.limits)).fold(PixelRect::EMPTY, PixelRect::union);
    let mut pixels = ink;
    for shadow in &group.shadows {
        let grow = (shadow.sigma_px * 3.0 + shadow.spread_px.max(0.0)) * target.scale as f32 + 1.0;
        let [dx, dy] = shadow.offset_px.map(|v| v * target.scale as f32);
        let moved = Rect::new(
            f64::from(ink.x0 as f32 + dx - grow),
            f64::from(ink.y0 as f32 + dy - grow),
            f64::from(ink.x1 as f32 + dx + grow),
            f64::from(ink.y1 as f32 + dy + grow),
        );
        if !ink.is_empty() {
            pixels = pixels.union(pixels_of(moved, target.limits));
        }
    }
    let pixels = pixels.grown(1);
    let mut surface = Surface::in_memory(pixels, memory);
    for shadow in &group.shadows {
        let sigma = shadow.sigma_px * target.scale as f32;
        let around = pixels.grown((3.0 * sigma).ceil() as i32 + 1);
        let offset = Affine::translate(Vec2::new(f64::from(shadow.offset_px[0]), f64::from(shadow.offset_px[1])) * target.scale);
        let spread = f64::from(shadow.spread_px) * target.scale;
        let mut all = Coverage::empty(around);
        for (shape, copies) in group.shapes.iter().zip(&shapes) {
            let parts: Vec<Coverage> =
                copies.par_iter().map(|c| silhouette(shape, c, offset, spread, around)).collect::<Result<_, _>>()?;
            parts.iter().for_each(|p| all.join(p));
        }
        surface.draw(&all.blurred(sigma, pixels), &Ink::new(&Paint::Solid(shadow.color), Affine::IDENTITY, target.working), 1.0);
    }
    for (shape, copies) in group.shapes.iter().zip(&shapes) {
        // What is drawn of each copy is found in parallel, and drawn in order.
        let drawn: Vec<Vec<Part<'_>>> = copies.par_iter().map(|c| parts(shape, c, pixels)).collect::<Result<_, DrawingError>>()?;
        for (copy, parts) in copies.iter().zip(&drawn) {
            let ink = |paint| Ink::new(paint, copy.ink_box, target.working);
            for part in parts {
                let inks: Vec<(Option<&Coverage>, Ink)> = part.inks.iter().map(|(c, paint)| (c.as_ref(), ink(paint))).collect();
                match inks.as_slice() {
                    [(None, only)] => surface.draw(&part.coverage, only, copy.opacity),
                    _ => {
                        let inks: Vec<_> = inks.iter().map(|(c, ink)| (*c, ink)).collect();
                        surface.draw_inside(&part.coverage, &inks, copy.opacity);
                    }
                }
            }
        }
    }
    Ok(surface)
}

/// A part of a copy: what it covers, and what that is filled with.
struct Part<'a> {
    coverage: Coverage,
    inks: Vec<(Option<Coverage>, &'a Paint)>,
}

/// What is drawn of a copy, from bottom to top.
fn parts<'a>(shape: &'a Shape, copy: &Copy, limits: PixelRect) -> Result<Vec<Part<'a>>, DrawingError> {
    let strokes = |position| shape.strokes.iter().rev().filter(move |s: &&Stroke| s.position == position);
    let stroke = |s: &Stroke| outline::stroke_coverage(&copy.stroked, s, copy.scale, limits);
    let mut parts = Vec::new();
    for s in strokes(StrokePosition::Outside) {
        parts.push(Part { coverage: stroke(s)?, inks: vec![(None, &s.paint)] });
    }
    let mut inks: Vec<(Option<Coverage>, &Paint)> = shape.fill.iter().map(|paint| (None, paint)).collect();
    for s in strokes(StrokePosition::Inside) {
        inks.push((Some(stroke(s)?), &s.paint));
    }
    if !inks.is_empty() {
        parts.push(Part { coverage: Coverage::of_path(&copy.path, FillRule::EvenOdd, limits)?, inks });
    }
    for s in strokes(StrokePosition::Center) {
        parts.push(Part { coverage: stroke(s)?, inks: vec![(None, &s.paint)] });
    }
    Ok(parts)
}

/// What a copy covers, for shadows.
fn silhouette(shape: &Shape, copy: &Copy, offset: Affine, spread: f64, limits: PixelRect) -> Result<Coverage, DrawingError> {
    let moved = Copy { path: offset * copy.path.clone(), stroked: offset * copy.stroked.clone(), ..*copy };
    let mut all = Coverage::empty(pixels_of(reach(shape, &moved).inflate(spread, spread), limits));
    for part in parts(shape, &moved, limits)?.iter().filter(|p| shape.fill.is_some() || p.inks.iter().any(|i| i.0.is_none())) {
        all.join(&part.coverage);
    }
    if spread > 0.0 {
        let edge = outline::stroked(&moved.path, 2.0 * spread, &outline::ROUND);
        all.join(&Coverage::of_path(&edge, FillRule::NonZero, limits)?);
    }
    all.values.iter_mut().for_each(|v| *v *= copy.opacity);
    Ok(all)
}

/// Bounds of what a copy may touch, in pixels.
fn reach(shape: &Shape, copy: &Copy) -> Rect {
    let width = |s: &Stroke| match s.position {
        StrokePosition::Outside => f64::from(s.width_px),
        StrokePosition::Center => f64::from(s.width_px) / 2.0,
        StrokePosition::Inside => 0.0,
    };
    // Pointed corners and square ends reach further than half of the width.
    let grow = shape.strokes.iter().map(width).fold(0.0, f64::max) * copy.scale * 4.0 + 1.0;
    copy.path.bounding_box().union(copy.stroked.bounding_box()).inflate(grow, grow)
}

/// The copies of a shape.
fn copies(shape: &Shape, pixels_from_group: Affine, target: &Target) -> Vec<Copy> {
    let whole = combined(shape);
    let stroked = match shape.trim {
        Some(trim) => trimmed(&whole, trim),
        None => whole.clone(),
    };
    let bounds = whole.bounding_box();
    let ink_box = Affine::translate(bounds.origin().to_vec2())
        * Affine::scale_non_uniform(bounds.width().max(1e-9), bounds.height().max(1e-9));
    let middle = bounds.center().to_vec2();
    places(&shape.copies, middle)
        .into_iter()
        .enumerate()
        .map(|(k, place)| {
            let step = &shape.copies.step;
            let size = libm::pow(step.scale, k as f64);
            let changed = Affine::translate(middle)
                * Affine::rotate((step.rotation_degrees * k as f64).to_radians())
                * Affine::scale(size)
                * Affine::translate(-middle);
            let map = pixels_from_group * place * changed;
            Copy {
                path: map * whole.clone(),
                stroked: map * stroked.clone(),
                ink_box: map * ink_box,
                opacity: shape.opacity * libm::pow(step.opacity, k as f64) as f32,
                scale: target.scale * size,
            }
        })
        .collect()
}

/// The places of copies of a shape whose middle is at `middle`.
fn places(copies: &Copies, middle: Vec2) -> Vec<Affine> {
    match &copies.arrangement {
        Arrangement::Once => vec![Affine::IDENTITY],
        Arrangement::Line { count, offset } => {
            (0..*count).map(|k| Affine::translate(Vec2::new(offset[0], offset[1]) * f64::from(k))).collect()
        }
        Arrangement::Grid { columns, rows, spacing } => {
            let from_middle = |k: u32, n: u32| f64::from(k) - f64::from(n.saturating_sub(1)) / 2.0;
            let at = |i: u32| {
                let (column, row) = (i % columns, i / columns);
                Affine::translate((from_middle(column, *columns) * spacing[0], from_middle(row, *rows) * spacing[1]))
            };
            (0..columns.saturating_mul(*rows)).map(at).collect()
        }
        Arrangement::Circle { count, radius, start_degrees, sweep_degrees, turned } => {
            // A full circle has as many gaps as copies; an arc has copies at both ends.
            let is_full = (sweep_degrees.abs() - 360.0).abs() < 1e-9;
            let gaps = if is_full { *count } else { count.saturating_sub(1) }.max(1);
            let at = |k: u32| {
                let angle = start_degrees + sweep_degrees * f64::from(k) / f64::from(gaps);
                let radians = angle.to_radians();
                let to = Vec2::new(libm::sin(radians), -libm::cos(radians)) * *radius;
                let turn = if *turned { Affine::rotate(radians) } else { Affine::IDENTITY };
                Affine::translate(to) * turn * Affine::translate(-middle)
            };
            (0..*count).map(at).collect()
        }
        Arrangement::Path { count, path, closed, turned } => {
            let path = outline::bezier(path, *closed);
            let length = path.segments().map(|s| s.arclen(TOLERANCE_PX)).sum::<f64>();
            let gaps = if *closed { *count } else { count.saturating_sub(1) }.max(1);
            let at = |k: u32| {
                let (p, tangent) = point_along(&path, length * f64::from(k) / f64::from(gaps));
                let turn = Affine::new([tangent.x, tangent.y, -tangent.y, tangent.x, 0.0, 0.0]);
                Affine::translate(p.to_vec2()) * if *turned { turn } else { Affine::IDENTITY } * Affine::translate(-middle)
            };
            (0..*count).map(at).collect()
        }
    }
}

/// Point and unit tangent at a distance along a path.
fn point_along(path: &BezPath, mut at: f64) -> (Point, Vec2) {
    let mut end = (Point::ZERO, Vec2::new(1.0, 0.0));
    for segment in path.segments() {
        let length = segment.arclen(TOLERANCE_PX);
        let direction = |t: f64| outline::tangent(&segment, t).unwrap_or(Vec2::new(1.0, 0.0));
        if at <= length {
            let t = segment.inv_arclen(at, TOLERANCE_PX);
            return (segment.eval(t), direction(t));
        }
        at -= length;
        end = (segment.eval(1.0), direction(1.0));
    }
    end
}

/// The outline of a shape: its only one, or the combination of several.
fn combined(shape: &Shape) -> BezPath {
    let path = |outline: &ShapeOutline| rounded(of_outline(outline), outline, shape.round_px);
    let [first, others @ ..] = shape.outlines.as_slice() else { return BezPath::new() };
    let mut all = path(&first.outline);
    for other in others {
        let operation = match other.mode {
            MaskMode::Add => Operation::Union,
            MaskMode::Subtract => Operation::Difference,
            MaskMode::Intersect => Operation::Intersect,
            MaskMode::Difference => Operation::Xor,
        };
        let next = path(&other.outline);
        let result = polygons(&all).overlay(&polygons(&next), operation, OverlayRule::EvenOdd);
        all = BezPath::new();
        for contour in result.into_iter().flatten() {
            let mut points = contour.into_iter().map(|p: [f64; 2]| Point::new(p[0], p[1]));
            if let Some(start) = points.next() {
                all.move_to(start);
                points.for_each(|p| all.line_to(p));
                all.close_path();
            }
        }
    }
    all
}

/// The loops of a path as polygons.
fn polygons(path: &BezPath) -> Vec<Vec<[f64; 2]>> {
    let mut loops: Vec<Vec<[f64; 2]>> = Vec::new();
    kurbo::flatten(path, TOLERANCE_PX, |el| match el {
        PathEl::MoveTo(p) => loops.push(vec![[p.x, p.y]]),
        PathEl::LineTo(p) => {
            if let Some(last) = loops.last_mut() {
                last.push([p.x, p.y]);
            }
        }
        PathEl::ClosePath | PathEl::QuadTo(..) | PathEl::CurveTo(..) => {}
    });
    loops.retain(|l| l.len() > 2);
    loops
}

/// An outline as a path, in canvas pixels from the middle of the group.
fn of_outline(outline: &ShapeOutline) -> BezPath {
    let turn = |center: &[f64; 2], degrees: f64| Affine::translate((center[0], center[1])) * Affine::rotate(degrees.to_radians());
    match outline {
        ShapeOutline::Rectangle { center, size, radius, rotation_degrees } => {
            let (w, h) = (size[0].abs() / 2.0, size[1].abs() / 2.0);
            turn(center, *rotation_degrees) * round_rectangle(w, h, radius.clamp(0.0, w.min(h)))
        }
        ShapeOutline::Ellipse { center, size, rotation_degrees } => {
            let (w, h) = (size[0].abs() / 2.0, size[1].abs() / 2.0);
            let unit = round_rectangle(1.0, 1.0, 1.0);
            turn(center, *rotation_degrees) * Affine::scale_non_uniform(w, h) * unit
        }
        ShapeOutline::Star { center, points, outer, inner, rotation_degrees } => {
            let corners = if inner.is_some() { points * 2 } else { *points };
            let corner = |k: u32| {
                let angle = std::f64::consts::TAU * f64::from(k) / f64::from(corners.max(1));
                let radius = if k % 2 == 1 { inner.unwrap_or(*outer) } else { *outer };
                Point::new(libm::sin(angle) * radius, -libm::cos(angle) * radius)
            };
            let mut path = BezPath::new();
            for k in 0..corners {
                if k == 0 { path.move_to(corner(k)) } else { path.line_to(corner(k)) }
            }
            path.close_path();
            turn(center, *rotation_degrees) * path
        }
        ShapeOutline::Line { from, to } => {
            let mut path = BezPath::new();
            path.move_to(Point::new(from[0], from[1]));
            path.line_to(Point::new(to[0], to[1]));
            path
        }
        ShapeOutline::Arrow { from, to, width, head, both } => arrow(*from, *to, *width, *head, *both),
        ShapeOutline::Path { path, closed } => outline::bezier(path, *closed),
    }
}

/// A rectangle around the origin, clockwise from the upper side.
fn round_rectangle(w: f64, h: f64, r: f64) -> BezPath {
    let k = r * (1.0 - KAPPA);
    let mut path = BezPath::new();
    path.move_to((-w + r, -h));
    path.line_to((w - r, -h));
    if r > 0.0 {
        path.curve_to((w - k, -h), (w, -h + k), (w, -h + r));
    }
    path.line_to((w, h - r));
    if r > 0.0 {
        path.curve_to((w, h - k), (w - k, h), (w - r, h));
    }
    path.line_to((-w + r, h));
    if r > 0.0 {
        path.curve_to((-w + k, h), (-w, h - k), (-w, h - r));
    }
    path.line_to((-w, -h + r));
    if r > 0.0 {
        path.curve_to((-w, -h + k), (-w + k, -h), (-w + r, -h));
    }
    path.close_path();
    path
}

fn arrow(from: [f64; 2], to: [f64; 2], width: f64, head: [f64; 2], both: bool) -> BezPath {
    let (a, b) = (Point::new(from[0], from[1]), Point::new(to[0], to[1]));
    let along = b - a;
    let length = along.hypot();
    if length < 1e-9 {
        return BezPath::new();
    }
    let (u, n) = (along / length, Vec2::new(-along.y, along.x) / length);
    let heads = if both { 2.0 } else { 1.0 };
    let head_length = head[0].clamp(0.0, length / heads);
    let (half, wide) = (width / 2.0, head[1] / 2.0);
    let neck = b - u * head_length;
    let mut points = vec![neck + n * half, neck + n * wide, b, neck - n * wide, neck - n * half];
    if both {
        let neck = a + u * head_length;
        points.extend([neck - n * half, neck - n * wide, a, neck + n * wide, neck + n * half]);
    } else {
        points.extend([a - n * half, a + n * half]);
    }
    let mut path = BezPath::new();
    path.move_to(points[0]);
    points[1..].iter().for_each(|p| path.line_to(*p));
    path.close_path();
    path
}

/// A path whose corners between straight lines are rounded with arcs of `radius` pixels, or less
/// where lines are shorter than the arcs need.
fn rounded(path: BezPath, outline: &ShapeOutline, radius: f32) -> BezPath {
    let has_curves = path.elements().iter().any(|e| matches!(e, PathEl::CurveTo(..) | PathEl::QuadTo(..)));
    if radius <= 0.0 || has_curves || matches!(outline, ShapeOutline::Line { .. }) {
        return path;
    }
    let mut out = BezPath::new();
    for points in polygons(&path) {
        let mut points: Vec<Point> = points.into_iter().map(|p| Point::new(p[0], p[1])).collect();
        if points.len() > 1 && points[0].distance(points[points.len() - 1]) < 1e-9 {
            points.pop();
        }
        let n = points.len();
        let is_closed = path.elements().iter().any(|e| matches!(e, PathEl::ClosePath));
        for i in 0..n {
            let (before, at, after) = (points[(i + n - 1) % n], points[i], points[(i + 1) % n]);
            let is_end = !is_closed && (i == 0 || i == n - 1);
            let (u, v) = (before - at, after - at);
            let (lu, lv) = (u.hypot(), v.hypot());
            let cos = if lu * lv > 0.0 { (u.dot(v) / (lu * lv)).clamp(-1.0, 1.0) } else { -1.0 };
            let half = libm::acos(cos) / 2.0;
            let tan = libm::tan(half);
            if is_end || tan <= 1e-9 || cos <= -1.0 + 1e-12 {
                if i == 0 {
                    out.move_to(at)
                } else {
                    out.line_to(at)
                }
                continue;
            }
            let distance = (f64::from(radius) / tan).min(lu / 2.0).min(lv / 2.0);
            let r = distance * tan;
            let (start, end) = (at + u / lu * distance, at + v / lv * distance);
            if i == 0 {
                out.move_to(start)
            } else {
                out.line_to(start)
            }
            // Control points of the arc that touches both lines.
            let sweep = std::f64::consts::PI - 2.0 * half;
            let handle = 4.0 / 3.0 * libm::tan(sweep / 4.0) * r;
            out.curve_to(start - u / lu * handle, end - v / lv * handle, end);
        }
        if is_closed {
            out.close_path();
        }
    }
    out
}

/// The part of each loop of a path between two fractions of its length; the whole where they are a
/// turn apart.
fn trimmed(path: &BezPath, trim: Trim) -> BezPath {
    let (low, high) = (f64::from(trim.start.min(trim.end)), f64::from(trim.start.max(trim.end)));
    if high - low >= 1.0 {
        return path.clone();
    }
    let mut out = BezPath::new();
    if high <= low {
        return out;
    }
    let start = (low + f64::from(trim.offset)).rem_euclid(1.0);
    let end = start + (high - low);
    for part in loops(path) {
        let lengths: Vec<f64> = part.iter().map(|s| s.arclen(TOLERANCE_PX)).collect();
        let total: f64 = lengths.iter().sum();
        if total <= 0.0 {
            continue;
        }
        let mut pieces = vec![(start * total, end.min(1.0) * total)];
        if end > 1.0 {
            pieces.push((0.0, (end - 1.0) * total));
        }
        let mut at_end = None;
        for (from, to) in pieces {
            let mut done = 0.0;
            for (segment, length) in part.iter().zip(&lengths) {
                let (a, b) = ((from - done).max(0.0), (to - done).min(*length));
                if b > a {
                    let t = |d: f64| {
                        if d <= 0.0 {
                            0.0
                        } else if d >= *length {
                            1.0
                        } else {
                            segment.inv_arclen(d, TOLERANCE_PX)
                        }
                    };
                    let piece = segment.subsegment(t(a)..t(b)).to_cubic();
                    if at_end.is_none_or(|p: Point| p.distance(piece.p0) > 1e-6) {
                        out.move_to(piece.p0);
                    }
                    out.curve_to(piece.p1, piece.p2, piece.p3);
                    at_end = Some(piece.p3);
                }
                done += length;
            }
        }
    }
    out
}

/// The loops of a path, each as its curves.
fn loops(path: &BezPath) -> Vec<Vec<kurbo::PathSeg>> {
    let mut loops: Vec<Vec<kurbo::PathSeg>> = Vec::new();
    let mut end = None;
    for segment in path.segments() {
        if end != Some(segment.eval(0.0)) {
            loops.push(Vec::new());
        }
        end = Some(segment.eval(1.0));
        if let Some(last) = loops.last_mut() {
            last.push(segment);
        }
    }
    loops
}

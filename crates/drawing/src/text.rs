//! Draws text that is arranged: backgrounds, shadows, strokes and fills, in this order.
use crate::{
    DrawingError, Target,
    coverage::{Coverage, FillRule, PixelRect, pixels_of},
    glyph::{self, GlyphCache},
    outline,
    placed::TextLayout,
    surface::{Ink, Surface},
    units::{self, GlyphLook},
};
use cutroom_timeline::drawing::{Overflow, Paint, Stroke, StrokePosition, TextBlock, TextPath, TextStyle};
use kurbo::{Affine, BezPath, ParamCurve, ParamCurveArclen, Rect, RoundedRect, Shape, Vec2};
use rayon::prelude::*;

/// What is drawn of one glyph, or of a line under text.
struct Piece {
    /// Outline in pixels.
    path: BezPath,
    /// Index of the run.
    run: usize,
    look: GlyphLook,
    /// A glyph with colours of its own.
    picture: Option<Surface>,
}

/// Draws a text, in memory that is used again.
///
/// # Errors
/// An outline is too complex.
pub(crate) fn draw(
    block: &TextBlock,
    layout: &TextLayout,
    glyphs: &mut GlyphCache,
    target: &Target,
    memory: Vec<[f32; 4]>,
) -> Result<Surface, DrawingError> {
    let pixels_from_box = target.pixels_from_box();
    let looks = units::looks(layout, &block.animations);
    let on_path = block.path.as_ref().map(|p| Along::new(p, layout));
    let mut limits = target.limits;
    if block.flow.overflow == Overflow::Clip {
        let whole = Rect::new(0.0, 0.0, layout.size[0], layout.size[1]);
        limits = limits.intersect(pixels_of((pixels_from_box * whole.to_path(0.1)).bounding_box(), limits));
    }
    let mut pieces = Vec::with_capacity(layout.glyphs.len() + layout.decorations.len());
    for (g, look) in layout.glyphs.iter().zip(&looks) {
        if look.opacity <= 0.0 {
            continue;
        }
        let Some(outline) = glyphs.outline(g) else { continue };
        let along = match &on_path {
            Some(along) => match along.moved(g.cell) {
                Some(moved) => moved,
                None => continue,
            },
            None => Affine::IDENTITY,
        };
        let pixels_from_glyph = pixels_from_box * look.moved * along * g.box_from_glyph;
        let style = &block.runs[g.run].style;
        let foreground = match &style.fill {
            Some(Paint::Solid(color)) => *color,
            _ => [1.0; 4],
        };
        let picture = outline
            .has_color
            .then(|| glyph::color_surface(g, &outline, pixels_from_glyph, foreground, target.working, limits))
            .flatten();
        let path = if picture.is_some() { BezPath::new() } else { glyph::pixel_outline(g, &outline, pixels_from_glyph) };
        pieces.push(Piece { path, run: g.run, look: *look, picture });
    }
    if block.animations.is_empty() && on_path.is_none() {
        for (rect, run) in &layout.decorations {
            let path = pixels_from_box * rect.to_path(0.1);
            pieces.push(Piece { path, run: *run, look: GlyphLook::SAME, picture: None });
        }
    }
    let backgrounds = backgrounds(block, layout, pixels_from_box);
    let pixels = extent(block, &pieces, &backgrounds, target.scale, limits);
    let mut surface = Surface::in_memory(pixels, memory);
    let ink_box = pixels_from_box * Affine::scale_non_uniform(layout.size[0], layout.size[1]);

    if let Some(background) = &block.background {
        let ink = Ink::new(&background.paint, ink_box, target.working);
        for path in &backgrounds {
            surface.draw(&Coverage::of_path(path, FillRule::NonZero, pixels)?, &ink, 1.0);
        }
    }
    for shadow in &block.shadows {
        let offset = Vec2::new(f64::from(shadow.offset_px[0]), f64::from(shadow.offset_px[1])) * target.scale;
        let spread = f64::from(shadow.spread_px) * target.scale;
        let sigma = shadow.sigma_px * target.scale as f32;
        // What is blurred into view may lie outside of it.
        let around = pixels.grown((3.0 * sigma).ceil() as i32 + 1);
        let shapes: Vec<Coverage> = pieces
            .par_iter()
            .map(|piece| {
                let widest = block.runs[piece.run].style.strokes.iter().map(outer_px).fold(0.0, f64::max) * target.scale;
                piece_shape(piece, widest + spread, offset, around)
            })
            .collect::<Result<_, _>>()?;
        let mut all = Coverage::empty(around);
        shapes.iter().for_each(|s| all.join(s));
        surface.draw(&all.blurred(sigma, pixels), &Ink::new(&Paint::Solid(shadow.color), ink_box, target.working), 1.0);
    }
    for (i, run) in block.runs.iter().enumerate() {
        for stroke in run.style.strokes.iter().rev().filter(|s| s.position == StrokePosition::Outside) {
            draw_stroke(&mut surface, &pieces, i, stroke, ink_box, target)?;
        }
    }
    for i in 0..block.runs.len() {
        draw_fill(&mut surface, &pieces, i, &block.runs[i].style, ink_box, target)?;
    }
    for piece in pieces.iter().filter(|p| p.picture.is_some()) {
        if let Some(picture) = &piece.picture {
            surface.draw_surface(picture, piece.look.opacity);
        }
    }
    for (i, run) in block.runs.iter().enumerate() {
        for stroke in run.style.strokes.iter().rev().filter(|s| s.position == StrokePosition::Center) {
            draw_stroke(&mut surface, &pieces, i, stroke, ink_box, target)?;
        }
    }
    Ok(surface)
}

/// How far a stroke reaches beyond the edge, in canvas pixels.
fn outer_px(stroke: &Stroke) -> f64 {
    f64::from(match stroke.position {
        StrokePosition::Outside => stroke.width_px,
        StrokePosition::Center => stroke.width_px / 2.0,
        StrokePosition::Inside => 0.0,
    })
}

/// The pixels that the text may touch.
fn extent(block: &TextBlock, pieces: &[Piece], backgrounds: &[BezPath], scale: f64, limits: PixelRect) -> PixelRect {
    let mut own: Option<Rect> = None;
    let mut add = |r: Rect| own = Some(own.map_or(r, |o| o.union(r)));
    let mut pictures = PixelRect::EMPTY;
    for piece in pieces {
        if let Some(picture) = &piece.picture {
            pictures = pictures.union(picture.pixels);
        } else if !piece.path.elements().is_empty() {
            let reach = block.runs[piece.run].style.strokes.iter().map(outer_px).fold(0.0, f64::max) * scale * 4.0;
            let blur = f64::from(piece.look.sigma_px) * 3.0 * scale;
            add(piece.path.bounding_box().inflate(reach + blur + 1.0, reach + blur + 1.0));
        }
    }
    let ink = own.map_or(PixelRect::EMPTY, |r| pixels_of(r, limits)).union(pictures.intersect(limits));
    let mut all = ink;
    for shadow in &block.shadows {
        let reach = (f64::from(shadow.sigma_px) * 3.0 + f64::from(shadow.spread_px).max(0.0)) * scale + 1.0;
        let x = f64::from(shadow.offset_px[0]) * scale;
        let y = f64::from(shadow.offset_px[1]) * scale;
        let moved = Rect::new(
            f64::from(ink.x0) + x - reach,
            f64::from(ink.y0) + y - reach,
            f64::from(ink.x1) + x + reach,
            f64::from(ink.y1) + y + reach,
        );
        if !ink.is_empty() {
            all = all.union(pixels_of(moved, limits));
        }
    }
    for path in backgrounds {
        all = all.union(pixels_of(path.bounding_box(), limits));
    }
    // A transparent border: outside of a picture its outermost pixels count.
    all.grown(1)
}

/// The boxes behind the text, in pixels.
fn backgrounds(block: &TextBlock, layout: &TextLayout, pixels_from_box: Affine) -> Vec<BezPath> {
    let Some(background) = &block.background else { return Vec::new() };
    let [dx, dy] = background.padding_px.map(f64::from);
    let rounded = |r: Rect| {
        let r = r.inflate(dx, dy);
        let radius = f64::from(background.radius_px).clamp(0.0, r.width().min(r.height()) / 2.0);
        pixels_from_box * RoundedRect::from_rect(r, radius).to_path(0.01)
    };
    let lines = layout.lines.iter().copied().filter(|l| l.area() > 0.0);
    if background.per_line {
        lines.map(rounded).collect()
    } else {
        lines.reduce(|a, b| a.union(b)).map(rounded).into_iter().collect()
    }
}

/// The shape of a piece, grown and moved, with its opacity.
fn piece_shape(piece: &Piece, grow_px: f64, offset: Vec2, limits: PixelRect) -> Result<Coverage, DrawingError> {
    let mut shape = match &piece.picture {
        Some(picture) => {
            let alpha = picture.alpha();
            // Pictures move by whole pixels.
            Coverage { x: alpha.x + offset.x.round() as i32, y: alpha.y + offset.y.round() as i32, ..alpha }
        }
        None => {
            let path = Affine::translate(offset) * piece.path.clone();
            let mut shape = Coverage::of_path(&path, FillRule::NonZero, limits)?;
            if grow_px > 0.0 {
                let edge = outline::stroked(&path, 2.0 * grow_px, &outline::ROUND);
                let edge = Coverage::of_path(&edge, FillRule::NonZero, limits)?;
                let mut wide = shape.over(shape.pixels().union(edge.pixels()));
                wide.join(&edge);
                shape = wide;
            }
            shape
        }
    };
    finish(&mut shape, piece, limits);
    Ok(shape)
}

/// Applies blur and opacity of a piece.
fn finish(shape: &mut Coverage, piece: &Piece, limits: PixelRect) {
    if piece.look.sigma_px > 0.0 {
        *shape = shape.blurred(piece.look.sigma_px, limits);
    }
    if piece.look.opacity != 1.0 {
        shape.values.iter_mut().for_each(|v| *v *= piece.look.opacity);
    }
}

/// What a run covers by some rule: that of its pieces together, and of each that has a colour of its own.
struct RunShapes {
    plain: Coverage,
    own_color: Vec<(Coverage, [f32; 4], f32)>,
}

fn run_shapes(
    pieces: &[Piece],
    run: usize,
    limits: PixelRect,
    shape: impl Fn(&Piece, PixelRect) -> Result<Coverage, DrawingError> + Sync,
) -> Result<RunShapes, DrawingError> {
    let of_run: Vec<&Piece> = pieces.iter().filter(|p| p.run == run && !p.path.elements().is_empty()).collect();
    let shapes: Vec<Coverage> = of_run
        .par_iter()
        .map(|piece| {
            let mut shape = shape(piece, limits.grown((piece.look.sigma_px * 3.0).ceil() as i32))?;
            finish(&mut shape, piece, limits);
            Ok(shape)
        })
        .collect::<Result<_, DrawingError>>()?;
    let plain = || shapes.iter().zip(&of_run).filter(|(_, p)| p.look.color.is_none());
    let pixels = plain().fold(PixelRect::EMPTY, |all, (s, _)| all.union(s.pixels())).intersect(limits);
    let mut all = Coverage::empty(pixels);
    plain().for_each(|(s, _)| all.join(s));
    let own = shapes.into_iter().zip(of_run).filter_map(|(s, p)| p.look.color.map(|(color, amount)| (s, color, amount)));
    Ok(RunShapes { plain: all, own_color: own.collect() })
}

/// Draws the fill of a run and the strokes inside of it.
fn draw_fill(
    surface: &mut Surface,
    pieces: &[Piece],
    run: usize,
    style: &TextStyle,
    ink_box: Affine,
    target: &Target,
) -> Result<(), DrawingError> {
    let limits = surface.pixels;
    let inside: Vec<&Stroke> = style.strokes.iter().rev().filter(|s| s.position == StrokePosition::Inside).collect();
    if style.fill.is_none() && inside.is_empty() {
        return Ok(());
    }
    let fill = style.fill.as_ref().map(|paint| Ink::new(paint, ink_box, target.working));
    let shapes = run_shapes(pieces, run, limits, |p, limits| Coverage::of_path(&p.path, FillRule::NonZero, limits))?;
    let mut edges = Vec::new();
    for stroke in inside {
        let edge = run_shapes(pieces, run, limits, |p, limits| outline::stroke_coverage(&p.path, stroke, target.scale, limits))?;
        edges.push((edge, Ink::new(&stroke.paint, ink_box, target.working)));
    }
    match &fill {
        Some(ink) if edges.is_empty() => surface.draw(&shapes.plain, ink, 1.0),
        fill => {
            let inks: Vec<(Option<&Coverage>, &Ink)> =
                fill.iter().map(|ink| (None, ink)).chain(edges.iter().map(|(e, ink)| (Some(&e.plain), ink))).collect();
            surface.draw_inside(&shapes.plain, &inks, 1.0);
        }
    }
    for (i, (shape, color, amount)) in shapes.own_color.iter().enumerate() {
        let color = Ink::new(&Paint::Solid([color[0], color[1], color[2], color[3] * amount]), ink_box, target.working);
        let edges = edges.iter().filter_map(|(e, ink)| Some((Some(&e.own_color.get(i)?.0), ink)));
        let inks: Vec<_> = fill.iter().map(|ink| (None, ink)).chain([(None, &color)]).chain(edges).collect();
        surface.draw_inside(shape, &inks, 1.0);
    }
    Ok(())
}

/// Draws a stroke of a run that is outside of its fill or on its edge.
fn draw_stroke(
    surface: &mut Surface,
    pieces: &[Piece],
    run: usize,
    stroke: &Stroke,
    ink_box: Affine,
    target: &Target,
) -> Result<(), DrawingError> {
    let shapes =
        run_shapes(pieces, run, surface.pixels, |p, limits| outline::stroke_coverage(&p.path, stroke, target.scale, limits))?;
    let ink = Ink::new(&stroke.paint, ink_box, target.working);
    surface.draw(&shapes.plain, &ink, 1.0);
    shapes.own_color.iter().for_each(|(shape, ..)| surface.draw(shape, &ink, 1.0));
    Ok(())
}

/// A path that text follows.
struct Along {
    segments: Vec<(kurbo::PathSeg, f64)>,
    length: f64,
    closed: bool,
    offset: f64,
    /// Maps the path's coordinates to the box.
    middle: Vec2,
    baseline: f64,
}

/// Accuracy of lengths along a path, in canvas pixels.
const ARC_ACCURACY_PX: f64 = 0.01;

impl Along {
    fn new(path: &TextPath, layout: &TextLayout) -> Self {
        let bez = outline::bezier(&path.path, path.closed);
        let segments: Vec<_> = bez.segments().map(|s| (s, s.arclen(ARC_ACCURACY_PX))).collect();
        let length = segments.iter().map(|s| s.1).sum();
        let baseline = layout.glyphs.first().map_or(0.0, |g| g.box_from_glyph.translation().y);
        let middle = Vec2::new(layout.size[0] / 2.0, layout.size[1] / 2.0);
        Self { segments, length, closed: path.closed, offset: f64::from(path.offset_px), middle, baseline }
    }

    /// The change that brings a glyph onto the path; `None` beyond its ends.
    fn moved(&self, cell: Rect) -> Option<Affine> {
        let middle = cell.center().x;
        let mut at = self.offset + middle;
        if self.closed && self.length > 0.0 {
            at = at.rem_euclid(self.length);
        }
        if at < 0.0 {
            return None;
        }
        for (segment, length) in &self.segments {
            if at <= *length {
                let t = segment.inv_arclen(at, ARC_ACCURACY_PX);
                let p = segment.eval(t);
                let tangent = outline::tangent(segment, t)?;
                let turn = Affine::new([tangent.x, tangent.y, -tangent.y, tangent.x, 0.0, 0.0]);
                return Some(Affine::translate(p.to_vec2() + self.middle) * turn * Affine::translate((-middle, -self.baseline)));
            }
            at -= length;
        }
        None
    }
}

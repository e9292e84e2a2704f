//! Outlines of fonts, through skrifa.
use crate::placed::PlacedGlyph;
use kurbo::{BezPath, Point};
use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, NormalizedCoord, Size},
    outline::{DrawSettings, OutlinePen},
};

/// The font of a glyph; `None` if it cannot be read.
pub(crate) fn font_of(glyph: &PlacedGlyph) -> Option<FontRef<'_>> {
    FontRef::from_index(glyph.font.data.as_ref(), glyph.font.index).ok()
}

/// Runs a function with the glyph's position on the font's axes.
pub(crate) fn with_location<T>(coords: &[i16], f: impl FnOnce(LocationRef<'_>) -> T) -> T {
    let coords: Vec<NormalizedCoord> = coords.iter().map(|c| NormalizedCoord::from_bits(*c)).collect();
    f(LocationRef::new(&coords))
}

/// The outline of a glyph in font units, +y up. A glyph whose program is broken is empty: the rest of
/// the text is drawn.
pub(crate) fn outline_of(font: &FontRef<'_>, id: GlyphId, location: LocationRef<'_>) -> BezPath {
    let mut pen = PathPen(BezPath::new());
    match font.outline_glyphs().get(id).map(|o| o.draw(DrawSettings::unhinted(Size::unscaled(), location), &mut pen)) {
        Some(Ok(_)) => pen.0,
        Some(Err(_)) | None => BezPath::new(),
    }
}

struct PathPen(BezPath);

impl OutlinePen for PathPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(point(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(point(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(point(cx, cy), point(x, y));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.curve_to(point(ax, ay), point(bx, by), point(x, y));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}

fn point(x: f32, y: f32) -> Point {
    Point::new(f64::from(x), f64::from(y))
}

//! Outlines and pictures of glyphs, through skrifa.
use crate::{
    colr,
    coverage::PixelRect,
    font_ref::{font_of, outline_of, with_location},
    placed::PlacedGlyph,
    surface::Surface,
};
use cutroom_effects::color::WorkingSpace;
use kurbo::{Affine, BezPath, Stroke, StrokeOpts};
use skrifa::{GlyphId, MetadataProvider, raw::TableProvider};
use std::{collections::HashMap, sync::Arc};

/// Maximum number of outlines that are kept.
const MAX_KEPT: usize = 20_000;
/// Width of the stroke that makes a glyph bolder, as a fraction of the em square.
const EMBOLDEN_EM: f64 = 1.0 / 28.0;

/// Outlines by font and glyph, in font units, +y up.
#[derive(Default)]
pub struct GlyphCache {
    outlines: HashMap<GlyphKey, Arc<GlyphOutline>>,
}

type GlyphKey = (u64, u32, u32, Arc<[i16]>);

/// An outline in font units.
pub struct GlyphOutline {
    /// The outline, +y up. Empty for spaces, and for pictures.
    pub path: BezPath,
    /// Font units per em.
    pub units_per_em: f64,
    /// Whether the glyph has colours of its own.
    pub has_color: bool,
}

impl GlyphCache {
    /// The outline of a glyph; `None` if its font cannot be read.
    pub fn outline(&mut self, glyph: &PlacedGlyph) -> Option<Arc<GlyphOutline>> {
        let key = (glyph.font.data.id(), glyph.font.index, glyph.id, Arc::clone(&glyph.coords));
        if let Some(found) = self.outlines.get(&key) {
            return Some(Arc::clone(found));
        }
        if self.outlines.len() >= MAX_KEPT {
            self.outlines.clear();
        }
        let outline = Arc::new(read(glyph)?);
        self.outlines.insert(key, Arc::clone(&outline));
        Some(outline)
    }
}

fn read(glyph: &PlacedGlyph) -> Option<GlyphOutline> {
    let font = font_of(glyph)?;
    let id = GlyphId::new(glyph.id);
    let units_per_em = f64::from(font.head().map_or(1000, |h| h.units_per_em()).max(1));
    let has_color = font.color_glyphs().get(id).is_some() || colr::has_bitmap(&font, id);
    let path = with_location(&glyph.coords, |location| outline_of(&font, id, location));
    Some(GlyphOutline { path, units_per_em, has_color })
}

/// The outline of a placed glyph in pixels, with synthetic bold and slant.
pub fn pixel_outline(glyph: &PlacedGlyph, outline: &GlyphOutline, pixels_from_glyph: Affine) -> BezPath {
    if outline.path.elements().is_empty() {
        return BezPath::new();
    }
    let scale = f64::from(glyph.size_px) / outline.units_per_em;
    let slant = libm::tan(f64::from(glyph.skew_degrees).to_radians());
    let glyph_from_units = Affine::new([scale, 0.0, slant * scale, -scale, 0.0, 0.0]);
    let mut path = outline.path.clone();
    if glyph.embolden {
        let width = EMBOLDEN_EM * outline.units_per_em;
        // Both outlines must run in the same direction, so that they add.
        let stroke = kurbo::stroke(path.iter(), &Stroke::new(width), &StrokeOpts::default(), outline.units_per_em / 2000.0);
        path.extend(stroke);
    }
    (pixels_from_glyph * glyph_from_units) * path
}

/// A glyph with colours of its own, drawn.
pub fn color_surface(
    glyph: &PlacedGlyph,
    outline: &GlyphOutline,
    pixels_from_glyph: Affine,
    foreground: [f32; 4],
    working: WorkingSpace,
    limits: PixelRect,
) -> Option<Surface> {
    let scale = f64::from(glyph.size_px) / outline.units_per_em;
    let pixels_from_units = pixels_from_glyph * Affine::scale_non_uniform(scale, -scale);
    colr::draw(glyph, pixels_from_units, foreground, working, limits)
}

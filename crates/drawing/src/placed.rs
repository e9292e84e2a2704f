//! Arranged text: glyphs, lines and decorations in their places.
use kurbo::{Affine, Rect, Vec2};
use parley::FontData;
use std::{collections::BTreeSet, sync::Arc};

/// Text in its place. The origin is the top left corner of its box, in canvas pixels, +y down.
#[derive(Clone, Debug)]
pub struct TextLayout {
    /// Width and height of the box.
    pub size: [f64; 2],
    /// Boxes of the lines.
    pub lines: Vec<Rect>,
    /// The glyphs, line by line, in visual order.
    pub glyphs: Vec<PlacedGlyph>,
    /// Underlines and strikethroughs, and the run that each belongs to.
    pub decorations: Vec<(Rect, usize)>,
    /// Number of letters, words and lines.
    pub units: [usize; 3],
    /// Letters that no font has.
    pub missing: BTreeSet<char>,
    /// Factor by which the text was shrunk to fit.
    pub shrink: f32,
}

/// A glyph in its place.
#[derive(Clone, Debug)]
pub struct PlacedGlyph {
    /// The font.
    pub font: FontData,
    /// Its number in the font.
    pub id: u32,
    /// Size of the em square in canvas pixels.
    pub size_px: f32,
    /// Position on the font's variable axes.
    pub coords: Arc<[i16]>,
    /// Whether it is made bolder, since the family has no bold font.
    pub embolden: bool,
    /// Slant in degrees, if the family has no italic font.
    pub skew_degrees: f32,
    /// Maps the glyph (origin on the baseline, +y down, in canvas pixels) to the box.
    pub box_from_glyph: Affine,
    /// Its cell: advance by ascent and descent, in the box.
    pub cell: Rect,
    /// Index of its run.
    pub run: usize,
    /// Indices of its letter, word and line.
    pub units: [usize; 3],
    /// Position of its cluster in the text, in bytes.
    pub byte: usize,
}

impl TextLayout {
    pub(crate) fn empty(shrink: f32) -> Self {
        Self {
            size: [0.0; 2],
            lines: Vec::new(),
            glyphs: Vec::new(),
            decorations: Vec::new(),
            units: [0; 3],
            missing: BTreeSet::new(),
            shrink,
        }
    }

    /// Moves everything but the box.
    pub(crate) fn shift(&mut self, by: Vec2) {
        self.lines.iter_mut().for_each(|l| *l = *l + by);
        self.decorations.iter_mut().for_each(|(r, _)| *r = *r + by);
        for g in &mut self.glyphs {
            g.box_from_glyph = Affine::translate(by) * g.box_from_glyph;
            g.cell = g.cell + by;
        }
    }
}

//! Draws the text and the shapes of a plan: fonts, layout, outlines, coverage and colour. Knows no
//! files but fonts, no clips and no GPU; the same drawing gives the same pixels on every machine.
//!
//! A [`Drawing`] is arranged in canvas pixels ([`layout`]), its outlines become coverage
//! ([`coverage`]), and coverage is filled on a [`surface`]. [`Drawer`] keeps layouts and results.
#![forbid(unsafe_code)]
mod colr;
pub mod coverage;
mod drawer;
mod error;
mod font_ref;
pub mod fonts;
mod glyph;
pub mod layout;
pub mod line_metrics;
mod outline;
pub mod placed;
mod shape;
pub mod surface;
pub mod svg;
mod text;
mod units;
mod vertical;

pub use drawer::{Drawer, DrawnPicture};
pub use error::DrawingError;
pub use fonts::{FontOrigin, FontSet, SHIPPED_FAMILIES};
pub use svg::Svg;

use coverage::PixelRect;
use cutroom_effects::color::WorkingSpace;

/// What a drawing is drawn onto.
pub(crate) struct Target {
    /// Pixels per canvas pixel.
    pub(crate) scale: f64,
    /// Distance of the box from the corner of the content, in canvas pixels.
    pub(crate) inset: [f64; 2],
    /// Space of the result's colours.
    pub(crate) working: WorkingSpace,
    /// Pixels that may be drawn, from the top left corner of the content.
    pub(crate) limits: PixelRect,
}

impl Target {
    /// Maps the drawing's box, in canvas pixels, to pixels.
    pub(crate) fn pixels_from_box(&self) -> kurbo::Affine {
        kurbo::Affine::scale(self.scale) * kurbo::Affine::translate((self.inset[0], self.inset[1]))
    }
}

//! Input and output of drawing: the source of pictures, and the format of the result.
use cutroom_drawing::{FontSet, Svg};
use cutroom_effects::lut::Lut;
use cutroom_timeline::SourceFrame;
use cutroom_types::{ColorTags, Picture, PictureFormat};
use std::sync::Arc;

/// Provides the source pictures and LUTs that a plan names.
pub trait SourcePictures {
    /// Returns the picture of a source frame; `None` when it was not fetched, which is an error of
    /// the caller.
    fn picture(&self, frame: &SourceFrame) -> Option<Picture>;

    /// Returns the LUT in a file that an effect names; `None` when it was not read.
    fn lut(&self, path: &str) -> Option<Arc<Lut>> {
        let _ = path;
        None
    }

    /// The drawing of a source frame whose file is one: an SVG. It has no picture then.
    fn vector(&self, frame: &SourceFrame) -> Option<Arc<Svg>> {
        let _ = frame;
        None
    }

    /// The fonts of texts: by default the shipped ones.
    fn fonts(&self) -> &FontSet {
        FontSet::shipped_ref()
    }
}

/// Format that the encoder, window or file needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputSpec {
    /// Plane layout of the result.
    pub format: PictureFormat,
    /// Colour tags of the result; primaries and transfer must be those of the canvas.
    pub color: ColorTags,
}

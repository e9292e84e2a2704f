//! The two ends of drawing: where pictures come from, and what the result shall be.
use cutroom_effects::lut::Lut;
use cutroom_timeline::SourceFrame;
use cutroom_types::{ColorTags, Picture, PictureFormat};
use std::sync::Arc;

/// Gives the source pictures that a plan names.
pub trait SourcePictures {
    /// `None` when it was not fetched, which is an error of the caller.
    fn picture(&self, frame: &SourceFrame) -> Option<Picture>;

    /// The look in a file that an effect names; `None` when it was not read.
    fn lut(&self, path: &str) -> Option<Arc<Lut>> {
        let _ = path;
        None
    }
}

/// What the encoder, window or file wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputSpec {
    /// Plane layout of the result.
    pub format: PictureFormat,
    /// Tags of the result; primaries and transfer must be the canvas's.
    pub color: ColorTags,
}

//! Pictures of a film for displays of standard dynamic range.
use crate::PipelineError;
use cutroom_effects::lut::Lut;
use cutroom_render::{OutputSpec, Renderer, SourcePictures};
use cutroom_timeline::{BlendSpace, Canvas, Content, FramePlan, Layer, SourceFrame};
use cutroom_types::{ClipId, ColorTags, MediaId, Picture, PictureFormat, Primaries, Time, Transfer};
use std::sync::Arc;

struct Shown<'a>(&'a Picture);

impl SourcePictures for Shown<'_> {
    fn picture(&self, _: &SourceFrame) -> Option<Picture> {
        Some(self.0.clone())
    }

    fn lut(&self, _: &str) -> Option<Arc<Lut>> {
        None
    }
}

/// The picture in 8-bit sRGB, as it looks as a source in a film of standard range: PQ and HLG are
/// tone-mapped, wide primaries converted. Alpha is kept.
///
/// # Errors
/// A failure of drawing.
pub fn as_srgb(picture: &Picture, renderer: &mut Renderer) -> Result<Picture, PipelineError> {
    let format = PictureFormat { alpha: picture.format.alpha, ..PictureFormat::RGB8 };
    in_standard_range(picture, renderer, &OutputSpec { format, color: ColorTags::SRGB })
}

/// As [`as_srgb`], in another format of sRGB's primaries and transfer.
///
/// # Errors
/// A failure of drawing.
pub fn in_standard_range(picture: &Picture, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
    let canvas = Canvas {
        size: picture.size,
        blend_space: BlendSpace::Gamma,
        primaries: Primaries::Bt709,
        transfer: Transfer::Srgb,
        background: [0.0; 4],
    };
    let frame = SourceFrame::nearest(MediaId::from("frame"), 0, Time::ZERO);
    let layer = Layer::new(ClipId::from("frame"), Content::Media(frame));
    let plan = FramePlan { canvas, time: Time::ZERO, layers: vec![layer] };
    Ok(renderer.render(&plan, &Shown(picture), output)?)
}

//! A colour as a picture.
use crate::RenderError;
use cutroom_timeline::Canvas;
use cutroom_types::{ColorTags, Picture, PictureFormat, Size};

/// A picture of one pixel, in the canvas's display encoding.
pub(super) fn solid_picture(rgba: [f32; 4], canvas: &Canvas) -> Result<Picture, RenderError> {
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let tags = ColorTags { primaries: canvas.primaries, transfer: canvas.transfer, ..ColorTags::SRGB };
    let planes = rgba.iter().map(|v| v.to_le_bytes().to_vec()).collect();
    Picture::from_planes(format, Size { width: 1, height: 1 }, tags, planes)
        .ok_or_else(|| RenderError::Unsupported("a solid".into()))
}

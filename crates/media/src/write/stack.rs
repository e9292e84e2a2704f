//! Stacked alpha: a picture of twice the height, colour above and alpha as grey below, for codecs
//! that have no alpha.
use crate::MediaError;
use crate::write::refuse::refuse;
use cutroom_types::{ColorModel, Picture, PictureFormat, Plane, Range, Size};
use std::sync::Arc;

/// The picture of twice the height, in the same format without alpha. Alpha becomes the value of
/// luma (or of red, green and blue) that shows it as a share of white, in the picture's range;
/// chroma is grey there.
///
/// # Errors
/// [`MediaError::Mismatch`] for a picture without alpha.
pub(crate) fn stacked(picture: &Picture, number: u64) -> Result<Picture, MediaError> {
    let from = picture.format;
    let (Some(alpha), true) = (picture.planes.last().filter(|_| from.alpha), from.bits <= 16) else {
        let reason = format!("{} has no alpha to stack", from);
        return Err(MediaError::Mismatch { what: format!("picture {number}"), reason });
    };
    let format = PictureFormat { alpha: false, ..from };
    let size = Size { width: picture.size.width, height: picture.size.height * 2 };
    let max = (1u32 << format.bits) - 1;
    let is_limited = picture.color.range == Range::Limited && format.model != ColorModel::Rgb;
    let unit = 1u32 << (format.bits - 8);
    // H.273 §8.3: black and white of limited range.
    let (black, span) = if is_limited { (16 * unit, 219 * unit) } else { (0, max) };
    let code = |a: u32| black + (a * span + max / 2) / max;
    let sample = format.bytes_per_sample();
    let planes = (0..format.plane_count()).map(|k| {
        let plane = &picture.planes[k];
        let width = plane.width_bytes();
        let mut bytes = Vec::with_capacity(width * plane.rows() * 2);
        (0..plane.rows()).for_each(|y| bytes.extend_from_slice(plane.row(y)));
        if format.is_chroma(k) {
            let grey = (1u32 << (format.bits - 1)) as u16;
            (0..width / sample * plane.rows()).for_each(|_| put(&mut bytes, grey, sample));
        } else {
            for y in 0..alpha.rows() {
                match sample {
                    1 => bytes.extend(alpha.row(y).iter().map(|a| code(u32::from(*a)) as u8)),
                    _ => alpha.row(y).as_chunks::<2>().0.iter().for_each(|a| {
                        put(&mut bytes, code(u32::from(u16::from_le_bytes(*a))) as u16, sample);
                    }),
                }
            }
        }
        let rows = plane.rows() * 2;
        Plane::new(Arc::new(bytes), 0, width, width, rows)
    });
    let planes = planes.collect::<Option<Vec<_>>>();
    let planes = planes.ok_or_else(|| refuse("a picture's planes do not match its format".into()))?;
    Ok(Picture { format, size, planes, ..picture.clone() })
}

fn put(bytes: &mut Vec<u8>, code: u16, sample: usize) {
    bytes.extend_from_slice(&code.to_le_bytes()[..sample]);
}

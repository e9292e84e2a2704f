//! Hashes of output pictures, for comparing two exports.
use cutroom_types::Picture;

/// BLAKE3 of the picture's format, size and plane rows, without the padding between rows. Two
/// pictures have the same hash exactly when format, size and all samples are the same; the layout
/// of the planes in memory does not matter.
pub fn picture_hash(picture: &Picture) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{} {}x{}", picture.format, picture.size.width, picture.size.height).as_bytes());
    for plane in &picture.planes {
        if plane.stride_bytes() == plane.width_bytes() {
            hasher.update(plane.data());
        } else {
            (0..plane.rows()).for_each(|y| {
                hasher.update(plane.row(y));
            });
        }
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{ColorModel, ColorTags, PictureFormat, Plane, Size};
    use std::sync::Arc;

    #[test]
    fn padding_does_not_count_and_samples_do() {
        let format = PictureFormat { model: ColorModel::Gray, ..PictureFormat::RGB8 };
        let size = Size { width: 2, height: 2 };
        let packed = Picture::from_planes(format, size, ColorTags::SRGB, vec![vec![1, 2, 3, 4]]).unwrap();
        let mut padded = packed.clone();
        padded.planes = vec![Plane::new(Arc::new(vec![1u8, 2, 99, 3, 4]), 0, 3, 2, 2).unwrap()];
        assert_eq!(picture_hash(&packed), picture_hash(&padded));
        let other = Picture::from_planes(format, size, ColorTags::SRGB, vec![vec![1, 2, 3, 5]]).unwrap();
        assert_ne!(picture_hash(&packed), picture_hash(&other));
        // The same bytes with another size are a different picture.
        let flat = Picture::from_planes(format, Size { width: 4, height: 1 }, ColorTags::SRGB, vec![vec![1, 2, 3, 4]]).unwrap();
        assert_ne!(picture_hash(&packed), picture_hash(&flat));
    }
}

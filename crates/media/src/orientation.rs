//! Orientation of pictures from display matrices of containers and EXIF tags of still images.
use cutroom_types::Orientation;

/// Orientation from a display matrix (ISO 14496-12 §8.3.2, nine 16.16 numbers, row vectors). Angles
/// are rounded to the nearest quarter turn; the second result says whether the angle was not a
/// multiple of 90°.
pub(crate) fn from_display_matrix(bytes: &[u8]) -> (Orientation, bool) {
    let m =
        |i: usize| bytes.get(4 * i..4 * i + 4).map_or(0.0, |b| f64::from(i32::from_ne_bytes([b[0], b[1], b[2], b[3]])) / 65536.0);
    let (a, b, c, d) = (m(0), m(1), m(3), m(4));
    let determinant = a * d - b * c;
    if determinant.abs() < 1e-6 {
        return (Orientation::UPRIGHT, false);
    }
    // Mirroring negates (a, b) only, so (c, d) = (−sin, cos) holds with and without it.
    let quarters = (-c).atan2(d).to_degrees() / 90.0;
    let exact = (quarters - quarters.round()).abs() < 0.01;
    (Orientation { mirrored: determinant < 0.0, quarter_turns: (quarters.round() as i32).rem_euclid(4) as u8 }, !exact)
}

/// EXIF orientation of a JPEG, TIFF, PNG or WebP file's bytes (JEITA CP-3451 §4.6.4); `None`
/// without one.
pub(crate) fn exif_orientation(file: &[u8]) -> Option<u32> {
    if file.starts_with(&[0xFF, 0xD8]) {
        let mut rest = &file[2..];
        while let [0xFF, marker, high, low, ..] = *rest {
            if marker == 0xFF {
                rest = &rest[1..];
                continue;
            }
            let length = usize::from(u16::from_be_bytes([high, low]));
            let segment = rest.get(4..2 + length)?;
            match marker {
                0xE1 if segment.starts_with(b"Exif\0\0") => return tiff_orientation(&segment[6..]),
                0xDA | 0xD9 => return None,
                _ => rest = &rest[2 + length..],
            }
        }
        None
    } else if file.starts_with(b"II*\0") || file.starts_with(b"MM\0*") {
        tiff_orientation(file)
    } else if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        let mut rest = &file[8..];
        while rest.len() >= 8 {
            let length = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
            if &rest[4..8] == b"eXIf" {
                return tiff_orientation(rest.get(8..8usize.checked_add(length)?)?);
            }
            rest = rest.get(length.checked_add(12)?..)?;
        }
        None
    } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
        let mut rest = &file[12..];
        while rest.len() >= 8 {
            let length = u32::from_le_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
            if &rest[..4] == b"EXIF" {
                let body = rest.get(8..8usize.checked_add(length)?)?;
                return tiff_orientation(body.strip_prefix(b"Exif\0\0").unwrap_or(body));
            }
            rest = rest.get(8usize.checked_add(length)?.checked_add(length & 1)?..)?;
        }
        None
    } else {
        None
    }
}

/// Tag 0x0112 of the first directory of a TIFF block.
fn tiff_orientation(tiff: &[u8]) -> Option<u32> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let b = tiff.get(at..at.checked_add(2)?)?;
        Some(if little { u16::from_le_bytes([b[0], b[1]]) } else { u16::from_be_bytes([b[0], b[1]]) })
    };
    let u32_at = |at: usize| {
        let b = tiff.get(at..at.checked_add(4)?)?;
        Some(if little { u32::from_le_bytes([b[0], b[1], b[2], b[3]]) } else { u32::from_be_bytes([b[0], b[1], b[2], b[3]]) })
    };
    let directory = u32_at(4)? as usize;
    for entry in 0..usize::from(u16_at(directory)?) {
        let at = directory.checked_add(2 + 12 * entry)?;
        if u16_at(at)? == 0x0112 {
            return u16_at(at.checked_add(8)?).map(u32::from).filter(|v| (1..=8).contains(v));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(a: i32, b: i32, c: i32, d: i32) -> Vec<u8> {
        [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30].iter().flat_map(|v| v.to_ne_bytes()).collect()
    }

    #[test]
    fn display_matrices() {
        for ((a, b, c, d), mirrored, quarter_turns) in [
            ((1, 0, 0, 1), false, 0),
            ((0, 1, -1, 0), false, 1),
            ((-1, 0, 0, -1), false, 2),
            ((0, -1, 1, 0), false, 3),
            ((-1, 0, 0, 1), true, 0),
            ((1, 0, 0, -1), true, 2),
        ] {
            assert_eq!(from_display_matrix(&matrix(a, b, c, d)), (Orientation { mirrored, quarter_turns }, false));
        }
        assert_eq!(from_display_matrix(&[0; 36]).0, Orientation::UPRIGHT);
        assert!(from_display_matrix(&matrix(1, 1, -1, 1)).1, "45 degrees is not a quarter turn");
    }

    #[test]
    fn exif_in_both_byte_orders_and_cut_anywhere() {
        let le = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let be = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
        assert_eq!((exif_orientation(le), exif_orientation(be)), (Some(6), Some(8)));
        let mut jpeg = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1, 0, (le.len() + 8) as u8];
        jpeg.extend_from_slice(b"Exif\0\0");
        jpeg.extend_from_slice(le);
        assert_eq!(exif_orientation(&jpeg), Some(6));
        for n in 0..jpeg.len() {
            let _ = exif_orientation(&jpeg[..n]);
        }
    }
}

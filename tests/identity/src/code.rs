//! The picture code: clip, frame number and a checksum as black and white cells.
//!
//! A picture of 320×180 has two halves, upper and lower. A clip draws its code into one of them and
//! leaves the other black, so that a dissolve between clips of different halves shows both codes,
//! each at its own contrast. A half is 8×5 cells of 40×18 pixels: four rows of payload, most
//! significant bit first, and a row of references (white, black, …). The cells are compared with
//! the references, whose contrast is the weight of the clip.

/// Width of coded pictures in pixels.
pub const WIDTH: usize = 320;
/// Height of coded pictures in pixels.
pub const HEIGHT: usize = 180;
/// Luma of white cells.
pub const WHITE: u8 = 235;
/// Luma of black cells.
pub const BLACK: u8 = 16;

const COLUMNS: usize = 8;
const ROWS: usize = 5;
const CELL_WIDTH: usize = WIDTH / COLUMNS;
const CELL_HEIGHT: usize = HEIGHT / 2 / ROWS;

/// Minimum difference of luma between white and black at which a code counts as visible.
const MIN_CONTRAST: f32 = 6.0;

/// The code in one half of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Number of the clip.
    pub clip: u8,
    /// Number of the frame in the clip.
    pub frame: u16,
    /// Contrast, 1 for a clip shown alone.
    pub weight: f32,
}

/// CRC-8 with polynomial x⁸+x²+x+1 (ITU-T I.432.1 without its final addition).
fn checksum(bytes: [u8; 3]) -> u8 {
    bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ byte, |c: u8, _| if c & 0x80 != 0 { (c << 1) ^ 0x07 } else { c << 1 }))
}

/// The luma plane of one coded picture; `half` 0 is the upper half.
pub fn draw(clip: u8, frame: u16, half: usize) -> Vec<u8> {
    let [high, low] = frame.to_be_bytes();
    let payload = u32::from_be_bytes([clip, high, low, checksum([clip, high, low])]);
    let mut luma = vec![BLACK; WIDTH * HEIGHT];
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let white = if row == ROWS - 1 { column % 2 == 0 } else { payload >> (31 - (row * COLUMNS + column)) & 1 == 1 };
            if white {
                let (left, top) = (column * CELL_WIDTH, half * HEIGHT / 2 + row * CELL_HEIGHT);
                for y in top..top + CELL_HEIGHT {
                    luma[y * WIDTH + left..y * WIDTH + left + CELL_WIDTH].fill(WHITE);
                }
            }
        }
    }
    luma
}

/// Returns the code in one half of a picture; `None` if the half is black.
///
/// # Errors
/// If a code is visible but inconsistent: two frames are mixed, or the picture is damaged.
pub fn read(luma: &[u8], half: usize) -> Result<Option<Mark>, String> {
    let cell = |row: usize, column: usize| {
        let (left, top) = (column * CELL_WIDTH, half * HEIGHT / 2 + row * CELL_HEIGHT);
        let (xs, ys) = (left + CELL_WIDTH / 4..left + CELL_WIDTH * 3 / 4, top + CELL_HEIGHT / 4..top + CELL_HEIGHT * 3 / 4);
        let sum: u32 = ys.clone().flat_map(|y| xs.clone().map(move |x| u32::from(luma[y * WIDTH + x]))).sum();
        sum as f32 / (xs.len() * ys.len()) as f32
    };
    let reference = |first: usize| (first..COLUMNS).step_by(2).map(|c| cell(ROWS - 1, c)).sum::<f32>() / (COLUMNS / 2) as f32;
    let (white, black) = (reference(0), reference(1));
    let contrast = white - black;
    if contrast < MIN_CONTRAST {
        return Ok(None);
    }
    let mut payload = 0u32;
    for row in 0..ROWS - 1 {
        for column in 0..COLUMNS {
            let level = (cell(row, column) - black) / contrast;
            if (0.3..0.7).contains(&level) {
                return Err(format!("cell {row},{column} is neither black nor white ({level:.2}): two frames are mixed"));
            }
            payload = payload << 1 | u32::from(level > 0.5);
        }
    }
    let [clip, high, low, sum] = payload.to_be_bytes();
    if checksum([clip, high, low]) != sum {
        return Err(format!("the checksum of {payload:08x} is wrong"));
    }
    let weight = contrast / f32::from(WHITE - BLACK);
    Ok(Some(Mark { clip, frame: u16::from_be_bytes([high, low]), weight }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_survives() {
        for n in (0..16).map(|bit| 1u16 << bit).chain([0, 0xffff, 12345]) {
            for half in 0..2 {
                let luma = draw(0xa5, n, half);
                assert_eq!(read(&luma, half), Ok(Some(Mark { clip: 0xa5, frame: n, weight: 1.0 })));
                assert_eq!(read(&luma, 1 - half), Ok(None));
            }
        }
    }

    #[test]
    fn both_sides_of_a_dissolve_are_read() {
        let mixed: Vec<u8> =
            draw(1, 100, 0).iter().zip(draw(2, 7, 1)).map(|(a, b)| ((u32::from(*a) * 9 + u32::from(b)) / 10) as u8).collect();
        let (a, b) = (read(&mixed, 0).unwrap().unwrap(), read(&mixed, 1).unwrap().unwrap());
        assert_eq!((a.clip, a.frame, b.clip, b.frame), (1, 100, 2, 7));
        assert!((a.weight - 0.9).abs() < 0.02 && (b.weight - 0.1).abs() < 0.02);
    }

    #[test]
    fn mixed_frames_of_one_clip_are_noticed() {
        let mixed: Vec<u8> =
            draw(1, 100, 0).iter().zip(draw(1, 101, 0)).map(|(a, b)| ((u32::from(*a) + u32::from(b)) / 2) as u8).collect();
        assert!(read(&mixed, 0).is_err());
        assert_eq!(read(&vec![BLACK; WIDTH * HEIGHT], 0), Ok(None));
    }
}

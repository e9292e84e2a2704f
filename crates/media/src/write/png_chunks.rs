//! Chunks that FFmpeg's PNG encoder does not write.
use cutroom_types::ColorTags;

/// Length of the signature and of the first chunk, IHDR, which all others follow (PNG, third
/// edition, §5.2 and §11.2.1).
const HEADER_BYTES: usize = 8 + 12 + 13;

/// Adds the chunk cICP to the bytes of a PNG file with RGB of high dynamic range: the code points of
/// H.273 for primaries and transfer, without which viewers would show PQ and HLG as sRGB. Files of
/// other transfers stay as they are. §11.3.2.6: the matrix is 0 (RGB), the range full.
pub(crate) fn add_cicp(bytes: &mut Vec<u8>, color: ColorTags) {
    if color.transfer.is_hdr() && bytes.len() >= HEADER_BYTES {
        let data = [color.primaries.code(), color.transfer.code(), 0, 1];
        let body: Vec<u8> = b"cICP".iter().chain(&data).copied().collect();
        let chunk = [&(data.len() as u32).to_be_bytes()[..], &body, &crc32(&body).to_be_bytes()].concat();
        bytes.splice(HEADER_BYTES..HEADER_BYTES, chunk);
    }
}

/// The checksum of chunks, ISO 3309 (PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The empty last chunk of every PNG file, and the check value of the catalogue of CRCs.
    #[test]
    fn checksums_are_those_of_png() {
        assert_eq!((crc32(b"IEND"), crc32(b"123456789")), (0xae42_6082, 0xcbf4_3926));
    }
}

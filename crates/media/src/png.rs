//! What PNG files state and FFmpeg 5.1 does not read: the chunk cICP.
use crate::{input::Input, tags::AvColor};
use std::{fs::File, io::Read};

/// Bytes at the start of a file that are searched; the chunk comes before the pixels, after at most
/// a colour profile.
const HEAD_BYTES: u64 = 1 << 20;

/// Primaries and transfer of the chunk cICP, which takes precedence over all others (PNG, third
/// edition, §4.3); nothing stated if the file is no PNG or has none.
pub(crate) fn stated_color(input: &Input) -> AvColor {
    let nothing = AvColor { primaries: 2, transfer: 2, matrix: 2, range: 0, chroma: 0 };
    let mut head = Vec::new();
    if !input.format_name().starts_with("png_pipe")
        || File::open(input.path()).and_then(|f| f.take(HEAD_BYTES).read_to_end(&mut head)).is_err()
    {
        return nothing;
    }
    cicp(&head).map_or(nothing, |[primaries, transfer]| AvColor {
        primaries: i32::from(primaries),
        transfer: i32::from(transfer),
        ..nothing
    })
}

/// The first two bytes of the chunk.
fn cicp(file: &[u8]) -> Option<[u8; 2]> {
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (name, data) = after.split_first_chunk::<4>()?;
        match name {
            b"cICP" => return data.first_chunk().copied(),
            b"IDAT" => return None,
            // The data and their checksum.
            _ => rest = data.get(u32::from_be_bytes(*length) as usize..)?.get(4..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunk_is_found_among_others_and_damage_is_none() {
        let chunk = |name: &[u8], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], name, data, &[0; 4]].concat();
        let file = |chunks: &[Vec<u8>]| [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat();
        let (head, cicp_chunk, pixels) = (chunk(b"IHDR", &[0; 13]), chunk(b"cICP", &[9, 16, 0, 1]), chunk(b"IDAT", &[1, 2]));
        let whole = file(&[head.clone(), chunk(b"gAMA", &[0; 4]), cicp_chunk.clone(), pixels.clone()]);
        assert_eq!(cicp(&whole), Some([9, 16]));
        assert_eq!(cicp(&file(&[head.clone(), pixels.clone(), cicp_chunk])), None);
        for end in 0..whole.len() {
            assert!(cicp(&whole[..end]).is_none_or(|found| found == [9, 16]), "{end}");
        }
        let huge = file(&[head, [&u32::MAX.to_be_bytes()[..], b"iCCP", &[0; 9]].concat()]);
        assert_eq!(cicp(&huge), None);
    }
}

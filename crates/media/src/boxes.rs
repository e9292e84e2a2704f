//! Whether the boxes of an ISO base media file fit into it (ISO/IEC 14496-12 §4.2): FFmpeg reads on without a word when they do not.
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// Top-level boxes looked at; fragmented files have many.
const MOST_BOXES: usize = 100_000;

/// The first top-level box that ends behind the file's end, in words. Files that cannot be read have none.
pub(crate) fn overrun(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut at = 0u64;
    for _ in 0..MOST_BOXES {
        let mut head = [0u8; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut head[..8]).ok()?;
        let kind = &head[4..8];
        if !kind.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
            return None;
        }
        let kind = String::from_utf8_lossy(kind).into_owned();
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            // Up to the end of the file.
            0 => return None,
            1 => {
                file.read_exact(&mut head[8..16]).ok()?;
                u64::from_be_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]])
            }
            n => u64::from(n),
        };
        let end = at.checked_add(size.max(8))?;
        if end > length {
            return Some(format!(
                "its box \"{}\" of {size} bytes ends {} bytes behind the end of the file: it was cut off or is damaged",
                kind.trim(),
                end - length
            ));
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_overrun_the_file_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let told = |bytes: &[u8]| {
            let path = dir.path().join("a.mp4");
            std::fs::write(&path, bytes).unwrap();
            overrun(&path)
        };
        let one = |size: u32, kind: &[u8; 4], body: usize| [&size.to_be_bytes()[..], kind, &vec![0; body]].concat();
        assert_eq!(told(&[one(16, b"ftyp", 8), one(8, b"mdat", 0)].concat()), None);
        assert_eq!(told(&[one(16, b"ftyp", 8), one(0, b"mdat", 50)].concat()), None);
        // A terminator of QuickTime.
        assert_eq!(told(&[one(16, b"ftyp", 8), vec![0; 4]].concat()), None);
        let text = told(&[one(16, b"ftyp", 8), one(100, b"mdat", 82)].concat()).unwrap();
        assert!(text.contains("mdat") && text.contains(" 10 bytes behind"), "{text}");
        let large = [&1u32.to_be_bytes()[..], b"mdat", &(1u64 << 40).to_be_bytes()].concat();
        assert!(told(&large).is_some());
    }
}

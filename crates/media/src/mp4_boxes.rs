//! Checks that the boxes of an ISO base media file fit into it (ISO/IEC 14496-12 §4.2) and that its
//! movie header exists (§8.2.2). FFmpeg reads on silently when they do not.
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// Maximum number of top-level boxes that are checked; fragmented files have many.
const MAX_BOXES: usize = 100_000;

/// As [`defect_in`], for the file at `path`; `None` also when it cannot be opened.
pub(crate) fn defect(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    defect_in(&mut file, length)
}

/// Describes the first top-level box that ends after `length`, the size of the file in bytes, or a
/// missing movie header or one without a timescale. `None` without such a defect, and when reading
/// fails.
pub fn defect_in(file: &mut (impl Read + Seek), length: u64) -> Option<String> {
    let mut at = 0u64;
    for _ in 0..MAX_BOXES {
        let mut head = [0u8; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut head[..8]).ok()?;
        let kind = &head[4..8];
        if !kind.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
            return None;
        }
        let kind = String::from_utf8_lossy(kind).into_owned();
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            // The box extends to the end of the file.
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
        if kind == "moov"
            && let Some(defect) = header_defect(file, at + 8, end)
        {
            return Some(defect);
        }
        at = end;
    }
    None
}

/// Describes what is wrong with the movie header (`mvhd`) among the boxes of `moov` between the
/// offsets `at` and `end`.
fn header_defect(file: &mut (impl Read + Seek), mut at: u64, end: u64) -> Option<String> {
    while at + 8 <= end {
        let mut head = [0u8; 8];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut head).ok()?;
        let size = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        match &head[4..8] {
            b"mvhd" => {
                let mut body = [0u8; 24];
                file.read_exact(&mut body).ok()?;
                // Version 1 has times of 64 bits before the timescale.
                let from = if body[0] == 1 { 20 } else { 12 };
                let is_timeless = body[from..from + 4] == [0; 4];
                return is_timeless.then(|| "its movie header has a timescale of 0: the file's times are meaningless".into());
            }
            // A compressed movie header contains its own `mvhd`.
            b"cmov" => return None,
            _ if size < 8 => break,
            _ => at += size,
        }
    }
    Some("its movie header (mvhd) is missing or damaged: times of the whole file are unknown".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_overrun_the_file_and_headers_without_time_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let defect_of = |bytes: &[u8]| {
            let path = dir.path().join("a.mp4");
            std::fs::write(&path, bytes).unwrap();
            defect(&path)
        };
        let one = |size: u32, kind: &[u8; 4], body: usize| [&size.to_be_bytes()[..], kind, &vec![0; body]].concat();
        assert_eq!(defect_of(&[one(16, b"ftyp", 8), one(8, b"mdat", 0)].concat()), None);
        assert_eq!(defect_of(&[one(16, b"ftyp", 8), one(0, b"mdat", 50)].concat()), None);
        // A terminator of QuickTime.
        assert_eq!(defect_of(&[one(16, b"ftyp", 8), vec![0; 4]].concat()), None);
        let text = defect_of(&[one(16, b"ftyp", 8), one(100, b"mdat", 82)].concat()).unwrap();
        assert!(text.contains("mdat") && text.contains(" 10 bytes behind"), "{text}");
        let moov = |header: &[u8]| {
            [one(16, b"ftyp", 8), (8 + header.len() as u32).to_be_bytes().to_vec(), b"moov".to_vec(), header.to_vec()].concat()
        };
        let mvhd = |timescale: u8| {
            let mut header = one(108, b"mvhd", 100);
            header[8 + 15] = timescale;
            header
        };
        assert_eq!(defect_of(&moov(&[one(12, b"iods", 4), mvhd(25)].concat())), None);
        assert!(defect_of(&moov(&mvhd(0))).unwrap().contains("timescale of 0"));
        assert!(defect_of(&moov(&one(108, b"m\x01hd", 100))).unwrap().contains("mvhd"));
        let large = [&1u32.to_be_bytes()[..], b"mdat", &(1u64 << 40).to_be_bytes()].concat();
        assert!(defect_of(&large).is_some());
    }
}

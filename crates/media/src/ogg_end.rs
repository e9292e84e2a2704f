//! Where a Theora stream in Ogg ends. Frames that repeat the one before are empty packets, which
//! FFmpeg drops; the granule position of the last page counts them (Theora specification, A.2.3).
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// Bytes at the start and at the end of a file that are searched for pages; a page has at most
/// 65 307 bytes.
const SEARCHED: u64 = 1 << 19;

/// Number of frames, repeats included, of the file's Theora stream number `stream` (counted among
/// its Theora streams); `None` when the file is joined, cut off or not of this kind.
pub(crate) fn theora_frames(path: &Path, stream: usize) -> Option<i64> {
    frames_in(&mut File::open(path).ok()?, stream)
}

/// As [`theora_frames`].
pub fn frames_in(file: &mut (impl Read + Seek), stream: usize) -> Option<i64> {
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    file.seek(SeekFrom::Start(0)).ok()?;
    file.by_ref().take(SEARCHED).read_to_end(&mut head).ok()?;
    let length = file.seek(SeekFrom::End(0)).ok()?;
    file.seek(SeekFrom::Start(length.saturating_sub(SEARCHED))).ok()?;
    file.take(SEARCHED).read_to_end(&mut tail).ok()?;
    let first = pages(&head).filter(|p| p.is_first && p.body.starts_with(b"\x80theora")).nth(stream)?;
    let version = first.body.get(7..10)?;
    // Number of bits of a granule position that count the frames since a keyframe.
    let shift = (first.body.get(40)? & 3) << 3 | first.body.get(41)? >> 5;
    let last = pages(&tail).filter(|p| p.serial == first.serial && p.granule >= 0).last()?;
    let frames = (last.granule >> shift).checked_add(last.granule & ((1i64 << shift) - 1))?;
    // Before version 3.2.1 frames were counted from 0.
    frames.checked_add(i64::from(version < &[3, 2, 1][..]))
}

struct Page<'a> {
    is_first: bool,
    granule: i64,
    serial: [u8; 4],
    body: &'a [u8],
}

/// The pages in a part of a file (RFC 3533 §6).
fn pages(bytes: &[u8]) -> impl Iterator<Item = Page<'_>> {
    let starts = bytes.windows(5).enumerate().filter(|(_, w)| *w == b"OggS\0").map(|b| b.0);
    starts.filter_map(|at| {
        let page = &bytes[at..];
        let segments = usize::from(*page.get(26)?);
        Some(Page {
            is_first: page[5] & 2 != 0,
            granule: i64::from_le_bytes(page.get(6..14)?.try_into().ok()?),
            serial: page.get(14..18)?.try_into().ok()?,
            body: page.get(27 + segments..)?,
        })
    })
}

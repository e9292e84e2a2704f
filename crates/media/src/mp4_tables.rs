//! The sample tables of an ISO base media file (ISO/IEC 14496-12 §8.5 to §8.7): for each track the
//! times and places of its samples and its edit list, as the file states them.
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// Largest movie header that is read, bytes.
const MAX_HEADER: u64 = 256 << 20;
/// Maximum number of top-level boxes before the movie header.
const MAX_BOXES: usize = 100_000;
/// Maximum number of samples of a track; more are taken for damage.
const MAX_SAMPLES: usize = 1 << 24;

/// A stretch of a track's media in its presentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Length in the presentation, ticks of the movie; 0 for "to the end".
    pub duration: u64,
    /// Composition time at which it begins, ticks of the track; `None` for an empty edit.
    pub media_time: Option<i64>,
    /// Speed, 16.16 fixed point; 65536 is the usual one.
    pub rate: i32,
}

/// A sample of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Byte position in the file.
    pub pos: u64,
    /// Composition time, ticks of the track.
    pub time: i64,
    /// Duration that the file states, ticks of the track.
    pub duration: i64,
}

/// The tables of one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Track id, which FFmpeg gives to the stream as well.
    pub id: u32,
    /// Whether it holds alpha or depth for another track (handler "auxv").
    pub is_auxiliary: bool,
    /// Ticks per second of samples' times.
    pub timescale: u32,
    /// Ticks per second of the lengths of edits.
    pub movie_timescale: u32,
    /// The edit list; empty when the file has none.
    pub edits: Vec<Edit>,
    /// Samples in decoding order.
    pub samples: Vec<Sample>,
}

/// The tables of all tracks of the file at `path`; none where the file is not of this kind, is
/// damaged, or is fragmented.
pub(crate) fn tracks(path: &Path) -> Vec<Track> {
    File::open(path).ok().and_then(|mut file| tracks_in(&mut file)).unwrap_or_default()
}

/// As [`tracks`]. `None` when there is no movie header, or reading fails.
pub fn tracks_in(file: &mut (impl Read + Seek)) -> Option<Vec<Track>> {
    let mut at = 0u64;
    for _ in 0..MAX_BOXES {
        let mut head = [0u8; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut head[..8]).ok()?;
        let (mut size, mut body) = (u64::from(u32_at(&head, 0)?), 8);
        if size == 1 {
            file.read_exact(&mut head[8..]).ok()?;
            (size, body) = (u64_at(&head, 8)?, 16);
        }
        if &head[4..8] == b"moov" {
            let length = size.checked_sub(body).filter(|n| *n <= MAX_HEADER)?;
            let mut moov = Vec::new();
            file.take(length).read_to_end(&mut moov).ok()?;
            return movie(&moov);
        }
        at = at.checked_add(size).filter(|_| size >= body)?;
    }
    None
}

fn movie(moov: &[u8]) -> Option<Vec<Track>> {
    // Samples in fragments are in no table.
    if child(moov, b"mvex").is_some() {
        return None;
    }
    let mvhd = child(moov, b"mvhd")?;
    let movie_timescale = u32_at(mvhd, if *mvhd.first()? == 1 { 20 } else { 12 }).filter(|t| *t > 0)?;
    Some(boxes(moov).filter(|b| b.0 == *b"trak").filter_map(|b| track(b.1, movie_timescale)).collect())
}

fn track(trak: &[u8], movie_timescale: u32) -> Option<Track> {
    let tkhd = child(trak, b"tkhd")?;
    let id = u32_at(tkhd, if *tkhd.first()? == 1 { 20 } else { 12 })?;
    let mdia = child(trak, b"mdia")?;
    let mdhd = child(mdia, b"mdhd")?;
    let timescale = u32_at(mdhd, if *mdhd.first()? == 1 { 20 } else { 12 }).filter(|t| *t > 0)?;
    let edits = child(trak, b"edts").and_then(|edts| child(edts, b"elst")).map_or(Some(Vec::new()), edits)?;
    let samples = samples(child(child(mdia, b"minf")?, b"stbl")?)?;
    let is_auxiliary = child(mdia, b"hdlr").and_then(|h| h.get(8..12)) == Some(b"auxv");
    Some(Track { id, is_auxiliary, timescale, movie_timescale, edits, samples })
}

fn edits(elst: &[u8]) -> Option<Vec<Edit>> {
    let long = *elst.first()? == 1;
    let width = if long { 20 } else { 12 };
    elst.get(8..)?
        .chunks_exact(width)
        .take(u32_at(elst, 4)? as usize)
        .map(|e| {
            let (duration, time) = if long {
                (u64_at(e, 0)?, u64_at(e, 8)? as i64)
            } else {
                (u64::from(u32_at(e, 0)?), i64::from(u32_at(e, 4)? as i32))
            };
            Some(Edit { duration, media_time: (time >= 0).then_some(time), rate: u32_at(e, width - 4)? as i32 })
        })
        .collect()
}

fn samples(stbl: &[u8]) -> Option<Vec<Sample>> {
    let sizes = child(stbl, b"stsz").map(|b| (u32_at(b, 4).unwrap_or(0), b.get(12..).unwrap_or_default(), u32_at(b, 8)));
    let (equal, sizes, count) = sizes?;
    let count = count? as usize;
    if count > MAX_SAMPLES || (equal == 0 && sizes.len() / 4 < count) {
        return None;
    }
    let size = |n: usize| if equal > 0 { u64::from(equal) } else { u64::from(u32_at(sizes, 4 * n).unwrap_or(0)) };
    let chunks: Vec<u64> = match (child(stbl, b"stco"), child(stbl, b"co64")) {
        (Some(b), _) => b.get(8..)?.chunks_exact(4).filter_map(|c| u32_at(c, 0)).map(u64::from).collect(),
        (_, Some(b)) => b.get(8..)?.chunks_exact(8).filter_map(|c| u64_at(c, 0)).collect(),
        _ => return None,
    };
    // Samples per chunk, in runs: (first chunk, counted from 1; samples).
    let runs: Vec<(usize, usize)> = child(stbl, b"stsc")?
        .get(8..)?
        .chunks_exact(12)
        .map(|c| Some((u32_at(c, 0)? as usize, u32_at(c, 4)? as usize)))
        .collect::<Option<_>>()?;
    let mut out = Vec::new();
    let mut run = 0;
    'chunks: for (n, &start) in chunks.iter().enumerate() {
        while runs.get(run + 1).is_some_and(|next| next.0 <= n + 1) {
            run += 1;
        }
        let mut pos = start;
        for _ in 0..runs.get(run)?.1 {
            if out.len() == count {
                break 'chunks;
            }
            out.push(Sample { pos, time: 0, duration: 0 });
            pos = pos.checked_add(size(out.len() - 1))?;
        }
    }
    let mut at = 0i64;
    let mut n = 0;
    for (times, delta) in pairs(child(stbl, b"stts")?) {
        for _ in 0..times {
            let Some(s) = out.get_mut(n) else { break };
            (s.time, s.duration) = (at, i64::from(delta));
            at = at.checked_add(i64::from(delta))?;
            n += 1;
        }
    }
    // Times that the table lacks would be invented.
    out.truncate(n);
    let mut n = 0;
    for (times, offset) in child(stbl, b"ctts").into_iter().flat_map(pairs) {
        for _ in 0..times {
            let Some(s) = out.get_mut(n) else { break };
            // Version 0 has unsigned offsets, but negative ones are written into it, too.
            s.time += i64::from(offset as i32);
            n += 1;
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Entries of a table of pairs (`stts`, `ctts`).
fn pairs(table: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let count = u32_at(table, 4).unwrap_or(0) as usize;
    table.get(8..).unwrap_or_default().chunks_exact(8).take(count).filter_map(|e| Some((u32_at(e, 0)?, u32_at(e, 4)?)))
}

/// The boxes in `bytes`: kind and contents. Ends at the first one that does not fit.
pub(crate) fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let kind = rest.get(4..8)?.try_into().ok()?;
        let (size, head) = match u32_at(rest, 0)? {
            0 => (rest.len(), 8),
            1 => (usize::try_from(u64_at(rest, 8)?).ok()?, 16),
            n => (n as usize, 8),
        };
        let body = rest.get(head..size)?;
        rest = &rest[size..];
        Some((kind, body))
    })
}

/// Contents of the first box of a kind in `bytes`.
pub(crate) fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|b| b.0 == *kind).map(|b| b.1)
}

/// A big-endian number of 32 bits.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

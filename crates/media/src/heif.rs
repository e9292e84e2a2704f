//! What a HEIF or AVIF file states about its primary picture and FFmpeg 5.1 does not read:
//! rotation, mirroring, and alpha in a picture of its own (ISO/IEC 23008-12 §6.5.10, §6.5.12, §6.6).
use crate::mp4_tables::{boxes, child, u32_at};
use cutroom_types::Orientation;
use std::collections::BTreeMap;

/// Properties of the primary picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// How it is turned upright.
    pub orientation: Orientation,
    /// Whether the file holds alpha for it in an auxiliary picture or track.
    pub has_alpha: bool,
}

/// Name of auxiliary pictures with alpha; HEVC has one of its own.
pub(crate) const ALPHA: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];

/// Properties of the primary picture of a file, of which `file` is the beginning. `None` when it is
/// no HEIF.
pub fn properties(file: &[u8]) -> Option<Properties> {
    let meta = boxes(file).find(|b| b.0 == *b"meta")?.1.get(4..)?;
    let pitm = child(meta, b"pitm")?;
    let primary = if *pitm.first()? == 0 { u32::from(u16_at(pitm, 4)?) } else { u32_at(pitm, 4)? };
    let iprp = child(meta, b"iprp")?;
    let known: Vec<([u8; 4], &[u8])> = boxes(child(iprp, b"ipco")?).collect();
    let mut found = Properties::default();
    for (kind, body) in &known {
        found.has_alpha |= kind == b"auxC" && ALPHA.iter().any(|name| body.get(4..).is_some_and(|b| b.starts_with(name)));
    }
    for number in associations(iprp)?.remove(&primary).unwrap_or_default() {
        let Some((kind, body)) = usize::from(number).checked_sub(1).and_then(|n| known.get(n)) else { continue };
        let Orientation { mirrored, quarter_turns } = found.orientation;
        let value = body.first().copied().unwrap_or(0);
        found.orientation = match kind {
            // Quarter turns anticlockwise.
            b"irot" => Orientation { mirrored, quarter_turns: (quarter_turns + 4 - (value & 3)) % 4 },
            // Axis 0 exchanges top and bottom, axis 1 left and right.
            b"imir" => Orientation { mirrored: !mirrored, quarter_turns: (if value & 1 == 0 { 6 } else { 4 } - quarter_turns) % 4 },
            _ => continue,
        };
    }
    Some(found)
}

/// Numbers, from 1, of the properties of each item, in their order. `None` for a damaged box.
pub(crate) fn associations(iprp: &[u8]) -> Option<BTreeMap<u32, Vec<u16>>> {
    let mut out: BTreeMap<u32, Vec<u16>> = BTreeMap::new();
    for (_, ipma) in boxes(iprp).filter(|b| b.0 == *b"ipma") {
        let (wide_items, wide_numbers) = (*ipma.first()? > 0, ipma.get(3)? & 1 != 0);
        let mut at = 8;
        for _ in 0..u32_at(ipma, 4)? {
            let id = if wide_items { u32_at(ipma, at)? } else { u32::from(u16_at(ipma, at)?) };
            at += if wide_items { 4 } else { 2 };
            let count = *ipma.get(at)?;
            at += 1;
            for _ in 0..count {
                let number = if wide_numbers { u16_at(ipma, at)? & 0x7FFF } else { u16::from(ipma.get(at)? & 0x7F) };
                at += if wide_numbers { 2 } else { 1 };
                out.entry(id).or_default().push(number);
            }
        }
    }
    Some(out)
}

/// A big-endian number of 16 bits.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(8 + body.len() as u32).to_be_bytes()[..], kind, body].concat()
    }

    /// A file whose primary picture is item 2 and has these properties.
    fn file(properties: &[Vec<u8>]) -> Vec<u8> {
        let numbers: Vec<u8> = (1..=properties.len() as u8).map(|n| n | 0x80).collect();
        let ipma = [&[0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, numbers.len() as u8][..], &numbers].concat();
        let iprp = a_box(b"iprp", &[a_box(b"ipco", &properties.concat()), a_box(b"ipma", &ipma)].concat());
        let meta = a_box(b"meta", &[&[0; 4][..], &a_box(b"pitm", &[0, 0, 0, 0, 0, 2]), &iprp].concat());
        [a_box(b"ftyp", b"avif\0\0\0\0"), meta].concat()
    }

    /// The pairs of `irot` and `imir` that libavif writes for each EXIF orientation (src/exif.c).
    #[test]
    fn turns_and_mirrors_are_those_of_libavif() {
        let pairs = [(None, None), (None, Some(1)), (Some(2), None), (None, Some(0)), (Some(1), Some(0)), (Some(3), None)];
        let pairs = [&pairs[..], &[(Some(3), Some(0)), (Some(1), None)]].concat();
        for (n, (turn, axis)) in pairs.into_iter().enumerate() {
            let turn = turn.map(|v: u8| a_box(b"irot", &[v]));
            let mirror = axis.map(|v: u8| a_box(b"imir", &[v]));
            let all: Vec<Vec<u8>> = std::iter::once(a_box(b"ispe", &[0; 12])).chain(turn).chain(mirror).collect();
            let bytes = file(&all);
            let found = properties(&bytes).unwrap();
            assert_eq!((found.orientation, found.has_alpha), (Orientation::from_exif(n as u32 + 1), false), "EXIF {}", n + 1);
            for n in 0..bytes.len() {
                let _ = properties(&bytes[..n]);
            }
        }
        let aux = a_box(b"auxC", &[&[0; 4][..], ALPHA[0], b"\0"].concat());
        assert!(properties(&file(&[aux])).unwrap().has_alpha);
    }
}

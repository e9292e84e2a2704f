//! The pictures of a HEIF file that FFmpeg 5.1 does not demux: one coded with HEVC, or a grid of
//! tiles coded with HEVC or AV1 (ISO/IEC 23008-12, boxes of ISO/IEC 14496-12 §8.11). Only described
//! here: `heif_picture` decodes them.
use crate::{
    heif::{ALPHA, associations, u16_at},
    mp4_tables::{boxes, child, u32_at},
};
use cutroom_types::Size;
use std::{
    collections::BTreeMap,
    io::{Read, Seek, SeekFrom},
};

/// Largest box `meta` that is read, bytes.
const MAX_META: u64 = 16 << 20;
/// Maximum number of pieces of all items together.
const MAX_PIECES: usize = 1 << 20;
/// Maximum number of boxes before `meta`.
const MAX_BOXES: usize = 1000;
/// Brands of files whose pictures are items.
const BRANDS: [&[u8]; 7] = [b"mif1", b"mif2", b"heic", b"heix", b"heim", b"heis", b"avif"];

/// A coded picture of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coded {
    /// Number of the item.
    pub item: u32,
    /// Whether it is coded with AV1; else with HEVC.
    pub is_av1: bool,
    /// Size as the file states it, pixels.
    pub size: Size,
    /// Index of the property that sets the decoder up.
    setup: usize,
}

/// A picture and the tiles that it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiled {
    /// Size of the whole, to which the tiles are cropped, pixels.
    pub size: Size,
    /// Tiles in a row, at least 1.
    pub columns: usize,
    /// Row by row, all of the same size; one for a picture without tiles.
    pub tiles: Vec<Coded>,
}

/// Colours of a picture as its file states them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Color {
    /// Codes of H.273: primaries, transfer, matrix; whether the range is full.
    Codes([u16; 3], bool),
    /// An ICC profile with this description.
    Profile(String),
}

/// The primary picture of a file.
#[derive(Clone, Debug)]
pub struct Still {
    /// The picture.
    pub picture: Tiled,
    /// Its alpha, if it is one that can be read.
    pub alpha: Option<Tiled>,
    /// Its colours, where the file states any.
    pub color: Vec<Color>,
    /// What is not read.
    pub warnings: Vec<String>,
    items: Items,
}

/// Where an item lies: whether in `idat` instead of the file, and its pieces (offset, length).
#[derive(Clone, Debug)]
struct Place {
    is_in_idat: bool,
    pieces: Vec<(u64, u64)>,
}

/// A reference between items: kind, from, to.
type Reference = ([u8; 4], u32, Vec<u32>);

/// The tables of `meta`.
#[derive(Clone, Debug, Default)]
struct Items {
    kinds: BTreeMap<u32, [u8; 4]>,
    /// An item that cannot be read has the reason.
    places: BTreeMap<u32, Result<Place, String>>,
    properties: Vec<([u8; 4], Vec<u8>)>,
    numbers: BTreeMap<u32, Vec<u16>>,
    references: Vec<Reference>,
    idat: Vec<u8>,
}

/// The primary picture of a file; `None` when it is no HEIF file, holds a film, or a picture that
/// FFmpeg reads.
///
/// # Errors
/// What is wrong with the file, or what it needs that is not supported.
pub fn still_in(file: &mut (impl Read + Seek)) -> Result<Option<Still>, String> {
    let Some(meta) = meta(file)? else { return Ok(None) };
    let damaged = |what: &str| format!("its {what} is missing or damaged");
    let pitm = child(&meta, b"pitm").ok_or_else(|| damaged("number of the primary picture (pitm)"))?;
    let primary = if pitm.first() == Some(&0) { u16_at(pitm, 4).map(u32::from) } else { u32_at(pitm, 4) };
    let primary = primary.ok_or_else(|| damaged("number of the primary picture (pitm)"))?;
    let kinds = child(&meta, b"iinf").and_then(kinds).ok_or_else(|| damaged("list of pictures (iinf)"))?;
    let kind = *kinds.get(&primary).ok_or_else(|| damaged("primary picture"))?;
    // FFmpeg reads them.
    if &kind == b"av01" {
        return Ok(None);
    }
    let iprp = child(&meta, b"iprp").ok_or_else(|| damaged("table of properties (iprp)"))?;
    let items = Items {
        kinds,
        places: child(&meta, b"iloc").and_then(places).ok_or_else(|| damaged("table of places (iloc)"))?,
        properties: boxes(child(iprp, b"ipco").ok_or_else(|| damaged("list of properties (ipco)"))?)
            .map(|(kind, body)| (kind, body.to_vec()))
            .collect(),
        numbers: associations(iprp).ok_or_else(|| damaged("table of properties (ipma)"))?,
        references: child(&meta, b"iref").map_or(Some(Vec::new()), references).ok_or_else(|| damaged("references (iref)"))?,
        idat: child(&meta, b"idat").unwrap_or_default().to_vec(),
    };
    let picture = items.tiled(file, primary)?;
    let mut warnings = Vec::new();
    let alpha = match items.alpha_of(primary) {
        None => None,
        Some(item) if items.references.iter().any(|r| &r.0 == b"prem" && r.1 == primary && r.2.contains(&item)) => {
            warnings.push("its colours are premultiplied by its alpha, which is not read: it is shown opaque".to_owned());
            None
        }
        Some(item) => match items.tiled(file, item) {
            Ok(alpha) if alpha.size == picture.size => Some(alpha),
            Ok(_) => {
                warnings.push("its alpha has another size and is not read: it is shown opaque".to_owned());
                None
            }
            Err(reason) => {
                warnings.push(format!("its alpha is not read ({reason}): it is shown opaque"));
                None
            }
        },
    };
    if items.property(primary, b"clap").is_some() {
        warnings.push("its crop (clap) is not applied: it is shown whole".to_owned());
    }
    // Tiles of a grid state what the grid does not.
    let first = picture.tiles[0].item;
    let color = [primary, first].into_iter().map(|item| items.colors(item)).find(|c| !c.is_empty()).unwrap_or_default();
    Ok(Some(Still { picture, alpha, color, warnings, items }))
}

impl Still {
    /// The codec's configuration record of a picture.
    pub fn setup(&self, coded: &Coded) -> &[u8] {
        // `av1C` and `hvcC` are no boxes with a version.
        &self.items.properties[coded.setup].1
    }

    /// The coded bytes of a picture.
    ///
    /// # Errors
    /// They are not in the file.
    pub fn bytes(&self, file: &mut (impl Read + Seek), coded: &Coded) -> Result<Vec<u8>, String> {
        self.items.bytes(file, coded.item)
    }
}

impl Items {
    /// The first property of a kind of an item, and its index.
    fn property(&self, item: u32, kind: &[u8; 4]) -> Option<(usize, &[u8])> {
        let numbers = self.numbers.get(&item)?.iter();
        let at = numbers
            .filter_map(|n| usize::from(*n).checked_sub(1))
            .find(|n| self.properties.get(*n).is_some_and(|p| p.0 == *kind))?;
        Some((at, &self.properties[at].1))
    }

    fn size(&self, item: u32) -> Result<Size, String> {
        let found = self.property(item, b"ispe").and_then(|(_, b)| Some(Size { width: u32_at(b, 4)?, height: u32_at(b, 8)? }));
        found.ok_or_else(|| format!("the size (ispe) of its picture {item} is missing or damaged"))
    }

    fn coded(&self, item: u32) -> Result<Coded, String> {
        let kind = self.kinds.get(&item).ok_or_else(|| format!("its picture {item} is missing"))?;
        let (is_av1, record) = match kind {
            b"hvc1" => (false, b"hvcC"),
            b"av01" => (true, b"av1C"),
            _ => return Err(format!("its picture {item} is of the kind \"{}\", which is not supported", kind.escape_ascii())),
        };
        let (setup, _) = self.property(item, record).ok_or_else(|| format!("its picture {item} lacks what sets the decoder up"))?;
        Ok(Coded { item, is_av1, size: self.size(item)?, setup })
    }

    /// A coded picture, or a grid of them (ISO/IEC 23008-12 §6.6.2.3). Tiles cannot be grids, so
    /// that there are no loops.
    fn tiled(&self, file: &mut (impl Read + Seek), item: u32) -> Result<Tiled, String> {
        if self.kinds.get(&item) != Some(b"grid") {
            let coded = self.coded(item)?;
            return Ok(Tiled { size: coded.size, columns: 1, tiles: vec![coded] });
        }
        let grid = self.bytes(file, item)?;
        let wide = grid.get(1).is_some_and(|flags| flags & 1 != 0);
        let side = |at: usize| if wide { u32_at(&grid, 4 + 2 * at) } else { u16_at(&grid, 4 + at).map(u32::from) };
        let (Some(&rows), Some(&columns), Some(width), Some(height)) = (grid.get(2), grid.get(3), side(0), side(2)) else {
            return Err("its grid of tiles is damaged".into());
        };
        let (rows, columns) = (usize::from(rows) + 1, usize::from(columns) + 1);
        let none = Vec::new();
        let tiles = self.references.iter().find(|r| &r.0 == b"dimg" && r.1 == item).map_or(&none, |r| &r.2);
        if tiles.len() != rows * columns {
            return Err(format!("it is a grid of {columns}×{rows} tiles, but lists {}", tiles.len()));
        }
        let tiles = tiles.iter().map(|item| self.coded(*item)).collect::<Result<Vec<_>, _>>()?;
        let tile = tiles[0].size;
        if let Some(odd) = tiles.iter().find(|t| t.size != tile) {
            let text = |s: Size| format!("{}×{}", s.width, s.height);
            return Err(format!("its tile {} has {} pixels, but the first one {}", odd.item, text(odd.size), text(tile)));
        }
        // Neither a gap nor a tile that is not seen.
        let fits = |whole: u32, part: u32, count: usize| {
            let (whole, part, count) = (u64::from(whole), u64::from(part), count as u64);
            whole > part * (count - 1) && whole <= part * count
        };
        if !fits(width, tile.width, columns) || !fits(height, tile.height, rows) {
            return Err(format!(
                "{columns}×{rows} tiles of {}×{} pixels do not make its picture of {width}×{height}",
                tile.width, tile.height
            ));
        }
        Ok(Tiled { size: Size { width, height }, columns, tiles })
    }

    /// The auxiliary picture with the alpha of an item.
    fn alpha_of(&self, item: u32) -> Option<u32> {
        let is_alpha = |aux: u32| {
            let name = self.property(aux, b"auxC").and_then(|(_, body)| body.get(4..));
            name.is_some_and(|name| ALPHA.iter().any(|alpha| name.starts_with(alpha)))
        };
        self.references.iter().find(|r| &r.0 == b"auxl" && r.2.contains(&item) && is_alpha(r.1)).map(|r| r.1)
    }

    /// Everything that the boxes `colr` of an item state.
    fn colors(&self, item: u32) -> Vec<Color> {
        let numbers = self.numbers.get(&item).into_iter().flatten();
        let stated = numbers.filter_map(|n| self.properties.get(usize::from(*n).checked_sub(1)?)).filter(|p| &p.0 == b"colr");
        stated
            .filter_map(|(_, b)| match b.get(..4)? {
                b"nclx" => Some(Color::Codes([u16_at(b, 4)?, u16_at(b, 6)?, u16_at(b, 8)?], b.get(10)? & 0x80 != 0)),
                b"prof" | b"rICC" => Some(Color::Profile(profile_name(&b[4..]).unwrap_or_default())),
                _ => None,
            })
            .collect()
    }

    /// The bytes of an item, no more than the file has.
    fn bytes(&self, file: &mut (impl Read + Seek), item: u32) -> Result<Vec<u8>, String> {
        let place = self.places.get(&item).ok_or_else(|| format!("the file does not say where its picture {item} is"))?.as_ref();
        let place = place.map_err(|reason| format!("its picture {item} {reason}"))?;
        let length =
            if place.is_in_idat { self.idat.len() as u64 } else { file.seek(SeekFrom::End(0)).map_err(|e| e.to_string())? };
        let mut out = Vec::new();
        for &(offset, size) in &place.pieces {
            // 0: all that follows.
            let size = if size == 0 { length.saturating_sub(offset) } else { size };
            let end = offset.saturating_add(size);
            if end > length {
                let past = end - length;
                return Err(format!(
                    "its picture {item} ends {past} bytes behind the end of the file: it was cut off or is damaged"
                ));
            }
            if out.len() as u64 + size > length {
                return Err(format!("its picture {item} is longer than the file"));
            }
            if place.is_in_idat {
                out.extend_from_slice(&self.idat[offset as usize..end as usize]);
                continue;
            }
            file.seek(SeekFrom::Start(offset)).map_err(|e| e.to_string())?;
            let read = file.take(size).read_to_end(&mut out).map_err(|e| e.to_string())?;
            if read as u64 != size {
                return Err(format!("its picture {item} cannot be read whole"));
            }
        }
        Ok(out)
    }
}

/// The boxes in `meta` of a HEIF file without a film. `None` when it is no such file.
fn meta(file: &mut (impl Read + Seek)) -> Result<Option<Vec<u8>>, String> {
    let mut found = None;
    let mut at = 0u64;
    for n in 0..MAX_BOXES {
        let mut head = [0u8; 16];
        if file.seek(SeekFrom::Start(at)).is_err() || file.read_exact(&mut head[..8]).is_err() {
            break;
        }
        let (mut size, mut start) = (u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]])), 8);
        if size == 1 {
            if file.read_exact(&mut head[8..]).is_err() {
                break;
            }
            size = u64::from_be_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]]);
            start = 16;
        }
        match &head[4..8] {
            b"ftyp" if n == 0 => {
                let mut brands = Vec::new();
                let _ = file.take(size.saturating_sub(start).min(1024)).read_to_end(&mut brands);
                if !brands.chunks_exact(4).any(|b| BRANDS.contains(&b)) {
                    return Ok(None);
                }
            }
            _ if n == 0 => return Ok(None),
            // FFmpeg plays the film.
            b"moov" => return Ok(None),
            b"meta" if found.is_none() => {
                let length = if size == 0 { MAX_META } else { size.saturating_sub(start) };
                if length > MAX_META {
                    return Err(format!("its box \"meta\" has {length} bytes; at most {MAX_META} are read"));
                }
                let mut meta = Vec::new();
                file.take(length).read_to_end(&mut meta).map_err(|e| e.to_string())?;
                if size != 0 && (meta.len() as u64) < length {
                    return Err("it ends inside its box \"meta\": it was cut off or is damaged".into());
                }
                found = Some(meta.split_off(meta.len().min(4)));
            }
            _ => {}
        }
        match at.checked_add(size) {
            Some(next) if size >= start => at = next,
            _ => break,
        }
    }
    match found {
        Some(meta) if child(&meta, b"hdlr").and_then(|h| h.get(8..12)) == Some(b"pict") => Ok(Some(meta)),
        _ => Ok(None),
    }
}

/// Kinds of the items, by number. Boxes before version 2 state none.
fn kinds(iinf: &[u8]) -> Option<BTreeMap<u32, [u8; 4]>> {
    let entries = boxes(iinf.get(if *iinf.first()? == 0 { 6 } else { 8 }..)?).filter(|b| b.0 == *b"infe");
    let entry = |b: &[u8]| match *b.first()? {
        2 => Some((u32::from(u16_at(b, 4)?), b.get(8..12)?.try_into().ok()?)),
        3 => Some((u32_at(b, 4)?, b.get(10..14)?.try_into().ok()?)),
        _ => None,
    };
    Some(entries.filter_map(|b| entry(b.1)).collect())
}

/// Places of the items, by number.
fn places(iloc: &[u8]) -> Option<BTreeMap<u32, Result<Place, String>>> {
    let version = *iloc.first()?;
    let widths = u16_at(iloc, 4)?;
    let width = |shift: u16| usize::from(widths >> shift & 15);
    let (offset_width, length_width, base_width) = (width(12), width(8), width(4));
    let index_width = if version > 0 { width(0) } else { 0 };
    let mut at = 6;
    let mut number = |width: usize| {
        let bytes = iloc.get(at..at + width).filter(|_| width <= 8)?;
        at += width;
        Some(bytes.iter().fold(0u64, |n, b| n << 8 | u64::from(*b)))
    };
    let id_width = if version < 2 { 2 } else { 4 };
    let (mut out, mut count) = (BTreeMap::new(), 0);
    for _ in 0..number(id_width)? {
        let item = number(id_width)? as u32;
        let method = if version > 0 { number(2)? & 15 } else { 0 };
        let elsewhere = number(2)? != 0;
        let base = number(base_width)?;
        let pieces = number(2)? as usize;
        count += pieces;
        if count > MAX_PIECES {
            return None;
        }
        let mut place = Place { is_in_idat: method == 1, pieces: Vec::new() };
        for _ in 0..pieces {
            number(index_width)?;
            let offset = number(offset_width)?;
            place.pieces.push((base.checked_add(offset)?, number(length_width)?));
        }
        let place = match method {
            _ if elsewhere => Err("is in another file".to_owned()),
            0 | 1 => Ok(place),
            _ => Err("is made of parts of other items, which is not supported".to_owned()),
        };
        out.insert(item, place);
    }
    Some(out)
}

/// References between items.
fn references(iref: &[u8]) -> Option<Vec<Reference>> {
    let wide = *iref.first()? > 0;
    let width = if wide { 4 } else { 2 };
    let id = |b: &[u8], at: usize| if wide { u32_at(b, at) } else { u16_at(b, at).map(u32::from) };
    let one = |(kind, body): ([u8; 4], &[u8])| {
        let count = usize::from(u16_at(body, width)?);
        let to = (0..count).map(|n| id(body, width + 2 + n * width)).collect::<Option<_>>()?;
        Some((kind, id(body, 0)?, to))
    };
    boxes(iref.get(4..)?).map(one).collect()
}

/// Description of an ICC profile: the tag `desc` (ICC.1:2010 §9.2.41, and §6.5.17 of version 2).
fn profile_name(icc: &[u8]) -> Option<String> {
    let tags = icc.get(132..)?.chunks_exact(12).take(u32_at(icc, 128)? as usize);
    let tag = tags.into_iter().find(|t| &t[..4] == b"desc")?;
    let tag = icc.get(u32_at(tag, 4)? as usize..)?;
    match tag.get(..4)? {
        b"desc" => {
            let text = tag.get(12..12usize.checked_add(u32_at(tag, 8)? as usize)?)?;
            Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
        }
        b"mluc" => {
            let (length, at) = (u32_at(tag, 20)? as usize, u32_at(tag, 24)? as usize);
            let units = tag.get(at..at.checked_add(length)?)?.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
            Some(char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect())
        }
        _ => None,
    }
}

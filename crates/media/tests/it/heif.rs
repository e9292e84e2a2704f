//! Stills in HEIF that FFmpeg does not demux: the planes are those that the ffmpeg program decodes
//! from each coded picture, put together here.
use crate::oracle::{ffmpeg, make};
use cutroom_media::{MediaIndex, MediaLocation, Numbered, ReadOptions, VideoReader, heif_items::still_in, pixel, probe};
use cutroom_test_support::media;
use cutroom_types::{CancelToken, FrameRate, Gaps, Orientation, Picture, PictureFormat, Size};
use std::{io::Cursor, path::Path};

/// The bytes of `picture`, plane by plane in FFmpeg's order.
fn bytes_of(picture: &Picture) -> Vec<u8> {
    let mut order: Vec<usize> = (0..picture.planes.len()).collect();
    order.sort_by_key(|&k| pixel::av_plane(picture.format, k));
    order.iter().flat_map(|&k| (0..picture.planes[k].rows()).flat_map(move |y| picture.planes[k].row(y).to_vec())).collect()
}

fn picture(path: &Path) -> Picture {
    VideoReader::open(path, 0, ReadOptions::default()).unwrap().frame(0).unwrap().picture
}

fn raw(path: &Path, format: &str, input: &[&str]) -> Vec<u8> {
    let args = [input, &["-i", path.to_str().unwrap(), "-frames:v", "1", "-pix_fmt", format, "-f", "rawvideo", "-"]].concat();
    ffmpeg(&args)
}

/// Contents of the first box of a kind anywhere in `bytes`.
fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> &'a [u8] {
    let at = bytes.windows(4).position(|w| w == kind).unwrap();
    let size = u32::from_be_bytes(bytes[at - 4..at].try_into().unwrap()) as usize;
    &bytes[at + 4..at - 4 + size]
}

#[test]
fn a_photo_has_the_planes_of_its_stream() {
    let Some(path) = media("images/cheers_1440x960.heic") else { return };
    let file = std::fs::read(&path).unwrap();
    // Item 1002, the primary one: base, number of pieces, offset and length (`iloc` version 0).
    let iloc = find(&file, b"iloc");
    let at = iloc.windows(2).position(|w| w == 1002u16.to_be_bytes()).unwrap();
    let number = |n: usize| u32::from_be_bytes(iloc[at + n..at + n + 4].try_into().unwrap()) as usize;
    let start = number(4) + number(10);
    let (record, item) = (find(&file, b"hvcC"), &file[start..start + number(14)]);
    // Parameter sets and slices with start codes instead of lengths (ISO/IEC 14496-15 §8.3.3.1).
    let mut stream = Vec::new();
    let mut at = 23;
    for _ in 0..record[22] {
        let count = u16::from_be_bytes([record[at + 1], record[at + 2]]);
        at += 3;
        for _ in 0..count {
            let length = usize::from(u16::from_be_bytes([record[at], record[at + 1]]));
            stream.extend([&[0, 0, 0, 1][..], &record[at + 2..at + 2 + length]].concat());
            at += 2 + length;
        }
    }
    let mut rest = item;
    while let Some((length, after)) = rest.split_first_chunk() {
        let (unit, more) = after.split_at(u32::from_be_bytes(*length) as usize);
        stream.extend([&[0, 0, 0, 1][..], unit].concat());
        rest = more;
    }
    let dir = tempfile::tempdir().unwrap();
    let annex_b = dir.path().join("a.hevc");
    std::fs::write(&annex_b, stream).unwrap();
    let info = probe(&path).unwrap();
    let v = &info.video[0];
    // Its box `ispe`; it has no `irot` and no `imir`.
    assert_eq!((v.size, v.orientation), (Size { width: 1440, height: 960 }, Orientation::UPRIGHT));
    assert_eq!(
        (info.container.as_str(), v.codec.as_str(), info.is_still, v.format),
        ("heif", "hevc", true, Some(PictureFormat::YUV420P8))
    );
    assert!(info.warnings.is_empty(), "{:?}", info.warnings);
    assert!(bytes_of(&picture(&path)) == raw(&annex_b, "yuv420p", &["-f", "hevc"]));
}

fn a_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(8 + body.len() as u32).to_be_bytes()[..], kind, body].concat()
}

fn full_box(kind: &[u8; 4], version: u8, body: &[u8]) -> Vec<u8> {
    a_box(kind, &[&[version, 0, 0, 0], body].concat())
}

fn sizes(width: u32, height: u32) -> Vec<u8> {
    full_box(b"ispe", 0, &[width.to_be_bytes(), height.to_be_bytes()].concat())
}

/// An item: kind, bytes, whether in `idat`, properties.
struct Item {
    kind: &'static [u8; 4],
    bytes: Vec<u8>,
    is_in_idat: bool,
    properties: Vec<Vec<u8>>,
}

/// A file with items 1, 2 …, of which `primary` is shown. Items in `mdat` are in two pieces.
fn heif(items: &[Item], primary: u16, references: &[(&[u8; 4], u16, Vec<u16>)]) -> Vec<u8> {
    let id = |n: usize| (n as u16 + 1).to_be_bytes();
    let entry = |(n, i): (usize, &Item)| full_box(b"infe", 2, &[&id(n)[..], &[0, 0], i.kind, &[0]].concat());
    let iinf = [&(items.len() as u16).to_be_bytes()[..], &items.iter().enumerate().flat_map(entry).collect::<Vec<_>>()].concat();
    let (mut ipco, mut ipma, mut count) = (Vec::new(), (items.len() as u32).to_be_bytes().to_vec(), 0);
    for (n, item) in items.iter().enumerate() {
        ipma.extend([&id(n)[..], &[item.properties.len() as u8]].concat());
        for property in &item.properties {
            count += 1;
            ipco.extend_from_slice(property);
            ipma.push(count);
        }
    }
    let reference = |(kind, from, to): &(&[u8; 4], u16, Vec<u16>)| {
        let list = [*from, to.len() as u16].into_iter().chain(to.iter().copied()).flat_map(u16::to_be_bytes);
        a_box(kind, &list.collect::<Vec<_>>())
    };
    let build = |mdat_at: usize| {
        // Version 1; offsets, lengths and bases of 4 bytes, no indexes.
        let mut iloc = [&[0x44, 0x40][..], &(items.len() as u16).to_be_bytes()].concat();
        let (mut file_at, mut idat) = (mdat_at, Vec::new());
        for (n, item) in items.iter().enumerate() {
            let length = item.bytes.len();
            let (method, base, pieces) = if item.is_in_idat {
                let at = idat.len();
                idat.extend_from_slice(&item.bytes);
                (1u16, at, vec![(0, length)])
            } else {
                file_at += length;
                (0, file_at - length, vec![(0, length / 2), (length / 2, length - length / 2)])
            };
            iloc.extend([&id(n)[..], &method.to_be_bytes(), &[0, 0], &(base as u32).to_be_bytes()].concat());
            iloc.extend((pieces.len() as u16).to_be_bytes());
            pieces
                .iter()
                .for_each(|(at, length)| iloc.extend([(*at as u32).to_be_bytes(), (*length as u32).to_be_bytes()].concat()));
        }
        let parts = [
            full_box(b"hdlr", 0, &[&[0; 4][..], b"pict", &[0; 13]].concat()),
            full_box(b"pitm", 0, &primary.to_be_bytes()),
            full_box(b"iinf", 0, &iinf),
            full_box(b"iloc", 1, &iloc),
            full_box(b"iref", 0, &references.iter().flat_map(reference).collect::<Vec<_>>()),
            a_box(b"iprp", &[a_box(b"ipco", &ipco), full_box(b"ipma", 0, &ipma)].concat()),
            a_box(b"idat", &idat),
        ];
        let mdat: Vec<u8> = items.iter().filter(|i| !i.is_in_idat).flat_map(|i| i.bytes.clone()).collect();
        let head = [a_box(b"ftyp", b"heic\0\0\0\0mif1heic"), full_box(b"meta", 0, &parts.concat())].concat();
        (head.len() + 8, [head, a_box(b"mdat", &mdat)].concat())
    };
    build(build(0).0).1
}

/// `count` coded pictures that differ, the first as `n` says, and their planes as ffmpeg decodes them.
/// They are the samples of one film.
fn several(dir: &Path, n: usize, count: usize, (width, height): (u32, u32), format: &str) -> Vec<(Item, Vec<u8>)> {
    let source = format!("testsrc2=size={width}x{height}:rate=1,hue=h=40*n,trim=start_frame={n}");
    let frames = count.to_string();
    let made = ["-f", "lavfi", "-i", &source, "-frames:v", &frames, "-pix_fmt", format, "-tag:v", "hvc1"];
    let coder = ["-c:v", "libx265", "-preset", "ultrafast", "-g", "1", "-x265-params"];
    let settings = ["log-level=none:pools=1:frame-threads=1:keyint=1:colormatrix=bt709"];
    let path = make(dir, &format!("{format}{n}.mp4"), &[&made[..], &coder, &settings].concat());
    let file = std::fs::read(&path).unwrap();
    let args = ["-i", path.to_str().unwrap(), "-pix_fmt", format, "-f", "rawvideo", "-"];
    let decoded = ffmpeg(&args);
    // Lengths of the samples, which follow each other.
    let lengths = find(&file, b"stsz")[12..].chunks_exact(4).map(|c| u32::from_be_bytes(c.try_into().unwrap()) as usize);
    let equal = u32::from_be_bytes(find(&file, b"stsz")[4..8].try_into().unwrap()) as usize;
    let lengths: Vec<usize> = if equal > 0 { vec![equal; count] } else { lengths.collect() };
    let mut samples = find(&file, b"mdat");
    let properties = [a_box(b"hvcC", find(&file, b"hvcC")), sizes(width, height)];
    let item = |(length, planes): (usize, &[u8])| {
        let (bytes, rest) = samples.split_at(length);
        samples = rest;
        let item = Item { kind: b"hvc1", bytes: bytes.to_vec(), is_in_idat: false, properties: properties.to_vec() };
        (item, planes.to_vec())
    };
    assert_eq!(lengths.len(), count);
    lengths.into_iter().zip(decoded.chunks_exact(decoded.len() / count)).map(item).collect()
}

/// A coded picture and its planes.
fn coded(dir: &Path, n: usize, size: (u32, u32), format: &str) -> (Item, Vec<u8>) {
    several(dir, n, 1, size, format).remove(0)
}

/// Three columns and two rows of tiles of 64×64 pixels in a picture of 150×100.
const GRID: [u8; 8] = [0, 0, 1, 2, 0, 150, 0, 100];

/// The tiles of a grid, items 1 to 6, and their planes.
fn tiles(dir: &Path, format: &str) -> (Vec<Item>, Vec<Vec<u8>>) {
    several(dir, 0, 6, (64, 64), format).into_iter().unzip()
}

fn grid(bytes: &[u8], properties: Vec<Vec<u8>>) -> Item {
    Item { kind: b"grid", bytes: bytes.to_vec(), is_in_idat: true, properties }
}

#[test]
fn grids_are_put_together_and_turned() {
    let dir = tempfile::tempdir().unwrap();
    // Format, horizontal and vertical shift of chroma, planes.
    for (format, sx, sy, planes) in
        [("yuv420p", 1, 1, 3), ("yuv420p10le", 1, 1, 3), ("yuv422p10le", 1, 0, 3), ("yuv444p", 0, 0, 3), ("gray", 0, 0, 1)]
    {
        let (mut items, decoded) = tiles(dir.path(), format);
        // A quarter turn anticlockwise; BT.2020, PQ, full range.
        let color = a_box(b"colr", &[&b"nclx"[..], &[0, 9, 0, 16, 0, 9, 0x80]].concat());
        items.push(grid(&GRID, vec![sizes(150, 100), color, a_box(b"irot", &[1])]));
        let path = dir.path().join("a.heic");
        std::fs::write(&path, heif(&items, 7, &[(b"dimg", 7, (1..=6).collect())])).unwrap();
        let sample = if format.contains("10") { 2 } else { 1 };
        let mut want = Vec::new();
        let mut plane_at = 0;
        for k in 0..planes {
            let (sx, sy) = if k == 0 { (0, 0) } else { (sx, sy) };
            let (tile_width, tile_height) = (64usize >> sx, 64usize >> sy);
            for y in 0..100usize.div_ceil(1 << sy) {
                for x in 0..150usize.div_ceil(1 << sx) {
                    let tile = &decoded[x / tile_width + 3 * (y / tile_height)];
                    let at = plane_at + sample * (y % tile_height * tile_width + x % tile_width);
                    want.extend_from_slice(&tile[at..at + sample]);
                }
            }
            plane_at += sample * tile_width * tile_height;
        }
        let info = probe(&path).unwrap_or_else(|e| panic!("{format}: {e}"));
        let v = &info.video[0];
        assert_eq!((v.size, v.orientation.quarter_turns, info.is_still), (Size { width: 150, height: 100 }, 3, true), "{format}");
        assert_eq!(v.pixel_format, if format == "gray" { "gray" } else { format });
        assert_eq!((v.color.primaries.code(), v.color.transfer.code()), (9, 16), "{format}");
        assert!(info.warnings.is_empty(), "{format}: {:?}", info.warnings);
        assert!(bytes_of(&picture(&path)) == want, "{format}");
    }
}

/// Two AVIF pictures side by side: as FFmpeg decodes each of them.
#[test]
fn grids_of_av1_are_put_together() {
    let dir = tempfile::tempdir().unwrap();
    let (mut items, mut decoded) = (Vec::new(), Vec::new());
    for n in 0..2 {
        let source = format!("testsrc2=size=64x64:rate=1,trim=start_frame={n},hue=h={}", 90 * n);
        let args = ["-f", "lavfi", "-i", &source, "-frames:v", "1", "-pix_fmt", "yuv420p", "-c:v", "libaom-av1"];
        let path = make(dir.path(), &format!("t{n}.avif"), &[&args[..], &["-still-picture", "1", "-cpu-used", "8"]].concat());
        let file = std::fs::read(&path).unwrap();
        let properties = vec![a_box(b"av1C", find(&file, b"av1C")), sizes(64, 64)];
        items.push(Item { kind: b"av01", bytes: find(&file, b"mdat").to_vec(), is_in_idat: false, properties });
        decoded.push(raw(&path, "yuv420p", &[]));
    }
    items.push(grid(&[0, 0, 0, 1, 0, 128, 0, 64], vec![sizes(128, 64)]));
    let path = dir.path().join("a.avif");
    std::fs::write(&path, heif(&items, 3, &[(b"dimg", 3, vec![1, 2])])).unwrap();
    let beside = |at: usize, width: usize, rows: usize| -> Vec<u8> {
        let row = |y: usize| decoded.iter().flat_map(move |tile| tile[at + y * width..at + (y + 1) * width].to_vec());
        (0..rows).flat_map(row).collect()
    };
    let want = [beside(0, 64, 64), beside(64 * 64, 32, 32), beside(64 * 64 + 32 * 32, 32, 32)].concat();
    assert_eq!(probe(&path).unwrap().video[0].codec, "av1");
    assert!(bytes_of(&picture(&path)) == want);
}

#[test]
fn alpha_of_a_picture_of_its_own_is_read() {
    let dir = tempfile::tempdir().unwrap();
    // An odd size, which 4:2:0 codes with a further column.
    let (mut main, planes) = coded(dir.path(), 0, (64, 48), "yuv420p");
    let (mut alpha, values) = coded(dir.path(), 1, (64, 48), "gray");
    main.properties[1] = sizes(63, 47);
    alpha.properties[1] = sizes(63, 47);
    alpha.properties.push(full_box(b"auxC", 0, b"urn:mpeg:hevc:2015:auxid:1\0"));
    // A profile as phones store it: its description alone is read.
    let name: Vec<u8> = "Display P3".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let tag =
        [&b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS"[..], &(name.len() as u32).to_be_bytes(), &28u32.to_be_bytes(), &name].concat();
    let icc = [&[0; 128][..], &[0, 0, 0, 1], b"desc", &[0, 0, 0, 144], &(tag.len() as u32).to_be_bytes(), &tag].concat();
    main.properties.push(a_box(b"colr", &[b"prof", &icc[..]].concat()));
    let path = dir.path().join("a.heic");
    let mut items = [main, alpha];
    std::fs::write(&path, heif(&items, 1, &[(b"auxl", 2, vec![1])])).unwrap();
    let info = probe(&path).unwrap();
    let v = &info.video[0];
    assert_eq!((v.alpha, v.pixel_format.as_str(), v.size), (true, "yuva420p", Size { width: 63, height: 47 }));
    assert_eq!((v.color.primaries.code(), v.color.transfer.code(), info.warnings.len()), (12, 13, 0), "{:?}", info.warnings);
    let crop = |bytes: &[u8], stride: usize, (width, rows): (usize, usize)| -> Vec<u8> {
        bytes.chunks(stride).take(rows).flat_map(|row| row[..width].to_vec()).collect()
    };
    let chroma = 64 * 48;
    let want = [
        crop(&planes, 64, (63, 47)),
        crop(&planes[chroma..], 32, (32, 24)),
        crop(&planes[chroma + 32 * 24..], 32, (32, 24)),
        crop(&values, 64, (63, 47)),
    ];
    assert!(bytes_of(&picture(&path)) == want.concat());
    // Premultiplied alpha and alpha of another size are not read, and that is said.
    std::fs::write(&path, heif(&items, 1, &[(b"auxl", 2, vec![1]), (b"prem", 1, vec![2])])).unwrap();
    assert!(probe(&path).unwrap().warnings[0].contains("premultiplied"));
    items[1].properties[1] = sizes(60, 40);
    std::fs::write(&path, heif(&items, 1, &[(b"auxl", 2, vec![1])])).unwrap();
    let info = probe(&path).unwrap();
    assert!(!info.video[0].alpha && info.warnings[0].contains("another size"), "{:?}", info.warnings);
}

#[test]
fn damaged_files_are_refused_by_name_and_cause() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.heic");
    let (mut items, _) = tiles(dir.path(), "yuv420p");
    items.push(grid(&GRID, vec![sizes(150, 100)]));
    let all: Vec<u16> = (1..=6).collect();
    let whole = heif(&items, 7, &[(b"dimg", 7, all.clone())]);
    let refused = |bytes: &[u8], code: &str, says: &str| {
        std::fs::write(&path, bytes).unwrap();
        let error = probe(&path).expect_err(says);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(says) && error.to_string().contains("a.heic"), "{says}: {error}");
    };
    let bad = "media.open.not_media";
    refused(&whole[..whole.len() - 10], bad, "ends 10 bytes behind the end of the file");
    refused(&whole[..200], bad, "inside its box \"meta\"");
    refused(&heif(&items, 7, &[(b"dimg", 7, all[1..].to_vec())]), bad, "a grid of 3×2 tiles, but lists 5");
    refused(&heif(&items, 7, &[(b"dimg", 7, vec![1, 2, 3, 4, 5, 9])]), bad, "picture 9 is missing");
    refused(&heif(&items, 7, &[(b"dimg", 7, vec![1, 2, 3, 4, 5, 7])]), bad, "picture 7 is of the kind \"grid\"");
    refused(&heif(&items, 7, &[]), bad, "lists 0");
    refused(&heif(&items, 9, &[]), bad, "primary picture");
    let mut change = |n: usize, kind: &'static [u8; 4], bytes: Option<Vec<u8>>, code: &str, says: &str| {
        let bytes = bytes.unwrap_or_else(|| items[n].bytes.clone());
        let old = (items[n].kind, std::mem::replace(&mut items[n].bytes, bytes));
        items[n].kind = kind;
        refused(&heif(&items, 7, &[(b"dimg", 7, all.clone())]), code, says);
        (items[n].kind, items[n].bytes) = old;
    };
    change(6, b"grid", Some(vec![0, 0, 1]), bad, "grid of tiles is damaged");
    change(6, b"grid", Some(vec![0, 1, 1, 2, 0, 1, 0, 0, 0, 1, 0, 0]), bad, "do not make its picture of 65536×65536");
    change(6, b"iovl", None, bad, "kind \"iovl\"");
    change(3, b"hvc1", Some(vec![0; 50]), "media.decode.nothing", "picture 4");
    // A size that nothing holds, and one that its picture does not have.
    // A coded picture that is much larger is not decoded.
    for (side, code, says) in [
        (8, "media.decode.nothing", "picture 1"),
        (65_536, "media.open.unsupported", "65536×65536"),
        (128, bad, "128×128 pixels, but has 64×64"),
    ] {
        let mut one = coded(dir.path(), 0, if side == 8 { (256, 256) } else { (64, 64) }, "yuv420p").0;
        one.properties[1] = sizes(side, side);
        refused(&heif(&[one], 1, &[]), code, says);
    }
    for n in 0..whole.len().min(2000) {
        let _ = still_in(&mut Cursor::new(&whole[..n]));
    }
}

/// HEIC and AVIF stills in rows.
#[test]
fn rows_of_heic_and_avif() {
    let dir = tempfile::tempdir().unwrap();
    let mut want = Vec::new();
    for n in 0..3 {
        let (item, planes) = coded(dir.path(), n, (64, 64), "yuv420p");
        std::fs::write(dir.path().join(format!("r{n}.heic")), heif(&[item], 1, &[])).unwrap();
        want.push(("heic", "yuv420p", n, planes));
        for (ending, format) in [("8.avif", "yuv420p"), ("10.avif", "yuv444p10le")] {
            let source = format!("testsrc2=size=64x64:rate=1,trim=start_frame={n}");
            let args = ["-f", "lavfi", "-i", &source, "-frames:v", "1", "-pix_fmt", format, "-c:v", "libaom-av1"];
            let args = [&args[..], &["-still-picture", "1", "-cpu-used", "8"]].concat();
            let path = make(dir.path(), &format!("r{n}.{ending}"), &args);
            want.push((ending, format, n, raw(&path, format, &[])));
        }
    }
    for ending in ["heic", "8.avif", "10.avif"] {
        let numbered = Numbered { frame_rate: FrameRate::new(24, 1).unwrap(), start_number: None, gaps: Gaps::Error };
        let location = MediaLocation { path: dir.path().join(format!("r%d.{ending}")), numbered: Some(numbered) };
        let index = MediaIndex::open(&location, &CancelToken::new()).unwrap_or_else(|e| panic!("{ending}: {e}"));
        let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
        for n in [0, 1, 2, 1, 0] {
            let (_, format, _, planes) = want.iter().find(|w| w.0 == ending && w.2 == n).unwrap();
            assert!(bytes_of(&reader.frame(n).unwrap().picture) == *planes, "{ending} ({format}): frame {n}");
        }
    }
}

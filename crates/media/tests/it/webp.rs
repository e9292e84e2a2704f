//! Animated WebP: times from the file's own chunks, lossless pictures as ffmpeg decodes them one by
//! one, and composed pictures by the formula of RFC 9649.
use crate::oracle::{ffmpeg, make};
use cutroom_media::{MediaIndex, ReadOptions, VideoReader, probe};
use cutroom_test_support::media;
use cutroom_types::{FLICKS_PER_SECOND, Picture, Size};
use image_webp::{ColorType, WebPEncoder};
use std::path::Path;

fn rgba(p: &Picture) -> Vec<u8> {
    let (width, height) = (p.size.width as usize, p.size.height as usize);
    (0..height).flat_map(|y| (0..width).flat_map(move |x| (0..4).map(move |k| p.planes[k].row(y)[x]))).collect()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&name[..], &(body.len() as u32).to_le_bytes(), body, &[0][..body.len() % 2]].concat()
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    chunk(b"RIFF", &[b"WEBP", chunks].concat())
}

/// Chunks of a file: name and body.
fn chunks(file: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let (mut out, mut rest) = (Vec::new(), file);
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        out.push((head[..4].try_into().unwrap(), &after[..length]));
        rest = after.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    out
}

fn u24(b: &[u8], at: usize) -> i64 {
    i64::from(b[at]) | i64::from(b[at + 1]) << 8 | i64::from(b[at + 2]) << 16
}

#[test]
fn an_animation_is_a_film_with_its_files_times() {
    let Some(path) = media("found/v.webp") else { return };
    let file = std::fs::read(&path).unwrap();
    let frames: Vec<_> = chunks(&file[12..]).into_iter().filter(|c| &c.0 == b"ANMF").map(|c| c.1).collect();
    let info = probe(&path).unwrap();
    let v = &info.video[0];
    let total: i64 = frames.iter().map(|f| u24(f, 12)).sum();
    assert_eq!((v.frames, info.is_still, v.size, v.alpha), (6, false, Size { width: 160, height: 100 }, true));
    assert_eq!((info.container.as_str(), v.codec.as_str(), v.is_constant_rate), ("webp", "webp", false));
    assert_eq!(info.duration.0, total * FLICKS_PER_SECOND / 1000);
    let index = MediaIndex::scan(&path).unwrap();
    let lengths: Vec<i64> = index.frame_spans(0).map(|s| s.duration.0 * 1000 / FLICKS_PER_SECOND).collect();
    assert_eq!(lengths, frames.iter().map(|f| u24(f, 12)).collect::<Vec<_>>());
    // Each frame covers all and replaces what was there.
    let dir = tempfile::tempdir().unwrap();
    let still = dir.path().join("a.webp");
    let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
    for n in [0, 1, 2, 3, 4, 5, 2, 5, 0] {
        std::fs::write(&still, riff(&frames[n][16..])).unwrap();
        let want = ffmpeg(&["-i", still.to_str().unwrap(), "-pix_fmt", "rgba", "-f", "rawvideo", "-"]);
        assert!(rgba(&reader.frame(n).unwrap().picture) == want, "frame {n}");
    }
}

const WIDTH: usize = 20;
const HEIGHT: usize = 12;

/// A frame: place (even), size, colour, blended, cleared after, ms.
type Part = ([usize; 2], [usize; 2], [u8; 4], bool, bool, u32);

const PARTS: [Part; 6] = [
    ([4, 2], [16, 10], [200, 40, 10, 255], true, false, 0),
    ([0, 0], [10, 6], [10, 90, 250, 128], true, true, 40),
    ([6, 4], [6, 8], [30, 220, 60, 77], true, false, 30),
    ([0, 0], [20, 12], [9, 8, 7, 100], true, true, 70),
    ([2, 2], [3, 5], [50, 60, 70, 255], true, false, 60),
    ([0, 0], [20, 12], [1, 2, 3, 4], false, false, 90),
];

fn frame(([x, y], [width, height], _, blended, cleared, ms): Part, picture: &[u8]) -> Vec<u8> {
    let numbers = [x / 2, y / 2, width - 1, height - 1, ms as usize];
    let head: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()[..3].to_vec()).collect();
    chunk(b"ANMF", &[&head[..], &[u8::from(!blended) * 2 + u8::from(cleared)], picture].concat())
}

fn animation(frames: &[Vec<u8>]) -> Vec<u8> {
    let size: Vec<u8> = [WIDTH - 1, HEIGHT - 1].iter().flat_map(|n| n.to_le_bytes()[..3].to_vec()).collect();
    // A background that browsers do not show, three loops.
    let head = [chunk(b"VP8X", &[&[0x12, 0, 0, 0][..], &size].concat()), chunk(b"ANIM", &[9, 9, 9, 255, 3, 0])].concat();
    riff(&[head, frames.concat()].concat())
}

/// A picture of one colour, as chunks.
fn solid([width, height]: [usize; 2], color: [u8; 4]) -> Vec<u8> {
    let mut file = Vec::new();
    let pixels = color.repeat(width * height);
    WebPEncoder::new(&mut file).encode(&pixels, width as u32, height as u32, ColorType::Rgba8).unwrap();
    let picture = chunks(&file[12..]).into_iter().find(|c| &c.0 == b"VP8L").unwrap().1;
    chunk(b"VP8L", picture)
}

fn write(path: &Path, parts: &[Part]) -> Vec<u8> {
    let file = animation(&parts.iter().map(|p| frame(*p, &solid(p.1, p.2))).collect::<Vec<_>>());
    std::fs::write(path, &file).unwrap();
    file
}

/// Every frame by the formula, in floating point.
fn composed() -> Vec<Vec<u8>> {
    let mut canvas = vec![[0u8; 4]; WIDTH * HEIGHT];
    let mut out = Vec::new();
    for (n, ([x, y], [width, height], color, blended, ..)) in PARTS.iter().enumerate() {
        for (at, pixel) in canvas.iter_mut().enumerate() {
            let inside = |[x, y]: [usize; 2], [width, height]: [usize; 2]| {
                (x..x + width).contains(&(at % WIDTH)) && (y..y + height).contains(&(at / WIDTH))
            };
            if n > 0 && PARTS[n - 1].4 && inside(PARTS[n - 1].0, PARTS[n - 1].1) {
                *pixel = [0; 4];
            }
            if !inside([*x, *y], [*width, *height]) {
                continue;
            }
            let (over, under) = (f64::from(color[3]), f64::from(pixel[3]) * (1.0 - f64::from(color[3]) / 255.0));
            *pixel = if *blended {
                let mix = |k: usize| ((f64::from(color[k]) * over + f64::from(pixel[k]) * under) / (over + under)).round() as u8;
                [mix(0), mix(1), mix(2), (over + under).round() as u8]
            } else {
                *color
            };
        }
        out.push(canvas.concat());
    }
    out
}

#[test]
fn frames_are_blended_and_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.webp");
    write(&path, &PARTS);
    let info = probe(&path).unwrap();
    // 0 ms counts as 100; loops count once.
    assert_eq!((info.video[0].frames, info.duration.0), (6, 390 * FLICKS_PER_SECOND / 1000));
    let want = composed();
    let mut reader = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
    for n in [0, 1, 2, 3, 4, 5, 4, 1, 3, 0, 2, 5] {
        let is = rgba(&reader.frame(n).unwrap().picture);
        let differs = is.iter().zip(&want[n]).position(|(a, b)| a != b);
        assert_eq!(differs, None, "frame {n}: {:?} instead of {:?}", &is[..16], &want[n][..16]);
    }
    assert!(reader.report().is_clean());
    // Frames of equal length are a rate; one frame is a still.
    write(&path, &PARTS.map(|p| (p.0, p.1, p.2, p.3, p.4, 40)));
    let v = probe(&path).unwrap().video.remove(0);
    assert_eq!((v.is_constant_rate, v.average_rate.map(|r| r.as_f64())), (true, Some(25.0)));
    write(&path, &PARTS[..1]);
    assert!(probe(&path).unwrap().is_still);
}

/// A lossy frame with alpha: alpha exactly, colours as closely as chroma allows.
#[test]
fn lossy_frames_have_alpha() {
    let dir = tempfile::tempdir().unwrap();
    let source = format!("color=0x3060C0:size={WIDTH}x{HEIGHT},format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='12*X'");
    let args = ["-f", "lavfi", "-i", &source, "-frames:v", "1", "-pix_fmt", "yuva420p", "-c:v", "libwebp", "-q:v", "90"];
    let still = make(dir.path(), "still.webp", &args);
    let file = std::fs::read(&still).unwrap();
    let parts: Vec<u8> =
        chunks(&file[12..]).iter().filter(|c| [b"ALPH", b"VP8 "].contains(&&c.0)).flat_map(|c| chunk(&c.0, c.1)).collect();
    let head = ([0, 0], [WIDTH, HEIGHT], [0; 4], true, false, 50);
    let path = dir.path().join("a.webp");
    std::fs::write(&path, animation(&[frame(head, &parts), frame(head, &solid(head.1, [0; 4]))])).unwrap();
    let mut reader = VideoReader::open(&path, 0, ReadOptions::default()).unwrap();
    for n in [0, 1] {
        let is = rgba(&reader.frame(n).unwrap().picture);
        for (at, p) in is.chunks_exact(4).enumerate() {
            assert_eq!(usize::from(p[3]), 12 * (at % WIDTH), "frame {n}: {at}");
            let near = p[3] == 0 || [0x30, 0x60, 0xC0].iter().zip(p).all(|(want, is)| is.abs_diff(*want) <= 4);
            assert!(near, "frame {n}: {at}: {p:?}");
        }
    }
}

#[test]
fn damaged_animations_are_refused_or_end_early() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.webp");
    let file = write(&path, &PARTS);
    let with = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        probe(&path)
    };
    let info = with(&file[..file.len() - 10]).unwrap();
    assert!(info.video[0].frames == 5 && info.warnings[0].contains("after frame 5"), "{:?}", info.warnings);
    for (bytes, code, says) in [
        (file[..44].to_vec(), "media.open.not_media", "no frames"),
        (file[..28].to_vec(), "media.open.not_media", "header"),
        (animation(&[frame(([8, 0], [20, 4], [0; 4], true, false, 9), &[])]), "media.open.not_media", "outside its canvas"),
        (animation(&[frame(PARTS[0], &[])]), "media.decode.nothing", "holds no picture"),
        (animation(&[frame(PARTS[0], &solid([4, 4], [9; 4]))]), "media.decode.nothing", "4×4 pixels instead of 16×10"),
        (animation(&[frame(PARTS[0], &chunk(b"VP8L", &[7; 40]))]), "media.decode.nothing", "video stream 0"),
    ] {
        let error = with(&bytes).expect_err(says);
        assert!(error.code() == code && error.to_string().contains(says), "{says}: {error}");
    }
    let mut large = file.clone();
    large[24..30].fill(0xFF);
    assert!(with(&large).unwrap_err().to_string().contains("16777216×16777216"));
    // A damaged frame in the middle.
    let frames = [frame(PARTS[0], &solid(PARTS[0].1, PARTS[0].2)), frame(PARTS[1], &chunk(b"VP8L", &[7; 40]))];
    let info = with(&animation(&frames)).unwrap();
    assert!(info.video[0].frames == 1 && info.warnings[0].contains("at frame 1"), "{:?}", info.warnings);
}

//! Numbered pictures: every format that FFmpeg reads, gaps, pictures that differ, long rows.
use crate::{
    exr_file::{Part, exr},
    oracle::{adler_as, ffmpeg, ffmpeg_frames, make},
};
use cutroom_media::{MediaIndex, MediaLocation, Numbered, ReadOptions, VideoReader, probe, probe_location};
use cutroom_types::{CancelToken, FrameRate, Gaps, Picture, Time};
use std::{path::Path, sync::Arc};

fn row(path: &Path, gaps: Gaps) -> MediaLocation {
    let frame_rate = FrameRate::new(24_000, 1001).unwrap();
    MediaLocation { path: path.to_owned(), numbered: Some(Numbered { frame_rate, start_number: None, gaps }) }
}

fn open(path: &Path, gaps: Gaps) -> Result<Arc<MediaIndex>, cutroom_media::MediaError> {
    MediaIndex::open(&row(path, gaps), &CancelToken::new())
}

/// Extension, pixel format and further options of ffmpeg, bits and alpha of what is read.
const FORMATS: &[(&str, &str, &[&str], u8, bool)] = &[
    ("png", "rgb24", &[], 8, false),
    ("png", "rgba", &[], 8, true),
    ("png", "rgb48be", &[], 16, false),
    ("png", "rgba64be", &[], 16, true),
    ("png", "gray", &[], 8, false),
    ("png", "gray16be", &[], 16, false),
    ("jpg", "yuvj420p", &[], 8, false),
    ("jpg", "yuvj422p", &[], 8, false),
    ("jpg", "yuvj444p", &[], 8, false),
    ("tif", "rgb24", &[], 8, false),
    ("tif", "rgba", &["-compression_algo", "lzw"], 8, true),
    ("tif", "rgb48le", &["-compression_algo", "deflate"], 16, false),
    ("tif", "rgba64le", &[], 16, true),
    ("dpx", "rgb24", &[], 8, false),
    ("dpx", "gbrp10be", &[], 10, false),
    ("dpx", "gbrp12be", &[], 12, false),
    ("dpx", "rgb48be", &[], 16, false),
    ("exr", "gbrpf32le", &["-format", "float", "-compression", "none"], 32, false),
    ("exr", "gbrpf32le", &["-format", "half", "-compression", "zip16"], 32, false),
    ("exr", "gbrapf32le", &["-format", "half", "-compression", "zip1"], 32, true),
    ("exr", "gbrapf32le", &["-format", "float", "-compression", "rle"], 32, true),
    ("bmp", "bgr24", &[], 8, false),
    ("tga", "bgra", &[], 8, true),
    ("webp", "bgra", &["-c:v", "libwebp", "-lossless", "1"], 8, true),
    ("jp2", "rgb24", &["-c:v", "jpeg2000", "-pred", "1"], 8, false),
    ("jxl", "rgb24", &[], 8, false),
];

/// The pixels of every format are those of the ffmpeg program, in order, backwards and by jumps.
#[test]
fn rows_of_every_format_have_ffmpegs_pixels() {
    for (ending, pixels, options, bits, alpha) in FORMATS {
        let dir = tempfile::tempdir().unwrap();
        let name = format!("{ending} {pixels} {options:?}");
        let source = "testsrc2=size=46x30:rate=25,format=rgba64le,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='65535*X/W'";
        let args =
            [&["-f", "lavfi", "-i", source, "-frames:v", "4", "-start_number", "7", "-pix_fmt", pixels][..], options].concat();
        let path = make(dir.path(), &format!("a%03d.{ending}"), &args);
        let index = open(&path, Gaps::Error).unwrap_or_else(|e| panic!("{name}: {e}"));
        let info = index.info().video[0].clone();
        assert_eq!((info.frames, info.bits, info.alpha), (4, *bits, *alpha), "{name}");
        assert_eq!(info.span.end(), Time(4 * 1001 * 29_400), "{name}");
        assert_eq!((info.nominal_rate, info.is_constant_rate, index.info().is_still), (FrameRate::new(24_000, 1001), true, false));
        // Byte and channel orders are exchanged without loss.
        let stored = info.pixel_format.replace("be", "le").replace("bgr24", "rgb24").replace("bgra", "rgba");
        let info = cutroom_media::VideoInfo { pixel_format: stored.clone(), ..info };
        let want = ffmpeg_frames(&path, 0, &["-start_number", "7"], &info, 10, &[]);
        assert_eq!(want.len(), 4, "{name}");
        for threads in [1, 2] {
            let options = ReadOptions { threads, ..ReadOptions::default() };
            let mut reader = VideoReader::open_indexed(index.clone(), 0, options).unwrap();
            for i in [0, 1, 2, 3, 2, 1, 0, 3, 9] {
                let frame = reader.frame(i).unwrap_or_else(|e| panic!("{name}: frame {i}: {e}"));
                assert_eq!((frame.index, adler_as(&frame.picture, &stored)), (i.min(3), want[i.min(3)]), "{name}: frame {i}");
            }
            assert!(reader.report().is_clean(), "{name}: {:?}", reader.report());
        }
    }
}

/// Pictures that move by themselves are films: GIF, APNG and AVIF.
#[test]
fn animated_pictures_are_films() {
    let dir = tempfile::tempdir().unwrap();
    for (name, options) in [("a.gif", &[][..]), ("a.apng", &[]), ("a.avif", &["-c:v", "libaom-av1", "-cpu-used", "8"])] {
        let args = [&["-f", "lavfi", "-i", "testsrc2=size=46x30:rate=10", "-frames:v", "5"], options].concat();
        let path = make(dir.path(), name, &args);
        let index = MediaIndex::scan(&path).unwrap();
        let info = index.info().video[0].clone();
        assert_eq!((info.frames, index.info().is_still, info.span.duration.as_secs_f64()), (5, false, 0.5), "{name}");
        let stored = info.pixel_format.replace("bgra", "rgba");
        let want = ffmpeg_frames(&path, 0, &[], &cutroom_media::VideoInfo { pixel_format: stored.clone(), ..info }, 10, &[]);
        let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
        for i in [0, 1, 2, 3, 4, 2, 0] {
            assert_eq!(adler_as(&reader.frame(i).unwrap().picture, &stored), want[i], "{name}: frame {i}");
        }
    }
}

/// GIF and APNG: each frame is shown as long as the file states, in hundredths of a second in the
/// graphic control extension (GIF89a §23), or as a fraction in the chunk `fcTL`.
#[test]
fn frames_of_gif_and_apng_last_as_their_files_state() {
    let dir = tempfile::tempdir().unwrap();
    for (name, delay) in [("a.gif", "7"), ("a.apng", "7/100")] {
        // Frames begin at 0, 0.1, 0.3, 0.6 and 1 s.
        let source = "testsrc2=size=46x30:rate=100,setpts=10*N*(N+1)/2,settb=1/100";
        let args = ["-f", "lavfi", "-i", source, "-frames:v", "5", "-fps_mode", "passthrough", "-final_delay", delay];
        let path = make(dir.path(), name, &args);
        let file = std::fs::read(&path).unwrap();
        let places = |mark: &'static [u8]| file.windows(mark.len()).enumerate().filter(move |w| w.1 == mark).map(|w| w.0);
        let stated: Vec<i64> = if name == "a.gif" {
            places(&[0x21, 0xF9, 4]).map(|at| i64::from(u16::from_le_bytes([file[at + 4], file[at + 5]]))).collect()
        } else {
            let number = |at: usize| i64::from(u16::from_be_bytes([file[at], file[at + 1]]));
            places(b"fcTL").map(|at| 100 * number(at + 24) / number(at + 26)).collect()
        };
        assert_eq!(stated[..4], [10, 20, 30, 40], "{name}");
        let index = MediaIndex::scan(&path).unwrap();
        let lengths: Vec<i64> = index.frame_spans(0).map(|s| s.duration.0 * 100 / cutroom_types::FLICKS_PER_SECOND).collect();
        assert_eq!(lengths, stated, "{name}");
    }
}

/// R, G and B of one pixel of a picture of floats.
fn float_at(p: &Picture, x: usize, y: usize) -> [f32; 3] {
    [0, 1, 2].map(|k| {
        let b = &p.planes[k].row(y)[4 * x..4 * x + 4];
        f32::from_le_bytes([b[0], b[1], b[2], b[3]])
    })
}

/// A picture of the size of the display window: what the data window does not hold is black, what
/// lies outside is cut off. The first part of several is shown.
#[test]
fn windows_and_parts_of_exr() {
    let dir = tempfile::tempdir().unwrap();
    let value = |x: i32, y: i32| [x as f32 / 8.0, y as f32 * 3.5, -0.25];
    let other = |_, _| [9.0, 9.0, 9.0];
    let display = [0, 0, 19, 11];
    for (name, data) in [
        ("whole", display),
        ("inside", [3, 2, 12, 9]),
        ("larger", [-4, -2, 23, 13]),
        ("shifted", [-5, 3, 9, 20]),
        ("apart", [15, 8, 30, 30]),
    ] {
        for parts in [1, 2] {
            let own = Part { data, display, pixel: &value };
            let more = Part { data: display, display, pixel: &other };
            let bytes = if parts == 1 { exr(&[own]) } else { exr(&[own, more]) };
            let path = dir.path().join(format!("{name}{parts}.exr"));
            std::fs::write(&path, bytes).unwrap();
            let info = probe(&path).unwrap_or_else(|e| panic!("{name}, {parts} parts: {e}"));
            assert_eq!((info.video[0].size.width, info.video[0].size.height), (20, 12), "{name}, {parts} parts");
            let picture = VideoReader::open(&path, 0, ReadOptions::default()).unwrap().frame(0).unwrap().picture;
            for y in 0..12i32 {
                for x in 0..20i32 {
                    let is_in = (data[0]..=data[2]).contains(&x) && (data[1]..=data[3]).contains(&y);
                    let want = if is_in { value(x, y) } else { [0.0; 3] };
                    assert_eq!(float_at(&picture, x as usize, y as usize), want, "{name}, {parts} parts: {x}, {y}");
                }
            }
        }
    }
}

fn still(dir: &Path, name: &str, source: &str, args: &[&str]) {
    make(dir, name, &[&["-f", "lavfi", "-i", source, "-frames:v", "1", "-update", "1"][..], args].concat());
}

#[test]
fn gaps_are_errors_or_filled() {
    let dir = tempfile::tempdir().unwrap();
    for (n, color) in [(3, "red"), (4, "green"), (7, "blue")] {
        still(dir.path(), &format!("g{n}.png"), &format!("color={color}:size=8x6,format=rgb24"), &[]);
    }
    let path = dir.path().join("g%d.png");
    let error = open(&path, Gaps::Error).unwrap_err();
    assert_eq!(error.code(), "media.numbered.missing");
    assert!(error.to_string().contains("g5.png") && error.to_string().contains("5 to 6"), "{error}");
    let colors = |gaps| {
        let mut reader = VideoReader::open_indexed(open(&path, gaps).unwrap(), 0, ReadOptions::default()).unwrap();
        (0..5)
            .map(|i| {
                let p = reader.frame(i).unwrap().picture;
                [0, 1, 2].map(|k| p.planes[k].row(3)[5])
            })
            .collect::<Vec<_>>()
    };
    let (red, green, blue, black) = ([255, 0, 0], [0, 128, 0], [0, 0, 255], [0, 0, 0]);
    assert_eq!(colors(Gaps::Hold), [red, green, green, green, blue]);
    assert_eq!(colors(Gaps::Black), [red, green, black, black, blue]);
    let info = probe_location(&row(&path, Gaps::Black)).unwrap();
    assert!(info.warnings.iter().any(|w| w.contains("5 to 6")), "{:?}", info.warnings);
    // Black in limited range and with alpha, of 10 bits.
    for (n, value) in [(1, 0), (3, 9)] {
        still(dir.path(), &format!("y{n}.dpx"), &format!("color=0x0{value}0{value}0{value}:size=8x6"), &["-pix_fmt", "gbrp10be"]);
    }
    let mut reader =
        VideoReader::open_indexed(open(&dir.path().join("y%d.dpx"), Gaps::Black).unwrap(), 0, ReadOptions::default()).unwrap();
    assert_eq!(reader.frame(1).unwrap().picture.planes[0].row(0), [0; 16]);
}

/// Name, what makes the second picture, code and part of the message.
type Odd<'a> = (&'a str, &'a dyn Fn(&Path), &'a str, &'a str);

#[test]
fn a_picture_unlike_the_first_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let gray = "color=gray:size=8x6";
    still(dir.path(), "s1.png", gray, &["-pix_fmt", "rgb24"]);
    let cases: &[Odd<'_>] = &[
        ("size", &|d| still(d, "s2.png", "color=gray:size=10x6", &["-pix_fmt", "rgb24"]), "media.numbered.differs", "10x6"),
        ("format", &|d| still(d, "s2.png", gray, &["-pix_fmt", "rgb48be"]), "media.numbered.differs", "16-bit"),
        ("garbage", &|d| std::fs::write(d.join("s2.png"), [7; 300]).unwrap(), "", ""),
        ("empty", &|d| std::fs::write(d.join("s2.png"), "").unwrap(), "media.open.not_media", "empty"),
        ("folder", &|d| std::fs::create_dir(d.join("s2.png")).unwrap(), "media.open.unreadable", "not a regular file"),
    ];
    for (name, make_second, code, text) in cases {
        make_second(dir.path());
        let path = dir.path().join("s%d.png");
        let mut reader = VideoReader::open_indexed(open(&path, Gaps::Error).unwrap(), 0, ReadOptions::default()).unwrap();
        assert!(reader.frame(0).is_ok(), "{name}");
        let error = reader.frame(1).unwrap_err();
        assert!(code.is_empty() || error.code() == *code, "{name}: {error}");
        assert!(error.to_string().contains("s2.png") && error.to_string().contains(text), "{name}: {error}");
        assert!(reader.frame(0).is_ok(), "{name}");
        let second = dir.path().join("s2.png");
        if *name == "folder" { std::fs::remove_dir(second).unwrap() } else { std::fs::remove_file(second).unwrap() }
    }
    // A file that goes away, and a row that begins with a film.
    still(dir.path(), "s2.png", gray, &["-pix_fmt", "rgb24"]);
    let index = open(&dir.path().join("s%d.png"), Gaps::Error).unwrap();
    std::fs::remove_file(dir.path().join("s2.png")).unwrap();
    let error = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap().frame(1).unwrap_err();
    assert_eq!(error.code(), "media.open.not_found");
    ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=32x32", "-frames:v", "3", dir.path().join("f1.mkv").to_str().unwrap()]);
    assert_eq!(open(&dir.path().join("f%d.mkv"), Gaps::Error).unwrap_err().code(), "media.open.unsupported");
}

/// 70 000 pictures are opened by their names alone.
#[test]
fn long_rows_are_opened_by_their_names() {
    let dir = tempfile::tempdir().unwrap();
    still(dir.path(), "first.png", "color=red:size=2x2,format=rgb24", &[]);
    for n in 0..70_000 {
        // Some file systems allow 65 000 names of a file.
        std::os::unix::fs::symlink(dir.path().join("first.png"), dir.path().join(format!("l{n:05}.png"))).unwrap();
    }
    let index = open(&dir.path().join("l%05d.png"), Gaps::Error).unwrap();
    assert_eq!(index.info().video[0].frames, 70_000);
    let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
    assert_eq!(reader.frame(69_999).unwrap().index, 69_999);
    assert_eq!(reader.decoded_frames(), 1);
}

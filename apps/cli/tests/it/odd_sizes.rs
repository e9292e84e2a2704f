//! Pictures of odd sizes in even canvases, and pictures of standard size in films of high
//! definition: what is stated by nobody is not converted.
use crate::support::{Bench, document, ffmpeg};
use serde_json::json;
use std::{path::Path, process::Command};

/// RGB of the first frame, by FFmpeg.
fn rgb(file: &Path) -> Vec<u8> {
    let args = ["-v", "error", "-i", file.to_str().unwrap(), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
    Command::new("ffmpeg").args(args).output().unwrap().stdout
}

/// The pixels of a window of an RGB picture.
fn cut(picture: &[u8], width: usize, [left, top, w, h]: [usize; 4]) -> Vec<u8> {
    (top..top + h).flat_map(|y| &picture[3 * (y * width + left)..3 * (y * width + left + w)]).copied().collect()
}

/// A noise picture in its own size: every pixel is that of the file.
#[test]
fn a_logo_of_odd_size_keeps_its_pixels() {
    let b = Bench::new();
    let noise = "nullsrc=s=33x25,geq=r='random(1)*255':g='random(2)*255':b='random(3)*255',format=rgb24";
    ffmpeg(&["-f", "lavfi", "-i", noise, "-frames:v", "1"], &b.path("a.png"));
    let source = rgb(&b.path("a.png"));
    let film = |size: (u32, u32), fit: &str| {
        let clip = json!({ "id": "c", "source": { "type": "media", "media": "a" }, "start": 0, "duration": "1s",
                           "video": { "transform": { "fit": fit } } });
        let mut film = document(&json!([{ "id": "v", "kind": "video", "clips": [clip] }]));
        film["media"][0] = json!({ "id": "a", "path": "a.png", "kind": "image" });
        film["compositions"][0]["size"] = json!({ "width": size.0, "height": size.1 });
        b.write("film.json", &film.to_string());
        b.ok(&["frame", "film.json", "-o", "f.png", "--overwrite"]);
        rgb(&b.path("f.png"))
    };
    // (64 - 33) / 2 = 15.5, (36 - 25) / 2 = 5.5: FFmpeg's overlay takes 15 and 5.
    let native = film((64, 36), "native");
    assert!(cut(&native, 64, [15, 5, 33, 25]) == source);
    assert!(native.iter().enumerate().all(|(i, v)| *v == 0 || {
        let (x, y) = (i / 3 % 64, i / 3 / 64);
        (15..48).contains(&x) && (5..30).contains(&y)
    }));
    // As high as the canvas: not scaled.
    assert!(cut(&film((64, 25), "contain"), 64, [15, 0, 33, 25]) == source);

    let said = b.ok(&["new", "new.json", "a.png"]);
    let said = said.out + &said.err;
    assert!(said.contains("33x25") && said.contains("34x26") && said.contains("--size"), "{said}");
    b.ok(&["frame", "new.json", "-o", "f.png", "--overwrite"]);
    let made = rgb(&b.path("f.png"));
    assert_eq!(made.len(), 34 * 26 * 3);
    assert!(cut(&made, 34, [0, 0, 33, 25]) == source);
}

/// Untagged clip, still of it, and FFmpeg's own conversion show the same colour in a film of HD
/// primaries, and in one of standard definition; tagged primaries are converted.
#[test]
fn primaries_that_nobody_stated_are_not_converted() {
    let b = Bench::new();
    let plain = ["-f", "lavfi", "-i", "color=0xc83c28:s=320x180:r=25,trim=end_frame=5,format=yuv420p"];
    let coded = ["-c:v", "ffv1", "-bitexact"];
    ffmpeg(&[&plain[..], &coded].concat(), &b.path("clip.mkv"));
    let tags = ["-color_primaries", "smpte170m", "-color_trc", "smpte170m", "-colorspace", "smpte170m"];
    ffmpeg(&[&plain[..], &coded, &tags].concat(), &b.path("tagged.mkv"));
    ffmpeg(&["-i", b.path("clip.mkv").to_str().unwrap(), "-frames:v", "1"], &b.path("still.png"));
    let jpeg = ["-frames:v", "1", "-q:v", "1"];
    ffmpeg(&[&["-i", b.path("clip.mkv").to_str().unwrap()][..], &jpeg].concat(), &b.path("still.jpg"));
    let want = rgb(&b.path("clip.mkv"))[..3].to_vec();
    let shown = |name: &str, primaries: &str, kind: &str| {
        let clip = json!({ "id": "c", "source": { "type": "media", "media": "a" }, "start": 0, "duration": "0.2s" });
        let mut film = document(&json!([{ "id": "v", "kind": "video", "clips": [clip] }]));
        film["media"][0] = json!({ "id": "a", "path": name, "kind": kind });
        film["compositions"][0]["color"] = json!({ "primaries": primaries, "transfer": "bt709" });
        b.write("film.json", &film.to_string());
        b.ok(&["frame", "film.json", "-o", "f.png", "--overwrite"]);
        rgb(&b.path("f.png"))[3 * (90 * 320 + 160)..][..3].to_vec()
    };
    for primaries in ["bt709", "smpte170m", "bt470bg"] {
        for (name, kind) in [("clip.mkv", "video"), ("still.png", "image"), ("still.jpg", "image")] {
            let got = shown(name, primaries, kind);
            let off = got.iter().zip(&want).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(off <= 2, "{name} in {primaries}: {got:?}, FFmpeg shows {want:?}");
        }
    }
    // What the file states is converted: SMPTE 170M's red is less saturated than BT.709's.
    let tagged = shown("tagged.mkv", "bt709", "video");
    assert!(tagged[0].abs_diff(want[0]) > 4, "{tagged:?} {want:?}");
}

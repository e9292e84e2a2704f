//! Films with a transparent background.
use crate::support::{Bench, ffmpeg, ffprobe};
use serde_json::json;
use std::{path::Path, process::Command};

/// A film of three frames: the clip is in the upper left quarter of a transparent canvas.
fn film(b: &Bench) {
    b.clip("a.mp4", 3, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let mut film = b.read_json("film.json");
    film["compositions"][0]["background"] = json!([0, 0, 0, 0]);
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] =
        json!({ "transform": { "scale": [0.5, 0.5], "anchor": [0, 0], "position_px": [-160, -90] } });
    b.write("film.json", &film.to_string());
}

/// The alpha of the first frame as 8-bit codes, by FFmpeg.
fn alpha(file: &Path, decoder: &[&str]) -> Vec<u8> {
    let name = file.to_str().unwrap();
    let rest = ["-i", name, "-frames:v", "1", "-vf", "alphaextract,format=gray", "-f", "rawvideo", "-"];
    let out = Command::new("ffmpeg").args(["-v", "error"]).args(decoder).args(rest).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

#[test]
fn alpha_is_written_where_the_codec_can() {
    let b = Bench::new();
    film(&b);
    for (name, options, format, decoder) in [
        ("x.webm", &[][..], "yuv420p", &["-c:v", "libvpx-vp9"][..]),
        ("x.mov", &["--video-codec", "prores"], "yuva444p12le", &[]),
        ("x.mkv", &["--video-codec", "ffv1"], "yuva420p", &[]),
        ("y.mov", &["--video-codec", "png"], "rgba", &[]),
        ("x%02d.png", &["--no-audio"], "rgba", &[]),
    ] {
        let ran = b.ok(&[&["export", "film.json", "-o", name][..], options].concat());
        assert!(!ran.err.contains("transparent"), "{name}: {}", ran.err);
        let file = b.path(&name.replace("%02d", "00"));
        assert_eq!(ffprobe(&file, "v", "pix_fmt"), format, "{name}");
        let alpha = alpha(&file, decoder);
        assert_eq!(alpha.len(), 320 * 180, "{name}");
        let at = |x: usize, y: usize| alpha[y * 320 + x];
        // A lossy codec may be a few codes off, and softens the edge.
        let near = |code: u8, want: u8| code.abs_diff(want) <= 6;
        assert!(near(at(20, 20), 255) && near(at(140, 70), 255), "{name}: {} {}", at(20, 20), at(140, 70));
        assert!(near(at(200, 20), 0) && near(at(20, 120), 0), "{name}: {} {}", at(200, 20), at(20, 120));
    }
    assert_eq!(ffprobe(&b.path("x.mov"), "v", "codec_tag_string"), "ap4h");
    b.ok(&["frame", "film.json", "-o", "f.png"]);
    assert_eq!(ffprobe(&b.path("f.png"), "v", "pix_fmt"), "rgba");
    let f = alpha(&b.path("f.png"), &[]);
    assert_eq!((f[20 * 320 + 20], f[20 * 320 + 200]), (255, 0));
}

#[test]
fn alpha_that_is_lost_is_said() {
    let b = Bench::new();
    film(&b);
    for (name, options, remedy) in [
        ("x.mp4", &[][..], "choose another --video-codec: vp9 in .webm, prores in .mov"),
        ("y.mp4", &["--video-codec", "vp9"], "choose another --video-codec"),
        ("x.webm", &["--pix-fmt", "yuv420p"], "leave out --pix-fmt"),
        ("x.mov", &["--video-codec", "prores", "--profile", "hq"], "leave out --profile"),
    ] {
        let ran = b.ok(&[&["export", "film.json", "-o", name][..], options].concat());
        let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("background is transparent") && said.contains(remedy), "{name}: {said}");
    }
    let mut film = b.read_json("film.json");
    film["compositions"][0]["background"] = json!([0, 0, 0, 1]);
    b.write("film.json", &film.to_string());
    assert!(!b.ok(&["export", "film.json", "-o", "opaque.mp4"]).err.contains("transparent"));
}

/// A clip of VP9 with alpha in WebM is read with it, shown over the tracks below, and comes back
/// through a lossless file bit by bit.
#[test]
fn vp9_with_alpha_comes_back() {
    let b = Bench::new();
    let picture = "testsrc2=size=98x54:rate=25,trim=end_frame=5,format=yuva420p,geq=lum=p(X\\,Y):cb=p(X\\,Y):cr=p(X\\,Y):a=X*2";
    let tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];
    let vp9 = ["-c:v", "libvpx-vp9", "-lossless", "1", "-auto-alt-ref", "0", "-pix_fmt", "yuva420p"];
    ffmpeg(&[&["-f", "lavfi", "-i", picture][..], &vp9, &tags].concat(), &b.path("a.webm"));
    b.ok(&["new", "film.json", "a.webm"]);
    let mut film = b.read_json("film.json");
    film["compositions"][0]["background"] = json!([0, 0, 0, 0]);
    b.write("film.json", &film.to_string());
    b.ok(&["export", "film.json", "-o", "x.webm", "--lossless"]);
    let raw = |name: &str| {
        let path = b.path(name);
        let args =
            ["-v", "error", "-c:v", "libvpx-vp9", "-i", path.to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", "yuva420p", "-"];
        Command::new("ffmpeg").args(args).output().unwrap().stdout
    };
    let source = raw("a.webm");
    assert_eq!(source.len(), 5 * (98 * 54 * 2 + 49 * 27 * 2));
    assert!(raw("x.webm") == source);
}

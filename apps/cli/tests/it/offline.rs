//! Missing files: slates and silence on request, errors otherwise.
use crate::support::{Bench, ffprobe, rgba};
use std::fs;

fn film_without_file(b: &Bench) {
    b.clip("a.mp4", 25, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    fs::remove_file(b.path("a.mp4")).unwrap();
}

#[test]
fn a_missing_file_is_a_slate_only_on_request() {
    let b = Bench::new();
    film_without_file(&b);
    let ran = b.run(&["frame", "film.json", "--at", "3", "-o", "f.png"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(!b.path("f.png").exists());
    let ran = b.ok(&["frame", "film.json", "--at", "3", "-o", "f.png", "--offline"]);
    assert!(ran.err.contains("media \"m1\" is offline; a slate and silence stand for it: a.mp4: "), "{}", ran.err);
    let pixels = rgba(&b, "f.png");
    assert_eq!(pixels.len(), 320 * 180);
    // Dark red with something written on it in white.
    assert_eq!(pixels[0], [0x5a, 0x1a, 0x20, 255]);
    let white = pixels.iter().filter(|p| p[..3].iter().all(|c| *c > 200)).count();
    assert!((100..20_000).contains(&white), "{white} white pixels");
}

#[test]
fn an_export_needs_the_word() {
    let b = Bench::new();
    film_without_file(&b);
    let ran = b.run(&["export", "film.json", "-o", "film.mkv"]);
    assert_eq!((ran.code, b.path("film.mkv").exists()), (4, false), "{}", ran.err);
    let ran = b.ok(&["export", "film.json", "-o", "film.mkv", "--offline", "--video-codec", "ffv1", "--audio-codec", "pcm"]);
    assert!(ran.err.contains("media \"m1\" is offline"), "{}", ran.err);
    let film = b.path("film.mkv");
    assert_eq!(crate::support::decoded_frames(&film), 25);
    assert_eq!(ffprobe(&film, "a:0", "channels"), "2");
    // One second of silence, by FFmpeg.
    let out = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i", film.to_str().unwrap(), "-map", "0:a", "-f", "s16le", "-"])
        .output()
        .unwrap();
    assert_eq!((out.stdout.len(), out.stdout.iter().all(|b| *b == 0)), (48_000 * 4, true));
}

/// A damaged file is not offline: it stays an error.
#[test]
fn a_damaged_file_is_no_missing_one() {
    let b = Bench::new();
    film_without_file(&b);
    b.write("a.mp4", "no film");
    let ran = b.run(&["frame", "film.json", "--at", "3", "-o", "f.png", "--offline"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(!ran.err.contains("is offline"), "{}", ran.err);
}

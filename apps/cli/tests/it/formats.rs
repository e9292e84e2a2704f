//! Every kind of output, from the command line: what ffprobe and FFmpeg see in it.
use crate::support::{Bench, decoded_frames, ffprobe};
use std::{
    io::Read,
    process::{Command, Stdio},
};

/// Containers and numbered pictures with their usual settings.
#[test]
fn every_extension_is_written() {
    let b = Bench::new();
    b.clip("a.mp4", 3, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    for (name, first, video, pixels, audio) in [
        ("x.ts", "x.ts", "h264", "yuv420p", "aac"),
        ("x.avi", "x.avi", "mjpeg", "yuvj420p", "pcm_s16le"),
        ("x.gif", "x.gif", "gif", "bgra", ""),
        ("hls/x.m3u8", "hls/x.m3u8", "h264", "yuv420p", "aac"),
        ("dash/x.mpd", "dash/x.mpd", "h264", "yuv420p", "aac"),
        ("j%02d.jpg", "j02.jpg", "mjpeg", "yuvj420p", ""),
        ("t%02d.tif", "t02.tif", "tiff", "rgb24", ""),
        ("e%02d.exr", "e02.exr", "exr", "gbrpf32le", ""),
        ("d%02d.dpx", "d02.dpx", "dpx", "gbrp10le", ""),
        ("x.aac", "x.aac", "", "", "aac"),
        ("x.ogg", "x.ogg", "", "", "opus"),
    ] {
        b.ok(&["export", "film.json", "-o", name]);
        let file = b.path(first);
        let one = |kind: &str, entry: &str| ffprobe(&file, kind, entry).lines().next().unwrap_or_default().to_owned();
        assert_eq!((one("v", "codec_name"), one("v", "pix_fmt")), (video.into(), pixels.into()), "{name}");
        assert_eq!(one("a", "codec_name"), audio, "{name}");
        if !video.is_empty() && name == first {
            assert_eq!(decoded_frames(&file), 3, "{name}");
        }
        if !name.contains('/') {
            b.names().iter().for_each(|n| assert!(!n.starts_with('.'), "{name}: {n}"));
        }
    }
    b.ok(&["export", "film.json", "-o", "x.webp"]);
    assert!(b.ok(&["probe", "x.webp"]).out.contains("3 frames"));
    for (codec, name) in [("mjpeg", "m.mov"), ("qtrle", "q.mov")] {
        b.ok(&["export", "film.json", "-o", name, "--video-codec", codec]);
        assert_eq!(ffprobe(&b.path(name), "v", "codec_name"), codec);
        assert_eq!(decoded_frames(&b.path(name)), 3, "{name}");
    }
}

/// A film for another program comes while it is made, in containers that allow it; one that goes
/// away ends the export.
#[test]
fn standard_output_gets_the_film_while_it_is_made() {
    let b = Bench::new();
    b.clip("a.mp4", 50, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    for container in ["mp4", "mkv", "webm", "ts"] {
        let args = ["export", "film.json", "-o", "-", "--container", container, "--scale", "0.5"];
        let out = b.command(&args).output().unwrap();
        assert!(out.status.success(), "{container}: {}", String::from_utf8_lossy(&out.stderr));
        let name = format!("x.{container}");
        std::fs::write(b.path(&name), out.stdout).unwrap();
        assert_eq!(decoded_frames(&b.path(&name)), 50, "{container}");
        assert!(!ffprobe(&b.path(&name), "a", "codec_name").is_empty(), "{container}");
    }
    assert_eq!(b.names(), ["a.mp4", "film.json", "x.mkv", "x.mp4", "x.ts", "x.webm"]);
    let args = ["export", "film.json", "-o", "-", "--container", "mkv", "--video-codec", "ffv1"];
    let mut child = b.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut some = [0; 1000];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let out = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("/dev/stdout") && said.contains("Broken pipe: the program that reads it"), "{said}");
}

/// Alpha below the picture of a codec without alpha.
#[test]
fn alpha_can_be_stacked() {
    let b = Bench::new();
    b.clip("a.mp4", 3, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let mut film = b.read_json("film.json");
    film["compositions"][0]["background"] = serde_json::json!([0, 0, 0, 0]);
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] =
        serde_json::json!({ "transform": { "scale": [0.5, 0.5], "anchor": [0, 0], "position_px": [-160, -90] } });
    b.write("film.json", &film.to_string());
    let ran = b.ok(&["export", "film.json", "-o", "x.mp4", "--stacked-alpha", "--crf", "10"]);
    assert!(!ran.err.contains("transparent"), "{}", ran.err);
    assert_eq!(ffprobe(&b.path("x.mp4"), "v", "width"), "320");
    assert_eq!(ffprobe(&b.path("x.mp4"), "v", "height"), "360");
    let x = b.path("x.mp4");
    let args = ["-v", "error", "-i", x.to_str().unwrap(), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
    let out = Command::new("ffmpeg").args(args).output().unwrap().stdout;
    let at = |x: usize, y: usize| out[y * 320 + x];
    // FFmpeg widens grey to full range.
    assert!(at(20, 180 + 20) > 245 && at(140, 180 + 70) > 245 && at(200, 180 + 20) < 10 && at(20, 180 + 120) < 10);
    let refused = b.run(&["export", "film.json", "-o", "y.mp4", "--stacked-alpha", "--pix-fmt", "yuva420p"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
}

/// An encoder of a graphics card that is not there: why, and what stands in if that is allowed.
#[test]
fn a_missing_card_is_said() {
    let b = Bench::new();
    b.clip("a.mp4", 3, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let report: serde_json::Value = serde_json::from_str(&b.ok(&["doctor", "--json"]).out).unwrap();
    let rows = report["hardware"].as_array().unwrap();
    assert_eq!(rows.len(), 15);
    for row in rows.iter().filter(|row| row["works"] == false) {
        let (codec, reason) = (row["codec"].as_str().unwrap(), row["reason"].as_str().unwrap());
        assert!(!reason.is_empty(), "{codec}");
        if !["h264-nvenc", "h265-vaapi", "av1-amf"].contains(&codec) {
            continue;
        }
        let refused = b.run(&["export", "film.json", "-o", "x.mp4", "--video-codec", codec]);
        assert!(
            refused.code != 0 && refused.err.contains("--hardware-fallback") || refused.err.contains("built with"),
            "{}",
            refused.err
        );
        assert!(!b.path("x.mp4").exists());
        let ran = b.ok(&["export", "film.json", "-o", "x.mp4", "--video-codec", codec, "--hardware-fallback", "--overwrite"]);
        assert!(ran.err.contains("does not work here") && ran.err.contains(codec), "{}", ran.err);
        let want = if codec.starts_with("av1") {
            "av1"
        } else if codec.starts_with("h265") {
            "hevc"
        } else {
            "h264"
        };
        assert_eq!(ffprobe(&b.path("x.mp4"), "v", "codec_name"), want);
        std::fs::remove_file(b.path("x.mp4")).unwrap();
    }
}

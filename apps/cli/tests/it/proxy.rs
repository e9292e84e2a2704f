//! `cutroom proxy`: pictures get softer, never different; what does not fit is refused.
use crate::support::{Bench, ffmpeg, ffprobe};
use cutroom_test_support::media;
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// Mean PSNR of two pictures in dB, by FFmpeg; infinite for equal ones.
fn psnr_db(a: &Path, b: &Path) -> f64 {
    let out =
        Command::new("ffmpeg").arg("-i").arg(a).arg("-i").arg(b).args(["-lavfi", "psnr", "-f", "null", "-"]).output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    let value = text.rsplit("average:").next().and_then(|t| t.split_whitespace().next()).unwrap_or_default();
    if value == "inf" { f64::INFINITY } else { value.parse().unwrap_or_else(|e| panic!("{e}: {text}")) }
}

fn proxies(b: &Bench) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(b.path(".cutroom/proxies")).unwrap().map(|e| e.unwrap().path());
    let mut films: Vec<_> = files.filter(|p| p.extension().is_some_and(|e| e == "mov")).collect();
    films.sort();
    films
}

#[test]
fn real_clips_look_the_same_with_proxies() {
    for name in [
        "iphone_720p_rot90.mov",
        "anamorphic_mpeg1_sar64-45.mpg",
        "sony_a7m3_1080i25_avchd.mts",
        "iphone_hlg_hevc10_rot90_editlist.mp4",
        "phone_fire_720p_vfr_rot180.mp4",
    ] {
        let Some(file) = media(name) else { continue };
        let b = Bench::new();
        // The first half second of the long one, with its edit list.
        let (mut file, short) = (file, b.path("short.mp4"));
        if name.starts_with("iphone_hlg") {
            ffmpeg(&["-i", file.to_str().unwrap(), "-t", "0.5", "-c", "copy", "-map", "0:v:0"], &short);
            file = short;
        }
        b.ok(&["new", "film.json", file.to_str().unwrap()]);
        b.ok(&["proxy", "film.json"]);
        for at in ["0", "11"] {
            let frame = |to: &str, proxies: &str| {
                let args = ["frame", "film.json", "--at", at, "-o", to, "--overwrite", "--scale", "0.5", "--backend", "cpu"];
                b.ok(&[&args[..], &["--proxies", proxies]].concat());
                b.path(to)
            };
            let (plain, soft) = (frame("a.png", "off"), frame("b.png", "auto"));
            let psnr = psnr_db(&plain, &soft);
            // Equal pictures would mean that the proxy was not drawn.
            assert!((35.0..80.0).contains(&psnr), "{name} at {at}: {psnr} dB");
        }
    }
}

/// Masks, crops and effects with lengths in pixels are where they are without proxies.
#[test]
fn placement_masks_and_lengths_do_not_change() {
    let b = Bench::new();
    ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-frames:v", "3", "-pix_fmt", "yuv420p"], &b.path("a.mp4"));
    let video = serde_json::json!({
        "transform": {"position_px": [40, -20], "scale": [0.8, 0.8], "rotation_degrees": 10, "crop": {"left": 0.1, "top": 0.05}},
        "masks": [{"id": "m", "shape": {"type": "ellipse", "center": [0.5, 0.5], "size": [0.8, 0.9]}, "feather_px": 12}],
        "effects": [{"id": "b", "effect": "gaussian-blur", "params": {"radius": 6}}]
    });
    let clip =
        serde_json::json!({"id": "c", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "3f@25", "video": video});
    b.write("film.json", &crate::support::document(&serde_json::json!([{"id": "v", "clips": [clip]}])).to_string());
    b.ok(&["proxy", "film.json"]);
    let frame = |to: &str, proxies: &str| {
        b.ok(&["frame", "film.json", "--at", "1", "-o", to, "--backend", "cpu", "--proxies", proxies]);
        b.path(to)
    };
    let psnr = psnr_db(&frame("a.png", "off"), &frame("b.png", "1/2"));
    assert!((35.0..80.0).contains(&psnr), "{psnr} dB");
}

#[test]
fn alpha_is_kept() {
    let b = Bench::new();
    let picture = "testsrc2=size=128x72:rate=25,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='X*255/W'";
    ffmpeg(&["-f", "lavfi", "-i", picture, "-frames:v", "2", "-c:v", "qtrle"], &b.path("a.mov"));
    let clip = serde_json::json!({"id": "c", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2f@25"});
    let mut film = crate::support::document(&serde_json::json!([{"id": "v", "clips": [clip]}]));
    film["media"][0]["path"] = "a.mov".into();
    film["compositions"][0]["background"] = serde_json::json!([0, 0, 0, 0]);
    b.write("film.json", &film.to_string());
    let made = b.ok(&["proxy", "film.json", "--json"]);
    let made: Value = serde_json::from_str(&made.out).unwrap();
    assert_eq!(made["made"][0]["codec"], "prores 4444");
    let pixels = |to: &str, proxies: &str| {
        b.ok(&["frame", "film.json", "--at", "1", "-o", to, "--backend", "cpu", "--proxies", proxies]);
        crate::support::rgba(&b, to)
    };
    let (plain, soft) = (pixels("a.png", "off"), pixels("b.png", "1/2"));
    assert!(plain != soft);
    let off = plain.iter().zip(&soft).map(|(a, b)| a[3].abs_diff(b[3])).max().unwrap();
    assert!(off <= 4, "alpha differs by up to {off}");
}

/// What exactly is used when: by default nothing, with `auto` what has the pixels; exports only when
/// asked, with a warning.
#[test]
fn proxies_are_used_when_they_are_asked_for() {
    let b = Bench::new();
    b.clip("a.mp4", 5, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let hashes = |extra: &[&str]| {
        let ran =
            b.ok(
                &[&["export", "film.json", "--null", "--frame-hashes", "h.txt", "--overwrite", "--backend", "cpu"], extra].concat()
            );
        (b.read("h.txt"), ran.err)
    };
    let (plain, _) = hashes(&[]);
    b.ok(&["proxy", "film.json"]);
    let again = b.ok(&["proxy", "film.json"]);
    assert!(again.out.contains("1/2 is there already"), "{}", again.out);
    assert_eq!(hashes(&[]).0, plain);
    // At full size a half has not the pixels.
    assert_eq!(hashes(&["--proxies", "auto"]).0, plain);
    let half = hashes(&["--proxies", "1/2"]);
    assert!(half.0 != plain);
    assert!(
        half.1.contains("pictures of proxies are in the film, which are softer than those of the files: --proxies was given"),
        "{}",
        half.1
    );
    assert!(hashes(&["--proxies", "auto", "--scale", "0.5"]).0 != hashes(&["--scale", "0.5"]).0);
    // The proxy is what FFmpeg reads as ProRes of half the size with all frames.
    let file = &proxies(&b)[0];
    let field = |name: &str| ffprobe(file, "v:0", name);
    assert_eq!(
        (field("codec_name"), field("width"), field("height"), field("nb_frames")),
        ("prores".into(), "160".into(), "90".into(), "5".into())
    );
}

/// A proxy of fewer frames, and one of a file that was replaced, are refused by name.
#[test]
fn a_proxy_that_does_not_fit_is_refused() {
    let b = Bench::new();
    b.clip("a.mp4", 10, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    b.ok(&["proxy", "film.json"]);
    let file = proxies(&b).remove(0);
    let cut = b.path("cut.mov");
    ffmpeg(&["-i", file.to_str().unwrap(), "-c", "copy", "-frames:v", "9"], &cut);
    fs::copy(&cut, &file).unwrap();
    let frame = |to: &str| b.ok(&["frame", "film.json", "--at", "1", "-o", to, "--proxies", "1/2", "--backend", "cpu"]);
    let ran = frame("a.png");
    assert!(ran.err.contains("is not used: it has 9 frames instead of 10; make it again"), "{}", ran.err);
    // The file itself is drawn.
    b.ok(&["frame", "film.json", "--at", "1", "-o", "b.png", "--backend", "cpu"]);
    assert_eq!(fs::read(b.path("a.png")).unwrap(), fs::read(b.path("b.png")).unwrap());
    let made = b.ok(&["proxy", "film.json"]);
    assert!(made.out.contains("1 proxy made"), "{}", made.out);
    assert!(!frame("c.png").err.contains("is not used"));
    // A row that is not one, and one of another way of deinterlacing.
    let text = b.read("film.json").replace(r#""path": "a.mp4""#, r#""deinterlace": "off", "path": "a.mp4""#);
    b.write("other.json", &text);
    let ran = b.ok(&["frame", "other.json", "--at", "1", "-o", "d.png", "--proxies", "1/2"]);
    assert!(ran.err.contains("its source was deinterlaced in another way"), "{}", ran.err);
    fs::write(file.with_extension("json"), "{}").unwrap();
    assert!(frame("e.png").err.contains("what it was made of cannot be read"));
}

#[test]
fn bad_requests_and_places_are_explained() {
    let b = Bench::new();
    b.clip("a.mp4", 3, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let ran = b.run(&["proxy", "film.json", "--media", "none"]);
    assert_eq!((ran.code, ran.err.contains("the project has no media \"none\"")), (2, true), "{}", ran.err);
    // A place that is no folder, as one that cannot be written to.
    let ran = b.run(&["proxy", "film.json", "--proxy-folder", "a.mp4/proxies"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("--proxy-folder names another folder"), "{}", ran.err);
    b.ok(&["proxy", "film.json", "--proxy-folder", "elsewhere"]);
    assert_eq!(fs::read_dir(b.path("elsewhere")).unwrap().count(), 2);
    assert!(!b.path(".cutroom").exists());
    fs::remove_file(b.path("a.mp4")).unwrap();
    let ran = b.run(&["proxy", "film.json"]);
    assert_eq!((ran.code, ran.err.contains("`cutroom relink` finds files that were moved")), (4, true), "{}", ran.err);
}

/// A disk that is full in the middle of a proxy leaves neither a part of it nor a row.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_nothing() {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let limited = "trap '' XFSZ && ulimit -f 8 && exec \"$0\" \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_cutroom"), "proxy", "film.json"]).current_dir(b.dir.path());
    let ran = crate::support::ran(command.env("NO_COLOR", "1").output().unwrap());
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("media.write.failed") && ran.err.contains("nothing incomplete was left"), "{}", ran.err);
    assert_eq!(fs::read_dir(b.path(".cutroom/proxies")).unwrap().count(), 0);
}

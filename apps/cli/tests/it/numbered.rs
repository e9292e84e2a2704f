//! Numbered pictures as one medium: `new --frame-rate`, `probe`, `validate`, `frame`, `export`.
use crate::support::{Bench, ffmpeg};
use serde_json::json;

/// `shots/IMG_0001.png` and so on: the red of picture n is 20 n.
fn shots(bench: &Bench, numbers: impl Iterator<Item = u32>) {
    std::fs::create_dir_all(bench.path("shots")).unwrap();
    for n in numbers {
        let picture = format!("color=0x{:02x}0000:size=16x10,format=rgb24", 20 * n);
        ffmpeg(&["-f", "lavfi", "-i", &picture, "-frames:v", "1", "-update", "1"], &bench.path(&format!("shots/IMG_{n:04}.png")));
    }
}

/// The red of the pixel in the middle of each frame, by ffmpeg.
fn reds(bench: &Bench, film: &str) -> Vec<u8> {
    let out = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(bench.path(film))
        .args(["-vf", "crop=1:1:8:5", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout.chunks(3).map(|p| p[0]).collect()
}

#[test]
fn numbered_pictures_are_one_medium() {
    let bench = Bench::new();
    shots(&bench, 3..=8);
    std::fs::create_dir(bench.path("films")).unwrap();
    let made = bench.ok(&["new", "films/film.json", "shots/IMG_%04d.png", "--frame-rate", "12.5"]);
    assert!(made.out.contains("1 clip, 16x10, 25/2 fps, 0.480 s"), "{}", made.out);
    let project = bench.read_json("films/film.json");
    assert_eq!(project["media"][0]["path"], "../shots/IMG_%04d.png");
    assert_eq!(project["media"][0]["frame_rate"], "25/2");
    bench.ok(&["validate", "films/film.json", "--strict"]);
    bench.ok(&["export", "films/film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--pix-fmt", "rgb24"]);
    assert_eq!(reds(&bench, "film.mkv"), [60, 80, 100, 120, 140, 160]);
    // Without a rate it is a slideshow, as before.
    let slides = bench.ok(&["new", "slides.json", "shots/IMG_%04d.png", "--still", "1s"]);
    assert!(slides.out.contains("6 clips"), "{}", slides.out);
    let probed = bench.ok(&["probe", "shots/IMG_%04d.png", "--frame-rate", "24"]);
    assert!(probed.out.starts_with("shots/IMG_%04d.png: numbered pictures, 0.250 s\n"), "{}", probed.out);
    assert!(probed.out.contains("png") && probed.out.contains("24 fps") && probed.out.contains("6 frames"), "{}", probed.out);
    bench.ok(&["frame", "films/film.json", "--at", "2", "-o", "two.png"]);
    assert_eq!(reds(&bench, "two.png"), [100]);
    // The pictures are never replaced by what is exported.
    let refused = bench.run(&["export", "films/film.json", "-o", "shots/IMG_%04d.png", "--overwrite"]);
    assert_eq!((refused.code, refused.err.contains("usage.replaces_input")), (2, true), "{}", refused.err);
}

#[test]
fn gaps_and_odd_pictures_are_named() {
    let bench = Bench::new();
    shots(&bench, [1, 2, 5].into_iter());
    let refused = bench.run(&["new", "film.json", "shots/IMG_%04d.png", "--frame-rate", "25"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("missing: 3 to 4 (first IMG_0003.png)") && refused.err.contains("--gaps"), "{}", refused.err);
    for (gaps, want) in [("hold", [20, 40, 40, 40, 100]), ("black", [20, 40, 0, 0, 100])] {
        let made = bench.ok(&["new", "film.json", "shots/IMG_%04d.png", "--frame-rate", "25", "--gaps", gaps, "--overwrite"]);
        assert!(made.err.contains("missing numbers: 3 to 4"), "{}", made.err);
        bench.ok(&["export", "film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--pix-fmt", "rgb24", "--overwrite"]);
        assert_eq!(reds(&bench, "film.mkv"), want, "{gaps}");
    }
    // A file that was added, one of another size, and fields that mean nothing.
    shots(&bench, 3..=4);
    bench.ok(&["export", "film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--pix-fmt", "rgb24", "--overwrite"]);
    assert_eq!(reds(&bench, "film.mkv"), [20, 40, 60, 80, 100]);
    ffmpeg(
        &["-f", "lavfi", "-i", "color=red:size=20x10,format=rgb24", "-frames:v", "1", "-update", "1"],
        &bench.path("shots/IMG_0004.png"),
    );
    let failed = bench.run(&["export", "film.json", "-o", "other.mkv", "--video-codec", "ffv1"]);
    assert_eq!(failed.code, 4, "{}", failed.err);
    assert!(failed.err.contains("IMG_0004.png: the picture is 20x10") && failed.err.contains("IMG_0001.png"), "{}", failed.err);
    let mut project = bench.read_json("film.json");
    project["media"][0]["frame_rate"] = json!(null);
    project["media"][0].as_object_mut().unwrap().remove("frame_rate");
    project["media"][0]["start_number"] = json!(3);
    bench.write("bad.json", &project.to_string());
    let invalid = bench.run(&["validate", "bad.json"]);
    assert!(
        invalid.code == 3 && invalid.err.contains("media[0].start_number") && invalid.err.contains("media[0].gaps"),
        "{}",
        invalid.err
    );
}

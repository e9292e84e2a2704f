//! `--scale` of `frame` and `export`: fewer pixels, or more, of the same picture. FFmpeg's area
//! average of the whole picture is what it must look like.
use crate::support::{Bench, ffmpeg, ffprobe, rgba};

/// A clip under a lower third, its border and a mask.
fn film(b: &Bench) {
    b.clip("a.mp4", 50, "25");
    b.ok(&[
        "split",
        "new",
        "film.json",
        "columns:2",
        "a.mp4",
        "a.mp4",
        "--size",
        "640x360",
        "--gap",
        "12",
        "--margin",
        "16",
        "--radius",
        "24",
        "--border",
        "4,#ffcc00",
    ]);
    b.ok(&["title", "add", "film.json", "bold-title-1", "--at", "0", "--duration", "2s"]);
}

#[test]
fn a_frame_at_another_scale_is_the_picture_with_fewer_pixels() {
    let b = Bench::new();
    film(&b);
    b.ok(&["frame", "film.json", "--at", "1s", "--backend", "cpu", "-o", "whole.png"]);
    for (scale, size, mean) in [("0.5", (320, 180), 2.0), ("0.25", (160, 90), 4.0)] {
        let said =
            b.ok(&["frame", "film.json", "--at", "1s", "--backend", "cpu", "--scale", scale, "-o", "small.png", "--overwrite"]);
        assert!(said.out.contains(&format!("{}x{} rgb", size.0, size.1)), "{}", said.out);
        let area = format!("scale={}:{}:flags=area", size.0, size.1);
        ffmpeg(&["-i", b.path("whole.png").to_str().unwrap(), "-vf", &area], &b.path("area.png"));
        let (want, got) = (rgba(&b, "area.png"), rgba(&b, "small.png"));
        assert_eq!((got.len(), want.len()), (size.0 * size.1, size.0 * size.1));
        let sum: u64 = want.iter().flatten().zip(got.iter().flatten()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let off = sum as f64 / (3.0 * want.len() as f64);
        assert!(off < mean, "{scale}: {off}");
    }
    // Odd sides are rounded, halves up.
    let said = b.ok(&["frame", "film.json", "--scale", "0.0828125", "-o", "odd.png"]);
    assert!(said.out.contains("53x30 rgb"), "{}", said.out);
    let said = b.ok(&["frame", "film.json", "--scale", "2", "-o", "large.png"]);
    assert!(said.out.contains("1280x720 rgb"), "{}", said.out);
}

#[test]
fn an_export_at_another_scale_has_that_size() {
    let b = Bench::new();
    film(&b);
    b.ok(&["export", "film.json", "-o", "draft.mp4", "--scale", "0.5", "--range", "0..5", "--backend", "cpu"]);
    let size = ["width", "height", "nb_frames"].map(|field| ffprobe(&b.path("draft.mp4"), "v:0", field));
    assert_eq!(size, ["320", "180", "5"]);
    let odd = b.run(&["export", "film.json", "-o", "odd.mp4", "--scale", "0.125", "--range", "0..5"]);
    assert!(odd.code == 2 && odd.err.contains("80×45"), "{} {}", odd.code, odd.err);
    for (scale, said) in [
        ("0", "--scale 0 is no scale"),
        ("nan", "--scale NaN is no scale"),
        ("5", "from 0.015625 (1/64) to 4"),
        ("0.001", "is no scale"),
    ] {
        for command in [&["export", "film.json", "--null"][..], &["frame", "film.json", "-o", "x.png"]] {
            let ran = b.run(&[command, &["--scale", scale]].concat());
            assert_eq!(ran.code, 2, "{scale}: {}", ran.err);
            assert!(
                ran.err.contains("usage.scale") && ran.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(said),
                "{scale}: {}",
                ran.err
            );
        }
    }
    assert_eq!(b.names(), ["a.mp4", "draft.mp4", "film.json"]);
}

//! Clips in corners, from the command line.
use crate::support::{Bench, ffmpeg, rgba};
use serde_json::{Value, json};

/// Left, top, right, bottom of what is more than half opaque on a canvas of 320×180.
fn bounds(px: &[[u8; 4]]) -> [usize; 4] {
    let seen = || (0..px.len()).filter(|i| px[*i][3] > 127);
    let (x, y) = (|i: usize| i % 320, |i: usize| i / 320);
    [seen().map(x).min().unwrap(), seen().map(y).min().unwrap(), seen().map(x).max().unwrap() + 1, seen().map(y).max().unwrap() + 1]
}

/// A still of `size`, such as `33:21`, on a transparent canvas of 320×180.
fn film(b: &Bench, size: &str, filter: &str, video: Value) {
    ffmpeg(
        &["-f", "lavfi", "-i", &format!("color=white:size=64x64,format=rgb24,crop={size}{filter}"), "-frames:v", "1"],
        &b.path("a.png"),
    );
    b.ok(&["new", "film.json", "a.png", "--size", "320x180", "--fps", "25", "--still", "1f", "--overwrite"]);
    let mut film = b.read_json("film.json");
    film["compositions"][0]["background"] = json!([0, 0, 0, 0]);
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] = video;
    b.write("film.json", &film.to_string());
}

#[test]
fn clips_are_aligned_with_margins() {
    let b = Bench::new();
    // 180/10 = 18 pixels are a tenth of the shorter side.
    let aligned = |align: &str, margin: Value, more: Value| {
        let mut transform = json!({ "fit": "native", "align": align, "margin": margin });
        transform.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "transform": transform })
    };
    for (size, filter, video, expected) in [
        ("33:21", "", aligned("top-left", json!(7), json!({})), [7, 7, 40, 28]),
        ("33:21", "", aligned("bottom-right", json!("10%"), json!({})), [320 - 18 - 33, 180 - 18 - 21, 302, 162]),
        ("33:21", "", aligned("right", json!([4, 50]), json!({})), [283, 79, 316, 100]),
        ("40:20", "", aligned("bottom", json!(5), json!({ "rotation_degrees": 90 })), [150, 135, 170, 175]),
        ("40:20", "", aligned("top-right", json!(0), json!({ "crop_right": 0.5, "crop_bottom": 0.25 })), [300, 0, 320, 15]),
        ("40:20", "", aligned("bottom-left", json!(6), json!({ "scale": [2, 2], "position_px": [3, -1] })), [9, 133, 89, 173]),
        // Square pixels: 60 wide, 20 high.
        ("40:20", ",setsar=3/2", aligned("top-left", json!([1, 2]), json!({})), [1, 2, 61, 22]),
    ] {
        film(&b, size, filter, video.clone());
        b.ok(&["validate", "film.json", "--strict"]);
        b.ok(&["frame", "film.json", "-o", "f.png", "--overwrite"]);
        assert_eq!(bounds(&rgba(&b, "f.png")), expected, "{size}{filter} {video}");
    }
    // `new` keeps the upper part of an upright picture.
    ffmpeg(
        &["-f", "lavfi", "-i", "color=red:size=160x180,pad=160:360:0:0:blue,format=rgb24", "-frames:v", "1"],
        &b.path("tall.png"),
    );
    let new =
        ["new", "tall.json", "tall.png", "--size", "320x180", "--fit", "cover", "--align", "top", "--still", "1f", "--fps", "25"];
    b.ok(&new);
    b.ok(&["frame", "tall.json", "-o", "tall-frame.png"]);
    let px = rgba(&b, "tall-frame.png");
    assert!(px.iter().all(|c| c[0] > 240 && c[2] < 20), "the upper half is red: {:?}", px[100]);
}

#[test]
fn mistakes_of_margins_are_explained() {
    let b = Bench::new();
    for (transform, code, said) in [
        (json!({ "margin": 5 }), "project.align", "a margin needs `align`"),
        (json!({ "align": "top-left", "margin": "5px" }), "project.form", "such as \"5%\""),
        (json!({ "align": "top-left", "margin": [1] }), "project.form", "or two in an array"),
        (json!({ "align": "upper-left" }), "project.form", "top-left"),
        (json!({ "align": "left", "margin": 1e7 }), "project.number", "canvas pixels"),
    ] {
        film(&b, "32:20", "", json!({ "transform": transform }));
        let ran = b.run(&["validate", "film.json", "--json"]);
        assert!(ran.out.contains(code), "{transform}: {} {}", ran.out, ran.err);
        let said_all = format!("{} {}", ran.out.replace("\\\"", "\""), ran.err);
        assert!(said_all.contains(said), "{transform}: {said_all}");
    }
}

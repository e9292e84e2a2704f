//! SVG files as stills: `probe`, `new`, `frame`, at the size at which they are shown.
use crate::support::Bench;
use serde_json::{Value, json};

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="32" height="18">
<rect width="32" height="18" fill="#ffffff"/><path d="M0 18 L32 0 L32 18 Z" fill="#000000"/></svg>"##;

/// Grey values of a picture of this size, by ffmpeg.
fn grey(bench: &Bench, name: &str) -> Vec<u8> {
    let mut command = std::process::Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(bench.path(name)).args(["-f", "rawvideo", "-pix_fmt", "gray", "-"]);
    command.output().unwrap().stdout
}

/// Enlarged by ten, the slanted edge is one pixel wide: the picture is drawn anew, not stretched.
#[test]
fn an_svg_is_a_still_that_is_sharp_at_every_size() {
    let bench = Bench::new();
    bench.write("logo.svg", LOGO);
    let probed = bench.ok(&["probe", "logo.svg"]).out;
    assert!(probed.contains("svg, still image") && probed.contains("32x18"), "{probed}");
    assert!(bench.ok(&["new", "film.json", "logo.svg"]).out.contains("32x18"));
    let mut film: Value = serde_json::from_str(&bench.read("film.json")).unwrap();
    film["compositions"][0]["size"] = json!({"width": 320, "height": 180});
    bench.write("film.json", &film.to_string());
    bench.ok(&["frame", "film.json", "--at", "0", "-o", "a.png"]);
    let picture = grey(&bench, "a.png");
    assert_eq!(picture.len(), 320 * 180);
    for (y, row) in picture.chunks(320).enumerate() {
        // The edge x = 320 − 16/9 y covers at most 1 + 16/9 pixels of a row; with what rounding adds, four.
        let partial = row.iter().filter(|v| (8..248).contains(*v)).count();
        assert!(partial <= 4, "row {y}: {partial} pixels between black and white");
        let white = row.iter().filter(|v| **v > 127).count() as f64;
        assert!((white - (320.0 - (y as f64 + 0.5) * 16.0 / 9.0)).abs() < 1.6, "row {y}: {white}");
    }
    bench.write("bad.svg", "<svg width='9' height='9'><g></svg>");
    bench.write("bad.json", &film.to_string().replace("logo.svg", "bad.svg"));
    let refused = bench.run(&["frame", "bad.json", "--at", "0", "-o", "b.png"]);
    assert!(refused.err.contains("drawing.svg") && refused.err.contains("bad.svg"), "{}", refused.err);
}

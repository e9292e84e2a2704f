//! `split`: what it lists, draws, makes and changes; docs/split-screens.md and its pictures.
//! `CUTROOM_BLESS=1` regenerates them.
use crate::support::{Bench, ffmpeg};
use serde_json::Value;
use std::{fmt::Write, path::Path, process::Command};

const HELP: &str = "run CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(split)'";
/// Size of a picture in the docs, in pixels.
const SIZE: (u32, u32) = (160, 90);

/// RGB bytes of a picture.
fn pixels(path: &Path) -> Vec<[u8; 3]> {
    let out =
        Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]).output();
    out.unwrap().stdout.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect()
}

fn listed(b: &Bench) -> Vec<Value> {
    let list: Value = serde_json::from_str(&b.ok(&["split", "list", "--json"]).out).unwrap();
    list["layouts"].as_array().unwrap().clone()
}

fn page(layouts: &[Value]) -> String {
    let mut text = String::from(
        "# Split screens\n\nWritten from `cutroom split list --json` and drawn by `cutroom split preview`: `CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(split)'`; \
         do not edit.\n\n`cutroom split new film.json columns:2 a.mp4 b.mp4` makes a film of clips side by side, `cutroom split add` puts them into a film, and `cutroom split change` lets the \
         cells move to another layout. What is written is ordinary: a composition with a clip for each cell and a shape as its matte, which can be changed like any other.\n\n\
         Numbers and weights may be others than those shown: `columns:3,1,1`, `grid:5x2`, `diagonal:6@-30`; up to 25 cells on a canvas of any shape. A main picture takes two thirds unless \
         its share follows (`main-left:3@0.8`), slanted edges lean by 15 degrees unless their tilt does. `--gap`, `--margin`, `--radius`, `--border` and `--background` are pixels and colours.\n\n\
         | | layout | cells | what |\n|---|---|---|---|\n",
    );
    for (n, l) in layouts.iter().enumerate() {
        let (layout, about) = (l["layout"].as_str().unwrap(), l["about"].as_str().unwrap());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| ![](split-screens/{:02}.png) | `{layout}` | {} | {about} |", n + 1, l["cells"]);
    }
    text
}

/// The pictures are goldens, too: every pixel is compared.
#[test]
fn split_screens_are_documented_as_they_are() {
    let docs = cutroom_test_support::root().join("docs");
    let b = Bench::new();
    let layouts = listed(&b);
    let size = format!("{}x{}", SIZE.0, SIZE.1);
    let names: Vec<String> = (1..=layouts.len()).map(|n| format!("{n:02}.png")).collect();
    for (l, name) in layouts.iter().zip(&names) {
        let look = ["--size", &size, "--gap", "2", "--background", "#ffffff", "-o", name];
        b.ok(&[&["split", "preview", l["layout"].as_str().unwrap()][..], &look].concat());
    }
    let (now, folder) = (page(&layouts), docs.join("split-screens"));
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for name in &names {
            std::fs::copy(b.path(name), folder.join(name)).unwrap();
        }
        std::fs::write(docs.join("split-screens.md"), &now).unwrap();
    }
    let then = std::fs::read_to_string(docs.join("split-screens.md")).unwrap_or_default();
    assert!(then == now, "docs/split-screens.md is old: {HELP}");
    for name in &names {
        let (want, got) = (pixels(&b.path(name)), pixels(&folder.join(name)));
        assert_eq!(want.len(), (SIZE.0 * SIZE.1) as usize, "{name}");
        assert!(want == got, "the picture {name} is old: {HELP}");
    }
    let mut files: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, names, "{HELP}");
}

/// Pictures of one colour each, of different sizes.
fn stills(b: &Bench) -> Vec<[u8; 3]> {
    let colors = [[255, 0, 0], [0, 0, 255], [255, 0, 255], [0, 0, 0], [255, 255, 255], [255, 255, 0]];
    for (n, [r, g, bl]) in colors.iter().enumerate() {
        let size = [(64, 36), (36, 64), (50, 50), (333, 251), (1, 1), (120, 20)][n];
        let source = format!("color=0x{r:02x}{g:02x}{bl:02x}:size={}x{},format=rgb24", size.0, size.1);
        ffmpeg(&["-f", "lavfi", "-i", &source, "-frames:v", "1"], &b.path(&format!("{n}.png")));
    }
    colors.to_vec()
}

fn frame(b: &Bench, film: &str, at: &str, name: &str) -> Vec<[u8; 3]> {
    b.ok(&["frame", film, "--at", at, "--backend", "cpu", "-o", name, "--overwrite"]);
    pixels(&b.path(name))
}

/// Canvases with odd sides: each pixel has the colour of its cell, by the formula of the layout, and
/// nothing of the background is seen where there is no gap.
#[test]
fn cells_have_the_colours_of_their_clips() {
    let b = Bench::new();
    let colors = stills(&b);
    let green = [0, 255, 0];
    let (w, h) = (161usize, 91usize);
    let edge = |k: usize, n: usize, side: usize| (side as f64 * k as f64 / n as f64).round() as usize;
    let part = |at: usize, n: usize, side: usize| (0..n).rfind(|k| edge(*k, n, side) <= at).unwrap();
    let make = |layout: &str, count: usize, more: &[&str]| {
        let files: Vec<String> = (0..count).map(|n| format!("{n}.png")).collect();
        let clips: Vec<&str> = files.iter().map(String::as_str).collect();
        let args = ["--size", "161x91", "--background", "#00ff00", "--overwrite"];
        b.ok(&[&["split", "new", "film.json", layout][..], &clips, &args, more].concat());
        frame(&b, "film.json", "0", "f.png")
    };
    for (layout, columns, rows) in [("columns:3", 3, 1), ("rows:2", 1, 2), ("grid:3x2", 3, 2)] {
        let got = make(layout, columns * rows, &[]);
        for (i, pixel) in got.iter().enumerate() {
            let (x, y) = (i % w, i / w);
            let cell = part(y, rows, h) * columns + part(x, columns, w);
            assert_eq!(*pixel, colors[cell], "{layout} at {x}, {y}");
        }
    }
    // A gap of 3 and a margin of 4: cells of (161 - 8 - 3) / 2 = 75 columns.
    let got = make("columns:2", 2, &["--gap", "3", "--margin", "4"]);
    for (i, pixel) in got.iter().enumerate() {
        let (x, y) = (i % w, i / w);
        let want = match x {
            _ if !(4..87).contains(&y) => green,
            4..79 => colors[0],
            82..157 => colors[1],
            _ => green,
        };
        assert_eq!(*pixel, want, "{x}, {y}");
    }
    // A border of 5 along the inside, and corners of 10: outside of the quarter circle is background.
    let got = make("columns:1", 1, &["--border", "5,#0000ff", "--radius", "10"]);
    for (x, y, want) in
        [(0, 0, green), (2, 45, [0, 0, 255]), (5, 45, [255, 0, 0]), (80, 4, [0, 0, 255]), (80, 5, [255, 0, 0]), (160, 90, green)]
    {
        assert_eq!(got[y * w + x], want, "{x}, {y}");
    }
    // Red and blue halves: what is not the one is the other, on the slanted edge as well. Its place
    // in row y is the middle plus the tangent of its tilt times the distance from the middle row.
    let got = make("diagonal:2@20", 2, &[]);
    for (i, pixel) in got.iter().enumerate() {
        let (x, y) = (i % w, i / w);
        assert_eq!(pixel[1], 0, "background at {x}, {y}: {pixel:?}");
        let at = 80.5 - 20.0f64.to_radians().tan() * (y as f64 + 0.5 - 45.5);
        let off = x as f64 + 0.5 - at;
        if off.abs() > 1.0 {
            assert_eq!(*pixel, if off < 0.0 { colors[0] } else { colors[1] }, "{x}, {y}");
        }
    }
}

/// A picture of two halves: the focus decides which are seen, `contain` shows both with bars.
#[test]
fn the_focus_moves_the_crop() {
    let b = Bench::new();
    let source = "color=red:size=100x100,format=rgb24[a];color=blue:size=100x100,format=rgb24[b];[a][b]hstack";
    ffmpeg(&["-f", "lavfi", "-i", source, "-frames:v", "1"], &b.path("halves.png"));
    // The picture covers a cell of 100×100 at its own size; it can be moved by 50 to both sides.
    for (more, red) in [
        (&["--focus", "0,0.5"][..], 100),
        (&["--focus", "0.25,0.5"], 100),
        (&["--focus", "0.4,0.5"], 70),
        (&[], 50),
        (&["--focus", "0.6,0"], 30),
        (&["--focus", "0.1,0.5", "--focus", "1=1,1"], 0),
    ] {
        let args = ["split", "new", "film.json", "columns:2", "halves.png", "halves.png", "--size", "200x100", "--overwrite"];
        b.ok(&[&args[..], more].concat());
        let got = frame(&b, "film.json", "0", "f.png");
        let count = got[50 * 200..50 * 200 + 100].iter().filter(|p| **p == [254, 0, 0] || **p == [255, 0, 0]).count();
        assert_eq!(count, red, "{more:?}");
    }
    b.ok(&[
        "split",
        "new",
        "film.json",
        "columns:2",
        "halves.png",
        "halves.png",
        "--size",
        "200x100",
        "--fit",
        "contain",
        "--overwrite",
    ]);
    let got = frame(&b, "film.json", "0", "f.png");
    let at = |x: usize, y: usize| got[y * 200 + x];
    assert_eq!([at(25, 20), at(25, 80)], [[0, 0, 0]; 2], "bars above and below");
    assert!(at(25, 50)[0] > 250 && at(75, 50)[2] > 250);
}

/// At the start of a change the frame is that of the old layout, at its end that of the new one, pixel
/// by pixel; between them no seam of the background shows between neighbours.
#[test]
fn changes_begin_and_end_at_the_still_layouts() {
    let b = Bench::new();
    stills(&b);
    let (w, more) = (161usize, ["--size", "161x91", "--background", "#00ff00", "--duration", "4s", "--overwrite"]);
    let make = |film: &str, layout: &str, clips: &[&str]| b.ok(&[&["split", "new", film, layout][..], clips, &more].concat());
    for (from, to, before, after, added) in [
        ("columns:2", "columns:1,2", &["0.png", "1.png"][..], &["0.png", "1.png"][..], &[][..]),
        ("columns:2", "mosaic:1+2", &["0.png", "1.png"], &["0.png", "1.png", "2.png"], &["2.png"]),
        ("grid:3x1", "diagonal:2@20", &["0.png", "1.png", "2.png"], &["0.png", "1.png"], &[]),
    ] {
        make("old.json", from, before);
        make("new.json", to, after);
        make("film.json", from, before);
        let rate = "--ease";
        let said =
            b.ok(&[&["split", "change", "film.json"][..], added, &["--to", to, "--at", "1s", "--duration", "20f", rate, "linear"]]
                .concat());
        let said = said.out.lines().last().unwrap().to_owned();
        assert!(said.starts_with("film.json: the composition split-1 changes from 1.000 s to 1.800 s"), "{said}");
        let (old, new) = (frame(&b, "old.json", "0", "old.png"), frame(&b, "new.json", "0", "new.png"));
        for (at, want) in [("0", &old), ("25", &old), ("45", &new), ("99", &new)] {
            assert!(frame(&b, "film.json", at, "f.png") == *want, "{from} to {to}: frame {at}");
        }
        if from == "columns:2" && to == "columns:1,2" {
            for at in ["29", "32", "37", "44"] {
                let got = frame(&b, "film.json", at, "f.png");
                let seam = got.iter().position(|p| p[1] != 0);
                assert_eq!(seam.map(|i| (i % w, i / w, got[i])), None, "frame {at}: the background shows");
                // The edge moves from 80.5 (on a whole pixel 81) to 161 / 3 in 20 frames.
                let t = (at.parse::<f64>().unwrap() - 25.0) / 20.0;
                let edge = 81.0 + (54.0 - 81.0) * t;
                let red: f64 = got[..w].iter().map(|p| f64::from(p[0]) / 255.0).sum();
                assert!((red - edge).abs() < 1.0, "frame {at}: the edge is at {red}, not {edge}");
            }
        }
    }
}

/// A split screen in a film, with the film in its gaps, or a colour.
#[test]
fn split_screens_are_added_to_films() {
    let b = Bench::new();
    stills(&b);
    b.clip("a.mp4", 50, "25");
    b.ok(&["new", "film.json", "5.png", "--still", "2s", "--size", "160x90", "--fps", "25", "--fit", "stretch"]);
    b.ok(&[
        "split",
        "add",
        "film.json",
        "columns:2",
        "0.png",
        "1.png",
        "--gap",
        "10",
        "--at",
        "1s",
        "--duration",
        "0.5s",
        "-o",
        "gap.json",
    ]);
    let args = ["--gap", "10", "--at", "1s", "--duration", "2s", "--background", "#ffffff", "--sound", "none"];
    let said = b.ok(&[&["split", "add", "film.json", "columns:2", "0.png", "a.mp4@0s..1s"][..], &args].concat());
    assert_eq!(said.out, "film.json: 2 cells from 1.000 s to 3.000 s in the composition split-1\n");
    assert!(said.err.contains("a.mp4 ends after 1.000 s; its cell is empty then"), "{}", said.err);
    assert!(said.err.contains("now lasts 3.000 s instead of 2.000 s"), "{}", said.err);
    let at = |film: &str, at: &str, x: usize| frame(&b, film, at, "f.png")[45 * 160 + x];
    assert_eq!(
        [at("gap.json", "24", 10), at("gap.json", "25", 10), at("gap.json", "25", 80)],
        [[255, 255, 0], [255, 0, 0], [255, 255, 0]]
    );
    assert_eq!([at("film.json", "2.5s", 80), at("film.json", "2.5s", 150)], [[255; 3]; 2], "the background");
    b.ok(&["validate", "film.json"]);
    let again = b.ok(&["split", "add", "film.json", "rows:1", "0.png", "--at", "0", "--duration", "1s"]);
    assert!(again.out.contains("split-2"), "{}", again.out);
    let media: Vec<String> =
        b.read_json("film.json")["media"].as_array().unwrap().iter().map(|m| m["path"].as_str().unwrap().to_owned()).collect();
    assert_eq!(media, ["5.png", "0.png", "a.mp4"], "each file once");
}

#[test]
fn what_cannot_be_a_split_screen_is_refused() {
    let b = Bench::new();
    stills(&b);
    b.ok(&["split", "new", "film.json", "columns:2", "0.png", "1.png", "--duration", "2s"]);
    let before = b.read("film.json");
    let new = |more: &[&'static str]| [&["new", "x.json"][..], more].concat();
    let change = |more: &[&'static str]| [&["change", "film.json"][..], more].concat();
    for (args, code, said) in [
        (new(&["colums:2", "0.png", "1.png"]), 2, "the nearest is columns:3; `cutroom split list` shows layouts"),
        (new(&["columns:3", "0.png", "1.png"]), 2, "the layout \"columns:3\" has 3 cells; clips for them: 2"),
        (new(&["columns:2", "0.png", "1.png", "--gap", "100"]), 2, "no room for the cells"),
        (new(&["columns:2", "0.png", "1.png", "--gap", "9999"]), 2, "--gap 9999 is no length of 0 to 2000 pixels"),
        (new(&["columns:2", "0.png", "1.png", "--radius", "nan"]), 2, "--radius NaN is no length"),
        (new(&["columns:2", "0.png", "1.png", "--border", "thick"]), 2, "\"thick\" is no width in pixels"),
        (new(&["columns:2", "0.png", "1.png", "--border", "2,red"]), 2, "a colour is written #rrggbb"),
        (new(&["columns:2", "0.png", "1.png", "--focus", "3=0,0"]), 2, "a cell from 1 to 2"),
        (new(&["columns:2", "0.png", "1.png", "--focus", "2,0"]), 2, "fractions from 0 to 1"),
        (new(&["columns:2", "0.png", "1.png", "--sound", "3"]), 2, "write a number from 1 to 2, all or none"),
        (new(&["columns:2", "0.png", "none.mp4"]), 4, "none.mp4"),
        (new(&["columns:2", "0.png@0s..1s", "1.png"]), 2, "a still image has no part"),
        (change(&["--to", "columns:3", "--at", "1s"]), 2, "has 3 cells; clips for them: 2"),
        (change(&["0.png", "--to", "rows:2", "--at", "1s"]), 2, "has 2 cells; clips for them: 3"),
        (change(&["--to", "rows:2", "--at", "2s"]), 2, "ends at 50"),
        (change(&["--to", "rows:2", "--at", "1s", "--ease", "in-out-cubik"]), 2, "the nearest is in_out_cubic"),
        (change(&["--to", "rows:2", "--at", "1s", "--composition", "splt-1"]), 2, "the nearest is split-1"),
        (vec!["preview", "rows:2", "-o", "x.mp4"], 2, "name a file that ends in .png"),
        (vec!["list", "zebra"], 2, "no layout has \"zebra\""),
    ] {
        let ran = b.run(&[&["split"][..], &args].concat());
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{args:?}: {}", ran.err);
    }
    assert_eq!(b.read("film.json"), before);
    b.ok(&["split", "change", "film.json", "--to", "rows:2", "--at", "1s"]);
    let early = b.run(&["split", "change", "film.json", "--to", "columns:2", "--at", "0.5s"]);
    assert!(early.code == 2 && early.err.contains("choose a later --at"), "{}", early.err);
}

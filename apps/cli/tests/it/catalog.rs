//! docs/catalog.md and its thumbnails match what the program lists and draws. `CUTROOM_BLESS=1`
//! regenerates them.
use crate::support::Bench;
use serde_json::{Value, json};
use std::{fmt::Write, path::Path, process::Command};

/// Size of a thumbnail in pixels; it is drawn at three times this size and reduced.
const SIZE: (u32, u32) = (144, 81);

/// `n` frames at 25 fps, as a time in a project.
fn frames(n: usize) -> String {
    format!("{n}f@25")
}

/// Parameters for entries that are neutral by default, show too little by default, or refer to
/// something in the film.
fn shown(id: &str) -> Value {
    match id {
        "brightness" => json!({ "amount": 0.2 }),
        "bulge" => json!({ "amount": 2 }),
        "contrast" => json!({ "amount": 1.6 }),
        "saturation" => json!({ "amount": 2 }),
        "vibrance" => json!({ "amount": 0.8 }),
        "hue-shift" => json!({ "shift": 0.3 }),
        "temperature" => json!({ "temperature": 0.8 }),
        "exposure" => json!({ "exposure": 0.8 }),
        "levels" => json!({ "inputBlack": 0.15, "inputWhite": 0.8, "gamma": 1.3 }),
        "channel-mixer" => json!({ "redGreen": 0.6, "redRed": 0.4, "blueRed": 0.3 }),
        "chroma-key" => json!({ "keyColor": "custom", "customColor": [0.9, 0.15, 0.2, 1], "tolerance": 0.15 }),
        "corner-pin" => {
            json!({ "topLeftX": 0.15, "topLeftY": 0.2, "topRightX": 0.9, "bottomRightX": 1, "bottomLeftX": 0.05, "bottomLeftY": 0.85 })
        }
        "displacement-map" => json!({ "track": "maps", "amountX": 40, "amountY": 40 }),
        "luma-wipe" => json!({ "image": "m" }),
        "crop" => json!({ "left": 0.2, "top": 0.15, "right": 0.1, "bottom": 0.2 }),
        "curves" => json!({ "master": "0,0 0.25,0.12 0.75,0.88 1,1", "blue": "0,0.15 1,0.85" }),
        "gradient" => json!({ "start": [0.1, 0.2, 0.6, 1], "end": [1, 0.7, 0.3, 1], "angle": 30 }),
        "hsl" => json!({ "hue": 80, "saturation": 1.2 }),
        "lens-distortion" => json!({ "k1": 0.5 }),
        "lift-gamma-gain" => json!({ "liftB": 0.12, "gainR": 1.25, "gamma": 1.1 }),
        "log-convert" => json!({ "curve": "rec2020" }),
        "luma-fade" => json!({ "invert": true }),
        "luma-key" => json!({ "threshold": 0.35 }),
        "lut" => json!({ "file": "look.cube" }),
        "pixel-particle-disintegrate" => json!({ "progress": 0.4 }),
        "primary" => json!({ "contrast": 1.3, "shadows": 0.6, "saturation": 1.3, "temperature": -0.8 }),
        "qualifier" => json!({ "hueCenter": 355, "hueWidth": 40, "hue": 120 }),
        "stabilize" => json!({ "shiftX": 0.05, "shiftY": -0.08, "rotation": 6 }),
        "white-balance" => json!({ "temperature": 3800 }),
        _ => json!({}),
    }
}

/// Effects that draw around an outline and therefore need a picture with transparent parts.
const NEEDS_OUTLINE: &[&str] = &["drop-shadow", "stroke"];

/// Effects that read other times. They are shown on a moving picture of [`MOVING_FRAMES`] frames,
/// in frame 14.
const NEEDS_MOTION: &[&str] = &["acuarela", "denoise-temporal", "echo", "posterize-time", "rom1"];
const MOVING_FRAMES: usize = 16;

/// A still in the PPM format with gradients, edges, saturated colours and fine lines.
fn scene(warm: bool) -> Vec<u8> {
    let (w, h) = (432usize, 243usize);
    let mut bytes = format!("P6\n{w} {h}\n255\n").into_bytes();
    for y in 0..h {
        for x in 0..w {
            let (u, v) = (x as f64 / w as f64, y as f64 / h as f64);
            let mut c = if warm {
                [0.95 - 0.5 * v, 0.65 - 0.4 * v, 0.25 + 0.3 * v]
            } else {
                [0.15 + 0.2 * v, 0.35 + 0.3 * u, 0.75 - 0.3 * v]
            };
            let (dx, dy) = (u - if warm { 0.65 } else { 0.3 }, (v - 0.4) * h as f64 / w as f64);
            if dx * dx + dy * dy < 0.0144 {
                c = if warm { [1.0, 0.95, 0.8] } else { [0.9, 0.15, 0.2] };
            }
            if warm && (u - 0.25).abs() < 0.07 && (v - 0.45).abs() < 0.12 {
                c = [0.9, 0.15, 0.2];
            }
            if v > 0.75 && ((u * 24.0) as i64 + (v * 20.0) as i64) % 2 == 0 {
                c = if warm { [0.2, 0.1, 0.05] } else { [0.05, 0.25, 0.1] };
            }
            if (u * 12.0).fract() < 0.04 && v < 0.2 {
                c = [1.0, 1.0, 1.0];
            }
            bytes.extend(c.map(|v| (v * 255.0 + 0.5) as u8));
        }
    }
    bytes
}

/// Grey rings, a still in the PGM format, as a map for entries that read the brightness of another
/// picture.
fn waves() -> Vec<u8> {
    let (w, h) = (432usize, 243usize);
    let mut bytes = format!("P5\n{w} {h}\n255\n").into_bytes();
    bytes.extend((0..w * h).map(|i| {
        let (x, y) = ((i % w) as f64 - 216.0, (i / w) as f64 - 121.5);
        (127.5 - 127.5 * ((x * x + y * y).sqrt() / 20.0).cos() + 0.5) as u8
    }));
    bytes
}

/// A project with the frames of all thumbnails one after the other, and the frame number of each
/// name.
fn film(catalog: &Value) -> (Value, Vec<(String, usize)>) {
    let (mut below, mut above, mut maps, mut transitions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut names = Vec::new();
    let mut at = 0;
    let clip = |n: usize, media: &str, length: usize, video: Value| json!({ "id": format!("{media}{n}"), "source": { "type": "media", "media": media }, "start": frames(n), "duration": frames(length), "video": video });
    for e in catalog["effects"].as_array().unwrap() {
        let id = e["id"].as_str().unwrap();
        let mut effects = vec![json!({ "id": format!("fx{at}"), "effect": id, "params": shown(id) })];
        if NEEDS_OUTLINE.contains(&id) {
            let params = json!({ "left": 0.2, "top": 0.2, "right": 0.2, "bottom": 0.2 });
            effects.insert(0, json!({ "id": format!("cut{at}"), "effect": "crop", "params": params }));
            below.push(clip(at, "b", 1, json!({})));
            above.push(clip(at, "a", 1, json!({ "effects": effects })));
        } else if NEEDS_MOTION.contains(&id) {
            below.push(json!({
                "id": format!("moving{at}"), "source": { "type": "composition", "composition": "moving" },
                "start": frames(at), "duration": frames(MOVING_FRAMES), "video": { "effects": effects }
            }));
            names.push((format!("effect-{id}"), at + 14));
            at += MOVING_FRAMES;
            continue;
        } else {
            below.push(clip(at, "a", 1, json!({ "effects": effects })));
        }
        if e["params"].as_array().unwrap().iter().any(|p| p["kind"] == "track") {
            maps.push(clip(at, "m", 1, json!({ "transform": { "fit": "stretch" } })));
        }
        names.push((format!("effect-{id}"), at));
        at += 1;
    }
    for b in catalog["blend_modes"].as_array().unwrap() {
        let id = b["id"].as_str().unwrap();
        below.push(clip(at, "a", 1, json!({})));
        above.push(clip(at, "b", 1, json!({ "blend": id, "opacity": 0.9, "transform": { "scale": [0.8, 0.8] } })));
        names.push((format!("blend-{id}"), at));
        at += 1;
    }
    for t in catalog["transitions"].as_array().unwrap() {
        let id = t["id"].as_str().unwrap();
        // Five frames after the cut. The second shows progress 0.3, which is more instructive than
        // the middle.
        let (from, to) = (clip(at, "a", 1, json!({})), clip(at + 1, "b", 5, json!({})));
        transitions.push(json!({
            "id": format!("x{at}"), "kind": id, "from": from["id"], "to": to["id"], "duration": frames(5), "alignment": "start", "params": shown(id)
        }));
        below.extend([from, to]);
        names.push((format!("transition-{id}"), at + 2));
        at += 6;
    }
    let inner = (SIZE.0 * 3, SIZE.1 * 3);
    // Larger than the canvas, so that its edges stay outside.
    let path = json!({ "keyframes": [{ "time": 0, "value": [-70, 0] }, { "time": frames(14), "value": [0, 0] }] });
    let moving = json!({
        "id": "moving", "source": { "type": "media", "media": "a" }, "start": 0, "duration": frames(MOVING_FRAMES),
        "video": { "transform": { "scale": [1.4, 1.4], "position_px": path } }
    });
    let project = json!({
        "schema_version": 2,
        "name": "catalog",
        "main": "small",
        "media": [{ "id": "a", "path": "a.ppm" }, { "id": "b", "path": "b.ppm" }, { "id": "m", "path": "m.pgm" }],
        "compositions": [
            {
                "id": "small", "size": { "width": SIZE.0, "height": SIZE.1 }, "frame_rate": "25", "blend_space": "gamma",
                "tracks": [{ "id": "t", "clips": [{ "id": "all", "source": { "type": "composition", "composition": "film" }, "start": 0, "duration": frames(at) }] }]
            },
            {
                "id": "film", "size": { "width": inner.0, "height": inner.1 }, "frame_rate": "25", "blend_space": "gamma",
                "tracks": [{ "id": "maps", "matte_only": true, "clips": maps }, { "id": "v1", "clips": below, "transitions": transitions }, { "id": "v2", "clips": above }]
            },
            {
                "id": "moving", "size": { "width": inner.0, "height": inner.1 }, "frame_rate": "25", "blend_space": "gamma",
                "tracks": [{ "id": "m", "clips": [moving] }]
            }
        ]
    });
    (project, names)
}

fn page(catalog: &Value) -> String {
    let mut text = String::from(
        "# The catalogue\n\nWritten from `cutroom catalog --json` and drawn by the CPU back end: `CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(catalog)'`; \
         do not edit.\nBoth back ends draw every entry. Cost is at default values: passes (times that the picture goes to memory and back) and operations a pixel, where\na pixel read elsewhere counts as 150 and an entry of a table as 20. On the CPU a pass takes about as long as 300 operations.\n\
         A length in `canvas px` is in pixels of the film, measured on the clip as `fit` has fitted it: [Lengths](project-format.md#lengths).\n",
    );
    let list = |key: &str| catalog[key].as_array().unwrap().clone();
    let cost = |e: &Value| format!("{} / {}", e["cost"]["passes"], e["cost"]["operations"]);
    let params = |e: &Value| {
        let all: Vec<String> = e["params"].as_array().unwrap().iter().filter(|p| p["id"] != "includeAudio").map(param).collect();
        all.join("<br>")
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n## Effects\n\n| | id | what | parameters | cost |\n|---|---|---|---|---|");
    for e in list("effects") {
        let (id, family, summary) = (e["id"].as_str().unwrap(), e["family"].as_str().unwrap(), e["summary"].as_str().unwrap());
        let _ = writeln!(text, "| ![](catalog/effect-{id}.png) | `{id}` | {family}: {summary} | {} | {} |", params(&e), cost(&e));
    }
    let _ = writeln!(text, "\n## Blend modes\n\n| | id | name |\n|---|---|---|");
    for b in list("blend_modes") {
        let (id, name) = (b["id"].as_str().unwrap(), b["name"].as_str().unwrap());
        let _ = writeln!(text, "| ![](catalog/blend-{id}.png) | `{id}` | {name} |");
    }
    let _ = writeln!(text, "\n## Transitions\n\n| | id | name | parameters | cost |\n|---|---|---|---|---|");
    for t in list("transitions") {
        let (id, name, family) = (t["id"].as_str().unwrap(), t["name"].as_str().unwrap(), t["family"].as_str().unwrap());
        let _ = writeln!(text, "| ![](catalog/transition-{id}.png) | `{id}` | {family}: {name} | {} | {} |", params(&t), cost(&t));
    }
    text.push_str(
        "\n## Entries of other editors\n\nWhat importers make of the effects, filters and transitions of Timeline Studio, and of transitions that MasterSelects has planned: effects in the order of \
         drawing, with the original's settings as their numbers (`crates/interchange/src/aliases`). `same` is the arithmetic of the original's preview, `like` serves the same \
         purpose.\n\n| kind | id there | here | match | note |\n|---|---|---|---|---|\n",
    );
    for a in list("aliases") {
        let of = |key: &str| a[key].as_str().unwrap_or_default().to_owned();
        let entries: Vec<String> = a["entries"].as_array().unwrap().iter().map(|e| format!("`{}`", e.as_str().unwrap())).collect();
        let _ =
            writeln!(text, "| {} | `{}` | {} | {} | {} |", of("kind"), of("id"), entries.join(", "), of("match_kind"), of("note"));
    }
    text
}

fn param(p: &Value) -> String {
    let range = match (p.get("min"), p.get("max")) {
        (Some(min), Some(max)) => format!(" [{min}..{max}]"),
        _ => p
            .get("options")
            .and_then(Value::as_array)
            .map_or(String::new(), |o| format!(" ({})", o.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))),
    };
    let unit = p.get("unit").and_then(Value::as_str).map_or(String::new(), |u| format!(" {u}"));
    let fixed = if p["animatable"] == true { "" } else { ", fixed" };
    format!("`{}` {}{range}{unit}{fixed}", p["id"].as_str().unwrap(), p["default"])
}

/// RGB bytes of the thumbnails in a folder, in the order of `names`; `None` for a missing file or a
/// wrong size.
fn pixels(dir: &Path, names: &[String]) -> Vec<Option<Vec<u8>>> {
    let count = (SIZE.0 * SIZE.1 * 3) as usize;
    names
        .iter()
        .map(|name| {
            let path = dir.join(format!("{name}.png"));
            let out = Command::new("ffmpeg")
                .args(["-v", "error", "-i"])
                .arg(&path)
                .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
                .output()
                .unwrap();
            Some(out.stdout).filter(|b| b.len() == count)
        })
        .collect()
}

#[test]
fn the_catalogue_is_documented_as_it_is() {
    let docs = cutroom_test_support::root().join("docs");
    let thumbnails = docs.join("catalog");
    let b = Bench::new();
    let catalog: Value = serde_json::from_str(&b.ok(&["catalog", "--json"]).out).unwrap();
    let now = page(&catalog);
    let (project, names) = film(&catalog);
    std::fs::write(b.path("a.ppm"), scene(true)).unwrap();
    std::fs::write(b.path("b.ppm"), scene(false)).unwrap();
    std::fs::write(b.path("m.pgm"), waves()).unwrap();
    let look = (0..8).map(|i| {
        let (r, g, bl) = (f64::from(i & 1), f64::from(i >> 1 & 1), f64::from(i >> 2));
        format!("{} {} {}\n", 0.1 + 0.9 * r, 0.15 + 0.7 * g + 0.1 * r, 0.3 + 0.4 * bl + 0.2 * g)
    });
    b.write("look.cube", &format!("LUT_3D_SIZE 2\n{}", look.collect::<String>()));
    b.write("film.json", &project.to_string());
    std::fs::create_dir(b.path("frames")).unwrap();
    b.ok(&["export", "film.json", "-o", "frames/%05d.png", "--backend", "cpu"]);
    let drawn = b.path("drawn");
    std::fs::create_dir(&drawn).unwrap();
    let first = first_number(&b.path("frames"));
    for (name, frame) in &names {
        std::fs::copy(b.path(&format!("frames/{:05}.png", frame + first)), drawn.join(format!("{name}.png"))).unwrap();
    }
    let names: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        let _ = std::fs::remove_dir_all(&thumbnails);
        std::fs::create_dir_all(&thumbnails).unwrap();
        for name in &names {
            std::fs::copy(drawn.join(format!("{name}.png")), thumbnails.join(format!("{name}.png"))).unwrap();
        }
        std::fs::write(docs.join("catalog.md"), &now).unwrap();
    }
    let help = "run CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(catalog)'";
    let then = std::fs::read_to_string(docs.join("catalog.md")).unwrap_or_default();
    assert!(then == now, "docs/catalog.md is old: {help}");
    // The pixels are the same on every machine; the bytes of the PNG files need not be.
    let old: Vec<&String> = {
        let (want, got) = (pixels(&drawn, &names), pixels(&thumbnails, &names));
        names.iter().zip(want.iter().zip(&got)).filter(|(_, (w, g))| w.is_none() || w != g).map(|(n, _)| n).collect()
    };
    assert!(old.is_empty(), "thumbnails are old: {old:?}; {help}");
    let mut files: Vec<String> =
        std::fs::read_dir(&thumbnails).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let mut wanted: Vec<String> = names.iter().map(|n| format!("{n}.png")).collect();
    wanted.sort();
    assert_eq!(files, wanted, "{help}");
}

/// Number of the first picture of a sequence.
fn first_number(dir: &Path) -> usize {
    let numbers = std::fs::read_dir(dir).unwrap().filter_map(|e| e.unwrap().path().file_stem()?.to_str()?.parse().ok());
    numbers.min().unwrap()
}

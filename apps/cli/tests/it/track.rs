//! `track` on footage with known movement: it is cut out of a larger picture along a known path.
use crate::support::{Bench, document, ffmpeg};
use serde_json::{Value, json};

const FRAMES: usize = 20;

/// Displacement of the camera in frame `n`, in whole pixels.
fn off(n: usize) -> [f64; 2] {
    let t = n as f64;
    [(7.0 * (0.7 * t).sin() + 3.0 * t).round(), (5.0 * (0.5 * t + 1.0).sin() - 1.2 * t).round()]
}

/// Where a point of the picture of frame 0 is in frame `n`, in pixels of the upright picture of
/// 640×360.
fn moved(n: usize, point: [f64; 2]) -> [f64; 2] {
    [point[0] - off(n)[0] + off(0)[0], point[1] - off(n)[1] + off(0)[1]]
}

/// Writes `a.mp4`: 640×360 upright at 25 fps, cut out of a detailed still; `shape` are further
/// filters, `options` those of the output.
fn footage(b: &Bench, shape: &str, options: &[&str]) {
    let still = b.path("still.png");
    ffmpeg(
        &["-f", "lavfi", "-i", "life=size=240x140:ratio=0.3:seed=3:rate=1,scale=960:560:flags=bicubic,gblur=1.2", "-frames:v", "1"],
        &still,
    );
    let pick = |axis: usize| (0..FRAMES).rev().fold("0".to_owned(), |rest, n| format!("if(eq(n,{n}),{},{rest})", off(n)[axis]));
    let filter = format!("crop=640:360:'100+{}':'100+{}'{shape},format=yuv420p", pick(0), pick(1));
    let args = ["-loop", "1", "-framerate", "25", "-i", still.to_str().unwrap(), "-vf", &filter, "-frames:v", &FRAMES.to_string()];
    ffmpeg(&[&args[..], &["-c:v", "libx264", "-crf", "10", "-preset", "veryfast"]].concat(), &b.path("plain.mp4"));
    // ffmpeg writes an orientation only if it copies.
    ffmpeg(&[&["-i", b.path("plain.mp4").to_str().unwrap(), "-c", "copy"][..], options].concat(), &b.path("a.mp4"));
}

/// A film of 320×180: the clip scaled, turned and moved, and a label above it.
fn film(b: &Bench) {
    let tracks = json!([
        { "id": "v1", "clips": [{
            "id": "one", "source": { "type": "media", "media": "a" }, "start": "0s", "duration": format!("{FRAMES}f@25"),
            "video": {
                "transform": { "scale": [1.2, 1.2], "rotation_degrees": 20, "position_px": [12, -7], "crop_left": 0.05 },
                "masks": [{ "id": "m", "shape": { "type": "rectangle" }, "offset": [0.1, 0.0] }],
                "effects": [
                    { "id": "hide", "effect": "mosaic-region", "params": { "left": 0.4, "top": 0.4, "right": 0.6, "bottom": 0.6 } },
                    { "id": "twist", "effect": "twirl", "params": {} },
                    { "id": "pin", "effect": "corner-pin", "params": {} }
                ]
            }
        }] },
        { "id": "v2", "clips": [{
            "id": "label", "source": { "type": "solid", "color": [1, 0, 0, 1] }, "start": "0.2s", "duration": "0.4s",
            "video": { "transform": { "scale": [0.1, 0.1], "position_px": [30, 10] } }
        }] }
    ]);
    b.write("film.json", &document(&tracks).to_string());
}

/// A place of the upright picture on the canvas, by the definition of the transform: fitted by ½, scaled
/// by 1.2, turned by 20° clockwise about the centre, moved.
fn on_canvas(p: [f64; 2]) -> [f64; 2] {
    let (sin, cos) = 20f64.to_radians().sin_cos();
    let d = [0.6 * (p[0] - 320.0), 0.6 * (p[1] - 180.0)];
    [160.0 + 12.0 + cos * d[0] - sin * d[1], 90.0 - 7.0 + sin * d[0] + cos * d[1]]
}

fn pair(v: &Value) -> [f64; 2] {
    [v[0].as_f64().unwrap(), v[1].as_f64().unwrap()]
}

fn apart(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn written(p: [f64; 2]) -> String {
    format!("{},{}", p[0], p[1])
}

/// Keyframes: time in seconds and value.
fn keys(value: &Value) -> Vec<(f64, Value)> {
    let list = value["keyframes"].as_array().unwrap_or_else(|| panic!("no keyframes: {value}"));
    list.iter().map(|k| (k["time"].as_i64().unwrap() as f64 / 705_600_000.0, k["value"].clone())).collect()
}

#[test]
fn a_point_is_followed_through_scale_turn_anamorphic_pixels_and_orientation() {
    let start = [310.0, 170.0];
    for (shape, options) in
        [("", &[][..]), (",scale=320:360,setsar=2", &[][..]), (",transpose=1", &["-metadata:s:v", "rotate=90"][..])]
    {
        let b = Bench::new();
        footage(&b, shape, options);
        film(&b);
        let point = written(on_canvas(start));
        let report = b.ok(&["track", "film.json", "--clip", "one", "--point", &point, "-o", "path.json", "--json"]).out;
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(b.read_json("path.json"), report);
        let frames = report["frames"].as_array().unwrap();
        assert_eq!((frames.len(), report["lost"].as_u64()), (FRAMES, Some(0)), "{shape}");
        for (n, frame) in frames.iter().enumerate() {
            let (got, want) = (pair(&frame["canvas_px"][0]), on_canvas(moved(n, start)));
            assert!(apart(got, want) < 0.3, "{shape} frame {n}: {got:?}, not {want:?}");
            let fraction = pair(&frame["fractions"][0]);
            let upright = [fraction[0] * 640.0, fraction[1] * 360.0];
            assert!(apart(upright, moved(n, start)) < 0.5, "{shape} frame {n}: {upright:?}");
        }
    }
}

/// A photo, moved by thirds of a pixel, with noise and changing brightness.
#[test]
fn a_point_of_a_photo_is_followed_to_a_fraction_of_a_pixel() {
    let Some(photo) = cutroom_test_support::media("images/unsplash_photo.jpg") else { return };
    let b = Bench::new();
    let pick = |axis: usize| (0..FRAMES).rev().fold("0".to_owned(), |rest, n| format!("if(eq(n,{n}),{},{rest})", off(n)[axis]));
    let filter = format!(
        "format=rgb24,crop=1440:810:'200+{}':'500+{}',scale=480:270:flags=area,eq=brightness='0.004*n':eval=frame,noise=alls=6:allf=t,format=yuv420p",
        pick(0),
        pick(1)
    );
    let args = ["-loop", "1", "-framerate", "25", "-i", photo.to_str().unwrap(), "-vf", &filter, "-frames:v", &FRAMES.to_string()];
    ffmpeg(&[&args[..], &["-c:v", "libx264", "-crf", "16", "-preset", "veryfast"]].concat(), &b.path("a.mp4"));
    let clip =
        json!({ "id": "one", "source": { "type": "media", "media": "a" }, "start": "0s", "duration": format!("{FRAMES}f@25") });
    let mut film = document(&json!([{ "id": "v1", "clips": [clip] }]));
    film["compositions"][0]["size"] = json!({ "width": 480, "height": 270 });
    b.write("film.json", &film.to_string());
    for start in [[235.0, 165.0], [205.0, 130.0], [300.0, 120.0]] {
        let report = b.ok(&["track", "film.json", "--clip", "one", "--point", &written(start), "--json"]).out;
        let report: Value = serde_json::from_str(&report).unwrap();
        let mut errors: Vec<f64> = (0..FRAMES)
            .map(|n| {
                let way = [(off(n)[0] - off(0)[0]) / 3.0, (off(n)[1] - off(0)[1]) / 3.0];
                apart(pair(&report["frames"][n]["canvas_px"][0]), [start[0] - way[0], start[1] - way[1]])
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        println!("{start:?}: median {:.3} px, largest {:.3} px", errors[FRAMES / 2], errors[FRAMES - 1]);
        assert!(errors[FRAMES / 2] <= 0.3 && errors[FRAMES - 1] < 1.0, "{start:?}: {errors:?}");
    }
}

#[test]
fn clips_masks_and_effects_follow_a_point() {
    let b = Bench::new();
    footage(&b, "", &[]);
    film(&b);
    let start = [330.0, 200.0];
    let text = b
        .ok(&[
            "track",
            "film.json",
            "--clip",
            "one",
            "--point",
            &written(on_canvas(start)),
            "--apply",
            "position:label",
            "--apply",
            "mask:m",
            "--apply",
            "effect:hide:region",
            "--apply",
            "effect:twist:center",
            "--save-as",
            "out.json",
        ])
        .out;
    assert!(text.contains("clip one: 20 frames") && text.contains("effect:hide:region: 20 keyframes"), "{text}");
    assert!(text.contains("position:label: 10 keyframes") && text.contains("written to out.json"), "{text}");
    let project = b.read_json("out.json");
    let clip = |track: usize| &project["compositions"][0]["tracks"][track]["clips"][0]["video"];
    // The label is shown from frame 5 on, and keeps its distance from then on.
    let position = keys(&clip(1)["transform"]["position_px"]);
    for (k, (time, value)) in position.iter().enumerate() {
        assert!((time - k as f64 / 25.0).abs() < 1e-6);
        let (first, now) = (on_canvas(moved(5, start)), on_canvas(moved(5 + k, start)));
        let want = [30.0 + now[0] - first[0], 10.0 + now[1] - first[1]];
        assert!(apart(pair(value), want) < 0.4, "frame {k}: {value}, not {want:?}");
    }
    let fraction = |n: usize| [(moved(n, start)[0] - start[0]) / 640.0, (moved(n, start)[1] - start[1]) / 360.0];
    for (n, (_, value)) in keys(&clip(0)["masks"][0]["offset"]).iter().enumerate() {
        let want = [0.1 + fraction(n)[0], fraction(n)[1]];
        assert!(apart(pair(value), want) < 0.001, "frame {n}: {value}, not {want:?}");
    }
    let hide = &clip(0)["effects"][0]["params"];
    for (side, base, axis) in [("left", 0.4, 0), ("top", 0.4, 1), ("right", 0.6, 0), ("bottom", 0.6, 1)] {
        for (n, (_, value)) in keys(&hide[side]).iter().enumerate() {
            assert!((value.as_f64().unwrap() - base - fraction(n)[axis]).abs() < 0.001, "{side} frame {n}: {value}");
        }
    }
    let center = keys(&clip(0)["effects"][1]["params"]["centerX"]);
    for (n, (_, value)) in center.iter().enumerate() {
        assert!((value.as_f64().unwrap() - moved(n, start)[0] / 640.0).abs() < 0.001, "centre, frame {n}: {value}");
    }
    // What was written can be drawn.
    b.ok(&["validate", "out.json"]);
    b.ok(&["frame", "out.json", "--at", "12", "-o", "f.png"]);
}

#[test]
fn a_plane_moves_a_corner_pin() {
    let b = Bench::new();
    footage(&b, "", &[]);
    film(&b);
    let corners = [[200.0, 100.0], [420.0, 100.0], [420.0, 260.0], [200.0, 260.0]];
    let plane: Vec<String> = corners.iter().map(|c| written(on_canvas(*c))).collect();
    let args = ["track", "film.json", "--clip", "one", "--plane", &plane.join(","), "--from", "2", "--to", "12"];
    // In frame 2 the corners are where they were in frame 0 of the footage, so the surface is another
    // part of it.
    b.ok(&[&args[..], &["--apply", "effect:pin:corners", "--in-place"]].concat());
    let project = b.read_json("film.json");
    let params = &project["compositions"][0]["tracks"][0]["clips"][0]["video"]["effects"][2]["params"];
    for (corner, name) in corners.iter().zip(["topLeft", "topRight", "bottomRight", "bottomLeft"]) {
        for (axis, size, letter) in [(0, 640.0, "X"), (1, 360.0, "Y")] {
            let all = keys(&params[format!("{name}{letter}")]);
            assert_eq!(all.len(), 10);
            for (k, (time, value)) in all.iter().enumerate() {
                assert!((time - (2 + k) as f64 / 25.0).abs() < 1e-6);
                let want = corner[axis] - off(2 + k)[axis] + off(2)[axis];
                let got = value.as_f64().unwrap() * size;
                assert!((got - want).abs() < 0.5, "{name}{letter}, frame {}: {got}, not {want}", 2 + k);
            }
        }
    }
}

#[test]
fn what_cannot_be_followed_is_said() {
    let b = Bench::new();
    footage(&b, ",drawbox=x=0:y=0:w=120:h=120:color=gray:t=fill", &[]);
    film(&b);
    let run = |args: &[&str]| b.run(&[&["track", "film.json", "--clip", "one"][..], args].concat());
    let flat = written(on_canvas([60.0, 60.0]));
    for (args, said) in [
        (&["--point", &flat, "-o", "p.json"][..], "nothing that could be recognised"),
        (&["--point", "-400,0", "-o", "p.json"], "nothing that could be recognised"),
        (&["--point", "160", "-o", "p.json"], "2 numbers"),
        (&["-o", "p.json"], "--point"),
        (&["--point", "160,90", "--from", "19", "--to", "3", "-o", "p.json"], "not a range"),
        (&["--point", "160,90", "--apply", "position:label"], "--in-place"),
        (&["--point", "160,90", "--apply", "position:one", "--in-place"], "cannot follow itself"),
        (&["--point", "160,90", "--apply", "position:nix", "--in-place"], "no clip \"nix\""),
        (&["--point", "160,90", "--apply", "mask:nix", "--in-place"], "no mask \"nix\""),
        (&["--point", "160,90", "--apply", "effect:hide:size", "--in-place"], "it has region"),
        (&["--point", "160,90", "--apply", "effect:pin:corners", "--in-place"], "cannot follow a single point"),
        (&["--point", "160,90", "--apply", "effect:pin:topLeftX", "--in-place"], "it has corners, topLeft"),
        (&["--point", "160,90", "-o", "film.json"], "film.json"),
    ] {
        let ran = run(args);
        let flowed = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(ran.code == 2 && flowed.contains(said), "{args:?}: {} {}", ran.code, ran.err);
    }
    assert!(!b.path("p.json").exists());
}

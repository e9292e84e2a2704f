//! `stabilize` on footage with known shake: it is cut out of a larger picture along a known path.
use crate::support::{Bench, document, ffmpeg, ran};
use serde_json::{Value, json};
use std::process::Command;

const FRAMES: usize = 40;

/// Displacement of the camera in frame `n`, in whole pixels: shake on top of a slow pan.
fn off(n: usize, pan: f64) -> [f64; 2] {
    let t = n as f64;
    [(9.0 * (1.9 * t).sin() + pan * t).round(), (6.0 * (2.3 * t + 1.0).sin()).round()]
}

/// Writes `a.mp4`: 640×360 at 25 fps, cut out of a detailed still.
fn footage(b: &Bench, pan: f64) {
    let still = b.path("still.png");
    // Cellular shapes have corners of every kind.
    ffmpeg(
        &["-f", "lavfi", "-i", "life=size=240x140:ratio=0.3:seed=3:rate=1,scale=960:560:flags=bicubic,gblur=1.2", "-frames:v", "1"],
        &still,
    );
    let pick =
        |axis: usize| (0..FRAMES).rev().fold("0".to_owned(), |rest, n| format!("if(eq(n,{n}),{},{rest})", off(n, pan)[axis]));
    let filter = format!("crop=640:360:'100+{}':'100+{}',format=yuv420p", pick(0), pick(1));
    let args = ["-loop", "1", "-framerate", "25", "-i", still.to_str().unwrap(), "-vf", &filter, "-frames:v", &FRAMES.to_string()];
    ffmpeg(&[&args[..], &["-c:v", "libx264", "-crf", "12", "-preset", "veryfast"]].concat(), &b.path("a.mp4"));
}

fn film(b: &Bench, clips: &Value) {
    let mut film = document(&json!([{ "id": "v1", "clips": clips }]));
    film["compositions"][0]["size"] = json!({ "width": 640, "height": 360 });
    b.write("film.json", &film.to_string());
}

fn clip(id: &str) -> Value {
    json!({ "id": id, "source": { "type": "media", "media": "a" }, "start": "0s", "duration": format!("{FRAMES}f@25") })
}

fn effect(project: &Value) -> &Value {
    &project["compositions"][0]["tracks"][0]["clips"][0]["video"]["effects"][0]
}

/// Keyframes of a parameter: time in seconds and value.
fn keys(effect: &Value, param: &str) -> Vec<(f64, f64)> {
    let list = effect["params"][param]["keyframes"].as_array().unwrap_or_else(|| panic!("{param}: {effect}"));
    let key = |k: &Value| (k["time"].as_i64().unwrap() as f64 / 705_600_000.0, k["value"].as_f64().unwrap());
    list.iter().map(key).collect()
}

/// Mean PSNR of neighbouring frames in the middle of a film, in dB, by FFmpeg.
fn steadiness(b: &Bench, file: &str) -> f64 {
    let filter = "[0]crop=400:220,trim=start_frame=1,setpts=PTS-STARTPTS[a];[1]crop=400:220[b];[a][b]psnr=shortest=1";
    let path = b.path(file);
    let out = Command::new("ffmpeg")
        .args(["-nostdin", "-i"])
        .arg(&path)
        .arg("-i")
        .arg(&path)
        .args(["-lavfi", filter, "-f", "null", "-"])
        .output();
    let said = ran(out.unwrap()).err;
    let value = said.rsplit("average:").next().and_then(|t| t.split_whitespace().next()).unwrap_or_default();
    if value == "inf" { f64::INFINITY } else { value.parse().unwrap_or_else(|e| panic!("{e}: {said}")) }
}

/// With `--still`, each frame is shifted by exactly the displacement of the camera, so that the
/// picture does not move.
#[test]
fn a_known_shake_is_taken_out() {
    let b = Bench::new();
    footage(&b, 0.0);
    film(&b, &json!([clip("one")]));
    let report: Value = serde_json::from_str(
        &b.ok(&["stabilize", "film.json", "--clip", "one", "--still", "--max-zoom", "1.5", "-o", "still.json", "--json"]).out,
    )
    .unwrap();
    let said = &report["clips"][0];
    assert_eq!((said["frames"].as_u64(), said["cuts"].as_u64(), said["frames_with_edges"].as_u64()), (Some(40), Some(0), Some(0)));
    let project = b.read_json("still.json");
    let (x, y) = (keys(effect(&project), "shiftX"), keys(effect(&project), "shiftY"));
    assert_eq!((x.len(), y.len()), (FRAMES, FRAMES));
    let start = off(0, 0.0);
    let mut farthest = 0.0f64;
    for n in 0..FRAMES {
        let want = off(n, 0.0);
        // If the camera is displaced to the right, the picture must be shifted to the right by the
        // same amount.
        let want = [want[0] - start[0], want[1] - start[1]];
        farthest = farthest.max(want[0].hypot(want[1]) / 640.0);
        assert!((x[n].0 - n as f64 / 25.0).abs() < 1e-9);
        let got = [x[n].1 * 640.0, y[n].1 * 360.0];
        assert!((got[0] - want[0]).abs() < 0.3 && (got[1] - want[1]).abs() < 0.3, "frame {n}: {got:?}, not {want:?}");
    }
    assert!((said["largest_shift"].as_f64().unwrap() - farthest).abs() < 1e-3, "{said} of {farthest}");
    let zoom = said["zoom"].as_f64().unwrap();
    assert!(zoom > 1.0 + 2.0 * 9.0 / 640.0 && zoom < 1.25, "{zoom}");
    for (project, film) in [("film.json", "before.mkv"), ("still.json", "after.mkv")] {
        b.ok(&["export", project, "-o", film, "--video-codec", "ffv1", "--no-audio", "--backend", "cpu"]);
    }
    let (before, after) = (steadiness(&b, "before.mkv"), steadiness(&b, "after.mkv"));
    assert!(after > before + 12.0, "{before} dB before, {after} dB after");
}

/// The pan is kept and the shake removed; a second run replaces the first; other effects and
/// unknown fields are kept.
#[test]
fn pans_stay_and_runs_replace_each_other() {
    let b = Bench::new();
    footage(&b, 2.0);
    let mut one = clip("one");
    one["video"] = json!({ "effects": [{ "id": "e", "effect": "exposure", "params": { "exposure": 0.2 } }] });
    one["mine"] = json!(7);
    film(&b, &json!([one]));
    let text = b.ok(&["stabilize", "film.json", "--clip", "one", "--in-place", "--smoothness", "0.4"]).out;
    assert!(text.contains("clip one: 40 frames") && text.contains("written to film.json"), "{text}");
    let first = b.read_json("film.json");
    let x = keys(effect(&first), "shiftX");
    // Position of the picture's content after correction, in pixels of the film.
    let path: Vec<f64> = (0..FRAMES).map(|n| x[n].1 * 640.0 - off(n, 2.0)[0]).collect();
    let bends: Vec<f64> = path.windows(3).map(|p| (p[1] - 0.5 * (p[0] + p[2])).abs()).collect();
    assert!(bends.iter().all(|b| *b < 0.6), "{bends:?}");
    let panned = path[FRAMES - 6] - path[5];
    assert!((panned + 2.0 * (FRAMES - 11) as f64).abs() < 8.0, "{panned}");
    b.ok(&["stabilize", "film.json", "--clip", "one", "--in-place", "--still"]);
    let second = b.read_json("film.json");
    let clip = &second["compositions"][0]["tracks"][0]["clips"][0];
    let effects: Vec<_> = clip["video"]["effects"].as_array().unwrap().iter().map(|e| e["effect"].clone()).collect();
    assert_eq!(effects, ["stabilize", "exposure"]);
    assert_ne!(effect(&first), effect(&second));
    assert_eq!(clip["mine"], 7);
    b.ok(&["validate", "film.json"]);
}

/// Clips that start late, run faster or backwards, or are shown in transitions: keyframes are on
/// the film's frames, from the first frame that a transition shows.
#[test]
fn keyframes_lie_on_what_is_shown() {
    let b = Bench::new();
    footage(&b, 0.0);
    let mut film = document(&json!([{
        "id": "v1",
        "clips": [
            { "id": "one", "source": { "type": "media", "media": "a" }, "start": "0s", "duration": "10f@25" },
            { "id": "two", "source": { "type": "media", "media": "a" }, "start": "10f@25", "duration": "12f@25", "source_in": "6f@25" },
            { "id": "back", "source": { "type": "media", "media": "a" }, "start": "22f@25", "duration": "15f@25", "source_in": "38f@25", "speed": -2 }
        ],
        "transitions": [
            { "id": "x", "kind": "crossfade", "from": "one", "to": "two", "duration": "8f@25" },
            { "id": "y", "kind": "crossfade", "from": "two", "to": "back", "duration": "4f@25" }
        ]
    }]));
    film["compositions"][0]["size"] = json!({ "width": 640, "height": 360 });
    b.write("film.json", &film.to_string());
    let args = ["stabilize", "film.json", "--clip", "two", "--clip", "back", "--still", "--max-zoom", "2", "-o", "out.json"];
    b.ok(&args);
    let out = b.read_json("out.json");
    let clips = out["compositions"][0]["tracks"][0]["clips"].as_array().unwrap();
    // Clip, its first measured frame relative to its start, number of measured frames, source frame
    // of the first, and step to the next source frame.
    let cases = [(1, -4, 18, 2, 1), (2, -1, 16, 39, -2)];
    for (clip, first, count, from, step) in cases {
        let effect = &clips[clip]["video"]["effects"][0];
        let x = keys(effect, "shiftX");
        assert_eq!(x.len(), count, "{effect}");
        for (n, (time, value)) in x.iter().enumerate() {
            assert!((time - (first + n as i64) as f64 / 25.0).abs() < 1e-9, "clip {clip}, key {n} at {time}");
            let frame = |n: i64| off(usize::try_from(from + step * n).unwrap(), 0.0)[0];
            let want = frame(n as i64) - frame(0);
            assert!((value * 640.0 - want).abs() < 0.4, "clip {clip}, key {n}: {}, not {want}", value * 640.0);
        }
    }
}

#[test]
fn what_cannot_be_stabilised_is_refused() {
    let b = Bench::new();
    b.clip("a.mp4", 10, "25");
    let solid = json!({ "id": "blue", "source": { "type": "solid", "color": [0, 0, 1, 1] }, "start": "0s", "duration": "10f@25" });
    film(&b, &json!([solid]));
    let before = b.read("film.json");
    for (args, code, said) in [
        (&["--clip", "blue", "--in-place"][..], 2, "has no moving picture"),
        (&["--clip", "none", "--in-place"], 2, "no clip \"none\""),
        (&["--clip", "blue", "--clip", "blue", "--in-place"], 2, "named twice"),
        (&["--clip", "blue", "--smoothness", "nan", "--in-place"], 2, "smoothness of NaN"),
        (&["--clip", "blue", "--max-zoom", "0.5", "--in-place"], 2, "zoom of 0.5"),
        (&["--clip", "blue", "-o", "a.mp4", "--overwrite"], 2, "would replace"),
        (&["--clip", "blue"], 2, "--output"),
    ] {
        let ran = b.run(&[&["stabilize", "film.json"][..], args].concat());
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{args:?}: {}", ran.err);
    }
    assert_eq!(b.read("film.json"), before);
}

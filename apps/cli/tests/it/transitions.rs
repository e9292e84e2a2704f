//! Transitions and their sources: missing clip handles are reported, and pictures that a transition
//! reads are checked before any work.
use crate::support::{Bench, Ran, document};
use serde_json::{Value, json};

/// The words of the messages, regardless of line wrapping.
fn words(ran: &Ran) -> String {
    ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ")
}

/// Two clips of 1 s, 25 frames each, that use their whole source and meet in a transition of eight
/// frames.
fn two_clips() -> (Bench, Value) {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    let source = json!({ "type": "media", "media": "a" });
    let clip = |id: &str, start: &str| json!({ "id": id, "source": source, "start": start, "duration": "1s" });
    let tracks = json!([{
        "id": "v1",
        "clips": [clip("one", "0s"), clip("two", "1s")],
        "transitions": [{ "id": "mix", "kind": "crossfade", "from": "one", "to": "two", "duration": "8f@25" }]
    }]);
    (b, document(&tracks))
}

const TRACK: &str = "/compositions/0/tracks/0";

fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
}

/// The messages of `validate`, `export` and `frame` about a valid project.
fn said(b: &Bench, document: &Value) -> Vec<String> {
    b.write("film.json", &document.to_string());
    [
        &["validate", "film.json"][..],
        &["export", "film.json", "-o", "out.mp4", "--overwrite", "--range", "20..30"],
        &["frame", "film.json", "--at", "0", "-o", "0.png", "--overwrite"],
    ]
    .iter()
    .map(|args| words(&b.ok(args)))
    .collect()
}

#[test]
fn missing_handles_are_said() {
    let (b, mut document) = two_clips();
    for text in said(&b, &document) {
        let of = |clip: &str| {
            let at = text.find(&format!("clip \"{clip}\" for")).unwrap_or_else(|| panic!("{clip}: {text}"));
            let line = &text[..at];
            let rest = &text[at..];
            (line.rfind("transitions[0]: a.mp4").is_some(), rest[..rest.find("or shorten").unwrap_or(rest.len())].to_owned())
        };
        for (clip, edge, side) in [("one", "last", "end"), ("two", "first", "start")] {
            let (named, message) = of(clip);
            assert!(named, "{text}");
            for part in [
                "\"mix\"",
                &format!("its {edge} frame is held for 4 frames (0.160 s)"),
                "its sound is silent for 0.1",
                &format!("trim the clip's {side} by 0.160 s"),
            ] {
                assert!(message.contains(part), "{part}: {text}");
            }
        }
        assert_eq!(text.matches("for the transition").count(), 2, "{text}");
    }
    // The JSON contains the same notes.
    let report: Value = serde_json::from_str(&b.ok(&["validate", "film.json", "--json"]).out).unwrap();
    assert_eq!(report["notes"].as_array().unwrap().len(), 2, "{report}");
    // Without a cross-fade, no sound outside the clip is needed.
    set(&mut document, &format!("{TRACK}/transitions/0/audio_crossfade"), json!(false));
    for text in said(&b, &document) {
        assert!(text.contains("held for 4 frames") && !text.contains("silent"), "{text}");
    }
    // Trimmed by half of the recommended amount, half is still missing; trimmed by all of it,
    // nothing.
    set(&mut document, &format!("{TRACK}/clips/1/source_in"), json!("2f@25"));
    set(&mut document, &format!("{TRACK}/clips/1/duration"), json!("0.8s"));
    for text in said(&b, &document) {
        assert!(text.contains("its first frame is held for 2 frames (0.080 s)"), "{text}");
    }
    set(&mut document, &format!("{TRACK}/clips/1/source_in"), json!("4f@25"));
    set(&mut document, &format!("{TRACK}/transitions/0/alignment"), json!("centre"));
    set(&mut document, &format!("{TRACK}/clips/0/duration"), json!("21f@25"));
    set(&mut document, &format!("{TRACK}/clips/1/start"), json!("21f@25"));
    set(&mut document, &format!("{TRACK}/transitions/0/audio_crossfade"), json!(true));
    for text in said(&b, &document) {
        assert!(!text.contains("held") && !text.contains("silent"), "{text}");
    }
}

/// A project of `new` lacks no handles; nested compositions have ends as files do; stills have
/// none.
#[test]
fn handles_of_other_sources() {
    let (b, mut document) = two_clips();
    b.ok(&["new", "new.json", "a.mp4", "a.mp4", "--dissolve", "8f"]);
    assert!(!words(&b.ok(&["validate", "new.json"])).contains("held"));
    let inner = document["compositions"][0].clone();
    set(&mut document, &format!("{TRACK}/transitions"), json!([]));
    let mut outer = inner;
    outer["id"] = json!("outer");
    outer["tracks"][0]["id"] = json!("v2");
    for (k, id) in ["three", "four"].into_iter().enumerate() {
        let clip = &mut outer["tracks"][0]["clips"][k];
        clip["id"] = json!(id);
        clip["duration"] = json!("2s");
        clip["start"] = json!(format!("{}s", 2 * k));
        clip["source"] = json!({ "type": "composition", "composition": "film" });
    }
    outer["tracks"][0]["transitions"][0]["from"] = json!("three");
    outer["tracks"][0]["transitions"][0]["to"] = json!("four");
    document["compositions"].as_array_mut().unwrap().push(outer);
    document["main"] = json!("outer");
    for text in said(&b, &document) {
        assert!(text.contains("compositions[1].tracks[0].transitions[0]: composition \"film\""), "{text}");
        assert!(text.contains("held for 4 frames (0.160 s) and its sound is silent for 0.160 s"), "{text}");
    }
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=320x180", "-frames:v", "1"], &b.path("still.png"));
    let (_, mut stills) = two_clips();
    stills["media"][0] = json!({ "id": "a", "path": "still.png", "kind": "image" });
    for text in said(&b, &stills) {
        assert!(!text.contains("held"), "{text}");
    }
}

/// A ramp from black on the left to white on the right.
fn ramp(b: &Bench) {
    let mut bytes = b"P5\n320 180\n255\n".to_vec();
    bytes.extend((0..320 * 180u32).map(|i| (i % 320 * 255 / 319) as u8));
    std::fs::write(b.path("ramp.pgm"), bytes).unwrap();
}

#[test]
fn a_luma_wipe_runs_along_its_picture() {
    let (b, mut document) = two_clips();
    ramp(&b);
    let color = |c: [f64; 3]| json!({ "type": "solid", "color": [c[0], c[1], c[2], 1] });
    set(&mut document, &format!("{TRACK}/clips/0/source"), color([1.0, 0.0, 0.0]));
    set(&mut document, &format!("{TRACK}/clips/1/source"), color([0.0, 0.0, 1.0]));
    set(&mut document, &format!("{TRACK}/transitions/0/kind"), json!("luma-wipe"));
    set(&mut document, &format!("{TRACK}/transitions/0/params"), json!({ "image": "ramp" }));
    set(&mut document, &format!("{TRACK}/transitions/0/duration"), json!("9f@25"));
    set(&mut document, &format!("{TRACK}/transitions/0/alignment"), json!("start"));
    document["media"].as_array_mut().unwrap().push(json!({ "id": "ramp", "path": "ramp.pgm", "kind": "image" }));
    b.write("film.json", &document.to_string());
    assert!(b.ok(&["validate", "film.json"]).err.is_empty());
    // The fifth of nine frames is the middle.
    b.ok(&["frame", "film.json", "--at", "29", "-o", "half.png", "--backend", "cpu"]);
    let out = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(b.path("half.png"))
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    for row in out.stdout.chunks(320 * 3) {
        let at = |x: usize| &row[3 * x..3 * x + 3];
        assert_eq!((at(0), at(120), at(200), at(319)), (&[0, 0, 255][..], &[0, 0, 255][..], &[255, 0, 0][..], &[255, 0, 0][..]));
        assert!(at(159)[0] > 60 && at(159)[2] > 60, "soft in the middle: {:?}", at(159));
    }
    // An effect that reads a track with the same ramp is drawn, too.
    let mut moved = document.clone();
    let map = json!({ "id": "m", "source": { "type": "media", "media": "ramp" }, "start": "0s", "duration": "2s" });
    let tracks = moved["compositions"][0]["tracks"].as_array_mut().unwrap();
    tracks.insert(0, json!({ "id": "map", "matte_only": true, "clips": [map] }));
    let effect = json!({ "id": "e", "effect": "displacement-map", "params": { "track": "map" } });
    tracks[1]["clips"][0]["video"] = json!({ "effects": [effect] });
    b.write("moved.json", &moved.to_string());
    b.ok(&["export", "moved.json", "-o", "moved.mp4"]);
    assert_eq!(crate::support::decoded_frames(&b.path("moved.mp4")), 50);
}

#[test]
fn a_picture_that_cannot_be_had_stops_the_work_before_it_starts() {
    let (b, mut document) = two_clips();
    ramp(&b);
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "sine=d=2"], &b.path("tone.wav"));
    b.write("text.png", "this is no picture");
    set(&mut document, &format!("{TRACK}/transitions/0/kind"), json!("luma-wipe"));
    let path = "compositions[0].tracks[0].transitions[0].params.image";
    for (media, kind, code, parts) in [
        ("", "image", 3, [path, "missing_param"]),
        ("nowhere.png", "image", 4, ["nowhere.png", "media[1].path"]),
        ("text.png", "image", 4, [path, "text.png holds no picture"]),
        ("tone.wav", "video", 4, [path, "has no picture, but the transition needs it"]),
        ("tone.wav", "audio", 3, [path, "no_picture"]),
    ] {
        let mut bad = document.clone();
        if !media.is_empty() {
            set(&mut bad, &format!("{TRACK}/transitions/0/params"), json!({ "image": "p" }));
            bad["media"].as_array_mut().unwrap().push(json!({ "id": "p", "path": media, "kind": kind }));
        }
        b.write("bad.json", &bad.to_string());
        let before = b.names();
        for args in [&["validate", "bad.json"][..], &["export", "bad.json", "-o", "out.mp4"]] {
            let ran = b.run(args);
            assert_eq!(ran.code, code, "{media} {args:?}: {}", ran.err);
            assert!(parts.iter().all(|p| words(&ran).contains(p)), "{media} {args:?}: {}", ran.err);
        }
        assert_eq!(b.names(), before);
    }
}

//! Every problem of a project is reported clearly before any work starts, with the documented exit
//! code, and leaves no output.
use crate::support::{Bench, Ran};
use serde_json::{Value, json};

/// Exports a project that must be rejected.
fn refused(b: &Bench, project: &str) -> Ran {
    let before = b.names();
    let ran = b.run(&["export", project, "-o", "out.mp4"]);
    assert_ne!(ran.code, 0, "{project} was exported");
    assert_eq!(b.names(), before, "something was written\n{}", ran.err);
    assert!(ran.out.is_empty(), "{}", ran.out);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    // `validate` must reject it with the same exit code.
    let validated = b.run(&["validate", project]);
    assert_eq!(validated.code, ran.code, "{}\n{}", validated.err, ran.err);
    ran
}

/// The words of the message, regardless of line wrapping.
fn words(ran: &Ran) -> String {
    ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ")
}

fn one_clip() -> (Bench, Value) {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    b.ok(&["new", "good.json", "a.mp4"]);
    let document = b.read_json("good.json");
    (b, document)
}

fn with(document: &Value, pointer: &str, value: Value) -> String {
    let mut changed = document.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(fields) => {
            fields.insert(key.to_owned(), value);
        }
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    serde_json::to_string_pretty(&changed).unwrap()
}

const CLIP: &str = "/compositions/0/tracks/0/clips/0";

#[test]
fn an_unknown_effect() {
    let (b, document) = one_clip();
    b.write("bad.json", &with(&document, &format!("{CLIP}/video"), json!({ "effects": [{ "id": "e1", "effect": "sparkle" }] })));
    let ran = refused(&b, "bad.json");
    assert_eq!(ran.code, 3, "{}", ran.err);
    let text = words(&ran);
    assert!(text.contains("sparkle") && text.contains("clips[0].video.effects[0]") && text.contains("unknown_effect"), "{text}");
}

#[test]
fn a_missing_file() {
    let (b, document) = one_clip();
    b.write("bad.json", &with(&document, "/media/0/path", json!("nowhere.mp4")));
    let ran = refused(&b, "bad.json");
    assert_eq!(ran.code, 4, "{}", ran.err);
    let text = words(&ran);
    assert!(text.contains("nowhere.mp4") && text.contains("c1") && text.contains("media[0].path"), "{text}");
}

#[test]
fn a_file_that_is_not_media() {
    let (b, document) = one_clip();
    b.write("text.mp4", "this is no film");
    b.write("bad.json", &with(&document, "/media/0/path", json!("text.mp4")));
    let ran = refused(&b, "bad.json");
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(words(&ran).contains("text.mp4"), "{}", ran.err);
}

#[test]
fn a_clip_past_the_end_of_its_source() {
    let (b, document) = one_clip();
    b.write("bad.json", &with(&document, &format!("{CLIP}/duration"), json!("1.08s")));
    let ran = refused(&b, "bad.json");
    assert_eq!(ran.code, 4, "{}", ran.err);
    let text = words(&ran);
    assert!(text.contains("clip \"c1\"") && text.contains("clips[0].duration"), "{text}");
    assert!(text.contains("1.080 s") && text.contains("a.mp4") && text.contains("1.0"), "{text}");
}

#[test]
fn no_such_stream_and_no_picture() {
    let (b, document) = one_clip();
    b.write("bad.json", &with(&document, &format!("{CLIP}/source/video_stream"), json!(3)));
    assert!(words(&refused(&b, "bad.json")).contains("no picture stream 3"));
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "sine=d=2"], &b.path("tone.wav"));
    b.write("mute.json", &with(&document, "/media/0/path", json!("tone.wav")));
    let ran = refused(&b, "mute.json");
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(words(&ran).contains("has no picture"), "{}", ran.err);
}

#[test]
fn overlapping_clips() {
    let (b, document) = one_clip();
    let mut second = document.pointer(CLIP).unwrap().clone();
    second["id"] = json!("c2");
    second["start"] = json!("0.5s");
    let clips = json!([document.pointer(CLIP).unwrap(), second]);
    b.write("bad.json", &with(&document, "/compositions/0/tracks/0/clips", clips));
    let ran = refused(&b, "bad.json");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(words(&ran).contains("overlap"), "{}", ran.err);
}

#[test]
fn absurd_sizes_rates_and_numbers() {
    let (b, document) = one_clip();
    for (pointer, value) in [
        ("/compositions/0/size/width", json!(0)),
        ("/compositions/0/size/width", json!(4_000_000_000_u32)),
        ("/compositions/0/size/height", json!(-5)),
        ("/compositions/0/frame_rate", json!("0")),
        ("/compositions/0/frame_rate", json!(1e9)),
        ("/compositions/0/sample_rate_hz", json!(1)),
        ("/compositions/0/channels", json!(4000)),
        ("/compositions/0/tracks/0/clips/0/start", json!(i64::MAX)),
        ("/compositions/0/tracks/0/clips/0/duration", json!(i64::MIN)),
        ("/compositions/0/tracks/0/clips/0/duration", json!("99999999999999999999s")),
        ("/compositions/0/tracks/0/clips/0/speed", json!(1e300)),
        ("/compositions/0/tracks/0/clips/0/speed", json!(0)),
        ("/compositions/0/tracks/0/clips/0/source_in", json!(-1)),
        ("/main", json!("elsewhere")),
        ("/schema_version", json!(99)),
    ] {
        b.write("bad.json", &with(&document, pointer, value.clone()));
        let ran = refused(&b, "bad.json");
        assert!(matches!(ran.code, 3 | 4), "{pointer} {value}: {}", ran.err);
        assert!(ran.err.lines().count() < 40, "one clear error for {pointer}: {}", ran.err);
    }
}

#[test]
fn not_a_number_and_infinity() {
    let (b, document) = one_clip();
    let good = serde_json::to_string(&document).unwrap();
    for number in ["NaN", "Infinity", "-Infinity", "1e999"] {
        b.write("bad.json", &good.replacen("\"start\":0", &format!("\"start\":{number}"), 1));
        assert_eq!(refused(&b, "bad.json").code, 3, "{number}");
    }
}

#[test]
fn what_is_no_project_at_all() {
    let b = Bench::new();
    for (name, text) in [("text.json", "hello"), ("empty.json", ""), ("list.json", "[1, 2]"), ("half.json", "{\"main\": ")] {
        b.write(name, text);
        let ran = refused(&b, name);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        assert!(words(&ran).contains(name), "{name}: {}", ran.err);
    }
    std::fs::create_dir(b.path("folder.json")).unwrap();
    assert_eq!(refused(&b, "folder.json").code, 3);
    let json = b.run(&["validate", "empty.json", "--json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, report["problems"][0]["code"].as_str(), json.err.as_str()), (3, Some("project.syntax"), ""));
    let ran = refused(&b, "nothing.json");
    assert_eq!(ran.code, 3);
    assert!(words(&ran).contains("nothing.json"), "{}", ran.err);
}

#[test]
fn settings_that_cannot_be_written() {
    let (b, _) = one_clip();
    for args in [
        &["-o", "x.xyz"][..],
        &["-o", "x"],
        &["-o", "x.mp4", "--video-codec", "cinepak"],
        &["-o", "x.webm", "--video-codec", "h264"],
        &["-o", "x.mp4", "--crf", "99"],
        &["-o", "x.mp4", "--pix-fmt", "nv12"],
        &["-o", "x.mp4", "--preset", "warp"],
        &["-o", "x.mp4", "--range", "20..10"],
        &["-o", "x.mp4", "--range", "0..9999"],
        &["-o", "x.mp4", "--composition", "other"],
        &["-o", "x.mp4", "--crf", "20", "--bitrate", "5M"],
        &[],
    ] {
        let before = b.names();
        let ran = b.run(&[&["export", "good.json"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert_eq!(b.names(), before, "{args:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_written() {
    let (b, _) = one_clip();
    let ran = b.run(&["export", "good.json", "-o", "no/such/folder/x.mp4"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(words(&ran).contains("no/such/folder"), "{}", ran.err);
}

#[test]
fn a_field_in_the_wrong_place_is_said() {
    let (b, document) = one_clip();
    b.write("odd.json", &with(&document, &format!("{CLIP}/effects"), json!([{ "id": "e1", "effect": "exposure" }])));
    for args in [
        &["validate", "odd.json"][..],
        &["export", "odd.json", "-o", "out.mp4"],
        &["frame", "odd.json", "--at", "0", "-o", "0.png"],
    ] {
        let ran = b.run(args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(words(&ran).contains("clips[0].effects"), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_profile_brings_its_pixel_format() {
    let (b, _) = one_clip();
    b.ok(&["export", "good.json", "-o", "out.mov", "--video-codec", "prores", "--profile", "4444"]);
    assert_eq!(crate::support::ffprobe(&b.path("out.mov"), "v", "pix_fmt"), "yuv444p12le");
}

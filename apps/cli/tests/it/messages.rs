//! What the program says: complete, once, in whole lines, and as JSON where that was asked for.
use crate::support::{Bench, document};
use serde_json::{Value, json};

fn one_clip() -> Bench {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    b
}

fn errors(text: &str) -> Vec<(String, String)> {
    let all: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let of = |e: &Value| (e["code"].as_str().unwrap().to_owned(), e["message"].as_str().unwrap().to_owned());
    all["errors"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn all_problems_at_once_with_their_remedies() {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    let bad = document(&json!([{"id": "v", "opactiy": 1, "clips": [
        {"id": "c1", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2sec",
         "video": {"transform": {"scale": 0.5}, "effects": [{"id": "e", "effect": "blur"}]}},
        {"id": "c2", "source": {"type": "media", "media": "nix"}, "start": "50f", "duration": "0:01", "enabled": 1, "scale": [1, 1]}],
        "transitions": [{"id": "x", "kind": "dissolve", "from": "c1", "to": "c2", "duration": "500ms"}]}]));
    b.write("bad.json", &bad.to_string());
    let ran = b.run(&["validate", "bad.json"]);
    assert_eq!(ran.code, 3);
    for said in [
        "clips[0].duration: clip \"c1\": \"2sec\" is not a valid time; write \"12.5s\", \"500ms\", \"1:02.5\", \"50f\"",
        "transform.scale: clip \"c1\": 0.5 is not two numbers in [ ]; write [0.5, 0.5]",
        "clips[1].enabled: clip \"c2\": 1 is not true or false; write true",
        "there is no media \"nix\"",
        "there is no effect \"blur\"; write \"gaussian-blur\"",
        "there is no transition \"dissolve\"; write \"crossfade\"",
        "`opactiy` is an unknown field; it is kept but has no effect; the nearest is `opacity`",
        "`scale` is an unknown field; it is kept but has no effect; it belongs into `video.transform`",
        "\n6 problems\n",
    ] {
        assert_eq!(ran.err.matches(said).count(), 1, "{said}\n{}", ran.err);
    }
    let report: Value = serde_json::from_str(&b.run(&["validate", "bad.json", "--json"]).out).unwrap();
    assert_eq!((report["problems"].as_array().unwrap().len(), report["notes"].as_array().unwrap().len()), (6, 2));
}

#[test]
fn strict_validation_takes_notes_for_problems() {
    let b = Bench::new();
    let odd = document(&json!([{"id": "v", "clips": [
        {"id": "c", "source": {"type": "solid", "color": "#ff0000"}, "start": 0, "duration": "2s", "nmae": "x"},
        {"id": "d", "source": {"type": "solid", "color": "#00ff0080"}, "start": "2s", "duration": 5}]}]));
    b.write("odd.json", &odd.to_string());
    let ran = b.ok(&["validate", "odd.json"]);
    assert!(ran.err.contains("note: ") && ran.err.contains("the nearest is `name`"), "{}", ran.err);
    assert!(
        ran.err.contains("5 flicks are 0.000000007 s, less than a frame") && ran.err.contains("\"5s\" or \"5f\""),
        "{}",
        ran.err
    );
    let ran = b.run(&["validate", "odd.json", "--strict"]);
    assert!(ran.code == 3 && ran.err.contains("project.unknown_field") && ran.err.contains("project.tiny_time"), "{}", ran.err);
    // 255 codes of red, as FFmpeg decodes the picture.
    b.ok(&["frame", "odd.json", "-o", "red.png"]);
    let pixel = std::process::Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-i",
            b.path("red.png").to_str().unwrap(),
            "-vf",
            "crop=1:1",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-",
        ])
        .output()
        .unwrap()
        .stdout;
    assert_eq!(pixel, [255, 0, 0]);
}

#[test]
fn codecs_by_their_other_names() {
    let b = one_clip();
    let ran = b.run(&["export", "film.json", "-o", "x.mp4", "--video-codec", "hevc"]);
    assert!(ran.code == 2 && ran.err.contains("unknown video codec \"hevc\"; write h265;"), "{}", ran.err);
}

#[test]
fn pictures_and_films_on_standard_output() {
    let b = one_clip();
    let run = |args: &[&str]| b.command(args).output().unwrap();
    let png = run(&["frame", "film.json", "--at", "0.4s", "-o", "-"]);
    b.ok(&["frame", "film.json", "--at", "10f", "-o", "f.png"]);
    assert!(png.status.success());
    assert_eq!(png.stdout, std::fs::read(b.path("f.png")).unwrap());
    assert!(String::from_utf8_lossy(&png.stderr).starts_with("-: frame 10 ("));
    for (container, args) in [("mkv", &[][..]), ("mp4", &["--container", "mp4"][..])] {
        let film = run(&[&["export", "film.json", "-o", "-"], args].concat());
        assert!(film.status.success(), "{}", String::from_utf8_lossy(&film.stderr));
        let name = format!("out.{container}");
        std::fs::write(b.path(&name), film.stdout).unwrap();
        assert_eq!(crate::support::decoded_frames(&b.path(&name)), 25, "{container}");
    }
    for args in [["-o", "-", "--container", "xyz"], ["-o", "x.mp4", "--container", "mkv"]] {
        assert_eq!(b.run(&[&["export", "film.json"][..], &args].concat()).code, 2, "{args:?}");
    }
    assert!(!b.path("x.mp4").exists());
}

#[test]
fn errors_are_json_where_that_was_asked_for() {
    let b = one_clip();
    for (args, code) in [
        (&["probe", "none.mp4"][..], "media.open.not_found"),
        (&["new", "x.json", "none.mp4"], "media.open.not_found"),
        (&["frame", "film.json", "--at", "9s", "-o", "x.png"], "usage.position"),
        (&["export", "film.json", "-o", "x.xyz"], "usage.container"),
        (&["graph", "none.json", "--at", "0"], "project.read"),
        (&["stabilize", "film.json", "--clip", "nix", "--in-place"], "usage.clip"),
        (&["track", "film.json", "--clip", "nix", "--point", "1,1"], "usage.clip"),
        (&["catalog", "nixnix"], "catalog.no_match"),
        (&["doctor", "--nix"], "usage.arguments"),
        (&["probe"], "usage.arguments"),
    ] {
        let ran = b.run(&[args, &["--json"]].concat());
        let found = errors(&ran.err);
        assert_eq!((found.len(), found[0].0.as_str()), (1, code), "{args:?}: {}", ran.err);
        assert_ne!(ran.code, 0);
    }
    for args in [
        &["new", "y.json", "a.mp4"][..],
        &["frame", "film.json", "-o", "y.png"],
        &["export", "film.json", "-o", "y.mp4"],
        &["graph", "film.json", "--at", "0"],
    ] {
        let ran = b.ok(&[args, &["--json"]].concat());
        assert!(serde_json::from_str::<Value>(&ran.out).is_ok_and(|v| v.is_object()), "{args:?}: {}", ran.out);
    }
}

/// `grep` and scripts read whole lines.
#[test]
fn messages_are_not_wrapped_away_from_terminals() {
    let b = one_clip();
    let name = format!("{}.mp4", "a long name ".repeat(15).trim_end());
    let ran = b.run(&["probe", &name]);
    assert!(ran.err.lines().any(|l| l.contains(&name)), "{}", ran.err);
}

#[test]
fn a_bar_that_was_asked_for_is_shown() {
    let b = one_clip();
    let shown = |progress: &str| b.ok(&["export", "film.json", "--null", "--progress", progress]).err.contains("/25 frames");
    assert!(shown("bar") && !shown("auto") && !shown("none"));
}

#[test]
fn the_doctor_alone_speaks() {
    let b = Bench::new();
    let out = b.command(&["doctor"]).env_remove("XDG_RUNTIME_DIR").output().unwrap();
    assert!(out.status.success());
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
}

/// An AVCHD file states the rate of its interlaced fields, 50; ffprobe counts 25 frames a second.
#[test]
fn the_rate_of_interlaced_video_counts_frames() {
    let Some(file) = cutroom_test_support::media("sony_a7m3_1080i25_avchd.mts") else { return };
    let b = Bench::new();
    let table = b.ok(&["probe", file.to_str().unwrap()]).out;
    assert!(table.contains("25 fps") && !table.contains("50 fps") && table.contains("interlaced, top field first"), "{table}");
}

#[test]
fn what_does_not_exist_is_said() {
    let b = one_clip();
    let ran = b.run(&["catalog", "nixnix"]);
    assert!(
        ran.code == 1 && ran.out.is_empty() && ran.err.contains("nothing in the catalogue is called \"nixnix\""),
        "{}",
        ran.err
    );
    let ran = b.run(&["import", "film.otio", "-o", "x.json"]);
    assert!(ran.code == 2 && ran.err.contains("cannot be imported yet") && ran.err.contains("`cutroom new`"), "{}", ran.err);
    b.write("film.otio", "{\"OTIO_SCHEMA\": \"Timeline.1\"}");
    for command in [&["validate", "film.otio"][..], &["export", "film.otio", "-o", "x.mp4"]] {
        let ran = b.run(command);
        assert!(ran.code == 3 && ran.err.contains("a file of OpenTimelineIO, which cannot be imported yet"), "{}", ran.err);
    }
}

/// 25 frames are those from 0 to 24; the end of a range may be 25, which is 00:00:01:00.
#[test]
fn ranges_count_right() {
    let b = one_clip();
    let ran = b.run(&["frame", "film.json", "--at", "25", "-o", "x.png"]);
    assert!(ran.err.contains("it has 25 frames; the last is 24 (00:00:00:24)"), "{}", ran.err);
    let ran = b.run(&["export", "film.json", "-o", "x.mp4", "--range", "0..26"]);
    assert!(ran.err.contains("the composition has 25 frames and ends at 25 (00:00:01:00 at 25 fps)"), "{}", ran.err);
    let ran = b.run(&["export", "film.json", "-o", "x.mp4", "--range", "30.."]);
    assert!(ran.err.contains("it begins at frame 30, but the composition ends at 25"), "{}", ran.err);
    b.write("empty.json", &document(&json!([])).to_string());
    for args in [&["frame", "empty.json", "-o", "x.png"][..], &["export", "empty.json", "-o", "x.mp4", "--range", "0..1"]] {
        let ran = b.run(args);
        assert!(!ran.err.contains("-1") && ran.err.contains("no frame"), "{}", ran.err);
    }
}

#[test]
fn a_composition_inside_itself_is_one_problem() {
    let b = Bench::new();
    let cycle = document(&json!([{"id": "v", "clips": [
        {"id": "c", "source": {"type": "composition", "composition": "film"}, "start": 0, "duration": "1s"}]}]));
    b.write("cycle.json", &cycle.to_string());
    for args in [&["validate", "cycle.json"][..], &["export", "cycle.json", "-o", "x.mp4"]] {
        let ran = b.run(args);
        assert!(ran.code == 3 && ran.err.matches('×').count() == 1 && ran.err.contains("project.cycle"), "{}", ran.err);
    }
}

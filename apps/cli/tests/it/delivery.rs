//! Films for platforms: presets, limits, chapters, covers, time codes, names, verification.
use crate::support::{Bench, decoded_frames, ffprobe};
use serde_json::{Value, json};
use std::{fs, process::Command};

fn shown(b: &Bench, name: &str, entries: &str) -> Value {
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_chapters", "-show_streams", "-show_format", "-show_entries", entries])
        .arg(b.path(name))
        .output()
        .unwrap();
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn presets_choose_settings_and_keep_the_limits_of_platforms() {
    let b = Bench::new();
    b.clip("a.mp4", 50, "25");
    b.ok(&["new", "film.json", "a.mp4", "--size", "1280x720"]);
    let all: Value = serde_json::from_str(&b.ok(&["presets", "--json"]).out).unwrap();
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    for name in ["youtube", "vimeo", "tiktok", "instagram-feed", "facebook", "x", "linkedin", "twitch", "web", "archive", "proxy"] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(b.ok(&["presets"]).out.contains("YouTube"));
    // A square of 1080 pixels holds a landscape film of 1080 by about 608.
    let ran = b.ok(&["export", "film.json", "-o", "feed.mp4", "--for", "instagram-feed", "--preset", "ultrafast"]);
    assert_eq!(
        (ffprobe(&b.path("feed.mp4"), "v", "width"), ffprobe(&b.path("feed.mp4"), "v", "height")),
        ("1080".into(), "608".into())
    );
    assert!(ran.err.contains("LUFS"), "{}", ran.err);
    let tall = b.ok(&["export", "film.json", "-o", "t.mp4", "--for", "tiktok", "--preset", "ultrafast", "--overwrite"]);
    assert!(tall.err.contains("make the composition of that shape"), "{}", tall.err);
    b.ok(&["export", "film.json", "-o", "m.mkv", "--for", "archive"]);
    assert_eq!(
        (ffprobe(&b.path("m.mkv"), "v", "codec_name"), ffprobe(&b.path("m.mkv"), "a", "codec_name")),
        ("ffv1".into(), "flac".into())
    );
    // What the request says itself goes first.
    b.ok(&[
        "export",
        "film.json",
        "-o",
        "w.mp4",
        "--for",
        "web",
        "--video-codec",
        "h265",
        "--preset",
        "ultrafast",
        "--scale",
        "0.25",
    ]);
    assert_eq!(
        (ffprobe(&b.path("w.mp4"), "v", "codec_name"), ffprobe(&b.path("w.mp4"), "v", "width")),
        ("hevc".into(), "320".into())
    );
    // Too long, of another kind, not there.
    b.write("own.json", r#"{"teaser": {"like": "x", "limits": {"secs": 1}}}"#);
    for (args, code, words) in [
        (
            &["-o", "x.mp4", "--for", "teaser", "--presets", "own.json"][..],
            "usage.limits",
            "the film has 2.0 s, teaser accepts 1 s",
        ),
        (&["-o", "x.mkv", "--for", "youtube"], "usage.limits", "x.mp4"),
        (&["-o", "x.mp4", "--for", "youtbe"], "usage.presets", "there is no preset \"youtbe\""),
        (&["-o", "x.mp4", "--for", "web", "--presets", "none.json"], "usage.presets", "none.json"),
    ] {
        let ran = b.run(&[&["export", "film.json"][..], args].concat());
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(code) && ran.err.contains(words), "{}", ran.err);
    }
    assert!(!b.path("x.mp4").exists());
    b.ok(&[
        "export",
        "film.json",
        "-o",
        "x.mp4",
        "--for",
        "teaser",
        "--presets",
        "own.json",
        "--range",
        "0..1s",
        "--preset",
        "ultrafast",
    ]);
    assert_eq!(decoded_frames(&b.path("x.mp4")), 25);
}

#[test]
fn chapters_cover_metadata_and_time_code_are_in_the_file() {
    let b = Bench::new();
    b.clip("a.mp4", 75, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let mut film = b.read_json("film.json");
    film["compositions"][0]["markers"] = json!([
        {"id": "m2", "time": "2s", "name": "Tail"},
        {"id": "m1", "time": "0.48s", "name": "Middle – Ω"},
        {"id": "m3", "time": "2.5s"},
    ]);
    b.write("film.json", &film.to_string());
    b.ok(&["frame", "film.json", "--at", "1s", "-o", "cover.png"]);
    let more = ["--chapters", "--metadata", "title=A film", "--metadata", "artist=Somebody"];
    for (name, cover, timecode) in [("a.mp4", true, true), ("b.mkv", true, true), ("c.mov", false, true), ("d.webm", false, false)]
    {
        let name = format!("film-{name}");
        let mut args = ["export", "film.json", "-o", &name, "--segment-secs", "1", "--range", "0.48s.."].to_vec();
        args.extend(more);
        if cover {
            args.extend(["--cover", "cover.png"]);
        }
        if timecode {
            args.extend(["--timecode", "10:00:00:12"]);
        }
        b.ok(&args);
        let file = shown(&b, &name, "chapter=start_time,end_time:chapter_tags=title");
        let chapters: Vec<(f64, f64, &str)> = file["chapters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| {
                let secs = |key: &str| c[key].as_str().unwrap().parse::<f64>().unwrap();
                (secs("start_time"), secs("end_time"), c["tags"]["title"].as_str().unwrap())
            })
            .collect();
        let want = [(0.0, 1.52, "Middle – Ω"), (1.52, 2.02, "Tail"), (2.02, 2.52, "Chapter 3")];
        assert_eq!(chapters.len(), 3, "{name}");
        for (found, want) in chapters.iter().zip(want) {
            assert!((found.0 - want.0).abs() < 0.002 && (found.1 - want.1).abs() < 0.03 && found.2 == want.2, "{name}: {found:?}");
        }
        let all = shown(&b, &name, "stream:format_tags").to_string();
        assert!(all.to_lowercase().contains("a film"), "{name}: {all}");
        assert_eq!(all.contains("10:00:00:12"), timecode, "{name}: {all}");
        let pictures = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-i"])
            .arg(b.path(&name))
            .args(["-map", "0:v:1", "-c", "copy", "-f", "image2pipe", "-"])
            .output()
            .unwrap();
        if name.ends_with("mp4") {
            assert!(pictures.stdout == fs::read(b.path("cover.png")).unwrap(), "the cover of {name}");
        }
        if name.ends_with("mkv") {
            assert!(all.contains("cover.png") || all.contains("image/png") || all.contains("\"png\""), "{all}");
        }
        assert_eq!(decoded_frames(&b.path(&name)), 63, "{name}");
    }
    for (args, words) in [
        (&["-o", "x.webm", "--cover", "cover.png"][..], "webm files hold no cover; mp4,"),
        (&["-o", "x.mp4", "--cover", "film.json"], "neither a JPEG nor a PNG"),
        (&["-o", "x.mp4", "--cover", "none.png"], "none.png"),
        (&["-o", "x.mp4", "--timecode", "01:00:00;00"], "drops frames"),
        (&["-o", "x.mp4", "--metadata", "title"], "KEY=VALUE"),
    ] {
        let ran = b.run(&[&["export", "film.json"][..], args].concat());
        assert!(ran.code == 2 || ran.code == 1, "{}", ran.err);
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
}

#[test]
fn names_have_places_and_films_are_verified() {
    let b = Bench::new();
    b.clip("a.mp4", 30, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let out = b.ok(&[
        "export",
        "film.json",
        "-o",
        "{project}-{width}x{height}-{fps}-{nothing}.mkv",
        "--video-codec",
        "ffv1",
        "--verify",
        "--json",
    ]);
    let report: Value = serde_json::from_str(&out.out).unwrap();
    assert_eq!(report["output"], "film-320x180-25-{nothing}.mkv");
    assert_eq!((&report["verified"]["frames"], &report["verified"]["compared"]), (&30.into(), &30.into()));
    assert_eq!(decoded_frames(&b.path("film-320x180-25-{nothing}.mkv")), 30);
    let ran = b.ok(&["export", "film.json", "-o", "{date}.mp4", "--verify", "--segment-secs", "0.4", "--preset", "ultrafast"]);
    assert!(ran.err.contains("verified: 30 frames, "), "{}", ran.err);
    let name = b.names().into_iter().find(|name| name.starts_with("20")).unwrap();
    assert_eq!(name.len(), "2026-11-29.mp4".len());
    // Two passes reach the rate together.
    let passes = ["--bitrate", "300k", "--two-passes", "--segment-secs", "0.4", "--no-audio", "--json"];
    let report: Value =
        serde_json::from_str(&b.ok(&[&["export", "film.json", "-o", "two.mp4"][..], &passes].concat()).out).unwrap();
    let kbps = report["bytes"].as_f64().unwrap() * 8.0 / 1.2 / 1000.0;
    assert!((150.0..450.0).contains(&kbps), "{kbps} kbit/s");
    let ran = b.run(&["export", "film.json", "-o", "x.webm", "--bitrate", "300k", "--two-passes"]);
    assert!(ran.code == 2 && ran.err.contains("vp9 has no two passes; h264, h265 have"), "{}", ran.err);
}

/// Several outputs of one render are what each export alone makes.
#[test]
fn further_outputs_are_made_from_the_same_frames() {
    let b = Bench::new();
    b.clip("a.mp4", 50, "25");
    b.ok(&["new", "film.json", "a.mp4", "--size", "320x180"]);
    let quick = ["--preset", "ultrafast", "--threads", "1"];
    let small = ["--scale", "0.5", "--crf", "30", "--no-audio"];
    b.ok(&[&["export", "film.json", "-o", "main.mp4"][..], &quick].concat());
    b.ok(&[&["export", "film.json", "-o", "small.mkv"][..], &quick, &small].concat());
    b.ok(&["export", "film.json", "-o", "exact.mkv", "--lossless", "--threads", "1"]);
    b.ok(&["export", "film.json", "-o", "sound.wav"]);
    let also = ["--also", "also/small.mkv,preset=ultrafast,scale=0.5,crf=30,no-audio", "--also", "also/exact.mkv,lossless"];
    let all =
        [&["export", "film.json", "-o", "also/main.mp4"][..], &quick, &also, &["--also", "also/sound.wav", "--verify", "--json"]];
    fs::create_dir(b.path("also")).unwrap();
    let report: Value = serde_json::from_str(&b.ok(&all.concat()).out).unwrap();
    for name in ["main.mp4", "small.mkv", "exact.mkv", "sound.wav"] {
        let [alone, among] = [name.to_owned(), format!("also/{name}")].map(|name| fs::read(b.path(&name)).unwrap());
        assert!(alone == among, "{name}: {} and {} bytes", alone.len(), among.len());
    }
    let others = report["also"].as_array().unwrap();
    assert_eq!(others.len(), 3);
    assert_eq!(
        (&others[0]["frames"], &others[1]["verified"]["compared"], &others[2]["frames"]),
        (&50.into(), &50.into(), &0.into())
    );
    assert_eq!(report["also"][0]["bytes"].as_u64(), Some(fs::metadata(b.path("small.mkv")).unwrap().len()));
    for (more, words) in [
        (&["--also", "x.mp4", "--also", "x.mp4"][..], "twice"),
        (&["--also", "x.mp4", "--jobs", "2"], "--jobs"),
        (&["--also", "a.mp4", "--overwrite"], "a.mp4"),
        (&["--also", "x.mp4,range=0..2"], "about all files"),
        (&["--also", "x.xyz"], "xyz"),
    ] {
        let ran = b.run(&[&["export", "film.json", "-o", "y.mp4"][..], more].concat());
        assert!(ran.code == 2 && ran.err.contains(words), "{more:?}: {} {}", ran.code, ran.err);
    }
    assert!(!b.path("x.mp4").exists() && !b.path("y.mp4").exists());
}

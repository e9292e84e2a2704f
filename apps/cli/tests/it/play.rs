//! Playing without a window.
use crate::support::{Bench, ffmpeg};

/// A second of 25 small frames with sound, and a project of it.
fn film() -> Bench {
    let bench = Bench::new();
    let sources = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=1", "-f", "lavfi", "-i", "sine=440:d=1:r=48000"];
    let codecs = ["-c:v", "ffv1", "-c:a", "pcm_s16le"];
    ffmpeg(&[&sources[..], &codecs[..]].concat(), &bench.path("a.mkv"));
    bench.ok(&["new", "film.json", "a.mkv"]);
    bench
}

fn played(bench: &Bench, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&bench.ok(&[&["play", "film.json", "--headless", "--json"], args].concat()).out).unwrap()
}

#[test]
fn a_film_is_played_in_time_with_its_sound() {
    let bench = film();
    // With every frame shown, the numbers do not depend on how busy the machine is.
    let whole = played(&bench, &["--every-frame", "--null-sink"]);
    assert_eq!((whole["shown"].as_u64(), whole["dropped"].as_u64()), (Some(25), Some(0)), "{whole}");
    assert!((whole["played_secs"].as_f64().unwrap() - 1.0).abs() < 0.001, "{whole}");
    assert!(whole["real_secs"].as_f64().unwrap() > 0.9 && whole["max_drift_ms"].as_f64().unwrap() <= 40.0, "{whole}");
    assert_eq!((whole["complete"].as_bool(), whole["frame_rate"].as_f64()), (Some(true), Some(25.0)));
    let part = played(&bench, &["--every-frame", "--from", "5", "--to", "10", "--loop", "2", "--speed", "-1", "--scale", "0.5"]);
    assert_eq!((part["shown"].as_u64(), part["size"]["width"].as_u64()), (Some(10), Some(32)), "{part}");
    assert_eq!((part["from_frame"].as_i64(), part["to_frame"].as_i64()), (Some(5), Some(10)));
    // Left out or not, each picture is counted once.
    let fast = played(&bench, &["--speed", "4"]);
    assert_eq!(fast["shown"].as_u64().unwrap() + fast["dropped"].as_u64().unwrap(), 7, "{fast}");
    let text = bench.ok(&["play", "film.json", "--headless", "--to", "0.2s"]).out;
    assert!(text.contains("pictures shown") && text.contains("drift"), "{text}");
}

#[test]
fn what_cannot_be_played_is_said() {
    let bench = film();
    let failed = |args: &[&str]| {
        let ran = bench.run(&[&["play", "film.json"], args].concat());
        (ran.code, ran.err)
    };
    for (args, words) in [
        (&[][..], "cutroom preview"),
        (&["--headless", "--speed", "0"][..], "--speed 0 is no speed"),
        (&["--headless", "--speed", "9"][..], "--speed 9 is no speed"),
        (&["--headless", "--loop", "0"][..], "--loop"),
        (&["--headless", "--from", "2s"][..], "the composition ends at 25"),
        (&["--headless", "--scale", "9"][..], "--scale"),
    ] {
        let (code, err) = failed(args);
        assert!(code == 2 && err.contains(words), "{args:?}: {code} {err}");
    }
    std::fs::remove_file(bench.path("a.mkv")).unwrap();
    let (code, err) = failed(&["--headless"]);
    assert!(code == 4 && err.contains("a.mkv"), "{code} {err}");
}

//! Beats, pauses, recordings of one event and spectrograms, on sounds that are known.
use crate::support::{Bench, ffmpeg};
use serde_json::Value;

fn json(bench: &Bench, args: &[&str]) -> Value {
    serde_json::from_str(&bench.ok(&[args, &["--json"]].concat()).out).unwrap()
}

/// A tone of half a second, each second, for `seconds`.
fn talk(bench: &Bench, name: &str, seconds: u32) {
    let sound = format!("aevalsrc=0.4*sin(2*PI*700*t)*lt(mod(t\\,2)\\,1)+0.0002*sin(9000*t):s=48000:d={seconds}");
    ffmpeg(&["-f", "lavfi", "-i", &sound], &bench.path(name));
}

#[test]
fn pauses_are_cut_out() {
    let bench = Bench::new();
    talk(&bench, "talk.wav", 10);
    let found = json(&bench, &["cut-silence", "talk.wav", "--threshold", "-40", "--before", "0", "--after", "0"]);
    let spans: Vec<(f64, f64)> = found["silences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["start_secs"].as_f64().unwrap(), s["end_secs"].as_f64().unwrap()))
        .collect();
    assert_eq!(spans.len(), 5, "{spans:?}");
    for (n, (from, to)) in spans.iter().enumerate() {
        let wanted = 1.0 + 2.0 * n as f64;
        assert!((from - wanted).abs() < 0.03 && (to - wanted - 1.0).abs() < 0.03, "{spans:?}");
    }
    // A film of 10 s has five pauses of 1 s, of which 0.3 s are kept beside sounds; the last one has one
    // sound beside it.
    bench.ok(&["cut-silence", "talk.wav", "-o", "talk.json"]);
    let report = json(&bench, &["loudness", "talk.json"]);
    assert!(report["integrated_lufs"].as_f64().unwrap() > -20.0);
    bench.ok(&["export", "talk.json", "-o", "cut.wav"]);
    let secs = json(&bench, &["probe", "cut.wav"])[0]["duration_secs"].as_f64().unwrap();
    assert!((secs - 6.4).abs() < 0.3, "{secs}");
    // A try changes nothing, and a track that is not there is said.
    bench.ok(&["new", "film.json", "talk.wav"]);
    let before = std::fs::read(bench.path("film.json")).unwrap();
    let tried = json(&bench, &["cut-silence", "film.json", "--dry-run"]);
    assert_eq!(tried["cuts"].as_array().unwrap().len(), 5, "{tried}");
    assert_eq!(std::fs::read(bench.path("film.json")).unwrap(), before);
    let ran = bench.run(&["cut-silence", "film.json", "--dry-run", "--track", "voice"]);
    assert!(ran.code == 2 && ran.err.contains("no track \"voice\""), "{}", ran.err);
    let ran = bench.run(&["cut-silence", "film.json"]);
    assert!(ran.code == 2 && ran.err.contains("--in-place"), "{}", ran.err);
}

#[test]
fn beats_are_found_and_marked() {
    let bench = Bench::new();
    // 120 beats per minute, from 0.25 s on.
    let clicks = "aevalsrc=0.8*sin(2*PI*1000*t)*exp(-80*mod(t+0.25\\,0.5))*gt(t\\,0.2):s=48000:d=20";
    ffmpeg(&["-f", "lavfi", "-i", clicks], &bench.path("clicks.wav"));
    let found = json(&bench, &["beats", "clicks.wav"]);
    assert!((found["bpm"].as_f64().unwrap() - 120.0).abs() < 1.0, "{found}");
    let beats: Vec<f64> = found["beats"].as_array().unwrap().iter().map(|b| b["secs"].as_f64().unwrap()).collect();
    assert!(beats.len() >= 38, "{}", beats.len());
    for beat in &beats {
        let off = (beat + 0.25 + 0.25).rem_euclid(0.5) - 0.25;
        assert!(off.abs() < 0.01, "{beat}");
    }
    bench.ok(&["new", "film.json", "clicks.wav"]);
    let project: Value = serde_json::from_slice(&std::fs::read(bench.path("film.json")).unwrap()).unwrap();
    let id = project["compositions"][0]["tracks"][0]["clips"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        bench.ok(&["beats", "film.json", "--clip", &id, "--in-place"]);
    }
    let project: Value = serde_json::from_slice(&std::fs::read(bench.path("film.json")).unwrap()).unwrap();
    let markers = project["compositions"][0]["markers"].as_array().unwrap();
    assert_eq!(markers.len(), beats.len());
    let at = markers[3]["time"].as_f64().unwrap() / 705_600_000.0;
    assert!((at - beats[3]).abs() < 0.001, "{at} {}", beats[3]);
}

/// Three recordings of one sound, the second one 3.21 s later, the third one 1.5 s earlier and of
/// another rate; and a fourth of something else.
#[test]
fn recordings_are_laid_over_each_other() {
    let bench = Bench::new();
    let noise = "anoisesrc=d=40:c=pink:r=48000:a=0.4:seed=7,tremolo=f=3:d=0.8";
    ffmpeg(&["-f", "lavfi", "-i", noise, "-ac", "1"], &bench.path("all.wav"));
    let part = |name: &str, from: &str, to: &str, rate: &str| {
        let all = bench.path("all.wav");
        ffmpeg(&["-ss", from, "-to", to, "-i", all.to_str().unwrap(), "-ar", rate, "-af", "volume=0.5"], &bench.path(name));
    };
    part("a.wav", "2", "30", "48000");
    part("b.wav", "5.21", "35", "48000");
    part("c.wav", "0.5", "25", "44100");
    ffmpeg(&["-f", "lavfi", "-i", "anoisesrc=d=20:c=pink:r=48000:a=0.4:seed=8"], &bench.path("other.wav"));
    let found = json(&bench, &["sync", "a.wav", "b.wav", "c.wav", "other.wav"]);
    let offset = |n: usize| found["files"][n]["offset_secs"].as_f64();
    assert_eq!(offset(0), Some(0.0));
    assert!((offset(1).unwrap() - 3.21).abs() < 1.0 / 48_000.0, "{found}");
    assert!((offset(2).unwrap() + 1.5).abs() < 1.0 / 44_100.0, "{found}");
    assert_eq!(offset(3), None);
    let ran = bench.run(&["sync", "a.wav", "other.wav", "-o", "show.json"]);
    assert!(ran.code == 2 && ran.err.contains("none of the other recordings has its sound"), "{}", ran.err);
    assert!(!bench.path("show.json").exists());
}

/// Two cameras: the film switches where it was asked to, and their pictures are in step.
#[test]
fn angles_are_switched() {
    let bench = Bench::new();
    // A picture that says its time, and noise.
    let picture = "testsrc2=size=160x90:rate=25:duration=20";
    let noise = "anoisesrc=d=20:c=pink:r=48000:a=0.4:seed=3,tremolo=f=2:d=0.9";
    ffmpeg(
        &["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", noise, "-c:v", "ffv1", "-c:a", "pcm_s16le"],
        &bench.path("whole.mkv"),
    );
    let whole = bench.path("whole.mkv");
    for (name, from, to) in [("a.mkv", "0", "15"), ("b.mkv", "4", "20")] {
        ffmpeg(&["-i", whole.to_str().unwrap(), "-ss", from, "-to", to, "-c:v", "ffv1", "-c:a", "pcm_s16le"], &bench.path(name));
    }
    bench.ok(&["sync", "a.mkv", "b.mkv", "-o", "show.json", "--switch", "0s=1", "--switch", "6s=2"]);
    bench.ok(&["validate", "show.json"]);
    let project: Value = serde_json::from_slice(&std::fs::read(bench.path("show.json")).unwrap()).unwrap();
    let ids: Vec<&str> = project["compositions"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"angles"), "{ids:?}");
    // Frames before and after the switch are those of the whole.
    bench.ok(&["export", "show.json", "-o", "show.mkv", "--video-codec", "ffv1"]);
    let gray = |film: &str, second: f64| {
        let raw = bench.path("x.gray");
        let (second, film) = (second.to_string(), bench.path(film));
        let _ = std::fs::remove_file(&raw);
        ffmpeg(&["-ss", &second, "-i", film.to_str().unwrap(), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray"], &raw);
        std::fs::read(raw).unwrap()
    };
    let apart = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64;
    for second in [5.0, 10.0, 18.0] {
        let shown = gray("show.mkv", second);
        let (same, next) = (apart(&shown, &gray("whole.mkv", second)), apart(&shown, &gray("whole.mkv", second + 0.04)));
        assert!(same < 0.5 * next, "{second} s: {same}, the next frame {next}");
    }
}

#[test]
fn spectrograms_and_segments_are_written() {
    let bench = Bench::new();
    ffmpeg(&["-f", "lavfi", "-i", "aevalsrc=0.5*sin(2*PI*1000*t)*lt(t\\,2):s=48000:d=4"], &bench.path("tone.wav"));
    let report = json(&bench, &["spectrogram", "tone.wav", "--axis", "linear", "--width", "80", "--height", "48", "-o", "s.png"]);
    assert_eq!((report["highest_hz"].as_f64(), report["secs"].as_f64()), (Some(24_000.0), Some(4.0)));
    let raw = bench.path("s.rgb");
    ffmpeg(&["-i", bench.path("s.png").to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", "gray"], &raw);
    let gray = std::fs::read(raw).unwrap();
    // 1 kHz of 24 in 48 rows is row 2 from below; nothing after half of the time.
    let brightest = |x: usize| (0..48).max_by_key(|y| gray[y * 80 + x]).unwrap();
    assert!((44..=46).contains(&brightest(20)), "{}", brightest(20));
    assert!((0..48).all(|y| gray[y * 80 + 70] < 10));
    let ran = bench.run(&["spectrogram", "tone.wav", "--axis", "x", "-o", "t.png"]);
    assert!(ran.code == 2 && ran.err.contains("no axis \"x\""), "{}", ran.err);
    let segments = json(&bench, &["segments", "tone.wav"]);
    assert!(!segments["segments"].as_array().unwrap().is_empty());
}

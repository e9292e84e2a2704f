//! Loudness against ffmpeg's `ebur128` filter and the ITU's files.
use crate::support::{Bench, ffmpeg};
use cutroom_test_support::media;
use std::{path::Path, process::Command};

/// Integrated loudness in LUFS and true peak in dBTP by ffmpeg.
fn by_ffmpeg(path: &Path) -> [f64; 2] {
    let out = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(path)
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    let summary = &text[text.rfind("Summary:").unwrap_or_else(|| panic!("{text}"))..];
    ["I:", "Peak:"].map(|name| {
        let at = summary.find(name).unwrap() + name.len();
        summary[at..].split_whitespace().next().unwrap().parse().unwrap()
    })
}

fn measured(bench: &Bench, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&bench.ok(&[&["loudness", "--json"], args].concat()).out).unwrap()
}

/// Speech-like sound: bursts of different level with peaks far above the mean.
fn talk(bench: &Bench, name: &str) {
    let sound = "aevalsrc=0.5*sin(400*t)*pow(abs(sin(3*t))\\,6)*(0.2+0.8*gt(mod(t\\,5)\\,2.5))|0.4*sin(700*t)*pow(abs(sin(2*t))\\,8):s=48000:d=12";
    ffmpeg(&["-f", "lavfi", "-i", sound, "-c:a", "pcm_s24le"], &bench.path(name));
}

#[test]
fn files_measure_as_ffmpeg_and_the_itu_say() {
    let bench = Bench::new();
    talk(&bench, "talk.wav");
    let [lufs, peak] = by_ffmpeg(&bench.path("talk.wav"));
    let ours = measured(&bench, &["talk.wav"]);
    assert!((ours["integrated_lufs"].as_f64().unwrap() - lufs).abs() <= 0.1, "{ours} {lufs}");
    assert!((ours["true_peak_dbtp"].as_f64().unwrap() - peak).abs() <= 0.3, "{ours} {peak}");
    let text = bench.ok(&["loudness", "talk.wav"]).out;
    assert!(text.contains("integrated") && text.contains("LUFS") && text.contains("dBTP"), "{text}");
    if let Some(itu) = media("loudness/itu_bs2217_RelGateTest_-10LKFS.wav") {
        let ours = measured(&bench, &[itu.to_str().unwrap()]);
        assert!((ours["integrated_lufs"].as_f64().unwrap() + 10.0).abs() <= 0.1, "{ours}");
    }
    let silent = bench.run(&["loudness", "talk.wav", "--stream", "3"]);
    assert_eq!(silent.code, 4, "{}", silent.err);
}

#[test]
fn an_export_reaches_its_loudness_below_its_true_peak() {
    let bench = Bench::new();
    talk(&bench, "talk.wav");
    bench.ok(&["new", "film.json", "talk.wav"]);
    let [before, _] = by_ffmpeg(&bench.path("talk.wav"));
    let of_project = measured(&bench, &["film.json"]);
    assert!((of_project["integrated_lufs"].as_f64().unwrap() - before).abs() <= 0.1, "{of_project} {before}");
    // A gain alone, and one that needs the limiter.
    for (lufs, peak) in [(-30.0, -1.0), (-16.0, -1.0), (-13.0, -2.0)] {
        let (loudness, true_peak) = (lufs.to_string(), peak.to_string());
        let args = ["export", "film.json", "-o", "out.wav", "--audio-bits", "24", "--overwrite"];
        let ran = bench.ok(&[&args[..], &["--loudness", &loudness, "--true-peak", &true_peak]].concat());
        assert!(ran.err.contains("LUFS, true peak"), "{}", ran.err);
        let [reached, largest] = by_ffmpeg(&bench.path("out.wav"));
        assert!((reached - lufs).abs() <= 0.15, "{reached} for {lufs}\n{}", ran.err);
        assert!(largest <= peak + 0.1, "{largest} for {peak}\n{}", ran.err);
    }
    // Only the limiter: what is below it stays as it is, to the sample.
    bench.ok(&["export", "film.json", "-o", "plain.wav", "--audio-bits", "24"]);
    bench.ok(&["export", "film.json", "-o", "limited.wav", "--audio-bits", "24", "--true-peak", "0"]);
    let read = |name: &str| std::fs::read(bench.path(name)).unwrap();
    assert!(read("plain.wav") == read("limited.wav"));
}

#[test]
fn levels_that_make_no_sense_are_refused() {
    let bench = Bench::new();
    talk(&bench, "talk.wav");
    bench.ok(&["new", "film.json", "talk.wav"]);
    let ran = bench.run(&["export", "film.json", "-o", "out.wav", "--loudness", "3"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("--loudness is 3; it must be -70 to -5"), "{}", ran.err);
    let ran = bench.run(&["loudness", "film.json", "--range", "99s.."]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn mp3_is_written_and_read_back() {
    let bench = Bench::new();
    talk(&bench, "talk.wav");
    bench.ok(&["new", "film.json", "talk.wav"]);
    bench.ok(&["export", "film.json", "-o", "talk.mp3", "--audio-bitrate", "192k"]);
    let [wav, mp3] = ["talk.wav", "talk.mp3"].map(|name| by_ffmpeg(&bench.path(name))[0]);
    assert!((wav - mp3).abs() < 0.3, "{wav} {mp3}");
    let report: serde_json::Value = serde_json::from_str(&bench.ok(&["probe", "--json", "talk.mp3"]).out).unwrap();
    assert_eq!(report[0]["audio"][0]["samples"], 12 * 48_000, "the priming is cut");
}

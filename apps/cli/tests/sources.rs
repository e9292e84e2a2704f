//! Sources that are damaged or odd: what an export says of them.
mod common;
use common::{Bench, Ran, ffmpeg};
use serde_json::json;
use std::{path::Path, process::Command};

/// Position and size of every packet of a stream, by ffprobe.
fn packets(file: &Path, stream: &str) -> Vec<(usize, usize)> {
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", stream, "-show_entries", "packet=pos,size", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let numbers = |line: &str| line.split(',').filter_map(|n| n.parse().ok()).collect::<Vec<usize>>();
    text.lines().map(numbers).filter(|n| n.len() == 2).map(|n| (n[1], n[0])).collect()
}

/// The words of the messages, whatever the width they were wrapped to.
fn words(ran: &Ran) -> String {
    ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ")
}

/// The number before some words of the messages.
fn count_before(text: &str, what: &str) -> u64 {
    let at = text.find(what).unwrap_or_else(|| panic!("no \"{what}\" in: {text}"));
    text[..at].split_whitespace().next_back().unwrap().parse().unwrap()
}

#[test]
fn damaged_sound_is_said() {
    let b = Bench::new();
    let path = b.clip("a.mp4", 50, "25");
    b.ok(&["new", "p.json", "a.mp4"]);
    let whole = b.ok(&["export", "p.json", "-o", "whole.mp4"]);
    assert!(!whole.err.contains("decoding errors"), "{}", whole.err);
    let mut bytes = std::fs::read(&path).unwrap();
    let sound = packets(&path, "a:0");
    for &(at, size) in &sound[40..50] {
        bytes[at..at + size].iter_mut().for_each(|v| *v ^= 0xFF);
    }
    std::fs::write(&path, bytes).unwrap();
    let ran = b.ok(&["export", "p.json", "-o", "damaged.mp4"]);
    let text = words(&ran);
    assert!(text.contains("a.mp4: sound stream 0:") && count_before(&text, "decoding errors; what") > 0, "{text}");
    assert!(!text.contains("picture stream"), "{text}");
}

#[test]
fn samples_that_are_no_numbers_are_counted() {
    let b = Bench::new();
    let path = b.path("a.wav");
    ffmpeg(&["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=1", "-ac", "2", "-c:a", "pcm_f32le"], &path);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = packets(&path, "a:0")[0].0 + 8 * 4000;
    for n in 0..7 {
        bytes[at + 4 * n..at + 4 * n + 4].copy_from_slice(&[f32::NAN, f32::INFINITY][n % 2].to_le_bytes());
    }
    std::fs::write(&path, bytes).unwrap();
    b.clip("v.mp4", 25, "25");
    b.ok(&["new", "p.json", "v.mp4"]);
    let mut document = b.read_json("p.json");
    document["media"].as_array_mut().unwrap().push(json!({ "id": "noise", "path": "a.wav", "kind": "audio" }));
    document["compositions"][0]["tracks"].as_array_mut().unwrap().push(json!({ "id": "s", "kind": "audio", "clips": [
        { "id": "s1", "source": { "type": "media", "media": "noise" }, "start": "0s", "duration": "1s" } ] }));
    b.write("p.json", &document.to_string());
    let text = words(&b.ok(&["export", "p.json", "-o", "o.mp4"]));
    assert!(text.contains("a.wav: sound stream 0: 7 samples are not numbers or infinite"), "{text}");
}

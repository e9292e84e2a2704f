//! Graphics cards: chosen by their numbers, and failing in the middle of a film. Where there is none, the
//! software device of the system stands in for one.
use crate::support::{Bench, Ran, ran};
use cutroom_test_support::skipped;
use serde_json::Value;

/// A film of 40 frames at half its size, so that all are drawn; `None` without any device.
fn film() -> Option<Bench> {
    let bench = Bench::new();
    let doctor: Value = serde_json::from_str(&bench.ok(&["doctor", "--json"]).out).unwrap();
    if doctor["cards"].as_array().unwrap().is_empty() {
        skipped("no device", "Vulkan has no device");
        return None;
    }
    bench.clip("a.mp4", 40, "25");
    bench.ok(&["new", "film.json", "a.mp4"]);
    Some(bench)
}

/// Runs the program on the GPU with a fault of it.
fn with_fault(bench: &Bench, fault: Option<&str>, args: &[&str]) -> Ran {
    let mut command = bench.command(&[args, &["--backend", "gpu", "--scale", "0.5", "--json"]].concat());
    command.envs(fault.map(|fault| ("CUTROOM_GPU_FAULT", fault)));
    ran(command.output().unwrap())
}

fn report(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The report of an export, and its list of hashes.
fn exported(bench: &Bench, fault: Option<&str>, more: &[&str]) -> (Value, String) {
    let args = ["export", "film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--frame-hashes", "h.txt", "--overwrite"];
    let ran = with_fault(bench, fault, &[&args, more].concat());
    (report(&ran), bench.read("h.txt"))
}

#[test]
fn a_film_is_finished_although_the_card_fails() {
    let Some(bench) = film() else { return };
    let (undisturbed, expected) = exported(&bench, None, &["--segment-secs", "0"]);
    assert!(undisturbed.get("device_lost").is_none() && expected.lines().count() == 40, "{undisturbed}");
    for (fault, segments) in [("lost@6", "0"), ("memory@6", "0"), ("lost@21", "0.6"), ("memory@0", "0.6")] {
        let (report, hashes) = exported(&bench, Some(fault), &["--segment-secs", segments]);
        assert_eq!(hashes, expected, "{fault}");
        let lost = &report["device_lost"];
        let (from, at) = (lost["from_frame"].as_i64().unwrap(), fault.split('@').nth(1).unwrap().parse::<i64>().unwrap());
        // Up to two frames were on their way.
        assert!((at - 2..=at).contains(&from), "{fault}: {lost}");
        assert!(lost["reason"].as_str().unwrap().contains(if fault.starts_with("lost") { "lost" } else { "memory" }), "{lost}");
        assert!(lost["continued_by"].as_str().unwrap().starts_with("gpu ("), "{lost}");
        let warnings = report["warnings"].to_string();
        assert!(warnings.contains(&format!("a graphics card failed; from frame {from} on, gpu (")), "{warnings}");
        assert_eq!(report["frames"], 40);
    }
}

#[test]
fn playing_and_single_frames_go_on_when_the_card_fails() {
    let Some(bench) = film() else { return };
    let play = ["play", "film.json", "--headless", "--every-frame", "--null-sink"];
    let played = report(&with_fault(&bench, Some("lost@9"), &play));
    // While a device is opened, a picture may come too late to be shown.
    let ticks = ["shown", "dropped"].map(|name| played[name].as_u64().unwrap());
    assert!(ticks[0] + ticks[1] == 40 && ticks[1] < 5 && played["complete"] == true, "{played}");
    let from = played["device_lost"]["from_frame"].as_i64().unwrap();
    assert!((6..=9).contains(&from) && played["warnings"].to_string().contains("a graphics card failed"), "{played}");

    let frame = |name: &str, fault| report(&with_fault(&bench, fault, &["frame", "film.json", "--at", "7", "-o", name]));
    assert!(frame("whole.png", None).get("device_lost").is_none());
    let failed = frame("again.png", Some("memory@0"));
    assert_eq!(failed["device_lost"]["from_frame"], 7, "{failed}");
    assert!(std::fs::read(bench.path("whole.png")).unwrap() == std::fs::read(bench.path("again.png")).unwrap());

    let unknown = with_fault(&bench, Some("often"), &["frame", "film.json", "--at", "7", "-o", "x.png"]);
    assert!(unknown.code == 1 && unknown.err.contains("CUTROOM_GPU_FAULT"), "{}", unknown.err);
}

#[test]
fn cards_are_chosen_by_their_numbers() {
    let Some(bench) = film() else { return };
    let doctor: Value = serde_json::from_str(&bench.ok(&["doctor", "--json"]).out).unwrap();
    let cards = doctor["cards"].as_array().unwrap();
    assert!((0..).zip(cards).all(|(n, card)| card["number"] == n), "{cards:?}");
    let text = bench.ok(&["doctor"]).out;
    assert!(text.contains("Graphics cards (--gpu)") && text.contains(cards[0]["name"].as_str().unwrap()), "{text}");
    let (_, expected) = exported(&bench, None, &["--gpu", "auto"]);
    if cards.len() == 1 {
        let (report, hashes) = exported(&bench, None, &["--gpu", "0", "--segment-secs", "0.6", "--jobs", "2"]);
        assert_eq!(hashes, expected);
        assert!(report["drawn_by"].as_str().unwrap().contains(cards[0]["name"].as_str().unwrap()), "{report}");
    }
    for args in [
        &["export", "film.json", "-o", "x.mkv"][..],
        &["frame", "film.json", "--at", "3", "-o", "x.png"],
        &["play", "film.json", "--headless", "--null-sink"],
        &["stats", "film.json"],
    ] {
        let absent = bench.run(&[args, &["--gpu", "99"]].concat());
        let known = format!("0 is {}", cards[0]["name"].as_str().unwrap());
        assert!(absent.code == 1 && absent.err.contains("there is no graphics card 99"), "{args:?}: {}", absent.err);
        let words = absent.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(words.contains(&known) && words.contains("--gpu"), "{words}");
        let odd = bench.run(&[args, &["--gpu", "first"]].concat());
        assert!(odd.code == 2 && odd.err.contains("write auto, or a number"), "{args:?}: {}", odd.err);
    }
}

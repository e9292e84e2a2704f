//! `cutroom run` and `cutroom repl`: editing by commands.
use crate::support::{Bench, document};
use serde_json::{Value, json};
use std::{io::Write, process::Stdio};

/// A film of two clips of 2 s of a file of 4 s.
fn film(b: &Bench) {
    b.clip("a.mp4", 100, "25");
    let clip =
        |id: &str, start: &str| json!({"id": id, "source": {"type": "media", "media": "a"}, "start": start, "duration": "2s"});
    b.write("film.json", &document(&json!([{"id": "v", "clips": [clip("c1", "0s"), clip("c2", "2s")]}])).to_string());
}

fn events(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|e| e["event"].as_str().unwrap()).collect()
}

#[test]
fn a_script_edits_a_film_and_replays_to_the_same_hashes() {
    let b = Bench::new();
    film(&b);
    let script = r#"
# The first clip ends at frame 25 and the rest closes up.
{"define": {"name": "half", "params": ["clip", "at"], "steps": [{"trim": {"clip": "$clip", "edge": "end", "to": "$at", "mode": "ripple"}}]}}
{"call": {"name": "half", "with": {"clip": "c1", "at": "25f"}}}
{"split": {"clips": ["c2"], "at": "2s"}}
{"set_keyframe": {"of": {"clip": "c2"}, "field": "video.opacity", "time": 0, "value": 0}}
{"set_keyframe": {"of": {"clip": "c2"}, "field": "video.opacity", "time": "500ms", "value": 1}}
{"undo": {}}
{"redo": {}}
{"hash": {"at": "1.5s"}}
"#;
    b.write("edits.jsonl", script);
    let ran = b.ok(&["run", "film.json", "edits.jsonl", "-o", "cut.json"]);
    let first = events(&ran.out);
    assert_eq!(names(&first), ["defined", "applied", "applied", "applied", "applied", "undone", "redone", "hashed", "saved"]);
    assert_eq!(first[2]["changed"]["clips"], json!(["c2", "c2-2"]));
    let cut = b.read_json("cut.json");
    let spans: Vec<_> = cut["compositions"][0]["tracks"][0]["clips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (c["id"].as_str().unwrap(), c["start"].as_i64().unwrap() / 28_224_000, c["duration"].as_i64().unwrap() / 28_224_000)
        })
        .collect();
    assert_eq!(spans, [("c1", 0, 25), ("c2", 25, 25), ("c2-2", 50, 25)]);
    b.ok(&["validate", "cut.json"]);
    // The film itself is unchanged; a dry run says the same and writes nothing.
    let dry = b.ok(&["run", "film.json", "edits.jsonl", "--dry-run"]);
    assert_eq!(events(&dry.out)[7], first[7]);
    assert_eq!(b.read_json("film.json")["compositions"][0]["tracks"][0]["clips"][0]["duration"], "2s");
    // Replayed, from standard input and in place.
    let mut command = b.command(&["run", "film.json", "-", "--in-place"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let again = child.wait_with_output().unwrap();
    assert_eq!(events(&String::from_utf8(again.stdout).unwrap())[7], first[7]);
    assert_eq!(b.read("film.json"), b.read("cut.json"));
}

#[test]
fn a_command_that_fails_ends_the_script_and_writes_nothing() {
    let b = Bench::new();
    film(&b);
    let before = b.read("film.json");
    for (line, code, says) in [
        (r#"{"trim": {"clip": "c1", "edge": "end", "to": "3s"}}"#, 3, "clip \"c2\" is in the way at 2.000 s on track \"v\""),
        (r#"{"move": {"clips": ["zz"], "by": "1s"}}"#, 3, "there is no clip \"zz\""),
        (r#"{"trimm": {}}"#, 2, "did you mean `trim`?"),
        (r#"{"trim": {"clip": "c1"}}"#, 2, "edge"),
        (r#"{"set": {"of": {"clip": "c1"}, "field": "video.opacity", "value": 7}}"#, 3, "7.0 is not from 0 to 1"),
        (r#"{"redo": {}}"#, 1, "there is nothing to redo"),
        ("{", 2, "not JSON"),
        (r#"{"call": {"name": "m"}}"#, 2, "no macro \"m\""),
        (r#"{"add_effect": {"clips": ["c1"], "effect": "blurr"}}"#, 3, "blurr"),
    ] {
        b.write("bad.jsonl", &format!("{{\"slip\": {{\"clips\": [\"c1\"], \"by\": \"1s\"}}}}\n{line}\n"));
        let ran = b.run(&["run", "film.json", "bad.jsonl", "--in-place"]);
        assert!(ran.code == code && ran.err.replace('\n', " ").contains(says), "{line}: {} {}", ran.code, ran.err);
        assert_eq!(b.read("film.json"), before, "{line}");
    }
    let ran = b.run(&["run", "film.json", "bad.jsonl"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(b.run(&["run", "film.json", "none.jsonl", "--dry-run"]).code, 2);
}

#[test]
fn a_session_in_the_terminal_goes_on_after_errors_and_can_be_recorded() {
    let b = Bench::new();
    film(&b);
    let lines = "{\"split\": {\"at\": \"1s\"}}\n{\"split\": {\"at\": \"99s\"}}\nnonsense\n{\"move\": {\"clips\": [\"c2\"], \"by\": \"1s\"}, \"key\": \"drag\"}\n{\"move\": {\"clips\": [\"c2\"], \"by\": \"1s\"}, \"key\": \"drag\"}\n{\"undo\": {}}\n{\"save\": {}}\n";
    let mut command = b.command(&["repl", "film.json", "--record", "made.jsonl"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let seen = events(&out);
    assert_eq!(names(&seen), ["applied", "refused", "refused", "applied", "applied", "undone", "saved"]);
    // Both moves of one drag are one step.
    assert_eq!(b.read_json("film.json")["compositions"][0]["tracks"][0]["clips"].as_array().unwrap().len(), 3);
    let saved = b.read("film.json");
    film(&b);
    b.ok(&["run", "film.json", "made.jsonl", "--in-place"]);
    assert_eq!(b.read("film.json"), saved, "the recorded session replays to the same document");
}

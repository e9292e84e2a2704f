//! Jobs, playback and watched files in `cutroom run` and `cutroom repl`.
use crate::support::{Bench, document};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

fn film(b: &Bench) {
    b.clip("a.mp4", 50, "25");
    let clip = json!({"id": "c", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2s"});
    b.write("film.json", &document(&json!([{"id": "v", "clips": [clip]}])).to_string());
}

fn events(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// An export has the document as it was when it was begun, whatever is edited meanwhile.
#[test]
fn exports_of_a_script_have_the_document_of_their_command() {
    let b = Bench::new();
    film(&b);
    let export = |name: &str, edited: bool| {
        let before = if edited { "{\"trim\": {\"clip\": \"c\", \"edge\": \"end\", \"to\": \"20f\"}}\n" } else { "" };
        format!("{before}{{\"export\": {{\"output\": \"{name}.mkv\", \"frame_hashes\": \"{name}.txt\", \"lossless\": true}}}}\n")
    };
    b.write(
        "edits.jsonl",
        &format!("{}{}{{\"wait\": {{}}}}\n{{\"undo\": {{}}}}\n", export("first", false), export("second", true)),
    );
    // Without writing: no job is begun.
    let dry = b.ok(&["run", "film.json", "edits.jsonl", "--dry-run"]);
    assert!(dry.out.contains(r#"{"event":"skipped","command":"export"}"#), "{}", dry.out);
    let ran = b.ok(&["run", "film.json", "edits.jsonl", "-o", "cut.json"]);
    let events = events(&ran.out);
    let done: Vec<_> = events.iter().filter(|e| e["event"] == "job_done").map(|e| &e["result"]["export"]["frames"]).collect();
    assert_eq!(done, [&json!(50), &json!(20)]);
    assert_eq!(events.last().unwrap()["event"], "undone", "the document is as it was: nothing is to be saved");
    b.ok(&["export", "film.json", "--null", "--frame-hashes", "expected.txt"]);
    let expected = b.read("expected.txt");
    assert_eq!(b.read("first.txt"), expected);
    let second = b.read("second.txt");
    assert_eq!(second.lines().collect::<Vec<_>>(), expected.lines().take(20).collect::<Vec<_>>());
    // A job that fails ends the script, as do those that are still running at its end.
    for tail in ["{\"wait\": {}}\n", ""] {
        b.write("bad.jsonl", &format!("{{\"make_proxies\": {{\"media\": [\"zz\"]}}}}\n{tail}"));
        let ran = b.run(&["run", "film.json", "bad.jsonl", "-o", "bad.json"]);
        assert!(ran.code == 2 && ran.err.contains("no media \"zz\"") && ran.out.contains("job_failed"), "{} {}", ran.out, ran.err);
    }
    // The second export would replace the first one.
    let dry = b.run(&["run", "film.json", "edits.jsonl", "--dry-run"]);
    assert!(dry.code == 2 && dry.err.contains("usage.exists"), "{}", dry.err);
}

#[test]
fn a_terminal_session_says_when_a_file_is_lost() {
    let b = Bench::new();
    film(&b);
    let mut command = b.command(&["repl", "film.json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    writeln!(stdin, r#"{{"transport": {{}}}}"#).unwrap();
    assert_eq!(next()["event"], "transport");
    std::thread::sleep(std::time::Duration::from_millis(600));
    std::fs::rename(b.path("a.mp4"), b.path("b.mp4")).unwrap();
    // Nothing is typed meanwhile.
    let mut event = next();
    while event["event"] == "transport" {
        event = next();
    }
    assert_eq!((&event["event"], &event["media"]), (&json!("media_changed"), &json!("a")), "{event}");
    assert_eq!(event["change"]["offline"]["reason"], "there is no such file");
    std::fs::rename(b.path("b.mp4"), b.path("a.mp4")).unwrap();
    let mut event = next();
    while event["event"] == "transport" {
        event = next();
    }
    assert_eq!(event["change"], json!({"back": {"unchanged": true}}), "{event}");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

/// A recording has what changed the document, with what was imported in the background, and no jobs.
#[test]
fn recordings_of_sessions_with_jobs_can_be_replayed() {
    let b = Bench::new();
    film(&b);
    b.clip("b.mp4", 25, "25");
    std::fs::copy(b.path("film.json"), b.path("start.json")).unwrap();
    let mut command = b.command(&["repl", "film.json", "--record", "made.jsonl"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let commands = [
        r#"{"import_in_background": {"files": ["b.mp4"]}}"#,
        r#"{"wait": {}}"#,
        r#"{"append": {"track": "v", "clip": {"id": "d", "source": {"type": "media", "media": "m1"}, "start": 0, "duration": "1s"}}}"#,
        r#"{"export": {"output": "film.mkv", "range": "0..2f"}}"#,
        r#"{"play": {}}"#,
        r#"{"pause": {}}"#,
        r#"{"wait": {}}"#,
        r#"{"hash": {}}"#,
    ];
    commands.iter().for_each(|line| writeln!(stdin, "{line}").unwrap());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = events(&String::from_utf8(output.stdout).unwrap());
    assert!(said.iter().all(|e| e["event"] != "refused"), "{said:#?}");
    let hash = |events: &[Value]| events.iter().find(|e| e["event"] == "hashed").map(|e| e["document"].clone());
    let replayed = b.ok(&["run", "start.json", "made.jsonl", "-o", "again.json"]);
    assert_eq!(hash(&events(&replayed.out)).unwrap(), hash(&said).unwrap());
    assert_eq!(b.read("made.jsonl").lines().count(), 3, "{}", b.read("made.jsonl"));
}

/// An interrupt ends a script before its next command, and nothing is written.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_script_without_saving() {
    let b = Bench::new();
    film(&b);
    let before = b.read("film.json");
    let mut command = b.command_with("--default-signal=INT", &["run", "film.json", "-", "--in-place"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let set = |opacity: f64| format!(r#"{{"set": {{"of": {{"clip": "c"}}, "field": "video.opacity", "value": {opacity}}}}}"#);
    writeln!(stdin, "{}", set(0.5)).unwrap();
    assert!(lines.next().unwrap().unwrap().contains("applied"));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    std::thread::sleep(std::time::Duration::from_millis(200));
    // The program waits for a line; whether it ends before or after reading it, it carries out none.
    let _ = writeln!(stdin, "{}", set(0.25));
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(lines.all(|line| !line.unwrap().contains("applied")));
    assert_eq!(b.read("film.json"), before);
}

//! `cutroom history`, `restore` and `recover`, and the journal of `repl` and `run --in-place`.
use crate::support::{Bench, Ran, document};
use serde_json::{Value, json};
use std::{
    io::Write,
    process::{Child, Stdio},
};

fn film(b: &Bench) {
    b.clip("a.mp4", 50, "25");
    let clip = json!({"id": "c", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2s"});
    b.write("film.json", &document(&json!([{"id": "v", "clips": [clip]}])).to_string());
}

fn repl(b: &Bench) -> Child {
    let mut command = b.command(&["repl", "film.json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The answers of a session to these commands, and what it said beside them.
fn session(b: &Bench, commands: &[&str]) -> (Vec<Value>, String) {
    let mut child = repl(b);
    child.stdin.take().unwrap().write_all(commands.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answers, String::from_utf8(output.stderr).unwrap())
}

fn clips(b: &Bench, file: &str) -> usize {
    b.read_json(file)["compositions"][0]["tracks"][0]["clips"].as_array().unwrap().len()
}

fn fails(b: &Bench, args: &[&str], code: i32, says: &[&str]) -> Ran {
    let ran = b.run(args);
    assert_eq!(ran.code, code, "{args:?}\n{}", ran.err);
    let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    says.iter().for_each(|says| assert!(said.contains(says), "{args:?}: {said}"));
    ran
}

#[test]
fn sessions_go_on_where_the_last_one_ended() {
    let b = Bench::new();
    film(&b);
    let (_, said) = session(
        &b,
        &[r#"{"split": {"at": "0.4s"}}"#, r#"{"name_version": {"name": "two parts"}}"#, r#"{"split": {"at": "0.8s"}}"#],
    );
    assert!(said.contains("the next session has them"), "{said}");
    assert_eq!(clips(&b, "film.json"), 1);
    // Other commands use the file, and say that there is more.
    let framed = b.ok(&["frame", "film.json", "--at", "0", "-o", "f.png"]);
    assert!(framed.err.contains("2 edits are in the project's journal"), "{}", framed.err);
    let (answers, said) = session(&b, &[r#"{"undo": {"steps": 2}}"#, r#"{"redo": {}}"#, r#"{"history": {}}"#]);
    assert!(said.contains("2 edits that were not saved were restored"), "{said}");
    assert_eq!(answers[0]["steps"], json!(["split", "split"]));
    let shown: Vec<_> = answers[2]["entries"].as_array().unwrap().iter().map(|e| (&e["step"], &e["done"])).collect();
    assert_eq!(shown, [(&json!(2), &json!(false)), (&json!(1), &json!(true)), (&json!(0), &json!(true))]);
    b.ok(&["recover", "film.json", "-o", "rescued.json"]);
    assert_eq!((clips(&b, "rescued.json"), clips(&b, "film.json")), (2, 1));
    b.ok(&["recover", "film.json", "--in-place"]);
    assert_eq!(clips(&b, "film.json"), 2);
    assert!(b.ok(&["recover", "film.json"]).out.contains("nothing to recover"));
    // Any state, also one that was undone.
    b.ok(&["restore", "film.json", "--step", "2", "-o", "three.json"]);
    b.ok(&["restore", "film.json", "--step", "0", "--in-place"]);
    assert_eq!((clips(&b, "three.json"), clips(&b, "film.json")), (3, 1));
    b.ok(&["restore", "film.json", "--version", "two parts", "--in-place"]);
    assert_eq!(clips(&b, "film.json"), 2);
    let listed: Value = serde_json::from_str(&b.ok(&["history", "film.json", "--json"]).out).unwrap();
    assert_eq!(listed["entries"][1]["versions"], json!(["two parts"]));
    assert_eq!(listed["entries"][1]["saved"], json!(true));
    let backups = listed["backups"].as_array().unwrap();
    assert_eq!(backups.len(), 3);
    b.ok(&["restore", "film.json", "--backup", backups[0]["name"].as_str().unwrap(), "--in-place"]);
    assert_eq!(clips(&b, "film.json"), 1);
    // A backup is a step: undo returns.
    b.write("undo.jsonl", r#"{"undo": {}}"#);
    b.ok(&["run", "film.json", "undo.jsonl", "--in-place"]);
    assert_eq!(clips(&b, "film.json"), 2);
    fails(&b, &["restore", "film.json", "--step", "99", "--in-place"], 2, &["has no step 99", "`cutroom history` lists"]);
    fails(&b, &["restore", "film.json", "--version", "x", "-o", "x.json"], 2, &["no version \"x\""]);
    fails(&b, &["restore", "film.json", "--time", "noon", "-o", "x.json"], 2, &["--time \"noon\" is no time"]);
    fails(&b, &["restore", "film.json", "--backup", "x", "-o", "x.json"], 2, &["no backup \"x\""]);
    fails(&b, &["restore", "film.json", "--step", "0", "-o", "three.json"], 2, &["--overwrite"]);
    fails(&b, &["restore", "film.json"], 2, &[]);
}

#[test]
fn a_script_that_fails_in_place_leaves_the_project_as_it_was() {
    let b = Bench::new();
    film(&b);
    let before = b.read("film.json");
    b.write("s.jsonl", "{\"split\": {\"at\": \"0.4s\"}}\n{\"split\": {\"at\": \"9s\"}}\n");
    fails(&b, &["run", "film.json", "s.jsonl", "--in-place"], 3, &["s.jsonl:2"]);
    assert_eq!(b.read("film.json"), before);
    let (answers, said) = session(&b, &[r#"{"undo": {}}"#]);
    assert_eq!((answers[0]["event"].as_str().unwrap(), said.contains("restored")), ("refused", false));
    // It is still in the history.
    assert!(b.ok(&["history", "film.json"]).out.contains("-      1"));
}

#[test]
fn locks_conflicts_and_damage_are_explained() {
    let b = Bench::new();
    film(&b);
    let mut holder = repl(&b);
    let mut input = holder.stdin.take().unwrap();
    input.write_all(b"{\"split\": {\"at\": \"0.4s\"}}\n").unwrap();
    let mut answer = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(holder.stdout.take().unwrap()), &mut answer).unwrap();
    let process = format!("process {} on ", holder.id());
    fails(&b, &["recover", "film.json"], 1, &["is being edited by another session", &process]);
    assert!(b.ok(&["history", "film.json"]).err.contains(&process));
    holder.kill().unwrap();
    holder.wait().unwrap();
    let text = b.read("film.json");
    b.write("film.json", &text.replace("\"clips\"", " \"clips\"").replace("320", "160"));
    fails(&b, &["recover", "film.json"], 1, &["was changed outside", "1 edits", "`cutroom recover` decides which one counts"]);
    let recovered = b.ok(&["recover", "film.json", "--keep", "journal", "--in-place"]);
    assert!(recovered.err.contains("1 edit that was not saved was restored"), "{}", recovered.err);
    assert_eq!((clips(&b, "film.json"), b.read("film.json").contains("160")), (2, false));
    // A folder in which no journal can be made: reading works, editing says what to do.
    let elsewhere = b.path("fixed");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("film.json"), b.read("film.json").replace("\"a.mp4\"", "\"../a.mp4\"")).unwrap();
    std::fs::write(elsewhere.join(".cutroom"), "").unwrap();
    fails(&b, &["repl", "fixed/film.json"], 1, &["cannot be written", "copy the project into a folder that can be written"]);
    b.ok(&["frame", "fixed/film.json", "--at", "0", "-o", "f.png"]);
    // Damage.
    let database = b.path(".cutroom/journal/film.json/journal.sqlite");
    std::fs::write(&database, [7; 9000]).unwrap();
    let recovered = b.ok(&["recover", "film.json"]);
    assert!(recovered.err.contains("the journal was damaged") && recovered.err.contains("damaged-"), "{}", recovered.err);
    assert_eq!(session(&b, &[r#"{"split": {"at": "1s"}}"#]).0[0]["event"], "applied");
}

#[test]
fn commands_that_change_the_project_itself_are_steps_of_its_journal() {
    let b = Bench::new();
    film(&b);
    session(&b, &[r#"{"split": {"at": "0.4s"}}"#, r#"{"save": {}}"#]);
    let before = b.read("film.json");
    b.write("cues.srt", "1\n00:00:00,000 --> 00:00:01,000\nA cue\n");
    b.ok(&["subtitles", "add", "cues.srt", "--film", "film.json"]);
    assert_ne!(b.read("film.json"), before);
    let (answers, said) = session(&b, &[r#"{"undo": {}}"#, r#"{"save": {}}"#]);
    assert_eq!((answers[0]["steps"].clone(), said.as_str()), (json!(["subtitles"]), ""));
    assert_eq!(b.read("film.json"), before);
    // Not over edits that the file lacks, and not while a session has the project.
    session(&b, &[r#"{"split": {"at": "0.8s"}}"#]);
    fails(
        &b,
        &["subtitles", "add", "cues.srt", "--film", "film.json"],
        1,
        &["has 1 edits that its file lacks", "`cutroom recover`"],
    );
    b.ok(&["recover", "film.json", "--in-place"]);
    let mut holder = repl(&b);
    let mut line = String::new();
    holder.stdin.as_mut().unwrap().write_all(b"{\"history\": {}}\n").unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(holder.stdout.take().unwrap()), &mut line).unwrap();
    fails(&b, &["subtitles", "add", "cues.srt", "--film", "film.json"], 1, &["is being edited by another session"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
}

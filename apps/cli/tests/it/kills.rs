//! Sessions that are killed, and disks that fail: every acknowledged edit is there afterwards, once.
//!
//! `CUTROOM_KILLS` sets the number of sessions, 1000 for the long run whose result is in
//! docs/benchmarks.md.
use crate::support::{Bench, document};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// A sequence of numbers without a pattern (Knuth's MMIX constants).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// What the project holds, as far as this test changes it: its markers in order, and the states that
/// undo and redo lead to.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    markers: Vec<String>,
    undo: Vec<Vec<String>>,
    redo: Vec<Vec<String>>,
}

impl Model {
    fn apply(&mut self, command: &Value) {
        match command.as_object().and_then(|c| c.iter().next()).map(|(name, fields)| (name.as_str(), fields)) {
            Some(("set_marker", fields)) => {
                self.undo.push(self.markers.clone());
                self.redo.clear();
                self.markers.push(fields["marker"]["id"].as_str().unwrap().to_owned());
            }
            Some(("undo", _)) => {
                let before = self.undo.pop().unwrap();
                self.redo.push(std::mem::replace(&mut self.markers, before));
            }
            Some(("redo", _)) => {
                let after = self.redo.pop().unwrap();
                self.undo.push(std::mem::replace(&mut self.markers, after));
            }
            Some(("save", _)) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// What one session did.
struct Session {
    /// The state after all that was acknowledged.
    acknowledged: Model,
    /// The states that may be there: that one, and those after commands that were sent and not
    /// acknowledged.
    possible: Vec<Model>,
    answers: usize,
    refused: usize,
}

/// Runs a session until it is killed, after `life`, or ends by itself.
fn session(b: &Bench, from: &Model, next: &mut usize, random: &mut Random, life: Duration, fault: &[(&str, String)]) -> Session {
    let mut command = b.command(&["repl", "film.json"]);
    let mut child =
        command.envs(fault.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (mut input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let (send, answers) = mpsc::channel();
    let reader = thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
    let killer = thread::spawn(move || {
        thread::sleep(life);
        // It may have ended already.
        let _ = Command::new("kill").args(["-9", &child.id().to_string()]).stderr(Stdio::null()).status();
        child.wait().unwrap();
    });
    let mut model = from.clone();
    let mut maybe: Vec<Model> = Vec::new();
    let (mut answered, mut refused) = (0, 0);
    loop {
        let command = match random.below(12) {
            0 if !model.undo.is_empty() => json!({"undo": {}}),
            1 if !model.redo.is_empty() => json!({"redo": {}}),
            2 => json!({"save": {}}),
            _ => {
                *next += 1;
                json!({"set_marker": {"marker": {"id": format!("m{next}"), "time": *next as i64 * 28_224_000}}})
            }
        };
        let mut after = model.clone();
        after.apply(&command);
        let sent = writeln!(input, "{command}").is_ok();
        let answer = if sent { answers.recv().ok() } else { None };
        let Some(answer) = answer else {
            maybe.push(after);
            break;
        };
        // The last line may have been cut.
        let Ok(answer) = serde_json::from_str::<Value>(&answer) else {
            maybe.push(after);
            break;
        };
        answered += 1;
        if answer["event"] == "refused" {
            // What could not be written may be there after all, until something else is written.
            let code = answer["errors"][0]["code"].as_str().unwrap().to_owned();
            assert!(["journal.write", "journal.read", "journal.folder", "project.save"].contains(&code.as_str()), "{answer}");
            refused += 1;
            maybe.push(after);
        } else {
            (model, maybe) = (after, Vec::new());
        }
    }
    drop(input);
    killer.join().unwrap();
    reader.join().unwrap();
    let possible = std::iter::once(model.clone()).chain(maybe).collect();
    Session { acknowledged: model, possible, answers: answered, refused }
}

/// The markers of the project as the next session has it.
fn recovered(b: &Bench) -> Vec<String> {
    b.ok(&["recover", "film.json", "-o", "out.json", "--overwrite"]);
    let markers = b.read_json("out.json")["compositions"][0]["markers"].clone();
    markers.as_array().into_iter().flatten().map(|m| m["id"].as_str().unwrap().to_owned()).collect()
}

/// The library that makes writing fail; `None` where there is no C compiler.
fn faults(b: &Bench) -> Option<PathBuf> {
    let library = b.path("faults.so");
    let source = cutroom_test_support::root().join("apps/cli/tests/it/faults.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    built.is_ok_and(|status| status.success()).then_some(library)
}

#[test]
fn acknowledged_edits_survive_kills_and_failing_disks() {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    let clip = json!({"id": "c", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "1s"});
    let film = document(&json!([{"id": "v", "clips": [clip]}])).to_string();
    let library = faults(&b);
    assert!(library.is_some() || !cfg!(target_os = "linux"), "cc is needed");
    let runs: usize = std::env::var("CUTROOM_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(50);
    let mut random = Random(7);
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut answers, mut refused, mut next) = (0, 0, 0);
    let fresh = || Model { markers: Vec::new(), undo: Vec::new(), redo: Vec::new() };
    let mut model = fresh();
    for run in 0..runs {
        // A project goes through ten sessions.
        if run % 10 == 0 {
            let _ = std::fs::remove_dir_all(b.path(".cutroom"));
            b.write("film.json", &film);
            model = fresh();
        }
        let fault = ["none", "none", "torn", "short", "full", "sync"][random.below(6) as usize];
        let mut environment = Vec::new();
        if let (Some(library), true) = (&library, fault != "none") {
            let at = 1 + random.below(if fault == "sync" { 40 } else { 200 });
            environment.push(("LD_PRELOAD", library.to_str().unwrap().to_owned()));
            environment.push(("FAULT", fault.to_owned()));
            environment.push(("FAULT_AT", at.to_string()));
            environment.push(("FAULT_FOR", (1 + random.below(6)).to_string()));
        }
        let life = Duration::from_millis(30 + random.below(400));
        let done = session(&b, &model, &mut next, &mut random, life, &environment);
        let found = recovered(&b);
        let at = done.possible.iter().position(|state| state.markers == found);
        let Some(at) = at else {
            panic!(
                "session {run} ({fault}): found {found:?}\nacknowledged {:?}\nalso possible {:?}",
                done.acknowledged.markers,
                done.possible.iter().skip(1).map(|m| &m.markers).collect::<Vec<_>>()
            )
        };
        // Which of two equal states it is decides what can be undone; the history knows.
        model = done.possible[at].clone();
        if done.possible.iter().filter(|state| state.markers == found).count() > 1 {
            (model.undo, model.redo) = (Vec::new(), Vec::new());
            b.ok(&["recover", "film.json", "--in-place"]);
            let _ = std::fs::remove_dir_all(b.path(".cutroom"));
        }
        *count.entry(fault).or_default() += 1;
        answers += done.answers;
        refused += done.refused;
    }
    println!("{runs} sessions {count:?}: {answers} answers, {refused} refused for want of a disk, nothing lost");
    assert!(answers > runs * 3, "{answers} answers");
}

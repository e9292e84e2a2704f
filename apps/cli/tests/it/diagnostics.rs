//! `--trace`, `cutroom stats`, and the report of a defect.
use crate::support::{Bench, document};
use serde_json::{Value, json};
use std::{collections::BTreeSet, io::Write, process::Stdio};

fn film(b: &Bench) {
    b.clip("a.mp4", 50, "25");
    let clip = |id: &str| json!({"id": id, "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2s"});
    let tracks = json!([{"id": "v", "clips": [clip("c")]}, {"id": "s", "kind": "audio", "clips": [clip("t")]}]);
    b.write("film.json", &document(&tracks).to_string());
}

#[test]
fn a_trace_has_a_span_for_each_stage_of_each_frame() {
    let b = Bench::new();
    film(&b);
    b.ok(&["export", "film.json", "-o", "out.mp4", "--range", "0..20", "--trace", "t.json"]);
    let trace = b.read_json("t.json");
    let events = trace.as_array().unwrap();
    let begun = |name: &str| events.iter().filter(|e| e["ph"] == "B" && e["name"] == name).count();
    for stage in ["plan", "draw", "finish", "encode picture", "decode"] {
        assert_eq!(begun(stage), 20, "{stage}");
    }
    assert!(begun("mix") > 0 && begun("encode sound") > 0 && begun("finish file") == 1 && begun("open media") == 1);
    // What begins ends, and several threads are seen.
    let ended = events.iter().filter(|e| e["ph"] == "E").count();
    assert_eq!(ended, events.iter().filter(|e| e["ph"] == "B").count());
    let threads: BTreeSet<i64> = events.iter().filter(|e| e["ph"] == "B").map(|e| e["tid"].as_i64().unwrap()).collect();
    assert!(threads.len() >= 3, "{threads:?}");
    let ran = b.run(&["frame", "film.json", "--at", "0", "-o", "f.png", "--trace", "no/such/t.json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("cli.trace"), "{}", ran.err);
}

#[test]
fn stats_say_how_long_each_stage_took() {
    let b = Bench::new();
    film(&b);
    let report: Value =
        serde_json::from_str(&b.ok(&["stats", "film.json", "--range", "0..20", "--backend", "cpu", "--json"]).out).unwrap();
    let stages = report["stages"].as_array().unwrap();
    let times = |name: &str| stages.iter().find(|s| s["stage"] == name).map(|s| s["times"].as_i64().unwrap());
    assert_eq!([times("plan"), times("decode"), times("draw"), times("finish")], [Some(20); 4]);
    assert!(report["drawing_secs"].as_f64().unwrap() > 0.0 && report["frames"] == 20 && report["scans"] == 1, "{report}");
    let shown = b.ok(&["stats", "film.json", "--range", "0..5"]).out;
    assert!(shown.contains("decode") && shown.contains("5 frames in") && shown.contains("1 file scanned"), "{shown}");
    assert_eq!(b.run(&["stats", "film.json", "--range", "x"]).code, 2);
}

#[test]
fn a_defect_leaves_a_report_with_the_last_commands() {
    if !cfg!(debug_assertions) {
        return;
    }
    let b = Bench::new();
    film(&b);
    std::fs::create_dir(b.path("crashes")).unwrap();
    let mut command = b.command(&["repl", "film.json"]);
    command.env("CUTROOM_CRASHES", b.path("crashes")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{\"split\": {\"at\": \"1s\"}}\n{\"defect\": {}}\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("A report was written to"), "{said}");
    let reports: Vec<_> = std::fs::read_dir(b.path("crashes")).unwrap().map(|e| e.unwrap().path()).collect();
    let [report] = &reports[..] else { panic!("{reports:?}") };
    let text = std::fs::read_to_string(report).unwrap();
    for part in ["a defect for the test of the report", "{\"split\": {\"at\": \"1s\"}}\n{\"defect\": {}}", "arguments:", "run.rs"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The edit before is there.
    b.ok(&["recover", "film.json", "--in-place"]);
    assert_eq!(b.read_json("film.json")["compositions"][0]["tracks"][0]["clips"].as_array().unwrap().len(), 2);
}

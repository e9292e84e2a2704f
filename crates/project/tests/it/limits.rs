//! Texts and subtitles that are too large to draw are refused, quickly, by name.
use cutroom_project::{from_json, validate};
use serde_json::{Value, json};

/// Code and message of the only problem of a film of one clip.
fn problem(source: &Value) -> (&'static str, String) {
    let film = json!({
        "schema_version": 2, "name": "film", "main": "main", "media": [],
        "compositions": [{"id": "main", "size": {"width": 320, "height": 180}, "frame_rate": 25, "tracks": [
            {"id": "v", "clips": [{"id": "words", "source": source, "start": 0, "duration": "10s"}]}]}]
    });
    let problems = validate(&from_json(&film.to_string()).unwrap());
    assert_eq!(problems.len(), 1, "{problems:?}");
    (problems[0].code, problems[0].message.clone())
}

#[test]
fn ten_megabytes_of_text_in_a_clip_are_refused() {
    let text = "words of a text ".repeat(10 << 16);
    let (code, message) = problem(&json!({"type": "text", "text": text}));
    assert_eq!(code, "project.text_length");
    assert!(message.contains("10485760 bytes"), "{message}");
    let (code, message) = problem(&json!({"type": "subtitles", "cues": [{"start": 0, "end": "1s", "text": text}]}));
    assert_eq!(code, "project.cues");
    assert!(message.contains("10485760 bytes"), "{message}");
}

#[test]
fn ten_thousand_cues_at_one_time_are_refused() {
    let cues: Vec<Value> = (0..10_000).map(|i| json!({"start": 0, "end": "9s", "text": format!("cue {i}")})).collect();
    let (code, message) = problem(&json!({"type": "subtitles", "cues": cues}));
    assert_eq!(code, "project.cues");
    assert!(message.contains("more than 20 cues at one time"), "{message}");
}

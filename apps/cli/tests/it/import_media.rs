//! `cutroom import-media`: files and folders become media, duplicates and other files are named.
use crate::support::{Bench, document, ffmpeg};
use serde_json::{Value, json};
use std::fs;

/// A project without media, and a folder of all kinds of files.
fn folder(b: &Bench) {
    fs::create_dir_all(b.path("clips/deep/photos")).unwrap();
    fs::create_dir_all(b.path("clips/.hidden")).unwrap();
    let film = |name: &str, color: &str| {
        let picture = format!("color={color}:size=32x18:rate=25,trim=end_frame=10");
        ffmpeg(&["-f", "lavfi", "-i", &picture, "-c:v", "libx264", "-pix_fmt", "yuv420p"], &b.path(name));
    };
    film("clips/a.mp4", "red");
    film("clips/deep/b.mov", "blue");
    film("clips/.hidden/c.mp4", "green");
    fs::copy(b.path("clips/a.mp4"), b.path("clips/deep/copy of a.mp4")).unwrap();
    ffmpeg(&["-f", "lavfi", "-i", "sine=d=1"], &b.path("clips/song.wav"));
    ffmpeg(&["-f", "lavfi", "-i", "testsrc=size=16x16:rate=25", "-frames:v", "4"], &b.path("clips/deep/shot%03d.png"));
    for (n, size) in [(1, "16x16"), (2, "32x16"), (3, "16x32")] {
        let picture = format!("testsrc=size={size}:rate=1");
        ffmpeg(
            &["-f", "lavfi", "-i", &picture, "-frames:v", "1", "-update", "1"],
            &b.path(&format!("clips/deep/photos/IMG_{n}.png")),
        );
    }
    b.write("clips/notes.txt", "no media at all");
    b.write("clips/broken.mp4", "nor this");
    let mut film = document(&json!([]));
    film["media"] = json!([]);
    b.write("film.json", &film.to_string());
}

fn media(b: &Bench) -> Vec<(String, String)> {
    let film = b.read_json("film.json");
    let text = |m: &Value, field: &str| m[field].as_str().unwrap_or("video").to_owned();
    film["media"].as_array().unwrap().iter().map(|m| (text(m, "path"), text(m, "kind"))).collect()
}

#[test]
fn folders_are_added_with_rows_and_without_duplicates() {
    let b = Bench::new();
    folder(&b);
    let dry = b.ok(&["import-media", "film.json", "clips", "--dry-run"]);
    assert!(dry.out.ends_with("7 files to add; nothing was written\n"), "{}", dry.out);
    assert!(media(&b).is_empty());
    let ran = b.ok(&["import-media", "film.json", "clips", "--in-place"]);
    let expected = [
        ("clips/a.mp4", "video"),
        ("clips/song.wav", "audio"),
        ("clips/deep/b.mov", "video"),
        ("clips/deep/shot%03d.png", "video"),
        ("clips/deep/photos/IMG_1.png", "image"),
        ("clips/deep/photos/IMG_2.png", "image"),
        ("clips/deep/photos/IMG_3.png", "image"),
    ];
    assert_eq!(media(&b), expected.map(|(p, k)| (p.to_owned(), k.to_owned())), "{}", ran.out);
    assert!(ran.out.contains("not added: clips/deep/copy of a.mp4: the same as media m1"), "{}", ran.out);
    for other in ["notes.txt", "broken.mp4"] {
        assert!(ran.out.contains(&format!("not added: clips/{other}: ")), "{}", ran.out);
    }
    b.ok(&["validate", "film.json"]);
    let facts = b.read_json("film.json")["media"][0]["facts"].clone();
    assert_eq!(facts["bytes"].as_u64(), Some(fs::metadata(b.path("clips/a.mp4")).unwrap().len()));
    // A second time there is nothing new, whatever the files are called now.
    fs::rename(b.path("clips/song.wav"), b.path("clips/tune.wav")).unwrap();
    let again = b.ok(&["import-media", "film.json", "clips", "--in-place"]);
    assert!(again.out.contains("clips/tune.wav: the same as media m2"), "{}", again.out);
    assert!(again.out.ends_with("0 files to add; nothing was written\n"), "{}", again.out);
}

#[test]
fn files_that_are_named_must_be_media() {
    let b = Bench::new();
    folder(&b);
    let ran = b.run(&["import-media", "film.json", "clips/a.mp4", "clips/notes.txt", "--in-place"]);
    assert_eq!((ran.code, ran.err.contains("nothing was added")), (4, true), "{}", ran.err);
    let ran = b.run(&["import-media", "film.json", "clips/none.mp4", "--in-place"]);
    assert_eq!((ran.code, ran.err.contains("clips/none.mp4: no such file")), (4, true), "{}", ran.err);
    assert!(media(&b).is_empty());
    b.ok(&["import-media", "film.json", "clips/deep/shot%03d.png", "--frame-rate", "12", "--in-place"]);
    assert_eq!(b.read_json("film.json")["media"][0]["frame_rate"], json!("12"));
}

/// As a command it is one step, which can be undone.
#[test]
fn importing_is_one_step_of_editing() {
    let b = Bench::new();
    folder(&b);
    b.write("edits.jsonl", "{\"hash\": {}}\n{\"import_media\": {\"files\": [\"clips\"]}}\n{\"undo\": {}}\n{\"hash\": {}}\n");
    let ran = b.ok(&["run", "film.json", "edits.jsonl", "--in-place"]);
    let events: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(events[1]["changed"]["media"].as_array().unwrap().len(), 7, "{}", ran.out);
    assert_eq!(events[0]["document"], events[3]["document"]);
}

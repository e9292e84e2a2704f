//! `cutroom relink`: files that were moved, renamed, replaced or copied.
use crate::support::{Bench, ffmpeg};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// A tiny film: `frames` of one colour at 25 fps.
fn tiny(path: &Path, color: &str, frames: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let picture = format!("color={color}:size=32x18:rate=25,trim=end_frame={frames}");
    ffmpeg(&["-f", "lavfi", "-i", &picture, "-c:v", "libx264", "-pix_fmt", "yuv420p"], path);
}

/// A film of the files, made by `cutroom new`, which remembers their content.
fn film(b: &Bench, clips: &[&str]) {
    b.ok(&[&["new", "film.json"], clips].concat());
}

fn moved(b: &Bench, from: &str, to: &str) {
    fs::create_dir_all(b.path(to).parent().unwrap()).unwrap();
    fs::rename(b.path(from), b.path(to)).unwrap();
}

fn paths(b: &Bench, project: &str) -> Vec<String> {
    let project = b.read_json(project);
    project["media"].as_array().unwrap().iter().map(|m| m["path"].as_str().unwrap().to_owned()).collect()
}

fn report(b: &Bench, args: &[&str], code: i32) -> Value {
    let ran = b.run(&[&["relink", "film.json", "--json"], args].concat());
    assert_eq!(ran.code, code, "{}\n{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn moved_and_renamed_files_are_found_by_content() {
    let b = Bench::new();
    tiny(&b.path("clips/a.mp4"), "red", 10);
    tiny(&b.path("clips/b.mp4"), "blue", 10);
    film(&b, &["clips/a.mp4", "clips/b.mp4"]);
    // The names are exchanged, and one of them is written differently: only content tells them apart.
    moved(&b, "clips/a.mp4", "new/B.MP4");
    moved(&b, "clips/b.mp4", "new/x/a.mp4");
    let missing = b.run(&["validate", "film.json"]);
    assert_eq!(missing.code, 4, "{}", missing.err);
    let dry = report(&b, &["--search", "new", "--dry-run"], 0);
    assert_eq!(paths(&b, "film.json"), ["clips/a.mp4", "clips/b.mp4"]);
    let found = report(&b, &["--search", "new", "--in-place"], 0);
    assert_eq!(found["found"], dry["found"]);
    assert!(found["found"].as_array().unwrap().iter().all(|f| f["by"] == "content"), "{found}");
    assert_eq!(paths(&b, "film.json"), ["new/B.MP4", "new/x/a.mp4"]);
    b.ok(&["validate", "film.json"]);
    let again = b.ok(&["relink", "film.json", "--in-place"]);
    assert_eq!(again.out, "all files are there; nothing to write\n");
}

#[test]
fn another_file_of_the_name_is_only_taken_on_request() {
    let b = Bench::new();
    tiny(&b.path("clips/a.mp4"), "red", 10);
    film(&b, &["clips/a.mp4"]);
    fs::remove_file(b.path("clips/a.mp4")).unwrap();
    tiny(&b.path("new/a.mp4"), "green", 20);
    let ran = b.run(&["relink", "film.json", "--search", "new", "--in-place"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("new/a.mp4 has its name but is another file: it has "), "{}", ran.err);
    assert!(ran.err.contains("--accept-different links it all the same"), "{}", ran.err);
    assert_eq!(paths(&b, "film.json"), ["clips/a.mp4"]);
    let found = report(&b, &["--search", "new", "--in-place", "--accept-different"], 0);
    assert_eq!(found["found"][0]["by"], "different_content");
    // What is remembered is the new file, 20 frames long.
    let facts = b.read_json("film.json")["media"][0]["facts"].clone();
    assert_eq!(
        (facts["duration"].as_i64(), facts["bytes"].as_u64()),
        (Some(20 * 28_224_000), Some(fs::metadata(b.path("new/a.mp4")).unwrap().len()))
    );
    // The same for a file that changes in its place.
    tiny(&b.path("new/a.mp4"), "white", 5);
    let ran = b.ok(&["relink", "film.json", "--in-place"]);
    assert!(ran.err.contains("new/a.mp4 is no longer the file that was linked"), "{}", ran.err);
}

/// Without a remembered content: names and lengths; equal ones are told apart by the folder in which
/// others were found, and listed if nothing tells them apart.
#[test]
fn folders_decide_between_equals_and_nothing_is_guessed() {
    let b = Bench::new();
    for day in ["one", "two"] {
        tiny(&b.path(&format!("there/{day}/x.mp4")), "red", 10);
    }
    tiny(&b.path("there/two/only.mp4"), "blue", 10);
    let media = |id: &str, path: &str| json!({"id": id, "path": path});
    let clip = |id: &str, n: usize| json!({"id": format!("c{n}"), "source": {"type": "media", "media": id}, "start": format!("{n}s"), "duration": "0.2s"});
    let document = |media: &[Value], clips: &[Value]| {
        json!({"schema_version": 2, "main": "m", "media": media, "compositions": [
            {"id": "m", "size": {"width": 32, "height": 18}, "frame_rate": 25, "tracks": [{"id": "v", "clips": clips}]}]})
        .to_string()
    };
    b.write("film.json", &document(&[media("x", r"D:\shoot\x.mp4")], &[clip("x", 0)]));
    let listed = report(&b, &["--search", "there", "--in-place"], 4);
    assert_eq!(listed["ambiguous"][0]["candidates"], json!(["there/one/x.mp4", "there/two/x.mp4"]));
    assert_eq!(paths(&b, "film.json"), [r"D:\shoot\x.mp4"]);
    // With a file that has moved to one of the folders, the other is taken from there, too.
    let both = [media("x", r"D:\shoot\x.mp4"), media("o", r"D:\shoot\Only.MP4")];
    b.write("film.json", &document(&both, &[clip("x", 0), clip("o", 1)]));
    let found = report(&b, &["--search", "there", "--in-place"], 0);
    assert_eq!(paths(&b, "film.json"), ["there/two/x.mp4", "there/two/only.mp4"]);
    assert_eq!(found["found"][0]["by"], "name");
    // Names of folders decide, too; and names as in URLs are read.
    tiny(&b.path("there/day 1/b c.mp4"), "red", 10);
    tiny(&b.path("there/b c.mp4"), "red", 10);
    b.write("film.json", &document(&[media("x", "file:///old/day%201/b%20c.mp4")], &[clip("x", 0)]));
    report(&b, &["--search", "there", "--in-place"], 0);
    assert_eq!(paths(&b, "film.json"), ["there/day 1/b c.mp4"]);
}

#[test]
fn numbered_pictures_are_found_as_a_row() {
    let b = Bench::new();
    fs::create_dir(b.path("shots")).unwrap();
    ffmpeg(&["-f", "lavfi", "-i", "testsrc=size=16x16:rate=25", "-frames:v", "4"], &b.path("shots/p%03d.png"));
    b.ok(&["new", "film.json", "shots/p%03d.png", "--frame-rate", "25"]);
    moved(&b, "shots", "elsewhere/deep");
    let found = report(&b, &["--in-place"], 0);
    assert_eq!(found["found"][0]["by"], "content");
    assert_eq!(paths(&b, "film.json"), ["elsewhere/deep/p%03d.png"]);
    b.ok(&["validate", "film.json"]);
}

/// As a command it is one step, which can be undone; what is recorded needs no search when it is
/// replayed.
#[test]
fn relinking_is_one_step_of_editing() {
    let b = Bench::new();
    tiny(&b.path("a.mp4"), "red", 10);
    film(&b, &["a.mp4"]);
    moved(&b, "a.mp4", "new/b.mp4");
    b.write(
        "edits.jsonl",
        "{\"hash\": {}}\n{\"relink\": {\"search\": [\"new\"]}}\n{\"undo\": {}}\n{\"hash\": {}}\n{\"redo\": {}}\n",
    );
    let ran = b.ok(&["run", "film.json", "edits.jsonl", "--in-place"]);
    let events: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(events[1]["changed"]["media"].as_array().unwrap().len(), 1, "{}", ran.out);
    assert_eq!(events[3]["document"], events[0]["document"]);
    assert_eq!(paths(&b, "film.json"), ["new/b.mp4"]);
    b.write("again.jsonl", "{\"relink\": {}}\n");
    let none = b.run(&["run", "film.json", "again.jsonl", "--dry-run"]);
    assert!(none.err.contains("no file of the project is missing"), "{}", none.err);
}

#[test]
fn bad_requests_are_explained() {
    let b = Bench::new();
    tiny(&b.path("a.mp4"), "red", 10);
    film(&b, &["a.mp4"]);
    let ran = b.run(&["relink", "film.json", "--search", "nowhere", "--in-place"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nowhere: there is no such folder to search"), "{}", ran.err);
    moved(&b, "a.mp4", "new/a.mp4");
    let other = b.run(&["relink", "film.json", "-o", "new/film.json"]);
    assert_eq!((other.code, other.err.contains("media paths start at the project's folder")), (2, true), "{}", other.err);
    // A folder that must not be written to: for root, one that is no folder of files.
    let ran = b.run(&["relink", "/proc/self/none.json", "--in-place"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let b = Bench::new();
    tiny(&b.path("a.mp4"), "red", 10);
    film(&b, &["a.mp4"]);
    moved(&b, "a.mp4", "new/a.mp4");
    fs::set_permissions(b.dir.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let is_writable = fs::write(b.path("probe"), "").is_ok();
    let ran = b.run(&["relink", "film.json", "--in-place"]);
    fs::set_permissions(b.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    if is_writable {
        return cutroom_test_support::skipped("impossible here", "a folder that root cannot write to");
    }
    assert_eq!((ran.code, ran.err.contains("nothing was changed; choose another -o")), (1, true), "{}", ran.err);
    assert_eq!(paths(&b, "film.json"), ["a.mp4"]);
}

//! `cutroom collect`: the folder gives the same frames anywhere.
use crate::support::{Bench, document, ffmpeg};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// A project in `work/film` with two files of one name, numbered pictures, a look-up table, a font and a
/// medium that no clip uses.
fn project(b: &Bench) {
    for folder in ["work/film", "a", "b", "shots", "looks"] {
        fs::create_dir_all(b.path(folder)).unwrap();
    }
    for (name, picture) in [("a/clip.mp4", "testsrc2"), ("b/CLIP.MP4", "testsrc"), ("a/unused.mp4", "smptebars")] {
        let picture = format!("{picture}=size=64x36:rate=25,trim=end_frame=5");
        ffmpeg(&["-f", "lavfi", "-i", &picture, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mp4"], &b.path(name));
    }
    ffmpeg(&["-f", "lavfi", "-i", "testsrc=size=32x18:rate=25", "-frames:v", "5"], &b.path("shots/p%02d.png"));
    let cube = "LUT_3D_SIZE 2\n0 0 0\n0.5 0 0\n0 0.5 0\n0.5 0.5 0\n0 0 0.5\n0.5 0 0.5\n0 0.5 0.5\n0.5 0.5 0.5\n";
    b.write("looks/dark.cube", cube);
    let font = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
    let has_font = Path::new(font).is_file();
    let clip = |id: &str, source: Value, video: Value| json!({"id": id, "source": source, "start": 0, "duration": "5f@25", "video": video});
    let media = |id: &str| json!({"type": "media", "media": id});
    let place = |x: i64| json!({"transform": {"scale": [0.4, 0.4], "position_px": [x, 0]}});
    let look = json!({"effects": [{"id": "l", "effect": "lut", "params": {"file": "../../looks/dark.cube"}}]});
    let family = if has_font { "DejaVu Sans" } else { "Inter" };
    let text = json!({"type": "text", "text": "Title", "style": {"font": family}});
    let mut film = document(&json!([
        {"id": "v1", "clips": [clip("c1", media("one"), look)]},
        {"id": "v2", "clips": [clip("c2", media("two"), place(-60))]},
        {"id": "v3", "clips": [clip("c3", media("row"), place(60))]},
        {"id": "v4", "clips": [clip("c4", text, json!({}))]},
    ]));
    let absolute = b.path("b/CLIP.MP4");
    film["media"] = json!([
        {"id": "one", "path": "../../a/clip.mp4"},
        {"id": "two", "path": absolute},
        {"id": "row", "path": "../../shots/p%02d.png", "frame_rate": "25"},
        {"id": "spare", "path": "../../a/unused.mp4"},
    ]);
    if has_font {
        film["fonts"] = json!([font]);
    }
    b.write("work/film/film.json", &film.to_string());
}

fn hashes(b: &Bench, project: &str) -> String {
    b.ok(&["export", project, "--null", "--frame-hashes", "h.txt", "--overwrite", "--backend", "cpu"]);
    b.read("h.txt")
}

fn all_files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_collected_project_gives_the_same_frames_elsewhere() {
    let b = Bench::new();
    project(&b);
    let before = hashes(&b, "work/film/film.json");
    let ran = b.ok(&["collect", "work/film/film.json", "--to", "archive"]);
    assert!(ran.out.starts_with("archive/film.json: "), "{}", ran.out);
    // Nothing of the old places is there any more, and the folder is elsewhere.
    for folder in ["work", "a", "b", "shots", "looks"] {
        fs::remove_dir_all(b.path(folder)).unwrap();
    }
    fs::create_dir(b.path("other")).unwrap();
    fs::rename(b.path("archive"), b.path("other/place")).unwrap();
    assert_eq!(hashes(&b, "other/place/film.json"), before);
    let files = all_files(&b.path("other/place"));
    let mut media: Vec<&str> = files.iter().map(String::as_str).filter(|f| !f.starts_with("fonts/")).collect();
    media.retain(|f| !f.starts_with("media/shots/"));
    assert_eq!(media, ["film.json", "luts/dark.cube", "media/CLIP-2.MP4", "media/clip.mp4", "media/unused.mp4"]);
    assert_eq!(files.iter().filter(|f| f.starts_with("media/shots/")).count(), 5);
    let text = b.read("other/place/film.json");
    assert!(!text.contains(b.dir.path().to_str().unwrap()) && !text.contains(".."), "{text}");
}

#[test]
fn unused_media_stay_and_proxies_come_along() {
    let b = Bench::new();
    project(&b);
    b.ok(&["proxy", "work/film/film.json", "--scale", "1/2"]);
    let ran = b.ok(&["collect", "work/film/film.json", "--to", "archive", "--trim-unused", "--include-proxies"]);
    assert!(ran.out.contains("media left out: spare"), "{}", ran.out);
    let files = all_files(&b.path("archive"));
    assert!(!files.iter().any(|f| f.contains("unused")), "{files:?}");
    let proxies = files.iter().filter(|f| f.starts_with(".cutroom/proxies/")).count();
    // Two films and the row of pictures, with a row of facts each.
    assert_eq!(proxies, 3 * 2, "{files:?}");
    let again = b.ok(&["proxy", "archive/film.json", "--scale", "1/2"]);
    assert_eq!(again.out.matches("is there already").count(), 3, "{}", again.out);
}

/// All or nothing, in plain words.
#[test]
fn what_cannot_be_collected_leaves_nothing() {
    let b = Bench::new();
    project(&b);
    fs::create_dir(b.path("full")).unwrap();
    b.write("full/x", "x");
    let ran = b.run(&["collect", "work/film/film.json", "--to", "full"]);
    assert_eq!((ran.code, ran.err.contains("full: the folder is not empty")), (2, true), "{}", ran.err);
    fs::remove_file(b.path("b/CLIP.MP4")).unwrap();
    fs::remove_file(b.path("looks/dark.cube")).unwrap();
    let before = b.names();
    let ran = b.run(&["collect", "work/film/film.json", "--to", "archive"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("media \"two\"") && ran.err.contains("effect \"l\" of clip \"c1\""), "{}", ran.err);
    assert!(ran.err.contains("`cutroom relink` finds files that were moved"), "{}", ran.err);
    assert_eq!(b.names(), before);
}

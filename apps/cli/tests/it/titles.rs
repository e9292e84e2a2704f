//! `title`: what it lists, draws and adds; docs/titles.md and its pictures. `CUTROOM_BLESS=1`
//! regenerates them.
use crate::support::{Bench, document};
use serde_json::{Value, json};
use std::{fmt::Write, path::Path, process::Command};

/// Size of a picture in the docs, in pixels.
const SIZE: (u32, u32) = (320, 180);

fn listed(b: &Bench) -> Vec<Value> {
    let list: Value = serde_json::from_str(&b.ok(&["title", "list", "--json"]).out).unwrap();
    list["titles"].as_array().unwrap().clone()
}

/// Place of the picture of a title in the docs, in seconds; its middle if that shows enough.
fn shown_at(id: &str) -> Option<&'static str> {
    match id {
        "countdown" => Some("1.4s"),
        "timecode" => Some("3.2s"),
        _ => None,
    }
}

fn page(titles: &[Value]) -> String {
    let mut text = String::from(
        "# Titles\n\nWritten from `cutroom title list --json` and drawn by `cutroom title preview`: `CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(titles)'`; \
         do not edit.\n\n`cutroom title add film.json ID --set name=\"Ada\" --at 2s --duration 4s` adds a title to a project: a composition of text and shapes on a transparent ground, \
         which can be changed like any other, and a clip that shows it. Lengths follow the canvas, texts that are too long become smaller. In texts, `\\n` begins a line; \
         braces are letters.\n\n| | id | what | parameters |\n|---|---|---|---|\n",
    );
    for t in titles {
        let (id, about) = (t["id"].as_str().unwrap(), t["about"].as_str().unwrap());
        let params: Vec<String> = t["params"].as_array().unwrap().iter().map(param).collect();
        // Writing to a String cannot fail.
        let _ =
            writeln!(text, "| ![](titles/{id}.png) | `{id}` | {about}; usually {} s | {} |", t["usual_secs"], params.join("<br>"));
    }
    text
}

fn param(p: &Value) -> String {
    let of = |key: &str| p[key].as_str().unwrap();
    let range = match (p.get("min"), p.get("max")) {
        (Some(min), Some(max)) => format!(", {min}..{max}"),
        _ => String::new(),
    };
    let default = of("default").replace('\n', "\\n");
    let default = if default.is_empty() { "empty".to_owned() } else { format!("`{default}`") };
    format!("`{}` ({}{range}; {default}): {}", of("id"), of("kind"), of("about").replace('|', "\\|"))
}

/// RGB bytes of a picture.
fn pixels(path: &Path) -> Vec<u8> {
    let out =
        Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]).output();
    out.unwrap().stdout
}

/// The pictures are goldens, too: every pixel is compared.
#[test]
fn titles_are_documented_as_they_are() {
    let docs = cutroom_test_support::root().join("docs");
    let b = Bench::new();
    let titles = listed(&b);
    let size = format!("{}x{}", SIZE.0, SIZE.1);
    let ids: Vec<&str> = titles.iter().map(|t| t["id"].as_str().unwrap()).collect();
    for id in &ids {
        let file = format!("{id}.png");
        let args = ["title", "preview", id, "--size", &size, "-o", &file];
        let at = shown_at(id).map_or(vec![], |at| vec!["--at", at]);
        b.ok(&[&args[..], &at].concat());
    }
    let (now, folder) = (page(&titles), docs.join("titles"));
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for id in &ids {
            std::fs::copy(b.path(&format!("{id}.png")), folder.join(format!("{id}.png"))).unwrap();
        }
        std::fs::write(docs.join("titles.md"), &now).unwrap();
    }
    let help = "run CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(titles)'";
    let then = std::fs::read_to_string(docs.join("titles.md")).unwrap_or_default();
    assert!(then == now, "docs/titles.md is old: {help}");
    for id in &ids {
        let (want, got) = (pixels(&b.path(&format!("{id}.png"))), pixels(&folder.join(format!("{id}.png"))));
        assert_eq!(want.len(), (SIZE.0 * SIZE.1 * 3) as usize, "{id}");
        assert!(want == got, "the picture of {id} is old: {help}");
    }
    let mut files: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let mut wanted: Vec<String> = ids.iter().map(|n| format!("{n}.png")).collect();
    wanted.sort();
    assert_eq!(files, wanted, "{help}");
}

fn film(b: &Bench) {
    let clip = |id: &str, start: &str| json!({ "id": id, "source": { "type": "solid", "color": "#336699" }, "start": start, "duration": "4s" });
    let mut film = document(&json!([
        { "id": "v1", "clips": [clip("one", "0s"), clip("two", "6s")] },
        { "id": "a1", "kind": "audio", "clips": [] }
    ]));
    film["media"] = json!([]);
    b.write("film.json", &film.to_string());
}

/// A title on a new track, a second one with other ids, one on a named track; the film shows it.
#[test]
fn titles_are_added_to_projects() {
    let b = Bench::new();
    film(&b);
    b.ok(&["frame", "film.json", "--at", "2s", "-o", "before.png"]);
    let add = ["title", "add", "film.json", "lower-third"];
    let said = b.ok(&[&add[..], &["--set", "name=Grace Hopper", "--at", "1s", "--duration", "2s"]].concat());
    assert_eq!(
        said.out,
        "film.json: clip lower-third-1-clip on track lower-third-1-track from 1.000 s to 3.000 s shows the composition lower-third-1\n"
    );
    b.ok(&["frame", "film.json", "--at", "2s", "-o", "after.png"]);
    assert_ne!(pixels(&b.path("before.png")), pixels(&b.path("after.png")));
    let again = b.ok(&[&add[..], &["--at", "4s", "--duration", "2s", "--track", "v1", "--json"]].concat());
    let report: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((report["composition"].as_str(), report["track"].as_str()), (Some("lower-third-2"), Some("v1")));
    let project = b.read_json("film.json");
    let tracks = project["compositions"][0]["tracks"].as_array().unwrap();
    assert_eq!(tracks.iter().map(|t| t["id"].as_str().unwrap()).collect::<Vec<_>>(), ["v1", "a1", "lower-third-1-track"]);
    assert_eq!(tracks[0]["clips"].as_array().unwrap().len(), 3);
    assert!(b.read("film.json").contains("Grace Hopper"));
    b.ok(&["validate", "film.json"]);
    let late = b.ok(&["title", "add", "film.json", "minimal-outro-1", "--at", "9s", "--duration", "3s", "-o", "longer.json"]);
    assert!(late.err.contains("now lasts 12.000 s instead of 10.000 s"), "{}", late.err);
    assert_eq!(b.read_json("film.json"), project);
}

/// A burnt-in timecode is that of the film: in frame 50 it is drawn as in a film that begins there
/// with a text of that timecode.
#[test]
fn a_timecode_is_that_of_the_film() {
    let b = Bench::new();
    film(&b);
    b.ok(&["title", "add", "film.json", "timecode", "--at", "1s", "--duration", "3s"]);
    let mut project = b.read_json("film.json");
    let inner = project["compositions"][1]["tracks"][0]["clips"][0]["source"].clone();
    assert_eq!(inner["text"], "{timecode}");
    b.ok(&["frame", "film.json", "--at", "2s", "-o", "title.png", "--backend", "cpu"]);
    project["compositions"][1]["tracks"][0]["clips"][0]["source"]["text"] = json!("00:00:02:00");
    b.write("written.json", &project.to_string());
    b.ok(&["frame", "written.json", "--at", "2s", "-o", "written.png", "--backend", "cpu"]);
    assert_eq!(pixels(&b.path("title.png")), pixels(&b.path("written.png")));
}

#[test]
fn what_cannot_be_a_title_is_refused() {
    let b = Bench::new();
    film(&b);
    let before = b.read("film.json");
    for (args, code, said) in [
        (
            &["add", "film.json", "lowerthird", "--at", "1s"][..],
            2,
            "the nearest is \"lower-third\"; `cutroom title list` lists all",
        ),
        (&["add", "film.json", "lower-third", "--at", "1s", "--set", "nmae=Ada"], 2, "the nearest is \"name\"; it has name, role"),
        (&["add", "film.json", "lower-third", "--at", "1s", "--set", "accent=red"], 2, "a colour is written #rrggbb"),
        (&["add", "film.json", "countdown", "--at", "1s", "--set", "from=2.5"], 2, "write a whole number from 1 to 60"),
        (&["add", "film.json", "lower-third", "--at", "1s", "--track", "v2"], 2, "has no track \"v2\""),
        (&["add", "film.json", "lower-third", "--at", "1s", "--track", "a1"], 2, "is for sound only"),
        (
            &["add", "film.json", "lower-third", "--at", "3s", "--duration", "2s", "--track", "v1"],
            2,
            "clip \"one\" is there from 0.000 s",
        ),
        (&["add", "film.json", "lower-third", "--at", "never"], 2, "is not a place on the timeline"),
        (&["add", "film.json", "lower-third", "--at", "1s", "-o", "film.json", "--overwrite"], 2, "would replace"),
        (&["preview", "nothing-like-it", "-o", "x.png"], 2, "there is no title"),
        (&["preview", "quote", "-o", "x.mp4", "--at", "1s"], 2, "chooses a picture"),
        (&["preview", "quote", "-o", "x.png", "--at", "1000s"], 2, "is past the end"),
        (&["preview", "quote", "-o", "x.png", "--over", "none.mp4"], 4, "none.mp4"),
        (&["preview", "quote", "-o", "x.png", "--set", "name"], 2, "NAME=VALUE"),
        (&["list", "zebra"], 2, "no title has \"zebra\""),
    ] {
        let ran = b.run(&[&["title"][..], args].concat());
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{args:?}: {}", ran.err);
    }
    assert_eq!(b.read("film.json"), before);
    assert_eq!(b.names(), ["film.json"]);
}

/// A film of a title over a clip has the clip's size and rate; FFmpeg counts its pictures.
#[test]
fn a_preview_is_a_film_over_a_clip() {
    let b = Bench::new();
    b.clip("a.mp4", 20, "30");
    b.ok(&["title", "preview", "word-pop", "--over", "a.mp4", "--duration", "1s", "-o", "title.mp4"]);
    let report: Value = serde_json::from_str(&b.ok(&["probe", "--json", "title.mp4"]).out).unwrap();
    let video = &report[0]["video"][0];
    assert_eq!((video["width"].as_u64(), video["height"].as_u64(), video["frames"].as_u64()), (Some(320), Some(180), Some(30)));
}

//! Folders, media that are missing or elsewhere, files of exports, sheets.
use crate::support::{Bench, TOKEN, film, raw};
use cutroom_server::{Projects, Server, ServerOptions};
use serde_json::{Value, json};
use std::sync::Arc;

fn encoded(path: &std::path::Path) -> String {
    path.to_str().unwrap().bytes().map(|b| format!("%{b:02X}")).collect()
}

#[test]
fn folders_are_listed_within_the_roots() {
    let b = Bench::new();
    let root = b.dir.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("Clips/day 1")).unwrap();
    std::fs::write(root.join("Clips/B.MOV"), "12345").unwrap();
    std::fs::write(root.join("Clips/a.txt"), "").unwrap();
    std::fs::write(root.join("Clips/.hidden.mp4"), "").unwrap();
    let tops = b.get("/api/v1/browse");
    assert_eq!((&tops["path"], &tops["entries"][0]["path"]), (&Value::Null, &json!(root)));
    assert_eq!(tops["entries"].as_array().unwrap().len(), 1);
    let list = |path: &std::path::Path| b.request("GET", &format!("/api/v1/browse?path={}", encoded(path)), "", b"");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", root.join("Clips/etc")).unwrap();
    let (status, _, body) = list(&root.join("Clips"));
    let listing: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &listing["parent"]), (200, &json!(root)));
    let entries: Vec<_> =
        listing["entries"].as_array().unwrap().iter().map(|e| (e["name"].as_str().unwrap(), &e["kind"], &e["media"])).collect();
    let (folder, file) = (json!("folder"), json!("file"));
    assert_eq!(entries, [("day 1", &folder, &json!(false)), ("a.txt", &file, &json!(false)), ("B.MOV", &file, &json!(true))]);
    assert_eq!(listing["entries"][2]["bytes"], 5);
    assert!(listing["entries"][2]["modified_secs"].as_f64().unwrap() > 1e9);
    let (_, _, body) = list(&root);
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["parent"], Value::Null);
    assert_eq!(list(&root.join("none")).0, 404);
    // What is elsewhere is refused, whether it exists or not.
    for path in ["/", "/etc", "/does/not/exist", "..", "Clips", "C:\\", "\\\\server\\share", "//etc"] {
        assert_eq!(list(std::path::Path::new(path)).0, 403, "{path}");
    }
    for path in [root.join(".."), root.join("Clips/../.."), root.join("Clips/etc"), root.join("Clips/etc/passwd")] {
        assert_eq!(list(&path).0, 403, "{}", path.display());
    }
}

#[test]
fn a_finished_export_is_downloaded() {
    let b = Bench::new();
    let name = "Film \u{20ac} 1.mkv";
    let begun = b.command(json!({"export": {"output": name, "lossless": true, "range": "0..5"}}));
    let job = begun["event"]["job"]["job"].as_u64().unwrap();
    let path = format!("/api/v1/projects/film/jobs/{job}/file");
    b.until("the export does not end", || b.request("GET", &path, "", b"").0 == 200);
    let whole = std::fs::read(b.dir.path().join(name)).unwrap();
    let (_, headers, body) = b.request("GET", &path, "", b"");
    assert!(body == whole && headers.contains("content-disposition: attachment;"), "{headers}");
    assert!(headers.contains("filename*=utf-8''film%20%e2%82%ac%201.mkv"), "{headers}");
    let (status, _, part) = b.request("GET", &path, "Range: bytes=10-19\r\n", b"");
    assert_eq!((status, &part[..]), (206, &whole[10..20]));
    for other in ["0", "99", "-1", "x", "..%2f.."] {
        assert!([400, 404].contains(&b.request("GET", &format!("/api/v1/projects/film/jobs/{other}/file"), "", b"").0), "{other}");
    }
    std::fs::remove_file(b.dir.path().join(name)).unwrap();
    assert_eq!(b.request("GET", &path, "", b"").0, 404);
}

/// The mean of a part of a JPEG, by ffmpeg.
fn mean(b: &Bench, jpeg: &[u8], crop: &str) -> Vec<u8> {
    let path = b.dir.path().join("sheet.jpg");
    std::fs::write(&path, jpeg).unwrap();
    let filter = format!("crop={crop},scale=1:1:flags=area");
    let args = ["-vf", &filter, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
    let out = std::process::Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(args).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

#[test]
fn a_sheet_shows_the_whole_film() {
    let b = Bench::new();
    let (status, headers, jpeg) = b.request("GET", "/api/v1/projects/film/sheet?columns=2&rows=2&width=128", "", b"");
    assert!(status == 200 && headers.contains("image/jpeg"), "{}", String::from_utf8_lossy(&jpeg));
    // 64x36 each: the film's first half is a pattern, the second one red, (204, 26, 26).
    let near = |m: &[u8]| m.iter().zip([204, 26, 26]).all(|(a, b)| a.abs_diff(b) < 6);
    for (crop, is_red) in [("64:36:0:0", false), ("64:36:64:0", false), ("64:36:0:36", true), ("64:36:64:36", true)] {
        let m = mean(&b, &jpeg, crop);
        assert_eq!(near(&m), is_red, "{crop}: {m:?}");
    }
    for wrong in ["columns=0", "columns=1000&rows=1000", "columns=x", "columns=-1", "width=4000000000&rows=400&columns=1"] {
        assert!(b.request("GET", &format!("/api/v1/projects/film/sheet?{wrong}"), "", b"").0 < 500, "{wrong}");
    }
    let (status, headers, jpeg) = b.request("GET", "/api/v1/projects/film/frames/75.jpg", "", b"");
    assert!(status == 200 && headers.contains("image/jpeg") && near(&mean(&b, &jpeg, "128:72:0:0")));
    assert_eq!(b.request("GET", "/api/v1/projects/film/frames/100.jpg", "", b"").0, 400);
    assert_eq!(b.request("GET", "/api/v1/projects/film/frames/75.gif", "", b"").0, 404);
}

fn media_of(address: &str) -> Value {
    let (_, _, body) = raw(address, "GET", "/api/v1/projects/film/media", &format!("Authorization: Bearer {TOKEN}\r\n"), b"");
    serde_json::from_slice(&body).unwrap()
}

/// Media that commands name outside of the roots are offline: not served, not drawn, not opened.
#[test]
fn media_elsewhere_are_offline() {
    let b = Bench::new();
    let other = tempfile::tempdir().unwrap();
    film(other.path());
    let outside = other.path().join("a.mkv");
    let frame = |n: u32| b.request("GET", &format!("/api/v1/projects/film/frames/{n}.png"), "", b"").2;
    b.command(json!({"add_media": {"media": {"id": "x", "path": outside, "kind": "video"}}}));
    let media = b.get("/api/v1/projects/film/media")["media"].clone();
    assert_eq!((&media[0]["offline"], &media[1]["offline"], &media[1]["bytes"]), (&json!(false), &json!(true), &Value::Null));
    assert!(media[1]["reason"].as_str().unwrap().contains("none of the folders"), "{media}");
    let own = frame(10);
    b.command(json!({"set": {"of": {"clip": "c1"}, "field": "source.media", "value": "x"}}));
    // The same pixels would be drawn if it were read: it is the same file.
    let slate = frame(10);
    assert!(slate != own && slate.starts_with(b"\x89PNG"));
    // An export of it fails and names the reason.
    let (status, refused) = b.post("/api/v1/projects/film/commands", &json!({"export": {"output": "x.mkv", "lossless": true}}));
    let failed = || b.request("GET", "/api/v1/projects/film/jobs/1/file", "", b"").0;
    assert!(status != 200 || failed() == 404, "{refused}");
    // Nor are look-up tables and fonts read.
    std::fs::write(other.path().join("l.cube"), "LUT_3D_SIZE 2\n".to_owned() + &"0 0 0\n".repeat(8)).unwrap();
    b.command(json!({"undo": {}}));
    let lut = json!({"clips": ["c1"], "effect": "lut", "params": {"file": other.path().join("l.cube")}});
    b.command(json!({ "add_effect": lut }));
    let (status, _, body) = b.request("GET", "/api/v1/projects/film/frames/10.png", "", b"");
    let error = String::from_utf8_lossy(&body).into_owned();
    assert!(status == 422 && error.contains("media.open.outside"), "{status} {error}");
    b.command(json!({"undo": {}}));
    // Nor what lists of files name, whatever they are called.
    std::fs::write(b.dir.path().join("list.mp4"), format!("#EXTM3U\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n", outside.display())).unwrap();
    let (status, refused) = b.post("/api/v1/projects/film/commands", &json!({"import_media": {"files": ["list.mp4"]}}));
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("media.open.outside")), "{refused}");
    b.command(json!({"add_media": {"media": {"id": "l", "path": "list.mp4", "kind": "video"}}}));
    for what in ["", "/thumbnail", "/filmstrip", "/waveform"] {
        assert_eq!(b.request("GET", &format!("/api/v1/projects/film/media/l{what}"), "", b"").0, 403, "{what}");
    }
    // A macro is no way around.
    let define = json!({"define": {"name": "m", "params": [], "steps": [{"import_media": {"files": [outside]}}]}});
    b.post("/api/v1/projects/film/commands", &define);
    assert_ne!(b.post("/api/v1/projects/film/commands", &json!({"call": {"name": "m"}})).0, 200);
}

/// Who starts the server may name files anywhere in the project; others may not, and `strict` forbids it.
#[test]
fn what_a_project_names_at_the_start_may_be_used() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = film(dir.path());
    let clips = other.path().join("clips");
    std::fs::create_dir(&clips).unwrap();
    std::fs::rename(dir.path().join("a.mkv"), clips.join("a.mkv")).unwrap();
    std::fs::copy(clips.join("a.mkv"), other.path().join("b.mkv")).unwrap();
    let text = std::fs::read_to_string(&path).unwrap().replace("\"a.mkv\"", &json!(clips.join("a.mkv")).to_string());
    std::fs::write(&path, text).unwrap();
    let served = |strict: bool, first: bool| {
        let options =
            ServerOptions { token: Some(TOKEN.into()), roots: vec![dir.path().into()], strict, ..ServerOptions::default() };
        let projects = Arc::new(Projects::new(&options, Default::default()));
        if first { projects.open_first(&path) } else { projects.open(&path) }.unwrap();
        let server = Server::start(&options, projects).unwrap();
        let at = server.address().to_string();
        let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
        let add = json!({"add_media": {"media": {"id": "b", "path": other.path().join("b.mkv"), "kind": "video"}}});
        let json = format!("{bearer}Content-Type: application/json\r\n");
        raw(&at, "POST", "/api/v1/projects/film/commands", &json, add.to_string().as_bytes());
        let media = media_of(&at);
        let file = raw(&at, "GET", "/api/v1/projects/film/media/a", &bearer, b"").0;
        let added = media["media"].as_array().unwrap().iter().find(|m| m["id"] == "b").unwrap()["offline"].clone();
        drop(server);
        std::fs::remove_dir_all(dir.path().join(".cutroom")).unwrap_or_default();
        (media["media"][0]["offline"].clone(), file, added)
    };
    assert_eq!(served(false, true), (json!(false), 200, json!(true)));
    assert_eq!(served(true, true), (json!(true), 403, json!(true)));
    assert_eq!(served(false, false), (json!(true), 403, json!(true)));
}

//! Routes, access, limits.
use crate::support::{Bench, TOKEN, raw};
use serde_json::json;

#[test]
fn documents_are_read_and_changed() {
    let b = Bench::new();
    let projects = b.get("/api/v1/projects");
    assert_eq!((&projects["projects"][0]["id"], &projects["projects"][0]["name"]), (&json!("film"), &json!("Test")));
    let before = b.get("/api/v1/projects/film/document");
    assert_eq!((&before["revision"], &before["unsaved"]), (&json!(1), &json!(false)));
    let answer = b.command(json!({"trim": {"clip": "c1", "edge": "end", "to": "1s"}}));
    assert_eq!((&answer["revision"], &answer["event"]["event"]), (&json!(2), &json!("applied")));
    let after = b.get("/api/v1/projects/film/document");
    assert_eq!(after["project"]["compositions"][0]["tracks"][0]["clips"][0]["duration"], 705_600_000);
    assert_eq!(after["unsaved"], true);
    b.command(json!({"undo": {}}));
    assert_eq!(b.get("/api/v1/projects/film/document")["project"], before["project"]);
    // Refusals: of the command, of an old revision, of waiting.
    let commands = "/api/v1/projects/film/commands";
    let (status, refused) = b.post(commands, &json!({"trim": {"clip": "zz", "edge": "end", "to": "1s"}}));
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("project.edit.no_such_clip")));
    let (status, refused) = b.post(&format!("{commands}?if_revision=1"), &json!({"undo": {}}));
    assert_eq!((status, &refused["errors"][0]["code"]), (409, &json!("server.revision")));
    assert_eq!(b.post(commands, &json!({"wait": {}})).0, 400);
    assert_eq!(b.post("/api/v1/projects/none/commands", &json!({"undo": {}})).0, 404);
    // What was answered is in the journal when the server is gone.
    b.command(json!({"split": {"clips": ["c1"], "at": "1s"}}));
    let mut b = b;
    b.server = None;
    b.server = Some(crate::support::start(b.dir.path()));
    let again = b.get("/api/v1/projects/film/document");
    assert_eq!(again["project"]["compositions"][0]["tracks"][0]["clips"].as_array().unwrap().len(), 3);
    assert_eq!(b.command(json!({"undo": {}}))["event"]["event"], "undone");
}

/// The picture is that of `cutroom frame`: decoded here by ffmpeg and compared with the source's.
#[test]
fn frames_and_pictures_of_media_are_drawn() {
    let b = Bench::new();
    let (status, headers, png) = b.request("GET", "/api/v1/projects/film/frames/75.png", "", b"");
    assert!(status == 200 && headers.contains("content-type: image/png") && headers.contains("x-revision: 1"));
    std::fs::write(b.dir.path().join("f.png"), png).unwrap();
    let args = ["-v", "error", "-i", "f.png", "-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
    let out = std::process::Command::new("ffmpeg").current_dir(b.dir.path()).args(args).output().unwrap();
    // Colours of the document are values of the film's transfer: 0.8 and 0.1 of 255.
    let near = |value: u8, expected: f64| (f64::from(value) - expected * 255.0).abs() < 1.5;
    assert!(near(out.stdout[0], 0.8) && near(out.stdout[1], 0.1), "{:?}", out.stdout);
    assert_eq!(b.request("GET", "/api/v1/projects/film/frames/100.png", "", b"").0, 400, "it has 100 frames");
    assert_eq!(b.request("GET", "/api/v1/projects/film/frames/a.png", "", b"").0, 404);
    for (path, kind) in [("thumbnail?at_secs=1&width=64", &b"\xFF\xD8"[..]), ("filmstrip?count=3&height=36", b"\xFF\xD8")] {
        let (status, headers, body) = b.request("GET", &format!("/api/v1/projects/film/media/a/{path}"), "", b"");
        assert!(status == 200 && body.starts_with(kind) && headers.contains("image/jpeg"), "{path}: {status}");
    }
    let wave = b.get("/api/v1/projects/film/media/a/waveform?level=0");
    let peaks = wave["channels"][0]["max"].as_array().unwrap();
    // Two seconds of a sine of 1/8 of full scale, in buckets of 256 samples.
    assert_eq!(peaks.len(), 96_000_usize.div_ceil(256));
    assert!((peaks[10].as_f64().unwrap() - 0.125).abs() < 0.001, "{}", peaks[10]);
    assert_eq!((wave["complete"].as_bool(), wave["measured_samples"].as_u64()), (Some(true), Some(96_000)));
    // What is measured so far is the beginning of it.
    let mut polls = 0;
    loop {
        let part = b.get("/api/v1/projects/film/media/a/waveform?level=0&wait_secs=0.005");
        let so_far = part["channels"][0]["max"].as_array().unwrap();
        assert_eq!(so_far[..], peaks[..so_far.len()]);
        polls += 1;
        if part["complete"] == true {
            assert_eq!(so_far.len(), peaks.len());
            break;
        }
        assert!(polls < 10_000);
    }
    assert_eq!(b.request("GET", "/api/v1/projects/film/media/zz/thumbnail", "", b"").0, 404);
}

#[test]
fn files_are_served_in_parts() {
    let b = Bench::new();
    let whole = std::fs::read(b.dir.path().join("a.mkv")).unwrap();
    let (status, headers, body) = b.request("GET", "/api/v1/projects/film/media/a", "", b"");
    assert!(status == 200 && body == whole && headers.contains("accept-ranges: bytes"));
    let (status, headers, body) = b.request("GET", "/api/v1/projects/film/media/a", "Range: bytes=100-199\r\n", b"");
    assert_eq!((status, &body[..]), (206, &whole[100..200]));
    assert!(headers.contains(&format!("content-range: bytes 100-199/{}", whole.len())));
    let past = format!("Range: bytes={}-\r\n", whole.len() + 5);
    assert_eq!(b.request("GET", "/api/v1/projects/film/media/a", &past, b"").0, 416);
}

#[test]
fn nobody_comes_in_without_the_token_or_from_elsewhere() {
    let b = Bench::new();
    let at = b.address();
    let status = |path: &str, headers: &str| raw(&at, "GET", path, headers, b"").0;
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    assert_eq!(status("/api/v1/projects", &bearer), 200);
    assert_eq!(status(&format!("/api/v1/projects?token={TOKEN}"), ""), 200);
    for path in [
        "/api/v1/projects",
        "/api/v1/projects/film/document",
        "/api/v1/projects/film/media/a",
        "/api/v1/projects/film/live",
        "/api/v1/health",
    ] {
        assert_eq!(status(path, ""), 401, "{path}");
        assert_eq!(status(path, "Authorization: Bearer wrong\r\n"), 401, "{path}");
        assert_eq!(status(path, &format!("{bearer}Origin: http://evil.example\r\n")), 403, "{path}");
    }
    assert_eq!(status("/api/v1/projects", &format!("{bearer}Origin: http://{at}\r\n")), 200);
    let (_, headers, _) = b.request("GET", "/api/v1/projects", "", b"");
    for name in
        ["cross-origin-opener-policy: same-origin", "cross-origin-embedder-policy: require-corp", "x-content-type-options: nosniff"]
    {
        assert!(headers.contains(name), "{headers}");
    }
    // Outside of the roots, by name, by links and by dots.
    let other = tempfile::tempdir().unwrap();
    let outside = crate::support::film(other.path());
    let refused = |path: &str| {
        let (status, body) = b.post("/api/v1/projects", &json!({"path": path}));
        (status, body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(refused(outside.to_str().unwrap()), (403, "server.outside".into()));
    let dotted = format!("{}/../{}/film.json", b.dir.path().display(), other.path().file_name().unwrap().to_str().unwrap());
    assert_eq!(refused(&dotted), (403, "server.outside".into()));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, b.dir.path().join("link.json")).unwrap();
        assert_eq!(refused(b.dir.path().join("link.json").to_str().unwrap()), (403, "server.outside".into()));
    }
    assert_eq!(refused(b.dir.path().join("none.json").to_str().unwrap()).0, 404);
    // Files that commands and the document name.
    let command = |command: serde_json::Value| b.post("/api/v1/projects/film/commands", &command);
    let elsewhere = other.path().join("out.mkv");
    assert_eq!(command(json!({"export": {"output": elsewhere}})).0, 403);
    assert_eq!(command(json!({"import_media": {"files": [outside.with_file_name("a.mkv")]}})).0, 403);
    assert_eq!(command(json!({"add_media": {"media": {"id": "x", "path": outside.with_file_name("a.mkv")}}})).0, 200);
    assert_eq!(b.request("GET", "/api/v1/projects/film/media/x", "", b"").0, 403);
    assert_eq!(b.request("GET", "/api/v1/projects/film/media/x/thumbnail", "", b"").0, 403);
    let begun = command(json!({"export": {"output": "out.mkv", "lossless": true, "range": "0..5"}}));
    assert_eq!((begun.0, &begun.1["event"]["event"]), (200, &json!("job")));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    // Beside the project, wherever the server was started.
    while !b.dir.path().join("out.mkv").exists() {
        assert!(std::time::Instant::now() < end, "the export does not end");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // A body that is too large, one that is no JSON, an address that does not exist.
    let big = vec![b' '; 17 << 20];
    assert_eq!(b.request("POST", "/api/v1/projects/film/commands", "Content-Type: application/json\r\n", &big).0, 413);
    assert_eq!(b.request("POST", "/api/v1/projects/film/commands", "Content-Type: application/json\r\n", b"{").0, 400);
    assert_eq!(b.request("GET", "/api/v1/nothing", "", b"").0, 404);
}

/// The page needs no token, and nothing beside it is served.
#[test]
fn a_page_is_served_beside() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("page");
    std::fs::create_dir(&page).unwrap();
    std::fs::write(page.join("index.html"), "<p>editor</p>").unwrap();
    std::fs::write(dir.path().join("secret"), "no").unwrap();
    let options = cutroom_server::ServerOptions {
        token: Some(TOKEN.into()),
        page: Some(cutroom_server::Page::Folder(page)),
        ..Default::default()
    };
    let projects = std::sync::Arc::new(cutroom_server::Projects::new(&options, Default::default()));
    let server = cutroom_server::Server::start(&options, projects).unwrap();
    let at = server.address().to_string();
    let (status, headers, body) = raw(&at, "GET", "/", "", b"");
    assert_eq!((status, &body[..]), (200, &b"<p>editor</p>"[..]));
    assert!(headers.contains("cross-origin-embedder-policy: require-corp"));
    for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/none", "/..\\secret"] {
        assert_eq!(raw(&at, "GET", path, "", b"").0, 404, "{path}");
    }
    assert_eq!(raw(&at, "GET", "/api/v1/projects", "", b"").0, 401);
}

#[test]
fn other_addresses_need_a_token() {
    let options = cutroom_server::ServerOptions { address: ([0, 0, 0, 0], 0).into(), ..Default::default() };
    let projects = std::sync::Arc::new(cutroom_server::Projects::new(&options, Default::default()));
    let refused = cutroom_server::Server::start(&options, projects).err().unwrap();
    assert_eq!(refused.code, "server.token");
    let (a, b) = (cutroom_server::new_token().unwrap(), cutroom_server::new_token().unwrap());
    assert!(a != b && a.len() == 32);
}

/// Everything in the catalogue has a picture.
#[test]
fn the_catalogue_has_pictures() {
    let b = Bench::new();
    let catalog = b.get("/api/v1/catalog");
    let mut seen = 0;
    for kind in ["effects", "blend_modes", "transitions"] {
        for entry in catalog[kind].as_array().unwrap() {
            let path = format!("/api/v1/catalog/{kind}/{}/picture", entry["id"].as_str().unwrap());
            let (status, _, body) = b.request("GET", &path, "", &[]);
            assert!(status == 200 && body.starts_with(b"\x89PNG"), "{path}: {status}");
            seen += 1;
        }
    }
    for title in b.get("/api/v1/titles")["titles"].as_array().unwrap() {
        let path = format!("/api/v1/titles/{}/picture", title["id"].as_str().unwrap());
        let (status, _, body) = b.request("GET", &path, "", &[]);
        assert!(status == 200 && body.starts_with(b"\x89PNG"), "{path}: {status}");
        seen += 1;
    }
    assert!(seen > 200, "{seen}");
    assert_eq!(b.request("GET", "/api/v1/catalog/effects/..%2F..%2FCargo/picture", "", &[]).0, 404);
    assert_eq!(b.request("GET", "/api/v1/titles/none/picture", "", &[]).0, 404);
}

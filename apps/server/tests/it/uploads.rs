//! Uploads: whole, in pieces, interrupted, over restarts, refused.
use crate::support::{Bench, TOKEN};
use serde_json::{Value, json};
use std::{io::Write, net::TcpStream};

const UPLOADS: &str = "/api/v1/projects/film/uploads";

fn patch(b: &Bench, id: &str, offset: usize, bytes: &[u8]) -> (u16, Value) {
    let (status, _, body) = b.request("PATCH", &format!("{UPLOADS}/{id}"), &format!("Upload-Offset: {offset}\r\n"), bytes);
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn begin(b: &Bench, name: &str, bytes: usize) -> String {
    let (status, begun) = b.post(UPLOADS, &json!({"name": name, "bytes": bytes}));
    assert_eq!((status, &begun["offset"]), (201, &json!(0)), "{begun}");
    begun["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_comes_in_pieces_over_restarts_and_is_imported() {
    let mut b = Bench::new();
    let bytes = std::fs::read(b.dir.path().join("a.mkv")).unwrap();
    let half = bytes.len() / 2;
    let id = begin(&b, "clip.mkv", bytes.len());
    assert_eq!(patch(&b, &id, 0, &bytes[..half]), (200, json!({"offset": half})));
    // Twice the same piece, and one too far.
    for offset in [0, half + 1] {
        let (status, refused) = patch(&b, &id, offset, &bytes[..10]);
        assert_eq!(
            (status, &refused["offset"], &refused["errors"][0]["code"]),
            (409, &json!(half), &json!("server.upload_offset"))
        );
    }
    b.restart();
    assert_eq!(b.get(&format!("{UPLOADS}/{id}")), json!({"name": "clip.mkv", "bytes": bytes.len(), "offset": half}));
    // A connection that breaks in the middle of a piece leaves what has come.
    let mut stream = TcpStream::connect(b.address()).unwrap();
    let head = format!(
        "PATCH {UPLOADS}/{id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nUpload-Offset: {half}\r\nContent-Length: {}\r\n\r\n",
        bytes.len() - half
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&bytes[half..half + 100]).unwrap();
    b.until("the piece does not come", || b.get(&format!("{UPLOADS}/{id}"))["offset"] == half + 100);
    drop(stream);
    b.is_well();
    let (status, done) = patch(&b, &id, half + 100, &bytes[half + 100..]);
    assert_eq!((status, &done["path"]), (200, &json!("media/clip.mkv")), "{done}");
    assert_eq!(std::fs::read(b.dir.path().join("media/clip.mkv")).unwrap(), bytes);
    assert_eq!(b.request("GET", &format!("{UPLOADS}/{id}"), "", b"").0, 404);
    let left: Vec<_> = std::fs::read_dir(b.dir.path().join("media")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["clip.mkv"], "nothing hidden is left");
    // Another one of the name goes beside it.
    let other = begin(&b, "clip.mkv", 3);
    assert_eq!(patch(&b, &other, 0, b"abc"), (200, json!({"offset": 3, "path": "media/clip-2.mkv"})));
    // As a page goes on: its content is that of a.mkv, so that it is no new medium.
    b.command(json!({"import_in_background": {"files": ["media/clip.mkv"]}}));
    std::fs::write(b.dir.path().join("media/other.mkv"), [bytes.clone(), vec![0; 64]].concat()).unwrap();
    b.command(json!({"import_in_background": {"files": ["media/other.mkv"]}}));
    b.until("it is not imported", || b.get("/api/v1/projects/film/media")["media"].as_array().unwrap().len() == 2);
    let media = b.get("/api/v1/projects/film/media");
    assert_eq!(media["media"][1], json!({"id": "m1", "path": "media/other.mkv", "offline": false, "bytes": bytes.len() + 64}));
}

#[test]
fn what_cannot_be_uploaded_is_refused() {
    let b = Bench::with(|options| options.uploads.open = 3);
    let code = |name: &str, bytes: u64| {
        let (status, refused) = b.post(UPLOADS, &json!({"name": name, "bytes": bytes}));
        (status, refused["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    };
    for name in ["../x.mp4", "..", "a/b.mp4", "a\\b", "C:\\x.mp4", "CON", "nul.mp4", "x.mp4:hidden", "a\u{0}.mp4", ".x", "a\n", ""]
    {
        assert_eq!(code(name, 10), (400, "usage.upload".into()), "{name:?}");
    }
    assert_eq!(code("a.mp4", 0), (400, "usage.upload".into()));
    assert_eq!(code("a.mp4", 1 << 60), (503, "server.uploads".into()));
    // More than any disk of a test machine has, and less than the limit of the server.
    if cutroom_api::free_bytes(b.dir.path()).is_some_and(|free| free < 1 << 39) {
        assert_eq!(code("a.mp4", 1 << 39), (507, "server.space".into()));
    }
    assert!(!b.dir.path().join("media").read_dir().unwrap().any(|e| e.is_ok()), "nothing was begun");
    let id = begin(&b, "a.mp4", 10);
    // More than was announced, more than a piece: not one byte counts.
    assert_eq!(patch(&b, &id, 0, b"12345").0, 200);
    assert_eq!(patch(&b, &id, 5, b"678901").0, 413);
    assert_eq!(b.get(&format!("{UPLOADS}/{id}"))["offset"], 5);
    let large = begin(&b, "large.mp4", 20 << 20);
    assert_eq!(patch(&b, &large, 0, &vec![7; (8 << 20) + 1]).0, 413);
    assert_eq!(patch(&b, &large, 0, &vec![7; 8 << 20]), (200, json!({"offset": 8 << 20})));
    begin(&b, "third.mp4", 10);
    assert_eq!(code("fourth.mp4", 10), (503, "server.uploads".into()));
    assert_eq!(b.request("DELETE", &format!("{UPLOADS}/{large}"), "", b"").0, 204);
    begin(&b, "fourth.mp4", 10);
    // Ids that are none, or that are paths.
    for id in ["x", "..%2f..%2ffilm", &"0".repeat(32), "%00", &"f".repeat(5000)] {
        for method in ["GET", "DELETE"] {
            assert_eq!(b.request(method, &format!("{UPLOADS}/{id}"), "", b"").0, 404, "{method} {id}");
        }
        assert_eq!(patch(&b, id, 0, b"x").0, 404, "{id}");
    }
    assert_eq!(b.request("PATCH", &format!("{UPLOADS}/{id}"), "", b"x").0, 400, "without an offset");
    // A media folder that leads elsewhere.
    #[cfg(unix)]
    {
        let (elsewhere, other) = (tempfile::tempdir().unwrap(), Bench::new());
        std::os::unix::fs::symlink(elsewhere.path(), other.dir.path().join("media")).unwrap();
        let (status, refused) = other.post(UPLOADS, &json!({"name": "a.mp4", "bytes": 5}));
        assert_eq!((status, &refused["errors"][0]["code"]), (403, &json!("server.outside")));
    }
}

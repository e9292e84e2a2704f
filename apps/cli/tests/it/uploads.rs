//! Films that are sent to addresses while they are made.
use crate::support::{Bench, decoded_frames};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

/// Takes requests until a PUT has a body; returns its head and the body.
fn server(answer: &'static str) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = move || {
        loop {
            let (stream, _) = listener.accept().unwrap();
            let mut from = BufReader::new(stream.try_clone().unwrap());
            let mut to = stream;
            while let Some(head) = head(&mut from) {
                if !head.starts_with("PUT ") {
                    to.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").unwrap();
                    continue;
                }
                if answer.starts_with("201") {
                    to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
                    let body = body(&head, &mut from);
                    to.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
                    return (head, body);
                }
                to.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
                return (head, Vec::new());
            }
        }
    };
    (address, thread::spawn(serve))
}

fn head(from: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

fn body(head: &str, from: &mut BufReader<TcpStream>) -> Vec<u8> {
    let head = head.to_ascii_lowercase();
    let mut body = Vec::new();
    if let Some(length) = head.lines().find_map(|line| line.strip_prefix("content-length: ")) {
        from.take(length.trim().parse().unwrap()).read_to_end(&mut body).unwrap();
        return body;
    }
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    loop {
        let mut line = String::new();
        from.read_line(&mut line).unwrap();
        let size = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        from.read_exact(&mut chunk).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

#[test]
fn a_film_is_put_while_it_is_made() {
    let b = Bench::new();
    b.clip("a.mp4", 50, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    // A container that is streamed, and one whose beginning is written last.
    for (name, kind) in [("film.mkv", "video/x-matroska"), ("film.avi", "video/x-msvideo")] {
        let (address, served) = server("201 Created");
        let url = format!("http://{address}/films/{name}?token=secret");
        let ran = b.ok(&["export", "film.json", "-o", &url, "--upload-header", "Authorization: Bearer secret", "--json"]);
        let (head, film) = served.join().unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.contains(&format!("content-type: {kind}")) && head.contains("authorization: bearer secret"), "{head}");
        fs::write(b.path(name), &film).unwrap();
        assert_eq!(decoded_frames(&b.path(name)), 50, "{name}");
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&report["bytes"], &report["frames"]), (&film.len().into(), &50.into()));
        assert_eq!(report["output"], format!("http://{address}/films/{name}"));
        assert!(!ran.out.contains("secret") && !ran.err.contains("secret"));
    }
    let names = ["a.mp4", "film.avi", "film.json", "film.mkv"];
    assert_eq!(b.names(), names);
}

#[test]
fn servers_that_refuse_are_quoted() {
    let b = Bench::new();
    b.clip("a.mp4", 50, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let (address, served) = server("403 Forbidden");
    let ran = b.run(&["export", "film.json", "-o", &format!("http://{address}/film.mkv")]);
    served.join().unwrap();
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("status 403") && ran.err.contains(&address), "{}", ran.err);
    for (output, more, words) in [
        ("http://127.0.0.1:9/film.mkv", &[][..], "failed"),
        ("s3://films/film.mkv", &[], "AWS_ACCESS_KEY_ID"),
        ("s3://films", &[], "names no file in the bucket"),
        ("http://127.0.0.1:9/film", &[], "extension"),
        ("http://127.0.0.1:9/film.m3u8", &[], "consists of many files"),
        ("http://127.0.0.1:9/film-%04d.png", &[], "consists of many files"),
        ("film.mkv", &["--upload-chunk", "8"], "addresses"),
    ] {
        let mut command = b.command(&[&["export", "film.json", "-o", output][..], more].concat());
        command.env("HOME", b.path("nobody")).env_remove("AWS_ACCESS_KEY_ID");
        let out = command.output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && said.contains(words), "{output}: {said}");
    }
    assert_eq!(b.names(), ["a.mp4", "film.json"]);
}

/// Films that are streamed are made in this process: an interrupt ends it, with all of its threads.
#[test]
#[cfg(unix)]
fn a_streamed_film_can_be_stopped() {
    let b = Bench::new();
    let picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=120", "-f", "lavfi", "-i", "sine=duration=120"];
    crate::support::ffmpeg(&[&picture[..], &["-preset", "ultrafast", "-pix_fmt", "yuv420p"]].concat(), &b.path("a.mp4"));
    b.ok(&["new", "film.json", "a.mp4"]);
    let film = fs::File::create(b.path("film.mkv")).unwrap();
    let mut command = b.command_with("--default-signal=INT", &["export", "film.json", "-o", "-", "--preset", "veryslow"]);
    let mut export = command.stdout(film).stderr(std::process::Stdio::null()).spawn().unwrap();
    while fs::metadata(b.path("film.mkv")).unwrap().len() == 0 {
        thread::sleep(std::time::Duration::from_millis(5));
    }
    let _ = std::process::Command::new("kill").args(["-INT", &export.id().to_string()]).status();
    let asked = std::time::Instant::now();
    let ended = loop {
        if let Some(ended) = export.try_wait().unwrap() {
            break ended;
        }
        assert!(asked.elapsed() < std::time::Duration::from_secs(20), "it does not end");
        thread::sleep(std::time::Duration::from_millis(5));
    };
    assert_eq!(ended.code(), Some(130));
}

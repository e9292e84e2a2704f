//! A server with a project, and the least of a client.
use cutroom_server::{Projects, Server, ServerOptions};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

pub const TOKEN: &str = "a-token-of-the-test";

/// A server with a film of four seconds: two of a file with sound, two of a colour.
pub struct Bench {
    pub dir: tempfile::TempDir,
    pub server: Option<Server>,
}

pub fn film(dir: &Path) -> PathBuf {
    let args = [
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=128x72:rate=25",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:sample_rate=48000",
    ];
    let output = ["-t", "2", "-c:v", "ffv1", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", "-shortest"];
    assert!(Command::new("ffmpeg").args(args).args(output).arg(dir.join("a.mkv")).status().unwrap().success());
    let text = json!({"schema_version": 2, "name": "Test", "main": "m", "media": [{"id": "a", "path": "a.mkv"}], "compositions": [
        {"id": "m", "size": {"width": 128, "height": 72}, "frame_rate": 25, "tracks": [{"id": "v", "clips": [
            {"id": "c1", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2s"},
            {"id": "c2", "source": {"type": "solid", "color": [0.8, 0.1, 0.1, 1.0]}, "start": "2s", "duration": "2s"}]}]}]});
    let path = dir.join("film.json");
    std::fs::write(&path, text.to_string()).unwrap();
    path
}

impl Bench {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        film(dir.path());
        Self { server: Some(start(dir.path())), dir }
    }

    pub fn with(change: impl FnOnce(&mut ServerOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        film(dir.path());
        Self { server: Some(start_with(dir.path(), change)), dir }
    }

    /// The server is ended and started again.
    pub fn restart(&mut self) {
        self.server = None;
        self.server = Some(start(self.dir.path()));
    }

    /// Asserts that requests are answered, and soon.
    pub fn is_well(&self) {
        let begun = std::time::Instant::now();
        assert_eq!(self.get("/api/v1/projects")["projects"][0]["id"], "film");
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }

    /// Waits for something.
    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(std::time::Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn address(&self) -> String {
        self.server.as_ref().unwrap().address().to_string()
    }

    /// A request with the token; status, headers and body.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        raw(&self.address(), method, path, &format!("Authorization: Bearer {TOKEN}\r\n{headers}"), body)
    }

    pub fn get(&self, path: &str) -> Value {
        let (status, _, body) = self.request("GET", path, "", b"");
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    pub fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, body) = self.request("POST", path, "Content-Type: application/json\r\n", body.to_string().as_bytes());
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    pub fn command(&self, command: Value) -> Value {
        let (status, answer) = self.post("/api/v1/projects/film/commands", &command);
        assert_eq!(status, 200, "{command}: {answer}");
        answer
    }
}

/// A server that has the project of a folder open.
pub fn start(dir: &Path) -> Server {
    start_with(dir, |_| {})
}

/// The same with other options.
pub fn start_with(dir: &Path, change: impl FnOnce(&mut ServerOptions)) -> Server {
    let mut options = ServerOptions { token: Some(TOKEN.into()), roots: vec![dir.to_owned()], ..ServerOptions::default() };
    change(&mut options);
    let projects = Arc::new(Projects::new(&options, Default::default()));
    projects.open(&dir.join("film.json")).unwrap();
    Server::start(&options, projects).unwrap()
}

/// A request as it is: status, headers in lower case, body.
pub fn raw(address: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server may answer before it has read all of a body.
    let _ = stream.write_all(body);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split_whitespace().nth(1).unwrap_or_default().parse().unwrap_or(0);
    let mut headers = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        headers += &line.to_lowercase();
    }
    let mut body = Vec::new();
    let _ = reader.read_to_end(&mut body);
    if headers.contains("transfer-encoding: chunked") {
        body = dechunked(&body);
    }
    (status, headers, body)
}

fn dechunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|w| w == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            break;
        }
        whole.extend(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 4 + length..];
    }
    whole
}

//! `cutroom serve` as a process: what it prints, and how signals end it.
use crate::support::Bench;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

const FILM: &str = r#"{"schema_version": 2, "main": "m", "media": [], "compositions": [
    {"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 25, "tracks": [{"id": "v", "clips": [
        {"id": "c", "source": {"type": "solid", "color": [0.8, 0.1, 0.1, 1.0]}, "start": 0, "duration": "400s"}]}]}]}"#;

fn started(b: &Bench, signal: &str, listen: &str) -> (Child, String) {
    let args = ["serve", "film.json", "--listen", listen, "--token", "secret-of-the-test", "--no-page"];
    let mut command = b.command_with(&format!("--default-signal={signal}"), &args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

fn connect(address: &str, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.replace("\n", "\r\n").as_bytes()).unwrap();
    stream
}

fn command(address: &str, body: &str) -> String {
    let head = "Host: localhost\nAuthorization: Bearer secret-of-the-test\nContent-Type: application/json\nConnection: close";
    let post = format!("POST /api/v1/projects/film/commands HTTP/1.1\n{head}\nContent-Length: {}\n\n{body}", body.len());
    let mut answer = String::new();
    connect(address, &post).read_to_string(&mut answer).unwrap();
    answer
}

/// Views are told with 1001, what was answered is kept, an export leaves nothing behind.
#[test]
fn signals_end_it_in_order() {
    for signal in ["TERM", "INT"] {
        let b = Bench::new();
        b.write("film.json", FILM);
        let (child, line) = started(&b, signal, "127.0.0.1:0");
        assert!(
            line.starts_with("http://127.0.0.1:") && line.contains("/api/v1/projects/film/document?token=secret-of-the-test"),
            "{line}"
        );
        let address = line.trim_start_matches("http://").split('/').next().unwrap();
        let mut view = connect(
            address,
            "GET /api/v1/projects/film/live?token=secret-of-the-test HTTP/1.1\nHost: localhost\nConnection: Upgrade\nUpgrade: websocket\n\
             Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n",
        );
        let trim = command(address, r#"{"trim": {"clip": "c", "edge": "end", "to": "200s"}}"#);
        assert!(trim.starts_with("HTTP/1.1 200"), "{trim}");
        let export = command(address, r#"{"export": {"output": "out.mkv", "lossless": true}}"#);
        assert!(export.starts_with("HTTP/1.1 200"), "{export}");
        // An upload that stands in its middle.
        let mut upload = connect(
            address,
            "PATCH /api/v1/projects/film/uploads/0 HTTP/1.1\nHost: localhost\nAuthorization: Bearer secret-of-the-test\n\
             Upload-Offset: 0\nContent-Length: 1000\n\nabc",
        );
        assert!(Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap().success());
        let mut said = Vec::new();
        // It ends with a close frame: its length, the code, the reason.
        view.read_to_end(&mut said).unwrap();
        let code = 1001_u16.to_be_bytes();
        assert!(said.windows(4).any(|w| w[0] == 0x88 && w[2..] == code), "no close frame: {:?}", String::from_utf8_lossy(&said));
        let _ = upload.read_to_end(&mut said);
        let ended = child.wait_with_output().unwrap();
        let words = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success(), "{:?} {words}", ended.status);
        assert!(words.contains("ending") && !words.contains("secret-of-the-test"), "{words}");
        let names = b.names();
        assert!(!names.iter().any(|name| name.contains("out")), "{names:?}");
        // The next one has the edit.
        let (mut again, line) = started(&b, signal, "127.0.0.1:0");
        let address = line.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let undone = command(&address, r#"{"undo": {}}"#);
        again.kill().unwrap();
        again.wait().unwrap();
        assert!(undone.starts_with("HTTP/1.1 200") && undone.contains("\"undone\""), "{undone}");
    }
}

#[test]
fn other_addresses_are_warned_about() {
    let b = Bench::new();
    b.write("film.json", FILM);
    let (mut child, line) = started(&b, "TERM", "0.0.0.0:0");
    assert!(line.starts_with("http://0.0.0.0:"), "{line}");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    child.wait().unwrap();
    assert!(words.contains("warning: everybody between here and there"), "{words}");
    let refused = b.run(&["serve", "film.json", "--listen", "0.0.0.0:0", "--no-token"]);
    assert!(refused.err.contains("is not loopback and needs a token"), "{}", refused.err);
    let refused = b.run(&["serve", "film.json", "--tls-cert", "film.json", "--tls-key", "film.json"]);
    assert!(refused.err.contains("server.tls") && refused.err.contains("film.json"), "{}", refused.err);
}

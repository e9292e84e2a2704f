//! Health, metrics, the description of routes, TLS, the end.
use crate::support::{Bench, TOKEN, raw};
use serde_json::{Value, json};
use std::{io::Write, net::TcpStream, process::Command};

#[test]
fn health_tries_everything() {
    let b = Bench::new();
    let (status, _, body) = b.request("GET", "/api/v1/health", "", b"");
    let health: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &health["ok"], &health["projects"]), (200, &json!(true), &json!(1)), "{health}");
    let checks = health["checks"].as_array().unwrap();
    for name in ["ffmpeg", "drawing", "journal", "cache", "disk", "encoder pcm"] {
        let check = checks.iter().find(|c| c["name"] == name).unwrap_or_else(|| panic!("no {name}: {health}"));
        assert!(check["ok"] == true && check["took_ms"].as_f64().unwrap() > 0.0 && !check["about"].as_str().unwrap().is_empty());
    }
    assert!(health["machine"]["ffmpeg"].is_string() && health["cache"].is_object());
    // A folder in which nothing can be written.
    std::fs::remove_dir_all(b.dir.path()).unwrap();
    let sick = || b.request("GET", "/api/v1/health", "", b"");
    b.until("it stays well", || sick().0 == 503);
    let health: Value = serde_json::from_slice(&sick().2).unwrap();
    let journal = health["checks"].as_array().unwrap().iter().find(|c| c["name"] == "journal").unwrap().clone();
    assert_eq!((&health["ok"], &journal["ok"]), (&json!(false), &json!(false)), "{health}");
}

#[test]
fn figures_count_what_happens() {
    let b = Bench::new();
    let figure = |name: &str| {
        let (status, headers, body) = b.request("GET", "/api/v1/metrics", "", b"");
        assert!(status == 200 && headers.contains("openmetrics-text; version=1.0.0"), "{headers}");
        let text = String::from_utf8(body).unwrap();
        assert!(text.ends_with("# EOF\n"));
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse::<f64>().unwrap()
    };
    assert_eq!((figure("cutroom_open{kind=\"projects\"}"), figure("cutroom_edits_total")), (1.0, 0.0));
    b.command(json!({"trim": {"clip": "c1", "edge": "end", "to": "1s"}}));
    b.command(json!({"undo": {}}));
    b.post("/api/v1/projects/film/uploads", &json!({"name": "a.mp4", "bytes": 10}));
    b.request("GET", "/api/v1/nothing/at/all", "", b"");
    assert_eq!(figure("cutroom_edits_total"), 2.0);
    assert_eq!((figure("cutroom_journal_writes"), figure("cutroom_open{kind=\"uploads\"}")), (1.0, 1.0));
    assert!(figure("cutroom_journal_writing_seconds") > 0.0);
    let commands = "route=\"/api/v1/projects/{id}/commands\"";
    assert_eq!(figure(&format!("cutroom_requests_total{{{commands},method=\"POST\",status=\"200\"}}")), 2.0);
    assert_eq!(figure(&format!("cutroom_request_seconds_count{{{commands}}}")), 2.0);
    assert_eq!(figure("cutroom_requests_total{route=\"none\",method=\"GET\",status=\"404\"}"), 1.0);
    assert!(figure("cutroom_process_memory_bytes") > 1e6 && figure("cutroom_process_open_files") > 3.0);
    assert!(figure("cutroom_received_bytes_total") > 500.0 && figure("cutroom_sent_bytes_total") > 1000.0);
    assert!(figure("cutroom_connections") >= 1.0);
}

#[test]
fn errors_of_every_kind_have_the_same_form() {
    let b = Bench::new();
    let json = "Content-Type: application/json\r\n";
    for (method, path, headers, body, status) in [
        ("POST", "/api/v1/projects", json, "{", 400),
        ("POST", "/api/v1/projects", json, "{\"other\": 1}", 422),
        ("POST", "/api/v1/projects", "", "{}", 415),
        ("DELETE", "/api/v1/projects", "", "", 405),
        ("GET", "/api/v1/projects/film/frames/1.png?scale=x", "", "", 400),
        ("GET", "/api/v1/projects/film/live", "", "", 400),
        ("GET", "/api/v1/projects/film/media/a", "Range: bytes=99999999-\r\n", "", 416),
        ("GET", "/api/v1/projects/film/jobs/x/file", "", "", 400),
    ] {
        let (is, headers, answer) = b.request(method, path, headers, body.as_bytes());
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let code = answer["errors"][0]["code"].as_str().unwrap_or_default();
        assert!(
            is == status && code.starts_with("server.") && headers.contains("application/json"),
            "{method} {path}: {is} {answer}"
        );
        assert!(!answer["errors"][0]["message"].as_str().unwrap().is_empty());
    }
    let (_, headers, _) = b.request("DELETE", "/api/v1/projects", "", b"");
    assert!(headers.contains("allow: "), "{headers}");
}

#[test]
fn connections_can_be_secret() {
    let dir = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let files = cutroom_server::TlsFiles { certificate: certificate.clone(), key: key.clone() };
    let b = Bench::with(|options| options.tls = Some(files.clone()));
    // Another program's TLS: curl's.
    let curl = |url: String, trust: bool| {
        let mut command = Command::new("curl");
        command.args(["-sS", "-m", "20", "-H", &format!("Authorization: Bearer {TOKEN}")]);
        if trust {
            command.arg("--cacert").arg(&certificate);
        }
        let out = command.arg(url).output().unwrap();
        (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    let (ok, body) = curl(format!("https://{}/api/v1/projects", b.address()), true);
    assert!(ok && body.contains("\"film\""), "{body}");
    assert!(!curl(format!("https://{}/api/v1/projects", b.address()), false).0, "nobody trusts it by itself");
    // Plain words are no TLS; the server goes on.
    let mut stream = TcpStream::connect(b.address()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(curl(format!("https://{}/api/v1/health", b.address()), true).1.contains("\"checks\""));
    // Files that do not fit.
    for files in [(key.clone(), key.clone()), (certificate.clone(), certificate.clone()), (dir.path().join("none"), key)] {
        let options = cutroom_server::ServerOptions {
            tls: Some(cutroom_server::TlsFiles { certificate: files.0, key: files.1 }),
            ..Default::default()
        };
        let projects = std::sync::Arc::new(cutroom_server::Projects::new(&options, Default::default()));
        assert_eq!(cutroom_server::Server::start(&options, projects).err().unwrap().code, "server.tls");
    }
}

/// A request that is under way when the server ends is answered, and is in the journal.
#[test]
fn the_end_waits_for_answers() {
    let mut b = Bench::new();
    let at = b.address();
    let command = json!({"trim": {"clip": "c1", "edge": "end", "to": "1s"}}).to_string();
    let asking = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(&at).unwrap();
        let head = format!(
            "POST /api/v1/projects/film/commands HTTP/1.1\r\nHost: {at}\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            command.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&command.as_bytes()[..10]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(700));
        stream.write_all(&command.as_bytes()[10..]).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        answer
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    b.server = None;
    let answer = asking.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.to_lowercase().contains("connection: close"), "{answer}");
    b.restart();
    let clips = &b.get("/api/v1/projects/film/document")["project"]["compositions"][0]["tracks"][0]["clips"];
    assert_eq!(clips[0]["duration"], 705_600_000);
    assert_eq!(raw(&b.address(), "GET", "/api/v1/projects", "", b"").0, 401);
}

//! Slow, silent, greedy and very many clients: the server lives, is quick again, and its memory is bounded.
use crate::support::{Bench, TOKEN, raw};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

fn memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// 1 000 connections, a half idle and a half asking, then WebSockets beyond the limit of views.
#[test]
fn a_thousand_connections_are_served() {
    let b = Bench::with(|options| options.max_connections = 1100);
    let files = open_files();
    let mut streams: Vec<TcpStream> = (0..1000).map(|_| TcpStream::connect(b.address()).unwrap()).collect();
    let request = format!("GET /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
    for stream in &mut streams {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    }
    let begun = Instant::now();
    // Each is asked twice over the same connection.
    for _ in 0..2 {
        for stream in &mut streams[..500] {
            stream.write_all(request.as_bytes()).unwrap();
        }
        for stream in &mut streams[..500] {
            let mut start = [0; 12];
            stream.read_exact(&mut start).unwrap();
            assert_eq!(&start, b"HTTP/1.1 200");
            let mut rest = [0; 4096];
            let mut text = Vec::new();
            while !text.ends_with(b"]}") {
                let n = stream.read(&mut rest).unwrap();
                assert!(n > 0);
                text.extend(&rest[..n]);
            }
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    b.is_well();
    // One hundred more are too many: they are told, and others are served when there is room again.
    let more: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(b.address()).unwrap()).collect();
    b.until("there is room", || {
        let mut stream = TcpStream::connect(b.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut answer = String::new();
        let _ = stream.write_all(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes());
        let _ = stream.read_to_string(&mut answer);
        answer.starts_with("HTTP/1.1 503") && answer.contains("server.full") && answer.contains("Retry-After")
    });
    drop(more);
    drop(streams);
    b.until("files stay open", || open_files() <= files + 8);
    b.is_well();
}

#[test]
fn views_beyond_the_limit_are_refused() {
    let b = Bench::with(|options| options.max_views = 20);
    let files = open_files();
    runtime().block_on(async {
        let url = format!("ws://{}/api/v1/projects/film/live?token={TOKEN}", b.address());
        let mut open = Vec::new();
        let mut refused = 0;
        for _ in 0..60 {
            match connect_async(&url).await {
                Ok((socket, _)) => open.push(socket),
                Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                    assert_eq!(answer.status(), 503);
                    refused += 1;
                }
                Err(e) => panic!("{e}"),
            }
        }
        assert_eq!((open.len(), refused), (20, 40));
        for socket in &mut open {
            let welcome = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.unwrap().unwrap().unwrap();
            assert!(welcome.to_text().unwrap().contains("welcome"));
        }
    });
    b.until("views stay open", || {
        let text = String::from_utf8(b.request("GET", "/api/v1/metrics", "", b"").2).unwrap();
        text.contains("cutroom_open{kind=\"views\"} 0\n") && open_files() <= files + 16
    });
    b.is_well();
}

/// A head or a body that comes drop by drop does not hold a place for ever; others are served meanwhile.
#[test]
fn slow_senders_are_cut_off() {
    let b = Bench::with(|options| options.patience = Duration::from_secs(2));
    let connect = || {
        let stream = TcpStream::connect(b.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    };
    let (mut head, mut body) = (connect(), connect());
    head.write_all(b"GET /api/v1/projects HTTP/1.1\r\nHost: loc").unwrap();
    let post = format!(
        "POST /api/v1/projects/film/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    body.write_all(post.as_bytes()).unwrap();
    let begun = Instant::now();
    let mut answer = String::new();
    let mut dripping = body.try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        while dripping.write_all(b" ").is_ok() && begun.elapsed() < Duration::from_secs(12) {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    b.is_well();
    let _ = body.read_to_string(&mut answer);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    drip.join().unwrap();
    answer.clear();
    let _ = head.read_to_string(&mut answer);
    assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    b.is_well();
}

/// Clients that ask for much and read nothing: pictures of playback, answers, files.
#[test]
fn slow_readers_cost_little() {
    let b = Bench::new();
    let large = std::fs::File::create(b.dir.path().join("large.mkv")).unwrap();
    large.set_len(2 << 30).unwrap();
    b.command(json!({"add_media": {"media": {"id": "l", "path": "large.mkv", "kind": "video"}}}));
    b.get("/api/v1/projects/film/document");
    let before = memory_bytes();
    let mut streams = Vec::new();
    for _ in 0..40 {
        let mut stream = TcpStream::connect(b.address()).unwrap();
        let get = format!("GET /api/v1/projects/film/media/l HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
        stream.write_all(get.as_bytes()).unwrap();
        streams.push(stream);
    }
    runtime().block_on(async {
        let url = format!("ws://{}/api/v1/projects/film/live?token={TOKEN}", b.address());
        let mut silent = Vec::new();
        for _ in 0..4 {
            let mut socket = connect_async(&url).await.unwrap().0;
            let hello = json!({"type": "hello", "decoders": ["jpeg"], "width": 128, "height": 72});
            socket.send(Message::Text(hello.to_string().into())).await.unwrap();
            let play = json!({"type": "play", "generation": 1, "from": 0});
            socket.send(Message::Text(play.to_string().into())).await.unwrap();
            silent.push(socket);
        }
        // One view's commands are told to all; four never read.
        let mut busy = connect_async(&url).await.unwrap().0;
        for n in 0..1100 {
            let value = format!("take {n} {}", "x".repeat(500));
            let set = json!({"set": {"of": {"clip": "c1"}, "field": "name", "value": value}});
            busy.send(Message::Text(json!({"type": "command", "id": n, "command": set}).to_string().into())).await.unwrap();
        }
        let mut answers = 0;
        while answers < 1100 {
            let message = tokio::time::timeout(Duration::from_secs(60), busy.next()).await.expect("an answer").unwrap().unwrap();
            if message.to_text().is_ok_and(|text| text.contains("\"answer\"")) {
                answers += 1;
            }
        }
        let grown = memory_bytes().saturating_sub(before);
        assert!(grown < 400 << 20, "{} MiB more", grown >> 20);
    });
    b.is_well();
    drop(streams);
    b.is_well();
}

#[test]
fn large_and_broken_bodies_are_refused() {
    let b = Bench::with(|options| options.max_body_bytes = 1 << 20);
    let json = "Content-Type: application/json\r\n";
    let commands = "/api/v1/projects/film/commands";
    assert_eq!(b.request("POST", commands, json, &vec![b' '; (1 << 20) + 1]).0, 413);
    // Deep, and long without an end.
    let deep = "[".repeat(500_000);
    assert_eq!(b.request("POST", commands, json, deep.as_bytes()).0, 400);
    let wide = format!("{{\"undo\": {{\"steps\": 1{}}}}}", "0".repeat(500_000));
    assert!((400..500).contains(&b.request("POST", commands, json, wide.as_bytes()).0));
    let chunked = "Transfer-Encoding: chunked\r\n";
    let mut stream = TcpStream::connect(b.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!("POST {commands} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n{json}{chunked}\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..64 {
        if stream.write_all(piece.as_bytes()).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    if stream.read_exact(&mut answer).is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
    // Heads that are too large.
    let many: String = (0..500).map(|n| format!("X-{n}: y\r\n")).collect();
    assert!((400..500).contains(&raw(&b.address(), "GET", "/api/v1/projects", &many, b"").0));
    b.is_well();
}

/// Clients that are gone in the middle of playback, of a sheet and of an export: the export goes on, the rest
/// is given up.
#[test]
fn clients_that_vanish_leave_nothing() {
    let b = Bench::new();
    runtime().block_on(async {
        let url = format!("ws://{}/api/v1/projects/film/live?token={TOKEN}", b.address());
        for n in 0..6 {
            let mut socket = connect_async(&url).await.unwrap().0;
            let hello = json!({"type": "hello", "decoders": ["jpeg"], "width": 128, "height": 72});
            socket.send(Message::Text(hello.to_string().into())).await.unwrap();
            let play = json!({"type": "play", "generation": 1, "from": 0});
            socket.send(Message::Text(play.to_string().into())).await.unwrap();
            if n == 0 {
                let export = json!({"type": "command", "id": 1, "command": {"export": {"output": "gone.mkv", "lossless": true}}});
                socket.send(Message::Text(export.to_string().into())).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            // The connection ends without a word.
            drop(socket);
        }
    });
    for _ in 0..6 {
        let mut stream = TcpStream::connect(b.address()).unwrap();
        let get = format!(
            "GET /api/v1/projects/film/sheet?columns=8&rows=8 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        );
        stream.write_all(get.as_bytes()).unwrap();
    }
    b.is_well();
    b.until("the export does not end", || b.request("GET", "/api/v1/projects/film/jobs/1/file", "", b"").0 == 200);
    b.until("views stay", || {
        let text = String::from_utf8(b.request("GET", "/api/v1/metrics", "", b"").2).unwrap();
        text.contains("cutroom_open{kind=\"views\"} 0\n") && text.contains("cutroom_open{kind=\"jobs\"} 0\n")
    });
}

/// What costs much has a budget; the rest has not.
#[test]
fn budgets_are_spent_and_refill() {
    let b = Bench::with(|options| options.costly[1] = cutroom_server::Rate { burst: 3.0, per_sec: 0.5 });
    let thumbnail = || b.request("GET", "/api/v1/projects/film/media/a/thumbnail?width=32", "", b"");
    for n in 0..3 {
        assert_eq!(thumbnail().0, 200, "{n}");
    }
    let (status, headers, body) = thumbnail();
    let error: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &error["errors"][0]["code"]), (429, &json!("server.too_many")));
    assert!(headers.contains("retry-after: 2") || headers.contains("retry-after: 1"), "{headers}");
    (0..20).for_each(|_| b.is_well());
    b.until("it does not refill", || thumbnail().0 == 200);
}

//! Random requests and messages, made of right ones: the server lives, answers, and its memory is bounded.
//! A few seconds by default; `CUTROOM_NOISE_SECS=600` makes it long (CONTRIBUTING.md).
use crate::support::{Bench, TOKEN};
use futures_util::{SinkExt, StreamExt};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// Right messages of a view, and right commands.
const MESSAGES: &[&str] = &[
    r#"{"type":"hello","decoders":["jpeg","h264"],"width":640,"height":360,"dpr":1.5}"#,
    r#"{"type":"play","generation":3,"from":10,"speed":1.0}"#,
    r#"{"type":"pause","generation":4}"#,
    r#"{"type":"seek","generation":5,"frame":80,"dragging":true}"#,
    r#"{"type":"view","width":320,"height":180}"#,
    r#"{"type":"credit","sequence":7,"shown":3,"late_ms":0.5}"#,
    r#"{"type":"quality","mode":"half"}"#,
    r#"{"type":"command","id":1,"command":{"undo":{"steps":1}}}"#,
    r#"{"type":"command","id":2,"command":{"split":{"clips":["c1"],"at":"1s"}}}"#,
    r#"{"type":"command","id":3,"command":{"set":{"of":{"clip":"c2"},"field":"source.color","value":[0.1,0.2,0.3,1.0]}}}"#,
    r#"{"type":"command","id":4,"command":{"trim":{"clip":"c1","edge":"end","to":"1s"}}}"#,
    r#"{"type":"command","id":5,"command":{"delete":{"clips":["c2"]}}}"#,
    r#"{"type":"command","id":6,"command":{"export":{"output":"x.mkv","lossless":true,"range":"0..2"}}}"#,
    r#"{"type":"command","id":7,"command":{"jobs":{}}}"#,
];

const REQUESTS: &[&str] = &[
    "GET /api/v1/projects HTTP/1.1",
    "GET /api/v1/projects/film/document HTTP/1.1",
    "POST /api/v1/projects/film/commands?if_revision=1 HTTP/1.1",
    "GET /api/v1/projects/film/frames/12.png?scale=0.5 HTTP/1.1",
    "GET /api/v1/projects/film/sheet?columns=2&rows=2&width=64 HTTP/1.1",
    "GET /api/v1/projects/film/media/a HTTP/1.1",
    "GET /api/v1/projects/film/media/a/thumbnail?at_secs=1&width=32 HTTP/1.1",
    "GET /api/v1/projects/film/media/a/waveform?level=2 HTTP/1.1",
    "POST /api/v1/projects/film/uploads HTTP/1.1",
    "PATCH /api/v1/projects/film/uploads/00112233445566778899aabbccddeeff HTTP/1.1",
    "GET /api/v1/browse?path=%2Ftmp HTTP/1.1",
    "GET /api/v1/metrics HTTP/1.1",
    "GET /api/v1/projects/film/live HTTP/1.1",
];

/// Pseudo-random numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }

    /// A text with a few changes: bytes replaced, removed or doubled, a number made strange, two texts joined.
    fn spoilt(&mut self, texts: &[&str]) -> Vec<u8> {
        const STRANGE: &[&str] =
            &["-1", "1e308", "99999999999999999999", "0.1", "null", "\"\"", "[]", "\u{0}", "../..", "{}", "\u{fffd}", "NaN"];
        let mut bytes = texts[self.roll(texts.len())].as_bytes().to_vec();
        for _ in 0..self.roll(5) {
            let at = self.roll(bytes.len());
            match self.roll(6) {
                0 => bytes[at] = self.roll(256) as u8,
                1 => _ = bytes.remove(at),
                2 => bytes.truncate(at.max(1)),
                3 => {
                    let other = texts[self.roll(texts.len())].as_bytes();
                    bytes.splice(at..at, other[self.roll(other.len())..].iter().copied());
                }
                4 => {
                    let end = (at + self.roll(8)).min(bytes.len());
                    bytes.splice(at..end, STRANGE[self.roll(STRANGE.len())].bytes());
                }
                _ => {
                    // The first number after this place becomes another one.
                    let rest = &bytes[at..];
                    let Some(start) = rest.iter().position(u8::is_ascii_digit).map(|n| n + at) else { continue };
                    let end = bytes[start..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| n + start);
                    bytes.splice(start..end, STRANGE[self.roll(STRANGE.len())].bytes());
                }
            }
            if bytes.is_empty() {
                bytes.push(b' ');
            }
        }
        bytes
    }
}

fn memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn length() -> Duration {
    let secs = std::env::var("CUTROOM_NOISE_SECS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(secs.unwrap_or(3))
}

#[test]
fn random_requests_do_no_harm() {
    let b = Bench::new();
    let (begun, mut dice, mut sent, mut answered, mut worst) = (Instant::now(), Dice(1), 0, 0, 0);
    let mut broken = 0;
    while begun.elapsed() < length() {
        let mut request = dice.spoilt(REQUESTS);
        request.extend(b"\r\nHost: localhost\r\n");
        if dice.roll(10) > 0 {
            request.extend(format!("Authorization: Bearer {TOKEN}\r\n").bytes());
        }
        let body = if dice.roll(2) == 0 {
            let command = MESSAGES[7 + dice.roll(MESSAGES.len() - 7)];
            let command = &command[command.find("\"command\":{").unwrap() + 10..command.len() - 1];
            dice.spoilt(&[command])
        } else {
            Vec::new()
        };
        for header in
            ["Content-Type: application/json", "Upload-Offset: 0", "Range: bytes=1-2", "Upgrade: websocket", "Connection: upgrade"]
        {
            if dice.roll(3) == 0 {
                request.extend(dice.spoilt(&[header]));
                request.extend(b"\r\n");
            }
        }
        request.extend(format!("Connection: close\r\nContent-Length: {}\r\n\r\n", body.len()).bytes());
        request.extend(body);
        let mut stream = TcpStream::connect(b.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = stream.write_all(&request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        sent += 1;
        if answer.starts_with(b"HTTP/1.1 ") {
            answered += 1;
            let words = String::from_utf8_lossy(&answer[..answer.len().min(2000)]).into_owned();
            let status: u16 = words[9..12].parse().unwrap();
            assert!(!words.contains("server.defect"), "{}\n{words}", String::from_utf8_lossy(&request));
            broken += u16::from(status == 500);
        }
        worst = worst.max(memory_bytes());
    }
    println!(
        "{sent} requests, {answered} answered, {broken} with 500, {} s, at most {} MiB",
        begun.elapsed().as_secs(),
        worst >> 20
    );
    assert!(answered * 2 > sent && worst < 1500 << 20);
    b.is_well();
}

#[test]
fn random_messages_do_no_harm() {
    let b = Bench::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (begun, mut dice, mut sent, mut got, mut connections, mut worst) = (Instant::now(), Dice(2), 0, 0, 0, 0);
    runtime.block_on(async {
        while begun.elapsed() < length() {
            let url = format!("ws://{}/api/v1/projects/film/live?token={TOKEN}", b.address());
            let Ok((mut socket, _)) = connect_async(url).await else { continue };
            connections += 1;
            for _ in 0..dice.roll(200) {
                let bytes = dice.spoilt(MESSAGES);
                let message = match (dice.roll(12), String::from_utf8(bytes)) {
                    (0, Ok(text)) => Message::Binary(text.into_bytes().into()),
                    (1, Ok(text)) => Message::Ping(text.into_bytes().into_iter().take(100).collect::<Vec<_>>().into()),
                    (_, Ok(text)) => Message::Text(text.into()),
                    (_, Err(e)) => Message::Binary(e.into_bytes().into()),
                };
                if socket.send(message).await.is_err() {
                    break;
                }
                sent += 1;
                while let Ok(Some(Ok(_))) = tokio::time::timeout(Duration::from_millis(1), socket.next()).await {
                    got += 1;
                }
            }
            worst = worst.max(memory_bytes());
            match dice.roll(3) {
                0 => drop(socket),
                _ => _ = tokio::time::timeout(Duration::from_secs(5), socket.close(None)).await,
            }
        }
    });
    println!("{connections} views, {sent} messages, {got} received, {} s, at most {} MiB", begun.elapsed().as_secs(), worst >> 20);
    assert!(sent > 100 && got > 100 && worst < 1500 << 20);
    b.is_well();
}

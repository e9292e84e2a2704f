//! A small HTTP server for tests, and films.
#![allow(dead_code, missing_docs)]
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// Nothing in a test takes longer.
pub const LONGEST: Duration = Duration::from_secs(30);

pub struct Head {
    pub line: String,
    pub headers: Vec<(String, String)>,
}

impl Head {
    pub fn read(from: &mut impl BufRead) -> Option<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let headers =
            lines[1..].iter().filter_map(|l| l.split_once(':')).map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
        Some(Self { line: lines[0].clone(), headers: headers.collect() })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.0 == name).map(|h| h.1.as_str())
    }

    pub fn is(&self, method: &str) -> bool {
        self.line.starts_with(&format!("{method} "))
    }
}

/// What one connection asks and how it is answered.
pub struct Talk {
    pub head: Head,
    pub from: BufReader<TcpStream>,
    pub to: TcpStream,
}

impl Talk {
    pub fn proceed(&mut self) {
        self.to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
    }

    /// The body as far as it comes, and whether it is whole.
    pub fn body(&mut self) -> (Vec<u8>, bool) {
        let mut body = Vec::new();
        if let Some(length) = self.head.header("content-length") {
            let length: u64 = length.parse().unwrap();
            let _ = self.from.by_ref().take(length).read_to_end(&mut body);
            let whole = body.len() as u64 == length;
            return (body, whole);
        }
        loop {
            let mut line = String::new();
            if !self.from.read_line(&mut line).is_ok_and(|n| n > 0) {
                return (body, false);
            }
            let Ok(size) = u64::from_str_radix(line.trim(), 16) else { return (body, false) };
            let before = body.len() as u64;
            if self.from.by_ref().take(size).read_to_end(&mut body).is_err() || body.len() as u64 - before < size {
                return (body, false);
            }
            line.clear();
            if self.from.read_line(&mut line).is_err() {
                return (body, false);
            }
            if size == 0 {
                return (body, true);
            }
        }
    }

    pub fn answer(&mut self, status: &str, headers: &str, body: &str) {
        let length = match headers.contains("Content-Length") {
            true => String::new(),
            false => format!("Content-Length: {}\r\n", body.len()),
        };
        let text = format!("HTTP/1.1 {status}\r\n{length}Connection: close\r\n{headers}\r\n{body}");
        let _ = self.to.write_all(text.as_bytes());
    }
}

/// Serves each connection in a thread, with one request each; returns `127.0.0.1:port`.
pub fn serve(handle: impl Fn(Talk) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, handle) = (stream.unwrap(), handle.clone());
            thread::spawn(move || {
                stream.set_read_timeout(Some(LONGEST)).unwrap();
                stream.set_write_timeout(Some(LONGEST)).unwrap();
                let mut from = BufReader::new(stream.try_clone().unwrap());
                if let Some(head) = Head::read(&mut from) {
                    handle(Talk { head, from, to: stream });
                }
            });
        }
    });
    address
}

/// Bytes that do not repeat.
pub fn film(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Writes in pieces like a muxer's.
pub fn write(writer: &mut impl Write, film: &[u8]) -> io::Result<()> {
    let mut sizes = [1, 188, 4096, 65_536, 300_001].into_iter().cycle();
    let mut rest = film;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().unwrap().min(rest.len()));
        writer.write_all(piece)?;
        rest = after;
    }
    Ok(())
}

/// Waits until something is so.
pub fn until(what: &str, is: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < LONGEST, "not in time: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

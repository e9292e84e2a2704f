//! Uploads to a real S3 server: moto's, at `CUTROOM_S3_SERVER`, or started from `CUTROOM_MOTO`.
//! Between it and the upload, a proxy makes requests fail.
use crate::common::{LONGEST, Talk, film, serve, until, write};
use cutroom_upload::{Credentials, Destination, S3Settings, Upload, UploadError, UploadSettings, UploadWriter, begin};
use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc::channel,
    },
    thread,
    time::Duration,
};

const MIB: usize = 1 << 20;

/// The program of the server: named, or where `cargo xtask test` has installed it.
fn moto() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CUTROOM_MOTO") {
        return Some(named.into());
    }
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = var("XDG_CACHE_HOME").or_else(|| Some(var("HOME")?.join(".cache")))?;
    Some(cache.join("cutroom/moto/bin/moto_server")).filter(|path| path.exists())
}

/// Address of the server, without a scheme.
fn server() -> &'static str {
    static STARTED: OnceLock<(String, Option<Child>)> = OnceLock::new();
    let started = STARTED.get_or_init(|| {
        if let Ok(url) = std::env::var("CUTROOM_S3_SERVER") {
            return (url.trim_start_matches("http://").trim_end_matches('/').to_owned(), None);
        }
        let Some(moto) = moto() else {
            panic!(
                "these tests need an S3 server: `cargo xtask test` installs one; otherwise set CUTROOM_MOTO to the path of \
                 moto_server, or CUTROOM_S3_SERVER to the address of one that runs"
            )
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        // Ends with this process, whose end of the pipe is closed then.
        let script = r#""$0" -H 127.0.0.1 -p "$1" & server=$!; read _; kill $server"#;
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(&moto).arg(&port).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        (format!("127.0.0.1:{port}"), Some(command.spawn().unwrap()))
    });
    until("the S3 server answers", || TcpStream::connect(&started.0).is_ok());
    &started.0
}

fn settings() -> UploadSettings {
    let (chunk_bytes, pause) = (5 * MIB, Duration::from_millis(10));
    UploadSettings { chunk_bytes, pause, content_type: "video/mp4".into(), ..UploadSettings::default() }
}

fn to(server: &str, path: &str, settings: UploadSettings) -> Result<(UploadWriter, Upload), UploadError> {
    let credentials = Some(Credentials::new("id", "hidden"));
    let s3 = S3Settings { endpoint: Some(format!("http://{server}")), credentials, ..S3Settings::default() };
    begin(Destination::parse(&format!("s3://{path}"), &s3).unwrap().unwrap(), settings)
}

/// Asks the server with a signature that moto does not check.
fn ask(method: &str, path: &str) -> (u16, ureq::http::HeaderMap, Vec<u8>) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let key = "AWS4-HMAC-SHA256 Credential=id/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let uri = format!("http://{}/{path}", server());
    let request = ureq::http::Request::builder().method(method).uri(uri).header("Authorization", key).body(()).unwrap();
    let (parts, mut body) = agent.run(request).unwrap().into_parts();
    let mut bytes = Vec::new();
    body.as_reader().read_to_end(&mut bytes).unwrap();
    (parts.status.as_u16(), parts.headers, bytes)
}

/// A new bucket.
fn bucket(name: &str) -> String {
    let name = format!("{name}-{}", std::process::id());
    assert_eq!(ask("PUT", &name).0, 200);
    name
}

/// Whether uploads in parts are in progress.
fn unfinished(bucket: &str) -> bool {
    String::from_utf8(ask("GET", &format!("{bucket}?uploads")).2).unwrap().contains("<UploadId>")
}

/// What a proxy does with a request.
enum Deed {
    Forward,
    /// Answers with a status and a body, after it has taken the request.
    Answer(&'static str, &'static str),
    /// Forwards it and loses the answer.
    LoseAnswer,
    /// Closes the connection in the middle of the request.
    Break,
}

/// A server that forwards to the real one, except as `deed` says for a request's first line.
fn proxy(deed: impl Fn(&str) -> Deed + Clone + Send + 'static) -> String {
    serve(move |mut talk: Talk| {
        let forward = |talk: &mut Talk| {
            if talk.head.header("expect").is_some() {
                talk.proceed();
            }
            let (body, whole) = if talk.head.header("content-length").is_some() { talk.body() } else { (Vec::new(), true) };
            let mut server = TcpStream::connect(server()).unwrap();
            let mut head = format!("{}\r\nConnection: close\r\n", talk.head.line);
            for (name, value) in talk.head.headers.iter().filter(|h| h.0 != "connection" && h.0 != "expect") {
                head += &format!("{name}: {value}\r\n");
            }
            server.write_all(format!("{head}\r\n").as_bytes()).unwrap();
            server.write_all(&body).unwrap();
            let mut answer = Vec::new();
            // A request that was broken off is so for the server too.
            if whole {
                server.read_to_end(&mut answer).unwrap();
            }
            answer
        };
        match deed(&talk.head.line) {
            Deed::Forward => {
                let answer = forward(&mut talk);
                let _ = talk.to.write_all(&answer);
            }
            Deed::LoseAnswer => drop(forward(&mut talk)),
            Deed::Answer(status, body) => {
                if talk.head.header("content-length").is_some() {
                    talk.body();
                }
                talk.answer(status, "", body);
            }
            Deed::Break => drop(talk.from.read_exact(&mut [0; 1000])),
        }
    })
}

/// Does `deed` with the first `times` requests whose lines begin and go on like this.
fn first(
    times: u32,
    method: &'static str,
    part: &'static str,
    deed: fn() -> Deed,
) -> (impl Fn(&str) -> Deed + Clone + Send, Arc<AtomicU32>) {
    let seen = Arc::new(AtomicU32::new(0));
    let count = seen.clone();
    let rule = move |line: &str| match line.starts_with(method) && line.contains(part) {
        true if count.fetch_add(1, Ordering::SeqCst) < times => deed(),
        _ => Deed::Forward,
    };
    (rule, seen)
}

#[test]
fn a_small_film_is_one_object() {
    let bucket = bucket("small");
    for (name, length) in [("a/film one.mp4", 100_000), ("chunk.mp4", 5 * MIB), ("empty.mp4", 0)] {
        let (mut writer, upload) = to(server(), &format!("{bucket}/{name}"), settings()).unwrap();
        let film = film(length);
        write(&mut writer, &film).unwrap();
        drop(writer);
        let uploaded = upload.finish().unwrap();
        assert_eq!((uploaded.bytes, uploaded.parts, uploaded.verified), (length as u64, 1, true));
        let path = format!("{bucket}/{}", name.replace(' ', "%20"));
        assert_eq!(uploaded.url, format!("http://{}/{path}", server()));
        let (status, headers, stored) = ask("GET", &path);
        assert!(status == 200 && stored == film);
        assert_eq!(
            (&headers["content-type"], headers["etag"].to_str().ok()),
            (&"video/mp4".parse().unwrap(), uploaded.etag.as_deref())
        );
    }
}

#[test]
fn a_large_film_is_put_together_from_parts() {
    let bucket = bucket("large");
    let (mut writer, upload) = to(server(), &format!("{bucket}/film.mp4"), settings()).unwrap();
    let film = film(42 * MIB + 77);
    write(&mut writer, &film).unwrap();
    let uploaded = upload.finish().unwrap();
    assert_eq!((uploaded.bytes, uploaded.parts, uploaded.verified), (film.len() as u64, 9, true));
    assert!(uploaded.etag.unwrap().ends_with("-9\""));
    let (_, headers, stored) = ask("GET", &format!("{bucket}/film.mp4"));
    assert!(stored == film && headers["content-type"] == "video/mp4");
    assert!(!unfinished(&bucket));
}

#[test]
fn an_upload_that_is_dropped_leaves_nothing() {
    let bucket = bucket("dropped");
    let (mut writer, upload) = to(server(), &format!("{bucket}/film.mp4"), settings()).unwrap();
    write(&mut writer, &film(12 * MIB)).unwrap();
    assert!(unfinished(&bucket));
    drop(upload);
    assert!(!unfinished(&bucket));
    assert_eq!(ask("HEAD", &format!("{bucket}/film.mp4")).0, 404);
    assert!(writer.write(b"more").unwrap_err().to_string().contains("the upload was broken off"));
    // Also while the server does not answer, and the writer waits.
    let (rule, sent) = first(1, "PUT", "partNumber=1&", || {
        thread::sleep(Duration::from_secs(5));
        Deed::Forward
    });
    let (mut writer, upload) = to(&proxy(rule), &format!("{bucket}/film.mp4"), settings()).unwrap();
    let writing = thread::spawn(move || write(&mut writer, &film(12 * MIB)).unwrap_err().to_string());
    until("a part is sent", || sent.load(Ordering::SeqCst) == 1);
    let begin = std::time::Instant::now();
    drop(upload);
    assert!(begin.elapsed() < Duration::from_secs(4));
    assert!(writing.join().unwrap().contains("the upload was broken off"));
    assert!(!unfinished(&bucket));
}

#[test]
fn requests_that_fail_are_tried_again() {
    type Case = (&'static str, &'static str, u32, fn() -> Deed, usize);
    let cases: [Case; 8] = [
        ("PUT", "partNumber=2&", 1, || Deed::Answer("500 Internal Server Error", ""), 2),
        ("PUT", "partNumber=1&", 2, || Deed::Break, 2),
        ("PUT", "partNumber=3&", 1, || Deed::LoseAnswer, 2),
        ("POST", "uploads=1", 2, || Deed::Answer("503 Service Unavailable", "<Error><Code>SlowDown</Code></Error>"), 2),
        ("POST", "uploadId=", 1, || Deed::Answer("200 OK", "<Error><Code>InternalError</Code><Message>m</Message></Error>"), 2),
        // The first try has succeeded, which the second learns.
        ("POST", "uploadId=", 1, || Deed::LoseAnswer, 2),
        ("PUT", "film.mp4?", 1, || Deed::LoseAnswer, 0),
        ("PUT", "film.mp4?", 1, || Deed::Answer("429 Too Many Requests", ""), 0),
    ];
    for (n, (method, part, times, deed, parts)) in cases.into_iter().enumerate() {
        let bucket = bucket(&format!("again{n}"));
        let (rule, seen) = first(times, method, part, deed);
        let (mut writer, upload) = to(&proxy(rule), &format!("{bucket}/film.mp4"), settings()).unwrap();
        let film = film(parts * 5 * MIB + 1000);
        write(&mut writer, &film).unwrap();
        let uploaded = upload.finish().unwrap_or_else(|e| panic!("{n}: {}", e.text()));
        assert_eq!(uploaded.parts as usize, parts + 1, "{n}");
        assert_eq!(seen.load(Ordering::SeqCst), times + 1, "{n}");
        assert!(ask("GET", &format!("{bucket}/film.mp4")).2 == film, "{n}");
    }
}

#[test]
fn an_upload_that_fails_in_the_middle_leaves_nothing() {
    type Case = (&'static str, fn() -> Deed, u32, &'static str);
    let cases: [Case; 4] = [
        (
            "partNumber=2&",
            || Deed::Answer("403 Forbidden", "<Error><Code>AccessDenied</Code><Message>not you</Message></Error>"),
            1,
            "sending part 2 was refused with status 403: AccessDenied: not you",
        ),
        ("partNumber=2&", || Deed::Break, 3, "sending part 2 failed: io: "),
        (
            "?uploadId=",
            || Deed::Answer("200 OK", "<Error><Code>EntityTooSmall</Code><Message>m</Message></Error>"),
            1,
            "putting the parts together was refused with status 200: EntityTooSmall: m",
        ),
        (
            "?uploadId=",
            || Deed::Answer("200 OK", ""),
            1,
            "the answer to putting the parts together (status 200) cannot be understood",
        ),
    ];
    for (n, (part, deed, tries, expected)) in cases.into_iter().enumerate() {
        let bucket = bucket(&format!("middle{n}"));
        let seen = Arc::new(AtomicU32::new(0));
        let count = seen.clone();
        let rule = move |line: &str| match line.contains("uploadId") && !line.starts_with("DELETE") && matches(line, part) {
            true => {
                count.fetch_add(1, Ordering::SeqCst);
                deed()
            }
            false => Deed::Forward,
        };
        let (mut writer, upload) = to(&proxy(rule), &format!("{bucket}/film.mp4"), settings()).unwrap();
        let written: io::Result<()> = write(&mut writer, &film(30 * MIB));
        let error = upload.finish().unwrap_err();
        assert!(error.text().contains(expected), "{n}: {}", error.text());
        assert!(!error.text().contains("Signature"), "{n}: {}", error.text());
        if part.starts_with("part") {
            assert_eq!(written.unwrap_err().to_string(), error.text());
        }
        assert_eq!(seen.load(Ordering::SeqCst), tries, "{n}");
        assert!(!unfinished(&bucket), "{n}");
        assert_eq!(ask("HEAD", &format!("{bucket}/film.mp4")).0, 404);
    }
}

/// Whether a request is of a part, or with `?uploadId=` of the whole upload.
fn matches(line: &str, part: &str) -> bool {
    if part.starts_with("part") { line.contains(part) } else { line.starts_with("POST") }
}

#[test]
fn parts_that_cannot_be_removed_are_named() {
    let bucket = bucket("left");
    let rule = |line: &str| match (line.split(' ').next(), line.contains("partNumber=2&")) {
        (Some("DELETE"), _) | (_, true) => Deed::Answer("403 Forbidden", ""),
        _ => Deed::Forward,
    };
    let (mut writer, upload) = to(&proxy(rule), &format!("{bucket}/film.mp4"), settings()).unwrap();
    let _ = write(&mut writer, &film(20 * MIB));
    let error = upload.finish().unwrap_err();
    let UploadError::Left { id, source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, UploadError::Refused { status: 403, .. }));
    assert!(String::from_utf8(ask("GET", &format!("{bucket}?uploads")).2).unwrap().contains(id.as_str()));
    assert!(error.text().contains("removing the parts was refused with status 403"), "{}", error.text());
}

#[test]
fn an_object_is_replaced_only_if_asked_for() {
    let bucket = bucket("exists");
    let path = format!("{bucket}/film.mp4");
    let store = |server: &str, film: &[u8], overwrite| {
        let (mut writer, upload) = to(server, &path, UploadSettings { overwrite, ..settings() })?;
        let _ = write(&mut writer, film);
        upload.finish()
    };
    store(server(), b"first", false).unwrap();
    assert!(matches!(store(server(), b"second", false), Err(UploadError::Exists { url }) if url.ends_with(&path)));
    assert_eq!(ask("GET", &path).2, b"first");
    store(server(), b"third", true).unwrap();
    assert_eq!(ask("GET", &path).2, b"third");
    // A key that may not look is not stopped by that, but by the condition of the request.
    let blind = proxy(|line| if line.starts_with("HEAD") { Deed::Answer("403 Forbidden", "") } else { Deed::Forward });
    assert!(matches!(store(&blind, b"fourth", false), Err(UploadError::Exists { .. })));
    assert!(!store(&blind, b"fifth", true).unwrap().verified);
    assert_eq!(ask("GET", &path).2, b"fifth");
    let large = film(11 * MIB);
    let in_parts = store(&blind, &large, false);
    assert!(matches!(in_parts, Err(UploadError::Exists { .. })), "{in_parts:?}");
    assert_eq!(ask("GET", &path).2, b"fifth");
    assert!(!unfinished(&bucket));
    // Storage without conditions, which it says once.
    let (rule, seen) =
        first(1, "PUT", "film.mp4?", || Deed::Answer("501 Not Implemented", "<Error><Code>NotImplemented</Code></Error>"));
    ask("DELETE", &path);
    store(&proxy(rule), b"sixth", false).unwrap();
    assert_eq!((ask("GET", &path).2, seen.load(Ordering::SeqCst)), (b"sixth".to_vec(), 2));
}

#[test]
fn a_bucket_that_is_not_there_is_an_error_at_once() {
    let error = to(server(), "no-such-bucket/film.mp4", settings()).unwrap_err();
    let expected =
        "/no-such-bucket/film.mp4: looking for the bucket was refused with status 404: there is no bucket no-such-bucket";
    assert!(error.to_string().ends_with(expected), "{error}");
    let elsewhere = serve(|mut talk: Talk| talk.answer("301 Moved Permanently", "x-amz-bucket-region: eu-west-1\r\n", ""));
    let error = to(&elsewhere, "films/film.mp4", settings()).unwrap_err();
    assert!(error.to_string().contains("the bucket is in the region eu-west-1, not us-east-1"), "{error}");
}

#[test]
fn what_is_stored_must_have_the_size_of_the_film() {
    let address = serve(move |mut talk: Talk| match talk.head.line.split(' ').next() {
        Some("PUT") => {
            talk.proceed();
            talk.body();
            talk.answer("200 OK", "ETag: \"e\"\r\n", "");
        }
        _ => talk.answer("200 OK", "Content-Length: 3\r\n", ""),
    });
    let (mut writer, upload) = to(&address, "films/film.mp4", UploadSettings { overwrite: true, ..settings() }).unwrap();
    writer.write_all(b"film").unwrap();
    let error = upload.finish().unwrap_err();
    assert!(error.to_string().ends_with(": 4 bytes were sent, but 3 are stored"), "{error}");
}

#[test]
fn two_chunks_are_in_memory_and_not_more() {
    let bucket = bucket("memory");
    let (go, went) = channel::<()>();
    let went = Arc::new(Mutex::new(went));
    let rule = move |line: &str| {
        if line.contains("partNumber=1&") {
            went.lock().unwrap().recv_timeout(LONGEST).unwrap();
        }
        Deed::Forward
    };
    let (mut writer, upload) = to(&proxy(rule), &format!("{bucket}/film.mp4"), settings()).unwrap();
    let taken = Arc::new(AtomicU64::new(0));
    let count = taken.clone();
    let writing = thread::spawn(move || {
        let piece = film(MIB / 4);
        for _ in 0..80 {
            writer.write_all(&piece).unwrap();
            count.fetch_add(piece.len() as u64, Ordering::SeqCst);
        }
    });
    until("two chunks are full", || taken.load(Ordering::SeqCst) == 10 * MIB as u64);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(taken.load(Ordering::SeqCst), 10 * MIB as u64);
    go.send(()).unwrap();
    writing.join().unwrap();
    assert_eq!(upload.finish().unwrap().bytes, 20 * MIB as u64);
}

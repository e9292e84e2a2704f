//! Uploads with PUT, to a server of the test.
use crate::common::{LONGEST, Talk, film, serve, until, write};
use cutroom_upload::{Destination, S3Settings, Upload, UploadError, UploadSettings, UploadWriter, begin};
use std::{
    io::{Read, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

fn settings() -> UploadSettings {
    UploadSettings {
        pause: Duration::from_millis(10),
        content_type: "video/mp4".into(),
        headers: vec![("Authorization".into(), "Bearer abc".into())],
        ..UploadSettings::default()
    }
}

fn to(address: &str, settings: UploadSettings) -> Result<(UploadWriter, Upload), UploadError> {
    let destination = Destination::parse(address, &S3Settings::default()).unwrap().unwrap();
    begin(destination, settings)
}

/// What a server got: the head of the request, the body, whether it is whole.
type Got = (Vec<(String, String)>, Vec<u8>, bool);

/// A server that takes films, and what it gets.
fn taking() -> (String, Receiver<Got>) {
    let (send, got) = channel();
    let address = serve(move |mut talk: Talk| {
        if talk.head.is("HEAD") {
            return talk.answer("404 Not Found", "", "");
        }
        talk.proceed();
        let (body, whole) = talk.body();
        let _ = send.send((talk.head.headers.clone(), body, whole));
        talk.answer("201 Created", "ETag: \"e\"\r\n", "");
    });
    (address, got)
}

#[test]
fn a_film_arrives_whole() {
    let (address, got) = taking();
    for (length, chunked) in [(3_500_000, true), (1 << 20, false), (5, false), (0, false)] {
        let (mut writer, upload) = to(&format!("http://{address}/film.mp4?token=1"), settings()).unwrap();
        let film = film(length);
        write(&mut writer, &film).unwrap();
        writer.flush().unwrap();
        // As a muxer drops its output before its film is finished.
        drop(writer);
        let uploaded = upload.finish().unwrap();
        assert_eq!((uploaded.bytes, uploaded.parts, uploaded.etag.as_deref()), (length as u64, 1, Some("\"e\"")));
        assert_eq!(uploaded.url, format!("http://{address}/film.mp4"));
        let (headers, body, whole) = got.recv_timeout(LONGEST).unwrap();
        assert!(whole && body == film, "{length}");
        let header = |name: &str| headers.iter().find(|h| h.0 == name).map(|h| h.1.as_str());
        assert_eq!(header("transfer-encoding").is_some(), chunked);
        assert_eq!(header("content-length").is_none(), chunked);
        for (name, value) in [("content-type", "video/mp4"), ("authorization", "Bearer abc"), ("if-none-match", "*")] {
            assert_eq!(header(name), Some(value));
        }
    }
}

#[test]
fn a_name_and_password_in_the_address_are_sent_but_not_shown() {
    let (address, got) = taking();
    let settings = UploadSettings { headers: Vec::new(), ..settings() };
    let (mut writer, upload) = to(&format!("http://me:pass@{address}/film.mp4"), settings).unwrap();
    writer.write_all(b"film").unwrap();
    assert_eq!(upload.finish().unwrap().url, format!("http://{address}/film.mp4"));
    let (headers, ..) = got.recv_timeout(LONGEST).unwrap();
    assert!(headers.contains(&("authorization".into(), "Basic bWU6cGFzcw==".into())), "{headers:?}");
    assert!(writer.write(b"more").unwrap_err().to_string().contains("the upload is over"));
}

#[test]
fn an_upload_that_is_dropped_arrives_truncated() {
    for length in [2_500_000, 100] {
        let (address, got) = taking();
        let (mut writer, upload) = to(&format!("http://{address}/film.mp4"), settings()).unwrap();
        write(&mut writer, &film(length)).unwrap();
        drop(upload);
        // Of a film of less than a chunk nothing was sent yet.
        if length > 1 << 20 {
            let (_, body, whole) = got.recv_timeout(LONGEST).unwrap();
            assert!(!whole && body.len() < length, "{} of {length}", body.len());
        } else {
            assert!(got.recv_timeout(Duration::from_millis(200)).is_err());
        }
        assert!(writer.write(b"more").unwrap_err().to_string().contains("the upload was broken off"));
    }
}

/// A server that answers every PUT with a status before its body; counts them.
fn refusing(status: &'static str, headers: &'static str, body: &'static str) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let address = serve(move |mut talk: Talk| match talk.head.is("HEAD") {
        true => talk.answer("405 Method Not Allowed", "", ""),
        false => {
            count.fetch_add(1, Ordering::SeqCst);
            talk.answer(status, headers, body);
        }
    });
    (address, asked)
}

/// Writes until the upload fails; what the writer and the upload say.
fn fail(address: &str, settings: UploadSettings) -> (String, UploadError) {
    let (mut writer, upload) = to(address, settings).unwrap();
    let film = film(1 << 20);
    let failed = (0..64).find_map(|_| writer.write_all(&film).err());
    (failed.map(|e| e.to_string()).unwrap_or_default(), upload.finish().unwrap_err())
}

#[test]
fn refusals_are_told_to_the_writer_and_at_the_end() {
    let page = "<html>no</html>";
    let cases = [
        ("403 Forbidden", "you may\r\nnot", 1, "sending the film was refused with status 403: you may not"),
        ("500 Internal Server Error", page, 3, "sending the film was refused with status 500"),
        ("507 Insufficient Storage", "", 3, "sending the film was refused with status 507"),
        ("411 Length Required", "", 1, "status 411: it may take no film whose length is not known before"),
    ];
    for (status, body, tries, expected) in cases {
        let (address, asked) = refusing(status, "", body);
        let (said, error) = fail(&format!("http://me:pass@{address}/film.mp4?token=1"), settings());
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().starts_with(&format!("http://{address}/film.mp4: ")), "{error}");
        assert!(matches!(error, UploadError::Refused { status: s, .. } if status.starts_with(&s.to_string())));
        assert_eq!(said, error.text());
        assert_eq!(asked.load(Ordering::SeqCst), tries, "{status}");
    }
}

#[test]
fn redirects_are_not_followed_but_named() {
    let (address, asked) = refusing("307 Temporary Redirect", "Location: /other/film.mp4?secret=1\r\n", "");
    let (said, error) = fail(&format!("http://{address}/film.mp4"), settings());
    let other = format!("http://{address}/other/film.mp4");
    assert!(matches!(&error, UploadError::Redirected { status: 307, to, .. } if *to == other));
    assert_eq!((said, asked.load(Ordering::SeqCst)), (error.text(), 1));
    // Known before anything is rendered, if the address is asked for.
    let address = serve(|mut talk: Talk| talk.answer("301 Moved Permanently", "Location: https://host/film.mp4\r\n", ""));
    let error = to(&format!("http://{address}/film.mp4"), settings()).unwrap_err();
    assert!(error.to_string().contains("sends asking for the address on to https://host/film.mp4 (status 301)"), "{error}");
}

#[test]
fn a_file_is_replaced_only_if_asked_for() {
    let conditions = Arc::new(Mutex::new(Vec::new()));
    let seen = conditions.clone();
    let address = serve(move |mut talk: Talk| match talk.head.is("HEAD") {
        true => talk.answer("200 OK", "Content-Length: 77\r\n", ""),
        false => {
            seen.lock().unwrap().push(talk.head.header("if-none-match").map(str::to_owned));
            talk.proceed();
            talk.body();
            talk.answer("204 No Content", "", "");
        }
    });
    let address = format!("http://{address}/film.mp4");
    assert!(matches!(to(&address, settings()), Err(UploadError::Exists { url }) if url == address));
    let (mut writer, upload) = to(&address, UploadSettings { overwrite: true, ..settings() }).unwrap();
    writer.write_all(b"film").unwrap();
    upload.finish().unwrap();
    assert_eq!(*conditions.lock().unwrap(), [None]);
    // One that came after it was looked for.
    let (address, _) = refusing("412 Precondition Failed", "", "");
    assert!(matches!(fail(&format!("http://{address}/film.mp4"), settings()).1, UploadError::Exists { .. }));
}

#[test]
fn a_slow_server_holds_the_writer_up() {
    const FILM: usize = 64 << 20;
    let (go, went) = channel::<()>();
    let went = Arc::new(Mutex::new(went));
    let (sum, arrived) = channel();
    let address = serve(move |mut talk: Talk| {
        if talk.head.is("HEAD") {
            return talk.answer("404 Not Found", "", "");
        }
        talk.proceed();
        went.lock().unwrap().recv_timeout(LONGEST).unwrap();
        sum.send(talk.body()).unwrap();
        talk.answer("201 Created", "", "");
    });
    let (mut writer, upload) = to(&format!("http://{address}/film.mp4"), settings()).unwrap();
    let taken = Arc::new(AtomicU64::new(0));
    let count = taken.clone();
    let writing = thread::spawn(move || {
        let piece = film(1 << 16);
        for _ in 0..FILM / piece.len() {
            writer.write_all(&piece).unwrap();
            count.fetch_add(piece.len() as u64, Ordering::SeqCst);
        }
    });
    let before = Arc::new(AtomicU64::new(1));
    until("the writer stands still", || {
        thread::sleep(Duration::from_millis(300));
        let now = taken.load(Ordering::SeqCst);
        now == before.swap(now, Ordering::SeqCst)
    });
    // Two chunks of 1 MiB, and what the system keeps for the socket on both sides.
    let held = before.load(Ordering::SeqCst);
    assert!(held < 2 << 20 | 12 << 20, "{held}");
    go.send(()).unwrap();
    writing.join().unwrap();
    assert_eq!(upload.finish().unwrap().bytes, FILM as u64);
    let (body, whole) = arrived.recv_timeout(LONGEST).unwrap();
    assert!(whole && body.len() == FILM);
}

#[test]
fn servers_that_do_not_know_expectations_are_served() {
    for refuses in [false, true] {
        let (send, got) = channel();
        let address = serve(move |mut talk: Talk| match (talk.head.is("HEAD"), talk.head.header("expect").is_some()) {
            (true, _) => talk.answer("501 Not Implemented", "", ""),
            (_, true) if refuses => talk.answer("417 Expectation Failed", "", ""),
            _ => {
                send.send(talk.body()).unwrap();
                talk.answer("200 OK", "", "");
            }
        });
        let (mut writer, upload) = to(&format!("http://{address}/film.mp4"), settings()).unwrap();
        let film = film(2_000_000);
        write(&mut writer, &film).unwrap();
        upload.finish().unwrap();
        assert!(got.recv_timeout(LONGEST).unwrap() == (film, true));
    }
}

#[test]
fn connections_that_break_are_errors() {
    // In the middle of the film, which cannot be sent again.
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let address = serve(move |mut talk: Talk| {
        if talk.head.is("HEAD") {
            return talk.answer("404 Not Found", "", "");
        }
        count.fetch_add(1, Ordering::SeqCst);
        talk.proceed();
        let _ = talk.from.read_exact(&mut vec![0; 1_500_000]);
    });
    let (said, error) = fail(&format!("http://{address}/film.mp4"), settings());
    assert!(matches!(error, UploadError::Connection { .. }), "{error}");
    assert_eq!((said, asked.load(Ordering::SeqCst)), (error.text(), 1));
    // An answer that comes too early.
    let (address, _) = refusing("201 Created", "", "");
    let (_, error) = fail(&format!("http://{address}/film.mp4"), settings());
    assert!(error.to_string().contains("(status 201) cannot be understood: it came before the end of the film"), "{error}");
    // Nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = to(&format!("http://{free}/film.mp4"), settings()).unwrap_err();
    let expected = format!("http://{free}/film.mp4: asking for the address failed: io: ");
    assert!(error.text().starts_with(&expected), "{}", error.text());
    // A server that takes nothing.
    let stalling = serve(|mut talk: Talk| {
        talk.proceed();
        thread::sleep(Duration::from_secs(10));
    });
    let settings = UploadSettings { overwrite: true, stall: Duration::from_millis(200), ..settings() };
    let (_, error) = fail(&format!("http://{stalling}/film.mp4"), settings);
    assert!(error.text().contains("timeout"), "{}", error.text());
    // A header that cannot be sent.
    let headers = vec![("Bad name".into(), "x".into())];
    let error = to("http://127.0.0.1:9/film.mp4", UploadSettings { headers, ..UploadSettings::default() }).unwrap_err();
    assert!(error.text().contains("invalid HTTP header name"), "{}", error.text());
}

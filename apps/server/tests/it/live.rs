//! Views: edits in step, pictures with their numbers, playback with sound.
use crate::support::{Bench, TOKEN};
use cutroom_api::{LIVE_HEADER_BYTES, LIVE_KEY, LIVE_SETTLED, LiveCodec, LiveHeader, LiveKind, LiveScope};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

struct Client(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

enum Got {
    Text(Value),
    Binary(LiveHeader, Vec<u8>),
}

impl Client {
    async fn new(b: &Bench) -> Self {
        Self::with(b, "", &["jpeg"]).await
    }

    async fn with(b: &Bench, query: &str, decoders: &[&str]) -> Self {
        let url = format!("ws://{}/api/v1/projects/film/live?token={TOKEN}{query}", b.address());
        let mut client = Self(connect_async(url).await.unwrap().0);
        client.send(json!({"type": "hello", "decoders": decoders, "width": 128, "height": 72, "dpr": 2})).await;
        client
    }

    async fn send(&mut self, message: Value) {
        self.0.send(Message::Text(message.to_string().into())).await.unwrap();
    }

    async fn next(&mut self) -> Got {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(60), self.0.next()).await.expect("a message").unwrap().unwrap();
            match message {
                Message::Text(text) => return Got::Text(serde_json::from_str(&text).unwrap()),
                Message::Binary(bytes) => {
                    let header = LiveHeader::from_bytes(&bytes).unwrap();
                    if header.kind == LiveKind::Picture {
                        self.send(json!({"type": "credit", "sequence": header.sequence, "shown": 1, "late_ms": 0.5})).await;
                    }
                    return Got::Binary(header, bytes[LIVE_HEADER_BYTES..].to_vec());
                }
                _ => {}
            }
        }
    }

    async fn text(&mut self, kind: &str) -> Value {
        loop {
            if let Got::Text(text) = self.next().await
                && text["type"] == kind
            {
                return text;
            }
        }
    }

    async fn picture(&mut self, of: impl Fn(&LiveHeader) -> bool) -> (LiveHeader, Vec<u8>) {
        loop {
            if let Got::Binary(header, bytes) = self.next().await
                && header.kind == LiveKind::Picture
                && of(&header)
            {
                return (header, bytes);
            }
        }
    }

    async fn command(&mut self, id: u64, command: Value) -> Value {
        self.send(json!({"type": "command", "id": id, "command": command})).await;
        loop {
            let answer = self.text("answer").await;
            if answer["id"] == id {
                return answer;
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The mean of a JPEG's red, green and blue, by ffmpeg.
fn mean(b: &Bench, jpeg: &[u8]) -> [u8; 3] {
    let path = b.dir.path().join("mean.jpg");
    std::fs::write(&path, jpeg).unwrap();
    let args = ["-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
    let out = std::process::Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(args).output().unwrap();
    out.stdout[..3].try_into().unwrap()
}

#[test]
fn pictures_have_the_frame_and_the_revision_that_they_show() {
    let b = Bench::new();
    runtime().block_on(async {
        let mut client = Client::new(&b).await;
        assert_eq!(client.text("welcome").await["revision"], 1);
        let (first, bytes) = client.picture(|h| h.flags & LIVE_SETTLED != 0).await;
        assert_eq!((first.frame, first.revision, first.width, first.height), (0, 1, 128, 72));
        assert!(bytes.starts_with(b"\xFF\xD8") && first.identity != 0);
        client.send(json!({"type": "seek", "generation": 5, "frame": 80})).await;
        let (red, bytes) = client.picture(|h| h.generation == 5 && h.flags & LIVE_SETTLED != 0).await;
        assert_eq!((red.frame, red.time), (80, 80 * 28_224_000));
        let [r, g, _] = mean(&b, &bytes);
        assert!(r > 190 && g < 110, "{r} {g}");
        // An edit draws the picture at rest again.
        let set = json!({"set": {"of": {"clip": "c2"}, "field": "source.color", "value": [0.1, 0.1, 0.8, 1.0]}});
        let answer = client.command(1, set).await;
        assert!(answer["errors"].is_null() && answer["revision"] == 2, "{answer}");
        let (blue, bytes) = client.picture(|h| h.revision == 2 && h.flags & LIVE_SETTLED != 0).await;
        let [r, _, blue_mean] = mean(&b, &bytes);
        assert!(blue.frame == 80 && blue.identity != red.identity && r < 110 && blue_mean > 190, "{r} {blue_mean}");
        client.command(2, json!({"undo": {}})).await;
        let (undone, _) = client.picture(|h| h.revision == 3 && h.flags & LIVE_SETTLED != 0).await;
        assert_eq!(undone.identity, red.identity);
        // Dragging: the last frame comes.
        for n in 10..40 {
            client.send(json!({"type": "seek", "generation": 6 + n, "frame": n, "dragging": true})).await;
        }
        let (dragged, _) = client.picture(|h| h.generation == 45 && h.frame == 39).await;
        assert_eq!(dragged.revision, 3);
        // What makes no sense is said, and the connection goes on.
        client.send(json!({"type": "fly"})).await;
        assert_eq!(client.text("failed").await["errors"][0]["code"], "server.message");
        let refused = client.command(3, json!({"delete": {"clips": ["zz"]}})).await;
        assert_eq!(refused["errors"][0]["code"], "project.edit.no_such_clip");
    });
}

#[test]
fn two_views_see_each_others_edits_in_order() {
    let b = Bench::new();
    runtime().block_on(async {
        let (mut one, mut two) = (Client::new(&b).await, Client::new(&b).await);
        one.text("welcome").await;
        assert_eq!(two.text("welcome").await["clients"], 2);
        let mut of_two = two;
        for n in 0..10 {
            let set = json!({"set": {"of": {"clip": "c1"}, "field": "name", "value": format!("take {n}")}});
            one.send(json!({"type": "command", "id": n, "command": set})).await;
            let other = json!({"set": {"of": {"clip": "c2"}, "field": "name", "value": format!("shot {n}")}});
            of_two.send(json!({"type": "command", "id": n, "command": other})).await;
        }
        let mut seen: [Vec<Value>; 2] = [vec![], vec![]];
        for (client, seen) in [&mut one, &mut of_two].into_iter().zip(&mut seen) {
            while seen.len() < 20 {
                let edits = client.text("edits").await;
                assert_eq!(edits["revision"], 2 + seen.len() as u64);
                assert_eq!(edits["edits"].as_array().unwrap().len(), 1);
                seen.push(edits);
            }
        }
        assert_eq!(seen[0], seen[1]);
        drop(of_two);
        loop {
            if one.text("presence").await["clients"] == 1 {
                break;
            }
        }
    });
    let clips = &b.get("/api/v1/projects/film/document")["project"]["compositions"][0]["tracks"][0]["clips"];
    assert_eq!((&clips[0]["name"], &clips[1]["name"]), (&json!("take 9"), &json!("shot 9")));
}

/// Sound comes complete and in order; pictures are those of its time.
#[test]
fn playback_sends_pictures_and_sound() {
    let b = Bench::new();
    runtime().block_on(async {
        let mut client = Client::new(&b).await;
        client.picture(|h| h.flags & LIVE_SETTLED != 0).await;
        client.send(json!({"type": "play", "generation": 9, "from": 25})).await;
        let (mut frames, mut samples, mut loudest, mut is_over) = (Vec::new(), 0_u64, 0_i16, false);
        while !is_over {
            match client.next().await {
                Got::Binary(header, bytes) if header.kind == LiveKind::Sound => {
                    assert_eq!((header.generation, header.frame, header.width, header.height), (9, samples, 2, 480));
                    samples += bytes.len() as u64 / 4;
                    let all = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
                    loudest = loudest.max(all.max().unwrap_or(0));
                }
                Got::Binary(header, _) if header.generation == 9 => frames.push(header.frame),
                Got::Text(text) => is_over = text["type"] == "event" && text["event"]["event"] == "played",
                Got::Binary(..) => {}
            }
        }
        // Three seconds; a tone of an eighth of full scale in the first of them.
        assert_eq!(samples, 3 * 48_000);
        assert!((i32::from(loudest) - 4096).abs() < 20, "{loudest}");
        // All of them, but for those that a busy machine leaves out.
        assert!(frames.len() > 40 && frames.is_sorted() && frames.iter().all(|n| (25..100).contains(n)), "{frames:?}");
    });
}

/// While it plays, H.264 to those who decode it: its pictures are those of the film, with the identity
/// that they have at rest, and a refresh begins with one that needs no other.
#[test]
fn playback_is_h264_for_those_who_decode_it() {
    let b = Bench::new();
    runtime().block_on(async {
        let mut client = Client::with(&b, "", &["jpeg", "h264"]).await;
        let (first, _) = client.picture(|h| h.flags & LIVE_SETTLED != 0).await;
        assert_eq!(first.codec, LiveCodec::Jpeg);
        client.send(json!({"type": "play", "generation": 3, "from": 40})).await;
        let (key, mut stream) = client.picture(|h| h.generation == 3).await;
        if key.codec == LiveCodec::Jpeg {
            eprintln!("this FFmpeg has no x264");
            return;
        }
        assert_eq!((key.codec, key.flags & LIVE_KEY), (LiveCodec::H264, LIVE_KEY));
        let (mut headers, mut refreshed) = (vec![key], false);
        while headers.len() < 40 {
            let (header, unit) = client.picture(|h| h.generation == 3).await;
            if header.codec != LiveCodec::H264 {
                break;
            }
            assert!(header.sequence > headers.last().unwrap().sequence);
            stream.extend(unit);
            headers.push(header);
            if headers.len() == 6 {
                client.send(json!({"type": "refresh"})).await;
            }
            refreshed |= (7..12).contains(&headers.len()) && header.flags & LIVE_KEY != 0;
        }
        assert!(headers.len() > 15 && refreshed, "{}", headers.len());
        // The stream decodes to as many pictures; those of the second clip are red.
        let path = b.dir.path().join("stream.h264");
        std::fs::write(&path, &stream).unwrap();
        let args = ["-vf", "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"];
        let out = std::process::Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(args).output().unwrap();
        assert_eq!(out.stdout.len(), 3 * headers.len(), "{}", String::from_utf8_lossy(&out.stderr));
        for (header, rgb) in headers.iter().zip(out.stdout.chunks_exact(3)) {
            let is_red = rgb[0] > 180 && rgb[1] < 110;
            assert_eq!(is_red, header.frame >= 50, "{} {rgb:?}", header.frame);
        }
        let played = headers.last().unwrap();
        client.send(json!({"type": "seek", "generation": 4, "frame": played.frame})).await;
        let (rest, _) = client.picture(|h| h.generation == 4 && h.flags & LIVE_SETTLED != 0).await;
        assert_eq!((rest.codec, rest.identity), (LiveCodec::Jpeg, played.identity));
    });
}

/// Scopes of the picture at rest and of those that play; levels of what is heard, silence at the end.
#[test]
fn scopes_and_levels_come_to_those_who_want_them() {
    let b = Bench::new();
    runtime().block_on(async {
        let mut client = Client::new(&b).await;
        client.send(json!({"type": "seek", "generation": 2, "frame": 80})).await;
        client.picture(|h| h.generation == 2 && h.flags & LIVE_SETTLED != 0).await;
        client.send(json!({"type": "watch", "scopes": ["histogram", "vectorscope"], "meters": true})).await;
        for scope in [LiveScope::Vectorscope, LiveScope::Histogram] {
            let (header, png) = loop {
                match client.next().await {
                    Got::Binary(header, bytes) if header.kind == LiveKind::Scope => break (header, bytes),
                    _ => {}
                }
            };
            assert_eq!((header.codec, header.frame, header.generation), (LiveCodec::Scope(scope), 80, 2));
            assert_eq!((header.width, header.height), (256, 256));
            assert!(png.starts_with(b"\x89PNG"));
        }
        client.send(json!({"type": "play", "generation": 3, "from": 25})).await;
        let (mut levels, mut scopes) = (Vec::new(), 0);
        loop {
            match client.next().await {
                Got::Binary(header, _) if header.kind == LiveKind::Scope => scopes += 1,
                Got::Text(text) if text["type"] == "meters" => {
                    let peak = text["levels"][0]["peak_db"][0].as_f64().unwrap();
                    let is_end = text["sample"] == 0 && peak == -120.0;
                    levels.push(peak);
                    if is_end {
                        break;
                    }
                }
                _ => {}
            }
        }
        // An eighth of full scale is -18.06 dB, for a second of twenty blocks; then silence.
        assert!(levels[..20].iter().all(|db| (db + 18.06).abs() < 0.1), "{levels:?}");
        assert!(levels.len() >= 60 && levels[21..].iter().all(|db| *db == -120.0), "{levels:?}");
        // At most ten a second of each kind.
        assert!((10..=72).contains(&scopes), "{scopes}");
    });
}

/// A medium is a film of its own, of its size and length; it is told nothing of the document.
#[test]
fn a_medium_is_looked_at_alone() {
    let b = Bench::new();
    runtime().block_on(async {
        let mut document = Client::new(&b).await;
        let mut source = Client::with(&b, "&media=a", &["jpeg"]).await;
        let state = source.text("state").await;
        assert_eq!((&state["composition"], &state["frame_rate"]), (&json!("source"), &json!("25")));
        source.send(json!({"type": "seek", "generation": 2, "frame": 49})).await;
        let (last, jpeg) = source.picture(|h| h.generation == 2 && h.flags & LIVE_SETTLED != 0).await;
        assert_eq!((last.frame, last.width, last.height), (49, 128, 72));
        // The same frame of the file, as the document shows it.
        document.send(json!({"type": "seek", "generation": 2, "frame": 49})).await;
        let (_, same) = document.picture(|h| h.generation == 2 && h.flags & LIVE_SETTLED != 0).await;
        assert_eq!(jpeg, same);
        let set = json!({"set": {"of": {"clip": "c1"}, "field": "name", "value": "x"}});
        assert!(document.command(1, set).await["errors"].is_null());
        source.send(json!({"type": "show", "generation": 3})).await;
        loop {
            match source.next().await {
                Got::Text(text) if text["type"] == "edits" || text["type"] == "presence" => panic!("{text}"),
                Got::Text(text) if text["type"] == "failed" => {
                    assert_eq!(text["errors"][0]["code"], "usage.command");
                    break;
                }
                _ => {}
            }
        }
        source.send(json!({"type": "play", "generation": 4, "from": 0})).await;
        source.picture(|h| h.generation == 4 && h.frame > 10).await;
        let mut none = Client::with(&b, "&media=zz", &["jpeg"]).await;
        assert_eq!(none.text("failed").await["errors"][0]["code"], "usage.media");
    });
}

#[test]
fn a_server_that_ends_closes_its_views() {
    let mut b = Bench::new();
    runtime().block_on(async {
        let mut client = Client::new(&b).await;
        client.text("welcome").await;
        let server = b.server.take();
        let closing = tokio::task::spawn_blocking(move || drop(server));
        loop {
            match tokio::time::timeout(Duration::from_secs(30), client.0.next()).await.expect("the end") {
                None | Some(Err(_)) | Some(Ok(Message::Close(_))) => break,
                Some(Ok(_)) => {}
            }
        }
        closing.await.unwrap();
    });
}

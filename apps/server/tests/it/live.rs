//! Views: edits in step, pictures with their numbers, playback with sound.
use crate::support::{Bench, TOKEN};
use cutroom_api::{LIVE_HEADER_BYTES, LIVE_SETTLED, LiveHeader, LiveKind};
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
        let url = format!("ws://{}/api/v1/projects/film/live?token={TOKEN}", b.address());
        let mut client = Self(connect_async(url).await.unwrap().0);
        client.send(json!({"type": "hello", "decoders": ["jpeg"], "width": 128, "height": 72, "dpr": 2})).await;
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

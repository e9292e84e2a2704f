//! The WebSocket of a view: JSON texts both ways, pictures and sound to the view.
use crate::{
    answer::Answer,
    project::{Executed, Project},
    projects::is_over,
    shared::Shared,
    view::{Drawn, Heard, Inlet, Outlet, text},
};
use axum::{
    body::Bytes,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    response::Response,
};
use cutroom_api::{
    ApiError, ClientMessage, LIVE_HEADER_BYTES, LiveCodec, LiveHeader, LiveKind, ServerMessage, SessionEvent, ViewId, encode_jpeg,
};
use futures_util::{SinkExt, StreamExt, stream::FuturesOrdered};
use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, interval_at, timeout},
};

/// Greatest length of a message from a view.
const MAX_MESSAGE_BYTES: usize = 8 << 20;
/// Pictures that may be on their way, by number and by bytes: the next one waits until some were shown.
const MAX_PICTURES: usize = 3;
const MAX_PICTURE_BYTES: usize = 512 << 10;
/// A view that has not said for so long that pictures were shown gets the next one all the same.
const PATIENCE: Duration = Duration::from_secs(2);
/// Commands of a view that may wait for their answers before no more are read.
const MAX_COMMANDS: usize = 256;
/// How long nothing is read while the project is behind.
const BEHIND: Duration = Duration::from_millis(2);
/// How often a silent view is asked whether it is there, and how long a message may take.
const PING: Duration = Duration::from_secs(20);
const SENDING: Duration = Duration::from_secs(20);

/// The socket of a view of a project.
pub async fn live(State(shared): State<Shared>, Path(id): Path<String>, upgrade: WebSocketUpgrade) -> Answer<Response> {
    let project = shared.projects.get(&id)?;
    let room = shared.projects.room()?;
    let upgrade = upgrade.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    let ending = shared.projects.ending();
    Ok(upgrade.on_upgrade(move |socket| async move {
        run(socket, project, ending).await;
        drop(room);
    }))
}

async fn run(mut socket: WebSocket, project: Arc<Project>, mut ending: watch::Receiver<bool>) {
    let (outlet, inlet) = Outlet::new();
    match project.open_view(outlet).await {
        Ok(view) => {
            let connection = Connection { project: &project, view, sequence: 0, on_the_way: VecDeque::new() };
            connection.run(&mut socket, inlet, &mut ending).await;
            project.close_view(view);
        }
        Err(refusal) => {
            let message = ServerMessage::Failed { errors: refusal.errors() };
            let _ = socket.send(Message::Text(text(&message))).await;
        }
    }
    if *ending.borrow() {
        let frame = CloseFrame { code: close_code::AWAY, reason: "the server ends".into() };
        let _ = timeout(Duration::from_secs(1), socket.send(Message::Close(Some(frame)))).await;
    }
    let _ = timeout(Duration::from_secs(1), socket.close()).await;
}

struct Connection<'a> {
    project: &'a Project,
    view: ViewId,
    /// Number of the last picture or block of sound.
    sequence: u32,
    /// Numbers and sizes of pictures that were not shown yet, and when they were sent.
    on_the_way: VecDeque<(u32, usize, Instant)>,
}

impl Connection<'_> {
    /// Runs until either end is closed.
    async fn run(mut self, socket: &mut WebSocket, inlet: Inlet, ending: &mut watch::Receiver<bool>) {
        let (mut to, mut from) = socket.split();
        let Inlet { mut messages, mut pictures, mut sound, made } = inlet;
        let mut seen = 0_u32;
        // Answers come in the order of the commands.
        let mut answers = FuturesOrdered::new();
        let mut ping = interval_at(Instant::now() + PING, PING);
        let mut heard_since_ping = true;
        loop {
            let has_room = self.has_room();
            // What changed is told before the answer to the command that changed it.
            let message = tokio::select! {
                biased;
                message = messages.recv() => match message {
                    Some(message) => Message::Text(message),
                    None => return,
                },
                Some((id, done)) = answers.next(), if !answers.is_empty() => Message::Text(text(&answer(id, done))),
                // What was commanded is answered first.
                () = is_over(ending), if answers.is_empty() => return,
                Some(block) = sound.recv() => self.sound(&block),
                // Who sends faster than the project follows has to wait.
                () = tokio::time::sleep(BEHIND), if self.project.is_behind() => continue,
                received = from.next(), if answers.len() < MAX_COMMANDS && !self.project.is_behind() => {
                    heard_since_ping = true;
                    match received {
                        Some(Ok(Message::Text(line))) => {
                            match serde_json::from_str::<ClientMessage>(&line) {
                                Ok(ClientMessage::Command { id, command }) => {
                                    let done = self.project.execute(Some(self.view), command, None);
                                    answers.push_back(async move { (id, done.await) });
                                }
                                Ok(ClientMessage::Credit { sequence, .. }) => self.credit(sequence),
                                Ok(message) => self.project.look(self.view, message),
                                Err(e) => {
                                    let error = ApiError::new("server.message", format!("a message cannot be read: {e}"));
                                    if to.send(Message::Text(text(&ServerMessage::Failed { errors: vec![error] }))).await.is_err() {
                                        return;
                                    }
                                }
                            }
                            continue;
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                        Some(Ok(Message::Binary(_))) => continue,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    }
                }
                changed = pictures.changed(), if has_room => {
                    if changed.is_err() {
                        return;
                    }
                    let drawn = pictures.borrow_and_update().clone();
                    let now = made.load(Ordering::Relaxed);
                    (1..now.wrapping_sub(seen)).for_each(|_| self.project.figures.note_dropped("jpeg"));
                    seen = now;
                    match drawn {
                        Some(drawn) => match self.picture(drawn).await {
                            Some(message) => message,
                            None => continue,
                        },
                        None => continue,
                    }
                }
                _ = tokio::time::sleep(PATIENCE), if !has_room => continue,
                _ = ping.tick() => {
                    if !std::mem::take(&mut heard_since_ping) {
                        return;
                    }
                    Message::Ping(Bytes::new())
                }
            };
            // A view that takes nothing is gone.
            if !matches!(timeout(SENDING, to.send(message)).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Whether another picture may be sent.
    fn has_room(&mut self) -> bool {
        while self.on_the_way.front().is_some_and(|(_, _, sent)| sent.elapsed() >= PATIENCE) {
            self.on_the_way.pop_front();
        }
        let bytes: usize = self.on_the_way.iter().map(|(_, bytes, _)| bytes).sum();
        self.on_the_way.len() < MAX_PICTURES && bytes < MAX_PICTURE_BYTES
    }

    fn credit(&mut self, sequence: u32) {
        self.on_the_way.retain(|(number, _, _)| *number > sequence);
    }

    /// A picture as a message; `None` if it cannot be encoded.
    async fn picture(&mut self, drawn: Arc<Drawn>) -> Option<Message> {
        let of_thread = Arc::clone(&drawn);
        let jpeg = tokio::task::spawn_blocking(move || encode_jpeg(&of_thread.picture)).await;
        let jpeg = match jpeg {
            Ok(Ok(jpeg)) => jpeg,
            Ok(Err(e)) => {
                tracing::warn!("frame {} cannot be encoded: {e}", drawn.frame);
                return None;
            }
            Err(e) => {
                tracing::warn!("encoding frame {} broke off: {e}", drawn.frame);
                return None;
            }
        };
        self.sequence = self.sequence.wrapping_add(1);
        let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
        let header = LiveHeader {
            kind: LiveKind::Picture,
            codec: LiveCodec::Jpeg,
            flags: drawn.flags,
            generation: drawn.generation,
            frame: u64::try_from(drawn.frame).unwrap_or(0),
            time: drawn.time,
            revision: drawn.revision,
            sequence: self.sequence,
            width: side(drawn.picture.size.width),
            height: side(drawn.picture.size.height),
            identity: drawn.identity,
            render_us: drawn.render_us,
        };
        self.project.figures.note_picture("jpeg", jpeg.len());
        let message = framed(&header, &jpeg);
        self.on_the_way.push_back((self.sequence, jpeg.len(), Instant::now()));
        Some(message)
    }

    /// A block of sound as a message: 16 bits, the first two channels, or one twice.
    fn sound(&mut self, heard: &Heard) -> Message {
        self.sequence = self.sequence.wrapping_add(1);
        let channels = &heard.block.channels;
        let pair = [channels.first(), channels.get(1).or(channels.first())];
        let mut bytes = Vec::with_capacity(heard.block.len() * 4);
        for i in 0..heard.block.len() {
            for channel in pair {
                let sample = channel.and_then(|c| c.get(i)).copied().unwrap_or(0.0);
                bytes.extend(((sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes());
            }
        }
        let header = LiveHeader {
            kind: LiveKind::Sound,
            codec: LiveCodec::PcmS16,
            flags: 0,
            generation: heard.generation,
            frame: heard.first,
            time: 0,
            revision: 0,
            sequence: self.sequence,
            width: 2,
            height: u16::try_from(heard.block.rate_hz / 100).unwrap_or(u16::MAX),
            identity: 0,
            render_us: 0,
        };
        framed(&header, &bytes)
    }
}

fn framed(header: &LiveHeader, payload: &[u8]) -> Message {
    let mut bytes = Vec::with_capacity(LIVE_HEADER_BYTES + payload.len());
    bytes.extend(header.to_bytes());
    bytes.extend(payload);
    Message::Binary(bytes.into())
}

fn answer(id: u64, done: Answer<Executed>) -> ServerMessage {
    match done {
        Ok(Executed { revision, event }) => {
            ServerMessage::Answer { id, revision, event: Some(Box::<SessionEvent>::new(event)), errors: Vec::new() }
        }
        Err(refusal) => ServerMessage::Answer { id, revision: 0, event: None, errors: refusal.errors() },
    }
}

//! The WebSocket of a view: JSON texts both ways, pictures and sound to the view.
use crate::{
    answer::Answer,
    encoding::{self, PictureEncoder},
    flow::{Flow, PATIENCE},
    project::{Executed, Project},
    projects::is_over,
    shared::Shared,
    view::{Drawn, Heard, Inlet, Outlet, SharedState, text},
};
use axum::{
    body::Bytes,
    extract::{
        Path, Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    response::Response,
};
use cutroom_api::{
    ApiError, ClientMessage, LIVE_HEADER_BYTES, LiveCodec, LiveHeader, LiveKind, LiveScope, ServerMessage, SessionEvent, ViewId,
};
use futures_util::{SinkExt, StreamExt, stream::FuturesOrdered};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    time::{interval, timeout},
};

/// Greatest length of a message from a view.
const MAX_MESSAGE_BYTES: usize = 8 << 20;
/// How often the time to a view and back is measured.
const PING: Duration = Duration::from_secs(2);
/// A view that is silent for so long is gone; so long may sending a message take.
const SILENCE: Duration = Duration::from_secs(20);
/// Commands of a view that may wait for their answers before no more are read, by number and by length of
/// their texts.
const MAX_COMMANDS: usize = 256;
const MAX_COMMAND_BYTES: usize = 12 << 20;
/// Greatest length of a message that is no command.
const MAX_LOOK_BYTES: usize = 64 << 10;
/// How long nothing is read while the project is behind.
const BEHIND: Duration = Duration::from_millis(2);
const SENDING: Duration = Duration::from_secs(20);
/// Shortest time between scopes while pictures move.
const SCOPES: Duration = Duration::from_millis(100);

#[derive(Deserialize, JsonSchema)]
pub struct Shows {
    /// A medium to be looked at, instead of the document.
    media: Option<String>,
}

/// The socket of a view of a project.
pub async fn live(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(shows): Query<Shows>,
    upgrade: WebSocketUpgrade,
) -> Answer<Response> {
    let project = shared.projects.get(&id)?;
    let room = shared.projects.room()?;
    let upgrade = upgrade.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    let ending = shared.projects.ending();
    Ok(upgrade.on_upgrade(move |socket| async move {
        run(socket, project, shows.media, ending).await;
        drop(room);
    }))
}

async fn run(mut socket: WebSocket, project: Arc<Project>, media: Option<String>, mut ending: watch::Receiver<bool>) {
    let (outlet, inlet) = Outlet::new();
    match project.open_view(outlet, media).await {
        Ok(view) => {
            let connection = Connection::new(&project, view, Arc::clone(&inlet.shared));
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
    shared: Arc<SharedState>,
    /// Number of the last picture or block of sound.
    sequence: u32,
    flow: Flow,
    encoder: PictureEncoder,
    /// Scopes that the view wants.
    scopes: BTreeSet<LiveScope>,
    /// When scopes were drawn last, and the picture that was sent last.
    scoped: Option<Instant>,
    last: Option<Arc<Drawn>>,
    /// Messages that are to be sent next.
    ready: VecDeque<Message>,
}

impl<'a> Connection<'a> {
    fn new(project: &'a Project, view: ViewId, shared: Arc<SharedState>) -> Self {
        Self {
            project,
            view,
            shared,
            sequence: 0,
            flow: Flow::new(),
            encoder: PictureEncoder::default(),
            scopes: BTreeSet::new(),
            scoped: None,
            last: None,
            ready: VecDeque::new(),
        }
    }

    /// Runs until either end is closed.
    async fn run(mut self, socket: &mut WebSocket, inlet: Inlet, ending: &mut watch::Receiver<bool>) {
        let (mut to, mut from) = socket.split();
        let Inlet { mut messages, mut pictures, mut sound, .. } = inlet;
        let mut seen = 0_u32;
        // Answers come in the order of the commands.
        let mut answers = FuturesOrdered::new();
        let mut waiting = 0_usize;
        let mut ping = interval(PING);
        let (mut heard, mut asked) = (Instant::now(), None);
        loop {
            let has_room = self.flow.has_room(Instant::now());
            if answers.len() >= MAX_COMMANDS || waiting >= MAX_COMMAND_BYTES {
                // Nobody is silent who is not listened to.
                heard = Instant::now();
            }
            // What changed is told before the answer to the command that changed it.
            let message = tokio::select! {
                biased;
                message = messages.recv() => match message {
                    Some(message) => Message::Text(message),
                    None => return,
                },
                Some((id, bytes, done)) = answers.next(), if !answers.is_empty() => {
                    waiting -= bytes;
                    // What it changed may have come just now.
                    while let Ok(message) = messages.try_recv() {
                        if !matches!(timeout(SENDING, to.send(Message::Text(message))).await, Ok(Ok(()))) {
                            return;
                        }
                    }
                    Message::Text(text(&answer(id, done)))
                }
                // What was commanded is answered first.
                () = is_over(ending), if answers.is_empty() => return,
                Some(block) = sound.recv() => self.sound(&block),
                () = std::future::ready(()), if !self.ready.is_empty() => match self.ready.pop_front() {
                    Some(message) => message,
                    None => continue,
                },
                // Who sends faster than the project follows has to wait.
                () = tokio::time::sleep(BEHIND), if self.project.is_behind() => {
                    heard = Instant::now();
                    continue;
                }
                received = from.next(), if answers.len() < MAX_COMMANDS && waiting < MAX_COMMAND_BYTES && !self.project.is_behind() => {
                    heard = Instant::now();
                    match received {
                        Some(Ok(Message::Text(line))) => {
                            match serde_json::from_str::<ClientMessage>(&line) {
                                Ok(ClientMessage::Command { id, command }) => {
                                    let done = self.project.execute(Some(self.view), command, None);
                                    let bytes = line.len();
                                    waiting += bytes;
                                    answers.push_back(async move { (id, bytes, done.await) });
                                }
                                Ok(_) if line.len() > MAX_LOOK_BYTES => {
                                    let error = ApiError::new("server.message", "a message that is no command is too long");
                                    self.ready.push_back(Message::Text(text(&ServerMessage::Failed { errors: vec![error] })));
                                }
                                Ok(message) => self.received(message).await,
                                Err(e) => {
                                    let error = ApiError::new("server.message", format!("a message cannot be read: {e}"));
                                    self.ready.push_back(Message::Text(text(&ServerMessage::Failed { errors: vec![error] })));
                                }
                            }
                        }
                        Some(Ok(Message::Pong(_))) => {
                            if let Some(asked) = asked.take() {
                                self.flow.answered(heard - asked);
                            }
                        }
                        Some(Ok(Message::Ping(_) | Message::Binary(_))) => {}
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    }
                    continue;
                }
                changed = pictures.changed(), if has_room => {
                    if changed.is_err() {
                        return;
                    }
                    let drawn = pictures.borrow_and_update().clone();
                    let now = self.shared.made.load(Ordering::Relaxed);
                    (1..now.wrapping_sub(seen)).for_each(|_| self.project.figures.note_dropped("live"));
                    seen = now;
                    if let Some(drawn) = drawn {
                        self.picture(drawn).await;
                    }
                    continue;
                }
                () = tokio::time::sleep(PATIENCE / 20), if !has_room => continue,
                _ = ping.tick() => {
                    if heard.elapsed() > SILENCE {
                        return;
                    }
                    asked = Some(Instant::now());
                    Message::Ping(Bytes::new())
                }
            };
            // A view that takes nothing is gone.
            if !matches!(timeout(SENDING, to.send(message)).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Takes in a message that is no command.
    async fn received(&mut self, message: ClientMessage) {
        match &message {
            ClientMessage::Credit { sequence, .. } => return self.flow.credit(*sequence, Instant::now()),
            ClientMessage::Hello { decoders, .. } => {
                self.encoder.has_h264 = decoders.iter().any(|decoder| decoder == "h264");
                self.encoder.begin_again();
            }
            ClientMessage::Refresh {} => self.encoder.begin_again(),
            ClientMessage::Watch { scopes, .. } => {
                self.scopes.clone_from(scopes);
                self.scoped = None;
                if let Some(drawn) = self.last.clone() {
                    self.draw_scopes(drawn).await;
                }
            }
            _ => {}
        }
        self.project.look(self.view, message);
    }

    /// Encodes a picture, and its scopes, to be sent next.
    async fn picture(&mut self, drawn: Arc<Drawn>) {
        let (of_thread, mut encoder) = (Arc::clone(&drawn), std::mem::take(&mut self.encoder));
        let encoded = tokio::task::spawn_blocking(move || (encoder.encode(&of_thread), encoder)).await;
        let encoded = match encoded {
            Ok((encoded, encoder)) => {
                self.encoder = encoder;
                encoded
            }
            Err(e) => {
                tracing::warn!("encoding frame {} broke off: {e}", drawn.frame);
                return;
            }
        };
        let encoded = match encoded {
            Ok(encoded) => encoded,
            Err(e) => {
                tracing::warn!("frame {} cannot be encoded: {e}", drawn.frame);
                return;
            }
        };
        let header = LiveHeader {
            codec: encoded.codec,
            flags: drawn.flags | encoded.flags,
            ..self.header(&drawn, LiveKind::Picture, drawn.picture.size.width, drawn.picture.size.height)
        };
        self.flow.plays(drawn.plays.map(|fps| Duration::from_secs_f64(1.0 / fps.max(1.0))));
        self.flow.sent(header.sequence, encoded.bytes.len(), Instant::now());
        let kind = if encoded.codec == LiveCodec::H264 { "h264" } else { "jpeg" };
        self.project.figures.note_picture(kind, encoded.bytes.len());
        if drawn.plays.is_some() {
            self.shared.played.fetch_add(1, Ordering::Relaxed);
        }
        self.ready.push_back(framed(&header, &encoded.bytes));
        // While pictures move, not each has its scopes.
        let is_due = drawn.plays.is_none() || self.scoped.is_none_or(|at| at.elapsed() >= SCOPES);
        self.last = Some(Arc::clone(&drawn));
        if is_due {
            self.draw_scopes(drawn).await;
        }
    }

    async fn draw_scopes(&mut self, drawn: Arc<Drawn>) {
        if self.scopes.is_empty() {
            return;
        }
        self.scoped = Some(Instant::now());
        let (of_thread, wanted) = (Arc::clone(&drawn), self.scopes.clone());
        match tokio::task::spawn_blocking(move || encoding::scopes(&of_thread, &wanted)).await {
            Ok(scopes) => {
                for scoped in scopes {
                    let header = self.header(&drawn, LiveKind::Scope, scoped.size.width, scoped.size.height);
                    let header = LiveHeader { codec: LiveCodec::Scope(scoped.scope), ..header };
                    self.ready.push_back(framed(&header, &scoped.bytes));
                }
            }
            Err(e) => tracing::warn!("scopes of frame {} broke off: {e}", drawn.frame),
        }
    }

    /// The header of something that shows a picture, with the next number.
    fn header(&mut self, drawn: &Drawn, kind: LiveKind, width: u32, height: u32) -> LiveHeader {
        self.sequence = self.sequence.wrapping_add(1);
        let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
        LiveHeader {
            kind,
            codec: LiveCodec::Jpeg,
            flags: drawn.flags,
            generation: drawn.generation,
            frame: u64::try_from(drawn.frame).unwrap_or(0),
            time: drawn.time,
            revision: drawn.revision,
            sequence: self.sequence,
            width: side(width),
            height: side(height),
            identity: drawn.identity,
            render_us: drawn.render_us,
        }
    }

    /// A block of sound as a message.
    fn sound(&mut self, heard: &Heard) -> Message {
        self.sequence = self.sequence.wrapping_add(1);
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
        framed(&header, &encoding::samples(heard))
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

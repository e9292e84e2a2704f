//! A view: what one who looks at a project wants to see, and what is sent there.
use crate::ladder::Ladder;
use axum::extract::ws::Utf8Bytes;
use cutroom_api::{
    ApiError, AudioBlock, CancelToken, ClientMessage, FrameHandle, LIVE_REDUCED, LIVE_SETTLED, LiveQuality, LiveSession, Picture,
    RenderScale, ServerMessage, Shown, SizeReason, SoundLevels, TimerSink, TransportActivity, TransportReport, Urgency, ViewId,
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};

/// Messages that may wait for a view; one that has more does not read them.
const MAX_MESSAGES: usize = 1024;
/// Blocks of sound that may wait for a view.
const MAX_BLOCKS: usize = 64;
/// While it plays, the playhead is told this often.
const TOLD: Duration = Duration::from_millis(100);
/// Height of pictures while somebody drags, in pixels: they come sooner.
const DRAGGED_HEIGHT_PX: f64 = 540.0;

/// A message as JSON.
pub fn text(message: &ServerMessage) -> Utf8Bytes {
    // A message has no keys but texts, so that it can be written.
    serde_json::to_string(message).unwrap_or_default().into()
}

/// A picture that is to be sent.
pub struct Drawn {
    pub generation: u32,
    /// Pictures per second, if it is one of playback.
    pub plays: Option<f64>,
    pub frame: i64,
    pub time: i64,
    pub revision: u64,
    pub flags: u8,
    pub identity: u32,
    pub render_us: u32,
    pub picture: Picture,
}

/// A block of sound that is to be sent.
pub struct Heard {
    pub generation: u32,
    /// Its first sample, counted from where playback began.
    pub first: u64,
    pub block: AudioBlock,
}

/// The project's end of the way to a view.
pub struct Outlet {
    messages: mpsc::Sender<Utf8Bytes>,
    /// Only the newest picture is sent.
    pictures: watch::Sender<Option<Arc<Drawn>>>,
    sound: mpsc::Sender<Heard>,
    shared: Arc<SharedState>,
}

/// What both ends of the way know.
#[derive(Default)]
pub struct SharedState {
    generation: AtomicU32,
    /// Whether levels of the sound are wanted.
    meters: AtomicBool,
    /// How many pictures of playback were sent.
    pub played: AtomicU64,
    /// Number of pictures that were made, which wraps.
    pub made: AtomicU32,
}

/// The socket's end.
pub struct Inlet {
    pub shared: Arc<SharedState>,
    /// As JSON.
    pub messages: mpsc::Receiver<Utf8Bytes>,
    pub pictures: watch::Receiver<Option<Arc<Drawn>>>,
    pub sound: mpsc::Receiver<Heard>,
}

impl Outlet {
    /// Both ends.
    pub fn new() -> (Self, Inlet) {
        let (messages, of_messages) = mpsc::channel(MAX_MESSAGES);
        let (pictures, of_pictures) = watch::channel(None);
        let (sound, of_sound) = mpsc::channel(MAX_BLOCKS);
        let shared: Arc<SharedState> = Arc::default();
        let inlet = Inlet { shared: Arc::clone(&shared), messages: of_messages, pictures: of_pictures, sound: of_sound };
        (Self { messages, pictures, sound, shared }, inlet)
    }

    /// Puts a picture where the socket takes the newest one.
    fn show(&self, drawn: Drawn) {
        self.shared.made.fetch_add(1, Ordering::Relaxed);
        self.pictures.send_replace(Some(Arc::new(drawn)));
    }

    /// Where the sound of playback goes: to the view, by the machine's clock.
    pub fn sink(&self) -> TimerSink {
        let (sound, messages, shared) = (self.sound.clone(), self.messages.clone(), Arc::clone(&self.shared));
        TimerSink::new().heard_by(move |first, block| {
            let generation = shared.generation.load(Ordering::Acquire);
            if shared.meters.load(Ordering::Relaxed) {
                let levels = vec![SoundLevels::of(block)];
                // As with the sound itself.
                let _ = messages.try_send(text(&ServerMessage::Meters { generation, sample: first, levels }));
            }
            // A view that does not read its sound does without.
            let _ = sound.try_send(Heard { generation, first, block: block.clone() });
        })
    }
}

/// Flags of a picture at a scale.
fn flags_at(scale: RenderScale) -> u8 {
    if scale == RenderScale::FULL { 0 } else { LIVE_REDUCED }
}

/// A picture that was requested.
struct Wanted {
    handle: FrameHandle,
    since: Instant,
    /// Whether it is the picture at rest.
    settles: bool,
    scale: RenderScale,
}

/// A view of a project.
pub struct View {
    id: ViewId,
    /// Whether it shows the document, and is told of its changes.
    pub follows: bool,
    outlet: Outlet,
    size: (u32, u32),
    quality: LiveQuality,
    wanted: Option<Wanted>,
    /// Whether the picture at the playhead is to be drawn when the newest document is open.
    redraws: bool,
    told: Option<(TransportReport, Instant)>,
    is_busy: bool,
    ladder: Ladder,
    /// Whether it played at the last update: the picture at rest follows.
    played: bool,
    /// Generation, frame and revision of the picture of playback that was sent last.
    last_shown: Option<(u32, i64, u64)>,
    /// The frame that was requested last.
    requested: Option<i64>,
    /// Size of pictures while it plays, as the view was told.
    told_size: Option<(u32, u32)>,
}

impl View {
    pub fn new(id: ViewId, outlet: Outlet, follows: bool) -> Self {
        let quality = LiveQuality::default();
        Self {
            id,
            follows,
            outlet,
            size: (1280, 720),
            quality,
            wanted: None,
            redraws: true,
            told: None,
            is_busy: true,
            ladder: Ladder::new(),
            played: false,
            last_shown: None,
            requested: None,
            told_size: None,
        }
    }

    /// Whether something is under way that the view waits for.
    pub fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Sends a message; `false` if the view does not read them any more.
    pub fn say(&mut self, message: &ServerMessage) -> bool {
        self.pass_on(text(message))
    }

    /// Sends a message that is written already.
    pub fn pass_on(&mut self, message: Utf8Bytes) -> bool {
        self.outlet.messages.try_send(message).is_ok()
    }

    /// The picture at the playhead is drawn again.
    pub fn redraw(&mut self) {
        self.redraws = true;
        self.is_busy = true;
    }

    /// Takes in what the view says.
    pub fn look(&mut self, session: &mut LiveSession, message: &ClientMessage) {
        self.is_busy = true;
        let done = match message {
            ClientMessage::Hello { width, height, .. } | ClientMessage::View { width, height } => {
                self.size = ((*width).max(1), (*height).max(1));
                self.resize(session)
            }
            ClientMessage::Quality { mode } => {
                self.quality = *mode;
                self.resize(session)
            }
            ClientMessage::Refresh {} => {
                self.redraw();
                Ok(())
            }
            ClientMessage::Watch { meters, .. } => {
                self.outlet.shared.meters.store(*meters, Ordering::Relaxed);
                Ok(())
            }
            ClientMessage::Show { generation, composition } => {
                self.begin(session, *generation);
                self.redraw();
                self.command(session, &json!({"show": {"composition": composition}})).and_then(|()| self.resize(session))
            }
            ClientMessage::Play { generation, from, speed } => {
                self.begin(session, *generation);
                let sought = from.map_or(Ok(()), |from| self.seek(session, "seek", from));
                sought.and_then(|()| self.command(session, &json!({"shuttle": {"speed": speed}})))
            }
            ClientMessage::Pause { generation } => {
                self.begin(session, *generation);
                self.redraws = true;
                self.command(session, &json!({"pause": {}}))
            }
            ClientMessage::Seek { generation, frame, dragging } => {
                self.begin(session, *generation);
                self.redraws = !dragging;
                let name = if *dragging { "scrub" } else { "seek" };
                self.seek(session, name, *frame).and_then(|()| {
                    if *dragging {
                        let scale = self.scale(session, Some(DRAGGED_HEIGHT_PX));
                        self.request(session, scale, false)?;
                    }
                    Ok(())
                })
            }
            // Those are for the socket and the session.
            ClientMessage::Command { .. } | ClientMessage::Credit { .. } => Ok(()),
        };
        if let Err(errors) = done {
            self.say(&ServerMessage::Failed { errors });
        }
    }

    /// What follows is of another generation; what still comes of the one before is not sent.
    fn begin(&mut self, session: &mut LiveSession, generation: u32) {
        // The next command may have to wait until the newest document is open; this one does not.
        let playing = [TransportActivity::Playing, TransportActivity::Prerolling];
        let plays = session.transport(self.id).is_ok_and(|t| playing.contains(&t.activity));
        if plays && let Err(errors) = self.command(session, &json!({"pause": {}})) {
            self.say(&ServerMessage::Failed { errors });
        }
        if let Ok(engine) = session.engine(self.id) {
            engine.shown().clear();
        }
        self.played = false;
        self.outlet.shared.generation.store(generation, Ordering::Release);
        self.wanted = None;
    }

    fn command(&self, session: &mut LiveSession, command: &Value) -> Result<(), Vec<ApiError>> {
        session.execute_in(self.id, command, &CancelToken::new(), &mut |_| {}).map(drop)
    }

    /// Moves the playhead, within the composition.
    fn seek(&self, session: &mut LiveSession, name: &str, frame: i64) -> Result<(), Vec<ApiError>> {
        let (_, _, frames) = session.shown(self.id).map_err(|e| vec![e])?;
        if frames == 0 {
            // There is nothing to go to.
            return Ok(());
        }
        self.command(session, &json!({name: {"to": frame.clamp(0, frames - 1).to_string()}}))
    }

    /// Pictures get another size from now on.
    fn resize(&mut self, session: &mut LiveSession) -> Result<(), Vec<ApiError>> {
        self.redraw();
        self.ladder = Ladder::new();
        self.apply_size(session)
    }

    /// Lets playback have the size that it should have, and tells the view.
    fn apply_size(&mut self, session: &mut LiveSession) -> Result<(), Vec<ApiError>> {
        let greatest = self.ladder.greatest_height_px();
        let scale = self.scale(session, greatest);
        self.command(session, &json!({"preview": {"scale": scale.value()}}))?;
        let Some((size, _)) = session.format(self.id) else { return Ok(()) };
        let size = scale.size(size);
        let why = match (greatest, self.quality) {
            (Some(_), LiveQuality::Auto) => SizeReason::Late,
            (_, LiveQuality::Half | LiveQuality::Quarter) => SizeReason::Chosen,
            _ => SizeReason::View,
        };
        if self.told_size.replace((size.width, size.height)) != Some((size.width, size.height)) {
            self.say(&ServerMessage::QualityNow { width: size.width, height: size.height, why });
        }
        Ok(())
    }

    /// While it plays: smaller pictures if they come too late.
    fn adapt(&mut self, session: &mut LiveSession, plays: Option<f64>) -> Result<(), Vec<ApiError>> {
        let Some(due_per_sec) = plays.filter(|_| self.quality == LiveQuality::Auto) else {
            self.ladder.rest();
            return Ok(());
        };
        let Some((size, _)) = session.format(self.id) else { return Ok(()) };
        let view_height = f64::from(self.scale(session, None).size(size).height);
        let sent = self.outlet.shared.played.load(Ordering::Relaxed);
        if self.ladder.note(Instant::now(), sent, due_per_sec, view_height) {
            return self.apply_size(session);
        }
        Ok(())
    }

    /// The smallest of a few scales at which pictures fill the view.
    fn scale(&self, session: &LiveSession, greatest_height_px: Option<f64>) -> RenderScale {
        let Some((size, _)) = session.format(self.id) else { return RenderScale::FULL };
        let wanted = match self.quality {
            LiveQuality::Half => 0.5,
            LiveQuality::Quarter => 0.25,
            LiveQuality::Full | LiveQuality::Auto => {
                let fits = (f64::from(self.size.0) / f64::from(size.width)).min(f64::from(self.size.1) / f64::from(size.height));
                let at_most = greatest_height_px.map_or(1.0, |height| height / f64::from(size.height));
                fits.min(at_most)
            }
        };
        let ladder = [0.125, 0.25, 1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75];
        let scale = ladder.into_iter().find(|scale| *scale >= wanted - 1e-9).unwrap_or(1.0);
        RenderScale::new(scale).unwrap_or(RenderScale::FULL)
    }

    fn request(&mut self, session: &mut LiveSession, scale: RenderScale, settles: bool) -> Result<(), Vec<ApiError>> {
        let one = |e| vec![e];
        let frame = session.transport(self.id).map_err(one)?.frame;
        self.requested = Some(frame);
        let engine = session.engine(self.id).map_err(one)?;
        let urgency = if settles { Urgency::Normal } else { Urgency::Scrub };
        let handle = engine.request(frame, scale, urgency);
        self.wanted = Some(Wanted { handle, since: Instant::now(), settles, scale });
        Ok(())
    }

    /// Sends what is new; `false` if the view is gone.
    pub fn update(&mut self, session: &mut LiveSession) -> bool {
        if let Err(errors) = self.pictures(session) {
            self.say(&ServerMessage::Failed { errors });
        }
        self.state(session) && !self.outlet.messages.is_closed()
    }

    fn pictures(&mut self, session: &mut LiveSession) -> Result<(), Vec<ApiError>> {
        let generation = self.outlet.shared.generation.load(Ordering::Acquire);
        let one = |e| vec![e];
        let transport = session.transport(self.id).map_err(one)?;
        let plays = matches!(transport.activity, TransportActivity::Playing | TransportActivity::Prerolling);
        let fps = session.format(self.id).map_or(25.0, |(_, rate)| rate.as_f64());
        let due_per_sec = fps * transport.speed.abs().min(1.0);
        self.adapt(session, (transport.activity == TransportActivity::Playing).then_some(due_per_sec))?;
        let scale = self.scale(session, None);
        let engine = session.engine(self.id).map_err(one)?;
        let rate = engine.document().map(|(_, open)| open.composition().frame_rate);
        let time_of = |frame: i64| rate.map_or(0, |rate| rate.time_of_frame(frame).0);
        // In slow motion the same frame is due again and again.
        let newest = engine.shown().pop_back();
        let of = |shown: &Shown| Some((generation, shown.frame, shown.revision));
        if let Some(shown) = newest.filter(|shown| of(shown) != self.last_shown) {
            self.last_shown = of(&shown);
            let drawn = Drawn {
                generation,
                plays: Some(due_per_sec),
                frame: shown.frame,
                time: time_of(shown.frame),
                revision: shown.revision,
                flags: flags_at(engine.state().scale),
                identity: shown.key.map_or(0, |key| key.first_bits()),
                render_us: 0,
                picture: shown.picture,
            };
            self.outlet.show(drawn);
        }
        let answer = self.wanted.as_ref().map(|wanted| wanted.handle.poll());
        match answer {
            Some(Ok(Some(answer))) => {
                let time = time_of(answer.frame);
                if let Some(wanted) = &self.wanted {
                    let flags = flags_at(wanted.scale) | if wanted.settles && answer.exact { LIVE_SETTLED } else { 0 };
                    let render_us = u32::try_from(wanted.since.elapsed().as_micros()).unwrap_or(u32::MAX);
                    let identity = answer.key.map_or(0, |key| key.first_bits());
                    let drawn = Drawn {
                        generation,
                        plays: None,
                        frame: answer.frame,
                        time,
                        revision: answer.revision,
                        flags,
                        identity,
                        render_us,
                        picture: answer.picture,
                    };
                    self.outlet.show(drawn);
                }
                if answer.exact {
                    self.wanted = None;
                }
            }
            Some(Err(e)) => {
                self.wanted = None;
                if e.code() != "engine.overtaken" {
                    return Err(vec![ApiError::of(e.code(), &*e)]);
                }
            }
            Some(Ok(None)) | None => {}
        }
        // The picture at rest: once nothing else is under way, so that it is that of the newest document.
        let is_idle = engine.is_idle();
        // Where the playhead comes to rest, also after it had to wait for the newest document.
        let rests = transport.activity == TransportActivity::Paused;
        if !plays && self.played || rests && self.requested != Some(transport.frame) {
            self.redraws = true;
        }
        self.played = plays;
        let is_open = transport.activity != TransportActivity::Opening;
        if is_open && transport.frames == 0 || !is_open && engine.failure().is_some() {
            // There is nothing to draw, until the document changes.
            (self.redraws, self.wanted) = (false, None);
        }
        if self.redraws && !plays && self.wanted.is_none() && is_idle {
            self.redraws = false;
            self.request(session, scale, true)?;
        }
        self.is_busy = self.redraws || self.wanted.is_some() || plays || !is_idle;
        Ok(())
    }

    /// Says that nothing is heard any more, to those who want levels.
    fn silence(&mut self) {
        if self.outlet.shared.meters.load(Ordering::Relaxed) {
            let generation = self.outlet.shared.generation.load(Ordering::Acquire);
            let levels = vec![SoundLevels { track: None, peak_db: vec![-120.0; 2], rms_db: vec![-120.0; 2] }];
            self.say(&ServerMessage::Meters { generation, sample: 0, levels });
        }
    }

    /// Says what the transport does, if that is new.
    fn state(&mut self, session: &mut LiveSession) -> bool {
        let Ok(now) = session.transport(self.id) else { return false };
        let plays = |report: &TransportReport| report.activity == TransportActivity::Playing;
        if self.told.as_ref().is_some_and(|(before, _)| plays(before)) && !plays(&now) {
            self.silence();
        }
        if let Some((before, since)) = &self.told {
            let same_but_frame = TransportReport { frame: now.frame, timecode: now.timecode.clone(), ..before.clone() } == now;
            if *before == now || (same_but_frame && now.activity == TransportActivity::Playing && since.elapsed() < TOLD) {
                return true;
            }
        }
        let frame_rate = session.format(self.id).map(|(_, rate)| rate.to_string()).unwrap_or_default();
        let report = now.clone();
        self.told = Some((now, Instant::now()));
        self.say(&ServerMessage::State {
            composition: report.composition,
            activity: report.activity,
            frame: report.frame,
            frames: report.frames,
            frame_rate,
            speed: report.speed,
        })
    }
}

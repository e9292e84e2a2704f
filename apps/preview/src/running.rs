//! The thread of the session: carries out the orders of the window, and puts there what is new.
use crate::{
    before::Before,
    film::{Film, Medium, media_of, with_facts},
    link::{Board, Figures, Link, Note, Order, Shown, Weight},
    words,
};
use cutroom_api::{
    ApiError, CancelToken, Editor, FrameHandle, LiveOptions, LiveSession, RenderScale, SessionEvent, SoundOutput,
    TransportActivity, TransportReport, Urgency, ViewId,
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

/// How often the session is updated while something is under way, while jobs run, and while nothing
/// is.
const BUSY: Duration = Duration::from_millis(2);
const WORKING: Duration = Duration::from_millis(20);
const IDLE: Duration = Duration::from_millis(100);
/// How often figures are told while something is under way.
const FIGURES: Duration = Duration::from_millis(250);
/// Height of pictures while somebody drags, in pixels: they come sooner.
const DRAGGED_HEIGHT_PX: f64 = 540.0;

/// How a session is shown.
#[derive(Clone, Default)]
pub struct RunOptions {
    /// How the session runs.
    pub live: LiveOptions,
    /// Whether commands that change the document are refused.
    pub read_only: bool,
    /// The output on which the sound is heard; `None`: the system's default.
    pub device: Option<String>,
    /// Lets nobody hear the sound.
    pub null_sink: bool,
    /// Where the playhead begins.
    pub from: Option<String>,
    /// The composition that is shown; `None`: the main one.
    pub composition: Option<String>,
    /// Pixels drawn for each pixel of the film.
    pub scale: f64,
}

/// Starts the thread of a session.
///
/// # Errors
/// `engine.thread`: there is no thread.
pub fn start(editor: Editor, options: RunOptions, board: Board) -> Result<Link, ApiError> {
    let (orders, queue) = mpsc::channel();
    let of_thread = board.clone();
    let run = move || {
        let ended = Running::new(editor, options, of_thread.clone()).map_or_else(Some, |running| running.run(&queue));
        if let Some(error) = ended {
            of_thread.put(|news| news.ended = Some(error));
            of_thread.tell();
        }
    };
    let thread = thread::Builder::new().name("session".into()).spawn(run).map_err(|e| ApiError::of("engine.thread", &e))?;
    Ok(Link::new(orders, board, thread))
}

/// A picture that was requested.
struct Wanted {
    handle: FrameHandle,
    since: Instant,
}

struct Running {
    session: LiveSession,
    view: ViewId,
    options: RunOptions,
    board: Board,
    sound: SoundOutput,
    film: Option<Arc<Film>>,
    media: Arc<Vec<Medium>>,
    /// Revision and address of the open document whose facts of files are known.
    facts: Option<(u64, usize)>,
    wanted: Option<Wanted>,
    /// Whether the picture at the playhead is to be drawn when the newest document is open.
    redraws: bool,
    /// The frame that was requested last.
    requested: Option<i64>,
    /// Whether it played at the last update.
    played: bool,
    is_busy: bool,
    told: Option<TransportReport>,
    /// The last command that was carried out since it was told.
    answered: Option<u64>,
    figures: (Figures, Instant),
    /// The clip whose effects are left out beside the picture, and that picture's session.
    compared: Option<String>,
    before: Option<Before>,
}

fn one(error: ApiError) -> Vec<ApiError> {
    vec![error]
}

impl Running {
    fn new(editor: Editor, options: RunOptions, board: Board) -> Result<Self, ApiError> {
        let mut session = LiveSession::new(editor, LiveOptions { watches: true, keeps_changes: true, ..options.live.clone() })?;
        let main = session.session().project().main_composition();
        let (rate_hz, channels) = main.map_or((48_000, 2), |main| (main.sample_rate_hz, main.channels as usize));
        let (sound, sink) = SoundOutput::open(options.device.as_deref(), options.null_sink, rate_hz, channels)?;
        let view = session.open_view(sink)?;
        let media = Arc::default();
        let mut running = Self {
            session,
            view,
            options,
            board,
            sound,
            film: None,
            media,
            facts: None,
            wanted: None,
            redraws: true,
            requested: None,
            played: false,
            is_busy: true,
            told: None,
            answered: None,
            figures: (Figures::default(), Instant::now()),
            compared: None,
            before: None,
        };
        let RunOptions { composition, from, scale, .. } = running.options.clone();
        let first = |errors: Vec<ApiError>| errors.into_iter().next();
        let mut begins = vec![json!({"preview": {"scale": scale}})];
        begins.extend(composition.map(|id| json!({"show": {"composition": id}})));
        begins.extend(from.map(|from| json!({"seek": {"to": from}})));
        for command in begins {
            if let Some(e) = running.command(&command).err().and_then(first) {
                return Err(e);
            }
        }
        running.media = Arc::new(media_of(running.session.session()));
        running.show_film();
        Ok(running)
    }

    /// Runs until the window is closed, or until it cannot go on: why not.
    fn run(mut self, queue: &mpsc::Receiver<Order>) -> Option<ApiError> {
        loop {
            let jobs = self.session.job_count() > 0;
            let pause = if self.is_busy {
                BUSY
            } else if jobs {
                WORKING
            } else {
                IDLE
            };
            match queue.recv_timeout(pause) {
                Ok(order) => {
                    let all = std::iter::once(order).chain(queue.try_iter()).collect();
                    if self.carry_out(all) {
                        return None;
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            if let Err(errors) = self.update() {
                self.fail(&errors);
            }
            // What a command has led to is told before that it is answered.
            if let Some(number) = self.answered.take() {
                self.board.put(|news| news.answered = Some(number));
            }
            self.board.tell();
        }
    }

    /// Carries out orders; of positions that follow each other only the last one. `true` at the
    /// end.
    fn carry_out(&mut self, orders: Vec<Order>) -> bool {
        self.is_busy = true;
        let mut orders = orders.into_iter().peekable();
        while let Some(order) = orders.next() {
            match order {
                Order::Stop => return true,
                Order::Scrub(_) if matches!(orders.peek(), Some(Order::Scrub(_))) => {}
                Order::Scrub(frame) => {
                    if let Err(errors) = self.scrub(frame) {
                        self.fail(&errors);
                    }
                }
                Order::Scale(scale) => {
                    self.options.scale = scale;
                    if let Err(errors) = self.command(&json!({"preview": {"scale": scale}})) {
                        self.fail(&errors);
                    }
                    self.redraws = true;
                }
                Order::Before(clip) => {
                    self.compared = clip;
                    self.before = None;
                    self.board.put(|news| news.before = Some(None));
                }
                Order::Command { number, command } => {
                    let done = self.guarded(&command);
                    match done {
                        Ok(event) => words::of(&event).into_iter().for_each(|note| self.board.note(note)),
                        Err(errors) => errors.iter().for_each(|e| self.board.note(Note::of(Weight::Refusal, e))),
                    }
                    self.answered = Some(number);
                }
            }
        }
        false
    }

    fn fail(&self, errors: &[ApiError]) {
        errors.iter().for_each(|e| self.board.note(Note::of(Weight::Error, e)));
    }

    /// A command of the window; what changes the document is refused where nothing may be changed.
    fn guarded(&mut self, command: &Value) -> Result<SessionEvent, Vec<ApiError>> {
        const LOOKING: &[&str] = &["play", "pause", "seek", "step", "shuttle", "loop", "preview", "show", "transport", "history"];
        let looks = command.as_object().is_some_and(|fields| fields.keys().all(|name| LOOKING.contains(&name.as_str())));
        if self.options.read_only && !looks {
            let error = ApiError::new("usage.command", "the window was opened to look only; nothing is changed");
            return Err(one(error.hint("open it without --read-only to edit")));
        }
        self.command(command)
    }

    fn command(&mut self, command: &Value) -> Result<SessionEvent, Vec<ApiError>> {
        let mut events = Vec::new();
        let done = self.session.execute_in(self.view, command, &CancelToken::new(), &mut |event| events.push(event));
        events.iter().flat_map(words::of).for_each(|note| self.board.note(note));
        self.redraws |= done.is_ok();
        done
    }

    fn scrub(&mut self, frame: i64) -> Result<(), Vec<ApiError>> {
        let (_, _, frames) = self.session.shown(self.view).map_err(one)?;
        if frames == 0 {
            return Ok(());
        }
        let frame = frame.clamp(0, frames - 1);
        self.command(&json!({"scrub": {"to": frame.to_string()}}))?;
        self.redraws = false;
        let height = self.session.format(self.view).map_or(DRAGGED_HEIGHT_PX, |(size, _)| f64::from(size.height));
        self.request(frame, self.options.scale.min(DRAGGED_HEIGHT_PX / height), Urgency::Scrub)
    }

    fn request(&mut self, frame: i64, scale: f64, urgency: Urgency) -> Result<(), Vec<ApiError>> {
        self.requested = Some(frame);
        let scale = RenderScale::new(scale).unwrap_or(RenderScale::FULL);
        let handle = self.session.engine(self.view).map_err(one)?.request(frame, scale, urgency);
        self.wanted = Some(Wanted { handle, since: Instant::now() });
        Ok(())
    }

    fn update(&mut self) -> Result<(), Vec<ApiError>> {
        let mut happened = Vec::new();
        self.session.update_views(&mut |_, event| happened.push(event));
        for event in &happened {
            if matches!(event, SessionEvent::MediaChanged { .. }) {
                self.media = Arc::new(media_of(self.session.session()));
                (self.film, self.facts) = (None, None);
                self.redraws = true;
            }
            words::of(event).into_iter().for_each(|note| self.board.note(note));
        }
        self.note_facts()?;
        self.follow();
        let transport = self.session.transport(self.view).map_err(one)?;
        let pictures = self.pictures(&transport);
        let before = self.update_before(&transport);
        let is_new = self.told.as_ref() != Some(&transport);
        self.tell_figures(is_new)?;
        if is_new {
            self.told = Some(transport.clone());
            self.board.put(|news| news.transport = Some(transport));
            self.show_film_of_composition();
        }
        pictures.and(before)
    }

    /// Takes over what was found out about files when the document was opened.
    fn note_facts(&mut self) -> Result<(), Vec<ApiError>> {
        let document = self.session.engine(self.view).map_err(one)?.document();
        let Some((revision, open)) = document else { return Ok(()) };
        let of = Some((revision, Arc::as_ptr(&open) as usize));
        if std::mem::replace(&mut self.facts, of) == of {
            return Ok(());
        }
        if let Some(known) = with_facts(&self.media, open.project()) {
            self.media = Arc::new(known);
            self.show_film();
        }
        Ok(())
    }

    /// Shows the newest state of the document.
    fn follow(&mut self) {
        let changes = self.session.take_changes();
        if !changes.is_empty() {
            self.redraws = true;
            let media = &self.session.session().project().media;
            let known = media.iter().map(|m| m.id.as_str()).eq(self.media.iter().map(|m| m.id.as_str()));
            if !known {
                self.facts = None;
                self.media = Arc::new(media_of(self.session.session()));
            }
        }
        let is_known =
            |film: &Arc<Film>| (film.revision, film.unsaved) == (self.session.revision(), self.session.editor().is_unsaved());
        if !self.film.as_ref().is_some_and(is_known) {
            self.show_film();
        }
    }

    fn show_film_of_composition(&mut self) {
        let shown = self.told.as_ref().map(|told| told.composition.as_str());
        if shown.is_some_and(|id| self.film.as_ref().is_some_and(|film| film.composition != id)) {
            self.show_film();
        }
    }

    fn show_film(&mut self) {
        let (revision, unsaved) = (self.session.revision(), self.session.editor().is_unsaved());
        let shown = self.session.shown(self.view).ok().map(|(id, _, _)| id);
        let media = Arc::clone(&self.media);
        let film = Film::new(self.session.session(), shown.as_deref(), revision, unsaved, media, self.film.as_deref());
        if let Some(film) = film.map(Arc::new) {
            self.film = Some(Arc::clone(&film));
            self.board.put(|news| news.film = Some(film));
        }
    }

    fn pictures(&mut self, transport: &TransportReport) -> Result<(), Vec<ApiError>> {
        let plays = matches!(transport.activity, TransportActivity::Playing | TransportActivity::Prerolling);
        let engine = self.session.engine(self.view).map_err(one)?;
        if let Some(shown) = engine.shown().pop_back() {
            let shown = Shown { frame: shown.frame, revision: shown.revision, plays: true, waited: None, picture: shown.picture };
            self.board.show(shown);
        }
        let answer = self.wanted.as_ref().map(|wanted| (wanted.handle.poll(), wanted.since));
        let mut failed = None;
        match answer {
            Some((Ok(Some(answer)), since)) => {
                if answer.exact {
                    self.wanted = None;
                }
                let waited = answer.exact.then(|| since.elapsed());
                let shown = Shown { frame: answer.frame, revision: answer.revision, plays: false, waited, picture: answer.picture };
                self.board.show(shown);
            }
            Some((Err(e), _)) => {
                self.wanted = None;
                if e.code() != "engine.overtaken" {
                    failed = Some(ApiError::of(e.code(), &*e));
                }
            }
            Some((Ok(None), _)) | None => {}
        }
        // The picture at rest: once nothing else is under way, so that it is that of the newest
        // document.
        let is_idle = engine.is_idle();
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
            self.request(transport.frame, self.options.scale, Urgency::Normal)?;
        }
        self.is_busy = self.redraws || self.wanted.is_some() || plays || !is_idle;
        failed.map_or(Ok(()), |e| Err(one(e)))
    }

    /// The picture without the effects of a clip, while the playhead rests.
    fn update_before(&mut self, transport: &TransportReport) -> Result<(), Vec<ApiError>> {
        let Some(clip) = self.compared.clone() else { return Ok(()) };
        if !matches!(transport.activity, TransportActivity::Paused | TransportActivity::Scrubbing) {
            return Ok(());
        }
        let is_of = |before: &Before| before.revision == self.session.revision() && before.clip == clip;
        if !self.before.as_ref().is_some_and(is_of) {
            let live = &self.options.live;
            // If it fails it is not tried again.
            self.compared = None;
            self.before = Some(Before::new(&self.session, &clip, &transport.composition, live)?);
            self.compared = Some(clip);
        }
        let Some(before) = &mut self.before else { return Ok(()) };
        let scale = RenderScale::new(self.options.scale).unwrap_or(RenderScale::FULL);
        let shown = before.update(transport.frame, scale)?;
        self.is_busy |= before.is_busy();
        if let Some(shown) = shown {
            self.board.put(|news| news.before = Some(Some(shown)));
        }
        Ok(())
    }

    fn tell_figures(&mut self, at_once: bool) -> Result<(), Vec<ApiError>> {
        if !(at_once && self.told.is_none()) && self.figures.1.elapsed() < FIGURES {
            return Ok(());
        }
        let rate_hz = self.session.session().project().main_composition().map_or(48_000, |main| main.sample_rate_hz);
        let (jobs, journal) = (self.session.job_count(), self.session.editor().journal_writes().0);
        let (sound, warnings) = self.sound.report();
        warnings.into_iter().for_each(|warning| self.board.note(Note::new(Weight::Warning, warning)));
        let engine = self.session.engine(self.view).map_err(one)?;
        let (play, state) = (engine.play_report(), engine.state());
        let card_pictures = engine.document().and_then(|(_, open)| open.drawn().summary());
        let device = sound.device.map(|name| format!("{name}, {:.0} ms, {} under-runs", sound.latency_ms, sound.under_runs));
        let figures = Figures {
            shown: play.shown,
            dropped: play.dropped,
            late: play.late,
            fps: play.fps,
            drift_ms: play.max_drift_secs * 1e3,
            missing_sound_ms: play.missed_samples as f64 * 1e3 / f64::from(rate_hz.max(1)),
            requests: state.requests,
            overtaken: state.overtaken,
            cached_frames: state.cache.entries,
            cached_bytes: state.cache.bytes,
            cache_budget_bytes: state.cache.budget_bytes,
            cache_hits: state.cache.hits,
            cache_misses: state.cache.misses,
            jobs,
            journal_steps: journal,
            scale: self.options.scale,
            sound: device.unwrap_or_else(|| "the machine's clock; nobody hears it".into()),
            card_pictures,
        };
        if figures != self.figures.0 {
            self.board.put(|news| news.figures = Some(figures.clone()));
        }
        self.figures = (figures, Instant::now());
        Ok(())
    }
}

//! The engine of a running session, and its transport.
use super::LiveOptions;
use crate::{
    ApiError, BackendChoice, LiveCommand, Session, SessionEvent,
    live_report::{JobReport, LoopReport, PlaybackFigures, TransportActivity, TransportReport},
    session::frame_inside,
    source_session,
};
use cutroom_engine::{
    Activity, AudioSink, DocumentState, DrawOutput, Engine, EngineError, EngineSettings, ExportRuns, JobNode, LatePolicy,
    MAX_SPEED, PipelineDrawer, Preview, Reopen, TransportCommand,
    jobs::{JobId, Jobs},
};
use cutroom_pipeline::{FrameCache, OpenComposition, OpenOptions, ProxyUse, RenderOptions};
use cutroom_timeline::RenderScale;
use cutroom_types::{CompositionId, FrameRate, MediaId, Timecode};
use std::sync::Arc;

/// Numbers of the session's jobs are not those of the engine's.
const OF_SESSION: u64 = 1 << 48;

pub(super) struct Player {
    engine: Engine,
    /// What it shows instead of the session's document: one of its media.
    own: Option<(MediaId, Arc<Session>)>,
    composition: CompositionId,
    preview: Preview,
    /// Commands for the transport until the document is open.
    waiting: Vec<TransportCommand>,
    /// What the transport did at the last update, and what was reported of it last.
    activity: Activity,
    reported: TransportActivity,
    /// Revision of the newest state that the engine was sent.
    sent: u64,
    /// The failure that was reported last.
    failed: Option<Arc<EngineError>>,
    /// Why commands for the transport came to nothing, until somebody who waits is told.
    broken: Vec<ApiError>,
    exports: bool,
}

impl Player {
    pub fn new(
        session: &Session,
        jobs: Jobs,
        frames: Arc<FrameCache>,
        sink: Box<dyn AudioSink>,
        options: &LiveOptions,
    ) -> Result<Self, ApiError> {
        let render = RenderOptions {
            backend: options.backend.into(),
            threads: options.threads,
            card: options.gpu,
            ..RenderOptions::default()
        };
        let drawer = match &options.screen {
            Some(screen) if options.backend != BackendChoice::Cpu => Ok(PipelineDrawer::on_screen(screen, render)),
            Some(_) => PipelineDrawer::new(render, DrawOutput::Screen),
            None => PipelineDrawer::new(render, DrawOutput::Jpeg),
        };
        let with = |drawer| EngineSettings::with_drawer(session.catalog.clone(), Arc::clone(session.library()), drawer);
        let made = drawer.and_then(with);
        // A session shows what it can: slates stand for files that are missing.
        let decode = options.decode.into();
        let card = crate::settings::card(options.gpu)?;
        crate::settings::check_decode(decode, card)?;
        let opening = OpenOptions { offline: true, decode, card, ..OpenOptions::default() };
        let settings = made.map(|settings| EngineSettings { jobs, frames, sink, options: opening, ..settings });
        let preview = Preview { scale: RenderScale::FULL, policy: LatePolicy::Drop, options: opening };
        let engine = settings.and_then(Engine::new).map_err(|e| ApiError::from(&e))?;
        Ok(Self {
            engine,
            own: None,
            composition: session.project.main.clone(),
            preview,
            waiting: Vec::new(),
            activity: Activity::Paused,
            reported: TransportActivity::Opening,
            sent: 0,
            failed: None,
            broken: Vec::new(),
            exports: false,
        })
    }

    pub fn composition(&self) -> &CompositionId {
        &self.composition
    }

    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Shows one of the session's media instead of its document.
    ///
    /// # Errors
    /// As [`crate::source_session::of`].
    pub fn show_medium(&mut self, session: &Session, media: MediaId, revision: u64) -> Result<(), ApiError> {
        let own = Arc::new(source_session::of(session, &media)?);
        self.composition = own.project.main.clone();
        self.own = Some((media, own));
        self.send(revision, session);
        Ok(())
    }

    /// What it shows.
    pub fn session<'a>(&'a self, whole: &'a Session) -> &'a Session {
        self.own.as_ref().map_or(whole, |(_, own)| own)
    }

    /// Whether it shows one of the session's media.
    pub fn shows_medium(&self) -> bool {
        self.own.is_some()
    }

    fn send(&mut self, revision: u64, whole: &Session) {
        self.sent = revision;
        let project = Arc::new(self.session(whole).project.clone());
        self.engine.send(DocumentState { project, composition: self.composition.clone(), revision, touched: None });
    }

    /// Shows a state of the document. If the composition is gone, the main one is shown.
    pub fn show(&mut self, session: &Session, revision: u64) {
        if let Some((media, own)) = &self.own {
            let now = session.project.media.iter().find(|m| m.id == *media);
            if now.is_some_and(|now| own.project.media.first() != Some(now)) {
                // What cannot be read any more is shown as it was.
                let media = media.clone();
                if let Err(e) = self.show_medium(session, media, revision) {
                    tracing::warn!("{e}");
                }
            }
            return;
        }
        if session.project.composition(&self.composition).is_none() {
            self.leave();
            self.composition = session.project.main.clone();
        }
        self.send(revision, session);
    }

    /// Shows another composition.
    pub fn show_other(&mut self, session: &Session, id: CompositionId, revision: u64) {
        if self.composition != id {
            self.leave();
        }
        self.composition = id;
        self.show(session, revision);
    }

    /// What was commanded for the composition that is shown is not for another one.
    fn leave(&mut self) {
        self.waiting.clear();
        if self.engine.document().is_some() {
            self.engine.transport(TransportCommand::Pause);
            self.engine.transport(TransportCommand::Loop(None));
        }
    }

    /// Opens the document again: its files may have changed.
    pub fn reopen(&mut self, session: &Session, revision: u64) {
        if let Some((media, _)) = &self.own {
            // It may have another length now.
            let media = media.clone();
            if let Err(e) = self.show_medium(session, media, revision) {
                tracing::warn!("{e}");
            }
        }
        self.engine.send(Reopen);
    }

    /// Changes how pictures are shown.
    ///
    /// # Errors
    /// `usage.scale`.
    pub fn preview(
        &mut self,
        session: &Session,
        scale: Option<f64>,
        proxies: Option<ProxyUse>,
        every_frame: Option<bool>,
    ) -> Result<(), ApiError> {
        if scale.is_some() {
            self.preview.scale = self.session(session).scale(&self.composition, scale, "scale")?;
        }
        if let Some(proxies) = proxies {
            self.preview.options.proxies = proxies;
        }
        if let Some(every) = every_frame {
            self.preview.policy = if every { LatePolicy::SlowDown } else { LatePolicy::Drop };
        }
        self.engine.send(self.preview);
        Ok(())
    }

    /// Frame rate and number of frames of the composition.
    pub fn frames(&self, session: &Session) -> Result<(FrameRate, i64), ApiError> {
        match self.engine.document().filter(|_| self.is_open()) {
            Some((_, open)) => Ok((open.composition().frame_rate, open.frame_count())),
            None => self.session(session).frames(&self.composition),
        }
    }

    /// Carries out a command for the transport, or keeps it until the document is open.
    ///
    /// # Errors
    /// A position or a speed that makes no sense.
    pub fn command(&mut self, session: &Session, command: &LiveCommand) -> Result<(), ApiError> {
        let at = |player: &Self, to: &str| {
            let (rate, total) = player.frames(session)?;
            frame_inside(to, rate, total).map_err(|e| e.field("to"))
        };
        let command = match command {
            LiveCommand::Play {} => TransportCommand::Play,
            LiveCommand::Pause {} => TransportCommand::Pause,
            LiveCommand::Seek { to } => TransportCommand::Seek(at(self, to)?),
            LiveCommand::Scrub { to } => TransportCommand::Scrub(at(self, to)?),
            LiveCommand::Step { frames } => TransportCommand::Step(*frames),
            LiveCommand::Shuttle { speed } if speed.abs() <= MAX_SPEED => TransportCommand::Shuttle(*speed),
            LiveCommand::Shuttle { speed } => {
                let error = ApiError::new("usage.speed", format!("`speed` {speed} is no speed")).field("speed");
                return Err(error.hint("write a number from -8 to 8; 0 pauses, -1 plays backwards"));
            }
            LiveCommand::Loop { from: None, to: None, times: None } => TransportCommand::Loop(None),
            LiveCommand::Loop { from, to, times } => {
                let (rate, total) = self.frames(session)?;
                let text = |end: &Option<String>| end.clone().unwrap_or_default();
                let range = crate::parse_range(&format!("{}..{}", text(from), text(to)), rate, total)?;
                TransportCommand::Loop(Some((range, times.unwrap_or(0))))
            }
            // What it does is the answer.
            _ => return Ok(()),
        };
        match command {
            TransportCommand::Play | TransportCommand::Shuttle(_) => self.broken.clear(),
            // What is shown can always be stopped.
            TransportCommand::Pause if self.engine.document().is_some() => {
                self.waiting.clear();
                self.engine.transport(TransportCommand::Pause);
                self.engine.update();
                return Ok(());
            }
            _ => {}
        }
        self.waiting.push(command);
        if !self.is_open() && self.failed.is_some() {
            // What was missing may be there by now.
            self.engine.send(Reopen);
        }
        self.hand_over();
        self.engine.update();
        Ok(())
    }

    /// Hands commands to the engine if the newest state is open.
    fn hand_over(&mut self) {
        if self.is_open() {
            self.waiting.drain(..).for_each(|command| self.engine.transport(command));
        }
    }

    fn is_open(&self) -> bool {
        self.engine.document().is_some_and(|(revision, open)| revision >= self.sent && open.composition().id == self.composition)
    }

    /// Why commands for the transport came to nothing, once.
    pub fn take_broken(&mut self) -> Vec<ApiError> {
        std::mem::take(&mut self.broken)
    }

    /// Whether playback has ended, or none was commanded.
    pub fn rests(&self) -> bool {
        self.waiting.is_empty() && matches!(self.engine.state().activity, Activity::Paused | Activity::Scrubbing)
    }

    /// State of the transport, which is known from then on.
    pub fn report(&mut self) -> TransportReport {
        let report = self.state();
        self.reported = report.activity;
        report
    }

    fn state(&self) -> TransportReport {
        let state = self.engine.state();
        let open = self.engine.document().map(|(_, open)| open).filter(|open| open.composition().id == self.composition);
        let timecode =
            |open: &Arc<OpenComposition>| Timecode { frame: state.frame, rate: open.composition().frame_rate }.to_string();
        TransportReport {
            composition: self.composition.to_string(),
            activity: if open.is_some() { state.activity.into() } else { TransportActivity::Opening },
            frame: state.frame,
            timecode: open.as_ref().map(timecode).unwrap_or_default(),
            frames: open.map_or(0, |open| open.frame_count()),
            speed: state.speed,
            looped: state.looped.map(|(range, times)| LoopReport { from_frame: range.start, to_frame: range.end, times }),
        }
    }

    /// Runs the engine once, and adds what is new.
    pub fn update(&mut self, session: &Session, events: &mut Vec<SessionEvent>) {
        self.hand_over();
        self.engine.update();
        let failure = self.engine.failure().map(|(_, error)| error);
        let is_new = failure.as_ref().is_some_and(|error| self.failed.as_ref().is_none_or(|old| !Arc::ptr_eq(old, error)));
        self.failed.clone_from(&failure);
        if let Some(error) = failure.filter(|_| is_new) {
            let errors = match &*error {
                EngineError::Document(problems) => self.session(session).errors(problems),
                other => vec![ApiError::from(other)],
            };
            // What waits for a document that cannot be shown would wait for ever.
            if !self.waiting.is_empty() {
                self.waiting.clear();
                self.broken.clone_from(&errors);
            }
            events.push(SessionEvent::Failed { errors });
        }
        if let Some(error) = self.engine.play_error() {
            self.broken.push(ApiError::from(&*error));
            events.push(SessionEvent::Failed { errors: vec![ApiError::from(&*error)] });
        }
        if self.is_open() && self.reported != self.engine.state().activity.into() {
            events.push(SessionEvent::Transport { transport: self.report() });
        }
        let now = self.engine.state().activity;
        let was = std::mem::replace(&mut self.activity, now);
        let plays = |activity| matches!(activity, Activity::Prerolling | Activity::Playing);
        if plays(was) && !plays(now) {
            let rate_hz = self.engine.document().map_or(1, |(_, open)| open.composition().sample_rate_hz);
            events.push(SessionEvent::Played { figures: PlaybackFigures::of(&self.engine.play_report(), rate_hz) });
        }
    }

    /// Notes whether an export runs.
    pub fn note_export(&mut self, runs: bool) {
        if self.exports != runs {
            self.exports = runs;
            self.engine.send(ExportRuns(runs));
        }
    }

    pub fn note_job(&mut self, job: &JobReport) {
        self.engine.note_job(&JobNode { id: JobId(OF_SESSION + job.job), name: job.name.clone() });
    }

    pub fn forget_job(&mut self, job: &JobReport) {
        self.engine.forget_job(JobId(OF_SESSION + job.job));
    }
}

//! A running session: the editor, the engine that shows its document, the files that it watches, and
//! its jobs.
//!
//! Commands are those of the editor and [`LiveCommand`]s. What is answered has been done or begun;
//! what happens later comes as events from [`LiveSession::update`], which is to be called often.
//! Threads, decoders and watchers are started when they are first needed, so that a session that only
//! edits costs no more than its [`Editor`].
//!
//! Each [`ViewId`] is somebody who looks at the document: it has a playhead and an engine of its own,
//! and shares drawn frames and jobs with the others.
mod jobs;
mod player;

use crate::{
    ApiError, BackendChoice, Changed, DecodeChoice, DocumentChange, Editor, LiveCommand, ProxyChoice, Session, SessionEvent,
    WorkerProgram,
    editing::NAMES,
    live_report::{JobKind, TransportReport},
};
use cutroom_engine::{AudioSink, Engine, TimerSink, jobs::Jobs};
use cutroom_export::UnfinishedFiles;
use cutroom_pipeline::{FrameCache, MediaWatcher, MemoryCacheState, Screen, WatchOptions};
use cutroom_types::{CancelToken, FrameRate, Size};
use jobs::Tasks;
use player::Player;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long nothing is done while something is waited for.
const PAUSE: Duration = Duration::from_millis(2);
/// Memory for drawn frames.
const FRAMES_BYTES: usize = 512 << 20;

/// How a session runs.
#[derive(Clone, Default)]
pub struct LiveOptions {
    /// What draws.
    pub backend: BackendChoice,
    /// What decodes video streams.
    pub decode: DecodeChoice,
    /// The device of a window that shows the frames: what it draws stays there. `None`: frames are
    /// drawn for files.
    pub screen: Option<Screen>,
    /// Number of the graphics card that draws and decodes; `None`: the best one.
    pub gpu: Option<usize>,
    /// Threads for drawing; 0 for one per core.
    pub threads: usize,
    /// Whether the files of media are watched.
    pub watches: bool,
    /// Whether changes of the document are kept until [`LiveSession::take_changes`].
    pub keeps_changes: bool,
    /// Whether commands that jobs carry out are kept until [`LiveSession::take_applied`].
    pub records: bool,
    /// Receives the hidden files of exports while they are written.
    pub unfinished: UnfinishedFiles,
    /// The program whose processes make exports; `None`: they are made in this one.
    pub worker: Option<WorkerProgram>,
}

/// Number of somebody who looks at the document. Commands of scripts belong to [`ViewId::SCRIPT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(u64);

impl ViewId {
    /// The view of commands that name none.
    pub const SCRIPT: Self = Self(0);
}

/// A running session. When it is dropped, its jobs are cancelled; what was edited stays.
pub struct LiveSession {
    editor: Editor,
    options: LiveOptions,
    /// Threads of jobs, once there was one.
    pools: Option<Jobs>,
    views: BTreeMap<ViewId, Player>,
    last_view: u64,
    /// Drawn frames of all views.
    frames: Arc<FrameCache>,
    watcher: Option<MediaWatcher>,
    tasks: Tasks,
    /// Number of the document's state.
    revision: u64,
    /// Changes of the document with the revisions that they lead to.
    changes: Vec<(u64, DocumentChange)>,
    /// Commands that jobs have carried out.
    applied: Vec<Value>,
    events: Vec<(Option<ViewId>, SessionEvent)>,
}

impl LiveSession {
    /// A session that runs with this editor.
    ///
    /// # Errors
    /// `engine.thread`: the thread that watches files cannot be started.
    pub fn new(editor: Editor, options: LiveOptions) -> Result<Self, ApiError> {
        let mut session = Self {
            editor,
            options,
            pools: None,
            views: BTreeMap::new(),
            last_view: 0,
            frames: Arc::new(FrameCache::new(FRAMES_BYTES)),
            watcher: None,
            tasks: Tasks::default(),
            revision: 1,
            changes: Vec::new(),
            applied: Vec::new(),
            events: Vec::new(),
        };
        if session.options.watches {
            let watcher = MediaWatcher::new(session.files(), WatchOptions::default());
            session.watcher = Some(watcher.map_err(|e| ApiError::of("engine.thread", &e))?);
        }
        Ok(session)
    }

    /// The editor.
    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// The editor, for what is no command. Changes of the document that are made so are not shown.
    pub fn editor_mut(&mut self) -> &mut Editor {
        &mut self.editor
    }

    /// The session in its present state.
    pub fn session(&self) -> &Session {
        self.editor.session()
    }

    /// Number of the document's state; each change of the document raises it.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The changes of the document since the last call, in order, each with the revision that it leads to.
    pub fn take_changes(&mut self) -> Vec<(u64, DocumentChange)> {
        std::mem::take(&mut self.changes)
    }

    /// Number of jobs that wait or run.
    pub fn job_count(&self) -> usize {
        self.tasks.reports().len()
    }

    /// What the memory for drawn frames holds.
    pub fn cached_frames(&self) -> MemoryCacheState {
        self.frames.state()
    }

    /// Size and frame rate of the composition that a view shows; of the main one if the view is not open.
    pub fn format(&self, view: ViewId) -> Option<(Size, FrameRate)> {
        let whole = self.session();
        let player = self.views.get(&view);
        let project = &player.map_or(whole, |player| player.session(whole)).project;
        let shown = player.and_then(|player| project.composition(player.composition()));
        shown.or_else(|| project.main_composition()).map(|c| (c.size, c.frame_rate))
    }

    /// Id, frame rate and number of frames of the composition that a view shows.
    ///
    /// # Errors
    /// As [`Self::engine`].
    pub fn shown(&mut self, view: ViewId) -> Result<(String, FrameRate, i64), ApiError> {
        let (player, session) = self.player(view)?;
        let (rate, frames) = player.frames(session)?;
        Ok((player.composition().to_string(), rate, frames))
    }

    /// Commands that jobs have carried out since the last call, such as the import of what was found in
    /// the background; for a recording.
    pub fn take_applied(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.applied)
    }

    /// State of a view's transport.
    ///
    /// # Errors
    /// As [`Self::engine`].
    pub fn transport(&mut self, view: ViewId) -> Result<TransportReport, ApiError> {
        Ok(self.player(view)?.0.report())
    }

    /// The session as it is now, for work beside it: later edits do not change it.
    pub fn snapshot(&self) -> Session {
        self.session().changed(self.session().project.clone())
    }

    /// Adds a view, whose sound goes to `sink`.
    ///
    /// # Errors
    /// A thread cannot be started, or the back end is not available.
    pub fn open_view(&mut self, sink: Box<dyn AudioSink>) -> Result<ViewId, ApiError> {
        self.last_view += 1;
        let id = ViewId(self.last_view);
        self.add_view(id, sink)?;
        Ok(id)
    }

    /// Adds a view that shows one of the media instead of the document, as a composition of its size and
    /// rate with one clip of its whole length.
    ///
    /// # Errors
    /// As [`Self::open_view`]; `usage.media` if there is no such media, and those of reading its file.
    pub fn open_source_view(&mut self, media: &str, sink: Box<dyn AudioSink>) -> Result<ViewId, ApiError> {
        let found = self.session().project.media.iter().find(|m| m.id.as_str() == media).map(|m| m.id.clone());
        let unknown = || ApiError::new("usage.media", format!("the project has no media \"{media}\""));
        let media = found.ok_or_else(unknown)?;
        let id = self.open_view(sink)?;
        let revision = self.revision;
        let (player, session) = self.player(id)?;
        if let Err(e) = player.show_medium(session, media, revision) {
            self.close_view(id);
            return Err(e);
        }
        Ok(id)
    }

    /// Removes a view; its requests are dropped.
    pub fn close_view(&mut self, view: ViewId) {
        self.views.remove(&view);
    }

    /// The engine of a view, from which frames are requested. That of scripts is started if it does not
    /// run yet.
    ///
    /// # Errors
    /// A thread cannot be started, or the back end is not available; `engine.no_view`.
    pub fn engine(&mut self, view: ViewId) -> Result<&mut Engine, ApiError> {
        Ok(self.player(view)?.0.engine())
    }

    /// The media with their files.
    fn files(&self) -> Vec<(cutroom_types::MediaId, cutroom_media::MediaLocation)> {
        let session = self.session();
        let all = session.project.media.iter().map(|m| (m.id.clone(), session.location(m)));
        all.filter(|(_, location)| session.may_read(location)).collect()
    }

    fn pools(&mut self) -> Result<Jobs, ApiError> {
        if let Some(pools) = &self.pools {
            return Ok(pools.clone());
        }
        let pools = Jobs::new(Default::default()).map_err(|e| ApiError::of(e.code(), &e))?;
        self.pools = Some(pools.clone());
        Ok(pools)
    }

    fn add_view(&mut self, id: ViewId, sink: Box<dyn AudioSink>) -> Result<(), ApiError> {
        let pools = self.pools()?;
        let mut player = Player::new(self.editor.session(), pools, Arc::clone(&self.frames), sink, &self.options)?;
        player.show(self.editor.session(), self.revision);
        self.tasks.reports().iter().for_each(|task| player.note_job(task));
        self.views.insert(id, player);
        Ok(())
    }

    /// The player of a view, and the session that it shows.
    fn player(&mut self, view: ViewId) -> Result<(&mut Player, &Session), ApiError> {
        if view == ViewId::SCRIPT && !self.views.contains_key(&view) {
            self.add_view(view, Box::new(TimerSink::new()))?;
        }
        let player = self.views.get_mut(&view);
        let player = player.ok_or_else(|| ApiError::new("engine.no_view", format!("there is no view {}", view.0)))?;
        Ok((player, self.editor.session()))
    }

    /// Carries out one command and answers it. Events of what happened before, and while it waits, go
    /// to `events` first.
    ///
    /// # Errors
    /// As [`Editor::execute`]; and those of a [`LiveCommand`].
    pub fn execute(
        &mut self,
        command: &Value,
        cancel: &CancelToken,
        events: &mut dyn FnMut(SessionEvent),
    ) -> Result<SessionEvent, Vec<ApiError>> {
        self.update(events);
        self.execute_in(ViewId::SCRIPT, command, cancel, events)
    }

    /// As [`Self::execute`], for a view: its playhead is meant. Nothing is updated before.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub fn execute_in(
        &mut self,
        view: ViewId,
        command: &Value,
        cancel: &CancelToken,
        events: &mut dyn FnMut(SessionEvent),
    ) -> Result<SessionEvent, Vec<ApiError>> {
        let name = command.as_object().and_then(|fields| fields.keys().find(|name| NAMES[2].contains(name)));
        if let Some(name) = name {
            if command.as_object().is_some_and(|fields| fields.len() > 1) {
                let message = format!("`{name}` has nothing beside it: it is no step that could be joined or undone");
                return Err(vec![ApiError::new("usage.command", message)]);
            }
            let command = serde_json::from_value(command.clone());
            let command = command.map_err(|e| vec![ApiError::new("usage.command", format!("`{name}`: {e}"))])?;
            let _span = tracing::info_span!("command", name).entered();
            return self.live_command(view, command, name, cancel, events);
        }
        let event = self.editor.execute(command, cancel)?;
        match &event {
            SessionEvent::Applied { changed, .. }
            | SessionEvent::Undone { changed, .. }
            | SessionEvent::Redone { changed, .. }
            | SessionEvent::Restored { changed, .. } => self.follow(changed),
            _ => {}
        }
        Ok(event)
    }

    /// Lets everything see a document that has changed.
    fn follow(&mut self, changed: &Changed) {
        self.revision += 1;
        if let Some(change) = self.editor.take_change().filter(|_| self.options.keeps_changes) {
            self.changes.push((self.revision, change));
        }
        self.views.values_mut().for_each(|player| player.show(self.editor.session(), self.revision));
        if !changed.media.is_empty()
            && let Some(watcher) = &self.watcher
        {
            watcher.watch(self.files());
        }
    }

    fn live_command(
        &mut self,
        view: ViewId,
        command: LiveCommand,
        name: &str,
        cancel: &CancelToken,
        events: &mut dyn FnMut(SessionEvent),
    ) -> Result<SessionEvent, Vec<ApiError>> {
        let one = |e: ApiError| vec![e];
        let begun = |job| SessionEvent::Job { job };
        let writes = matches!(
            command,
            LiveCommand::Export(_)
                | LiveCommand::MakeProxies(_)
                | LiveCommand::ImportInBackground { .. }
                | LiveCommand::Cancel { .. }
                | LiveCommand::Wait { .. }
        );
        if writes && self.editor.is_dry_run() {
            if let LiveCommand::Export(request) = &command {
                crate::export::check(self.session(), request)?;
            }
            return Ok(SessionEvent::Skipped { command: name.to_owned() });
        }
        match command {
            LiveCommand::Export(request) => self.begin_export(*request).map(begun),
            LiveCommand::MakeProxies(request) => self.begin_proxies(request).map(begun).map_err(one),
            LiveCommand::ImportInBackground { files } => self.begin_import(files).map(begun).map_err(one),
            LiveCommand::Jobs {} => Ok(SessionEvent::Jobs { jobs: self.tasks.reports() }),
            LiveCommand::Cancel { job } => self.cancel(job).map(begun).map_err(one),
            LiveCommand::Wait { job, playback } => {
                if playback {
                    let rests = |session: &Self| session.views.get(&view).is_none_or(Player::rests);
                    self.wait_until(cancel, events, rests).map_err(one)?;
                    let failed = self.views.get_mut(&view).map(Player::take_broken).unwrap_or_default();
                    return if failed.is_empty() { Ok(SessionEvent::Waited {}) } else { Err(failed) };
                }
                self.wait_for_jobs(job, cancel, events)?;
                Ok(SessionEvent::Waited {})
            }
            LiveCommand::Preview { scale, proxies, every_frame } => {
                let (player, session) = self.player(view).map_err(one)?;
                player.preview(session, scale, proxies.map(ProxyChoice::into), every_frame).map_err(one)?;
                Ok(SessionEvent::Transport { transport: player.report() })
            }
            LiveCommand::Show { composition } => {
                let revision = self.revision;
                let (player, session) = self.player(view).map_err(one)?;
                if player.shows_medium() {
                    return Err(one(ApiError::new(
                        "usage.command",
                        "`show` is for views of the document; this one shows a medium",
                    )));
                }
                let id = session.composition(composition.as_deref()).map_err(|e| one(e.field("composition")))?;
                player.show_other(session, id, revision);
                Ok(SessionEvent::Transport { transport: player.report() })
            }
            other => {
                let (player, session) = self.player(view).map_err(one)?;
                player.command(session, &other).map_err(one)?;
                Ok(SessionEvent::Transport { transport: player.report() })
            }
        }
    }

    /// Waits for all jobs. Those of a cancelled `cancel` are cancelled.
    ///
    /// # Errors
    /// The errors of jobs that failed, or `session.stopped`.
    pub fn finish(&mut self, cancel: &CancelToken, events: &mut dyn FnMut(SessionEvent)) -> Result<(), Vec<ApiError>> {
        self.wait_for_jobs(None, cancel, events)
    }

    fn wait_for_jobs(
        &mut self,
        job: Option<u64>,
        cancel: &CancelToken,
        events: &mut dyn FnMut(SessionEvent),
    ) -> Result<(), Vec<ApiError>> {
        if let Some(job) = job {
            self.tasks.known(job).map_err(|e| vec![e])?;
        }
        let is_done = |session: &Self| match job {
            Some(job) => !session.tasks.has(job),
            None => session.tasks.is_empty(),
        };
        if let Err(stopped) = self.wait_until(cancel, events, is_done) {
            self.cancel_all();
            // They stop soon, and say so.
            self.wait_until(&CancelToken::new(), events, |session| session.tasks.is_empty()).map_err(|e| vec![e])?;
            return Err(vec![stopped]);
        }
        let failed = self.tasks.take_failures(job);
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }

    /// Updates until something is done.
    ///
    /// # Errors
    /// `session.stopped`.
    fn wait_until(
        &mut self,
        cancel: &CancelToken,
        events: &mut dyn FnMut(SessionEvent),
        is_done: impl Fn(&Self) -> bool,
    ) -> Result<(), ApiError> {
        loop {
            self.update(events);
            if cancel.is_cancelled() {
                return Err(ApiError::new("session.stopped", "stopped by somebody before the end"));
            }
            if is_done(self) {
                return Ok(());
            }
            self.pause(PAUSE);
        }
    }

    /// Waits until there is something for an update to do, or for `time`.
    pub fn pause(&mut self, time: Duration) {
        // The answers of one render thread end the wait; those of others come a little later.
        match self.views.values_mut().next() {
            Some(player) => player.engine().wait(time),
            None => std::thread::sleep(time),
        }
    }

    /// Runs everything for a moment, and hands over what has happened.
    pub fn update(&mut self, events: &mut dyn FnMut(SessionEvent)) {
        self.update_views(&mut |_, event| events(event));
    }

    /// As [`Self::update`]; with the view that an event belongs to, if it belongs to one alone.
    pub fn update_views(&mut self, events: &mut dyn FnMut(Option<ViewId>, SessionEvent)) {
        self.note_files();
        self.collect_jobs();
        let mut of_view = Vec::new();
        for (view, player) in &mut self.views {
            player.update(self.editor.session(), &mut of_view);
            self.events.extend(of_view.drain(..).map(|event| (Some(*view), event)));
        }
        self.events.drain(..).for_each(|(view, event)| events(view, event));
    }

    /// Files that changed are opened again, and reported.
    fn note_files(&mut self) {
        let Some(watcher) = &self.watcher else { return };
        let mut has_changed = false;
        for event in watcher.events().try_iter() {
            has_changed = true;
            let media = event.media.to_string();
            self.events.push((None, SessionEvent::MediaChanged { media, path: event.path, change: event.change.into() }));
        }
        if has_changed {
            let (session, revision) = (self.editor.session(), self.revision);
            self.views.values_mut().for_each(|player| player.reopen(session, revision));
        }
    }

    /// Takes the results of jobs that have ended.
    fn collect_jobs(&mut self) {
        let mut progress = Vec::new();
        let ended = self.tasks.update(&mut progress);
        self.events.extend(progress.into_iter().map(|event| (None, event)));
        for (report, result) in ended {
            for player in self.views.values_mut() {
                player.forget_job(&report);
                if report.kind == JobKind::MakeProxies {
                    player.reopen(self.editor.session(), self.revision);
                }
            }
            let result = result.and_then(|output| self.take(output));
            let event = match result {
                Ok(result) => SessionEvent::JobDone { job: report.job, result: Box::new(result) },
                Err(errors) => {
                    self.tasks.note_failure(report.job, &errors);
                    SessionEvent::JobFailed { job: report.job, errors }
                }
            };
            self.events.push((None, event));
        }
        let exports = self.tasks.has_kind(JobKind::Export);
        self.views.values_mut().for_each(|player| player.note_export(exports));
        self.begin_waiting_import();
    }
}

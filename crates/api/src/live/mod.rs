//! A running session: the editor, the engine that shows its document, the files that it watches, and
//! its jobs.
//!
//! Commands are those of the editor and [`LiveCommand`]s. What is answered has been done or begun;
//! what happens later comes as events from [`LiveSession::update`], which is to be called often.
//! Threads, decoders and watchers are started when they are first needed, so that a session that only
//! edits costs no more than its [`Editor`].
mod jobs;
mod player;

use crate::{
    ApiError, BackendChoice, Changed, Editor, LiveCommand, ProxyChoice, Session, SessionEvent, editing::NAMES, live_report::JobKind,
};
use cutroom_engine::{Engine, jobs::Jobs};
use cutroom_export::UnfinishedFiles;
use cutroom_pipeline::{MediaWatcher, WatchOptions};
use cutroom_types::CancelToken;
use jobs::Tasks;
use player::Player;
use serde_json::Value;
use std::time::Duration;

/// How long nothing is done while something is waited for.
const PAUSE: Duration = Duration::from_millis(2);

/// How a session runs.
#[derive(Clone, Default)]
pub struct LiveOptions {
    /// What draws.
    pub backend: BackendChoice,
    /// Threads for drawing; 0 for one per core.
    pub threads: usize,
    /// Whether the files of media are watched.
    pub watches: bool,
    /// Receives the hidden files of exports while they are written.
    pub unfinished: UnfinishedFiles,
}

/// A running session. When it is dropped, its jobs are cancelled; what was edited stays.
pub struct LiveSession {
    editor: Editor,
    options: LiveOptions,
    /// Threads of jobs, once there was one.
    pools: Option<Jobs>,
    player: Option<Player>,
    watcher: Option<MediaWatcher>,
    tasks: Tasks,
    /// Number of the document's state.
    revision: u64,
    events: Vec<SessionEvent>,
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
            player: None,
            watcher: None,
            tasks: Tasks::default(),
            revision: 1,
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

    /// The engine, which is started if it does not run yet; frames are requested from it.
    ///
    /// # Errors
    /// A thread cannot be started, or the back end is not available.
    pub fn engine(&mut self) -> Result<&mut Engine, ApiError> {
        Ok(self.player()?.0.engine())
    }

    /// The media with their files.
    fn files(&self) -> Vec<(cutroom_types::MediaId, cutroom_media::MediaLocation)> {
        let session = self.session();
        session.project.media.iter().map(|m| (m.id.clone(), session.location(m))).collect()
    }

    fn pools(&mut self) -> Result<Jobs, ApiError> {
        if let Some(pools) = &self.pools {
            return Ok(pools.clone());
        }
        let pools = Jobs::new(Default::default()).map_err(|e| ApiError::of(e.code(), &e))?;
        self.pools = Some(pools.clone());
        Ok(pools)
    }

    /// The player, which is started if it does not run yet, and the session that it shows.
    fn player(&mut self) -> Result<(&mut Player, &Session), ApiError> {
        let player = match self.player.take() {
            Some(player) => player,
            None => {
                let pools = self.pools()?;
                let mut player = Player::new(self.editor.session(), pools, &self.options)?;
                player.show(self.editor.session(), self.revision);
                self.tasks.reports().iter().for_each(|task| player.note_job(task));
                player
            }
        };
        Ok((self.player.insert(player), self.editor.session()))
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
        let name = command.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.keys().next());
        if let Some(name) = name.filter(|name| NAMES[2].contains(name)) {
            let command = serde_json::from_value(command.clone());
            let command = command.map_err(|e| vec![ApiError::new("usage.command", format!("`{name}`: {e}"))])?;
            let _span = tracing::info_span!("command", name).entered();
            return self.live_command(command, name, cancel, events);
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
        if let Some(player) = &mut self.player {
            player.show(self.editor.session(), self.revision);
        }
        if !changed.media.is_empty()
            && let Some(watcher) = &self.watcher
        {
            watcher.watch(self.files());
        }
    }

    fn live_command(
        &mut self,
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
                | LiveCommand::Wait { .. }
        );
        if writes && self.editor.is_dry_run() {
            return Ok(SessionEvent::Skipped { command: name.to_owned() });
        }
        match command {
            LiveCommand::Export(request) => self.begin_export(*request).map(begun),
            LiveCommand::MakeProxies(request) => self.begin_proxies(request).map(begun).map_err(one),
            LiveCommand::ImportInBackground { files } => self.begin_import(files).map(begun).map_err(one),
            LiveCommand::Jobs {} => Ok(SessionEvent::Jobs { jobs: self.tasks.reports() }),
            LiveCommand::Cancel { job: number } => self.tasks.cancel(number).map(begun).map_err(one),
            LiveCommand::Wait { job, playback } => {
                if playback {
                    let failed = self.wait_until(cancel, events, |session| session.player.as_ref().is_none_or(Player::rests))?;
                    return if failed.is_empty() { Ok(SessionEvent::Waited {}) } else { Err(failed) };
                }
                self.wait_until(cancel, events, |session| match job {
                    Some(job) => !session.tasks.has(job),
                    None => session.tasks.is_empty(),
                })?;
                let failed = self.tasks.take_failures(job);
                if failed.is_empty() { Ok(SessionEvent::Waited {}) } else { Err(failed) }
            }
            LiveCommand::Preview { scale, proxies, every_frame } => {
                let (player, session) = self.player().map_err(one)?;
                player.preview(session, scale, proxies.map(ProxyChoice::into), every_frame).map_err(one)?;
                Ok(SessionEvent::Transport { transport: player.report() })
            }
            LiveCommand::Show { composition } => {
                self.revision += 1;
                let revision = self.revision;
                let (player, session) = self.player().map_err(one)?;
                let id = session.composition(composition.as_deref()).map_err(|e| one(e.field("composition")))?;
                player.show_other(session, id, revision);
                Ok(SessionEvent::Transport { transport: player.report() })
            }
            other => {
                let (player, session) = self.player().map_err(one)?;
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
        self.wait_until(cancel, events, |session| session.tasks.is_empty())?;
        let failed = self.tasks.take_failures(None);
        if failed.is_empty() { Ok(()) } else { Err(failed) }
    }

    /// Updates until something is done; returns what failed beside the jobs meanwhile.
    ///
    /// # Errors
    /// `session.stopped`.
    fn wait_until(
        &mut self,
        cancel: &CancelToken,
        events: &mut dyn FnMut(SessionEvent),
        is_done: impl Fn(&Self) -> bool,
    ) -> Result<Vec<ApiError>, Vec<ApiError>> {
        let mut failed = Vec::new();
        loop {
            self.update(&mut |event| {
                if let SessionEvent::Failed { errors } = &event {
                    failed.extend(errors.iter().cloned());
                }
                events(event);
            });
            if is_done(self) {
                return Ok(failed);
            }
            if cancel.is_cancelled() {
                self.tasks.cancel_all();
                if self.tasks.is_empty() {
                    return Err(vec![ApiError::new("session.stopped", "stopped while it waited")]);
                }
            }
            self.pause(PAUSE);
        }
    }

    /// Waits until there is something for an update to do, or for `time`.
    pub fn pause(&mut self, time: Duration) {
        match &mut self.player {
            Some(player) => player.engine().wait(time),
            None => std::thread::sleep(time),
        }
    }

    /// Runs everything for a moment, and hands over what has happened.
    pub fn update(&mut self, events: &mut dyn FnMut(SessionEvent)) {
        self.note_files();
        self.collect_jobs();
        if let Some(player) = &mut self.player {
            player.update(self.editor.session(), &mut self.events);
        }
        self.events.drain(..).for_each(events);
    }

    /// Files that changed are opened again, and reported.
    fn note_files(&mut self) {
        let Some(watcher) = &self.watcher else { return };
        let mut has_changed = false;
        for event in watcher.events().try_iter() {
            has_changed = true;
            let media = event.media.to_string();
            self.events.push(SessionEvent::MediaChanged { media, path: event.path, change: event.change.into() });
        }
        if has_changed && let Some(player) = &mut self.player {
            player.reopen();
        }
    }

    /// Takes the results of jobs that have ended.
    fn collect_jobs(&mut self) {
        let ended = self.tasks.update(&mut self.events);
        for (report, result) in ended {
            if let Some(player) = &mut self.player {
                player.forget_job(&report);
                if report.kind == JobKind::MakeProxies {
                    player.reopen();
                }
            }
            let result = result.and_then(|output| self.take(output));
            self.events.push(match result {
                Ok(result) => SessionEvent::JobDone { job: report.job, result: Box::new(result) },
                Err(errors) => {
                    self.tasks.note_failure(report.job, &errors);
                    SessionEvent::JobFailed { job: report.job, errors }
                }
            });
        }
        if let Some(player) = &mut self.player {
            player.note_export(self.tasks.has_kind(JobKind::Export));
        }
        self.begin_waiting_import();
    }
}

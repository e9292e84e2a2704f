//! The thread of an open project: its running session, and the views that look at it.
use crate::{
    answer::Refusal,
    exports::Exports,
    figures::Figures,
    paths::Roots,
    view::{Outlet, View, text},
};
use axum::http::StatusCode;
use cutroom_api::{
    ApiError, CancelToken, ClientMessage, Editor, JournalOptions, LiveOptions, LiveSession, ServerMessage, Session, SessionEvent,
    UnfinishedFiles, ViewId,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::sync::oneshot;

/// How often a session is updated while something is under way, and while nothing is.
const BUSY: Duration = Duration::from_millis(1);
const IDLE: Duration = Duration::from_millis(20);

/// Messages of views that may wait before no more are read.
const MAX_WAITING: usize = 1024;

/// What a command did.
#[derive(Debug)]
pub struct Executed {
    /// Revision of the document after it.
    pub revision: u64,
    /// The answer.
    pub event: SessionEvent,
}

/// The document as it is at a moment.
pub struct Snapshot {
    /// Its revision.
    pub revision: u64,
    /// Whether the project file lacks some of it.
    pub unsaved: bool,
    /// The session, for work beside it.
    pub session: Session,
}

/// Figures of a project.
pub struct ProjectState {
    /// Jobs that wait or run.
    pub jobs: usize,
    /// Steps written into the journal, and how long that took.
    pub journal_writes: (u64, Duration),
    /// Drawn frames in memory.
    pub frames: cutroom_api::MemoryCacheState,
}

/// What the thread is asked to do.
enum Request {
    State { to: oneshot::Sender<ProjectState> },
    Execute { view: Option<ViewId>, command: Value, if_revision: Option<u64>, to: oneshot::Sender<Result<Executed, Refusal>> },
    Snapshot { to: oneshot::Sender<Snapshot> },
    Open { outlet: Outlet, media: Option<String>, to: oneshot::Sender<Result<ViewId, ApiError>> },
    Look { view: ViewId, message: ClientMessage },
    Close { view: ViewId },
    Stop,
}

/// An open project.
pub struct Project {
    /// Its number in addresses.
    pub id: String,
    /// Its file.
    pub path: PathBuf,
    /// Files of its finished exports.
    pub exports: Arc<Exports>,
    /// What the server counts.
    pub figures: Arc<Figures>,
    requests: mpsc::Sender<Request>,
    /// Messages of views that wait.
    behind: Arc<AtomicUsize>,
    cancel: CancelToken,
    thread: Option<JoinHandle<()>>,
}

impl Project {
    /// Opens a project with its journal, and starts its thread.
    ///
    /// # Errors
    /// Those of opening a project and its journal.
    pub fn open(id: String, path: &Path, roots: Roots, options: LiveOptions, figures: Arc<Figures>) -> Result<Self, ApiError> {
        let session = Session::open(path)?;
        session.limit_files(roots.0.clone());
        let (editor, notes) = Editor::open(session, JournalOptions::default())?;
        notes.iter().for_each(|note| tracing::info!(project = id, "{note}"));
        let options = LiveOptions { watches: true, keeps_changes: true, ..options };
        let (requests, queue) = mpsc::channel();
        let (begun, beginning) = mpsc::sync_channel(1);
        let cancel = CancelToken::new();
        let of_thread = cancel.clone();
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let exports = Arc::<Exports>::default();
        let behind = Arc::<AtomicUsize>::default();
        let waiting = Arc::clone(&behind);
        let (of_running, counts) = (Arc::clone(&exports), Arc::clone(&figures));
        // The session lives on its thread alone.
        let run = move || {
            let made = LiveSession::new(editor, options);
            let made = made.map(|session| Running {
                session,
                views: BTreeMap::new(),
                cancel: of_thread,
                roots,
                folder,
                exports: of_running,
                figures: counts,
                behind: waiting,
            });
            match made {
                Ok(running) => {
                    // The opener waits for this.
                    let _ = begun.send(Ok(()));
                    running.run(&queue);
                }
                Err(e) => _ = begun.send(Err(e)),
            }
        };
        let thread = thread::Builder::new().name(format!("project {id}")).spawn(run);
        let thread = thread.map_err(|e| ApiError::of("engine.thread", &e))?;
        let broke = |_| ApiError::new("server.defect", "the thread of the project has ended");
        beginning.recv().map_err(broke)??;
        Ok(Self { id, path: path.to_owned(), exports, figures, requests, behind, cancel, thread: Some(thread) })
    }

    /// The folder of its file.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// Figures of what it does.
    ///
    /// # Errors
    /// The project is being closed.
    pub async fn state(&self) -> Result<ProjectState, Refusal> {
        self.ask(|to| Request::State { to }).await.map_err(closed)
    }

    /// Puts a request into the queue; the answer comes from what is returned.
    fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> oneshot::Receiver<T> {
        let (to, answer) = oneshot::channel();
        // If the project is being closed, the answer's sender is dropped.
        let _ = self.requests.send(request(to));
        answer
    }

    /// Carries out a command, for a view if its playhead is meant.
    ///
    /// # Errors
    /// Those of the command; 409 if `if_revision` is not that of the document.
    pub fn execute(
        &self,
        view: Option<ViewId>,
        command: Value,
        if_revision: Option<u64>,
    ) -> impl Future<Output = Result<Executed, Refusal>> + use<> {
        // The command is in the queue when this returns, so that commands are carried out in their order.
        let answer = self.ask(|to| Request::Execute { view, command, if_revision, to });
        async move { answer.await.map_err(closed)? }
    }

    /// The document as it is now.
    ///
    /// # Errors
    /// The project is being closed.
    pub async fn snapshot(&self) -> Result<Snapshot, Refusal> {
        self.ask(|to| Request::Snapshot { to }).await.map_err(closed)
    }

    /// Adds a view of the document, or of a medium.
    ///
    /// # Errors
    /// No engine can be started, the medium cannot be shown, or the project is being closed.
    pub async fn open_view(&self, outlet: Outlet, media: Option<String>) -> Result<ViewId, Refusal> {
        Ok(self.ask(|to| Request::Open { outlet, media, to }).await.map_err(closed)??)
    }

    /// Passes on what a view says about what it wants to see.
    pub fn look(&self, view: ViewId, message: ClientMessage) {
        self.behind.fetch_add(1, Ordering::Relaxed);
        // Fails while the project is being closed.
        let _ = self.requests.send(Request::Look { view, message });
    }

    /// Whether so many messages of views wait that no more should be read.
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed) >= MAX_WAITING
    }

    /// Removes a view.
    pub fn close_view(&self, view: ViewId) {
        let _ = self.requests.send(Request::Close { view });
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        self.cancel.cancel();
        let _ = self.requests.send(Request::Stop);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn closed(_: oneshot::error::RecvError) -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.project_closed", "the project is being closed")
}

/// Hidden files of exports of all projects, which a second interrupt removes.
pub type Unfinished = UnfinishedFiles;

struct Running {
    session: LiveSession,
    views: BTreeMap<ViewId, View>,
    cancel: CancelToken,
    /// Where commands may name files, and the folder that relative ones start at.
    roots: Roots,
    folder: PathBuf,
    exports: Arc<Exports>,
    figures: Arc<Figures>,
    behind: Arc<AtomicUsize>,
}

impl Running {
    fn run(mut self, queue: &mpsc::Receiver<Request>) {
        loop {
            let is_busy = self.views.values().any(View::is_busy);
            match queue.recv_timeout(if is_busy { BUSY } else { IDLE }) {
                Ok(Request::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(request) => self.carry_out(request),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.update();
        }
    }

    fn carry_out(&mut self, request: Request) {
        match request {
            Request::Execute { view, command, if_revision, to } => {
                // Whoever asked may be gone; the command is carried out all the same.
                let _ = to.send(self.execute(view, command, if_revision));
            }
            Request::State { to } => {
                let (jobs, frames) = (self.session.job_count(), self.session.cached_frames());
                let _ = to.send(ProjectState { jobs, journal_writes: self.session.editor().journal_writes(), frames });
            }
            Request::Snapshot { to } => {
                let (revision, unsaved) = (self.session.revision(), self.session.editor().is_unsaved());
                let _ = to.send(Snapshot { revision, unsaved, session: self.session.snapshot() });
            }
            Request::Open { outlet, media, to } => {
                let sink = Box::new(outlet.sink());
                let opened = match &media {
                    Some(media) => self.session.open_source_view(media, sink),
                    None => self.session.open_view(sink),
                };
                let opened = opened.and_then(|id| Ok((id, self.session.shown(id).inspect_err(|_| self.session.close_view(id))?)));
                let opened = opened.map(|(id, (composition, rate, frames))| {
                    let mut view = View::new(id, outlet, media.is_none());
                    let clients = self.clients() + usize::from(media.is_none());
                    let (revision, frame_rate) = (self.session.revision(), rate.to_string());
                    view.say(&ServerMessage::Welcome { revision, clients, composition, frames, frame_rate });
                    self.views.insert(id, view);
                    if media.is_none() {
                        self.tell(&ServerMessage::Presence { clients });
                    }
                    id
                });
                // Whoever asked may be gone: the view finds that out when it is updated.
                let _ = to.send(opened);
            }
            Request::Look { view, message } => {
                self.behind.fetch_sub(1, Ordering::Relaxed);
                if let Some(view) = self.views.get_mut(&view) {
                    view.look(&mut self.session, &message);
                }
            }
            Request::Close { view } => self.close(view),
            Request::Stop => {}
        }
    }

    fn close(&mut self, view: ViewId) {
        if let Some(closed) = self.views.remove(&view) {
            self.session.close_view(view);
            if closed.follows {
                let clients = self.clients();
                self.tell(&ServerMessage::Presence { clients });
            }
        }
    }

    /// Number of views of the document.
    fn clients(&self) -> usize {
        self.views.values().filter(|view| view.follows).count()
    }

    fn execute(&mut self, view: Option<ViewId>, mut command: Value, if_revision: Option<u64>) -> Result<Executed, Refusal> {
        let now = self.session.revision();
        if if_revision.is_some_and(|wanted| wanted != now) {
            let message = format!("the document has revision {now}");
            return Err(Refusal::new(StatusCode::CONFLICT, "server.revision", message));
        }
        if command.get("wait").is_some() {
            return Err(ApiError::new("usage.command", "a server does not wait: the end of a job comes as an event").into());
        }
        self.roots.resolve(&mut command, &self.folder)?;
        let view = view.filter(|view| self.views.contains_key(view)).unwrap_or(ViewId::SCRIPT);
        let mut events = Vec::new();
        let done = self.session.execute_in(view, &command, &self.cancel, &mut |event| events.push(event));
        events.into_iter().for_each(|event| self.tell(&ServerMessage::Event { event: Box::new(event) }));
        // Others see a change before its author has the answer.
        self.tell_changes();
        let event = done.map_err(Refusal::of)?;
        if matches!(event, SessionEvent::Transport { .. })
            && let Some(view) = self.views.get_mut(&view)
        {
            view.redraw();
        }
        Ok(Executed { revision: self.session.revision(), event })
    }

    fn tell_changes(&mut self) {
        let changes = self.session.take_changes();
        if changes.is_empty() {
            return;
        }
        self.figures.edits.inc_by(changes.len() as u64);
        for (revision, change) in changes {
            self.tell(&ServerMessage::Edits { revision, label: change.label, edits: change.edits });
        }
        self.views.values_mut().filter(|view| view.follows).for_each(View::redraw);
    }

    /// Sends a message to all views of the document. One that does not read its messages is closed; it finds out what it
    /// has missed when it connects again.
    fn tell(&mut self, message: &ServerMessage) {
        self.exports.note(message);
        let message = text(message);
        let following = self.views.iter_mut().filter(|(_, view)| view.follows);
        let slow: Vec<ViewId> = following.filter_map(|(id, view)| (!view.pass_on(message.clone())).then_some(*id)).collect();
        for id in slow {
            self.close(id);
        }
    }

    fn update(&mut self) {
        let mut happened = Vec::new();
        self.session.update_views(&mut |view, event| happened.push((view, event)));
        for (view, event) in happened {
            let redraws = matches!(event, SessionEvent::MediaChanged { .. });
            match view {
                // What the transport of a view does is said by the view itself.
                Some(_) if matches!(event, SessionEvent::Transport { .. }) => {}
                Some(view) => {
                    if let Some(view) = self.views.get_mut(&view) {
                        view.say(&ServerMessage::Event { event: Box::new(event) });
                    }
                }
                None => self.tell(&ServerMessage::Event { event: Box::new(event) }),
            }
            if redraws {
                self.views.values_mut().for_each(View::redraw);
            }
        }
        self.tell_changes();
        let mut gone = Vec::new();
        for (id, view) in &mut self.views {
            if !view.update(&mut self.session) {
                gone.push(*id);
            }
        }
        gone.into_iter().for_each(|id| self.close(id));
    }
}

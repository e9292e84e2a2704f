//! The running editor: a world of entities, stages, and a render thread.
use crate::{
    EngineError,
    draw::{DrawOutput, DrawThread, Drawer, PipelineDrawer},
    frame_index::FrameIndex,
    jobs::{JobId, Jobs, JobsSettings},
    mirror::Mirror,
    playback::{LatePolicy, PlayReport, Shown},
    plugin::{Capabilities, EnginePlugin, PluginControl, Plugins},
    requests::{AnswerTo, FrameHandle, FrameRequest, RequestState, Requests, Urgency, Wish},
    sink::{AudioSink, TimerSink},
    stages::{self, Update},
    transport::{Activity, TransportCommand},
    world::{
        Budget, Caches, Display, Document, DocumentState, ExportRuns, ExportState, Invalidate, JobNode, Opening, OpeningJob,
        Playhead, Pools, Preview, Render, Reopen, Transport, TransportState, Transported,
    },
};
use bevy_app::App;
use bevy_ecs::prelude::*;
use crossbeam_channel::bounded;
use cutroom_effects::Catalog;
use cutroom_pipeline::{FrameCache, Library, MemoryCacheState, OpenComposition, OpenOptions, RenderOptions};
use cutroom_timeline::RenderScale;
use cutroom_types::CancelToken;
use std::{
    collections::VecDeque,
    ops::Range,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What an engine is made of.
pub struct EngineSettings {
    /// The effects.
    pub catalog: Catalog,
    /// The files.
    pub library: Arc<Library>,
    /// How files are decoded.
    pub options: OpenOptions,
    /// The pools that states are opened and sound is mixed in.
    pub jobs: Jobs,
    /// Drawn frames. Its methods are called in updates, so that one with a store on a slow disk makes them
    /// late.
    pub frames: Arc<FrameCache>,
    /// Time for one update.
    pub budget: Duration,
    /// What happens when playback is late.
    pub policy: LatePolicy,
    /// The scale at which playback draws.
    pub scale: RenderScale,
    /// What plug-ins may use.
    pub allowed: Capabilities,
    /// What draws frames.
    pub drawer: Box<dyn Drawer>,
    /// Where sound goes.
    pub sink: Box<dyn AudioSink>,
}

impl EngineSettings {
    /// Settings for the files of a library: frames drawn by the pipeline for `output`, half a GiB
    /// of drawn frames, 4 ms for an update, and sound that nobody hears.
    ///
    /// # Errors
    /// The back end of the renderer is not available, or a thread cannot be started.
    pub fn new(catalog: Catalog, library: Arc<Library>, render: RenderOptions, output: DrawOutput) -> Result<Self, EngineError> {
        Self::with_drawer(catalog, library, PipelineDrawer::new(render, output)?)
    }

    /// As [`Self::new`], with what draws frames.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn with_drawer(catalog: Catalog, library: Arc<Library>, drawer: PipelineDrawer) -> Result<Self, EngineError> {
        Ok(Self {
            catalog,
            library,
            options: OpenOptions::default(),
            jobs: Jobs::new(JobsSettings::default())?,
            frames: Arc::new(FrameCache::new(512 << 20)),
            budget: Duration::from_millis(4),
            policy: LatePolicy::Drop,
            scale: RenderScale::FULL,
            allowed: Capabilities::ALL,
            drawer: Box::new(drawer),
            sink: Box::new(TimerSink::new()),
        })
    }
}

/// What an engine is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineState {
    /// Revision of the open document.
    pub revision: Option<u64>,
    /// What the transport does.
    pub activity: Activity,
    /// The playhead's frame.
    pub frame: i64,
    /// Frames per tick while it plays.
    pub speed: f64,
    /// The range that is played again and again, and how often; 0 for without end.
    pub looped: Option<(Range<i64>, u32)>,
    /// The scale at which playback draws.
    pub scale: RenderScale,
    /// Requests that have no answer yet.
    pub requests: usize,
    /// Requests that were overtaken so far.
    pub overtaken: u64,
    /// Figures of the cache of drawn frames.
    pub cache: MemoryCacheState,
    /// Frames of the document whose key is known.
    pub known_frames: usize,
}

/// The running editor. It does everything in [`Engine::update`], which is to be called often; nothing
/// in it waits for decoding or drawing.
pub struct Engine {
    app: App,
}

impl Engine {
    /// An engine without a document.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn new(settings: EngineSettings) -> Result<Self, EngineError> {
        let mut app = App::empty();
        let world = app.world_mut();
        world.insert_resource(Pools(settings.jobs));
        let draws = settings.drawer.draws();
        world.insert_resource(Render(DrawThread::new(settings.drawer)?));
        world.insert_resource(Opening { catalog: settings.catalog, library: settings.library, options: settings.options });
        world.insert_resource(Caches { index: FrameIndex::default(), frames: settings.frames, draws });
        world.insert_resource(Budget { limit: settings.budget, begun: Instant::now() });
        world.insert_resource(Transport {
            activity: Activity::Paused,
            frame: 0,
            speed: 1.0,
            looped: None,
            policy: settings.policy,
            scale: settings.scale,
            number: 0,
            playing: None,
            report: PlayReport::default(),
            error: None,
            sink: Mutex::new(settings.sink),
            sink_runs: false,
        });
        world.insert_resource(Plugins::new(settings.allowed));
        world.init_resource::<Document>();
        world.init_resource::<Mirror>();
        world.init_resource::<Requests>();
        world.init_resource::<Display>();
        world.init_resource::<TransportState>();
        world.init_resource::<ExportState>();
        world.spawn(Playhead { frame: 0, speed: 0.0 });
        app.add_message::<DocumentState>();
        app.add_message::<Transported>();
        app.add_message::<Invalidate>();
        app.add_message::<PluginControl>();
        app.add_message::<ExportRuns>();
        app.add_message::<Preview>();
        app.add_message::<Reopen>();
        stages::build(&mut app);
        let mut engine = Self { app };
        engine.check()?;
        Ok(engine)
    }

    /// Adds a plug-in.
    ///
    /// # Errors
    /// It needs what is not allowed, has the name of another, or its systems conflict with others.
    pub fn add_plugin(&mut self, plugin: &impl EnginePlugin) -> Result<(), EngineError> {
        self.app.world_mut().resource_mut::<Plugins>().accept(plugin.name(), plugin.needs())?;
        plugin.build(&mut self.app);
        self.check()
    }

    /// Builds the schedule: conflicts without an order are errors.
    fn check(&mut self) -> Result<(), EngineError> {
        let reason = |e: &dyn std::fmt::Display| EngineError::Schedule { reason: e.to_string() };
        let built = self.app.world_mut().try_schedule_scope(Update, |world, schedule| {
            schedule.initialize(world).map(drop).map_err(|e| reason(&e.to_string(schedule.graph(), world)))
        });
        built.map_err(|e| reason(&e))?
    }

    /// Sends a message, which the next update reads: [`DocumentState`], [`Invalidate`], [`Preview`],
    /// [`Reopen`], [`PluginControl`], [`ExportRuns`], or a plug-in's.
    pub fn send<M: Message>(&mut self, message: M) {
        self.app.world_mut().write_message(message);
    }

    /// Adds the entity of a job that somebody runs beside the engine, or changes it.
    pub fn note_job(&mut self, job: &JobNode) {
        self.forget_job(job.id);
        self.app.world_mut().spawn(job.clone());
    }

    /// Removes the entity of such a job.
    pub fn forget_job(&mut self, id: JobId) {
        let world = self.app.world_mut();
        let of_job = world.query::<(Entity, &JobNode)>().iter(world).find(|(_, job)| job.id == id).map(|(entity, _)| entity);
        of_job.map(|entity| world.despawn(entity));
    }

    /// Commands the transport.
    pub fn transport(&mut self, command: TransportCommand) {
        self.send(Transported(command));
    }

    /// Requests a frame of the newest document.
    pub fn request(&mut self, frame: i64, scale: RenderScale, urgency: Urgency) -> FrameHandle {
        let world = self.app.world_mut();
        let mut requests = world.resource_mut::<Requests>();
        let number = requests.next;
        requests.next += 1;
        // At most two answers: the nearest frame and the exact one.
        let (to, answers) = bounded(2);
        let token = CancelToken::new();
        let request = FrameRequest { number, frame, scale, urgency };
        let entity = world.spawn((request, RequestState::Wanted, AnswerTo(to), Wish(token.clone()))).id();
        world.resource_mut::<Requests>().entities.insert(number, entity);
        FrameHandle { number, answers, token }
    }

    /// Moves the playhead while somebody drags it: the nearest picture that is ready comes first, then
    /// the exact one; what was requested so before is dropped.
    pub fn scrub(&mut self, frame: i64, scale: RenderScale) -> FrameHandle {
        self.transport(TransportCommand::Scrub(frame));
        self.request(frame, scale, Urgency::Scrub)
    }

    /// Runs the stages once.
    pub fn update(&mut self) {
        self.app.world_mut().resource_mut::<Budget>().begun = Instant::now();
        self.app.update();
    }

    /// Waits until there is something for an update to do, or for `time`.
    pub fn wait(&mut self, time: Duration) {
        let world = self.app.world_mut();
        if world.query::<&OpeningJob>().iter(world).next().is_some() {
            // Jobs do not wake the engine.
            return world.resource_mut::<Render>().0.wait(time.min(Duration::from_millis(1)));
        }
        world.resource_mut::<Render>().0.wait(time);
    }

    /// Whether sound of playback is being mixed.
    pub fn is_mixing(&self) -> bool {
        self.app.world().resource::<Transport>().playing.as_ref().is_some_and(|p| p.sound.is_mixing())
    }

    /// Whether nothing is under way: no state being opened, no request without an answer, no sound
    /// being mixed. Messages that were sent count from the next update on.
    pub fn is_idle(&mut self) -> bool {
        let mixing = self.is_mixing();
        let world = self.app.world_mut();
        let opening = world.query::<&OpeningJob>().iter(world).next().is_some();
        let (document, requests) = (world.resource::<Document>(), world.resource::<Requests>());
        !opening
            && !mixing
            && document.pending.is_none()
            && requests.entities.is_empty()
            && world.resource::<Render>().0.outstanding() == 0
    }

    /// Updates until a state of the document with at least this revision is open.
    ///
    /// # Errors
    /// The state cannot be opened, or it takes longer than `time`.
    pub fn until_open(&mut self, revision: u64, time: Duration) -> Result<Arc<OpenComposition>, Arc<EngineError>> {
        let until = Instant::now() + time;
        loop {
            self.update();
            let document = self.app.world().resource::<Document>();
            if let Some((at, open)) = document.current.as_ref().filter(|(at, _)| *at >= revision) {
                debug_assert!(*at >= revision);
                return Ok(Arc::clone(open));
            }
            if let Some((_, error)) = document.failed.as_ref().filter(|(at, _)| *at >= revision) {
                return Err(Arc::clone(error));
            }
            if Instant::now() >= until {
                return Err(Arc::new(EngineError::NoDocument));
            }
            self.wait(Duration::from_millis(1));
        }
    }

    /// The open document with its revision.
    pub fn document(&self) -> Option<(u64, Arc<OpenComposition>)> {
        self.app.world().resource::<Document>().current.clone()
    }

    /// Why the newest state of the document could not be opened, with its revision.
    pub fn failure(&self) -> Option<(u64, Arc<EngineError>)> {
        self.app.world().resource::<Document>().failed.clone()
    }

    /// What the engine is doing.
    pub fn state(&self) -> EngineState {
        let world = self.app.world();
        let (document, requests) = (world.resource::<Document>(), world.resource::<Requests>());
        let (transport, caches) = (world.resource::<Transport>(), world.resource::<Caches>());
        EngineState {
            revision: document.current.as_ref().map(|(revision, _)| *revision),
            activity: transport.activity,
            frame: transport.frame,
            speed: transport.speed,
            looped: transport.looped.clone(),
            scale: transport.scale,
            requests: requests.entities.len(),
            overtaken: requests.overtaken,
            cache: caches.frames.state(),
            known_frames: caches.index.len(),
        }
    }

    /// Pictures that playback has shown since the last call, at most the last 8.
    pub fn shown(&mut self) -> VecDeque<Shown> {
        std::mem::take(&mut self.app.world_mut().resource_mut::<Display>().shown)
    }

    /// How well playback keeps time, or kept it if it has ended.
    pub fn play_report(&mut self) -> PlayReport {
        let mut transport = self.app.world_mut().resource_mut::<Transport>();
        let (now, missed) = (transport.now(), transport.sink().missed());
        let playing = transport.playing.as_ref();
        playing.map_or(transport.report, |p| p.playback.report(now, missed - p.missed_before))
    }

    /// Why playback stopped, once.
    pub fn play_error(&mut self) -> Option<Arc<EngineError>> {
        self.app.world_mut().resource_mut::<Transport>().error.take()
    }

    /// Throws the mirror away and builds it again.
    pub fn rebuild_mirror(&mut self) {
        let world = self.app.world_mut();
        let project = world.resource::<Mirror>().project().cloned();
        Mirror::clear(world);
        if let Some(project) = project {
            Mirror::update(world, &project, None);
        }
    }

    /// The mirror as text, sorted.
    pub fn dump(&mut self) -> Vec<String> {
        Mirror::dump(self.app.world_mut())
    }

    /// The world, for plug-ins and tests.
    pub fn world_mut(&mut self) -> &mut World {
        self.app.world_mut()
    }

    /// The pools of jobs.
    pub fn jobs(&self) -> Jobs {
        self.app.world().resource::<Pools>().0.clone()
    }
}

//! What the stages share: resources and messages.
use crate::{
    EngineError,
    draw::{DrawThread, Draws},
    frame_index::FrameIndex,
    jobs::{JobHandle, JobId, Jobs},
    playback::{LatePolicy, PlayReport, Playback, Shown},
    sink::AudioSink,
    sound::{SoundFeed, time_of},
    transport::{Activity, TransportCommand},
};
use bevy_ecs::prelude::*;
use cutroom_effects::Catalog;
use cutroom_pipeline::{FrameCache, FrameKey, Library, OpenComposition, OpenOptions, ProxyScale};
use cutroom_project::{Problem, Project};
use cutroom_timeline::RenderScale;
use cutroom_types::{CompositionId, MediaId, Time, TrackId};
use std::{
    collections::{BTreeSet, VecDeque},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Maximum number of shown pictures that are kept until they are collected.
const MAX_SHOWN: usize = 8;

/// A new state of the document. Only the newest is opened, if several come at once.
#[derive(Message, Clone)]
pub struct DocumentState {
    /// The document.
    pub project: Arc<Project>,
    /// The composition that is shown.
    pub composition: CompositionId,
    /// Number of the state; later states have higher numbers, an undone one, too.
    pub revision: u64,
    /// The tracks that differ from the state before; `None` if that is not known.
    pub touched: Option<BTreeSet<TrackId>>,
}

/// Cached frames that are not to be used any more.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub enum Invalidate {
    /// All, because of something that no key contains.
    Everything,
    /// Which keys frames have is to be computed again.
    Frames(Range<i64>),
}

/// A command for the transport, as a message.
#[derive(Message, Clone, Debug, PartialEq)]
pub struct Transported(pub TransportCommand);

/// How pictures are shown from now on.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct Preview {
    /// The scale at which playback draws.
    pub scale: RenderScale,
    /// What happens when playback is late.
    pub policy: LatePolicy,
    /// How files are decoded. If this is new, the document is opened again.
    pub options: OpenOptions,
}

/// Opens the newest state of the document again: its files may have changed.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reopen;

/// Whether an export runs beside the editor.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportRuns(pub bool);

/// What states are opened with.
#[derive(Resource)]
pub(crate) struct Opening {
    pub catalog: Catalog,
    pub library: Arc<Library>,
    pub options: OpenOptions,
}

/// A state that was opened, by its revision.
pub(crate) type Opened = (u64, Result<OpenComposition, Vec<Problem>>);

/// The job of an entity.
#[derive(Component, Clone, Debug, PartialEq, Eq)]
pub struct JobNode {
    /// Number of the job.
    pub id: JobId,
    /// What it does.
    pub name: String,
}

/// A proxy of which the pictures of a video stream may be read.
#[derive(Component, Clone, Debug, PartialEq, Eq)]
pub struct ProxyNode {
    /// The medium.
    pub media: MediaId,
    /// Number of the stream among the file's video streams.
    pub stream: usize,
    /// Its size in relation to the file.
    pub scale: ProxyScale,
}

/// The job that opens a state of the document.
#[derive(Component)]
pub(crate) struct OpeningJob {
    pub revision: u64,
    pub handle: JobHandle<Opened>,
}

/// The open document.
#[derive(Resource, Default)]
pub(crate) struct Document {
    pub current: Option<(u64, Arc<OpenComposition>)>,
    /// Number of openings so far that may have changed pictures. The same revision may be opened again, with
    /// other files or another composition.
    pub openings: u64,
    /// The newest state that has not been opened yet.
    pub pending: Option<DocumentState>,
    /// The newest state.
    pub newest: Option<DocumentState>,
    /// Why the newest state could not be opened; the one before it stays.
    pub failed: Option<(u64, Arc<EngineError>)>,
}

impl Document {
    /// Notes why a state cannot be opened, unless there is a newer one.
    pub fn fail(&mut self, revision: u64, error: EngineError) {
        if self.newest.as_ref().is_none_or(|newest| newest.revision <= revision) {
            self.failed = Some((revision, Arc::new(error)));
        }
    }
}

/// Drawn frames.
#[derive(Resource)]
pub(crate) struct Caches {
    pub index: FrameIndex,
    pub frames: Arc<FrameCache>,
    pub draws: Draws,
}

/// A frame in the cache.
#[derive(Component, Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    /// Its key.
    pub key: FrameKey,
}

/// The pools of jobs.
#[derive(Resource, Clone)]
pub(crate) struct Pools(pub Jobs);

/// The render thread.
#[derive(Resource)]
pub(crate) struct Render(pub DrawThread);

/// Time for one update. Work that is not urgent waits for the next one when it is used up.
#[derive(Resource)]
pub(crate) struct Budget {
    pub limit: Duration,
    pub begun: Instant,
}

impl Budget {
    pub fn is_used_up(&self) -> bool {
        self.begun.elapsed() >= self.limit
    }
}

/// The playhead's entity.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Playhead {
    /// The frame at which it is.
    pub frame: i64,
    /// Frames per tick; 0 when it rests.
    pub speed: f64,
}

/// The transport.
#[derive(Resource)]
pub(crate) struct Transport {
    pub activity: Activity,
    pub frame: i64,
    pub speed: f64,
    pub looped: Option<(Range<i64>, u32)>,
    pub policy: LatePolicy,
    pub scale: RenderScale,
    /// Number of the playback, so that pictures of an earlier one are not taken for this one's.
    pub number: u64,
    pub playing: Option<Playing>,
    /// The report of the last playback that ended.
    pub report: PlayReport,
    pub error: Option<Arc<EngineError>>,
    pub sink: Mutex<Box<dyn AudioSink>>,
    pub sink_runs: bool,
}

/// A playback that goes on.
pub(crate) struct Playing {
    pub playback: Playback,
    pub sound: SoundFeed,
    pub rate_hz: u32,
    /// Samples that the sink had missed before.
    pub missed_before: u64,
}

impl Transport {
    pub fn sink(&mut self) -> &mut dyn AudioSink {
        &mut **self.sink.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time since the start of the playback.
    pub fn now(&mut self) -> Time {
        let rate_hz = self.playing.as_ref().map_or(1, |p| p.rate_hz);
        time_of(self.sink().consumed(), rate_hz)
    }
}

/// Pictures that were shown by playback, the newest last.
#[derive(Resource, Default)]
pub(crate) struct Display {
    pub shown: VecDeque<Shown>,
}

impl Display {
    pub fn show(&mut self, shown: Shown) {
        if self.shown.len() == MAX_SHOWN {
            self.shown.pop_front();
        }
        self.shown.push_back(shown);
    }
}

/// A run condition: whether playback runs or is about to.
pub fn playing(transport: Option<Res<TransportState>>) -> bool {
    transport.is_some_and(|t| matches!(t.0, Activity::Playing | Activity::Prerolling))
}

/// A run condition: whether the playhead rests.
pub fn paused(transport: Option<Res<TransportState>>) -> bool {
    transport.is_none_or(|t| t.0 == Activity::Paused)
}

/// A run condition: whether somebody drags the playhead.
pub fn scrubbing(transport: Option<Res<TransportState>>) -> bool {
    transport.is_some_and(|t| t.0 == Activity::Scrubbing)
}

/// A run condition: whether an export runs.
pub fn exporting(exporting: Option<Res<ExportState>>) -> bool {
    exporting.is_some_and(|e| e.0)
}

/// What the transport does, for run conditions of plug-ins.
#[derive(Resource, Default)]
pub struct TransportState(pub Activity);

/// Whether an export runs, for run conditions of plug-ins.
#[derive(Resource, Default)]
pub struct ExportState(pub bool);

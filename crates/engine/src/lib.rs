//! The running editor without a face, on `bevy_ecs`: stages, jobs, caches, transport.
//!
//! An [`Engine`] receives each state of the document as a value and knows no other way to change one.
//! Everything in it is derived: the mirror of entities, the cached frames and the playhead can be
//! thrown away. It must not know HTTP, JSON or windows.
#![forbid(unsafe_code)]

mod device_sink;
pub mod dirty;
mod draw;
mod engine;
mod error;
pub mod frame_index;
pub mod jobs;
pub mod mirror;
mod playback;
mod plugin;
mod requests;
mod sink;
mod sound;
pub mod stages;
mod transport;
mod world;

pub use device_sink::{DeviceSink, MakeOutput, SoundDevice};
pub use draw::{DrawOrder, DrawOutput, Drawer, Draws, PipelineDrawer};
pub use engine::{Engine, EngineSettings, EngineState};
pub use error::EngineError;
pub use playback::{LatePolicy, PlayReport, Playback, Ready, Shown};
pub use plugin::{Capabilities, EnginePlugin, PluginControl, Plugins, is_on};
pub use requests::{ForTick, FrameAnswer, FrameHandle, FrameRequest, RequestPlan, RequestState, Urgency};
pub use sink::{AudioSink, Clock, TimerSink};
pub use transport::{Activity, Course, MAX_SPEED, TransportCommand};
pub use world::{
    CacheEntry, DocumentState, ExportRuns, ExportState, Invalidate, JobNode, Playhead, Preview, ProxyNode, Reopen, TransportState,
    Transported, exporting, paused, playing, scrubbing,
};

//! Sound devices.
#![forbid(unsafe_code)]

mod anchors;
mod backend;
mod channels;
mod clock;
mod error;
mod feeder;
mod hardware;
mod input;
mod latency;
mod levels;
mod line;
mod output;
mod player;
mod programme;
mod recorder;
mod resample;
mod time;
mod timer;
mod timing;

pub use backend::{Fault, Faults, Format, InputBackend, OpenStream, OutputBackend, Presence};
pub use channels::map_channels;
pub use clock::{Clock, Heard};
pub use error::DeviceError;
pub use hardware::{Choice, DeviceInfo, Devices, HardwareInput, HardwareOutput, Offer, devices};
pub use input::InputCallback;
pub use latency::{latency_signal, measure_latency};
pub use levels::Level;
pub use output::{OutputCallback, RAMP_SECS};
pub use player::{Event, Player, PlayerOptions, Status};
pub use programme::{Request, SoundProgramme};
pub use recorder::{RecordedBlock, Recorder, RecorderOptions, RecorderStatus};
pub use time::now_secs;
pub use timer::{Air, Around, Source, Tap, TimerInput, TimerOptions, TimerOutput, TimerSwitch};

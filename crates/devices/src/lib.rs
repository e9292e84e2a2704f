//! Sound devices: plays a composition's sound with the device's clock as master, and records in
//! time with it. The crate knows blocks of samples and composition samples; it never knows
//! projects, files or how sound is made, and whoever makes it implements [`SoundProgramme`].
//!
//! How sound flows: a thread, the feeder, asks the programme for blocks ahead of time, maps
//! channels, resamples if the device cannot run at the composition's rate, and fills a wait-free
//! ring of one producer and one consumer. The device's callback ([`OutputCallback`]) only takes
//! from the ring and ramps the gain at start, stop, seek, under-run and changes of volume; it never
//! allocates, locks, blocks or logs. It publishes by atomics which frame of the ring is heard when,
//! smoothed against jitter; [`Clock`] joins that with the feeder's marks (which composition sample
//! is which frame) and tells what is heard now. Pictures follow that clock.
//!
//! What drives a callback is a [`HardwareOutput`] (cpal: ALSA, CoreAudio, WASAPI) or a
//! [`TimerOutput`], a thread at the exact rate of the monotonic clock: for playback without a
//! device, in the place of a device that has gone, and for tests, which give it drift, jitter,
//! stalls and a disappearance. Recording is the same the other way: [`Recorder`] drains the ring of
//! an [`InputCallback`] and places each sample where in the composition it was heard.
//!
//! What is not done:
//! - The feeder and the timers run at normal priority: raising it without privileges on Linux needs
//!   RealtimeKit, whose crate is under MPL-2.0, which this repository does not use. The thread of a
//!   device's callback has the priority that its system gives it.
//! - The clocks of two devices (an input that is not the output's device) are compared and their
//!   drift is told, but within an epoch a recording is not resampled to it: at 100 ppm it is off by
//!   6 ms after a minute, and placed anew when it is off by 10 ms.
//! - A recording is placed as if the speed were 1. An input that goes or changes its rate ends the
//!   recording.
//! - Loops turn forwards only. A change of speed, loop or programme while playing is heard after
//!   the lead.
//! - The system's default device is looked up when it is opened; if another becomes the default,
//!   the player stays unless the driver moves the stream. Exclusive modes (WASAPI exclusive, ASIO)
//!   are not used.
//! - Devices with integer samples get them rounded, without dither.
//! - cpal does not tell whether a driver's latency is true; what is left of it is measured by
//!   [`latency_signal`] and [`measure_latency`].
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
mod options;
mod output;
mod player;
mod programme;
mod recorder;
mod resample;
mod status;
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
pub use options::PlayerOptions;
pub use output::{OutputCallback, RAMP_SECS};
pub use player::Player;
pub use programme::{Request, SoundProgramme};
pub use recorder::{RecordedBlock, Recorder, RecorderOptions, RecorderStatus};
pub use status::{Event, Status};
pub use time::now_secs;
pub use timer::{Air, Around, Source, Tap, TimerInput, TimerOptions, TimerOutput, TimerSwitch};

//! The handle of playback: commands to the feeder's thread, the clock, events and figures.
use crate::{
    Clock, DeviceError, Faults, Format, OutputBackend, SoundProgramme,
    feeder::{Command, Feeder},
    output::OutputShared,
};
use std::{
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{
            AtomicU64,
            Ordering::{Acquire, Relaxed},
        },
        mpsc::{Receiver, Sender, channel, sync_channel},
    },
    thread::JoinHandle,
};

/// Events that wait for the caller at most; later ones are dropped and counted.
const EVENTS: usize = 256;

/// How a player runs.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayerOptions {
    /// Sample rate of the composition in Hz.
    pub rate_hz: u32,
    /// Channels of the composition; the device with as many is preferred.
    pub channels: usize,
    /// Frames per block of the device that are wished for.
    pub block_frames: usize,
    /// Sound that is made ahead of the device, in seconds, 0.01 to 5. A change of speed, of loop or of the
    /// programme is heard so much later; a seek is not.
    pub lead_secs: f64,
    /// How often a lost device is looked for, in seconds; infinite for only when asked.
    pub retry_secs: f64,
    /// Length of a scrub's window in seconds, 0.01 to 1; 0.03 to 0.06 is usual.
    pub scrub_secs: f64,
    /// Composition sample at which it stands at first.
    pub first_sample: i64,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            rate_hz: 48_000,
            channels: 2,
            block_frames: 480,
            lead_secs: 0.1,
            retry_secs: 1.0,
            scrub_secs: 0.045,
            first_sample: 0,
        }
    }
}

/// What a player tells without being asked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The device has gone; playback goes on by a timer, unheard.
    DeviceLost {
        /// Its name.
        device: String,
        /// The driver's words.
        message: String,
    },
    /// The device runs, for the first time, again, or in another format.
    DeviceOpened {
        /// Its name.
        device: String,
        /// How it runs.
        format: Format,
    },
    /// The programme failed; there is silence instead. Told once until it succeeds again.
    ProgrammeFailed {
        /// First composition sample that is silent.
        first_sample: i64,
        /// The programme's words.
        message: String,
    },
    /// The sound has come to its end, and playback has stopped.
    Ended,
}

/// Figures of a player at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Name of the chosen device.
    pub device: String,
    /// Whether a timer plays in the device's place.
    pub on_fallback: bool,
    /// How the device, or the timer, runs.
    pub format: Format,
    /// Times that the feeder was late and there was silence, since the start.
    pub under_runs: u64,
    /// Under-runs that the driver tells of, of this device since it was opened.
    pub device_xruns: u64,
    /// Blocks that a timer delivered more than a block late.
    pub late_blocks: u64,
    /// Between the callback and hearing its first frame, in seconds.
    pub latency_secs: f64,
    /// The device's clock against the monotonic one in parts per million, positive if it is fast; `None`
    /// before it is measured.
    pub drift_ppm: Option<f64>,
    /// Highest absolute sample given to the device since the last status.
    pub peak: f32,
    /// Events that found no room.
    pub dropped_events: u64,
}

/// What of an opened device the handle looks at.
pub(crate) struct Live {
    pub device: String,
    pub on_fallback: bool,
    pub format: Format,
    pub shared: Arc<OutputShared>,
    pub faults: Arc<Faults>,
    /// Under-runs of streams before this one.
    pub earlier_under_runs: u64,
}

/// Plays a programme on an output. Dropping it stops the sound, after the request that the programme is busy with.
pub struct Player {
    commands: Sender<Command>,
    clock: Clock,
    events: Mutex<Receiver<Event>>,
    live: Arc<Mutex<Live>>,
    dropped_events: Arc<AtomicU64>,
    seeks: AtomicU64,
    thread: Option<JoinHandle<()>>,
}

impl Player {
    /// Opens the output and stands ready, paused.
    ///
    /// # Errors
    /// If a setting is outside its range or the output cannot be opened.
    pub fn new(
        output: Box<dyn OutputBackend>,
        programme: Box<dyn SoundProgramme>,
        options: PlayerOptions,
    ) -> Result<Self, DeviceError> {
        check(&options)?;
        let (commands, received) = channel();
        let (events, to_read) = sync_channel(EVENTS);
        let dropped_events = Arc::new(AtomicU64::new(0));
        let clock = Clock::new(options.rate_hz, options.first_sample);
        let (opened, wait) = sync_channel(1);
        let (its_clock, its_dropped) = (clock.clone(), dropped_events.clone());
        let run = move || match Feeder::open(output, programme, options, its_clock, (events, its_dropped)) {
            Ok(feeder) => {
                let _ = opened.send(Ok(feeder.live()));
                feeder.run(&received);
            }
            Err(e) => {
                let _ = opened.send(Err(e));
            }
        };
        let thread = std::thread::Builder::new().name("sound feeder".into()).spawn(run).map_err(DeviceError::Thread)?;
        let live = wait.recv().map_err(|_| DeviceError::Ended)??;
        let events = Mutex::new(to_read);
        Ok(Self { commands, clock, events, live, dropped_events, seeks: AtomicU64::new(0), thread: Some(thread) })
    }

    /// Plays from where it stands.
    ///
    /// # Errors
    /// As all commands: if the feeder's thread has ended.
    pub fn play(&self) -> Result<(), DeviceError> {
        self.send(Command::Play)
    }

    /// Stops where it is.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn pause(&self) -> Result<(), DeviceError> {
        self.send(Command::Pause)
    }

    /// Stops and goes back to where it was played from; while nothing plays, it stays.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn stop(&self) -> Result<(), DeviceError> {
        self.send(Command::Stop)
    }

    /// Goes to a composition sample, playing or not. The clock shows it at once.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn seek(&self, sample: i64) -> Result<(), DeviceError> {
        let number = self.announce(sample);
        self.send(Command::Seek { number, sample })
    }

    /// Plays a short window around a composition sample, with fades, and stands there.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn scrub(&self, sample: i64) -> Result<(), DeviceError> {
        let number = self.announce(sample);
        self.send(Command::Scrub { number, sample })
    }

    /// Plays a range of composition samples over and over, with a short cross-fade at each turn, once
    /// playback comes to its end forwards; `None` goes on past it.
    ///
    /// # Errors
    /// If the range is shorter than 10 ms, or the feeder's thread has ended.
    pub fn set_loop(&self, range: Option<Range<i64>>) -> Result<(), DeviceError> {
        let rate_hz = i64::from(self.clock.composition_hz());
        if let Some(bad) = range.as_ref().filter(|r| r.end.saturating_sub(r.start) < rate_hz / 100) {
            return Err(DeviceError::Setting { setting: "loop", value: format!("{bad:?}"), range: "at least 10 ms long" });
        }
        self.send(Command::Loop(range))
    }

    /// Sets the speed: 1 is normal, negative plays backwards.
    ///
    /// # Errors
    /// If its absolute value is not from 1/64 to 64, or the feeder's thread has ended.
    pub fn set_speed(&self, speed: f64) -> Result<(), DeviceError> {
        if !(1.0 / 64.0..=64.0).contains(&speed.abs()) {
            let value = speed.to_string();
            return Err(DeviceError::Setting { setting: "speed", value, range: "1/64 to 64 or the negative of that" });
        }
        self.send(Command::Speed(speed))
    }

    /// Sets the gain, linear, 0 to 8; it changes without a click.
    ///
    /// # Errors
    /// If it is outside that range, or the feeder's thread has ended.
    pub fn set_volume(&self, gain: f32) -> Result<(), DeviceError> {
        if !(0.0..=8.0).contains(&gain) {
            return Err(DeviceError::Setting { setting: "volume", value: gain.to_string(), range: "0 to 8" });
        }
        self.send(Command::Volume(gain))
    }

    /// Silences the output, or not, and keeps the volume for later.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn set_mute(&self, mute: bool) -> Result<(), DeviceError> {
        self.send(Command::Mute(mute))
    }

    /// Plays another programme from where it is (an edit), with a short cross-fade.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn set_programme(&self, programme: Box<dyn SoundProgramme>) -> Result<(), DeviceError> {
        self.send(Command::Programme(programme))
    }

    /// Plays on another output from now on.
    ///
    /// # Errors
    /// If it cannot be opened; the player stays with the one it has.
    pub fn set_output(&self, output: Box<dyn OutputBackend>) -> Result<(), DeviceError> {
        let (reply, wait) = sync_channel(1);
        self.send(Command::Output(output, reply))?;
        wait.recv().map_err(|_| DeviceError::Ended)?
    }

    /// Tries now to go back to a lost device. Whether it worked is told by an event.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn try_device_again(&self) -> Result<(), DeviceError> {
        self.send(Command::TryAgain)
    }

    /// The composition sample that is heard now.
    pub fn position(&self) -> i64 {
        self.clock.now().sample.floor() as i64
    }

    /// The clock that pictures follow.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The next event, if there is one.
    pub fn next_event(&self) -> Option<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }

    /// Figures of now.
    pub fn status(&self) -> Status {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let (device_xruns, late_blocks) = live.faults.counts();
        Status {
            device: live.device.clone(),
            on_fallback: live.on_fallback,
            format: live.format,
            under_runs: live.earlier_under_runs + live.shared.under_runs.load(Relaxed),
            device_xruns,
            late_blocks,
            latency_secs: live.shared.latency_secs(),
            drift_ppm: live.shared.drift_ppm(),
            peak: f32::from_bits(live.shared.peak.swap(0, Relaxed)),
            dropped_events: self.dropped_events.load(Relaxed),
        }
    }

    fn announce(&self, sample: i64) -> u64 {
        let number = self.seeks.fetch_add(1, Acquire) + 1;
        self.clock.set_pending(number, sample);
        number
    }

    fn send(&self, command: Command) -> Result<(), DeviceError> {
        self.commands.send(command).map_err(|_| DeviceError::Ended)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn check(options: &PlayerOptions) -> Result<(), DeviceError> {
    let setting = |setting, value: String, range| Err(DeviceError::Setting { setting, value, range });
    match options {
        o if !(1_000..=1_536_000).contains(&o.rate_hz) => setting("rate_hz", o.rate_hz.to_string(), "1000 to 1536000 Hz"),
        o if !(1..=64).contains(&o.channels) => setting("channels", o.channels.to_string(), "1 to 64"),
        o if !(8..=65_536).contains(&o.block_frames) => setting("block_frames", o.block_frames.to_string(), "8 to 65536"),
        o if !(0.01..=5.0).contains(&o.lead_secs) => setting("lead_secs", o.lead_secs.to_string(), "0.01 to 5"),
        o if o.retry_secs.is_finite() && !(0.1..=86_400.0).contains(&o.retry_secs) || o.retry_secs.is_nan() => {
            setting("retry_secs", o.retry_secs.to_string(), "0.1 to 86400, or infinite")
        }
        o if !(0.01..=1.0).contains(&o.scrub_secs) => setting("scrub_secs", o.scrub_secs.to_string(), "0.01 to 1"),
        _ => Ok(()),
    }
}

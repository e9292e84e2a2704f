//! The handle of playback: commands to the feeder's thread, the clock, events and figures.
use crate::{
    Clock, DeviceError, Event, OutputBackend, PlayerOptions, SoundProgramme, Status,
    feeder::{Command, Feeder},
    options::FURTHEST,
    status::Live,
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

/// Plays a programme on an output. Dropping it stops the sound, after the request that the
/// programme is busy with.
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
        options.check()?;
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
        let (number, sample) = self.announce(sample);
        self.send(Command::Seek { number, sample })
    }

    /// Plays a short window around a composition sample, with fades, and stands there.
    ///
    /// # Errors
    /// If the feeder's thread has ended.
    pub fn scrub(&self, sample: i64) -> Result<(), DeviceError> {
        let (number, sample) = self.announce(sample);
        self.send(Command::Scrub { number, sample })
    }

    /// Plays a range of composition samples over and over, with a short cross-fade at each turn,
    /// once playback comes to its end forwards; `None` goes on past it.
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
            missed_secs: live.earlier_missed_secs + live.shared.missed_secs(),
            device_xruns,
            late_blocks,
            latency_secs: live.shared.latency_secs(),
            drift_ppm: live.shared.drift_ppm(),
            peak: f32::from_bits(live.shared.peak.swap(0, Relaxed)),
            dropped_events: self.dropped_events.load(Relaxed),
        }
    }

    /// Shows the clock a seek that is to come; its number, and its target within what there can be.
    fn announce(&self, sample: i64) -> (u64, i64) {
        let sample = sample.clamp(-FURTHEST, FURTHEST);
        let number = self.seeks.fetch_add(1, Acquire) + 1;
        self.clock.set_pending(number, sample);
        (number, sample)
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

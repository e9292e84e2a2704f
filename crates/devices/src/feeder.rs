//! The thread between the programme and the callback: keeps the ring filled, carries out commands,
//! and changes to a timer when the device goes.
//!
//! A seek throws away what is in the ring. What changes without a seek (a loop's turn, the speed,
//! the programme) joins the ring's end by a cross-fade: what would have come is asked for a little
//! longer ([`Feeder::tail`]).
use crate::{
    Clock, DeviceError, Event, Fault, Format, OutputBackend, PlayerOptions, Request, SoundProgramme, TimerOutput, clock::Mark,
    line::Line, status::Live,
};
use std::{
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{AcqRel, Relaxed, Release},
        },
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    time::{Duration, Instant},
};

/// Length of the cross-fades in seconds.
const CROSS_FADE_SECS: f64 = 0.005;
/// How often the feeder looks while it has nothing to do.
const IDLE: Duration = Duration::from_millis(4);

pub(crate) enum Command {
    Play,
    Pause,
    Stop,
    Seek { number: u64, sample: i64 },
    Scrub { number: u64, sample: i64 },
    Loop(Option<Range<i64>>),
    Speed(f64),
    Volume(f32),
    Mute(bool),
    Programme(Box<dyn SoundProgramme>),
    Output(Box<dyn OutputBackend>, SyncSender<Result<(), DeviceError>>),
    TryAgain,
    Quit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Paused,
    Playing,
    /// The window of a scrub plays; nothing follows it.
    Scrubbing,
}

pub(crate) struct Feeder {
    output: Box<dyn OutputBackend>,
    programme: Box<dyn SoundProgramme>,
    options: PlayerOptions,
    clock: Clock,
    events: SyncSender<Event>,
    dropped_events: Arc<AtomicU64>,
    live: Arc<Mutex<Live>>,
    line: Line,
    mode: Mode,
    /// Composition sample of the next request.
    next: f64,
    contiguous: bool,
    speed: f64,
    range: Option<Range<i64>>,
    /// What is to be faded out over the beginning of the next block, planar.
    tail: Vec<Vec<f32>>,
    /// The programme has no more from here.
    ended: bool,
    failing: bool,
    played_from: f64,
    volume: f32,
    mute: bool,
    on_fallback: bool,
    /// Whether a lost device is looked for.
    retries: bool,
    next_retry: Instant,
    found: Arc<AtomicBool>,
    probe: Option<std::thread::JoinHandle<()>>,
    /// Samples per request.
    feed: usize,
}

impl Feeder {
    pub fn open(
        mut output: Box<dyn OutputBackend>,
        programme: Box<dyn SoundProgramme>,
        options: PlayerOptions,
        clock: Clock,
        (events, dropped_events): (SyncSender<Event>, Arc<AtomicU64>),
    ) -> Result<Self, DeviceError> {
        let line = Line::open(output.as_mut(), wanted(&options), options.lead_secs, 1.0)?;
        let live = Arc::new(Mutex::new(Live {
            device: output.name(),
            on_fallback: false,
            format: line.format,
            shared: line.shared.clone(),
            faults: line.faults.clone(),
            earlier_under_runs: 0,
            earlier_missed_secs: 0.0,
        }));
        let feed = ((options.lead_secs * f64::from(options.rate_hz) / 4.0) as usize).clamp(64, 4096);
        let first = options.first_sample as f64;
        let mut feeder = Self {
            output,
            programme,
            options,
            clock,
            events,
            dropped_events,
            live,
            line,
            mode: Mode::Paused,
            next: first,
            contiguous: false,
            speed: 1.0,
            range: None,
            tail: Vec::new(),
            ended: false,
            failing: false,
            played_from: first,
            volume: 1.0,
            mute: false,
            on_fallback: false,
            retries: true,
            next_retry: Instant::now(),
            found: Arc::default(),
            probe: None,
            feed,
        };
        feeder.clock.set_stream(feeder.line.shared.clone());
        feeder.jump(first);
        feeder.tell_opened();
        Ok(feeder)
    }

    pub fn live(&self) -> Arc<Mutex<Live>> {
        self.live.clone()
    }

    /// Until the handle is dropped.
    pub fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let busy = self.turn();
            let command = if busy {
                commands.try_recv().ok()
            } else {
                match commands.recv_timeout(IDLE) {
                    Ok(command) => Some(command),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            };
            match command {
                Some(Command::Quit) => return,
                Some(command) => self.carry_out(command),
                None => {}
            }
        }
    }

    /// One look at the device and at the ring; whether there is more to do at once.
    fn turn(&mut self) -> bool {
        self.watch_device();
        if self.ended {
            if self.mode == Mode::Playing && self.line.is_at_end() {
                self.tell(Event::Ended);
                self.set_mode(Mode::Paused);
            }
            return false;
        }
        if !self.line.wants(self.feed) || !self.programme.is_ready(self.request(self.samples_to_turn().0)) {
            return false;
        }
        self.produce();
        true
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Play => {
                if self.mode == Mode::Scrubbing {
                    self.jump(self.clock.now().sample);
                }
                if self.mode != Mode::Playing {
                    self.played_from = self.clock.now().sample;
                }
                self.set_mode(Mode::Playing);
            }
            Command::Pause => {
                if self.mode == Mode::Scrubbing {
                    self.jump(self.clock.now().sample);
                }
                self.set_mode(Mode::Paused);
            }
            Command::Stop => {
                let stands = if self.mode == Mode::Playing { self.played_from } else { self.clock.now().sample };
                self.set_mode(Mode::Paused);
                self.jump(stands);
            }
            Command::Seek { number, sample } => {
                if self.mode == Mode::Scrubbing {
                    self.set_mode(Mode::Paused);
                }
                self.jump(sample as f64);
                self.clock.seek_done(number);
            }
            Command::Scrub { number, sample } => {
                self.scrub(sample);
                self.clock.seek_done(number);
            }
            Command::Loop(range) => self.set_loop(range),
            Command::Speed(speed) => {
                self.splice();
                self.speed = speed;
                if self.settle() {
                    self.mark(self.next, self.step(), false);
                }
            }
            Command::Programme(programme) => {
                self.splice();
                self.programme = programme;
                let _ = self.settle();
            }
            Command::Volume(volume) => {
                self.volume = volume;
                self.set_gain();
            }
            Command::Mute(mute) => {
                self.mute = mute;
                self.set_gain();
            }
            Command::Output(output, reply) => {
                let _ = reply.send(self.change_output(output));
            }
            Command::TryAgain => {
                if self.on_fallback {
                    self.go_back();
                }
            }
            Command::Quit => {}
        }
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        self.line.shared.run.store(mode != Mode::Paused, Release);
    }

    fn set_gain(&self) {
        let gain = if self.mute { 0.0_f32 } else { self.volume };
        self.line.shared.volume.store(gain.to_bits(), Relaxed);
    }

    /// Throws away what is in the ring and goes on at a composition sample.
    fn jump(&mut self, sample: f64) {
        self.line.restart();
        self.mark(sample, self.step(), true);
        self.line.discard();
        self.next = sample;
        self.contiguous = false;
        self.ended = false;
        self.tail.clear();
    }

    /// Composition samples per frame of the device.
    fn step(&self) -> f64 {
        self.speed / self.line.frames_per_sample()
    }

    fn mark(&self, composition: f64, step: f64, hard: bool) {
        self.clock.mark(Mark { frame: self.line.here(), composition, step, hard });
    }

    /// Before the sound changes at the ring's end: keeps what would have come there.
    fn splice(&mut self) {
        if self.mode != Mode::Playing || self.ended {
            return;
        }
        let (next, contiguous) = (self.next, self.contiguous);
        let (tail, _) = self.ask((CROSS_FADE_SECS * f64::from(self.options.rate_hz)) as usize);
        (self.tail, self.next, self.contiguous) = (tail, next, contiguous);
    }

    /// After the sound has changed: from the ring's end while it plays (true), or else from where
    /// it stands.
    fn settle(&mut self) -> bool {
        let joins = self.mode == Mode::Playing && !self.ended;
        if joins {
            self.contiguous = false;
        } else {
            self.set_mode(if self.mode == Mode::Scrubbing { Mode::Paused } else { self.mode });
            self.jump(self.clock.now().sample);
        }
        joins
    }

    fn set_loop(&mut self, range: Option<Range<i64>>) {
        self.range = range;
        let heard = self.clock.now().sample;
        // What is beyond the new end is already in the ring.
        if self.range.as_ref().is_some_and(|r| heard < r.end as f64 && self.next > r.end as f64) {
            self.jump(heard);
        }
    }

    fn scrub(&mut self, sample: i64) {
        let samples = (self.options.scrub_secs * f64::from(self.options.rate_hz)) as usize;
        self.jump(sample as f64);
        let step_back = self.speed.signum() * samples as f64 / 2.0;
        self.mark(sample as f64, 0.0, true);
        self.next = (sample as f64 - step_back).floor();
        let (mut window, _) = self.ask(samples);
        for channel in &mut window {
            let (length, fade) = (channel.len(), channel.len() / 4);
            for (at, value) in channel.iter_mut().enumerate() {
                let inside = (at.min(length - 1 - at) as f32 + 0.5) / fade.max(1) as f32;
                *value *= smooth(inside.min(1.0));
            }
        }
        self.line.push(&window);
        self.line.end();
        self.ended = true;
        self.set_mode(Mode::Scrubbing);
    }

    /// Samples of the next block, the end of the loop that it may reach, and whether it does.
    fn samples_to_turn(&self) -> (usize, Option<f64>, bool) {
        let end = self.range.as_ref().map(|r| r.end as f64).filter(|end| self.speed > 0.0 && self.next < *end);
        let left = end.map_or(usize::MAX, |end| ((end - self.next) / self.speed).ceil() as usize);
        (self.feed.min(left), end, left <= self.feed)
    }

    fn request(&self, samples: usize) -> Request {
        Request { first_sample: self.next.floor() as i64, samples, speed: self.speed, contiguous: self.contiguous }
    }

    /// Makes the next block and puts it into the ring.
    fn produce(&mut self) {
        let (samples, end, turns) = self.samples_to_turn();
        let (mut block, ended) = self.ask(samples);
        if ended && end.is_some() {
            // Within a loop, what is beyond the sound's end is silence.
            let missing = samples - block.first().map_or(0, Vec::len);
            block.iter_mut().for_each(|channel| channel.resize(samples, 0.0));
            self.next += missing as f64 * self.speed;
        }
        self.fade_tail(&mut block);
        self.line.push(&block);
        if ended && end.is_none() {
            self.line.end();
            self.ended = true;
        }
        if let Some((start, end)) = self.range.as_ref().map(|r| (r.start as f64, r.end as f64)).filter(|_| turns) {
            let over = self.next - end;
            self.splice();
            self.next = start + over;
            self.contiguous = false;
            self.mark(self.next, self.step(), false);
        }
    }

    /// Asks the programme for the next samples; whether it has no more after them.
    fn ask(&mut self, samples: usize) -> (Vec<Vec<f32>>, bool) {
        let request = self.request(samples);
        let answer = self.programme.sound(request).map_err(|e| e.to_string()).and_then(|block| {
            let rate_hz = self.options.rate_hz;
            if block.rate_hz == rate_hz || block.is_empty() {
                Ok(block)
            } else {
                Err(format!("a block of {} Hz came for a composition of {rate_hz} Hz", block.rate_hz))
            }
        });
        let (mut channels, failed) = match answer {
            Ok(block) => (block.channels, None),
            Err(message) => (vec![vec![0.0; samples]; self.options.channels], Some(message)),
        };
        channels.iter_mut().for_each(|channel| channel.truncate(samples));
        self.contiguous = failed.is_none();
        if let Some(message) = failed.filter(|_| !self.failing) {
            self.failing = true;
            self.tell(Event::ProgrammeFailed { first_sample: request.first_sample, message });
        } else if self.contiguous {
            self.failing = false;
        }
        let given = channels.iter().map(Vec::len).min().unwrap_or(0);
        if channels.is_empty() {
            channels.push(Vec::new());
        }
        self.next += given as f64 * self.speed;
        (channels, given < samples)
    }

    fn fade_tail(&mut self, block: &mut [Vec<f32>]) {
        let tail = std::mem::take(&mut self.tail);
        for (channel, old) in block.iter_mut().zip(&tail) {
            let length = old.len() as f32;
            for ((at, value), old) in channel.iter_mut().enumerate().zip(old) {
                let gain = smooth((at as f32 + 0.5) / length);
                *value = gain * *value + (1.0 - gain) * old;
            }
        }
    }

    fn tell(&self, event: Event) {
        if self.events.try_send(event).is_err() {
            self.dropped_events.fetch_add(1, Relaxed);
        }
    }

    fn tell_opened(&self) {
        self.tell(Event::DeviceOpened { device: self.output.name(), format: self.line.format });
    }

    fn watch_device(&mut self) {
        if let Some((fault, message)) = self.line.faults.take() {
            return self.replace(fault, message);
        }
        if let Some(message) = self.line.failure() {
            return self.replace(Fault::Gone, message);
        }
        if self.line.has_no_clock() {
            self.retries = false;
            return self.replace(Fault::Gone, "the device has no clock: it takes sound as fast as it gets it".into());
        }
        if !self.on_fallback || !self.retries || self.options.retry_secs.is_infinite() {
            return;
        }
        if self.found.swap(false, AcqRel) {
            self.go_back();
        } else if Instant::now() >= self.next_retry && self.probe.as_ref().is_none_or(std::thread::JoinHandle::is_finished) {
            self.next_retry = Instant::now() + Duration::from_secs_f64(self.options.retry_secs);
            let (presence, found) = (self.output.presence(), self.found.clone());
            let look = move || found.store(presence(), Release);
            self.probe = std::thread::Builder::new().name("sound device look-up".into()).spawn(look).ok();
        }
    }

    /// The stream has failed: opens it again if it only changed, or else a timer.
    fn replace(&mut self, fault: Fault, message: String) {
        let name = self.output.name();
        self.line.close();
        if fault == Fault::Changed && !self.on_fallback && self.open_line(false).is_ok() {
            return self.tell_opened();
        }
        if !self.on_fallback {
            self.tell(Event::DeviceLost { device: name, message });
        }
        self.next_retry = Instant::now() + Duration::from_secs_f64(self.options.retry_secs.min(1e6));
        // A timer fails only if the system gives no thread; then the next look tries again.
        if self.open_line(true).is_err() {
            self.line.faults.raise(Fault::Gone, "the system gives no thread".into());
        }
    }

    fn go_back(&mut self) {
        if self.open_line(false).is_ok() {
            self.tell_opened();
        }
    }

    fn change_output(&mut self, output: Box<dyn OutputBackend>) -> Result<(), DeviceError> {
        let before = std::mem::replace(&mut self.output, output);
        let mut opened = self.open_line(false);
        let closed = matches!(opened, Err(DeviceError::Busy { .. }));
        if closed {
            // Perhaps by this player itself.
            self.line.close();
            opened = self.open_line(false);
        }
        if let Err(e) = opened {
            self.output = before;
            if closed {
                self.replace(Fault::Changed, "it had to make way for another output".into());
            }
            return Err(e);
        }
        self.retries = true;
        self.tell_opened();
        Ok(())
    }

    /// Opens the device, or a timer in its place, and goes on where it is heard.
    fn open_line(&mut self, fallback: bool) -> Result<(), DeviceError> {
        let mut timer = TimerOutput::default();
        let output: &mut dyn OutputBackend = if fallback { &mut timer } else { self.output.as_mut() };
        let gain = if self.mute { 0.0 } else { self.volume };
        let line = Line::open(output, wanted(&self.options), self.options.lead_secs, gain)?;
        let heard = self.clock.now();
        let under_runs = self.line.shared.under_runs.load(Relaxed);
        let missed_secs = self.line.shared.missed_secs();
        // The old stream stops here.
        self.line = line;
        self.on_fallback = fallback;
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.earlier_under_runs += under_runs;
        live.earlier_missed_secs += missed_secs;
        live.device = self.output.name();
        live.on_fallback = fallback;
        live.format = self.line.format;
        live.shared = self.line.shared.clone();
        live.faults = self.line.faults.clone();
        drop(live);
        self.clock.set_stream(self.line.shared.clone());
        let mode = if self.mode == Mode::Scrubbing { Mode::Paused } else { self.mode };
        self.jump(heard.sample);
        self.set_mode(mode);
        Ok(())
    }
}

fn wanted(options: &PlayerOptions) -> Format {
    Format { rate_hz: options.rate_hz, channels: options.channels, block_frames: options.block_frames }
}

/// Smoothstep.
fn smooth(x: f32) -> f32 {
    x * x * (3.0 - 2.0 * x)
}

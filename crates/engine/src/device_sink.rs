//! Sound of playback on a device: blocks wait in a queue, from which the player of
//! `cutroom-devices` fills its ring. What counts as consumed is what is heard, with the device's
//! latency, so pictures follow the ear.
use crate::sink::AudioSink;
use cutroom_devices::{Clock, DeviceError, Event, OutputBackend, Player, PlayerOptions, Request, SoundProgramme, Status};
use cutroom_types::AudioBlock;
use std::{
    collections::VecDeque,
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Makes the output, again whenever sound of another rate is played.
pub type MakeOutput = Box<dyn Fn() -> Box<dyn OutputBackend> + Send>;

/// Blocks that were pushed and not yet taken.
#[derive(Default)]
struct Queue {
    blocks: VecDeque<AudioBlock>,
    /// Number of the first sample since the sink was cleared. Each time it is one that no sample had
    /// before, so that a request made before the clearing cannot be taken for one made after it.
    base: u64,
    /// Sample with which the first block begins.
    first: u64,
    /// Sample after the last one.
    end: u64,
    /// How much of the first one was taken.
    taken: usize,
    is_finished: bool,
}

impl Queue {
    fn clear(&mut self) -> u64 {
        let base = self.end + 1;
        *self = Self { base, first: base, end: base, ..Self::default() };
        base
    }

    fn buffered(&self) -> u64 {
        self.end - self.first - self.taken as u64
    }

    /// Takes up to `samples`, beginning at sample `at`. What lies before it is dropped; silence stands
    /// for what was taken already.
    fn take(&mut self, at: i64, samples: usize, rate_hz: u32) -> AudioBlock {
        let channels = self.blocks.front().map_or(1, |block| block.channels.len());
        let mut run = AudioBlock { rate_hz, channels: vec![Vec::with_capacity(samples); channels] };
        let mut next = at;
        while run.len() < samples
            && let Some(block) = self.blocks.front()
        {
            let offset = next - self.first as i64;
            let begins = self.taken.max(usize::try_from(offset).unwrap_or(0));
            if begins >= block.len() {
                self.first += block.len() as u64;
                self.taken = 0;
                self.blocks.pop_front();
                continue;
            }
            let silent = usize::try_from(begins as i64 - offset).unwrap_or(0).min(samples - run.len());
            let count = (block.len() - begins).min(samples - run.len() - silent);
            for (k, to) in run.channels.iter_mut().enumerate() {
                to.extend(std::iter::repeat_n(0.0, silent));
                match block.channels.get(k) {
                    Some(from) => to.extend(&from[begins..begins + count]),
                    None => to.extend(std::iter::repeat_n(0.0, count)),
                }
            }
            self.taken = begins + count;
            next += (silent + count) as i64;
        }
        run
    }
}

type SharedQueue = Arc<Mutex<Queue>>;

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the player asks for sound.
struct Pushed {
    queue: SharedQueue,
    rate_hz: u32,
}

impl SoundProgramme for Pushed {
    fn sound(&mut self, request: Request) -> Result<AudioBlock, Box<dyn Error + Send + Sync>> {
        Ok(lock(&self.queue).take(request.first_sample, request.samples, self.rate_hz))
    }

    fn is_ready(&mut self, request: Request) -> bool {
        let queue = lock(&self.queue);
        let wanted = request.first_sample.saturating_add(request.samples as i64);
        request.first_sample >= queue.base as i64 && (queue.is_finished || wanted <= queue.end as i64)
    }
}

/// Plays sound on a device. If the device goes, a timer takes its place until it is there again.
pub struct DeviceSink {
    make: MakeOutput,
    device: SoundDevice,
    clock: Clock,
    queue: SharedQueue,
    options: PlayerOptions,
    /// Samples missed by players before this one.
    missed_before: u64,
}

/// A view of a sink's device, which can be kept while the engine has the sink.
#[derive(Clone)]
pub struct SoundDevice(Arc<Mutex<Player>>);

impl SoundDevice {
    /// Figures of now.
    pub fn status(&self) -> Status {
        lock(&self.0).status()
    }

    /// What has happened since the last call.
    pub fn events(&self) -> Vec<Event> {
        let player = lock(&self.0);
        std::iter::from_fn(|| player.next_event()).collect()
    }

    /// Sets the gain of what is heard, linear, 0 to 8.
    ///
    /// # Errors
    /// If it is outside that range, or the sound thread has ended.
    pub fn set_volume(&self, gain: f32) -> Result<(), DeviceError> {
        lock(&self.0).set_volume(gain)
    }
}

impl DeviceSink {
    /// Opens the output for sound of a rate in Hz and a number of channels.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(make: MakeOutput, rate_hz: u32, channels: usize) -> Result<Self, DeviceError> {
        let options = PlayerOptions { rate_hz, channels, ..PlayerOptions::default() };
        let queue = SharedQueue::default();
        let player = Player::new(make(), Box::new(Pushed { queue: Arc::clone(&queue), rate_hz }), options.clone())?;
        let clock = player.clock();
        Ok(Self { make, device: SoundDevice(Arc::new(Mutex::new(player))), clock, queue, options, missed_before: 0 })
    }

    /// A view of the device.
    pub fn device(&self) -> SoundDevice {
        self.device.clone()
    }

    /// Opens the output anew for sound of another rate. If that fails, it is heard by nobody, on a timer,
    /// and the device is looked for as one that has gone.
    fn reopen(&mut self, rate_hz: u32) {
        self.missed_before = self.missed();
        let first_sample = lock(&self.queue).base as i64;
        let options = PlayerOptions { rate_hz, first_sample, ..self.options.clone() };
        let programme = || Box::new(Pushed { queue: Arc::clone(&self.queue), rate_hz });
        let opened = Player::new((self.make)(), programme(), options.clone());
        let timer = || Player::new(Box::new(cutroom_devices::TimerOutput::default()), programme(), options.clone());
        // A timer fails only if the system gives no thread: then the old player stays, silent.
        if let Ok(player) = opened.or_else(|_| timer()) {
            self.clock = player.clock();
            *lock(&self.device.0) = player;
            self.options = options;
        }
    }
}

impl AudioSink for DeviceSink {
    fn start(&mut self) {
        // Commands fail only if the player's thread has ended; then nothing is consumed any more.
        let _ = lock(&self.device.0).play();
    }

    fn pause(&mut self) {
        let _ = lock(&self.device.0).pause();
    }

    fn clear(&mut self, rate_hz: u32) {
        self.pause();
        let base = lock(&self.queue).clear();
        if rate_hz == self.options.rate_hz {
            let _ = lock(&self.device.0).seek(base as i64);
        } else {
            self.reopen(rate_hz);
        }
    }

    fn push(&mut self, block: AudioBlock) {
        let mut queue = lock(&self.queue);
        queue.end += block.len() as u64;
        queue.blocks.push_back(block);
    }

    fn finish(&mut self) {
        lock(&self.queue).is_finished = true;
    }

    fn consumed(&mut self) -> u64 {
        let heard = u64::try_from(self.clock.now().sample.floor() as i64).unwrap_or(0);
        let queue = lock(&self.queue);
        heard.clamp(queue.base, queue.end) - queue.base
    }

    /// What the player has not taken yet; it holds a tenth of a second more.
    fn buffered(&mut self) -> u64 {
        lock(&self.queue).buffered()
    }

    fn missed(&mut self) -> u64 {
        let secs = lock(&self.device.0).status().missed_secs;
        self.missed_before + (secs * f64::from(self.options.rate_hz)).round() as u64
    }
}

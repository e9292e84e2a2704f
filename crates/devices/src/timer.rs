//! Devices without hardware: threads that give or take blocks at a rate of the monotonic clock.
//! Playback without a sound device, or after it has gone, runs on [`TimerOutput`]; tests give the
//! same threads a drift, jitter, stalls and a disappearance, and connect an output to an input
//! ([`Air`]).
use crate::{
    DeviceError, Fault, Faults, Format, InputBackend, InputCallback, OpenStream, OutputBackend, OutputCallback, Presence, now_secs,
    time::sleep_until,
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{
        AtomicBool, AtomicU32, AtomicU64,
        Ordering::{AcqRel, Acquire, Release},
    },
};

/// Later than this, time is not caught up: the machine slept.
const LOST_SECS: f64 = 0.5;

/// Runs a callback of a stream; a test can forbid allocation around it.
pub type Around = fn(&mut dyn FnMut());

/// Is shown each block after the callback: time of its first frame in seconds, interleaved samples.
pub type Tap = Arc<Mutex<dyn FnMut(f64, &[f32]) + Send>>;

/// Makes each block of an input: time of its first frame in seconds, interleaved samples to fill.
pub type Source = Arc<Mutex<dyn FnMut(f64, &mut [f32]) + Send>>;

/// How a timer runs.
#[derive(Clone)]
pub struct TimerOptions {
    /// Its one rate, or any that is wanted.
    pub rate_hz: Option<u32>,
    /// Its number of channels, or any that is wanted.
    pub channels: Option<usize>,
    /// Frames per block, or what is wanted.
    pub block_frames: Option<usize>,
    /// How much faster its clock is than the monotonic one, in parts per million.
    pub drift_ppm: f64,
    /// Highest error of the time stamps, in seconds, either way.
    pub jitter_secs: f64,
    /// Between the callback and hearing its first frame, or between capturing a block's last frame
    /// and the callback, in seconds.
    pub latency_secs: f64,
    /// Runs the callback.
    pub around: Around,
}

impl Default for TimerOptions {
    fn default() -> Self {
        Self {
            rate_hz: None,
            channels: None,
            block_frames: None,
            drift_ppm: 0.0,
            jitter_secs: 0.0,
            latency_secs: 0.0,
            around: |callback| callback(),
        }
    }
}

/// Moves a simulated device from outside; clones move the same device.
#[derive(Clone, Default)]
pub struct TimerSwitch {
    state: Arc<SwitchState>,
}

#[derive(Default)]
struct SwitchState {
    unplugged: AtomicBool,
    /// Seconds that the next block is to come late, bits of an `f64`.
    stall_secs: AtomicU64,
    /// Another rate than that of the options; 0 for none.
    rate_hz: AtomicU32,
    changed: AtomicBool,
}

impl TimerSwitch {
    /// The device disappears: running streams fail and it cannot be opened.
    pub fn unplug(&self) {
        self.state.unplugged.store(true, Release);
    }

    /// The device is there again.
    pub fn plug_in(&self) {
        self.state.unplugged.store(false, Release);
    }

    /// The device stands still for a time, in seconds; its clock stands with it.
    pub fn stall(&self, secs: f64) {
        self.state.stall_secs.store(secs.to_bits(), Release);
    }

    /// The device changes to another rate, as system mixers do.
    pub fn set_rate(&self, rate_hz: u32) {
        self.state.rate_hz.store(rate_hz, Release);
        self.state.changed.store(true, Release);
    }

    fn is_there(&self) -> bool {
        !self.state.unplugged.load(Acquire)
    }

    fn rate_hz(&self, options: &TimerOptions) -> Option<u32> {
        Some(self.state.rate_hz.load(Acquire)).filter(|rate| *rate > 0).or(options.rate_hz)
    }
}

/// An output that plays to nobody.
#[derive(Clone, Default)]
pub struct TimerOutput {
    /// How it runs.
    pub options: TimerOptions,
    /// Moves it from outside.
    pub switch: TimerSwitch,
    /// Hears what it plays.
    pub tap: Option<Tap>,
}

/// An input whose samples are made.
#[derive(Clone)]
pub struct TimerInput {
    /// How it runs.
    pub options: TimerOptions,
    /// Moves it from outside.
    pub switch: TimerSwitch,
    /// Makes its samples.
    pub source: Source,
}

fn format(options: &TimerOptions, switch: &TimerSwitch, wanted: Format, direction: &'static str) -> Result<Format, DeviceError> {
    if !switch.is_there() {
        return Err(DeviceError::NotFound { direction, wanted: "timer".into(), there: Vec::new() });
    }
    Ok(Format {
        rate_hz: switch.rate_hz(options).unwrap_or(wanted.rate_hz),
        channels: options.channels.unwrap_or(wanted.channels),
        block_frames: options.block_frames.unwrap_or(wanted.block_frames),
    })
}

/// Stops the thread when dropped.
struct Running {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts a thread that calls `block` with the time at which each block is due.
fn start(
    name: &str,
    format: Format,
    options: &TimerOptions,
    switch: &TimerSwitch,
    faults: Arc<Faults>,
    mut block: impl FnMut(f64) + Send + 'static,
) -> Result<OpenStream, DeviceError> {
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, switch) = (stop.clone(), switch.clone());
    let block_secs = format.block_frames as f64 / (f64::from(format.rate_hz) * (1.0 + options.drift_ppm * 1e-6));
    switch.state.changed.store(false, Release);
    let run = move || {
        let mut origin = now_secs();
        let mut count = 0_u64;
        while !stopped.load(Acquire) {
            let stall_secs = f64::from_bits(switch.state.stall_secs.swap(0, AcqRel));
            let due = origin + count as f64 * block_secs + stall_secs;
            if stall_secs > 0.0 {
                (origin, count) = (due, 0);
            }
            sleep_until(due);
            if !switch.is_there() {
                return faults.raise(Fault::Gone, "the simulated device was unplugged".into());
            }
            if switch.state.changed.load(Acquire) {
                return faults.raise(Fault::Changed, "the simulated device changed its rate".into());
            }
            let late = now_secs() - due;
            if late > block_secs {
                faults.count_late();
            }
            if late > LOST_SECS {
                (origin, count) = (due + late, 0);
            }
            block(origin + count as f64 * block_secs);
            count += 1;
        }
    };
    let thread = std::thread::Builder::new().name(name.into()).spawn(run).map_err(DeviceError::Thread)?;
    Ok(Box::new(Running { stop, thread: Some(thread) }))
}

/// Uniform in ±1: linear congruential generator (Knuth, TAOCP 2, 3.3.4).
fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

impl OutputBackend for TimerOutput {
    fn name(&self) -> String {
        "timer".into()
    }

    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError> {
        format(&self.options, &self.switch, wanted, "output")
    }

    fn open(&mut self, format: Format, mut callback: OutputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError> {
        let mut samples = vec![0.0; format.block_frames * format.channels];
        let TimerOptions { latency_secs, jitter_secs, around, .. } = self.options;
        let (tap, mut seed) = (self.tap.clone(), 1);
        start("timer output", format, &self.options, &self.switch, faults, move |due| {
            let heard_secs = due + latency_secs;
            let stamp = heard_secs + jitter_secs * noise(&mut seed);
            around(&mut || callback.fill(&mut samples, due, stamp));
            if let Some(tap) = &tap {
                (tap.lock().unwrap_or_else(PoisonError::into_inner))(heard_secs, &samples);
            }
        })
    }

    fn presence(&self) -> Presence {
        let switch = self.switch.clone();
        Box::new(move || switch.is_there())
    }
}

impl InputBackend for TimerInput {
    fn name(&self) -> String {
        "timer".into()
    }

    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError> {
        format(&self.options, &self.switch, wanted, "input")
    }

    fn open(&mut self, format: Format, mut callback: InputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError> {
        let mut samples = vec![0.0; format.block_frames * format.channels];
        let TimerOptions { latency_secs, jitter_secs, around, drift_ppm, .. } = self.options;
        let block_secs = format.block_frames as f64 / (f64::from(format.rate_hz) * (1.0 + drift_ppm * 1e-6));
        let (source, mut seed) = (self.source.clone(), 2);
        start("timer input", format, &self.options, &self.switch, faults, move |due| {
            let captured_secs = due - block_secs - latency_secs;
            (source.lock().unwrap_or_else(PoisonError::into_inner))(captured_secs, &mut samples);
            let stamp = captured_secs + jitter_secs * noise(&mut seed);
            around(&mut || callback.take(&samples, stamp));
        })
    }
}

/// What is between a loudspeaker and a microphone: the sound of an output by the time it is heard,
/// for an input that captures it, both of one channel or more, of which the first is heard.
#[derive(Clone)]
pub struct Air {
    rate_hz: u32,
    /// Sound by the frame of the common time; old sound is overwritten.
    frames: Arc<Mutex<Vec<f32>>>,
}

impl Air {
    /// Air for devices of one rate, that holds two seconds.
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz, frames: Arc::new(Mutex::new(vec![0.0; 2 * rate_hz as usize])) }
    }

    fn frame(&self, secs: f64) -> i64 {
        (secs * f64::from(self.rate_hz)).round() as i64
    }

    /// Hears an output of `channels` channels.
    pub fn tap(&self, channels: usize) -> Tap {
        let air = self.clone();
        Arc::new(Mutex::new(move |heard_secs: f64, samples: &[f32]| {
            let mut frames = air.frames.lock().unwrap_or_else(PoisonError::into_inner);
            let (first, length) = (air.frame(heard_secs), frames.len() as i64);
            for (at, frame) in (first..).zip(samples.chunks_exact(channels.max(1))) {
                if let (Some(place), Some(sample)) = (frames.get_mut(at.rem_euclid(length) as usize), frame.first()) {
                    *place = *sample;
                }
            }
        }))
    }

    /// Gives it to an input of `channels` channels, `delay_frames` later than it was heard.
    pub fn source(&self, channels: usize, delay_frames: i64) -> Source {
        let air = self.clone();
        Arc::new(Mutex::new(move |captured_secs: f64, samples: &mut [f32]| {
            let frames = air.frames.lock().unwrap_or_else(PoisonError::into_inner);
            let (first, length) = (air.frame(captured_secs) - delay_frames, frames.len() as i64);
            for (at, frame) in (first..).zip(samples.chunks_exact_mut(channels.max(1))) {
                frame.fill(frames.get(at.rem_euclid(length) as usize).copied().unwrap_or_default());
            }
        }))
    }
}

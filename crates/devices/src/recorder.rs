//! Recording: the callback fills a ring, and a thread takes from it, finds where in the composition
//! each sample belongs, and hands blocks to the caller.
//!
//! Who sings along hears a composition sample at the clock's time of it, with the output's latency;
//! what is captured at that moment carries the same time, without the input's latency. So a
//! captured sample belongs to the composition sample that was heard when it was captured: clock
//! position − output latency − input latency. What the drivers do not tell of both latencies is
//! given as [`RecorderOptions::latency_samples`].
use crate::{
    Clock, DeviceError, Faults, Format, Heard, InputBackend, InputCallback, Level, OpenStream,
    backend::Watch,
    input::{InputShared, Loss},
    levels::Meter,
    now_secs,
    options::FURTHEST,
    resample::Resampler,
};
use cutroom_types::AudioBlock;
use std::{
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{
            AtomicBool,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    thread::JoinHandle,
    time::Duration,
};

/// How often the thread looks into the ring.
const LOOK: Duration = Duration::from_millis(3);
/// Frames taken from the ring at once.
const CHUNK: usize = 1024;
/// Losses that can wait to be told.
const LOSSES: usize = 256;
/// What was captured waits so long, in seconds, until the output has told what was heard then: its
/// callback may be late on a busy machine.
const SETTLE_SECS: f64 = 0.25;
/// Further from where it should be than this, what follows is placed anew: the output stood still.
/// In seconds.
const OFF_SECS: f64 = 0.01;

/// How a recorder runs.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderOptions {
    /// Channels of the recording that are wished for; the device's number is recorded.
    pub channels: usize,
    /// Frames per block of the device that are wished for.
    pub block_frames: usize,
    /// Latency of the way from output to input that the drivers do not tell, in composition
    /// samples, as [`measure_latency`](crate::measure_latency) finds it.
    pub latency_samples: i64,
    /// First composition sample that is recorded; `None` for from the start.
    pub punch_in: Option<i64>,
    /// Composition sample before which recording ends; `None` for never.
    pub punch_out: Option<i64>,
    /// Length of the fades inside the punch points in seconds, 0 to 1; 0 for none.
    pub fade_secs: f64,
    /// How long the caller may be busy without a loss, in seconds, 0.05 to 60.
    pub buffer_secs: f64,
}

impl Default for RecorderOptions {
    fn default() -> Self {
        Self {
            channels: 2,
            block_frames: 480,
            latency_samples: 0,
            punch_in: None,
            punch_out: None,
            fade_secs: 0.005,
            buffer_secs: 4.0,
        }
    }
}

/// A recorded block, at the composition's rate.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedBlock {
    /// Composition sample of its first sample; `None` while the transport stands. Blocks of one
    /// epoch follow one another without gap or overlap.
    pub first_sample: Option<i64>,
    /// When its first sample was captured (see [`now_secs`](crate::now_secs)).
    pub captured_secs: f64,
    /// The sound.
    pub audio: AudioBlock,
    /// Whether it is silence in the place of samples that were lost.
    pub lost: bool,
}

/// Figures of a recorder at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderStatus {
    /// How the device runs.
    pub format: Format,
    /// Frames captured, with those lost.
    pub captured_frames: u64,
    /// Times that the ring was full.
    pub over_runs: u64,
    /// Frames lost by that.
    pub lost_frames: u64,
    /// Over-runs that the driver tells of.
    pub device_xruns: u64,
    /// The input's clock against the monotonic one in parts per million; `None` before it is
    /// measured.
    pub drift_ppm: Option<f64>,
    /// Furthest that a block was from where the clock says it belongs, in samples; grows with the
    /// drift between the clocks of two devices, which is not corrected within an epoch.
    pub placement_error_samples: f64,
    /// Why it records no more.
    pub fault: Option<String>,
}

/// What the thread leaves for the handle.
#[derive(Default)]
struct Figures {
    meters: Vec<Meter>,
    placement_error: f64,
    fault: Option<String>,
}

/// Records from an input until it is dropped or [finished](Self::finish).
pub struct Recorder {
    format: Format,
    shared: Arc<InputShared>,
    faults: Arc<Faults>,
    figures: Arc<Mutex<Figures>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Opens the input and records on a player's clock. Blocks go to `take`, on a thread of its
    /// own.
    ///
    /// # Errors
    /// If a setting is outside its range or the input cannot be opened.
    pub fn new(
        mut input: Box<dyn InputBackend>,
        clock: Clock,
        options: RecorderOptions,
        take: impl FnMut(RecordedBlock) + Send + 'static,
    ) -> Result<Self, DeviceError> {
        check(&options)?;
        let rate_hz = clock.composition_hz();
        let wanted = Format { rate_hz, channels: options.channels, block_frames: options.block_frames };
        let format = input.format(wanted)?.usable(&input.name())?;
        let resampler =
            if format.rate_hz == rate_hz { None } else { Some(Resampler::new(format.rate_hz, rate_hz, format.channels, 128)?) };
        let capacity = ((options.buffer_secs * f64::from(format.rate_hz)) as usize).max(2 * format.block_frames);
        let (producer, ring) = rtrb::RingBuffer::new(capacity * format.channels);
        let (tell, losses) = rtrb::RingBuffer::new(LOSSES);
        let (shared, faults) = (Arc::new(InputShared::new()), Arc::new(Faults::default()));
        let callback = InputCallback::new(producer, tell, shared.clone(), format.channels, format.rate_hz);
        let stream = input.open(format, callback, faults.clone())?;
        let figures = Arc::new(Mutex::new(Figures { meters: vec![Meter::default(); format.channels], ..Figures::default() }));
        let stop = Arc::new(AtomicBool::new(false));
        let mut drain = Drain {
            ring,
            losses,
            shared: shared.clone(),
            figures: figures.clone(),
            clock,
            options,
            channels: format.channels,
            rate_hz,
            frames_per_sample: f64::from(format.rate_hz) / f64::from(rate_hz),
            resampler,
            taken: 0,
            given: 0,
            expected: None,
            take,
        };
        let (stopped, its_faults) = (stop.clone(), faults.clone());
        let thread = std::thread::Builder::new()
            .name("sound recorder".into())
            .spawn(move || drain.run(stream, &stopped, &its_faults))
            .map_err(DeviceError::Thread)?;
        Ok(Self { format, shared, faults, figures, stop, thread: Some(thread) })
    }

    /// Levels of the channels since the last call, of everything captured, also outside the punch
    /// points.
    pub fn levels(&self) -> Vec<Level> {
        self.figures().meters.iter_mut().map(Meter::take).collect()
    }

    /// Figures of now.
    pub fn status(&self) -> RecorderStatus {
        let figures = self.figures();
        RecorderStatus {
            format: self.format,
            captured_frames: self.shared.captured.load(Acquire),
            over_runs: self.shared.over_runs.load(Relaxed),
            lost_frames: self.shared.lost_frames.load(Relaxed),
            device_xruns: self.faults.counts().0,
            drift_ppm: self.shared.drift_ppm(),
            placement_error_samples: figures.placement_error,
            fault: figures.fault.clone(),
        }
    }

    /// Stops the input, hands on what was captured, and gives the last figures.
    pub fn finish(mut self) -> RecorderStatus {
        self.end();
        self.status()
    }

    fn end(&mut self) {
        self.stop.store(true, Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn figures(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end();
    }
}

/// The thread's side.
struct Drain<F> {
    ring: rtrb::Consumer<f32>,
    losses: rtrb::Consumer<Loss>,
    shared: Arc<InputShared>,
    figures: Arc<Mutex<Figures>>,
    clock: Clock,
    options: RecorderOptions,
    channels: usize,
    rate_hz: u32,
    /// Frames of the device per sample of the composition.
    frames_per_sample: f64,
    resampler: Option<Resampler>,
    /// Frames taken from the ring.
    taken: u64,
    /// Samples of the composition's rate so far.
    given: u64,
    /// Epoch of the last block and the composition sample after it.
    expected: Option<(u64, i64)>,
    take: F,
}

impl<F: FnMut(RecordedBlock)> Drain<F> {
    fn run(&mut self, stream: OpenStream, stop: &AtomicBool, faults: &Faults) {
        let mut watch = Watch::new();
        while !stop.load(Acquire) {
            let failure = faults.take().map(|(_, message)| message);
            if let Some(message) = failure.or_else(|| watch.failure(self.shared.captured.load(Relaxed), faults)) {
                self.figures.lock().unwrap_or_else(PoisonError::into_inner).fault = Some(message);
                break;
            }
            self.drain(false);
            std::thread::sleep(LOOK);
        }
        drop(stream);
        self.drain(true);
        if let Some(resampler) = &mut self.resampler {
            let mut rest = vec![Vec::new(); self.channels];
            resampler.finish(&mut rest);
            self.place(&rest, false);
        }
    }

    /// Of the next `frames` of the ring, how many were captured at times of which the output has told
    /// what was heard.
    fn settled(&self, frames: usize) -> usize {
        let Some(anchor) = self.shared.anchors.of_frame(self.taken) else { return frames };
        let waited = now_secs() - SETTLE_SECS;
        let until = self.clock.known_until().map_or(waited, |known| known.max(waited));
        let count = ((until - anchor.time_of(self.taken as f64)) / anchor.secs_per_frame).floor();
        frames.min(count.max(0.0) as usize)
    }

    /// Takes what is in the ring and settled, or everything at the end.
    fn drain(&mut self, everything: bool) {
        loop {
            // A loss is told before what follows it is stored, so what is seen first must be the
            // store.
            let held = self.ring.slots() / self.channels;
            let loss = self.losses.peek().ok().copied();
            let until_loss = loss.map_or(usize::MAX, |loss| loss.after.saturating_sub(self.taken) as usize);
            let frames = held.min(until_loss).min(CHUNK);
            let frames = if everything { frames } else { self.settled(frames) };
            if frames > 0 {
                let Ok(chunk) = self.ring.read_chunk(frames * self.channels) else { return };
                let (first, second) = chunk.as_slices();
                let mut planar = vec![Vec::with_capacity(frames); self.channels];
                for frame in first.chunks_exact(self.channels).chain(second.chunks_exact(self.channels)) {
                    planar.iter_mut().zip(frame).for_each(|(channel, sample)| channel.push(*sample));
                }
                chunk.commit_all();
                self.taken += frames as u64;
                self.captured(&planar, false);
            } else if let Some(loss) = loss.filter(|_| until_loss == 0) {
                let _ = self.losses.pop();
                let mut left = loss.frames as usize;
                while left > 0 {
                    let frames = left.min(CHUNK);
                    self.captured(&vec![vec![0.0; frames]; self.channels], true);
                    left -= frames;
                }
            } else {
                return;
            }
        }
    }

    fn captured(&mut self, planar: &[Vec<f32>], lost: bool) {
        if !lost {
            let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
            figures.meters.iter_mut().zip(planar).for_each(|(meter, channel)| meter.add(channel));
        }
        if let Some(resampler) = &mut self.resampler {
            let mut out = vec![Vec::new(); self.channels];
            resampler.process(planar, &mut out);
            self.place(&out, lost);
        } else {
            self.place(planar, lost);
        }
    }

    /// When a sample was captured, counted at the composition's rate.
    fn time_of(&self, sample: u64) -> f64 {
        let frame = sample as f64 * self.frames_per_sample;
        self.shared.anchors.of_frame(frame as u64).map_or(0.0, |anchor| anchor.time_of(frame))
    }

    fn heard(&self, at: usize) -> Heard {
        self.clock.heard_at(self.time_of(self.given + at as u64))
    }

    /// Cuts a block where the transport jumped, and hands its parts on.
    fn place(&mut self, planar: &[Vec<f32>], lost: bool) {
        let length = planar.first().map_or(0, Vec::len);
        let mut from = 0;
        while from < length {
            let first = self.heard(from);
            let alike = |heard: Heard| heard.epoch == first.epoch && moves(heard) == moves(first);
            let (mut to, mut alike_until) = (length, from + 1);
            if !alike(self.heard(length - 1)) {
                to = length - 1;
                while alike_until < to {
                    let middle = usize::midpoint(alike_until, to);
                    if alike(self.heard(middle)) { alike_until = middle + 1 } else { to = middle }
                }
            }
            let to = to.max(from + 1);
            self.give(planar, from..to, first, lost);
            from = to;
        }
        self.given += length as u64;
    }

    fn give(&mut self, planar: &[Vec<f32>], part: Range<usize>, heard: Heard, lost: bool) {
        let captured_secs = self.time_of(self.given + part.start as u64);
        let first_sample = moves(heard).then(|| {
            let exact = heard.sample - self.options.latency_samples as f64;
            match self.expected.filter(|(epoch, _)| *epoch == heard.epoch) {
                Some((_, next)) if (exact - next as f64).abs() < OFF_SECS * f64::from(self.rate_hz) => {
                    let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
                    figures.placement_error = figures.placement_error.max((exact - next as f64).abs());
                    next
                }
                _ => exact.round() as i64,
            }
        });
        self.expected = first_sample.map(|first| (heard.epoch, first.saturating_add(part.len() as i64)));
        let channels = planar.iter().map(|c| c.get(part.clone()).unwrap_or_default().to_vec()).collect();
        let audio = AudioBlock { rate_hz: self.rate_hz, channels };
        let block = RecordedBlock { first_sample, captured_secs, audio, lost };
        if let Some(block) = punched(block, &self.options) {
            (self.take)(block);
        }
    }
}

fn moves(heard: Heard) -> bool {
    heard.samples_per_sec != 0.0
}

/// What of a block is between the punch points, with fades at them.
fn punched(mut block: RecordedBlock, options: &RecorderOptions) -> Option<RecordedBlock> {
    if options.punch_in.is_none() && options.punch_out.is_none() {
        return Some(block);
    }
    let first = block.first_sample?;
    let end = first.saturating_add(block.audio.len() as i64);
    let from = options.punch_in.map_or(first, |punch_in| punch_in.clamp(first, end));
    let to = options.punch_out.map_or(end, |punch_out| punch_out.clamp(from, end));
    if from >= to {
        return None;
    }
    let fade = options.fade_secs * f64::from(block.audio.rate_hz);
    let ramp = |inside: i64| if fade > 0.0 { ((inside as f64 + 0.5) / fade).min(1.0) } else { 1.0 };
    for channel in &mut block.audio.channels {
        channel.truncate((to - first) as usize);
        channel.drain(..((from - first) as usize).min(channel.len()));
        for (at, sample) in (from..).zip(channel.iter_mut()) {
            let inside = options
                .punch_in
                .map_or(1.0, |p| ramp(at.saturating_sub(p)))
                .min(options.punch_out.map_or(1.0, |p| ramp(p.saturating_sub(at).saturating_sub(1))));
            // Smoothstep, as all ramps here.
            *sample *= (inside * inside * (3.0 - 2.0 * inside)) as f32;
        }
    }
    block.captured_secs += (from - first) as f64 / f64::from(block.audio.rate_hz);
    block.first_sample = Some(from);
    Some(block)
}

fn check(options: &RecorderOptions) -> Result<(), DeviceError> {
    let setting = |setting, value: String, range| Err(DeviceError::Setting { setting, value, range });
    match options {
        o if !(1..=64).contains(&o.channels) => setting("channels", o.channels.to_string(), "1 to 64"),
        o if !(8..=65_536).contains(&o.block_frames) => setting("block_frames", o.block_frames.to_string(), "8 to 65536"),
        o if !(0.0..=1.0).contains(&o.fade_secs) => setting("fade_secs", o.fade_secs.to_string(), "0 to 1"),
        o if !(0.05..=60.0).contains(&o.buffer_secs) => setting("buffer_secs", o.buffer_secs.to_string(), "0.05 to 60"),
        o if o.latency_samples.unsigned_abs() > FURTHEST.unsigned_abs() => {
            setting("latency_samples", o.latency_samples.to_string(), "within 2^53")
        }
        o if o.punch_in.zip(o.punch_out).is_some_and(|(from, to)| from >= to) => {
            setting("punch_out", o.punch_out.unwrap_or_default().to_string(), "after punch_in")
        }
        _ => Ok(()),
    }
}

//! The sound of playback: blocks are mixed by jobs, one after the other, and pushed to the sink.
use crate::{
    EngineError,
    jobs::{JobHandle, JobSpec, Jobs, Pool, Priority},
    sink::AudioSink,
    transport::Course,
};
use cutroom_pipeline::{AudioMix, OpenComposition, PipelineError};
use cutroom_types::{AudioBlock, Time};
use std::sync::Arc;

/// Blocks per second.
const BLOCKS_PER_SEC: u32 = 20;
/// Sound that is mixed ahead, as a number of blocks.
const BLOCKS_AHEAD: u64 = 6;

/// The samples of a course: which sample of the composition is heard when.
#[derive(Clone, Debug)]
struct Path {
    /// The sample of the composition at the start.
    start: f64,
    /// Samples of the composition per sample heard.
    speed: f64,
    /// First sample of what is played, and the sample after its last one.
    range: (i64, i64),
    /// Samples that are heard; `None` without end.
    total: Option<u64>,
}

type Mixed = Result<(AudioMix, AudioBlock), PipelineError>;

/// Mixes the sound of one course.
pub(crate) struct SoundFeed {
    composition: Arc<OpenComposition>,
    path: Path,
    /// The next sample to be mixed, from the start.
    next: u64,
    mix: Option<std::sync::Mutex<AudioMix>>,
    pending: Option<JobHandle<Mixed>>,
    is_finished: bool,
}

impl SoundFeed {
    pub fn new(composition: Arc<OpenComposition>, course: &Course) -> Self {
        let c = composition.composition();
        let sample = |frame: i64| course.rate.time_of_frame(frame).to_sample(c.sample_rate_hz);
        let start = if course.speed > 0.0 { sample(course.anchor) } else { sample(course.anchor + 1) - 1 };
        let range = (sample(course.range.start), sample(course.range.end));
        let total = course.ticks().map(|ticks| u64::try_from(course.due(ticks).to_sample(c.sample_rate_hz)).unwrap_or(0));
        let path = Path { start: start as f64, speed: course.speed, range, total };
        Self { composition, path, next: 0, mix: None, pending: None, is_finished: false }
    }

    /// Mixes another state of the composition from the next block on.
    pub fn retarget(&mut self, composition: Arc<OpenComposition>) {
        self.composition = composition;
    }

    /// Pushes what was mixed, and begins the next block if the sink has room for it.
    ///
    /// # Errors
    /// A failure of reading or mixing.
    pub fn feed(&mut self, sink: &mut dyn AudioSink, jobs: &Jobs) -> Result<(), EngineError> {
        if let Some(pending) = &mut self.pending {
            let Some(mixed) = pending.poll() else { return Ok(()) };
            self.pending = None;
            let (mix, block) = mixed??;
            self.next += block.len() as u64;
            sink.push(block);
            self.mix = Some(std::sync::Mutex::new(mix));
        }
        let rate = self.composition.composition().sample_rate_hz;
        let block = u64::from((rate / BLOCKS_PER_SEC).max(1));
        let samples = self.path.total.map_or(block, |total| block.min(total.saturating_sub(self.next)));
        if samples == 0 {
            if !self.is_finished {
                self.is_finished = true;
                sink.finish();
            }
            return Ok(());
        }
        if sink.buffered() >= BLOCKS_AHEAD * block {
            return Ok(());
        }
        let mix = self.mix.take().and_then(|mix| mix.into_inner().ok());
        let (composition, path, first) = (Arc::clone(&self.composition), self.path.clone(), self.next);
        let spec = JobSpec::new(format!("mix from sample {first}"), Pool::Frame, Priority::VideoFrame);
        self.pending = Some(jobs.submit(spec, move |_| {
            let mut mix = match mix {
                Some(mut mix) if !Arc::ptr_eq(mix.composition(), &composition) => {
                    mix.retarget(composition)?;
                    mix
                }
                Some(mix) => mix,
                None => composition.sound()?.live(),
            };
            let block = path.block(&mut mix, first, samples as usize)?;
            Ok((mix, block))
        })?);
        Ok(())
    }

    /// Whether the sink has enough to start.
    pub fn is_prerolled(&self, sink: &mut dyn AudioSink) -> bool {
        let rate = self.composition.composition().sample_rate_hz;
        self.is_finished || sink.buffered() >= BLOCKS_AHEAD / 2 * u64::from((rate / BLOCKS_PER_SEC).max(1))
    }

    /// Whether a block is being mixed.
    pub fn is_mixing(&self) -> bool {
        self.pending.is_some()
    }
}

impl Path {
    /// Where the sample heard at `n` is in the composition.
    fn at(&self, n: u64) -> f64 {
        let (first, end) = (self.range.0 as f64, self.range.1 as f64);
        first + (self.start + n as f64 * self.speed - first).rem_euclid((end - first).max(1.0))
    }

    /// The samples heard from `n` on. At other speeds than 1 they are interpolated between those of
    /// the composition, as a tape sounds.
    fn block(&self, mix: &mut AudioMix, mut n: u64, samples: usize) -> Result<AudioBlock, PipelineError> {
        let c = mix.composition().composition();
        let (rate_hz, channels) = (c.sample_rate_hz, c.channels as usize);
        let mut whole = AudioBlock { rate_hz, channels: vec![Vec::with_capacity(samples); channels] };
        while whole.len() < samples {
            let at = self.at(n);
            // Up to the end of the range, where it begins again.
            let to_end = if self.speed > 0.0 { self.range.1 as f64 - at } else { at - self.range.0 as f64 + 1.0 };
            let run = ((to_end / self.speed.abs()).ceil().max(1.0) as usize).min(samples - whole.len());
            if self.speed == 1.0 {
                let part = mix.block(at as i64, run)?;
                whole.channels.iter_mut().zip(part.channels).for_each(|(to, from)| to.extend(from));
            } else {
                let last = at + (run - 1) as f64 * self.speed;
                let first = at.min(last).floor().max(0.0);
                let part = mix.block(first as i64, (at.max(last) - first).floor() as usize + 2)?;
                for (to, from) in whole.channels.iter_mut().zip(&part.channels) {
                    to.extend((0..run).map(|i| {
                        let p = (at + i as f64 * self.speed - first).max(0.0);
                        let (k, between) = (p as usize, p.fract() as f32);
                        from[k] + (from[(k + 1).min(from.len() - 1)] - from[k]) * between
                    }));
                }
            }
            n += run as u64;
        }
        Ok(whole)
    }
}

/// Time since the start, of a number of samples consumed.
pub(crate) fn time_of(samples: u64, rate_hz: u32) -> Time {
    Time::of_sample(i64::try_from(samples).unwrap_or(i64::MAX), rate_hz.max(1))
}

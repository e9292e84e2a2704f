//! Sound at another speed that keeps its pitch, by Signalsmith's stretcher.
//!
//! The stretcher has a state, and a mix must not depend on where it begins. So a voice is stretched
//! in blocks of [`STRETCH_BLOCK_SECS`] from its start on, each by a new stretcher that has settled
//! before the block; neighbouring blocks are cross-faded. The blocks used last are kept. Before
//! stretching, the source is brought to the composition's rate.
use crate::{
    AudioError,
    curved_clock::CurvedClock,
    resample::FilterCache,
    source_clock::{Direction, SourceClock},
};
use cutroom_timeline::{STRETCH_BLOCK_SECS, Voice};
use cutroom_types::FLICKS_PER_SECOND;
use std::sync::Arc;

/// Length of the cross-fade between blocks, as a fraction of a second.
const CROSSFADES_A_SECOND: i64 = 20;
/// Samples that are stretched at once, with one ratio.
const STEP: i64 = 512;
/// Maximum number of samples in all blocks that are kept (256 MiB).
const KEPT_SAMPLES: usize = 1 << 26;
/// Seed of the stretcher, which randomizes phases at less than half speed.
const SEED: i64 = 1;

/// Reads source samples: the first, how many; all channels that the voice uses.
pub(crate) type ReadSource<'a> = dyn FnMut(i64, usize) -> Result<Vec<Vec<f32>>, AudioError> + 'a;

/// The blocks used last, the newest first.
#[derive(Debug, Default)]
pub(crate) struct StretchCache {
    kept: Vec<(BlockKey, Arc<Block>)>,
}

/// A stretched block.
#[derive(Debug)]
struct Block {
    first: i64,
    channels: Vec<Vec<f32>>,
}

/// What a block depends on.
#[derive(Clone, Debug, PartialEq)]
struct BlockKey {
    number: i64,
    media: String,
    stream: usize,
    channels: Vec<usize>,
    span: (i64, i64),
    source: (i64, u64),
    /// Position and slope at samples of the block.
    positions: Vec<u64>,
}

/// A voice to be stretched.
pub(crate) struct Stretched<'a> {
    pub voice: &'a Voice,
    pub source_rate_hz: u32,
    pub rate_hz: u32,
    pub channels: usize,
}

impl Stretched<'_> {
    /// Source time at a composition sample, in samples at the composition's rate.
    fn position(&self, curve: Option<&CurvedClock>, n: i64) -> f64 {
        match curve {
            Some(curve) => curve.at(n),
            None => {
                let start = self.voice.source_start.0 as f64 / FLICKS_PER_SECOND as f64 * f64::from(self.rate_hz);
                start + (n - self.voice.first_sample) as f64 * self.voice.speed
            }
        }
    }

    /// `count` samples of each channel from composition sample `from` on; the voice sounds in all of
    /// them.
    pub fn read(
        &self,
        from: i64,
        count: usize,
        caches: (&mut StretchCache, &mut FilterCache),
        source: &mut ReadSource<'_>,
    ) -> Result<Vec<Vec<f32>>, AudioError> {
        let (blocks, filters) = caches;
        let length = STRETCH_BLOCK_SECS * i64::from(self.rate_hz);
        let fade = i64::from(self.rate_hz) / CROSSFADES_A_SECOND;
        let mut out = vec![vec![0f32; count]; self.channels];
        let end = from + count as i64;
        let since = |n: i64| n - self.voice.first_sample;
        for number in since(from).div_euclid(length)..=(since(end) + fade).div_euclid(length) {
            // The block sounds from the cross-fade before it to the end of the one after it.
            let start = self.voice.first_sample + number * length;
            let stop = start + length;
            let range = (start - fade).max(from)..stop.min(end);
            let has_before = number > 0;
            if range.is_empty() || start >= self.voice.end_sample {
                continue;
            }
            let block = blocks.get(self, number, fade, filters, source)?;
            for (out, channel) in out.iter_mut().zip(&block.channels) {
                for n in range.clone() {
                    let Some(&value) = channel.get((n - block.first) as usize) else { continue };
                    // The next block fades in before this one's end, unless the voice ends there.
                    let rising = if has_before { share(n, start, fade) } else { 1.0 };
                    let falling = if stop < self.voice.end_sample { 1.0 - share(n, stop, fade) } else { 1.0 };
                    out[(n - from) as usize] += value * (rising * falling) as f32;
                }
            }
        }
        Ok(out)
    }

    fn stretch(
        &self,
        (first, end): (i64, i64),
        filters: &mut FilterCache,
        source: &mut ReadSource<'_>,
    ) -> Result<Vec<Vec<f32>>, AudioError> {
        let curve = CurvedClock::new(self.voice, self.rate_hz, self.rate_hz);
        let sign = if self.voice.speed > 0.0 { 1.0 } else { -1.0 };
        // The stretcher is clean up to twice the length. Slower constant speeds are reached in stages of
        // it; of a speed that changes, the slow parts waver.
        let stages = if curve.is_some() { 0 } else { stages(self.voice.speed.abs()) };
        let scale = sign * f64::from(1u32 << stages);
        let position = |n: i64| (scale * self.position(curve.as_ref(), n)).round() as i64;
        let mut stretcher = Stage::new(self.channels, self.rate_hz);
        let start = first - stretcher.settling;
        let rates = (self.source_rate_hz, self.rate_hz);
        let mut input = Stream::new(stages, position(start) + stretcher.ahead, self.channels, rates, sign > 0.0);
        let mut out = vec![Vec::with_capacity((end - first) as usize); self.channels];
        // At its instant `now` the stretcher returns the output of `late` samples earlier.
        let mut now = start;
        while now < end + stretcher.late {
            let count = (position(now + STEP) - position(now)).max(0) as usize;
            let given = input.next(count, filters, source)?;
            let from = first + stretcher.late - now;
            let result = stretcher.process(&given, count, STEP as usize);
            let wanted = from.clamp(0, STEP) as usize..(from + end - first).clamp(0, STEP) as usize;
            out.iter_mut().zip(result).for_each(|(out, part)| out.extend_from_slice(&part[wanted.clone()]));
            now += STEP;
        }
        Ok(out)
    }
}

/// Number of times that a speed below a half is doubled before it is stretched.
fn stages(speed: f64) -> u32 {
    (-libm::log2(speed) - 1.0).ceil().clamp(0.0, 8.0) as u32
}

/// One stretcher.
struct Stage {
    stretcher: ssstretch::Stretch,
    /// How far ahead of its instant it is given input.
    ahead: i64,
    /// How far behind its instant its output is.
    late: i64,
    /// Output samples after which nothing of its beginning is left.
    settling: i64,
    result: Vec<Vec<f32>>,
}

impl Stage {
    fn new(channels: usize, rate_hz: u32) -> Self {
        let mut stretcher = ssstretch::Stretch::with_seed(SEED);
        stretcher.preset_default(channels as i32, rate_hz as f32);
        let (ahead, late) = (i64::from(stretcher.input_latency()), i64::from(stretcher.output_latency()));
        let settling = 2 * (ahead + late) + i64::from(stretcher.block_samples());
        Self { stretcher, ahead, late, settling, result: vec![Vec::new(); channels] }
    }

    fn process(&mut self, input: &[Vec<f32>], count: usize, wanted: usize) -> &[Vec<f32>] {
        self.stretcher.process_vec(input, count as i32, &mut self.result, wanted as i32);
        &self.result
    }
}

/// Consecutive samples of a source at the composition's rate, as long as it is or stretched by powers
/// of two.
enum Stream {
    Source { reader: UnitReader, at: i64, channels: usize },
    Doubled { stage: Stage, input: Box<Stream>, now: i64 },
}

impl Stream {
    /// The source stretched by 2^`stages`, from its sample `from` on.
    fn new(stages: u32, from: i64, channels: usize, rates: (u32, u32), forwards: bool) -> Self {
        if stages == 0 {
            return Self::Source { reader: UnitReader::new(rates, forwards), at: from, channels };
        }
        let stage = Stage::new(channels, rates.1);
        let now = from + stage.late - stage.settling;
        let input = Self::new(stages - 1, now.div_euclid(2) + stage.ahead, channels, rates, forwards);
        Self::Doubled { stage, input: Box::new(input), now }
    }

    /// The next `count` samples of each channel.
    fn next(&mut self, count: usize, filters: &mut FilterCache, source: &mut ReadSource<'_>) -> Result<Vec<Vec<f32>>, AudioError> {
        match self {
            Self::Source { reader, at, channels } => {
                let part = reader.read(*at, count, *channels, filters, source)?;
                *at += count as i64;
                Ok(part)
            }
            Self::Doubled { stage, input, now } => {
                // The first call also goes through the time in which the stage settles.
                let settling = std::mem::take(&mut stage.settling) as usize;
                let mut done = vec![Vec::with_capacity(count); stage.result.len()];
                let mut skipped = 0;
                while skipped < settling || done[0].len() < count {
                    let step = (STEP as usize).min(if skipped < settling { settling - skipped } else { count - done[0].len() });
                    let next = *now + step as i64;
                    let wanted = (next.div_euclid(2) - now.div_euclid(2)) as usize;
                    let given = input.next(wanted, filters, source)?;
                    let result = stage.process(&given, wanted, step);
                    if skipped < settling {
                        skipped += step;
                    } else {
                        done.iter_mut().zip(result).for_each(|(done, part)| done.extend_from_slice(&part[..step]));
                    }
                    *now = next;
                }
                Ok(done)
            }
        }
    }
}

/// Share of the block that begins at `start`, 0..=1.
fn share(n: i64, start: i64, fade: i64) -> f64 {
    ((n - (start - fade)) as f64 / fade as f64).clamp(0.0, 1.0)
}

impl StretchCache {
    fn get(
        &mut self,
        voice: &Stretched<'_>,
        number: i64,
        fade: i64,
        filters: &mut FilterCache,
        source: &mut ReadSource<'_>,
    ) -> Result<Arc<Block>, AudioError> {
        let length = STRETCH_BLOCK_SECS * i64::from(voice.rate_hz);
        let v = voice.voice;
        let first = (v.first_sample + number * length - fade).max(v.first_sample);
        let end = (v.first_sample + (number + 1) * length).min(v.end_sample);
        let key = BlockKey {
            number,
            media: v.media.as_str().to_owned(),
            stream: v.stream,
            channels: v.channels.clone(),
            span: (v.first_sample, v.end_sample),
            source: (v.source_start.0, v.speed.to_bits()),
            positions: v
                .positions
                .iter()
                .filter(|p| (first..=end).contains(&p.sample))
                .flat_map(|p| [p.source.0 as u64, p.speed.to_bits()])
                .collect(),
        };
        let entry = match self.kept.iter().position(|(kept, _)| *kept == key) {
            Some(i) => self.kept.remove(i),
            None => {
                let channels = voice.stretch((first, end), filters, source)?;
                (key, Arc::new(Block { first, channels }))
            }
        };
        let block = Arc::clone(&entry.1);
        self.kept.insert(0, entry);
        let mut samples = 0;
        self.kept.retain(|(_, block)| {
            samples += block.channels.iter().map(Vec::len).sum::<usize>();
            samples <= KEPT_SAMPLES
        });
        Ok(block)
    }
}

/// Reads a source at the composition's rate and at its own speed, forwards or backwards: sample n is
/// the source at n, or −n, samples after the start of the file.
struct UnitReader {
    clock: SourceClock,
}

impl UnitReader {
    fn new(rates: (u32, u32), forwards: bool) -> Self {
        Self { clock: SourceClock::unstretched(rates, forwards) }
    }

    fn read(
        &mut self,
        from: i64,
        count: usize,
        channels: usize,
        filters: &mut FilterCache,
        source: &mut ReadSource<'_>,
    ) -> Result<Vec<Vec<f32>>, AudioError> {
        if count == 0 {
            return Ok(vec![Vec::new(); channels]);
        }
        let (start, last) = (self.clock.at(from), self.clock.at(from + count as i64 - 1));
        let (low, high) = (start.whole.min(last.whole), start.whole.max(last.whole));
        if let Some(direction) = self.clock.copies() {
            let mut input = source(low, (high - low + 1) as usize)?;
            if direction == Direction::Backward {
                input.iter_mut().for_each(|c| c.reverse());
            }
            return Ok(input);
        }
        let filter = filters.get(&self.clock);
        let first = low + 1 - filter.half as i64;
        let input = source(first, (high + filter.half as i64 - first + 1) as usize)?;
        let resample = |channel: &Vec<f32>| {
            let mut out = vec![0f32; count];
            filter.run(&self.clock, start, channel, first, &mut out);
            out
        };
        Ok(input.iter().map(resample).collect())
    }
}

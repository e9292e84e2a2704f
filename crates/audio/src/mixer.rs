//! Mixes the voices of a plan into one block of samples.
use crate::curved_clock::CurvedClock;
use crate::envelope;
use crate::layout::{ChannelMatrix, Speaker, speakers};
use crate::pan;
use crate::resample::FilterCache;
use crate::source_clock::{Direction, SourceClock};
use crate::stretch::{StretchCache, Stretched};
use crate::{AudioError, AudioFormat, AudioSource, MAX_RATE_HZ, MIN_RATE_HZ};
use cutroom_timeline::{AudioPlan, FoldLevels, Voice};
use cutroom_types::{AudioBlock, MediaId};
use std::{collections::BTreeMap, ops::Range};

/// Maximum number of samples per channel in one call (11 minutes at 48 kHz); longer mixes are
/// requested in several blocks.
pub const MAX_BLOCK_SAMPLES: usize = 1 << 25;
/// Number of composition samples mixed at once, so that scratch memory does not grow with the
/// block.
const RUN_SAMPLES: usize = 4096;
/// Maximum number of a voice's source samples in that range; fewer composition samples are mixed at
/// once when a voice exceeds it. At full speed from 768 kHz to 4 kHz one composition sample spans
/// 19200 source samples.
const RUN_SOURCE_SAMPLES: f64 = (1 << 23) as f64;

/// Statistics of the samples mixed so far. The totals do not depend on how the mix is divided into
/// blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MixReport {
    /// Samples (of any channel) that exceeded full scale and were clipped to it.
    pub clipped_samples: u64,
    /// Largest magnitude before clipping; 1.0 is full scale.
    pub peak: f64,
    /// Source samples (of any channel) that were NaN or infinite and were replaced by silence. A
    /// sample that several voices play counts once for each.
    pub invalid_source_samples: u64,
}

/// Mixes the blocks of one composition.
///
/// A block is a pure function of plan and sources: any division of the mix into blocks, in any
/// order, returns the same samples bit for bit. At equal rates, speed 1, gain 1 and pan 0 a single
/// voice is copied bit for bit. Pitch follows speed, unless the voice preserves it.
#[derive(Debug)]
pub struct Mixer {
    rate_hz: u32,
    layout: &'static [Speaker],
    filters: FilterCache,
    stretched: StretchCache,
    report: MixReport,
    /// [`MixReport::invalid_source_samples`] by media and stream.
    invalid: BTreeMap<(MediaId, usize), u64>,
    clips: bool,
}

impl Mixer {
    /// A mixer for compositions of `rate_hz` and `channels` (1 to 8; [`speakers`] defines their
    /// layouts).
    ///
    /// # Errors
    /// [`AudioError::Rate`], [`AudioError::Channels`].
    pub fn new(rate_hz: u32, channels: usize) -> Result<Self, AudioError> {
        if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate_hz) {
            return Err(AudioError::Rate(rate_hz));
        }
        Ok(Self {
            rate_hz,
            layout: speakers(channels)?,
            filters: FilterCache::default(),
            stretched: StretchCache::default(),
            report: MixReport::default(),
            invalid: BTreeMap::new(),
            clips: true,
        })
    }

    /// The same mixer without clipping: samples beyond full scale are returned as they are, for a
    /// limiter that follows.
    #[must_use]
    pub fn unclipped(self) -> Self {
        Self { clips: false, ..self }
    }

    /// Whether samples are clipped to full scale.
    pub fn clips(&self) -> bool {
        self.clips
    }

    /// Statistics of all blocks that this mixer has mixed.
    pub fn report(&self) -> MixReport {
        self.report
    }

    /// [`MixReport::invalid_source_samples`] by media and stream, without streams that had none.
    pub fn invalid_source_samples(&self) -> impl Iterator<Item = (&MediaId, usize, u64)> {
        self.invalid.iter().map(|((media, stream), samples)| (media, *stream, *samples))
    }

    /// Mixes the samples of a plan; each is within ±1.0, unless the mixer is [`Self::unclipped`].
    ///
    /// # Errors
    /// See [`AudioError`]; after an error the report is unchanged.
    pub fn mix(&mut self, plan: &AudioPlan, source: &mut dyn AudioSource) -> Result<AudioBlock, AudioError> {
        let channels = self.layout.len();
        if plan.rate_hz != self.rate_hz || plan.channels != channels {
            return Err(AudioError::Mismatch {
                plan_rate_hz: plan.rate_hz,
                plan_channels: plan.channels,
                rate_hz: self.rate_hz,
                channels,
            });
        }
        if plan.samples > MAX_BLOCK_SAMPLES {
            return Err(AudioError::BlockTooLong { samples: plan.samples, max: MAX_BLOCK_SAMPLES });
        }
        let mut voices = plan.voices.iter().map(|v| VoiceMixer::new(v, self, source)).collect::<Result<Vec<_>, _>>()?;
        let mut block = AudioBlock::silent(self.rate_hz, channels, plan.samples);
        let mut report = self.report;
        let mut invalid = vec![0; voices.len()];
        let stretch = voices.iter().map(|p| p.clock.stretch()).fold(1.0, f64::max);
        let run = RUN_SAMPLES.min((RUN_SOURCE_SAMPLES / stretch) as usize).max(1);
        let mut sum = vec![vec![0f64; run.min(plan.samples)]; channels];
        for done in (0..plan.samples).step_by(run) {
            let samples = run.min(plan.samples - done);
            let first = plan.first_sample.saturating_add(done as i64);
            sum.iter_mut().for_each(|s| s[..samples].fill(0.0));
            for (voice, invalid) in voices.iter_mut().zip(&mut invalid) {
                *invalid += voice.add(first, samples, source, self, &mut sum)?;
            }
            for (sum, out) in sum.iter().zip(&mut block.channels) {
                let limit = if self.clips { 1.0 } else { f64::from(f32::MAX) };
                clamp(&sum[..samples], limit, &mut out[done..done + samples], &mut report);
            }
        }
        for (voice, samples) in plan.voices.iter().zip(invalid).filter(|(_, n)| *n > 0) {
            report.invalid_source_samples += samples;
            *self.invalid.entry((voice.media.clone(), voice.stream)).or_default() += samples;
        }
        self.report = report;
        Ok(block)
    }
}

/// The last stage: clips the sums to `limit`, and updates peak and clipped samples.
fn clamp(sum: &[f64], limit: f64, out: &mut [f32], report: &mut MixReport) {
    for (s, o) in sum.iter().zip(out) {
        report.peak = report.peak.max(s.abs());
        // Samples near the maximum of single precision can overflow to infinity in a nested bus,
        // and infinity times a factor of 0 is NaN.
        report.clipped_samples += u64::from(s.abs() > limit || s.is_nan());
        *o = if s.is_nan() { 0.0 } else { s.clamp(-limit, limit) as f32 };
    }
}

/// A voice with its source's format, and what follows from it.
struct VoiceMixer<'a> {
    voice: &'a Voice,
    format: AudioFormat,
    clock: VoiceClock,
    /// Buses from the innermost composition's to that of the plan; never empty.
    stages: Vec<BusStage<'a>>,
}

/// Where a voice is in its source.
enum VoiceClock {
    /// At a constant speed.
    Linear(SourceClock),
    /// At a speed that changes.
    Curved(CurvedClock),
    /// Stretched in blocks, with its own pitch. The source samples that a block reads are not
    /// proportional to the samples mixed, so that invalid ones are not counted.
    Stretched,
}

impl VoiceClock {
    /// Source samples read per sample mixed, at most.
    fn stretch(&self) -> f64 {
        match self {
            Self::Linear(clock) => clock.stretch(),
            Self::Curved(clock) => clock.stretch(),
            Self::Stretched => 1.0,
        }
    }
}

/// What the bus of one composition does to the channels of a voice.
struct BusStage<'a> {
    layout: &'static [Speaker],
    /// From the channels of its input; identity for mono inputs, which are placed by pan.
    matrix: ChannelMatrix,
    mono: bool,
    pan: &'a [(i64, f32)],
}

/// The pan of one bus over consecutive samples.
enum Pan {
    Still(f64),
    Moving(Vec<f64>),
}

impl<'a> BusStage<'a> {
    fn new(from: &[Speaker], layout: &'static [Speaker], fold: FoldLevels, pan: &'a [(i64, f32)]) -> Self {
        let mono = from.len() == 1;
        let one = &[Speaker::Center][..];
        let (inputs, outputs) = if mono { (one, one) } else { (from, layout) };
        Self { layout, matrix: ChannelMatrix::folding(inputs, outputs, fold), mono, pan }
    }

    fn pan(&self, first: i64, samples: usize) -> Pan {
        if let [(_, pan)] = self.pan {
            return Pan::Still(f64::from(*pan));
        }
        let mut pans = vec![0f64; samples];
        envelope::fill(self.pan, first, &mut pans);
        Pan::Moving(pans)
    }

    fn factor(&self, pan: f64, speaker: Speaker) -> f64 {
        pan::factor(pan, self.mono, speaker, self.layout)
    }

    /// The channels of the bus: the output of its matrix with pan applied.
    fn place(&self, audio: &[Vec<f32>], first: i64) -> Vec<Vec<f32>> {
        let pan = self.pan(first, audio[0].len());
        let channel = |(c, &speaker): (usize, &Speaker)| {
            let audio = &audio[if self.mono { 0 } else { c }];
            match &pan {
                Pan::Still(pan) => {
                    let factor = self.factor(*pan, speaker);
                    audio.iter().map(|x| (f64::from(*x) * factor) as f32).collect()
                }
                Pan::Moving(pans) => {
                    audio.iter().zip(pans).map(|(x, pan)| (f64::from(*x) * self.factor(*pan, speaker)) as f32).collect()
                }
            }
        };
        self.layout.iter().enumerate().map(channel).collect()
    }
}

impl<'a> VoiceMixer<'a> {
    fn new(voice: &'a Voice, mixer: &Mixer, source: &dyn AudioSource) -> Result<Self, AudioError> {
        if let Some(reason) = envelope::reject(voice) {
            return Err(AudioError::InvalidVoice { clip: voice.clip.clone(), reason });
        }
        let format = source.format(&voice.media, voice.stream).map_err(|cause| AudioError::Source {
            clip: voice.clip.clone(),
            media: voice.media.clone(),
            stream: voice.stream,
            cause,
        })?;
        let linear = SourceClock::new(voice, format.rate_hz, mixer.rate_hz).map_err(|error| match error {
            cause @ AudioError::Rate(_) => AudioError::SourceFormat {
                clip: voice.clip.clone(),
                media: voice.media.clone(),
                stream: voice.stream,
                cause: Box::new(cause),
            },
            other => other,
        })?;
        let clock = match CurvedClock::new(voice, format.rate_hz, mixer.rate_hz) {
            Some(_) if voice.preserves_pitch => VoiceClock::Stretched,
            None if voice.preserves_pitch && voice.speed.abs() != 1.0 => VoiceClock::Stretched,
            Some(curved) => VoiceClock::Curved(curved),
            None => VoiceClock::Linear(linear),
        };
        let mut from = format.layout.speakers();
        if !voice.channels.is_empty() {
            if let Some(missing) = voice.channels.iter().find(|n| **n >= from.len()) {
                let reason = format!("it uses channel {missing} of a source with {} (they count from 0)", from.len());
                return Err(AudioError::InvalidVoice { clip: voice.clip.clone(), reason });
            }
            from = speakers(voice.channels.len())?.to_vec();
        }
        let mut stages = Vec::with_capacity(voice.nested.len() + 1);
        for nested in &voice.nested {
            let layout = speakers(nested.channels)?;
            stages.push(BusStage::new(&from, layout, nested.fold, &nested.pan));
            from = layout.to_vec();
        }
        stages.push(BusStage::new(&from, mixer.layout, voice.fold, &voice.pan));
        Ok(Self { voice, format, clock, stages })
    }

    /// Adds composition samples `first .. first + samples` to `sum`; returns the number of invalid
    /// source samples read.
    fn add(
        &mut self,
        first: i64,
        samples: usize,
        source: &mut dyn AudioSource,
        mixer: &mut Mixer,
        sum: &mut [Vec<f64>],
    ) -> Result<u64, AudioError> {
        let from = first.max(self.voice.first_sample);
        let end = first.saturating_add(samples as i64).min(self.voice.end_sample);
        if from >= end {
            return Ok(0);
        }
        let count = (end - from) as usize;
        let (mut audio, invalid) = self.read_resampled(from, count, source, mixer)?;
        for pair in self.stages.windows(2) {
            audio = pair[1].matrix.apply(&pair[0].place(&audio, from));
        }
        let [.., root] = &self.stages[..] else { return Ok(invalid) };
        let mut gains = vec![0f64; count];
        envelope::fill(&self.voice.gain, from, &mut gains);
        for fade in &self.voice.fades {
            envelope::apply_fade(fade, from, &mut gains);
        }
        let pan = root.pan(from, count);
        let at = (from - first) as usize;
        for (c, (&speaker, sum)) in mixer.layout.iter().zip(sum).enumerate() {
            let sum = &mut sum[at..at + count];
            let audio = &audio[if root.mono { 0 } else { c }];
            match &pan {
                Pan::Still(pan) => {
                    let factor = root.factor(*pan, speaker);
                    for ((s, x), g) in sum.iter_mut().zip(audio).zip(&gains) {
                        *s += f64::from(*x) * (g * factor);
                    }
                }
                Pan::Moving(pans) => {
                    for (((s, x), g), pan) in sum.iter_mut().zip(audio).zip(&gains).zip(pans) {
                        *s += f64::from(*x) * (g * root.factor(*pan, speaker));
                    }
                }
            }
        }
        Ok(invalid)
    }

    /// Reads the voice's source at the composition's rate and in the innermost composition's
    /// channels (one channel for mono sources). Also returns the number of invalid source samples.
    fn read_resampled(
        &self,
        from: i64,
        count: usize,
        source: &mut dyn AudioSource,
        mixer: &mut Mixer,
    ) -> Result<(Vec<Vec<f32>>, u64), AudioError> {
        match &self.clock {
            VoiceClock::Linear(clock) => self.read_linear(clock, from, count, source, mixer),
            VoiceClock::Curved(clock) => {
                let (first, samples) = clock.needed(from, count, &mut mixer.filters);
                let mut input = self.read_used(first, samples, source)?;
                let ends = [from, from + count as i64].map(|n| clock.at(n).floor() as i64);
                let own = if ends[1] >= ends[0] { ends[0]..ends[1] } else { ends[1] + 1..ends[0] + 1 };
                let invalid = silence_invalid(&mut input, own, first);
                let resample = |channel: &Vec<f32>| {
                    let mut out = vec![0f32; count];
                    clock.run(from, channel, first, &mut mixer.filters, &mut out);
                    out
                };
                Ok((self.stages[0].matrix.apply(&input.iter().map(resample).collect::<Vec<_>>()), invalid))
            }
            VoiceClock::Stretched => {
                let channels =
                    if self.voice.channels.is_empty() { self.format.layout.channels() } else { self.voice.channels.len() };
                let stretched =
                    Stretched { voice: self.voice, source_rate_hz: self.format.rate_hz, rate_hz: mixer.rate_hz, channels };
                let mut read = |first: i64, samples: usize| {
                    let mut input = self.read_used(first, samples, source)?;
                    silence_invalid(&mut input, 0..0, first);
                    Ok(input)
                };
                let audio = stretched.read(from, count, (&mut mixer.stretched, &mut mixer.filters), &mut read)?;
                Ok((self.stages[0].matrix.apply(&audio), 0))
            }
        }
    }

    /// As [`Self::read_resampled`], at a constant speed.
    fn read_linear(
        &self,
        clock: &SourceClock,
        from: i64,
        count: usize,
        source: &mut dyn AudioSource,
        mixer: &mut Mixer,
    ) -> Result<(Vec<Vec<f32>>, u64), AudioError> {
        let start = clock.at(from);
        let last = clock.at(from + count as i64 - 1).whole;
        let (low, high) = (start.whole.min(last), start.whole.max(last));
        let direction = clock.copies();
        let filter = if direction.is_some() { None } else { Some(mixer.filters.get(clock)) };
        let half = filter.as_ref().map_or(0, |f| f.half as i64);
        // A filter reads source samples low + 1 − half ..= high + half; a copy reads low ..= high.
        let input_first = if half == 0 { low } else { low + 1 - half };
        let mut input = self.read_used(input_first, (high + half - input_first + 1) as usize, source)?;
        // Each range counts the invalid samples from its own start to the start of the next range,
        // so that every source sample is counted once.
        let next = clock.at(from + count as i64).whole;
        let own = if next >= start.whole { start.whole..next } else { next + 1..start.whole + 1 };
        let invalid = silence_invalid(&mut input, own, input_first);
        // Fold before resampling if that leaves fewer channels to resample, otherwise after it.
        let stage = &self.stages[0];
        let folds_first = stage.layout.len() < input.len();
        if folds_first {
            input = stage.matrix.apply(&input);
        }
        let mut audio = input;
        if let Some(filter) = filter {
            for channel in &mut audio {
                let mut out = vec![0f32; count];
                filter.run(clock, start, channel, input_first, &mut out);
                *channel = out;
            }
        } else if direction == Some(Direction::Backward) {
            audio.iter_mut().for_each(|c| c.reverse());
        }
        if !folds_first {
            audio = stage.matrix.apply(&audio);
        }
        Ok((audio, invalid))
    }

    /// The channels of the source that the voice uses.
    fn read_used(&self, first: i64, samples: usize, source: &mut dyn AudioSource) -> Result<Vec<Vec<f32>>, AudioError> {
        let input = self.read(first, samples, source)?;
        if self.voice.channels.is_empty() {
            return Ok(input);
        }
        Ok(self.voice.channels.iter().map(|n| input[*n].clone()).collect())
    }

    fn read(&self, first: i64, samples: usize, source: &mut dyn AudioSource) -> Result<Vec<Vec<f32>>, AudioError> {
        let (media, stream) = (&self.voice.media, self.voice.stream);
        let block = source.read(media, stream, first, samples).map_err(|cause| AudioError::Source {
            clip: self.voice.clip.clone(),
            media: media.clone(),
            stream,
            cause,
        })?;
        let (rate_hz, channels) = (self.format.rate_hz, self.format.layout.channels());
        if block.rate_hz != rate_hz || block.channels.len() != channels || block.channels.iter().any(|c| c.len() != samples) {
            return Err(AudioError::SourceContract {
                media: media.clone(),
                stream,
                got: format!("{} samples of {} channels at {} Hz", block.len(), block.channels.len(), block.rate_hz),
                wanted: format!("{samples} samples of {channels} channels at {rate_hz} Hz"),
            });
        }
        Ok(block.channels)
    }
}

/// Replaces samples that are not finite by silence; returns how many of them are among the source
/// samples `own`. The input begins at source sample `first`.
fn silence_invalid(input: &mut [Vec<f32>], own: Range<i64>, first: i64) -> u64 {
    let own = (own.start - first).max(0) as usize..(own.end - first).max(0) as usize;
    let mut invalid = 0;
    for channel in input {
        let whole = own.start.min(channel.len())..own.end.min(channel.len());
        invalid += channel[whole].iter().filter(|x| !x.is_finite()).count() as u64;
        channel.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
    }
    invalid
}

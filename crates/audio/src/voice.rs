//! Reads the source of a voice at the rate of the mix, and adds it where it is mixed.
use crate::{
    AudioError, AudioFormat, AudioSource,
    curved_clock::CurvedClock,
    envelope,
    layout::{Speaker, speakers},
    resample::FilterCache,
    route::Route,
    source_clock::{Direction, SourceClock},
    stretch::{StretchCache, Stretched},
};
use cutroom_timeline::Voice;
use cutroom_types::{ClipId, MediaId};
use std::ops::Range;

/// Number of composition samples mixed at once, so that scratch memory does not grow with the
/// block.
const RUN_SAMPLES: usize = 4096;
/// Maximum number of a voice's source samples in that range; fewer composition samples are mixed at
/// once when a voice exceeds it. At full speed from 768 kHz to 4 kHz one composition sample spans
/// 19200 source samples.
const RUN_SOURCE_SAMPLES: f64 = (1 << 23) as f64;

/// A voice with its source's format, and what follows from it.
pub(crate) struct VoiceMixer<'a> {
    voice: &'a Voice,
    format: AudioFormat,
    clock: VoiceClock,
    route: Route<'a>,
}

/// What all voices of a mix share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Of the mix.
    pub rate_hz: u32,
    pub filters: FilterCache,
    pub stretched: StretchCache,
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

impl<'a> VoiceMixer<'a> {
    /// A voice that is mixed into these speakers; `None`: into those of its source.
    pub fn new(voice: &'a Voice, to: Option<&[Speaker]>, rate_hz: u32, source: &dyn AudioSource) -> Result<Self, AudioError> {
        if let Some(reason) = envelope::reject(voice) {
            return Err(AudioError::InvalidVoice { clip: voice.clip.clone(), reason });
        }
        let format = source.format(&voice.media, voice.stream).map_err(|cause| AudioError::Source {
            clip: voice.clip.clone(),
            media: voice.media.clone(),
            stream: voice.stream,
            cause,
        })?;
        let linear = SourceClock::new(voice, format.rate_hz, rate_hz).map_err(|error| match error {
            cause @ AudioError::Rate(_) => AudioError::SourceFormat {
                clip: voice.clip.clone(),
                media: voice.media.clone(),
                stream: voice.stream,
                cause: Box::new(cause),
            },
            other => other,
        })?;
        let clock = match CurvedClock::new(voice, format.rate_hz, rate_hz) {
            Some(_) if voice.preserves_pitch => VoiceClock::Stretched,
            None if voice.preserves_pitch && voice.speed.abs() != 1.0 => VoiceClock::Stretched,
            Some(curved) => VoiceClock::Curved(curved),
            None => VoiceClock::Linear(linear),
        };
        let from = used_speakers(&voice.clip, &voice.channels, format)?;
        let route = match to {
            Some(to) => Route::of_voice(voice, &from, to)?,
            None => Route::of_voice(voice, &from, &from)?,
        };
        Ok(Self { voice, format, clock, route })
    }

    /// Source samples read per sample mixed, at most.
    pub fn stretch(&self) -> f64 {
        self.clock.stretch()
    }

    /// Adds composition samples `first .. first + samples` to `sum`; returns the number of invalid
    /// source samples read.
    pub fn add(
        &mut self,
        first: i64,
        samples: usize,
        source: &mut dyn AudioSource,
        shared: &mut Shared,
        sum: &mut [Vec<f64>],
    ) -> Result<u64, AudioError> {
        let from = first.max(self.voice.first_sample);
        let end = first.saturating_add(samples as i64).min(self.voice.end_sample);
        if from >= end {
            return Ok(0);
        }
        let (audio, invalid) = self.read_resampled(from, (end - from) as usize, source, shared)?;
        self.route.add(audio, from, (from - first) as usize, sum);
        Ok(invalid)
    }

    /// Reads the voice's source at the composition's rate and in the innermost composition's
    /// channels (one channel for mono sources). Also returns the number of invalid source samples.
    fn read_resampled(
        &self,
        from: i64,
        count: usize,
        source: &mut dyn AudioSource,
        shared: &mut Shared,
    ) -> Result<(Vec<Vec<f32>>, u64), AudioError> {
        match &self.clock {
            VoiceClock::Linear(clock) => self.read_linear(clock, from, count, source, shared),
            VoiceClock::Curved(clock) => {
                let (first, samples) = clock.needed(from, count, &mut shared.filters);
                let mut input = self.read_used(first, samples, source)?;
                let ends = [from, from + count as i64].map(|n| clock.at(n).floor() as i64);
                let own = if ends[1] >= ends[0] { ends[0]..ends[1] } else { ends[1] + 1..ends[0] + 1 };
                let invalid = silence_invalid(&mut input, own, first);
                let resample = |channel: &Vec<f32>| {
                    let mut out = vec![0f32; count];
                    clock.run(from, channel, first, &mut shared.filters, &mut out);
                    out
                };
                Ok((self.route.fold(input.iter().map(resample).collect()), invalid))
            }
            VoiceClock::Stretched => {
                let channels =
                    if self.voice.channels.is_empty() { self.format.layout.channels() } else { self.voice.channels.len() };
                let stretched =
                    Stretched { voice: self.voice, source_rate_hz: self.format.rate_hz, rate_hz: shared.rate_hz, channels };
                let mut read = |first: i64, samples: usize| {
                    let mut input = self.read_used(first, samples, source)?;
                    silence_invalid(&mut input, 0..0, first);
                    Ok(input)
                };
                let audio = stretched.read(from, count, (&mut shared.stretched, &mut shared.filters), &mut read)?;
                Ok((self.route.fold(audio), 0))
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
        shared: &mut Shared,
    ) -> Result<(Vec<Vec<f32>>, u64), AudioError> {
        let start = clock.at(from);
        let last = clock.at(from + count as i64 - 1).whole;
        let (low, high) = (start.whole.min(last), start.whole.max(last));
        let direction = clock.copies();
        let filter = if direction.is_some() { None } else { Some(shared.filters.get(clock)) };
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
        let folds_first = self.route.folds(input.len());
        if folds_first {
            input = self.route.fold(input);
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
            audio = self.route.fold(audio);
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

/// The speakers of the channels that a clip uses of a source; empty: all.
pub(crate) fn used_speakers(clip: &ClipId, used: &[usize], format: AudioFormat) -> Result<Vec<Speaker>, AudioError> {
    let from = format.layout.speakers();
    if used.is_empty() {
        return Ok(from);
    }
    if let Some(missing) = used.iter().find(|n| **n >= from.len()) {
        let reason = format!("it uses channel {missing} of a source with {} (they count from 0)", from.len());
        return Err(AudioError::InvalidVoice { clip: clip.clone(), reason });
    }
    Ok(speakers(used.len())?.to_vec())
}

/// Replaces samples that are not finite by silence; returns how many of them are among the source
/// samples `own`. The input begins at source sample `first`.
fn silence_invalid(input: &mut [Vec<f32>], own: Range<i64>, first: i64) -> u64 {
    let own = (own.start - first).max(0) as usize..(own.end - first).max(0) as usize;
    let mut invalid = 0;
    for channel in input {
        if channel.iter().filter(|x| !x.is_finite()).count() == 0 {
            continue;
        }
        let whole = own.start.min(channel.len())..own.end.min(channel.len());
        invalid += channel[whole].iter().filter(|x| !x.is_finite()).count() as u64;
        channel.iter_mut().filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
    }
    invalid
}

/// How many samples to mix at once, at this number of source samples per sample.
pub(crate) fn run_samples(stretch: f64) -> usize {
    RUN_SAMPLES.min((RUN_SOURCE_SAMPLES / stretch) as usize).max(1)
}

/// The stream that a voice plays.
pub(crate) fn stream_of(voice: &Voice) -> (MediaId, usize) {
    (voice.media.clone(), voice.stream)
}

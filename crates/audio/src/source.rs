//! Sources of audio samples.
use crate::{ChannelLayout, SourceError};
use cutroom_effects::sound::Measured;
use cutroom_timeline::{AudioPlan, PlanError};
use cutroom_types::{AudioBlock, MediaId};
use std::{collections::BTreeMap, sync::Arc};

/// Format of an audio stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AudioFormat {
    /// Samples per second.
    pub rate_hz: u32,
    /// Speakers of its channels, in native order.
    pub layout: ChannelLayout,
}

/// Plans a range of a composition: its first sample, how many.
pub type PlanRange<'a> = dyn FnMut(i64, usize) -> Result<AudioPlan, PlanError> + 'a;

/// Random access to decoded samples.
pub trait AudioSource {
    /// Rate and layout of an audio stream.
    ///
    /// # Errors
    /// The media or the stream does not exist.
    fn format(&self, media: &MediaId, stream: usize) -> Result<AudioFormat, SourceError>;

    /// Samples `first_sample .. first_sample + samples` at the source's own rate, counted from the
    /// start of the file; silence before the stream's start and after its end. The block is always
    /// exactly `samples` long.
    ///
    /// # Errors
    /// The samples exist but cannot be decoded or read.
    fn read(&mut self, media: &MediaId, stream: usize, first_sample: i64, samples: usize) -> Result<AudioBlock, SourceError>;

    /// Measurements of all that an effect of a bus receives, for effects that must know it before they
    /// begin.
    ///
    /// # Errors
    /// It cannot be mixed.
    fn measured(&mut self, bus: &str, effect: usize) -> Result<Measured, SourceError> {
        Err(format!("nothing here measures what effect {effect} of {bus} receives").into())
    }

    /// The whole first audio stream of a file that a sound effect names, such as an impulse response,
    /// at `rate_hz`.
    ///
    /// # Errors
    /// It does not exist, is too long or cannot be read.
    fn file(&mut self, path: &str, rate_hz: u32) -> Result<Arc<AudioBlock>, SourceError> {
        let _ = rate_hz;
        Err(format!("there are no files here, so none is {path}").into())
    }
}

/// Samples in memory: known signals for tests, synthesised audio.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    streams: BTreeMap<(MediaId, usize), AudioBlock>,
}

impl MemorySource {
    /// A source without streams.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a stream with the default layout for its channel count; sample 0 of `block`
    /// is the start of the file.
    pub fn insert(&mut self, media: impl Into<MediaId>, stream: usize, block: AudioBlock) {
        self.streams.insert((media.into(), stream), block);
    }

    fn get(&self, media: &MediaId, stream: usize) -> Result<&AudioBlock, SourceError> {
        self.streams
            .get(&(media.clone(), stream))
            .ok_or_else(|| format!("no audio stream {stream} of \"{media}\" in memory").into())
    }
}

impl AudioSource for MemorySource {
    fn format(&self, media: &MediaId, stream: usize) -> Result<AudioFormat, SourceError> {
        let block = self.get(media, stream)?;
        Ok(AudioFormat { rate_hz: block.rate_hz, layout: ChannelLayout::usual(block.channels.len())? })
    }

    fn read(&mut self, media: &MediaId, stream: usize, first_sample: i64, samples: usize) -> Result<AudioBlock, SourceError> {
        let block = self.get(media, stream)?;
        let mut out = AudioBlock::silent(block.rate_hz, block.channels.len(), samples);
        let start = first_sample.max(0);
        let end = first_sample.saturating_add(samples as i64).min(block.len() as i64);
        if start < end {
            let at = (start - first_sample) as usize;
            let (start, end) = (start as usize, end as usize);
            for (to, from) in out.channels.iter_mut().zip(&block.channels) {
                to[at..at + end - start].copy_from_slice(&from[start..end]);
            }
        }
        Ok(out)
    }
}

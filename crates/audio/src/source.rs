//! Where samples come from.
use crate::{Layout, SourceError};
use cutroom_types::{MediaId, SoundBlock};
use std::collections::BTreeMap;

/// Shape of an audio stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SoundFormat {
    /// Samples per second.
    pub rate_hz: u32,
    /// What its channels are, in native order.
    pub layout: Layout,
}

/// Random access to decoded samples.
pub trait SoundSource {
    /// Rate and layout of an audio stream.
    ///
    /// # Errors
    /// No such file or stream.
    fn format(&self, media: &MediaId, stream: usize) -> Result<SoundFormat, SourceError>;
    /// Samples `first_sample .. first_sample + samples` at the source's own rate, counted from the start of the file; silence
    /// where the stream has none (before its start, after its end). Always exactly `samples` long.
    ///
    /// # Errors
    /// The samples exist but cannot be decoded or read.
    fn read(&mut self, media: &MediaId, stream: usize, first_sample: i64, samples: usize) -> Result<SoundBlock, SourceError>;
}

/// Samples held in memory: known signals for tests, synthesised sound.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    streams: BTreeMap<(MediaId, usize), SoundBlock>,
}

impl MemorySource {
    /// Nothing in it.
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds or replaces a stream of the usual layout for its channels; `block`'s sample 0 is the start of the file.
    pub fn insert(&mut self, media: impl Into<MediaId>, stream: usize, block: SoundBlock) {
        self.streams.insert((media.into(), stream), block);
    }
    fn get(&self, media: &MediaId, stream: usize) -> Result<&SoundBlock, SourceError> {
        self.streams
            .get(&(media.clone(), stream))
            .ok_or_else(|| format!("no audio stream {stream} of \"{media}\" in memory").into())
    }
}

impl SoundSource for MemorySource {
    fn format(&self, media: &MediaId, stream: usize) -> Result<SoundFormat, SourceError> {
        let block = self.get(media, stream)?;
        Ok(SoundFormat { rate_hz: block.rate_hz, layout: Layout::usual(block.channels.len())? })
    }
    fn read(&mut self, media: &MediaId, stream: usize, first_sample: i64, samples: usize) -> Result<SoundBlock, SourceError> {
        let block = self.get(media, stream)?;
        let mut out = SoundBlock::silent(block.rate_hz, block.channels.len(), samples);
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

//! One audio stream of a media file, for measuring and analysing it at its own rate and channels.
use crate::{PipelineError, file_store};
use cutroom_audio::{ChannelLayout, Speaker};
use cutroom_cache::Store;
use cutroom_media::{AudioReader, MediaError};
use cutroom_types::{AudioBlock, CancelToken};
use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// An open audio stream. Samples count from the start of the stream's sound.
pub struct SoundFile {
    path: PathBuf,
    reader: AudioReader,
    layout: ChannelLayout,
    rate_hz: u32,
    /// Sample of the file, counted from its start, at which the sound starts.
    start: i64,
    samples: u64,
    cancel: CancelToken,
}

impl SoundFile {
    /// Opens a stream, counted as `probe` does.
    ///
    /// # Errors
    /// The file cannot be read, has no such stream, or one with channels that have no layout.
    pub fn open(store: &Arc<Store>, path: &Path, stream: usize, cancel: &CancelToken) -> Result<Self, PipelineError> {
        let (index, _) = file_store::index(store, path, cancel);
        let index = index?;
        index.check_audio(stream)?;
        let info = index.info().audio[stream].clone();
        let layout = crate::sound::layout(&info)?;
        let reader = AudioReader::open_indexed(index, stream)?;
        let (start, end) = (info.span.start.to_sample(info.rate_hz), info.span.end().to_sample(info.rate_hz));
        Ok(Self {
            path: path.to_owned(),
            reader,
            layout,
            rate_hz: info.rate_hz,
            start,
            samples: end.saturating_sub(start).max(0) as u64,
            cancel: cancel.clone(),
        })
    }

    /// Samples per second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Number of samples of each channel.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Seconds from the start of the file to that of the sound; negative if the sound starts earlier.
    pub fn start_secs(&self) -> f64 {
        self.start as f64 / f64::from(self.rate_hz)
    }

    /// The speakers of its channels.
    pub fn speakers(&self) -> Vec<Speaker> {
        self.layout.speakers()
    }

    /// Reads a range.
    ///
    /// # Errors
    /// Samples that cannot be decoded; [`MediaError::Stopped`] once it is cancelled.
    pub fn read(&mut self, range: Range<u64>) -> Result<AudioBlock, PipelineError> {
        if self.cancel.is_cancelled() {
            return Err(MediaError::Stopped { path: self.path.clone() }.into());
        }
        let samples = range.end.saturating_sub(range.start) as usize;
        Ok(self.reader.read(self.start.saturating_add_unsigned(range.start), samples)?)
    }

    /// The mean of the channels of a range.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_mono(&mut self, range: Range<u64>) -> Result<Vec<f32>, PipelineError> {
        let block = self.read(range)?;
        let gain = 1.0 / block.channels.len().max(1) as f32;
        let mut mono = vec![0f32; block.len()];
        for channel in &block.channels {
            mono.iter_mut().zip(channel).for_each(|(m, x)| *m += x * gain);
        }
        Ok(mono)
    }

    /// Reads all of it, a second at a time.
    ///
    /// # Errors
    /// As [`Self::read`], and what `each` returns.
    pub fn each_block(&mut self, mut each: impl FnMut(&AudioBlock) -> Result<(), PipelineError>) -> Result<(), PipelineError> {
        let mut at = 0;
        while at < self.samples {
            let end = self.samples.min(at + u64::from(self.rate_hz));
            each(&self.read(at..end)?)?;
            at = end;
        }
        Ok(())
    }
}

//! Measures the audio of a media file, at its own rate and channels.
use crate::PipelineError;
use cutroom_audio::{ChannelLayout, LoudnessReport, Meter};
use cutroom_media::{AudioReader, MediaError, MediaIndex};
use cutroom_types::CancelToken;
use std::path::Path;

/// Loudness and peaks of an audio stream of a file, counted as `probe` does.
///
/// # Errors
/// The file cannot be read, has no such stream, or its channels cannot be measured;
/// [`MediaError::Stopped`] once `cancel` is cancelled.
pub fn file_loudness(path: &Path, stream: usize, cancel: &CancelToken) -> Result<LoudnessReport, PipelineError> {
    let index = MediaIndex::scan_until(path, cancel)?;
    index.check_audio(stream)?;
    let info = index.info().audio[stream].clone();
    let layout = match info.channel_mask.and_then(ChannelLayout::from_mask) {
        Some(layout) => layout,
        None => ChannelLayout::usual(info.channels)?,
    };
    let mut meter = Meter::new(info.rate_hz, &layout.speakers())?;
    let mut reader = AudioReader::open_indexed(index, stream)?;
    let (mut at, end) = (info.span.start.to_sample(info.rate_hz), info.span.end().to_sample(info.rate_hz));
    while at < end {
        if cancel.is_cancelled() {
            return Err(MediaError::Stopped { path: path.to_owned() }.into());
        }
        let samples = (end - at).min(i64::from(info.rate_hz));
        meter.add(&reader.read(at, samples as usize)?)?;
        at += samples;
    }
    Ok(meter.report()?)
}

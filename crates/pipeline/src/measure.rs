//! Measures the audio of a media file, at its own rate and channels.
use crate::{
    PipelineError,
    file_store::{self, content_key},
};
use cutroom_audio::{ChannelLayout, LoudnessReport, Meter};
use cutroom_cache::Store;
use cutroom_media::{AudioReader, MediaError};
use cutroom_types::CancelToken;
use std::{path::Path, sync::Arc};

/// Kind of the entries with the loudness of a stream.
const LOUDNESS: &str = "loudness";

/// Loudness and peaks of an audio stream of a file, counted as `probe` does.
///
/// # Errors
/// The file cannot be read, has no such stream, or its channels cannot be measured;
/// [`MediaError::Stopped`] once `cancel` is cancelled.
pub fn file_loudness(
    store: &Arc<Store>,
    path: &Path,
    stream: usize,
    cancel: &CancelToken,
) -> Result<LoudnessReport, PipelineError> {
    let key = content_key(store, LOUDNESS, path).map(|key| key.with(stream.to_le_bytes()).key());
    let known = key.and_then(|key| store.get(LOUDNESS, key));
    if let Some(report) = known.and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
        return Ok(report);
    }
    let report = measure(store, path, stream, cancel)?;
    if let (Some(key), Ok(bytes)) = (key, postcard::to_stdvec(&report)) {
        store.put(LOUDNESS, key, &bytes);
    }
    Ok(report)
}

fn measure(store: &Arc<Store>, path: &Path, stream: usize, cancel: &CancelToken) -> Result<LoudnessReport, PipelineError> {
    let (index, _) = file_store::index(store, path, cancel);
    let index = index?;
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

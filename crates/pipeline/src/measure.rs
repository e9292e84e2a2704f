//! Measures the audio of a media file, at its own rate and channels.
use crate::{PipelineError, file_store::content_key, sound_file::SoundFile};
use cutroom_audio::{LoudnessReport, Meter};
use cutroom_cache::Store;
use cutroom_types::CancelToken;
use std::{path::Path, sync::Arc};

/// Kind of the entries with the loudness of a stream.
const LOUDNESS: &str = "loudness";

/// Loudness and peaks of an audio stream of a file, counted as `probe` does.
///
/// # Errors
/// The file cannot be read, has no such stream, or its channels cannot be measured;
/// `MediaError::Stopped` once `cancel` is cancelled.
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
    let mut file = SoundFile::open(store, path, stream, cancel)?;
    let mut meter = Meter::new(file.rate_hz(), &file.speakers())?;
    file.each_block(|block| Ok(meter.add(block)?))?;
    Ok(meter.report()?)
}

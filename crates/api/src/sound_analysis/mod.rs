//! Analyses sound: beats, kinds of sound, pauses, spectrograms, and recordings of one event.
mod beats;
mod segments;
mod silence;
mod spectrogram;
mod sync;

pub use beats::{BeatReport, BeatsReport, BeatsRequest, MarkBeatsReport, MarkBeatsRequest, beats, mark_beats};
pub use segments::{SegmentReport, SegmentsReport, SegmentsRequest, sound_segments};
pub use silence::{CutSilenceReport, CutSilenceRequest, SilencesReport, SilencesRequest, SpanReport, cut_silence, silences};
pub use spectrogram::{SpectrogramReport, SpectrogramRequest, spectrogram};
pub use sync::{SyncReport, SyncRequest, SyncedFile, sync};

use crate::{ApiError, cache};
use cutroom_pipeline::SoundFile;
use cutroom_types::CancelToken;
use std::path::Path;

/// Opens an audio stream of a file.
fn open(file: &Path, stream: usize, cancel: &CancelToken) -> Result<SoundFile, ApiError> {
    SoundFile::open(&cache::store(), file, stream, cancel).map_err(|e| ApiError::from(e).field("stream"))
}

/// Seconds of a sample of a file, from the start of the file.
fn secs(file: &SoundFile, sample: u64) -> f64 {
    file.start_secs() + sample as f64 / f64::from(file.rate_hz())
}

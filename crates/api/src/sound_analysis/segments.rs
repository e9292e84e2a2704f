//! What kinds of sound a file holds.
use super::{open, secs};
use crate::ApiError;
use cutroom_analysis::sound::segments::{SegmentFinder, SegmentKind};
use cutroom_types::CancelToken;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The audio stream to analyse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentsRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the audio stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
}

/// Segments of a sound, in order and without gaps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentsReport {
    /// The segments.
    pub segments: Vec<SegmentReport>,
}

/// One kind of sound for a while. Times are seconds since the start of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentReport {
    /// `speech`, `music`, `silence` or `other`.
    pub kind: String,
    /// Where it starts.
    pub start_secs: f64,
    /// Where it ends.
    pub end_secs: f64,
    /// How probable the kind is, as far as the model can tell.
    pub confidence: f64,
}

/// Finds speech, music, silence and other sounds in a file, to about a second.
///
/// # Errors
/// The file cannot be read, or has no such stream.
pub fn sound_segments(request: &SegmentsRequest, cancel: &CancelToken) -> Result<SegmentsReport, ApiError> {
    let mut file = open(&request.file, request.stream, cancel)?;
    let mut finder = SegmentFinder::new(file.rate_hz());
    file.each_block(|block| {
        finder.add(&block.channels);
        Ok(())
    })?;
    let segments = finder.finish().into_iter().map(|s| SegmentReport {
        kind: name(s.kind).into(),
        start_secs: secs(&file, s.samples.start),
        end_secs: secs(&file, s.samples.end),
        confidence: s.confidence,
    });
    Ok(SegmentsReport { segments: segments.collect() })
}

fn name(kind: SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Speech => "speech",
        SegmentKind::Music => "music",
        SegmentKind::Silence => "silence",
        SegmentKind::Other => "other",
    }
}

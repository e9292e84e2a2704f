//! The beats of music: as numbers, or as markers of a composition.
use super::{open, secs};
use crate::{ApiError, analysis_markers::marked, session::Session, write_project};
use cutroom_analysis::sound::beats::{BeatFinder, Rhythm};
use cutroom_pipeline::{SoundFile, media_location};
use cutroom_project::ClipSource;
use cutroom_types::{CancelToken, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Id of the markers' first one; others are counted.
const MARKER: &str = "beat";

/// The audio stream to analyse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeatsRequest {
    /// The media file.
    pub file: PathBuf,
    /// Number of the audio stream, from 0, as `probe` lists them.
    #[serde(default)]
    pub stream: usize,
}

/// The rhythm of a sound. Times are seconds since the start of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BeatsReport {
    /// Beats per minute; 0 without beats.
    pub bpm: f64,
    /// How clear the beats are, 0..=1.
    pub confidence: f64,
    /// The beats.
    pub beats: Vec<BeatReport>,
    /// Where sounds start, whether on a beat or not.
    pub onsets_secs: Vec<f64>,
}

/// One beat.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BeatReport {
    /// When.
    pub secs: f64,
    /// How strong, relative to the mean of all beats.
    pub strength: f64,
}

/// The clip whose beats become markers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkBeatsRequest {
    /// Id of a clip that plays a file.
    pub clip: String,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of marking beats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MarkBeatsReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// Beats per minute of the file.
    pub bpm: f64,
    /// How clear the beats are, 0..=1.
    pub confidence: f64,
    /// Number of markers; those of an earlier run are replaced.
    pub markers: usize,
}

/// Finds the beats of a file.
///
/// # Errors
/// The file cannot be read, or has no such stream.
pub fn beats(request: &BeatsRequest, cancel: &CancelToken) -> Result<BeatsReport, ApiError> {
    let mut file = open(&request.file, request.stream, cancel)?;
    let rhythm = rhythm(&mut file)?;
    let beat = |b: &cutroom_analysis::sound::beats::Beat| BeatReport { secs: secs(&file, b.sample), strength: b.strength };
    Ok(BeatsReport {
        bpm: rhythm.bpm,
        confidence: rhythm.confidence,
        beats: rhythm.beats.iter().map(beat).collect(),
        onsets_secs: rhythm.onsets.iter().map(|sample| secs(&file, *sample)).collect(),
    })
}

fn rhythm(file: &mut SoundFile) -> Result<Rhythm, ApiError> {
    let mut finder = BeatFinder::new(file.rate_hz());
    file.each_block(|block| {
        finder.add(&block.channels);
        Ok(())
    })?;
    Ok(finder.finish())
}

/// Sets a marker at each beat of a clip, in the clip's composition. Markers of an earlier run for the
/// same clip are replaced.
///
/// # Errors
/// Problems of the project or the file; a clip that does not play a file at one speed. Nothing is
/// written then.
pub fn mark_beats(session: &Session, request: &MarkBeatsRequest, cancel: &CancelToken) -> Result<MarkBeatsReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    session.check()?;
    let (composition, _, clip) = session.clip(&request.clip).map_err(one)?;
    let id = &clip.id;
    let ClipSource::Media(source) = &clip.source else {
        let error = ApiError::new("usage.clip", format!("clip \"{id}\" does not play a file"));
        return Err(one(error.hint("name a clip of a sound or a video").field("clip")));
    };
    let Some(speed) = clip.times().constant_speed() else {
        let error = ApiError::new("usage.clip", format!("the speed of clip \"{id}\" changes"));
        return Err(one(error.hint("name a clip of one speed").field("clip")));
    };
    let media = session.project.media(&source.media);
    let path = media.map(|m| media_location(session.folder(), m).path).unwrap_or_default();
    let mut file = open(&path, source.audio_stream.index().unwrap_or(0), cancel).map_err(one)?;
    let rhythm = rhythm(&mut file).map_err(one)?;
    let mut times = Vec::new();
    for beat in &rhythm.beats {
        let offset = media.map_or(TimeDelta::ZERO, |m| m.audio_offset);
        let at = Time::from_secs_f64(secs(&file, beat.sample)).saturating_add(offset);
        let from_start = TimeDelta(((at - clip.source_in).0 as f64 / speed).round() as i64);
        if (TimeDelta::ZERO..clip.duration).contains(&from_start) {
            times.push(clip.start.saturating_add(from_start));
        }
    }
    let markers = times.len();
    let project = marked(&session.project, composition, clip, (MARKER, MARKER), 1, &times).map_err(one)?;
    let output = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    write_project::write(session, "beats", &project, &output).map_err(one)?;
    Ok(MarkBeatsReport { project: output, bpm: rhythm.bpm, confidence: rhythm.confidence, markers })
}

//! Fits a subtitle file to the speech of a film or a media file.
use crate::{
    ApiError, IssueReport, Session, cache,
    overwrite_guard::{self, Inputs, WrittenFile},
    subtitles::{format_of, issues, read, time, write},
};
use cutroom_audio::speech::{STEPS_PER_SECOND, VoiceEnergy};
use cutroom_export::AudioRange;
use cutroom_interchange::subtitles::{self, Fitting, Stretch};
use cutroom_media::{AudioReader, MediaLocation};
use cutroom_pipeline::{AudioMix, PipelineError};
use cutroom_types::{CancelToken, FLICKS_PER_SECOND, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Least correlation of texts with speech; few cues fit somewhere by chance, and need more.
fn least_correlation(cues: usize) -> f64 {
    (1.5 / (cues.max(1) as f64).sqrt()).clamp(0.3, 0.9)
}

/// A subtitle file, and what is spoken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitSubtitlesRequest {
    /// The subtitle file.
    pub file: PathBuf,
    /// A project (`.json`), or a media file with sound, of which the first stream counts.
    pub film: PathBuf,
    /// Id of the composition of a project; absent: the main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Moves each start and end to the nearest one of speech within this time: `200ms`.
    #[serde(default)]
    pub snap: Option<String>,
    /// The file to write; its ending says the format: `.srt`, `.vtt`, `.ass` or `.ttml`.
    pub output: PathBuf,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// How a subtitle file was fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FitSubtitlesReport {
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub output: PathBuf,
    /// Number of cues.
    pub cues: usize,
    /// Factor of all times, before the offset.
    pub ratio: f64,
    /// Seconds by which the cues are later.
    pub offset_secs: f64,
    /// Correlation of texts with speech, from -1 to 1.
    pub correlation: f64,
    /// Cues that were moved to the edges of speech.
    pub snapped: usize,
    /// Cues that were cut at zero or removed before it.
    pub cut: usize,
    /// What was not understood in the subtitle file.
    pub issues: Vec<IssueReport>,
    /// What the format cannot hold.
    pub losses: Vec<String>,
}

/// Finds where the cues of a subtitle file belong in a film by its speech: an offset of up to a minute,
/// and the ratio of two usual frame rates. Writes the file with these times.
///
/// # Errors
/// A file cannot be read or written, or the film has no sound; texts and speech do not match.
pub fn fit_subtitles(request: &FitSubtitlesRequest, cancel: &CancelToken) -> Result<FitSubtitlesReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let format = format_of(&request.output).map_err(one)?;
    let inputs = Inputs::of_clips(&[request.file.clone(), request.film.clone()]);
    overwrite_guard::check(&[WrittenFile::only("output", &request.output)], &inputs, request.overwrite).map_err(one)?;
    let snap = request.snap.as_deref().map(|text| time(text, "snap")).transpose().map_err(one)?;
    if snap.is_some_and(|s| !(0..=10 * FLICKS_PER_SECOND).contains(&s)) {
        return Err(one(ApiError::new("usage.subtitles", "`snap` is from 0 to 10 s").field("snap")));
    }
    let mut file = read(&request.file).map_err(one)?;
    let is_project = request.film.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let speech = if is_project { of_film(request, cancel)? } else { of_media(&request.film, cancel).map_err(one)? };
    let refused = |why: String| {
        one(ApiError::new("subtitles.fit", format!("{}: {why}", request.file.display()))
            .hint("`shift` and `stretch` of `cutroom subtitles` move cues by known times")
            .field("film")
            .file(&request.file))
    };
    let Some(found) = subtitles::find_fit(&file.document, &speech, STEPS_PER_SECOND) else {
        return Err(refused("there is no cue in it, or no speech in the film, that could be compared".into()));
    };
    let least = least_correlation(file.document.cues.len());
    if found.correlation < least {
        let Fitting { correlation, .. } = found;
        return Err(refused(format!(
            "its texts do not fit the speech of {}: their correlation is {correlation:.2} at best, and {least:.2} is needed",
            request.film.display()
        )));
    }
    let second = Time(FLICKS_PER_SECOND * 1000);
    let points = ((Time::ZERO, Time(found.at(Time::ZERO))), (second, Time(found.at(second))));
    let cut = Stretch::by_points(points.0, points.1).map_or(0, |by| subtitles::stretch(&mut file.document, by));
    let snapped = snap.map_or(0, |reach| subtitles::snap(&mut file.document, &speech, STEPS_PER_SECOND, reach));
    let (text, losses) = subtitles::write(&file.document, format);
    write(&request.output, &text).map_err(one)?;
    Ok(FitSubtitlesReport {
        output: request.output.clone(),
        cues: file.document.cues.len(),
        ratio: found.ratio.0 as f64 / found.ratio.1 as f64,
        offset_secs: found.offset as f64 / FLICKS_PER_SECOND as f64,
        correlation: found.correlation,
        snapped,
        cut,
        issues: issues(&file),
        losses,
    })
}

fn silent(film: &Path) -> ApiError {
    ApiError::new("usage.silent", format!("{}: it has no sound to fit to", film.display())).field("film").file(film)
}

/// Speech in the sound of a media file.
fn of_media(path: &Path, cancel: &CancelToken) -> Result<Vec<bool>, ApiError> {
    let failed = |e: cutroom_media::MediaError| ApiError::from(e).field("film");
    let info = cache::probe(&MediaLocation::file(path)).map_err(failed)?;
    let Some(sound) = info.audio.first() else { return Err(silent(path)) };
    let mut reader = AudioReader::open(path, 0).map_err(failed)?;
    let rate = reader.rate_hz();
    let end = sound.span.end().to_sample(rate);
    let mut energy = VoiceEnergy::new(rate);
    let mut at = 0;
    while at < end {
        if cancel.is_cancelled() {
            return Err(ApiError::new("export.cancelled", "fitting was cancelled"));
        }
        let count = (end - at).min(i64::from(rate));
        energy.push(&reader.read(at, count as usize).map_err(failed)?);
        at += count;
    }
    Ok(energy.speech())
}

/// Speech in the mix of a film.
fn of_film(request: &FitSubtitlesRequest, cancel: &CancelToken) -> Result<Vec<bool>, Vec<ApiError>> {
    let one = |e| vec![e];
    let failed = |e: PipelineError| vec![ApiError::from(e)];
    let session = Session::open(&request.film).map_err(one)?;
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    let opened = session.open_composition(&id, 0, cancel)?;
    let rate = opened.composition().sample_rate_hz;
    let sound = AudioRange::of_frames(&(0..opened.frame_count()), opened.composition().frame_rate, rate);
    if !opened.has_audio(&sound.samples).map_err(failed)? {
        return Err(one(silent(&request.film)));
    }
    let mut mix = AudioMix::unclipped(Arc::clone(&opened)).map_err(failed)?;
    let mut energy = VoiceEnergy::new(rate);
    let mut at = sound.samples.start;
    while at < sound.samples.end {
        if cancel.is_cancelled() {
            return Err(one(ApiError::new("export.cancelled", "fitting was cancelled")));
        }
        let count = (sound.samples.end - at).min(i64::from(rate));
        energy.push(&mix.block(at, count as usize).map_err(failed)?);
        at += count;
    }
    Ok(energy.speech())
}

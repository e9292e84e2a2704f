//! Recordings of one event: how they lie to each other by their sound, and a project in which they do,
//! with a track for each camera.
use super::open;
use crate::{ApiError, NewProjectRequest, new_project, parse_frame, session::Session, write_project};
use cutroom_analysis::sound::{
    align::{Fingerprint, Fingerprinter, align},
    arrange::{Pair, Placed, arrange},
};
use cutroom_pipeline::SoundFile;
use cutroom_project::{Clip, ClipSource, Composition, Project, Track, TrackKind};
use cutroom_types::{CancelToken, FrameRate, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Id of the composition with all angles.
const ANGLES: &str = "angles";
/// Drifts of fewer parts per million are left alone: a frame in more than two hours.
const MIN_DRIFT_PPM: f64 = 4.0;

/// The recordings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SyncRequest {
    /// Media files with sound, two or more.
    pub files: Vec<PathBuf>,
    /// The project file to write; absent: none.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Which recording the film shows from which time on, `TIME=N`: `["0s=1", "12s=2"]`; recordings
    /// count from 1. Absent: the first one.
    #[serde(default)]
    pub switch: Vec<String>,
    /// The recording whose sound is heard, from 1; absent: the first one.
    #[serde(default)]
    pub sound: Option<usize>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// How recordings lie to each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SyncReport {
    /// The recordings, in the order of the request.
    pub files: Vec<SyncedFile>,
    /// The project file written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<PathBuf>,
}

/// One recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SyncedFile {
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// When it starts, in seconds after the start of the first one; negative: before it. Absent if no
    /// other recording has the same sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_secs: Option<f64>,
    /// How much slower than the first one's its clock runs, in parts per million; absent if the
    /// overlap is too short to tell, 0 for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_ppm: Option<f64>,
    /// Peak of the correlation over the next highest one: about 1.5 is a doubtful match, 3 a good one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Whether its polarity is that of the others, inverted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inverted: bool,
}

/// Finds how recordings lie to each other, and writes a project if one is asked for: a composition
/// with a track for each recording, and the main one, which shows the angles of `switch`.
///
/// # Errors
/// A file that cannot be read or has no sound; recordings without a common sound, if a project is to
/// be written.
pub fn sync(request: &SyncRequest, cancel: &CancelToken) -> Result<SyncReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    if request.files.len() < 2 {
        let error = ApiError::new("usage.files", "two or more recordings are needed");
        return Err(one(error.field("files")));
    }
    if let Some(number) = request.sound.filter(|n| !(1..=request.files.len()).contains(n)) {
        let error = ApiError::new("usage.angle", format!("there is no recording {number}"));
        return Err(one(error.hint(format!("they count from 1 to {}", request.files.len())).field("sound")));
    }
    let mut files = Vec::new();
    for path in &request.files {
        files.push(open(path, 0, cancel).map_err(|e| one(e.file(path)))?);
    }
    let mut prints = Vec::new();
    for file in &mut files {
        prints.push(fingerprint(file).map_err(one)?);
    }
    let mut pairs = Vec::new();
    for second in 1..files.len() {
        for first in 0..second {
            let (before, from) = files.split_at_mut(second);
            let (a, b) = (&mut before[first], &mut from[0]);
            let found = align(&prints[first], &prints[second], |r| a.read_mono(r), |r| b.read_mono(r));
            pairs.extend(found.map_err(|e| one(e.into()))?.map(|alignment| Pair { first, second, alignment }));
        }
    }
    let placed = arrange(files.len(), &pairs);
    let mut report = SyncReport { files: Vec::new(), project: None };
    for (i, path) in request.files.iter().enumerate() {
        report.files.push(synced(path, i, &files, &placed, &pairs));
    }
    if let Some(output) = &request.output {
        if let Some(alone) = report.files.iter().find(|f| f.offset_secs.is_none()) {
            let message = format!("{}: none of the other recordings has its sound", alone.file.display());
            return Err(one(ApiError::new("usage.not_synced", message).field("files").file(&alone.file)));
        }
        write(request, output, &report.files).map_err(one)?;
        report.project = Some(output.clone());
    }
    Ok(report)
}

fn fingerprint(file: &mut SoundFile) -> Result<Fingerprint, ApiError> {
    let mut printer = Fingerprinter::new(file.rate_hz());
    file.each_block(|block| {
        printer.add(&block.channels);
        Ok(())
    })?;
    Ok(printer.finish())
}

fn synced(path: &Path, i: usize, files: &[SoundFile], placed: &[Placed], pairs: &[Pair]) -> SyncedFile {
    let of = |p: &&Pair| p.first == i || p.second == i;
    let best =
        pairs.iter().filter(of).map(|p| p.alignment.peak_ratio).fold(None, |a: Option<f64>, b| Some(a.map_or(b, |a| a.max(b))));
    let together = placed[i].group == placed[0].group && (i > 0 || best.is_some());
    // Sounds start somewhere in their files.
    let start = |k: usize| placed[k].start_secs - files[k].start_secs() * placed[k].pace;
    let direct = pairs.iter().find(|p| p.first == 0 && p.second == i);
    SyncedFile {
        file: path.to_owned(),
        offset_secs: together.then(|| start(i) - start(0)),
        drift_ppm: if i == 0 {
            together.then_some(0.0)
        } else {
            let known = pairs.iter().filter(of).any(|p| p.alignment.drift_ppm.is_some());
            (together && known).then(|| (placed[i].pace - 1.0) * 1e6)
        },
        confidence: best.filter(|_| together),
        inverted: direct.is_some_and(|p| p.alignment.inverted),
    }
}

/// Writes the project.
fn write(request: &SyncRequest, output: &Path, files: &[SyncedFile]) -> Result<(), ApiError> {
    let clips = request.files.clone();
    let new = NewProjectRequest {
        project: output.to_owned(),
        clips,
        still: "5s".into(),
        overwrite: request.overwrite,
        ..NewProjectRequest::default()
    };
    new_project(&new)?;
    let session = Session::open(output)?;
    let project = multicam(&session.project, request, files)?;
    write_project::write(&session, "sync", &project, output)
}

/// The project with a track for each recording in place of one after the other.
fn multicam(project: &Project, request: &SyncRequest, files: &[SyncedFile]) -> Result<Project, ApiError> {
    let mut project = project.clone();
    let main = project.main.clone();
    let Some(at) = project.compositions.iter().position(|c| c.id == main) else { return Ok(project) };
    let old = project.compositions[at].clone();
    let earliest = files.iter().filter_map(|f| f.offset_secs).fold(f64::INFINITY, f64::min);
    let heard = request.sound.unwrap_or(1) - 1;
    let mut angles = Composition { id: ANGLES.into(), name: "Angles".into(), tracks: Vec::new(), ..old.clone() };
    // The clips that were made for the files, in their order.
    let mut all: Vec<Clip> = old
        .tracks
        .iter()
        .flat_map(|t| &t.clips)
        .filter(|c| matches!(c.source, ClipSource::Media(_)))
        .map(|c| (**c).clone())
        .collect();
    all.sort_by_key(|c| c.start);
    let mut placed = Vec::new();
    for (i, file) in files.iter().enumerate() {
        let Some(clip) = all.iter().find(|c| plays(&project, c, &request.files[i])) else { continue };
        let pace = 1.0 + file.drift_ppm.filter(|ppm| ppm.abs() >= MIN_DRIFT_PPM).unwrap_or(0.0) / 1e6;
        let mut clip = clip.clone();
        clip.id = format!("angle-{}", i + 1).as_str().into();
        clip.start = Time::from_secs_f64(file.offset_secs.unwrap_or(0.0) - earliest);
        clip.source_in = Time::ZERO;
        clip.speed = 1.0 / pace;
        clip.duration = TimeDelta((clip.duration.0 as f64 * pace) as i64);
        clip.linked = None;
        let has_picture = old.tracks.iter().any(|t| t.kind == TrackKind::Video && t.clips.iter().any(|c| c.source == clip.source));
        let mut track =
            Track::new(&format!("angle-{}-track", i + 1), if has_picture { TrackKind::Video } else { TrackKind::Audio });
        track.name = format!("{}", request.files[i].file_name().unwrap_or_default().to_string_lossy());
        track.muted = i != heard;
        track.clips.push(clip.clone().into());
        angles.tracks.push(track);
        placed.push((i, has_picture, clip));
    }
    let rate = old.frame_rate;
    let mut film = Composition { tracks: Vec::new(), ..old };
    let mut shots = Track::new("cut", TrackKind::Video);
    for (n, (from, to, angle)) in shots_of(&placed, &switches(request, rate)?, rate).into_iter().enumerate() {
        let mut shot = angle.clone();
        shot.id = format!("shot-{}", n + 1).as_str().into();
        shot.source_in = Time(((from - angle.start).0 as f64 * angle.speed).round() as i64);
        (shot.start, shot.duration) = (from, to - from);
        shot.audio.enabled = false;
        shots.clips.push(shot.into());
    }
    let mut sound = Track::new("sound", TrackKind::Audio);
    if let Some((_, _, clip)) = placed.iter().find(|(i, _, _)| *i == heard) {
        let mut clip = clip.clone();
        clip.id = "sound-1".into();
        sound.clips.push(clip.into());
    }
    film.tracks.push(sound);
    film.tracks.push(shots);
    film.duration = None;
    project.compositions[at] = film;
    project.compositions.push(angles);
    Ok(project)
}

/// Whether a clip plays a file.
fn plays(project: &Project, clip: &Clip, file: &Path) -> bool {
    let ClipSource::Media(source) = &clip.source else { return false };
    let name = file.file_name();
    project.media(&source.media).is_some_and(|m| Path::new(&m.path).file_name() == name)
}

/// Times and recordings (from 0) of the request.
fn switches(request: &SyncRequest, rate: FrameRate) -> Result<Vec<(Time, usize)>, ApiError> {
    let mut all = Vec::new();
    for text in &request.switch {
        let wrong = |message: String| ApiError::new("usage.angle", message).hint("write TIME=N, such as 12s=2").field("switch");
        let (time, number) = text.split_once('=').ok_or_else(|| wrong(format!("\"{text}\" is no switch")))?;
        let frame = parse_frame(time, rate).map_err(|e| e.field("switch"))?;
        let number: usize = number.trim().parse().map_err(|_| wrong(format!("\"{number}\" is no number of a recording")))?;
        if !(1..=request.files.len()).contains(&number) {
            return Err(wrong(format!("there is no recording {number}, only 1 to {}", request.files.len())));
        }
        all.push((rate.time_of_frame(frame), number - 1));
    }
    all.sort_by_key(|(time, _)| *time);
    Ok(all)
}

/// The shots of the film: from, to, and the clip of the angle. Where the angle that was chosen has no
/// picture, the first one that has is shown.
fn shots_of<'a>(placed: &'a [(usize, bool, Clip)], switches: &[(Time, usize)], rate: FrameRate) -> Vec<(Time, Time, &'a Clip)> {
    let frame = |t: Time, up: bool| {
        let first = rate.frame_at(t);
        rate.time_of_frame(if up && rate.time_of_frame(first) < t { first + 1 } else { first })
    };
    let span = |c: &Clip| (frame(c.start, true), frame(c.span().end(), false));
    let cameras: Vec<(usize, &Clip)> = placed.iter().filter(|(_, picture, _)| *picture).map(|(i, _, c)| (*i, c)).collect();
    let mut times: Vec<Time> =
        cameras.iter().flat_map(|(_, c)| <[Time; 2]>::from(span(c))).chain(switches.iter().map(|s| s.0)).collect();
    times.sort_unstable();
    times.dedup();
    let mut shots: Vec<(Time, Time, &Clip)> = Vec::new();
    for pair in times.windows(2) {
        let covers = |c: &Clip| span(c).0 <= pair[0] && pair[1] <= span(c).1;
        let wanted = switches.iter().rev().find(|s| s.0 <= pair[0]).map_or(0, |s| s.1);
        let chosen = cameras.iter().find(|(i, c)| *i == wanted && covers(c)).or_else(|| cameras.iter().find(|(_, c)| covers(c)));
        let Some((_, clip)) = chosen else { continue };
        match shots.last_mut() {
            Some((_, to, last)) if *to == pair[0] && last.id == clip.id => *to = pair[1],
            _ => shots.push((pair[0], pair[1], clip)),
        }
    }
    shots
}

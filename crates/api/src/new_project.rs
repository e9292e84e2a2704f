//! A project from clips, one after the other.
use crate::{ApiError, open, parse_length_frames, position::nearest_frame};
use cutroom_media::{MediaInfo, VideoInfo, probe};
use cutroom_pipeline::facts_of;
use cutroom_project::{
    Alignment, Clip, ClipSource, Composition, CompositionColor, Extra, Media, MediaKind, Project, Track, TrackKind, Transition,
    save,
};
use cutroom_types::{FrameRate, Size, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

/// Which clips, and what they become.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewProjectRequest {
    /// The project file to write.
    pub project: PathBuf,
    /// Media files in playing order.
    pub clips: Vec<PathBuf>,
    /// Pixels; absent: those of the first clip with a picture, made even.
    #[serde(default)]
    pub size: Option<Size>,
    /// Frames per second; absent: those of the first moving clip.
    #[serde(default)]
    pub fps: Option<String>,
    /// Length of a dissolve on every cut, see [`crate::parse_length_frames`]; made an even number of frames.
    #[serde(default)]
    pub dissolve: Option<String>,
    /// How long still images stand.
    pub still: String,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewProjectReport {
    /// The project file.
    pub project: PathBuf,
    /// Clips in it.
    pub clips: usize,
    /// Pixels.
    pub size: Size,
    /// Frames per second.
    pub fps: String,
    /// Length.
    pub duration_secs: f64,
    /// Decisions worth knowing.
    pub notes: Vec<String>,
}

/// Makes a project file: pictures follow each other on one track, files with sound only on another.
///
/// # Errors
/// A clip that cannot be read, a clip too short for the dissolve, a bad size or rate, or a file that exists.
pub fn new_project(request: &NewProjectRequest) -> Result<NewProjectReport, ApiError> {
    if !request.overwrite && request.project.exists() {
        return Err(ApiError::new("usage.exists", format!("{} exists already", request.project.display()))
            .hint("choose another name, or add --overwrite")
            .file(&request.project));
    }
    let mut infos: BTreeMap<&Path, MediaInfo> = BTreeMap::new();
    for clip in &request.clips {
        if !infos.contains_key(clip.as_path()) {
            infos.insert(clip, probe(clip)?);
        }
    }
    let mut notes = Vec::new();
    let composition = composition(request, &infos, &mut notes)?;
    let rate = composition.frame_rate;
    let mut project = Project::new(&stem(&request.project), composition);
    let media_ids = add_media(&mut project, request, &infos)?;
    let (tracks, clips) = lay_out(request, &infos, &media_ids, rate)?;
    let main = &mut project.compositions[0];
    main.tracks = tracks;
    let duration_secs = main.length().as_secs_f64();
    let size = main.size;
    save(&project, &request.project).map_err(|e| ApiError::of("project.save", &e).file(&request.project))?;
    Ok(NewProjectReport { project: request.project.clone(), clips, size, fps: rate.to_string(), duration_secs, notes })
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn even(size: Size) -> Size {
    let side = |n: u32| (n.max(2) + 1) & !1;
    Size { width: side(size.width), height: side(size.height) }
}

fn composition(
    request: &NewProjectRequest,
    infos: &BTreeMap<&Path, MediaInfo>,
    notes: &mut Vec<String>,
) -> Result<Composition, ApiError> {
    let in_order = || request.clips.iter().filter_map(|c| infos.get(c.as_path()));
    let picture = in_order().find_map(|i| facts_of(i).size);
    let moving = in_order().filter(|i| !i.is_still).find_map(|i| i.video.first());
    let size = request.size.unwrap_or_else(|| picture.map_or(Size { width: 1920, height: 1080 }, even));
    let rate = match &request.fps {
        Some(text) => text.parse().map_err(|e| ApiError::of("usage.fps", &e))?,
        None => moving.map_or(FrameRate::new(25, 1), usual_rate).ok_or_else(|| ApiError::new("usage.fps", "no frame rate"))?,
    };
    let mut composition = Composition::new("main", size, rate);
    if let Some(v) = moving {
        // The film keeps the colour of its first clip, so that it can pass untouched.
        composition.color =
            CompositionColor { primaries: v.color.primaries, transfer: v.color.transfer, ..CompositionColor::default() };
        if !v.is_constant_rate && request.fps.is_none() {
            notes.push(format!("the first clip has a varying frame rate; {rate} fps was chosen, --fps sets another"));
        }
    }
    Ok(composition)
}

/// The stated rate, or the counted one when the statement is odd (phones write 90000).
fn usual_rate(v: &VideoInfo) -> Option<FrameRate> {
    let sane = |r: &FrameRate| (1.0..=240.0).contains(&r.as_f64());
    let nominal = v.nominal_rate.filter(sane);
    let average = v.average_rate.filter(sane);
    if v.is_constant_rate { nominal.or(average) } else { average.and_then(|r| FrameRate::from_f64(r.as_f64().round())).or(nominal) }
        .or_else(|| FrameRate::new(25, 1))
}

fn add_media<'a>(
    project: &mut Project,
    request: &NewProjectRequest,
    infos: &BTreeMap<&'a Path, MediaInfo>,
) -> Result<BTreeMap<&'a Path, String>, ApiError> {
    let mut ids = BTreeMap::new();
    for clip in &request.clips {
        let Some((&path, info)) = infos.get_key_value(clip.as_path()) else { continue };
        if ids.contains_key(path) {
            continue;
        }
        let kind = match (info.is_still, info.video.is_empty()) {
            (true, _) => MediaKind::Image,
            (false, true) if info.audio.is_empty() => {
                return Err(
                    ApiError::new("media.open.empty", format!("{}: holds neither picture nor sound", path.display())).file(path)
                );
            }
            (false, true) => MediaKind::Audio,
            (false, false) => MediaKind::Video,
        };
        let id = format!("m{}", ids.len() + 1);
        let mut media = Media::new(&id, &relative(open::folder(&request.project), path)?, kind);
        media.facts = Some(facts_of(info));
        project.media.push(media);
        ids.insert(path, id);
    }
    Ok(ids)
}

/// `path` as seen from `folder`, with `/` between names.
fn relative(folder: &Path, path: &Path) -> Result<String, ApiError> {
    let absolute = |p: &Path| p.canonicalize().map_err(|e| ApiError::new("usage.path", format!("{}: {e}", p.display())).file(p));
    let (folder, path) = (absolute(folder)?, absolute(path)?);
    let common = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    let names: Vec<String> =
        up.chain(path.components().skip(common)).map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if names.iter().any(|n| n.contains('\u{fffd}')) {
        return Err(ApiError::new("usage.path", format!("{}: the name is not Unicode", path.display())).file(path));
    }
    // Nothing in common but the root, as on another drive: absolute.
    if common == 0 { Ok(path.to_string_lossy().replace('\\', "/")) } else { Ok(names.join("/")) }
}

/// The tracks, and how many clips stand on them.
fn lay_out(
    request: &NewProjectRequest,
    infos: &BTreeMap<&Path, MediaInfo>,
    ids: &BTreeMap<&Path, String>,
    rate: FrameRate,
) -> Result<(Vec<Track>, usize), ApiError> {
    let length = |text: &str| parse_length_frames(text, rate);
    let still_frames = length(&request.still)?.max(1);
    // Even, so that half of it lies on each side of the cut.
    let half = request.dissolve.as_deref().map(length).transpose()?.map_or(0, |n| (n + 1) / 2);
    let (mut video, mut audio) = (Track::new("v1", TrackKind::Video), Track::new("a1", TrackKind::Audio));
    let (mut frame, mut sound_end) = (0, Time::ZERO);
    let pictures: Vec<usize> = (0..request.clips.len()).filter(|&i| !infos[request.clips[i].as_path()].video.is_empty()).collect();
    for (i, path) in request.clips.iter().enumerate() {
        let (info, media) = (&infos[path.as_path()], &ids[path.as_path()]);
        let id = format!("c{}", i + 1);
        let Some(picture) = info.video.first() else {
            let clip = Clip::new(&id, ClipSource::media(media), sound_end, info.duration);
            sound_end = clip.span().end();
            audio.clips.push(clip);
            continue;
        };
        let (first, last) = (pictures.first() == Some(&i), pictures.last() == Some(&i));
        // What a dissolve runs into beyond a cut is taken off the clip, so that no frame is held.
        let (head, tail) = (if first || info.is_still { 0 } else { half }, if last || info.is_still { 0 } else { half });
        let whole = if info.is_still { still_frames } else { nearest_frame(picture.span.end().since_zero(), rate).max(1) };
        let frames = whole - head - tail;
        if frames < if first && last { 1 } else { half.max(1) } {
            return Err(ApiError::new("usage.dissolve", format!("{} is too short for the dissolve", path.display()))
                .hint(format!("it has {whole} frames of the film; a dissolve of {} needs more", 2 * half))
                .file(path));
        }
        let start = rate.time_of_frame(frame);
        let mut clip = Clip::new(&id, ClipSource::media(media), start, rate.time_of_frame(frame + frames) - start);
        clip.source_in = rate.time_of_frame(head);
        if half > 0 && !first {
            video.transitions.push(Transition {
                id: format!("x{}", video.transitions.len() + 1).into(),
                kind: "crossfade".into(),
                from: video.clips.last().map(|c| c.id.clone()),
                to: Some(clip.id.clone()),
                duration: length_around(rate, frame, half),
                alignment: Alignment::Centre,
                params: BTreeMap::new(),
                audio_crossfade: true,
                extra: Extra::default(),
            });
        }
        video.clips.push(clip);
        frame += frames;
    }
    let clips = video.clips.len() + audio.clips.len();
    Ok(([video, audio].into_iter().filter(|t| !t.clips.is_empty()).collect(), clips))
}

/// Twice the way from the cut before frame `cut` to the frame `half` earlier.
fn length_around(rate: FrameRate, cut: i64, half: i64) -> TimeDelta {
    (rate.time_of_frame(cut) - rate.time_of_frame(cut - half)).scale(2, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let (sub, file) = (dir.path().join("projects"), dir.path().join("a b.mp4"));
        std::fs::create_dir(&sub).unwrap();
        std::fs::write(&file, "x").unwrap();
        assert_eq!(relative(&sub, &file).unwrap(), "../a b.mp4");
        assert_eq!(relative(dir.path(), &file).unwrap(), "a b.mp4");
        assert_eq!(relative(&sub, &dir.path().join("none")).unwrap_err().code, "usage.path");
    }
}

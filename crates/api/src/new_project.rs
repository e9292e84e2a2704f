//! A project from clips, one after the other.
use crate::{
    ApiError, parse_length_frames,
    position::nearest_frame,
    session,
    targets::{self, Inputs, Target},
};
use cutroom_effects::Catalog;
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
#[serde(deny_unknown_fields)]
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
    #[serde(serialize_with = "crate::lossy::path")]
    pub project: PathBuf,
    /// Clips in it.
    pub clips: usize,
    /// Pixels.
    pub size: Size,
    /// Frames per second.
    pub fps: String,
    /// Length.
    pub duration_secs: f64,
    /// Decisions worth knowing, and what is not as it should be with the clips.
    pub notes: Vec<String>,
    /// Fields of the request that notes name in backticks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// Makes a project file: pictures follow each other on one track, files with sound only on another.
///
/// # Errors
/// A clip that cannot be read, a clip too short for the dissolve, a bad size or rate, a file that exists, or one that is a clip.
pub fn new_project(request: &NewProjectRequest) -> Result<NewProjectReport, ApiError> {
    targets::check(&[Target::only("project", &request.project)], &Inputs::of_clips(&request.clips), request.overwrite)?;
    let folder = session::folder(&request.project);
    if !folder.is_dir() {
        return Err(ApiError::new("usage.path", format!("{}: there is no such folder for the project", folder.display()))
            .hint("make it first")
            .file(folder));
    }
    let mut infos: BTreeMap<&Path, MediaInfo> = BTreeMap::new();
    for clip in &request.clips {
        if !infos.contains_key(clip.as_path()) {
            infos.insert(clip, probe(clip)?);
        }
    }
    let warnings = |(path, info): (&&Path, &MediaInfo)| {
        let of = path.display().to_string();
        info.warnings.iter().map(|w| format!("{of}: {w}")).collect::<Vec<_>>()
    };
    let mut notes: Vec<String> = infos.iter().flat_map(warnings).collect();
    let before = notes.len();
    let composition = composition(request, &infos, &mut notes)?;
    let varying = notes.len() > before;
    let rate = composition.frame_rate;
    let mut project = Project::new(&stem(&request.project), composition);
    let media_ids = add_media(&mut project, request, &infos)?;
    let length = |text: &str| parse_length_frames(text, rate);
    let still_frames = length(&request.still)?.max(1);
    // Even, so that half of it lies on each side of the cut.
    let half = request.dissolve.as_deref().map(length).transpose()?.map_or(0, |n| (n + 1) / 2);
    let (tracks, clips) = lay_out(&pieces(request, &infos, &media_ids, rate, still_frames), half, rate)?;
    let main = &mut project.compositions[0];
    main.tracks = tracks;
    let duration_secs = main.length().as_secs_f64();
    let size = main.size;
    check(&project)?;
    save(&project, &request.project).map_err(|e| ApiError::of("project.save", &e).file(&request.project))?;
    Ok(NewProjectReport {
        project: request.project.clone(),
        clips,
        size,
        fps: rate.to_string(),
        duration_secs,
        fields: vec!["fps".to_owned()].into_iter().filter(|_| varying).collect(),
        notes,
    })
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
        Some(text) => text.parse().map_err(|e| ApiError::of("usage.fps", &e).field("fps"))?,
        None => moving.map_or(FrameRate::new(25, 1), usual_rate).ok_or_else(|| ApiError::new("usage.fps", "no frame rate"))?,
    };
    let mut composition = Composition::new("main", size, rate);
    if let Some(v) = moving {
        // The film keeps the colour of its first clip, so that it can pass untouched.
        composition.color =
            CompositionColor { primaries: v.color.primaries, transfer: v.color.transfer, ..CompositionColor::default() };
        if !v.is_constant_rate && request.fps.is_none() {
            notes.push(format!("the first clip has a varying frame rate; {rate} fps was chosen, `fps` sets another"));
        }
    }
    Ok(composition)
}

/// The stated rate, or the counted one when the statement is odd (phones write 90000).
fn usual_rate(v: &VideoInfo) -> Option<FrameRate> {
    let sane = |r: &FrameRate| (1.0..=240.0).contains(&r.as_f64());
    let nominal = v.nominal_rate.filter(sane);
    let average = v.average_rate.filter(sane);
    // Of interlaced pictures some containers state the rate of fields.
    let counts_fields = |n: &FrameRate| average.is_some_and(|a| (n.as_f64() / a.as_f64() - 2.0).abs() < 0.05);
    let nominal = nominal.and_then(|n| if counts_fields(&n) { FrameRate::from_f64(n.as_f64() / 2.0) } else { Some(n) });
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
        let mut media = Media::new(&id, &relative(session::folder(&request.project), path)?, kind);
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

/// What laying out needs to know of a clip.
struct Piece<'a> {
    path: &'a Path,
    media: &'a str,
    /// Whole frames of the film that it has; `None` without a picture.
    frames: Option<i64>,
    /// As many frames as wanted lie beyond its ends.
    is_still: bool,
    /// Of a clip without a picture.
    duration: TimeDelta,
}

/// The clips in order; `still_frames` is how long still images stand.
fn pieces<'a>(
    request: &'a NewProjectRequest,
    infos: &BTreeMap<&Path, MediaInfo>,
    ids: &'a BTreeMap<&Path, String>,
    rate: FrameRate,
    still_frames: i64,
) -> Vec<Piece<'a>> {
    let piece = |path: &'a PathBuf| {
        let (info, media) = (&infos[path.as_path()], &ids[path.as_path()]);
        let frames = |v: &VideoInfo| nearest_frame(v.span.end().since_zero(), rate).max(1);
        let frames = info.video.first().map(|v| if info.is_still { still_frames } else { frames(v) });
        Piece { path, media, frames, is_still: info.is_still, duration: info.duration }
    };
    request.clips.iter().map(piece).collect()
}

/// The tracks, and how many clips stand on them. `half` is half the length of a dissolve in frames, 0 for cuts.
fn lay_out(pieces: &[Piece<'_>], half: i64, rate: FrameRate) -> Result<(Vec<Track>, usize), ApiError> {
    let (mut video, mut audio) = (Track::new("v1", TrackKind::Video), Track::new("a1", TrackKind::Audio));
    let (mut frame, mut sound_end) = (0, Time::ZERO);
    let (first, last) = (pieces.iter().position(|p| p.frames.is_some()), pieces.iter().rposition(|p| p.frames.is_some()));
    for (i, piece) in pieces.iter().enumerate() {
        let id = format!("c{}", i + 1);
        let Some(whole) = piece.frames else {
            let clip = Clip::new(&id, ClipSource::media(piece.media), sound_end, piece.duration);
            sound_end = clip.span().end();
            audio.clips.push(clip.into());
            continue;
        };
        let (first, last) = (first == Some(i), last == Some(i));
        // What a dissolve runs into beyond a cut is taken off the clip, so that no frame is held.
        let beyond = |at_end: bool| if at_end || piece.is_still { 0 } else { half };
        let (head, tail) = (beyond(first), beyond(last));
        let frames = whole - head - tail;
        // The halves of its dissolves that lie on the clip itself do not overlap.
        let inside = half * (i64::from(!first) + i64::from(!last));
        if frames < inside.max(1) {
            let (dissolve, needed) = (2 * half, head + tail + inside.max(1));
            let ends = if first || last { "at one end" } else { "at each end" };
            return Err(ApiError::new("usage.dissolve", format!("{} is too short for the dissolve", piece.path.display()))
                .hint(format!(
                    "it has {whole} frames of the film; a dissolve of {dissolve} frames {ends} needs {needed}: shorten `dissolve`{}",
                    if piece.is_still { ", or lengthen `still`" } else { "" }
                ))
                .field("dissolve")
                .field("still")
                .file(piece.path));
        }
        let start = rate.time_of_frame(frame);
        let mut clip = Clip::new(&id, ClipSource::media(piece.media), start, rate.time_of_frame(frame + frames) - start);
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
        video.clips.push(clip.into());
        frame += frames;
    }
    let clips = video.clips.len() + audio.clips.len();
    Ok(([video, audio].into_iter().filter(|t| !t.clips.is_empty()).collect(), clips))
}

/// Refuses what `validate` would refuse, before it is saved.
fn check(project: &Project) -> Result<(), ApiError> {
    let mut problems = cutroom_project::validate(project);
    problems.extend(cutroom_timeline::check(project, &Catalog::builtin()));
    let Some((first, others)) = problems.split_first() else { return Ok(()) };
    let message = format!("these clips and options make a project that is not valid: {}", first.message);
    let mut error =
        ApiError::new("usage.project", message).hint("choose another `size`, `fps` or `still`, or a shorter `dissolve`");
    error.fields = ["size", "fps", "still", "dissolve"].map(str::to_owned).to_vec();
    error.causes = others.iter().map(ToString::to_string).collect();
    Err(error)
}

/// Twice the way from the cut before frame `cut` to the frame `half` earlier or later: the nearer one, where frames are not whole flicks, so
/// that neighbouring dissolves can touch.
fn length_around(rate: FrameRate, cut: i64, half: i64) -> TimeDelta {
    let at = |frame| rate.time_of_frame(frame);
    (at(cut) - at(cut - half)).min(at(cut + half) - at(cut)).scale(2, 1)
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

    fn made(pieces: &[Piece<'_>], half: i64, rate: FrameRate) -> Result<Project, ApiError> {
        let (tracks, _) = lay_out(pieces, half, rate)?;
        let mut project = Project::new("film", Composition::new("main", Size { width: 64, height: 36 }, rate));
        let kind = |p: &Piece<'_>| match (p.frames, p.is_still) {
            (None, _) => MediaKind::Audio,
            (_, true) => MediaKind::Image,
            _ => MediaKind::Video,
        };
        project.media = pieces.iter().map(|p| Media::new(p.media, "x", kind(p))).collect();
        project.compositions[0].tracks = tracks;
        Ok(project)
    }

    /// Three stills of one second under dissolves of 1.6 s, then any clips at any rate: what is made is valid, and what is refused has a
    /// clip that is really too short.
    #[test]
    fn what_is_made_is_valid() {
        let mut state = 1_u64;
        let mut random = |n: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % n
        };
        let names: Vec<String> = (0..6).map(|i| format!("m{i}")).collect();
        let piece = |i: usize, frames, is_still| Piece {
            path: Path::new("clip"),
            media: &names[i],
            frames,
            is_still,
            duration: TimeDelta(705_600_000),
        };
        let rates = ["25", "30000/1001", "24000/1001", "12.5", "29.96", "59.94", "7"].map(|r| r.parse::<FrameRate>().unwrap());
        let stills: Vec<Piece<'_>> = (0..3).map(|i| piece(i, Some(25), true)).collect();
        let error = made(&stills, 20, rates[0]).unwrap_err();
        assert_eq!(error.code, "usage.dissolve");
        assert!(error.hint.as_ref().is_some_and(|h| h.contains("needs 40")), "{error:?}");
        let (mut fine, mut refused) = (0, 0);
        for round in 0..4000 {
            let count = 1 + random(6) as usize;
            let half = random(20);
            let clips: Vec<Piece<'_>> = (0..count)
                .map(|i| match random(5) {
                    0 => piece(i, None, false),
                    kind => piece(i, Some(1 + random(100)), kind == 1),
                })
                .collect();
            let rate = rates[round % rates.len()];
            match made(&clips, half, rate) {
                Ok(project) => {
                    fine += 1;
                    check(&project).unwrap_or_else(|e| panic!("half {half} at {rate}: {e} {:?}", e.causes));
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.code, "usage.dissolve");
                    let seen: Vec<_> = clips.iter().filter_map(|p| Some((p.frames?, p.is_still))).collect();
                    let short = |(i, (frames, still)): (usize, &(i64, bool))| {
                        let cuts = i64::from(i > 0) + i64::from(i + 1 < seen.len());
                        // A moving clip gives half a dissolve beyond each cut, and any clip half before it.
                        *frames < cuts * half * if *still { 1 } else { 2 }
                    };
                    assert!(seen.iter().enumerate().any(short), "half {half}: {seen:?}");
                }
            }
        }
        assert!(fine > 500 && refused > 500, "{fine} made, {refused} refused");
    }
}

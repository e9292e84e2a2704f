//! Creates a project from clips, one after the other.
use crate::{
    ApiError,
    overwrite_guard::{self, Inputs, WrittenFile},
    parse_length_frames, session,
};
use cutroom_effects::Catalog;
use cutroom_media::{MediaInfo, probe};
use cutroom_pipeline::{facts_of, upright_size};
use cutroom_project::{
    MediaKind, Project,
    build::{self, PictureFacts, Sequence, SequenceError, SourceFacts},
    save,
};
use cutroom_types::Size;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

/// The clips, and the settings of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProjectRequest {
    /// The project file to write.
    pub project: PathBuf,
    /// Media files in playing order.
    pub clips: Vec<PathBuf>,
    /// Size in pixels; absent: that of the first clip with a picture, made even.
    #[serde(default)]
    pub size: Option<Size>,
    /// Frames per second; absent: those of the first moving clip.
    #[serde(default)]
    pub fps: Option<String>,
    /// Length of a dissolve at every cut, see [`crate::parse_length_frames`]; rounded up to an even
    /// number of frames.
    #[serde(default)]
    pub dissolve: Option<String>,
    /// Length of still images, see [`crate::parse_length_frames`].
    pub still: String,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// Result of creating a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewProjectReport {
    /// The project file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// Number of clips.
    pub clips: usize,
    /// Size in pixels.
    pub size: Size,
    /// Frames per second.
    pub fps: String,
    /// Length in seconds.
    pub duration_secs: f64,
    /// Decisions that were made for the user, and warnings about the clips.
    pub notes: Vec<String>,
    /// Fields of the request that notes name in backticks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// Creates a project file: pictures follow each other on one track, files with sound only on
/// another.
///
/// # Errors
/// A clip that cannot be read, a clip too short for the dissolve, a bad size or rate, an output
/// file that exists or that is one of the clips.
pub fn new_project(request: &NewProjectRequest) -> Result<NewProjectReport, ApiError> {
    overwrite_guard::check(
        &[WrittenFile::only("project", &request.project)],
        &Inputs::of_clips(&request.clips),
        request.overwrite,
    )?;
    let folder = session::folder(&request.project);
    if !folder.is_dir() {
        return Err(ApiError::new("usage.path", format!("{}: there is no such folder for the project", folder.display()))
            .hint("make it first")
            .field("project")
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
    notes.extend(infos.iter().flat_map(|(path, info)| further_streams(path, info)));
    let mut fields = Vec::new();
    let rate = request.fps.as_deref().map(str::parse).transpose().map_err(|e| ApiError::of("usage.fps", &e).field("fps"))?;
    let (sources, order) = sources(&request.clips, folder, &infos)?;
    let clips = || order.iter().map(|&n| &sources[n]);
    let composition = build::composition_for(clips(), request.size, rate);
    let (rate, size) = (composition.frame_rate, composition.size);
    let moving = clips().find(|c| c.is_moving()).and_then(|c| c.picture);
    if request.fps.is_none() && moving.is_some_and(|p| !p.is_constant_rate) {
        notes.push(format!("the first clip has a varying frame rate; {rate} fps was chosen, `fps` sets another"));
        fields.push("fps".to_owned());
    }
    let length = |text: &str, field| parse_length_frames(text, rate).map_err(|e| e.field(field));
    let still_frames = length(&request.still, "still")?.max(1);
    let dissolve = request.dissolve.as_deref().map(|text| length(text, "dissolve")).transpose()?;
    let sequence = Sequence {
        sources: &sources,
        order: &order,
        still_frames,
        // Even, so that half of the dissolve is on each side of the cut.
        half_dissolve_frames: dissolve.map_or(0, |n| (n + 1) / 2),
    };
    let project = sequence.project(&stem(&request.project), composition).map_err(|e| too_short(&e, &request.clips[e.clip]))?;
    check(&project)?;
    save(&project, &request.project).map_err(|e| ApiError::of("project.save", &e).file(&request.project))?;
    Ok(NewProjectReport {
        project: request.project.clone(),
        clips: order.len(),
        size,
        fps: rate.to_string(),
        duration_secs: project.compositions[0].length().as_secs_f64(),
        notes,
        fields,
    })
}

/// Notes on streams of a file that are not used.
fn further_streams(path: &Path, info: &MediaInfo) -> Vec<String> {
    let of = path.display();
    let note = |kind: &str, field: &str, codecs: Vec<&str>| {
        let others = codecs.len().checked_sub(2)?;
        let others = if others == 0 { "another".to_owned() } else { format!("{} others", others + 1) };
        Some(format!("{of}: its {kind} 0 ({}) is used; it has {others}, which {field} of a clip chooses", codecs[0]))
    };
    let video = note("picture", "source.video_stream", info.video.iter().map(|v| v.codec.as_str()).collect());
    let audio = note("sound", "source.audio_stream", info.audio.iter().map(|a| a.codec.as_str()).collect());
    video.into_iter().chain(audio).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The distinct files, and for each clip the index of its file.
fn sources(
    clips: &[PathBuf],
    folder: &Path,
    infos: &BTreeMap<&Path, MediaInfo>,
) -> Result<(Vec<SourceFacts>, Vec<usize>), ApiError> {
    let mut known: BTreeMap<&Path, usize> = BTreeMap::new();
    let (mut sources, mut order) = (Vec::new(), Vec::new());
    for clip in clips {
        let Some(info) = infos.get(clip.as_path()) else { continue };
        let n = match known.get(clip.as_path()) {
            Some(n) => *n,
            None => {
                sources.push(source(clip, folder, info)?);
                known.insert(clip, sources.len() - 1);
                sources.len() - 1
            }
        };
        order.push(n);
    }
    Ok((sources, order))
}

fn source(path: &Path, folder: &Path, info: &MediaInfo) -> Result<SourceFacts, ApiError> {
    // What a clip shows and plays if nothing is chosen.
    let defects = (info.video.first().and_then(|v| v.defect.as_ref()), info.audio.first().and_then(|a| a.defect.as_ref()));
    if let Some(defect) = defects.0.or(defects.1) {
        let hint = "convert the file to a usual format, or leave it out";
        return Err(ApiError::from(defect.clone()).hint(hint).field("clips"));
    }
    let kind = match (info.is_still, info.video.is_empty()) {
        (true, _) => MediaKind::Image,
        (false, true) if info.audio.is_empty() => {
            let message = format!("{}: holds neither picture nor sound", path.display());
            return Err(ApiError::new("media.open.empty", message).field("clips").file(path));
        }
        (false, true) => MediaKind::Audio,
        (false, false) => MediaKind::Video,
    };
    let picture = info.video.first().map(|v| PictureFacts {
        size: upright_size(v),
        nominal_rate: v.nominal_rate,
        average_rate: v.average_rate,
        is_constant_rate: v.is_constant_rate,
        start: v.span.start.since_zero(),
        end: v.span.end().since_zero(),
        primaries: v.color.primaries,
        transfer: v.color.transfer,
    });
    Ok(SourceFacts { path: relative(folder, path)?, kind, facts: facts_of(info), picture, duration: info.duration })
}

fn too_short(e: &SequenceError, clip: &Path) -> ApiError {
    let SequenceError { frames, dissolve_frames, needed_frames, ends, .. } = e;
    let longer = if e.is_still { ", or lengthen `still`" } else { "" };
    ApiError::new(e.code(), format!("{} is too short for the dissolve", clip.display()))
        .hint(format!(
            "it has {frames} frames of the film; a dissolve of {dissolve_frames} frames {ends} needs {needed_frames}: shorten \
             `dissolve`{longer}"
        ))
        .field("dissolve")
        .field("still")
        .file(clip)
}

/// `path` relative to `folder`, with `/` between names.
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
    // No common prefix, as on another drive: absolute.
    if common == 0 { Ok(path.to_string_lossy().replace('\\', "/")) } else { Ok(names.join("/")) }
}

/// Rejects a project that `validate` would reject, before it is saved.
fn check(project: &Project) -> Result<(), ApiError> {
    let mut problems = cutroom_project::validate(project);
    problems.extend(cutroom_timeline::validate_against_catalog(project, &Catalog::builtin()));
    let Some((first, others)) = problems.split_first() else { return Ok(()) };
    let message = format!("these clips and options make a project that is not valid: {}", first.message);
    let mut error =
        ApiError::new("usage.project", message).hint("choose another `size`, `fps` or `still`, or a shorter `dissolve`");
    error.fields = ["size", "fps", "still", "dissolve"].map(str::to_owned).to_vec();
    error.causes = others.iter().map(ToString::to_string).collect();
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_project::{Composition, MediaFacts};
    use cutroom_types::{FrameRate, Primaries, TimeDelta, Transfer};

    #[test]
    fn paths_are_relative_to_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let (sub, file) = (dir.path().join("projects"), dir.path().join("a b.mp4"));
        std::fs::create_dir(&sub).unwrap();
        std::fs::write(&file, "x").unwrap();
        assert_eq!(relative(&sub, &file).unwrap(), "../a b.mp4");
        assert_eq!(relative(dir.path(), &file).unwrap(), "a b.mp4");
        assert_eq!(relative(&sub, &dir.path().join("none")).unwrap_err().code, "usage.path");
    }

    fn made(sources: &[SourceFacts], half: i64, rate: FrameRate) -> Result<Project, SequenceError> {
        let order: Vec<usize> = (0..sources.len()).collect();
        let sequence = Sequence { sources, order: &order, still_frames: 25, half_dissolve_frames: half };
        sequence.project("film", Composition::new("main", Size { width: 64, height: 36 }, rate))
    }

    /// Any clips at any rate: a created project is valid, and a refused request has a clip that is
    /// really too short.
    #[test]
    fn what_is_made_is_valid() {
        let mut state = 1_u64;
        let mut random = |n: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % n
        };
        let rates = ["25", "30000/1001", "24000/1001", "12.5", "29.96", "59.94", "7"].map(|r| r.parse::<FrameRate>().unwrap());
        let source = |frames: Option<i64>, kind, rate: FrameRate| SourceFacts {
            path: "clip".into(),
            kind,
            facts: MediaFacts::default(),
            picture: frames.map(|n| PictureFacts {
                size: Size { width: 64, height: 36 },
                nominal_rate: Some(rate),
                average_rate: Some(rate),
                is_constant_rate: true,
                start: TimeDelta::ZERO,
                end: rate.time_of_frame(n).since_zero(),
                primaries: Primaries::Bt709,
                transfer: Transfer::Bt709,
            }),
            duration: TimeDelta(705_600_000),
        };
        let (mut fine, mut refused) = (0, 0);
        for round in 0..4000 {
            let (count, half, rate) = (1 + random(6), random(20), rates[round % rates.len()]);
            let clips: Vec<SourceFacts> = (0..count)
                .map(|_| match random(5) {
                    0 => source(None, MediaKind::Audio, rate),
                    1 => source(Some(1), MediaKind::Image, rate),
                    _ => source(Some(1 + random(100)), MediaKind::Video, rate),
                })
                .collect();
            match made(&clips, half, rate) {
                Ok(project) => {
                    fine += 1;
                    check(&project).unwrap_or_else(|e| panic!("half {half} at {rate}: {e} {:?}", e.causes));
                }
                Err(_) => {
                    refused += 1;
                    let frames = |c: &SourceFacts| Some((rate.nearest_frame(c.picture?.end), c.kind == MediaKind::Image));
                    let seen: Vec<_> = clips.iter().filter_map(frames).collect();
                    let short = |(i, (frames, still)): (usize, &(i64, bool))| {
                        let cuts = i64::from(i > 0) + i64::from(i + 1 < seen.len());
                        // At each cut, a moving clip needs half a dissolve as a handle outside the
                        // cut; every clip needs half a dissolve inside it.
                        if *still { 25 < cuts * half } else { *frames < cuts * half * 2 }
                    };
                    assert!(seen.iter().enumerate().any(short), "half {half}: {seen:?}");
                }
            }
        }
        assert!(fine > 500 && refused > 500, "{fine} made, {refused} refused");
    }
}

//! Creates a project from clips, one after the other.
use crate::{
    ApiError, cache,
    clip_list::{NamedClip, named_clips, time_in_file},
    media_content::Content,
    overwrite_guard::{self, Inputs, WrittenFile},
    parse_length_frames, session,
    subtitle_input::{SubtitleInput, of_subtitles},
    subtitles::{self, IssueReport},
    subtitles_add::{self, TrackWish},
};
use cutroom_effects::Catalog;
use cutroom_media::{MediaError, MediaInfo, MediaLocation, Numbered};
use cutroom_pipeline::{facts_of, upright_size};
use cutroom_project::{
    MediaKind, Project,
    build::{self, PictureFacts, Sequence, SequenceClip, SequenceError, SourceFacts},
    save,
    subtitles::CuePlace,
};
use cutroom_types::{Align, Fit, FrameRate, Gaps, Size, Time};
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
    /// Media files in playing order: a path, a part of a file (`a.mp4@2s..5s`), numbered files
    /// (`IMG_%04d.jpg`) or a wildcard (`*.jpg`). Numbered files are a still each, or one film with
    /// `frame_rate`.
    pub clips: Vec<PathBuf>,
    /// Size in pixels; absent: that of the first clip with a picture, made even.
    #[serde(default)]
    pub size: Option<Size>,
    /// Whether width and height are exchanged if the picture would be wider than high.
    #[serde(default)]
    pub portrait: bool,
    /// How pictures are fitted to the canvas; absent: contained in it, or covering it with
    /// `portrait`.
    #[serde(default)]
    pub fit: Option<Fit>,
    /// Where pictures lie whose shape is not that of the canvas, and which part of them is shown if
    /// they cover it; absent: the centre.
    #[serde(default)]
    pub align: Option<Align>,
    /// Frames per second; absent: those of the first moving clip.
    #[serde(default)]
    pub fps: Option<String>,
    /// Makes numbered files one film of so many pictures per second.
    #[serde(default)]
    pub frame_rate: Option<String>,
    /// What such a film shows where a number is missing; absent: that is an error.
    #[serde(default)]
    pub gaps: Gaps,
    /// Length of a dissolve at every cut, see [`crate::parse_length_frames`].
    #[serde(default)]
    pub dissolve: Option<String>,
    /// Length of still images, see [`crate::parse_length_frames`].
    pub still: String,
    /// Subtitle files that the picture shows, each on a track of its own: the first one at the bottom
    /// and the second one at the top, unless they say otherwise; the tracks of further ones are off.
    #[serde(default)]
    pub subtitles: Vec<SubtitleInput>,
    /// Id of the look of subtitles, see docs/titles.md; or `libass`; absent: `classic`, with what the
    /// files say, and `libass` for ASS.
    #[serde(default)]
    pub subtitle_style: Option<String>,
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
    let row_rate: Option<FrameRate> =
        request.frame_rate.as_deref().map(str::parse).transpose().map_err(|e| ApiError::of("usage.fps", &e).field("frame_rate"))?;
    let (named, mut notes) = named_clips(&request.clips, row_rate.is_some())?;
    let files: Vec<PathBuf> = named.iter().map(|clip| clip.path.clone()).collect();
    let numbered = row_rate.map(|frame_rate| Numbered { frame_rate, start_number: None, gaps: request.gaps });
    let location = |clip: &NamedClip| MediaLocation { path: clip.path.clone(), numbered: numbered.filter(|_| clip.is_row) };
    let locations: BTreeMap<&Path, MediaLocation> = named.iter().map(|clip| (clip.path.as_path(), location(clip))).collect();
    let texts = request.subtitles.iter().map(|s| s.file.clone());
    let read: Vec<PathBuf> = locations.values().flat_map(MediaLocation::files).chain(texts).collect();
    overwrite_guard::check(&[WrittenFile::only("project", &request.project)], &Inputs::of_clips(&read), request.overwrite)?;
    let folder = session::folder(&request.project);
    if !folder.is_dir() {
        return Err(ApiError::new("usage.path", format!("{}: there is no such folder for the project", folder.display()))
            .hint("make it first")
            .field("project")
            .file(folder));
    }
    let mut infos: BTreeMap<&Path, MediaInfo> = BTreeMap::new();
    for (clip, location) in &locations {
        let info = cache::probe(location).map_err(|e| {
            let is_gap = matches!(e, MediaError::MissingPictures { .. });
            let error = ApiError::from(e);
            if is_gap { error.field("gaps") } else { error }
        })?;
        infos.insert(clip, info);
    }
    let warnings = |(path, info): (&&Path, &MediaInfo)| {
        let of = path.display().to_string();
        info.warnings.iter().map(|w| format!("{of}: {w}")).collect::<Vec<_>>()
    };
    notes.extend(infos.iter().flat_map(warnings));
    notes.extend(infos.iter().flat_map(|(path, info)| further_streams(path, info)));
    let mut fields = Vec::new();
    if row_rate.is_some() && !named.iter().any(|clip| clip.is_row) {
        notes.push("`frame_rate` concerns numbered pictures (IMG_%04d.png), of which there are none".into());
        fields.push("frame_rate".to_owned());
    }
    let rate = request.fps.as_deref().map(str::parse).transpose().map_err(|e| ApiError::of("usage.fps", &e).field("fps"))?;
    let (sources, order) = sources(&files, folder, &infos, &locations)?;
    let clips = || order.iter().map(|&n| &sources[n]);
    let mut composition = build::composition_for(clips(), request.size, rate);
    if request.portrait && composition.size.width > composition.size.height {
        composition.size = Size { width: composition.size.height, height: composition.size.width };
    }
    let (rate, size) = (composition.frame_rate, composition.size);
    let moving = clips().find(|c| c.is_moving()).and_then(|c| c.picture);
    if let (None, Some(p)) = (request.size, clips().find_map(|c| c.picture).filter(|p| p.size != size)) {
        let Size { width, height } = p.size;
        notes.push(format!(
            "the first picture has {width}x{height} pixels; most codecs need even sides, so the film has {}x{} and shows its \
             background at the edge; `size` sets another",
            size.width, size.height
        ));
        fields.push("size".to_owned());
    }
    if request.fps.is_none() && moving.is_some_and(|p| !p.is_constant_rate) {
        notes.push(format!("the first clip has a varying frame rate; {rate} fps was chosen, `fps` sets another"));
        fields.push("fps".to_owned());
    }
    let length = |text: &str, field| parse_length_frames(text, rate).map_err(|e| e.field(field));
    let still_frames = length(&request.still, "still")?.max(1);
    let dissolve = request.dissolve.as_deref().map(|text| length(text, "dissolve")).transpose()?;
    let parts = named.iter().zip(&order).map(|(clip, &n)| part(clip, n, &sources[n], rate)).collect::<Result<Vec<_>, _>>()?;
    let usual_fit = if request.portrait { Fit::Cover } else { Fit::Contain };
    let sequence = Sequence {
        sources: &sources,
        clips: &parts,
        still_frames,
        dissolve_frames: dissolve.unwrap_or(0),
        fit: request.fit.unwrap_or(usual_fit),
        align: request.align,
    };
    let mut made = sequence.project(&stem(&request.project), composition).map_err(|e| too_short(&e, &files[e.clip]))?;
    let clip_count = made.project.clips().count();
    for (clip, length) in &made.unheard {
        notes.push(unheard(&files[*clip], &sources[order[*clip]], length.as_secs_f64(), rate));
    }
    notes.retain(|note| !note.is_empty());
    subtitle_tracks(&mut made.project, request, &mut notes)?;
    check(&made.project)?;
    save(&made.project, &request.project).map_err(|e| ApiError::of("project.save", &e).file(&request.project))?;
    Ok(NewProjectReport {
        project: request.project.clone(),
        clips: clip_count,
        size,
        fps: rate.to_string(),
        duration_secs: made.project.compositions[0].length().as_secs_f64(),
        notes,
        fields,
    })
}

/// Adds the tracks of the subtitle files above all others.
fn subtitle_tracks(project: &mut Project, request: &NewProjectRequest, notes: &mut Vec<String>) -> Result<(), ApiError> {
    if let (Some(_), []) = (&request.subtitle_style, &request.subtitles[..]) {
        let error = ApiError::new("usage.subtitles", "`subtitle_style` is given without `subtitles`");
        return Err(error.field("subtitle_style").field("subtitles"));
    }
    for (n, input) in request.subtitles.iter().enumerate() {
        if input.default || input.forced {
            let message = format!("{}: default and forced concern tracks of exported files", input.file.display());
            let error =
                ApiError::new("usage.subtitles", message).hint("leave them out; here, `subtitles` are drawn into the picture");
            return Err(error.field("subtitles").file(&input.file));
        }
        let failed = |e| of_subtitles(e, &input.file);
        let file = subtitles::read(&input.file).map_err(failed)?;
        let language = input.language(file.document.language.as_deref())?;
        let place = if n == 1 { CuePlace::Top } else { CuePlace::Bottom };
        let wish = TrackWish { path: &input.file, style: request.subtitle_style.as_deref(), language: language.as_deref(), place };
        let mut added = subtitles_add::track(&file, &wish, project, &project.compositions[0]).map_err(|mut e| {
            e.fields.iter_mut().filter(|f| *f == "style").for_each(|f| "subtitle_style".clone_into(f));
            failed(e)
        })?;
        let of = input.file.display();
        for IssueReport { line, message } in &added.issues {
            let at = if *line > 0 { format!(":{line}") } else { String::new() };
            notes.push(format!("{of}{at}: {message}"));
        }
        if n >= 2 {
            added.track.enabled = false;
            notes.push(format!("{of}: two subtitle files are shown; the track {} of this one is off", added.track.id));
        }
        project.compositions[0].tracks.push(added.track);
    }
    Ok(())
}

/// The part of a file that a clip names, in source time.
pub(crate) fn part(clip: &NamedClip, source: usize, facts: &SourceFacts, rate: FrameRate) -> Result<SequenceClip, ApiError> {
    let time = |text: &Option<String>| text.as_deref().map(|t| time_in_file(t, rate, &clip.path)).transpose();
    let (from, to) = (time(&clip.from)?, time(&clip.to)?);
    let error = |reason: String| {
        ApiError::new("usage.clip_part", format!("{}: {reason}", clip.path.display())).field("clips").file(&clip.path)
    };
    if (from, to) == (None, None) {
        return Ok(SequenceClip { source, from, to });
    }
    if facts.kind == MediaKind::Image {
        return Err(error("a still image has no part".into()).hint("`still` says how long it is shown").field("still"));
    }
    let end = Time(facts.picture.map_or(facts.duration, |p| p.end).0);
    let (start, stop) = (from.unwrap_or_default(), to.unwrap_or(end));
    // Frames end on the flick, texts in decimals near it.
    let tolerance = rate.frame_duration().0 / 2;
    if start >= stop {
        return Err(error(format!("the part from {:.3} s to {:.3} s is empty", start.as_secs_f64(), stop.as_secs_f64())));
    }
    if stop.0 > end.0.saturating_add(tolerance) || start >= end {
        let asked = stop.max(start).as_secs_f64();
        return Err(error(format!("the part goes to {asked:.3} s, but the file ends at {:.3} s", end.as_secs_f64())));
    }
    Ok(SequenceClip { source, from, to: to.map(|to| to.min(end)) })
}

/// Note about sound that the film leaves out; empty if it is less than a tenth of a second or two
/// frames, as blocks of sound at the end of usual files.
fn unheard(file: &Path, source: &SourceFacts, secs: f64, rate: FrameRate) -> String {
    let file = file.display();
    if source.picture.is_none() {
        return format!("{file}: ends with the pictures; {secs:.3} s of it are not heard");
    }
    if secs < (2.0 / rate.as_f64()).max(0.1) {
        return String::new();
    }
    format!("{file}: the sound goes on for {secs:.3} s after the picture; this part is not heard")
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
    locations: &BTreeMap<&Path, MediaLocation>,
) -> Result<(Vec<SourceFacts>, Vec<usize>), ApiError> {
    let mut known: BTreeMap<&Path, usize> = BTreeMap::new();
    let (mut sources, mut order) = (Vec::new(), Vec::new());
    for clip in clips {
        let Some(info) = infos.get(clip.as_path()) else { continue };
        let n = match known.get(clip.as_path()) {
            Some(n) => *n,
            None => {
                sources.push(source(clip, folder, info, locations.get(clip.as_path()).and_then(|l| l.numbered))?);
                known.insert(clip, sources.len() - 1);
                sources.len() - 1
            }
        };
        order.push(n);
    }
    Ok((sources, order))
}

/// Facts of a file that a project in `folder` uses.
pub(crate) fn source(path: &Path, folder: &Path, info: &MediaInfo, numbered: Option<Numbered>) -> Result<SourceFacts, ApiError> {
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
        frame_duration: v.frame_duration,
        start: v.span.start.since_zero(),
        end: v.span.end().since_zero(),
        primaries: v.color.primaries,
        transfer: v.color.transfer,
        hdr: v.hdr,
    });
    let sound_end = info.audio.first().map(|a| a.span.end().since_zero());
    let content = Content::of(&MediaLocation { path: path.into(), numbered })
        .map_err(|e| ApiError::from(MediaError::Unreadable { path: path.into(), reason: e.to_string() }).field("clips"))?;
    let path = relative(folder, path, numbered.is_some())?;
    let numbered = numbered.map(|n| (n.frame_rate, n.gaps));
    Ok(SourceFacts { path, kind, numbered, facts: content.into_facts(facts_of(info)), picture, duration: info.duration, sound_end })
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

/// `path` relative to `folder`, with `/` between names. Of a pattern only the folder exists.
pub(crate) fn relative(folder: &Path, path: &Path, is_pattern: bool) -> Result<String, ApiError> {
    let absolute = |p: &Path| p.canonicalize().map_err(|e| ApiError::new("usage.path", format!("{}: {e}", p.display())).file(p));
    let path = match path.file_name().filter(|_| is_pattern) {
        Some(name) => absolute(session::folder(path))?.join(name),
        None => absolute(path)?,
    };
    let folder = absolute(folder)?;
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
    let problems = cutroom_timeline::validate(project, &Catalog::builtin());
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
    use cutroom_types::{Primaries, TimeDelta, Transfer};

    #[test]
    fn paths_are_relative_to_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let (sub, file) = (dir.path().join("projects"), dir.path().join("a b.mp4"));
        std::fs::create_dir(&sub).unwrap();
        std::fs::write(&file, "x").unwrap();
        assert_eq!(relative(&sub, &file, false).unwrap(), "../a b.mp4");
        assert_eq!(relative(dir.path(), &file, false).unwrap(), "a b.mp4");
        assert_eq!(relative(&sub, &dir.path().join("a%03d.png"), true).unwrap(), "../a%03d.png");
        assert_eq!(relative(&sub, &dir.path().join("none"), false).unwrap_err().code, "usage.path");
    }

    fn made(sources: &[SourceFacts], dissolve_frames: i64, rate: FrameRate) -> Result<Project, SequenceError> {
        let clips: Vec<_> = (0..sources.len()).map(|source| SequenceClip { source, from: None, to: None }).collect();
        let sequence = Sequence { sources, clips: &clips, still_frames: 25, dissolve_frames, fit: Fit::Contain, align: None };
        Ok(sequence.project("film", Composition::new("main", Size { width: 64, height: 36 }, rate))?.project)
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
            numbered: None,
            facts: MediaFacts::default(),
            picture: frames.map(|n| PictureFacts {
                size: Size { width: 64, height: 36 },
                nominal_rate: Some(rate),
                average_rate: Some(rate),
                is_constant_rate: true,
                frame_duration: None,
                start: TimeDelta::ZERO,
                end: rate.time_of_frame(n).since_zero(),
                primaries: Primaries::Bt709,
                transfer: Transfer::Bt709,
                hdr: cutroom_types::HdrMetadata::default(),
            }),
            duration: TimeDelta(705_600_000),
            sound_end: None,
        };
        let (mut fine, mut refused) = (0, 0);
        for round in 0..4000 {
            let (count, dissolve, rate) = (1 + random(6), random(40), rates[round % rates.len()]);
            let clips: Vec<SourceFacts> = (0..count)
                .map(|_| match random(5) {
                    0 => source(None, MediaKind::Audio, rate),
                    1 => source(Some(1), MediaKind::Image, rate),
                    _ => source(Some(1 + random(100)), MediaKind::Video, rate),
                })
                .collect();
            match made(&clips, dissolve, rate) {
                Ok(project) => {
                    fine += 1;
                    check(&project).unwrap_or_else(|e| panic!("dissolve {dissolve} at {rate}: {e} {:?}", e.causes));
                }
                Err(_) => {
                    refused += 1;
                    let frames = |c: &SourceFacts| Some((rate.nearest_frame(c.picture?.end), c.kind == MediaKind::Image));
                    let seen: Vec<_> = clips.iter().filter_map(frames).collect();
                    let short = |(i, (frames, still)): (usize, &(i64, bool))| {
                        let cuts = i64::from(i > 0) + i64::from(i + 1 < seen.len());
                        // At each cut, a moving clip needs a whole dissolve, a part of it as a handle
                        // outside the cut; a still needs the part inside it.
                        let (start, end) = if dissolve % 2 == 0 { (dissolve / 2, dissolve / 2) } else { (dissolve, 0) };
                        let inside = start * i64::from(i > 0) + end * i64::from(i + 1 < seen.len());
                        let own = i64::from(inside == 0);
                        if *still { 25 < inside } else { *frames < cuts * dissolve + own }
                    };
                    assert!(seen.iter().enumerate().any(short), "dissolve {dissolve}: {seen:?}");
                }
            }
        }
        assert!(fine > 500 && refused > 500, "{fine} made, {refused} refused");
    }
}

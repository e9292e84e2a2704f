//! Subtitles of a film as tracks of the exported file, or as files.
use crate::{
    ApiError, Session,
    overwrite_guard::{self, WrittenFile},
    subtitle_input::{SubtitleInput, of_subtitles},
    subtitles::{format_of, read, write},
    subtitles_place::alignment,
};
use cutroom_interchange::subtitles::{
    self as interchange, PacketForm, Run, RunStyle, SubtitleDocument, SubtitleFormat, Sung, quicktime_letters, three_letters,
};
use cutroom_media::write::{Container, TextCodec, TextPacket, TextTrack, containers};
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Paint, Project, SubtitlesSource, Track,
    subtitles::{Cue, CueLayout},
    text::TextStyle,
};
use cutroom_types::{CompositionId, Size, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A film whose subtitles are written to files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportSubtitlesRequest {
    /// The file to write; its ending says the format: `.srt`, `.vtt`, `.ass` or `.ttml`. With several
    /// tracks each gets its own, with its language before the ending: `film.de.srt`.
    pub output: PathBuf,
    /// Ids of the tracks; empty: all that are not off.
    #[serde(default)]
    pub tracks: Vec<String>,
    /// Id of the composition; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Replace existing files.
    #[serde(default)]
    pub overwrite: bool,
}

/// The files that were written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportSubtitlesReport {
    /// In order of the tracks.
    pub files: Vec<ExportedSubtitles>,
}

/// A subtitle file that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportedSubtitles {
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// Id of the track.
    pub track: String,
    /// Number of cues.
    pub cues: usize,
    /// Language, if one is known.
    pub language: Option<String>,
    /// What the format cannot hold.
    pub losses: Vec<String>,
}

/// The clips of cues on a track, in order of time.
fn clips(track: &Track) -> Vec<(&Clip, &SubtitlesSource)> {
    let source = |c: &'_ Arc<Clip>| matches!(&c.source, ClipSource::Subtitles(_));
    let mut all: Vec<(&Clip, &SubtitlesSource)> = track
        .clips
        .iter()
        .filter(|c| source(c) && c.enabled)
        .filter_map(|c| match &c.source {
            ClipSource::Subtitles(s) => Some((&**c, &**s)),
            _ => None,
        })
        .collect();
    all.sort_by_key(|(c, _)| c.start);
    all
}

/// The cues of a track, with times of the composition.
pub(crate) fn document(track: &Track, canvas: Size) -> SubtitleDocument {
    let mut document = SubtitleDocument { canvas: Some((canvas.width, canvas.height)), ..SubtitleDocument::default() };
    for (clip, source) in clips(track) {
        let end = clip.start.saturating_add(clip.duration);
        for cue in &source.cues {
            let moved = |t: Time| Time(t.0.saturating_sub(clip.source_in.0).saturating_add(clip.start.0));
            let (start, stop) = (moved(cue.start).max(clip.start), moved(cue.end).min(end));
            if stop > start {
                document.cues.push(interchange_cue(cue, source, start, stop, moved));
            }
        }
        if document.language.is_none() && !source.language.is_empty() {
            document.language = Some(source.language.clone());
        }
    }
    document.cues.sort_by_key(|c| c.start);
    document
}

fn interchange_cue(cue: &Cue, source: &SubtitlesSource, start: Time, end: Time, moved: impl Fn(Time) -> Time) -> interchange::Cue {
    let place = cue.place.unwrap_or(source.place);
    let mut runs = Vec::new();
    if !cue.text.is_empty() {
        runs.push(Run { text: cue.text.clone(), ..Run::default() });
    }
    for (n, run) in cue.runs.iter().enumerate() {
        let next = || cue.runs[n + 1..].iter().find_map(|r| r.start).unwrap_or(cue.end);
        let from_start = |t: Time| TimeDelta((moved(t).0 - start.0).max(0));
        let sung = run.start.map(|from| Sung { from: from_start(from), to: from_start(next()) });
        runs.push(Run { text: run.text.clone(), style: run_style(&run.style), sung });
    }
    let (position, layout) = cue.layout.as_deref().map_or((None, None), layout);
    interchange::Cue { start, end, runs, alignment: alignment(place), position, layout, ..interchange::Cue::default() }
}

/// Position and layout of a cue as files hold them.
fn layout(l: &CueLayout) -> (Option<[f64; 2]>, Option<Box<interchange::CueLayout>>) {
    let keys = l.position.as_ref().and_then(|p| match p {
        Animated::Curve(c) => Some(c.keyframes()),
        Animated::Constant(_) => None,
    });
    let movement = keys.and_then(|k| match k {
        [first, .., last] => Some((last.value, first.time, last.time)),
        _ => None,
    });
    let opacity = match &l.opacity {
        Animated::Curve(c) => c.keyframes().iter().map(|k| (k.time, k.value)).collect(),
        Animated::Constant(_) => Vec::new(),
    };
    let is_scaled = |v: f64| (v != 1.0).then_some(v);
    let made = interchange::CueLayout {
        movement,
        opacity,
        clip: l.clip,
        rotation_degrees: (l.rotation_degrees != 0.0).then_some(-l.rotation_degrees),
        scale: l.scale.map(is_scaled),
        margins: [0.0; 3],
        no_wrap: l.no_wrap,
    };
    let position = l.position.as_ref().map(|p| p.value_at(keys.map_or(TimeDelta::ZERO, |k| k[0].time)));
    (position, (made != interchange::CueLayout::default()).then(|| Box::new(made)))
}

fn run_style(style: &TextStyle) -> RunStyle {
    let color = match &style.fill {
        Some(Paint::Color(c)) => Some(c.value_at(TimeDelta::ZERO).0.map(|v| (v.clamp(0.0, 1.0) * 255.0).round() as u8)),
        _ => None,
    };
    RunStyle {
        bold: style.weight.map(|w| w >= 600.0),
        italic: style.italic,
        underline: style.underline,
        strike: style.strikethrough,
        color,
        font: style.font.as_ref().and_then(|f| f.names().first().map(|n| n.as_str().into())),
        size: style.size_px.map(|s| s as f32),
        ..RunStyle::default()
    }
}

/// The tracks of these ids that have cues, or all that have some and are not off.
fn tracks<'a>(film: &'a Composition, ids: &[String], field: &'static str) -> Result<Vec<&'a Track>, ApiError> {
    let having = || film.tracks.iter().filter(|t| !clips(t).is_empty());
    let known = || having().map(|t| t.id.to_string()).collect::<Vec<_>>().join(", ");
    if ids.is_empty() {
        let all: Vec<&Track> = having().filter(|t| t.enabled).collect();
        if all.is_empty() {
            let error = ApiError::new("usage.subtitles", "no track of the film that is on has subtitles".to_owned());
            return Err(error
                .hint(if having().next().is_some() {
                    format!("name one that is off with `{field}`: {}", known())
                } else {
                    "`subtitles add` puts a subtitle file into a film".into()
                })
                .field(field));
        }
        return Ok(all);
    }
    let find = |id: &String| {
        having().find(|t| t.id.as_str() == id).ok_or_else(|| {
            let is_there = film.tracks.iter().any(|t| t.id.as_str() == id);
            let what = if is_there { format!("track \"{id}\" has no subtitles") } else { format!("there is no track \"{id}\"") };
            let hint = if having().next().is_some() {
                format!("those with subtitles are {}", known())
            } else {
                "no track has subtitles".into()
            };
            ApiError::new("usage.subtitles", what).hint(hint).field(field)
        })
    };
    ids.iter().map(find).collect()
}

/// Writes the subtitles of a film to files.
///
/// # Errors
/// The project is not valid; a track that does not exist or has no subtitles; a file that exists or cannot
/// be written.
pub fn export_subtitles(session: &Session, request: &ExportSubtitlesRequest) -> Result<ExportSubtitlesReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let format = format_of(&request.output).map_err(one)?;
    let film = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    let Some(film) = session.project.composition(&film) else { return Err(vec![]) };
    let tracks = tracks(film, &request.tracks, "tracks").map_err(one)?;
    let documents: Vec<SubtitleDocument> = tracks.iter().map(|t| document(t, film.size)).collect();
    let names = names(&request.output, &documents);
    let files: Vec<WrittenFile<'_>> = names.iter().map(|n| WrittenFile::only("output", n)).collect();
    overwrite_guard::check(&files, &session.inputs(), request.overwrite).map_err(one)?;
    let mut report = ExportSubtitlesReport { files: Vec::new() };
    for ((track, mut document), name) in tracks.iter().zip(documents).zip(names) {
        let language = document.language.clone();
        if format == SubtitleFormat::Srt {
            // SubRip's file name says it.
            document.language = None;
        }
        let (text, losses) = interchange::write(&document, format);
        write(&name, &text).map_err(one)?;
        report.files.push(ExportedSubtitles {
            file: name,
            track: track.id.to_string(),
            cues: document.cues.len(),
            language,
            losses,
        });
    }
    Ok(report)
}

/// One name for each document: the output's, or with several the language before the ending.
fn names(output: &Path, documents: &[SubtitleDocument]) -> Vec<PathBuf> {
    if documents.len() < 2 {
        return vec![output.to_owned()];
    }
    let part = |p: Option<&std::ffi::OsStr>| p.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let (stem, ending) = (part(output.file_stem()), part(output.extension()));
    let mut used = HashSet::new();
    let name = |(n, document): (usize, &SubtitleDocument)| {
        let middle = document.language.clone().unwrap_or_else(|| (n + 1).to_string());
        let middle = if used.insert(middle.clone()) { middle } else { format!("{}.{middle}", n + 1) };
        output.with_file_name(format!("{stem}.{middle}.{ending}"))
    };
    documents.iter().enumerate().map(name).collect()
}

/// A text track to be made: its document, its language and its flags.
pub(crate) struct TrackDraft {
    what: String,
    document: SubtitleDocument,
    is_ass: bool,
    language: Option<String>,
    default: bool,
    forced: bool,
    field: &'static str,
}

/// Text tracks to be made.
pub(crate) struct Drafts {
    /// The tracks.
    pub tracks: Vec<TrackDraft>,
    /// The project without the cues that became tracks; `None` if it is as before.
    pub film: Option<Project>,
    /// What was not understood.
    pub warnings: Vec<String>,
}

/// Reads the subtitle files, and takes the cues of tracks out of the film.
pub(crate) fn drafts(
    session: &Session,
    film: &CompositionId,
    files: &[SubtitleInput],
    from: &[String],
) -> Result<Drafts, ApiError> {
    let (mut all, mut warnings) = (Vec::new(), Vec::new());
    for input in files {
        let of = input.file.display().to_string();
        let file = read(&input.file).map_err(|e| of_subtitles(e, &input.file))?;
        for issue in &file.issues {
            let at = if issue.line > 0 { format!(":{}", issue.line) } else { String::new() };
            warnings.push(format!("{of}{at}: {}", issue.message));
        }
        let language = input.language(file.document.language.as_deref())?;
        let is_ass = file.format == SubtitleFormat::Ass;
        let (default, forced) = (input.default, input.forced);
        all.push(TrackDraft { what: of, document: file.document, is_ass, language, default, forced, field: "subtitles" });
    }
    if from.is_empty() {
        return Ok(Drafts { tracks: all, film: None, warnings });
    }
    let mut project = session.project.clone();
    let Some(film) = project.compositions.iter_mut().find(|c| c.id == *film) else {
        return Ok(Drafts { tracks: all, film: None, warnings });
    };
    let texts: Vec<TrackDraft> = tracks(film, from, "subtitles_from")?
        .into_iter()
        .map(|track| {
            let document = document(track, film.size);
            let language = document.language.clone();
            let what = format!("track {}", track.id);
            TrackDraft { what, document, is_ass: false, language, default: false, forced: false, field: "subtitles_from" }
        })
        .collect();
    all.extend(texts);
    for track in film.tracks.iter_mut().filter(|t| from.iter().any(|id| t.id.as_str() == id)) {
        for n in 0..track.clips.len() {
            if matches!(track.clips[n].source, ClipSource::Subtitles(_)) {
                track.clip_mut(n).enabled = false;
            }
        }
    }
    Ok(Drafts { tracks: all, film: Some(project), warnings })
}

/// Text tracks of a container, for what is shown from `from` to `to`, and warnings about what they lose.
///
/// # Errors
/// The container holds no subtitles.
pub(crate) fn text_tracks(
    drafts: Vec<TrackDraft>,
    container: Option<&Container>,
    output: Option<&Path>,
    from: Time,
    to: Time,
) -> Result<(Vec<TextTrack>, Vec<String>), ApiError> {
    let (mut all, mut warnings) = (Vec::new(), Vec::new());
    for draft in drafts {
        let Some((container, codecs)) = container.map(|c| (c, c.text)).filter(|(_, codecs)| !codecs.is_empty()) else {
            let what = match (output, container) {
                (Some(path), Some(c)) => format!("{}: .{} files hold no subtitles", path.display(), c.extensions[0]),
                _ => "the null output holds no subtitles".to_owned(),
            };
            let holding = containers().iter().filter(|c| !c.text.is_empty()).map(|c| format!(".{}", c.extensions[0]));
            let hint = format!("files that do are {}", holding.collect::<Vec<_>>().join(", "));
            return Err(ApiError::new("usage.subtitles", what).hint(hint).field(draft.field).field("output"));
        };
        let codec = if draft.is_ass && codecs.contains(&TextCodec::Ass) { TextCodec::Ass } else { codecs[0] };
        let form = match codec {
            TextCodec::MovText => PacketForm::MovText { forced: draft.forced },
            TextCodec::SubRip => PacketForm::SubRip,
            TextCodec::Ass => PacketForm::Ass,
            TextCodec::WebVtt => PacketForm::WebVtt,
        };
        let mut document = draft.document;
        interchange::cut(&mut document, from, to);
        let made = interchange::packets(&document, form);
        let what = &draft.what;
        if made.list.is_empty() {
            warnings.push(format!("{what}: no cue is shown in this part of the film; the track is empty"));
        }
        for loss in &made.losses {
            warnings.push(format!("{what}: {} in .{} cannot hold {loss}", codec.id(), container.extensions[0]));
        }
        let packet = |p: interchange::Packet| TextPacket { start: p.start, end: p.end, payload: p.payload, settings: p.settings };
        let letters = |tag: &str| if container.id == "mov" { quicktime_letters(tag) } else { Some(three_letters(tag)) };
        let language = draft.language.as_deref().and_then(letters);
        if let (Some(tag), None) = (&draft.language, language) {
            warnings
                .push(format!("{what}: .{} has no code for the language {tag}; the track states none", container.extensions[0]));
        }
        if draft.forced && container.id == "mov" {
            warnings.push(format!("{what}: only QuickTime's own flag says in .mov that a track is forced; few players know it"));
        }
        all.push(TextTrack {
            codec,
            language: language.unwrap_or("und").to_owned(),
            title: String::new(),
            is_default: draft.default,
            is_forced: draft.forced,
            header: made.header,
            packets: made.list.into_iter().map(packet).collect(),
        });
    }
    Ok((all, warnings))
}

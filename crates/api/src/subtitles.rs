//! Subtitle files: shows, converts, moves, splits and checks them.
use crate::{
    ApiError,
    overwrite_guard::{self, Inputs, WrittenFile},
};
use cutroom_interchange::subtitles::{
    self, CheckLimits, Finding, Issue, SplitLimits, Stretch, SubtitleDocument, SubtitleFile, SubtitleFormat,
};
use cutroom_types::{FrameRate, Time, TimeDelta, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Largest subtitle file, bytes.
const MAX_BYTES: u64 = 1 << 28;

/// The file to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubtitlesRequest {
    /// The subtitle file: SubRip, WebVTT, ASS, SSA or TTML; or, with `stream`, a media file.
    pub file: PathBuf,
    /// Number of the subtitle stream of a media file, from 0.
    #[serde(default)]
    pub stream: Option<usize>,
}

/// What a subtitle file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubtitlesReport {
    /// Path, as in the request.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// `srt`, `vtt`, `ass` or `ttml`; of a stream its codec.
    pub format: String,
    /// Name of its encoding; of a stream that of what the decoder returns.
    pub encoding: String,
    /// Whether the encoding was guessed from the letters.
    pub is_encoding_guessed: bool,
    /// Language, if it states one.
    pub language: Option<String>,
    /// Cues in order of time.
    pub cues: Vec<CueReport>,
    /// Names of its styles.
    pub styles: Vec<String>,
    /// What was not understood: line and message.
    pub issues: Vec<IssueReport>,
}

/// A cue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CueReport {
    /// Start in seconds.
    pub start_secs: f64,
    /// End in seconds.
    pub end_secs: f64,
    /// Text without styles.
    pub text: String,
    /// Runs, place, style and so on, as they are stored in a project.
    pub details: serde_json::Value,
}

/// Something that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IssueReport {
    /// Line of the file, from 1; 0 for the whole file.
    pub line: usize,
    /// What it is, and what was done.
    pub message: String,
}

/// How to write a subtitle file anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertSubtitlesRequest {
    /// The subtitle file; or, with `stream`, a media file.
    pub file: PathBuf,
    /// Number of the subtitle stream of a media file, from 0.
    #[serde(default)]
    pub stream: Option<usize>,
    /// The file to write; its ending says the format: `.srt`, `.vtt`, `.ass` or `.ttml`.
    pub output: PathBuf,
    /// Moves all cues by a time: `1.5s`, `-200ms`.
    #[serde(default)]
    pub by: Option<String>,
    /// Two times and what they become, `0:10=0:12.5`, by which all times are stretched.
    #[serde(default)]
    pub points: Vec<String>,
    /// Frames per second of the film that the subtitles were made for, with `to_fps`.
    #[serde(default)]
    pub from_fps: Option<String>,
    /// Frames per second of the film that they are for.
    #[serde(default)]
    pub to_fps: Option<String>,
    /// Breaks cues that are too long.
    #[serde(default)]
    pub split: bool,
    /// Most letters of a line; absent: 42.
    #[serde(default)]
    pub line_letters: Option<usize>,
    /// Most lines of a cue; absent: 2.
    #[serde(default)]
    pub lines: Option<usize>,
    /// Most letters a second; absent: 20.
    #[serde(default)]
    pub letters_per_second: Option<f64>,
    /// Replace an existing file.
    #[serde(default)]
    pub overwrite: bool,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConvertSubtitlesReport {
    /// The file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub output: PathBuf,
    /// Number of cues.
    pub cues: usize,
    /// Cues that were split, lengthened, or cut at zero.
    pub changed: usize,
    /// What was not understood in the file that was read.
    pub issues: Vec<IssueReport>,
    /// What the format cannot hold.
    pub losses: Vec<String>,
}

/// The file to check, and the limits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSubtitlesRequest {
    /// The subtitle file.
    pub file: PathBuf,
    /// Most letters of a line; absent: 42.
    #[serde(default)]
    pub line_letters: Option<usize>,
    /// Most lines of a cue; absent: 2.
    #[serde(default)]
    pub lines: Option<usize>,
    /// Most letters a second; absent: 20.
    #[serde(default)]
    pub letters_per_second: Option<f64>,
    /// Shortest cue, `0.5s`; absent: 5/6 s.
    #[serde(default)]
    pub shortest: Option<String>,
    /// Longest cue; absent: 7 s.
    #[serde(default)]
    pub longest: Option<String>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckSubtitlesReport {
    /// Number of cues.
    pub cues: usize,
    /// What is beyond the limits, in order of the cues.
    pub findings: Vec<FindingReport>,
    /// What was not understood.
    pub issues: Vec<IssueReport>,
}

/// Something beyond the limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingReport {
    /// Number of the cue, from 1, in order of time.
    pub cue: usize,
    /// When it starts, in seconds.
    pub start_secs: f64,
    /// `length`, `too_short`, `too_long`, `overlap`, `speed`, `line_length`, `line_count` or
    /// `empty`.
    pub kind: String,
    /// In words.
    pub message: String,
}

pub(crate) fn issues(file: &SubtitleFile) -> Vec<IssueReport> {
    file.issues.iter().map(|Issue { line, message }| IssueReport { line: *line, message: message.clone() }).collect()
}

pub(crate) fn read(path: &Path) -> Result<SubtitleFile, ApiError> {
    let unreadable = |e: std::io::Error| {
        let code = if e.kind() == std::io::ErrorKind::NotFound { "media.open.not_found" } else { "media.open.unreadable" };
        ApiError::new(code, format!("{}: cannot be read: {e}", path.display())).field("file").file(path)
    };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_BYTES {
        let message = format!("{}: a file of {} MiB is no subtitle file", path.display(), bytes >> 20);
        return Err(ApiError::new("subtitles.format", message).field("file").file(path));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    subtitles::read(&bytes, Some(path))
        .map_err(|e| ApiError::new(e.code(), format!("{}: {e}", path.display())).field("file").file(path))
        .map_err(|e| e.hint("of a media file, `stream` names the subtitle stream, from 0").field("stream"))
}

/// What a subtitle file or a stream holds, and its format or codec.
fn read_any(path: &Path, stream: Option<usize>) -> Result<(SubtitleFile, String), ApiError> {
    let Some(n) = stream else {
        let file = read(path)?;
        let format = file.format.id().to_owned();
        return Ok((file, format));
    };
    let found = cutroom_media::read_text(path, n).map_err(|e| {
        let is_number = matches!(e, cutroom_media::MediaError::NoStream { .. });
        let error = ApiError::from(e).file(path);
        if is_number { error.hint_at("probe", "`probe` lists the subtitle streams of a file").field("stream") } else { error }
    })?;
    let is_ass = matches!(found.info.codec.as_str(), "ass" | "ssa");
    let events = found.texts.iter().map(|t| (t.start, t.end, t.columns.as_str()));
    let (mut document, mut issues) = subtitles::read_events(&found.header, events, is_ass);
    document.language = found.info.language.as_deref().map(|l| subtitles::language_tag(l).unwrap_or_else(|| l.to_owned()));
    issues.extend(found.warnings.into_iter().map(|message| Issue { line: 0, message }));
    let format = SubtitleFormat::Ass;
    Ok((SubtitleFile { document, format, encoding: "UTF-8", is_encoding_guessed: false, issues }, found.info.codec))
}

/// Reads a subtitle file.
///
/// # Errors
/// The file cannot be read, or is no subtitle file. What is wrong inside is in the report.
pub fn show_subtitles(request: &SubtitlesRequest) -> Result<SubtitlesReport, ApiError> {
    let (file, format) = read_any(&request.file, request.stream)?;
    let cue = |c: &subtitles::Cue| {
        let details = serde_json::to_value(c).map_err(|e| ApiError::of("cli.json", &e))?;
        Ok(CueReport { start_secs: c.start.as_secs_f64(), end_secs: c.end.as_secs_f64(), text: c.text(), details })
    };
    Ok(SubtitlesReport {
        file: request.file.clone(),
        format,
        encoding: file.encoding.to_owned(),
        is_encoding_guessed: file.is_encoding_guessed,
        language: file.document.language.clone(),
        cues: file.document.cues.iter().map(cue).collect::<Result<_, ApiError>>()?,
        styles: file.document.styles.iter().map(|s| s.id.clone()).collect(),
        issues: issues(&file),
    })
}

/// A time as flicks, not necessarily above zero. Frames have no meaning here.
pub(crate) fn time(text: &str, field: &'static str) -> Result<i64, ApiError> {
    let error = || {
        ApiError::new("usage.subtitles", format!("\"{text}\" is not a time"))
            .hint("write seconds (1.5s, -200ms) or a clock (1:02.5)")
            .field(field)
    };
    match TimeText::parse(text.trim()).map_err(|_| error())? {
        TimeText::Flicks(flicks) => Ok(flicks),
        TimeText::Number(0) => Ok(0),
        _ => Err(error()),
    }
}

fn limits(line_letters: Option<usize>, lines: Option<usize>, letters_per_second: Option<f64>) -> Result<SplitLimits, ApiError> {
    let usual = SplitLimits::default();
    let error = |field: &'static str, text: &str| Err(ApiError::new("usage.subtitles", text.to_owned()).field(field));
    if line_letters == Some(0) || line_letters.is_some_and(|n| n > 100_000) {
        return error("line_letters", "`line_letters` is from 1 to 100000");
    }
    if lines == Some(0) || lines.is_some_and(|n| n > 1000) {
        return error("lines", "`lines` is from 1 to 1000");
    }
    if letters_per_second.is_some_and(|n| !(0.1..=1000.0).contains(&n)) {
        return error("letters_per_second", "`letters_per_second` is from 0.1 to 1000");
    }
    Ok(SplitLimits {
        line_letters: line_letters.unwrap_or(usual.line_letters),
        lines: lines.unwrap_or(usual.lines),
        letters_per_second: letters_per_second.unwrap_or(usual.letters_per_second),
    })
}

fn stretching(request: &ConvertSubtitlesRequest) -> Result<Option<Stretch>, ApiError> {
    let error = |text: &str| ApiError::new("usage.subtitles", text.to_owned()).field("points").field("from_fps").field("to_fps");
    let rate = |text: &str, field: &'static str| text.parse::<FrameRate>().map_err(|e| ApiError::of("usage.fps", &e).field(field));
    match (&request.points[..], &request.from_fps, &request.to_fps) {
        ([], None, None) => Ok(None),
        ([], Some(from), Some(to)) => Ok(Some(Stretch::by_rates(rate(from, "from_fps")?, rate(to, "to_fps")?))),
        ([first, second], None, None) => {
            let point = |text: &str| {
                let (from, to) =
                    text.split_once('=').ok_or_else(|| error("a point of `points` is written as OLD=NEW, such as 0:10=0:12.5"))?;
                Ok::<_, ApiError>((Time(time(from, "points")?), Time(time(to, "points")?)))
            };
            let stretch = Stretch::by_points(point(first)?, point(second)?);
            stretch.map(Some).ok_or_else(|| error("the two `points` are different times, in the same order before and after"))
        }
        _ => Err(error("give two `points`, or `from_fps` and `to_fps`")),
    }
}

fn change(document: &mut SubtitleDocument, request: &ConvertSubtitlesRequest) -> Result<usize, ApiError> {
    let mut changed = 0;
    if let Some(by) = &request.by {
        changed += subtitles::shift(document, TimeDelta(time(by, "by")?));
    }
    if let Some(by) = stretching(request)? {
        changed += subtitles::stretch(document, by);
    }
    let limits = limits(request.line_letters, request.lines, request.letters_per_second)?;
    if request.split {
        changed += subtitles::split(document, &limits);
    }
    Ok(changed)
}

/// The format that the name of an output says.
pub(crate) fn format_of(output: &Path) -> Result<SubtitleFormat, ApiError> {
    SubtitleFormat::of_path(output).ok_or_else(|| {
        ApiError::new("usage.subtitles", format!("{}: the ending of the name says no subtitle format", output.display()))
            .hint("end it with .srt, .vtt, .ass or .ttml")
            .field("output")
    })
}

/// Reads a subtitle file, changes it as asked, and writes it, in another format if the output's
/// ending says so.
///
/// # Errors
/// The file cannot be read, is no subtitle file, or the output exists or cannot be written; changes
/// that make no sense.
pub fn convert_subtitles(request: &ConvertSubtitlesRequest) -> Result<ConvertSubtitlesReport, ApiError> {
    let format = format_of(&request.output)?;
    let inputs = Inputs::of_clips(std::slice::from_ref(&request.file));
    overwrite_guard::check(&[WrittenFile::only("output", &request.output)], &inputs, request.overwrite)?;
    let (mut file, _) = read_any(&request.file, request.stream)?;
    let changed = change(&mut file.document, request)?;
    let (text, losses) = subtitles::write(&file.document, format);
    write(&request.output, &text)?;
    Ok(ConvertSubtitlesReport {
        output: request.output.clone(),
        cues: file.document.cues.len(),
        changed,
        issues: issues(&file),
        losses,
    })
}

/// Writes a file under a hidden name and renames it.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), ApiError> {
    let failed = |e: std::io::Error| {
        ApiError::new("media.write.failed", format!("{}: cannot be written: {e}", path.display())).field("output").file(path)
    };
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let hidden = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = fs::write(&hidden, text).and_then(|()| fs::rename(&hidden, path));
    written.map_err(|e| {
        let _ = fs::remove_file(&hidden);
        failed(e)
    })
}

/// Checks a subtitle file.
///
/// # Errors
/// The file cannot be read, or is no subtitle file; limits that make no sense.
pub fn check_subtitles(request: &CheckSubtitlesRequest) -> Result<CheckSubtitlesReport, ApiError> {
    let split = limits(request.line_letters, request.lines, request.letters_per_second)?;
    let usual = CheckLimits::default();
    let length = |text: &Option<String>, field: &'static str| text.as_deref().map(|t| time(t, field).map(TimeDelta)).transpose();
    let limits = CheckLimits {
        letters_per_second: split.letters_per_second,
        line_letters: split.line_letters,
        lines: split.lines,
        shortest: length(&request.shortest, "shortest")?.unwrap_or(usual.shortest),
        longest: length(&request.longest, "longest")?.unwrap_or(usual.longest),
    };
    let file = read(&request.file)?;
    let finding = |f: Finding| {
        let kind = serde_json::to_value(f.kind).ok().and_then(|k| k.as_str().map(str::to_owned)).unwrap_or_default();
        FindingReport { cue: f.cue, start_secs: f.start.as_secs_f64(), kind, message: f.message }
    };
    let findings = subtitles::check(&file.document, &limits).into_iter().map(finding).collect();
    Ok(CheckSubtitlesReport { cues: file.document.cues.len(), findings, issues: issues(&file) })
}

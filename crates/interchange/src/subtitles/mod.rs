//! Subtitle files: SubRip, WebVTT, Advanced SubStation Alpha and TTML, read into one model and
//! written from it.
//!
//! Reading never fails for what a file holds: a cue that cannot be understood is reported with its
//! line and kept where that is possible. Writing reports what the format cannot hold. All of it
//! takes time in proportion to the size of the file.
mod ass;
mod ass_tags;
mod check;
mod clock;
mod document;
mod edit;
mod encoding;
mod fit;
mod issues;
mod language;
mod markup;
mod mov_text;
mod packets;
mod split;
mod srt;
mod ttml;
mod ttml_write;
mod vtt;

pub use ass_tags::color as ass_color;
pub use check::{CheckLimits, Finding, FindingKind, check};
pub use document::{Alignment, Cue, CueLayout, NamedStyle, Region, Run, RunStyle, SubtitleDocument, Sung};
pub use edit::{Stretch, cut, shift, stretch};
pub use fit::{Fitting, find as find_fit, snap};
pub use issues::Issue;
pub use language::{language_of_name, language_tag, quicktime_letters, three_letters};
pub use packets::{Packet, PacketForm, Packets, packets};
pub use split::{SplitLimits, split};

use cutroom_types::Time;
use issues::Issues;
use serde::{Deserialize, Serialize};
use std::{fmt::Write, path::Path};

/// A subtitle format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubtitleFormat {
    /// SubRip, `.srt`.
    Srt,
    /// WebVTT, `.vtt`.
    Vtt,
    /// Advanced SubStation Alpha, `.ass`, and its predecessor `.ssa`, which is read only.
    Ass,
    /// Timed Text Markup Language, `.ttml`, `.dfxp`, `.xml`.
    Ttml,
}

impl SubtitleFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Srt, Self::Vtt, Self::Ass, Self::Ttml];

    /// Its name: `srt`, `vtt`, `ass`, `ttml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Ass => "ass",
            Self::Ttml => "ttml",
        }
    }

    /// By the ending of a file's name.
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "srt" => Some(Self::Srt),
            "vtt" | "webvtt" => Some(Self::Vtt),
            "ass" | "ssa" => Some(Self::Ass),
            "ttml" | "dfxp" | "xml" | "itt" => Some(Self::Ttml),
            _ => None,
        }
    }

    /// By what a text holds.
    fn of_text(text: &str) -> Option<Self> {
        let head = text.trim_start();
        if head.starts_with("WEBVTT") {
            return Some(Self::Vtt);
        }
        if head.starts_with('<') {
            return Some(Self::Ttml);
        }
        let lines = || text.lines().take(2000).map(str::trim);
        if lines().any(|l| l.eq_ignore_ascii_case("[Script Info]") || l.eq_ignore_ascii_case("[Events]")) {
            return Some(Self::Ass);
        }
        lines().any(|l| l.contains("-->")).then_some(Self::Srt)
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct SubtitleFile {
    /// What it holds.
    pub document: SubtitleDocument,
    /// Its format.
    pub format: SubtitleFormat,
    /// Name of its encoding, such as `UTF-8` or `windows-1251`.
    pub encoding: &'static str,
    /// Whether the encoding was guessed from the letters.
    pub is_encoding_guessed: bool,
    /// What was not understood, in order of the lines.
    pub issues: Vec<Issue>,
}

/// Whether these are the beginnings of files of pictures and sound, which may hold any words.
fn is_media(bytes: &[u8]) -> bool {
    let is_stream = bytes.first() == Some(&0x47) && bytes.get(188) == Some(&0x47);
    is_stream
        || bytes.get(4..8) == Some(b"ftyp")
        || [&b"\x1a\x45\xdf\xa3"[..], b"OggS", b"RIFF"].iter().any(|m| bytes.starts_with(m))
}

/// A text is no subtitle file of a known format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a subtitle file: neither SubRip, WebVTT, ASS nor TTML")]
pub struct UnknownFormat;

impl UnknownFormat {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        "subtitles.format"
    }
}

/// Reads a subtitle file. `name` is the name of the file, whose ending counts where the text does
/// not say its format.
///
/// # Errors
/// [`UnknownFormat`] when neither tells the format. What is wrong inside is in the result's
/// `issues`.
pub fn read(bytes: &[u8], name: Option<&Path>) -> Result<SubtitleFile, UnknownFormat> {
    if is_media(bytes) {
        return Err(UnknownFormat);
    }
    let decoded = encoding::decode(bytes);
    let text = decoded.text.as_str();
    let format = SubtitleFormat::of_text(text).or_else(|| name.and_then(SubtitleFormat::of_path)).ok_or(UnknownFormat)?;
    let mut issues = Issues::default();
    if decoded.has_invalid {
        issues.add(0, format!("some bytes are no {}; they are shown as \u{fffd}", decoded.encoding));
    }
    let mut document = match format {
        SubtitleFormat::Srt => srt::read(text, &mut issues),
        SubtitleFormat::Vtt => vtt::read(text, &mut issues),
        SubtitleFormat::Ass => ass::read(text, &mut issues),
        SubtitleFormat::Ttml => ttml::read(text, &mut issues),
    };
    document.sort();
    let (encoding, is_encoding_guessed) = (decoded.encoding, decoded.is_guessed);
    Ok(SubtitleFile { document, format, encoding, is_encoding_guessed, issues: issues.into_list() })
}

/// Reads events that a decoder returned as lines of ASS: what stands before them, and for each one its
/// start, its end and its columns from the layer on without times. With `own_styles` the styles before
/// them are those of the file; otherwise the decoder made them up.
pub fn read_events<'a>(
    header: &str,
    events: impl Iterator<Item = (Time, Time, &'a str)>,
    own_styles: bool,
) -> (SubtitleDocument, Vec<Issue>) {
    let mut text = header.trim_end().to_owned();
    if !text.lines().any(|l| l.trim().eq_ignore_ascii_case("[Events]")) {
        text.push_str("\n[Events]");
    }
    text.push_str("\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n");
    for (start, end, columns) in events {
        let [start, end] = [start, end].map(|t| clock::format(t, '.', 9, 1));
        // A line break would end the event.
        let columns = columns.replace("\r\n", "\\N").replace(['\n', '\r'], "\\N");
        let (layer, rest) = columns.split_once(',').unwrap_or(("0", &columns));
        let _ = writeln!(text, "Dialogue: {layer},{start},{end},{rest}");
    }
    let mut issues = Issues::default();
    let mut document = ass::read(&text, &mut issues);
    if !own_styles {
        (document.canvas, document.metadata) = (None, Vec::new());
        document.styles.clear();
        document.cues.iter_mut().for_each(|c| c.style = None);
    }
    document.sort();
    // Lines mean nothing here.
    let issues = issues.into_list().into_iter().map(|i| Issue { line: 0, ..i }).collect();
    (document, issues)
}

/// Writes a document as UTF-8 text, and says what the format could not hold.
pub fn write(document: &SubtitleDocument, format: SubtitleFormat) -> (String, Vec<String>) {
    let mut losses = Issues::default();
    let text = match format {
        SubtitleFormat::Srt => srt::write(document, &mut losses),
        SubtitleFormat::Vtt => vtt::write(document, &mut losses),
        SubtitleFormat::Ass => ass::write(document, &mut losses),
        SubtitleFormat::Ttml => ttml_write::write(document, &mut losses),
    };
    (text, losses.into_list().into_iter().map(|i| i.message).collect())
}

//! The one model of all subtitle formats.
use cutroom_types::{Time, TimeDelta};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A subtitle file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SubtitleDocument {
    /// In order of their starts; those of equal starts as they stand in the file.
    pub cues: Vec<Cue>,
    /// Styles that cues name (ASS, TTML).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<NamedStyle>,
    /// Areas that cues name (WebVTT, TTML).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// BCP 47 tag of the language, such as `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Title, author and the like: name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metadata: Vec<(String, String)>,
    /// Width and height, in units of its own, that sizes and margins of styles refer to (ASS:
    /// 384×288 unless stated).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canvas: Option<(u32, u32)>,
}

/// A text that is shown for a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// When it appears.
    pub start: Time,
    /// When it disappears.
    pub end: Time,
    /// Its text in runs of one style; lines are separated by `\n`.
    pub runs: Vec<Run>,
    /// Its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Id of a style of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// Id of a region of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Who speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// Where it stands in the picture, and which point of it is at `position`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<Alignment>,
    /// The point of the picture at which it stands, as fractions of width and height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<[f64; 2]>,
    /// How it moves, appears and is cut, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Box<CueLayout>>,
    /// Order of drawing: higher ones over lower ones.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub layer: i32,
    /// Settings of WebVTT that have no field of their own, as written: `size:80%`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<String>,
}

/// How a cue moves, appears and is cut (ASS). Times count from its start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CueLayout {
    /// Where its position moves to: the point as fractions of the picture, from when, and until when;
    /// both zero: during the whole cue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movement: Option<([f64; 2], TimeDelta, TimeDelta)>,
    /// Opacities, 0..=1, at times in order, linear between them; empty: opaque.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opacity: Vec<(TimeDelta, f64)>,
    /// Left, top, right and bottom of what is shown of it, as fractions of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<[f64; 4]>,
    /// Rotation, counter-clockwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation_degrees: Option<f64>,
    /// Horizontal and vertical scale; 1 is unscaled.
    #[serde(default)]
    pub scale: [Option<f64>; 2],
    /// Margins at the left, the right, and above or below, in units of the document's canvas; 0: those of
    /// its style.
    #[serde(default)]
    pub margins: [f64; 3],
    /// Whether its lines are not wrapped.
    #[serde(default)]
    pub no_wrap: bool,
}

fn is_zero(n: &i32) -> bool {
    *n == 0
}

/// A piece of a cue's text with one style.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The text.
    pub text: String,
    /// What differs from the cue's style.
    #[serde(default, skip_serializing_if = "RunStyle::is_plain")]
    pub style: RunStyle,
    /// Karaoke: when it is sung, from the cue's start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sung: Option<Sung>,
}

/// The time of a karaoke syllable, from the cue's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sung {
    /// When it begins.
    pub from: TimeDelta,
    /// When it ends.
    pub to: TimeDelta,
}

/// What a run changes of its cue's style; absent: nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunStyle {
    /// Bold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bold: Option<bool>,
    /// Italic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub italic: Option<bool>,
    /// Underlined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub underline: Option<bool>,
    /// Struck through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strike: Option<bool>,
    /// Red, green, blue, alpha; alpha 255 is opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<[u8; 4]>,
    /// Name of the font.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font: Option<Arc<str>>,
    /// Size in units of the document's canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<f32>,
    /// Width of the outline in units of the document's canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<f32>,
    /// Colour of the outline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline_color: Option<[u8; 4]>,
    /// Space between letters in units of the document's canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing: Option<f32>,
}

impl RunStyle {
    /// Whether it changes nothing.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// This style over another one.
    #[must_use]
    pub fn over(&self, below: &Self) -> Self {
        Self {
            bold: self.bold.or(below.bold),
            italic: self.italic.or(below.italic),
            underline: self.underline.or(below.underline),
            strike: self.strike.or(below.strike),
            color: self.color.or(below.color),
            font: self.font.clone().or_else(|| below.font.clone()),
            size: self.size.or(below.size),
            outline: self.outline.or(below.outline),
            outline_color: self.outline_color.or(below.outline_color),
            spacing: self.spacing.or(below.spacing),
        }
    }
}

/// A style that cues name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NamedStyle {
    /// Its id.
    pub id: String,
    /// Font, size, colour and so on.
    pub text: RunStyle,
    /// Where its cues stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<Alignment>,
    /// Everything that has no field of its own: name and value as written in the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<(String, String)>,
}

/// An area of the picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Its id.
    pub id: String,
    /// Left and top, as fractions of the picture, if stated so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<[f64; 2]>,
    /// Width and height, as fractions of the picture, if stated so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<[f64; 2]>,
    /// Where text stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<Alignment>,
    /// Everything that has no field of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<(String, String)>,
}

/// One of nine places, numbered as on a numeric keypad: 1 is at the left of the bottom, 5 the
/// middle, 9 at the right of the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Alignment(u8);

impl Alignment {
    /// At the bottom, in the middle, where subtitles usually are.
    pub const BOTTOM: Self = Self(2);

    /// By its number, 1..=9.
    pub fn new(number: u8) -> Option<Self> {
        (1..=9).contains(&number).then_some(Self(number))
    }

    /// From column (0 left, 1 middle, 2 right) and row (0 bottom, 1 middle, 2 top).
    pub fn at(column: u8, row: u8) -> Self {
        Self(row.min(2) * 3 + column.min(2) + 1)
    }

    /// Its number, 1..=9.
    pub fn number(self) -> u8 {
        self.0
    }

    /// 0 left, 1 middle, 2 right.
    pub fn column(self) -> u8 {
        (self.0 - 1) % 3
    }

    /// 0 bottom, 1 middle, 2 top.
    pub fn row(self) -> u8 {
        (self.0 - 1) / 3
    }
}

impl TryFrom<u8> for Alignment {
    type Error = String;

    fn try_from(n: u8) -> Result<Self, String> {
        Self::new(n).ok_or_else(|| format!("{n} is no place from 1 to 9"))
    }
}

impl From<Alignment> for u8 {
    fn from(a: Alignment) -> Self {
        a.0
    }
}

impl Cue {
    /// A cue of plain text.
    pub fn plain(start: Time, end: Time, text: &str) -> Self {
        let runs = if text.is_empty() { Vec::new() } else { vec![Run { text: text.to_owned(), ..Run::default() }] };
        Self { start, end, runs, ..Self::default() }
    }

    /// Its text without styles.
    pub fn text(&self) -> String {
        self.runs.iter().map(|r| r.text.as_str()).collect()
    }

    /// Its layout, made if there is none.
    pub(crate) fn layout_mut(&mut self) -> &mut CueLayout {
        self.layout.get_or_insert_default()
    }

    /// How long it is shown; negative if it ends before it starts.
    pub fn duration(&self) -> TimeDelta {
        self.end - self.start
    }

    /// Adds text in a style; joins it with the last run if that has the same.
    pub(crate) fn push(&mut self, text: &str, style: &RunStyle, sung: Option<Sung>) {
        if text.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last.style == *style && last.sung == sung => last.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), style: style.clone(), sung }),
        }
    }

    /// Removes white space at both ends of the text, and runs that are empty then.
    pub(crate) fn trim(&mut self) {
        while let Some(first) = self.runs.first_mut() {
            first.text.drain(..first.text.len() - first.text.trim_start().len());
            if !first.text.is_empty() {
                break;
            }
            // Leading runs of white space only.
            let empty = self.runs.iter().take_while(|r| r.text.trim().is_empty()).count();
            self.runs.drain(..empty);
        }
        while let Some(last) = self.runs.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            self.runs.pop();
        }
    }
}

impl SubtitleDocument {
    /// Sorts the cues by start; those of equal starts keep their order.
    pub(crate) fn sort(&mut self) {
        self.cues.sort_by_key(|c| c.start);
    }

    /// The style of that id.
    pub fn style(&self, id: &str) -> Option<&NamedStyle> {
        self.styles.iter().find(|s| s.id == id)
    }
}

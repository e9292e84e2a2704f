//! Text as the picture of a clip.
use crate::{Animated, Color, Ease, Extra, Paint, Shadow, Stroke, is_default, paint::choice};
use cutroom_types::{BezierPath, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{borrow::Cow, collections::BTreeMap};

/// A text, drawn at its own size in the middle of the canvas; the clip's transform places it. Its
/// box is as large as its lines, or `width_px` and `height_px`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TextSource {
    /// The text; `\n` begins a new line. `{timecode}`, `{frame}`, `{time}`, `{counter}`, `{clip}`,
    /// `{composition}`, `{file}` (the media file that the nearest track below shows) and the project's
    /// `variables` are replaced; `{{` is a brace.
    #[serde(default, skip_serializing_if = "is_default")]
    pub text: String,
    /// Pieces of text with styles of their own, after `text`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<TextRun>,
    /// Style of the text, and of pieces that do not say otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub style: TextStyle,
    /// Alignment of lines.
    #[serde(default, skip_serializing_if = "is_default")]
    pub align: TextAlign,
    /// Alignment in a box that is higher than the lines.
    #[serde(default, skip_serializing_if = "is_default")]
    pub vertical_align: VerticalAlign,
    /// Distance between lines as a multiple of the font's own, 0.1..=10.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub line_height: f64,
    /// Additional space between paragraphs, in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub paragraph_spacing_px: f64,
    /// Width at which lines break, in canvas pixels, or height of vertical lines' box. Absent: lines
    /// end at `\n` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width_px: Option<f64>,
    /// Height of the box, in canvas pixels. Absent: that of the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_px: Option<f64>,
    /// What happens to text that does not fit into its box.
    #[serde(default, skip_serializing_if = "is_default")]
    pub overflow: Overflow,
    /// Base direction of paragraphs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direction: TextDirection,
    /// Whether lines run from top to bottom, and follow each other from right to left.
    #[serde(default, skip_serializing_if = "is_default")]
    pub vertical: bool,
    /// Boxes behind the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<TextBackground>,
    /// Shadows and glows, the first at the bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadows: Vec<Shadow>,
    /// A path that the first line follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<TextPath>,
    /// Letters, words or lines that come and go one after another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub animations: Vec<TextAnimation>,
    /// The number that `{counter}` shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for TextSource {
    fn default() -> Self {
        Self {
            text: String::new(),
            runs: Vec::new(),
            style: TextStyle::default(),
            align: TextAlign::default(),
            vertical_align: VerticalAlign::default(),
            line_height: one(),
            paragraph_spacing_px: 0.0,
            width_px: None,
            height_px: None,
            overflow: Overflow::default(),
            direction: TextDirection::default(),
            vertical: false,
            background: None,
            shadows: Vec::new(),
            path: None,
            animations: Vec::new(),
            counter: None,
            extra: Extra::default(),
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextRun {
    /// The text.
    pub text: String,
    /// What differs from the style of the whole text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub style: TextStyle,
}

/// Style of text. What is absent is that of the text around it, or the default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextStyle {
    /// Font family, or several in order of preference. Families are those of the project's `fonts`,
    /// the shipped ones, and those of the machine. Default: Inter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font: Option<Families>,
    /// Size in canvas pixels, 1..=5000. Default: a fifteenth of the canvas's height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_px: Option<f64>,
    /// Weight from 1 to 1000, or `"thin"`, `"light"`, `"regular"`, `"medium"`, `"semibold"`,
    /// `"bold"`, `"black"`. Default: 400.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "weight")]
    #[schemars(with = "Option<WeightForm>")]
    pub weight: Option<f64>,
    /// Whether it is italic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub italic: Option<bool>,
    /// Width of letters relative to normal, 0.5..=2, for families that have several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// Values of variable axes by tag, such as `{"opsz": 32}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, f64>,
    /// Values of OpenType features by tag, such as `{"tnum": 1, "liga": 0}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<String, u16>,
    /// Language as a BCP 47 tag, such as `"ja"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Space added after each letter, in canvas pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_px: Option<Animated<f64>>,
    /// Space added to spaces between words, in canvas pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word_spacing_px: Option<f64>,
    /// Distance by which the baseline is raised, in canvas pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_shift_px: Option<f64>,
    /// Whether it is underlined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub underline: Option<bool>,
    /// Whether it is struck through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strikethrough: Option<bool>,
    /// Letters in upper or lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<LetterCase>,
    /// Fill of the letters. Default: white.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Paint>,
    /// Outlines of the letters, the first on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strokes: Option<Vec<Stroke>>,
}

/// Font families in order of preference: one name, or a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Families {
    /// One family.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Families {
    /// The names.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

choice! {
    /// Case of letters.
    LetterCase {
        /// As written.
        #[default]
        AsWritten,
        /// Upper case.
        Upper,
        /// Lower case.
        Lower,
    }
}
choice! {
    /// Alignment of lines.
    TextAlign {
        /// In the middle.
        #[default]
        #[serde(alias = "centre")]
        Center,
        /// Left.
        Left,
        /// Right.
        Right,
        /// Where the paragraph's direction begins.
        Start,
        /// Where the paragraph's direction ends.
        End,
        /// Spread over the whole width, except last lines of paragraphs.
        Justify,
    }
}
choice! {
    /// Alignment of lines in their box.
    VerticalAlign {
        /// In the middle.
        #[default]
        Middle,
        /// At the top.
        Top,
        /// At the bottom.
        Bottom,
    }
}
choice! {
    /// What happens to text that is larger than its box.
    Overflow {
        /// It is drawn beyond the box.
        #[default]
        Visible,
        /// It is made smaller until it fits.
        Shrink,
        /// What is outside is not drawn.
        Clip,
        /// It is an error.
        Error,
    }
}
choice! {
    /// Base direction of paragraphs.
    TextDirection {
        /// That of the first letter that has one.
        #[default]
        Auto,
        /// Left to right.
        LeftToRight,
        /// Right to left.
        RightToLeft,
    }
}

/// Boxes behind a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBackground {
    /// What they are filled with.
    pub paint: Paint,
    /// Whether each line has a box of its own; otherwise there is one around all lines.
    #[serde(default, skip_serializing_if = "is_default")]
    pub per_line: bool,
    /// Space around the text, horizontally and vertically, in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub padding_px: [f64; 2],
    /// Radius of the corners in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub radius_px: f64,
}

/// A path that text follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPath {
    /// Two or more vertices, in canvas pixels from the middle of the text's box, +y down.
    pub path: Animated<BezierPath>,
    /// Whether the last vertex is connected to the first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub closed: bool,
    /// Distance along the path at which the text begins, in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset_px: Animated<f64>,
}

/// Letters, words or lines that appear (or disappear) one after another: each goes from the look
/// that is stated here to its own (or back).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextAnimation {
    /// Whether they appear after the clip's start or disappear before its end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub phase: AnimationPhase,
    /// What moves as one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unit: TextUnit,
    /// Time that each takes. 0: it appears at once, as if typed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub duration: TimeDelta,
    /// Time from the start of one to the start of the next.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stagger: TimeDelta,
    /// Time from the clip's start to the first, or from the last to the clip's end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub delay: TimeDelta,
    /// Order in which they start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub order: UnitOrder,
    /// Decides a random order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seed: u32,
    /// Easing of each.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ease: Ease,
    /// Opacity, 0..=1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub opacity: f64,
    /// Offset in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset_px: [f64; 2],
    /// Scale factors about its middle.
    #[serde(default = "ones", skip_serializing_if = "is_ones")]
    pub scale: [f64; 2],
    /// Clockwise rotation about its middle.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rotation_degrees: f64,
    /// Radius of a blur in canvas pixels, 0..=200: twice the standard deviation.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blur_px: f64,
    /// Colour instead of its fill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

choice! {
    /// When units change.
    AnimationPhase {
        /// They appear after the clip's start.
        #[default]
        In,
        /// They disappear before its end.
        Out,
    }
}
choice! {
    /// What moves as one.
    TextUnit {
        /// Each letter that is not a space.
        #[default]
        Character,
        /// Each word.
        Word,
        /// Each line.
        Line,
        /// The whole text.
        Text,
    }
}
choice! {
    /// Order in which units start.
    UnitOrder {
        /// From the first to the last.
        #[default]
        Forward,
        /// From the last to the first.
        Backward,
        /// From the middle to both ends.
        FromMiddle,
        /// From both ends to the middle.
        ToMiddle,
        /// In an order that `seed` decides.
        Random,
    }
}

/// A number that changes over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The number.
    pub value: Animated<f64>,
    /// Number of decimals, 0..=9.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decimals: u32,
    /// Least number of digits before the decimals; zeros fill it up.
    #[serde(default, skip_serializing_if = "is_default")]
    pub digits: u32,
    /// What separates groups of three digits.
    #[serde(default, skip_serializing_if = "is_default")]
    pub separator: String,
}

/// Names of weights (CSS Fonts 4, `font-weight`).
const WEIGHTS: [(&str, f64); 9] = [
    ("thin", 100.0),
    ("extralight", 200.0),
    ("light", 300.0),
    ("regular", 400.0),
    ("medium", 500.0),
    ("semibold", 600.0),
    ("bold", 700.0),
    ("extrabold", 800.0),
    ("black", 900.0),
];

#[derive(Deserialize)]
#[serde(untagged)]
enum WeightForm {
    Number(f64),
    Name(String),
}

impl JsonSchema for WeightForm {
    fn schema_name() -> Cow<'static, str> {
        "FontWeight".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names = WEIGHTS.map(|w| w.0);
        schemars::json_schema!({
            "description": "A weight from 1 to 1000, or its name",
            "anyOf": [{ "type": "number", "minimum": 1, "maximum": 1000 }, { "enum": names }]
        })
    }
}

fn weight<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    let names = || WEIGHTS.map(|w| w.0).join(", ");
    let form = Option::<WeightForm>::deserialize(d)
        .map_err(|_| de::Error::custom(format!("a weight is a number from 1 to 1000, or one of {}", names())))?;
    form.map(|form| match form {
        WeightForm::Number(v) => Ok(v),
        WeightForm::Name(name) => WEIGHTS
            .iter()
            .find(|w| w.0 == name.to_lowercase().replace([' ', '-', '_'], ""))
            .map(|w| w.1)
            .ok_or_else(|| de::Error::custom(format!("\"{name}\" is not a weight: write 1 to 1000, or one of {}", names()))),
    })
    .transpose()
}

fn one() -> f64 {
    1.0
}

fn is_one(v: &f64) -> bool {
    *v == 1.0
}

fn ones() -> [f64; 2] {
    [1.0; 2]
}

fn is_ones(v: &[f64; 2]) -> bool {
    *v == ones()
}

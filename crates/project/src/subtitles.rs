//! Subtitles as the picture of a clip: cues with times, and how they look.
use crate::{Animated, Extra, TextSource, is_default, paint::choice, text::TextStyle};
use cutroom_types::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Subtitles. Their times count from the clip's start, plus its `source_in`; the clip's `speed` is not
/// used. Cues that are shown at the same time stand above each other, the earliest at the bottom.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubtitlesSource {
    /// The cues, in order of their starts.
    pub cues: Vec<Cue>,
    /// Look of all cues: everything but its `text`, `runs` and `animations`. Texts of cues are shown as
    /// they are; braces have no meaning.
    #[serde(default, skip_serializing_if = "is_default")]
    pub look: TextSource,
    /// Place of cues that do not say otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub place: CuePlace,
    /// Space between the text and the edges of the canvas: fractions of its width and height.
    #[serde(default = "margin", skip_serializing_if = "is_margin")]
    pub margin: [f64; 2],
    /// What happens to pieces of text as they are spoken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highlight: Option<Highlight>,
    /// Language as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "is_default")]
    pub language: String,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A text shown for some time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// Start.
    pub start: Time,
    /// End; the cue is shown before it.
    pub end: Time,
    /// The text; `\n` begins a new line.
    #[serde(default, skip_serializing_if = "is_default")]
    pub text: String,
    /// Pieces of text with styles or times of their own, after `text`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<CueRun>,
    /// Its place, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CuePlace>,
    /// Where it stands and how it appears, if it stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Box<CueLayout>>,
}

/// Layout of a cue that does not stand with the others of its place. Keyframes count from the cue's
/// start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CueLayout {
    /// The point of the canvas at which the text stands with the point that its place names: fractions
    /// of width and height. Absent: at its place, inside of the margins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Animated<[f64; 2]>>,
    /// Opacity, 0..=1.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Clockwise rotation about the position.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rotation_degrees: f64,
    /// Horizontal and vertical scale about the position.
    #[serde(default = "unscaled", skip_serializing_if = "is_unscaled")]
    pub scale: [f64; 2],
    /// Left, top, right and bottom of the rectangle outside of which nothing is drawn: fractions of the
    /// canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<[f64; 4]>,
    /// Space at the left, at the right, and at the top and bottom, instead of `margin`: fractions of the
    /// canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margins: Option<[f64; 3]>,
    /// Whether lines are not wrapped.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_wrap: bool,
}

impl Default for CueLayout {
    fn default() -> Self {
        Self {
            position: None,
            opacity: Animated::one(),
            rotation_degrees: 0.0,
            scale: unscaled(),
            clip: None,
            margins: None,
            no_wrap: false,
        }
    }
}

fn unscaled() -> [f64; 2] {
    [1.0; 2]
}

fn is_unscaled(scale: &[f64; 2]) -> bool {
    *scale == unscaled()
}

/// A piece of a cue's text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CueRun {
    /// The text.
    pub text: String,
    /// What differs from the look of all cues.
    #[serde(default, skip_serializing_if = "is_default")]
    pub style: TextStyle,
    /// When it is spoken, for `highlight`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
}

/// What happens to pieces of text as they are spoken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Highlight {
    /// Which pieces.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: HighlightMode,
    /// What differs from their own style.
    pub style: TextStyle,
}

choice! {
    /// Which pieces of a cue are highlighted.
    HighlightMode {
        /// The one that is being spoken.
        #[default]
        Word,
        /// All that have been spoken so far.
        Spoken,
    }
}
choice! {
    /// Where cues stand.
    CuePlace {
        /// In the middle of the lower edge.
        #[default]
        Bottom,
        /// In the lower left corner.
        BottomLeft,
        /// In the lower right corner.
        BottomRight,
        /// In the middle of the left edge.
        Left,
        /// In the middle.
        Center,
        /// In the middle of the right edge.
        Right,
        /// In the upper left corner.
        TopLeft,
        /// In the middle of the upper edge.
        Top,
        /// In the upper right corner.
        TopRight,
    }
}

/// Maximum number of cues of a clip.
pub const MAX_CUES: usize = 100_000;
/// Maximum number of cues that are shown at one time; later ones are not drawn.
pub const MAX_CUES_AT_ONCE: usize = 20;

impl SubtitlesSource {
    /// The cues that are shown at a time, in order of their starts, at most [`MAX_CUES_AT_ONCE`].
    pub fn at(&self, time: Time) -> Vec<&Cue> {
        // Cues are in order of their starts, but a long one may reach beyond many that follow it: a
        // pass over those before is bounded by the number of cues, and does not touch their texts.
        let started = self.cues.partition_point(|c| c.start <= time);
        self.cues[..started].iter().filter(|c| time < c.end).take(MAX_CUES_AT_ONCE).collect()
    }
}

fn margin() -> [f64; 2] {
    [0.05, 0.05]
}

fn is_margin(v: &[f64; 2]) -> bool {
    *v == margin()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file does not say is what an empty text has.
    #[test]
    fn subtitles_without_a_look_have_that_of_a_text() {
        let source: SubtitlesSource = serde_json::from_str(r#"{"cues": []}"#).unwrap();
        let empty: TextSource = serde_json::from_str("{}").unwrap();
        assert_eq!((source.look.line_height, &source.look), (1.0, &empty));
    }

    #[test]
    fn cues_are_shown_from_their_start_to_before_their_end() {
        let cue = |start: i64, end: i64| Cue { start: Time(start), end: Time(end), ..Cue::default() };
        let source = SubtitlesSource { cues: vec![cue(0, 100), cue(10, 20), cue(20, 30)], ..SubtitlesSource::default() };
        let starts = |t| source.at(Time(t)).iter().map(|c| c.start.0).collect::<Vec<_>>();
        assert_eq!(
            (starts(-1), starts(0), starts(19), starts(20), starts(100)),
            (vec![], vec![0], vec![0, 10], vec![0, 20], vec![])
        );
    }
}

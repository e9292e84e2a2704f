//! Titles: compositions of text and shapes that are made from a few values. A [`Title`] has a table
//! of parameters and a function that draws it for a canvas; the result is a plain [`Composition`],
//! which can be changed afterwards like any other. Styles of subtitles are in [`subtitle`].
//!
//! A family of titles is a file of this folder, each title a line of [`TITLES`].
mod cards;
mod counters;
mod credits;
mod lower_thirds;
mod openers;
mod overlays;
mod stage;
pub mod subtitle;
mod words;

use crate::{Composition, nearest::nearest};
use cutroom_types::{FrameRate, Size, TimeDelta, param::hex_color};
use stage::Stage;
use std::collections::BTreeMap;

/// A title that can be made.
pub struct Title {
    /// Id, in lower case with hyphens.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// What it is for, in one sentence without a full stop.
    pub about: &'static str,
    /// Parameters, in the order in which they are listed.
    pub params: &'static [TitleParam],
    /// Usual length in seconds.
    pub usual_secs: f64,
    /// Whether it moves or changes all the time, instead of standing still between its entrance and
    /// its exit.
    pub is_moving: bool,
    /// Whether it shows the time of the film that it is in: the composition then begins with the
    /// film, and the clip shows the part of it at its own place.
    pub shows_film_time: bool,
    draw: fn(&mut Stage<'_>),
}

/// A parameter of a title.
pub struct TitleParam {
    /// Id, in lower case.
    pub id: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Kind and default.
    pub kind: TitleParamKind,
}

/// Kind of a parameter, and its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TitleParamKind {
    /// A text; `\n` begins a line.
    Text(&'static str),
    /// A colour, written `#rrggbb` or `#rrggbbaa`.
    Color(&'static str),
    /// A number.
    Number {
        /// Default.
        default: f64,
        /// Range, ends included.
        range: (f64, f64),
        /// Whether it has no decimals.
        whole: bool,
    },
}

impl TitleParamKind {
    /// Name of the kind: `text`, `color` or `number`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Color(_) => "color",
            Self::Number { .. } => "number",
        }
    }

    /// The default as it is written.
    pub fn default_text(self) -> String {
        match self {
            Self::Text(text) | Self::Color(text) => text.to_owned(),
            Self::Number { default, .. } => default.to_string(),
        }
    }
}

/// What a title is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TitleCanvas {
    /// Size in pixels.
    pub size: Size,
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// Length, at least a frame.
    pub duration: TimeDelta,
}

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
enum TitleValue {
    Text(String),
    Color([f64; 4]),
    Number(f64),
}

/// Values of all parameters of a title.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleValues(BTreeMap<&'static str, TitleValue>);

/// Why values do not fit a title.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TitleError {
    /// There is no such parameter.
    #[error("the title \"{title}\" has no parameter \"{param}\"")]
    UnknownParam {
        /// Id of the title.
        title: &'static str,
        /// The name that was given.
        param: String,
        /// The parameter that is most like it.
        nearest: Option<&'static str>,
    },
    /// The value is none of the parameter's kind.
    #[error("\"{value}\" is no value of \"{param}\" of the title \"{title}\": {wanted}")]
    WrongValue {
        /// Id of the title.
        title: &'static str,
        /// Id of the parameter.
        param: &'static str,
        /// The value that was given.
        value: String,
        /// What a value is.
        wanted: String,
    },
}

/// All titles, in the order in which they are listed.
pub const TITLES: &[&Title] = &[
    &lower_thirds::LOWER_THIRD,
    &lower_thirds::LOWER_THIRD_MINIMAL,
    &lower_thirds::CORPORATE_LOWER_THIRD_1,
    &overlays::SOCIAL_HANDLE,
    &overlays::CLASSIC_OVERLAY_1,
    &openers::BOLD_TITLE_1,
    &openers::MODERN_INTRO_1,
    &cards::CHAPTER_CARD,
    &cards::QUOTE,
    &words::WORD_POP,
    &words::TYPEWRITER,
    &counters::COUNTDOWN,
    &counters::COUNTER,
    &counters::TIMECODE,
    &credits::CREDITS_ROLL,
    &credits::CREDITS_CRAWL,
    &cards::END_CARD,
    &openers::MINIMAL_OUTRO_1,
];

/// The title with this id.
pub fn title(id: &str) -> Option<&'static Title> {
    TITLES.iter().copied().find(|t| t.id == id)
}

/// The title whose id or name is most like this.
pub fn nearest_title(id: &str) -> Option<&'static Title> {
    title(nearest(id, TITLES.iter().map(|t| t.id))?)
}

impl Title {
    /// Values for all parameters: those given as texts by id, and the defaults of the others. In
    /// texts, a backslash and an `n` are the end of a line, too.
    ///
    /// # Errors
    /// [`TitleError`].
    pub fn values(&self, given: &BTreeMap<String, String>) -> Result<TitleValues, TitleError> {
        if let Some(param) = given.keys().find(|id| !self.params.iter().any(|p| p.id == **id)) {
            let nearest = nearest(param, self.params.iter().map(|p| p.id));
            return Err(TitleError::UnknownParam { title: self.id, param: param.clone(), nearest });
        }
        let value = |p: &TitleParam| {
            let text = given.get(p.id).cloned().unwrap_or_else(|| p.kind.default_text());
            let wrong = |wanted: String| TitleError::WrongValue { title: self.id, param: p.id, value: text.clone(), wanted };
            Ok((
                p.id,
                match p.kind {
                    TitleParamKind::Text(_) => TitleValue::Text(text.replace("\\n", "\n").replace('\r', "")),
                    TitleParamKind::Color(_) => {
                        TitleValue::Color(hex_color(&text).ok_or_else(|| wrong("a colour is written #rrggbb or #rrggbbaa".into()))?)
                    }
                    TitleParamKind::Number { range: (low, high), whole, .. } => {
                        let number = text.trim().parse::<f64>().ok();
                        let fits = number.filter(|v| (low..=high).contains(v) && (!whole || v.fract() == 0.0));
                        let kind = if whole { "whole number" } else { "number" };
                        TitleValue::Number(fits.ok_or_else(|| wrong(format!("write a {kind} from {low} to {high}")))?)
                    }
                },
            ))
        };
        self.params.iter().map(value).collect::<Result<_, _>>().map(TitleValues)
    }

    /// The composition of this id that shows the title; its background is transparent, and so is
    /// what the title leaves free. The ids of its tracks and clips begin with `id` and a hyphen.
    /// Texts stay inside the middle 90 % of the canvas.
    pub fn composition(&self, values: &TitleValues, canvas: &TitleCanvas, id: &str) -> Composition {
        let mut stage = Stage::new(values, canvas, id);
        (self.draw)(&mut stage);
        stage.composition(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn values_are_checked_and_misspelt_names_get_the_nearest() {
        let third = title("lower-third").unwrap();
        let error = third.values(&set(&[("nmae", "Ada")])).unwrap_err();
        assert_eq!(error, TitleError::UnknownParam { title: "lower-third", param: "nmae".into(), nearest: Some("name") });
        assert!(matches!(third.values(&set(&[("accent", "red")])), Err(TitleError::WrongValue { param: "accent", .. })));
        let countdown = title("countdown").unwrap();
        for bad in ["0", "2.5", "nan", "x", "1000"] {
            let error = countdown.values(&set(&[("from", bad)])).unwrap_err().to_string();
            assert!(error.contains("whole number from 1 to 60"), "{error}");
        }
        assert_eq!(nearest_title("lowerthird").map(|t| t.id), Some("lower-third"));
        assert_eq!(third.values(&set(&[("name", "a\\nb")])).unwrap().0["name"], TitleValue::Text("a\nb".into()));
    }

    #[test]
    fn ids_are_unique_and_defaults_are_values() {
        let mut ids: Vec<&str> = TITLES.iter().map(|t| t.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TITLES.len());
        for title in TITLES {
            title.values(&BTreeMap::new()).unwrap_or_else(|e| panic!("{e}"));
            assert!(!title.about.ends_with('.') && title.usual_secs >= 1.0, "{}", title.id);
        }
    }

    /// Braces in what users write are letters.
    #[test]
    fn values_are_shown_as_they_are_written() {
        let canvas = TitleCanvas {
            size: Size { width: 1280, height: 720 },
            frame_rate: "25".parse().unwrap(),
            duration: TimeDelta::from_secs_f64(2.0),
        };
        for title in TITLES {
            let given = title.params.iter().filter(|p| matches!(p.kind, TitleParamKind::Text(_)));
            let given = given.map(|p| (p.id.to_owned(), "{a} }{".to_owned())).collect();
            let made = title.composition(&title.values(&given).unwrap(), &canvas, "t");
            let problems = crate::validate(&crate::Project::new("t", made));
            assert!(problems.is_empty(), "{}: {problems:?}", title.id);
        }
    }

    /// Credits move by the same whole number of pixels from frame to frame, from outside to outside.
    #[test]
    fn credits_move_by_whole_pixels() {
        for (id, axis, side) in [("credits-roll", 1, 720.0), ("credits-crawl", 0, 1280.0)] {
            for secs in [5.0, 10.0, 30.0] {
                let title = title(id).unwrap();
                let rate: FrameRate = "25".parse().unwrap();
                let canvas = TitleCanvas {
                    size: Size { width: 1280, height: 720 },
                    frame_rate: rate,
                    duration: TimeDelta::from_secs_f64(secs),
                };
                let made = title.composition(&title.values(&BTreeMap::new()).unwrap(), &canvas, "t");
                for clip in made.clips() {
                    let crate::ClipSource::Text(text) = &clip.source else { panic!("{id}: not text") };
                    let length = [text.width_px, text.height_px][axis].unwrap();
                    let at = |n: i64| clip.video.transform.position_px.value_at(rate.time_of_frame(n).since_zero())[axis];
                    let (first, last) = (at(0), at((secs * 25.0) as i64));
                    assert!(first - length / 2.0 >= side / 2.0 - 0.5, "{id}: starts inside at {first}");
                    assert!(last + length / 2.0 <= -side / 2.0 + 0.5, "{id} in {secs} s: ends inside at {last}");
                    let steps: Vec<f64> = (0..20).map(|n| at(n) - at(n + 1)).collect();
                    assert!(steps.iter().all(|s| (s - steps[0]).abs() < 1e-6), "{id}: {steps:?}");
                    if steps[0] >= 5.0 {
                        assert!((steps[0] - steps[0].round()).abs() < 1e-6 && first.fract() == 0.0, "{id}: {first} {steps:?}");
                    }
                }
            }
        }
    }
}

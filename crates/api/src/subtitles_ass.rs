//! Subtitles as libass lays them out: sizes, margins, outlines and places of ASS as a clip of cues.
//!
//! A size of ASS is the height of a line, ascent and descent of the font as Windows states them (OS/2
//! `usWinAscent`, `usWinDescent`), in units of the file's canvas (`PlayResY`); here it is the em of the
//! letters. Lines stand one such height apart; margins are measured to the ends of lines, not to ink.
use crate::{IssueReport, subtitles_place::place};
use cutroom_drawing::{FontSet, line_metrics::LineMetrics};
use cutroom_interchange::subtitles::{Alignment, Cue as FileCue, NamedStyle, RunStyle, SubtitleDocument};
use cutroom_project::{
    Animated, Color, Curve, Keyframe, Paint, Shadow, Stroke, SubtitlesSource, TextSource,
    paint::{StrokeCap, StrokeJoin, StrokePosition},
    subtitles::{Cue, CueLayout, CuePlace, CueRun, Highlight, HighlightMode},
    text::{Families, TextBackground, TextStyle},
};
use cutroom_types::{Size, TimeDelta};
use std::collections::HashMap;

/// What FFmpeg and libass take for texts that state nothing: 288 lines, and a margin of 10.
const USUAL_CANVAS: (u32, u32) = (384, 288);
const USUAL_SIZE: f32 = 16.0;
const USUAL_MARGIN: f64 = 10.0;
/// Letters of files that name no font.
const USUAL_FONT: &str = "Inter";

/// The document with the style that FFmpeg gives to files without any.
pub(crate) fn with_usual_style(document: &SubtitleDocument) -> SubtitleDocument {
    let text = RunStyle {
        font: Some(USUAL_FONT.into()),
        size: Some(USUAL_SIZE),
        color: Some([255; 4]),
        outline: Some(1.0),
        outline_color: Some([0, 0, 0, 255]),
        ..RunStyle::default()
    };
    let style = NamedStyle { id: "Default".into(), text, alignment: Some(Alignment::BOTTOM), other: Vec::new() };
    let mut document = SubtitleDocument { canvas: Some(USUAL_CANVAS), styles: vec![style], ..document.clone() };
    document.cues.iter_mut().for_each(|c| c.style = None);
    document
}

struct Rules<'a> {
    document: &'a SubtitleDocument,
    /// Pixels of the film in a unit of the file's canvas.
    scale: f64,
    /// The same for outlines and shadows.
    border_scale: f64,
    /// Whether letters are kerned.
    kerns: bool,
    fonts: FontSet,
    known: HashMap<String, Option<LineMetrics>>,
    fallback: NamedStyle,
}

impl Rules<'_> {
    fn metrics(&mut self, family: &str) -> Option<LineMetrics> {
        if let Some(known) = self.known.get(family) {
            return *known;
        }
        let found = self.fonts.line_metrics(family);
        self.known.insert(family.to_owned(), found);
        found
    }

    /// The style of a cue: that of its name, `Default`, or what libass takes.
    fn named(&self, cue: &FileCue) -> &NamedStyle {
        let by = |id: &str| self.document.style(id);
        cue.style.as_deref().and_then(by).or_else(|| by("Default")).unwrap_or(&self.fallback)
    }

    fn other(style: &NamedStyle, name: &str, usual: f64) -> f64 {
        let found = style.other.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.trim().parse().ok());
        found.filter(|v: &f64| v.is_finite()).unwrap_or(usual)
    }

    fn is_boxed(style: &NamedStyle) -> bool {
        Self::other(style, "borderstyle", 1.0) == 3.0
    }

    /// A complete style.
    fn style(&mut self, own: &RunStyle, named: &NamedStyle) -> TextStyle {
        let family = own.font.as_deref().unwrap_or(USUAL_FONT).trim_start_matches('@').to_owned();
        let height = f64::from(own.size.unwrap_or(USUAL_SIZE)) * self.scale;
        let metrics = self.metrics(&family);
        let (size, shift) = match metrics {
            Some(m) => {
                let size = height / (m.win_ascent + m.win_descent);
                // Where the baseline lies here above the end of a line of that height.
                let usual = (height - (m.ascent + m.descent) * size) / 2.0 + m.descent * size;
                (size, m.win_descent * size - usual)
            }
            None => (height, 0.0),
        };
        let outline = f64::from(own.outline.unwrap_or(1.0)) * self.border_scale;
        let stroke = Stroke {
            paint: paint(own.outline_color.unwrap_or([0, 0, 0, 255])),
            width_px: outline.clamp(0.0, 1000.0).into(),
            position: StrokePosition::Outside,
            join: StrokeJoin::Round,
            cap: StrokeCap::Butt,
            dashes_px: Vec::new(),
            dash_offset_px: Animated::default(),
        };
        let has_stroke = outline > 0.0 && !Self::is_boxed(named);
        TextStyle {
            font: Some(Families::One(family)),
            size_px: Some(size.clamp(1.0, 5000.0)),
            weight: Some(if own.bold == Some(true) { 700.0 } else { 400.0 }),
            italic: Some(own.italic == Some(true)),
            underline: Some(own.underline == Some(true)),
            strikethrough: Some(own.strike == Some(true)),
            fill: Some(paint(own.color.unwrap_or([255; 4]))),
            strokes: Some(if has_stroke { vec![stroke] } else { Vec::new() }),
            // Programs that draw ASS do not vary fonts, and kern only if the file says so.
            axes: metrics.and_then(|m| m.optical_size).map(|size| ("opsz".to_owned(), size)).into_iter().collect(),
            features: (!self.kerns).then(|| ("kern".to_owned(), 0)).into_iter().collect(),
            tracking_px: own.spacing.map(|s| (f64::from(s) * self.scale).into()),
            baseline_shift_px: (shift.abs() > 0.01).then_some(shift),
            ..TextStyle::default()
        }
    }

    /// Line height in the font's own, so that lines are as high as the size.
    fn line_height(&mut self, own: &RunStyle) -> f64 {
        let family = own.font.as_deref().unwrap_or(USUAL_FONT).to_owned();
        self.metrics(&family)
            .map_or(1.0, |m| ((m.win_ascent + m.win_descent) / (m.ascent + m.descent + m.leading).max(0.01)).clamp(0.1, 10.0))
    }

    fn look(&mut self, named: &NamedStyle) -> TextSource {
        let shadow = Self::other(named, "shadow", 0.0) * self.border_scale;
        let color_of = |name: &str| {
            let text = named.other.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
            text.and_then(cutroom_interchange::subtitles::ass_color)
        };
        let shadows = (shadow > 0.0).then(|| Shadow {
            color: Animated::Constant(color(color_of("backcolour").unwrap_or([0, 0, 0, 255]))),
            offset_px: [shadow, shadow].into(),
            blur_px: 0.0.into(),
            spread_px: 0.0.into(),
        });
        let padding = f64::from(named.text.outline.unwrap_or(1.0)) * self.border_scale;
        let background = Self::is_boxed(named).then(|| TextBackground {
            paint: paint(color_of("outlinecolour").unwrap_or([0, 0, 0, 255])),
            per_line: true,
            padding_px: [padding; 2],
            radius_px: 0.0,
        });
        TextSource {
            style: self.style(&named.text.clone(), named),
            line_height: self.line_height(&named.text),
            shadows: shadows.into_iter().collect(),
            background,
            ..TextSource::default()
        }
    }
}

fn color(c: [u8; 4]) -> Color {
    Color(c.map(|v| f64::from(v) / 255.0))
}

fn paint(c: [u8; 4]) -> Paint {
    Paint::Color(color(c).into())
}

/// What of a style is not that of the look.
fn difference(own: TextStyle, look: &TextStyle) -> TextStyle {
    fn other<T: PartialEq>(own: Option<T>, look: &Option<T>) -> Option<T> {
        if own == *look { None } else { own }
    }
    TextStyle {
        font: other(own.font, &look.font),
        size_px: other(own.size_px, &look.size_px),
        weight: other(own.weight, &look.weight),
        italic: other(own.italic, &look.italic),
        underline: other(own.underline, &look.underline),
        strikethrough: other(own.strikethrough, &look.strikethrough),
        fill: other(own.fill, &look.fill),
        strokes: other(own.strokes, &look.strokes),
        axes: if own.axes == look.axes { Default::default() } else { own.axes },
        tracking_px: other(Some(own.tracking_px.unwrap_or_default()), &Some(look.tracking_px.clone().unwrap_or_default())),
        baseline_shift_px: other(Some(own.baseline_shift_px.unwrap_or(0.0)), &Some(look.baseline_shift_px.unwrap_or(0.0))),
        ..TextStyle::default()
    }
}

/// Keyframes at times in order; of several at one time the last counts.
fn curve<T: Clone>(points: &[(TimeDelta, T)]) -> Option<Animated<T>> {
    let mut keys: Vec<Keyframe<T>> = Vec::new();
    for (time, value) in points {
        keys.retain(|k| k.time < *time);
        keys.push(Keyframe::new(*time, value.clone()));
    }
    Curve::new(keys).map(Animated::Curve)
}

/// The document as the source of a clip, the number of cues without a length, and what is not shown as
/// libass shows it. `is_usual`: it has the style of [`with_usual_style`].
pub(crate) fn source(document: &SubtitleDocument, is_usual: bool, film: Size) -> (SubtitlesSource, usize, Vec<IssueReport>) {
    let play = document.canvas.unwrap_or(USUAL_CANVAS);
    let scale = f64::from(film.height) / f64::from(play.1.max(1));
    let says = |entry: &str| {
        let of = |(name, value): &&(String, String)| {
            name.eq_ignore_ascii_case(entry) && ["yes", "1"].contains(&value.to_ascii_lowercase().as_str())
        };
        document.metadata.iter().any(|entry| of(&entry))
    };
    // Without this entry outlines count in pixels of the film.
    let border_scale = if is_usual || says("ScaledBorderAndShadow") { scale } else { 1.0 };
    let kerns = says("Kerning");
    let fallback = with_usual_style(&SubtitleDocument::default()).styles.remove(0);
    let mut rules = Rules { document, scale, border_scale, kerns, fonts: FontSet::shipped(), known: HashMap::new(), fallback };
    let first = document.cues.first().map_or_else(|| rules.fallback.clone(), |cue| rules.named(cue).clone());
    let look = rules.look(&first);
    let margins = |style: &NamedStyle| ["marginl", "marginr", "marginv"].map(|m| Rules::other(style, m, USUAL_MARGIN));
    let fraction = |m: [f64; 3]| {
        [m[0] / f64::from(play.0.max(1)), m[1] / f64::from(play.0.max(1)), m[2] / f64::from(play.1.max(1))]
            .map(|v| v.clamp(-1.0, 0.9))
    };
    let [left, right, vertical] = fraction(margins(&first));
    let usual_margin = [left.max(right).clamp(0.0, 0.45), vertical.clamp(0.0, 0.45)];
    let usual_place = first.alignment.map_or(CuePlace::Bottom, place);
    let (mut cues, mut sung_cues, mut other_looks) = (Vec::new(), 0, 0);
    for cue in document.cues.iter().filter(|c| c.end > c.start) {
        let named = rules.named(cue).clone();
        let mut runs = Vec::new();
        sung_cues += usize::from(cue.runs.iter().any(|r| r.sung.is_some()));
        for run in cue.runs.iter().filter(|r| !r.text.is_empty()) {
            let mut style = rules.style(&run.style.over(&named.text), &named);
            if run.sung.is_some() {
                let secondary = named.other.iter().find(|(n, _)| n == "secondarycolour").map(|(_, v)| v.as_str());
                style.fill = secondary.and_then(cutroom_interchange::subtitles::ass_color).map(paint).or(style.fill);
            }
            let start = run.sung.map(|s| cue.start.saturating_add(s.from));
            runs.push(CueRun { text: run.text.clone(), style: difference(style, &look.style), start });
        }
        other_looks += usize::from(
            named.id != first.id
                && (rules.look(&named).shadows != look.shadows || rules.look(&named).background != look.background),
        );
        let is_plain = runs.iter().all(|r| r.style == TextStyle::default() && r.start.is_none());
        let (text, runs) = if is_plain { (runs.into_iter().map(|r| r.text).collect(), Vec::new()) } else { (String::new(), runs) };
        let own_place = cue.alignment.or(named.alignment).map_or(CuePlace::Bottom, place);
        let layout = layout(cue, &named, fraction(own_margins(cue, margins(&named))), [left, right, vertical], usual_margin);
        let place = (own_place != usual_place).then_some(own_place);
        cues.push(Cue { start: cue.start, end: cue.end, text, runs, place, layout });
    }
    cues.sort_by_key(|c| c.start);
    let dropped = document.cues.len() - cues.len();
    let mut issues = Vec::new();
    if other_looks > 0 {
        let message = format!("shadows and boxes of {other_looks} cues differ from those of the first style, which all have here");
        issues.push(IssueReport { line: 0, message });
    }
    let highlight = (sung_cues > 0).then(|| Highlight {
        mode: HighlightMode::Spoken,
        style: TextStyle { fill: look.style.fill.clone(), ..TextStyle::default() },
    });
    let language = document.language.clone().unwrap_or_default();
    let source =
        SubtitlesSource { cues, look, place: usual_place, margin: usual_margin, highlight, language, ..SubtitlesSource::default() };
    (source, dropped, issues)
}

/// Margins of a cue in units of the file's canvas: its own where they are not zero.
fn own_margins(cue: &FileCue, style: [f64; 3]) -> [f64; 3] {
    let own = cue.layout.as_ref().map_or([0.0; 3], |l| l.margins);
    [0, 1, 2].map(|i| if own[i] == 0.0 { style[i] } else { own[i] })
}

/// The layout of a cue; `None` if it stands at its place inside of the usual margins.
fn layout(cue: &FileCue, named: &NamedStyle, margins: [f64; 3], look: [f64; 3], usual_margin: [f64; 2]) -> Option<Box<CueLayout>> {
    let stated = cue.layout.as_deref().cloned().unwrap_or_default();
    let length = cue.end - cue.start;
    let position = cue.position.map(|from| match stated.movement {
        None => Animated::Constant(from),
        Some((to, start, end)) => {
            let (start, end) = if start == end { (TimeDelta::ZERO, length) } else { (start, end) };
            curve(&[(start, from), (end, to)]).unwrap_or(Animated::Constant(from))
        }
    });
    let angle = stated.rotation_degrees.unwrap_or_else(|| Rules::other(named, "angle", 0.0));
    let of_style = ["scalex", "scaley"].map(|name| Rules::other(named, name, 100.0) / 100.0);
    let scale = [0, 1].map(|i| stated.scale[i].unwrap_or(of_style[i]));
    let is_usual_margin = margins == look && usual_margin == [look[0], look[2]] && look[0] == look[1];
    let made = CueLayout {
        position,
        opacity: curve(&stated.opacity).unwrap_or(Animated::Constant(1.0)),
        rotation_degrees: if angle == 0.0 { 0.0 } else { -angle },
        scale,
        clip: stated.clip,
        margins: (!is_usual_margin).then_some(margins),
        no_wrap: stated.no_wrap,
    };
    (made != CueLayout::default()).then(|| Box::new(made))
}

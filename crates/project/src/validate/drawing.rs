//! Checks text and shapes.
use super::{
    Problem,
    values::{At, Limits, UNIT, number, time},
};
use crate::{
    Animated, Paint, Project, Shadow, ShapeSource, Stroke, SubtitlesSource, TextSource,
    placeholder::{self, TextPiece},
    shape::{Arrangement, Outline, Shape},
    subtitles::{CueLayout, MAX_CUES, MAX_CUES_AT_ONCE},
    text::TextStyle,
};
use cutroom_types::BezierPath;
use std::fmt::Display;

/// Maximum length of a text in bytes.
pub const MAX_TEXT_BYTES: usize = 200_000;
/// Maximum number of copies of the shapes of a clip.
pub const MAX_COPIES: u64 = 10_000;
/// Maximum length of the text of a cue in bytes.
const MAX_CUE_BYTES: usize = 10_000;
/// Lengths and positions in canvas pixels.
const LENGTH: Limits = (0.0, 100_000.0);
const PLACE: Limits = (-1e6, 1e6);
/// Points as fractions of the canvas, which may lie outside.
const FRACTION: Limits = (-100.0, 100.0);
const DEGREES: Limits = (-1e6, 1e6);

pub(super) fn text(problems: &mut Vec<Problem>, project: &Project, t: &TextSource, at: &At<'_>) {
    let bytes = t.text.len() + t.runs.iter().map(|r| r.text.len()).sum::<usize>();
    if bytes > MAX_TEXT_BYTES {
        let message = format!("a text of {bytes} bytes; the most is {MAX_TEXT_BYTES}: divide it into several clips");
        at.report(problems, "source.text", "project.text_length", message);
        return;
    }
    words(problems, project, t, &t.text, at, "source.text");
    style(problems, &t.style, at, &"source.style");
    for (i, run) in t.runs.iter().enumerate() {
        words(problems, project, t, &run.text, at, format_args!("source.runs[{i}].text"));
        style(problems, &run.style, at, &format_args!("source.runs[{i}].style"));
    }
    let plain = [
        ("line_height", Some(t.line_height), (0.1, 10.0)),
        ("paragraph_spacing_px", Some(t.paragraph_spacing_px), (-10_000.0, 10_000.0)),
        ("width_px", t.width_px, (1.0, LENGTH.1)),
        ("height_px", t.height_px, (1.0, LENGTH.1)),
        ("counter.decimals", t.counter.as_ref().map(|c| f64::from(c.decimals)), (0.0, 9.0)),
        ("counter.digits", t.counter.as_ref().map(|c| f64::from(c.digits)), (0.0, 30.0)),
    ];
    for (name, value, limits) in plain {
        single(problems, at, format_args!("source.{name}"), value, limits);
    }
    if let Some(counter) = &t.counter {
        number(problems, at, "source.counter.value", &counter.value, (-1e15, 1e15));
    }
    if let Some(b) = &t.background {
        paint(problems, &b.paint, at, &"source.background.paint");
        single(problems, at, "source.background.radius_px", Some(b.radius_px), LENGTH);
        b.padding_px.iter().for_each(|p| single(problems, at, "source.background.padding_px", Some(*p), (-10_000.0, 10_000.0)));
    }
    shadows(problems, &t.shadows, at);
    if let Some(p) = &t.path {
        path(problems, &p.path, 2, at, &"source.path.path");
        number(problems, at, "source.path.offset_px", &p.offset_px, PLACE);
    }
    for (i, a) in t.animations.iter().enumerate() {
        let field = format_args!("source.animations[{i}]");
        for (name, length) in [("duration", a.duration), ("stagger", a.stagger), ("delay", a.delay)] {
            time(problems, at, format_args!("{field}.{name}"), length.0, true);
        }
        single(problems, at, format_args!("{field}.opacity"), Some(a.opacity), UNIT);
        single(problems, at, format_args!("{field}.blur_px"), Some(a.blur_px), (0.0, 200.0));
        single(problems, at, format_args!("{field}.rotation_degrees"), Some(a.rotation_degrees), DEGREES);
        for v in a.offset_px {
            single(problems, at, format_args!("{field}.offset_px"), Some(v), PLACE);
        }
        for v in a.scale {
            single(problems, at, format_args!("{field}.scale"), Some(v), (-100.0, 100.0));
        }
    }
}

pub(super) fn subtitles(problems: &mut Vec<Problem>, project: &Project, s: &SubtitlesSource, at: &At<'_>) {
    if s.cues.len() > MAX_CUES {
        at.report(problems, "source.cues", "project.cues", format!("{} cues; the most is {MAX_CUES}", s.cues.len()));
        return;
    }
    text(problems, project, &TextSource { text: String::new(), runs: Vec::new(), ..s.look.clone() }, at);
    for v in s.margin {
        single(problems, at, "source.margin", Some(v), (0.0, 0.45));
    }
    if let Some(h) = &s.highlight {
        style(problems, &h.style, at, &"source.highlight.style");
    }
    let mut ends: Vec<i64> = Vec::new();
    for (i, cue) in s.cues.iter().enumerate() {
        let field = format_args!("source.cues[{i}]");
        time(problems, at, format_args!("{field}.start"), cue.start.0, false);
        time(problems, at, format_args!("{field}.end"), cue.end.0, false);
        if cue.end <= cue.start {
            at.report(problems, format_args!("{field}.end"), "project.cues", "the cue ends before it starts");
        }
        if i > 0 && cue.start < s.cues[i - 1].start {
            at.report(problems, format_args!("{field}.start"), "project.cues", "cues must be in order of their starts");
        }
        let bytes = cue.text.len() + cue.runs.iter().map(|r| r.text.len()).sum::<usize>();
        if bytes > MAX_CUE_BYTES {
            at.report(problems, field, "project.cues", format!("a cue of {bytes} bytes; the most is {MAX_CUE_BYTES}"));
        }
        for (j, run) in cue.runs.iter().enumerate() {
            style(problems, &run.style, at, &format_args!("{field}.runs[{j}].style"));
        }
        if let Some(l) = &cue.layout {
            layout(problems, l, at, &format_args!("{field}.layout"));
        }
        ends.retain(|end| *end > cue.start.0);
        ends.push(cue.end.0);
        if ends.len() == MAX_CUES_AT_ONCE + 1 {
            let message = format!("more than {MAX_CUES_AT_ONCE} cues at one time: they cannot all be shown");
            at.report(problems, field, "project.cues", message);
            return;
        }
    }
}

fn layout(problems: &mut Vec<Problem>, l: &CueLayout, at: &At<'_>, field: &dyn Display) {
    if let Some(position) = &l.position {
        number(problems, at, format_args!("{field}.position"), position, FRACTION);
    }
    number(problems, at, format_args!("{field}.opacity"), &l.opacity, UNIT);
    single(problems, at, format_args!("{field}.rotation_degrees"), Some(l.rotation_degrees), DEGREES);
    l.scale.iter().for_each(|v| single(problems, at, format_args!("{field}.scale"), Some(*v), (-100.0, 100.0)));
    l.clip.iter().flatten().for_each(|v| single(problems, at, format_args!("{field}.clip"), Some(*v), FRACTION));
    l.margins.iter().flatten().for_each(|v| single(problems, at, format_args!("{field}.margins"), Some(*v), (-1.0, 0.9)));
}

/// The names in a text.
fn words(problems: &mut Vec<Problem>, project: &Project, t: &TextSource, text: &str, at: &At<'_>, field: impl Display) {
    let pieces = match placeholder::pieces(text) {
        Ok(pieces) => pieces,
        Err(message) => return at.report(problems, field, "project.placeholder", message),
    };
    for piece in pieces {
        let TextPiece::Name(name) = piece else { continue };
        if name == "counter" && t.counter.is_none() {
            at.report(problems, &field, "project.placeholder", "{counter} needs `counter`, such as {\"value\": 10}");
        } else if name == "date" && !project.variables.contains_key(name) {
            let message = "{date} needs the project's variable of that name, such as \"variables\": {\"date\": \"2026-11-29\"}: \
                           a film is the same whenever it is drawn, so that the clock is not asked";
            at.report(problems, &field, "project.placeholder", message);
        } else if !placeholder::BUILT_IN.contains(&name) && !project.variables.contains_key(name) {
            let known = placeholder::BUILT_IN.iter().copied().chain(project.variables.keys().map(String::as_str));
            let known: Vec<&str> = known.collect();
            let message = format!(
                "{{{name}}} is neither a variable of the project nor one of {}; write \"{{{{\" for a brace",
                known.join(", ")
            );
            at.report(problems, &field, "project.placeholder", message);
        }
    }
}

fn style(problems: &mut Vec<Problem>, s: &TextStyle, at: &At<'_>, field: &dyn Display) {
    let plain = [
        ("size_px", s.size_px, (1.0, 5000.0)),
        ("weight", s.weight, (1.0, 1000.0)),
        ("width", s.width, (0.5, 2.0)),
        ("word_spacing_px", s.word_spacing_px, (-5000.0, 5000.0)),
        ("baseline_shift_px", s.baseline_shift_px, (-5000.0, 5000.0)),
    ];
    for (name, value, limits) in plain {
        single(problems, at, format_args!("{field}.{name}"), value, limits);
    }
    if let Some(tracking) = &s.tracking_px {
        number(problems, at, format_args!("{field}.tracking_px"), tracking, (-5000.0, 5000.0));
    }
    let tags = s.axes.keys().map(|t| ("axes", t)).chain(s.features.keys().map(|t| ("features", t)));
    for (kind, tag) in tags {
        if tag.len() != 4 || !tag.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            let message = format!("\"{tag}\" is not a tag: four letters, such as \"wght\" or \"tnum\"");
            at.report(problems, format_args!("{field}.{kind}"), "project.font_tag", message);
        }
    }
    if let Some(fill) = &s.fill {
        paint(problems, fill, at, &format_args!("{field}.fill"));
    }
    strokes(problems, s.strokes.as_deref().unwrap_or_default(), at, field);
}

fn strokes(problems: &mut Vec<Problem>, strokes: &[Stroke], at: &At<'_>, field: &dyn Display) {
    for (i, s) in strokes.iter().enumerate() {
        let field = format_args!("{field}.strokes[{i}]");
        paint(problems, &s.paint, at, &format_args!("{field}.paint"));
        number(problems, at, format_args!("{field}.width_px"), &s.width_px, (0.0, 1000.0));
        number(problems, at, format_args!("{field}.dash_offset_px"), &s.dash_offset_px, PLACE);
        let sum: f64 = s.dashes_px.iter().sum();
        if s.dashes_px.iter().any(|d| !LENGTH_OF_DASH.contains(d))
            || (!s.dashes_px.is_empty() && sum < 0.1)
            || s.dashes_px.len() > 64
        {
            let message = "dashes are up to 64 lengths from 0 to 10000 pixels, together at least 0.1";
            at.report(problems, format_args!("{field}.dashes_px"), "project.number", message);
        }
    }
}

const LENGTH_OF_DASH: std::ops::RangeInclusive<f64> = 0.0..=10_000.0;

fn shadows(problems: &mut Vec<Problem>, shadows: &[Shadow], at: &At<'_>) {
    for (i, s) in shadows.iter().enumerate() {
        let field = format_args!("source.shadows[{i}]");
        number(problems, at, format_args!("{field}.color"), &s.color, UNIT);
        number(problems, at, format_args!("{field}.offset_px"), &s.offset_px, (-10_000.0, 10_000.0));
        number(problems, at, format_args!("{field}.blur_px"), &s.blur_px, (0.0, 500.0));
        number(problems, at, format_args!("{field}.spread_px"), &s.spread_px, (0.0, 500.0));
    }
}

fn paint(problems: &mut Vec<Problem>, p: &Paint, at: &At<'_>, field: &dyn Display) {
    let g = match p {
        Paint::None => return,
        Paint::Color(color) => return number(problems, at, field, color, UNIT),
        Paint::Gradient(g) => g,
    };
    for (name, value) in [("from", &g.from), ("to", &g.to), ("center", &g.center)] {
        number(problems, at, format_args!("{field}.{name}"), value, (-100.0, 100.0));
    }
    number(problems, at, format_args!("{field}.radius"), &g.radius, (0.0, 100.0));
    number(problems, at, format_args!("{field}.angle_degrees"), &g.angle_degrees, DEGREES);
    let in_order = g.stops.windows(2).all(|w| w[0].at <= w[1].at) && g.stops.iter().all(|s| (0.0..=1.0).contains(&s.at));
    if !(2..=64).contains(&g.stops.len()) || !in_order {
        let message = "a gradient has 2 to 64 stops, `at` from 0 to 1 and in order";
        at.report(problems, format_args!("{field}.stops"), "project.number", message);
    }
    for (i, s) in g.stops.iter().enumerate() {
        number(problems, at, format_args!("{field}.stops[{i}].color"), &s.color, UNIT);
    }
}

pub(super) fn shapes(problems: &mut Vec<Problem>, s: &ShapeSource, at: &At<'_>) {
    for v in s.size_px.unwrap_or([1.0; 2]) {
        single(problems, at, "source.size_px", Some(v), (1.0, LENGTH.1));
    }
    let copies: u64 = s.shapes.iter().map(|s| s.copies.as_ref().map_or(1, |c| count(&c.arrangement))).sum();
    if copies > MAX_COPIES {
        let message = format!("{copies} shapes and copies; the most is {MAX_COPIES}");
        at.report(problems, "source.shapes", "project.number", message);
    }
    shadows(problems, &s.shadows, at);
    for (i, shape) in s.shapes.iter().enumerate() {
        one_shape(problems, shape, at, &format_args!("source.shapes[{i}]"));
    }
}

fn count(arrangement: &Arrangement) -> u64 {
    match arrangement {
        Arrangement::Line { count, .. } | Arrangement::Circle { count, .. } | Arrangement::Path { count, .. } => u64::from(*count),
        Arrangement::Grid { columns, rows, .. } => u64::from(*columns) * u64::from(*rows),
    }
}

fn one_shape(problems: &mut Vec<Problem>, s: &Shape, at: &At<'_>, field: &dyn Display) {
    paint(problems, &s.fill, at, &format_args!("{field}.fill"));
    strokes(problems, &s.strokes, at, field);
    number(problems, at, format_args!("{field}.round_px"), &s.round_px, LENGTH);
    number(problems, at, format_args!("{field}.opacity"), &s.opacity, UNIT);
    if let Some(t) = &s.trim {
        number(problems, at, format_args!("{field}.trim.start"), &t.start, UNIT);
        number(problems, at, format_args!("{field}.trim.end"), &t.end, UNIT);
        number(problems, at, format_args!("{field}.trim.offset"), &t.offset, (-1000.0, 1000.0));
    }
    if s.outlines.is_empty() || s.outlines.len() > 100 {
        at.report(problems, format_args!("{field}.outlines"), "project.path", "a shape has 1 to 100 outlines");
    }
    for (i, o) in s.outlines.iter().enumerate() {
        outline(problems, &o.outline, at, &format_args!("{field}.outlines[{i}]"));
    }
    let Some(c) = &s.copies else { return };
    let field = format_args!("{field}.copies");
    number(problems, at, format_args!("{field}.rotation_degrees"), &c.rotation_degrees, DEGREES);
    number(problems, at, format_args!("{field}.scale"), &c.scale, (0.0, 10.0));
    number(problems, at, format_args!("{field}.opacity"), &c.opacity, UNIT);
    match &c.arrangement {
        Arrangement::Line { offset, .. } => number(problems, at, format_args!("{field}.arrangement.offset"), offset, PLACE),
        Arrangement::Grid { spacing, .. } => number(problems, at, format_args!("{field}.arrangement.spacing"), spacing, PLACE),
        Arrangement::Circle { radius, start_degrees, sweep_degrees, .. } => {
            number(problems, at, format_args!("{field}.arrangement.radius"), radius, PLACE);
            number(problems, at, format_args!("{field}.arrangement.start_degrees"), start_degrees, DEGREES);
            number(problems, at, format_args!("{field}.arrangement.sweep_degrees"), sweep_degrees, DEGREES);
        }
        Arrangement::Path { path: along, .. } => path(problems, along, 2, at, &format_args!("{field}.arrangement.path")),
    }
}

fn outline(problems: &mut Vec<Problem>, o: &Outline, at: &At<'_>, field: &dyn Display) {
    let mut place = |name: &str, v: &Animated<[f64; 2]>| number(problems, at, format_args!("{field}.{name}"), v, PLACE);
    match o {
        Outline::Rectangle { center, size, .. } | Outline::Ellipse { center, size, .. } => {
            place("center", center);
            place("size", size);
        }
        Outline::Polygon { center, .. } | Outline::Star { center, .. } => place("center", center),
        Outline::Line { from, to } => {
            place("from", from);
            place("to", to);
        }
        Outline::Arrow { from, to, head, .. } => {
            place("from", from);
            place("to", to);
            place("head", head);
        }
        Outline::Path { .. } => {}
    }
    let mut length = |name: &str, v: &Animated<f64>| number(problems, at, format_args!("{field}.{name}"), v, LENGTH);
    match o {
        Outline::Rectangle { radius, .. } | Outline::Polygon { radius, .. } => length("radius", radius),
        Outline::Star { radius, inner_radius, .. } => {
            length("radius", radius);
            length("inner_radius", inner_radius);
        }
        Outline::Arrow { width, .. } => length("width", width),
        Outline::Ellipse { .. } | Outline::Line { .. } | Outline::Path { .. } => {}
    }
    match o {
        Outline::Rectangle { rotation_degrees, .. }
        | Outline::Ellipse { rotation_degrees, .. }
        | Outline::Polygon { rotation_degrees, .. }
        | Outline::Star { rotation_degrees, .. } => {
            number(problems, at, format_args!("{field}.rotation_degrees"), rotation_degrees, DEGREES);
        }
        Outline::Path { path: p, open } => path(problems, p, if *open { 2 } else { 3 }, at, &format_args!("{field}.path")),
        Outline::Line { .. } | Outline::Arrow { .. } => {}
    }
    if let Outline::Polygon { sides: n, .. } | Outline::Star { points: n, .. } = o
        && !(3..=1000).contains(n)
    {
        at.report(problems, field, "project.number", format!("{n} corners are not from 3 to 1000"));
    }
}

fn path(problems: &mut Vec<Problem>, p: &Animated<BezierPath>, least: usize, at: &At<'_>, field: &dyn Display) {
    number(problems, at, field, p, PLACE);
    for path in p.values() {
        if !(least..=10_000).contains(&path.0.len()) {
            let message = format!("{} vertices; such a path has {least} to 10000", path.0.len());
            at.report(problems, field, "project.path", message);
        }
        let in_range = |p: &[f64; 2]| p.iter().all(|v| (PLACE.0..=PLACE.1).contains(v));
        if !path.0.iter().all(|v| in_range(&v.point) && in_range(&v.tangent_in) && in_range(&v.tangent_out)) {
            at.report(problems, field, "project.number", format!("coordinates must be from {} to {}", PLACE.0, PLACE.1));
        }
    }
}

/// Checks a number that cannot be animated.
fn single(problems: &mut Vec<Problem>, at: &At<'_>, field: impl Display, value: Option<f64>, (low, high): Limits) {
    if let Some(v) = value.filter(|v| !(low..=high).contains(v)) {
        at.report(problems, field, "project.number", format!("{v} is not from {low} to {high}"));
    }
}

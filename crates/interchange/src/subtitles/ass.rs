//! Advanced SubStation Alpha and SubStation Alpha: sections of lines `Name: value`.
use super::{
    ass_tags::{self, Around, color, color_text, legacy_alignment},
    clock,
    document::{Alignment, Cue, NamedStyle, RunStyle, SubtitleDocument},
    issues::{Issues, shortened},
};
use cutroom_types::{FLICKS_PER_SECOND, Time};
use std::{collections::HashSet, fmt::Write, rc::Rc};

/// What positions refer to where a file states nothing (as libass and VSFilter).
const USUAL_CANVAS: (u32, u32) = (384, 288);
/// Columns of styles and events where a file has no line `Format`.
const STYLE_COLUMNS: &str = "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
                             Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
                             MarginR, MarginV, Encoding";
const EVENT_COLUMNS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Info,
    Styles,
    OldStyles,
    Events,
    Other,
}

fn columns(text: &str) -> Vec<String> {
    text.split(',').map(|c| c.trim().to_ascii_lowercase()).collect()
}

pub(super) fn read(text: &str, issues: &mut Issues) -> SubtitleDocument {
    let mut document = SubtitleDocument::default();
    let (mut width, mut height) = (None, None);
    let mut section = Section::Info;
    let (mut style_columns, mut event_columns) = (columns(STYLE_COLUMNS), Rc::new(columns(EVENT_COLUMNS)));
    let mut events: Vec<(usize, &str, Rc<Vec<String>>)> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}');
        let trimmed = line.trim();
        if trimmed.starts_with('[') && trimmed.ends_with(']') && trimmed.len() < 60 {
            section = match trimmed.to_ascii_lowercase().as_str() {
                "[script info]" => Section::Info,
                "[v4+ styles]" | "[v4 styles+]" => Section::Styles,
                "[v4 styles]" => Section::OldStyles,
                "[events]" => Section::Events,
                name => {
                    if ["[fonts]", "[graphics]"].contains(&name) {
                        issues.add(n + 1, format!("the files in {trimmed} are left out"));
                    }
                    Section::Other
                }
            };
            continue;
        }
        if trimmed.is_empty() || trimmed.starts_with([';', '!']) || section == Section::Other {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            issues.count(n + 1, "lines without a name are left out");
            continue;
        };
        let (name, value) = (name.trim(), value.strip_prefix(' ').unwrap_or(value));
        let key = name.to_ascii_lowercase();
        match (section, key.as_str()) {
            (Section::Info, "playresx") => width = value.trim().parse::<u32>().ok().filter(|n| *n > 0),
            (Section::Info, "playresy") => height = value.trim().parse::<u32>().ok().filter(|n| *n > 0),
            (Section::Info, "scripttype" | "script type") => {}
            (Section::Info, "language") => document.language = Some(value.trim().to_owned()),
            (Section::Info, _) => document.metadata.push((name.to_owned(), value.trim().to_owned())),
            (Section::Styles | Section::OldStyles, "format") => style_columns = columns(value),
            (Section::Styles | Section::OldStyles, "style") => {
                document.styles.push(style(value, &style_columns, section == Section::OldStyles, n + 1, issues));
            }
            (Section::Events, "format") => event_columns = Rc::new(columns(value)),
            (Section::Events, "dialogue") => events.push((n + 1, value, Rc::clone(&event_columns))),
            (Section::Events, "comment") => issues.count(n + 1, "comments are left out"),
            (Section::Events, _) => issues.count(n + 1, "events other than dialogue are left out"),
            _ => {}
        }
    }
    // One size alone keeps the shape 4:3, as libass does.
    let canvas = match (width, height) {
        (Some(w), Some(h)) => (w, h),
        (Some(w), None) => (w, (w * 3 / 4).max(1)),
        (None, Some(h)) => (h.saturating_mul(4) / 3, h),
        (None, None) => USUAL_CANVAS,
    };
    document.canvas = Some(canvas);
    let names: HashSet<String> = document.styles.iter().map(|s| s.id.clone()).collect();
    for (line, value, columns) in events {
        match event(value, &columns, canvas, &document.styles, line, issues) {
            Some(cue) => {
                if let Some(name) = cue.style.as_deref().filter(|name| !names.contains(*name)) {
                    issues.count(line, &format!("there is no style \"{}\"", shortened(name)));
                }
                document.cues.push(cue);
            }
            None => issues.add(line, format!("the cue is left out: its times cannot be read ({})", shortened(value))),
        }
    }
    document
}

fn style(value: &str, columns: &[String], is_old: bool, line: usize, issues: &mut Issues) -> NamedStyle {
    let mut style = NamedStyle::default();
    for (name, value) in columns.iter().zip(value.splitn(columns.len().max(1), ',').map(str::trim)) {
        let on = || value.parse::<i32>().ok().map(|n| n != 0);
        match name.as_str() {
            "name" => style.id = value.trim_start_matches('*').to_owned(),
            "fontname" => style.text.font = (!value.is_empty()).then(|| value.into()),
            "fontsize" => style.text.size = value.parse().ok().filter(|s: &f32| s.is_finite()),
            "primarycolour" => {
                style.text.color = color(value);
                if style.text.color.is_none() {
                    issues.add(line, format!("\"{}\" is no colour; the style has none", shortened(value)));
                }
            }
            "bold" => style.text.bold = on(),
            "italic" => style.text.italic = on(),
            "underline" => style.text.underline = on(),
            "strikeout" => style.text.strike = on(),
            "outlinecolour" => {
                style.text.outline_color = color(value);
                style.other.push((name.clone(), value.to_owned()));
            }
            "outline" => {
                style.text.outline = value.parse().ok().filter(|s: &f32| s.is_finite() && *s >= 0.0);
                style.other.push((name.clone(), value.to_owned()));
            }
            "spacing" => {
                style.text.spacing = value.parse().ok().filter(|s: &f32| s.is_finite() && *s != 0.0);
                style.other.push((name.clone(), value.to_owned()));
            }
            "alignment" => {
                let n = value.parse::<i64>().ok();
                style.alignment =
                    n.and_then(|n| if is_old { legacy_alignment(n) } else { u8::try_from(n).ok().and_then(Alignment::new) });
            }
            _ => style.other.push((name.clone(), value.to_owned())),
        }
    }
    style
}

fn event(
    value: &str,
    columns: &[String],
    canvas: (u32, u32),
    styles: &[NamedStyle],
    line: usize,
    issues: &mut Issues,
) -> Option<Cue> {
    let mut cue = Cue::default();
    let (mut start, mut end, mut text) = (None, None, "");
    let clock = |t: &str| clock::parse(t, &['.', ',', ':']);
    for (name, value) in columns.iter().zip(value.splitn(columns.len().max(1), ',')) {
        let trimmed = value.trim();
        match name.as_str() {
            "layer" => cue.layer = trimmed.parse().unwrap_or(0),
            "start" => start = clock(trimmed),
            "end" => end = clock(trimmed),
            "style" => cue.style = (!trimmed.is_empty()).then(|| trimmed.trim_start_matches('*').to_owned()),
            "name" | "actor" => cue.speaker = (!trimmed.is_empty()).then(|| trimmed.to_owned()),
            "effect" if !trimmed.is_empty() => issues.count(line, "effects of lines (scrolling, karaoke templates) are left out"),
            "marginl" | "marginr" | "marginv" => {
                let n = ["marginl", "marginr", "marginv"].iter().position(|m| m == name).unwrap_or_default();
                if let Some(margin) = trimmed.parse::<f64>().ok().filter(|m| m.is_finite() && *m != 0.0) {
                    cue.layout_mut().margins[n] = margin;
                }
            }
            "text" => text = value,
            _ => {}
        }
    }
    (cue.start, cue.end) = (start?, end?);
    if cue.end < cue.start {
        issues.add(line, "the cue ends before it starts; it is kept");
    }
    ass_tags::parse(text, &Around { canvas, styles }, &mut cue, line, issues);
    cue.trim();
    Some(cue)
}

/// The style of cues that name none.
fn usual_style() -> NamedStyle {
    let text = RunStyle { font: Some("Arial".into()), size: Some(16.0), color: Some([255; 4]), ..RunStyle::default() };
    NamedStyle { id: "Default".into(), text, alignment: Some(Alignment::BOTTOM), other: Vec::new() }
}

pub(super) fn write(document: &SubtitleDocument, losses: &mut Issues) -> String {
    let canvas = document.canvas.unwrap_or(USUAL_CANVAS);
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    let mut out = String::from("[Script Info]\nScriptType: v4.00+\n");
    if let Some(language) = &document.language {
        let _ = writeln!(out, "Language: {}", one_line(language));
    }
    for (name, value) in &document.metadata {
        let _ = writeln!(out, "{}: {}", one_line(name).replace(':', " "), one_line(value));
    }
    let _ = writeln!(out, "PlayResX: {}\nPlayResY: {}\n\n[V4+ Styles]\nFormat: {STYLE_COLUMNS}", canvas.0, canvas.1);
    let usual = usual_style();
    let needs_usual = document.style("Default").is_none();
    for style in needs_usual.then_some(&usual).into_iter().chain(&document.styles) {
        let _ = writeln!(out, "Style: {}", style_line(style));
    }
    let _ = writeln!(out, "\n[Events]\nFormat: {EVENT_COLUMNS}");
    for cue in &document.cues {
        let [from, to] = [cue.start, cue.end].map(|t| clock::format(t, '.', 2, 1));
        let hundredth = FLICKS_PER_SECOND / 100;
        if [cue.start, cue.end].iter().any(|Time(t)| t % hundredth != 0) {
            losses.count(0, "times between hundredths of a second");
        }
        let (style, speaker) = names(cue);
        let margins = margins(cue);
        let _ = writeln!(out, "Dialogue: {},{from},{to},{style},{speaker},{margins},,{}", cue.layer, text(cue, canvas));
        for (is_there, what) in [
            (cue.region.is_some(), "regions"),
            (cue.id.is_some(), "names of cues"),
            (!cue.settings.is_empty(), "settings of WebVTT"),
        ] {
            if is_there {
                losses.count(0, what);
            }
        }
    }
    out
}

/// A text that may stand in a column: a comma would begin the next one.
fn field(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace(',', ";")
}

/// Style and speaker of a cue.
fn names(cue: &Cue) -> (String, String) {
    let style = cue.style.as_deref().map_or_else(|| "Default".into(), field);
    (style, cue.speaker.as_deref().map_or_else(String::new, field))
}

/// Cue `n` as a block of Matroska: without its times, with its place in the file before the layer.
pub(super) fn packet(cue: &Cue, n: usize, document: &SubtitleDocument) -> String {
    let (style, speaker) = names(cue);
    let (margins, text) = (margins(cue), text(cue, document.canvas.unwrap_or(USUAL_CANVAS)));
    format!("{n},{},{style},{speaker},{margins},,{text}", cue.layer)
}

fn margins(cue: &Cue) -> String {
    let all = cue.layout.as_ref().map_or([0.0; 3], |l| l.margins);
    all.map(|m| (m.round() as i64).to_string()).join(",")
}

/// The tags of a cue's layout.
fn layout_tags(cue: &Cue, canvas: (u32, u32)) -> String {
    let mut out = String::new();
    let place = |f: f64, side: u32| (f * f64::from(side) * 1000.0).round() / 1000.0;
    let at = |[x, y]: [f64; 2]| format!("{},{}", place(x, canvas.0), place(y, canvas.1));
    let ms = |t: cutroom_types::TimeDelta| t.0 / (FLICKS_PER_SECOND / 1000);
    let Some(layout) = &cue.layout else {
        if let Some(position) = cue.position {
            let _ = write!(out, "\\pos({})", at(position));
        }
        return out;
    };
    match (cue.position, layout.movement) {
        (Some(from), Some((to, start, end))) => {
            let _ = write!(out, "\\move({},{},{},{})", at(from), at(to), ms(start), ms(end));
        }
        (Some(position), None) => {
            let _ = write!(out, "\\pos({})", at(position));
        }
        (None, _) => {}
    }
    // Three points are a fade on one side: the times of the other side are one.
    let four = match layout.opacity[..] {
        [a, b, c, d] => Some([a, b, c, d]),
        [a, b, c] if a.1 == b.1 => Some([a, a, b, c]),
        [a, b, c] => Some([a, b, b, c]),
        [a, b] => Some([a, b, b, b]),
        _ => None,
    };
    if let Some([a, b, c, d]) = four {
        let alpha = |v: f64| ((1.0 - v) * 255.0).round();
        let (a1, a2, a3) = (alpha(a.1), alpha(b.1), alpha(d.1));
        let _ = write!(out, "\\fade({a1},{a2},{a3},{},{},{},{})", ms(a.0), ms(b.0), ms(c.0), ms(d.0));
    }
    if let Some([l, t, r, b]) = layout.clip {
        let _ = write!(out, "\\clip({},{})", at([l, t]), at([r, b]));
    }
    if let Some(degrees) = layout.rotation_degrees {
        let _ = write!(out, "\\frz{degrees}");
    }
    for (name, scale) in [("fscx", layout.scale[0]), ("fscy", layout.scale[1])] {
        if let Some(scale) = scale {
            let _ = write!(out, "\\{name}{}", scale * 100.0);
        }
    }
    if layout.no_wrap {
        out.push_str("\\q2");
    }
    out
}

fn style_line(style: &NamedStyle) -> String {
    let other = |name: &str, usual: &str| {
        let found = style.other.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        field(found.unwrap_or(usual))
    };
    let text = &style.text;
    let flag = |on: Option<bool>| if on == Some(true) { "-1" } else { "0" };
    [
        field(&style.id),
        text.font.as_deref().map_or_else(|| "Arial".into(), field),
        text.size.unwrap_or(16.0).to_string(),
        color_text(text.color.unwrap_or([255; 4])),
        other("secondarycolour", "&H000000FF"),
        other("outlinecolour", "&H00000000"),
        other("backcolour", "&H00000000"),
        flag(text.bold).into(),
        flag(text.italic).into(),
        flag(text.underline).into(),
        flag(text.strike).into(),
        other("scalex", "100"),
        other("scaley", "100"),
        other("spacing", "0"),
        other("angle", "0"),
        other("borderstyle", "1"),
        other("outline", "1"),
        other("shadow", "0"),
        style.alignment.unwrap_or(Alignment::BOTTOM).number().to_string(),
        other("marginl", "10"),
        other("marginr", "10"),
        other("marginv", "10"),
        other("encoding", "1"),
    ]
    .join(",")
}

/// A cue's text with override tags.
fn text(cue: &Cue, canvas: (u32, u32)) -> String {
    let mut out = String::new();
    if let Some(place) = cue.alignment {
        let _ = write!(out, "{{\\an{}}}", place.number());
    }
    let tags = layout_tags(cue, canvas);
    if !tags.is_empty() {
        let _ = write!(out, "{{{tags}}}");
    }
    let mut before = RunStyle::default();
    let mut sung_to = cutroom_types::TimeDelta::ZERO;
    for run in &cue.runs {
        let mut tags = String::new();
        if let Some(sung) = run.sung {
            let hundredths = |flicks: i64| (flicks.max(0) + FLICKS_PER_SECOND / 200) / (FLICKS_PER_SECOND / 100);
            let wait = hundredths(sung.from.0) - hundredths(sung_to.0);
            if wait > 0 {
                let _ = write!(tags, "\\k{wait}");
                let _ = write!(out, "{{{tags}}}");
                tags.clear();
            }
            let _ = write!(tags, "\\k{}", hundredths(sung.to.0) - hundredths(sung.from.0));
            sung_to = sung.to;
        }
        let style = &run.style;
        let switch = |tags: &mut String, name: &str, is: Option<bool>, was: Option<bool>| {
            if is != was {
                let _ = write!(tags, "\\{name}{}", is.map_or("", |on| if on { "1" } else { "0" }));
            }
        };
        switch(&mut tags, "b", style.bold, before.bold);
        switch(&mut tags, "i", style.italic, before.italic);
        switch(&mut tags, "u", style.underline, before.underline);
        switch(&mut tags, "s", style.strike, before.strike);
        if style.font != before.font {
            let _ = write!(tags, "\\fn{}", style.font.as_deref().unwrap_or("").replace(['\\', '}', '{'], ""));
        }
        if style.size != before.size {
            let _ = write!(tags, "\\fs{}", style.size.map_or(String::new(), |s| s.to_string()));
        }
        for (name, is, was) in [("bord", style.outline, before.outline), ("fsp", style.spacing, before.spacing)] {
            if is != was {
                let _ = write!(tags, "\\{name}{}", is.map_or(String::new(), |v| v.to_string()));
            }
        }
        if style.outline_color != before.outline_color {
            let text = style.outline_color.map_or(String::new(), |[r, g, b, _]| format!("&H{b:02X}{g:02X}{r:02X}&"));
            let _ = write!(tags, "\\3c{text}");
        }
        if style.color != before.color {
            match style.color {
                Some([r, g, b, a]) => {
                    let _ = write!(tags, "\\c&H{b:02X}{g:02X}{r:02X}&");
                    if a != 255 || before.color.is_some_and(|c| c[3] != 255) {
                        let _ = write!(tags, "\\alpha&H{:02X}&", 255 - a);
                    }
                }
                None => tags.push_str("\\c"),
            }
        }
        if !tags.is_empty() {
            let _ = write!(out, "{{{tags}}}");
        }
        before = style.clone();
        // A brace would begin tags, and a backslash a line break.
        out.push_str(
            &run.text
                .replace('{', "(")
                .replace('}', ")")
                .replace("\\N", "\\\u{2060}N")
                .replace("\\n", "\\\u{2060}n")
                .replace("\\h", "\\\u{2060}h")
                .replace('\n', "\\N"),
        );
    }
    out
}

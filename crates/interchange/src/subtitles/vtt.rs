//! WebVTT (W3C Candidate Recommendation of 2019): a header, then blocks between empty lines.
use super::{
    clock,
    document::{Alignment, Cue, Region, SubtitleDocument},
    issues::{Issues, shortened},
    markup::{self, Dialect, escape},
};
use std::fmt::Write;

pub(super) fn read(text: &str, issues: &mut Issues) -> SubtitleDocument {
    let mut document = SubtitleDocument::default();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|&n| lines[n].trim().is_empty()).unwrap_or(lines.len());
        block(&lines[at..end], at + 1, &mut document, issues);
        at = end;
    }
    document
}

/// A block; `line` is the line of the file at which it begins.
fn block(lines: &[&str], line: usize, document: &mut SubtitleDocument, issues: &mut Issues) {
    let first = lines[0].trim();
    if line == 1 && first.starts_with("WEBVTT") {
        for entry in &lines[1..] {
            // Some writers leave out the empty line before the first cue.
            if entry.contains("-->") {
                break;
            }
            match entry.split_once([':', '=']) {
                Some((name, value)) if name.trim().eq_ignore_ascii_case("language") => {
                    document.language = Some(value.trim().to_owned());
                }
                Some((name, value)) => document.metadata.push((name.trim().to_owned(), value.trim().to_owned())),
                None => {}
            }
        }
        if !lines.iter().any(|l| l.contains("-->")) {
            return;
        }
    } else if !lines.iter().take(2).any(|l| l.contains("-->")) {
        match first {
            "STYLE" => issues.add(line, "a block of styles (CSS) is left out"),
            "REGION" => document.regions.push(region(&lines[1..])),
            _ if first == "NOTE" || first.starts_with("NOTE ") || first.starts_with("NOTE\t") => {}
            _ => issues.add(line, format!("a block without times is left out: {}", shortened(first))),
        }
        return;
    }
    let Some(timing) = lines.iter().position(|l| l.contains("-->")) else { return };
    let id = (timing > 0 && !lines[timing - 1].starts_with("WEBVTT")).then(|| lines[timing - 1].trim().to_owned());
    let Some((from, rest)) = lines[timing].split_once("-->") else { return };
    let rest = rest.trim();
    let (to, settings) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let clock = |text: &str| clock::parse(text, &['.', ',']);
    let (Some(start), Some(end)) = (clock(from), clock(to)) else {
        issues.add(line + timing, format!("the cue is left out: its times cannot be read ({})", shortened(lines[timing])));
        return;
    };
    let mut cue = Cue { start, end, id: id.filter(|id| !id.is_empty()), ..Cue::default() };
    if end < start {
        issues.add(line + timing, "the cue ends before it starts; it is kept");
    }
    place(settings, &mut cue);
    markup::parse(&lines[timing + 1..].join("\n"), Dialect::Vtt, &mut cue, line + timing + 1, issues);
    cue.trim();
    if cue.runs.is_empty() {
        issues.add(line + timing, "the cue has no text; it is kept");
    }
    document.cues.push(cue);
}

fn percent(text: &str) -> Option<f64> {
    text.strip_suffix('%')?.parse::<f64>().ok().filter(|p| (0.0..=100.0).contains(p)).map(|p| p / 100.0)
}

/// Settings of a cue: `position:10%,line-left line:0 align:start`.
fn place(settings: &str, cue: &mut Cue) {
    let (mut column, mut row, mut x, mut y) = (None, None, None, None);
    let mut other: Vec<&str> = Vec::new();
    for setting in settings.split_whitespace() {
        let Some((name, value)) = setting.split_once(':') else { continue };
        match name {
            "region" => cue.region = Some(value.to_owned()),
            "align" => {
                column = match value {
                    "start" | "left" => Some(0),
                    "center" | "middle" => Some(1),
                    "end" | "right" => Some(2),
                    _ => None,
                };
            }
            "position" => {
                x = percent(value.split(',').next().unwrap_or(value));
                other.push(setting);
            }
            "line" if value == "0" => row = Some(2),
            "line" if value == "-1" => row = Some(0),
            "line" => {
                y = percent(value.split(',').next().unwrap_or(value));
                other.push(setting);
            }
            _ => other.push(setting),
        }
    }
    match (x, y) {
        (Some(x), Some(y)) => {
            cue.position = Some([x, y]);
            row = Some(2);
            other.retain(|s| !s.starts_with("position:") && !s.starts_with("line:"));
        }
        (None, Some(y)) if (y - 0.5).abs() < 1e-9 => {
            row = Some(1);
            other.retain(|s| !s.starts_with("line:"));
        }
        _ => {}
    }
    if column.is_some() || row.is_some() {
        cue.alignment = Some(Alignment::at(column.unwrap_or(1), row.unwrap_or(0)));
    }
    cue.settings = other.into_iter().map(str::to_owned).collect();
}

fn region(lines: &[&str]) -> Region {
    let mut region = Region::default();
    for setting in lines.iter().flat_map(|l| l.split_whitespace()) {
        match setting.split_once(':') {
            Some(("id", id)) => region.id = id.to_owned(),
            Some((name, value)) => region.other.push((name.to_owned(), value.to_owned())),
            None => {}
        }
    }
    region
}

pub(super) fn write(document: &SubtitleDocument, losses: &mut Issues) -> String {
    let mut out = String::from("WEBVTT\n");
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    if let Some(language) = &document.language {
        let _ = writeln!(out, "Language: {}", one_line(language));
    }
    for (name, value) in &document.metadata {
        let _ = writeln!(out, "{}: {}", one_line(name).replace("-->", ""), one_line(value).replace("-->", ""));
    }
    out.push('\n');
    for region in &document.regions {
        let _ = writeln!(out, "REGION\nid:{}", region.id);
        for (name, value) in region
            .other
            .iter()
            .filter(|(name, _)| ["width", "lines", "regionanchor", "viewportanchor", "scroll"].contains(&name.as_str()))
        {
            let _ = writeln!(out, "{name}:{value}");
        }
        out.push('\n');
    }
    if !document.styles.is_empty() {
        losses.count(0, "styles that cues name");
    }
    for cue in &document.cues {
        if let Some(id) = cue.id.as_deref().map(one_line).filter(|id| !id.contains("-->") && !id.trim().is_empty()) {
            let _ = writeln!(out, "{id}");
        }
        let [from, to] = [cue.start, cue.end].map(|t| clock::format(t, '.', 3, 2));
        let _ = writeln!(out, "{from} --> {to}{}", settings(cue));
        let _ = writeln!(out, "{}\n", body(cue, losses));
        if cue.layer != 0 {
            losses.count(0, "layers");
        }
    }
    out
}

/// The text of a cue, and what of it is lost.
pub(super) fn body(cue: &Cue, losses: &mut Issues) -> String {
    let text = markup::write(cue, Dialect::Vtt, losses);
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    if lines.len() < text.lines().count() {
        losses.count(0, "empty lines inside cues");
    }
    if cue.layout.is_some() {
        losses.count(0, "movements, fades and other layout");
    }
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    let speaker = cue.speaker.as_ref().map_or(String::new(), |s| format!("<v {}>", escape(&one_line(s))));
    format!("{speaker}{}", lines.join("\n"))
}

/// Settings of a cue, as they stand behind its times.
pub(super) fn settings(cue: &Cue) -> String {
    let mut out = String::new();
    if let Some([x, y]) = cue.position {
        let percent = |f: f64| (f * 10_000.0).round() / 100.0;
        let _ = write!(out, " position:{}% line:{}%", percent(x), percent(y));
    }
    if let Some(place) = cue.alignment {
        let line = match place.row() {
            _ if cue.position.is_some() => "",
            2 => " line:0",
            1 => " line:50%",
            _ => "",
        };
        let align = ["start", "center", "end"][usize::from(place.column())];
        let _ = write!(out, "{line}{}", if place.column() == 1 { String::new() } else { format!(" align:{align}") });
    }
    if let Some(region) = &cue.region {
        let _ = write!(out, " region:{}", region.replace(char::is_whitespace, "_"));
    }
    cue.settings.iter().for_each(|s| {
        let _ = write!(out, " {s}");
    });
    out
}

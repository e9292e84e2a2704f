//! SubRip: blocks of a number, a line of times and lines of text. The line of times is what counts:
//! numbers may be missing or wrong, and a text may hold empty lines.
use super::{
    clock,
    document::{Alignment, Cue, SubtitleDocument},
    issues::{Issues, shortened},
    markup::{self, Dialect},
};
use std::fmt::Write;

/// The times of a line `A --> B`, if it is one; what stands behind them is left out.
fn times(line: &str) -> Option<Result<(cutroom_types::Time, cutroom_types::Time), &'static str>> {
    let (from, to) = line.split_once("-->")?;
    let clock = |text: &str| clock::parse(text, &[',', '.', ':']);
    // Behind the times there may be a place: `X1:…`.
    let to = to.trim();
    let to = to.split_whitespace().next().unwrap_or(to);
    Some(clock(from).ok_or("its start").and_then(|a| clock(to).ok_or("its end").map(|b| (a, b))))
}

/// Whether a line of times, not text with an arrow in it: it begins with a digit.
fn is_timing(line: &str) -> bool {
    let line = line.trim_start();
    line.contains("-->") && line.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

pub(super) fn read(text: &str, issues: &mut Issues) -> SubtitleDocument {
    let lines: Vec<&str> = text.lines().collect();
    let timings: Vec<usize> = (0..lines.len()).filter(|&n| is_timing(lines[n])).collect();
    let mut document = SubtitleDocument::default();
    if timings.is_empty() {
        issues.add(0, "it holds no line of times (00:00:01,000 --> 00:00:02,000)");
    }
    for (k, &at) in timings.iter().enumerate() {
        let end = timings.get(k + 1).copied().unwrap_or(lines.len());
        let mut body = &lines[at + 1..end];
        // The number of the next block, and the empty lines around it.
        body = without_blank_end(body);
        if end < lines.len()
            && let [rest @ .., last] = body
            && !last.trim().is_empty()
            && last.trim().bytes().all(|b| b.is_ascii_digit())
            && (rest.is_empty() || rest.last().is_some_and(|l| l.trim().is_empty()) || is_number_before(&lines, end))
        {
            body = without_blank_end(rest);
        }
        match times(lines[at]) {
            Some(Ok((start, stop))) => {
                let mut cue = Cue { start, end: stop, ..Cue::default() };
                if stop < start {
                    issues.add(at + 1, "the cue ends before it starts; it is kept");
                }
                markup::parse(&body.join("\n"), Dialect::Srt, &mut cue, at + 2, issues);
                cue.trim();
                if cue.runs.is_empty() {
                    issues.add(at + 1, "the cue has no text; it is kept");
                }
                document.cues.push(cue);
            }
            Some(Err(what)) => issues.add(at + 1, format!("the cue is left out: {what} is no time ({})", shortened(lines[at]))),
            None => {}
        }
    }
    document
}

fn without_blank_end<'a, 'b>(mut body: &'b [&'a str]) -> &'b [&'a str] {
    while let [rest @ .., last] = body
        && last.trim().is_empty()
    {
        body = rest;
    }
    body
}

/// Whether the line right before a line of times is its number.
fn is_number_before(lines: &[&str], timing: usize) -> bool {
    timing > 0 && !lines[timing - 1].trim().is_empty()
}

pub(super) fn write(document: &SubtitleDocument, losses: &mut Issues) -> String {
    let mut out = String::new();
    for (n, cue) in document.cues.iter().enumerate() {
        let [from, to] = [cue.start, cue.end].map(|t| clock::format(t, ',', 3, 2));
        let _ = writeln!(out, "{}\n{from} --> {to}", n + 1);
        let _ = writeln!(out, "{}\n", body(cue, losses));
    }
    if document.language.is_some() || !document.metadata.is_empty() {
        losses.count(0, "language, title and the like");
    }
    out
}

/// The text of a cue, and what of it is lost.
pub(super) fn body(cue: &Cue, losses: &mut Issues) -> String {
    let mut out = String::new();
    if let Some(place) = cue.alignment.filter(|a| *a != Alignment::BOTTOM) {
        let _ = write!(out, "{{\\an{}}}", place.number());
    }
    // An empty line would end the cue.
    let text = markup::write(cue, Dialect::Srt, losses);
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    if lines.len() < text.lines().count() {
        losses.count(0, "empty lines inside cues");
    }
    out.push_str(&lines.join("\n"));
    for (is_there, what) in [
        (cue.layout.is_some(), "movements, fades and other layout"),
        (cue.position.is_some(), "positions"),
        (cue.style.is_some(), "styles that cues name"),
        (cue.region.is_some(), "regions"),
        (cue.speaker.is_some(), "names of speakers"),
        (cue.id.is_some(), "names of cues"),
        (cue.layer != 0, "layers"),
        (!cue.settings.is_empty(), "settings of WebVTT"),
    ] {
        if is_there {
            losses.count(0, what);
        }
    }
    out
}

//! The markup inside cues of SubRip and WebVTT: `<b>`, `<i>`, `<u>`, `<s>`, `<font>`, classes,
//! voices, time stamps, character references.
use super::{
    clock,
    document::{Alignment, Cue, RunStyle, Sung},
    issues::Issues,
};
use cutroom_types::Time;
use std::{fmt::Write, sync::Arc};

/// Which markup is understood.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Srt,
    Vtt,
}

/// Colour, name and size.
type Font = (Option<[u8; 4]>, Option<Arc<str>>, Option<f32>);

/// Open elements. Each kind is counted by itself, so that `<b><i></b></i>` is what its writer
/// meant, and any nesting takes linear time.
#[derive(Default)]
struct Open {
    bold: u32,
    italic: u32,
    underline: u32,
    strike: u32,
    fonts: Vec<Font>,
    /// For each open `<c>` whether it opened a font.
    classes: Vec<bool>,
}

impl Open {
    fn style(&self) -> RunStyle {
        let on = |n: u32| (n > 0).then_some(true);
        let (color, font, size) = self.fonts.last().cloned().unwrap_or_default();
        RunStyle {
            bold: on(self.bold),
            italic: on(self.italic),
            underline: on(self.underline),
            strike: on(self.strike),
            color,
            font,
            size,
            ..RunStyle::default()
        }
    }

    fn font(&mut self, color: Option<[u8; 4]>, font: Option<Arc<str>>, size: Option<f32>) {
        let outer = self.fonts.last().cloned().unwrap_or_default();
        self.fonts.push((color.or(outer.0), font.or(outer.1), size.or(outer.2)));
    }
}

/// Where a character occurs next; every stretch of the text is searched once.
pub(super) struct Next {
    what: char,
    /// The last place found; `None` before the first search.
    at: Option<usize>,
}

impl Next {
    pub fn new(what: char) -> Self {
        Self { what, at: None }
    }

    /// The first one at or after `from`. Places asked for must not decrease.
    pub fn after(&mut self, text: &str, from: usize) -> Option<usize> {
        if self.at.is_none_or(|at| at < from) {
            self.at = Some(text[from..].find(self.what).map_or(usize::MAX, |n| from + n));
        }
        self.at.filter(|at| *at != usize::MAX)
    }
}

/// Longest tag, bytes: what is longer is text.
const MAX_TAG: usize = 1000;

/// Adds a text with markup to a cue. `line` is where it stands in the file.
pub(super) fn parse(text: &str, dialect: Dialect, cue: &mut Cue, line: usize, issues: &mut Issues) {
    let mut open = Open::default();
    let mut style = RunStyle::default();
    let mut sung: Option<Sung> = None;
    let mut plain = String::new();
    let (mut angle, mut brace) = (Next::new('>'), Next::new('}'));
    let mut pos = 0;
    while let Some(n) = text[pos..].find(['<', '&', '{']) {
        let at = pos + n;
        plain.push_str(&text[pos..at]);
        let rest = &text[at + 1..];
        let inside = |next: &mut Next| {
            let end = next.after(text, at + 1)?;
            (end - at <= MAX_TAG).then(|| &text[at + 1..end])
        };
        match text.as_bytes()[at] {
            b'&' => match reference(&text[at..]) {
                Some((c, len)) => {
                    plain.push(c);
                    pos = at + len;
                    continue;
                }
                None => plain.push('&'),
            },
            b'{' => match inside(&mut brace).filter(|_| dialect == Dialect::Srt && rest.starts_with('\\')) {
                Some(inner) => {
                    srt_override(inner, cue, line, issues);
                    pos = at + inner.len() + 2;
                    continue;
                }
                None => plain.push('{'),
            },
            _ => match inside(&mut angle).filter(|inner| is_tag(inner)) {
                Some(inner) => {
                    cue.push(&plain, &style, sung);
                    plain.clear();
                    match clock::parse(inner, &['.']).filter(|_| dialect == Dialect::Vtt) {
                        // A time stamp inside a cue: what follows is sung from then on.
                        Some(t) => {
                            if let Some(last) = cue.runs.last_mut().and_then(|r| r.sung.as_mut()) {
                                last.to = t - cue.start;
                            }
                            sung = Some(Sung { from: t - cue.start, to: cue.end - cue.start });
                        }
                        None => tag(inner, dialect, &mut open, cue, line, issues),
                    }
                    style = open.style();
                    pos = at + inner.len() + 2;
                    continue;
                }
                None => plain.push('<'),
            },
        }
        pos = at + 1;
    }
    plain.push_str(&text[pos..]);
    cue.push(&plain, &style, sung);
}

/// Whether what stands between angle brackets is a tag: `1 < 2 > 0` is text.
fn is_tag(inner: &str) -> bool {
    let name = inner.strip_prefix('/').unwrap_or(inner);
    name.is_empty() || name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn tag(inner: &str, dialect: Dialect, open: &mut Open, cue: &mut Cue, line: usize, issues: &mut Issues) {
    let (closes, body) = inner.strip_prefix('/').map_or((false, inner), |b| (true, b));
    let name_end = body.find(|c: char| c.is_whitespace() || c == '.' || c == '/').unwrap_or(body.len());
    let (name, rest) = body.split_at(name_end);
    let name = name.to_ascii_lowercase();
    let count = |n: &mut u32| *n = if closes { n.saturating_sub(1) } else { n.saturating_add(1) };
    match (name.as_str(), dialect) {
        ("b" | "strong", _) => count(&mut open.bold),
        ("i" | "em", _) => count(&mut open.italic),
        ("u", _) => count(&mut open.underline),
        ("s" | "strike" | "del", Dialect::Srt) => count(&mut open.strike),
        ("font", Dialect::Srt) if closes => {
            open.fonts.pop();
        }
        ("font", Dialect::Srt) => {
            let value = |name: &str| attribute(rest, name);
            let color = value("color").and_then(|c| parse_color(&c));
            if value("color").is_some() && color.is_none() {
                issues.count(line, "colours that are none are left out");
            }
            open.font(color, value("face").map(Into::into), value("size").and_then(|s| s.trim_end_matches("px").parse().ok()));
        }
        ("br", _) => cue.push("\n", &open.style(), None),
        ("c", Dialect::Vtt) if closes => {
            if open.classes.pop() == Some(true) {
                open.fonts.pop();
            }
        }
        ("c", Dialect::Vtt) => {
            let classes = rest.split('.').filter(|c| !c.is_empty());
            let colors: Vec<[u8; 4]> = classes.filter_map(|c| named_color(c.trim())).collect();
            if let Some(color) = colors.last() {
                open.font(Some(*color), None, None);
            } else {
                issues.count(line, "classes without a usual meaning are left out");
            }
            open.classes.push(!colors.is_empty());
        }
        ("v", Dialect::Vtt) if !closes => {
            let speaker = rest.split_once(char::is_whitespace).map_or("", |(_, s)| s.trim());
            if cue.speaker.is_none() && !speaker.is_empty() {
                cue.speaker = Some(unescape(speaker));
            }
        }
        ("v" | "lang" | "ruby" | "rt", Dialect::Vtt) | ("", _) => {}
        _ => issues.count(line, &format!("tags <{}> are left out", name.chars().take(20).collect::<String>())),
    }
}

/// SubRip with a tag of ASS: `{\an8}`, and rarely others.
fn srt_override(inner: &str, cue: &mut Cue, line: usize, issues: &mut Issues) {
    let place = inner.strip_prefix("\\an").and_then(|n| n.trim().parse().ok()).and_then(Alignment::new);
    match place {
        // As players do: the first one counts.
        Some(place) => {
            cue.alignment.get_or_insert(place);
        }
        None => issues.count(line, "tags {\\…} are left out"),
    }
}

/// The value of an attribute in a tag.
fn attribute(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, more) = match after.chars().next()? {
            quote @ ('"' | '\'') => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.trim().to_owned());
        }
        rest = more;
    }
}

/// A character reference at the beginning of a text, and its length in bytes.
fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.as_bytes().iter().take(12).position(|b| *b == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    };
    Some((c, end + 1))
}

/// A text without character references.
pub(super) fn unescape(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        match reference(&rest[at..]) {
            Some((c, len)) => {
                out.push(c);
                rest = &rest[at + len..];
            }
            None => {
                out.push('&');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The text with `&`, `<` and `>` as references.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Red, green, blue, alpha of `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)`, `rgba(…)` or a name.
pub(super) fn parse_color(text: &str) -> Option<[u8; 4]> {
    let text = text.trim();
    let hex = |t: &str| t.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u64::from_str_radix(t, 16).ok())?;
    if let Some(digits) = text.strip_prefix('#') {
        let n = hex(digits)?;
        return match digits.len() {
            3 => Some([8, 4, 0].map(|s| (n >> s & 15) as u8 * 17)).map(|[r, g, b]| [r, g, b, 255]),
            6 => Some([(n >> 16) as u8, (n >> 8) as u8, n as u8, 255]),
            8 => Some((n as u32).to_be_bytes()),
            _ => None,
        };
    }
    if let Some(list) = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb(")).and_then(|t| t.strip_suffix(')')) {
        let mut parts = list.split(',').map(|n| n.trim().parse::<u8>());
        let (r, g, b) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        return Some([r, g, b, parts.next().map_or(Some(255), Result::ok)?]);
    }
    named_color(text)
        .or_else(|| if text.len() == 6 { hex(text).map(|n| [(n >> 16) as u8, (n >> 8) as u8, n as u8, 255]) } else { None })
}

/// The colours of HTML 4, which TTML names too, with those of WebVTT among them.
fn named_color(name: &str) -> Option<[u8; 4]> {
    let rgb: u32 = match name.to_ascii_lowercase().as_str() {
        "black" => 0,
        "silver" => 0xc0_c0c0,
        "gray" | "grey" => 0x80_8080,
        "white" => 0xff_ffff,
        "maroon" => 0x80_0000,
        "red" => 0xff_0000,
        "purple" => 0x80_0080,
        "fuchsia" | "magenta" => 0xff_00ff,
        "green" => 0x00_8000,
        "lime" => 0x00_ff00,
        "olive" => 0x80_8000,
        "yellow" => 0xff_ff00,
        "navy" => 0x00_0080,
        "blue" => 0x00_00ff,
        "teal" => 0x00_8080,
        "aqua" | "cyan" => 0x00_ffff,
        "orange" => 0xff_a500,
        "transparent" => return Some([0, 0, 0, 0]),
        _ => return None,
    };
    let [_, r, g, b] = rgb.to_be_bytes();
    Some([r, g, b, 255])
}

/// `#rrggbb` of a colour.
pub(super) fn hex([r, g, b, _]: [u8; 4]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A cue's text with the tags of a dialect.
pub(super) fn write(cue: &Cue, dialect: Dialect, losses: &mut Issues) -> String {
    let mut out = String::new();
    for run in &cue.runs {
        let style = &run.style;
        let mut closing: Vec<&str> = Vec::new();
        if let (Some(sung), Dialect::Vtt) = (run.sung, dialect) {
            let _ = write!(out, "<{}>", clock::format(Time(cue.start.0.saturating_add(sung.from.0)), '.', 3, 2));
        } else if run.sung.is_some() {
            losses.count(0, "karaoke times");
        }
        for (is_on, tag, end) in [(style.bold, "<b>", "</b>"), (style.italic, "<i>", "</i>"), (style.underline, "<u>", "</u>")] {
            if is_on == Some(true) {
                out.push_str(tag);
                closing.push(end);
            }
        }
        match dialect {
            Dialect::Srt => {
                if style.strike == Some(true) {
                    out.push_str("<s>");
                    closing.push("</s>");
                }
                let font: Vec<String> = [
                    style.color.map(|c| format!(" color=\"{}\"", hex(c))),
                    style.font.as_ref().map(|f| format!(" face=\"{}\"", f.replace('"', ""))),
                    style.size.map(|s| format!(" size=\"{s}\"")),
                ]
                .into_iter()
                .flatten()
                .collect();
                if !font.is_empty() {
                    let _ = write!(out, "<font{}>", font.concat());
                    closing.push("</font>");
                }
                if style.color.is_some_and(|c| c[3] != 255) {
                    losses.count(0, "transparency of colours");
                }
                // Players show what is no tag as it stands.
                out.push_str(&run.text);
            }
            Dialect::Vtt => {
                for (is_there, what) in [
                    (style.strike == Some(true), "struck-through text"),
                    (style.font.is_some() || style.size.is_some(), "fonts and sizes"),
                ] {
                    if is_there {
                        losses.count(0, what);
                    }
                }
                if let Some(color) = style.color {
                    match VTT_COLORS.iter().find(|(_, c)| *c == color) {
                        Some((name, _)) => {
                            let _ = write!(out, "<c.{name}>");
                            closing.push("</c>");
                        }
                        None => losses.count(0, "colours other than the eight of WebVTT"),
                    }
                }
                out.push_str(&escape(&run.text));
            }
        }
        closing.iter().rev().for_each(|tag| out.push_str(tag));
    }
    out
}

/// The colours for which WebVTT has classes (§5.1).
const VTT_COLORS: [(&str, [u8; 4]); 8] = [
    ("white", [255, 255, 255, 255]),
    ("lime", [0, 255, 0, 255]),
    ("cyan", [0, 255, 255, 255]),
    ("red", [255, 0, 0, 255]),
    ("yellow", [255, 255, 0, 255]),
    ("magenta", [255, 0, 255, 255]),
    ("blue", [0, 0, 255, 255]),
    ("black", [0, 0, 0, 255]),
];

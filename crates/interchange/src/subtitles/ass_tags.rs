//! The text of an ASS event: override tags in braces, line breaks, karaoke (libass and Aegisub's
//! description of the format).
use super::{
    document::{Alignment, Cue, NamedStyle, RunStyle, Sung},
    issues::Issues,
    markup::Next,
};
use cutroom_types::{FLICKS_PER_SECOND, TimeDelta};

/// Red, green, blue, alpha of `&HAABBGGRR`, `&HBBGGRR&`, or the same as a decimal number. Alpha is
/// stored as transparency.
pub fn color(text: &str) -> Option<[u8; 4]> {
    let text = text.trim().trim_end_matches('&');
    let n = match text.strip_prefix("&H").or_else(|| text.strip_prefix("&h")).or_else(|| text.strip_prefix("H")) {
        Some(hex) if !hex.is_empty() && hex.len() <= 16 => u64::from_str_radix(hex, 16).ok()? as u32,
        Some(_) => return None,
        None => text.parse::<i64>().ok()? as u32,
    };
    let [a, b, g, r] = n.to_be_bytes();
    Some([r, g, b, 255 - a])
}

/// `&HAABBGGRR` of a colour.
pub(super) fn color_text([r, g, b, a]: [u8; 4]) -> String {
    format!("&H{:02X}{b:02X}{g:02X}{r:02X}", 255 - a)
}

/// SSA's places, by which `\a` counts too: 1 to 3 at the bottom, 5 to 7 at the top, 9 to 11 in the
/// middle.
pub(super) fn legacy_alignment(n: i64) -> Option<Alignment> {
    let row = match n {
        1..=3 => 0,
        5..=7 => 2,
        9..=11 => 1,
        _ => return None,
    };
    Some(Alignment::at((n as u8 & 3) - 1, row))
}

struct State {
    style: RunStyle,
    sung: Option<Sung>,
    /// End of the last karaoke syllable.
    sung_to: TimeDelta,
    draws: bool,
}

/// What an event refers to.
pub(super) struct Around<'a> {
    /// What positions refer to.
    pub canvas: (u32, u32),
    /// Styles that tags may name.
    pub styles: &'a [NamedStyle],
}

/// Adds the text of an event to its cue, whose times are known.
pub(super) fn parse(text: &str, around: &Around<'_>, cue: &mut Cue, line: usize, issues: &mut Issues) {
    let mut state = State { style: RunStyle::default(), sung: None, sung_to: TimeDelta::ZERO, draws: false };
    let mut brace = Next::new('}');
    let mut plain = String::new();
    let mut pos = 0;
    let flush = |plain: &mut String, state: &State, cue: &mut Cue| {
        if !state.draws {
            cue.push(plain, &state.style, state.sung);
        }
        plain.clear();
    };
    while let Some(n) = text[pos..].find(['{', '\\']) {
        let at = pos + n;
        plain.push_str(&text[pos..at]);
        if text.as_bytes()[at] == b'\\' {
            let (replacement, len) = match text.as_bytes().get(at + 1) {
                Some(b'N') => ("\n", 2),
                Some(b'n') => (" ", 2),
                Some(b'h') => ("\u{a0}", 2),
                _ => ("\\", 1),
            };
            plain.push_str(replacement);
            pos = at + len;
            continue;
        }
        let Some(end) = brace.after(text, at) else {
            plain.push('{');
            pos = at + 1;
            continue;
        };
        flush(&mut plain, &state, cue);
        tags(&text[at + 1..end], around, &mut state, cue, line, issues);
        pos = end + 1;
    }
    plain.push_str(&text[pos..]);
    flush(&mut plain, &state, cue);
}

fn tags(inner: &str, around: &Around<'_>, state: &mut State, cue: &mut Cue, line: usize, issues: &mut Issues) {
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        rest = &rest[at + 1..];
        // A tag ends at the next backslash that stands outside its parentheses.
        let mut depth = 0usize;
        let end = rest.bytes().position(|b| {
            match b {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            b == b'\\' && depth == 0
        });
        let (tag, more) = rest.split_at(end.unwrap_or(rest.len()));
        rest = more;
        one(tag.trim(), around, state, cue, line, issues);
    }
}

/// The numbers of `(1, 2.5)`.
fn numbers(text: &str) -> Option<Vec<f64>> {
    let list = text.trim().strip_prefix('(')?;
    let list = list.strip_suffix(')').unwrap_or(list);
    list.split(',').map(|n| n.trim().parse::<f64>().ok().filter(|n| n.is_finite())).collect()
}

/// What stands behind the name of a tag whose value is a number, a list or a colour.
fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = tag.strip_prefix(name)?.trim();
    let is_value = rest.chars().next().is_none_or(|c| c.is_ascii_digit() || "+-.(&H".contains(c));
    is_value.then_some(rest)
}

/// Reads a tag of layout, of the outline or of spacing; `false` if it is another one.
fn layout(tag: &str, around: &Around<'_>, state: &mut State, cue: &mut Cue, line: usize, issues: &mut Issues) -> bool {
    let canvas = around.canvas;
    let fraction = |v: f64, side: u32| v / f64::from(side.max(1));
    let millis = |ms: f64| TimeDelta((ms.clamp(-1e10, 1e10) * (FLICKS_PER_SECOND / 1000) as f64).round() as i64);
    let list = |name: &str| value(tag, name).and_then(numbers);
    let amount = |name: &str| value(tag, name).and_then(|v| v.parse::<f64>().ok()).filter(|v| v.is_finite());
    if let Some(l) = list("move").filter(|l| l.len() == 4 || l.len() == 6) {
        cue.position = Some([fraction(l[0], canvas.0), fraction(l[1], canvas.1)]);
        let times = if l.len() == 6 { [l[4], l[5]] } else { [0.0; 2] };
        let to = [fraction(l[2], canvas.0), fraction(l[3], canvas.1)];
        cue.layout_mut().movement = Some((to, millis(times[0].min(times[1])), millis(times[0].max(times[1]))));
    } else if let Some(l) = list("fade").filter(|l| l.len() == 7) {
        let opacity = |alpha: f64| 1.0 - (alpha / 255.0).clamp(0.0, 1.0);
        let values = [opacity(l[0]), opacity(l[1]), opacity(l[1]), opacity(l[2])];
        cue.layout_mut().opacity = (0..4).map(|n| (millis(l[3 + n]), values[n])).collect();
    } else if let Some(l) = list("fad").or_else(|| list("fade")).filter(|l| l.len() == 2) {
        let length = cue.end - cue.start;
        let (fade_in, fade_out) = (millis(l[0].max(0.0)), millis(l[1].max(0.0)));
        let start = TimeDelta((length.0 - fade_out.0).max(fade_in.0));
        let shown = if fade_in.0 > 0 { 0.0 } else { 1.0 };
        let hidden = if fade_out.0 > 0 { 0.0 } else { 1.0 };
        cue.layout_mut().opacity = vec![(TimeDelta::ZERO, shown), (fade_in, 1.0), (start, 1.0), (length, hidden)];
    } else if let Some(l) = list("clip").filter(|l| l.len() == 4) {
        let [left, right] = [l[0].min(l[2]), l[0].max(l[2])].map(|v| fraction(v, canvas.0));
        let [top, bottom] = [l[1].min(l[3]), l[1].max(l[3])].map(|v| fraction(v, canvas.1));
        cue.layout_mut().clip = Some([left, top, right, bottom]);
    } else if let Some(degrees) = amount("frz").or_else(|| amount("fr")) {
        cue.layout_mut().rotation_degrees = Some(degrees);
    } else if let Some((n, percent)) = [(0, amount("fscx")), (1, amount("fscy"))].into_iter().find_map(|(n, v)| Some((n, v?))) {
        if cue.runs.iter().any(|r| !r.text.trim().is_empty()) {
            issues.count(line, "changes of scale inside a line (\\fscx, \\fscy) are left out");
        } else {
            cue.layout_mut().scale[n] = Some((percent / 100.0).clamp(0.0, 100.0));
        }
    } else if let Some(width) = amount("bord") {
        state.style.outline = Some(width.clamp(0.0, 1e4) as f32);
    } else if tag == "bord" {
        state.style.outline = None;
    } else if let Some(c) = value(tag, "3c") {
        state.style.outline_color = color(c).map(|[r, g, b, _]| [r, g, b, 255]);
    } else if let Some(space) = amount("fsp") {
        state.style.spacing = Some(space.clamp(-1e4, 1e4) as f32);
    } else if let Some(n) = amount("q") {
        if n == 2.0 {
            cue.layout_mut().no_wrap = true;
        } else if n != 1.0 {
            issues.count(line, "wrapping into lines of equal lengths (\\q0, \\q3) is left out");
        }
    } else if let Some(name) = tag.strip_prefix('r').map(str::trim).filter(|name| !name.is_empty()) {
        match around.styles.iter().find(|s| s.id == name) {
            Some(style) => state.style = style.text.clone(),
            None => issues.count(line, "there is no style that a line changes to (\\rNAME)"),
        }
    } else {
        return false;
    }
    true
}

fn one(tag: &str, around: &Around<'_>, state: &mut State, cue: &mut Cue, line: usize, issues: &mut Issues) {
    if layout(tag, around, state, cue, line, issues) {
        return;
    }
    let canvas = around.canvas;
    let at = |x: f64, y: f64| [x / f64::from(canvas.0.max(1)), y / f64::from(canvas.1.max(1))];
    let style = &mut state.style;
    let after = |name: &str| tag.strip_prefix(name).map(str::trim);
    let switch = |text: &str| if text.is_empty() { Some(None) } else { text.parse::<i32>().ok().map(|n| Some(n != 0)) };
    if let Some(list) = after("pos").and_then(numbers).filter(|l| l.len() == 2) {
        cue.position = Some(at(list[0], list[1]));
    } else if let Some(place) = after("an").and_then(|n| n.parse().ok()).and_then(Alignment::new) {
        // The first one counts, as in libass.
        cue.alignment.get_or_insert(place);
    } else if let Some(place) = after("a").and_then(|n| n.parse().ok()).and_then(legacy_alignment) {
        cue.alignment.get_or_insert(place);
    } else if let Some(name) = after("fn") {
        style.font = (!name.is_empty() && name != "0").then(|| name.into());
    } else if let Some(size) = after("fs").and_then(|n| n.parse::<f32>().ok()).filter(|s| s.is_finite() && *s > 0.0) {
        style.size = Some(size);
    } else if let Some(hundredths) = ["kf", "ko", "k", "K"].iter().find_map(|k| after(k)).and_then(|n| n.parse::<f64>().ok()) {
        let length = TimeDelta((hundredths.clamp(0.0, 1e7) * (FLICKS_PER_SECOND / 100) as f64).round() as i64);
        let from = state.sung_to;
        state.sung_to = TimeDelta(from.0.saturating_add(length.0));
        state.sung = Some(Sung { from, to: state.sung_to });
        if tag.starts_with("kf") || tag.starts_with('K') {
            issues.count(line, "sweeps of karaoke (\\kf, \\K) are steps: a syllable changes at once");
        } else if tag.starts_with("ko") {
            issues.count(line, "outlines of karaoke (\\ko) are shown as fills");
        }
    } else if let Some(c) = after("1c").or_else(|| after("c")).filter(|c| c.is_empty() || c.starts_with('&') || c.starts_with('H'))
    {
        let alpha = style.color.map_or(255, |c| c[3]);
        style.color = color(c).map(|[r, g, b, _]| [r, g, b, alpha]);
    } else if let Some(a) = after("alpha").or_else(|| after("1a")).and_then(color) {
        // The number is in the place of red.
        let [r, g, b, _] = style.color.unwrap_or([255; 4]);
        style.color = Some([r, g, b, 255 - a[0]]);
    } else if let Some(on) =
        after("b").and_then(|n| if n == "1" || n.is_empty() { switch(n) } else { n.parse::<i32>().ok().map(|w| Some(w >= 600)) })
    {
        style.bold = on;
    } else if let Some(on) = after("i").and_then(switch) {
        style.italic = on;
    } else if let Some(on) = after("u").and_then(switch) {
        style.underline = on;
    } else if let Some(on) = after("s").and_then(switch) {
        style.strike = on;
    } else if tag == "r" {
        state.style = RunStyle::default();
    } else if let Some(scale) = after("p").and_then(|n| n.parse::<i32>().ok()) {
        state.draws = scale > 0;
        if state.draws {
            issues.count(line, "drawings (\\p) are left out");
        }
    } else {
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric()).take(8).collect();
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
        issues.count(line, &format!("tags \\{name} are left out"));
    }
}

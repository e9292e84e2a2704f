//! TTML (W3C TTML1 and TTML2, and its profiles IMSC, EBU-TT and DFXP), as far as subtitles use it.
//!
//! `quick-xml` reads the file; it expands no entities of a file's own and opens no other files.
use super::{
    clock,
    document::{Alignment, Cue, NamedStyle, Region, RunStyle, SubtitleDocument},
    issues::Issues,
    markup::parse_color,
};
use cutroom_types::{Time, TimeDelta};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::HashMap;

/// Attributes of an element: local names and values.
type Attributes = Vec<(String, String)>;

/// What an element inherits from those around it.
#[derive(Clone, Default)]
struct Context {
    name: String,
    /// Absolute times.
    begin: i64,
    end: Option<i64>,
    /// With `timeContainer="seq"`: where the next child begins.
    sequence: Option<i64>,
    style: Option<String>,
    region: Option<String>,
    /// Style of the runs in it.
    run: RunStyle,
    alignment: (Option<u8>, Option<u8>),
    keeps_space: bool,
    /// Whether it began the cue that is open.
    owns_cue: bool,
}

/// Meaning of times of a file.
struct Rates {
    frames: f64,
    ticks: f64,
}

struct State {
    document: SubtitleDocument,
    rates: Rates,
    stack: Vec<Context>,
    cue: Option<Cue>,
    /// Where each named style is in the document, with its alignment.
    styles: HashMap<String, usize>,
    /// Rows of regions.
    rows: HashMap<String, u8>,
    /// Metadata element whose text is read.
    title: Option<String>,
}

pub(super) fn read(text: &str, issues: &mut Issues) -> SubtitleDocument {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut state = State {
        document: SubtitleDocument::default(),
        rates: Rates { frames: 30.0, ticks: 0.0 },
        stack: vec![Context::default()],
        cue: None,
        styles: HashMap::new(),
        rows: HashMap::new(),
        title: None,
    };
    let (mut line, mut counted) = (1, 0);
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        line += text.as_bytes()[counted..at.max(counted)].iter().filter(|b| **b == b'\n').count();
        counted = at.max(counted);
        match event {
            Ok(Event::Start(e)) => state.open(&e, line, issues),
            Ok(Event::Empty(e)) => {
                state.open(&e, line, issues);
                state.close(line, issues);
            }
            Ok(Event::End(_)) => state.close(line, issues),
            Ok(Event::Text(e)) => state.text(&e.decode().unwrap_or_default()),
            Ok(Event::CData(e)) => state.text(&e.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(e)) => {
                let name = e.decode().unwrap_or_default();
                let c = super::markup::unescape(&format!("&{name};"));
                state.text(&c);
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(e) => {
                issues.add(line, format!("reading ends here: it is no valid XML ({e})"));
                break;
            }
        }
    }
    while state.stack.len() > 1 {
        state.close(line, issues);
    }
    if state.document.cues.is_empty() {
        issues.add(0, "it holds no cue (an element p with a begin)");
    }
    state.document
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attributes(e: &BytesStart<'_>) -> Attributes {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    e.attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .map(|a| (local(&text(a.key.as_ref())).to_owned(), super::markup::unescape(&text(&a.value))))
        .collect()
}

fn get<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim())
}

/// Two percentages as fractions: `10% 80%`.
fn percentages(text: &str) -> Option<[f64; 2]> {
    let mut parts = text.split_whitespace().map(|p| p.strip_suffix('%')?.parse::<f64>().ok().map(|n| n / 100.0));
    Some([parts.next()??, parts.next()??])
}

/// The attributes of a style that the model has, and its column and row.
fn style_of(attributes: &Attributes, line: usize, issues: &mut Issues) -> (RunStyle, (Option<u8>, Option<u8>)) {
    let mut style = RunStyle::default();
    let (mut column, mut row) = (None, None);
    for (name, value) in attributes {
        let value = value.trim();
        match name.as_str() {
            "color" => {
                style.color = parse_color(value);
                if style.color.is_none() {
                    issues.count(line, "colours that are none are left out");
                }
            }
            "fontFamily" => style.font = value.split(',').next().map(|f| f.trim().trim_matches(['"', '\'']).into()),
            "fontSize" => {
                style.size = value.strip_suffix("px").and_then(|n| n.trim().parse().ok()).filter(|s: &f32| s.is_finite());
                if style.size.is_none() {
                    issues.count(line, "sizes in other units than px are left out");
                }
            }
            "fontWeight" => style.bold = Some(value == "bold"),
            "fontStyle" => style.italic = Some(value == "italic" || value == "oblique"),
            "textDecoration" => {
                for word in value.split_whitespace() {
                    match word {
                        "underline" => style.underline = Some(true),
                        "noUnderline" => style.underline = Some(false),
                        "lineThrough" => style.strike = Some(true),
                        "noLineThrough" => style.strike = Some(false),
                        "none" => (style.underline, style.strike) = (Some(false), Some(false)),
                        _ => {}
                    }
                }
            }
            "textAlign" => {
                column = match value {
                    "left" | "start" => Some(0),
                    "center" => Some(1),
                    "right" | "end" => Some(2),
                    _ => None,
                };
            }
            "displayAlign" => {
                row = match value {
                    "before" => Some(2),
                    "center" => Some(1),
                    "after" => Some(0),
                    _ => None,
                };
            }
            _ => {}
        }
    }
    (style, (column, row))
}

fn alignment((column, row): (Option<u8>, Option<u8>)) -> Option<Alignment> {
    (column.is_some() || row.is_some()).then(|| Alignment::at(column.unwrap_or(1), row.unwrap_or(0)))
}

impl Rates {
    /// A time expression (TTML1 §10.3.1), in flicks.
    fn time(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        if let Some(unit_at) = text.find(|c: char| c.is_ascii_alphabetic()) {
            let (number, unit) = text.split_at(unit_at);
            let scale = match unit {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "f" => 1.0 / self.frames,
                "t" => 1.0 / self.ticks,
                _ => return None,
            };
            // Decimals of seconds are exact.
            if let ("s", Some((whole, digits))) = (unit, number.split_once('.')) {
                return Some(clock::time(0, 0, whole.parse().ok()?, digits)?.0);
            }
            let secs = number.parse::<f64>().ok().filter(|n| *n >= 0.0)? * scale;
            return (secs <= 3.6e6).then(|| TimeDelta::from_secs_f64(secs).0);
        }
        // A fourth part counts frames.
        let parts: Vec<&str> = text.split(':').collect();
        if let [h, m, s, frames] = parts[..] {
            let whole = clock::time(h.parse().ok()?, m.parse().ok()?, s.parse().ok()?, "")?;
            let frames: f64 = frames.split('.').next()?.parse().ok()?;
            return Some(whole.0 + TimeDelta::from_secs_f64(frames / self.frames).0);
        }
        Some(clock::parse(text, &['.', ','])?.0)
    }
}

impl State {
    fn open(&mut self, e: &BytesStart<'_>, line: usize, issues: &mut Issues) {
        let name = local(&String::from_utf8_lossy(e.name().as_ref())).to_owned();
        let attributes = attributes(e);
        let parent = self.stack.last().cloned().unwrap_or_default();
        let mut own = Context { name: name.clone(), owns_cue: false, sequence: None, ..parent.clone() };
        if let Some(space) = get(&attributes, "space") {
            own.keeps_space = space == "preserve";
        }
        match name.as_str() {
            "tt" => self.root(&attributes),
            "style" if parent.name == "styling" => self.style(&attributes, line, issues),
            "style" if parent.name == "region" => {
                let (_, place) = style_of(&attributes, line, issues);
                if let Some(region) = self.document.regions.last_mut() {
                    region.origin = get(&attributes, "origin").and_then(percentages).or(region.origin);
                    region.extent = get(&attributes, "extent").and_then(percentages).or(region.extent);
                    region.alignment = alignment(place).or(region.alignment);
                }
            }
            "region" => self.region(&attributes, line, issues),
            "title" | "copyright" | "desc" if parent.name == "metadata" || parent.name == "head" => {
                self.title = Some(String::new())
            }
            "body" | "div" | "p" | "span" => self.content(&name, &attributes, &mut own, line, issues),
            "br" => {
                if let Some(cue) = &mut self.cue {
                    cue.push("\n", &own.run, None);
                }
            }
            _ => {}
        }
        self.stack.push(own);
    }

    fn root(&mut self, attributes: &Attributes) {
        self.document.language = get(attributes, "lang").filter(|l| !l.is_empty()).map(str::to_owned);
        let number = |name| get(attributes, name).and_then(|v| v.parse::<f64>().ok()).filter(|n| *n > 0.0 && *n <= 1e9);
        let frames = number("frameRate").unwrap_or(30.0);
        let multiplier = get(attributes, "frameRateMultiplier").and_then(|m| {
            let mut parts = m.split([' ', ':']).filter_map(|p| p.parse::<f64>().ok()).filter(|n| *n > 0.0);
            Some(parts.next()? / parts.next()?)
        });
        self.rates.frames = frames * multiplier.unwrap_or(1.0);
        self.rates.ticks = number("tickRate").unwrap_or(if number("frameRate").is_some() { self.rates.frames } else { 1.0 });
        if let Some((w, h)) = get(attributes, "extent").and_then(|e| {
            let mut parts = e.split_whitespace().map(|p| p.strip_suffix("px")?.parse::<u32>().ok());
            Some((parts.next()??, parts.next()??))
        }) {
            self.document.canvas = Some((w.max(1), h.max(1)));
        }
    }

    fn style(&mut self, attributes: &Attributes, line: usize, issues: &mut Issues) {
        let Some(id) = get(attributes, "id") else { return };
        let (own, mut place) = style_of(attributes, line, issues);
        let mut text = own;
        for base in get(attributes, "style").unwrap_or("").split_whitespace() {
            match self.styles.get(base).map(|n| &self.document.styles[*n]) {
                Some(base) => {
                    text = text.over(&base.text);
                    let below = base.alignment;
                    place = (place.0.or(below.map(Alignment::column)), place.1.or(below.map(Alignment::row)));
                }
                None => issues.count(line, "styles based on one that comes later, or does not exist, stand alone"),
            }
        }
        let known = [
            "id",
            "style",
            "color",
            "fontFamily",
            "fontSize",
            "fontWeight",
            "fontStyle",
            "textDecoration",
            "textAlign",
            "displayAlign",
        ];
        let other = attributes.iter().filter(|(n, _)| !known.contains(&n.as_str())).cloned().collect();
        self.styles.insert(id.to_owned(), self.document.styles.len());
        self.document.styles.push(NamedStyle { id: id.to_owned(), text, alignment: alignment(place), other });
    }

    fn region(&mut self, attributes: &Attributes, line: usize, issues: &mut Issues) {
        let (_, mut place) = style_of(attributes, line, issues);
        for base in get(attributes, "style").unwrap_or("").split_whitespace() {
            let below = self.styles.get(base).and_then(|n| self.document.styles[*n].alignment);
            place = (place.0.or(below.map(Alignment::column)), place.1.or(below.map(Alignment::row)));
        }
        if let (Some(id), Some(row)) = (get(attributes, "id"), place.1) {
            self.rows.insert(id.to_owned(), row);
        }
        let known = ["id", "origin", "extent", "textAlign", "displayAlign"];
        self.document.regions.push(Region {
            id: get(attributes, "id").unwrap_or("").to_owned(),
            origin: get(attributes, "origin").and_then(percentages),
            extent: get(attributes, "extent").and_then(percentages),
            alignment: alignment(place),
            other: attributes.iter().filter(|(n, _)| !known.contains(&n.as_str())).cloned().collect(),
        });
    }

    fn content(&mut self, name: &str, attributes: &Attributes, own: &mut Context, line: usize, issues: &mut Issues) {
        let mut time = |name: &str| {
            let text = get(attributes, name)?;
            let time = self.rates.time(text);
            if time.is_none() {
                issues.add(line, format!("\"{}\" is no time; it counts as not stated", super::issues::shortened(text)));
            }
            time
        };
        let (begin, end, dur) = (time("begin"), time("end"), time("dur"));
        let parent = self.stack.last_mut();
        let base = parent.as_ref().map_or(0, |p| p.sequence.unwrap_or(p.begin));
        let has_time = begin.is_some() || end.is_some() || dur.is_some();
        own.begin = base.saturating_add(begin.unwrap_or(0));
        let own_end = match (end.map(|e| base.saturating_add(e)), dur.map(|d| own.begin.saturating_add(d))) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        own.end = match (own_end, own.end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if let Some(parent) = parent.filter(|p| p.sequence.is_some()) {
            parent.sequence = own.end.or(parent.sequence);
        }
        own.sequence = (get(attributes, "timeContainer") == Some("seq")).then_some(own.begin);
        if let Some(region) = get(attributes, "region") {
            own.region = Some(region.to_owned());
            own.alignment.1 = self.rows.get(region).copied().or(own.alignment.1);
        }
        let (inline, place) = style_of(attributes, line, issues);
        own.alignment = (place.0.or(own.alignment.0), place.1.or(own.alignment.1));
        let named: Vec<&str> = get(attributes, "style").unwrap_or("").split_whitespace().collect();
        if name == "span" {
            let mut style = inline;
            for id in named.iter().rev() {
                if let Some(n) = self.styles.get(*id) {
                    style = style.over(&self.document.styles[*n].text);
                }
            }
            own.run = style.over(&own.run);
        } else {
            own.run = inline.over(&own.run);
            own.style = named.first().map(|s| (*s).to_owned()).or_else(|| own.style.take());
        }
        let begins = name == "p"
            || (name == "span" && has_time && self.cue.as_ref().is_some_and(|c| c.runs.iter().all(|r| r.text.trim().is_empty())));
        if begins {
            self.cue = Some(Cue {
                start: Time(own.begin),
                end: Time(own.end.unwrap_or(own.begin)),
                id: get(attributes, "id").map(str::to_owned),
                style: own.style.clone(),
                region: own.region.clone(),
                alignment: alignment(own.alignment),
                ..Cue::default()
            });
            own.owns_cue = true;
        }
    }

    fn close(&mut self, line: usize, issues: &mut Issues) {
        if self.stack.len() <= 1 {
            return;
        }
        let Some(own) = self.stack.pop() else { return };
        if let Some(title) = self.title.take() {
            if ["title", "copyright", "desc"].contains(&own.name.as_str()) {
                self.document.metadata.push((own.name, title.trim().to_owned()));
                return;
            }
            self.title = Some(title);
        }
        if !own.owns_cue {
            return;
        }
        let Some(mut cue) = self.cue.take() else { return };
        tidy(&mut cue, own.keeps_space);
        if own.name == "span" {
            // The paragraph goes on with other spans.
            self.cue = Some(Cue { start: cue.start, end: cue.end, ..Cue::default() });
        }
        if cue.runs.is_empty() {
            return;
        }
        if own.end.is_none() {
            issues.add(line, "the cue is left out: it does not say when it ends");
            return;
        }
        if cue.end < cue.start {
            issues.add(line, "the cue ends before it starts; it is kept");
        }
        self.document.cues.push(cue);
    }

    fn text(&mut self, text: &str) {
        if let Some(title) = &mut self.title {
            title.push_str(text);
            return;
        }
        let Some(own) = self.stack.last() else { return };
        if !["p", "span"].contains(&own.name.as_str()) {
            return;
        }
        if let Some(cue) = &mut self.cue {
            let text = if own.keeps_space { text.to_owned() } else { text.replace(['\n', '\r', '\t'], " ") };
            cue.push(&text, &own.run, None);
        }
    }
}

/// Removes the white space that only lays out the XML.
fn tidy(cue: &mut Cue, keeps_space: bool) {
    if !keeps_space {
        let mut before = ' ';
        for run in &mut cue.runs {
            let mut out = String::with_capacity(run.text.len());
            for c in run.text.chars() {
                match c {
                    ' ' if before == ' ' || before == '\n' => {}
                    '\n' => {
                        let kept = out.trim_end_matches(' ').len();
                        out.truncate(kept);
                        out.push('\n');
                        before = '\n';
                    }
                    c => {
                        out.push(c);
                        before = c;
                    }
                }
            }
            run.text = out;
        }
        cue.runs.retain(|r| !r.text.is_empty());
    }
    cue.trim();
}

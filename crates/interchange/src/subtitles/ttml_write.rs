//! Writes TTML (the text profile of IMSC 1.1, as far as the model reaches).
use super::{
    clock,
    document::{Alignment, Cue, RunStyle, SubtitleDocument},
    issues::Issues,
    markup::{escape, hex},
};
use std::fmt::Write;

fn attribute(text: &str) -> String {
    escape(text).replace('"', "&quot;").replace(['\n', '\r'], " ")
}

fn style_attributes(style: &RunStyle) -> String {
    let mut out = String::new();
    let switch = |on: Option<bool>, name: &str, yes: &str, no: &str| {
        on.map_or(String::new(), |on| format!(" tts:{name}=\"{}\"", if on { yes } else { no }))
    };
    out += &switch(style.bold, "fontWeight", "bold", "normal");
    out += &switch(style.italic, "fontStyle", "italic", "normal");
    let decorations: Vec<&str> = [
        style.underline.map(|on| if on { "underline" } else { "noUnderline" }),
        style.strike.map(|on| if on { "lineThrough" } else { "noLineThrough" }),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !decorations.is_empty() {
        let _ = write!(out, " tts:textDecoration=\"{}\"", decorations.join(" "));
    }
    if let Some(color) = style.color {
        let alpha = if color[3] == 255 { String::new() } else { format!("{:02x}", color[3]) };
        let _ = write!(out, " tts:color=\"{}{alpha}\"", hex(color));
    }
    if let Some(font) = &style.font {
        let _ = write!(out, " tts:fontFamily=\"{}\"", attribute(font));
    }
    if let Some(size) = style.size {
        let _ = write!(out, " tts:fontSize=\"{size}px\"");
    }
    out
}

fn place(alignment: Option<Alignment>, with_row: bool) -> String {
    let Some(a) = alignment else { return String::new() };
    let row = if with_row {
        format!(" tts:displayAlign=\"{}\"", ["after", "center", "before"][usize::from(a.row())])
    } else {
        String::new()
    };
    format!(" tts:textAlign=\"{}\"{row}", ["start", "center", "end"][usize::from(a.column())])
}

/// The regions that stand for the rows of the picture.
const ROWS: [&str; 3] = ["bottom", "middle", "top"];

pub(super) fn write(document: &SubtitleDocument, losses: &mut Issues) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let language = document.language.as_deref().map_or_else(String::new, attribute);
    let extent = document.canvas.map_or(String::new(), |(w, h)| format!(" tts:extent=\"{w}px {h}px\""));
    let _ = writeln!(
        out,
        "<tt xml:lang=\"{language}\" xmlns=\"http://www.w3.org/ns/ttml\" xmlns:tts=\"http://www.w3.org/ns/ttml#styling\" \
         xmlns:ttm=\"http://www.w3.org/ns/ttml#metadata\"{extent}>\n  <head>"
    );
    let named: Vec<_> = document
        .metadata
        .iter()
        .filter(|(n, _)| ["title", "copyright", "desc"].contains(&n.to_ascii_lowercase().as_str()))
        .collect();
    if named.len() < document.metadata.len() {
        losses.count(0, "metadata other than title, copyright and description");
    }
    if !named.is_empty() {
        out.push_str("    <metadata>\n");
        for (name, value) in named {
            let name = name.to_ascii_lowercase();
            let _ = writeln!(out, "      <ttm:{name}>{}</ttm:{name}>", escape(value));
        }
        out.push_str("    </metadata>\n");
    }
    if !document.styles.is_empty() {
        out.push_str("    <styling>\n");
        for style in &document.styles {
            let _ = writeln!(
                out,
                "      <style xml:id=\"{}\"{}{}/>",
                attribute(&style.id),
                style_attributes(&style.text),
                place(style.alignment, true)
            );
        }
        out.push_str("    </styling>\n");
    }
    let needs_row = |row: u8| document.cues.iter().any(|c| c.region.is_none() && c.alignment.is_some_and(|a| a.row() == row));
    let rows: Vec<usize> = (0..3).filter(|&row| needs_row(row as u8)).collect();
    if !document.regions.is_empty() || !rows.is_empty() {
        out.push_str("    <layout>\n");
        for region in &document.regions {
            let box_of = |name: &str, value: Option<[f64; 2]>| {
                value.map_or(String::new(), |[x, y]| format!(" tts:{name}=\"{}% {}%\"", x * 100.0, y * 100.0))
            };
            let (origin, extent) = (box_of("origin", region.origin), box_of("extent", region.extent));
            let _ = writeln!(
                out,
                "      <region xml:id=\"{}\"{origin}{extent}{}/>",
                attribute(&region.id),
                place(region.alignment, true)
            );
        }
        for &row in &rows {
            let align = ["after", "center", "before"][row];
            let _ = writeln!(
                out,
                "      <region xml:id=\"{}\" tts:origin=\"5% 5%\" tts:extent=\"90% 90%\" tts:displayAlign=\"{align}\"/>",
                ROWS[row]
            );
        }
        out.push_str("    </layout>\n");
    }
    out.push_str("  </head>\n  <body>\n    <div>\n");
    for cue in &document.cues {
        paragraph(cue, document, &mut out, losses);
    }
    out.push_str("    </div>\n  </body>\n</tt>\n");
    out
}

fn paragraph(cue: &Cue, document: &SubtitleDocument, out: &mut String, losses: &mut Issues) {
    let [begin, end] = [cue.start, cue.end].map(|t| clock::format(t, '.', 3, 2));
    let id = |name: &str, value: Option<&str>| value.map_or(String::new(), |v| format!(" {name}=\"{}\"", attribute(v)));
    let region = cue.region.as_deref().or_else(|| cue.alignment.map(|a| ROWS[usize::from(a.row())]));
    // An id of XML begins with a letter.
    let own = cue.id.as_deref().filter(|id| id.starts_with(|c: char| c.is_alphabetic()) && !id.contains(char::is_whitespace));
    let style = cue.style.as_deref().filter(|s| document.style(s).is_some());
    let _ = write!(
        out,
        "      <p begin=\"{begin}\" end=\"{end}\"{}{}{}{}>",
        id("xml:id", own),
        id("style", style),
        id("region", region),
        place(cue.alignment, false)
    );
    for run in &cue.runs {
        let text = escape(&run.text).replace('\n', "<br/>");
        let attributes = style_attributes(&run.style);
        if attributes.is_empty() {
            out.push_str(&text);
        } else {
            let _ = write!(out, "<span{attributes}>{text}</span>");
        }
        if run.sung.is_some() {
            losses.count(0, "karaoke times");
        }
    }
    out.push_str("</p>\n");
    for (is_there, what) in [
        (cue.layout.is_some(), "movements, fades and other layout"),
        (cue.position.is_some(), "positions"),
        (cue.speaker.is_some(), "names of speakers"),
        (cue.layer != 0, "layers"),
        (!cue.settings.is_empty(), "settings of WebVTT"),
    ] {
        if is_there {
            losses.count(0, what);
        }
    }
}

//! Titles that fill the canvas.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Number, Text},
    stage::{Stage, Words, ems, filled, rectangle},
};
use crate::{
    Ease,
    text::{Families, LetterCase, TextAlign, TextUnit, VerticalAlign},
};

/// A chapter.
pub(super) const CHAPTER_CARD: Title = Title {
    id: "chapter-card",
    name: "Chapter card",
    about: "Number and name of a chapter on a coloured ground",
    params: &[
        TitleParam { id: "chapter", about: "the line above", kind: Text("Chapter 1") },
        TitleParam { id: "title", about: "the name", kind: Text("The Analytical Engine") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of line and chapter", kind: Color("#ffb400") },
        TitleParam { id: "ground", about: "colour of the ground", kind: Color("#15191f") },
    ],
    usual_secs: 4.0,
    is_moving: false,
    shows_film_time: false,
    draw: chapter_card,
};

/// Covers the canvas while the title is there.
fn ground(s: &mut Stage<'_>, color: [f64; 4]) {
    let [width, height] = s.size();
    let mut ground = filled(rectangle([0.0, 0.0], [width + 2.0, height + 2.0], 0.0), color);
    ground.opacity = s.in_out(0.0, 1.0, (0.0, 0.5));
    s.shapes("ground", vec![ground]);
}

fn chapter_card(s: &mut Stage<'_>) {
    ground(s, s.color("ground"));
    let [width, _] = s.safe();
    let (title, accent) = (s.text("title"), s.color("accent"));
    let (size, small) = (s.px(9.0), s.px(3.4));
    let room = [width, small * 1.4];
    let mut text =
        Words { text: s.text("chapter"), size: small, weight: 600.0, color: accent, room, align: TextAlign::Center }.source();
    text.style.case = Some(LetterCase::Upper);
    text.style.tracking_px = Some((small * 0.25).into());
    text.animations = s.arriving([0.0, s.px(1.5)], (0.3, 0.8));
    s.put("chapter", text, [0.0, -s.px(9.0)]);
    let line = s.whole_px(0.35);
    let bar = rectangle([0.0, -s.px(5.0).round()], s.in_out([0.0, line], [s.px(9.0).round(), line], (0.3, 0.9)), 0.0);
    s.shapes("line", vec![filled(bar, accent)]);
    let color = s.color("color");
    let room = [width, size * 2.5];
    let mut text = Words { text: title, size, weight: 700.0, color, room, align: TextAlign::Center }.source();
    text.vertical_align = VerticalAlign::Top;
    text.animations = s.arriving([0.0, s.px(2.5)], (0.4, 1.0));
    s.put("title", text, [0.0, -s.px(2.0) + room[1] / 2.0]);
}

/// Words of somebody.
pub(super) const QUOTE: Title = Title {
    id: "quote",
    name: "Quote",
    about: "A quotation with its author on a darkened picture, line after line",
    params: &[
        TitleParam {
            id: "text",
            about: "the words, without quotation marks",
            kind: Text("That brain of mine is something more than merely mortal, as time will show."),
        },
        TitleParam { id: "author", about: "who said them", kind: Text("Ada Lovelace") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of the mark", kind: Color("#ffb400") },
        TitleParam {
            id: "shade",
            about: "how far the picture is darkened, 0..=1",
            kind: Number { default: 0.6, range: (0.0, 1.0), whole: false },
        },
    ],
    usual_secs: 6.0,
    is_moving: false,
    shows_film_time: false,
    draw: quote,
};

fn quote(s: &mut Stage<'_>) {
    ground(s, [0.0, 0.0, 0.0, s.number("shade")]);
    let serif = || Some(Families::One("Noto Serif".into()));
    let [width, height] = s.safe();
    let size = s.px(6.0);
    let column = width.min(s.px(110.0)).round();
    let (color, words) = (s.color("color"), s.text("text"));
    // Lines as the column breaks them, at least those that are written.
    let rows: f64 = words.lines().map(|line| (ems(line) * size / column * 1.1).ceil().max(1.0)).sum::<f64>().max(1.0);
    let text_height = (rows * size * 1.4).min(height - s.px(26.0));
    let author_size = s.px(3.4);
    let top = -text_height / 2.0;
    let mut mark = Words {
        text: "\u{201c}".into(),
        size: s.px(20.0),
        weight: 700.0,
        color: s.color("accent"),
        room: [column, s.px(27.3)],
        align: TextAlign::Center,
    }
    .source();
    mark.style.font = serif();
    mark.animations = s.arriving([0.0, 0.0], (0.1, 0.6));
    // The mark is in the upper half of its letter box.
    s.put("mark", mark, [0.0, top - s.px(1.0)]);
    let room = [column, text_height];
    let mut text = Words { text: words, size, weight: 400.0, color, room, align: TextAlign::Center }.source();
    text.style.font = serif();
    let count = rows as usize;
    let rise = s.px(1.5);
    text.animations = s.units(TextUnit::Line, count, (0.2, 0.9), (Ease::OutCubic, Ease::InCubic), |a| a.offset_px = [0.0, rise]);
    s.put("text", text, [0.0, s.px(2.0)]);
    let author = s.text("author");
    let author = if author.is_empty() { author } else { format!("\u{2014} {author}") };
    let room = [column, author_size * 1.4];
    let mut text = Words { text: author, size: author_size, weight: 500.0, color, room, align: TextAlign::Center }.source();
    text.animations = s.arriving([0.0, 0.0], (0.6, 1.0));
    s.put("author", text, [0.0, s.px(2.0) + text_height / 2.0 + s.px(5.0)]);
}

/// The end of a film for the web.
pub(super) const END_CARD: Title = Title {
    id: "end-card",
    name: "End card",
    about: "The end of a film for the web: a line, a button, and two places for films to watch next",
    params: &[
        TitleParam { id: "text", about: "the line", kind: Text("Thanks for watching") },
        TitleParam { id: "button", about: "text of the button", kind: Text("Subscribe") },
        TitleParam { id: "handle", about: "name of the channel", kind: Text("@adalovelace") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of the button", kind: Color("#ff3b30") },
        TitleParam { id: "ground", about: "colour of the ground", kind: Color("#15191f") },
    ],
    usual_secs: 10.0,
    is_moving: false,
    shows_film_time: false,
    draw: end_card,
};

fn end_card(s: &mut Stage<'_>) {
    ground(s, s.color("ground"));
    let [width, height] = s.safe();
    let color = s.color("color");
    let is_high = s.size()[1] > s.size()[0];
    let head = s.px(7.0);
    let top = -height / 2.0 + s.px(6.0);
    let room = [width, head * 1.3];
    let mut text = Words { text: s.text("text"), size: head, weight: 700.0, color, room, align: TextAlign::Center }.source();
    text.animations = s.arriving([0.0, s.px(2.0)], (0.2, 0.8));
    s.put("text", text, [0.0, top + room[1] / 2.0]);
    // Two places of 16:9, beside each other or one below the other.
    let gap = s.px(4.0);
    let (frame_width, centers) = if is_high {
        let w = width * 0.8;
        let h = w * 9.0 / 16.0;
        (w, [[0.0, -h / 2.0 - gap / 2.0], [0.0, h / 2.0 + gap / 2.0]])
    } else {
        let w = ((width - gap) / 2.0).min(s.px(74.0));
        (w, [[-(w + gap) / 2.0, 0.0], [(w + gap) / 2.0, 0.0]])
    };
    let frame_height = frame_width * 9.0 / 16.0;
    let mut places = Vec::new();
    for center in centers {
        let mut place = filled(rectangle(center, [frame_width, frame_height], s.px(1.5)), [1.0, 1.0, 1.0, 0.12]);
        place.opacity = s.in_out(0.0, 1.0, (0.4, 1.0));
        places.push(place);
    }
    s.shapes("places", places);
    let (button, size) = (s.text("button"), s.px(3.8));
    let foot = height / 2.0 - s.px(7.0);
    let handle = s.text("handle");
    let button_width = (ems(&button) * size + s.px(6.0)).clamp(s.px(16.0).min(width / 2.0), width / 2.0).round();
    let handle_width = (ems(&handle) * size).clamp(1.0, width / 2.0 - gap);
    let whole = if handle.is_empty() { button_width } else { button_width + gap + handle_width };
    let x = -whole / 2.0 + button_width / 2.0;
    let mut pill = filled(rectangle([x, foot], [button_width, s.px(7.2).round()], s.px(3.6)), s.color("accent"));
    pill.opacity = s.in_out(0.0, 1.0, (0.4, 1.0));
    s.shapes("button-pill", vec![pill]);
    let room = [button_width - s.px(3.0), size * 1.35];
    let mut text = Words { text: button, size, weight: 700.0, color: [1.0; 4], room, align: TextAlign::Center }.source();
    text.animations = s.arriving([0.0, 0.0], (0.5, 1.0));
    s.put("button", text, [x, foot]);
    let room = [handle_width, size * 1.35];
    let mut text = Words { text: handle, size, weight: 500.0, color, room, align: TextAlign::Left }.source();
    text.animations = s.arriving([0.0, 0.0], (0.5, 1.0));
    s.put("handle", text, [whole / 2.0 - handle_width / 2.0, foot]);
}

//! Titles in the middle of the picture, for beginnings and ends.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Text},
    stage::{Stage, Words, ems, filled, rectangle, soft_shadow},
};
use crate::{
    Ease,
    text::{LetterCase, TextAlign, TextUnit, VerticalAlign},
};

/// Heavy capitals.
pub(super) const BOLD_TITLE_1: Title = Title {
    id: "bold-title-1",
    name: "Bold title",
    about: "Heavy capitals in the middle, word after word, over a coloured bar",
    params: &[
        TitleParam { id: "text", about: "the title", kind: Text("Bold title") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of the bar", kind: Color("#ff3b30") },
    ],
    usual_secs: 4.0,
    is_moving: false,
    shows_film_time: false,
    draw: bold_title,
};

fn bold_title(s: &mut Stage<'_>) {
    let words = s.text("text");
    let size = s.px(14.0);
    let [width, height] = s.safe();
    let room = [width, (size * 2.6).min(height * 0.6)];
    let count = words.split_whitespace().count();
    let upper = words.to_uppercase();
    let needed = ems(&upper) * size;
    let bar_width = (needed * 0.5).clamp(s.px(12.0).min(width), width * 0.5).round();
    let rise = s.px(4.0);
    let mut text = Words { text: words, size, weight: 900.0, color: s.color("color"), room, align: TextAlign::Center }.source();
    text.style.case = Some(LetterCase::Upper);
    text.vertical_align = VerticalAlign::Bottom;
    text.line_height = 0.9;
    text.shadows = soft_shadow(s.px(0.8));
    text.animations = s.units(TextUnit::Word, count, (0.0, 0.8), (Ease::OutBack, Ease::InCubic), |a| {
        a.offset_px = [0.0, rise];
        a.scale = [0.7, 0.7];
    });
    let below = room[1] / 2.0 - s.px(8.0);
    s.put("text", text, [0.0, (-s.px(8.0)).round()]);
    let (bar, y) = (s.whole_px(1.4), (below + s.px(3.0)).round());
    let line = rectangle([0.0, y], s.in_out([0.0, bar], [bar_width, bar], (0.3, 1.0)), 0.0);
    s.shapes("bar", vec![filled(line, s.color("accent"))]);
}

/// A line that opens between two texts.
pub(super) const MODERN_INTRO_1: Title = Title {
    id: "modern-intro-1",
    name: "Modern intro",
    about: "A title whose letters come out of a blur above a line that opens from its middle, and a subtitle below",
    params: &[
        TitleParam { id: "title", about: "the title", kind: Text("Modern intro") },
        TitleParam { id: "subtitle", about: "the line below", kind: Text("A film by Ada Lovelace") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of the line", kind: Color("#35c4f0") },
    ],
    usual_secs: 5.0,
    is_moving: false,
    shows_film_time: false,
    draw: modern_intro,
};

fn modern_intro(s: &mut Stage<'_>) {
    let (title, subtitle) = (s.text("title"), s.text("subtitle"));
    let [width, _] = s.safe();
    let (size, small) = (s.px(9.0), s.px(3.4));
    let line_width = (ems(&title) * size * 1.05).clamp(s.px(30.0).min(width), width).round();
    let line = s.whole_px(0.4);
    let y = s.px(3.0).round();
    let bar = rectangle([0.0, y], s.in_out([0.0, line], [line_width, line], (0.0, 0.7)), 0.0);
    s.shapes("line", vec![filled(bar, s.color("accent"))]);
    let letters = title.chars().filter(|c| !c.is_whitespace()).count();
    let room = [width, size * 1.3 * title.lines().count().clamp(1, 3) as f64];
    let (blur, rise) = (s.px(1.5).min(200.0), s.px(1.5));
    let color = s.color("color");
    let mut text = Words { text: title, size, weight: 300.0, color, room, align: TextAlign::Center }.source();
    text.shadows = soft_shadow(s.px(0.6));
    text.animations = s.units(TextUnit::Character, letters, (0.2, 0.95), (Ease::OutCubic, Ease::InCubic), |a| {
        a.blur_px = blur;
        a.offset_px = [0.0, rise];
    });
    s.put("title", text, [0.0, y - s.px(1.5) - room[1] / 2.0]);
    let room = [width, small * 1.4];
    let mut text = Words { text: subtitle, size: small, weight: 500.0, color, room, align: TextAlign::Center }.source();
    text.style.case = Some(LetterCase::Upper);
    text.style.tracking_px = Some((small * 0.18).into());
    text.shadows = soft_shadow(s.px(0.5));
    text.animations = s.arriving([0.0, -s.px(1.5)], (0.5, 1.0));
    s.put("subtitle", text, [0.0, y + s.px(2.2) + room[1] / 2.0]);
}

/// A quiet end.
pub(super) const MINIMAL_OUTRO_1: Title = Title {
    id: "minimal-outro-1",
    name: "Minimal outro",
    about: "A light line of thanks with a smaller line below it, for the end of a film",
    params: &[
        TitleParam { id: "text", about: "the upper line", kind: Text("Thank you for watching") },
        TitleParam { id: "note", about: "the lower line", kind: Text("example.org") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
    ],
    usual_secs: 4.0,
    is_moving: false,
    shows_film_time: false,
    draw: minimal_outro,
};

fn minimal_outro(s: &mut Stage<'_>) {
    let [width, _] = s.safe();
    let (size, small, color) = (s.px(6.4), s.px(3.0), s.color("color"));
    let words = s.text("text");
    let rows = words.lines().count().clamp(1, 4) as f64;
    let room = [width, size * 1.3 * rows];
    let line = s.whole_px(0.2);
    let mut text = Words { text: words, size, weight: 300.0, color, room, align: TextAlign::Center }.source();
    text.shadows = soft_shadow(s.px(0.6));
    text.animations = s.arriving([0.0, 0.0], (0.0, 0.8));
    s.put("text", text, [0.0, -s.px(2.0) - room[1] / 2.0]);
    let bar = rectangle([0.0, 0.0], s.in_out([0.0, line], [s.px(10.0).round(), line], (0.2, 1.0)), 0.0);
    s.shapes("line", vec![filled(bar, color)]);
    let dimmed = [color[0], color[1], color[2], color[3] * 0.8];
    let room = [width, small * 1.4];
    let mut text =
        Words { text: s.text("note"), size: small, weight: 400.0, color: dimmed, room, align: TextAlign::Center }.source();
    text.style.tracking_px = Some((small * 0.06).into());
    text.shadows = soft_shadow(s.px(0.5));
    text.animations = s.arriving([0.0, 0.0], (0.3, 1.0));
    s.put("note", text, [0.0, s.px(2.0) + room[1] / 2.0]);
}

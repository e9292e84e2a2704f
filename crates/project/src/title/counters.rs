//! Numbers that run.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Number, Text},
    stage::{Stage, Words, curve, filled, soft_shadow},
};
use crate::{
    Animated, Ease, Paint, Stroke, TextSource, is_default,
    paint::{StrokeCap, StrokeJoin, StrokePosition},
    placeholder,
    shape::{Outline, Shape, Trim},
    text::{Counter, TextAlign, TextBackground},
};
use cutroom_types::FLICKS_PER_SECOND;

/// Figures of one width, so that a number that runs does not tremble.
fn even_figures(text: &mut TextSource) {
    text.style.features.insert("tnum".into(), 1);
}

fn stroke(color: [f64; 4], width: f64, cap: StrokeCap) -> Stroke {
    Stroke {
        paint: Paint::solid(color),
        width_px: width.min(1000.0).into(),
        position: StrokePosition::Center,
        join: StrokeJoin::Round,
        cap,
        dashes_px: Vec::new(),
        dash_offset_px: Animated::default(),
    }
}

/// A number in a ring.
pub(super) const COUNTDOWN: Title = Title {
    id: "countdown",
    name: "Countdown",
    about: "A number that counts down to 1 in a ring that empties with each count",
    params: &[
        TitleParam { id: "from", about: "first number", kind: Number { default: 5.0, range: (1.0, 60.0), whole: true } },
        TitleParam { id: "color", about: "colour of the number", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of the ring", kind: Color("#ffb400") },
        TitleParam { id: "disc", about: "colour inside", kind: Color("#00000099") },
    ],
    usual_secs: 5.0,
    is_moving: true,
    shows_film_time: false,
    draw: countdown,
};

fn countdown(s: &mut Stage<'_>) {
    let from = s.number("from");
    let ring = s.px(46.0).min(s.safe()[0]).round();
    let width = s.px(2.4);
    let circle = |size: f64| Outline::Ellipse {
        center: [0.0, 0.0].into(),
        size: [size, size].into(),
        // Outlines of ellipses begin at the right.
        rotation_degrees: (-90.0).into(),
    };
    let outline = |size: f64, color, cap| {
        let mut shape = filled(circle(size), [0.0; 4]);
        shape.fill = Paint::None;
        shape.strokes = vec![stroke(color, width, cap)];
        shape
    };
    let each = s.duration_secs() / from;
    let instant = 1.0 / FLICKS_PER_SECOND as f64;
    let mut keys = Vec::new();
    for n in 0..from as u32 {
        let start = f64::from(n) * each;
        keys.push((start, 1.0, Ease::Linear));
        keys.push((start + each - instant * 2.0, 0.0, Ease::Hold));
    }
    let accent = s.color("accent");
    let faint = [accent[0], accent[1], accent[2], accent[3] * 0.25];
    let mut moving: Shape = outline(ring - width, accent, StrokeCap::Butt);
    moving.trim = Some(Trim { start: Animated::default(), end: curve(keys), offset: Animated::default() });
    s.shapes("ring", vec![filled(circle(ring), s.color("disc")), outline(ring - width, faint, StrokeCap::Butt), moving]);
    let room = [ring * 0.7, ring * 0.6];
    let words =
        Words { text: String::new(), size: s.px(22.0), weight: 700.0, color: s.color("color"), room, align: TextAlign::Center };
    let mut text = words.source();
    text.text = "{counter}".into();
    even_figures(&mut text);
    // The number is rounded: it shows `from` from half above it to half below it.
    let keys = vec![(0.0, from + 0.4999, Ease::Linear), (s.duration_secs(), 0.5, Ease::Linear)];
    text.counter = Some(Counter { value: curve(keys), decimals: 0, digits: 0, separator: String::new() });
    s.put("number", text, [0.0; 2]);
}

/// A number that rises.
pub(super) const COUNTER: Title = Title {
    id: "counter",
    name: "Counter",
    about: "A number that runs from one value to another, with a line below it",
    params: &[
        TitleParam { id: "from", about: "first number", kind: Number { default: 0.0, range: (-1e12, 1e12), whole: false } },
        TitleParam { id: "to", about: "last number", kind: Number { default: 1843.0, range: (-1e12, 1e12), whole: false } },
        TitleParam {
            id: "decimals",
            about: "digits after the point",
            kind: Number { default: 0.0, range: (0.0, 9.0), whole: true },
        },
        TitleParam { id: "separator", about: "what divides thousands", kind: Text("") },
        TitleParam { id: "before", about: "text before the number", kind: Text("") },
        TitleParam { id: "after", about: "text after the number", kind: Text("") },
        TitleParam { id: "label", about: "the line below", kind: Text("programs written") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
    ],
    usual_secs: 4.0,
    is_moving: true,
    shows_film_time: false,
    draw: counter,
};

fn counter(s: &mut Stage<'_>) {
    let [width, _] = s.safe();
    let (size, small, color) = (s.px(16.0), s.px(4.0), s.color("color"));
    let room = [width, size * 1.3];
    let mut text = Words { text: String::new(), size, weight: 800.0, color, room, align: TextAlign::Center }.source();
    text.text = format!("{}{{counter}}{}", placeholder::escape(&s.text("before")), placeholder::escape(&s.text("after")));
    even_figures(&mut text);
    text.shadows = soft_shadow(s.px(0.8));
    let run = (s.duration_secs() * 0.6).min(3.0);
    text.counter = Some(Counter {
        value: curve(vec![(0.0, s.number("from"), Ease::OutCubic), (run, s.number("to"), Ease::Linear)]),
        decimals: s.number("decimals") as u32,
        digits: 0,
        separator: s.text("separator"),
    });
    text.animations = s.arriving([0.0, 0.0], (0.0, 0.5));
    s.put("number", text, [0.0, -s.px(3.0)]);
    let room = [width, small * 1.4];
    let mut text = Words { text: s.text("label"), size: small, weight: 500.0, color, room, align: TextAlign::Center }.source();
    text.shadows = soft_shadow(s.px(0.5));
    text.animations = s.arriving([0.0, s.px(1.5)], (0.2, 1.0));
    s.put("label", text, [0.0, s.px(8.0)]);
}

/// The film's own time.
pub(super) const TIMECODE: Title = Title {
    id: "timecode",
    name: "Timecode",
    about: "The timecode of the film, burnt in for review",
    params: &[
        TitleParam { id: "label", about: "text before it", kind: Text("") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "panel", about: "colour behind them", kind: Color("#000000b3") },
    ],
    usual_secs: 5.0,
    is_moving: true,
    shows_film_time: true,
    draw: timecode,
};

fn timecode(s: &mut Stage<'_>) {
    let (size, color) = (s.px(4.2), s.color("color"));
    let room = [s.safe()[0] - s.px(4.0), size * 1.35];
    let mut text = Words { text: String::new(), size, weight: 500.0, color, room, align: TextAlign::Center }.source();
    let label = placeholder::escape(&s.text("label"));
    text.text = if is_default(&label) { "{timecode}".into() } else { format!("{label}  {{timecode}}") };
    even_figures(&mut text);
    text.background = Some(TextBackground {
        paint: Paint::solid(s.color("panel")),
        per_line: false,
        padding_px: [s.px(1.6), s.px(0.8)],
        radius_px: s.px(0.8),
    });
    let y = (s.bottom() - s.px(1.5) - room[1] / 2.0).round();
    s.put("timecode", text, [0.0, y]);
}

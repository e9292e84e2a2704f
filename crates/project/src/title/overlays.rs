//! Small signs that stand over a picture.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Text},
    stage::{Stage, Words, curve, ems, filled, rectangle, soft_shadow},
};
use crate::{
    Animated, Ease, Paint,
    paint::{Stroke, StrokeCap, StrokeJoin, StrokePosition},
    shape::Outline,
    text::{Families, TextAlign},
};

/// A handle in a pill.
pub(super) const SOCIAL_HANDLE: Title = Title {
    id: "social-handle",
    name: "Social handle",
    about: "A name on a network in a pill that rises from below",
    params: &[
        TitleParam { id: "handle", about: "the name, without the sign in front", kind: Text("adalovelace") },
        TitleParam { id: "sign", about: "one letter in the round badge", kind: Text("@") },
        TitleParam { id: "accent", about: "colour of the badge", kind: Color("#e1306c") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#16181d") },
        TitleParam { id: "panel", about: "colour of the pill", kind: Color("#ffffff") },
    ],
    usual_secs: 5.0,
    is_moving: false,
    shows_film_time: false,
    draw: social_handle,
};

fn social_handle(s: &mut Stage<'_>) {
    let handle = s.text("handle");
    let (size, height) = (s.px(3.6), s.whole_px(7.2));
    let needed = height + ems(&handle) * size + s.px(4.0);
    let width = needed.clamp(s.px(16.0).min(s.safe()[0]), s.safe()[0]).round();
    let x = (s.left() + width / 2.0).round();
    let y = (s.bottom() - s.px(3.0) - height / 2.0).round();
    let below = s.size()[1] / 2.0 + height;
    // The entrance overshoots a little.
    let (enter, leave, whole) = (s.enter_secs(), s.leave_secs(), s.duration_secs());
    let place = |x: f64| {
        curve(vec![
            (0.0, [x, below], Ease::OutBack),
            (enter, [x, y], Ease::Linear),
            (whole - leave, [x, y], Ease::InCubic),
            (whole, [x, below], Ease::Linear),
        ])
    };
    let badge = x - width / 2.0 + height / 2.0;
    let round = Outline::Ellipse {
        center: place(badge),
        size: [height * 0.78, height * 0.78].into(),
        rotation_degrees: Animated::default(),
    };
    let pill = rectangle(place(x), [width, height], height / 2.0);
    s.shapes("pill", vec![filled(pill, s.color("panel")), filled(round, s.color("accent"))]);
    let sign = Words {
        text: s.text("sign"),
        size: height * 0.5,
        weight: 700.0,
        color: [1.0; 4],
        room: [height * 0.6, height * 0.64],
        align: TextAlign::Center,
    };
    s.put_moving("sign", sign.source(), place(badge), 1.0.into());
    let room = width - height - s.px(2.5);
    let text =
        Words { text: handle, size, weight: 600.0, color: s.color("color"), room: [room, size * 1.35], align: TextAlign::Left };
    s.put_moving("handle", text.source(), place(x - width / 2.0 + height + room / 2.0), 1.0.into());
}

/// A text in a frame.
pub(super) const CLASSIC_OVERLAY_1: Title = Title {
    id: "classic-overlay-1",
    name: "Classic overlay",
    about: "A serif text in a thin frame that draws itself in the middle of the lower half",
    params: &[
        TitleParam { id: "text", about: "the text", kind: Text("A Summer in the Mountains") },
        TitleParam { id: "color", about: "colour of letters and frame", kind: Color("#f6efe0") },
        TitleParam { id: "panel", about: "colour of the inside", kind: Color("#00000080") },
    ],
    usual_secs: 5.0,
    is_moving: false,
    shows_film_time: false,
    draw: classic_overlay,
};

fn classic_overlay(s: &mut Stage<'_>) {
    let words = s.text("text");
    let (size, color) = (s.px(5.0), s.color("color"));
    let rows = words.lines().count().clamp(1, 4) as f64;
    let width = (ems(&words) * size + s.px(8.0)).clamp(s.px(30.0).min(s.safe()[0]), s.safe()[0]).round();
    let height = (rows * size * 1.4 + s.px(6.0)).round();
    let y = (s.bottom() - s.px(4.0) - height / 2.0).round();
    let mut panel = filled(rectangle([0.0, y], [width, height], 0.0), s.color("panel"));
    panel.opacity = s.fade();
    let inset = s.px(1.2);
    let mut frame = filled(rectangle([0.0, y], [width - 2.0 * inset, height - 2.0 * inset], 0.0), color);
    frame.fill = Paint::None;
    frame.strokes = vec![Stroke {
        paint: Paint::solid(color),
        width_px: s.whole_px(0.3).into(),
        position: StrokePosition::Inside,
        join: StrokeJoin::Miter,
        cap: StrokeCap::Butt,
        dashes_px: Vec::new(),
        dash_offset_px: Animated::default(),
    }];
    frame.trim =
        Some(crate::shape::Trim { start: Animated::default(), end: s.in_out(0.0, 1.0, (0.0, 0.9)), offset: Animated::default() });
    s.shapes("frame", vec![panel, frame]);
    let room = [width - s.px(5.0), height - s.px(4.5)];
    let mut text = Words { text: words, size, weight: 400.0, color, room, align: TextAlign::Center }.source();
    text.style.font = Some(Families::One("Noto Serif".into()));
    text.shadows = soft_shadow(s.px(0.4));
    text.animations = s.arriving([0.0, 0.0], (0.4, 1.0));
    s.put("text", text, [0.0, y]);
}

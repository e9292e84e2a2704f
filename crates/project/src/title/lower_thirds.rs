//! Names of people at the lower left.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Text},
    stage::{Stage, Words, ems, filled, rectangle, soft_shadow},
};
use crate::text::TextAlign;

const NAME: TitleParam = TitleParam { id: "name", about: "who is seen", kind: Text("Ada Lovelace") };
const ROLE: TitleParam = TitleParam { id: "role", about: "what they do", kind: Text("Mathematician") };
const TEXT: TitleParam = TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") };

/// A panel with a bar.
pub(super) const LOWER_THIRD: Title = Title {
    id: "lower-third",
    name: "Lower third",
    about: "Name and role on a panel that opens beside a coloured bar",
    params: &[
        NAME,
        ROLE,
        TitleParam { id: "accent", about: "colour of the bar", kind: Color("#ffb400") },
        TitleParam { id: "panel", about: "colour of the panel", kind: Color("#10161dd9") },
        TEXT,
    ],
    usual_secs: 5.0,
    is_moving: false,
    shows_film_time: false,
    draw: lower_third,
};

fn lower_third(s: &mut Stage<'_>) {
    let (name, role) = (s.text("name"), s.text("role"));
    let (bar, pad) = (s.whole_px(0.8), s.px(1.8));
    let [name_size, role_size] = [5.0, 3.0].map(|v| s.px(v));
    let needed = (ems(&name) * name_size).max(ems(&role) * role_size) + 2.0 * pad;
    let width = needed.clamp(s.px(28.0).min(s.safe()[0] - bar), s.safe()[0] - bar).round();
    let rows = [name_size * 1.3, if role.is_empty() { 0.0 } else { role_size * 1.35 }];
    let height = (rows[0] + rows[1] + 2.0 * s.px(1.4)).round();
    let left = s.left().round();
    let middle = (s.bottom() - s.px(4.0) - height / 2.0).round();
    let start = left + bar;
    let panel = rectangle(
        s.in_out([start, middle], [start + width / 2.0, middle], (0.2, 0.8)),
        s.in_out([0.0, height], [width, height], (0.2, 0.8)),
        0.0,
    );
    let accent = rectangle([left + bar / 2.0, middle], s.in_out([bar, 0.0], [bar, height], (0.0, 0.4)), 0.0);
    s.shapes("panel", vec![filled(panel, s.color("panel")), filled(accent, s.color("accent"))]);
    let (color, room, x) = (s.color("color"), width - 2.0 * pad, start + width / 2.0);
    let top = middle - (rows[0] + rows[1]) / 2.0;
    let mut text =
        Words { text: name, size: name_size, weight: 700.0, color, room: [room, rows[0]], align: TextAlign::Left }.source();
    text.animations = s.arriving([-s.px(3.0), 0.0], (0.5, 0.9));
    s.put("name", text, [x, top + rows[0] / 2.0]);
    let dimmed = [color[0], color[1], color[2], color[3] * 0.85];
    let mut text =
        Words { text: role, size: role_size, weight: 400.0, color: dimmed, room: [room, rows[1]], align: TextAlign::Left }.source();
    text.animations = s.arriving([-s.px(3.0), 0.0], (0.6, 1.0));
    s.put("role", text, [x, top + rows[0] + rows[1] / 2.0]);
}

/// A line between two texts.
pub(super) const LOWER_THIRD_MINIMAL: Title = Title {
    id: "lower-third-minimal",
    name: "Lower third, minimal",
    about: "Name above and role below a thin line, without a panel",
    params: &[NAME, ROLE, TitleParam { id: "accent", about: "colour of the line", kind: Color("#ffffff") }, TEXT],
    usual_secs: 5.0,
    is_moving: false,
    shows_film_time: false,
    draw: lower_third_minimal,
};

fn lower_third_minimal(s: &mut Stage<'_>) {
    let (name, role) = (s.text("name"), s.text("role"));
    let [name_size, role_size] = [4.6, 2.9].map(|v| s.px(v));
    let needed = (ems(&name) * name_size).max(ems(&role) * role_size);
    let width = needed.clamp(s.px(20.0).min(s.safe()[0]), s.safe()[0]).round();
    let (left, line) = (s.left().round(), s.whole_px(0.3));
    let y = (s.bottom() - s.px(4.0) - role_size * 1.6).round();
    let bar =
        rectangle(s.in_out([left, y], [left + width / 2.0, y], (0.0, 0.6)), s.in_out([0.0, line], [width, line], (0.0, 0.6)), 0.0);
    s.shapes("line", vec![filled(bar, s.color("accent"))]);
    let (color, x, gap) = (s.color("color"), left + width / 2.0, s.px(0.7));
    let rows = [name_size * 1.3, role_size * 1.35];
    let mut text =
        Words { text: name, size: name_size, weight: 600.0, color, room: [width, rows[0]], align: TextAlign::Left }.source();
    text.shadows = soft_shadow(s.px(0.5));
    text.animations = s.arriving([0.0, s.px(1.5)], (0.3, 0.9));
    s.put("name", text, [x, y - gap - rows[0] / 2.0]);
    let mut text =
        Words { text: role, size: role_size, weight: 400.0, color, room: [width, rows[1]], align: TextAlign::Left }.source();
    text.shadows = soft_shadow(s.px(0.5));
    text.animations = s.arriving([0.0, -s.px(1.5)], (0.4, 1.0));
    s.put("role", text, [x, y + gap + rows[1] / 2.0]);
}

/// Two plates.
pub(super) const CORPORATE_LOWER_THIRD_1: Title = Title {
    id: "corporate-lower-third-1",
    name: "Corporate lower third",
    about: "Name on a coloured plate, role on a white one below it; both slide in from the left",
    params: &[NAME, ROLE, TitleParam { id: "accent", about: "colour of the name's plate and of the role", kind: Color("#0b5cad") }],
    usual_secs: 5.0,
    is_moving: false,
    shows_film_time: false,
    draw: corporate_lower_third,
};

fn corporate_lower_third(s: &mut Stage<'_>) {
    let accent = s.color("accent");
    let left = s.left().round();
    let pad = s.px(1.8);
    let mut bottom = (s.bottom() - s.px(3.0)).round();
    let plates =
        [("role", s.px(2.8), 500.0, accent, [1.0, 1.0, 1.0, 1.0], 0.25), ("name", s.px(4.4), 700.0, [1.0; 4], accent, 0.0)];
    for (id, size, weight, ink, plate, late) in plates {
        let words = s.text(id);
        if words.is_empty() {
            continue;
        }
        let width = (ems(&words) * size + 2.0 * pad).clamp(s.px(16.0).min(s.safe()[0]), s.safe()[0]).round();
        let height = (size * 1.75).round();
        let center = [left + width / 2.0, bottom - height / 2.0];
        // From beyond the left edge of the canvas.
        let away = [-s.size()[0] / 2.0 - width / 2.0 - 2.0, center[1]];
        let place = s.in_out(away, center, (late, 0.75 + late));
        s.shapes(&format!("{id}-plate"), vec![filled(rectangle(place.clone(), [width, height], 0.0), plate)]);
        let text = Words { text: words, size, weight, color: ink, room: [width - 2.0 * pad, size * 1.35], align: TextAlign::Left };
        s.put_moving(id, text.source(), place, 1.0.into());
        bottom -= height;
    }
}

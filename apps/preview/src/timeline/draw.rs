//! What the timeline looks like.
use super::{Place, RULER, TRACK};
use crate::{
    desk::Desk,
    film::{Film, Kind, Piece, Row},
    state::Drag,
    transport::timecode,
    words::count,
};
use eframe::egui::{
    self, Align2, Color32, CornerRadius, FontId, Painter, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
};

/// Clips narrower than this, in points, are drawn together.
const MERGED: f32 = 3.0;
/// Clips of at least this width, in points, have a name, also for readers.
const NAMED: f32 = 18.0;
/// Least distance of times on the ruler, in points.
const TIMES: f32 = 92.0;
const PLAYHEAD: Color32 = Color32::from_rgb(240, 80, 70);
const SELECTED: Color32 = Color32::from_rgb(255, 200, 60);

fn color_of(kind: Kind) -> Color32 {
    match kind {
        Kind::Picture => Color32::from_rgb(52, 96, 148),
        Kind::Sound => Color32::from_rgb(44, 112, 84),
        Kind::Nested => Color32::from_rgb(108, 76, 140),
        Kind::Solid => Color32::from_rgb(122, 92, 46),
        Kind::Text => Color32::from_rgb(142, 74, 100),
        Kind::Shape => Color32::from_rgb(60, 112, 122),
        Kind::Helper => Color32::from_rgb(92, 92, 100),
    }
}

/// The tracks with what is visible of their clips.
pub fn tracks(ui: &mut Ui, desk: &Desk, film: &Film, place: &Place, dragged: Option<&Drag>) {
    let painter = ui.painter().with_clip_rect(place.tracks);
    painter.rect_filled(place.tracks, CornerRadius::ZERO, ui.visuals().extreme_bg_color);
    marked(&painter, desk, place, place.tracks);
    let (from, to) = place.seen();
    let first = (place.top / TRACK).floor().max(0.0) as usize;
    let count = (place.tracks.height() / TRACK).ceil() as usize + 1;
    let moved = dragged.and_then(|drag| match drag {
        Drag::Clip { id, .. } => film.piece(id).and_then(|(_, piece)| drag.drawn(id).map(|drawn| (piece.clone(), drawn))),
        _ => None,
    });
    for (n, row) in film.rows.iter().enumerate().skip(first).take(count) {
        let top = place.row_top(n);
        let line = Stroke::new(1.0, ui.visuals().widgets.noninteractive.bg_stroke.color);
        painter.hline(place.tracks.x_range(), top + TRACK - 0.5, line);
        let hidden = moved.as_ref().map(|(piece, _)| piece.id());
        clips(ui, &painter, desk, place, row, top, (from, to), hidden);
    }
    if let Some((piece, (row, start, end))) = &moved {
        let rect = rect_of(place, place.row_top(*row), *start, *end);
        clip(&painter, piece, rect, true, true);
    }
    let x = place.x(desk.frame());
    painter.vline(x, place.tracks.y_range(), Stroke::new(1.5, PLAYHEAD));
    scrolled(&painter, film, place);
}

/// Which of the tracks are seen, if they do not all have room.
fn scrolled(painter: &Painter, film: &Film, place: &Place) {
    let (all, room) = (film.rows.len() as f32 * TRACK, place.tracks.height());
    if all <= room {
        return;
    }
    let at = |part: f32| place.tracks.top() + room * part / all;
    let right = place.tracks.right();
    let bar = Rect::from_x_y_ranges(right - 6.0..=right - 2.0, at(place.top)..=at(place.top + room));
    painter.rect_filled(bar, CornerRadius::same(2), Color32::from_white_alpha(110));
}

fn rect_of(place: &Place, top: f32, start: i64, end: i64) -> Rect {
    let right = place.x(end).max(place.x(start) + 1.0);
    Rect::from_min_max(pos2(place.x(start), top + 2.0), pos2(right, top + TRACK - 3.0))
}

fn clips(
    ui: &mut Ui,
    painter: &Painter,
    desk: &Desk,
    place: &Place,
    row: &Row,
    top: f32,
    (from, to): (i64, i64),
    hidden: Option<&str>,
) {
    let mut run: Option<(Rect, Color32)> = None;
    for piece in row.between(from, to).iter().filter(|piece| Some(piece.id()) != hidden) {
        let rect = rect_of(place, top, piece.start, piece.end);
        let is_selected = desk.selected.as_deref() == Some(piece.id());
        if rect.width() < MERGED && !is_selected {
            let color = color_of(piece.kind);
            run = match run {
                Some((before, of)) if of == color && rect.left() - before.right() <= 1.5 => Some((before.union(rect), color)),
                other => {
                    other.into_iter().for_each(|(rect, color)| _ = painter.rect_filled(rect, CornerRadius::ZERO, color));
                    Some((rect, color))
                }
            };
            continue;
        }
        clip(painter, piece, rect, is_selected, !row.off && piece.clip.enabled);
        let seen = rect.intersect(place.tracks);
        if seen.width() >= NAMED && seen.height() > 4.0 {
            // For readers: the pointer is followed by the panel as a whole.
            let response = ui.interact(seen, ui.scope_id().with(("clip", piece.id())), Sense::hover());
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, format!("Clip {}", piece.id())));
        }
    }
    run.into_iter().for_each(|(rect, color)| _ = painter.rect_filled(rect, CornerRadius::ZERO, color));
    for joint in row.joints.iter().filter(|joint| joint.end > from && joint.start < to) {
        let rect = rect_of(place, top, joint.start, joint.end);
        let light = Color32::from_white_alpha(90);
        let corners = vec![rect.left_bottom(), rect.right_top(), rect.right_bottom()];
        painter.add(Shape::convex_polygon(corners, Color32::from_white_alpha(40), Stroke::NONE));
        painter.rect_stroke(rect, CornerRadius::same(2), Stroke::new(1.0, light), StrokeKind::Inside);
        if rect.width() > 60.0 {
            let font = FontId::proportional(10.0);
            painter.with_clip_rect(rect.intersect(place.tracks)).text(
                rect.center(),
                Align2::CENTER_CENTER,
                &joint.kind,
                font,
                Color32::WHITE,
            );
        }
    }
}

fn clip(painter: &Painter, piece: &Piece, rect: Rect, is_selected: bool, is_on: bool) {
    let color = color_of(piece.kind);
    let color = if is_on { color } else { color.gamma_multiply(0.45) };
    painter.rect_filled(rect, CornerRadius::same(3), color);
    let stroke = if is_selected { Stroke::new(2.0, SELECTED) } else { Stroke::new(1.0, Color32::from_black_alpha(140)) };
    painter.rect_stroke(rect, CornerRadius::same(3), stroke, StrokeKind::Inside);
    let seen = rect.intersect(painter.clip_rect());
    if seen.width() >= NAMED {
        let inner = painter.with_clip_rect(seen.shrink2(egui::vec2(4.0, 0.0)));
        inner.text(
            seen.left_center() + egui::vec2(6.0, 0.0),
            Align2::LEFT_CENTER,
            &piece.name,
            FontId::proportional(12.0),
            Color32::WHITE,
        );
    }
}

/// The marked range.
fn marked(painter: &Painter, desk: &Desk, place: &Place, over: Rect) {
    if desk.mark_in.is_none() && desk.mark_out.is_none() {
        return;
    }
    let (from, to) = (desk.mark_in.unwrap_or(0), desk.mark_out.unwrap_or_else(|| desk.frames()));
    let rect = Rect::from_x_y_ranges(place.x(from)..=place.x(to), over.y_range()).intersect(over);
    painter.rect_filled(rect, CornerRadius::ZERO, Color32::from_rgba_unmultiplied(90, 150, 220, 45));
}

/// The ruler with times, markers and the playhead.
pub fn ruler(ui: &Ui, desk: &Desk, film: &Film, place: &Place) {
    let painter = ui.painter().with_clip_rect(place.ruler);
    painter.rect_filled(place.ruler, CornerRadius::ZERO, ui.visuals().faint_bg_color);
    marked(&painter, desk, place, place.ruler);
    let fps = film.rate.as_f64().round().max(1.0) as i64;
    let step = step(place.scale, fps);
    let (from, to) = place.seen();
    let color = ui.visuals().text_color();
    let mut frame = from.div_euclid(step) * step;
    while frame <= to {
        let x = place.x(frame);
        painter.vline(x, place.ruler.bottom() - 6.0..=place.ruler.bottom(), Stroke::new(1.0, color));
        if frame >= 0 {
            let at = pos2(x + 3.0, place.ruler.bottom() - 4.0);
            painter.text(at, Align2::LEFT_BOTTOM, timecode(frame, film.rate), FontId::monospace(10.5), color);
        }
        frame += step;
    }
    for mark in film.markers.iter().filter(|mark| (from..=to).contains(&mark.frame)) {
        let (x, y) = (place.x(mark.frame), place.ruler.top());
        let [r, g, b] = mark.color;
        let corners = vec![pos2(x - 5.0, y), pos2(x + 5.0, y), pos2(x, y + 9.0)];
        painter.add(Shape::convex_polygon(corners, Color32::from_rgb(r, g, b), Stroke::NONE));
    }
    let x = place.x(desk.frame());
    let corners =
        vec![pos2(x - 6.0, place.ruler.bottom() - 10.0), pos2(x + 6.0, place.ruler.bottom() - 10.0), pos2(x, place.ruler.bottom())];
    painter.add(Shape::convex_polygon(corners, PLAYHEAD, Stroke::NONE));
}

/// Frames between times on the ruler: a round number of frames, seconds or minutes.
fn step(scale: f32, fps: i64) -> i64 {
    let seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18000, 36000].map(|secs| secs * fps);
    let steps = [1, 2, 5, 10].into_iter().filter(|frames| *frames < fps).chain(seconds);
    let wide = |step: &i64| *step as f32 * scale >= TIMES;
    steps.into_iter().find(wide).unwrap_or(360_000 * fps)
}

/// The names of the tracks.
pub fn heads(ui: &Ui, film: &Film, place: &Place, whole: Rect) {
    let head = Rect::from_min_max(whole.min, pos2(place.tracks.left(), whole.bottom()));
    let painter = ui.painter().with_clip_rect(head);
    painter.rect_filled(head, CornerRadius::ZERO, ui.visuals().panel_fill);
    let below = painter.with_clip_rect(head.with_min_y(head.top() + RULER));
    for (n, row) in film.rows.iter().enumerate() {
        let top = place.row_top(n);
        if top > head.bottom() || top + TRACK < head.top() {
            continue;
        }
        let color = if row.off { ui.visuals().weak_text_color() } else { ui.visuals().text_color() };
        let state = [(row.locked, "locked"), (row.off, "off")].into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word);
        let state = state.collect::<Vec<_>>().join(", ");
        let kind = if row.is_sound { "sound" } else { "picture" };
        let small = if state.is_empty() { kind.to_owned() } else { format!("{kind}, {state}") };
        below.text(pos2(head.left() + 8.0, top + 5.0), Align2::LEFT_TOP, &row.name, FontId::proportional(12.5), color);
        let weak = ui.visuals().weak_text_color();
        below.text(pos2(head.left() + 8.0, top + TRACK - 5.0), Align2::LEFT_BOTTOM, small, FontId::proportional(9.5), weak);
    }
    painter.vline(head.right() - 0.5, head.y_range(), ui.visuals().widgets.noninteractive.bg_stroke);
    let note = count(film.clip_count(), "clip");
    let at = pos2(head.left() + 8.0, head.top() + RULER / 2.0);
    painter.text(at, Align2::LEFT_CENTER, note, FontId::proportional(11.0), ui.visuals().weak_text_color());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_on_the_ruler_are_round_and_far_enough_apart() {
        for scale in [0.0005, 0.01, 0.3, 1.0, 4.0, 20.0, 64.0] {
            let step = step(scale, 25);
            assert!(step as f32 * scale >= TIMES || step == 9_000_000, "{scale}: {step}");
            assert!(step < 25 || step % 25 == 0, "{scale}: {step}");
        }
    }
}

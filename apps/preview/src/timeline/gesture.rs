//! What the pointer does in the timeline.
use super::{EDGE, Place};
use crate::{
    desk::Desk,
    film::{Film, Piece, Row},
    state::{Drag, Part},
};
use eframe::egui::{self, Modifiers, PointerButton, Pos2, Ui};

/// How near to something the pointer lets an edge jump there, in points.
const SNAP: f32 = 7.0;

/// The clip at a place, its row, and the part of it.
pub fn hit<'a>(film: &'a Film, place: &Place, at: Pos2) -> Option<(usize, &'a Piece, Part)> {
    if !place.tracks.contains(at) {
        return None;
    }
    let row = place.row_at(at.y)?;
    let reach = (f64::from(EDGE / place.scale)).ceil() as i64;
    let frame = place.at(at.x).floor() as i64;
    let near = film.rows.get(row)?.between(frame - reach, frame + reach + 1);
    // An edge of a narrow clip is no more than a third of it.
    let part_of = |piece: &Piece| {
        let (left, right) = (place.x(piece.start), place.x(piece.end));
        let reach = EDGE.min((right - left) / 3.0);
        if at.x < left || at.x >= right {
            return None;
        }
        let part = if at.x < left + reach {
            Part::Start
        } else if at.x >= right - reach {
            Part::End
        } else {
            Part::Body
        };
        Some((row, part))
    };
    near.iter().find_map(|piece| part_of(piece).map(|(row, part)| (row, piece, part)))
}

/// Begins, continues and ends what is dragged, and selects.
pub fn handle(ui: &Ui, desk: &mut Desk, film: &Film, place: &Place, response: &egui::Response) {
    let (origin, latest, modifiers) = ui.input(|i| (i.pointer.press_origin(), i.pointer.latest_pos(), i.modifiers));
    if response.drag_started()
        && let Some(at) = origin
    {
        desk.timeline.drag = begin(ui, desk, film, place, at);
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        if place.ruler.contains(at) {
            desk.seek(place.at(at.x).floor() as i64);
        } else {
            desk.selected = hit(film, place, at).map(|(_, piece, _)| piece.id().to_owned());
        }
    }
    let Some(mut drag) = desk.timeline.drag.take() else { return };
    if let Some(at) = latest.filter(|_| response.dragged() || response.drag_stopped()) {
        follow(desk, film, place, &mut drag, at, modifiers, response.drag_delta());
    }
    if !response.drag_stopped() {
        if response.dragged() {
            desk.timeline.drag = Some(drag);
        }
        return;
    }
    match &drag {
        Drag::Playhead => desk.drop_playhead(),
        Drag::View => {}
        Drag::Clip { .. } => {
            if let Some(command) = drag.command(film, modifiers) {
                let number = desk.command(command);
                desk.timeline.pending = Some((drag, number));
            }
        }
    }
}

fn begin(ui: &Ui, desk: &mut Desk, film: &Film, place: &Place, at: Pos2) -> Option<Drag> {
    if ui.input(|i| i.pointer.button_down(PointerButton::Middle)) {
        return Some(Drag::View);
    }
    if place.ruler.contains(at) {
        return Some(Drag::Playhead);
    }
    let Some((row, piece, part)) = hit(film, place, at) else {
        return place.tracks.contains(at).then_some(Drag::Playhead);
    };
    desk.selected = Some(piece.id().to_owned());
    let taken = place.at(at.x).round() as i64;
    Some(Drag::Clip { id: piece.id().to_owned(), part, taken, span: (piece.start, piece.end), rows: (row, row), by: 0 })
}

fn follow(desk: &mut Desk, film: &Film, place: &Place, drag: &mut Drag, at: Pos2, modifiers: Modifiers, moved: egui::Vec2) {
    match drag {
        Drag::Playhead => desk.scrub(place.at(at.x).floor() as i64),
        Drag::View => {
            desk.timeline.left -= f64::from(moved.x / place.scale);
            desk.timeline.top -= moved.y;
        }
        Drag::Clip { id, part, taken, span, rows, by } => {
            let wanted = place.at(at.x).round() as i64 - *taken;
            let edges = match part {
                Part::Start => vec![span.0],
                Part::End => vec![span.1],
                Part::Body => vec![span.0, span.1],
            };
            let snapped = if modifiers.alt { wanted } else { snap(film, desk.frame(), place, id, &edges, wanted) };
            *by = match part {
                Part::Start => snapped.clamp(-span.0, span.1 - span.0 - 1),
                Part::End => snapped.max(span.0 + 1 - span.1),
                Part::Body => snapped.max(-span.0),
            };
            if *part == Part::Body {
                let fits = |row: &&Row| film.rows.get(rows.0).is_some_and(|from| from.is_sound == row.is_sound) && !row.locked;
                let over = place.row_at(at.y).filter(|row| film.rows.get(*row).map(|row| &**row).as_ref().is_some_and(fits));
                rows.1 = over.unwrap_or(rows.0);
            }
        }
    }
}

/// By how many frames edges move if they jump to edges of other clips, or to the playhead, near by.
fn snap(film: &Film, playhead: i64, place: &Place, id: &str, edges: &[i64], by: i64) -> i64 {
    let reach = f64::from(SNAP / place.scale) as i64;
    let mut best = (reach + 1, by);
    for edge in edges {
        let at = edge + by;
        let pieces = film.rows.iter().flat_map(|row| row.between(at - reach - 1, at + reach + 1));
        let others = pieces.filter(|piece| piece.id() != id).flat_map(|piece| [piece.start, piece.end]);
        for target in others.chain([playhead, 0]) {
            let distance = (target - at).abs();
            if distance < best.0 {
                best = (distance, by + target - at);
            }
        }
    }
    best.1
}

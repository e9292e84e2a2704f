//! The tracks: what is visible is drawn, clips are selected, trimmed and moved. A movement is one
//! command, sent when the pointer is released; until the session has answered, the clip is drawn
//! where it was left.
mod draw;
mod gesture;

use crate::{
    desk::Desk,
    state::{Part, TimelineState},
};
use eframe::egui::{self, CursorIcon, Rect, Sense, Ui, pos2};

/// Width of the names of tracks, in points.
const HEAD: f32 = 96.0;
/// Height of the ruler, in points.
const RULER: f32 = 26.0;
/// Height of a track, in points.
const TRACK: f32 = 36.0;
/// Points for each frame: least and greatest.
const SCALES: (f32, f32) = (0.0005, 64.0);
/// How near to an edge the pointer takes it, in points.
const EDGE: f32 = 7.0;

/// Where things are.
struct Place {
    /// The ruler.
    ruler: Rect,
    /// The tracks.
    tracks: Rect,
    scale: f32,
    left: f64,
    top: f32,
}

impl Place {
    fn x(&self, frame: i64) -> f32 {
        self.tracks.left() + ((frame as f64 - self.left) * f64::from(self.scale)) as f32
    }

    /// The frame at a place, with its fraction.
    fn at(&self, x: f32) -> f64 {
        self.left + f64::from((x - self.tracks.left()) / self.scale)
    }

    fn row_top(&self, row: usize) -> f32 {
        self.tracks.top() - self.top + row as f32 * TRACK
    }

    fn row_at(&self, y: f32) -> Option<usize> {
        let row = ((y - self.tracks.top() + self.top) / TRACK).floor();
        (row >= 0.0).then_some(row as usize)
    }

    /// The frames that are seen.
    fn seen(&self) -> (i64, i64) {
        (self.at(self.tracks.left()).floor() as i64, self.at(self.tracks.right()).ceil() as i64)
    }
}

/// The timeline.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    let whole = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(whole, Sense::click_and_drag());
    let Some(film) = desk.film.clone() else { return };
    if desk.timeline.pending.as_ref().is_some_and(|(_, number)| *number <= desk.answered) {
        desk.timeline.pending = None;
    }
    let tracks = Rect::from_min_max(pos2(whole.left() + HEAD, whole.top() + RULER), whole.max);
    view(ui, desk, &response, tracks);
    let state = &desk.timeline;
    let place = Place {
        ruler: Rect::from_min_max(pos2(tracks.left(), whole.top()), pos2(whole.right(), tracks.top())),
        tracks,
        scale: state.scale,
        left: state.left,
        top: state.top,
    };
    gesture::handle(ui, desk, &film, &place, &response);
    if let Some(at) = response.hover_pos() {
        let icon = match gesture::hit(&film, &place, at) {
            Some((_, _, Part::Start | Part::End)) => Some(CursorIcon::ResizeHorizontal),
            Some((_, _, Part::Body)) => Some(CursorIcon::Grab),
            None => None,
        };
        icon.into_iter().for_each(|icon| ui.ctx().set_cursor_icon(icon));
    }
    let dragged = desk.timeline.drag.as_ref().or(desk.timeline.pending.as_ref().map(|(drag, _)| drag));
    draw::tracks(ui, desk, &film, &place, dragged);
    draw::ruler(ui, desk, &film, &place);
    draw::heads(ui, &film, &place, whole);
}

/// Scrolls and zooms, and follows the playhead while it plays.
fn view(ui: &Ui, desk: &mut Desk, response: &egui::Response, tracks: Rect) {
    let frames = desk.frames().max(1);
    let width = tracks.width().max(1.0);
    let (frame, plays) = (desk.frame(), desk.plays());
    let rows = desk.film.as_ref().map_or(0, |film| film.rows.len());
    let state = &mut desk.timeline;
    if std::mem::take(&mut state.wants_all) {
        state.scale = (width * 0.96 / frames as f32).clamp(SCALES.0, SCALES.1);
        state.left = 0.0;
    }
    let zoom = |state: &mut TimelineState, factor: f32, about: f64| {
        let scale = (state.scale * factor).clamp(SCALES.0, SCALES.1);
        // What is there stays there.
        state.left = about - (about - state.left) * f64::from(state.scale / scale);
        state.scale = scale;
    };
    let factor = std::mem::replace(&mut state.wants_zoom, 1.0);
    if (factor - 1.0).abs() > 1e-4 {
        zoom(state, factor, frame as f64);
    }
    if let Some(at) = response.hover_pos() {
        let (wheel, pinch, shift) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta(), i.modifiers.shift));
        if (pinch - 1.0).abs() > 1e-4 {
            let about = state.left + f64::from((at.x - tracks.left()) / state.scale);
            zoom(state, pinch, about);
        } else {
            let (across, down) = if shift && wheel.x == 0.0 { (wheel.y, 0.0) } else { (wheel.x, wheel.y) };
            let fits = rows as f32 * TRACK <= tracks.height();
            state.left -= f64::from(if fits && across == 0.0 { down } else { across } / state.scale);
            if !fits {
                state.top -= down;
            }
        }
    }
    if plays && state.drag.is_none() {
        let seen = f64::from(width / state.scale);
        let past = frame as f64 - state.left;
        if past > seen * 0.97 || past < 0.0 {
            state.left = frame as f64 - seen * 0.1;
        }
    }
    let last = frames as f64 - f64::from(width / state.scale) * 0.1;
    state.left = state.left.clamp(0.0, last.max(0.0));
    state.top = state.top.clamp(0.0, (rows as f32 * TRACK - tracks.height()).max(0.0));
}

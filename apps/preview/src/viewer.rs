//! The picture: placed by zoom and pan, in channels, compared with others, with guides over it.
use crate::{
    desk::Desk,
    hud,
    keys::{Action, act},
    link::Order,
    paint::{Channel, Placed},
    picture::OnScreen,
    state::Compare,
};
use eframe::{
    egui::{self, Align2, Color32, CornerRadius, CursorIcon, FontId, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2},
    egui_wgpu,
};

/// The smallest and the greatest zoom, in pixels of the screen for each of the film's.
const ZOOMS: (f32, f32) = (0.02, 64.0);
/// How near to the line the pointer takes it, in points.
const LINE_REACH: f32 = 8.0;

/// The viewer with its tools.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    ui.spacing_mut().item_spacing.y = 2.0;
    egui::Frame::new().inner_margin(egui::Margin::symmetric(6, 4)).show(ui, |ui| tools(ui, desk));
    let part = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(part, Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Frame {}", desk.frame())));
    ui.painter().rect_filled(part, CornerRadius::ZERO, Color32::from_gray(13));
    ask_before(desk);
    let Some(film) = desk.film.clone() else {
        let words = desk.ended.as_ref().map(|error| error.message.clone()).unwrap_or_else(|| "Opening the film …".into());
        ui.painter().text(part.center(), Align2::CENTER_CENTER, words, FontId::proportional(15.0), ui.visuals().weak_text_color());
        return;
    };
    let size = vec2(film.size.width as f32, film.size.height as f32);
    if std::mem::take(&mut desk.viewer.wants_whole) {
        (desk.viewer.zoom, desk.viewer.pan) = (Some(1.0 / ui.pixels_per_point()), Vec2::ZERO);
    }
    pointer(ui, desk, &response, part, size);
    let zoom = zoom_of(desk, part, size);
    let picture = Rect::from_center_size(part.center() + desk.viewer.pan, size * zoom);
    let painter = ui.painter().with_clip_rect(part);
    if let Some((left, right)) = sides(desk) {
        let lined = matches!(desk.viewer.compare, Compare::Wipe | Compare::Before);
        let placed = Placed {
            left,
            right,
            part: part.size(),
            origin: picture.min - part.min,
            zoom,
            film: size,
            line: lined.then_some(desk.viewer.line * part.width()),
            channel: desk.viewer.channel,
        };
        painter.add(egui_wgpu::Callback::new_paint_callback(part, placed));
        if lined {
            draw_line(&painter, desk, part);
        }
    } else {
        let words = if desk.pictures.is_some() { "No picture yet" } else { "No graphics device: no picture can be shown" };
        painter.text(part.center(), Align2::CENTER_CENTER, words, FontId::proportional(15.0), ui.visuals().weak_text_color());
    }
    painter.rect_stroke(picture, CornerRadius::ZERO, Stroke::new(1.0, Color32::from_gray(60)), StrokeKind::Outside);
    if desk.viewer.safe_areas {
        guides(&painter, picture);
    }
    if desk.hud {
        hud::paint(&painter, part, desk);
    }
}

/// What is left and right of the line.
fn sides(desk: &Desk) -> Option<(OnScreen, OnScreen)> {
    let now = desk.now.clone()?;
    let left = match desk.viewer.compare {
        Compare::Off => None,
        Compare::Held | Compare::Wipe => desk.held.clone(),
        Compare::Before => desk.before.clone(),
    };
    Some((left.unwrap_or_else(|| now.clone()), now))
}

/// Asks the session for the picture without effects while it is shown.
fn ask_before(desk: &mut Desk) {
    let wanted = desk.selected.clone().filter(|_| desk.viewer.compare == Compare::Before);
    if desk.viewer.asked != wanted {
        desk.viewer.asked.clone_from(&wanted);
        desk.link.send(Order::Before(wanted));
    }
}

fn zoom_of(desk: &Desk, part: Rect, size: Vec2) -> f32 {
    let fits = (part.width() / size.x).min(part.height() / size.y).max(0.001);
    desk.viewer.zoom.unwrap_or(fits)
}

/// Zooms about the pointer, pans, and drags the line.
fn pointer(ui: &Ui, desk: &mut Desk, response: &egui::Response, part: Rect, size: Vec2) {
    let lined = matches!(desk.viewer.compare, Compare::Wipe | Compare::Before);
    let line = part.left() + desk.viewer.line * part.width();
    let at_line = |at: Pos2| lined && (at.x - line).abs() <= LINE_REACH;
    if let Some(at) = response.hover_pos() {
        if at_line(at) {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        let (wheel, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
        let factor = pinch * (wheel / 200.0).exp();
        if (factor - 1.0).abs() > 1e-4 {
            let zoom = zoom_of(desk, part, size);
            let scale = ui.pixels_per_point();
            let next = (zoom * factor).clamp(ZOOMS.0 / scale, ZOOMS.1 / scale);
            // What is under the pointer stays there.
            let from = at - part.center();
            desk.viewer.pan = from + (desk.viewer.pan - from) * (next / zoom);
            desk.viewer.zoom = Some(next);
        }
    }
    if response.drag_started() {
        let from = ui.input(|i| i.pointer.press_origin());
        desk.viewer.drags_line = from.is_some_and(at_line);
    }
    if response.dragged() {
        if desk.viewer.drags_line {
            if let Some(at) = response.interact_pointer_pos() {
                desk.viewer.line = ((at.x - part.left()) / part.width()).clamp(0.0, 1.0);
            }
        } else {
            if desk.viewer.zoom.is_none() {
                desk.viewer.zoom = Some(zoom_of(desk, part, size));
            }
            desk.viewer.pan += response.drag_delta();
        }
    }
    if response.double_clicked() {
        desk.viewer.fit();
    }
}

fn draw_line(painter: &egui::Painter, desk: &Desk, part: Rect) {
    let x = part.left() + desk.viewer.line * part.width();
    painter.vline(x, part.y_range(), Stroke::new(1.5, Color32::WHITE));
    painter.circle(pos2(x, part.bottom() - 26.0), 5.0, Color32::WHITE, Stroke::new(1.0, Color32::BLACK));
    let (left, right) = if desk.viewer.compare == Compare::Wipe { ("A", "now") } else { ("without effects", "now") };
    let missing = match desk.viewer.compare {
        Compare::Before if desk.selected.is_none() => Some("select a clip"),
        Compare::Before if desk.before.is_none() => Some("being drawn"),
        _ => None,
    };
    let left = missing.map_or_else(|| left.to_owned(), |missing| format!("{left}: {missing}"));
    for (at, align, words) in [(x - 8.0, Align2::RIGHT_BOTTOM, left), (x + 8.0, Align2::LEFT_BOTTOM, right.to_owned())] {
        hud::tag(painter, pos2(at, part.bottom() - 8.0), align, &words);
    }
}

/// Action safe (93 %) and title safe (90 %) areas of SMPTE ST 2046-1, and the centre.
fn guides(painter: &egui::Painter, picture: Rect) {
    let stroke = Stroke::new(1.0, Color32::from_white_alpha(150));
    for part in [0.93, 0.90] {
        let area = Rect::from_center_size(picture.center(), picture.size() * part);
        painter.rect_stroke(area, CornerRadius::ZERO, stroke, StrokeKind::Middle);
    }
    let (center, arm) = (picture.center(), picture.height() * 0.03);
    painter.hline(center.x - arm..=center.x + arm, center.y, stroke);
    painter.vline(center.x, center.y - arm..=center.y + arm, stroke);
}

fn tools(ui: &mut Ui, desk: &mut Desk) {
    ui.horizontal_wrapped(|ui| {
        if ui
            .selectable_label(desk.viewer.zoom.is_none(), "Fit")
            .on_hover_text("Fit the picture into the viewer (Shift+6)")
            .clicked()
        {
            desk.viewer.fit();
        }
        let is_whole = desk.viewer.zoom.is_some_and(|zoom| (zoom * ui.pixels_per_point() - 1.0).abs() < 1e-3);
        if ui.selectable_label(is_whole, "100 %").on_hover_text("One pixel of the film on one of the screen (Shift+7)").clicked() {
            desk.viewer.whole();
        }
        if let Some(zoom) = desk.viewer.zoom.filter(|_| !is_whole) {
            ui.weak(format!("{:.0} %", zoom * ui.pixels_per_point() * 100.0));
        }
        ui.separator();
        let channel = desk.viewer.channel;
        let chosen = egui::ComboBox::from_id_salt("channel").width(64.0).selected_text(channel.name());
        let chosen = chosen.show_ui(ui, |ui| {
            for channel in Channel::LIST {
                ui.selectable_value(&mut desk.viewer.channel, channel, channel.name());
            }
        });
        chosen.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Channels"));
        ui.toggle_value(&mut desk.viewer.safe_areas, "Safe areas").on_hover_text("Action 93 %, title 90 %, centre (')");
        ui.separator();
        if ui.button("Hold as A").on_hover_text("Keep this picture to compare with (1)").clicked() {
            act(desk, Action::HoldA, false);
        }
        let ways = [
            (Compare::Held, Action::ToggleAB, "A/B", "Show A, or the film again (2)"),
            (Compare::Wipe, Action::Wipe, "Wipe", "A left of a line, the film right of it (3)"),
            (
                Compare::Before,
                Action::Before,
                "Before/after",
                "Left of a line without the effects of the selected clip, at rest (4)",
            ),
        ];
        for (way, action, name, help) in ways {
            if ui.selectable_label(desk.viewer.compare == way, name).on_hover_text(help).clicked() {
                act(desk, action, false);
            }
        }
        if desk.viewer.compare != Compare::Off
            && let Some(held) = desk.held.as_ref().filter(|_| desk.viewer.compare != Compare::Before)
        {
            ui.weak(format!("A is frame {}", held.frame));
        }
    });
}

//! What the shown picture consists of: waveform, parade, vectorscope, histogram. Nothing is
//! calculated, nor brought back from a device, while the panel is not seen.
use crate::{desk::Desk, picture::for_scopes};
use cutroom_api::{Scope, ScopeSamples};
use eframe::egui::{self, Color32, ColorImage, Stroke, TextureOptions, Ui, Vec2, vec2};
use std::time::{Duration, Instant};

/// Scopes of playback are drawn this often.
const OFTEN: Duration = Duration::from_millis(80);

/// The scopes, with their names.
const SCOPES: [(Scope, &str); 4] = [
    (Scope::Waveform, "Waveform"),
    (Scope::Parade, "Parade"),
    (Scope::Vectorscope, "Vectorscope"),
    (Scope::Histogram, "Histogram"),
];

/// The panel.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    egui::Frame::new().inner_margin(8.0).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            for (n, (_, name)) in SCOPES.iter().enumerate() {
                ui.selectable_value(&mut desk.scopes.chosen, n, *name);
            }
        });
        make(ui, desk);
        let Some(texture) = &desk.scopes.texture else {
            ui.weak("No picture yet.");
            return;
        };
        let size = texture.size_vec2();
        let room = ui.available_size() - vec2(0.0, 18.0);
        let factor = if desk.scopes.chosen == 2 { (room.x / size.x).min(room.y / size.y) } else { 1.0 };
        let shown = if desk.scopes.chosen == 2 { size * factor.max(0.1) } else { vec2(room.x, room.y.min(room.x * 0.75)) };
        let (rect, response) = ui.allocate_exact_size(shown.max(Vec2::splat(8.0)), egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, SCOPES[desk.scopes.chosen].1));
        let painter = ui.painter();
        painter.rect_filled(rect, 2.0, Color32::from_gray(10));
        graticule(painter, rect, SCOPES[desk.scopes.chosen].0);
        let uv = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        painter.image(texture.id(), rect, uv, Color32::WHITE);
        let frame = desk.shown.as_ref().map_or(0, |shown| shown.frame);
        ui.weak(format!("frame {frame}, {:.1} ms", desk.scopes.took.as_secs_f64() * 1e3));
    });
}

/// Makes the picture of the scope if there is another picture, or another scope is wanted.
fn make(ui: &Ui, desk: &mut Desk) {
    let Some(shown) = &desk.shown else { return };
    let count = desk.pictures.as_ref().map_or(0, |pictures| pictures.counters.presented);
    let state = &mut desk.scopes;
    if let Some((of, chosen, at)) = state.made
        && chosen == state.chosen
    {
        if of == count {
            return;
        }
        if let Some(left) = OFTEN.checked_sub(at.elapsed()) {
            ui.ctx().request_repaint_after(left);
            return;
        }
    }
    let began = Instant::now();
    let Some((host, was_brought)) = for_scopes(&shown.picture) else { return };
    if was_brought && let Some(pictures) = &mut desk.pictures {
        pictures.counters.read_back_for_scopes += 1;
    }
    let scope = SCOPES[state.chosen].0;
    let Some(drawn) = ScopeSamples::of(&host).and_then(|samples| samples.draw(scope)) else { return };
    let [width, height] = [drawn.size.width, drawn.size.height].map(|n| n as usize);
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows: Vec<&[u8]> = drawn.planes.iter().map(|plane| plane.row(y)).collect();
        let [red, green, blue, alpha] = rows[..] else { return };
        pixels.extend((0..width).map(|x| Color32::from_rgba_unmultiplied(red[x], green[x], blue[x], alpha[x])));
    }
    let image = ColorImage::new([width, height], pixels);
    state.texture = Some(ui.ctx().load_texture("scope", image, TextureOptions::LINEAR));
    state.made = Some((count, state.chosen, Instant::now()));
    state.took = began.elapsed();
}

fn graticule(painter: &egui::Painter, rect: egui::Rect, scope: Scope) {
    let faint = Stroke::new(1.0, Color32::from_gray(48));
    match scope {
        Scope::Waveform | Scope::Parade => {
            for part in 1..4 {
                painter.hline(rect.x_range(), rect.top() + rect.height() * part as f32 / 4.0, faint);
            }
        }
        Scope::Histogram => {
            for part in 1..4 {
                painter.vline(rect.left() + rect.width() * part as f32 / 4.0, rect.y_range(), faint);
            }
        }
        Scope::Vectorscope => {
            painter.hline(rect.x_range(), rect.center().y, faint);
            painter.vline(rect.center().x, rect.y_range(), faint);
            painter.circle_stroke(rect.center(), rect.width() / 2.0 - 1.0, faint);
        }
    }
}

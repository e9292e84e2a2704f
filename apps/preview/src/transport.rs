//! The bar below the panels: transport, position, speed, marks, quality.
use crate::{
    desk::Desk,
    icon::{self, Icon},
    keys::{Action, act},
};
use cutroom_api::{FrameRate, Timecode, TransportActivity};
use eframe::egui::{self, RichText, Ui};

/// Qualities that people choose from.
const QUALITIES: [(&str, f64); 3] = [("Full", 1.0), ("Half", 0.5), ("Quarter", 0.25)];

/// A frame as a timecode.
pub fn timecode(frame: i64, rate: FrameRate) -> String {
    Timecode { frame, rate }.to_string()
}

/// What a quality is called.
pub fn quality_name(scale: f64) -> String {
    let known = QUALITIES.iter().find(|(_, of)| (of - scale).abs() < 1e-9);
    known.map_or_else(|| format!("{:.0} %", scale * 100.0), |(name, _)| (*name).to_owned())
}

/// The bar.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    ui.horizontal_wrapped(|ui| {
        let rate = desk.film.as_ref().map(|film| film.rate);
        let code = |frame| rate.map_or_else(String::new, |rate| timecode(frame, rate));
        ui.label(RichText::new(code(desk.frame())).monospace().size(17.0).strong());
        ui.label(RichText::new(format!("/ {}", code(desk.frames()))).monospace().weak());
        ui.label(RichText::new(format!("frame {}", desk.frame())).monospace());
        ui.separator();
        let plays = desk.plays();
        let buttons = [
            (Icon::First, "To the first frame", Action::ToStart, "Home"),
            (Icon::Back, "Play backwards", Action::PlayBackward, "J"),
            (Icon::StepBack, "A frame back", Action::StepBack, "left arrow"),
            (if plays { Icon::Pause } else { Icon::Play }, if plays { "Pause" } else { "Play" }, Action::PlayPause, "space"),
            (Icon::Step, "A frame forward", Action::StepForward, "right arrow"),
            (Icon::Forward, "Play faster", Action::PlayForward, "L"),
            (Icon::Last, "To the last frame", Action::ToEnd, "End"),
        ];
        for (icon, name, action, key) in buttons {
            if icon::button(ui, icon, name, &format!("{name} ({key})")).clicked() {
                act(desk, action, false);
            }
        }
        shuttle(ui, desk);
        ui.separator();
        marks(ui, desk, &code);
        ui.separator();
        quality(ui, desk);
        let left_out = desk.left_out();
        if plays || left_out > 0 {
            let words = format!("{left_out} left out");
            let words = RichText::new(words).monospace();
            let color = if left_out > 0 { ui.visuals().warn_fg_color } else { ui.visuals().weak_text_color() };
            ui.label(words.color(color))
                .on_hover_text("Pictures of this playback that came too late, or for which the window was too slow");
        }
        let activity = match desk.transport.activity {
            TransportActivity::Opening => "opening",
            TransportActivity::Paused => "",
            TransportActivity::Prerolling => "starting",
            TransportActivity::Playing => "playing",
            TransportActivity::Scrubbing => "scrubbing",
        };
        if plays && (desk.transport.speed - 1.0).abs() > 1e-9 {
            ui.weak(format!("{activity} at {}×", desk.transport.speed));
        } else {
            ui.weak(activity);
        }
    });
}

/// A slider that plays at the speed at which it is held, and springs back.
fn shuttle(ui: &mut Ui, desk: &mut Desk) {
    let mut speed = if desk.plays() { desk.transport.speed } else { 0.0 };
    ui.spacing_mut().slider_width = 90.0;
    let slider = egui::Slider::new(&mut speed, -8.0..=8.0).show_value(false);
    let response = ui.add(slider).on_hover_text("Shuttle: hold it aside to play, up to 8 times as fast");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, "Shuttle"));
    if response.drag_stopped() {
        desk.play_at(0.0);
    } else if response.changed() {
        // Quarters: every movement would otherwise begin playback anew.
        let speed = (speed * 4.0).round() / 4.0;
        if (speed - desk.shuttle).abs() > 1e-9 {
            desk.play_at(speed);
        }
    }
}

fn marks(ui: &mut Ui, desk: &mut Desk, code: &dyn Fn(i64) -> String) {
    let frame = desk.frame();
    let named = |mark: Option<i64>, name: &str| mark.map_or_else(|| name.to_owned(), |mark| format!("{name} {}", code(mark)));
    let start = ui.button(named(desk.mark_in, "In")).on_hover_text(format!("Mark the start of a range at frame {frame} (I)"));
    start.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Mark in"));
    if start.clicked() {
        act(desk, Action::MarkIn, false);
    }
    let last = desk.mark_out.map(|end| end - 1);
    let end = ui.button(named(last, "Out")).on_hover_text(format!("Mark the end of a range at frame {frame} (O)"));
    end.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Mark out"));
    if end.clicked() {
        act(desk, Action::MarkOut, false);
    }
    let mut loops = desk.loops;
    if ui.toggle_value(&mut loops, "Loop").on_hover_text("Play the marked range again and again (R)").changed() {
        desk.set_loop(loops);
    }
    let marked = desk.mark_in.is_some() || desk.mark_out.is_some();
    if ui.add_enabled(marked, egui::Button::new("Clear marks")).on_hover_text("Clear the marked range (X)").clicked() {
        act(desk, Action::ClearRange, false);
    }
}

fn quality(ui: &mut Ui, desk: &mut Desk) {
    let mut scale = desk.scale;
    let chosen = egui::ComboBox::from_id_salt("quality").width(76.0).selected_text(quality_name(scale));
    let chosen = chosen.show_ui(ui, |ui| {
        for (name, of) in QUALITIES {
            ui.selectable_value(&mut scale, of, name);
        }
    });
    chosen.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Quality"));
    if (scale - desk.scale).abs() > 1e-9 {
        desk.set_scale(scale);
    }
}

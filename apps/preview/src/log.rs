//! What happened, with what was refused and what failed.
use crate::{
    desk::Desk,
    link::{Note, Weight},
    words::count,
};
use eframe::egui::{self, Color32, RichText, Ui, Visuals};
use std::time::SystemTime;

/// The colour of a weight.
pub fn color(weight: Weight, visuals: &Visuals) -> Color32 {
    match weight {
        Weight::Info => visuals.text_color(),
        Weight::Warning => visuals.warn_fg_color,
        Weight::Refusal => Color32::from_rgb(255, 150, 90),
        Weight::Error => visuals.error_fg_color,
    }
}

/// The word before a note.
pub fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Info => "",
        Weight::Warning => "warning: ",
        Weight::Refusal => "refused: ",
        Weight::Error => "error: ",
    }
}

/// The time of a note, of the day in UTC.
fn time(note: &Note) -> String {
    let secs = note.at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("{:02}:{:02}:{:02}", secs / 3600 % 24, secs / 60 % 60, secs % 60)
}

/// The panel.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    egui::Frame::new().inner_margin(8.0).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.weak(format!("{}, times in UTC", count(desk.notes.len(), "line")));
            if ui.small_button("Copy").clicked() {
                let line = |note: &Note| format!("{} {}{}\n", time(note), word(note.weight), note.text);
                ui.ctx().copy_text(desk.notes.iter().map(line).collect());
            }
        });
        // Lines wrap, so that those before the last few hundred are not laid out.
        let from = desk.notes.len().saturating_sub(300);
        egui::ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
            for note in desk.notes.iter().skip(from) {
                let text = format!("{}  {}{}", time(note), word(note.weight), note.text);
                ui.label(RichText::new(text).color(color(note.weight, ui.visuals())).size(12.0));
            }
        });
    });
}

//! The source files of the project.
use crate::{desk::Desk, film::Medium, words};
use eframe::egui::{self, RichText, Ui};

/// Height of a line, in points.
const LINE: f32 = 36.0;

/// The list; only what is visible of it is laid out.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    let Some(film) = desk.film.clone() else { return };
    egui::Frame::new().inner_margin(8.0).show(ui, |ui| {
        let offline = film.media.iter().filter(|medium| medium.offline.is_some()).count();
        let count = words::count(film.media.len(), "file");
        ui.weak(if offline == 0 { count } else { format!("{count}, {offline} offline") });
        let area = egui::ScrollArea::vertical().auto_shrink(false);
        area.show_rows(ui, LINE, film.media.len(), |ui, rows| {
            for medium in film.media.get(rows).unwrap_or_default() {
                line(ui, medium);
            }
        });
    });
}

fn line(ui: &mut Ui, medium: &Medium) {
    ui.scope(|ui| {
        ui.set_height(LINE - ui.spacing().item_spacing.y);
        ui.spacing_mut().item_spacing.y = 0.0;
        let name = ui.add(egui::Label::new(RichText::new(&medium.file).strong()).truncate());
        name.on_hover_text(format!("{} ({})", medium.file, medium.id));
        match &medium.offline {
            Some(reason) => {
                let words = RichText::new("offline").color(ui.visuals().error_fg_color).size(11.0);
                ui.label(words).on_hover_text(reason);
            }
            None => _ = ui.add(egui::Label::new(RichText::new(facts(medium)).size(11.0).weak()).truncate()),
        }
    });
}

/// What is known of a file, in words.
fn facts(medium: &Medium) -> String {
    let size = medium.size.map(|size| format!("{}x{}", size.width, size.height));
    let rate = medium.rate.map(|rate| format!("{} fps", (rate * 1000.0).round() / 1000.0));
    let secs = medium.secs.map(|secs| format!("{}:{:04.1}", (secs / 60.0).floor(), secs % 60.0));
    let bytes = medium.bytes.map(|bytes| format!("{:.1} MB", bytes as f64 / 1e6));
    let known: Vec<String> = [size, rate, secs, bytes].into_iter().flatten().collect();
    known.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_said() {
        let medium = |secs| Medium {
            id: "a".into(),
            file: "a.mp4".into(),
            size: None,
            rate: Some(30000.0 / 1001.0),
            secs,
            bytes: Some(1_500_000),
            offline: None,
        };
        assert_eq!(facts(&medium(None)), "29.97 fps, 1.5 MB");
        assert_eq!(facts(&medium(Some(65.25))), "29.97 fps, 1:05.2, 1.5 MB");
    }
}

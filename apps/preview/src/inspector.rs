//! The selected clip: numbers that are dragged, switches, its effects. What is dragged becomes one
//! step.
use crate::{desk::Desk, film::Piece, transport::timecode};
use cutroom_api::{Animated, Clip};
use eframe::egui::{self, DragValue, RichText, Ui};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// A number of a clip that can be changed here.
struct Field {
    name: &'static str,
    /// The field of the document that it is.
    path: &'static str,
    /// Its place in a pair.
    half: Option<usize>,
    range: RangeInclusive<f64>,
    speed: f64,
    decimals: usize,
    suffix: &'static str,
    of: fn(&Clip) -> Option<Vec<f64>>,
}

fn single(value: &Animated<f64>) -> Option<Vec<f64>> {
    if let Animated::Constant(value) = value { Some(vec![*value]) } else { None }
}

fn pair(value: &Animated<[f64; 2]>) -> Option<Vec<f64>> {
    if let Animated::Constant(value) = value { Some(value.to_vec()) } else { None }
}

const ANY: RangeInclusive<f64> = -1e5..=1e5;

const fn field(name: &'static str, path: &'static str, of: fn(&Clip) -> Option<Vec<f64>>) -> Field {
    Field { name, path, half: None, range: ANY, speed: 0.01, decimals: 2, suffix: "", of }
}

const PICTURE: &[Field] = &[
    Field { range: 0.0..=1.0, speed: 0.005, ..field("Opacity", "video.opacity", |clip| single(&clip.video.opacity)) },
    Field { half: Some(0), speed: 1.0, decimals: 1, suffix: " px", ..field("Position x", POSITION, position) },
    Field { half: Some(1), speed: 1.0, decimals: 1, suffix: " px", ..field("Position y", POSITION, position) },
    Field { half: Some(0), speed: 0.005, decimals: 3, ..field("Scale x", SCALE, scale) },
    Field { half: Some(1), speed: 0.005, decimals: 3, ..field("Scale y", SCALE, scale) },
    Field { speed: 0.5, decimals: 1, suffix: "°", ..field("Rotation", "video.transform.rotation_degrees", rotation) },
];

const SOUND: &[Field] = &[
    Field {
        range: -144.0..=60.0,
        speed: 0.1,
        decimals: 1,
        suffix: " dB",
        ..field("Volume", "audio.gain_db", |clip| single(&clip.audio.gain_db))
    },
    Field { range: -1.0..=1.0, ..field("Balance", "audio.pan", |clip| single(&clip.audio.pan)) },
];

const POSITION: &str = "video.transform.position_px";
const SCALE: &str = "video.transform.scale";

fn position(clip: &Clip) -> Option<Vec<f64>> {
    pair(&clip.video.transform.position_px)
}

fn scale(clip: &Clip) -> Option<Vec<f64>> {
    pair(&clip.video.transform.scale)
}

fn rotation(clip: &Clip) -> Option<Vec<f64>> {
    single(&clip.video.transform.rotation_degrees)
}

/// A number that is being changed: it is not that of the document until the session has answered.
#[derive(Clone, Debug, Default)]
struct Changing {
    value: f64,
    /// Number of the last command.
    number: u64,
    held: bool,
}

/// The panel.
pub fn show(ui: &mut Ui, desk: &mut Desk) {
    egui::Frame::new().inner_margin(8.0).show(ui, |ui| {
        let Some(piece) = desk.selection() else {
            ui.weak("Select a clip in the timeline.");
            return;
        };
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| clip(ui, desk, &piece));
    });
}

fn clip(ui: &mut Ui, desk: &mut Desk, piece: &Piece) {
    let Some((is_sound, rate)) = desk.film.as_ref().and_then(|film| Some((film.piece(piece.id())?.0.is_sound, film.rate))) else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&piece.name).strong());
        ui.weak(format!("{} · {}", piece.kind.name(), piece.id()));
    });
    egui::Grid::new("clip").num_columns(2).spacing([10.0, 5.0]).show(ui, |ui| {
        name(ui, desk, piece);
        let target = json!({"clip": piece.id()});
        switch(ui, desk, "Enabled", &target, "enabled", piece.clip.enabled);
        let id = piece.id();
        let move_to = |frames: i64| json!({"move": {"clips": [id], "by": format!("{}f", frames - piece.start)}});
        frames(ui, desk, piece, "Start", piece.start, 0, &move_to);
        ui.label("");
        ui.label(RichText::new(timecode(piece.start, rate)).monospace().weak());
        ui.end_row();
        let trim_to = |frames: i64| json!({"trim": {"clip": id, "edge": "end", "to": format!("{}f", piece.start + frames)}});
        frames(ui, desk, piece, "Duration", piece.end - piece.start, 1, &trim_to);
        ui.label("Speed");
        ui.label(format!("{}×", piece.clip.speed));
        ui.end_row();
        if !is_sound {
            PICTURE.iter().for_each(|field| number(ui, desk, piece, field));
        }
        SOUND.iter().for_each(|field| number(ui, desk, piece, field));
    });
    ui.separator();
    effects(ui, desk, piece);
}

/// The name, set when the text is left.
fn name(ui: &mut Ui, desk: &mut Desk, piece: &Piece) {
    let id = egui::Id::unique(("name of", piece.id()));
    let label = ui.label("Name").id;
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| piece.clip.name.clone());
    let response =
        ui.add(egui::TextEdit::singleline(&mut text).hint_text(&piece.name).desired_width(f32::INFINITY)).labelled_by(label);
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        if text != piece.clip.name {
            desk.command(json!({"set": {"of": {"clip": piece.id()}, "field": "name", "value": text}}));
        }
    } else if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    }
    ui.end_row();
}

fn switch(ui: &mut Ui, desk: &mut Desk, name: &str, of: &Value, field: &str, value: bool) {
    ui.label("");
    let mut value = value;
    if ui.checkbox(&mut value, name).changed() {
        desk.command(json!({"set": {"of": of, "field": field, "value": value}}));
    }
    ui.end_row();
}

/// A number of frames, which is sent when it is let go.
fn frames(ui: &mut Ui, desk: &mut Desk, piece: &Piece, name: &str, now: i64, least: i64, command: &dyn Fn(i64) -> Value) {
    let label = ui.label(name).id;
    let (value, response, changing) = edited(ui, desk, (piece.id(), name), now as f64, |value| {
        DragValue::new(value).range(least as f64..=1e9).speed(0.25).fixed_decimals(0).suffix(" frames")
    });
    let ends =
        response.drag_stopped() || response.lost_focus() || response.changed() && !response.dragged() && !response.has_focus();
    let mut changing = changing;
    if ends && value.round() as i64 != now {
        changing.number = desk.command(command(value.round() as i64));
    }
    keep(ui, (piece.id(), name), changing, response.dragged() || response.has_focus());
    response.labelled_by(label);
    ui.end_row();
}

/// A number of the document, which follows while it is dragged.
fn number(ui: &mut Ui, desk: &mut Desk, piece: &Piece, field: &Field) {
    let label = ui.label(field.name).id;
    let Some(values) = (field.of)(&piece.clip) else {
        ui.weak("animated").on_hover_text("It has keyframes, which this window does not change");
        ui.end_row();
        return;
    };
    let half = field.half.unwrap_or(0);
    let Some(now) = values.get(half).copied() else { return };
    let (value, response, mut changing) = edited(ui, desk, (piece.id(), field.name), now, |value| {
        DragValue::new(value).range(field.range.clone()).speed(field.speed).max_decimals(field.decimals).suffix(field.suffix)
    });
    if response.drag_started() || response.gained_focus() {
        desk.new_drag();
    }
    if response.changed() {
        let mut values = values.clone();
        values[half] = value;
        let value = if field.half.is_some() { json!(values) } else { json!(value) };
        let set = json!({"of": {"clip": piece.id()}, "field": field.path, "value": value});
        changing.number = desk.command(json!({"set": set, "key": format!("window {} {}", desk.drags, field.path)}));
    }
    keep(ui, (piece.id(), field.name), changing, response.dragged() || response.has_focus());
    response.labelled_by(label);
    ui.end_row();
}

type Key<'a> = (&'a str, &'a str);

/// A value that is dragged: what was dragged to until the session has answered, else that of the
/// document.
fn edited<'a>(
    ui: &mut Ui,
    desk: &Desk,
    key: Key<'_>,
    now: f64,
    drag: impl for<'v> FnOnce(&'v mut f64) -> DragValue<'v> + 'a,
) -> (f64, egui::Response, Changing) {
    let kept = ui.data(|data| data.get_temp::<Changing>(egui::Id::unique(key)));
    let pending = kept.filter(|changing| changing.held || changing.number > desk.answered);
    let mut changing = pending.unwrap_or(Changing { value: now, number: 0, held: false });
    let mut value = changing.value;
    let response = ui.add(drag(&mut value));
    changing.value = value;
    (value, response, changing)
}

fn keep(ui: &Ui, key: Key<'_>, changing: Changing, held: bool) {
    ui.data_mut(|data| data.insert_temp(egui::Id::unique(key), Changing { held, ..changing }));
}

fn effects(ui: &mut Ui, desk: &mut Desk, piece: &Piece) {
    let lists = [("video", &piece.clip.video.effects), ("audio", &piece.clip.audio.effects)];
    if lists.iter().all(|(_, list)| list.is_empty()) {
        ui.weak("No effects.");
        return;
    }
    ui.strong("Effects");
    for (part, list) in lists {
        for effect in list {
            let mut enabled = effect.enabled;
            let name = format!("{} · {}", effect.effect, effect.id);
            if ui.checkbox(&mut enabled, name).changed() {
                let field = format!("{part}.effects.{}.enabled", effect.id);
                desk.command(json!({"set": {"of": {"clip": piece.id()}, "field": field, "value": enabled}}));
            }
        }
    }
}

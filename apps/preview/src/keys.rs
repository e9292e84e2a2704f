//! What keys do: one table, which the tests, the help and the pages of documentation agree with.
use crate::{desk::Desk, layout::Panel, state::Compare};
use eframe::egui::{Key, KeyboardShortcut, Modifiers};
use serde_json::json;

/// What can be done by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Their words are in the table.
pub enum Action {
    PlayPause,
    PlayForward,
    PlayBackward,
    Stop,
    StepBack,
    StepForward,
    SecondBack,
    SecondForward,
    ToStart,
    ToEnd,
    PreviousEdit,
    NextEdit,
    MarkIn,
    MarkOut,
    ToIn,
    ToOut,
    ClearRange,
    Loop,
    Undo,
    Redo,
    Save,
    Split,
    TrimStart,
    TrimEnd,
    NudgeLeft,
    NudgeRight,
    Delete,
    RippleDelete,
    SelectAtPlayhead,
    SelectNone,
    ZoomIn,
    ZoomOut,
    ZoomAll,
    Fit,
    Whole,
    SafeAreas,
    HoldA,
    Wipe,
    ToggleAB,
    Before,
    Hud,
}

/// A row of the table: what is done, in words, and by which keys.
pub struct Row {
    /// What is done.
    pub action: Action,
    /// In words.
    pub words: &'static str,
    /// Keys.
    pub keys: &'static [KeyboardShortcut],
}

impl Row {
    /// Whether it is done again while the key is held.
    pub fn repeats(&self) -> bool {
        matches!(
            self.action,
            Action::StepBack
                | Action::StepForward
                | Action::SecondBack
                | Action::SecondForward
                | Action::PreviousEdit
                | Action::NextEdit
                | Action::NudgeLeft
                | Action::NudgeRight
                | Action::ZoomIn
                | Action::ZoomOut
                | Action::Undo
                | Action::Redo
        )
    }
}

/// A chord as people write it: Ctrl+Shift+Z.
pub fn chord(keys: &KeyboardShortcut) -> String {
    let held = [(keys.modifiers.command, "Ctrl+"), (keys.modifiers.alt, "Alt+"), (keys.modifiers.shift, "Shift+")];
    let held: String = held.iter().filter(|(is_held, _)| *is_held).map(|(_, name)| *name).collect();
    // Signs that every font has; other keys have names.
    let sign = keys.logical_key.symbol_or_name();
    let key = if sign.len() == 1 { sign } else { keys.logical_key.name() };
    format!("{held}{key}")
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;
const CTRL_SHIFT: Modifiers = CTRL.plus(SHIFT);

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const fn row(action: Action, words: &'static str, keys: &'static [KeyboardShortcut]) -> Row {
    Row { action, words, keys }
}

/// All keys. Those with more modifiers come before those with fewer, which would take them.
pub const TABLE: &[Row] = &[
    row(Action::Redo, "Redo", &[key(CTRL_SHIFT, Key::Z), key(CTRL, Key::Y)]),
    row(Action::Undo, "Undo", &[key(CTRL, Key::Z)]),
    row(Action::Save, "Write the project file", &[key(CTRL, Key::S)]),
    row(
        Action::Split,
        "Cut the selected clip, or all clips, at the playhead",
        &[key(CTRL, Key::B), key(CTRL, Key::K), key(CTRL, Key::Backslash), key(NONE, Key::B)],
    ),
    row(Action::SafeAreas, "Safe areas and centre", &[key(CTRL.plus(ALT), Key::Quote), key(NONE, Key::Quote)]),
    row(Action::ClearRange, "Clear the marked range", &[key(ALT, Key::X), key(NONE, Key::X)]),
    row(Action::TrimStart, "Trim the start of the selected clip to the playhead", &[key(SHIFT, Key::OpenBracket)]),
    row(Action::TrimEnd, "Trim the end of the selected clip to the playhead", &[key(SHIFT, Key::CloseBracket)]),
    row(Action::SecondBack, "A second back", &[key(SHIFT, Key::ArrowLeft)]),
    row(Action::SecondForward, "A second forward", &[key(SHIFT, Key::ArrowRight)]),
    row(Action::ToIn, "To the start of the marked range", &[key(SHIFT, Key::I)]),
    row(Action::ToOut, "To the end of the marked range", &[key(SHIFT, Key::O)]),
    row(Action::SelectAtPlayhead, "Select the clip under the playhead", &[key(SHIFT, Key::V)]),
    row(Action::ZoomAll, "Show the whole timeline", &[key(SHIFT, Key::Z)]),
    row(Action::Fit, "Fit the picture into the viewer", &[key(SHIFT, Key::Num6)]),
    row(Action::Whole, "One pixel of the film on one of the screen", &[key(SHIFT, Key::Num7)]),
    row(Action::PlayPause, "Play, pause", &[key(NONE, Key::Space)]),
    row(Action::PlayBackward, "Play backwards; again: faster, up to 8; with K held: one frame", &[key(NONE, Key::J)]),
    row(Action::Stop, "Stop", &[key(NONE, Key::K)]),
    row(Action::PlayForward, "Play; again: faster, up to 8; with K held: one frame", &[key(NONE, Key::L)]),
    row(Action::StepBack, "A frame back", &[key(NONE, Key::ArrowLeft)]),
    row(Action::StepForward, "A frame forward", &[key(NONE, Key::ArrowRight)]),
    row(Action::PreviousEdit, "To the cut before", &[key(NONE, Key::ArrowUp)]),
    row(Action::NextEdit, "To the next cut", &[key(NONE, Key::ArrowDown)]),
    row(Action::ToStart, "To the first frame", &[key(NONE, Key::Home)]),
    row(Action::ToEnd, "To the last frame", &[key(NONE, Key::End)]),
    row(Action::MarkIn, "Mark the start of a range", &[key(NONE, Key::I)]),
    row(Action::MarkOut, "Mark the end of a range, after this frame", &[key(NONE, Key::O)]),
    row(Action::Loop, "Play the marked range again and again", &[key(NONE, Key::R)]),
    row(Action::NudgeLeft, "Move the selected clip a frame earlier", &[key(NONE, Key::Comma)]),
    row(Action::NudgeRight, "Move the selected clip a frame later", &[key(NONE, Key::Period)]),
    row(Action::RippleDelete, "Delete the selected clip and close the gap", &[key(SHIFT, Key::Backspace), key(NONE, Key::Delete)]),
    row(Action::Delete, "Delete the selected clip and leave a gap", &[key(NONE, Key::Backspace)]),
    row(Action::SelectNone, "Select nothing", &[key(NONE, Key::Escape)]),
    row(
        Action::ZoomIn,
        "Timeline: zoom in",
        &[key(NONE, Key::Plus), key(SHIFT, Key::Plus), key(SHIFT, Key::Equals), key(NONE, Key::Equals)],
    ),
    row(Action::ZoomOut, "Timeline: zoom out", &[key(NONE, Key::Minus)]),
    row(Action::HoldA, "Hold the shown picture as A", &[key(NONE, Key::Num1)]),
    row(Action::ToggleAB, "Show A, or the film again", &[key(NONE, Key::Num2)]),
    row(Action::Wipe, "A left of a line, the film right of it", &[key(NONE, Key::Num3)]),
    row(Action::Before, "Left of a line without the effects of the selected clip", &[key(NONE, Key::Num4)]),
    row(Action::Hud, "Figures over the picture", &[key(NONE, Key::H)]),
];

/// Does it.
pub fn act(desk: &mut Desk, action: Action, k_is_held: bool) {
    let frame = desk.frame();
    let second = desk.film.as_ref().map_or(25, |film| film.rate.as_f64().round() as i64).max(1);
    let selected = desk.selected.clone();
    match action {
        Action::PlayPause if desk.plays() => _ = desk.command(json!({"pause": {}})),
        Action::PlayPause => {
            // From the end the film begins again.
            if frame + 1 >= desk.frames() && !desk.loops {
                desk.seek(0);
            }
            desk.play_at(1.0);
        }
        Action::PlayForward | Action::PlayBackward => {
            let direction = if action == Action::PlayForward { 1.0 } else { -1.0 };
            if k_is_held {
                desk.command(json!({"step": {"frames": direction as i64}}));
                return;
            }
            let same_way = desk.plays() && desk.shuttle * direction > 0.0;
            let speed = if same_way { (desk.shuttle.abs() * 2.0).clamp(1.0, 8.0) } else { 1.0 };
            desk.play_at(direction * speed);
        }
        Action::Stop => {
            desk.shuttle = 0.0;
            desk.command(json!({"pause": {}}));
        }
        Action::StepBack => _ = desk.command(json!({"step": {"frames": -1}})),
        Action::StepForward => _ = desk.command(json!({"step": {"frames": 1}})),
        Action::SecondBack => desk.seek(frame - second),
        Action::SecondForward => desk.seek(frame + second),
        Action::ToStart => desk.seek(0),
        Action::ToEnd => desk.seek(i64::MAX),
        Action::PreviousEdit | Action::NextEdit => {
            if let Some(cut) = neighbour(desk, frame, action == Action::NextEdit) {
                desk.seek(cut);
            }
        }
        Action::MarkIn => {
            let end = desk.mark_out.filter(|end| *end > frame);
            desk.mark(Some(frame), end);
        }
        Action::MarkOut => {
            let start = desk.mark_in.filter(|start| *start <= frame);
            desk.mark(start, Some(frame + 1));
        }
        Action::ToIn => desk.seek(desk.mark_in.unwrap_or(0)),
        Action::ToOut => desk.seek(desk.mark_out.map_or(i64::MAX, |end| end - 1)),
        Action::ClearRange => {
            desk.mark(None, None);
            if desk.loops {
                desk.set_loop(false);
            }
        }
        Action::Loop => desk.set_loop(!desk.loops),
        Action::Undo => _ = desk.command(json!({"undo": {}})),
        Action::Redo => _ = desk.command(json!({"redo": {}})),
        Action::Save => _ = desk.command(json!({"save": {}})),
        Action::Split => split(desk, frame),
        Action::TrimStart | Action::TrimEnd => {
            if let Some(clip) = selected {
                let (edge, to) = if action == Action::TrimStart { ("start", frame) } else { ("end", frame + 1) };
                desk.command(json!({"trim": {"clip": clip, "edge": edge, "to": format!("{to}f")}}));
            }
        }
        Action::NudgeLeft | Action::NudgeRight => {
            if let Some(clip) = selected {
                let by = if action == Action::NudgeLeft { "-1f" } else { "1f" };
                desk.command(json!({"move": {"clips": [clip], "by": by}}));
            }
        }
        Action::Delete | Action::RippleDelete => {
            if let Some(clip) = selected {
                let ripple = action == Action::RippleDelete;
                desk.command(json!({"delete": {"clips": [clip], "ripple": ripple}}));
            }
        }
        Action::SelectAtPlayhead => {
            let film = desk.film.clone();
            let at = film.and_then(|film| film.rows.iter().find_map(|row| row.at(frame).map(|piece| piece.id().to_owned())));
            desk.selected = at;
        }
        Action::SelectNone => desk.selected = None,
        Action::ZoomIn => desk.timeline.zoom_by(1.5),
        Action::ZoomOut => desk.timeline.zoom_by(1.0 / 1.5),
        Action::ZoomAll => desk.timeline.show_all(),
        Action::Fit => desk.viewer.fit(),
        Action::Whole => desk.viewer.whole(),
        Action::SafeAreas => desk.viewer.safe_areas = !desk.viewer.safe_areas,
        Action::HoldA => desk.held = desk.now.clone(),
        Action::Wipe => desk.viewer.compare_or_not(Compare::Wipe),
        Action::ToggleAB => desk.viewer.compare_or_not(Compare::Held),
        Action::Before => desk.viewer.compare_or_not(Compare::Before),
        Action::Hud => desk.hud = !desk.hud,
    }
    if matches!(action, Action::Wipe | Action::ToggleAB) && desk.held.is_none() {
        desk.held = desk.now.clone();
    }
    if matches!(action, Action::Fit | Action::Whole | Action::HoldA | Action::Wipe | Action::Before) {
        desk.layout.reveal(Panel::Viewer);
    }
}

/// The next or former frame at which a clip starts or ends.
fn neighbour(desk: &Desk, frame: i64, forward: bool) -> Option<i64> {
    let film = desk.film.as_ref()?;
    let edges = film.rows.iter().flat_map(|row| &row.pieces).flat_map(|piece| [piece.start, piece.end]);
    if forward { edges.filter(|edge| *edge > frame).min() } else { edges.filter(|edge| *edge < frame).max() }
}

fn split(desk: &mut Desk, frame: i64) {
    let Some(film) = desk.film.clone() else { return };
    let is_in = |start: i64, end: i64| start < frame && frame < end;
    let under: Vec<String> = match desk.selection() {
        Some(piece) if is_in(piece.start, piece.end) => vec![piece.id().to_owned()],
        _ => {
            let unlocked = film.rows.iter().filter(|row| !row.locked);
            let under = unlocked.filter_map(|row| row.at(frame)).filter(|piece| is_in(piece.start, piece.end));
            under.map(|piece| piece.id().to_owned()).collect()
        }
    };
    if !under.is_empty() {
        desk.command(json!({"split": {"clips": under, "at": format!("{frame}f")}}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let all: Vec<_> = TABLE.iter().flat_map(|row| row.keys).collect();
        for (n, key) in all.iter().enumerate() {
            assert!(!all[..n].contains(key), "{key:?} is there twice");
        }
    }

    #[test]
    fn chords_are_written_as_people_write_them() {
        assert_eq!(chord(&key(CTRL_SHIFT, Key::Z)), "Ctrl+Shift+Z");
        assert_eq!(chord(&key(SHIFT, Key::OpenBracket)), "Shift+[");
        assert_eq!((chord(&key(NONE, Key::Space)), chord(&key(ALT, Key::X))), ("Space".into(), "Alt+X".into()));
    }

    #[test]
    fn the_page_names_every_key_of_the_table() {
        let page = include_str!("../../../docs/preview.md");
        for row in TABLE {
            assert!(page.contains(&format!("| {} |", row.words)), "docs/preview.md lacks \"{}\"", row.words);
        }
    }
}

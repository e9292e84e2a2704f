//! What is edited in the window is in the document and in its journal; what is refused is said.
use crate::support::{Window, document, named, spans, spans_of};
use cutroom_preview::link::Weight;
use eframe::egui::{Key, Modifiers, Pos2, accesskit::Role, pos2};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Waits until all commands are answered.
fn answered(window: &mut Window) {
    window.harness.step();
    window.until("an answer", |desk| desk.link.sent() == desk.answered);
    window.settle();
}

/// A place in a clip of 50 frames, `c1`, or beside it: what is there at a frame.
fn at(window: &Window, frame: f32) -> Pos2 {
    let clip = window.rect("Clip c1");
    pos2(clip.left() + clip.width() * frame / 50.0, clip.center().y)
}

const BEFORE: &[(&str, i64, i64)] = &[("c1", 0, 50), ("c2", 50, 75)];

#[test]
fn an_edge_is_trimmed_by_dragging_undone_done_again_and_kept() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    assert_eq!(spans(&window.film(), "v1"), named(BEFORE));
    let edge = at(&window, 50.0) - eframe::egui::vec2(3.0, 0.0);
    let to = at(&window, 40.0) - eframe::egui::vec2(3.0, 0.0);
    window.drag(edge, to);
    answered(&mut window);
    let trimmed = [("c1", 0, 40), ("c2", 50, 75)];
    assert_eq!(spans(&window.film(), "v1"), named(&trimmed));
    assert_eq!(window.desk().selected.as_deref(), Some("c1"));
    assert!(window.film().unsaved);
    window.chord(CTRL, Key::Z);
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v1"), named(BEFORE));
    window.chord(CTRL_SHIFT, Key::Z);
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v1"), named(&trimmed));
    // It is in the journal, though nothing was saved; and the step can be undone there.
    let mut editor = window.reopened();
    assert_eq!(spans_of(editor.session(), "v1"), named(&trimmed));
    editor.execute(&serde_json::json!({"undo": {}}), &cutroom_api::CancelToken::new()).unwrap();
    assert_eq!(spans_of(editor.session(), "v1"), named(BEFORE));
}

#[test]
fn a_clip_is_moved_as_one_step() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    let from = window.rect("Clip red").center();
    let ten = at(&window, 10.0).x - at(&window, 0.0).x;
    // Where nothing is near that it would jump to.
    window.drag(from, from - eframe::egui::vec2(ten * 2.2, 0.0));
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v2"), named(&[("red", 38, 48)]));
    window.chord(CTRL, Key::Z);
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v2"), named(&[("red", 60, 70)]), "one step");
}

#[test]
fn keys_trim_nudge_split_and_delete_the_selection() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    window.click("Clip c1");
    assert_eq!(window.desk().selected.as_deref(), Some("c1"));
    window.harness.state_mut().desk.seek(29);
    answered(&mut window);
    window.chord(Modifiers::SHIFT, Key::CloseBracket);
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v1")[0], ("c1".into(), 0, 30), "the frame under the playhead is the last one");
    window.harness.state_mut().desk.seek(4);
    answered(&mut window);
    window.chord(Modifiers::SHIFT, Key::OpenBracket);
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v1")[0], ("c1".into(), 4, 30));
    window.press(Key::Period);
    answered(&mut window);
    assert_eq!(spans(&window.film(), "v1")[0], ("c1".into(), 5, 31));
    window.press(Key::Comma);
    answered(&mut window);
    window.harness.state_mut().desk.seek(10);
    answered(&mut window);
    window.chord(CTRL, Key::K);
    answered(&mut window);
    let parts: Vec<_> = spans(&window.film(), "v1").into_iter().map(|(_, start, end)| (start, end)).collect();
    assert_eq!(parts, [(4, 10), (10, 30), (50, 75)]);
    window.press(Key::Backspace);
    answered(&mut window);
    let parts: Vec<_> = spans(&window.film(), "v1").into_iter().map(|(_, start, end)| (start, end)).collect();
    assert_eq!(parts, [(10, 30), (50, 75)], "a gap is left");
    assert_eq!(window.desk().selected, None);
    // Closing the gap moves what follows on the track.
    window.harness.state_mut().desk.seek(12);
    answered(&mut window);
    window.chord(Modifiers::SHIFT, Key::V);
    window.press(Key::Delete);
    answered(&mut window);
    let parts: Vec<_> = spans(&window.film(), "v1").into_iter().map(|(_, start, end)| (start, end)).collect();
    assert_eq!(parts, [(30, 55)]);
    let editor = window.reopened();
    let kept: Vec<_> = spans_of(editor.session(), "v1").into_iter().map(|(_, start, end)| (start, end)).collect();
    assert_eq!(kept, [(30, 55)]);
}

#[test]
fn what_is_refused_is_said_and_the_clip_goes_back() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    // Onto the clip behind it, where there is no room.
    let from = at(&window, 25.0);
    window.drag(from, at(&window, 57.0));
    window.until("an answer", |desk| desk.link.sent() == desk.answered);
    assert_eq!(spans(&window.film(), "v1"), named(BEFORE));
    let refused = window.desk().notes.iter().rfind(|note| note.weight == Weight::Refusal).cloned().unwrap();
    let text = format!("refused: {}", refused.text);
    window.harness.step();
    assert!(window.has(&text), "{text} is shown over the panels");
    let clip = window.rect("Clip c1");
    let again = window.rect("Clip c2");
    assert!((clip.width() / again.width() - 2.0).abs() < 0.05 && clip.right() <= again.left() + 1.0, "it is drawn where it was");
}

#[test]
fn numbers_of_the_inspector_are_one_step_and_switches_another() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    window.click("Clip c1");
    window.harness.step();
    let field = window.rect_by(Role::SpinButton, "Opacity").center();
    window.drag(field, field - eframe::egui::vec2(60.0, 0.0));
    answered(&mut window);
    let of = |window: &Window| window.film().piece("c1").unwrap().1.clip.video.opacity.clone();
    let cutroom_api::Animated::Constant(value) = of(&window) else { panic!("{:?}", of(&window)) };
    assert!(value < 0.95 && value > 0.2, "{value}");
    window.chord(CTRL, Key::Z);
    answered(&mut window);
    assert_eq!(of(&window), cutroom_api::Animated::Constant(1.0), "one step");
    window.click("Clip red");
    window.harness.step();
    window.click("invert · e1");
    answered(&mut window);
    assert!(!window.film().piece("red").unwrap().1.clip.video.effects[0].enabled);
    let editor = window.reopened();
    let clip = &document(editor.session())["compositions"][0]["tracks"][1]["clips"][0];
    assert_eq!(clip["video"]["effects"][0]["enabled"], false, "{clip}");
}

#[test]
fn looking_only_changes_nothing_beside_who_edits() {
    let Some(mut first) = Window::open() else { return };
    first.settle();
    let dir = std::sync::Arc::clone(&first.dir);
    let Some(mut second) = Window::again(&dir, |run| run.read_only = true) else { return };
    second.settle();
    second.click("Clip c1");
    second.press(Key::Delete);
    second.until("an answer", |desk| desk.link.sent() == desk.answered);
    assert_eq!(spans(&second.film(), "v1"), named(BEFORE));
    assert!(second.desk().notes.iter().any(|note| note.weight == Weight::Refusal && note.text.contains("look only")));
}

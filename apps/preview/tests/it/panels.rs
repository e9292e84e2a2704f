//! Panels are hidden, shown and kept; figures, scopes and media say what is known; large films stay
//! fluid.
use crate::support::{FRAMES, Window};
use cutroom_preview::{hud, layout::Panel};
use eframe::egui::{Key, accesskit::Role};
use serde_json::json;
use std::{sync::Arc, time::Instant};

#[test]
fn panels_are_hidden_shown_again_and_kept_for_the_next_window() {
    let Some(mut window) = Window::open() else { return };
    assert!(Panel::LIST.iter().all(|panel| window.desk().layout.is_shown(*panel)));
    window.click("View");
    window.click_role(Role::CheckBox, "Media");
    assert!(!window.desk().layout.is_shown(Panel::Media));
    window.desk().layout.save().unwrap();
    let dir = Arc::clone(&window.dir);
    drop(window);
    let Some(mut window) = Window::again(&dir, |_| {}) else { return };
    assert!(!window.desk().layout.is_shown(Panel::Media));
    window.click("View");
    window.click("Reset layout");
    assert!(window.desk().layout.is_shown(Panel::Media));
}

#[test]
fn scopes_bring_nothing_back_until_they_are_seen_and_figures_say_what_is_unknown() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    assert!(!window.desk().layout.is_in_front(Panel::Scopes) && !window.has("Waveform"));
    window.harness.state_mut().desk.layout.reveal(Panel::Scopes);
    window.harness.run_steps(3);
    assert!(window.has("Vectorscope") && window.desk().layout.is_in_front(Panel::Scopes));
    window.press(Key::H);
    assert!(window.desk().hud);
    window.settle();
    let lines = hud::lines(window.desk()).join("\n");
    // Nobody measures stages here.
    assert!(lines.contains("decode unknown") && lines.contains("frame 0, picture 64x36"), "{lines}");
}

#[test]
fn media_that_are_gone_are_said_to_be_offline() {
    let Some(window) = Window::open() else { return };
    let dir = Arc::clone(&window.dir);
    // What the document does not say was found out when it was opened.
    let medium = window.film().media[0].clone();
    assert_eq!(
        (medium.size.map(|size| (size.width, size.height)), medium.rate, medium.offline),
        (Some((64, 36)), Some(25.0), None)
    );
    drop(window);
    std::fs::remove_file(dir.path().join("a.mkv")).unwrap();
    let Some(mut window) = Window::again(&dir, |_| {}) else { return };
    window.settle();
    assert!(window.film().media[0].offline.is_some());
    assert!(window.has("offline") && window.has("1 file, 1 offline"));
}

#[test]
fn ten_thousand_clips_are_drawn_and_edited_at_once() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    let clip = |track: usize, n: usize| {
        json!({"id": format!("t{track}c{n}"), "source": {"type": "solid", "color": [0.2, 0.3, 0.4, 1.0]},
        "start": format!("{}f", n * 25), "duration": "25f"})
    };
    let track = |t: usize| json!({"id": format!("v{t}"), "clips": (0..500).map(|n| clip(t, n)).collect::<Vec<_>>()});
    let film = json!({"schema_version": 2, "main": "m", "compositions": [{"id": "m", "size": {"width": 64, "height": 36},
        "frame_rate": 25, "tracks": (0..20).map(track).collect::<Vec<_>>()}]});
    std::fs::write(dir.path().join("film.json"), film.to_string()).unwrap();
    let Some(mut window) = Window::again(&dir, |_| {}) else { return };
    window.settle();
    assert_eq!(window.film().clip_count(), 10_000);
    let mut times: Vec<_> = (0..20)
        .map(|_| {
            let began = Instant::now();
            window.harness.step();
            began.elapsed()
        })
        .collect();
    times.sort();
    // Generous: the code of tests is not optimised, and the machine may be busy.
    assert!(times[10].as_millis() < 150, "drawing takes {:?}", times[10]);
    // Zoomed in, the same.
    window.harness.state_mut().desk.timeline.zoom_by(60.0);
    window.harness.run_steps(2);
    window.chord(eframe::egui::Modifiers::SHIFT, Key::V);
    window.press(Key::Backspace);
    window.until("an answer", |desk| desk.link.sent() == desk.answered && desk.film.as_ref().unwrap().clip_count() == 9_999);
    assert!(FRAMES < window.desk().frames());
}

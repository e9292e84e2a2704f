//! Channels, stills and the line between two pictures.
use crate::support::{Window, film, grey};
use cutroom_preview::state::Compare;
use eframe::egui::{Key, pos2, vec2};

fn is_near(seen: [f64; 3], wanted: [f64; 3]) {
    assert!(seen.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= 4.0), "{seen:?}, not {wanted:?}");
}

/// The colours left and right of the middle of the viewer.
fn sides(window: &mut Window) -> [[f64; 3]; 2] {
    window.harness.step();
    let viewer = window.rect(&format!("Frame {}", window.desk().frame()));
    let pixels = window.pixels();
    [-30.0, 30.0].map(|by| pixels.at(viewer.center() + vec2(by, 0.0)))
}

#[test]
fn a_still_is_compared_with_the_film() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    window.click("Hold as A");
    window.harness.state_mut().desk.seek(40);
    window.settle();
    is_near(window.middle(), [grey(40); 3]);
    window.press(Key::Num2);
    is_near(window.middle(), [grey(0); 3]);
    window.press(Key::Num2);
    is_near(window.middle(), [grey(40); 3]);
    window.click("Wipe");
    assert_eq!(window.desk().viewer.compare, Compare::Wipe);
    let [left, right] = sides(&mut window);
    is_near(left, [grey(0); 3]);
    is_near(right, [grey(40); 3]);
    // The line is dragged to the right of both.
    let middle = window.rect("Frame 40").center();
    window.drag(middle, middle + vec2(90.0, 0.0));
    let [left, right] = sides(&mut window);
    is_near(left, [grey(0); 3]);
    is_near(right, [grey(0); 3]);
}

#[test]
fn the_effects_of_the_selected_clip_are_left_out_left_of_the_line() {
    let Some(mut window) = Window::open() else { return };
    window.harness.state_mut().desk.seek(62);
    window.settle();
    is_near(window.middle(), [0.0, 255.0, 255.0]);
    window.click("Clip red");
    window.press(Key::Num4);
    window.until("the picture before", |desk| desk.before.is_some());
    let [left, right] = sides(&mut window);
    is_near(left, [255.0, 0.0, 0.0]);
    is_near(right, [0.0, 255.0, 255.0]);
    window.press(Key::Num4);
    window.until("nothing beside it", |desk| desk.before.is_none());
    is_near(window.middle(), [0.0, 255.0, 255.0]);
}

#[test]
fn channels_are_seen_one_by_one() {
    let Some(mut window) = Window::open() else { return };
    window.harness.state_mut().desk.seek(62);
    window.settle();
    for (name, code) in [("Red", 0.0), ("Green", 255.0), ("Blue", 255.0), ("Luma", 0.7874 * 255.0), ("Alpha", 255.0)] {
        window.click("Channels");
        window.click(name);
        is_near(window.middle(), [code; 3]);
    }
}

#[test]
fn the_picture_is_zoomed_and_panned() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    window.click("100 %");
    window.harness.step();
    assert_eq!(window.desk().viewer.zoom, Some(1.0 / window.harness.ctx.pixels_per_point()));
    // At one pixel each, 64 of them, the panel shows its ground beside the picture.
    let center = window.rect("Frame 0").center();
    window.harness.step();
    let pixels = window.pixels();
    is_near(pixels.at(center), [grey(0); 3]);
    is_near(pixels.at(center + vec2(80.0, 0.0)), [13.0; 3]);
    window.drag(center, center + vec2(80.0, 0.0));
    window.harness.step();
    let pixels = window.pixels();
    is_near(pixels.at(center + vec2(80.0, 0.0)), [grey(0); 3]);
    is_near(pixels.at(center - pos2(40.0, 0.0).to_vec2()), [13.0; 3]);
    window.click("Fit");
    window.harness.step();
    assert_eq!(window.desk().viewer.zoom, None);
    is_near(window.middle(), [grey(0); 3]);
}

#[test]
fn zooming_keeps_what_is_under_the_pointer() {
    let Some(mut window) = Window::open() else { return };
    window.harness.state_mut().desk.seek(65);
    window.settle();
    let viewer = window.rect("Frame 65");
    let at = viewer.center() + vec2(40.0, 20.0);
    let film = |window: &Window, at: eframe::egui::Pos2| {
        let state = &window.desk().viewer;
        let fits = (viewer.width() / 64.0).min(viewer.height() / 36.0);
        (at - viewer.center() - state.pan) / state.zoom.unwrap_or(fits)
    };
    let before = film(&window, at);
    window.harness.hover_at(at);
    window.harness.event(eframe::egui::Event::Zoom(3.0));
    window.harness.step();
    let after = film(&window, at);
    assert!((before - after).length() < 0.01, "{before:?}, {after:?}");
    let fits = (viewer.width() / 64.0).min(viewer.height() / 36.0);
    assert!((window.desk().viewer.zoom.unwrap() / fits - 3.0).abs() < 0.01);
    // The timeline: the clip whose middle is under the pointer stays there.
    let clip = window.rect("Clip red");
    let scale = window.desk().timeline.scale;
    window.harness.hover_at(clip.center());
    window.harness.event(eframe::egui::Event::Zoom(2.0));
    window.harness.run_steps(2);
    assert!((window.desk().timeline.scale / scale - 2.0).abs() < 0.01);
    let again = window.rect("Clip red");
    assert!((again.center() - clip.center()).length() < 1.5 && again.width() > 1.8 * clip.width(), "{clip:?}, {again:?}");
}

#[test]
fn a_surface_that_encodes_by_itself_shows_the_same_codes() {
    let dir = std::sync::Arc::new(tempfile::tempdir().unwrap());
    film(dir.path());
    let Some(mut window) = Window::on(&dir, eframe::wgpu::TextureFormat::Bgra8UnormSrgb, |_| {}) else { return };
    for frame in [0, 30, 49] {
        window.harness.state_mut().desk.seek(frame);
        window.settle();
        is_near(window.middle(), [grey(frame); 3]);
    }
}

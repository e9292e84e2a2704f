//! Transport by keys and buttons; the picture is that of the frame that is told.
use crate::support::{FRAMES, Window, film, grey};
use cutroom_api::{BackendChoice, TransportActivity};
use eframe::egui::{Key, Modifiers};
use std::sync::Arc;

fn is_grey(window: &mut Window, n: i64) {
    let (seen, wanted) = (window.middle(), grey(n));
    assert!(seen.iter().all(|code| (code - wanted).abs() <= 2.0), "frame {n} is {wanted}, not {seen:?}");
}

#[test]
fn the_first_picture_is_the_first_frame_and_steps_show_theirs() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    assert_eq!((window.desk().frame(), window.desk().frames()), (0, FRAMES));
    is_grey(&mut window, 0);
    window.press(Key::ArrowRight);
    window.settle();
    is_grey(&mut window, 1);
    window.chord(Modifiers::SHIFT, Key::ArrowRight);
    window.settle();
    assert_eq!(window.desk().frame(), 26, "a second later");
    is_grey(&mut window, 26);
    window.click("A frame back");
    window.settle();
    is_grey(&mut window, 25);
    window.press(Key::End);
    window.settle();
    assert_eq!(window.desk().frame(), FRAMES - 1);
    is_grey(&mut window, FRAMES - 1);
    window.press(Key::Home);
    window.settle();
    is_grey(&mut window, 0);
    // To cuts, and back.
    for (key, frame) in [(Key::ArrowDown, 50), (Key::ArrowDown, 60), (Key::ArrowUp, 50), (Key::ArrowUp, 0)] {
        window.press(key);
        window.settle();
        assert_eq!(window.desk().frame(), frame);
    }
    let counters = window.desk().pictures.as_ref().unwrap().counters;
    assert!(counters.presented > 0 && counters.read_back_for_scopes == 0, "{counters:?}");
}

#[test]
fn it_plays_pauses_and_counts_what_it_left_out() {
    let Some(mut window) = Window::open() else { return };
    window.press(Key::Space);
    window.until("playing", |desk| desk.transport.activity == TransportActivity::Playing && desk.frame() > 5);
    assert!(window.has("Pause") && !window.has("Play"));
    window.until("figures", |desk| desk.figures.shown > 0);
    assert!(window.has(&format!("{} left out", window.desk().left_out())));
    window.press(Key::Space);
    window.until("a pause", |desk| !desk.plays());
    window.settle();
    let frame = window.desk().frame();
    assert!(frame > 5 && frame < FRAMES, "{frame}");
    // To the end; from there it begins again.
    window.click("Play");
    window.until("the end", |desk| desk.transport.activity == TransportActivity::Paused && desk.frame() == FRAMES - 1);
    assert!(window.desk().notes.iter().any(|note| note.text.starts_with("played ")));
    window.press(Key::Space);
    window.until("the beginning", |desk| desk.plays() && desk.frame() < 40);
    window.press(Key::K);
    window.until("a stop", |desk| !desk.plays());
}

#[test]
fn j_k_and_l_shuttle_faster_with_every_press_and_step_with_k_held() {
    let Some(mut window) = Window::open() else { return };
    window.press(Key::End);
    window.settle();
    for speed in [-1.0, -2.0, -4.0, -8.0, -8.0] {
        // At the start it stops: each begins at the end.
        window.harness.state_mut().desk.seek(FRAMES - 1);
        window.press(Key::J);
        window.until("a speed", |desk| desk.plays() && (desk.transport.speed - speed).abs() < 1e-9);
    }
    window.press(Key::L);
    window.until("the other way", |desk| desk.plays() && (desk.transport.speed - 1.0).abs() < 1e-9);
    window.press(Key::K);
    window.until("a stop", |desk| !desk.plays());
    window.harness.state_mut().desk.seek(10);
    window.settle();
    window.harness.key_down(Key::K);
    for (key, frame) in [(Key::L, 11), (Key::L, 12), (Key::J, 11)] {
        window.harness.key_press(key);
        window.harness.step();
        window.settle();
        assert_eq!(window.desk().frame(), frame);
    }
    window.harness.key_up(Key::K);
}

#[test]
fn a_marked_range_is_played_again_and_again() {
    let Some(mut window) = Window::open() else { return };
    for (frame, key) in [(20, Key::I), (29, Key::O)] {
        window.harness.state_mut().desk.seek(frame);
        window.settle();
        window.press(key);
    }
    assert_eq!((window.desk().mark_in, window.desk().mark_out), (Some(20), Some(30)));
    window.chord(Modifiers::SHIFT, Key::I);
    window.settle();
    assert_eq!(window.desk().frame(), 20);
    window.click("Loop");
    window.settle();
    let looped = window.desk().transport.looped.unwrap();
    assert_eq!((looped.from_frame, looped.to_frame), (20, 30));
    window.press(Key::Space);
    window.until("playing", |desk| desk.plays() && desk.frame() >= 27);
    window.until("the start again", |desk| desk.plays() && (20..25).contains(&desk.frame()));
    window.press(Key::K);
    window.until("a stop", |desk| !desk.plays());
    window.press(Key::X);
    window.settle();
    assert!(window.desk().mark_in.is_none() && window.desk().transport.looped.is_none() && !window.desk().loops);
}

#[test]
fn dragging_on_the_ruler_scrubs_and_comes_to_rest_where_it_is_let_go() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    // The clip of frames 0 to 49 tells where they are; the ruler is above the tracks.
    let clip = window.rect("Clip c1");
    let top = window.rect("Clip red").top() - 14.0;
    let at = |frame: f32| eframe::egui::pos2(clip.left() + clip.width() * (frame + 0.5) / 50.0, top);
    window.drag(at(3.0), at(33.0));
    window.settle();
    assert_eq!(window.desk().frame(), 33);
    is_grey(&mut window, 33);
    assert_eq!(window.desk().transport.activity, TransportActivity::Paused);
}

#[test]
fn a_lower_quality_draws_fewer_pixels_of_the_same_frame() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    let width = |window: &Window| window.desk().now.as_ref().unwrap().size.width;
    assert_eq!(width(&window), 64);
    for (name, wide) in [("Half", 32), ("Quarter", 16), ("Full", 64)] {
        window.click("Quality");
        window.click(name);
        window.until("another size", |desk| desk.now.as_ref().is_some_and(|now| now.size.width == wide));
        window.settle();
        is_grey(&mut window, 0);
    }
}

#[test]
fn a_second_pass_finds_its_frames() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    let mut pass = || {
        for _ in 0..10 {
            window.press(Key::ArrowRight);
            window.settle();
        }
        window.press(Key::Home);
        window.settle();
        window.harness.run_steps(2);
        std::thread::sleep(std::time::Duration::from_millis(400));
        window.press(Key::H);
        window.settle();
        window.harness.step();
        window.desk().figures.cache_misses
    };
    let first = pass();
    assert_eq!(pass(), first, "all were found");
}

/// What the window's own device draws is shown where it is: nothing is uploaded, nothing read back.
#[test]
fn pictures_that_the_device_draws_stay_there() {
    let dir = Arc::new(tempfile::tempdir().unwrap());
    film(dir.path());
    let Some(mut window) = Window::again(&dir, |run| run.live.backend = BackendChoice::Gpu) else { return };
    window.settle();
    is_grey(&mut window, 0);
    window.press(Key::ArrowRight);
    window.settle();
    is_grey(&mut window, 1);
    window.press(Key::Space);
    window.until("playing", |desk| desk.transport.activity == TransportActivity::Playing && desk.frame() > 5);
    window.press(Key::Space);
    window.until("a pause", |desk| !desk.plays());
    window.settle();
    let pictures = window.desk().pictures.as_ref().unwrap();
    let on_device = pictures.on_device();
    assert!(pictures.counters.presented > 2 && on_device.drawn > 2, "{:?}, {on_device:?}", pictures.counters);
    assert_eq!((pictures.counters.uploaded, on_device.read_back, pictures.read_back()), (0, 0, 0));
    // What was drawn is in the cache, on the device, too: a second pass draws nothing.
    let frame = window.desk().frame();
    window.press(Key::Home);
    window.settle();
    let before = window.desk().pictures.as_ref().unwrap().on_device().drawn;
    window.press(Key::ArrowRight);
    window.settle();
    is_grey(&mut window, 1);
    assert_eq!(window.desk().pictures.as_ref().unwrap().on_device().drawn, before, "frame {frame}");
}

#[test]
fn the_shuttle_plays_while_it_is_held_aside() {
    let Some(mut window) = Window::open() else { return };
    window.settle();
    let slider = window.rect("Shuttle");
    let (middle, aside) = (slider.center(), slider.right_center() - eframe::egui::vec2(4.0, 0.0));
    window.harness.hover_at(middle);
    window.harness.drag_at(middle);
    window.harness.hover_at(aside);
    window.harness.step();
    window.until("a speed", |desk| desk.plays() && desk.transport.speed > 4.0);
    window.harness.drop_at(aside);
    window.harness.step();
    window.until("a pause", |desk| !desk.plays());
}

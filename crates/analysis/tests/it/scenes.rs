//! Shots of films that are drawn from formulae.
use cutroom_analysis::scenes::{SceneFinder, SceneSettings, Scenes, TransitionKind};
use cutroom_types::{ColorTags, FrameRate, Picture, PictureFormat, Size, TimeDelta};
use std::f64::consts::TAU;

const SIZE: Size = Size { width: 161, height: 91 };

/// The brightness, 0..=1, of one of several scenes at a point of an endless plane.
fn scene(number: usize, x: f64, y: f64) -> f64 {
    let wave = |k: usize| {
        let (k, n) = (k as f64, number as f64);
        let (length, direction) = ((9.0 + 2.0 * n) * 1.3f64.powf(k), 2.4 * k + 1.1 * n);
        (TAU * (x * direction.cos() + y * direction.sin()) / length + (1.7 + n) * k * k).sin()
    };
    (0.5 + 0.08 * (0..9).map(wave).sum::<f64>() + 0.05 * (number as f64 - 1.0)).clamp(0.0, 1.0)
}

/// A frame whose three colours are those of `f` at each pixel.
fn frame(f: impl Fn(f64, f64) -> f64) -> Picture {
    let pixels = (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (f64::from(x), f64::from(y))));
    let values: Vec<f64> = pixels.map(|(x, y)| f(x, y)).collect();
    let plane = |gain: f64| values.iter().map(|v| (255.0 * gain * v).round() as u8).collect::<Vec<u8>>();
    Picture::from_planes(PictureFormat::RGB8, SIZE, ColorTags::SRGB, vec![plane(1.0), plane(0.8), plane(0.6)]).unwrap()
}

fn found(frames: impl Iterator<Item = Picture>) -> Scenes {
    let rate = FrameRate::new(30_000, 1001).unwrap();
    let mut finder = SceneFinder::new(SceneSettings::default());
    let mut n = 0;
    for picture in frames {
        finder.see(&picture, rate.time_of_frame(n));
        n += 1;
    }
    finder.finish(rate.time_of_frame(n))
}

/// Scenes that move in several directions, cut at frames 20, 45 and 60.
#[test]
fn cuts_are_exact() {
    let starts = [0, 20, 45, 60];
    let film = (0..90).map(|n| {
        let shot = starts.iter().rposition(|s| *s <= n).unwrap();
        let (dx, dy) = [(3.0, 0.0), (-2.0, 1.0), (0.0, 0.0), (1.0, -3.0)][shot];
        frame(|x, y| scene(shot, x + dx * n as f64, y + dy * n as f64))
    });
    let scenes = found(film);
    let first: Vec<usize> = scenes.shots.iter().map(|s| s.first).collect();
    assert_eq!(first, starts);
    let rate = FrameRate::new(30_000, 1001).unwrap();
    assert_eq!(scenes.shots[2].start, rate.time_of_frame(45));
    assert_eq!((scenes.shots[3].last, scenes.shots[3].end), (89, rate.time_of_frame(90)));
    assert!(scenes.transitions.iter().all(|t| t.kind == TransitionKind::Cut && t.score > 0.25));
}

#[test]
fn a_pan_a_flash_and_a_lamp_are_one_shot() {
    let pan = (0..60).map(|n| frame(|x, y| scene(1, x + 9.0 * f64::from(n), y)));
    assert_eq!(found(pan).shots.len(), 1);
    let flash = (0..60).map(|n| frame(|x, y| if [20, 40, 41, 42].contains(&n) { 0.98 } else { scene(1, x, y) }));
    assert_eq!(found(flash).shots.len(), 1);
    let lamp = (0..60).map(|n| frame(|x, y| scene(1, x, y) * if n < 30 { 1.0 } else { 0.5 }));
    assert_eq!(found(lamp).shots.len(), 1);
}

#[test]
fn dissolves_and_fades_have_their_ends() {
    let part = |n: usize, from: usize, to: usize| ((n as f64 - from as f64) / (to - from) as f64).clamp(0.0, 1.0);
    let dissolve = found((0..80).map(|n| {
        let part = part(n, 30, 46);
        frame(|x, y| (1.0 - part) * scene(0, x, y) + part * scene(2, x, y))
    }));
    let [only] = dissolve.transitions[..] else { panic!("{:?}", dissolve.transitions) };
    assert_eq!(only.kind, TransitionKind::Dissolve);
    assert!(only.first.abs_diff(31) <= 1 && only.next.abs_diff(46) <= 1 && only.frame.abs_diff(38) <= 1, "{only:?}");
    let fade = found((0..90).map(|n| {
        let (out, into) = (1.0 - part(n, 30, 42), part(n, 48, 60));
        frame(|x, y| out * scene(0, x + n as f64, y) + into * scene(2, x, y))
    }));
    let [only] = fade.transitions[..] else { panic!("{:?}", fade.transitions) };
    assert_eq!(only.kind, TransitionKind::Fade);
    assert!(only.first.abs_diff(31) <= 2 && only.next.abs_diff(60) <= 2 && (41..50).contains(&only.frame), "{only:?}");
    assert_eq!(fade.shots.len(), 2);
}

#[test]
fn nothing_and_little_are_films_too() {
    assert_eq!(found(std::iter::empty()), Scenes::default());
    let one = found(std::iter::once(frame(|_, _| 0.0)));
    assert_eq!((one.shots.len(), one.shots[0].first, one.shots[0].last), (1, 0, 0));
    // Pictures of another size, of one pixel, and black ones.
    let tiny =
        Picture::from_planes(PictureFormat::YUV420P8, Size { width: 1, height: 1 }, ColorTags::SRGB, vec![vec![9]; 3]).unwrap();
    let film = (0..40).map(|n| if n < 20 { tiny.clone() } else { frame(|x, y| scene(0, x, y)) });
    assert_eq!(found(film).shots.iter().map(|s| s.first).collect::<Vec<_>>(), [0, 20]);
    let settings = SceneSettings { min_length: TimeDelta(i64::MAX / 4), ..SceneSettings::default() };
    assert_eq!(SceneFinder::new(settings).finish(FrameRate::new(25, 1).unwrap().time_of_frame(0)), Scenes::default());
}

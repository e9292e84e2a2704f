//! Compares measured flow with known movements, and pictures in between with drawn ones: pictures are
//! drawn from a formula after a known movement.
use cutroom_analysis::{BothWays, Gray, Interpolator, Pyramid};
use std::f64::consts::TAU;

const W: usize = 192;
const H: usize = 128;

/// Waves of many lengths (from 8 pixels on) and directions; each `kind` is another pattern.
fn scene([x, y]: [f64; 2], kind: f64) -> f64 {
    let wave = |k: usize| {
        let k = k as f64;
        let (length, direction) = (8.0 * 1.16f64.powf(k), (2.4 + kind) * k);
        (TAU * (x * direction.cos() + y * direction.sin()) / length + (1.7 + kind) * k * k).sin()
    };
    128.0 + 10.0 * (0..20).map(wave).sum::<f64>()
}

fn drawn(f: impl Fn([f64; 2]) -> f64) -> Gray {
    let samples = (0..W * H).map(|i| f([(i % W) as f64, (i / W) as f64]) as f32).collect();
    Gray::new(W, H, samples).unwrap()
}

/// Median and 95th percentile of the distance between measured and true displacements of the pixels
/// for which `counts`.
fn errors(flow: &cutroom_analysis::Flow, truth: impl Fn([f64; 2]) -> [f64; 2], counts: impl Fn([f64; 2]) -> bool) -> [f64; 2] {
    let mut all = vec![];
    for (x, y) in (0..H).flat_map(|y| (0..W).map(move |x| (x, y))) {
        let p = [x as f64, y as f64];
        if counts(p) {
            let (got, want) = (flow.at(x, y), truth(p));
            all.push((f64::from(got[0]) - want[0]).hypot(f64::from(got[1]) - want[1]));
        }
    }
    all.sort_by(f64::total_cmp);
    [all[all.len() / 2], all[all.len() * 95 / 100]]
}

/// Pixels of both pictures, away from the edges by 12 pixels.
fn inside(p: [f64; 2], way: [f64; 2]) -> bool {
    let ok = |p: [f64; 2]| p[0] > 12.0 && p[1] > 12.0 && p[0] < W as f64 - 13.0 && p[1] < H as f64 - 13.0;
    ok(p) && ok([p[0] + way[0], p[1] + way[1]])
}

#[test]
fn flow_of_smooth_movements_is_accurate_to_a_fraction_of_a_pixel() {
    let center = [0.5 * W as f64, 0.5 * H as f64];
    // (angle, scale, shift): p ↦ c + scale · rotation (p − c) + shift
    let moves = [
        (0.0, 1.0, [0.37, -0.61]),
        (0.0, 1.0, [5.25, 2.5]),
        (0.0, 1.0, [-17.3, 9.7]),
        (0.06, 1.0, [1.0, 0.0]),
        (0.0, 1.08, [0.0, -2.0]),
    ];
    for (angle, scale, shift) in moves {
        let (sin, cos) = f64::sin_cos(angle);
        let forward = |p: [f64; 2]| {
            let d = [p[0] - center[0], p[1] - center[1]];
            [center[0] + scale * (cos * d[0] - sin * d[1]) + shift[0], center[1] + scale * (sin * d[0] + cos * d[1]) + shift[1]]
        };
        let back = |q: [f64; 2]| {
            let d = [(q[0] - center[0] - shift[0]) / scale, (q[1] - center[1] - shift[1]) / scale];
            [center[0] + cos * d[0] + sin * d[1], center[1] - sin * d[0] + cos * d[1]]
        };
        let a = Pyramid::new(drawn(|p| scene(p, 0.0)));
        let b = Pyramid::new(drawn(|q| scene(back(q), 0.0)));
        let flows = BothWays::new(&a, &b, 0).unwrap();
        let truth = |p: [f64; 2]| [forward(p)[0] - p[0], forward(p)[1] - p[1]];
        let [median, most] = errors(&flows.forward, truth, |p| inside(p, truth(p)));
        println!("{angle} {scale} {shift:?}: median {median:.3} px, 95 % {most:.3} px");
        assert!(median < 0.1 && most < 0.25, "{angle} {scale} {shift:?}: {median} {most}");
        let back_truth = |q: [f64; 2]| [back(q)[0] - q[0], back(q)[1] - q[1]];
        let [median, most] = errors(&flows.backward, back_truth, |p| inside(p, back_truth(p)));
        assert!(median < 0.1 && most < 0.25, "back {angle} {scale} {shift:?}: {median} {most}");
    }
}

/// A disc of another pattern before a background, each with a movement of its own.
fn layers(time: f64) -> Gray {
    drawn(|p| {
        let disc = [p[0] - 4.5 * time, p[1] + 1.5 * time];
        let background = [p[0] + 3.25 * time, p[1] - 0.75 * time];
        let far = (disc[0] - 90.0).hypot(disc[1] - 64.0);
        let cover = (34.5 - far).clamp(0.0, 1.0);
        cover * scene(disc, 0.3) + (1.0 - cover) * scene(background, 0.0)
    })
}

#[test]
fn flow_of_two_layers_follows_both_and_finds_what_is_covered() {
    let (a, b) = (Pyramid::new(layers(0.0)), Pyramid::new(layers(1.0)));
    let flows = BothWays::new(&a, &b, 0).unwrap();
    let far = |p: [f64; 2]| (p[0] - 90.0).hypot(p[1] - 64.0);
    let [median, most] = errors(&flows.forward, |_| [4.5, -1.5], |p| far(p) < 26.0);
    println!("disc: median {median:.3} px, 95 % {most:.3} px");
    assert!(median < 0.1 && most < 0.25, "disc: {median} {most}");
    let [median, most] = errors(&flows.forward, |_| [-3.25, 0.75], |p| far(p) > 50.0 && inside(p, [-3.25, 0.75]));
    println!("background: median {median:.3} px, 95 % {most:.3} px");
    assert!(median < 0.1 && most < 0.25, "background: {median} {most}");
    // In front of the disc, in the direction of its movement, the background is covered.
    let covered: Vec<_> = (0..W * H)
        .filter(|i| {
            let p = [(i % W) as f64, (i / W) as f64];
            let at = [p[0] - 3.25, p[1] + 0.75];
            far(p) > 36.0 && (at[0] - 94.5).hypot(at[1] - 62.5) < 33.0
        })
        .collect();
    let found = covered.iter().filter(|i| !flows.seen_forward[**i]).count();
    let wrong = (0..W * H).filter(|i| far([(i % W) as f64, (i / W) as f64]) < 26.0 && !flows.seen_forward[*i]).count();
    assert!(!covered.is_empty() && found * 10 > covered.len() * 6, "{found} of {} covered pixels found", covered.len());
    assert!(wrong < 20, "{wrong} pixels of the disc taken for covered");
}

fn psnr(a: &[f32], b: &[f32]) -> f64 {
    let mean = a.iter().zip(b).map(|(x, y)| f64::from((x - y) * (x - y))).sum::<f64>() / a.len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}

#[test]
fn pictures_in_between_are_where_the_layers_would_be() {
    let (a, b) = (layers(0.0), layers(1.0));
    let interpolator = Interpolator::new(a.clone(), b.clone()).unwrap();
    assert!(!interpolator.is_cut());
    for phase in [0.25, 0.5, 0.8] {
        let made = interpolator.at(phase as f32).plane(a.samples(), b.samples(), W, H);
        let want = layers(phase);
        let blend: Vec<f32> =
            a.samples().iter().zip(b.samples()).map(|(x, y)| x * (1.0 - phase as f32) + y * phase as f32).collect();
        let (ours, blended) = (psnr(&made, want.samples()), psnr(&blend, want.samples()));
        println!("phase {phase}: {ours:.1} dB, blended {blended:.1} dB");
        assert!(ours > blended + 6.0, "phase {phase}: {ours} against {blended}");
    }
    // The ends are the pictures themselves.
    assert_eq!(interpolator.at(0.0).plane(a.samples(), b.samples(), W, H), a.samples());
    assert_eq!(interpolator.at(1.0).plane(a.samples(), b.samples(), W, H), b.samples());
}

#[test]
fn a_cut_shows_the_nearer_picture_and_a_fade_follows_the_phase() {
    let a = layers(0.0);
    let other = drawn(|[x, y]| 40.0 + 60.0 * f64::from(u8::from((x / 9.0).sin() * (y / 7.0).cos() > 0.2)) + 0.4 * x);
    let cut = Interpolator::new(a.clone(), other.clone()).unwrap();
    assert!(cut.is_cut());
    assert_eq!(cut.at(0.4).plane(a.samples(), other.samples(), W, H), a.samples());
    assert_eq!(cut.at(0.6).plane(a.samples(), other.samples(), W, H), other.samples());
    // The same moving picture, getting darker: brightness lies in the middle.
    let darker = |time: f64, gain: f32| Gray::new(W, H, layers(time).samples().iter().map(|s| s * gain).collect()).unwrap();
    let b = darker(1.0, 0.6);
    let fade = Interpolator::new(a.clone(), b.clone()).unwrap();
    assert!(!fade.is_cut());
    let made = fade.at(0.5).plane(a.samples(), b.samples(), W, H);
    let got = psnr(&made, darker(0.5, 0.8).samples());
    assert!(got > 28.0, "{got}");
}

#[test]
fn flow_is_the_same_with_any_number_of_threads_and_any_size() {
    let made = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (a, b) = (layers(0.0), layers(1.0));
            Interpolator::new(a.clone(), b.clone()).unwrap().at(0.5).plane(a.samples(), b.samples(), W, H)
        })
    };
    let bits = |v: Vec<f32>| v.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(made(1)), bits(made(5)));
    for (width, height) in [(1, 1), (2, 1), (1, 7), (3, 5), (9, 30), (49, 50)] {
        let gray = |k: usize| Gray::new(width, height, (0..width * height).map(|i| ((i * 31 + k) % 200) as f32).collect()).unwrap();
        let plane = Interpolator::new(gray(0), gray(3)).unwrap().at(0.5).plane(gray(0).samples(), gray(3).samples(), width, height);
        assert!(plane.iter().all(|s| s.is_finite()), "{width}×{height}");
    }
    assert!(Interpolator::new(layers(0.0), Gray::new(1, 1, vec![0.0]).unwrap()).is_none());
}

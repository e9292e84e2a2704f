//! Compares tracked points and planes with the known movement of drawn pictures.
use cutroom_analysis::{Gray, PlaneTracker, PointTracker, Pyramid, Track, homography::Homography};
use std::f64::consts::TAU;

const W: usize = 256;
const H: usize = 160;

fn scene([x, y]: [f64; 2]) -> f64 {
    let wave = |k: usize| {
        let k = k as f64;
        let (length, direction) = (8.0 * 1.16f64.powf(k), 2.4 * k);
        (TAU * (x * direction.cos() + y * direction.sin()) / length + 1.7 * k * k).sin()
    };
    128.0 + 11.0 * (0..20).map(wave).sum::<f64>()
}

/// The scene in picture `n`: `back` says which point of the scene a pixel shows; noise of ±4 codes,
/// and brightness and contrast that change.
fn drawn(n: usize, back: impl Fn([f64; 2]) -> [f64; 2]) -> Pyramid {
    let noise = |i: usize| {
        let mut h = (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (n as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
        h ^= h >> 29;
        h = h.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        h ^= h >> 32;
        (h % 8001) as f64 / 1000.0 - 4.0
    };
    let (gain, offset) = (1.0 - 0.012 * n as f64, 0.8 * n as f64);
    let sample = |i: usize| (gain * scene(back([(i % W) as f64, (i / W) as f64])) + offset + noise(i)) as f32;
    Pyramid::new(Gray::new(W, H, (0..W * H).map(sample).collect()).unwrap())
}

/// A slow turn with zoom and an uneven path, in picture `n`.
fn moved(n: usize, p: [f64; 2]) -> [f64; 2] {
    let t = n as f64;
    let (angle, scale) = (0.012 * t, 1.0 + 0.006 * t);
    let d = [p[0] - 128.0, p[1] - 80.0];
    [
        128.0 + scale * (angle.cos() * d[0] - angle.sin() * d[1]) + 2.37 * t + 3.0 * (0.9 * t).sin(),
        80.0 + scale * (angle.sin() * d[0] + angle.cos() * d[1]) - 1.13 * t,
    ]
}

fn unmoved(n: usize, q: [f64; 2]) -> [f64; 2] {
    let t = n as f64;
    let (angle, scale) = (0.012 * t, 1.0 + 0.006 * t);
    let d = [(q[0] - 128.0 - 2.37 * t - 3.0 * (0.9 * t).sin()) / scale, (q[1] - 80.0 + 1.13 * t) / scale];
    [128.0 + angle.cos() * d[0] + angle.sin() * d[1], 80.0 - angle.sin() * d[0] + angle.cos() * d[1]]
}

fn apart(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

#[test]
fn a_point_is_followed_through_noise_turn_zoom_and_changing_light() {
    for point in [[110.0, 90.0], [90.3, 60.8], [128.0, 80.0]] {
        let mut tracker = PointTracker::new(drawn(0, |p| p), point).unwrap();
        let errors: Vec<f64> = (1..24)
            .map(|n| {
                let (at, track) = tracker.see(drawn(n, |q| unmoved(n, q)));
                assert_eq!(track, Track::Followed, "picture {n}");
                apart(at, moved(n, point))
            })
            .collect();
        let most = errors.iter().copied().fold(0.0, f64::max);
        println!("{point:?}: median {:.3} px, largest {most:.3} px", median(errors.clone()));
        assert!(median(errors) <= 0.3 && most < 0.6);
    }
}

#[test]
fn a_covered_point_is_lost_and_found_again() {
    let point = [110.0, 80.0];
    let way = |n: usize| [1.7 * n as f64, -0.6 * n as f64];
    let mut tracker = PointTracker::new(drawn(0, |p| p), point).unwrap();
    for n in 1..20 {
        let picture = drawn(n, |[x, y]| {
            let covered = (6..12).contains(&n) && (60.0..220.0).contains(&x);
            // The cover is another part of the scene.
            if covered { [x + 3000.0 + 40.0 * n as f64, y - 777.0] } else { [x - way(n)[0], y - way(n)[1]] }
        });
        let (at, track) = tracker.see(picture);
        let want = [point[0] + way(n)[0], point[1] + way(n)[1]];
        match n {
            6..12 => assert_eq!(track, Track::Lost, "picture {n}"),
            12 => assert!(track == Track::Found && apart(at, want) < 0.5, "{track:?} {at:?}, want {want:?}"),
            _ => assert!(track == Track::Followed && apart(at, want) < 0.5, "picture {n}: {track:?} {at:?}, want {want:?}"),
        }
    }
}

#[test]
fn a_plane_is_followed_in_perspective_before_a_background_of_its_own() {
    let corners = [[70.0, 40.0], [180.0, 44.0], [176.0, 120.0], [74.0, 116.0]];
    let place = |n: usize, c: [f64; 2]| {
        let t = n as f64;
        let (x, y) = (c[0] - 125.0, c[1] - 80.0);
        let w = 1.0 + 0.00018 * t * x + 0.0001 * t * y;
        [125.0 + (x * (1.0 - 0.004 * t) - 0.006 * t * y) / w + 1.1 * t, 80.0 + (y + 0.006 * t * x) / w + 0.73 * t]
    };
    let inverse = |n: usize, q: [f64; 2]| {
        // By Newton's steps with differences: independent of the tracker's own algebra.
        let mut p = q;
        for _ in 0..30 {
            let at = place(n, p);
            let (dx, dy) = (place(n, [p[0] + 0.01, p[1]]), place(n, [p[0], p[1] + 0.01]));
            let j = [(dx[0] - at[0]) / 0.01, (dy[0] - at[0]) / 0.01, (dx[1] - at[1]) / 0.01, (dy[1] - at[1]) / 0.01];
            let e = [q[0] - at[0], q[1] - at[1]];
            let det = j[0] * j[3] - j[1] * j[2];
            p = [p[0] + (j[3] * e[0] - j[1] * e[1]) / det, p[1] + (j[0] * e[1] - j[2] * e[0]) / det];
        }
        p
    };
    let is_inside = |p: [f64; 2]| {
        (0..4).all(|i| {
            let (a, b): ([f64; 2], [f64; 2]) = (corners[i], corners[(i + 1) % 4]);
            (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0.0
        })
    };
    let picture = |n: usize| {
        drawn(n, |q| {
            let p = inverse(n, q);
            if is_inside(p) { p } else { [q[0] + 2000.0 + 2.0 * n as f64, q[1] + 500.0] }
        })
    };
    let mut tracker = PlaneTracker::new(picture(0), corners).unwrap();
    let mut errors = vec![];
    for n in 1..16 {
        let (at, track) = tracker.see(picture(n));
        assert_eq!(track, Track::Followed, "picture {n}");
        errors.extend((0..4).map(|i| apart(at[i], place(n, corners[i]))));
    }
    let most = errors.iter().copied().fold(0.0, f64::max);
    println!("plane: median {:.3} px, largest {most:.3} px", median(errors.clone()));
    assert!(median(errors) <= 0.3 && most < 1.5, "{most}");
}

#[test]
fn what_cannot_be_recognised_is_not_followed() {
    let flat = || Pyramid::new(Gray::new(64, 64, vec![100.0; 64 * 64]).unwrap());
    assert!(PointTracker::new(flat(), [32.0, 32.0]).is_none());
    assert!(PlaneTracker::new(flat(), [[8.0, 8.0], [50.0, 8.0], [50.0, 50.0], [8.0, 50.0]]).is_none());
    assert!(PointTracker::new(drawn(0, |p| p), [-3.0, 10.0]).is_none());
    assert!(PointTracker::new(drawn(0, |p| p), [f64::NAN, 10.0]).is_none());
    let mut tracker = PointTracker::new(drawn(0, |p| p), [100.0, 80.0]).unwrap();
    assert_eq!(tracker.see(flat()), ([100.0, 80.0], Track::Lost), "a picture of another size");
    assert_eq!(Homography::IDENTITY.of([3.0, -4.0]), [3.0, -4.0]);
}

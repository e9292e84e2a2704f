//! Compares measured movements and paths with known ones: pictures are drawn from a formula after a
//! known movement.
use cutroom_analysis::{CameraPath, Gray, Pyramid, Similarity, Smoothing, camera_path::covering_zoom, movement};
use std::f64::consts::TAU;

const W: usize = 320;
const H: usize = 180;

/// The brightness of the scene at a point: waves of many lengths (from 8 pixels on) and directions,
/// so that there is detail everywhere and values between pixels are smooth.
fn scene([x, y]: [f64; 2]) -> f64 {
    let wave = |k: usize| {
        let k = k as f64;
        let (length, direction) = (8.0 * 1.16f64.powf(k), 2.4 * k);
        (TAU * (x * direction.cos() + y * direction.sin()) / length + 1.7 * k * k).sin()
    };
    128.0 + 13.0 * (0..20).map(wave).sum::<f64>()
}

fn centered(i: usize) -> [f64; 2] {
    [(i % W) as f64 - 0.5 * (W - 1) as f64, (i / W) as f64 - 0.5 * (H - 1) as f64]
}

/// The picture of a function of points relative to the centre.
fn seen(f: impl Fn([f64; 2]) -> f64) -> Pyramid {
    Pyramid::new(Gray::new(W, H, (0..W * H).map(|i| f(centered(i)) as f32).collect()).unwrap())
}

/// The picture of the scene after a movement in pixels.
fn moved(s: &Similarity) -> Pyramid {
    let back = s.inverse();
    seen(|p| scene(back.of(p)))
}

/// Largest distance in pixels between the images of a picture's corners under two movements, `got`
/// in widths and `want_px` in pixels.
fn apart(got: &Similarity, want_px: &Similarity) -> f64 {
    let (w, h) = (0.5 * W as f64, 0.5 * H as f64);
    let corners = [[w, h], [-w, h], [w, -h], [-w, -h]];
    let far = |c: [f64; 2]| {
        let got = got.of(c.map(|v| v / W as f64)).map(|v| v * W as f64);
        let want = want_px.of(c);
        (got[0] - want[0]).hypot(got[1] - want[1])
    };
    corners.into_iter().map(far).fold(0.0, f64::max)
}

#[test]
fn movements_are_found_to_a_small_part_of_a_pixel() {
    let first = seen(scene);
    for (degrees, scale, shift) in [
        (0.0, 1.0, [0.0, 0.0]),
        (0.0, 1.0, [0.3, -0.7]),
        (0.0, 1.0, [7.4, 3.2]),
        (0.0, 1.0, [-28.0, 17.5]),
        (0.4, 1.0, [1.0, 2.0]),
        (-3.0, 1.0, [4.0, -6.0]),
        (0.0, 1.03, [0.0, 0.0]),
        (2.0, 0.95, [-9.0, 5.0]),
    ] {
        let want = Similarity::new(f64::to_radians(degrees), scale, shift);
        let got = movement(&first, &moved(&want)).unwrap_or_else(|| panic!("{want:?} is not found"));
        let error = apart(&got.similarity, &want);
        assert!(error < 0.05, "{degrees} degrees, {scale}, {shift:?}: {error} px, {got:?}");
        assert!(got.agreement > 0.6, "{got:?}");
    }
}

/// A picture that is brighter, has more contrast and is noisy yields the same movement.
#[test]
fn exposure_and_noise_do_not_move_the_camera() {
    let want = Similarity::new(0.01, 1.0, [3.3, -2.1]);
    let back = want.inverse();
    let mut state = 7u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    let noisy = (0..W * H).map(|i| (20.0 + 1.05 * scene(back.of(centered(i))) + 12.0 * noise()) as f32).collect();
    let got = movement(&seen(scene), &Pyramid::new(Gray::new(W, H, noisy).unwrap())).unwrap();
    assert!(apart(&got.similarity, &want) < 0.15, "{got:?}");
}

/// About a quarter of the picture moves independently.
#[test]
fn what_moves_before_the_camera_does_not_count() {
    let want = Similarity::new(0.0, 1.0, [2.5, 1.5]);
    let front = |p: [f64; 2], at: f64| (p[0] - at).abs() < 40.0 && p[1].abs() < 80.0;
    let other = |p: [f64; 2]| scene([p[1] + 500.0, p[0] - 300.0]);
    let first = seen(|p| if front(p, -20.0) { other(p) } else { scene(p) });
    let second = seen(|p| if front(p, -8.0) { other([p[0] - 12.0, p[1]]) } else { scene(want.inverse().of(p)) });
    let got = movement(&first, &second).unwrap();
    assert!(apart(&got.similarity, &want) < 0.1, "{got:?}");
    assert!((0.4..0.9).contains(&got.agreement), "{got:?}");
}

#[test]
fn what_cannot_be_measured_is_not_guessed() {
    let first = seen(scene);
    let flat = seen(|_| 90.0);
    let another = seen(|p| scene([p[1] * 0.9 + 4000.0, p[0] - 7000.0]));
    assert_eq!(movement(&flat, &flat), None);
    assert_eq!(movement(&first, &flat), None);
    assert_eq!(movement(&first, &another), None, "another shot");
    let small = Pyramid::new(Gray::new(2, 1, vec![1.0, 2.0]).unwrap());
    assert_eq!(movement(&small, &small), None);
    assert_eq!(movement(&first, &small), None, "pictures of two sizes");
    // Stripes do not determine the movement along them.
    let stripes = seen(|p| 128.0 + 60.0 * (p[0] / 5.0).sin());
    assert_eq!(movement(&stripes, &stripes), None);
}

/// A steady pan with a rotation is unchanged up to its ends; added shake is removed.
#[test]
fn shake_goes_and_pans_stay() {
    let pan = |n: usize| Similarity::new(0.002 * n as f64, 1.0, [0.004 * n as f64, -0.001 * n as f64]);
    let shake = |n: usize| {
        let n = n as f64;
        Similarity::new(
            0.01 * (2.1 * n).sin(),
            1.0 + 0.005 * (1.9 * n).cos(),
            [0.01 * (2.5 * n).sin(), 0.008 * (1.7 * n + 1.0).cos()],
        )
    };
    let movements = |place: &dyn Fn(usize) -> Similarity| -> Vec<Option<Similarity>> {
        (1..100).map(|n| Some(place(n).after(&place(n - 1).inverse()))).collect()
    };
    let far = |a: &Similarity, b: &Similarity| (a.b[0] - b.b[0]).hypot(a.b[1] - b.b[1]) + (a.a[0] - b.a[0]).hypot(a.a[1] - b.a[1]);
    let steady = CameraPath::new(&movements(&pan)).corrections(Smoothing::Gaussian(8.0));
    assert_eq!(steady.len(), 100);
    for (n, c) in steady.iter().enumerate() {
        assert!(far(c, &Similarity::IDENTITY) < 1e-9, "frame {n} of a steady pan: {c:?}");
    }
    // Also when the shot is much shorter than the Gaussian.
    for deviation in [8.0, 40.0, 400.0] {
        for c in CameraPath::new(&movements(&pan)[..20]).corrections(Smoothing::Gaussian(deviation)) {
            assert!(far(&c, &Similarity::IDENTITY) < 1e-9, "deviation {deviation}: {c:?}");
        }
    }
    let shaken = |n: usize| shake(n).after(&pan(n));
    let corrections = CameraPath::new(&movements(&shaken)).corrections(Smoothing::Gaussian(8.0));
    // The remaining shake: the mean distance of a point from the mean of its neighbours in time.
    let rough = |place: &dyn Fn(usize) -> Similarity| {
        let bend = |n: usize| {
            let [a, b, c] = [place(n - 1), place(n), place(n + 1)].map(|s| s.of([0.2, 0.1]));
            (b[0] - 0.5 * (a[0] + c[0])).hypot(b[1] - 0.5 * (a[1] + c[1]))
        };
        (1..99).map(bend).sum::<f64>() / 98.0
    };
    let before = rough(&shaken);
    let after = rough(&|n| corrections[n].after(&shaken(n)));
    assert!(after < 0.02 * before, "{after} of {before}");
}

/// With `Smoothing::Still`, each shot stays at its first frame.
#[test]
fn a_tripod_holds_each_shot() {
    let place = |n: usize| Similarity::new(0.02 * n as f64, 1.0 + 0.01 * n as f64, [0.01 * n as f64, 0.02]);
    let step = |n: usize| Some(place(n).after(&place(n - 1).inverse()));
    let path = CameraPath::new(&[step(1), step(2), None, step(1)]);
    assert_eq!(path.cuts(), [0, 3]);
    let corrections = path.corrections(Smoothing::Still);
    for (n, shot) in [(0, 0), (1, 1), (2, 2), (3, 0), (4, 1)] {
        let first = place(0);
        let now = corrections[n].after(&place(shot).after(&first.inverse()));
        let p = now.of([0.3, -0.2]);
        assert!((p[0] - 0.3).abs() < 1e-12 && (p[1] + 0.2).abs() < 1e-12, "frame {n}: {p:?}");
    }
    assert_eq!(CameraPath::new(&[]).corrections(Smoothing::Gaussian(3.0)), [Similarity::IDENTITY]);
}

/// The zoom is the smallest that covers the frame: checked at the corners with slightly larger and
/// slightly smaller zooms.
#[test]
fn the_zoom_just_covers() {
    let height = 9.0 / 16.0;
    assert_eq!(covering_zoom(&Similarity::IDENTITY, height, 0.0), 1.0);
    assert!((covering_zoom(&Similarity::new(0.0, 1.0, [0.05, 0.0]), height, 0.0) - 1.0 / 0.9).abs() < 1e-12);
    assert_eq!(covering_zoom(&Similarity::new(0.0, 1.0, [0.6, 0.0]), height, 0.0), f64::INFINITY);
    for (degrees, scale, shift) in [(3.0, 1.0, [0.0, 0.0]), (-5.0, 0.96, [0.02, -0.03]), (1.0, 1.05, [-0.04, 0.01])] {
        let c = Similarity::new(f64::to_radians(degrees), scale, shift);
        let covers = |zoom: f64| {
            [[0.5, 0.5], [-0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]].iter().all(|[u, v]| {
                let p = c.inverse().of([u / zoom, v * height / zoom]);
                p[0].abs() <= 0.49 && p[1].abs() <= 0.5 * height - 0.01
            })
        };
        let zoom = covering_zoom(&c, height, 0.01);
        assert!(covers(zoom + 1e-9) && !covers(zoom - 1e-6), "{c:?}: {zoom}");
    }
}

//! Compares effects over time with their definitions, implemented here independently in double
//! precision, and tests random access: a frame has the same bytes whatever was drawn before it.
//! Which times effects read is decided by planning and tested there; here `asked` models it.
use crate::oracles::{Oracle, list};
use crate::support::*;
use cutroom_effects::{EffectKind, Params};
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer, SourcePictures};
use cutroom_timeline::{Content, EffectUse, FramePlan, Layer, SourceFrame};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, Size, Time, TimeDelta};

/// Premultiplied R, G, B, A.
type Rgba = [f64; 4];
const W: usize = 48;
const H: usize = 30;
const FRAMES: i64 = 20;
const FLICKS_A_FRAME: i64 = 28_224_000;
/// 25 frames a second.
const FRAME_SECS: f64 = 0.04;

/// Frame `n` of the source, straight colour: a disc that moves over a gradient with detail,
/// alpha 0.3 to 1.
fn frame(n: i64) -> Vec<[f32; 4]> {
    (0..W * H)
        .map(|i| {
            let (x, y) = (i % W, i / W);
            let (u, v) = (x as f64 / W as f64, y as f64 / H as f64);
            let (dx, dy) = (x as f64 - 6.0 - 2.0 * n as f64, y as f64 - 8.0 - 0.5 * n as f64);
            let detail = if (x / 2 + y / 3) % 2 == 0 { 0.03 } else { -0.03 };
            let c = if dx.hypot(dy) < 5.0 { [0.9, 0.8, 0.3] } else { [0.1 + 0.5 * u, 0.4 - 0.3 * v, 0.2 + 0.4 * u * v] };
            [c[0] + detail, c[1] + detail, c[2] + detail, 0.3 + 0.7 * (1.0 - v) + 0.01 * (n % 3) as f64 * v].map(|c: f64| c as f32)
        })
        .collect()
}

fn premultiplied(n: i64) -> Vec<Rgba> {
    frame(n).into_iter().map(|c| std::array::from_fn(|k| f64::from(c[k]) * if k < 3 { f64::from(c[3]) } else { 1.0 })).collect()
}

const FLOAT: PictureFormat = PictureFormat::RGB_FLOAT.with_alpha();

fn tags() -> ColorTags {
    ColorTags { transfer: cutroom_types::Transfer::Bt709, ..ColorTags::SRGB }
}

fn float_picture(pixels: &[[f32; 4]], s: Size) -> Picture {
    let planes = (0..4).map(|k| pixels.iter().flat_map(|p| p[k].to_le_bytes()).collect()).collect();
    Picture::from_planes(FLOAT, s, tags(), planes).unwrap()
}

fn canvas_size() -> Size {
    size(W as u32, H as u32)
}

/// Draws source frames by their time.
struct Film(fn(i64) -> Vec<[f32; 4]>);

impl SourcePictures for Film {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        Some(float_picture(&(self.0)(frame.time.0 / FLICKS_A_FRAME), canvas_size()))
    }
}

fn number(v: f64) -> ParamValue {
    ParamValue::Number(v)
}

/// An effect with some parameters set by id, the rest at their defaults.
fn used(id: &str, set: &[(&str, ParamValue)]) -> EffectUse {
    let mut e = effect(id, &[]);
    for (name, v) in set {
        set_param(&mut e, name, v.clone());
    }
    e
}

/// The frames that an effect reads at frame `n`, clamped to both ends of the film.
fn asked(e: &EffectUse, n: i64) -> Vec<i64> {
    e.effect
        .other_times(Params::new(&e.params), FRAME_SECS)
        .iter()
        .map(|s| (n + (s / FRAME_SECS).round() as i64).clamp(0, FRAMES - 1))
        .collect()
}

fn shot(n: i64) -> Layer {
    layer(Content::Media(SourceFrame::nearest("a".into(), 0, Time(n * FLICKS_A_FRAME))))
}

fn plan_at(e: &EffectUse, n: i64) -> FramePlan {
    let time = if e.effect.time_dependent { TimeDelta(n * FLICKS_A_FRAME) } else { TimeDelta::ZERO };
    let used = EffectUse { inputs: asked(e, n).into_iter().map(shot).collect(), time, ..e.clone() };
    let mut cv = canvas(canvas_size(), false);
    cv.background = [0.0; 4];
    plan(cv, vec![Layer { effects: vec![used], ..shot(n) }])
}

fn cpu() -> Renderer {
    Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap()
}

fn render(renderer: &mut Renderer, p: &FramePlan, film: &Film) -> Vec<Rgba> {
    let p = crate::oracles::render(renderer, p, film, &OutputSpec { format: FLOAT, color: tags() });
    let straight = |i: usize, k| f64::from(f32::from_bits(p.sample(k, i % W, i / W)));
    (0..W * H).map(|i| std::array::from_fn(|k| straight(i, k) * if k < 3 { straight(i, 3) } else { 1.0 })).collect()
}

fn drawn(e: &EffectUse, n: i64) -> Vec<Rgba> {
    render(&mut cpu(), &plan_at(e, n), &Film(frame))
}

fn compare(got: &[Rgba], want: &[Rgba], room: f64, what: &str) {
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((0..4).all(|k| (g[k] - w[k]).abs() < room), "{what} at ({}, {}): {g:?}, not {w:?}", i % W, i / W);
    }
}

fn max_difference(a: &[Rgba], b: &[Rgba]) -> f64 {
    a.iter().zip(b).flat_map(|(a, b)| (0..4).map(move |k| (a[k] - b[k]).abs())).fold(0.0, f64::max)
}

fn each(a: &[Rgba], b: &[Rgba], f: impl Fn(f64, f64) -> f64) -> Vec<Rgba> {
    a.iter().zip(b).map(|(a, b)| std::array::from_fn(|k| f(a[k], b[k]))).collect()
}

/// The definition of each operator, picture by picture.
fn echo(n: i64, step: i64, echoes: i32, s: f64, d: f64, operator: &str) -> Vec<Rgba> {
    let at = |k: i32| premultiplied((n + step * i64::from(k)).clamp(0, FRAMES - 1));
    let faded = |k: i32| each(&at(k), &at(k), |v, _| v * s * d.powi(k));
    let all = 1..=echoes;
    match operator {
        "add" => {
            let mut sum = all.fold(faded(0), |r, k| each(&r, &faded(k), |r, e| r + e));
            sum.iter_mut().for_each(|c| c[3] = c[3].min(1.0));
            sum
        }
        "screen" => all.fold(faded(0), |r, k| each(&r, &faded(k), |r, e| 1.0 - (1.0 - r) * (1.0 - e))),
        "maximum" => all.fold(faded(0), |r, k| each(&r, &faded(k), f64::max)),
        "minimum" => {
            let r = all.fold(at(0), |r, k| {
                let w = d.powi(k);
                each(&r, &at(k), |r, e| (1.0 - w) * r + w * r.min(e))
            });
            each(&r, &r, |v, _| v * s)
        }
        "compositeInBack" => all.fold(faded(0), |r, k| over(&r, &faded(k))),
        "compositeInFront" => all.fold(faded(0), |r, k| over(&faded(k), &r)),
        "blend" => {
            let total: f64 = (0..=echoes).map(|k| d.powi(k)).sum();
            let sum = all.fold(faded(0), |r, k| each(&r, &faded(k), |r, e| r + e));
            each(&sum, &sum, |v, _| v / total)
        }
        other => panic!("{other}"),
    }
}

/// Porter and Duff's "over".
fn over(top: &[Rgba], below: &[Rgba]) -> Vec<Rgba> {
    top.iter().zip(below).map(|(t, b)| std::array::from_fn(|k| t[k] + b[k] * (1.0 - t[3]))).collect()
}

#[test]
fn echo_operators_follow_their_formulae() {
    let cutroom_effects::ParamKind::Choice { options, .. } = spec("echo").param("operator").unwrap().kind else { panic!() };
    assert_eq!(options.len(), 7);
    for operator in options {
        // (frame, frames between echoes, echoes, intensity, decay): in the middle, over both edges
        // of the film, and more echoes than one pass reads.
        for (n, step, echoes, s, d) in [(10, -1, 4, 1.0, 0.7), (2, -2, 3, 0.6, 1.0), (18, 1, 5, 0.9, 0.5), (12, -1, 32, 0.5, 0.9)] {
            let e = used(
                "echo",
                &[
                    ("echoTime", number(step as f64 * FRAME_SECS)),
                    ("echoes", number(f64::from(echoes))),
                    ("startingIntensity", number(s)),
                    ("decay", number(d)),
                    ("operator", ParamValue::Text((*operator).into())),
                ],
            );
            let what = format!("{operator}, {echoes} echoes at frame {n}");
            let (got, want) = (drawn(&e, n), echo(n, step, echoes, s, d, operator));
            // Sums of many echoes exceed 1, where single precision is coarser.
            compare(&got, &want, 1e-4, &what);
            // Over a frame that covers most of the picture, layers behind it show least.
            assert!(max_difference(&got, &premultiplied(n)) > 0.05, "{what} changes nothing");
        }
    }
}

/// Weights each neighbouring frame by its similarity to the current one: a frame in the middle, and
/// both ends of the film.
#[test]
fn temporal_denoise_weighs_by_likeness() {
    let cases = [(10, 2, 0.8, 0.05), (0, 1, 1.0, 0.3), (19, 3, 0.4, 0.02)];
    for (n, radius, strength, threshold) in cases {
        let e = used(
            "denoise-temporal",
            &[("strength", number(strength)), ("threshold", number(threshold)), ("radius", number(radius as f64))],
        );
        let (here, frames) = (premultiplied(n), FRAMES - 1);
        let others: Vec<Vec<Rgba>> =
            (-radius..=radius).filter(|k| *k != 0).map(|k| premultiplied((n + k).clamp(0, frames))).collect();
        let want: Vec<Rgba> = (0..W * H)
            .map(|i| {
                let (mut sum, mut weights) = (here[i], 1.0);
                for o in &others {
                    let distance: f64 = (0..4).map(|k| (o[i][k] - here[i][k]).powi(2)).sum();
                    let w = strength * (-distance / (2.0 * threshold * threshold)).exp();
                    sum = std::array::from_fn(|k| sum[k] + w * o[i][k]);
                    weights += w;
                }
                sum.map(|v| v / weights)
            })
            .collect();
        compare(&drawn(&e, n), &want, 2e-5, &format!("frame {n}, radius {radius}"));
    }
}

/// Noise of standard deviation 0.02 on a static ground, and a white disc that moves by its own
/// width each frame.
fn noisy(n: i64) -> Vec<[f32; 4]> {
    let mut s = (n as u32 + 1).wrapping_mul(2_654_435_761) | 1;
    let mut random = move || {
        s ^= s << 13;
        s ^= s >> 17;
        s ^= s << 5;
        f64::from(s >> 8) / f64::from(1u32 << 24)
    };
    (0..W * H)
        .map(|i| {
            // Four uniform numbers: variance 4 / 12.
            let noise = ((0..4).map(|_| random()).sum::<f64>() - 2.0) * 0.02 * 3f64.sqrt();
            let disc = is_disc(i, n);
            [(if disc { 0.95 } else { 0.4 } + noise) as f32, 0.4, 0.4, 1.0]
        })
        .collect()
}

fn is_disc(i: usize, n: i64) -> bool {
    ((i % W) as f64 - 4.0 - 6.0 * (n % 8) as f64).hypot((i / W) as f64 - 15.0) < 3.0
}

#[test]
fn temporal_denoise_lowers_noise_and_leaves_no_ghosts() {
    let e = used("denoise-temporal", &[("strength", number(1.0)), ("threshold", number(0.15))]);
    let n = 10;
    let got = render(&mut cpu(), &plan_at(&e, n), &Film(noisy));
    let still: Vec<usize> = (0..W * H).filter(|i| (n - 2..=n + 2).all(|n| !is_disc(*i, n))).collect();
    let deviation =
        |v: &dyn Fn(usize) -> f64| (still.iter().map(|i| (v(*i) - 0.4).powi(2)).sum::<f64>() / still.len() as f64).sqrt();
    let source = noisy(n);
    let (before, after) = (deviation(&|i| f64::from(source[i][0])), deviation(&|i| got[i][0]));
    assert!((before - 0.02).abs() < 0.002, "{before}");
    let gain = before / after;
    assert!((gain - 5f64.sqrt()).abs() < 0.2, "noise of five frames' mean is √5 less, not {gain}");
    // Where the disc is in any of the frames, nothing of the other frames is visible above the
    // noise.
    let moving: Vec<usize> = (0..W * H).filter(|i| !still.contains(i)).collect();
    assert!(moving.len() > 100);
    for i in moving {
        let ground = if is_disc(i, n) { 0.95 } else { 0.4 };
        assert!((got[i][0] - ground).abs() < 0.08, "({}, {}): {} on {ground}", i % W, i / W, got[i][0]);
    }
}

/// pcg3d, from the paper (Jarzynski and Olano, JCGT 9(3), 2020).
fn random(x: f64, y: f64, z: u32) -> f64 {
    let start = |v: i64| (v as u32).wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let mut v = [start(x as i64), start(y as i64), start(i64::from(z))];
    let turn = |v: &mut [u32; 3]| {
        for (i, (j, k)) in [(1, 2), (2, 0), (0, 1)].into_iter().enumerate() {
            v[i] = v[i].wrapping_add(v[j].wrapping_mul(v[k]));
        }
    };
    turn(&mut v);
    v = v.map(|c| c ^ (c >> 16));
    turn(&mut v);
    f64::from(v[0] >> 8) / f64::from(1u32 << 24)
}

/// Four corners weighted by smooth steps.
fn smooth_noise(x: f64, y: f64, seed: u32) -> f64 {
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (i, j) = (x.floor(), y.floor());
    let (u, v) = (ease(x - i), ease(y - j));
    [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
        .into_iter()
        .map(|(a, b)| random(i + a, j + b, seed) * if a == 0.0 { 1.0 - u } else { u } * if b == 0.0 { 1.0 - v } else { v })
        .sum()
}

/// Bilinear; mirrored at the edges.
fn read(p: &[Rgba], x: f64, y: f64) -> Rgba {
    let fold = |v: f64, side: f64| {
        let v = v.rem_euclid(2.0 * side);
        (if v > side { 2.0 * side - v } else { v } - 0.5).clamp(0.0, side - 1.0)
    };
    let (x, y) = (fold(x, W as f64), fold(y, H as f64));
    let (i, j) = (x.floor() as usize, y.floor() as usize);
    let (u, v) = (x - i as f64, y - j as f64);
    let at = |i: usize, j: usize| p[j.min(H - 1) * W + i.min(W - 1)];
    let (a, b, c, d) = (at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1));
    std::array::from_fn(|k| (a[k] * (1.0 - u) + b[k] * u) * (1.0 - v) + (c[k] * (1.0 - u) + d[k] * u) * v)
}

struct Trails {
    opacity: f64,
    gain: f64,
    speed: f64,
    detail: f64,
    strength: f64,
    density: f64,
    drift: [f64; 2],
}

/// The fold over the twelve previous frames, as defined in the module of `acuarela`.
fn trails(id: &str, t: &Trails, n: i64) -> Vec<Rgba> {
    let passed = 0.1 * t.speed * n as f64 * FRAME_SECS;
    let keep = t.strength.powf(0.25);
    let noise = |x: f64, y: f64, shift: [f64; 2], first_seed: u32| -> f64 {
        (0..t.detail.ceil() as u32)
            .map(|i| {
                let k = 2f64.powi(i as i32);
                let cell = t.density / H as f64 * k;
                let weight = (t.detail - f64::from(i)).min(1.0) / k;
                (smooth_noise(x * cell + shift[0], y * cell + shift[1], first_seed + i) - 0.5) * weight
            })
            .sum()
    };
    let mut result = premultiplied((n - 12).max(0));
    for k in (0..12).rev() {
        let next = premultiplied((n - k).max(0));
        result = (0..W * H)
            .map(|i| {
                let (x, y) = ((i % W) as f64 + 0.5, (i / W) as f64 + 0.5);
                let u = noise(x, y, [passed, 0.0], 1);
                let v = noise(x, y, [0.0, passed], 101);
                let gain_px = t.gain * H as f64;
                let new = next[i];
                let (dx, dy) = if id == "acuarela" {
                    (gain_px * (u + t.drift[0]), gain_px * (v + t.drift[1]))
                } else {
                    let m = (u + 0.5).clamp(0.0, 1.0);
                    (gain_px * 2.0 * m * t.drift[0], gain_px * 2.0 * m * t.drift[1])
                };
                let old = read(&result, x - dx, y - dy);
                let joined: Rgba = std::array::from_fn(|c| {
                    if id == "acuarela" { new[c] + keep * (old[c] - new[c]) } else { new[c].max(keep * old[c]) }
                });
                let opacity = if k == 0 { t.opacity } else { 1.0 };
                std::array::from_fn(|c| new[c] + opacity * (joined[c] - new[c]))
            })
            .collect();
    }
    result
}

#[test]
fn trails_are_the_fold_over_the_frames_before() {
    let mild = Trails { opacity: 1.0, gain: 0.01, speed: 4.0, detail: 4.0, strength: 0.32, density: 4.0, drift: [0.3, 0.3] };
    let strong = Trails { opacity: 0.7, gain: 0.08, speed: 30.0, detail: 2.4, strength: 0.8, density: 2.5, drift: [-0.5, 0.9] };
    let even = Trails { detail: 0.0, gain: 0.05, drift: [1.0, 0.0], ..strong };
    for t in [mild, strong, even] {
        let set = [
            ("opacity", t.opacity),
            ("gain", t.gain),
            ("speed", t.speed),
            ("detail", t.detail),
            ("strength", t.strength),
            ("density", t.density),
            ("gainX", t.drift[0]),
            ("gainY", t.drift[1]),
        ]
        .map(|(name, v)| (name, number(v)));
        for e in [used("acuarela", &set), used("rom1", &set)] {
            for n in [0, 3, 17] {
                let got = drawn(&e, n);
                compare(&got, &trails(e.effect.id, &t, n), 2e-3, &format!("{} at frame {n}", e.effect.id));
                assert!(n == 0 || max_difference(&got, &premultiplied(n)) > 0.1, "{} leaves no trail", e.effect.id);
            }
        }
    }
}

/// The defaults equal `mild` above, so existing projects get the fold with those values.
#[test]
fn trails_have_the_parameters_of_existing_projects() {
    for id in ["acuarela", "rom1"] {
        let defaults: Vec<(&str, ParamValue)> = spec(id).params.iter().map(|p| (p.id, p.kind.default_value())).collect();
        let numbers = [
            ("opacity", 1.0),
            ("gain", 0.01),
            ("speed", 4.0),
            ("detail", 4.0),
            ("strength", 0.32),
            ("density", 4.0),
            ("gainX", 0.3),
            ("gainY", 0.3),
        ];
        let want = numbers.into_iter().map(|(n, v)| (n, number(v))).chain([("reset", ParamValue::Bool(false))]);
        assert_eq!(defaults, want.collect::<Vec<_>>());
    }
}

fn over_time() -> Vec<EffectUse> {
    let all: Vec<EffectUse> = cutroom_effects::EFFECTS
        .iter()
        .filter(|e| matches!(e.kind, EffectKind::Temporal { .. }))
        .map(|e| effect(e.id, &[]))
        .collect();
    assert!(all.len() >= 4);
    all
}

/// One renderer in several orders, and a new one for each frame: always the same bytes.
#[test]
fn frames_do_not_depend_on_what_was_drawn_before() {
    let spec = OutputSpec { format: FLOAT, color: tags() };
    for e in over_time() {
        let draw = |r: &mut Renderer, n: i64| bytes(&r.render(&plan_at(&e, n), &Film(frame), &spec).unwrap());
        let fresh: Vec<Vec<u8>> = (0..FRAMES).map(|n| draw(&mut cpu(), n)).collect();
        assert!(fresh.windows(2).all(|w| w[0] != w[1]), "{}: frames differ", e.effect.id);
        let (mut one, strides) =
            (cpu(), [(0..FRAMES).collect::<Vec<_>>(), (0..FRAMES).rev().collect(), (0..FRAMES).map(|n| n * 7 % FRAMES).collect()]);
        for n in strides.into_iter().flatten() {
            assert!(draw(&mut one, n) == fresh[n as usize], "{} at frame {n}", e.effect.id);
        }
    }
}

/// Values that planning leaves out produce the frame itself when they are drawn nevertheless;
/// slightly different values do not.
#[test]
fn neutral_values_are_neutral() {
    let cases: [(&str, &str, f64, f64); 6] = [
        ("echo", "decay", 0.0, 0.3),
        ("denoise-temporal", "strength", 0.0, 0.3),
        ("acuarela", "opacity", 0.0, 0.3),
        ("acuarela", "strength", 0.0, 0.1),
        ("rom1", "opacity", 0.0, 0.3),
        ("rom1", "strength", 0.0, 0.1),
    ];
    for (id, param, neutral, other) in cases {
        for (v, is_neutral) in [(neutral, true), (other, false)] {
            let e = used(id, &[(param, number(v))]);
            assert_eq!(spec(id).is_neutral(Params::new(&e.params)), is_neutral, "{id}, {param} {v}");
            let apart = max_difference(&drawn(&e, 10), &premultiplied(10));
            assert!(if is_neutral { apart < 1e-5 } else { apart > 1e-3 }, "{id}, {param} {v}: {apart}");
        }
    }
    for id in ["acuarela", "rom1"] {
        let e = used(id, &[("reset", ParamValue::Bool(true))]);
        assert!(spec(id).is_neutral(Params::new(&e.params)) && max_difference(&drawn(&e, 10), &premultiplied(10)) < 1e-5, "{id}");
    }
    // An echo with intensity 0 is not neutral: the result is transparent.
    let e = used("echo", &[("startingIntensity", number(0.0))]);
    assert!(!spec("echo").is_neutral(Params::new(&e.params)) && drawn(&e, 10).iter().all(|c| *c == [0.0; 4]));
}

/// Every operator of a neutral echo leaves the frame unchanged.
#[test]
fn every_operator_of_an_echo_without_decay_left_is_neutral() {
    let cutroom_effects::ParamKind::Choice { options, .. } = spec("echo").param("operator").unwrap().kind else { panic!() };
    for operator in options {
        let e = used("echo", &[("decay", number(0.0)), ("operator", ParamValue::Text((*operator).into()))]);
        assert!(max_difference(&drawn(&e, 10), &premultiplied(10)) < 1e-6, "{operator}");
    }
}

/// Without pictures of other times the result is the frame itself, or what the effect produces from
/// it alone.
#[test]
fn without_other_times_the_frame_is_left() {
    for e in over_time() {
        let mut p = plan_at(&e, 10);
        p.layers[0].effects[0].inputs.clear();
        let got = render(&mut cpu(), &p, &Film(frame));
        let want = match e.effect.id {
            id @ "voxel-relief" => drawn(&used(id, &[("reset", ParamValue::Bool(true))]), 10),
            _ => premultiplied(10),
        };
        assert!(max_difference(&got, &want) < 1e-6, "{}", e.effect.id);
    }
}

/// Masks before effects also cut the pictures of other times, each at its position at that time.
#[test]
fn other_times_are_masked() {
    let e = used("echo", &[("echoes", number(1.0)), ("decay", number(1.0)), ("operator", ParamValue::Text("maximum".into()))]);
    let mut p = plan_at(&e, 10);
    let mut half = crate::gpu_cases::soft_ellipse();
    half.opacity = 1.0;
    half.feather_px = 0.0;
    half.expansion_px = 0.0;
    let area =
        |x: f64| cutroom_timeline::Box2 { center: [x, 0.5], size: [0.25, 2.0], rotation_degrees: 0.0, corner_radius_px: 0.0 };
    let strip = |x: f64| cutroom_timeline::MaskUse { outline: cutroom_timeline::Outline::Rectangle(area(x)), ..half.clone() };
    p.layers[0].masks = vec![strip(0.125)];
    p.layers[0].effects[0].inputs[0].masks = vec![strip(0.625)];
    let got = render(&mut cpu(), &p, &Film(frame));
    let (now, before) = (premultiplied(10), premultiplied(9));
    let want: Vec<Rgba> = (0..W * H)
        .map(|i| match i % W {
            0..12 => now[i],
            24..36 => before[i],
            _ => [0.0; 4],
        })
        .collect();
    compare(&got, &want, 1e-5, "masked echo");
}

/// Tests that compare effects with expected values (`oracles.rs`).
pub const ORACLES: &[Oracle] = list![
    echo_operators_follow_their_formulae,
    temporal_denoise_weighs_by_likeness,
    temporal_denoise_lowers_noise_and_leaves_no_ghosts,
    trails_are_the_fold_over_the_frames_before,
    other_times_are_masked,
];

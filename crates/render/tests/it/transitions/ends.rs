//! A transition starts with only the outgoing picture and ends with only the incoming one, whatever
//! they cover and however large the canvas is.
use super::*;
use cutroom_timeline::Transform;

/// Wide, tall, square, odd, a single pixel, and the widest.
const SIZES: [(u32, u32); 7] = [(64, 36), (36, 64), (40, 40), (37, 23), (23, 41), (1, 1), (8192, 3)];

/// A clip with other proportions than the canvas: bars left and right.
fn narrow(id: &str) -> Layer {
    Layer { transform: Transform { scale: [0.75, 1.0], ..Transform::IDENTITY }, ..layer(media(id)) }
}

#[test]
fn both_ends_are_pure_at_every_size_and_coverage() {
    let cpu = CpuRenderer::new(0).unwrap();
    let mut wrong = Vec::new();
    for (w, h) in SIZES {
        let s = size(w, h);
        let (a, b) = (side(s, 0), side(s, 1));
        let pictures = [("a", &a), ("b", &b)];
        let cv = Canvas { background: [0.2, 0.4, 0.6, 1.0], ..canvas(s, false) };
        // A layer below everything, so that there is always something to draw.
        let below = || Layer { opacity: 0.999, ..layer(Content::Solid([0.2, 0.4, 0.6, 1.0])) };
        let sides = [
            [Some(layer(media("a"))), Some(layer(media("b")))],
            [Some(narrow("a")), Some(narrow("b"))],
            [Some(narrow("a")), Some(layer(media("b")))],
            [Some(layer(media("a"))), Some(narrow("b"))],
            [Some(layer(media("a"))), None],
            [None, Some(layer(media("b")))],
        ];
        // Every pairing on the first and on an odd canvas, the first two on the others.
        let count = if (w, h) == SIZES[0] || (w, h) == SIZES[3] { 6 } else { 2 };
        for [from, to] in sides.into_iter().take(count) {
            let alone = |l: &Option<Layer>| {
                let layers = std::iter::once(below()).chain(l.clone().map(|l| Layer { opacity: 0.999_999, ..l })).collect();
                draw(&cpu, cv, layers, &pictures, YUV444)
            };
            let (first, last) = (alone(&from), alone(&to));
            for t in TRANSITIONS {
                for (p, want) in [(0.0, &first), (1.0, &last)] {
                    let top = transition(t.id, p, &[], from.clone(), to.clone());
                    let limit = difference(&draw(&cpu, cv, vec![below(), top], &pictures, YUV444), want);
                    if limit > 2 {
                        let sides = [&from, &to]
                            .map(|l| l.as_ref().map_or("nothing", |l| if l.transform.scale[0] < 1.0 { "narrow" } else { "full" }));
                        wrong.push(format!("{} at {p} on {w}×{h}, {} to {}: {limit} codes", t.id, sides[0], sides[1]));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases\n{}", wrong.len(), wrong.join("\n"));
}

/// A picture without successor has nearly disappeared shortly before the end, and one without
/// predecessor is hardly visible shortly after the start.
#[test]
fn one_sided_ones_do_not_pop() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 36));
    let a = side(s, 1);
    let cv = canvas(s, false);
    let mut wrong = Vec::new();
    for id in cards::TABLE.iter().map(|(id, ..)| *id).chain(["magnetic-tiles", "shatter-glass", "puzzle-push", "page-peel"]) {
        for (p, out) in [(0.985, true), (0.015, false)] {
            let picture = Some(layer(media("a")));
            let (from, to) = if out { (picture, None) } else { (None, picture) };
            let got = draw(&cpu, cv, vec![transition(id, p, &[], from, to)], &[("a", &a)], FLOAT);
            let sum = |p: &Picture| (0..64 * 36).map(|i| value(p, 1, i % 64, i / 64)).sum::<f64>();
            let share = sum(&got) / (0..64 * 36i64).map(|i| pixel(&a, i % 64, i / 64)[1]).sum::<f64>();
            if share > 0.06 {
                wrong.push(format!("{id} at {p}: {share:.3} of the picture is there"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Both back ends agree at sizes that do not fill a tile, during the transition.
#[test]
fn back_ends_agree_at_odd_sizes() {
    let Some(mut gpu) = gpu() else { return };
    let cpu = CpuRenderer::new(0).unwrap();
    let mut wrong = Vec::new();
    for (w, h) in [(37, 23), (1, 1), (1031, 3)] {
        let s = size(w, h);
        let (a, b) = (side(s, 0), side(s, 1));
        for t in TRANSITIONS {
            let top = transition(t.id, 0.37, &[], Some(narrow("a")), Some(layer(media("b"))));
            let c = crate::gpu_cases::Case {
                name: t.id.into(),
                plan: plan(canvas(s, false), vec![top]),
                pictures: Pictures::of(&[("a", &a), ("b", &b)]),
                output: output(YUV444),
                max_codes: crate::gpu_cases::max_codes(t, true),
            };
            match crate::gpu_cases::compare(&cpu, &mut gpu, &c) {
                Ok((limit, _)) if limit <= c.max_codes => {}
                Ok((limit, count)) => wrong.push(format!("{} on {w}×{h}: {limit} codes, {count} samples", t.id)),
                Err(e) => wrong.push(format!("{} on {w}×{h}: {e}", t.id)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Draws every effect at the ends and in the middle of its ranges and with each of its choices, and
//! every blend mode, on rasters of odd sizes, opaque and translucent: all values are finite,
//! transparent input stays transparent, and CPU and GPU agree.
use crate::gpu_cases::Case;
use crate::support::*;
use cutroom_effects::{BLEND_MODES, EffectKind, EffectRef, ParamKind};
use cutroom_render::{OutputSpec, cpu::CpuRenderer, gpu::GpuRenderer};
use cutroom_timeline::{Canvas, EffectUse, Layer};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, Transfer};

/// Rows of parameters in which every number is at its minimum, at 0.37 of its range and at its
/// maximum, and every choice and switch occurs at least once.
fn rows(spec: EffectRef) -> Vec<EffectUse> {
    let choices = spec.params.iter().map(|p| if let ParamKind::Choice { options, .. } = p.kind { options.len() } else { 1 });
    let count = choices.max().unwrap_or(1).max(3);
    let value = |kind: ParamKind, i: usize| match kind {
        ParamKind::Number { min, max, .. } => ParamValue::Number(min + (max - min) * [0.37, 1.0, 0.0][i % 3]),
        ParamKind::Bool { .. } => ParamValue::Bool(i % 2 == 1),
        ParamKind::Choice { options, .. } => ParamValue::Text(options[i % options.len()].into()),
        ParamKind::Color { .. } => ParamValue::Color([0.9, 0.3, 0.1, [0.8, 1.0][i % 2]]),
        ParamKind::File { .. } => ParamValue::Text("strong.cube".into()),
        ParamKind::Curve { .. } if i.is_multiple_of(2) => ParamValue::Text("0,0.1 0.3,0.45 0.7,0.6 1,0.9".into()),
        other => other.default_value(),
    };
    (0..count)
        .map(|i| EffectUse::new(spec, spec.params.iter().map(|p| value(p.kind, i)).collect()))
        .filter(|e| !spec.is_neutral(cutroom_effects::Params::new(&e.params)))
        .collect()
}

/// Colours with detail; `alpha` returns the alpha of each pixel.
fn picture_of(w: usize, h: usize, shift: usize, alpha: impl Fn(usize, usize) -> f64) -> Picture {
    let pixel = |i: usize| {
        let (x, y) = (i % w + shift, i / w);
        let v = |k: usize| 0.15 + 0.7 * (((x * 7 + y * 5 + k * 11) % 23) as f64 / 22.0);
        [v(0), v(1), v(2), alpha(i % w, i / w)]
    };
    rgba_picture(&(0..w * h).map(pixel).collect::<Vec<_>>(), w, h)
}

/// From transparent to opaque along the rows.
fn ramp(w: usize) -> impl Fn(usize, usize) -> f64 {
    move |x, y| if w == 1 { 0.5 } else { ((x + y) % w) as f64 / (w - 1) as f64 }
}

fn case(name: String, layers: Vec<Layer>, pictures: &[(&str, &Picture)], linear: bool) -> Case {
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let color = ColorTags { transfer: Transfer::Bt709, ..ColorTags::SRGB };
    let cv = Canvas { background: [0.0; 4], ..canvas(pictures[0].1.size, linear) };
    Case { name, plan: plan(cv, layers), pictures: Pictures::of(pictures), output: OutputSpec { format, color }, max_codes: 1.0 }
}

fn of_effect(e: &EffectUse, a: &Picture, b: &Picture) -> Case {
    let used = with_layers(crate::gpu_cases::with_inputs(e.clone(), "b"), &layer(media("b")));
    case(e.effect.id.to_owned(), vec![Layer { effects: vec![used], ..layer(media("a")) }], &[("a", a), ("b", b)], false)
}

/// Straight colours.
fn colors(p: &Picture) -> Vec<[f64; 4]> {
    let w = p.size.width as usize;
    let pixel = |i: usize| std::array::from_fn(|k| f64::from(f32::from_bits(p.sample(k, i % w, i / w))));
    (0..w * p.size.height as usize).map(pixel).collect()
}

fn drawn_on_the_cpu(cpu: &CpuRenderer, c: &Case) -> Vec<[f64; 4]> {
    colors(&cpu.run(&crate::gpu_cases::program(c), &c.output).unwrap_or_else(|e| panic!("{}: {e}", c.name)))
}

#[test]
fn effects_on_translucent_pictures_stay_within_bounds() {
    let cpu = CpuRenderer::new(0).unwrap();
    let mut wrong = Vec::new();
    for spec in catalog().effects().iter().filter(|e| crate::gpu_cases::is_drawn(e)) {
        for (row, used) in rows(*spec).iter().enumerate() {
            for (w, h) in [(1, 1), (7, 5), (33, 17)] {
                let (a, b) = (picture_of(w, h, 0, ramp(w)), picture_of(w, h, 3, |_, _| 1.0));
                let got = drawn_on_the_cpu(&cpu, &of_effect(used, &a, &b));
                // Light may add up, but not without limit; without coverage there is no light.
                let bad = |p: &&[f64; 4]| {
                    p.iter().any(|v| !v.is_finite())
                        || !(-1e-4..=1.0 + 1e-4).contains(&p[3])
                        || (0..3).any(|k| (p[k] * p[3]).abs() > 2000.0 * p[3] + 1e-4)
                };
                if let Some(p) = got.iter().find(bad) {
                    wrong.push(format!("{} row {row} {w}×{h}: {p:?}", spec.id));
                }
                let takes_others = matches!(spec.kind, EffectKind::Temporal { .. });
                if spec.may_add_alpha || takes_others {
                    continue;
                }
                let nothing = picture_of(w, h, 0, |_, _| 0.0);
                if let Some(p) = drawn_on_the_cpu(&cpu, &of_effect(used, &nothing, &b)).iter().find(|p| p[3].abs() > 1e-6) {
                    wrong.push(format!("{} row {row} {w}×{h} makes {p:?} of nothing", spec.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Differences of premultiplied colour and of alpha, in codes of 8 bits: the largest one, and the
/// share of samples that differ by more than one code.
fn apart(cpu: &CpuRenderer, gpu: &mut GpuRenderer, c: &Case) -> (f64, f64) {
    let p = crate::gpu_cases::program(c);
    let a = colors(&cpu.run(&p, &c.output).unwrap_or_else(|e| panic!("{}: {e}", c.name)));
    let b = colors(&gpu.run(&p, &c.output).unwrap_or_else(|e| panic!("{}: {e}", c.name)));
    let (mut limit, mut beyond) = (0.0f64, 0);
    for (x, y) in a.iter().zip(&b) {
        for k in 0..4 {
            let of = |p: &[f64; 4]| if k < 3 { (p[k] * p[3]).clamp(0.0, 1.0) } else { p[k] };
            let d = (of(x) - of(y)).abs() * 255.0;
            assert!(d.is_finite(), "{}: {x:?} and {y:?}", c.name);
            limit = limit.max(d);
            beyond += usize::from(d > 1.0);
        }
    }
    (limit, beyond as f64 / (4 * a.len()) as f64)
}

#[test]
fn effects_agree_at_any_value() {
    let cpu = CpuRenderer::new(0).unwrap();
    let Some(mut gpu) = gpu() else { return };
    let mut wrong = Vec::new();
    // Effects that use another layer compute positions with an error of a thousandth of the
    // distance, which is several pixels for the largest distances: `gpu_parity.rs` tests those.
    let layered = |e: &EffectRef| matches!(e.kind, EffectKind::Layered { .. });
    for spec in catalog().effects().iter().filter(|e| crate::gpu_cases::is_drawn(e) && !layered(e)) {
        let room = match spec.id {
            // Rays that graze a column meet it or the next.
            "voxel-relief" => 16.0,
            // Five times the difference from a wide blur, which the GPU stores in half floats.
            "sharpen" => 2.0,
            _ => 1.0,
        };
        for (row, used) in rows(*spec).iter().enumerate() {
            for (w, h, opaque) in [(7, 5, true), (33, 17, false)] {
                let own = ramp(w);
                let a = picture_of(w, h, 0, |x, y| if opaque { 1.0 } else { own(x, y) });
                let b = picture_of(w, h, 3, |_, _| 1.0);
                let (limit, share) = apart(&cpu, &mut gpu, &of_effect(used, &a, &b));
                if limit > room {
                    wrong.push(format!("{} row {row} {w}×{h}: {limit:.2} codes, {share:.3} of the samples beyond one", spec.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", gpu.describe(), wrong.join("\n"));
}

#[test]
fn blend_modes_agree_at_any_size() {
    let cpu = CpuRenderer::new(0).unwrap();
    let mut gpu = match GpuRenderer::new(true) {
        Ok(g) => Some(g),
        Err(e) => {
            println!("without a GPU: {e}");
            None
        }
    };
    let mut wrong = Vec::new();
    for (w, h) in [(1, 1), (33, 17), (8192, 1)] {
        let (a, b) = (picture_of(w, h, 0, ramp(w)), picture_of(w, h, 3, ramp(w)));
        for mode in BLEND_MODES {
            // Other modes have the same kernel in linear light.
            let both = [false, true];
            for linear in both.into_iter().filter(|linear| !linear || mode.linear_kernel.is_some() || mode.display) {
                let over = Layer { blend: blend_mode(mode.id), opacity: 0.8, ..layer(media("b")) };
                let c = case(mode.id.into(), vec![layer(media("a")), over], &[("a", &a), ("b", &b)], linear);
                if let Some(p) = drawn_on_the_cpu(&cpu, &c).iter().find(|p| p.iter().any(|v| !v.is_finite() || v.abs() > 1e3)) {
                    wrong.push(format!("{} {w}×{h} linear {linear}: {p:?}", mode.id));
                }
                let (limit, share) = gpu.as_mut().map_or((0.0, 0.0), |gpu| apart(&cpu, gpu, &c));
                // Steps may be taken on either side.
                let steps = matches!(mode.id, "hard-mix" | "darker-color" | "lighter-color");
                if limit > 1.0 && !(steps && share < 0.01) {
                    wrong.push(format!("{} {w}×{h} linear {linear}: {limit:.2} codes, {share:.3}", mode.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Plans that both back ends must draw equally, and their comparison.
use crate::support::*;
use cutroom_effects::{EffectKind, EffectRef, EffectSpec, ParamKind, Params, TransitionKind, TransitionSpec, Unit};
use cutroom_render::{
    OutputSpec,
    cpu::CpuRenderer,
    gpu::GpuRenderer,
    lower::{Lowered, LoweringCache, lower},
    program::Program,
};
use cutroom_timeline::{
    Align, Alignment, Box2, Content, EffectUse, Fit, FramePlan, Layer, MaskMode, MaskUse, MatteUse, Outline, Placement, Transform,
};
use cutroom_types::{Affine, ChromaLocation, ColorTags, Matrix, ParamValue, Picture, PictureFormat, Primaries, Size, Transfer};

/// A plan with its pictures.
pub struct Case {
    /// Name for messages.
    pub name: String,
    /// Plan to draw.
    pub plan: FramePlan,
    /// Source pictures.
    pub pictures: Pictures,
    /// Format of the result.
    pub output: OutputSpec,
    /// Largest allowed difference, in codes of 8 bits.
    pub max_codes: f64,
}

fn case(name: impl Into<String>, plan: FramePlan, pictures: &[(&str, &Picture)], format: PictureFormat) -> Case {
    Case { name: name.into(), plan, pictures: Pictures::of(pictures), output: output(format), max_codes: 1.0 }
}

/// The program of a case.
pub fn program(c: &Case) -> Program {
    match lower(&c.plan, &c.pictures, &c.output, &mut LoweringCache::default()) {
        Ok(Lowered::Program(p)) => p,
        Ok(Lowered::Untouched(_) | Lowered::Turned(_)) => panic!("{}: nothing to draw", c.name),
        Err(e) => panic!("{}: {e}", c.name),
    }
}

/// Returns the largest difference in codes of 8 bits, and how many samples differ at all.
pub fn compare(cpu: &CpuRenderer, gpu: &mut GpuRenderer, c: &Case) -> Result<(f64, usize), String> {
    let p = program(c);
    let a = cpu.run(&p, &c.output).map_err(|e| e.to_string())?;
    let b = gpu.run(&p, &c.output).map_err(|e| e.to_string())?;
    if (a.format, a.size) != (b.format, b.size) {
        return Err("formats differ".into());
    }
    let (mut limit, mut count) = (0.0f64, 0);
    for k in 0..a.format.plane_count() {
        let s = a.format.plane_size(k, a.size);
        for y in 0..s.height as usize {
            for x in 0..s.width as usize {
                let (u, v) = (a.sample(k, x, y), b.sample(k, x, y));
                let d = if a.format.bits == 32 {
                    f64::from((f32::from_bits(u) - f32::from_bits(v)).abs()) * 255.0
                } else {
                    f64::from(u.abs_diff(v)) / f64::from(1u32 << (a.format.bits - 8))
                };
                limit = limit.max(d);
                count += usize::from(d > 0.0);
            }
        }
    }
    Ok((limit, count))
}

fn all_defaults(id: &str) -> EffectUse {
    crate::support::effect(id, &[])
}

fn placed(content: Content, scale: f32, degrees: f32, position_px: [f32; 2]) -> Layer {
    Layer {
        transform: Transform { scale: [scale; 2], rotation_degrees: degrees, position_px, ..Transform::IDENTITY },
        ..layer(content)
    }
}

fn with_opacity(l: Layer, opacity: f32) -> Layer {
    Layer { opacity, ..l }
}

/// An effect that is not neutral: numbers are a third of the way from their default to their
/// maximum.
pub fn moved(spec: EffectRef) -> EffectUse {
    let layered = matches!(spec.kind, EffectKind::Layered { .. });
    let params = spec.params.iter().map(|p| {
        match p.kind {
            // The GPU stores the other layer in half floats, so a position is exact to about a
            // thousandth of the amount.
            ParamKind::Number { default, .. } if p.unit == Unit::CanvasPx && layered => ParamValue::Number(default),
            // Their limits fit canvases of 8K; these pictures are small.
            ParamKind::Number { default, max, .. } if p.unit == Unit::CanvasPx => {
                ParamValue::Number(default + (max / 4.0 - default) / 3.0)
            }
            ParamKind::Number { default, max, .. } => ParamValue::Number(default + (max - default) / 3.0),
            ParamKind::File { .. } => ParamValue::Text("strong.cube".into()),
            ParamKind::Curve { .. } => ParamValue::Text("0,0.1 0.3,0.45 0.7,0.6 1,0.9".into()),
            k => k.default_value(),
        }
    });
    with_inputs(EffectUse::new(spec, params.collect()), "other")
}

/// Whether an entry is drawn at all. Effects that only choose the time at which other effects are
/// shown are applied by planning; `crates/timeline/tests/it/effects_time.rs` tests them.
pub fn is_drawn(spec: &EffectSpec) -> bool {
    !matches!(spec.kind, EffectKind::Time(_))
}

/// The other times that an effect reads at 25 frames per second, in seconds relative to the drawn
/// frame.
pub fn other_times(used: &EffectUse) -> Vec<f64> {
    used.effect.other_times(Params::new(&used.params), 0.04)
}

/// Adds a picture for each other time that the effect reads: alternately `other` and "b".
pub fn with_inputs(used: EffectUse, other: &str) -> EffectUse {
    let pictures = (0..other_times(&used).len()).map(|i| layer(media(if i % 2 == 0 { other } else { "b" })));
    EffectUse { inputs: pictures.collect(), ..used }
}

const CATALOGUE_SIZE: Size = Size { width: 97, height: 55 };

/// Source pictures of the catalogue's cases.
fn catalogue_pictures() -> [(&'static str, Picture); 3] {
    let b = picture(YUV444, size(80, 60), 2);
    // As large as "b", since it represents "b" at other times.
    let other = picture(PictureFormat::YUV420P8, b.size, 3);
    [("a", picture(PictureFormat::YUV420P8, CATALOGUE_SIZE, 1)), ("b", b), ("other", other)]
}

/// An effect with values that are not neutral, over another layer.
pub fn effect_case(e: EffectRef, linear: bool) -> Case {
    let stock = catalogue_pictures();
    let pictures: Vec<(&str, &Picture)> = stock.iter().map(|(name, p)| (*name, p)).collect();
    let used = with_layers(moved(e), &with_opacity(placed(media("a"), 0.9, 20.0, [4.0, 3.0]), 0.8));
    let top = Layer { effects: vec![used], ..placed(media("b"), 0.8, 0.0, [3.0, -2.0]) };
    let plan = plan(canvas(CATALOGUE_SIZE, linear), vec![layer(media("a")), top]);
    let mut c = case(format!("effect {}", e.id), plan, &pictures, PictureFormat::YUV420P8);
    c.max_codes = match e.kind {
        // A difference of a hundredth of a pixel is visible where neighbours differ by the full
        // range.
        EffectKind::Layered { .. } => 2.0,
        // The GPU stores the picture in half floats, and a column's height is its brightness: 2^-12
        // of luma, here twice as much of height (60 pixels by 0.57), is 0.017 pixels, over four
        // codes along an outline one pixel soft; blending in earlier frames rounds once more.
        _ if e.id == "voxel-relief" => 8.0,
        _ => c.max_codes,
    };
    c
}

/// Every catalogue entry once, blended in gamma or linear light.
pub fn catalogue(linear: bool) -> Vec<Case> {
    let (s, stock) = (CATALOGUE_SIZE, catalogue_pictures());
    let pictures: Vec<(&str, &Picture)> = stock.iter().map(|(name, p)| (*name, p)).collect();
    let effects = catalog().effects().iter().filter(|e| is_drawn(e));
    let mut cases: Vec<Case> = effects.map(|e| effect_case(*e, linear)).collect();
    // After an effect that draws outside the content, kernels of every kind get positions in a
    // larger raster.
    for id in ["corner-pin", "twirl", "pixelate", "sharpen", "letterbox", "voxel-relief", "glow"] {
        let used = match id {
            "corner-pin" => crate::support::effect(id, &[("topLeftX", 0.1), ("bottomLeftY", 0.8)]),
            _ => all_defaults(id),
        };
        let top = Layer { effects: vec![all_defaults("drop-shadow"), used], ..placed(media("b"), 0.6, 0.0, [3.0, -2.0]) };
        let mut c = case(format!("{id} of a shadow"), plan(canvas(s, linear), vec![layer(media("a")), top]), &pictures, YUV444);
        c.max_codes = if id == "voxel-relief" { 8.0 } else { 1.0 };
        cases.push(c);
    }
    for m in cutroom_effects::BLEND_MODES {
        let top = Layer { blend: blend_mode(m.id), opacity: 0.7, ..placed(media("b"), 0.9, 0.0, [0.0; 2]) };
        cases.push(case(format!("blend {}", m.id), plan(canvas(s, linear), vec![layer(media("a")), top]), &pictures, YUV444));
    }
    for t in cutroom_effects::TRANSITIONS {
        for progress in [0.3, 0.8] {
            let top = transition(t.id, progress, layer(media("a")), layer(media("b")));
            let name = format!("transition {} at {progress}", t.id);
            let c = case(name, plan(canvas(s, linear), vec![top]), &pictures, YUV444);
            cases.push(Case { max_codes: max_codes(t, false), ..c });
        }
    }
    cases
}

/// Maximum difference between the back ends for a transition, in codes of 8 bits; `alike` is
/// whether the two pictures have similar content.
pub fn max_codes(t: &TransitionSpec, alike: bool) -> f64 {
    // The GPU stores measurements in half floats, and a movement follows from small differences:
    // between two kinds of noise, where no movement matches, from the smallest.
    match (&t.kind, alike) {
        (TransitionKind::Steps(_), true) => 4.0,
        (TransitionKind::Steps(_), false) => 32.0,
        _ => 1.0,
    }
}

/// A transition with its default parameters.
pub fn transition(id: &str, progress: f32, from: Layer, to: Layer) -> Layer {
    let transition = crate::support::transition(id);
    let (table, params) = (transition.params, transition.defaults());
    // The picture that controls the transition is the incoming one, flipped.
    let map = Layer { transform: Transform { fit: Fit::Stretch, flip_horizontal: true, ..Transform::IDENTITY }, ..to.clone() };
    let inputs = table.iter().filter(|p| p.kind == ParamKind::Media).map(|_| map.clone()).collect();
    layer(Content::Transition { transition, params, progress, from: Some(Box::new(from)), to: Some(Box::new(to)), inputs })
}

/// An ellipse with a soft edge.
pub fn soft_ellipse() -> MaskUse {
    MaskUse {
        outline: Outline::Ellipse(Box2 { center: [0.45, 0.5], size: [0.7, 0.8], rotation_degrees: 20.0, corner_radius_px: 0.0 }),
        mode: MaskMode::Add,
        inverted: false,
        opacity: 0.9,
        feather_px: 9.0,
        edge_feather_px: vec![],
        expansion_px: 1.5,
    }
}

/// Masks, mattes, parents and motion blur.
fn cuts() -> Vec<(&'static str, Layer)> {
    let masked = |l: Layer| Layer { masks: vec![soft_ellipse()], ..l };
    let blurred = |l: Layer| Layer {
        effects: vec![all_defaults("gaussian-blur"), crate::support::effect("exposure", &[("exposure", 0.5)])],
        ..l
    };
    let colored = |l: Layer| Layer { effects: vec![crate::support::effect("exposure", &[("exposure", 0.5)])], ..l };
    let shadowed = |l: Layer| Layer {
        effects: vec![
            all_defaults("gaussian-blur"),
            crate::support::effect("drop-shadow", &[("opacity", 0.8)]),
            crate::support::effect("vignette", &[("amount", 0.6)]),
            crate::support::effect("sharpen", &[]),
        ],
        ..l
    };
    let stroked = |l: Layer| Layer {
        effects: vec![crate::support::effect("stroke", &[("width", 5.4)]), crate::support::effect("glow", &[("radius", 9.0)])],
        ..l
    };
    let framed = |l: Layer| Layer {
        effects: vec![
            crate::support::effect("exposure", &[("exposure", 0.5)]),
            crate::support::effect("stroke", &[("width", 3.0)]),
            crate::support::effect("drop-shadow", &[("distance", 6.0), ("softness", 8.0)]),
        ],
        ..masked(l)
    };
    let after = |l: Layer| Layer { masks_after_effects: true, ..l };
    let matte = |luma, inverted| {
        let content = Content::Solid([0.7, 0.5, 0.2, 0.8]);
        let layer = Layer { masks: vec![soft_ellipse()], opacity: 0.9, ..placed(content, 0.8, 10.0, [4.0, 2.0]) };
        Some(Box::new(MatteUse { layer, luma, inverted }))
    };
    let small = || placed(media("small"), 0.9, 0.0, [3.0, 1.0]);
    let shutter: Vec<_> = (0..7)
        .map(|i| Placement {
            transform: placed(media("small"), 0.9, 4.0 * i as f32, [3.0 * i as f32, 1.0]).transform,
            parent: Affine::IDENTITY,
        })
        .collect();
    vec![
        ("masked", masked(small())),
        ("masked and enlarged", masked(placed(media("small"), 1.7, 0.0, [0.3, 0.6]))),
        ("masked and turned", masked(placed(media("small"), 0.8, 30.0, [0.0; 2]))),
        ("masked, turned and reduced", after(colored(masked(placed(media("large"), 0.3, 30.0, [0.0; 2]))))),
        ("masked before a blur", blurred(masked(small()))),
        ("masked after a blur", after(blurred(masked(small())))),
        ("masked before a point effect", colored(masked(small()))),
        ("masked solid", masked(layer(Content::Solid([0.9, 0.1, 0.2, 0.7])))),
        ("matte", Layer { matte: matte(false, false), ..small() }),
        ("matte inverted", Layer { matte: matte(false, true), ..small() }),
        ("luma matte", Layer { matte: matte(true, false), ..masked(small()) }),
        ("bound", Layer { parent: Affine::rotate_degrees(5.0).after(&Affine::scale(1.1, 0.9)), ..small() }),
        ("shadow of an inset", shadowed(small())),
        ("shadow of a turned inset, masked after", after(masked(shadowed(placed(media("small"), 0.8, 20.0, [3.0, 1.0]))))),
        ("shadow of a turned reduction", shadowed(placed(media("large"), 0.2, 30.0, [0.0; 2]))),
        ("shadow of a moving inset", Layer { shutter: shutter.clone(), ..shadowed(small()) }),
        ("stroke and glow of an inset", stroked(small())),
        ("framed", framed(small())),
        ("framed, reduced", framed(placed(media("large"), 0.31, 0.0, [1.3, 0.6]))),
        ("framed, turned by a quarter", framed(placed(media("small"), 0.8, 90.0, [0.5, 2.0]))),
        ("framed, turned", framed(placed(media("small"), 0.8, 20.0, [0.5, 2.0]))),
        ("framed, translucent", with_opacity(framed(placed(media("small"), 1.2, 0.0, [-30.0, 9.0])), 0.7)),
        ("moving", Layer { shutter, ..masked(blurred(small())) }),
    ]
}

/// Placements, formats and sizes.
pub fn shapes() -> Vec<Case> {
    let mut cases = Vec::new();
    let base = picture(PictureFormat::YUV420P8, size(128, 72), 3);
    let small = picture(PictureFormat::YUV420P8, size(61, 43), 4);
    let large = picture(PictureFormat::YUV420P8, size(401, 301), 5);
    let pictures = [("base", &base), ("small", &small), ("large", &large)];
    let on = |l: Layer| plan(canvas(size(128, 72), false), vec![layer(media("base")), l]);
    let c420 = PictureFormat::YUV420P8;
    for (name, l) in [
        ("enlarged", placed(media("small"), 1.4, 0.0, [5.3, -3.7])),
        ("reduced", placed(media("large"), 0.6, 0.0, [-7.2, 4.1])),
        ("much reduced", placed(media("large"), 0.11, 0.0, [20.0, 9.5])),
        ("rotated", placed(media("small"), 0.9, 17.0, [2.0, 1.0])),
        ("rotated by a quarter", placed(media("small"), 0.9, 90.0, [0.0; 2])),
        (
            "flipped",
            Layer {
                transform: Transform { flip_horizontal: true, flip_vertical: true, ..Transform::IDENTITY },
                ..layer(media("small"))
            },
        ),
        (
            "cropped",
            Layer { transform: Transform { crop: [0.13, 0.21, 0.3, 0.07], ..Transform::IDENTITY }, ..layer(media("small")) },
        ),
        ("translucent", with_opacity(placed(media("small"), 0.7, 0.0, [0.0; 2]), 0.8)),
        ("off the canvas", placed(media("small"), 1.0, 0.0, [90.0, 40.0])),
        ("solid", with_opacity(layer(Content::Solid([0.9, 0.2, 0.1, 0.6])), 0.5)),
    ] {
        cases.push(case(name, on(l.clone()), &pictures, c420));
        cases.push(case(format!("{name}, 4:4:4"), on(l), &pictures, YUV444));
    }
    let rotated_reduced = placed(media("large"), 0.3, 33.0, [1.0, 2.0]);
    cases.push(case("rotated and reduced", on(rotated_reduced), &pictures, YUV444));
    let nested = plan(canvas(size(100, 50), false), vec![layer(media("large")), placed(media("small"), 0.5, 10.0, [3.0, 3.0])]);
    cases.push(case("nested", on(placed(Content::Composition(Box::new(nested)), 0.8, 5.0, [0.0; 2])), &pictures, c420));
    let chain = Layer {
        effects: vec![all_defaults("gaussian-blur"), crate::support::effect("exposure", &[("exposure", 0.5)])],
        ..placed(media("small"), 0.8, 0.0, [0.0; 2])
    };
    cases.push(case("blur then exposure", on(chain), &pictures, c420));
    // The key of the catalogue's case has steps; these are the kernel alone.
    for key in ["green", "green-screen"] {
        let mut keyed = crate::support::effect("chroma-key", &[("tolerance", 0.05), ("softness", 0.4)]);
        crate::support::set_param(&mut keyed, "keyColor", ParamValue::Text(key.into()));
        let l = Layer { effects: vec![keyed], ..placed(media("small"), 0.8, 0.0, [0.0; 2]) };
        cases.push(case(format!("keyed by {key}"), on(l), &pictures, c420));
    }
    let corner = Alignment { point: Align::BottomRight, margin_px: [4.0, 2.5] };
    let aligned = Layer {
        transform: Transform { align: Some(corner), rotation_degrees: 21.0, scale: [0.5; 2], ..Transform::IDENTITY },
        ..layer(media("small"))
    };
    cases.push(case("aligned", on(aligned), &pictures, c420));
    // More pictures than a pass reads; every second one equals the layer itself.
    let later = picture(c420, small.size, 6);
    let times = [("base", &base), ("small", &small), ("b", &later)];
    for operator in ["add", "screen", "maximum", "minimum", "compositeInBack", "compositeInFront", "blend"] {
        let mut echo = crate::support::effect("echo", &[("echoes", 32.0), ("startingIntensity", 0.6), ("decay", 0.9)]);
        echo.params[4] = ParamValue::Text(operator.into());
        let l = Layer { effects: vec![with_inputs(echo, "small")], ..placed(media("small"), 0.8, 0.0, [2.0; 2]) };
        cases.push(case(format!("32 echoes, {operator}"), on(l), &times, YUV444));
    }
    for (name, l) in cuts() {
        for linear in [false, true] {
            let p = plan(canvas(size(128, 72), linear), vec![layer(media("base")), l.clone()]);
            cases.push(case(format!("{name}, linear {linear}"), p, &pictures, YUV444));
        }
    }
    for bits in [8, 10, 12, 16] {
        for (sx, sy) in [(0, 0), (1, 0), (1, 1), (0, 1)] {
            for alpha in [false, true] {
                let f = PictureFormat { alpha, ..PictureFormat::yuv(bits, sx, sy) };
                let p = picture(f, size(53, 37), u32::from(bits));
                let mut cv = canvas(size(67, 41), false);
                cv.background = [0.1, 0.2, 0.3, if alpha { 0.5 } else { 1.0 }];
                let mut c = case(format!("{f}"), plan(cv, vec![placed(media("p"), 0.95, 0.0, [0.6, 0.2])]), &[("p", &p)], f);
                // One code of the result's own depth above 8 bits would be below the working
                // precision.
                c.max_codes = 1.0;
                cases.push(c);
            }
        }
    }
    let rgb = PictureFormat::RGB8.with_alpha();
    let mut p = picture(rgb, size(40, 30), 8);
    p.color = ColorTags::SRGB;
    let mut c = case(
        "rgb with alpha",
        plan(
            canvas(size(64, 48), true),
            vec![layer(Content::Solid([0.2, 0.4, 0.6, 1.0])), placed(media("p"), 0.7, 12.0, [0.0; 2])],
        ),
        &[("p", &p)],
        PictureFormat::RGB8,
    );
    c.output.color = ColorTags { transfer: Transfer::Bt709, ..ColorTags::SRGB };
    cases.push(c);
    for (matrix, transfer) in [(Matrix::Bt2020Cl, Transfer::Bt709), (Matrix::ICtCp, Transfer::Pq), (Matrix::ICtCp, Transfer::Hlg)] {
        let mut p = picture(PictureFormat::yuv(10, 0, 0), size(50, 30), 11);
        p.color = ColorTags { matrix, transfer, primaries: Primaries::Bt2020, ..ColorTags::BT709 };
        let shown = plan(canvas(size(64, 48), true), vec![placed(media("p"), 0.9, 0.0, [0.0; 2])]);
        cases.push(case(format!("{matrix} over {transfer}"), shown, &[("p", &p)], c420));
    }
    for location in ChromaLocation::ALL {
        let mut p = picture(c420, size(50, 30), 9);
        p.color.chroma = *location;
        let mut c = case(
            format!("chroma at {location}"),
            plan(canvas(size(64, 48), false), vec![placed(media("p"), 0.9, 0.0, [0.0; 2])]),
            &[("p", &p)],
            c420,
        );
        // Chroma on the last row of its block is not written.
        if !matches!(location, ChromaLocation::Bottom | ChromaLocation::BottomLeft) {
            c.output.color.chroma = *location;
        }
        cases.push(c);
    }
    let tags = ColorTags { chroma: ChromaLocation::TopLeft, ..ColorTags::BT709 };
    let below = Picture { color: tags, ..base.clone() };
    let mut c = case(
        "chroma on the first row, most of it copied",
        plan(canvas(below.size, true), vec![layer(media("below")), placed(media("small"), 0.5, 0.0, [5.0, 3.0])]),
        &[("below", &below), ("small", &small)],
        c420,
    );
    c.output.color = tags;
    cases.push(c);
    for (w, h) in [(1, 1), (2, 1), (1, 3), (33, 17), (515, 3)] {
        let p = picture(c420, size(w, h), 10);
        cases.push(case(
            format!("{w}×{h}"),
            plan(canvas(size(w, h), false), vec![with_opacity(layer(media("p")), 0.7)]),
            &[("p", &p)],
            c420,
        ));
    }
    cases
}

//! The catalogue's costs against the time that the CPU back end takes.
use crate::{gpu_cases, support::*};
use cutroom_effects::{EffectRef, Params, cost};
use cutroom_render::{
    cpu::CpuRenderer,
    lower::{Lowered, LoweringCache, lower},
};
use cutroom_timeline::{EffectUse, FramePlan, Layer};
use cutroom_types::{Picture, PictureFormat};
use std::time::Instant;

/// What each effect adds to a frame of 1920×1080 on one core with AVX-512, in milliseconds, as
/// [`costs_beside_times`] printed it; 1 says no more than that it is about as fast as the fastest.
/// Effects over time are left out: drawing their pictures at other times takes longest.
const MEASURED: &[(&str, f64)] = &[
    ("blur-region", 31.0),
    ("box-blur", 34.0),
    ("brightness", 1.0),
    ("bulge", 27.0),
    ("channel-mixer", 1.0),
    ("checkerboard", 1.0),
    ("chroma-key", 3.0),
    ("contrast", 1.0),
    ("corner-pin", 13.0),
    ("crop", 1.0),
    ("curves", 21.0),
    ("deband", 63.0),
    ("deinterlace", 92.0),
    ("denoise", 473.0),
    ("directional-blur", 133.0),
    ("displacement-map", 57.0),
    ("drop-shadow", 45.0),
    ("edge-detect", 53.0),
    ("emboss", 22.0),
    ("exposure", 1.0),
    ("flip", 13.0),
    ("gaussian-blur", 15.0),
    ("glow", 30.0),
    ("gradient", 1.0),
    ("grain", 2.0),
    ("hsl", 1.0),
    ("hue-shift", 1.0),
    ("invert", 1.0),
    ("kaleidoscope", 29.0),
    ("lens-distortion", 23.0),
    ("lens-flare", 6.0),
    ("letterbox", 1.0),
    ("levels", 2.0),
    ("lift-gamma-gain", 3.0),
    ("log-convert", 1.0),
    ("luma-key", 1.0),
    ("lut", 10.0),
    ("mirror", 9.0),
    ("mosaic-region", 305.0),
    ("motion-blur", 159.0),
    ("noise", 1.0),
    ("pixel-particle-disintegrate", 2822.0),
    ("pixelate", 148.0),
    ("posterize", 1.0),
    ("primary", 7.0),
    ("qualifier", 2.0),
    ("radial-blur", 732.0),
    ("rgb-split", 28.0),
    ("saturation", 1.0),
    ("scanlines", 1.0),
    ("sepia", 1.0),
    ("sharpen", 36.0),
    ("solarize", 1.0),
    ("stabilize", 24.0),
    ("stroke", 105.0),
    ("temperature", 1.0),
    ("threshold", 1.0),
    ("tint", 1.0),
    ("turbulent-displace", 60.0),
    ("twirl", 21.0),
    ("unsharp", 39.0),
    ("vibrance", 1.0),
    ("vignette", 1.0),
    ("voxel-relief", 997.0),
    ("wave", 32.0),
    ("white-balance", 1.0),
    ("zoom-blur", 264.0),
];

/// An effect with its default values, or with others if those are neutral.
fn visible(e: EffectRef) -> EffectUse {
    let defaults = EffectUse::new(e, e.defaults());
    let used = if e.is_neutral(Params::new(&defaults.params)) { gpu_cases::moved(e) } else { defaults };
    let times = gpu_cases::other_times(&used).len();
    let inputs = (0..times).map(|i| layer(media(&format!("time {i}"))));
    if times > 0 { EffectUse { inputs: inputs.collect(), ..used } } else { with_layers(used, &layer(media("b"))) }
}

fn film(effects: Vec<EffectUse>) -> FramePlan {
    plan(canvas(size(1920, 1080), true), vec![Layer { effects, ..layer(media("a")) }])
}

/// Milliseconds of one thread that an effect adds to a frame: the fastest of some without it
/// subtracted from the fastest with it. They alternate, so that nothing is kept for the next frame.
fn time_ms(cpu: &CpuRenderer, pictures: &[Pictures], with: &FramePlan, without: &FramePlan) -> f64 {
    let out = output(PictureFormat::YUV420P8);
    let mut cache = LoweringCache::default();
    let (mut best, mut total) = ([f64::INFINITY; 2], 0.0);
    for frame in 0..8 {
        for (k, p) in [with, without].into_iter().enumerate() {
            let Lowered::Program(program) = lower(p, &pictures[frame % pictures.len()], &out, &mut cache).unwrap() else {
                panic!()
            };
            let begun = Instant::now();
            cpu.run(&program, &out).unwrap();
            let ms = begun.elapsed().as_secs_f64() * 1e3;
            best[k] = best[k].min(ms);
            total += ms;
        }
        if frame > 0 && total > 1500.0 {
            break;
        }
    }
    best[0] - best[1]
}

/// Places in ascending order; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let place = |v: f64| {
        let (below, equal) = (values.iter().filter(|w| **w < v).count(), values.iter().filter(|w| **w == v).count());
        below as f64 + (equal as f64 - 1.0) / 2.0
    };
    values.iter().map(|v| place(*v)).collect()
}

/// Spearman's correlation of ranks.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    sum(&a, &b) / (sum(&a, &a) * sum(&b, &b)).sqrt()
}

/// The costs rank the effects as their times do, and none of those that take long is more than
/// three times off a common line.
#[test]
fn costs_predict_times() {
    let drawn = catalog().effects().iter().filter(|e| gpu_cases::is_drawn(e) && gpu_cases::other_times(&visible(**e)).is_empty());
    let of = |e: &EffectRef| {
        let found = MEASURED.iter().find(|m| m.0 == e.id);
        let (_, ms) = found.unwrap_or_else(|| panic!("{} has not been measured: see costs_beside_times", e.id));
        (e.id, ms.max(1.0), cost::of_effect_with(e, Params::new(&visible(*e).params)).total().max(1) as f64)
    };
    let all: Vec<(&str, f64, f64)> = drawn.map(of).collect();
    let long: Vec<_> = all.iter().filter(|a| a.1 >= 3.0).collect();
    let mut scales: Vec<f64> = long.iter().map(|a| a.1 / a.2).collect();
    scales.sort_by(f64::total_cmp);
    let line = scales[scales.len() / 2];
    let off: Vec<String> = long
        .iter()
        .filter(|a| !(1.0 / 3.0..=3.0).contains(&(a.1 / a.2 / line)))
        .map(|a| format!("{}: {} ms, {:.0} by its cost", a.0, a.1, a.2 * line))
        .collect();
    let rank = correlation(&long.iter().map(|a| a.1).collect::<Vec<_>>(), &long.iter().map(|a| a.2).collect::<Vec<_>>());
    println!("correlation of ranks {rank:.3}, {} operations a millisecond", 1.0 / line);
    assert!(off.is_empty(), "{}", off.join("\n"));
    assert!(rank > 0.85, "{rank}");
}

/// Prints, for every effect, its time beside its cost, as [`MEASURED`] has them: `cargo nextest run
/// --run-ignored only -E 'test(costs_beside_times)' --no-capture`.
#[test]
#[ignore = "measures, which needs an idle machine"]
fn costs_beside_times() {
    let picture = |seed: u32| picture(PictureFormat::YUV420P8, size(1920, 1080), seed);
    let times: Vec<(String, Picture)> = (0..32).map(|i| (format!("time {i}"), picture(i + 20))).collect();
    let pictures: Vec<Pictures> = (0..3)
        .map(|i| {
            let [a, b] = [picture(i), picture(i + 10)];
            let others = times.iter().map(|(name, p)| (name.as_str(), p));
            Pictures::of(&[("a", &a), ("b", &b)].into_iter().chain(others).collect::<Vec<_>>())
        })
        .collect();
    let cpu = CpuRenderer::new(1).unwrap();
    // The conversion to working colour and back, which every effect needs.
    let without = film(vec![effect("brightness", &[("amount", 0.1)])]);
    for e in catalog().effects().iter().filter(|e| gpu_cases::is_drawn(e)) {
        let used = visible(*e);
        let c = cost::of_effect_with(e, Params::new(&used.params));
        // What is fused takes too little for one to be measured.
        let copies = if c.passes == 0 { 8 } else { 1 };
        let ms = time_ms(&cpu, &pictures, &film(vec![used; copies]), &without) / copies as f64;
        println!(
            "    (\"{}\", {:.1}), // {} passes, {} operations, {:.1} µs for a thousand",
            e.id,
            ms,
            c.passes,
            c.operations,
            ms * 1e6 / c.total() as f64
        );
    }
}

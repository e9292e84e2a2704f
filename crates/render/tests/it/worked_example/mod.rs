//! The worked example of docs/adding-an-effect.md: its one file, as it stands there, compiles against the catalogue's public interface alone and is drawn by
//! both back ends as it is defined. Nothing else of the workspace knows it, so nothing else has to be touched.
mod day_for_night;

use crate::support::*;
use cutroom_effects::{EFFECTS, EffectSpec, Params, Raster, Shape};
use cutroom_render::{
    cpu::CpuRenderer,
    lower::{Lowered, lower},
    mask::MaskCache,
    program::{Pass, Program, Stage},
};
use cutroom_test_support::{example, read, root};
use cutroom_timeline::Layer;
use cutroom_types::{ParamValue, Picture};

/// The line that lists it, in a list like the catalogue's own.
static LIST: &[&EffectSpec] = &[&day_for_night::SPEC];

fn defaults(spec: &EffectSpec) -> Vec<(String, ParamValue)> {
    spec.params.iter().map(|p| (p.id.to_owned(), p.kind.default_value())).collect()
}

/// The program of a picture with `solarize`, which has the same shape and domain, its kernel replaced by the example's.
fn program(picture: &Picture) -> Program {
    let top = Layer { effects: vec![effect("solarize", &[])], ..layer(media("a")) };
    let plan = plan(canvas(picture.size, false), vec![top]);
    let lowered = lower(&plan, &Pictures::of(&[("a", picture)]), &output(YUV444), &MaskCache::default()).unwrap();
    let Lowered::Program(mut program) = lowered else { panic!("nothing to draw") };
    let Shape::Point { kernel, prepare } = LIST[0].shape else { panic!("no point effect") };
    let values = defaults(LIST[0]);
    let raster = Raster {
        width_px: 64.0,
        height_px: 32.0,
        linear: false,
        primaries: cutroom_types::Primaries::Bt709,
        time_secs: 0.0,
        margin_px: [0.0; 2],
    };
    let mut replaced = 0;
    for pass in &mut program.passes {
        let Pass::Tiles(tiles) = pass else { continue };
        for stage in &mut tiles.stages {
            if let Stage::Point { kernel: k, uniforms: u, .. } = stage
                && k.name() == "Solarize"
            {
                (*k, *u) = (kernel(Params(&values)), prepare(Params(&values), &raster));
                replaced += 1;
            }
        }
    }
    assert_eq!(replaced, 1);
    program
}

#[test]
fn the_documented_file_is_drawn_by_both_back_ends() {
    let a = picture(YUV444, size(64, 32), 1);
    let drawn = CpuRenderer::new(1).unwrap().run(&program(&a), &output(YUV444)).unwrap();
    for y in 0..32 {
        for x in 0..64 {
            let c = pixel(&a, x, y);
            let luma = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
            let moon = [0.2, 0.3, 0.55];
            let want = yuv_of(std::array::from_fn(|k| c[k] + (moon[k] * luma - c[k]) * 0.8));
            for (k, w) in want.iter().enumerate() {
                let got = f64::from(drawn.sample(k, x as usize, y as usize));
                assert!((got - w.clamp(0.0, 255.0)).abs() <= 0.6, "plane {k} at ({x}, {y}): {got}, not {w}");
            }
        }
    }
    if let Some(mut gpu) = gpu() {
        assert!(difference(&gpu.run(&program(&a), &output(YUV444)).unwrap(), &drawn) <= 1);
    }
}

/// Its table is held to what every table is: defaults in range, neutral where it changes nothing.
#[test]
fn its_table_is_sound() {
    let spec = LIST[0];
    assert!(EFFECTS.iter().all(|e| e.id != spec.id), "the example is not part of the catalogue");
    assert!(spec.params.iter().all(|p| p.kind.problem(&p.kind.default_value()).is_none()));
    let mut values = defaults(spec);
    assert!(!(spec.neutral)(Params(&values)));
    values[1].1 = ParamValue::Number(0.0);
    assert!((spec.neutral)(Params(&values)));
}

/// The page shows the file that is compiled here, and every effect of the catalogue takes one line in its list.
#[test]
fn the_page_and_the_list_are_as_described() {
    let shown = example("docs/adding-an-effect.md", "rust");
    assert!(shown == read("crates/render/tests/it/worked_example/day_for_night.rs"), "the example on the page is another one");
    let list = read("crates/effects/src/effect/mod.rs");
    let lines = list.lines().skip_while(|l| !l.starts_with("effects! {")).skip(1).take_while(|l| *l != "}");
    let names: Vec<&str> = lines.map(|l| l.trim().trim_end_matches(',')).collect();
    assert_eq!(names.len(), EFFECTS.len());
    for name in names {
        assert!(root().join(format!("crates/effects/src/effect/{name}.rs")).is_file(), "{name} has no file of its own");
    }
}

//! The worked example of docs/adding-an-effect.md: its one file, as printed there, compiles against
//! the public interface of the catalogue alone, and both back ends draw it as defined. Nothing else
//! in the workspace refers to it, so nothing else must be changed.
mod day_for_night;

use crate::{catalogue::keeps_every_promise, support::*};
use cutroom_effects::{Catalog, EFFECTS, EffectRef};
use cutroom_render::{Backend, RenderOptions, Renderer};
use cutroom_test_support::{example, read, root};
use cutroom_timeline::{EffectUse, Layer};

/// Registered in a catalogue of its own, as its line in the list would do.
fn day_for_night() -> EffectRef {
    Catalog::builtin().register_effect(day_for_night::SPEC).unwrap()
}

#[test]
fn the_documented_file_is_drawn_as_it_is_defined() {
    let a = picture(YUV444, size(64, 32), 1);
    let used = EffectUse::new(day_for_night(), day_for_night().defaults());
    let plan = plan(canvas(a.size, false), vec![Layer { effects: vec![used], ..layer(media("a")) }]);
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
    let drawn = renderer.render(&plan, &Pictures::of(&[("a", &a)]), &output(YUV444)).unwrap();
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
}

/// The catalogue's loops, both back ends included, hold for it.
#[test]
fn it_keeps_the_promises_of_the_catalogue() {
    assert!(EFFECTS.iter().all(|e| e.id != day_for_night::SPEC.id), "the example is not part of the catalogue");
    keeps_every_promise(day_for_night());
}

/// The page shows the file that is compiled here, and every effect of the catalogue has one line in
/// its list.
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

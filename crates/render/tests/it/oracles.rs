//! Every effect is compared with an expected value, and the comparison is sensitive: the tests in
//! the lists below are run again, once with the effect left out and once with a wrong result, and
//! must fail both times. The names of effects come from what is drawn, not from the text of the
//! tests.
use crate::support::*;
use cutroom_effects::EFFECTS;
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer, SourcePictures};
use cutroom_timeline::{Canvas, EffectUse, FramePlan, Layer};
use cutroom_types::{ColorTags, Picture, PictureFormat, Transfer};
use std::{
    cell::RefCell,
    collections::BTreeSet,
    panic::{catch_unwind, set_hook, take_hook},
    sync::{Mutex, Once},
    thread,
};

/// A test's name and the test.
pub type Oracle = (&'static str, fn());

/// A list of tests with their names.
macro_rules! list {
    ($($test:ident),* $(,)?) => { &[$((concat!(module_path!(), "::", stringify!($test)), $test as fn())),*] };
}

pub(crate) use list;

/// Effects whose appearance is defined by no other source: they were inspected visually
/// (`examples/gallery.rs`).
const LOOKED_AT: &[&str] = &["turbulent-displace", "voxel-relief", "pixel-particle-disintegrate"];
/// Effects that planning applies and that are tested there (`posterised_time_holds_frames`); they
/// are never drawn.
const PLANNED: &[&str] = &["posterize-time"];

fn all() -> impl Iterator<Item = Oracle> {
    let lists: [&[Oracle]; 6] = [
        crate::effects::ORACLES,
        crate::effects_alpha::ORACLES,
        crate::effects_color::ORACLES,
        crate::effects_geometry::ORACLES,
        crate::effects_layers::ORACLES,
        crate::effects_time::ORACLES,
    ];
    lists.into_iter().flatten().copied()
}

/// A fault that is injected into an effect.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// It is not drawn.
    LeftOut,
    /// Every sample of a picture in which it is drawn is 0.02 too high.
    Shifted,
}

/// State of a test that is run to see which faults it detects.
#[derive(Default)]
struct Run {
    /// The effect with a fault.
    faulty: Option<(&'static str, Fault)>,
    /// Effects that were drawn last on their layer; effects before them only prepare their input.
    drawn: BTreeSet<&'static str>,
}

thread_local!(static RUN: RefCell<Run> = RefCell::default());

/// Draws a plan; used by all tests that compare effects with expected values.
pub fn render(renderer: &mut Renderer, plan: &FramePlan, pictures: &dyn SourcePictures, output: &OutputSpec) -> Picture {
    let last = plan.layers.iter().filter_map(|l| l.effects.last());
    let drawn: BTreeSet<&str> = last.map(|used| used.effect.spec().id).collect();
    let faulty = RUN.with_borrow_mut(|run| {
        run.drawn.extend(&drawn);
        run.faulty.filter(|(id, _)| drawn.contains(id))
    });
    match faulty {
        None => renderer.render(plan, pictures, output).unwrap(),
        Some((_, Fault::Shifted)) => shifted(&renderer.render(plan, pictures, output).unwrap()),
        Some((id, Fault::LeftOut)) => {
            let mut plan = plan.clone();
            for layer in &mut plan.layers {
                layer.effects.pop_if(|used| used.effect.id == id);
            }
            renderer.render(&plan, pictures, output).unwrap()
        }
    }
}

/// The straight colours of a plan, drawn on the CPU into R'G'B'A floats.
pub fn floats(plan: &FramePlan, pictures: &[(&str, &Picture)]) -> Vec<[f64; 4]> {
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let color = ColorTags { transfer: Transfer::Bt709, ..ColorTags::SRGB };
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
    let p = render(&mut renderer, plan, &Pictures::of(pictures), &OutputSpec { format, color });
    let w = p.size.width as usize;
    (0..w * p.size.height as usize).map(|i| std::array::from_fn(|k| f64::from(f32::from_bits(p.sample(k, i % w, i / w))))).collect()
}

/// One picture with effects over a transparent background.
pub fn floats_of(effects: Vec<EffectUse>, pixels: &[[f64; 4]], w: usize, h: usize) -> Vec<[f64; 4]> {
    let a = rgba_picture(pixels, w, h);
    let cv = Canvas { background: [0.0; 4], ..canvas(a.size, false) };
    floats(&plan(cv, vec![Layer { effects, ..layer(media("a")) }]), &[("a", &a)])
}

fn shifted(p: &Picture) -> Picture {
    assert_eq!(p.format.bits, 32, "oracles draw in floats");
    let higher = |bytes: &[u8]| (f32::from_le_bytes(bytes.try_into().unwrap()) + 0.02).to_le_bytes();
    let planes = p.planes.iter().map(|plane| (0..plane.rows()).flat_map(|y| plane.row(y).chunks(4)).flat_map(higher).collect());
    Picture::from_planes(p.format, p.size, p.color, planes.collect()).unwrap()
}

/// The effects that a test draws, or `None` when it fails. Its messages about an injected fault are
/// not printed.
fn run(test: fn(), faulty: Option<(&'static str, Fault)>) -> Option<BTreeSet<&'static str>> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |info| {
            if !RUN.with_borrow(|run| run.faulty.is_some()) {
                print(info);
            }
        }));
    });
    RUN.set(Run { faulty, drawn: BTreeSet::new() });
    let passed = catch_unwind(test).is_ok();
    let drawn = RUN.take().drawn;
    passed.then_some(drawn)
}

/// The effects whose faults a test detects.
fn proven_by((name, test): Oracle) -> BTreeSet<&'static str> {
    let drawn = run(test, None).unwrap_or_else(|| panic!("{name} fails"));
    let notices = |id| [Fault::LeftOut, Fault::Shifted].into_iter().all(|fault| run(test, Some((id, fault))).is_none());
    let (proven, idle): (BTreeSet<_>, BTreeSet<_>) = drawn.into_iter().partition(|id| notices(id));
    println!("{name}: {proven:?}, but not {idle:?}");
    assert!(!proven.is_empty(), "{name} notices no fault of {idle:?}: it is no oracle");
    proven
}

#[test]
fn every_effect_has_an_oracle() {
    let (next, proven) = (Mutex::new(all()), Mutex::new(BTreeSet::new()));
    let work = || {
        // Taken out of the lock before it is run.
        while let Some(oracle) = { next.lock().unwrap().next() } {
            let ids = proven_by(oracle);
            proven.lock().unwrap().extend(ids);
        }
    };
    // Threads of their own: a thread of a pool may begin another test while it waits for the
    // renderer's.
    thread::scope(|s| (0..thread::available_parallelism().map_or(1, usize::from)).for_each(|_| drop(s.spawn(work))));
    let proven = proven.into_inner().unwrap();
    let excused: Vec<&str> = LOOKED_AT.iter().chain(PLANNED).copied().collect();
    let without: Vec<&str> = EFFECTS.iter().map(|e| e.id).filter(|id| !proven.contains(id) && !excused.contains(id)).collect();
    assert!(without.is_empty(), "no test in the lists notices a fault of {without:?}");
    assert!(excused.iter().all(|id| !proven.contains(id)), "{excused:?} is excused, and has an oracle now");
    assert!(excused.iter().all(|id| catalog().effect(id).is_some()), "{excused:?}: there is no such effect");
}

/// The check can fail: a test that only checks that something was drawn proves nothing.
#[test]
fn looking_on_is_no_oracle() {
    fn idle() {
        let px = floats_of(vec![used("invert", &[])], &[[0.2, 0.4, 0.6, 1.0]], 1, 1);
        assert!(px[0][0] > 0.1);
    }

    fn real() {
        let px = floats_of(vec![used("invert", &[])], &[[0.2, 0.4, 0.6, 1.0]], 1, 1);
        assert!((px[0][0] - 0.8).abs() < 1e-4);
    }
    assert_eq!(run(idle, None), Some(BTreeSet::from(["invert"])));
    assert!(catch_unwind(|| proven_by(("idle", idle))).is_err());
    assert_eq!(proven_by(("real", real)), BTreeSet::from(["invert"]));
    let plain = rgba_picture(&[[0.5; 4]], 1, 1);
    assert_eq!(PictureFormat::RGB_FLOAT.with_alpha(), plain.format);
    assert!((f32::from_bits(shifted(&plain).sample(1, 0, 0)) - 0.52).abs() < 1e-6);
}

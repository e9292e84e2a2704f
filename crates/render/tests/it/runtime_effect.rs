//! An effect created at run time: it depends on a value that a `fn` pointer could not hold. It is
//! registered only here, and the catalogue's loops, both back ends included, hold for it as for
//! built-in effects.
use crate::{catalogue::keeps_every_promise, oracles::floats, support::*};
use cutroom_effects::{
    Catalog, CatalogError, EffectFamily, EffectFrame, EffectKind, EffectRef, EffectSpec, ParamSpec, Params, RuntimeEffect, Step,
    Uniforms, Unit,
};
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Point, PointKernel, Real, Rgba, rgb};
use cutroom_timeline::{EffectUse, Layer};
use cutroom_types::ParamValue;

/// Mixes in the picture of `delay_secs` before, then multiplies by `gain`; both are known only when
/// the effect is created.
struct Afterglow {
    delay_secs: f64,
    gain: f32,
}

impl RuntimeEffect for Afterglow {
    fn is_neutral(&self, params: Params<'_>) -> bool {
        params.number(0) == 0.0 && self.gain == 1.0
    }

    fn other_times(&self, _: Params<'_>, _: f64) -> Vec<f64> {
        vec![-self.delay_secs]
    }

    fn steps(&self, params: Params<'_>, _: &EffectFrame, inputs: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        if inputs > 0 {
            steps.push(Step::MixInput(&Mix(Share), Uniforms::new(&[params.number(0)]), 0));
        }
        steps.push(Step::Point(&Point(Gain), Uniforms::new(&[self.gain])));
        steps
    }
}

/// `from·(1 − p) + to·p`
struct Share;

impl MixKernel for Share {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(f.c.r.mix(t.c.r, p[0]), f.c.g.mix(t.c.g, p[0]), f.c.b.mix(t.c.b, p[0])), a: f.a.mix(t.a, p[0]) }
    }
}

struct Gain;

impl PointKernel for Gain {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(px.c.r * p[0], px.c.g * p[0], px.c.b * p[0]), ..px }
    }
}

const PARAMS: &[ParamSpec] = &[ParamSpec::number("amount", "Amount", 0.25, 0.0, 1.0, Unit::None)];

/// The spec of an effect whose value lives until the end of the process.
fn spec_of(effect: Afterglow) -> EffectSpec {
    let shape = EffectKind::Runtime(Box::leak(Box::new(effect)));
    let spec = EffectSpec::new("test.afterglow", "Afterglow", EffectFamily::Time, "Mixes in an earlier picture.", shape);
    EffectSpec { params: PARAMS, keeps_alpha: false, ..spec }
}

fn registered(delay_secs: f64, gain: f32) -> EffectRef {
    Catalog::builtin().register_effect(spec_of(Afterglow { delay_secs, gain })).unwrap()
}

#[test]
fn it_is_drawn_as_the_value_says() {
    let pixels = |seed: usize| -> Vec<[f64; 4]> {
        (0..48)
            .map(|i| std::array::from_fn(|k| if k == 3 { 1.0 } else { f64::from(((i * 7 + k * 5 + seed) % 11) as f32 / 16.0) }))
            .collect()
    };
    let (now, before) = (pixels(0), pixels(4));
    let (a, b) = (rgba_picture(&now, 8, 6), rgba_picture(&before, 8, 6));
    for (amount, gain) in [(0.25, 1.5), (1.0, 0.5)] {
        let used = EffectUse {
            inputs: vec![layer(media("b"))],
            ..EffectUse::new(registered(0.04, gain), vec![ParamValue::Number(amount)])
        };
        let top = Layer { effects: vec![used], ..layer(media("a")) };
        let got = floats(&plan(canvas(a.size, false), vec![top]), &[("a", &a), ("b", &b)]);
        for ((got, now), before) in got.iter().zip(&now).zip(&before) {
            for k in 0..3 {
                let want = (now[k] * (1.0 - amount) + before[k] * amount) * f64::from(gain);
                assert!((got[k] - want).abs() < 1e-5, "{got:?} for {want} at {amount}, {gain}");
            }
        }
    }
}

#[test]
fn it_keeps_the_promises_of_the_catalogue() {
    keeps_every_promise(registered(0.04, 1.0));
    keeps_every_promise(registered(0.08, 0.75));
}

/// Ids are unique; only a newer version of a registered entry replaces the older one.
#[test]
fn ids_and_versions_are_watched() {
    let mut catalog = Catalog::builtin();
    let spec = || spec_of(Afterglow { delay_secs: 0.04, gain: 1.0 });
    let first = catalog.register_effect(spec()).unwrap();
    let taken = |id, version| Err(CatalogError::Taken { id, version });
    assert_eq!(catalog.register_effect(spec()), taken("test.afterglow", 1));
    assert_eq!(catalog.register_effect(EffectSpec { id: "exposure", version: 9, ..spec() }), taken("exposure", 1));
    let second = catalog.register_effect(EffectSpec { version: 2, ..spec() }).unwrap();
    assert_eq!(catalog.effect("test.afterglow"), Some(second));
    assert_ne!(first, second, "plans made with the older one are other plans");
    assert_eq!(catalog.effects().len(), Catalog::builtin().effects().len() + 1);
}

/// Reads a number that its parameter table does not have.
struct Misreads;

impl RuntimeEffect for Misreads {
    fn is_neutral(&self, params: Params<'_>) -> bool {
        params.number(1) == 0.0
    }

    fn steps(&self, _: Params<'_>, _: &EffectFrame, _: usize) -> Vec<Step> {
        Vec::new()
    }
}

#[test]
fn entries_that_contradict_themselves_are_refused() {
    let mut catalog = Catalog::builtin();
    let mut reason = |spec: EffectSpec| match catalog.register_effect(spec) {
        Err(CatalogError::Invalid { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let good = || spec_of(Afterglow { delay_secs: 0.04, gain: 1.0 });
    let misread = reason(EffectSpec { kind: EffectKind::Runtime(&Misreads), ..good() });
    assert!(misread.contains("parameter 1 is read as a number, but there are 1"), "{misread}");
    const OUTSIDE: &[ParamSpec] = &[ParamSpec::number("amount", "Amount", 2.0, 0.0, 1.0, Unit::None)];
    assert!(reason(EffectSpec { params: OUTSIDE, ..good() }).contains("outside 0..=1"));
    assert!(reason(EffectSpec { id: "No Id", ..good() }).contains("lower-case"));
    let times = |_: Params<'_>, frame_secs: f64| (1..=65).map(|k| f64::from(k) * frame_secs).collect();
    let many = reason(EffectSpec { kind: EffectKind::Temporal { times, steps: |_, _, _| Vec::new() }, ..good() });
    assert!(many.contains("65 other times") && many.contains("64"), "{many}");
}

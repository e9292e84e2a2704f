//! Tests the shaders themselves: valid WGSL for every catalogue entry, traces with the bits of the
//! host, and text that does not depend on numbers. Only the last test needs a device.
use crate::support::*;
use cutroom_effects::{BLEND_MODES, EFFECTS, EffectKind, ParamKind, Params, TRANSITIONS, TransitionKind};
use cutroom_kernel::{
    At, MAX_UNIFORMS, Rgba, rgb,
    trace::{Symbol, trace},
};
use cutroom_render::gpu::GpuRenderer;
use cutroom_timeline::{Layer, Transform};
use cutroom_types::{ParamValue, PictureFormat};

#[test]
fn every_shader_is_valid() {
    let cases =
        crate::gpu_cases::catalogue(false).into_iter().chain(crate::gpu_cases::catalogue(true)).chain(crate::gpu_cases::shapes());
    for c in cases {
        for text in GpuRenderer::shaders(&crate::gpu_cases::program(&c), &c.output) {
            let module = naga::front::wgsl::parse_str(&text).unwrap_or_else(|e| panic!("{}: {}", c.name, e.emit_to_string(&text)));
            let mut validator =
                naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
            validator.validate(&module).unwrap_or_else(|e| panic!("{}: {}", c.name, e.emit_to_string(&text)));
        }
    }
}

/// Uniforms, two colours and a position, reproducible: from −0.5 to 1.5, with exact 0 and 1 among
/// them.
fn samples() -> impl Iterator<Item = [f32; MAX_UNIFORMS + 10]> {
    let mut s = 7u32;
    let mut next = move || {
        s ^= s << 13;
        s ^= s >> 17;
        s ^= s << 5;
        match s % 11 {
            0 => 0.0,
            1 => 1.0,
            _ => (s >> 8) as f32 / 8_388_608.0 - 0.5,
        }
    };
    (0..500).map(move |_| std::array::from_fn(|_| next()))
}

fn bits(c: Rgba<f32>) -> [u32; 4] {
    [c.c.r, c.c.g, c.c.b, c.a].map(|v| if v.is_nan() { f32::NAN.to_bits() } else { v.to_bits() })
}

fn color<R: Copy>(v: &[R]) -> Rgba<R> {
    Rgba { c: rgb(v[0], v[1], v[2]), a: v[3] }
}

/// Evaluates a trace of `f` and the host's `g` for every sample and compares bits.
fn compare(
    name: &str,
    f: impl Fn(&[Symbol; MAX_UNIFORMS], Rgba<Symbol>, Rgba<Symbol>, At<Symbol>) -> Rgba<Symbol>,
    g: impl Fn(&[f32], Rgba<f32>, Rgba<f32>, At<f32>) -> Rgba<f32>,
) {
    let traced = trace(|| {
        let v: Vec<Symbol> = (0..10).map(Symbol::input).collect();
        let c = f(&Symbol::params(0), color(&v), color(&v[4..]), At { x: v[8], y: v[9] });
        vec![c.c.r, c.c.g, c.c.b, c.a]
    });
    for s in samples() {
        let (p, v) = s.split_at(MAX_UNIFORMS);
        let want = g(p, color(v), color(&v[4..]), At { x: v[8], y: v[9] });
        assert_eq!(bits(color(&traced.evaluate(p, v))), bits(want), "{name} with {s:?}");
    }
}

#[test]
fn traces_have_the_bits_of_the_host() {
    for e in EFFECTS {
        if let EffectKind::Point { kernel, .. } = e.kind {
            // The kernel may depend on which parameters are neutral.
            let defaults: Vec<_> = e.defaults();
            let highest = e.params.iter().map(|p| match p.kind {
                ParamKind::Number { max, .. } => ParamValue::Number(max),
                kind => kind.default_value(),
            });
            for values in [defaults, highest.collect()] {
                let kernel = kernel(Params::new(&values));
                compare(e.id, |p, a, _, at| kernel.trace(p, a, at), |p, a, _, at| kernel.eval_host(p, a, at));
            }
        }
    }
    for b in BLEND_MODES {
        compare(b.id, |p, a, c, at| b.kernel.trace(a, c, at, p[0]), |p, a, c, at| b.kernel.eval_host(a, c, at, p[0]));
    }
    for t in TRANSITIONS {
        let kernels = match t.kind {
            TransitionKind::Mix(kernel) => vec![kernel],
            TransitionKind::Driven { outgoing, incoming } => vec![outgoing, incoming],
            TransitionKind::Sampled(..) | TransitionKind::Blurred(..) | TransitionKind::Steps(_) => vec![],
        };
        for kernel in kernels {
            compare(t.id, |p, a, c, at| kernel.trace(p, a, c, at), |p, a, c, at| kernel.eval_host(p, a, c, at));
        }
    }
}

fn animated(step: u32) -> crate::gpu_cases::Case {
    let mut cases = crate::gpu_cases::shapes();
    let mut c = cases.swap_remove(0);
    let k = step as f32;
    let (a, b) = (layer(media("base")), layer(media("small")));
    let moving = Layer {
        transform: Transform { scale: [1.1 + 0.03 * k; 2], position_px: [k, 0.5 * k], ..Transform::IDENTITY },
        opacity: 0.5 + 0.05 * k,
        effects: vec![effect("exposure", &[("exposure", f64::from(k) * 0.1 + 0.1)])],
        ..b
    };
    c.plan = plan(canvas(size(128, 72), true), vec![a, moving]);
    c
}

#[test]
fn animation_changes_numbers_and_not_text() {
    let text = |k| GpuRenderer::shaders(&crate::gpu_cases::program(&animated(k)), &output(PictureFormat::YUV420P8));
    assert_eq!(text(0), text(1));
    assert_eq!(text(0), text(9));
}

#[test]
fn animation_neither_compiles_nor_uploads_again() {
    let Some(mut gpu) = gpu() else { return };
    let first = animated(0);
    let mut pending = Vec::new();
    for k in 0..9 {
        // The same planes every time, three frames in flight.
        let c = crate::gpu_cases::Case {
            plan: animated(k).plan,
            pictures: Pictures(first.pictures.0.clone()),
            name: String::new(),
            ..first
        };
        if pending.len() == 3 {
            gpu.finish(pending.remove(0)).unwrap();
        }
        pending.push(gpu.begin(&crate::gpu_cases::program(&c), &c.output).unwrap());
    }
    let counters = gpu.counters();
    assert_eq!((counters.compiled, counters.uploaded_planes), (1, 6));
    // A fourth frame in flight is rejected; dropped frames return their buffers.
    assert!(gpu.begin(&crate::gpu_cases::program(&first), &first.output).is_err());
    drop(pending);
    assert!(gpu.run(&crate::gpu_cases::program(&first), &first.output).is_ok());
}

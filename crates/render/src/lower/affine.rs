//! Fuses consecutive point kernels that are affine maps of colour, conversions from and to code
//! values included.
use crate::program::Stage;
use cutroom_effects::color::ColorStep;
use cutroom_kernel::{At, Rgba, rgb};
use cutroom_types::Affine;

/// Rows of an affine map of colour; the last column is the constant.
type Map = [[f64; 4]; 3];

/// Returns the stages with consecutive affine kernels on one register fused.
pub(super) fn merged(stages: Vec<Stage>) -> Vec<Stage> {
    let mut out: Vec<Stage> = Vec::with_capacity(stages.len());
    // Register and map of the affine stage at the end of `out`, if any.
    let mut run: Option<(usize, Map)> = None;
    for stage in stages {
        let Some((reg, map)) = map_of(&stage) else {
            run = None;
            out.push(stage);
            continue;
        };
        match &mut run {
            Some((of, before)) if *of == reg => {
                *before = after(&map, before);
                let ColorStep { kernel, uniforms } = ColorStep::matrix(*before);
                out.pop();
                out.push(Stage::Point { reg, kernel, uniforms, kernel_from_output: Affine::IDENTITY });
            }
            _ => {
                run = Some((reg, map));
                out.push(stage);
            }
        }
    }
    out
}

fn map_of(stage: &Stage) -> Option<(usize, Map)> {
    let Stage::Point { reg, kernel, uniforms, .. } = stage else { return None };
    if !kernel.is_affine() {
        return None;
    }
    let at = |c: [f32; 3]| {
        let px = kernel.eval_host(&uniforms.values, Rgba { c: rgb(c[0], c[1], c[2]), a: 1.0 }, At { x: 0.5, y: 0.5 });
        [px.c.r, px.c.g, px.c.b].map(f64::from)
    };
    // Far from 0, so that constants next to large codes do not reduce the factors' precision.
    const FAR: f32 = 65_536.0;
    let constant = at([0.0; 3]);
    let columns = [at([FAR, 0.0, 0.0]), at([0.0, FAR, 0.0]), at([0.0, 0.0, FAR])];
    let row = |k: usize| {
        let factor = |j: usize| (columns[j][k] - constant[k]) / f64::from(FAR);
        [factor(0), factor(1), factor(2), constant[k]]
    };
    let map = [row(0), row(1), row(2)];
    map.iter().flatten().all(|v| v.is_finite()).then_some((*reg, map))
}

/// The map that applies `first`, then `then`.
fn after(then: &Map, first: &Map) -> Map {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let sum: f64 = (0..3).map(|k| then[i][k] * first[k][j]).sum();
            if j == 3 { sum + then[i][3] } else { sum }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_effects::{EFFECTS, EffectFrame, EffectKind, Params};
    use cutroom_types::ParamValue;

    /// Kernels that report to be affine agree with their map at points other than those from which
    /// the map was computed.
    #[test]
    fn affine_kernels_are_affine() {
        let effect_frame = EffectFrame {
            width_px: 64.0,
            height_px: 36.0,
            linear: false,
            primaries: cutroom_types::Primaries::Bt709,
            time_secs: 0.0,
            margin_px: [0.0; 2],
        };
        let mut found = 0;
        for e in EFFECTS {
            let EffectKind::Point { kernel, prepare } = e.kind else { continue };
            let values: Vec<ParamValue> = e
                .params
                .iter()
                .map(|p| match p.kind {
                    cutroom_effects::ParamKind::Number { default, max, .. } => ParamValue::Number(default + (max - default) * 0.3),
                    k => k.default_value(),
                })
                .collect();
            let kernel = kernel(Params::new(&values));
            if !kernel.is_affine() {
                continue;
            }
            found += 1;
            let uniforms = prepare(Params::new(&values), &effect_frame);
            let stage = Stage::Point { reg: 0, kernel, uniforms, kernel_from_output: Affine::IDENTITY };
            let Some((_, map)) = map_of(&stage) else { panic!("{}", e.id) };
            for c in [[0.3f32, 0.6, 0.1], [1.0, 1.0, 1.0], [-0.2, 0.5, 2.0], [0.9, 0.05, 0.4]] {
                let place = At { x: 17.5, y: 3.5 };
                let px = kernel.eval_host(&uniforms.values, Rgba { c: rgb(c[0], c[1], c[2]), a: 0.7 }, place);
                for (got, row) in [px.c.r, px.c.g, px.c.b].into_iter().zip(map) {
                    let want = (0..3).map(|k| row[k] * f64::from(c[k])).sum::<f64>() + row[3];
                    assert!((f64::from(got) - want).abs() < 1e-5, "{}: {got}, not {want}", e.id);
                }
                assert_eq!(px.a, 0.7, "{}", e.id);
            }
        }
        assert!(found >= 8, "{found}");
    }

    #[test]
    fn runs_become_one_stage() {
        let stage = |id: &str, n: f64| {
            let e = EFFECTS.iter().find(|e| e.id == id).unwrap();
            let values: Vec<_> = e.params.iter().map(|_| ParamValue::Number(n)).collect();
            let EffectKind::Point { kernel, prepare } = e.kind else { panic!() };
            let effect_frame = EffectFrame {
                width_px: 1.0,
                height_px: 1.0,
                linear: false,
                primaries: cutroom_types::Primaries::Bt709,
                time_secs: 0.0,
                margin_px: [0.0; 2],
            };
            let (kernel, uniforms) = (kernel(Params::new(&values)), prepare(Params::new(&values), &effect_frame));
            Stage::Point { reg: 0, kernel, uniforms, kernel_from_output: Affine::IDENTITY }
        };
        let fill = Stage::Fill { reg: 0, color: [0.0; 4] };
        let run = vec![fill, stage("contrast", 1.5), stage("brightness", 0.25), stage("vibrance", 0.5), stage("contrast", 0.5)];
        let out = merged(run);
        assert_eq!(out.len(), 4);
        let Stage::Point { kernel, uniforms, .. } = &out[1] else { panic!() };
        // By hand: (0.4 − 0.5)·1.5 + 0.5 + 0.25 = 0.6.
        let px = kernel.eval_host(&uniforms.values, Rgba { c: rgb(0.4, 0.4, 0.4), a: 1.0 }, At { x: 0.0, y: 0.0 });
        assert!((px.c.r - 0.6).abs() < 1e-6, "{}", px.c.r);
    }
}

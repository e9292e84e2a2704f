//! Finds entries that read a parameter as another kind than their table says, or ask for more than
//! an entry may, by calling all their code with many values.
use crate::spec::{EffectFrame, EffectKind, EffectSpec, MAX_TIMES, ParamKind, ParamSpec, Params, defaults};
#[cfg(test)]
use crate::spec::{MAX_TRANSITION_STEPS, TransitionKind, TransitionSpec};
use cutroom_types::{ParamValue, Primaries};
use std::cell::RefCell;

/// Any frame will do.
const FRAME: EffectFrame =
    EffectFrame { width_px: 64.0, height_px: 36.0, linear: true, primaries: Primaries::Bt709, time_secs: 0.5, margin_px: [0.0; 2] };
/// 25 frames a second.
const FRAME_SECS: f64 = 0.04;

/// The first parameter that an effect reads as another kind than it has, or how many times it asks
/// for, where those are too many; in words.
pub(crate) fn mistake(spec: &EffectSpec) -> Option<String> {
    first_mistake(spec.params, |p| {
        let inputs = spec.other_times(p, FRAME_SECS).len();
        if inputs > MAX_TIMES {
            return Some(format!("it asks for its picture at {inputs} other times; an effect may have {MAX_TIMES}"));
        }
        spec.is_neutral(p);
        spec.outset(p);
        match spec.kind {
            EffectKind::Point { kernel, prepare } => {
                kernel(p);
                prepare(p, &FRAME);
            }
            EffectKind::Table { kernel, prepare, table } => {
                kernel(p);
                prepare(p, &FRAME);
                table(p);
            }
            // Its code needs the file; parameter 0 names it.
            EffectKind::Lut { .. } => {
                p.text(0);
            }
            EffectKind::Separable { weights } => drop(weights(p, &FRAME)),
            EffectKind::Sampled { kernel, prepare, .. } => {
                kernel(p);
                prepare(p, &FRAME);
            }
            EffectKind::Steps(steps) | EffectKind::Layered { steps } => drop(steps(p, &FRAME)),
            EffectKind::Temporal { steps, .. } => drop(steps(p, &FRAME, inputs)),
            EffectKind::Time(seen_at) => {
                seen_at(p, 1.0);
            }
            EffectKind::Runtime(effect) => drop(effect.steps(p, &FRAME, inputs + spec.track_count())),
        }
        None
    })
}

/// The same of a transition and its steps.
#[cfg(test)]
pub(crate) fn transition_mistake(spec: &TransitionSpec) -> Option<String> {
    first_mistake(spec.params, |p| {
        (spec.prepare)(p, 0.5, &FRAME);
        match spec.kind {
            TransitionKind::Mix(_) | TransitionKind::Sampled(..) | TransitionKind::Driven { .. } => {}
            TransitionKind::Blurred(weights, _) => drop(weights(p, 0.5, &FRAME)),
            TransitionKind::Steps(steps) => {
                let steps = steps(p, 0.5, &FRAME).len();
                let fits = (1..=MAX_TRANSITION_STEPS).contains(&steps);
                return (!fits).then(|| format!("it has {steps} steps; a transition may have 1 to {MAX_TRANSITION_STEPS}"));
            }
        }
        None
    })
}

/// Which parameters are read may depend on their values, so that several sets are tried.
fn first_mistake(table: &'static [ParamSpec], call: impl Fn(Params<'_>) -> Option<String>) -> Option<String> {
    let list = RefCell::default();
    for values in value_sets(table) {
        if let Some(reason) = call(Params::watched(&values, &list)) {
            list.borrow_mut().push(reason);
        }
    }
    list.into_inner().into_iter().next()
}

/// The defaults, both ends of all ranges, and each switch and each choice by itself.
fn value_sets(table: &[ParamSpec]) -> Vec<Vec<ParamValue>> {
    let base = defaults(table);
    let with = |change: &dyn Fn(&ParamKind) -> Option<ParamValue>| -> Vec<ParamValue> {
        table.iter().zip(&base).map(|(p, v)| change(&p.kind).unwrap_or_else(|| v.clone())).collect()
    };
    let mut sets = vec![
        base.clone(),
        with(&|k| if let ParamKind::Number { min, .. } = k { Some(ParamValue::Number(*min)) } else { None }),
        with(&|k| if let ParamKind::Number { max, .. } = k { Some(ParamValue::Number(*max)) } else { None }),
    ];
    for (i, param) in table.iter().enumerate() {
        let others: Vec<ParamValue> = match param.kind {
            ParamKind::Bool { default } => vec![ParamValue::Bool(!default)],
            ParamKind::Choice { options, .. } => options.iter().map(|o| ParamValue::Text((*o).into())).collect(),
            _ => Vec::new(),
        };
        for value in others {
            let mut set = base.clone();
            set[i] = value;
            sets.push(set);
        }
    }
    sets
}

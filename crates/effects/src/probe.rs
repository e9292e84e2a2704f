//! Finds mistakes in entries by calling all their functions with many parameter values: parameters
//! read as another kind than their table specifies, and requests above an entry's limits.
use crate::spec::{EffectFrame, EffectKind, EffectSpec, MAX_TIMES, ParamKind, ParamSpec, Params, defaults};
#[cfg(test)]
use crate::spec::{MAX_TRANSITION_STEPS, TransitionKind, TransitionSpec};
use cutroom_types::{ParamValue, Primaries};
use std::cell::RefCell;

/// An arbitrary frame.
const FRAME: EffectFrame =
    EffectFrame { width_px: 64.0, height_px: 36.0, linear: true, primaries: Primaries::Bt709, time_secs: 0.5, margin_px: [0.0; 2] };
/// Length of a frame at 25 frames per second.
const FRAME_SECS: f64 = 0.04;

/// Describes the first mistake of an effect: a parameter read as another kind than it has, or more
/// than [`MAX_TIMES`] other times.
pub(crate) fn mistake(spec: &EffectSpec) -> Option<String> {
    first_mistake(spec.params, |p| {
        let inputs = spec.other_times(p, FRAME_SECS).len();
        if inputs > MAX_TIMES {
            return Some(format!("it asks for its picture at {inputs} other times; an effect may have {MAX_TIMES}"));
        }
        spec.is_neutral(p);
        spec.outset(p);
        drop(spec.wide_steps(p, &FRAME));
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
            // The functions need the parsed file; parameter 0 names it.
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

/// Describes the first mistake of a transition: a misread parameter, or a number of steps that is
/// not allowed.
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

/// Calls a function with several sets of values, since which parameters it reads may depend on
/// them. Returns the first mistake.
fn first_mistake(table: &'static [ParamSpec], call: impl Fn(Params<'_>) -> Option<String>) -> Option<String> {
    let list = RefCell::default();
    for values in value_sets(table) {
        if let Some(reason) = call(Params::watched(&values, &list)) {
            list.borrow_mut().push(reason);
        }
    }
    list.into_inner().into_iter().next()
}

/// Returns sets of values: the defaults, all minima, all maxima, and the defaults with each switch
/// or choice changed in turn.
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

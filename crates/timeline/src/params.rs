//! From parameters in the document to the plain values of a plan, by the catalogue's tables.
use crate::PlanError;
use cutroom_effects::{ParamKind, ParamSpec};
use cutroom_project::{Animated, Params, Transition};
use cutroom_types::{ClipId, ParamValue, TimeDelta};

/// Every parameter of the table in its order, at `t`. Numbers and colours that a curve carries beyond their range are
/// brought back to its edge.
pub(crate) fn resolve(
    table: &'static [ParamSpec],
    given: &Params,
    t: TimeDelta,
    id: &str,
    clip: &ClipId,
) -> Result<Vec<(String, ParamValue)>, PlanError> {
    let refuse = |param: &str, reason: String| PlanError::Param { clip: clip.clone(), id: id.into(), param: param.into(), reason };
    // The document's names are checked against the table too: a misspelt one must not pass as the default.
    if let Some(name) = given.keys().find(|name| !table.iter().any(|p| p.id == name.as_str())) {
        return Err(refuse(name, "there is no such parameter".into()));
    }
    let mut values = Vec::with_capacity(table.len());
    for spec in table {
        let value = match given.get(spec.id) {
            None => spec.kind.default_value(),
            Some(Animated::Constant(v)) => plain(v.clone()),
            Some(curve) => within(spec, plain(curve.value_turning_at(t, turn(spec)))),
        };
        if let Some(reason) = spec.kind.problem(&value) {
            return Err(refuse(spec.id, reason));
        }
        values.push((spec.id.to_owned(), value));
    }
    Ok(values)
}

/// A whole turn in the parameter's unit.
fn turn(spec: &ParamSpec) -> f64 {
    match spec.unit {
        "turns" => 1.0,
        "radians" => std::f64::consts::TAU,
        _ => 360.0,
    }
}

/// What overshoots, or turns past the end of the range, brought back into it.
fn within(spec: &ParamSpec, value: ParamValue) -> ParamValue {
    match (&spec.kind, value) {
        (ParamKind::Number { min, max, .. }, ParamValue::Number(v)) => {
            let (turn, angle) = (turn(spec), matches!(spec.unit, "turns" | "radians" | "degrees"));
            let back = if v > *max { v - turn } else { v + turn };
            let outside = angle && !(*min..=*max).contains(&v) && (*min..=*max).contains(&back);
            ParamValue::Number(if outside { back } else { v.clamp(*min, *max) })
        }
        (ParamKind::Color { .. }, ParamValue::Color(c)) => ParamValue::Color(c.map(|x| x.clamp(0.0, 1.0))),
        (_, other) => other,
    }
}

/// −0 becomes 0, so that equal plans have equal bits.
fn plain(value: ParamValue) -> ParamValue {
    match value {
        ParamValue::Number(v) => ParamValue::Number(v + 0.0),
        ParamValue::Point(p) => ParamValue::Point(p.map(|x| x + 0.0)),
        ParamValue::Color(c) => ParamValue::Color(c.map(|x| x + 0.0)),
        other => other,
    }
}

/// Whether a transition's sound cross-fades: its own switch, and the catalogue's `includeAudio` where it is given.
pub(crate) fn cross_fades_sound(x: &Transition) -> bool {
    let included = x.params.get("includeAudio").is_none_or(|v| v.value_at(TimeDelta::ZERO) != ParamValue::Bool(false));
    x.audio_crossfade && included
}

//! Evaluates the parameters of the project to the plain values of a plan, with the catalogue's
//! parameter tables.
use crate::PlanError;
use cutroom_effects::{ParamKind, ParamSpec};
use cutroom_project::{Animated, Params, Transition};
use cutroom_types::{ClipId, ParamValue, TimeDelta};
use std::fmt;

/// A parameter that its table does not allow.
#[derive(Clone, Debug)]
pub(crate) struct BadParam {
    param: String,
    reason: String,
}

impl fmt::Display for BadParam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "parameter \"{}\": {}", self.param, self.reason)
    }
}

impl BadParam {
    /// The planning error for a clip's effect or transition with this catalogue id.
    pub(crate) fn of(self, clip: &ClipId, id: &str) -> PlanError {
        PlanError::Param { clip: clip.clone(), id: id.into(), param: self.param, reason: self.reason }
    }
}

/// One parameter of an effect or transition. Constants are checked and converted only once.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    Constant(ParamValue),
    Animated,
}

/// The parameters in the order of the table; constants are checked.
pub(crate) fn prepare(table: &'static [ParamSpec], given: &Params) -> Result<Vec<Slot>, BadParam> {
    // Names in the project are checked against the table, too: a misspelt one must not pass as the
    // default.
    if let Some(name) = given.keys().find(|name| !table.iter().any(|p| p.id == name.as_str())) {
        return Err(BadParam { param: name.clone(), reason: "there is no such parameter".into() });
    }
    let slot = |spec: &ParamSpec| match given.get(spec.id) {
        None => checked(spec, spec.kind.default_value()).map(Slot::Constant),
        Some(Animated::Constant(v)) => checked(spec, plain(v.clone())).map(Slot::Constant),
        Some(Animated::Curve(_)) => Ok(Slot::Animated),
    };
    table.iter().map(slot).collect()
}

/// Every parameter, in the order of the table; the default of those that are animated.
pub(crate) fn constants(table: &'static [ParamSpec], slots: &[Slot], given: &Params) -> Vec<ParamValue> {
    let value = |(spec, slot): (&ParamSpec, &Slot)| match (slot, given.get(spec.id)) {
        (Slot::Constant(v), _) => v.clone(),
        // A text that changes keeps its first value.
        (Slot::Animated, Some(curve)) if !matches!(spec.kind, ParamKind::Number { .. } | ParamKind::Bool { .. }) => {
            curve.values().next().cloned().unwrap_or_else(|| spec.kind.default_value())
        }
        (Slot::Animated, _) => spec.kind.default_value(),
    };
    table.iter().zip(slots).map(value).collect()
}

/// Every parameter at `t`, in the order of the table. Numbers and colours that a curve carries out
/// of their range are brought back into it.
pub(crate) fn values(
    table: &'static [ParamSpec],
    slots: &[Slot],
    given: &Params,
    t: TimeDelta,
) -> Result<Vec<ParamValue>, BadParam> {
    let value = |(spec, slot): (&ParamSpec, &Slot)| match (slot, given.get(spec.id)) {
        (Slot::Animated, Some(curve)) => checked(spec, within(spec, plain(curve.angle_at(t, full_turn(spec))))),
        (Slot::Constant(v), _) => Ok(v.clone()),
        (Slot::Animated, None) => Ok(spec.kind.default_value()),
    };
    table.iter().zip(slots).map(value).collect()
}

/// [`prepare`] and [`values`] in one step.
pub(crate) fn resolve(table: &'static [ParamSpec], given: &Params, t: TimeDelta) -> Result<Vec<ParamValue>, BadParam> {
    values(table, &prepare(table, given)?, given, t)
}

fn checked(spec: &ParamSpec, value: ParamValue) -> Result<ParamValue, BadParam> {
    match spec.kind.problem(&value) {
        Some(reason) => Err(BadParam { param: spec.id.to_owned(), reason }),
        None => Ok(value),
    }
}

/// A whole turn in the parameter's unit; 360 for parameters that are not angles, as in the rest of
/// the project.
fn full_turn(spec: &ParamSpec) -> f64 {
    spec.unit.whole_turn().unwrap_or(360.0)
}

/// Brings a value into the parameter's range: an angle by one whole turn if that suffices, other
/// values by clamping.
fn within(spec: &ParamSpec, value: ParamValue) -> ParamValue {
    match (&spec.kind, value) {
        (ParamKind::Number { min, max, .. }, ParamValue::Number(v)) => {
            let range = *min..=*max;
            let turned = spec.unit.whole_turn().map(|full_turn| if v > *max { v - full_turn } else { v + full_turn });
            let back = turned.filter(|back| !range.contains(&v) && range.contains(back));
            ParamValue::Number(back.unwrap_or_else(|| v.clamp(*min, *max)))
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

/// Whether a transition's sound cross-fades: its own switch is on, and so is the catalogue's
/// `includeAudio`, if it is given.
pub(crate) fn cross_fades_audio(x: &Transition) -> bool {
    let included = x.params.get("includeAudio").is_none_or(|v| v.value_at(TimeDelta::ZERO) != ParamValue::Bool(false));
    x.audio_crossfade && included
}

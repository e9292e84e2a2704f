//! Checks of single values, with the place that problems are reported for.
use super::{MAX_TIME_FLICKS, Problem, report};
use crate::{Animatable, Animated};
use cutroom_types::{ClipId, TimeDelta};
use std::fmt::Display;

/// Path and clip for which problems are reported. The path is formatted only if there is a problem.
pub(super) struct At<'a> {
    pub(super) path: &'a dyn Display,
    pub(super) clip: Option<&'a ClipId>,
}

impl At<'_> {
    pub(super) fn report(&self, problems: &mut Vec<Problem>, field: impl Display, code: &'static str, message: impl Into<String>) {
        report(problems, format_args!("{}.{field}", self.path), self.clip, code, message);
    }
}

/// A number's allowed range, ends included.
pub(super) type Limits = (f64, f64);
pub(super) const UNIT: Limits = (0.0, 1.0);

pub(super) fn time(problems: &mut Vec<Problem>, at: &At, field: impl Display, flicks: i64, not_negative: bool) {
    if not_negative && flicks < 0 {
        at.report(problems, field, "project.negative_time", format!("{:.6} s is negative", TimeDelta(flicks).as_secs_f64()));
    } else if flicks.unsigned_abs() > MAX_TIME_FLICKS as u64 {
        at.report(problems, field, "project.time", format!("{:.3e} s is beyond 1000 hours", TimeDelta(flicks).as_secs_f64()));
    }
}

/// Checks that values are within limits, and that keyframes are in order, of one shape, and have
/// handles in the right direction.
pub(super) fn number<T: Animatable + std::fmt::Debug>(
    problems: &mut Vec<Problem>,
    at: &At,
    field: impl Display,
    value: &Animated<T>,
    (low, high): Limits,
) {
    let in_range = |v: &T, low: f64, high: f64| v.components().is_none_or(|(l, n)| l[..n].iter().all(|x| (low..=high).contains(x)));
    if let Animated::Constant(v) = value {
        if !in_range(v, low, high) {
            at.report(problems, field, "project.number", format!("{v:?} is not from {low} to {high}"));
        }
        return;
    }
    let keys = value.keyframes();
    for (i, k) in keys.iter().enumerate() {
        let key = format_args!("{field}.keyframes[{i}]");
        if !in_range(&k.value, low, high) {
            at.report(
                problems,
                format_args!("{key}.value"),
                "project.number",
                format!("{:?} is not from {low} to {high}", k.value),
            );
        }
        if k.value.components().map(|l| l.1) != keys[0].value.components().map(|l| l.1) {
            at.report(
                problems,
                format_args!("{key}.value"),
                "project.keyframe_shape",
                "all keyframes of a value must be of one kind",
            );
        }
        time(problems, at, format_args!("{key}.time"), k.time.0, false);
        if i > 0 && k.time <= keys[i - 1].time {
            at.report(
                problems,
                format_args!("{key}.time"),
                "project.keyframe_order",
                "keyframes must be in order of time, no two at one time",
            );
        }
        for (name, handle, sign) in [("handle_out", &k.handle_out, 1), ("handle_in", &k.handle_in, -1)] {
            let Some(h) = handle else { continue };
            if !in_range(&h.value, -1e9, 1e9) || h.value.components().map(|l| l.1) != k.value.components().map(|l| l.1) {
                at.report(
                    problems,
                    format_args!("{key}.{name}.value"),
                    "project.keyframe_handle",
                    format!("{:?} is not an offset for this value", h.value),
                );
            }
            if h.time.0.signum() == -sign || h.time.0.unsigned_abs() > MAX_TIME_FLICKS as u64 {
                let right = if sign > 0 { "0 or positive" } else { "0 or negative" };
                at.report(
                    problems,
                    format_args!("{key}.{name}.time"),
                    "project.keyframe_handle",
                    format!("the offset must be {right}"),
                );
            }
        }
    }
}

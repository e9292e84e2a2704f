//! Times in operations: those that count frames, and the range of all of them.
use super::{Operation, OperationError};
use crate::{Composition, IdKey, MAX_TIME_FLICKS, Project, frame_times};
use cutroom_types::FrameRate;
use serde_json::Value;

/// Fields of operations that hold times.
const TIMES: &[&str] = &["at", "by", "from", "to", "time", "times", "start", "duration", "source_in", "source_out"];

/// Frame rate of the composition of the first track or clip that a value names; of the main one if it
/// names none.
pub(super) fn rate(project: &Project, value: &Value) -> Option<FrameRate> {
    let named = named(project, value).or_else(|| project.composition(&project.main));
    named.map(|c| c.frame_rate)
}

fn named<'a>(project: &'a Project, value: &Value) -> Option<&'a Composition> {
    match value {
        Value::String(id) => {
            let key = IdKey::new(id);
            let has = |c: &&Composition| c.tracks.iter().any(|t| t.id.as_str() == id || t.clips.place_of(key).is_some());
            project.compositions.iter().find(has)
        }
        Value::Array(items) => items.iter().find_map(|item| named(project, item)),
        Value::Object(fields) => fields.values().find_map(|value| named(project, value)),
        _ => None,
    }
}

/// Replaces times that count frames by flicks. What has another form is left as it is.
pub(super) fn resolve(value: &mut Value, rate: FrameRate) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if TIMES.contains(&name.as_str()) {
                    match value {
                        Value::Array(items) => items.iter_mut().for_each(|item| frame_times::resolve_one(item, rate)),
                        _ => frame_times::resolve_one(value, rate),
                    }
                }
                resolve(value, rate);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, rate)),
        _ => {}
    }
}

/// Checks that no time of an operation exceeds the limit of documents, so that sums of a few of them
/// cannot overflow.
pub(super) fn check(operation: &Operation) -> Result<(), OperationError> {
    // Changes as they are have no times to calculate with.
    if matches!(operation, Operation::Edits { .. }) {
        return Ok(());
    }
    let json = serde_json::to_value(operation).map_err(|e| OperationError::unfit(e.to_string()))?;
    if in_range(&json) { Ok(()) } else { Err(OperationError::time("a time is at most 1000 hours, in either direction")) }
}

fn in_range(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().all(|(name, value)| {
            let is_time = TIMES.contains(&name.as_str());
            in_range(value) && (!is_time || numbers(value).all(|n| n.unsigned_abs() <= MAX_TIME_FLICKS as u64))
        }),
        Value::Array(items) => items.iter().all(in_range),
        _ => true,
    }
}

/// A number, or those of a list.
fn numbers(value: &Value) -> impl Iterator<Item = i64> {
    let items = value.as_array().map_or_else(|| vec![value], |items| items.iter().collect());
    items.into_iter().filter_map(Value::as_i64)
}

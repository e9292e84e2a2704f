//! Setting fields by name, and keyframes of fields.
//!
//! A field is addressed by names, and in lists by positions or by the `id` of an element, separated
//! by dots: `video.opacity`, `video.effects.fx1.params.radius`, `video.masks.0.feather_px`.
use super::{OperationError, Target, draft::Draft, lists};
use crate::{CompositionFields, Ease, Edit, EntityKind, ProjectFields, TrackFields};
use cutroom_types::TimeDelta;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

pub(super) fn set(draft: &mut Draft, of: &Target, field: &str, value: &Value) -> Result<(), OperationError> {
    change(draft, of, field, |_, old| {
        *old = value.clone();
        Ok(())
    })
}

/// Changes a field of an element by a function of the old value, which is `null` if absent. `null`
/// afterwards removes the field, so that its default counts.
fn change(
    draft: &mut Draft,
    of: &Target,
    field: &str,
    change: impl FnOnce(&str, &mut Value) -> Result<(), OperationError>,
) -> Result<(), OperationError> {
    match of {
        Target::Project => {
            let fields = changed(&ProjectFields::of(&draft.project), field, change)?;
            draft.apply(Edit::SetProjectFields { fields: Box::new(fields) })
        }
        Target::Media(id) => {
            let media = draft.project.media(id).ok_or_else(|| OperationError::no_such(EntityKind::Media, id))?;
            let media = changed(media, own(field)?, change)?;
            draft.apply(Edit::ReplaceMedia { media: Box::new(media) })
        }
        Target::Composition(id) => {
            let fields = changed(&CompositionFields::of(draft.composition(id)?), field, change)?;
            draft.apply(Edit::SetCompositionFields { id: id.clone(), fields: Box::new(fields) })
        }
        Target::Track(id) => {
            // A locked track can be unlocked, and nothing else.
            let place = draft.track_place(id)?;
            let track = &draft.project.compositions[place.composition].tracks[place.track];
            let fields = TrackFields::of(track);
            if track.locked && field != "locked" {
                draft.track(id)?;
            }
            let fields = changed(&fields, field, change)?;
            draft.apply(Edit::SetTrackFields { id: id.clone(), fields: Box::new(fields) })
        }
        Target::Clip(id) => {
            let clip = changed(&*draft.clip(id)?, own(field)?, change)?;
            draft.put(clip)
        }
        Target::Transition(id) => {
            let transition = changed(lists::transition(draft, id)?, own(field)?, change)?;
            draft.apply(Edit::ReplaceTransition { transition: Box::new(transition) })
        }
    }
}

/// A field other than the id.
fn own(field: &str) -> Result<&str, OperationError> {
    match field {
        "id" => Err(wrong(field, "an id cannot be changed")),
        field => Ok(field),
    }
}

fn wrong(field: &str, reason: impl Into<String>) -> OperationError {
    OperationError::Field { field: field.to_owned(), reason: reason.into() }
}

fn changed<T: Serialize + DeserializeOwned>(
    of: &T,
    field: &str,
    change: impl FnOnce(&str, &mut Value) -> Result<(), OperationError>,
) -> Result<T, OperationError> {
    let mut json = serde_json::to_value(of).map_err(|e| wrong(field, e.to_string()))?;
    let names: Vec<&str> = field.split('.').collect();
    if names.iter().any(|n| n.is_empty()) {
        return Err(wrong(field, "it is a name, or several separated by dots"));
    }
    inside(&mut json, &names, field, change)?;
    crate::deserialize_part(json).map_err(|e: serde_json::Error| wrong(field, e.to_string()))
}

fn inside(
    value: &mut Value,
    names: &[&str],
    field: &str,
    change: impl FnOnce(&str, &mut Value) -> Result<(), OperationError>,
) -> Result<(), OperationError> {
    let [name, rest @ ..] = names else { return change(field, value) };
    match value {
        Value::Object(fields) => {
            let mut inner = fields.get(*name).cloned().unwrap_or(Value::Null);
            if inner.is_null() && !rest.is_empty() {
                inner = Value::Object(Map::new());
            }
            inside(&mut inner, rest, field, change)?;
            let is_empty = inner.as_object().is_some_and(Map::is_empty) && !fields.contains_key(*name);
            if inner.is_null() || is_empty {
                fields.remove(*name);
            } else {
                fields.insert((*name).to_owned(), inner);
            }
            Ok(())
        }
        Value::Array(items) => {
            // Sends have no id, but the bus that they go to.
            let by_id = |item: &Value| item.get("id").or(item.get("bus")).and_then(Value::as_str) == Some(name);
            let at = items.iter().position(by_id).or_else(|| name.parse().ok().filter(|n| *n < items.len()));
            let Some(at) = at else { return Err(wrong(field, format!("there is no element \"{name}\" in the list"))) };
            inside(&mut items[at], rest, field, change)?;
            if items[at].is_null() {
                items.remove(at);
            }
            Ok(())
        }
        _ => Err(wrong(field, format!("\"{name}\" is inside a value that has no fields"))),
    }
}

/// The keyframes of a value; a constant has none.
fn keyframes(value: &Value) -> Vec<Value> {
    value.get("keyframes").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn time_of(key: &Value) -> Option<i64> {
    key.get("time").and_then(Value::as_i64)
}

/// Writes keyframes back, in order of time.
fn write(value: &mut Value, mut keys: Vec<Value>) {
    keys.sort_by_key(time_of);
    match value {
        Value::Object(curve) if curve.contains_key("keyframes") => {
            curve.insert("keyframes".into(), keys.into());
        }
        value => *value = json!({ "keyframes": keys }),
    }
}

pub(super) fn set_keyframe(
    draft: &mut Draft,
    of: &Target,
    field: &str,
    time: TimeDelta,
    new: &Value,
    ease: Option<Ease>,
) -> Result<(), OperationError> {
    change(draft, of, field, |_, value| {
        let mut keys = keyframes(value);
        let ease = ease.map(|ease| serde_json::to_value(ease).unwrap_or_default());
        match keys.iter_mut().find(|k| time_of(k) == Some(time.0)) {
            Some(key) => key["value"] = new.clone(),
            None => keys.push(json!({"time": time.0, "value": new})),
        }
        if let (Some(ease), Some(key)) = (ease, keys.iter_mut().find(|k| time_of(k) == Some(time.0))) {
            key["ease"] = ease;
        }
        write(value, keys);
        Ok(())
    })
}

pub(super) fn remove_keyframe(draft: &mut Draft, of: &Target, field: &str, time: TimeDelta) -> Result<(), OperationError> {
    change(draft, of, field, |field, value| {
        let mut keys = keyframes(value);
        let Some(at) = keys.iter().position(|k| time_of(k) == Some(time.0)) else {
            return Err(wrong(field, format!("there is no keyframe at {:.3} s", time.as_secs_f64())));
        };
        let removed = keys.remove(at);
        if keys.is_empty() {
            *value = removed.get("value").cloned().unwrap_or_default();
        } else {
            write(value, keys);
        }
        Ok(())
    })
}

pub(super) fn move_keyframes(
    draft: &mut Draft,
    of: &Target,
    field: &str,
    times: &[TimeDelta],
    by: TimeDelta,
) -> Result<(), OperationError> {
    change(draft, of, field, |field, value| {
        let mut keys = keyframes(value);
        for time in times {
            if !keys.iter().any(|k| time_of(k) == Some(time.0)) {
                return Err(wrong(field, format!("there is no keyframe at {:.3} s", time.as_secs_f64())));
            }
        }
        for key in &mut keys {
            if let Some(at) = time_of(key).filter(|at| times.contains(&TimeDelta(*at))) {
                key["time"] = at.saturating_add(by.0).into();
            }
        }
        let mut all: Vec<_> = keys.iter().filter_map(time_of).collect();
        all.sort_unstable();
        if all.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(wrong(field, "two keyframes would be at one time"));
        }
        write(value, keys);
        Ok(())
    })
}

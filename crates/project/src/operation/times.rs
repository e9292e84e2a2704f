//! Times in operations that count frames.
use crate::{Composition, Project};
use cutroom_types::{FrameRate, TimeText};
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
        Value::String(id) => project
            .compositions
            .iter()
            .find(|c| c.tracks.iter().any(|t| t.id.as_str() == id || t.clips.iter().any(|clip| clip.id.as_str() == id))),
        Value::Array(items) => items.iter().find_map(|item| named(project, item)),
        Value::Object(fields) => fields.values().find_map(|value| named(project, value)),
        _ => None,
    }
}

/// Replaces times that count frames by flicks. What has another form is left as it is.
pub(super) fn resolve(value: &mut Value, rate: Option<FrameRate>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if TIMES.contains(&name.as_str()) {
                    replace(value, rate);
                }
                resolve(value, rate);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, rate)),
        _ => {}
    }
}

fn replace(value: &mut Value, rate: Option<FrameRate>) {
    if let Value::Array(items) = value {
        return items.iter_mut().for_each(|item| replace(item, rate));
    }
    let text = value.as_str().and_then(|text| TimeText::parse(text).ok());
    if let Some(text @ (TimeText::Frames(_) | TimeText::Timecode(_))) = text
        && let Ok(flicks) = text.flicks(rate)
    {
        *value = flicks.into();
    }
}

//! Migrates older versions of the file to the current one, step by step and as JSON, so that
//! unknown fields are kept.
use crate::frame_times::objects;
use cutroom_types::Time;
use serde_json::{Map, Value};

/// Version of the file format that this program writes.
///
/// 1. Clip `start`, `duration` and `source_in` and transition `duration` were seconds as floats.
/// 2. These are flicks (or text), like all other times.
pub const SCHEMA_VERSION: u32 = 2;

/// Why a document's version cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// `schema_version` is missing or not a positive integer.
    #[error("schema_version must be a whole number from 1 to {SCHEMA_VERSION}, it is {found}")]
    NoVersion {
        /// The value found, as JSON.
        found: String,
    },
    /// Written by a newer program.
    #[error("the file has schema version {found}, this program reads up to {SCHEMA_VERSION}; open it with a newer cutroom")]
    TooNew {
        /// The file's version.
        found: u64,
    },
}

/// Migrates a document of any known version to [`SCHEMA_VERSION`]. Values of an unexpected form are
/// left unchanged; deserializing reports them.
///
/// # Errors
/// See [`MigrateError`].
pub fn migrate(mut document: Value) -> Result<Value, MigrateError> {
    let stated = document.get("schema_version");
    let version = match stated.and_then(Value::as_u64) {
        Some(v) if v >= 1 => v,
        _ => return Err(MigrateError::NoVersion { found: stated.map_or("absent".into(), Value::to_string) }),
    };
    if version > u64::from(SCHEMA_VERSION) {
        return Err(MigrateError::TooNew { found: version });
    }
    for from in version..u64::from(SCHEMA_VERSION) {
        if from == 1 {
            seconds_to_flicks(&mut document);
        }
        document["schema_version"] = Value::from(from + 1);
    }
    Ok(document)
}

/// Migrates version 1 to 2.
fn seconds_to_flicks(document: &mut Value) {
    for (_, composition) in objects(document.get_mut("compositions")) {
        for (_, track) in objects(composition.get_mut("tracks")) {
            for (_, clip) in objects(track.get_mut("clips")) {
                for field in ["start", "duration", "source_in"] {
                    to_flicks(clip, field);
                }
            }
            for (_, transition) in objects(track.get_mut("transitions")) {
                to_flicks(transition, "duration");
            }
        }
    }
}

fn to_flicks(object: &mut Map<String, Value>, field: &str) {
    if let Some(value) = object.get_mut(field)
        && let Some(secs) = value.as_f64()
    {
        *value = Value::from(Time::from_secs_f64(secs).0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn version_1_seconds_become_flicks_and_unknown_fields_stay() {
        let v1 = json!({
            "schema_version": 1, "main": "m", "mine": {"a": 1},
            "compositions": [{"id": "m", "size": {"width": 16, "height": 16}, "frame_rate": 25, "tracks": [{"id": "t",
                "clips": [
                    {"id": "a", "source": {"type": "media", "media": "x"}, "start": 0, "duration": 1.5, "source_in": 0.04, "theirs": [1, 2]},
                    {"id": "b", "source": {"type": "media", "media": "x"}, "start": 1.5, "duration": 2.0}],
                "transitions": [{"id": "x", "kind": "crossfade", "from": "a", "to": "b", "duration": 0.4}]}]}]
        });
        let project = crate::from_json(&v1.to_string()).unwrap();
        let track = &project.compositions[0].tracks[0];
        assert_eq!(project.schema_version, 2);
        assert_eq!(track.clips[0].duration.0, 1_058_400_000);
        assert_eq!(track.clips[0].source_in.0, 28_224_000);
        assert_eq!(track.clips[1].start.0, 1_058_400_000);
        assert_eq!(track.transitions[0].duration.0, 282_240_000);
        assert_eq!(project.extra["mine"], json!({"a": 1}));
        assert_eq!(track.clips[0].extra["theirs"], json!([1, 2]));
        let saved: Value = serde_json::from_str(&crate::to_json(&project)).unwrap();
        assert_eq!(saved["schema_version"], 2);
        assert_eq!(saved["compositions"][0]["tracks"][0]["clips"][0]["theirs"], json!([1, 2]));
    }

    #[test]
    fn versions_out_of_reach_are_refused() {
        assert_eq!(migrate(json!({"schema_version": 99})), Err(MigrateError::TooNew { found: 99 }));
        for bad in [json!({}), json!({"schema_version": 0}), json!({"schema_version": "2"}), json!([]), json!(null)] {
            assert!(matches!(migrate(bad), Err(MigrateError::NoVersion { .. })));
        }
    }
}

//! Times whose meaning depends on the composition that they stand in. In a hand-written file a time
//! may be `"50f"` or `"00:00:02:00"`; it counts frames of its composition. Such texts become flicks
//! before the document is deserialized, since a time by itself does not know its composition.
use cutroom_types::{FrameRate, TimeText};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt::Display;

/// Replaces the times that count frames by flicks. Values of an unexpected form are left unchanged;
/// deserializing reports them.
pub(crate) fn resolve(document: &mut Value) {
    each_time(document, &mut |_, at, value| resolve_one(value, at.rate));
}

/// Replaces a time that counts frames of this rate by flicks.
pub(crate) fn resolve_one(value: &mut Value, rate: FrameRate) {
    let text = value.as_str().and_then(|t| TimeText::parse(t).ok());
    if let Some(text @ (TimeText::Frames(_) | TimeText::Timecode(_))) = text
        && let Ok(flicks) = text.flicks(Some(rate))
    {
        *value = flicks.into();
    }
}

/// What is known about a time in the document.
pub(crate) struct At {
    /// Frame rate of its composition.
    pub rate: FrameRate,
    /// Whether less than a frame is usual.
    pub may_be_short: bool,
}

pub(crate) type Visit<'a> = &'a mut dyn FnMut(&dyn Display, &At, &mut Value);

/// Visits every time inside the compositions, with its path.
pub(crate) fn each_time(document: &mut Value, visit: Visit<'_>) {
    for (i, composition) in objects(document.get_mut("compositions")) {
        // A rate that cannot be read is reported; its times need not be reported as well.
        let rate = composition.get("frame_rate").and_then(|rate| FrameRate::deserialize(rate).ok());
        let Some(rate) = rate.or(FrameRate::new(25, 1)) else { continue };
        let (whole, short) = (At { rate, may_be_short: false }, At { rate, may_be_short: true });
        let at = format_args!("compositions[{i}]");
        time(composition, &at, "duration", &whole, visit);
        for (j, marker) in objects(composition.get_mut("markers")) {
            for name in ["time", "duration"] {
                time(marker, &format_args!("{at}.markers[{j}]"), name, &short, visit);
            }
        }
        for (j, track) in objects(composition.get_mut("tracks")) {
            let at = format_args!("{at}.tracks[{j}]");
            for (k, clip) in objects(track.get_mut("clips")) {
                let at = format_args!("{at}.clips[{k}]");
                for (name, kind) in [("start", &whole), ("duration", &whole), ("source_in", &short)] {
                    time(clip, &at, name, kind, visit);
                }
                if let Some(Value::Object(source)) = clip.get_mut("source") {
                    for (l, animation) in objects(source.get_mut("animations")) {
                        for name in ["duration", "stagger", "delay"] {
                            time(animation, &format_args!("{at}.source.animations[{l}]"), name, &short, visit);
                        }
                    }
                }
                if let Some(Value::Object(source)) = clip.get_mut("source") {
                    for (l, cue) in objects(source.get_mut("cues")) {
                        let at = format_args!("{at}.source.cues[{l}]");
                        for name in ["start", "end"] {
                            time(cue, &at, name, &short, visit);
                        }
                        for (m, run) in objects(cue.get_mut("runs")) {
                            time(run, &format_args!("{at}.runs[{m}]"), "start", &short, visit);
                        }
                    }
                }
                source_times(clip.get_mut("time_map"), &at, &short, visit);
                if let Some(Value::Object(video)) = clip.get_mut("video") {
                    time(video, &format_args!("{at}.video"), "freeze", &short, visit);
                }
                if let Some(Value::Object(audio)) = clip.get_mut("audio") {
                    for name in ["fade_in", "fade_out", "lead", "tail"] {
                        time(audio, &format_args!("{at}.audio"), name, &short, visit);
                    }
                }
            }
            for (k, transition) in objects(track.get_mut("transitions")) {
                time(transition, &format_args!("{at}.transitions[{k}]"), "duration", &whole, visit);
            }
            curves_of(track, &at, &whole, visit);
        }
    }
}

/// Visits the values of a time map, which are times.
fn source_times(map: Option<&mut Value>, clip: &dyn Display, at: &At, visit: Visit<'_>) {
    let Some(Value::Object(map)) = map else { return };
    let path = format_args!("{clip}.time_map");
    match map.get_mut("source") {
        Some(Value::Object(source)) => {
            for (i, key) in objects(source.get_mut("keyframes")) {
                let path = format_args!("{path}.source.keyframes[{i}]");
                time(key, &path, "value", at, visit);
                for name in ["handle_out", "handle_in"] {
                    if let Some(Value::Object(handle)) = key.get_mut(name) {
                        time(handle, &format_args!("{path}.{name}"), "value", at, visit);
                    }
                }
            }
        }
        Some(_) => time(map, &path, "source", at, visit),
        None => {}
    }
}

/// The objects of an array, with their indices.
pub(crate) fn objects(list: Option<&mut Value>) -> impl Iterator<Item = (usize, &mut Map<String, Value>)> {
    list.and_then(Value::as_array_mut).into_iter().flatten().enumerate().filter_map(|(i, item)| Some((i, item.as_object_mut()?)))
}

/// Goes through all keyframes inside an object. What other programs keep here is left alone.
fn curves_of(object: &mut Map<String, Value>, path: &dyn Display, at: &At, visit: Visit<'_>) {
    for (i, key) in objects(object.get_mut("keyframes")) {
        let path = format_args!("{path}.keyframes[{i}]");
        time(key, &path, "time", at, visit);
        for name in ["handle_out", "handle_in"] {
            if let Some(Value::Object(handle)) = key.get_mut(name) {
                time(handle, &format_args!("{path}.{name}"), "time", at, visit);
            }
        }
    }
    for (name, value) in object.iter_mut().filter(|(name, _)| !name.starts_with("x-")) {
        curves_in(value, &format_args!("{path}.{name}"), at, visit);
    }
}

fn curves_in(value: &mut Value, path: &dyn Display, at: &At, visit: Visit<'_>) {
    match value {
        Value::Object(object) => curves_of(object, path, at, visit),
        Value::Array(items) => {
            for (i, item) in items.iter_mut().enumerate() {
                curves_in(item, &format_args!("{path}[{i}]"), at, visit);
            }
        }
        _ => {}
    }
}

fn time(object: &mut Map<String, Value>, path: &dyn Display, name: &str, at: &At, visit: Visit<'_>) {
    if let Some(value) = object.get_mut(name) {
        visit(&format_args!("{path}.{name}"), at, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    /// A document of one composition at 25 fps in which every time of the schema is `text`.
    fn document(text: &str) -> Value {
        let curve = json!({"keyframes": [
            {"time": text, "value": 1, "handle_out": {"time": text, "value": 0}, "handle_in": {"time": text, "value": 0}}
        ]});
        json!({"schema_version": 2, "main": "m", "compositions": [{
            "id": "m", "size": {"width": 16, "height": 16}, "frame_rate": 25, "duration": text, "markers": [{"id": "k", "time": text, "duration": text}], "tracks": [{
                "id": "t", "gain_db": curve,
                "clips": [{
                    "id": "c", "start": text, "duration": text, "source_in": text,
                    "time_map": {"source": {"keyframes": [{
                        "time": text, "value": text,
                        "handle_out": {"time": text, "value": text}, "handle_in": {"time": text, "value": text}
                    }]}},
                    "source": {"type": "text", "animations": [{"duration": text, "stagger": text, "delay": text}]},
                    "audio": {"fade_in": text, "fade_out": text, "lead": text, "tail": text, "gain_db": curve},
                    "video": {"opacity": curve, "freeze": text, "effects": [{"id": "e", "effect": "x", "params": {"p": curve}}]}
                }, {
                    "id": "d", "start": text, "duration": text,
                    "source": {"type": "subtitles", "cues": [{"start": text, "end": text, "runs": [{"text": "x", "start": text}]}]}
                }],
                "transitions": [{"id": "x", "kind": "x", "to": "c", "duration": text}]
            }]
        }]})
    }

    #[test]
    fn frames_count_at_the_rate_of_their_composition() {
        let read = |text| crate::from_json(&document(text).to_string()).unwrap();
        let expected = read("2s");
        for text in ["50f", "00:00:02:00", "2000ms", "0:02", "1411200000"] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(expected.compositions[0].tracks[0].clips[0].start.0, 1_411_200_000);
    }

    /// Every time that the schema knows is in the document above (those of a file's facts, and
    /// the offset of its sound, count nothing that a composition knows).
    #[test]
    fn no_time_of_the_schema_is_forgotten() {
        let schema = crate::json_schema();
        let mut names = std::collections::BTreeSet::new();
        for (definition, of) in schema["$defs"].as_object().unwrap().iter().filter(|(name, _)| *name != "MediaFacts") {
            for (name, field) in of["properties"].as_object().into_iter().flatten() {
                let field = field.to_string();
                if ["#/$defs/Time\"", "#/$defs/TimeDelta\""].iter().any(|time| field.contains(time)) {
                    names.insert(format!("{}.{name}", definition.trim_end_matches(|c: char| c.is_ascii_digit())));
                }
            }
        }
        let known = [
            "BezierHandle.time",
            "BezierHandle.value",
            "Clip.duration",
            "Clip.source_in",
            "Clip.start",
            "ClipAudio.fade_in",
            "ClipAudio.fade_out",
            "ClipAudio.lead",
            "ClipAudio.tail",
            "ClipVideo.freeze",
            "Composition.duration",
            "Cue.end",
            "Cue.start",
            "CueRun.start",
            "Keyframe.time",
            "Keyframe.value",
            "Marker.duration",
            "Marker.time",
            "Media.audio_offset",
            "TextAnimation.delay",
            "TextAnimation.duration",
            "TextAnimation.stagger",
            "Transition.duration",
        ];
        assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), known, "give `resolve` and `document` the new ones");
    }
}

//! Wherever the schema has an object, an unknown field is kept and reported, or refused.
use cutroom_project::{LoadError, from_json, json_schema, to_json, unknown_fields, validate};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn curve(from: Value, to: Value) -> Value {
    json!({"keyframes": [
        {"time": 0, "value": from, "ease": "bezier", "handle_out": {"time": 10, "value": from}},
        {"time": "1s", "value": to, "handle_in": {"time": -10, "value": to}}
    ]})
}

/// Every kind of object of the project, and keyframes wherever a value may have them.
fn everything() -> Value {
    let (number, pair) = (|| curve(json!(0.25), json!(0.5)), || curve(json!([0.25, 0.5]), json!([0.5, 0.75])));
    let outline =
        |x: f64| json!([{"point": [x, 0.1], "in": [0.0, 0.1]}, {"point": [0.9, 0.1]}, {"point": [0.5, 0.9], "out": [0.1, 0.0]}]);
    let boxed = |kind: &str| json!({"type": kind, "center": pair(), "size": pair(), "rotation_degrees": number(), "corner_radius_px": number()});
    let color = || curve(json!([1.0, 0.0, 0.0, 1.0]), json!([0.0, 0.0, 1.0, 1.0]));
    let gradient = || json!({"gradient": "radial", "center": pair(), "radius": number(), "stops": [{"at": 0, "color": color()}, {"at": 1, "color": "#ffffff"}]});
    let stroke = || json!({"width_px": number(), "paint": gradient(), "dash_offset_px": number()});
    let shadow = || json!({"color": color(), "offset_px": pair(), "blur_px": number(), "spread_px": number()});
    let style = || json!({"size_px": 20, "fill": gradient(), "tracking_px": number(), "strokes": [stroke()]});
    let text = json!({"type": "text", "text": "{counter}", "runs": [{"text": "b", "style": style()}], "style": style(), "shadows": [shadow()],
        "background": {"paint": color()}, "path": {"path": curve(outline(0.1), outline(0.2)), "offset_px": number()},
        "animations": [{"duration": "1s"}], "counter": {"value": number()}});
    let along = |kind: &str, of: Value| {
        let mut o = of;
        o["type"] = kind.into();
        o
    };
    let outlines = json!([
        along("rectangle", json!({"center": pair(), "size": pair(), "radius": number(), "rotation_degrees": number()})),
        along("ellipse", json!({"size": pair()})),
        along("polygon", json!({"sides": 5, "radius": number()})),
        along("star", json!({"points": 5, "radius": number(), "inner_radius": number()})),
        along("line", json!({"from": pair(), "to": pair()})),
        along("arrow", json!({"from": pair(), "to": pair(), "width": number(), "head": pair()})),
        along("path", json!({"path": curve(outline(0.1), outline(0.2))}))
    ]);
    let copied = |arrangement: Value| json!({"outlines": [{"type": "ellipse", "size": [1, 1]}], "copies": {"arrangement": arrangement, "scale": number()}});
    let shape = json!({"type": "shape", "shadows": [shadow()], "shapes": [
        {"outlines": outlines, "fill": gradient(), "strokes": [stroke()], "trim": {"start": number()}, "round_px": number(), "opacity": number()},
        copied(json!({"type": "line", "count": 2, "offset": pair()})), copied(json!({"type": "grid", "columns": 2, "rows": 2, "spacing": pair()})),
        copied(json!({"type": "circle", "count": 2, "radius": number()})),
        copied(json!({"type": "path", "count": 2, "path": curve(outline(0.1), outline(0.2))}))]});
    let subtitles = json!({"type": "subtitles", "highlight": {"style": style()}, "look": {"style": style()},
        "cues": [{"start": 0, "end": "1s", "layout": {"position": [0.5, 0.5]}, "runs": [{"text": "a", "start": 0, "style": style()}]}]});
    json!({
        "schema_version": 2, "main": "main", "settings": {"notes": "n"},
        "media": [{"id": "a", "path": "a.mp4", "facts": {"size": {"width": 64, "height": 36}}}],
        "compositions": [
            {"id": "main", "size": {"width": 64, "height": 36}, "frame_rate": 25, "color": {"primaries": "bt709", "transfer": "bt709",
              "mastering_display": {"red": [0.68, 0.32], "green": [0.265, 0.69], "blue": [0.15, 0.06], "white": [0.3127, 0.329],
                "min_cd_m2": 0.005, "max_cd_m2": 1000},
              "content_light": {"max_cd_m2": 1000, "max_frame_average_cd_m2": 400}},
             "motion_blur": {"samples": 8},
             "audio": {"gain_db": number(), "effects": [{"id": "s1", "effect": "audio-volume", "params": {"gain": number()}}],
               "buses": [{"id": "b1", "gain_db": number(), "pan": number(), "sends": [{"bus": "b2", "gain_db": number()}],
                 "effects": [{"id": "s2", "effect": "audio-volume", "params": {"gain": number()}}]}, {"id": "b2"}]},
             "markers": [{"id": "k", "time": 0}],
             "split": {"layout": "columns:1", "cells": [{"fit": "cover", "size": {"width": 64, "height": 36}}]}, "tracks": [
                {"id": "v1", "gain_db": number(), "pan": number(), "opacity": number(),
                 "audio": {"output": "b1", "sends": [{"bus": "b2", "gain_db": number()}],
                   "effects": [{"id": "s3", "effect": "audio-volume", "params": {"gain": number()}}]},
                 "clips": [
                    {"id": "c1", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "4s",
                     "time_map": {"speed": number()},
                     "video": {
                        "opacity": number(), "matte": {"track": "v2"}, "parent": "c4",
                        "transform": {"position_px": pair(), "scale": pair(), "anchor": pair(), "rotation_degrees": number(),
                                      "crop_left": number(), "crop_top": number(), "crop_right": number(), "crop_bottom": number()},
                        "masks": [
                            {"id": "m1", "shape": boxed("rectangle"), "opacity": number(), "feather_px": number(), "expansion_px": number(),
                             "offset": pair(), "edge_feather_px": {"0->1": number()}},
                            {"id": "m2", "shape": boxed("ellipse")},
                            {"id": "m3", "shape": {"type": "path", "path": curve(outline(0.1), outline(0.2))}}],
                        "effects": [{"id": "e1", "effect": "exposure", "params": {"exposure": number()}}]},
                     "audio": {"gain_db": number(), "pan": number(),
                        "effects": [{"id": "s4", "effect": "audio-volume", "params": {"gain": number()}}]}},
                    {"id": "c2", "source": {"type": "composition", "composition": "inner"}, "start": "4s", "duration": "4s",
                     "time_map": {"source": curve(json!(0), json!("1s"))}}],
                 "transitions": [{"id": "x1", "kind": "crossfade", "from": "c1", "to": "c2", "duration": "1s", "params": {"softness": number()}}]},
                {"id": "v2", "matte_only": true, "clips": [
                    {"id": "c3", "source": {"type": "solid", "color": [1.0, 1.0, 1.0, 1.0]}, "start": 0, "duration": "4s"},
                    {"id": "c4", "source": {"type": "null"}, "start": "4s", "duration": "1s"},
                    {"id": "c5", "source": text, "start": "5s", "duration": "1s"},
                    {"id": "c6", "source": shape, "start": "6s", "duration": "1s"},
                    {"id": "c7", "source": subtitles, "start": "7s", "duration": "1s"}]}]},
            {"id": "inner", "size": {"width": 64, "height": 36}, "frame_rate": 25, "duration": "8s"}]
    })
}

/// Walks a document along its schema.
struct Walk<'a> {
    root: &'a Value,
    /// JSON pointers of objects with named fields; whether the schema refuses other fields.
    objects: BTreeMap<String, bool>,
    /// Definitions that the document has an example of.
    seen: BTreeSet<String>,
}

impl Walk<'_> {
    fn definition(&self, schema: &Value) -> Option<(String, Value)> {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?.to_owned();
        let definition = self.root["$defs"][&name].clone();
        Some((name, definition))
    }

    /// Whether a value has the outer form that a branch of the schema describes.
    fn fits(&self, value: &Value, schema: &Value) -> bool {
        let tagged =
            schema["properties"].as_object().into_iter().flatten().all(|(k, s)| s["const"].is_null() || s["const"] == value[k]);
        let required =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).all(|k| value.get(k).is_some());
        let kind = match schema["type"].as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("null") => value.is_null(),
            _ => true,
        };
        tagged && required && kind && self.definition(schema).is_none_or(|(_, d)| self.fits(value, &d))
    }

    fn walk(&mut self, value: &Value, schema: &Value, at: &str) {
        if let Some((name, definition)) = self.definition(schema) {
            self.seen.insert(name);
            self.walk(value, &definition, at);
        }
        for branch in ["anyOf", "oneOf", "allOf"].iter().filter_map(|k| schema[k].as_array()).flatten() {
            if self.fits(value, branch) {
                self.walk(value, branch, at);
            }
        }
        if let (Some(fields), Some(known)) = (value.as_object(), schema["properties"].as_object()) {
            let closed = ["additionalProperties", "unevaluatedProperties"].iter().any(|k| schema[k] == json!(false));
            *self.objects.entry(at.to_owned()).or_default() |= closed;
            for (name, field) in known.iter().filter_map(|(k, s)| Some((k, (fields.get(k)?, s)))) {
                self.walk(field.0, field.1, &format!("{at}/{name}"));
            }
        } else if let (Some(fields), true) = (value.as_object(), schema["additionalProperties"].is_object()) {
            for (name, field) in fields {
                self.walk(field, &schema["additionalProperties"], &format!("{at}/{name}"));
            }
        }
        if let (Some(items), true) = (value.as_array(), schema["items"].is_object()) {
            for (i, item) in items.iter().enumerate() {
                self.walk(item, &schema["items"], &format!("{at}/{i}"));
            }
        }
    }
}

/// `/a/0/b` → `a[0].b`.
fn json_path(pointer: &str) -> String {
    pointer.split('/').skip(1).fold(String::new(), |path, part| match part.parse::<usize>() {
        Ok(i) => format!("{path}[{i}]"),
        Err(_) if path.is_empty() => part.to_owned(),
        Err(_) => format!("{path}.{part}"),
    })
}

#[test]
fn no_unknown_field_is_lost_or_silent_anywhere() {
    let (film, schema) = (everything(), json_schema());
    let good = from_json(&film.to_string()).unwrap();
    assert_eq!((validate(&good), unknown_fields(&good)), (vec![], vec![]));
    let mut walk = Walk { root: &schema, objects: BTreeMap::new(), seen: BTreeSet::new() };
    walk.walk(&film, &schema, "");
    // The film has an example of everything that the schema describes as an object.
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let object = definition["properties"].is_object() || definition["oneOf"][0]["properties"].is_object();
        assert!(!object || walk.seen.contains(name), "the film of this test needs an example of {name}");
    }
    assert!(walk.objects.len() > 100, "{:?}", walk.objects);
    for (place, &closed) in &walk.objects {
        let mut odd = film.clone();
        let fields = odd.pointer_mut(place).unwrap().as_object_mut().unwrap();
        fields.insert("easing".into(), json!({"deep": [1]}));
        fields.insert("x-mine".into(), json!(1));
        let project = match from_json(&odd.to_string()) {
            Err(LoadError::Form { reason, .. }) if reason.contains("unknown field") => continue,
            other => other.unwrap_or_else(|e| panic!("{place}: {e}")),
        };
        assert!(!closed, "{place}: the schema refuses what is read");
        assert!(!closed, "{place} should be refused, as the schema says");
        let saved: Value = serde_json::from_str(&to_json(&project)).unwrap();
        for name in ["easing", "x-mine"] {
            let at = format!("{place}/{name}");
            assert_eq!(saved.pointer(&at), odd.pointer(&at), "{at} is lost");
        }
        let paths: Vec<String> = unknown_fields(&project).into_iter().map(|p| p.json_path).collect();
        assert_eq!(paths, [json_path(&format!("{place}/easing"))]);
    }
}

/// Unknown fields keep their order however often the project is saved, although reading a source or
/// a mask's shape removes `type` from among them.
#[test]
fn unknown_fields_keep_their_order() {
    let clip = r#"{"id": "a", "start": 0, "duration": "1s", "source": {"type": "media", "media": "m", "x-a": 1, "x-b": 2, "x-c": 3},
        "video": {"masks": [{"id": "k", "shape": {"type": "ellipse", "center": [0.5, 0.5], "size": [1, 1], "x-d": 1, "x-e": 2, "x-f": 3}}]}}"#;
    let composition = format!(
        r#"{{"id": "f", "size": {{"width": 4, "height": 4}}, "frame_rate": "25", "tracks": [{{"id": "t", "clips": [{clip}]}}]}}"#
    );
    let text = format!(
        r#"{{"schema_version": 2, "main": "f", "media": [{{"id": "m", "path": "a.mp4"}}], "compositions": [{composition}]}}"#
    );
    let saved = to_json(&from_json(&text).unwrap());
    let places = ["x-a", "x-b", "x-c", "x-d", "x-e", "x-f"].map(|name| saved.find(name).unwrap());
    assert!(places.is_sorted(), "{saved}");
    assert_eq!(to_json(&from_json(&saved).unwrap()), saved);
}

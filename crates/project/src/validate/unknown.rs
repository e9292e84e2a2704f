//! Finds unknown fields. They are kept, but a misspelt name must be reported.
use super::{Problem, report};
use crate::{
    AdjustmentSource, Animated, AudioBus, AudioSend, BezierHandle, BoxShape, Clip, ClipAudio, ClipSource, ClipVideo, Composition,
    CompositionAudio, CompositionColor, CompositionSource, EffectInstance, Extra, Keyframe, Marker, Mask, MaskShape, Matte, Media,
    MediaFacts, MediaSource, MotionBlur, NullSource, Params, PathShape, Place, Project, Settings, ShapeSource, SolidSource,
    SubtitlesSource, TextSource, TimeMap, Track, TrackAudio, TrackPlace, Transform, Transition, nearest::meant,
};
use cutroom_types::ClipId;
use schemars::JsonSchema;
use std::fmt::Display;

/// One warning for each unknown field of the project, except those whose name begins with `x-`.
pub fn unknown_fields(project: &Project) -> Vec<Problem> {
    let mut found = Found::default();
    for name in unknown(&project.extra) {
        found.problem::<Project>(name, name);
    }
    found.fields::<Settings>(&"settings", &project.settings.extra);
    for (i, m) in project.media.iter().enumerate() {
        found.fields::<Media>(&Place::Media(i), &m.extra);
        if let Some(f) = &m.facts {
            found.fields::<MediaFacts>(&format_args!("media[{i}].facts"), &f.extra);
        }
    }
    for (i, c) in project.compositions.iter().enumerate() {
        let path = Place::Composition(i);
        found.fields::<Composition>(&path, &c.extra);
        found.fields::<CompositionColor>(&format_args!("{path}.color"), &c.color.extra);
        found.mixer(&format_args!("{path}.audio"), &c.audio);
        found.fields::<MotionBlur>(&format_args!("{path}.motion_blur"), &c.motion_blur.extra);
        for (j, marker) in c.markers.iter().enumerate() {
            found.fields::<Marker>(&format_args!("{path}.markers[{j}]"), &marker.extra);
        }
        for (j, t) in c.tracks.iter().enumerate() {
            found.track(&TrackPlace { composition: i, track: j }, t);
        }
    }
    found.problems
}

/// Names without the prefix `x-`, which is reserved for other programs.
fn unknown(extra: &Extra) -> impl Iterator<Item = &String> {
    extra.keys().filter(|name| !name.starts_with("x-"))
}

/// The form of a curve in the file, for its field names.
#[derive(JsonSchema)]
struct CurveForm {
    #[allow(dead_code)]
    keyframes: Vec<f64>,
}

/// The names of the fields of `T`.
fn names<T: JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T).to_value();
    schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect()
}

/// Where a field of exactly this name belongs, if it stands one or two objects too high, such as
/// `scale` on a clip.
fn elsewhere<T: JsonSchema>(name: &str) -> Option<String> {
    let has = |names: Vec<String>| names.iter().any(|n| n == name);
    let place = match T::schema_name().as_ref() {
        "Clip" if has(names::<ClipVideo>()) => "video",
        "Clip" if has(names::<Transform>()) => "video.transform",
        "Clip" if has(names::<ClipAudio>()) => "audio",
        "ClipVideo" if has(names::<Transform>()) => "transform",
        _ => return None,
    };
    Some(format!("; it belongs into `{place}`"))
}

#[derive(Default)]
struct Found<'a> {
    problems: Vec<Problem>,
    /// The clip being checked.
    clip: Option<&'a ClipId>,
}

impl<'a> Found<'a> {
    fn problem<T: JsonSchema>(&mut self, name: &str, path: impl Display) {
        let known = names::<T>();
        let elsewhere = elsewhere::<T>(name);
        let hint = elsewhere.unwrap_or_else(|| meant(name, known.iter().map(String::as_str)));
        let message = format!("`{name}` is an unknown field; it is kept but has no effect{hint}");
        report(&mut self.problems, path, self.clip, "project.unknown_field", message);
    }

    fn fields<T: JsonSchema>(&mut self, path: &dyn Display, extra: &Extra) {
        for name in unknown(extra) {
            self.problem::<T>(name, format_args!("{path}.{name}"));
        }
    }

    fn value<T>(&mut self, path: &dyn Display, value: &Animated<T>) {
        let Animated::Curve(curve) = value else { return };
        self.fields::<CurveForm>(path, &curve.extra);
        for (i, k) in curve.keyframes().iter().enumerate() {
            let key = format_args!("{path}.keyframes[{i}]");
            self.fields::<Keyframe<f64>>(&key, &k.extra);
            for (name, handle) in [("handle_out", &k.handle_out), ("handle_in", &k.handle_in)] {
                if let Some(h) = handle {
                    self.fields::<BezierHandle<f64>>(&format_args!("{key}.{name}"), &h.extra);
                }
            }
        }
    }

    fn params(&mut self, path: &dyn Display, params: &Params) {
        for (name, value) in params {
            self.value(&format_args!("{path}.params.{name}"), value);
        }
    }

    fn effects(&mut self, path: &dyn Display, effects: &[EffectInstance]) {
        for (i, e) in effects.iter().enumerate() {
            let effect = format_args!("{path}[{i}]");
            self.fields::<EffectInstance>(&effect, &e.extra);
            self.params(&effect, &e.params);
        }
    }

    fn sends(&mut self, path: &dyn Display, sends: &[AudioSend]) {
        for (i, s) in sends.iter().enumerate() {
            self.fields::<AudioSend>(&format_args!("{path}[{i}]"), &s.extra);
            self.value(&format_args!("{path}[{i}].gain_db"), &s.gain_db);
        }
    }

    fn mixer(&mut self, path: &dyn Display, audio: &CompositionAudio) {
        self.fields::<CompositionAudio>(path, &audio.extra);
        self.value(&format_args!("{path}.gain_db"), &audio.gain_db);
        self.effects(&format_args!("{path}.effects"), &audio.effects);
        for (i, bus) in audio.buses.iter().enumerate() {
            let path = format_args!("{path}.buses[{i}]");
            self.fields::<AudioBus>(&path, &bus.extra);
            self.value(&format_args!("{path}.gain_db"), &bus.gain_db);
            self.value(&format_args!("{path}.pan"), &bus.pan);
            self.effects(&format_args!("{path}.effects"), &bus.effects);
            self.sends(&format_args!("{path}.sends"), &bus.sends);
        }
    }

    fn track(&mut self, path: &dyn Display, t: &'a Track) {
        self.fields::<Track>(path, &t.extra);
        self.value(&format_args!("{path}.gain_db"), &t.gain_db);
        self.value(&format_args!("{path}.pan"), &t.pan);
        self.value(&format_args!("{path}.opacity"), &t.opacity);
        let audio = format_args!("{path}.audio");
        self.fields::<TrackAudio>(&audio, &t.audio.extra);
        self.effects(&format_args!("{audio}.effects"), &t.audio.effects);
        self.sends(&format_args!("{audio}.sends"), &t.audio.sends);
        for (k, clip) in t.clips.iter().enumerate() {
            self.clip = Some(&clip.id);
            self.clip(&format_args!("{path}.clips[{k}]"), clip);
        }
        self.clip = None;
        for (k, x) in t.transitions.iter().enumerate() {
            let path = format_args!("{path}.transitions[{k}]");
            self.fields::<Transition>(&path, &x.extra);
            self.params(&path, &x.params);
        }
    }

    fn clip(&mut self, path: &dyn Display, clip: &Clip) {
        self.fields::<Clip>(path, &clip.extra);
        let at = format_args!("{path}.source");
        match &clip.source {
            ClipSource::Media(s) => self.fields::<MediaSource>(&at, &s.extra),
            ClipSource::Composition(s) => self.fields::<CompositionSource>(&at, &s.extra),
            ClipSource::Solid(s) => self.fields::<SolidSource>(&at, &s.extra),
            ClipSource::Text(s) => {
                self.fields::<TextSource>(&at, &s.extra);
                self.drawn(&at, &**s);
            }
            ClipSource::Shape(s) => {
                self.fields::<ShapeSource>(&at, &s.extra);
                self.drawn(&at, &**s);
            }
            ClipSource::Subtitles(s) => {
                self.fields::<SubtitlesSource>(&at, &s.extra);
                self.fields::<TextSource>(&format_args!("{at}.look"), &s.look.extra);
                self.drawn(&at, &**s);
            }
            ClipSource::Adjustment(s) => self.fields::<AdjustmentSource>(&at, &s.extra),
            ClipSource::Null(s) => self.fields::<NullSource>(&at, &s.extra),
        }
        if let Some(map) = &clip.time_map {
            let at = format_args!("{path}.time_map");
            self.fields::<TimeMap>(&at, &map.extra);
            self.drawn(&at, map);
        }
        let (video, at) = (&clip.video, format_args!("{path}.video"));
        self.fields::<ClipVideo>(&at, &video.extra);
        self.value(&format_args!("{at}.opacity"), &video.opacity);
        let (t, place) = (&video.transform, format_args!("{at}.transform"));
        self.fields::<Transform>(&place, &t.extra);
        for (name, value) in [("position_px", &t.position_px), ("scale", &t.scale), ("anchor", &t.anchor)] {
            self.value(&format_args!("{place}.{name}"), value);
        }
        let crops = [
            ("crop_left", &t.crop_left),
            ("crop_top", &t.crop_top),
            ("crop_right", &t.crop_right),
            ("crop_bottom", &t.crop_bottom),
        ];
        for (name, value) in crops.into_iter().chain([("rotation_degrees", &t.rotation_degrees)]) {
            self.value(&format_args!("{place}.{name}"), value);
        }
        if let Some(m) = &video.matte {
            self.fields::<Matte>(&format_args!("{at}.matte"), &m.extra);
        }
        for (l, m) in video.masks.iter().enumerate() {
            self.mask(&format_args!("{at}.masks[{l}]"), m);
        }
        self.effects(&format_args!("{at}.effects"), &video.effects);
        self.effects(&format_args!("{path}.audio.effects"), &clip.audio.effects);
        self.fields::<ClipAudio>(&format_args!("{path}.audio"), &clip.audio.extra);
        self.value(&format_args!("{path}.audio.gain_db"), &clip.audio.gain_db);
        self.value(&format_args!("{path}.audio.pan"), &clip.audio.pan);
    }

    /// Curves anywhere inside of a text, a shape, subtitles or a time map, whose other objects refuse
    /// unknown fields or have none.
    fn drawn(&mut self, path: &dyn Display, source: &impl serde::Serialize) {
        // What was read can be written.
        if let Ok(value) = serde_json::to_value(source) {
            self.curves(path, &value);
        }
    }

    fn curves(&mut self, path: &dyn Display, value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) if fields.contains_key("keyframes") => {
                // A curve that was written is one.
                if let Ok(curve) = serde_json::from_value::<Animated<serde_json::Value>>(value.clone()) {
                    self.value(path, &curve);
                }
            }
            serde_json::Value::Object(fields) => {
                for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with("x-")) {
                    self.curves(&format_args!("{path}.{name}"), value);
                }
            }
            serde_json::Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.curves(&format_args!("{path}[{i}]"), item);
                }
            }
            _ => {}
        }
    }

    fn mask(&mut self, path: &dyn Display, m: &Mask) {
        self.fields::<Mask>(path, &m.extra);
        for (name, value) in [("opacity", &m.opacity), ("feather_px", &m.feather_px), ("expansion_px", &m.expansion_px)] {
            self.value(&format_args!("{path}.{name}"), value);
        }
        self.value(&format_args!("{path}.offset"), &m.offset);
        for (edge, value) in &m.edge_feather_px {
            self.value(&format_args!("{path}.edge_feather_px.{edge}"), value);
        }
        let at = format_args!("{path}.shape");
        match &m.shape {
            MaskShape::Rectangle(b) | MaskShape::Ellipse(b) => {
                self.fields::<BoxShape>(&at, &b.extra);
                self.value(&format_args!("{at}.center"), &b.center);
                self.value(&format_args!("{at}.size"), &b.size);
                self.value(&format_args!("{at}.rotation_degrees"), &b.rotation_degrees);
                self.value(&format_args!("{at}.corner_radius_px"), &b.corner_radius_px);
            }
            MaskShape::Path(p) => {
                self.fields::<PathShape>(&at, &p.extra);
                self.value(&format_args!("{at}.path"), &p.path);
            }
        }
    }
}

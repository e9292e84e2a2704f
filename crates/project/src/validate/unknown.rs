//! Fields that this version does not know. They are kept, but a misspelt name should not pass in silence.
use super::{Problem, report};
use crate::{Animated, Clip, ClipSource, Extra, Mask, MaskShape, Params, Project, Track};
use cutroom_types::ClipId;

/// One warning for each unknown field of the document, except those whose name begins with `x-`.
pub fn unknown_fields(project: &Project) -> Vec<Problem> {
    let mut found = Found::default();
    found.fields("", &project.extra);
    found.fields("settings", &project.settings.extra);
    for (i, m) in project.media.iter().enumerate() {
        found.fields(&format!("media[{i}]"), &m.extra);
        if let Some(f) = &m.facts {
            found.fields(&format!("media[{i}].facts"), &f.extra);
        }
    }
    for (i, c) in project.compositions.iter().enumerate() {
        let path = format!("compositions[{i}]");
        found.fields(&path, &c.extra);
        found.fields(&format!("{path}.color"), &c.color.extra);
        found.fields(&format!("{path}.motion_blur"), &c.motion_blur.extra);
        for (j, t) in c.tracks.iter().enumerate() {
            found.track(&format!("{path}.tracks[{j}]"), t);
        }
    }
    found.problems
}

#[derive(Default)]
struct Found<'a> {
    problems: Vec<Problem>,
    /// The clip that is looked at.
    clip: Option<&'a ClipId>,
}

impl<'a> Found<'a> {
    fn fields(&mut self, path: &str, extra: &Extra) {
        for name in extra.keys().filter(|n| !n.starts_with("x-")) {
            let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let message = format!("`{name}` is not known here; it is kept but has no effect");
            report(&mut self.problems, &at, self.clip, "unknown_field", message);
        }
    }
    fn value<T>(&mut self, path: &str, value: &Animated<T>) {
        let Animated::Curve(curve) = value else { return };
        self.fields(path, &curve.extra);
        for (i, k) in curve.keyframes().iter().enumerate() {
            let key = format!("{path}.keyframes[{i}]");
            self.fields(&key, &k.extra);
            for (name, handle) in [("handle_out", &k.handle_out), ("handle_in", &k.handle_in)] {
                if let Some(h) = handle {
                    self.fields(&format!("{key}.{name}"), &h.extra);
                }
            }
        }
    }
    fn params(&mut self, path: &str, params: &Params) {
        for (name, value) in params {
            self.value(&format!("{path}.params.{name}"), value);
        }
    }
    fn track(&mut self, path: &str, t: &'a Track) {
        self.fields(path, &t.extra);
        self.value(&format!("{path}.gain_db"), &t.gain_db);
        self.value(&format!("{path}.pan"), &t.pan);
        self.value(&format!("{path}.opacity"), &t.opacity);
        for (k, clip) in t.clips.iter().enumerate() {
            self.clip = Some(&clip.id);
            self.clip(&format!("{path}.clips[{k}]"), clip);
        }
        self.clip = None;
        for (k, x) in t.transitions.iter().enumerate() {
            let path = format!("{path}.transitions[{k}]");
            self.fields(&path, &x.extra);
            self.params(&path, &x.params);
        }
    }
    fn clip(&mut self, path: &str, clip: &Clip) {
        self.fields(path, &clip.extra);
        let source = match &clip.source {
            ClipSource::Media(s) => &s.extra,
            ClipSource::Composition(s) => &s.extra,
            ClipSource::Solid(s) => &s.extra,
            ClipSource::Adjustment(s) => &s.extra,
            ClipSource::Null(s) => &s.extra,
        };
        self.fields(&format!("{path}.source"), source);
        let (video, at) = (&clip.video, format!("{path}.video"));
        self.fields(&at, &video.extra);
        self.value(&format!("{at}.opacity"), &video.opacity);
        let (t, place) = (&video.transform, format!("{at}.transform"));
        self.fields(&place, &t.extra);
        for (name, value) in [("position_px", &t.position_px), ("scale", &t.scale), ("anchor", &t.anchor)] {
            self.value(&format!("{place}.{name}"), value);
        }
        let crops = [
            ("crop_left", &t.crop_left),
            ("crop_top", &t.crop_top),
            ("crop_right", &t.crop_right),
            ("crop_bottom", &t.crop_bottom),
        ];
        for (name, value) in crops.into_iter().chain([("rotation_degrees", &t.rotation_degrees)]) {
            self.value(&format!("{place}.{name}"), value);
        }
        if let Some(m) = &video.matte {
            self.fields(&format!("{at}.matte"), &m.extra);
        }
        for (l, m) in video.masks.iter().enumerate() {
            self.mask(&format!("{at}.masks[{l}]"), m);
        }
        for (l, e) in video.effects.iter().enumerate() {
            let effect = format!("{at}.effects[{l}]");
            self.fields(&effect, &e.extra);
            self.params(&effect, &e.params);
        }
        self.fields(&format!("{path}.audio"), &clip.audio.extra);
        self.value(&format!("{path}.audio.gain_db"), &clip.audio.gain_db);
        self.value(&format!("{path}.audio.pan"), &clip.audio.pan);
    }
    fn mask(&mut self, path: &str, m: &Mask) {
        self.fields(path, &m.extra);
        for (name, value) in [("opacity", &m.opacity), ("feather_px", &m.feather_px), ("expansion_px", &m.expansion_px)] {
            self.value(&format!("{path}.{name}"), value);
        }
        self.value(&format!("{path}.offset"), &m.offset);
        for (edge, value) in &m.edge_feather_px {
            self.value(&format!("{path}.edge_feather_px.{edge}"), value);
        }
        let at = format!("{path}.shape");
        match &m.shape {
            MaskShape::Rectangle(b) | MaskShape::Ellipse(b) => {
                self.fields(&at, &b.extra);
                self.value(&format!("{at}.center"), &b.center);
                self.value(&format!("{at}.size"), &b.size);
                self.value(&format!("{at}.rotation_degrees"), &b.rotation_degrees);
                self.value(&format!("{at}.corner_radius_px"), &b.corner_radius_px);
            }
            MaskShape::Path(p) => {
                self.fields(&at, &p.extra);
                self.value(&format!("{at}.path"), &p.path);
            }
        }
    }
}

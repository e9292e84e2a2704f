//! Fields that this version does not know. They are kept, but a misspelt name should not pass in silence.
use super::{Problem, report};
use crate::{ClipSource, Extra, MaskShape, Project};
use cutroom_types::ClipId;

/// One warning for each unknown field of the document, except those whose name begins with `x-`.
pub fn unknown_fields(project: &Project) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut note = |path: &str, clip: Option<&ClipId>, extra: &Extra| {
        for name in extra.keys().filter(|n| !n.starts_with("x-")) {
            let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            report(&mut found, &at, clip, "unknown_field", format!("`{name}` is not known here; it is kept but has no effect"));
        }
    };
    note("", None, &project.extra);
    note("settings", None, &project.settings.extra);
    for (i, m) in project.media.iter().enumerate() {
        note(&format!("media[{i}]"), None, &m.extra);
        if let Some(f) = &m.facts {
            note(&format!("media[{i}].facts"), None, &f.extra);
        }
    }
    for (i, c) in project.compositions.iter().enumerate() {
        note(&format!("compositions[{i}]"), None, &c.extra);
        note(&format!("compositions[{i}].color"), None, &c.color.extra);
        note(&format!("compositions[{i}].motion_blur"), None, &c.motion_blur.extra);
        for (j, t) in c.tracks.iter().enumerate() {
            let track = format!("compositions[{i}].tracks[{j}]");
            note(&track, None, &t.extra);
            for (k, clip) in t.clips.iter().enumerate() {
                let path = format!("{track}.clips[{k}]");
                let id = Some(&clip.id);
                note(&path, id, &clip.extra);
                let source = match &clip.source {
                    ClipSource::Media(s) => &s.extra,
                    ClipSource::Composition(s) => &s.extra,
                    ClipSource::Solid(s) => &s.extra,
                    ClipSource::Adjustment(s) => &s.extra,
                    ClipSource::Null(s) => &s.extra,
                };
                note(&format!("{path}.source"), id, source);
                note(&format!("{path}.video"), id, &clip.video.extra);
                note(&format!("{path}.video.transform"), id, &clip.video.transform.extra);
                note(&format!("{path}.audio"), id, &clip.audio.extra);
                if let Some(m) = &clip.video.matte {
                    note(&format!("{path}.video.matte"), id, &m.extra);
                }
                for (l, m) in clip.video.masks.iter().enumerate() {
                    note(&format!("{path}.video.masks[{l}]"), id, &m.extra);
                    let shape = match &m.shape {
                        MaskShape::Rectangle(b) | MaskShape::Ellipse(b) => &b.extra,
                        MaskShape::Path(p) => &p.extra,
                    };
                    note(&format!("{path}.video.masks[{l}].shape"), id, shape);
                }
                for (l, e) in clip.video.effects.iter().enumerate() {
                    note(&format!("{path}.video.effects[{l}]"), id, &e.extra);
                }
            }
            for (k, x) in t.transitions.iter().enumerate() {
                note(&format!("{track}.transitions[{k}]"), None, &x.extra);
            }
        }
    }
    found
}

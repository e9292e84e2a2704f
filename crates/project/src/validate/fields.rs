//! Checks each value by itself: numbers, sizes, rates, times, keyframes.
use super::{
    MAX_COMPOSITION_AREA_PX, MAX_COMPOSITION_SIDE_PX, MAX_TIME_FLICKS, Problem, SPEED_LIMITS, drawing, report,
    values::{At, Limits, UNIT, number, time},
};
use crate::{
    Animated, AudioSend, Clip, ClipSource, Composition, EffectInstance, Margin, Margins, Mask, MaskShape, MediaKind, Params, Place,
    Project, Track, TrackPlace,
};
use cutroom_types::{Gaps, NumberPattern, TimeDelta};
use std::fmt::Display;

const GAIN_DB: Limits = (-1000.0, 60.0);
/// Levels at which channels are folded into others.
const FOLD_DB: Limits = (-144.0, 12.0);
const PAN: Limits = (-1.0, 1.0);
const FEATHER: Limits = (0.0, 20_000.0);
const EXPANSION: Limits = (-20_000.0, 20_000.0);
/// In fractions of a picture.
const PLACE: Limits = (-100.0, 100.0);
/// Maximum number of vertices of an outline.
const MAX_VERTICES: usize = 10_000;
/// Channels of a source that a clip may name, and channels that a source may have.
const MAX_CHANNELS: usize = 8;
const MAX_SOURCE_CHANNELS: usize = 64;
const PARAM: Limits = (-1e9, 1e9);

pub(super) fn check(project: &Project, problems: &mut Vec<Problem>) {
    if project.schema_version != crate::SCHEMA_VERSION {
        report(problems, "schema_version", None, "project.schema_version", format!("must be {}", crate::SCHEMA_VERSION));
    }
    for (i, m) in project.media.iter().enumerate() {
        let at = At { path: &Place::Media(i), clip: None };
        if m.path.is_empty() || m.path.contains('\0') {
            at.report(problems, "path", "project.path", "the path of the file is empty or contains a zero byte");
        }
        let has_number = m.path.rsplit('/').next().is_some_and(|name| NumberPattern::parse(name).is_some());
        if m.frame_rate.is_some() && !has_number {
            let message = "a frame_rate makes it numbered pictures, but the file name has no place for the number, such as %04d";
            at.report(problems, "path", "project.numbered", message);
        }
        if m.frame_rate.is_some() && m.kind != MediaKind::Video {
            at.report(problems, "kind", "project.numbered", "numbered pictures (with a frame_rate) are of the kind \"video\"");
        }
        for (field, is_given) in [("start_number", m.start_number.is_some()), ("gaps", m.gaps != Gaps::Error)] {
            if is_given && m.frame_rate.is_none() {
                at.report(
                    problems,
                    field,
                    "project.numbered",
                    "it means something with a frame_rate only, which makes numbered pictures",
                );
            }
        }
        if let Some(f) = &m.facts
            && let Some(d) = f.duration
        {
            time(problems, &at, "facts.duration", d.0, true);
        }
    }
    for (i, c) in project.compositions.iter().enumerate() {
        let at = At { path: &Place::Composition(i), clip: None };
        let (w, h) = (c.size.width, c.size.height);
        if !(1..=MAX_COMPOSITION_SIDE_PX).contains(&w) || !(1..=MAX_COMPOSITION_SIDE_PX).contains(&h) {
            at.report(
                problems,
                "size",
                "project.size",
                format!("{w}x{h} is not a size from 1x1 to {MAX_COMPOSITION_SIDE_PX}x{MAX_COMPOSITION_SIDE_PX}"),
            );
        } else if u64::from(w) * u64::from(h) > MAX_COMPOSITION_AREA_PX {
            at.report(problems, "size", "project.size", format!("{w}x{h} has more than {MAX_COMPOSITION_AREA_PX} pixels"));
        }
        if !(8000..=192_000).contains(&c.sample_rate_hz) {
            at.report(
                problems,
                "sample_rate_hz",
                "project.sample_rate",
                format!("{} Hz is not from 8000 to 192000", c.sample_rate_hz),
            );
        }
        if !(1..=8).contains(&c.channels) {
            at.report(problems, "channels", "project.channels", format!("{} is not from 1 to 8", c.channels));
        }
        if let Some(d) = c.duration {
            time(problems, &at, "duration", d.0, true);
            if d.0 == 0 {
                at.report(problems, "duration", "project.duration", "the composition has no length");
            }
        }
        color(problems, &at, "background", &c.background);
        if c.color.mastering_display.is_some_and(|m| !m.is_valid()) {
            let message = "a mastering display has points (x, y) from 0 to 1, a white of 5 to 10000 cd/m² and a darker black";
            at.report(problems, "color.mastering_display", "project.number", message);
        }
        let m = &c.motion_blur;
        if !(0.0..=720.0).contains(&m.shutter_angle_degrees) || !(-360.0..=360.0).contains(&m.shutter_phase_degrees) {
            at.report(
                problems,
                "motion_blur",
                "project.number",
                "the shutter's angle goes from 0 to 720 degrees, its phase from -360 to 360",
            );
        }
        if !(2..=64).contains(&m.samples) {
            at.report(problems, "motion_blur.samples", "project.number", format!("{} is not from 2 to 64", m.samples));
        }
        mixer(problems, c, &at);
        for (j, t) in c.tracks.iter().enumerate() {
            track(problems, project, t, TrackPlace { composition: i, track: j });
        }
    }
}

/// The buses and the output of a composition.
fn mixer(problems: &mut Vec<Problem>, c: &Composition, at: &At) {
    let audio = &c.audio;
    number(problems, at, "audio.gain_db", &audio.gain_db, GAIN_DB);
    sounds(problems, at, "audio.effects", &audio.effects);
    for (i, bus) in audio.buses.iter().enumerate() {
        let at = At { path: &format_args!("{}.audio.buses[{i}]", at.path), clip: None };
        number(problems, &at, "gain_db", &bus.gain_db, GAIN_DB);
        number(problems, &at, "pan", &bus.pan, PAN);
        sounds(problems, &at, "effects", &bus.effects);
        sends(problems, &at, "sends", &bus.sends);
    }
}

fn sounds(problems: &mut Vec<Problem>, at: &At, field: &str, effects: &[EffectInstance]) {
    for (i, e) in effects.iter().enumerate() {
        params(problems, &At { path: &format_args!("{}.{field}[{i}]", at.path), clip: at.clip }, &e.params);
    }
}

fn sends(problems: &mut Vec<Problem>, at: &At, field: &str, sends: &[AudioSend]) {
    for (i, send) in sends.iter().enumerate() {
        number(problems, at, format_args!("{field}[{i}].gain_db"), &send.gain_db, GAIN_DB);
    }
}

fn track(problems: &mut Vec<Problem>, project: &Project, t: &Track, place: TrackPlace) {
    let at = At { path: &place, clip: None };
    number(problems, &at, "gain_db", &t.gain_db, GAIN_DB);
    number(problems, &at, "pan", &t.pan, PAN);
    number(problems, &at, "opacity", &t.opacity, UNIT);
    sounds(problems, &at, "audio.effects", &t.audio.effects);
    sends(problems, &at, "audio.sends", &t.audio.sends);
    for (k, c) in t.clips.iter().enumerate() {
        clip(problems, project, c, &At { path: &place.clip(k), clip: Some(&c.id) });
    }
    for (k, x) in t.transitions.iter().enumerate() {
        let at = At { path: &place.transition(k), clip: x.from.as_ref().or(x.to.as_ref()) };
        time(problems, &at, "duration", x.duration.0, true);
        if x.duration.0 == 0 {
            at.report(problems, "duration", "project.duration", "the transition has no length");
        }
        params(problems, &at, &x.params);
    }
}

/// Checks the speed of a clip, or its time map.
fn speed(problems: &mut Vec<Problem>, c: &Clip, at: &At) {
    let (slowest, fastest) = SPEED_LIMITS;
    if !(slowest..=fastest).contains(&c.speed.abs()) {
        let message = format!("{} is not a speed: write {slowest} to {fastest}, negative to play backwards", c.speed);
        return at.report(problems, "speed", "project.speed", message);
    }
    let Some(map) = &c.time_map else {
        if c.duration.0 as f64 * c.speed.abs() > MAX_TIME_FLICKS as f64 {
            at.report(problems, "speed", "project.speed", "at this speed the clip runs through more than 1000 hours of its source");
        }
        return;
    };
    if c.speed != 1.0 {
        at.report(problems, "speed", "project.speed", "a clip with a `time_map` has no other speed: leave `speed` out");
    }
    match (&map.speed, &map.source) {
        (Some(_), Some(_)) => {
            at.report(problems, "time_map", "project.speed", "it has `speed` and `source`: leave one of them out");
        }
        (None, None) => {
            let message = "it has neither `speed` nor `source`: write one, such as {\"speed\": {\"keyframes\": [...]}}";
            at.report(problems, "time_map", "project.speed", message);
        }
        (Some(speed), None) => number(problems, at, "time_map.speed", speed, (-fastest, fastest)),
        (None, Some(source)) => {
            number(problems, at, "time_map.source", source, (f64::NEG_INFINITY, f64::INFINITY));
            let too_long = |v: &TimeDelta| v.0.unsigned_abs() > MAX_TIME_FLICKS as u64;
            if source.values().any(too_long) {
                at.report(problems, "time_map.source", "project.time", "its values are source times, at most 1000 hours");
            }
        }
    }
    if problems.is_empty() && c.source_span().duration.0 > MAX_TIME_FLICKS {
        at.report(problems, "time_map", "project.speed", "the clip runs through more than 1000 hours of its source");
    }
}

fn clip(problems: &mut Vec<Problem>, project: &Project, c: &Clip, at: &At) {
    time(problems, at, "start", c.start.0, true);
    time(problems, at, "source_in", c.source_in.0, true);
    time(problems, at, "duration", c.duration.0, true);
    if c.duration.0 == 0 {
        at.report(problems, "duration", "project.duration", "the clip has no length");
    }
    speed(problems, c, at);
    match &c.source {
        ClipSource::Solid(s) => color(problems, at, "source.color", &s.color),
        ClipSource::Text(t) => drawing::text(problems, project, t, at),
        ClipSource::Shape(s) => drawing::shapes(problems, s, at),
        ClipSource::Subtitles(s) => drawing::subtitles(problems, project, s, at),
        _ => {}
    }
    for (i, m) in c.video.masks.iter().enumerate() {
        mask(problems, m, &At { path: &format_args!("{}.video.masks[{i}]", at.path), clip: at.clip });
    }
    let v = &c.video;
    number(problems, at, "video.opacity", &v.opacity, UNIT);
    let t = &v.transform;
    margins(problems, at, c);
    number(problems, at, "video.transform.position_px", &t.position_px, (-1e6, 1e6));
    number(problems, at, "video.transform.scale", &t.scale, (-1000.0, 1000.0));
    number(problems, at, "video.transform.rotation_degrees", &t.rotation_degrees, (-1e6, 1e6));
    number(problems, at, "video.transform.anchor", &t.anchor, (-1000.0, 1000.0));
    for (name, crop) in [("left", &t.crop_left), ("top", &t.crop_top), ("right", &t.crop_right), ("bottom", &t.crop_bottom)] {
        number(problems, at, format_args!("video.transform.crop_{name}"), crop, UNIT);
    }
    for (i, e) in v.effects.iter().enumerate() {
        params(problems, &At { path: &format_args!("{}.video.effects[{i}]", at.path), clip: at.clip }, &e.params);
    }
    if let Some(freeze) = v.freeze {
        time(problems, at, "video.freeze", freeze.0, true);
    }
    let a = &c.audio;
    for (name, moved) in [("audio.lead", a.lead), ("audio.tail", a.tail)] {
        time(problems, at, name, moved.0, false);
    }
    if a.channels.len() > MAX_CHANNELS || a.channels.iter().any(|n| *n as usize >= MAX_SOURCE_CHANNELS) {
        let message = format!("at most {MAX_CHANNELS} channels can be named, each from 0 to {}", MAX_SOURCE_CHANNELS - 1);
        at.report(problems, "audio.channels", "project.number", message);
    }
    number(problems, at, "audio.gain_db", &a.gain_db, GAIN_DB);
    number(problems, at, "audio.pan", &a.pan, PAN);
    sounds(problems, at, "audio.effects", &a.effects);
    for (name, level) in [("audio.center_mix_db", a.center_mix_db), ("audio.lfe_mix_db", a.lfe_mix_db)] {
        number(problems, at, name, &Animated::Constant(level.unwrap_or(0.0)), FOLD_DB);
    }
    for (name, fade) in [("audio.fade_in", a.fade_in), ("audio.fade_out", a.fade_out)] {
        time(problems, at, name, fade.0, true);
        if fade > c.duration {
            at.report(problems, name, "project.fade", "the fade is longer than the clip");
        }
    }
}

/// The margins of `align`, and what they and it need.
fn margins(problems: &mut Vec<Problem>, at: &At, c: &Clip) {
    let (t, field) = (&c.video.transform, "video.transform.margin");
    let [x, y] = t.margin.0;
    for margin in [Some(x), Some(y).filter(|y| *y != x)].into_iter().flatten() {
        let (value, limit, unit) = match margin {
            Margin::Px(px) => (px, 1e6, "canvas pixels"),
            Margin::Percent(percent) => (percent, 1e4, "%"),
        };
        if !(-limit..=limit).contains(&value) {
            at.report(problems, field, "project.number", format!("{value} is outside -{limit}..={limit} {unit}"));
        }
    }
    if t.align.is_none() && t.margin != Margins::default() {
        let message = "a margin needs `align`, which says from which sides of the canvas it counts, such as \"top-left\"";
        at.report(problems, field, "project.align", message);
    }
    if t.align.is_some() && matches!(c.source, ClipSource::Null(_)) {
        let message = "a null object has no picture to align; set its `position_px`";
        at.report(problems, "video.transform.align", "project.align", message);
    }
}

fn mask(problems: &mut Vec<Problem>, m: &Mask, at: &At) {
    number(problems, at, "opacity", &m.opacity, UNIT);
    number(problems, at, "feather_px", &m.feather_px, FEATHER);
    number(problems, at, "expansion_px", &m.expansion_px, EXPANSION);
    number(problems, at, "offset", &m.offset, PLACE);
    let vertices = match &m.shape {
        MaskShape::Rectangle(b) | MaskShape::Ellipse(b) => {
            number(problems, at, "shape.center", &b.center, PLACE);
            number(problems, at, "shape.size", &b.size, (0.0, PLACE.1));
            number(problems, at, "shape.rotation_degrees", &b.rotation_degrees, (-1e6, 1e6));
            number(problems, at, "shape.corner_radius_px", &b.corner_radius_px, (0.0, 1e5));
            4
        }
        MaskShape::Path(p) => {
            number(problems, at, "shape.path", &p.path, PLACE);
            for (i, path) in p.path.values().enumerate() {
                let keyframe = format_args!("shape.path.keyframes[{i}].value");
                let field: &dyn Display = match &p.path {
                    Animated::Constant(_) => &"shape.path",
                    Animated::Curve(_) => &keyframe,
                };
                if !(3..=MAX_VERTICES).contains(&path.0.len()) {
                    at.report(
                        problems,
                        field,
                        "project.path",
                        format!("{} vertices; an outline has 3 to {MAX_VERTICES}", path.0.len()),
                    );
                }
                let in_range = |p: &[f64; 2]| p.iter().all(|v| (PLACE.0..=PLACE.1).contains(v));
                if !path.0.iter().all(|v| in_range(&v.point) && in_range(&v.tangent_in) && in_range(&v.tangent_out)) {
                    at.report(problems, field, "project.number", format!("coordinates must be from {} to {}", PLACE.0, PLACE.1));
                }
            }
            p.path.values().map(|p| p.0.len()).max().unwrap_or(0)
        }
    };
    let no_edges = match &m.shape {
        MaskShape::Ellipse(_) => Some("an ellipse has no edges; use `feather_px`"),
        MaskShape::Path(p) if p.path.values().any(|p| p.0.len() != vertices) => Some(
            "edges have no fixed names while the number of vertices changes; give all keyframes the same number, or use `feather_px`",
        ),
        _ => None,
    };
    if let (Some(reason), false) = (no_edges, m.edge_feather_px.is_empty()) {
        at.report(problems, "edge_feather_px", "project.edge", reason);
        return;
    }
    for (key, feather) in &m.edge_feather_px {
        let field = format_args!("edge_feather_px.{key}");
        if crate::mask::edge_of_key(key, vertices).is_none() {
            let message =
                format!("\"{key}\" is not an edge of {vertices} vertices; write \"0->1\" for the one from the first to the second");
            at.report(problems, field, "project.edge", message);
        }
        number(problems, at, field, feather, FEATHER);
    }
}

fn params(problems: &mut Vec<Problem>, at: &At, params: &Params) {
    for (name, value) in params {
        number(problems, at, format_args!("params.{name}"), value, PARAM);
    }
}

fn color(problems: &mut Vec<Problem>, at: &At, field: &str, rgba: &[f64; 4]) {
    if !rgba.iter().all(|v| (0.0..=1.0).contains(v)) {
        at.report(problems, field, "project.number", format!("{rgba:?} is not a colour: four numbers from 0 to 1"));
    }
}

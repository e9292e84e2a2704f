//! Checks sound effects: those of clips, tracks, buses and outputs, and what they follow.
use super::{params, problem, unknown};
use crate::other_names::Named;
use cutroom_effects::{Catalog, ParamKind};
use cutroom_project::{Animated, Composition, EffectInstance, Place, Problem, TrackPlace};
use cutroom_types::{BusId, ClipId, ParamValue, TrackId};
use std::fmt::Display;

pub(super) fn check(problems: &mut Vec<Problem>, c: &Composition, at: usize, catalog: &Catalog) {
    let before = problems.len();
    let composition = Place::Composition(at);
    let mut has_keys = false;
    let mut check = |effects: &[EffectInstance], path: &dyn Display, clip: Option<&ClipId>| {
        for (i, e) in effects.iter().enumerate() {
            has_keys |= effect(problems, c, e, &format_args!("{path}[{i}]"), clip, catalog);
        }
    };
    check(&c.audio.effects, &composition.field("audio.effects"), None);
    for (j, bus) in c.audio.buses.iter().enumerate() {
        check(&bus.effects, &composition.field(format_args!("audio.buses[{j}].effects")), None);
    }
    for (j, t) in c.tracks.iter().enumerate() {
        let track = TrackPlace { composition: at, track: j };
        check(&t.audio.effects, &Place::from(track).field("audio.effects"), None);
        for (k, clip) in t.clips.iter().enumerate().filter(|(_, c)| !c.audio.effects.is_empty()) {
            check(&clip.audio.effects, &Place::from(track.clip(k)).field("audio.effects"), Some(&clip.id));
        }
    }
    if has_keys
        && problems.len() == before
        && let Some(circle) = circle(c, catalog)
    {
        let message = format!("each of these gets or follows the sound of the next: {}", circle.join(" → "));
        problems.push(problem(composition.field("audio"), None, "project.cycle", message));
    }
}

/// Tracks and buses that get or follow each other's sound in a circle, the first one again at the end.
fn circle(c: &Composition, catalog: &Catalog) -> Option<Vec<String>> {
    let strips: Vec<(&str, Vec<&str>)> = {
        let buses = c.audio.buses.iter().map(|b| {
            let to = b.output.iter().chain(b.sends.iter().map(|s| &s.bus)).map(BusId::as_str);
            (b.id.as_str(), to.collect::<Vec<_>>(), keys(&b.effects, catalog))
        });
        let tracks = c.tracks.iter().map(|t| {
            let to = t.audio.output.iter().chain(t.audio.sends.iter().map(|s| &s.bus)).map(BusId::as_str);
            let clips = t.clips.iter().flat_map(|clip| keys(&clip.audio.effects, catalog));
            (t.id.as_str(), to.collect::<Vec<_>>(), keys(&t.audio.effects, catalog).into_iter().chain(clips).collect())
        });
        let all: Vec<(&str, Vec<&str>, Vec<&str>)> = buses.chain(tracks).collect();
        // What each takes from.
        all.iter()
            .map(|(id, _, followed)| {
                let fed = all.iter().filter(|(_, to, _)| to.contains(id)).map(|(from, _, _)| *from);
                (*id, fed.chain(followed.iter().copied()).collect())
            })
            .collect()
    };
    strips.iter().find_map(|(start, _)| {
        // Breadth first from each, back to it.
        let mut came_from: Vec<(&str, &str)> = Vec::new();
        let mut waiting = vec![*start];
        while let Some(at) = waiting.pop() {
            for next in strips.iter().filter(|(id, _)| *id == at).flat_map(|(_, takes)| takes) {
                if next == start {
                    let mut way = vec![(*start).to_owned(), at.to_owned()];
                    while let Some((_, before)) = came_from.iter().find(|(id, _)| Some(*id) == way.last().map(String::as_str)) {
                        way.push((*before).to_owned());
                    }
                    if way.last().map(String::as_str) != Some(*start) {
                        way.push((*start).to_owned());
                    }
                    way.reverse();
                    return Some(way);
                }
                if !came_from.iter().any(|(id, _)| id == next) {
                    came_from.push((*next, at));
                    waiting.push(*next);
                }
            }
        }
        None
    })
}

/// The tracks and buses that effects follow.
fn keys<'a>(effects: &'a [EffectInstance], catalog: &Catalog) -> Vec<&'a str> {
    let key = |e: &'a EffectInstance| match e.params.get(catalog.sound_effect(&e.effect)?.spec().key()?.id) {
        Some(Animated::Constant(ParamValue::Text(name))) if !name.is_empty() => Some(&**name),
        _ => None,
    };
    effects.iter().filter_map(key).collect()
}

/// Checks one effect; returns whether it follows another sound.
fn effect(
    problems: &mut Vec<Problem>,
    c: &Composition,
    e: &EffectInstance,
    at: &dyn Display,
    clip: Option<&ClipId>,
    catalog: &Catalog,
) -> bool {
    let Some(spec) = catalog.sound_effect(&e.effect) else {
        let message = match catalog.effect(&e.effect) {
            Some(_) => format!("\"{}\" changes pictures; it belongs into `video.effects` of a clip", e.effect),
            None => unknown(Named::SoundEffect, &e.effect, catalog.sound_effects().iter().map(|e| e.id)),
        };
        problems.push(problem(format_args!("{at}.effect"), clip, "project.unknown_effect", message));
        return false;
    };
    params(problems, at, clip, spec.params, &e.params);
    for p in spec.params.iter().filter(|p| !matches!(p.kind, ParamKind::Number { .. } | ParamKind::Bool { .. })) {
        if !p.kind.is_reference() && matches!(e.params.get(p.id), Some(Animated::Curve(_))) {
            let message = format!("\"{}\" of a sound effect cannot be animated; write a plain value", p.id);
            problems.push(problem(format_args!("{at}.params.{}", p.id), clip, "project.not_animatable", message));
        }
    }
    let mut follows = false;
    for p in spec.params.iter().filter(|p| p.kind == ParamKind::Key) {
        let Some(Animated::Constant(ParamValue::Text(name))) = e.params.get(p.id) else { continue };
        if name.is_empty() {
            continue;
        }
        follows = true;
        let (track, bus) = (TrackId::from(&**name), BusId::from(&**name));
        if !c.tracks.iter().any(|t| t.id == track) && c.audio.bus(&bus).is_none() {
            let message = format!("this composition has no track or bus \"{name}\"");
            problems.push(problem(format_args!("{at}.params.{}", p.id), clip, "project.dangling", message));
        }
    }
    follows
}

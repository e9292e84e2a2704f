//! Checks sound effects: those of clips, tracks, buses and outputs, and what they follow.
use super::{params, problem, unknown};
use crate::{PlanError, Timeline, other_names::Named};
use cutroom_effects::{Catalog, ParamKind};
use cutroom_project::{Animated, Composition, EffectInstance, Place, Problem, Project, TrackPlace};
use cutroom_types::{BusId, ClipId, ParamValue, TrackId};
use std::fmt::Display;

pub(super) fn check(problems: &mut Vec<Problem>, project: &Project, c: &Composition, at: usize, catalog: &Catalog) {
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
    // What follows each other is known from a plan of the whole composition.
    if has_keys
        && problems.len() == before
        && let Ok(timeline) = Timeline::new(project, &c.id, catalog)
        && let Err(error @ PlanError::SoundCycle { .. }) = timeline.sound(0, timeline.sample_count().max(0) as usize)
    {
        problems.push(problem(composition, None, error.code(), error.to_string()));
    }
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

//! Validates a project against the effects catalogue.
mod sound;

use crate::{
    PlanError, Timeline,
    limits::{MAX_PICTURES, TOO_MANY_PICTURES, pictures},
    other_names::{Named, here},
    uses,
};
use cutroom_effects::{Catalog, ParamKind, ParamSpec};
use cutroom_project::{Animated, MediaKind, Params, Place, Problem, Project, Track, TrackKind, TrackPlace, cycle::Cycles};
use cutroom_types::{ClipId, MediaId, ParamValue, TrackId};
use std::{collections::HashMap, fmt::Display};

/// The problems that only the catalogue can show, in addition to those of
/// `cutroom_project::validate`, in document order: unknown effects, transitions and blend modes;
/// parameters that do not exist, are of the wrong kind, out of range, or animated though they must
/// not be; media and tracks that parameters must name and do not, or name wrongly; nesting and
/// effects over time that exceed the limits of layers and pictures of a frame.
pub fn validate_against_catalog(project: &Project, catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, c) in project.compositions.iter().enumerate() {
        if let Err(e @ PlanError::Nesting { .. }) = Timeline::new(project, &c.id, catalog) {
            problems.push(problem(Place::Composition(i), None, e.code(), e.to_string()));
        }
        sound::check(&mut problems, c, i, catalog);
        let cycles = Cycles::new(c, |clip| uses::tracks_of(clip, catalog).collect());
        let tracks: HashMap<&TrackId, &Track> = c.tracks.iter().map(|t| (&t.id, t)).collect();
        for (j, t) in c.tracks.iter().enumerate() {
            let track = TrackPlace { composition: i, track: j };
            for (k, clip) in t.clips.iter().enumerate() {
                let place = Place::from(track.clip(k));
                let mut report = |field, code, message| problems.push(problem(place.field(field), Some(&clip.id), code, message));
                if catalog.blend_mode(&clip.video.blend).is_none() {
                    let known = catalog.blend_modes().iter().map(|b| b.id);
                    report("video.blend", "project.unknown_blend_mode", unknown(Named::BlendMode, &clip.video.blend, known));
                }
                if pictures(clip, c.frame_rate, catalog) > MAX_PICTURES {
                    report("video.effects", "project.nesting", TOO_MANY_PICTURES.into());
                }
                for (l, e) in clip.video.effects.iter().enumerate() {
                    let field = format_args!("video.effects[{l}]");
                    let at = place.field(field);
                    match catalog.effect(&e.effect) {
                        Some(spec) => {
                            params(&mut problems, &at, Some(&clip.id), spec.params, &e.params);
                            let around = Around { project, tracks: &tracks, cycles: &cycles, track: j, clip: Some(k) };
                            around.references(&mut problems, &at, Some(&clip.id), spec.params, &e.params);
                        }
                        None => {
                            let known = catalog.effects().iter().map(|e| e.id);
                            let message = match catalog.sound_effect(&e.effect) {
                                Some(_) => format!("\"{}\" changes sound; it belongs into `audio.effects`", e.effect),
                                None => unknown(Named::Effect, &e.effect, known),
                            };
                            problems.push(problem(format_args!("{at}.effect"), Some(&clip.id), "project.unknown_effect", message));
                        }
                    }
                }
            }
            for (k, x) in t.transitions.iter().enumerate() {
                let (at, clip) = (track.transition(k), x.from.as_ref().or(x.to.as_ref()));
                match catalog.transition(&x.kind) {
                    Some(spec) => {
                        params(&mut problems, &at, clip, spec.params, &x.params);
                        let around = Around { project, tracks: &tracks, cycles: &cycles, track: j, clip: None };
                        around.references(&mut problems, &at, clip, spec.params, &x.params);
                    }
                    None => {
                        let known = catalog.transitions().iter().map(|x| x.id);
                        problems.push(problem(
                            format_args!("{at}.kind"),
                            clip,
                            "project.unknown_transition",
                            unknown(Named::Transition, &x.kind, known),
                        ));
                    }
                }
            }
        }
    }
    problems
}

/// All problems of a document, each fault once: those of `cutroom_project::validate` and those that
/// only the catalogue can show.
pub fn validate(project: &Project, catalog: &Catalog) -> Vec<Problem> {
    let mut problems = cutroom_project::validate(project);
    // A composition inside itself cannot be planned either.
    let nested = problems.iter().any(|p| matches!(p.code, "project.cycle" | "project.nesting"));
    let others = validate_against_catalog(project, catalog);
    problems.extend(others.into_iter().filter(|p| !(nested && p.code == "project.nesting")));
    problems
}

fn problem(path: impl Display, clip: Option<&ClipId>, code: &'static str, message: String) -> Problem {
    Problem { json_path: path.to_string(), clip: clip.cloned(), code, message }
}

/// Message for an unknown id, with what it is called here, or else up to three known ones that are
/// similar.
fn unknown(kind: Named, id: &str, known: impl Iterator<Item = &'static str>) -> String {
    let what = match kind {
        Named::Effect => "effect",
        Named::SoundEffect => "sound effect",
        Named::Transition => "transition",
        Named::BlendMode => "blend mode",
    };
    if let Some(here) = here(kind, id) {
        return format!("there is no {what} \"{id}\"; write {here}");
    }
    let mut near: Vec<(f64, &str)> =
        known.map(|k| (strsim::jaro_winkler(id, k), k)).filter(|(likeness, _)| *likeness > 0.75).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let near: Vec<&str> = near.iter().take(3).map(|(_, k)| *k).collect();
    let near = if near.is_empty() { String::new() } else { format!("; similar ones are {}", near.join(", ")) };
    format!("there is no {what} \"{id}\"{near}")
}

fn params(problems: &mut Vec<Problem>, at: &dyn Display, clip: Option<&ClipId>, table: &[ParamSpec], given: &Params) {
    for (name, value) in given {
        let path = format_args!("{at}.params.{name}");
        let Some(spec) = table.iter().find(|p| p.id == name) else {
            let known: Vec<_> = table.iter().map(|p| p.id).collect();
            let message = format!("there is no parameter \"{name}\"; known are {}", known.join(", "));
            problems.push(problem(path, clip, "project.unknown_param", message));
            continue;
        };
        let fixed =
            matches!(spec.kind, ParamKind::Number { animatable: false, .. } | ParamKind::Curve { .. }) || spec.kind.is_reference();
        if fixed && matches!(value, Animated::Curve(_)) {
            problems.push(problem(
                path,
                clip,
                "project.not_animatable",
                format!("\"{name}\" cannot be animated; write a plain value"),
            ));
            continue;
        }
        for (i, v) in value.values().enumerate() {
            if let Some(reason) = spec.kind.problem(v) {
                problems.push(match value {
                    Animated::Constant(_) => problem(path, clip, "project.param", reason),
                    Animated::Curve(_) => problem(format_args!("{path}.keyframes[{i}].value"), clip, "project.param", reason),
                });
            }
        }
    }
}

/// Where in the project the checked parameters are.
struct Around<'a> {
    project: &'a Project,
    tracks: &'a HashMap<&'a TrackId, &'a Track>,
    cycles: &'a Cycles<'a>,
    /// Index of the track.
    track: usize,
    /// Index of the clip whose effects are checked; `None` for transitions.
    clip: Option<usize>,
}

impl Around<'_> {
    /// Checks that parameters which must name a media or a track do so, and that it can have a
    /// picture.
    fn references(
        &self,
        problems: &mut Vec<Problem>,
        at: &dyn Display,
        clip: Option<&ClipId>,
        table: &[ParamSpec],
        given: &Params,
    ) {
        for spec in table.iter().filter(|p| p.kind.is_reference()) {
            let name = match given.get(spec.id) {
                None => "",
                Some(Animated::Constant(ParamValue::Text(name))) => &**name,
                // Already reported by `params`.
                Some(_) => continue,
            };
            let found = match spec.kind {
                ParamKind::Media => self.media(name),
                _ => self.other_track(name),
            };
            if let Err((code, message)) = found {
                problems.push(problem(format_args!("{at}.params.{}", spec.id), clip, code, message));
            }
        }
    }

    fn media(&self, id: &str) -> Result<(), (&'static str, String)> {
        if id.is_empty() {
            return Err(("project.missing_param", "the id of a media with a picture is needed".into()));
        }
        match self.project.media(&MediaId::from(id)) {
            None => Err(("project.dangling", format!("there is no media \"{id}\""))),
            Some(media) if media.kind == MediaKind::Audio => {
                Err(("project.no_picture", format!("media \"{id}\" is sound; an image or a video is needed")))
            }
            Some(_) => Ok(()),
        }
    }

    fn other_track(&self, id: &str) -> Result<(), (&'static str, String)> {
        if id.is_empty() {
            return Err(("project.missing_param", "the id of another video track is needed".into()));
        }
        let track = TrackId::from(id);
        match self.tracks.get(&track) {
            None => Err(("project.dangling", format!("this composition has no track \"{id}\""))),
            Some(t) if t.kind != TrackKind::Video => Err(("project.no_picture", format!("\"{id}\" is not a video track"))),
            Some(_) if self.clip.is_some_and(|clip| self.cycles.would_cycle(self.track, clip, &track)) => {
                Err(("project.cycle", format!("the track \"{id}\" is this one, or uses its picture")))
            }
            Some(_) => Ok(()),
        }
    }
}

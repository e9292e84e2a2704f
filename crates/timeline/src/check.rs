//! What the effects catalogue has to object to in a project.
use crate::{
    PlanError, Timeline,
    params::resolve,
    picture::{MAX_PICTURES, TOO_MANY_PICTURES},
};
use cutroom_effects::{ParamKind, ParamSpec, Shape};
use cutroom_project::{Animated, Clip, Params, Problem, Project};
use cutroom_types::{ClipId, FrameRate, TimeDelta};

/// Unknown effects, transitions and blend modes; parameters that do not exist, are of the wrong kind, out of range, or
/// animated though they may not be; nesting and effects over time that would make frames of absurdly many layers. In document order; comes on top of `cutroom_project::validate`.
pub fn check(project: &Project) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, c) in project.compositions.iter().enumerate() {
        if let Err(e @ PlanError::Nesting { .. }) = Timeline::new(project, &c.id) {
            problems.push(problem(format!("compositions[{i}]"), None, e.code(), e.to_string()));
        }
        for (j, t) in c.tracks.iter().enumerate() {
            let track = format!("compositions[{i}].tracks[{j}]");
            for (k, clip) in t.clips.iter().enumerate() {
                let path = format!("{track}.clips[{k}].video");
                let mut tell = |at: String, code, message| problems.push(problem(at, Some(&clip.id), code, message));
                if cutroom_effects::blend_mode(&clip.video.blend).is_none() {
                    let known = cutroom_effects::BLEND_MODES.iter().map(|b| b.id);
                    tell(format!("{path}.blend"), "unknown_blend_mode", unknown("blend mode", &clip.video.blend, known));
                }
                if pictures(clip, c.frame_rate) > MAX_PICTURES {
                    tell(format!("{path}.effects"), "nesting", TOO_MANY_PICTURES.into());
                }
                for (l, e) in clip.video.effects.iter().enumerate() {
                    let at = format!("{path}.effects[{l}]");
                    match cutroom_effects::effect(&e.effect) {
                        Some(spec) => params(&mut problems, &at, Some(&clip.id), spec.params, &e.params),
                        None => {
                            let known = cutroom_effects::EFFECTS.iter().map(|e| e.id);
                            let message = unknown("effect", &e.effect, known);
                            problems.push(problem(format!("{at}.effect"), Some(&clip.id), "unknown_effect", message));
                        }
                    }
                }
            }
            for (k, x) in t.transitions.iter().enumerate() {
                let (at, clip) = (format!("{track}.transitions[{k}]"), x.from.as_ref().or(x.to.as_ref()));
                match cutroom_effects::transition(&x.kind) {
                    Some(spec) => params(&mut problems, &at, clip, spec.params, &x.params),
                    None => {
                        let known = cutroom_effects::TRANSITIONS.iter().map(|x| x.id);
                        problems.push(problem(
                            format!("{at}.kind"),
                            clip,
                            "unknown_transition",
                            unknown("transition", &x.kind, known),
                        ));
                    }
                }
            }
        }
    }
    problems
}

/// How many pictures of a clip its effects over time need for one frame.
fn pictures(clip: &Clip, rate: FrameRate) -> usize {
    let frame_secs = rate.frame_duration().as_secs_f64();
    let others = clip.video.effects.iter().filter(|e| e.enabled).filter_map(|e| {
        let spec = cutroom_effects::effect(&e.effect)?;
        let Shape::Temporal { times, .. } = spec.shape else { return None };
        let values = resolve(spec.params, &e.params, TimeDelta::ZERO, &e.effect, &clip.id).ok()?;
        Some(times(cutroom_effects::Params(&values), frame_secs).len())
    });
    others.fold(1, |all: usize, n| all.saturating_mul(n + 1))
}

fn problem(json_path: String, clip: Option<&ClipId>, code: &'static str, message: String) -> Problem {
    Problem { json_path, clip: clip.cloned(), code, message }
}

/// Names what is nearest to an id that is not there.
fn unknown(what: &str, id: &str, known: impl Iterator<Item = &'static str>) -> String {
    let mut near: Vec<(f64, &str)> =
        known.map(|k| (strsim::jaro_winkler(id, k), k)).filter(|(likeness, _)| *likeness > 0.75).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let near: Vec<&str> = near.iter().take(3).map(|(_, k)| *k).collect();
    let near = if near.is_empty() { String::new() } else { format!("; near it are {}", near.join(", ")) };
    format!("there is no {what} \"{id}\"{near}; `cutroom catalog` lists all")
}

fn params(problems: &mut Vec<Problem>, at: &str, clip: Option<&ClipId>, table: &[ParamSpec], given: &Params) {
    for (name, value) in given {
        let path = format!("{at}.params.{name}");
        let Some(spec) = table.iter().find(|p| p.id == name) else {
            let known: Vec<_> = table.iter().map(|p| p.id).collect();
            let message = format!("there is no parameter \"{name}\"; known are {}", known.join(", "));
            problems.push(problem(path, clip, "unknown_param", message));
            continue;
        };
        if matches!((&spec.kind, value), (ParamKind::Number { animatable: false, .. }, Animated::Curve(_))) {
            problems.push(problem(path, clip, "not_animatable", format!("\"{name}\" cannot be animated; write a plain value")));
            continue;
        }
        let place = |i: usize| match value {
            Animated::Constant(_) => path.clone(),
            Animated::Curve(_) => format!("{path}.keyframes[{i}].value"),
        };
        for (i, v) in value.values().enumerate() {
            if let Some(reason) = spec.kind.problem(v) {
                problems.push(problem(place(i), clip, "param", reason));
            }
        }
    }
}

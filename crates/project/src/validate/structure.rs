//! Checks how elements refer to each other: ids, references, overlaps, transitions, nesting.
use super::{MAX_NESTING, Problem, SPEED_LIMITS, references, report, routing};
use crate::{
    Clip, ClipPlace, ClipSource, Composition, Media, MediaKind, Place, Project, ProjectIndex, Track, TrackKind, TrackPlace,
};
use cutroom_types::{ClipId, CompositionId, MediaId, Time, TimeDelta};
use std::{
    collections::{HashMap, HashSet},
    fmt::{self, Display},
};

/// Maximum gap or overlap at a cut with a transition: 1 ms, since earlier programs store seconds as
/// floats.
const CUT_TOLERANCE_FLICKS: u64 = 705_600;
/// Maximum overlap of clips, since start, length and the next start are each rounded to flicks.
const ROUNDING: TimeDelta = TimeDelta(4);
/// Relative tolerance for products of speeds, which depend on the order of multiplication.
const SPEED_ROUNDING: f64 = 1e-9;

pub(super) fn check(project: &Project, problems: &mut Vec<Problem>) {
    ids(project, problems);
    let known = Known {
        project,
        index: ProjectIndex::new(project),
        lengths: project.compositions.iter().map(Composition::length).collect(),
    };
    if project.main_composition().is_none() {
        report(problems, "main", None, "project.dangling", format!("there is no composition \"{}\"", project.main));
    }
    for (i, c) in project.compositions.iter().enumerate() {
        for (j, t) in c.tracks.iter().enumerate() {
            let track = TrackPlace { composition: i, track: j };
            for (k, clip) in t.clips.iter().enumerate() {
                let place = Place::from(track.clip(k));
                source(problems, &known, t, clip, place);
                if let Some(l) = &clip.linked
                    && known.index.clip(l).is_none()
                {
                    report(
                        problems,
                        place.field("linked"),
                        Some(&clip.id),
                        "project.dangling",
                        format!("there is no clip \"{l}\""),
                    );
                }
            }
            overlaps(problems, t, track);
            transitions(problems, t, track);
        }
        references::check(problems, c, i);
        routing::check(problems, c, i);
    }
    let before = problems.len();
    cycles(problems, &known);
    if problems.len() == before {
        nested_speeds(problems, &known);
    }
}

/// A project, with values that are looked up often.
struct Known<'a> {
    project: &'a Project,
    index: ProjectIndex,
    /// Length of each composition.
    lengths: Vec<TimeDelta>,
}

impl<'a> Known<'a> {
    fn media(&self, id: &MediaId) -> Option<&'a Media> {
        self.index.media(id).map(|at| &self.project.media[at])
    }

    fn composition(&self, id: &CompositionId) -> Option<(&'a Composition, TimeDelta)> {
        self.index.composition(id).map(|at| (&self.project.compositions[at], self.lengths[at]))
    }
}

/// Checks that each id has a permitted length and is unique among elements of its kind.
fn ids<'a>(project: &'a Project, problems: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    for (i, m) in project.media.iter().enumerate() {
        id(problems, &mut seen, "media", m.id.as_str(), Place::Media(i).field("id"), None);
    }
    for (i, c) in project.compositions.iter().enumerate() {
        let place = Place::Composition(i);
        id(problems, &mut seen, "composition", c.id.as_str(), place.field("id"), None);
        for (k, e) in c.audio.effects.iter().enumerate() {
            id(problems, &mut seen, "effect", e.id.as_str(), place.field(format_args!("audio.effects[{k}].id")), None);
        }
        for (j, bus) in c.audio.buses.iter().enumerate() {
            // Effects name tracks and buses alike.
            id(problems, &mut seen, "track", bus.id.as_str(), place.field(format_args!("audio.buses[{j}].id")), None);
            for (k, e) in bus.effects.iter().enumerate() {
                let field = format_args!("audio.buses[{j}].effects[{k}].id");
                id(problems, &mut seen, "effect", e.id.as_str(), place.field(field), None);
            }
        }
        for (j, t) in c.tracks.iter().enumerate() {
            let track = TrackPlace { composition: i, track: j };
            id(problems, &mut seen, "track", t.id.as_str(), Place::from(track).field("id"), None);
            for (k, clip) in t.clips.iter().enumerate() {
                let place = Place::from(track.clip(k));
                let mut of_clip = |kind, name: &'a str, field: fmt::Arguments<'_>| {
                    id(problems, &mut seen, kind, name, place.field(field), Some(&clip.id));
                };
                of_clip("clip", clip.id.as_str(), format_args!("id"));
                for (l, e) in clip.video.effects.iter().enumerate() {
                    of_clip("effect", e.id.as_str(), format_args!("video.effects[{l}].id"));
                }
                for (l, e) in clip.audio.effects.iter().enumerate() {
                    of_clip("effect", e.id.as_str(), format_args!("audio.effects[{l}].id"));
                }
                for (l, m) in clip.video.masks.iter().enumerate() {
                    of_clip("mask", m.id.as_str(), format_args!("video.masks[{l}].id"));
                }
            }
            for (k, e) in t.audio.effects.iter().enumerate() {
                let field = format_args!("audio.effects[{k}].id");
                id(problems, &mut seen, "effect", e.id.as_str(), Place::from(track).field(field), None);
            }
            for (k, x) in t.transitions.iter().enumerate() {
                id(problems, &mut seen, "transition", x.id.as_str(), Place::from(track.transition(k)).field("id"), None);
            }
        }
    }
}

fn id<'a>(
    problems: &mut Vec<Problem>,
    seen: &mut HashSet<(&'static str, &'a str)>,
    kind: &'static str,
    id: &'a str,
    path: impl Display,
    clip: Option<&ClipId>,
) {
    if id.is_empty() || id.len() > 200 {
        report(problems, path, clip, "project.id", "an id has 1 to 200 bytes");
    } else if !seen.insert((kind, id)) {
        report(problems, path, clip, "project.duplicate_id", format!("another {kind} has the id \"{id}\" too"));
    }
}

fn source(problems: &mut Vec<Problem>, known: &Known<'_>, track: &Track, clip: &Clip, place: Place) {
    let mut problem = |field, code, message: String| report(problems, place.field(field), Some(&clip.id), code, message);
    match &clip.source {
        ClipSource::Media(s) => {
            let Some(media) = known.media(&s.media) else {
                return problem("source.media", "project.dangling", format!("there is no media \"{}\"", s.media));
            };
            if track.kind == TrackKind::Video && media.kind == MediaKind::Audio {
                problem(
                    "source.media",
                    "project.no_picture",
                    format!("\"{}\" is sound only; put the clip on an audio track", s.media),
                );
            }
            if track.kind == TrackKind::Audio && media.kind == MediaKind::Image {
                problem(
                    "source.media",
                    "project.no_sound",
                    format!("\"{}\" is a still picture; put the clip on a video track", s.media),
                );
            }
            let facts = media.facts.as_ref();
            for (field, choice, count) in [
                ("source.video_stream", s.video_stream, facts.and_then(|f| f.video_streams)),
                ("source.audio_stream", s.audio_stream, facts.and_then(|f| f.audio_streams)),
            ] {
                if let (crate::StreamChoice::Index(i), Some(n)) = (choice, count)
                    && i >= n
                {
                    problem(
                        field,
                        "project.no_stream",
                        format!("\"{}\" has {n} such streams, counted from 0; there is no number {i}", s.media),
                    );
                }
            }
        }
        ClipSource::Composition(s) => {
            let Some((inner, length)) = known.composition(&s.composition) else {
                return problem("source.composition", "project.dangling", format!("there is no composition \"{}\"", s.composition));
            };
            let used = clip.source_span();
            // Half a frame of tolerance, for times that were rounded to other frame grids.
            if used.start < Time::ZERO || used.end().0 > length.0.saturating_add(inner.frame_rate.frame_duration().0 / 2) {
                problem(
                    "source_in",
                    "project.past_source_end",
                    past_end(&s.composition, used.start, used.end(), length.as_secs_f64()),
                );
            }
        }
        ClipSource::Solid(_) if track.kind == TrackKind::Audio => {
            problem("source", "project.no_sound", "a colour has no sound".into())
        }
        ClipSource::Text(_) | ClipSource::Shape(_) | ClipSource::Subtitles(_) if track.kind == TrackKind::Audio => {
            problem("source", "project.no_sound", "text, shapes and subtitles have no sound; put the clip on a video track".into())
        }
        ClipSource::Null(_) if track.kind == TrackKind::Audio => {
            problem("source", "project.no_sound", "a null object has no sound; put the clip on a video track".into());
        }
        ClipSource::Adjustment(_) if track.kind == TrackKind::Audio => {
            problem(
                "source",
                "project.no_sound",
                "an adjustment layer changes pictures only; put the clip on a video track".into(),
            );
        }
        ClipSource::Adjustment(_) => {
            for (field, plain) in [
                ("video.transform", clip.video.transform == crate::Transform::default()),
                ("video.parent", clip.video.parent.is_none()),
                ("video.motion_blur", !clip.video.motion_blur),
            ] {
                if !plain {
                    let reason = "an adjustment layer has no picture of its own to place; use a mask to say where it applies";
                    problem(field, "project.adjustment", reason.into());
                }
            }
        }
        ClipSource::Solid(_) | ClipSource::Null(_) | ClipSource::Text(_) | ClipSource::Shape(_) | ClipSource::Subtitles(_) => {}
    }
    if clip.video.frames != crate::FrameInterpolation::Nearest && !matches!(clip.source, ClipSource::Media(_)) {
        let reason = "only the frames of a file have others in between; set it on the clips that show files";
        problem("video.frames", "project.frames", reason.into());
    }
    let used = clip.source_span();
    if used.start < Time::ZERO && matches!(&clip.source, ClipSource::Media(source) if !source.repeat) {
        problem(
            "source_in",
            "project.past_source_end",
            format!("played backwards the clip runs to {:.6} s, before the start of its source", used.start.as_secs_f64()),
        );
    }
}

fn past_end(id: &CompositionId, start: Time, end: Time, length_secs: f64) -> String {
    format!(
        "the clip uses {:.6} s to {:.6} s of composition \"{id}\", which lasts from 0 to {length_secs:.6} s",
        start.as_secs_f64(),
        end.as_secs_f64()
    )
}

fn overlaps(problems: &mut Vec<Problem>, track: &Track, place: TrackPlace) {
    let mut order: Vec<usize> = (0..track.clips.len()).collect();
    order.sort_by_key(|&i| (track.clips[i].start, i));
    let mut last: Option<usize> = None;
    for i in order {
        let clip = &track.clips[i];
        if let Some(l) = last
            && track.clips[l].span().end() > clip.start.saturating_add(ROUNDING)
        {
            let other = &track.clips[l];
            report(
                problems,
                Place::from(place.clip(i)).field("start"),
                Some(&clip.id),
                "project.overlap",
                format!(
                    "starts at {:.6} s, before clip \"{}\" of the same track ends at {:.6} s",
                    clip.start.as_secs_f64(),
                    other.id,
                    other.span().end().as_secs_f64()
                ),
            );
        }
        if last.is_none_or(|l| clip.span().end() > track.clips[l].span().end()) {
            last = Some(i);
        }
    }
}

fn transitions(problems: &mut Vec<Problem>, track: &Track, place: TrackPlace) {
    let clips: HashMap<&ClipId, &Clip> = track.clips.iter().map(|c| (&c.id, c.as_ref())).collect();
    // Length of each clip that transitions cover: (at its start, at its end).
    let mut taken: HashMap<&ClipId, (Option<i64>, Option<i64>)> = HashMap::new();
    for (i, x) in track.transitions.iter().enumerate() {
        let place = Place::from(place.transition(i));
        let mut problem = |field: &str, clip: Option<&ClipId>, code, message: String| {
            let whole = field.is_empty();
            let at: &dyn Display = if whole { &place } else { &place.field(field) };
            report(problems, at, clip, code, message);
        };
        if track.kind == TrackKind::Audio && (x.from.is_none() || x.to.is_none()) {
            problem(
                "",
                None,
                "project.transition_clips",
                "on an audio track a transition joins two clips; use fade_in or fade_out".into(),
            );
        }
        let mut missing = false;
        for (field, id) in [("from", &x.from), ("to", &x.to)] {
            if let Some(id) = id
                && !clips.contains_key(id)
            {
                missing = true;
                problem(field, Some(id), "project.dangling", format!("there is no clip \"{id}\" on this track"));
            }
        }
        if x.from.is_none() && x.to.is_none() {
            problem("", None, "project.transition_clips", "a transition needs `from`, `to` or both".into());
        }
        if missing {
            continue;
        }
        let (from, to) = (x.from.as_ref().map(|id| clips[id]), x.to.as_ref().map(|id| clips[id]));
        if let (Some(f), Some(t)) = (from, to)
            && (f.id == t.id || f.span().end().0.abs_diff(t.start.0) > CUT_TOLERANCE_FLICKS)
        {
            problem(
                "",
                Some(&t.id),
                "project.not_at_a_cut",
                format!(
                    "clip \"{}\" ends at {:.6} s and clip \"{}\" starts at {:.6} s; a transition needs a cut where one ends and the next begins",
                    f.id,
                    f.span().end().as_secs_f64(),
                    t.id,
                    t.start.as_secs_f64()
                ),
            );
            continue;
        }
        let Some(span) = x.span_between(from.map(Clip::span), to.map(Clip::span)) else { continue };
        for (clip, tail) in [(from, true), (to, false)].into_iter().filter_map(|(c, tail)| c.map(|c| (c, tail))) {
            let part =
                if tail { clip.span().end().0.saturating_sub(span.start.0) } else { span.end().0.saturating_sub(clip.start.0) };
            let entry = taken.entry(&clip.id).or_default();
            let side = if tail { &mut entry.1 } else { &mut entry.0 };
            if side.is_some() {
                let end = if tail { "end" } else { "start" };
                problem(
                    "",
                    Some(&clip.id),
                    "project.two_transitions",
                    format!("the {end} of clip \"{}\" has a transition already", clip.id),
                );
            }
            *side = Some(part.max(0));
            if entry.0.unwrap_or(0).saturating_add(entry.1.unwrap_or(0)) > clip.duration.0 {
                problem(
                    "duration",
                    Some(&clip.id),
                    "project.transition_too_long",
                    format!("clip \"{}\" lasts {:.6} s and is too short for its transitions", clip.id, clip.duration.as_secs_f64()),
                );
            }
        }
    }
}

/// Reports cycles and too deep nesting of compositions, by a depth-first walk without recursion.
fn cycles(problems: &mut Vec<Problem>, known: &Known<'_>) {
    let project = known.project;
    let nested = |(i, c): (usize, &Composition)| -> Vec<(usize, ClipPlace)> {
        let mut all = Vec::new();
        for (j, t) in c.tracks.iter().enumerate() {
            for (k, clip) in t.clips.iter().enumerate() {
                if let ClipSource::Composition(s) = &clip.source
                    && let Some(to) = known.index.composition(&s.composition)
                {
                    all.push((to, TrackPlace { composition: i, track: j }.clip(k)));
                }
            }
        }
        all
    };
    let edges: Vec<_> = project.compositions.iter().enumerate().map(nested).collect();
    // Longest chain of nested compositions from each composition on, once it is known.
    let mut depth: Vec<Option<usize>> = vec![None; edges.len()];
    let mut on_path = vec![false; edges.len()];
    for root in 0..edges.len() {
        let mut stack = vec![(root, 0)];
        on_path[root] = depth[root].is_none();
        while let Some(&mut (at, ref mut next)) = stack.last_mut() {
            if depth[at].is_some() || *next >= edges[at].len() {
                if depth[at].is_none() {
                    depth[at] = Some(edges[at].iter().filter_map(|e| depth[e.0]).max().unwrap_or(0) + 1);
                }
                on_path[at] = false;
                stack.pop();
                continue;
            }
            let (to, place) = edges[at][*next];
            *next += 1;
            if on_path[to] {
                report(
                    problems,
                    Place::from(place).field("source.composition"),
                    place.get(project).map(|clip| &clip.id),
                    "project.cycle",
                    format!("composition \"{}\" would contain itself", project.compositions[to].id),
                );
            } else if depth[to].is_none() {
                on_path[to] = true;
                stack.push((to, 0));
            }
        }
        if depth[root].is_some_and(|d| d > MAX_NESTING) {
            report(
                problems,
                Place::Composition(root),
                None,
                "project.nesting",
                format!("nests more than {MAX_NESTING} compositions deep"),
            );
        }
    }
}

/// Checks the products of speeds through nesting, which have the same limits as a clip's own speed.
/// For projects without cycles.
fn nested_speeds(problems: &mut Vec<Problem>, known: &Known<'_>) {
    let project = known.project;
    // Minimum and maximum absolute speed at which sources play within each composition.
    let mut ranges = vec![(1.0f64, 1.0f64); project.compositions.len()];
    let through = |clip: &Clip, ranges: &[(f64, f64)]| {
        let (slow, fast) = match &clip.source {
            ClipSource::Composition(s) => known.index.composition(&s.composition).map_or((1.0, 1.0), |i| ranges[i]),
            _ => (1.0, 1.0),
        };
        let (own_slow, own_fast) = clip.time_map.as_ref().map_or((clip.speed.abs(), clip.speed.abs()), |map| {
            // A map may stand still; its speed between keyframes of source times is not limited.
            let speeds = map.speed.iter().flat_map(|s| s.values());
            (1.0, speeds.fold(1.0, |fastest, s| s.abs().max(fastest)))
        });
        (own_slow * slow, own_fast * fast)
    };
    // Each iteration carries the ranges one level up.
    for _ in 0..MAX_NESTING {
        let next: Vec<(f64, f64)> = project
            .compositions
            .iter()
            .map(|c| c.clips().map(|clip| through(clip, &ranges)).fold((1.0, 1.0), |r, c| (c.0.min(r.0), c.1.max(r.1))))
            .collect();
        if next == ranges {
            break;
        }
        ranges = next;
    }
    let (slowest, fastest) = SPEED_LIMITS;
    for (i, c) in project.compositions.iter().enumerate() {
        for (j, t) in c.tracks.iter().enumerate() {
            for (k, clip) in t.clips.iter().enumerate().filter(|(_, c)| matches!(c.source, ClipSource::Composition(_))) {
                let (slow, fast) = through(clip, &ranges);
                let own = (slowest..=fastest).contains(&clip.speed.abs());
                if own && (slow < slowest * (1.0 - SPEED_ROUNDING) || fast > fastest * (1.0 + SPEED_ROUNDING)) {
                    let message = format!(
                        "with the speeds inside it, sources would run at {slow} to {fast} times their speed; the limits are {slowest} to {fastest}"
                    );
                    let place = Place::from(TrackPlace { composition: i, track: j }.clip(k));
                    report(problems, place.field("speed"), Some(&clip.id), "project.speed", message);
                }
            }
        }
    }
}

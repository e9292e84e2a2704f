//! Trims: plain, ripple and roll; slip, slide, rate stretch and speed.
use super::{
    Edge, OperationError, TrimMode,
    clips::shift_after,
    draft::{self, Draft},
};
use crate::Clip;
use cutroom_types::{ClipId, Span, Time, TimeDelta, TrackId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub(super) fn trim(
    draft: &mut Draft,
    id: &ClipId,
    edge: Edge,
    to: Time,
    mode: TrimMode,
    alone: bool,
) -> Result<(), OperationError> {
    let named = draft.clip(id)?;
    let old = at(&named, edge);
    // Linked clips whose edge is at the same time are trimmed along.
    let mut trimmed = Vec::new();
    for other in draft.together(std::slice::from_ref(id), alone)? {
        let clip = draft.clip(&other)?;
        if at(&clip, edge) == old {
            trimmed.push(clip);
        }
    }
    match mode {
        TrimMode::Plain => trimmed.iter().try_for_each(|clip| plain(draft, clip, edge, to)),
        TrimMode::Roll => trimmed.iter().try_for_each(|clip| roll(draft, clip, edge, to)),
        TrimMode::Ripple => ripple(draft, &trimmed, edge, old, to),
    }
}

fn at(clip: &Clip, edge: Edge) -> Time {
    match edge {
        Edge::Start => clip.start,
        Edge::End => clip.span().end(),
    }
}

/// The clip with an edge elsewhere.
fn with_edge(draft: &Draft, clip: &Clip, edge: Edge, to: Time) -> Result<Clip, OperationError> {
    let (low, high) = match edge {
        Edge::Start => (Time(i64::MIN), clip.span().end()),
        Edge::End => (clip.start, Time(i64::MAX)),
    };
    if to <= low || to >= high {
        let reason = format!("clip \"{}\" would have no length", clip.id);
        return Err(OperationError::time(reason));
    }
    let trimmed = match edge {
        Edge::Start => draft::started_at(clip, to)?,
        Edge::End => draft::ended_at(clip, to),
    };
    draft::check_material(&draft.project, &trimmed)?;
    Ok(trimmed)
}

fn plain(draft: &mut Draft, clip: &Arc<Clip>, edge: Edge, to: Time) -> Result<(), OperationError> {
    let trimmed = with_edge(draft, clip, edge, to)?;
    draft::room(draft.track_of(&clip.id)?, trimmed.span(), |c| c.id == clip.id)?;
    draft.put(trimmed)
}

/// Moves the cut between a clip and the neighbour that meets it.
fn roll(draft: &mut Draft, clip: &Arc<Clip>, edge: Edge, to: Time) -> Result<(), OperationError> {
    let cut = at(clip, edge);
    let (other_edge, what) = match edge {
        Edge::Start => (Edge::End, "before"),
        Edge::End => (Edge::Start, "after"),
    };
    let neighbour = draft.track_of(&clip.id)?.clips.iter().find(|c| at(c, other_edge) == cut).cloned();
    let Some(neighbour) = neighbour else {
        let reason = format!("no clip meets \"{}\" {what} it, so there is no cut to roll", clip.id);
        return Err(OperationError::unfit(reason));
    };
    let (a, b) = (with_edge(draft, clip, edge, to)?, with_edge(draft, &neighbour, other_edge, to)?);
    draft.put(a)?;
    draft.put(b)
}

/// Trims and moves what follows on all tracks that are not locked. The start of a clip stays where it
/// is; its material is cut or uncovered at the front.
fn ripple(draft: &mut Draft, clips: &[Arc<Clip>], edge: Edge, old: Time, to: Time) -> Result<(), OperationError> {
    let by = match edge {
        Edge::Start => old - to,
        Edge::End => to - old,
    };
    let mut trimmed = Vec::new();
    // On the tracks of trimmed clips what follows them moves; on others what follows the first to end.
    let mut ends: BTreeMap<TrackId, Time> = BTreeMap::new();
    let mut tracks = BTreeSet::new();
    for clip in clips {
        let mut changed = with_edge(draft, clip, edge, to)?;
        changed.start = clip.start;
        trimmed.push(changed);
        let track = draft.track_of(&clip.id)?.id.clone();
        tracks.extend(draft.unlocked_tracks(&draft.around(&track)?.id.clone())?);
        ends.insert(track, clip.span().end());
    }
    let first = clips.iter().map(|c| c.span().end()).min().unwrap_or(old);
    let shift = |draft: &mut Draft| {
        tracks.iter().try_for_each(|track| shift_after(draft, track, ends.get(track).copied().unwrap_or(first), by))
    };
    if by < TimeDelta::ZERO {
        // Shorter first, then close up.
        trimmed.into_iter().try_for_each(|clip| draft.put(clip))?;
        shift(draft)
    } else {
        shift(draft)?;
        trimmed.into_iter().try_for_each(|clip| draft.put(clip))
    }
}

pub(super) fn slip(draft: &mut Draft, ids: &[ClipId], by: TimeDelta) -> Result<(), OperationError> {
    for id in draft.together(ids, false)? {
        let clip = draft.clip(&id)?;
        if !draft::has_source_time(&clip) {
            if ids.contains(&id) {
                return Err(OperationError::unfit(format!("clip \"{id}\" has no source to slip")));
            }
            continue;
        }
        let mut slipped = (*clip).clone();
        slipped.source_in = clip.source_in.saturating_add(by);
        draft::check_material(&draft.project, &slipped)?;
        draft.put(slipped)?;
    }
    Ok(())
}

pub(super) fn slide(draft: &mut Draft, id: &ClipId, by: TimeDelta) -> Result<(), OperationError> {
    let clip = draft.clip(id)?;
    let (start, end) = (clip.start, clip.span().end());
    let track = draft.track_of(id)?;
    let before = track.clips.iter().find(|c| c.span().end() == start).cloned();
    let after = track.clips.iter().find(|c| c.start == end).cloned();
    let moved = Span { start: start.saturating_add(by), duration: clip.duration };
    let ids = [before.as_ref().map(|c| c.id.clone()), after.as_ref().map(|c| c.id.clone())];
    let ignored = [Some(id), ids[0].as_ref(), ids[1].as_ref()];
    draft::room(track, moved, |c| ignored.contains(&Some(&c.id)))?;
    let before = before.map(|c| with_edge(draft, &c, Edge::End, moved.start)).transpose()?;
    let after = after.map(|c| with_edge(draft, &c, Edge::Start, moved.end())).transpose()?;
    // A neighbour that gets longer must not reach over others, where the clip has a gap beside it.
    let neighbours: Vec<Clip> = before.into_iter().chain(after).collect();
    for neighbour in &neighbours {
        draft::room(draft.track_of(id)?, neighbour.span(), |c| ignored.contains(&Some(&c.id)))?;
    }
    neighbours.into_iter().try_for_each(|c| draft.put(c))?;
    draft.change(id, |clip| clip.start = moved.start)
}

pub(super) fn rate_stretch(draft: &mut Draft, id: &ClipId, edge: Edge, to: Time) -> Result<(), OperationError> {
    let clip = draft.clip(id)?;
    if clip.time_map.is_some() {
        return Err(OperationError::unfit(format!("clip \"{id}\" has a time map; change its keyframes instead")));
    }
    let span = match edge {
        Edge::Start => (to, clip.span().end()),
        Edge::End => (clip.start, to),
    };
    if span.1 <= span.0 {
        return Err(OperationError::time(format!("clip \"{id}\" would have no length")));
    }
    let duration = span.1 - span.0;
    let speed = clip.speed * clip.duration.0 as f64 / duration.0 as f64;
    let stretched = draft::scaled_keyframes(&clip, duration.0 as f64 / clip.duration.0 as f64)?;
    let stretched = Clip { start: span.0, duration, speed, ..stretched };
    draft::room(draft.track_of(id)?, stretched.span(), |c| c.id == *id)?;
    draft.put(draft::with_fitting_fades(stretched))
}

pub(super) fn speed(draft: &mut Draft, ids: &[ClipId], speed: f64, ripple: bool) -> Result<(), OperationError> {
    if !speed.is_finite() || speed == 0.0 {
        return Err(OperationError::unfit("a speed is a number other than 0; to hold a frame set `video.freeze`"));
    }
    for id in draft.together(ids, false)? {
        let clip = draft.clip(&id)?;
        if !draft::has_source_time(&clip) {
            continue;
        }
        // Backwards a clip shows the same part of its source, from its end on.
        let shown = clip.source_span();
        let mut changed = (*clip).clone();
        changed.time_map = None;
        changed.speed = speed;
        changed.source_in = if speed < 0.0 { shown.end() } else { shown.start };
        if ripple {
            changed.duration = TimeDelta((shown.duration.0 as f64 / speed.abs()).round().max(1.0) as i64);
        } else if speed < 0.0 {
            let used = (clip.duration.0 as f64 * speed.abs()).round() as i64;
            changed.source_in = Time(changed.source_in.0.max(used));
        }
        let changed = draft::with_fitting_fades(changed);
        draft::check_material(&draft.project, &changed)?;
        let track = draft.track_of(&id)?.id.clone();
        let (old, new) = (clip.span().end(), changed.span().end());
        if new > old {
            shift_after(draft, &track, old, new - old)?;
            draft.put(changed)?;
        } else {
            draft.put(changed)?;
            shift_after(draft, &track, old, new - old)?;
        }
    }
    Ok(())
}

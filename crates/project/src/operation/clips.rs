//! Moving, splitting, deleting, linking and grouping clips.
use super::{
    OperationError,
    draft::{self, Draft},
};
use crate::{Clip, Edit, Track};
use cutroom_types::{ClipId, Span, Time, TimeDelta, TrackId};
use std::collections::BTreeSet;

/// Moves clips, with those that move along.
pub(super) fn shift(
    draft: &mut Draft,
    ids: &[ClipId],
    by: TimeDelta,
    to: Option<&TrackId>,
    overwrite: bool,
    alone: bool,
) -> Result<(), OperationError> {
    if let (Some(_), false) = (to, ids.len() == 1) {
        return Err(OperationError::unfit("only one clip at a time can move to another track; move several without `track`"));
    }
    let moving = draft.together(ids, alone)?;
    let set: BTreeSet<ClipId> = moving.iter().cloned().collect();
    let mut planned = Vec::new();
    for id in &moving {
        let clip = draft.clip(id)?;
        let from = draft.track_of(id)?;
        let track = match to.filter(|_| Some(id) == ids.first()) {
            Some(to) => draft.track(to)?,
            None => from,
        };
        if track.kind != from.kind {
            let reason = format!("track \"{}\" is of another kind than that of clip \"{id}\"", track.id);
            return Err(OperationError::unfit(reason));
        }
        planned.push((id.clone(), from.id.clone(), track.id.clone(), clip.start.saturating_add(by)));
    }
    if overwrite {
        for (id, _, track, start) in &planned {
            draft::not_before_zero(*start)?;
            let span = Span { start: *start, duration: draft.clip(id)?.duration };
            clear(draft, track, span, &|c| set.contains(&c.id))?;
        }
    } else {
        for (id, _, track, start) in &planned {
            let span = Span { start: *start, duration: draft.clip(id)?.duration };
            draft::room(draft.track(track)?, span, |c| set.contains(&c.id))?;
        }
    }
    for (id, from, track, start) in planned {
        draft.change(&id, |clip| clip.start = start)?;
        if from != track {
            let after =
                draft.track(&track)?.clips.iter().filter(|c| c.start <= start).max_by_key(|c| c.start).map(|c| c.id.clone());
            draft.apply(Edit::MoveClip { id, track, after })?;
        }
    }
    Ok(())
}

/// Removes what a track has in a span: clips inside are deleted, others are trimmed or split.
pub(super) fn clear(draft: &mut Draft, track: &TrackId, span: Span, ignored: &dyn Fn(&Clip) -> bool) -> Result<(), OperationError> {
    let hit: Vec<ClipId> =
        draft.track(track)?.clips.iter().filter(|c| !ignored(c) && overlaps(c, span)).map(|c| c.id.clone()).collect();
    for id in hit {
        // Removing the ones before may have ended its links.
        let clip = draft.clip(&id)?;
        let (before, after) = (clip.start < span.start, clip.span().end() > span.end());
        match (before, after) {
            (false, false) => draft.remove(&clip.id)?,
            (true, false) => draft.put(draft::ended_at(&clip, span.start))?,
            (false, true) => draft.put(draft::started_at(&clip, span.end())?)?,
            (true, true) => {
                cut(draft, &clip.id, span.end())?;
                draft.change(&clip.id, |c| *c = draft::ended_at(c, span.start))?;
            }
        }
    }
    Ok(())
}

pub(super) fn overlaps(clip: &Clip, span: Span) -> bool {
    clip.start < span.end() && span.start < clip.span().end()
}

/// Divides a clip; returns the id of the part after the cut. A transition at its end goes to that
/// part.
pub(super) fn cut(draft: &mut Draft, id: &ClipId, at: Time) -> Result<ClipId, OperationError> {
    let clip = draft.clip(id)?;
    if !(clip.start < at && at < clip.span().end()) {
        let (start, end) = (clip.start.as_secs_f64(), clip.span().end().as_secs_f64());
        let reason = format!("clip \"{id}\" is from {start:.3} s to {end:.3} s; it cannot be divided at {:.3} s", at.as_secs_f64());
        return Err(OperationError::time(reason));
    }
    let track = draft.track_of(id)?.id.clone();
    let mut first = draft::ended_at(&clip, at);
    first.audio.fade_out = TimeDelta::ZERO;
    first.audio.tail = TimeDelta::ZERO;
    let mut second = draft::started_at(&clip, at)?;
    second.id = draft.free_clip_id(id.as_str());
    second.audio.fade_in = TimeDelta::ZERO;
    second.audio.lead = TimeDelta::ZERO;
    second.linked = None;
    draft.with_own_ids(&mut second);
    let new = second.id.clone();
    draft.put(first)?;
    draft.add(&track, second)?;
    let moved: Vec<_> = draft.track(&track)?.transitions.iter().filter(|x| x.from.as_ref() == Some(id)).cloned().collect();
    for mut transition in moved {
        transition.from = Some(new.clone());
        draft.apply(Edit::ReplaceTransition { transition: Box::new(transition) })?;
    }
    Ok(new)
}

/// Divides clips at a time; linked ones stay linked in pairs.
pub(super) fn split(draft: &mut Draft, ids: &[ClipId], tracks: &[TrackId], at: Time, alone: bool) -> Result<(), OperationError> {
    let named = match ids {
        [] => at_time(draft, tracks, at)?,
        ids => draft.together(ids, alone)?,
    };
    let inside = |draft: &Draft, id: &ClipId| -> Result<bool, OperationError> {
        let clip = draft.clip(id)?;
        Ok(clip.start < at && at < clip.span().end())
    };
    // Of what is named at least something must be there; linked clips may end before.
    for id in ids {
        if !inside(draft, id)? {
            cut(draft, id, at)?;
        }
    }
    let mut parts: Vec<(ClipId, ClipId)> = Vec::new();
    for id in named {
        if inside(draft, &id)? {
            let second = cut(draft, &id, at)?;
            parts.push((id, second));
        }
    }
    if parts.is_empty() {
        return Err(OperationError::time(format!("there is no clip to divide at {:.3} s", at.as_secs_f64())));
    }
    for (first, second) in &parts {
        let Some(partner) = draft.clip(first)?.linked.clone() else { continue };
        if let Some((_, other)) = parts.iter().find(|(id, _)| *id == partner) {
            draft.change(second, |clip| clip.linked = Some(other.clone()))?;
        }
    }
    Ok(())
}

/// Clips of tracks at a time; of all tracks of the main composition that are not locked, if none
/// are named.
fn at_time(draft: &Draft, tracks: &[TrackId], at: Time) -> Result<Vec<ClipId>, OperationError> {
    let tracks = match tracks {
        [] => draft.unlocked_tracks(&draft.project.main)?,
        tracks => tracks.to_vec(),
    };
    let mut found = Vec::new();
    for id in tracks {
        found.extend(draft.track(&id)?.clips.iter().filter(|c| c.start < at && at < c.span().end()).map(|c| c.id.clone()));
    }
    Ok(found)
}

/// Deletes clips; with `ripple` what follows on their tracks closes the gaps.
pub(super) fn delete(draft: &mut Draft, ids: &[ClipId], ripple: bool, alone: bool) -> Result<(), OperationError> {
    let mut gone = Vec::new();
    for id in draft.together(ids, alone)? {
        gone.push((draft.track_of(&id)?.id.clone(), draft.clip(&id)?.span()));
        draft.remove(&id)?;
    }
    if ripple {
        // The last gap first, so that the times of the others stay right.
        gone.sort_by_key(|(_, span)| std::cmp::Reverse(span.start));
        for (track, span) in gone {
            shift_after(draft, &track, span.end(), -span.duration)?;
        }
    }
    Ok(())
}

/// Moves the clips of a track that start at or after a time.
pub(super) fn shift_after(draft: &mut Draft, track: &TrackId, from: Time, by: TimeDelta) -> Result<(), OperationError> {
    if by == TimeDelta::ZERO {
        return Ok(());
    }
    let later = |track: &Track| -> Vec<_> { track.clips.iter().filter(|c| c.start >= from).cloned().collect() };
    let moving = later(draft.track(track)?);
    for clip in &moving {
        let span = Span { start: clip.start.saturating_add(by), duration: clip.duration };
        draft::room(draft.track(track)?, span, |c| c.start >= from)?;
    }
    for clip in moving {
        let mut clip = (*clip).clone();
        clip.start = clip.start.saturating_add(by);
        draft.put(clip)?;
    }
    Ok(())
}

pub(super) fn link(draft: &mut Draft, a: &ClipId, b: &ClipId) -> Result<(), OperationError> {
    if a == b {
        return Err(OperationError::unfit("a clip cannot be linked with itself"));
    }
    draft.place(b)?;
    draft.change(a, |clip| clip.linked = Some(b.clone()))?;
    draft.change(b, |clip| clip.linked = Some(a.clone()))
}

pub(super) fn unlink(draft: &mut Draft, ids: &[ClipId]) -> Result<(), OperationError> {
    for id in ids {
        let partner = draft.clip(id)?.linked.clone();
        draft.change(id, |clip| clip.linked = None)?;
        if let Some(partner) = partner.filter(|p| draft.clip(p).is_ok_and(|c| c.linked.as_ref() == Some(id))) {
            draft.change(&partner, |clip| clip.linked = None)?;
        }
    }
    Ok(())
}

pub(super) fn group(draft: &mut Draft, ids: &[ClipId], name: &str) -> Result<(), OperationError> {
    if ids.len() < 2 || name.is_empty() {
        return Err(OperationError::unfit("a group has a name and at least two clips"));
    }
    let has = |t: &Track| t.clips.facts().any_grouped() && t.clips.iter().any(|c| c.group.as_deref() == Some(name));
    if draft.project.tracks().any(has) {
        return Err(OperationError::unfit(format!("there is a group \"{name}\" already")));
    }
    ids.iter().try_for_each(|id| draft.change(id, |clip| clip.group = Some(name.to_owned())))
}

pub(super) fn ungroup(draft: &mut Draft, ids: &[ClipId]) -> Result<(), OperationError> {
    let mut groups = BTreeSet::new();
    for id in ids {
        groups.extend(draft.clip(id)?.group.clone());
    }
    let members: Vec<ClipId> = draft
        .project
        .tracks()
        .flat_map(|t| &t.clips)
        .filter(|c| c.group.as_ref().is_some_and(|g| groups.contains(g)))
        .map(|c| c.id.clone())
        .collect();
    members.iter().try_for_each(|id| draft.change(id, |clip| clip.group = None))
}

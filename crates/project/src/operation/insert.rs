//! Adding clips: where there is room, inserting, overwriting, appending, replacing, by three points.
use super::{
    OperationError,
    clips::{clear, cut, shift_after},
    draft::{self, Draft},
};
use crate::{Clip, ClipSource};
use cutroom_types::{ClipId, Time, TimeDelta, TrackId};

pub(super) fn add(draft: &mut Draft, track: &TrackId, clip: &Clip) -> Result<(), OperationError> {
    draft::check_material(&draft.project, clip)?;
    draft.add(track, clip.clone())
}

pub(super) fn insert(draft: &mut Draft, track: &TrackId, clip: &Clip, ripple: Option<&[TrackId]>) -> Result<(), OperationError> {
    draft.track(track)?;
    let tracks = match ripple {
        Some(tracks) => tracks.to_vec(),
        None => {
            let composition = draft.around(track)?.id.clone();
            draft.unlocked_tracks(&composition)?
        }
    };
    for other in tracks.iter().chain([track].into_iter().filter(|t| !tracks.contains(t))) {
        open(draft, other, clip.start, clip.duration)?;
    }
    add(draft, track, clip)
}

/// Makes a gap on a track: clips that reach over its start are divided, what follows moves.
fn open(draft: &mut Draft, track: &TrackId, at: Time, length: TimeDelta) -> Result<(), OperationError> {
    let over: Vec<ClipId> =
        draft.track(track)?.clips.iter().filter(|c| c.start < at && at < c.span().end()).map(|c| c.id.clone()).collect();
    for id in over {
        cut(draft, &id, at)?;
    }
    shift_after(draft, track, at, length)
}

pub(super) fn overwrite(draft: &mut Draft, track: &TrackId, clip: &Clip) -> Result<(), OperationError> {
    clear(draft, track, clip.span(), &|_| false)?;
    add(draft, track, clip)
}

pub(super) fn append(draft: &mut Draft, track: &TrackId, clip: &Clip) -> Result<(), OperationError> {
    let end = draft.track(track)?.clips.iter().map(|c| c.span().end()).max().unwrap_or(Time::ZERO);
    add(draft, track, &Clip { start: end, ..clip.clone() })
}

pub(super) fn replace(draft: &mut Draft, id: &ClipId, source: &ClipSource, source_in: Time) -> Result<(), OperationError> {
    let clip = Clip { source: source.clone(), source_in, ..(*draft.clip(id)?).clone() };
    draft::check_material(&draft.project, &clip)?;
    draft.put(clip)
}

pub(super) fn fit_to_fill(
    draft: &mut Draft,
    track: &TrackId,
    clip: &Clip,
    (from, to): (Time, Time),
    (source_in, source_out): (Time, Time),
) -> Result<(), OperationError> {
    if to <= from || source_out <= source_in {
        return Err(OperationError::time("a span ends after it starts, on the timeline and in the source"));
    }
    let speed = (source_out - source_in).0 as f64 / (to - from).0 as f64;
    let clip = Clip { start: from, duration: to - from, source_in, speed, time_map: None, ..clip.clone() };
    overwrite(draft, track, &clip)
}

pub(super) fn three_point(
    draft: &mut Draft,
    track: &TrackId,
    clip: &Clip,
    (from, to): (Option<Time>, Option<Time>),
    (source_in, source_out): (Option<Time>, Option<Time>),
    inserted: bool,
) -> Result<(), OperationError> {
    let (start, duration, source_in) = match (from, to, source_in, source_out) {
        (Some(from), Some(to), Some(source_in), None) => (from, to - from, source_in),
        (Some(from), Some(to), None, Some(source_out)) => (from, to - from, Time(source_out.0 - (to - from).0)),
        (Some(from), None, Some(source_in), Some(source_out)) => (from, source_out - source_in, source_in),
        (None, Some(to), Some(source_in), Some(source_out)) => {
            (Time(to.0 - (source_out - source_in).0), source_out - source_in, source_in)
        }
        _ => return Err(OperationError::time("exactly three of `from`, `to`, `source_in` and `source_out` are given")),
    };
    if duration <= TimeDelta::ZERO {
        return Err(OperationError::time("a span ends after it starts, on the timeline and in the source"));
    }
    let clip = Clip { start, duration, source_in, speed: 1.0, time_map: None, ..clip.clone() };
    if inserted { insert(draft, track, &clip, None) } else { overwrite(draft, track, &clip) }
}

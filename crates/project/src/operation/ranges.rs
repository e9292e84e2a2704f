//! Removing spans of time and closing gaps.
use super::{
    OperationError,
    clips::{clear, shift_after},
    draft::Draft,
};
use cutroom_types::{Span, Time, TrackId};

/// Removes a span from tracks, and closes the gap if asked.
pub(super) fn remove(draft: &mut Draft, tracks: &[TrackId], (from, to): (Time, Time), close: bool) -> Result<(), OperationError> {
    if to <= from {
        return Err(OperationError::time("the span ends after it starts"));
    }
    let tracks = match tracks {
        [] => draft.unlocked_tracks(&draft.project.main.clone())?,
        tracks => tracks.to_vec(),
    };
    for track in &tracks {
        clear(draft, track, Span::new(from, to), &|_| false)?;
        if close {
            shift_after(draft, track, to, from - to)?;
        }
    }
    Ok(())
}

/// Moves what follows a gap to what is before it.
pub(super) fn close_gap(draft: &mut Draft, track: &TrackId, at: Time) -> Result<(), OperationError> {
    let clips = &draft.track(track)?.clips;
    if let Some(there) = clips.iter().find(|c| c.start <= at && at < c.span().end()) {
        return Err(OperationError::time(format!("there is no gap: clip \"{}\" is there", there.id)));
    }
    let start = clips.iter().map(|c| c.span().end()).filter(|end| *end <= at).max().unwrap_or(Time::ZERO);
    let Some(next) = clips.iter().map(|c| c.start).filter(|start| *start > at).min() else {
        return Err(OperationError::time("nothing follows there"));
    };
    shift_after(draft, track, next, start - next)
}

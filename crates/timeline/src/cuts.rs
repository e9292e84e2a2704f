//! Transitions of a track with their spans and clips.
use cutroom_project::Track;
use cutroom_types::{ClipId, Span};
use std::collections::HashMap;

/// The transitions of a track: index, span, and indices of the outgoing and the incoming clip,
/// `None` if absent or disabled. Transitions without an enabled clip are left out.
pub(crate) fn placed_transitions(track: &Track) -> Vec<(usize, Span, Option<usize>, Option<usize>)> {
    let index: HashMap<&ClipId, usize> = track.clips.iter().enumerate().map(|(i, c)| (&c.id, i)).collect();
    let mut placed = Vec::new();
    for (i, x) in track.transitions.iter().enumerate() {
        let find = |id: &Option<ClipId>| id.as_ref().and_then(|id| index.get(id)).copied();
        let (from, to) = (find(&x.from), find(&x.to));
        let span = |c: Option<usize>| c.map(|c| track.clips[c].span());
        let Some(span) = x.span_between(span(from), span(to)) else { continue };
        let on = |c: &usize| track.clips[*c].enabled;
        let (from, to) = (from.filter(on), to.filter(on));
        if from.is_some() || to.is_some() {
            placed.push((i, span, from, to));
        }
    }
    placed
}

//! How a track differs between two states of a document.
//!
//! States share their lists and their clips (see [`cutroom_project::SharedList`]), so that what did not
//! change is known by its address.
use cutroom_project::{Clip, IdKey, Track, Transition};
use std::{collections::HashSet, sync::Arc};

/// Up to this many clips are looked for one by one.
const FEW: usize = 16;

/// How the clips and transitions of a track differ between two states.
#[derive(Debug, Default)]
pub struct TrackDifference<'a> {
    /// Clips of the new state that the old one does not share, in the order of their list. Such a clip
    /// may be equal to an old one.
    pub new: Vec<&'a Arc<Clip>>,
    /// Clips of the old state that the new one does not share.
    pub gone: Vec<&'a Arc<Clip>>,
    /// Transitions of the new state that are equal to none of the old one.
    pub new_transitions: Vec<&'a Transition>,
    /// Transitions of the old state that are equal to none of the new one.
    pub gone_transitions: Vec<&'a Transition>,
}

impl<'a> TrackDifference<'a> {
    /// Compares two states of a track, apart from its own fields.
    pub fn of(old: &'a Track, new: &'a Track) -> Self {
        let mut difference = Self::default();
        if !old.clips.same(&new.clips) {
            let (a, b) = apart(&old.clips, &new.clips, Arc::ptr_eq);
            difference.gone = others(a, &new.clips);
            difference.new = others(b, &old.clips);
        }
        if !old.transitions.same(&new.transitions) {
            let (a, b) = apart(&old.transitions, &new.transitions, |a, b| a == b);
            let lacks = |track: &Track, x: &Transition| {
                !track.transitions.places_of(IdKey::new(x.id.as_str())).any(|at| track.transitions[at] == *x)
            };
            difference.gone_transitions = a.iter().filter(|x| lacks(new, x)).collect();
            difference.new_transitions = b.iter().filter(|x| lacks(old, x)).collect();
        }
        difference
    }
}

/// The parts of two lists between their common start and their common end.
fn apart<'a, T>(a: &'a [T], b: &'a [T], same: impl Fn(&T, &T) -> bool) -> (&'a [T], &'a [T]) {
    let start = a.iter().zip(b).take_while(|(a, b)| same(a, b)).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    (&a[..a.len() - end], &b[..b.len() - end])
}

/// The clips that a list does not have.
fn others<'a>(clips: &'a [Arc<Clip>], list: &[Arc<Clip>]) -> Vec<&'a Arc<Clip>> {
    if clips.len() <= FEW {
        return clips.iter().filter(|clip| !list.iter().any(|other| Arc::ptr_eq(clip, other))).collect();
    }
    let known: HashSet<*const Clip> = list.iter().map(Arc::as_ptr).collect();
    clips.iter().filter(|clip| !known.contains(&Arc::as_ptr(clip))).collect()
}

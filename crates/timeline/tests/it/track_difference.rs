//! The difference of two states of a track is what comparing each element with each finds.
use cutroom_project::{Clip, ClipSource, Track, TrackKind, Transition};
use cutroom_timeline::TrackDifference;
use cutroom_types::{Time, TimeDelta};
use proptest::prelude::*;
use std::sync::Arc;

fn clip(n: usize) -> Arc<Clip> {
    Clip::new(&format!("c{}", n % 40), ClipSource::solid([1.0; 4]), Time(n as i64), TimeDelta(10)).into()
}

fn transition(n: usize) -> Transition {
    Transition {
        id: format!("x{}", n % 5).into(),
        kind: "crossfade".into(),
        from: None,
        to: None,
        duration: TimeDelta(n as i64),
        alignment: Default::default(),
        params: Default::default(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Default::default(),
    }
}

/// What happens to a track: a clip or a transition is removed, replaced or inserted, or moved to the
/// end.
fn change(track: &mut Track, (what, at, new): (u8, usize, usize)) {
    let (clips, transitions) = (track.clips.len(), track.transitions.len());
    match what {
        0 if clips > 0 => drop(track.clips.remove(at % clips)),
        1 if clips > 0 => drop(track.clips.replace(at % clips, clip(new))),
        2 => track.clips.insert(at % (clips + 1), clip(new)),
        3 if clips > 0 => {
            let moved = track.clips.remove(at % clips);
            track.clips.push(moved);
        }
        4 => track.clips.extend((0..20).map(|n| clip(new + n))),
        5 if transitions > 0 => drop(track.transitions.remove(at % transitions)),
        6 if transitions > 0 => drop(track.transitions.replace(at % transitions, transition(new))),
        7 => track.transitions.insert(at % (transitions + 1), transition(new)),
        _ => {}
    }
}

fn pointers<'a>(clips: impl IntoIterator<Item = &'a Arc<Clip>>) -> Vec<*const Clip> {
    clips.into_iter().map(Arc::as_ptr).collect()
}

proptest! {
    #[test]
    fn a_difference_is_what_comparing_each_with_each_finds(
        size in 0usize..30,
        changes in prop::collection::vec((0u8..9, 0usize..50, 0usize..60), 0..8),
    ) {
        let mut old = Track::new("v", TrackKind::Video);
        old.clips = (0..size).map(clip).collect();
        old.transitions = (0..size / 4).map(transition).collect();
        let mut new = old.clone();
        changes.into_iter().for_each(|c| change(&mut new, c));
        let found = TrackDifference::of(&old, &new);
        let (before, now) = (pointers(&old.clips), pointers(&new.clips));
        let without = |some: &[*const Clip], others: &[*const Clip]| {
            some.iter().copied().filter(|c| !others.contains(c)).collect::<Vec<_>>()
        };
        prop_assert_eq!(pointers(found.new.iter().copied()), without(&now, &before));
        prop_assert_eq!(pointers(found.gone.iter().copied()), without(&before, &now));
        let lacking = |some: &Track, others: &Track| {
            some.transitions.iter().filter(|x| !others.transitions.contains(x)).cloned().collect::<Vec<_>>()
        };
        prop_assert_eq!(found.new_transitions.into_iter().cloned().collect::<Vec<_>>(), lacking(&new, &old));
        prop_assert_eq!(found.gone_transitions.into_iter().cloned().collect::<Vec<_>>(), lacking(&old, &new));
    }
}

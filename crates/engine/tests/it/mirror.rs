//! The mirror of the document.
use crate::film::{at, brightness, clip, film};
use bevy_ecs::prelude::*;
use cutroom_engine::mirror::{ClipNode, Mirror, MirrorUpdate};
use cutroom_project::{ClipSource, Composition, CompositionSource, Matte, MatteChannel, Project, Track, TrackKind};
use cutroom_types::{ClipId, TrackId};
use proptest::{prelude::*, sample::Index};
use std::{collections::BTreeSet, sync::Arc};

#[derive(Clone, Debug)]
enum Change {
    Move { clip: Index, to: Index },
    Remove(Index),
    Add { track: Index, number: u8 },
    Start(Index, u8),
    Effect(Index, u8),
    Parent(Index, Index),
    Matte(Index, Index),
    Nest(Index),
    Disable(Index),
    AddTrack(u8),
    RemoveTrack(Index),
    SwapTracks(Index, Index),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let i = any::<Index>;
    prop::collection::vec(
        prop_oneof![
            (i(), i()).prop_map(|(clip, to)| Change::Move { clip, to }),
            i().prop_map(Change::Remove),
            (i(), 0_u8..20).prop_map(|(track, number)| Change::Add { track, number }),
            (i(), 0_u8..100).prop_map(|(clip, start)| Change::Start(clip, start)),
            (i(), 0_u8..3).prop_map(|(clip, n)| Change::Effect(clip, n)),
            (i(), i()).prop_map(|(a, b)| Change::Parent(a, b)),
            (i(), i()).prop_map(|(a, b)| Change::Matte(a, b)),
            i().prop_map(Change::Nest),
            i().prop_map(Change::Disable),
            (0_u8..4).prop_map(Change::AddTrack),
            i().prop_map(Change::RemoveTrack),
            (i(), i()).prop_map(|(a, b)| Change::SwapTracks(a, b)),
        ],
        1..30,
    )
}

/// Applies a change to the main composition; returns the tracks that it touched.
fn apply(project: &mut Project, change: &Change) -> BTreeSet<TrackId> {
    let tracks = &mut project.compositions[0].tracks;
    let places: Vec<(usize, usize)> =
        tracks.iter().enumerate().flat_map(|(t, track)| (0..track.clips.len()).map(move |c| (t, c))).collect();
    let pick = |index: &Index| (!places.is_empty()).then(|| places[index.index(places.len())]);
    let mut touched = BTreeSet::new();
    let mut touch = |track: &Track| touched.insert(track.id.clone());
    match change {
        Change::Move { clip, to } => {
            if let (Some((t, c)), to) = (pick(clip), to.index(tracks.len().max(1))) {
                let clip = tracks[t].clips.remove(c);
                tracks[to].clips.push(clip);
                touch(&tracks[t]);
                touch(&tracks[to]);
            }
        }
        Change::Remove(clip) => {
            if let Some((t, c)) = pick(clip) {
                tracks[t].clips.remove(c);
                touch(&tracks[t]);
            }
        }
        Change::Add { track, number } => {
            let id = format!("new{number}");
            if !tracks.is_empty() && !tracks.iter().any(|t| t.clip(&ClipId::from(&*id)).is_some()) {
                let t = track.index(tracks.len());
                tracks[t].clips.push(clip(&id, 200, 210).into());
                touch(&tracks[t]);
            }
        }
        Change::AddTrack(n) => {
            let id = format!("more{n}");
            if !tracks.iter().any(|t| t.id.as_str() == id) {
                tracks.push(Track::new(&id, TrackKind::Video));
                touch(tracks.last().unwrap());
            }
        }
        Change::RemoveTrack(index) => {
            if !tracks.is_empty() {
                let gone = tracks.remove(index.index(tracks.len()));
                touch(&gone);
                // The tracks above have another place.
                for track in tracks.iter() {
                    touch(track);
                }
            }
        }
        Change::SwapTracks(a, b) => {
            if !tracks.is_empty() {
                let (a, b) = (a.index(tracks.len()), b.index(tracks.len()));
                tracks.swap(a, b);
                touch(&tracks[a]);
                touch(&tracks[b]);
            }
        }
        Change::Start(of, _)
        | Change::Effect(of, _)
        | Change::Parent(of, _)
        | Change::Matte(of, _)
        | Change::Nest(of)
        | Change::Disable(of) => {
            let Some((t, c)) = pick(of) else { return touched };
            touch(&tracks[t]);
            let other = |index: &Index| pick(index).map(|(t, c)| (tracks[t].id.clone(), tracks[t].clips[c].id.clone()));
            let (parent, used) = match change {
                Change::Parent(_, on) => (other(on), None),
                Change::Matte(_, on) => (None, other(on)),
                _ => (None, None),
            };
            let clip = tracks[t].clip_mut(c);
            match change {
                Change::Start(_, start) => clip.start = at(i64::from(*start)),
                Change::Effect(_, n) => {
                    clip.video.effects = (0..*n)
                        .map(|k| {
                            let mut e = brightness(f64::from(k) / 8.0);
                            e.id = format!("e{k}").as_str().into();
                            e
                        })
                        .collect()
                }
                Change::Parent(..) => clip.video.parent = parent.map(|(_, clip)| clip),
                Change::Matte(..) => {
                    let matte =
                        |(track, _)| Matte { track, channel: MatteChannel::Alpha, inverted: false, extra: Default::default() };
                    clip.video.matte = used.map(matte);
                }
                Change::Nest(_) => {
                    clip.source =
                        ClipSource::Composition(CompositionSource { composition: "inner".into(), extra: Default::default() });
                }
                Change::Disable(_) => clip.enabled = !clip.enabled,
                _ => {}
            }
        }
    }
    touched
}

fn world() -> World {
    let mut world = World::new();
    world.init_resource::<Mirror>();
    world
}

fn two_compositions() -> Project {
    let mut project = film(3, 4, 10);
    project.compositions.push(Composition { id: "inner".into(), tracks: vec![], ..project.compositions[0].clone() });
    project
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// A mirror that was updated after each change is equal to one built from the last state; with
    /// the tracks that were touched, and without.
    #[test]
    fn updated_is_rebuilt(changes in changes(), with_touched: bool) {
        let mut project = two_compositions();
        let mut updated = world();
        Mirror::update(&mut updated, &Arc::new(project.clone()), None);
        for change in &changes {
            let touched = apply(&mut project, change);
            Mirror::update(&mut updated, &Arc::new(project.clone()), with_touched.then_some(&touched));
            let mut rebuilt = world();
            Mirror::update(&mut rebuilt, &Arc::new(project.clone()), None);
            prop_assert_eq!(Mirror::dump(&mut updated), Mirror::dump(&mut rebuilt), "{:?}", change);
            prop_assert_eq!(updated.resource::<Mirror>().len(), rebuilt.resource::<Mirror>().len());
        }
        Mirror::clear(&mut updated);
        prop_assert!(Mirror::dump(&mut updated).is_empty());
    }
}

#[test]
fn an_edit_of_one_clip_writes_one_component_and_keeps_the_entity() {
    let mut project = film(20, 50, 10);
    let mut world = world();
    let built = Mirror::update(&mut world, &Arc::new(project.clone()), None);
    // One composition, 20 tracks, 1000 clips.
    assert_eq!(built, MirrorUpdate { tracks: 20, added: 1021, removed: 0, changed: 0 });
    let find = |world: &mut World| {
        let mut clips = world.query::<(Entity, &ClipNode)>();
        clips.iter(world).find(|(_, c)| c.id.as_str() == "c7-3").map(|(e, c)| (e, c.span.start)).unwrap()
    };
    let before = find(&mut world);
    project.compositions[0].tracks[7].clip_mut(3).start = at(31);
    let edited = Mirror::update(&mut world, &Arc::new(project.clone()), None);
    assert_eq!(edited, MirrorUpdate { tracks: 1, added: 0, removed: 0, changed: 1 });
    assert_eq!(find(&mut world), (before.0, at(31)));
    // Nothing changed: nothing is looked at.
    assert_eq!(Mirror::update(&mut world, &Arc::new(project), None), MirrorUpdate::default());
}

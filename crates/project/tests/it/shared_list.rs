//! What a shared list says about its elements is always what a fresh list of them says.
use crate::support::any;
use cutroom_project::{Clip, ClipSource, IdKey, Listed, Project, SharedList, from_json, json_schema, to_json};
use cutroom_types::{Time, TimeDelta};
use proptest::prelude::*;
use std::sync::Arc;

type Clips = SharedList<Arc<Clip>>;

/// Changes of a list of clips; indices count modulo its length.
#[derive(Clone, Debug)]
enum Change {
    Replace(usize, Clip),
    Insert(usize, Clip),
    Remove(usize),
    Anyhow(usize, Clip),
    Copy,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0usize..9, any::clip()).prop_map(|(at, clip)| Change::Replace(at, clip)),
        (0usize..9, any::clip()).prop_map(|(at, clip)| Change::Insert(at, clip)),
        (0usize..9).prop_map(Change::Remove),
        (0usize..9, any::clip()).prop_map(|(at, clip)| Change::Anyhow(at, clip)),
        Just(Change::Copy),
    ]
}

/// Everything that a list says, for the ids of the pool and of nothing.
fn said(list: &Clips) -> Vec<String> {
    let ids = (0..7).flat_map(|n| [format!("c{n}"), format!("c{n}-e0"), format!("c{n}-e1")]);
    let of_id = |id: String| {
        let key = IdKey::new(&id);
        let [own, naming] = [list.places_of(key).collect::<Vec<usize>>(), list.places_naming(key).collect()];
        format!("{id}: {own:?} {naming:?} {:?} {:?}", list.place_of(key), list.with_id(&id).map(|c| &c.id))
    };
    ids.map(of_id).chain([format!("{:?}", list.facts())]).collect()
}

/// The same by looking at each element.
fn counted(list: &[Arc<Clip>]) -> Vec<String> {
    let ids = (0..7).flat_map(|n| [format!("c{n}"), format!("c{n}-e0"), format!("c{n}-e1")]);
    let of_id = |id: String| {
        let own: Vec<usize> = (0..list.len()).filter(|at| list[*at].id.as_str() == id).collect();
        let has = |c: &Clip| c.id.as_str() == id || c.video.effects.iter().any(|e| e.id.as_str() == id);
        let naming: Vec<usize> = (0..list.len()).filter(|at| has(&list[*at])).collect();
        let first = list.iter().find(|c| c.id.as_str() == id).map(|c| &c.id);
        format!("{id}: {own:?} {naming:?} {:?} {first:?}", own.first())
    };
    ids.map(of_id).chain([format!("{:?}", Arc::<Clip>::facts(list))]).collect()
}

proptest! {
    #[test]
    fn a_changed_list_says_what_a_fresh_one_says(
        clips in prop::collection::vec(any::clip(), 0..8),
        changes in prop::collection::vec((any::<bool>(), change()), 0..20),
    ) {
        let mut list: Clips = clips.into_iter().map(Arc::new).collect();
        let mut copies: Vec<(Clips, Vec<Arc<Clip>>)> = Vec::new();
        for (asked, change) in changes {
            // What was asked before is kept up to date, and what was not is found out later.
            if asked {
                prop_assert_eq!(said(&list), counted(&list));
            }
            let length = list.len();
            match change {
                Change::Replace(at, clip) if length > 0 => drop(list.replace(at % length, clip.into())),
                Change::Insert(at, clip) => list.insert(at % (length + 1), clip.into()),
                Change::Remove(at) if length > 0 => drop(list.remove(at % length)),
                Change::Anyhow(at, clip) if length > 0 => *Arc::make_mut(&mut list[at % length]) = clip,
                Change::Copy => {
                    let copy = list.clone();
                    prop_assert!(copy.same(&list));
                    copies.push((copy, list.to_vec()));
                }
                _ => {}
            }
        }
        prop_assert_eq!(said(&list), counted(&list));
        // Copies keep what they had.
        for (copy, then) in copies {
            prop_assert!(*copy == then);
            prop_assert_eq!(said(&copy), counted(&then));
        }
    }
}

fn solid(id: &str, start: i64) -> Arc<Clip> {
    Clip::new(id, ClipSource::solid([1.0; 4]), Time(start), TimeDelta(10)).into()
}

/// A copy is the same list until one of both changes; reading changes nothing.
#[test]
fn copies_are_one_list_until_one_changes() {
    let list: Clips = vec![solid("a", 0), solid("b", 10), solid("a", 20)].into();
    let mut copy = list.clone();
    assert!(copy.same(&list) && copy.iter().count() == 3 && copy.place_of(IdKey::new("b")) == Some(1) && copy.same(&list));
    assert_eq!(copy.places_of(IdKey::new("a")).collect::<Vec<_>>(), [0, 2], "an id that occurs twice has both places");
    copy.remove(0);
    assert!(!copy.same(&list) && copy != list);
    assert_eq!((copy.place_of(IdKey::new("a")), list.place_of(IdKey::new("a"))), (Some(1), Some(0)));
    assert_eq!((copy.facts().end(), list.facts().end()), (Time(30), Time(30)));
    copy.pop();
    assert_eq!((copy.facts().end(), list.facts().end()), (Time(20), Time(30)));
    let other: Clips = list.iter().cloned().collect();
    assert!(!other.same(&list) && other == list, "equal lists need not be one");
    assert_eq!(list.into_iter().map(|c| c.id.to_string()).collect::<Vec<_>>(), ["a", "b", "a"]);
}

/// In the file and in its schema it is a plain list.
#[test]
fn a_shared_list_is_a_list_in_the_file() {
    let schema = json_schema();
    let clips = &schema["$defs"]["Track"]["properties"]["clips"];
    assert_eq!((&clips["type"], &clips["items"]["$ref"]), (&"array".into(), &"#/$defs/Clip".into()));
    let transitions = &schema["$defs"]["Track"]["properties"]["transitions"];
    assert_eq!((&transitions["type"], &transitions["items"]["$ref"]), (&"array".into(), &"#/$defs/Transition".into()));
    let text = serde_json::json!({"schema_version": 2, "main": "m", "compositions": [{"id": "m", "size": {"width": 4, "height": 4},
        "frame_rate": "25", "tracks": [{"id": "t"}]}]});
    let project: Project = from_json(&text.to_string()).unwrap();
    let track = &serde_json::from_str::<serde_json::Value>(&to_json(&project)).unwrap()["compositions"][0]["tracks"][0];
    assert_eq!((track.get("clips"), track.get("transitions")), (Some(&serde_json::json!([])), None));
}

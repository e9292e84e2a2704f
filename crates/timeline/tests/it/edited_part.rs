//! Validating the part of a document that an edit touched finds an edit invalid exactly when
//! validating the whole document does.
use cutroom_effects::Catalog;
use cutroom_project::{Operation, Problem, Project, from_json};
use cutroom_timeline::{edited_part, validate};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Tracks of clips that name each other: mattes, effects with another track, adjustment layers,
/// parents, links, transitions, nested compositions at two speeds.
fn film() -> Project {
    let clip = |id: &str, start: i64, source: Value, more: Value| {
        let mut clip = json!({"id": id, "source": source, "start": format!("{start}s"), "duration": "4s"});
        clip.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        clip
    };
    let media = json!({"type": "media", "media": "m"});
    let inner = json!({"type": "composition", "composition": "inner"});
    let solid = json!({"type": "solid", "color": "#ff0000"});
    let film = json!({"schema_version": 2, "main": "film", "media": [{"id": "m", "path": "m.mp4"}, {"id": "s", "path": "s.wav", "kind": "audio"}],
      "compositions": [
        {"id": "film", "size": {"width": 64, "height": 36}, "frame_rate": "25", "tracks": [
          {"id": "v1", "clips": [
            clip("a", 0, media.clone(), json!({"linked": "x", "video": {"parent": "nul"}})), clip("b", 4, media.clone(), json!({})),
            clip("c", 8, media.clone(), json!({"video": {"effects": [{"id": "e1", "effect": "exposure", "params": {"exposure": 0.5}}]}}))],
           "transitions": [{"id": "t1", "kind": "crossfade", "from": "a", "to": "b", "duration": "1s"},
                           {"id": "t2", "kind": "crossfade", "from": "b", "to": "c", "duration": "1s"}]},
          {"id": "v2", "clips": [
            clip("d", 0, solid.clone(), json!({"video": {"matte": {"track": "v3"}}})),
            clip("e", 5, inner.clone(), json!({"speed": 0.5, "duration": "2s"})), clip("f", 9, solid.clone(), json!({}))]},
          {"id": "v3", "clips": [
            clip("g", 1, solid.clone(), json!({})), clip("h", 6, json!({"type": "adjustment"}), json!({})),
            clip("nul", 10, json!({"type": "null"}), json!({}))]},
          {"id": "a1", "kind": "audio", "clips": [clip("x", 0, json!({"type": "media", "media": "s"}), json!({"linked": "a"}))]}]},
        {"id": "inner", "size": {"width": 64, "height": 36}, "frame_rate": "25", "tracks": [
          {"id": "i1", "clips": [clip("i", 0, solid.clone(), json!({})), clip("j", 4, solid, json!({"speed": 2.0}))]},
          {"id": "i2", "clips": [clip("k", 0, media, json!({}))]}]}]});
    from_json(&film.to_string()).unwrap()
}

/// Edits of all kinds, many of which make the document invalid.
fn step() -> impl Strategy<Value = Value> {
    let clip =
        || prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "nul", "x", "i", "j", "k", "a-2", "d-2", "nobody"]);
    let track = || prop::sample::select(vec!["v1", "v2", "v3", "a1", "i1", "i2", "none"]);
    let time = || (-10i64..140).prop_map(|n| n * 70_560_000);
    let set = |field: &'static str, value: BoxedStrategy<Value>| {
        (clip(), value).prop_map(move |(c, v)| json!({"set": {"of": {"clip": c}, "field": field, "value": v}})).boxed()
    };
    let id = || clip().prop_map(|c| json!(c)).boxed();
    let effect = || {
        (prop::sample::select(vec!["displacement-map", "exposure", "echo", "nothing"]), track(), clip()).prop_map(|(effect, t, c)| {
            json!({"add_effect": {"clips": [c], "effect": effect, "params": if effect == "displacement-map" { json!({"track": t}) } else { json!({}) }}})
        })
    };
    prop_oneof![
        set("start", time().prop_map(|t| json!(t)).boxed()),
        set("duration", (0i64..60).prop_map(|n| json!(n * 70_560_000)).boxed()),
        set("speed", prop::sample::select(vec![0.005, 0.02, 0.5, 1.0, -1.0, 3.0, 60.0]).prop_map(|v| json!(v)).boxed()),
        set("linked", id()),
        set("video.parent", id()),
        set("video.opacity", prop::sample::select(vec![0.5, 2.0]).prop_map(|v| json!(v)).boxed()),
        set("video.blend", prop::sample::select(vec!["multiply", "what"]).prop_map(|v| json!(v)).boxed()),
        set("video.matte", track().prop_map(|t| json!({"track": t})).boxed()),
        set("enabled", any::<bool>().prop_map(|v| json!(v)).boxed()),
        set(
            "source",
            prop_oneof![
                Just(json!({"type": "media", "media": "s"})),
                Just(json!({"type": "media", "media": "gone"})),
                Just(json!({"type": "null"})),
                Just(json!({"type": "adjustment"})),
                Just(json!({"type": "composition", "composition": "film"})),
                Just(json!({"type": "composition", "composition": "inner"})),
                Just(json!({"type": "solid", "color": "#00ff00"}))
            ]
            .boxed()
        ),
        effect(),
        time().prop_map(|t| json!({"split": {"at": t}})),
        (clip(), any::<bool>()).prop_map(|(c, ripple)| json!({"delete": {"clips": [c], "ripple": ripple}})),
        (clip(), time(), track()).prop_map(|(c, by, t)| json!({"move": {"clips": [c], "by": by, "track": t, "overwrite": true}})),
        (clip(), time()).prop_map(|(c, to)| json!({"trim": {"clip": c, "edge": "end", "to": to, "mode": "ripple"}})),
        (clip(), clip()).prop_map(|(a, b)| json!({"add_transition": {"kind": "crossfade", "from": a, "to": b, "duration": "1s"}})),
        (clip(), clip()).prop_map(|(a, b)| json!({"edits": [{"remove_clip": {"id": a}}, {"remove_clip": {"id": b}}]})),
        (clip(), track()).prop_map(|(c, t)| json!({"edits": [{"move_clip": {"id": c, "track": t}}]})),
        (clip(), track(), time()).prop_map(
            |(c, t, at)| json!({"edits": [{"insert_clip": {"track": t, "clip": {"id": format!("{c}-n"),
            "source": {"type": "media", "media": "m"}, "start": at, "duration": "1s",
            "video": {"effects": [{"id": "e1", "effect": "exposure"}]}}}}]})
        ),
        (track(), any::<bool>()).prop_map(|(t, on)| json!({"set": {"of": {"track": t}, "field": "enabled", "value": on}})),
    ]
}

fn keys(problems: &[Problem]) -> BTreeSet<(String, String)> {
    problems.iter().map(|p| (p.code.to_owned(), p.message.clone())).collect()
}

fn check(steps: Vec<Value>) -> Result<(usize, usize), TestCaseError> {
    let catalog = Catalog::builtin();
    let mut project = film();
    prop_assert_eq!(validate(&project, &catalog), vec![]);
    let (mut parts, mut refused) = (0, 0);
    for step in steps {
        let Ok(operation) = Operation::from_json(&project, step.clone()) else { continue };
        let Ok(plan) = operation.plan(&project) else { continue };
        let whole = keys(&validate(&plan.project, &catalog));
        if let Some(part) = edited_part(&project, &plan.project, &catalog) {
            let found = keys(&validate(&part, &catalog));
            prop_assert_eq!(found.is_empty(), whole.is_empty(), "{}: part {:?}, whole {:?}", step, found, whole);
            parts += 1;
        }
        if whole.is_empty() {
            project = plan.project;
        } else {
            refused += 1;
        }
    }
    Ok((parts, refused))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_part_is_invalid_when_the_whole_is(steps in prop::collection::vec(step(), 1..40)) {
        check(steps)?;
    }
}

/// The part is small, and is used for what editors do most.
#[test]
fn the_part_of_a_large_film_is_small() {
    let catalog = Catalog::builtin();
    let track = |t: usize| {
        let clips: Vec<Value> = (0..50)
            .map(|k| json!({"id": format!("c{t}-{k}"), "source": {"type": "media", "media": "m"}, "start": format!("{}s", 2 * k), "duration": "2s"}))
            .collect();
        json!({"id": format!("t{t}"), "clips": clips})
    };
    let film = json!({"schema_version": 2, "main": "film", "media": [{"id": "m", "path": "m.mp4"}], "compositions": [
        {"id": "film", "size": {"width": 64, "height": 36}, "frame_rate": "25", "tracks": (0..20).map(track).collect::<Vec<_>>()}]});
    let film = from_json(&film.to_string()).unwrap();
    for step in [
        json!({"trim": {"clip": "c3-7", "edge": "end", "to": "15s"}}),
        json!({"split": {"clips": ["c3-7"], "at": "15s"}}),
        json!({"delete": {"clips": ["c3-7"]}}),
        json!({"set": {"of": {"clip": "c3-7"}, "field": "video.opacity", "value": 0.5}}),
        json!({"trim": {"clip": "c3-7", "edge": "end", "to": "17s", "mode": "roll"}}),
        json!({"slip": {"clips": ["c3-7"], "by": "1s"}}),
        json!({"add_clip": {"track": "t3", "clip": {"id": "new", "source": {"type": "media", "media": "m"}, "start": "200s", "duration": "1s"}}}),
    ] {
        let plan = Operation::from_json(&film, step.clone()).unwrap().plan(&film).unwrap();
        let part = edited_part(&film, &plan.project, &catalog).unwrap();
        assert!(part.clips().count() <= 5, "{step}: {} clips", part.clips().count());
        assert_eq!(validate(&part, &catalog), vec![]);
    }
}

//! Operations on the mixer: buses, sends, sound effects.
use cutroom_project::{Operation, Project, from_json, validate};
use serde_json::{Value, json};

fn project() -> Project {
    let clip =
        |id: &str, start: &str| json!({"id": id, "source": {"type": "media", "media": "m"}, "start": start, "duration": "1s"});
    let track = |id: &str, clips: Value| json!({"id": id, "kind": "audio", "clips": clips});
    let document = json!({
        "schema_version": cutroom_project::SCHEMA_VERSION,
        "media": [{"id": "m", "path": "m.wav", "kind": "audio"}],
        "main": "main",
        "compositions": [{
            "id": "main", "size": {"width": 64, "height": 36}, "frame_rate": "25",
            "tracks": [track("voice", json!([clip("a", "0s"), clip("b", "1s")])), track("music", json!([clip("c", "0s")]))]
        }]
    });
    from_json(&document.to_string()).unwrap()
}

/// The project after operations; their inverses restore it.
fn after(p: &Project, operations: &[Value]) -> Project {
    let mut now = p.clone();
    for json in operations {
        let plan = Operation::from_json(&now, json.clone()).unwrap().plan(&now).unwrap_or_else(|e| panic!("{json}: {e}"));
        let mut back = plan.project.clone();
        cutroom_project::apply_all(&mut back, plan.inverse).unwrap();
        assert_eq!(back, now, "{json}");
        now = plan.project;
    }
    assert_eq!(validate(&now), vec![]);
    now
}

fn effect(of: Value, effect: &str, params: Value) -> Value {
    json!({"add_sound_effect": {"of": [of], "effect": effect, "params": params}})
}

#[test]
fn effects_are_added_moved_and_removed_wherever_they_are() {
    let bus = json!({"add_bus": {"bus": {"id": "group"}}});
    let targets = [json!({"clip": "a"}), json!({"track": "voice"}), json!({"bus": "group"}), json!({"output": "main"})];
    let mut steps = vec![bus];
    for target in &targets {
        steps.extend([effect(target.clone(), "audio-volume", json!({"gain": 1})), effect(target.clone(), "audio-eq", json!({}))]);
    }
    let p = after(&project(), &steps);
    let ids: Vec<&str> = p.effects().map(|e| e.id.as_str()).collect();
    assert_eq!(ids.len(), 8);
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), 8, "{ids:?}");
    let c = p.main_composition().unwrap();
    let lists = |c: &cutroom_project::Composition| {
        let clip = c.clips().find(|c| c.id.as_str() == "a").unwrap();
        [&clip.audio.effects, &c.tracks[0].audio.effects, &c.audio.buses[0].effects, &c.audio.effects].map(Clone::clone)
    };
    for list in lists(c) {
        assert_eq!(list.iter().map(|e| e.effect.as_str()).collect::<Vec<_>>(), ["audio-volume", "audio-eq"]);
        let moved = after(&p, &[json!({"move_effect": {"id": list[1].id.as_str()}})]);
        let removed = after(&moved, &[json!({"remove_effect": {"id": list[1].id.as_str()}})]);
        assert_eq!(removed.effects().count(), 7);
        assert!(removed.effects().all(|e| e.id != list[1].id));
    }
}

#[test]
fn fields_of_buses_and_sends_are_set_by_name() {
    let p = after(
        &project(),
        &[
            json!({"add_bus": {"bus": {"id": "room"}}}),
            json!({"set": {"of": {"track": "voice"}, "field": "audio.sends", "value": [{"bus": "room"}]}}),
            json!({"set": {"of": {"track": "voice"}, "field": "audio.sends.room.gain_db", "value": -6}}),
            json!({"set": {"of": {"composition": "main"}, "field": "audio.buses.room.muted", "value": true}}),
        ],
    );
    let c = p.main_composition().unwrap();
    assert!(c.audio.buses[0].muted);
    assert_eq!(c.tracks[0].audio.sends[0].gain_db, cutroom_project::Animated::Constant(-6.0));
}

/// What was mixed into a bus that is removed goes where the bus went, and what followed it follows
/// itself.
#[test]
fn a_removed_bus_leaves_nothing_behind() {
    let p = after(
        &project(),
        &[
            json!({"add_bus": {"bus": {"id": "outer"}}}),
            json!({"add_bus": {"bus": {"id": "inner", "output": "outer"}}}),
            json!({"set": {"of": {"track": "voice"}, "field": "audio.output", "value": "inner"}}),
            json!({"set": {"of": {"track": "music"}, "field": "audio.sends", "value": [{"bus": "inner"}]}}),
            effect(json!({"track": "music"}), "audio-duck", json!({"key": "inner", "depth": 9})),
            json!({"remove_bus": {"id": "inner"}}),
        ],
    );
    let c = p.main_composition().unwrap();
    assert_eq!(c.tracks[0].audio.output.as_ref().map(|id| id.as_str()), Some("outer"));
    assert!(c.tracks[1].audio.sends.is_empty());
    let duck = &c.tracks[1].audio.effects[0].params;
    assert!(!duck.contains_key("key") && duck.contains_key("depth"));
}

/// Copies of clips have effects of their own, and a nested composition has the effects of its tracks
/// once.
#[test]
fn copies_have_effects_of_their_own() {
    let on_clip = effect(json!({"clip": "a"}), "audio-volume", json!({"gain": 3}));
    let on_tracks =
        [effect(json!({"track": "voice"}), "audio-eq", json!({})), effect(json!({"track": "music"}), "audio-eq", json!({}))];
    let on_output = effect(json!({"output": "main"}), "audio-limiter", json!({}));
    let p = after(&project(), &[on_clip, on_tracks[0].clone(), on_tracks[1].clone(), on_output]);
    let split = after(&p, &[json!({"split": {"clips": ["a"], "at": "0.5s"}})]);
    assert_eq!(split.clips().filter(|c| !c.audio.effects.is_empty()).count(), 2);
    let nested = after(&p, &[json!({"nest": {"clips": ["a", "b", "c"], "composition": "scene"}})]);
    let scene = nested.compositions.iter().find(|c| c.id.as_str() == "scene").unwrap();
    assert!(scene.audio.effects.is_empty());
    // The effects of the lowest track stay where its clips were.
    assert_eq!(scene.tracks.iter().map(|t| t.audio.effects.len()).collect::<Vec<_>>(), [0, 1]);
    let back = after(&nested, &[json!({"unnest": {"clip": "scene"}})]);
    assert_eq!(back.compositions.len(), 1);
}

#[test]
fn routes_are_checked() {
    let mut p = project();
    let c = &mut p.compositions[0];
    let mut bus = cutroom_project::AudioBus::new("x");
    bus.output = Some("y".into());
    let mut other = cutroom_project::AudioBus::new("y");
    other.output = Some("x".into());
    c.audio.buses = vec![bus, other];
    c.tracks[0].audio.output = Some("gone".into());
    let codes: Vec<&str> = validate(&p).iter().map(|p| p.code).collect();
    assert_eq!(codes.iter().filter(|c| **c == "project.cycle").count(), 2, "{codes:?}");
    assert!(codes.contains(&"project.dangling"));
}

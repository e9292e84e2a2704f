//! The editor's verbs: what each does on a small film, and that any sequence of them is undone to the
//! byte and leaves a valid project.
use cutroom_project::{Clip, Operation, Project, apply_all, from_json, to_json, validate};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Two video tracks and one of sound at 25 fps; times in seconds. `a` (with sound `as`, linked) 0–4,
/// `b` 4–8, a dissolve between them; `t` over 2–6.
pub fn film() -> Project {
    let film = json!({"schema_version": 2, "main": "film", "media": [
        {"id": "m", "path": "m.mp4", "facts": {"duration": "60s"}}, {"id": "n", "path": "n.mp4"}],
      "compositions": [{"id": "film", "size": {"width": 64, "height": 36}, "frame_rate": "25", "tracks": [
        {"id": "v1", "clips": [
          {"id": "a", "source": {"type": "media", "media": "m"}, "start": 0, "duration": "4s", "source_in": "10s", "linked": "as",
           "video": {"opacity": {"keyframes": [{"time": "1s", "value": 0}, {"time": "3s", "value": 1}]},
                     "effects": [{"id": "fx", "effect": "exposure", "params": {"exposure": 0.5}}]}},
          {"id": "b", "source": {"type": "media", "media": "m"}, "start": "4s", "duration": "4s", "source_in": "30s"}],
         "transitions": [{"id": "x", "kind": "crossfade", "from": "a", "to": "b", "duration": "1s"}]},
        {"id": "v2", "clips": [{"id": "t", "source": {"type": "solid", "color": "#ff0000"}, "start": "2s", "duration": "4s"}]},
        {"id": "a1", "kind": "audio", "clips": [
          {"id": "as", "source": {"type": "media", "media": "m"}, "start": 0, "duration": "4s", "source_in": "10s", "linked": "a"}]}]}]});
    let film = from_json(&film.to_string()).unwrap();
    assert_eq!(validate(&film), vec![]);
    film
}

fn operation(json: Value) -> Operation {
    serde_json::from_value(json).unwrap()
}

/// The project after operations, whose inverses were checked.
fn after(mut project: Project, steps: &[Value]) -> Project {
    for step in steps {
        project = run(&project, &operation(step.clone())).unwrap_or_else(|e| panic!("{step}: {e}"));
    }
    assert_eq!(validate(&project), vec![], "{}", to_json(&project));
    project
}

fn run(project: &Project, operation: &Operation) -> Result<Project, cutroom_project::OperationError> {
    let before = to_json(project);
    let plan = operation.plan(project)?;
    let mut changed = project.clone();
    apply_all(&mut changed, plan.edits).unwrap();
    assert_eq!(to_json(&changed), to_json(&plan.project), "the plan's project is that of its edits");
    let mut undone = changed.clone();
    apply_all(&mut undone, plan.inverse).unwrap();
    assert_eq!(to_json(&undone), before, "{operation:?}");
    // What was written can be read.
    let text = serde_json::to_string(operation).unwrap();
    assert_eq!(serde_json::from_str::<Operation>(&text).unwrap(), *operation);
    Ok(changed)
}

fn refused(project: &Project, step: Value) -> String {
    let error = run(project, &operation(step)).unwrap_err();
    format!("{}: {error}", error.code())
}

/// `id start-end@source_in` of each clip of a track, in seconds, in order of time.
fn row(project: &Project, track: &str) -> String {
    let track = project.tracks().find(|t| t.id.as_str() == track).unwrap();
    let mut clips: Vec<&Clip> = track.clips.iter().map(|c| &**c).collect();
    clips.sort_by_key(|c| c.start);
    let text = |c: &Clip| {
        let secs = [c.start.as_secs_f64(), c.span().end().as_secs_f64(), c.source_in.as_secs_f64()];
        format!("{} {}-{}@{}", c.id, secs[0], secs[1], secs[2])
    };
    clips.into_iter().map(text).collect::<Vec<_>>().join(", ")
}

fn transitions(project: &Project) -> Vec<String> {
    let name = |id: &Option<cutroom_types::ClipId>| id.as_ref().map_or("-".into(), ToString::to_string);
    project.tracks().flat_map(|t| &t.transitions).map(|x| format!("{} {}>{}", x.id, name(&x.from), name(&x.to))).collect()
}

fn media_clip(id: &str, start: &str, duration: &str) -> Value {
    json!({"id": id, "source": {"type": "media", "media": "m"}, "start": start, "duration": duration})
}

#[test]
fn splitting_keeps_keyframes_links_and_transitions() {
    let p = after(film(), &[json!({"split": {"clips": ["a"], "at": "1s"}})]);
    assert_eq!(row(&p, "v1"), "a 0-1@10, a-2 1-4@11, b 4-8@30");
    assert_eq!(row(&p, "a1"), "as 0-1@10, as-2 1-4@11");
    assert_eq!(transitions(&p), ["x a-2>b"]);
    let second = p.clips().find(|c| c.id.as_str() == "a-2").unwrap();
    assert_eq!(second.linked.as_ref().unwrap().as_str(), "as-2");
    // The ramp from 1 s to 3 s of `a` is now from 0 s to 2 s.
    for (t, opacity) in [(0, 0.0), (1, 0.5), (2, 1.0)] {
        assert_eq!(second.video.opacity.value_at(cutroom_types::TimeDelta(t * cutroom_types::FLICKS_PER_SECOND)), opacity);
    }
    assert_ne!(second.video.effects[0].id.as_str(), "fx");
    let all = after(film(), &[json!({"split": {"at": "3s"}})]);
    assert_eq!((row(&all, "v2"), row(&all, "v1")), ("t 2-3@0, t-2 3-6@0".into(), "a 0-3@10, a-2 3-4@13, b 4-8@30".into()));
    assert!(refused(&film(), json!({"split": {"clips": ["a"], "at": "4s"}})).starts_with("operation.time"));
}

/// A new id is the first number that is free, however many are in use and wherever they are; clips,
/// effects and transitions have numbers of their own.
#[test]
fn new_ids_are_the_first_that_are_free() {
    for (clips, free) in [(4, 5), (300, 301), (300, 77)] {
        let clip = |n: usize| {
            json!({"id": format!("c-{n}"), "source": {"type": "solid", "color": "#ff0000"}, "start": format!("{}s", 2 * n), "duration": "2s",
                "video": {"effects": [{"id": format!("e-{n}"), "effect": "exposure"}, {"id": format!("f-{n}"), "effect": "exposure"}]}})
        };
        // On four tracks; those of `free` and above 301 are not in use, nor is `e-2`.
        let on = |track: usize| {
            let mut list: Vec<Value> = (1..=clips).filter(|n| n % 4 == track && *n != free).map(clip).collect();
            let second = list.iter_mut().find(|c| c["id"] == "c-2");
            second.into_iter().for_each(|c| c["video"]["effects"][0]["id"] = "c-1".into());
            json!({"id": format!("t{track}"), "clips": list})
        };
        let p = json!({"schema_version": 2, "main": "film", "compositions": [{"id": "film", "size": {"width": 64, "height": 36},
            "frame_rate": "25", "tracks": (0..4).map(on).collect::<Vec<_>>()}]});
        let p = after(from_json(&p.to_string()).unwrap(), &[json!({"split": {"clips": ["c-3"], "at": "7s"}})]);
        let second = p.clips().find(|c| c.id.as_str() == format!("c-{free}")).unwrap();
        let effects: Vec<&str> = second.video.effects.iter().map(|e| e.id.as_str()).collect();
        assert_eq!((second.start.as_secs_f64(), effects), (7.0, vec!["e-2", &*format!("f-{free}")]));
    }
}

#[test]
fn trims_ripple_roll_slip_and_slide() {
    let p = after(film(), &[json!({"trim": {"clip": "a", "edge": "start", "to": "1s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "a1")), ("a 1-4@11, b 4-8@30".into(), "as 1-4@11".into()));
    let p = after(film(), &[json!({"trim": {"clip": "a", "edge": "end", "to": "3s", "mode": "ripple"}})]);
    // What starts after the old end moves on every track; `t` starts before it and stays.
    assert_eq!((row(&p, "v1"), row(&p, "v2")), ("a 0-3@10, b 3-7@30".into(), "t 2-6@0".into()));
    assert_eq!(transitions(&p), ["x a>b"]);
    let p = after(film(), &[json!({"trim": {"clip": "b", "edge": "start", "to": "5s", "mode": "ripple"}})]);
    assert_eq!(row(&p, "v1"), "a 0-4@10, b 4-7@31");
    let p = after(film(), &[json!({"trim": {"clip": "b", "edge": "start", "to": "5s", "mode": "roll"}})]);
    assert_eq!(row(&p, "v1"), "a 0-5@10, b 5-8@31");
    let p = after(film(), &[json!({"slip": {"clips": ["b"], "by": "-2s"}}), json!({"slip": {"clips": ["a"], "by": "1s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "a1")), ("a 0-4@11, b 4-8@28".into(), "as 0-4@11".into()));
    let three = after(
        film(),
        &[
            json!({"add_clip": {"track": "v1", "clip": {"id": "c", "source": {"type": "media", "media": "m"}, "start": "8s", "duration": "2s", "source_in": "5s"}}}),
            json!({"slide": {"clip": "b", "by": "-1s"}}),
        ],
    );
    assert_eq!(row(&three, "v1"), "a 0-3@10, b 3-7@30, c 7-10@4");
    assert!(refused(&film(), json!({"trim": {"clip": "b", "edge": "start", "to": "9s"}})).starts_with("operation.time"));
    // A gap after `b`, then another clip: `a` would have to reach over it.
    let gap = after(film(), &[json!({"lift": {"from": "5s", "to": "6s", "tracks": ["v1"]}})]);
    assert!(refused(&gap, json!({"slide": {"clip": "b", "by": "6s"}})).starts_with("operation.no_room"));
    assert!(
        refused(&film(), json!({"trim": {"clip": "a", "edge": "end", "to": "5s"}})).starts_with("operation.no_room: clip \"b\"")
    );
    assert!(refused(&film(), json!({"slip": {"clips": ["b"], "by": "-31s"}})).starts_with("operation.no_material"));
    assert!(refused(&film(), json!({"slip": {"clips": ["b"], "by": "27s"}})).contains("1.000 s are missing"));
}

#[test]
fn inserting_overwriting_lifting_and_extracting() {
    let new = |id, start| media_clip(id, start, "2s");
    let p = after(film(), &[json!({"insert": {"track": "v1", "clip": new("n1", "1s")}})]);
    assert_eq!(row(&p, "v1"), "a 0-1@10, n1 1-3@0, a-2 3-6@11, b 6-10@30");
    assert_eq!((row(&p, "v2"), row(&p, "a1")), ("t 4-8@0".into(), "as 0-1@10, as-2 3-6@11".into()));
    let p = after(film(), &[json!({"overwrite": {"track": "v1", "clip": new("n1", "3s")}})]);
    assert_eq!(row(&p, "v1"), "a 0-3@10, n1 3-5@0, b 5-8@31");
    assert_eq!(transitions(&p), Vec::<String>::new());
    let p = after(film(), &[json!({"overwrite": {"track": "v1", "clip": new("n1", "1s")}})]);
    assert_eq!(row(&p, "v1"), "a 0-1@10, n1 1-3@0, a-2 3-4@13, b 4-8@30");
    let p = after(film(), &[json!({"append": {"track": "v1", "clip": new("n1", "0s")}})]);
    assert_eq!(row(&p, "v1"), "a 0-4@10, b 4-8@30, n1 8-10@0");
    let p = after(film(), &[json!({"lift": {"from": "3s", "to": "5s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "v2")), ("a 0-3@10, b 5-8@31".into(), "t 2-3@0, t-2 5-6@0".into()));
    let p = after(film(), &[json!({"extract": {"from": "3s", "to": "5s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "v2")), ("a 0-3@10, b 3-6@31".into(), "t 2-3@0, t-2 3-4@0".into()));
    let p = after(
        film(),
        &[json!({"lift": {"from": "3s", "to": "5s", "tracks": ["v1"]}}), json!({"close_gap": {"track": "v1", "at": "4s"}})],
    );
    assert_eq!(row(&p, "v1"), "a 0-3@10, b 3-6@31");
    let p = after(film(), &[json!({"delete": {"clips": ["a"], "ripple": true}})]);
    assert_eq!((row(&p, "v1"), row(&p, "a1")), ("b 0-4@30".into(), String::new()));
}

#[test]
fn three_points_fit_to_fill_replace_and_stretch() {
    let clip = media_clip("n1", "0s", "1s");
    let p =
        after(film(), &[json!({"three_point": {"track": "v1", "clip": clip, "to": "10s", "source_in": "5s", "source_out": "7s"}})]);
    assert_eq!(row(&p, "v1"), "a 0-4@10, b 4-8@30, n1 8-10@5");
    let p = after(
        film(),
        &[json!({"fit_to_fill": {"track": "v1", "clip": clip, "from": "8s", "to": "9s", "source_in": "5s", "source_out": "7s"}})],
    );
    assert_eq!(p.clips().find(|c| c.id.as_str() == "n1").unwrap().speed, 2.0);
    let p = after(film(), &[json!({"rate_stretch": {"clip": "b", "edge": "end", "to": "12s"}})]);
    assert_eq!((row(&p, "v1").as_str(), p.clips().find(|c| c.id.as_str() == "b").unwrap().speed), ("a 0-4@10, b 4-12@30", 0.5));
    let p = after(film(), &[json!({"speed": {"clips": ["a"], "speed": -2, "ripple": true}})]);
    assert_eq!((row(&p, "v1"), row(&p, "a1")), ("a 0-2@14, b 2-6@30".into(), "as 0-2@14".into()));
    let p = after(film(), &[json!({"replace": {"clip": "b", "source": {"type": "media", "media": "n"}, "source_in": "1s"}})]);
    assert_eq!(row(&p, "v1"), "a 0-4@10, b 4-8@1");
    assert!(
        refused(&film(), json!({"three_point": {"track": "v1", "clip": clip, "to": "10s", "source_in": "5s"}}))
            .contains("exactly three")
    );
}

#[test]
fn moving_linking_grouping_and_locking() {
    let p = after(film(), &[json!({"move": {"clips": ["a"], "by": "10s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "a1")), ("b 4-8@30, a 10-14@10".into(), "as 10-14@10".into()));
    assert_eq!(transitions(&p), Vec::<String>::new());
    let p = after(
        film(),
        &[
            json!({"unlink": {"clips": ["a"]}}),
            json!({"group": {"clips": ["a", "t"], "name": "g"}}),
            json!({"move": {"clips": ["t"], "by": "20s"}}),
        ],
    );
    assert_eq!(
        (row(&p, "v1"), row(&p, "v2"), row(&p, "a1")),
        ("b 4-8@30, a 20-24@10".into(), "t 22-26@0".into(), "as 0-4@10".into())
    );
    let p = after(film(), &[json!({"move": {"clips": ["b"], "track": "v2", "by": "2s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "v2")), ("a 0-4@10".into(), "t 2-6@0, b 6-10@30".into()));
    let p = after(film(), &[json!({"move": {"clips": ["b"], "by": "-2s", "overwrite": true}})]);
    assert_eq!(row(&p, "v1"), "a 0-2@10, b 2-6@30");
    let locked = after(film(), &[json!({"set": {"of": {"track": "v1"}, "field": "locked", "value": true}})]);
    assert!(refused(&locked, json!({"move": {"clips": ["b"], "by": "1s"}})).starts_with("operation.locked"));
    assert!(
        refused(&locked, json!({"set": {"of": {"track": "v1"}, "field": "name", "value": "x"}})).starts_with("operation.locked")
    );
    after(
        locked,
        &[json!({"set": {"of": {"track": "v1"}, "field": "locked", "value": null}}), json!({"move": {"clips": ["b"], "by": "1s"}})],
    );
    assert!(refused(&film(), json!({"move": {"clips": ["a"], "by": "-1s"}})).starts_with("operation.time"));
    assert!(refused(&film(), json!({"move": {"clips": ["zz"], "by": "1s"}})).starts_with("project.edit.no_such_clip"));
}

#[test]
fn fields_keyframes_and_attributes() {
    let clip = |id: &str| json!({"clip": id});
    let p = after(
        film(),
        &[
            json!({"set": {"of": clip("b"), "field": "video.transform.scale", "value": [0.5, 0.5]}}),
            json!({"set": {"of": clip("a"), "field": "video.effects.fx.params.exposure", "value": 1.5}}),
            json!({"set_keyframe": {"of": clip("b"), "field": "video.opacity", "time": "1s", "value": 0.25, "ease": "in_quad"}}),
            json!({"set_keyframe": {"of": clip("b"), "field": "video.opacity", "time": 0, "value": 0.5}}),
            json!({"move_keyframes": {"of": clip("b"), "field": "video.opacity", "times": ["1s"], "by": "500ms"}}),
            json!({"set": {"of": "project", "field": "name", "value": "A film"}}),
            json!({"set": {"of": {"transition": "x"}, "field": "duration", "value": "500ms"}}),
            json!({"paste_attributes": {"from": "a", "to": ["b"], "fields": ["video.effects"]}}),
        ],
    );
    let b = p.clips().find(|c| c.id.as_str() == "b").unwrap();
    let keys: Vec<_> = b.video.opacity.keyframes().iter().map(|k| (k.time.as_secs_f64(), k.value)).collect();
    assert_eq!(keys, [(0.0, 0.5), (1.5, 0.25)]);
    assert_eq!((b.video.effects.len(), p.name.as_str()), (1, "A film"));
    let p = after(
        p,
        &[
            json!({"remove_keyframe": {"of": clip("b"), "field": "video.opacity", "time": 0}}),
            json!({"remove_keyframe": {"of": clip("b"), "field": "video.opacity", "time": "1500ms"}}),
            json!({"set": {"of": clip("b"), "field": "video.transform.scale", "value": null}}),
        ],
    );
    let b = p.clips().find(|c| c.id.as_str() == "b").unwrap();
    assert_eq!((b.video.opacity.clone(), b.video.transform == Default::default()), (0.25.into(), true));
    for (field, value) in
        [("video.opacity", json!("much")), ("id", json!("z")), ("video.effects.none.enabled", json!(false)), ("start.x", json!(1))]
    {
        assert!(
            refused(&p, json!({"set": {"of": clip("a"), "field": field, "value": value}})).starts_with("operation.field"),
            "{field}"
        );
    }
}

#[test]
fn nesting_and_back_copying_and_lists() {
    let p = after(film(), &[json!({"nest": {"clips": ["a", "b"], "composition": "inside"}})]);
    assert_eq!(row(&p, "v1"), "inside 0-8@0");
    assert_eq!(p.compositions[1].tracks.len(), 2);
    assert_eq!(transitions(&p), ["x a>b"]);
    let back = after(p, &[json!({"unnest": {"clip": "inside"}})]);
    assert_eq!((row(&back, "v1-2"), row(&back, "a1-2")), ("a 0-4@10, b 4-8@30".into(), "as 0-4@10".into()));
    assert_eq!((transitions(&back), back.compositions.len()), (vec!["x a>b".to_string()], 1));
    let copied = json!([{"track": "v1", "clip": film().tracks().next().unwrap().clips[0]}, {"track": "a1", "clip": film().tracks().nth(2).unwrap().clips[0]}]);
    let p = after(film(), &[json!({"paste": {"clips": copied, "at": "8s"}})]);
    assert_eq!((row(&p, "v1"), row(&p, "a1")), ("a 0-4@10, b 4-8@30, a-2 8-12@10".into(), "as 0-4@10, as-2 8-12@10".into()));
    assert_eq!(p.clips().find(|c| c.id.as_str() == "a-2").unwrap().linked.as_ref().unwrap().as_str(), "as-2");
    let p = after(
        film(),
        &[
            json!({"add_track": {"composition": "film", "track": {"id": "v3"}, "above": "v1"}}),
            json!({"move_track": {"id": "v1", "above": "v2"}}),
            json!({"add_effect": {"clips": ["a", "b"], "effect": "exposure"}}),
            json!({"move_effect": {"id": "exposure", "after": null}}),
            json!({"remove_effect": {"id": "fx"}}),
            json!({"set_marker": {"marker": {"id": "k", "time": "3s", "name": "here"}}}),
            json!({"set_marker": {"marker": {"id": "j", "time": "1s"}}}),
            json!({"remove_transition": {"ids": ["x"]}}),
            json!({"add_transition": {"kind": "crossfade", "from": "a", "to": "b", "duration": "500ms"}}),
        ],
    );
    let order: Vec<_> = p.compositions[0].tracks.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(order, ["v3", "v2", "v1", "a1"]);
    assert_eq!(p.compositions[0].markers.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["j", "k"]);
    assert_eq!(transitions(&p), ["a-b a>b"]);
    assert!(refused(&p, json!({"remove_media": {"id": "m"}})).contains("with_clips"));
    let p = after(p, &[json!({"remove_media": {"id": "m", "with_clips": true}}), json!({"remove_track": {"id": "v1"}})]);
    assert_eq!(p.clips().count(), 1);
    let both = json!({"all": {"steps": [{"delete": {"clips": ["t"]}}, {"delete": {"clips": ["zz"]}}]}});
    assert!(refused(&film(), both).starts_with("project.edit.no_such_clip"), "none of both is done");
}

/// Times that no document may have are refused, whatever they are for.
#[test]
fn absurd_times_are_refused() {
    let ends = [i64::MIN, i64::MIN + 1, -cutroom_project::MAX_TIME_FLICKS - 1, cutroom_project::MAX_TIME_FLICKS + 1, i64::MAX];
    for time in ends {
        for step in [
            json!({"move": {"clips": ["a"], "by": time}}),
            json!({"trim": {"clip": "a", "edge": "start", "to": time, "mode": "ripple"}}),
            json!({"slip": {"clips": ["b"], "by": time}}),
            json!({"slide": {"clip": "b", "by": time}}),
            json!({"split": {"at": time}}),
            json!({"extract": {"from": 0, "to": time}}),
            json!({"rate_stretch": {"clip": "b", "edge": "end", "to": time}}),
            json!({"move_keyframes": {"of": {"clip": "a"}, "field": "video.opacity", "times": [time], "by": 1}}),
            json!({"three_point": {"track": "v1", "clip": media_clip("n", "0s", "1s"), "to": time, "source_in": 0, "source_out": time}}),
        ] {
            assert!(refused(&film(), step).starts_with("operation.time"));
        }
    }
}

pub fn step() -> impl Strategy<Value = Value> {
    let clip = || prop::sample::select(vec!["a", "b", "t", "as", "a-2", "b-2", "t-2", "n1", "n2", "in"]);
    let track = || prop::sample::select(vec!["v1", "v2", "a1"]);
    let time = || (0i64..300).prop_map(|n| n * 28_224_000);
    let by = || (-150i64..150).prop_map(|n| n * 28_224_000);
    let edge = || prop::sample::select(vec!["start", "end"]);
    let mode = || prop::sample::select(vec!["plain", "ripple", "roll"]);
    let new = || {
        (prop::sample::select(vec!["n1", "n2", "n3"]), time(), 1i64..100).prop_map(|(id, start, frames)| {
        json!({"id": id, "source": {"type": "media", "media": "m"}, "start": start, "duration": frames * 28_224_000})
    })
    };
    prop_oneof![
        (clip(), time(), any::<bool>()).prop_map(|(c, at, alone)| json!({"split": {"clips": [c], "at": at, "alone": alone}})),
        time().prop_map(|at| json!({"split": {"at": at}})),
        (clip(), by(), any::<bool>()).prop_map(|(c, by, o)| json!({"move": {"clips": [c], "by": by, "overwrite": o}})),
        (clip(), edge(), time(), mode()).prop_map(|(c, e, to, m)| json!({"trim": {"clip": c, "edge": e, "to": to, "mode": m}})),
        (clip(), by()).prop_map(|(c, by)| json!({"slip": {"clips": [c], "by": by}})),
        (clip(), by()).prop_map(|(c, by)| json!({"slide": {"clip": c, "by": by}})),
        (clip(), edge(), time()).prop_map(|(c, e, to)| json!({"rate_stretch": {"clip": c, "edge": e, "to": to}})),
        (clip(), prop::sample::select(vec![0.5, 2.0, -1.0]), any::<bool>())
            .prop_map(|(c, s, r)| json!({"speed": {"clips": [c], "speed": s, "ripple": r}})),
        (clip(), any::<bool>()).prop_map(|(c, r)| json!({"delete": {"clips": [c], "ripple": r}})),
        (time(), time()).prop_map(|(a, b)| json!({"lift": {"from": a.min(b), "to": a.max(b)}})),
        (time(), time()).prop_map(|(a, b)| json!({"extract": {"from": a.min(b), "to": a.max(b)}})),
        (track(), new()).prop_map(|(t, c)| json!({"insert": {"track": t, "clip": c}})),
        (track(), new()).prop_map(|(t, c)| json!({"overwrite": {"track": t, "clip": c}})),
        (track(), time()).prop_map(|(t, at)| json!({"close_gap": {"track": t, "at": at}})),
        (clip(), clip()).prop_map(|(a, b)| json!({"link": {"a": a, "b": b}})),
        (clip(), clip()).prop_map(|(a, b)| json!({"group": {"clips": [a, b], "name": "g"}})),
        (clip(), time())
            .prop_map(|(c, t)| json!({"set_keyframe": {"of": {"clip": c}, "field": "video.opacity", "time": t, "value": 0.5}})),
        clip().prop_map(|c| json!({"nest": {"clips": [c], "composition": "in"}})),
        Just(json!({"unnest": {"clip": "in"}})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever is not refused leaves a project that is as valid as before, and is undone to the byte.
    #[test]
    fn any_sequence_is_undone_to_the_byte(steps in prop::collection::vec(step(), 1..40)) {
        let first = film();
        let mut project = first.clone();
        let mut inverses = Vec::new();
        let mut done = Vec::new();
        for step in steps {
            let Ok(plan) = operation(step.clone()).plan(&project) else { continue };
            apply_all(&mut project, plan.edits).unwrap();
            inverses.push(plan.inverse);
            done.push(step);
            // A clip that is slower than the limit, or a transition longer than its clip, is the
            // document's to refuse.
            let allowed = ["project.speed", "project.transition_too_long", "project.past_source_end"];
            let problems: Vec<_> = validate(&project).into_iter().filter(|p| !allowed.contains(&p.code)).collect();
            prop_assert!(problems.is_empty(), "{problems:?} after {done:?}");
        }
        for inverse in inverses.into_iter().rev() {
            apply_all(&mut project, inverse).unwrap();
        }
        prop_assert_eq!(to_json(&project), to_json(&first));
    }
}

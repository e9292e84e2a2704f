//! Edits: what they do, what they refuse, and that each has an exact inverse.
use crate::support::{any, schema};
use cutroom_project::{
    CompositionFields, Edit, EditError, Project, ProjectFields, ProjectIndex, TrackFields, apply_all, edit_schema, from_json,
    to_json, validate,
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde::Serialize;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet, sync::LazyLock};

static SCHEMA: LazyLock<Value> = LazyLock::new(edit_schema);

/// Checks that an edit fits its schema and is the same after writing and reading.
fn is_written(edit: &Edit) -> Result<(), TestCaseError> {
    let text = serde_json::to_string(edit).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Edit>(&text).unwrap(), edit);
    let fits = schema::check(&SCHEMA, &SCHEMA, &serde_json::from_str(&text).unwrap());
    prop_assert!(fits.is_ok(), "{:?}", fits);
    Ok(())
}

/// Applies each edit, its inverse and the edit again; at the end, all inverses. Returns the names
/// of the edits that could be applied.
fn there_and_back(project: &mut Project, edits: Vec<Edit>) -> Result<BTreeSet<String>, TestCaseError> {
    let first = to_json(project);
    let (mut inverses, mut applied) = (Vec::new(), BTreeSet::new());
    for edit in edits {
        is_written(&edit)?;
        let (before, text) = (project.clone(), to_json(project));
        let name = serde_json::to_value(&edit).unwrap().as_object().unwrap().keys().next().unwrap().clone();
        match edit.apply(project) {
            Ok(inverse) => {
                is_written(&inverse)?;
                let after = to_json(project);
                let again = inverse.clone().apply(project).unwrap();
                prop_assert_eq!(to_json(project), text);
                prop_assert_eq!(again.apply(project).unwrap(), inverse.clone());
                prop_assert_eq!(to_json(project), after);
                inverses.push(inverse);
                applied.insert(name);
            }
            Err(error) => {
                prop_assert!(error.code().starts_with("project.edit."));
                prop_assert_eq!(&*project, &before, "{}", error);
                prop_assert_eq!(to_json(project), text);
            }
        }
    }
    for inverse in inverses.into_iter().rev() {
        inverse.apply(project).unwrap();
    }
    prop_assert_eq!(to_json(project), first);
    Ok(applied)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Where ids are ambiguous, an edit has an exact inverse or is refused.
    #[test]
    fn ambiguous_documents_are_changed_exactly_or_not_at_all(mut project in any::project(), edits in prop::collection::vec(any::edit(), 1..12)) {
        there_and_back(&mut project, edits)?;
    }

    #[test]
    fn ids_stay_unique_and_the_index_finds_them(project in any::project(), edits in prop::collection::vec(any::edit(), 1..12)) {
        let mut project = any::distinct(project);
        for edit in edits {
            let _ = edit.apply(&mut project);
        }
        let twice: Vec<_> = validate(&project).into_iter().filter(|p| p.code == "project.duplicate_id").collect();
        prop_assert_eq!(twice, vec![]);
        let index = ProjectIndex::new(&project);
        for n in 0..12 {
            let (m, s, t, c, x) = (format!("m{n}").into(), format!("s{n}").into(), format!("t{n}").into(), format!("c{n}").into(), format!("x{n}").into());
            prop_assert_eq!(index.media(&m).map(|at| &project.media[at]), project.media(&m));
            prop_assert_eq!(index.composition(&s).map(|at| &project.compositions[at]), project.composition(&s));
            prop_assert_eq!(index.track(&t).and_then(|at| at.get(&project)), project.tracks().find(|track| track.id == t));
            prop_assert_eq!(index.clip(&c).and_then(|at| at.get(&project)), project.clips().find(|clip| clip.id == c));
            let transition = project.tracks().flat_map(|t| &t.transitions).find(|transition| transition.id == x);
            prop_assert_eq!(index.transition(&x).and_then(|at| at.get(&project)), transition);
        }
    }

    #[test]
    fn lists_of_edits_are_applied_whole_or_not_at_all(project in any::project(), edits in prop::collection::vec(any::edit(), 0..5)) {
        let mut project = any::distinct(project);
        let mut one_by_one = project.clone();
        let error = edits.clone().into_iter().find_map(|edit| edit.apply(&mut one_by_one).err());
        let before = to_json(&project);
        match apply_all(&mut project, edits) {
            Ok(inverses) => {
                prop_assert_eq!(error, None);
                prop_assert_eq!(&project, &one_by_one);
                let again = apply_all(&mut project, inverses).unwrap();
                prop_assert_eq!(to_json(&project), before);
                apply_all(&mut project, again).unwrap();
                prop_assert_eq!(to_json(&project), to_json(&one_by_one));
            }
            Err(e) => {
                prop_assert_eq!(Some(e), error);
                prop_assert_eq!(to_json(&project), before);
            }
        }
    }
}

#[test]
fn every_edit_is_taken_back_to_the_byte() {
    let applied = RefCell::new(BTreeSet::new());
    let mut runner = TestRunner::new(ProptestConfig { cases: 400, ..ProptestConfig::default() });
    let cases = (any::project(), prop::collection::vec(any::edit(), 1..24));
    let outcome = runner.run(&cases, |(project, edits)| {
        applied.borrow_mut().extend(there_and_back(&mut any::distinct(project), edits)?);
        Ok(())
    });
    outcome.unwrap();
    // The cases cover every kind of edit.
    let kinds = SCHEMA["oneOf"].as_array().unwrap().iter().map(|kind| kind["required"][0].as_str().unwrap().to_owned());
    assert_eq!(applied.into_inner(), kinds.collect());
}

fn film() -> Project {
    let clip = |id: &str, start: i64| json!({"id": id, "source": {"type": "solid", "color": [0, 0, 0, 1]}, "start": start, "duration": 10, "label": id});
    let document = json!({"schema_version": 2, "main": "s", "media": [{"id": "m", "path": "m.mp4", "tag": 1}, {"id": "n", "path": "n.mp4"}], "compositions": [
        {"id": "s", "size": {"width": 64, "height": 36}, "frame_rate": 25, "note": "kept", "tracks": [
            {"id": "t", "color": "red", "clips": [clip("a", 0), clip("b", 10), clip("c", 20)],
             "transitions": [{"id": "x", "kind": "crossfade", "from": "a", "to": "b", "duration": 4}]},
            {"id": "u", "clips": [clip("d", 0)]}]},
        {"id": "r", "size": {"width": 64, "height": 36}, "frame_rate": 25, "tracks": []}]});
    from_json(&document.to_string()).unwrap()
}

fn read(edit: Value) -> Edit {
    serde_json::from_value(edit).unwrap()
}

/// Ids after an edit: media; tracks of both compositions; clips of track t; clips of track u.
fn order(edit: Value) -> Result<[String; 4], EditError> {
    let mut p = film();
    read(edit).apply(&mut p)?;
    let names = |ids: Vec<&str>| ids.concat();
    let clips =
        |id: &str| names(p.tracks().filter(|t| t.id.as_str() == id).flat_map(|t| &t.clips).map(|c| c.id.as_str()).collect());
    let tracks: Vec<String> =
        p.compositions.iter().map(|c| format!("{}:{}", c.id, names(c.tracks.iter().map(|t| t.id.as_str()).collect()))).collect();
    Ok([names(p.media.iter().map(|m| m.id.as_str()).collect()), tracks.join(" "), clips("t"), clips("u")])
}

#[test]
fn things_stand_after_the_one_named() {
    let clip = json!({"id": "e", "source": {"type": "null"}, "start": 0, "duration": 1});
    let track = json!({"id": "v", "clips": [clip]});
    for (edit, expected) in [
        (json!({"insert_clip": {"track": "t", "clip": clip, "after": "b"}}), ["mn", "s:tu r:", "abec", "d"]),
        (json!({"insert_clip": {"track": "t", "clip": clip}}), ["mn", "s:tu r:", "eabc", "d"]),
        (json!({"remove_clip": {"id": "b"}}), ["mn", "s:tu r:", "ac", "d"]),
        (json!({"move_clip": {"id": "a", "track": "t", "after": "c"}}), ["mn", "s:tu r:", "bca", "d"]),
        (json!({"move_clip": {"id": "a", "track": "t", "after": "b"}}), ["mn", "s:tu r:", "bac", "d"]),
        (json!({"move_clip": {"id": "c", "track": "t", "after": "a"}}), ["mn", "s:tu r:", "acb", "d"]),
        (json!({"move_clip": {"id": "c", "track": "t"}}), ["mn", "s:tu r:", "cab", "d"]),
        (json!({"move_clip": {"id": "b", "track": "u", "after": "d"}}), ["mn", "s:tu r:", "ac", "db"]),
        (json!({"insert_track": {"composition": "r", "track": track}}), ["mn", "s:tu r:v", "abc", "d"]),
        (json!({"insert_track": {"composition": "s", "track": track, "after": "t"}}), ["mn", "s:tvu r:", "abc", "d"]),
        (json!({"move_track": {"id": "t", "composition": "r"}}), ["mn", "s:u r:t", "abc", "d"]),
        (json!({"move_track": {"id": "t", "composition": "s", "after": "u"}}), ["mn", "s:ut r:", "abc", "d"]),
        (json!({"remove_track": {"id": "t"}}), ["mn", "s:u r:", "", "d"]),
        (json!({"remove_composition": {"id": "s"}}), ["mn", "r:", "", ""]),
        (json!({"move_composition": {"id": "r"}}), ["mn", "r: s:tu", "abc", "d"]),
        (json!({"move_media": {"id": "m", "after": "n"}}), ["nm", "s:tu r:", "abc", "d"]),
        (json!({"remove_media": {"id": "m"}}), ["n", "s:tu r:", "abc", "d"]),
    ] {
        assert_eq!(order(edit.clone()).unwrap(), expected.map(str::to_owned), "{edit}");
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let clip = |id: &str| json!({"id": id, "source": {"type": "null"}, "start": 0, "duration": 1});
    let fields = json!({"kind": "audio", "clips": []});
    for (edit, code, names) in [
        (json!({"remove_media": {"id": "z"}}), "project.edit.no_such_media", "\"z\""),
        (json!({"replace_media": {"media": {"id": "z", "path": "p"}}}), "project.edit.no_such_media", "\"z\""),
        (json!({"move_composition": {"id": "z"}}), "project.edit.no_such_composition", "\"z\""),
        (json!({"insert_track": {"composition": "z", "track": {"id": "v"}}}), "project.edit.no_such_composition", "\"z\""),
        (json!({"remove_track": {"id": "z"}}), "project.edit.no_such_track", "\"z\""),
        (json!({"insert_clip": {"track": "z", "clip": clip("e")}}), "project.edit.no_such_track", "\"z\""),
        (json!({"remove_clip": {"id": "z"}}), "project.edit.no_such_clip", "\"z\""),
        (json!({"replace_clip": {"clip": clip("z")}}), "project.edit.no_such_clip", "\"z\""),
        (json!({"remove_transition": {"id": "z"}}), "project.edit.no_such_transition", "\"z\""),
        (json!({"insert_clip": {"track": "u", "clip": clip("a")}}), "project.edit.duplicate_id", "clip, and \"a\""),
        (
            json!({"insert_track": {"composition": "r", "track": {"id": "v", "clips": [clip("a")]}}}),
            "project.edit.duplicate_id",
            "clip, and \"a\"",
        ),
        (
            json!({"insert_track": {"composition": "r", "track": {"id": "v", "clips": [clip("e"), clip("e")]}}}),
            "project.edit.duplicate_id",
            "\"e\"",
        ),
        (json!({"insert_media": {"media": {"id": "m", "path": "p"}}}), "project.edit.duplicate_id", "media, and \"m\""),
        (
            json!({"insert_clip": {"track": "u", "clip": clip("e"), "after": "a"}}),
            "project.edit.no_such_position",
            "\"e\" cannot stand after \"a\"",
        ),
        (
            json!({"move_clip": {"id": "a", "track": "t", "after": "a"}}),
            "project.edit.no_such_position",
            "\"a\" cannot stand after \"a\"",
        ),
        (json!({"set_track_fields": {"id": "t", "fields": fields}}), "project.edit.not_settable", "`clips`"),
    ] {
        let error = order(edit.clone()).unwrap_err();
        assert_eq!(error.code(), code, "{edit}");
        assert!(error.to_string().contains(names), "{error}");
    }
}

#[test]
fn unknown_fields_are_kept_in_things_and_refused_around_them() {
    let edits: [Value; 3] = [
        json!({"remove_clip": {"id": "a", "force": true}}),
        json!({"remove_clip": {"id": "a"}, "because": "so"}),
        json!({"delete_clip": {"id": "a"}}),
    ];
    for edit in edits {
        assert!(serde_json::from_value::<Edit>(edit.clone()).is_err(), "{edit}");
        assert!(schema::check(&SCHEMA, &SCHEMA, &edit).is_err(), "{edit}");
    }
    let mut p = film();
    let clip = json!({"id": "a", "source": {"type": "null"}, "start": 0, "duration": 10, "mood": "calm"});
    let inverse = read(json!({"replace_clip": {"clip": clip}})).apply(&mut p).unwrap();
    assert_eq!(serde_json::to_value(&inverse).unwrap()["replace_clip"]["clip"]["label"], "a");
    assert_eq!(serde_json::to_value(&p).unwrap()["compositions"][0]["tracks"][0]["clips"][0]["mood"], "calm");
    // Errors inside an edit have a path.
    let wrong =
        json!({"insert_clip": {"track": "t", "clip": {"id": "e", "source": {"type": "null"}, "start": 0, "duration": "long"}}});
    let error = serde_path_to_error::deserialize::<_, Edit>(wrong).unwrap_err();
    assert_eq!(error.path().to_string(), "insert_clip.clip.duration");
}

/// Fields are written as in the project, without ids and lists.
#[test]
fn fields_are_those_of_the_document() {
    let curve = json!({"keyframes": [{"time": 0, "value": 0.5, "k": 1}], "c": 2});
    let document = json!({"schema_version": 2, "id": "i", "name": "n", "settings": {"notes": "n", "s": 1}, "media": [], "compositions": [
        {"id": "s", "name": "n", "size": {"width": 64, "height": 36}, "frame_rate": 25, "sample_rate_hz": 44100, "channels": 6, "duration": 9,
         "background": [0.5, 0.5, 0.5, 1.0], "blend_space": "gamma", "color": {"primaries": "bt2020", "transfer": "bt709"},
         "motion_blur": {"shutter_angle_degrees": 90.0, "shutter_phase_degrees": 0.0, "samples": 4}, "tracks": [
            {"id": "t", "name": "n", "kind": "audio", "enabled": false, "muted": true, "solo": true, "matte_only": true, "locked": true,
             "gain_db": curve, "pan": 0.5, "opacity": 0.25, "clips": [], "transitions": [], "u": 3}], "v": 4}], "main": "s", "w": 5});
    let p = from_json(&document.to_string()).unwrap();
    let (c, t) = (&p.compositions[0], &p.compositions[0].tracks[0]);
    same(&ProjectFields::of(&p), &p, &["schema_version", "media", "compositions"]);
    same(&CompositionFields::of(c), c, &["id", "tracks"]);
    same(&TrackFields::of(t), t, &["id", "clips"]);
}

/// Checks that `fields` are written like `whole` without the fields in `without`.
fn same(fields: &impl Serialize, whole: &impl Serialize, without: &[&str]) {
    let mut whole = serde_json::to_value(whole).unwrap();
    for name in without {
        assert!(whole.as_object_mut().unwrap().shift_remove(*name).is_some(), "{name}");
    }
    assert_eq!(serde_json::to_string(fields).unwrap(), whole.to_string());
}

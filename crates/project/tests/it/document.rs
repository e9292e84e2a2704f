//! The project file: what is kept, what is refused, and the paths and lines in messages.
use cutroom_project::{
    ClipSource, LoadError, Project, from_json, json_schema, load, locate, save, to_json, unknown_fields, validate,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A project with one of everything.
fn film() -> Value {
    json!({
        "schema_version": 2, "name": "film", "main": "main", "x-origin": {"by": "hand"},
        "settings": {"notes": "n", "theme": "dark"},
        "media": [
            {"id": "a", "path": "a.mp4", "label": "red", "facts": {"duration": "20s", "audio_streams": 1, "video_streams": 1, "codec": "h264"}},
            {"id": "music", "path": "m.ogg", "kind": "audio"},
            {"id": "still", "path": "s.png", "kind": "image"}
        ],
        "compositions": [
            {"id": "main", "size": {"width": 1920, "height": 1080}, "frame_rate": "30000/1001", "sample_rate_hz": 48000, "channels": 2,
             "background": [0.1, 0.2, 0.3, 1.0], "blend_space": "gamma", "color": {"primaries": "bt709", "transfer": "bt709", "lut": "x"},
             "tracks": [
                {"id": "v1", "kind": "video", "height": 40, "clips": [
                    {"id": "c1", "source": {"type": "media", "media": "a", "audio_stream": 0, "angle": 2}, "start": 0, "duration": "4s", "source_in": "1s",
                     "stretch": true,
                     "video": {"opacity": {"keyframes": [{"time": 0, "value": 0.0, "ease": "bezier", "handle_out": {"time": 10, "value": 0.5}},
                                                         {"time": "1s", "value": 1.0, "handle_in": {"time": -10, "value": 0.0}, "k": 1}]},
                               "effects": [{"id": "e1", "effect": "exposure", "params": {"exposure": 0.5}, "preset": "warm"}],
                               "transform": {"position_px": [10.0, -5.0], "rotation_degrees": 90.0, "skew": 0}, "label": 3},
                     "audio": {"gain_db": -6.0, "fade_in": 1000, "eq": []}},
                    {"id": "c2", "source": {"type": "composition", "composition": "title"}, "start": "4s", "duration": "2s", "speed": -1.0,
                     "source_in": "3s"},
                    {"id": "c3", "source": {"type": "solid", "color": [1.0, 0.0, 0.0, 0.5]}, "start": "8s", "duration": "1s"}],
                 "transitions": [{"id": "x1", "kind": "crossfade", "from": "c1", "to": "c2", "duration": "1s", "curve": "s"}]},
                {"id": "a1", "kind": "audio", "gain_db": -12.0, "clips": [
                    {"id": "c4", "source": {"type": "media", "media": "music"}, "start": 0, "duration": "9s"}]}]},
            {"id": "title", "size": {"width": 640, "height": 360}, "frame_rate": 25, "duration": "5s", "tracks": [
                {"id": "v2", "clips": [{"id": "c5", "source": {"type": "media", "media": "still"}, "start": 0, "duration": "5s"}]}]}]
    })
}

fn read(v: &Value) -> Result<Project, LoadError> {
    from_json(&v.to_string())
}

#[test]
fn a_source_of_no_kind_is_told_all_kinds() {
    let told = |source| serde_json::from_value::<ClipSource>(source).map_err(|e| e.to_string());
    for source in [json!({}), json!({"type": "film"}), json!({"type": 3})] {
        let text = told(source).expect_err("no kind");
        for kind in ["media", "composition", "solid", "adjustment", "null"] {
            assert!(text.contains(kind), "{text}");
        }
    }
}

#[test]
fn unknown_fields_survive_at_every_level() {
    let project = read(&film()).unwrap();
    assert_eq!(validate(&project), vec![]);
    let saved: Value = serde_json::from_str(&to_json(&project)).unwrap();
    for place in [
        "/x-origin/by",
        "/settings/theme",
        "/media/0/label",
        "/media/0/facts/codec",
        "/compositions/0/color/lut",
        "/compositions/0/tracks/0/height",
        "/compositions/0/tracks/0/clips/0/stretch",
        "/compositions/0/tracks/0/clips/0/source/angle",
        "/compositions/0/tracks/0/clips/0/video/label",
        "/compositions/0/tracks/0/clips/0/video/transform/skew",
        "/compositions/0/tracks/0/clips/0/video/effects/0/preset",
        "/compositions/0/tracks/0/clips/0/video/opacity/keyframes/1/k",
        "/compositions/0/tracks/0/clips/0/audio/eq",
        "/compositions/0/tracks/0/transitions/0/curve",
    ] {
        assert_eq!(saved.pointer(place), film().pointer(place), "{place}");
        assert!(saved.pointer(place).is_some(), "{place}");
    }
    assert_eq!(from_json(&to_json(&project)).unwrap(), project);
    let warned: Vec<_> = unknown_fields(&project).into_iter().map(|p| p.json_path).collect();
    assert!(warned.contains(&"compositions[0].tracks[0].clips[0].stretch".to_owned()), "{warned:?}");
    assert!(!warned.iter().any(|w| w.starts_with("x-")), "{warned:?}");
}

#[test]
fn form_errors_name_path_line_and_reason() {
    let text = serde_json::to_string_pretty(&film()).unwrap();
    for (from, to, path, reason) in [
        ("\"speed\": -1.0", "\"speed\": \"fast\"", "compositions[0].tracks[0].clips[1].speed", "\"fast\" is not a number"),
        ("\"30000/1001\"", "\"0/0\"", "compositions[0].frame_rate", "0/0"),
        ("\"type\": \"solid\"", "\"type\": \"gradient\"", "compositions[0].tracks[0].clips[2].source.type", "gradient"),
        ("\"width\": 640", "\"width\": -640", "compositions[1].size.width", "-640"),
        (
            "\"value\": 1.0",
            "\"value\": null",
            "compositions[0].tracks[0].clips[0].video.opacity.keyframes[1].value",
            "null is not a number",
        ),
        (
            "\"kind\": \"audio\",\n          \"gain_db\"",
            "\"kind\": \"midi\",\n          \"gain_db\"",
            "compositions[0].tracks[1].kind",
            "midi",
        ),
        ("\"main\": \"main\"", "\"min\": \"main\"", "main", "the required field `main` is missing"),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{from}");
        let Err(LoadError::Form { path: p, line, reason: r }) = from_json(&broken) else {
            panic!("{to}: {:?}", from_json(&broken))
        };
        assert_eq!(p, path);
        assert!(r.contains(reason), "{r}");
        assert_eq!(line, locate(&broken, path).unwrap().line);
        if path.ends_with("speed") || path.ends_with("width") {
            let place = broken.find(to).unwrap();
            assert_eq!(line, broken[..place].matches('\n').count() + 1, "{path}");
        }
    }
}

#[test]
fn texts_that_are_no_projects_are_refused_by_kind() {
    for (text, code) in [
        ("", "project.syntax"),
        ("{\"schema_version\": 2,\n \"name\": NaN}", "project.syntax"),
        ("{\"schema_version\": 2, \"name\": 1e999}", "project.syntax"),
        ("[]", "project.version_missing"),
        ("{\"schema_version\": 3}", "project.version_too_new"),
        ("{\"schema_version\": 2}", "project.form"),
    ] {
        assert_eq!(from_json(text).unwrap_err().code(), code, "{text}");
    }
    let LoadError::Syntax { line, .. } = from_json("{\"schema_version\": 2,\n \"name\": NaN}").unwrap_err() else { panic!() };
    let twice = "{\"schema_version\": 2,\n \"name\": \"a\", \"tracks\": [{\"x\": 1,\n \"x\": 2}]}";
    let LoadError::Syntax { line: second, reason, .. } = from_json(twice).unwrap_err() else { panic!() };
    assert_eq!((second, reason.as_str()), (3, "the field \"x\" occurs twice; keep one of them"));
    assert_eq!(line, 2);
    let deep = "[".repeat(100_000);
    assert_eq!(from_json(&deep).unwrap_err().code(), "project.syntax");
}

/// Each change causes a problem at the changed position.
#[test]
fn validation_finds_each_problem_where_it_is() {
    let clip = "/compositions/0/tracks/0/clips";
    let cases: Vec<(String, Value, &str, &str)> = vec![
        ("/compositions/0/size/width".into(), json!(0), "project.size", "compositions[0].size"),
        ("/compositions/0/size/height".into(), json!(16385), "project.size", "compositions[0].size"),
        ("/compositions/0/size".into(), json!({"width": 16384, "height": 16384}), "project.size", "compositions[0].size"),
        ("/compositions/0/sample_rate_hz".into(), json!(7), "project.sample_rate", "compositions[0].sample_rate_hz"),
        ("/compositions/0/channels".into(), json!(0), "project.channels", "compositions[0].channels"),
        ("/compositions/0/background".into(), json!([0, 0, 0, 2]), "project.number", "compositions[0].background"),
        ("/compositions/1/duration".into(), json!("-1s"), "project.negative_time", "compositions[1].duration"),
        ("/compositions/1/id".into(), json!("main"), "project.duplicate_id", "compositions[1].id"),
        ("/main".into(), json!("nothing"), "project.dangling", "main"),
        ("/media/0/path".into(), json!(""), "project.path", "media[0].path"),
        (format!("{clip}/2/id"), json!("c1"), "project.duplicate_id", "compositions[0].tracks[0].clips[2].id"),
        (format!("{clip}/2/duration"), json!("-2s"), "project.negative_time", "compositions[0].tracks[0].clips[2].duration"),
        (format!("{clip}/2/duration"), json!(0), "project.duration", "compositions[0].tracks[0].clips[2].duration"),
        (format!("{clip}/2/duration"), json!(i64::MAX), "project.time", "compositions[0].tracks[0].clips[2].duration"),
        (format!("{clip}/2/start"), json!("5s"), "project.overlap", "compositions[0].tracks[0].clips[2].start"),
        (format!("{clip}/0/speed"), json!(0), "project.speed", "compositions[0].tracks[0].clips[0].speed"),
        (format!("{clip}/0/speed"), json!(1e300), "project.speed", "compositions[0].tracks[0].clips[0].speed"),
        (format!("{clip}/0/speed"), json!(-2), "project.past_source_end", "compositions[0].tracks[0].clips[0].source_in"),
        (format!("{clip}/0/source/media"), json!("b"), "project.dangling", "compositions[0].tracks[0].clips[0].source.media"),
        (format!("{clip}/0/source/media"), json!("music"), "project.no_picture", "compositions[0].tracks[0].clips[0].source.media"),
        (
            format!("{clip}/0/source/audio_stream"),
            json!(1),
            "project.no_stream",
            "compositions[0].tracks[0].clips[0].source.audio_stream",
        ),
        (format!("{clip}/1/source_in"), json!("6s"), "project.past_source_end", "compositions[0].tracks[0].clips[1].source_in"),
        (format!("{clip}/0/linked"), json!("zz"), "project.dangling", "compositions[0].tracks[0].clips[0].linked"),
        (format!("{clip}/0/time_map"), json!({}), "project.speed", "compositions[0].tracks[0].clips[0].time_map"),
        (
            format!("{clip}/0/time_map"),
            json!({"speed": {"keyframes": [{"time": 0, "value": 1}, {"time": 1, "value": 101}]}}),
            "project.number",
            "compositions[0].tracks[0].clips[0].time_map.speed.keyframes[1].value",
        ),
        (
            format!("{clip}/0/time_map"),
            json!({"speed": 1, "source": 0}),
            "project.speed",
            "compositions[0].tracks[0].clips[0].time_map",
        ),
        (
            format!("{clip}/0/video/masks"),
            json!([{"id": "m", "shape": {"type": "path", "path": [{"point": [0, 0]}, {"point": [1, 0]}]}}]),
            "project.path",
            "compositions[0].tracks[0].clips[0].video.masks[0].shape.path",
        ),
        (
            format!("{clip}/0/video/masks"),
            json!([{"id": "m", "shape": {"type": "rectangle"}, "edge_feather_px": {"1->3": 4}}]),
            "project.edge",
            "compositions[0].tracks[0].clips[0].video.masks[0].edge_feather_px.1->3",
        ),
        (
            format!("{clip}/0/video/masks"),
            json!([{"id": "m", "shape": {"type": "ellipse"}, "edge_feather_px": {"0->1": 4}}]),
            "project.edge",
            "compositions[0].tracks[0].clips[0].video.masks[0].edge_feather_px",
        ),
        (
            format!("{clip}/0/video/masks"),
            json!([{"id": "m", "shape": {"type": "ellipse", "size": [0.5, -1]}}]),
            "project.number",
            "compositions[0].tracks[0].clips[0].video.masks[0].shape.size",
        ),
        (format!("{clip}/0/video/parent"), json!("zz"), "project.dangling", "compositions[0].tracks[0].clips[0].video.parent"),
        (format!("{clip}/0/video/parent"), json!("c2"), "project.parent", "compositions[0].tracks[0].clips[0].video.parent"),
        (
            format!("{clip}/0/video/matte"),
            json!({"track": "zz"}),
            "project.dangling",
            "compositions[0].tracks[0].clips[0].video.matte.track",
        ),
        (
            format!("{clip}/0/video/matte"),
            json!({"track": "v1"}),
            "project.cycle",
            "compositions[0].tracks[0].clips[0].video.matte.track",
        ),
        ("/compositions/0/motion_blur".into(), json!({"samples": 1000}), "project.number", "compositions[0].motion_blur.samples"),
        (format!("{clip}/0/video/opacity"), json!(1.5), "project.number", "compositions[0].tracks[0].clips[0].video.opacity"),
        (
            format!("{clip}/0/video/opacity/keyframes/1/time"),
            json!(0),
            "project.keyframe_order",
            "compositions[0].tracks[0].clips[0].video.opacity.keyframes[1].time",
        ),
        (
            format!("{clip}/0/video/opacity/keyframes/0/handle_out/time"),
            json!(-1),
            "project.keyframe_handle",
            "compositions[0].tracks[0].clips[0].video.opacity.keyframes[0].handle_out.time",
        ),
        (
            format!("{clip}/0/video/transform/position_px"),
            json!([1e300, 0]),
            "project.number",
            "compositions[0].tracks[0].clips[0].video.transform.position_px",
        ),
        (format!("{clip}/0/audio/gain_db"), json!(61), "project.number", "compositions[0].tracks[0].clips[0].audio.gain_db"),
        (format!("{clip}/0/audio/fade_in"), json!("5s"), "project.fade", "compositions[0].tracks[0].clips[0].audio.fade_in"),
        (
            "/compositions/0/tracks/0/transitions/0/duration".into(),
            json!("5s"),
            "project.transition_too_long",
            "compositions[0].tracks[0].transitions[0].duration",
        ),
        (
            "/compositions/0/tracks/0/transitions/0/to".into(),
            json!("c3"),
            "project.not_at_a_cut",
            "compositions[0].tracks[0].transitions[0]",
        ),
        (
            "/compositions/0/tracks/0/transitions/0/from".into(),
            json!("c9"),
            "project.dangling",
            "compositions[0].tracks[0].transitions[0].from",
        ),
        (
            "/compositions/1/tracks/0/clips/0/source".into(),
            json!({"type": "composition", "composition": "main"}),
            "project.cycle",
            "compositions[1].tracks[0].clips[0].source.composition",
        ),
    ];
    for (place, value, code, path) in cases {
        let mut v = film();
        let (parent, name) = place.rsplit_once('/').unwrap();
        match v.pointer_mut(parent).unwrap() {
            Value::Array(a) => a[name.parse::<usize>().unwrap()] = value.clone(),
            parent => parent[name] = value.clone(),
        }
        let problems = validate(&read(&v).unwrap());
        assert!(problems.iter().any(|p| p.code == code && p.json_path == path), "{place} = {value}: {problems:#?}");
        if path.contains("clips[") {
            assert!(problems.iter().any(|p| p.clip.is_some()), "{place}: names no clip");
        }
    }
}

#[test]
fn speeds_multiply_through_nesting() {
    let mut v = film();
    v.pointer_mut("/compositions/1/tracks/0/clips/0").unwrap()["speed"] = json!(60);
    v.pointer_mut("/compositions/0/tracks/0/clips/1").unwrap()["speed"] = json!(-1);
    assert!(validate(&read(&v).unwrap()).iter().all(|p| p.code != "project.speed"));
    v.pointer_mut("/compositions/0/tracks/0/clips/1").unwrap()["speed"] = json!(-2);
    let problems = validate(&read(&v).unwrap());
    assert!(
        problems.iter().any(|p| p.code == "project.speed" && p.json_path == "compositions[0].tracks[0].clips[1].speed"),
        "{problems:?}"
    );
}

#[test]
fn saving_replaces_the_whole_file_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.json");
    let mut project = read(&film()).unwrap();
    save(&project, &path).unwrap();
    assert_eq!(load(&path).unwrap(), project);
    project.name = "second".into();
    save(&project, &path).unwrap();
    assert_eq!(load(&path).unwrap().name, "second");
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["film.json"], "no temporary file stays");
    let e = save(&project, &dir.path().join("missing/film.json")).unwrap_err();
    assert_eq!(e.code(), "project.save");
    assert_eq!(load(&dir.path().join("none.json")).unwrap_err().code(), "project.read");
}

/// The schema has its title and describes some fields and sources of the film above.
#[test]
fn the_schema_describes_the_file() {
    let schema = json_schema();
    assert_eq!(schema["title"], "Project");
    let defs = schema["$defs"].as_object().unwrap();
    for (kind, field) in
        [("Clip", "source_in"), ("Composition", "blend_space"), ("Track", "transitions"), ("Transition", "audio_crossfade")]
    {
        assert!(defs[kind]["properties"].get(field).is_some(), "{kind}.{field}");
    }
    let source = defs["ClipSource"].to_string();
    assert!(["media", "composition", "solid"].iter().all(|k| source.contains(&format!("\"const\":\"{k}\""))), "{source}");
}

/// The JSON pointers of all values in a JSON value.
fn places(v: &Value, at: String, all: &mut Vec<String>) {
    all.push(at.clone());
    match v {
        Value::Array(a) => a.iter().enumerate().for_each(|(i, v)| places(v, format!("{at}/{i}"), all)),
        Value::Object(o) => o.iter().for_each(|(k, v)| places(v, format!("{at}/{k}"), all)),
        _ => {}
    }
}

fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        Just(json!(1e308)),
        Just(json!(-1)),
        Just(json!([])),
        Just(json!({})),
        Just(json!({"keyframes": [{"time": 0, "value": 1e308}, {"time": -5, "value": -1e308}]})),
        "[a-z0-9./@-]{0,12}".prop_map(Value::from),
        Just(json!("9223372036854775807s")),
        Just(json!("-999999999999f@1/1000")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_reading_or_validating_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), hostile()), 1..4)) {
        let mut v = film();
        for (place, value) in changes {
            let mut all = Vec::new();
            places(&v, String::new(), &mut all);
            *v.pointer_mut(&all[place.index(all.len())]).unwrap() = value;
        }
        if let Ok(project) = read(&v) {
            let _ = (validate(&project), unknown_fields(&project));
            // What was read is the same after writing and reading again.
            prop_assert_eq!(from_json(&to_json(&project)).unwrap(), project);
        }
    }

    #[test]
    fn no_text_makes_reading_panic(cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = film().to_string().into_bytes();
        let at = cut.index(text.len());
        text[at] = byte;
        if let Ok(text) = std::str::from_utf8(&text) {
            let _ = from_json(text).map(|p| validate(&p));
            let _ = from_json(text.get(..at).unwrap_or(""));
        }
    }
}

/// The example of docs/project-format.md can be read, is valid and has no unknown fields.
#[test]
fn the_documented_example_is_valid() {
    let project = from_json(&cutroom_test_support::example("docs/project-format.md", "json")).unwrap();
    assert_eq!(validate(&project), []);
    assert!(unknown_fields(&project).is_empty());
}

//! All errors of form are found at once, and do not hide what else is wrong.
use cutroom_project::{inspect, validate};

/// Two broken clips, a broken media and, in what can be read, a clip of an unknown media.
const BROKEN: &str = r##"{"schema_version": 2, "main": "m", "media": [{"id": "a", "path": "a.mp4"}, {"id": "z", "path": 5}],
 "compositions": [{"id": "m", "size": {"width": 320, "height": 180, "depth": 8}, "frame_rate": 30, "tracks": [
  {"id": "v", "muted": "no", "clips": [
   {"id": "c1", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "2sec",
    "video": {"transform": {"scale": 0.5}, "opacity": {"keyframes": [{"time": "x", "value": 1}]}, "masks": [{"shape": {"type": "star"}}]}},
   {"id": "c2", "source": {"type": "solid"}, "start": "60f"},
   {"id": "c3", "source": {"type": "media", "media": "nix"}, "start": "8.370000000000001s", "duration": "0:02", "enabled": 1}],
   "transitions": [{"id": "x", "kind": "crossfade", "from": "c1", "to": "c2"}]}]}]}"##;

#[test]
fn every_error_of_form_is_found_at_once() {
    let found = inspect(BROKEN).unwrap();
    let paths: Vec<&str> = found.problems.iter().map(|p| p.json_path.as_str()).collect();
    let track = "compositions[0].tracks[0]";
    assert_eq!(
        paths,
        [
            "media[1].path".to_owned(),
            "compositions[0].size.depth".into(),
            format!("{track}.muted"),
            format!("{track}.clips[0].duration"),
            format!("{track}.clips[0].video.transform.scale"),
            format!("{track}.clips[0].video.opacity.keyframes[0].time"),
            format!("{track}.clips[0].video.masks[0].shape.type"),
            format!("{track}.clips[0].video.masks[0].id"),
            format!("{track}.clips[1].source.color"),
            format!("{track}.clips[1].duration"),
            format!("{track}.clips[2].enabled"),
            format!("{track}.transitions[0].duration"),
        ]
    );
    let message = |path: &str| &found.problems.iter().find(|p| p.json_path.ends_with(path)).unwrap().message;
    assert_eq!(message("transform.scale"), "0.5 is not two numbers in [ ]; write [0.5, 0.5]");
    assert_eq!(message("source.color"), "the required field `color` is missing");
    assert_eq!(found.problems[3].clip.as_ref().map(|c| c.as_str()), Some("c1"));
    // What else is wrong, without what the replaced values brought about.
    let others = validate(found.project.as_ref().unwrap());
    let others: Vec<_> = others.iter().filter(|p| !found.may_be_due_to(p)).map(|p| (p.code, p.json_path.as_str())).collect();
    assert_eq!(others, [("project.dangling", "compositions[0].tracks[0].clips[2].source.media")]);
}

/// Any value of any type at any place of a document: no panic, no endless repair, and each error
/// names the place.
#[test]
fn any_wrong_value_is_found_where_it_stands() {
    let whole = cutroom_test_support::example("docs/project-format.md", "json");
    let document: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let mut pointers = Vec::new();
    collect(&document, String::new(), &mut pointers);
    let mut found = 0;
    for pointer in &pointers {
        for wrong in ["null", "-7.5", "\"?\"", "[[]]", "{\"?\": {}}"] {
            let mut broken = document.clone();
            *broken.pointer_mut(pointer).unwrap() = serde_json::from_str(wrong).unwrap();
            let Ok(inspection) = inspect(&broken.to_string()) else { continue };
            let path: String = pointer[1..].split('/').fold(String::new(), |path, step| match step.parse::<usize>() {
                Ok(i) => format!("{path}[{i}]"),
                Err(_) if path.is_empty() => step.to_owned(),
                Err(_) => format!("{path}.{step}"),
            });
            for problem in &inspection.problems {
                let at = problem.json_path.as_str();
                assert!(at.starts_with(&path) || path.starts_with(at), "{pointer} = {wrong}: {problem}");
                found += 1;
            }
        }
    }
    assert!(found > 200, "{found}");
}

fn collect(value: &serde_json::Value, at: String, all: &mut Vec<String>) {
    let inner: Vec<(String, &serde_json::Value)> = match value {
        serde_json::Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), v)).collect(),
        serde_json::Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in inner {
        let at = format!("{at}/{name}");
        collect(value, at.clone(), all);
        all.push(at);
    }
}

//! Requests and reports in their JSON form.
use cutroom_api::OPERATIONS;
use serde_json::{Map, Value, json};

/// A value that conforms to a schema, with every field that it names.
fn example(schema: &Value, root: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return example(root.pointer(name.trim_start_matches('#')).unwrap(), root);
    }
    if let Some(one) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        return example(&one[0], root);
    }
    if let Some(value) = schema.get("const").or(schema["enum"].get(0)) {
        return value.clone();
    }
    let kind = &schema["type"];
    match kind.as_str().or(kind[0].as_str()).unwrap_or_else(|| panic!("{schema}")) {
        "object" => {
            let fields = schema["properties"].as_object().cloned().unwrap_or_default();
            fields.iter().map(|(name, of)| (name.clone(), example(of, root))).collect::<Map<_, _>>().into()
        }
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(1) as usize;
            json!(vec![example(&schema["items"], root); count])
        }
        "string" => json!("x"),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        other => panic!("no example of {other}"),
    }
}

/// JSON pointers of all objects in a value, the value itself first.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            fields.iter().for_each(|(name, v)| objects(v, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| objects(v, &format!("{at}/{i}"), found)),
        _ => {}
    }
}

#[test]
fn operations_are_sorted_and_named_once() {
    assert!(OPERATIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
}

/// A misspelt field must not be taken for one that was left out.
#[test]
fn requests_refuse_unknown_fields() {
    let mut tried = 0;
    for operation in OPERATIONS {
        let Some(schema) = operation.request_schema() else { continue };
        let good = example(&schema, &schema);
        operation.accepts(good.clone()).unwrap_or_else(|e| panic!("{}: {e} in {good}", operation.name));
        let mut places = Vec::new();
        objects(&good, "", &mut places);
        // The names in a map are free.
        for place in places.into_iter().filter(|place| !place.ends_with("/values") && !place.ends_with("/metadata")) {
            let mut bad = good.clone();
            bad.pointer_mut(&place).and_then(Value::as_object_mut).unwrap().insert("overwrit".into(), json!(true));
            let error = operation.accepts(bad).expect_err(&format!("{} at \"{place}\"", operation.name));
            assert!(error.to_string().contains("unknown field `overwrit`"), "{}: {error}", operation.name);
            tried += 1;
        }
    }
    assert!(tried >= 7, "{tried} objects");
}

const HOW: &str = "CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-api) & test(wire)'";

/// `tests/wire/NAME.json` holds the JSON Schema of every request and report, so that a change of
/// them shows users of an older version what to adapt.
#[test]
fn requests_and_reports_are_as_they_were() {
    let folder = cutroom_test_support::root().join("crates/api/tests/wire");
    let schema = |of: schemars::Schema| json!({ "report": of.to_value() });
    let mut pages: Vec<(&str, Value)> = vec![
        ("error", schema(schemars::schema_for!(cutroom_api::ApiError))),
        ("progress", schema(schemars::schema_for!(cutroom_api::Progress))),
    ];
    pages.extend(OPERATIONS.iter().map(|o| (o.name, json!({ "request": o.request_schema(), "report": o.report_schema() }))));
    let mut old = Vec::new();
    for (name, page) in &pages {
        let path = folder.join(format!("{name}.json"));
        let was = std::fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if was.as_ref() != Some(page) {
            old.push(*name);
        }
    }
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        for (name, page) in pages.iter().filter(|(name, _)| old.contains(name)) {
            std::fs::write(folder.join(format!("{name}.json")), serde_json::to_string_pretty(page).unwrap() + "\n").unwrap();
        }
        old.clear();
    }
    assert!(old.is_empty(), "{old:?} are not as in {}: if that is meant, run {HOW}", folder.display());
    let names: Vec<String> = pages.iter().map(|(name, _)| format!("{name}.json")).collect();
    let stray = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).find(|f| !names.iter().any(|n| *f == **n));
    assert_eq!(stray, None, "no operation has this name any more");
}

//! docs/scripts.md lists every command with its fields, as the schema describes them.
use cutroom_api::command_schema;
use serde_json::Value;
use std::fmt::Write;

const HOW: &str = "CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-api) & test(scripts)'";

/// How a value of a field is written, in a word or two.
fn kind(schema: &Value, root: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        let definition = root.pointer(name.trim_start_matches('#')).unwrap_or(&Value::Null);
        let words: Vec<String> = definition["oneOf"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|b| Some(format!("`{}`", b["const"].as_str()?)))
            .collect();
        return match name.rsplit('/').next().unwrap_or_default() {
            "Time" | "TimeDelta" => "time".into(),
            "ClipId" | "TrackId" | "MediaId" | "CompositionId" | "TransitionId" | "EffectId" => "id".into(),
            "Ease" => "easing".into(),
            _ if !words.is_empty() => words.join(" or "),
            other => other.to_lowercase(),
        };
    }
    if let Some(branches) = schema["anyOf"].as_array() {
        return branches.iter().find(|b| b["type"] != "null").map(|b| kind(b, root)).unwrap_or_default();
    }
    let name = match &schema["type"] {
        Value::String(name) => name.as_str(),
        Value::Array(names) => names.first().and_then(Value::as_str).unwrap_or("value"),
        _ => "value",
    };
    if name == "array" { format!("list of {}", kind(&schema["items"], root)) } else { name.to_owned() }
}

/// A table of the branches of an enum.
fn table(schema: &Value) -> String {
    let mut text = String::from("| command | what it does | fields |\n|---|---|---|\n");
    for branch in schema["oneOf"].as_array().into_iter().flatten() {
        let Some((name, of)) = branch["properties"].as_object().and_then(|p| p.iter().next()) else { continue };
        let about = branch["description"].as_str().unwrap_or_default().replace('\n', " ");
        let required: Vec<&str> = of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fields: Vec<String> = of["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(field, of)| {
                let about = of["description"].as_str().unwrap_or_default().replace('\n', " ");
                let optional = if required.contains(&field.as_str()) { "" } else { ", optional" };
                format!("`{field}` ({}{optional}): {}", kind(of, schema), about.trim_end_matches('.'))
            })
            .collect();
        let _ = writeln!(text, "| `{name}` | {about} | {} |", fields.join("<br>").replace('|', "\\|"));
    }
    text
}

#[test]
fn scripts_are_documented_as_they_are() {
    let schema = command_schema();
    let page = format!(
        "# Scripts\n\nThe tables are written from the schema by `{HOW}`; the rest from `crates/api/tests/it/scripts.md`. Do not edit.\n\n{}\n\
         ## Operations on the document\n\n{}\n## Commands of the session\n\n{}\n## Playback and jobs\n\n{}",
        include_str!("scripts.md"),
        table(&schema["operations"]),
        table(&schema["session"]),
        table(&schema["live"]),
    );
    let path = cutroom_test_support::root().join("docs/scripts.md");
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "docs/scripts.md is old: {HOW}");
    assert!(page.matches("\n| `").count() > 50);
}

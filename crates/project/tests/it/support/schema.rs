//! A validator for the part of JSON Schema (draft 2020-12) that the schemas of this crate use.
use serde_json::Value;

/// Checks a value against a schema; the error says why it does not fit. `root` holds the
/// definitions.
pub fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let refuse = |what: &str| Err(format!("{what}: {schema} refuses {value}"));
    let Some(rules) = schema.as_object() else {
        return if schema == &Value::Bool(true) { Ok(()) } else { refuse("never") };
    };
    for (rule, with) in rules {
        let fits = match rule.as_str() {
            "$ref" => check(root, root.pointer(with.as_str().unwrap().trim_start_matches('#')).unwrap(), value).is_ok(),
            "type" => match with.as_array() {
                Some(kinds) => kinds.iter().any(|k| is(k, value)),
                None => is(with, value),
            },
            "const" => with == value,
            "enum" => with.as_array().unwrap().contains(value),
            "anyOf" => with.as_array().unwrap().iter().any(|s| check(root, s, value).is_ok()),
            "oneOf" => with.as_array().unwrap().iter().filter(|s| check(root, s, value).is_ok()).count() == 1,
            "required" => with.as_array().unwrap().iter().all(|k| value.get(k.as_str().unwrap()).is_some()),
            "properties" => {
                for (name, field) in with.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(root, field, value)?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = |name: &String| schema["properties"].get(name).is_some();
                for (_, value) in value.as_object().into_iter().flatten().filter(|(name, _)| !known(name)) {
                    check(root, with, value)?;
                }
                true
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(root, with, item)?;
                }
                true
            }
            "minItems" => value.as_array().is_none_or(|a| a.len() as u64 >= with.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|a| a.len() as u64 <= with.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|v| v >= with.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|v| v <= with.as_f64().unwrap()),
            "exclusiveMinimum" => value.as_f64().is_none_or(|v| v > with.as_f64().unwrap()),
            // Formats of text are checked by reading it.
            "pattern" | "format" | "description" | "title" | "default" | "$schema" | "$defs" => true,
            other => panic!("this validator knows no `{other}`"),
        };
        if !fits {
            return refuse(rule);
        }
    }
    Ok(())
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type `{other}`"),
    }
}
